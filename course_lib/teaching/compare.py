"""Says in words how two results differ, and writes values so that a reader can check them by hand."""

import functools
import itertools

import numpy as np

from course_lib.teaching.sandbox import Odd

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


def entries(value):
    """How many numbers or texts an argument holds, however nested."""
    if isinstance(value, (list, tuple)):
        return sum(map(entries, value))
    return value.size if isinstance(value, np.ndarray) else 1


def quote_case(names, args):
    """Write a call's arguments: `x = [0, 0, 1]`, `k = [1, 2, 3]`."""
    return ", ".join(f"`{name} = {quote(arg)}`" for name, arg in zip(names, args, strict=False))


def same(a, b, rtol, atol):
    """Whether two frozen results agree: shape, kind, every entry within tolerance; NaN agrees with NaN."""
    a, b = (np.asarray(side) if isinstance(side, np.generic) else side for side in (a, b))
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        if a.shape != b.shape or (a.dtype.kind == "U") != (b.dtype.kind == "U"):
            return False
        return np.array_equal(a, b) if a.dtype.kind == "U" else bool(_close(a, b, rtol, atol).all())
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(same(x, y, rtol, atol) for x, y in zip(a, b, strict=True))
    return isinstance(a, Odd) and isinstance(b, Odd) and a == b


def sort_of(value, as_tuple=False):
    """Say what a frozen result is: "a number", "a pair of numbers", "an array of numbers"."""
    if isinstance(value, tuple):
        return f"{len(value)} results"
    if value.dtype.kind == "U":
        return "text" if value.ndim == 0 else "a list of texts"
    if as_tuple and value.ndim == 1:
        return "a pair of numbers" if len(value) == 2 else f"{len(value)} numbers"
    return "a number" if value.ndim == 0 else "an array of numbers"


def how_shapes_differ(expected, got, as_tuple=False):
    """One sentence about two arrays whose shapes are not the same."""
    if expected.ndim == 0 and got.size == 1:
        return "your result is an array with one entry, it should be that entry itself"
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


def common_difference(pairs, total, rtol, atol):
    """A sentence about what is wrong in the same way wherever something is wrong; None where there is no such thing.

    Where it is not true of all cases, the sentence says on how many it is.

    Parameters
    ----------
    pairs : list of (expected, got)
        Arrays of equal shapes: all cases that can be compared, the right ones too.
    total : int
        How many cases there are.
    """
    agree = [same(*pair, rtol, atol) for pair in pairs]
    wrong = [pair for pair, right in zip(pairs, agree, strict=True) if not right]
    if any(side.dtype.kind not in "buif" for pair in pairs for side in pair) or sum(e.size for e, _ in wrong) < 2:
        return None
    for describe in _DIFFERENCES:
        found = {describe(expected, got, rtol, atol) for expected, got in wrong}
        if len(found) == 1 and None not in found:
            text = found.pop()
            if len(pairs) == total and all(describe(*pair, rtol, atol) == text for pair in pairs if pair[0].size):
                return text
            return f"on {len(wrong)} of {total} cases {text.replace('everything', 'your result', 1)}"
    return None


def entries_that_differ(expected, got, rtol, atol):
    """A sentence that says how many entries of two arrays of one shape differ, and where the first one is."""
    wrong = ~_close(expected, got, rtol, atol)
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


def _close(a, b, rtol, atol):
    a, b = np.asarray(a), np.asarray(b)
    if "U" in (a.dtype.kind, b.dtype.kind):
        return a == b
    if a.dtype.kind in "bui" and b.dtype.kind in "bui":
        return a.astype(object) == b.astype(object) if a.dtype != b.dtype else a == b
    return np.isclose(a, b, rtol=rtol, atol=atol, equal_nan=True)


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


def _sign(e, g, rtol, atol):
    return "everything has the wrong sign" if same(-e.astype(float), g, rtol, atol) else None


def _nearly(e, g, rtol, atol):
    scale = np.abs(e.astype(float)).max(initial=0)
    if scale == 0 or not same(e, g, max(rtol, 1e-5), 1e-6 * scale):
        return None
    low = f": it is of type `{g.dtype}`" if g.dtype in (np.float16, np.float32) else ""
    return f"everything is very close, but not as close as rounding allows{low}"


def _rounded(decimals, e, g, rtol, atol):
    if e.dtype.kind != "f" or g.dtype.kind != "f" or not g.any() or not same(np.round(e, decimals), g, 1e-14, 0):
        return None
    places = f"{decimals} decimal{'s' if decimals > 1 else ''}" if decimals else "whole numbers"
    return f"everything is rounded to {places}"


def _cut(e, g, rtol, atol):
    if e.dtype.kind != "f" or g.dtype.kind not in "ui":
        return None
    cut = any(np.array_equal(rule(e), g) for rule in (np.trunc, np.floor, np.round))
    return f"the fractions are lost: your result has the type `{g.dtype}`" if cut else None


def _wrapped(e, g, rtol, atol):
    if g.dtype.kind not in "ui" or g.dtype.itemsize > 2:
        return None
    size = 2 ** (8 * g.dtype.itemsize)
    gap = (e.astype(float) - g.astype(float)) / size
    whole = np.array_equal(gap, np.round(gap))
    return f"numbers wrap around at {size}: your result has the type `{g.dtype}`" if whole else None


def _scale(e, g, rtol, atol):
    e, g = e.astype(float), g.astype(float)
    largest = np.unravel_index(np.argmax(np.abs(e)), e.shape)
    if e[largest] == 0 or not np.isfinite(g).all():
        return None
    factor = g[largest] / e[largest]
    if factor == 0:
        return "everything is 0" if not g.any() else None
    if not same(factor * e, g, max(rtol, 1e-9), atol):
        return None
    whole = f" (1/{1 / factor:.0f})" if abs(factor) < 0.7 and same(1 / factor, np.round(1 / factor), 1e-9, 0) else ""
    return f"everything is {factor:.4g} times{whole} what it should be"


def _offset(e, g, rtol, atol):
    e, g = e.astype(float), g.astype(float)
    gap = float(np.ravel(g - e)[0])
    if not np.isfinite(gap) or not same(e + gap, g, rtol, max(atol, 1e-9 * abs(gap))):
        return None
    return f"everything is {abs(gap):.4g} too {'large' if gap > 0 else 'small'}"


def _transposed(e, g, rtol, atol):
    return "rows and columns are exchanged" if e.ndim == 2 and e.shape[0] > 1 and same(e.T, g, rtol, atol) else None


def _flipped(e, g, rtol, atol):
    if e.ndim == 0:
        return None
    if e.ndim == 1:
        return "the entries are in reversed order" if same(e[::-1], g, rtol, atol) else None
    for axis in range(e.ndim):
        if same(np.flip(e, axis), g, rtol, atol):
            return f"the result is reversed along axis {axis}"
    return "the result is reversed along every axis" if same(np.flip(e), g, rtol, atol) else None


def _shifted(e, g, rtol, atol):
    for axis in range(e.ndim):
        if e.shape[axis] < 3:
            continue
        a, b = np.moveaxis(e, axis, 0), np.moveaxis(g, axis, 0)
        along = f" along axis {axis}" if e.ndim > 1 else ""
        if same(a[:-1], b[1:], rtol, atol):
            return f"everything is shifted by one{along}, towards the end"
        if same(a[1:], b[:-1], rtol, atol):
            return f"everything is shifted by one{along}, towards the start"
    return None


def _border(e, g, rtol, atol):
    if e.ndim not in (1, 2) or min(e.shape) < 3 or same(e, g, rtol, atol):
        return None
    inner = (slice(1, -1),) * e.ndim
    return "only the border differs; inside, all is right" if same(e[inner], g[inner], rtol, atol) else None


_ROUNDED = [functools.partial(_rounded, decimals) for decimals in range(9)]
_DIFFERENCES = (*_ROUNDED, _nearly, _sign, _cut, _wrapped, _scale, _offset, _transposed, _flipped, _shifted, _border)
