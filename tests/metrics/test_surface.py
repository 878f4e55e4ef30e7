"""Distances of boundaries: held to all pairs of pixels, to SciPy and scikit-image, and to cases worked by hand."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.spatial.distance import cdist, directed_hausdorff
from skimage.metrics import hausdorff_distance
from skimage.segmentation import find_boundaries

from course_lib import metrics

NAN = float("nan")


def masks(shape=(6, 7)):
    return st.tuples(*(arrays.arrays(bool, shape) for _ in "ab")).filter(lambda pair: pair[0].any() and pair[1].any())


def square(row, column, size=5, shape=(20, 24)):
    mask = np.zeros(shape, dtype=bool)
    mask[row : row + size, column : column + size] = True
    return mask


@given(masks())
@settings(deadline=None, max_examples=50)
def test_the_boundary_is_that_of_scikit_image(pair):
    mask = pair[0]
    expected = find_boundaries(np.pad(mask, 1), connectivity=1, mode="inner")[1:-1, 1:-1]
    np.testing.assert_array_equal(metrics.boundary(mask), expected & mask)


def test_the_boundary_of_a_volume():
    mask = np.zeros((5, 6, 7), dtype=bool)
    mask[1:4, 1:5, 2:6] = True
    expected = mask.copy()
    expected[2, 2:4, 3:5] = False
    np.testing.assert_array_equal(metrics.boundary(mask), expected)


@given(masks(), st.sampled_from([1.0, 0.5, (2.0, 0.3)]))
@settings(deadline=None, max_examples=50)
def test_distances_of_all_pairs_of_boundary_pixels(pair, spacing):
    a, b = (np.argwhere(metrics.boundary(mask)) * spacing for mask in pair)
    distances = cdist(a, b)
    from_true, from_pred = metrics.surface_distances(*pair, spacing=spacing)
    np.testing.assert_allclose(from_true, distances.min(axis=1), atol=1e-12)
    np.testing.assert_allclose(from_pred, distances.min(axis=0), atol=1e-12)
    largest = max(directed_hausdorff(a, b)[0], directed_hausdorff(b, a)[0])
    assert metrics.hausdorff(*pair, spacing) == pytest.approx(largest)
    if spacing == 1.0:
        assert metrics.hausdorff(*pair) == pytest.approx(hausdorff_distance(*map(metrics.boundary, pair)))
    quarter = max(np.percentile(distances.min(axis), 95) for axis in (0, 1))
    assert metrics.hd95(*pair, spacing) == pytest.approx(quarter)
    mean = (distances.min(1).sum() + distances.min(0).sum()) / sum(distances.shape)
    assert metrics.assd(*pair, spacing) == pytest.approx(mean)
    recall, precision = (distances.min(1) <= 1).mean(), (distances.min(0) <= 1).mean()
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0
    assert metrics.boundary_f1(*pair, tolerance=1, spacing=spacing) == pytest.approx(f1)


@pytest.mark.parametrize("shape", [(1, 64, 64), (64, 64, 1), (64, 1, 64)])
@pytest.mark.parametrize(
    "metric", [metrics.assd, metrics.hd95, metrics.hausdorff, metrics.boundary_f1, metrics.surface_distances]
)
def test_a_batch_or_a_channel_of_one_is_no_volume(metric, shape):
    """Every pixel of a volume of one slice is on the boundary, so discs 4 apart came out .4 apart."""
    rows, columns = np.mgrid[:64, :64] - 32
    a, b = (rows**2 + columns**2 <= radius**2 for radius in (20, 24))
    inner, outer = (np.argwhere(find_boundaries(mask, connectivity=1, mode="inner")) for mask in (a, b))
    distances = cdist(inner, outer)
    expected = np.concatenate([distances.min(axis=0), distances.min(axis=1)]).mean()
    assert metrics.assd(a, b) == pytest.approx(expected) and expected > 3.5
    cut = ", ".join("0" if n == 1 else ":" for n in shape)
    with pytest.raises(ValueError, match=rf"length 1 is a batch or a channel.* Take y_true\[{cut}\]"):
        metric(a.reshape(shape), b.reshape(shape))
    with pytest.raises(ValueError, match="Take mask"):
        metrics.boundary(a.reshape(shape))


def test_an_image_of_one_row_is_an_image():
    a, b = np.zeros((2, 1, 9), dtype=bool)
    a[0, 1:4], b[0, 3:7] = True, True
    assert metrics.hausdorff(a, b) == metrics.hausdorff(a.T, b.T) == 3


def test_one_hot_is_no_volume_and_thin_volumes_are():
    labels = np.random.default_rng(0).integers(0, 3, (2, 9, 9))
    hot = np.eye(3, dtype=bool)[labels]
    with pytest.raises(ValueError, match=r"\(9, 9, 3\) with .* one-hot: judge one class c .* index c of the last axis"):
        metrics.assd(*hot)
    with pytest.raises(ValueError, match=r"\(3, 9, 9\) with .* one-hot: judge one class c .* index c of axis 0"):
        metrics.assd(*np.moveaxis(hot, -1, 1))
    plane, other = np.zeros((2, 9, 9, 9), dtype=bool)
    plane[..., 2], other[..., 5] = True, True  # a single 1 in each row, but no axis is short
    assert metrics.assd(plane, other) == 3
    thin = np.zeros((2, 9, 9, 3), dtype=bool)
    thin[0, 2:5, 2:5, :2], thin[1, 2:5, 3:6, :2] = True, True
    assert metrics.hausdorff(*thin) == 1


@pytest.mark.parametrize("shift", range(8))
def test_equal_squares_shifted_by_k_are_k_apart(shift):
    a, b = square(3, 4, 5), square(3, 4 + shift, 5)
    assert metrics.hausdorff(a, b) == shift
    assert metrics.hausdorff(a, b, spacing=(1, 0.25)) == shift / 4
    assert metrics.hausdorff(a.T, b.T) == shift
    assert 0 <= metrics.assd(a, b) <= metrics.hd95(a, b) <= shift
    assert metrics.boundary_f1(a, b, tolerance=shift) == 1


def test_average_distance_and_percentile_by_hand():
    """A row of 20 pixels against the same row and one stray pixel 10 further on."""
    a = np.zeros((3, 40), dtype=bool)
    a[1, :20] = True
    b = a.copy()
    b[1, 29] = True
    assert metrics.hausdorff(a, b) == 10
    assert metrics.assd(a, b) == pytest.approx(10 / 41)
    assert metrics.hd95(a, b) == 0  # of the 21 distances only the largest is not 0
    assert metrics.boundary_f1(a, b) == pytest.approx(2 * (20 / 21) / (20 / 21 + 1))
    assert metrics.boundary_f1(a, b, tolerance=10) == 1


def test_the_larger_of_the_two_percentiles():
    a, b = square(5, 5, 1), square(5, 5, 1) | square(5, 15, 1)
    assert metrics.hd95(a, b) == metrics.hd95(b, a) == pytest.approx(9.5)


def test_a_boundary_score_by_hand():
    a, b = square(5, 5, 1), square(5, 7, 1)
    assert [metrics.boundary_f1(a, b, tolerance=t) for t in (0, 1, 1.99, 2)] == [0, 0, 0, 1]


@pytest.mark.parametrize("number", [float, np.float32, np.float16])
@pytest.mark.parametrize("spacing", ["0.1", "0.3", "0.7", "1.1"])
def test_a_tolerance_in_pixels_or_in_millimetres(spacing, number):
    """k pixels of .1 are k tenths: the score is that of k pixels, where nothing is rounded."""
    grid = np.hypot(*np.indices((24, 24)) - 12)
    disc = grid < 6
    for k in range(1, 8):
        moved = np.roll(disc, k, axis=1)
        limit = number(float(k * Fraction(spacing)))
        score = metrics.boundary_f1(disc, moved, limit, number(spacing))
        assert score == metrics.boundary_f1(disc, moved, k) == 1
        assert metrics.boundary_f1(disc, moved, limit, (number(spacing),) * 2) == score
        less = metrics.boundary_f1(disc, moved, k - 1e-9)
        assert metrics.boundary_f1(disc, moved, (1 - 1e-9) * float(k * Fraction(spacing)), float(spacing)) == less


@pytest.mark.parametrize(
    ("true", "predicted", "distance", "score"), [(0, 0, NAN, NAN), (1, 0, np.inf, 0), (0, 1, np.inf, 0)]
)
def test_empty_masks(true, predicted, distance, score):
    a, b = (np.full((6, 7), value) for value in (true, predicted))
    for function in (metrics.hausdorff, metrics.hd95, metrics.assd):
        np.testing.assert_equal(function(a, b), distance)
    np.testing.assert_equal(metrics.boundary_f1(a, b), score)
    for given_mask, distances in zip((a, b), metrics.surface_distances(a, b), strict=True):
        assert distances.shape == (np.count_nonzero(metrics.boundary(given_mask)),) and np.isinf(distances).all()


# --- arguments --------------------------------------------------------------------------------------------------------

ZEROS = np.zeros((3, 4), dtype=int)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: metrics.hausdorff(ZEROS + 2, ZEROS), ValueError, "y_true must be a mask of 0 and 1, got 2 to 2"),
        (lambda: metrics.hausdorff(ZEROS, ZEROS + 0.5), TypeError, "y_pred must hold class ids"),
        (lambda: metrics.assd(ZEROS[0], ZEROS[0]), ValueError, r"one image \(H, W\) or one volume"),
        (lambda: metrics.hd95(ZEROS, ZEROS.T), ValueError, "one shape"),
        (lambda: metrics.hd95(ZEROS, ZEROS, spacing=0), ValueError, "spacing must be a number above 0"),
        (lambda: metrics.hd95(ZEROS, ZEROS, spacing=(1, 1, 1)), ValueError, "or 2 of them"),
        (lambda: metrics.assd(ZEROS, ZEROS, spacing="1"), TypeError, "spacing must hold real numbers, got dtype <U1"),
        (lambda: metrics.boundary_f1(ZEROS, ZEROS, spacing=(1, None)), TypeError, "spacing must hold real numbers"),
        (
            lambda: metrics.boundary_f1(ZEROS, ZEROS, tolerance=-1),
            ValueError,
            "tolerance must be .* at least 0, got -1",
        ),
        (lambda: metrics.boundary_f1(ZEROS, ZEROS, tolerance="2"), TypeError, "tolerance must be .* got .2.$"),
    ],
)
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


# --- surface Dice and boundary IoU ------------------------------------------------------------------------------------


@given(masks(), st.sampled_from([1.0, 0.5, (2.0, 0.3)]), st.sampled_from([0, 0.6, 1, 2]))
@settings(deadline=None, max_examples=50)
def test_surface_dice_of_all_pairs_of_boundary_pixels(pair, spacing, tolerance):
    a, b = (np.argwhere(metrics.boundary(mask)) * spacing for mask in pair)
    distances = cdist(a, b)
    near = np.sum(distances.min(axis=1) <= tolerance + 1e-9) + np.sum(distances.min(axis=0) <= tolerance + 1e-9)
    found = metrics.surface_dice(*pair, tolerance, spacing)
    assert found == pytest.approx(near / (len(a) + len(b)))
    shares = [np.mean(d <= tolerance + 1e-9) for d in (distances.min(axis=1), distances.min(axis=0))]
    assert min(shares) - 1e-12 <= found <= max(shares) + 1e-12


@given(masks(), st.sampled_from([1.0, 0.5, (2.0, 0.3)]), st.sampled_from([2, 2.5, 3]))
@settings(deadline=None, max_examples=50)
def test_boundary_iou_of_all_pairs_of_pixels(pair, spacing, width):
    seams = []
    for mask in pair:
        wide = np.pad(mask, 1)
        near = cdist(np.argwhere(wide) * spacing, np.argwhere(~wide) * spacing).min(axis=1) <= width + 1e-9
        seams.append({tuple(place) for place in np.argwhere(wide)[near]})
    expected = len(seams[0] & seams[1]) / len(seams[0] | seams[1])
    assert metrics.boundary_iou(*pair, width, spacing) == pytest.approx(expected)


@given(masks())
@settings(deadline=None, max_examples=30)
def test_boundary_iou_between_that_of_boundaries_and_that_of_masks(pair):
    thin = [metrics.boundary(mask) for mask in pair]
    assert metrics.boundary_iou(*pair, 1) == pytest.approx(np.sum(thin[0] & thin[1]) / np.sum(thin[0] | thin[1]))
    assert metrics.boundary_iou(*pair, 99) == pytest.approx(np.sum(pair[0] & pair[1]) / np.sum(pair[0] | pair[1]))


@pytest.mark.parametrize("width", [1, 2, 3, 5])
def test_boundary_iou_as_in_its_authors_program_for_straight_sides(width):
    """That erodes by 3 × 3 pixels, width times; on a disc its seam is up to √2 times as wide."""
    import cv2

    def seam(mask):
        wide = np.pad(mask, 1).astype(np.uint8)
        return (wide - cv2.erode(wide, np.ones((3, 3), np.uint8), iterations=width))[1:-1, 1:-1] > 0

    a, b = square(3, 4, 12), square(5, 2, 13)
    expected = np.sum(seam(a) & seam(b)) / np.sum(seam(a) | seam(b))
    assert metrics.boundary_iou(a, b, width) == pytest.approx(expected)
    radius = np.hypot(*np.indices((60, 60)) - 30)
    disc = radius < 25
    inner = [np.count_nonzero(disc & ~seam(disc)), np.pi * (25 - width) ** 2]
    assert width == 1 or inner[0] < inner[1]


def test_a_small_error_weighs_more_at_the_boundary():
    """One pixel of growth costs a disc of radius 40 little IoU, and much of the boundary's, as it does a small one."""
    radius = np.hypot(*np.indices((101, 101)) - 50)
    plain, seams = [], []
    for size in (10, 40):
        pair = radius <= size, radius <= size + 1
        plain.append(metrics.iou(metrics.confusion_matrix(*pair, 2))[1])
        seams.append(metrics.boundary_iou(*pair))
    assert plain[1] > 0.95 > 0.86 > plain[0]
    assert seams[1] < 0.4 and abs(seams[0] - seams[1]) < 0.06


@pytest.mark.parametrize("spacing", ["0.1", "0.3", "0.7", "1.1"])
def test_widths_and_tolerances_in_pixels_or_in_millimetres(spacing):
    grid = np.hypot(*np.indices((24, 24)) - 12)
    disc, moved = grid < 8, np.roll(grid < 7, 1, axis=1)
    for k in range(1, 8):
        limit, size = float(k * Fraction(spacing)), float(spacing)
        assert metrics.boundary_iou(disc, moved, limit, size) == metrics.boundary_iou(disc, moved, k)
        assert metrics.surface_dice(disc, moved, limit, size) == metrics.surface_dice(disc, moved, k)


def test_a_volume_and_swapped_axes_of_spacing():
    a, b = np.zeros((2, 5, 9, 9), dtype=bool)
    a[1:4, 2:6, 2:6], b[1:4, 2:6, 3:7] = True, True
    assert metrics.surface_dice(a, b, 1, (3, 1, 1)) == 1 > metrics.surface_dice(a, b, 1, (1, 1, 3))
    assert metrics.boundary_iou(a, b, 9) == pytest.approx(3 / 5)


@pytest.mark.parametrize(("true", "predicted", "score"), [(0, 0, NAN), (1, 0, 0), (0, 1, 0), (1, 1, 1)])
def test_scores_of_boundaries_of_empty_and_full_masks(true, predicted, score):
    a, b = (np.full((6, 7), value) for value in (true, predicted))
    np.testing.assert_equal(metrics.surface_dice(a, b), score)
    np.testing.assert_equal(metrics.boundary_iou(a, b), score)


def test_scores_of_boundaries_of_single_pixels():
    a, b = square(5, 5, 1), square(5, 7, 1)
    assert [metrics.surface_dice(a, b, tolerance=t) for t in (0, 1, 1.99, 2)] == [0, 0, 0, 1]
    assert metrics.boundary_iou(a, a) == 1 and metrics.boundary_iou(a, b) == 0


def test_a_disc_against_a_ring():
    """From the middle of the disc it is 15 to the ring, from boundary to boundary 9.2."""
    radius = np.hypot(*np.indices((64, 64)) - 32)
    disc = radius < 25
    ring = disc & (radius >= 15)
    assert hausdorff_distance(disc, ring) == 15
    assert metrics.hausdorff(disc, ring) == pytest.approx(np.hypot(6, 7)) == pytest.approx(9.2, abs=0.05)
    assert hausdorff_distance(*map(metrics.boundary, (disc, ring))) == pytest.approx(metrics.hausdorff(disc, ring))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: metrics.surface_dice(ZEROS, ZEROS, -1), ValueError, "tolerance must be .* at least 0, got -1"),
        (lambda: metrics.surface_dice(ZEROS, ZEROS, "1"), TypeError, "tolerance must be a number"),
        (lambda: metrics.surface_dice(ZEROS, ZEROS, spacing=-1), ValueError, "spacing must be a number above 0"),
        (lambda: metrics.boundary_iou(ZEROS, ZEROS, 0), ValueError, "width must be .*above 0, got 0"),
        (lambda: metrics.boundary_iou(ZEROS, ZEROS, 1, 2), ValueError, "width must be at least the size of a pixel, 2"),
        (lambda: metrics.boundary_iou(ZEROS + 2, ZEROS), ValueError, "y_true must be a mask of 0 and 1"),
        (lambda: metrics.boundary_iou(ZEROS, ZEROS.T), ValueError, "one shape"),
    ],
)
def test_bad_arguments_of_scores_of_boundaries_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
