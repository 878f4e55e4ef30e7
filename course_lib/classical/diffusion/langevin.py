"""Drawing with the score alone, at one level of noise: Langevin's walk.

References
----------
G. O. Roberts, R. L. Tweedie, Exponential convergence of Langevin distributions, 1996. doi:10.2307/3318418
Y. Song, S. Ermon, Generative modeling by estimating gradients of the data distribution, 2019. arXiv:1907.05600
"""

import numpy as np

from course_lib._validate import float_array, real_number, whole_number
from course_lib.classical.diffusion._arguments import answer


def langevin(score, x, step, n, rng):
    """Walk uphill on the log-density, with noise: n times x + step/2 · score(x) + √step · noise.

    Parameters
    ----------
    score : callable
        ``score(x)`` returns the slope of the log-density, in the shape of x.
    x : array_like
        Where to start.
    step : float, above 0
        The smaller, the nearer to the density: of a standard normal one, the variance 1/(1 - step/4) comes out.
    n : int, at least 0
        How often.
    rng : int or numpy.random.Generator

    Returns
    -------
    ndarray of float64, of the shape of x

    Raises
    ------
    TypeError, ValueError
        If an argument is out of its range, something is not finite, or score returns another shape.

    Examples
    --------
    >>> draws = langevin(lambda x: -x, np.zeros(10_000), 0.1, 200, rng=0)
    >>> bool(abs(draws.std() - 1) < 0.05)
    True
    """
    x, step, rng = float_array("x", x), real_number("step", step, above=0), np.random.default_rng(rng)
    for _ in range(whole_number("n", n, 0)):
        x = x + step / 2 * answer("score(x)", score(x), x) + np.sqrt(step) * rng.standard_normal(x.shape)
    return x
