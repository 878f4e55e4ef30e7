"""Histograms and point operations against counting, OpenCV, scikit-image and closed forms."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from skimage import exposure

from course_lib.classical import histogram as h

images = hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=12))


@given(images)
def test_histogram_and_cdf_by_counting(image):
    values = image.ravel().tolist()
    assert h.histogram(image).tolist() == [values.count(v) for v in range(256)]
    np.testing.assert_allclose(h.cdf(image), [sum(v <= t for v in values) / len(values) for t in range(256)])


@given(images)
def test_equalize_equals_opencv(image):
    theirs = cv2.equalizeHist(image)
    assert np.abs(h.equalize(image).astype(int) - theirs).max() <= 1  # OpenCV computes in float32


def test_equalize_makes_the_cdf_straight():
    image = np.rint(255 * np.random.default_rng(0).beta(2, 6, (300, 300))).astype(np.uint8)
    result = h.equalize(image)
    straight = np.arange(256) / 255
    occurring = np.flatnonzero(h.histogram(result))
    assert np.abs(h.cdf(result) - straight)[occurring].max() < 0.005
    assert result.min() == 0 and result.max() == 255


def test_equalize_keeps_a_constant_image_and_the_order():
    np.testing.assert_array_equal(h.equalize(np.full((3, 3), 9, np.uint8)), 9)
    ramp = np.arange(256, dtype=np.uint8) // 3
    assert (np.diff(h.equalize(ramp).astype(int)) >= 0).all()


def test_apply_table_looks_up():
    image = np.array([[0, 1], [255, 1]], np.uint8)
    assert h.apply_table(image, 255 - np.arange(256)).tolist() == [[255, 254], [0, 254]]


def test_point_operations_equal_scikit_image():
    image = np.random.default_rng(1).random((9, 9))
    np.testing.assert_allclose(h.gamma(image, 0.45), exposure.adjust_gamma(image, 0.45))
    np.testing.assert_allclose(
        h.stretch(image, 0.2, 0.7), exposure.rescale_intensity(image, (0.2, 0.7), (0.0, 1.0)), atol=1e-12
    )
    assert h.adjust([0.0, 0.5, 1.0], gain=2, bias=-0.25).tolist() == [0, 0.75, 1]


@given(hnp.arrays(np.float64, 20, elements=st.floats(0, 1)), st.integers(1, 16))
def test_quantize_stays_within_half_a_cell_and_is_stable(image, bits):
    result = h.quantize(image, bits)
    assert np.abs(result - image).max() <= 0.5 / 2**bits + 1e-15
    np.testing.assert_array_equal(h.quantize(result, bits), result)
    assert result.min() >= 0.5 / 2**bits and result.max() <= 1 - 0.5 / 2**bits


def test_quantization_error_of_a_uniform_signal_is_a_twelfth_of_the_squared_cell():
    signal = (np.arange(2**18) + 0.5) / 2**18
    for bits in range(1, 9):
        cell, sub = 2.0**-bits, 2.0**-18
        expected = (cell**2 - sub**2) / 12  # a finite comb of samples, not the whole interval
        assert np.mean((h.quantize(signal, bits) - signal) ** 2) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: h.histogram(np.zeros((2, 2))), TypeError, "image must be uint8.*float64"),
        (lambda: h.cdf(np.zeros((0, 2), np.uint8)), ValueError, "image must not be empty"),
        (lambda: h.apply_table(np.zeros(2, np.uint8), np.arange(10)), ValueError, r"256 entries.*\(10,\)"),
        (lambda: h.equalize([1.0]), TypeError, "image must be uint8"),
        (lambda: h.adjust([0.5], gain=np.inf), ValueError, "gain and bias must be finite"),
        (lambda: h.gamma([0.5], 0), ValueError, "exponent must be a finite number above 0"),
        (lambda: h.gamma([0.5], "a"), TypeError, "exponent must be a number"),
        (lambda: h.stretch([0.5], -np.inf, 1), ValueError, "low and high must be finite"),
        (lambda: h.stretch([0.5], 1, 1), ValueError, "low must be below high"),
        (lambda: h.quantize([0.5], 2.0), TypeError, "bits must be a whole number.*2.0"),
        (lambda: h.quantize([0.5], 17), ValueError, "bits must be at most 16"),
        (lambda: h.quantize([0.5], 0), ValueError, "bits must be at least 1, got 0"),
    ],
)
def test_clear_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()
