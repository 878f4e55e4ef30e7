"""Segmentation metrics: held to loops over single pixels, to SciPy and scikit-image, and to cases worked by hand."""

import subprocess
import sys
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.spatial.distance import cdist, directed_hausdorff
from skimage.metrics import hausdorff_distance
from skimage.segmentation import find_boundaries

from course_lib.metrics import segmentation as metrics

NAN = float("nan")


def ids(classes, shape=(4, 5)):
    return arrays.arrays(np.uint8, shape, elements=st.integers(0, classes - 1))


def masks(shape=(6, 7)):
    return st.tuples(*(arrays.arrays(bool, shape) for _ in "ab")).filter(lambda pair: pair[0].any() and pair[1].any())


def square(row, column, size=5, shape=(20, 24)):
    mask = np.zeros(shape, dtype=bool)
    mask[row : row + size, column : column + size] = True
    return mask


# --- regions ----------------------------------------------------------------------------------------------------------


@given(ids(3), ids(3))
@settings(deadline=None, max_examples=50)
def test_the_matrix_counts_pixel_by_pixel(y_true, y_pred):
    counts = [[0] * 3 for _ in range(3)]
    for true, predicted in zip(y_true.ravel().tolist(), y_pred.ravel().tolist(), strict=True):
        counts[true][predicted] += 1
    matrix = metrics.confusion_matrix(y_true, y_pred, 3)
    assert matrix.dtype == np.int64
    np.testing.assert_array_equal(matrix, counts)


@given(ids(3), ids(3))
@settings(deadline=None, max_examples=50)
def test_scores_are_ratios_of_sets_of_pixels(y_true, y_pred):
    overlap, twice = [], []
    for c in range(3):
        a, b = set(np.flatnonzero(y_true == c)), set(np.flatnonzero(y_pred == c))
        overlap.append(Fraction(len(a & b), len(a | b)) if a | b else None)
        twice.append(Fraction(2 * len(a & b), len(a) + len(b)) if a | b else None)
    matrix = metrics.confusion_matrix(y_true, y_pred, 3)
    for computed, expected in ((metrics.iou(matrix), overlap), (metrics.dice(matrix), twice)):
        np.testing.assert_allclose(computed, [NAN if e is None else float(e) for e in expected], rtol=1e-15)
    present = [e for e in overlap if e is not None]
    assert metrics.mean_iou(matrix) == pytest.approx(float(sum(present) / len(present)), rel=1e-15)
    assert metrics.pixel_accuracy(matrix) == np.mean(y_true == y_pred)
    np.testing.assert_allclose(metrics.dice(matrix), 2 * metrics.iou(matrix) / (1 + metrics.iou(matrix)), rtol=1e-14)


def test_a_matrix_by_hand():
    """Truth 0 0 0 1 1 2, prediction 0 0 1 1 2 2: rows are the truth."""
    matrix = metrics.confusion_matrix([0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 2, 2], 3)
    np.testing.assert_array_equal(matrix, [[2, 1, 0], [0, 1, 1], [0, 0, 1]])
    np.testing.assert_allclose(metrics.iou(matrix), [2 / 3, 1 / 3, 1 / 2])
    np.testing.assert_allclose(metrics.dice(matrix), [4 / 5, 1 / 2, 2 / 3])
    assert metrics.mean_iou(matrix) == pytest.approx(1 / 2)
    assert metrics.pixel_accuracy(matrix) == pytest.approx(4 / 6)


def test_absent_classes_are_nan_and_left_out_of_the_mean():
    matrix = metrics.confusion_matrix([0, 0, 1, 1], [0, 0, 1, 0], 4)
    np.testing.assert_allclose(metrics.iou(matrix), [2 / 3, 1 / 2, NAN, NAN])
    assert metrics.mean_iou(matrix) == pytest.approx(7 / 12)
    imagined = metrics.confusion_matrix([0, 0, 1, 1], [0, 0, 1, 3], 4)  # in the prediction only: it counts, as 0
    np.testing.assert_allclose(metrics.iou(imagined), [1, 1 / 2, NAN, 0])
    assert metrics.mean_iou(imagined) == pytest.approx(1 / 2)
    nothing = metrics.confusion_matrix(np.zeros((0, 4), int), np.zeros((0, 4), int), 2)
    assert np.isnan(metrics.mean_iou(nothing)) and np.isnan(metrics.pixel_accuracy(nothing))


def test_ignored_pixels_are_not_counted():
    y_true, y_pred = np.array([0, 0, 1, 1, 255, 255], np.uint8), np.array([0, 1, 1, 1, 0, 1], np.uint8)
    expected = metrics.confusion_matrix(y_true[:4], y_pred[:4], 2)
    np.testing.assert_array_equal(metrics.confusion_matrix(y_true, y_pred, 2, ignore_class=255), expected)
    assert metrics.mean_iou(expected, ignore_class=255) == metrics.mean_iou(expected)
    y_true, y_pred = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 2, 1, 1, 0, 1])  # class 2 is not judged
    matrix = metrics.confusion_matrix(y_true, y_pred, 3, ignore_class=2)
    np.testing.assert_array_equal(matrix, [[1, 0, 1], [0, 2, 0], [0, 0, 0]])
    assert metrics.mean_iou(matrix, ignore_class=2) == pytest.approx((1 / 2 + 1) / 2)
    assert metrics.mean_iou(matrix) == pytest.approx((1 / 2 + 1 + 0) / 3)


def test_no_chunk_is_lost(monkeypatch):
    rng = np.random.default_rng(0)
    y_true, y_pred = rng.integers(0, 5, (2, 3, 41, 53))
    whole = metrics.confusion_matrix(y_true, y_pred, 5, ignore_class=4)
    monkeypatch.setattr(metrics, "CHUNK", 100)
    np.testing.assert_array_equal(metrics.confusion_matrix(y_true, y_pred, 5, ignore_class=4), whole)
    assert whole.sum() == np.count_nonzero(y_true != 4)


@given(st.lists(st.tuples(ids(3, (7,)), ids(3, (7,))), min_size=1, max_size=5))
@settings(deadline=None, max_examples=50)
def test_batch_by_batch_is_all_at_once(batches):
    total, first = metrics.ConfusionMatrix(3, ignore_class=1), metrics.ConfusionMatrix(3, ignore_class=1)
    for batch in batches:
        total.update(*batch)
    y_true, y_pred = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    np.testing.assert_array_equal(total.result(), metrics.confusion_matrix(y_true, y_pred, 3, ignore_class=1))
    first.update(*batches[0])
    first.merge(total)
    expected = total.result() + metrics.confusion_matrix(*batches[0], 3, ignore_class=1)
    np.testing.assert_array_equal(first.result(), expected)
    total.result()[:] = -1  # a copy: the counts stay
    assert total.result().min() >= 0
    total.reset()
    assert not total.result().any()


def test_more_pixels_than_32_bits_can_count_are_counted_exactly():
    total = metrics.ConfusionMatrix(2)
    total.update(np.zeros(1 << 20, np.uint8), np.zeros(1 << 20, np.uint8))
    for _ in range(12):
        total.merge(total)
    total.update([1, 0], [1, 1])
    np.testing.assert_array_equal(total.result(), [[2**32, 1], [0, 1]])
    assert metrics.iou(total.result())[0] == 2**32 / (2**32 + 1) != 1
    assert metrics.dice(total.result())[0] == 2**33 / (2**33 + 1) != 1


@pytest.mark.parametrize("dtype", [bool, np.uint8, int])
def test_one_hot_is_no_ids(dtype):
    """Counted as ids of two classes it gave plausible and wrong numbers."""
    rng = np.random.default_rng(0)
    y_true, y_pred = rng.integers(0, 3, (2, 2, 8, 8))
    hot = np.eye(3, dtype=dtype)
    for leading in (y_true.shape, (-1,)):  # (N, H, W, C) and (n, C)
        pair = [hot[y].reshape(*leading, 3) for y in (y_true, y_pred)]
        with pytest.raises(ValueError, match=r"y_true and y_pred must hold class ids.*3\) with .*take the argmax"):
            metrics.confusion_matrix(*pair, 3)
        with pytest.raises(ValueError, match="take the argmax"):
            metrics.ConfusionMatrix(3).update(*pair)
    vertical = np.tile([0, 1, 0], (20, 1))  # ids that look like it: flattened, they are counted
    np.testing.assert_array_equal(metrics.confusion_matrix(vertical.ravel(), vertical.ravel(), 3), np.diag([40, 20, 0]))
    few = np.array([[0, 1], [1, 0]])  # too few to say
    np.testing.assert_array_equal(metrics.confusion_matrix(few, few, 2), [[2, 0], [0, 2]])
    other = vertical.copy()
    other[0] = 0
    assert metrics.confusion_matrix(vertical, other, 3).sum() == 60


def hot_pair(classes, shape=(2, 8, 9), seed=0):
    """Labels of two images with classes in each, and their one-hot forms."""
    labels = np.random.default_rng(seed).integers(0, classes, (2, *shape))
    return labels, np.eye(classes, dtype=np.uint8)[labels]


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_one_hot_in_another_form_is_no_ids_either(classes):
    labels, hot = hot_pair(classes)
    for pair in (np.moveaxis(hot, -1, 2), np.moveaxis(hot, -1, 2)[:, 0], hot, hot[:, 0]):
        with pytest.raises(ValueError, match="y_true and y_pred must hold class ids.*one-hot"):
            metrics.confusion_matrix(*pair, classes)
        with pytest.raises(ValueError, match="y_true and y_pred must hold class ids.*one-hot"):
            metrics.match_instances(*pair)
    void = hot * (np.arange(9) > 1)[:, None].astype(np.uint8)
    for pair in [(void[0], hot[1]), void]:
        with pytest.raises(ValueError, match="looks one-hot: take the argmax over the last axis"):
            metrics.confusion_matrix(*pair, classes)
        with pytest.raises(ValueError, match="looks one-hot: take the argmax over axis 1"):
            metrics.confusion_matrix(*(np.moveaxis(y, -1, 1) for y in pair), classes)
    flat = hot.reshape(2, -1)  # the way out, for ids that only look like it
    assert metrics.confusion_matrix(*flat, classes).sum() == flat[0].size
    assert metrics.confusion_matrix(*labels, classes).sum() == labels[0].size


def test_real_ids_are_not_taken_for_one_hot():
    """Objects, horizons, planes, slices and sparse masks: all counted."""
    rng = np.random.default_rng(1)
    horizon = np.repeat([[0], [1]], 30, axis=1)  # 2 rows, 2 classes
    plane = np.zeros((20, 20, 3), int)
    plane[..., 1] = 1
    blob = np.zeros((3, 20, 20), int)
    blob[1, 4:9, 5:12], blob[2, 12:, 12:] = 1, 1
    sparse = (rng.random((100, 3)) < 0.1).astype(int)
    for y in (horizon, blob, np.moveaxis(blob, 0, -1), sparse, *rng.integers(0, 2, (40, 3, 6, 7))):
        for n in (2, 3):
            assert metrics.confusion_matrix(y, y, n).trace() == y.size
        assert metrics.match_instances(y, y).f1 == 1
    for y in (plane, np.moveaxis(plane, -1, 0)):
        assert metrics.match_instances(y, y).f1 == 1
    assert metrics.hausdorff(plane, plane) == 0


@pytest.mark.parametrize(
    "metric",
    [lambda a, b: metrics.confusion_matrix(a, b, 2), metrics.assd, metrics.match_instances]
    + [lambda a, b: metrics.reliability(a, b * 0.5), lambda a, b: metrics.reliability(b, a * 0.5)],
)
def test_hidden_pixels_are_not_used(metric):
    ids, hidden = np.eye(4, dtype=int), np.ma.array(np.eye(4, dtype=int), mask=np.eye(4) > 0)
    with pytest.raises(TypeError, match="(y_pred|y_true|probabilities) must not be masked"):
        metric(ids, hidden)


def test_the_message_says_which_labels_there_were():
    with pytest.raises(ValueError, match=r"got 1 \(2 pixels\) and 2 \(1 pixel\). They count from 1: subtract 1"):
        metrics.confusion_matrix([1, 1, 2], [0, 0, 1], 2)
    with pytest.raises(ValueError, match="becomes one of 0 and 1 by y_true == 255"):
        metrics.confusion_matrix([0, 255], [0, 1], 2)


# --- borders ----------------------------------------------------------------------------------------------------------


@given(masks())
@settings(deadline=None, max_examples=50)
def test_the_border_is_that_of_scikit_image(pair):
    mask = pair[0]
    expected = find_boundaries(np.pad(mask, 1), connectivity=1, mode="inner")[1:-1, 1:-1]
    np.testing.assert_array_equal(metrics.border(mask), expected & mask)


def test_the_border_of_a_volume():
    mask = np.zeros((5, 6, 7), dtype=bool)
    mask[1:4, 1:5, 2:6] = True
    expected = mask.copy()
    expected[2, 2:4, 3:5] = False
    np.testing.assert_array_equal(metrics.border(mask), expected)


@given(masks(), st.sampled_from([1.0, 0.5, (2.0, 0.3)]))
@settings(deadline=None, max_examples=50)
def test_distances_of_all_pairs_of_border_pixels(pair, spacing):
    a, b = (np.argwhere(metrics.border(mask)) * spacing for mask in pair)
    distances = cdist(a, b)
    from_true, from_pred = metrics.surface_distances(*pair, spacing=spacing)
    np.testing.assert_allclose(from_true, distances.min(axis=1), atol=1e-12)
    np.testing.assert_allclose(from_pred, distances.min(axis=0), atol=1e-12)
    largest = max(directed_hausdorff(a, b)[0], directed_hausdorff(b, a)[0])
    assert metrics.hausdorff(*pair, spacing) == pytest.approx(largest)
    if spacing == 1.0:
        assert metrics.hausdorff(*pair) == pytest.approx(hausdorff_distance(*map(metrics.border, pair)))
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
    """Every pixel of a volume of one slice is a border, so discs 4 apart came out .4 apart."""
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
        metrics.border(a.reshape(shape))


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
        assert distances.shape == (np.count_nonzero(metrics.border(given_mask)),) and np.isinf(distances).all()


# --- objects ----------------------------------------------------------------------------------------------------------


@given(ids(4, (5, 6)), ids(4, (5, 6)), st.sampled_from([0.5, 0.6, 0.75]))
@settings(deadline=None, max_examples=50)
def test_matching_as_in_the_definition(y_true, y_pred, threshold):
    ious = {}
    for i in set(y_true.flat) - {0}:
        for j in set(y_pred.flat) - {0}:
            both, either = np.sum((y_true == i) & (y_pred == j)), np.sum((y_true == i) | (y_pred == j))
            if Fraction(int(both), int(either)) > Fraction(str(threshold)):
                ious[int(i), int(j)] = both / either
    found = metrics.match_instances(y_true, y_pred, threshold)
    assert dict(zip(map(tuple, found.pairs.tolist()), found.ious, strict=True)) == ious
    missed = set(y_true.flat) - {0} - {i for i, _ in ious}
    extra = set(y_pred.flat) - {0} - {j for _, j in ious}
    assert (set(found.missed), set(found.extra)) == (missed, extra)
    tp, fn, fp = len(ious), len(missed), len(extra)
    np.testing.assert_equal(found.precision, tp / (tp + fp) if tp + fp else NAN)
    np.testing.assert_equal(found.recall, tp / (tp + fn) if tp + fn else NAN)
    whole = tp + fp / 2 + fn / 2
    np.testing.assert_allclose(found.f1, tp / whole if whole else NAN)
    np.testing.assert_allclose(found.panoptic_quality, sum(ious.values()) / whole if whole else NAN)


def test_objects_by_hand():
    """One found exactly, one found with IoU 2/3, one cut into halves (IoU 1/2 is not above 1/2), one imagined."""
    y_true = np.array([1, 1, 0, 2, 2, 2, 0, 3, 3, 0, 0])
    y_pred = np.array([7, 7, 0, 9, 9, 0, 0, 4, 5, 0, 6])
    found = metrics.match_instances(y_true, y_pred)
    np.testing.assert_array_equal(found.pairs, [[1, 7], [2, 9]])
    np.testing.assert_allclose(found.ious, [1, 2 / 3])
    assert (found.missed.tolist(), found.extra.tolist()) == ([3], [4, 5, 6])
    assert (found.precision, found.recall) == (2 / 5, 2 / 3)
    assert found.f1 == pytest.approx(2 / (2 + 3 / 2 + 1 / 2))
    assert found.segmentation_quality == pytest.approx(5 / 6)
    assert found.panoptic_quality == pytest.approx(5 / 6 * 1 / 2)
    assert metrics.match_instances(y_true, y_pred, threshold=0.7).pairs.tolist() == [[1, 7]]


def test_names_of_objects_do_not_matter():
    rng = np.random.default_rng(0)
    y_true, y_pred = np.kron(rng.integers(0, 9, (2, 6, 6)), np.ones((3, 3), int))
    y_pred[:, 1:] = y_true[:, :-1]
    names = np.concatenate([[0], rng.permutation(np.arange(10, 500, 50))])
    plain, renamed = metrics.match_instances(y_true, y_pred), metrics.match_instances(names[y_true], y_pred)
    assert plain.panoptic_quality == pytest.approx(renamed.panoptic_quality, rel=1e-12) and plain.pairs.size
    assert len(plain.missed) == len(renamed.missed)


def brute_force_matching(y_true, y_pred, threshold):
    """All pairs of objects, as sets of pixels."""
    objects = [{k: set(np.flatnonzero(y == k)) for k in np.unique(y) if k} for y in (y_true, y_pred)]
    return {
        (t, p): Fraction(len(a & b), len(a | b))
        for t, a in objects[0].items()
        for p, b in objects[1].items()
        if len(a & b) > Fraction(str(threshold)) * len(a | b)
    }


@given(ids(5, (3, 4)), ids(5, (3, 4)), st.sampled_from([0.5, 0.6, 0.75]))
@settings(max_examples=80)
def test_matching_is_that_of_all_pairs(y_true, y_pred, threshold):
    found, expected = (
        metrics.match_instances(y_true, y_pred, threshold),
        brute_force_matching(y_true, y_pred, threshold),
    )
    assert {tuple(pair): iou for pair, iou in zip(found.pairs.tolist(), found.ious, strict=True)} == {
        pair: float(iou) for pair, iou in expected.items()
    }
    assert set(found.missed) == {*np.unique(y_true)} - {0} - {t for t, _ in expected}
    assert set(found.extra) == {*np.unique(y_pred)} - {0} - {p for _, p in expected}
    assert found.pairs.dtype == found.missed.dtype == found.extra.dtype == np.int64


@pytest.mark.parametrize("number", [float, np.float32])
@pytest.mark.parametrize("threshold", ["0.5", "0.55", "0.6", "0.7", "0.75", "0.9", "0.95"])
def test_an_object_at_the_threshold_is_not_above_it(threshold, number):
    """In exact fractions, at every union of up to 400 pixels that can reach it, and one pixel more."""
    exact = Fraction(threshold)
    for union in range(exact.denominator, 401, exact.denominator):
        overlap = int(exact * union)
        for pixels, matched in ((overlap, 0), (overlap + 1, 1)):
            found = metrics.match_instances([1] * union, [1] * pixels + [0] * (union - pixels), number(threshold))
            assert len(found.pairs) == matched, (pixels, union)


def test_memory_grows_with_the_objects_and_not_with_their_square():
    """10,000 objects of 2 x 2 pixels in both images: a table of all pairs would hold 800 MB."""
    y = np.kron(np.arange(1, 10_001).reshape(100, 100), np.ones((2, 2), int))
    moved = np.roll(y, 1, axis=1)
    tracemalloc.start()
    found, shifted = metrics.match_instances(y, y), metrics.match_instances(y, moved)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10e6
    assert found.f1 == 1 and len(found.pairs) == 10_000
    assert shifted.f1 == 0 and len(shifted.missed) == 10_000  # each half shares a third of the union


def test_no_objects_at_all():
    none, one = np.zeros((3, 4), int), np.eye(3, 4, dtype=int)
    empty = metrics.match_instances(none, none)
    for score in ("precision", "recall", "f1", "segmentation_quality", "panoptic_quality"):
        assert np.isnan(getattr(empty, score)), score
    imagined, overlooked = metrics.match_instances(none, one), metrics.match_instances(one, none)
    assert (imagined.precision, imagined.f1, imagined.panoptic_quality) == (0, 0, 0) and np.isnan(imagined.recall)
    assert (overlooked.recall, overlooked.f1, overlooked.panoptic_quality) == (0, 0, 0)
    assert np.isnan(overlooked.precision)


def test_pooled_images_are_one_large_image():
    rng = np.random.default_rng(1)
    y_true = np.kron(rng.integers(0, 5, (3, 4, 4)), np.ones((1, 4, 4), int))
    y_true[0, :, 4:] = 0
    y_pred = y_true.copy()
    y_pred[:2, :, 2:] = y_true[:2, :, :-2]
    parts = [metrics.match_instances(*pair) for pair in zip(y_true, y_pred, strict=True)]
    offset = 10 * np.arange(3)[:, None, None]
    whole = metrics.match_instances(np.where(y_true, y_true + offset, 0), np.where(y_pred, y_pred + offset, 0))
    pooled = metrics.Matching.pooled(parts)
    for score in ("precision", "recall", "f1", "panoptic_quality"):
        assert getattr(pooled, score) == pytest.approx(getattr(whole, score))
    assert pooled.f1 != pytest.approx(np.mean([part.f1 for part in parts]))
    assert np.isnan(metrics.Matching.pooled([]).f1)


# --- probabilities ----------------------------------------------------------------------------------------------------


def test_labels_drawn_from_the_probabilities_are_calibrated():
    rng = np.random.default_rng(0)
    p = rng.beta(0.5, 0.5, 400_000)
    y = (rng.random(p.shape) < p).astype(int)
    small = metrics.expected_calibration_error(y, p)
    assert 0 < small < 0.004 < metrics.expected_calibration_error(y[:4000], p[:4000])  # it is biased for few pixels
    of_classes = rng.dirichlet([0.5, 0.5, 0.5], 400_000)
    y = (rng.random((len(of_classes), 1)) > of_classes.cumsum(axis=1)).sum(axis=1)
    assert metrics.expected_calibration_error(y, of_classes) < 0.004


def test_calibration_by_hand():
    """.9 promised, .6 kept; in another bin .2 promised, .5 kept, on twice as many pixels."""
    p = np.array([0.9] * 10 + [0.2] * 20)
    y = np.array([1] * 6 + [0] * 4 + [1] * 10 + [0] * 10)
    assert metrics.expected_calibration_error(y, p) == pytest.approx(0.3)
    y[6:8] = 1  # .8 kept
    assert metrics.expected_calibration_error(y, p) == pytest.approx((10 * 0.1 + 20 * 0.3) / 30)
    assert metrics.expected_calibration_error(y, p, n_bins=1) == pytest.approx(abs(18 / 30 - 13 / 30))
    count, confidence, accuracy = metrics.reliability(y, p, n_bins=5)
    np.testing.assert_array_equal(count, [0, 20, 0, 0, 10])
    np.testing.assert_allclose(confidence, [NAN, 0.2, NAN, NAN, 0.9])
    np.testing.assert_allclose(accuracy, [NAN, 0.5, NAN, NAN, 0.8])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_probability_of_k_nths_lies_in_bin_k(dtype):
    """Cut down to whole numbers, .29 * 100 is 28."""
    for n in (*range(1, 130), 200, 255, 256, 300, 365, 512, 777, 999, 1000):
        p = (np.arange(n + 1) / n).astype(dtype)
        count, *_ = metrics.reliability(np.zeros(n + 1, int), p, n_bins=n)
        np.testing.assert_array_equal(count, [1] * (n - 1) + [2], err_msg=str(n))
        below = np.nextafter(p[1:-1], dtype(0))
        count, *_ = metrics.reliability(np.zeros(n - 1, int), below, n_bins=n)
        np.testing.assert_array_equal(count, [1] * (n - 1) + [0], err_msg=str(n))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.integers(1, 1000))
@settings(max_examples=80)
def test_bins_by_comparing_with_their_ends(p, n):
    """One probability at a time, against the ends as Python rounds k / n."""
    expected = np.zeros(n, int)
    for value in p:
        expected[max(k for k in range(n) if value >= k / n)] += 1
    np.testing.assert_array_equal(metrics.reliability(np.zeros(len(p), int), p, n_bins=n).count, expected)


def test_probabilities_off_the_range_by_rounding():
    p = np.array([-1e-7, 1 + 1e-7, 0.5])
    np.testing.assert_array_equal(metrics.reliability([0, 1, 1], p, 2).count, [1, 2])
    with pytest.raises(ValueError, match="probabilities must lie in"):
        metrics.reliability([0], [-1e-3])


def test_one_hot_labels_are_not_calibrated_channel_by_channel():
    rng = np.random.default_rng(0)
    p = rng.dirichlet([0.5, 0.5, 0.5], (2, 6, 6))
    y = rng.integers(0, 3, (2, 6, 6))
    expected = metrics.expected_calibration_error(y, p)
    hot = np.eye(3, dtype=int)[y]
    with pytest.raises(ValueError, match=r"y_true must hold class ids.*\(2, 6, 6, 3\).*take the argmax"):
        metrics.expected_calibration_error(hot, p)
    assert metrics.expected_calibration_error(hot.argmax(-1), p) == expected
    by_channel = metrics.expected_calibration_error(hot.ravel(), p.ravel())
    assert abs(by_channel - expected) > 0.01
    assert metrics.expected_calibration_error(hot, rng.random(hot.shape)) > 0  # probabilities that are no distribution


def test_one_hot_labels_with_void_are_not_calibrated():
    rng = np.random.default_rng(0)
    p = rng.dirichlet([0.5, 0.5], (6, 7))
    hot = np.eye(2, dtype=int)[rng.integers(0, 2, (6, 7))]
    hot[:, 0] = 0
    for y, q in ((hot, p), (hot.reshape(-1, 2), p.reshape(-1, 2))):
        with pytest.raises(ValueError, match="y_true must hold class ids.*take the argmax"):
            metrics.reliability(y, q)
    assert metrics.reliability(hot.ravel(), p.ravel()).count.sum() == hot.size


def test_the_ends_of_the_bins():
    count, *_ = metrics.reliability(np.zeros(4, int), np.array([0, 0.5, 0.75, 1.0]), n_bins=4)
    np.testing.assert_array_equal(count, [1, 0, 1, 2])


@given(ids(3, (4, 5)), st.integers(0, 100))
@settings(deadline=None, max_examples=50)
def test_confidence_of_the_largest_of_several_classes(y, seed):
    p = np.random.default_rng(seed).dirichlet(np.ones(3), y.shape)
    total, bins = 0, 4
    for b in range(bins):
        rows = [
            (max(row), int(np.argmax(row) == label))
            for row, label in zip(p.reshape(-1, 3), y.flat, strict=True)
            if b == min(int(max(row) * bins), bins - 1)
        ]
        if rows:
            confidence, kept = np.mean(rows, axis=0)
            total += len(rows) / y.size * abs(confidence - kept)
    assert metrics.expected_calibration_error(y, p, n_bins=bins) == pytest.approx(total)


def test_calibration_of_masks_with_a_channel_and_ignored_pixels():
    rng = np.random.default_rng(0)
    y, p = rng.integers(0, 2, (2, 5, 6)), rng.random((2, 5, 6))
    expected = metrics.expected_calibration_error(y.ravel(), p.ravel())
    assert metrics.expected_calibration_error(y, p[..., None].astype("float32")) == pytest.approx(expected, rel=1e-5)
    marked = np.concatenate([y, np.full_like(y, 255)])
    assert metrics.expected_calibration_error(marked, np.concatenate([p, p]), ignore_class=255) == expected
    assert np.isnan(metrics.expected_calibration_error(np.full((2, 2), 255), np.ones((2, 2)), ignore_class=255))


# --- arguments --------------------------------------------------------------------------------------------------------

ZEROS = np.zeros((3, 4), dtype=int)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: metrics.confusion_matrix(ZEROS, ZEROS + 0.9, 2), TypeError, "y_pred must hold whole .* float64"),
        (lambda: metrics.confusion_matrix(ZEROS, ZEROS[:2], 2), ValueError, r"one shape, got \(3, 4\) and \(2, 4\)"),
        (lambda: metrics.confusion_matrix(ZEROS + 255, ZEROS, 2), ValueError, "y_true must hold .* got 255 .12 pix"),
        (lambda: metrics.confusion_matrix(ZEROS, ZEROS - 1, 2), ValueError, "y_pred must hold .* from 0 to 1, got -1"),
        (lambda: metrics.confusion_matrix(ZEROS, ZEROS, 2.0), TypeError, "n_classes must be a whole number, got 2.0"),
        (lambda: metrics.confusion_matrix(ZEROS, ZEROS, 0), ValueError, "n_classes must be at least 1, got 0"),
        (lambda: metrics.confusion_matrix(ZEROS, ZEROS, 2, "x"), TypeError, "ignore_class must be a whole number"),
        (lambda: metrics.ConfusionMatrix(2).merge(metrics.ConfusionMatrix(3)), ValueError, "2 classes, got 3"),
        (lambda: metrics.ConfusionMatrix(2, 255).merge(metrics.ConfusionMatrix(2)), ValueError, "=255, got .*=None"),
        (
            lambda: metrics.match_instances(ZEROS, np.full((3, 4), 2**63, np.uint64)),
            ValueError,
            "y_pred must hold labels of 0 and above, below .*, got 9223372036854775808",
        ),
        (lambda: metrics.reliability(ZEROS, (ZEROS + 200).astype("uint8")), ValueError, "got 200 to 200: divide by 25"),
        (lambda: metrics.reliability(ZEROS, ZEROS * NAN), ValueError, "got 12 NaN"),
        (lambda: metrics.reliability(ZEROS, np.ones((3, 4, 2))), ValueError, "got sums of 2 to 2"),
        (lambda: metrics.iou(ZEROS), ValueError, r"matrix must be a confusion matrix.*\(3, 4\)"),
        (lambda: metrics.iou(np.ma.masked_equal(np.eye(2, dtype=int), 0)), TypeError, "matrix must not be masked"),
        (lambda: metrics.dice(np.eye(2)), ValueError, "whole numbers .* got dtype float64"),
        (lambda: metrics.mean_iou(-np.eye(2, dtype=int)), ValueError, "counts of 0 and above, got -1"),
        (lambda: metrics.hausdorff(ZEROS + 2, ZEROS), ValueError, "y_true must be a mask of 0 and 1, got 2 to 2"),
        (lambda: metrics.hausdorff(ZEROS, ZEROS + 0.5), TypeError, "y_pred must hold whole"),
        (lambda: metrics.assd(ZEROS[0], ZEROS[0]), ValueError, r"one image \(H, W\) or one volume"),
        (lambda: metrics.hd95(ZEROS, ZEROS.T), ValueError, "one shape"),
        (lambda: metrics.hd95(ZEROS, ZEROS, spacing=0), ValueError, "spacing must be a number above 0"),
        (lambda: metrics.hd95(ZEROS, ZEROS, spacing=(1, 1, 1)), ValueError, "or 2 of them"),
        (lambda: metrics.assd(ZEROS, ZEROS, spacing="1"), TypeError, "spacing must be a number, got .*'1'"),
        (lambda: metrics.boundary_f1(ZEROS, ZEROS, spacing=(1, None)), TypeError, "spacing must be a number, got None"),
        (lambda: metrics.boundary_f1(ZEROS, ZEROS, tolerance=-1), ValueError, "tolerance must be a number, at least 0"),
        (lambda: metrics.boundary_f1(ZEROS, ZEROS, tolerance="2"), ValueError, "tolerance must be .* got '2'"),
        (lambda: metrics.match_instances(ZEROS, ZEROS, "a"), ValueError, "threshold must be .* got 'a'"),
        (lambda: metrics.match_instances(ZEROS, ZEROS, 0.3), ValueError, "threshold must be from 0.5 to below 1"),
        (lambda: metrics.match_instances(ZEROS - 1, ZEROS), ValueError, "y_true must hold labels of 0 and above"),
        (lambda: metrics.reliability(ZEROS, ZEROS - 3.0), ValueError, r"in \[0, 1\].*take a sigmoid"),
        (lambda: metrics.reliability(ZEROS, ZEROS + NAN), ValueError, r"in \[0, 1\]"),
        (lambda: metrics.reliability(ZEROS, np.ones((3, 4, 2))), ValueError, "sum to 1 over classes"),
        (lambda: metrics.reliability(ZEROS, np.ones((4, 3))), ValueError, r"\(3, 4\) or \(3, 4, 'C'\)"),
        (lambda: metrics.reliability(ZEROS + 2, ZEROS), ValueError, "y_true must hold ids from 0 to 1"),
        (lambda: metrics.reliability(ZEROS, np.full((3, 4), "a")), TypeError, "must hold numbers"),
        (lambda: metrics.reliability(ZEROS, ZEROS, n_bins=0), ValueError, "n_bins must be at least 1"),
    ],
)
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_numpy_is_enough_to_load_it():
    heavy = "{'tensorflow', 'keras', 'jax', 'scipy'}"
    code = f"import sys, course_lib.metrics.segmentation; sys.exit(bool({heavy} & {{*sys.modules}}))"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
