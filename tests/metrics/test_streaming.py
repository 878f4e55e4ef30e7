"""The metric of `fit`: held to `metrics.confusion` in NumPy, on whichever backend Keras runs."""

import keras
import numpy as np
import pytest
from keras import ops

from course_lib import backend, metrics
from course_lib.metrics.streaming import MeanIoU


def batches(classes, n=3, seed=0):
    rng = np.random.default_rng(seed)
    channels = 1 if classes == 2 else classes
    return [(rng.integers(0, classes, (2, 6, 5)), rng.normal(size=(2, 6, 5, channels))) for _ in range(n)]


def decisions(logits):
    return (logits[..., 0] > 0).astype(int) if logits.shape[-1] == 1 else logits.argmax(axis=-1)


def counted(data, classes, ignore_class=None):
    total = metrics.ConfusionMatrix(classes, ignore_class)
    for y, z in data:
        total.update(y, decisions(z))
    return total.result()


@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("ignore_class", [None, 1, 255])
def test_it_agrees_with_numpy_batch_by_batch(classes, ignore_class):
    metric, data = MeanIoU(classes, ignore_class), batches(classes)
    for y, _ in data if ignore_class == 255 else []:
        y[:, :2] = 255
    for k, (y, z) in enumerate(data):
        metric.update_state(y[..., None] if k else y, z)
        expected = metrics.mean_iou(counted(data[: k + 1], classes, ignore_class), ignore_class)
        assert float(metric.result()) == pytest.approx(expected, rel=1e-6)
    np.testing.assert_array_equal(metric.confusion_matrix(), counted(data, classes, ignore_class))
    metric.reset_state()
    metric.update_state(*data[0])
    np.testing.assert_array_equal(metric.confusion_matrix(), counted(data[:1], classes, ignore_class))


def test_one_hot_targets_and_two_channels():
    (y, z), *_ = batches(3)
    metric = MeanIoU(3, ignore_class=2)
    metric.update_state(np.eye(3, dtype="float32")[y], z)
    np.testing.assert_array_equal(metric.confusion_matrix(), counted([(y, z)], 3, 2))
    metric = MeanIoU(2)
    metric.update_state(y % 2, z[..., :2])
    np.testing.assert_array_equal(metric.confusion_matrix(), counted([(y % 2, z[..., :2])], 2))


def test_absent_classes_are_left_out_and_nothing_is_nan():
    metric = MeanIoU(3)
    assert np.isnan(float(metric.result()))
    metric.update_state(np.array([[[0, 1]]]), np.array([[[[9.0, 0, 0], [9.0, 0, 0]]]]))
    assert float(metric.result()) == pytest.approx(1 / 4)  # 1/2 and 0; the third class does not appear


def test_a_label_that_is_no_class_is_not_passed_over():
    y, z = np.array([[[0, 255]]], np.uint8), np.zeros((1, 1, 2, 3), "float32")
    metric = MeanIoU(3)
    with pytest.raises(ValueError, match="got 0 .* and 255 .*say ignore_class=255"):
        metric.update_state(y, z)
    metric.update_state(ops.convert_to_tensor(y), z)  # as in a compiled step, where values cannot be looked at
    assert np.isnan(float(metric.result()))
    metric = MeanIoU(3, ignore_class=255)
    metric.update_state(ops.convert_to_tensor(y), z)
    assert float(metric.result()) == 1


@pytest.mark.parametrize("classes", [2, 4])
def test_a_logit_that_is_nan_is_no_decision(classes):
    """It was counted as background. Where the pixel is ignored it does no harm."""
    (y, z), *_ = batches(classes)
    z[0, 1, 2] = np.nan
    metric = MeanIoU(classes)
    metric.update_state(y, z)
    assert np.isnan(float(metric.result()))
    assert metric.confusion_matrix().sum() == y.size - 1
    y[0, 1, 2] = 255
    metric = MeanIoU(classes, ignore_class=255)
    metric.update_state(y, z)
    np.testing.assert_array_equal(metric.confusion_matrix(), counted([(y, z)], classes, 255))
    assert np.isfinite(float(metric.result()))


@pytest.mark.parametrize("classes", [2, 4])
def test_infinite_logits_are_decisions(classes):
    (y, z), *_ = batches(classes)
    metric = MeanIoU(classes)
    metric.update_state(y, np.where(np.abs(z) > 1, np.sign(z) * np.inf, z))
    expected = counted([(y, np.where(np.abs(z) > 1, np.sign(z) * np.inf, z))], classes)
    np.testing.assert_array_equal(metric.confusion_matrix(), expected)


def test_more_pixels_than_32_bits_can_count():
    """Beyond 2^31, where int32 turns negative, and far beyond 2^24, where float32 loses single pixels."""
    zeros, right = np.zeros((4, 512, 512), "uint8"), np.full((4, 512, 512, 1), -1.0, "float32")
    metric = MeanIoU(2)
    low, high = 2**30 - 1, 3
    metric.low.assign(np.array([[low, 0], [0, 0]]))
    metric.high.assign(np.array([[high, 0], [0, 0]]))
    metric.update_state(zeros, right)
    metric.update_state(np.array([[[1, 0]]]), np.array([[[[1.0], [1.0]]]]))
    matrix = metric.confusion_matrix()
    np.testing.assert_array_equal(matrix, [[3 * 2**30 + 2**30 - 1 + 2**20, 1], [0, 1]])
    assert float(metric.result()) == pytest.approx(metrics.mean_iou(matrix), rel=1e-6)


@pytest.mark.parametrize("jit_compile", [True, False])
def test_in_fit(jit_compile):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(10, 8, 8, 3)).astype("float32")
    y = rng.integers(0, 4, (10, 8, 8, 1))
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(4, 3, padding="same")])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss, metrics=[MeanIoU(4)], jit_compile=jit_compile)
    history = model.fit(x, y, batch_size=4, epochs=1, validation_data=(x, y), verbose=0).history  # batches of 4, 4, 2
    expected = metrics.mean_iou(counted([(y[..., 0], model.predict(x, verbose=0))], 4))
    assert history["val_mean_iou"][0] == pytest.approx(expected, rel=1e-6)
    assert 0 < history["mean_iou"][0] < 1


def test_compiled_as_a_tpu_needs_it():
    metric, data = MeanIoU(4), batches(4)
    step = backend.jit(lambda y, z: metric.update_state(y, z), state=list(metric.variables))
    for y, z in data:
        step(y, z.astype("float32"))
    np.testing.assert_array_equal(metric.confusion_matrix(), counted(data, 4))


def test_half_precision():
    (y, z), *_ = batches(4)
    metric = MeanIoU(4)
    metric.update_state(y, ops.cast(z, "float16"))
    np.testing.assert_array_equal(metric.confusion_matrix(), counted([(y, z.astype("float16"))], 4))


def test_it_comes_back_from_its_config():
    made = MeanIoU(4, ignore_class=255, name="mine")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(made))
    assert (type(again), again.n_classes, again.ignore_class, again.name) == (MeanIoU, 4, 255, "mine")


def test_bad_arguments_are_named():
    (y, z), *_ = batches(4)
    with pytest.raises(ValueError, match="n_classes must be at least 2, got 1"):
        MeanIoU(1)
    with pytest.raises(ValueError, match=r"3 channels of logits, got the shape \(2, 6, 5, 4\)"):
        MeanIoU(3).update_state(y, z)
    with pytest.raises(TypeError, match="logits must hold floating-point numbers"):
        MeanIoU(4).update_state(y, [[[1, 2]]])
    of_lists, of_arrays = MeanIoU(4), MeanIoU(4)
    of_lists.update_state(np.asarray(y).tolist(), np.asarray(z).tolist())
    of_arrays.update_state(y, z)
    assert float(of_lists.result()) == float(of_arrays.result())
    with pytest.raises(ValueError, match="sample_weight must be None"):
        MeanIoU(4).update_state(y, z, sample_weight=np.ones(2))
