"""What does a generator leave out? Scores for samples of a mixture whose modes are known, in NumPy and float64.

The protocol is that of Srivastava et al. (VEEGAN, 2017, arXiv:1705.07761) and Lin et al. (PacGAN, 2018,
arXiv:1712.04086): 2,500 samples; a sample has *high quality* within three standard deviations of the mode nearest to
it; a mode is *covered* if at least one such sample is nearest to it.
"""

from typing import NamedTuple

import numpy as np

from course_lib._validate import finite, real_array, real_number
from course_lib.metrics._arithmetic import decimal, raised

CHUNK = 1 << 20  # differences computed at a time


class ModeCoverage(NamedTuple):
    """What `mode_coverage` counts."""

    covered: int
    """Modes with at least one sample of high quality."""
    high_quality: float
    """Share of the samples that have high quality, from 0 to 1."""
    reverse_kl: float
    """Nats between the samples' shares and equal ones: 0 if equal, log(modes / k) if k modes share alike."""
    modes: int
    """How many modes there are."""
    samples: int
    """How many samples were judged. The scores depend on it: compare only what has the same number."""


def mode_coverage(samples, centers, sigma, radius=3.0):
    """Count the modes that samples cover, and the samples that lie on a mode.

    Parameters
    ----------
    samples : array, shape (n, d)
        Finite numbers, n at least 1.
    centers : array, shape (modes, d)
    sigma : float
        Standard deviation of each mode in each direction, above 0.
    radius : float
        In units of sigma: up to this distance, and not beyond by more than rounding, a sample has high quality.

    Returns
    -------
    ModeCoverage

    Raises
    ------
    TypeError
        The samples or centers hold no real numbers, or sigma or radius is no number.
    ValueError
        The shapes do not fit, there are no samples or no centers, one of them is NaN or infinite, or sigma or radius
        is not above 0.

    Notes
    -----
    Even samples of the mixture itself do not get perfect scores. In the plane a share of exp(-radius²/2) lies further
    out (1.11 % for three sigma), and chance makes the shares unequal: their reverse KL is about (modes - 1) / 2n.
    For the reverse KL every sample counts for the mode nearest to it, of high quality or not.

    Examples
    --------
    >>> mode_coverage([[0.0, 0.1], [0.0, 0.2], [0.5, 0.0]], [[0.0, 0.0], [1.0, 0.0]], sigma=0.1)
    ModeCoverage(covered=1, high_quality=0.6666666666666666, reverse_kl=0.6931471805599453, modes=2, samples=3)
    """
    samples, centers = real_array("samples", samples), real_array("centers", centers)
    if samples.ndim != 2 or centers.ndim != 2 or samples.shape[1] != centers.shape[1]:
        raise ValueError(
            f"samples (n, d) and centers (modes, d) must agree in d, got {samples.shape} and {centers.shape}"
        )
    finite("samples", samples), finite("centers", centers)
    real_number("sigma", sigma, above=0), real_number("radius", radius, above=0)
    nearest, distance = _nearest(samples, centers)
    good = distance <= raised(decimal(radius) * decimal(sigma), np.linalg.norm(centers, axis=1)[nearest])
    shares = np.bincount(nearest, minlength=len(centers)) / len(samples)
    seen = shares > 0
    return ModeCoverage(
        covered=int(np.unique(nearest[good]).size),
        high_quality=float(good.mean()),
        reverse_kl=float(np.sum(shares[seen] * np.log(shares[seen] * len(centers)))),
        modes=len(centers),
        samples=len(samples),
    )


def _nearest(samples, centers):
    """The index of the center nearest to each sample, and how far it is."""
    step = max(1, CHUNK // centers.size)
    nearest, distance = np.empty(len(samples), dtype=np.intp), np.empty(len(samples))
    for start in range(0, len(samples), step):
        part = slice(start, start + step)
        squares = ((samples[part, None, :] - centers) ** 2).sum(axis=-1)
        nearest[part] = squares.argmin(axis=1)
        distance[part] = np.sqrt(squares.min(axis=1))
    return nearest, distance
