"""Checks of arguments, shared by the files beside this one. Every message names the argument and what it was."""

import operator

import numpy as np


def whole_number(name, value, minimum):
    """Return ``value`` as an int that is at least ``minimum``; refuse booleans, fractions and strings."""
    try:
        if isinstance(value, (bool, np.bool_)):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be a whole number, got {value!r}") from None
    if number < minimum:
        raise ValueError(f"{name} must be at least {minimum}, got {number}")
    return number


def real_number(name, value):
    """Return ``value`` as a float, of whatever size; refuse strings, None, complex numbers and several numbers."""
    try:
        return float(plain_array(name, value).astype(np.float64, casting="same_kind"))
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a number, got {value!r}") from None


def pair(name, value, minimum):
    """Return ``value`` as (vertical, horizontal): a whole number stands for both directions."""
    if np.ndim(value) == 0:
        return (whole_number(name, value, minimum),) * 2
    values = tuple(value)
    if len(values) != 2:
        raise ValueError(f"{name} must be a whole number or a pair (vertical, horizontal), got {value!r}")
    return tuple(whole_number(name, v, minimum) for v in values)


def rows_and_columns(name, value):
    """Return ``value``, the size of an image, as (rows, columns), each at least 1."""
    if np.ndim(value) != 1 or len(value) != 2:
        raise ValueError(f"{name} must be (rows, columns), got {value!r}")
    return whole_number(f"{name}[0]", value[0], 1), whole_number(f"{name}[1]", value[1], 1)


def refuse_masked(name, value):
    """Raise TypeError for an array that hides entries: `numpy.asarray` and tensors show them without a word."""
    if np.ma.is_masked(value):
        raise TypeError(f"{name} must not be masked: say what the hidden entries are worth, as {name}.filled(0) does")


def plain_array(name, value):
    """Return ``value`` as an array; refuse rows that differ in length, and masks, see `refuse_masked`."""
    refuse_masked(name, value)
    try:
        return np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} must be a rectangular array: its rows differ in length") from None


def real_numbers(name, value):
    """Like `plain_array`, and it must hold real numbers, of whatever format: not complex, no text, no objects."""
    array = plain_array(name, value)
    if array.dtype.kind in "cOSUMm":
        raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}")
    return array


def real_array(name, value, ndim):
    """Return ``value`` as a float64 array that is not empty and has ``ndim`` axes (a number or a tuple of numbers)."""
    array = plain_array(name, value)
    if array.dtype.kind not in "buif":
        raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}")
    allowed = (ndim,) if isinstance(ndim, int) else tuple(ndim)
    if array.ndim not in allowed:
        wanted = " or ".join(str(n) for n in allowed)
        raise ValueError(f"{name} must have {wanted} axes, got shape {array.shape}")
    if array.size == 0:
        raise ValueError(f"{name} must not be empty, got shape {array.shape}")
    return array.astype(np.float64, copy=False)
