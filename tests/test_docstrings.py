"""The examples of the docstrings run, and give what stands there."""

import doctest
import importlib

import keras
import numpy as np
import pytest

from tests.helpers import ROOT

FILES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "course_lib").rglob("*.py"))
SHOWN = [path for path in FILES if ">>> " in (ROOT / path).read_text("utf-8")]


@pytest.mark.parametrize("path", SHOWN)
def test_the_examples_of_a_module_are_true(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # some of them write a file
    module = importlib.import_module(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    with np.printoptions(precision=8, threshold=1000, edgeitems=3, linewidth=75, suppress=False, legacy=False):
        found = doctest.testmod(module, extraglobs={"keras": keras, "np": np})
    assert found.failed == 0
    assert found.attempted == (ROOT / path).read_text("utf-8").count(">>> "), "an example stands where none is run"


def test_there_are_examples():
    assert len(SHOWN) > 10
