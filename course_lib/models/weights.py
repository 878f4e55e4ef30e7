"""Weights that are shipped with the course: plain NumPy archives in ``data/weights``, opened only when they are whole.

An archive holds one array for each weight of a network, under the weight's own path, such as ``conv1/kernel``. Nothing
in it can run code, and it does not depend on Keras's version or backend.
"""

import re
import sys

from course_lib.datasets import files
from course_lib.models import archive

FILES = {
    "digit_classifier.npz": (246078, "debe1f768b639de91763dc1984de2503b4d95e786b82c1b8cf674ba3e32f4311"),
    "digit_denoiser.npz": (1882990, "82978e2179e9bd3236b385b06c12b015b8938111b39cc2b16cbac1272c81aeea"),
    "digit_generator.npz": (940614, "561879254f8747d3011b1b0561254e8d6248de7dfeb7c5ca2eba2e2ecce09ca4"),
    "emoji_denoiser.npz": (1914862, "6271b75df3bf66a2f81f13996104c2c69860d27f0039c1e667d5c7bc1a67393e"),
    "emoji_generator.npz": (1193832, "2907b174423414d7700a622b947cd3d68a0221c0456d52021046adb96b388edb"),
    "nuclei_translator.npz": (1957230, "e138360413f6458e9f872ed282315a3a2d07d716e40c85117f6226c1fc7c4475"),
    "nuclei_unet.json": (250, "7d3c632dc84a0f15153f6f371d2dfabe89e6eaa7b3b70d6bfaf30a044eeb3bee"),
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
        pixel (N, H, W, 1). Nuclei are bright and about 25 pixels wide: `course_lib.models.familiar.differences` says
        whether an image is like that. See data/weights/README.md for how it was trained.

    Raises
    ------
    DataFileError
        If the file is missing, cut short or altered.
    """
    from course_lib.models.unet import unet

    return fill(unet(1), "nuclei_unet.npz")


def load_digit_denoiser():
    """Build the digit denoiser of chapter 14 with its trained weights.

    Returns
    -------
    keras.Model
        From [noisy digits (N, 28, 28, 1), times (N,), labels (N,)] to estimates of the clean digits in [-1, 1]: -1 is
        paper, 1 is ink. Times go from 0, noise, to 1; labels are 0 to 9, or 10 for any digit. `denoiser.sample` draws
        with it. See data/weights/README.md for how it was trained and how good it is.

    Raises
    ------
    DataFileError
        If the file is missing, cut short or altered.
    """
    from course_lib.models.denoiser import denoiser

    return fill(denoiser((28, 28, 1), classes=10), "digit_denoiser.npz")


def load_emoji_denoiser():
    """Build the emoji denoiser of chapter 14 with its trained weights.

    Returns
    -------
    keras.Model
        From [noisy emoji (N, 32, 32, 3), times (N,), labels (N,)] to estimates of the clean emoji in [-1, 1], on white.
        Times go from 0, noise, to 1; labels are positions in ``datasets.emoji.GROUPS``, 0 to 6, or 7 for any group.
        `denoiser.sample` draws with it. See data/weights/README.md for how it was trained.

    Raises
    ------
    DataFileError
        If the file is missing, cut short or altered.
    """
    from course_lib.models.denoiser import denoiser

    return fill(denoiser((32, 32, 3), classes=7), "emoji_denoiser.npz")


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


def load_nuclei_translator():
    """Build the translator of chapter 13, which paints nuclei where a mask says, with its trained weights.

    Returns
    -------
    keras.Model
        From (N, H, W, 2), any H and W, to images (N, H, W, 1). The first channel is the mask, 1 on nuclei and 0
        elsewhere, about 25 pixels a nucleus; the second is noise from N(0, 1). The images have the scale of
        ``instances.even_brightness``, ground at 0 and the brightest nuclei at 1, as `load_unet` takes them. See
        data/weights/README.md for how it was trained and what it cannot do.

    Raises
    ------
    DataFileError
        If the file is missing, cut short or altered.
    """
    from course_lib.models.translation import pix2pix_generator

    return fill(pix2pix_generator(), "nuclei_translator.npz")


def fill(model, file):
    """Give a network the weights of a file: one that is shipped, or one that `store` wrote.

    Parameters
    ----------
    model : keras.Model
        Of the same build as the one that was stored.
    file : str or path
        The name of a shipped file, one of ``FILES``; anything else is the path of a file of your own. (A file of your
        own with a shipped one's name: give a ``pathlib.Path``, or ``"./name.npz"``.)

    Returns
    -------
    keras.Model
        The same network.

    Raises
    ------
    DataFileError
        If a shipped file is missing, cut short or altered.
    FileNotFoundError
        If there is no such file of your own.
    ValueError
        If the file is no whole archive, or holds the weights of another network: names or shapes differ.

    Examples
    --------
    >>> from course_lib.models.unet import unet
    >>> store(unet(1), "mine.npz")
    >>> again = fill(unet(1), "mine.npz")
    """
    if isinstance(file, str) and file in FILES:
        name = f"data/weights/{file}"
        stored = archive.parse(files.read(sys.modules[__name__], file), name)
    else:
        name, stored = str(file), archive.read(file)
    weights = _weights(model)
    wanted = {path: tuple(weight.shape) for path, weight in weights.items()}
    given = {path: array.shape for path, array in stored.items()}
    if wanted != given:
        wrong = sorted(path for path in wanted.keys() | given.keys() if wanted.get(path) != given.get(path))
        first = wrong[0]
        if _uncounted(wanted) == _uncounted(given):
            raise ValueError(
                f"{name} holds weights of the same shapes under other names, such as {sorted(given)[0]!r} for "
                f"{sorted(wanted)[0]!r}: Keras counts up the names of layers that were given none. Give every layer a "
                "name, or call keras.utils.clear_session() before you build the network"
            )
        raise ValueError(
            f"{name} holds the weights of another network: {len(wrong)} differ, the first is {first!r}, "
            f"of shape {given.get(first)} in the file and {wanted.get(first)} in the model"
        )
    for path, weight in weights.items():
        weight.assign(stored[path])
    return model


def _uncounted(shapes):
    """Names without the numbers that Keras gives, each with its shape, in order."""
    return sorted((re.sub(r"_\d+(?=/)", "", path), shape) for path, shape in shapes.items())


def store(model, file):
    """Write a network's weights to a file, which `fill` reads back; the same weights give the same bytes.

    Of a network with its build and its training, `course_lib.models.saving` writes one file.

    Parameters
    ----------
    model : keras.Model
    file : path
        Its name ends with ``.npz``, in a folder that exists.

    Raises
    ------
    ValueError
        If the name ends otherwise, or two weights of the network have one name.
    OSError
        If the file cannot be written there.
    """
    import keras

    archive.write(file, {path: keras.ops.convert_to_numpy(weight) for path, weight in _weights(model).items()})


def _weights(model):
    """Path -> weight, of all that is learned or averaged; the state of random numbers is left out.

    A weight of the model itself, not of a layer in it, has no model's name in its path: Keras counts those names up.
    """
    weights = [weight for weight in model.weights if not weight.path.endswith("seed_generator_state")]
    named = {weight.path.removeprefix(f"{model.name}/"): weight for weight in weights}
    if len(named) < len(weights):
        raise ValueError(f"the weights of {model.name!r} must have different names: give its layers names of their own")
    return named
