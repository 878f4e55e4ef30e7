"""Mistakes made of choices: one alone is a mistake like any other, two are looked for when nothing else fits."""

import itertools

import numpy as np
import pytest

from course_lib.teaching.engine import FunctionExercise, Misconception, Wrong
from course_lib.teaching.engine.exercise_rules import findings


def build(slope, shift, give):
    return lambda x, k: give(slope(x, k) + shift(k))


def make(**changes):
    exercise = FunctionExercise(
        "2.1",
        "A line",
        cases=lambda rng: (
            (rng.integers(-9, 9, n).astype(float), int(k)) for n, k in zip(range(2, 9), range(3, 10), strict=True)
        ),
        oracle=lambda x, k: np.array([v * k + 1.0 for v in x]),
        solution="def line(x, k):\n    return k * x + 1",
        hints=("one", "two", "three"),
        example=([1.0, 4.0], 3),
        fixed=("x.ndim", "x.dtype"),
        **changes,
    )
    exercise.choices(
        build,
        place="(2.2)",
        words="the points 1 and 4, and k = 3",
        slope=(
            lambda x, k: k * x,
            Wrong("k added", lambda x, k: k + x, "you **add** k. It is a slope: multiply."),
            Wrong("k squared", lambda x, k: k**2 * x, "you **square** k", "section 3"),
            Wrong("named elsewhere", lambda x, k: 0 * x),
        ),
        shift=(
            lambda k: 1,
            Wrong("no shift", lambda k: 0, "you **forget** the 1, see (2.3)."),
            Wrong("shifted by k", lambda k: k, "you shift by **k**"),
        ),
        give=(lambda y: y, Wrong("negated", np.negative, "your result is **upside down**")),
    )
    return exercise


@pytest.fixture(scope="module")
def line():
    exercise = make()

    @exercise.mistake("named elsewhere")
    def _(x, k):
        """k and x have **no effect**. For the points 1 and 4, and k = 3 you return `[1, 1]`, see (2.2)."""
        return np.ones(len(x))

    return exercise


def test_one_wrong_choice_is_a_mistake_that_shows_the_learners_own_result(line):
    verdict = line.diagnose(lambda x, k: k + x + 1)
    assert verdict.mistake == "k added"
    assert verdict.text == (
        "you **add** k. It is a slope: multiply. For the points 1 and 4, and k = 3 you return `[5, 8]`, expected "
        "`[4, 13]`. Look again at (2.2)."
    )


def test_words_may_name_their_own_place_to_read_again(line):
    rereads = {m.name: m.reread for m in line.misconceptions}
    assert rereads == {
        "k added": "(2.2)",
        "k squared": "section 3",
        "no shift": "(2.3)",
        "shifted by k": "(2.2)",
        "negated": "(2.2)",
        "named elsewhere": "(2.2)",
    }


def test_two_wrong_choices_are_both_named_and_said_in_a_sentence_each(line):
    verdict = line.diagnose(lambda x, k: k + x + k)
    assert verdict.mistake == "k added and shifted by k"
    assert verdict.text == (
        "two things at once. First: you **add** k. Second: you shift by **k**. For the points 1 and 4, and k = 3 you "
        "return `[7, 10]`, expected `[4, 13]`. Look again at (2.2)."
    )
    other = line.diagnose(lambda x, k: -(k**2) * x - 1)
    assert "Look again at section 3 and (2.2)." in other.text


def test_the_first_sentence_of_a_mistake_that_is_declared_by_itself_is_said(line):
    verdict = line.diagnose(lambda x, k: 0 * x + k)
    assert verdict.mistake == "named elsewhere and shifted by k"
    assert "First: k and x have **no effect**. Second:" in verdict.text


def test_every_pair_keeps_its_names_and_no_other(line):
    parts = {
        "slope": {"": lambda x, k: k * x, "k added": lambda x, k: k + x, "k squared": lambda x, k: k * k * x},
        "shift": {"": lambda k: 1, "no shift": lambda k: 0, "shifted by k": lambda k: k},
        "give": {"": lambda y: y, "negated": lambda y: -y},
    }
    for names in itertools.product(*parts.values()):
        chosen = {part: several[name] for (part, several), name in zip(parts.items(), names, strict=True)}
        wrong = [name for name in names if name]
        verdict = line.diagnose(build(**chosen))
        if not wrong:
            assert verdict.kind == "right"
        elif len(wrong) < 3:
            assert verdict.mistake == " and ".join(wrong), verdict.text
        else:
            assert verdict.kind != "right"


def test_where_the_example_is_right_the_smallest_telling_case_is_shown():
    exercise = make()
    exercise.choices(
        lambda guard: lambda x, k: np.where(x > 4, guard, k * x + 1),
        place="(2.2)",
        guard=(None, Wrong("large points", 0, "you set **large** points to 0")),
    )
    verdict = exercise.diagnose(lambda x, k: np.where(x > 4, 0, k * x + 1))
    assert verdict.mistake == "large points"
    assert "For `x = [" in verdict.text
    assert "`, `k = " in verdict.text


def test_pairs_are_built_only_when_nothing_declared_explains_an_answer():
    built = []

    def counting(slope, shift):
        built.append((slope, shift))
        return lambda x, k: slope * k * x + shift

    exercise = make()
    exercise.made_of.clear()
    exercise.choices(
        counting,
        place="(2.2)",
        slope=(1, *(Wrong(f"slope {n}", n, f"slope {n}") for n in range(2, 9))),
        shift=(1, *(Wrong(f"shift {n}", n, f"shift {n}") for n in range(2, 9))),
    )
    assert len(built) == 14
    exercise.diagnose(lambda x, k: 3 * k * x + 1)
    exercise.diagnose(lambda x, k: k * x + 1)
    assert len(built) == 14
    assert exercise.diagnose(lambda x, k: 2 * k * x + 3).mistake == "slope 2 and shift 3"
    once = len(built)
    assert 14 + 49 < once < 14 + 49 + 9
    assert exercise.diagnose(lambda x, k: 3 * k * x + 2).mistake == "slope 3 and shift 2"
    assert len(built) < once + 9


def test_an_exception_may_be_what_two_choices_do():
    exercise = make()
    exercise.choices(
        lambda size, first: lambda x, k: k * np.append(x, 0)[first : len(x) + size][: len(x)] / (size + 1 - first) + 1,
        place="(2.2)",
        size=(0, Wrong("size", -1, "one **too short**")),
        first=(0, Wrong("first", 1, "the first is **missing**")),
    )
    assert exercise.diagnose(lambda x, k: k * x[1:-1] / -1 + 1).mistake == "size and first"


def test_the_rules_hold_for_choices_too(line):
    assert findings(line) == []
    without_words = [text for text in findings(make()) if "has no words" in text]
    assert without_words == [
        "exercise 2.1: the choice 'named elsewhere' has no words, and no mistake of this name is declared"
    ]
    exercise = make(
        misconceptions=[Misconception("named elsewhere", lambda x, k: x, "`[1, 4]` (2.2)", example=([1.0, 4.0], 3))]
    )
    exercise.choices(lambda n: lambda x, k: k * x + n, place="(2.2)", n=(2,))
    assert any("what is built of all right choices does not pass" in text for text in findings(exercise))
