"""Erosion, dilation, opening and closing against SciPy, scikit-image, OpenCV and the laws of lattices."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage
from skimage import morphology as sk

from course_lib.classical import morphology as m

masks = hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, max_side=10))


@st.composite
def elements(draw):
    sides = draw(st.tuples(st.sampled_from((1, 3, 5)), st.sampled_from((1, 3, 5))))
    element = draw(hnp.arrays(bool, sides))
    if not element.any():
        element[tuple(draw(st.integers(0, n - 1)) for n in sides)] = True
    return element


def _by_definition(mask, element, every):
    rows, columns = mask.shape
    steps = [(i - element.shape[0] // 2, j - element.shape[1] // 2) for i, j in np.argwhere(element)]
    result = np.zeros_like(mask)
    for i, j in np.ndindex(mask.shape):
        if every:  # z + b inside for every b
            seen = [(i + a, j + b) for a, b in steps]
        else:  # z = pixel + b for some b
            seen = [(i - a, j - b) for a, b in steps]
        found = [mask[y, x] for y, x in seen if 0 <= y < rows and 0 <= x < columns]
        result[i, j] = all(found) if every else any(found)
    return result


@settings(max_examples=60, deadline=None)
@given(masks, elements())
def test_the_definition_pixel_by_pixel(mask, element):
    np.testing.assert_array_equal(m.erode(mask, element), _by_definition(mask, element, every=True))
    np.testing.assert_array_equal(m.dilate(mask, element), _by_definition(mask, element, every=False))


@settings(max_examples=60, deadline=None)
@given(masks, elements())
def test_scipy_agrees_once_the_outside_is_said(mask, element):
    np.testing.assert_array_equal(m.erode(mask, element), ndimage.binary_erosion(mask, element, border_value=1))
    np.testing.assert_array_equal(m.dilate(mask, element), ndimage.binary_dilation(mask, element))


@settings(max_examples=60, deadline=None)
@given(masks, elements())
def test_the_laws(mask, element):
    opened, closed = m.opening(mask, element), m.closing(mask, element)
    assert (opened <= mask).all() and (mask <= closed).all()
    np.testing.assert_array_equal(m.opening(opened, element), opened)
    np.testing.assert_array_equal(m.closing(closed, element), closed)
    np.testing.assert_array_equal(m.erode(mask, element), ~m.dilate(~mask, element[::-1, ::-1]))  # duality


@pytest.mark.parametrize("radius", [0, 1, 1.5, 2, 4, 6.5])
def test_with_a_disk_three_libraries_agree(radius):
    mask = np.random.default_rng(0).random((40, 50)) < 0.7
    disk = m.disk(radius)
    if radius == int(radius):
        np.testing.assert_array_equal(disk, sk.disk(int(radius)))
    np.testing.assert_array_equal(m.erode(mask, disk), sk.erosion(mask, disk))
    np.testing.assert_array_equal(m.dilate(mask, disk), sk.dilation(mask, disk))
    theirs = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, disk.astype(np.uint8))
    np.testing.assert_array_equal(m.closing(mask, disk), theirs > 0)


def test_scipy_closing_eats_the_border_and_ours_does_not():
    mask = np.ones((5, 5), bool)
    element = np.ones((3, 3), bool)
    assert ndimage.binary_closing(mask, element).sum() == 9
    assert m.closing(mask, element).all()


def test_an_element_larger_than_the_image():
    mask = np.array([[True, False]])
    assert not m.erode(mask, np.ones((7, 9))[:, :] > 0).any()
    assert m.dilate(mask, np.ones((7, 9)) > 0).all()
    assert m.erode([[1]], [[1]]).tolist() == [[True]]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: m.erode([[1]], [[1, 1]]), ValueError, r"element must have odd sides.*got shape \(1, 2\)"),
        (lambda: m.dilate([[1]], [[0]]), ValueError, "element must have a pixel that is not 0"),
        (lambda: m.dilate([[0.5]], [[1]]), TypeError, "mask must be a mask"),
        (lambda: m.opening([[1]], [[0.5]]), TypeError, "element must be a mask"),
        (lambda: m.disk(-1), ValueError, "radius must be a finite number of at least 0, got -1"),
        (lambda: m.disk("1"), TypeError, "radius must be a number"),
        (lambda: m.closing(np.ma.masked_array([[1, 1]], [[0, 1]]), [[1]]), TypeError, "mask must not be masked"),
    ],
)
def test_what_cannot_be_meant_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()
