"""How the networks in data/weights were trained: recipes that can be imported, and run by the scripts beside the files.

Nothing here was tuned on the data that the cards' scores are of; where one of two trainings was chosen on them, the
card says so.
"""

import argparse
import hashlib
from pathlib import Path

from course_lib.datasets.files import DATA

WEIGHTS = DATA / "weights"


def parser(text, file):
    """Begin the options of a script: ``--out`` names the file that it writes.

    Parameters
    ----------
    text : str
        Its first line is shown.
    file : str
        The shipped file's name.

    Returns
    -------
    argparse.ArgumentParser
    """
    options = argparse.ArgumentParser(description=text.partition("\n")[0])
    options.add_argument("--out", type=Path, default=WEIGHTS / file, help="default: %(default)s")
    return options


def show_checksum(path):
    """Print a file's line for ``FILES`` in course_lib/models/weights.py: name, size, SHA-256."""
    content = path.read_bytes()
    print(f'"{path.name}": ({len(content)}, "{hashlib.sha256(content).hexdigest()}"),')
