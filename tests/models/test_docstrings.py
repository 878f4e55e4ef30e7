"""A docstring of a network or a training stands alone: nothing in it is explained elsewhere only."""

import importlib
import inspect
import pkgutil
import re

import pytest

from course_lib import models, training

MODULES = [
    importlib.import_module(f"{package.__name__}.{module.name}")
    for package in (models, training)
    for module in pkgutil.iter_modules(package.__path__)
]
# a description that is nothing but a reference: "See `look`.", "As in `toy_generator`.", "For `draw`."
REFERENCE = re.compile(r"^ {8}(See|As|For|Of)\b[\w\s]{0,12}(:func:|:class:)?`[^`]+`(, `[^`]+`)*\.?$", re.M)


def documented(module):
    """Every public function, class and method that a module defines, by name."""
    for name, thing in vars(module).items():
        if getattr(thing, "__module__", None) != module.__name__ or name.startswith("_"):
            continue
        yield name, thing
        if inspect.isclass(thing):
            methods = inspect.getmembers(thing, inspect.isfunction)
            yield from ((f"{name}.{n}", f) for n, f in methods if f.__qualname__ == f"{name}.{n}" and n[0] != "_")


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_no_description_is_only_a_reference(module):
    text = {name: inspect.getdoc(thing) or "" for name, thing in documented(module)}
    indented = {name: "\n".join("    " + line for line in doc.splitlines()) for name, doc in text.items()}
    assert {name: found[0].strip() for name, doc in indented.items() if (found := REFERENCE.search(doc))} == {}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("See `look`.", True),
        ("As in `toy_generator`.", True),
        ("As given to `unet`.", True),
        ("For `draw`.", True),
        ("See :func:`course_lib.models.layers.conv_block`.", True),
        ("Of `VAE`: ``sigma``, standard deviation of a pixel.", False),
        ("For N images.", False),
        ("Whether and how the channels are normalized, see `normalize`.", False),
    ],
)
def test_a_bare_reference_is_seen(line, found):
    assert bool(REFERENCE.search(f"    name : int\n        {line}")) == found
