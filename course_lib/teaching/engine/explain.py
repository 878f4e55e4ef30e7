"""Finds what explains an answer: a known mistake, a transformation of what is right, or what the difference looks like.

The explanations are tried in the order of `EXPLANATIONS`; the first that has something to say is taken.
"""

import dis
import itertools
from dataclasses import replace

import numpy as np

from course_lib.teaching.engine.causes import typical_cause
from course_lib.teaching.engine.choices import nearly_two_wrong_choices, two_wrong_choices, written_for
from course_lib.teaching.engine.clues import drawn, never_used, no_entry, without_effect
from course_lib.teaching.engine.guard import genuine
from course_lib.teaching.engine.judge import agree, all_blank, fits, is_flat, is_right
from course_lib.teaching.engine.results import is_odd, needlessly_complex, same, unheard
from course_lib.teaching.engine.say import Finding, written, written_beside
from course_lib.teaching.engine.transformed import shapes_in_words, telling_case, transformed
from course_lib.teaching.engine.words import quote, quote_case, type_problem


def explain(exercise, judgement, answer, limit):
    """Find what explains an answer.

    Parameters
    ----------
    exercise : FunctionExercise
    judgement : Judgement
    answer : callable
        The learner's function; it is looked at, not called.
    limit : float
        The time limit that it had.

    Returns
    -------
    Finding
    """
    if judgement.stopped is not None:
        return _stopped(exercise, judgement, answer, limit)
    with genuine(), unheard():
        finding = next(found for look in EXPLANATIONS if (found := look(exercise, judgement)) is not None)
        said = [] if finding.lead or finding.kind != "values" else _habits(exercise, answer)
    return replace(finding, text=f"your function {', and '.join(said)}", lead=True) if said else finding


def _habits(exercise, answer):
    """What can be seen of a function without calling it: clauses of which it is the subject."""
    unused = " and ".join(f"`{name}`" for name in never_used(answer, exercise.arguments))
    name = drawn(answer, exercise.source)
    said = [f"never looks at its argument {unused}"] if unused else []
    return said + [f"draws random numbers (`{name}`), where nothing is left to chance"] if name else said


# --- what ends everything, and what is right --------------------------------------------------------------------------


def _stopped(exercise, judgement, answer, limit):
    index = min(len(judgement.outcomes), len(exercise.all_cases)) - 1
    where = f" It happened for {quote_case(exercise.arguments, exercise.all_cases[index])}."
    kind = judgement.stopped.kind
    if kind == "time":
        names = _imports(answer)
        outside = f" Importing {names} takes time, too: do it outside." if names else ""
        text = f"your code was still running at the time limit of {limit:g} s. Is there a loop that never ends?"
        return Finding("time", text + where + outside)
    if kind == "crash":
        return Finding(
            "exit", f"your code ended Python itself (`{judgement.stopped.name}`) before it gave a result." + where
        )
    what = "`exit`" if kind == "exit" else "`KeyboardInterrupt`"
    return Finding("exit", f"your code was ended by {what} before it gave a result." + where)


def _imports(function):
    """The modules that a function imports when it is called, in backticks."""
    code = getattr(function, "__code__", None)
    steps = dis.get_instructions(code) if code else ()
    return ", ".join(dict.fromkeys(f"`{step.argval}`" for step in steps if step.opname == "IMPORT_NAME"))


def _blank(exercise, judgement):
    return Finding("blank", "") if all_blank(judgement.outcomes[:1]) else None


def _right(exercise, judgement):
    if judgement.wrong or judgement.changed or judgement.repeats:
        return None
    return Finding("right", "")


# --- known mistakes ---------------------------------------------------------------------------------------------------


def _known(exercise, judgement):
    """The known mistake whose behaviour is this one on every case."""
    if not judgement.wrong:
        return None
    outcomes, middling = judgement.outcomes, len(judgement.wrong) // 3  # the smallest cases rule out least
    order = [*judgement.wrong[middling:], *judgement.wrong[:middling], *_right_cases(judgement)]
    for m, misconception in enumerate(exercise.misconceptions):
        if all(agree(exercise, outcomes[i], exercise.done_by_mistake(m, i)) for i in order):
            return _named(exercise, judgement, misconception, judgement.wrong)
    return None


def _right_cases(judgement):
    wrong = set(judgement.wrong)
    return [i for i in range(len(judgement.outcomes)) if i not in wrong]


def _named(exercise, judgement, misconception, indices):
    """A known mistake, shown on one of these cases."""
    words = exercise.message(misconception, *written_for(exercise, judgement, misconception, indices))
    return Finding("mistake", words, misconception.name)


def _known_mostly(exercise, judgement):
    """The known mistake, or the two, that explain most of the failing cases and the example that the message quotes."""
    found, telling = [], [i for i in judgement.wrong if not is_flat(judgement.outcomes[i])]
    for m, misconception in enumerate(exercise.misconceptions):
        hits = _hits(exercise, judgement, m, telling, max(2, 0.6 * len(telling)))
        if hits is None:  # many mistakes are alike where all is False
            continue
        known = [exercise.done_by_mistake(m, i) for i in range(len(exercise.all_cases))]
        guarded = {i for i in _right_cases(judgement) if not is_right(exercise, known[i], judgement.expected[i])}
        if guarded and len(hits & set(telling)) < 0.75 * len(telling):
            continue
        shown = misconception.is_filled_in or exercise.example_index(m) in hits
        if shown and len(hits) > len(guarded) and not _always_broken(judgement, hits):
            found.append((len(hits) - len(guarded), hits, misconception, known))
    wrong = set(judgement.wrong)
    for _, hits, misconception, known in sorted(found, key=lambda row: -row[0]):
        if len(hits) >= max(2, 0.75 * len(wrong)) or hits == wrong:
            return _with_exceptions(exercise, judgement, misconception, known, sorted(wrong - hits))
    for (_, a, one, _), (_, b, other, _) in itertools.combinations(found, 2):
        if len(a | b) >= 0.75 * len(wrong) and a - b and b - a:
            texts = [_named(exercise, judgement, m, sorted(h)).text for m, h in ((one, a), (other, b))]
            return Finding("mistake", f"two things at once. First: {texts[0]} Second: {texts[1]}", one.name)
    for _, hits, misconception, known in sorted(found, key=lambda row: -row[0]):
        if len(hits) >= max(3, 0.6 * len(wrong)):
            return _with_exceptions(exercise, judgement, misconception, known, sorted(wrong - hits))
    return None


def _hits(exercise, judgement, m, telling, enough):
    """The failing cases on which a known mistake does what the answer does; None where too few tell something."""
    hits, others = set(), set(judgement.wrong) - set(telling)
    for tried, i in enumerate([*telling, *others]):
        if i not in others and len(hits) + len(telling) - tried < enough:
            return None
        if _near(exercise, judgement.outcomes[i], exercise.done_by_mistake(m, i), judgement.expected[i]):
            hits.add(i)
    return hits if len(hits - others) >= enough else None


def _known_part(exercise, judgement):
    """The known mistake that gives the first of several results that is wrong, wherever something is wrong."""
    if not exercise.gives_parts or len(judgement.wrong) < 3:
        return None
    values = [judgement.outcomes[i].value for i in judgement.wrong]
    expected = [judgement.expected[i] for i in judgement.wrong]
    if not all(isinstance(v, tuple) and len(v) == len(e) for v, e in zip(values, expected, strict=True)):
        return None
    parts = range(len(expected[0]))
    wrong = [k for k in parts if any(not fits(exercise, v[k], e[k]) for v, e in zip(values, expected, strict=True))]
    for part, (m, known) in itertools.product(wrong, enumerate(exercise.behaviours)):
        misconception, shown = exercise.misconceptions[m], exercise.example_index(m)
        quoted = shown is not None and agree(exercise, judgement.outcomes[shown], known[shown])
        if not misconception.is_filled_in and not quoted:  # what the message quotes must be the learner's
            continue
        others = [known[i].value for i in judgement.wrong]
        if all(
            isinstance(other, tuple) and len(other) > part and same(v[part], other[part], exercise.rtol, exercise.atol)
            for v, other in zip(values, others, strict=True)
        ) and not all(fits(exercise, other[part], e[part]) for other, e in zip(others, expected, strict=True)):
            words = _named(exercise, judgement, misconception, judgement.wrong).text
            return Finding("mistake", f"result {part + 1} of {len(parts)}: {words}", misconception.name)
    return None


def _two_mostly(exercise, judgement):
    """Two wrong choices that explain most cases, with the exceptions."""
    pair = nearly_two_wrong_choices(exercise, judgement)
    if pair is None:
        return None
    misconception, known, hits = pair
    return _with_exceptions(exercise, judgement, misconception, known, sorted(set(judgement.wrong) - hits))


def _always_broken(judgement, hits):
    """Whether all that an answer shares with a known mistake is an exception or NaN, which it also gives elsewhere."""

    def broken(i):
        outcome = judgement.outcomes[i]
        if outcome.failure is not None:
            return outcome.failure.name
        numbers = isinstance(outcome.value, np.ndarray) and outcome.value.dtype.kind in "fc"
        return numbers and bool(np.isnan(outcome.value).all())

    kinds = {broken(i) for i in hits}
    return len(kinds) == 1 and kinds != {False} and any(broken(i) in kinds for i in judgement.wrong if i not in hits)


def _with_exceptions(exercise, judgement, misconception, known, others):
    finding = _named(exercise, judgement, misconception, sorted(set(judgement.wrong) - set(others)))
    if not others:
        return finding
    case, expected, got = written(exercise, judgement, others[0])
    alone = known[others[0]]
    more = f" On {len(others)} of {len(known)} cases there is more to it: for {case} you get `{got}`, while "
    if is_right(exercise, alone, judgement.expected[others[0]]):
        more += f"`{expected}` is right"
    else:
        value, failure = alone.value, alone.failure
        there = failure.name if failure else written_beside(exercise, judgement, others[0], value)
        alone = f"that mistake alone would give `{there}`, right is `{expected}`"
        more += alone if there != got else f"`{expected}` is right"
    return Finding(finding.kind, finding.text + more + ".", finding.mistake)


def _near(exercise, outcome, known, expected):
    """Whether an outcome is that of a known mistake, up to a small part of what the mistake changes."""
    if agree(exercise, outcome, known):
        return True
    if outcome.failure is not None or known.failure is not None:
        return False
    o, k, e = outcome.value, known.value, expected
    arrays = all(isinstance(side, np.ndarray) and side.dtype.kind in "buif" for side in (o, k, e))
    if not arrays or not o.shape == k.shape == e.shape or not o.size:
        return False
    o, k, e = (side.astype(float) for side in (o, k, e))
    if not (np.isfinite(o).all() and np.isfinite(k).all() and np.isfinite(e).all()):
        return False
    return bool(np.abs(o - k).max() <= 1e-3 * np.abs(k - e).max())


# --- arguments changed, chance ----------------------------------------------------------------------------------------


def _changed(exercise, judgement):
    if judgement.changed is None:
        return None
    index, argument = judgement.changed
    name, case = exercise.arguments[argument], quote_case(exercise.arguments, exercise.all_cases[index])
    result = "your" if judgement.wrong else "the result is right, but your"
    return Finding(
        "in-place",
        f"{result} function changes its input `{name}`, and whoever called it loses the original. "
        f"Work on a copy: `{name}.copy()`. It happened for {case}.",
    )


def _unstable(exercise, judgement):
    if judgement.repeats is None:
        return None
    a, b = (quote(o.value) if o.failure is None else o.failure.name for o in judgement.repeats)
    shown = f" (`{a}`, then `{b}`)" if a != b else ""
    return Finding(
        "unstable",
        f"two calls with the same input gave different results{shown}. "
        "Does the function use random numbers, or a variable outside itself?",
    )


# --- what the difference looks like -----------------------------------------------------------------------------------


def _difference(exercise, judgement):
    """Describe the smallest failing case that tells something, of which no known mistake is the cause."""
    index = telling_case(exercise, _commonest(judgement))
    outcome, expected = judgement.outcomes[index], judgement.expected[index]
    case = quote_case(exercise.arguments, exercise.all_cases[index])
    if outcome.failure is not None:
        return _raised(exercise, outcome.failure, case, index)
    if is_odd(outcome.value, "None"):
        text = f"your function returns nothing (`None`), for {case}. Is a `return` missing?"
        return Finding("type", text, case=index)
    if kind := type_problem(outcome.value, expected, exercise.gives_tuple):
        return Finding("type", f"{kind}, for {case}", case=index)
    if isinstance(expected, tuple):
        part = next(k for k, e in enumerate(expected) if not fits(exercise, outcome.value[k], e))
        return _unlike(exercise, judgement, index, expected[part], outcome.value[part], part)
    return _unlike(exercise, judgement, index, expected, outcome.value)


def _commonest(judgement):
    """The failing cases of the sort that is the most frequent: exceptions, other types, or numbers."""

    def sort(i):
        outcome = judgement.outcomes[i]
        return "error" if outcome.failure else type_problem(outcome.value, judgement.expected[i]) is not None

    sorts = [sort(i) for i in judgement.wrong]
    most = max(dict.fromkeys(sorts), key=sorts.count)
    return [i for i, what in zip(judgement.wrong, sorts, strict=True) if what == most]


def _unlike(exercise, judgement, index, expected, value, part=None):
    """Describe two arrays that are not the same."""
    case = quote_case(exercise.arguments, exercise.all_cases[index])
    if value.shape != expected.shape:
        return Finding("shape", shapes_in_words(exercise, judgement, index, part), case=index, part=part)
    if exercise.same_dtype and same(value, expected, exercise.rtol, exercise.atol):
        text = f"the numbers are right, but of type `{value.dtype}`, not `{expected.dtype}`, for {case}"
        return Finding("type", text, case=index, part=part)
    if needlessly_complex(value, expected):
        text = "your numbers are complex, and real ones are asked for"
        return Finding("type", text, case=index, part=part, shows=True)
    if value.dtype.kind in "fc" and np.isnan(value).any() and not np.isnan(expected.astype(value.dtype)).any():
        text = "your result holds NaN, which 0/0, ∞/∞, ∞ − ∞ and the root or the logarithm of a negative number give"
        return Finding("nan", text, case=index, part=part, shows=True)
    if value.dtype.kind in "fc" and np.isinf(value).any() and np.isfinite(expected).all():
        why = "which is what a division by 0, the log of 0 or too large a power gives"
        return Finding("nan", f"your result is infinite, {why}", case=index, part=part, shows=True)
    if value.dtype == bool and expected.dtype != bool and expected.dtype.kind in "uif":
        return Finding(
            "values", "your result holds True and False, numbers are asked for", case=index, part=part, shows=True
        )
    low = {np.dtype(np.float32): "float32", np.dtype(np.float16): "float16"}.get(value.dtype)
    if low and same(value, expected, 1e-2, 1e-2 * np.abs(expected.astype(float)).max(initial=0)):
        text = (
            f"your result is near, and of type `{low}`, whose rounding errors are too large here: compute in `float64`"
        )
        return Finding("values", text, case=index, part=part, shows=True)
    return Finding("values", "not right yet", case=index, part=part, shows=True, lead=False)


def _raised(exercise, failure, case, index):
    if not failure.line and failure.name == "TypeError" and "argument" in failure.message:
        text = f"your function cannot be called as `{exercise.signature}`: {failure.message}"
        return Finding("error", text)
    if failure.name == "RecursionError":
        return Finding("error", f"your function calls itself without end (`RecursionError`), for {case}", case=index)
    place = f" in the line `{failure.line}`" if failure.line and "`" not in failure.line else ""
    message = failure.message.replace("`", "'")
    cause = typical_cause(message, failure.name)
    text = f"your code stopped with `{failure.name}: {message}`{place}, for {case}. {cause}".rstrip()
    return Finding("error", text, case=index)


EXPLANATIONS = (
    _blank,
    _right,
    _known,
    two_wrong_choices,
    _changed,
    _unstable,
    _known_mostly,
    _known_part,
    _two_mostly,
    transformed,
    without_effect,
    no_entry,
    _difference,
)
