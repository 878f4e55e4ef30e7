"""Edges against scikit-image, OpenCV, SciPy, loops, and Canny's own formulas."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage
from skimage import feature, measure

from course_lib.classical import color, edges
from course_lib.classical.filters import gaussian1d
from course_lib.datasets import photographs


def gray(name):
    image = photographs.load(name)
    return image if image.ndim == 2 else np.rint(color.luma(image)).astype(np.uint8)


SEVEN = ("camera", "coins", "page", "brick", "chelsea", "coffee", "moon")
small = hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12))

# --- the parts --------------------------------------------------------------------------------------------------------


def test_a_ramp_of_one_a_pixel_has_slope_one():
    y, x = np.mgrid[:7, :9].astype(float)
    gx, gy = edges.gradient(3 * x - 2 * y)
    np.testing.assert_allclose(gx[1:-1, 1:-1], 3, atol=1e-12)
    np.testing.assert_allclose(gy[1:-1, 1:-1], -2, atol=1e-12)


@pytest.mark.parametrize("mode", edges.MODES)
def test_gradient_is_scipys_sobel_over_eight(mode):
    image = gray("coins")[:80, :90] / 255
    for sigma in (0, 1.5):
        smooth = ndimage.gaussian_filter(image, sigma, mode=mode)
        for ours, axis in zip(edges.gradient(image, sigma, mode), (1, 0), strict=True):
            np.testing.assert_array_equal(ours, ndimage.sobel(smooth, axis, mode=mode) / 8)


def suppressed_by_loops(strength, gx, gy):
    """Strengths read between the pixels, one pixel away along the longer axis of the slope."""
    kept = np.zeros_like(strength)
    for i in range(1, strength.shape[0] - 1):
        for j in range(1, strength.shape[1] - 1):
            x, y = gx[i, j], gy[i, j]
            if x == 0 and y == 0:
                continue
            step = np.array([y, x]) / max(abs(x), abs(y))  # one component is ±1, the other a fraction
            there, back = ndimage.map_coordinates(
                strength, np.stack([[i, j] + step, [i, j] - step], axis=1), order=1, mode="nearest"
            )
            if strength[i, j] >= max(there, back) - 1e-12:
                kept[i, j] = strength[i, j]
    return kept


@pytest.mark.parametrize("seed", range(5))
def test_suppression_interpolates_along_the_slope(seed):
    rng = np.random.default_rng(seed)
    strength, gx, gy = rng.random((12, 15)), *rng.normal(size=(2, 12, 15))
    np.testing.assert_array_equal(edges.suppress(strength, gx, gy), suppressed_by_loops(strength, gx, gy))


def test_suppression_keeps_ties_and_leaves_out_the_rim():
    strength, ones = np.tile([0.0, 1.0, 3.0, 3.0, 0.0], (4, 1)), np.ones((4, 5))
    kept = edges.suppress(strength, ones, np.zeros((4, 5)))
    assert kept.tolist() == [[0] * 5, [0, 0, 3, 3, 0], [0, 0, 3, 3, 0], [0] * 5]
    assert not edges.suppress(strength, 0 * ones, 0 * ones).any()


@settings(max_examples=100, deadline=None)
@given(small)
def test_suppression_only_removes_and_does_not_know_which_side_is_bright(image):
    gx, gy = edges.gradient(image)
    strength = edges.magnitude(gx, gy)
    kept = edges.suppress(strength, gx, gy)
    assert np.all((kept == 0) | (kept == strength))
    np.testing.assert_array_equal(kept, edges.suppress(strength, -gx, -gy))


@settings(max_examples=100, deadline=None)
@given(small, st.integers(0, 120), st.integers(0, 120))
def test_hysteresis_is_growing_until_nothing_changes(image, low, more):
    weak, grown = (image >= low) & (image > 0), (image >= low + more) & (image > 0)
    while True:
        larger = ndimage.binary_dilation(grown, np.ones((3, 3))) & weak
        if (larger == grown).all():
            break
        grown = larger
    np.testing.assert_array_equal(edges.hysteresis(image, low, low + more), grown)


def test_hysteresis_has_inclusive_thresholds_and_eight_neighbours():
    strength = np.array([[2, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0], [1, 0, 0]])
    assert edges.hysteresis(strength, 1, 2).astype(int).tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0] * 3, [0] * 3]


# --- the whole --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SEVEN)
def test_canny_is_that_of_scikit_image(name):
    image = gray(name) / 255
    for sigma in (0, 1, 2, 3):
        for mode in ("constant", "nearest", "reflect"):
            theirs = feature.canny(image, sigma, 0.1, 0.2, mode=mode)
            np.testing.assert_array_equal(edges.canny(image, sigma, mode=mode), theirs)
            assert theirs.any() or name == "moon"


@pytest.mark.parametrize("name", SEVEN)
def test_canny_opencv_is_that_of_opencv(name):
    for low, high in ((100, 200), (50, 150.7), (0, 0), (30.5, 30.5)):
        theirs = cv2.Canny(gray(name), low, high) > 0
        np.testing.assert_array_equal(edges.canny_opencv(gray(name), low, high), theirs)


@settings(max_examples=100, deadline=None)
@given(small, st.integers(0, 300), st.integers(0, 300))
def test_both_on_small_images(image, low, more):
    np.testing.assert_array_equal(edges.canny_opencv(image, low, low + more), cv2.Canny(image, low, low + more) > 0)
    theirs = feature.canny(image / 255, 1.0, low / 255, (low + more) / 255, mode="nearest")
    ours = edges.canny(image / 255, 1.0, low / 255, (low + more) / 255, mode="nearest")
    np.testing.assert_array_equal(ours, theirs)


def test_lower_thresholds_keep_more():
    image = gray("coins") / 255
    found = [edges.canny(image, 2, low, 0.2) for low in (0.2, 0.1, 0.05)]
    assert np.all(found[0] <= found[1]) and np.all(found[1] <= found[2]) and found[2].sum() > found[0].sum()


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (2, 2), (9, 1)])
def test_an_image_without_an_inside_has_no_edge(shape):
    image = np.arange(np.prod(shape)).reshape(shape)
    assert not edges.canny(image).any()
    assert not edges.canny(np.full((9, 9), 0.3)).any()
    assert not edges.zero_crossings(np.full(shape, 0.3), 1).any()


# --- second derivatives -----------------------------------------------------------------------------------------------


def test_zero_crossings_lie_on_the_edge_of_a_disc():
    y, x = np.mgrid[-40:41, -40:41]
    distance = np.hypot(x, y)
    found = edges.zero_crossings((distance < 25).astype(float), 2.0, threshold=0.01)
    assert np.abs(distance[found] - 25).max() < 1
    assert measure.label(~found, connectivity=1).max() == 2, "the contour is closed"


def test_zero_crossings_by_loops():
    image = np.random.default_rng(1).random((9, 11))
    second = ndimage.gaussian_laplace(image, 1.3, mode="nearest")
    expected = np.zeros(image.shape, bool)
    for i, j in np.ndindex(image.shape):
        for k, m in ((i + 1, j), (i, j + 1)):
            if k < 9 and m < 11 and second[i, j] * second[k, m] < 0:
                expected[(i, j) if abs(second[i, j]) <= abs(second[k, m]) else (k, m)] = True
    np.testing.assert_array_equal(edges.zero_crossings(image, 1.3), expected)


def test_smoothing_obeys_the_heat_equation():
    """The Gaussian of σ solves ∂u/∂t = (1/2) Δu with t = σ²."""
    wave = np.cos(2 * np.pi * np.arange(64) / 64)[:, None] * np.ones((1, 8))
    t, step = 9.0, 1e-3
    after, before = (ndimage.gaussian_filter(wave, np.sqrt(t + s), mode="wrap", truncate=12) for s in (step, -step))
    there = ndimage.gaussian_laplace(wave, np.sqrt(t), mode="wrap", truncate=12)
    np.testing.assert_allclose((after - before) / (2 * step), there / 2, atol=2e-8)


# --- scores, and what smoothing costs ---------------------------------------------------------------------------------


def test_f1_by_hand():
    truth = np.zeros((9, 9), bool)
    truth[:, 4] = True
    found = np.zeros((9, 9), bool)
    found[:, 6] = found[0, 0] = True
    assert edges.edge_f1(truth, truth, 0) == 1
    assert edges.edge_f1(found, truth, 1) == 0
    assert edges.edge_f1(found, truth, 2) == pytest.approx(2 * 0.9 / 1.9)
    assert edges.edge_f1(~truth & False, ~truth & False, 1) == 1
    assert edges.edge_f1(truth, ~truth & False, 1) == 0


def test_precision_and_recall_by_hand_and_by_all_pairs():
    truth = np.zeros((9, 9), bool)
    truth[:, 4] = True
    found = np.zeros((9, 9), bool)
    found[:6, 5] = found[0, 0] = found[8, 8] = True
    assert edges.edge_scores(found, truth, 1) == pytest.approx((6 / 8, 6 / 9, 12 / 17))
    assert edges.edge_scores(found, found & False, 1) == (0, 0, 0) == edges.edge_scores(found & False, found, 1)
    assert edges.edge_scores(found & False, truth & False, 1) == (1, 1, 1)
    random = np.random.default_rng(0)
    for tolerance in (0, 1, 1.5, 3):
        found, truth = random.random((2, 14, 11)) < 0.1
        apart = np.hypot(*(np.argwhere(found)[:, None] - np.argwhere(truth)).transpose(2, 0, 1)) <= tolerance
        precision, recall = apart.any(axis=1).mean(), apart.any(axis=0).mean()
        got = edges.edge_scores(found, truth, tolerance)
        assert got[:2] == pytest.approx((precision, recall))
        assert got.f1 == edges.edge_f1(found, truth, tolerance)


def test_a_noisy_disc_needs_a_wider_gaussian():
    y, x = np.mgrid[:96, :96] - 48
    disc = (np.hypot(x, y) < 28).astype(float)
    truth = edges.canny(disc, 1.0)
    noisy = disc + np.random.default_rng(0).normal(0, 0.5, disc.shape)
    scores = {}
    for sigma in (1, 2, 3):
        high = 0.5 / (np.sqrt(2 * np.pi) * np.hypot(sigma, 0.7))  # half the slope of a blurred step
        scores[sigma] = edges.edge_f1(edges.canny(noisy, sigma, 8 * 0.5 * high, 8 * high), truth, 2)
    assert scores[1] < 0.5 < 0.95 < scores[3]


@pytest.mark.parametrize("sigma", [3.0, 4.0])
def test_laplacian_of_gaussian_is_second_differences_and_the_kernel(sigma):
    image = gray("coins")[:140, :150] / 255
    ours = edges.laplacian_of_gaussian(image, sigma)
    smooth = np.pad(ndimage.gaussian_filter(image, sigma, mode="nearest"), 1, mode="edge")
    around = smooth[2:, 1:-1] + smooth[:-2, 1:-1] + smooth[1:-1, 2:] + smooth[1:-1, :-2] - 4 * smooth[1:-1, 1:-1]
    assert np.abs(ours - around)[1:-1, 1:-1].max() < 0.04 * np.abs(ours).max()
    y, x = np.mgrid[-24:25, -24:25]
    gaussian = np.exp(-(x**2 + y**2) / (2 * sigma**2))
    kernel = (x**2 + y**2 - 2 * sigma**2) / sigma**4 * gaussian / gaussian.sum()
    by_kernel = ndimage.correlate(image, kernel, mode="nearest")
    assert np.abs(ours - by_kernel).max() < 0.01 * np.abs(ours).max()


def test_zero_crossings_lie_outside_a_round_edge_and_at_a_slopes_minimum():
    """∇²u = u_rr + u_r / r: the second term moves the zero outwards; a staircase has one between its two steps."""
    y, x = np.mgrid[-60:61, -60:61].astype(float)
    fine = np.linspace(-0.4, 0.4, 5)
    disc = np.mean([np.hypot(x + a, y + b) < 8 for a in fine for b in fine], axis=0)
    profile = ndimage.gaussian_filter(disc, 4.0)[60, 60:]
    steepest = np.argmin(np.diff(profile)) + 0.5
    crossing = edges.zero_crossings(disc, 4.0)[60, 60:].nonzero()[0][0]
    assert steepest < 8 < crossing
    stairs = np.repeat([(np.arange(61) >= 20).astype(float) + (np.arange(61) >= 40)], 3, axis=0)
    crossed = edges.zero_crossings(stairs, 3.0, threshold=1e-4)[1].nonzero()[0]
    slope = ndimage.gaussian_filter1d(stairs[1], 3.0, order=1)
    assert len(crossed) == 3 and slope[crossed[1]] < 0.3 * slope.max()


def slopes_of_noise(sigma, draws, seed, length=121):
    noise = np.random.default_rng(seed).normal(size=(draws, length))
    smooth = ndimage.gaussian_filter1d(noise, sigma, axis=1, order=1, truncate=8)
    return smooth[:, length // 2], ndimage.gaussian_filter1d(noise, sigma, axis=1, order=2, truncate=8)[:, length // 2]


def test_cannys_tradeoff_along_a_line():
    """Signal to noise (A/n) sqrt(2σ/√π), localization (n/A) sqrt(3√π σ/4)."""
    sigma, n = 4.0, 0.1
    first, second = slopes_of_noise(sigma, 20000, 0)
    peak, curvature = 1 / (np.sqrt(2 * np.pi) * sigma), 1 / (np.sqrt(2 * np.pi) * sigma**3)
    assert peak / (n * first.std()) == pytest.approx(np.sqrt(2 * sigma / np.sqrt(np.pi)) / n, rel=0.03)
    assert n * second.std() / curvature == pytest.approx(n * np.sqrt(3 * np.sqrt(np.pi) * sigma / 4), rel=0.03)


def test_cannys_tradeoff_in_the_plane():
    """Signal to noise 2σ A/n, localization (n/A) sqrt(3/8) for every σ."""
    for sigma, tolerance in ((2.0, 0.06), (4.0, 0.02)):
        kernel = gaussian1d(sigma, radius=int(8 * sigma))
        x = np.arange(len(kernel)) - len(kernel) // 2
        first, second = -x / sigma**2 * kernel, (x**2 / sigma**4 - 1 / sigma**2) * kernel
        along = np.sqrt(np.sum(kernel**2))
        peak, curvature = 1 / (np.sqrt(2 * np.pi) * sigma), 1 / (np.sqrt(2 * np.pi) * sigma**3)
        assert peak / (np.sqrt(np.sum(first**2)) * along) == pytest.approx(2 * sigma, rel=tolerance)
        spread = np.sqrt(np.sum(second**2)) * along / curvature
        assert spread == pytest.approx(np.sqrt(3 / 8), rel=tolerance)


# --- what is refused --------------------------------------------------------------------------------------------------

image, ones = np.zeros((5, 6)), np.ones((5, 6))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: edges.gradient(np.zeros((4, 4, 3))), ValueError, "image must have 2 axes"),
        (lambda: edges.gradient(image, -1), ValueError, "sigma must be a finite number of at least 0"),
        (lambda: edges.gradient(image, mode="zero"), ValueError, "mode must be one of 'nearest'"),
        (lambda: edges.magnitude(image, image[:, :5]), ValueError, "gx and gy must have one shape"),
        (lambda: edges.suppress(ones, ones, ones[:4]), ValueError, "gx and gy must have one shape"),
        (lambda: edges.suppress(ones[:4], ones, ones), ValueError, "strength and gx must have one shape"),
        (lambda: edges.suppress(-ones, ones, ones), ValueError, "strength must be at least 0"),
        (lambda: edges.hysteresis(image, 2, 1), ValueError, "low must be at most high, got low=2 and high=1"),
        (lambda: edges.canny(image, 1, "weak", 1), TypeError, "low must be a number"),
        (lambda: edges.canny(image + 1j), TypeError, "image must hold real numbers"),
        (lambda: edges.canny_opencv(image, 1, 2), TypeError, "image must be uint8, got dtype float64"),
        (lambda: edges.canny_opencv(np.zeros(5, np.uint8), 1, 2), ValueError, "image must have 2 axes"),
        (lambda: edges.zero_crossings(image, 0), ValueError, "sigma must be a finite number above 0"),
        (lambda: edges.zero_crossings(image, 1, -1), ValueError, "threshold must be a finite number of at least 0"),
        (lambda: edges.edge_f1(image, image > 0, 1), TypeError, "found must be a mask of bool, got dtype float64"),
        (lambda: edges.edge_f1(image > 0, ones[:2] > 0, 1), ValueError, "found and truth must have one shape"),
        (lambda: edges.edge_f1(image > 0, ones > 0, -1), ValueError, "tolerance"),
    ],
)
def test_clear_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()
