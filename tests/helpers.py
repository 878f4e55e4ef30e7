"""What several tests need: the course's folder, Python in a process of its own, gradients by central differences."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent


def python(*arguments, cwd=ROOT, timeout=600, **environment):
    """Run Python in a process of its own: afresh, with another backend, with another environment.

    Parameters
    ----------
    *arguments : str or path
        Such as "-c" and code, or "-m" and a module. This copy of the course can be imported.
    cwd : path
    timeout : float
        Seconds.
    **environment : str
        Variables beside those of this process.

    Returns
    -------
    subprocess.CompletedProcess
        With `returncode`, `stdout` and `stderr` as text.
    """
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def printed(code, *arguments, **options):
    """What code prints in a process of its own, which must not fail. Options as for `python`."""
    done = python("-c", code, *arguments, **options)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def loaded_by(code):
    """The names of the modules that are loaded after code has run in a fresh process."""
    return set(printed(f"{code}\nimport sys\nprint(*sys.modules)").splitlines()[-1].split())


def central_differences(f, *arrays, step=1e-5):
    """The gradients of the number f(*arrays) by every array, in float64: each entry moved a little up, and down."""
    arrays = [np.array(array, dtype=np.float64) for array in arrays]
    gradients = [np.zeros_like(array) for array in arrays]
    for array, gradient in zip(arrays, gradients, strict=True):
        for place in np.ndindex(array.shape):
            here, values = array[place], []
            for moved in (here + step, here - step):
                array[place] = moved
                values.append(f(*arrays))
            array[place] = here
            gradient[place] = (values[0] - values[1]) / (2 * step)
    return gradients
