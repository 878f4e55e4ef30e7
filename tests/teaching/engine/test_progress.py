"""The reader's record: small, local, and never in the way."""

import json

import pytest

from course_lib.teaching.engine import progress


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "mine.json"))
    return tmp_path / "mine.json"


def test_events_add_up(place):
    progress.record("2.1", solved=False, mistake="kernel not flipped")
    progress.record("2.1", hints=2)
    progress.record("2.1", hints=1)
    progress.record("2.1", solved=True)
    progress.record("2.1", solved=False, mistake="kernel not flipped")
    entry = {"tries": 3, "solved": True, "hints": 2, "mistakes": {"kernel not flipped": 2}}
    assert progress.load() == {"2.1": entry}
    assert json.loads(place.read_text(encoding="utf-8")) == {"2.1": entry}


def test_off_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    monkeypatch.chdir(tmp_path)
    progress.record("2.1", solved=True)
    assert progress.load() == {}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["", "{", "[1, 2]", '"text"'])
def test_a_file_that_is_no_record_counts_as_none(place, content):
    place.write_text(content, encoding="utf-8")
    assert progress.load() == {}
    progress.record("2.1", solved=True)
    assert progress.load()["2.1"]["solved"]


def test_a_folder_that_cannot_be_written_to_is_no_error(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "no" / "such" / "folder" / "file.json"))
    progress.record("2.1", solved=True)
    assert progress.load() == {}


def test_a_damaged_entry_does_not_stop_a_check(place):
    place.write_text('{"2.1": 7}', encoding="utf-8")
    progress.record("2.1", solved=True)
    assert progress.load()["2.1"]["solved"]


def test_by_default_the_record_lies_in_the_course_folder(monkeypatch):
    monkeypatch.delenv("COURSE_PROGRESS")
    assert progress.path().name == ".course_progress.json"
    assert (progress.path().parent / "course_lib").is_dir()
