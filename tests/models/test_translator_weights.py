"""The shipped translator of masks: as good as its card says, and its recipe still trains and goes on where it was."""

import re
from pathlib import Path

import numpy as np
import pytest

from course_lib.experiments.shipped import nuclei_translator
from course_lib.models import weights

FOLDER = Path(__file__).parents[2] / "data" / "weights"


@pytest.fixture(scope="module")
def generator():
    return weights.load_nuclei_translator()


def discs(size=96, radius=11):
    """A mask that nobody photographed: three discs as large as nuclei."""
    y, x = np.mgrid[:size, :size]
    mask = np.zeros((size, size), "float32")
    for cy, cx in ((24, 24), (60, 30), (48, 72)):
        mask[(y - cy) ** 2 + (x - cx) ** 2 <= radius**2] = 1
    return mask


def painted(generator, mask, seed=0):
    noise = np.random.default_rng(seed).standard_normal(mask.shape, dtype="float32")
    return generator.predict(np.stack([mask, noise], -1)[None], verbose=0)[0, ..., 0]


def test_the_scores_are_those_of_the_card(generator):
    card = (FOLDER / "README.md").read_text("utf-8").partition("## Nuclei translator")[2]
    stated = [
        float(re.search(pattern, card)[1])
        for pattern in (
            r"Dice (0\.\d+) \(ph",
            r"photographs: (0\.\d+)",
            r"by (0\.\d+) on average",
            r"by (0\.\d+)\n",
            r"differ by (0\.\d+)",
        )
    ]
    found = nuclei_translator.scores(generator)
    for name, value in zip(("dice", "real", "l1", "noise", "spread"), stated, strict=True):
        assert found[name] == pytest.approx(value, abs=0.005), name


def test_it_paints_where_the_mask_says_and_the_unet_finds_it_again(generator):
    mask = discs()
    image = painted(generator, mask)
    assert np.isfinite(image).all()
    inside, outside = image[mask > 0].mean(), image[mask == 0].mean()
    assert 0.4 < inside < 1.1 and abs(outside) < 0.15
    found = weights.load_unet().predict(image[None, ..., None], verbose=0)[0, ..., 0] > 0
    assert 2 * (found & (mask > 0)).sum() / (found.sum() + mask.sum()) > 0.9
    assert np.abs(painted(generator, 0 * mask)).mean() < 0.15  # an empty mask: no nuclei


def test_the_recipe_trains_and_goes_on_where_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr(nuclei_translator, "scores", lambda generator: {})
    rest = ["--steps", "3", "--out", str(tmp_path / "again.npz"), "--checkpoint", str(tmp_path / "half.npz")]
    nuclei_translator.main(["--until", "2", *rest])
    assert not (tmp_path / "again.npz").exists()
    nuclei_translator.main(rest)
    with np.load(tmp_path / "again.npz") as again, np.load(FOLDER / "nuclei_translator.npz") as shipped:
        assert set(again) == set(shipped)
        assert all(again[path].shape == shipped[path].shape for path in again)


def test_masks_and_images_of_the_recipe_belong_together():
    masks, images = nuclei_translator.batches()(0)
    assert masks.shape == images.shape == (8, 64, 64, 1) and masks.dtype == images.dtype == np.float32
    assert set(np.unique(masks)) == {0, 1}
    assert images[masks > 0].mean() > images[masks == 0].mean() + 0.3
