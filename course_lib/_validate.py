"""What an argument may be, said in one way everywhere: a message names the argument, what it may be and what it was.

The wrong type (a fraction where a count is meant, a string, a masked array) raises TypeError, a wrong size or a number
out of its range ValueError.

Rounding is no mistake of the reader's: a mean of white pixels may be 1.0000000000000002. What leaves a range by no more
than `rounding` is taken for the end of the range, without a word.
"""

import operator

import numpy as np

# --- whole numbers ----------------------------------------------------------------------------------------------------


def whole_number(name, value, minimum=None, maximum=None):
    """Return ``value`` as an int from ``minimum`` to ``maximum``; refuse booleans, fractions and strings."""
    try:
        if isinstance(value, (bool, np.bool_)):
            raise TypeError
        result = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be a whole number, got {value!r}") from None
    if minimum is not None and result < minimum:
        raise ValueError(f"{name} must be at least {minimum}, got {result}")
    if maximum is not None and result > maximum:
        raise ValueError(f"{name} must be at most {maximum}, got {result}")
    return result


def whole_numbers(minimum, **arguments):
    """Return each argument as an int that is at least ``minimum``, as a list."""
    return [whole_number(name, value, minimum) for name, value in arguments.items()]


def odd_number(name, value):
    """Return ``value`` as a positive odd int."""
    result = whole_number(name, value, 1)
    if result % 2 == 0:
        raise ValueError(f"{name} must be odd, got {result}")
    return result


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


def sides(name, value, axes=None):
    """Return a shape as a tuple of ints, each at least 1; as many as ``axes``, where that is given."""
    try:
        found = tuple(value)
    except TypeError:
        raise TypeError(f"{name} must be a tuple of whole numbers, got {value!r}") from None
    if not found or axes not in (None, len(found)):
        wanted = f"{axes} whole numbers" if axes else "at least one whole number"
        raise ValueError(f"{name} must be {wanted}, got {found}")
    return tuple(whole_number(name, side, 1) for side in found)


# --- other numbers, and choices ---------------------------------------------------------------------------------------


def real_number(name, value, low=None, high=None, *, above=None, below=None, finite=True):
    """Return ``value`` as a float within a range; refuse booleans, strings and arrays with axes.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : real number, or an array of shape ()
    low, high : float, optional
        The ends of the range, where they belong to it.
    above, below : float, optional
        The ends of the range, where they do not belong to it.
    finite : bool
        Refuse NaN and infinity; otherwise infinity may lie in the range, and NaN passes where there is none.
    """
    try:
        if isinstance(value, (bool, np.bool_)) or np.ndim(value) != 0:
            raise TypeError
        result = float(plain_array(name, value).astype(np.float64, casting="same_kind"))
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a number, got {value!r}") from None
    inside = (low is None or result >= low) and (high is None or result <= high)
    inside = inside and (above is None or result > above) and (below is None or result < below)
    if not inside or (finite and not np.isfinite(result)):
        raise ValueError(f"{name} must be {_range_in_words(low, high, above, below)}, got {value!r}")
    return result


def _range_in_words(low, high, above, below):
    if low is not None and high is not None:
        return f"from {low:g} to {high:g}"
    ends = [("at least", low), ("above", above), ("at most", high), ("below", below)]
    given = [f"{words} {end:g}" for words, end in ends if end is not None]
    if len(given) == 2:
        return " and ".join(given)
    return " ".join(["a finite number", *given]).replace(" at ", " of at ")


def one_of(name, value, allowed):
    """Return ``value`` if it is one of ``allowed``, compared by what it is: True is not 1."""
    if not any(value is choice or (isinstance(value, str) and value == choice) for choice in allowed):
        raise ValueError(f"{name} must be one of {', '.join(map(repr, allowed))}, got {value!r}")
    return value


# --- arrays -----------------------------------------------------------------------------------------------------------


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


def real_array(name, value, ndim=None):
    """Return ``value`` as a float64 array that is not empty, with ``ndim`` axes: a number, several, or None for any."""
    array = plain_array(name, value)
    if array.dtype.kind not in "buif":
        raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}")
    allowed = None if ndim is None else (ndim,) if isinstance(ndim, int) else tuple(ndim)
    if allowed is not None and array.ndim not in allowed:
        wanted = " or ".join(str(n) for n in allowed)
        raise ValueError(f"{name} must have {wanted} axes, got shape {array.shape}")
    if array.size == 0:
        raise ValueError(f"{name} must not be empty, got shape {array.shape}")
    return array.astype(np.float64, copy=False)


def floating_array(name, value):
    """Return ``value`` as an array of floating-point numbers, of whatever width."""
    array = plain_array(name, value)
    if array.dtype.kind != "f":
        raise TypeError(f"{name} must hold floating-point numbers, got dtype {array.dtype}")
    return array


def byte_array(name, value):
    """Return ``value`` as an array of uint8 that is not empty."""
    array = plain_array(name, value)
    if array.dtype != np.uint8:
        raise TypeError(f"{name} must be uint8 (see color.to_uint8), got dtype {array.dtype}")
    if array.size == 0:
        raise ValueError(f"{name} must not be empty, got shape {array.shape}")
    return array


def finite(name, array):
    """Return ``array`` if none of its numbers is NaN or infinite."""
    broken = np.count_nonzero(~np.isfinite(array))
    if broken:
        raise ValueError(f"{name} must be finite, got {broken} of {array.size} numbers that are NaN or infinite")
    return array


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
    """
    array = np.array(real_array(name, value, ndim))
    if channels is not None and array.shape[-1:] != (channels,):
        raise ValueError(f"{name} must have {channels} channels on its last axis, got shape {array.shape}")
    return finite(name, array)


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


# --- shapes, of arrays and of tensors ---------------------------------------------------------------------------------


def fits(shape, wanted, broadcast=False):
    """Whether two shapes agree where both are known; with ``broadcast``, 1 goes with everything."""
    return len(shape) == len(wanted) and all(
        s is None or w is None or s == w or (broadcast and s == 1) for s, w in zip(shape, wanted, strict=True)
    )


def same_shape(**arrays):
    """Refuse two arrays or tensors, named as the arguments are, whose shapes differ where both are known."""
    (first, a), (second, b) = arrays.items()
    if not fits(a.shape, b.shape):
        raise ValueError(f"{first} and {second} must have one shape, got {tuple(a.shape)} and {tuple(b.shape)}")
