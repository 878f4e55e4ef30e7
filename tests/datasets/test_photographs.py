import time

import numpy as np
import pytest
import skimage.data

from course_lib.datasets import photographs

COLOR = {"astronaut", "chelsea", "china", "coffee", "flower", "ihc", "retina"}
FETCHER = {"clock_motion": "clock", "ihc": "immunohistochemistry"}


@pytest.mark.parametrize("name", photographs.NAMES)
def test_shape_type_and_range(name):
    image = photographs.load(name)
    assert image.dtype == np.uint8
    assert image.ndim == (3 if name in COLOR else 2)
    assert image.shape[2:] in ((), (3,))
    assert np.ptp(image) > 120
    image[...] = 0
    assert photographs.load(name).any()


@pytest.mark.parametrize("name", [n for n in photographs.NAMES if n not in ("china", "flower")])
def test_pixels_are_those_that_scikit_image_ships(name):
    np.testing.assert_array_equal(photographs.load(name), getattr(skimage.data, FETCHER.get(name, name))())


def test_the_sky_over_china_is_blue_and_the_flower_red():
    sky = photographs.load("china")[:40].reshape(-1, 3).mean(axis=0)
    assert sky.argmax() == 2
    flower = photographs.load("flower").reshape(-1, 3).astype(float)
    assert (flower[:, 0] - flower[:, 2]).max() > 200


def test_unknown_name_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"name must be one of 'astronaut', .*'text', got 'lena'"):
        photographs.load("lena")


def test_loading_is_fast():
    photographs.load("camera")
    started = time.process_time()
    for name in ("astronaut", "camera", "coins"):
        photographs.load(name)
    assert time.process_time() - started < 0.3
