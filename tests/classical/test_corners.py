"""Corners and blobs against scikit-image, OpenCV, eigenvalues, and discs whose size is known."""

import cv2
import numpy as np
import pytest
from scipy import ndimage
from skimage import feature

from course_lib.classical import color, corners, edges
from course_lib.datasets import photographs


def gray(name):
    image = photographs.load(name)
    return (image if image.ndim == 2 else color.luma(image)) / 255


@pytest.mark.parametrize("name", ["camera", "coins", "coffee", "page"])
@pytest.mark.parametrize("sigma", [1.0, 2.5])
def test_responses_are_those_of_scikit_image(name, sigma):
    """Slopes are an eighth of SciPy's Sobel sums, so the units differ by 8² and 8⁴: powers of two, exactly."""
    image = gray(name)
    np.testing.assert_array_equal(
        4096 * corners.harris(image, sigma, mode="constant"), feature.corner_harris(image, k=0.05, sigma=sigma)
    )
    np.testing.assert_array_equal(
        64 * corners.shi_tomasi(image, sigma, mode="constant"), feature.corner_shi_tomasi(image, sigma)
    )
    theirs = feature.structure_tensor(image, sigma, order="rc")
    for ours, other in zip(corners.structure_tensor(image, sigma, "constant")[::-1], theirs, strict=True):
        np.testing.assert_array_equal(64 * ours, other)


def test_harris_with_a_box_is_that_of_opencv():
    image = gray("camera")[:120, :130].astype(np.float32)
    gx, gy = edges.gradient(image, mode="mirror")
    axx, axy, ayy = (ndimage.uniform_filter(p, 3, mode="mirror") for p in (gx * gx, gx * gy, gy * gy))
    ours = axx * ayy - axy**2 - 0.05 * (axx + ayy) ** 2
    theirs = cv2.cornerHarris(image, blockSize=3, ksize=3, k=0.05)
    scale = np.sum(ours * theirs) / np.sum(ours**2)
    np.testing.assert_allclose(scale * ours[3:-3, 3:-3], theirs[3:-3, 3:-3], atol=1e-5 * np.abs(theirs).max())


def test_responses_are_made_of_eigenvalues():
    image = np.random.default_rng(0).random((20, 24))
    axx, axy, ayy = corners.structure_tensor(image, 1.5)
    small, large = np.moveaxis(np.linalg.eigvalsh(np.stack([[axx, axy], [axy, ayy]]).transpose(2, 3, 0, 1)), -1, 0)
    np.testing.assert_allclose(corners.shi_tomasi(image, 1.5), small, atol=1e-12)
    np.testing.assert_allclose(
        corners.harris(image, 1.5, 0.04), small * large - 0.04 * (small + large) ** 2, atol=1e-12
    )


def test_without_a_window_nothing_is_a_corner():
    """det = 0 at every pixel when the products are not averaged: a mistake that is often made."""
    image = gray("camera")
    nearly = corners.harris(image, sigma=1e-3)
    gx, gy = edges.gradient(image)
    np.testing.assert_allclose(nearly, -0.05 * (gx**2 + gy**2) ** 2, atol=1e-15)


def test_the_corners_of_a_square_are_found():
    image = np.zeros((40, 40))
    image[10:30, 12:28] = 1
    expected = {(10, 12), (10, 27), (29, 12), (29, 27)}
    for response in (corners.harris(image), corners.shi_tomasi(image)):
        found = {tuple(place) for place in corners.corner_peaks(response, 10, least=0.2).tolist()}
        assert len(found) == 4
        for row, column in found:
            assert min(np.hypot(row - r, column - c) for r, c in expected) < 1.5


def test_a_turned_image_has_turned_responses():
    image = gray("coins")[:64, :64]
    for function in (corners.harris, corners.shi_tomasi):
        np.testing.assert_allclose(function(np.rot90(image)), np.rot90(function(image)), atol=1e-12)


def test_peaks_are_those_of_scikit_image():
    response = np.random.default_rng(1).random((50, 60))
    theirs = feature.peak_local_max(response, min_distance=1, threshold_rel=0.5, exclude_border=False)
    ours = corners.corner_peaks(response, 1000, apart=0, least=0.5)
    np.testing.assert_array_equal(ours, theirs)
    kept = corners.corner_peaks(response, 1000, apart=8)
    distances = np.hypot(*(kept[:, None] - kept[None]).transpose(2, 0, 1)) + 99 * np.eye(len(kept))
    assert distances.min() >= 8
    assert len(corners.corner_peaks(np.zeros((5, 5)), 3)) == 0


# --- blobs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["camera", "coffee", "page"])
def test_blobs_are_those_of_scikit_image_before_pruning(name):
    sigmas = np.linspace(2, 12, 6)
    ours = corners.blobs(gray(name), sigmas, 0.1, mode="reflect")
    theirs = feature.blob_log(gray(name), 2, 12, 6, threshold=0.1, overlap=1)
    assert sorted(map(tuple, ours)) == sorted(map(tuple, theirs))
    assert len(ours) > 100


@pytest.mark.parametrize("radius", [6.5, 12.5, 20.5])
def test_a_disc_answers_best_at_its_radius_over_root_two(radius):
    y, x = np.mgrid[-60:61, -60:61]
    sigmas = np.geomspace(radius / 2.5, radius, 81)
    response = corners.scale_space((np.hypot(x, y) < radius).astype(float), sigmas)[:, 60, 60]
    assert sigmas[response.argmax()] == pytest.approx(radius / np.sqrt(2), rel=0.03)
    assert response.max() == pytest.approx(2 / np.e, rel=0.02)


def test_twice_the_image_answers_at_twice_the_scale():
    y, x = np.mgrid[-64:65, -64:65]
    small, large = (np.exp(-(x**2 + y**2) / (2 * s**2)) for s in (5.0, 10.0))
    a, b = corners.scale_space(small, [4.0]), corners.scale_space(large, [8.0])
    np.testing.assert_allclose(a[0, 32:97, 32:97], b[0, ::2, ::2], atol=1e-4)


def test_a_constant_image_has_neither():
    flat = np.full((12, 9), 0.7)
    assert len(corners.blobs(flat, [1, 2], 0.01)) == 0
    assert np.abs(corners.harris(flat)).max() < 1e-20
    assert len(corners.corner_peaks(np.zeros((1, 1)), 1)) == 0


image = np.zeros((5, 6))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: corners.structure_tensor(image, 0), ValueError, "sigma must be a finite number above 0"),
        (lambda: corners.harris(image, k=0.3), ValueError, "k must be from 0 to 0.25"),
        (lambda: corners.harris(np.zeros((3, 3, 3))), ValueError, "image must have 2 axes"),
        (lambda: corners.shi_tomasi(image, mode="zero"), ValueError, "mode must be one of"),
        (lambda: corners.corner_peaks(image, 0), ValueError, "count must be at least 1"),
        (lambda: corners.corner_peaks(image, 1, least=-1), ValueError, "least must be from 0 to 1"),
        (lambda: corners.scale_space(image, [0, 1]), ValueError, "sigma must be a finite number above 0"),
        (lambda: corners.blobs(image, [2, 1], 0.1), ValueError, "sigmas must rise"),
        (lambda: corners.blobs(image, [1, 2], -1), ValueError, "threshold must be"),
    ],
)
def test_clear_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()
