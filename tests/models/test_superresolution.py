"""Sub-pixel convolution: the order of channels, the transposed convolution that it is, and a network that learns."""

import keras
import numpy as np
import pytest
from keras import ops

from course_lib.models.superresolution import SubPixel, espcn


def numbers(tensor):
    return np.asarray(ops.convert_to_numpy(tensor))


@pytest.mark.parametrize(("scale", "channels"), [(2, 1), (2, 3), (3, 2), (1, 4)])
def test_every_channel_goes_to_its_pixel(scale, channels):
    x = np.random.default_rng(0).normal(size=(2, 3, 4, scale**2 * channels)).astype("float32")
    expected = np.empty((2, 3 * scale, 4 * scale, channels), "float32")
    for n, i, j, a, b, c in np.ndindex(2, 3, 4, scale, scale, channels):
        expected[n, scale * i + a, scale * j + b, c] = x[n, i, j, (a * scale + b) * channels + c]
    layer = SubPixel(scale)
    np.testing.assert_array_equal(numbers(layer(x)), expected)
    assert layer.compute_output_shape(x.shape) == expected.shape
    assert layer.compute_output_shape((None, None, 4, x.shape[-1])) == (None, None, 4 * scale, channels)


def test_pytorch_orders_channels_otherwise():
    """PixelShuffle takes channel c r² + a r + b: the same for one channel, another image for two."""
    x = np.arange(8.0).reshape(1, 1, 1, 8)
    theirs = x.reshape(2, 2, 2).transpose(1, 2, 0)[None]  # (c, a, b) -> (a, b, c)
    ours = numbers(SubPixel(2)(x))
    assert not np.array_equal(ours, theirs)
    order = np.arange(8).reshape(2, 2, 2).transpose(1, 2, 0).ravel()  # the channel of theirs that ours wants
    np.testing.assert_array_equal(numbers(SubPixel(2)(x[..., order])), theirs)


def test_it_is_a_transposed_convolution():
    """Kernel (k, k, C_in, r² C) on the small image, then pixels = one kernel (r k, r k, C, C_in) with stride r."""
    rng, r, k, c_in, c_out = np.random.default_rng(1), 2, 3, 2, 3
    kernel = rng.normal(size=(k, k, c_in, r * r * c_out)).astype("float32")
    x = rng.normal(size=(1, 6, 5, c_in)).astype("float32")
    small = ops.conv(ops.convert_to_tensor(x), ops.convert_to_tensor(kernel), padding="same")
    # pixel r i + a hears x[i + u - 1] by kernel[u, :, :, a]: in a transposed convolution that is tap r (2 - u) + a
    blocks = kernel.reshape(k, k, c_in, r, r, c_out)[::-1, ::-1]
    woven = blocks.transpose(0, 3, 1, 4, 5, 2).reshape(r * k, r * k, c_out, c_in)
    full = ops.conv_transpose(ops.convert_to_tensor(x), ops.convert_to_tensor(woven), strides=r, padding="valid")
    cut = numbers(full)[:, r : r + 6 * r, r : r + 5 * r]  # "same" keeps the middle
    np.testing.assert_allclose(numbers(SubPixel(r)(small)), cut, atol=3e-6)


def test_the_network_begins_near_repeated_pixels_and_learns():
    keras.utils.set_random_seed(0)
    model = espcn()
    assert model.count_params() == 6660
    rng = np.random.default_rng(2)
    places = np.add.outer(np.arange(32), 1.7 * np.arange(32))
    large = np.stack([np.sin(places / 3 + phase) for phase in rng.uniform(0, 6, 16)])[..., None].astype("float32")
    small = large.reshape(16, 16, 2, 16, 2, 1).mean(axis=(2, 4))
    repeated = np.kron(small, np.ones((1, 2, 2, 1)))
    zeroed = [
        np.zeros_like(w) if "missing" in v.path else w for v, w in zip(model.weights, model.get_weights(), strict=True)
    ]
    model.set_weights(zeroed)
    np.testing.assert_allclose(numbers(model(small)), repeated, atol=1e-6)
    model.compile(keras.optimizers.Adam(3e-3), "mse", jit_compile=False)
    model.fit(small[:12], large[:12], epochs=30, batch_size=4, verbose=0)
    assert np.mean((numbers(model(small[12:])) - large[12:]) ** 2) < 0.3 * np.mean((repeated - large)[12:] ** 2)
    assert model(np.zeros((1, 5, 7, 1), "float32")).shape == (1, 10, 14, 1)
    assert espcn(3, 4, 2)(np.zeros((1, 5, 7, 2), "float32")).shape == (1, 15, 21, 2)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: SubPixel(0), ValueError, "scale must be at least 1"),
        (lambda: SubPixel(2)(np.zeros((1, 2, 2, 6), "float32")), ValueError, "multiple of scale² = 4, got 6"),
        (lambda: espcn(1), ValueError, "scale must be at least 2"),
        (lambda: espcn(width=0), ValueError, "width must be at least 1"),
    ],
)
def test_errors_name_the_argument(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_it_is_made_again_from_its_config():
    assert SubPixel.from_config(SubPixel(3).get_config()).scale == 3
