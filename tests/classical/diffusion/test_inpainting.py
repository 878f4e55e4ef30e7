"""Filling a hole of a normal distribution: the mean without a draw, beside the exact answer that it misses."""

import numpy as np
import pytest

from course_lib.classical.diffusion import gaussian, inpainting, schedules
from course_lib.classical.diffusion.forward import levels
from tests.classical.diffusion.oracles import Silent

LINEAR = schedules.alpha_bars_of(schedules.linear())
KNOWN, MASK = [1.0, 0.0], [True, False]


def denoiser(rho, alpha_bars):
    """Of N(0, [[1, rho], [rho, 1]]): as `correlated_denoise`, with the matrix worked out once a time, to be quick."""
    gains = {}

    def predict(x, t):
        if t not in gains:
            signal, sigma = levels(alpha_bars, t)
            gains[t] = gaussian.correlated_denoise(np.eye(2), signal, sigma, [0, 0], [[1, rho], [rho, 1]])
        return x @ gains[t]

    return predict


def mean_of_hole(rho, repeats, alpha_bars=LINEAR):
    filled = inpainting.inpaint(
        denoiser(rho, alpha_bars), [0.0, 0.0], KNOWN, MASK, alpha_bars, Silent(), repeats=repeats
    )
    assert filled[0] == 1
    return filled[1]


def written_out(rho, repeats, alpha_bars=LINEAR):
    """Mean and deviation of the hole by matrices: the oracle."""
    mean, covariance = np.zeros(2), np.eye(2)
    hole, seen = np.diag([0.0, 1.0]), np.diag([1.0, 0.0])
    for t in range(len(alpha_bars) - 1, 0, -1):
        a, b = alpha_bars[t], alpha_bars[t - 1]
        beta = 1 - a / b
        prior = np.array([[1, rho], [rho, 1]])
        gain = np.sqrt(a) * prior @ np.linalg.inv(a * prior + (1 - a) * np.eye(2))
        step = np.sqrt(b) * beta / (1 - a) * gain + np.sqrt(1 - beta) * (1 - b) / (1 - a) * np.eye(2)
        fresh = beta * (1 - b) / (1 - a)
        for again in range(repeats if t > 1 else 1):
            if again:
                mean, covariance = np.sqrt(1 - beta) * mean, (1 - beta) * covariance + beta * np.eye(2)
            mean, covariance = step @ mean, step @ covariance @ step.T + fresh * np.eye(2)
            mean = hole @ mean + np.sqrt(b) * np.array([1.0, 0.0])
            covariance = hole @ covariance @ hole + (1 - b) * seen
    return mean[1], np.sqrt(covariance[1, 1])


def test_replacement_is_not_the_conditional_distribution():
    mean, std = written_out(0.9, 1)
    assert (mean, std) == pytest.approx((0.6256, 0.5548), abs=1e-4)
    assert mean_of_hole(0.9, 1) == pytest.approx(mean, abs=1e-10)
    exact = inpainting.gaussian_conditional([0, 0], [[1, 0.9], [0.9, 1]], KNOWN, MASK)
    assert exact[0] == pytest.approx([0.9]) and np.sqrt(exact[1]) == pytest.approx(0.4359, abs=1e-4)


@pytest.mark.parametrize(("repeats", "expected"), [(2, 0.7648), (5, 0.8551), (10, 0.8803)])
def test_repeats_come_nearer(repeats, expected):
    found = mean_of_hole(0.9, repeats)
    assert found == pytest.approx(written_out(0.9, repeats)[0], abs=1e-10)
    assert found == pytest.approx(expected, abs=1e-3)
    assert found < 0.9


def test_with_less_in_common():
    assert mean_of_hole(0.5, 1) == pytest.approx(0.2674, abs=1e-4)
    assert written_out(0.5, 20)[0] == pytest.approx(0.4817, abs=1e-3)  # exact .5


def test_more_steps_do_not_help():
    many = schedules.alpha_bars_of(schedules.linear(2000, 0.1 / 2000, 20 / 2000))
    assert mean_of_hole(0.9, 1, many) < 0.63


def test_draws_are_as_the_oracle_says():
    few = schedules.alpha_bars_of(schedules.linear(100, 1e-3, 0.2))
    x = np.random.default_rng(0).standard_normal((20_000, 2))
    known, mask = np.broadcast_to(KNOWN, x.shape), np.broadcast_to(MASK, x.shape)
    filled = inpainting.inpaint(denoiser(0.9, few), x, known, mask, few, 1, repeats=2)
    assert (filled[:, 0] == 1).all()
    mean, std = written_out(0.9, 2, few)
    assert filled[:, 1].mean() == pytest.approx(mean, abs=0.015)
    assert filled[:, 1].std() == pytest.approx(std, rel=0.03)


def test_all_known_or_nothing():
    few = schedules.alpha_bars_of(schedules.linear(20, 5e-3, 0.5))
    predict = denoiser(0.5, few)
    assert inpainting.inpaint(predict, [0.0, 0], [3.0, 4.0], [True, True], few, 0).tolist() == [3, 4]
    free = inpainting.inpaint(predict, [0.3, 0.1], [3.0, 4.0], [False, False], few, 0, times=[20, 5])
    assert (np.abs(free) < 3).all()


def test_the_exact_answer():
    """By draws of a normal distribution of three, those near what is known."""
    covariance = np.array([[1.0, 0.5, 0.2], [0.5, 2.0, -0.3], [0.2, -0.3, 0.5]])
    mean, spread = inpainting.gaussian_conditional([1, 2, 3], covariance, [0, 2.5, 0], [False, True, False])
    np.testing.assert_allclose(mean, [1 + 0.5 / 2 * 0.5, 3 - 0.3 / 2 * 0.5])
    np.testing.assert_allclose(spread, [[1 - 0.125, 0.2 + 0.075], [0.2 + 0.075, 0.5 - 0.045]])
    nothing = inpainting.gaussian_conditional([1, 2, 3], covariance, [0, 0, 0], [False] * 3)
    np.testing.assert_allclose(nothing[0], [1, 2, 3])
    np.testing.assert_allclose(nothing[1], covariance)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda f: f([0.0, 0], [1.0], MASK), ValueError, "x and known must have one shape"),
        (lambda f: f([0.0, 0], KNOWN, [True]), ValueError, "x and mask must have one shape"),
        (lambda f: f([0.0, 0], KNOWN, [1, 0]), TypeError, "mask must be of bool, got dtype int64"),
        (lambda f: f([0.0, 0], [1.0, np.nan], MASK), ValueError, "known must be finite"),
        (lambda f: f([0.0, 0], KNOWN, MASK, repeats=0), ValueError, "repeats must be at least 1"),
        (lambda f: f([0.0, 0], KNOWN, MASK, variance="none"), ValueError, "variance must be one of"),
        (lambda f: f([0.0, 0], KNOWN, MASK, times=[1, 2]), ValueError, "times must fall"),
    ],
)
def test_clear_errors(call, error, words):
    def fill(x, known, mask, **options):
        return inpainting.inpaint(lambda x, t: x, x, known, mask, [1.0, 0.5, 0.1], 0, **options)

    with pytest.raises(error, match=words):
        call(fill)


def test_clear_errors_of_the_exact_answer():
    with pytest.raises(ValueError, match="mask must leave something to fill"):
        inpainting.gaussian_conditional([0], [[1]], [1], [True])
    with pytest.raises(ValueError, match="covariance must have shape"):
        inpainting.gaussian_conditional([0, 0], [[1]], [1, 1], [True, False])
    with pytest.raises(TypeError, match="mask must be of bool"):
        inpainting.gaussian_conditional([0, 0], np.eye(2), [1, 1], [1, 0])
