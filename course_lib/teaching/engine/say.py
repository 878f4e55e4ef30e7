"""Puts into words what was found out about an answer."""

import re
from dataclasses import dataclass

import numpy as np

from course_lib.teaching.engine import patterns
from course_lib.teaching.engine.results import Odd, close, entries, needlessly_complex, same
from course_lib.teaching.engine.words import MOST, entries_that_differ, quote, quote_both, quote_case


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


@dataclass(frozen=True)
class Finding:
    """What explains an answer, before it is a text for the learner.

    Attributes
    ----------
    kind : str
        As in `Verdict`.
    text : str
        The explanation: a clause without capital and full stop, or whole sentences where nothing is to follow.
    mistake : str, optional
        The name of a known mistake.
    case : int, optional
        The case that shows it; None where the text stands alone.
    part : int, optional
        Which of several results is meant.
    shows : bool
        Whether both results are to be shown for that case.
    lead : bool
        Whether the text says more than that something is wrong.
    """

    kind: str
    text: str
    mistake: str | None = None
    case: int | None = None
    part: int | None = None
    shows: bool = False
    lead: bool = True


def say(exercise, judgement, finding):
    """Make the learner's text of a finding.

    Parameters
    ----------
    exercise : FunctionExercise
    judgement : Judgement
    finding : Finding

    Returns
    -------
    Verdict
    """
    if finding.case is None:
        return Verdict(finding.kind, finding.text, finding.mistake)
    sentences = [finding.text]
    if finding.shows:
        sentences.append(shown(exercise, judgement, finding))
    pattern = _where(exercise, judgement, finding)
    if pattern:
        sentences.append(pattern)
    right = len(judgement.outcomes) - len(judgement.wrong)
    if right:
        sentences.append(f"On {right} of {len(judgement.outcomes)} cases the result is right.")
    if not finding.lead and not pattern:
        sentences.append("`.hint()` gives a nudge.")
    text = " ".join(sentence if sentence.endswith((".", "?", "!", ":")) else sentence + "." for sentence in sentences)
    if finding.part is not None:
        text = f"result {finding.part + 1} of {len(judgement.expected[finding.case])}: {text}"
    return Verdict(finding.kind, text, finding.mistake)


class Raised(str):
    """The name of an exception where a result is quoted."""


def written(exercise, judgement, index):
    """A case, its right result and the learner's, as text."""
    outcome, expected = judgement.outcomes[index], judgement.expected[index]
    case = quote_case(exercise.arguments, exercise.all_cases[index])
    if outcome.failure is not None:
        return case, quote(expected, as_tuple=exercise.gives_tuple), Raised(outcome.failure.name)
    spot = _spot(exercise, expected, outcome.value)
    if spot is not None:
        part, place = spot
        whose = "" if part is None else f" of result {part + 1}"
        case = f"{case}, at the entry `[{', '.join(map(str, place))}]`{whose},"
        expected, got = (_at(side, spot) for side in (expected, outcome.value))
        got, wanted = quote_both(got, expected) or (quote(got), quote(expected))
        return case, wanted, got
    alike = (quote(outcome.value, as_tuple=exercise.gives_tuple),) * 2
    got, wanted = quote_both(outcome.value, expected, exercise.gives_tuple) or alike
    return case, wanted, got


def written_beside(exercise, judgement, index, value):
    """Another result of the same case, as text: in the same way, so that it can be compared."""
    outcome = judgement.outcomes[index]
    spot = None if outcome.failure else _spot(exercise, judgement.expected[index], outcome.value)
    if spot is not None:
        try:
            return quote(_at(value, spot))
        except (IndexError, TypeError):  # of another shape
            pass
    return quote(value, as_tuple=exercise.gives_tuple)


def _spot(exercise, expected, value):
    """Which part, and which entry, shows how results differ that are too large to be written out; None if they fit."""
    parts = (
        enumerate(zip(expected, value, strict=False)) if isinstance(expected, tuple) else [(None, (expected, value))]
    )
    for part, (e, v) in parts:
        if not isinstance(e, np.ndarray) or not isinstance(v, np.ndarray) or e.shape != v.shape:
            return None
        wrong = ~close(e, v, exercise.rtol, exercise.atol)
        if wrong.any():
            fits = entries(expected) <= MOST if part is not None else e.size <= MOST
            return None if fits else (part, tuple(int(i) for i in np.argwhere(wrong)[0]))
    return None


def _at(value, spot):
    part, place = spot
    return (value if part is None else value[part])[place]


def shown(exercise, judgement, finding):
    """A sentence that shows both results of a case or, where that is too much, the first entry that differs."""
    expected, value = judgement.expected[finding.case], judgement.outcomes[finding.case].value
    if finding.part is not None:
        expected, value = expected[finding.part], value[finding.part]
    case = quote_case(exercise.arguments, exercise.all_cases[finding.case])
    rtol, atol = exercise.rtol, exercise.atol
    if needlessly_complex(value, expected) and same(value, expected, rtol, atol):
        return f"For {case} the imaginary parts are 0, or as small as rounding makes them: return the real parts."
    texts = quote_both(value, expected, exercise.gives_tuple)
    said = [f"you return `{texts[0]}`, expected `{texts[1]}`"] if texts else []
    if expected.ndim and expected.shape == value.shape and (not texts or expected.size > 12):
        said.append(entries_that_differ(expected, value, rtol, atol))
    return f"For {case} {'; '.join(said) or 'the difference is too small to be written out'}."


def _where(exercise, judgement, finding):
    """A sentence about what the failing cases, or the wrong entries, have in common; "" where nothing is known."""
    if finding.kind in ("mistake", "type") or finding.part is not None:
        return ""
    said = patterns.of_cases(exercise.arguments, exercise.all_cases, judgement.wrong)
    if said:
        return f"It fails just {said}."
    if finding.kind not in ("values", "nan") or finding.lead and finding.kind == "values":
        return ""
    triples = [
        (judgement.expected[i], judgement.outcomes[i].value, exercise.all_cases[i])
        for i in judgement.wrong
        if judgement.outcomes[i].failure is None
    ]
    if any(isinstance(side, (tuple, Odd)) or side.dtype.kind == "U" for e, v, _ in triples for side in (e, v)):
        return ""
    if any(e.shape != v.shape for e, v, _ in triples):
        return ""
    said = patterns.of_entries(exercise.arguments, triples, exercise.rtol, exercise.atol)
    return said[:1].upper() + said[1:] + "." if said else ""
