"""Checks of arguments that the image functions share, on top of `_checks`: finite, in [0, 1], so many channels, odd.

Rounding is no mistake of the reader's: a mean of white pixels may be 1.0000000000000002. What leaves a range by no more
than `rounding` is taken for the end of the range, without a word.
"""

import numpy as np

from course_lib.classical._checks import real_array, real_number, whole_number


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


def rounding(value):
    """How far values of about 1 may be off by rounding: a number for comparisons with the ends of a range.

    Parameters
    ----------
    value : array_like
        What was given, before it became float64. Many images are computed in float32 somewhere, so float64 is trusted
        no further.

    Returns
    -------
    float
        eps ** (3 / 4), about fifty roundings: 6e-6, or 6e-3 for float16. Both are too little to be seen. 0 for whole
        numbers, which are never rounded.
    """
    dtype = np.asarray(value).dtype
    return float(max(np.finfo(dtype).eps, np.finfo(np.float32).eps) ** 0.75) if dtype.kind == "f" else 0.0


def unit_array(name, value, ndim=None, channels=None):
    """Like `float_array`, and every value must lie in [0, 1]; what leaves it by `rounding` is clipped."""
    array = float_array(name, value, ndim, channels)
    low, high, tolerance = array.min(), array.max(), rounding(value)
    if low < -tolerance or high > 1 + tolerance:
        hint = "; divide 8-bit values by 255 (color.to_float)" if np.asarray(value).dtype.kind in "ui" else ""
        raise ValueError(f"{name} must lie in [0, 1], got values from {low:g} to {high:g}{hint}")
    return np.clip(array, 0, 1, out=array)


def non_negative_array(name, value, ndim=None):
    """Like `float_array`, and no value may be below 0; what is by `rounding`, beside the largest, is taken for 0."""
    array = float_array(name, value, ndim)
    if array.min() < -rounding(value) * max(array.max(), 0):
        raise ValueError(f"{name} must be at least 0, got {array.min():g}")
    return np.maximum(array, 0, out=array)


def odd_number(name, value):
    """Return ``value`` as a positive odd int."""
    number = whole_number(name, value, 1)
    if number % 2 == 0:
        raise ValueError(f"{name} must be odd, got {number}")
    return number


def positive_number(name, value, zero=False):
    """Return ``value`` as a finite float above 0 (or 0 itself, where it is allowed)."""
    number = real_number(name, value)
    if not np.isfinite(number) or number < 0 or (number == 0 and not zero):
        raise ValueError(f"{name} must be a finite number {'of at least' if zero else 'above'} 0, got {value!r}")
    return number
