"""What every experiment does the same way: ask for options, go on where it was stopped, and say how it was made.

The results of an experiment are one JSON file in ``data/results/``: the question, the command, the date, the settings,
the machine, the versions of the packages, and a row for each training. ``results`` reads it and needs no Keras.
"""

import argparse
import datetime
import importlib.metadata
import json
import os
import platform
import sys
import time
from pathlib import Path

import numpy as np

from course_lib.datasets.files import DATA

RESULTS = DATA / "results"
PACKAGES = ("numpy", "scipy", "opencv-python-headless", "keras", "tensorflow-cpu", "tensorflow", "jax")


def results(name):
    """Return the stored results of an experiment.

    Parameters
    ----------
    name : str
        The module's short name, such as ``"class_imbalance"``.

    Returns
    -------
    dict
        What the JSON file holds: ``command``, ``date``, ``packages`` and the experiment's own table.

    Raises
    ------
    ValueError
        If no results are stored under this name.
    """
    stored = sorted(path.stem for path in RESULTS.glob("*.json"))
    if name not in stored:
        raise ValueError(f"name must be one of {', '.join(stored) or f'the files in {RESULTS}'}; got {name!r}")
    return json.loads((RESULTS / f"{name}.json").read_text("utf-8"))


# --- options ----------------------------------------------------------------------------------------------------------


def parser(name, text):
    """Begin the options of an experiment: ``--out`` names the file of its results.

    Parameters
    ----------
    name : str
        The module's short name.
    text : str
        The module's docstring: its first line is shown.

    Returns
    -------
    argparse.ArgumentParser
    """
    options = argparse.ArgumentParser(f"python -m {__package__}.{name}", description=text.partition("\n")[0])
    options.add_argument("--out", type=Path, default=RESULTS / f"{name}.json", help="default: %(default)s")
    return options


def parse(options, argv=None):
    """Read the options.

    Parameters
    ----------
    options : argparse.ArgumentParser
        As :func:`parser` began it.
    argv : list of str, optional
        What follows the command; by default what was typed.

    Returns
    -------
    argparse.Namespace
        With ``command``, the whole command line.
    """
    argv = sys.argv[1:] if argv is None else list(argv)
    found = options.parse_args(argv)
    found.command = " ".join([options.prog, *argv])
    return found


# --- how it was made --------------------------------------------------------------------------------------------------


def today():
    """Return the date, as ``"2026-11-22"``, by universal time."""
    return datetime.datetime.now(tz=datetime.UTC).date().isoformat()


def versions():
    """Return the versions of those of ``PACKAGES`` that are installed: a dict of str to str."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def system():
    """Return the number of cores, the processor, the Python and the packages; and Keras's backend, if it is loaded."""
    keras = sys.modules.get("keras")
    return {
        **({"backend": keras.backend.backend()} if keras else {}),
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "packages": versions(),
    }


def rounded(row, digits=5):
    """Return a row with its floats rounded."""
    return {key: round(value, digits) if isinstance(value, float) else value for key, value in row.items()}


def interval(values):
    """Return the mean, and half the width of its 95 % interval by Student's t; 0 for a single value.

    Parameters
    ----------
    values : sequence of float
        One for each seed.

    Returns
    -------
    mean, half : float
    """
    from scipy import stats

    values = np.asarray(values, dtype=float)
    n = len(values)
    half = stats.t.ppf(0.975, n - 1) * values.std(ddof=1) / np.sqrt(n) if n > 1 else 0.0
    return float(values.mean()), float(half)


# --- one run, that may be stopped and gone on with --------------------------------------------------------------------


def missing(plan, rows):
    """Return the tasks of a plan that have no row yet.

    Parameters
    ----------
    plan : iterable of dict
        Each holds the entries by which its row is known, such as ``{"loss": "Dice", "seed": 0}``.
    rows : sequence of dict
        What was done before.

    Returns
    -------
    list of dict
    """
    return [task for task in plan if not any(task.items() <= row.items() for row in rows)]


class Record:
    """The results of one run, written anew after every row; what the file holds already is kept.

    Parameters
    ----------
    path : pathlib.Path
        The JSON file.
    command : str
        The command line.
    question : str
    settings : dict
        Whatever makes rows comparable (steps, seeds, sizes): anything that JSON can hold.
    table : str
        Under which name the rows are stored.
    empty : callable
        Gives what rows are put into where there is no file yet: a list, or a dict.
    order : callable, optional
        The key by which a list of rows is sorted before it is written; by default they stay in the order of training.

    Attributes
    ----------
    rows : list or dict
        All rows so far, those from the file first.

    Raises
    ------
    ValueError
        If the file holds rows that were made with other settings.
    """

    def __init__(self, path, command, question, settings, table="rows", empty=list, order=None):
        self.path, self.command, self.question, self.table, self.order = path, command, question, table, order
        self.settings = json.loads(json.dumps(settings))  # as the file gives them back: tuples are lists
        stored = json.loads(path.read_text("utf-8")) if path.exists() else {}
        other = [key for key, value in self.settings.items() if stored and stored.get(key) != value]
        if other:
            raise ValueError(
                f"{path.name} was made with other settings: "
                + ", ".join(f"{key} = {stored.get(key)!r} there, {self.settings[key]!r} now" for key in other)
                + ". Name another file with --out, or delete this one"
            )
        self.rows = stored.get(table, empty())
        self._before, self._began = stored.get("seconds", 0), time.monotonic()

    def add(self, row):
        """Keep one more row of a list, show it, and write the file."""
        self.rows.append(rounded(row))
        show(self.rows[-1])
        if self.order is not None:
            self.rows.sort(key=self.order)
        self.write()

    def write(self):
        """Write the file."""
        content = {
            "question": self.question,
            "command": self.command,
            "date": today(),
            "seconds": round(self._before + time.monotonic() - self._began),
            **self.settings,
            **system(),
            self.table: self.rows,
        }
        write(self.path, content)


def show(row):
    """Print a row as one line: the progress of a run."""
    print(" ".join(f"{value:.4f}" if isinstance(value, float) else str(value) for value in row.values()), flush=True)


def write(path, content):
    """Write a dict as JSON, first beside the file and then into its place, so that it is always whole."""
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
    part.replace(path)
