"""The self-test of the course, 40 questions: `from course_lib.exercises import selftest; selftest.answer(7, "b")`.

`ask` shows questions, `answer` looks at one answer, `summary` says what to read again.
"""

from course_lib.exercises.selftest import first_part, last_part, middle_part
from course_lib.teaching.engine.selftest import SelfTest

TEST = SelfTest((*first_part.QUESTIONS, *middle_part.QUESTIONS, *last_part.QUESTIONS))

ask = TEST.ask
answer = TEST.answer
diagnose = TEST.diagnose
summary = TEST.summary
