"""Geometric transforms against SciPy, OpenCV, scikit-image and what one can do by hand."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from skimage import transform as sk

from course_lib.classical import warp as w


@pytest.fixture
def image():
    return np.random.default_rng(0).random((13, 17))


def test_points_by_hand():
    # A quarter turn takes "right" to "down": on the screen that is clockwise.
    np.testing.assert_allclose(w.apply(w.rotation(np.pi / 2), [1, 0]), [0, 1], atol=1e-15)
    assert w.apply(w.translation(2, 5), [[0, 0], [1, 1]]).tolist() == [[2, 5], [3, 6]]
    assert w.apply(w.scaling(2, 3, center=(1, 1)), [2, 2]).tolist() == [3, 4]
    assert w.apply(w.affine([[1, 2], [0, 1]], offset=(5, 0)), [1, 1]).tolist() == [8, 1]


def test_rotation_equals_numpy_rot90():
    square = np.random.default_rng(1).random((6, 6))
    turned = w.warp(square, w.rotation(np.pi / 2, center=(2.5, 2.5)), order="nearest")
    np.testing.assert_array_equal(turned, np.rot90(square, -1))


def test_translation_moves_columns_by_dx_and_rows_by_dy():
    image = np.arange(12.0).reshape(3, 4)
    moved = w.warp(image, w.translation(1, 0), fill=-1)
    np.testing.assert_array_equal(moved, [[-1, 0, 1, 2], [-1, 4, 5, 6], [-1, 8, 9, 10]])
    np.testing.assert_array_equal(w.warp(image, w.translation(0, 1))[0], 0)


@settings(max_examples=40, deadline=None)
@given(st.floats(-3.2, 3.2), st.floats(0.4, 2.5), st.floats(-4, 4), st.floats(-4, 4))
def test_bilinear_equals_scipy(angle, scale, dx, dy):
    image = np.random.default_rng(2).random((9, 11))
    matrix = w.translation(dx, dy) @ w.rotation(angle) @ w.scaling(scale, 1 / scale)
    inverse = np.linalg.inv(matrix)
    y, x = np.mgrid[:9, :11]
    there = inverse @ np.stack([x.ravel(), y.ravel(), np.ones(99)])
    for border, mode in (("constant", "grid-constant"), ("edge", "nearest")):
        expected = ndimage.map_coordinates(image, there[1::-1], order=1, mode=mode, cval=0.25).reshape(9, 11)
        np.testing.assert_allclose(w.warp(image, matrix, border=border, fill=0.25), expected, atol=1e-12)


def test_nearest_equals_opencv_and_invents_no_class():
    mask = np.random.default_rng(3).choice([0, 2, 7], (30, 40)).astype(np.uint8)
    matrix = w.rotation(0.3, center=(20, 15))
    ours = w.warp(mask, matrix, order="nearest")
    theirs = cv2.warpPerspective(mask, matrix, (40, 30), flags=cv2.INTER_NEAREST)
    assert set(np.unique(ours)) <= {0.0, 2.0, 7.0}
    assert (ours == theirs).mean() > 0.99  # OpenCV rounds coordinates to a grid of 1/32 pixel


def test_homography_equals_scikit_image_and_hits_its_points():
    rng = np.random.default_rng(4)
    square = np.array([[0, 0], [100, 0], [100, 60], [0, 60]])
    for _ in range(20):
        target = square + rng.uniform(-15, 15, (4, 2))
        matrix = w.homography_from_points(square, target)
        np.testing.assert_allclose(w.apply(matrix, square), target, atol=1e-9)
        theirs = sk.ProjectiveTransform.from_estimate(square, target)
        np.testing.assert_allclose(matrix, theirs.params, rtol=1e-6, atol=1e-8)


def test_homography_from_many_exact_points_is_the_true_one():
    rng = np.random.default_rng(5)
    true = np.array([[1.1, 0.2, 5], [-0.1, 0.9, 3], [1e-3, -2e-3, 1]])
    points = rng.uniform(0, 100, (30, 2))
    np.testing.assert_allclose(w.homography_from_points(points, w.apply(true, points)), true, rtol=1e-8, atol=1e-10)


def test_a_homography_whose_last_entry_is_0():
    """(x, y) → (1/x, y/x) sends the origin to infinity."""
    source = np.array([[1, 1], [2, 1], [1, 2], [4, 3], [3, 1]])
    target = np.stack([1 / source[:, 0], source[:, 1] / source[:, 0]], axis=1)
    for n in (4, 5):
        matrix = w.homography_from_points(source[:n], target[:n])
        np.testing.assert_allclose(matrix, [[0, 0, 1], [0, 1, 0], [1, 0, 0]], atol=1e-13)
        assert matrix[2, 2] == 0


def test_homographies_around_the_one_whose_last_entry_is_0():
    rng = np.random.default_rng(8)
    for last in (0, 1e-9, -1e-6, 1e-3, 1.0):
        for _ in range(10):
            true = np.append(rng.normal(size=8), last).reshape(3, 3)
            true[:2, 2] *= 100
            points = np.array([[10, 0], [0, 10], [10, 10], [30, 20]]) + rng.uniform(-2, 2, (4, 2))
            target = w.apply(true, points)
            found = w.homography_from_points(points, target)
            scale = found.ravel() @ true.ravel() / (true.ravel() @ true.ravel())
            np.testing.assert_allclose(found, scale * true, atol=1e-6 * np.abs(found).max())
            np.testing.assert_allclose(w.apply(found, points), target, rtol=1e-6)


def test_repeated_and_degenerate_points_are_refused():
    square = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])
    bowtie_with_a_repeat = square[[0, 1, 2, 2]]
    line = np.array([[0.0, 0], [1, 1], [2, 2], [3, 3]])
    three_on_a_line = np.array([[0.0, 0], [1, 1], [2, 2], [0, 1]])
    for bad, words in (
        (bowtie_with_a_repeat, "at least 4 different points, got 3"),
        (line, "three of the points lie on a line"),
        (three_on_a_line, "three of the points lie on a line"),
    ):
        for shift in (0, 1000):
            for source, target in ((bad + shift, square), (square, bad + shift), (bad, bad + shift)):
                with pytest.raises(ValueError, match=words):
                    w.homography_from_points(source, target)
    twice = np.repeat(square, 2, axis=0)
    np.testing.assert_allclose(w.homography_from_points(twice, 2 * twice), np.diag([2, 2, 1]), atol=1e-12)


def test_perspective_warp_equals_scikit_image(image):
    matrix = np.array([[1.1, 0.1, 1], [0.05, 0.9, 2], [0.01, -0.005, 1]])
    expected = sk.warp(image, np.linalg.inv(matrix), order=1, mode="edge")
    np.testing.assert_allclose(w.warp(image, matrix, border="edge"), expected, atol=1e-10)


def test_color_images_are_warped_channel_by_channel():
    rgb = np.random.default_rng(6).random((8, 9, 3))
    matrix = w.rotation(0.4, center=(4, 4))
    for order in ("bilinear", "nearest"):
        ours = w.warp(rgb, matrix, output_shape=(5, 12), order=order)
        planes = [w.warp(rgb[..., k], matrix, output_shape=(5, 12), order=order) for k in range(3)]
        np.testing.assert_array_equal(ours, np.stack(planes, axis=-1))


def test_resize_equals_opencv_with_half_pixel_centres(image):
    for shape in ((26, 34), (20, 9), (7, 40), (1, 1)):
        theirs = cv2.resize(image, shape[::-1], interpolation=cv2.INTER_LINEAR)
        np.testing.assert_allclose(w.resize(image, shape), theirs, atol=1e-6)


def test_resize_to_the_same_shape_changes_nothing_and_nearest_repeats(image):
    np.testing.assert_allclose(w.resize(image, image.shape), image, atol=1e-15)
    np.testing.assert_array_equal(w.resize(image, (26, 34), order="nearest"), np.kron(image, np.ones((2, 2))))


def test_a_single_point_and_none():
    image = np.array([[0.0, 1], [2, 3]])
    assert w.sample(image, 0.5, 0.5) == 1.5
    assert w.sample(image, 1, 0, order="nearest") == 1
    assert w.sample(np.stack([image, -image], axis=-1), 0.5, 0.5).tolist() == [1.5, -1.5]
    assert w.sample(image, [], []).shape == (0,)
    assert w.sample(image, np.zeros((2, 3)), np.zeros((2, 3))).shape == (2, 3)


def test_a_point_that_is_nowhere_reads_the_fill_value_even_beyond_an_edge():
    image = np.array([[1.0, 2], [3, 4]])
    for order in ("bilinear", "nearest"):
        read = w.sample(image, [np.nan, 0, np.inf, -np.inf], [0, np.nan, 0, 1], order, border="edge", fill=9)
        assert read.tolist() == [9, 9, 2, 3]


def test_coordinates_must_be_real():
    with pytest.raises(TypeError):
        w.sample(np.ones((2, 2)), [1j], [0])


@pytest.mark.parametrize("far", [1e6, 1e8, 1e12, 1e30])
def test_a_map_is_invertible_in_whatever_units(far):
    image = np.arange(12.0).reshape(3, 4)
    for matrix in (w.translation(far, 0), w.translation(0, -far), w.rotation(0.3, center=(far, far))):
        assert (w.warp(image, matrix, fill=7) == 7).all()  # all of it is shifted out
    for matrix in (w.translation(1, 0), w.affine([[1, 0.2], [0.1, 1]])):
        for k in (far, 1 / far):  # a homography is the same map up to a factor
            np.testing.assert_allclose(w.warp(image, k * matrix), w.warp(image, matrix), atol=1e-9)
    small = w.warp(image, w.scaling(1 / far, 1))  # all columns beyond the first came from far away
    np.testing.assert_array_equal(small[:, 0], image[:, 0])
    assert not small[:, 1:].any()
    for singular in (np.ones((3, 3)), np.diag([1, far, 0]), [[1, 2, far], [2, 4, 2 * far], [0, 0, 1]]):
        with pytest.raises(ValueError, match="matrix must be invertible"):
            w.warp(image, singular)
    with pytest.raises(ValueError, match="linear must be invertible"):
        w.affine([[far, 2 * far], [2, 4]])


def test_what_lies_beyond_may_be_marked_by_nan():
    moved = w.warp(np.ones((3, 4)), w.translation(1, 0), fill=np.nan)
    np.testing.assert_array_equal(np.isnan(moved), [[True, False, False, False]] * 3)


def test_a_point_at_infinity_reads_the_fill_value():
    assert w.sample(np.ones((3, 3)), [np.inf, -np.inf, np.nan, 1], [1, 1, 1, 1], fill=5).tolist() == [5, 5, 5, 1]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: w.affine([[1, 2], [2, 4]]), ValueError, "linear must be invertible"),
        (lambda: w.affine(np.eye(3)), ValueError, r"linear, offset and center.*\(3, 3\)"),
        (lambda: w.scaling(0, 1), ValueError, "must be invertible"),
        (lambda: w.rotation(np.nan), ValueError, "angle must be finite"),
        (lambda: w.homography_from_points(np.zeros((3, 2)), np.zeros((3, 2))), ValueError, "n >= 4"),
        (
            lambda: w.homography_from_points(np.ones((4, 2)), np.eye(4, 2)),
            ValueError,
            "source must hold at least 4 different points, got 1",
        ),
        (
            lambda: w.homography_from_points([[0, 0], [1, 1], [2, 2], [0, 3]], [[0, 0], [1, 0], [1, 1], [0, 1]]),
            ValueError,
            "three of the points lie on a line",
        ),
        (lambda: w.apply(np.eye(2), [0, 0]), ValueError, r"matrix must have shape \(3, 3\)"),
        (lambda: w.apply(np.eye(3), [0, 0, 1]), ValueError, "points must have 2 channels"),
        (lambda: w.warp(np.zeros((2, 2)), np.zeros((3, 3))), ValueError, "matrix must be invertible"),
        (lambda: w.warp(np.zeros((2, 2)), np.eye(3), order="cubic"), ValueError, "order must be.*cubic"),
        (lambda: w.warp(np.zeros((2, 2)), np.eye(3), border="wrap"), ValueError, "border must be.*wrap"),
        (lambda: w.warp(np.zeros((2, 2)), np.eye(3), output_shape=5), ValueError, "output_shape must be"),
        (lambda: w.warp(np.zeros(4), np.eye(3)), ValueError, "image must have 2 or 3 axes"),
        (lambda: w.resize(np.zeros((2, 2)), (0, 2)), ValueError, r"output_shape\[0\] must be at least 1"),
        (lambda: w.sample(np.zeros((2, 2)), [1], [1, 2]), ValueError, "x and y must have one shape"),
    ],
)
def test_clear_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()
