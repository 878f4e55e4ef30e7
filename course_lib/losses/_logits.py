"""From logits to probabilities and their logarithms, for logits of any size and infinite ones."""

import numpy as np
from keras import ops


def probabilities(logits):
    """A sigmoid for one channel, a softmax over the last axis for several, (N, ..., C)."""
    return ops.sigmoid(logits) if logits.shape[-1] == 1 else ops.softmax(_without_infinite_top(logits), axis=-1)


def log_probabilities(logits):
    """Logarithms of the probabilities of all classes, (N, ..., max(C, 2)), exact for logits of any size."""
    if logits.shape[-1] == 1:
        return ops.concatenate([ops.log_sigmoid(-logits), ops.log_sigmoid(logits)], axis=-1)
    return ops.log_softmax(_without_infinite_top(logits), axis=-1)


def expected(target, log_p):
    """Sum of target times log-probability, (N, ..., 1): 0 times the -infinity of an impossible class is 0."""
    return ops.sum(target * ops.where(target == 0, 0.0, log_p), axis=-1, keepdims=True)


def turn_down(values, factor):
    """values * factor, with a gradient that stays finite where values do not.

    Where the loss of a pixel is beyond all bounds, its factor no longer changes; but infinity times 0 would be NaN.
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
