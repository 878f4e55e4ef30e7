"""The root conftest makes nbval compare pictures and words, cut the network, and keep the budgets."""

import pathlib
import re
import shutil
import subprocess
import sys

import nbformat
import pytest

from course_lib.teaching.notebooks import refresh, rules

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHOW = (
    "fig, ax = panels(width=4, height=2)\nax.plot([0, {}])\nax.set_ylim(0, 2)\n"
    "show(fig, 'A straight line that rises from the {} left')"
)
TABLE = "# Tiny\n\n| | |\n|---|---|\n| Run on 2 CPU cores | ? |\n| Peak memory | ? |"


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """What pytest says about a chapter that is stored well, and about one whose cells or outputs were changed."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "conftest.py", folder)
    first = "from course_lib.teaching import panels, show"
    cells = [
        first,
        *[SHOW.format(1, "lower")] * 4,
        "print('text')",
        *["score = 0.5\nprint(f'score {score:.2f}, 9 cases')\n1000 * score"] * 5,
        "import os\nprint(len(os.environ['MATPLOTLIBRC']) > 0)",
    ]
    path = folder / "97_tiny.ipynb"
    code = [nbformat.v4.new_code_cell(cell) for cell in cells]
    code[4].metadata = {"tags": ["picture-varies"]}
    for cell in code[6:10]:
        cell.metadata = {"tags": ["approx:0.1"]}
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(TABLE), *code]), path)
    refresh.refresh(path)
    good = nbformat.read(path, as_version=4)
    changed = nbformat.from_dict(good)
    changed.cells[3].source = SHOW.format(1.1, "lower")  # the curve
    changed.cells[4].outputs[0].metadata["image/png"]["alt"] = "A straight line that rises from the left"
    changed.cells[5].source = SHOW.format(1.1, "lower")  # the curve, where the picture may vary
    changed.cells[6].outputs[0].text = "test\n"
    changed.cells[7].source = changed.cells[7].source.replace("0.5", "0.52")  # within its tolerance
    changed.cells[8].source = changed.cells[8].source.replace("0.5", "0.56")  # beyond
    changed.cells[9].source = changed.cells[9].source.replace("cases", "images")
    changed.cells[10].metadata = {"tags": ["approx:much"]}
    changed.cells[11].source = changed.cells[11].source.replace("0.5", "0.52")  # where none is allowed
    changed.cells[0].source = TABLE.replace("Peak memory | ?", "Peak memory | 20 MB")
    nbformat.write(changed, folder / "98_changed.ipynb")
    command = [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", "--nbval", "--nbval-current-env"]
    run = subprocess.run([*command, "--color=no", str(folder)], capture_output=True, text=True, cwd=folder)
    return run.stdout


def test_a_chapter_as_it_was_stored_passes(report):
    for cell in range(12):
        assert f"PASSED 97_tiny.ipynb::Cell {cell}" in report


def test_only_the_changed_cells_fail(report):
    outcomes = [f"98_changed.ipynb::Cell {cell}" in report.split("short test summary")[1] for cell in range(12)]
    assert all(outcomes)
    failed = [cell for cell in range(12) if re.search(rf"FAILED 98_changed.ipynb::Cell {cell}\b", report)]
    assert failed == [2, 3, 5, 7, 8, 9, 10, 11]


def test_each_failure_says_what_differs(report):
    assert "Pictures differ" in report
    assert "pixels differ by more than 24 grey levels, in rows" in report
    assert "the alternative text is stored as 'A straight line that rises from the left'" in report
    assert "0.50 is stored, the fresh output has 0.56; 0.1 of it is allowed" in report
    assert "500.0 is stored, the fresh output has 560.0" in report
    assert r"the words 'cases\n' are stored, the fresh output has 'images\n'" in report
    assert "the tag 'approx:much' must be approx:R or approx:R;A" in report
    assert "Chapter over its budget" in report
    assert "its table says 20 MB: refresh it" in report


def test_the_cost_of_each_chapter_is_told(report):
    assert "97_tiny.ipynb: " in report.split("= chapters =")[1]


def notebook(*sources, table=TABLE):
    code = [nbformat.v4.new_code_cell(source) for source in sources]
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(table), *code])


@pytest.mark.parametrize(
    ("name", "source", "cost", "words"),
    [
        ("02_a.ipynb", "1", (170, 170, 490), None),
        ("02_a.ipynb", "1", (190, 190, 490), "190 s, 180 s are allowed"),
        ("02_a.ipynb", "1", (190, 90, 490), None),  # a busy machine, not a slow chapter
        ("13_a.ipynb", "1", (290, 290, 490), None),
        ("13_a.ipynb", "1", (310, 400, 490), "310 s, 300 s are allowed"),
        ("02_a.ipynb", "1", (10, 10, 510), "510 MB, 500 MB are allowed"),
        ("02_a.ipynb", "import keras", (10, 10, 1400), None),
        ("02_a.ipynb", "from course_lib import backend", (10, 10, 1400), None),
        ("02_a.ipynb", "from course_lib.models import unet", (10, 10, 1600), "1600 MB, 1500 MB are allowed"),
        ("02_a.ipynb", "import tensorflowers", (10, 10, 510), "500 MB are allowed"),
    ],
)
def test_budgets(name, source, cost, words):
    text = rules.over_budget(name, notebook(source), *cost)
    assert text is None if words is None else words in text


def test_the_stated_memory_must_be_near_the_measured():
    stated = notebook("1", table=TABLE.replace("Peak memory | ?", "Peak memory | 100 MB"))
    assert rules.over_budget("02_a.ipynb", stated, 1, 1, 145) is None
    assert "its table says 100 MB" in rules.over_budget("02_a.ipynb", stated, 1, 1, 160)


def test_processes_that_share_the_cores_may_each_take_as_much_longer():
    assert rules.over_budget("02_a.ipynb", notebook("1"), 350, 350, 490, shared_by=2) is None
    text = rules.over_budget("02_a.ipynb", notebook("1"), 370, 370, 490, shared_by=2)
    assert "370 s beside 1 other(s), 360 s are allowed" in text
