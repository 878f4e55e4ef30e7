import time

import numpy as np
import pytest
from scipy import ndimage

from course_lib.datasets import nuclei


@pytest.fixture(scope="module")
def film():
    return nuclei.load()


def test_shapes_types_and_counts(film):
    (x_train, y_train), (x_test, y_test) = film
    assert x_train.shape == y_train.shape == (12, 640, 640)
    assert x_test.shape == y_test.shape == (5, 640, 320)
    assert x_train.dtype == x_test.dtype == np.uint8
    assert y_train.dtype == y_test.dtype == np.uint16
    assert [len(np.unique(frame)) - 1 for frame in y_test] == [52, 54, 54, 53, 55]
    assert sum(len(np.unique(frame)) - 1 for frame in y_train) == 1146


def test_instances_are_numbered_without_gaps(film):
    for frames in (film[0][1], film[1][1], nuclei.load_shifted()[1][np.newaxis]):
        for frame in frames:
            np.testing.assert_array_equal(np.unique(frame), np.arange(frame.max() + 1))


def test_splits_share_neither_a_place_nor_a_neighbouring_frame(film):
    assert nuclei.TEST_FRAMES[0] - nuclei.TRAIN_FRAMES[-1] == 4
    assert nuclei.TEST_COLUMNS[0] - nuclei.TRAIN_COLUMNS[-1] == 81
    boxes = [box for frame in (*film[0][1], *film[1][1]) for box in ndimage.find_objects(frame)]
    widths = [columns.stop - columns.start for _, columns in boxes]
    assert max(widths) < 80  # the gap is wider than any nucleus


def test_the_test_part_is_not_seen_in_the_training_part(film):
    """A piece of a test frame is found again in the next test frame, but in no training frame."""
    from skimage.feature import match_template

    (x_train, _), (x_test, _) = film
    patch = x_test[0, 300:428, 150:278]
    assert match_template(x_test[1], patch).max() > 0.9
    assert max(match_template(frame, patch).max() for frame in x_train[::4]) < 0.7


def test_labels_lie_on_the_nuclei(film):
    for images, labels in (film[0], film[1], [a[np.newaxis] for a in nuclei.load_shifted()]):
        for image, label in zip(images, labels, strict=True):
            inside, outside = image[label > 0].mean(), image[label == 0].mean()
            assert inside > 2 * outside
            # any shift of the labels against the image by 6 pixels fits worse: they are aligned
            for shift in ((6, 0), (-6, 0), (0, 6), (0, -6)):
                assert image[np.roll(label, shift, (0, 1)) > 0].mean() < inside


def test_shifted_image():
    image, labels = nuclei.load_shifted()
    assert image.shape == labels.shape == (512, 512)
    assert image.dtype == np.uint8
    assert labels.dtype == np.uint16
    assert labels.max() == 125


def test_loading_is_fast():
    nuclei.load()
    started = time.process_time()
    nuclei.load()
    assert time.process_time() - started < 0.3


def test_otsu_scores_what_the_card_says(film):
    from skimage.filters import threshold_otsu

    def dice(images, labels):
        scores = []
        for image, label in zip(images, labels, strict=True):
            guess, truth = image > threshold_otsu(image), label > 0
            scores.append(2 * (guess & truth).sum() / (guess.sum() + truth.sum()))
        return np.mean(scores)

    card = (nuclei.files.DATA / "nuclei" / "README.md").read_text()
    image, label = nuclei.load_shifted()
    for images, labels, row in ((*film[0], "train"), (*film[1], "test"), (image[None], label[None], "shifted")):
        assert f"| {row} | {dice(images, labels):.3f} |" in card
