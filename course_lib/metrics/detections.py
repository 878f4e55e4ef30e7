"""Objects that come with a score: average precision, which asks whether the surest ones are right."""

import numpy as np

from course_lib._validate import finite, plain_array, real_array
from course_lib.metrics._arithmetic import ratio
from course_lib.metrics.instances import THRESHOLDS, Matching

RECALLS = np.arange(101) / 100  # np.linspace rounds some of them up, so that a recall of 7 / 100 does not reach .07


def coco_average_precision(matchings, scores, thresholds=THRESHOLDS):
    """Average precision as in COCO: the mean over 101 recalls of the best precision that reaches this recall.

    The predicted objects of all images are taken in the order of their scores, the surest first. After each, precision
    is the share of those taken so far that are right, and recall the share of the true objects found. So it asks for a
    good order, and not for a good number of objects: objects with low scores hardly cost anything.

    Parameters
    ----------
    matchings : sequence of Matching
        One for each image, matched at the lowest of the thresholds or below.
    scores : sequence of float arrays
        For each image the scores of its predicted objects: entry k is that of label k, and what is no label, such as 0,
        is not used. ``ndimage.mean(probability, labels, np.arange(labels.max() + 1))`` is one. Of equal scores the
        object in the earlier image comes first, and in one image the lower label.
    thresholds : sequence of float
        From .5 to below 1, .5, .55, ..., .95 in COCO. An overlap must be *above* it; COCO takes what equals it as well.

    Returns
    -------
    float64, (len(thresholds),)
        From 0 to 1, to be averaged; NaN if there are no true objects (-1 in COCO). All predicted objects count, where
        COCO takes the 100 surest of an image.

    Raises
    ------
    TypeError
        A matching is none; a score or a threshold is no number.
    ValueError
        Another number of matchings than of scores; a predicted label without a score; NaN or infinite scores; a
        threshold below that of the matching, or not below 1; no thresholds.

    References
    ----------
    T.-Y. Lin et al.: Microsoft COCO, ECCV 2014, arXiv:1405.0312; M. Everingham et al.: The PASCAL visual object classes
    (VOC) challenge, IJCV 88 (2010), section 4.2.

    Examples
    --------
    >>> from course_lib.metrics import match_instances
    >>> found = match_instances([1, 1, 0, 2, 2, 0, 0], [1, 1, 0, 3, 3, 0, 2])  # 1 and 3 are right, 2 is none
    >>> coco_average_precision([found], [[0, 0.9, 0.5, 0.8]], [0.5])  # the one that is none is the least sure
    array([1.])
    >>> coco_average_precision([found], [[0, 0.9, 0.8, 0.5]], [0.5]).round(3)
    array([0.835])
    """
    matchings, scores = list(matchings), list(scores)
    if len(matchings) != len(scores):
        raise ValueError(f"matchings and scores must be of the same images, got {len(matchings)} and {len(scores)}")
    limits = np.atleast_1d(plain_array("thresholds", thresholds))
    if limits.ndim != 1 or limits.size == 0:
        raise ValueError(f"thresholds must be a row of numbers, got the shape {limits.shape}")
    for k, (matching, values) in enumerate(zip(matchings, scores, strict=True)):
        if not isinstance(matching, Matching):
            raise TypeError(f"matchings[{k}] must be what match_instances returns, got {type(matching).__name__}")
        scores[k], labels = real_array(f"scores[{k}]", values, 1), _predicted(matching)
        if labels.max(initial=0) >= len(scores[k]):
            raise ValueError(f"scores[{k}] must have entries up to label {labels.max()}, got {len(scores[k])} entries")
        finite(f"scores[{k}] of the labels", scores[k][labels])
    return np.array([_average([m.at(limit) for m in matchings], scores) for limit in limits])


def _predicted(matching):
    """The labels of the predicted objects, those that are right first."""
    return np.concatenate([matching.pairs[:, 1], matching.extra])


def _average(matchings, scores):
    """The average precision at one threshold."""
    right, sure = [np.zeros(0, dtype=bool)], [np.zeros(0)]
    for matching, values in zip(matchings, scores, strict=True):
        labels = _predicted(matching)
        order = np.argsort(labels)
        right.append((np.arange(len(labels)) < len(matching.pairs))[order])
        sure.append(values[labels[order]])
    order = np.argsort(-np.concatenate(sure), kind="stable")
    found = np.cumsum(np.concatenate(right)[order])
    n_true = sum(len(matching.pairs) + len(matching.missed) for matching in matchings)
    if n_true == 0:
        return np.nan
    precision = ratio(found, np.arange(1, len(found) + 1))
    best = np.maximum.accumulate(precision[::-1])[::-1]  # the best at this recall or a higher one
    first = np.searchsorted(found / n_true, RECALLS)
    return float(np.append(best, 0.0)[first].mean())
