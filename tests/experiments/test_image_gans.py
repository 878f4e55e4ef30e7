"""The comparison of generators: what its script does with a little of the budget, and with what needs no training."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from course_lib.datasets import digits

SCRIPT = Path(__file__).parents[2] / "data" / "experiments" / "image_gans.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("image_gans", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_real_digits_are_the_best_and_a_gaussian_of_pixels_has_no_variety_of_digits(script):
    real, fog = (script.run(name, 0) for name in script.BASELINES)
    assert real["fd"] < 15
    assert min(real["precision"], real["recall"]) > 0.8
    assert fog["fd"] > 20 * real["fd"]
    assert fog["recall"] < 0.05


@pytest.mark.parametrize("name", ["DCGAN", "VAE"])
def test_a_little_training_brings_the_mean_image_near_that_of_the_digits(script, name):
    """The scores come later: after a tenth of the budget the VAE draws one blur, at a greater distance than gray."""
    mean = script.images(digits.load()[0][0]).mean(axis=0)
    made, untrained = (script.generate(name, 0, n, count=200)[0] for n in (script.steps(name) // 10, 1))
    assert np.abs(made.mean(axis=0) - mean).mean() < 0.75 * np.abs(untrained.mean(axis=0) - mean).mean()


def test_the_gaussian_has_the_mean_of_the_digits_and_the_script_keeps_its_budget(script):
    x = script.images(digits.load()[0][0])
    made = script.gaussian(0, 2000)
    assert np.abs(made.mean(axis=0) - x.mean(axis=0)).mean() < 0.1
    assert made.min() >= -1
    assert made.max() <= 1
    for name, seconds in script.STEP_TIME.items():
        assert script.BUDGET - seconds <= script.steps(name) * seconds <= script.BUDGET
