"""Attention is its formula and its weights sum to 1; tokens cover the image; sizes and numbers are those of the paper's
design in small."""

import keras
import numpy as np
import pytest
from scipy.special import softmax

from course_lib.models.segformer import attend, attention_weights, mix, segformer

numpy = keras.ops.convert_to_numpy


def noise(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def normed(x):
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-6)


def test_attention_is_its_formula():
    """Every token a weighted mean of all, two heads, written with loops over heads and tokens."""
    inputs = keras.Input((4, 6, 8))
    model = keras.Model(inputs, attend(inputs, heads=2, reduction=1, name="a"))
    rng = np.random.default_rng(0)
    for w in model.get_layer("a").weights:
        w.assign(rng.normal(size=w.shape))
    x = noise(1, 4, 6, 8)
    w = {weight.path.removeprefix("a/"): numpy(weight).astype(float) for weight in model.get_layer("a").weights}
    tokens = normed(x.astype(float)).reshape(24, 8)
    answer = w["attention_output/bias"] + np.zeros((24, 8))
    for head in range(2):
        q, k, v = (
            tokens @ w[f"{part}/kernel"][:, head] + w[f"{part}/bias"][head] for part in ("query", "key", "value")
        )
        for token in range(24):
            weights = softmax(k @ q[token] / np.sqrt(4))
            answer[token] += (weights @ v) @ w["attention_output/kernel"][head]
    np.testing.assert_allclose(numpy(model(x))[0], x[0] + answer.reshape(4, 6, 8), rtol=1e-3, atol=1e-3)


def test_keys_on_a_coarser_grid_are_fewer_and_weights_sum_to_one():
    model = segformer(3, (8, 16), (2, 4), (2, 1), 2, channels=2)
    images = noise(2, 24, 32, 2)
    for stage, (heads, grid, keys) in enumerate([(2, (6, 8), (3, 4)), (4, (3, 4), (3, 4))]):
        weights = attention_weights(model, images, stage)
        assert weights.shape == (2, heads, *grid, *keys)
        np.testing.assert_allclose(weights.sum(axis=(-2, -1)), 1, atol=1e-5)
        assert weights.min() >= 0
        assert np.ptp(weights) > 1e-4  # not the same for all


def test_shown_weights_are_those_that_act():
    """Values that are the same for all keys make the answer independent of the weights; a single key's value shows."""
    keras.utils.set_random_seed(0)
    model, images = segformer(2, (4,), (1,), (1,), 2), noise(1, 16, 16, 1)
    layer = model.get_layer("stage0_attention")
    before = keras.Model(model.input, model.get_layer("stage0_attention_queries").output)
    tokens = numpy(before(images)).reshape(16, 4)
    w = {weight.path.split("stage0_attention/")[-1]: numpy(weight) for weight in layer.weights}
    values = tokens @ w["value/kernel"][:, 0] + w["value/bias"][0]
    weights = attention_weights(model, images).reshape(16, 16)
    expected = weights @ values @ w["attention_output/kernel"][0] + w["attention_output/bias"]
    answer = keras.Model(model.input, layer.output)
    np.testing.assert_allclose(numpy(answer(images)).reshape(16, 4), expected, atol=1e-4)


def test_tokens_alone_know_no_order_and_the_convolution_between_dense_layers_does():
    """Attention of tokens in another order gives the same tokens in that order; the mixing does not."""
    inputs = keras.Input((4, 4, 6))
    order = np.random.default_rng(1).permutation(16)
    x = noise(1, 4, 4, 6)
    moved = x.reshape(1, 16, 6)[:, order].reshape(1, 4, 4, 6)
    for piece, same in (
        (attend(inputs, 1, 1, "a"), True),
        (mix(inputs, 2, "m"), False),
    ):
        model = keras.Model(inputs, piece)
        there, here = numpy(model(moved)).reshape(16, 6), numpy(model(x)).reshape(16, 6)[order]
        assert np.allclose(there, here, atol=1e-4) == same


def parameters(classes, widths, reductions, expansion, channels):
    """Counted by hand, with the two numbers a channel of each normalization."""
    dense = lambda a, b: a * b + b  # noqa: E731
    total, coming = 0, channels
    for stage, (c, r) in enumerate(zip(widths, reductions, strict=True)):
        k = 3 if stage else 7
        total += k * k * coming * c + c + 2 * c  # patches
        total += 2 * c + 4 * dense(c, c) + (r * r * c * c + c + 2 * c if r > 1 else 0)
        total += 2 * c + dense(c, expansion * c) + 10 * expansion * c + dense(expansion * c, c)
        total += 2 * c + c * widths[0]  # the norm behind the stage, and its part of the decoder
        coming = c
    return total + len(widths) * widths[0] ** 2 + 2 * widths[0] + dense(widths[0], classes)


@pytest.mark.parametrize(
    ("widths", "heads", "reductions", "expansion", "channels"),
    [((32, 64), (1, 2), (2, 1), 4, 3), ((6,), (3,), (1,), 1, 1), ((4, 6, 8), (1, 2, 4), (4, 2, 1), 2, 2)],
)
def test_parameters_are_counted_by_hand(widths, heads, reductions, expansion, channels):
    model = segformer(5, widths, heads, reductions, expansion, channels)
    trainable = sum(int(np.prod(v.shape)) for v in model.trainable_variables)
    assert trainable == parameters(5, widths, reductions, expansion, channels)


def test_any_pixel_may_change_any_logit():
    keras.utils.set_random_seed(0)
    model, x = segformer(2, (8, 8), (1, 1), (2, 1), 2), noise(1, 64, 64, 1)
    y = x.copy()
    y[0, :4, :4] += 9
    change = np.abs(model.predict(y, verbose=0) - model.predict(x, verbose=0))[0, 56:, 56:]
    assert (change > 0).mean() > 0.9


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"widths": (8,)}, "widths, heads and reductions must be of one length"),
        ({"widths": (8, 9), "heads": (1, 2)}, "heads must divide the channels, 9, got 2"),
        ({"reductions": (0, 1)}, "reductions must be at least 1, got 0"),
        ({"expansion": 0}, "expansion must be at least 1, got 0"),
        ({"widths": 8}, "widths must be a tuple of whole numbers"),
    ],
)
def test_arguments_out_of_range_are_named(options, message):
    with pytest.raises((TypeError, ValueError), match=message):
        segformer(2, **options)


def test_a_stage_that_is_not_there_is_named():
    model = segformer(2, (4,), (1,), (1,), 1)
    with pytest.raises(ValueError, match="stage must be below the number of stages of the model, 1, got 1"):
        attention_weights(model, noise(1, 8, 8, 1), stage=1)
