"""Logits that are infinite or nearly so: the limit of finite ones, computed with Python's integers and fractions."""

import itertools
import math

import numpy as np
import pytest
from keras import ops

from course_lib import backend, losses
from course_lib.losses import logits

INF = float("inf")
HUGE = 3e38


def limit_of_probabilities(z):
    """The softmax as its terms grow without bounds: all others are impossible beside the largest, which share alike."""
    top = max(z)
    if abs(top) >= HUGE:
        return [(v == top) / z.count(top) for v in z]
    weights = [math.exp(max(v - top, -800)) for v in z]
    return [w / sum(weights) for w in weights]


CASES = list(itertools.product([-INF, -HUGE, 0.0, 1.5, HUGE, INF], repeat=3))
IMAGES = np.array(CASES, "float32").reshape(-1, 1, 1, 3)  # one pixel each


def at(f, z, y):
    z = np.array(z, "float32").reshape(1, 1, 1, -1)
    value, slope = backend.value_and_grad(lambda t: f(np.array([[[y]]]), t))(ops.convert_to_tensor(z))
    return float(value), np.asarray(slope).ravel()


def test_probabilities_are_the_limit():
    p = np.asarray(ops.convert_to_numpy(losses.probabilities(IMAGES))).reshape(-1, 3)
    np.testing.assert_allclose(p, [limit_of_probabilities(z) for z in CASES], atol=1e-6)


@pytest.mark.parametrize("y", range(3))
@pytest.mark.parametrize("loss", [losses.cross_entropy, losses.focal, losses.dice, losses.lovasz])
def test_every_loss_and_gradient_is_that_of_the_limit(loss, y):
    truth = np.full(IMAGES.shape[:3], y)
    values = np.asarray(loss(truth, IMAGES, reduction="none")).ravel()
    slopes = backend.value_and_grad(lambda t: ops.sum(loss(truth, t, reduction="none")))(ops.convert_to_tensor(IMAGES))
    slopes = np.asarray(slopes[1]).reshape(-1, 3)
    assert not np.isnan(values).any() and (np.abs(slopes) <= 2).all()  # not so for NaN
    for z, value in zip(CASES, values, strict=True):
        p = limit_of_probabilities(z)
        if loss is losses.cross_entropy:
            assert value == pytest.approx(-math.log(p[y]), abs=1e-6) if p[y] else value >= 1e38, z
        elif loss is losses.focal:
            assert value == pytest.approx(-math.log(p[y]) * (1 - p[y]) ** 2, abs=1e-6) if p[y] else value >= 1e38, z
        elif loss is losses.lovasz:
            assert value == pytest.approx(sum(abs((c == y) - p[c]) for c in range(3)) / 3, abs=1e-6), z


def test_the_impossible_class_costs_nothing_where_it_is_not_the_truth():
    """Two classes are left, alike: log 2, and half of the gradient each."""
    value, slope = at(losses.cross_entropy, [0, 0, -INF], 0)
    assert value == pytest.approx(math.log(2))
    np.testing.assert_allclose(slope, [-0.5, 0.5, 0], atol=1e-7)
    value, _ = at(losses.focal, [0, 0, -INF], 0)
    assert value == pytest.approx(math.log(2) / 4)


@pytest.mark.parametrize("y", [0, 1])
@pytest.mark.parametrize("z", [-INF, -HUGE, HUGE, INF])
def test_one_channel(y, z):
    right = (z > 0) == y
    for loss in (losses.cross_entropy, losses.focal):
        value, slope = at(loss, [z], y)
        assert value == (0 if right else pytest.approx(abs(z)))
        assert slope[0] == (0 if right else 1 - 2 * y)
    for loss in (losses.dice, losses.lovasz):
        value, slope = at(loss, [z], y)
        assert 0 <= value <= 1 and (value == 0) == right and np.isfinite(slope).all()


@pytest.mark.parametrize("gamma", [0.5, 1, 2, 5])
def test_turning_down_changes_neither_value_nor_gradient_of_what_is_finite(gamma):
    """Against the closed form of the focal loss's gradient by the logit, for one channel and the truth 1."""
    for z in (-30.0, -3.0, 0.0, 2.0, 10.0):
        p, q = 1 / (1 + math.exp(-z)), 1 / (1 + math.exp(z))
        value, slope = at(lambda y, t: losses.focal(y, t, gamma=gamma), [z], 1)
        assert value == pytest.approx(-(q**gamma) * math.log(p), rel=1e-5)
        assert slope[0] == pytest.approx(gamma * q**gamma * p * math.log(p) - q ** (gamma + 1), rel=1e-4)


def test_soft_targets_of_an_impossible_class_cost_infinitely_much():
    log_p = ops.convert_to_tensor(np.array([[0.0, -INF]]))
    assert float(logits.expected(np.array([[1.0, 0.0]]), log_p)[0, 0]) == 0
    assert float(logits.expected(np.array([[0.9, 0.1]]), log_p)[0, 0]) == -INF


def test_what_is_finite_is_left_as_it_is():
    z = np.random.default_rng(0).normal(scale=50, size=(2, 3, 4)).astype("float32")
    np.testing.assert_array_equal(np.asarray(logits._without_infinite_top(ops.convert_to_tensor(z))), z)
