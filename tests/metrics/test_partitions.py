"""Adapted Rand error and variation of information: held to scikit-image, to loops over pairs and to cases by hand."""

import tracemalloc
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.metrics import adapted_rand_error
from skimage.metrics import variation_of_information as skimage_vi

from course_lib import metrics
from tests.metrics.samples import ids

NAN = float("nan")


@given(ids(4), ids(4))
@settings(deadline=None, max_examples=60)
def test_pairs_of_pixels_by_loops(y_true, y_pred):
    pairs = [
        (t == u, p == q)
        for (t, p), (u, q) in permutations(zip(y_true.flat, y_pred.flat, strict=True), 2)
        if t != 0 and u != 0
    ]
    both = sum(t and p for t, p in pairs)
    in_truth, in_prediction = sum(t for t, _ in pairs), sum(p for _, p in pairs)
    found = metrics.adapted_rand(y_true, y_pred)
    np.testing.assert_allclose(found.precision, both / in_prediction if in_prediction else NAN)
    np.testing.assert_allclose(found.recall, both / in_truth if in_truth else NAN)
    whole = in_truth + in_prediction
    np.testing.assert_allclose(found.error, 1 - 2 * both / whole if whole else NAN, atol=1e-15)


@given(ids(4), ids(4), st.sampled_from([(0,), ()]))
@settings(deadline=None, max_examples=60)
def test_as_in_scikit_image(y_true, y_pred, left_out):
    y_true[0, :2], y_pred[0, :2] = 1, 1  # two pixels together in both, so that it divides by no 0
    own = left_out[0] if left_out else None
    error, first, second = adapted_rand_error(y_true, y_pred, ignore_labels=left_out)
    found = metrics.adapted_rand(y_true, y_pred, own)
    assert found.error == pytest.approx(error, abs=1e-12)
    # what it calls precision is divided by the pairs of the truth: recall, by its own words
    assert (found.recall, found.precision) == pytest.approx((first, second))
    information = metrics.variation_of_information(y_true, y_pred, own)
    expected = skimage_vi(y_true, y_pred, ignore_labels=left_out)
    np.testing.assert_allclose(information, expected, atol=1e-12)
    assert information.total == pytest.approx(expected.sum(), abs=1e-12)


def test_a_cut_and_a_merger_by_hand():
    """Two cells of 8 pixels: one cut in half, or both in one."""
    truth, merged, cut = np.repeat([1, 2], 8), np.full(16, 5), np.repeat([1, 2, 3], [8, 4, 4])
    assert metrics.variation_of_information(truth, cut) == (0.5, 0)  # half of the pixels, one bit each
    assert metrics.variation_of_information(truth, merged) == (0, 1)
    pairs = {"one": 8 * 7, "half": 4 * 3, "all": 16 * 15}
    found = metrics.adapted_rand(truth, cut)
    assert found.precision == 1 and found.recall == (pairs["one"] + 2 * pairs["half"]) / (2 * pairs["one"])
    found = metrics.adapted_rand(truth, merged)
    assert found.recall == 1 and found.precision == 2 * pairs["one"] / pairs["all"]


@given(ids(4), ids(4), ids(4))
@settings(deadline=None, max_examples=40)
def test_the_variation_is_a_distance(a, b, c):
    def distance(x, y):
        return metrics.variation_of_information(x, y, None).total

    assert distance(a, a) == 0
    assert distance(a, b) == pytest.approx(distance(b, a), abs=1e-12)
    assert distance(a, c) <= distance(a, b) + distance(b, c) + 1e-12
    assert 0 <= distance(a, b) <= np.log2(a.size) + 1e-12


def test_names_of_parts_and_what_lies_on_the_background_do_not_matter():
    rng = np.random.default_rng(0)
    y_true, y_pred = rng.integers(0, 5, (2, 9, 9))
    noise = np.where(y_true == 0, rng.integers(0, 9, (9, 9)), y_pred)
    names = np.array([7, 300, 5, 2**40, 11])
    for measure in (metrics.adapted_rand, metrics.variation_of_information):
        expected = measure(y_true, y_pred)
        np.testing.assert_allclose(measure(y_true, noise), expected)
        np.testing.assert_allclose(measure(y_true, names[y_pred]), expected)
        assert measure(y_true, y_pred, None) != expected


def test_nothing_to_judge():
    none, one = np.zeros((3, 4), int), np.eye(3, 4, dtype=int)
    for empty in (metrics.adapted_rand(none, one), metrics.variation_of_information(none, one)):
        assert np.isnan(empty).all()
    # the other way round every object was overlooked, and all its pixels are together in the background
    assert metrics.adapted_rand(one, none) == (0, 1, 1) and metrics.variation_of_information(one, none) == (0, 0)
    single, alone = np.array([[0, 3]]), np.array([[1, 2]])  # one pixel has no other to be together with
    assert np.isnan(metrics.adapted_rand(single, single)).all()
    assert metrics.variation_of_information(single, single) == (0, 0)
    np.testing.assert_equal(tuple(metrics.adapted_rand(np.ones((1, 2), int), alone)), (1, NAN, 0))
    np.testing.assert_equal(tuple(metrics.adapted_rand(alone, np.ones((1, 2), int))), (1, 0, NAN))
    assert np.isnan(metrics.variation_of_information(np.zeros((0, 2), int), np.zeros((0, 2), int))).all()


def test_memory_grows_with_the_objects():
    y = np.kron(np.arange(1, 10_001).reshape(100, 100), np.ones((2, 2), int))
    tracemalloc.start()
    found = metrics.variation_of_information(y, np.roll(y, 1, axis=1)), metrics.adapted_rand(y, y)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10e6
    assert found[0] == pytest.approx((1, 1)) and found[1].error == 0


@pytest.mark.parametrize("measure", [metrics.adapted_rand, metrics.variation_of_information])
def test_bad_arguments_are_named(measure):
    zeros = np.zeros((3, 4), int)
    with pytest.raises(ValueError, match="y_true must hold labels of 0 and above"):
        measure(zeros - 1, zeros)
    with pytest.raises(TypeError, match="y_pred must hold class ids or labels"):
        measure(zeros, zeros + 0.5)
    with pytest.raises(ValueError, match="one shape"):
        measure(zeros, zeros.T)
    with pytest.raises(TypeError, match="ignore_label must be a whole number"):
        measure(zeros, zeros, 0.5)
