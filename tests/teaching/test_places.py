"""Places: headings are found as they stand, links lead to them, and nothing else is taken for one."""

import json
import re
import urllib.parse

import pytest

from course_lib.teaching import places
from tests.helpers import ROOT


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "CHAPTERS", tmp_path)
    places.headings.cache_clear()
    yield tmp_path
    places.headings.cache_clear()


def write(folder, name, *cells):
    kinds = [{"cell_type": kind, "source": source.splitlines(keepends=True)} for kind, source in cells]
    (folder / name).write_text(json.dumps({"cells": kinds}), "utf-8")


def test_headings_with_their_numbers_and_what_stands_below_them(folder):
    write(
        folder,
        "02_made.ipynb",
        ("markdown", "# 02 · Made\n\nopening"),
        ("markdown", "## ★ 1 · One (a)\n\nfirst"),
        ("code", "## 9 · a comment, no heading"),
        ("markdown", "### Deeper in\n\nsecond\n```\n## 7 · code\n```\n## 12 · Two\nthird"),
    )
    found = places.headings(2)
    assert [(h.level, h.number, h.words) for h in found] == [
        (1, "", "02 · Made".partition(" · ")[2]),
        (2, "1", "One (a)"),
        (3, "", "Deeper in"),
        (2, "12", "Two"),
    ]
    assert found[0].text.strip() == "opening"
    assert "first" in found[1].text and "second" in found[1].text and "third" not in found[1].text
    assert places.link(2, "1") == "[02, section 1](02_made.ipynb#%E2%98%85-1-%C2%B7-One-%28a%29)"
    assert places.link(2, "Deeper") == "[02, “Deeper in”](02_made.ipynb#Deeper-in)"
    assert places.link(2) == "[02](02_made.ipynb)"
    for section in ("2", "7", "9", "deeper", "Two more"):
        with pytest.raises(ValueError, match="section must be a heading of 02_made.ipynb, got"):
            places.link(2, section)


def test_a_chapter_that_is_not_there_is_named_without_a_link(folder):
    assert not places.has(3)
    assert places.link(3) == "03" and places.link(3, "4") == "03, section 4"
    with pytest.raises(ValueError, match="chapter must be one of those in"):
        places.headings(3)


def test_every_heading_of_the_course_has_a_link_that_names_it_as_jupyterlab_does():
    files, links = {path.name for path in (ROOT / "chapters").glob("*.ipynb")}, 0
    for file in sorted(files):
        for heading in places.headings(int(file[:2])):
            link = places.link(int(file[:2]), heading.number or heading.words)
            target, anchor = re.fullmatch(r"\[.+?\]\(([^()\s]+?)(?:#([^()\s]+))?\)", link).groups()
            assert target == file
            first = places.heading(int(file[:2]), heading.number or heading.words)
            assert urllib.parse.unquote(anchor) == first.title.replace(" ", "-")
            links += 1
    assert links > 300


def test_a_table_keeps_its_columns_where_a_cell_holds_a_bar():
    lines = places.table(("a", "b"), [("x|y", "z")]).splitlines()
    assert lines == ["| a | b |", "| --- | --- |", r"| x\|y | z |"]
