"""Carrying values along a field: orders of the methods, SciPy's integrator, and likelihoods that are known."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.special import ndtr, ndtri

from course_lib.classical.diffusion import gaussian, mixture, ode, samplers, schedules
from course_lib.classical.diffusion.forward import levels

PAIR = ([0.3, 0.7], [-1.0, 1.5], [0.3, 0.5])


def field(x, t):
    return mixture.mixture_flow(x, t, *PAIR)


def test_by_hand():
    """dx/dt = x from 1, one step of length 1: Euler 2, midpoint and Heun 1 + 1 + ½, rk4 1 + 1 + ½ + 1/6 + 1/24."""
    expected = {"euler": 2, "midpoint": 2.5, "heun": 2.5, "rk4": 65 / 24}
    for method, value in expected.items():
        assert ode.integrate(lambda x, t: x, [1.0], 1, method) == pytest.approx([value])


@pytest.mark.parametrize(("method", "order"), [("euler", 1), ("midpoint", 2), ("heun", 2), ("rk4", 4)])
def test_the_error_falls_with_its_order(method, order):
    def bend(x, t):
        return np.sin(3 * t) * x + np.cos(x)

    exact = solve_ivp(lambda t, x: bend(x, t), (0, 1), [0.3], rtol=1e-12, atol=1e-13).y[0, -1]
    errors = [abs(ode.integrate(bend, [0.3], n, method)[0] - exact) for n in (20, 40)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.25)


def test_how_many_steps_a_mixture_needs():
    """Wasserstein distance of what is drawn to the data: with sorted values the mean distance of equal quantiles."""
    share = (np.arange(4000) + 0.5) / 4000
    grid = np.linspace(-4, 5, 100_001)
    truth = np.interp(share, sum(w * ndtr((grid - m) / s) for w, m, s in zip(*PAIR, strict=True)), grid)
    known = {
        "euler": (1.070, 0.453, 0.237, 0.119, 0.0604, 0.0304, 0.0153),
        "heun": (0.708, 0.117, 0.0271, 0.0066, 0.0018, 0.0005, 0.0001),
    }
    for method, distances in known.items():
        for n, distance in zip((1, 2, 4, 8, 16, 32, 64), distances, strict=True):
            drawn = ode.integrate(field, ndtri(share), n, method)
            assert abs(np.sort(drawn) - truth).mean() == pytest.approx(distance, rel=0.01, abs=6e-5), (method, n)
    for n, distance in zip((1, 2, 4, 8, 16, 32, 64), (1.070, 0.453, 0.222, 0.113, 0.0578, 0.0293, 0.0147), strict=True):
        alpha_bars = np.cos(np.linspace(0, np.pi / 2, n + 1)) ** 2
        alpha_bars[-1] = 0
        drawn = samplers.ddim(
            lambda x, t, a=alpha_bars: mixture.mixture_denoise(x, *levels(a, t), *PAIR), ndtri(share), alpha_bars
        )
        assert abs(np.sort(drawn) - truth).mean() == pytest.approx(distance, rel=0.01), n


def test_there_and_back():
    x = np.linspace(-2, 2, 9)
    noise = ode.integrate(field, x, np.linspace(1, 0, 101), "rk4")
    np.testing.assert_allclose(ode.integrate(field, noise, 100, "rk4"), x, atol=1e-5)


def test_uneven_times_and_records():
    times = np.array([0, 0.1, 0.4, 1])
    film = ode.integrate(field, [[0.5, -1.0]], times, "heun", record=True)
    assert film.shape == (4, 1, 2) and film[0].tolist() == [[0.5, -1.0]]
    x = film[0]
    for t, after, shown in zip(times, times[1:], film[1:], strict=False):
        x = ode.integrate(field, x, [t, after], "heun")
        np.testing.assert_array_equal(x, shown)


def test_euler_does_not_look_at_the_end():
    """Where (clean - x)/(1 - t) has no value."""
    seen = []
    ode.integrate(lambda x, t: seen.append(t) or x, [1.0], 4)
    assert seen == [0, 0.25, 0.5, 0.75] and all(type(t) is float for t in seen)


# --- likelihoods ------------------------------------------------------------------------------------------------------


def test_the_likelihood_of_numbers():
    x = np.linspace(-1.8, 2.6, 12)
    found = ode.log_likelihood(field, x, 400)
    np.testing.assert_allclose(found, mixture.mixture_log_density(x, 1.0, 0.0, *PAIR), atol=1e-8)


def test_the_likelihood_of_points():
    plane = ([0.4, 0.6], [[0.0, 1.0], [-1.0, 0.5]], [0.4, 0.5])
    x = np.random.default_rng(0).standard_normal((6, 2))
    found = ode.log_likelihood(lambda x, t: mixture.mixture_flow(x, t, *plane), x, 200)
    np.testing.assert_allclose(found, mixture.mixture_log_density(x, 1.0, 0.0, *plane), atol=2e-6)


def test_a_field_that_does_nothing():
    np.testing.assert_allclose(ode.log_likelihood(lambda x, t: 0 * x, [0.0, 2.0], 3), -np.log(2 * np.pi) / 2 - [0, 2])


# --- the probability flow of a diffusion ------------------------------------------------------------------------------


def test_the_probability_flow_leads_where_ddim_leads():
    """Small Euler steps back, x - change; the error of both is that of their steps."""
    alpha_bars = schedules.alpha_bars_of(schedules.linear(4000, 0.1 / 4000, 20 / 4000))
    betas = schedules.betas_of(alpha_bars)
    start = np.array([-1.0, 0.0, 2.0])
    x = start
    for t in range(4000, 0, -1):
        signal, sigma = levels(alpha_bars, t)
        score = mixture.mixture_score(x, signal, sigma, [1.0], [0.3], 0.5)
        x = x - ode.diffusion_velocity(x, score, betas[t - 1])
    ends = samplers.ddim(lambda x, t: gaussian.gaussian_denoise(x, *levels(alpha_bars, t), 0.3, 0.5), start, alpha_bars)
    np.testing.assert_allclose(x, ends, atol=3e-3)
    np.testing.assert_allclose(x, 0.299047 + 0.500008 * start, atol=3e-3)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: ode.integrate(field, [1.0], 0), ValueError, "times must be at least 1"),
        (lambda: ode.integrate(field, [1.0], 2.5), TypeError, "times must be a whole number, got 2.5"),
        (lambda: ode.integrate(field, [1.0], [0, 0.5, 0.5]), ValueError, "times must rise or fall"),
        (lambda: ode.integrate(field, [1.0], [0.5]), ValueError, "times must rise or fall, at least two"),
        (lambda: ode.integrate(field, [1.0], 2, "runge"), ValueError, "method must be one of 'euler'"),
        (lambda: ode.integrate(lambda x, t: 1.0, [1.0], 2), ValueError, r"field\(x, t\) must return one value"),
        (lambda: ode.integrate(lambda x, t: x / 0, [1.0], 2), ValueError, r"field\(x, t\) must be finite"),
        (lambda: ode.log_likelihood(field, np.ones((1, 1, 1))), ValueError, "x must have 1 or 2 axes"),
        (lambda: ode.log_likelihood(field, [1.0], 0), ValueError, "n must be at least 1"),
        (lambda: ode.diffusion_velocity([1.0], [1.0, 2.0], 0.1), ValueError, "x and score must have one shape"),
        (lambda: ode.diffusion_velocity([1.0], [1.0], 1.1), ValueError, "beta must be from 0 to 1"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_clear_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()
