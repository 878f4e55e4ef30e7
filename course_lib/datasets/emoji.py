"""Emoji: 1,636 small pictures with alpha, and scenes composed of them with exact masks. See data/emoji/README.md."""

import csv
import io
import sys

import numpy as np

from course_lib.datasets import files

FILES = {
    "emoji.png": (1983031, "5aeb7a1d3398786e9beed2175b48f5b0e1a384e97a2f8aeea4798ac49443d247"),
    "emoji.csv": (99662, "9bf930b87f72aa6ada3f1ccdd0372afc6c4adbecae937d9a0e5cfa0c1bff3992"),
}
SIZE = 32


def load():
    """Load all emoji with their names and categories.

    Returns
    -------
    images : ndarray of uint8, shape (1636, 32, 32, 4)
        Straight RGBA (sRGB colour, alpha 0 ... 255); where alpha is 0 the colour is 0.
    names : ndarray of str, shape (1636,)
        Short names, each once: ``"grinning"``, ``"red_car"``.
    categories : ndarray of str, shape (1636,)
        Unicode's: ``"Animals & Nature"``, ``"Food & Drink"`` and six more.

    Raises
    ------
    DataFileError
        If a file is missing, cut short or altered.
    """
    columns = table()
    sheet = files.image(sys.modules[__name__], "emoji.png")
    images = sheet.reshape(-1, SIZE, sheet.shape[1] // SIZE, SIZE, 4).swapaxes(1, 2).reshape(-1, SIZE, SIZE, 4)
    names = columns["short_name"]
    return images[: len(names)], names, columns["category"]


def table():
    """Load what is known about each emoji, in the order of the images.

    Returns
    -------
    dict of str to ndarray of str, each of shape (1636,)
        ``short_name``, ``name`` (Unicode's), ``category``, ``subcategory``, ``unified`` (code points, hexadecimal).

    Raises
    ------
    DataFileError
        If the file is missing, cut short or altered.
    """
    text = files.read(sys.modules[__name__], "emoji.csv").decode()
    header, *rows = csv.reader(io.StringIO(text))
    return {name: np.array(column) for name, column in zip(header, zip(*rows, strict=True), strict=True)}
