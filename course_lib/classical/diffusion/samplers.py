"""From noise to data with any denoiser: DDPM and DDIM.

A denoiser is a function ``predict(x, t)`` that returns its estimate of the *clean* values; t is a whole number from 1
to T. If a network answers noise, v or score, turn it with `predictions.convert`.

References
----------
J. Ho, A. Jain, P. Abbeel, Denoising diffusion probabilistic models, 2020, algorithm 2. arXiv:2006.11239
J. Song, C. Meng, S. Ermon, Denoising diffusion implicit models, 2020, equations 12 and 16. arXiv:2010.02502
"""

import numpy as np

from course_lib._docs import filled
from course_lib._validate import float_array, one_of, real_number, same_shape
from course_lib.classical.diffusion._arguments import answer, falling_times, schedule
from course_lib.classical.diffusion.forward import posterior

filled_in = filled(
    step="""
        x, clean : array_like of one shape
            Values at time t, and the estimate of the clean ones.
        alpha_bar : float, at least 0 and below 1
            ᾱ at time t.
        alpha_bar_before : float, above alpha_bar and at most 1
            ᾱ at the time to go to, which is nearer to the data; 1 is the data.""",
    sampler="""
        predict : callable
            ``predict(x, t)`` returns the estimate of the clean values, in the shape of x.
        x : array_like
            Where to start: draws from the standard normal distribution.
        alpha_bars : array_like, (T + 1,)
            1 at time 0, then falling.""",
    times="""
        times : array_like of int, optional
            The times at which to ask, falling, from 1 to T, as `schedules.times` makes them; by default all. After the
            last comes time 0.""",
    record="""
        record : bool
            Return the values at all times, (steps + 1, ...): the first is x, the last the result.""",
    returns="""
        ndarray of float64, of the shape of x
            Values at time 0; with record all of them, on a new first axis.""",
    errors="""
        TypeError, ValueError
            If an argument is out of its range, something is not finite, or predict returns another shape.""",
)


# --- DDPM: a draw at every step ---------------------------------------------------------------------------------------


@filled_in
def ddpm_step(x, clean, alpha_bar, alpha_bar_before, noise, variance="beta"):
    """One step towards the data: the mean of `forward.posterior` at the estimate, plus noise; none in the last step.

    Parameters
    ----------
    %(step)s
    noise : array_like, of the shape of x
        Draws from the standard normal distribution. They are not used if alpha_bar_before is 1: a last step with noise
        would only blur the result.
    variance : str
        "beta": β = 1 - ᾱ/ᾱ before; right where data have variance 1 and are normal. "posterior": β̃, that of
        `forward.posterior`; right where all data are one value.

    Returns
    -------
    ndarray of float64, of the shape of x

    Raises
    ------
    %(errors)s

    Examples
    --------
    >>> ddpm_step([1.0], [0.0], 0.25, 0.5, [1.0]).round(4)
    array([1.1785])
    >>> ddpm_step([1.0], [0.3], 0.25, 1.0, [1.0]).round(4)
    array([0.3])
    """
    one_of("variance", variance, ("beta", "posterior"))
    mean, spread = posterior(x, clean, alpha_bar, alpha_bar_before)
    noise = float_array("noise", noise)
    same_shape(x=mean, noise=noise)
    if alpha_bar_before == 1:
        return mean
    if variance == "beta":
        spread = 1 - alpha_bar / alpha_bar_before
    return mean + np.sqrt(spread) * noise


@filled_in
def ddpm(predict, x, alpha_bars, rng, variance="beta", times=None, record=False):
    """Draw from noise, step by step, each with fresh noise but the last (Ho et al. 2020).

    Parameters
    ----------
    %(sampler)s
    rng : int or numpy.random.Generator
    variance : str
        Of the fresh noise: "beta" or "posterior", β or β̃, of which no one is right for all data.
    %(times)s
    %(record)s

    Returns
    -------
    %(returns)s

    Raises
    ------
    %(errors)s

    Examples
    --------
    All data are 2: the denoiser knows, and so does the result.

    >>> ddpm(lambda x, t: np.full_like(x, 2.0), [0.3, -0.7], [1.0, 0.5, 0.1], rng=0)
    array([2., 2.])
    """
    rng = np.random.default_rng(rng)
    one_of("variance", variance, ("beta", "posterior"))

    def step(x, clean, alpha_bar, before):
        return ddpm_step(x, clean, alpha_bar, before, rng.standard_normal(x.shape), variance)

    return _walk(predict, x, alpha_bars, times, step, record)


# --- DDIM: no draw, or some -------------------------------------------------------------------------------------------


@filled_in
def ddim_step(x, clean, alpha_bar, alpha_bar_before, eta=0.0, noise=None):
    """One step towards the data: mix the estimated clean values and the estimated noise anew.

    √ᾱ_s clean + √(1 - ᾱ_s - σ²) noise_hat + σ noise, with noise_hat = (x - √ᾱ_t clean) / √(1 - ᾱ_t), s the time to go
    to, and σ = eta · √β̃, the deviation of `forward.posterior`.

    Parameters
    ----------
    %(step)s
    eta : float from 0 to 1
        0: no fresh noise. 1: as much as DDPM with variance "posterior", and then it is the same step.
    noise : array_like, of the shape of x
        Draws from the standard normal distribution; needed if eta is above 0.

    Returns
    -------
    ndarray of float64, of the shape of x

    Raises
    ------
    %(errors)s

    Examples
    --------
    >>> ddim_step([1.1], [1.0], 0.64, 1.0)
    array([1.])
    >>> ddim_step([1.1], [1.0], 0.64, 0.99).round(4)
    array([1.045])
    """
    eta = real_number("eta", eta, 0, 1)
    if noise is None and eta > 0:
        raise TypeError("noise must be given if eta is above 0, got None")
    variance = eta**2 * posterior(x, clean, alpha_bar, alpha_bar_before)[1]
    x, clean = float_array("x", x), float_array("clean", clean)
    kept = np.sqrt(max(1 - alpha_bar_before - variance, 0.0))
    result = np.sqrt(alpha_bar_before) * clean + kept * _noise_in(x, clean, alpha_bar)
    if eta == 0:
        return result
    noise = float_array("noise", noise)
    same_shape(x=x, noise=noise)
    return result + np.sqrt(variance) * noise


@filled_in
def ddim(predict, x, alpha_bars, times=None, eta=0.0, rng=None, record=False):
    """Draw from noise in few steps, without fresh noise: the same start gives the same result (Song et al. 2020).

    Parameters
    ----------
    %(sampler)s
    %(times)s
    eta : float from 0 to 1
        How much of DDPM's fresh noise to add.
    rng : int or numpy.random.Generator, optional
        Needed if eta is above 0.
    %(record)s

    Returns
    -------
    %(returns)s

    Raises
    ------
    %(errors)s

    Examples
    --------
    >>> ddim(lambda x, t: np.full_like(x, 2.0), [0.3, -0.7], [1.0, 0.5, 0.1])
    array([2., 2.])
    """
    eta = real_number("eta", eta, 0, 1)
    if rng is None and eta > 0:
        raise TypeError("rng must be a seed or a generator if eta is above 0, got None")
    rng = np.random.default_rng(rng)

    def step(x, clean, alpha_bar, before):
        return ddim_step(x, clean, alpha_bar, before, eta, rng.standard_normal(x.shape) if eta else None)

    return _walk(predict, x, alpha_bars, times, step, record)


def _walk(predict, x, alpha_bars, times, step, record):
    """Go from the first of the times to 0 by steps."""
    x, alpha_bars = float_array("x", x), schedule(alpha_bars)
    times = [*falling_times(times, len(alpha_bars) - 1), 0]
    states = [x]
    for t, before in zip(times, times[1:], strict=False):
        clean = answer("predict(x, t)", predict(x, t), x)
        x = step(x, clean, alpha_bars[t], alpha_bars[before])
        if record:
            states.append(x)
    return np.stack(states) if record else x


# --- from data to noise, and back -------------------------------------------------------------------------------------


def ddim_encode(predict, x, alpha_bars, times=None):
    """Go the way of `ddim` from data to noise: the start from which `ddim` draws these data, nearly.

    Each step takes the noise that is estimated where it begins. At time 0 there is none to be seen, and none is added.

    Parameters
    ----------
    predict : callable
        ``predict(x, t)`` returns the estimate of the clean values, in the shape of x.
    x : array_like
        Data.
    alpha_bars : array_like, (T + 1,)
        1 at time 0, then falling.
    times : array_like of int, optional
        The times to go through, falling, as `ddim` takes them, from 1 to T; by default all.

    Returns
    -------
    ndarray of float64, of the shape of x
        Values at the first of the times. The error of going there and back is ∝ the length of a step.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of its range, something is not finite, or predict returns another shape.

    Examples
    --------
    >>> alpha_bars = [1.0, 0.5, 0.1]
    >>> noise = ddim_encode(lambda x, t: np.full_like(x, 2.0), [2.0, 2.0], alpha_bars)
    >>> ddim(lambda x, t: np.full_like(x, 2.0), noise, alpha_bars)
    array([2., 2.])
    """
    x, alpha_bars = float_array("x", x), schedule(alpha_bars)
    times = falling_times(times, len(alpha_bars) - 1)[::-1]
    x = np.sqrt(alpha_bars[times[0]]) * x
    for t, after in zip(times, times[1:], strict=False):
        clean = answer("predict(x, t)", predict(x, t), x)
        x = np.sqrt(alpha_bars[after]) * clean + np.sqrt(1 - alpha_bars[after]) * _noise_in(x, clean, alpha_bars[t])
    return x


def _noise_in(x, clean, alpha_bar):
    return (x - np.sqrt(alpha_bar) * clean) / np.sqrt(1 - alpha_bar)
