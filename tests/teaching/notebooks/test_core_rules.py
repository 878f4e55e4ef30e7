"""Every rule of the core fires on a chapter that breaks it, and none on one that keeps them all."""

import copy
import pathlib
import types

import nbformat
import pytest

from course_lib.teaching.notebooks import core_rules
from course_lib.teaching.notebooks.chapter import Chapter


def text(source):
    return nbformat.v4.new_markdown_cell(source)


def code(source, said="", folded=False):
    outputs = [nbformat.v4.new_output("stream", text=said)] if said else []
    metadata = {"jupyter": {"source_hidden": True}} if folded else {}
    return nbformat.v4.new_code_cell(source, outputs=outputs, metadata=metadata)


STUDY = "| Minutes to study | core 1, with exercises 25; all 3, with exercises 33 |"


def good_cells():
    """The cells of a chapter whose core keeps every rule, by name."""
    cells = {
        "title": text("# Tiny\n\nWhat is twice a number?"),
        "imports": code("import numpy as np"),
        "glance": text("## At a glance\n\nLater, (97.2).\n\n| | |\n|---|---|\n" + STUDY),
        "double": text("## ★ 1 · Doubling\n\n$$ y = 2x \\tag{97.1} $$\n\n**Figure 97.1** A line. See (0.5)."),
        "define": code("def double(x):\n    return 2 * x\n\ny = double(3)\nprint(y)", "6"),
        "check": code("for x in range(3):\n    two = 2.0\n    verify('97.1', two * x, x + x)", folded=True),
    }
    for k in range(1, 5):
        cells[f"statement {k}"] = text(f"### ★ Exercise 97.{k} · Again")
        cells[f"exercise {k}"] = code(f"answer = ...\n\nex.again_{k}.check(answer)")
    cells |= {
        "end": text("## ★ 2 · Four times\n\nBy (97.1), and figure 97.1. Section 3 of this chapter says more."),
        "four": code("print(double(y), [x for x in np.arange(y)])", "12"),
        "card": text("### The card\n\n`2 * x`"),
        "halve": text("## 3 · Halving\n\n*Needs section 1, and courage.* For all. $$ x = y/2 \\tag{97.2} $$"),
        "half": code("half = y / 2\nnoise = half\nimport numpy as np"),
        "figure": text("**Figure 97.2** Half a line.\n\n### Exercise 97.5 · More"),
        "exercise 5": code("ex.again_5.check(...)"),
        "exercises": text("## 4 · Exercises\n\n(97.2)"),
        "summary": text("## Summary"),
        "last": code("print(half)", "3.0"),
    }
    return cells


def found_in(cells, path=pathlib.Path("97_tiny.ipynb")):
    chapter = Chapter(path, nbformat.v4.new_notebook(cells=list(cells.values())))
    chapter.exercises = {f"again_{k}": types.SimpleNamespace(number=f"97.{k}") for k in range(1, 6)}
    return core_rules.findings(chapter)


def test_a_good_core_has_no_finding():
    assert found_in(good_cells()) == []


def test_a_chapter_without_a_core_has_no_finding_whatever_it_does():
    cells = good_cells()
    for change, _ in BAD:
        if "★" not in getattr(change, "words", ""):
            change(cells)
    for cell in cells.values():
        cell.source = cell.source.replace("★ ", "")
    assert found_in(cells) == []


def replaced(name, old, new):
    """A change of one cell's text."""

    def change(cells):
        cells[name].source = cells[name].source.replace(old, new)

    change.words = old + new
    return change


def added(name, words):
    """Words at the end of one cell."""

    def change(cells):
        cells[name].source += words

    change.words = words
    return change


def after(name, *more):
    """Cells behind one cell."""

    def change(cells):
        order = list(cells.items())
        place = [key for key, _ in order].index(name) + 1
        named = [
            (f"{name} + {k}", nbformat.from_dict({**cell, "id": f"more-{len(order)}-{k}"}))
            for k, cell in enumerate(more)
        ]
        cells.clear()
        cells.update([*order[:place], *named, *order[place:]])

    return change


def moved(name, before):
    """One cell in front of another one."""

    def change(cells):
        cell, order = cells[name], [item for item in cells.items() if item[0] != name]
        place = [key for key, _ in order].index(before)
        cells.clear()
        cells.update([*order[:place], (name, cell), *order[place:]])

    return change


def said(name, words):
    """Another output of one cell."""

    def change(cells):
        cells[name].outputs = [nbformat.v4.new_output("stream", text=words)]

    return change


def unfolded(cells):
    cells["check"].metadata = {}


def tagged(first, last):
    return "".join(f"\n\n$$ x \\tag{{97.{k}}} $$" for k in range(first, last + 1))


LONG = "\n".join(f"x{n} = {n}" for n in range(11))
BAD = [
    (replaced("halve", "3 · Halving", "3 · ★ Halving"), "the star must begin the heading"),
    (added("glance", "\n\n## ★ 0 · Early"), "cell 2: the core begins or ends in the middle of a cell"),
    (
        added("double", "\n\n## 5 · Another\n\nNeeds nothing."),
        "cell 3: the core begins or ends in the middle of a cell",
    ),
    (after("four", *[text("more")] * 45), "the core has 61 cells, more than 60"),
    (added("double", tagged(10, 19)), "the core has 11 numbered equations, more than 10"),
    (added("double", " word" * 180 * 62), "the core takes 63 minutes to study without its exercises, more than 60"),
    (after("four", code("y\n" * 720)), "minutes to study without its exercises, more than 60"),
    (
        replaced("glance", "core 1,", "core 9,"),
        'must hold the row "| Minutes to study | core 1, with exercises 25; all',
    ),
    (replaced("glance", "with exercises 33", "with exercises 60"), "not 'core 1, with exercises 25; all 3, with"),
    (replaced("glance", "| Minutes to study |", "| Minutes |"), "must hold the row"),
    (replaced("exercise 4", "ex.", "see."), "3 exercises in the core; 4 to 6 are wanted"),
    (after("four", *[code(f"ex.more_{k}.check(...)") for k in range(3)]), "7 exercises in the core; 4 to 6"),
    (replaced("statement 2", "★ ", ""), 'the exercise 97.2 is in the core, and no heading "### ★ Exercise 97.2 · ..."'),
    (replaced("figure", "### ", "### ★ "), "the exercise 97.5 is marked with a star and tried outside of the core"),
    (after("glance", code("z = 1")), "cell 3: its code stands before the last code of the core, in cell 16"),
    (moved("half", "double"), "cell 3: its code stands before the last code of the core, in cell 16"),
    (added("end", " By (97.2)."), "cell 14: the core cites equation 97.2, which stands in cell 17, outside"),
    (added("end", " By (97.1, 97.2)."), "cell 14: the core cites equation 97.2"),
    (added("four", "  # by (97.2)"), "cell 15: the core cites equation 97.2"),
    (added("four", "\nverify('97.2', 1 * y, y)"), "cell 15: the core cites equation 97.2"),
    (added("title", " As in figure 97.2."), "cell 0: the core cites figure 97.2, which stands in cell 19"),
    (added("title", " As in Figures 97.1 and 97.2."), "cell 0: the core cites figure 97.2"),
    (added("end", " As in exercise 97.5."), "cell 14: the core cites exercise 97.5, which stands in cell 20"),
    (added("four", "\nex.again_5.hint()"), "cell 15: the core uses ex.again_5, which is tried in cell 20, outside"),
    (replaced("card", "The card", "The end"), "the core must end with \"### The card\", not with 'The end'"),
    (added("card", "\n\n### One more thing"), "not with 'One more thing'"),
    (replaced("halve", "*Needs section 1, and courage.*", "Half of it."), 'first line of "3 · Halving" must say what'),
    (replaced("halve", "*Needs", "Half.\n\n*Needs"), 'first line of "3 · Halving" must say what else it needs'),
    (unfolded, "cell 5: it only checks: fold its input"),
    (after("last", code("assert half == 3.0, half")), "cell 24: it only checks: fold its input"),
    (added("four", "\nnote = '" + "x" * 93 + "'"), "cell 15: a line of 102 columns; at most 100"),
    (after("four", *[code(LONG)] * 8), "half of the core's code cells have 11 lines or more"),
    (said("four", "12\nTrue\n"), "cell 15: an output that says only True or False"),
    (said("last", "False"), "cell 23: an output that says only True or False"),
    (said("four", "(True, np.False_)"), "cell 15: an output that says only True or False"),
]


@pytest.mark.parametrize(("change", "words"), BAD, ids=[words for _, words in BAD])
def test_a_rule_fires(change, words):
    cells = good_cells()
    change(cells)
    found = found_in(cells)
    assert any(words in finding for finding in found), found


def test_every_rule_is_in_the_list_and_fires_on_some_chapter(tmp_path):
    public = {
        name
        for name, rule in vars(core_rules).items()
        if isinstance(rule, types.FunctionType) and rule.__code__.co_varnames[:1] == ("mine",)
    }
    assert {rule.__name__ for rule in core_rules.RULES} == public
    silent = public - {"cites_no_other_section"}  # which has a test of its own, below
    for change, _ in BAD:
        cells = good_cells()
        change(cells)
        chapter = Chapter(pathlib.Path("97_tiny.ipynb"), nbformat.v4.new_notebook(cells=list(cells.values())))
        chapter.exercises = {f"again_{k}": types.SimpleNamespace(number=f"97.{k}") for k in range(1, 6)}
        silent -= {rule.__name__ for rule in core_rules.RULES if any(rule(core_rules.Core(chapter)))}
    assert not silent


@pytest.mark.parametrize(
    ("words", "finding"),
    [
        ("By (96.1), section 1 of chapter 96 and figure 96.1.", None),
        ("By (96.2).", "the core cites equation 96.2, which stands in cell 3 of chapter 96, outside of the core"),
        ("See figure 96.2.", "the core cites figure 96.2, which stands in cell 3 of chapter 96"),
        ("See chapter 96, section 2.", "the core cites section 2 of chapter 96, which is not in its core"),
        ("See section 2 of chapter 96.", "the core cites section 2 of chapter 96"),
        ("See [chapter 96](96_other.ipynb), section 2.", "the core cites section 2 of chapter 96"),
        ("See [here](96_other.ipynb#2-·-Deeper).", "the core links to '2-·-Deeper' of chapter 96"),
        ("See [here](96_other.ipynb#2-%C2%B7-Deeper).", "the core links to '2-·-Deeper' of chapter 96"),
        ("See [here](96_other.ipynb#A-part).", "the core links to 'A-part' of chapter 96"),
        ("See [here](96_other.ipynb#★-1-·-Core).", None),
        ("By (95.2), chapter 95, section 2.", None),  # that chapter has no core
        ("By (94.2), chapter 94, section 2.", None),  # that chapter does not exist
    ],
)
def test_of_another_chapter_only_the_core_is_cited(tmp_path, words, finding):
    other = [
        text("# Other"),
        text("## ★ 1 · Core\n\n$$ a \\tag{N.1} $$ **Figure N.1** A."),
        code("1"),
        text("## 2 · Deeper\n\nNeeds section 1. $$ b \\tag{N.2} $$ **Figure N.2** B.\n\n### A part"),
    ]
    for number, star in (("96", "★ "), ("95", "")):
        cells = copy.deepcopy(other)
        for cell in cells:
            cell.source = cell.source.replace("N.", f"{number}.").replace("★ ", star)
        nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / f"{number}_other.ipynb")
    cells = good_cells()
    cells["end"].source += "\n\n" + words
    found = found_in(cells, tmp_path / "97_tiny.ipynb")
    assert found == [] if finding is None else len(found) == 1 and finding in found[0]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("verify('97.1', a, b)", True),
        ("teaching.verify('97.1', a, b)\nassert a > 0", True),
        ("for _ in range(3):\n    u = rng.normal()\n    verify('97.1', f(u), g(u))", True),
        ("for _ in range(3):\n    u = rng.normal()", False),
        ("with precise():\n    assert a", True),
        ("c = a + b\nverify('97.1', c, d)", False),  # shows how c comes about
        ("def f(x):\n    return x\nverify('97.1', f(1), 1)", False),
        ("verify('97.1', a, b)\nprint(a)", False),
        ("print(a)", False),
        ("", False),
        ("not Python", False),
    ],
)
def test_which_cells_only_check(source, expected):
    assert core_rules.only_checks(source) == expected


@pytest.mark.parametrize("said_so", ["6", "[ True False]", "equal: True", "Truely", "", "not False"])
def test_what_is_no_bare_verdict(said_so):
    cells = good_cells()
    said("four", said_so)(cells)
    assert found_in(cells) == []
