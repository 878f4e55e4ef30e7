"""Noise, seeded: what a sensor, a lossy channel and a small number of photons do to an image."""

import numpy as np

from course_lib._validate import float_array, real_number, unit_array

MOST_PHOTONS = 1e18  # the counts are 64-bit numbers


def add_gaussian_noise(image, sigma, rng):
    """Add independent normal noise. The result is *not* clipped: clipping would bias dark and bright pixels.

    Parameters
    ----------
    image : array_like of float
    sigma : float, at least 0
        Standard deviation, in the image's units.
    rng : int or numpy.random.Generator

    Returns
    -------
    ndarray of float64, same shape

    Raises
    ------
    ValueError
        If sigma is negative or the image is empty or not finite.
    """
    image = float_array("image", image)
    sigma = real_number("sigma", sigma, 0)
    return image + sigma * np.random.default_rng(rng).standard_normal(image.shape)


def add_salt_and_pepper(image, fraction, rng):
    """Replace a random share of the pixels by 0 or 1, each with the same chance.

    Parameters
    ----------
    image : array_like in [0, 1], shape (H, W) or (H, W, C)
        With channels, all channels of a pixel are hit together.
    fraction : float in [0, 1]
        Expected share of pixels that are replaced.
    rng : int or numpy.random.Generator

    Returns
    -------
    ndarray of float64, same shape

    Raises
    ------
    ValueError
        If fraction or the image leaves [0, 1].
    """
    image = unit_array("image", image, ndim=(2, 3))
    fraction = float(unit_array("fraction", fraction, ndim=0))
    draw = np.random.default_rng(rng).random(image.shape[:2])
    image[draw < fraction] = 1.0
    image[draw < fraction / 2] = 0.0
    return image


def add_poisson_noise(image, photons, rng):
    """Shot noise: count photons whose mean is ``photons * image`` and divide by ``photons``.

    Parameters
    ----------
    image : array_like in [0, 1]
        Linear light.
    photons : float above 0
        Mean count at a pixel of value 1; the noise has variance image / photons.
    rng : int or numpy.random.Generator

    Returns
    -------
    ndarray of float64, same shape, at least 0 (not clipped at 1)

    Raises
    ------
    ValueError
        If photons is not positive or above 1e18, or the image leaves [0, 1].
    """
    image = unit_array("image", image)
    photons = real_number("photons", photons, above=0, high=MOST_PHOTONS)
    return np.random.default_rng(rng).poisson(photons * image) / photons
