"""Thresholds: one number, or one number a pixel, that parts bright from dark.

Everywhere the foreground is ``image > threshold``, strictly: the threshold itself belongs to the background.

References
----------
N. Otsu, A threshold selection method from gray-level histograms, 1979. doi:10.1109/TSMC.1979.4310076
C. H. Li, P. K. S. Tam, An iterative algorithm for minimum cross entropy thresholding, 1998.
doi:10.1016/S0167-8655(98)00057-9
W. Niblack, An Introduction to Digital Image Processing, 1986.
J. Sauvola, M. Pietikäinen, Adaptive document image binarization, 2000. doi:10.1016/S0031-3203(99)00055-2
"""

import numpy as np

from course_lib._validate import float_array, odd_number, real_number, whole_number

MANY = 1024  # different values up to which a search over several thresholds looks at each of them
BINS = 256  # groups into which it sorts more values than that


# --- one threshold ----------------------------------------------------------------------------------------------------


def between_class_variance(image, threshold):
    """How far apart two classes lie: w₀ w₁ (m₁ - m₀)², with their shares of the pixels and their means.

    Parameters
    ----------
    image : array_like of real numbers, any shape
    threshold : float
        The foreground is what is above it.

    Returns
    -------
    float, at least 0
        In the square of the image's units; 0 if one class is empty. Together with `within_class_variance` it is the
        variance of the image.

    Raises
    ------
    TypeError, ValueError
        If the image is masked, empty, not finite or no array of real numbers, or the threshold is not a number.

    Examples
    --------
    >>> between_class_variance([0, 0, 4, 4], 1)
    4.0
    """
    image = float_array("image", image)
    above = image > real_number("threshold", threshold)
    share = above.mean()
    if share in (0, 1):
        return 0.0
    return float(share * (1 - share) * (image[above].mean() - image[~above].mean()) ** 2)


def within_class_variance(image, threshold):
    """How much the classes spread about their own means: w₀ σ₀² + w₁ σ₁².

    Parameters
    ----------
    image : array_like of real numbers, any shape
    threshold : float
        The foreground is what is above it.

    Returns
    -------
    float, at least 0
        In the square of the image's units; an empty class counts nothing.

    Raises
    ------
    TypeError, ValueError
        As `between_class_variance`.

    Examples
    --------
    >>> within_class_variance([0, 0, 4, 6], 1)
    0.5
    """
    image = float_array("image", image)
    above = image > real_number("threshold", threshold)
    return float(sum(part.size * part.var() for part in (image[above], image[~above]) if part.size) / image.size)


def _levels(image):
    """The different values of an image, ascending, and how often each occurs."""
    array = np.asarray(image)
    pixels = float_array("image", image).ravel()
    if array.dtype == np.uint8:  # counting is faster than sorting
        counts = np.bincount(array.ravel(), minlength=256)
        return np.flatnonzero(counts).astype(np.float64), counts[counts > 0]
    return np.unique(pixels, return_counts=True)


def _first_best(scores):
    """The index of the first score that is the largest, up to rounding."""
    return int(np.argmax(scores >= scores.max() * (1 - 1e-12)))


def otsu(image):
    """The threshold of Otsu: the one whose classes lie farthest apart, see `between_class_variance`.

    Parameters
    ----------
    image : array_like of real numbers, any shape and scale

    Returns
    -------
    float
        A value of the image, the brightest of the background; the smallest of several that are equally good. A constant
        image returns its value, and nothing is above it.

    Raises
    ------
    TypeError, ValueError
        If the image is masked, empty, not finite or no array of real numbers.

    Notes
    -----
    Otsu 1979. Each different value is tried: no histogram, so no bins whose width a single bright pixel could set. For
    uint8 it is what scikit-image and OpenCV return.

    Examples
    --------
    >>> otsu([10, 11, 12, 200, 210])
    12.0
    """
    values, counts = _levels(image)
    if len(values) == 1:
        return float(values[0])
    share = np.cumsum(counts)[:-1] / counts.sum()
    centered = values - np.average(values, weights=counts)  # without the mean little is lost to rounding
    moment = np.cumsum(counts * centered)[:-1] / counts.sum()  # = w₀ (m₀ - m), so that w₀ w₁ (m₁ - m₀)² is
    return float(values[_first_best(moment**2 / (share * (1 - share)))])


def cross_entropy(image, threshold):
    """What is lost when each class is replaced by its mean, counted as Li does: -Σ v log(mean of v's class).

    Parameters
    ----------
    image : array_like of numbers that are at least 0, any shape
        Li's measure is about amounts of light: subtract the minimum from an image that goes below 0.
    threshold : float
        The foreground is what is above it.

    Returns
    -------
    float
        The mean over the pixels; the smaller, the better the two means stand for the image.

    Raises
    ------
    TypeError, ValueError
        As `between_class_variance`, or if the image has values below 0.

    Examples
    --------
    >>> round(cross_entropy([1, 1, 4, 4], 2), 4)
    -2.7726
    """
    image = float_array("image", image)
    if image.min() < 0:
        raise ValueError(f"image must be at least 0, got {image.min():g}: subtract its minimum")
    above = image > real_number("threshold", threshold)
    parts = [part for part in (image[above], image[~above]) if part.size and part.sum() > 0]  # 0 log 0 is 0
    return float(-sum(part.sum() * np.log(part.mean()) for part in parts) / image.size)


def li(image):
    """The threshold of Li: beside a minimum of the `cross_entropy` between the image and its two means.

    Parameters
    ----------
    image : array_like of real numbers, any shape and scale

    Returns
    -------
    float
        A constant image returns its value.

    Raises
    ------
    TypeError, ValueError
        If the image is masked, empty, not finite or no array of real numbers.

    Notes
    -----
    Li & Tam 1998: from the mean of the image, t becomes (m₁ - m₀) / (log m₁ - log m₀), the logarithmic mean of the
    classes' means above the image's minimum, until the classes stay what they are. Between two levels the entropy has
    no slope to follow, so this is a level or two beside a minimum, and there may be a lower one elsewhere. scikit-image
    stops as soon as t moves by less than half a level; here it is run to its end.

    Examples
    --------
    >>> round(li([1, 2, 3, 60, 61]), 3)
    15.317
    """
    values, counts = _levels(image)
    if len(values) == 1:
        return float(values[0])
    light = values - values[0]
    total, amount = np.cumsum(counts), np.cumsum(counts * light)
    threshold, before = amount[-1] / total[-1], -1
    while True:
        split = int(np.searchsorted(light, threshold, side="right")) - 1  # the last value of the background
        dark = amount[split] / total[split]
        if split == before or dark == 0:
            return float(threshold + values[0])
        bright = (amount[-1] - amount[split]) / (total[-1] - total[split])
        threshold, before = (bright - dark) / np.log(bright / dark), split


# --- several thresholds -----------------------------------------------------------------------------------------------


def multi_otsu(image, classes=3):
    """The thresholds that part an image into several classes with means as far apart as can be.

    Parameters
    ----------
    image : array_like of real numbers, any shape and scale
    classes : int, at least 2
        At most the number of different values.

    Returns
    -------
    ndarray of float64, shape (classes - 1,), ascending
        Values of the image: class c holds what is above threshold c - 1 and not above threshold c, as
        ``numpy.digitize(image, thresholds, right=True)`` counts.

    Raises
    ------
    TypeError, ValueError
        As `otsu`, or if there are fewer different values than classes.

    Notes
    -----
    Otsu 1979, section V. All ways to cut are compared, by dynamic programming: the best c classes up to a value are the
    best c - 1 classes up to some smaller value and one more class. Up to 1,024 different values are each tried; more
    are first sorted into 256 groups of equal width.

    Examples
    --------
    >>> multi_otsu([1, 2, 50, 51, 200, 201]).tolist()
    [2.0, 51.0]
    """
    values, counts = _levels(image)
    classes = whole_number("classes", classes, 2)
    if classes > len(values):
        raise ValueError(f"classes must be at most the number of different values, {len(values)}, got {classes}")
    middle = np.average(values, weights=counts)
    last, share, moment = _groups(values, counts, values - middle)
    if classes > len(last):
        raise ValueError(f"classes must be at most the number of groups of values, {len(last)}, got {classes}")
    gain = _gains(share, moment)
    best, choices = gain[0], []  # best[b]: of the classes so far, that end with group b
    for _ in range(classes - 1):
        options = best[:-1, None] + gain[1:]  # [a, b]: one more class, of groups a + 1 to b
        choice = np.argmax(options, axis=0)
        best = options[choice, np.arange(len(last))]
        choices.append(choice)
    ends, end = [], len(last) - 1
    for choice in reversed(choices):
        end = choice[end]
        ends.append(last[end])
    return np.array(ends[::-1])


def _groups(values, counts, centered):
    """The last value of each group of values, the pixels in it and the sum of them."""
    if len(values) <= MANY:
        return values, counts, counts * centered
    span = values[-1] - values[0]
    number = np.minimum((values - values[0]) / span * BINS, BINS - 1).astype(int)
    first = np.flatnonzero(np.diff(number, prepend=-1))
    last = values[np.append(first[1:], len(values)) - 1]
    return last, np.add.reduceat(counts, first), np.add.reduceat(counts * centered, first)


def _gains(share, moment):
    """What a class of the groups a to b adds to the variance between classes: (sum of its pixels)² / their number."""
    number, amount = (np.concatenate([[0], np.cumsum(x)]) for x in (share, moment))
    pixels = number[None, 1:] - number[:-1, None]
    sums = amount[None, 1:] - amount[:-1, None]
    return np.where(pixels > 0, sums**2 / np.where(pixels > 0, pixels, 1), -np.inf)


# --- one threshold for each pixel -------------------------------------------------------------------------------------


def window_mean(image, size):
    """The mean of the size × size window around each pixel, as fast for a large window as for a small one.

    Parameters
    ----------
    image : array_like of real numbers, shape (rows, columns)
    size : odd int, at least 1

    Returns
    -------
    ndarray of float64, shape (rows, columns)
        Beyond its border the image is mirrored, the pixel at the border included.

    Raises
    ------
    TypeError, ValueError
        If the image is masked, empty, not finite or has not two axes, or size is not odd.

    Notes
    -----
    A table of the sums of all rectangles from the first corner gives each window by four of its entries (Crow 1984,
    doi:10.1145/800031.808600).

    Examples
    --------
    >>> window_mean([[0, 0, 9]], 3).tolist()
    [[0.0, 3.0, 6.0]]
    """
    image = float_array("image", image, ndim=2)
    size = odd_number("size", size)
    middle = image.mean()  # sums stay small, and exact to rounding
    padded = np.pad(image - middle, size // 2, mode="symmetric")
    table = np.zeros((padded.shape[0] + 1, padded.shape[1] + 1))
    np.cumsum(np.cumsum(padded, axis=0), axis=1, out=table[1:, 1:])
    sums = table[size:, size:] - table[:-size, size:] - table[size:, :-size] + table[:-size, :-size]
    return sums / size**2 + middle


def window_deviation(image, size):
    """The standard deviation in the size × size window around each pixel.

    Parameters
    ----------
    image : array_like of real numbers, shape (rows, columns)
    size : odd int, at least 1

    Returns
    -------
    ndarray of float64, shape (rows, columns), at least 0
        The image is mirrored beyond its border, as in `window_mean`.

    Raises
    ------
    TypeError, ValueError
        As `window_mean`.

    Examples
    --------
    >>> window_deviation([[0, 0, 3]], 3)[0, 1].round(4).item()
    1.4142
    """
    image = float_array("image", image, ndim=2)
    image -= image.mean()
    return np.sqrt(np.maximum(window_mean(image**2, size) - window_mean(image, size) ** 2, 0))


def local_mean(image, size, offset=0.0):
    """A threshold for each pixel: the mean of the window around it, less an offset.

    Parameters
    ----------
    image : array_like of real numbers, shape (rows, columns)
    size : odd int
        Side of the window, in pixels: wider than what is to be found.
    offset : float
        Above 0 it lowers the threshold: what hardly differs from its surroundings is then above it.

    Returns
    -------
    ndarray of float64, shape (rows, columns)
        The surface; the foreground is ``image > surface``.

    Raises
    ------
    TypeError, ValueError
        As `window_mean`, or if offset is not a number.

    Notes
    -----
    ``skimage.filters.threshold_local(image, size, method="mean", offset=offset)``, whose own default is a Gaussian
    window. OpenCV's ``adaptiveThreshold`` repeats the pixel at the border, and rounds the mean of bytes.

    Examples
    --------
    >>> local_mean([[0, 0, 9]], 3, offset=1).tolist()
    [[-1.0, 2.0, 5.0]]
    """
    return window_mean(image, size) - real_number("offset", offset)


def niblack(image, size, k=0.2):
    """A threshold for each pixel: mean - k × standard deviation of the window around it.

    Parameters
    ----------
    image : array_like of real numbers, shape (rows, columns)
    size : odd int
    k : float

    Returns
    -------
    ndarray of float64, shape (rows, columns)

    Raises
    ------
    TypeError, ValueError
        As `window_mean`, or if k is not a number.

    Examples
    --------
    >>> niblack([[0, 0, 3]], 3, k=1)[0, 1].round(4).item()
    -0.4142
    """
    return window_mean(image, size) - real_number("k", k) * window_deviation(image, size)


def sauvola(image, size, k=0.2, r=0.5):
    """A threshold for each pixel that falls where the window is flat: mean × (1 + k (deviation / r - 1)).

    Parameters
    ----------
    image : array_like of real numbers, shape (rows, columns)
        Dark writing on bright paper, with black at 0.
    size : odd int
    k : float
        How far below the mean an empty window's threshold lies.
    r : float above 0
        The largest deviation that a window can have: 0.5 for images in [0, 1], 127.5 for 0 to 255.

    Returns
    -------
    ndarray of float64, shape (rows, columns)

    Raises
    ------
    TypeError, ValueError
        As `window_mean`, or if k is not a number or r not above 0.

    Notes
    -----
    Sauvola & Pietikäinen 2000. scikit-image takes r = 1 for every float image, since floats may lie in [-1, 1] there.

    Examples
    --------
    >>> sauvola([[1.0, 1.0, 1.0]], 3)[0, 1].item()
    0.8
    """
    k, r = real_number("k", k), real_number("r", r, above=0)
    return window_mean(image, size) * (1 + k * (window_deviation(image, size) / r - 1))
