"""Mistakes that nobody listed, and known ones in another dress, get words that are true of them."""

import fractions
import warnings

import numpy as np
import pytest

from course_lib.teaching.engine import FunctionExercise, Misconception, ValueExercise


def _images(rng):
    for shape in ((2, 3), (3, 3), (4, 2), (2, 2, 3), (5,)):
        yield rng.normal(size=shape), 0.5 + rng.random()
    yield rng.integers(-4, 5, (3, 4)), 2


def _share(a, t):
    """Which part of the squares comes from entries above t."""
    squares = np.asarray(a, dtype=float) ** 2
    return float(np.sum(squares * (a > t)) / np.sum(squares)) if squares.any() else 0.0


SPIKES = (np.array([3.0, 1.0, 0.0, -2.0]), 0.5)
SHARE = FunctionExercise(
    number="2.1",
    title="A share",
    cases=_images,
    oracle=_share,
    solution="def share(a, t):\n    return (a[a > t] ** 2).sum() / (a ** 2).sum()",
    misconceptions=[
        Misconception(
            "not squared",
            lambda a, t: float(np.sum(np.abs(a) * (a > t)) / np.sum(np.abs(a))),
            "you do not **square**: `0.6667`. See (2.2).",
            "(2.2)",
            example=SPIKES,
        ),
        Misconception(
            "both signs counted",
            lambda a, t: float(np.sum(np.square(a) * (np.abs(a) > t)) / np.sum(np.square(a))),
            "entries below -t are not above t: `1`. See section 2.",
            "section 2",
            example=SPIKES,
        ),
    ],
    hints=("a", "b", "c"),
)


def said(exercise, answer):
    found = exercise.diagnose(answer)
    assert found.kind != "right"
    return found


def test_a_known_mistake_keeps_its_name_with_a_guard_or_an_epsilon():
    def guarded(a, t):
        a = np.abs(a)
        return (a * (a > t)).sum() / (a.sum() + 1e-9) if a.ndim > 1 else _share(a, t)

    def unsquared(a, t):
        return np.sum(np.abs(a) * (a > t)) / (np.sum(np.abs(a)) + 1e-7)

    assert said(SHARE, unsquared).mistake == "not squared"
    assert "`.hint()`" not in said(SHARE, guarded).text


def test_a_known_mistake_with_an_exception_says_where_it_is_another():
    found = said(SHARE, lambda a, t: np.sum(np.abs(a) * (a > t)) / np.sum(np.abs(a)) + (a.ndim == 3))
    assert found.mistake == "not squared"
    assert "there is more to it" in found.text


def test_a_known_mistake_that_raises_where_several_results_are_asked_for_keeps_its_name():
    exercise = FunctionExercise(
        number="2.1",
        title="Sum and double",
        cases=lambda rng: [(rng.normal(size=n), n % 3) for n in range(2, 12)],
        oracle=lambda a, n: (a + n, 2 * a),
        solution="def both(a, n):\n    return n + a, a + a",
        misconceptions=[
            Misconception(
                "not doubled",
                lambda a, n: (a + n, a),
                "you do not **double**: `([1.0], [1.0])`. See (2.2).",
                "(2.2)",
                example=(np.array([1.0]), 0),
            )
        ],
        hints=("a", "b", "c"),
    )
    found = said(exercise, lambda a, n: (a + n, a if len(a) != 4 else a[4]))
    assert found.mistake == "not doubled"
    assert "you get `IndexError`, while that mistake alone would give `" in found.text


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda a, t: 1 - np.sum(np.abs(a) * (a > t)) / np.sum(np.abs(a)), ["*not squared*", "1 minus"]),
        (lambda a, t: np.sum(np.abs(a) * (a > 2 * t)) / np.sum(np.abs(a)), ["*not squared*", "`2 * t`"]),
        (
            lambda a, t: np.sqrt(np.sum(np.abs(a) * (a > t)) / np.sum(np.abs(a))),
            ["*not squared*", "square root too many"],
        ),
    ],
)
def test_two_mistakes_at_once_are_both_named(answer, words):
    text = said(SHARE, answer).text
    assert "two things at once" in text
    for word in words:
        assert word in text


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda a, t: _share(a, t) ** 2, "the square of what is asked for"),
        (lambda a, t: _share(a, t) ** 0.5, "the square root of what is asked for"),
        (lambda a, t: 1 - _share(a, t), "1 minus what is asked for"),
        (lambda a, t: 100 * _share(a, t), "a percentage stands where a share is meant"),
        (lambda a, t: np.exp(_share(a, t)), "is a logarithm missing?"),
        (lambda a, t: _share(a, t) / np.log(2), "a logarithm to the base 2"),
        (lambda a, t: _share(a, t) * np.size(a), "the number of entries of `a` times"),
        (lambda a, t: _share(a, t) / np.size(a), "is a mean where the sum is asked for?"),
        (lambda a, t: _share(a, t) * np.size(a) / (np.size(a) - 1), "do you divide by n − 1 where n is meant?"),
        (lambda a, t: _share(a, -t), "the right one for `-t`, not for `t`"),
        (lambda a, t: _share(a, 2 * t), "the right one for `2 * t`, not for `t`"),
        (lambda a, t: _share(a, 0.5), "does not depend on `t`"),
        (lambda a, t: _share(-a, t), "the right one for `a` negated"),
        (lambda a, t: _share(np.round(a), t), "the right one for `a` rounded to whole numbers"),
        (lambda a, t: t, "your function returns `t` as it is"),
        (lambda a, t: np.max(a), "your result is `a.max()`"),
        (lambda a, t: 0.25, "your result is `0.25`, whatever the arguments are"),
        (lambda a, t: round(_share(a, t), 2), "rounded to 2 decimals"),
        (lambda a, t: _share(a, t) if np.ndim(a) == 2 else 7.5, "It fails just where `a` does not have 2 axes"),
    ],
)
def test_a_mistake_that_nobody_listed_is_named_by_what_it_does(answer, words):
    assert words in said(SHARE, answer).text


MAP = FunctionExercise(
    number="2.2",
    title="Rows",
    cases=lambda rng: ((rng.normal(size=(n, m)), rng.random(m)) for n, m in ((2, 3), (3, 2), (4, 4), (1, 3), (5, 2))),
    oracle=lambda a, w: (a * w).sum(1) / w.sum(),
    solution="def rows(a, w):\n    return a @ w / w.sum()",
    misconceptions=[],
    hints=("a", "b", "c"),
)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda a, w: a @ w, "your result is `w.sum()` times what it should be"),
        (lambda a, w: a.mean(1), "`w` has no effect on your result: as if it held only ones"),
        (lambda a, w: (a @ w / w.sum())[::-1], "the entries are in reversed order"),
        (lambda a, w: np.sort(a @ w / w.sum()), "the entries are sorted"),
        (lambda a, w: (a @ w / w.sum()).mean(), "You return the mean over all entries: a value for each is asked for"),
        (lambda a, w: (a @ w / w.sum())[:, None], "axis of length 1 too many"),
        (lambda a, w: np.maximum(a @ w / w.sum(), 0), "negative results have become 0"),
        (lambda a, w: np.abs(a @ w / w.sum()), "the sign is lost"),
        (lambda a, w: (a @ w / w.sum())[0], "Only the first entry is returned"),
        (lambda a, w: np.repeat((a @ w / w.sum())[:, None], 3, 1), "expected"),
        (lambda a, w: np.array((a @ w / w.sum()) * 10, dtype=int), "the fractions are lost"),
        (lambda a, w: np.diag(a @ w / w.sum()) + 1 - np.eye(len(a)), "the diagonal is what is asked for"),
    ],
)
def test_arrays_that_are_made_of_the_right_one(answer, words):
    assert words in said(MAP, answer).text


@pytest.mark.parametrize(
    "answer",
    [
        lambda a, w: (a @ w / w.sum()).astype(np.float32),
        lambda a, w: a.astype(np.float32) @ w.astype(np.float32) / w.astype(np.float32).sum(),
        lambda a, w: [float(v) for v in a @ w / w.sum()],
        lambda a, w: tuple(a @ w / w.sum()),
        lambda a, w: [fractions.Fraction(float(v)) for v in a @ w / w.sum()],
        lambda a, w, more=...: a[..., :] @ w[(...,)] / w.sum(),
    ],
)
def test_right_answers_in_another_dress_are_right(answer):
    assert MAP.diagnose(answer).kind == "right"


def test_half_precision_is_told_kindly():
    text = said(MAP, lambda a, w: (a @ w / w.sum()).astype(np.float16)).text
    assert "float16" in text


def test_slices_are_as_good_as_pairs():
    exercise = FunctionExercise(
        number="2.3",
        title="",
        cases=lambda rng: ((n, k) for n, k in ((3, 1), (5, 2), (9, 4), (7, 3), (6, 6))),
        oracle=lambda n, k: (n - k, n + k),
        solution="def window(n, k):\n    return n - k, n + k",
        misconceptions=[],
        hints=("a", "b", "c"),
    )
    assert exercise.diagnose(lambda n, k: slice(n - k, n + k)).kind == "right"
    assert "`(4, 2)`" in said(exercise, lambda n, k: slice(n + k, n - k)).text
    assert "reversed order" in said(exercise, lambda n, k: slice(n + k, n - k)).text


@pytest.mark.parametrize("lucky", range(6))
def test_chance_in_any_case_is_noticed(lucky):
    def sometimes(a, t):
        return _share(a, t) + (np.random.default_rng().random() < 0.5) * 1e-3

    assert SHARE.diagnose(sometimes).kind != "right"


def test_state_is_noticed_whichever_case_it_spoils():
    seen = set()

    def remembers(a, w):
        fresh = a.tobytes() not in seen
        seen.add(a.tobytes())
        return a @ w / w.sum() + (not fresh and len(a) == 5)

    assert MAP.diagnose(remembers).kind == "unstable"


@pytest.mark.parametrize(
    ("answer", "not_said"),
    [
        (lambda a, w: a @ w / w.sum() + 1e-3 * w[0], "1 times what it should be"),
        (lambda a, w: np.sqrt(-1 - np.abs(a @ w)), "0/0 or"),
    ],
)
def test_no_false_leads(answer, not_said):
    assert not_said not in said(MAP, answer).text


def test_the_root_of_a_negative_number_is_named():
    assert "the root or the logarithm of a negative number" in said(MAP, lambda a, w: np.sqrt(-1 - np.abs(a @ w))).text


def test_the_case_that_is_shown_tells_something():
    text = said(SHARE, lambda a, t: _share(a, t) + np.size(a) ** 2 % 7 + 0.125).text
    assert "`a = [3, 1, 0, -2]`" in text
    assert text.endswith("`.hint()` gives a nudge.")


def test_an_oracle_that_never_ends_on_other_arguments_does_no_harm():
    def halvings(n):
        count = 0
        while n != 1:
            n, count = n // 2 if n > 0 else n, count + 1
        return count

    exercise = FunctionExercise(
        number="2.4",
        title="",
        cases=lambda rng: ((n,) for n in (2, 5, 8, 9, 100, 33)),
        oracle=halvings,
        solution="def halvings(n):\n    return n.bit_length() - 1",
        misconceptions=[],
        hints=("a", "b", "c"),
    )
    assert "not right yet" in said(exercise, lambda n: n % 7 + n // 3).text


NUMBER = ValueExercise(
    number="2.5",
    title="",
    answer=0.36,
    solution="answer = 0.36",
    misconceptions=[Misconception("the other one", 0.17, "`0.17` is the other.", "(2.3)")],
    hints=("a", "b", "c"),
)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.72, "is twice what is right"),
        (0.6, "is the square root of what is right"),
        (0.1296, "is a square root missing?"),
        (0.64, "has to be taken off 1"),
        (36, "is 100 times what is right"),
        (1 / 0.36, "is the reciprocal"),
        (float(np.log(0.36)), "is the natural logarithm of what is right"),
        (0.34, "is twice of what a mistake gives, *the other one*"),
        (0.41, "is not right yet"),
    ],
)
def test_numbers_that_are_one_step_away(value, words):
    assert words in NUMBER.diagnose(value).text


def test_explanations_are_tried_in_silence():
    """Some of them take the mean of an image that has no pixels."""

    def cases(rng):
        for size in (0, 3, 5, 4):
            yield (rng.normal(size=size),)

    mean = Misconception(
        "mean", lambda a: np.sum(a) / max(len(a), 1), "`1`. See (2.2).", "(2.2)", example=(np.ones(2),)
    )
    exercise = FunctionExercise(
        number="2.2",
        title="A sum",
        cases=cases,
        oracle=np.sum,
        solution="def f(a):\n    return a.sum()",
        misconceptions=[mean],
        hints=("a", "b", "c"),
    )
    with warnings.catch_warnings(record=True) as heard:  # as errors they would be caught
        warnings.simplefilter("always")
        said(exercise, lambda a: 2 * np.sum(a) + 3)
    assert [str(w.message) for w in heard] == []


def _pictures(rng):
    for shape in ((3, 4), (4, 3), (5, 6), (8, 9), (9, 7), (1, 5)):
        yield rng.integers(0, 9, shape).astype(float), tuple(int(rng.integers(n)) for n in shape)


BELOW = FunctionExercise(
    number="2.5",
    title="Below a pixel",
    cases=_pictures,
    oracle=lambda image, place: image < image[place],
    solution="def below(image, place):\n    return image < image[place]",
    misconceptions=[
        Misconception(
            "equal ones as well",
            lambda image, place: image <= image[place],
            "`<=` takes what is **equal**, too. For {case} you return `{got}`, expected `{expected}`. See (2.2).",
            example=(np.full((6, 7), 3.0), (2, 4)),
        ),
        Misconception(
            "differences",
            lambda image, place: image - image[place],
            "you return **differences**. For {case} you return `{got}`, expected `{expected}`. See (2.2).",
            example=(np.full((6, 7), 3.0), (2, 4)),
        ),
    ],
    hints=("a", "b", "c"),
)


def test_an_argument_read_the_other_way_is_named_where_it_also_raises():
    assert "the right one for `place` in reversed order" in said(BELOW, lambda im, at: im < im[at[::-1]]).text
    assert "IndexError" in said(BELOW, lambda im, at: im > im[at[1], at[0] + 3]).text


def test_a_known_mistake_that_raises_is_told_as_what_it_is():
    raising = Misconception(
        "(x, y)",
        lambda image, place: image < image[place[::-1]],
        "it is (row, column). For {case} you return `{got}`, expected `{expected}`. See (2.2).",
        example=(np.array([[1.0, 2.0, 3.0]]), (0, 2)),
    )
    names = "number title cases oracle hints".split()
    exercise = FunctionExercise(
        **{name: getattr(BELOW, name) for name in names}, solution=BELOW.source, misconceptions=[raising]
    )
    found = said(exercise, lambda im, at: im < im[at[::-1]])
    assert found.mistake == "(x, y)"
    assert "your code stops with `IndexError`, expected `[[True, True, False]]`" in found.text


def test_a_result_too_large_to_be_written_is_shown_at_one_entry():
    text = said(BELOW, lambda image, place: image <= image[place]).text
    assert "`image = shape (6, 7)`" in text
    assert "at the entry `[0, 0]`, you return `True`, expected `False`" in text


def test_false_is_not_called_0():
    text = said(BELOW, lambda image, place: (image < image[place]) & (image.size < 6)).text
    assert "your result is `False`" in text or "everything is `False`" in text


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda image, place: (image < image[place])[:, 1:], "a block of the right one: too much is cut off"),
        (
            lambda image, place: np.pad(image < image[place], ((0, 0), (2, 1))),
            "a block of yours: too little is cut off",
        ),
        (lambda image, place: (image - image[place])[:, 2:], "*differences*"),
        (lambda image, place: (image - image[place])[:, 2:], "more is cut off"),
    ],
)
def test_blocks_of_the_right_result_are_seen(answer, words):
    assert words in said(BELOW, answer).text.replace("Right result is", "right result is")
