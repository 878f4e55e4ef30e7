"""Draw the picture of each data card, preview.png beside every README.md, and the one of the course, data/preview.png.

python data/previews.py
"""

import numpy as np
from PIL import Image
from skimage.segmentation import find_boundaries

from course_lib.classical import convolution, filters
from course_lib.datasets import digits, emoji, files, nuclei, photographs

CLASS_COLORS = [(30, 30, 30), (230, 159, 0), (86, 180, 233), (0, 158, 115), (204, 121, 167), (213, 94, 0)]


def save(name, picture):
    """Write an RGB picture with 128 colours, which keeps the file small."""
    small = Image.fromarray(picture).quantize(128, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    small.save(files.DATA / name / "preview.png", optimize=True)


def grid(images, columns):
    """Join pictures of one size, shape (n, H, W, 3), row by row."""
    n, height, width, channels = images.shape
    rows = images.reshape(n // columns, columns, height, width, channels).swapaxes(1, 2)
    return rows.reshape(n // columns * height, columns * width, channels)


def draw_digits():
    (x, _), _ = digits.load()
    ink = 255 - x[:200]
    save("digits", grid(np.stack([ink] * 3, axis=-1), 20))


def draw_emoji():
    images, _, _ = emoji.load()
    chosen = images[:: len(images) // 120][:120] / 255
    on_white = chosen[..., :3] * chosen[..., 3:] + 1 - chosen[..., 3:]
    scenes, masks = emoji.scenes(10, seed=12)
    colors = np.array(CLASS_COLORS, np.uint8)[masks]
    parts = [grid(np.rint(255 * a).astype(np.uint8), c) for a, c in ((on_white, 20), (scenes, 10))]
    save("emoji", np.concatenate([*parts, grid(colors, 10)]))


def draw_nuclei():
    (x_train, y_train), (x_test, y_test) = nuclei.load()
    x_shifted, y_shifted = nuclei.load_shifted()
    pieces = (
        (x_train[0, 100:308, 200:408], y_train[0, 100:308, 200:408]),
        (x_test[4, 350:558, 100:308], y_test[4, 350:558, 100:308]),
        (x_shifted[:208, :208], y_shifted[:208, :208]),
    )
    columns = []
    for image, labels in pieces:
        bright = np.rint(255 * np.sqrt(image / 255)).astype(np.uint8)
        plain = np.stack([bright] * 3, axis=-1)
        outlined = plain.copy()
        outlined[find_boundaries(labels, mode="inner")] = (255, 150, 0)
        columns.append(np.concatenate([plain, outlined]))
    save("nuclei", np.concatenate(columns, axis=1))


def draw_photographs():
    tiles = []
    for name in photographs.NAMES:
        picture = Image.fromarray(photographs.load(name)).convert("RGB")
        side = min(picture.size)
        left, top = (picture.width - side) // 2, (picture.height - side) // 2
        square = picture.crop((left, top, left + side, top + side))
        tiles.append(np.asarray(square.resize((120, 120), Image.Resampling.LANCZOS)))
    tiles.append(np.full((120, 120, 3), 255, np.uint8))
    save("photographs", grid(np.stack(tiles), 6))


def draw_course():
    """One row for filtering and segmenting, one for composing: what the README shows."""
    side = 160
    photo = photographs.load("camera")[::2, ::2] / 255
    tile = np.s_[20 : 20 + side, 40 : 40 + side]
    edges = np.hypot(*(convolution.convolve(photo, k, "same") for k in (filters.sobel_x(), filters.sobel_y())))[tile]
    wave = np.abs(convolution.convolve(photo, filters.gabor(wavelength=5, theta=np.pi / 4, sigma=2.5), "same"))[tile]
    blurred = convolution.convolve(photo, filters.gaussian(2.0), "same")[tile]
    _, (images, labels) = nuclei.load()
    cells, truth = np.sqrt(images[0, :side, :side] / 255), labels[0, :side, :side]
    gray = [photo[tile], blurred, edges / edges.max(), np.clip(1.5 * wave / wave.max(), 0, 1), cells]
    top = [np.repeat(np.rint(255 * tile).astype(np.uint8)[..., None], 3, axis=-1) for tile in gray]
    colors = np.array(CLASS_COLORS, np.uint8)
    colored = top[-1] // 2
    colored[truth > 0] //= 2
    colored[truth > 0] += colors[1 + truth[truth > 0] % 5] // 2
    scenes, masks = emoji.scenes(3, size=side, scale=(1.5, 2.5), seed=5)
    bottom = [t for x, m in zip(np.rint(255 * scenes).astype(np.uint8), masks, strict=True) for t in (x, colors[m])]
    save(".", grid(np.stack([*top, colored, *bottom]), 6))


if __name__ == "__main__":
    draw_course()
    draw_digits()
    draw_emoji()
    draw_nuclei()
    draw_photographs()
