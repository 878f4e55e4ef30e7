"""The shipped nuclei U-Net: it is whole, as good as its card says, and its script still makes such a one."""

import importlib.util
from pathlib import Path

import keras
import numpy as np
import pytest
from skimage.filters import threshold_otsu

from course_lib.datasets import nuclei
from course_lib.models import weights

SCRIPT = Path(__file__).parents[2] / "data" / "weights" / "nuclei_unet.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("nuclei_unet", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def dice(a, b):
    return 2 * (a & b).sum() / (a.sum() + b.sum())


def test_it_beats_both_baselines_at_home_and_away(script):
    scores = script.scores(weights.load_unet())
    _, (images, labels) = nuclei.load()
    logs = np.log1p(images)
    log_otsu = np.mean([dice(x > threshold_otsu(x), y > 0) for x, y in zip(logs, labels, strict=True)])
    assert scores["test"] > max(0.97, log_otsu)
    image, truth = nuclei.load_shifted()
    assert scores["shifted"] > max(0.89, dice(image > threshold_otsu(image), truth > 0))


def test_its_script_trains(script, tmp_path):
    script.main(["--steps", "12", "--out", str(tmp_path / "again.npz")])
    with np.load(tmp_path / "again.npz") as again, np.load(SCRIPT.with_suffix(".npz")) as shipped:
        assert set(again) == set(shipped)
        assert all(again[name].shape == shipped[name].shape for name in again)


def test_a_blank_image_has_no_nuclei():
    logits = weights.load_unet()(np.zeros((1, 40, 40, 1), "float32"))
    assert (keras.ops.convert_to_numpy(logits) < 0).all()
