"""Exercises that know the wrong answers: an answer is diagnosed by what it does, not by how it is written.

A learner's function runs on seeded cases. Where its results differ from the oracle's they are compared with
those of every known *wrong* implementation; the one that agrees on all cases names the mistake. Else the
smallest failing case is shown, and what can be said about the difference. A value or a choice is diagnosed
the same way: each known wrong answer carries the words that explain it.

`check` prints one of

    ✓ 2.1 Title                        right
    ✗ 2.1 — what is wrong              with the name of the mistake where it is known
    ✎ 2.1 not attempted yet            the blank is still there

It survives any answer, never shows a solution unasked, and never shows a traceback.
"""

import ast
import copy
import dis
import functools
import inspect
import re
import textwrap
import types
import warnings
import zlib
from dataclasses import dataclass, replace

import numpy as np

from course_lib.teaching import progress
from course_lib.teaching.causes import typical_cause
from course_lib.teaching.compare import (
    MOST,
    common_difference,
    entries,
    entries_that_differ,
    how_shapes_differ,
    quote,
    quote_both,
    quote_case,
    same,
    sort_of,
)
from course_lib.teaching.display import say
from course_lib.teaching.sandbox import Failure, Odd, Outcome, freeze, run

EXACTLY = 1e-6  # relative: the default for a value; where more is allowed, whole numbers may be off by it, too


@dataclass(frozen=True)
class Misconception:
    """A wrong answer that people really give, with the words that name the mistake.

    Parameters
    ----------
    name : str
        A few words for the mistake, such as "kernel not flipped".
    wrong : callable or value
        The wrong implementation, with the exercise's signature; for a `ValueExercise` the wrong value, or a
        function without arguments that computes it.
    message : str
        Markdown, in the second person: what was done and why it is wrong. It quotes, in backticks, the wrong
        result on `example` (for a value: the wrong value), so that the words are bound to the behaviour: a
        test runs `wrong` and looks for what it returns. `{case}`, `{expected}` and `{got}` are filled in from
        the smallest failing case.
    reread : str
        The place to read again: "(2.2)" or "section 3".
    example : tuple, for a `FunctionExercise`
        Arguments small enough to be checked by hand. They are also tried on every answer, so whatever the
        message says about them is true of the learner's function.
    """

    name: str
    wrong: object
    message: str
    reread: str
    example: tuple | None = None


@dataclass(frozen=True)
class Verdict:
    """What was found out about an answer.

    `kind` is "right", "blank", "mistake" (a known one, named by `mistake`), or why no known mistake fits:
    "type", "error", "time", "exit", "shape", "nan", "values", "in-place", "unstable", "option".

    As the last expression of a notebook's cell it is rendered; printed, it is plain text.
    """

    kind: str
    text: str
    mistake: str | None = None
    printed: str = ""

    def _repr_markdown_(self):
        mark, word = {"right": ("✓", "right"), "blank": ("✎", "not attempted yet")}.get(self.kind, ("✗", ""))
        return f"{mark} {self.text or word}"

    def __str__(self):
        parts = re.split(r"(`[^`]*`)", self._repr_markdown_())
        # Emphasis hugs its words and stays outside of code; a `*` between spaces is a product.
        parts[::2] = [re.sub(r"(\*{1,2})(\S(?:.*?\S)?)\1", r"\2", part) for part in parts[::2]]
        return "".join(parts)

    def _repr_pretty_(self, printer, cycle):
        printer.text(str(self))


class Exercise:
    """What the three kinds of exercise share: hints one at a time, the solution on request, the record.

    A kind adds `diagnose(answer)`, which returns a `Verdict` and has no side effect.
    """

    def __init__(self, *, number, title, statement, hints):
        self.number, self.title, self.statement, self.hints = number, title, statement, tuple(hints)
        self._hints_shown = 0

    def check(self, answer):
        """Say whether an answer is right and, if not, what the mistake is. Returns nothing."""
        verdict = self.diagnose(answer)
        if verdict.printed:
            print(f"Your code printed:\n{verdict.printed}\n")
        if verdict.kind == "blank":
            print(f"✎ {self.number} not attempted yet")
            return
        progress.record(self.number, solved=verdict.kind == "right", mistake=verdict.mistake)
        if verdict.kind == "right":
            print(f"✓ {self.number} {self.title}" + (f": {verdict.text}" if verdict.text else ""))
        else:
            say(f"✗ {self.number} — {verdict.text}")

    def hint(self):
        """Show the next hint."""
        if self._hints_shown == len(self.hints):
            say(f"{self.number}: there are no more hints. `.solution()` shows one way to do it.")
            return
        self._hints_shown += 1
        progress.record(self.number, hints=self._hints_shown)
        say(f"Hint {self._hints_shown} of {len(self.hints)}: {self.hints[self._hints_shown - 1]}")

    def _mistake(self, misconception, case="", expected="", got=""):
        text = misconception.message
        for name, value in (("{case}", case), ("{expected}", expected), ("{got}", got)):
            text = text.replace(name, value)
        if misconception.reread not in text:
            text += ("" if text.endswith((".", "!", "?", ":")) else ".") + f" Look again at {misconception.reread}."
        return Verdict("mistake", text, misconception.name)


class FunctionExercise(Exercise):
    """Write a function.

    Parameters
    ----------
    number, title, statement : str
        The number is chapter.exercise, such as "2.1".
    signature : str
        `"convolve_same(x, k)"`: the name and the arguments, in the order of the cases.
    cases : callable
        `cases(rng)` yields tuples of positional arguments, smallest first; `rng` is seeded by the engine, the
        same way each time. The misconceptions' examples are tried as well.
    oracle : callable
        An independent implementation with the same arguments.
    solution : str
        Python source that defines the function; shown by `solution()`, and run by the tests.
    misconceptions : sequence of Misconception
    hints : sequence of three str
        From a nudge to nearly the solution.
    rtol, atol : float
        An answer is right within atol + rtol * |expected|.
    time_limit : float
        Seconds for all cases together.
    same_dtype : bool
        Whether the result must have the oracle's dtype.
    fixed : sequence of str
        What the statement fixes, so that it need not vary among the cases: an argument ("sigma"), or an array's
        "x.ndim", "x.shape", "x.dtype" or "x.square".
    """

    def __init__(self, *, number, title, statement, signature, cases, oracle, solution, misconceptions, hints,
                 rtol=1e-9, atol=1e-12, time_limit=5.0, same_dtype=False, fixed=()):  # fmt: skip
        super().__init__(number=number, title=title, statement=statement, hints=hints)
        self.signature, self.cases, self.oracle = signature, cases, oracle
        self.source, self.misconceptions = textwrap.dedent(solution).strip(), tuple(misconceptions)
        self.rtol, self.atol, self.time_limit, self.same_dtype = rtol, atol, time_limit, same_dtype
        self.fixed = tuple(fixed)
        arguments = ast.parse(f"def {signature}: pass").body[0].args
        self.name = signature.partition("(")[0]
        self.arguments = [argument.arg for argument in arguments.posonlyargs + arguments.args]

    def solution(self):
        """Show one way to write the function."""
        say(f"One way to do it:\n\n```python\n{self.source}\n```")

    def diagnose(self, answer, time_limit=None):
        """Try a function on all cases. `time_limit` replaces the exercise's own."""
        if answer is Ellipsis or _is_blank(answer):
            return Verdict("blank", "")
        if not callable(answer):
            return Verdict(
                "type",
                f"hand over your function itself: its name, without brackets behind it. This is {_what(answer)}.",
            )
        limit = self.time_limit if time_limit is None else time_limit
        outcomes, printed = run(answer, [*self.all_cases, self.all_cases[0]], limit)
        verdict = self._judge(outcomes, limit)
        if verdict.kind == "time" and (names := _imports(answer)):
            verdict = replace(verdict, text=f"{verdict.text} Importing {names} takes time, too: do it outside.")
        return verdict if verdict.kind == "blank" else replace(verdict, printed=printed)

    @functools.cached_property
    def all_cases(self):
        """The cases in the order in which they are tried: the smallest first."""
        rng = np.random.default_rng(zlib.crc32(self.number.encode()))
        examples = [m.example for m in self.misconceptions if m.example is not None]
        return sorted(map(prepared, [*examples, *self.cases(rng)]), key=_size)

    @functools.cached_property
    def _expected(self):
        return [self._as_asked(freeze(self.oracle(*case))) for case in _copies(self.all_cases)]

    @functools.cached_property
    def gives_tuple(self):
        """Whether the function asked for gives a tuple of numbers, such as a pair."""
        return _is_tuple_of_numbers(self._first_result)

    @functools.cached_property
    def gives_parts(self):
        """Whether the function asked for gives a tuple of arrays: each is then compared by itself."""
        return isinstance(self._first_result, tuple) and not self.gives_tuple

    @functools.cached_property
    def _first_result(self):
        return self.oracle(*_copies(self.all_cases[:1])[0])

    def _as_asked(self, value):
        """A frozen result; if parts are asked for, those that happened to fit into one array are taken apart again."""
        if not self.gives_parts or not isinstance(value, np.ndarray) or value.ndim == 0:
            return value
        only_one = value.ndim in map(np.ndim, self._first_result) or len(value) != len(self._first_result)
        return value if only_one else tuple(map(np.asarray, value))

    @functools.cached_property
    def _behaviours(self):
        return [self._all_as_asked(behaviour(m.wrong, self.all_cases)) for m in self.misconceptions]

    def _all_as_asked(self, outcomes):
        return [replace(outcome, value=self._as_asked(outcome.value)) for outcome in outcomes]

    def _judge(self, outcomes, limit):
        outcomes = self._all_as_asked(outcomes)
        last, repeated = outcomes[-1].failure, None
        if last is not None and last.kind != "error":
            return self._stopped(last, self.all_cases[(len(outcomes) - 1) % len(self.all_cases)], limit)
        *outcomes, repeated = outcomes
        if _is_odd(outcomes[0].value, "Ellipsis"):
            return Verdict("blank", "")
        wrong = [i for i, outcome in enumerate(outcomes) if not self._right(i, outcome)]
        changed = next(((i, o.changed[0]) for i, o in enumerate(outcomes) if o.changed), None)
        if not wrong and changed is None:
            if not self._agree(outcomes[0], repeated):
                return self._unstable(outcomes[0], repeated)
            return Verdict("right", "")
        if wrong:
            for misconception, known in zip(self.misconceptions, self._behaviours, strict=True):
                if all(self._agree(a, b) for a, b in zip(outcomes, known, strict=True)):
                    case, expected, got = self._written(wrong[0], outcomes[wrong[0]])
                    return self._mistake(misconception, case, expected, got)
        if changed is not None:
            return self._changed(*changed, right=not wrong)
        if not self._agree(outcomes[0], repeated):
            return self._unstable(outcomes[0], repeated)
        return self._difference(wrong, outcomes)

    def _right(self, index, outcome):
        expected = self._expected[index]
        if outcome.failure is not None or not self._fits(outcome.value, expected):
            return False
        return not self.same_dtype or getattr(outcome.value, "dtype", None) == getattr(expected, "dtype", None)

    def _fits(self, value, expected):
        return same(value, expected, self.rtol, self.atol) and not _needlessly_complex(value, expected)

    def _agree(self, a, b):
        if a.failure is not None or b.failure is not None:
            return a.failure is not None and b.failure is not None and a.failure.name == b.failure.name
        dtypes = [getattr(outcome.value, "dtype", None) for outcome in (a, b)]
        return (not self.same_dtype or dtypes[0] == dtypes[1]) and same(a.value, b.value, self.rtol, self.atol)

    def _written(self, index, outcome):
        """The case, the expected result and the learner's, as text."""
        case, expected = quote_case(self.arguments, self.all_cases[index]), self._expected[index]
        if outcome.failure is not None:
            return case, quote(expected, as_tuple=self.gives_tuple), outcome.failure.name
        alike = (quote(outcome.value, as_tuple=self.gives_tuple),) * 2
        got, wanted = quote_both(outcome.value, expected, self.gives_tuple) or alike
        return case, wanted, got

    def _stopped(self, failure, case, limit):
        where = f" It happened for {quote_case(self.arguments, case)}."
        if failure.kind == "time":
            return Verdict(
                "time",
                f"your code was still running at the time limit of {limit:g} s. Is there a loop that never ends?"
                + where,
            )
        what = "`exit`" if failure.kind == "exit" else "`KeyboardInterrupt`"
        return Verdict("exit", f"your code was ended by {what} before it gave a result." + where)

    def _changed(self, index, argument, right):
        name, case = self.arguments[argument], quote_case(self.arguments, self.all_cases[index])
        result = "the result is right, but your" if right else "your"
        return Verdict(
            "in-place",
            f"{result} function changes its input `{name}`, and whoever called it loses the original. "
            f"Work on a copy: `{name}.copy()`. It happened for {case}.",
        )

    def _unstable(self, first, second):
        a, b = (quote(o.value) if o.failure is None else o.failure.name for o in (first, second))
        shown = f" (`{a}`, then `{b}`)" if a != b else ""
        return Verdict(
            "unstable",
            f"two calls with the same input gave different results{shown}. "
            "Does the function use random numbers, or a variable outside itself?",
        )

    def _difference(self, wrong, outcomes):
        """Describe the smallest failing case, of which no known mistake is the cause, and count the right ones."""
        outcome, expected = outcomes[wrong[0]], self._expected[wrong[0]]
        case = quote_case(self.arguments, self.all_cases[wrong[0]])
        if outcome.failure is not None:
            verdict = self._raised(outcome.failure, case)
        elif _is_odd(outcome.value, "None"):
            verdict = Verdict("type", f"your function returns nothing (`None`), for {case}. Is a `return` missing?")
        elif kind := type_problem(outcome.value, expected, self.gives_tuple):
            verdict = Verdict("type", f"{kind}, for {case}.")
        elif isinstance(expected, tuple):
            misfits = [i for i, e in enumerate(expected) if not self._fits(outcome.value[i], e)]
            part = misfits[0]
            pairs = [(e[part], o.value[part]) for e, o in self._pairs(outcomes)]
            verdict = self._unlike(case, expected[part], outcome.value[part], pairs)
            verdict = replace(verdict, text=f"result {part + 1} of {len(expected)}: {verdict.text}")
        else:
            pairs = [(e, o.value) for e, o in self._pairs(outcomes)]
            verdict = self._unlike(case, expected, outcome.value, pairs)
        right = len(outcomes) - len(wrong)
        count = f" On {right} of {len(outcomes)} cases the result is right." if right else ""
        return replace(verdict, text=verdict.text + count)

    def _pairs(self, outcomes):
        """What was expected and what came, wherever something of the right type came."""
        for expected, outcome in zip(self._expected, outcomes, strict=True):
            if outcome.failure is None and type_problem(outcome.value, expected) is None:
                yield expected, outcome

    def _unlike(self, case, expected, value, pairs):
        """Describe two arrays that are not the same; `pairs` are those of all cases."""
        if value.shape != expected.shape:
            got, wanted = quote_both(value, expected, self.gives_tuple) or ("", "")
            shown = f" You return `{got}`, expected `{wanted}`." if got else ""
            return Verdict("shape", f"for {case} {how_shapes_differ(expected, value, self.gives_tuple)}.{shown}")
        if self.same_dtype and same(value, expected, self.rtol, self.atol):
            return Verdict(
                "type", f"the numbers are right, but of type `{value.dtype}`, not `{expected.dtype}`, for {case}."
            )
        shown = self._shown(case, expected, value)
        if value.dtype.kind in "fc" and np.isnan(value).any() and not np.isnan(expected.astype(value.dtype)).any():
            return Verdict("nan", f"your result holds NaN, which is what 0/0 or ∞ − ∞ give. {shown}")
        if value.dtype.kind in "fc" and np.isinf(value).any() and np.isfinite(expected).all():
            why = "which is what a division by 0, the log of 0 or too large a power gives"
            return Verdict("nan", f"your result is infinite, {why}. {shown}")
        if _needlessly_complex(value, expected):
            return Verdict("type", f"your numbers are complex, and real ones are asked for. {shown}")
        pairs = [(e, v) for e, v in pairs if e.shape == v.shape]
        said = common_difference(pairs, len(self.all_cases), self.rtol, self.atol) or "not right yet"
        return Verdict("values", f"{said}. {shown}")

    def _shown(self, case, expected, value):
        """A sentence that shows both results, or, where that is too much, the first entry that differs."""
        if _needlessly_complex(value, expected) and same(value, expected, self.rtol, self.atol):
            return f"For {case} the imaginary parts are 0, or as small as rounding makes them: return the real parts."
        texts = quote_both(value, expected, self.gives_tuple)
        said = [f"you return `{texts[0]}`, expected `{texts[1]}`"] if texts else []
        if expected.ndim and (not texts or expected.size > 12):
            said.append(entries_that_differ(expected, value, self.rtol, self.atol))
        return f"For {case} {'; '.join(said) or 'the difference is too small to be written out'}."

    def _raised(self, failure, case):
        if not failure.line and failure.name == "TypeError":
            return Verdict("error", f"your function cannot be called as `{self.signature}`: {failure.message}.")
        if failure.name == "RecursionError":
            return Verdict("error", f"your function calls itself without end (`RecursionError`), for {case}.")
        place = f" in the line `{failure.line}`" if failure.line and "`" not in failure.line else ""
        message = failure.message.replace("`", "'")
        cause = typical_cause(failure.message)
        text = f"your code stopped with `{failure.name}: {message}`{place}, for {case}."
        return Verdict("error", f"{text} {cause}".rstrip())


class ValueExercise(Exercise):
    """Find a number, a tuple of numbers, or an array.

    Parameters
    ----------
    number, title, statement, hints
        As for `FunctionExercise`.
    answer : number, tuple, array, str, or callable
        The right value, or a function without arguments that computes it.
    solution : str
        Python source that ends with `answer = ...`; shown by `solution()`, and run by the tests.
    misconceptions : sequence of Misconception
        Their `wrong` is the wrong value.
    rtol, atol : float
        As for `FunctionExercise`.
    unit : str
        Such as "pixels"; shown with the answer that was given.
    """

    def __init__(self, *, number, title, statement, answer, solution, misconceptions, hints,
                 rtol=EXACTLY, atol=1e-12, unit=""):  # fmt: skip
        super().__init__(number=number, title=title, statement=statement, hints=hints)
        self.answer, self.source, self.unit = answer, textwrap.dedent(solution).strip(), unit
        self.misconceptions, self.rtol, self.atol = tuple(misconceptions), rtol, atol

    def solution(self):
        """Show how the value is found."""
        say(f"One way to find it:\n\n```python\n{self.source}\n```")

    @functools.cached_property
    def _right_value(self):
        return self.answer() if callable(self.answer) else self.answer

    @property
    def expected(self):
        """The right value, as an array: of floats where a rounded or a measured answer will do."""
        value = freeze(self._right_value)
        whole = isinstance(value, np.ndarray) and value.dtype.kind == "i"
        return value.astype(float) if whole and self.rtol > EXACTLY else value

    @property
    def gives_tuple(self):
        """Whether the value asked for is a tuple of numbers, such as a pair."""
        return _is_tuple_of_numbers(self._right_value)

    def diagnose(self, answer):
        """Compare a value with the right one and with the known wrong ones. The right one is never shown."""
        if _holds_ellipsis(answer):
            return Verdict("blank", "")
        if callable(answer) and not hasattr(answer, "__array__"):
            return Verdict("type", "hand over the value, not a function that computes it.")
        value, expected = freeze(answer), self.expected
        if same(value, expected, self.rtol, self.atol) and not _needlessly_complex(value, expected):
            return Verdict("right", "")
        given, _ = quote_both(value, expected, self.gives_tuple) or (quote(value), None)
        for is_it in (_is_known, _is_rounded):
            if is_it is _is_rounded and _is_rounded(value, expected):  # a wrong value may round to the same digits
                return Verdict("values", f"`{given}` is right, but rounded too far: give more digits.")
            for misconception in self.misconceptions:
                if is_it(value, wrong_value(misconception)):
                    return self._mistake(misconception, got=given)
        kind = type_problem(value, expected, self.gives_tuple)
        if kind:
            return Verdict("type", f"{kind}." + (" Leave out the quotation marks." if isinstance(answer, str) else ""))
        given = f"`{given}`" + (f" {self.unit}" if self.unit else "")
        if isinstance(expected, tuple):
            return Verdict("values", f"{given} is not right yet.")
        if value.shape != expected.shape:
            return Verdict("shape", f"{how_shapes_differ(expected, value, self.gives_tuple)}.")
        if value.dtype.kind in "fc" and np.isnan(value).any():
            return Verdict("nan", f"{given} holds NaN, which is what 0/0 or ∞ − ∞ give.")
        if _needlessly_complex(value, expected):
            return Verdict("type", f"{given} is complex, and real is asked for.")
        if expected.dtype.kind not in "buif":
            return Verdict("values", f"{given} is not right yet.")
        if expected.ndim == 0:
            return Verdict("values", f"{given} {self._how_a_number_differs(value, expected)}")
        right = [same(a, b, self.rtol, self.atol) for a, b in zip(np.ravel(value), np.ravel(expected), strict=True)]
        return Verdict("values", f"{given}: {sum(right)} of {len(right)} numbers are right.")

    def _how_a_number_differs(self, value, expected):
        if value != 0 and same(-expected.astype(float), value, self.rtol, self.atol):
            return "has the wrong sign."
        if same(value.astype(float), expected.astype(float), 1e-3, 0):
            return "is close, but not close enough: is it rounded?"
        return "is not right yet."


class ChoiceExercise(Exercise):
    """Choose one of several statements.

    Parameters
    ----------
    number, title, statement, hints
        As for `FunctionExercise`.
    options : dict
        Letter -> statement.
    answer : str
        The letter of the right one.
    reasons : dict
        Letter -> why it is right or wrong, for every option. Each quotes, in double quotes, some words of its
        own option and names the place to read again, "(2.2)" or "section 3".
    """

    def __init__(self, *, number, title, statement, options, answer, reasons, hints):
        super().__init__(number=number, title=title, statement=statement, hints=hints)
        self.options, self.answer, self.reasons = dict(options), answer, dict(reasons)
        if answer not in self.options or set(self.reasons) != set(self.options):
            raise ValueError(f"exercise {number}: answer must be an option, and every option needs its reason")

    def solution(self):
        """Show the right option and why it is right."""
        say(f"**{self.answer}**: {self.options[self.answer]}\n\n{self.reasons[self.answer]}")

    def diagnose(self, answer):
        """Find the reason that belongs to a choice."""
        if answer is Ellipsis:
            return Verdict("blank", "")
        choice = answer.strip(" ()'\"`.:").lower() if isinstance(answer, str) else None
        if choice not in self.options:
            letters = ", ".join(f'"{letter}"' for letter in self.options)
            marks = "" if isinstance(answer, str) else ", with the quotation marks"
            return Verdict("option", f"choose one of {letters}{marks}; this is {_what(answer)}.")
        if choice == self.answer:
            return Verdict("right", self.reasons[choice])
        return Verdict("mistake", self.reasons[choice], f"chose {choice}")


def behaviour(function, cases):
    """What a trusted function does on each case: its results, and the exceptions that it raises.

    Returns
    -------
    list of Outcome
    """
    outcomes = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for case in _copies(cases):
            try:
                outcomes.append(Outcome(value=freeze(function(*case))))
            except Exception as error:  # whatever it raises is its behaviour
                outcomes.append(Outcome(failure=Failure("error", type(error).__name__, str(error))))
    return outcomes


def wrong_value(misconception):
    """The value that a misconception of a `ValueExercise` stands for."""
    wrong = misconception.wrong
    return freeze(wrong() if callable(wrong) else wrong)


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


def _is_tuple_of_numbers(value):
    return isinstance(value, tuple) and all(np.ndim(part) == 0 for part in value)


def _needlessly_complex(value, expected):
    """Whether numbers are complex (by their type) where real ones are asked for."""
    if isinstance(expected, tuple):
        return any(map(_needlessly_complex, value, expected))
    return value.dtype.kind == "c" and expected.dtype.kind != "c"


def _is_known(value, wrong):
    """Whether a value is a known wrong one: exactly, or to the four digits with which messages quote it."""
    if same(value, wrong, 1e-9, 1e-12):
        return True
    return max(entries(value), entries(wrong)) <= MOST and quote(value) == quote(wrong)


def _is_rounded(value, wrong):
    """Whether a number is a known wrong one, rounded by hand to two or more digits, not to a whole one."""
    if not all(isinstance(side, np.ndarray) and side.ndim == 0 and side.dtype.kind == "f" for side in (value, wrong)):
        return False
    digits = len(f"{value:.9g}".partition("e")[0].lstrip("-0.").replace(".", ""))
    return digits > 1 and value % 1 != 0 and float(f"{wrong:.{digits}g}") == value


def _what(answer):
    frozen = freeze(answer)
    if isinstance(frozen, Odd):
        return "nothing (`None`)" if answer is None else frozen.text
    large = isinstance(frozen, np.ndarray) and frozen.size > MOST
    return f"an array of {quote(frozen)}" if large else f"`{quote(frozen)}`"


def _is_odd(value, text):
    return isinstance(value, Odd) and value.text == text


def prepared(case):
    """A case as the learner's function gets it: lists of numbers, however nested, are made arrays."""
    return tuple(_array_of_numbers(argument) if isinstance(argument, list) else argument for argument in case)


def _array_of_numbers(nested):
    def numbers(part):
        return all(map(numbers, part)) if isinstance(part, list) else isinstance(part, (bool, int, float, complex))

    if not nested or not numbers(nested):
        return nested
    try:
        return np.array(nested)
    except ValueError:  # rows of different lengths
        return nested


def _size(case):
    return sum(entries(argument) for argument in case if isinstance(argument, (np.ndarray, list, tuple)))


def _copies(cases):
    return copy.deepcopy(list(cases))


def _imports(function):
    """The modules that a function imports when it is called, in backticks."""
    code = getattr(function, "__code__", None)
    steps = dis.get_instructions(code) if code else ()
    return ", ".join(dict.fromkeys(f"`{step.argval}`" for step in steps if step.opname == "IMPORT_NAME"))


def _holds_ellipsis(answer):
    return answer is Ellipsis or isinstance(answer, (tuple, list)) and any(map(_holds_ellipsis, answer))


def _is_blank(function):
    """Whether a function is still the scaffold: it does nothing, or a `...` stands where a value should."""
    if not isinstance(function, types.FunctionType):
        return False
    idle = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}
    steps = list(dis.get_instructions(function))
    if {step.opname for step in steps} <= idle:
        loaded = [step.argval for step in steps if step.opname in ("LOAD_CONST", "RETURN_CONST")]
        return all(value is None or value is Ellipsis for value in loaded)
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return False
    return _has_blank(tree)


def _has_blank(node):
    """Whether `...` is used as a value. As a statement it is a leftover, and as an index it is NumPy's."""
    for name, child in ast.iter_fields(node):
        if isinstance(node, ast.Subscript) and name == "slice":
            continue
        for part in child if isinstance(child, list) else [child]:
            if isinstance(part, ast.Constant) and part.value is Ellipsis and not isinstance(node, ast.Expr):
                return True
            if isinstance(part, ast.AST) and _has_blank(part):
                return True
    return False
