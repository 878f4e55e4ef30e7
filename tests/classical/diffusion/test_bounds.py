"""The bound of normal data, exactly, against their entropy and against a model that is followed by hand."""

import numpy as np
import pytest

from course_lib.classical.diffusion import bounds, gaussian, predictions, samplers, schedules
from course_lib.classical.diffusion.forward import levels

LINEAR = schedules.alpha_bars_of(schedules.linear())
BETAS = schedules.linear()
ENTROPY = np.log(2 * np.pi * np.e * 0.25) / 2  # of N(.3, .5²)


def scaled(steps):
    return schedules.alpha_bars_of(schedules.linear(steps, 0.1 / steps, 20 / steps))


def errors(alpha_bars):
    """Of the perfect denoiser, at t = 1 ... T."""
    return gaussian.gaussian_mmse(*levels(alpha_bars, np.arange(1, len(alpha_bars))), 0.5)


def with_last_step(alpha_bars):
    """β̃, but β for the last step, where β̃ is 0."""
    variances = bounds.posterior_variances(alpha_bars)
    variances[0] = schedules.betas_of(alpha_bars)[0]
    return variances


def test_weights_of_the_noise():
    smaller = bounds.noise_weights(LINEAR, bounds.posterior_variances(LINEAR))
    assert smaller[0] == np.inf
    np.testing.assert_allclose(
        smaller[[1, 9, 99, 499, 999]], [0.59967, 0.086437, 0.010267, 0.0055082, 0.010205], rtol=5e-5
    )
    larger = bounds.noise_weights(LINEAR, BETAS)
    np.testing.assert_allclose(larger[[0, 1, 9, 99, 999]], [0.50005, 0.27269, 0.073717, 0.010081, 0.010204], rtol=5e-5)


def test_weights_of_the_clean_value():
    weights = bounds.clean_weights(LINEAR, bounds.posterior_variances(LINEAR))
    ratio = schedules.snr(LINEAR)
    np.testing.assert_allclose(weights[1:], (ratio[1:-1] - ratio[2:]) / 2, rtol=1e-9)
    assert weights[0] == np.inf


def test_both_weights_weigh_the_same_error():
    for variances in (BETAS, with_last_step(LINEAR)):
        of_noise = bounds.noise_weights(LINEAR, variances) * predictions.loss_weight(LINEAR[1:], "noise")
        np.testing.assert_allclose(of_noise, bounds.clean_weights(LINEAR, variances), rtol=1e-9)


@pytest.mark.parametrize(
    ("steps", "larger", "smaller"),
    [(30, 0.76288, 3.618), (100, 0.73675, 1.976), (1000, 0.72689, 1.18214), (4000, 0.72607, 1.071)],
)
def test_the_bound_of_normal_data(steps, larger, smaller):
    alpha_bars = scaled(steps)
    mmse, betas = errors(alpha_bars), schedules.betas_of(alpha_bars)
    assert ENTROPY == pytest.approx(0.725791, abs=1e-6)
    assert bounds.negative_elbo(mmse, 0.34, alpha_bars, betas) == pytest.approx(larger, abs=6e-6)
    assert bounds.negative_elbo(mmse, 0.34, alpha_bars, with_last_step(alpha_bars)) == pytest.approx(smaller, abs=6e-4)
    best = bounds.negative_elbo(mmse, 0.34, alpha_bars, bounds.optimal_variances(alpha_bars, mmse))
    # all that is left is that x_T is not quite standard normal
    mean, variance = np.sqrt(alpha_bars[-1]) * 0.3, 0.25 * alpha_bars[-1] + 1 - alpha_bars[-1]
    assert best - ENTROPY == pytest.approx((mean**2 + variance - 1 - np.log(variance)) / 2, rel=1e-6)
    if steps == 1000:
        assert best == pytest.approx(0.7257932, abs=1e-7) and best - ENTROPY == pytest.approx(1.8e-6, rel=0.02)


def test_no_other_variances_are_better():
    alpha_bars = scaled(50)
    mmse = errors(alpha_bars)
    best = bounds.optimal_variances(alpha_bars, mmse)
    lowest = bounds.negative_elbo(mmse, 0.34, alpha_bars, best)
    rng = np.random.default_rng(0)
    for _ in range(20):
        other = best * np.exp(0.1 * rng.standard_normal(50))
        assert bounds.negative_elbo(mmse, 0.34, alpha_bars, other) > lowest
    betas = schedules.betas_of(alpha_bars)
    assert (bounds.posterior_variances(alpha_bars) < best).all() and (best < betas).all()


def test_the_best_variances_draw_the_data_exactly():
    """A step whose variance is the best one keeps normal data what they are, at every time."""
    alpha_bars = scaled(50)
    fresh = bounds.optimal_variances(alpha_bars, errors(alpha_bars))
    for t in range(50, 0, -1):
        signal, sigma = levels(alpha_bars, t)
        ends = np.array([0.0, 1.0])
        clean = gaussian.gaussian_denoise(ends, signal, sigma, 0.3, 0.5)
        zero, one = samplers.ddpm_step(ends, clean, alpha_bars[t], alpha_bars[t - 1], np.zeros(2))
        variance = (one - zero) ** 2 * (0.25 * alpha_bars[t] + 1 - alpha_bars[t]) + fresh[t - 1]
        assert variance == pytest.approx(0.25 * alpha_bars[t - 1] + 1 - alpha_bars[t - 1], rel=1e-9)


def test_the_bound_is_the_mean_of_ratios():
    """-log p(x_0 ... x_T) + log q(x_1 ... x_T given x_0), drawn many times for a chain of three steps."""
    alpha_bars = np.array([1.0, 0.7, 0.4, 0.1])
    variances = np.array([0.2, 0.25, 0.5])
    rng = np.random.default_rng(1)
    x = 0.3 + 0.5 * rng.standard_normal(200_000)
    second_moment, total = 0.34, np.zeros(len(x))

    def log_normal(x, mean, variance):
        return -((x - mean) ** 2 / variance + np.log(2 * np.pi * variance)) / 2

    for t in (1, 2, 3):
        beta = 1 - alpha_bars[t] / alpha_bars[t - 1]
        after = np.sqrt(1 - beta) * x + np.sqrt(beta) * rng.standard_normal(len(x))
        clean = gaussian.gaussian_denoise(after, *levels(alpha_bars, t), 0.3, 0.5)
        mean = samplers.ddpm_step(after, clean, alpha_bars[t], alpha_bars[t - 1], np.zeros(len(x)))
        total += log_normal(after, np.sqrt(1 - beta) * x, beta) - log_normal(x, mean, variances[t - 1])
        x = after
    total -= log_normal(x, 0, 1)
    found = bounds.negative_elbo(errors(alpha_bars), second_moment, alpha_bars, variances)
    assert total.mean() == pytest.approx(found, abs=5 * total.std() / np.sqrt(len(total)))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: bounds.noise_weights(LINEAR, BETAS[1:]), "variances must have one number for each of the 1000 steps"),
        (lambda: bounds.clean_weights([1, 0.5], [-1.0]), "variances must be at least 0"),
        (lambda: bounds.optimal_variances([1, 0.5], [0.1, 0.1]), "mmse must have one number for each of the 1 steps"),
        (lambda: bounds.posterior_variances([0.9, 0.5]), "alpha_bars must hold 1 at time 0"),
        (lambda: bounds.negative_elbo([0.1], -1, [1, 0.5], [0.1]), "second_moment must be"),
        (lambda: bounds.negative_elbo([np.nan], 1, [1, 0.5], [0.1]), "mmse must be finite"),
    ],
)
def test_clear_errors(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_a_variance_of_zero_is_an_infinite_bound():
    assert bounds.negative_elbo([0.1, 0.1], 1, [1, 0.5, 0.2], [0, 0.1]) == np.inf
