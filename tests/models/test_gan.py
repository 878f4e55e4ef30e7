"""Generators and discriminators: shapes, parameters by hand, and the properties that training relies on."""

import keras
import numpy as np
import pytest
from keras import ops

from course_lib import backend
from course_lib.models.gan import dcgan_discriminator, dcgan_generator, toy_discriminator, toy_generator
from course_lib.models.spectral import SpectralConv2D, SpectralDense


def numbers(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), dtype=np.float64)


def noise(n, latent_dim, seed=0):
    return np.random.default_rng(seed).standard_normal((n, latent_dim), dtype="float32")


def test_toys_compute_dense_layers():
    """The whole network once more in NumPy."""
    generator, discriminator = toy_generator(3, width=5, depth=2), toy_discriminator(width=4, depth=1, pack=2)
    z = noise(6, 3)
    w = [numbers(weight) for weight in generator.weights]
    hidden = np.maximum(0, np.maximum(0, z @ w[0] + w[1]) @ w[2] + w[3])
    np.testing.assert_allclose(numbers(generator(z)), hidden @ w[4] + w[5], rtol=1e-4, atol=1e-5)
    x = noise(6, 4, seed=1)
    w = [numbers(weight) for weight in discriminator.weights]
    hidden = x @ w[0] + w[1]
    logits = np.where(hidden > 0, hidden, 0.2 * hidden) @ w[2] + w[3]
    np.testing.assert_allclose(numbers(discriminator(x)), logits, rtol=1e-4, atol=1e-5)
    assert numbers(discriminator(x)).min() < 0  # logits, not probabilities


@pytest.mark.parametrize(
    ("shape", "small", "channels"),
    [((28, 28, 1), 7, [64, 32]), ((32, 32, 3), 4, [128, 64, 32]), ((24, 48, 2), 6, [64, 32])],
)
def test_generators_double_a_small_image(shape, small, channels):
    model = dcgan_generator(shape, latent_dim=10)
    wide = small * shape[1] // shape[0]
    assert tuple(model.get_layer("image0").output.shape) == (None, small, wide, channels[0])
    parameters = (10 * small * wide * channels[0]) + 4 * channels[0]
    for before, after in zip(channels[:-1], channels[1:], strict=True):
        parameters += 16 * before * after + 4 * after
    parameters += 16 * channels[-1] * shape[-1] + shape[-1]
    assert model.count_params() == parameters
    images = numbers(model(noise(3, 10)))
    assert images.shape == (3, *shape) and np.abs(images).max() <= 1 and images.min() < 0 < images.max()
    assert numbers(dcgan_generator(shape, 10, 4, activation="sigmoid")(noise(3, 10))).min() >= 0


def test_no_checkerboard_is_built_in():
    """With all weights equal a constant stays constant inside: the stride divides the kernel."""
    model = dcgan_generator((28, 28, 1), latent_dim=2, width=2, normalization=None, activation=None)
    for weight in model.weights:
        weight.assign(np.full(weight.shape, 0.1 if len(weight.shape) > 1 else 0.0))
    inside = numbers(model(np.ones((1, 2), "float32")))[0, 4:-4, 4:-4, 0]
    assert inside.min() > 0
    np.testing.assert_allclose(inside, inside[0, 0], rtol=1e-5)
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2DTranspose):
            assert layer.kernel_size[0] % layer.strides[0] == 0


@pytest.mark.parametrize("spectral", [False, True])
@pytest.mark.parametrize("pack", [1, 2])
def test_discriminators_give_one_logit(spectral, pack):
    model = dcgan_discriminator((28, 28, 1), width=8, spectral=spectral, pack=pack)
    assert model.input_shape == (None, 28, 28, pack) and model.output_shape == (None, 1)
    extra = (8 + 16 + 1) if spectral else 0  # one vector u a layer
    assert model.count_params() == (16 * pack * 8 + 8) + (16 * 8 * 16 + 16) + (7 * 7 * 16 + 1) + extra
    weighted = [layer for layer in model.layers if layer.weights]
    assert all(isinstance(layer, (SpectralConv2D, SpectralDense)) for layer in weighted) == spectral
    scores = numbers(model(noise(40, 28 * 28 * pack).reshape(40, 28, 28, pack) * 5))
    assert scores.min() < 0 or scores.max() > 1


def test_only_batch_normalization_makes_a_score_depend_on_the_other_images():
    x = noise(4, 28 * 28).reshape(4, 28, 28, 1)
    other = x.copy()
    other[1:] *= 3
    for normalization in (None, "group", "layer", "batch"):
        backend.set_seed(1)
        model = dcgan_discriminator((28, 28, 1), width=4, normalization=normalization)
        first, second = (numbers(model(batch, training=True))[0, 0] for batch in (x, other))
        assert (abs(first - second) > 1e-3) == (normalization == "batch"), normalization


def test_layer_normalization_is_over_pixels_and_channels():
    model = dcgan_discriminator((32, 32, 3), width=4, normalization="layer")
    inside = keras.Model(model.input, model.get_layer("norm1").output)
    values = numbers(inside(noise(2, 32 * 32 * 3).reshape(2, 32, 32, 3)))
    np.testing.assert_allclose(values.mean(axis=(1, 2, 3)), 0, atol=1e-3)
    np.testing.assert_allclose(values.std(axis=(1, 2, 3)), 1, atol=0.05)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: dcgan_generator((30, 30, 1)), "4 to 7 pixels doubled.*30"),
        (lambda: dcgan_discriminator((6, 6, 1)), "4 to 7 pixels doubled.*6"),
        (lambda: dcgan_generator((28, 28)), r"\(height, width, channels\), each at least 1, got \(28, 28\)"),
        (
            lambda: dcgan_generator(normalization="spectral"),
            "normalization must be one of None, 'batch', 'group', 'layer', got 'spectral'",
        ),
        (lambda: dcgan_discriminator(normalization="instance"), "normalization.*'instance'"),
    ],
)
def test_errors_name_the_argument(wrong, words):
    with pytest.raises(ValueError, match=words):
        wrong()
