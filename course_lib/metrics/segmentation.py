"""How good is a segmentation? Regions, borders, objects and probabilities, in NumPy: whole numbers in int64, others in
float64.

=============  ====================================================================================================
regions        `confusion_matrix` counts pixels, and `pixel_accuracy`, `iou`, `dice` and `mean_iou` are made of the
               counts. `ConfusionMatrix` adds the counts up, batch by batch.
borders        `surface_distances`, and made of them `hausdorff`, `hd95`, `assd` and `boundary_f1`
objects        `match_instances`: precision, recall, F1 and panoptic quality
probabilities  `reliability` and `expected_calibration_error`
=============  ====================================================================================================

The truth always comes first. Metrics take *decisions*, class ids or masks: fractions are refused, because cutting
them down to whole numbers would make .9 a background pixel.

Where there is nothing to judge (a class in neither image, both masks empty) the result is **NaN**, to be left out of a
mean with ``np.nanmean``. Where one side is empty and the other is not, a score is 0 and a distance infinite.
"""

from dataclasses import dataclass
from numbers import Real
from typing import NamedTuple

import numpy as np

from course_lib.classical._checks import plain_array, real_number
from course_lib.classical._labels import check_labels, refuse_one_hot
from course_lib.metrics._rounding import decimal, raised

FIRST_ARGMAX = "take the argmax over {axis} first. (If these are ids, flatten them: places do not matter)"
CHUNK = 1 << 18  # pixels counted at a time, so that what is made on the way stays small


# --- regions ----------------------------------------------------------------------------------------------------------


def confusion_matrix(y_true, y_pred, n_classes, ignore_class=None):
    """Count the pixels of each true class that were given each class.

    Parameters
    ----------
    y_true, y_pred : int or bool array, of one shape
        Class ids from 0 to n_classes - 1, not one-hot.
    n_classes : int
    ignore_class : int, optional
        Pixels with this true label are not counted. It may be a class, or a label outside of them such as 255.

    Returns
    -------
    int64, (n_classes, n_classes)
        Row: true class. Column: predicted class.

    Raises
    ------
    TypeError
        The arrays hold no whole numbers.
    ValueError
        Their shapes differ, an id is no class, or both are one-hot.

    Examples
    --------
    >>> confusion_matrix([0, 0, 1, 1], [0, 1, 1, 1], 2)
    array([[1, 1],
           [0, 2]])
    """
    n = _whole("n_classes", n_classes, 1)
    y_true, y_pred = _pair(y_true, y_pred)
    refuse_one_hot(FIRST_ARGMAX, n, y_true=y_true, y_pred=y_pred)
    y_true, y_pred = y_true.ravel(), y_pred.ravel()
    counts = np.zeros(n * n, dtype=np.int64)
    for start in range(0, y_true.size, CHUNK):
        true, predicted = y_true[start : start + CHUNK], y_pred[start : start + CHUNK]
        if ignore_class is not None:
            keep = true != _whole("ignore_class", ignore_class)
            true, predicted = true[keep], predicted[keep]
        if true.size and not (true.min() >= 0 and true.max() < n):
            check_labels(y_true, n, ignore_class, "y_true")
        if predicted.size and not (predicted.min() >= 0 and predicted.max() < n):
            raise ValueError(
                f"y_pred must hold class ids from 0 to {n - 1}, got {predicted.min()} to {predicted.max()}"
            )
        counts += np.bincount(true.astype(np.intp) * n + predicted.astype(np.intp), minlength=n * n)
    return counts.reshape(n, n)


class ConfusionMatrix:
    """A confusion matrix that is added up batch by batch: exact up to 2⁶³ pixels, and in a few bytes.

    Parameters
    ----------
    n_classes, ignore_class
        See `confusion_matrix`.

    Examples
    --------
    >>> total = ConfusionMatrix(2)
    >>> for batch in ([0, 1], [1, 1]), ([0, 0], [0, 1]):
    ...     total.update(*batch)
    >>> iou(total.result())
    array([0.33333333, 0.33333333])
    """

    def __init__(self, n_classes, ignore_class=None):
        self.n_classes, self.ignore_class = _whole("n_classes", n_classes, 1), ignore_class
        self.reset()

    def reset(self):
        """Begin anew, from 0."""
        self._counts = np.zeros((self.n_classes, self.n_classes), dtype=np.int64)

    def update(self, y_true, y_pred):
        """Add a batch; see `confusion_matrix`."""
        self._counts += confusion_matrix(y_true, y_pred, self.n_classes, self.ignore_class)

    def merge(self, other):
        """Add what another one has counted, such as another process on its share of the images."""
        if other.n_classes != self.n_classes:
            raise ValueError(f"other must have {self.n_classes} classes, got {other.n_classes}")
        if other.ignore_class != self.ignore_class:
            raise ValueError(f"other must have ignore_class={self.ignore_class}, got ignore_class={other.ignore_class}")
        self._counts += other.result()

    def result(self):
        """Return the counts so far, int64 (n_classes, n_classes)."""
        return self._counts.copy()


def pixel_accuracy(matrix):
    """Share of pixels that were given their true class, trace / sum. A rare class hardly shows in it.

    Parameters
    ----------
    matrix : (C, C)
        From `confusion_matrix`.

    Returns
    -------
    float
        NaN for no pixels.
    """
    matrix = _matrix(matrix)
    return float(_ratio(np.trace(matrix), matrix.sum()))


def iou(matrix):
    """Intersection over union of each class, TP / (TP + FP + FN): the Jaccard index.

    Parameters
    ----------
    matrix : (C, C)
        From `confusion_matrix`.

    Returns
    -------
    float64, (C,)
        NaN for a class that is neither in the truth nor in the prediction.

    References
    ----------
    M. Everingham et al.: The PASCAL visual object classes (VOC) challenge, IJCV 88 (2010), section 4.3.
    """
    matrix = _matrix(matrix)
    hits = np.diag(matrix)
    return _ratio(hits, matrix.sum(axis=0) + matrix.sum(axis=1) - hits)


def dice(matrix):
    """Dice score of each class, 2 TP / (2 TP + FP + FN): the F1 score of its pixels. Dice = 2 IoU / (1 + IoU).

    Parameters
    ----------
    matrix : (C, C)
        From `confusion_matrix`. The foreground of two masks: ``dice(confusion_matrix(y_true, y_pred, 2))[1]``.

    Returns
    -------
    float64, (C,)
        NaN for a class that is neither in the truth nor in the prediction.

    References
    ----------
    L. R. Dice: Measures of the amount of ecologic association between species, Ecology 26 (1945).
    """
    matrix = _matrix(matrix)
    return _ratio(2 * np.diag(matrix), matrix.sum(axis=0) + matrix.sum(axis=1))


def mean_iou(matrix, ignore_class=None):
    """Mean of `iou` over the classes that are in the truth or in the prediction.

    Parameters
    ----------
    matrix : (C, C)
        From `confusion_matrix`.
    ignore_class : int, optional
        A class that takes no part in the mean. (Its pixels were left out by `confusion_matrix`; where other pixels
        were taken for it, they count as missed.) A label outside the classes changes nothing.

    Returns
    -------
    float
        NaN where no class takes part.
    """
    values = iou(matrix)
    if ignore_class is not None:
        values = values[np.arange(len(values)) != _whole("ignore_class", ignore_class)]
    values = values[~np.isnan(values)]
    return float(values.mean()) if values.size else float("nan")


# --- borders ----------------------------------------------------------------------------------------------------------


def border(mask):
    """The outermost pixels of a mask: those with one of their 4 neighbours (6 in a volume) outside of it.

    Parameters
    ----------
    mask : bool or 0/1 array, (H, W) or (D, H, W)
        What is beyond the edge of the image counts as outside. One image or one volume, no batch and no channels.

    Returns
    -------
    bool, the shape of ``mask``

    Raises
    ------
    TypeError
        The mask holds no whole numbers.
    ValueError
        It has another number of axes, values besides 0 and 1, or an axis of length 1 beside two others: in a volume of
        one slice every pixel would be a border.
    """
    mask = _mask("mask", mask)
    inner = np.pad(mask, 1)
    middle = (slice(1, -1),) * mask.ndim
    inside = mask.copy()
    for axis in range(mask.ndim):
        for step in (-1, 1):
            inside &= np.roll(inner, step, axis)[middle]
    return mask & ~inside


def surface_distances(y_true, y_pred, spacing=1.0):
    """How far each pixel of one border is from the nearest pixel of the other.

    Parameters
    ----------
    y_true, y_pred : bool or 0/1 arrays, (H, W) or (D, H, W)
        One image or one volume, no batch and no channels: see `border`.
    spacing : float, or one for each axis
        Size of a pixel; distances are in its unit.

    Returns
    -------
    from_true, from_pred : float64, (n,) and (m,)
        One distance for each pixel of the `border` of y_true, and of that of y_pred. Infinite if the other mask is
        empty.

    Raises
    ------
    TypeError, ValueError
        As `border`; shapes that differ; one-hot, (H, W, classes) or (classes, H, W); a spacing that is not above 0, or
        not one number for each axis.
    """
    y_true, y_pred = _mask("y_true", y_true), _mask("y_pred", y_pred)
    if y_true.shape != y_pred.shape:
        raise ValueError(f"y_true and y_pred must have one shape, got {y_true.shape} and {y_pred.shape}")
    if y_true.ndim == 3:
        advice = "judge one class c at a time, the masks at index c of {axis}"
        refuse_one_hot(advice, y_true=y_true, y_pred=y_pred)
    sizes = np.asarray(spacing)
    for size in sizes.flat:
        real_number("spacing", size)
    sizes = np.reshape([decimal(size) for size in sizes.flat], sizes.shape)
    if sizes.shape not in ((), (y_true.ndim,)) or not (np.isfinite(sizes).all() and (sizes > 0).all()):
        raise ValueError(f"spacing must be a number above 0, or {y_true.ndim} of them, got {spacing!r}")
    sizes = tuple(np.broadcast_to(sizes, y_true.ndim))
    window = _window(y_true | y_pred)  # nothing beyond it is asked for
    here, there = border(y_true)[window], border(y_pred)[window]
    return _distance_to(there, here, sizes), _distance_to(here, there, sizes)


def hausdorff(y_true, y_pred, spacing=1.0):
    """Hausdorff distance of two borders: the largest of all `surface_distances`. One stray pixel decides it.

    H(A, B) = max(max_a min_b |a - b|, max_b min_a |a - b|).

    Parameters
    ----------
    y_true, y_pred, spacing
        See `surface_distances`.

    Returns
    -------
    float
        NaN if both masks are empty, infinite if one is.

    References
    ----------
    D. P. Huttenlocher et al.: Comparing images using the Hausdorff distance, PAMI 15 (1993), eqs. 1 and 2.
    """
    return _summary(surface_distances(y_true, y_pred, spacing), lambda a, b: max(a.max(), b.max()))


def hd95(y_true, y_pred, spacing=1.0):
    """As `hausdorff`, with the 95th percentile of each border's distances in the place of their maximum.

    The larger of the two percentiles, as in the Metrics Reloaded guide and MONAI; some programs take the percentile of
    all distances together.

    Parameters
    ----------
    y_true, y_pred, spacing
        See `surface_distances`.

    Returns
    -------
    float
        NaN if both masks are empty, infinite if one is.

    References
    ----------
    L. Maier-Hein et al.: Metrics reloaded, Nature Methods 21 (2024), supplement.
    """
    return _summary(
        surface_distances(y_true, y_pred, spacing), lambda a, b: max(np.percentile(a, 95), np.percentile(b, 95))
    )


def assd(y_true, y_pred, spacing=1.0):
    """Average symmetric surface distance: the mean of both borders' `surface_distances`, all pixels alike.

    Parameters
    ----------
    y_true, y_pred, spacing
        See `surface_distances`.

    Returns
    -------
    float
        NaN if both masks are empty, infinite if one is.

    References
    ----------
    T. Heimann et al.: Comparison and evaluation of methods for liver segmentation, IEEE TMI 28 (2009), section IV.
    """
    return _summary(surface_distances(y_true, y_pred, spacing), lambda a, b: np.concatenate([a, b]).mean())


def boundary_f1(y_true, y_pred, tolerance=2.0, spacing=1.0):
    """F1 score of two borders: precision and recall of border pixels that may be off by ``tolerance``.

    Precision is the share of the predicted border that is at most ``tolerance`` from the true one, recall the share
    of the true border that is at most that far from the predicted one.

    Parameters
    ----------
    y_true, y_pred, spacing
        See `surface_distances`.
    tolerance : float, at least 0
        In the unit of ``spacing``. In the paper .75 % of the image's diagonal. A distance that equals it but for
        rounding is not beyond it: 3 pixels of .1 are .3.

    Returns
    -------
    float
        From 0 to 1. NaN if both masks are empty, 0 if one is.

    References
    ----------
    G. Csurka, D. Larlus, F. Perronnin: What is a good evaluation measure for semantic segmentation?, BMVC 2013, eq. 8.
    """
    if not (isinstance(tolerance, Real) and tolerance >= 0):
        raise ValueError(f"tolerance must be a number, at least 0, got {tolerance!r}")
    limit = raised(decimal(tolerance))
    from_true, from_pred = surface_distances(y_true, y_pred, spacing)
    if not from_true.size or not from_pred.size:
        return 0.0 if from_true.size or from_pred.size else float("nan")
    recall, precision = np.mean(from_true <= limit), np.mean(from_pred <= limit)
    return float(2 * precision * recall / (precision + recall)) if precision + recall else 0.0


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


# --- objects ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Matching:
    """Which objects were found; see `match_instances`.

    Attributes
    ----------
    pairs : int64, (k, 2)
        Labels of matched objects: true, predicted.
    ious : float64, (k,)
        Their intersections over unions.
    missed, extra : int64 arrays
        Labels of true objects that were not found, and of predicted ones that are none.
    """

    pairs: np.ndarray
    ious: np.ndarray
    missed: np.ndarray
    extra: np.ndarray

    @property
    def precision(self):
        """TP / (TP + FP), the share of predicted objects that are real; NaN if none was predicted."""
        return float(_ratio(len(self.ious), len(self.ious) + len(self.extra)))

    @property
    def recall(self):
        """TP / (TP + FN), the share of true objects that were found; NaN if there are none."""
        return float(_ratio(len(self.ious), len(self.ious) + len(self.missed)))

    @property
    def f1(self):
        """TP / (TP + FP/2 + FN/2), which is also the recognition quality RQ; NaN where there are no objects."""
        return float(_ratio(2 * len(self.ious), 2 * len(self.ious) + len(self.missed) + len(self.extra)))

    @property
    def segmentation_quality(self):
        """SQ, the mean IoU of the matched pairs; NaN if there are none."""
        return float(_ratio(self.ious.sum(), len(self.ious)))

    @property
    def panoptic_quality(self):
        """PQ = SQ · RQ (Kirillov et al. 2019, eqs. 1 and 2); 0 if nothing matched, NaN where there are no objects."""
        return self.segmentation_quality * self.f1 if len(self.ious) else self.f1

    @classmethod
    def pooled(cls, matchings):
        """Put the objects of several images together, as if they were one image: not the mean of the images' scores.

        Labels stand one image after the other.
        """
        none = np.zeros(0, dtype=np.int64)
        parts = [cls(none.reshape(0, 2), none.astype(float), none, none), *matchings]
        names = ("pairs", "ious", "missed", "extra")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def match_instances(y_true, y_pred, threshold=0.5):
    """Match true and predicted objects whose intersection over union is above a threshold.

    Above one half an object can match only one other: together two would cover more than all of it. So there is
    nothing to choose, and thresholds below are refused.

    Parameters
    ----------
    y_true, y_pred : int arrays, of one shape
        0 is background; each other number is one object.
    threshold : float
        From .5 to below 1. A pair must be *above* it: 63 pixels of 90 are not above .7, however .7 is rounded.

    Returns
    -------
    Matching
        With ``precision``, ``recall``, ``f1``, ``segmentation_quality`` and ``panoptic_quality``.

    Raises
    ------
    TypeError
        The arrays hold no whole numbers.
    ValueError
        Their shapes differ, labels below 0 or from 2⁶³, a threshold out of range, or both are one-hot.

    References
    ----------
    A. Kirillov, K. He, R. Girshick, C. Rother, P. Dollár: Panoptic segmentation, CVPR 2019, section 4.1.
    """
    if not (isinstance(threshold, Real) and 0.5 <= threshold < 1):
        raise ValueError(f"threshold must be from 0.5 to below 1, got {threshold!r}")
    y_true, y_pred = _pair(y_true, y_pred)
    for name, labels in (("y_true", y_true), ("y_pred", y_pred)):
        if labels.size and not (labels.min() >= 0 and labels.max() < 2**63):
            wrong = labels.min() if labels.min() < 0 else labels.max()
            raise ValueError(f"{name} must hold labels of 0 and above, below 2**63, got {wrong}")
    if y_true.ndim > 2:
        refuse_one_hot(FIRST_ARGMAX, y_true=y_true, y_pred=y_pred)
    y_true, y_pred = y_true.ravel(), y_pred.ravel()
    true_ids, true_index, true_areas = np.unique(y_true, return_inverse=True, return_counts=True)
    pred_ids, pred_index, pred_areas = np.unique(y_pred, return_inverse=True, return_counts=True)
    # pairs that share a pixel, of which there are few; a table of all pairs would grow with the square of the objects
    shared, overlap = np.unique(true_index * len(pred_ids) + pred_index, return_counts=True)
    rows, columns = shared // max(len(pred_ids), 1), shared % max(len(pred_ids), 1)
    union = true_areas[rows] + pred_areas[columns] - overlap
    is_pair = (overlap > raised(decimal(threshold)) * union) & (true_ids[rows] != 0) & (pred_ids[columns] != 0)
    rows, columns = rows[is_pair], columns[is_pair]
    ids = true_ids.astype(np.int64), pred_ids.astype(np.int64)
    return Matching(
        pairs=np.stack([ids[0][rows], ids[1][columns]], axis=1),
        ious=overlap[is_pair] / union[is_pair],
        missed=np.setdiff1d(ids[0], np.append(ids[0][rows], 0)),
        extra=np.setdiff1d(ids[1], np.append(ids[1][columns], 0)),
    )


# --- probabilities ----------------------------------------------------------------------------------------------------


class Reliability(NamedTuple):
    """What was promised and what came true, in each bin of the probability; see `reliability`."""

    count: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray


def reliability(y_true, probabilities, n_bins=15, ignore_class=None):
    """Sort pixels into bins by the probability given to them, and compare its mean with how often it came true.

    Parameters
    ----------
    y_true : int or bool array, (...)
        Class ids. For one probability a pixel: 0 and 1.
    probabilities : float array, (...) or (..., 1), or (..., C)
        Of the foreground; or of each class: then what counts is the probability of the class that has the largest.
    n_bins : int
        Bins of equal width. A bin holds its lower end, the last one both. The ends are k / n_bins, rounded as the
        probabilities are: float32 .29 is the end of a bin of .01, as float64 .29 is.
    ignore_class : int, optional
        Pixels with this true label are left out.

    Returns
    -------
    Reliability
        ``count``, int64; ``confidence``, the mean probability, and ``accuracy``, the share that came true, float64 and
        NaN in empty bins: (n_bins,) each.

    Raises
    ------
    TypeError
        Labels that are no whole numbers, or probabilities that are no numbers.
    ValueError
        Shapes that do not go together, numbers out of range, or one-hot labels.
    """
    n_bins = _whole("n_bins", n_bins, 1)
    y_true, p = _ids("y_true", y_true), plain_array("probabilities", probabilities)
    if p.dtype.kind not in "buif":
        raise TypeError(f"probabilities must hold numbers, got dtype {p.dtype}")
    several = p.ndim == y_true.ndim + 1 and p.shape[-1] > 1
    if p.shape[: y_true.ndim] != y_true.shape or p.shape[y_true.ndim :] not in ((), p.shape[-1:]):
        raise ValueError(
            f"probabilities must have the shape {y_true.shape} or {(*y_true.shape, 'C')} to go with y_true, "
            f"got {p.shape}"
        )
    if p.ndim > 1 and p.shape == y_true.shape and np.allclose(p.sum(axis=-1), 1, atol=1e-3):
        advice = "take the argmax over {axis} first. (If each is a pixel with one probability, flatten both)"
        refuse_one_hot(advice, p.shape[-1], sure=True, y_true=y_true)
    classes = p.shape[-1] if several else 2
    p, y_true = p.reshape(-1, classes if several else 1), y_true.ravel()
    if ignore_class is not None:
        keep = y_true != _whole("ignore_class", ignore_class)
        p, y_true = p[keep], y_true[keep]
    if y_true.size and not (y_true.min() >= 0 and y_true.max() < classes):
        raise ValueError(f"y_true must hold ids from 0 to {classes - 1}, got {y_true.min()} to {y_true.max()}")
    in_range = p.size == 0 or (p.min() >= -1e-6 and p.max() <= 1 + 1e-6)  # not so for NaN
    if not in_range or (several and not np.allclose(p @ np.ones(classes), 1, atol=1e-3)):
        found = f"{np.count_nonzero(np.isnan(p))} NaN" if np.isnan(p).any() else f"{p.min():g} to {p.max():g}"
        sums = p @ np.ones(classes) if several and in_range else None
        found = found if sums is None else f"sums of {sums.min():g} to {sums.max():g}"
        advice = "divide by 255" if p.dtype == np.uint8 else "take a sigmoid or softmax"
        raise ValueError(f"probabilities must lie in [0, 1], and sum to 1 over classes, got {found}: {advice} first")
    chosen = p.argmax(axis=-1)
    came_true = y_true == (chosen if several else 1)
    p = p[np.arange(len(p)), chosen]
    p = p if p.dtype in (np.float16, np.float32) else p.astype(np.float64)
    ends = (np.arange(1, n_bins) / n_bins).astype(p.dtype)  # p * n_bins, rounded down, would put .29 below 29 / 100
    index, p = np.searchsorted(ends, p, side="right"), p.astype(np.float64)
    count = np.bincount(index, minlength=n_bins)
    return Reliability(
        count,
        _ratio(np.bincount(index, p, n_bins), count),
        _ratio(np.bincount(index, came_true, n_bins), count),
    )


def expected_calibration_error(y_true, probabilities, n_bins=15, ignore_class=None):
    """How far probabilities are from frequencies: |accuracy - confidence| of each bin, weighted by its pixels.

    It tends to 0 for labels that are drawn from the probabilities, and is a little above it for few of them.

    Parameters
    ----------
    y_true, probabilities, n_bins, ignore_class
        See `reliability`.

    Returns
    -------
    float
        From 0 to 1; NaN for no pixels.

    References
    ----------
    C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger: On calibration of modern neural networks, ICML 2017, eq. 3.
    """
    count, confidence, accuracy = reliability(y_true, probabilities, n_bins, ignore_class)
    gaps = np.where(count > 0, count * np.abs(accuracy - confidence), 0.0)
    return float(_ratio(gaps.sum(), count.sum()))


# --- arguments and ratios ---------------------------------------------------------------------------------------------


def _ratio(a, b):
    """a / b in float64, NaN where b is 0."""
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    return np.divide(a, b, out=np.full(np.broadcast_shapes(a.shape, b.shape), np.nan), where=b != 0)


def _whole(name, value, low=None):
    if isinstance(value, (bool, np.bool_)) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} must be a whole number, got {value!r}")
    if low is not None and value < low:
        raise ValueError(f"{name} must be at least {low}, got {value}")
    return int(value)


def _ids(name, value):
    array = plain_array(name, value)
    if array.dtype.kind not in "bui":
        raise TypeError(
            f"{name} must hold whole class ids or labels, got dtype {array.dtype}: take the argmax over classes, or "
            "compare with a threshold, first"
        )
    return array


def _pair(y_true, y_pred):
    """Both as arrays of ids, of one shape."""
    y_true, y_pred = _ids("y_true", y_true), _ids("y_pred", y_pred)
    if y_true.shape != y_pred.shape:
        raise ValueError(f"y_true and y_pred must have one shape, got {y_true.shape} and {y_pred.shape}")
    return y_true, y_pred


def _mask(name, value):
    array = _ids(name, value)
    if array.ndim not in (2, 3):
        raise ValueError(f"{name} must be one image (H, W) or one volume (D, H, W), got the shape {array.shape}")
    if array.ndim == 3 and 1 in array.shape:
        cut = ", ".join("0" if n == 1 else ":" for n in array.shape)
        raise ValueError(
            f"{name} must be one image (H, W) or one volume (D, H, W), got the shape {array.shape}: an axis of length "
            f"1 is a batch or a channel and no direction in which there are neighbours. Take {name}[{cut}]"
        )
    if array.dtype != bool and array.size and not (array.min() >= 0 and array.max() <= 1):
        raise ValueError(
            f"{name} must be a mask of 0 and 1, got {array.min()} to {array.max()}: compare it with one class, as in "
            "ids == 1"
        )
    return array.astype(bool)


def _matrix(matrix):
    array = plain_array("matrix", matrix)
    if array.dtype.kind not in "ui" or array.ndim != 2 or array.shape[0] != array.shape[1] or array.size == 0:
        raise ValueError(
            f"matrix must be a confusion matrix, whole numbers (C, C), got dtype {array.dtype} and shape "
            f"{array.shape}: make it with confusion_matrix(y_true, y_pred, n_classes)"
        )
    if array.min() < 0:
        raise ValueError(f"matrix must hold counts of 0 and above, got {array.min()}")
    return array.astype(np.int64)
