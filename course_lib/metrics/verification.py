"""Do two things belong together? Errors of a decision by a similarity: false acceptance, false rejection, AUC.

Higher is more alike. A *genuine* pair belongs together, an *impostor* pair does not; a pair is accepted where its
similarity is at least the threshold. The same numbers judge a detector: genuine scores are those of what it looks for.

References
----------
ISO/IEC 19795-1: Biometric performance testing and reporting (the names of the errors).
J. A. Hanley, B. J. McNeil: The meaning and use of the area under a ROC curve, 1982.
doi:10.1148/radiology.143.1.7063747
"""

from typing import NamedTuple

import numpy as np

from course_lib._validate import float_array, real_number


class EqualError(NamedTuple):
    """Where the two kinds of error are equally frequent, as `equal_error_rate` finds it."""

    rate: float
    """The mean of both error rates there."""
    threshold: float
    """The similarity from which on pairs are accepted."""


def error_rates(genuine, impostor, threshold):
    """Share of impostor pairs that are accepted, and of genuine pairs that are refused.

    Parameters
    ----------
    genuine, impostor : array_like, shapes (n,) and (m,)
        Similarities, at least one each.
    threshold : float
        A similarity that equals it is accepted. May be infinite.

    Returns
    -------
    far, frr : float
        False acceptance rate and false rejection rate, from 0 to 1.

    Raises
    ------
    TypeError, ValueError
        If there are no similarities, one is not finite, or threshold is no number.

    Examples
    --------
    >>> error_rates([0.9, 0.7, 0.4], [0.5, 0.1], 0.5)
    (0.5, 0.3333333333333333)
    """
    genuine, impostor = _similarities(genuine, impostor)
    threshold = real_number("threshold", threshold, finite=False)
    if np.isnan(threshold):
        raise ValueError("threshold must not be NaN: nothing is at least that")
    return float(np.mean(impostor >= threshold)), float(np.mean(genuine < threshold))


def equal_error_rate(genuine, impostor):
    """The error rate at the threshold at which false acceptance and false rejection are most nearly equal.

    Parameters
    ----------
    genuine, impostor : array_like, shapes (n,) and (m,)
        Similarities, at least one each.

    Returns
    -------
    EqualError
        ``rate`` and ``threshold``. Of several thresholds that are equally good it is the lowest. The threshold was
        chosen on these pairs: to report error rates, fix it here and count them on others.

    Raises
    ------
    TypeError, ValueError
        If there are no similarities, or one is not finite.

    Examples
    --------
    >>> equal_error_rate([0.9, 0.4], [0.5, 0.1])
    EqualError(rate=0.5, threshold=0.5)
    """
    genuine, impostor = _similarities(genuine, impostor)
    tried = np.unique(np.r_[genuine, impostor, np.inf])
    accepted = 1 - np.searchsorted(np.sort(impostor), tried, side="left") / len(impostor)
    refused = np.searchsorted(np.sort(genuine), tried, side="left") / len(genuine)
    best = int(np.argmin(np.abs(accepted - refused)))
    return EqualError(float((accepted[best] + refused[best]) / 2), float(tried[best]))


def area_under_curve(genuine, impostor):
    """Chance that a genuine score is higher than an impostor's, of one each drawn at random; ties count one half.

    Parameters
    ----------
    genuine, impostor : array_like, shapes (n,) and (m,)
        Scores, at least one each.

    Returns
    -------
    float
        The area under the ROC curve: 1 parts all, ½ is what chance gives, below ½ the scores point the wrong way.

    Raises
    ------
    TypeError, ValueError
        If there are no scores, or one is not finite.

    Notes
    -----
    The Mann-Whitney statistic over n m (Hanley & McNeil, 1982).

    Examples
    --------
    >>> area_under_curve([3, 2], [1, 2])
    0.875
    """
    genuine, impostor = _similarities(genuine, impostor)
    impostor = np.sort(impostor)
    below = np.searchsorted(impostor, genuine, side="left")
    up_to = np.searchsorted(impostor, genuine, side="right")
    return float((below + up_to).mean() / (2 * len(impostor)))


def _similarities(genuine, impostor):
    return float_array("genuine", genuine, ndim=1), float_array("impostor", impostor, ndim=1)
