"""Places in the course: the headings of each chapter, and links that lead to them.

A place is a chapter and a section. The section is the number of a heading "## 6 · ..." or "## ★ 6 · ...", as text, or
the beginning of any other heading's title. It is looked up in the notebook, so a link cannot outlive its heading.
"""

import functools
import json
import pathlib
import re
import urllib.parse
from dataclasses import dataclass

CHAPTERS = pathlib.Path(__file__).parents[2] / "chapters"


@dataclass(frozen=True)
class Heading:
    """A heading of a chapter.

    Attributes
    ----------
    level : int
        1 for the chapter's title, 2 for a section, 3 for a part of it.
    title : str
        As it stands there, such as "★ 6 · The latent plane".
    number : str
        The section's number, such as "6"; "" where it has none.
    text : str
        The prose below it, down to the next heading of the same level or above.
    """

    level: int
    title: str
    number: str
    text: str

    @property
    def words(self):
        """The title without star and number."""
        return re.sub(r"^(?:★ )?(?:\d+ · )?", "", self.title)


def has(chapter):
    """Whether a chapter's notebook is there.

    Parameters
    ----------
    chapter : int

    Returns
    -------
    bool
    """
    return any(CHAPTERS.glob(f"{chapter:02d}_*.ipynb"))


def file_of(chapter):
    """The path of a chapter's notebook.

    Parameters
    ----------
    chapter : int

    Raises
    ------
    ValueError
        There is no such chapter.
    """
    found = sorted(CHAPTERS.glob(f"{chapter:02d}_*.ipynb"))
    if not found:
        raise ValueError(f"chapter must be one of those in {CHAPTERS.name}/, got {chapter}")
    return found[0]


@functools.cache
def headings(chapter):
    """List the headings of a chapter.

    Parameters
    ----------
    chapter : int

    Returns
    -------
    tuple of Heading

    Raises
    ------
    ValueError
        There is no such chapter.
    """
    cells = json.loads(file_of(chapter).read_text("utf-8"))["cells"]
    prose = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    prose = re.sub(r"```.*?```", "", prose, flags=re.DOTALL)
    parts = re.split(r"^(#{1,3}) (.+)$", prose, flags=re.MULTILINE)
    raw = [(len(marks), title.strip(), text) for marks, title, text in zip(*[iter(parts[1:])] * 3, strict=True)]
    found = []
    for i, (level, title, text) in enumerate(raw):
        for deeper, its_title, its_text in raw[i + 1 :]:
            if deeper <= level or level == 1:  # a chapter's title is the home of its opening only
                break
            text += f"{its_title}\n{its_text}"
        number = re.match(r"(?:★ )?(\d+) · ", title) if level == 2 else None
        found.append(Heading(level, title, number[1] if number else "", text))
    return tuple(found)


def heading(chapter, section):
    """Find a heading.

    Parameters
    ----------
    chapter : int
    section : str
        "6" for "## 6 · ...", or the beginning of a title, such as "Where checkerboards". "" for the chapter's title.

    Returns
    -------
    Heading

    Raises
    ------
    ValueError
        There is no such chapter, or no such heading in it.

    Examples
    --------
    >>> heading(2, "10").words
    'Transposed convolution and the checkerboard'
    """
    for found in headings(chapter):
        if found.number == section if section.isdecimal() else found.words.startswith(section):
            return found
    raise ValueError(f"section must be a heading of {file_of(chapter).name}, got {section!r}")


def link(chapter, section=""):
    """Write a link to a place, in Markdown.

    Parameters
    ----------
    chapter : int
    section : str
        "6" for "## 6 · ...", or the beginning of a title, such as "Where checkerboards". "" for the whole chapter.

    Returns
    -------
    str
        "[02, section 6](02_convolution.ipynb#6-·-...)". The part behind the # is JupyterLab's name of the heading: its
        text with "-" for each blank. A chapter that is not there is named without a link: a class may get some only.

    Raises
    ------
    ValueError
        There is no such heading in the chapter.

    Examples
    --------
    >>> link(2)
    '[02](02_convolution.ipynb)'
    """
    if not has(chapter):
        return f"{chapter:02d}" + (f", section {section}" if section else "")
    found, file = heading(chapter, section), file_of(chapter).name
    if not section:
        return f"[{chapter:02d}]({file})"
    name = f"section {found.number}" if found.number else f"“{found.words}”"
    anchor = urllib.parse.quote(found.title.replace(" ", "-"), safe="-·★:,?!'’")
    return f"[{chapter:02d}, {name}]({file}#{anchor})"


def table(head, rows):
    """Write a table in Markdown.

    Parameters
    ----------
    head : sequence of str
    rows : iterable of sequences of str

    Returns
    -------
    str

    Examples
    --------
    >>> print(table(("a", "b"), [("1", "2")]))
    | a | b |
    | --- | --- |
    | 1 | 2 |
    """
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
