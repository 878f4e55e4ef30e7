"""The ★ core of a chapter: its cells and its study time by the clock."""

import nbformat
import pytest

from course_lib.teaching.notebooks import core
from course_lib.teaching.notebooks.core import Study


def text(source):
    return nbformat.v4.new_markdown_cell(source)


def code(source, folded=False, **metadata):
    metadata |= {"jupyter": {"source_hidden": True}} if folded else {}
    return nbformat.v4.new_code_cell(source, metadata=metadata)


def notebook(*cells):
    return nbformat.v4.new_notebook(cells=list(cells))


def tiny():
    """A chapter with an opening, a core of two sections around a deeper one, and an end."""
    return notebook(
        text("# Tiny\n\nWhat is twice a number?"),
        code("import math"),
        text("## At a glance\n\nTwo minutes."),
        text("## ★ 1 · Doubling\n\n$$ y = 2x \\tag{97.1} $$"),
        code("y = 2 * math.pi"),
        text("## 2 · Halving\n\n$$ x = y / 2 \\tag{97.2} $$"),
        code("half = y / 2"),
        text("## ★ 3 · Four times"),
        code("print(2 * y)"),
        text("## Summary"),
        code("print(half)"),
    )


def test_the_core_is_the_marked_sections_and_the_opening():
    assert core.cells(tiny()) == [0, 1, 3, 4, 7, 8]


def test_without_a_marked_section_there_is_no_core():
    plain = tiny()
    for cell in plain.cells:
        cell.source = cell.source.replace("★ ", "")
    assert core.cells(plain) == []
    assert core.summary(plain) == ""


@pytest.mark.parametrize(
    "source",
    [
        "## 1 · A ★ inside",
        "### ★ A third-level heading",
        "```\n## ★ A comment in code\n```",
        "★ no heading",
        "##★ none",
    ],
)
def test_only_a_second_level_heading_that_begins_with_a_star_marks_a_section(source):
    assert core.cells(notebook(text(source), code("1"))) == []


def test_a_cell_with_several_headings_belongs_to_the_first_and_opens_the_last():
    both = notebook(
        text("# Tiny"), text("## ★ 1 · A\n\n## 2 · B"), code("b"), text("## 3 · C\n\n## ★ 4 · D"), code("d")
    )
    assert core.cells(both) == [0, 1, 4]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([text("one two three")], Study(words=3)),
        ([text("## 1 · A heading — with *three* more")], Study(words=6)),
        ([text("so $x + y = z$ and `a + b` hold")], Study(words=5)),
        ([text("| a | b |\n|---|---|\n| one two | 3 |")], Study(words=5)),
        ([text("a [linked word](https://example.org/a/b) here")], Study(words=4)),
        ([text("<details><summary>See</summary>\n\nyes\n\n</details>")], Study(words=2)),
        ([text("before\n\n$$ y = 2x\n + 3 \\tag{97.1} $$\n\nafter $$ z $$")], Study(words=2, formulas=2)),
        ([text("![A drawing of many words](a.png) seen")], Study(words=1, pictures=1)),
        ([text("> **Predict.** Which one?")], Study(words=3, predicts=1)),
        ([text("Run:\n\n```python\nx = 1\n# comment\ny = 2\n```\n\nthen")], Study(words=2, lines=2)),
        ([text("```\n$$ no formula $$\n```")], Study(lines=1)),
        ([code("x = 1\n\n# a comment\ny = 2  # and code")], Study(lines=2)),
        ([code("assert x", folded=True)], Study()),
        ([code("def f(x):\n    ...\n\nex.f.check(f)")], Study(exercises=1)),
        ([code("ex.f.check(f)"), code("ex.f.check(f)"), code("ex.g.check(3)")], Study(exercises=2)),
        ([nbformat.v4.new_raw_cell("ignored words")], Study()),
    ],
)
def test_what_is_to_be_studied_is_counted(cells, expected):
    assert core.study(cells) == expected


def test_pictures_in_outputs_are_counted():
    cell = code("show(fig)")
    data = {"image/png": "aGVsbG8=", "text/plain": "a picture"}
    cell.outputs = [nbformat.v4.new_output("display_data", data=data)] * 2
    assert core.study([cell]) == Study(lines=1, pictures=2)


@pytest.mark.parametrize(
    ("counts", "minutes"),
    [
        ({"words": 180}, 1),
        ({"lines": 12}, 1),
        ({"formulas": 4}, 3),
        ({"pictures": 12}, 5),
        ({"predicts": 3}, 2),
        ({"exercises": 2}, 12),
        ({"words": 90, "lines": 6, "exercises": 1}, 7),
    ],
)
def test_the_clock(counts, minutes):
    assert Study(**counts).minutes() == pytest.approx(minutes)
    without = minutes - 6 * counts.get("exercises", 0)
    assert Study(**counts).minutes(with_exercises=False) == pytest.approx(without)


def test_a_summary_has_cells_equations_and_minutes():
    long = tiny()
    long.cells[3].source += " word" * 1800 + "\n\n> **Predict.**"
    long.cells[6].source += "\n" + "y\n" * 600
    long.cells[8].source += "\nex.f.check(f)"
    assert core.summary(long) == (
        "core 6 cells, 1 equations; minutes to study: core 12, with exercises 18; all 63, with exercises 69"
    )
