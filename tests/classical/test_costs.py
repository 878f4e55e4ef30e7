"""Costs, against counting, simulation and the plain sum."""

import numpy as np
import pytest

from course_lib.classical import costs


def counted(m, k, n, itemsize):
    """Multiply with Python's numbers and count."""
    a, b = np.zeros((m, k)), np.zeros((k, n))
    operations, moved = 0, a.size + b.size
    for i in range(m):
        for j in range(n):
            for _ in range(k):
                operations += 2
            moved += 1
            assert a[i].size == b[:, j].size
    return operations / (itemsize * moved)


@pytest.mark.parametrize("sides", [(2, 2, 2), (3, 5, 4), (1, 6, 1), (7, 1, 2)])
@pytest.mark.parametrize("itemsize", [2, 4])
def test_intensity_is_what_counting_gives(sides, itemsize):
    assert costs.matmul_intensity(*sides, itemsize) == pytest.approx(counted(*sides, itemsize))


def test_intensity_of_known_products():
    assert costs.matmul_intensity(1024, 1024, 1024) == pytest.approx(170.7, abs=0.05)
    assert costs.matmul_intensity(1024, 1024, 1) == pytest.approx(0.499, abs=5e-4)
    assert costs.matmul_intensity(1024, 1024, 1024, 2) == 2 * costs.matmul_intensity(1024, 1024, 1024)


def test_the_roof_is_the_slower_of_two_limits():
    peak, bandwidth = 357e9, 27e9
    for intensity in np.geomspace(0.01, 1000, 20):
        operations = 1e9
        seconds = max(operations / peak, operations / intensity / bandwidth)
        assert costs.attainable(intensity, peak, bandwidth) == pytest.approx(operations / seconds)
    assert costs.attainable(peak / bandwidth, peak, bandwidth) == pytest.approx(peak)  # the ridge, 13
    np.testing.assert_array_equal(costs.attainable([0, 1e9], 5, 2), [0, 5])


def test_adam_takes_sixteen_bytes_a_parameter_as_its_variables_do():
    """The variables that Keras really keeps, in float32."""
    import keras

    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(7)])
    adam = keras.optimizers.Adam()
    adam.build(model.trainable_variables)
    arrays = [np.asarray(v) for v in [*model.trainable_variables, *adam.variables] if v.ndim]
    gradients = [np.asarray(v) for v in model.trainable_variables]
    parameters = model.count_params()
    assert sum(a.nbytes for a in [*arrays, *gradients]) == costs.training_bytes(parameters) == 16 * parameters


def test_mixed_precision_halves_the_activations_only():
    assert costs.training_bytes(1000, mixed=True) == costs.training_bytes(1000) == 16_000
    more = costs.training_bytes(1000, 300, 32) - costs.training_bytes(1000)
    assert more == 4 * 300 * 32
    assert costs.training_bytes(1000, 300, 32, mixed=True) - 16_000 == more / 2


def simulated(parallel, alone, n):
    """How long n workers take for `parallel` pieces of one second each, after `alone` seconds of one worker."""
    busy = [0.0] * n
    for _ in range(parallel):
        busy[int(np.argmin(busy))] += 1
    return alone + max(busy)


@pytest.mark.parametrize("n", [1, 2, 5, 10])
def test_amdahl_is_what_a_simulation_takes(n):
    parallel, alone = 900, 100
    share = parallel / (parallel + alone)
    assert costs.amdahl(share, n) == pytest.approx(simulated(parallel, alone, 1) / simulated(parallel, alone, n))


def test_gustafson_is_amdahl_of_the_larger_task():
    """n workers need (1 - share) + share; one worker would need (1 - share) + n share for the same."""
    for share, n in ((0.95, 8), (0.3, 4), (0, 9), (1, 9)):
        of_one = (1 - share) + n * share
        assert costs.gustafson(share, n) == pytest.approx(costs.amdahl(n * share / of_one, n))
    assert costs.amdahl(0.95, 8) == pytest.approx(5.926, abs=5e-4)
    assert costs.amdahl(0.95, 10**9) == pytest.approx(20, abs=1e-3)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 7])
@pytest.mark.parametrize("shape", [(), (1,), (12,), (3, 5), (2, 2, 7)])
def test_the_ring_gives_everybody_the_sum(n, shape):
    arrays = [np.random.default_rng(i).normal(size=shape) for i in range(n)]
    before = [array.copy() for array in arrays]
    sums, sent = costs.ring_all_reduce(arrays)
    assert len(sums) == len(sent) == n
    for found in sums:
        np.testing.assert_allclose(found, np.sum(before, axis=0), atol=1e-12)
        assert found.shape == shape
    for array, kept in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, kept)


@pytest.mark.parametrize("n", [1, 2, 3, 6])
def test_each_sends_what_the_formula_says(n):
    _, sent = costs.ring_all_reduce(np.ones((n, 60), np.float32))
    assert [4 * numbers for numbers in sent] == [costs.ring_bytes(4 * 60, n)] * n


def test_the_interval_loses_the_least_in_a_simulation():
    """A run with random failures: half and twice the interval of Young lose more."""
    cost, mean = 1.0, 200.0

    def lost(interval):
        rng, total, wasted = np.random.default_rng(0), 0.0, 0.0
        while total < 400_000:
            alive = rng.exponential(mean)
            whole = alive // (interval + cost)
            wasted += alive - whole * interval
            total += alive
        return wasted / total

    best = costs.checkpoint_interval(cost, mean)
    assert best == pytest.approx(20)
    assert lost(best) < min(lost(best / 3), lost(best * 3))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: costs.matmul_intensity(0, 1, 1), "m must be at least 1"),
        (lambda: costs.attainable(-1, 1, 1), "intensity must be at least 0"),
        (lambda: costs.attainable(1, 0, 1), "peak must be"),
        (lambda: costs.amdahl(1.1, 2), "share must be from 0 to 1"),
        (lambda: costs.gustafson(0.5, 0), "n must be at least 1"),
        (lambda: costs.ring_all_reduce([]), "arrays must hold at least one array"),
        (lambda: costs.ring_all_reduce([[1, 2], [1]]), "must have one shape"),
        (lambda: costs.checkpoint_interval(0, 1), "cost must be"),
        (lambda: costs.training_bytes(-1), "parameters must be at least 0"),
    ],
)
def test_errors_name_the_argument(call, words):
    with pytest.raises(ValueError, match=words):
        call()
