"""Saving a network whole, with its build and its training, and loading it in any process.

To import this module is all that ``keras.models.load_model`` needs as well: it makes every layer, loss, metric and
model of the course known to Keras. `course_lib.models.weights` writes weights alone, for a network that is built again.
"""

import os

import keras

# each line makes classes known to Keras by their names
from course_lib.losses import keras_losses as _losses  # noqa: F401
from course_lib.metrics import streaming as _metrics  # noqa: F401
from course_lib.models import archive, fcn, layers, network, sizes, spectral, vae  # noqa: F401


def save(model, path):
    """Write a network to one file: its build, its weights, and what it was compiled with.

    Parameters
    ----------
    model : keras.Model
    path : path
        Its name ends with ``.keras``, in a folder that exists. A file that is there already is replaced in one step.

    Raises
    ------
    ValueError
        The name ends otherwise.
    OSError
        The file cannot be written there.

    Examples
    --------
    >>> model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    >>> save(model, "mine.keras")
    >>> load("mine.keras").output_shape
    (None, 2)
    """
    path = archive.checked(path, ".keras")
    unfinished = path.with_name(f"{path.stem}.part.keras")
    try:
        model.save(unfinished)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def load(path):
    """Read a network back, in this process or another.

    Parameters
    ----------
    path : path
        Of a file that `save` or ``model.save`` wrote.

    Returns
    -------
    keras.Model

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        The file is empty, cut short or something else, or holds a class that is not the course's; the message names
        it.
    """
    path = archive.named(path, ".keras")
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {str(path)!r}")
    try:
        return keras.models.load_model(path)
    except Exception as error:  # Keras, zipfile, h5py and json each have their own way to say that bytes are wrong
        raise ValueError(f"{path} is no whole model file (.keras), or was cut short or altered: {error}") from error
