"""The best denoiser of a finite set: a mixture without widths, and a copier."""

import numpy as np
import pytest

from course_lib.classical.diffusion import empirical, flow, mixture, ode
from course_lib.datasets import digits


def test_by_hand():
    """Half way between two samples both count the same; a step aside the log of the weights differs by 2·x/σ²."""
    weights = empirical.empirical_weights([0.0, 0.5], 1.0, 0.5, [-1.0, 1.0])
    assert weights[0].tolist() == [0.5, 0.5]
    assert np.log(weights[1, 1] / weights[1, 0]) == pytest.approx(2 * 0.5 / 0.25)


@pytest.mark.parametrize(("signal", "sigma"), [(1.0, 0.5), (0.3, 0.7), (0.9, 2.0)])
def test_it_is_a_mixture_without_widths(signal, sigma):
    rng = np.random.default_rng(0)
    data, x = rng.standard_normal((20, 3)), rng.standard_normal((6, 3))
    expected = mixture.mixture_denoise(x, signal, sigma, np.full(20, 0.05), data, 0.0)
    np.testing.assert_allclose(empirical.empirical_denoise(x, signal, sigma, data), expected, atol=1e-12)


def test_by_loops_on_images():
    rng = np.random.default_rng(1)
    data, x = rng.random((5, 4, 4, 1)), rng.random((3, 4, 4, 1))
    signal, sigma = np.array([0.9, 0.5, 0.2]), np.array([0.1, 0.5, 0.8])
    found = empirical.empirical_denoise(x, signal, sigma, data)
    for i in range(3):
        weights = [np.exp(-((x[i] - signal[i] * sample) ** 2).sum() / (2 * sigma[i] ** 2)) for sample in data]
        expected = sum(w * sample for w, sample in zip(weights, data, strict=True)) / sum(weights)
        np.testing.assert_allclose(found[i], expected, rtol=1e-10)


def test_with_little_noise_it_copies_and_nothing_overflows():
    data = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    x = data + 0.01
    for sigma in (1e-2, 1e-5):
        np.testing.assert_allclose(empirical.empirical_denoise(x, 1.0, sigma, data), data, atol=1e-6)
        assert empirical.effective_neighbors(empirical.empirical_weights(x, 1.0, sigma, data)) == pytest.approx(1)


def test_with_noise_alone_it_says_the_mean():
    data = np.random.default_rng(2).random((50, 4))
    weights = empirical.empirical_weights(np.ones((1, 4)), 0.0, 1.0, data)
    np.testing.assert_allclose(weights, 0.02, rtol=1e-12)
    assert empirical.effective_neighbors(weights) == pytest.approx(50)


def test_effective_neighbors():
    from scipy.stats import entropy

    weights = np.random.default_rng(3).dirichlet(np.full(30, 0.2), 5)
    np.testing.assert_allclose(empirical.effective_neighbors(weights), np.exp(entropy(weights, axis=1)), rtol=1e-10)


# --- 4,000 digits -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sets():
    (train, _), (held_out, _) = digits.load()
    return [(part / 127.5 - 1).reshape(len(part), -1) for part in (train, held_out)]


@pytest.mark.parametrize(
    ("t", "seen", "unseen", "neighbors"),
    [(0.1, 0.2456, 0.2482, 1269), (0.2, 0.133, 0.187, 50), (0.25, 0.057, 0.160, 10.8), (0.3, 0.018, 0.1465, 3.1),
     (0.5, 0.00005, 0.137, 1.02)],
)  # fmt: skip
def test_it_knows_what_it_has_seen_and_nothing_else(sets, t, seen, unseen, neighbors):
    train, held_out = sets
    rng = np.random.default_rng(4)
    errors = []
    for images in (held_out[:300], train[:300]):
        x = flow.point(images, rng.standard_normal(images.shape), t)
        weights = empirical.empirical_weights(x, t, 1 - t, train)
        errors.append(((weights @ train - images) ** 2).mean())
    assert empirical.effective_neighbors(weights).mean() == pytest.approx(neighbors, rel=0.35)
    assert errors[1] == pytest.approx(seen, rel=0.35, abs=3e-4)
    assert errors[0] == pytest.approx(unseen, rel=0.1)


def test_a_sampler_with_it_draws_the_training_set(sets):
    train, _ = sets

    def field(x, t):
        return flow.velocity_from_clean(x, empirical.empirical_denoise(x, t, 1 - t, train), t)

    drawn = ode.integrate(field, np.random.default_rng(5).standard_normal((60, 784)), 5)
    squared = (drawn**2).sum(axis=1)[:, None] - 2 * drawn @ train.T + (train**2).sum(axis=1)
    nearest = squared.argmin(axis=1)
    distance = np.sqrt(((drawn - train[nearest]) ** 2).mean(axis=1))
    assert distance.max() < 0.0014
    assert len(set(nearest)) > 50


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: empirical.empirical_weights([0.0], 1.0, 0.0, [1.0]), "sigma must be above 0, got 0"),
        (lambda: empirical.empirical_weights(0.0, 1.0, 1.0, [1.0]), "samples of x and data must have one shape"),
        (lambda: empirical.empirical_weights([[0.0]], 1.0, 1.0, [1.0]), r"one shape, got x \(1, 1\) and data \(1,\)"),
        (lambda: empirical.empirical_denoise([0.0], 1.0, 1.0, [np.nan]), "data must be finite"),
        (lambda: empirical.empirical_denoise([], 1.0, 1.0, [1.0]), "x must not be empty"),
        (lambda: empirical.effective_neighbors([[0.5, 0.4]]), "weights must sum to 1 in each row"),
        (lambda: empirical.effective_neighbors([0.5, 0.5]), "weights must have 2 axes"),
        (lambda: empirical.effective_neighbors([[1.5, -0.5]]), "weights must be at least 0"),
    ],
)
def test_clear_errors(call, words):
    with pytest.raises(ValueError, match=words):
        call()
