"""The best possible denoiser and the score of a mixture of normal distributions, for numbers and for points.

The noisy value is x = signal · clean + sigma · noise. The denoiser with the smallest mean squared error answers the
mean of all clean values that could have become x, E[clean given x]. The score is the slope of the log-density of x.
Each tells the other (Tweedie's formula): E[clean given x] = (x + sigma² score) / signal.

Data are numbers or points. With ``means`` of shape (K,) each entry of x is a number of its own, whatever the shape of
x; with (K, D) the last axis of x holds the D coordinates of a point.

References
----------
B. Efron, Tweedie's formula and selection bias, 2011. doi:10.1198/jasa.2011.tm11181
"""

import numpy as np

from course_lib._docs import filled
from course_lib._validate import float_array, non_negative_array, real_number
from course_lib.classical.diffusion._arguments import spread, two_levels

filled_in = filled(
    levels="""
        signal, sigma : float of at least 0, or one a sample, (N,)
            How much of the clean value and how much noise x holds: (√ᾱ, √(1 - ᾱ)) in diffusion, (t, 1 - t) in flow
            matching.""",
    mixture="""
        weights : array_like, (K,)
            Above 0; their sum is 1.
        means : array_like, (K,) for numbers or (K, D) for points
        stds : float or array_like, (K,), at least 0
            Standard deviations, the same in every direction.""",
    errors="""
        TypeError, ValueError
            If something is not finite or of a wrong shape, weights do not sum to 1, or neither data nor noise have any
            spread.""",
)


def _components(x, signal, sigma, weights, means, stds):
    """For every x and every component k: the distance from its middle, its variance, its share of the density at x.

    Numbers become points with one coordinate. Shapes: (..., K, D), (..., K, 1) and (..., K), beside x as points
    (..., 1, D), the levels in a shape that goes with them, and the means (K, D).
    """
    x, means = float_array("x", x), float_array("means", means, ndim=(1, 2))
    signal, sigma = two_levels(signal, sigma, x)
    if means.ndim == 1:
        x, means, signal, sigma = x[..., None], means[:, None], signal[..., None], sigma[..., None]
    elif x.ndim == 0 or x.shape[-1] != means.shape[1]:
        raise ValueError(f"x must have {means.shape[1]} coordinates on its last axis, got shape {x.shape}")
    weights, stds = float_array("weights", weights, ndim=1), non_negative_array("stds", stds, ndim=(0, 1))
    for name, array in (("weights", weights), ("stds", stds)):
        if array.ndim and len(array) != len(means):
            raise ValueError(f"{name} must have one number for each of the {len(means)} means, got shape {array.shape}")
    if weights.min() <= 0 or abs(weights.sum() - 1) > 1e-6:
        raise ValueError(f"weights must be above 0 and sum to 1, got {weights}")
    signal, sigma = signal[..., None], sigma[..., None]
    away = x[..., None, :] - signal * means
    variance = spread(signal, sigma, np.broadcast_to(stds, len(means))[:, None])
    log_share = np.log(weights) - (away**2 / variance + np.log(2 * np.pi * variance)).sum(axis=-1) / 2
    return away, variance, log_share, signal, means, stds


def _log_sum(log_share):
    """log Σ exp over the last axis, which is kept; without overflow."""
    top = log_share.max(axis=-1, keepdims=True)
    return top + np.log(np.exp(log_share - top).sum(axis=-1, keepdims=True))


def _average(values, log_share, x):
    """Average over the components, weighted by how probable each is for x; in the shape of x."""
    share = np.exp(log_share - _log_sum(log_share))
    return (share[..., None] * values).sum(axis=-2).reshape(np.shape(x))


@filled_in
def mixture_denoise(x, signal, sigma, weights, means, stds):
    """The mean of the clean value, given the noisy one, if clean values come from a mixture of normal distributions.

    Each component gives its own answer, see `gaussian_denoise`; they are averaged by how probable it is that x comes
    from each.

    Parameters
    ----------
    x : array_like, (N, ...) or a number; for points (..., D)
        Noisy values.
    %(levels)s
    %(mixture)s

    Returns
    -------
    ndarray of float64, of the shape of x

    Raises
    ------
    %(errors)s

    Examples
    --------
    Half way between two peaks the answer is their middle, which is a value that no clean one has.

    >>> mixture_denoise([0.0, 0.5], 1.0, 0.4, [0.5, 0.5], [-1, 1], 0.1).round(3)
    array([0.   , 0.965])
    """
    away, variance, log_share, signal, means, stds = _components(x, signal, sigma, weights, means, stds)
    stds = np.broadcast_to(stds, len(means))[:, None]
    return _average(means + signal * stds**2 / variance * away, log_share, x)


@filled_in
def mixture_score(x, signal, sigma, weights, means, stds):
    """The score of noisy values: the slope of their log-density, -(x - signal · mean) / variance for one component.

    Parameters
    ----------
    x : array_like, (N, ...) or a number; for points (..., D)
        Noisy values.
    %(levels)s
    %(mixture)s

    Returns
    -------
    ndarray of float64, of the shape of x

    Raises
    ------
    %(errors)s

    Examples
    --------
    >>> mixture_score([0.0, 3.0], 1.0, 1.0, [1.0], [1.0], 0.0)
    array([ 1., -2.])
    """
    away, variance, log_share, *_ = _components(x, signal, sigma, weights, means, stds)
    return _average(-away / variance, log_share, x)


@filled_in
def mixture_log_density(x, signal, sigma, weights, means, stds):
    """Logarithm of the density of noisy values; of the clean ones with signal 1 and sigma 0.

    Parameters
    ----------
    x : array_like, (N, ...) or a number; for points (..., D)
    %(levels)s
    %(mixture)s

    Returns
    -------
    ndarray of float64
        In nats: of the shape of x, for points without its last axis.

    Raises
    ------
    %(errors)s

    Examples
    --------
    >>> print(mixture_log_density(0.0, 1.0, 0.0, [1.0], [0.0], 1.0).round(6))
    -0.918939
    """
    log_share = _components(x, signal, sigma, weights, means, stds)[2]
    return _log_sum(log_share)[..., 0]


@filled_in
def mixture_flow(x, t, weights, means, stds):
    """The velocity of flow matching, exactly: E[clean - noise given x] = E[clean given x] + (1 - t) · score.

    Parameters
    ----------
    x : array_like, (N, ...) or a number; for points (..., D)
        Values at time t.
    t : float from 0, the noise, to 1, the data
    %(mixture)s

    Returns
    -------
    ndarray of float64, of the shape of x

    Raises
    ------
    %(errors)s

    Examples
    --------
    >>> mixture_flow([0.0, 2.0], 0.0, [1.0], [1.5], 1.0)
    array([ 1.5, -0.5])
    """
    t = real_number("t", t, 0, 1)
    clean = mixture_denoise(x, t, 1 - t, weights, means, stds)
    return clean + (1 - t) * mixture_score(x, t, 1 - t, weights, means, stds)
