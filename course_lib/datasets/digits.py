"""Handwritten digits: 5,000 of MNIST's, 28 x 28 gray, balanced. See data/digits/README.md."""

import sys

import numpy as np

from course_lib.datasets import files

FILES = {"digits.png": (836732, "fd260b28eb5c6cf6c742c217cefe369fd42a9f58aa3eaa60ae2fe7e96e85c7de")}
TRAIN = 4000


def load():
    """Load the digits, split once and for all.

    Returns
    -------
    (x_train, y_train), (x_test, y_test) : tuples of ndarray
        Images, uint8, shapes (4000, 28, 28) and (1000, 28, 28): 0 is paper, 255 is ink.
        Labels, uint8, shapes (4000,) and (1000,). Digits are dealt round (0, 1, ..., 9, 0, 1, ...): every run of ten
        holds each class once, so any slice is balanced. Shuffle before training.

    Raises
    ------
    DataFileError
        If the file is missing, cut short or altered.
    """
    sheet = files.image(sys.modules[__name__], "digits.png")
    images = sheet.reshape(-1, 28, 100, 28).swapaxes(1, 2).reshape(-1, 28, 28)
    labels = np.tile(np.arange(10, dtype=np.uint8), len(images) // 10)
    return (images[:TRAIN], labels[:TRAIN]), (images[TRAIN:], labels[TRAIN:])
