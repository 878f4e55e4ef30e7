"""What is said of an answer that no mistake and no transformation explains."""

import numpy as np
import pytest

from course_lib.teaching.engine import FunctionExercise
from course_lib.teaching.engine.clues import drawn, never_used


def make(**changes):
    """Means of rows that are drawn; some of the draws are of the same rows."""

    def cases(rng):
        for n in (3, 4, 5):
            yield rng.random((n, 3)).round(2), rng.integers(0, n, 5)
        rows = rng.random((4, 3)).round(2)
        for _ in range(4):
            yield rows, rng.integers(0, 4, 6)

    declared = dict(cases=cases, oracle=lambda rows, draw: float(rows[draw].mean()), hints=("a", "b", "c"))
    solution = "def mean_of(rows, draw): return rows[draw].mean()"
    return FunctionExercise("2.1", "Rows drawn", **(declared | {"solution": solution} | changes))


def drawn_anew(rows, draw):
    return rows[np.random.default_rng(0).integers(0, len(rows), len(draw))].mean() ** 2


def test_an_argument_that_makes_no_difference_is_named():
    verdict = make().diagnose(drawn_anew)
    assert verdict.kind == "values"
    assert verdict.text.startswith("`draw` has no effect on your result: for `rows = ")


def test_an_argument_that_is_never_looked_at_is_named():
    def without_draw(rows, draw):
        return np.sqrt(rows).mean() - rows[0, 0]

    verdict = make(cases=lambda rng: [(rng.random((n, 3)), rng.integers(0, n, 5)) for n in range(2, 8)]).diagnose(
        without_draw
    )
    assert verdict.text.startswith("your function never looks at its argument `draw`. For `rows = ")


def test_a_number_that_is_none_of_those_to_choose_from():
    def cases(rng):
        for n in (2, 3, 5, 7):
            yield rng.random((n, n)), np.round(rng.random(n), 2)

    nearest = make(
        cases=cases,
        oracle=lambda table, choices: choices[np.argmin(np.abs(choices - table[0].mean() ** 2))],
        solution="def nearest(table, choices): return choices[abs(choices - table[0].mean() ** 2).argmin()]",
    )
    verdict = nearest.diagnose(lambda table, choices: table[0].mean() ** 2)
    assert verdict.text.startswith("your result is none of the numbers in `choices`, and one of them is asked for. For")


def in_an_inner_function(a, b):
    return [x + b for x in a] and (lambda: a)


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (lambda a, b: a, ["y"]),
        (lambda a, b: a + b, []),
        (lambda a, b: eval("b"), []),
        (in_an_inner_function, []),
        (lambda a: a, []),
        (len, []),
    ],
)
def test_arguments_that_are_never_used(function, names):
    assert never_used(function, ["x", "y"]) == names


def shaken(rows, draw):
    return np.sqrt(rows[draw]).mean() + np.random.default_rng(draw[0]).normal()


def test_random_numbers_that_nobody_asked_for_are_named():
    cases = [(rng.random((n, 3)), rng.integers(0, n, 5)) for rng in [np.random.default_rng(0)] for n in range(2, 8)]
    verdict = make(cases=lambda rng: cases).diagnose(shaken)
    assert verdict.text.startswith(
        "your function draws random numbers (`default_rng`), where nothing is left to chance. For"
    )


@pytest.mark.parametrize(
    ("function", "source", "name"),
    [
        (shaken, "def solution(x): return x", "default_rng"),
        (shaken, "def solution(x, seed): return x + np.random.default_rng(seed).normal()", ""),
        (shaken, "def solution(x, rng): return x + rng.normal()", ""),
        (lambda x: [np.random.randn() for _ in x], "def solution(x): return x", "randn"),  # noqa: NPY002
        (in_an_inner_function, "def solution(x): return x", ""),
        (len, "def solution(x): return x", ""),
    ],
)
def test_a_function_that_draws_random_numbers(function, source, name):
    assert drawn(function, source) == name
