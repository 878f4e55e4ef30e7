"""The evidence lower bound of a diffusion model, term by term, and what it says about the variance of a step.

The model draws x_T from the standard normal distribution and then steps back: x_{t-1} is normal, its mean is that of
`forward.posterior` at the estimated clean value, its variance ``variances[t - 1]``. The bound is a sum over t of
squared errors of the denoiser, each with its weight.

References
----------
J. Ho, A. Jain, P. Abbeel, Denoising diffusion probabilistic models, 2020, equations 5, 8, 12. arXiv:2006.11239
D. P. Kingma et al., Variational diffusion models, 2021. arXiv:2107.00630
F. Bao et al., Analytic-DPM, 2022. arXiv:2201.06503
"""

import numpy as np

from course_lib._docs import filled
from course_lib._validate import non_negative_array, real_number
from course_lib.classical.diffusion._arguments import schedule
from course_lib.classical.diffusion.schedules import betas_of

filled_in = filled(
    alpha_bars="""
        alpha_bars : array_like, (T + 1,)
            1 at time 0, then falling.""",
    variances="""
        variances : array_like, (T,), at least 0
            Of the fresh noise of each step back, t = 1 ... T: `schedules.betas_of`, `posterior_variances` or
            `optimal_variances`.""",
    mmse="""
        mmse : array_like, (T,), at least 0
            Mean squared error of the estimated clean value, per number, at t = 1 ... T.""",
    errors="""
        TypeError, ValueError
            If alpha_bars is no schedule, or another argument has not T numbers of at least 0.""",
)


@filled_in
def posterior_variances(alpha_bars):
    """β̃_t = β_t (1 - ᾱ_{t-1}) / (1 - ᾱ_t), t = 1 ... T: what is uncertain about x_{t-1} even where the data are known.

    Parameters
    ----------
    %(alpha_bars)s

    Returns
    -------
    ndarray of float64, (T,)
        0 for t = 1.

    Raises
    ------
    %(errors)s

    Examples
    --------
    >>> posterior_variances([1.0, 0.5, 0.25]).round(4)
    array([0.    , 0.3333])
    """
    alpha_bars = schedule(alpha_bars)
    return betas_of(alpha_bars) * (1 - alpha_bars[:-1]) / (1 - alpha_bars[1:])


def _gains(alpha_bars):
    """How much of the estimated clean value is in the mean of a step: √ᾱ_{t-1} β_t / (1 - ᾱ_t)."""
    return np.sqrt(alpha_bars[:-1]) * betas_of(alpha_bars) / (1 - alpha_bars[1:])


def _per_step(name, value, alpha_bars):
    array = non_negative_array(name, value, ndim=1)
    if len(array) != len(alpha_bars) - 1:
        raise ValueError(f"{name} must have one number for each of the {len(alpha_bars) - 1} steps, got {len(array)}")
    return array


@filled_in
def optimal_variances(alpha_bars, mmse):
    """The variances that make the bound tightest: β̃_t + (share of the estimate in the step's mean)² · mmse_t.

    What the data leave open, and what the denoiser does not know (Bao et al. 2022).

    Parameters
    ----------
    %(alpha_bars)s
    %(mmse)s

    Returns
    -------
    ndarray of float64, (T,)
        Between β̃ and β for normal data of variance at most 1.

    Raises
    ------
    %(errors)s

    Examples
    --------
    >>> optimal_variances([1.0, 0.5, 0.25], [0.5, 0.75]).round(4)
    array([0.5, 0.5])
    """
    alpha_bars = schedule(alpha_bars)
    return posterior_variances(alpha_bars) + _gains(alpha_bars) ** 2 * _per_step("mmse", mmse, alpha_bars)


@filled_in
def clean_weights(alpha_bars, variances):
    """What a squared error of the *clean value* counts in the bound, at each t: gain² / (2 variance).

    With β̃ it is half of how much signal-to-noise step t takes away, (SNR_{t-1} - SNR_t)/2.

    Parameters
    ----------
    %(alpha_bars)s
    %(variances)s

    Returns
    -------
    ndarray of float64, (T,)
        In nats per squared unit; infinite where a variance is 0.

    Raises
    ------
    %(errors)s

    Examples
    --------
    >>> clean_weights([1.0, 0.5, 0.25], [0.5, 1/3]).round(4)
    array([1.    , 0.3333])
    """
    alpha_bars = schedule(alpha_bars)
    with np.errstate(divide="ignore"):
        return _gains(alpha_bars) ** 2 / (2 * _per_step("variances", variances, alpha_bars))


@filled_in
def noise_weights(alpha_bars, variances):
    """What a squared error of the *noise* counts in the bound, at each t: β² / (2 variance (1 - β) (1 - ᾱ)).

    Ho et al. leave these weights out, so that times with much noise count for more than in the bound.

    Parameters
    ----------
    %(alpha_bars)s
    %(variances)s

    Returns
    -------
    ndarray of float64, (T,)
        In nats; infinite where a variance is 0, or ᾱ is.

    Raises
    ------
    %(errors)s

    Examples
    --------
    >>> noise_weights([1.0, 0.5, 0.25], [0.5, 1/3]).round(4)
    array([1., 1.])
    """
    alpha_bars = schedule(alpha_bars)
    betas, variances = betas_of(alpha_bars), _per_step("variances", variances, alpha_bars)
    with np.errstate(divide="ignore"):
        return betas**2 / (2 * variances * (1 - betas) * (1 - alpha_bars[1:]))


@filled_in
def negative_elbo(mmse, second_moment, alpha_bars, variances):
    """Minus the evidence lower bound, exactly: an upper bound on the mean of -log p(data), per number.

    D(x_T, noise) + Σ_{t ≥ 2} [½ (log variance/β̃ + β̃/variance - 1) + weight · mmse] + the density of the last step.

    Parameters
    ----------
    %(mmse)s
    second_moment : float, at least 0
        Mean square of the data.
    %(alpha_bars)s
    %(variances)s

    Returns
    -------
    float
        In nats per number; infinite if a variance is 0.

    Raises
    ------
    %(errors)s

    Examples
    --------
    Standard normal data and their best denoiser: with variance β the model is exact, and the bound is their entropy.

    >>> alpha_bars = np.array([1.0, 0.5, 0.25])
    >>> round(negative_elbo(1 - alpha_bars[1:], 1.0, alpha_bars, [0.5, 0.5]), 6)
    1.418939
    """
    alpha_bars = schedule(alpha_bars)
    mmse, variances = _per_step("mmse", mmse, alpha_bars), _per_step("variances", variances, alpha_bars)
    second_moment, last = real_number("second_moment", second_moment, 0), alpha_bars[-1]
    if (variances == 0).any():
        return np.inf
    to_noise = (last * second_moment - last - np.log(1 - last)) / 2
    ratio = posterior_variances(alpha_bars)[1:] / variances[1:]
    mismatch = (ratio - 1 - np.log(ratio)).sum() / 2
    last_step = np.log(2 * np.pi * variances[0]) / 2  # its gain is 1, so mmse/(2 variance) is among the weights
    return float(to_noise + mismatch + last_step + clean_weights(alpha_bars, variances) @ mmse)
