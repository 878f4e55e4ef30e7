"""What every exercise must keep, proved by running it: `findings(exercise)` lists what it does not keep.

The heart is that words are bound to behaviour. A misconception's message must quote, in backticks, what its
wrong implementation really returns on its example (a wrong value: that value; a choice: words of its own
option, in double quotes). Two messages that were exchanged quote the wrong things, and are found out.
"""

import ast
import contextlib
import inspect
import io
import re
import textwrap

import numpy as np

from course_lib.teaching.engine import ChoiceExercise, FunctionExercise, ValueExercise
from course_lib.teaching.engine.cases import prepared
from course_lib.teaching.engine.choices import pair_name
from course_lib.teaching.engine.judge import agree
from course_lib.teaching.engine.mistakes import PLACE
from course_lib.teaching.engine.results import Odd, behaviour, entries, freeze, same
from course_lib.teaching.engine.values import wrong_value
from course_lib.teaching.engine.words import quote

PROBE_LIMIT = 0.2  # seconds, for the endless loop
PAIRS = 12  # how many of all pairs of wrong choices are tried
KINDS = {"b": "booleans", "i": "whole numbers", "u": "whole numbers", "f": "fractions", "c": "complex numbers"}


def findings(exercise):
    """Everything that is wrong with an exercise's declaration.

    Returns
    -------
    list of str
        Empty for a good exercise; each text begins with the exercise's number.
    """
    found = [*_common(exercise)]
    unsound = [*_sound(exercise)]
    if unsound:  # what follows needs an oracle and a solution that work
        found += unsound
    elif isinstance(exercise, FunctionExercise):
        found += [*_solution_of_function(exercise), *_known_mistakes(exercise), *_cases(exercise)]
        found += [*_variety(exercise), *_probes(exercise), *_made_of_choices(exercise)]
    elif isinstance(exercise, ValueExercise):
        found += _known_mistakes(exercise)
    elif isinstance(exercise, ChoiceExercise):
        found += _choice(exercise)
    return [f"exercise {exercise.number}: {what}" for what in found]


def places(exercise):
    """The places that an exercise's messages name, such as "(2.2)" or "section 3".

    An equation of another chapter is among them only where it is the place to read again.
    """
    if isinstance(exercise, ChoiceExercise):
        return [place for reason in exercise.reasons.values() for place in PLACE.findall(reason)]
    chapter = exercise.number.partition(".")[0]
    named = [(place, m.reread) for m in exercise.misconceptions for place in PLACE.findall(m.message)]
    return [place for place, reread in named if place == reread or not re.match(rf"\((?!{chapter}\.)", place)]


def mistakes(exercise):
    """How many wrong answers an exercise knows by name."""
    if isinstance(exercise, ChoiceExercise):
        return len(exercise.options) - 1
    return len(exercise.misconceptions)


def solved_by(exercise):
    """What an exercise's own solution answers: a function, a value, or a letter."""
    if isinstance(exercise, ChoiceExercise):
        return exercise.answer
    namespace = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(exercise.source, "<solution>", "exec"), namespace)
    return namespace[exercise.name if isinstance(exercise, FunctionExercise) else "answer"]


def scaffolds(exercise):
    """The blanks that a notebook may hold: the answer before anything was written."""
    yield ...
    if isinstance(exercise, FunctionExercise):
        for body in ("...", "pass", '"""Do this."""', "return ...", "result = ...\n    return result"):
            namespace = {}
            exec(f"def {exercise.signature}:\n    {body}\n", namespace)
            yield namespace[exercise.name]


def _common(exercise):
    if not re.fullmatch(r"\d+\.\d+", exercise.number):
        yield f"number must be chapter.exercise, not {exercise.number!r}"
    if not exercise.title.strip():
        yield "title is empty"
    if len(exercise.hints) != 3 or len({hint.strip() for hint in exercise.hints} - {""}) != 3:
        yield f"hints must be three different texts, not {len(exercise.hints)}"


def _sound(exercise):
    """The oracle works, the solution passes, and a blank is not attempted."""
    if isinstance(exercise, ValueExercise) and isinstance(exercise.expected, Odd):
        yield f"the answer is {exercise.expected.text}, not a number, an array or text"
        return
    if isinstance(exercise, FunctionExercise):
        failures = [o.failure for o in behaviour(exercise.oracle, exercise.all_cases) if o.failure]
        if failures:
            yield f"the oracle raises {failures[0].name}: {failures[0].message}"
            return
    for blank in scaffolds(exercise):
        verdict = exercise.diagnose(blank)
        if verdict.kind != "blank":
            yield f"a blank answer is {verdict.kind}, not blank: {verdict.text}"
    try:
        verdict = exercise.diagnose(solved_by(exercise))
    except Exception as error:  # reported as a finding
        yield f"the reference solution cannot be run: {type(error).__name__}: {error}"
    else:
        if verdict.kind != "right":
            yield f"the reference solution does not pass: {verdict.text}"


def _solution_of_function(exercise):
    try:
        oracle = inspect.getsource(exercise.oracle)
    except (OSError, TypeError):
        return
    bodies = []
    for source in (oracle, exercise.source):
        try:
            tree = ast.parse(textwrap.dedent(source))
        except SyntaxError:  # a lambda inside a longer expression
            return
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        bodies.append([ast.dump(node) for node in functions[-1].body] if functions else [source])
    if bodies[0] == bodies[1]:
        yield "the oracle and the solution are the same code, so they prove nothing about each other"


def _known_mistakes(exercise):
    known = exercise.misconceptions
    if not known:
        yield "no misconception is declared"
    if len({m.name for m in known}) < len(known):
        yield "two misconceptions have the same name"
    quoted = {m.name: _quotations(exercise, m) for m in known if not m.is_filled_in and _has_example(exercise, m)}
    for m in known:
        if not m.is_filled_in and not _has_example(exercise, m):
            yield f"{m.name!r} has no example"
            continue
        verdict = _verdict_on(exercise, m)
        if verdict.mistake != m.name:
            yield f"{m.name!r} is diagnosed as {verdict.mistake or verdict.kind}: {verdict.text}"
        if not PLACE.fullmatch(m.reread):
            yield f"the message of {m.name!r} must name a place to read again, '(2.2)' or 'section 3'"
        if m.name in quoted and not _quotes(m, quoted[m.name]):
            yield f"the message of {m.name!r} does not quote what it returns on its example: {quoted[m.name][0]}"
    for i, a in enumerate(known):
        for b in known[i + 1 :]:
            if a.name in quoted and b.name in quoted and _quotes(b, quoted[a.name]) and _quotes(a, quoted[b.name]):
                yield f"the messages of {a.name!r} and {b.name!r} could be exchanged unnoticed: change an example"
            if _equal(exercise, a, b):
                yield f"{a.name!r} and {b.name!r} give the same results on all cases"


def _made_of_choices(exercise):
    """Wrong choices have words, and two at once keep both names, or that of what does the same on all cases."""
    names = [m.name for m in exercise.misconceptions]
    for made in exercise.made_of:
        right = exercise.verdict(exercise.done_by(made.function(), exercise.all_cases))
        if right.kind != "right":
            yield f"what is built of all right choices does not pass: {right.text}"
        for ((_, wrong),) in made.ones():
            if wrong.name not in names:
                yield f"the choice {wrong.name!r} has no words, and no mistake of this name is declared"
        pairs = list(made.pairs())
        for k in np.random.default_rng(0).permutation(len(pairs))[:PAIRS]:
            outcomes = exercise.done_by(made.function(*pairs[k]), exercise.all_cases)
            if any(outcome.failure for outcome in outcomes):  # the two do not fit together: the error is what is said
                continue
            found, name = exercise.verdict(outcomes), pair_name(pairs[k])
            if found.mistake != name and found.kind != "right" and found.mistake not in _the_same(exercise, outcomes):
                yield f"two at once, {name!r}, are diagnosed as {found.mistake or found.kind}: {found.text}"


def _the_same(exercise, outcomes):
    """The names of mistakes, one or two at once, that give these outcomes on all cases."""
    for m, known in zip(exercise.misconceptions, exercise.behaviours, strict=True):
        if all(agree(exercise, a, b) for a, b in zip(outcomes, known, strict=True)):
            yield m.name
    for made in exercise.made_of:
        for pair in made.pairs():
            for outcome, case in zip(outcomes, exercise.all_cases, strict=True):
                if not agree(exercise, outcome, *exercise.done_by(made.function(*pair), [case])):
                    break
            else:
                yield pair_name(pair)


def _verdict_on(exercise, misconception):
    """What a learner with this mistake is told. A function of ours needs no sandbox."""
    if isinstance(exercise, ValueExercise):
        return exercise.diagnose(wrong_value(misconception))
    return exercise.verdict(behaviour(misconception.wrong, exercise.all_cases))


def _quotations(exercise, misconception):
    """How a message may quote the wrong result: a pair also as a tuple, as it is shown to the learner."""
    result = _wrong_result(exercise, misconception)
    return [f"`{quote(result)}`"] + [f"`{quote(result, as_tuple=True)}`"] * exercise.gives_tuple


def _quotes(misconception, quotations):
    return any(quotation in misconception.message for quotation in quotations)


def _has_example(exercise, misconception):
    return not isinstance(exercise, FunctionExercise) or misconception.example is not None


def _wrong_result(exercise, misconception):
    if isinstance(exercise, ValueExercise):
        return wrong_value(misconception)
    outcome = behaviour(misconception.wrong, [prepared(misconception.example)])[0]
    return outcome.value if outcome.failure is None else _Name(outcome.failure.name)


class _Name(str):
    """The name of an exception, which is quoted without the quotation marks of a string."""

    def __repr__(self):
        return str(self)


def _equal(exercise, a, b):
    if isinstance(exercise, ValueExercise):
        return same(wrong_value(a), wrong_value(b), exercise.rtol, exercise.atol)
    known = dict(zip((m.name for m in exercise.misconceptions), exercise.behaviours, strict=True))
    return all(agree(exercise, x, y) for x, y in zip(known[a.name], known[b.name], strict=True))


def _cases(exercise):
    cases = exercise.all_cases
    if len(cases) < 5:
        yield f"{len(cases)} cases are too few; give at least 5"
    results = behaviour(exercise.oracle, cases)
    if all(same(results[0].value, other.value, exercise.rtol, exercise.atol) for other in results[1:]):
        yield "the right result is the same on all cases, so a constant would pass"
    for m in exercise.misconceptions:
        if all(outcome.failure for outcome in behaviour(m.wrong, cases)):
            yield f"{m.name!r} raises on every case, so any error of that kind would be taken for it"


def _variety(exercise):
    """What is the same on all cases: a wrong answer that fails on nothing else would pass.

    `exercise.fixed` names what the statement fixes, and nothing that varies: "x" for an argument that is always the
    same; for the arrays in it "x.ndim", "x.dtype" (booleans, whole numbers, fractions or complex numbers),
    "x.square" (all matrices have as many rows as columns), and "x.shape" (which says "x.ndim" and "x.square", too).
    """
    constant = {}
    for name, values in zip(exercise.arguments, zip(*exercise.all_cases, strict=True), strict=False):
        constant |= _constants(name, values)
    shapes = [name.removesuffix(".shape") for name in constant if name.endswith(".shape")]
    implied = {f"{name}.{what}" for name in shapes for what in ("ndim", "square")}
    for name, what in constant.items():
        if name not in exercise.fixed and name not in implied:
            yield f"{what} in all cases: vary it, or name {name!r} in `fixed` if the statement fixes it"
    for name in exercise.fixed:
        if name not in constant:
            yield f"`fixed` names {name!r}, which is not the same in all cases"


def _constants(name, values):
    """What does not vary among the values of an argument: the name for `fixed`, and words for it."""
    if all(_alike(values[0], value) for value in values[1:]):
        return {name: f"`{name}` is `{quote(values[0])}`"}
    arrays = [array for value in values for array in _arrays(value)]
    found, matrices = {}, [array for array in arrays if array.ndim == 2]
    for what, seen in (
        ("ndim", {array.ndim for array in arrays}),
        ("shape", {array.shape for array in arrays}),
        ("dtype", {KINDS.get(array.dtype.kind, "texts") for array in arrays}),
    ):
        if len(seen) == 1:
            words = {"ndim": "has the rank", "shape": "has the shape", "dtype": "holds"}[what]
            found[f"{name}.{what}"] = f"`{name}` {words} {seen.pop()}"
    if matrices and all(rows == columns for rows, columns in (matrix.shape for matrix in matrices)):
        found[f"{name}.square"] = f"`{name}` has as many rows as columns"
    return found


def _alike(a, b):
    """Whether two arguments are the same; 1 and 1.0 are, and so are an array and one of another type."""
    return same(freeze(a), freeze(b), 0, 0)


def _arrays(value):
    """The arrays in an argument, however nested in lists and tuples."""
    if isinstance(value, np.ndarray):
        return [value]
    return [array for part in value for array in _arrays(part)] if isinstance(value, (list, tuple)) else []


def _probes(exercise):
    """Hostile answers, each of which must get a message of the right kind that names no file of the library."""
    good = solved_by(exercise)
    result = np.asarray(good(*_copied(exercise.all_cases[0])), dtype=object)
    numeric = result.dtype != object or all(
        isinstance(x, (int, float, complex, np.number, np.bool)) for x in result.ravel()
    )
    probes = [("error", _raises), ("time", _loops), ("exit", _exits), ("exit", _interrupts), ("error", _recurses)]
    ragged = [[1, 2], [3], [], [4, 5], []]  # more lists than any exercise asks for results
    probes += [("type", _forgets_return), ("type", lambda *args: object()), ("type", lambda *args: ragged)]
    if numeric:
        apart = exercise.gives_parts
        probes += [
            ("shape", lambda *args: _each(good(*args), lambda part: np.asarray(part)[None, None], apart)),
            ("nan", lambda *args: _each(good(*args), lambda part: np.asarray(part) * np.nan)),
        ]
    if any(
        isinstance(argument, (np.ndarray, list)) and entries(argument)
        for case in exercise.all_cases
        for argument in case
    ):
        probes.append(("in-place", lambda *args: _then_changes(good, args)))
    if numeric:
        verdict = exercise.diagnose(lambda *args: _each(good(*args), lambda part: np.asarray(part) * 1.037 + 0.0123))
        if verdict.kind not in ("values", "mistake", "type"):
            yield f"an answer that is wrong in no known way is diagnosed as {verdict.kind!r}: {verdict.text}"
    for kind, probe in probes:
        verdict = exercise.diagnose(probe, time_limit=PROBE_LIMIT if kind == "time" else None)
        if verdict.kind != kind:
            yield f"an answer that should be diagnosed as {kind!r} is {verdict.kind!r}: {verdict.text}"
        if "course_lib" in verdict.text or "Traceback" in verdict.text:
            yield f"the message for {kind!r} shows the library: {verdict.text}"
    verdict = exercise.diagnose(good(*_copied(exercise.all_cases[0])))
    if verdict.kind != "type":
        yield f"a result in place of the function is diagnosed as {verdict.kind!r}"


def _copied(case):
    return tuple(np.array(a) if isinstance(a, np.ndarray) else list(a) if isinstance(a, list) else a for a in case)


def _raises(*args):
    raise IndexError("probe")


def _each(result, change, apart=True):
    """Change a result, or each of its parts."""
    return tuple(map(change, result)) if apart and isinstance(result, tuple) else change(result)


def _loops(*args):
    while True:
        pass


def _forgets_return(*args):
    len(args)


def _exits(*args):
    raise SystemExit


def _interrupts(*args):
    raise KeyboardInterrupt


def _recurses(*args):
    return _recurses(*args)


def _then_changes(function, args):
    result = np.array(function(*args)) if not isinstance(function(*args), tuple) else function(*args)
    for argument in args:
        if isinstance(argument, np.ndarray) and argument.size:
            argument.flat[:1] = ~argument.flat[:1] if argument.dtype == bool else argument.flat[:1] + 1
        elif isinstance(argument, list) and argument:
            argument.append(argument[0])
    return result


def _choice(exercise):
    for letter, option in exercise.options.items():
        reason = exercise.reasons[letter]
        others = [text for key, text in exercise.options.items() if key != letter]
        phrases = re.findall(r'["“]([^"”]{3,})["”]', reason)
        if not any(phrase in option and not any(phrase in other for other in others) for phrase in phrases):
            yield f'the reason of {letter!r} must quote, in "double quotes", words of its own option and of no other'
        if not PLACE.search(reason):
            yield f"the reason of {letter!r} must name a place to read again, '(2.2)' or 'section 3'"
        expected = "right" if letter == exercise.answer else "mistake"
        verdict = exercise.diagnose(letter)
        if verdict.kind != expected or reason not in verdict.text:
            yield f"option {letter!r} is diagnosed as {verdict.kind}"
