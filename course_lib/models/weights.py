"""Weights that are shipped with the course: plain NumPy archives in ``data/weights``, opened only when they are whole.

An archive holds one array for each weight of a network, under the weight's own path, such as ``conv1/kernel``. Nothing
in it can run code, and it does not depend on Keras's version or backend.
"""

import io
import sys

import numpy as np

from course_lib.datasets import files

FILES = {
    "digit_classifier.npz": (246078, "debe1f768b639de91763dc1984de2503b4d95e786b82c1b8cf674ba3e32f4311"),
    "digit_generator.npz": (940614, "561879254f8747d3011b1b0561254e8d6248de7dfeb7c5ca2eba2e2ecce09ca4"),
    "emoji_generator.npz": (1193832, "2907b174423414d7700a622b947cd3d68a0221c0456d52021046adb96b388edb"),
    "nuclei_unet.npz": (508174, "7dff7d9423737d5232326492f62aecda1cb9a41d43467d37bd74469c53f28d67"),
}


def load_classifier():
    """Build the digit classifier of chapter 06 with its trained weights.

    Returns
    -------
    keras.Model
        From images (N, 28, 28, 1), floats in [0, 1], to logits (N, 10). ``classifier.embedder`` cuts it off at its
        64 features. See data/weights/README.md for how it was trained and how often it errs.

    Raises
    ------
    DataFileError
        If the file is missing, cut short or altered.
    """
    from course_lib.models.classifier import classifier

    return fill(classifier(), "digit_classifier.npz")


def load_unet():
    """Build the nuclei U-Net of chapter 08 with its trained weights.

    Returns
    -------
    keras.Model
        From images (N, H, W, 1), any H and W, after ``instances.even_brightness``, to one logit of foreground at each
        pixel (N, H, W, 1). Nuclei are about 25 pixels wide. See data/weights/README.md for how it was trained.

    Raises
    ------
    DataFileError
        If the file is missing, cut short or altered.
    """
    from course_lib.models.unet import unet

    return fill(unet(1), "nuclei_unet.npz")


def load_digit_generator():
    """Build the digit generator of chapter 12 with its trained weights.

    Returns
    -------
    keras.Model
        From noise (N, 64), drawn from N(0, I), to digits (N, 28, 28, 1) in [-1, 1]: -1 is paper, 1 is ink. See
        data/weights/README.md for how it was trained and how good it is.

    Raises
    ------
    DataFileError
        If the file is missing, cut short or altered.
    """
    from course_lib.models.gan import dcgan_generator

    return fill(dcgan_generator((28, 28, 1), latent_dim=64, width=32), "digit_generator.npz")


def load_emoji_generator():
    """Build the emoji generator of chapter 12 with its trained weights.

    Returns
    -------
    keras.Model
        From noise (N, 64), drawn from N(0, I), to yellow faces on white (N, 32, 32, 3) in [-1, 1].

    Raises
    ------
    DataFileError
        If the file is missing, cut short or altered.
    """
    from course_lib.models.gan import dcgan_generator

    return fill(dcgan_generator((32, 32, 3), latent_dim=64, width=32), "emoji_generator.npz")


def fill(model, name):
    """Give a network the weights of a shipped file.

    Parameters
    ----------
    model : keras.Model
        Of the same build as the one that was stored.
    name : str
        A file in ``data/weights``, one of ``FILES``.

    Returns
    -------
    keras.Model
        The same network.

    Raises
    ------
    DataFileError
        If the file is missing, cut short or altered.
    ValueError
        If the file holds the weights of another network: names or shapes differ.
    """
    content = files.read(sys.modules[__name__], name)
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        stored = {path: archive[path] for path in archive.files}
    wanted = {path: tuple(weight.shape) for path, weight in _weights(model).items()}
    given = {path: array.shape for path, array in stored.items()}
    if wanted != given:
        wrong = sorted(path for path in wanted.keys() | given.keys() if wanted.get(path) != given.get(path))
        first = wrong[0]
        raise ValueError(
            f"data/weights/{name} holds the weights of another network: {len(wrong)} differ, the first is {first!r}, "
            f"of shape {given.get(first)} in the file and {wanted.get(first)} in the model"
        )
    for path, weight in _weights(model).items():
        weight.assign(stored[path])
    return model


def store(model, file):
    """Write a network's weights to a file; the same weights give the same bytes.

    Parameters
    ----------
    model : keras.Model
    file : path
        Its name ends with ``.npz``.
    """
    import keras

    arrays = {path: keras.ops.convert_to_numpy(weight) for path, weight in _weights(model).items()}
    np.savez(file, **arrays)


def _weights(model):
    """Path -> weight, of all that is learned or averaged; the state of random numbers is left out."""
    return {weight.path: weight for layer in model.layers for weight in layer.weights if "seed" not in weight.path}
