"""A file that is always whole: written beside its place and moved there in one step, so a kill at any moment leaves the
old file or the new one, never half of one.
"""

import os
from pathlib import Path

import numpy as np


def write(path, arrays):
    """Write named arrays to one file.

    Parameters
    ----------
    path : path
        Its name ends with ``.npz``. The folder exists.
    arrays : dict of str to array
    """
    path = checked(path)
    unfinished = path.with_name(path.name + ".part")
    with open(unfinished, "wb") as file:
        np.savez(file, **arrays)
        file.flush()
        os.fsync(file.fileno())  # on the disk before it gets its name
    os.replace(unfinished, path)


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
    """
    with np.load(checked(path), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def of_variables(prefix, variables):
    """Name the values of variables by their order: ``prefix/0``, ``prefix/1``, ...

    Parameters
    ----------
    prefix : str
    variables : sequence of keras.Variable

    Returns
    -------
    dict of str to array
    """
    from keras import ops

    return {f"{prefix}/{i}": ops.convert_to_numpy(variable) for i, variable in enumerate(variables)}


def to_variables(prefix, variables, arrays):
    """Give variables the values of `of_variables`.

    Parameters
    ----------
    prefix : str
    variables : sequence of keras.Variable
    arrays : dict of str to array
        May hold other names as well.

    Raises
    ------
    ValueError
        The arrays belong to other variables: their number, a shape or a dtype differs. Nothing is changed then.
    """
    given = {name: array for name, array in arrays.items() if name.startswith(prefix + "/")}
    if len(given) != len(variables):
        raise ValueError(f"the checkpoint has {len(given)} variables of the {prefix}, which has {len(variables)}")
    for i, variable in enumerate(variables):
        array = given[f"{prefix}/{i}"]
        if array.shape != tuple(variable.shape) or array.dtype != variable.dtype:
            raise ValueError(
                f"{variable.path!r} of the {prefix} is {variable.dtype} {tuple(variable.shape)}, but {array.dtype} "
                f"{array.shape} in the checkpoint"
            )
    for i, variable in enumerate(variables):
        variable.assign(given[f"{prefix}/{i}"])


def checked(path):
    """Return the path of a checkpoint, or raise ValueError if its name does not end with .npz."""
    path = Path(path)
    if path.suffix != ".npz":
        raise ValueError(f"path must end with .npz, got {path.name!r}")
    return path
