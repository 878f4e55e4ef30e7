"""A stored chapter as the rules read it: its code, prose, headings, equations, checks and exercises.

Nothing is executed here.
"""

import ast
import copy
import functools
import importlib
import importlib.util
import pathlib
import re
from dataclasses import dataclass

from course_lib.teaching.engine import Exercise

HEADINGS = ("at a glance", "notation", "pitfalls", "exercises", "summary", "what comes next", "references")
SECTION = re.compile(r"(?:★ )?(\d+) · ")
EQUATION = re.compile(r"\\tag\{(\d+\.\d+[a-z]?)\}")


@dataclass
class Chapter:
    """A stored notebook, and where it lies."""

    path: pathlib.Path
    notebook: object

    @classmethod
    def read(cls, path):
        """Read a notebook from a file."""
        import nbformat

        return cls(pathlib.Path(path), nbformat.read(path, as_version=4))

    @property
    def number(self):
        """The chapter's number as in the file's name, such as "02"."""
        return self.path.name[:2]

    @property
    def is_start(self):
        """Whether this is the chapter to start with, which has no formulas of its own."""
        return self.number == "00"

    @functools.cached_property
    def code(self):
        """(index, cell) of every code cell that is not empty."""
        return [(i, c) for i, c in enumerate(self.notebook.cells) if c.cell_type == "code" and c.source.strip()]

    @functools.cached_property
    def prose(self):
        """(index, text) of every markdown cell, without its code blocks."""
        cells = [(i, c) for i, c in enumerate(self.notebook.cells) if c.cell_type == "markdown"]
        return [(i, re.sub(r"```.*?```|`[^`\n]*`", "", cell.source, flags=re.DOTALL)) for i, cell in cells]

    @functools.cached_property
    def headings(self):
        """(index, title) of every second-level heading."""
        return [(i, t.strip()) for i, text in self.prose for t in re.findall(r"^## (.+)$", text, re.MULTILINE)]

    @functools.cached_property
    def sections(self):
        """The numbers of the sections "## 1 · ..." or "## ★ 1 · ...", as text, in the order in which they come."""
        return [m[1] for _, title in self.headings if (m := SECTION.match(title))]

    @functools.cached_property
    def equations(self):
        """Equation number -> index of the cell that states it first."""
        found = {}
        for i, text in self.prose:
            for number in EQUATION.findall(text):
                found.setdefault(number, i)
        return found

    @functools.cached_property
    def verified(self):
        """Equation number -> index of the first cell that verifies it."""
        found = {}
        for i, cell in self.code:
            for number, _ in verify_calls(cell.source):
                found.setdefault(number, i)
        return found

    @functools.cached_property
    def exercise_module(self):
        """The module that the notebook imports as `ex`, such as "course_lib.exercises.ch02", or None."""
        for _, cell in self.code:
            for node in ast.walk(parsed(cell.source) or ast.Module([], [])):
                for alias in getattr(node, "names", []) if isinstance(node, ast.ImportFrom) else []:
                    if alias.asname == "ex":
                        return f"{node.module}.{alias.name}"
        return None

    @functools.cached_property
    def exercises(self):
        """Name -> exercise, of the module that the notebook imports as `ex`; empty where there is none."""
        try:
            found = self.exercise_module and importlib.util.find_spec(self.exercise_module)
        except ModuleNotFoundError:  # not even the package is there
            found = None
        module = importlib.import_module(self.exercise_module) if found else None
        return {name: thing for name, thing in vars(module).items() if isinstance(thing, Exercise)} if module else {}

    @functools.cached_property
    def checked(self):
        """(index, name) of every `ex.name.check(...)` in the notebook."""
        pattern = re.compile(r"\bex\.(\w+)\.check\(")
        return [(i, name) for i, cell in self.code for name in pattern.findall(cell.source)]


def bare(title):
    """A heading's words in small letters, without its star and number."""
    return re.sub(r"^(?:★ )?(?:\d+ · )?", "", title).lower()


def verify_calls(source):
    """(number, problem) of every `verify(...)` in a cell; the problem is "" where its two sides differ."""
    tree = parsed(source)
    if tree is None:
        return
    values = _assigned_once(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or called(node) != "verify" or not node.args:
            continue
        number = node.args[0].value if isinstance(node.args[0], ast.Constant) else "?"
        sides = [*node.args[1:3], *(k.value for k in node.keywords if k.arg in ("computed", "oracle"))]
        dumps = [ast.dump(_bare(side, values)) for side in sides]
        if number == "?":
            yield number, "verify needs the equation's number as it stands in the chapter"
        elif len(sides) != 2:
            yield number, f"verify({number!r}) must be given both sides by name or in order"
        elif all(isinstance(side, ast.Constant) for side in sides):
            yield number, f"verify({number!r}) compares two constants"
        elif dumps[0] == dumps[1]:
            yield number, f"verify({number!r}) compares a thing with itself"
        else:
            yield number, ""


def printed(cell):
    """Everything that a cell's outputs say in text."""
    texts = []
    for output in cell.get("outputs", []):
        texts.append(output.get("text", ""))
        texts += [v for mime, v in output.get("data", {}).items() if mime.startswith("text/") and isinstance(v, str)]
    return "\n".join(texts)


def parsed(source):
    """The syntax tree of a cell, its magics left out; None where it is no Python."""
    cleaned = "\n".join("pass" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines())
    try:
        return ast.parse(cleaned)
    except SyntaxError:
        return None


def code_lines(source):
    """The lines of a cell that are code: not blank, and more than a comment."""
    return [line for line in source.splitlines() if line.strip() and not line.strip().startswith("#")]


def called(node):
    """The last name of what a call calls: "verify" of `verify(...)` and of `teaching.verify(...)`."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _assigned_once(tree):
    """Name -> expression, of the names that a cell assigns exactly once."""
    found, twice = {}, set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            twice |= {name} & set(found)
            found[name] = node.value
        elif isinstance(node, (ast.AugAssign, ast.For)) and isinstance(node.target, ast.Name):
            twice.add(node.target.id)
    return {name: value for name, value in found.items() if name not in twice}


def _bare(node, values, depth=8):
    """An expression with names replaced by what they were assigned, and without conversions that change nothing."""

    class Replace(ast.NodeTransformer):
        def visit_Name(self, name):
            if name.id in values and depth:
                return _bare(copy.deepcopy(values[name.id]), values, depth - 1)
            return name

        def visit_Call(self, call):
            self.generic_visit(call)
            wrappers = {"asarray", "array", "float", "copy", "squeeze", "convert_to_numpy"}
            if called(call) in wrappers:
                if len(call.args) == 1 and not call.keywords:
                    return call.args[0]
                if not call.args and not call.keywords and isinstance(call.func, ast.Attribute):
                    return call.func.value
            return call

    return Replace().visit(copy.deepcopy(node))
