"""Named arrays in one ``.npz`` file that is always whole: written beside its place and moved there in one step.

A kill at any moment leaves the old file or the new one, never half of one. Nothing in such a file can run code.
"""

import io
import os
import zipfile
from pathlib import Path

import numpy as np

# What follows the last one in a name is the number format: one that NumPy does not know is stored as its bits. Where
# the name has such a sign of its own, every format is told.
FOREIGN = "@"


def checked(path, suffix=".npz"):
    """Return the path of a file, or say before hours of work why it could not be written there.

    Parameters
    ----------
    path : path
        Ends with the suffix, in a folder that exists and may be written to.
    suffix : str

    Returns
    -------
    pathlib.Path

    Raises
    ------
    ValueError
        The name does not end with the suffix.
    OSError
        There is no such folder, it may not be written to, or the path is itself a folder.
    """
    path = named(path, suffix)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"path must lie in a folder that exists, got {str(path)!r}: make the folder first")
    if path.is_dir():
        raise IsADirectoryError(f"path must be a file, but {str(path)!r} is a folder")
    if not os.access(path.parent, os.W_OK):
        raise PermissionError(f"path must lie in a folder that may be written to, got {str(path)!r}")
    return path


def write(path, arrays):
    """Write named arrays to one file; the same arrays give the same bytes.

    Parameters
    ----------
    path : path
        Its name ends with ``.npz``, in a folder that exists and may be written to.
    arrays : dict of str to array
        bfloat16 and the other formats that Keras adds to NumPy's come back as they were.

    Raises
    ------
    TypeError
        An array holds Python objects.
    ValueError, OSError
        The name ends otherwise, or the file cannot be written there.
    """
    path = checked(path)
    plain = [_plain(name, np.asarray(array)) for name, array in arrays.items()]
    unfinished = path.with_name(path.name + ".part")
    try:
        with open(unfinished, "wb") as file:
            with zipfile.ZipFile(file, "w") as members:  # np.savez has no place for an array by the name "file"
                for name, array in plain:
                    with members.open(f"{name}.npy", "w", force_zip64=True) as member:
                        np.lib.format.write_array(member, array, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())  # on the disk before it gets its name
        os.replace(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def read(path):
    """Read named arrays back.

    Parameters
    ----------
    path : path

    Returns
    -------
    dict of str to array

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        The file is empty, cut short, altered or something else; the message names it.
    """
    path = named(path)
    return parse(path.read_bytes(), str(path))


def parse(content, name):
    """The arrays in the bytes of an archive; ``name`` is what a message calls it."""
    try:
        if not content.startswith(b"PK"):
            raise ValueError("it is empty" if not content else "it does not begin like one")
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return dict(_restored(key, archive[key]) for key in archive.files)
    except Exception as error:  # zipfile, zlib, struct and NumPy each have their own way to say that bytes are wrong
        raise ValueError(
            f"{name} is no whole archive of arrays (.npz), or was cut short or altered: {error}"
        ) from error


def named(path, suffix=".npz"):
    """Return the path, or raise ValueError if it does not end with the suffix."""
    path = Path(path)
    if path.suffix != suffix:
        raise ValueError(f"path must end with {suffix}, got {path.name!r}")
    return path


def _plain(name, array):
    if array.dtype.hasobject:
        raise TypeError(f"arrays must hold numbers or text, but {name!r} holds Python objects")
    foreign = array.dtype.kind == "V" and not array.dtype.names
    if not foreign and FOREIGN not in name:
        return name, array
    return f"{name}{FOREIGN}{array.dtype.name}", array.view(f"u{array.dtype.itemsize}") if foreign else array


def _restored(name, array):
    if not isinstance(array, np.ndarray):
        raise ValueError(f"it holds {name!r}, which is no array")
    import ml_dtypes  # Keras brings it

    head, _, dtype = name.rpartition(FOREIGN)
    if dtype == array.dtype.name and head:
        return head, array
    scalar = getattr(ml_dtypes, dtype, None)
    if head and isinstance(scalar, type) and np.dtype(scalar).name == dtype:
        return head, array.view(scalar)
    return name, array
