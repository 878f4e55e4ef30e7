"""Saving a network whole, with its build and its training, and loading it in any process.

To import this module is all that ``keras.models.load_model`` needs as well: it makes every layer, loss, metric and
model of the course known to Keras. What belongs to one way of training only (`course_lib.training`) is looked up when a
file names it. `course_lib.models.weights` writes weights alone, for a network that is built again.
"""

import importlib
import json
import os
import zipfile

import keras

# each line makes classes known to Keras by their names
from course_lib.losses import keras_losses as _losses  # noqa: F401
from course_lib.metrics import streaming as _metrics  # noqa: F401
from course_lib.models import (  # noqa: F401
    archive,
    denoiser,
    fcn,
    layers,
    modulation,
    network,
    partial,
    sizes,
    spectral,
    superresolution,
    vae,
)


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
        _make_known(path)
        return keras.models.load_model(path)
    except Exception as error:  # Keras, zipfile, h5py and json each have their own way to say that bytes are wrong
        raise ValueError(f"{path} is no whole model file (.keras), or was cut short or altered: {error}") from error


def _make_known(path):
    """Import the modules of the course whose classes a file names."""
    with zipfile.ZipFile(path) as archived:
        config = json.loads(archived.read("config.json"))
    for module in sorted(_modules(config)):
        if module.startswith("course_lib."):  # a module of the course has no effect but to define things
            importlib.import_module(module)


def _modules(config):
    """Find the names of all modules in the description of a network: a set of str."""
    if isinstance(config, dict):
        own = {config["module"]} if isinstance(config.get("module"), str) else set()
        return own.union(*(_modules(value) for value in config.values()))
    return set().union(*(_modules(value) for value in config)) if isinstance(config, list) else set()
