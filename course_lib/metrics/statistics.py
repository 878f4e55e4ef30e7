"""How sure is a score? Intervals over images or groups, a test of paired differences, and how many images it takes.

What varies here is the *image*, or the group it comes from (a patient, a film, a slide). Pixels of one image, and
images of one film, are alike; counting them as independent makes intervals far too narrow. Each function takes one
score an image. An image that has none (NaN: nothing to judge in it) is to be left out first, for both models.
"""

from typing import NamedTuple

import numpy as np

from course_lib._docs import filled
from course_lib._validate import finite, plain_array, real_array, real_number, real_numbers, same_shape, whole_number
from course_lib.metrics._arithmetic import SLACK

CHUNK = 1 << 20  # numbers drawn at a time
EXACT = 16  # differences of which all 2¹⁶ signs are tried
QUANTILES = 2000  # of a chi-square distribution, to average over

filled_in = filled(
    scores="""
        scores : float array, (n,)
            One score an image, at least two, finite.""",
    level="""
        level : float
            Between 0 and 1: the share of such intervals that should hold the true value.""",
    groups="""
        groups : array, (n,), optional
            The group of each image, such as the patient: numbers or names, at least two different ones.""",
    errors="""
        TypeError
            An array holds no real numbers; level is no number.
        ValueError
            Shapes that do not go together, fewer than two images or groups, NaN or infinite numbers, a level out of
            range.""",
    sd="""
        sd : float, above 0
            Standard deviation, over images, of the *difference* of the two models' scores, as ``np.std(a - b, ddof=1)``
            in a pilot study.""",
    power="""
        power : float
            Between alpha and 1: the probability that the test finds the difference.""",
    alpha="""
        alpha : float
            Between 0 and 1: the level of the two-sided test, the probability of a false alarm.""",
)


class Interval(NamedTuple):
    """An estimate and the interval around it."""

    estimate: float
    low: float
    high: float


class SignFlips(NamedTuple):
    """What `sign_flip_test` found."""

    p_value: float
    """The share of signs that give a mean at least as far from 0."""
    smallest: float
    """The smallest p value that could have come out: 2 / 2ⁿ for n differences that are not 0."""
    exact: bool
    """Whether all signs were tried; otherwise some were drawn."""


# --- intervals --------------------------------------------------------------------------------------------------------


@filled_in
def t_interval(scores, level=0.95, groups=None):
    """Student's interval of a mean: mean ± t · s / √n. With groups, of the mean of the groups' means.

    Parameters
    ----------
    %(scores)s
    %(level)s
    %(groups)s

    Returns
    -------
    Interval
        ``estimate``, ``low`` and ``high``. The ends may leave the range of the score: the width says how sure, and
        nothing about what is possible.

    Raises
    ------
    %(errors)s

    References
    ----------
    Student: The probable error of a mean, Biometrika 6 (1908), doi:10.1093/biomet/6.1.1.

    Examples
    --------
    >>> estimate, low, high = t_interval([0.8, 0.9, 0.85, 0.95])
    >>> print(f"{estimate:.3f}, from {low:.3f} to {high:.3f}")
    0.875, from 0.772 to 0.978
    """
    from scipy.special import stdtrit

    level = real_number("level", level, above=0, below=1)
    scores = _scores("scores", scores)
    members = _members(groups, len(scores))
    if groups is not None:
        scores = np.array([scores[part].mean() for part in members])
    n, mean = len(scores), scores.mean()
    half = stdtrit(n - 1, (1 + level) / 2) * scores.std(ddof=1) / np.sqrt(n)
    return Interval(float(mean), float(mean - half), float(mean + half))


@filled_in
def bootstrap_interval(values, statistic=None, level=0.95, groups=None, n_resamples=2000, seed=0):
    """Percentile interval of any score: draw as many images again, with replacement, many times; cut off both tails.

    It is too narrow for few images: of such 95 % intervals of a mean about .83 hold it with 5 images, .90 with 10.
    For the mean of few scores take `t_interval`.

    Parameters
    ----------
    values : array, (n, ...)
        What there is of each image, at least two: a score, or counts such as a confusion matrix, (n, C, C).
    statistic : callable, optional
        Of an array (m, ...), the values of the images drawn, to a number: ``lambda m: mean_iou(m.sum(axis=0))`` is the
        score of all pixels together. By default the mean of numbers (n,).
    %(level)s
    groups : array, (n,), optional
        The group of each image, such as the patient: numbers or names, at least two different ones. Whole groups are
        drawn, all images of each.
    n_resamples : int
        How often to draw, at least 1.
    seed : int
        Of the draws.

    Returns
    -------
    Interval
        ``estimate``, the statistic of all images, ``low`` and ``high``.

    Raises
    ------
    TypeError
        The values are no real numbers; level, n_resamples or seed is no number of its kind; statistic cannot be called.
    ValueError
        Shapes that do not go together, fewer than two images or groups, NaN or infinite numbers, a statistic that is
        no finite number for the images drawn, something out of range; values (n, ...) without a statistic.

    References
    ----------
    B. Efron, R. J. Tibshirani: An introduction to the bootstrap, 1993, sections 8.3 and 13.3.

    Examples
    --------
    >>> estimate, low, high = bootstrap_interval([0.8, 0.9, 0.85, 0.95])
    >>> bool(0.8 <= low < estimate < high <= 0.95)
    True
    """
    level = real_number("level", level, above=0, below=1)
    n_resamples, seed = whole_number("n_resamples", n_resamples, 1), whole_number("seed", seed, 0)
    if statistic is not None and not callable(statistic):
        raise TypeError(f"statistic must be a function of the values, got {statistic!r}")
    values = plain_array("values", values)
    if values.ndim == 0 or (statistic is None and values.ndim != 1):
        raise ValueError(
            f"values must have one row an image, (n,) or with a statistic (n, ...), got shape {values.shape}"
        )
    finite("values", real_numbers("values", values).astype(np.float64, copy=False))
    members = _members(groups, _enough("values", len(values)))
    rng = np.random.default_rng(seed)
    if statistic is None:
        estimate, drawn = float(values.mean(dtype=np.float64)), _means_of_draws(values, members, n_resamples, rng)
    else:
        estimate, drawn = float(statistic(values)), np.empty(n_resamples)
        for k in range(n_resamples):
            chosen = rng.integers(len(members), size=len(members))
            drawn[k] = statistic(values[np.concatenate([members[i] for i in chosen])])
    if not np.isfinite(drawn).all():
        raise ValueError(
            "statistic must be a finite number for every draw of images, got "
            f"{np.count_nonzero(~np.isfinite(drawn))} of {n_resamples} that are NaN or infinite"
        )
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(estimate, float(low), float(high))


@filled_in
def paired_difference(first, second, level=0.95, groups=None):
    """Student's interval of the mean of first - second, two models' scores on the same images.

    What makes an image hard for both models cancels in the difference, so the interval is narrower than those of the
    two means.

    Parameters
    ----------
    first, second : float arrays, (n,)
        One score an image and model, at least two images, finite; the images in the same order.
    %(level)s
    %(groups)s

    Returns
    -------
    Interval
        ``estimate``, ``low`` and ``high`` of the difference, above 0 where the first scores more. With groups, of the
        mean of the groups' means.

    Raises
    ------
    %(errors)s

    Examples
    --------
    >>> print("{:.3f}, from {:.3f} to {:.3f}".format(*paired_difference([0.8, 0.9, 0.7], [0.7, 0.85, 0.6])))
    0.083, from 0.012 to 0.155
    """
    first, second = _scores("first", first), _scores("second", second)
    same_shape(first=first, second=second)
    return t_interval(first - second, level, groups)


# --- a test -----------------------------------------------------------------------------------------------------------


def sign_flip_test(differences, n_flips=10_000, seed=0):
    """Paired permutation test: could the mean difference be chance, if either model might as well have been the other?

    If the two models are equally good, each difference might as well have had the other sign. All 2ⁿ choices of signs
    are tried for up to 16 differences, and ``n_flips`` random ones for more; the p value is the share of them whose
    mean is at least as far from 0 as the one that was found. (Of random ones, what was found counts as one more.)

    Parameters
    ----------
    differences : float array, (n,)
        First score - second score of each image, finite; at least one. With groups give one number a group: its mean.
    n_flips : int
        Random choices of signs for more than 16 differences, at least 1.
    seed : int
        Of these.

    Returns
    -------
    SignFlips
        ``p_value``, two-sided; ``smallest``, the smallest that could have come out: with five images 2 / 2⁵ = .0625, so
        that they cannot reach .05 whatever the scores are; and ``exact``.

    Raises
    ------
    TypeError
        The differences are no real numbers; n_flips or seed is no whole number.
    ValueError
        Another shape, NaN or infinite numbers, n_flips below 1.

    References
    ----------
    R. A. Fisher: The design of experiments, 1935, section 21.

    Examples
    --------
    >>> sign_flip_test([0.02, 0.03, 0.01, 0.05, 0.04])
    SignFlips(p_value=0.0625, smallest=0.0625, exact=True)
    """
    n_flips, seed = whole_number("n_flips", n_flips, 1), whole_number("seed", seed, 0)
    differences = finite("differences", real_array("differences", differences, 1))
    differences = differences[differences != 0]  # the sign of 0 changes nothing
    n = len(differences)
    floor = 2.0 ** (1 - n) if n else 1.0
    limit = abs(differences.sum()) - n * SLACK * np.abs(differences).sum()  # equal but for rounding is as far
    if n <= EXACT:
        signs = 1 - 2 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
        return SignFlips(float(np.mean(np.abs(signs @ differences) >= limit)), floor, True)
    rng, as_far, step = np.random.default_rng(seed), 0, max(1, CHUNK // n)
    for start in range(0, n_flips, step):
        signs = 1 - 2 * rng.integers(2, size=(min(step, n_flips - start), n), dtype=np.int8)
        as_far += np.count_nonzero(np.abs(signs @ differences) >= limit)
    return SignFlips((as_far + 1) / (n_flips + 1), 1 / (n_flips + 1), False)


# --- how many images --------------------------------------------------------------------------------------------------


@filled_in
def paired_power(difference, sd, n, alpha=0.05):
    """Probability that a paired t test on n images finds a difference, for differences that are normally distributed.

    Parameters
    ----------
    difference : float
        The true mean difference of the two models' scores. 0 gives alpha.
    %(sd)s
    n : int
        Images, or groups, at least 2.
    %(alpha)s

    Returns
    -------
    float
        From alpha to 1.

    Raises
    ------
    TypeError
        A number is none.
    ValueError
        A number is out of range.

    References
    ----------
    J. Cohen: Statistical power analysis for the behavioral sciences, 2nd edition, 1988, section 2.5.

    Examples
    --------
    >>> round(paired_power(0.01, 0.02, 34), 2)  # half a standard deviation
    0.81
    """
    from scipy.special import gammaincinv, ndtr, stdtrit

    difference, sd = real_number("difference", difference), real_number("sd", sd, above=0)
    n, alpha = whole_number("n", n, 2), real_number("alpha", alpha, above=0, below=1)
    shift, limit = abs(difference) / sd * np.sqrt(n), stdtrit(n - 1, 1 - alpha / 2)
    # t = (shift + normal) / spread, where spread² is a chi-square by its degrees of freedom: a mean over its quantiles
    # (the noncentral t distribution of SciPy is NaN for a large shift)
    quantiles = (np.arange(QUANTILES) + 0.5) / QUANTILES
    spread = np.sqrt(2 / (n - 1) * gammaincinv((n - 1) / 2, quantiles))
    found = ndtr(shift - limit * spread) + ndtr(-shift - limit * spread)
    return float(np.clip(found.mean(), alpha, 1))


@filled_in
def detectable_difference(sd, n, power=0.8, alpha=0.05):
    """Smallest true difference that a paired t test on n images finds with a given probability.

    Parameters
    ----------
    %(sd)s
    n : int
        Images, or groups, at least 2.
    %(power)s
    %(alpha)s

    Returns
    -------
    float
        In the unit of ``sd``, above 0. About (1.96 + .84) sd / √n for many images, power .8 and alpha .05.

    Raises
    ------
    TypeError
        A number is none.
    ValueError
        A number is out of range.

    Examples
    --------
    >>> round(detectable_difference(0.02, 10), 3)
    0.02
    """
    sd, n = real_number("sd", sd, above=0), whole_number("n", n, 2)
    power = _power(power, alpha)
    low, high = 0.0, 1.0
    while paired_power(high, 1, n, alpha) < power:
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if paired_power(middle, 1, n, alpha) < power else (low, middle)
    return sd * high


@filled_in
def images_needed(difference, sd, power=0.8, alpha=0.05):
    """Smallest number of images on which a paired t test finds a difference with a given probability.

    Parameters
    ----------
    difference : float, not 0
        The true mean difference of the two models' scores that should not be overlooked.
    %(sd)s
    %(power)s
    %(alpha)s

    Returns
    -------
    int
        At least 2. Images that are alike, such as those of one film, count less: then it is the number of groups, with
        ``sd`` that of the groups' means.

    Raises
    ------
    TypeError
        A number is none.
    ValueError
        A number is out of range, or more than 10⁹ images would be needed.

    Examples
    --------
    >>> images_needed(difference=0.01, sd=0.02)
    34
    """
    difference, sd = real_number("difference", difference), real_number("sd", sd, above=0)
    power = _power(power, alpha)
    low, high = 1, 2
    while paired_power(difference, sd, high, alpha) < power:
        if high == 10**9:
            raise ValueError(f"difference must be larger beside sd={sd:g}, got {difference:g}: 10⁹ images are too few")
        low, high = high, min(2 * high, 10**9)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if paired_power(difference, sd, middle, alpha) < power else (low, middle)
    return high


# --- arguments --------------------------------------------------------------------------------------------------------


def _power(power, alpha):
    return real_number("power", power, above=real_number("alpha", alpha, above=0, below=1), below=1)


def _scores(name, value):
    scores = finite(name, real_array(name, value, 1))
    _enough(name, len(scores))
    return scores


def _enough(name, n):
    if n < 2:
        raise ValueError(f"{name} must be of at least two images, got {n}: one does not say how much they vary")
    return n


def _members(groups, n):
    """The indices of the images of each group; each image is its own group where none are given."""
    if groups is None:
        return np.arange(n)[:, None]
    groups = plain_array("groups", groups)
    if groups.shape != (n,):
        raise ValueError(f"groups must have the shape ({n},), one group an image, got {groups.shape}")
    if groups.dtype.kind == "f":
        finite("groups", groups)
    names, index = np.unique(groups, return_inverse=True)
    if len(names) < 2:
        raise ValueError(f"groups must be at least two, got {len(names)}: one does not say how much they vary")
    return np.split(np.argsort(index, kind="stable"), np.cumsum(np.bincount(index))[:-1])


def _means_of_draws(values, members, n_resamples, rng):
    """The mean of the images in each draw of groups: sums over images, by sums over groups."""
    sums = np.array([values[part].sum(dtype=np.float64) for part in members])
    sizes, k = np.array([len(part) for part in members]), len(members)
    means, step = [], max(1, CHUNK // k)
    for start in range(0, n_resamples, step):
        chosen = rng.integers(k, size=(min(step, n_resamples - start), k))
        means.append(sums[chosen].sum(axis=1) / sizes[chosen].sum(axis=1))
    return np.concatenate(means)
