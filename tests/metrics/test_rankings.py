"""Which of two segmentations of real nuclei is better? That depends on what is asked."""

import numpy as np
import pytest
from skimage.filters import threshold_local, threshold_otsu

from course_lib import metrics
from course_lib.datasets import nuclei
from course_lib.metrics import statistics
from course_lib.models.instances import even_brightness, split_touching


@pytest.fixture(scope="module")
def scores():
    """Dice, 95th percentile, boundary F1 and panoptic quality of each test image, with two thresholds."""
    (_, _), (images, labels) = nuclei.load()
    found = {"local": [], "otsu": []}
    for image, bright, truth in zip(images, even_brightness(images), labels, strict=True):
        logs = np.log1p(image.astype(float))
        ways = {
            "local": bright > threshold_local(bright, 101, "gaussian", offset=-0.1),
            "otsu": logs > threshold_otsu(logs),
        }
        for name, mask in ways.items():
            objects = split_touching(mask.astype(float))
            pair = truth > 0, objects > 0
            found[name].append(
                [
                    metrics.dice(metrics.confusion_matrix(*pair, 2))[1],
                    metrics.hd95(*pair),
                    metrics.boundary_f1(*pair),
                    metrics.match_instances(truth, objects).panoptic_quality,
                ]
            )
    return {name: np.array(rows) for name, rows in found.items()}


def test_pixels_and_boundaries_prefer_one_and_objects_the_other(scores):
    np.testing.assert_allclose(scores["local"].mean(axis=0), [0.962, 1.45, 0.969, 0.850], rtol=0.01)
    np.testing.assert_allclose(scores["otsu"].mean(axis=0), [0.958, 3.09, 0.968, 0.892], rtol=0.01)
    dice, hd95, _, quality = (scores["local"] - scores["otsu"]).T
    assert (dice > 0).all() and (hd95 < 0).all() and (quality < 0).all()


def test_with_five_images_not_even_five_of_five_is_enough(scores):
    for column in (0, 3):
        first, second = scores["local"][:, column], scores["otsu"][:, column]
        assert statistics.sign_flip_test(first - second).p_value == 0.0625
        interval = statistics.paired_difference(first, second)
        assert interval.low * interval.high > 0  # Student's interval, which takes them to be normal, leaves 0 out
