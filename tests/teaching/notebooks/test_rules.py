"""Every rule fires on a notebook that breaks it, and none on a notebook that keeps them all."""

import base64
import functools
import importlib.machinery
import sys
import types

import nbformat
import pytest

from course_lib.teaching.display import figure_png
from course_lib.teaching.engine import ChoiceExercise, FunctionExercise, Misconception, ValueExercise
from course_lib.teaching.figures import panels
from course_lib.teaching.notebooks import check, refresh, rules
from course_lib.teaching.notebooks.chapter import Chapter

HINTS = ("a", "b", "c")
EXERCISES = {
    "twice": FunctionExercise(
        number="97.1",
        title="Twice",
        fixed=("x.ndim",),
        cases=lambda rng: ((rng.normal(size=n),) for n in range(1, 6)),
        oracle=lambda x: x + x,
        solution="def twice(x):\n    factor = 2\n    return factor * x",
        misconceptions=[Misconception("squared", lambda x: x**2, "`[1, 9]`", "(97.1)", example=([1, 3],))],
        hints=HINTS,
    ),
    "number": ValueExercise(
        number="97.2",
        title="Number",
        answer=9,
        solution="answer = 3 * 3",
        misconceptions=[Misconception("added", 6, "`6`", "section 1")],
        hints=HINTS,
    ),
    "which": ChoiceExercise(
        number="97.3",
        title="Which",
        options={"a": "this one", "b": "that one"},
        answer="a",
        reasons={"a": '"this": (97.1)', "b": '"that": (97.1)'},
        hints=HINTS,
    ),
}
ALT = "A straight line that rises from the lower left"


def text(source):
    return nbformat.v4.new_markdown_cell(source)


def code(source, *outputs, tags=()):
    return nbformat.v4.new_code_cell(source, outputs=list(outputs), metadata={"tags": list(tags)} if tags else {})


def printed(words, name="stdout"):
    return nbformat.v4.new_output("stream", name=name, text=words + "\n")


@functools.cache
def picture():
    return figure_png(panels(width=2)[0])


def drawn(alt=ALT, size=0):
    png = base64.b64encode(picture() + b"\0" * size).decode()
    data = {"image/png": png, "text/plain": alt}
    return nbformat.v4.new_output("display_data", data=data, metadata={"image/png": {"alt": alt}})


def good_cells():
    """The cells of a chapter that keeps every rule, by name."""
    return {
        "title": text("# Tiny\n\nWhat is twice a number?"),
        "glance": text(
            "## At a glance\n\n| | |\n|---|---|\n| Minutes to read | 5 |\n"
            "| Run on 2 CPU cores | 5 s |\n| Peak memory | 90 MB |"
        ),
        "notation": text(
            "## Notation\n\n| Symbol | Code | Shape | 中文 |\n|---|---|---|---|\n| $x$ | `x` | (n,) | 信号 |"
        ),
        "section": text(
            "## 1 · Doubling\n\n> **Predict.** What comes out?\n\n$$ y = 2x \\tag{97.1} $$\n\n"
            "See [this](97_tiny.ipynb#1)."
        ),
        "imports": code("from course_lib.teaching import show, verify\nfrom course_lib.exercises import ch97 as ex"),
        "verify": code("verify('97.1', 2 * x, x + x)", printed("✓ (97.1) holds to 1e-12"), tags=["eq:97.1"]),
        "picture": code("show(fig, alt)", drawn()),
        "explained": text("The line rises. > **Change it.**\n\n> **Change it.** Use 3."),
        "pitfalls": text("## Pitfalls\n\nIn Python 3, `2 * [1]` is `[1, 1]`."),
        "exercises": text("## 2 · Exercises"),
        "first": code("def twice(x):\n    ...\n\nex.twice.check(twice)", printed("✎ 97.1 not attempted yet")),
        "second": code("ex.number.check(...)", printed("✎ 97.2 not attempted yet")),
        "third": code("ex.which.check(...)", printed("✎ 97.3 not attempted yet")),
        "summary": text("## Summary\n\n1. Twice."),
        "next": text("## What comes next\n\nThrice."),
        "references": text("## References\n\n[1] https://doi.org/10.1000/1"),
    }


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write cells as chapter 97, numbered as if executed from top to bottom, and return its path."""
    module = types.ModuleType("course_lib.exercises.ch97")
    module.__spec__ = importlib.machinery.ModuleSpec(module.__name__, None)
    vars(module).update(EXERCISES)
    monkeypatch.setitem(sys.modules, module.__name__, module)

    def written(cells, renumber=True, name="97_tiny.ipynb", **metadata):
        cells = list(cells.values()) if isinstance(cells, dict) else list(cells)
        number = 0
        for cell in cells:
            if cell.cell_type == "code" and renumber:
                number += 1
                cell.execution_count = number
        notebook = nbformat.v4.new_notebook(cells=cells, metadata={**refresh.METADATA, **metadata})
        nbformat.write(notebook, tmp_path / name)
        return tmp_path / name

    return written


def test_a_good_chapter_has_no_finding(write, capsys):
    path = write(good_cells())
    assert rules.findings(path) == []
    assert check.main([str(path)]) == 0
    header, row = capsys.readouterr().out.splitlines()
    assert header.split() == list(check.COLUMNS)
    assert row.split() == ["97_tiny", "1", "1", "3", "3", "1", "5", "90", "0"]


def replaced(name, old, new):
    """A change of one cell's text."""

    def change(cells):
        assert old in cells[name].source
        cells[name].source = cells[name].source.replace(old, new)

    return change


def added(name, more):
    """More text at the end of one cell."""

    def change(cells):
        cells[name].source += more

    return change


def output(name, *outputs):
    """A change of one cell's outputs."""

    def change(cells):
        cells[name].outputs = list(outputs)

    return change


def tagged(name, *tags):
    """A change of one cell's tags."""

    def change(cells):
        cells[name].metadata = {"tags": list(tags)}

    return change


def without(*names):
    """The chapter without some cells."""

    def change(cells):
        for name in names:
            del cells[name]

    return change


def moved(name, before):
    """A cell put before another one."""

    def change(cells):
        cell = cells.pop(name)
        order = list(cells.items())
        place = [key for key, _ in order].index(before)
        cells.clear()
        cells.update([*order[:place], (name, cell), *order[place:]])

    return change


LONG = "\n".join(f"x{n} = {n}" for n in range(26))
BAD = [
    (replaced("title", "# Tiny", "Tiny"), "0 first-level headings, not 1"),
    (replaced("summary", "## Summary", "## Summary\n# Second"), "2 first-level headings, not 1"),
    (moved("title", "imports"), "stands in cell 3, not in the first"),
    (without("notation"), 'no heading "## Notation"'),
    (without("pitfalls"), 'no heading "## Pitfalls"'),
    (without("next"), 'no heading "## What comes next"'),
    (without("references"), 'no heading "## References"'),
    (moved("summary", "pitfalls"), "the headings must come in the order"),
    (replaced("exercises", "## 2 ·", "## 3 ·"), "must be numbered from 1 on, not [1, 3]"),
    (replaced("glance", "| Minutes to read | 5 |", ""), "no row"),
    (replaced("glance", "5 s", "?"), "no measured row like `| Run on 2 CPU cores"),
    (replaced("glance", "| Peak memory | 90 MB |", ""), "no measured row like `| Peak memory"),
    (replaced("glance", "5 s", "200 s"), "states 200, more than the 180"),
    (replaced("glance", "90 MB", "600 MB"), "states 600, more than the 500"),
    (replaced("notation", "中文", "Chinese"), "the notation needs a table"),
    (replaced("notation", "信号", "signal"), "needs its Chinese term"),
    (replaced("section", "> **Predict.** ", ""), 'no "> **Predict..."'),
    (replaced("explained", "> **Change it", "> **Now"), 'no "> **Change it..."'),
    (replaced("section", "See", "$$ y = 2x \\tag{97.1} $$ See"), "(97.1) is numbered twice"),
    (replaced("section", "See", "$$ y = 3x \\tag{97.2} $$ See"), "(97.2) is never verified"),
    (replaced("section", "97.1", "96.1"), "(96.1) has the number of another chapter"),
    (moved("verify", "section"), "(97.1) is verified before it is stated"),
    (without("verify"), "(97.1) is never verified"),
    (replaced("verify", "'97.1'", "'97.2'"), "verify('97.2') without an equation"),
    (tagged("verify"), "verify('97.1') without the tag eq:97.1"),
    (tagged("first", "eq:97.1"), "the tag eq:97.1 without verify('97.1', ...)"),
    (output("verify"), "does not say that (97.1) holds"),
    (output("verify", printed("✗ (97.1) was not checked")), "does not say that (97.1) holds"),
    (replaced("verify", "x + x", "2 * x"), "compares a thing with itself"),
    (replaced("verify", "x + x", "np.asarray(2 * x)"), "compares a thing with itself"),
    (replaced("verify", "verify('97.1', 2 * x, x + x)", "y = 2 * x\nverify('97.1', y, 2*x)"), "thing with itself"),
    (replaced("verify", "2 * x, x + x", "computed=2 * x, oracle=2 * x"), "compares a thing with itself"),
    (replaced("verify", "2 * x, x + x", "2, 2.0"), "compares two constants"),
    (replaced("verify", ", x + x", ""), "must be given both sides"),
    (replaced("verify", "'97.1'", "f'97.{n}'"), "needs the equation's number as it stands"),
    (replaced("imports", "from course_lib.teaching import show", LONG + "\nimport show"), "28 lines of code (at"),
    (replaced("imports", "from", "!pip install x\nfrom"), "runs a shell command: !pip"),
    (replaced("imports", "from", "%pip install x\nfrom"), "runs a shell command: %pip"),
    (replaced("imports", "from", "import urllib.request\nfrom"), "names the network: urllib"),
    (replaced("imports", "from", "page = 'http://example.org'\nfrom"), "names the network: http"),
    (replaced("imports", "from", "open('/home/me/data')\nfrom"), "an absolute path: /home/me"),
    (replaced("pitfalls", "In", "See C:\\Users. In"), "an absolute path: C:\\Users"),
    (output("imports", printed("read /tmp/file.png")), "an absolute path: /tmp/file.png"),
    (output("imports", printed("Warning: old", "stderr")), "stored stderr: Warning: old"),
    (
        output("imports", nbformat.v4.new_output("error", ename="KeyError", evalue="", traceback=[])),
        "a stored error: KeyError",
    ),
    (
        output(
            "imports",
            nbformat.v4.new_output("display_data", data={"application/vnd.jupyter.widget-view+json": {}}),
        ),
        "a stored widget",
    ),
    (added("imports", "\nverify;"), "a semicolon hides its result from readers"),
    (output("imports", printed("<object at 0x7f12345678>")), "changes from run to run: 'at 0x7f12345678'"),
    (output("imports", printed("10%\r20%")), "changes from run to run"),
    (
        output("picture", drawn(), nbformat.v4.new_output("execute_result", data={"text/plain": "<Axes>"})),
        "a cell that draws returns nothing else",
    ),
    (output("picture", drawn(alt="")), "a stored picture without a telling alternative text"),
    (output("picture", drawn(alt="a plot")), "a stored picture without a telling alternative text"),
    (replaced("pitfalls", "In", "![short](97_tiny.ipynb) In"), "a picture in the text without"),
    (
        without("explained", "pitfalls", "exercises", "summary", "next", "references"),
        "no sentence says what is to be seen",
    ),
    (output("first", drawn(), drawn()), "exercise 97.1 is not blank"),
    (output("picture", drawn(size=121_000)), "a picture of 12"),
    (replaced("title", "What", "x" * 2_000_001), "the notebook takes 2.0 MB"),
    (tagged("imports", "hide"), "the tag 'hide' means nothing here"),
    (tagged("imports", "approx:5%"), "the tag 'approx:5%' must be approx:R or approx:R;A"),
    (tagged("first", "approx:0.1"), "a tolerance for numbers, and no number in its output"),
    (tagged("third", "nbval-ignore-output"), "no later cell asserts"),
    (replaced("pitfalls", "In", "\\eqref{1} In"), "not rendered everywhere: \\eqref"),
    (replaced("pitfalls", "In", "\n> [!NOTE]\n> In"), "not rendered everywhere: > [!"),
    (replaced("pitfalls", "In", "{ref}`here` In"), "not rendered everywhere: {ref}`"),
    (replaced("pitfalls", "In", "$$ y = 2 In"), "opened with $$ and not closed"),
    (replaced("section", "97_tiny.ipynb#1", "../no/such.md"), "the link leads nowhere: ../no/such.md"),
    (without("third"), "2 exercises are checked in the notebook; at least 3"),
    (without("third"), "the exercise which is declared and never checked"),
    (replaced("third", "ex.which", "ex.other"), "ex.other is not declared in exercises/ch97.py"),
    (replaced("imports", "ch97 as ex", "ch96 as ex"), "ex.twice is not declared in exercises/ch97.py"),
    (replaced("imports", "exercises import ch97", "nowhere import ch97"), "ex.twice is not declared"),
    (output("second", printed("✓ 97.2 Number")), "the stored output of exercise 97.2 is not blank"),
    (
        output("second", printed("✎ 97.2 not attempted yet"), printed(EXERCISES["twice"].source)),
        "shows the solution of exercise 97.1",
    ),
    (replaced("section", "\\tag{97.1}", ""), "sends learners to (97.1), which the chapter does not have"),
    (replaced("section", "## 1 ·", "##"), "sends learners to section 1, which the chapter does not have"),
]


@pytest.mark.parametrize(("change", "words"), BAD, ids=[words for _, words in BAD])
def test_a_rule_fires(write, change, words):
    cells = good_cells()
    change(cells)
    found = rules.findings(write(cells))
    assert any(words in finding for finding in found), found


def test_two_pictures_need_words_between_them(write):
    cells = good_cells()
    cells["explained"] = code("show(fig, alt)", drawn())
    assert any(finding.startswith("cell 6: no sentence") for finding in rules.findings(write(cells)))


def test_long_cells_are_counted_by_half(write):
    cells = good_cells()
    for name in ("imports", "verify", "picture", "first"):
        cells[name].source += "\n" + "\n".join(f"x{n} = {n}" for n in range(12))
    assert any("half of the code cells have" in finding for finding in rules.findings(write(cells)))


def test_a_whole_model_may_be_long(write):
    cells = good_cells()
    cells["imports"].source += "\n" + LONG
    cells["imports"].metadata = {"tags": ["whole-model"]}
    assert rules.findings(write(cells)) == []


def test_an_ignored_output_with_a_later_assertion_is_allowed(write):
    cells = good_cells()
    cells["imports"].metadata = {"tags": ["nbval-ignore-output"]}
    assert rules.findings(write(cells)) == []


def test_numbers_that_depend_on_the_machine_may_have_a_tolerance(write):
    cells = good_cells()
    cells["imports"].metadata = {"tags": ["approx:0.05;0.01"]}
    cells["imports"].outputs = [printed("mIoU 0.91")]
    assert rules.findings(write(cells)) == []


@pytest.mark.parametrize("counts", [[None] * 6, [1, 2, 4, 3, 5, 6], [2, 3, 4, 5, 6, 7]])
def test_cells_must_have_run_from_top_to_bottom(write, counts):
    cells = good_cells()
    for cell, count in zip([cell for cell in cells.values() if cell.cell_type == "code"], counts, strict=True):
        cell.execution_count = count
    found = rules.findings(write(cells, renumber=False))
    assert found == ["the cells were not executed once each, from top to bottom: refresh the chapter"]


def test_metadata_of_one_machine_are_found(write):
    python = refresh.METADATA["language_info"]
    for change in (
        {"widgets": {}},
        {"language_info": {**python, "version": "3.11.7"}},
        {"kernelspec": {"name": "mine", "display_name": "My own"}},
    ):
        found = rules.findings(write(good_cells(), **change))
        assert found == ["the notebook's metadata belong to one machine or one run: refresh the chapter"]
    cells = good_cells()
    cells["imports"].metadata = {"execution": {"iopub": "now"}}
    assert any("metadata that change from run to run: execution" in f for f in rules.findings(write(cells)))


def test_the_start_chapter_needs_no_formulas_and_one_exercise(write):
    cells = good_cells()
    without("notation", "section", "verify", "pitfalls", "exercises", "summary", "next", "references")(cells)
    found = rules.findings(write(cells, name="00_start.ipynb"))
    assert not [f for f in found if "heading" in f or "Predict" in f or "table" in f]
    found = rules.findings(write(cells, name="97_tiny.ipynb"))
    assert len([f for f in found if "no heading" in f]) == 6


def test_every_rule_is_in_the_list_and_fires_on_some_notebook(write):
    public = {
        name
        for name, rule in vars(rules).items()
        if isinstance(rule, types.FunctionType)
        and rule.__module__ == rules.__name__
        and rule.__code__.co_varnames[:1] == ("chapter",)
    }
    assert {rule.__name__ for rule in rules.RULES} == public
    silent = {*public} - {"metadata"}  # which has tests of its own, above
    for change, _ in BAD:
        cells = good_cells()
        change(cells)
        chapter = Chapter.read(write(cells))
        silent -= {rule.__name__ for rule in rules.RULES if any(rule(chapter))}
    assert not silent


def test_a_chapter_with_a_core_keeps_the_rules_of_cores_too(write, capsys):
    cells = good_cells()
    replaced("section", "## 1", "## ★ 1")(cells)
    path = write(cells)
    row = "| Minutes to study | core 2, with exercises 2; all 3, with exercises 21 |"
    assert rules.findings(path) == [
        f"the table at a glance must hold the row \"{row}\", not ''",
        "0 exercises in the core; 4 to 6 are wanted",
        "the core must end with \"### The card\", not with '★ 1 · Doubling'",
        'cell 5: it only checks: fold its input, "jupyter": {"source_hidden": true}',
    ]
    assert check.main([str(path)]) == 1
    header, row, about, *found = capsys.readouterr().out.splitlines()
    assert about.startswith("97_tiny: core 6 cells, 1 equations; minutes to study: core 2, with exercises 2; all 3, ")
    assert len(found) == int(row.split()[-1]) == 4


def test_check_prints_findings_and_fails(write, capsys):
    cells = good_cells()
    cells["title"].source = "no title"
    assert check.main([str(write(cells))]) == 1
    out = capsys.readouterr().out
    assert out.splitlines()[1].split()[-1] == "1"
    assert "97_tiny.ipynb: 0 first-level headings, not 1" in out
    assert check.main(["no_such"]) == 2
