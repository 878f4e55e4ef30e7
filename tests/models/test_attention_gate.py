"""A gate is its formula, between 0 and 1; open gates leave a U-Net; the maps that are shown are those that act."""

import keras
import numpy as np
import pytest

from course_lib.models.attention_gate import attention_unet, gate, gate_maps
from course_lib.models.unet import unet

numpy = keras.ops.convert_to_numpy


def noise(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def test_a_gate_is_its_formula():
    kept, below = keras.Input((5, 7, 4)), keras.Input((5, 7, 3))
    model = keras.Model([kept, below], gate(kept, below, "gate"))
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(size=w.shape) for w in model.weights])
    x, g = noise(2, 5, 7, 4), noise(2, 5, 7, 3, seed=1)
    w = {weight.path: numpy(weight).astype(float) for weight in model.weights}
    mixed = x @ w["gate_kept/kernel"][0, 0] + g @ w["gate_below/kernel"][0, 0] + w["gate_below/bias"]
    alpha = 1 / (1 + np.exp(-(np.maximum(mixed, 0) @ w["gate/kernel"][0, 0] + w["gate/bias"])))
    assert alpha.shape == (2, 5, 7, 1) and 0 < alpha.min() < 0.4 and 0.6 < alpha.max() < 1
    np.testing.assert_allclose(numpy(model([x, g])), alpha * x, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("width", "depth"), [(8, 3), (3, 2), (1, 1)])
def test_gates_are_all_that_it_has_more_than_a_unet(width, depth):
    gated, plain = attention_unet(4, width, depth, channels=3), unet(4, width, depth, channels=3)
    more = 0
    for level in range(depth):
        c = width * 2**level
        inner = max(1, c // 2)
        more += c * inner + c * inner + inner + inner + 1
    assert gated.count_params() - plain.count_params() == more


def test_with_open_gates_it_is_the_unet_of_the_same_weights():
    keras.utils.set_random_seed(0)
    gated, plain, x = attention_unet(2, 4, 2), unet(2, 4, 2), noise(1, 12, 16, 1)
    for layer in plain.layers:
        layer.set_weights(gated.get_layer(layer.name).get_weights())
    assert np.abs(numpy(gated(x)) - numpy(plain(x))).max() > 1e-3
    for level in range(2):
        kernel, bias = gated.get_layer(f"up{level}_gate").get_weights()
        gated.get_layer(f"up{level}_gate").set_weights([0 * kernel, bias + 30])
    np.testing.assert_allclose(numpy(gated(x)), numpy(plain(x)), atol=1e-5)


def test_with_shut_gates_it_is_the_unet_without_bridges():
    keras.utils.set_random_seed(0)
    gated, plain, x = attention_unet(2, 4, 2), unet(2, 4, 2, skips=False), noise(1, 12, 16, 1)
    for level in range(2):
        kernel, bias = gated.get_layer(f"up{level}_gate").get_weights()
        gated.get_layer(f"up{level}_gate").set_weights([0 * kernel, bias - 90])
    for layer in plain.layers:
        weights = gated.get_layer(layer.name).get_weights()
        if layer.name.startswith("up") and layer.name.endswith("conv_a"):  # the bridge's channels come first
            weights = [weights[0][:, :, -plain.get_layer(layer.name).get_weights()[0].shape[2] :]]
        layer.set_weights(weights)
    np.testing.assert_allclose(numpy(gated(x)), numpy(plain(x)), atol=1e-5)


def test_the_maps_are_between_0_and_1_and_their_sizes_halve():
    model = attention_unet(2, 4, 3)
    maps = gate_maps(model).predict(noise(2, 13, 30, 1), verbose=0)
    assert [m.shape for m in maps] == [(2, 16, 32, 1), (2, 8, 16, 1), (2, 4, 8, 1)]
    assert all((0 < m).all() and (m < 1).all() for m in maps)


def test_a_model_without_gates_is_named():
    with pytest.raises(ValueError, match="must be made by attention_unet, got 'unet', which has no gates"):
        gate_maps(unet(2, 2, 1))
    with pytest.raises(ValueError, match="depth must be at least 1, got 0"):
        attention_unet(2, depth=0)
    with pytest.raises(ValueError, match="upsampling must be one of 'transposed'"):
        attention_unet(2, upsampling="cubic")
