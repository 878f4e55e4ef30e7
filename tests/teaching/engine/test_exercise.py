"""The engine: every kind of answer gets the message that is true of it, and no answer breaks it."""

import os
import textwrap

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from course_lib.teaching.engine import ChoiceExercise, FunctionExercise, Misconception, ValueExercise, Verdict, progress

SPIKE = ([0, 0, 1, 0, 0], [1, 2, 3])


def signals(rng):
    for n in (5, 6, 7, 12, 20):
        yield rng.integers(-5, 6, n), rng.integers(-5, 6, 3)


def right(x, k):
    return np.convolve(x, k, mode="same")


HALVES = np.array([0.5, 0.5])


def make(**changes):
    declaration = dict(
        number="2.1",
        title="Convolution, written out",
        cases=signals,
        oracle=right,
        solution="import numpy as np\ndef convolve_same(x, k):\n    return np.convolve(x, k)[1:-1]",
        misconceptions=[
            Misconception(
                "kernel not flipped",
                lambda x, k: np.correlate(x, k, mode="same"),
                "your result is a **correlation**: you return `[0, 3, 2, 1, 0]`. See (2.2).",
                reread="(2.2)",
                example=SPIKE,
            ),
            Misconception(
                "valid instead of same",
                lambda x, k: np.convolve(x, k, mode="valid"),
                "you keep only complete overlaps, `[1, 2, 3]`; on {case} {got}, not {expected}",
                reread="section 3",
                example=SPIKE,
            ),
            Misconception(
                "fails on short signals",
                lambda x, k: np.convolve(x, k, mode="same") if len(x) > 6 else int("no"),
                "it raises `ValueError`.",
                reread="section 3",
                example=SPIKE,
            ),
        ],
        hints=("one", "two", "three"),
    )
    return FunctionExercise(**(declaration | changes))


EXERCISE = make()


def test_a_mistake_is_declared_by_a_function_whose_docstring_is_the_message():
    exercise = make(misconceptions=[], example=SPIKE, example_words="the spike")

    @exercise.mistake("kernel not flipped")
    def _(x, k):
        """your result is a **correlation**: for {example} you
        return `[0, 3, 2, 1, 0]`. See (2.2), (2.3)."""
        return np.correlate(x, k, mode="same")

    @exercise.mistake("valid instead of same", example=([1, 2, 3], [1]), reread="(2.2)")
    def valid(x, k):
        """two places, (2.2) and section 3"""
        return np.convolve(x, k, mode="valid")

    assert valid([1, 2], [1]).tolist() == [1, 2]
    flipped, other = exercise.misconceptions
    assert (
        flipped.message
        == "your result is a **correlation**: for the spike you return `[0, 3, 2, 1, 0]`. See (2.2), (2.3)."
    )
    assert (flipped.reread, flipped.example) == ("(2.3)", SPIKE)
    assert (other.reread, other.example) == ("(2.2)", ([1, 2, 3], [1]))
    assert verdict(lambda x, k: np.correlate(x, k, "same"), exercise).text == flipped.message
    with pytest.raises(ValueError, match="exercise 2.1: the message of 'no words' is the function's docstring"):
        exercise.mistake("no words")(lambda x, k: x)


def test_the_function_asked_for_is_the_last_one_of_the_solution():
    exercise = make(solution="import numpy as np\ndef half(n): return n // 2\ndef g(x, k, *, n=3, **more): return x")
    assert (exercise.name, exercise.signature, exercise.arguments) == ("g", "g(x, k, *, n=3, **more)", ["x", "k"])
    with pytest.raises(ValueError, match="exercise 2.1: the solution must define the function to write"):
        make(solution="answer = 3")


def verdict(answer, exercise=EXERCISE):
    found = exercise.diagnose(answer)
    assert "course_lib" not in found.text
    assert "Traceback" not in found.text
    return found


def defined(source):
    """A function as a learner's cell defines it, without a file that holds its source."""
    namespace = {"np": np}
    exec(textwrap.dedent(source), namespace)
    return namespace["f"]


def blank_loop(x, k):
    total = 0
    for _ in x:
        total += ...
    return total


def blank_assignment(x, k):
    """Scaffold."""
    y = ...
    return y


@pytest.mark.parametrize(
    "answer",
    [
        ...,
        lambda x, k: ...,
        lambda x, k: None,
        blank_loop,
        blank_assignment,
        defined("def f(x, k):\n    pass"),
        defined("def f(x, k):\n    '''What it does.'''"),
        defined("def f(x, k):\n    return ..."),
        defined("def f(x, k):\n    y = ...\n    return y"),
    ],
)
def test_a_blank_is_not_attempted(answer, capsys):
    assert verdict(answer).kind == "blank"
    EXERCISE.check(answer)
    assert capsys.readouterr().out == "✎ 2.1 not attempted yet\n"


def leftover_dots(x, k):
    ...
    return right(x, k)


def dots_as_index(x, k):
    return np.asarray(right(x, k))[..., :]


@pytest.mark.parametrize("answer", [right, leftover_dots, dots_as_index, lambda x, k: list(right(x, k).astype(float))])
def test_a_right_answer_passes_however_it_is_written(answer, capsys):
    assert verdict(answer).kind == "right"
    EXERCISE.check(answer)
    assert capsys.readouterr().out == "✓ 2.1 Convolution, written out\n"


def test_a_known_mistake_is_named_however_it_is_written(capsys):
    def flips_the_signal_too(x, k):
        return np.convolve(x, np.array(k)[::-1], mode="same")

    assert verdict(flips_the_signal_too).mistake == "kernel not flipped"
    EXERCISE.check(flips_the_signal_too)
    assert capsys.readouterr().out == "✗ 2.1 — " + EXERCISE.misconceptions[0].message + "\n"


def test_a_message_is_filled_in_and_names_the_place():
    text = verdict(lambda x, k: np.convolve(x, k)[2:-2]).text
    assert text.startswith("you keep only complete overlaps, `[1, 2, 3]`; on `x = [0, 0, 1, 0, 0]`, `k = [1, 2, 3]` ")
    assert text.endswith("[1, 2, 3], not [0, 1, 2, 3, 0]. Look again at section 3.")


def test_a_mistake_that_raises_on_some_cases_is_recognized_by_it():
    def raises(x, k):
        if len(x) < 7:
            raise ValueError("other words")
        return right(x, k)

    assert verdict(raises).mistake == "fails on short signals"

    def raises_something_else(x, k):
        if len(x) < 7:
            raise KeyError
        return right(x, k)

    assert verdict(raises_something_else).kind == "error"


def test_a_mistake_on_one_case_only_is_not_taken_for_a_known_one():
    def sometimes(x, k):
        return np.correlate(x, k, mode="same") if len(x) == 5 else right(x, k)

    assert verdict(sometimes).kind == "values"


def nothing(x, k):
    right(x, k)


def yields(x, k):
    yield from right(x, k)


class Unreadable:
    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("secret")


@pytest.mark.filterwarnings("ignore:(divide by zero|invalid value):RuntimeWarning")
@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (nothing, "type", ["returns nothing", "`return`"]),
        (yields, "type", ["a generator", "an array of numbers"]),
        (lambda x, k: [str(v) for v in x], "type", ["list of texts"]),
        (lambda x, k: {"y": 1}, "type", ["a dict"]),
        (lambda x, k: [[1, 2], [3]], "type", ["do not make one array"]),
        (lambda x, k: object(), "type", ["an object"]),
        (right(*SPIKE), "type", ["your function itself", "without brackets", "[0, 1, 2, 3, 0]"]),
        (None, "type", ["your function itself", "None"]),
        ("text", "type", ["your function itself"]),
        (lambda x, k: [1, None], "type", ["holds None"]),
        (lambda x: x, "error", ["cannot be called as `convolve_same(x, k)`", "takes 1 positional argument"]),
        (lambda x, k: x[99], "error", ["`IndexError: index 99 is out of bounds for axis 0 with size 5`"]),
        (lambda x, k: undefined_name, "error", ["`NameError: name 'undefined_name' is not defined`"]),  # noqa: F821
        (lambda x, k: Unreadable(), "error", ["RuntimeError"]),
        (lambda x, k: right(x, k)[None], "shape", ["`(1, 5)`", "`(5,)`", "axis of length 1 too many"]),
        (lambda x, k: 7, "shape", ["single number"]),
        (lambda x, k: right(x, k)[:-1], "shape", ["`(4,)`", "`(5,)`", "1 too short"]),
        (lambda x, k: right(x, k).astype(np.float32) * np.float32(1.0000001), "values", ["very close", "`float32`"]),
        (lambda x, k: right(x, k) * (1 + 1e-7), "values", ["very close", "not as close as rounding"]),
        (lambda x, k: right(x, k) * np.nan, "nan", ["NaN", "0/0"]),
        (lambda x, k: right(x, k) / np.array(0.0), "nan", ["NaN"]),
        (lambda x, k: np.full(len(x), np.inf), "nan", ["infinite"]),
        (lambda x, k: -right(x, k), "values", ["wrong sign", "`[0, -1, -2, -3, 0]`", "`[0, 1, 2, 3, 0]`"]),
        (lambda x, k: 2 * right(x, k), "values", ["everything is 2 times what it should be"]),
        (lambda x, k: right(x, k) / len(k), "values", ["everything is 0.3333 times"]),
        (lambda x, k: right(x, k) - 1, "values", ["everything is 1 too small"]),
        (lambda x, k: 0 * right(x, k), "values", ["everything is 0"]),
        (lambda x, k: right(x, k)[::-1], "values", ["reversed order"]),
        (lambda x, k: np.convolve(x, k)[:-2], "values", ["shifted by one, towards the end"]),
        (lambda x, k: np.convolve(x, k)[2:], "values", ["shifted by one, towards the start"]),
        (lambda x, k: np.r_[0, right(x, k)[1:-1], 0], "values", ["only the border differs"]),
        (lambda x, k: right(x, k).astype(np.uint8), "values", ["wrap around at 256", "`uint8`"]),
        (lambda x, k: right(x, k) + (np.arange(len(x)) == 2), "values", ["not right yet", "`[0, 1, 3, 3, 0]`"]),
    ],
)
def test_what_no_known_mistake_explains_is_described(answer, kind, words):
    found = verdict(answer)
    assert found.kind == kind
    for word in words:
        assert word in found.text


def test_a_pattern_that_holds_on_most_failing_cases_is_told_with_their_number():
    def mostly_negative(x, k):
        return -right(x, k) if len(x) < 10 else right(x, k) + 1

    assert verdict(mostly_negative).text.startswith("on 4 of 6 cases your result has the wrong sign. For ")

    def seldom_negative(x, k):
        return right(x, k) + np.arange(len(x)) ** 2 if len(x) < 10 else -right(x, k)

    assert "sign" not in verdict(seldom_negative).text


def test_one_number_for_many_cases_is_not_called_the_sum_of_an_argument():
    exercise = make(
        oracle=lambda values, shares: float(values @ shares),
        misconceptions=[Misconception("m", lambda v, s: 77.0, "`77`", "(2.2)", example=(np.array([3, 5]), HALVES))],
        cases=lambda rng: ((rng.integers(2, 90, 2), HALVES) for _ in range(8)),
        solution="def f(values, shares):\n    return values @ shares",
    )
    found = verdict(lambda values, shares: 1.0 if values[0] < 50 else 5.0 + values[1], exercise)
    assert "your result is `1`." in found.text
    assert found.text.startswith("on ")


def test_the_smallest_failing_case_is_shown():
    text = verdict(lambda x, k: right(x, k) + (len(x) == 12) + (len(x) == 20)).text
    shown = text.split("`x = [")[1].split("]`")[0]
    assert len(shown.split(",")) == 12
    assert text.startswith("on 2 of 6 cases your result is 1 too large. For ")
    assert text.endswith(" On 4 of 6 cases the result is right.")


def test_a_pattern_of_all_cases_is_told_without_a_count():
    assert verdict(lambda x, k: right(x, k) + 1).text.startswith("everything is 1 too large. For ")
    assert "the result is right" not in verdict(lambda x, k: right(x, k) + 1).text


def test_a_pattern_that_fits_only_where_the_shapes_do_says_on_how_many_cases():
    text = verdict(lambda x, k: right(x, k) + 1 if len(x) < 12 else right(x, k)[:-1]).text
    assert text.startswith("on 4 of 6 cases your result is 1 too large")
    assert "the result is right" not in text


def test_right_cases_that_fit_a_pattern_do_not_break_it():
    exercise = make(
        oracle=lambda a: np.array(a) * 1.0,
        misconceptions=[Misconception("m", lambda a: np.array(a) + 77, "`[78]`", "(2.2)", example=([1],))],
        cases=lambda rng: (([0.5, 1.5, 3.25],), ([1.0, 5.0],), ([4.0, 4.0, 4.0],), ([0.125, 8.0],), ([1 / 3],)),
        solution="def f(a):\n    return a",
    )
    text = verdict(lambda a: np.round(a * 1.0, 1), exercise).text
    assert text.startswith("everything is rounded to 1 decimal. For `a = [0.125, 8]` you return `[0.1, 8]`")
    assert text.endswith("On 3 of 6 cases the result is right.")


def test_an_empty_case_is_no_obstacle_to_describing_the_others():
    exercise = make(cases=lambda rng: (*signals(rng), ([], [])), oracle=lambda x, k: np.asarray(x) * 1.0)
    assert "is 2 times what it should be" in verdict(lambda x, k: np.asarray(x) * 2.0, exercise).text


LARGE = make(
    oracle=lambda a: np.array(a) * 1.0,
    misconceptions=[Misconception("m", lambda a: np.array(a) + 77, "`[78]`", "(2.2)", example=([1],))],
    cases=lambda rng: ((rng.random((7, 7)) + n,) for n in range(4)),
    solution="def f(a):\n    return a",
)


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        (lambda a: a + 1e-4 * (a.size > 1), "values", "49 of 49 entries differ, first at `[0, 0]`: `"),
        (lambda a: np.where(a == a.max(), np.nan, a) if a.size > 1 else a, "nan", ": `nan` instead of `"),
    ],
)
def test_what_prints_alike_is_not_printed(change, kind, words):
    found = verdict(change, LARGE)
    assert found.kind == kind
    assert words in found.text
    assert "you return" not in found.text
    here, there = found.text.split(": `")[-1].split("` instead of `")
    assert here != there.split("`")[0]


def test_numbers_that_differ_late_are_shown_with_the_digits_it_takes():
    text = verdict(lambda x, k: right(x, k) * (1 + 1e-7)).text
    assert "you return `[0, 1, 2, 3, 0]`, expected" not in text
    assert "you return `[0, 1.0000001, 2.0000002, 3.0000003, 0]`, expected `[0, 1, 2, 3, 0]`" in text


def test_rounding_noise_is_shown_as_zero():
    exercise = make(oracle=lambda x, k: right(x, k) + 4.441e-16)
    assert "expected `[0, 1, 2, 3, 0]`" in verdict(lambda x, k: right(x, k) + 1.5, exercise).text


def test_complex_numbers_are_not_accepted_for_real_ones():
    found = verdict(lambda x, k: right(x, k) + 0j)
    assert found.kind == "type"
    assert "numbers are complex" in found.text
    assert "return the real parts" in found.text
    found = verdict(lambda x, k: right(x, k) + 2j)
    assert found.kind == "type"
    assert "you return `[0+2j, 1+2j, " in found.text
    assert verdict(lambda x, k: np.correlate(x, k, mode="same") + 0j).mistake == "kernel not flipped"
    complex_oracle = make(oracle=lambda x, k: right(x, k) * (1 + 2j))
    assert verdict(lambda x, k: right(x, k) * (1 + 2j), complex_oracle).kind == "right"


PAIR = make(
    oracle=lambda n: (n // 2, n - n // 2),
    misconceptions=[Misconception("m", lambda n: (n, n), "`(3, 3)` on {case} {got} {expected}", "(2.2)", example=(3,))],
    cases=lambda rng: ((n,) for n in (5, 6, 7, 9, 11)),
    solution="def f(n):\n    return n // 2, (n + 1) // 2",
)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (lambda n: [n // 2, n - n // 2], "right", ""),
        (lambda n: n, "shape", "your result is a single number, it should be a pair of numbers. You return `3`, "),
        (lambda n: (n, n, n), "shape", "your result is an array of 3 numbers, it should be a pair of numbers"),
        (lambda n: (n,), "shape", "an array of 1 number, it should be a pair of numbers. You return `(3,)`, "),
        (lambda n: ((n, n), (n, n)), "shape", "an array of shape `(2, 2)`, it should be a pair of numbers"),
        (lambda n: (n - n // 2, n // 2), "values", "you return `(2, 1)`, expected `(1, 2)`"),
        (lambda n: str(n), "type", "your result is text, not a pair of numbers"),
        (lambda n: (n, n), "mistake", "on `n = 3` (3, 3) (1, 2)"),
    ],
)
def test_a_pair_is_called_and_written_as_one(answer, kind, words):
    found = verdict(answer, PAIR)
    assert found.kind == kind
    assert words in found.text


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda a: a[:, :-1], "1 too short along axis 1"),
        (lambda a: a[:-1, :-1], "1 too short along each axis"),
        (lambda a: np.pad(a, ((1, 0), (1, 1))), "1 too long along axis 0, 2 too long along axis 1"),
        (lambda a: a.T, "its axes are in another order"),
        (lambda a: a.T + 1, "the same lengths in another order"),
        (lambda a: a[:0], "your result is an empty array, it should be an array of shape `(2, 3)`"),
        (lambda a: 5, "your result is a single number, it should be an array of shape `(2, 3)`"),
    ],
)
def test_shapes_are_told_for_the_case_that_is_shown(answer, words):
    exercise = make(
        oracle=lambda a: np.array(a),
        misconceptions=[],
        cases=lambda rng: ((rng.integers(0, 9, (2, 3)),) for _ in range(5)),
        solution="def f(a):\n    return a",
    )
    found = verdict(answer, exercise)
    assert found.kind == "shape"
    assert found.text.startswith("for `a = [[")
    assert words in found.text
    assert "()" not in found.text


def test_two_axes_are_told_apart():
    exercise = make(
        oracle=lambda a: 2 * a,
        misconceptions=[Misconception("m", lambda a: a * 0 + 77, "`[[77]]`", "(2.2)", example=([[1]],))],
        cases=lambda rng: ((rng.integers(1, 100, (4, 4)),) for _ in range(5)),
        solution="def f(a):\n    return a + a",
    )
    array = np.asarray
    assert "rows and columns are exchanged" in verdict(lambda a: 2 * array(a).T, exercise).text
    assert "along axis 0" in verdict(lambda a: 2 * array(a)[::-1], exercise).text
    assert "along axis 1" in verdict(lambda a: 2 * array(a)[:, ::-1], exercise).text
    assert "along every axis" in verdict(lambda a: 2 * array(a)[::-1, ::-1], exercise).text
    assert "moved on by one along axis 1" in verdict(lambda a: 2 * np.roll(a, 1, axis=1), exercise).text
    large = verdict(lambda a: 2 * array(a) + (np.indices(np.shape(a)).sum(axis=0) == 3), exercise).text
    assert "4 of 16 entries differ, first at `[0, 3]`" in large


def test_lost_fractions_are_named():
    exercise = make(oracle=lambda x, k: right(x, k) / 2, misconceptions=EXERCISE.misconceptions)
    found = verdict(lambda x, k: right(x, k) // 2, exercise)
    assert "the fractions are lost" in found.text
    assert "`int64`" in found.text


def test_the_dtype_counts_only_where_it_is_the_point():
    as_bytes = make(oracle=lambda x, k: np.abs(right(x, k)).astype(np.uint8), same_dtype=True)
    found = verdict(lambda x, k: np.abs(right(x, k)).astype(float), as_bytes)
    assert found.kind == "type"
    assert "of type `float64`, not `uint8`" in found.text


def test_results_of_different_shapes_are_diagnosed_one_by_one():
    exercise = make(
        oracle=lambda x, k: (np.asarray(x) * 2, np.asarray(k) * 3),
        misconceptions=[
            Misconception("m", lambda x, k: (k, x), "`([1, 2, 3], [0, 0, 1, 0, 0])`", "(2.2)", example=SPIKE)
        ],
        solution="def f(x, k):\n    return 2 * x, 3 * k",
    )
    two, three = (lambda x: np.asarray(x) * 2), (lambda k: np.asarray(k) * 3)
    assert verdict(lambda x, k: (two(x), three(k)), exercise).kind == "right"
    assert verdict(lambda x, k: [two(x), three(k)], exercise).kind == "right"
    assert verdict(lambda x, k: (k, x), exercise).mistake == "m"
    found = verdict(lambda x, k: (two(x), -three(k)), exercise)
    assert found.text.startswith("result 2 of 2: everything has the wrong sign")
    assert "2 results" in verdict(lambda x, k: two(x), exercise).text
    assert verdict(lambda x, k: (two(x), three(k)[1:]), exercise).kind == "shape"
    assert verdict(lambda x, k: (two(x), "three"), exercise).kind == "type"


def changes_its_input(x, k):
    result = right(x, k)
    x[0] = 99
    return result


def changes_and_is_wrong(x, k):
    k[:] = k[::-1]
    return -right(x, k)


def changes_and_mistaken(x, k):
    k[:] = k[::-1]
    return right(x, k)


def test_changing_the_input_has_its_own_message():
    found = verdict(changes_its_input)
    assert found.kind == "in-place"
    assert found.text.startswith("the result is right, but your function changes its input `x`")
    found = verdict(changes_and_is_wrong)
    assert found.kind == "in-place"
    assert found.text.startswith("your function changes its input `k`")
    assert verdict(changes_and_mistaken).mistake == "kernel not flipped"


def test_chance_and_memory_between_calls_are_noticed():
    calls, count = [], len(EXERCISE.all_cases)

    def remembers(x, k):
        calls.append(1)
        return right(x, k) + (len(calls) > count)

    assert verdict(remembers).kind == "unstable"
    assert verdict(lambda x, k: np.random.default_rng().random(len(x))).kind == "unstable"


def endless(x, k):
    while True:
        pass


def leaves(x, k):
    raise SystemExit


def interrupts(x, k):
    raise KeyboardInterrupt


def recurses(x, k):
    return recurses(x, k)


def test_answers_that_would_end_everything_are_survived():
    found = EXERCISE.diagnose(endless, time_limit=0.2)
    assert found.kind == "time"
    assert "time limit of 0.2 s" in found.text
    assert "`exit`" in verdict(leaves).text
    assert "`KeyboardInterrupt`" in verdict(interrupts).text
    assert "calls itself without end" in verdict(recurses).text


def imports_and_waits(x, k):
    import time

    time.sleep(60)


def test_an_import_is_mentioned_where_the_time_is_up():
    assert "Importing `time` takes time, too" in EXERCISE.diagnose(imports_and_waits, time_limit=0.2).text
    assert "mport" not in EXERCISE.diagnose(endless, time_limit=0.2).text


def test_a_typical_error_gets_its_cause():
    text = verdict(lambda x, k: [x[n - 2 * len(x)] for n in range(len(x))]).text
    assert "Python counts negative indices from the end" in text
    assert verdict(lambda x, k: {}[1]).text.endswith("for `x = [0, 0, 1, 0, 0]`, `k = [1, 2, 3]`.")


def test_a_function_of_any_name_can_be_checked():
    def some_other_name(x, k):
        return right(x, k)

    assert verdict(some_other_name).kind == "right"
    assert "convolve_same" not in verdict(3).text


def test_a_verdict_is_displayed_as_markdown_and_printed_as_plain_text():
    found = verdict(lambda x, k: np.correlate(x, k, mode="same"))
    assert found._repr_markdown_().startswith("✗ your result is a **correlation**: you return `[0, 3, 2, 1, 0]`.")
    assert str(found).startswith("✗ your result is a correlation: you return `[0, 3, 2, 1, 0]`.")
    assert str(Verdict("values", "is *not* `a*b*c`, nor 2 * 3 * 4")) == "✗ is not `a*b*c`, nor 2 * 3 * 4"
    assert verdict(right)._repr_markdown_() == "✓ right"
    assert verdict(...)._repr_markdown_() == "✎ not attempted yet"


def test_the_learner_sees_the_beginning_of_what_was_printed(capsys):
    def talks(x, k):
        print("hello " * 100_000)
        return right(x, k)

    EXERCISE.check(talks)
    printed = capsys.readouterr().out
    assert printed.startswith("Your code printed:\nhello hello")
    assert "characters more" in printed
    assert printed.endswith("✓ 2.1 Convolution, written out\n")
    assert len(printed) < 1500


def test_hints_come_one_at_a_time_and_the_solution_only_when_asked(capsys):
    exercise = make()
    seen = []
    for _ in range(4):
        exercise.hint()
        seen.append(capsys.readouterr().out)
    assert seen[:3] == ["Hint 1 of 3: one\n", "Hint 2 of 3: two\n", "Hint 3 of 3: three\n"]
    assert "no more hints" in seen[3]
    for answer in (..., right, lambda x, k: x, None, leaves):
        exercise.check(answer)
        assert exercise.source not in capsys.readouterr().out
    exercise.solution()
    assert exercise.source in capsys.readouterr().out


SETS = FunctionExercise(
    number="2.9",
    title="Scale two sets",
    cases=lambda rng: ((rng.normal(size=(n, 2)), rng.normal(size=(m, 2))) for n, m in ((2, 2), (3, 2), (4, 4), (5, 7))),
    oracle=lambda a, b: (a - a.mean(0), b - a.mean(0)),
    solution="""
    def scale(a, b):
        middle = a.sum(0) / len(a)
        return a - middle, b - middle
    """,
    misconceptions=[],
    hints=("a", "b", "c"),
)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (lambda a, b: [a - a.mean(0), b - a.mean(0)], "right", ""),
        (lambda a, b: (a - a.mean(0), b), "values", "result 2 of 2"),
        (lambda a, b: (b - a.mean(0), a - a.mean(0)), "values", "the right ones, in another order: for `a = "),
        (lambda a, b: a - a.mean(0), "type", "your answer should hold 2 results"),
        (lambda a, b: (a.mean(0), b), "shape", "result 1 of 2"),
        (lambda a, b: np.stack([a, b]) if len(a) == len(b) else (a, b), "values", "result 1 of 2"),
    ],
)
def test_a_pair_of_arrays_is_a_pair_also_where_both_have_one_shape(answer, kind, words):
    verdict = SETS.diagnose(answer)
    assert verdict.kind == kind
    assert words in verdict.text


def test_lists_of_numbers_reach_the_learner_as_arrays_and_lists_of_tuples_do_not():
    cases = [([1, 2], [(3, 1), (3, 2)], (4, 5), [[1], [2]], [[1], [2, 3]])]
    (case,) = make(misconceptions=[], cases=lambda rng: cases).all_cases
    assert [type(argument) for argument in case] == [np.ndarray, list, tuple, np.ndarray, list]


def test_the_cases_are_the_same_every_time():
    first, second = make().all_cases, make().all_cases
    assert [str(case) for case in first] == [str(case) for case in second]
    assert str(make(number="2.2").all_cases) != str(first)


VALUE = ValueExercise(
    number="2.2",
    title="How many?",
    answer=26,
    unit="pixels",
    solution="answer = 28 - 3 + 1",
    misconceptions=[
        Misconception("kernel counted twice", 25, "`25` is one too few", "(2.3)"),
        Misconception("no kernel", lambda: 4 * 7, "`28` would be the input's", "(2.3)"),
    ],
    hints=("a", "b", "c"),
)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (..., "blank", []),
        ((1, ...), "blank", []),
        (26, "right", []),
        (26.0, "right", []),
        (np.int64(26), "right", []),
        (25, "mistake", ["`25` is one too few. Look again at (2.3)."]),
        (28.0, "mistake", ["`28` would be"]),
        (-26, "values", ["`-26` pixels has the wrong sign"]),
        (27, "values", ["`27` pixels is not right yet"]),
        ("26", "type", ["text, not a number. Leave out the quotation marks."]),
        (None, "type", ["None"]),
        (lambda: 26, "type", ["not a function"]),
        ([26, 26], "shape", ["an array of 2 numbers, it should be a single number"]),
        ([26], "shape", ["an array with one entry, it should be that entry itself"]),
        (26.003, "values", ["`26.003` pixels is close"]),
        (np.nan, "nan", ["NaN"]),
        (26j, "type", ["`0+26j` pixels is complex"]),
        (26 + 0j, "type", ["`26+0j` pixels is complex, and real is asked for"]),
    ],
)
def test_a_value_is_diagnosed_and_never_given_away(answer, kind, words):
    found = VALUE.diagnose(answer)
    assert found.kind == kind
    for word in words:
        assert word in found.text
    own = (-26, "26", 26j, 26 + 0j, 26.003)
    if kind not in ("right", "blank", "mistake") and answer not in own and not isinstance(answer, list):
        assert "26" not in found.text


WIDE = ValueExercise(
    number="2.5",
    title="How wide?",
    answer=7.528,
    rtol=0.03,
    solution="answer = 7.528",
    misconceptions=[
        Misconception("everything", 31, "`31` is the field", "(2.3)"),
        Misconception("added", lambda: 12.2474487, "`12.25` is a sum", "(2.3)"),
    ],
    hints=("a", "b", "c"),
)


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (31, "everything"),
        (31.0, "everything"),
        (30.1, None),
        (12.25, "added"),
        (12.2474487, "added"),
        (12.2, "added"),
        (12.3, None),
        (12.0, None),
    ],
)
def test_a_wide_tolerance_does_not_put_numbers_into_the_learners_mouth(answer, mistake):
    assert WIDE.diagnose(7.4).kind == "right"
    assert WIDE.diagnose(answer).mistake == mistake


def test_a_value_that_prints_like_the_right_one_is_shown_with_more_digits():
    assert "`26.000001`" not in VALUE.diagnose(26.1).text
    exercise = ValueExercise(
        number="2.6", title="", answer=1.75, solution="", misconceptions=[], hints=()
    )  # fmt: skip
    assert exercise.diagnose(1.75001).text == "`1.75001` is close, but not close enough: is it rounded?"


def test_the_right_value_rounded_too_far_is_not_taken_for_a_wrong_one_that_rounds_alike():
    wrong = [Misconception("d² for d(d + 1)", 4.36, "`4.36` forgets.", "(2.2)")]
    exercise = ValueExercise(
        number="2.8", title="", answer=4.424, solution="", misconceptions=wrong, hints=(), rtol=1e-3
    )  # fmt: skip
    assert exercise.diagnose(4.42).kind == "right"
    assert exercise.diagnose(4.36).mistake == "d² for d(d + 1)"
    verdict = exercise.diagnose(4.4)
    assert verdict.mistake is None
    assert verdict.text == "`4.4` is right, but rounded too far: give more digits."


def test_a_pair_asked_for_is_called_a_pair():
    exercise = ValueExercise(
        number="2.7", title="", answer=(3, 4), solution="", misconceptions=[], hints=()
    )  # fmt: skip
    assert exercise.diagnose([3, 4]).kind == "right"
    assert exercise.diagnose((3, 5)).text == "`(3, 5)`: 1 of 2 numbers are right."
    assert exercise.diagnose(3).text == "your result is a single number, it should be a pair of numbers."


def test_a_value_of_several_numbers_counts_the_right_ones():
    exercise = ValueExercise(
        number="2.3",
        title="t",
        answer=lambda: np.array([[1.0, 2.0], [3.0, 4.0]]),
        solution="answer = [[1, 2], [3, 4]]",
        misconceptions=[Misconception("transposed", [[1, 3], [2, 4]], "`[[1, 3], [2, 4]]`", "(2.3)")],
        hints=("a", "b", "c"),
    )
    assert exercise.diagnose([[1, 2], [3, 4]]).kind == "right"
    assert exercise.diagnose([[1, 3], [2, 4]]).mistake == "transposed"
    assert "2 of 4 numbers are right" in exercise.diagnose([[1, 2], [4, 3]]).text
    assert exercise.diagnose([1, 2, 3, 4]).kind == "shape"


CHOICE = ChoiceExercise(
    number="2.4",
    title="Which?",
    options={"a": "it stays where it is", "b": "it moves along"},
    answer="b",
    reasons={"a": 'that it "stays" is invariance: section 2', "b": 'it "moves": (2.4)'},
    hints=("a", "b", "c"),
)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (..., "blank", ""),
        ("b", "right", 'it "moves"'),
        (" B ", "right", "moves"),
        ("a", "mistake", "invariance"),
        ("(b)", "right", "moves"),
        ("c", "option", 'one of "a", "b"; this is `\'c\'`'),
        (np.zeros((40, 40, 4)), "option", "with the quotation marks; this is an array of shape (40, 40, 4)"),
        (None, "option", "None"),
        (["a"], "mistake", "invariance"),
        (np.array(["b"]), "right", "moves"),
        ({"b"}, "right", "moves"),
        ("it moves along.", "right", "moves"),
        ("B) because it moves", "right", "moves"),
        ("option b", "right", "moves"),
        ("a, b", "option", 'one letter, not 2. Not "a"'),
        ("ab", "option", 'one letter, not 2. Not "a"'),
        (["b", "a"], "option", "invariance"),
        ("ba", "option", "one of"),
        (["b", 1], "option", "with the quotation marks"),
        (len, "option", "one of"),
    ],
)
def test_a_choice_gets_its_own_reason(answer, kind, words):
    found = CHOICE.diagnose(answer)
    assert found.kind == kind
    assert words in found.text


def test_a_choice_needs_a_reason_for_every_option():
    with pytest.raises(ValueError, match="every option needs its reason"):
        ChoiceExercise(number="2.4", title="", options={"a": "x", "b": "y"}, answer="a", reasons={"a": "z"}, hints=())


def test_tries_mistakes_and_hints_are_recorded(tmp_path, monkeypatch):
    place = tmp_path / "progress.json"
    monkeypatch.setenv("COURSE_PROGRESS", str(place))
    exercise = make()
    exercise.check(...)
    assert not place.exists()
    exercise.check(lambda x, k: np.correlate(x, k, mode="same"))
    exercise.hint()
    exercise.check(right)
    exercise.check(lambda x, k: x)
    assert progress.load() == {"2.1": {"tries": 3, "solved": True, "hints": 1, "mistakes": {"kernel not flipped": 1}}}
    assert [file.name for file in tmp_path.iterdir()] == ["progress.json"]


def test_a_running_kernel_shows_markdown_and_keeps_the_time_limit():
    source = (
        "from course_lib.teaching.engine import ChoiceExercise\n"
        "from course_lib.teaching.engine.sandbox import run\n"
        "ex = ChoiceExercise(number='2.4', title='Which?', options={'a': 'x', 'b': 'y'}, answer='a',\n"
        "                    reasons={'a': 'yes', 'b': '**no**'}, hints=('h1', 'h2', 'h3'))\n"
        "def f(x):\n    while True:\n        pass"
    )
    cells = [source, "ex.check(...)", "ex.check('b')", "ex.check('a')", "ex.hint()"]
    cells.append("print(run(f, [(1,)], 0.3)[0][0].failure.kind)")
    cells.append("ex.diagnose('b')")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = NotebookClient(notebook, timeout=60, kernel_name="python3")
    with client.setup_kernel(env={**os.environ, "COURSE_PROGRESS": "off"}):
        for index, cell in enumerate(notebook.cells):
            client.execute_cell(cell, index)
    outputs = [cell.outputs for cell in notebook.cells]
    assert outputs[1][0].text == "✎ 2.4 not attempted yet\n"
    assert outputs[2][0].data == {"text/markdown": "✗ 2.4 — **no**", "text/plain": "✗ 2.4 — **no**"}
    assert outputs[3][0].text == "✓ 2.4 Which?: yes\n"
    assert outputs[4][0].data["text/markdown"] == "Hint 1 of 3: h1"
    assert outputs[5][0].text == "time\n"
    assert outputs[6][0].data == {"text/markdown": "✗ **no**", "text/plain": "✗ no"}
