"""The rules for exercises can fail: each of them fires on a declaration that breaks it."""

import dataclasses

import numpy as np
import pytest

from course_lib.teaching.engine import ChoiceExercise, FunctionExercise, Misconception, ValueExercise
from course_lib.teaching.engine.exercise_rules import findings, mistakes, places

ARRAY = ([1, 2, 3],)
TWICE = Misconception(
    "doubled", lambda x: 2 * x, "you take twice the numbers: `[2, 4, 6]` for `x = [1, 2, 3]`.", "(3.1)", example=ARRAY
)
SQUARED = Misconception(
    "squared", lambda x: x**2, "you square: `[1, 4, 9]`, not `[1, 3, 6]`.", "section 2", example=ARRAY
)


def cumulative(x):
    return np.cumsum(x)


def arrays(rng):
    for n in (1, 2, 3, 5, 8):
        yield (rng.integers(-9, 10, n).astype(float),)


def function(**changes):
    declaration = dict(
        number="3.1",
        title="Running sums",
        cases=arrays,
        oracle=cumulative,
        solution="import numpy as np\ndef f(x):\n    return np.array([sum(x[: i + 1]) for i in range(len(x))])",
        misconceptions=[TWICE, SQUARED],
        hints=("a", "b", "c"),
        fixed=("x.ndim",),
    )
    return FunctionExercise(**(declaration | changes))


def value(**changes):
    declaration = dict(
        number="3.2",
        title="How many?",
        answer=9,
        solution="answer = 3 * 3",
        misconceptions=[
            Misconception("added", 6, "`6` is the sum", "(3.2)"),
            Misconception("cubed", 27, "`27` is the cube", "(3.2)"),
        ],
        hints=("a", "b", "c"),
    )
    return ValueExercise(**(declaration | changes))


OPTIONS = {"a": "it stays where it is", "b": "it moves along", "c": "it vanishes"}
REASONS = {
    "a": 'that it "stays" is invariance: section 2',
    "b": 'it "moves along": (3.4)',
    "c": 'nothing "vanishes": (3.4)',
}


def choice(**changes):
    declaration = dict(number="3.3", title="Which?", options=OPTIONS, answer="b", reasons=REASONS)
    return ChoiceExercise(**(declaration | {"hints": ("a", "b", "c")} | changes))


def swapped(first, second):
    """Two misconceptions that have exchanged their messages."""
    return [dataclasses.replace(first, message=second.message), dataclasses.replace(second, message=first.message)]


@pytest.mark.parametrize("exercise", [function(), value(), choice()])
def test_good_exercises_have_no_finding(exercise):
    assert findings(exercise) == []


def test_what_an_exercise_knows_is_counted():
    assert [mistakes(exercise) for exercise in (function(), value(), choice())] == [2, 2, 2]
    assert places(function()) == ["(3.1)", "section 2"]
    assert places(choice()) == ["section 2", "(3.4)", "(3.4)"]
    elsewhere = Misconception("m", 1, "as in (7.6) and (30.1), not as in section 4 or (3.3)")
    assert places(value(misconceptions=[elsewhere])) == ["section 4", "(3.3)"]
    assert places(value(misconceptions=[dataclasses.replace(elsewhere, reread="(7.6)")])) == [
        "(7.6)",
        "section 4",
        "(3.3)",
    ]


def test_exchanged_messages_are_noticed():
    for found in (
        findings(function(misconceptions=swapped(TWICE, SQUARED))),
        findings(value(misconceptions=swapped(*value().misconceptions))),
    ):
        assert len([text for text in found if "does not quote what it returns" in text]) == 2
    found = findings(choice(reasons={**REASONS, "a": REASONS["c"], "c": REASONS["a"]}))
    assert len([text for text in found if "words of its own option" in text]) == 2


def test_exchanged_implementations_are_noticed():
    exchanged = [dataclasses.replace(TWICE, wrong=SQUARED.wrong), dataclasses.replace(SQUARED, wrong=TWICE.wrong)]
    assert any("does not quote" in text for text in findings(function(misconceptions=exchanged)))


def test_messages_that_could_be_exchanged_unnoticed_are_refused():
    both = "`[2, 4, 6]` or `[1, 4, 9]`"
    pair = [dataclasses.replace(m, message=f"{both} {m.name}") for m in (TWICE, SQUARED)]
    assert any("could be exchanged unnoticed" in text for text in findings(function(misconceptions=pair)))


@pytest.mark.parametrize(
    ("exercise", "words"),
    [
        (function(number="3"), "number must be chapter.exercise"),
        (function(title=" "), "title is empty"),
        (function(hints=("a", "b")), "hints must be three"),
        (choice(hints=("a", "b", "b")), "hints must be three"),
        (function(solution="def f(x):\n    return x"), "reference solution does not pass"),
        (function(solution="def f(x):\n    return x\n1 / 0"), "reference solution cannot be run"),
        (function(solution="def f(x):\n    return np.cumsum(x)"), "reference solution does not pass"),
        (function(solution="import numpy as np\ndef f(x):\n    return np.cumsum(x)"), "are the same code"),
        (value(solution="answer = 8"), "reference solution does not pass"),
        (function(misconceptions=[]), "no misconception"),
        (function(misconceptions=[TWICE, dataclasses.replace(SQUARED, name="doubled")]), "same name"),
        (function(misconceptions=[dataclasses.replace(TWICE, example=None)]), "has no example"),
        (function(misconceptions=[dataclasses.replace(TWICE, reread="above")]), "must name a place"),
        (
            function(misconceptions=[Misconception("doubled", TWICE.wrong, "`[2, 4, 6]`", example=ARRAY)]),
            "name a place",
        ),
        (function(misconceptions=[dataclasses.replace(TWICE, message="you doubled")]), "does not quote"),
        (function(misconceptions=[dataclasses.replace(TWICE, wrong=np.cumsum)]), "is diagnosed as right"),
        (
            function(misconceptions=[TWICE, dataclasses.replace(TWICE, name="other", wrong=lambda x: x + x)]),
            "same results on all cases",
        ),
        (
            function(misconceptions=[TWICE, dataclasses.replace(TWICE, name="other", wrong=lambda x: x + x)]),
            "'other' is diagnosed as doubled",
        ),
        (value(misconceptions=[Misconception("right", 9, "`9`", "(3.2)")]), "is diagnosed as right"),
        (
            function(misconceptions=[dataclasses.replace(TWICE, wrong=lambda x: int("no"), message="`ValueError`")]),
            "raises on every case",
        ),
        (function(cases=lambda rng: [([1.0],)]), "cases are too few"),
        (
            function(
                cases=lambda rng: [([0.0, n],) for n in range(5)],
                oracle=lambda x: x[0] * 0,
                solution="def f(x):\n    return 0.0",
            ),
            "a constant would pass",
        ),
        (function(oracle=lambda x: x["no"]), "the oracle raises IndexError"),
        (choice(reasons={**REASONS, "a": "no, see section 2"}), "words of its own option"),
        (choice(reasons={**REASONS, "a": 'it "it" does not, see section 2'}), "words of its own option"),
        (choice(reasons={**REASONS, "c": 'nothing "vanishes"'}), "must name a place"),
        (value(answer=dict), "not a number, an array or text"),
    ],
)
def test_a_broken_declaration_is_found_out(exercise, words):
    found = findings(exercise)
    assert any(words in text for text in found), found
    assert all(text.startswith(f"exercise {exercise.number}: ") for text in found)


class Forgiving(FunctionExercise):
    """An engine with a hole: it takes every answer for a right one, or shows the library."""

    says = None

    def diagnose(self, answer, time_limit=None):
        verdict = super().diagnose(answer, time_limit)
        if verdict.kind == "blank":
            return verdict
        if self.says is not None:
            return dataclasses.replace(verdict, text=self.says)
        return dataclasses.replace(verdict, kind="right")


def test_the_probes_notice_an_engine_that_lets_hostile_answers_pass():
    exercise = function()
    exercise.__class__ = Forgiving
    found = findings(exercise)
    for kind in ("error", "time", "exit", "type", "shape", "nan", "in-place"):
        assert any(f"should be diagnosed as '{kind}'" in text for text in found), kind
    exercise.says = "see course_lib/teaching/exercise.py"
    assert any("shows the library" in text for text in findings(exercise))


def pair(message):
    return FunctionExercise(
        number="3.3",
        title="Two halves",
        cases=lambda rng: ((n,) for n in (5, 6, 8, 9, 11)),
        oracle=lambda n: (n // 2, n - n // 2),
        solution="def f(n):\n    return n // 2, (n + 1) // 2",
        misconceptions=[Misconception("whole", lambda n: (n, n), message, "(3.1)", example=(3,))],
        hints=("a", "b", "c"),
    )


def test_a_pair_may_be_quoted_as_a_tuple_or_as_a_list():
    assert findings(pair("you return `(3, 3)` for 3.")) == []
    assert findings(pair("you return `[3, 3]` for 3.")) == []
    assert any("does not quote" in finding for finding in findings(pair("you return `(3, 4)` for 3.")))


def scaled(*cases, fixed=()):
    """An exercise with arrays and a number, on which nothing is tried but these cases."""
    return function(
        cases=lambda rng: cases,
        oracle=lambda x, n: n * x,
        solution="def f(x, n):\n    return n * x",
        misconceptions=[],
        fixed=fixed,
    )


VARIED = (
    (np.array(3), 1),
    (np.array([1, 2]), 2),
    (np.array([[0.5, 2, 1], [1, 2, 3]]), 3),
    (np.ones(2, bool), 4),
    (np.array([-1.0]), 5),
)


def without_variety(exercise):
    """What the rule finds, by the names that `fixed` would have to hold."""
    return {text.split("name '")[1].split("'")[0] for text in findings(exercise) if "in `fixed`" in text}


def stale(exercise):
    return [text for text in findings(exercise) if "which is not the same in all cases" in text]


def test_cases_that_vary_have_no_finding():
    assert without_variety(scaled(*VARIED)) == set()


@pytest.mark.parametrize(
    ("change", "constant"),
    [
        (lambda x, n: (x, 2), "n"),
        (lambda x, n: (x, n == 0), "n"),  # 0 in all cases, by another name
        (lambda x, n: (np.arange(3), n), "x"),
        (lambda x, n: (np.ravel(x), n), "x.ndim"),
        (lambda x, n: (x.astype(float), n), "x.dtype"),
        (lambda x, n: (x.astype(np.uint8 if n % 2 else int), n), "x.dtype"),
        (lambda x, n: (np.eye(n) if n % 2 else x, n), "x.square"),
        (lambda x, n: (np.full((2, 3), n) * (1 if n % 2 else 0.5), n), "x.shape"),
    ],
)
def test_what_is_the_same_on_all_cases_is_found_and_may_be_declared(change, constant):
    cases = [change(*case) for case in VARIED]
    assert without_variety(scaled(*cases)) == {constant}
    assert without_variety(scaled(*cases, fixed=(constant,))) == set()
    assert stale(scaled(*cases, fixed=(constant,))) == []


@pytest.mark.parametrize("name", ["n", "x", "x.ndim", "x.shape", "x.dtype", "x.square", "y", "n.dtype"])
def test_what_is_declared_fixed_must_not_vary(name):
    assert len(stale(scaled(*VARIED, fixed=(name,)))) == 1


def test_arrays_inside_of_lists_are_looked_at():
    lists = [([np.ones((n, 2)), np.zeros((n + 1, 2))], n) for n in (1, 2, 3, 4, 5)]
    exercise = function(
        cases=lambda rng: lists,
        oracle=lambda x, n: n * len(x[0]),
        solution="def f(x, n):\n    return n**2",
        misconceptions=[],
        fixed=(),
    )
    assert without_variety(exercise) == {"x.ndim", "x.dtype"}
