"""Panoptic quality by categories: held to loops over segments as sets of pixels, and to cases worked by hand."""

import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from course_lib import metrics

VOID, CATEGORIES, STUFF = 9, 3, {0}


def panes(shape=(4, 5)):
    """Pairs of category and instance: categories 0 to 2 or void, instances 0 to 2."""
    categories = arrays.arrays(np.int64, shape, elements=st.sampled_from([0, 1, 2, VOID]))
    return st.builds(
        lambda c, i: np.stack([c, i], axis=-1), categories, arrays.arrays(np.int64, shape, elements=st.integers(0, 2))
    )


def segments(pixels):
    found = {}
    for place, (category, instance) in enumerate(pixels.reshape(-1, 2).tolist()):
        if category != VOID:
            found.setdefault((category, 0 if category in STUFF else instance), set()).add(place)
    return found


def by_definition(y_true, y_pred):
    """Kirillov et al.: what was matched, missed, extra of each category, and the overlaps, in fractions."""
    true, pred = segments(y_true), segments(y_pred)
    void = set(np.flatnonzero(y_true[..., 0].ravel() == VOID).tolist())
    counts, overlap = np.zeros((3, CATEGORIES), int), [Fraction(0)] * CATEGORIES
    hit_true, hit_pred = set(), set()
    for t, a in true.items():
        for p, b in pred.items():
            iou = Fraction(len(a & b), len((a | b) - void))
            if t[0] == p[0] and iou > Fraction(1, 2):
                hit_true.add(t), hit_pred.add(p)
                counts[0, t[0]] += 1
                overlap[t[0]] += iou
    for t in true.keys() - hit_true:
        counts[1, t[0]] += 1
    for p in pred.keys() - hit_pred:
        if Fraction(len(pred[p] & void), len(pred[p])) <= Fraction(1, 2):
            counts[2, p[0]] += 1
    return counts, overlap


@given(panes(), panes(), st.floats(0, 1))
@settings(deadline=None, max_examples=100)
def test_segments_as_sets_of_pixels(y_true, y_pred, alike):
    rng = np.random.default_rng(0)
    y_pred = np.where(rng.random((*y_true.shape[:2], 1)) < alike, y_true, y_pred)
    found = metrics.panoptic_quality(y_true, y_pred, CATEGORIES, STUFF, VOID)
    counts, overlap = by_definition(y_true, y_pred)
    np.testing.assert_array_equal([found.matched, found.missed, found.extra], counts)
    np.testing.assert_allclose(found.overlap, [float(value) for value in overlap])
    whole = counts[0] + (counts[1] + counts[2]) / 2
    expected = [float(o) / w if w else np.nan for o, w in zip(overlap, whole, strict=True)]
    np.testing.assert_allclose(found.panoptic_quality, expected)
    seen = np.array(expected)[whole > 0]
    np.testing.assert_allclose(found.mean, seen.mean() if seen.size else np.nan)
    matched = counts[0] > 0
    product = found.segmentation_quality * found.recognition_quality
    np.testing.assert_allclose(product[matched], found.panoptic_quality[matched])


@given(panes(), panes())
@settings(deadline=None, max_examples=30)
def test_one_category_without_void_is_that_of_matched_instances(y_true, y_pred):
    """Category 1 where there is an instance; the rest is void in the prediction and a stuff category in the truth."""
    labels = [pixels[..., 1] for pixels in (y_true, y_pred)]
    both = [np.stack([np.where(label > 0, 1, 0), label], axis=-1) for label in labels]
    found = metrics.panoptic_quality(*both, 2, stuff=[0])
    expected = metrics.match_instances(*labels)
    assert found.matched[1] == len(expected.ious) and found.extra[1] == len(expected.extra)
    np.testing.assert_allclose(found.panoptic_quality[1], expected.panoptic_quality)
    np.testing.assert_allclose(found.segmentation_quality[1], expected.segmentation_quality)


def test_void_by_hand():
    """A thing of 4 pixels; predicted with 3 of them and 5 of void, and a second one in void but for a pixel."""
    truth = np.array([1] * 4 + [VOID] * 9 + [0] * 5)
    guess = np.array([1] * 3 + [0] + [1] * 9 + [1] + [0] * 4)
    number = np.array([7] * 3 + [0] + [7] * 5 + [8] * 4 + [8] + [0] * 4)
    y_true = np.stack([truth, (truth == 1) * 5], axis=-1)
    y_pred = np.stack([guess, number], axis=-1)
    found = metrics.panoptic_quality(y_true, y_pred, 2, [0], VOID)
    assert found.matched.tolist() == [1, 1] and found.extra.tolist() == found.missed.tolist() == [0, 0]
    np.testing.assert_allclose(found.overlap, [4 / 6, 3 / 4])
    seen = metrics.panoptic_quality(np.where(y_true == VOID, 0, y_true), y_pred, 2, [0])
    assert seen.matched.tolist() == [0, 0] and seen.extra.tolist() == [1, 2]  # judged, all of it would be wrong


def test_one_half_is_no_match_and_one_half_in_void_is_extra():
    truth = np.array([[1, 1], [1, 1], [VOID, 0], [0, 0]])
    guess = np.array([[1, 1], [0, 0], [1, 2], [1, 2]])
    found = metrics.panoptic_quality(truth, guess, 2, [0], VOID)
    assert found.matched.tolist() == [0, 0]  # the thing overlaps by 1/2, the ground by 1/2 of what is judged
    assert found.missed.tolist() == [1, 1] and found.extra.tolist() == [1, 2]


def test_another_category_is_no_match_and_an_absent_one_takes_no_part():
    cell = np.array([[1, 1], [1, 1], [0, 0]])
    other = np.where(cell == 1, [2, 1], cell)
    found = metrics.panoptic_quality(cell, other, 4, [0])
    np.testing.assert_equal(found.panoptic_quality, [1, 0, 0, np.nan])
    assert found.mean == pytest.approx(1 / 3)
    assert np.isnan(metrics.panoptic_quality(cell[:0], cell[:0], 4).mean)


def test_pooled_scores_are_those_of_all_segments():
    rng = np.random.default_rng(3)
    pairs = [rng.integers(0, 3, (2, 4, 5, 2)) for _ in range(5)]
    pairs = [(t, np.where(rng.random((4, 5, 1)) < 0.7, t, p)) for t, p in pairs]
    parts = [metrics.panoptic_quality(t, p, 3, [0]) for t, p in pairs]
    pooled = metrics.PanopticScores.pooled(parts)
    np.testing.assert_array_equal(pooled.matched, sum(part.matched for part in parts))
    whole = sum(part.matched + (part.missed + part.extra) / 2 for part in parts)
    np.testing.assert_allclose(pooled.panoptic_quality, sum(part.overlap for part in parts) / whole)
    with pytest.raises(ValueError, match="at least one, all of as many"):
        metrics.PanopticScores.pooled([])


def test_memory_grows_with_the_segments():
    numbers = np.kron(np.arange(10_000).reshape(100, 100), np.ones((2, 2), int))
    y = np.stack([numbers % 7, numbers], axis=-1)
    tracemalloc.start()
    found = metrics.panoptic_quality(y, y, 7)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 15e6
    assert found.mean == 1 and found.matched.sum() == 10_000


ZEROS = np.zeros((3, 4, 2), dtype=int)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: metrics.panoptic_quality(ZEROS[..., 0], ZEROS[..., 0], 2), ValueError, "y_true must have .* stack"),
        (lambda: metrics.panoptic_quality(ZEROS, ZEROS[:2], 2), ValueError, "one shape"),
        (
            lambda: metrics.panoptic_quality(ZEROS, ZEROS + 2, 2),
            ValueError,
            "y_pred must hold categories from 0 to 1, ",
        ),
        (lambda: metrics.panoptic_quality(ZEROS + 9, ZEROS, 2, void=8), ValueError, "or void, which is 8, got 9"),
        (lambda: metrics.panoptic_quality(ZEROS, ZEROS - [0, 1], 2), ValueError, "instances from 0 to .*, got -1"),
        (lambda: metrics.panoptic_quality(ZEROS, ZEROS * 0.5, 2), TypeError, "y_pred must hold class ids or labels"),
        (lambda: metrics.panoptic_quality(ZEROS, ZEROS, 2, void=1), ValueError, "void must be no category"),
        (lambda: metrics.panoptic_quality(ZEROS, ZEROS, 2, stuff=[2]), ValueError, "stuff must be at most 1, got 2"),
        (lambda: metrics.panoptic_quality(ZEROS, ZEROS, 0), ValueError, "n_categories must be at least 1"),
    ],
)
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
