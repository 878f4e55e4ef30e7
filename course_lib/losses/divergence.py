"""Logarithms of densities, the divergence between Gaussians, and the bound on a likelihood: what a VAE is trained with.

Every function gives one number for each sample, (N,), in nats: it **sums** over pixels, channels and latents. Take the
mean over the samples yourself, and nothing else: a mean over the pixels beside a sum over the latents would weigh the
two terms of the evidence lower bound with a factor of hundreds.

Gaussians have independent components and are given by their mean and the *logarithm of their variance*, which may be
any number: the standard deviation is ``exp(log_variance / 2)``.

Arguments are tensors or arrays. float64 is computed in float64, everything else in float32.
"""

import math

import keras
import numpy as np
from keras import ops

from course_lib._docs import filled
from course_lib._validate import refuse_masked, same_shape
from course_lib.losses._inputs import ROUNDING

LOG_TWO_PI = math.log(2 * math.pi)

filled_in = filled(
    gaussians="""
        mean, log_variance : (N, ...)
            Of q: the mean of each component, and the logarithm of its variance.
        prior_mean, prior_log_variance : numbers, or arrays (N, ...)
            Of p; the standard normal by default.""",
)


@filled_in
def gaussian_kl(mean, log_variance, prior_mean=0.0, prior_log_variance=0.0):
    """Kullback-Leibler divergence D(q ‖ p) of two Gaussians with independent components, in closed form.

    ½ Σ_j [exp(lv_j - lp_j) + (m_j - p_j)² / exp(lp_j) - 1 - lv_j + lp_j]; with the standard normal as p it is
    ½ Σ_j [σ_j² + m_j² - 1 - log σ_j²].

    Parameters
    ----------
    %(gaussians)s

    Returns
    -------
    (N,)
        Nats, at least 0.

    Raises
    ------
    ValueError
        If mean and log_variance have not the same shape, or no axis of components.

    References
    ----------
    D. P. Kingma, M. Welling: Auto-encoding variational Bayes, 2013, arXiv:1312.6114, appendix B.
    """
    return ops.sum(gaussian_kl_terms(mean, log_variance, prior_mean, prior_log_variance), axis=-1)


@filled_in
def gaussian_kl_terms(mean, log_variance, prior_mean=0.0, prior_log_variance=0.0):
    """Kullback-Leibler divergence of two Gaussians, component by component: what `gaussian_kl` sums.

    ½ [exp(lv - lp) + (m - p)² / exp(lp) - 1 - lv + lp] for each component.

    Parameters
    ----------
    %(gaussians)s

    Returns
    -------
    (N, D)
        Nats, at least 0; all axes but the first are laid out as one.

    Raises
    ------
    ValueError
        If mean and log_variance have not the same shape, or no axis of components.
    """
    mean, log_variance = _alike(("mean", mean), ("log_variance", log_variance))
    prior_mean, prior_log_variance = _cast(prior_mean, mean), _cast(prior_log_variance, mean)
    ratio = log_variance - prior_log_variance
    shift = (mean - prior_mean) ** 2 * ops.exp(-prior_log_variance)
    terms = (ops.expm1(ratio) - ratio + shift) / 2  # e^r - 1 - r: exact where q is nearly p, too
    return ops.reshape(terms, (-1, math.prod(terms.shape[1:])))


def gaussian_log_density(x, mean, log_variance=0.0):
    """log N(x; mean, exp(log_variance)), summed over the components.

    Parameters
    ----------
    x, mean : (N, ...)
    log_variance : number, or (N, ...)

    Returns
    -------
    (N,)
        -½ Σ_j [log 2π + lv_j + (x_j - m_j)² / exp(lv_j)]. A density, not a probability: it may be above 0.

    Raises
    ------
    ValueError
        If x and mean have not the same shape.
    """
    x, mean = _alike(("x", x), ("mean", mean))
    log_variance = ops.zeros_like(mean) + _cast(log_variance, mean)
    return _sum(-(LOG_TWO_PI + log_variance + (x - mean) ** 2 * ops.exp(-log_variance)) / 2)


def bernoulli_log_likelihood(x, logits):
    """Log-probability of binary pixels, each a coin of its own: minus the binary cross-entropy, summed.

    Parameters
    ----------
    x : (N, ...)
        0 or 1. Gray values between are accepted, since many train with them, but then the result is not the
        logarithm of a probability (chapter 10).
    logits : (N, ...)
        log p / (1 - p); any size, nothing is clipped. An infinite one is a coin that cannot fall otherwise: 0 for a
        pixel that agrees, -infinity for one that does not.

    Returns
    -------
    (N,)
        Σ_j [x_j z_j - log(1 + exp(z_j))], at most 0. NaN, and its gradient too, for a sample with a pixel outside
        [0, 1]: in a compiled step values cannot be looked at, and the sum would be a large and senseless number.

    Raises
    ------
    ValueError
        If x and logits have not the same shape, or an array x holds something outside [0, 1].
    """
    check_coins(x)
    x, logits = _alike(("x", x), ("logits", logits))
    outside = ops.cast(~((x >= -ROUNDING) & (x <= 1 + ROUNDING)), x.dtype)  # NaN is outside
    certain = ops.abs(logits) == np.inf  # there infinity less infinity, or 0 times infinity, would be NaN
    finite = ops.where(certain, 0.0, logits)
    against = ops.where(logits > 0, 1 - x, x)  # of a pixel, what a certain coin rules out
    of_certain = ops.where(against > 0, -against * ops.where(against > 0, ops.abs(logits), 0.0), 0.0)
    total = _sum(ops.where(certain, of_certain, x * finite - ops.softplus(finite)))
    return total * ops.where(_sum(outside) > 0, np.nan, ops.ones_like(total))


def check_coins(x, name="x"):
    """Refuse pixels outside [0, 1] where they are no tensor yet, so that their values can still be seen.

    Parameters
    ----------
    x : array, or anything else, which is passed over
    name : str
        What the message calls them.

    Raises
    ------
    ValueError
        A pixel is below 0, above 1 or NaN.
    """
    if isinstance(x, np.ndarray) and x.size and not (x.min() >= -ROUNDING and x.max() <= 1 + ROUNDING):
        low, high = float(x.min()), float(x.max())
        advice = "Map images in [-1, 1] by (x + 1) / 2" if -1 <= low and high <= 1 else "Divide 8-bit images by 255"
        raise ValueError(f"{name} must lie between 0 and 1, got {low:g} to {high:g}. {advice}")


def importance_weighted_bound(log_weights):
    """The importance-weighted bound on log p(x): the logarithm of the mean weight of K samples.

    Parameters
    ----------
    log_weights : (K, N)
        log p(x | z_k) + log p(z_k) - log q(z_k | x) for K samples z_k of q(z | x). For K = 1 it is the evidence lower
        bound itself, as one sample estimates it.

    Returns
    -------
    (N,)
        log (1/K) Σ_k exp(log_weights[k]), without overflow.

    Raises
    ------
    ValueError
        If log_weights has not two axes.

    References
    ----------
    Y. Burda, R. Grosse, R. Salakhutdinov: Importance weighted autoencoders, ICLR 2016, arXiv:1509.00519, equation 8.
    """
    log_weights = _floating("log_weights", log_weights)
    if len(log_weights.shape) != 2:
        raise ValueError(f"log_weights must have the shape (K, N), got {tuple(log_weights.shape)}")
    return ops.logsumexp(log_weights, axis=0) - math.log(log_weights.shape[0])


def _sum(values):
    return ops.sum(ops.reshape(values, (-1, math.prod(values.shape[1:]))), axis=-1)


def _cast(value, like):
    """A number or an array as a tensor of the type of another; a plain number loses no digits on the way."""
    return ops.full_like(like, value) if isinstance(value, (int, float)) else ops.cast(value, like.dtype)


def _floating(name, value):
    refuse_masked(name, value)
    value = ops.convert_to_tensor(value)
    wide = keras.backend.standardize_dtype(value.dtype) == "float64"
    if len(value.shape) < 2:
        raise ValueError(
            f"{name} must have the shape (N, ...) with at least one axis beside N, got {tuple(value.shape)}"
        )
    return ops.cast(value, "float64" if wide else "float32")


def _alike(first, second):
    """Two arguments as tensors of one floating type. Shapes must agree: broadcasting would make a wrong number."""
    a, b = _floating(*first), _floating(*second)
    same_shape(**{first[0]: a, second[0]: b})
    if a.dtype != b.dtype:
        a, b = ops.cast(a, "float64"), ops.cast(b, "float64")
    return a, b
