"""The cases of the exercises of chapters 07 to 12 tell right answers from wrong ones that learners plausibly write.

The answers are in `answers/`, by the number of the exercise: what must not be accepted (`WRONG`), and what must be,
though it is written in another way than our solution (`RIGHT`). Each is the body of a function with the exercise's own
arguments: an expression, or statements that end with `return`. Many of the wrong ones are right on vectors, on whole
numbers, on squares, for one value of a parameter or for tame numbers: only cases that vary find them out.
"""

import math
import pathlib
import runpy

import numpy as np
import pytest
from scipy import ndimage, spatial, special, stats

from course_lib.teaching.engine import FunctionExercise, ValueExercise
from course_lib.teaching.engine.values import wrong_value
from course_lib.teaching.engine.words import quote
from course_lib.teaching.exercise_rules import solved_by
from course_lib.teaching.progress import all_exercises

CHAPTERS = ("ch07", "ch08", "ch10", "ch11", "ch12")
EXERCISES = {e.number: e for chapter in CHAPTERS for e in all_exercises()[chapter]}
FUNCTIONS = [number for number, e in EXERCISES.items() if isinstance(e, FunctionExercise)]
VALUES = [number for number, e in EXERCISES.items() if isinstance(e, ValueExercise)]
TABLES = [runpy.run_path(str(pathlib.Path(__file__).parent / "answers" / f"{chapter}.py")) for chapter in CHAPTERS]
WRONG, RIGHT = ({n: t for table in TABLES for n, t in table[name].items()} for name in ("WRONG", "RIGHT"))
KNOWN = {"np": np, "math": math, "ndimage": ndimage, "spatial": spatial, "special": special, "stats": stats}

# where learners answer with what they would train with: Keras computes in float32
SINGLE = [
    "7.1", "7.2", "7.3", "7.4", "7.7", "7.8", "8.7", "8.9", "8.10", "8.11", "10.1", "10.4", "10.5", "10.8", "10.10",
    "11.1", "11.4", "11.7", "11.11", "11.12", "11.14", "12.1", "12.3", "12.8", "12.10",
]  # fmt: skip


def _rows(table):
    return [pytest.param(n, row, id=f"{n}-{i}") for n, rows in table.items() for i, row in enumerate(rows)]


def _answer(exercise, row):
    """The function whose body a row is."""
    body = row if "return " in row else f"return {row}"
    namespace = dict(KNOWN)
    exec(f"def answer({', '.join(exercise.arguments)}): {body}", namespace)
    return namespace["answer"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("number", "row"), _rows(WRONG))
def test_a_wrong_answer_is_not_taken_for_right(number, row):
    verdict = EXERCISES[number].diagnose(_answer(EXERCISES[number], row))
    assert verdict.kind not in ("right", "blank")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("number", "row"), _rows(RIGHT))
def test_a_right_answer_in_other_dress_is_right(number, row):
    verdict = EXERCISES[number].diagnose(_answer(EXERCISES[number], row))
    assert verdict.kind == "right", verdict.text


def test_every_function_is_tried_with_ten_wrong_and_two_right_answers():
    assert set(WRONG) == set(RIGHT) == set(FUNCTIONS)
    assert all(len(rows) >= 10 for rows in WRONG.values()) and all(len(rows) >= 2 for rows in RIGHT.values())


def _single(value):
    if isinstance(value, tuple):
        return tuple(map(_single, value))
    return np.float32(value) if np.asarray(value).dtype.kind == "f" else value


@pytest.mark.parametrize("number", SINGLE)
def test_single_precision_is_right_where_people_answer_with_keras(number):
    solution = solved_by(EXERCISES[number])
    verdict = EXERCISES[number].diagnose(lambda *args: _single(solution(*map(_single, args))))
    assert verdict.kind == "right", verdict.text


@pytest.mark.parametrize("number", VALUES)
def test_an_honest_value_is_right_or_told_to_be_rounded(number):
    exercise = EXERCISES[number]
    value = float(exercise.expected)
    for honest in (value, np.float32(value), np.array(value), float(f"{value:.9g}")):
        assert exercise.diagnose(honest).kind == "right", honest
    for digits in (2, 3, 4) if value % 1 else ():  # a count is not rounded
        verdict = exercise.diagnose(float(f"{value:.{digits}g}"))
        assert verdict.kind == "right" or digits < 4 and "rounded" in verdict.text, verdict.text


@pytest.mark.parametrize("number", VALUES)
def test_a_known_wrong_value_keeps_its_name_as_it_is_written(number):
    exercise = EXERCISES[number]
    for misconception in exercise.misconceptions:
        wrong = wrong_value(misconception)
        for written in (float(wrong), np.float32(wrong), float(quote(wrong))):
            verdict = exercise.diagnose(written)
            assert verdict.mistake == misconception.name, (written, verdict.text)
