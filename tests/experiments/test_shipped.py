"""The scripts beside the shipped weights are their recipes' commands."""

import subprocess
import sys
from pathlib import Path

from course_lib.experiments.shipped import generators
from course_lib.models import weights

FOLDER = Path(__file__).parents[2] / "data" / "weights"
NAMES = {Path(file).stem for file in weights.FILES}


def test_every_file_has_a_script_and_it_says_where_it_writes():
    assert {path.stem for path in FOLDER.glob("*.py")} == NAMES
    asked = {
        name: subprocess.Popen(
            [sys.executable, FOLDER / f"{name}.py", "--help"], cwd=FOLDER.parents[1], stdout=subprocess.PIPE, text=True
        )
        for name in NAMES
    }  # all at once
    for name, process in asked.items():
        answer = "".join(process.communicate(timeout=240)[0].split())  # argparse breaks lines
        assert process.returncode == 0
        assert f"data/weights/{name}.npz" in answer.replace("\\", "/")


def test_the_recipes_of_the_generators_are_those_of_their_files():
    assert generators.RECIPES.keys() == {name for name in NAMES if name.endswith("_generator")}
    for name, recipe in generators.RECIPES.items():
        data = recipe.data()
        assert data.shape[1:] == recipe.shape and data.dtype == "float32"
        assert data.min() >= -1 and data.max() <= 1 and (data.min(), data.max()) == (-1, 1), name
