"""Two-dimensional distributions whose every mode is known: a ring and a grid of small Gaussians.

They are what generative models are tried on before images. Where the modes lie is known exactly, so what a generator
leaves out can be counted (see ``course_lib.metrics.modes``). The sizes are those of the published comparisons:
Srivastava et al. (VEEGAN, 2017, arXiv:1705.07761) and Lin et al. (PacGAN, 2018, arXiv:1712.04086).
"""

from dataclasses import dataclass

import numpy as np

from course_lib.classical._checks import real_number, whole_number


@dataclass(frozen=True, eq=False)
class Mixture:
    """Equally likely round Gaussians of one width.

    Parameters
    ----------
    centers : ndarray, shape (modes, 2)
    sigma : float
        Standard deviation in each direction, above 0.
    """

    centers: np.ndarray
    sigma: float

    def sample(self, n, seed):
        """Draw points.

        Parameters
        ----------
        n : int
            How many, at least 1.
        seed : int, or a sequence of ints
            The same seed gives the same points.

        Returns
        -------
        ndarray of float32, shape (n, 2)
        """
        whole_number("n", n, 1)
        rng = np.random.default_rng(seed)
        which = rng.integers(len(self.centers), size=n)
        return (self.centers[which] + self.sigma * rng.normal(size=(n, 2))).astype(np.float32)

    def density(self, points):
        """Evaluate the probability density.

        Parameters
        ----------
        points : array, shape (..., 2)

        Returns
        -------
        ndarray of float64, shape (...)
        """
        away = np.asarray(points, dtype=np.float64)[..., None, :] - self.centers
        bells = np.exp(-np.sum(away**2, axis=-1) / (2 * self.sigma**2))
        return bells.mean(axis=-1) / (2 * np.pi * self.sigma**2)


def ring(modes=8, radius=1.0, sigma=0.01):
    """Gaussians on a circle, the first one at (radius, 0), the others counter-clockwise.

    Parameters
    ----------
    modes : int
        At least 1.
    radius, sigma : float
        Above 0.

    Returns
    -------
    Mixture
    """
    whole_number("modes", modes, 1)
    angles = 2 * np.pi * np.arange(modes) / modes
    centers = _positive("radius", radius) * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return Mixture(centers, _positive("sigma", sigma))


def grid(side=5, spacing=2.0, sigma=0.05):
    """Gaussians on a square grid around the origin, row by row: with the defaults 25 of them on {-4, -2, 0, 2, 4}².

    Parameters
    ----------
    side : int
        Modes along a side, at least 1.
    spacing, sigma : float
        Above 0.

    Returns
    -------
    Mixture
    """
    whole_number("side", side, 1)
    places = _positive("spacing", spacing) * (np.arange(side) - (side - 1) / 2)
    y, x = np.meshgrid(places, places, indexing="ij")
    return Mixture(np.stack([x.ravel(), y.ravel()], axis=1), _positive("sigma", sigma))


def _positive(name, value):
    number = real_number(name, value)
    if not 0 < number < np.inf:
        raise ValueError(f"{name} must be a number above 0, got {value!r}")
    return number
