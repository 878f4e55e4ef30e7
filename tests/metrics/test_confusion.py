"""Counts of pixels and their scores: held to loops over single pixels, to sets, and to cases worked by hand."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import metrics
from course_lib.metrics import confusion
from tests.metrics.samples import ids

NAN = float("nan")


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
    monkeypatch.setattr(confusion, "CHUNK", 100)
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


# --- arguments --------------------------------------------------------------------------------------------------------

ZEROS = np.zeros((3, 4), dtype=int)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: metrics.confusion_matrix(ZEROS, ZEROS + 0.9, 2), TypeError, "y_pred must hold class ids .* float64"),
        (lambda: metrics.confusion_matrix(ZEROS, ZEROS[:2], 2), ValueError, r"one shape, got \(3, 4\) and \(2, 4\)"),
        (lambda: metrics.confusion_matrix(ZEROS + 255, ZEROS, 2), ValueError, "y_true must hold .* got 255 .12 pix"),
        (lambda: metrics.confusion_matrix(ZEROS, ZEROS - 1, 2), ValueError, "y_pred must hold .* from 0 to 1, got -1"),
        (lambda: metrics.confusion_matrix(ZEROS, ZEROS, 2.0), TypeError, "n_classes must be a whole number, got 2.0"),
        (lambda: metrics.confusion_matrix(ZEROS, ZEROS, 0), ValueError, "n_classes must be at least 1, got 0"),
        (lambda: metrics.confusion_matrix(ZEROS, ZEROS, 2, "x"), TypeError, "ignore_class must be a whole number"),
        (lambda: metrics.ConfusionMatrix(2).merge(metrics.ConfusionMatrix(3)), ValueError, "2 classes, got 3"),
        (lambda: metrics.ConfusionMatrix(2, 255).merge(metrics.ConfusionMatrix(2)), ValueError, "=255, got .*=None"),
        (lambda: metrics.iou(ZEROS), ValueError, r"matrix must be a confusion matrix.*\(3, 4\)"),
        (lambda: metrics.iou(np.ma.masked_equal(np.eye(2, dtype=int), 0)), TypeError, "matrix must not be masked"),
        (lambda: metrics.dice(np.eye(2)), ValueError, "whole numbers .* got dtype float64"),
        (lambda: metrics.mean_iou(-np.eye(2, dtype=int)), ValueError, "counts of 0 and above, got -1"),
    ],
)
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


# --- sensitivity, specificity, precision, F ---------------------------------------------------------------------------


@given(ids(4), ids(4), st.sampled_from([0.3, 1.0, 2]))
@settings(deadline=None, max_examples=60)
def test_shares_of_each_class_by_counting(y_true, y_pred, beta):
    matrix = metrics.confusion_matrix(y_true, y_pred, 5)
    shares = [f(matrix) for f in (metrics.sensitivity, metrics.specificity, metrics.precision)]
    scores = metrics.f_beta(matrix, beta)
    for c in range(5):
        t, p = y_true == c, y_pred == c
        tp, fn, fp, tn = (int(np.sum(a & b)) for a, b in ((t, p), (t, ~p), (~t, p), (~t, ~p)))
        expected = [a / (a + b) if a + b else np.nan for a, b in ((tp, fn), (tn, fp), (tp, fp))]
        np.testing.assert_allclose([share[c] for share in shares], expected)
        recall, specificity, precision = expected
        if tp:
            mean = (1 + beta**2) / (beta**2 / recall + 1 / precision)
            assert scores[c] == pytest.approx(mean)
        else:
            np.testing.assert_equal(scores[c], 0 if fn + fp else np.nan)


def test_shares_by_hand():
    """100 pixels, 8 of them foreground, of which 4 were found, and 2 more."""
    matrix = np.array([[90, 2], [4, 4]])
    assert metrics.sensitivity(matrix)[1] == 0.5 and metrics.precision(matrix)[1] == pytest.approx(2 / 3)
    assert metrics.specificity(matrix)[1] == pytest.approx(90 / 92)
    np.testing.assert_allclose(metrics.specificity(matrix), metrics.sensitivity(matrix)[::-1])
    np.testing.assert_allclose(metrics.f_beta(matrix), metrics.dice(matrix))
    assert metrics.f_beta(matrix, 1e-6)[1] == pytest.approx(2 / 3) and metrics.f_beta(matrix, 1e6)[1] == pytest.approx(
        0.5
    )


def test_a_class_without_pixels_has_no_share():
    overlooked, imagined = np.array([[5, 0], [3, 0]]), np.array([[5, 3], [0, 0]])
    np.testing.assert_equal(metrics.precision(overlooked), [5 / 8, np.nan])
    np.testing.assert_equal(metrics.sensitivity(overlooked), [1, 0])
    np.testing.assert_equal(metrics.sensitivity(imagined), [5 / 8, np.nan])
    np.testing.assert_equal(metrics.specificity(imagined), [np.nan, 5 / 8])
    for matrix in (overlooked, imagined):
        assert metrics.f_beta(matrix, 2)[1] == 0
    assert np.isnan(metrics.f_beta(np.array([[5, 0], [0, 0]]), 2)[1])


@pytest.mark.parametrize(("beta", "error"), [(0, ValueError), (-1, ValueError), ("2", TypeError), (np.nan, ValueError)])
def test_a_beta_that_is_none_is_named(beta, error):
    with pytest.raises(error, match="beta must be"):
        metrics.f_beta(np.eye(2, dtype=int), beta)


@pytest.mark.parametrize("score", [metrics.sensitivity, metrics.specificity, metrics.precision, metrics.f_beta])
def test_a_matrix_that_is_none_is_named(score):
    with pytest.raises(ValueError, match="matrix must be a confusion matrix"):
        score(np.ones((2, 3), int))
