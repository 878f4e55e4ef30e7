"""Probabilities in bins: held to labels drawn from them, to loops over pixels, and to cases worked by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import metrics
from tests.metrics.samples import ids

NAN = float("nan")


def test_labels_drawn_from_the_probabilities_are_calibrated():
    rng = np.random.default_rng(0)
    p = rng.beta(0.5, 0.5, 400_000)
    y = (rng.random(p.shape) < p).astype(int)
    small = metrics.expected_calibration_error(y, p)
    assert 0 < small < 0.004 < metrics.expected_calibration_error(y[:4000], p[:4000])  # it is biased for few pixels
    of_classes = rng.dirichlet([0.5, 0.5, 0.5], 400_000)
    y = (rng.random((len(of_classes), 1)) > of_classes.cumsum(axis=1)).sum(axis=1)
    assert metrics.expected_calibration_error(y, of_classes) < 0.004


def test_calibration_by_hand():
    """.9 promised, .6 kept; in another bin .2 promised, .5 kept, on twice as many pixels."""
    p = np.array([0.9] * 10 + [0.2] * 20)
    y = np.array([1] * 6 + [0] * 4 + [1] * 10 + [0] * 10)
    assert metrics.expected_calibration_error(y, p) == pytest.approx(0.3)
    y[6:8] = 1  # .8 kept
    assert metrics.expected_calibration_error(y, p) == pytest.approx((10 * 0.1 + 20 * 0.3) / 30)
    assert metrics.expected_calibration_error(y, p, n_bins=1) == pytest.approx(abs(18 / 30 - 13 / 30))
    count, confidence, accuracy = metrics.reliability(y, p, n_bins=5)
    np.testing.assert_array_equal(count, [0, 20, 0, 0, 10])
    np.testing.assert_allclose(confidence, [NAN, 0.2, NAN, NAN, 0.9])
    np.testing.assert_allclose(accuracy, [NAN, 0.5, NAN, NAN, 0.8])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_probability_of_k_nths_lies_in_bin_k(dtype):
    """Cut down to whole numbers, .29 * 100 is 28."""
    for n in (*range(1, 130), 200, 255, 256, 300, 365, 512, 777, 999, 1000):
        p = (np.arange(n + 1) / n).astype(dtype)
        count, *_ = metrics.reliability(np.zeros(n + 1, int), p, n_bins=n)
        np.testing.assert_array_equal(count, [1] * (n - 1) + [2], err_msg=str(n))
        below = np.nextafter(p[1:-1], dtype(0))
        count, *_ = metrics.reliability(np.zeros(n - 1, int), below, n_bins=n)
        np.testing.assert_array_equal(count, [1] * (n - 1) + [0], err_msg=str(n))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.integers(1, 1000))
@settings(max_examples=80)
def test_bins_by_comparing_with_their_ends(p, n):
    """One probability at a time, against the ends as Python rounds k / n."""
    expected = np.zeros(n, int)
    for value in p:
        expected[max(k for k in range(n) if value >= k / n)] += 1
    np.testing.assert_array_equal(metrics.reliability(np.zeros(len(p), int), p, n_bins=n).count, expected)


def test_probabilities_off_the_range_by_rounding():
    p = np.array([-1e-7, 1 + 1e-7, 0.5])
    np.testing.assert_array_equal(metrics.reliability([0, 1, 1], p, 2).count, [1, 2])
    with pytest.raises(ValueError, match="probabilities must lie in"):
        metrics.reliability([0], [-1e-3])


def test_one_hot_labels_are_not_calibrated_channel_by_channel():
    rng = np.random.default_rng(0)
    p = rng.dirichlet([0.5, 0.5, 0.5], (2, 6, 6))
    y = rng.integers(0, 3, (2, 6, 6))
    expected = metrics.expected_calibration_error(y, p)
    hot = np.eye(3, dtype=int)[y]
    with pytest.raises(ValueError, match=r"y_true must hold class ids.*\(2, 6, 6, 3\).*take the argmax"):
        metrics.expected_calibration_error(hot, p)
    assert metrics.expected_calibration_error(hot.argmax(-1), p) == expected
    by_channel = metrics.expected_calibration_error(hot.ravel(), p.ravel())
    assert abs(by_channel - expected) > 0.01
    assert metrics.expected_calibration_error(hot, rng.random(hot.shape)) > 0  # probabilities that are no distribution


def test_one_hot_labels_with_void_are_not_calibrated():
    rng = np.random.default_rng(0)
    p = rng.dirichlet([0.5, 0.5], (6, 7))
    hot = np.eye(2, dtype=int)[rng.integers(0, 2, (6, 7))]
    hot[:, 0] = 0
    for y, q in ((hot, p), (hot.reshape(-1, 2), p.reshape(-1, 2))):
        with pytest.raises(ValueError, match="y_true must hold class ids.*take the argmax"):
            metrics.reliability(y, q)
    assert metrics.reliability(hot.ravel(), p.ravel()).count.sum() == hot.size


def test_the_ends_of_the_bins():
    count, *_ = metrics.reliability(np.zeros(4, int), np.array([0, 0.5, 0.75, 1.0]), n_bins=4)
    np.testing.assert_array_equal(count, [1, 0, 1, 2])


@given(ids(3, (4, 5)), st.integers(0, 100))
@settings(deadline=None, max_examples=50)
def test_confidence_of_the_largest_of_several_classes(y, seed):
    p = np.random.default_rng(seed).dirichlet(np.ones(3), y.shape)
    total, bins = 0, 4
    for b in range(bins):
        rows = [
            (max(row), int(np.argmax(row) == label))
            for row, label in zip(p.reshape(-1, 3), y.flat, strict=True)
            if b == min(int(max(row) * bins), bins - 1)
        ]
        if rows:
            confidence, kept = np.mean(rows, axis=0)
            total += len(rows) / y.size * abs(confidence - kept)
    assert metrics.expected_calibration_error(y, p, n_bins=bins) == pytest.approx(total)


def test_calibration_of_masks_with_a_channel_and_ignored_pixels():
    rng = np.random.default_rng(0)
    y, p = rng.integers(0, 2, (2, 5, 6)), rng.random((2, 5, 6))
    expected = metrics.expected_calibration_error(y.ravel(), p.ravel())
    assert metrics.expected_calibration_error(y, p[..., None].astype("float32")) == pytest.approx(expected, rel=1e-5)
    marked = np.concatenate([y, np.full_like(y, 255)])
    assert metrics.expected_calibration_error(marked, np.concatenate([p, p]), ignore_class=255) == expected
    assert np.isnan(metrics.expected_calibration_error(np.full((2, 2), 255), np.ones((2, 2)), ignore_class=255))


# --- arguments --------------------------------------------------------------------------------------------------------

ZEROS = np.zeros((3, 4), dtype=int)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: metrics.reliability(ZEROS, (ZEROS + 200).astype("uint8")), ValueError, "got 200 to 200: divide by 25"),
        (lambda: metrics.reliability(ZEROS, ZEROS * NAN), ValueError, "got 12 NaN"),
        (lambda: metrics.reliability(ZEROS, np.ones((3, 4, 2))), ValueError, "got sums of 2 to 2"),
        (lambda: metrics.reliability(ZEROS, ZEROS - 3.0), ValueError, r"in \[0, 1\].*take a sigmoid"),
        (lambda: metrics.reliability(ZEROS, ZEROS + NAN), ValueError, r"in \[0, 1\]"),
        (lambda: metrics.reliability(ZEROS, np.ones((3, 4, 2))), ValueError, "sum to 1 over classes"),
        (lambda: metrics.reliability(ZEROS, np.ones((4, 3))), ValueError, r"\(3, 4\) or \(3, 4, 'C'\)"),
        (lambda: metrics.reliability(ZEROS + 2, ZEROS), ValueError, "y_true must hold ids from 0 to 1"),
        (lambda: metrics.reliability(ZEROS, np.full((3, 4), "a")), TypeError, "must hold numbers"),
        (lambda: metrics.reliability(ZEROS, ZEROS, n_bins=0), ValueError, "n_bins must be at least 1"),
    ],
)
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


# --- without chance, by class, and the Brier score --------------------------------------------------------------------


def test_the_error_that_chance_makes():
    """Of calibrated probabilities that are spread evenly: √(2/π) · ∫√(p(1-p)) dp · √(bins/n) = √(π/32) √(bins/n)."""
    rng = np.random.default_rng(0)
    for bins, n in ((15, 4_000), (15, 56_500), (50, 20_000)):
        plain, debiased, excess = [], [], []
        for _ in range(40):
            p = rng.random(n)
            y = (rng.random(n) < p).astype(int)
            plain.append(metrics.expected_calibration_error(y, p, bins))
            debiased.append(metrics.debiased_calibration_error(y, p, bins))
            count, confidence, _ = metrics.reliability(y, p, bins)
            index = np.minimum((p * bins).astype(int), bins - 1)
            by_chance = np.sqrt(2 / np.pi) * np.sqrt(np.bincount(index, p * (1 - p))).sum() / n
            excess.append(plain[-1] - by_chance)
        assert np.mean(plain) == pytest.approx(np.sqrt(np.pi / 32) * np.sqrt(bins / n), rel=0.04)
        assert abs(np.mean(excess)) < np.mean(plain) / 10
        squares = np.sign(debiased) * np.square(debiased)
        assert abs(np.mean(squares)) < 4 * np.std(squares) / np.sqrt(40)  # right on average
        assert abs(np.mean(debiased)) < np.mean(plain) / 4 and np.min(debiased) < 0 < np.max(debiased)


@pytest.mark.parametrize("gap", [0.02, 0.1])
def test_without_chance_the_gap_is_found_with_few_pixels_as_with_many(gap):
    rng = np.random.default_rng(1)
    for n in (300, 3000):
        errors, plain = [], []
        for _ in range(300):
            p = rng.uniform(0.2, 0.7, n)
            y = (rng.random(p.shape) < p + gap).astype(int)
            errors.append(metrics.debiased_calibration_error(y, p, 10))
            plain.append(metrics.expected_calibration_error(y, p, 10))
        squares = np.sign(errors) * np.square(errors)
        assert np.mean(squares) == pytest.approx(gap**2, abs=4 * np.std(squares) / np.sqrt(300))
        if n == 300 and gap == 0.02:
            assert np.mean(plain) > 2.4 * gap


def test_without_chance_by_hand():
    """.9 promised of 10 pixels, .6 kept; of 20 others .2 promised, .5 kept; and one alone, which says nothing."""
    p = np.array([0.9] * 10 + [0.2] * 20 + [0.55])
    y = np.array([1] * 6 + [0] * 4 + [1] * 10 + [0] * 10 + [1])
    first, second = 0.09 - 0.6 * 0.4 / 9, 0.09 - 0.5 * 0.5 / 19
    expected = np.sqrt((10 * first + 20 * second) / 30)
    assert metrics.debiased_calibration_error(y, p, n_bins=5) == pytest.approx(expected)
    # no gap at all is less than chance makes: the root of the variance 1/3 of a label by 4 of them
    assert metrics.debiased_calibration_error([1, 1, 0, 0], [0.5] * 4) == pytest.approx(-np.sqrt(1 / 12))
    assert metrics.debiased_calibration_error([1, 1], [1.0, 1.0]) == 0
    assert np.isnan(metrics.debiased_calibration_error([1, 0], [0.9, 0.1]))
    assert metrics.debiased_calibration_error([1, 1, 1], [0.75] * 3) == 0.25  # no variance: nothing is taken off


@given(ids(3, (4, 5)), st.integers(0, 100), st.integers(1, 20))
@settings(deadline=None, max_examples=40)
def test_each_class_by_itself(y, seed, bins):
    p = np.random.default_rng(seed).dirichlet(np.ones(3), y.shape)
    found = metrics.classwise_calibration_error(y, p, bins)
    assert found.shape == (3,)
    for c in range(3):
        alone = metrics.expected_calibration_error((y == c).astype(int), p[..., c], bins)
        assert found[c] == pytest.approx(alone)
    binary = metrics.classwise_calibration_error(y == 1, p[..., 1], bins)
    assert binary.shape == (1,) and binary[0] == pytest.approx(found[1])


def test_a_class_that_is_never_the_largest_is_wrong_without_a_trace_in_the_largest():
    p = np.tile([0.6, 0.3, 0.1], (1000, 1))
    y = np.repeat([0, 1, 2], [600, 100, 300])
    assert metrics.expected_calibration_error(y, p) == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(metrics.classwise_calibration_error(y, p), [0, 0.2, 0.2], atol=1e-12)


@given(ids(3, (4, 5)), st.integers(0, 100))
@settings(deadline=None, max_examples=40)
def test_the_brier_score_by_loops(y, seed):
    p = np.random.default_rng(seed).dirichlet(np.ones(3), y.shape)
    total = 0
    for label, row in zip(y.flat, p.reshape(-1, 3), strict=True):
        total += sum((value - (c == label)) ** 2 for c, value in enumerate(row))
    assert metrics.brier_score(y, p) == pytest.approx(total / y.size)
    one = metrics.brier_score(y == 1, p[..., 1])
    assert one == pytest.approx(np.mean((p[..., 1] - (y == 1)) ** 2))
    two = np.stack([1 - p[..., 1], p[..., 1]], axis=-1)
    assert metrics.brier_score(y == 1, two) == pytest.approx(2 * one)


def test_the_brier_score_is_least_for_the_true_probabilities():
    rng = np.random.default_rng(0)
    p = rng.random(50_000)
    y = (rng.random(p.shape) < p).astype(int)
    best = metrics.brier_score(y, p)
    assert best == pytest.approx(1 / 6, abs=0.003)  # the mean of p (1 - p)
    for other in (p**1.5, np.clip(p + 0.05, 0, 1), np.full_like(p, 0.5), np.round(p)):
        assert metrics.brier_score(y, other) > best + 0.001
    assert metrics.brier_score(y, np.full_like(p, 0.5)) == 0.25


@pytest.mark.parametrize(
    "score",
    [metrics.brier_score, metrics.debiased_calibration_error, metrics.classwise_calibration_error],
)
def test_void_nothing_and_bad_arguments(score):
    rng = np.random.default_rng(0)
    y, p = rng.integers(0, 2, (5, 6)), rng.random((5, 6))
    marked, twice = np.concatenate([y, np.full_like(y, 255)]), np.concatenate([p, p])
    np.testing.assert_equal(score(marked, twice, ignore_class=255), score(y, p))
    assert np.isnan(score(np.full((2, 2), 255), np.ones((2, 2)), ignore_class=255)).all()
    np.testing.assert_allclose(score(y, p[..., None].astype("float32")), score(y, p), rtol=1e-5)
    with pytest.raises(ValueError, match=r"probabilities must lie in \[0, 1\]"):
        score(y, p - 3)
    with pytest.raises(ValueError, match="y_true must hold ids from 0 to 1"):
        score(y + 2, p)
    with pytest.raises(TypeError, match="probabilities must not be masked"):
        score(y, np.ma.array(p, mask=p > 0.5))
