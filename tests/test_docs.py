"""Docstrings of losses and metrics stand alone: whole under Shift-Tab, every parameter explained, nothing elsewhere."""

import doctest
import importlib
import inspect
import re
from pathlib import Path

import pytest

from course_lib._docs import filled

ROOT = Path(__file__).parent.parent
FILES = [
    path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    for folder in ("losses", "metrics")
    for path in sorted((ROOT / "course_lib" / folder).glob("[!_]*.py"))
]


def public():
    """(name, object) of every public function, class and method that the files define."""
    for file in FILES:
        module = importlib.import_module(file)
        for name, thing in vars(module).items():
            if name.startswith("_") or getattr(thing, "__module__", None) != file or not callable(thing):
                continue
            yield f"{file}.{name}", thing
            for method, function in vars(thing).items() if inspect.isclass(thing) else ():
                function = getattr(function, "__func__", function)
                if inspect.isfunction(function) and not method.startswith("_") and function.__module__ == file:
                    yield f"{file}.{name}.{method}", function


THINGS = [(name, thing) for name, thing in public() if not name.endswith(".filled_in")]


def sections(thing):
    """{heading: text} of a docstring in NumPy style."""
    parts = re.split(r"^(\w[\w ]*)\n-{3,}\n", inspect.getdoc(thing) or "", flags=re.M)
    return {"": parts[0]} | dict(zip(parts[1::2], parts[2::2], strict=True))


def documented(text):
    """The names before the colons of a section of parameters, and the paragraph of each."""
    found = {}
    for entry in re.split(r"^(?=\S)", text.strip("\n"), flags=re.M):
        head, _, body = entry.partition("\n")
        for name in head.split(" : ")[0].split(", "):
            if name:
                found[name.strip("*")] = (head.partition(" : ")[2] + body).strip()
    return found


def test_every_public_thing_is_looked_at():
    names = {name for name, _ in THINGS}
    assert {"course_lib.losses.overlap.dice", "course_lib.metrics.confusion.ConfusionMatrix.update"} <= names
    assert {"course_lib.losses.keras_losses.Dice", "course_lib.losses.adversarial.gradient_penalty"} <= names
    assert len(names) > 60


@pytest.mark.parametrize(("name", "thing"), THINGS, ids=[name for name, _ in THINGS])
def test_a_docstring_stands_alone(name, thing):
    text = inspect.getdoc(thing)
    assert text and len(text.splitlines()[0]) <= 120, name
    assert "%(" not in text
    for away in ("top of this file", "above for", "see above", "as above"):
        assert away not in text.lower(), away
    for heading in ("Parameters", "Returns", "Raises", "Attributes"):
        body = sections(thing).get(heading, "")
        away = re.search(r"\b(?:See|As|Like|as for|As for) [`*]+\w[\w.]*`+[.,;]?", body)
        assert not away, f"{heading} of {name} sends the reader elsewhere: {away and away[0]}"


TAKING = [(n, t) for n, t in THINGS if "Parameters" in sections(t) or (inspect.isfunction(t) and n.count(".") == 3)]


@pytest.mark.parametrize(("name", "thing"), TAKING, ids=[name for name, _ in TAKING])
def test_every_parameter_of_the_signature_is_explained(name, thing):
    parameters = [p for p in inspect.signature(thing).parameters if p not in ("self", "cls")]
    assert sorted(documented(sections(thing).get("Parameters", ""))) == sorted(parameters)


@pytest.mark.parametrize("name", ["Dice", "Focal", "Boundary", "DiceCrossEntropy"])
def test_a_class_says_of_an_option_what_its_function_says(name):
    from course_lib import losses

    of_class = documented(sections(getattr(losses, name))["Parameters"])
    of_function = documented(sections(getattr(losses, name).function)["Parameters"])
    shared = of_class.keys() & of_function.keys()
    assert shared and all(of_class[option] == of_function[option] for option in shared)


def test_paragraphs_are_filled_in_as_deep_as_the_line_that_names_them():
    @filled(
        x="""
        x : int
            Two lines,

            and a gap."""
    )
    def f(x):
        """First.

        Parameters
        ----------
        %(x)s
        y : 100 %(x)s stays, for it is no line of its own
        """

    lines = inspect.getdoc(f).splitlines()
    assert lines[4:8] == ["x : int", "    Two lines,", "", "    and a gap."]
    assert lines[8] == "y : 100 %(x)s stays, for it is no line of its own"


def test_a_paragraph_that_is_missing_is_an_error_and_no_docstring_is_none():
    def f():
        """
        %(nothing)s
        """

    with pytest.raises(KeyError, match="nothing"):
        filled(x="x")(f)
    f.__doc__ = None  # as under python -OO
    assert filled(x="x")(f) is f


@pytest.mark.parametrize("module", ["course_lib._docs", *FILES])
def test_the_examples(module):
    assert doctest.testmod(importlib.import_module(module)).failed == 0
