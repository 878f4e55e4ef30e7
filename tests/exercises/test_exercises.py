"""Every exercise of every chapter keeps the rules: blank, solution, named mistakes, hostile answers."""

import pytest

from course_lib.exercises import all_exercises
from course_lib.teaching.engine.exercise_rules import findings

EXERCISES = [exercise for chapter in all_exercises().values() for exercise in chapter]


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.number)
def test_an_exercise_keeps_the_rules(exercise):
    assert findings(exercise) == []


def test_numbers_belong_to_the_chapter_and_are_not_used_twice():
    for module, exercises in all_exercises().items():
        numbers = [exercise.number for exercise in exercises]
        assert len(set(numbers)) == len(numbers), module
        assert {int(number.partition(".")[0]) for number in numbers} <= {int(module[2:])}
