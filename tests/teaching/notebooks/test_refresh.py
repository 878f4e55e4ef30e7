"""Refreshing a chapter: what it stores, what it leaves out, and what it refuses."""

import os
import re
import shutil
import socket

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel

from course_lib.teaching.notebooks import refresh
from course_lib.teaching.notebooks.kernel import Meter
from course_lib.teaching.notebooks.refresh import ChapterError, Cost
from tests.helpers import ROOT

TABLE = "# Tiny\n\n| At a glance | |\n|---|---|\n| Run on 2 CPU cores | {} |\n| Peak memory | {} |\n"
DRAW = (
    "fig, ax = panels(width=3, height=2)\nax.plot([0, 1])\nshow(fig, 'A straight line that rises from the lower left')"
)
CODE = [
    "import os, sys\nfrom course_lib.teaching import explore, panels, show, verify",
    "verify('97.1', 1.0, 1.0)",
    DRAW,
    "block = bytearray(150_000_000)\nblock[::4096] = b'x' * len(block[::4096])\ndel block",
    "def draw(n):\n    fig, ax = panels(width=3)\n    return fig\nexplore(draw, 'Empty axes, whatever n is', n=(1, 5))",
    "print({name: os.environ[name] for name in ('COURSE_STATIC', 'COURSE_PROGRESS', 'PYTHONHASHSEED')})",
    "import socket\ntry:\n    socket.create_connection(('192.0.2.1', 80), timeout=1)\n"
    "except OSError as error:\n    print(error)",
    "1 + 1",
]


def notebook(*sources):
    table = TABLE.format("?", "?")
    cells = [nbformat.v4.new_markdown_cell(table), *map(nbformat.v4.new_code_cell, sources)]
    cells[-1].metadata = {"tags": ["eq:97.1"], "execution": {"iopub": "now"}, "scrolled": True}
    made = nbformat.v4.new_notebook(cells=cells)
    made.metadata = {"kernelspec": {"name": "mine", "display_name": "My own"}, "jupytext": {"a": 1}, "widgets": {}}
    return made


def by_source(path):
    return {cell.source: cell for cell in nbformat.read(path, as_version=4).cells}


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory):
    """A notebook after one refresh, and what the refresh measured."""
    path = tmp_path_factory.mktemp("chapters") / "97_tiny.ipynb"
    nbformat.write(notebook(*CODE), path)
    return path, refresh.refresh(path)


def test_outputs_are_stored_in_order_and_the_notebook_is_valid(refreshed):
    path, _ = refreshed
    stored = nbformat.read(path, as_version=4)
    nbformat.validate(stored)
    code = [cell for cell in stored.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, 9))
    assert code[1].outputs[0].text == "✓ (97.1) holds to 1e-12\n"
    assert code[7].outputs[0].execution_count == 8


def test_the_conditions_are_those_of_the_tests(refreshed):
    cells = by_source(refreshed[0])
    assert cells[CODE[5]].outputs[0].text == "{'COURSE_STATIC': '1', 'COURSE_PROGRESS': 'off', 'PYTHONHASHSEED': '0'}\n"
    assert [set(output.data) for output in cells[CODE[4]].outputs] == [{"image/png", "text/plain"}]


def test_there_is_no_network_in_the_kernel(refreshed):
    text = by_source(refreshed[0])[CODE[6]].outputs[0].text
    assert text == "this chapter asked the network for '192.0.2.1', but chapters must run without one\n"
    assert socket.getaddrinfo("localhost", None)  # the tests' own process keeps its own


def test_nothing_volatile_is_stored(refreshed):
    stored = nbformat.read(refreshed[0], as_version=4)
    assert stored.metadata == refresh.METADATA
    assert [dict(cell.metadata) for cell in stored.cells[:-1]] == [{}] * 8
    assert dict(stored.cells[-1].metadata) == {"tags": ["eq:97.1"]}


def test_time_and_memory_are_measured_and_written(refreshed):
    path, cost = refreshed
    assert 0.5 < cost.seconds < 120
    assert 150 < cost.megabytes < 600  # the block of 150 MB is gone by the end, and counts
    assert refresh.stated_cost(nbformat.read(path, as_version=4)) == refresh.rounded(cost)


def test_a_second_refresh_changes_nothing(refreshed):
    path, _ = refreshed
    before = path.read_text(encoding="utf-8")
    refresh.refresh(path)
    seconds = re.compile(r"\| \d+ s \|")  # may differ by more than a quarter on a busy machine
    assert seconds.sub("", path.read_text(encoding="utf-8")) == seconds.sub("", before)


def test_pictures_that_show_the_same_keep_their_bytes(monkeypatch):
    monkeypatch.setattr(refresh.pictures, "difference", lambda old, new: None if old[0] == new[0] else "another")

    def outputs(*pngs):
        return [nbformat.from_dict({"output_type": "display_data", "data": {"image/png": png}}) for png in pngs]

    fresh = outputs("a2", "b2", "c2")
    refresh._keep_pictures(outputs("a1", "x1"), fresh)
    assert [output.data["image/png"] for output in fresh] == ["a1", "b2", "c2"]


def test_numbers_within_their_tolerance_keep_what_is_stored(tmp_path):
    def printing(*numbers):
        cells = [nbformat.v4.new_code_cell(f"print('score', {n})", id=f"cell{k}") for k, n in enumerate(numbers)]
        cells[0].metadata = cells[1].metadata = {"tags": ["approx:0.1"]}
        return nbformat.v4.new_notebook(cells=cells)

    path = tmp_path / "97_tiny.ipynb"
    first, second = printing(0.5, 0.5, 0.5), printing(0.52, 0.6, 0.52)
    for cell in second.cells:
        cell.outputs = [nbformat.v4.new_output("stream", text="score 0.5\n")]
    for notebook, expected in ((first, [0.5, 0.5, 0.5]), (second, [0.5, 0.6, 0.52])):
        nbformat.write(notebook, path)
        refresh.refresh(path)
        texts = [cell.outputs[0].text for cell in nbformat.read(path, as_version=4).cells]
        assert texts == [f"score {n}\n" for n in expected]


def test_a_bad_tolerance_is_refused_before_anything_runs(tmp_path):
    path = tmp_path / "97_tiny.ipynb"
    cells = [nbformat.v4.new_code_cell("raise SystemExit"), nbformat.v4.new_code_cell("1")]
    cells[1].metadata = {"tags": ["approx:0.1;x"]}
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    with pytest.raises(ChapterError, match=r"cell 1 failed:\n\n    1\n\nthe tag 'approx:0.1;x' must be"):
        refresh.refresh(path)


def test_what_is_stored_is_what_jupyterlab_writes_when_it_opens_a_notebook(tmp_path):
    """It takes the specification's name and what the kernel says of its language, here under the course's setting."""
    profile = tmp_path / "profile_default"
    profile.mkdir()
    shutil.copy(ROOT / "jupyter/etc/ipython/ipython_kernel_config.py", profile)
    manager, client = start_new_kernel(kernel_name="python3", env=os.environ | {"IPYTHONDIR": str(tmp_path)})
    try:
        specification, said = manager.kernel_spec, client.kernel_info(reply=True, timeout=60)["content"]
        assert refresh.METADATA == {
            "kernelspec": {
                "display_name": specification.display_name,
                "language": specification.language,
                "name": manager.kernel_name,
            },
            "language_info": said["language_info"],
        }
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_a_chapter_is_stored_as_jupyterlab_saves_it(refreshed):
    """Byte for byte: the server writes a notebook by nbformat."""
    path, _ = refreshed
    saved = path.with_name("saved.ipynb")
    nbformat.write(nbformat.read(path, as_version=4), saved)
    assert saved.read_bytes() == path.read_bytes()
    for chapter in sorted((ROOT / "chapters").glob("*.ipynb")):
        assert nbformat.read(chapter, as_version=4).metadata == refresh.METADATA, chapter.name
        nbformat.write(nbformat.read(chapter, as_version=4), saved)
        assert saved.read_bytes() == chapter.read_bytes(), chapter.name


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("x = 1\nraise KeyError('what went wrong')", ["cell 2 failed", "    x = 1", "KeyError", "what went wrong"]),
        ("for i in []:\n    verify('97.1', i, i)", ["cell 2 failed", "✗ (97.1) was not checked"]),
        ("verify('97.1', 1.0, 2.0)", ["VerificationError", "largest difference 1"]),
        ("import os\nos._exit(1)", ["cell 2 failed", "os._exit(1)", "Kernel died"]),
    ],
)
def test_a_failing_chapter_is_told_and_left_as_it_was(tmp_path, source, words, capsys):
    path = tmp_path / "97_tiny.ipynb"
    nbformat.write(notebook("from course_lib.teaching import verify", source), path)
    before = path.read_bytes()
    with pytest.raises(ChapterError) as caught:
        refresh.refresh(path)
    for word in words:
        assert word in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["97_tiny.ipynb"]


def test_the_command_reports_failures_in_its_exit_status(tmp_path, monkeypatch, capsys):
    def stub(path):
        if path.stem == "98_bad":
            raise ChapterError("cell 3 failed")
        return Cost(12.3, 120.4)

    for name in ("97_good", "98_bad", "notes"):
        (tmp_path / f"{name}.ipynb").touch()
    monkeypatch.setattr(refresh, "refresh", stub)
    assert refresh.main([str(tmp_path / "97_good.ipynb")]) == 0
    assert "12 s, 120 MB" in capsys.readouterr().out
    assert refresh.main([str(tmp_path / "97_good.ipynb"), str(tmp_path / "98_bad.ipynb")]) == 1
    assert "cell 3 failed" in capsys.readouterr().err
    assert refresh.main([]) == 2
    assert refresh.main(["no_such"]) == 2


def test_chapters_are_found_by_number_all_or_path(tmp_path):
    for name in ("02_b.ipynb", "01_a.ipynb", "draft.ipynb"):
        (tmp_path / name).touch()
    assert [p.name for p in refresh.find("all", tmp_path)] == ["01_a.ipynb", "02_b.ipynb"]
    assert [p.name for p in refresh.find("2", tmp_path)] == ["02_b.ipynb"]
    assert [p.name for p in refresh.find("02", tmp_path)] == ["02_b.ipynb"]
    assert refresh.find(str(tmp_path / "draft.ipynb"), tmp_path) == [tmp_path / "draft.ipynb"]
    with pytest.raises(FileNotFoundError, match="'03'"):
        refresh.find("03", tmp_path)


@pytest.mark.parametrize(
    ("seconds", "megabytes", "written"),
    [(1.2, 87, (5, 90)), (12, 104, (10, 100)), (38, 262, (40, 260)), (62, 1443, (60, 1440)), (118, 5, (120, 10))],
)
def test_costs_are_rounded_for_readers(seconds, megabytes, written):
    assert refresh.rounded(Cost(seconds, megabytes)) == written


@pytest.mark.parametrize(
    ("stated", "measured", "after"),
    [
        (("40 s", "260 MB"), Cost(31, 210), ("40 s", "260 MB")),
        (("40 s", "260 MB"), Cost(49, 324), ("40 s", "260 MB")),
        (("40 s", "260 MB"), Cost(29, 260), ("30 s", "260 MB")),
        (("40 s", "260 MB"), Cost(40, 380), ("40 s", "380 MB")),
        (("5 s", "90 MB"), Cost(3, 90), ("5 s", "90 MB")),
        (("?", "?"), Cost(3, 90), ("5 s", "90 MB")),
        (("2 min", "1 GB"), Cost(3, 90), ("2 min", "1 GB")),
    ],
)
def test_measured_rows_change_only_for_a_reason(stated, measured, after):
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(TABLE.format(*stated))])
    refresh._write_cost(made, measured)
    assert made.cells[0].source == TABLE.format(*after)


def test_ids_follow_from_the_text_and_ids_of_edited_cells_stay():
    first = notebook("a = 1", "b = 2", "a = 1")
    second = notebook("a = 1", "b = 2", "a = 1")
    refresh.tidy(first)
    refresh.tidy(second)
    ids = [cell.id for cell in first.cells]
    assert ids == [cell.id for cell in second.cells]
    assert len(set(ids)) == 4
    first.cells[1].source = "a = 3"
    refresh.tidy(first)
    assert [cell.id for cell in first.cells] == ids


def test_the_meter_knows_the_peak_and_the_computing():
    meter = Meter(os.getpid())
    total = sum(i * i for i in range(300_000))
    assert total > 0
    assert 0 < meter.cpu_seconds() < 60
    assert 0 < meter.seconds() < 60
    assert meter.peak_megabytes() > 20
