"""Transformations of a function's arguments: a wrong answer that is right for something else than what it was given.

A candidate is a pair: the words, and a function that changes a case's arguments. What the oracle says of the changed
arguments is the prediction.
"""

import itertools

import numpy as np

from course_lib.teaching.engine.outputs import softmax
from course_lib.teaching.engine.results import as_floats

_SELDOM = (
    "sigmoid",
    "softmax",
    "exponential",
    "logarithm",
    "`exp(",
    "`log(",
    "sorted",
    "doubled",
    "halved",
    "in every entry",
)


def candidates(names, cases):
    """All transformations of arguments, from the particular to the general.

    Parameters
    ----------
    names : list of str
        The names of the arguments.
    cases : list of tuples
        All cases; their first decides which transformations make sense.

    Yields
    ------
    (words, change)
        `change(args)` returns other arguments, or None where it does not apply.
    """
    first = cases[0]
    yield from _exchanged(names, first)
    columns = [[case[j] for case in cases if len(case) > j] for j in range(min(len(names), len(first)))]
    arrays = [all(isinstance(v, np.ndarray) and v.dtype.kind in "buifc" for v in column) for column in columns]
    for j in sorted(range(len(columns)), key=arrays.__getitem__):  # single numbers first: there is less to do to them
        for words, change in _of_one(names[j], columns[j], arrays[j]):
            yield words, _at(j, change)
    for j, name in enumerate(names[: len(columns)]):
        if arrays[j] and max(value.ndim for value in columns[j]) == 2:
            for label, change in _OF_PICTURES:
                yield f"your result is the right one for `{name}` {label}", _at(j, change)


def _of_one(name, values, arrays):
    if arrays:
        return _of_arrays(name, max(value.ndim for value in values), {value.dtype.kind for value in values})
    if all(isinstance(value, (bool, np.bool)) for value in values):
        return [(f"`{name}` means the opposite for you", lambda a: not a)]
    if all(isinstance(value, (int, float, np.number)) for value in values):
        return _of_numbers(name, values)
    return _of_sequences(name) if all(isinstance(value, (list, tuple)) for value in values) else []


def simple(names, cases):
    """The transformations that may come on top of another mistake: few, so that chance does not fit."""
    for words, change in candidates(names, cases):
        if not any(text in words for text in _SELDOM):
            yield words.replace("are exchanged", "seem to be exchanged"), change


def _at(j, change):
    def changed(args):
        other = change(args[j])
        return None if other is None else (*args[:j], other, *args[j + 1 :])

    return changed


def _exchanged(names, first):
    for j, k in itertools.combinations(range(min(len(names), len(first))), 2):
        if isinstance(first[j], np.ndarray) == isinstance(first[k], np.ndarray):
            text = f"`{names[j]}` and `{names[k]}` are exchanged"
            yield text, lambda args, j=j, k=k: tuple(args[{j: k, k: j}.get(i, i)] for i in range(len(args)))
    for j, k in itertools.permutations(range(min(len(names), len(first))), 2):
        if isinstance(first[j], np.ndarray) and isinstance(first[k], np.ndarray):
            text = f"your function computes with `{names[k]}` where `{names[j]}` is meant"
            yield text, lambda args, j=j, k=k: (*args[:j], args[k], *args[j + 1 :])


def _of_numbers(name, values):
    kinds = "your result is the right one for "
    counts = all(isinstance(value, (int, np.integer)) and value > 0 for value in values)
    for label, change in (
        (f"`-{name}`", lambda a: -a),
        (f"`2 * {name}`", lambda a: 2 * a),
        (f"`{name} / 2`", lambda a: a / 2),
        (f"`{name} // 2`", lambda a: a // 2 if isinstance(a, int) else None),
        (f"`{name} + 1`", lambda a: a + 1),
        (f"`{name} - 1`", lambda a: a - 1),
        (f"`{name} ** 2`", lambda a: a**2),
        (f"the square root of `{name}`", lambda a: a**0.5 if a >= 0 else None),
        (f"`1 / {name}`", lambda a: 1 / a),
        (f"`1 - {name}`", lambda a: 1 - a),
        (f"`1 + {name}`", lambda a: 1 + a),
        (f"`abs({name})`", abs),
        (f"`int({name})`", int),
        (f"`log({name})`", lambda a: float(np.log(a)) if a > 0 else None),
        (f"`exp({name})`", lambda a: float(np.exp(a))),
        (f"`{name}` in degrees", lambda a: float(np.degrees(a))),
        (f"`{name}` in radians", lambda a: float(np.radians(a))),
    ):
        if not (counts and label in (f"`-{name}`", f"`1 / {name}`", f"`1 - {name}`")):
            yield kinds + label + f", not for `{name}`", change
    for words, step in (("smaller", -1e-6), ("larger", 1e-6)):
        yield (
            f"your result is the right one for a `{name}` that is a hair {words}: is a `<` where `<=` is meant, or the "
            "other way round?",
            lambda a, s=step: a + s * (1 + abs(a)),
        )
    for value in dict.fromkeys([0, 1, 2, 3, 0.5, 0.1, 10, *values]):
        yield (
            f"your result does not depend on `{name}`: it is always the one for `{name} = {value:g}`",
            lambda a, v=value: v,
        )


def _of_sequences(name):
    kinds = f"your result is the right one for `{name}` "
    yield kinds + "in reversed order", lambda a: a[::-1]
    yield kinds + "without its first entry", lambda a: a[1:]
    yield kinds + "without its last entry", lambda a: a[:-1]


def _of_arrays(name, most, kinds):
    said = f"your result is the right one for `{name}` "
    yield f"`{name}` has no effect on your result: as if it held only ones", np.ones_like
    yield f"`{name}` has no effect on your result: as if it held only zeros", np.zeros_like
    if most == 1:
        yield said + "in reversed order", lambda a: a[::-1]
    for axis in range(most if most > 1 else 0):
        yield said + f"reversed along axis {axis}", lambda a, k=axis: np.flip(a, k)
    if most > 1:
        yield said + "reversed along every axis", np.flip
        yield said + "with rows and columns exchanged", lambda a: np.swapaxes(a, 0, 1)
        yield said + "with its last two axes exchanged", lambda a: np.swapaxes(a, -1, -2)
        yield said + "made flat, one long row", np.ravel
    if kinds <= {"b"}:
        yield f"True and False are exchanged in `{name}`", np.logical_not
    if kinds <= {"b", "i", "u"}:
        yield said + "where 0 and 1 are exchanged", lambda a: 1 - a
    for label, change in (
        ("negated", lambda a: -as_floats(a)),
        ("with every sign lost", np.abs),
        ("squared", lambda a: a**2),
        ("under a square root", lambda a: np.sqrt(a) if (a >= 0).all() else None),
        ("after an exponential", lambda a: np.exp(as_floats(a))),
        ("after a logarithm", lambda a: np.log(a) if (a > 0).all() else None),
        ("after a sigmoid", lambda a: 1 / (1 + np.exp(-as_floats(a)))),
        (
            "before the sigmoid: as if it held probabilities' logits",
            lambda a: np.log(as_floats(a)) - np.log1p(-as_floats(a)),
        ),
        ("after a softmax over the last axis", softmax),
        ("less its mean", lambda a: a - a.mean()),
        ("less its largest entry", lambda a: a - a.max()),
        ("divided by its sum", lambda a: a / a.sum()),
        ("divided by its largest entry", lambda a: a / a.max()),
        ("divided by its length", lambda a: a / np.linalg.norm(a)),
        ("divided by 255", lambda a: a / 255),
        ("times 255", lambda a: 255 * as_floats(a)),
        ("rounded to whole numbers", lambda a: np.round(a)),
        ("cut off to whole numbers", lambda a: a.astype(int) if np.isfinite(a).all() else None),
        ("with negative entries set to 0", lambda a: np.maximum(a, 0)),
        ("cut off at 0 and 1", lambda a: np.clip(a, 0, 1)),
        ("with every entry that is not 0 taken for 1", lambda a: (a != 0).astype(a.dtype)),
        ("with every entry above ½ taken for 1, the others for 0", lambda a: (a > 0.5).astype(a.dtype)),
        ("sorted", lambda a: np.sort(a, axis=-1)),
        ("in which every entry is the mean", lambda a: np.full(a.shape, a.mean())),
        ("less 1 in every entry", lambda a: a - 1),
        ("plus 1 in every entry", lambda a: a + 1),
        ("doubled", lambda a: 2 * a),
        ("halved", lambda a: a / 2),
        ("without its first entry", lambda a: a[1:]),
        ("without its last entry", lambda a: a[:-1]),
        ("without its first column", lambda a: a[:, 1:]),
        ("without its last column", lambda a: a[:, :-1]),
        ("reduced to its first entry along axis 0", lambda a: a[:1]),
        ("with one axis more in front", lambda a: a[None]),
        ("taken alone, `a[0]`".replace("a[", f"{name}["), lambda a: a[0]),
    ):
        yield said + label, change


def _weighted(image, weights):
    """Smoothed along both axes with these weights, mirrored at the border."""
    image, reach = as_floats(image), len(weights) // 2
    for _ in range(2):
        padded = np.pad(image, ((reach, reach), (0, 0)), mode="symmetric")
        image = sum(weight * padded[i : i + len(image)] for i, weight in enumerate(weights)).T
    return image


_BELL = np.exp(-(np.arange(-4, 5) ** 2) / 2)
_OF_PICTURES = (
    ("smoothed, each entry the mean of 3 × 3", lambda a: _weighted(a, np.full(3, 1 / 3))),
    ("blurred by a Gaussian of width 1", lambda a: _weighted(a, _BELL / _BELL.sum())),
    ("with a rim of zeros around it", lambda a: np.pad(a, 1)),
    ("with its border repeated once around it", lambda a: np.pad(a, 1, mode="edge")),
    ("continued on its other side by one entry all around", lambda a: np.pad(a, 1, mode="wrap")),
    ("without its outermost rows and columns", lambda a: a[1:-1, 1:-1]),
    ("stretched to the range from 0 to 1", lambda a: (a - a.min()) / np.ptp(a)),
    ("subtracted from its largest entry", lambda a: a.max() - a),
)
