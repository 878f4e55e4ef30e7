"""Colour against colorsys, scikit-image, OpenCV and Pillow."""

import colorsys

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from skimage import color as sk

from course_lib.classical import color as c

unit = st.floats(0, 1, width=32)


@pytest.fixture(scope="module")
def rgb():
    image = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    image[0, :4] = [[0, 0, 0], [255, 255, 255], [255, 0, 0], [7, 7, 7]]
    return image


@given(unit)
def test_the_transfer_curve_and_its_inverse_undo_each_other(v):
    assert c.linear_to_srgb(c.srgb_to_linear(v)) == pytest.approx(v, abs=2e-7)


def test_a_file_may_hold_its_bytes_in_either_order():
    big_endian = np.array([0, 1, 65535], ">u2")  # as in many TIFF files
    assert c.to_float(big_endian).tolist() == [0, 1 / 65535, 1]


def test_transfer_curve_has_the_values_of_the_standard():
    # 8-bit level 188 is about half the light of 255; level 128 is only about a fifth.
    levels = np.array([0, 128, 188, 255]) / 255
    np.testing.assert_allclose(c.srgb_to_linear(levels), [0, 0.21586, 0.50289, 1], atol=5e-6)


def test_luminance_equals_the_middle_row_of_scikit_image_xyz(rgb):
    np.testing.assert_allclose(c.luminance(rgb / 255), sk.rgb2xyz(rgb)[..., 1], atol=1e-4)


def test_luma_601_equals_opencv_and_pillow_and_709_scikit_image(rgb):
    ours = c.luma(rgb)
    assert np.abs(ours - cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)).max() <= 0.51
    assert np.abs(ours - np.asarray(Image.fromarray(rgb).convert("L"))).max() <= 0.51
    np.testing.assert_allclose(c.luma(rgb / 255, "BT.709"), sk.rgb2gray(rgb), atol=2e-4)  # its weights have 4 digits


def test_ycbcr_equals_pillow_and_comes_back(rgb):
    theirs = np.asarray(Image.fromarray(rgb).convert("YCbCr"))
    ours = c.rgb_to_ycbcr(rgb / 255)
    assert np.abs(255 * ours - theirs + [0, 0.5, 0.5]).max() <= 1.01  # Pillow truncates, and gray is 128
    np.testing.assert_allclose(c.ycbcr_to_rgb(ours), rgb / 255, atol=1e-12)


@given(unit, unit, unit)
def test_hsv_equals_colorsys_and_comes_back(r, g, b):
    hsv = c.rgb_to_hsv([r, g, b])
    expected = colorsys.rgb_to_hsv(r, g, b)
    assert abs((hsv[0] - expected[0] + 0.5) % 1 - 0.5) < 1e-9  # hue is a circle
    np.testing.assert_allclose(hsv[1:], expected[1:], atol=1e-12)
    assert 0 <= hsv[0] < 1
    np.testing.assert_allclose(c.hsv_to_rgb(hsv), [r, g, b], atol=1e-12)


def test_hsv_equals_scikit_image(rgb):
    np.testing.assert_allclose(c.rgb_to_hsv(rgb / 255), sk.rgb2hsv(rgb), atol=1e-12)


def test_to_float_and_to_uint8_undo_each_other_on_all_levels():
    levels = np.arange(256, dtype=np.uint8)
    np.testing.assert_array_equal(c.to_uint8(c.to_float(levels)), levels)
    assert c.to_float(np.array([65535], np.uint16)) == 1.0
    assert c.to_float([True, False]).tolist() == [1.0, 0.0]


def test_to_uint8_clips_and_rounds_to_the_nearest():
    assert c.to_uint8([-0.5, 0.0, 0.4999 / 255, 0.5001 / 255, 1.0, 1.7]).tolist() == [0, 0, 0, 1, 255, 255]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: c.to_float(np.array([1, 2])), TypeError, "image must be uint8, uint16.*int64"),
        (lambda: c.to_float([0.0, 255.0]), ValueError, r"image must lie in \[0, 1\].*255"),
        (lambda: c.to_uint8(np.array([3], np.uint8)), TypeError, "image must hold floats.*uint8"),
        (lambda: c.to_uint8([np.nan]), ValueError, "image must be finite"),
        (lambda: c.srgb_to_linear([1.5]), ValueError, r"values must lie in \[0, 1\]"),
        (lambda: c.linear_to_srgb([-0.1]), ValueError, r"light must lie in \[0, 1\]"),
        (lambda: c.luma(np.zeros((4, 4))), ValueError, "rgb must have 3 channels"),
        (lambda: c.luma(np.zeros(3), "NTSC"), ValueError, "standard must be one of.*NTSC"),
        (lambda: c.luminance(np.array([255, 0, 0])), ValueError, "divide 8-bit"),
        (lambda: c.rgb_to_ycbcr(np.zeros((2, 4))), ValueError, "rgb must have 3 channels"),
        (lambda: c.ycbcr_to_rgb(np.zeros((2, 4))), ValueError, "ycbcr must have 3 channels"),
        (lambda: c.rgb_to_hsv([2, 0, 0]), ValueError, r"rgb must lie in \[0, 1\]"),
        (lambda: c.hsv_to_rgb([0, 0, 2]), ValueError, r"hsv must lie in \[0, 1\]"),
    ],
)
def test_clear_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()
