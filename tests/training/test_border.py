import tracemalloc

import numpy as np
import pytest

from course_lib.datasets import nuclei
from course_lib.training.border import border_weights, open_borders


def by_brute_force(labels, w0, sigma, class_weights):
    """Every distance to every pixel of every object."""
    foreground = np.zeros(labels.shape, bool)
    weights = np.zeros(labels.shape)
    for i, j in np.ndindex(labels.shape):
        neighbours = labels[max(i - 1, 0) : i + 2, max(j - 1, 0) : j + 2]
        foreground[i, j] = labels[i, j] > 0 and set(np.unique(neighbours)) <= {0, labels[i, j]}
        distances = sorted(
            np.sqrt(((np.argwhere(labels == k) - (i, j)) ** 2).sum(1).min()) for k in np.unique(labels) if k
        )
        weights[i, j] = class_weights[int(foreground[i, j])]
        if not foreground[i, j] and len(distances) > 1:
            weights[i, j] += w0 * np.exp(-((distances[0] + distances[1]) ** 2) / (2 * sigma**2))
    return foreground, weights


def objects(seed, count=5, shape=(30, 34)):
    rng = np.random.default_rng(seed)
    labels = np.zeros(shape, np.uint16)
    for k in range(1, count + 1):
        top, left = rng.integers(0, 24, 2)
        labels[top : top + rng.integers(2, 9), left : left + rng.integers(2, 9)] = 2 * k  # numbers may be left out
    return labels


@pytest.mark.parametrize("seed", range(4))
def test_weights_are_those_of_brute_force(seed):
    labels = objects(seed)
    foreground, weights = by_brute_force(labels, 10, 5, (1, 2))
    np.testing.assert_array_equal(open_borders(labels), foreground)
    np.testing.assert_allclose(border_weights(labels, 10, 5, (1, 2)), weights, rtol=1e-5)


def test_real_labels_agree_with_brute_force_on_a_crop():
    labels = nuclei.load()[0][1][0, 100:148, 200:248]
    np.testing.assert_allclose(border_weights(labels), by_brute_force(labels, 10, 5, (1, 1))[1], rtol=1e-5)


@pytest.mark.parametrize("largest", [50_000_000, 2**63 + 5])
def test_ids_of_any_size_cost_no_memory(largest):
    small = objects(2).astype(np.uint64)
    packed = np.where(small == small.max(), np.uint64(largest), small * np.uint64(1000))
    tracemalloc.start()
    weights = border_weights(packed)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5e6
    np.testing.assert_array_equal(weights, border_weights(small))
    np.testing.assert_array_equal(border_weights(packed[packed > 0].reshape(1, -1) * 0 + largest), 1)


def test_objects_without_ground():
    labels = np.repeat([[3, 3, 7, 7]], 4, axis=0)
    np.testing.assert_allclose(border_weights(labels), by_brute_force(labels, 10, 5, (1, 1))[1], rtol=1e-5)


def test_one_object_or_none_has_no_border():
    labels = np.zeros((9, 9), int)
    assert (border_weights(labels) == 1).all()
    labels[2:5, 2:5] = 3
    assert (border_weights(labels) == 1).all()
    np.testing.assert_array_equal(open_borders(labels), labels > 0)


def test_a_stack_is_opened_frame_by_frame():
    stack = np.stack([objects(0), objects(1)])
    np.testing.assert_array_equal(open_borders(stack), [open_borders(stack[0]), open_borders(stack[1])])
    weighed = border_weights(stack, 7, 4, (1, 2))
    assert weighed.dtype == np.float32
    np.testing.assert_array_equal(weighed, [border_weights(frame, 7, 4, (1, 2)) for frame in stack])


@pytest.mark.parametrize("f", [open_borders, border_weights])
def test_what_is_no_labels_is_refused_by_both(f):
    for wrong, words in (
        (np.zeros((9, 9, 1), int), "the last axis looks like channels"),
        (np.zeros((9, 9, 3), int), "the last axis looks like channels"),
        (np.zeros((2, 9, 9, 1), int), r"\(H, W\) or \(n, H, W\), got int64 \(2, 9, 9, 1\)"),
        (np.zeros(9, int), "whole numbers"),
        (np.zeros((0, 9), int), "whole numbers"),
        (np.full((9, 9), -1), "labels must be at least 0, got -1"),
        (np.zeros((9, 9)), "whole numbers"),
    ):
        with pytest.raises(ValueError, match=words):
            f(wrong)


@pytest.mark.parametrize("options", [{"sigma": 0}, {"w0": -1}, {"sigma": np.inf}, {"w0": np.nan}])
def test_numbers_out_of_range_are_refused(options):
    with pytest.raises(ValueError, match="w0 must be a .* of at least 0, got|sigma must be a .* above 0, got"):
        border_weights(np.zeros((3, 3), int), **options)
    with pytest.raises(ValueError, match="class_weights must be two numbers"):
        border_weights(np.zeros((3, 3), int), class_weights=(1, 2, 3))
    (name,) = options
    with pytest.raises(TypeError, match=f"{name} must be a number, got None"):
        border_weights(np.zeros((3, 3), int), **{name: None})


@pytest.mark.parametrize("f", [open_borders, border_weights])
@pytest.mark.parametrize("classes", [3, 5, 8])
def test_one_hot_is_no_stack_of_labels(f, classes):
    hot = np.eye(classes, dtype=np.uint8)[np.random.default_rng(0).integers(0, classes, (20, 24))]
    for array, place in (
        (hot, "(the last axis looks like channels|row of the last axis)"),
        (np.moveaxis(hot, -1, 0), "row of axis 0"),
    ):
        with pytest.raises(ValueError, match=f"labels must .*{place}"):
            f(array)
    stack = np.stack([objects(seed) for seed in range(classes)])
    assert f(stack).shape == f((stack > 0).astype(int)).shape == stack.shape


@pytest.mark.parametrize("f", [open_borders, border_weights])
def test_hidden_labels_are_not_used(f):
    with pytest.raises(TypeError, match="labels must not be masked"):
        f(np.ma.array(objects(0), mask=objects(0) == 2))
