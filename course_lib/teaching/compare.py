"""Says in words how two results differ, and writes values so that a reader can check them by hand."""

import numpy as np

from course_lib.teaching.sandbox import Odd

MOST = 36  # entries that are written out


def quote(value, digits=4):
    """Write a value the way a person would: `[0, 3, 2.5]`, `26`, `'same'`; a large array by its shape.

    Parameters
    ----------
    value : number, str, None, array, or (nested) list or tuple of these
    digits : int
        Significant digits of a float.
    """
    if isinstance(value, Odd):
        return value.text
    if isinstance(value, np.ndarray):
        return f"shape {value.shape}" if value.size > MOST else _brackets(value.tolist(), digits)
    if isinstance(value, (list, tuple)):
        if entries(value) > MOST:
            return f"{len(value)} entries"
        inside = ", ".join(quote(part, digits) for part in value)
        return f"({inside})" if isinstance(value, tuple) else f"[{inside}]"
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    return _scalar(value, digits)


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


def how_shapes_differ(expected, got):
    """One sentence about two arrays whose shapes are not the same."""
    text = f"your result has the shape `{got.shape}`, it should have `{expected.shape}`"
    if got.ndim == 0:
        return text + ": a single number where an array is asked for"
    if got.ndim > 1 and got.ndim == expected.ndim and sorted(got.shape) == sorted(expected.shape):
        return text + ": its axes are in another order"
    if [n for n in got.shape if n != 1] == [n for n in expected.shape if n != 1]:
        return text + ": there is an axis of length 1 too " + ("many" if got.ndim > expected.ndim else "few")
    if got.size == expected.size:
        return text + ": the number of entries is right"
    if got.ndim == expected.ndim:
        gaps = {g - e for g, e in zip(got.shape, expected.shape, strict=True)} - {0}
        if len(gaps) == 1:
            gap = gaps.pop()
            return text + f": {abs(gap)} too {'long' if gap > 0 else 'short'}"
    return text


def common_difference(pairs, rtol, atol):
    """A sentence about what is wrong in the same way in all pairs; None where there is no such thing.

    Parameters
    ----------
    pairs : list of (expected, got)
        Numeric arrays, of equal shapes in each pair, that do not agree.
    """
    plain = all(side.dtype.kind in "buif" for pair in pairs for side in pair)
    if not plain or sum(expected.size for expected, _ in pairs) < 2:
        return None
    for describe in _DIFFERENCES:
        found = {describe(expected, got, rtol, atol) for expected, got in pairs}
        if len(found) == 1 and None not in found:
            return found.pop()
    return None


def entries_that_differ(expected, got, rtol, atol):
    """A sentence that says how many entries of two arrays differ, and where the first one is."""
    wrong = ~_close(expected, got, rtol, atol)
    if expected.ndim == 0:
        return ""
    place = tuple(int(i) for i in np.argwhere(wrong)[0])
    here, there = got[place], expected[place]
    text = f"{wrong.sum()} of {wrong.size} entries differ" if wrong.size > 1 else "the only entry differs"
    index = ", ".join(map(str, place))
    digits = 4 if _scalar(here.item(), 4) != _scalar(there.item(), 4) else 17
    return f"{text}, first at `[{index}]`: `{quote(here.item(), digits)}` instead of `{quote(there.item(), digits)}`"


def _close(a, b, rtol, atol):
    a, b = np.asarray(a), np.asarray(b)
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
    low = f": is something computed in `{g.dtype}`?" if g.dtype in (np.float16, np.float32) else ""
    return f"very close, but not as close as rounding allows{low}"


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
    return f"everything is {factor:.4g} times what it should be" if same(factor * e, g, max(rtol, 1e-9), atol) else None


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
    if e.ndim not in (1, 2) or min(e.shape) < 3:
        return None
    inner = (slice(1, -1),) * e.ndim
    return "only the border differs; inside, all is right" if same(e[inner], g[inner], rtol, atol) else None


_DIFFERENCES = (_nearly, _sign, _cut, _wrapped, _scale, _offset, _transposed, _flipped, _shifted, _border)
