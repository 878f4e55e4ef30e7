"""Compares what an answer did with what is right, case by case, and says nothing about it."""

from dataclasses import dataclass

import numpy as np

from course_lib.teaching.engine.results import (
    Failure,
    Outcome,
    as_right_as_single,
    is_odd,
    needlessly_complex,
    same,
)


@dataclass(frozen=True)
class Judgement:
    """An answer's outcomes beside the right results.

    Attributes
    ----------
    outcomes : list of Outcome
        One for each case that was tried, in order; the repeats are taken off.
    expected : list
        The right results, frozen.
    wrong : list of int
        The cases whose outcome is not right.
    changed : (int, int) or None
        The first case in which an argument was changed in place, and which argument.
    repeats : (Outcome, Outcome) or None
        Two outcomes of one case that are not the same.
    stopped : Failure or None
        What ended everything before all cases were tried.
    """

    outcomes: list
    expected: list
    wrong: list
    changed: tuple | None
    repeats: tuple | None
    stopped: Failure | None


def judge(exercise, outcomes):
    """Compare an answer's outcomes with the oracle's.

    Parameters
    ----------
    exercise : FunctionExercise
    outcomes : list of Outcome
        Of all cases in their order and then, as far as there was time, of the same cases from the last to the first.

    Returns
    -------
    Judgement
    """
    count, expected = len(exercise.all_cases), exercise.expected
    last = outcomes[-1].failure
    stopped = last if last is not None and last.kind != "error" else None
    if stopped is not None and len(outcomes) > count:  # it happened in a repeat
        stopped = None if stopped.kind == "time" else stopped
        outcomes = outcomes[:-1]
    first, again = outcomes[:count], outcomes[count:]
    again = [(count - 1 - i, outcome) for i, outcome in enumerate(again)]
    return Judgement(
        outcomes=first,
        expected=expected,
        wrong=[i for i, outcome in enumerate(first) if not is_right(exercise, outcome, expected[i])],
        changed=next(((i, outcome.changed[0]) for i, outcome in enumerate(first) if outcome.changed), None),
        repeats=next(((first[i], other) for i, other in again if not agree(exercise, first[i], other)), None),
        stopped=stopped,
    )


def is_right(exercise, outcome, expected):
    """Whether an outcome is the right result, in the dtype asked for where one is."""
    if outcome.failure is not None or not fits(exercise, outcome.value, expected):
        return False
    return not exercise.same_dtype or _dtype(outcome) == getattr(expected, "dtype", None)


def fits(exercise, value, expected):
    """Whether a frozen result is the right one, within the exercise's tolerance or, for float32, that of float32."""
    near = same(value, expected, exercise.rtol, exercise.atol) or as_right_as_single(
        value, expected, exercise.rtol, exercise.atol
    )
    return near and not needlessly_complex(value, expected)


def agree(exercise, a, b):
    """Whether two outcomes are the same: results within the tolerance, or exceptions of one name."""
    if a.failure is not None or b.failure is not None:
        return a.failure is not None and b.failure is not None and a.failure.name == b.failure.name
    return (not exercise.same_dtype or _dtype(a) == _dtype(b)) and same(a.value, b.value, exercise.rtol, exercise.atol)


def is_flat(outcome):
    """Whether an outcome is an array of nothing but 0, 1 or another whole number, as many mistakes give it."""
    value = outcome.value
    many = isinstance(value, np.ndarray) and value.size > 1 and value.dtype.kind in "biuf"
    return many and bool((value == value.flat[0]).all()) and not value.flat[0] % 1 > 0


def all_blank(outcomes):
    """Whether a function gave back nothing but the three dots of its scaffold."""
    return bool(outcomes) and all(_is_dots(outcome) for outcome in outcomes)


def _is_dots(outcome: Outcome):
    return outcome.failure is None and is_odd(outcome.value, "Ellipsis")


def _dtype(outcome):
    return getattr(outcome.value, "dtype", None)
