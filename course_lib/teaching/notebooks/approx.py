"""Outputs whose numbers may differ a little from machine to machine: the cell tags `approx:R` and `approx:R;A`.

The numbers of the stored and of the fresh text are read and compared in order: a fresh one may differ from the stored
one by R times the stored one, plus A. Everything between the numbers must agree to the letter, but for the blanks
beside a number, which pad it. NaN agrees with NaN, an infinity with itself. Between R and A stands a semicolon, because
the notebook format allows no comma in a tag.
"""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

SIGN = r"(?:(?<![\w.)])[-+−])?"  # behind a digit or a bracket it is a minus between two
DIGITS = r"(?:\d{1,3}(?:[,_]\d{3})+(?!\d)(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
# Digits that are no numbers: a version such as 2.21.0, the number of an equation or an exercise behind the mark that
# `verify` or the exercise prints, and a name such as conv2d.
LABEL = rf"{SIGN}\d+(?:\.\d+){{2,}}|[✓✗✎] \(?\d+\.\d+[a-z]?\)?"
NUMBER = re.compile(rf"{LABEL}|(?P<number>{SIGN}(?:(?:nan|inf|infinity)(?!\w)|{DIGITS}))|[^\W\d]\w*", re.IGNORECASE)


@dataclass(frozen=True)
class Tolerance:
    """How far a fresh number may be from the stored one.

    Attributes
    ----------
    relative, absolute : decimal.Decimal
        Decimal, as they are written, so that 0.8 and 0.7 are 0.1 apart.
    """

    relative: Decimal
    absolute: Decimal

    def allows(self, stored, fresh):
        """Whether two numbers agree, both `decimal.Decimal`."""
        if not (stored.is_finite() and fresh.is_finite()):
            return stored == fresh or (stored.is_nan() and fresh.is_nan())
        return abs(fresh - stored) <= self.relative * abs(stored) + self.absolute

    def __str__(self):
        parts = [f"{self.relative} of it"] * bool(self.relative) + [f"{self.absolute}"] * bool(self.absolute)
        return " and ".join(parts)


def tolerance(tags):
    """The tolerance that a cell's tags allow.

    Parameters
    ----------
    tags : iterable of str

    Returns
    -------
    Tolerance or None
        None where no tag begins with "approx".

    Raises
    ------
    ValueError
        If such a tag is not `approx:R` or `approx:R;A`, or there are several. R is a share from 0 to below 1, A is 0 or
        more, and not both are 0.
    """
    mine = [tag for tag in tags if tag.startswith("approx")]
    if not mine:
        return None
    if len(mine) > 1:
        raise ValueError(f"several tags allow a tolerance: {', '.join(mine)}; one is wanted")
    try:
        head, _, tail = mine[0].partition(":")
        numbers = [Decimal(part) for part in tail.split(";")]
    except InvalidOperation:
        numbers = []
    known = head == "approx" and len(numbers) in (1, 2) and all(n.is_finite() and n >= 0 for n in numbers)
    if not known or numbers[0] >= 1 or not any(numbers):
        raise ValueError(
            f"the tag {mine[0]!r} must be approx:R or approx:R;A with a share R from 0 to below 1 and an absolute "
            "tolerance A of 0 or more, not both 0, such as approx:0.05 or approx:0;0.02"
        )
    return Tolerance(numbers[0], numbers[1] if len(numbers) == 2 else Decimal(0))


def read(text):
    """Take a text apart into the words between its numbers, and its numbers.

    Parameters
    ----------
    text : str

    Returns
    -------
    words : list of str
        One more than there are numbers, without the blanks beside a number.
    numbers : list of decimal.Decimal
    """
    words, numbers, end = [], [], 0
    for match in NUMBER.finditer(text):
        if match["number"]:
            words.append(text[end : match.start()])
            numbers.append(Decimal(re.sub("[,_]", "", match["number"]).replace("−", "-")))
            end = match.end()
    words.append(text[end:])
    for k in range(len(words)):
        words[k] = words[k].rstrip(" ") if k < len(numbers) else words[k]
        words[k] = words[k].lstrip(" ") if k > 0 else words[k]
    return words, numbers


def difference(stored, fresh, allowed):
    """Say how two texts differ by more than a tolerance; None where they do not.

    Parameters
    ----------
    stored, fresh : str
    allowed : Tolerance

    Returns
    -------
    str or None
    """
    words, numbers = read(stored)
    new_words, new_numbers = read(fresh)
    if len(numbers) != len(new_numbers):
        return f"{len(numbers)} numbers are stored, the fresh output has {len(new_numbers)}"
    for old, new in zip(words, new_words, strict=True):
        if old != new:
            return f"the words {old!r} are stored, the fresh output has {new!r}"
    for old, new in zip(numbers, new_numbers, strict=True):
        if not allowed.allows(old, new):
            return f"{old} is stored, the fresh output has {new}; {allowed} is allowed"
    return None


def settled(stored, fresh, allowed):
    """The fresh outputs of a cell, with the stored text wherever the two agree within a tolerance.

    What still differs from the stored outputs differs by more.

    Parameters
    ----------
    stored, fresh : list of notebook outputs
        Neither is changed.
    allowed : Tolerance

    Returns
    -------
    outputs : list of notebook outputs
    differences : list of str
        What `difference` says of each text that does not agree.
    """
    if [_kind(output) for output in stored] != [_kind(output) for output in fresh]:
        return list(fresh), ["outputs of another number or kind than those stored"]
    outputs, differences = [], []
    for old, new in zip(stored, fresh, strict=True):
        new = type(new)(new)
        if "data" in new:
            new["data"] = type(new["data"])(new["data"])
        for holder, text in _texts(new):
            before = (old if holder is new else old["data"]).get(text)
            if not isinstance(before, str):
                continue
            said = difference(before, holder[text], allowed)
            if said is None:
                holder[text] = before
            else:
                differences.append(said)
        outputs.append(new)
    return outputs, differences


def _kind(output):
    return output.get("output_type"), output.get("name")


def _texts(output):
    """(dictionary, key) of every text that an output holds."""
    found = [(output, "text")] if isinstance(output.get("text"), str) else []
    data = output.get("data", {})
    return found + [(data, mime) for mime in data if mime.startswith("text/") and isinstance(data[mime], str)]
