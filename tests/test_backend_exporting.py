"""A network in other forms: what each gives is compared with Keras, and with the same sums done by hand."""

import sys

import keras
import numpy as np
import pytest

from course_lib.backend import run_saved_model, run_tflite, to_saved_model, to_tflite
from course_lib.models.unet import unet
from tests.helpers import printed, python

pytestmark = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="exporting is TensorFlow's")


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    made = unet(1, width=4, depth=2)
    made.set_weights([w + 0.05 * np.random.default_rng(i).random(w.shape) for i, w in enumerate(made.get_weights())])
    return made


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).normal(size=(6, 24, 20, 1)).astype("float32")


@pytest.fixture(scope="module")
def logits(model, images):
    return model.predict_on_batch(images)


def test_a_saved_model_gives_the_same_in_a_process_without_the_courses_models(model, images, logits, tmp_path):
    folder = to_saved_model(model, tmp_path / "saved")
    np.testing.assert_allclose(run_saved_model(folder, images), logits, atol=1e-5 * np.abs(logits).max())
    np.save(tmp_path / "x.npy", images)
    code = """
import sys, numpy as np, tensorflow as tf
loaded = tf.saved_model.load(sys.argv[1])
found = loaded.serve(np.load(sys.argv[2])).numpy()
assert not any(name.startswith("course_lib") for name in sys.modules)
np.save(sys.argv[3], found)
"""
    printed(code, folder, tmp_path / "x.npy", tmp_path / "y.npy")
    np.testing.assert_allclose(np.load(tmp_path / "y.npy"), logits, atol=1e-5 * np.abs(logits).max())


@pytest.fixture(scope="module")
def files(model, images):
    return {
        numbers: to_tflite(model, numbers, images if numbers == "int8" else None)
        for numbers in ("float32", "float16", "int8")
    }


@pytest.mark.parametrize(("numbers", "error"), [("float32", 1e-5), ("float16", 3e-3), ("int8", 0.1)])
def test_tflite_gives_the_same_to_the_bits_of_its_numbers(files, images, logits, numbers, error):
    found = run_tflite(files[numbers], images)
    assert found.dtype == np.float32 and found.shape == logits.shape
    relative = np.abs(found - logits).max() / np.abs(logits).max()
    assert relative < error
    assert relative > {"float32": -1, "float16": 1e-5, "int8": 1e-3}[numbers]  # it was rounded at all


def test_fewer_bits_make_a_smaller_file(model):
    """Of a network whose file is nearly all weights: 4, 2 and 1 bytes each."""
    dense = keras.Sequential([keras.Input((300,)), keras.layers.Dense(300), keras.layers.Dense(10)])
    x = np.random.default_rng(0).normal(size=(8, 300)).astype("float32")
    sizes = [len(to_tflite(dense, *which)) for which in (("float32",), ("float16",), ("int8", x))]
    for size, of_each in zip(sizes, (4, 2, 1), strict=True):
        assert of_each * dense.count_params() <= size < of_each * dense.count_params() + 12_000


def test_weights_of_eight_bits_are_multiples_of_a_scale():
    """One dense layer: int8 weights are rounded to 255 steps of the largest, per output."""
    rng = np.random.default_rng(1)
    dense = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, use_bias=False)])
    kernel = rng.normal(size=(4, 3)).astype("float32")
    dense.set_weights([kernel])
    x = rng.uniform(-1, 1, (200, 4)).astype("float32")
    found = run_tflite(to_tflite(dense, "int8", x), x)
    scale = np.abs(kernel).max(0) / 127
    by_hand = x @ (np.round(kernel / scale) * scale)
    step = np.ptp(x @ kernel) / 255  # what comes out has steps, too
    assert np.abs(found - by_hand).max() < 2 * step + 4 * np.abs(kernel).max() / 255
    assert len(np.unique(np.round(found / (np.diff(np.unique(found)).min())))) <= 256


def test_one_image_or_other_sizes(files, model):
    for shape in ((1, 24, 20, 1), (2, 8, 40, 1), (1, 13, 11, 1)):  # 13 and 11 are padded inside
        x = np.random.default_rng(2).normal(size=shape).astype("float32")
        expected = model.predict_on_batch(x)
        np.testing.assert_allclose(run_tflite(files["float32"], x), expected, atol=1e-5 * np.abs(expected).max())


def test_errors_name_the_argument(model, images, files, tmp_path):
    with pytest.raises(ValueError, match="numbers must be one of 'float32', 'float16', 'int8', got 'int4'"):
        to_tflite(model, "int4")
    for numbers, samples in (("int8", None), ("float16", images)):
        with pytest.raises(ValueError, match="samples must be given for numbers='int8' and for nothing else"):
            to_tflite(model, numbers, samples)
    for wrong in (images[0], images[:0], np.zeros((1, 8, 8, 3), "float32")):
        with pytest.raises(ValueError, match=r"x must have the shape \(None, None, None, 1\), where None is any"):
            run_tflite(files["float32"], wrong)
    with pytest.raises(ValueError):
        run_tflite(b"no file", images)
    with pytest.raises(FileNotFoundError, match="folder must hold a SavedModel"):
        run_saved_model(tmp_path, images)


def test_nothing_is_said_on_the_way(files, images, capfd):
    run_tflite(files["float32"], images)
    print("still heard", file=sys.stderr)
    assert capfd.readouterr().err == "still heard\n"


def test_jax_is_told_what_to_do():
    pytest.importorskip("jax", reason="JAX is in requirements-dev.lock")
    code = "from course_lib.backend import run_tflite; run_tflite(b'', [[1.0]])"
    done = python("-c", code, KERAS_BACKEND="jax")
    assert "exporting must run on the backend 'tensorflow'" in done.stderr
