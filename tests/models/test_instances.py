import numpy as np
import pytest

from course_lib.models.instances import even_brightness, split_touching


def discs(*circles, shape=(60, 80)):
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    return [(rows - r) ** 2 + (columns - c) ** 2 <= radius**2 for r, c, radius in circles]


def test_touching_discs_are_cut_at_their_waist():
    left, right, alone = discs((20, 20, 10), (20, 37, 10), (45, 60, 6))
    labels = split_touching((left | right | alone).astype(float))
    assert labels.max() == 3
    assert len({labels[20, 20], labels[20, 37], labels[45, 60]} - {0}) == 3
    owner = labels == labels[20, 20]
    assert (owner & left).sum() > 0.95 * owner.sum()


def test_everything_above_the_threshold_belongs_to_an_object_unless_it_is_small():
    disc, crumb = discs((20, 20, 9), (50, 70, 2))
    probability = 0.2 + 0.5 * disc + 0.5 * crumb
    np.testing.assert_array_equal(split_touching(probability, smooth=0) > 0, disc)
    np.testing.assert_array_equal(split_touching(probability, smooth=0, min_area=1) > 0, disc | crumb)
    assert split_touching(probability, threshold=0.9).max() == 0


def test_a_disc_at_the_border_is_an_object_as_well():
    disc, other = discs((0, 20, 9), (14, 20, 6))
    assert split_touching((disc | other).astype(float)).max() == 2


def test_logits_are_refused():
    with pytest.raises(ValueError, match="numbers in \\[0, 1\\]"):
        split_touching(np.array([[-3.0, 4.0]]))


def test_exposure_is_taken_away():
    image = np.random.default_rng(0).integers(20, 200, (40, 50))
    once = even_brightness(image)
    assert once.dtype == np.float32 and once.shape == image.shape
    np.testing.assert_allclose([np.median(once), np.percentile(once, 99.5)], [0, 1], atol=1e-6)
    np.testing.assert_allclose(even_brightness(3.5 * image + 2.5), once, atol=1e-5)  # log(1 + c) + log 3.5


def test_every_image_of_a_stack_by_itself_and_a_flat_one_is_zero():
    rng = np.random.default_rng(0)
    stack = np.stack([rng.integers(0, 50, (20, 20)), rng.integers(0, 255, (20, 20)), np.full((20, 20), 7)])
    np.testing.assert_array_equal(even_brightness(stack), [even_brightness(image) for image in stack])
    assert (even_brightness(stack[2]) == 0).all()
    with pytest.raises(ValueError, match="images must be counts"):
        even_brightness(-stack)
