"""Do probabilities come true? What was promised and what came true, in bins; calibration errors; the Brier score."""

from typing import NamedTuple

import numpy as np

from course_lib._docs import filled
from course_lib._labels import label_array, refuse_one_hot
from course_lib._validate import plain_array, whole_number
from course_lib.metrics._arithmetic import ratio
from course_lib.metrics._pairs import kept

filled_in = filled(
    arguments="""
        y_true : int or bool array, (...)
            Class ids. For one probability a pixel: 0 and 1.
        probabilities : float array, (...) or (..., 1), or (..., C)
            Of the foreground; or of each class: then what counts is the probability of the class that has the largest.
        n_bins : int
            Bins of equal width, at least 1. A bin holds its lower end, the last one both. The ends are k / n_bins,
            rounded as the probabilities are: float32 .29 is the end of a bin of .01, as float64 .29 is.
        ignore_class : int, optional
            Pixels with this true label are left out.""",
    errors="""
        TypeError
            Labels that are no whole numbers, probabilities that are no numbers; n_bins or ignore_class is no whole
            number.
        ValueError
            Shapes that do not go together, numbers out of range, or one-hot labels.""",
)


class Reliability(NamedTuple):
    """What was promised and what came true, in each bin of the probability, as `reliability` returns it."""

    count: np.ndarray
    """How many pixels are in the bin, int64 (n_bins,)."""
    confidence: np.ndarray
    """Their mean probability, float64 (n_bins,), NaN in an empty bin."""
    accuracy: np.ndarray
    """The share of them of which it came true, float64 (n_bins,), NaN in an empty bin."""


@filled_in
def reliability(y_true, probabilities, n_bins=15, ignore_class=None):
    """Sort pixels into bins by the probability given to them, and compare its mean with how often it came true.

    Parameters
    ----------
    %(arguments)s

    Returns
    -------
    Reliability
        ``count``, int64; ``confidence``, the mean probability, and ``accuracy``, the share that came true, float64 and
        NaN in empty bins: (n_bins,) each.

    Raises
    ------
    %(errors)s
    """
    index, p, came_true, n_bins = _in_bins(y_true, probabilities, n_bins, ignore_class)
    count = np.bincount(index, minlength=n_bins)
    return Reliability(
        count,
        ratio(np.bincount(index, p, n_bins), count),
        ratio(np.bincount(index, came_true, n_bins), count),
    )


@filled_in
def expected_calibration_error(y_true, probabilities, n_bins=15, ignore_class=None):
    """How far probabilities are from frequencies: |accuracy - confidence| of each bin, weighted by its pixels.

    It tends to 0 for labels that are drawn from the probabilities, and is a little above it for few of them.

    Parameters
    ----------
    %(arguments)s

    Returns
    -------
    float
        From 0 to 1; NaN for no pixels.

    Raises
    ------
    %(errors)s

    References
    ----------
    C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger: On calibration of modern neural networks, ICML 2017, eq. 3.
    """
    count, confidence, accuracy = reliability(y_true, probabilities, n_bins, ignore_class)
    gaps = np.where(count > 0, count * np.abs(accuracy - confidence), 0.0)
    return float(ratio(gaps.sum(), count.sum()))


@filled_in
def debiased_calibration_error(y_true, probabilities, n_bins=15, ignore_class=None):
    """Root mean square of the bins' gaps, without what chance adds to them: about 0 where chance explains it all.

    In a bin of n pixels the square of the gap is too large by the variance of its mean, on average. This variance is
    estimated from the pixels, and taken off. So few pixels do not look worse calibrated than many, as they do with
    `expected_calibration_error`.

    Parameters
    ----------
    %(arguments)s

    Returns
    -------
    float
        Up to 1. Below 0 where the gaps are even smaller than chance makes them on average: then nothing speaks against
        the probabilities. NaN where no bin has two pixels; bins with a single pixel are left out, because they do not
        tell how large a gap chance makes.

    Raises
    ------
    %(errors)s

    Notes
    -----
    It is the root of E² = Σ (n_b / n) (gap_b² - s_b² / n_b), with the sign of E², where s_b² is the variance, with
    n_b - 1, of label minus probability in bin b. E² is right on average for pixels that are independent, as neighbors
    are not; over several images average E², and not its root. The mean of squares weighs large gaps more than
    `expected_calibration_error` does: of gaps that are not all alike it is the larger one.

    References
    ----------
    A. Kumar, P. Liang, T. Ma: Verified uncertainty calibration, NeurIPS 2019, definition 4.1, arXiv:1909.10155.
    """
    index, p, came_true, n_bins = _in_bins(y_true, probabilities, n_bins, ignore_class)
    gap = came_true - p
    count = np.bincount(index, minlength=n_bins)
    several = count > 1
    mean = ratio(np.bincount(index, gap, n_bins), count)
    variance = ratio(np.bincount(index, (gap - mean[index]) ** 2, n_bins), count - 1)
    square = ratio((count * mean**2 - variance)[several].sum(), count[several].sum())
    return float(np.sign(square) * np.sqrt(np.abs(square)))


@filled_in
def classwise_calibration_error(y_true, probabilities, n_bins=15, ignore_class=None):
    """Expected calibration error of each class by itself: its probability against whether the pixel is of this class.

    `expected_calibration_error` looks at the largest probability only. A class that is never the largest may be wrong
    there without a trace.

    Parameters
    ----------
    %(arguments)s

    Returns
    -------
    float64, (C,), or (1,) for one probability a pixel
        From 0 to 1; NaN for no pixels. A class that is not in the truth counts as well: its probabilities should be 0.
        Their mean is the classwise error of the literature, also called static calibration error.

    Raises
    ------
    %(errors)s

    References
    ----------
    M. Kull et al.: Beyond temperature scaling, NeurIPS 2019, section 2, arXiv:1910.12656.
    """
    y_true, p = _read(y_true, probabilities, ignore_class)
    several = p.shape[1] > 1
    return np.array(
        [
            expected_calibration_error((y_true == (c if several else 1)).astype(int), p[:, c], n_bins)
            for c in range(p.shape[1])
        ]
    )


@filled_in
def brier_score(y_true, probabilities, ignore_class=None):
    """Mean squared distance of probabilities from what came true: least, on average, for the true probabilities.

    Parameters
    ----------
    y_true : int or bool array, (...)
        Class ids. For one probability a pixel: 0 and 1.
    probabilities : float array, (...) or (..., 1), or (..., C)
        Of the foreground; or of each class.
    ignore_class : int, optional
        Pixels with this true label are left out.

    Returns
    -------
    float
        For one probability a pixel the mean of (p - y)², from 0 to 1: .25 for one half everywhere. For classes the mean
        of Σ_c (p_c - [y = c])², from 0 to 2: two classes give twice the score of one probability. NaN for no pixels.

    Raises
    ------
    TypeError
        Labels that are no whole numbers, probabilities that are no numbers; ignore_class is no whole number.
    ValueError
        Shapes that do not go together, numbers out of range, or one-hot labels.

    References
    ----------
    G. W. Brier: Verification of forecasts expressed in terms of probability, Monthly Weather Review 78 (1950), eq. 2.

    Examples
    --------
    >>> round(brier_score([1, 0, 1], [0.9, 0.2, 0.6]), 3)  # (.01 + .04 + .16) / 3
    0.07
    """
    y_true, p = _read(y_true, probabilities, ignore_class)
    p = p.astype(np.float64)
    truth = y_true[:, None] == (np.arange(p.shape[1]) if p.shape[1] > 1 else 1)
    return float(ratio(((p - truth) ** 2).sum(), len(p)))


def _in_bins(y_true, probabilities, n_bins, ignore_class):
    """For each pixel the bin of its probability, that probability in float64, and whether it came true; the bins."""
    n_bins = whole_number("n_bins", n_bins, 1)
    y_true, p = _read(y_true, probabilities, ignore_class)
    chosen = p.argmax(axis=-1)
    came_true = y_true == (chosen if p.shape[1] > 1 else 1)
    p = p[np.arange(len(p)), chosen]
    p = p if p.dtype in (np.float16, np.float32) else p.astype(np.float64)
    ends = (np.arange(1, n_bins) / n_bins).astype(p.dtype)  # p * n_bins, rounded down, would put .29 below 29 / 100
    return np.searchsorted(ends, p, side="right"), p.astype(np.float64), came_true, n_bins


def _read(y_true, probabilities, ignore_class):
    """Labels (n,) and probabilities (n, C), or (n, 1) of the foreground, of the pixels that count."""
    y_true, p = label_array("y_true", y_true), plain_array("probabilities", probabilities)
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
    keep = kept(y_true, ignore_class)
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
    return y_true, p
