"""Mistakes made of choices: an answer is built from a few parts, and in one of them, or in two, the wrong thing stands.

`exercise.choices` declares the parts. One wrong choice alone is a mistake like any other. Two at once are as many as
there are pairs, often hundreds. So they are built only when an answer has come that nothing else explains. One case is
the sieve: what every pair does there is kept, and only those that do what the answer does are tried on the others.
"""

import functools
import itertools
import re
from dataclasses import dataclass

from course_lib.teaching.engine.judge import agree, is_flat
from course_lib.teaching.engine.mistakes import PLACE, Misconception, stopped
from course_lib.teaching.engine.say import Finding, written
from course_lib.teaching.engine.transformed import is_plain, telling_case

ENOUGH = 0.8  # of all cases, and of those that fail: what two wrong choices must explain
SHOWN = "For {case} you return `{got}`, expected `{expected}`."


@dataclass(frozen=True)
class Wrong:
    """A wrong choice for one part of an answer.

    Attributes
    ----------
    name : str
        A few words for the mistake. Without `words`, a mistake of this name is declared by itself.
    choice : object
        What stands in the place of the right choice.
    words : str
        What was done and why it is wrong, in the second person: the beginning of a sentence, or several sentences. When
        it is one of two things, only the first sentence is said.
    place : str
        The place to read again; by default that of all parts.
    """

    name: str
    choice: object
    words: str = ""
    place: str = ""


class Choices:
    """The parts that a function is built from, each with its right choice and the wrong ones.

    Parameters
    ----------
    build : callable
    place : str
    words : str
    parts : dict
        As in `MadeOfChoices.choices`.
    """

    def __init__(self, build, place, words, parts):
        self.build, self.place, self.words = build, place, words
        self.right = {name: choices[0] for name, choices in parts.items()}
        self.wrong = {name: choices[1:] for name, choices in parts.items()}

    def function(self, *chosen):
        """The function with these wrong choices, given as pairs (part, Wrong)."""
        return self.build(**(self.right | {part: wrong.choice for part, wrong in chosen}))

    def ones(self):
        """Each wrong choice by itself."""
        for part, several in self.wrong.items():
            for wrong in several:
                yield ((part, wrong),)

    def pairs(self):
        """Every two wrong choices, in different parts."""
        for a, b in itertools.combinations(self.wrong, 2):
            for one, other in itertools.product(self.wrong[a], self.wrong[b]):
                yield (a, one), (b, other)

    def places(self, chosen):
        """Where to read again, for these choices."""
        return " and ".join(dict.fromkeys(wrong.place or self.place for _, wrong in chosen))


class MadeOfChoices:
    """What lets an exercise declare its mistakes as choices."""

    def choices(self, build, *, place, words="", **parts):
        """Declare mistakes as wrong choices of which an answer may hold one, or two at once.

        A message says what was chosen, then what the learner's own function returns on the exercise's example if it
        is wrong there, else on the smallest case that tells something.

        Parameters
        ----------
        build : callable
            `build(part=choice, ...)` makes the function from one choice for each part.
        place : str
            The place to read again, "(2.2)" or "section 3", where a wrong choice names none.
        words : str
            The exercise's example in words; by default its arguments are written out.
        **parts : sequence
            For each part the right choice, then every wrong one as a `Wrong`.

        Examples
        --------
        >>> from course_lib.teaching.engine import FunctionExercise
        >>> line = FunctionExercise("2.1", "A line", cases=lambda rng: [(0,), (1,), (5,), (-3,), (8,)],
        ...     oracle=lambda x: 2 * x + 1, solution="def line(x): return x + x + 1", hints=("a", "b", "c"))
        >>> line.choices(
        ...     lambda slope, shift: lambda x: slope * x + shift,
        ...     place="(2.1)",
        ...     slope=(2, Wrong("slope 3", 3, "your slope is **3**"), Wrong("slope 1", 1, "your slope is **1**")),
        ...     shift=(1, Wrong("no shift", 0, "you **forget** the shift")),
        ... )
        >>> line.diagnose(lambda x: 3 * x).mistake
        'slope 3 and no shift'
        """
        made = Choices(build, place, words, parts)
        self.made_of.append(made)
        for chosen in made.ones():
            wrong = chosen[0][1]
            if wrong.words:
                where = "" if PLACE.search(wrong.words) else f" Look again at {made.places(chosen)}."
                message = f"{stopped(wrong.words)} {SHOWN}{where}"
                self.misconceptions.append(
                    Misconception(
                        wrong.name, made.function(*chosen), message, example=self.example, example_words=words
                    )
                )

    @functools.cached_property
    def sieve(self):
        """A case of middling size, and what every two wrong choices do there: most are ruled out by it."""
        cases = self.all_cases
        index = next((i for i in range(len(cases) // 3, len(cases)) if not is_plain(cases[i])), 0)
        pairs = [(made, pair) for made in self.made_of for pair in made.pairs()]
        return index, [(made, pair, self.done_by(made.function(*pair), [cases[index]])[0]) for made, pair in pairs]


def two_wrong_choices(exercise, judgement):
    """The two wrong choices that do on every case what the answer does.

    Parameters
    ----------
    exercise : FunctionExercise
    judgement : Judgement

    Returns
    -------
    Finding or None
    """
    if not judgement.wrong or all(outcome.failure for outcome in judgement.outcomes):
        return None
    order = [*judgement.wrong, *(i for i in range(len(judgement.outcomes)) if i not in judgement.wrong)]
    for made, pair in _possible(exercise, judgement):
        function = made.function(*pair)
        if all(_does(exercise, function, i, judgement.outcomes[i]) for i in order):
            found = _as_one(exercise, made, pair)
            words = exercise.message(found, *written_for(exercise, judgement, found, judgement.wrong))
            return Finding("mistake", words, found.name)
    return None


def nearly_two_wrong_choices(exercise, judgement):
    """The two wrong choices that do on most failing cases what the answer does, and nothing wrong where it is right.

    Returns
    -------
    (Misconception, list of Outcome, set of int) or None
        The two as one mistake, what it does on all cases, and the failing cases that it explains.
    """
    outcomes = judgement.outcomes
    wrong = set(judgement.wrong)
    telling = {i for i in wrong if not is_flat(outcomes[i]) and outcomes[i].failure is None}
    if len(telling) < 4:
        return None
    groups = wrong, set(range(len(outcomes)))
    for made, pair in _possible(exercise, judgement):
        function, known, missed = made.function(*pair), {}, set()
        for i in sorted(range(len(outcomes)), key=lambda i: (i not in telling, i not in wrong)):
            known[i] = exercise.done_by(function, [exercise.all_cases[i]])[0]
            if not agree(exercise, outcomes[i], known[i]):
                missed.add(i)
            if any(len(group - missed) < ENOUGH * len(group) for group in groups):
                break
        else:
            hits = wrong - missed
            if len(hits & telling) >= max(4, ENOUGH * len(telling)):
                return _as_one(exercise, made, pair), [known[i] for i in range(len(outcomes))], hits
    return None


def _possible(exercise, judgement):
    """The pairs that do on the sieve's case what the answer does."""
    index, sieve = exercise.sieve
    if index >= len(judgement.outcomes):
        return
    for made, pair, outcome in sieve:
        if agree(exercise, judgement.outcomes[index], outcome):
            yield made, pair


def pair_name(pair):
    """The name of two wrong choices."""
    return " and ".join(wrong.name for _, wrong in pair)


def _as_one(exercise, made, pair):
    """Two wrong choices as one mistake, with its message."""
    first, second = (_first_sentence(exercise, wrong) for _, wrong in pair)
    text = f"two things at once. First: {first} Second: {second} {SHOWN} Look again at {made.places(pair)}."
    return Misconception(
        pair_name(pair), made.function(*pair), text, example=exercise.example, example_words=made.words
    )


def written_for(exercise, judgement, misconception, indices):
    """A case that shows a mistake, the right result and the learner's, as text: the example, if it is among these."""
    example = None if misconception.example is None else exercise.index_of(misconception.example)
    shown = example in indices
    case, wanted, got = written(exercise, judgement, example if shown else telling_case(exercise, indices))
    return misconception.example_words if shown and misconception.example_words else case, wanted, got


def _does(exercise, function, index, outcome):
    """Whether a function does on one case what was done."""
    return agree(exercise, outcome, exercise.done_by(function, [exercise.all_cases[index]])[0])


def _first_sentence(exercise, wrong):
    words = wrong.words or next((m.message for m in exercise.misconceptions if m.name == wrong.name), "{no words}")
    sentence = stopped(re.split(r"(?<=[.?!])\s+", words)[0])
    return f"*{wrong.name}*." if "{" in sentence or "you return `" in sentence else sentence
