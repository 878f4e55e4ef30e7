"""Signed distances against all pairs of pixels, and the boundary loss at and beside the truth."""

import numpy as np
import pytest

from course_lib import losses
from tests.losses import reference
from tests.losses.samples import numbers, sample


def test_the_boundary_loss_is_least_at_the_truth():
    rng = np.random.default_rng(2)
    y = np.zeros((1, 9, 9), dtype=int)
    y[0, 2:6, 3:8] = 1
    phi = losses.signed_distance(y)

    def value(mask):
        return float(losses.boundary(phi, 1000.0 * (2 * mask[..., None] - 1)))

    best = value(y)
    for _ in range(30):
        other = y ^ (rng.random(y.shape) < 0.1)
        assert value(other) > best or (other == y).all()
    # half the sum of squared distances would need the borders; up to a constant it is the distance over the difference
    shifted = np.roll(y, 1, axis=2)
    assert value(shifted) - best == pytest.approx(np.abs(phi[..., 0])[shifted != y].sum() / y.size, rel=1e-5)


def test_signed_distance():
    y, _, _ = sample(3, seed=19, shape=(2, 6, 7))
    phi = losses.signed_distance(y, 3)
    assert phi.shape == (2, 6, 7, 3) and phi.dtype == np.float32
    for c in range(3):
        np.testing.assert_allclose(phi[1, ..., c], reference.signed_distance(y[1] == c), rtol=1e-6)
    assert (losses.signed_distance(np.zeros((1, 4, 4), int)) == 0).all()
    assert (losses.signed_distance(np.ones((1, 4, 4), bool)) == 0).all()
    np.testing.assert_array_equal(
        losses.signed_distance(np.array([[0, 1, 1, 1, 0]]))[0, :, 0], [0.5, -0.5, -1.5, -0.5, 0.5]
    )


def test_bad_distances_and_masks():
    with pytest.raises(ValueError, match="signed_distance"):
        losses.boundary(np.zeros((1, 2, 2)), np.zeros((1, 2, 2, 1)))
    with pytest.raises(TypeError, match="masks must hold class ids"):
        losses.signed_distance(np.zeros((1, 2, 2)))
    with pytest.raises(ValueError, match="ids from 0 to 1"):
        losses.signed_distance(np.full((1, 2, 2), 255))
    with pytest.raises(ValueError, match="shape"):
        losses.signed_distance(np.zeros(4, int))


@pytest.mark.parametrize("n_classes", [1, 3])
def test_distances_of_masks_with_a_channel(n_classes):
    y, z, _ = sample(n_classes)
    plain, with_channel = losses.signed_distance(y, n_classes), losses.signed_distance(y[..., None], n_classes)
    np.testing.assert_array_equal(plain, with_channel)
    assert np.isfinite(numbers(losses.boundary(with_channel, z)))


def test_distances_of_one_hot_are_refused():
    y = np.random.default_rng(0).integers(0, 3, (2, 6, 7))
    hot = np.eye(3, dtype=int)[y]
    for masks in (hot, np.moveaxis(hot, -1, 1)):
        for n_classes in (1, 3):
            with pytest.raises(ValueError, match="masks must hold class ids, .* one-hot: take the argmax"):
                losses.signed_distance(masks, n_classes)
    assert losses.signed_distance(hot[..., None]).shape == (2, 6, 7, 3, 1)  # said to be ids of a volume
    with pytest.raises(TypeError, match="masks must not be masked"):
        losses.signed_distance(np.ma.array(y, mask=y > 1), 3)


def test_a_label_to_be_left_out_has_no_distance():
    """`signed_distance` has no ignore_class to advise."""
    for label in ([255], [255, 254]):
        masks = np.zeros((1, 4, 4), int)
        masks[0, 0, : len(label)], masks[0, 1] = label, 1
        with pytest.raises(ValueError) as caught:
            losses.signed_distance(masks)
        words = str(caught.value)
        assert "the weight 0 in `boundary`" in words and "ignore_class" not in words


@pytest.mark.parametrize("wrong", ["2", None, 2.5])
def test_a_number_of_classes_that_is_none_is_named(wrong):
    with pytest.raises(TypeError, match="n_classes must be a whole number, got "):
        losses.signed_distance(np.zeros((1, 4, 4), int), wrong)
