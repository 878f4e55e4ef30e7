"""What Keras's own segmentation losses do that chapter 07 warns of, pinned to the digits.

A test that fails here is good news: Keras has changed. Then
1. read the new release's notes, and decide whether the pitfall is mended or has only moved;
2. mend the paragraph and the cell in the section "Pitfalls" of chapters/07_loss_functions.ipynb (refresh 07);
3. mend or delete the test. Nothing in course_lib depends on any of these: ours is beside each, pinned to the paper.
"""

import keras
import numpy as np
import pytest
from keras import ops

from course_lib import backend, losses

CHANGED = "Keras {} no longer does this: read the top of tests/losses/test_keras_pitfalls.py, then mend chapter 07"
LARGE = 1000.0


def keras_still(computed, pinned, rel=1e-3):
    """Compare with what Keras 3.15.1 gives, and say what to do if a later release gives something else."""
    assert float(computed) == pytest.approx(pinned, rel=rel, abs=1e-6), CHANGED.format(keras.__version__)


def as_logits(mask):
    return LARGE * (2 * np.asarray(mask, "float32")[..., None] - 1)


def test_tversky_swaps_alpha_and_beta_against_its_own_words():
    """One hit, three misses, no false alarm. "penalize false positives and false negatives", says its docstring."""
    truth, prediction = np.array([[[1, 1, 1, 1]]]), np.array([[[1, 0, 0, 0]]])
    theirs = keras.losses.Tversky(alpha=0.3, beta=0.7)(truth[..., None], prediction[..., None].astype("float32"))
    keras_still(theirs, 1 - 1 / (1 + 0.3 * 3))  # .4737
    ours = losses.tversky(truth, as_logits(prediction), alpha=0.3, beta=0.7)
    assert float(ours) == pytest.approx(1 - 1 / (1 + 0.7 * 3))  # .6774, Salehi et al. 2017


def test_dice_is_one_ratio_over_the_whole_batch():
    """An image of 100 pixels found, one of 1 pixel missed: .0050 for Keras, (0 + 1) / 2 for each image by itself."""
    truth = np.zeros((2, 10, 10), dtype=int)
    truth[0], truth[1, 0, 0] = 1, 1
    prediction = truth.copy()
    prediction[1] = 0
    theirs = keras.losses.Dice()(truth[..., None], prediction[..., None].astype("float32"))
    keras_still(theirs, 1 - 200 / 201)
    assert float(losses.dice(truth, as_logits(prediction))) == pytest.approx(0.5)
    assert float(losses.dice(truth, as_logits(prediction), per_batch=True)) == pytest.approx(1 - 200 / 201)


def test_dice_of_an_empty_mask_and_an_empty_prediction_is_one():
    empty = np.zeros((1, 4, 4), "float32")
    keras_still(keras.losses.Dice()(empty[..., None], empty[..., None]), 1.0)
    assert float(losses.dice(empty, as_logits(empty))) == 0
    _, slope = backend.value_and_grad(lambda p: keras.losses.Dice()(empty[..., None], p))(ops.full((1, 4, 4, 1), 0.3))
    assert np.abs(np.asarray(slope)).max() < 1e-6, CHANGED.format(keras.__version__)  # nor does it want less


@pytest.mark.parametrize("size", [30.0, 120.0])
def test_focal_losses_from_logits_saturate(size):
    """A confident wrong pixel: ours is linear, as cross-entropy is; Keras's stops at -log(1e-7), its gradient at 0.

    The categorical loss does so on both backends. The binary one is exact on TensorFlow, where the sigmoid leaves the
    logits behind as a hidden attribute of its result, and saturates on JAX, where nothing can be left behind.
    """
    hot, z = np.array([1.0, 0.0], "float32").reshape(1, 1, 1, 2), np.zeros((1, 1, 1, 2), "float32")
    z[..., 1] = size
    theirs = keras.losses.CategoricalFocalCrossentropy(alpha=1, from_logits=True)
    value, slope = backend.value_and_grad(lambda t: theirs(hot, t))(ops.convert_to_tensor(z))
    keras_still(value, 16.118)
    assert float(slope[0, 0, 0, 1]) == 0, CHANGED.format(keras.__version__)
    value, slope = backend.value_and_grad(lambda t: losses.focal(hot, t))(ops.convert_to_tensor(z))
    assert float(value) == pytest.approx(size) and float(slope[0, 0, 0, 1]) == pytest.approx(1)

    one, truth = np.full((1, 1, 1, 1), -size, "float32"), np.ones((1, 1, 1, 1), "float32")
    binary = keras.losses.BinaryFocalCrossentropy(from_logits=True)(truth, one)
    keras_still(binary, size if keras.backend.backend() == "tensorflow" else 16.118)
    assert float(losses.focal(truth, one)) == pytest.approx(size)


def test_categorical_focal_without_focus_is_a_quarter_of_cross_entropy():
    rng = np.random.default_rng(0)
    z, y = rng.normal(size=(2, 3, 3, 4)).astype("float32"), rng.integers(0, 4, (2, 3, 3))
    ours = float(losses.cross_entropy(y, z))
    theirs = keras.losses.CategoricalFocalCrossentropy(gamma=0, from_logits=True)(np.eye(4)[y], z)
    keras_still(theirs, 0.25 * ours)
    assert float(losses.focal(y, z, gamma=0)) == pytest.approx(ours, rel=1e-6)


def test_mean_iou_truncates_probabilities():
    """.9 becomes the class 0: a confident, correct foreground counts as background."""
    truth, p = np.array([[1, 1, 0, 0]]), np.array([[0.9, 0.8, 0.2, 0.1]], "float32")
    metric = keras.metrics.MeanIoU(num_classes=2)
    metric.update_state(truth, p)
    keras_still(metric.result(), 0.25)  # IoU 0 for the foreground, 2/4 for the background
    metric.reset_state()
    metric.update_state(truth, p > 0.5)
    assert float(metric.result()) == pytest.approx(1)


def test_product_dice_wants_certainty_where_the_label_is_not_certain():
    """For a label of .7 the loss falls until p = 1."""
    y = np.full((1, 1, 1, 1), 0.7, "float32")
    p = np.linspace(0.05, 1, 20, dtype="float32")
    theirs = [float(keras.losses.Dice()(y, np.full((1, 1, 1, 1), q))) for q in p]
    assert p[int(np.argmin(theirs))] == 1, CHANGED.format(keras.__version__)
    z = np.log(p[:-1] / (1 - p[:-1]))
    ours = [float(losses.dice(y, np.full((1, 1, 1, 1), t), form="squared")) for t in z]
    assert p[int(np.argmin(ours))] == pytest.approx(0.7)


def test_sample_weights_are_divided_by_the_number_of_pixels():
    """Keras's mean of weighted losses divides by how many there are: weights of 3 make the loss three times larger."""
    z, y = np.zeros((1, 2, 2, 1), "float32"), np.ones((1, 2, 2, 1), "float32")
    theirs = keras.losses.BinaryCrossentropy(from_logits=True)(y, z, sample_weight=3 * np.ones((1, 2, 2)))
    keras_still(theirs, 3 * np.log(2))
    assert float(losses.CrossEntropy()(y, z, sample_weight=3 * np.ones((1, 2, 2)))) == pytest.approx(np.log(2))
