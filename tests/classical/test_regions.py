"""Components, growing, split and merge against SciPy, scikit-image, OpenCV and what the words promise."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage
from skimage import measure, segmentation

from course_lib.classical import regions as r
from course_lib.datasets import photographs

masks = hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, max_side=12))


@settings(max_examples=200, deadline=None)
@given(masks, st.sampled_from((1, 2)))
def test_label_equals_scipy_and_scikit_image(mask, connectivity):
    ours = r.label(mask, connectivity)
    structure = ndimage.generate_binary_structure(2, connectivity)
    np.testing.assert_array_equal(ours, ndimage.label(mask, structure)[0])
    np.testing.assert_array_equal(ours, measure.label(mask, connectivity=connectivity))


@pytest.mark.parametrize("connectivity", [1, 2])
def test_label_of_a_photograph_equals_three_libraries(connectivity):
    mask = photographs.load("coins") > 120
    ours = r.label(mask, connectivity)
    np.testing.assert_array_equal(ours, measure.label(mask, connectivity=connectivity))
    count, theirs = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4 * connectivity)
    assert count == ours.max() + 1
    pairs = np.unique(np.stack([ours.ravel(), theirs.ravel()]), axis=1)
    assert pairs.shape[1] == count  # one number of OpenCV's for each of ours, in another order


def test_the_default_neighbours_of_three_libraries():
    diagonal = np.eye(3, dtype=np.uint8)
    assert r.label(diagonal).max() == ndimage.label(diagonal)[1] == 3
    assert measure.label(diagonal).max() == 1
    assert cv2.connectedComponents(diagonal)[0] == 2  # with the background


def test_a_spiral_is_one_component():
    spiral = np.zeros((41, 41), bool)
    row, column, side, (down, right) = 0, 0, 40, (0, 1)
    spiral[0, 0] = True
    for turn in range(38):
        for _ in range(side):
            row, column = row + down, column + right
            spiral[row, column] = True
        down, right = right, -down
        if turn % 2 == 0 and turn > 0:
            side -= 2
        if side <= 0:
            break
    assert ndimage.label(spiral)[1] == 1
    assert r.label(spiral).max() == 1


@settings(max_examples=60, deadline=None)
@given(
    hnp.arrays(np.int64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=10), elements=st.integers(0, 8)),
    st.data(),
    st.integers(0, 4),
)
def test_grow_equals_scikit_image(image, data, tolerance):
    seed = tuple(data.draw(st.integers(0, n - 1)) for n in image.shape)
    ours = r.grow(image, seed, tolerance)
    np.testing.assert_array_equal(ours, segmentation.flood(image, seed, tolerance=tolerance, connectivity=1))


def test_grow_compares_with_the_seed_and_does_not_creep():
    ramp = np.arange(10.0)[None]
    assert r.grow(ramp, (0, 0), 1).sum() == 2
    assert r.grow(ramp, (0, 5), 1).sum() == 3
    assert r.grow(ramp, (0, 0), 0).sum() == 1


def _by_pairs(image, labels):
    """For each pair of regions that share an edge, the range of both together."""
    first, second = (labels.ravel()[end] for end in r.neighbors(labels.shape))
    for a, b in {(a, b) for a, b in zip(first.tolist(), second.tolist(), strict=True) if a != b}:
        yield np.ptp(image[(labels == a) | (labels == b)])


@settings(max_examples=80, deadline=None)
@given(
    hnp.arrays(np.int64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=9), elements=st.integers(0, 9)),
    st.integers(0, 6),
)
def test_split_and_merge_keeps_its_promises(image, tolerance):
    labels = r.split_and_merge(image, tolerance)
    numbers, first = np.unique(labels, return_index=True)
    assert numbers.tolist() == list(range(1, len(numbers) + 1)) and (np.diff(first) > 0).all()
    for number in numbers:
        region = labels == number
        assert np.ptp(image[region]) <= tolerance
        assert ndimage.label(region)[1] == 1
    assert all(spread > tolerance for spread in _by_pairs(image, labels))


def test_split_and_merge_of_a_photograph():
    image = photographs.load("coins")[:100, :150] / 255.0
    labels = r.split_and_merge(image, 0.2)
    low, high = (
        ndimage.labeled_comprehension(image, labels, range(1, labels.max() + 1), f, float, 0) for f in (min, max)
    )
    assert (high - low).max() <= 0.2
    assert 1 < labels.max() < labels.size / 3


def test_one_pixel_and_flat_images():
    assert r.label([[1]]).tolist() == [[1]] and r.label([[0]]).tolist() == [[0]]
    assert r.grow([[0.3]], (0, 0), 0).tolist() == [[True]]
    assert r.split_and_merge([[0.3]], 0).tolist() == [[1]]
    assert (r.split_and_merge(np.full((5, 7), 0.1), 0) == 1).all()
    assert (r.label(np.ones((5, 7))[:, ::-1] > 0) == 1).all()


def test_a_mask_may_be_written_in_many_ways():
    mask = np.array([[0, 1, 1], [1, 0, 1]])
    expected = r.label(mask).tolist()
    for form in (mask.tolist(), mask.astype(np.uint8) * 255, mask > 0, np.asfortranarray(mask), -mask):
        assert r.label(form).tolist() == expected


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: r.label([[0.5]]), TypeError, "mask must be a mask of bool or whole numbers, got dtype float64"),
        (lambda: r.label([0, 1]), ValueError, r"mask must be one image \(H, W\).*got shape \(2,\)"),
        (lambda: r.label(np.zeros((0, 3), bool)), ValueError, "with a pixel at least"),
        (lambda: r.label(np.ma.masked_array([[1, 1]], [[0, 1]])), TypeError, "mask must not be masked"),
        (lambda: r.label([[1]], connectivity=4), ValueError, "connectivity must be one of 1, 2, got 4"),
        (lambda: r.label([[1]], connectivity=True), ValueError, "connectivity must be one of 1, 2, got True"),
        (lambda: r.grow([[1.0]], (0, 1), 0), ValueError, r"seed\[1\] must be at most 0, got 1"),
        (lambda: r.grow([[1.0]], (-1, 0), 0), ValueError, r"seed\[0\] must be at least 0, got -1"),
        (lambda: r.grow([[1.0]], 0, 0), ValueError, r"seed must be \(row, column\), got 0"),
        (lambda: r.grow([[1.0]], (0, 0.5), 0), TypeError, r"seed\[1\] must be a whole number"),
        (lambda: r.grow([[1.0]], (0, 0), -1), ValueError, "tolerance must be a finite number of at least 0, got -1"),
        (lambda: r.grow([[np.nan]], (0, 0), 1), ValueError, "image must be finite"),
        (lambda: r.split_and_merge([[np.inf]], 1), ValueError, "image must be finite"),
        (lambda: r.split_and_merge([1.0, 2.0], 1), ValueError, "image must have 2 axes"),
    ],
)
def test_what_cannot_be_meant_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()
