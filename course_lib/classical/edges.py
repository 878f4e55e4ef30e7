"""Edges: slopes of the brightness, thinned to one pixel and followed; Canny as scikit-image and as OpenCV define it.

x counts columns to the right, y rows downwards. A slope is a pair (gx, gy), in brightness per pixel: it points to where
the image gets brighter, so it stands *across* the edge.

References
----------
J. Canny, A computational approach to edge detection, 1986. doi:10.1109/TPAMI.1986.4767851
D. Marr, E. Hildreth, Theory of edge detection, 1980. doi:10.1098/rspb.1980.0020
D. R. Martin, C. C. Fowlkes, J. Malik, Learning to detect natural image boundaries using local brightness, color, and
texture cues, 2004 (precision and recall of edges). doi:10.1109/TPAMI.2004.1273918
"""

from typing import NamedTuple

import numpy as np

from course_lib._validate import float_array, non_negative_array, one_of, plain_array, real_number, same_shape
from course_lib.classical.filters import sobel_x, sobel_y

MODES = ("nearest", "constant", "reflect", "mirror", "wrap")  # what stands outside, in the words of scipy.ndimage
EIGHT = np.ones((3, 3), bool)  # a pixel and its eight neighbours
TAN_22 = 13573  # tan 22.5° times 2**15, rounded, as OpenCV stores it


def gradient(image, sigma=0.0, mode="nearest"):
    """Slopes by Sobel's kernels, after Gaussian smoothing.

    Parameters
    ----------
    image : array_like of real numbers, shape (H, W)
        Gray values on any scale.
    sigma : float, at least 0, in pixels
        Width of the Gaussian; 0 for none.
    mode : str
        What stands outside of the image, in the words of scipy.ndimage: "nearest" repeats its border, "constant" is 0,
        "reflect" and "mirror" fold it back with and without repeating the border, "wrap" goes on at the other side.

    Returns
    -------
    gx, gy : two ndarrays of float64, shape (H, W)
        Brightness per pixel, to the right and downwards: Sobel's weights, which sum to 8 on a ramp, divided by 8.

    Raises
    ------
    TypeError, ValueError
        If the image is not a plain 2-D array of finite real numbers, sigma is negative, or the mode is unknown.

    Examples
    --------
    >>> gx, gy = gradient([[0, 1, 2, 3]] * 3)
    >>> gx[1]
    array([0.5, 1. , 1. , 0.5])
    >>> gy[1]
    array([0., 0., 0., 0.])
    """
    from scipy import ndimage

    image = float_array("image", image, ndim=2)
    sigma, mode = real_number("sigma", sigma, 0), one_of("mode", mode, MODES)
    smooth = ndimage.gaussian_filter(image, sigma, mode=mode)
    # Sobel's kernel is a difference across times a smoothing along: two short passes, rounded as in SciPy
    gx, gy = (ndimage.correlate1d(smooth, [-1, 0, 1], axis, mode=mode) for axis in (1, 0))
    return (
        ndimage.correlate1d(gx, [1, 2, 1], 0, mode=mode) / 8,
        ndimage.correlate1d(gy, [1, 2, 1], 1, mode=mode) / 8,
    )


def magnitude(gx, gy):
    """How steep the brightness is: the length of the slope, sqrt(gx² + gy²).

    Parameters
    ----------
    gx, gy : array_like of real numbers, of one shape

    Returns
    -------
    ndarray of float64, of that shape, at least 0

    Raises
    ------
    TypeError, ValueError
        If they are no plain arrays of finite real numbers, or their shapes differ.

    Examples
    --------
    >>> magnitude([3.0, 0.0], [4.0, -2.0])
    array([5., 2.])
    """
    gx, gy = float_array("gx", gx), float_array("gy", gy)
    same_shape(gx=gx, gy=gy)
    return np.sqrt(gx * gx + gy * gy)


def suppress(strength, gx, gy):
    """Non-maximum suppression: keep a strength that no neighbour across the edge exceeds.

    The line of the slope leaves the 3 × 3 window between two pixels on each side. The strength there is interpolated
    between those two, and compared.

    Parameters
    ----------
    strength : array_like of real numbers, shape (H, W), at least 0
    gx, gy : array_like of real numbers, shape (H, W)
        The slope, to the right and downwards.

    Returns
    -------
    ndarray of float64, shape (H, W)
        ``strength`` where it is at least as large as both interpolated neighbours (equal ones stay), else 0. Also 0 on
        the outermost rows and columns, whose neighbours are not all known, and where there is no slope.

    Raises
    ------
    TypeError, ValueError
        If one of them is not a plain 2-D array of finite real numbers, a strength is negative, or shapes differ.

    Notes
    -----
    The rule of ``skimage.feature.canny`` (Canny 1986, section VIII, interpolates in the same way).

    Examples
    --------
    >>> strength = np.tile([0.0, 1.0, 3.0, 2.0, 0.0], (3, 1))
    >>> suppress(strength, np.ones((3, 5)), np.zeros((3, 5)))[1]
    array([0., 0., 3., 0., 0.])
    """
    strength = non_negative_array("strength", strength, ndim=2)
    gx, gy = float_array("gx", gx, ndim=2), float_array("gy", gy, ndim=2)
    same_shape(strength=strength, gx=gx)
    same_shape(gx=gx, gy=gy)
    return _suppress(strength, gx, gy, strength > 0)


def _suppress(strength, gx, gy, asked):
    """Non-maximum suppression of the pixels that are ``asked`` for; the others become 0."""
    kept = np.zeros_like(strength)
    rows, columns = np.nonzero((asked & ((gx != 0) | (gy != 0)))[1:-1, 1:-1])
    rows, columns = rows + 1, columns + 1
    x, y, here = gx[rows, columns], gy[rows, columns], strength[rows, columns]
    steep = np.abs(y) > np.abs(x)
    share = np.where(steep, np.abs(x), np.abs(y)) / np.where(steep, np.abs(y), np.abs(x))
    down, right = np.where(y < 0, -1, 1), np.where(x < 0, -1, 1)
    highest = np.ones(len(here), bool)
    for side in (1, -1):
        straight = strength[rows + side * down * steep, columns + side * right * ~steep]
        diagonal = strength[rows + side * down, columns + side * right]
        highest &= diagonal * share + straight * (1 - share) <= here
    kept[rows[highest], columns[highest]] = here[highest]
    return kept


def hysteresis(strength, low, high):
    """Two thresholds: keep what reaches the high one, and what reaches the low one and hangs together with it.

    Parameters
    ----------
    strength : array_like of real numbers, shape (H, W)
    low, high : float, low at most high
        Thresholds on the scale of ``strength``; a value equal to a threshold reaches it.

    Returns
    -------
    ndarray of bool, shape (H, W)
        Groups of pixels of at least ``low``, joined over their sides and corners (8 neighbours), that hold at least one
        pixel of at least ``high``. A pixel of strength 0 is never kept.

    Raises
    ------
    TypeError, ValueError
        If strength is not a plain 2-D array of finite real numbers, a threshold is no number, or low is above high.

    Examples
    --------
    >>> hysteresis([[5.0, 2.0, 2.0, 0.0, 2.0]], low=2, high=4)
    array([[ True,  True,  True, False, False]])
    """
    strength = float_array("strength", strength, ndim=2)
    low, high = _thresholds(low, high)
    return _joined((strength >= low) & (strength > 0), (strength >= high) & (strength > 0))


def _thresholds(low, high):
    low, high = real_number("low", low), real_number("high", high)
    if low > high:
        raise ValueError(f"low must be at most high, got low={low:g} and high={high:g}")
    return low, high


def _joined(weak, strong):
    """The groups of ``weak`` pixels, 8 neighbours, that hold a ``strong`` one."""
    from scipy import ndimage

    groups, count = ndimage.label(weak, EIGHT)
    holds_strong = np.zeros(count + 1, bool)
    holds_strong[groups[strong & weak]] = True
    return holds_strong[groups]


def canny(image, sigma=1.0, low=0.1, high=0.2, mode="constant"):
    """Canny's edges as scikit-image defines them: smooth, slope, thin, two thresholds, follow.

    Parameters
    ----------
    image : array_like of real numbers, shape (H, W)
        Gray values. The usual thresholds are meant for values from 0 to 1.
    sigma : float, at least 0, in pixels
        Width of the Gaussian.
    low, high : float, low at most high
        Thresholds for Sobel's *sums*, as in scikit-image: eight times the slope that `gradient` returns.
    mode : str
        What stands outside while smoothing, see `gradient`. With "constant" the weights that fall outside are left out,
        and the rest is divided by its sum.

    Returns
    -------
    ndarray of bool, shape (H, W)

    Raises
    ------
    TypeError, ValueError
        If the image is not a plain 2-D array of finite real numbers, sigma is negative, a threshold is no number, low
        is above high, or the mode is unknown.

    Notes
    -----
    The same pixels as ``skimage.feature.canny(image, sigma, low, high, mode=mode)`` for an image of float64. That
    function divides 8-bit values, and thresholds that are given for them, by 255; this one takes values as they are.

    Examples
    --------
    >>> step = np.repeat([[0.0, 0.0, 0.0, 1.0, 1.0, 1.0]], 5, axis=0)
    >>> canny(step, sigma=0)[2]
    array([False, False,  True,  True, False, False])
    """
    from scipy import ndimage

    image = float_array("image", image, ndim=2)
    sigma, mode = real_number("sigma", sigma, 0), one_of("mode", mode, MODES)
    low, high = _thresholds(low, high)
    smooth = ndimage.gaussian_filter(image, sigma, mode=mode)
    if mode == "constant":
        inside = ndimage.gaussian_filter(np.ones(image.shape), sigma, mode=mode)
        smooth /= inside + np.finfo(np.float64).eps
    gx, gy = gradient(smooth, mode="reflect")
    strength = np.sqrt(gx * gx + gy * gy)
    low, high = low / 8, high / 8
    crest = _suppress(strength, gx, gy, (strength > 0) & (strength >= low))  # weaker ones need not be thinned
    return _joined(crest > 0, crest >= high)


def canny_opencv(image, low, high):
    """Canny's edges as OpenCV defines them: whole numbers, no smoothing, |gx| + |gy|, directions rounded to four.

    Parameters
    ----------
    image : ndarray of uint8, shape (H, W)
    low, high : float, low at most high
        Thresholds for |gx| + |gy| of Sobel's sums, in levels (0 ... 255); rounded down. A value must be *above* a
        threshold to pass it.

    Returns
    -------
    ndarray of bool, shape (H, W)

    Raises
    ------
    TypeError, ValueError
        If the image is not a plain 2-D array of uint8, a threshold is no number, or low is above high.

    Notes
    -----
    The same pixels as ``cv2.Canny(image, low, high) > 0``, with OpenCV's usual aperture of 3 and ``L2gradient=False``.

    Examples
    --------
    >>> step = np.repeat([[0, 0, 0, 255, 255, 255]], 5, axis=0).astype(np.uint8)
    >>> canny_opencv(step, 100, 200)[2]
    array([False, False,  True, False, False, False])
    """
    from scipy import ndimage

    image = plain_array("image", image)
    if image.dtype != np.uint8:
        raise TypeError(f"image must be uint8, got dtype {image.dtype}")
    levels = float_array("image", image, ndim=2).astype(np.int64)
    low, high = (np.floor(threshold) for threshold in _thresholds(low, high))
    gx, gy = (ndimage.correlate(levels, kernel.astype(int), mode="nearest") for kernel in (sobel_x(), sobel_y()))
    size = np.abs(gx) + np.abs(gy)
    around = np.pad(size, 1)  # outside, OpenCV takes the strength for 0

    def beside(down, right):
        return around[1 + down : 1 + down + size.shape[0], 1 + right : 1 + right + size.shape[1]]

    x, y = np.abs(gx) * TAN_22, np.abs(gy) << 15
    flat, steep = y < x, y > x + (np.abs(gx) << 16)  # less than 22.5° or more than 67.5° from the x axis
    falling = (gx < 0) != (gy < 0)
    thin = np.select(
        [flat, steep, falling],
        [
            (size > beside(0, -1)) & (size >= beside(0, 1)),
            (size > beside(-1, 0)) & (size >= beside(1, 0)),
            (size > beside(-1, 1)) & (size > beside(1, -1)),
        ],
        (size > beside(-1, -1)) & (size > beside(1, 1)),
    )
    return _joined(thin & (size > low), thin & (size > high))


def laplacian_of_gaussian(image, sigma, mode="nearest"):
    """Second derivatives along x and y, added, of the smoothed image.

    Parameters
    ----------
    image : array_like of real numbers, shape (H, W)
    sigma : float above 0, in pixels
    mode : str
        What stands outside, see `gradient`.

    Returns
    -------
    ndarray of float64, shape (H, W)
        Positive in a dark place, negative in a bright one, 0 in the middle of a straight edge and on a ramp.

    Raises
    ------
    TypeError, ValueError
        If the image is not a plain 2-D array of finite real numbers, sigma is not above 0, or the mode is unknown.

    Examples
    --------
    >>> spot = np.zeros((5, 5))
    >>> spot[2, 2] = 1
    >>> bool(laplacian_of_gaussian(spot, 1.0)[2, 2] < 0)
    True
    """
    from scipy import ndimage

    image = float_array("image", image, ndim=2)
    return ndimage.gaussian_laplace(image, real_number("sigma", sigma, above=0), mode=one_of("mode", mode, MODES))


def zero_crossings(image, sigma, threshold=0.0):
    """Edges after Marr and Hildreth: where the Laplacian of the smoothed image changes its sign.

    Parameters
    ----------
    image : array_like of real numbers, shape (H, W)
    sigma : float above 0, in pixels
    threshold : float, at least 0
        The smallest difference across a crossing, on the scale of `laplacian_of_gaussian`.

    Returns
    -------
    ndarray of bool, shape (H, W)
        Of two neighbours, side by side or one above the other, with opposite signs, the one nearer to 0 is marked; of
        two equally near, the left or upper one.

    Raises
    ------
    TypeError, ValueError
        If the image is not a plain 2-D array of finite real numbers, sigma is not above 0, or threshold is negative.

    Examples
    --------
    >>> step = np.repeat([[0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]], 3, axis=0)
    >>> zero_crossings(step, 1.0)[1].nonzero()[0]
    array([3])
    """
    image, threshold = float_array("image", image, ndim=2), real_number("threshold", threshold, 0)
    second = laplacian_of_gaussian(image, sigma)
    threshold = max(threshold, 1e-12 * np.abs(image).max())  # below this, a sign is rounding
    found = np.zeros(second.shape, bool)
    for axis in (0, 1):
        values, marks = np.moveaxis(second, axis, 0), np.moveaxis(found, axis, 0)
        first, then = values[:-1], values[1:]
        crossed = (first * then < 0) & (np.abs(first - then) > threshold)
        nearer = np.abs(first) <= np.abs(then) * (1 + 1e-9)
        marks[:-1] |= crossed & nearer
        marks[1:] |= crossed & ~nearer
    return found


class EdgeScores(NamedTuple):
    """How well found edges agree with the true ones."""

    precision: float  # share of the found pixels that lie near the truth
    recall: float  # share of the true pixels that lie near a found one
    f1: float  # their harmonic mean, 2 P R / (P + R)


def edge_scores(found, truth, tolerance):
    """How well two sets of edge pixels agree, up to a distance: precision, recall, and their harmonic mean.

    Parameters
    ----------
    found, truth : array_like of bool, shape (H, W)
    tolerance : float, at least 0, in pixels
        A pixel counts as right where the other set has one at most this far away.

    Returns
    -------
    EdgeScores
        Named tuple (precision, recall, f1), each from 0 to 1. All are 1 if both sets are empty, 0 if one of them is.

    Raises
    ------
    TypeError, ValueError
        If they are no plain 2-D arrays of bool, their shapes differ, or tolerance is negative.

    Notes
    -----
    Martin, Fowlkes & Malik (2004) match pixels one to one; here many found pixels may lie near the same true one, so an
    edge that is three pixels thick is not punished.

    Examples
    --------
    >>> truth = np.zeros((5, 5), bool)
    >>> truth[:, 2] = True
    >>> found = truth.copy()
    >>> found[0, 4] = True
    >>> precision, recall, f1 = edge_scores(found, truth, tolerance=1)
    >>> round(precision, 3), recall, round(f1, 3)
    (0.833, 1.0, 0.909)
    """
    from scipy import ndimage

    found, truth = _mask("found", found), _mask("truth", truth)
    same_shape(found=found, truth=truth)
    tolerance = real_number("tolerance", tolerance, 0)
    if not found.any() or not truth.any():
        return EdgeScores(*3 * [float(found.any() == truth.any())])
    precision = float(np.mean(ndimage.distance_transform_edt(~truth)[found] <= tolerance))
    recall = float(np.mean(ndimage.distance_transform_edt(~found)[truth] <= tolerance))
    total = precision + recall
    return EdgeScores(precision, recall, 2 * precision * recall / total if total else 0.0)


def edge_f1(found, truth, tolerance):
    """The harmonic mean of precision and recall of edge pixels, up to a distance: 2 P R / (P + R).

    Parameters
    ----------
    found, truth, tolerance
        As for `edge_scores`, which returns precision and recall, too.

    Returns
    -------
    float, from 0 to 1
        1 if both sets are empty, 0 if one of them is.

    Raises
    ------
    TypeError, ValueError
        As `edge_scores`.

    Examples
    --------
    >>> truth = np.zeros((5, 5), bool)
    >>> truth[:, 2] = True
    >>> found = np.roll(truth, 1, axis=1)
    >>> edge_f1(found, truth, tolerance=0), edge_f1(found, truth, tolerance=1)
    (0.0, 1.0)
    """
    return edge_scores(found, truth, tolerance).f1


def _mask(name, value):
    mask = plain_array(name, value)
    if mask.dtype != bool:
        raise TypeError(f"{name} must be a mask of bool, got dtype {mask.dtype}")
    return float_array(name, mask, ndim=2).astype(bool)
