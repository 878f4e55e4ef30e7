"""Carrying values along a field of velocities: Euler, midpoint, Heun, Runge-Kutta, and the likelihood on the way.

References
----------
R. T. Q. Chen et al., Neural ordinary differential equations, 2018. arXiv:1806.07366
Y. Song et al., Score-based generative modeling through stochastic differential equations, 2020. arXiv:2011.13456
"""

import numpy as np

from course_lib._docs import filled
from course_lib._validate import float_array, one_of, real_number, same_shape, whole_number
from course_lib.classical.diffusion._arguments import answer

METHODS = ("euler", "midpoint", "heun", "rk4")
NUDGE = 1e-5  # for slopes by central differences: its square, and rounding divided by it, are both small

filled_in = filled(
    times="""
        times : int or array_like, (n + 1,)
            A number of equal steps from 0 to 1, or the times themselves, rising or falling: falling ones, from 1 to 0,
            lead from data to noise.
        method : str
            "euler": one look at the field a step, error ∝ step. "midpoint" and "heun": two looks, error ∝ step²; the
            one goes by the velocity half way, the other by the mean of the velocities at both ends. "rk4": four looks,
            error ∝ step⁴.""",
    errors="""
        TypeError, ValueError
            If an argument is out of its range, something is not finite, or field returns another shape.""",
)


@filled_in
def integrate(field, x, times, method="euler", record=False):
    """Carry values along a field of velocities.

    Parameters
    ----------
    field : callable
        ``field(x, t)`` returns the velocities at time t, a float, in the shape of x.
    x : array_like
        Values at the first time.
    %(times)s
    record : bool
        Return the values at all times, (n + 1, ...).

    Returns
    -------
    ndarray of float64, of the shape of x
        Values at the last time; with record those at all times, on a new first axis.

    Raises
    ------
    %(errors)s

    Examples
    --------
    >>> integrate(lambda x, t: -x, [1.0], 2)
    array([0.25])
    >>> integrate(lambda x, t: -x, [1.0], 10, "rk4").round(5)
    array([0.36788])
    """
    x, times = float_array("x", x), _times(times)
    one_of("method", method, METHODS)

    def slope(x, t):
        return answer("field(x, t)", field(x, float(t)), x)

    states = [x]
    for t, after in zip(times, times[1:], strict=False):
        x = _step(slope, x, t, after, method)
        if record:
            states.append(x)
    return np.stack(states) if record else x


def _step(field, x, t, after, method):
    h, middle = after - t, (t + after) / 2
    first = field(x, t)
    if method == "euler":
        return x + h * first
    if method == "midpoint":
        return x + h * field(x + h / 2 * first, middle)
    if method == "heun":
        return x + h / 2 * (first + field(x + h * first, after))
    second = field(x + h / 2 * first, middle)
    third = field(x + h / 2 * second, middle)
    return x + h / 6 * (first + 2 * second + 2 * third + field(x + h * third, after))


def _times(times):
    if np.ndim(times) == 0:
        return np.linspace(0, 1, whole_number("times", times, 1) + 1)
    array = float_array("times", times, ndim=1)
    steps = np.diff(array)
    if len(array) < 2 or not ((steps > 0).all() or (steps < 0).all()):
        raise ValueError(f"times must rise or fall, at least two of them, got {array[:6]}")
    return array


def log_likelihood(field, x, n=100, method="rk4"):
    """How probable a field finds given data: carry them back to the noise, and count how much the field spreads them.

    log p(x at 1) = log N(x at 0; 0, 1) - ∫ divergence of the field along the way (Chen et al. 2018).

    Parameters
    ----------
    field : callable
        ``field(x, t)`` returns the velocities at time t, a float from 0 to 1, in the shape of x.
    x : array_like, (N,) numbers or (N, D) points
        Data, at time 1.
    n : int, at least 1
        Steps, of equal length.
    method : str
        "euler", "midpoint", "heun" or "rk4", as in `integrate`.

    Returns
    -------
    ndarray of float64, (N,)
        In nats.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of its range, something is not finite, or field returns another shape.

    Notes
    -----
    The divergence is taken by central differences, 2 D looks at the field a point: for few dimensions only.

    Examples
    --------
    A field that is zero leaves noise as it is.

    >>> log_likelihood(lambda x, t: 0 * x, [0.0, 1.0]).round(4)
    array([-0.9189, -1.4189])
    """
    x = float_array("x", x, ndim=(1, 2))
    points = x.reshape(len(x), -1)

    def velocities(points, t):
        return answer("field(x, t)", field(points.reshape(x.shape), float(t)), x).reshape(points.shape)

    def with_divergence(state, t):  # the last column gathers the divergence
        points, divergence = state[:, :-1], 0.0
        for axis, nudge in enumerate(NUDGE * np.eye(points.shape[1])):
            apart = velocities(points + nudge, t) - velocities(points - nudge, t)
            divergence = divergence + apart[:, axis] / (2 * NUDGE)
        return np.column_stack([velocities(points, t), divergence])

    times = np.linspace(1, 0, whole_number("n", n, 1) + 1)
    state = integrate(with_divergence, np.column_stack([points, np.zeros(len(x))]), times, method)
    start, gathered = state[:, :-1], state[:, -1]  # from 1 to 0: the sign is that of minus the integral
    return gathered - (start**2 + np.log(2 * np.pi)).sum(axis=1) / 2


def diffusion_velocity(x, score, beta):
    """The probability-flow field of a diffusion: -½ β (x + score), for one step of adding noise with a small β.

    Values that move with it, without any noise, have at each time the same distribution as values to which noise is
    added. Subtract it, and they go from noise to data (Song et al. 2020, equation 13).

    Parameters
    ----------
    x, score : array_like of one shape
        Values at some time, and the slope of their log-density.
    beta : float from 0 to 1
        Of the step.

    Returns
    -------
    ndarray of float64, of the shape of x

    Raises
    ------
    TypeError, ValueError
        If shapes differ, values are not finite, or beta leaves [0, 1].

    Examples
    --------
    Standard normal values have score -x: they stay as they are.

    >>> diffusion_velocity([2.0], [-2.0], 0.1)
    array([-0.])
    """
    x, score = float_array("x", x), float_array("score", score)
    same_shape(x=x, score=score)
    return -real_number("beta", beta, 0, 1) / 2 * (x + score)
