"""Checks of arguments that the image functions share: say what was wrong, what it was, and what it may be."""

import numpy as np


def float_array(value, name, ndim=None, channels=None):
    """Turn ``value`` into a new float64 array or say why that is impossible.

    Parameters
    ----------
    value : array_like of numbers
    name : str
        The argument's name, for the message.
    ndim : int or tuple of int, optional
        Numbers of axes that are allowed.
    channels : int, optional
        Required length of the last axis.

    Returns
    -------
    ndarray of float64, a copy

    Raises
    ------
    TypeError
        If ``value`` does not hold real numbers.
    ValueError
        If it is empty, holds NaN or infinity, or has another shape than asked for.
    """
    array = np.asarray(value)
    if array.dtype.kind not in "buif":
        raise TypeError(f"{name} must hold real numbers, but its dtype is {array.dtype}")
    allowed = (ndim,) if isinstance(ndim, int) else ndim
    if allowed is not None and array.ndim not in allowed:
        wanted = " or ".join(str(n) for n in allowed)
        raise ValueError(f"{name} must have {wanted} axes, but its shape is {array.shape}")
    if channels is not None and (array.ndim == 0 or array.shape[-1] != channels):
        raise ValueError(f"{name} must have {channels} channels on its last axis, but its shape is {array.shape}")
    if array.size == 0:
        raise ValueError(f"{name} must not be empty, but its shape is {array.shape}")
    array = array.astype(np.float64)
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, but it holds NaN or infinity")
    return array


def unit_array(value, name, ndim=None, channels=None):
    """Like `float_array`, and every value must lie in [0, 1]."""
    array = float_array(value, name, ndim, channels)
    low, high = array.min(), array.max()
    if low < 0 or high > 1:
        hint = "; divide 8-bit values by 255 (color.to_float)" if high > 1 and np.asarray(value).dtype.kind in "ui" else ""
        raise ValueError(f"{name} must lie in [0, 1], but it runs from {low:g} to {high:g}{hint}")
    return array


def positive_int(value, name, odd=False):
    """A positive whole number (odd, where asked), as int."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} must be a whole number, but it was {value!r}")
    if value < 1 or (odd and value % 2 == 0):
        raise ValueError(f"{name} must be a positive{' odd' if odd else ''} whole number, but it was {value}")
    return int(value)


def positive_number(value, name, zero=False):
    """A finite number above zero (or zero, where allowed), as float."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a number, but it was {value!r}") from None
    if not np.isfinite(number) or number < 0 or (number == 0 and not zero):
        raise ValueError(f"{name} must be a finite number {'of at least' if zero else 'above'} 0, but it was {value!r}")
    return number
