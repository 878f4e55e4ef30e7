"""Energies and single changes against sums written out, all labellings, and what cannot happen."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.classical import energies as e


def _energy_by_loops(labels, unary, down, right):
    total = 0.0
    rows, columns = np.shape(labels)
    for i, j in np.ndindex(rows, columns):
        total += unary[i][j][labels[i][j]]
        if i + 1 < rows and labels[i][j] != labels[i + 1][j]:
            total += down[i][j]
        if j + 1 < columns and labels[i][j] != labels[i][j + 1]:
            total += right[i][j]
    return total


def _case(seed, classes=None):
    rng = np.random.default_rng(seed)
    rows, columns = rng.integers(1, 7, 2)
    classes = classes or int(rng.integers(1, 5))
    unary = rng.normal(size=(rows, columns, classes))
    weights = rng.random((rows - 1, columns)), rng.random((rows, columns - 1))
    return rng.integers(0, classes, (rows, columns)), unary, weights


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6))
def test_the_energy_written_out(seed):
    labels, unary, (down, right) = _case(seed)
    expected = _energy_by_loops(labels, unary, down, right)
    assert e.potts_energy(labels, unary, (down, right)) == pytest.approx(expected, rel=1e-12, abs=1e-12)
    flat = np.full(down.shape, 0.7), np.full(right.shape, 0.7)
    assert e.potts_energy(labels, unary, 0.7) == pytest.approx(_energy_by_loops(labels, unary, *flat), abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_local_energies_are_differences_of_energies(seed):
    labels, unary, weights = _case(seed)
    local = e.local_energies(labels, unary, weights)
    before = e.potts_energy(labels, unary, weights)
    for i, j in np.ndindex(labels.shape):
        for k in range(unary.shape[2]):
            changed = labels.copy()
            changed[i, j] = k
            difference = e.potts_energy(changed, unary, weights) - before
            assert local[i, j, k] - local[i, j, labels[i, j]] == pytest.approx(difference, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_icm_never_rises_and_ends_where_no_single_change_helps(seed):
    labels, unary, weights = _case(seed)
    found = [labels] + [e.icm(unary, weights, labels, sweeps) for sweeps in range(1, 8)]
    paid = [e.potts_energy(x, unary, weights) for x in found]
    assert (np.diff(paid) <= 1e-12).all()
    end = e.icm(unary, weights, labels)
    local = e.local_energies(end, unary, weights)
    own = np.take_along_axis(local, end[..., None], axis=2)
    assert (own <= local).all()
    np.testing.assert_array_equal(e.icm(unary, weights, end), end)


def test_if_all_pixels_changed_at_once_they_could_oscillate():
    labels = np.indices((4, 4)).sum(axis=0) % 2  # a chessboard, where every neighbour differs
    unary = np.zeros((4, 4, 2))
    at_once = e.local_energies(labels, unary, 1.0).argmin(axis=2)
    np.testing.assert_array_equal(at_once, 1 - labels)
    assert e.potts_energy(at_once, unary, 1.0) == e.potts_energy(labels, unary, 1.0) == 24
    assert e.potts_energy(e.icm(unary, 1.0, labels), unary, 1.0) == 0


@pytest.mark.parametrize("seed", range(5))
def test_icm_with_three_labels_is_not_below_the_best_of_all(seed):
    rng = np.random.default_rng(seed)
    unary = rng.random((2, 3, 3))
    best = min(e.potts_energy(np.reshape(x, (2, 3)), unary, 0.4) for x in itertools.product(range(3), repeat=6))
    assert best - 1e-12 <= e.potts_energy(e.icm(unary, 0.4), unary, 0.4)


def test_without_smoothness_each_pixel_decides_alone():
    unary = np.random.default_rng(0).normal(size=(5, 6, 4))
    np.testing.assert_array_equal(e.icm(unary, 0), unary.argmin(axis=2))


def test_weights_of_contrast():
    color = np.random.default_rng(1).random((4, 5, 3))
    down, right = e.contrast_weights(color, 3.0)
    squared = [((color[1:] - color[:-1]) ** 2).sum(2), ((color[:, 1:] - color[:, :-1]) ** 2).sum(2)]
    mean = np.concatenate([part.ravel() for part in squared]).mean()
    np.testing.assert_allclose(down, 3 * np.exp(-squared[0] / (2 * mean)), rtol=1e-12)
    np.testing.assert_allclose(right, 3 * np.exp(-squared[1] / (2 * mean)), rtol=1e-12)
    flat_down, flat_right = e.contrast_weights(np.full((3, 4), 0.2), 2.0)
    assert (flat_down == 2).all() and (flat_right == 2).all()
    down, right = e.contrast_weights([[0.5]], 1.0)
    assert down.shape == (0, 1) and right.shape == (1, 0)


def test_one_pixel_and_other_forms():
    assert e.potts_energy([[1]], [[[5, 7]]], 3) == 7
    assert e.icm([[[5, 7]]], 3).tolist() == [[0]]
    labels, unary, weights = _case(11, classes=2)
    for form in (labels.tolist(), labels.astype(np.uint8), labels > 0, np.asfortranarray(labels)):
        assert e.potts_energy(form, unary.tolist(), weights) == e.potts_energy(labels, unary, weights)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: e.potts_energy([[2]], [[[1, 2]]], 1), ValueError, "labels must be from 0 to 1, got 2 to 2"),
        (lambda: e.potts_energy([[0.0]], [[[1, 2]]], 1), TypeError, "labels must hold class ids or labels"),
        (lambda: e.potts_energy([[0, 1]], [[[1, 2]]], 1), ValueError, r"labels must have the shape \(1, 1\)"),
        (lambda: e.potts_energy([[0]], [[1, 2]], 1), ValueError, "unary must have 3 axes"),
        (lambda: e.potts_energy([[0]], [[[np.nan]]], 1), ValueError, "unary must be finite"),
        (lambda: e.potts_energy([[0]], [[[1]]], -1), ValueError, "smoothness must be a finite number of at least 0"),
        (lambda: e.potts_energy([[0]], [[[1]]], "1"), TypeError, "smoothness must be a number"),
        (lambda: e.potts_energy([[0]], [[[1]]], ([[1]], [[1]])), ValueError, "smoothness must be a number, or two"),
        (lambda: e.potts_energy([[0, 0]], np.ones((1, 2, 1)), (np.ones((0, 2)), [[-1]])), ValueError, "at least 0"),
        (lambda: e.icm([[[1, 2]]], 1, sweeps=0), ValueError, "sweeps must be at least 1, got 0"),
        (lambda: e.icm([[[1, 2]]], 1, labels=[[-1]]), ValueError, "labels must be from 0 to 1, got -1"),
        (lambda: e.contrast_weights([[np.inf]], 1), ValueError, "image must be finite"),
        (lambda: e.contrast_weights([1.0], 1), ValueError, "image must have 2 or 3 axes"),
    ],
)
def test_what_cannot_be_meant_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()
