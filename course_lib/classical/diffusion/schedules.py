"""How much noise at which time: schedules of β, their products ᾱ, signal-to-noise ratios, and grids of times.

A schedule has T steps. ``betas[t - 1]`` is the variance of the noise that step t adds, t = 1 ... T. ``alpha_bars[t]``
is the share of the signal's variance that is left after t steps, t = 0 ... T, so ``alpha_bars[0]`` is 1.

References
----------
J. Ho, A. Jain, P. Abbeel, Denoising diffusion probabilistic models, 2020. arXiv:2006.11239
A. Nichol, P. Dhariwal, Improved denoising diffusion probabilistic models, 2021. arXiv:2102.09672
R. Rombach et al., High-resolution image synthesis with latent diffusion models, 2021. arXiv:2112.10752
S. Lin et al., Common diffusion noise schedules and sample steps are flawed, 2023. arXiv:2305.08891
"""

import numpy as np

from course_lib._validate import finite, float_array, one_of, real_array, real_number, whole_number
from course_lib.classical.diffusion._arguments import schedule

# --- β ----------------------------------------------------------------------------------------------------------------


def linear(steps=1000, first=1e-4, last=0.02):
    """β in equal steps from first to last (Ho et al. 2020).

    Parameters
    ----------
    steps : int, at least 1
        T. The ends are not adapted to it: with 100 steps take 10 times larger ones, or noise is not reached. With fewer
        than 21 steps that rule would ask for β above 1, which no step can add.
    first, last : float, above 0 and at most 1

    Returns
    -------
    ndarray of float64, (T,)
        ``betas[t - 1]`` for t = 1 ... T.

    Raises
    ------
    TypeError, ValueError
        If steps is no whole number from 1, or an end is out of its range.

    Examples
    --------
    >>> linear(3, 0.1, 0.3)
    array([0.1, 0.2, 0.3])
    """
    return np.linspace(_beta("first", first), _beta("last", last), whole_number("steps", steps, 1))


def scaled_linear(steps=1000, first=0.00085, last=0.012):
    """√β in equal steps: the schedule of Stable Diffusion (Rombach et al. 2021).

    Its end is not noise: ᾱ at T = 1000 is .0047, and 7 % of the image, √ᾱ, still shine through.

    Parameters
    ----------
    steps : int, at least 1
        T.
    first, last : float, above 0 and at most 1
        The first and the last β, not their roots.

    Returns
    -------
    ndarray of float64, (T,)
        ``betas[t - 1]`` for t = 1 ... T.

    Raises
    ------
    TypeError, ValueError
        If steps is no whole number from 1, or an end is out of its range.

    Examples
    --------
    >>> scaled_linear(3, 0.01, 0.09).round(12)
    array([0.01, 0.04, 0.09])
    """
    ends = np.sqrt(_beta("first", first)), np.sqrt(_beta("last", last))
    return np.linspace(*ends, whole_number("steps", steps, 1)) ** 2


def cosine(steps=1000, offset=0.008, largest=0.999):
    """β from a cosine: ᾱ falls as cos²(½π (t/T + s)/(1 + s)), divided by its value at t = 0 (Nichol, Dhariwal 2021).

    Parameters
    ----------
    steps : int, at least 1
        T.
    offset : float, at least 0
        s: without it the first β would be too small to matter.
    largest : float, above 0 and at most 1
        Where β is cut off; 1 lets ᾱ reach 0 at T.

    Returns
    -------
    ndarray of float64, (T,)
        ``betas[t - 1]`` for t = 1 ... T.

    Raises
    ------
    TypeError, ValueError
        If steps is no whole number from 1, or another argument is out of its range.

    Examples
    --------
    >>> cosine(2, offset=0, largest=1).round(12)
    array([0.5, 1. ])
    """
    steps = whole_number("steps", steps, 1)
    offset = real_number("offset", offset, 0)
    angle = (np.arange(steps + 1) / steps + offset) / (1 + offset) * np.pi / 2
    curve = np.cos(angle) ** 2
    curve[-1] = 0.0  # cos(π/2), which rounding makes 6e-17
    return np.minimum(1 - curve[1:] / curve[:-1], _beta("largest", largest))


def _beta(name, value):
    return real_number(name, value, above=0, high=1)


# --- ᾱ and back -------------------------------------------------------------------------------------------------------


def alpha_bars_of(betas):
    """ᾱ_t = (1 - β₁) (1 - β₂) ... (1 - β_t), for t = 0 ... T.

    Parameters
    ----------
    betas : array_like, (T,)
        Above 0 and below 1; the last may be 1.

    Returns
    -------
    ndarray of float64, (T + 1,)
        ``alpha_bars[t]``; 1 at t = 0, where nothing has been added.

    Raises
    ------
    TypeError, ValueError
        If betas has not one axis, or a β is out of its range: a step with β above 1 would add more than all.

    Examples
    --------
    >>> alpha_bars_of([0.5, 0.5, 0.2]).round(12)
    array([1.  , 0.5 , 0.25, 0.2 ])
    """
    betas = float_array("betas", betas, ndim=1)
    wrong = (betas <= 0) | (betas > 1) | ((betas == 1) & (np.arange(len(betas)) < len(betas) - 1))
    if wrong.any():
        t = int(np.argmax(wrong))
        raise ValueError(f"betas must be above 0 and below 1 (the last may be 1), got {betas[t]:g} at step {t + 1}")
    return np.concatenate([[1.0], np.cumprod(1 - betas)])


def betas_of(alpha_bars):
    """β_t = 1 - ᾱ_t / ᾱ_{t-1}: the inverse of `alpha_bars_of`.

    Parameters
    ----------
    alpha_bars : array_like, (T + 1,)
        1 at time 0, then falling; the last may be 0.

    Returns
    -------
    ndarray of float64, (T,)
        ``betas[t - 1]`` for t = 1 ... T.

    Raises
    ------
    TypeError, ValueError
        If alpha_bars does not start with 1, does not fall at every step, or goes below 0.

    Examples
    --------
    >>> betas_of([1, 0.5, 0.25, 0.2]).round(12)
    array([0.5, 0.5, 0.2])
    """
    alpha_bars = schedule(alpha_bars)
    return 1 - alpha_bars[1:] / alpha_bars[:-1]


def snr(alpha_bar):
    """Signal-to-noise ratio ᾱ / (1 - ᾱ): of variances, for data of variance 1. Not its root.

    Parameters
    ----------
    alpha_bar : float or array_like, from 0 to 1

    Returns
    -------
    float, or ndarray of float64 of the same shape
        From 0, pure noise, to infinity, no noise.

    Raises
    ------
    TypeError, ValueError
        If alpha_bar leaves [0, 1].

    Examples
    --------
    >>> snr([0.5, 0.8, 1.0]).round(12)
    array([ 1.,  4., inf])
    """
    alpha_bar = finite("alpha_bar", real_array("alpha_bar", alpha_bar))
    if alpha_bar.min() < 0 or alpha_bar.max() > 1:
        raise ValueError(f"alpha_bar must be from 0 to 1, got {alpha_bar.min():g} to {alpha_bar.max():g}")
    with np.errstate(divide="ignore"):
        return alpha_bar / (1 - alpha_bar) + 0.0


def zero_terminal_snr(alpha_bars):
    """Move and stretch √ᾱ so that ᾱ_T is 0 and ᾱ₁ stays (Lin et al. 2023, algorithm 1).

    A sampler starts with pure noise. If ᾱ_T is not 0, the network never saw pure noise: the noisiest image of training
    still tells the brightness of the clean one, and drawn images have too similar a brightness.

    Parameters
    ----------
    alpha_bars : array_like, (T + 1,) with T of at least 2
        1 at time 0, then falling.

    Returns
    -------
    ndarray of float64, (T + 1,)
        0 at its end. The last β is 1, and the noise cannot be what a network predicts there: from pure noise it
        learns nothing about the clean image. Let it predict v or the clean image.

    Raises
    ------
    TypeError, ValueError
        If alpha_bars is no schedule of at least two steps.

    Examples
    --------
    >>> zero_terminal_snr([1, 0.81, 0.36, 0.09]).round(12)
    array([1.    , 0.81  , 0.2025, 0.    ])
    """
    alpha_bars = schedule(alpha_bars)
    if len(alpha_bars) < 3:
        raise ValueError("alpha_bars must have at least two steps: the first is kept, the last becomes 0")
    root = np.sqrt(alpha_bars[1:])
    root = (root - root[-1]) * root[0] / (root[0] - root[-1])
    return np.concatenate([[1.0], root**2])


# --- times ------------------------------------------------------------------------------------------------------------


def times(steps, n, spacing="trailing"):
    """At which n of the T times a sampler stops, from noisy to clean. After the last comes time 0, which is not listed.

    Parameters
    ----------
    steps : int, at least 1
        T.
    n : int, from 1 to T
        How often the denoiser is asked.
    spacing : str
        "trailing": T, T - T/n, T - 2T/n ..., rounded. It begins at T, where the noise is.
        "linspace": from T to 1 in equal steps, rounded, both ends included.
        "leading": ..., 1 + 2k, 1 + k, 1 with k = T // n. It begins below T, at 1 + (n - 1) k: the sampler takes pure
        noise for an image with less noise in it. With n = 1 it begins at time 1 and returns the noise nearly as it is.

    Returns
    -------
    ndarray of int64, (n,)
        Falling, from T at most to 1 at least.

    Raises
    ------
    TypeError, ValueError
        If steps or n is no whole number in its range, or spacing is none of the three.

    Notes
    -----
    Lin et al. 2023, table 2, with times from 1 to T instead of 0 to T - 1.

    Examples
    --------
    >>> times(1000, 4)
    array([1000,  750,  500,  250])
    >>> times(1000, 4, "leading")
    array([751, 501, 251,   1])
    >>> times(1000, 4, "linspace")
    array([1000,  667,  334,    1])
    """
    steps = whole_number("steps", steps, 1)
    n = whole_number("n", n, 1, steps)
    one_of("spacing", spacing, ("trailing", "leading", "linspace"))
    if spacing == "leading":
        return 1 + (steps // n) * np.arange(n)[::-1]
    stops = np.linspace(steps, 1, n) if spacing == "linspace" else steps - np.arange(n) * (steps / n)
    return np.round(stops).astype(np.int64)
