"""Finds what explains an answer: a known mistake, a transformation of the right result, or what the difference looks like.

The explanations are tried in the order of `EXPLANATIONS`; the first that has something to say is taken.
"""

import dis
import itertools

import numpy as np

from course_lib.teaching.engine import inputs, outputs
from course_lib.teaching.engine.causes import typical_cause
from course_lib.teaching.engine.guard import genuine
from course_lib.teaching.engine.judge import agree, all_blank, fits, is_right
from course_lib.teaching.engine.results import Odd, is_odd, needlessly_complex, same
from course_lib.teaching.engine.sandbox import run
from course_lib.teaching.engine.say import Finding, written
from course_lib.teaching.engine.words import how_shapes_differ, quote, quote_both, quote_case, sort_of

SECONDS = 0.1  # of processor time for transformed arguments, which cost a call of the oracle each


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
    with genuine():
        return next(found for look in EXPLANATIONS if (found := look(exercise, judgement)) is not None)


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
        return Finding("exit", f"your code ended Python itself (`{judgement.stopped.name}`) before it gave a result." + where)
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
    for misconception, known in zip(exercise.misconceptions, exercise.behaviours, strict=True):
        if all(agree(exercise, a, b) for a, b in zip(judgement.outcomes, known, strict=True)):
            return _named(exercise, judgement, misconception, judgement.wrong[0])
    return None


def _named(exercise, judgement, misconception, index):
    return Finding("mistake", exercise.message(misconception, *written(exercise, judgement, index)), misconception.name)


def _known_mostly(exercise, judgement):
    """The known mistake, or the two, that explain most of the failing cases and the example that the message quotes."""
    found = []
    for m, (misconception, known) in enumerate(zip(exercise.misconceptions, exercise.behaviours, strict=True)):
        hits = {i for i in judgement.wrong if _near(exercise, judgement.outcomes[i], known[i], judgement.expected[i])}
        kept = {i for i in range(len(known)) if i not in judgement.wrong}
        guarded = {i for i in kept if not is_right(exercise, known[i], judgement.expected[i])}
        example = exercise.example_index(m)
        if example in hits and len(hits) > len(guarded) and not _always_broken(judgement, hits):
            found.append((len(hits) - len(guarded), hits, misconception, known))
    wrong = set(judgement.wrong)
    for _, hits, misconception, known in sorted(found, key=lambda row: -row[0]):
        if len(hits) >= max(2, 0.75 * len(wrong)) or hits == wrong:
            return _with_exceptions(exercise, judgement, misconception, known, sorted(wrong - hits))
    for (_, a, one, _), (_, b, other, _) in itertools.combinations(found, 2):
        if len(a | b) >= 0.75 * len(wrong) and a - b and b - a:
            texts = [exercise.message(m, *written(exercise, judgement, min(h))) for m, h in ((one, a), (other, b))]
            return Finding("mistake", f"two things at once. First: {texts[0]} Second: {texts[1]}", one.name)
    for _, hits, misconception, known in sorted(found, key=lambda row: -row[0]):
        if len(hits) >= max(2, 0.4 * len(wrong)):
            return _with_exceptions(exercise, judgement, misconception, known, sorted(wrong - hits))
    return None


def _always_broken(judgement, hits):
    """Whether all that an answer has in common with a known mistake is an exception or NaN, which it also gives elsewhere."""

    def broken(i):
        outcome = judgement.outcomes[i]
        if outcome.failure is not None:
            return outcome.failure.name
        numbers = isinstance(outcome.value, np.ndarray) and outcome.value.dtype.kind in "fc"
        return numbers and bool(np.isnan(outcome.value).all())

    kinds = {broken(i) for i in hits}
    return len(kinds) == 1 and kinds != {False} and any(broken(i) in kinds for i in judgement.wrong if i not in hits)


def _with_exceptions(exercise, judgement, misconception, known, others):
    finding = _named(exercise, judgement, misconception, min(set(judgement.wrong) - set(others)))
    if not others:
        return finding
    case, expected, got = written(exercise, judgement, others[0])
    alone = known[others[0]]
    alone = quote(alone.value, as_tuple=exercise.gives_tuple) if alone.failure is None else alone.failure.name
    wanted = "is right there" if alone == expected else f"that mistake alone would give `{alone}`, right is `{expected}`"
    more = f" On {len(others)} of {len(known)} cases there is more to it: for {case} you get `{got}`, while "
    more += wanted if alone != expected else f"`{expected}` is right"
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


# --- arguments changed, chance ------------------------------------------------------------------------------------------


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


# --- transformations --------------------------------------------------------------------------------------------------


def _transformed(exercise, judgement):
    """What is made of the right result, or of the right arguments, wherever something is wrong."""
    if exercise.gives_parts:
        return _transformed_parts(exercise, judgement)
    pairs = _pairs(exercise, judgement)
    if len(pairs) < 0.6 * len(judgement.wrong) or not _enough([e for _, e, _, _ in pairs]):
        return None
    words = (
        _constant(judgement)
        or _fitting(exercise, pairs)
        or _of_arguments(exercise, pairs)
        or _on_top_of_a_known(exercise, judgement)
        or _of_arguments_and_a_known(exercise, pairs)
    )
    if words is None:
        words, pairs = _fitting_most(exercise, pairs)
    if words is None:
        return None
    index = _telling(exercise, [i for i, _, _, _ in pairs])
    return _told(exercise, judgement, words, index, len(pairs))


def _constant(judgement):
    """Words for a result that is one and the same whatever comes in."""
    values = [outcome.value for outcome in judgement.outcomes if outcome.failure is None]
    first = values[0]
    if len(values) < 3 or not isinstance(first, np.ndarray) or first.size > 12 or not all(same(v, first, 0, 0) for v in values):
        return None
    if all(same(e, judgement.expected[0], 0, 0) for e in judgement.expected) or not _finite(first):
        return None
    return "everything is 0" if not first.any() and first.dtype.kind in "uif" else f"your result is `{quote(first)}`, whatever the arguments are"


def _finite(value):
    return value.dtype.kind not in "fc" or np.isfinite(value).any()


def _told(exercise, judgement, words, index, count, part=None):
    """A finding for words that hold on `count` of the failing cases."""
    everywhere = count == len(judgement.wrong)
    total = len(exercise.all_cases)
    some_right = len(judgement.wrong) < total
    partly = not everywhere or (some_right and part is None and not _also_right(exercise, judgement, words))
    if partly:
        words = f"on {count} of {total} cases {words.replace('everything', 'your result', 1)}"
    expected, value = judgement.expected[index], judgement.outcomes[index].value
    if part is not None:
        expected, value = expected[part], value[part]
    if value.shape == expected.shape:
        return Finding("values", words, case=index, part=part, shows=True)
    return Finding("shape", f"{_shapes(exercise, judgement, index, part)} {words[:1].upper()}{words[1:]}", case=index, part=part)


def _also_right(exercise, judgement, words):
    """Whether the right cases fit the words, too: what is rounded may happen to be round."""
    right = [i for i in range(len(judgement.outcomes)) if i not in judgement.wrong]
    pairs = [(judgement.expected[i], judgement.outcomes[i].value, exercise.all_cases[i]) for i in right]
    pairs = [pair for pair in pairs if isinstance(pair[0], np.ndarray) and pair[0].size > 1] or pairs
    wrong = [(e, g, a) for _, e, g, a in _pairs(exercise, judgement)]
    for text, predict in outputs.candidates(wrong, exercise.arguments):
        if text == words:
            return all(outputs.matches(predict, e, g, a, exercise.rtol, exercise.atol) for e, g, a in pairs)
    return True


def _transformed_parts(exercise, judgement):
    """The same for a function that gives several arrays: the first that is wrong is explained."""
    usable = [i for i in judgement.wrong if _comparable(judgement.outcomes[i], judgement.expected[i])]
    if len(usable) < len(judgement.wrong):
        return None
    values = [(judgement.expected[i], judgement.outcomes[i].value) for i in usable]
    parts = len(values[0][0])
    for order in itertools.permutations(range(parts)):
        if order != tuple(range(parts)) and all(all(fits(exercise, v[k], e[j]) for j, k in enumerate(order)) for e, v in values):
            text = "the results are the right ones, in another order"
            index = usable[0]
            case, wanted, got = written(exercise, judgement, index)
            return Finding("values", f"{text}: for {case} you return `{got}`, expected `{wanted}`.")
    part = next(k for k in range(parts) if not fits(exercise, values[0][1][k], values[0][0][k]))
    pairs = [
        (i, e[part], v[part], exercise.all_cases[i])
        for i, (e, v) in zip(usable, values, strict=True)
        if not fits(exercise, v[part], e[part])
    ]
    if not _enough([e for _, e, _, _ in pairs]):
        return None
    words = _fitting(exercise, pairs)
    return words and _told(exercise, judgement, words, _telling(exercise, [i for i, *_ in pairs]), len(pairs), part)


def _pairs(exercise, judgement):
    """The failing cases that gave numbers: (index, expected, got, arguments)."""
    return [
        (i, judgement.expected[i], judgement.outcomes[i].value, exercise.all_cases[i])
        for i in judgement.wrong
        if _comparable(judgement.outcomes[i], judgement.expected[i])
        and judgement.expected[i].size
        and not needlessly_complex(judgement.outcomes[i].value, judgement.expected[i])
        and not same(judgement.outcomes[i].value, judgement.expected[i], exercise.rtol, exercise.atol)
    ]


def _comparable(outcome, expected):
    return outcome.failure is None and type_problem(outcome.value, expected) is None


def _enough(expected):
    """Whether these right results hold enough different numbers to tell one transformation from another."""
    different = [min(np.unique(e[e != 0]).size, 3) if e.dtype.kind in "buif" else 2 for e in expected]
    return sum(different) >= (2 if len(different) > 1 else 3)


def _fitting(exercise, pairs):
    """The first transformation of results that fits these failing cases, all of them."""
    triples = [(e, g, a) for _, e, g, a in pairs]
    if len(triples) > 0 and all(outputs.Nearly().holds(e, g, None) for e, g, _ in triples):
        exact = next(
            (
                text
                for text, predict in outputs.candidates(triples, exercise.arguments)
                if "rounded" in text and all(outputs.matches(predict, *t, exercise.rtol, exercise.atol) for t in triples)
            ),
            None,
        )
        if exact:
            return exact
        low = {g.dtype for _, g, _ in triples} & {np.dtype(np.float16), np.dtype(np.float32)}
        kind = f": it is of type `{min(low, key=str)}`" if low else ""
        return f"everything is very close, but not as close as rounding allows{kind}"
    if all(g.dtype.kind in "ui" and e.dtype.kind == "f" and (e != np.round(e)).any() for e, g, _ in triples):
        lost = f"the fractions are lost: your result has the type `{triples[0][1].dtype}`"
        if all(_cut(e, g) for e, g, _ in triples):
            return lost
        if any(e.ndim and e.shape == g.shape for e, g, _ in triples):
            return lost + ". Was its array made like one of whole numbers, as by `np.zeros_like`? It should hold floats"
    for text, predict in outputs.candidates(triples, exercise.arguments):
        if all(outputs.matches(predict, *triple, exercise.rtol, exercise.atol) for triple in triples):
            return text
    return None


def _cut(e, g):
    return e.shape == g.shape and any(np.array_equal(rule(e), g) for rule in (np.trunc, np.floor, np.round))


def _fitting_most(exercise, pairs):
    """The transformation that fits most of the failing cases, at least two and three fifths; with those cases."""
    best, chosen = None, []
    triples = [(e, g, a) for _, e, g, a in pairs]
    for text, predict in outputs.characteristic(triples, exercise.arguments):
        hits = [pair for pair in pairs if outputs.matches(predict, *pair[1:], exercise.rtol, exercise.atol)]
        if len(hits) > len(chosen):
            best, chosen = text, hits
    if len(chosen) >= max(3, 0.6 * len(pairs)) and _enough([e for _, e, _, _ in chosen]):
        return best, chosen
    return None, pairs


def _of_arguments(exercise, pairs):
    """The first transformation of arguments for which the learner's results would be the right ones."""
    return _of_changed(exercise, pairs, [("", exercise.oracle)], inputs.candidates)


def _of_arguments_and_a_known(exercise, pairs):
    """The same on top of a known mistake: two things at once."""
    known = [(_two_things(misconception), misconception.wrong) for misconception in exercise.misconceptions]
    return _of_changed(exercise, pairs, known, inputs.simple)


def _two_things(misconception):
    return f"two things at once. One is known here as *{misconception.name}*: look again at {misconception.reread}. The other: "


def _of_changed(exercise, pairs, functions, candidates):
    """Try every change of the arguments; in the sandbox, since what no statement allows may take an oracle for ever."""
    if len(pairs) < 2 or not all(g.dtype.kind in "buif" and np.isfinite(g).any() for _, _, g, _ in pairs):
        return None
    telling = sorted(pairs, key=lambda pair: (_is_plain(exercise.all_cases[pair[0]]), pair[0]))
    telling = telling[1:2] + telling[:1] + telling[2:]  # the very smallest fits too many

    def search():
        for words, change in candidates(exercise.arguments, exercise.all_cases):
            for first, function in functions:
                if all(_gives(exercise, function, change, args, got) for _, _, got, args in telling):
                    return first + words
        return None

    found = run(search, [()], SECONDS)[0][0]
    return None if found.failure is not None or isinstance(found.value, Odd) else str(found.value)


def _gives(exercise, function, change, args, got):
    from course_lib.teaching.engine.declare import behaviour

    with np.errstate(all="ignore"):
        try:
            other = change(args)
        except Exception:  # it does not apply
            return False
    if other is None:
        return False
    outcome = behaviour(function, [other])[0]
    return outcome.failure is None and same(got, outcome.value, max(exercise.rtol, 1e-8), max(exercise.atol, 1e-10))


def _on_top_of_a_known(exercise, judgement):
    """A known mistake with a simple transformation on top of it: two things at once."""
    for misconception, known in zip(exercise.misconceptions, exercise.behaviours, strict=True):
        triples = [
            (known[i].value, judgement.outcomes[i].value, exercise.all_cases[i])
            for i in range(len(known))
            if _comparable(judgement.outcomes[i], judgement.expected[i])
            and known[i].failure is None
            and isinstance(known[i].value, np.ndarray)
            and known[i].value.dtype.kind in "buif"
            and known[i].value.size
            and np.isfinite(known[i].value).all()
        ]
        different = [t for t in triples if not same(t[0], t[1], exercise.rtol, exercise.atol)]
        if len(triples) < 0.8 * len(known) or len(different) < 2 or not _enough([t[0] for t in different]):
            continue
        for text, predict in outputs.simple(different, exercise.arguments):
            if text != "everything is 0" and all(outputs.matches(predict, *t, exercise.rtol, exercise.atol) for t in different):
                return _two_things(misconception) + f"compared with that, {text}"
    return None


# --- what the difference looks like -----------------------------------------------------------------------------------


def _difference(exercise, judgement):
    """Describe the smallest failing case that tells something, of which no known mistake is the cause."""
    index = _telling(exercise, _commonest(judgement))
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


def _telling(exercise, indices):
    """The smallest of these cases whose arguments are not so plain that many mistakes look alike on it."""
    return min(indices, key=lambda i: (_is_plain(exercise.all_cases[i]), i))


def _is_plain(case):
    arrays = [argument for argument in case if isinstance(argument, np.ndarray) and argument.ndim]
    return bool(arrays) and all(np.unique(a).size < 2 for a in arrays if a.dtype.kind in "buif")


def _unlike(exercise, judgement, index, expected, value, part=None):
    """Describe two arrays that are not the same."""
    case = quote_case(exercise.arguments, exercise.all_cases[index])
    if value.shape != expected.shape:
        return Finding("shape", _shapes(exercise, judgement, index, part), case=index, part=part)
    if exercise.same_dtype and same(value, expected, exercise.rtol, exercise.atol):
        text = f"the numbers are right, but of type `{value.dtype}`, not `{expected.dtype}`, for {case}"
        return Finding("type", text, case=index, part=part)
    if needlessly_complex(value, expected):
        text = "your numbers are complex, and real ones are asked for"
        return Finding("type", text, case=index, part=part, shows=True)
    if value.dtype.kind in "fc" and np.isnan(value).any() and not np.isnan(expected.astype(value.dtype)).any():
        text = "your result holds NaN, which is what 0/0, ∞ − ∞, and the root or the logarithm of a negative number give"
        return Finding("nan", text, case=index, part=part, shows=True)
    if value.dtype.kind in "fc" and np.isinf(value).any() and np.isfinite(expected).all():
        why = "which is what a division by 0, the log of 0 or too large a power gives"
        return Finding("nan", f"your result is infinite, {why}", case=index, part=part, shows=True)
    if value.dtype == bool and expected.dtype != bool and expected.dtype.kind in "uif":
        return Finding("values", "your result holds True and False, numbers are asked for", case=index, part=part, shows=True)
    low = {np.dtype(np.float32): "float32", np.dtype(np.float16): "float16"}.get(value.dtype)
    if low and same(value, expected, 1e-2, 1e-2 * np.abs(expected.astype(float)).max(initial=0)):
        text = f"your result is near, and of type `{low}`, whose rounding errors are too large here: compute in `float64`"
        return Finding("values", text, case=index, part=part, shows=True)
    return Finding("values", "not right yet", case=index, part=part, shows=True, lead=False)


def _shapes(exercise, judgement, index, part=None):
    expected, value = judgement.expected[index], judgement.outcomes[index].value
    if part is not None:
        expected, value = expected[part], value[part]
    got, wanted = quote_both(value, expected, exercise.gives_tuple) or ("", "")
    shown = f" You return `{got}`, expected `{wanted}`." if got else ""
    case = quote_case(exercise.arguments, exercise.all_cases[index])
    return f"for {case} {how_shapes_differ(expected, value, exercise.gives_tuple)}.{shown}"


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


def type_problem(value, expected, as_tuple=False):
    """Say how the type of a result is not the expected one; None where it is (or is an array of another shape)."""
    if isinstance(value, Odd):
        return f"your result is {value.text}, not {sort_of(expected, as_tuple)}"
    if isinstance(expected, tuple):
        if not isinstance(value, tuple) or len(value) != len(expected):
            return f"your answer should hold {len(expected)} results"
        problems = [type_problem(v, e) for v, e in zip(value, expected, strict=True)]
        return next((problem for problem in problems if problem), None)
    if isinstance(value, tuple):
        odd = next((part.text for part in value if isinstance(part, Odd)), None)
        inside = f"that holds {odd}" if odd else "of parts that do not make one array"
        return f"your result is a list or tuple {inside}, not {sort_of(expected, as_tuple)}"
    if (value.dtype.kind == "U") != (expected.dtype.kind == "U"):
        return f"your result is {sort_of(value)}, not {sort_of(expected, as_tuple)}"
    return None


EXPLANATIONS = (_blank, _right, _known, _changed, _unstable, _known_mostly, _transformed, _difference)
