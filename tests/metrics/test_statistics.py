"""Intervals, the paired test, numbers of images: held to SciPy, enumeration, simulation and closed forms."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from course_lib import metrics
from course_lib.metrics import statistics

SCORES = np.array([0.81, 0.9, 0.77, 0.95, 0.88, 0.6])


# --- intervals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0.5, 0.95, 0.99])
def test_students_interval_as_in_scipy(level):
    expected = stats.ttest_1samp(SCORES, 0).confidence_interval(level)
    found = statistics.t_interval(SCORES, level)
    assert found.estimate == pytest.approx(SCORES.mean())
    np.testing.assert_allclose(found[1:], expected)
    other = SCORES[::-1] + 0.05
    expected = stats.ttest_rel(SCORES, other).confidence_interval(level)
    np.testing.assert_allclose(statistics.paired_difference(SCORES, other, level)[1:], expected)


def test_groups_count_as_one_each():
    groups = ["b", "a", "b", "c", "a", "b"]
    means = [SCORES[[1, 4]].mean(), SCORES[[0, 2, 5]].mean(), SCORES[3]]
    assert statistics.t_interval(SCORES, groups=groups) == pytest.approx(statistics.t_interval(means))
    found = statistics.paired_difference(SCORES, SCORES**2, groups=groups)
    assert found == pytest.approx(statistics.t_interval(SCORES - SCORES**2, groups=groups))


def test_the_bootstrap_as_in_scipy():
    rng = np.random.default_rng(1)
    scores = rng.beta(8, 2, 12)
    expected = stats.bootstrap((scores,), np.mean, n_resamples=20_000, method="percentile", rng=rng)
    found = statistics.bootstrap_interval(scores, n_resamples=20_000)
    assert found.estimate == pytest.approx(scores.mean())
    width = found.high - found.low
    np.testing.assert_allclose(found[1:], expected.confidence_interval, atol=0.03 * width)
    by_function = statistics.bootstrap_interval(scores, np.mean, n_resamples=20_000)
    np.testing.assert_allclose(found, by_function, atol=0.03 * width)


def test_the_bootstrap_of_three_images_by_enumeration():
    """All 27 draws of three images; the quantiles of their means."""
    scores = [0.0, 0.5, 2.0]
    means = [np.mean(draw) for draw in product(scores, repeat=3)]
    found = statistics.bootstrap_interval(scores, level=0.6, n_resamples=30_000, seed=3)
    np.testing.assert_allclose(found[1:], np.quantile(means, [0.2, 0.8]), atol=1e-12)


def test_a_score_of_all_pixels_together():
    """Of confusion matrices: the draws are summed, and the large image weighs more."""
    counts = np.array([[[90, 2], [4, 4]], [[500, 20], [30, 450]], [[80, 1], [9, 10]], [[70, 9], [1, 20]]])
    found = statistics.bootstrap_interval(counts, lambda m: metrics.mean_iou(m.sum(axis=0)), seed=1)
    assert found.estimate == metrics.mean_iou(counts.sum(axis=0))
    each = [metrics.mean_iou(matrix) for matrix in counts]
    assert min(each) <= found.low < found.estimate < found.high <= max(each)


def test_whole_groups_are_drawn():
    """Two groups without spread: the mean of a draw is one of three numbers, with the images as weights."""
    values, groups = np.array([1.0, 1, 1, 0]), [7, 7, 7, 2]
    seen = []
    found = statistics.bootstrap_interval(
        values, lambda drawn: seen.append(drawn) or drawn.mean(), groups=groups, n_resamples=200
    )
    assert {len(drawn) for drawn in seen[1:]} == {2, 4, 6} and {d.mean() for d in seen} == {0, 0.75, 1}
    assert found == statistics.bootstrap_interval(values, groups=groups, n_resamples=200) == (0.75, 0, 1)


@pytest.mark.parametrize(("n", "of_draws", "of_t"), [(5, 0.83, 0.94), (10, 0.90, 0.94)])
def test_how_often_the_intervals_hold_the_mean(n, of_draws, of_t):
    """Percentile intervals of few images are too narrow; Student's are nearly right, although scores are skewed."""
    rng, hits = np.random.default_rng(0), np.zeros(2)
    for seed in range(800):
        scores = rng.beta(8, 2, n)
        draws = statistics.bootstrap_interval(scores, n_resamples=300, seed=seed)
        hits += [low <= 0.8 <= high for _, low, high in (draws, statistics.t_interval(scores))]
    np.testing.assert_allclose(hits / 800, [of_draws, of_t], atol=0.03)


def test_over_pixels_the_interval_is_far_too_narrow():
    """Errors of one image are alike: by √(1 + (m - 1) ρ) for m pixels whose errors are correlated by ρ."""
    rng = np.random.default_rng(0)
    images, pixels = 30, 2500
    alpha, beta = 1, 13.7
    rates = rng.beta(alpha, beta, images)
    wrong = (rng.random((images, pixels)) < rates[:, None]).astype(float)
    over_images = statistics.bootstrap_interval(wrong.mean(axis=1), n_resamples=400)
    over_pixels = statistics.bootstrap_interval(wrong.ravel(), n_resamples=100)
    as_groups = statistics.bootstrap_interval(wrong.ravel(), groups=np.repeat(np.arange(images), pixels))
    widths = [i.high - i.low for i in (over_images, over_pixels, as_groups)]
    factor = np.sqrt(1 + (pixels - 1) / (alpha + beta + 1))
    assert 12 < factor < 14
    assert widths[0] / widths[1] == pytest.approx(factor, rel=0.3)
    assert widths[2] == pytest.approx(widths[0], rel=0.1)


# --- the test of signs ------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_all_signs_by_enumeration(differences):
    """In whole numbers, where nothing is rounded; tenths of them, which are rounded, give the same."""
    found = statistics.sign_flip_test(differences)
    sums = [
        abs(sum(s * d for s, d in zip(signs, differences, strict=True)))
        for signs in product((-1, 1), repeat=len(differences))
    ]
    assert found.p_value == np.mean([s >= abs(sum(differences)) for s in sums])
    nonzero = np.count_nonzero(differences)
    assert found.smallest == min(1, 2 / 2**nonzero) <= found.p_value and found.exact
    assert statistics.sign_flip_test(np.array(differences) / 10) == found
    assert statistics.sign_flip_test(-np.array(differences)) == found


@pytest.mark.parametrize("n", [3, 7, 10])
def test_signs_as_in_scipy(n):
    rng = np.random.default_rng(n)
    first, second = rng.normal(0.1, 1, (2, n))

    def mean_difference(a, b, axis):
        return np.mean(a - b, axis=axis)

    expected = stats.permutation_test(
        (first, second), mean_difference, permutation_type="samples", n_resamples=np.inf, vectorized=True
    )
    assert statistics.sign_flip_test(first - second).p_value == pytest.approx(expected.pvalue)


def test_five_images_cannot_reach_five_percent():
    for n in range(1, 9):
        found = statistics.sign_flip_test(np.linspace(1, 2, n))
        assert found.p_value == found.smallest == 2 / 2**n
        assert (found.smallest > 0.05) == (n <= 5)
    assert statistics.sign_flip_test([0, 0, 0]) == (1, 1, True)
    assert statistics.sign_flip_test([0.3, 0, 0.2]).smallest == 0.5


def test_drawn_signs_are_near_to_all_signs():
    rng = np.random.default_rng(2)
    differences = rng.normal(0.4, 1, 17)
    exact = np.array([0.0])
    for d in differences:
        exact = np.concatenate([exact + d, exact - d])
    p = np.mean(np.abs(exact) >= abs(differences.sum()) - 1e-12)
    found = statistics.sign_flip_test(differences, n_flips=20_000)
    assert not found.exact and found.smallest == 1 / 20_001
    assert found.p_value == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / 20_000))
    assert statistics.sign_flip_test(np.ones(40), 999).p_value == 0.001


def test_false_alarms_are_as_rare_as_they_say():
    rng = np.random.default_rng(0)
    p = np.array([statistics.sign_flip_test(rng.normal(size=8)).p_value for _ in range(600)])
    for alpha in (0.05, 0.2):
        assert np.mean(p <= alpha) <= alpha + 0.03


def test_the_unpaired_test_sees_nothing_where_images_are_of_different_difficulty():
    """Seven images, hard and easy; a difference that the paired test finds with power .60, and the other one never."""
    rng = np.random.default_rng(0)
    n, sd = 7, 0.02
    difference = statistics.detectable_difference(sd, n, power=0.6)
    found = np.zeros(2)
    for _ in range(500):
        second = rng.normal(0.8, 0.1, n)
        first = second + rng.normal(difference, sd, n)
        low = statistics.paired_difference(first, second).low
        found += [low > 0, stats.ttest_ind(first, second).pvalue < 0.05]
    assert found[0] / 500 == pytest.approx(0.6, abs=0.07) and found[1] == 0


# --- numbers of images ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [2, 3, 5, 10, 34, 1000])
@pytest.mark.parametrize("alpha", [0.01, 0.05])
def test_power_as_by_the_noncentral_distribution(n, alpha):
    for effect in (0, 0.1, 0.5, 1, 3):
        limit, shift = stats.t.ppf(1 - alpha / 2, n - 1), effect * np.sqrt(n)
        if shift < 30:
            other = np.nan_to_num(stats.nct.cdf(-limit, n - 1, shift))  # SciPy has NaN where it is 0
            expected = stats.nct.sf(limit, n - 1, shift) + other
            assert statistics.paired_power(effect * 0.03, 0.03, n, alpha) == pytest.approx(expected, abs=3e-5)
    assert statistics.paired_power(1e300, 1e-3, n) == 1


def test_numbers_of_images_as_in_tables():
    """Cohen's small, medium and large effect, power .8: 199, 34 and 15 pairs (G*Power)."""
    assert [statistics.images_needed(d, 1) for d in (0.2, 0.5, 0.8)] == [199, 34, 15]
    assert statistics.images_needed(-0.5, 1) == 34 and statistics.images_needed(100, 1) == 2


@given(st.floats(0.05, 3), st.floats(0.2, 0.97), st.sampled_from([0.01, 0.05, 0.1]))
@settings(max_examples=8, deadline=None)
def test_as_many_images_as_needed_and_not_one_less(effect, power, alpha):
    n = statistics.images_needed(effect, 1, power, alpha)
    assert statistics.paired_power(effect, 1, n, alpha) >= power
    assert n == 2 or statistics.paired_power(effect, 1, n - 1, alpha) < power
    least = statistics.detectable_difference(0.02, n, power, alpha)
    assert statistics.paired_power(least, 0.02, n, alpha) == pytest.approx(power, abs=1e-6)
    assert least <= effect * 0.02 * (1 + 1e-6)


def test_many_images_as_by_the_normal_distribution():
    expected = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) * 0.02 / np.sqrt(100_000)
    assert statistics.detectable_difference(0.02, 100_000) == pytest.approx(expected, rel=1e-3)


# --- arguments --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: statistics.t_interval([0.5]), ValueError, "scores must be of at least two images, got 1"),
        (lambda: statistics.t_interval([0.5, np.nan]), ValueError, "scores must be finite, got 1 of 2"),
        (lambda: statistics.t_interval(["a", "b"]), TypeError, "scores must hold real numbers"),
        (lambda: statistics.t_interval([[0.5, 0.6]]), ValueError, "scores must have 1 axes"),
        (lambda: statistics.t_interval(np.ma.array([1, 2], mask=[0, 1])), TypeError, "scores must not be masked"),
        (lambda: statistics.t_interval([1, 2], 95), ValueError, "level must be .* below 1, got 95"),
        (lambda: statistics.t_interval([1, 2], groups=[1]), ValueError, r"groups must have the shape \(2,\)"),
        (lambda: statistics.t_interval([1, 2], groups=[1, 1]), ValueError, "groups must be at least two, got 1"),
        (lambda: statistics.t_interval([1, 2], groups=[1, np.nan]), ValueError, "groups must be finite"),
        (lambda: statistics.paired_difference([1, 2], [1, 2, 3]), ValueError, "first and second must have one shape"),
        (lambda: statistics.bootstrap_interval([0.5]), ValueError, "values must be of at least two images"),
        (lambda: statistics.bootstrap_interval(0.5), ValueError, "values must have one row an image"),
        (lambda: statistics.bootstrap_interval(np.ones((3, 2))), ValueError, r"or with a statistic \(n, ...\)"),
        (lambda: statistics.bootstrap_interval([1, np.inf]), ValueError, "values must be finite"),
        (lambda: statistics.bootstrap_interval([1, 2], "mean"), TypeError, "statistic must be a function"),
        (
            lambda: statistics.bootstrap_interval([1, 2], lambda m: np.nan if m[0] == m[1] else 1.0),
            ValueError,
            "statistic must be a finite number for every draw of images, got",
        ),
        (lambda: statistics.bootstrap_interval([1, 2], n_resamples=0), ValueError, "n_resamples must be at least 1"),
        (lambda: statistics.bootstrap_interval([1, 2], seed=-1), ValueError, "seed must be at least 0"),
        (lambda: statistics.sign_flip_test([]), ValueError, "differences must not be empty"),
        (lambda: statistics.sign_flip_test([np.nan, 1]), ValueError, "differences must be finite"),
        (lambda: statistics.sign_flip_test([1, 2], 0), ValueError, "n_flips must be at least 1"),
        (lambda: statistics.paired_power(1, 0, 5), ValueError, "sd must be .*above 0, got 0"),
        (lambda: statistics.paired_power(1, 1, 1), ValueError, "n must be at least 2, got 1"),
        (lambda: statistics.paired_power(1, 1, 5, 1), ValueError, "alpha must be .* below 1, got 1"),
        (lambda: statistics.detectable_difference(1, 5, 0.04), ValueError, "power must be above 0.05 and below 1"),
        (lambda: statistics.images_needed(0, 1), ValueError, "difference must be larger beside sd=1, got 0"),
    ],
)
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
