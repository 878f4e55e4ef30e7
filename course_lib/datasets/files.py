"""Opening a data file only when it is whole: size and SHA-256 are compared before anything is decoded."""

import hashlib
import io
from pathlib import Path

import numpy as np

DATA = Path(__file__).resolve().parents[2] / "data"


class DataFileError(OSError):
    """A data file is missing, cut short or altered; the message names it and says how to mend it."""


def label(module, name):
    """Return a file's path inside the repository, such as ``data/digits/digits.png``."""
    return f"data/{folder(module)}/{name}"


def folder(module):
    """Return the folder in ``data/`` of a data set's module: its own short name."""
    return module.__name__.rpartition(".")[2]


def read(module, name):
    """Return the bytes of one data file after checking them.

    Parameters
    ----------
    module : module
        A data set's module, whose ``FILES`` maps file names to (size in bytes, SHA-256).
    name : str
        One of those file names.

    Returns
    -------
    bytes

    Raises
    ------
    DataFileError
        If the file is missing, unreadable, of another size, or differs in any byte.
    """
    size, sha256 = module.FILES[name]
    path = DATA / folder(module) / name
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise DataFileError(_message(module, name, f"is missing (looked in {path.parent})")) from None
    except OSError as error:
        raise DataFileError(_message(module, name, f"cannot be read ({error.strerror})")) from None
    if len(content) < size:
        raise DataFileError(_message(module, name, f"is cut short: {len(content):,} of {size:,} bytes"))
    if len(content) > size:
        raise DataFileError(_message(module, name, f"is too long: {len(content):,} bytes where {size:,} belong"))
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DataFileError(_message(module, name, "was altered: its SHA-256 is not the recorded one"))
    return content


def check(*modules):
    """Compare every file of some data sets with its recorded size and checksum.

    Parameters
    ----------
    *modules : module
        Each with ``FILES``, as for ``read``.

    Returns
    -------
    list of (str, bool, str)
        One entry for each file: its path inside the repository, whether it is intact, and what was found (for a damaged
        file: what is wrong with it and how to mend it).
    """
    report = []
    for module in modules:
        for name in module.FILES:
            try:
                size = len(read(module, name))
                report.append((label(module, name), True, f"{size:,} bytes, checksum agrees"))
            except DataFileError as error:
                report.append((label(module, name), False, str(error)))
    return report


def image(module, name):
    """Return a checked picture file as a fresh uint8 array, shape (H, W), (H, W, 3) or (H, W, 4)."""
    from PIL import Image

    with Image.open(io.BytesIO(read(module, name))) as picture:
        return np.array(picture, dtype=np.uint8)


def _message(module, name, trouble):
    path, own = label(module, name), f"{Path(name).stem}.py"  # weights have a script for each file
    script = own if (DATA / folder(module) / own).exists() else "build.py"
    return (
        f"{path} {trouble}. Restore it with `git checkout -- {path}`, "
        f"or make it again with `python data/{folder(module)}/{script}`."
    )
