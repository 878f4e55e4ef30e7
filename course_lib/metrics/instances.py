"""Which objects were found? True and predicted objects matched by overlap: precision, recall, F1, panoptic quality."""

from dataclasses import dataclass

import numpy as np

from course_lib._labels import refuse_one_hot
from course_lib._validate import real_number
from course_lib.metrics._arithmetic import decimal, raised, ratio
from course_lib.metrics._pairs import FIRST_ARGMAX, label_pair


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
    precision, recall, f1, segmentation_quality, panoptic_quality : float
        Scores of these objects, from 0 to 1, NaN where there is nothing to judge.
    """

    pairs: np.ndarray
    ious: np.ndarray
    missed: np.ndarray
    extra: np.ndarray

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
        The arrays hold no whole numbers; threshold is no number.
    ValueError
        Their shapes differ, labels below 0 or from 2⁶³, a threshold out of range, or both are one-hot.

    References
    ----------
    A. Kirillov, K. He, R. Girshick, C. Rother, P. Dollár: Panoptic segmentation, CVPR 2019, section 4.1.
    """
    real_number("threshold", threshold, 0.5, below=1)
    y_true, y_pred = label_pair(y_true, y_pred)
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
