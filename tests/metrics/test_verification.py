"""Errors of decisions by similarity, against loops and SciPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from course_lib.metrics import verification as v

scores = st.lists(st.integers(-4, 4), min_size=1, max_size=9)


@given(scores, scores, st.integers(-5, 5))
def test_rates_equal_counting(genuine, impostor, threshold):
    far, frr = v.error_rates(genuine, impostor, threshold)
    assert far == pytest.approx(sum(s >= threshold for s in impostor) / len(impostor))
    assert frr == pytest.approx(sum(not s >= threshold for s in genuine) / len(genuine))


@settings(max_examples=200)
@given(scores, scores)
def test_no_threshold_makes_the_rates_more_equal(genuine, impostor):
    rate, threshold = v.equal_error_rate(genuine, impostor)
    far, frr = v.error_rates(genuine, impostor, threshold)
    assert rate == pytest.approx((far + frr) / 2)
    gaps = []
    for tried in [*np.arange(-5, 6), np.inf]:
        gaps.append(abs(np.subtract(*v.error_rates(genuine, impostor, tried))))
    assert abs(far - frr) == pytest.approx(min(gaps))


@given(scores, scores)
def test_area_equals_scipy_and_pairs(genuine, impostor):
    area = v.area_under_curve(genuine, impostor)
    assert area == pytest.approx(stats.mannwhitneyu(genuine, impostor).statistic / (len(genuine) * len(impostor)))
    assert area == pytest.approx(np.mean([(g > i) + (g == i) / 2 for g in genuine for i in impostor]))
    assert area == pytest.approx(1 - v.area_under_curve(impostor, genuine))


def test_two_bells_meet_where_the_formula_says():
    rng = np.random.default_rng(0)
    genuine, impostor = rng.normal(1, 1, 40_000), rng.normal(-1, 1, 50_000)
    rate, threshold = v.equal_error_rate(genuine, impostor)
    assert rate == pytest.approx(stats.norm.sf(1), abs=0.004)
    assert threshold == pytest.approx(0, abs=0.03)
    assert v.area_under_curve(genuine, impostor) == pytest.approx(stats.norm.cdf(np.sqrt(2)), abs=0.003)


def test_the_ends():
    assert v.error_rates([1], [2], -np.inf) == (1, 0)
    assert v.error_rates([1], [2], np.inf) == (0, 1)
    assert v.equal_error_rate([5, 6], [1, 2]).rate == 0
    assert v.equal_error_rate([1, 1], [1]).rate == 0.5


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="genuine must not be empty"):
        v.error_rates([], [1], 0)
    with pytest.raises(ValueError, match="impostor must be finite"):
        v.area_under_curve([1], [np.nan])
    with pytest.raises(TypeError, match="threshold must be a number"):
        v.error_rates([1], [1], "high")
    with pytest.raises(ValueError, match="threshold must not be NaN"):
        v.error_rates([1], [1], np.nan)
