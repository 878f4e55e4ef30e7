"""From a microscope image to numbered objects: even brightness before the network, cuts at the waist after it."""

import numpy as np

from course_lib._validate import plain_array, real_array, real_number, rounding, whole_number

LONG = 4  # a piece that covers more squares of its greatest width is long
NARROWING = 0.15  # of the lower peak's height: a ragged outline and the grid make falls of up to a tenth


def even_brightness(images):
    """Put images of any exposure on one scale: logarithms, the background at 0, the brightest objects at 1.

    x = (log(1 + c) - median) / (99.5th percentile - median), each image by itself. The logarithm turns the
    factor by which one nucleus is brighter than another into a difference; median and percentile take away
    background light and exposure. Meant for bright objects that cover from 0.5 to 50 % of the image. Where less than
    0.5 % stands out from a ground that is flat, its largest logarithm takes the place of the percentile.

    Parameters
    ----------
    images : (H, W) or (n, H, W)
        Counts, at least 0.

    Returns
    -------
    float32, the shape of ``images``
        0 everywhere in an image that is flat.

    Raises
    ------
    ValueError
        Another number of axes, channels of colour, or a count that is not finite or below 0.
    """
    logs = np.log1p(counts("images", images).astype(np.float32))
    low, high = (np.percentile(logs, q, axis=(-2, -1), keepdims=True).astype(np.float32) for q in (50, 99.5))
    highest = logs.max(axis=(-2, -1), keepdims=True)
    high = np.where(high - low > 1e-6, high, highest)
    return (logs - low) / np.where(high - low > 1e-6, high - low, np.float32(1))


def counts(name, images):
    """Return images (H, W) or (n, H, W) as an array, or say what in them is no count.

    Raises
    ------
    TypeError, ValueError
        Naming the argument: another number of axes, channels, or a number that is not real, not finite or below 0.
    """
    images = real_array(name, images)
    if images.ndim not in (2, 3):
        raise ValueError(f"{name} must be counts, at least 0, (H, W) or (n, H, W), got the shape {images.shape}")
    no_channels(name, images)
    wrong = int(np.sum(~np.isfinite(images)))
    if wrong:
        raise ValueError(f"{name} must be counts, at least 0, got {wrong} that are NaN or infinite: repair them first")
    if images.min() < 0:
        raise ValueError(f"{name} must be counts, at least 0, got {images.min():g}")
    return images


def no_channels(name, array):
    """Raise ValueError where (n, H, W) is wanted and the last axis looks like channels: (H, W, 1), (H, W, 3)."""
    if array.ndim == 3 and array.shape[2] <= 4 < min(array.shape[:2]):
        raise ValueError(
            f"{name} must be (H, W) or (n, H, W), got the shape {array.shape}: the last axis looks like channels. Give "
            "one of them, [..., 0], or their mean"
        )


def split_touching(probability, threshold=0.5, min_distance=5, min_area=30, smooth=1.0, min_depth=0.1):
    """Number the objects in a foreground map; objects that touch are cut at their waist.

    The distance of every foreground pixel to the background has one peak in each convex object. Its peaks, at least
    ``min_distance`` pixels apart, are the sources of a watershed on the distance, upside down.

    On the ridge of a long object the pixel grid makes many peaks of almost one height. Peaks between which the
    distance falls by less than ``min_depth`` are one source; and a connected piece that fills its convex hull, but
    for 0.5 % of the pixels, has no waist and is never cut.

    A connected piece with more area than 4 squares of its greatest width is long. In it the distance must also fall
    by 15 % of the lower peak: rings, bent bands and ragged rods of one width are not cut, rows of objects are, at
    every neck that is as much narrower. A band that is itself narrower somewhere is cut there. In pieces that are less
    long a ragged or bent outline may still be cut: give ``min_depth``.

    Parameters
    ----------
    probability : (H, W)
        Of foreground, in [0, 1] but for rounding. Beyond the border of the image is background.
    threshold : float, at least 0
        Pixels above it are foreground.
    min_distance : int, at least 1
        Pixels; about half the radius of the smallest object.
    min_area : int, at least 0
        Objects of fewer pixels are left out.
    smooth : float, at least 0
        Standard deviation, in pixels, by which distances are blurred, so that a ragged outline makes no peaks.
    min_depth : float, at least 0
        Pixels by which the distance must fall on the way from one peak to a higher one, or they are one object. The
        grid alone makes falls of up to 0.5, a ragged outline of up to 1: take that for rods that touch.

    Returns
    -------
    (H, W), int32
        0 is background, 1, 2, ... are objects.

    Raises
    ------
    ValueError, TypeError
        ``probability`` has another shape or other numbers, NaN among them; an argument is out of its range.

    Notes
    -----
    The distance to the outside of a convex object is concave in it and 0 outside, so it is log-concave, and so is its
    blur by a Gaussian: one peak, or one flat ridge. Only rounding to pixels breaks it up.
    """
    from skimage.segmentation import relabel_sequential, watershed

    probability = plain_array("probability", probability)
    if probability.ndim != 2 or not probability.size:
        raise ValueError(f"probability must be (H, W) with numbers in [0, 1], got the shape {probability.shape}")
    if probability.dtype.kind not in "buif":
        raise TypeError(f"probability must hold numbers in [0, 1], got dtype {probability.dtype}")
    tolerance = rounding(probability)
    if not -tolerance <= probability.min() <= probability.max() <= 1 + tolerance:  # not so for NaN
        wrong = int(np.sum(np.isnan(probability)))
        got = f"{wrong} NaN" if wrong else f"{probability.min():g} to {probability.max():g}"
        raise ValueError(f"probability must hold numbers in [0, 1], got {got}: of logits take the sigmoid first")
    min_distance = whole_number("min_distance", min_distance, 1)
    numbers = {"threshold": threshold, "min_area": min_area, "smooth": smooth, "min_depth": min_depth}
    for name, value in numbers.items():
        real_number(name, value, 0)
    foreground = probability > threshold
    markers, distance = _sources(foreground, min_distance, smooth, min_depth)
    labels = watershed(-distance, markers, mask=foreground)
    small = np.bincount(labels.ravel()) < min_area
    labels[small[labels]] = 0
    return relabel_sequential(labels)[0].astype(np.int32)


def _sources(foreground, min_distance, smooth, min_depth):
    """One number for the peaks of each object, at their pixels, and the blurred distance, both (H, W)."""
    from scipy import ndimage
    from skimage.feature import peak_local_max
    from skimage.morphology import local_maxima, reconstruction

    distance = ndimage.gaussian_filter(ndimage.distance_transform_edt(np.pad(foreground, 1))[1:-1, 1:-1], smooth)
    pieces, _ = ndimage.label(foreground)
    peaks = peak_local_max(distance, min_distance=min_distance, labels=pieces, exclude_border=False)
    # cut all hills down by min_depth and fill them up from below: what stays flat on top is one hill, the rest none
    heights = np.where(foreground, distance, -1 - min_depth)
    falls = np.maximum(min_depth, NARROWING * _long(pieces, distance)[pieces] * heights)
    cross = ndimage.generate_binary_structure(2, 1)
    flat = reconstruction(heights - falls, heights, footprint=cross)
    hills, _ = ndimage.label(local_maxima(flat, connectivity=1) & foreground)
    markers = np.zeros(foreground.shape, np.int32)
    hill = hills[tuple(peaks.T)]
    _, first, same = np.unique(hill, return_index=True, return_inverse=True)
    markers[tuple(peaks.T)] = np.where(hill > 0, first[same] + 1, 0)
    for number, box in enumerate(ndimage.find_objects(pieces), start=1):
        own, inside = pieces[box] == number, markers[box]
        found = np.unique(inside[own & (inside > 0)])
        if len(found) == 1 or (len(found) > 1 and not _fills_its_hull(own)):
            continue
        top = np.unravel_index(np.argmax(np.where(own, distance[box], -1)), own.shape)
        inside[own] = 0
        inside[top] = found[0] if len(found) else len(peaks) + number
    return markers, distance


def _long(pieces, distance):
    """Which numbers of pieces, 0 to the last, are of pieces longer than `LONG`: bool, with False for the background."""
    widths = np.zeros(pieces.max() + 1)
    np.maximum.at(widths, pieces.ravel(), 2 * distance.ravel())
    long = np.bincount(pieces.ravel()) > LONG * widths**2
    long[0] = False
    return long


def _fills_its_hull(mask):
    """Whether at most 0.5 % of the pixels whose middles lie in the convex hull of a mask are missing from it."""
    from skimage.morphology import convex_hull_image

    if min(mask.shape) == 1:
        return bool(mask.all())
    return mask.sum() >= 0.995 * convex_hull_image(mask, offset_coordinates=False).sum()
