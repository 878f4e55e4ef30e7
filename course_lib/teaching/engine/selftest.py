"""A self-test: questions with four options, each wrong one with a reply of its own, and a list of what to read again.

A question is declared by its right option and its three wrong ones, in any order; the letters are dealt here, each as
often as the others, so that nothing can be guessed from them. What was answered is kept in the reader's own record of
exercises (`course_lib.teaching.engine.progress`), and nowhere else.
"""

import random
from dataclasses import dataclass

from course_lib._validate import whole_number
from course_lib.teaching import places
from course_lib.teaching.display import say
from course_lib.teaching.engine import progress
from course_lib.teaching.engine.declare import ChoiceExercise
from course_lib.teaching.engine.say import Verdict

LETTERS = "abcd"


@dataclass(frozen=True)
class Right:
    """The right option of a question.

    Attributes
    ----------
    option : str
    why : str
        What makes it right: whole sentences.
    """

    option: str
    why: str


@dataclass(frozen=True)
class Wrong:
    """A wrong option of a question.

    Attributes
    ----------
    kind : str
        A few words for the mistake.
    option : str
    reply : str
        What is wrong with it, and what it would be right for: whole sentences that do not say the right option.
    place : str
        A chapter and a section to read again, such as "07 4"; by default that of the question.
    """

    kind: str
    option: str
    reply: str
    place: str = ""


@dataclass(frozen=True)
class Question:
    """A question about one section.

    Attributes
    ----------
    chapter : int
    section : str
        What to read again, as in `course_lib.teaching.places.link`.
    text : str
    right : Right
    first, second, third : Wrong
    """

    chapter: int
    section: str
    text: str
    right: Right
    first: Wrong
    second: Wrong
    third: Wrong

    @property
    def wrong(self):
        """The three wrong options."""
        return self.first, self.second, self.third

    def place(self, wrong=None):
        """The chapter and the section to read again, after a wrong option or in general."""
        if wrong is None or not wrong.place:
            return self.chapter, self.section
        chapter, _, section = wrong.place.partition(" ")
        return int(chapter), section

    def link(self, wrong=None):
        """A link to that place, in Markdown."""
        return places.link(*self.place(wrong))


class SelfTest:
    """Questions with numbers, and with letters for their options.

    Parameters
    ----------
    questions : iterable of Question
        The first gets the number 1.
    seed : int
        Of the letters.
    """

    def __init__(self, questions, seed=4):
        self.questions = tuple(questions)
        draw = random.Random(seed)
        n = len(self.questions)
        keys = sorted((LETTERS * (n // len(LETTERS) + 1))[:n], key=lambda _: draw.random())
        self._choices, self._wrong = [], []
        for number, (question, key) in enumerate(zip(self.questions, keys, strict=True), 1):
            wrong = sorted(question.wrong, key=lambda _: draw.random())
            others = dict(zip(LETTERS.replace(key, ""), wrong, strict=True))
            options = {letter: others[letter].option if letter != key else question.right.option for letter in LETTERS}
            reasons = {letter: others[letter].reply if letter != key else question.right.why for letter in LETTERS}
            self._choices.append(
                ChoiceExercise(str(number), "", options=options, answer=key, reasons=reasons, hints=())
            )
            self._wrong.append(others)

    def ask(self, *numbers):
        """Show questions with their options.

        Parameters
        ----------
        *numbers : int
            From 1 on; none shows all.

        Raises
        ------
        TypeError, ValueError
            A number is no number of a question.
        """
        for number in [self._number(n) for n in numbers] or range(1, len(self.questions) + 1):
            options = self._choices[number - 1].options
            lines = "\n".join(f"- **{letter}** · {option}" for letter, option in options.items())
            say(f"**{number}.** {self.questions[number - 1].text}\n\n{lines}")

    def diagnose(self, number, answer):
        """What is to be said of an answer, without keeping a record.

        Parameters
        ----------
        number : int
        answer : str
            A letter.

        Returns
        -------
        Verdict
            Of the kind "right", "mistake" (with its name), "blank" (for `...`), or "option" where no letter is given.

        Raises
        ------
        TypeError, ValueError
            `number` is no number of a question.
        """
        number = self._number(number)
        question = self.questions[number - 1]
        try:
            found = self._choices[number - 1].diagnose(answer)
        except Exception as error:  # an object that breaks whoever looks at it
            return Verdict("option", f"your answer cannot be looked at: it raises `{type(error).__name__}`.")
        if found.kind != "mistake":
            return found
        wrong = self._wrong[number - 1][found.mistake.removeprefix("chose ")]
        return Verdict("mistake", f"{wrong.reply} Read again: {question.link(wrong)}.", wrong.kind)

    def answer(self, number, answer):
        """Say whether an answer is right and, if not, what is wrong and what to read again. It is recorded.

        Parameters
        ----------
        number : int
        answer : str
            A letter, such as "b"; `...` for not yet.

        Raises
        ------
        TypeError, ValueError
            `number` is no number of a question.
        """
        verdict = self.diagnose(number, answer)
        if verdict.kind == "blank":
            print(f"✎ {number} not answered yet")
            return
        if verdict.kind in ("right", "mistake"):
            progress.record(_key(number), solved=verdict.kind == "right", mistake=verdict.mistake)
        say(f"✓ {number}. {verdict.text}" if verdict.kind == "right" else f"✗ {number} — {verdict.text}")

    def summary(self, answers=None):
        """Show how many questions were answered how, and what to read again.

        Parameters
        ----------
        answers : dict, optional
            Number -> letter: these answers, without the record. By default what is recorded.

        Raises
        ------
        TypeError, ValueError
            A number is no number of a question, or an answer is no letter.
        """
        states = self._recorded() if answers is None else self._given(answers)
        if not any(states):
            off = answers is None and progress.path() is None
            more = ' The record is switched off; `summary({1: "b", ...})` takes your answers by hand.' if off else ""
            say(f"✎ None of the {len(states)} questions is answered yet.{more}")
            return
        counts = {state: sum(bool(s) and s[0] == state for s in states) for state in ("at once", "later", "wrong")}
        lines = [
            f"**{counts['at once']} of {len(states)} right at once**, {counts['later']} after a mistake, "
            f"{counts['wrong']} not yet right, {states.count(None)} not answered."
        ]
        again = self._to_read_again(states)
        if again:
            lines.append("Read again:\n\n" + "\n".join(f"- {link}: {'; '.join(why)}" for link, why in again.items()))
        elif None not in states:
            lines.append("Nothing to read again.")
        say("\n\n".join(lines))

    def _to_read_again(self, states):
        """Link -> the questions and mistakes that it is for, in the order of the links' places."""
        found = []
        for number, state in enumerate(states, 1):
            question = self.questions[number - 1]
            for kind in state[1] if state else ():
                wrong = next(
                    (w for w in question.wrong if w.kind == kind), None
                )  # a record may be older than the words
                found.append((question.place(wrong), question.link(wrong), f"question {number} ({kind})"))
        again = {}
        for _, link, why in sorted(found, key=lambda entry: entry[0][0]):
            again.setdefault(link, []).append(why)
        return again

    def _recorded(self):
        """For each question None, or a pair: "at once", "later" or "wrong", and the kinds of mistakes."""
        known, states = progress.load(), []
        for number in range(1, len(self.questions) + 1):
            entry = known.get(_key(number))
            mistakes = list(entry["mistakes"]) if entry else []
            state = "wrong" if entry and not entry["solved"] else "later" if mistakes else "at once"
            states.append((state, mistakes) if entry else None)
        return states

    def _given(self, answers):
        """The same for a dict of answers."""
        states = [None] * len(self.questions)
        for number, answer in answers.items():
            verdict = self.diagnose(number, answer)
            if verdict.kind == "option":
                raise ValueError(f"answers[{number}]: {verdict.text}")
            if verdict.kind != "blank":
                states[number - 1] = ("at once", []) if verdict.kind == "right" else ("wrong", [verdict.mistake])
        return states

    def _number(self, number):
        return whole_number("number", number, 1, len(self.questions))


def _key(number):
    """The name of a question in the record: exercises have numbers such as "2.1"."""
    return f"self-test {number}"
