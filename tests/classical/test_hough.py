"""Hough's transform against scikit-image, OpenCV, loops and lines that are known."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage
from skimage import draw, transform

from course_lib.classical import color, edges, hough
from course_lib.datasets import photographs

masks = hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=15))


def edges_of(name):
    image = photographs.load(name)
    return edges.canny((image if image.ndim == 2 else color.luma(image)) / 255, 2.0)


# --- lines ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in photographs.NAMES if name != "retina"])
def test_votes_are_those_of_scikit_image(name):
    for ours, theirs in zip(hough.hough_lines(edges_of(name)), transform.hough_line(edges_of(name)), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@settings(max_examples=50, deadline=None)
@given(masks, hnp.arrays(float, st.integers(1, 4), elements=st.floats(-3, 3)))
def test_votes_by_loops(mask, angles):
    votes, _, distances = hough.hough_lines(mask, angles)
    expected = np.zeros(votes.shape, int)
    for y, x in np.argwhere(mask):
        for a, angle in enumerate(angles):
            distance = np.cos(angle) * x + np.sin(angle) * y
            whole = int(abs(distance) + 0.49999999999999994)
            expected[list(distances).index(np.copysign(whole, distance)), a] += 1
    np.testing.assert_array_equal(votes, expected)
    assert (votes.sum(axis=0) == mask.sum()).all()


def test_halves_are_rounded_away_from_zero():
    x = np.array([0.5, 1.5, 2.5, -0.5, -2.5, 0.49999999999999994, -0.49999999999999994, 4503599627370495.5, 0, -3])
    assert hough.round_half_away(x).tolist() == [1, 2, 3, -1, -3, 0, 0, 4503599627370496, 0, -3]


def test_a_line_is_found_where_opencv_finds_it():
    mask = np.zeros((80, 100), bool)
    mask[draw.line(10, 5, 60, 95)] = True
    votes, angles, distances = hough.hough_lines(mask)
    ((count, angle, distance),) = hough.line_peaks(votes, angles, distances, 1)
    their_distance, their_angle = cv2.HoughLines(mask.astype(np.uint8), 1, np.pi / 180, int(count) - 3)[0].ravel()[:2]
    apart = np.angle(np.exp(2j * (angle - their_angle))) / 2  # a line of angle + 180° is the same
    assert abs(apart) < np.deg2rad(1.5)
    assert abs(abs(distance) - abs(their_distance)) < 2
    y, x = np.nonzero(mask)
    assert np.abs(x * np.cos(angle) + y * np.sin(angle) - distance).max() < 1.5


def test_peaks_pass_over_the_same_line_seen_from_behind():
    mask = np.zeros((50, 50), bool)
    mask[20], mask[:, 30] = True, True  # angles ±90° and 0
    lines = hough.line_peaks(*hough.hough_lines(mask), count=10)
    assert len(lines) == 2
    assert sorted(np.abs(lines[:, 2]).tolist()) == [20, 30]
    assert len(hough.line_peaks(*hough.hough_lines(np.zeros((5, 5), bool)), count=3)) == 0


def test_a_diagonal_is_a_tie():
    """A short one gets as many votes at -46° and -44°: which of them a peak names is a matter of rounding."""
    votes, angles, _ = hough.hough_lines(np.eye(20, dtype=bool))
    best = np.rad2deg(angles[np.unravel_index(np.flatnonzero(votes == votes.max()), votes.shape)[1]])
    assert len(best) > 1
    assert np.abs(best + 45).max() < 2


# --- circles ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("radius", [1, 2, 3, 7, 20, 61])
def test_ring_is_drawn_as_in_scikit_image(radius):
    expected = np.zeros((2 * radius + 1,) * 2, bool)
    expected[draw.circle_perimeter(radius, radius, radius)] = True
    np.testing.assert_array_equal(hough.ring(radius), expected)


@settings(max_examples=50, deadline=None)
@given(masks, st.lists(st.integers(1, 9), min_size=1, max_size=3))
def test_circles_are_a_correlation_with_the_ring(mask, radii):
    for ours, radius in zip(hough.hough_circles(mask, radii), radii, strict=True):
        circle = hough.ring(radius).astype(float)
        expected = ndimage.correlate(mask.astype(float), circle, mode="constant") / circle.sum()
        np.testing.assert_allclose(ours, expected, atol=1e-12)


def test_scikit_image_counts_some_pixels_of_the_ring_twice():
    mask, radii = edges_of("coins"), [15, 20, 25]
    theirs = transform.hough_circle(mask, radii)
    assert 0.01 < np.abs(hough.hough_circles(mask, radii) - theirs).max() < 0.1
    for votes, radius in zip(theirs, radii, strict=True):
        circle = np.zeros((2 * radius + 1,) * 2)
        np.add.at(circle, draw.circle_perimeter(radius, radius, radius), 1)
        expected = ndimage.correlate(mask.astype(float), circle, mode="constant") / circle.sum()
        np.testing.assert_allclose(votes, expected, atol=2e-15)


def test_every_coin_has_its_circle():
    """24 coins in four rows of six; each circle's centre lies inside another coin, by the bright regions."""
    coins = photographs.load("coins")
    radii = np.arange(15, 33)
    found = hough.circle_peaks(hough.hough_circles(edges.canny(coins / 255, 2.0), radii), radii, 24, apart=30)
    assert found[:, 0].min() > 0.4
    bright = ndimage.binary_opening(ndimage.binary_fill_holes(edges.canny(coins / 255, 2.0)), np.ones((7, 7)))
    labels, _ = ndimage.label(bright)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    large = np.argsort(sizes)[::-1][:20]
    centers = np.array(ndimage.center_of_mass(bright, labels, large))
    apart = np.hypot(*(centers[:, None] - found[None, :, 1:3]).transpose(2, 0, 1))
    assert (apart.min(axis=1) < 5).sum() >= 18
    assert len(set(apart.argmin(axis=1).tolist())) >= 18


# --- what is refused --------------------------------------------------------------------------------------------------

mask = np.zeros((5, 6), bool)
votes, angles, distances = hough.hough_lines(mask)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: hough.hough_lines(mask.astype(int)), TypeError, "edges must be a mask of bool, got dtype int64"),
        (lambda: hough.hough_lines(mask[0]), ValueError, "edges must have 2 axes"),
        (lambda: hough.hough_lines(mask, 0.5), ValueError, "angles must have 1 axes"),
        (lambda: hough.hough_lines(mask, [np.nan]), ValueError, "angles must be finite"),
        (lambda: hough.line_peaks(votes.T, angles, distances, 1), ValueError, "votes must have shape"),
        (lambda: hough.line_peaks(votes, angles, distances, 0), ValueError, "count must be at least 1"),
        (lambda: hough.line_peaks(votes, angles, distances, 1, least=2), ValueError, "least must be from 0 to 1"),
        (lambda: hough.ring(0), ValueError, "radius must be at least 1"),
        (lambda: hough.hough_circles(mask, [2.5]), TypeError, "radius must be a whole number"),
        (lambda: hough.hough_circles(mask, []), ValueError, "radii must not be empty"),
        (lambda: hough.circle_peaks(np.zeros((2, 5, 5)), [3], 1, 1), ValueError, "radii must have one entry for each"),
        (lambda: hough.circle_peaks(np.zeros((1, 5, 5)), [3], 1, -1), ValueError, "apart must be"),
    ],
)
def test_clear_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()
