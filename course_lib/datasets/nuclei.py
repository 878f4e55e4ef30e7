"""HeLa nuclei with instance labels, split by time and region, and one image from another world.

The card is data/nuclei/README.md.
"""

import shutil
import sys
from pathlib import Path

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
NOISE = 5.0  # gray levels
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


def write_folder(folder, seed=0):
    """Write pieces of the film as files that nobody has prepared for a program, to try on them what strangers have.

    Twelve places of the film, called wells, at three times each: wells 1 to 8 from the training part, 9 to 12 from the
    test part. Everything is enlarged twice. ``images`` holds 16-bit TIFF files, each well with an exposure of its own;
    ``masks`` 8-bit PNG files in which 1 is nucleus, 2 is ground and 3 a rim two pixels wide, left open. One image has
    no mask, and one pair is a copy of another under the name of another well.

    Parameters
    ----------
    folder : path
        ``images`` and ``masks`` are made in it.
    seed : int
        Of the exposures and the noise.
    """
    import tifffile
    from PIL import Image
    from scipy import ndimage
    from skimage.segmentation import find_boundaries

    folder = Path(folder)
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (x_train, y_train), (x_test, y_test) = load()
    rng = np.random.default_rng(seed)
    places = [(x_train[::4], y_train[::4], row, column) for row in range(0, 640, 160) for column in (0, 320)]
    places += [(x_test[::2], y_test[::2], row, 0) for row in range(0, 640, 160)]
    gains = rng.permutation(np.geomspace(3, 60, len(places)))
    for well, (images, labels, row, column) in enumerate(places, start=1):
        gain, dark = gains[well - 1], rng.uniform(150, 900)
        for time in range(3):
            part = np.s_[time, row : row + 160, column : column + 320]
            image = ndimage.zoom(images[part].astype(np.float64), 2, order=1, grid_mode=True, mode="nearest")
            image = dark + gain * (image + rng.normal(0, NOISE, image.shape))
            label = np.kron(labels[part], np.ones((2, 2), np.uint16))
            mask = np.where(find_boundaries(label), 3, np.where(label > 0, 1, 2)).astype(np.uint8)
            name = f"well_{well}_t{time}"
            tifffile.imwrite(folder / "images" / f"{name}.tif", np.clip(image, 0, 65535).round().astype(np.uint16))
            Image.fromarray(mask).save(folder / "masks" / f"{name}.png")
    shutil.copy(folder / "images" / "well_2_t2.tif", folder / "images" / "well_12_t3.tif")
    shutil.copy(folder / "masks" / "well_2_t2.png", folder / "masks" / "well_12_t3.png")
    tifffile.imwrite(folder / "images" / "focus_test.tif", tifffile.imread(folder / "images" / "well_4_t1.tif")[::-1])


def _frames(name, columns):
    return files.image(sys.modules[__name__], name).reshape(-1, HEIGHT, len(columns))
