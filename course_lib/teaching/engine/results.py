"""What a call gave, held still: arrays of numbers or of text, tuples of such, or a note of what it was instead."""

import contextlib
import copy
import warnings
from dataclasses import dataclass, field

import numpy as np

SINGLE = 2e-5, 2e-6  # relative, and of the largest entry: what arithmetic in float32 may be off by


@dataclass(frozen=True)
class Odd:
    """A result that is no number, array or text. `text` says what it is."""

    text: str


@dataclass(frozen=True)
class Failure:
    """Why a call gave no result. `kind` is "error", "time", "exit", "interrupt" or "crash"."""

    kind: str
    name: str = ""
    message: str = ""
    line: str = ""
    where: str = ""


@dataclass
class Outcome:
    """What one call did: a result or a failure, and which of its arguments it changed."""

    value: object = None
    failure: Failure | None = None
    changed: list[int] = field(default_factory=list)


def freeze(value):
    """Copy a result into an array of numbers or of text, a tuple of such (where shapes differ), or an `Odd`."""
    if value is None or value is Ellipsis:
        return Odd(str(value))
    if isinstance(value, slice):  # a place in an array: as good as the pair that it is made of
        return freeze((value.start, value.stop) if value.step is None else (value.start, value.stop, value.step))
    if isinstance(value, int) and abs(value) >= 2**63:  # too large for an array of integers
        return np.array(float(value) if abs(value) < 2**1000 else np.inf)
    if isinstance(value, (list, tuple)):
        with contextlib.suppress(ValueError, TypeError):
            array = _array(value)
            if array is not None:
                return array
        return tuple(freeze(part) for part in value)
    if isinstance(value, (bytes, dict, set)) or (callable(value) and not hasattr(type(value), "__array__")):
        return _odd(value)
    with contextlib.suppress(ValueError, TypeError):
        array = _array(value)
        if array is not None:
            return array
    return _odd(value)


def _array(value):
    """An array of numbers or of text; None where the value makes none."""
    array = np.array(value)
    if array.dtype.kind in "buifcU":
        return array
    if array.dtype == object and array.size and all(map(_is_number, array.ravel())):  # fractions, decimals
        return array.astype(float)
    # bfloat16 and its kin are no kinds of NumPy's own
    return array.astype(np.float32) if array.dtype.kind == "V" and "float" in array.dtype.name else None


def _is_number(value):
    return not isinstance(value, (str, bytes, complex)) and hasattr(type(value), "__float__")


def _odd(value):
    name = type(value).__name__
    return Odd(f"an {name}" if name[0].lower() in "aeiou" else f"a {name}")


def same(a, b, rtol, atol):
    """Whether two frozen results agree: shape, kind, every entry within tolerance; NaN agrees with NaN."""
    a, b = (np.asarray(side) if isinstance(side, np.generic) else side for side in (a, b))
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        if a.shape != b.shape or (a.dtype.kind == "U") != (b.dtype.kind == "U"):
            return False
        return np.array_equal(a, b) if a.dtype.kind == "U" else bool(close(a, b, rtol, atol).all())
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(same(x, y, rtol, atol) for x, y in zip(a, b, strict=True))
    return isinstance(a, Odd) and isinstance(b, Odd) and a == b


def close(a, b, rtol, atol):
    """Which entries of two arrays agree within atol + rtol * |b|."""
    a, b = np.asarray(a), np.asarray(b)
    if "U" in (a.dtype.kind, b.dtype.kind):
        return a == b
    if a.dtype.kind in "bui" and b.dtype.kind in "bui":
        return a.astype(object) == b.astype(object) if a.dtype != b.dtype else a == b
    with np.errstate(all="ignore"):  # as `np.isclose` has it, in a third of its time
        near = (np.abs(a - b) <= atol + rtol * np.abs(b)) & np.isfinite(b)
        return near if near.all() else near | (a == b) | ((a != a) & (b != b))


def as_floats(value):
    """An array of floats."""
    return np.asarray(value, dtype=float)


def as_right_as_single(value, expected, rtol, atol):
    """Whether a result computed in float32 is as near to the right one as float32 allows."""
    if isinstance(expected, tuple):
        if not isinstance(value, tuple) or len(value) != len(expected):
            return False
        pairs = zip(value, expected, strict=True)
        return all(same(v, e, rtol, atol) or as_right_as_single(v, e, rtol, atol) for v, e in pairs)
    if not isinstance(value, np.ndarray) or value.dtype not in (np.float32, np.complex64):
        return False
    if not isinstance(expected, np.ndarray) or expected.dtype.kind not in "fc":
        return False
    relative, of_largest = SINGLE
    largest = np.abs(expected[np.isfinite(expected)]).max(initial=0)
    return same(value, expected, max(rtol, relative), max(atol, of_largest * largest))


def needlessly_complex(value, expected):
    """Whether numbers are complex (by their type) where real ones are asked for."""
    if isinstance(expected, tuple):
        return any(map(needlessly_complex, value, expected))
    return value.dtype.kind == "c" and expected.dtype.kind != "c"


def entries(value):
    """How many numbers or texts an argument holds, however nested."""
    if isinstance(value, (list, tuple)):
        return sum(map(entries, value))
    return value.size if isinstance(value, np.ndarray) else 1


def is_tuple_of_numbers(value):
    """Whether a value is a tuple of single numbers, such as a pair."""
    return isinstance(value, tuple) and all(np.ndim(part) == 0 for part in value)


def is_odd(value, text):
    """Whether a frozen result is the `Odd` of this text, such as "None"."""
    return isinstance(value, Odd) and value.text == text


@contextlib.contextmanager
def unheard():
    """Let no warning reach the learner while the checker tries things, such as the mean of nothing."""
    with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
        yield


def _copied(argument):
    return argument.copy() if type(argument) is np.ndarray else copy.deepcopy(argument)


def behaviour(function, cases):
    """What a trusted function does on each case: its results, and the exceptions that it raises.

    Returns
    -------
    list of Outcome
    """
    outcomes = []
    with unheard():
        for case in cases:
            try:
                outcomes.append(Outcome(value=freeze(function(*map(_copied, case)))))
            except Exception as error:  # whatever it raises is its behaviour
                outcomes.append(Outcome(failure=Failure("error", type(error).__name__, str(error))))
    return outcomes
