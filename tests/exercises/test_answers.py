"""The cases of the exercises tell right answers from wrong ones that learners plausibly write: those of `answers`."""

import importlib
import math
import re
import textwrap

import numpy as np
import pytest
from scipy import ndimage, signal, spatial, special, stats

from course_lib.exercises import all_exercises
from course_lib.teaching.engine import ChoiceExercise, FunctionExercise, ValueExercise
from course_lib.teaching.engine.exercise_rules import solved_by
from course_lib.teaching.engine.values import wrong_value
from course_lib.teaching.engine.words import quote

EXERCISES = {exercise.number: exercise for chapter in all_exercises().values() for exercise in chapter}
TABLES = [importlib.import_module(f"tests.exercises.answers.{chapter}") for chapter in all_exercises()]
WRONG = {number: rows for table in TABLES for number, rows in table.WRONG.items()}
RIGHT = {number: rows for table in TABLES for number, rows in table.RIGHT.items()}
KNOWN = {
    "np": np,
    "math": math,
    "ndimage": ndimage,
    "signal": signal,
    "spatial": spatial,
    "special": special,
    "stats": stats,
}

# where learners answer with what they would train with: Keras computes in float32
SINGLE = [
    "7.1", "7.2", "7.3", "7.4", "7.7", "7.8", "8.1", "8.4", "8.11", "8.12",
    "9.1", "9.2", "9.3", "9.4", "9.5", "9.6", "9.7", "9.8", "9.9", "9.10", "9.12", "9.13",
    "10.1", "10.2", "10.4", "10.5", "10.8",
    "10.10", "11.1", "11.4", "11.7", "11.11", "11.12", "11.14", "12.1", "12.3", "12.8", "12.10",
    "13.4", "13.6", "13.7", "13.8", "13.9", "13.10", "13.12", "13.14",
    "14.1", "14.2", "14.3", "14.5", "14.6", "14.7", "14.8", "14.10", "14.11", "14.12", "14.13", "14.14", "14.15",
    "14.17", "15.9", "15.11", "16.3", "16.5", "16.6",
]  # fmt: skip


def numbers(kind):
    return [number for number, exercise in EXERCISES.items() if isinstance(exercise, kind)]


def rows_of(table):
    return [pytest.param(n, row, id=f"{n}-{i}") for n, rows in table.items() for i, row in enumerate(rows)]


def written(exercise, row):
    """The function that a row of a table stands for."""
    if isinstance(row, tuple):
        old, new = row
        assert old in exercise.source, f"{exercise.number}: the solution does not hold {old!r}"
        source = exercise.source.replace(old, new)
    else:
        body = row if re.search(r"\breturn\b", row) else f"return {row}"
        source = f"def {exercise.signature}:\n{textwrap.indent(body, '    ')}"
    namespace = dict(KNOWN)
    exec(compile(source, "<answer>", "exec"), namespace)
    return namespace[exercise.name]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("number", "row"), rows_of(WRONG))
def test_a_wrong_answer_is_not_accepted(number, row):
    verdict = EXERCISES[number].diagnose(written(EXERCISES[number], row))
    assert verdict.kind not in ("right", "blank"), (row, verdict)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("number", "row"), rows_of(RIGHT))
def test_a_right_answer_in_another_dress_is_accepted(number, row):
    verdict = EXERCISES[number].diagnose(written(EXERCISES[number], row))
    assert verdict.kind == "right", (row, verdict)


def test_every_function_is_tried_with_ten_wrong_and_two_right_answers():
    assert set(WRONG) == set(RIGHT) == set(numbers(FunctionExercise))
    assert min(map(len, WRONG.values())) >= 10
    assert min(map(len, RIGHT.values())) >= 2


def single(value):
    if isinstance(value, tuple):
        return tuple(map(single, value))
    return np.float32(value) if np.asarray(value).dtype.kind == "f" else value


@pytest.mark.parametrize("number", SINGLE)
def test_single_precision_is_right_where_people_answer_with_keras(number):
    solution = solved_by(EXERCISES[number])
    verdict = EXERCISES[number].diagnose(lambda *args: single(solution(*map(single, args))))
    assert verdict.kind == "right", verdict.text


@pytest.mark.parametrize("number", numbers(ValueExercise))
def test_a_value_is_right_however_it_is_written(number):
    value = float(EXERCISES[number].expected)
    for honest in (value, np.float32(value), np.array(value), float(f"{value:.9g}")):
        verdict = EXERCISES[number].diagnose(honest)
        assert verdict.kind == "right", (honest, verdict)


@pytest.mark.parametrize("number", numbers(ValueExercise))
def test_a_rounded_value_is_right_or_told_to_be_rounded(number):
    exercise = EXERCISES[number]
    value, enough = float(exercise.expected), 3 if float(number) < 7 else 4
    for digits in range(enough - 2, 5) if value % 1 else ():  # a count is not rounded
        rounded = float(f"{value:.{digits}g}")
        verdict = exercise.diagnose(rounded)
        if digits >= enough or rounded not in [wrong_value(m) for m in exercise.misconceptions]:
            assert verdict.kind == "right" or digits < enough and "rounded" in verdict.text, (rounded, verdict)


@pytest.mark.parametrize("number", numbers(ValueExercise))
def test_a_known_wrong_value_keeps_its_name_as_it_is_written(number):
    exercise = EXERCISES[number]
    for misconception in exercise.misconceptions:
        wrong = wrong_value(misconception)
        for value in (float(wrong), np.float32(wrong), float(quote(wrong))):
            verdict = exercise.diagnose(value)
            assert verdict.mistake == misconception.name, (value, verdict)


@pytest.mark.parametrize("number", numbers(ChoiceExercise))
def test_a_letter_may_be_written_large_or_in_brackets(number):
    exercise = EXERCISES[number]
    for answer in (exercise.answer, exercise.answer.upper(), f" ({exercise.answer}) ", f"{exercise.answer}."):
        assert exercise.diagnose(answer).kind == "right", answer
