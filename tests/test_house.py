"""The rules of the house: who may import whom, how light the ground floors are, what may not be in a file."""

import ast
import json
import re
import shutil
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from jupyter_client.manager import start_new_kernel

from tests.helpers import loaded_by

ROOT = Path(__file__).parent.parent
PYTHON_FILES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "course_lib").rglob("*.py"))
NOTEBOOKS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "chapters").glob("*.ipynb"))
SCRIPTS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "data").rglob("*.py"))

# --- one package knows the frameworks ---------------------------------------------------------------------------------

FRAMEWORKS = {"tensorflow", "jax", "jaxlib", "torch", "tf_keras"}


def imported(source):
    """Every module that a piece of code imports, wherever in it, also by import_module("..."): {(dots, module)}.

    ``from a import b`` counts as a and as a.b, because b may be a module.
    """
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {(0, alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            found.add((node.level, base))
            found |= {(node.level, f"{base}.{alias.name}".lstrip(".")) for alias in node.names}
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("import_module", "__import__", "importorskip") and isinstance(node.args[0].value, str):
                found.add((0, node.args[0].value))
    return found


def frameworks_in(source):
    return {module for dots, module in imported(source) if dots == 0 and module.split(".")[0] in FRAMEWORKS}


def code_of(path):
    """The Python of a file; of a notebook, its code cells without IPython's % and ! lines."""
    text = (ROOT / path).read_text("utf-8")
    if not path.endswith(".ipynb"):
        return text
    cells = ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    return "\n".join(re.sub(r"^(\s*)[%!].*$", r"\1pass", cell, flags=re.M) for cell in cells)


@pytest.mark.parametrize("path", [*PYTHON_FILES, *NOTEBOOKS, *SCRIPTS])
def test_only_backend_imports_a_framework(path):
    found = frameworks_in(code_of(path))
    if not path.startswith("course_lib/backend/"):
        assert not found, f"{path} imports {found}: use keras.ops, or the seam in course_lib/backend"


def test_the_backend_knows_both_frameworks():
    files = [path for path in PYTHON_FILES if path.startswith("course_lib/backend/")]
    assert set().union(*(frameworks_in(code_of(path)) for path in files)) == {"tensorflow", "jax"}


@pytest.mark.parametrize(
    "source",
    [
        "import tensorflow as tf",
        "def f():\n    from jax import numpy",
        "from jax.numpy import ones",
        "import importlib\nimportlib.import_module('torch')",
        "m = __import__('tensorflow.nn')",
    ],
)
def test_a_framework_is_seen_wherever_it_hides(source):
    assert frameworks_in(source)


def test_other_names_are_no_frameworks():
    assert not frameworks_in(
        "import keras\nfrom . import jax\nprint('import torch')\nfrom keras import ops as tensorflow"
    )


# --- no import runs upwards -------------------------------------------------------------------------------------------

GROUND, TEACHING, PIECES, MODELS, INFERENCE, TRAINING, EXPERIMENTS, EXERCISES, COMMANDS = range(9)
FLOORS = {
    "course_lib": GROUND,
    "course_lib._docs": GROUND,
    "course_lib._labels": GROUND,
    "course_lib._validate": GROUND,
    "course_lib.quiet": GROUND,
    "course_lib.terminal": GROUND,
    "course_lib.classical": GROUND,
    "course_lib.datasets": GROUND,
    "course_lib.backend": GROUND,
    "course_lib.teaching": TEACHING,
    "course_lib.losses": PIECES,
    "course_lib.metrics": PIECES,
    "course_lib.models._arguments": PIECES,
    "course_lib.models.layers": PIECES,
    "course_lib.models": MODELS,
    "course_lib.inference": INFERENCE,
    "course_lib.training": TRAINING,
    "course_lib.experiments": EXPERIMENTS,
    "course_lib.exercises": EXERCISES,
    "course_lib.doctor": COMMANDS,
    "course_lib.lab": COMMANDS,
    "course_lib.__main__": COMMANDS,
}


def floor(module):
    """The floor of a module of course_lib, by the longest name in FLOORS that it begins with."""
    parts = module.split(".")
    for n in range(len(parts), 0, -1):
        name = ".".join(parts[:n])
        if name in FLOORS and (n > 1 or len(parts) == 1):
            return FLOORS[name]
    raise LookupError(f"{module} is on no floor: name its floor here")


def module_of(path):
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def exists(module):
    """Whether a module or a package of this name is in the repository."""
    return (ROOT / f"{module.replace('.', '/')}.py").exists() or (ROOT / module.replace(".", "/")).is_dir()


def upward(path, source):
    """The modules of course_lib that this file imports from a higher floor, or that are on no floor."""
    inside = module_of(path).split(".") + ["__init__"] * path.endswith("__init__.py")
    found = []
    for dots, name in imported(source):
        module = ".".join([*inside[: len(inside) - dots], *name.split(".")] if dots else [name]).rstrip(".")
        if module.split(".")[0] == "course_lib" and exists(module) and floor(module) > floor(module_of(path)):
            found.append(module)
    return found


@pytest.mark.parametrize("path", PYTHON_FILES)
def test_no_import_runs_upwards(path):
    assert not upward(path, code_of(path)), f"{path} imports from a floor above its own"


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("course_lib/classical/x.py", "from course_lib.teaching import show"),
        ("course_lib/classical/x.py", "def f():\n    from course_lib import teaching"),
        ("course_lib/datasets/__init__.py", "from ..teaching import show"),
        ("course_lib/backend/devices.py", "import course_lib.doctor"),
        ("course_lib/teaching/x.py", "from course_lib.losses import overlap"),
        ("course_lib/training/x.py", "from course_lib.experiments import unet_skips"),
        ("course_lib/teaching/engine/x.py", "from course_lib import exercises"),
    ],
)
def test_an_upward_import_is_seen(path, source):
    assert upward(path, source)


def test_a_downward_import_is_no_fault():
    assert not upward("course_lib/teaching/x.py", "from course_lib.classical import convolution\nfrom . import verify")
    assert not upward("course_lib/experiments/x.py", "from course_lib import teaching, training\nfrom . import record")
    assert not upward("course_lib/exercises/x.py", "from course_lib import teaching, models, experiments")


# --- no circle, no hall -----------------------------------------------------------------------------------------------


def uses(path, source):
    """The modules of course_lib that a file imports, wherever in it: a package only where a name is taken from it."""
    inside = module_of(path).split(".") + ["__init__"] * path.endswith("__init__.py")
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join([*inside[: len(inside) - node.level], node.module or ""]) if node.level else node.module
            for alias in node.names:
                inner = f"{base}.{alias.name}".replace("..", ".")
                found.add(inner if exists(inner) else base.rstrip("."))
    return {module for module in found if module.split(".")[0] == "course_lib" and exists(module)} - {module_of(path)}


def circle(graph):
    """A path of modules that import one another in a circle, or []."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_no_import_closes_a_circle():
    """Not within a function either: what has to be imported late belongs elsewhere."""
    graph = {module_of(path): uses(path, code_of(path)) for path in PYTHON_FILES}
    assert not circle(graph), " imports ".join(reversed(circle(graph)))


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        ("course_lib/losses/x.py", "from course_lib.losses import overlap, dice", {"losses.overlap", "losses"}),
        ("course_lib/losses/x.py", "def f():\n    from . import overlap", {"losses.overlap"}),
        ("course_lib/losses/__init__.py", "from .overlap import dice\nfrom .. import lab", {"losses.overlap", "lab"}),
        (
            "course_lib/losses/overlap.py",
            "import course_lib.lab, keras\nfrom course_lib.losses.overlap import x",
            {"lab"},
        ),
    ],
)
def test_imports_are_seen_as_modules(path, source, expected):
    assert uses(path, source) == {f"course_lib.{module}" for module in expected}


def test_a_circle_is_seen():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) and not circle({"a": {"b", "c"}, "b": {"c"}, "c": set()})


LONGEST = 500  # lines of a file that a reader can still hold


@pytest.mark.parametrize("path", [path for path in PYTHON_FILES if "/exercises/" not in path])
def test_a_file_is_one_idea_that_a_reader_can_hold(path):
    lines = len((ROOT / path).read_text("utf-8").splitlines())
    assert lines <= LONGEST, f"{path} has {lines} lines: cut it by its ideas"


# --- what the library holds is imported -------------------------------------------------------------------------------

LOADERS = {"spec_from_file_location", "SourceFileLoader", "run_path"}
IMPORTED = [*PYTHON_FILES, *NOTEBOOKS]
IMPORTED += sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("benchmarks", "experiments", "inference", "losses", "metrics", "models", "training")
    for path in (ROOT / "tests" / folder).rglob("*.py")
)


def loaded_by_path(source):
    """The functions that run a file by its path, wherever they are named: imports, calls, attributes."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.alias):
            names |= set(node.name.split("."))
    return names & LOADERS


@pytest.mark.parametrize("path", IMPORTED)
def test_nothing_is_loaded_by_its_path(path):
    assert not loaded_by_path(code_of(path)), f"{path} runs a file by its path: make it a module and import it"


@pytest.mark.parametrize(
    "source",
    [
        "import importlib.util\nspec = importlib.util.spec_from_file_location('x', '../x.py')",
        "from runpy import run_path as load",
        "def f(util):\n    return util.spec_from_file_location",
        "from importlib.machinery import SourceFileLoader",
    ],
)
def test_loading_by_path_is_seen(source):
    assert loaded_by_path(source)


def test_importing_is_no_loading_by_path():
    assert not loaded_by_path("import importlib\nimportlib.import_module('course_lib.doctor')\nprint('run_path')")


# --- the ground floors are light --------------------------------------------------------------------------------------


def loaded_with(*packages):
    """What is in sys.modules after importing every module of these packages."""
    modules = [module_of(p) for p in PYTHON_FILES if any(p.startswith(f"course_lib/{package}") for package in packages)]
    modules = [module for module in modules if not module.endswith("__main__")]
    imports = "; ".join(f"import {module}" for module in ["course_lib", *modules])
    return loaded_by(imports)


def test_no_module_that_images_need_loads_a_framework():
    modules = loaded_with("classical", "datasets", "teaching", "exercises", "backend", "doctor")
    assert "course_lib.teaching.figures" in modules
    assert not modules & {"tensorflow", "keras", "jax"}


def test_formulas_and_data_need_no_plots_and_no_scipy_to_load():
    modules = loaded_with("classical", "datasets")
    assert "course_lib.classical.convolution" in modules
    assert not modules & {"matplotlib", "scipy", "skimage", "cv2"}


FIRST_PLOT = """
import resource, sys, time
before = time.process_time()
from course_lib.classical import convolution, filters
from course_lib.datasets import photographs
from course_lib.teaching import image_grid, show
image = photographs.load("camera") / 255.0
blurred = convolution.convolve_separable(image, filters.gaussian1d(2.0), filters.gaussian1d(2.0), "same")
show(image_grid([image, blurred], ["photograph", "blurred"]), "A photograph, and the same photograph blurred.")
if sys.platform == "linux":  # ru_maxrss would also count the process that started this one, until it became a kernel
    peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) / 1e3
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # macOS counts bytes
print(time.process_time() - before, peak)
"""


def in_a_fresh_kernel(code):
    """What a piece of code prints in a notebook."""
    manager, client = start_new_kernel(cwd=ROOT / "chapters")
    messages = []
    try:
        reply = client.execute_interactive(code, output_hook=messages.append, timeout=60)["content"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert reply["status"] == "ok", reply
    assert any(message["msg_type"] == "display_data" for message in messages)
    return "".join(m["content"]["text"] for m in messages if m["msg_type"] == "stream")


@pytest.mark.skipif(sys.platform == "win32", reason="the module `resource` is not there")
def test_the_first_plot_is_there_within_three_seconds_and_200_megabytes():
    seconds = []
    for _ in range(3):  # processor time, the best of three: other programs may be busy
        used, megabytes = map(float, in_a_fresh_kernel(FIRST_PLOT).split())
        assert megabytes < 200
        seconds.append(used)
        if used < 3:
            return
    pytest.fail(f"took {min(seconds):.1f} s of processor time at best")


# --- nothing in a file belongs to one machine -------------------------------------------------------------------------

FOREIGN = {
    "an absolute path": r"(?<![\w.~/:\]>-])/(?:home|root|Users|work|tmp|opt|mnt)/\w|\b[A-Z]:\\+(?:Users|Program)",
    "a registry's host": r"(?:pypi|pythonhosted|npmjs|anaconda|crates)\.(?:org|com|io)|--(?:extra-)?index-url",
}


def foreign(text):
    return {what for what, pattern in FOREIGN.items() if re.search(pattern, text)}


@pytest.mark.parametrize(
    "text",
    [
        "/home" + "/ann/x",
        'open("/tmp' + '/a")',
        "C:" + "\\\\Users",
        "files.python" + "hosted.org",
        "--index" + "-url x",
    ],
)
def test_what_belongs_to_one_machine_is_seen(text):
    assert foreign(text)


def test_other_slashes_are_allowed():
    assert not foreign("a/home/b https://creativecommons.org/licenses/by/4.0 and 1/2, src/tmp/x, C: 3, \\tag{2.1}")


# its bad examples are what it tests the notebooks' own rules with
EXAMPLES = {"tests/teaching/notebooks/test_rules.py"}


def strings(value):
    """Every text in a notebook but its pictures, whose base64 may spell anything."""
    if isinstance(value, dict):
        return [text for key, part in value.items() if not key.startswith("image/") for text in strings(part)]
    return [text for part in value for text in strings(part)] if isinstance(value, list) else [str(value)]


def test_no_tracked_file_belongs_to_one_machine():
    if not (shutil.which("git") and (ROOT / ".git").exists()):
        pytest.skip("this copy of the course is no git repository")
    names = (
        subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    )
    found = {}
    for name in set(filter(None, names)) - EXAMPLES:
        path = ROOT / name
        if not path.exists():
            continue  # deleted, not yet committed
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # a picture or an archive
        if name.endswith(".ipynb"):
            text = "\n".join(strings(json.loads(text)))
        if foreign(text):
            found[name] = foreign(text)
    assert not found


# --- the README -------------------------------------------------------------------------------------------------------

README = (ROOT / "README.md").read_text("utf-8")


def test_the_readme_lists_the_chapters_that_exist():
    assert re.findall(r"^\| \[.*?\]\((.*?)\)", README, re.M) == NOTEBOOKS


def test_every_link_of_the_readme_leads_somewhere():
    targets = re.findall(r"\]\(([^)#]+)", README)
    assert targets
    assert [target for target in targets if "://" not in target and not (ROOT / target).exists()] == []


def test_every_make_command_of_the_readme_exists():
    wanted = {w for line in re.findall(r"(?:^|`)make ([a-z -]+)", README, re.M) for w in line.split(" #")[0].split()}
    assert {"lab", "test", "doctor"} <= wanted
    assert wanted <= set(re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.M)[1].split())


# --- one spelling -----------------------------------------------------------------------------------------------------

STEMS = (
    "dequant equal general initial maxim memor minim normal optim organ parameter penal quant random raster recogn "
    "regular special stabil standard summar symmetr vector visual"
)
BRITISH = re.compile(rf"(?:{STEMS.replace(' ', '|')})is(?:e|ed|es|er|ers|ing|ation|able)(?![a-z])", re.IGNORECASE)
TITLES = ("Generalised Dice overlap",)  # as their authors spell them


def test_verbs_in_ize_are_spelled_as_the_names_of_keras_and_numpy():
    for path in (*PYTHON_FILES, *NOTEBOOKS, *SCRIPTS, "README.md", "CONTRIBUTING.md"):
        text = (ROOT / path).read_text("utf-8")
        for title in TITLES:
            text = text.replace(title, "")
        assert not (found := set(BRITISH.findall(text))), (path, found)
