import numpy as np
import pytest

from course_lib.inference import brightness
from tests.dresses import photographs


@pytest.mark.parametrize("normalize", brightness.CHOICES[:3])
def test_gain_and_offset_are_gone(normalize):
    rng = np.random.default_rng(0)
    for shape in ((20, 30), (20, 30, 3)):
        image = rng.gamma(2, 1, shape)
        for gain, offset in ((1, 7), (0.01, 0), (3000, 500)):
            np.testing.assert_allclose(normalize(gain * image + offset), normalize(image), atol=1e-4)
    result = normalize(image)
    assert result.dtype == np.float32 and result.shape == image.shape


@pytest.mark.parametrize("normalize", brightness.CHOICES)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16, np.float32, bool])
def test_every_number_format_and_a_flat_image(normalize, dtype):
    image = np.random.default_rng(0).integers(0, 2 if dtype is bool else 200, (9, 8)).astype(dtype)
    assert np.isfinite(normalize(image)).all() and normalize(image).dtype == np.float32
    flat = normalize(np.full((9, 8), 1, dtype))
    assert np.isfinite(flat).all() and np.ptp(flat) == 0


def test_values_by_hand():
    image = np.array([[1.0, 3.0], [5.0, 7.0]])
    np.testing.assert_allclose(brightness.standardized(image), (image - 4) / np.sqrt(5), rtol=1e-6)
    assert brightness.as_stored(np.uint8([[255, 51]])).tolist() == [[1, np.float32(0.2)]]
    assert brightness.as_stored(np.uint16([[65535]])).tolist() == [[1]]
    assert brightness.as_stored(np.array([[0.25]])).tolist() == [[0.25]]
    wide = np.arange(1001.0).reshape(7, 143)
    np.testing.assert_allclose(brightness.ground_at_zero(wide), (wide - 500) / 990, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("bad", [np.zeros(5), np.zeros((0, 4)), np.zeros((2, 2, 2, 2))])
def test_other_shapes_are_refused(bad):
    with pytest.raises(ValueError, match="image must be"):
        brightness.standardized(bad)


def test_one_threshold_is_what_a_search_by_hand_finds():
    images, masks = photographs(3)
    found = brightness.one_threshold_for_all(images, masks, lambda image: image)

    def dice(values, mask, limit):
        above = values > limit
        return 2 * (above & (mask > 0)).sum() / (above.sum() + mask.sum())

    by_hand = []
    limits = np.linspace(0, 1, 400)
    for k in range(3):
        others = [j for j in range(3) if j != k]
        best = max(limits, key=lambda t: np.mean([dice(images[j], masks[j], t) for j in others]))
        by_hand.append(dice(images[k], masks[k], best))
    assert found == pytest.approx(np.mean(by_hand), abs=0.01)


def test_images_of_unlike_exposure_need_a_normalization():
    images, masks = photographs(6, spread=1.0)
    best, scores = brightness.choose_normalization(images, masks)
    assert scores["as_stored"] < scores["standardized"] - 0.1 and best is not brightness.as_stored
    dark = [2.0 - image for image in images]
    assert brightness.one_threshold_for_all(dark, masks, brightness.standardized) > 0.9


def test_of_normalizations_that_are_alike_the_first_is_taken():
    images, masks = photographs(4)
    first, scores = brightness.choose_normalization(images, masks, (brightness.as_stored, brightness.standardized))
    assert list(scores) == ["as_stored", "standardized"]
    assert first is brightness.as_stored or scores["standardized"] > scores["as_stored"] + brightness.NEARLY


def test_an_image_without_objects_does_not_count():
    images, masks = photographs(3)
    with_empty = brightness.one_threshold_for_all([*images, 0.2 * images[0]], [*masks, 0 * masks[0]], lambda x: x)
    assert with_empty == pytest.approx(brightness.one_threshold_for_all(images, masks, lambda x: x), abs=0.02)


def test_one_image_is_too_few():
    with pytest.raises(ValueError, match="at least two"):
        brightness.one_threshold_for_all(*photographs(1), brightness.standardized)
    assert brightness.choose_normalization(*photographs(1)) == (brightness.standardized, {})


def test_the_telling_channel():
    images, masks = photographs(3)
    noise = np.random.default_rng(1).random((3, *images[0].shape))
    colours = [np.dstack([n, 1 - image, n]) for image, n in zip(images, noise, strict=True)]
    channel, how_often = brightness.telling_channel(colours, masks)
    assert channel == 1 and how_often < 0.05
    assert brightness.telling_channel(images, masks)[0] is None
