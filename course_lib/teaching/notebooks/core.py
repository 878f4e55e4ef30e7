"""The ★ core of a chapter: which cells belong to it, and how long it takes to study.

The core is every section whose second-level heading begins with ★, and the opening: what stands before the first
second-level heading. A chapter without such a section has no core.
"""

import re
from dataclasses import dataclass

from course_lib.teaching.notebooks import pictures
from course_lib.teaching.notebooks.chapter import EQUATION, code_lines

STAR = "★"
WORDS_A_MINUTE = 180
SECONDS = {"lines": 5, "formulas": 45, "pictures": 25, "predicts": 40, "exercises": 360}  # each
FENCE = re.compile(r"^(```|~~~).*?^\1[^\S\n]*$", re.MULTILINE | re.DOTALL)
DISPLAYED = re.compile(r"\$\$.+?\$\$", re.DOTALL)
INLINE = re.compile(r"\$[^$\n]+\$|`[^`\n]+`")
IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)|<img\b[^>]*>")
MARKUP = re.compile(r"<[^>\n]+>|\]\([^)]*\)")
PREDICT = re.compile(r"^> \*\*Predict", re.MULTILINE)
CHECK = re.compile(r"\bex\.(\w+)\.check\(")


@dataclass(frozen=True)
class Study:
    """What there is to study in some cells, counted.

    Attributes
    ----------
    words : int
        Of prose; an inline formula or a piece of inline code is one word.
    lines : int
        Of code to be read: not blank, not a comment, not folded, not the blank of an exercise.
    formulas : int
        Displayed, numbered or not.
    pictures, predicts, exercises : int
    """

    words: int = 0
    lines: int = 0
    formulas: int = 0
    pictures: int = 0
    predicts: int = 0
    exercises: int = 0

    def minutes(self, with_exercises=True):
        """Minutes of study: 180 words a minute; a line of code 5 s, a displayed formula 45 s, a picture 25 s, a
        question to predict 40 s, an exercise 6 minutes.
        """
        counted = [name for name in SECONDS if with_exercises or name != "exercises"]
        return self.words / WORDS_A_MINUTE + sum(SECONDS[name] * getattr(self, name) for name in counted) / 60


def headings(source):
    """The second-level headings of a markdown cell's text; a line in a code block is none.

    Returns
    -------
    list of str
        Without the two marks, such as "★ 2 · Why the kernel is flipped".
    """
    return [title.strip() for title in re.findall(r"^## (.+)$", FENCE.sub("", source), re.MULTILINE)]


def cells(notebook):
    """The indices of the cells of a notebook's core, in order; empty where no section is marked.

    A cell belongs to the section whose heading it holds, and of several to the first; the cells that follow belong
    to the last.

    Parameters
    ----------
    notebook : nbformat.NotebookNode

    Returns
    -------
    list of int
    """
    found, inside, marked = [], True, False
    for i, cell in enumerate(notebook.cells):
        titles = headings(cell.source) if cell.cell_type == "markdown" else []
        belongs = titles[0].startswith(STAR) if titles else inside
        if belongs:
            found.append(i)
        if titles:
            inside = titles[-1].startswith(STAR)
            marked = marked or any(title.startswith(STAR) for title in titles)
    return found if marked else []


def study(some_cells):
    """Count what there is to study.

    Parameters
    ----------
    some_cells : iterable of notebook cells

    Returns
    -------
    Study
    """
    words = lines = formulas = shown = predicts = 0
    exercises = set()
    for cell in some_cells:
        if cell.cell_type == "markdown":
            for block in FENCE.finditer(cell.source):
                lines += len(code_lines(block.group())) - 2  # without its fences
            text = FENCE.sub("", cell.source)
            formulas += len(DISPLAYED.findall(text))
            text = DISPLAYED.sub("", text)
            predicts += len(PREDICT.findall(text))
            shown += len(IMAGE.findall(text))
            words += _words(IMAGE.sub("", text))
        elif cell.cell_type == "code":
            tried = CHECK.findall(cell.source)
            exercises |= set(tried)
            shown += len(pictures.of_outputs(cell.get("outputs", [])))
            if not tried and not is_folded(cell):
                lines += len(code_lines(cell.source))
    return Study(words, lines, formulas, shown, predicts, len(exercises))


def is_folded(cell):
    """Whether a code cell is stored with its input folded away."""
    return bool(cell.metadata.get("jupyter", {}).get("source_hidden"))


def equations(some_cells):
    """The numbers of the equations that cells state, in order."""
    return [number for cell in some_cells if cell.cell_type == "markdown" for number in EQUATION.findall(cell.source)]


def summary(notebook):
    """One line about a chapter's core: cells, equations, minutes of study. Empty where it has no core.

    Parameters
    ----------
    notebook : nbformat.NotebookNode

    Returns
    -------
    str
    """
    inside = [notebook.cells[i] for i in cells(notebook)]
    if not inside:
        return ""
    core, everything = study(inside), study(notebook.cells)
    return (
        f"core {len(inside)} cells, {len(equations(inside))} equations; minutes to study: "
        f"core {core.minutes(False):.0f}, with exercises {core.minutes():.0f}; "
        f"all {everything.minutes(False):.0f}, with exercises {everything.minutes():.0f}"
    )


def _words(text):
    plain = MARKUP.sub(" ", INLINE.sub("x", text))
    return sum(any(letter.isalnum() for letter in word) for word in re.split(r"[\s|]+", plain))
