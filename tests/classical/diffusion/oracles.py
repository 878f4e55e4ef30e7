"""What the tests of diffusion share: exact moments without a single draw, and quadrature on a grid."""

import numpy as np

GRID = np.linspace(-12, 12, 48001)
STEP = GRID[1] - GRID[0]


class Silent(np.random.Generator):
    """A generator whose normal draws are all 0: what is left is the mean."""

    def __init__(self):
        super().__init__(np.random.PCG64(0))

    def standard_normal(self, size=None, **options):
        return np.zeros(size)


class Impulses(np.random.Generator):
    """A generator whose k-th draw is 1 in entry k + 2 and 0 elsewhere, see `moments`."""

    def __init__(self):
        super().__init__(np.random.PCG64(0))
        self.calls = 0

    def standard_normal(self, size=None, **options):
        draw = np.zeros(size)
        if self.calls + 2 < len(draw):
            draw[self.calls + 2] = 1
        self.calls += 1
        return draw


def moments(sampler, draws=0):
    """Mean and deviation of what ``sampler(x, rng)`` draws, exactly, where each step is a straight line.

    Entry 0 starts at 0 and hears no noise: it ends at the mean. Entry 1 starts at 1, entry k + 2 hears the k-th draw:
    they end one gain away from the mean, and the variance is the sum of the squared gains.
    """
    x = np.zeros(draws + 2)
    x[1] = 1
    ends = sampler(x, Impulses())
    return ends[0], np.sqrt(((ends[1:] - ends[0]) ** 2).sum())


def normal(x, mean=0.0, variance=1.0):
    return np.exp(-((x - mean) ** 2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)


def mixture_density(x, weights, means, stds):
    return sum(w * normal(x, m, s**2) for w, m, s in zip(weights, means, stds, strict=True))


def posterior_on_grid(density, x, signal, sigma):
    """Mean and variance of the clean value, given x = signal · clean + sigma · noise: Bayes, on a grid."""
    weight = density * normal(x, signal * GRID, sigma**2)
    weight /= weight.sum()
    mean = (weight * GRID).sum()
    return mean, (weight * (GRID - mean) ** 2).sum()
