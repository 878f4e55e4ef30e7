"""Adding noise in closed form is adding it step by step, and the way back is Bayes' rule."""

import numpy as np
import pytest

from course_lib.classical.diffusion import bounds, forward, schedules
from tests.classical.diffusion.oracles import GRID

LINEAR = schedules.alpha_bars_of(schedules.linear())


def test_by_hand():
    assert forward.add_noise(1.0, 0.5, 0.64) == pytest.approx(1.1)  # .8 · 1 + .6 · .5
    assert forward.one_step(1.0, 0.5, 0.36) == pytest.approx(1.1)


def test_the_closed_form_is_the_loop():
    """Of a step that is a straight line: how much of the start is left, and how much variance has come."""
    left, variance = np.ones(()), 0.0
    for t, beta in enumerate(schedules.linear(), start=1):
        left = forward.one_step(left, 0.0, beta)
        variance = forward.one_step(1.0, 0.0, beta) ** 2 * variance + forward.one_step(0.0, 1.0, beta) ** 2
        if t in (1, 2, 10, 500, 1000):
            signal, sigma = forward.levels(LINEAR, t)
            assert left == pytest.approx(signal, rel=1e-12) and variance == pytest.approx(sigma**2, rel=1e-12)
            assert forward.add_noise(1.0, 0.0, LINEAR[t]) == pytest.approx(left, rel=1e-12)
            assert forward.add_noise(0.0, 1.0, LINEAR[t]) == pytest.approx(np.sqrt(variance), rel=1e-12)


def test_variance_one_stays_one():
    rng = np.random.default_rng(0)
    clean, noise = rng.choice([-1.0, 1.0], 100_000), rng.standard_normal(100_000)
    for alpha_bar in (0.9, 0.5, 0.1):
        assert forward.add_noise(clean, noise, alpha_bar).var() == pytest.approx(1, abs=0.02)


def test_one_level_a_sample():
    rng = np.random.default_rng(1)
    clean, noise, levels = rng.random((3, 4, 4, 2)), rng.standard_normal((3, 4, 4, 2)), np.array([0.9, 0.5, 0.0])
    together = forward.add_noise(clean, noise, levels)
    for i in range(3):
        np.testing.assert_array_equal(together[i], forward.add_noise(clean[i], noise[i], levels[i]))
    np.testing.assert_array_equal(together[2], noise[2])
    np.testing.assert_array_equal(forward.one_step(clean, noise, 1 - levels), together)


def test_levels():
    signal, sigma = forward.levels(LINEAR, [0, 1000])
    assert signal.tolist() == [1, pytest.approx(0.00635282, rel=1e-6)] and sigma[0] == 0
    np.testing.assert_allclose(signal**2 + sigma**2, 1, rtol=1e-14)
    assert forward.levels(LINEAR, np.uint8(200))[0] == np.sqrt(LINEAR[200])


@pytest.mark.parametrize(("t", "s"), [(2, 1), (10, 9), (100, 99), (1000, 999), (500, 300), (1000, 1)])
def test_the_way_back_is_bayes_rule(t, s):
    """q(x_s given x_t and clean) ∝ q(x_t given x_s) q(x_s given clean), on a grid around where it is."""
    for x, clean in ((0.7, 0.3), (-1.5, 1.0)):
        mean, variance = forward.posterior(x, clean, LINEAR[t], LINEAR[s])
        grid = mean + np.sqrt(variance) * GRID
        share = LINEAR[t] / LINEAR[s]
        log_weight = -((x - np.sqrt(share) * grid) ** 2) / (2 * (1 - share))
        log_weight -= (grid - np.sqrt(LINEAR[s]) * clean) ** 2 / (2 * (1 - LINEAR[s]))
        weight = np.exp(log_weight - log_weight.max())
        weight /= weight.sum()
        found = (weight * grid).sum()
        assert mean == pytest.approx(found, abs=1e-12)
        assert variance == pytest.approx((weight * (grid - found) ** 2).sum(), rel=1e-9)


def test_the_variance_of_the_way_back():
    smaller = np.array([forward.posterior(0.0, 0.0, LINEAR[t], LINEAR[t - 1])[1] for t in (1, 2, 10, 100, 1000)])
    assert smaller[0] == 0 and smaller[1] == pytest.approx(5.45319e-5, rel=1e-6)
    betas = schedules.linear()[[0, 1, 9, 99, 999]]
    np.testing.assert_allclose(smaller / betas, [0, 0.454736, 0.852845, 0.981914, 0.999999], atol=1e-6)
    np.testing.assert_allclose(bounds.posterior_variances(LINEAR)[[0, 1, 9, 99, 999]], smaller, rtol=1e-12)


def test_the_last_step_back_is_the_clean_value():
    mean, variance = forward.posterior([5.0], [0.3], LINEAR[1], 1.0)
    assert mean == pytest.approx([0.3], abs=1e-12) and variance == 0


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: forward.levels(LINEAR, 1001), ValueError, "t must be from 0 to 1000, got 1001"),
        (lambda: forward.levels(LINEAR, -1), ValueError, "t must be from 0 to 1000, got -1"),
        (lambda: forward.levels(LINEAR, 3.0), TypeError, "t must be whole numbers, got 3.0"),
        (lambda: forward.levels(LINEAR, [1.5]), TypeError, "t must be whole numbers, got dtype float64"),
        (lambda: forward.levels(LINEAR, True), TypeError, "t must be whole numbers, got True"),
        (lambda: forward.levels(LINEAR[1:], 3), ValueError, "alpha_bars must hold 1 at time 0"),
        (lambda: forward.add_noise([1.0, 2.0], [1.0], 0.5), ValueError, "clean and noise must have one shape"),
        (
            lambda: forward.add_noise([1.0, 2.0], [1.0, 1.0], [0.5] * 3),
            ValueError,
            r"alpha_bar must be a number, or one",
        ),
        (lambda: forward.add_noise(1.0, 1.0, 1.01), ValueError, "alpha_bar must be at most 1, got 1.01"),
        (lambda: forward.add_noise(1.0, np.nan, 0.5), ValueError, "noise must be finite"),
        (lambda: forward.add_noise(1.0, 1.0, "0.5"), TypeError, "alpha_bar must hold real numbers"),
        (lambda: forward.add_noise([], [], 0.5), ValueError, "clean must not be empty"),
        (lambda: forward.one_step(1.0, 1.0, -0.1), ValueError, "beta must be at least 0"),
        (lambda: forward.posterior(1.0, 1.0, 0.5, 0.5), ValueError, "alpha_bar_before must be above 0.5, got 0.5"),
        (lambda: forward.posterior(1.0, 1.0, 0.5, 0.4), ValueError, "alpha_bar_before must be above 0.5, got 0.4"),
        (lambda: forward.posterior(1.0, 1.0, 1.0, 1.0), ValueError, "alpha_bar must be below 1"),
        (lambda: forward.posterior([1.0], [[1.0]], 0.5, 0.9), ValueError, "x and clean must have one shape"),
    ],
)
def test_clear_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_whole_numbers_are_values_and_nothing_is_changed():
    clean = np.array([1, 0], np.uint8)
    np.testing.assert_allclose(forward.add_noise(clean, [0, 1], 0.64), [0.8, 0.6])
    assert clean.tolist() == [1, 0]
    kept = np.ones(2)
    forward.add_noise(kept, kept, 0.5)
    assert (kept == 1).all()
