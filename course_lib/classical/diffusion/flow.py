"""Flow matching: noise and data joined by straight lines, and the field of velocities that the lines make.

The time is real: t = 0 is the noise, t = 1 the data. On the line x = t · clean + (1 - t) · noise the velocity is
clean - noise, all the time. Many lines cross at one x; the field there is the mean of their velocities, and it is what
a network learns when it is trained on the velocities of single lines.

References
----------
Y. Lipman et al., Flow matching for generative modeling, 2022. arXiv:2210.02747
X. Liu, C. Gong, Q. Liu, Flow straight and fast: learning to generate and transfer data with rectified flow, 2022.
arXiv:2209.03003
"""

import numpy as np

from course_lib._validate import float_array, real_number, same_shape
from course_lib.classical.diffusion._arguments import per_sample


def point(clean, noise, t):
    """Where the line from noise to clean is at time t: t · clean + (1 - t) · noise.

    Parameters
    ----------
    clean, noise : array_like of one shape, (N, ...) or a number
    t : float from 0, the noise, to 1, the data, or one a sample, (N,)

    Returns
    -------
    ndarray of float64, of the shape of clean

    Raises
    ------
    TypeError, ValueError
        If shapes differ, values are not finite, or t leaves [0, 1].

    Examples
    --------
    >>> point([1.0, 1.0], [-1.0, -1.0], [0.25, 1.0])
    array([-0.5,  1. ])
    """
    clean, noise = float_array("clean", clean), float_array("noise", noise)
    same_shape(clean=clean, noise=noise)
    t = per_sample("t", t, clean, 0, 1)
    return t * clean + (1 - t) * noise


def velocity(clean, noise):
    """How fast the point on the line moves: clean - noise, at all times. It points to the data.

    Parameters
    ----------
    clean, noise : array_like of one shape

    Returns
    -------
    ndarray of float64, of the shape of clean

    Raises
    ------
    TypeError, ValueError
        If shapes differ or values are not finite.

    Examples
    --------
    >>> velocity([1.0, 0.0], [-1.0, 0.5])
    array([ 2. , -0.5])
    """
    clean, noise = float_array("clean", clean), float_array("noise", noise)
    same_shape(clean=clean, noise=noise)
    return clean - noise


def velocity_from_clean(x, clean, t, floor=0.0):
    """The velocity that leads from x to the estimate of the clean value in the time that is left: (clean - x)/(1 - t).

    Parameters
    ----------
    x, clean : array_like of one shape, (N, ...) or a number
        Values at time t, and the estimate of the clean ones.
    t : float from 0, the noise, to 1, the data, or one a sample, (N,)
    floor : float, at least 0
        1 - t is not taken smaller than this, so that errors of the estimate are not enlarged without limit.

    Returns
    -------
    ndarray of float64, of the shape of x

    Raises
    ------
    TypeError, ValueError
        If shapes differ, values are not finite, t leaves [0, 1], or t is 1 and floor 0.

    Examples
    --------
    >>> velocity_from_clean([0.5], [1.0], 0.75)
    array([2.])
    """
    x, clean = float_array("x", x), float_array("clean", clean)
    same_shape(x=x, clean=clean)
    left = np.maximum(1 - per_sample("t", t, x, 0, 1), real_number("floor", floor, 0))
    if (left == 0).any():
        raise ValueError("t must be below 1 if floor is 0, got 1: no time is left")
    return (clean - x) / left


def clean_from_velocity(x, velocity, t):
    """Where x will be at time 1 if it keeps its velocity: x + (1 - t) · velocity, the estimate of the clean value.

    Parameters
    ----------
    x, velocity : array_like of one shape, (N, ...) or a number
    t : float from 0, the noise, to 1, the data, or one a sample, (N,)

    Returns
    -------
    ndarray of float64, of the shape of x

    Raises
    ------
    TypeError, ValueError
        If shapes differ, values are not finite, or t leaves [0, 1].

    Examples
    --------
    >>> clean_from_velocity([0.5], [2.0], 0.75)
    array([1.])
    """
    x, velocity = float_array("x", x), float_array("velocity", velocity)
    same_shape(x=x, velocity=velocity)
    return x + (1 - per_sample("t", t, x, 0, 1)) * velocity
