"""Exercises that know the wrong answers: an answer is diagnosed by what it does, not by how it is written.

A learner's function goes one way through four rooms. It **runs** on seeded cases (`sandbox`), its results are
**judged** beside the oracle's (`judge`), what is wrong is **explained** (`explain`: by a known mistake, by a
transformation of the right result or of the arguments, or by what the difference looks like), and the explanation
is **said** in words (`say`). A value or a choice is diagnosed the same way: each known wrong answer carries the
words that explain it.

`check` prints one of

    ✓ 2.1 Title                        right
    ✗ 2.1 — what is wrong              with the name of the mistake where it is known
    ✎ 2.1 not attempted yet            the blank is still there

It survives any answer, never shows a solution unasked, and never shows a traceback.
"""

import ast
import copy
import functools
import itertools
import re
import sys
import textwrap
import zlib
from dataclasses import replace

import numpy as np

from course_lib.teaching.display import say as display
from course_lib.teaching.engine import progress, values
from course_lib.teaching.engine.blank import dots, holds_ellipsis, is_scaffold
from course_lib.teaching.engine.cases import alike, prepared, size
from course_lib.teaching.engine.choices import MadeOfChoices
from course_lib.teaching.engine.explain import explain
from course_lib.teaching.engine.guard import genuine
from course_lib.teaching.engine.judge import judge
from course_lib.teaching.engine.mistakes import Misconception
from course_lib.teaching.engine.results import (
    Odd,
    behaviour,
    freeze,
    is_tuple_of_numbers,
)
from course_lib.teaching.engine.sandbox import load_ahead, run
from course_lib.teaching.engine.say import Raised, Verdict, say
from course_lib.teaching.engine.words import MOST, quote

VALUE_SECONDS = 5.0  # of processor time, to read a value
EXACTLY = 1e-6  # relative: the default for a value; where more is allowed, whole numbers may be off by it, too


class Exercise:
    """What the three kinds of exercise share: hints one at a time, the solution on request, the record.

    A kind adds `diagnose(answer)`, which returns a `Verdict` and has no side effect. What is asked stands in the
    chapter, not here.
    """

    def __init__(self, number, title, hints):
        self.number, self.title, self.hints = number, title, tuple(hints)
        self._hints_shown = 0

    def check(self, answer):
        """Say whether an answer is right and, if not, what the mistake is. Returns nothing."""
        try:
            verdict = self.diagnose(answer)
        except Exception as error:  # an object that breaks whoever looks at it
            verdict = Verdict("type", f"your answer cannot be looked at: it raises `{type(error).__name__}`.")
        if verdict.printed:
            print(f"Your code printed:\n{verdict.printed}\n")
        if verdict.kind == "blank":
            print(f"✎ {self.number} not attempted yet")
            return
        progress.record(self.number, solved=verdict.kind == "right", mistake=verdict.mistake)
        if verdict.kind == "right":
            print(f"✓ {self.number} {self.title}" + (f": {verdict.text}" if verdict.text else ""))
        else:
            display(f"✗ {self.number} — {verdict.text}")

    def hint(self):
        """Show the next hint."""
        if self._hints_shown == len(self.hints):
            display(f"{self.number}: there are no more hints. `.solution()` shows one way to do it.")
            return
        self._hints_shown += 1
        progress.record(self.number, hints=self._hints_shown)
        display(f"Hint {self._hints_shown} of {len(self.hints)}: {self.hints[self._hints_shown - 1]}")


class ComputedExercise(Exercise):
    """What a function and a value share: a solution in Python, and mistakes known by what they compute."""

    def __init__(self, number, title, hints, solution, misconceptions, rtol, atol, example, example_words):
        super().__init__(number, title, hints)
        self.source, self.misconceptions = textwrap.dedent(solution).strip(), list(misconceptions)
        self.rtol, self.atol, self.example, self.example_words = rtol, atol, example, example_words

    def mistake(self, name, *, example=None, reread=""):
        """Declare a wrong answer that people really give: the function below this decorator.

        It has the exercise's arguments, or none where a value is asked for, and returns what the mistake gives. Its
        docstring is the message: Markdown, in the second person, what was done and why it is wrong, with the place to
        read again ("(2.2)" or "section 3"). The message quotes, in backticks, the wrong result on the example (for a
        value: the wrong value), so that the words are bound to the behaviour: a test calls the function and looks for
        what it returns. `{case}`, `{expected}` and `{got}` are filled in from the smallest failing case, `{example}`
        is the exercise's `example_words`. Where a line breaks is of no importance.

        Parameters
        ----------
        name : str
            A few words for the mistake, such as "kernel not flipped".
        example : tuple, optional
            Arguments small enough to be checked by hand; by default the exercise's `example`. They are also tried on
            every answer, so whatever the message says about them is true of the learner's function.
        reread : str, optional
            The place to read again; by default the last one that the message names.

        Examples
        --------
        >>> half = ValueExercise("2.1", "Half of 6", answer=3, solution="answer = 6 / 2", hints=("a", "b", "c"))
        >>> @half.mistake("doubled")
        ... def _():
        ...     \"\"\"`12` is twice 6, see (2.1).\"\"\"
        ...     return 12
        >>> half.diagnose(12).mistake
        'doubled'
        """

        def declare(wrong):
            if not wrong.__doc__:
                raise ValueError(
                    f"exercise {self.number}: the message of {name!r} is the function's docstring, and there is none"
                    + (" (python -OO leaves them out)" if sys.flags.optimize > 1 else "")
                )
            message = " ".join(wrong.__doc__.split()).replace("{example}", self.example_words)
            shown = self.example if example is None else example
            self.misconceptions.append(Misconception(name, wrong, message, reread, shown))
            return wrong

        return declare

    def message(self, misconception, case="", expected="", got=""):
        """The words for a known mistake, filled in."""
        text = misconception.message
        if isinstance(got, Raised):
            text = text.replace("you return `{got}`", "your code stops with `{got}`")
        for name, value in (("{case}", case), ("{expected}", expected), ("{got}", got)):
            text = text.replace(name, value)
        return text


class FunctionExercise(MadeOfChoices, ComputedExercise):
    """Write a function.

    Parameters
    ----------
    number, title : str
        The number is chapter.exercise, such as "2.1".
    cases : callable
        `cases(rng)` yields tuples of positional arguments, smallest first; `rng` is seeded by the engine, the
        same way each time. The mistakes' examples are tried as well.
    oracle : callable
        An independent implementation with the same arguments.
    solution : str
        Python source whose last function is the one to write, with its name and its arguments in the order of the
        cases; shown by `solution()`, and run by the tests.
    hints : sequence of three str
        From a nudge to nearly the solution.
    example : tuple, optional
        The arguments on which the messages of most mistakes quote the result.
    example_words : str
        Those arguments in words, where several messages need them: they stand there as `{example}`.
    rtol, atol : float
        An answer is right within atol + rtol * |expected|.
    time_limit : float
        Seconds for all cases together.
    same_dtype : bool
        Whether the result must have the oracle's dtype.
    fixed : sequence of str
        What the statement fixes, so that it need not vary among the cases: an argument ("sigma"), or an array's
        "x.ndim", "x.shape", "x.dtype" or "x.square".
    misconceptions : sequence of Misconception
        Mistakes that are known beforehand; `mistake` and `choices` add to them.
    """

    def __init__(self, number, title, *, cases, oracle, solution, hints, example=None, example_words="",
                 rtol=1e-9, atol=1e-12, time_limit=5.0, same_dtype=False, fixed=(),
                 misconceptions=()):  # fmt: skip
        super().__init__(number, title, hints, solution, misconceptions, rtol, atol, example, example_words)
        self.cases, self.oracle, self.fixed = cases, oracle, tuple(fixed)
        self.time_limit, self.same_dtype, self.made_of = time_limit, same_dtype, []
        self.name, arguments = _last_function(number, self.source)
        self.signature = f"{self.name}({ast.unparse(arguments)})"
        self.arguments = [argument.arg for argument in arguments.posonlyargs + arguments.args]

    def solution(self):
        """Show one way to write the function."""
        display(f"One way to do it:\n\n```python\n{self.source}\n```")

    def diagnose(self, answer, time_limit=None):
        """Try a function on all cases. `time_limit` replaces the exercise's own."""
        if answer is Ellipsis or is_scaffold(answer):
            return Verdict("blank", "")
        if not callable(answer):
            return Verdict(
                "type",
                f"hand over your function itself: its name, without brackets behind it. This is {what_it_is(answer)}.",
            )
        limit = self.time_limit if time_limit is None else time_limit
        with genuine():
            self.expected, self.gives_parts  # before the learner's code runs  # noqa: B018
            load_ahead(answer)
        tries = [*self.all_cases, *self.all_cases[::-1]]
        outcomes, printed = run(answer, tries, limit, required=len(self.all_cases) + 1, forget=[vars(self)])
        with genuine() as replaced:
            verdict = self.verdict(outcomes, answer, limit)
        if verdict.kind in ("error", "type") and dots(answer):  # an operation on the three dots
            return Verdict("blank", "")
        if verdict.kind != "right" and replaced:
            names = ", ".join(f"`{name}`" for name in replaced)
            more = f" In this notebook {names} no longer means what it did: restart the kernel to have it back."
            verdict = replace(verdict, text=verdict.text + more)
        return verdict if verdict.kind == "blank" else replace(verdict, printed=printed)

    def verdict(self, outcomes, answer=None, limit=None):
        """Judge, explain and say what outcomes on all cases mean.

        Parameters
        ----------
        outcomes : list of Outcome
            Of all cases in their order; repeats may follow, from the last case to the first.
        answer : callable, optional
            The function that gave them.
        limit : float, optional
            The time limit that it had.

        Returns
        -------
        Verdict
        """
        judgement = judge(self, outcomes and self._all_as_asked(outcomes))
        return say(self, judgement, explain(self, judgement, answer, limit))

    @functools.cached_property
    def _cases_and_examples(self):
        """The cases in the order in which they are tried, each with the misconceptions that it illustrates."""
        rng = np.random.default_rng(zlib.crc32(self.number.encode()))
        tagged = [(prepared(m.example), i) for i, m in enumerate(self.misconceptions) if m.example is not None]
        tagged += [(prepared(case), None) for case in self.cases(rng)]
        different = []  # the same example often serves several mistakes
        for case, mark in sorted(tagged, key=lambda pair: size(pair[0])):
            known = next((marks for other, marks in different if alike(case, other)), None)
            if known is None:
                different.append((case, known := []))
            known.append(mark)
        return different

    @functools.cached_property
    def all_cases(self):
        """The cases in the order in which they are tried: the smallest first."""
        return [case for case, _ in self._cases_and_examples]

    def example_index(self, misconception):
        """Which case is the example of a misconception, given by its index; None where it has none."""
        return next((i for i, (_, marks) in enumerate(self._cases_and_examples) if misconception in marks), None)

    def index_of(self, example):
        """Which case these arguments are; None where they are none."""
        return next((i for i, case in enumerate(self.all_cases) if alike(case, prepared(example))), None)

    @functools.cached_property
    def neighbours(self):
        """For each argument the pairs of cases that differ in nothing else."""
        found = [[] for _ in self.arguments]
        for (a, one), (b, other) in itertools.combinations(enumerate(self.all_cases), 2):
            if len(one) == len(other):
                different = [j for j, (x, y) in enumerate(zip(one, other, strict=True)) if not alike(x, y)]
                if len(different) == 1:
                    found[different[0]].append((a, b))
        return found

    @functools.cached_property
    def expected(self):
        """The right results of all cases, frozen."""
        return [self._as_asked(freeze(self.oracle(*case))) for case in _copies(self.all_cases)]

    @functools.cached_property
    def gives_tuple(self):
        """Whether the function asked for gives a tuple of numbers, such as a pair."""
        return is_tuple_of_numbers(self._first_result)

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
    def behaviours(self):
        """What each known mistake does on all cases."""
        return [
            [self.done_by_mistake(m, i) for i in range(len(self.all_cases))] for m in range(len(self.misconceptions))
        ]

    def done_by_mistake(self, misconception, index):
        """What a known mistake, given by its index, does on one case. Most are ruled out by one or two cases."""
        key = misconception, index
        if key not in self._done:
            wrong = self.misconceptions[misconception].wrong
            self._done[key] = self.done_by(wrong, [self.all_cases[index]])[0]
        return self._done[key]

    @functools.cached_property
    def _done(self):
        return {}

    def done_by(self, function, cases):
        """What a function of ours does on these cases: a list of outcomes."""
        return self._all_as_asked(behaviour(function, cases))

    def _all_as_asked(self, outcomes):
        if not self.gives_parts:
            return outcomes
        return [replace(outcome, value=self._as_asked(outcome.value)) for outcome in outcomes]


class ValueExercise(ComputedExercise):
    """Find a number, a tuple of numbers, or an array.

    Parameters
    ----------
    number, title, hints
        As for `FunctionExercise`.
    answer : number, tuple, array, str, or callable
        The right value, or a function without arguments that computes it.
    solution : str
        Python source that ends with `answer = ...`; shown by `solution()`, and run by the tests.
    rtol, atol : float
        As for `FunctionExercise`.
    unit : str
        Such as "pixels"; shown with the answer that was given.
    misconceptions : sequence of Misconception
        As for `FunctionExercise`.
    """

    def __init__(self, number, title, *, answer, solution, hints, rtol=EXACTLY, atol=1e-12, unit="",
                 misconceptions=()):  # fmt: skip
        super().__init__(number, title, hints, solution, misconceptions, rtol, atol, None, "")
        self.answer, self.unit = answer, unit

    def solution(self):
        """Show how the value is found."""
        display(f"One way to find it:\n\n```python\n{self.source}\n```")

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
        return is_tuple_of_numbers(self._right_value)

    def diagnose(self, answer):
        """Compare a value with the right one and with the known wrong ones. The right one is never shown."""
        if holds_ellipsis(answer):
            return Verdict("blank", "")
        if callable(answer) and not hasattr(type(answer), "__array__"):
            return Verdict("type", "hand over the value, not a function that computes it.")
        outcomes, printed = run(lambda: answer, [()], VALUE_SECONDS)
        with genuine():
            return replace(values.verdict(self, outcomes[0], isinstance(answer, str)), printed=printed)


class ChoiceExercise(Exercise):
    """Choose one of several statements.

    Parameters
    ----------
    number, title, hints
        As for `FunctionExercise`.
    options : dict
        Letter -> statement.
    answer : str
        The letter of the right one.
    reasons : dict
        Letter -> why it is right or wrong, for every option. Each quotes, in double quotes, some words of its
        own option and names the place to read again, "(2.2)" or "section 3".
    """

    def __init__(self, number, title, *, options, answer, reasons, hints):
        super().__init__(number, title, hints)
        self.options, self.answer, self.reasons = dict(options), answer, dict(reasons)
        if answer not in self.options or set(self.reasons) != set(self.options):
            raise ValueError(f"exercise {number}: answer must be an option, and every option needs its reason")

    def solution(self):
        """Show the right option and why it is right."""
        display(f"**{self.answer}**: {self.options[self.answer]}\n\n{self.reasons[self.answer]}")

    def diagnose(self, answer):
        """Find the reason that belongs to a choice."""
        if holds_ellipsis(answer):
            return Verdict("blank", "")
        chosen = _letters(answer, self.options)
        if not chosen:
            letters = ", ".join(f'"{letter}"' for letter in self.options)
            marks = "" if isinstance(answer, str) else ", with the quotation marks"
            return Verdict("option", f"choose one of {letters}{marks}; this is {what_it_is(answer)}.")
        if len(chosen) > 1:
            wrong = next(letter for letter in self.options if letter in chosen and letter != self.answer)
            return Verdict("option", f'choose one letter, not {len(chosen)}. Not "{wrong}": {self.reasons[wrong]}')
        choice = chosen[0]
        if choice == self.answer:
            return Verdict("right", self.reasons[choice])
        return Verdict("mistake", self.reasons[choice], f"chose {choice}")


def _letters(answer, options):
    """The options that an answer names, each once: by letter, or by the statement. [] where it names none, or others.

    It may be a text, or a collection of texts: "b", "(B)", "b and c", "bc", "b) because ...", ["b"].
    """
    parts = answer.ravel().tolist() if isinstance(answer, np.ndarray) else answer
    parts = [parts] if isinstance(parts, str) else parts
    if not isinstance(parts, (list, tuple, set, frozenset)) or not all(isinstance(part, str) for part in parts):
        return []
    statements = {_plain(statement): [letter] for letter, statement in options.items()}
    named = []
    for text in map(str.lower, parts):
        words = [word for word in _plain(text).split() if word not in ("answer", "option", "letter", "and", "or")]
        marked = re.findall(r"(?<!\w)([a-z])\s*[).:]", text)
        together = list(words[0]) if len(words) == 1 and list(words[0]) == sorted(set(words[0])) else words
        found = statements.get(_plain(text)) or next(
            (letters for letters in (words, marked, together) if letters and set(letters) <= set(options)), None
        )
        if found is None:
            return []
        named += found
    return list(dict.fromkeys(named))


def _plain(text):
    return re.sub(r"\W+", " ", text).strip().lower()


def _last_function(number, source):
    """The name and the arguments of the last function that a solution defines."""
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    if not functions:
        raise ValueError(f"exercise {number}: the solution must define the function to write, and defines none")
    return functions[-1].name, functions[-1].args


def what_it_is(answer):
    """Say what was handed over."""
    frozen = run(lambda: answer, [()], VALUE_SECONDS)[0][0].value
    if frozen is None:  # it breaks whoever looks at it
        return f"a {type(answer).__name__}"
    if isinstance(frozen, Odd):
        return "nothing (`None`)" if answer is None else frozen.text
    large = isinstance(frozen, np.ndarray) and frozen.size > MOST
    return f"an array of {quote(frozen)}" if large else f"`{quote(frozen)}`"


def _copies(cases):
    return copy.deepcopy(list(cases))
