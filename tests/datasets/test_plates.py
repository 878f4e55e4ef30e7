"""Generated plates: what is drawn where the truth says, again and again the same."""

import cv2
import numpy as np
import pytest

from course_lib.datasets import plates
from course_lib.datasets.fonts import FIXED_WIDTH, FONTS


def test_shapes_ranges_and_truth():
    found = plates.scenes(6, seed=3, fonts=("mono", "serif"))
    assert found.images.shape == (6, 120, 200) and found.images.dtype == np.float32
    assert found.images.min() >= 0 and found.images.max() <= 1
    assert found.corners.shape == (6, 4, 2)
    assert all(len(text) == 7 and set(text) <= set(plates.CHARACTERS) for text in found.texts)
    assert set(found.fonts) <= {"mono", "serif"}
    assert not set("IOQ") & set(plates.CHARACTERS) and len(set(plates.CHARACTERS)) == 33


def test_a_prefix_is_a_prefix_and_seeds_differ():
    first, again = plates.scenes(4, seed=7), plates.scenes(2, seed=7)
    np.testing.assert_array_equal(first.images[:2], again.images)
    assert first.texts[:2] == again.texts
    assert plates.scenes(2, seed=8).texts != again.texts


def test_the_plate_lies_where_its_corners_say():
    """OpenCV, which knows nothing of how the scene was made, turns it back to the drawn plate."""
    scenes = plates.scenes(8, seed=1, noise=0)
    for image, corners, text, font in zip(*scenes, strict=True):
        matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), plates.CORNERS.astype(np.float32))
        straight = cv2.warpPerspective(image, matrix, (plates.WIDTH, plates.HEIGHT))
        drawn = plates.plate(text, font)
        assert np.corrcoef(straight.ravel(), drawn.ravel())[0, 1] > 0.85
        moved = np.corrcoef(straight[:, 4:].ravel(), drawn[:, :-4].ravel())[0, 1]
        assert moved < 0.7


def test_corners_run_with_the_clock_from_the_top_left():
    for corners in plates.scenes(20, seed=2).corners:
        x, y = corners.T
        assert x[0] < x[1] and x[3] < x[2] and y[0] < y[3] and y[1] < y[2]
        assert (x * np.roll(y, -1) - np.roll(x, -1) * y).sum() > 0
        assert corners.min() >= 0 and x.max() <= 199 and y.max() <= 119


@pytest.mark.parametrize("font", FIXED_WIDTH)
def test_in_a_font_of_fixed_width_seven_gaps_are_open(font):
    for text in ("WWWWWWW", "AVAVAVA", "1111111", "0MNW8BX"):
        ink = plates.plate(text, font).min(axis=0) < 0.5
        assert (np.diff(ink.astype(int)) == 1).sum() == 7


@pytest.mark.parametrize("font", FONTS)
def test_every_character_has_its_own_shape(font):
    drawn = [plates.plate(c, font) for c in plates.CHARACTERS]
    for i, a in enumerate(drawn):
        assert 0 <= a.min() < 0.2 and a.max() == 1
        assert all(np.abs(a - b).sum() > 5 for b in drawn[:i])


def test_blur_and_noise_do_what_they_say():
    sharp, soft = (plates.scenes(3, seed=5, blur=b, noise=0).images for b in (0, 2))
    steps = [np.abs(np.diff(x, axis=2)).mean() for x in (sharp, soft)]
    assert steps[1] < 0.7 * steps[0]
    noisy = plates.scenes(3, seed=5, noise=0.05).images
    inside = (sharp > 0.2) & (sharp < 0.8)
    assert np.std((noisy - sharp)[inside]) == pytest.approx(0.05, rel=0.1)


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="text must be 1 to 10"):
        plates.plate("QI")
    with pytest.raises(ValueError, match="text must be"):
        plates.plate("")
    with pytest.raises(TypeError, match="text must be a string"):
        plates.plate(7)
    with pytest.raises(ValueError, match="must be one of"):
        plates.plate("A", "comic")
    with pytest.raises(ValueError, match="fonts must be"):
        plates.scenes(1, fonts="mono")
    with pytest.raises(ValueError, match="blur"):
        plates.scenes(1, blur=-1)
    with pytest.raises(ValueError, match="n must be at least 1"):
        plates.scenes(0)
