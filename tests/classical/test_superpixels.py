"""SLIC against scikit-image by its quality, and its parts against brute force."""

import numpy as np
import pytest
from scipy import ndimage
from skimage import color, segmentation

from course_lib.classical import superpixels as s
from course_lib.datasets import photographs


@pytest.fixture(scope="module")
def lab():
    return color.rgb2lab(photographs.load("chelsea")[:200, :260])


def explained(image, labels):
    """Share of the image's variance that is left when each patch is filled with its mean."""
    means = np.stack([ndimage.mean(image[..., c], labels, np.arange(1, labels.max() + 1)) for c in range(3)], axis=-1)
    return 1 - ((image - means[labels - 1]) ** 2).sum() / ((image - image.mean(axis=(0, 1))) ** 2).sum()


@pytest.mark.parametrize("segments", [60, 200])
def test_slic_explains_as_much_as_scikit_images(lab, segments):
    theirs = segmentation.slic(photographs.load("chelsea")[:200, :260], segments, compactness=10, start_label=1)
    ours = s.slic(lab, theirs.max(), compactness=10)
    assert abs(ours.max() / theirs.max() - 1) < 0.2
    assert explained(lab, ours) > explained(lab, theirs) - 0.02


def test_each_superpixel_is_one_piece_and_they_are_numbered_without_gaps(lab):
    labels = s.slic(lab, 150, compactness=5)
    assert np.unique(labels).tolist() == list(range(1, labels.max() + 1))
    assert all(ndimage.label(labels == number)[1] == 1 for number in range(1, labels.max() + 1))
    spacing = np.sqrt(labels.size / 150)
    assert np.bincount(labels.ravel())[1:].min() >= spacing**2 / 4


def test_high_compactness_gives_squares(lab):
    squares = s.slic(lab[:200, :200], 100, compactness=1e6)
    expected = np.add.outer(10 * (np.arange(200) // 20), np.arange(200) // 20) + 1
    np.testing.assert_array_equal(squares, expected)


def test_the_first_labels_are_the_nearest_centers_within_reach(lab):
    image = lab[:30, :40]
    centers, spacing = s.grid_centers(image, 12)
    labels = s.assign_nearby(image, centers, spacing, 10.0)
    for row, column in ((0, 0), (14, 20), (29, 39), (7, 33)):
        place = ((centers[:, :2] - [row, column]) ** 2).sum(axis=1)
        squares = ((centers[:, 2:] - image[row, column]) ** 2).sum(axis=1) + (10 / spacing) ** 2 * place
        reach = np.abs(np.trunc(centers[:, :2]) - [row, column]).max(axis=1) <= np.ceil(spacing)
        assert labels[row, column] == np.flatnonzero(reach)[np.argmin(squares[reach])]


def test_no_step_raises_the_cost_while_every_center_is_in_reach(lab):
    image = lab[:24, :24]
    centers, spacing = s.grid_centers(image, 4)
    costs = []
    for _ in range(6):
        labels = s.assign_nearby(image, centers, 100, 10.0 * 100 / spacing)  # windows as large as the image
        rows, columns = np.indices(labels.shape)
        place = np.stack([rows, columns], axis=-1) - centers[labels][..., :2]
        costs.append(((image - centers[labels][..., 2:]) ** 2).sum() + (10 / spacing) ** 2 * (place**2).sum())
        centers = s.patch_means(image, labels, centers)
    assert (np.diff(costs) <= 1e-9).all()


def test_small_patches_join_the_neighbor_with_the_longest_border():
    labels = np.array([[1, 1, 1, 2], [1, 3, 1, 2], [1, 1, 1, 2]])
    assert s.connected(labels, smallest=2).tolist() == [[1, 1, 1, 2]] * 3
    assert s.connected(labels).max() == 3
    assert s.connected(np.array([[4, 6, 4]])).tolist() == [[1, 2, 3]]
    assert s.connected(np.full((3, 3), 7), smallest=100).tolist() == [[1] * 3] * 3
    assert s.connected(np.array([[1, 2], [3, 4]]), smallest=100).max() == 1


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (50, 3), (4, 5, 3)])
def test_odd_shapes_and_a_flat_image(shape):
    labels = s.slic(np.zeros(shape), 3 if np.prod(shape[:2]) > 1 else 1)
    assert labels.shape == shape[:2] and labels.min() == 1
    every = s.slic(np.arange(np.prod(shape)).reshape(shape), int(np.prod(shape[:2])), compactness=1e3)
    assert every.max() <= np.prod(shape[:2])


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: s.slic(np.zeros(4), 2), ValueError, "image must have 2 or 3 axes"),
        (lambda: s.slic(np.full((4, 4), np.nan), 2), ValueError, "image must be finite"),
        (lambda: s.slic(np.zeros((4, 4)), 17), ValueError, "segments must be at most 16"),
        (lambda: s.slic(np.zeros((4, 4)), 2, compactness=-1), ValueError, "compactness must be"),
        (lambda: s.slic(np.zeros((4, 4)), 2, steps=0), ValueError, "steps must be at least 1"),
    ],
)
def test_clear_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()
