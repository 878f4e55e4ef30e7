"""Where to cut probabilities into a mask? The threshold that scores best on validation images."""

from typing import NamedTuple

import numpy as np

from course_lib._validate import finite, plain_array, real_array, real_number
from course_lib.metrics._arithmetic import SLACK
from course_lib.metrics.confusion import confusion_matrix, dice

THRESHOLDS = tuple(k / 20 for k in range(1, 20))  # .05, .1, ..., .95


class ThresholdChoice(NamedTuple):
    """What `choose_threshold` found."""

    threshold: float
    """The one to take: the middle one of those that score best."""
    score: float
    """The best mean score. It is a little too high, because it was chosen: judge the model on other images."""
    tied: np.ndarray
    """All thresholds that score best, but for rounding, in rising order."""
    thresholds: np.ndarray
    """All thresholds tried, in rising order."""
    scores: np.ndarray
    """The mean score of each."""


def choose_threshold(y_true, probabilities, score=None, thresholds=THRESHOLDS):
    """Try thresholds on validation images, and choose the one with the best mean score of the images.

    The images must be others than those the model was trained on, and than those it is judged on afterwards.

    Parameters
    ----------
    y_true : sequence of arrays, (H, W) or with more axes
        The truth of each image, as ``score`` wants it; for the Dice score masks of 0 and 1. Sizes may differ.
    probabilities : sequence of float arrays, (H, W) each
        Of the foreground, one array an image. Any other map of numbers will do, such as logits or gray values, with
        ``thresholds`` to go with them.
    score : callable, optional
        ``score(truth, mask)`` is a number for one image, more is better: ``mask`` is bool, True where the probability
        is *above* the threshold. For a distance give its negative. By default the Dice score of the foreground. NaN
        (nothing to judge in this image at this threshold) is left out of the mean.
    thresholds : sequence of float
        At least one, finite.

    Returns
    -------
    ThresholdChoice
        ``threshold``, ``score``, ``tied``, ``thresholds``, ``scores``. Where several score alike it is the middle one,
        of an even number the lower of the two in the middle: on a plateau that is the safest place.

    Raises
    ------
    TypeError
        Probabilities or thresholds are no real numbers, score cannot be called or gives no number.
    ValueError
        No images, another number of truths than of probabilities, shapes of the two that differ, NaN among the
        probabilities; pixels that are no image; no thresholds; or the score is NaN for all images at every threshold.

    Examples
    --------
    >>> y_true = [np.array([[0, 0, 1, 1]]), np.array([[0, 1, 1, 1]])]
    >>> probabilities = [np.array([[0.1, 0.3, 0.6, 0.9]]), np.array([[0.2, 0.4, 0.7, 0.8]])]
    >>> chosen = choose_threshold(y_true, probabilities, thresholds=[0.2, 0.25, 0.3, 0.35, 0.5])
    >>> chosen.threshold, chosen.tied
    (0.3, array([0.3 , 0.35]))
    """
    score = _foreground_dice if score is None else score
    if not callable(score):
        raise TypeError(f"score must be a function of a truth and a mask, got {score!r}")
    truths, maps = list(y_true), list(probabilities)
    if not truths or len(truths) != len(maps):
        raise ValueError(f"y_true and probabilities must be of the same images, got {len(truths)} and {len(maps)}")
    for k, (truth, values) in enumerate(zip(truths, maps, strict=True)):
        maps[k] = plain_array(f"probabilities[{k}]", values)
        real_array(f"probabilities[{k}]", maps[k])
        truths[k] = plain_array(f"y_true[{k}]", truth)
        if maps[k].ndim < 2:
            raise ValueError(
                f"probabilities[{k}] must be an image, got the shape {maps[k].shape}: give a list of images"
            )
        if truths[k].shape[: maps[k].ndim] != maps[k].shape:
            raise ValueError(
                f"y_true[{k}] and probabilities[{k}] must have one shape, got {truths[k].shape} and {maps[k].shape}: "
                "of one channel take [..., 0]"
            )
        if np.isnan(maps[k]).any():
            raise ValueError(f"probabilities[{k}] must hold numbers, got {np.count_nonzero(np.isnan(maps[k]))} NaN")
    limits = np.unique(finite("thresholds", real_array("thresholds", thresholds, 1)))
    scores = np.array([_mean_score(score, truths, [values > limit for values in maps]) for limit in limits.tolist()])
    if np.isnan(scores).all():
        raise ValueError("score must be a number for an image at least, got NaN for all of them at every threshold")
    best = float(np.nanmax(scores))
    tied = limits[(scores >= best - SLACK * abs(best)) | (scores == best)]
    return ThresholdChoice(float(tied[(len(tied) - 1) // 2]), best, tied, limits, scores)


def _mean_score(score, truths, masks):
    """The mean of the images' scores that are not NaN; NaN if there are none."""
    found = [real_number("score", score(t, m), finite=False) for t, m in zip(truths, masks, strict=True)]
    found = np.array(found)[~np.isnan(found)]
    return found.mean() if found.size else np.nan


def _foreground_dice(truth, mask):
    return dice(confusion_matrix(truth, mask, 2))[1]
