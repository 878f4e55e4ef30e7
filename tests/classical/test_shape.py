"""Moments, Hu's invariants, perimeters and contours against scikit-image, OpenCV, loops and closed forms."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from skimage import data, draw, measure, morphology

from course_lib.classical import shape as s
from course_lib.datasets import emoji

masks = hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, max_side=9))
weights = hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=9)).filter(np.any)


def letter():
    """An L, which no turn makes its own mirror image."""
    image = np.zeros((40, 40))
    image[8:30, 10:16] = image[24:30, 10:26] = 1
    return image


def photographs():
    return [getattr(data, name)() for name in ("camera", "coins", "moon", "page", "text", "clock", "brick")]


# --- moments ----------------------------------------------------------------------------------------------------------


@given(weights, st.integers(0, 4))
def test_moments_by_their_sums(image, order):
    raw, central = np.zeros((2, order + 1, order + 1))
    row, column = s.centroid(image)
    for p in range(order + 1):
        for q in range(order + 1):
            for (i, j), value in np.ndenumerate(image.astype(float)):
                raw[p, q] += i**p * j**q * value
                central[p, q] += (i - row) ** p * (j - column) ** q * value
    np.testing.assert_allclose(s.raw_moments(image, order), raw, rtol=1e-12)
    np.testing.assert_allclose(s.central_moments(image, order), central, rtol=1e-9, atol=1e-6)


def test_moments_equal_scikit_image_and_opencv():
    for image in photographs():
        weighted = image.astype(float)
        theirs = measure.moments_central(weighted)
        np.testing.assert_allclose(s.raw_moments(weighted), measure.moments(weighted), rtol=1e-13)
        given = np.add.outer(range(4), range(4)) <= 3  # scikit-image leaves the others 0
        np.testing.assert_allclose(
            s.central_moments(weighted)[given], theirs[given], rtol=1e-9, atol=1e-12 * theirs.max()
        )
        kept = given & np.isfinite(measure.moments_normalized(theirs))
        ours = s.normalized_moments(weighted)
        np.testing.assert_allclose(ours[kept], measure.moments_normalized(theirs)[kept], rtol=1e-9, atol=1e-16)
        assert ours[0, 0] == 1
        opencv = cv2.moments(image)
        assert s.raw_moments(image)[1, 0] == opencv["m01"] and s.raw_moments(image)[0, 2] == opencv["m20"]


@given(weights, st.integers(0, 5), st.integers(0, 5))
def test_a_shift_changes_no_central_moment(image, down, right):
    moved = np.pad(image, ((down, 1), (right, 2)))
    np.testing.assert_allclose(s.central_moments(moved), s.central_moments(image), atol=1e-7, rtol=1e-9)


def test_a_change_of_size_changes_normalized_moments_little():
    large = np.kron(letter(), np.ones((4, 4)))
    assert not np.allclose(s.central_moments(large), s.central_moments(letter()), rtol=0.5)
    np.testing.assert_allclose(s.normalized_moments(large), s.normalized_moments(letter()), rtol=0.03, atol=1e-4)


def test_hu_equals_opencv_but_for_the_sign_of_h7():
    """OpenCV's first index is x, ours the row. To swap them is a mirror, and h7 tells a shape from its mirror image."""
    for image in [*photographs(), letter().astype(np.uint8)]:
        ours, theirs = s.hu_moments(image), cv2.HuMoments(cv2.moments(image))[:, 0]
        np.testing.assert_allclose(ours[:6], theirs[:6], rtol=2e-13, atol=1e-25)
        assert ours[6] == pytest.approx(-theirs[6], rel=1e-11, abs=1e-25)
        np.testing.assert_allclose(s.hu_moments(image.T), theirs, rtol=1e-11, atol=1e-25)  # swapped back
        scikit = measure.moments_hu(measure.moments_normalized(measure.moments_central(image.astype(float))))
        np.testing.assert_allclose(ours, scikit, rtol=1e-11, atol=1e-25)
    assert abs(s.hu_moments(letter())[6]) > 1e-9


@given(weights)
def test_hu_keeps_quarter_turns_and_shifts_and_mirrors_h7(image):
    hu = s.hu_moments(image)
    size = s.hu_moments(image.astype(float))[0]
    tolerance = {"rtol": 1e-9, "atol": 1e-12 * np.array([size**k for k in (1, 2, 3, 3, 6, 4, 6)]).max()}
    np.testing.assert_allclose(s.hu_moments(np.rot90(image)), hu, **tolerance)
    np.testing.assert_allclose(s.hu_moments(np.pad(image, ((3, 0), (0, 4)))), hu, **tolerance)
    mirrored = s.hu_moments(image[:, ::-1])
    np.testing.assert_allclose(mirrored[:6], hu[:6], **tolerance)
    np.testing.assert_allclose(mirrored[6], -hu[6], **tolerance)


def test_hu_of_a_disc():
    """In the plane h1 of a disc is 1 / (2 pi) and all others are 0."""
    hu = s.hu_moments(morphology.disk(80))
    assert hu[0] == pytest.approx(1 / (2 * np.pi), rel=1e-3)
    assert np.abs(hu[1:]).max() < 1e-12


def test_pixels_keep_the_first_invariant_and_lose_the_last():
    """Silhouettes of emoji, half as large or turned by 45 degrees: h1 stays within 1 %, h5 and h6 do not."""
    changes = {"half": [], "turned": []}
    for alpha in emoji.load()[0][::12, :, :, 3]:
        mask = np.pad(alpha > 127, 12).astype(float)
        hu = s.hu_moments(mask)
        turned = cv2.warpAffine(mask, cv2.getRotationMatrix2D((27.5, 27.5), 45, 1), mask.shape) > 0.5
        if np.abs(hu).min() > 1e-15 and mask[::2, ::2].any():  # a symmetric one has nothing to lose
            changes["half"].append(np.abs(s.hu_moments(mask[::2, ::2]) / hu - 1))
            changes["turned"].append(np.abs(s.hu_moments(turned) / hu - 1))
    for change in (np.median(found, axis=0) for found in changes.values()):
        assert change[0] < 0.01
        assert change[4:6].min() > 20 * change[0]
        assert change[4:6].min() > 0.2
    sharp = np.zeros((64, 64))
    sharp[12:52, 20:28] = sharp[44:52, 20:44] = 1
    turned = cv2.warpAffine(sharp, cv2.getRotationMatrix2D((31.5, 31.5), 45, 1), sharp.shape) > 0.5
    change = np.abs(s.hu_moments(turned) / s.hu_moments(sharp) - 1)
    assert change[0] < 0.01 and change[4:6].min() > 0.6  # of an L by as much as they are worth


def test_orientation_and_eccentricity_equal_scikit_image():
    shapes = [np.zeros((90, 90), np.uint8) for _ in range(12)]
    for angle, mask in zip(np.linspace(-1.5, 1.5, 12), shapes, strict=True):
        mask[draw.ellipse(45, 45, 12, 30, rotation=angle)] = 1
        (theirs,) = measure.regionprops(mask)
        assert s.eccentricity(mask) == pytest.approx(theirs.eccentricity, rel=1e-9)
        turned = s.orientation(mask) - (np.pi / 2 - theirs.orientation)
        assert np.sin(turned) == pytest.approx(0, abs=1e-9)
        assert s.centroid(mask) == pytest.approx(theirs.centroid)


@pytest.mark.parametrize("angle", [0.0, 0.3, 0.9, 1.5, -0.4, -1.2])
def test_orientation_points_along_a_bar(angle):
    y, x = np.mgrid[-60:61, -60:61]
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    bar = (np.abs(along) < 50) & (np.abs(across) < 5)
    assert s.orientation(bar) == pytest.approx(angle, abs=0.01)
    assert s.eccentricity(bar) == pytest.approx(np.sqrt(1 - 0.01), abs=0.002)


def test_one_pixel_is_round_and_a_line_is_not():
    one = np.zeros((5, 5))
    one[3, 1] = 7
    assert s.centroid(one) == (3, 1) and s.eccentricity(one) == 0 and s.orientation(one) == 0
    np.testing.assert_array_equal(s.hu_moments(one), 0)
    assert s.eccentricity(np.ones((1, 9))) == 1 and s.orientation(np.ones((9, 1))) == pytest.approx(np.pi / 2)


# --- border -----------------------------------------------------------------------------------------------------------


@given(masks)
def test_perimeter_equals_scikit_image(mask):
    assert s.perimeter(mask) == pytest.approx(measure.perimeter(mask), abs=1e-9)


def test_perimeter_of_real_shapes():
    for image in photographs():
        assert s.perimeter(image > 100) == pytest.approx(measure.perimeter(image > 100), rel=1e-12)
    assert s.perimeter(np.ones((7, 11))) == 2 * (6 + 10)


def disc(radius):
    half = int(radius) + 1
    y, x = np.mgrid[-half : half + 1, -half : half + 1]
    return x**2 + y**2 <= radius**2


def test_circularity_depends_on_size():
    """What "a disc of radius 3" means matters as much: 29 pixels within 3.0 of the centre or 37 within 3.5."""
    assert round(s.circularity(disc(3.5)), 2) == 1.25 and np.count_nonzero(disc(3.5)) == 37
    assert round(s.circularity(disc(60.5)), 2) == round(s.circularity(disc(60)), 2) == 0.91
    assert round(s.circularity(disc(3)), 2) == 0.98 and np.count_nonzero(disc(3)) == 29
    assert s.circularity(np.eye(3)) > 1
    one = np.zeros((3, 3))
    one[1, 1] = 1
    assert s.perimeter(one) == 0 and s.circularity(one) == np.inf


def test_circularity_tells_a_bar_from_a_disc():
    bar = np.ones((8, 60))
    assert s.circularity(bar) == pytest.approx(4 * np.pi * 480 / (2 * (7 + 59)) ** 2)
    assert s.circularity(bar) < 0.5 * s.circularity(disc(12))


# --- contours ---------------------------------------------------------------------------------------------------------


def equal_lines(ours, theirs):
    return len(ours) == len(theirs) and all(map(np.array_equal, ours, theirs))


@given(hnp.arrays(np.int8, hnp.array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=9)), st.integers(-129, 127))
def test_contours_equal_scikit_image(image, level):
    assert equal_lines(s.contours(image, level + 0.5), measure.find_contours(image.astype(float), level + 0.5))


@given(masks.filter(lambda mask: min(mask.shape) > 1))
def test_contours_of_masks_equal_scikit_image(mask):
    assert equal_lines(s.contours(mask, 0.5), measure.find_contours(mask.astype(float), 0.5))


def test_contours_of_photographs_equal_scikit_image():
    for image in photographs():
        for level in (60.5, 127.5, 200.5):
            assert equal_lines(s.contours(image, level), measure.find_contours(image.astype(float), level))


def pieces(lines):
    return sorted((*a, *b) for line in lines for a, b in zip(line[:-1].tolist(), line[1:].tolist(), strict=True))


def test_where_pixels_have_the_level_the_lines_have_the_same_pieces():
    image = data.camera()[100:300, 100:300]
    numbers = []
    for level in range(20, 220, 40):
        ours, theirs = s.contours(image, level), measure.find_contours(image.astype(float), level)
        assert pieces(ours) == pieces(theirs)
        numbers.append((len(ours), len(theirs)))
    assert any(a != b for a, b in numbers)  # where lines touch they may be joined otherwise


def test_a_contour_has_its_level_everywhere_and_the_high_on_its_right():
    y, x = np.mgrid[:61, :61]
    cone = np.hypot(y - 30.2, x - 29.7)
    (circle,) = s.contours(cone, 20)
    np.testing.assert_array_equal(circle[0], circle[-1])
    np.testing.assert_allclose(np.hypot(*(circle - (30.2, 29.7)).T), 20, atol=0.01)
    lengths = np.hypot(*np.diff(circle, axis=0).T)
    assert lengths.sum() == pytest.approx(2 * np.pi * 20, rel=1e-3)
    rows, columns = circle.T
    area = np.sum(columns[:-1] * rows[1:] - columns[1:] * rows[:-1]) / 2
    assert area == pytest.approx(-np.pi * 20**2, rel=1e-3)  # low inside: against the clock in a drawing, rows downwards


def test_no_contour_where_nothing_is_crossed():
    assert s.contours(np.full((5, 5), 3.0), 3) == [] and s.contours(np.eye(4), 2) == []
    low = np.ones((5, 5))
    low[2, 2] = 0.5
    assert s.contours(low, 0.5) == []  # it shrinks to a point


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: s.raw_moments(np.ones(3)), ValueError, r"image must have 2 axes, got shape \(3,\)"),
        (lambda: s.raw_moments(np.ones((2, 2)), 1.5), TypeError, "order must be a whole number, got 1.5"),
        (lambda: s.central_moments(np.ones((2, 2)), -1), ValueError, "order must be at least 0, got -1"),
        (lambda: s.centroid(np.zeros((3, 3))), ValueError, "image must have a value above 0"),
        (lambda: s.hu_moments(np.zeros((3, 3), bool)), ValueError, "image must have a value above 0"),
        (lambda: s.centroid([[1, -1]]), ValueError, "image must be at least 0, got -1"),
        (lambda: s.orientation([[1, np.nan]]), ValueError, "image must be finite"),
        (lambda: s.perimeter([[0, 2]]), ValueError, "mask must hold 0 and 1, got 0 to 2"),
        (lambda: s.perimeter(np.ones((2, 2, 3))), ValueError, "mask must have 2 axes"),
        (lambda: s.circularity(np.zeros((3, 3))), ValueError, "mask must have at least one pixel"),
        (lambda: s.contours(np.ones((1, 5)), 0.5), ValueError, r"at least 2 rows and 2 columns.*\(1, 5\)"),
        (lambda: s.contours(np.ones((3, 3)), np.inf), ValueError, "level must be a finite number"),
        (lambda: s.contours(np.ones((3, 3)), "1"), TypeError, "level must be a number"),
    ],
)
def test_clear_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()
