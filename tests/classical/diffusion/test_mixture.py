"""Mixtures: held to Bayes on a grid, to SciPy's densities, to slopes by differences, and to the continuity equation."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from course_lib.classical.diffusion import gaussian, mixture, ode
from tests.classical.diffusion.oracles import GRID, mixture_density, posterior_on_grid

PAIR = ([0.3, 0.7], [-1.0, 1.5], [0.3, 0.5])
PLANE = ([0.2, 0.5, 0.3], np.array([[0.0, 1.0], [-1.0, 0.5], [2.0, -0.5]]), [0.2, 0.5, 0.1])


@pytest.mark.parametrize(("signal", "sigma"), [(0.95, 0.3), (0.5, 0.5), (0.1, 0.9)])
def test_the_denoiser_is_bayes_rule(signal, sigma):
    x = np.array([-1.2, 0.1, 0.9])
    expected = [posterior_on_grid(mixture_density(GRID, *PAIR), number, signal, sigma)[0] for number in x]
    np.testing.assert_allclose(mixture.mixture_denoise(x, signal, sigma, *PAIR), expected, atol=1e-10)


def test_one_component_is_the_normal_distribution():
    x = np.linspace(-3, 3, 13).reshape(13, 1)
    expected = gaussian.gaussian_denoise(x, 0.6, 0.8, 0.3, 0.5)
    np.testing.assert_allclose(mixture.mixture_denoise(x, 0.6, 0.8, [1.0], [0.3], 0.5), expected, atol=1e-14)
    np.testing.assert_allclose(
        mixture.mixture_log_density(x, 0.6, 0.8, [1.0], [0.3], 0.5),
        norm.logpdf(x, 0.18, np.sqrt(0.09 + 0.64)),
        atol=1e-13,
    )


def test_the_density_of_numbers_and_of_points():
    x = np.random.default_rng(0).standard_normal((7, 2))
    log_density = mixture.mixture_log_density(x, 0.8, 0.3, *PLANE)
    expected = sum(
        w * multivariate_normal(0.8 * m, (0.64 * s**2 + 0.09) * np.eye(2)).pdf(x)
        for w, m, s in zip(*PLANE, strict=True)
    )
    np.testing.assert_allclose(np.exp(log_density), expected, rtol=1e-12)
    assert log_density.shape == (7,)
    numbers = mixture.mixture_log_density(x, 1.0, 0.0, *PAIR)
    np.testing.assert_allclose(np.exp(numbers), mixture_density(x, *PAIR), rtol=1e-12)


def test_the_score_is_the_slope_of_the_log_density():
    x = np.random.default_rng(1).standard_normal((5, 2))
    for form, many in ((PAIR, False), (PLANE, True)):
        found = mixture.mixture_score(x, 0.7, 0.5, *form)
        for axis in range(2):
            nudge = 1e-5 * (np.arange(2) == axis)
            up = mixture.mixture_log_density(x + nudge, 0.7, 0.5, *form)
            down = mixture.mixture_log_density(x - nudge, 0.7, 0.5, *form)
            slope = (up - down) / 2e-5
            np.testing.assert_allclose(found[:, axis], slope if many else slope[:, axis], rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("form", [PAIR, PLANE], ids=["numbers", "points"])
def test_tweedie(form):
    """signal · E[clean given x] = x + sigma² · score; the square, not sigma itself."""
    x = np.random.default_rng(2).standard_normal((5, 2))
    for signal, sigma in ((0.9, 0.4), (0.2, 1.7)):
        clean, score = (f(x, signal, sigma, *form) for f in (mixture.mixture_denoise, mixture.mixture_score))
        np.testing.assert_allclose(signal * clean, x + sigma**2 * score, atol=1e-12)


def test_one_level_a_sample():
    x, signal = np.random.default_rng(3).standard_normal((3, 4, 2)), np.array([0.9, 0.5, 0.1])
    for form in (PAIR, PLANE):
        for function in (mixture.mixture_denoise, mixture.mixture_score, mixture.mixture_log_density):
            found = function(x, signal, 1 - signal, *form)
            for i in range(3):
                np.testing.assert_allclose(found[i], function(x[i], signal[i], 1 - signal[i], *form), rtol=1e-12)


def test_far_away_nothing_overflows():
    for x in (1e3, -1e3):
        assert mixture.mixture_denoise(x, 1.0, 0.01, [0.5, 0.5], [-1, 1], 0.0) == pytest.approx(np.sign(x))
        assert np.isfinite(mixture.mixture_log_density(x, 1.0, 0.01, [0.5, 0.5], [-1, 1], 0.0))


# --- the velocity of flow matching ------------------------------------------------------------------------------------


def test_the_field_at_both_ends():
    x = np.linspace(-2, 2, 9)
    np.testing.assert_allclose(mixture.mixture_flow(x, 0.0, *PAIR), 0.3 * -1 + 0.7 * 1.5 - x, atol=1e-12)
    np.testing.assert_allclose(mixture.mixture_flow(x, 1.0, *PAIR), x, atol=1e-12)  # the noise has the mean 0


def test_the_field_leads_to_the_denoised_value():
    x = np.linspace(-2, 2, 9)
    clean = mixture.mixture_denoise(x, 0.4, 0.6, *PAIR)
    np.testing.assert_allclose(mixture.mixture_flow(x, 0.4, *PAIR), (clean - x) / 0.6, atol=1e-12)


def test_the_field_carries_the_density():
    """∂p/∂t + ∂(p v)/∂x = 0, the continuity equation, by central differences."""
    x, h = np.linspace(-3, 3, 61), 1e-4

    def density(x, t):
        return np.exp(mixture.mixture_log_density(x, t, 1 - t, *PAIR))

    def current(x, t):
        return density(x, t) * mixture.mixture_flow(x, t, *PAIR)

    for t in (0.2, 0.5, 0.8):
        change = (density(x, t + h) - density(x, t - h)) / (2 * h)
        outflow = (current(x + h, t) - current(x - h, t)) / (2 * h)
        assert abs(change).max() > 0.1
        assert abs(change + outflow).max() < 2e-6  # of which h² is 1e-8


def test_the_flow_is_the_map_of_quantiles():
    """In one dimension what starts at Φ⁻¹(u) ends at F⁻¹(u)."""
    known = {-2.0: -1.43009987, -1.0: -0.97828618, -0.4: 0.73771514}
    z = np.array([*known, *np.linspace(-2.4, 2.4, 13)])
    ends = ode.integrate(lambda x, t: mixture.mixture_flow(x, t, *PAIR), z, 400, "rk4")
    share = sum(w * norm.cdf(ends, m, s) for w, m, s in zip(*PAIR, strict=True))
    np.testing.assert_allclose(share, norm.cdf(z), atol=1e-9)
    np.testing.assert_allclose(ends[:3], list(known.values()), atol=2e-8)


def test_the_flow_in_the_plane_brings_each_peak_its_share():
    rng = np.random.default_rng(4)
    start = rng.standard_normal((4000, 2))
    ends = ode.integrate(lambda x, t: mixture.mixture_flow(x, t, *PLANE), start, 60, "heun")
    peak = rng.choice(3, 4000, p=PLANE[0])
    data = PLANE[1][peak] + np.array(PLANE[2])[peak, None] * rng.standard_normal((4000, 2))

    def shares(points):
        nearest = ((points[:, None] - PLANE[1]) ** 2).sum(axis=-1).argmin(axis=1)
        return np.bincount(nearest) / len(points)

    np.testing.assert_allclose(shares(ends), shares(data), atol=0.04)
    np.testing.assert_allclose(ends.mean(axis=0), PLANE[0] @ PLANE[1], atol=0.07)
    np.testing.assert_allclose(np.cov(ends.T), np.cov(data.T), atol=0.1)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: mixture.mixture_denoise(1.0, 1, 1, [0.5, 0.6], [0, 1], 1), "weights must be above 0 and sum to 1"),
        (lambda: mixture.mixture_denoise(1.0, 1, 1, [1.5, -0.5], [0, 1], 1), "weights must be above 0 and sum to 1"),
        (
            lambda: mixture.mixture_denoise(1.0, 1, 1, [1.0], [0, 1], 1),
            "weights must have one number for each of the 2",
        ),
        (
            lambda: mixture.mixture_denoise(1.0, 1, 1, [0.5, 0.5], [0, 1], [1, 1, 1]),
            "stds must have one number for each",
        ),
        (lambda: mixture.mixture_denoise(1.0, 1, 1, [1.0], [0], -1), "stds must be at least 0"),
        (lambda: mixture.mixture_score(1.0, 1, 0, [1.0], [0], 0), "x has no density"),
        (lambda: mixture.mixture_denoise(1.0, 1, 1, [1.0], [[0, 1]], 1), "x must have 2 coordinates on its last axis"),
        (lambda: mixture.mixture_denoise([[1.0]], 1, 1, [1.0], [[0, 1]], 1), "x must have 2 coordinates"),
        (lambda: mixture.mixture_flow(1.0, 1.2, [1.0], [0], 1), "t must be from 0 to 1, got 1.2"),
        (lambda: mixture.mixture_log_density(np.inf, 1, 1, [1.0], [0], 1), "x must be finite"),
    ],
)
def test_clear_errors(call, words):
    with pytest.raises(ValueError, match=words):
        call()
