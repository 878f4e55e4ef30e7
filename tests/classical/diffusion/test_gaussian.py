"""The straight line is the mean of Bayes' rule, and no line makes a smaller error."""

import numpy as np
import pytest

from course_lib.classical.diffusion import gaussian
from tests.classical.diffusion.oracles import GRID, STEP, normal, posterior_on_grid


def test_by_hand():
    assert gaussian.gaussian_denoise(2.0, 1.0, 1.0) == 1  # half of what is seen is noise
    assert gaussian.gaussian_denoise(5.0, 1.0, 0.0, 2.0, 3.0) == 5  # no noise
    assert gaussian.gaussian_denoise(5.0, 0.0, 1.0, 2.0, 3.0) == 2  # nothing but noise: the mean
    assert gaussian.gaussian_denoise(5.0, 0.5, 1.0, 2.0, 0.0) == 2  # only one clean value


@pytest.mark.parametrize(("signal", "sigma"), [(0.9, 0.4), (0.3, 0.7), (1.0, 2.0)])
def test_it_is_bayes_rule(signal, sigma):
    for x in (-1.0, 0.2, 1.5):
        mean, variance = posterior_on_grid(normal(GRID, 0.3, 0.25), x, signal, sigma)
        assert gaussian.gaussian_denoise(x, signal, sigma, 0.3, 0.5) == pytest.approx(mean, abs=1e-12)
        assert gaussian.gaussian_mmse(signal, sigma, 0.5) == pytest.approx(variance, rel=1e-10)


def test_one_level_a_sample():
    x, signal, sigma = np.arange(6.0).reshape(3, 2), np.array([0.9, 0.5, 0.1]), np.array([0.1, 0.5, 0.9])
    found = gaussian.gaussian_denoise(x, signal, sigma, 0.3, 0.5)
    for i in range(3):
        np.testing.assert_array_equal(found[i], gaussian.gaussian_denoise(x[i], signal[i], sigma[i], 0.3, 0.5))


def test_information_is_half_the_error_gathered_over_the_ratio():
    """∫ ½ mmse dSNR = ½ log of how much wider the data are than what is left: the schedule does not matter."""
    points = np.linspace(np.log(1e-4), np.log(1e4), 20001)
    ratio = np.exp(points)
    for scale in (1.0, 1 / np.sqrt(1 + ratio)):  # noise 1 and growing signal; and signal² + sigma² = 1
        error = gaussian.gaussian_mmse(np.sqrt(ratio) * scale, np.ones_like(ratio) * scale, 0.5)
        gathered = np.trapezoid(error * ratio / 2, points)
        assert gathered == pytest.approx(np.log((1 + 0.25e4) / (1 + 0.25e-4)) / 2, rel=1e-6)
        assert gathered == pytest.approx(3.912210, abs=2e-6)


def test_points_whose_coordinates_go_together():
    """Bayes on a grid of two axes."""
    covariance = np.array([[1.0, 0.6], [0.6, 0.5]])
    axis = np.linspace(-8, 8, 801)
    grid = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)
    away = grid - [0.2, -0.1]
    log_prior = -np.einsum("ni,ij,nj->n", away, np.linalg.inv(covariance), away) / 2
    for x in ([0.5, 0.5], [-1.0, 2.0]):
        log_weight = log_prior - ((np.array(x) - 0.7 * grid) ** 2).sum(axis=1) / (2 * 0.6**2)
        weight = np.exp(log_weight - log_weight.max())
        expected = weight @ grid / weight.sum()
        np.testing.assert_allclose(
            gaussian.correlated_denoise(x, 0.7, 0.6, [0.2, -0.1], covariance), expected, atol=1e-10
        )


def test_coordinates_that_do_not():
    x = np.random.default_rng(0).standard_normal((4, 5, 2))
    expected = gaussian.gaussian_denoise(x, 0.7, 0.6, 0.3, 0.5)
    np.testing.assert_allclose(
        gaussian.correlated_denoise(x, 0.7, 0.6, [0.3, 0.3], 0.25 * np.eye(2)), expected, atol=1e-14
    )


def test_a_flat_cloud_of_points():
    """Of two equal coordinates both noisy ones tell the same: their mean is denoised, with half of the noise."""
    ones = np.ones((2, 2))
    found = gaussian.correlated_denoise([1.0, 0.0], 1.0, 1.0, [0, 0], ones)
    np.testing.assert_allclose(found, gaussian.gaussian_denoise([0.5, 0.5], 1.0, np.sqrt(0.5)), atol=1e-14)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (
            lambda: gaussian.gaussian_denoise(1.0, 1.0, 0.0, 0, 0),
            ValueError,
            "sigma must be above 0 where signal · std",
        ),
        (lambda: gaussian.gaussian_denoise(1.0, -1.0, 1.0), ValueError, "signal must be at least 0, got -1"),
        (
            lambda: gaussian.gaussian_denoise([1.0, 2.0], 1.0, [1.0]),
            ValueError,
            "sigma must be a number, or one for each",
        ),
        (lambda: gaussian.gaussian_denoise(np.nan, 1.0, 1.0), ValueError, "x must be finite"),
        (
            lambda: gaussian.gaussian_denoise(1.0, 1.0, 1.0, std=-1),
            ValueError,
            "std must be a finite number of at least 0",
        ),
        (lambda: gaussian.gaussian_denoise(1.0, 1.0, 1.0, mean=[1, 2]), TypeError, "mean must be a number"),
        (lambda: gaussian.gaussian_mmse(-0.1, 1.0), ValueError, "signal must be at least 0"),
        (lambda: gaussian.correlated_denoise([1.0], 1, 1, [0, 0], np.eye(2)), ValueError, "x must have 2 coordinates"),
        (lambda: gaussian.correlated_denoise([1.0, 1], 1, 1, [0, 0], np.eye(3)), ValueError, r"shape \(2, 2\)"),
        (
            lambda: gaussian.correlated_denoise([1.0, 1], 1, 1, [0, 0], [[1, 2], [2, 1]]),
            ValueError,
            "no eigenvalue below 0",
        ),
        (lambda: gaussian.correlated_denoise([1.0, 1], 1, 1, [0, 0], [[1, 1], [0, 1]]), ValueError, "symmetric"),
        (lambda: gaussian.correlated_denoise([1.0, 1], 0, 0, [0, 0], np.eye(2)), ValueError, "x has no density"),
    ],
)
def test_clear_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_the_grid_is_fine_enough():
    assert (normal(GRID, 0.3, 0.25) * STEP).sum() == pytest.approx(1, abs=1e-11)
