"""Cross-entropy and the focal loss: their slopes, their weights, and pixels that are surely right or wrong."""

import numpy as np
import pytest

from course_lib import losses
from tests.losses.samples import PIXELS, gradient, numbers, sample


def test_the_gradient_of_cross_entropy_is_p_minus_y():
    y, z, _ = sample(4)
    _, slope = gradient(losses.cross_entropy, y, z, reduction="sum")
    np.testing.assert_allclose(slope, numbers(losses.probabilities(z)) - np.eye(4)[y], atol=1e-6)


def test_alpha_of_the_focal_loss_weighs_the_foreground():
    """Lin et al., eq. 5, for one pixel each, worked by hand at p = 1/2: alpha_t (1/2)² log 2."""
    z = np.zeros((1, 1, 1, 1))
    quarter = 0.25 * np.log(2)
    assert float(losses.focal(np.ones((1, 1, 1)), z, alpha=0.9)) == pytest.approx(0.9 * quarter)
    assert float(losses.focal(np.zeros((1, 1, 1)), z, alpha=0.9)) == pytest.approx(0.1 * quarter)
    y3, z3 = np.array([[[2]]]), np.zeros((1, 1, 1, 3))
    assert float(losses.focal(y3, z3, alpha=(0.2, 0.3, 0.5))) == pytest.approx(0.5 * (4 / 9) * np.log(3))


@pytest.mark.parametrize("classes", [1, 2, 5])
@pytest.mark.parametrize("size", [30, 100, 1000, 30000])
@pytest.mark.parametrize("gamma", [0, 0.5, 2, 5])
def test_where_a_confident_pixel_is_wrong_the_loss_is_linear_and_its_gradient_alive(classes, size, gamma):
    """Clipped probabilities stop at 16.1 with gradient 0."""
    z = np.zeros((1, 1, 1, classes), dtype="float32")
    z[..., 0] = size
    y = np.array([[[0 if classes == 1 else 1]]])
    value, slope = gradient(losses.focal, y, z, gamma=gamma)
    assert value == pytest.approx(size, rel=1e-5)
    assert slope[0, 0, 0, 0] == pytest.approx(1, rel=1e-4)


def test_where_a_confident_pixel_is_right_the_focal_loss_is_exact():
    """p_t = sigmoid(20) rounds to 1 in float32; the loss is e^-20 to the power gamma + 1."""
    for classes, y in ((1, 1), (2, 1)):
        z = np.zeros((1, 1, 1, classes), dtype="float32")
        z[..., -1] = 20
        value, slope = gradient(losses.focal, np.array([[[y]]]), z, gamma=0.5, reduction="sum")
        assert np.isfinite(slope).all()
        assert value == pytest.approx(np.exp(-20) ** 1.5, rel=1e-4 if classes == 1 else 1e-3)


@pytest.mark.parametrize("name", PIXELS)
def test_class_weights_of_pixels_are_divided_by_their_sum(name):
    y, z, _ = sample(3, seed=13)
    shares = np.array([0.5, 2.0, 7.0])
    expected = PIXELS[name](y, z, weights=shares[y])
    for weights in (shares, 10 * shares):
        np.testing.assert_allclose(numbers(PIXELS[name](y, z, class_weights=weights)), numbers(expected), rtol=1e-6)
    y1, z1, _ = sample(1, seed=13)
    expected = PIXELS[name](y1, z1, weights=np.where(y1 == 1, 4.0, 1.0))
    np.testing.assert_allclose(numbers(PIXELS[name](y1, z1, class_weights=(1, 4))), numbers(expected), rtol=1e-6)


@pytest.mark.parametrize("alpha", [[1, 2, 3], 0.5, [1, 2, 3, -1]])
def test_the_focal_loss_calls_its_weights_alpha(alpha):
    y, z, _ = sample(4)
    with pytest.raises(ValueError) as caught:
        losses.focal(y, z, alpha=alpha)
    words = str(caught.value)
    assert words.startswith("alpha must") and "class_weights" not in words
