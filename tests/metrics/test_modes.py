"""Mode coverage: by hand, against loops, and on samples of the truth, whose scores have closed forms."""

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.datasets import toys
from course_lib.metrics.modes import mode_coverage

LINE = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]])


def by_loops(samples, centers, sigma, radius):
    covered, good, counts = set(), 0, [0] * len(centers)
    for sample in samples:
        distances = [math.dist(sample, center) for center in centers]
        mode = distances.index(min(distances))
        counts[mode] += 1
        if min(distances) <= radius * sigma:
            good += 1
            covered.add(mode)
    kl = sum(c / len(samples) * math.log(c / len(samples) * len(centers)) for c in counts if c)
    return len(covered), good / len(samples), kl


def test_by_hand():
    samples = [[0.0, 0.29], [0.0, -0.1], [1.0, 0.31], [1.0, 0.1]]  # 3 sigma = 0.3: the third is too far out
    result = mode_coverage(samples, LINE, sigma=0.1)
    assert (result.covered, result.modes, result.samples) == (2, 3, 4)
    assert result.high_quality == 0.75
    assert result.reverse_kl == pytest.approx(math.log(3 / 2))  # two modes share alike, however good the samples


def test_a_mode_with_only_bad_samples_is_not_covered():
    result = mode_coverage([[0.0, 0.0], [2.0, 0.4]], LINE, sigma=0.1)
    assert result.covered == 1 and result.high_quality == 0.5


def test_up_to_the_radius_and_not_beyond():
    at, beyond = [[0.0, 0.75]], [[0.0, 0.75 + 1e-12]]
    assert mode_coverage(at, LINE, sigma=0.25).covered == 1
    assert mode_coverage(beyond, LINE, sigma=0.25).covered == 0
    assert mode_coverage([[0.0, 0.5]], LINE, sigma=0.25, radius=1.0).covered == 0


@pytest.mark.parametrize("steps", [1, 3, 7])
def test_what_lies_at_the_radius_is_good_however_it_is_rounded(steps):
    """On a lattice of .1, all of whose differences are rounded; float32 .1 is .1."""
    centers = np.arange(1, 40)[:, None] / 10
    for sigma in (0.1, np.float32(0.1)):
        for center in centers:
            ends = center + np.array([[-steps], [steps]]) / 10
            assert mode_coverage(ends, center[None], sigma, radius=steps).high_quality == 1
            assert mode_coverage(ends, center[None], sigma, radius=steps - 1e-9).high_quality == 0


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 40), st.integers(1, 6), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_against_loops(n, modes, d, seed):
    rng = np.random.default_rng(seed)
    samples, centers = rng.normal(size=(n, d)), rng.normal(size=(modes, d))
    result = mode_coverage(samples, centers, 0.2)
    np.testing.assert_allclose(result[:3], by_loops(samples, centers, 0.2, 3.0), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("mixture", [toys.ring(), toys.grid()])
def test_the_truth_itself(mixture):
    results = [mode_coverage(mixture.sample(2500, seed), mixture.centers, mixture.sigma) for seed in range(40)]
    modes = len(mixture.centers)
    assert all(r.covered == r.modes == modes for r in results)
    assert np.mean([r.high_quality for r in results]) == pytest.approx(1 - math.exp(-4.5), abs=0.002)
    assert np.mean([r.reverse_kl for r in results]) == pytest.approx((modes - 1) / 5000, rel=0.3)


def test_collapse_onto_one_perfect_point():
    ring = toys.ring()
    result = mode_coverage(np.repeat(ring.centers[:1], 2500, axis=0), ring.centers, ring.sigma)
    assert (result.covered, result.high_quality) == (1, 1.0)
    assert result.reverse_kl == pytest.approx(math.log(8))


def test_many_samples_in_chunks():
    grid = toys.grid()
    x = grid.sample(100_000, seed=0)
    whole, parts = mode_coverage(x, grid.centers, 0.05), [mode_coverage(p, grid.centers, 0.05) for p in np.split(x, 10)]
    assert whole.high_quality == pytest.approx(np.mean([p.high_quality for p in parts]), rel=1e-12)


def test_bad_arguments():
    with pytest.raises(ValueError, match=r"samples must not be empty, got shape \(0, 2\)"):
        mode_coverage(np.zeros((0, 2)), LINE, 0.1)
    with pytest.raises(ValueError, match=r"got \(4, 3\) and \(3, 2\)"):
        mode_coverage(np.zeros((4, 3)), LINE, 0.1)
    with pytest.raises(ValueError, match="samples must be finite, got 1 of 4 numbers"):
        mode_coverage([[0.0, np.nan], [0, 0]], LINE, 0.1)
    for value in (0, np.nan, np.inf):
        with pytest.raises(ValueError, match="sigma must be a finite number above 0, got "):
            mode_coverage(LINE, LINE, value)
        with pytest.raises(ValueError, match="radius must be a finite number above 0, got "):
            mode_coverage(LINE, LINE, 0.1, radius=value)
    for value in ("0.1", None, np.array([0.1, 0.1]), [0.1]):
        with pytest.raises(TypeError, match="sigma must be a number, got "):
            mode_coverage(LINE, LINE, value)
        with pytest.raises(TypeError, match="radius must be a number, got "):
            mode_coverage(LINE, LINE, 0.1, radius=value)
    with pytest.raises(ValueError, match=r"centers must not be empty, got shape \(0, 2\)"):
        mode_coverage(LINE, np.zeros((0, 2)), 0.1)
    for broken in (np.nan, np.inf):
        with pytest.raises(ValueError, match="centers must be finite, got 1 of 4 numbers"):
            mode_coverage(LINE, [[0.0, broken], [0, 0]], 0.1)
    hidden = np.ma.array(LINE, mask=LINE > 1)
    with pytest.raises(TypeError, match="samples must not be masked"):
        mode_coverage(hidden, LINE, 0.1)
    with pytest.raises(TypeError, match="centers must not be masked"):
        mode_coverage(LINE, hidden, 0.1)
    with pytest.raises(TypeError, match="centers must hold real numbers"):
        mode_coverage(LINE, [["a", "b"]], 0.1)


def test_many_axes_need_no_more_memory():
    """All differences of 500 images of 32 x 32 from 20 centres would hold 80 MB, and as much again when squared."""
    rng = np.random.default_rng(0)
    centers = rng.normal(size=(20, 1024))
    samples = centers[rng.integers(20, size=500)] + 0.01 * rng.normal(size=(500, 1024))
    tracemalloc.start()
    score = mode_coverage(samples, centers, sigma=0.01, radius=40)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 25e6 and (score.covered, score.high_quality) == (20, 1)
