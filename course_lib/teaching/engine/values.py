"""Diagnoses a value: compares it with the right one and with the known wrong ones, and says how it differs."""

import math

import numpy as np

from course_lib.teaching.engine import outputs
from course_lib.teaching.engine.results import entries, freeze, needlessly_complex, same, unheard
from course_lib.teaching.engine.say import Verdict
from course_lib.teaching.engine.words import MOST, how_shapes_differ, quote, quote_both, type_problem

DIGITS = 3e-4  # relative: a number of which four digits are given may be meant


def verdict(exercise, outcome, is_text):
    """What is to be said of a value.

    Parameters
    ----------
    exercise : ValueExercise
    outcome : Outcome
        The value, frozen, or why it cannot be.
    is_text : bool
        Whether it was handed over as text.

    Returns
    -------
    Verdict
    """
    if outcome.failure is not None:
        return Verdict(
            "type", f"your answer cannot be read as a number or an array (`{outcome.failure.name or 'no end'}`)."
        )
    value, expected = outcome.value, exercise.expected
    right = same(value, expected, exercise.rtol, exercise.atol) or same(value, expected, *_tolerance(value, exercise))
    if right and not needlessly_complex(value, expected):
        return Verdict("right", "")
    given, _ = quote_both(value, expected, exercise.gives_tuple) or (quote(value), None)
    for is_it in (_is_known, _is_rounded):
        if is_it is _is_rounded and _is_rounded(value, expected):  # a wrong value may round to the same digits
            return Verdict("values", f"`{given}` is right, but rounded too far: give more digits.")
        for misconception in exercise.misconceptions:
            if is_it(value, wrong_value(misconception)):
                return Verdict("mistake", exercise.message(misconception, got=given), misconception.name)
    kind = type_problem(value, expected, exercise.gives_tuple)
    if kind:
        return Verdict("type", f"{kind}." + (" Leave out the quotation marks." if is_text else ""))
    given = f"`{given}`" + (f" {exercise.unit}" if exercise.unit else "")
    if isinstance(expected, tuple):
        return Verdict("values", f"{given} is not right yet.")
    if value.shape != expected.shape:
        return Verdict("shape", f"{how_shapes_differ(expected, value, exercise.gives_tuple)}.")
    if value.dtype.kind in "fc" and np.isnan(value).any():
        return Verdict("nan", f"{given} holds NaN, which is what 0/0 or ∞ − ∞ give.")
    if needlessly_complex(value, expected):
        return Verdict("type", f"{given} is complex, and real is asked for.")
    if expected.dtype.kind not in "buif" or value.dtype.kind not in "buif":
        return Verdict("values", f"{given} is not right yet.")
    if expected.ndim == 0:
        return Verdict("values", f"{given} {_how_a_number_differs(exercise, float(value), float(expected))}")
    right = [same(a, b, exercise.rtol, exercise.atol) for a, b in zip(np.ravel(value), np.ravel(expected), strict=True)]
    text = f"{given}: {sum(right)} of {len(right)} numbers are right."
    triple = expected, value, ()
    with unheard():
        for words, predict in outputs.candidates([triple], []) if np.unique(expected).size > 1 else ():
            if outputs.matches(predict, *triple, exercise.rtol, exercise.atol):
                return Verdict("values", f"{text} It seems that {words}.")
    return Verdict("values", text)


def wrong_value(misconception):
    """The value that a misconception of a `ValueExercise` stands for."""
    wrong = misconception.wrong
    return freeze(wrong() if callable(wrong) else wrong)


def _tolerance(value, exercise):
    """Numbers in float32 are right to its own precision."""
    single = isinstance(value, np.ndarray) and value.dtype == np.float32
    return (max(exercise.rtol, 1e-5), exercise.atol) if single else (exercise.rtol, exercise.atol)


def _how_a_number_differs(exercise, value, expected):
    def near(other):
        return math.isclose(value, other, rel_tol=max(exercise.rtol, 1e-6), abs_tol=exercise.atol)

    if value != 0 and near(-expected):
        return "has the wrong sign."
    if same(np.array(value), np.array(expected), 1e-3, 0):
        return "is close, but not close enough: is it rounded?"
    if expected == round(expected) and value != round(value) and expected in (math.floor(value), math.ceil(value)):
        return "is on the way: a whole number is asked for. Which of its neighbours, and why?"
    if expected == round(expected) and abs(value - expected) == 1 and abs(expected) > 2:
        return "is not right yet, but off by one only."
    fitting = [words for words, other in _relatives(expected) if math.isclose(value, other, rel_tol=DIGITS)]
    for misconception in exercise.misconceptions:
        wrong = wrong_value(misconception)
        if isinstance(wrong, np.ndarray) and wrong.ndim == 0 and wrong.dtype.kind in "if" and wrong != np.round(wrong):
            fitting += [
                f"is {words} of what a mistake gives, *{misconception.name}*: look again at {misconception.reread}"
                for words, other in [("the negative", -wrong), ("twice", 2 * wrong), ("half", wrong / 2)]
                if math.isclose(value, float(other), rel_tol=DIGITS)
            ]
    return " or ".join(fitting[:2]) + "." if 0 < len(fitting) < 3 else "is not right yet."


def _relatives(x):
    """Numbers that one step too many, or too few, makes of the right one."""
    for factor, words in (
        (2, "twice"),
        (0.5, "half of"),
        (3, "three times"),
        (4, "four times"),
        (0.25, "a quarter of"),
    ):
        yield f"is {words} what is right", factor * x
    for factor in (10, 100, 1000, 1024, 255, 8):
        yield f"is {factor} times what is right", factor * x
        yield f"is 1/{factor} of what is right", x / factor
    for constant, why in outputs.CONSTANTS.items():
        if constant not in (100, 0.01, 255, 1 / 255):
            yield f"is {constant:.4g} times what is right: {why}", constant * x
    yield "is what has to be taken off 1", 1 - x
    if x and abs(x) != 1:
        yield "is the reciprocal: 1 over what is right", 1 / x
        yield "is the square of what is right: is a square root missing?", x * x
    if x > 0 and x != 1:
        yield "is the square root of what is right", math.sqrt(x)
        yield "is the natural logarithm of what is right", math.log(x)
        yield "is minus the natural logarithm of what is right", -math.log(x)
        yield "is the logarithm to the base 2 of what is right", math.log2(x)
        yield "is 10 times the logarithm to the base 10 of what is right: decibels", 10 * math.log10(x)
    if abs(x) < 50:
        yield "is the exponential of what is right: is a logarithm missing?", math.exp(x)
        yield "is the exponential of minus what is right: is a logarithm missing?", math.exp(-x)


def _is_known(value, wrong):
    """Whether a value is a known wrong one: exactly, or to the four digits with which messages quote it."""
    if same(value, wrong, 1e-9, 1e-12):
        return True
    return max(entries(value), entries(wrong)) <= MOST and quote(value) == quote(wrong)


def _is_rounded(value, wrong):
    """Whether a number is a known wrong one, rounded by hand to two or more digits, not to a whole one."""
    if not all(isinstance(side, np.ndarray) and side.ndim == 0 and side.dtype.kind == "f" for side in (value, wrong)):
        return False
    digits = len(f"{value:.9g}".partition("e")[0].lstrip("-0.").replace(".", ""))
    return digits > 1 and np.isfinite(value) and value % 1 != 0 and float(f"{wrong:.{digits}g}") == value
