"""AdaIN and SPADE: exact moments, what they leave alone, and why a mask must be heard after a normalization."""

import keras
import numpy as np
import pytest
from keras import ops

from course_lib.models.modulation import SpatialModulation, adaptive_instance_norm, instance_norm

ON_JAX = keras.backend.backend() == "jax"
EXACT = {"rtol": 1e-4, "atol": 1e-5} if ON_JAX else {"rtol": 0, "atol": 4e-15}


def numbers(tensor):
    return np.asarray(ops.convert_to_numpy(tensor))


def images(seed, shape=(2, 6, 7, 3)):
    rng = np.random.default_rng(seed)
    mixing = rng.normal(size=(shape[-1], shape[-1]))
    return rng.normal(size=shape) @ mixing + rng.normal(size=shape[-1])


def test_mean_and_deviation_are_those_of_the_style():
    content, style = images(0), images(1, (2, 9, 4, 3))
    result = numbers(adaptive_instance_norm(content, style))
    np.testing.assert_allclose(result.mean(axis=(1, 2)), style.mean(axis=(1, 2)), **EXACT)
    np.testing.assert_allclose(result.std(axis=(1, 2)), style.std(axis=(1, 2)), **EXACT)


def test_twice_is_once():
    content, style = images(2), images(3)
    once = numbers(adaptive_instance_norm(content, style))
    np.testing.assert_allclose(numbers(adaptive_instance_norm(once, style)), once, **EXACT)
    np.testing.assert_allclose(numbers(adaptive_instance_norm(style, style)), style, **EXACT)


def whitened_and_colored(content, style):
    """The linear map that takes over the covariance as well, for one image (H, W, C): the oracle that AdaIN is not."""
    flat, wanted = content.reshape(-1, content.shape[-1]), style.reshape(-1, style.shape[-1])

    def root(covariance, power):
        values, vectors = np.linalg.eigh(covariance)
        return vectors * values**power @ vectors.T

    of = [np.cov(x.T, bias=True) for x in (flat, wanted)]
    return (flat - flat.mean(axis=0)) @ root(of[0], -0.5) @ root(of[1], 0.5) + wanted.mean(axis=0)


def test_covariance_is_not_taken_over():
    content, style = images(4, (1, 8, 8, 3)), images(5, (1, 8, 8, 3))
    wanted = np.cov(style.reshape(-1, 3).T, bias=True)
    ours = np.cov(numbers(adaptive_instance_norm(content, style)).reshape(-1, 3).T, bias=True)
    np.testing.assert_allclose(np.diag(ours), np.diag(wanted), rtol=1e-4 if ON_JAX else 1e-12)
    correlation = [c / np.sqrt(np.outer(np.diag(c), np.diag(c))) for c in (ours, np.cov(content.reshape(-1, 3).T))]
    np.testing.assert_allclose(correlation[0], correlation[1], atol=1e-4 if ON_JAX else 1e-12)  # still the content's
    assert np.abs(ours - wanted).max() > 0.1
    best = np.cov(whitened_and_colored(content[0], style[0]).T, bias=True)
    np.testing.assert_allclose(best, wanted, rtol=0, atol=1e-13)


def test_a_flat_channel_becomes_the_mean_of_the_style():
    content, style = images(6), images(7)
    content[0, ..., 1] = 4.0
    result = numbers(adaptive_instance_norm(content, style))
    assert np.isfinite(result).all()
    np.testing.assert_allclose(result[0, ..., 1], style[0, ..., 1].mean(), **EXACT)


def test_each_image_by_itself():
    content, style = images(8), images(9)
    alone = numbers(adaptive_instance_norm(content[:1], style[:1]))
    np.testing.assert_allclose(numbers(adaptive_instance_norm(content, style))[:1], alone, **EXACT)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_uniform_mask_is_forgotten(value):
    """A convolution of a mask that is the same everywhere is the same everywhere (away from the border): normalized,
    0, whatever the mask says. With batch normalization the same, of one image of 1 × 1."""
    kernel = ops.convert_to_tensor(np.random.default_rng(0).normal(size=(3, 3, 1, 4)).astype("float32"))
    of_mask = ops.conv(ops.full((1, 10, 10, 1), value, dtype="float32"), kernel, padding="valid")
    assert np.abs(numbers(of_mask)).max() == pytest.approx(
        value * np.abs(numbers(kernel).sum(axis=(0, 1))).max(), rel=1e-5
    )
    assert np.abs(numbers(instance_norm(of_mask))).max() < 1e-3
    batch_norm = keras.layers.BatchNormalization(epsilon=1e-5)
    assert np.abs(numbers(batch_norm(of_mask[:, :1, :1], training=True))).max() == 0


def test_spatial_modulation_hears_a_uniform_mask():
    layer = SpatialModulation(hidden=5)
    features = np.random.default_rng(1).normal(size=(1, 8, 8, 4)).astype("float32")
    masks = [np.full((1, 8, 8, 2), value, "float32") for value in (0, 1)]
    zero, one = (numbers(layer(features, mask)) for mask in masks)
    assert np.abs(zero - one).max() > 1e-2
    np.testing.assert_allclose(zero, numbers(instance_norm(features)), atol=1e-6)  # without biases, 0 says nothing


def test_spatial_modulation_is_the_formula():
    layer = SpatialModulation(hidden=3, kernel_size=1)
    rng = np.random.default_rng(2)
    features, mask = rng.normal(size=(2, 4, 5, 2)).astype("float32"), rng.random((2, 4, 5, 1)).astype("float32")
    layer(features, mask)
    for weight in layer.weights:
        weight.assign(rng.normal(size=weight.shape))
    by_name = {weight.path.split("/", 1)[1]: numbers(weight) for weight in layer.weights}
    hidden = np.maximum(mask @ by_name["read/kernel"][0, 0] + by_name["read/bias"], 0)
    gamma, beta = (hidden @ by_name[f"{name}/kernel"][0, 0] + by_name[f"{name}/bias"] for name in ("gamma", "beta"))
    mean, variance = features.mean(axis=(1, 2), keepdims=True), features.var(axis=(1, 2), keepdims=True)
    expected = (1 + gamma) * (features - mean) / np.sqrt(variance + 1e-5) + beta
    np.testing.assert_allclose(numbers(layer(features, mask)), expected, rtol=1e-4, atol=1e-5)
    again = SpatialModulation.from_config(layer.get_config())
    assert (again.hidden, again.kernel_size) == (3, 1)
    assert layer.compute_output_shape((2, 4, 5, 2), (2, 4, 5, 1)) == (2, 4, 5, 2)


@pytest.mark.parametrize(
    ("content", "style", "error", "words"),
    [
        (np.zeros((1, 4, 4, 2)), np.zeros((1, 4, 4, 3)), ValueError, "as many images and channels"),
        (np.zeros((4, 4, 2)), np.zeros((1, 4, 4, 2)), ValueError, r"content must be \(N, H, W, C\)"),
        (np.zeros((1, 4, 4, 2)), np.zeros((1, 4, 4, 2), int), TypeError, "style must hold floating-point"),
    ],
)
def test_errors_name_the_argument(content, style, error, words):
    with pytest.raises(error, match=words):
        adaptive_instance_norm(content, style)
