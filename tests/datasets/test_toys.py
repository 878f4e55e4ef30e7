"""The ring and the grid: centres by hand, moments of the samples, the density as a density."""

import numpy as np
import pytest
from scipy import integrate, stats

from course_lib.datasets import toys


def test_the_ring_by_hand():
    ring = toys.ring()
    s = np.sqrt(0.5)
    expected = [[1, 0], [s, s], [0, 1], [-s, s], [-1, 0], [-s, -s], [0, -1], [s, -s]]
    np.testing.assert_allclose(ring.centers, expected, atol=1e-15)
    assert ring.sigma == 0.01
    np.testing.assert_allclose(toys.ring(4, 2.0, 0.1).centers, [[2, 0], [0, 2], [-2, 0], [0, -2]], atol=1e-15)


def test_the_grid_by_hand():
    grid = toys.grid()
    assert {tuple(c) for c in grid.centers} == {(x, y) for x in (-4, -2, 0, 2, 4) for y in (-4, -2, 0, 2, 4)}
    assert len(grid.centers) == 25 and grid.sigma == 0.05
    np.testing.assert_array_equal(toys.grid(2, 3.0).centers, [[-1.5, -1.5], [1.5, -1.5], [-1.5, 1.5], [1.5, 1.5]])


@pytest.mark.parametrize("mixture", [toys.ring(), toys.grid()])
def test_samples_have_the_moments_of_the_mixture(mixture):
    n, modes = 200_000, len(mixture.centers)
    x = mixture.sample(n, seed=3)
    assert x.shape == (n, 2) and x.dtype == np.float32
    nearest = np.linalg.norm(x[:, None] - mixture.centers, axis=-1).argmin(axis=1)
    assert stats.chisquare(np.bincount(nearest, minlength=modes)).pvalue > 1e-4
    away = (x - mixture.centers[nearest]) / mixture.sigma
    assert abs(away.mean()) < 0.01 and np.abs(np.cov(away.T) - np.eye(2)).max() < 0.02
    assert stats.kstest(away[:5000, 1], "norm").pvalue > 1e-4


def test_seeds():
    ring = toys.ring()
    np.testing.assert_array_equal(ring.sample(5, seed=1), ring.sample(5, seed=1))
    assert not np.array_equal(ring.sample(5, seed=1), ring.sample(5, seed=2))
    assert not np.array_equal(ring.sample(5, seed=(1, 0)), ring.sample(5, seed=(1, 1)))


def test_the_density():
    mixture = toys.ring(3, 1.0, 0.3)
    points = np.random.default_rng(0).normal(size=(4, 5, 2))
    expected = sum(stats.multivariate_normal(c, 0.09).pdf(points) for c in mixture.centers) / 3
    np.testing.assert_allclose(mixture.density(points), expected, rtol=1e-12)
    total, _ = integrate.dblquad(lambda y, x: mixture.density([x, y]), -4, 4, -4, 4, epsabs=1e-6)
    assert total == pytest.approx(1, abs=1e-5)


def test_bad_arguments():
    with pytest.raises(ValueError, match="n must be at least 1, got 0"):
        toys.ring().sample(0, seed=0)
    with pytest.raises(TypeError, match="modes must be a whole number, got 2.5"):
        toys.ring(2.5)
    with pytest.raises(ValueError, match="sigma must be a finite number above 0"):
        toys.grid(sigma=0.0)
    with pytest.raises(ValueError, match="radius must be a finite number above 0"):
        toys.ring(radius=-1.0)
    with pytest.raises(ValueError, match="spacing must be a finite number above 0"):
        toys.grid(spacing=float("nan"))


@pytest.mark.parametrize("wrong", ["1", None, (1, 2)])
@pytest.mark.parametrize(
    ("make", "name"), [(toys.ring, "radius"), (toys.ring, "sigma"), (toys.grid, "spacing"), (toys.grid, "sigma")]
)
def test_what_is_no_number_is_named(make, name, wrong):
    with pytest.raises(TypeError, match=f"^{name} must be a number, got "):
        make(**{name: wrong})
