import numpy as np
import pytest
from scipy import ndimage
from skimage import transform

from course_lib.datasets.folder.sizes import crop_middle, pad, resize_image, resize_mask


def test_an_image_gets_larger_by_straight_lines():
    image = np.random.default_rng(0).random((7, 9, 2)).astype(np.float32)
    wanted = transform.resize(image, (15, 20), order=1, mode="edge", anti_aliasing=False)
    np.testing.assert_allclose(resize_image(image, (15, 20)), wanted, atol=1e-5)


def test_an_image_gets_smaller_by_averages():
    """By half with weights 1 3 3 1; and a checkerboard turns gray, not black or white."""
    image = np.random.default_rng(0).random((12, 16))
    blurred = image
    for axis in (0, 1):  # weights as even as four can be around the middle of a pair
        blurred = ndimage.correlate1d(blurred, np.array([1, 3, 3, 1, 0]) / 8, axis, origin=0, mode="constant")
    small = resize_image(image, (6, 8))
    np.testing.assert_allclose(small[1:-1, 1:-1], blurred[1::2, 1::2][1:-1, 1:-1], atol=1e-6)
    board = (np.indices((60, 60)).sum(axis=0) % 2 * 255).astype(np.uint8)
    assert np.abs(resize_image(board, (20, 20))[2:-2, 2:-2] - 127.5).max() < 20


@pytest.mark.parametrize("dtype", ["u1", "u2", "i2", "f2", "f4", "f8"])
def test_the_number_format_stays_and_nothing_leaves_the_range(dtype):
    rng = np.random.default_rng(1)
    if np.dtype(dtype).kind == "f":
        image = rng.random((9, 9)).astype(dtype)
    else:
        image = rng.choice([np.iinfo(dtype).min, np.iinfo(dtype).max], (9, 9)).astype(dtype)
    for size in ((4, 5), (30, 17)):
        found = resize_image(image, size)
        assert found.shape == size and found.dtype == image.dtype
        assert image.min() <= found.min() <= found.max() <= image.max()
    assert np.array_equal(resize_image(image, (9, 9)), image)


def test_masks_get_no_new_class():
    mask = np.random.default_rng(2).choice([0, 1, 3, 255], (10, 14)).astype(np.uint8)
    np.testing.assert_array_equal(resize_mask(mask, (30, 42)), np.kron(mask, np.ones((3, 3), np.uint8)))
    np.testing.assert_array_equal(resize_mask(np.kron(mask, np.ones((3, 3), np.uint8)), (10, 14)), mask)
    small = resize_mask(mask, (7, 5))
    assert small.dtype == mask.dtype and set(np.unique(small)) <= {0, 1, 3, 255}
    for i in range(7):
        for j in range(5):
            assert small[i, j] == mask[int((i + 0.5) * 10 / 7), int((j + 0.5) * 14 / 5)]


def test_image_and_mask_are_stretched_alike():
    """The middle of a blob stays in the middle of the same blob."""
    rows, columns = np.mgrid[:60, :90]
    mask = (np.hypot(rows - 20, columns - 60) < 12).astype(np.uint8)
    for size in ((33, 41), (128, 128), (17, 200)):
        image, ids = resize_image(mask.astype(np.float32), size), resize_mask(mask, size)
        np.testing.assert_allclose(ndimage.center_of_mass(image), ndimage.center_of_mass(ids), atol=0.35)


def test_padding_and_cropping():
    image = np.arange(24).reshape(2, 4, 3)
    wider = pad(image, (5, 4))
    np.testing.assert_array_equal(wider[:2], image)
    np.testing.assert_array_equal(wider[2:], np.repeat(image[1:], 3, axis=0))
    np.testing.assert_array_equal(pad(image[..., 0], (2, 6), 255)[:, 4:], np.full((2, 2), 255))
    np.testing.assert_array_equal(crop_middle(np.arange(30).reshape(5, 6), (3, 2)), [[8, 9], [14, 15], [20, 21]])
    for function in (pad, crop_middle):
        with pytest.raises(ValueError, match=f"{function.__name__[:4]}.* must"):
            function(image, (1, 9) if function is pad else (3, 3))


@pytest.mark.parametrize("unit", [1e300, 1.0, 1e-60])
def test_floats_beyond_single_precision_are_stretched_too(unit):
    image = np.random.default_rng(0).random((12, 10, 2)) + 0.5
    small = resize_image(image, (6, 5))
    np.testing.assert_allclose(resize_image(image * unit, (6, 5)), small * unit, rtol=1e-6)
    assert small.dtype == np.float64 and np.isfinite(resize_image(image * 1e300, (40, 30))).all()
    image[0, 0] = np.nan
    assert np.isnan(resize_image(image, (6, 5))).sum() in range(1, 9)
