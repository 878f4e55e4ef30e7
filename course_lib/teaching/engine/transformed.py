"""Looks for a transformation that explains an answer: of what is right, of the arguments, or of a known mistake."""

import itertools

import numpy as np

from course_lib.teaching.engine import inputs, outputs
from course_lib.teaching.engine.judge import fits
from course_lib.teaching.engine.relations import Nearly
from course_lib.teaching.engine.results import Odd, behaviour, needlessly_complex, same
from course_lib.teaching.engine.sandbox import run
from course_lib.teaching.engine.say import Finding, written
from course_lib.teaching.engine.words import how_shapes_differ, quote, quote_both, quote_case, type_problem

SECONDS = 0.1  # of processor time for transformed arguments, which cost a call of the oracle each


def transformed(exercise, judgement):
    """What is made of the right result, or of the right arguments, wherever something is wrong."""
    if exercise.gives_parts:
        return _transformed_parts(exercise, judgement)
    pairs = _pairs(exercise, judgement)
    if len(pairs) < len(judgement.wrong) and (words := _of_arguments_that_fail(exercise, judgement, pairs)):
        return _told(exercise, judgement, words, telling_case(exercise, [i for i, *_ in pairs]), len(judgement.wrong))
    if len(pairs) < 0.6 * len(judgement.wrong):
        return None
    words = _lost_fractions(pairs)
    if words is None and not _enough([e for _, e, _, _ in pairs]):
        return None
    words = (
        words
        or _constant(judgement)
        or _fitting(exercise, pairs)
        or _of_arguments(exercise, pairs)
        or _on_top_of_a_known(exercise, judgement)
        or _of_arguments_and_a_known(exercise, pairs)
    )
    if words is None:
        words, pairs = _fitting_most(exercise, pairs)
    if words is None:
        return None
    index = telling_case(exercise, [i for i, _, _, _ in pairs])
    return _told(exercise, judgement, words, index, len(pairs))


def _constant(judgement):
    """Words for a result that is one and the same whatever comes in."""
    values = [outcome.value for outcome in judgement.outcomes if outcome.failure is None]
    first = values[0]
    if (
        len(values) < 3
        or not isinstance(first, np.ndarray)
        or first.size > 12
        or not all(same(v, first, 0, 0) for v in values)
    ):
        return None
    if all(same(e, judgement.expected[0], 0, 0) for e in judgement.expected) or not _finite(first):
        return None
    return (
        "everything is 0"
        if not first.any() and first.dtype.kind in "buif"
        else f"your result is `{quote(first)}`, whatever the arguments are"
    )


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
    if value.dtype == bool and words.endswith(" is 0"):
        words = words.removesuffix("0") + "`False`"
    if value.shape == expected.shape:
        return Finding("values", words, case=index, part=part, shows=True)
    return Finding(
        "shape",
        f"{shapes_in_words(exercise, judgement, index, part)} {words[:1].upper()}{words[1:]}",
        case=index,
        part=part,
    )


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
        if order != tuple(range(parts)) and all(
            all(fits(exercise, v[k], e[j]) for j, k in enumerate(order)) for e, v in values
        ):
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
    return words and _told(exercise, judgement, words, telling_case(exercise, [i for i, *_ in pairs]), len(pairs), part)


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
    if len(triples) > 0 and all(Nearly().holds(e, g, None) for e, g, _ in triples):
        exact = next(
            (
                text
                for text, predict in outputs.candidates(triples, exercise.arguments)
                if "rounded" in text
                and all(outputs.matches(predict, *t, exercise.rtol, exercise.atol) for t in triples)
            ),
            None,
        )
        if exact:
            return exact
        low = {g.dtype for _, g, _ in triples} & {np.dtype(np.float16), np.dtype(np.float32)}
        kind = f": it is of type `{min(low, key=str)}`" if low else ""
        return f"everything is very close, but not as close as rounding allows{kind}"
    for text, predict in outputs.candidates(triples, exercise.arguments):
        if all(outputs.matches(predict, *triple, exercise.rtol, exercise.atol) for triple in triples):
            return text
    return None


def _lost_fractions(pairs):
    """Words for results that are whole numbers, where fractions are right, wherever something is wrong."""
    pairs = [(e, g) for _, e, g, _ in pairs]
    if not pairs or not all(
        g.dtype.kind in "ui" and e.dtype.kind == "f" and (e != np.round(e)).any() for e, g in pairs
    ):
        return None
    lost = f"the fractions are lost: your result has the type `{pairs[0][1].dtype}`"
    if any(e.ndim and e.shape == g.shape for e, g in pairs):
        return lost + ". Was its array made like one of whole numbers, as by `np.zeros_like`? It should hold floats"
    return lost if all(_cut(e, g) for e, g in pairs) else None


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
        first = chosen[0][2]
        if first.ndim == 0 and first and all(same(g, first, 0, 0) for _, _, g, _ in chosen):
            best = f"your result is `{quote(first)}`"  # one number; it may be an argument's sum by chance
        return best, chosen
    return None, pairs


def _of_arguments(exercise, pairs):
    """The first transformation of arguments for which the learner's results would be the right ones."""
    return _of_changed(exercise, pairs, [("", exercise.oracle)], inputs.candidates)


def _of_arguments_that_fail(exercise, judgement, pairs):
    """The same where some cases raise: then what is right for the transformed arguments must raise there, too."""
    failed = [i for i in judgement.wrong if judgement.outcomes[i].failure is not None]
    if len(pairs) + len(failed) < len(judgement.wrong) or not _enough([e for _, e, _, _ in pairs]):
        return None
    return _of_changed(
        exercise, pairs, [("", exercise.oracle)], inputs.candidates, [exercise.all_cases[i] for i in failed]
    )


def _of_arguments_and_a_known(exercise, pairs):
    """The same on top of a known mistake: two things at once."""
    known = [(_two_things(misconception), misconception.wrong) for misconception in exercise.misconceptions]
    return _of_changed(exercise, pairs, known, inputs.simple)


def _two_things(misconception):
    known = f"*{misconception.name}*: look again at {misconception.reread}"
    return f"two things at once. One is known here as {known}. The other: "


def _of_changed(exercise, pairs, functions, candidates, failed=()):
    """Try every change of the arguments; in the sandbox, since what no statement allows may take an oracle for ever."""
    if len(pairs) < 2 or not all(g.dtype.kind in "buif" and np.isfinite(g).any() for _, _, g, _ in pairs):
        return None
    masks = [g for _, _, g, _ in pairs if g.dtype == bool]
    if len(masks) == len(pairs) and sum(0 < g.sum() < g.size for g in masks) < 2:  # where all is False, much fits
        return None
    telling = sorted(pairs, key=lambda pair: (is_plain(exercise.all_cases[pair[0]]), pair[0]))
    telling = telling[1:2] + telling[:1] + telling[2:]  # the very smallest fits too many

    def search():
        for words, change in candidates(exercise.arguments, exercise.all_cases):
            for first, function in functions:
                if all(_gives(exercise, function, change, args, got) for _, _, got, args in telling):
                    if all(_fails(function, change, args) for args in failed):
                        return first + words
        return None

    found = run(search, [()], SECONDS)[0][0]
    return None if found.failure is not None or isinstance(found.value, Odd) else str(found.value)


def _fails(function, change, args):
    return behaviour(lambda *given: function(*change(given)), [args])[0].failure is not None


def _gives(exercise, function, change, args, got):
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
    usable = [i for i, o in enumerate(judgement.outcomes) if _comparable(o, judgement.expected[i])]
    enough = 0.8 * len(judgement.outcomes)
    if len(usable) < enough:
        return None
    middle = usable[len(usable) // 3 :] + usable[: len(usable) // 3]
    possible = {}  # the transformations, by what they depend on
    for m, misconception in enumerate(exercise.misconceptions):
        first = next(
            (
                t
                for i in middle
                if (t := _beside_a_known(exercise, judgement, m, i))
                and not same(t[0], t[1], exercise.rtol, exercise.atol)
            ),
            None,
        )
        if first is None:
            continue
        kind = (first[0].ndim, *map(np.ndim, first[2]))
        if kind not in possible:
            possible[kind] = list(outputs.simple([first], exercise.arguments))
        likely = [c for c in possible[kind] if outputs.matches(c[1], *first, exercise.rtol, exercise.atol)]
        if not likely:
            continue
        triples = [t for i in usable if (t := _beside_a_known(exercise, judgement, m, i))]
        different = [t for t in triples if not same(t[0], t[1], exercise.rtol, exercise.atol)]
        if len(triples) < enough or len(different) < 2:
            continue
        if not all(_enough([t[side] for t in different]) for side in (0, 1)):
            continue
        for text, predict in likely:
            if all(outputs.matches(predict, *t, exercise.rtol, exercise.atol) for t in different):
                return _two_things(misconception) + f"compared with that, {text}"
    return None


def _beside_a_known(exercise, judgement, m, index):
    """What a known mistake gives on a case, what the learner gives, the arguments; None if they cannot be compared."""
    known = exercise.done_by_mistake(m, index)
    value = known.value
    if known.failure is not None or not isinstance(value, np.ndarray) or value.dtype.kind not in "buif":
        return None
    if not value.size or not np.isfinite(value).all():
        return None
    return value, judgement.outcomes[index].value, exercise.all_cases[index]


def telling_case(exercise, indices):
    """The smallest of these cases whose arguments are not so plain that many mistakes look alike on it."""
    return min(indices, key=lambda i: (is_plain(exercise.all_cases[i]), i))


def is_plain(case):
    arrays = [argument for argument in case if isinstance(argument, np.ndarray) and argument.ndim]
    return bool(arrays) and all(np.unique(a).size < 2 for a in arrays if a.dtype.kind in "buif")


def shapes_in_words(exercise, judgement, index, part=None):
    expected, value = judgement.expected[index], judgement.outcomes[index].value
    if part is not None:
        expected, value = expected[part], value[part]
    got, wanted = quote_both(value, expected, exercise.gives_tuple) or ("", "")
    shown = f" You return `{got}`, expected `{wanted}`." if got else ""
    case = quote_case(exercise.arguments, exercise.all_cases[index])
    return f"for {case} {how_shapes_differ(expected, value, exercise.gives_tuple)}.{shown}"
