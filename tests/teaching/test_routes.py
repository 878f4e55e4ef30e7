"""The routes of chapter 00: what they ask for exists, and they take what they promise, by the clock."""

import nbformat
import pytest

from course_lib.teaching import routes
from course_lib.teaching.notebooks import core
from course_lib.teaching.routes import ROUTES, Route, Stop


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_route_fits_its_hours_and_fills_them(route):
    hours = sum(routes.part(stop)[1] for stop in route.stops) / 60
    assert 0.8 * route.hours < hours <= route.hours


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_route_starts_at_the_start_and_goes_in_order(route):
    chapters = [stop.chapter for stop in route.stops]
    assert chapters[0] == 0 and chapters == sorted(set(chapters))


def notebook(folder, number, *sources):
    cells = [nbformat.v4.new_markdown_cell(source) for source in sources]
    path = folder / f"{number:02d}_made.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def words(n):
    return " ".join(["word"] * n)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(routes, "CHAPTERS", tmp_path)
    return tmp_path


def test_sections_count_with_the_opening_and_without_the_others(folder):
    notebook(
        folder, 2, "# Title\n\n" + words(179),  # 1 minute
        "## At a glance\n\n" + words(1800),
        "## 1 · One\n\n" + words(358), words(180),  # 3 minutes
        "## 2 · Two\n\n" + words(1800),
        "## 3 · Three\n\n" + words(178),  # 1 minute
        "## Pitfalls\n\n" + words(1800),
    )  # fmt: skip
    text, minutes = routes.part(Stop(2, (1, 3)))
    assert text == "sections 1, 3" and minutes == pytest.approx(5, abs=0.05)
    assert routes.part(Stop(2))[0] == "whole" and routes.part(Stop(2))[1] == pytest.approx(35, abs=0.1)
    with pytest.raises(ValueError, match="02_made.ipynb has no section 4"):
        routes.part(Stop(2, (1, 4)))


def test_a_core_takes_the_place_of_sections(folder):
    path = notebook(folder, 2, "# T", "## ★ 1 · One\n\n" + words(178), "## 2 · Deeper\n\n" + words(900))
    text, minutes = routes.part(Stop(2, (2,)))
    stored = nbformat.read(path, as_version=4)
    assert text == "★ core" and minutes == core.study(stored.cells[:2]).minutes() == pytest.approx(1, abs=0.05)


def test_the_table_names_parts_minutes_and_hours(folder):
    notebook(folder, 0, "# T\n\n" + words(1799))
    notebook(folder, 2, "# T", "## ★ 1 · One\n\n" + words(3600))
    lines = routes.table(Route("Away", 1, (Stop(0), Stop(2)))).splitlines()
    assert lines[0] == "Away" and lines[1].split() == ["0", "whole", "10", "minutes"]
    assert lines[2].split() == ["2", "★", "core", "20", "minutes"] and lines[3].split() == ["in", "all", "0.5", "hours"]
