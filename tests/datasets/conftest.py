import shutil

import pytest

from course_lib.datasets import files


@pytest.fixture
def copied_data(tmp_path, monkeypatch):
    """A copy of the data folder that a test may damage; the loaders read from it."""
    copy = tmp_path / "data"
    shutil.copytree(files.DATA, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(files, "DATA", copy)
    return copy
