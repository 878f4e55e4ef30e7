"""The minimum cut against all labellings, and what SciPy's flows do not say."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from course_lib.classical import cuts as c
from course_lib.classical import energies as e
from course_lib.datasets import photographs

ALL = [np.reshape(x, (3, 3)) for x in itertools.product((0, 1), repeat=9)]


@pytest.mark.parametrize("seed", range(30))
def test_the_cut_is_the_smallest_of_all_512_labellings_and_the_flow_says_so(seed):
    rng = np.random.default_rng(seed)
    unary, smoothness = rng.integers(-9, 10, (3, 3, 2)), int(rng.integers(0, 7))
    best = min(e.potts_energy(labels, unary, smoothness) for labels in ALL)
    cut = c.min_cut(unary, smoothness)
    assert e.potts_energy(cut.labels, unary, smoothness) == best == cut.flow + cut.constant
    assert e.potts_energy(e.icm(unary, smoothness), unary, smoothness) >= best


@pytest.mark.parametrize("seed", range(10))
def test_also_where_costs_are_no_whole_numbers_and_weights_differ(seed):
    rng = np.random.default_rng(100 + seed)
    unary, weights = rng.normal(size=(3, 3, 2)), (rng.random((2, 3)), rng.random((3, 2)))
    best = min(e.potts_energy(labels, unary, weights) for labels in ALL)
    cut = c.min_cut(unary, weights)
    assert cut.scale > 1e6
    assert e.potts_energy(cut.labels, unary, weights) == pytest.approx(best, abs=40 / cut.scale)
    assert cut.flow + cut.constant == pytest.approx(best, abs=40 / cut.scale)


def test_icm_stops_above_the_optimum():
    """A noisy picture: the cut is cheaper than ICM and closer to the truth."""
    y, x = np.mgrid[:64, :64]
    truth = ((y - 32) ** 2 + (x - 28) ** 2 < 400).astype(int)
    noisy = truth + np.random.default_rng(0).normal(0, 0.8, truth.shape)
    unary = np.stack([noisy**2, (noisy - 1) ** 2], axis=2)
    cut, single = c.graph_cut(unary, 1.0), e.icm(unary, 1.0)
    paid = [e.potts_energy(labels, unary, 1.0) for labels in (cut, single)]
    assert paid[1] > 1.01 * paid[0]
    assert (cut == truth).mean() > (single == truth).mean() + 0.01
    assert (cut == truth).mean() > 0.97


def test_scipys_flow_wraps_and_ours_does_not():
    def flow(capacity):
        return maximum_flow(csr_array(([capacity], ([0], [1])), shape=(2, 2), dtype=np.int64), 0, 1).flow_value

    assert flow(2**32 + 5) == 5 and flow(-3) == 0  # without a word
    with pytest.raises(ValueError, match="must be integers"):
        maximum_flow(csr_array(([0.5], ([0], [1])), shape=(2, 2)), 0, 1)
    huge = 2**32 + 5
    unary = np.array([[[huge, 0], [0, huge], [huge, 0]]], dtype=float)
    cut = c.min_cut(unary, huge / 4)
    assert cut.labels.tolist() == [[1, 0, 1]]
    assert cut.flow + cut.constant == pytest.approx(huge / 2, rel=1e-8)
    for weight in (1e-200, 1.0, 1e12, 1e200):
        small = c.min_cut(np.array([[[0, 3], [1, 0], [0, 3]]]) * weight, weight)
        assert small.labels.tolist() == [[0, 0, 0]] and (small.flow + small.constant) / weight == pytest.approx(1)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_a_huge_cost_of_one_pixel_does_not_take_the_digits_of_the_others(seed):
    rng = np.random.default_rng(seed)
    unary, smoothness = rng.integers(0, 9, (3, 3, 2)).astype(float), float(rng.integers(1, 5))
    unary[1, 1, rng.integers(2)] = 1e15
    best = min(e.potts_energy(labels, unary, smoothness) for labels in ALL)
    cut = c.min_cut(unary, smoothness)
    assert e.potts_energy(cut.labels, unary, smoothness) == best == cut.flow + cut.constant


def test_no_flow_leaves_int32_on_a_photograph():
    image = photographs.load("camera")[::2, ::2] / 255.0
    unary = np.stack([(image - 0.2) ** 2, (image - 0.7) ** 2], axis=2)
    for weights in (0.05, e.contrast_weights(image, 0.3)):
        cut = c.min_cut(unary, weights)
        assert 2**20 < cut.flow * cut.scale < 2**31
        energy = e.potts_energy(cut.labels, unary, weights)
        assert cut.flow + cut.constant == pytest.approx(energy, abs=3 * image.size / cut.scale)
        for other in (e.icm(unary, weights), unary.argmin(axis=2)):
            assert energy < e.potts_energy(other, unary, weights)


def test_flat_and_small_images():
    assert c.graph_cut([[[5, 7]]], 3).tolist() == [[0]] and c.graph_cut([[[7, 5]]], 3).tolist() == [[1]]
    assert c.min_cut(np.zeros((2, 2, 2)), 0)[1:] == (0.0, 0.0, 1.0)
    unary = np.random.default_rng(0).normal(size=(4, 5, 2))
    np.testing.assert_array_equal(c.graph_cut(unary, 0), unary.argmin(axis=2))
    assert len(np.unique(c.graph_cut(unary, 1e6))) == 1
    np.testing.assert_array_equal(c.graph_cut(unary.tolist(), 1), c.graph_cut(np.asfortranarray(unary), 1))


def test_a_weight_of_0_beside_others_leaves_a_pixel_to_itself():
    unary = np.array([[[3.0, 1.0], [0.0, 2.0]]])
    assert c.graph_cut(unary, (np.zeros((0, 2)), [[0.0]])).tolist() == [[1, 0]]
    three = np.array([[[3.0, 1.0], [0.0, 2.0], [0.0, 2.0]]])
    assert c.graph_cut(three, (np.zeros((0, 3)), [[0.0, 9.0]])).tolist() == [[1, 0, 0]]


# --- Chan and Vese ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["camera", "coins", "cell"])
@pytest.mark.parametrize("mu", [0.0, 0.01, 0.2])
def test_chan_vese_never_rises(name, mu):
    image = photographs.load(name)[::4, ::4] / 255.0
    start = np.indices(image.shape).sum(axis=0) % 9 < 4  # a poor start
    mask, means, energies = c.chan_vese(image, mu, start)
    assert (np.diff(energies) <= 0).all() and energies[-1] < energies[0]
    unary = np.stack([(image - mean) ** 2 for mean in means], axis=2)
    assert e.potts_energy(mask, unary, mu) == pytest.approx(energies[-1], rel=1e-12)
    for part, mean in zip((~mask, mask), means, strict=True):
        assert not part.any() or mean == pytest.approx(image[part].mean())


def test_without_a_price_it_is_two_means():
    """Chan-Vese with mu = 0 is k-means with two centres: a threshold half-way between the means."""
    image = photographs.load("coins")[::4, ::4] / 255.0
    mask, (outside, inside), _ = c.chan_vese(image, 0.0)
    np.testing.assert_array_equal(mask, image > (outside + inside) / 2)


def test_a_price_removes_specks():
    truth = np.zeros((40, 40), bool)
    truth[10:30, 10:30] = True
    noisy = truth + np.random.default_rng(0).normal(0, 0.5, truth.shape)
    rough, smooth = c.chan_vese(noisy, 0.0)[0], c.chan_vese(noisy, 0.5)[0]
    assert (smooth != truth).mean() < 0.02 < (rough != truth).mean()


def test_a_flat_image_and_an_empty_region():
    mask, means, energies = c.chan_vese(np.full((4, 5), 0.3), 1.0)
    assert not mask.any() and means == pytest.approx((0.3, 0.3)) and energies == pytest.approx([0, 0])
    mask, means, energies = c.chan_vese([[0.0, 1.0]], 5.0, start=[[0, 1]])
    assert mask.tolist() in ([[False, False]], [[True, True]]) and (np.diff(energies) <= 0).all()
    assert c.chan_vese([[0.3]], 1.0)[0].shape == (1, 1)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: c.graph_cut([[[1, 2, 3]]], 1), ValueError, "unary must hold the costs of 2 labels"),
        (lambda: c.graph_cut([[[np.inf, 2]]], 1), ValueError, "unary must be finite"),
        (lambda: c.graph_cut([[[1, 2]]], -1), ValueError, "smoothness must be a finite number of at least 0"),
        (lambda: c.graph_cut([[1, 2]], 1), ValueError, "unary must have 3 axes"),
        (lambda: c.chan_vese([[np.nan]], 1), ValueError, "image must be finite"),
        (lambda: c.chan_vese([[1.0]], -1), ValueError, "mu must be a finite number of at least 0"),
        (lambda: c.chan_vese([[1.0]], 1, [[1, 0]]), ValueError, r"start must have the shape \(1, 1\)"),
        (lambda: c.chan_vese([[1.0]], 1, iterations=0), ValueError, "iterations must be at least 1, got 0"),
    ],
)
def test_what_cannot_be_meant_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()
