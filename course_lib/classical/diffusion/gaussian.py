"""The best possible denoiser of normal data: a straight line.

The noisy value is x = signal · clean + sigma · noise. The denoiser with the smallest mean squared error answers the
mean of all clean values that could have become x, E[clean given x].

References
----------
H. Robbins, An empirical Bayes approach to statistics, 1956. doi:10.1525/9780520313880-015
"""

import numpy as np

from course_lib._validate import float_array, non_negative_array, real_number
from course_lib.classical.diffusion._arguments import covariance_matrix, spread, two_levels


def gaussian_denoise(x, signal, sigma, mean=0.0, std=1.0):
    """The mean of the clean value, given the noisy one, if clean values are normal: a straight line in x.

    mean + signal std² / (signal² std² + sigma²) · (x - signal · mean).

    Parameters
    ----------
    x : array_like, (N, ...) or a number
        Noisy values, each for itself.
    signal, sigma : float of at least 0, or one a sample, (N,)
        How much of the clean value and how much noise x holds: (√ᾱ, √(1 - ᾱ)) in diffusion, (t, 1 - t) in flow
        matching.
    mean : float
    std : float, at least 0
        Of the clean values.

    Returns
    -------
    ndarray of float64, of the shape of x

    Raises
    ------
    TypeError, ValueError
        If something is not finite or of a wrong shape, or neither data nor noise have any spread.

    Examples
    --------
    Signal and noise count the same: the best guess is half of what is seen.

    >>> gaussian_denoise([2.0, -1.0], 1.0, 1.0)
    array([ 1. , -0.5])
    """
    x = float_array("x", x)
    signal, sigma = two_levels(signal, sigma, x)
    mean, std = real_number("mean", mean), real_number("std", std, 0)
    return mean + signal * std**2 / spread(signal, sigma, std) * (x - signal * mean)


def gaussian_mmse(signal, sigma, std=1.0):
    """The mean squared error that the best denoiser of normal data makes: std² sigma² / (signal² std² + sigma²).

    Parameters
    ----------
    signal, sigma : float or array_like, at least 0
        How much of the clean value and how much noise there is.
    std : float, at least 0
        Of the clean values.

    Returns
    -------
    ndarray of float64
        From 0, without noise, to std², the error of who sees nothing and says the mean.

    Raises
    ------
    TypeError, ValueError
        If an argument is negative or not finite, or neither data nor noise have any spread.

    Examples
    --------
    >>> print(gaussian_mmse(0.6, 0.8, 1.0).round(12))
    0.64
    """
    signal, sigma = non_negative_array("signal", signal), non_negative_array("sigma", sigma)
    std = real_number("std", std, 0)
    return std**2 * sigma**2 / spread(signal, sigma, std)


def correlated_denoise(x, signal, sigma, mean, covariance):
    """The mean of the clean point, given the noisy one, if clean points are normal and their coordinates go together.

    mean + signal C (signal² C + sigma² I)⁻¹ (x - signal · mean), with the covariance C.

    Parameters
    ----------
    x : array_like, (..., D)
        Noisy points.
    signal, sigma : float, at least 0
        How much of the clean value and how much noise x holds.
    mean : array_like, (D,)
    covariance : array_like, (D, D), symmetric, no eigenvalue below 0

    Returns
    -------
    ndarray of float64, of the shape of x

    Raises
    ------
    TypeError, ValueError
        If shapes do not go together, something is not finite, covariance is no covariance, or x has no density.

    Examples
    --------
    What is seen of one coordinate tells of the other.

    >>> correlated_denoise([1.0, 0.0], 1.0, 1.0, [0.0, 0.0], [[1.0, 0.5], [0.5, 1.0]]).round(4)
    array([0.4667, 0.1333])
    """
    x, mean = float_array("x", x), float_array("mean", mean, ndim=1)
    covariance = covariance_matrix("covariance", covariance, len(mean))
    if x.ndim == 0 or x.shape[-1] != len(mean):
        raise ValueError(f"x must have {len(mean)} coordinates on its last axis, got shape {x.shape}")
    signal, sigma = real_number("signal", signal, 0), real_number("sigma", sigma, 0)
    noisy = signal**2 * covariance + sigma**2 * np.eye(len(mean))
    if np.linalg.eigvalsh(noisy)[0] <= 0:
        raise ValueError("sigma must be above 0 where signal · covariance has no spread: else x has no density")
    return mean + (x - signal * mean) @ np.linalg.solve(noisy, signal * covariance)
