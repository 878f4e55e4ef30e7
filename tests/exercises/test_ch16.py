"""What the exercises of chapter 16 call right is what the library computes, and what a real training does."""

import numpy as np
import pytest

from course_lib.classical import costs
from course_lib.exercises import ch16


def oracle_and_cases(exercise):
    return [(case, exercise.oracle(*case)) for case in exercise.all_cases]


def test_the_intensity_and_the_speed_up_are_the_librarys():
    for (m, k, n, itemsize), right in oracle_and_cases(ch16.matmul_intensity):
        assert costs.matmul_intensity(m, k, n, itemsize) == pytest.approx(right, rel=1e-12)
    for (share, n), right in oracle_and_cases(ch16.amdahl):
        assert costs.amdahl(share, n) == pytest.approx(right, rel=1e-12)
    assert ch16.matmul_intensity.oracle(1024, 1024, 1024, 4) == pytest.approx(170.67, abs=0.01)
    assert ch16.matmul_intensity.oracle(1024, 1024, 1, 4) == pytest.approx(0.499, abs=0.001)
    assert ch16.amdahl.oracle(0.95, 8) == pytest.approx(5.926, abs=0.001)


def test_each_device_of_a_real_ring_sends_what_the_exercise_says():
    for n in (1, 2, 3, 5):
        arrays = [np.arange(4.0 * n) + i for i in range(n)]
        sums, sent = costs.ring_all_reduce(arrays)
        np.testing.assert_allclose(sums[0], np.sum(arrays, axis=0))
        assert np.all(8 * np.asarray(sent) == ch16.ring_sends.oracle(8 * 4 * n, n))


def test_the_gradient_of_unequal_shares_is_that_of_all_samples():
    rng = np.random.default_rng(0)
    x, y, w = rng.normal(size=(12, 3)), rng.normal(size=12), rng.normal(size=3)

    def gradient(part):
        return 2 * (x[part] @ w - y[part]) @ x[part] / len(y[part])

    parts = [slice(0, 8), slice(8, 12)]
    means = np.stack([gradient(part) for part in parts])
    together = ch16.one_gradient.oracle(means, np.array([8, 4]))
    np.testing.assert_allclose(together, gradient(slice(0, 12)), rtol=1e-12)
    assert np.abs(means.mean(axis=0) - together).max() > 0.05  # what the mean of the means would be


def test_only_with_the_place_in_the_data_a_training_goes_on_bit_for_bit():
    x = np.random.default_rng(1).normal(size=(10, 4))

    def train(state, steps):
        w, m, v, t, order, place, rng = (np.copy(part) if isinstance(part, np.ndarray) else part for part in state)
        shuffling = np.random.default_rng()
        shuffling.bit_generator.state = rng
        for _ in range(steps):
            if place == len(x):
                order, place = shuffling.permutation(len(x)), 0
            g = w - x[order[place]]
            place, t = place + 1, t + 1
            m, v = 0.9 * m + 0.1 * g, 0.99 * v + 0.01 * g**2
            w = w - 0.05 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.99**t)) + 1e-8)
        return w, m, v, t, order, place, shuffling.bit_generator.state

    start = np.zeros(4), np.zeros(4), np.zeros(4), 0, np.arange(10), 10, np.random.default_rng(2).bit_generator.state
    saved, whole = train(start, 23), train(start, 40)
    w, m, v, t = saved[:4]
    fresh = start[4:]
    assert not np.array_equal(train((w, *start[1:4], *fresh), 17)[0], whole[0])
    assert not np.array_equal(train((w, m, v, t, *fresh), 17)[0], whole[0])
    assert np.array_equal(train(saved, 17)[0], whole[0])
    right = ch16.what_to_save.options[ch16.what_to_save.answer]
    assert "the place in the epoch and the state of the shuffling" in right


@pytest.mark.parametrize(
    ("exercise", "mistake"),
    [
        (ch16.matmul_intensity, "elements for bytes"),
        (ch16.matmul_intensity, "the factor 2 missing"),
        (ch16.roof_seconds, "ridge inverted"),
        (ch16.scaled_update, "unscaling forgotten"),
        (ch16.feeding_order, "shuffle after batch"),
        (ch16.feeding_order, "cache after augmentation"),
        (ch16.one_gradient, "SUM for MEAN"),
        (ch16.one_gradient, "per-replica for global batch"),
        (ch16.one_gradient, "mean of unequal means"),
        (ch16.exact_resume, "weights-only resume"),
        (ch16.fair_timing, "compile time timed"),
        (ch16.ring_sends, "ring factor n"),
        (ch16.memory_of_training, "mixed halves Adam's memory"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_mistakes_that_people_make_are_known_by_name(exercise, mistake):
    assert mistake in [known.name for known in exercise.misconceptions]
