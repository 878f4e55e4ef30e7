"""Says in words how two results differ, and writes values so that a reader can check them by hand."""

import itertools

import numpy as np

from course_lib.teaching.engine.results import Odd, close, entries, same

MOST = 36  # entries that are written out
NOISE = 1e-12  # of the largest entry: what is smaller is rounding, and written as 0


def quote(value, digits=4, as_tuple=False):
    """Write a value the way a person would: `[0, 3, 2.5]`, `26`, `'same'`; a large array by its shape.

    Parameters
    ----------
    value : number, str, None, array, or (nested) list or tuple of these
    digits : int
        Significant digits of a float.
    as_tuple : bool
        Whether a 1-D array is written as a tuple, `(0, 1)`.
    """
    if isinstance(value, Odd):
        return value.text
    if isinstance(value, np.ndarray):
        if value.size > MOST:
            return f"shape {value.shape}"
        text = _brackets(_without_noise(value).tolist(), digits)
        if as_tuple and value.ndim == 1:
            return f"({text[1:-1]}{',' if value.size == 1 else ''})"
        return text
    if isinstance(value, (list, tuple)):
        if entries(value) > MOST:
            return f"{len(value)} entries"
        inside = ", ".join(quote(part, digits) for part in value)
        return f"({inside})" if isinstance(value, tuple) else f"[{inside}]"
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    return _scalar(value, digits)


def quote_both(a, b, as_tuple=False):
    """Write two values with as many digits as it takes to tell them apart; None where no number of digits does."""
    for digits in (4, 7, 10, 13, 17):
        texts = quote(a, digits, as_tuple), quote(b, digits, as_tuple)
        if texts[0] != texts[1]:
            return texts
    return None


def quote_case(names, args):
    """Write a call's arguments: `x = [0, 0, 1]`, `k = [1, 2, 3]`."""
    return ", ".join(f"`{name} = {quote(arg)}`" for name, arg in zip(names, args, strict=False))


def sort_of(value, as_tuple=False):
    """Say what a frozen result is: "a number", "a pair of numbers", "an array of numbers"."""
    if isinstance(value, tuple):
        return f"{len(value)} results"
    if value.dtype.kind == "U":
        return "text" if value.ndim == 0 else "a list of texts"
    if as_tuple and value.ndim == 1:
        return "a pair of numbers" if len(value) == 2 else f"{len(value)} numbers"
    return "a number" if value.ndim == 0 else "an array of numbers"


def type_problem(value, expected, as_tuple=False):
    """Say how the type of a result is not the expected one; None where it is (or is an array of another shape)."""
    if isinstance(value, Odd):
        return f"your result is {value.text}, not {sort_of(expected, as_tuple)}"
    if isinstance(expected, tuple):
        if not isinstance(value, tuple) or len(value) != len(expected):
            return f"your answer should hold {len(expected)} results"
        problems = [type_problem(v, e) for v, e in zip(value, expected, strict=True)]
        return next((problem for problem in problems if problem), None)
    if isinstance(value, tuple):
        odd = next((part.text for part in value if isinstance(part, Odd)), None)
        inside = f"that holds {odd}" if odd else "of parts that do not make one array"
        return f"your result is a list or tuple {inside}, not {sort_of(expected, as_tuple)}"
    if (value.dtype.kind == "U") != (expected.dtype.kind == "U"):
        return f"your result is {sort_of(value)}, not {sort_of(expected, as_tuple)}"
    return None


def how_shapes_differ(expected, got, as_tuple=False):
    """One sentence about two arrays whose shapes are not the same."""
    if expected.ndim == 0 and got.size == 1:
        itself = same(expected, got.reshape(()), 1e-6, 1e-9)
        return "your result is an array with one entry, it should be " + ("that entry itself" if itself else "a number")
    if expected.ndim == 0 or got.ndim == 0 or got.size == 0 or as_tuple:
        should = sort_of(expected, as_tuple) if as_tuple else _shape(expected)
        return f"your result is {_shape(got)}, it should be {should}"
    text = f"your result has the shape `{got.shape}`, it should have `{expected.shape}`"
    if got.ndim > 1 and got.ndim == expected.ndim and sorted(got.shape) == sorted(expected.shape):
        turned = any(same(expected.transpose(p), got, 1e-6, 1e-9) for p in itertools.permutations(range(got.ndim)))
        return text + (": its axes are in another order" if turned else ": the same lengths in another order")
    if [n for n in got.shape if n != 1] == [n for n in expected.shape if n != 1]:
        return text + ": there is an axis of length 1 too " + ("many" if got.ndim > expected.ndim else "few")
    if got.size == expected.size:
        return text + ": the number of entries is right"
    if got.ndim == expected.ndim:
        return text + ": " + _gaps([g - e for g, e in zip(got.shape, expected.shape, strict=True)])
    return text


def entries_that_differ(expected, got, rtol, atol):
    """A sentence that says how many entries of two arrays of one shape differ, and where the first one is."""
    wrong = ~close(expected, got, rtol, atol)
    place = tuple(int(i) for i in np.argwhere(wrong)[0])
    text = f"{wrong.sum()} of {wrong.size} entries differ" if wrong.size > 1 else "the only entry differs"
    index = ", ".join(map(str, place))
    sides = [_without_noise(got)[place], _without_noise(expected)[place]]
    here, there = quote_both(*sides) or quote_both(got[place], expected[place])
    return f"{text}, first at `[{index}]`: `{here}` instead of `{there}`"


def _shape(array):
    if array.size == 0:
        return "an empty array"
    if array.ndim == 0:
        return "a single number"
    if array.ndim == 1:
        return f"an array of {array.size} number{'s' if array.size > 1 else ''}"
    return f"an array of shape `{array.shape}`"


def _gaps(gaps):
    """How much too long or too short an array is along its axes."""
    said = [f"{abs(gap)} too {'long' if gap > 0 else 'short'}" for gap in gaps]
    if len(gaps) == 1:
        return said[0]
    if len(set(gaps)) == 1:
        return f"{said[0]} along each axis"
    return ", ".join(f"{text} along axis {axis}" for axis, text in enumerate(said) if gaps[axis])


def _without_noise(array):
    """A copy in which rounding errors beside much larger numbers are 0."""
    if array.dtype.kind not in "fc":
        return array
    array = array.copy()
    smallest = NOISE * np.abs(array[np.isfinite(array)]).max(initial=0)
    for part in (array.real, array.imag) if array.dtype.kind == "c" else (array,):
        part[np.abs(part) < smallest] = 0
    return array


def _brackets(nested, digits):
    if isinstance(nested, list):
        return "[" + ", ".join(_brackets(part, digits) for part in nested) + "]"
    return _scalar(nested, digits)


def _scalar(value, digits):
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, float):
        return f"{value + 0.0:.{digits}g}"
    if isinstance(value, complex):
        return f"{value:.{digits}g}"
    return repr(value)
