"""Schedules and grids have the values of their papers, and refuse what is none."""

import numpy as np
import pytest

from course_lib.classical.diffusion import gaussian, samplers, schedules
from course_lib.classical.diffusion.forward import levels
from tests.classical.diffusion.oracles import moments

LINEAR = schedules.alpha_bars_of(schedules.linear())
COSINE = schedules.alpha_bars_of(schedules.cosine())
SCALED = schedules.alpha_bars_of(schedules.scaled_linear())


def test_the_linear_schedule():
    expected = [1, 0.9999, 0.9981052, 0.89701815, 0.078587243, 4.0358298e-5]
    np.testing.assert_allclose(LINEAR[[0, 1, 10, 100, 500, 1000]], expected, rtol=1e-7)
    assert np.sqrt(LINEAR[-1]) == pytest.approx(0.00635282, rel=1e-6)
    assert np.log(schedules.snr(LINEAR[-1])) == pytest.approx(-10.1177, rel=1e-5)
    product = 1.0
    for t, beta in enumerate(schedules.linear(), start=1):
        product *= 1 - beta
        assert LINEAR[t] == pytest.approx(product, rel=1e-12)


def test_when_noise_takes_over():
    assert np.argmax(schedules.snr(LINEAR) < 1) == 260
    assert np.argmax(schedules.snr(COSINE) < 1) == 497


def test_the_cosine_schedule():
    betas = schedules.cosine()
    assert betas[0] == pytest.approx(4.12842e-5, rel=1e-5)
    assert betas[-1] == 0.999 and (betas == 0.999).sum() == 1
    assert COSINE[500] == pytest.approx(0.493844, rel=2e-6)
    assert COSINE[-1] == pytest.approx(2.42877e-9, rel=1e-5)
    whole = schedules.alpha_bars_of(schedules.cosine(largest=1))
    assert whole[-1] == 0
    angle = (np.arange(1000) / 1000 + 0.008) / 1.008 * np.pi / 2
    np.testing.assert_allclose(whole[:-1], (np.cos(angle) / np.cos(angle[0])) ** 2, rtol=1e-9)
    np.testing.assert_allclose(COSINE[:-1], whole[:-1], rtol=1e-12)


def test_the_schedule_of_stable_diffusion():
    assert SCALED[-1] == pytest.approx(0.0046601, rel=1e-5)
    assert np.sqrt(SCALED[-1]) == pytest.approx(0.0682649, rel=1e-6)
    betas = schedules.scaled_linear()
    assert betas[[0, -1]] == pytest.approx([0.00085, 0.012])
    np.testing.assert_allclose(np.diff(np.sqrt(betas), 2), 0, atol=1e-15)


@pytest.mark.parametrize("alpha_bars", [LINEAR, COSINE, SCALED], ids=["linear", "cosine", "scaled"])
def test_betas_come_back(alpha_bars):
    betas = schedules.betas_of(alpha_bars)
    assert len(betas) == len(alpha_bars) - 1 and (betas > 0).all()
    np.testing.assert_allclose(schedules.alpha_bars_of(betas), alpha_bars, rtol=1e-10)


def test_the_ratio_is_one_of_variances():
    assert schedules.snr(0.8) == pytest.approx(4)  # not 2
    assert schedules.snr([0, 1]).tolist() == [0, np.inf]


def test_zero_at_the_end():
    moved = schedules.zero_terminal_snr(LINEAR)
    assert moved[0] == 1 and moved[1] == pytest.approx(LINEAR[1], abs=1e-15) and moved[-1] == 0
    assert LINEAR[500] == pytest.approx(0.078587, abs=1e-6) and moved[500] == pytest.approx(0.076029, abs=1e-6)
    root, before = np.sqrt(moved[1:]), np.sqrt(LINEAR[1:])
    np.testing.assert_allclose(np.polyval(np.polyfit(before, root, 1), before), root, atol=1e-12)  # moved and stretched
    np.testing.assert_allclose(schedules.zero_terminal_snr(moved), moved, rtol=1e-12)


def brightness(alpha_bars, pixels, mean, std):
    """Mean and deviation of the brightness of constant images, drawn by DDIM with the exact denoiser.

    Along the direction in which all pixels are equal the data are normal, and √pixels times as wide.
    """
    root = np.sqrt(pixels)

    def predict(x, t):
        return gaussian.gaussian_denoise(x, *levels(alpha_bars, t), mean * root, std * root)

    middle, width = moments(lambda x, rng: samplers.ddim(predict, x, alpha_bars))
    return middle / root, width / root


@pytest.mark.parametrize(
    ("alpha_bars", "mean", "std", "expected"),
    [
        (SCALED, 0, 0.5, {784: (0, 0.362), 1024: (0, 0.338), 4096: (0, 0.208)}),
        (LINEAR, 0, 0.5, {784: (0, 0.498), 1024: (0, 0.497), 4096: (0, 0.490)}),
        (SCALED, 0.6, 0.2, {784: (0.385, None), 1024: (0.359, None), 4096: (0.205, None)}),
    ],
)
def test_an_end_that_is_no_noise_keeps_images_from_being_bright_or_dark(alpha_bars, mean, std, expected):
    for pixels, (middle, width) in expected.items():
        found = brightness(alpha_bars, pixels, mean, std)
        assert found[0] == pytest.approx(middle, abs=3e-3)
        assert width is None or found[1] == pytest.approx(width, abs=3e-3)
        # the limit of many steps, in closed form
        spread = np.sqrt(alpha_bars[-1] * std**2 * pixels + 1 - alpha_bars[-1])
        assert found[1] == pytest.approx(std / spread, abs=3e-3)
        assert found[0] == pytest.approx(mean * (1 - std * np.sqrt(pixels * alpha_bars[-1]) / spread), abs=3e-3)


def test_the_mended_end_lets_them():
    assert brightness(schedules.zero_terminal_snr(SCALED), 4096, 0.6, 0.2) == pytest.approx((0.6, 0.2), abs=3e-3)


# --- times ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 3, 7, 10, 50, 999, 1000])
def test_grids_are_those_of_the_paper(n):
    """Lin et al. 2023, table 2, counted from 1."""
    trailing = np.round(np.flip(np.arange(1000, 0, -1000 / n)))[-n:].astype(int)
    np.testing.assert_array_equal(schedules.times(1000, n), trailing[::-1])
    np.testing.assert_array_equal(
        schedules.times(1000, n, "leading"), np.arange(1, n * (1000 // n) + 1, 1000 // n)[::-1]
    )
    if n > 1:
        linspace = np.round(np.linspace(1, 1000, n)).astype(int)
        assert abs(schedules.times(1000, n, "linspace") - linspace[::-1]).max() <= 1  # a half may go either way
        assert (schedules.times(1000, n, "linspace")[[0, -1]] == [1000, 1]).all()


def test_only_leading_does_not_start_with_noise():
    first = {spacing: schedules.times(1000, 1, spacing)[0] for spacing in ("trailing", "linspace", "leading")}
    assert first == {"trailing": 1000, "linspace": 1000, "leading": 1}
    assert schedules.times(1000, 10, "leading")[0] == 901


@pytest.mark.parametrize("spacing", ["trailing", "linspace", "leading"])
def test_grids_fall_and_all_times_are_all(spacing):
    for steps in (1, 2, 5, 37):
        assert schedules.times(steps, steps, spacing).tolist() == list(range(steps, 0, -1))
        for n in range(1, steps + 1):
            found = schedules.times(steps, n, spacing)
            assert len(found) == n and found.dtype == np.int64
            assert (np.diff(found) < 0).all() and 1 <= found[-1] and found[0] <= steps


# --- odd inputs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: schedules.linear(0), ValueError, "steps must be at least 1, got 0"),
        (lambda: schedules.linear(10.5), TypeError, "steps must be a whole number, got 10.5"),
        (lambda: schedules.linear(True), TypeError, "steps must be a whole number, got True"),
        (lambda: schedules.linear(10, 0.1 / 10, 20 / 10), ValueError, "last must be .* at most 1, got 2"),
        (lambda: schedules.linear(10, 0), ValueError, "first must be above 0"),
        (lambda: schedules.scaled_linear(10, -1), ValueError, "first must be above 0"),
        (lambda: schedules.cosine(10, -0.1), ValueError, "offset must be a finite number of at least 0"),
        (lambda: schedules.cosine(10, largest=1.1), ValueError, "largest must be above 0 and at most 1"),
        (lambda: schedules.alpha_bars_of([0.1, 1.2]), ValueError, "betas must be above 0 .* got 1.2 at step 2"),
        (lambda: schedules.alpha_bars_of([1.0, 0.5]), ValueError, "got 1 at step 1"),
        (lambda: schedules.alpha_bars_of([[0.1]]), ValueError, "betas must have 1 axes"),
        (lambda: schedules.alpha_bars_of([0.1, np.nan]), ValueError, "betas must be finite"),
        (lambda: schedules.alpha_bars_of([]), ValueError, "betas must not be empty"),
        (lambda: schedules.betas_of([0.9, 0.5]), ValueError, "alpha_bars must hold 1 at time 0"),
        (lambda: schedules.betas_of([1, 0.5, 0.5]), ValueError, "alpha_bars must fall .* 0.5 and 0.5 at times 1, 2"),
        (lambda: schedules.betas_of([1, 0.5, -0.1]), ValueError, "alpha_bars must be at least 0"),
        (lambda: schedules.snr(1.1), ValueError, "alpha_bar must be from 0 to 1"),
        (lambda: schedules.zero_terminal_snr([1, 0.5]), ValueError, "at least two steps"),
        (lambda: schedules.times(10, 11), ValueError, "n must be at most 10"),
        (lambda: schedules.times(10, 0), ValueError, "n must be at least 1"),
        (lambda: schedules.times(10, 2, "even"), ValueError, "spacing must be one of 'trailing'"),
    ],
)
def test_clear_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_lists_and_float32_are_schedules():
    for form in (list, np.float32, tuple):
        np.testing.assert_allclose(schedules.betas_of(form(LINEAR[:20])), schedules.linear()[:19], rtol=1e-2)
    assert schedules.alpha_bars_of([0.5, 1]).tolist() == [1, 0.5, 0]
