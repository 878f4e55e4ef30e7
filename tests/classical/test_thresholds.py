"""Thresholds against scikit-image, OpenCV, SciPy and brute force."""

import time
from fractions import Fraction

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage
from skimage import filters as sk

from course_lib.classical import color
from course_lib.classical import thresholds as t
from course_lib.datasets import nuclei, photographs

NAMES = ("astronaut", "brick", "camera", "cell", "chelsea", "coins", "coffee", "grass", "moon", "page", "text")
small_images = hnp.arrays(np.uint8, st.tuples(st.integers(1, 5), st.integers(1, 5)))


def gray(name):
    image = photographs.load(name)
    return image if image.ndim == 2 else color.to_uint8(color.luma(image / 255))


@pytest.fixture
def image():
    return np.random.default_rng(0).random((21, 26))


def best_by_brute_force(image):
    scores = [t.between_class_variance(image, v) for v in np.unique(image)]
    return np.unique(image)[np.argmax(scores)], max(scores)


# --- Otsu -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_otsu_is_what_brute_force_and_two_libraries_find(name):
    image = gray(name)
    found = t.otsu(image)
    assert found == best_by_brute_force(image)[0]
    assert found == sk.threshold_otsu(image)
    assert found == cv2.threshold(image, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0]


@given(small_images)
def test_otsu_is_the_optimum_and_the_two_variances_are_the_whole(image):
    found, best = t.otsu(image), best_by_brute_force(image)[1]
    assert found in image
    assert t.between_class_variance(image, found) == pytest.approx(best, rel=1e-12)
    whole = t.between_class_variance(image, found) + t.within_class_variance(image, found)
    assert whole == pytest.approx(image.var(), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_within_and_between_are_the_whole_at_every_level(name):
    image = gray(name) / 255
    for threshold in np.linspace(0, 1, 18):
        both = t.between_class_variance(image, threshold) + t.within_class_variance(image, threshold)
        assert abs(both - image.var()) < 1e-15


@given(small_images, st.floats(0.1, 10), st.floats(-5, 5))
def test_otsu_goes_with_gain_and_offset(image, gain, offset):
    moved = gain * image.astype(float) + offset
    np.testing.assert_array_equal(moved > t.otsu(moved), image > t.otsu(image))


def test_of_equally_good_thresholds_the_smallest():
    assert t.otsu([0, 1, 2]) == 0
    assert t.otsu([0, 0, 5, 5]) == 0  # scikit-image and OpenCV, too, name the last dark level
    assert t.otsu([7, 7, 7]) == 7


def test_the_number_of_a_value_does_not_depend_on_how_it_is_stored():
    image = gray("coins")
    assert t.otsu(image) == t.otsu(image.astype(int)) == t.otsu(image.astype(np.float32)) == t.otsu(image / 256) * 256


def test_one_hot_pixel_moves_the_bins_of_a_float_image_but_not_its_values():
    """CURRICULUM: "one hot pixel moves a float Otsu from .30 to 2.04"; that is the histogram's doing."""
    random = np.random.default_rng(0)
    image = np.where(random.random((128, 128)) < 0.3, 0.5, 0.1) + random.normal(0, 0.05, (128, 128))
    hot = image.copy()
    hot[0, 0] = 1000
    assert abs(t.otsu(image) - sk.threshold_otsu(image)) < 0.01
    assert sk.threshold_otsu(hot) > 1.5  # every other pixel lies in the first of 256 bins
    assert (hot > sk.threshold_otsu(hot)).sum() == 1


def test_otsu_breaks_where_the_foreground_is_rare():
    """Two normal distributions of one width, at 64 and 192: between 5 % and 1 % of foreground it leaves the valley."""
    random = np.random.default_rng(1)
    dark = random.normal(64, 24, 100_000)

    def found(share):
        count = int(share * 100_000)
        return t.otsu(np.rint(np.concatenate([dark[count:], random.normal(192, 24, count)])))

    assert 120 < found(0.5) < 136
    assert found(0.01) < 100


# --- Li, several classes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_li_is_scikit_images_run_to_its_end(name):
    image = gray(name)
    found, theirs = t.li(image), sk.threshold_li(image)
    assert abs(found - theirs) < 1
    light = image.astype(float) - image.min()
    above = light > found - image.min()
    bright, dark = light[above].mean(), light[~above].mean()
    assert found - image.min() == pytest.approx((bright - dark) / np.log(bright / dark), rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_li_is_a_minimum_that_need_not_be_the_lowest(name):
    image = gray(name)
    light = image.astype(float) - image.min()
    levels = np.arange(int(light.max()))
    entropy = np.array([t.cross_entropy(light, v) for v in levels])
    found = t.li(image) - image.min()
    nearest = levels[np.abs(levels - found) <= 3][np.argmin(entropy[np.abs(levels - found) <= 3])]
    assert abs(nearest - found) < 3  # the lowest within reach is not at the end of the reach
    if name == "cell":
        assert entropy.min() < t.cross_entropy(light, found) - 1  # there is a lower valley, at 111
    else:
        assert t.cross_entropy(light, found) == pytest.approx(entropy.min(), rel=2e-5)


@given(hnp.arrays(np.float64, st.integers(2, 12), elements=st.integers(0, 30)))
def test_li_comes_to_an_end_between_the_ends(image):
    found = t.li(image)
    assert image.min() <= found < image.max() or np.ptp(image) == 0


def between_exactly(image, cuts):
    """The sum over classes of (sum of values)² / pixels, as a fraction: the larger, the better the cuts."""
    labels = np.digitize(image.ravel(), cuts, right=True)
    parts = [image.ravel()[labels == c] for c in range(len(cuts) + 1)]
    return sum(Fraction(int(part.sum(dtype=int)) ** 2, part.size) for part in parts)


@pytest.mark.parametrize("name", NAMES)
def test_three_classes_equal_scikit_image(name):
    """But on one photograph, where scikit-image's float32 histogram takes the second best for the best."""
    image = gray(name)
    ours, theirs = t.multi_otsu(image), sk.threshold_multiotsu(image)
    if name == "astronaut":
        assert (ours.tolist(), theirs.tolist()) == ([71, 158], [72, 158])
        assert between_exactly(image, ours) > between_exactly(image, theirs)
    else:
        np.testing.assert_array_equal(ours, theirs)


def test_four_classes_equal_scikit_image_and_five_take_no_second():
    image = gray("coins")
    np.testing.assert_array_equal(t.multi_otsu(image, 4), sk.threshold_multiotsu(image, 4))
    start = time.perf_counter()
    assert (np.diff(t.multi_otsu(image, 5)) > 0).all()
    assert time.perf_counter() - start < 1  # scikit-image compares all combinations: seconds


@settings(deadline=None)
@given(hnp.arrays(np.uint8, st.integers(3, 8), unique=True))
def test_several_classes_are_the_best_by_brute_force(image):
    values = np.unique(image).astype(float)
    found = t.multi_otsu(image, 3)

    def within(cuts):
        groups = np.split(values, np.searchsorted(values, cuts, side="right"))
        return sum(((g - g.mean()) ** 2).sum() for g in groups)

    pairs = [(a, b) for i, a in enumerate(values[:-2]) for b in values[i + 1 : -1]]
    assert within(found) == pytest.approx(min(within(pair) for pair in pairs), rel=1e-9, abs=1e-9)


def test_two_classes_are_otsu_and_many_values_are_grouped(image):
    assert t.multi_otsu(image, 2)[0] == t.otsu(image)
    many = np.random.default_rng(3).normal(size=5000) + np.repeat([0, 8, 16], [3000, 1000, 1000])
    found = t.multi_otsu(many)
    np.testing.assert_allclose(found, [4, 12], atol=1.2)
    assert np.isin(found, many).all()


# --- one threshold for each pixel -------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 3, 7, 101])
def test_the_window_mean_equals_scipy(image, size):
    np.testing.assert_allclose(t.window_mean(image, size), ndimage.uniform_filter(image, size), atol=1e-13)


@pytest.mark.parametrize("size", [3, 15, 35])
def test_local_thresholds_equal_scikit_image(size):
    page = photographs.load("page") / 255
    np.testing.assert_allclose(
        t.local_mean(page, size, 0.04), sk.threshold_local(page, size, method="mean", offset=0.04), atol=1e-12
    )
    inside = np.s_[
        size // 2 : -(size // 2), size // 2 : -(size // 2)
    ]  # their borders are mirrored without the last pixel
    np.testing.assert_allclose(
        t.niblack(page, size, 0.3)[inside], sk.threshold_niblack(page, size, 0.3)[inside], atol=2e-6
    )
    np.testing.assert_allclose(
        t.sauvola(page, size, 0.3)[inside], sk.threshold_sauvola(page, size, 0.3, r=0.5)[inside], atol=2e-6
    )


def test_opencv_repeats_the_border_and_rounds():
    page = photographs.load("page")
    theirs = cv2.adaptiveThreshold(page, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 35, 10) > 0
    rounded = np.rint(ndimage.uniform_filter(page.astype(float), 35, mode="nearest"))
    inside = np.s_[18:-18, 18:-18]
    assert np.mean(theirs != (page > rounded - 10)) < 1e-4
    assert np.mean((page > t.local_mean(page, 35, 10))[inside] != theirs[inside]) < 0.002


@pytest.mark.parametrize("size", [3, 9])
def test_the_deviation_of_a_window(image, size):
    expected = ndimage.generic_filter(image, np.std, size)
    np.testing.assert_allclose(t.window_deviation(image, size), expected, atol=1e-12)
    np.testing.assert_allclose(t.window_deviation(image + 1e6, size), expected, atol=1e-9)


def test_a_flat_image():
    flat = np.full((5, 6), 0.7)
    np.testing.assert_array_equal(t.local_mean(flat, 3), flat)
    np.testing.assert_array_equal(t.window_deviation(flat, 3), 0)
    np.testing.assert_allclose(t.sauvola(flat, 3), 0.8 * flat)


def test_thresholds_are_as_fast_as_the_library():
    """At most three times its time: processor time, the best of several, one beside the other."""
    image = photographs.load("camera") / 255
    ours, theirs = [], []
    for _ in range(5):
        begin = time.process_time()
        sk.threshold_local(image, 35, method="mean")
        theirs.append(time.process_time() - begin)
        begin = time.process_time()
        t.local_mean(image, 35)
        ours.append(time.process_time() - begin)
    assert min(ours) < 3 * min(theirs) + 0.01


# --- on nuclei --------------------------------------------------------------------------------------------------------


def test_what_chapter_04_says_of_nuclei():
    """Dice on the test part: the logarithm is worth more than any of the rules."""
    (_, _), (frames, labels) = nuclei.load()
    truth = labels > 0

    def score(masks):
        return np.mean([2 * (m & y).sum() / (m.sum() + y.sum()) for m, y in zip(masks, truth, strict=True)])

    logs = np.log1p(frames.astype(float))
    assert score([x > t.otsu(x) for x in frames]) == pytest.approx(0.814, abs=0.001)
    assert score([x > t.otsu(x) for x in logs]) == pytest.approx(0.958, abs=0.001)
    assert score([x > t.li(x) for x in frames]) == pytest.approx(0.953, abs=0.002)


# --- clear errors -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: t.otsu([]), ValueError, "image must not be empty"),
        (lambda: t.otsu([1.0, np.nan]), ValueError, "image must be finite, got 1 of 2"),
        (lambda: t.otsu(np.ma.masked_array([1, 2], [True, False])), TypeError, "image must not be masked"),
        (lambda: t.otsu(["a"]), TypeError, "image must hold real numbers"),
        (lambda: t.li([1.0, np.inf]), ValueError, "image must be finite"),
        (lambda: t.between_class_variance([1, 2], "high"), TypeError, "threshold must be a number, got 'high'"),
        (lambda: t.cross_entropy([-1, 2], 0), ValueError, "image must be at least 0, got -1: subtract its minimum"),
        (lambda: t.multi_otsu([1, 2], 3), ValueError, "classes must be at most the number of different values, 2"),
        (lambda: t.multi_otsu([1, 2], 1), ValueError, "classes must be at least 2"),
        (lambda: t.multi_otsu([1, 2], 2.0), TypeError, "classes must be a whole number"),
        (lambda: t.local_mean(np.ones((4, 4)), 4), ValueError, "size must be odd, got 4"),
        (lambda: t.local_mean(np.ones((4, 4, 3)), 3), ValueError, "image must have 2 axes"),
        (lambda: t.local_mean(np.ones((4, 4)), 3, None), TypeError, "offset must be a number"),
        (lambda: t.sauvola(np.ones((4, 4)), 3, r=0), ValueError, "r must be a finite number above 0"),
        (lambda: t.niblack(np.ones((4, 4)), 3, k="k"), TypeError, "k must be a number"),
    ],
)
def test_clear_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()
