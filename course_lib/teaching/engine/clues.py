"""Clues in an answer that no mistake and no transformation explains: what it does not look at, what it cannot be."""

import dis
import re
import types

import numpy as np

from course_lib.teaching.engine.results import as_floats, entries, freeze, same
from course_lib.teaching.engine.say import Finding, written
from course_lib.teaching.engine.words import quote

LEAST = 3  # pairs of cases that must agree, or results that must be strange
LARGE = 4  # entries
CHANCE = tuple("default_rng RandomState SeedGenerator rand randn randint standard_normal random".split())


def without_effect(exercise, judgement):
    """An argument that alone makes the difference between cases, and makes none in the answer's results.

    Parameters
    ----------
    exercise : FunctionExercise
    judgement : Judgement

    Returns
    -------
    Finding or None
    """
    cases, outcomes, expected = exercise.all_cases, judgement.outcomes, judgement.expected
    for j, pairs in enumerate(exercise.neighbours):
        pairs = [(a, b) for a, b in pairs if not same(expected[a], expected[b], exercise.rtol, exercise.atol)]
        pairs = [(a, b) for a, b in pairs if _alike_in_shape(cases[a][j], cases[b][j])]
        if len(pairs) < LEAST or not all(_same_result(outcomes[a], outcomes[b]) for a, b in pairs):
            continue
        a, b = next((a, b) for a, b in [*pairs, *(pair[::-1] for pair in pairs)] if a in judgement.wrong)
        case, _, got = written(exercise, judgement, a)
        other, right = quote(cases[b][j]), quote(expected[b], as_tuple=exercise.gives_tuple)
        name = exercise.arguments[j]
        return Finding(
            "values",
            f"`{name}` has no effect on your result: for {case} you return `{got}`, and the same for "
            f"`{name} = {other}`, where `{right}` is right. Is something else used in its place, or drawn at random?",
        )
    return None


def _alike_in_shape(a, b):
    """Whether these are arrays of one shape, with so many entries that a change of them is seldom without effect."""
    arrays = isinstance(a, np.ndarray) and isinstance(b, np.ndarray)
    return arrays and a.shape == b.shape and a.size >= LARGE


def _same_result(a, b):
    numbers = isinstance(a.value, np.ndarray) and a.value.dtype.kind in "biuf" and np.isfinite(a.value).all()
    return a.failure is None and b.failure is None and numbers and same(a.value, b.value, 0, 0)


def no_entry(exercise, judgement):
    """A number that is none of an argument's, where one of them is asked for.

    Parameters
    ----------
    exercise : FunctionExercise
    judgement : Judgement

    Returns
    -------
    Finding or None
    """
    expected = judgement.expected
    if not all(isinstance(e, np.ndarray) and e.ndim == 0 and e.dtype.kind in "iuf" for e in expected):
        return None
    if sum(e != np.round(e) for e in expected) < 2:  # whole numbers are met by chance
        return None
    for j, name in enumerate(exercise.arguments):
        lists = [_numbers(case[j]) if len(case) > j else None for case in exercise.all_cases]
        if any(numbers is None for numbers in lists) or not all(map(_holds, lists, expected)):
            continue
        outcomes = {i: judgement.outcomes[i] for i in judgement.wrong if judgement.outcomes[i].failure is None}
        values = {i: outcome.value for i, outcome in outcomes.items() if getattr(outcome.value, "ndim", 1) == 0}
        strange = [
            i
            for i, value in values.items()
            if value.dtype.kind in "iuf" and np.isfinite(value) and not _holds(lists[i], value)
        ]
        if len(strange) >= max(LEAST, 0.6 * len(judgement.wrong)):
            text = f"your result is none of the numbers in `{name}`, and one of them is asked for"
            return Finding("values", text, case=strange[0], shows=True)
    return None


def _numbers(argument):
    """A list of different numbers, as an array; None where it is something else."""
    frozen = freeze(argument) if isinstance(argument, (list, tuple, np.ndarray)) and entries(argument) else None
    if not isinstance(frozen, np.ndarray) or frozen.ndim != 1 or frozen.dtype.kind not in "iuf":
        return None
    return as_floats(frozen)


def _holds(numbers, value):
    return bool(np.isclose(numbers, float(value), rtol=1e-6, atol=1e-9).any())


def never_used(function, arguments):
    """The arguments at which a function written in Python never looks.

    Parameters
    ----------
    function : callable
    arguments : list of str
        The exercise's names for them.

    Returns
    -------
    list of str
    """
    code = getattr(function, "__code__", None)
    if code is None or code.co_argcount != len(arguments) or {"locals", "vars", "eval", "exec"} & set(code.co_names):
        return []
    read = set(code.co_cellvars)
    for step in dis.get_instructions(code):
        if "LOAD_" in step.opname:
            read.update(step.argval if isinstance(step.argval, tuple) else [step.argval])
    return [name for name, own in zip(arguments, code.co_varnames, strict=False) if own not in read]


def drawn(function, source):
    """The name by which a function written in Python draws random numbers, where the solution draws none.

    Parameters
    ----------
    function : callable
    source : str
        The solution.

    Returns
    -------
    str
        Such as "default_rng"; "" where nothing is drawn, or where the solution draws, too.
    """
    if re.search(rf"\b({'|'.join(CHANCE)}|rng)\b", source):
        return ""
    return next((name for name in CHANCE if name in _names(getattr(function, "__code__", None))), "")


def _names(code):
    """The names of globals and attributes in a function, and in those that it defines."""
    return set(code.co_names).union(*map(_names, code.co_consts)) if isinstance(code, types.CodeType) else set()
