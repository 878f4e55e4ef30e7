"""From logits to probabilities and their logarithms, for logits of any size and infinite ones."""

import keras
import numpy as np
from keras import ops

from course_lib._validate import refuse_masked


def read_logits(logits):
    """Bring logits into the type in which losses are computed.

    Parameters
    ----------
    logits : (N, ..., C), floating-point

    Returns
    -------
    tensor (N, ..., C)
        float32, or float64 where they are that already.

    Raises
    ------
    TypeError
        They are not floating-point, or some of them are hidden by a mask.
    ValueError
        They have fewer than three axes.
    """
    refuse_masked("logits", logits)
    logits = ops.convert_to_tensor(logits)
    dtype = keras.backend.standardize_dtype(logits.dtype)
    if "float" not in dtype:
        raise TypeError(f"logits must hold floating-point numbers, got dtype {dtype}")
    if len(logits.shape) < 3:
        raise ValueError(f"logits must have the shape (N, ..., C), such as (N, H, W, C), got {tuple(logits.shape)}")
    return ops.cast(logits, "float64" if dtype == "float64" else "float32")


def probabilities(logits):
    """The network's probabilities: a sigmoid for one channel, a softmax over the last axis for several.

    Parameters
    ----------
    logits : (N, ..., C), floating-point
        Unbounded; "..." are one or more axes of pixels. An infinite one is taken at its word.

    Returns
    -------
    (N, ..., C)
        From 0 to 1, float64 for logits of float64, else float32.

    Raises
    ------
    TypeError
        Logits that are not floating-point.
    ValueError
        Logits with fewer than three axes.
    """
    logits = read_logits(logits)
    return ops.sigmoid(logits) if logits.shape[-1] == 1 else ops.softmax(_without_infinite_top(logits), axis=-1)


def log_probabilities(logits):
    """Logarithms of the probabilities of all classes, exact for logits of any size.

    Parameters
    ----------
    logits : (N, ..., C)

    Returns
    -------
    (N, ..., max(C, 2))
        At most 0. For one channel, of background and foreground.
    """
    if logits.shape[-1] == 1:
        return ops.concatenate([ops.log_sigmoid(-logits), ops.log_sigmoid(logits)], axis=-1)
    return ops.log_softmax(_without_infinite_top(logits), axis=-1)


def expected(target, log_p):
    """Sum of target times log-probability over the classes; 0 times the -infinity of an impossible class is 0.

    Parameters
    ----------
    target, log_p : (N, ..., C)

    Returns
    -------
    (N, ..., 1)
    """
    return ops.sum(target * ops.where(target == 0, 0.0, log_p), axis=-1, keepdims=True)


def turn_down(values, factor):
    """values * factor, with a gradient that stays finite where values do not.

    Where the loss of a pixel is beyond all bounds, its factor no longer changes; but infinity times 0 would be NaN.

    Parameters
    ----------
    values, factor : tensors of one shape

    Returns
    -------
    tensor of that shape
    """
    fixed = ops.stop_gradient(factor)
    return values * fixed + ops.minimum(ops.stop_gradient(values), 1e30) * (factor - fixed)


def _without_infinite_top(logits):
    """Where the largest logit is infinite, 0 for those that equal it and -infinity for all others.

    A softmax takes the difference of each logit and the largest, and infinity less infinity is NaN. What remains is
    the limit: certainty, shared by those that are equally large.
    """
    top = ops.max(logits, axis=-1, keepdims=True, initial=-np.inf)  # without, Keras refuses an empty batch
    return ops.where(ops.abs(top) == np.inf, ops.where(logits == top, 0.0, -np.inf), logits)
