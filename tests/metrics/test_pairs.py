"""What is taken for class ids and what is not: one-hot arrays, masked pixels, labels that are no class."""

import numpy as np
import pytest

from course_lib import metrics


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
    + [lambda a, b: metrics.reliability(a, b * 0.5), lambda a, b: metrics.reliability(b, a * 0.5)]
    + [metrics.surface_dice, metrics.boundary_iou, metrics.adapted_rand, metrics.variation_of_information]
    + [lambda a, b: metrics.panoptic_quality(a[:, :2], b[:, :2], 2), lambda a, b: metrics.brier_score(a, b * 0.5)]
    + [lambda a, b: metrics.choose_threshold([a], [b * 0.5]), lambda a, b: metrics.choose_threshold([b], [a])],
)
def test_hidden_pixels_are_not_used(metric):
    ids, hidden = np.eye(4, dtype=int), np.ma.array(np.eye(4, dtype=int), mask=np.eye(4) > 0)
    with pytest.raises(TypeError, match=r"(y_pred|y_true|probabilities)(\[0\])? must not be masked"):
        metric(ids, hidden)


def test_the_message_says_which_labels_there_were():
    with pytest.raises(ValueError, match=r"got 1 \(2 pixels\) and 2 \(1 pixel\). They count from 1: subtract 1"):
        metrics.confusion_matrix([1, 1, 2], [0, 0, 1], 2)
    with pytest.raises(ValueError, match="becomes one of 0 and 1 by y_true == 255"):
        metrics.confusion_matrix([0, 255], [0, 1], 2)
