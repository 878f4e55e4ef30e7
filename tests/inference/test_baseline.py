import numpy as np
import pytest

from course_lib.classical.thresholds import otsu
from course_lib.inference.baseline import Baseline, choose_baseline
from course_lib.inference.scoring import dice_per_image
from tests.dresses import photographs


def test_bright_objects_on_an_even_ground():
    images, masks = photographs(4)
    best, scores = choose_baseline(images, masks, 15)
    assert best.bright and scores[best] > 0.95
    assert scores[best] == max(scores.values())
    new_images, new_masks = photographs(2, seed=9)
    assert dice_per_image(new_masks, [best(image) for image in new_images]).min() > 0.9


def test_dark_objects_are_found_by_the_same_rules():
    images, masks = photographs(4)
    bright, of_bright = choose_baseline(images, masks, 15)
    dark, of_dark = choose_baseline([-image for image in images], masks, 15)
    assert not dark.bright and "dark objects" in str(dark)
    plain = bright._replace(blur=0.0, window=None, step=0.0, log=False)
    assert of_dark[plain._replace(bright=False)] == pytest.approx(of_bright[plain], abs=0.02)


def test_a_sloping_ground_wants_a_window():
    images, masks = photographs(4)
    slope = np.linspace(0, 1.5, images[0].shape[1])
    best, scores = choose_baseline([image + slope for image in images], masks, 15)
    assert best.window and scores[best] > scores[Baseline(None, True, 0.0, None, 0.0, False)] + 0.2


def test_the_rule_is_otsu_where_it_says_so():
    image = photographs(1)[0][0]
    np.testing.assert_array_equal(Baseline(None, True, 0.0, None, 0.0, False)(image), image > otsu(image))
    assert str(Baseline(1, False, 1.5, None, 0.0, True)) == "channel 1, dark objects, Otsu on log, blurred by 1.5"
    assert "window of 31" in str(Baseline(None, True, 0.0, 31, 0.25, False))


def test_colours_counts_and_void():
    images, masks = photographs(3)
    noise = np.random.default_rng(1).random(images[0].shape)
    colours = [(255 * np.clip(np.dstack([noise, 1 - image, noise]), 0, 1)).astype(np.uint8) for image in images]
    left_out = [np.where(mask, 1, np.where(np.arange(mask.shape[1]) < 20, 255, 0)).astype(np.uint8) for mask in masks]
    best, scores = choose_baseline(colours, left_out, 15)
    assert best.channel == 1 and not best.bright and scores[best] > 0.9


def test_windows_fit_into_small_images():
    assert Baseline(None, True, 0.0, 99, 0.0, False)(np.arange(30.0).reshape(5, 6)).shape == (5, 6)


def test_nothing_to_learn_from():
    with pytest.raises(ValueError, match="none of them has both"):
        choose_baseline([np.ones((4, 4))], [np.zeros((4, 4), np.uint8)], 5)
