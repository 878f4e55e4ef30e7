"""A trained network written for programs that have no Keras: TensorFlow's SavedModel, and TFLite for telephones.

A ``.keras`` file holds the build of a network, and Keras builds it again. These two hold the computation itself. A
SavedModel runs in TensorFlow or in its server, a TFLite file in an interpreter of a few megabytes, on telephones and
smaller things, in fewer bits if one likes.
"""

import os
import sys
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path

from course_lib.backend._framework import which_framework

NUMBERS = ("float32", "float16", "int8")


def to_saved_model(model, folder):
    """Write the computation of a network as a SavedModel.

    Parameters
    ----------
    model : keras.Model
        Of one input and one output.
    folder : path
        Made if it is missing.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    ValueError
        Keras does not run on TensorFlow.

    Notes
    -----
    The network computes as for a prediction: no dropout, batch normalization by its averages.
    """
    _tensorflow()
    with _nothing_said():
        model.export(os.fspath(folder), format="tf_saved_model", verbose=False)
    return Path(folder)


def run_saved_model(folder, x):
    """Compute with a SavedModel: by TensorFlow alone, with nothing of Keras.

    Parameters
    ----------
    folder : path
        What `to_saved_model` wrote.
    x : (N, ...)
        Inputs.

    Returns
    -------
    float32, (N, ...)

    Raises
    ------
    FileNotFoundError
        The folder holds no SavedModel.
    ValueError
        Keras does not run on TensorFlow.
    """
    from course_lib._validate import plain_array  # needs NumPy, which may be missing: the doctor then still speaks

    tf = _tensorflow()
    if not (Path(folder) / "saved_model.pb").is_file():
        raise FileNotFoundError(f"folder must hold a SavedModel, but there is no saved_model.pb in {str(folder)!r}")
    loaded = tf.saved_model.load(os.fspath(folder))  # it holds the weights: without a name they would be gone
    return loaded.serve(plain_array("x", x).astype("float32")).numpy()


def to_tflite(model, numbers="float32", samples=None):
    """Write the computation of a network as the content of a TFLite file.

    Parameters
    ----------
    model : keras.Model
        Of one input and one output.
    numbers : {"float32", "float16", "int8"}
        In which the weights are kept. With "int8" the activations are rounded to 8 bits too, wherever TFLite has an
        operation for that; what goes in and what comes out stays float32.
    samples : float32, (N, ...), optional
        Some typical inputs: from what they give, the range of every activation is found. For "int8", and only for it.

    Returns
    -------
    bytes

    Raises
    ------
    ValueError
        Other numbers; samples are missing or not wanted; or Keras does not run on TensorFlow.

    Notes
    -----
    A real number r is kept as an integer q with r = scale · (q - zero_point), see Jacob et al., "Quantization and
    Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference", 2018, arXiv:1712.05877, equation 1.
    """
    from course_lib._validate import one_of, plain_array

    tf, numbers = _tensorflow(), one_of("numbers", numbers, NUMBERS)
    if (samples is not None) != (numbers == "int8"):
        raise ValueError(f"samples must be given for numbers='int8' and for nothing else, got numbers={numbers!r}")
    with tempfile.TemporaryDirectory() as folder:
        to_saved_model(model, folder)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        if numbers != "float32":
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if numbers == "float16":
            converter.target_spec.supported_types = [tf.float16]
        if numbers == "int8":
            samples = plain_array("samples", samples).astype("float32")
            converter.representative_dataset = lambda: ([sample[None]] for sample in samples)
        with _nothing_said():
            return converter.convert()


def run_tflite(content, x):
    """Compute with TFLite's interpreter, one input after the other.

    Parameters
    ----------
    content : bytes
        What `to_tflite` gave, or what a ``.tflite`` file holds.
    x : (N, ...)
        At least one input.

    Returns
    -------
    float32, (N, ...)

    Raises
    ------
    ValueError
        ``content`` is no TFLite file, or ``x`` has another shape than it takes.

    Notes
    -----
    TensorFlow 2.21 still holds the interpreter, which goes on as a package of its own: LiteRT, ``ai-edge-litert``.
    """
    import numpy as np

    from course_lib._validate import fits, plain_array

    tf, x = _tensorflow(), plain_array("x", x).astype("float32")
    with _nothing_said(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"\s*Warning: tf\.lite\.Interpreter is deprecated")
        interpreter = tf.lite.Interpreter(model_content=content)
        takes = interpreter.get_input_details()[0]
        wanted = tuple(None if side < 0 else int(side) for side in takes["shape_signature"])
        if not (fits(x.shape[1:], wanted[1:]) and x.size):
            raise ValueError(f"x must have the shape {wanted}, where None is any number, got {x.shape}")
        interpreter.resize_tensor_input(takes["index"], (1, *x.shape[1:]))
        interpreter.allocate_tensors()
        gives, found = interpreter.get_output_details()[0]["index"], []
        for one in x:
            interpreter.set_tensor(takes["index"], one[None])
            interpreter.invoke()
            found.append(interpreter.get_tensor(gives)[0])
    return np.stack(found)


def _tensorflow():
    framework = which_framework()
    if framework.__name__ != "tensorflow":
        raise ValueError("exporting must run on the backend 'tensorflow': set KERAS_BACKEND and start anew")
    return framework


@contextmanager
def _nothing_said():
    """Keep back what TensorFlow's compiled parts write to standard error: notes about themselves, on every call."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
