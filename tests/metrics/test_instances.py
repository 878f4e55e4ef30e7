"""Matching of objects: held to all pairs of objects as sets of pixels, and to cases worked by hand."""

import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import metrics
from tests.metrics.samples import ids

NAN = float("nan")


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


# --- arguments --------------------------------------------------------------------------------------------------------

ZEROS = np.zeros((3, 4), dtype=int)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: metrics.match_instances(ZEROS, np.full((3, 4), 2**63, np.uint64)),
            ValueError,
            "y_pred must hold labels of 0 and above, below .*, got 9223372036854775808",
        ),
        (lambda: metrics.match_instances(ZEROS, ZEROS, "a"), TypeError, "threshold must be a number, got 'a'"),
        (
            lambda: metrics.match_instances(ZEROS, ZEROS, 0.3),
            ValueError,
            "threshold must be .* below 1, got 0.3",
        ),
        (lambda: metrics.match_instances(ZEROS - 1, ZEROS), ValueError, "y_true must hold labels of 0 and above"),
    ],
)
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


# --- several thresholds -----------------------------------------------------------------------------------------------


@given(ids(4, (5, 6)), ids(4, (5, 6)))
@settings(deadline=None, max_examples=50)
def test_at_a_higher_threshold_as_matched_anew(y_true, y_pred):
    matching = metrics.match_instances(y_true, y_pred)
    scores = metrics.average_precision(matching)
    for threshold, score in zip(metrics.instances.THRESHOLDS, scores, strict=True):
        found, anew = matching.at(threshold), metrics.match_instances(y_true, y_pred, threshold)
        assert found.threshold == anew.threshold == threshold
        np.testing.assert_array_equal(found.pairs, anew.pairs)
        np.testing.assert_array_equal(found.ious, anew.ious)
        assert set(found.missed) == set(anew.missed) and set(found.extra) == set(anew.extra)
        all_of_them = len(anew.ious) + len(anew.missed) + len(anew.extra)
        np.testing.assert_allclose(score, len(anew.ious) / all_of_them if all_of_them else NAN)
        if all_of_them:
            assert score == pytest.approx(anew.f1 / (2 - anew.f1))  # as IoU and Dice are


@pytest.mark.parametrize("threshold", ["0.5", "0.55", "0.6", "0.7", "0.75", "0.9", "0.95"])
def test_an_overlap_at_a_threshold_is_not_above_it(threshold):
    exact = Fraction(threshold)
    for union in range(exact.denominator, 401, exact.denominator):
        overlap = int(exact * union)
        for pixels, right in ((overlap, 0), (overlap + 1, 1)):
            matching = metrics.match_instances([1] * union, [1] * pixels + [0] * (union - pixels))
            assert metrics.average_precision(matching, [float(threshold)]) == right, (pixels, union)


def test_average_precision_of_pooled_images_by_hand():
    """Overlaps of 1, .8 and .6 and an object too many in one image, one missed in the other."""
    y_true = np.repeat([1, 2, 3, 0], [5, 5, 5, 5])
    y_pred = y_true.copy()
    y_pred[9], y_pred[13:15], y_pred[17:] = 0, 0, 8
    parts = [metrics.match_instances(y_true, y_pred), metrics.match_instances([4, 4], [0, 0])]
    scores = metrics.average_precision(metrics.Matching.pooled(parts), [0.5, 0.6, 0.75, 0.8, 0.99])
    np.testing.assert_allclose(scores, [3 / 5, 2 / 6, 2 / 6, 1 / 7, 1 / 7])


def test_thresholds_of_matchings_are_kept_apart():
    strict, plain = (metrics.match_instances([1, 1], [1, 1], t) for t in (0.75, 0.5))
    assert metrics.Matching.pooled([strict, strict]).threshold == 0.75
    with pytest.raises(ValueError, match=r"matchings must be of one threshold, got \[0.5, 0.75\]"):
        metrics.Matching.pooled([strict, plain])
    with pytest.raises(ValueError, match="threshold must be .*0.75.* below 1, got .*0.5"):
        metrics.average_precision(strict)
    for wrong, error, message in (
        ([1, 1], TypeError, "matching must be what match_instances returns, got list"),
        (plain, ValueError, "thresholds must be a row of numbers"),
    ):
        with pytest.raises(error, match=message):
            metrics.average_precision(wrong, [])
