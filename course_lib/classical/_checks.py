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


def pair(name, value, minimum):
    """Return ``value`` as (vertical, horizontal): a whole number stands for both directions."""
    if np.ndim(value) == 0:
        return (whole_number(name, value, minimum),) * 2
    values = tuple(value)
    if len(values) != 2:
        raise ValueError(f"{name} must be a whole number or a pair (vertical, horizontal), got {value!r}")
    return tuple(whole_number(name, v, minimum) for v in values)


def real_array(name, value, ndim):
    """Return ``value`` as a float64 array that is not empty and has ``ndim`` axes (a number or a tuple of numbers)."""
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} must be a rectangular array: its rows differ in length") from None
    if array.dtype.kind not in "buif":
        raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}")
    allowed = (ndim,) if isinstance(ndim, int) else tuple(ndim)
    if array.ndim not in allowed:
        wanted = " or ".join(str(n) for n in allowed)
        raise ValueError(f"{name} must have {wanted} axes, got shape {array.shape}")
    if array.size == 0:
        raise ValueError(f"{name} must not be empty, got shape {array.shape}")
    return array.astype(np.float64, copy=False)
