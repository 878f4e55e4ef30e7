"""The shipped nuclei U-Net: it is whole, as good as its card says, and its recipe still makes such a one."""

import keras
import numpy as np
from skimage.filters import threshold_otsu

from course_lib.datasets import nuclei
from course_lib.experiments.shipped import WEIGHTS, nuclei_unet
from course_lib.models import weights


def dice(a, b):
    return 2 * (a & b).sum() / (a.sum() + b.sum())


def test_it_beats_both_baselines_at_home_and_away():
    scores = nuclei_unet.scores(weights.load_unet())
    _, (images, labels) = nuclei.load()
    logs = np.log1p(images)
    log_otsu = np.mean([dice(x > threshold_otsu(x), y > 0) for x, y in zip(logs, labels, strict=True)])
    assert scores["test"] > max(0.97, log_otsu)
    image, truth = nuclei.load_shifted()
    assert scores["shifted"] > max(0.89, dice(image > threshold_otsu(image), truth > 0))


def test_its_recipe_trains(tmp_path):
    nuclei_unet.main(["--steps", "12", "--out", str(tmp_path / "again.npz")])
    with np.load(tmp_path / "again.npz") as again, np.load(WEIGHTS / "nuclei_unet.npz") as shipped:
        assert set(again) == set(shipped)
        assert all(again[name].shape == shipped[name].shape for name in again)


def test_a_blank_image_has_no_nuclei():
    logits = weights.load_unet()(np.zeros((1, 40, 40, 1), "float32"))
    assert (keras.ops.convert_to_numpy(logits) < 0).all()
