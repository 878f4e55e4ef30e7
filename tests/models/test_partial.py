"""Partial convolution: by loops, what it keeps constant, how holes shrink, and that a hole's content is never read."""

import numpy as np
import pytest
from keras import ops

from course_lib.models.partial import PartialConv2D


def numbers(tensor):
    return np.asarray(ops.convert_to_numpy(tensor))


def case(seed=0, shape=(2, 7, 6), channels=2):
    rng = np.random.default_rng(seed)
    images, known = rng.normal(size=(*shape, channels)), rng.random((*shape, 1)) < 0.4
    known[0, :4, :4] = False
    return images.astype("float32"), known.astype("float32")


def layer_with(kernel, bias, size=3):
    layer = PartialConv2D(kernel.shape[-1], size)
    layer.build((None, None, None, kernel.shape[2]), (None, None, None, 1))
    layer.kernel.assign(kernel)
    layer.bias.assign(bias)
    return layer


def by_loops(images, known, kernel, bias):
    n, height, width, _ = images.shape
    size, filters = kernel.shape[0], kernel.shape[-1]
    half = size // 2
    features, then = np.zeros((n, height, width, filters)), np.zeros((n, height, width, 1))
    for m, i, j in np.ndindex(n, height, width):
        total, count = np.zeros(filters), 0
        for u, v in np.ndindex(size, size):
            y, x = i + u - half, j + v - half
            if 0 <= y < height and 0 <= x < width and known[m, y, x, 0]:
                total += images[m, y, x] @ kernel[u, v]
                count += 1
        if count:
            features[m, i, j], then[m, i, j] = total * size**2 / count + bias, 1
    return features, then


@pytest.mark.parametrize("size", [1, 3, 5])
def test_it_is_the_formula(size):
    images, known = case()
    rng = np.random.default_rng(1)
    kernel, bias = rng.normal(size=(size, size, 2, 3)).astype("float32"), rng.normal(size=3).astype("float32")
    features, then = layer_with(kernel, bias, size)(images, known)
    expected, expected_known = by_loops(images, known, kernel, bias)
    np.testing.assert_allclose(numbers(features), expected, rtol=1e-4, atol=1e-4)
    np.testing.assert_array_equal(numbers(then), expected_known)


def test_a_mean_keeps_constants_beside_holes_and_borders_another_kernel_does_not():
    _, known = case(2)
    constant = np.full((2, 7, 6, 1), 5.0, "float32")
    mean = layer_with(np.full((3, 3, 1, 1), 1 / 9, "float32"), np.zeros(1))
    features, then = (numbers(part) for part in mean(constant, known))
    np.testing.assert_allclose(features[then > 0], 5, rtol=1e-6)
    assert then.min() == 0 and not features[then == 0].any()
    uneven = np.zeros((3, 3, 1, 1), "float32")
    uneven[1, 1] = 1  # the pixel itself: 9 / count times it where it is known, 0 where not
    features, then = (numbers(part) for part in layer_with(uneven, np.zeros(1))(constant, known))
    assert np.ptp(features[then > 0]) > 1


def test_holes_shrink_until_nothing_is_unknown():
    known = np.zeros((1, 9, 9, 1), "float32")
    known[:, :, 0] = 1
    image, layer = np.ones((1, 9, 9, 1), "float32"), PartialConv2D(1)
    columns = []
    for _ in range(8):
        image, known = layer(image, known)
        columns.append(int(numbers(known)[0, 0].sum()))
    assert columns == [2, 3, 4, 5, 6, 7, 8, 9]


def test_what_is_unknown_is_not_read():
    images, known = case(3)
    layer = PartialConv2D(2)
    expected = numbers(layer(images, known)[0])
    images[np.broadcast_to(known == 0, images.shape)] = np.nan
    np.testing.assert_array_equal(numbers(layer(images, known)[0]), expected)


def test_with_everything_known_the_inside_is_a_convolution():
    images, _ = case(4)
    layer = PartialConv2D(3)
    features, _ = layer(images, np.ones((2, 7, 6, 1), "float32"))
    plain = ops.conv(ops.convert_to_tensor(images), layer.kernel, padding="same")
    np.testing.assert_allclose(numbers(features)[:, 1:-1, 1:-1], numbers(plain)[:, 1:-1, 1:-1], rtol=1e-4, atol=1e-5)


def test_shapes_config_and_errors():
    layer = PartialConv2D(4, 5)
    assert layer.compute_output_shape((1, 8, 9, 2), (1, 8, 9, 1)) == ((1, 8, 9, 4), (1, 8, 9, 1))
    again = PartialConv2D.from_config(layer.get_config())
    assert (again.filters, again.kernel_size) == (4, 5)
    with pytest.raises(ValueError, match="filters must be at least 1"):
        PartialConv2D(0)
