"""How far are the boundaries of two masks apart? Hausdorff distance, its 95th percentile, the average, and scores.

The *boundary* of a mask are its outermost pixels. (The word *border* is kept for where an image ends.)
"""

import numpy as np

from course_lib._docs import filled
from course_lib._labels import label_array, refuse_one_hot
from course_lib._validate import plain_array, real_array, real_number, same_shape
from course_lib.metrics._arithmetic import decimal, raised, ratio

filled_in = filled(
    masks="""
        y_true, y_pred : array of bool or 0 and 1, (H, W) or (D, H, W)
            The true and the predicted mask: one image or one volume, no batch and no channels. What is beyond the
            border of the image counts as outside of the mask.""",
    spacing="""
        spacing : float, or one for each axis
            Size of a pixel, above 0; distances are in its unit.""",
    distance="""
        float
            In the unit of ``spacing``. NaN if both masks are empty, infinite if one is.""",
    errors="""
        TypeError
            A mask holds no whole numbers; spacing holds no numbers.
        ValueError
            The shapes differ, or have other than two or three axes; an axis of length 1 beside two others, which is a
            batch or a channel; values besides 0 and 1; one-hot, (H, W, classes) or (classes, H, W); a spacing that is
            not above 0, or not one number for each axis.""",
)


def boundary(mask):
    """The outermost pixels of a mask: those with one of their 4 neighbors (6 in a volume) outside of it.

    Parameters
    ----------
    mask : array of bool or 0 and 1, (H, W) or (D, H, W)
        One image or one volume, no batch and no channels. What is beyond the border of the image counts as outside.

    Returns
    -------
    bool, the shape of ``mask``

    Raises
    ------
    TypeError
        The mask holds no whole numbers.
    ValueError
        It has another number of axes, values besides 0 and 1, or an axis of length 1 beside two others: in a volume of
        one slice every pixel would be on the boundary.
    """
    mask = _mask("mask", mask)
    inner = np.pad(mask, 1)
    middle = (slice(1, -1),) * mask.ndim
    inside = mask.copy()
    for axis in range(mask.ndim):
        for step in (-1, 1):
            inside &= np.roll(inner, step, axis)[middle]
    return mask & ~inside


@filled_in
def surface_distances(y_true, y_pred, spacing=1.0):
    """How far each pixel of one mask's boundary is from the nearest pixel of the other's.

    Parameters
    ----------
    %(masks)s
    %(spacing)s

    Returns
    -------
    from_true, from_pred : float64, (n,) and (m,)
        One distance for each pixel of the `boundary` of y_true, and of that of y_pred, in the unit of ``spacing``.
        Infinite if the other mask is empty.

    Raises
    ------
    %(errors)s
    """
    y_true, y_pred = _two_masks(y_true, y_pred)
    sizes = _spacing(spacing, y_true.ndim)
    window = _window(y_true | y_pred)  # nothing beyond it is asked for
    here, there = boundary(y_true)[window], boundary(y_pred)[window]
    return _distance_to(there, here, sizes), _distance_to(here, there, sizes)


@filled_in
def hausdorff(y_true, y_pred, spacing=1.0):
    """Hausdorff distance of two boundaries: the largest distance from one to the other. One stray pixel decides it.

    H(A, B) = max(max_a min_b |a - b|, max_b min_a |a - b|).

    Parameters
    ----------
    %(masks)s
    %(spacing)s

    Returns
    -------
    %(distance)s

    Raises
    ------
    %(errors)s

    References
    ----------
    D. P. Huttenlocher et al.: Comparing images using the Hausdorff distance, PAMI 15 (1993), eqs. 1 and 2.
    """
    return _summary(surface_distances(y_true, y_pred, spacing), lambda a, b: max(a.max(), b.max()))


@filled_in
def hd95(y_true, y_pred, spacing=1.0):
    """Hausdorff distance with the 95th percentile of each boundary's distances in the place of their maximum.

    The larger of the two percentiles, as in the Metrics Reloaded guide and MONAI; some programs take the percentile of
    all distances together.

    Parameters
    ----------
    %(masks)s
    %(spacing)s

    Returns
    -------
    %(distance)s

    Raises
    ------
    %(errors)s

    References
    ----------
    L. Maier-Hein et al.: Metrics reloaded, Nature Methods 21 (2024), supplement.
    """
    return _summary(
        surface_distances(y_true, y_pred, spacing), lambda a, b: max(np.percentile(a, 95), np.percentile(b, 95))
    )


@filled_in
def assd(y_true, y_pred, spacing=1.0):
    """Average symmetric surface distance: the mean distance from one boundary to the other, all pixels of both alike.

    Parameters
    ----------
    %(masks)s
    %(spacing)s

    Returns
    -------
    %(distance)s

    Raises
    ------
    %(errors)s

    References
    ----------
    T. Heimann et al.: Comparison and evaluation of methods for liver segmentation, IEEE TMI 28 (2009), section IV.
    """
    return _summary(surface_distances(y_true, y_pred, spacing), lambda a, b: np.concatenate([a, b]).mean())


@filled_in
def boundary_f1(y_true, y_pred, tolerance=2.0, spacing=1.0):
    """F1 score of two boundaries: precision and recall of boundary pixels that may be off by ``tolerance``.

    Precision is the share of the predicted boundary that is at most ``tolerance`` from the true one, recall the share
    of the true boundary that is at most that far from the predicted one.

    Parameters
    ----------
    %(masks)s
    tolerance : float, at least 0
        In the unit of ``spacing``. In the paper .75 % of the image's diagonal. A distance that equals it but for
        rounding is not beyond it: 3 pixels of .1 are .3.
    %(spacing)s

    Returns
    -------
    float
        From 0 to 1. NaN if both masks are empty, 0 if one is.

    Raises
    ------
    %(errors)s

    References
    ----------
    G. Csurka, D. Larlus, F. Perronnin: What is a good evaluation measure for semantic segmentation?, BMVC 2013, eq. 8.
    """
    real_number("tolerance", tolerance, 0)
    limit = raised(decimal(tolerance))
    from_true, from_pred = surface_distances(y_true, y_pred, spacing)
    if not from_true.size or not from_pred.size:
        return 0.0 if from_true.size or from_pred.size else float("nan")
    recall, precision = np.mean(from_true <= limit), np.mean(from_pred <= limit)
    return float(2 * precision * recall / (precision + recall)) if precision + recall else 0.0


@filled_in
def surface_dice(y_true, y_pred, tolerance=2.0, spacing=1.0):
    """Normalized surface Dice (NSD): the share of both boundaries that is at most ``tolerance`` from the other one.

    (|true boundary near the predicted| + |predicted near the true|) / (|true boundary| + |predicted boundary|).
    `boundary_f1` is the harmonic mean of the two shares; this is their mean, weighted by the boundaries' lengths.

    Parameters
    ----------
    %(masks)s
    tolerance : float, at least 0
        In the unit of ``spacing``: how far apart two people would draw the same boundary. A distance that equals it but
        for rounding is not beyond it: 3 pixels of .1 are .3.
    %(spacing)s

    Returns
    -------
    float
        From 0 to 1. NaN if both masks are empty, 0 if one is.

    Raises
    ------
    %(errors)s

    Notes
    -----
    Pixels of the boundary are counted, as in MONAI: a slanted line counts by its pixels, not by its length, and all
    pixels alike whatever the spacing. The authors' program measures elements of a surface between pixels.

    References
    ----------
    S. Nikolov et al.: Clinically applicable segmentation of head and neck anatomy, JMIR 23 (2021), e26151.
    """
    real_number("tolerance", tolerance, 0)
    limit = raised(decimal(tolerance))
    from_true, from_pred = surface_distances(y_true, y_pred, spacing)
    near = np.count_nonzero(from_true <= limit) + np.count_nonzero(from_pred <= limit)
    return float(ratio(near, from_true.size + from_pred.size))


@filled_in
def boundary_iou(y_true, y_pred, width=2.0, spacing=1.0):
    """Intersection over union of two seams: the pixels of each mask that are at most ``width`` from the outside of it.

    The middle of a large object, which is easy, does not count: IoU of large and of small objects can be compared. With
    a width that reaches the middle of both masks it is their plain IoU.

    Parameters
    ----------
    %(masks)s
    width : float
        In the unit of ``spacing``, at least the size of a pixel; with 1 the seam is the `boundary`. In the paper 2 % of
        the image's diagonal. A distance that equals it but for rounding is not beyond it.
    %(spacing)s

    Returns
    -------
    float
        From 0 to 1. NaN if both masks are empty, 0 if one is.

    Raises
    ------
    %(errors)s

    Notes
    -----
    Distances are straight lines, from pixel to nearest pixel outside. The authors' program takes off squares of 3 × 3
    pixels ``width`` times: the same seam along straight sides, and up to √2 times as wide at other slopes.

    References
    ----------
    B. Cheng et al.: Boundary IoU, CVPR 2021, eq. 3, arXiv:2103.16562.
    """
    y_true, y_pred = _two_masks(y_true, y_pred)
    sizes = _spacing(spacing, y_true.ndim)
    limit = raised(decimal(real_number("width", width, above=0)))
    if limit < min(sizes):
        raise ValueError(f"width must be at least the size of a pixel, {min(sizes):g}, got {width!r}")
    window = _window(y_true | y_pred)
    here, there = (_seam(mask[window], limit, sizes) for mask in (y_true, y_pred))
    return float(ratio(np.count_nonzero(here & there), np.count_nonzero(here | there)))


def _seam(mask, limit, spacing):
    """The pixels of a mask that are at most ``limit`` from a pixel outside of it."""
    from scipy.ndimage import distance_transform_edt

    if not mask.any():
        return mask
    distance = distance_transform_edt(np.pad(mask, 1), sampling=spacing)[(slice(1, -1),) * mask.ndim]
    return mask & (distance <= limit)


def _distance_to(target, points, spacing):
    """Distance from each of the points to the nearest pixel of the target."""
    from scipy.ndimage import distance_transform_edt

    if not target.any():
        return np.full(np.count_nonzero(points), np.inf)
    return distance_transform_edt(~target, sampling=spacing)[points]


def _window(mask):
    """Slices that cut out the part of an image that holds the mask."""
    if not mask.any():
        return (slice(0, 0),) * mask.ndim
    others = (tuple(a for a in range(mask.ndim) if a != axis) for axis in range(mask.ndim))
    places = [np.flatnonzero(mask.any(axis=axes)) for axes in others]
    return tuple(slice(p[0], p[-1] + 1) for p in places)


def _summary(distances, function):
    from_true, from_pred = distances
    if from_true.size and from_pred.size:
        return float(function(from_true, from_pred))
    return float("inf") if from_true.size or from_pred.size else float("nan")


def _spacing(spacing, ndim):
    """The size of a pixel along each axis."""
    sizes = plain_array("spacing", spacing)
    real_array("spacing", sizes, (0, 1))
    sizes = np.reshape([decimal(size) for size in sizes.flat], sizes.shape)
    if sizes.shape not in ((), (ndim,)) or not (np.isfinite(sizes).all() and (sizes > 0).all()):
        raise ValueError(f"spacing must be a number above 0, or {ndim} of them, got {spacing!r}")
    return tuple(np.broadcast_to(sizes, ndim))


def _two_masks(y_true, y_pred):
    y_true, y_pred = _mask("y_true", y_true), _mask("y_pred", y_pred)
    same_shape(y_true=y_true, y_pred=y_pred)
    if y_true.ndim == 3:
        advice = "judge one class c at a time, the masks at index c of {axis}"
        refuse_one_hot(advice, y_true=y_true, y_pred=y_pred)
    return y_true, y_pred


def _mask(name, value):
    array = label_array(name, value)
    if array.ndim not in (2, 3):
        raise ValueError(f"{name} must be one image (H, W) or one volume (D, H, W), got the shape {array.shape}")
    if array.ndim == 3 and 1 in array.shape:
        cut = ", ".join("0" if n == 1 else ":" for n in array.shape)
        raise ValueError(
            f"{name} must be one image (H, W) or one volume (D, H, W), got the shape {array.shape}: an axis of length "
            f"1 is a batch or a channel and no direction in which there are neighbors. Take {name}[{cut}]"
        )
    if array.dtype != bool and array.size and not (array.min() >= 0 and array.max() <= 1):
        raise ValueError(
            f"{name} must be a mask of 0 and 1, got {array.min()} to {array.max()}: compare it with one class, as in "
            "ids == 1"
        )
    return array.astype(bool)
