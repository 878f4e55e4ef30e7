"""Average precision of objects with scores: held to cases by hand and to counting; `test_oracle_values` asks COCO."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import metrics
from tests.metrics.samples import ids

NAN = float("nan")


@given(st.lists(st.tuples(ids(5, (3, 6)), ids(5, (3, 6)), st.permutations(range(5))), min_size=1, max_size=3))
@settings(deadline=None, max_examples=60)
def test_precision_and_recall_by_counting(images):
    """All different scores, and half of the labels right by copying; the best precision at each recall or above it."""
    matchings, scores, taken, n_true = [], [], [], 0
    for k, (truth, predicted, order) in enumerate(images):
        predicted = np.where(np.arange(6) < 4, truth, predicted)
        found = metrics.match_instances(truth, predicted)
        matchings.append(found), scores.append(np.array(order) + k / 10)
        n_true += len(set(truth.flat) - {0})
        taken += [(scores[-1][p], p in found.pairs[:, 1]) for p in set(predicted.flat) - {0}]
    points, hits = [], 0
    for n, (_, right) in enumerate(sorted(taken, reverse=True), start=1):
        hits += right
        points.append((hits, hits / n))
    best = [max([p for hits, p in points if 100 * hits >= r * n_true], default=0) for r in range(101)]
    expected = np.mean(best) if n_true else NAN
    np.testing.assert_allclose(metrics.coco_average_precision(matchings, scores, [0.5]), [expected])


def test_the_order_counts_and_sure_mistakes_cost_most():
    """Two of four predicted objects are right; there are two."""
    truth, predicted = np.array([1, 1, 2, 2, 0, 0, 0, 0]), np.array([1, 1, 2, 2, 3, 3, 4, 4])
    found = metrics.match_instances(truth, predicted)
    last, first, between = [0, 9, 8, 7, 6], [0, 6, 7, 8, 9], [0, 9, 7, 8, 6]
    scores = [metrics.coco_average_precision([found], [s], [0.5])[0] for s in (last, first, between)]
    assert scores[0] == 1 and scores[1] == pytest.approx(1 / 2)
    assert scores[2] == pytest.approx((51 * 1 + 50 * 2 / 3) / 101)
    assert found.precision == 1 / 2  # whatever the scores are


def test_more_unsure_objects_hardly_cost_anything_here_and_much_elsewhere():
    truth = np.repeat([1, 2, 0], [4, 4, 40])
    predicted = np.concatenate([truth[:8], np.arange(3, 43)])
    found = metrics.match_instances(truth, predicted)
    sure = np.where(np.arange(43) < 3, 0.9, 0.1)
    assert metrics.coco_average_precision([found], [sure], [0.5]) == 1
    assert metrics.average_precision(found, [0.5]) == 2 / 42


def test_nothing_there():
    none, one = np.zeros((3, 4), int), np.eye(3, 4, dtype=int)
    imagined, overlooked, empty = (metrics.match_instances(*p) for p in ((none, one), (one, none), (none, none)))
    assert np.isnan(metrics.coco_average_precision([imagined, empty], [[0, 0.5], [0]])).all()
    assert (metrics.coco_average_precision([overlooked], [[0]]) == 0).all()
    assert np.isnan(metrics.coco_average_precision([], [])).all()
    good = metrics.match_instances(one, one)
    assert metrics.coco_average_precision([good, imagined], [[NAN, 0.5], [NAN, 0.4]], [0.5]) == 1
    assert metrics.coco_average_precision([good, imagined], [[NAN, 0.5], [NAN, 0.6]], [0.5]) == 0.5
    assert metrics.coco_average_precision([good, imagined], [[NAN, 0.5], [NAN, 0.5]], [0.5]) == 1  # in their order


def test_equal_scores_keep_the_order_of_images_and_labels():
    right, wrong = np.arange(1, 61), np.zeros(60, int)
    good, imagined = metrics.match_instances(right, right), metrics.match_instances(wrong, right)
    equal = [np.full(61, 0.5)] * 2
    assert metrics.coco_average_precision([good, imagined], equal, [0.5]) == 1
    assert metrics.coco_average_precision([imagined, good], equal, [0.5]) == 0.5


GOOD = metrics.match_instances([1, 1, 2], [1, 1, 2])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: metrics.coco_average_precision([GOOD], []), ValueError, "of the same images, got 1 and 0"),
        (lambda: metrics.coco_average_precision([1], [[0.5]]), TypeError, r"matchings\[0\] must be what match_insta"),
        (lambda: metrics.coco_average_precision([GOOD], [[0, 1]]), ValueError, "up to label 2, got 2 entries"),
        (
            lambda: metrics.coco_average_precision([GOOD], [[0, 1, NAN]]),
            ValueError,
            r"scores\[0\] of the labels must be",
        ),
        (lambda: metrics.coco_average_precision([GOOD], [["a"] * 3]), TypeError, r"scores\[0\] must hold real numbers"),
        (lambda: metrics.coco_average_precision([GOOD], [[0, 1, 1]], []), ValueError, "thresholds must be a row"),
        (lambda: metrics.coco_average_precision([GOOD], [[0, 1, 1]], [0.4]), ValueError, "threshold must be .* 0.5"),
    ],
)
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
