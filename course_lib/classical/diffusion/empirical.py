"""The best possible denoiser of a finite set: it knows nothing but the set, and it copies.

If clean values are drawn from N stored ones, the mean of the clean value given the noisy one is an average of the
stored ones, weighted by a softmax of their distances: this is the answer with the smallest mean squared error on the
training set. With little noise one weight is nearly 1. So a sampler with this denoiser draws training samples,
one by one; a network draws new ones because it is *not* this function.

References
----------
T. Karras et al., Elucidating the design space of diffusion-based generative models, 2022, appendix B. arXiv:2206.00364
X. Gu et al., On memorization in diffusion models, 2023. arXiv:2310.02664
"""

import numpy as np

from course_lib._docs import filled
from course_lib._validate import float_array, non_negative_array
from course_lib.classical.diffusion._arguments import per_sample

filled_in = filled(
    arguments="""
        x : array_like, (M, ...)
            Noisy values, signal · clean + sigma · noise.
        signal : float of at least 0, or one a sample, (M,)
        sigma : float above 0, or one a sample, (M,)
        data : array_like, (N, ...)
            The set: its samples have the shape of those of x.""",
    errors="""
        TypeError, ValueError
            If samples of x and data differ in shape, something is not finite, or sigma is not above 0.""",
)


@filled_in
def empirical_weights(x, signal, sigma, data):
    """How probable it is that each x came from each sample: a softmax of -\\|x - signal · sample\\|² / 2 sigma².

    Parameters
    ----------
    %(arguments)s

    Returns
    -------
    ndarray of float64, (M, N)
        At least 0; rows sum to 1.

    Raises
    ------
    %(errors)s

    Examples
    --------
    >>> empirical_weights([0.0, 0.5], 1.0, 0.5, [-1.0, 1.0]).round(4)
    array([[0.5  , 0.5  ],
           [0.018, 0.982]])
    """
    x, data = float_array("x", x), float_array("data", data)
    if x.ndim == 0 or x.shape[1:] != data.shape[1:] or data.ndim == 0:
        raise ValueError(f"samples of x and data must have one shape, got x {x.shape} and data {data.shape}")
    x, data = x.reshape(len(x), -1), data.reshape(len(data), -1)
    signal, sigma = per_sample("signal", signal, x, 0), per_sample("sigma", sigma, x, above=0)
    # |x|² is the same for all samples of the set: the softmax does not see it
    logits = (signal * (x @ data.T) - signal**2 * (data**2).sum(axis=1) / 2) / sigma**2
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


@filled_in
def empirical_denoise(x, signal, sigma, data):
    """The mean of the clean value, given the noisy one, if clean values are drawn from a finite set.

    Parameters
    ----------
    %(arguments)s

    Returns
    -------
    ndarray of float64, of the shape of x
        An average of data, by `empirical_weights`.

    Raises
    ------
    %(errors)s

    Examples
    --------
    >>> empirical_denoise([0.0, 0.5], 1.0, 0.5, [-1.0, 1.0]).round(4)
    array([0.   , 0.964])
    """
    weights = empirical_weights(x, signal, sigma, data)
    data = float_array("data", data)
    return (weights @ data.reshape(len(data), -1)).reshape(np.shape(x))


def effective_neighbors(weights):
    """Over how many samples an average really goes: exp of the entropy of its weights.

    Parameters
    ----------
    weights : array_like, (M, N), at least 0
        Rows that sum to 1, such as those of `empirical_weights`.

    Returns
    -------
    ndarray of float64, (M,)
        From 1, a copy of one sample, to N, the mean of the set.

    Raises
    ------
    TypeError, ValueError
        If weights has not two axes, is negative, or a row does not sum to 1.

    Examples
    --------
    >>> effective_neighbors([[1, 0, 0, 0], [0.5, 0.5, 0, 0], [0.25, 0.25, 0.25, 0.25]]).round(12)
    array([1., 2., 4.])
    """
    weights = non_negative_array("weights", weights, ndim=2)
    if (np.abs(weights.sum(axis=1) - 1) > 1e-6).any():
        raise ValueError("weights must sum to 1 in each row")
    surprise = -np.log(np.where(weights > 0, weights, 1))
    return np.exp((weights * surprise).sum(axis=1))
