"""The threshold that scores best: held to trying them one by one, with ties, empty images and scores of objects."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from skimage.measure import label

from course_lib import metrics


def dice(truth, mask):
    whole = truth.sum() + mask.sum()
    return 2 * np.sum(truth & mask) / whole if whole else np.nan


@given(
    arrays.arrays(bool, (3, 4, 5)),
    arrays.arrays(np.float64, (3, 4, 5), elements=st.integers(0, 10).map(lambda k: k / 10)),
)
@settings(deadline=None, max_examples=15)
def test_each_threshold_by_itself(y_true, p):
    y_true[0, 0, 0] = True
    found = metrics.choose_threshold(y_true, p)
    np.testing.assert_allclose(found.thresholds, np.arange(1, 20) / 20)
    best = []
    for threshold, score in zip(found.thresholds, found.scores, strict=True):
        each = [dice(t, q > threshold) for t, q in zip(y_true, p, strict=True)]
        each = [value for value in each if value == value]
        np.testing.assert_allclose(score, np.mean(each) if each else np.nan)
        best.append(np.mean(each) if each else -1)
    assert found.score == pytest.approx(max(best))
    ties = np.flatnonzero(np.array(best) > max(best) - 1e-12)
    np.testing.assert_array_equal(found.tied, found.thresholds[ties])
    assert found.threshold == found.thresholds[ties[(len(ties) - 1) // 2]]


def test_a_plateau_is_named_and_its_middle_is_taken():
    """All probabilities are 0 or 1: every threshold is as good as the others."""
    y = np.eye(6, dtype=bool)[None]
    found = metrics.choose_threshold(y, y.astype(float))
    assert len(found.tied) == 19 and found.threshold == 0.5 and found.score == 1
    found = metrics.choose_threshold(y, y * 0.62, thresholds=[0.9, 0.6, 0.3, 0.61, 0.7])
    assert found.tied.tolist() == [0.3, 0.6, 0.61] and found.threshold == 0.6
    assert metrics.choose_threshold(y, y * 0.62, thresholds=[0.6, 0.3]).threshold == 0.3


def test_a_pixel_at_the_threshold_is_background():
    y, p = np.array([[[1, 0, 0]]]), np.array([[[0.8, 0.5, 0.2]]])
    np.testing.assert_allclose(metrics.choose_threshold(y, p, thresholds=[0.49, 0.5]).scores, [2 / 3, 1])


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_masks_are_those_of_the_same_line_of_code_afterwards(dtype):
    """float32 .3 is above .3 in float64, and p > .3 is not."""
    y, p = np.array([[[1, 0, 0]]]), np.array([[[0.8, 0.3, 0.2]]], dtype=dtype)
    masks = []
    found = metrics.choose_threshold(y, p, lambda t, mask: masks.append(mask) or 0.0, thresholds=[0.3, 0.8])
    for threshold, mask in zip(found.thresholds.tolist(), masks, strict=True):
        np.testing.assert_array_equal(mask, p[0] > threshold)
    assert masks[0].sum() == 1 and masks[1].sum() == 0


def test_images_of_several_sizes_and_without_foreground():
    y = [np.ones((2, 3), int), np.zeros((4, 4), int), np.zeros((1, 5), int)]
    p = [np.full((2, 3), 0.8), np.full((4, 4), 0.6), np.full((1, 5), 0.1)]
    found = metrics.choose_threshold(y, p, thresholds=[0.05, 0.5, 0.7, 0.9])
    np.testing.assert_allclose(found.scores, [1 / 3, 1 / 2, 1, 0])  # right about nothing is left out of the mean
    assert found.threshold == 0.7
    with pytest.raises(ValueError, match="score must be a number for an image at least"):
        metrics.choose_threshold(y[1:], p[1:], thresholds=[0.9])


def test_scores_of_objects_and_distances():
    """Two squares joined by a bridge of .6: above it they are two objects."""
    truth = np.zeros((9, 12), int)
    truth[2:7, 1:5], truth[2:7, 6:10] = 1, 2
    p = 0.9 * (truth > 0)
    p[3:6, 5], p[2, 1] = 0.6, 0.75

    def quality(y, mask):
        return metrics.match_instances(y, label(mask, connectivity=1)).panoptic_quality

    found = metrics.choose_threshold([truth], [p], quality)
    np.testing.assert_allclose(found.tied, [0.6, 0.65, 0.7])
    assert found.threshold == 0.65 and found.score == 1
    nearest = metrics.choose_threshold([truth], [p], lambda y, mask: -metrics.hausdorff(y > 0, mask), [0.1, 0.7, 0.95])
    assert nearest.threshold == 0.7 and nearest.scores[2] == -np.inf
    worst = metrics.choose_threshold([truth], [p], lambda y, mask: -metrics.hausdorff(y > 0, mask), [0.95, 0.97])
    assert worst.score == -np.inf and len(worst.tied) == 2


IMAGE = np.eye(3, dtype=int)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: metrics.choose_threshold(IMAGE, IMAGE), ValueError, r"probabilities\[0\] must be an image, .*\(3,\)"),
        (
            lambda: metrics.choose_threshold([IMAGE], [IMAGE, IMAGE]),
            ValueError,
            "must be of the same images, got 1 and 2",
        ),
        (lambda: metrics.choose_threshold([], []), ValueError, "must be of the same images, got 0 and 0"),
        (lambda: metrics.choose_threshold([IMAGE], [IMAGE[..., None]]), ValueError, r"one channel take \[..., 0\]"),
        (lambda: metrics.choose_threshold([IMAGE], [IMAGE * np.nan]), ValueError, r"probabilities\[0\] .* got 9 NaN"),
        (lambda: metrics.choose_threshold([IMAGE], [IMAGE], thresholds=[]), ValueError, "thresholds must not be empty"),
        (
            lambda: metrics.choose_threshold([IMAGE], [IMAGE], thresholds=[np.inf]),
            ValueError,
            "thresholds must be fini",
        ),
        (lambda: metrics.choose_threshold([IMAGE], [IMAGE], "dice"), TypeError, "score must be a function"),
        (lambda: metrics.choose_threshold([IMAGE], [IMAGE], lambda y, m: m), TypeError, "score must be a number"),
        (lambda: metrics.choose_threshold([IMAGE * 255], [IMAGE]), ValueError, "becomes one of 0 and 1"),
    ],
)
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
