"""Panoptic quality by categories: every pixel has a category, and of things each has a number; void is left out."""

from dataclasses import dataclass

import numpy as np

from course_lib._labels import label_array
from course_lib._validate import same_shape, whole_number
from course_lib.metrics._arithmetic import ratio
from course_lib.metrics._overlaps import overlaps


@dataclass(frozen=True)
class PanopticScores:
    """Segments found of each category, as `panoptic_quality` returns it.

    Attributes
    ----------
    matched, missed, extra : int64, (C,)
        Segments of each category: matched, true but not found, and predicted but none.
    overlap : float64, (C,)
        The sum of the matched segments' intersections over unions.
    panoptic_quality, segmentation_quality, recognition_quality : float64, (C,)
        Scores from 0 to 1, NaN for a category without segments.
    mean : float
        The panoptic quality, averaged over the categories that have segments.
    """

    matched: np.ndarray
    missed: np.ndarray
    extra: np.ndarray
    overlap: np.ndarray

    @property
    def panoptic_quality(self):
        """PQ = sum of IoU / (TP + FP/2 + FN/2) = SQ · RQ; 0 if nothing matched, NaN for a category without segments."""
        return ratio(self.overlap, self.matched + (self.missed + self.extra) / 2)

    @property
    def segmentation_quality(self):
        """SQ, the mean IoU of the matched segments; NaN for a category without a match."""
        return ratio(self.overlap, self.matched)

    @property
    def recognition_quality(self):
        """RQ = TP / (TP + FP/2 + FN/2), the F1 score of the segments; NaN for a category without segments."""
        return ratio(self.matched, self.matched + (self.missed + self.extra) / 2)

    @property
    def mean(self):
        """PQ averaged over the categories that have a segment in the truth or in the prediction; NaN if none has."""
        values = self.panoptic_quality
        values = values[~np.isnan(values)]
        return float(values.mean()) if values.size else float("nan")

    @classmethod
    def pooled(cls, scores):
        """Add up the segments of several images, as the score of a data set is made: not the mean of their scores.

        Parameters
        ----------
        scores : iterable of PanopticScores
            One for each image, at least one, all of as many categories.

        Returns
        -------
        PanopticScores

        Raises
        ------
        ValueError
            There are none, or they differ in the number of categories.
        """
        scores = list(scores)
        sizes = {len(part.matched) for part in scores}
        if len(sizes) != 1:
            raise ValueError(f"scores must be at least one, all of as many categories, got {sorted(sizes)}")
        names = ("matched", "missed", "extra", "overlap")
        return cls(*(np.sum([getattr(part, name) for part in scores], axis=0) for name in names))


def panoptic_quality(y_true, y_pred, n_categories, stuff=(), void=None):
    """Match the segments of each category whose intersection over union is above one half, and count the rest.

    A segment is all pixels of one image with the same category and the same instance number.

    Parameters
    ----------
    y_true, y_pred : int arrays, (..., 2), of one shape
        For each pixel of one image the category, from 0 to n_categories - 1 or ``void``, and the number of the
        instance, at least 0: ``np.stack([categories, instances], axis=-1)``. The truth comes first.
    n_categories : int
        At least 1.
    stuff : sequence of int
        Categories without instances, such as sky or background: their pixels are one segment, whatever their numbers.
    void : int, optional
        A category outside of 0 to n_categories - 1, such as 255. In the truth: pixels that nobody judged. They count in
        no union, and a predicted segment that lies in them by more than half is not counted as extra. In the
        prediction: pixels that were given nothing. They are no segment.

    Returns
    -------
    PanopticScores
        With ``panoptic_quality``, ``segmentation_quality``, ``recognition_quality`` by category, and ``mean``.

    Raises
    ------
    TypeError
        The arrays hold no whole numbers; n_categories, void or one of stuff is none.
    ValueError
        The shapes differ or do not end in 2; a category out of range; a number below 0 or from 2³¹; a category of
        stuff that is none; a void that is a category.

    References
    ----------
    A. Kirillov, K. He, R. Girshick, C. Rother, P. Dollár: Panoptic segmentation, CVPR 2019, section 4, eqs. 1 and 2.

    Examples
    --------
    >>> categories, instances = np.array([0, 0, 1, 1, 1, 1]), np.array([0, 0, 1, 1, 2, 2])
    >>> y_true = np.stack([categories, instances], axis=-1)
    >>> y_pred = y_true.copy()
    >>> y_pred[4:, 1] = 1  # the two things of category 1 in one
    >>> panoptic_quality(y_true, y_pred, 2, stuff=[0]).panoptic_quality
    array([1., 0.])
    """
    n = whole_number("n_categories", n_categories, 1)
    stuff = [whole_number("stuff", category, 0, n - 1) for category in stuff]
    void = None if void is None else whole_number("void", void)
    if void is not None and 0 <= void < n:
        raise ValueError(f"void must be no category, from 0 to {n - 1}, got {void}")
    true, pred = label_array("y_true", y_true), label_array("y_pred", y_pred)
    same_shape(y_true=true, y_pred=pred)
    both = overlaps(*(_segments(*named, n, stuff, void) for named in (("y_true", true), ("y_pred", pred))))
    rows, columns, shared = both.rows, both.columns, both.shared
    # the share of each predicted segment that lies where the truth is void; segment 0 is void
    in_void = np.zeros(len(both.pred_ids), dtype=np.int64)
    of_void = both.true_ids[rows] == 0
    in_void[columns[of_void]] = shared[of_void]
    of_true, of_pred = (_category(ids, n) for ids in (both.true_ids, both.pred_ids))
    unions = both.unions - in_void[columns]
    is_pair = (of_true[rows] == of_pred[columns]) & (of_true[rows] >= 0) & (2 * shared > unions)
    rows, columns = rows[is_pair], columns[is_pair]
    missed, extra = of_true >= 0, (of_pred >= 0) & (2 * in_void <= both.pred_areas)
    missed[rows], extra[columns] = False, False
    return PanopticScores(
        np.bincount(of_true[rows], minlength=n),
        np.bincount(of_true[missed], minlength=n),
        np.bincount(of_pred[extra], minlength=n),
        np.bincount(of_true[rows], shared[is_pair] / unions[is_pair], minlength=n),
    )


def _segments(name, array, n, stuff, void):
    """A number for each pixel's segment: 0 for void, else 1 + category + n · instance."""
    if array.ndim < 1 or array.shape[-1] != 2:
        raise ValueError(
            f"{name} must have the shape (..., 2), category and instance of each pixel, got {array.shape}: stack them "
            "by np.stack([categories, instances], axis=-1)"
        )
    category, instance = (array[..., k].ravel().astype(np.int64, copy=False) for k in (0, 1))
    is_void = np.zeros(category.shape, dtype=bool) if void is None else category == void
    wrong = category[~is_void & ((category < 0) | (category >= n))]
    if wrong.size:
        allowed = "" if void is None else f", or void, which is {void}"
        raise ValueError(f"{name} must hold categories from 0 to {n - 1}{allowed}, got {wrong[0]}")
    if instance.size and not (instance.min() >= 0 and instance.max() < 2**31):
        bad = instance.min() if instance.min() < 0 else instance.max()
        raise ValueError(f"{name} must hold numbers of instances from 0 to 2**31 - 1, got {bad}")
    instance = np.where(np.isin(category, stuff), 0, instance)
    return np.where(is_void, 0, 1 + category + n * instance)


def _category(segments, n):
    """The category of each segment, -1 for void."""
    return np.where(segments == 0, -1, (segments - 1) % n)
