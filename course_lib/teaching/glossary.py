"""The course's words in English and Chinese: what each one means, and the section where it is at home.

The ideas of `course_lib.teaching.concepts` are among them; all others stand in `course_lib.teaching.glossary_words`.
Chapter 17 shows the list and searches it.
"""

import difflib
import functools
import re
from dataclasses import dataclass

from course_lib.teaching import places
from course_lib.teaching.concepts import CONCEPTS
from course_lib.teaching.display import say
from course_lib.teaching.glossary_words import WORDS

OUTSIDE = "-"


@dataclass(frozen=True)
class Term:
    """A word of the course.

    Attributes
    ----------
    name, chinese : str
    chapter : int
        The number of the chapter that explains it.
    section : str
        The section there, as in `course_lib.teaching.places.link`.
    meaning : str
        One sentence.
    said : str
        What that section calls it. "" for a word that the course does without: its place is the nearest one.
    """

    name: str
    chinese: str
    chapter: int
    section: str
    meaning: str
    said: str

    @property
    def home(self):
        """A link to its place, in Markdown."""
        link = places.link(self.chapter, self.section)
        return link if self.said else f"not used in the course; nearest: {link}"


@functools.cache
def terms():
    """List all terms: the ideas of the map and the words of the chapters.

    Returns
    -------
    tuple of Term
        In the order of their home chapters, then of their names.

    Examples
    --------
    >>> next(term.chinese for term in terms() if term.name == "transposed convolution")
    '转置卷积'
    """
    found = [Term(c.name, c.chinese, c.chapter, c.section, c.meaning, c.said or c.name) for c in CONCEPTS]
    for chapter, lines in WORDS.items():
        for line in lines.strip().splitlines():
            name, chinese, section, meaning, *said = line.split(" | ")
            found.append(Term(name, chinese, chapter, section, meaning, _said(name, *said)))
    return tuple(sorted(found, key=lambda term: (term.chapter, term.name.lower())))


def _said(name, said=""):
    return "" if said == OUTSIDE else said or name


def search(part):
    """Find terms by parts of their name, their Chinese name or their meaning.

    Parameters
    ----------
    part : str
        One or several fragments, with blanks between them: all of them must be there. Upper and lower case are the
        same, and so are a hyphen and a blank; a whole name may be written without either. An empty text finds all.

    Returns
    -------
    list of Term
        Those that bear this name first, then those whose name or Chinese name holds the parts, then those whose
        meaning does.

    Raises
    ------
    TypeError
        It is no text.

    Examples
    --------
    >>> [term.name for term in search("卷积核")]
    ['kernel']
    >>> search("TRANS conv")[0].name
    'transposed convolution'
    """
    if not isinstance(part, str):
        raise TypeError(f"part must be a text, such as 'mask', got {type(part).__name__}")
    wanted = _plain(part)

    def rank(term):
        names, everything = _plain(f"{term.name} {term.chinese}"), _plain(f"{term.name} {term.chinese} {term.meaning}")
        if _joined(wanted) in (_joined(term.name), _joined(term.chinese)):
            return 0
        if all(fragment in names for fragment in wanted.split()):
            return 1
        return 2 if all(fragment in everything for fragment in wanted.split()) else None

    ranks = [(rank(term), term) for term in terms()]
    return [term for wanted_rank in range(3) for r, term in ranks if r == wanted_rank]


def nearest(part):
    """Names that are spelled nearly like a word.

    Parameters
    ----------
    part : str

    Returns
    -------
    list of str
        At most three, the nearest first; none where nothing is near.

    Examples
    --------
    >>> nearest("hystersis")
    ['hysteresis']
    """
    spelled = {_plain(name): term.name for term in terms() for name in (term.name, term.chinese)}
    return list(dict.fromkeys(spelled[s] for s in difflib.get_close_matches(_plain(part), spelled, 3, 0.7)))


def look_up(part):
    """Show what the glossary knows of a word, in English or Chinese, or that it knows nothing.

    Parameters
    ----------
    part : str
        As for `search`; an empty text shows all.

    Raises
    ------
    TypeError
        It is no text.
    """
    found = search(part)
    if found:
        say(as_table(found))
        return
    near = " or ".join(f"“{name}”" for name in nearest(part))
    hint = f"Did you mean {near}?" if near else "Try a shorter part of it, or another word."
    say(f"Nothing is called “{part.strip()}” here, and no explanation mentions it. {hint}")


def as_table(found=None):
    """Write terms as a table in Markdown, each with a link to its home.

    Parameters
    ----------
    found : iterable of Term, optional
        By default all.

    Returns
    -------
    str
    """
    rows = [(t.name, t.chinese, t.meaning, t.home) for t in (terms() if found is None else found)]
    return places.table(("term", "中文", "meaning", "home"), rows)


def _plain(text):
    return re.sub(r"[\s\-–']+", " ", text.lower()).strip()


def _joined(text):
    return _plain(text).replace(" ", "")
