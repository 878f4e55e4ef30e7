"""Masks and numbered objects written to disk: the size of the image, its name, and no number changed.

Class masks are 8-bit PNG, labels of objects 16-bit PNG, or 32-bit TIFF where there are more than 65,535 objects.
`course_lib.datasets.folder.load_folder` reads both back.
"""

import os
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from course_lib._validate import pair, plain_array, real_number, rounding, whole_number
from course_lib.datasets.folder.pairing import list_images, natural
from course_lib.datasets.folder.reading import read_image
from course_lib.datasets.folder.sizes import resize_image
from course_lib.models.tiling import predict_tiled

SHOWN = 5
LABEL_SUFFIXES = (".png", ".tif", ".tiff")


def save_mask(path, mask, values=None, *, overwrite=False):
    """Write a class mask as an 8-bit PNG file.

    Parameters
    ----------
    path : path
        Its name ends with ``.png``. A missing folder is made.
    mask : (H, W), bool or whole numbers
        Class ids.
    values : sequence of whole numbers from 0 to 255, or of colours (r, g, b), optional
        ``values[k]`` is how class k is stored, as in `load_folder`: (0, 255) for black and white. Without it the ids
        themselves are stored, 255 for void too. No two may be the same: the classes could not be told apart again.
    overwrite : bool
        Whether a file of this name may be replaced.

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        Another shape, ids that do not fit into a byte or are not in ``values``, ``values`` of another form or with one
        twice, or another extension.
    FileExistsError
        There is such a file, and ``overwrite`` is False. It is not touched.
    """
    path = _target(path, (".png",))
    ids = _whole_map("mask", mask)
    if ids.min() < 0 or ids.max() > 255:
        raise ValueError(f"mask must hold class ids from 0 to 255, got {ids.min()} to {ids.max()}; see save_labels")
    table = np.arange(256, dtype=np.uint8) if values is None else _table(values)
    if ids.max() >= len(table):
        raise ValueError(f"values says how {len(table)} classes are stored, but mask holds the id {ids.max()}")
    return _write(path, table[ids], overwrite)


def save_labels(path, labels, *, overwrite=False):
    """Write numbered objects as a 16-bit PNG or, without loss up to 2**32 - 1, as a 32-bit TIFF file.

    Parameters
    ----------
    path : path
        Its name ends with ``.png`` for numbers to 65,535, or with ``.tif`` or ``.tiff``. A missing folder is made.
    labels : (H, W), whole numbers
        0 is background, 1, 2, ... are objects.
    overwrite : bool
        Whether a file of this name may be replaced.

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        Another shape, a number below 0 or one that is too large for the format, or another extension.
    FileExistsError
        There is such a file, and ``overwrite`` is False. It is not touched.
    """
    path = _target(path, LABEL_SUFFIXES)
    labels = _whole_map("labels", labels)
    wide = path.suffix.lower() != ".png"
    most = 2**32 - 1 if wide else 2**16 - 1
    if labels.min() < 0 or labels.max() > most:
        hint = "; a name with .tif holds numbers to 2**32 - 1" if not wide and labels.min() >= 0 else ""
        raise ValueError(f"labels must be from 0 to {most} in {path.name}, got {labels.min()} to {labels.max()}{hint}")
    return _write(path, labels.astype(np.uint32 if wide else np.uint16), overwrite)


def predict_folder(
    model, images, to, *, prepare=None, values=None, from_logits=None, threshold=0.5, instances=None, resize=None,
    tile=None, halo=None, multiple=1, batch_size=4, page=None, overwrite=False,
):  # fmt: skip
    """Predict every image of a folder, and write a mask of the same size and name for each.

    The name is the image's up to the extension; in folders of a pattern, where two images have one name, what
    ``{name}`` stands for.

    Parameters
    ----------
    model : keras.Model or callable
        From images (N, H, W, C) to logits or probabilities (N, H, W, K). With K = 1, or without that axis, that is
        foreground, else one number for each class, of which the largest counts.
    images : path
        A folder or a pattern, as in `load_folder`.
    to : path
        The folder to write to, made if it is missing.
    prepare : callable, optional
        From an image as the file holds it, (H, W) or (H, W, C), to what the network was trained on, of the same height
        and width: *the same function as before the training*. Without it images must be floating-point files.
    values : sequence, optional
        How the classes are stored, see `save_mask`: (0, 255) for black and white.
    from_logits : bool, optional
        Whether the model ends without an activation, as `course_lib.models.unet.unet` does; if False, its numbers are
        taken for probabilities. Without it they are taken for logits, but refused where they look like probabilities
        and it matters: K = 1 or ``instances`` is a function, and the numbers of the first image all lie in [0, 1].
    threshold : float in (0, 1)
        Foreground is where its probability is above it. For K = 1.
    instances : True or callable, optional
        Number the objects and write labels in place of class masks: by
        `course_lib.models.instances.split_touching` with ``threshold``, or by a function from the probability of
        foreground (H, W), for K > 1 from probabilities (H, W, K), to labels (H, W).
    resize : int or (int, int), optional
        The height and width at which the network was trained, if `load_folder` stretched the images to it. Predictions
        are stretched back. A model with one fixed input size that is no square needs that size here.
    tile, halo, multiple : int, optional
        See `course_lib.models.tiling.predict_tiled`. Without ``tile`` an image is predicted in one piece; one that is
        too large for memory needs tiles, with a ``halo`` of the network's reach. ``multiple`` is what height and
        width must be divisible by; 1 for `unet`. A model with a fixed input size gets tiles of that size, without halo.
    batch_size : int
        Tiles at a time.
    page : int, optional
        Which page to take of files that hold several.
    overwrite : bool
        Whether files in ``to`` may be replaced. The images themselves never are.

    Returns
    -------
    list of Path
        What was written, in the natural order of the images.

    Raises
    ------
    FileExistsError
        A file to be written exists, and ``overwrite`` is False; or it is one of the images. Nothing is predicted then.
    ValueError
        An image that cannot be read without loss, or that does not fit the model; numbers that are no probabilities, or
        look like some without ``from_logits``. The message names the file. So does a note on any other error that the
        model, ``prepare`` or ``instances`` raises.
    """
    chosen = list_images(images)
    targets = _plan(chosen, Path(to), instances is not None, overwrite)
    real_number("threshold", threshold, above=0, below=1)
    if instances is not None and instances is not True and not callable(instances):
        raise TypeError(f"instances must be True or a function, got {instances!r}")
    resize = None if resize is None else pair("resize", resize, 1)
    predict, channels, windows = _predictor(model, from_logits, tile, halo, multiple, resize)
    Path(to).mkdir(parents=True, exist_ok=True)
    written = []
    for (_, path), target in zip(chosen, targets, strict=True):
        stored = read_image(path, page)
        image = stored if resize is None else resize_image(stored, resize)
        image = _prepared(path, image, prepare, channels)
        size = windows["tile"] or max(-(-side // multiple) * multiple for side in image.shape[:2])
        with _naming(path):
            numbers = predict_tiled(predict, image, **windows | {"tile": size}, batch_size=batch_size)
            numbers = _floating(numbers)
            if from_logits is None:
                from_logits = _surely_logits(numbers, instances)
            result = _decided(resize_image(numbers, stored.shape[:2]), from_logits, threshold, instances)
            if instances is None:
                written.append(save_mask(target, result, values, overwrite=overwrite))
            else:
                written.append(_save_objects(target, result, overwrite))
    return written


@contextmanager
def _naming(path):
    """Say in every error which file it was."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    except Exception as error:
        error.add_note(f"This was at {path}.")
        raise


def _plan(chosen, folder, labels, overwrite):
    """Where each image's result goes, after making sure that nothing is lost."""
    if folder.exists() and not folder.is_dir():
        raise FileExistsError(f"to must be a folder, but {folder} is a file")
    names = [path.stem for _, path in chosen]
    names = names if len(set(names)) == len(names) else [name for name, _ in chosen]
    targets = [folder / f"{name}.png" for name in names]
    in_use = targets + [target.with_name(target.stem + ".tif") for target in targets if labels]
    sources = {path.resolve() for _, path in chosen}
    lost = [target for target in in_use if target.resolve() in sources]
    if lost:
        raise FileExistsError(f"to must not be the folder of the images: {_some(lost)} would be written over")
    there = [target for target in in_use if target.exists()]
    if there and not overwrite:
        raise FileExistsError(f"{_some(there)} in {folder}: give overwrite=True to replace, or another folder")
    return targets


def _predictor(model, from_logits, tile, halo, multiple, resize):
    """A function for `predict_tiled`, the number of channels it takes (None: any), and the windows."""
    multiple = whole_number("multiple", multiple, 1)
    predict, sides, channels = model, (None, None), None
    if hasattr(model, "predict_on_batch"):
        predict = model.predict_on_batch
        shape = getattr(model, "input_shape", None)
        if isinstance(shape, tuple) and len(shape) == 4:
            sides, channels = shape[1:3], shape[3]
        last = getattr((getattr(model, "layers", None) or [None])[-1], "activation", None)
        if from_logits is not False and getattr(last, "__name__", "") in ("sigmoid", "softmax"):
            raise ValueError(f"the model ends in a {last.__name__}, which gives probabilities: say from_logits=False")
    elif not callable(model):
        raise TypeError(f"model must be a Keras model or a function, got {type(model).__name__}")
    if tile is None and halo is not None:
        raise ValueError(f"halo={halo} belongs to tile: give both, or neither to predict an image in one piece")
    if tile is not None and halo is None:
        raise ValueError("tile needs halo, the network's reach in pixels: see course_lib.models.unet.unet_reach")
    if tile is None and sides[0] == sides[1] is not None:
        return predict, channels, {"tile": sides[0], "halo": 0, "multiple": sides[0]}
    fits = all(side in (None, given) for side, given in zip(sides, resize or (None, None), strict=True))
    if tile is None and not fits:
        height, width = ("any" if side is None else side for side in sides)
        raise ValueError(f"the model takes images of {height} x {width} pixels only: give resize=({height}, {width})")
    return predict, channels, {"tile": tile, "halo": halo or 0, "multiple": multiple}


def _prepared(path, image, prepare, channels):
    """An image ready for the network, or an error that says what is missing."""
    with _naming(path):
        ready = image if prepare is None else np.asarray(prepare(image))
    if ready.dtype.kind != "f":
        raise ValueError(
            f"{path} is {ready.dtype}, but a network takes floating-point numbers: give as prepare the function that "
            "made them before the training"
        )
    if ready.shape[:2] != image.shape[:2] or ready.ndim not in (2, 3):
        raise ValueError(f"prepare must keep the size {image.shape[:2]} of {path}, got {ready.shape}")
    if not np.isfinite(ready).all():
        raise ValueError(f"{path} holds NaN or inf when it is prepared")
    given = 1 if ready.ndim == 2 else ready.shape[2]
    if channels is not None and given != channels:
        raise ValueError(f"{path} has {given} channel{'s' * (given > 1)}, but the model takes {channels}")
    return ready


def _floating(numbers):
    """The network's numbers as float32 (H, W, K)."""
    if numbers.dtype.kind in "bui":
        raise ValueError(
            f"the model gives {numbers.dtype}, as if it had decided already: it must give logits or probabilities"
        )
    numbers = numbers.astype(np.float32)
    return numbers[..., None] if numbers.ndim == 2 else numbers


def _surely_logits(numbers, instances):
    """True, or None where nothing speaks against probabilities but it does not matter; else it is asked for."""
    if not _probable(numbers):
        return True
    if numbers.shape[-1] > 1 and not callable(instances):
        return None  # the largest of several is the same for both
    raise ValueError(
        f"the model gives {numbers.min():.3g} to {numbers.max():.3g}, which may be probabilities or logits: say "
        "from_logits=False where it ends in a sigmoid or softmax, else from_logits=True"
    )


def _probable(numbers):
    """Whether all numbers may be probabilities: in [0, 1], but for rounding."""
    tolerance = rounding(numbers)
    return bool(-tolerance <= numbers.min() and numbers.max() <= 1 + tolerance)  # not so for NaN


def _decided(numbers, from_logits, threshold, instances):
    """From the network's numbers (H, W, K) to class ids or labels (H, W)."""
    from scipy.special import expit, softmax

    if not np.isfinite(numbers).all():
        raise ValueError("the model gives NaN or infinite numbers")
    single = numbers.shape[-1] == 1
    if from_logits:
        probabilities = expit(numbers) if single else softmax(numbers, axis=-1)
    else:
        probabilities = np.clip(numbers, 0, 1)
        if not _probable(numbers):
            raise ValueError(
                f"probabilities must lie in [0, 1], but the model gives {numbers.min():.3g} to {numbers.max():.3g}: "
                "are they logits?"
            )
    if instances is None:
        return (probabilities[..., 0] > threshold).astype(np.uint8) if single else numbers.argmax(axis=-1)
    if instances is True:
        from course_lib.models.instances import split_touching

        if not single:
            raise ValueError(
                f"instances=True is for foreground alone, but the model has {numbers.shape[-1]} classes: give a "
                "function"
            )
        return split_touching(probabilities[..., 0], threshold)
    labels = np.asarray(instances(probabilities[..., 0] if single else probabilities))
    if labels.shape != numbers.shape[:2]:
        raise ValueError(f"instances must return labels of the size {numbers.shape[:2]}, got {labels.shape}")
    return labels


def _save_objects(target, labels, overwrite):
    """Write labels as PNG, or as TIFF where they do not fit; an earlier result in the other format is replaced."""
    wide = target.with_name(target.stem + ".tif")
    target, other = (wide, target) if labels.max() >= 2**16 else (target, wide)
    path = save_labels(target, labels, overwrite=overwrite)
    if overwrite:
        other.unlink(missing_ok=True)
    return path


def _target(path, suffixes):
    path = Path(path)
    if path.suffix.lower() not in suffixes:
        raise ValueError(f"path must end with {' or '.join(suffixes)}, got {path.name!r}")
    return path


def _whole_map(argument, given):
    array = plain_array(argument, given)
    if array.ndim != 2 or array.size == 0 or array.dtype.kind not in "bui":
        raise ValueError(f"{argument} must be whole numbers of the shape (H, W), got {array.dtype} {array.shape}")
    return array.astype(np.uint8) if array.dtype == bool else array


def _table(values):
    """Stored value of each id: (K,) of numbers, or (K, 3) of colours."""
    try:
        listed = np.asarray(list(values))
    except (TypeError, ValueError):  # no list; numbers beside colours
        listed = np.array(None)
    if listed.dtype.kind not in "ui" or listed.shape[1:] not in ((), (3,)) or listed.min() < 0 or listed.max() > 255:
        raise ValueError(f"values must list whole numbers from 0 to 255 or colours (r, g, b) of them, got {values!r}")
    if len(np.unique(listed, axis=0)) < len(listed):
        raise ValueError(f"values must differ, or two classes would be stored as one, got {values!r}")
    return listed.astype(np.uint8)


def _write(path, array, overwrite):
    """Write beside the place and move there in one step: a stop at any moment leaves no half file."""
    if path.exists() and not overwrite:
        raise FileExistsError(f"{path} exists: give overwrite=True to replace it")
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.part")
    try:
        if path.suffix.lower() == ".png":
            from PIL import Image

            Image.fromarray(array).save(unfinished, format="PNG")
        else:
            import tifffile

            tifffile.imwrite(unfinished, array, compression="zlib", photometric="minisblack")
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def _some(paths):
    names = sorted((path.name for path in paths), key=natural)
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} others" if len(names) > SHOWN else "")
