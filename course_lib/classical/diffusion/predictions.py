"""Four names for one thing: whoever knows a noisy value and one of clean value, noise, v and score knows all four.

A network may be trained to answer any of them. At one time they are the same answer in other units; over all times they
weigh errors differently, which is what `loss_weight` says.

References
----------
T. Salimans, J. Ho, Progressive distillation for fast sampling of diffusion models, 2022. arXiv:2202.00512
P. Vincent, A connection between score matching and denoising autoencoders, 2011. doi:10.1162/NECO_a_00142
"""

import numpy as np

from course_lib._docs import filled
from course_lib._validate import finite, float_array, one_of, real_array, same_shape
from course_lib.classical.diffusion._arguments import per_sample

KINDS = ("clean", "noise", "velocity", "score")

filled_in = filled(
    kinds="""
        With x = √ᾱ clean + √(1 - ᾱ) noise:

        - "clean": the value without noise,
        - "noise": the noise, of variance 1,
        - "velocity": v = √ᾱ noise - √(1 - ᾱ) clean,
        - "score": the slope of the noisy values' log-density, -noise / √(1 - ᾱ).""",
)


@filled_in
def convert(value, x, alpha_bar, source, target):
    """Turn one of clean value, noise, v and score into another.

    %(kinds)s

    Parameters
    ----------
    value, x : array_like of one shape, (N, ...) or a number
        What is known, and the noisy value.
    alpha_bar : float from 0 to 1, or one a sample, (N,)
    source, target : str
        "clean", "noise", "velocity" or "score": what value is, and what it shall become.

    Returns
    -------
    ndarray of float64, of the shape of x

    Raises
    ------
    TypeError, ValueError
        If shapes differ, a kind is unknown, or the answer is not in the question: from the noise or the score alone
        nobody can tell the clean value at ᾱ = 0, nor from the clean value the noise at ᾱ = 1.

    Examples
    --------
    >>> print(convert([0.5], [1.1], 0.64, "noise", "clean").round(12))
    [1.]
    >>> print(convert([0.5], [1.1], 0.64, "noise", "velocity").round(12))
    [-0.2]
    >>> print(convert([0.5], [1.1], 0.64, "noise", "score").round(4))
    [-0.8333]
    """
    value, x = float_array("value", value), float_array("x", x)
    same_shape(value=value, x=x)
    one_of("source", source, KINDS)
    one_of("target", target, KINDS)
    alpha_bar = per_sample("alpha_bar", alpha_bar, x, 0, 1)
    signal, sigma = np.sqrt(alpha_bar), np.sqrt(1 - alpha_bar)
    if source == target:
        return value
    clean, noise = _clean_and_noise(value, x, signal, sigma, source)
    if target == "clean":
        return clean
    if target == "noise":
        return noise
    if target == "velocity":
        return signal * noise - sigma * clean
    return -noise / _above_zero(sigma, "the score at alpha_bar = 1, where there is no noise, is that of the data")


def _clean_and_noise(value, x, signal, sigma, source):
    """Both, from a value of any kind."""
    if source == "velocity":  # x and v are clean and noise, turned by an angle: turn them back
        return signal * x - sigma * value, sigma * x + signal * value
    if source == "clean":
        return value, (x - signal * value) / _above_zero(sigma, "at alpha_bar = 1 there is no noise to be told")
    noise = value if source == "noise" else -sigma * value
    return (x - sigma * noise) / _above_zero(
        signal, f"at alpha_bar = 0 the {source} does not tell the clean value"
    ), noise


def _above_zero(divisor, words):
    if (divisor == 0).any():
        raise ValueError(f"alpha_bar must be another: {words}")
    return divisor


@filled_in
def loss_weight(alpha_bar, kind):
    """How much a squared error of the clean value counts when the error of another kind is measured.

    \\|error of kind\\|² = weight · \\|error of the clean value\\|², for the same network: 1, SNR, SNR + 1 and
    SNR / (1 - ᾱ), where SNR = ᾱ/(1 - ᾱ).

    %(kinds)s

    Parameters
    ----------
    alpha_bar : float or array_like, at least 0 and below 1
    kind : str
        "clean", "noise", "velocity" or "score".

    Returns
    -------
    ndarray of float64, of the shape of alpha_bar

    Raises
    ------
    TypeError, ValueError
        If the kind is unknown or alpha_bar leaves [0, 1).

    Examples
    --------
    >>> print(loss_weight([0.5, 0.8], "noise").round(12), loss_weight([0.5, 0.8], "velocity").round(12))
    [1. 4.] [2. 5.]
    """
    one_of("kind", kind, KINDS)
    alpha_bar = finite("alpha_bar", real_array("alpha_bar", alpha_bar))
    if alpha_bar.min() < 0 or alpha_bar.max() >= 1:
        raise ValueError(f"alpha_bar must be at least 0 and below 1, got {alpha_bar.min():g} to {alpha_bar.max():g}")
    ratio = alpha_bar / (1 - alpha_bar)
    return {"clean": np.ones_like(ratio), "noise": ratio, "velocity": ratio + 1, "score": ratio / (1 - alpha_bar)}[kind]
