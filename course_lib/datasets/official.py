"""The official files of larger public sets, read from a folder that you downloaded yourself.

MNIST and Fashion-MNIST (idx files, compressed or not), CIFAR-10 (the "python version") and Oxford-IIIT Pet (its
``images`` and ``annotations`` folders). Nothing is downloaded, and nothing is loaded by halves.
"""

import gzip
import io
import math
import pickle
import zlib
from pathlib import Path

import numpy as np

from course_lib._validate import whole_number
from course_lib.datasets.files import DataFileError


def load_idx_folder(folder):
    """Load MNIST, Fashion-MNIST or any set with the same four idx files.

    Parameters
    ----------
    folder : str or Path
        Holds ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte``, ``t10k-images-idx3-ubyte`` and
        ``t10k-labels-idx1-ubyte``, each with or without ``.gz``.

    Returns
    -------
    (x_train, y_train), (x_test, y_test) : tuples of ndarray of uint8
        Images, shape (n, 28, 28) for the sets named above, and labels, shape (n,).

    Raises
    ------
    DataFileError
        If a file is missing, cut short, not an idx file, or images and labels differ in number.
    """
    folder = _existing(folder)
    parts = []
    for part in ("train", "t10k"):
        images_path = _first_of(folder, f"{part}-images-idx3-ubyte", f"{part}-images-idx3-ubyte.gz")
        labels_path = _first_of(folder, f"{part}-labels-idx1-ubyte", f"{part}-labels-idx1-ubyte.gz")
        images, labels = read_idx(images_path, ndim=3), read_idx(labels_path, ndim=1)
        if len(images) != len(labels):
            raise DataFileError(f"{images_path} has {len(images):,} images but {labels_path} {len(labels):,} labels")
        parts.append((images, labels))
    return tuple(parts)


def read_idx(path, ndim):
    """Read one idx file of bytes: two zeros, the type (8), the number of axes, each length, then the values.

    Parameters
    ----------
    path : str or Path
        Compressed if its name ends in ``.gz``.
    ndim : int
        Number of axes it must have.

    Returns
    -------
    ndarray of uint8

    Raises
    ------
    DataFileError
        If it is not such a file, or too short or too long for the lengths it states.
    """
    path = Path(path)
    content = path.read_bytes()
    if path.suffix == ".gz":
        try:
            content = gzip.decompress(content)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise DataFileError(f"{path} is damaged or cut short ({error}): download it again") from None
    header = 4 + 4 * ndim
    if content[:4] != bytes([0, 0, 8, ndim]) or len(content) < header:
        raise DataFileError(f"{path} is not an idx file of bytes with {ndim} axes: it begins with {content[:4]!r}")
    shape = tuple(int(length) for length in np.frombuffer(content, ">u4", ndim, offset=4))
    expected = header + math.prod(shape)
    if len(content) != expected:
        trouble = "cut short" if len(content) < expected else "too long"
        raise DataFileError(f"{path} is {trouble}: {len(content):,} bytes where shape {shape} needs {expected:,}")
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape).copy()


def load_cifar10_folder(folder):
    """Load CIFAR-10 from its "python version".

    Parameters
    ----------
    folder : str or Path
        The unpacked ``cifar-10-batches-py``: ``data_batch_1`` ... ``data_batch_5`` and ``test_batch``.

    Returns
    -------
    (x_train, y_train), (x_test, y_test) : tuples of ndarray of uint8
        Images, shape (n, 32, 32, 3), and labels 0 ... 9, shape (n,); n is 50,000 and 10,000 in the full set.

    Raises
    ------
    DataFileError
        If a file is missing, cut short, holds anything but plain numbers and names, or has the wrong shape.
    """
    folder = _existing(folder)
    paths = [_first_of(folder, f"data_batch_{i}") for i in range(1, 6)] + [_first_of(folder, "test_batch")]
    batches = [_read_cifar_batch(path) for path in paths]
    train = tuple(np.concatenate(part) for part in zip(*batches[:5], strict=True))
    return train, batches[5]


def _read_cifar_batch(path):
    try:
        batch = _PlainUnpickler(io.BytesIO(path.read_bytes()), encoding="bytes").load()
        data, labels = batch[b"data"].pixels(), np.array(batch[b"labels"])
    except DataFileError as error:
        raise DataFileError(f"{path} {error}") from None
    except _DAMAGE as error:
        raise DataFileError(f"{path} is damaged, cut short or not a CIFAR-10 batch ({error!r})") from None
    if labels.shape != (len(data),) or labels.dtype.kind != "i" or labels.min() < 0 or labels.max() > 9:
        raise DataFileError(f"{path} must hold one label 0 ... 9 for each of its {len(data):,} images")
    return np.ascontiguousarray(data.transpose(0, 2, 3, 1)), labels.astype(np.uint8)


# what opening a damaged pickle can end in
_DAMAGE = (pickle.UnpicklingError, ArithmeticError, AttributeError, EOFError, ImportError, LookupError, MemoryError)
_DAMAGE += (NotImplementedError, SystemError, TypeError, ValueError)


class _PlainUnpickler(pickle.Unpickler):
    """A pickle can run any program when it is opened; this reader takes down what it says and calls nothing."""

    def find_class(self, module, name):
        if module in ("numpy", "numpy.core.multiarray", "numpy._core.multiarray"):
            if name in ("_reconstruct", "ndarray"):
                return _ArrayNote
            if name == "dtype":
                return _TypeNote
        raise DataFileError(f"wants to use {module}.{name}, which image data never needs: it was not opened")


class _TypeNote:
    """The name of a data type, such as ``u1``."""

    def __init__(self, name, *_):
        self.name = name

    def __setstate__(self, state):
        """Byte order and the like: nothing that a byte has."""


class _ArrayNote:
    """Shape, type and bytes of an array."""

    def __init__(self, *_):
        pass

    def __setstate__(self, state):
        _, self.shape, self.type, self.by_columns, self.content = state

    def pixels(self):
        if self.type.name not in (b"u1", "u1") or self.by_columns or self.shape[1:] != (3072,):
            raise ValueError(f"images must be uint8 of shape (n, 3072), not {self.type.name} {self.shape}")
        return np.frombuffer(self.content, np.uint8).reshape(self.shape[0], 3, 32, 32)


PET_CLASSES = ("background", "pet", "border")


def load_pets_folder(folder, size=128, limit=None):
    """Load Oxford-IIIT Pet: photographs of cats and dogs with trimaps, all brought to one size.

    Parameters
    ----------
    folder : str or Path
        Holds ``images/*.jpg``, ``annotations/trimaps/*.png``, ``annotations/trainval.txt``, ``annotations/test.txt``.
    size : int
        Side of the squares that pictures (smoothed) and trimaps (nearest neighbour) are squeezed to.
    limit : int, optional
        Read only the first so many of each list: the lists are sorted by breed.

    Returns
    -------
    (x_train, m_train), (x_test, m_test) : tuples of ndarray of uint8
        Images, sRGB, shape (n, size, size, 3), and masks, shape (n, size, size), with values 0, 1, 2 as in
        `PET_CLASSES`. The files store them as 2, 1, 3.

    Raises
    ------
    ValueError
        If ``size`` or ``limit`` is below 1.
    DataFileError
        If a list, a picture or its trimap is missing or damaged, the two differ in size, or a trimap has other values.
    """
    whole_number("size", size, 1)
    if limit is not None:
        whole_number("limit", limit, 1)
    folder = _existing(folder)
    lists = [_first_of(folder, f"annotations/{name}.txt") for name in ("trainval", "test")]
    parts = []
    for path in lists:
        names = [line.split()[0] for line in path.read_text().splitlines() if line.strip() and line[0] != "#"][:limit]
        if not names:
            raise DataFileError(f"{path} lists no pictures")
        pairs = [_read_pet(folder, name, size) for name in names]
        parts.append(tuple(np.stack(part) for part in zip(*pairs, strict=True)))
    return tuple(parts)


def _read_pet(folder, name, size):
    from PIL import Image

    picture_path = _first_of(folder, f"images/{name}.jpg")
    trimap_path = _first_of(folder, f"annotations/trimaps/{name}.png")
    picture, trimap = _open(picture_path).convert("RGB"), _open(trimap_path)
    if picture.size != trimap.size:
        raise DataFileError(f"{picture_path} is {picture.size} pixels wide and high, but {trimap_path} {trimap.size}")
    values = np.array(trimap.resize((size, size), Image.Resampling.NEAREST))
    if values.ndim != 2 or not np.isin(values, (1, 2, 3)).all():
        raise DataFileError(f"{trimap_path} must hold only 1 (pet), 2 (background) and 3 (border)")
    pixels = np.array(picture.resize((size, size), Image.Resampling.BILINEAR))
    return pixels, np.array([0, 1, 0, 2], np.uint8)[values]


def _open(path):
    from PIL import Image, UnidentifiedImageError

    try:
        picture = Image.open(io.BytesIO(path.read_bytes()))
        picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise DataFileError(f"{path} is damaged or cut short ({error})") from None
    return picture


def _existing(folder):
    folder = Path(folder)
    if not folder.is_dir():
        raise DataFileError(f"folder must be a folder that exists, but there is none at {folder}")
    return folder


def _first_of(folder, *names):
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise DataFileError(f"{' or '.join(names)} is missing in {folder}")
