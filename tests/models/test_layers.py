"""Blocks keep the sizes that arithmetic predicts, shortcuts add what they say, images move as in chapter 01."""

import keras
import numpy as np
import pytest
from keras import ops

from course_lib.classical import arithmetic, warp
from course_lib.models import layers


def network(block, shape=(9, 7, 2)):
    inputs = keras.Input(shape)
    return keras.Model(inputs, block(inputs))


def images(shape=(2, 9, 7, 2), seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


@pytest.mark.parametrize(("kernel_size", "stride"), [(1, 1), (3, 1), (5, 1), (3, 2), (5, 2)])
@pytest.mark.parametrize("n", [8, 7, 5])
def test_a_stride_of_two_gives_the_size_of_pooling(n, kernel_size, stride):
    block = network(lambda x: layers.conv_block(x, 4, kernel_size=kernel_size, stride=stride), (n, n, 2))
    assert block.output_shape == (None, n // stride, n // stride, 4)
    assert block.count_params() == arithmetic.conv_parameters(kernel_size, 2, 4)


def test_a_block_is_relu_of_norm_plus_input():
    x = images()
    block = network(lambda x: layers.conv_block(x, 5, normalization="batch", residual=True, name="a"))
    norm, conv = block.get_layer("a_norm"), block.get_layer("a")
    assert not conv.use_bias
    norm.set_weights([np.linspace(0.5, 2, 5), np.linspace(-1, 1, 5), np.linspace(-0.3, 0.3, 5), np.linspace(1, 3, 5)])
    gamma, beta, mean, variance = norm.get_weights()
    plain = ops.convert_to_numpy(conv(x))
    normed = gamma * (plain - mean) / np.sqrt(variance + norm.epsilon) + beta
    shortcut = np.concatenate([x, np.zeros((*x.shape[:3], 3))], axis=-1)
    expected = np.maximum(normed + shortcut, 0)
    np.testing.assert_allclose(ops.convert_to_numpy(block(x)), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("normalization", ["batch", "group", "layer"])
def test_a_normalization_is_that_of_the_formula(normalization):
    """Mean 0 and variance 1 over a group of numbers, then a scale and a shift, for each channel or for each place."""
    x = images((3, 4, 5, 6))
    model = network(lambda t: layers.normalize(t, normalization, name="norm"), x.shape[1:])
    norm = model.get_layer("norm")
    rng = np.random.default_rng(1)
    gamma, beta = rng.normal(size=(2, *norm.gamma.shape))
    norm.set_weights([gamma, beta, *norm.get_weights()[2:]])
    grouped = x.astype(float)
    if normalization == "group":  # at most 8 groups: here each channel is one
        grouped = grouped.reshape(3, 20, 6, 1)
    axes = {"batch": (0, 1, 2), "group": (1, 3), "layer": (1, 2, 3)}[normalization]
    mean, variance = grouped.mean(axes, keepdims=True), grouped.var(axes, keepdims=True)
    expected = ((grouped - mean) / np.sqrt(variance + norm.epsilon)).reshape(x.shape) * gamma + beta
    np.testing.assert_allclose(ops.convert_to_numpy(model(x, training=True)), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("channels", "groups"), [(16, 8), (12, 6), (7, 7), (11, 1)])
def test_groups_are_at_most_eight_and_divide_the_channels(channels, groups):
    model = network(lambda t: layers.normalize(t, "group", name="norm"), (4, 4, channels))
    assert model.get_layer("norm").groups == groups


def test_no_normalization_is_no_layer():
    x = keras.Input((4, 4, 2))
    assert layers.normalize(x, None) is x


def test_layers_of_a_block_are_named_after_it():
    options = {"stride": 2, "normalization": "batch", "residual": True}
    for name, expected in (
        ("conv1", ["conv1_pad", "conv1", "conv1_norm", "conv1_add", "conv1_relu"]),
        ("down0_{}_a", ["down0_pad_a", "down0_conv_a", "down0_norm_a", "down0_add_a", "down0_relu_a"]),
    ):
        block = network(lambda x, name=name: layers.conv_block(x, 2, name=name, **options), (8, 8, 2))
        assert [layer.name for layer in block.layers if layer.name in expected] == expected
        assert len({layer.name for layer in block.layers} & set(expected)) == 5


@pytest.mark.parametrize("n", [8, 7])
def test_a_strided_shortcut_takes_every_second_pixel(n):
    x = np.abs(images((2, n, n, 2)))
    block = network(lambda x: layers.conv_block(x, 2, stride=2, residual=True, name="a"), (n, n, 2))
    block.get_layer("a").set_weights([np.zeros((3, 3, 2, 2)), np.zeros(2)])
    expected = x[:, 0 : n - n % 2 : 2, 0 : n - n % 2 : 2]
    np.testing.assert_array_equal(ops.convert_to_numpy(block(x)), expected)


def test_the_strided_convolution_looks_where_pooling_looks():
    """Output i is centred on pixel 2i: an impulse there reaches it through the kernel's middle."""
    block = network(lambda x: layers.conv_block(x, 1, stride=2, name="a"), (8, 8, 1))
    kernel = np.zeros((3, 3, 1, 1))
    kernel[1, 1] = 1
    block.get_layer("a").set_weights([kernel, np.zeros(1)])
    x = np.abs(images((1, 8, 8, 1)))
    np.testing.assert_array_equal(ops.convert_to_numpy(block(x)), x[:, ::2, ::2])


@pytest.mark.parametrize("dilation", [1, 2, 3])
def test_the_taps_of_a_dilated_convolution_lie_apart(dilation):
    """An impulse comes out once for every tap, the kernel turned round, the dilation apart."""
    block = network(lambda x: layers.conv_block(x, 1, dilation=dilation, name="a"), (9, 9, 1))
    kernel = np.arange(1, 10).reshape(3, 3)
    block.get_layer("a").set_weights([kernel[..., None, None], np.zeros(1)])
    x = np.zeros((1, 9, 9, 1), "float32")
    x[0, 4, 4] = 1
    expected = np.zeros((9, 9))
    expected[4 - dilation : 5 + dilation : dilation, 4 - dilation : 5 + dilation : dilation] = kernel[::-1, ::-1]
    np.testing.assert_allclose(ops.convert_to_numpy(block(x))[0, ..., 0], expected, atol=1e-5)


@pytest.mark.parametrize(("pooling", "f"), [("max", np.max), ("average", np.mean)])
def test_halving_drops_the_odd_row(pooling, f):
    x = images((1, 7, 9, 3))
    squares = x[:, :6, :8].reshape(1, 3, 2, 4, 2, 3)
    result = network(lambda t: layers.halve(t, pooling), (7, 9, 3))(x)
    np.testing.assert_allclose(ops.convert_to_numpy(result), f(squares, axis=(2, 4)), rtol=1e-5, atol=1e-6)


def test_refusals_name_the_argument():
    x = keras.Input((8, 8, 4))
    with pytest.raises(ValueError, match="kernel_size must be odd, got 4"):
        layers.conv_block(x, 8, kernel_size=4)
    for kernel_size, stride in ((3, 3), (1, 2), (3, 0)):
        with pytest.raises(ValueError, match=f"stride must be 1, or 2 .* got {stride} with {kernel_size}"):
            layers.conv_block(x, 8, kernel_size=kernel_size, stride=stride)
    with pytest.raises(ValueError, match="dilation must be 1 with a stride of 2, got 3"):
        layers.conv_block(x, 8, stride=2, dilation=3)
    with pytest.raises(ValueError, match="dilation must be at least 1, got 0"):
        layers.conv_block(x, 8, dilation=0)
    with pytest.raises(ValueError, match="at least the 4 channels that come in, got filters=3"):
        layers.conv_block(x, 3, residual=True)
    with pytest.raises(
        ValueError, match="normalization must be one of None, 'batch', 'group', 'layer', got 'instance'"
    ):
        layers.conv_block(x, 8, normalization="instance")
    with pytest.raises(ValueError, match="normalization must be one of None, 'batch', 'group', got 'layer'"):
        layers.conv_block(keras.Input((None, None, 4)), 8, normalization="layer")
    with pytest.raises(ValueError, match="pooling must be one of 'max', 'average', got 'sum'"):
        layers.halve(x, "sum")
    for name in ("shift", "rotation", "zoom"):
        with pytest.raises(ValueError, match=f"{name} must be .*at least 0.*, got -1"):
            layers.RandomAffine(**{name: -1})
    with pytest.raises(ValueError, match="zoom must be at least 0 and below 1, got 1"):
        layers.RandomAffine(zoom=1)


# --- augmentation -----------------------------------------------------------------------------------------------------


def moved(x, dx=0.0, dy=0.0, angle=0.0, scale=1.0):
    amounts = [np.full(len(x), value, "float32") for value in (dx, dy, angle, scale)]
    return ops.convert_to_numpy(layers.affine_images(x, *amounts))


def test_a_shift_moves_right_and_down():
    x = np.zeros((1, 7, 9, 1), "float32")
    x[0, 2, 3] = 1
    assert np.argwhere(moved(x, dx=2)[0, :, :, 0]).tolist() == [[2, 5]]
    assert np.argwhere(moved(x, dy=1)[0, :, :, 0]).tolist() == [[3, 3]]


def test_a_quarter_turn_is_clockwise():
    x = images((1, 7, 7, 1))
    np.testing.assert_allclose(moved(x, angle=np.pi / 2), np.rot90(x, -1, axes=(1, 2)), atol=1e-4)


@pytest.mark.parametrize("channel", [0, 1])
def test_it_warps_as_chapter_01_does(channel):
    x = images((1, 12, 10, 2))
    dx, dy, angle, scale = 1.3, -0.7, 0.3, 1.2
    middle = ((10 - 1) / 2, (12 - 1) / 2)
    matrix = warp.translation(dx, dy) @ warp.rotation(angle, middle) @ warp.scaling(scale, scale, middle)
    expected = warp.warp(x[0, :, :, channel].astype(float), matrix, (12, 10), order="bilinear")
    result = moved(x, dx, dy, angle, scale)[0, :, :, channel]
    np.testing.assert_allclose(result[2:-2, 2:-2], expected[2:-2, 2:-2], atol=1e-4)


def test_augmentation_works_in_training_only_and_differs_between_images():
    layer = layers.RandomAffine(shift=2, seed=1)
    x = np.repeat(np.abs(images((1, 12, 12, 1))), 4, axis=0)
    np.testing.assert_array_equal(ops.convert_to_numpy(layer(x)), x)
    changed = ops.convert_to_numpy(layer(x, training=True))
    assert changed.shape == x.shape
    assert all(np.abs(changed[i] - changed[j]).max() > 0.1 for i in range(4) for j in range(i))
    again = ops.convert_to_numpy(layers.RandomAffine(shift=2, seed=1)(x, training=True))
    np.testing.assert_allclose(again, changed, atol=1e-6)


def test_amounts_stay_within_their_limits():
    x = np.zeros((400, 21, 21, 1), "float32")
    x[:, 10, 10] = 1
    layer = layers.RandomAffine(shift=3, rotation=0, zoom=0, seed=0)
    changed = ops.convert_to_numpy(layer(x, training=True))[..., 0]
    rows, columns = np.mgrid[:21, :21]
    for axis in (rows, columns):
        moves = (changed * axis).sum((1, 2)) / changed.sum((1, 2)) - 10
        assert np.abs(moves).max() < 3.001
        assert np.abs(moves).max() > 2.7
        np.testing.assert_allclose(moves.std(), 3 / np.sqrt(3), rtol=0.1)
