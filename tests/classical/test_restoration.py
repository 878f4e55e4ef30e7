"""Restoration against SciPy, scikit-image and the property that defines the Wiener filter."""

import math

import numpy as np
import pytest
from scipy import ndimage, optimize, signal
from skimage import metrics

from course_lib.classical import filters
from course_lib.classical import restoration as r


@pytest.fixture
def image():
    return np.random.default_rng(0).random((20, 27))


def test_mse_and_psnr_equal_scikit_image(image):
    other = image + 0.1 * np.random.default_rng(1).standard_normal(image.shape)
    assert r.mse(image, other) == pytest.approx(metrics.mean_squared_error(image, other), rel=1e-12)
    for peak in (1, 255):
        theirs = metrics.peak_signal_noise_ratio(image, other, data_range=peak)
        assert r.psnr(image, other, peak) == pytest.approx(theirs, rel=1e-12)
    assert r.psnr(image, image) == float("inf")


def test_errors_of_uint8_images_do_not_wrap():
    assert r.mse(np.array([0], np.uint8), np.array([255], np.uint8)) == 255**2


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_peak_of_whole_numbers_is_that_of_their_type(dtype):
    a = np.random.default_rng(2).integers(0, 250, (9, 8)).astype(dtype)
    b = a.copy()
    b[::2] ^= 1
    assert r.psnr(a, b) == pytest.approx(metrics.peak_signal_noise_ratio(a, b), rel=1e-12)
    assert r.psnr(a, b) == r.psnr(b, a)
    assert r.psnr([True, False], np.zeros(2, bool)) == pytest.approx(10 * np.log10(2))
    if dtype is np.uint8:
        assert r.psnr(a, a ^ 1) == pytest.approx(48.13, abs=0.005)  # 20 log10 255
        assert r.psnr(a / 255, (a ^ 1) / 255) == pytest.approx(r.psnr(a, a ^ 1), rel=1e-12)


def test_the_peak_of_small_and_large_errors_does_not_overflow():
    for scale in (1e-300, 1e-170, 1e-100, 1e100, 1e200, 1e306):
        assert r.psnr([scale], [2 * scale], peak=10 * scale) == pytest.approx(20)
    assert r.psnr([0.0, 0.0], [1e-170, 0.0]) == pytest.approx(3400 + 10 * np.log10(2), rel=1e-12)


@pytest.mark.parametrize(
    ("reference", "image", "words"),
    [
        (np.uint8([9]), [9.5], "peak must be given.*uint8 and float64"),  # bytes, or fractions of 255?
        (np.uint8([9]), np.uint16([8]), "peak must be given.*uint8 and uint16"),
        ([9], [8], "peak must be given.*int64 and int64"),
        ([9.0], [8.0], r"reference must lie in \[0, 1\].*or give peak"),
    ],
)
def test_a_peak_that_cannot_be_known_is_asked_for(reference, image, words):
    with pytest.raises(ValueError, match=words):
        r.psnr(reference, image)
    assert np.isfinite(r.psnr(reference, image, peak=255))


@pytest.mark.parametrize("size", [1, 3, 5, 9])
def test_mean_filter_equals_scipy(image, size):
    np.testing.assert_allclose(r.mean_filter(image, size), ndimage.uniform_filter(image, size), atol=1e-12)


def test_adaptive_wiener_equals_scipy_in_the_interior(image):
    ours = r.adaptive_wiener(image, 5, 0.05)
    theirs = signal.wiener(image, 5, noise=0.05)  # SciPy pads with zeros
    np.testing.assert_allclose(ours[2:-2, 2:-2], theirs[2:-2, 2:-2], atol=1e-12)


def test_a_mean_keeps_the_range_and_its_digits_on_bright_ground(image):
    for offset in (0.0, 1e7):
        bright = image + offset
        smooth = r.mean_filter(bright, 5)
        assert smooth.min() >= bright.min() and smooth.max() <= bright.max()
        exact = [[math.fsum(bright[i : i + 5, j : j + 5].ravel()) / 25 for j in range(23)] for i in range(16)]
        np.testing.assert_allclose(smooth[2:-2, 2:-2], exact, rtol=0, atol=1e-12 + 4e-16 * offset)
    np.testing.assert_array_equal(r.mean_filter(np.full((300, 300), 0.1), 7), 0.1)


def test_adaptive_wiener_does_not_depend_on_the_brightness(image):
    bright = image + 1e7  # the variance is a millionth of a millionth of the squares
    ours = r.adaptive_wiener(bright, 5, 0.02) - 1e7
    np.testing.assert_allclose(ours, r.adaptive_wiener(bright - 1e7, 5, 0.02), atol=1e-8)


def test_adaptive_wiener_limits(image):
    np.testing.assert_allclose(r.adaptive_wiener(image, 3, 0), image, atol=1e-12)
    np.testing.assert_allclose(r.adaptive_wiener(image, 3, 1e9), r.mean_filter(image, 3), atol=1e-12)
    np.testing.assert_array_equal(r.adaptive_wiener(np.zeros((4, 4)), 3, 0), 0)


def test_adaptive_wiener_with_a_variance_for_each_pixel(image):
    # Where the variance is v, the result is the one of the filter that was told v for the whole image.
    variance = np.where(np.arange(image.shape[1]) < image.shape[1] // 2, 0.01, 0.09) * np.ones(image.shape)
    expected = np.where(variance == 0.01, r.adaptive_wiener(image, 3, 0.01), r.adaptive_wiener(image, 3, 0.09))
    np.testing.assert_allclose(r.adaptive_wiener(image, 3, variance), expected, atol=1e-12)
    with pytest.raises(ValueError, match="noise_variance"):
        r.adaptive_wiener(image, 3, variance[:, :-1])
    with pytest.raises(ValueError, match="noise_variance"):
        r.adaptive_wiener(image, 3, -variance)


@pytest.mark.parametrize("shape", [(3, 3), (5, 3), (4, 6), (1, 1)])
def test_blur_circular_equals_scipy_wrap(image, shape):
    kernel = np.random.default_rng(2).random(shape)
    expected = ndimage.convolve(image, kernel, mode="wrap")
    np.testing.assert_allclose(r.blur_circular(image, kernel), expected, atol=1e-12)


def test_inverse_filter_undoes_a_blur_without_noise(image):
    kernel = filters.gaussian(0.7)
    np.testing.assert_allclose(r.inverse_filter(r.blur_circular(image, kernel), kernel), image, atol=1e-9)


def test_inverse_filter_drops_frequencies_below_the_floor(image):
    restored = r.inverse_filter(r.blur_circular(image, filters.gaussian(1.5)), filters.gaussian(1.5), floor=0.5)
    kept = np.abs(r.transfer_function(filters.gaussian(1.5), image.shape)) > 0.5
    np.testing.assert_allclose(restored, np.fft.ifft2(np.fft.fft2(image) * kept).real, atol=1e-9)


def test_a_frequency_that_is_lost_up_to_rounding_is_lost():
    """The mean of three in a row of 15 removes each third of the turn; in float64 5e-17 of it is left."""
    image = np.random.default_rng(4).random((2, 15))
    kernel = np.ones((1, 3)) / 3
    lost = np.isclose(np.abs(np.fft.fft([1, 1, 1] + [0] * 12)), 0, atol=1e-9)
    assert lost.sum() == 2
    expected = np.fft.ifft(np.fft.fft(image) * ~lost).real
    stored = r.blur_circular(image, kernel).astype(np.float32)  # rounded by 1e-8
    np.testing.assert_allclose(r.inverse_filter(stored, kernel), expected, atol=1e-6)
    with pytest.raises(ValueError, match="removed a frequency"):
        r.wiener_deconvolve(image, kernel, 0)


def test_wiener_gain_minimizes_the_expected_error():
    # One frequency: S = 3 is the image's power, N = .5 the noise's, H the blur. Minimize over complex gains g.
    signal_power, noise_power, transfer = 3.0, 0.5, 0.4 - 0.3j

    def expected_error(g):
        gain = complex(*g)
        return abs(1 - gain * transfer) ** 2 * signal_power + abs(gain) ** 2 * noise_power

    best = optimize.minimize(expected_error, [0.0, 0.0], tol=1e-14).x
    formula = np.conj(transfer) / (abs(transfer) ** 2 + noise_power / signal_power)
    np.testing.assert_allclose(complex(*best), formula, rtol=1e-5)


def test_wiener_with_zero_noise_is_the_inverse_and_a_map_equals_a_number(image):
    kernel = filters.gaussian(0.7)
    blurred = r.blur_circular(image, kernel)
    np.testing.assert_allclose(r.wiener_deconvolve(blurred, kernel, 0), image, atol=1e-9)
    np.testing.assert_array_equal(
        r.wiener_deconvolve(blurred, kernel, 0.01), r.wiener_deconvolve(blurred, kernel, np.full(image.shape, 0.01))
    )


def test_wiener_undoes_a_motion_blur_where_the_phase_matters(image):
    kernel = np.array([[0.0, 0.0, 0.7, 0.2, 0.1]])  # not symmetric: its transfer function is not real
    blurred = ndimage.convolve(image, kernel, mode="wrap")
    np.testing.assert_allclose(r.wiener_deconvolve(blurred, kernel, 0), image, atol=1e-9)
    np.testing.assert_allclose(r.inverse_filter(blurred, kernel), image, atol=1e-9)


def test_wiener_applies_its_gain_frequency_by_frequency(image):
    kernel, ratio = filters.gaussian(1.0), 0.02
    padded = np.zeros(image.shape)
    padded[:9, :9] = kernel
    transfer = np.fft.fft2(ndimage.shift(padded, (-4, -4), order=0, mode="grid-wrap"))
    gain = np.conj(transfer) / (np.abs(transfer) ** 2 + ratio)
    expected = np.fft.ifft2(np.fft.fft2(image) * gain).real
    np.testing.assert_allclose(r.wiener_deconvolve(image, kernel, ratio), expected, atol=1e-12)


def test_wiener_with_the_true_spectra_beats_other_constants():
    rng = np.random.default_rng(3)
    clean = ndimage.gaussian_filter(rng.standard_normal((64, 64)), 2, mode="wrap")
    kernel, sigma = filters.gaussian(1.5), 0.02
    noisy = r.blur_circular(clean, kernel) + sigma * rng.standard_normal(clean.shape)
    best = sigma**2 * clean.size / np.abs(np.fft.fft2(clean)) ** 2
    error = r.mse(clean, r.wiener_deconvolve(noisy, kernel, best))
    assert all(error < r.mse(clean, r.wiener_deconvolve(noisy, kernel, k)) for k in (1e-5, 1e-3, 1e-1, 1))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: r.mse([1, 2], [1, 2, 3]), ValueError, r"one shape, got \(2,\) and \(3,\)"),
        (lambda: r.psnr([1], [2], peak=0), ValueError, "peak must be a finite number above 0"),
        (lambda: r.mean_filter(np.zeros((4, 4)), 2), ValueError, "size must be odd, got 2"),
        (lambda: r.mean_filter(np.zeros((4, 4, 3)), 3), ValueError, "image must have 2 axes"),
        (lambda: r.adaptive_wiener(np.zeros((4, 4)), 3, -1), ValueError, "noise_variance"),
        (lambda: r.transfer_function(np.ones((5, 5)), (4, 9)), ValueError, r"kernel must fit.*\(5, 5\)"),
        (lambda: r.transfer_function(np.ones((1, 3)), (4, 3, 3)), ValueError, r"shape must be \(rows, columns\)"),
        (lambda: r.inverse_filter(np.ones((5, 5)), np.ones((3, 3)), -1), ValueError, "floor"),
        (lambda: r.wiener_deconvolve(np.ones((5, 5)), np.ones((3, 3)), -1), ValueError, "noise_to_signal must be at"),
        (lambda: r.wiener_deconvolve(np.ones((5, 5)), np.ones((3, 3)), np.eye(2)), ValueError, "a number or have"),
        (lambda: r.wiener_deconvolve(np.ones((4, 4)), [[0.5, 0, 0.5]], 0), ValueError, "removed a frequency"),
    ],
)
def test_clear_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()
