"""Classifier-free guidance: overstating what a condition changes; and what becomes of normal distributions, exactly.

References
----------
J. Ho, T. Salimans, Classifier-free diffusion guidance, 2022. arXiv:2207.12598
A. Bradley, P. Nakkiran, Classifier-free guidance is a predictor-corrector, 2024. arXiv:2408.09000
"""

from typing import NamedTuple

import numpy as np

from course_lib._validate import float_array, real_number, same_shape

NODES = 200  # of the quadrature, far more than it needs


class Guided(NamedTuple):
    """Variances that three ways of guiding give a normal distribution, see `gaussian_variances`."""

    sharpened: float
    """Of the distribution whose density is ∝ p(x given c)^scale · p(x)^(1 - scale)."""
    ode: float
    """Of what DDIM and flow matching draw, with many steps."""
    sde: float
    """Of what DDPM draws, with many steps."""


def guided(conditional, unconditional, scale):
    """Go on in the direction that the condition points to: unconditional + scale · (conditional - unconditional).

    Parameters
    ----------
    conditional, unconditional : array_like of one shape
        What a network answers with the condition, and without it: noise, score, clean value or velocity.
    scale : float
        1 is no guidance, 0 leaves out the condition, above 1 overstates it. The paper counts from 0: its
        (1 + w) conditional - w unconditional is this with scale = 1 + w.

    Returns
    -------
    ndarray of float64, of the shape of conditional

    Raises
    ------
    TypeError, ValueError
        If shapes differ, something is not finite, or scale is no number.

    Examples
    --------
    >>> guided([3.0], [1.0], 2.0)
    array([5.])
    """
    conditional, unconditional = float_array("conditional", conditional), float_array("unconditional", unconditional)
    same_shape(conditional=conditional, unconditional=unconditional)
    return unconditional + real_number("scale", scale) * (conditional - unconditional)


def gaussian_variances(scale, conditional, unconditional):
    """What guidance makes of two normal distributions with one mean: three variances, of which no two agree.

    Parameters
    ----------
    scale : float
        1 is no guidance.
    conditional, unconditional : float, above 0
        Variances of p(x given c) and of p(x), the data with and without the condition.

    Returns
    -------
    Guided
        ``sharpened``: 1 / (scale/conditional + (1 - scale)/unconditional), infinite where no distribution is left.
        ``ode``: conditional^scale · unconditional^(1 - scale).
        ``sde``: ∫ from 0 to 1 of Π (v_i / (1 + (v_i - 1) ᾱ))^(2 w_i) dᾱ, with the two variances v_i and their weights
        w_i, scale and 1 - scale.

    Raises
    ------
    TypeError, ValueError
        If scale is no number or a variance is not above 0.

    Notes
    -----
    At noise level ᾱ the variances are V_i = 1 + (v_i - 1) ᾱ and the guided score is -x Σ w_i / V_i. The ODE then is
    dx/x = ½ Σ w_i dV_i / V_i, the SDE's variance obeys a linear equation; both are integrated from ᾱ = 0 to 1.

    Examples
    --------
    >>> sharpened, ode, sde = gaussian_variances(3.0, 1.0, 2.0)
    >>> print(round(sharpened, 6), round(ode, 6), round(sde, 6))
    0.5 0.25 0.3875
    """
    scale = real_number("scale", scale)
    variances = np.array(
        [real_number("conditional", conditional, above=0), real_number("unconditional", unconditional, above=0)]
    )
    powers = np.array([scale, 1 - scale])
    precision = (powers / variances).sum()
    at, weights = np.polynomial.legendre.leggauss(NODES)
    alpha_bar = (at + 1) / 2
    noisy = 1 + (variances - 1) * alpha_bar[:, None]
    sde = (weights / 2) @ np.prod((variances / noisy) ** (2 * powers), axis=1)
    return Guided(float(1 / precision) if precision > 0 else np.inf, float(np.prod(variances**powers)), float(sde))
