"""Distances, markers and the flood against brute force, SciPy and scikit-image."""

import heapq

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage
from scipy.spatial.distance import cdist
from skimage import filters, segmentation
from skimage.feature import peak_local_max

from course_lib.classical import watershed as w
from course_lib.classical.regions import label
from course_lib.datasets import photographs

masks = hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, max_side=12))


# --- distances --------------------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(masks)
def test_distances_equal_brute_force(mask):
    distance = w.distance_transform(mask)
    if mask.all():
        assert np.isinf(distance).all()
        return
    brute = cdist(np.argwhere(np.ones_like(mask)), np.argwhere(~mask)).min(axis=1).reshape(mask.shape)
    np.testing.assert_array_equal(distance, brute)
    np.testing.assert_array_equal(distance, ndimage.distance_transform_edt(mask))


def test_distances_of_a_large_mask_equal_scipy():
    mask = photographs.load("coins") > 40
    np.testing.assert_array_equal(w.distance_transform(mask), ndimage.distance_transform_edt(mask))
    single = np.ones((200, 300), bool)
    single[190, 5] = False
    np.testing.assert_array_equal(w.distance_transform(single), ndimage.distance_transform_edt(single))


# --- markers ----------------------------------------------------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(masks, st.integers(1, 4))
def test_every_piece_of_the_mask_gets_a_marker(mask, min_distance):
    distance = w.distance_transform(np.pad(mask, 1))
    markers = w.markers_from_distance(distance, min_distance)
    pieces = label(distance > 0)
    assert set(np.unique(pieces[markers > 0])) == set(range(1, pieces.max() + 1))
    assert not markers[distance == 0].any()
    numbers, first = np.unique(markers[markers > 0], return_index=True)
    assert numbers.tolist() == list(range(1, len(numbers) + 1)) and (np.diff(first) > 0).all()


def test_an_object_at_the_edge_keeps_its_marker():
    """scikit-image leaves out peaks near the edge of the image, unless one says ``exclude_border=False``."""
    mask = np.zeros((30, 30), bool)
    mask[0:7, 10:17] = mask[15:24, 15:24] = True
    distance = w.distance_transform(mask)
    assert w.markers_from_distance(distance, 5).max() == 2
    assert len(peak_local_max(distance, min_distance=5)) == 1


def test_a_ridge_is_one_marker_and_two_discs_are_two():
    bar = np.zeros((9, 40), bool)
    bar[2:6, 3:37] = True  # four rows: the ridge is two pixels wide
    assert w.markers_from_distance(w.distance_transform(bar)).max() == 1
    y, x = np.mgrid[:40, :60]
    discs = ((y - 20) ** 2 + (x - 20) ** 2 < 144) | ((y - 20) ** 2 + (x - 39) ** 2 < 144)
    distance = w.distance_transform(discs)
    markers = w.markers_from_distance(distance)
    assert label(discs).max() == 1 and markers.max() == 2
    cut = w.watershed(-distance, markers, discs)
    assert set(np.unique(cut)) == {0, 1, 2}
    assert abs(int((cut == 1).sum()) - int((cut == 2).sum())) < 30


def test_a_large_and_a_small_disc_are_cut_at_the_waist_and_on_plus_distance_one_drowns():
    y, x = np.mgrid[:40, :60]
    large, small = (y - 20) ** 2 + (x - 20) ** 2 < 225, (y - 20) ** 2 + (x - 38) ** 2 < 49
    distance = w.distance_transform(large | small)
    markers = np.zeros(large.shape, int)
    markers[20, 20], markers[20, 38] = 1, 2
    cut = w.watershed(-distance, markers, large | small)
    assert cut[20, 6:34].tolist() == [1] * 28 and cut[20, 35:45].tolist() == [2] * 10  # the waist is at column 34
    upside_down = w.watershed(distance, markers, large | small)
    assert (upside_down == 1).sum() == 1  # the small one is lower and overflows before the large one wakes


# --- the flood --------------------------------------------------------------------------------------------------------


def _case(seed, ties):
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(1, 15, 2))
    landscape = rng.integers(0, rng.integers(2, 30), shape).astype(float)
    markers = np.zeros(shape, int)
    count = rng.integers(1, markers.size + 1)
    places = rng.choice(markers.size, count, replace=False)
    markers.flat[places] = rng.integers(1, 5, count)
    if not ties:
        landscape.flat[places] += rng.permutation(count) / (count + 1)
    mask = rng.random(shape) < 0.8 if rng.random() < 0.5 else None
    return landscape, markers, mask


@pytest.mark.parametrize("seed", range(100))
def test_the_flood_equals_scikit_image_where_markers_differ_in_height(seed):
    landscape, markers, mask = _case(seed, ties=False)
    theirs = segmentation.watershed(landscape, markers, mask=mask)
    np.testing.assert_array_equal(w.watershed(landscape, markers, mask), theirs)


def _one_queue(landscape, markers, mask):
    """Meyer's algorithm with one priority queue: of equal heights the pixel that came first, markers row after row."""
    labels = np.where(True if mask is None else mask, markers, 0)
    heap = [(landscape[place], age, place) for age, place in enumerate(map(tuple, np.argwhere(labels)))]
    heapq.heapify(heap)
    age = len(heap)
    while heap:
        height, _, (i, j) = heapq.heappop(heap)
        for y, x in ((i + 1, j), (i, j + 1), (i - 1, j), (i, j - 1)):
            if 0 <= y < labels.shape[0] and 0 <= x < labels.shape[1] and labels[y, x] == 0:
                if mask is None or mask[y, x]:
                    labels[y, x] = labels[i, j]
                    heapq.heappush(heap, (max(height, landscape[y, x]), age, (y, x)))
                    age += 1
    return labels


@pytest.mark.parametrize("seed", range(100))
def test_and_where_they_do_not_it_takes_them_row_after_row(seed):
    landscape, markers, mask = _case(seed, ties=True)
    np.testing.assert_array_equal(w.watershed(landscape, markers, mask), _one_queue(landscape, markers, mask))


def test_where_markers_have_one_height_scikit_image_differs_in_few_pixels():
    mask = photographs.load("coins") > 110
    distance = w.distance_transform(mask)
    markers = w.markers_from_distance(distance)
    differ = w.watershed(-distance, markers, mask) != segmentation.watershed(-distance, markers, mask=mask)
    assert 0 < differ.mean() < 0.002


@pytest.mark.parametrize("name", ["camera", "coins"])
def test_the_flood_of_a_photograph(name):
    landscape = filters.sobel(photographs.load(name) / 255.0)
    rows, columns = landscape.shape
    markers = np.zeros(landscape.shape, int)
    places = [(i, j) for i in range(15, rows, 40) for j in range(15, columns, 40)]
    for number, place in enumerate(places, start=1):
        markers[place] = number
        landscape[place] = -number  # no two at one height
    ours = w.watershed(landscape, markers)
    np.testing.assert_array_equal(ours, segmentation.watershed(landscape, markers))
    assert (ours > 0).all()


def test_transposed_arrays_are_flooded_where_scikit_image_gives_back_the_markers():
    flat, markers, mask = np.zeros((5, 6)), np.zeros((5, 6), int), np.ones((5, 6), bool)
    markers[0, 0], markers[4, 5] = 1, 2
    theirs = segmentation.watershed(flat.T, markers.T, mask=mask.T)
    np.testing.assert_array_equal(theirs, markers.T)  # not flooded, without a word (0.26)
    ours = w.watershed(flat.T, markers.T, mask.T)
    np.testing.assert_array_equal(ours, segmentation.watershed(flat.T.copy(), markers.T.copy(), mask=mask.T.copy()))
    assert (ours > 0).all()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_a_monotone_change_of_heights_changes_nothing(seed):
    landscape, markers, mask = _case(seed, ties=True)
    np.testing.assert_array_equal(
        w.watershed(landscape, markers, mask), w.watershed(np.exp(landscape / 9) - 5, markers, mask)
    )


def test_every_water_is_connected_to_its_markers():
    landscape, markers, _ = _case(7, ties=True)
    labels = w.watershed(landscape, markers)
    for number in np.unique(markers[markers > 0]):
        pieces = label(labels == number)
        assert set(np.unique(pieces[markers == number])) == set(range(1, pieces.max() + 1))


def test_water_stays_within_the_mask_and_may_not_get_everywhere():
    flat = np.zeros((1, 5))
    assert w.watershed(flat, [[1, 0, 0, 0, 0]], [[1, 1, 0, 1, 1]]).tolist() == [[1, 1, 0, 0, 0]]
    assert w.watershed(flat, [[0, 0, 7, 0, 0]], [[1, 1, 0, 1, 1]]).tolist() == [[0, 0, 0, 0, 0]]
    assert w.watershed([[3.0]], [[4]]).tolist() == [[4]]


def test_forms_of_markers():
    landscape, markers, _ = _case(3, ties=False)
    expected = w.watershed(landscape, markers)
    for form in (markers.tolist(), markers.astype(np.uint8), np.asfortranarray(markers)):
        np.testing.assert_array_equal(w.watershed(landscape, form), expected)
    assert w.watershed([[0, 1]], np.array([[True, False]])).tolist() == [[1, 1]]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: w.watershed([[1.0]], [[0]]), ValueError, "markers must hold a label above 0, got none"),
        (lambda: w.watershed([[1.0]], [[-1]]), ValueError, "markers must be at least 0, got -1"),
        (lambda: w.watershed([[1.0]], [[1.0]]), TypeError, "markers must be whole numbers, got dtype float64"),
        (lambda: w.watershed([[1.0]], [[1, 0]]), ValueError, r"markers and landscape must have one shape"),
        (lambda: w.watershed([[1.0]], [[1]], [[1, 0]]), ValueError, r"mask and landscape must have one shape"),
        (lambda: w.watershed([[np.nan]], [[1]]), ValueError, "landscape must be finite"),
        (lambda: w.watershed([[1.0]], np.ma.masked_array([[1]], [[1]])), TypeError, "markers must not be masked"),
        (lambda: w.distance_transform([[0.5]]), TypeError, "mask must be a mask"),
        (lambda: w.markers_from_distance([[-1.0]]), ValueError, "distance must be at least 0"),
        (lambda: w.markers_from_distance([[np.inf]]), ValueError, "distance must be finite"),
        (lambda: w.markers_from_distance([[1.0]], 0), ValueError, "min_distance must be at least 1, got 0"),
        (lambda: w.markers_from_distance([[1.0]], 1.5), TypeError, "min_distance must be a whole number"),
    ],
)
def test_what_cannot_be_meant_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()
