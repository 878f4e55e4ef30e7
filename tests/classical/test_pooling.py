"""Pooling against loops, scikit-image and Keras; its gradient against central differences and Keras, ties included."""

import numpy as np
import pytest
from skimage.measure import block_reduce

from course_lib.classical import conv2d, pooling

SHAPES = [((1, 4, 4, 1), 2), ((2, 6, 4, 3), 2), ((1, 7, 5, 2), 2), ((2, 9, 10, 1), 3), ((1, 3, 3, 2), 1)]
PAIRS = {
    "max": (pooling.max_pool2d, pooling.max_pool2d_input_grad, np.max),
    "average": (pooling.average_pool2d, pooling.average_pool2d_input_grad, np.mean),
}


def images(shape, seed=0):
    """Different numbers everywhere, so that no window has a tie."""
    rng = np.random.default_rng(seed)
    return rng.permutation(np.prod(shape)).reshape(shape) / 7 - 2


@pytest.mark.parametrize("kind", PAIRS)
@pytest.mark.parametrize(("shape", "size"), SHAPES)
def test_pooling_is_what_scikit_image_reduces_blocks_to(kind, shape, size):
    pool, _, f = PAIRS[kind]
    x = images(shape)
    whole = x[:, : shape[1] // size * size, : shape[2] // size * size]
    np.testing.assert_allclose(pool(x, size), block_reduce(whole, (1, size, size, 1), f), rtol=1e-14)


@pytest.mark.parametrize("kind", PAIRS)
@pytest.mark.parametrize(("shape", "size"), SHAPES)
def test_gradient_is_what_central_differences_measure(kind, shape, size):
    pool, gradient, _ = PAIRS[kind]
    x, step = images(shape), 1e-3
    dy = np.random.default_rng(1).normal(size=pool(x, size).shape)
    expected = np.zeros(shape)
    for index in np.ndindex(shape):
        moved = np.zeros(shape)
        moved[index] = step
        expected[index] = ((pool(x + moved, size) - pool(x - moved, size)) * dy).sum() / (2 * step)
    np.testing.assert_allclose(gradient(x, dy, size), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("kind", PAIRS)
@pytest.mark.parametrize(("shape", "size"), SHAPES)
def test_keras_agrees_also_where_there_are_ties(kind, shape, size):
    from keras import ops

    from course_lib import backend

    pool, gradient, _ = PAIRS[kind]
    x = np.random.default_rng(2).integers(0, 3, shape).astype("float32")
    dy = np.random.default_rng(3).normal(size=pool(x, size).shape).astype("float32")
    layer = ops.max_pool if kind == "max" else ops.average_pool
    score = lambda t: ops.sum(layer(t, size, size, "valid") * dy)  # noqa: E731
    np.testing.assert_allclose(ops.convert_to_numpy(layer(x, size, size, "valid")), pool(x, size), rtol=1e-6)
    got = ops.convert_to_numpy(backend.value_and_grad(score)(x)[1])
    np.testing.assert_allclose(gradient(x, dy, size), got, rtol=1e-6, atol=1e-6)


def test_average_pooling_is_a_strided_convolution_with_a_box():
    x = images((2, 8, 6, 1))
    np.testing.assert_allclose(
        pooling.average_pool2d(x), conv2d.conv2d(x, np.full((2, 2, 1, 1), 0.25), stride=2), rtol=1e-13
    )


def test_the_first_of_equal_maxima_gets_everything():
    x = np.array([[3, 3], [3, 1]])[None, ..., None]
    dx = pooling.max_pool2d_input_grad(x, np.full((1, 1, 1, 1), 8.0))
    assert dx[0, :, :, 0].tolist() == [[8, 0], [0, 0]]


def test_refusals_name_the_argument():
    with pytest.raises(ValueError, match="size must be at most the height and the width, 3 and 5, got 4"):
        pooling.max_pool2d(np.zeros((1, 3, 5, 1)), 4)
    with pytest.raises(ValueError, match=r"x must have 4 axes, got shape \(4, 4\)"):
        pooling.average_pool2d(np.zeros((4, 4)))
    with pytest.raises(ValueError, match=r"dy must have the shape of the pooled image, \(1, 2, 2, 1\)"):
        pooling.max_pool2d_input_grad(np.zeros((1, 4, 4, 1)), np.zeros((1, 1, 2, 1)))
