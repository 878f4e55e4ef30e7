"""Samplers on normal data, exactly: each step is a straight line, so moments can be followed without a draw."""

import numpy as np
import pytest

from course_lib.classical.diffusion import flow, gaussian, mixture, samplers, schedules
from course_lib.classical.diffusion.forward import levels, posterior
from course_lib.classical.diffusion.langevin import langevin
from tests.classical.diffusion.oracles import Impulses, moments

LINEAR = schedules.alpha_bars_of(schedules.linear())


def predict(x, t):
    """The perfect denoiser of N(.3, .5²)."""
    return gaussian.gaussian_denoise(x, *levels(LINEAR, t), 0.3, 0.5)


def by_ddim(x, times):
    return samplers.ddim(predict, x, LINEAR, times)


# --- DDPM -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("variance", "expected"), [("beta", 0.500752), ("posterior", 0.496110)])
def test_ddpm(variance, expected):
    mean, std = moments(lambda x, rng: samplers.ddpm(predict, x, LINEAR, rng, variance), 1000)
    assert mean == pytest.approx(0.299997, abs=1e-6)
    assert std == pytest.approx(expected, abs=1e-6)
    if variance == "beta":  # with noise in the last step too it would be .500851
        assert np.sqrt(std**2 + 1e-4) == pytest.approx(0.500851, abs=1e-6)
    # the same recursion, written out for this one case
    m, v = 0.0, 1.0
    for t in range(1000, 0, -1):
        a, b = LINEAR[t], LINEAR[t - 1]
        beta = 1 - a / b
        gain = np.sqrt(a) * 0.25 / (0.25 * a + 1 - a)  # of the denoiser: clean = .3 + gain (x - √ᾱ .3)
        of_clean, of_x = np.sqrt(b) * beta / (1 - a), np.sqrt(1 - beta) * (1 - b) / (1 - a)
        slope = of_clean * gain + of_x
        fresh = 0.0 if t == 1 else beta if variance == "beta" else beta * (1 - b) / (1 - a)
        m, v = of_clean * (0.3 - gain * np.sqrt(a) * 0.3) + slope * m, slope**2 * v + fresh
    assert (mean, std) == pytest.approx((m, np.sqrt(v)), rel=1e-10)


def test_no_noise_in_the_last_step():
    for variance in ("beta", "posterior"):
        quiet = samplers.ddpm_step(1.0, 0.3, LINEAR[1], 1.0, 0.0, variance)
        assert samplers.ddpm_step(1.0, 0.3, LINEAR[1], 1.0, 100.0, variance) == quiet == pytest.approx(0.3)
        assert samplers.ddpm_step(1.0, 0.3, LINEAR[2], LINEAR[1], 1.0, variance) != quiet


def test_a_step_is_the_way_back_with_an_estimate():
    x, clean, noise = np.array([0.5, -1.0]), np.array([0.3, 0.2]), np.array([1.0, -2.0])
    for t, s in ((500, 499), (1000, 900)):
        mean, smaller = posterior(x, clean, LINEAR[t], LINEAR[s])
        larger = 1 - LINEAR[t] / LINEAR[s]
        for variance, spread in (("beta", larger), ("posterior", smaller)):
            found = samplers.ddpm_step(x, clean, LINEAR[t], LINEAR[s], noise, variance)
            np.testing.assert_allclose(found, mean + np.sqrt(spread) * noise, rtol=1e-12)


# --- DDIM -------------------------------------------------------------------------------------------------------------

STEPS = (1, 2, 5, 10, 20, 50, 100, 1000)


@pytest.mark.parametrize(
    ("spacing", "expected"),
    [
        ("trailing", [0.00159, 0.07152, 0.26254, 0.36995, 0.43137, 0.47140, 0.48545, 0.49850]),
        ("linspace", [0.00159, 0.01158, 0.22509, 0.36161, 0.43045, 0.47192, 0.48585, 0.49850]),
        ("leading", [0.99965, 0.08422, 0.26933, 0.37413, 0.43373, 0.47244, 0.48598, 0.49850]),
    ],
)
def test_ddim_on_three_grids(spacing, expected):
    """With one step of the leading grid the noise comes back nearly as it was: it starts at time 1."""
    for n, std in zip(STEPS, expected, strict=True):
        found = moments(lambda x, rng, n=n: by_ddim(x, schedules.times(1000, n, spacing)))
        assert found[1] == pytest.approx(std, abs=6e-6), n


def test_ddim_with_fresh_noise():
    for n, std in zip((1, 5, 10, 50, 100), (0.00159, 0.24831, 0.33348, 0.44410, 0.46822), strict=True):
        times = schedules.times(1000, n)
        found = moments(lambda x, rng, times=times: samplers.ddim(predict, x, LINEAR, times, 1.0, rng), n)
        assert found[1] == pytest.approx(std, abs=6e-6), n


def test_ddim_with_all_the_noise_is_ddpm():
    x = np.random.default_rng(0).standard_normal((3, 2))
    for times in (None, schedules.times(1000, 30)):
        ours = samplers.ddim(predict, x, LINEAR, times, eta=1.0, rng=1)
        theirs = samplers.ddpm(predict, x, LINEAR, 1, "posterior", times)
        np.testing.assert_allclose(ours, theirs, atol=1e-12)


@pytest.mark.parametrize("eta", [0.0, 0.3, 0.5, 1.0])
def test_eta_is_a_share_of_the_deviation(eta):
    """The fresh noise has the deviation eta · √β̃, and what is kept of the old fills up to 1 - ᾱ."""
    now, before = LINEAR[500], LINEAR[400]
    smaller = posterior(0.0, 0.0, now, before)[1]
    still = samplers.ddim_step(0.0, 0.0, now, before, eta, 0.0)
    assert samplers.ddim_step(0.0, 0.0, now, before, eta, 1.0) - still == pytest.approx(eta * np.sqrt(smaller))
    old = samplers.ddim_step(np.sqrt(1 - now), 0.0, now, before, eta, 0.0)  # a noise of 1, and 0 clean
    assert old**2 + eta**2 * smaller == pytest.approx(1 - before, rel=1e-12)


def test_the_limit_of_many_steps():
    """The probability flow maps N(0, 1) to mean .3 - .3 √ᾱ_T std/V and deviation std/V, V² = ᾱ_T std² + 1 - ᾱ_T."""
    spread = np.sqrt(LINEAR[-1] * 0.25 + 1 - LINEAR[-1])
    limit = 0.3 * (1 - np.sqrt(LINEAR[-1]) * 0.5 / spread), 0.5 / spread
    assert limit == pytest.approx((0.299047, 0.500008), abs=1e-6)
    errors = [moments(lambda x, rng, n=n: by_ddim(x, schedules.times(1000, n)))[1] - limit[1] for n in (250, 500, 1000)]
    assert errors[0] / errors[1] == pytest.approx(2, rel=0.1) and errors[1] / errors[2] == pytest.approx(2, rel=0.1)


def test_a_wrong_step_before_moves_the_mean():
    """A linspace grid whose steps go to t - T//n instead of to its own next time: nearer in deviation, by luck."""
    for n, mean, std in ((10, 0.28425, 0.418917), (20, 0.29113, 0.453013), (50, 0.29578, 0.479259)):

        def wrong(x, rng, n=n):
            for t in np.round(np.linspace(0, 999, n)).astype(int)[::-1]:  # counted from 0
                before = t - 1000 // n
                after = LINEAR[before + 1] if before >= 0 else 1.0
                x = samplers.ddim_step(x, predict(x, int(t) + 1), LINEAR[t + 1], after)
            return x

        assert moments(wrong) == pytest.approx((mean, std), abs=6e-6)
        assert moments(lambda x, rng, n=n: by_ddim(x, schedules.times(1000, n, "linspace")))[0] > 0.299


def test_there_and_back_again():
    x = np.linspace(-1, 1.6, 27)
    for n, expected in ((5, 0.942), (10, 0.588), (20, 0.332), (50, 0.1445), (100, 0.0746), (1000, 0.00785)):
        times = schedules.times(1000, n)
        noise = samplers.ddim_encode(predict, x, LINEAR, times)
        assert abs(by_ddim(noise, times) - x).max() == pytest.approx(expected, rel=2e-3)


def test_ddim_draws_the_quantiles_too():
    """Every sampler without fresh noise is, in one dimension and in the limit, the same map."""
    pair = ([0.3, 0.7], [-1.0, 1.5], [0.3, 0.5])
    steps = 2000
    angle = np.linspace(0, np.pi / 2, steps + 1)
    alpha_bars = np.cos(angle) ** 2
    alpha_bars[-1] = 0
    ends = samplers.ddim(
        lambda x, t: mixture.mixture_denoise(x, *levels(alpha_bars, t), *pair), [-2, -1, -0.4], alpha_bars
    )
    np.testing.assert_allclose(ends, [-1.43009987, -0.97828618, 0.73771514], atol=4e-3)


def test_an_euler_step_of_flow_matching_is_a_step_of_ddim():
    """The same estimate, mixed anew: only the scale of x differs, by √(t² + (1 - t)²)."""
    x = np.linspace(-2, 2, 5)
    for t, after in ((0.1, 0.3), (0.5, 0.9), (0.6, 1.0)):
        clean = mixture.mixture_denoise(x, t, 1 - t, [0.3, 0.7], [-1.0, 1.5], [0.3, 0.5])
        by_flow = x + (after - t) * flow.velocity_from_clean(x, clean, t)
        scale, scale_after = np.hypot(t, 1 - t), np.hypot(after, 1 - after)
        by_ddim_step = samplers.ddim_step(x / scale, clean, (t / scale) ** 2, (after / scale_after) ** 2) * scale_after
        np.testing.assert_allclose(by_flow, by_ddim_step, atol=1e-14)


def median_denoise(x, signal, sigma, weights, means, std):
    """The median of the clean values given x, by bisection: what training on absolute errors leads to."""
    from scipy.special import ndtr

    variance = signal**2 * std**2 + sigma**2
    away = x[:, None] - signal * means
    share = weights * np.exp(-(away**2) / (2 * variance) + (away**2).min(axis=1, keepdims=True) / (2 * variance))
    share /= share.sum(axis=1, keepdims=True)
    middle, width = means + signal * std**2 / variance * away, std * sigma / np.sqrt(variance)
    low, high = middle.min(axis=1) - 8 * width, middle.max(axis=1) + 8 * width
    for _ in range(40):
        half = (low + high) / 2
        below = (share * ndtr((half[:, None] - middle) / width)).sum(axis=1) < 0.5
        low, high = np.where(below, half, low), np.where(below, high, half)
    return (low + high) / 2


def test_absolute_errors_lose_the_minority():
    from scipy.special import ndtri

    start, weights, means = ndtri((np.arange(1000) + 0.5) / 1000), np.array([0.3, 0.7]), np.array([-1.0, 1.0])
    times = schedules.times(1000, 200)
    drawn = samplers.ddim(lambda x, t: median_denoise(x, *levels(LINEAR, t), weights, means, 0.2), start, LINEAR, times)
    few, many = drawn[drawn < 0], drawn[drawn > 0]
    assert len(few) / 1000 == pytest.approx(0.135, abs=0.004)  # of .3
    assert (few.std(), many.std()) == pytest.approx((0.133, 0.171), abs=0.006)  # of .2
    right = samplers.ddim(
        lambda x, t: mixture.mixture_denoise(x, *levels(LINEAR, t), weights, means, 0.2), start, LINEAR, times
    )
    assert (right < 0).mean() == pytest.approx(0.3, abs=0.01)


# --- any sampler ------------------------------------------------------------------------------------------------------


def test_records_and_seeds():
    x = np.random.default_rng(0).standard_normal((4, 3))
    times = schedules.times(1000, 7)
    for sampler in (
        lambda **o: samplers.ddpm(predict, x, LINEAR, 5, times=times, **o),
        lambda **o: samplers.ddim(predict, x, LINEAR, times, **o),
        lambda **o: samplers.ddim(predict, x, LINEAR, times, eta=0.5, rng=5, **o),
    ):
        film = sampler(record=True)
        assert film.shape == (8, 4, 3)
        np.testing.assert_array_equal(film[0], x)
        np.testing.assert_array_equal(film[-1], sampler())
        np.testing.assert_array_equal(sampler(), sampler())
    other = samplers.ddpm(predict, x, LINEAR, 6, times=times)
    assert (other != samplers.ddpm(predict, x, LINEAR, 5, times=times)).all()


def test_the_denoiser_is_asked_at_the_right_times():
    asked = []

    def listening(x, t):
        asked.append(t)
        return np.zeros_like(x, np.float32)

    for sampler in (samplers.ddim, lambda *a: samplers.ddpm(*a[:3], 0, times=a[3])):
        asked.clear()
        sampler(listening, [1.0], LINEAR, [1000, 600, 1])
        assert asked == [1000, 600, 1] and all(type(t) is int for t in asked)


def test_samplers_draw_what_the_moments_say():
    x = np.random.default_rng(1).standard_normal(20_000)
    drawn = samplers.ddpm(predict, x, LINEAR, 2, times=schedules.times(1000, 50))
    mean, std = moments(lambda x, rng: samplers.ddpm(predict, x, LINEAR, rng, times=schedules.times(1000, 50)), 50)
    assert drawn.mean() == pytest.approx(mean, abs=0.02) and drawn.std() == pytest.approx(std, abs=0.015)


def test_the_terminal_zero_is_a_start():
    alpha_bars = schedules.zero_terminal_snr(LINEAR)
    found = moments(
        lambda x, rng: samplers.ddim(
            lambda x, t: gaussian.gaussian_denoise(x, *levels(alpha_bars, t), 0.3, 0.5), x, alpha_bars
        )
    )
    assert found == pytest.approx((0.3, 0.5), abs=3e-3)


@pytest.mark.parametrize(("step", "variance"), [(0.1, 1.025641), (0.5, 1.142857), (1.0, 1.333333)])
def test_langevin_is_too_wide(step, variance):
    """Of the standard normal density: 1 / (1 - step/4)."""
    found = moments(lambda x, rng: langevin(lambda x: -x, x, step, 400, rng), 400)
    assert found == pytest.approx((0, np.sqrt(variance)), abs=1e-6)
    assert variance == pytest.approx(1 / (1 - step / 4), abs=1e-6)
    assert langevin(lambda x: -x, [3.0], step, 0, 0) == [3]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: samplers.ddim(predict, [1.0], LINEAR, [1, 2]), ValueError, r"times must fall, got \[1, 2\]"),
        (lambda: samplers.ddim(predict, [1.0], LINEAR, [2, 2]), ValueError, "times must fall"),
        (lambda: samplers.ddim(predict, [1.0], LINEAR, [1001]), ValueError, "times must be at most 1000, got 1001"),
        (lambda: samplers.ddim(predict, [1.0], LINEAR, [5, 0]), ValueError, "times must be at least 1, got 0"),
        (lambda: samplers.ddim(predict, [1.0], LINEAR, [5.5]), TypeError, "times must be a whole number, got 5.5"),
        (lambda: samplers.ddim(predict, [1.0], LINEAR, 10), ValueError, "times must be a list of whole numbers"),
        (lambda: samplers.ddim(predict, [1.0], LINEAR, []), ValueError, "times must be a list of whole numbers"),
        (lambda: samplers.ddim(predict, [1.0], LINEAR, eta=0.5), TypeError, "rng must be a seed or a generator"),
        (lambda: samplers.ddim(predict, [1.0], LINEAR, eta=1.5, rng=0), ValueError, "eta must be from 0 to 1"),
        (lambda: samplers.ddim(predict, [1.0], LINEAR[1:]), ValueError, "alpha_bars must hold 1 at time 0"),
        (lambda: samplers.ddim(predict, [np.nan], LINEAR), ValueError, "x must be finite"),
        (
            lambda: samplers.ddim(lambda x, t: 0.0, [1.0], LINEAR),
            ValueError,
            r"predict\(x, t\) must return one value for",
        ),
        (lambda: samplers.ddim(lambda x, t: x * np.inf, [1.0], LINEAR), ValueError, r"predict\(x, t\) must be finite"),
        (lambda: samplers.ddpm(predict, [1.0], LINEAR, 0, "fixed"), ValueError, "variance must be one of 'beta'"),
        (lambda: samplers.ddim_step(1.0, 1.0, 0.5, 0.4), ValueError, "alpha_bar_before must be above 0.5"),
        (lambda: samplers.ddim_step(1.0, 1.0, 0.5, 0.6, 0.5), TypeError, "noise must be given if eta is above 0"),
        (
            lambda: samplers.ddim_step([1.0, 2], [1.0, 2], 0.5, 0.6, 1, [0.0]),
            ValueError,
            "x and noise must have one shape",
        ),
        (lambda: samplers.ddpm_step([1.0, 2], [1.0, 2], 0.5, 0.6, 0.0), ValueError, "x and noise must have one shape"),
        (lambda: langevin(lambda x: -x, [1.0], 0, 1, 0), ValueError, "step must be"),
        (lambda: langevin(lambda x: -x, [1.0], 1, -1, 0), ValueError, "n must be at least 0"),
        (lambda: langevin(lambda x: 1.0, [1.0], 1, 1, 0), ValueError, r"score\(x\) must return one value"),
    ],
)
def test_clear_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_impulses_are_what_the_oracle_needs():
    rng = Impulses()
    assert [rng.standard_normal(5).tolist() for _ in range(2)] == [[0, 0, 1, 0, 0], [0, 0, 0, 1, 0]]
    assert moments(lambda x, rng: 2 * x + 5 + 3 * rng.standard_normal(x.shape), 1) == (5, pytest.approx(np.sqrt(13)))
