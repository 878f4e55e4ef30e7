"""Kernels against SciPy, scikit-image and OpenCV."""

import cv2
import numpy as np
import pytest
from scipy import ndimage
from skimage import filters as sk

from course_lib.classical import filters as f


@pytest.fixture
def image():
    return np.random.default_rng(0).random((21, 26))


def test_box_is_the_mean(image):
    np.testing.assert_allclose(ndimage.correlate(image, f.box(5)), ndimage.uniform_filter(image, 5), atol=1e-12)


@pytest.mark.parametrize("sigma", [0.5, 1.0, 2.3])
def test_gaussian_equals_scipy(image, sigma):
    expected = ndimage.gaussian_filter(image, sigma)
    np.testing.assert_allclose(ndimage.correlate(image, f.gaussian(sigma)), expected, atol=1e-12)


def test_gaussian1d_equals_opencv():
    np.testing.assert_allclose(f.gaussian1d(1.5, radius=3), cv2.getGaussianKernel(7, 1.5)[:, 0], rtol=1e-12)


def test_sobel_equals_scipy(image):
    np.testing.assert_allclose(ndimage.correlate(image, f.sobel_x()), ndimage.sobel(image, axis=1), atol=1e-12)
    np.testing.assert_allclose(ndimage.correlate(image, f.sobel_y()), ndimage.sobel(image, axis=0), atol=1e-12)


def test_sobel_of_a_ramp_is_eight():
    ramp = np.tile(np.arange(5.0), (5, 1))
    assert ndimage.correlate(ramp, f.sobel_x())[2, 2] == 8
    assert ndimage.correlate(ramp, f.sobel_y())[2, 2] == 0


def test_laplacian_equals_scipy(image):
    np.testing.assert_allclose(ndimage.correlate(image, f.laplacian()), ndimage.laplace(image), atol=1e-12)


def test_laplacian_of_gaussian_is_close_to_scipy_and_blind_to_constants(image):
    ours = ndimage.correlate(image, f.laplacian_of_gaussian(2.0))
    np.testing.assert_allclose(ours, ndimage.gaussian_laplace(image, 2.0), atol=2e-4)
    assert f.laplacian_of_gaussian(1.0).sum() == pytest.approx(0, abs=1e-15)


def test_sharpen_is_an_unsharp_mask(image):
    expected = image + 1.5 * (image - ndimage.uniform_filter(image, 3))
    np.testing.assert_allclose(ndimage.correlate(image, f.sharpen(1.5)), expected, atol=1e-12)
    assert f.sharpen(0).tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]


def test_gabor_equals_scikit_image():
    # scikit-image divides by 2πσ_xσ_y and calls the phase "offset".
    theirs = sk.gabor_kernel(1 / 6, theta=0.7, sigma_x=3, sigma_y=6, offset=0.4, n_stds=5).real * 2 * np.pi * 3 * 6
    ours = f.gabor(6, 0.7, 3, phase=0.4, aspect=0.5, radius=9)
    middle = [n // 2 for n in theirs.shape]
    window = tuple(slice(m - 9, m + 10) for m in middle)
    np.testing.assert_allclose(ours, theirs[window], atol=1e-12)


@pytest.mark.parametrize("size", [1, 3, 5])
def test_median_equals_scipy(image, size):
    np.testing.assert_array_equal(f.median(image, size), ndimage.median_filter(image, size))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: f.box(0), ValueError, "size must be at least 1"),
        (lambda: f.box(True), TypeError, "size must be a whole number"),
        (lambda: f.gaussian(0), ValueError, "sigma must be a finite number above 0"),
        (lambda: f.gaussian1d(1, radius=1.5), TypeError, "radius must be a whole number.*1.5"),
        (lambda: f.sharpen(-1), ValueError, "amount"),
        (lambda: f.laplacian_of_gaussian("wide"), TypeError, "sigma must be a number.*wide"),
        (lambda: f.gabor(0, 0, 1), ValueError, "wavelength"),
        (lambda: f.gabor(4, np.nan, 1), ValueError, "theta and phase must be finite"),
        (lambda: f.median(np.zeros((3, 3)), 4), ValueError, "size must be odd"),
        (lambda: f.median(np.zeros(3), 3), ValueError, "image must have 2 axes"),
    ],
)
def test_clear_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()
