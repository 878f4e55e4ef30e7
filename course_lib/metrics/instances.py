"""Which objects were found? True and predicted objects matched by overlap, and scores of the matching."""

from dataclasses import dataclass

import numpy as np

from course_lib._validate import plain_array, real_number
from course_lib.metrics._arithmetic import decimal, raised, ratio
from course_lib.metrics._overlaps import overlaps
from course_lib.metrics._pairs import object_pair

THRESHOLDS = tuple(k / 100 for k in range(50, 100, 5))  # .5, .55, ..., .95


@dataclass(frozen=True)
class Matching:
    """Which objects were found, as `match_instances` returns it.

    Attributes
    ----------
    pairs : int64, (k, 2)
        Labels of matched objects: true, predicted.
    ious : float64, (k,)
        Their intersections over unions.
    missed, extra : int64 arrays
        Labels of true objects that were not found, and of predicted ones that are none.
    threshold : float
        The intersection over union that a pair had to be above.
    precision, recall, f1, segmentation_quality, panoptic_quality : float
        Scores of these objects, from 0 to 1, NaN where there is nothing to judge.
    """

    pairs: np.ndarray
    ious: np.ndarray
    missed: np.ndarray
    extra: np.ndarray
    threshold: float = 0.5

    @property
    def precision(self):
        """TP / (TP + FP), the share of predicted objects that are real; NaN if none was predicted."""
        return float(ratio(len(self.ious), len(self.ious) + len(self.extra)))

    @property
    def recall(self):
        """TP / (TP + FN), the share of true objects that were found; NaN if there are none."""
        return float(ratio(len(self.ious), len(self.ious) + len(self.missed)))

    @property
    def f1(self):
        """TP / (TP + FP/2 + FN/2), which is also the recognition quality RQ; NaN where there are no objects."""
        return float(ratio(2 * len(self.ious), 2 * len(self.ious) + len(self.missed) + len(self.extra)))

    @property
    def segmentation_quality(self):
        """SQ, the mean IoU of the matched pairs; NaN if there are none."""
        return float(ratio(self.ious.sum(), len(self.ious)))

    @property
    def panoptic_quality(self):
        """PQ = SQ · RQ (Kirillov et al. 2019, eqs. 1 and 2); 0 if nothing matched, NaN where there are no objects."""
        return self.segmentation_quality * self.f1 if len(self.ious) else self.f1

    @classmethod
    def pooled(cls, matchings):
        """Put the objects of several images together, as if they were one image: not the mean of the images' scores.

        Parameters
        ----------
        matchings : iterable of Matching
            One for each image.

        Returns
        -------
        Matching
            Labels stand one image after the other.

        Raises
        ------
        ValueError
            They were matched at different thresholds.
        """
        matchings, none = list(matchings), np.zeros(0, dtype=np.int64)
        thresholds = {part.threshold for part in matchings}
        if len(thresholds) > 1:
            raise ValueError(f"matchings must be of one threshold, got {sorted(thresholds)}")
        parts = [cls(none.reshape(0, 2), none.astype(float), none, none), *matchings]
        names = ("pairs", "ious", "missed", "extra")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names), *thresholds)

    def at(self, threshold):
        """Match at a higher threshold: pairs that are not above it fall apart into a missed object and an extra one.

        Parameters
        ----------
        threshold : float
            From this matching's own threshold to below 1.

        Returns
        -------
        Matching

        Raises
        ------
        TypeError
            threshold is no number.
        ValueError
            It is lower than this matching's own, or not below 1.
        """
        real_number("threshold", threshold, self.threshold, below=1)
        stay = self.ious > raised(decimal(threshold))
        lost = self.pairs[~stay]
        return Matching(
            self.pairs[stay],
            self.ious[stay],
            np.concatenate([self.missed, lost[:, 0]]),
            np.concatenate([self.extra, lost[:, 1]]),
            float(decimal(threshold)),
        )


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
        The arrays hold no whole numbers; threshold is no number.
    ValueError
        Their shapes differ, labels below 0 or from 2⁶³, a threshold out of range, or both are one-hot.

    References
    ----------
    A. Kirillov, K. He, R. Girshick, C. Rother, P. Dollár: Panoptic segmentation, CVPR 2019, section 4.1.
    """
    real_number("threshold", threshold, 0.5, below=1)
    y_true, y_pred = object_pair(y_true, y_pred)
    both = overlaps(y_true, y_pred)
    union = both.unions
    is_pair = both.shared > raised(decimal(threshold)) * union
    is_pair &= (both.true_ids[both.rows] != 0) & (both.pred_ids[both.columns] != 0)
    rows, columns = both.rows[is_pair], both.columns[is_pair]
    ids = both.true_ids.astype(np.int64), both.pred_ids.astype(np.int64)
    return Matching(
        pairs=np.stack([ids[0][rows], ids[1][columns]], axis=1),
        ious=both.shared[is_pair] / union[is_pair],
        missed=np.setdiff1d(ids[0], np.append(ids[0][rows], 0)),
        extra=np.setdiff1d(ids[1], np.append(ids[1][columns], 0)),
        threshold=float(decimal(threshold)),
    )


def average_precision(matching, thresholds=THRESHOLDS):
    """Share of objects that are right, TP / (TP + FP + FN), at each of several thresholds of the overlap.

    This is what the Data Science Bowl of 2018, Cellpose and StarDist call average precision (the last also
    ``accuracy``), and its mean over .5, .55, ..., .95 the score of that competition. It is not the average precision of
    COCO, for which each predicted object needs a score: see `coco_average_precision`.

    Parameters
    ----------
    matching : Matching
        Of one image, or of several by `Matching.pooled`, matched at the lowest of the thresholds or below.
    thresholds : sequence of float
        From .5 to below 1. An overlap must be *above* it; StarDist takes what equals it as well.

    Returns
    -------
    float64, (len(thresholds),)
        From 0 to 1; NaN where there are no objects at all.

    Raises
    ------
    TypeError
        matching is none; a threshold is no number.
    ValueError
        A threshold below that of the matching, or not below 1; no thresholds.

    References
    ----------
    J. C. Caicedo et al.: Nucleus segmentation across imaging experiments: the 2018 Data Science Bowl, Nature Methods 16
    (2019). U. Schmidt, M. Weigert et al.: Cell detection with star-convex polygons, MICCAI 2018, section 3.

    Examples
    --------
    >>> found = match_instances([1, 1, 1, 1, 2, 2, 2, 2], [1, 1, 1, 0, 2, 2, 2, 2])
    >>> average_precision(found, [0.5, 0.75, 0.9])  # the first object overlaps by 3/4, not above .75
    array([1.        , 0.33333333, 0.33333333])
    """
    if not isinstance(matching, Matching):
        raise TypeError(f"matching must be what match_instances returns, got {type(matching).__name__}")
    limits = np.atleast_1d(plain_array("thresholds", thresholds))
    if limits.ndim != 1 or limits.size == 0:
        raise ValueError(f"thresholds must be a row of numbers, got the shape {limits.shape}")
    found = [matching.at(limit) for limit in limits]
    right = [len(part.ious) for part in found]
    return ratio(right, [len(part.ious) + len(part.missed) + len(part.extra) for part in found])
