"""Ratios of counts, and comparing with a threshold where both sides are rounded: 3 pixels of .1 mm are .3 mm, though
3 * .1 > .3 here."""

import numpy as np

SLACK = 8 * np.finfo(np.float64).eps  # a few units in the last place


def ratio(a, b):
    """a / b in float64, NaN where b is 0."""
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    return np.divide(a, b, out=np.full(np.broadcast_shapes(a.shape, b.shape), np.nan), where=b != 0)


def raised(limit, size=0.0):
    """A limit so little higher that what equals it but for rounding is not above it.

    Parameters
    ----------
    limit : float or float64 array, at least 0
    size : float or array, at least 0
        The largest of the numbers of whose differences the distance was made: it loses as much as they were rounded.
    """
    return limit + SLACK * (limit + size)


def decimal(value):
    """A number in float64 as it was written: float32 .3 is .3 and not .30000001."""
    return float(str(value)) if isinstance(value, (np.float16, np.float32)) else float(value)
