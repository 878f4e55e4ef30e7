"""The cases of the exercises of chapters 00 to 06 tell right answers from wrong ones that learners plausibly write.

The answers are in `answers/`, by the number of the exercise: what must not be accepted (`WRONG`), and what must be,
though it is written in another way than our solution (`RIGHT`). Each is the body of the function (an expression, or
lines with a `return`), or a pair: a piece of our own solution, and what stands in its place.
"""

import math
import pathlib
import runpy
import textwrap

import numpy as np
import pytest

from course_lib.exercises import all_exercises
from course_lib.teaching.engine import ChoiceExercise, FunctionExercise, ValueExercise
from course_lib.teaching.engine.values import wrong_value

CHAPTERS = ("ch00", "ch01", "ch02", "ch05", "ch06")
ALL = [exercise for chapter in CHAPTERS for exercise in all_exercises()[chapter]]
EXERCISES = {exercise.number: exercise for exercise in ALL if isinstance(exercise, FunctionExercise)}
TABLES = [runpy.run_path(str(pathlib.Path(__file__).parent / "answers" / f"{chapter}.py")) for chapter in CHAPTERS]
WRONG, RIGHT = ({n: t for table in TABLES for n, t in table[name].items()} for name in ("WRONG", "RIGHT"))


def written(exercise, entry):
    """A function from an entry of the tables."""
    if isinstance(entry, tuple):
        old, new = entry
        assert old in exercise.source, f"{exercise.number}: the solution does not hold {old!r}"
        source = exercise.source.replace(old, new)
    else:
        body = entry if "return" in entry else f"return {entry}"
        source = f"def {exercise.signature}:\n{textwrap.indent(body, '    ')}"
    namespace = {"np": np, "math": math}
    exec(compile(source, "<answer>", "exec"), namespace)
    return namespace[exercise.name]


def _entries(tables):
    return [pytest.param(n, entry, id=f"{n}-{i}") for n, table in tables.items() for i, entry in enumerate(table)]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("number", "entry"),
    _entries(WRONG),
)
def test_a_wrong_answer_is_not_accepted(number, entry):
    verdict = EXERCISES[number].diagnose(written(EXERCISES[number], entry))
    assert verdict.kind not in ("right", "blank"), (entry, verdict)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("number", "entry"),
    _entries(RIGHT),
)
def test_a_right_answer_in_another_dress_is_accepted(number, entry):
    verdict = EXERCISES[number].diagnose(written(EXERCISES[number], entry))
    assert verdict.kind == "right", (entry, verdict)


def test_every_exercise_of_these_chapters_has_its_wrong_and_right_answers():
    assert set(WRONG) == set(RIGHT) == set(EXERCISES)
    assert min(map(len, WRONG.values())) >= 10
    assert min(map(len, RIGHT.values())) >= 2


def _of(kind, which=lambda exercise: True):
    found = [exercise for exercise in ALL if isinstance(exercise, kind) and which(exercise)]
    return [pytest.param(exercise, id=exercise.number) for exercise in found]


@pytest.mark.parametrize("exercise", _of(ValueExercise))
def test_a_value_is_accepted_in_single_precision_and_rounded_to_three_digits(exercise):
    value = float(exercise.expected)
    for answer in (np.float32(value), np.array(value), float(f"{value:.3g}")):
        verdict = exercise.diagnose(answer)
        assert verdict.kind == "right", (answer, verdict)


@pytest.mark.parametrize("exercise", _of(ValueExercise, lambda exercise: not float(exercise.expected).is_integer()))
def test_a_fraction_that_is_rounded_further_is_right_or_told_so(exercise):
    value = float(exercise.expected)
    for digits in (1, 2):
        answer = float(f"{value:.{digits}g}")
        verdict = exercise.diagnose(answer)
        known = [m for m in exercise.misconceptions if wrong_value(m) == answer]
        if not known:
            assert verdict.kind == "right" or "rounded" in verdict.text, (answer, verdict)


@pytest.mark.parametrize("exercise", _of(ChoiceExercise))
def test_a_letter_may_be_written_large_or_in_brackets(exercise):
    for answer in (exercise.answer, exercise.answer.upper(), f" ({exercise.answer}) ", f"{exercise.answer}."):
        assert exercise.diagnose(answer).kind == "right", answer
