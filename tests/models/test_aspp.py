"""Dilation sees as far as its rates add up to, with and without gaps; a pyramid is its branches side by side."""

import keras
import numpy as np
import pytest
from scipy.ndimage import correlate

from course_lib.models.aspp import deeplab, dilated_network, pyramid

numpy = keras.ops.convert_to_numpy


def noise(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def conv(k, a, b, norm=True):
    """Numbers to train of a convolution and its normalization, or its bias."""
    return k * k * a * b + (2 * b if norm else b)


def trainable(model):
    return sum(int(np.prod(v.shape)) for v in model.trainable_variables)


@pytest.mark.parametrize(("width", "rates", "channels"), [(16, (1, 2, 4, 8), 3), (3, (2,), 1)])
def test_parameters_of_the_dilated_network_are_counted_by_hand(width, rates, channels):
    wide = 2 * width
    expected = conv(3, channels, width) + conv(3, width, wide) + (len(rates) - 1) * conv(3, wide, wide)
    assert trainable(dilated_network(5, width, rates, channels=channels)) == expected + conv(1, wide, 5, norm=False)


@pytest.mark.parametrize(("width", "rates", "channels"), [(12, (2, 4, 6), 3), (4, (1,), 1)])
def test_parameters_of_the_small_deeplab_are_counted_by_hand(width, rates, channels):
    fine, coarse = 2 * width, 4 * width
    down = conv(3, channels, width) + conv(3, width, fine) + conv(3, fine, fine)
    down += conv(3, fine, coarse) + conv(3, coarse, coarse)
    branches = conv(1, coarse, 32) + len(rates) * conv(3, coarse, 32) + conv(1, coarse, 32, norm=False)
    mixed = conv(1, 32 * (2 + len(rates)), 32)
    decoder = conv(3, fine + 32, fine) + conv(1, fine, 5, norm=False)
    assert trainable(deeplab(5, width, rates, channels=channels)) == down + branches + mixed + decoder


def lit(model, side=96):
    """For output pixels in the middle of a row: the places of the row whose pixel changes them, as sets."""
    for variable in model.trainable_variables:  # positive weights: nothing cancels, and no ReLU hides a change
        variable.assign(np.full(variable.shape, 0.2 if len(variable.shape) == 4 else 0.0))
    middle = side // 2
    images = np.zeros((side, side, side, 1), "float32")
    images[np.arange(side), :, np.arange(side)] = 1.0  # image i is lit in column i
    row = model.predict(images, batch_size=16, verbose=0)[:, middle, :, 0]
    dark = model.predict(0 * images[:1], verbose=0)[0, middle, :, 0]
    return {out: set(np.flatnonzero(row[:, out] != dark[out]).tolist()) for out in (middle, middle + 1)}


@pytest.mark.parametrize("rates", [(1,), (1, 2), (1, 2, 4, 8), (3, 1)])
def test_rates_behind_one_another_add_up(rates):
    for out, seen in lit(dilated_network(1, 1, rates, normalization=None)).items():
        low, high = (out - 1) // 2 - sum(rates), (out + 1) // 2 + sum(rates)  # bilinear, then the halved image
        assert (min(seen), max(seen)) == (2 * low - 1, 2 * high + 2)


def test_doubled_rates_leave_no_gaps_and_equal_ones_do():
    seen = lit(dilated_network(1, 1, (1, 2, 4, 8), normalization=None))
    assert all(places == set(range(min(places), max(places) + 1)) for places in seen.values())
    # a single rate of 8 puts three windows of 6 pixels 16 pixels apart
    gaps = lit(dilated_network(1, 1, (8,), normalization=None))
    assert all(len(places) < max(places) - min(places) + 1 for places in gaps.values())


def of_pyramid(channels, filters, rates, shape=(None, None)):
    inputs = keras.Input((*shape, channels))
    return keras.Model(inputs, pyramid(inputs, filters, rates, normalization=None))


def test_a_pyramid_is_its_branches_side_by_side():
    x, rates = noise(1, 9, 11, 1), (1, 3)
    model = of_pyramid(1, 1, rates)
    weights = {w.path: numpy(w) for w in model.weights}
    kernel = {path.split("/")[0]: value[..., 0, 0] for path, value in weights.items() if path.endswith("kernel")}
    branches = [kernel["pyramid_here"][0, 0] * x[0, ..., 0]]
    for place, rate in enumerate(rates):
        spread = np.zeros((2 * rate + 1,) * 2)
        spread[::rate, ::rate] = kernel[f"pyramid_far{place}"]
        branches.append(correlate(x[0, ..., 0].astype(float), spread, mode="constant"))
    branches.append(np.full((9, 11), kernel["pyramid_whole"][0, 0] * x.mean()))
    mixing = weights["pyramid_mix/kernel"][0, 0, :, 0]
    expected = np.maximum(np.tensordot(mixing, np.maximum(branches, 0), 1), 0)
    np.testing.assert_allclose(numpy(model(x))[0, ..., 0], expected, atol=1e-5)


def test_a_rate_as_large_as_the_map_leaves_the_middle_tap():
    x = np.abs(noise(1, 6, 6, 2))
    model = of_pyramid(2, 3, (6,))
    far = keras.Model(model.input, model.get_layer("pyramid_far0_relu").output)
    kernel = numpy(model.get_layer("pyramid_far0").kernel)
    np.testing.assert_allclose(numpy(far(x)), np.maximum(x @ kernel[1, 1], 0), atol=1e-5)


def test_the_mean_of_the_image_reaches_every_pixel():
    """Through it alone a pixel far away changes a logit; without it the reach is limited."""
    keras.utils.set_random_seed(0)
    model = deeplab(2, 4, (1,), channels=1)
    x = np.abs(noise(1, 96, 96, 1))
    y = x.copy()
    y[0, 0, 0] += 50
    change = np.abs(model.predict(y, verbose=0) - model.predict(x, verbose=0))[0, 80:, 80:]
    assert change.min() > 0 or change.max() > 1e-6
    kernel, bias = model.get_layer("pyramid_whole").get_weights()
    model.get_layer("pyramid_whole").set_weights([0 * kernel, bias])
    change = np.abs(model.predict(y, verbose=0) - model.predict(x, verbose=0))[0, 80:, 80:]
    assert change.max() == 0


@pytest.mark.parametrize("builder", [dilated_network, deeplab])
def test_rates_out_of_range_are_named(builder):
    with pytest.raises(ValueError, match="rates must be at least 1, got 0"):
        builder(2, rates=(1, 0))
    with pytest.raises(ValueError, match="rates must be at least one whole number"):
        builder(2, rates=())
    with pytest.raises(ValueError, match="normalization must be one of"):
        builder(2, normalization="layer")
