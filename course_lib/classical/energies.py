"""Energies of labellings: what a labelling costs, and how to make it cheap, by single changes or by a minimum cut.

A labelling x of an image costs

    E(x) = sum over pixels of unary[pixel, x] + sum over neighbours of weight * [their labels differ]

where neighbours share an edge: a Markov random field with Potts's model. `icm` changes one label at a time and stops in
a local minimum. For two labels `cuts.graph_cut` finds a minimum of all labellings.

References
----------
J. Besag, On the statistical analysis of dirty pictures, 1986. doi:10.1111/j.2517-6161.1986.tb01412.x
C. Rother, V. Kolmogorov, A. Blake, GrabCut, 2004. doi:10.1145/1015706.1015720
"""

import numpy as np

from course_lib._labels import label_array
from course_lib._validate import float_array, non_negative_array, real_number, whole_number


def unary_costs(unary, labels=None):
    """Return ``unary`` as float64, (H, W, k), finite; k must be ``labels`` where that is given."""
    unary = float_array("unary", unary, ndim=3)
    if labels is not None and unary.shape[2] != labels:
        raise ValueError(f"unary must hold the costs of {labels} labels on its last axis, got shape {unary.shape}")
    return unary


def _labels(labels, unary):
    labels = label_array("labels", labels)
    if labels.shape != unary.shape[:2]:
        raise ValueError(f"labels must have the shape {unary.shape[:2]}, as unary has, got {labels.shape}")
    labels = labels.astype(np.int64)
    if labels.min() < 0 or labels.max() >= unary.shape[2]:
        raise ValueError(f"labels must be from 0 to {unary.shape[2] - 1}, got {labels.min()} to {labels.max()}")
    return labels


def pair_weights(smoothness, shape):
    """The weights of the pairs (pixel, the one below) and (pixel, the one to the right)."""
    shapes = [(shape[0] - 1, shape[1]), (shape[0], shape[1] - 1)]
    if not isinstance(smoothness, (tuple, list)):
        return [np.full(s, real_number("smoothness", smoothness, 0)) for s in shapes]
    if len(smoothness) != 2 or [np.shape(part) for part in smoothness] != shapes:
        raise ValueError(f"smoothness must be a number, or two arrays of the shapes {shapes[0]} and {shapes[1]}")
    return [non_negative_array("smoothness", p) if np.size(p) else np.zeros(np.shape(p)) for p in smoothness]


def contrast_weights(image, smoothness):
    """Weights that let a border pass where the image changes: smoothness exp(-‖ΔI‖² / 2 mean ‖ΔI‖²).

    Parameters
    ----------
    image : array_like, (H, W) or (H, W, channels)
    smoothness : float, at least 0
        The weight between two equal pixels.

    Returns
    -------
    down, right : ndarrays of float64, shapes (H - 1, W) and (H, W - 1)
        Weights of the pairs of a pixel with the one below and with the one to the right. The mean is over both.

    Raises
    ------
    TypeError, ValueError
        If the image has other axes or is not finite, or smoothness is below 0.

    Examples
    --------
    >>> down, right = contrast_weights([[0, 0, 1]], 2.0)
    >>> right.round(3)
    array([[2.   , 0.736]])
    """
    image = float_array("image", image, ndim=(2, 3))
    smoothness = real_number("smoothness", smoothness, 0)
    image = image.reshape(*image.shape[:2], -1)
    squared = [np.sum(np.diff(image, axis=axis) ** 2, axis=2) for axis in (0, 1)]
    pairs = sum(part.size for part in squared)
    mean = sum(part.sum() for part in squared) / max(pairs, 1)
    return tuple(smoothness * np.exp(-part / (2 * mean if mean > 0 else 1)) for part in squared)


def potts_energy(labels, unary, smoothness):
    """What a labelling costs: its unary costs, and ``smoothness`` for every pair of neighbours that differ.

    Parameters
    ----------
    labels : array_like of whole numbers or bool, (H, W), from 0 to k - 1
    unary : array_like, (H, W, k)
        The cost of each label in each pixel.
    smoothness : float, at least 0, or a pair of arrays
        The weight of a pair of neighbours, or the weights (down, right), shapes (H - 1, W) and (H, W - 1).

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        If shapes do not fit, a label is none, or a cost is not finite.

    Examples
    --------
    >>> potts_energy([[0, 1, 1]], [[[1, 9], [9, 2], [9, 3]]], smoothness=10)
    16.0
    """
    unary = unary_costs(unary)
    labels = _labels(labels, unary)
    down, right = pair_weights(smoothness, labels.shape)
    paid = np.take_along_axis(unary, labels[..., None], axis=2).sum()
    return float(paid + down[labels[1:] != labels[:-1]].sum() + right[labels[:, 1:] != labels[:, :-1]].sum())


def local_energies(labels, unary, smoothness):
    """What each label would cost in each pixel, if its neighbours keep theirs.

    Parameters
    ----------
    labels : array_like of whole numbers or bool, (H, W), from 0 to k - 1
    unary : array_like, (H, W, k)
    smoothness : float, at least 0, or a pair of arrays
        The weight of a pair of neighbours, or the weights (down, right), shapes (H - 1, W) and (H, W - 1).

    Returns
    -------
    ndarray of float64, shape (H, W, k)

    Raises
    ------
    TypeError, ValueError
        If shapes do not fit, a label is none, or a cost is not finite.

    Examples
    --------
    >>> local_energies([[0, 0, 1]], np.zeros((1, 3, 2)), 1)[0, 1]
    array([1., 1.])
    """
    unary = unary_costs(unary)
    labels = _labels(labels, unary)
    down, right = pair_weights(smoothness, labels.shape)
    differs = labels[..., None] != np.arange(unary.shape[2])
    cost = unary.copy()
    cost[1:] += down[..., None] * differs[:-1]
    cost[:-1] += down[..., None] * differs[1:]
    cost[:, 1:] += right[..., None] * differs[:, :-1]
    cost[:, :-1] += right[..., None] * differs[:, 1:]
    return cost


def icm(unary, smoothness, labels=None, sweeps=100):
    """Iterated conditional modes: give pixels the label that is cheapest beside their neighbours, until none changes.

    The pixels of one colour of a chessboard have no neighbours among themselves. They may change at once, then those
    of the other colour: so the energy never rises. If all pixels changed at once, it could.

    Parameters
    ----------
    unary : array_like, (H, W, k)
        The cost of each label in each pixel.
    smoothness : float, at least 0, or a pair of arrays
        The weight of a pair of neighbours, or the weights (down, right), shapes (H - 1, W) and (H, W - 1).
    labels : array_like of whole numbers, (H, W), optional
        Where to start; by default with the smallest unary cost of each pixel.
    sweeps : int, at least 1
        At most.

    Returns
    -------
    ndarray of int64, shape (H, W)
        After the last sweep; a local minimum if fewer than ``sweeps`` were needed. A tie changes nothing.

    Raises
    ------
    TypeError, ValueError
        If shapes do not fit, a label is none, a cost is not finite, or sweeps is no whole number from 1.

    Examples
    --------
    >>> icm([[[0, 3], [1, 0], [0, 3]]], smoothness=1)
    array([[0, 0, 0]])
    """
    unary = unary_costs(unary)
    labels = unary.argmin(axis=2) if labels is None else _labels(labels, unary)
    pair_weights(smoothness, labels.shape)
    white = np.indices(labels.shape).sum(axis=0) % 2 == 0
    for _ in range(whole_number("sweeps", sweeps, 1)):
        before = labels
        for color in (white, ~white):
            cost = local_energies(labels, unary, smoothness)
            now = np.take_along_axis(cost, labels[..., None], axis=2)[..., 0]
            labels = np.where(color & (cost.min(axis=2) < now), cost.argmin(axis=2), labels)
        if (labels == before).all():
            break
    return labels
