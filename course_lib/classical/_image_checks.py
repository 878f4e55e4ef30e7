"""Checks of arguments that the image functions share, on top of `_checks`: finite, in [0, 1], so many channels, odd."""

import numpy as np

from course_lib.classical._checks import real_array, whole_number


def float_array(name, value, ndim=None, channels=None):
    """Return ``value`` as a new float64 array: not empty, finite, with the axes and the channels that are asked for.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : array_like of real numbers
    ndim : int or tuple of int, optional
        Numbers of axes that are allowed.
    channels : int, optional
        Required length of the last axis.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what it was and what it may be.
    """
    array = np.array(real_array(name, value, range(65) if ndim is None else ndim))
    if channels is not None and array.shape[-1:] != (channels,):
        raise ValueError(f"{name} must have {channels} channels on its last axis, got shape {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, got NaN or infinity in it")
    return array


def unit_array(name, value, ndim=None, channels=None):
    """Like `float_array`, and every value must lie in [0, 1]."""
    array = float_array(name, value, ndim, channels)
    low, high = array.min(), array.max()
    if low < 0 or high > 1:
        hint = "; divide 8-bit values by 255 (color.to_float)" if np.asarray(value).dtype.kind in "ui" else ""
        raise ValueError(f"{name} must lie in [0, 1], got values from {low:g} to {high:g}{hint}")
    return array


def odd_number(name, value):
    """Return ``value`` as a positive odd int."""
    number = whole_number(name, value, 1)
    if number % 2 == 0:
        raise ValueError(f"{name} must be odd, got {number}")
    return number


def positive_number(name, value, zero=False):
    """Return ``value`` as a finite float above 0 (or 0 itself, where it is allowed)."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a number, got {value!r}") from None
    if not np.isfinite(number) or number < 0 or (number == 0 and not zero):
        raise ValueError(f"{name} must be a finite number {'of at least' if zero else 'above'} 0, got {value!r}")
    return number
