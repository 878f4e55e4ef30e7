"""Transformations of a right result: what a wrong one is made of, said in words that are true of any exercise.

A candidate is a pair: the words, and a function that predicts a learner's result from the right result and the
arguments. It may raise, or return anything, where it does not apply.
"""

import itertools
import math

import numpy as np

from course_lib.teaching.engine.relations import Comparison, Holds, Inside, PartOf, SamePieces, Shifted, Shuffled
from course_lib.teaching.engine.results import as_floats, same

CONSTANTS = {
    1 / math.log(2): "a logarithm to the base 2 stands where the natural one is meant",
    math.log(2): "a natural logarithm stands where the one to the base 2 is meant",
    1 / math.log(10): "a logarithm to the base 10 stands where the natural one is meant",
    math.log(10): "a natural logarithm stands where the one to the base 10 is meant",
    180 / math.pi: "degrees stand where radians are meant",
    math.pi / 180: "radians stand where degrees are meant",
    math.pi: "that is π",
    1 / math.pi: "that is 1/π",
    2 * math.pi: "that is 2π",
    1 / (2 * math.pi): "that is 1/(2π)",
    math.sqrt(2): "that is √2",
    math.sqrt(0.5): "that is 1/√2",
    math.sqrt(2 * math.pi): "that is √(2π)",
    math.sqrt(0.5 / math.pi): "that is 1/√(2π)",
    100: "a percentage stands where a share is meant",
    0.01: "a share stands where a percentage is meant",
    255: "the range 0 to 255 stands where 0 to 1 is meant",
    1 / 255: "the range 0 to 1 stands where 0 to 255 is meant",
}


def candidates(pairs, names):
    """All transformations of results, from the particular to the general.

    Parameters
    ----------
    pairs : list of (expected, got, args)
        The wrong cases, smallest first.
    names : list of str
        The names of the arguments.

    Yields
    ------
    (words, predict)
    """
    yield from _of_numbers_as_stored()
    yield "everything is 0", lambda e, args: np.zeros(e.shape)
    yield from _of_arguments(pairs, names)
    yield from _of_size(pairs, names)
    yield from _of_values()
    yield from _of_order(pairs)
    yield from _of_shape(pairs)
    yield from _undone(pairs)


def characteristic(pairs, names):
    """The transformations that are hardly met by chance, so that they say something where they fit most cases only."""
    yield "everything is 0", lambda e, args: np.zeros(e.shape)
    yield "everything has the wrong sign", lambda e, args: -as_floats(e)
    yield from _of_arguments(pairs, names)
    yield from _factors(pairs)
    yield from _offsets(pairs)
    yield from _of_order(pairs)
    yield from _of_shape(pairs)


def simple(pairs, names):
    """The transformations that may come on top of another mistake: few, so that chance does not fit."""
    yield "everything has the wrong sign", lambda e, args: -as_floats(e)
    for factor in (2, 0.5, -2, -0.5, *CONSTANTS):
        yield _times(factor), lambda e, args, f=factor: f * as_floats(e)
    yield from _by_quantities(pairs, names)
    yield from _of_order(pairs)
    yield "the square root is missing", lambda e, args: e**2
    yield "there is a square root too many", lambda e, args: np.sqrt(e)
    yield "everything is rounded to whole numbers", lambda e, args: np.round(e)
    yield "you return 1 minus what is asked for", lambda e, args: 1 - _number(e)
    yield "negative results have become 0", lambda e, args: np.maximum(e, 0)
    yield "results are cut off at 0 and 1", lambda e, args: np.clip(e, 0, 1)
    yield "the sign is lost", lambda e, args: np.abs(e)
    yield "the absolute value is missing", _Undo(np.abs)
    yield "negative values are to become 0", _Undo(lambda g: np.maximum(g, 0))
    yield "more is cut off", PartOf()


# --- how numbers are stored -------------------------------------------------------------------------------------------


def _of_numbers_as_stored():
    for decimals in range(9):
        places = f"{decimals} decimal{'s' if decimals > 1 else ''}" if decimals else "whole numbers"
        yield f"everything is rounded to {places}", lambda e, args, n=decimals: _exactly(np.round(as_floats(e), n))
    yield "everything is rounded down to whole numbers", lambda e, args: _exactly(np.floor(as_floats(e)))
    yield "everything is rounded up to whole numbers", lambda e, args: _exactly(np.ceil(as_floats(e)))
    yield "the fractions are cut off", lambda e, args: _exactly(np.trunc(as_floats(e)))
    for dtype in (np.uint8, np.int8, np.uint16, np.int16):
        size = 2 ** (8 * np.dtype(dtype).itemsize)
        text = f"numbers wrap around at {size}: your result has the type `{np.dtype(dtype)}`, or was computed in it"
        yield text, lambda e, args, t=dtype, size=size: _wrapped(e, t, size)


def _wrapped(e, dtype, size):
    value = np.mod(np.trunc(as_floats(e)), size)
    return value - size * (value >= size // 2) if np.dtype(dtype).kind == "i" else value


def _exactly(value):
    """Marks a prediction that must be met without tolerance, lest a small error be taken for rounding."""
    return value.view(_Exact) if isinstance(value, np.ndarray) and value.ndim else np.asarray(value).view(_Exact)


class _Exact(np.ndarray):
    pass


# --- the arguments instead of a result --------------------------------------------------------------------------------


def _of_arguments(pairs, names):
    if pairs and pairs[0][0].dtype == bool:
        for j, name in enumerate(names[: len(pairs[0][2])]):
            text = f"you return the values of `{name}` where True is asked for, and 0 where False is"
            yield text, lambda e, args, j=j: np.where(e, as_floats(args[j]), 0) if np.ndim(args[j]) == e.ndim else None
    arrays = "mean sum max min std var argmax argmin".split()
    for j, name in enumerate(names[: len(pairs[0][2])] if pairs else ()):
        yield f"your function returns `{name}` as it is", lambda e, args, j=j: args[j]
        yield f"your function returns `-{name}`", lambda e, args, j=j: -as_floats(args[j])
        yield f"your function returns `{name}` squared", lambda e, args, j=j: as_floats(args[j]) ** 2
        for what in arrays:
            yield f"your result is `{name}.{what}()`", lambda e, args, j=j, f=what: getattr(_several(args[j]), f)()
        yield f"your result is the number of entries of `{name}`", lambda e, args, j=j: _several(args[j]).size


# --- too large, too small ---------------------------------------------------------------------------------------------


def _of_size(pairs, names):
    yield "everything has the wrong sign", lambda e, args: -as_floats(e)
    yield from _factors(pairs)
    yield from _offsets(pairs)
    yield from _by_quantities(pairs, names)


def _by_quantities(pairs, names):
    for label, quantity, more, less in _quantities(pairs[0][2] if pairs else (), names):
        yield f"your result is {label} times what it should be{more}", lambda e, args, q=quantity: e * q(e, args)
        yield f"your result should be {label} times as large{less}", lambda e, args, q=quantity: e / q(e, args)
        yield f"your result is {label} too large", lambda e, args, q=quantity: e + q(e, args)
        yield f"your result is {label} too small", lambda e, args, q=quantity: e - q(e, args)
        yield (
            f"your result is the square root of {label} times what it should be",
            lambda e, args, q=quantity: e * np.sqrt(q(e, args)),
        )
        yield (
            f"your result should be the square root of {label} times as large",
            lambda e, args, q=quantity: e / np.sqrt(q(e, args)),
        )


def _factors(pairs):
    found = []
    for e, g, _ in pairs[:3]:
        e, g = as_floats(e), as_floats(g)
        if e.shape == g.shape and e.size and np.isfinite(e).any():
            largest = np.unravel_index(np.nanargmax(np.where(np.isfinite(e), np.abs(e), -1)), e.shape)
            with np.errstate(all="ignore"):
                factor = g[largest] / e[largest]
            if np.isfinite(factor) and factor not in (0, 1, -1) and not any(np.isclose(factor, f) for f in found):
                found.append(float(factor))
    for factor in found:
        yield _times(factor), lambda e, args, f=factor: f * as_floats(e)


def _times(factor):
    known = next((why for c, why in CONSTANTS.items() if math.isclose(abs(factor), c, rel_tol=1e-6)), "")
    part = ""
    if abs(factor) < 0.7 and math.isclose(1 / factor, round(1 / factor), rel_tol=1e-7):
        part = f" ({'-' * (factor < 0)}1/{abs(1 / factor):.0f})"
    return f"everything is {factor:.4g} times{part} what it should be" + (f": {known}" if known else "")


def _offsets(pairs):
    found = []
    for e, g, _ in pairs[:3]:
        if e.shape == g.shape and e.size:
            gap = float(np.ravel(as_floats(g) - as_floats(e))[0])
            if np.isfinite(gap) and gap != 0 and not any(np.isclose(gap, other) for other in found):
                found.append(gap)
    for gap in found:
        text = f"everything is {abs(gap):.4g} too {'large' if gap > 0 else 'small'}"
        yield text, lambda e, args, gap=gap: as_floats(e) + gap


def _quantities(args, names):
    """Numbers that an arithmetic mistake may be off by: (label, function, why it would be a factor, why a divisor)."""
    for j, (name, value) in enumerate(zip(names, args, strict=False)):
        if isinstance(value, np.ndarray) and value.ndim:
            sum_for_mean = ": is a sum where the mean is asked for?"
            mean_for_sum = ": is a mean where the sum is asked for?"
            count = f"the number of entries of `{name}`"
            yield count, lambda e, args, j=j: np.size(args[j]), sum_for_mean, mean_for_sum
            for axis in range(value.ndim if value.ndim > 1 else 0):
                label = f"`{name}.shape[{axis}]`"
                yield label, lambda e, args, j=j, k=axis: np.shape(args[j])[k], sum_for_mean, mean_for_sum
            if value.ndim > 2:
                label = f"the number of entries of one `{name}[i]`"
                yield label, lambda e, args, j=j: np.size(args[j][0]), sum_for_mean, mean_for_sum
            one_less = ": do you divide by n − 1 where n is meant?"
            one_more = ": do you divide by n where n − 1 is meant?"
            label = f"n/(n − 1), with n the number of entries of `{name}`,"
            yield label, lambda e, args, j=j: np.size(args[j]) / (np.size(args[j]) - 1), one_less, one_more
            label = f"n/(n − 1), with n = `len({name})`,"
            yield label, lambda e, args, j=j: len(args[j]) / (len(args[j]) - 1), one_less, one_more
            for what in ("sum", "mean", "max", "min", "std"):
                yield f"`{name}.{what}()`", lambda e, args, j=j, f=what: getattr(as_floats(args[j]), f)(), "", ""
            yield f"the length of the vector `{name}`", lambda e, args, j=j: np.linalg.norm(args[j]), "", ""
        elif isinstance(value, (int, float, np.number)) and not isinstance(value, (bool, np.bool)):
            yield f"`{name}`", lambda e, args, j=j: args[j], "", ""
            yield f"`{name}`²", lambda e, args, j=j: args[j] ** 2, "", ""
    yield "the number of entries of the result", lambda e, args: _several(e).size, "", ""


# --- one more or one less function of the value -----------------------------------------------------------------------


def _of_values():
    yield "you return 1 minus what is asked for", lambda e, args: 1 - _number(e)
    yield "True and False are exchanged", lambda e, args: ~e if e.dtype == bool else None
    yield "you return the square of what is asked for: is a square root missing?", lambda e, args: e**2
    yield "you return the square root of what is asked for", lambda e, args: np.sqrt(_real(e, e >= 0))
    yield "you return the reciprocal, 1 over what is asked for", lambda e, args: 1 / as_floats(e)
    yield "you return minus the reciprocal", lambda e, args: -1 / as_floats(e)
    yield "you return the natural logarithm of what is asked for", lambda e, args: np.log(_real(e, e > 0))
    yield "you return minus the natural logarithm of what is asked for", lambda e, args: -np.log(_real(e, e > 0))
    yield "you return the logarithm to the base 2 of what is asked for", lambda e, args: np.log2(_real(e, e > 0))
    yield "you return the logarithm to the base 10 of what is asked for", lambda e, args: np.log10(_real(e, e > 0))
    yield (
        "you return the exponential of what is asked for: is a logarithm missing?",
        lambda e, args: np.exp(as_floats(e)),
    )
    yield (
        "you return the exponential of minus what is asked for: is a logarithm missing?",
        lambda e, a: np.exp(-as_floats(e)),
    )
    yield "you return 2 to the power of what is asked for: is a logarithm missing?", lambda e, args: 2.0 ** as_floats(e)
    yield (
        "you return 10 to the power of what is asked for: is a logarithm missing?",
        lambda e, args: 10.0 ** as_floats(e),
    )
    yield "you return the absolute value: the sign is lost", lambda e, args: np.abs(e)
    yield "negative results have become 0", lambda e, args: np.maximum(e, 0)
    yield "positive results have become 0", lambda e, args: np.minimum(e, 0)
    yield "results are cut off at 0 and 1", lambda e, args: np.clip(e, 0, 1)
    yield "results are cut off at -1 and 1", lambda e, args: np.clip(e, -1, 1)
    yield "results above 1 have become 1", lambda e, args: np.minimum(e, 1)
    yield "a sigmoid is applied to what is asked for", lambda e, args: 1 / (1 + np.exp(-as_floats(e)))
    yield "the sigmoid is missing: you return logits", lambda e, args: np.log(as_floats(e)) - np.log1p(-as_floats(e))
    yield "a softmax is applied to what is asked for", lambda e, args: softmax(as_floats(e))
    yield "a tanh is applied to what is asked for", lambda e, args: np.tanh(as_floats(e))
    yield "your result has been thresholded: it says where the right one is above 0", lambda e, args: e > 0
    yield "your result has been thresholded: it says where the right one is above ½", lambda e, args: e > 0.5
    yield "you return only the sign", lambda e, args: np.sign(e)
    yield "your result runs from 0 to 1 where -1 to 1 is asked for", lambda e, args: (as_floats(e) + 1) / 2
    yield "your result runs from -1 to 1 where 0 to 1 is asked for", lambda e, args: 2 * as_floats(e) - 1
    yield "your result is divided by its sum once too often", lambda e, args: e / _several(e).sum()
    yield "your result is divided by its largest entry", lambda e, args: e / _several(e).max()
    yield "your result is scaled so that its largest entry is 255", lambda e, args: 255 * e / _several(e).max()
    yield (
        "your result is scaled so that its largest entry is 255, and cut to whole numbers",
        lambda e, args: _exactly(np.trunc(255 * e / max(np.max(e), 1e-9))),
    )
    yield "your result is stretched to the range from 0 to 1", lambda e, args: (e - _several(e).min()) / np.ptp(e)
    yield "the mean is taken off your result", lambda e, args: e - _several(e).mean()
    yield "your result is summed up as it goes (a cumulative sum)", lambda e, args: np.cumsum(e, axis=-1)


def _undone(pairs):
    """What the learner's result still lacks: a function of it that gives the right one."""
    undo = (
        ("the absolute value is missing", np.abs),
        ("negative values are to become 0", lambda g: np.maximum(g, 0)),
        ("values are to be cut off at 0 and 1", lambda g: np.clip(g, 0, 1)),
        ("values are to be cut off at 0 and 255", lambda g: np.clip(g, 0, 255)),
        ("values above 1 are to become 1", lambda g: np.minimum(g, 1)),
        ("the rounding to whole numbers is missing", lambda g: np.round(as_floats(g))),
        ("fractions are to be cut off, to whole numbers", lambda g: np.trunc(as_floats(g))),
        ("the rounding down to whole numbers is missing", lambda g: np.floor(as_floats(g))),
        ("the rounding up to whole numbers is missing", lambda g: np.ceil(as_floats(g))),
        (
            "the division by the sum is missing: your numbers are in the right proportions",
            lambda g: g / _several(g).sum(),
        ),
        ("the division by the largest entry is missing", lambda g: g / _several(g).max()),
        ("the division by each row's sum is missing", lambda g: g / _several(g).sum(-1, keepdims=True)),
        ("the division by the length is missing: the direction is right", lambda g: g / np.linalg.norm(_several(g))),
        ("the mean is still to be taken off", lambda g: g - _several(g).mean()),
        ("the softmax is missing", lambda g: softmax(as_floats(g))),
        ("the threshold is missing: where is your result above 0?", lambda g: g > 0),
        ("the threshold is missing: where is your result above ½?", lambda g: g > 0.5),
        ("the sum along the way (a cumulative sum) is missing", lambda g: np.cumsum(g, axis=-1)),
        ("the differences of neighbours are still to be taken", lambda g: np.diff(g, axis=-1)),
        ("the sorting is missing", lambda g: np.sort(_several(g), axis=-1)),
    )
    for words, function in undo:
        yield words, _Undo(function)
    for what in ("mean", "sum", "max", "min"):
        text = "your result still holds one value for each entry: take their {} over {}"
        yield text.format(what, "all of them"), _Undo(lambda g, f=what: getattr(_several(g), f)())
        for axis in range(max((g.ndim for _, g, _ in pairs), default=0)):
            yield (
                text.format(what, f"axis {axis}"),
                _Undo(lambda g, f=what, k=axis: getattr(_several(g), f)(axis=k) if g.ndim > 1 else None),
            )
    yield (
        "an array (n,) met one of shape (n, 1), so every entry met every other: the diagonal is what is asked for",
        _Undo(lambda g: np.diagonal(g) if g.ndim == 2 and g.shape[0] == g.shape[1] else None),
    )
    yield "you return several results, and the first of them is what is asked for", _Undo(lambda g: g[0])
    yield "you return several results, and the last of them is what is asked for", _Undo(lambda g: g[-1])


class _Undo:
    """A function that takes the learner's result to the right one."""

    def __init__(self, function):
        self.function = function


# --- order and place --------------------------------------------------------------------------------------------------


def _of_order(pairs):
    most = max((e.ndim for e, _, _ in pairs), default=0)
    if most == 1:
        yield "the entries are in reversed order", lambda e, args: _several(e)[::-1]
        yield "the entries are sorted", lambda e, args: np.sort(_several(e))
    for order in itertools.permutations(range(most)) if 1 < most < 5 else ():
        if order != tuple(range(most)):
            what = (
                "rows and columns are exchanged"
                if most == 2
                else f"the axes are in another order, as by `.transpose{order}`"
            )
            yield what, lambda e, args, p=order: e.transpose(p) if e.ndim == len(p) else None
    for axis in range(most if most > 1 else 0):
        yield f"the result is reversed along axis {axis}", lambda e, args, k=axis: np.flip(e, k)
    if most > 1:
        yield "the result is reversed along every axis", lambda e, args: np.flip(e)
        yield "the result is turned by 90 degrees", lambda e, args: np.rot90(e)
        yield "the result is turned by 90 degrees, clockwise", lambda e, args: np.rot90(e, -1)
    for axis in range(most):
        along = f" along axis {axis}" if most > 1 else ""
        yield f"everything is moved on by one{along}, round the end", lambda e, args, k=axis: np.roll(_several(e), 1, k)
        yield (
            f"everything is moved back by one{along}, round the start",
            lambda e, args, k=axis: np.roll(_several(e), -1, k),
        )
        yield f"everything is shifted by one{along}, towards the end", Shifted(axis, 1)
        yield f"everything is shifted by one{along}, towards the start", Shifted(axis, -1)
    for down, right in ((1, 1), (-1, -1), (1, -1), (-1, 1)) if most == 2 else ():
        ends = f"{'downwards' if down > 0 else 'upwards'} and to the {'right' if right > 0 else 'left'}"
        yield f"everything is shifted by one {ends}", Shifted(0, down, Shifted(1, right))
    if most in (1, 2):
        yield "only the border differs; inside, all is right", Inside()
    yield "the pieces are the right ones, with other numbers", SamePieces()
    yield "the entries are the right ones, in another order", Shuffled()


# --- shape ------------------------------------------------------------------------------------------------------------


def _of_shape(pairs):
    for what in ("mean", "sum", "max", "min"):
        text = "you return the {} over {}: a value for each is asked for"
        yield text.format(what, "all entries"), lambda e, args, f=what: getattr(_several(e), f)()
        for axis in range(max((e.ndim for e, _, _ in pairs), default=0)):
            yield (
                text.format(what, f"axis {axis}"),
                lambda e, args, f=what, k=axis: getattr(_several(e), f)(axis=k) if e.ndim > 1 else None,
            )
    yield "the result is flattened: it should keep its axes", lambda e, args: e.ravel() if e.ndim > 1 else None
    yield "the first entry is missing", lambda e, args: _several(e)[1:]
    yield "the last entry is missing", lambda e, args: _several(e)[:-1]
    yield "the first and the last entry are missing", lambda e, args: _several(e)[1:-1]
    yield "only the first entry is returned: is a `return` inside the loop?", lambda e, args: _several(e)[0]
    yield "only the last entry is returned", lambda e, args: _several(e)[-1]
    yield "only the diagonal is returned", lambda e, args: np.diagonal(e)
    yield "there is one entry too many, at the end", _Undo(lambda g: _several(g)[:-1])
    yield "there is one entry too many, at the start", _Undo(lambda g: _several(g)[1:])
    yield "there is one entry too many at either end", _Undo(lambda g: _several(g)[1:-1])
    yield "the border of the result is missing", lambda e, args: e[1:-1, 1:-1]
    yield "there is a border around the right result", _Undo(lambda g: g[1:-1, 1:-1])
    yield "your result is a block of the right one: too much is cut off", PartOf()
    yield "the right result is a block of yours: too little is cut off", Holds()


# --- helpers ----------------------------------------------------------------------------------------------------------


def matches(predict, expected, got, args, rtol, atol):
    """Whether a candidate's prediction is what the learner returned."""
    relation = isinstance(predict, Comparison)
    if not relation and (expected.dtype.kind not in "buif" or got.dtype.kind not in "buif"):
        return False

    def close(a, b):
        return (
            isinstance(a, np.ndarray)
            and a.shape == np.shape(b)
            and same(a, np.asarray(b), max(rtol, 1e-8), max(atol, 1e-10))
        )

    try:
        if relation:
            return _finite_somewhere(got) and bool(predict.holds(expected, got, close))
        if isinstance(predict, _Undo):
            result = predict.function(got)
            return (
                result is not None
                and _finite_somewhere(got)
                and close(expected, np.asarray(result))
                and not close(expected, got)
            )
        predicted = predict(expected, args)
        if not isinstance(predicted, np.ndarray):
            predicted = np.asarray(predicted)
    except Exception:  # it does not apply
        return False
    if predicted.shape != got.shape or predicted.dtype.kind not in "buif":
        return False
    if got.size and abs(predicted.item(-1) - (there := got.item(-1))) > 2 * (
        max(atol, 1e-10) + max(rtol, 1e-8) * abs(there)
    ):
        return False  # most are ruled out by one entry
    if not _finite_somewhere(got):
        return False
    if isinstance(predicted, _Exact):
        return bool(got.any()) and same(np.asarray(predicted), got, 1e-14, 0)
    return close(predicted, got)


def _finite_somewhere(value):
    return value.dtype.kind not in "fc" or not value.size or bool(np.isfinite(value).any())


def _number(value):
    return value if value.dtype != bool else value.astype(int)


def _real(value, where):
    if not np.all(where):
        raise ValueError("not defined")
    return as_floats(value)


def _several(value):
    if np.ndim(value) == 0 or np.size(value) == 0:
        raise ValueError("a single number")
    return value


def softmax(value):
    """The softmax along the last axis."""
    powers = np.exp(value - _several(value).max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)
