"""The random walker against scikit-image's direct solution, dense equations, and walkers that walk."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.segmentation import random_walker as theirs

from course_lib.classical import random_walker as rw
from course_lib.classical.regions import neighbors
from course_lib.datasets import photographs


def _case(seed, channels=None):
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(2, 12, 2))
    image = rng.random(shape if channels is None else (*shape, channels))
    markers = np.zeros(shape, int)
    markers.flat[rng.choice(markers.size, 3, replace=False)] = 1, 2, 3
    return image, markers


@pytest.mark.parametrize("channels", [None, 3])
@pytest.mark.parametrize("seed", range(10))
def test_the_direct_solution_of_scikit_image(seed, channels):
    image, markers = _case(seed, channels)
    axis = None if channels is None else -1
    expected = theirs(image, markers, beta=130, mode="bf", return_full_prob=True, channel_axis=axis)
    np.testing.assert_allclose(rw.probabilities(image, markers), expected, atol=1e-12)


def test_on_a_photograph_and_its_labels():
    image = photographs.load("coins")[:120, :160] / 255.0
    markers = np.zeros(image.shape, int)
    markers[image > 0.75], markers[image < 0.2] = 2, 1
    expected = theirs(image, markers, mode="bf", return_full_prob=True)
    ours = rw.probabilities(image, markers)
    np.testing.assert_allclose(ours, expected, atol=1e-11)
    np.testing.assert_array_equal(rw.random_walker(image, markers), theirs(image, markers, mode="bf"))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.floats(0, 200))
def test_the_equations_written_out(seed, beta):
    """Each free pixel is the weighted mean of its neighbours: solved densely, with weights by a loop."""
    image, markers = _case(seed)
    n = image.size
    weight = np.zeros((n, n))
    flat, scale = image.ravel(), beta / (10 * image.std())
    for a, b in zip(*neighbors(image.shape), strict=True):
        weight[a, b] = weight[b, a] = np.exp(-scale * (flat[a] - flat[b]) ** 2) + 1e-10
    free = markers.ravel() == 0
    system = np.diag(weight.sum(axis=1)) - weight
    known = weight[np.ix_(free, ~free)] @ (markers.ravel()[~free, None] == [1, 2, 3])
    expected = np.zeros((3, n))
    expected[:, ~free] = markers.ravel()[~free] == np.array([1, 2, 3])[:, None]
    expected[:, free] = np.linalg.solve(system[np.ix_(free, free)], known).T
    found = rw.probabilities(image, markers, beta)
    # the least weight is 1e-10, so either solution may be off by about 1e-16 / 1e-10
    np.testing.assert_allclose(found.reshape(3, n), expected, rtol=0, atol=1e-5)
    np.testing.assert_allclose(found.sum(axis=0), 1, atol=1e-7)


def test_it_is_the_probability_of_hitting_a_marker_first():
    """20,000 walkers from one pixel: the share that reaches label 1 first, within four standard errors."""
    rng = np.random.default_rng(0)
    image = rng.random((7, 7))
    markers = np.zeros((7, 7), int)
    markers[0, 0], markers[6, 6], markers[5, 1] = 1, 2, 2
    beta, n = 8.0, image.size
    weight = np.zeros((n, n))
    for (a, b), w in zip(np.transpose(neighbors(image.shape)), rw.edge_weights(image, beta), strict=True):
        weight[a, b] = weight[b, a] = w
    step = np.cumsum(weight / weight.sum(axis=1, keepdims=True), axis=1)
    at, ends = np.full(20_000, 2 * 7 + 2), markers.ravel()
    while (walking := ends[at] == 0).any():
        at[walking] = np.minimum((rng.random(walking.sum())[:, None] > step[at[walking]]).sum(axis=1), n - 1)
    share = (ends[at] == 1).mean()
    expected = rw.probabilities(image, markers, beta)[0, 2, 2]
    assert 0.2 < expected < 0.8
    assert share == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / 20_000))


@pytest.mark.filterwarnings("ignore:The probability range is outside")
def test_scikit_images_default_stops_early():
    image = photographs.load("coins")[:80, :80] / 255.0
    markers = np.zeros(image.shape, int)
    markers[2, 2], markers[40, 40] = 1, 2
    exact = rw.probabilities(image, markers, 2000.0)
    early = theirs(image, markers, beta=2000.0, mode="cg_j", tol=1e-3, return_full_prob=True)
    direct = theirs(image, markers, beta=2000.0, mode="bf", return_full_prob=True)
    assert np.abs(direct - exact).max() < 1e-5 < 0.01 < np.abs(early - exact).max()


def test_flat_images_all_marked_and_other_forms():
    assert rw.random_walker([[0.5]], [[7]]).tolist() == [[7]]
    flat = rw.probabilities(np.full((1, 5), 0.3), [[1, 0, 0, 0, 2]])
    np.testing.assert_allclose(flat[0, 0], [1, 0.75, 0.5, 0.25, 0], atol=1e-12)
    assert rw.random_walker([[0, 0]], [[4, 9]]).tolist() == [[4, 9]]
    image, markers = _case(5)
    expected = rw.random_walker(image, markers)
    for form in (markers.tolist(), markers.astype(np.uint8), np.asfortranarray(markers)):
        np.testing.assert_array_equal(rw.random_walker(image.tolist(), form), expected)
    doubled = rw.probabilities(np.stack([image, image, image], axis=2), markers)
    np.testing.assert_allclose(doubled, rw.probabilities(image, markers, 130 * np.sqrt(3)), atol=1e-9)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: rw.random_walker([[1.0]], [[0]]), ValueError, "markers must be at least 0 and not all 0, got 0 to 0"),
        (lambda: rw.random_walker([[1.0]], [[-1]]), ValueError, "markers must be at least 0 and not all 0"),
        (lambda: rw.random_walker([[1.0]], [[1.0]]), TypeError, "markers must be whole numbers"),
        (lambda: rw.random_walker([[1.0]], [[1, 0]]), ValueError, r"markers must have the shape \(1, 1\)"),
        (lambda: rw.random_walker([[np.nan]], [[1]]), ValueError, "image must be finite"),
        (lambda: rw.random_walker([[1.0]], [[1]], beta=-1), ValueError, "beta must be a finite number of at least 0"),
        (lambda: rw.random_walker([1.0], [[1]]), ValueError, "image must have 2 or 3 axes"),
    ],
)
def test_what_cannot_be_meant_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()
