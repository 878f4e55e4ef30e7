"""What schedules, times and noise levels may be, said in one way for all files of this folder."""

import numpy as np

from course_lib._validate import finite, float_array, plain_array, real_array, whole_number


def schedule(alpha_bars):
    """Return ``alpha_bars`` as float64: it starts with 1, falls at every step, and only its last entry may be 0."""
    array = float_array("alpha_bars", alpha_bars, ndim=1)
    if len(array) < 2 or array[0] != 1:
        raise ValueError(f"alpha_bars must hold 1 at time 0 and then a number for each step, got {array[:3]} ...")
    if (np.diff(array) >= 0).any():
        t = int(np.argmax(np.diff(array) >= 0)) + 1
        raise ValueError(
            f"alpha_bars must fall at every step, got {array[t - 1]:g} and {array[t]:g} at times {t - 1}, {t}"
        )
    if array[-1] < 0:
        raise ValueError(f"alpha_bars must be at least 0, got {array[-1]:g} at its end")
    return array


def whole_times(t, last):
    """Return ``t``, whole numbers from 0 to ``last``, as an array of ints."""
    array = plain_array("t", t)
    if array.dtype.kind not in "ui":
        raise TypeError(
            f"t must be whole numbers, got {t!r}"
            if array.ndim == 0
            else f"t must be whole numbers, got dtype {array.dtype}"
        )
    if array.size and (array.min() < 0 or array.max() > last):
        wrong = array.min() if array.min() < 0 else array.max()
        raise ValueError(f"t must be from 0 to {last}, got {wrong}")
    return array.astype(np.int64)


def falling_times(times, last):
    """Return ``times`` as a list of ints from ``last`` at most down to 1 at least; by default all of them."""
    if times is None:
        return list(range(last, 0, -1))
    array = plain_array("times", times)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"times must be a list of whole numbers that is not empty, got {times!r}")
    found = [whole_number("times", t, 1, last) for t in array.tolist()]
    if any(later >= earlier for earlier, later in zip(found, found[1:], strict=False)):
        raise ValueError(f"times must fall, got {found[:6]}{' ...' if len(found) > 6 else ''}")
    return found


def per_sample(name, value, x, low=None, high=None, *, above=None, below=None):
    """Return ``value``, a number or one for each sample of ``x``, in a shape that goes with x; check its range."""
    array = finite(name, real_array(name, value, ndim=(0, 1)))
    if array.ndim == 1 and array.shape != x.shape[:1]:
        raise ValueError(
            f"{name} must be a number, or one for each of the samples {x.shape[:1]}, got shape {array.shape}"
        )
    for end, wrong, words in (
        (low, lambda: array < low, "at least"),
        (above, lambda: array <= above, "above"),
        (high, lambda: array > high, "at most"),
        (below, lambda: array >= below, "below"),
    ):
        if end is not None and wrong().any():
            raise ValueError(f"{name} must be {words} {end:g}, got {array[wrong()].flat[0]:g}")
    return array.reshape(array.shape + (1,) * (x.ndim - 1)) if array.ndim else array


def answer(name, value, x):
    """Return what a function that the caller gave made of ``x``, if it is finite and has its shape."""
    array = float_array(name, value)
    if array.shape != x.shape:
        raise ValueError(f"{name} must return one value for each of x, shape {x.shape}, got shape {array.shape}")
    return array


def two_levels(signal, sigma, x):
    """Return both levels, numbers of at least 0 or one for each sample of x, in a shape that goes with x."""
    return per_sample("signal", signal, x, 0), per_sample("sigma", sigma, x, 0)


def spread(signal, sigma, std):
    """Return the variance of a noisy value, signal² std² + sigma², which must not be 0."""
    variance = np.asarray(signal**2 * std**2 + sigma**2)
    if (variance == 0).any():
        raise ValueError("sigma must be above 0 where signal · std is 0: else x has no density")
    return variance


def covariance_matrix(name, value, size):
    """Return ``value`` as a symmetric matrix (size, size) whose eigenvalues are at least 0, up to rounding."""
    matrix = float_array(name, value, ndim=2)
    if matrix.shape != (size, size):
        raise ValueError(f"{name} must have shape {(size, size)}, got {matrix.shape}")
    if not np.allclose(matrix, matrix.T) or np.linalg.eigvalsh(matrix)[0] < -1e-9 * np.abs(matrix).max():
        raise ValueError(f"{name} must be symmetric and have no eigenvalue below 0")
    return matrix
