"""HeLa nuclei with instance labels, split by time and region, and one image from another world.

The card is data/nuclei/README.md.
"""

import sys

import numpy as np

from course_lib.datasets import files

FILES = {
    "train_images.png": (1959631, "27f3d7f35719e31b287622ce3706f7a4f6ab30af4ce369c4be8e292aab141360"),
    "train_labels.png": (110857, "dd5ddc66d9f70a8a60eb4130e8fb3517af6fa742643df412882a4236de8da56d"),
    "test_images.png": (421098, "12575061624b1be8981da0fe2795f6f14ba3cc6fe8ff5239eeee3de8c9f7ef87"),
    "test_labels.png": (23633, "10d52e9501f6b0d9b2d47a559805db3f8a0a3661dcd326c2f644a6a645e23a30"),
    "shifted_image.png": (157757, "ce2a32221ffe8efae4227ae08e7a8fd810f80d2a61ed5fa68c9b0550348e493c"),
    "shifted_labels.png": (10102, "fcf2dfa964e3303183d565e43e1fa0b3668473c4dd2de11973b9ad28e256ccd8"),
}
HEIGHT = 640
TRAIN_FRAMES, TRAIN_COLUMNS = range(12), range(30, 670)
TEST_FRAMES, TEST_COLUMNS = range(15, 20), range(750, 1070)


def load():
    """Load the film, split by time and by region.

    Training frames are 0-11 of the film, columns 30-669; test frames are 15-19, columns 750-1069: neither a moment nor
    a place is shared, and a gap of three frames and 80 columns lies between. The labels were made by a program and have
    visible errors (merged, missed and ragged nuclei).

    Returns
    -------
    (x_train, y_train), (x_test, y_test) : tuples of ndarray
        Images, uint8, shapes (12, 640, 640) and (5, 640, 320): brighter is more DNA. Instance labels, uint16, same
        shapes: 0 is background, 1, 2, ... number the nuclei of one frame (a nucleus changes its number in time).

    Raises
    ------
    DataFileError
        If a file is missing, cut short or altered.
    """
    return (
        (_frames("train_images.png", TRAIN_COLUMNS), _frames("train_labels.png", TRAIN_COLUMNS).astype(np.uint16)),
        (_frames("test_images.png", TEST_COLUMNS), _frames("test_labels.png", TEST_COLUMNS).astype(np.uint16)),
    )


def load_shifted():
    """Load one image of other cells from another microscope, labelled by hand: the test of what was learned too well.

    Returns
    -------
    image : ndarray of uint8, shape (512, 512)
    labels : ndarray of uint16, shape (512, 512)
        0 is background, 1 ... 125 are the nuclei.

    Raises
    ------
    DataFileError
        If a file is missing, cut short or altered.
    """
    module = sys.modules[__name__]
    return files.image(module, "shifted_image.png"), files.image(module, "shifted_labels.png").astype(np.uint16)


def _frames(name, columns):
    return files.image(sys.modules[__name__], name).reshape(-1, HEIGHT, len(columns))
