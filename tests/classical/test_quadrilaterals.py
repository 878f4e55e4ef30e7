"""Corners of quadrilaterals against scikit-image's polygons, SciPy and OpenCV."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.spatial import ConvexHull
from skimage.draw import polygon2mask

from course_lib.classical import quadrilaterals as q

SQUARE = np.array([[10.0, 12], [70, 20], [66, 55], [8, 44]])


def drawn(corners, shape=(64, 80)):
    """A mask of the pixels whose middles lie inside."""
    return polygon2mask(shape, np.asarray(corners)[:, ::-1])


@pytest.mark.parametrize("turn", range(4))
@pytest.mark.parametrize("mirrored", [False, True])
def test_corners_are_put_in_order_wherever_one_begins(turn, mirrored):
    given_corners = np.roll(SQUARE, turn, axis=0)
    np.testing.assert_array_equal(q.order_corners(given_corners[::-1] if mirrored else given_corners), SQUARE)


def test_area_equals_scipy_and_has_a_sign():
    rng = np.random.default_rng(0)
    for _ in range(20):
        hull = ConvexHull(rng.normal(size=(12, 2)))
        points = hull.points[hull.vertices]  # against the clock where y counts upwards, with it on the screen
        assert q.polygon_area(points) == pytest.approx(hull.volume)
        assert q.polygon_area(points[::-1]) == pytest.approx(-hull.volume)


def test_area_equals_opencv():
    assert q.polygon_area(SQUARE) == pytest.approx(cv2.contourArea(SQUARE.astype(np.float32)))


def test_corners_of_drawn_quadrilaterals():
    rng = np.random.default_rng(1)
    for _ in range(30):
        angle = rng.uniform(-0.5, 0.5)
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        corners = ([[-45, -14], [45, -14], [45, 14], [-45, 14]] + rng.uniform(-5, 5, (4, 2))) @ turn + [80, 60]
        found = q.quadrilateral(drawn(corners, (120, 160)))
        assert np.abs(found - q.order_corners(corners)).max() < 1.5


@settings(max_examples=100, deadline=None)
@given(hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, min_side=3, max_side=14)))
def test_every_pixel_lies_inside(mask):
    try:
        corners = q.quadrilateral(mask)
    except ValueError as error:
        assert "four corners" in str(error)
        return
    y, x = np.nonzero(mask)
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        side = (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])
        assert side.min() > -1e-6 * max(1, np.abs(corners).max()) ** 2


@settings(max_examples=60, deadline=None)
@given(hnp.arrays(bool, (9, 11)), st.integers(0, 5))
def test_moving_the_object_moves_its_corners(mask, by):
    try:
        corners = q.quadrilateral(mask)
    except ValueError:
        return
    if np.ptp(np.sort(corners.sum(axis=1))[:2]) < 1e-9:
        return  # two corners may each be the first
    np.testing.assert_allclose(q.quadrilateral(np.pad(mask, ((by, 1), (0, 2)))), corners + [0, by], atol=1e-9)


def test_a_rectangle_stands_as_it_is_and_a_lost_corner_is_made_up():
    mask = np.zeros((20, 30), bool)
    mask[4:15, 6:26] = True
    expected = [[6, 4], [25, 4], [25, 14], [6, 14]]
    np.testing.assert_allclose(q.quadrilateral(mask), expected, atol=1e-9)
    mask[4:7, 6:8] = False  # a bite out of a corner: the sides are made longer
    np.testing.assert_allclose(q.quadrilateral(mask), expected, atol=1e-9)
    np.testing.assert_allclose(q.quadrilateral(mask.astype(np.uint8).tolist()), expected, atol=1e-9)


@pytest.mark.parametrize(
    "mask",
    [np.zeros((5, 5), bool), np.eye(6, dtype=bool), np.ones((1, 9), bool), np.pad(np.ones((1, 1), bool), 3)],
    ids=["empty", "diagonal", "a row", "a pixel"],
)
def test_what_has_no_four_corners_is_said(mask):
    with pytest.raises(ValueError, match="mask must have four corners"):
        q.quadrilateral(mask)


def test_a_triangle_has_three():
    with pytest.raises(ValueError, match="has 3"):
        q.quadrilateral(np.tri(9, dtype=bool))


def test_wrong_arguments_are_named():
    with pytest.raises(TypeError, match="mask must be a mask"):
        q.quadrilateral(np.zeros((4, 4)))
    with pytest.raises(ValueError, match="corners must be 4"):
        q.order_corners([[0, 0], [1, 1], [2, 2]])
    with pytest.raises(ValueError, match="points must be at least 3"):
        q.polygon_area([[0, 0], [1, 1]])
    with pytest.raises(ValueError, match="corners"):
        q.order_corners([[0, 0], [1, np.nan], [2, 2], [3, 3]])
