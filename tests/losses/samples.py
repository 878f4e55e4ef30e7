"""Labels, logits and the losses by name: what several tests beside this file need."""

import numpy as np
import pytest
from keras import ops

from course_lib import backend, losses


def numbers(tensor):
    """A tensor as a float64 array."""
    return np.asarray(ops.convert_to_numpy(tensor), dtype=np.float64)


def sample(classes, seed=0, shape=(2, 4, 5), scale=1.5):
    """Labels with every class in every image, logits, weights."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, max(classes, 2), shape)
    y.reshape(shape[0], -1)[:, : max(classes, 2)] = np.arange(max(classes, 2))
    return y, rng.normal(scale=scale, size=(*shape, classes)), rng.uniform(0.2, 2, shape)


def boundary_of_labels(y, z, **options):
    """The boundary loss of class ids."""
    return losses.boundary(losses.signed_distance(y, z.shape[-1]), z, **options)


REGIONS = {
    "dice": losses.dice,
    "jaccard": losses.jaccard,
    "tversky": losses.tversky,
    "focal_tversky": losses.focal_tversky,
    "lovasz": losses.lovasz,
    "generalized_dice": losses.generalized_dice,
}
PIXELS = {"cross_entropy": losses.cross_entropy, "focal": losses.focal}
ALL = {**PIXELS, **REGIONS, "dice_cross_entropy": losses.dice_cross_entropy}
each = pytest.mark.parametrize("name", ALL)
each_region = pytest.mark.parametrize("name", REGIONS)


def gradient(loss, y, z, **options):
    """Value and gradient by the logits, as float64 arrays."""
    value, slope = backend.value_and_grad(lambda t: loss(y, t, **options))(ops.convert_to_tensor(z))
    return float(numbers(value)), numbers(slope)
