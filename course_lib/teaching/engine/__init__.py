"""The engine behind `.check`: declare an exercise, run an answer, judge it, explain it, say it."""

from course_lib.teaching.engine.choices import Wrong
from course_lib.teaching.engine.declare import ChoiceExercise, Exercise, FunctionExercise, ValueExercise
from course_lib.teaching.engine.mistakes import Misconception
from course_lib.teaching.engine.say import Verdict

__all__ = ["ChoiceExercise", "Exercise", "FunctionExercise", "Misconception", "ValueExercise", "Verdict", "Wrong"]
