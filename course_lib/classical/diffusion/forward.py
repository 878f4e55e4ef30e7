"""Adding noise: one step, t steps at once, and one step back where the clean value is known.

Each step keeps √(1 - β) of a value and adds noise of variance β. Data of variance 1 keep variance 1 at every time: the
noise takes the place of the signal, it is not piled on top.

References
----------
J. Sohl-Dickstein et al., Deep unsupervised learning using nonequilibrium thermodynamics, 2015. arXiv:1503.03585
J. Ho, A. Jain, P. Abbeel, Denoising diffusion probabilistic models, 2020, equations 2, 4, 6, 7. arXiv:2006.11239
"""

import numpy as np

from course_lib._validate import float_array, same_shape
from course_lib.classical.diffusion._arguments import per_sample, schedule, whole_times


def levels(alpha_bars, t):
    """How much of the signal and how much noise there is at time t: √ᾱ_t and √(1 - ᾱ_t).

    Parameters
    ----------
    alpha_bars : array_like, (T + 1,)
        1 at time 0, then falling.
    t : int or array_like of int, from 0 to T

    Returns
    -------
    signal, sigma : ndarrays of float64, of the shape of t
        A noisy value is ``signal · clean + sigma · noise``; signal² + sigma² = 1.

    Raises
    ------
    TypeError, ValueError
        If alpha_bars is no schedule, or t is not whole or out of its range.

    Examples
    --------
    >>> signal, sigma = levels([1, 0.64, 0.36], 1)
    >>> print(signal.round(12), sigma.round(12))
    0.8 0.6
    """
    alpha_bars = schedule(alpha_bars)
    alpha_bar = alpha_bars[whole_times(t, len(alpha_bars) - 1)]
    return np.sqrt(alpha_bar), np.sqrt(1 - alpha_bar)


def one_step(x, noise, beta):
    """One step of adding noise: √(1 - β) x + √β noise. β is a variance; its root multiplies the noise.

    Parameters
    ----------
    x, noise : array_like of one shape, (N, ...) or a number
        Values, and draws from the standard normal distribution.
    beta : float from 0 to 1, or one a sample, (N,)

    Returns
    -------
    ndarray of float64, of the shape of x

    Raises
    ------
    TypeError, ValueError
        If shapes differ, values are not finite, or beta leaves [0, 1].

    Examples
    --------
    >>> one_step([1.0, -1.0], [0.5, 0.0], 0.36).round(12)
    array([ 1.1, -0.8])
    """
    x, noise = float_array("x", x), float_array("noise", noise)
    same_shape(x=x, noise=noise)
    beta = per_sample("beta", beta, x, 0, 1)
    return np.sqrt(1 - beta) * x + np.sqrt(beta) * noise


def add_noise(clean, noise, alpha_bar):
    """All steps up to time t at once: √ᾱ clean + √(1 - ᾱ) noise.

    Parameters
    ----------
    clean, noise : array_like of one shape, (N, ...) or a number
        Values, and draws from the standard normal distribution.
    alpha_bar : float from 0 to 1, or one a sample, (N,)
        ``alpha_bars[t]``.

    Returns
    -------
    ndarray of float64, of the shape of clean

    Raises
    ------
    TypeError, ValueError
        If shapes differ, values are not finite, or alpha_bar leaves [0, 1].

    Examples
    --------
    >>> add_noise([1.0, 1.0], [0.5, 0.5], [0.64, 0.0]).round(12)
    array([1.1, 0.5])
    """
    clean, noise = float_array("clean", clean), float_array("noise", noise)
    same_shape(clean=clean, noise=noise)
    alpha_bar = per_sample("alpha_bar", alpha_bar, clean, 0, 1)
    return np.sqrt(alpha_bar) * clean + np.sqrt(1 - alpha_bar) * noise


def posterior(x, clean, alpha_bar, alpha_bar_before):
    """Where a noisy value came from, if the clean one is known: mean and variance of q(x_s given x_t and clean), s < t.

    With β = 1 - ᾱ_t/ᾱ_s, all the noise between the two times, it is a normal distribution with

    mean = [√ᾱ_s β clean + √(1 - β) (1 - ᾱ_s) x] / (1 - ᾱ_t), variance = β (1 - ᾱ_s) / (1 - ᾱ_t).

    Parameters
    ----------
    x, clean : array_like of one shape, (N, ...) or a number
        The value at time t, and at time 0.
    alpha_bar : float, at least 0 and below 1
        ᾱ at time t.
    alpha_bar_before : float, above alpha_bar and at most 1
        ᾱ at the earlier time s: t - 1, or any other.

    Returns
    -------
    mean : ndarray of float64, of the shape of x
    variance : float
        β̃; 0 if s is 0, for there the value is the clean one.

    Raises
    ------
    TypeError, ValueError
        If shapes differ, values are not finite, or the two ᾱ are not in this order.

    Examples
    --------
    >>> mean, variance = posterior([1.0], [0.0], 0.25, 0.5)
    >>> print(mean.round(4), round(variance, 4))
    [0.4714] 0.3333
    """
    x, clean = float_array("x", x), float_array("clean", clean)
    same_shape(x=x, clean=clean)
    after = float(per_sample("alpha_bar", alpha_bar, np.zeros(()), 0, below=1))
    before = float(per_sample("alpha_bar_before", alpha_bar_before, np.zeros(()), high=1, above=after))
    beta = 1 - after / before
    mean = (np.sqrt(before) * beta * clean + np.sqrt(1 - beta) * (1 - before) * x) / (1 - after)
    return mean, beta * (1 - before) / (1 - after)
