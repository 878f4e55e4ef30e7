import json

import keras
import numpy as np
import pytest
from PIL import Image

from course_lib.datasets.folder.reading import read_image
from course_lib.inference import brightness
from course_lib.inference.segmenter import Segmenter, main
from tests.helpers import printed


@pytest.fixture(scope="module")
def model():
    """A network whose logit is 4 x, summed over the channels, with nothing learned."""
    image = keras.Input((None, None, 1))
    made = keras.Model(image, keras.layers.Conv2D(1, 1, use_bias=False)(image))
    made.set_weights([np.full((1, 1, 1, 1), 4.0)])
    return made


@pytest.fixture
def image():
    rows, columns = np.mgrid[:50, :70]
    disc = np.hypot(rows - 25, columns - 30) <= 12
    return (100 + 800 * disc + np.random.default_rng(0).normal(0, 20, disc.shape)).clip(0).astype(np.uint16), disc


@pytest.mark.parametrize("scale", [1.0, 0.5, 2.0])
def test_a_mask_has_the_size_of_the_image_at_any_scale(model, image, scale):
    mine = Segmenter(model, brightness.standardized, scale, threshold=0.6)
    picture, disc = image
    assert mine.prepare(picture).shape == (round(50 * scale), round(70 * scale), 1)
    assert mine.prepare_mask(disc).shape == (round(50 * scale), round(70 * scale))
    probability = mine.probability(picture)
    assert probability.shape == (50, 70) and 0 <= probability.min() <= probability.max() <= 1
    found = mine.mask(picture)
    assert 2 * (found & disc).sum() / (found.sum() + disc.sum()) > 0.93
    assert mine.objects(picture).max() == 1
    if scale == 1:
        expected = 1 / (1 + np.exp(-4.0 * brightness.standardized(picture).astype(float)))
        np.testing.assert_allclose(probability, expected, atol=1e-5)


def test_tiles_change_nothing(model, image):
    whole, cut = (Segmenter(model, tile=tile, halo=8).probability(image[0]) for tile in (256, 16))
    np.testing.assert_allclose(whole, cut, atol=1e-6)


def test_saved_loaded_and_used_in_another_process(model, image, tmp_path):
    mine = Segmenter(model, brightness.ground_at_zero, 0.5, 0.7, min_distance=4, min_area=9, tile=64)
    mine.save(tmp_path / "mine")
    (tmp_path / "in").mkdir()
    Image.fromarray(image[0]).save(tmp_path / "in" / "a.png")
    again = Segmenter.load(tmp_path / "mine")
    for name in ("scale", "threshold", "min_distance", "min_area", "tile", "halo", "multiple", "normalize"):
        assert getattr(again, name) == getattr(mine, name)
    np.testing.assert_array_equal(again.probability(image[0]), mine.probability(image[0]))
    code = "import sys\nfrom course_lib.__main__ import main\nsys.exit(main(sys.argv[1:]))"
    said = printed(code, "segment", tmp_path / "mine", tmp_path / "in", tmp_path / "out")
    assert said == "1 files in out, a.png to a.png\n"
    np.testing.assert_array_equal(read_image(tmp_path / "out" / "a.png"), 255 * np.uint8(mine.mask(image[0])))


def test_masks_and_objects_are_written(model, image, tmp_path, capsys):
    mine = Segmenter(model, threshold=0.6)
    mine.save(tmp_path / "mine")
    (tmp_path / "in").mkdir()
    for name in ("b2", "b10"):
        Image.fromarray(image[0]).save(tmp_path / "in" / f"{name}.png")
    assert [path.name for path in mine.write(tmp_path / "in", tmp_path / "out")] == ["b2.png", "b10.png"]
    given = [str(tmp_path / part) for part in ("mine", "in", "out")]
    assert main(given) == 1 and "overwrite" in capsys.readouterr().out
    assert main([*given, "--objects", "--overwrite"]) == 0
    labels = read_image(tmp_path / "out" / "b2.png")
    assert set(np.unique(labels)) == {0, 1} and labels.dtype == np.uint16


def test_what_does_not_fit_is_refused(model, image, tmp_path):
    mine = Segmenter(model)
    with pytest.raises(ValueError, match="3 channels, but the network was trained on 1"):
        mine.probability(np.dstack([image[0]] * 3))
    with pytest.raises(ValueError, match="normalize must be one of standardized"):
        Segmenter(model, lambda x: x).save(tmp_path / "mine")
    with pytest.raises(FileNotFoundError, match="settings.json is missing"):
        Segmenter.load(tmp_path / "nothing")


@pytest.mark.parametrize(
    "change", [{"normalize": "magic"}, {"scale": 0}, {"threshold": 2}, {"tile": 0.5}, {"more": 1}, {"normalize": None}]
)
def test_settings_that_are_wrong_are_refused(model, tmp_path, change):
    Segmenter(model).save(tmp_path)
    path = tmp_path / "settings.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises((ValueError, TypeError), match=r"settings|scale|threshold|tile"):
        Segmenter.load(tmp_path)
    path.write_text("[")
    with pytest.raises(ValueError, match="settings of a segmenter"):
        Segmenter.load(tmp_path)
