"""What a known mistake is: a wrong answer that people really give, and the words for it."""

import re
from dataclasses import dataclass

PLACE = re.compile(r"\(\d+\.\d+[a-z]?\)|\bsection \d+", re.IGNORECASE)  # to be read again: "(2.2)", "section 3"


@dataclass(frozen=True)
class Misconception:
    """A wrong answer that people really give, as `mistake` declares it.

    Attributes
    ----------
    name : str
    wrong : callable or value
        The wrong implementation, with the exercise's signature; for a `ValueExercise` the wrong value, or a
        function without arguments that computes it.
    message : str
        Where it holds `{case}`, `{expected}` and `{got}`, they are filled in from the learner's own results.
    reread : str
        The place to read again: "(2.2)" or "section 3". By default the last one that the message names; one that
        it does not name is added to it.
    example : tuple or None
    example_words : str
        The example in words, for `{case}`.
    """

    name: str
    wrong: object
    message: str
    reread: str = ""
    example: tuple | None = None
    example_words: str = ""

    def __post_init__(self):
        places = PLACE.findall(self.message)
        if not self.reread:
            object.__setattr__(self, "reread", places[-1] if places else "")
        elif self.reread not in self.message:
            object.__setattr__(self, "message", f"{stopped(self.message)} Look again at {self.reread}.")

    @property
    def is_filled_in(self):
        """Whether the message shows what the learner's own function returned."""
        return "{got}" in self.message


def stopped(text):
    """A text that ends like a sentence."""
    return text if text.rstrip(')”"*').endswith((".", "!", "?", ":")) else text + "."
