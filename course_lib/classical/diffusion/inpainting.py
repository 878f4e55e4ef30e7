"""Filling a hole with a denoiser that was never taught to: replace what is known at every step, and RePaint's repeats.

What is known is put in from outside, with as much noise as the step has; the denoiser fills the rest. That is not the
conditional distribution: the noise of the known part is drawn without regard to the unknown part. More repeats come
nearer to it, more steps do not.

References
----------
Y. Song et al., Score-based generative modeling through stochastic differential equations, 2020, appendix I.2.
arXiv:2011.13456
A. Lugmayr et al., RePaint: inpainting using denoising diffusion probabilistic models, 2022. arXiv:2201.09865
"""

import numpy as np

from course_lib._validate import float_array, one_of, plain_array, same_shape, whole_number
from course_lib.classical.diffusion._arguments import answer, covariance_matrix, falling_times, schedule
from course_lib.classical.diffusion.forward import add_noise, one_step
from course_lib.classical.diffusion.samplers import ddpm_step


def inpaint(predict, x, known, mask, alpha_bars, rng, variance="posterior", times=None, repeats=1):
    """Draw what is unknown, step by step as DDPM does, and put in what is known at every step.

    Parameters
    ----------
    predict : callable
        ``predict(x, t)`` returns the estimate of the clean values, in the shape of x.
    x : array_like, (N, ...)
        Where to start: draws from the standard normal distribution.
    known : array_like, of the shape of x
        The clean values; what stands where mask is False does not matter, but must be finite.
    mask : array_like of bool, of the shape of x
        Where values are known.
    alpha_bars : array_like, (T + 1,)
        1 at time 0, then falling.
    rng : int or numpy.random.Generator
    variance : str
        Of the fresh noise of a step: "posterior" or "beta".
    times : array_like of int, optional
        The times at which to ask, falling, from 1 to T; by default all.
    repeats : int, at least 1
        How often each step but the last is made: between two tries the noise of one step is added again (RePaint with
        jumps of one step).

    Returns
    -------
    ndarray of float64, of the shape of x
        The values of known where mask is True.

    Raises
    ------
    TypeError, ValueError
        If shapes differ, mask is not of bool, an argument is out of its range, or predict returns another shape.

    Examples
    --------
    >>> inpaint(lambda x, t: np.full_like(x, 2.0), [0.3, -0.7], [5.0, 0.0], [True, False], [1.0, 0.5, 0.1], rng=0)
    array([5., 2.])
    """
    x, known, mask = float_array("x", x), float_array("known", known), plain_array("mask", mask)
    same_shape(x=x, known=known)
    same_shape(x=x, mask=mask)
    if mask.dtype != bool:
        raise TypeError(f"mask must be of bool, got dtype {mask.dtype}")
    alpha_bars, rng = schedule(alpha_bars), np.random.default_rng(rng)
    one_of("variance", variance, ("beta", "posterior"))
    repeats = whole_number("repeats", repeats, 1)
    times = [*falling_times(times, len(alpha_bars) - 1), 0]
    for t, before in zip(times, times[1:], strict=False):
        now, then = alpha_bars[t], alpha_bars[before]
        for again in range(repeats if before else 1):
            if again:
                x = one_step(x, rng.standard_normal(x.shape), 1 - now / then)
            clean = answer("predict(x, t)", predict(x, t), x)
            x = ddpm_step(x, clean, now, then, rng.standard_normal(x.shape), variance)
            x = np.where(mask, add_noise(known, rng.standard_normal(x.shape), then), x)
    return x


def gaussian_conditional(mean, covariance, known, mask):
    """The exact answer for a normal distribution: mean and covariance of the unknown coordinates, given the known ones.

    Parameters
    ----------
    mean : array_like, (D,)
    covariance : array_like, (D, D), symmetric, no eigenvalue below 0
    known : array_like, (D,)
        The values; what stands where mask is False does not matter, but must be finite.
    mask : array_like of bool, (D,)
        Where values are known; not everywhere.

    Returns
    -------
    mean : ndarray of float64, (U,)
        Of the U coordinates that are not known.
    covariance : ndarray of float64, (U, U)

    Raises
    ------
    TypeError, ValueError
        If shapes do not go together, mask is not of bool or leaves nothing to fill, or covariance is no covariance.

    Examples
    --------
    >>> mean, covariance = gaussian_conditional([0, 0], [[1, 0.9], [0.9, 1]], [1, 0], [True, False])
    >>> print(mean, covariance.round(4))
    [0.9] [[0.19]]
    """
    mean, known, mask = float_array("mean", mean, ndim=1), float_array("known", known), plain_array("mask", mask)
    covariance = covariance_matrix("covariance", covariance, len(mean))
    same_shape(mean=mean, known=known)
    same_shape(mean=mean, mask=mask)
    if mask.dtype != bool:
        raise TypeError(f"mask must be of bool, got dtype {mask.dtype}")
    if mask.all():
        raise ValueError("mask must leave something to fill, got True everywhere")
    cross = covariance[np.ix_(~mask, mask)]
    gain = cross @ np.linalg.pinv(covariance[np.ix_(mask, mask)], hermitian=True)
    return mean[~mask] + gain @ (known - mean)[mask], covariance[np.ix_(~mask, ~mask)] - gain @ cross.T
