"""Where an answer is wrong: what the failing cases, or the wrong entries of a result, have in common."""

import math

import numpy as np

from course_lib.teaching.engine.results import close

LEAST_LIKELY = 200  # ways to choose the failing cases: with fewer, chance meets one of many conditions


def of_cases(names, cases, wrong):
    """What holds in all failing cases and in no other; "" where nothing does, or where there are too few of either.

    Parameters
    ----------
    names : list of str
        The names of the arguments.
    cases : list of tuples
    wrong : list of int
        Which cases fail.

    Returns
    -------
    str
        Such as "where `a` has 2 axes".
    """
    wrong = set(wrong)
    if not wrong or len(cases) - len(wrong) < 2:
        return ""
    for j, name in enumerate(names):
        values = [case[j] for case in cases if len(case) > j]
        if len(values) < len(cases):
            continue
        likely = math.comb(len(cases), len(wrong)) < LEAST_LIKELY
        for words, holds in [*_kinds(values), *([] if likely else _sizes(values))]:
            try:
                found = {i for i, value in enumerate(values) if holds(value)}
            except Exception:  # a condition that makes no sense for these values
                continue
            if found == wrong:
                return f"where {words.replace('NAME', f'`{name}`')}"
    return ""


def _kinds(values):
    """Conditions of which there are few, so that chance seldom meets one."""
    if all(isinstance(value, np.ndarray) for value in values):
        for n in sorted({value.ndim for value in values}):
            yield f"NAME has {n} {'axis' if n == 1 else 'axes'}", lambda a, n=n: a.ndim == n
            yield f"NAME has more than {n} {'axis' if n == 1 else 'axes'}", lambda a, n=n: a.ndim > n
            yield f"NAME does not have {n} {'axis' if n == 1 else 'axes'}", lambda a, n=n: a.ndim != n
        yield "NAME holds whole numbers", lambda a: a.dtype.kind in "iu"
        yield "NAME holds fractions", lambda a: a.dtype.kind == "f"
        yield "NAME holds True and False", lambda a: a.dtype.kind == "b"
        yield "NAME holds bytes (`uint8`)", lambda a: a.dtype == np.uint8
        yield "NAME is empty", lambda a: a.size == 0
        yield "NAME has more than one entry", lambda a: a.size > 1
        yield "NAME has more than one row", lambda a: len(a) > 1
        yield "NAME is not square", lambda a: a.ndim > 1 and a.shape[0] != a.shape[1]
        yield "NAME is square", lambda a: a.ndim > 1 and a.shape[0] == a.shape[1]
        yield "NAME holds nothing but zeros", lambda a: not a.any()
        yield "NAME holds NaN", lambda a: np.isnan(a).any()
        yield "NAME holds infinite entries", lambda a: np.isinf(a).any()
    elif all(isinstance(value, (int, float, np.number)) for value in values):
        yield "NAME is 0", lambda a: a == 0
        yield "NAME is not 0", lambda a: a != 0
        yield "NAME is negative", lambda a: a < 0
        yield "NAME is no whole number", lambda a: a != round(a)


def _sizes(values):
    """Conditions of which there are many."""
    if all(isinstance(value, np.ndarray) for value in values):
        yield "NAME has an even length", lambda a: a.ndim == 1 and len(a) % 2 == 0
        yield "NAME has an odd length", lambda a: a.ndim == 1 and len(a) % 2 == 1
        yield "NAME holds negative entries", lambda a: (a < 0).any()
        yield "NAME holds no negative entry", lambda a: (a >= 0).all()
        yield "NAME holds a 0", lambda a: (a == 0).any()
        yield "NAME holds entries above 1", lambda a: (a > 1).any()
        yield "NAME holds large numbers, beyond ±30", lambda a: (np.abs(a) > 30).any()
        yield "NAME holds very large numbers, beyond ±700", lambda a: (np.abs(a) > 700).any()
        yield "entries of NAME are equal to each other", lambda a: np.unique(a).size < a.size
        yield "all entries of NAME are the same", lambda a: np.unique(a).size == 1
    elif all(isinstance(value, (int, float, np.number)) for value in values):
        yield "NAME is above 1", lambda a: a > 1
        yield "NAME is odd", lambda a: a % 2 == 1
        yield "NAME is even", lambda a: a % 2 == 0
        for value in sorted(set(values)):
            yield f"NAME is {value:g}", lambda a, v=value: a == v
            yield f"NAME is not {value:g}", lambda a, v=value: a != v
            yield f"NAME is {value:g} or more", lambda a, v=value: a >= v
            yield f"NAME is {value:g} or less", lambda a, v=value: a <= v


def of_entries(names, triples, rtol, atol):
    """What the wrong entries of arrays have in common, wherever something is wrong; "" where nothing.

    Parameters
    ----------
    names : list of str
        The names of the arguments.
    triples : list of (expected, got, args)
        The wrong cases: arrays of one shape each.

    Returns
    -------
    str
        Such as "the entries where `z` is negative are wrong, the others are right".
    """
    wrong = [~close(e, g, rtol, atol) for e, g, _ in triples]
    if any(w.ndim == 0 for w in wrong) or all(w.all() for w in wrong) or sum(w.sum() for w in wrong) < 2:
        return ""
    for words, where in _places(names, triples):
        try:
            found = [np.asarray(where(e, args)) for e, _, args in triples]
        except Exception:
            continue
        if all(
            f.dtype == bool and f.shape == w.shape and np.array_equal(f, w) for f, w in zip(found, wrong, strict=True)
        ):
            return f"the entries {words} are wrong, the others are right"
    return ""


def _places(names, triples):
    yield "that should be 0", lambda e, args: e == 0
    yield "that should be negative", lambda e, args: e < 0
    yield "that should be positive", lambda e, args: e > 0
    yield "that should be above 1", lambda e, args: e > 1
    yield "that should be infinite or NaN", lambda e, args: ~np.isfinite(e)
    for words, index in (("at the start", 0), ("at the end", -1)):
        for axis in range(max(e.ndim for e, _, _ in triples)):
            along = f"{words} of axis {axis}" if triples[0][0].ndim > 1 else words
            yield along, lambda e, args, k=axis, i=index: _marked(e, k, [i])
            yield f"on either end of axis {axis}", lambda e, args, k=axis: _marked(e, k, [0, -1])
    yield "on the border", lambda e, args: _rim(e)
    yield "on the diagonal", lambda e, args: np.eye(*e.shape, dtype=bool)
    yield "off the diagonal", lambda e, args: ~np.eye(*e.shape, dtype=bool)
    for j, name in enumerate(names[: len(triples[0][2])]):
        for words, holds in (
            ("is 0", lambda a: a == 0),
            ("is negative", lambda a: a < 0),
            ("is positive", lambda a: a > 0),
            ("is above 1", lambda a: a > 1),
            ("is no whole number", lambda a: a != np.round(a)),
            ("is largest", lambda a: a == a.max()),
            ("is NaN", np.isnan),
        ):
            yield f"where `{name}` {words}", lambda e, args, j=j, f=holds: f(args[j])


def _marked(e, axis, places):
    mask = np.zeros(e.shape, bool)
    np.moveaxis(mask, axis, 0)[places] = True
    return mask


def _rim(e):
    mask = np.ones(e.shape, bool)
    mask[(slice(1, -1),) * e.ndim] = False
    return mask
