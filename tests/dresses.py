"""Folders as strangers have them: bright discs in six kinds of files."""

import numpy as np
import tifffile
from PIL import Image


def scene(rng, height=80, width=88):
    """Bright discs on a dark ground, none touching another: gray levels in [0, 1], and each disc's mask."""
    rows, columns = np.mgrid[:height, :width]
    discs, free = [], np.ones((height, width), bool)
    while len(discs) < 5:
        radius = rng.integers(6, 10)
        place = rng.integers(radius + 1, height - radius - 1), rng.integers(radius + 1, width - radius - 1)
        distance = np.hypot(rows - place[0], columns - place[1])
        if free[distance <= radius + 3].all():
            discs.append(distance <= radius)
            free &= distance > radius + 3
    image = 0.25 + 0.4 * np.any(discs, axis=0) + rng.normal(0, 0.06, (height, width))
    return image.clip(0, 1), discs


def sixteen_bit(folder, k, image, discs, rng):
    tifffile.imwrite(folder / f"my_images/img_{k}.tif", (1000 + 3000 * image).astype(np.uint16))
    tifffile.imwrite(folder / f"my_images/seg_{k}.tif", 255 * np.any(discs, axis=0).astype(np.uint8))


def bright_ground(folder, k, image, discs, rng):
    colours = 255 * (1 - image[..., None] * np.array([0.5, 0.9, 0.7]))
    Image.fromarray(colours.astype(np.uint8)).save(folder / f"my_images/{k}.jpg", quality=95)
    mask = 255 * np.any(discs, axis=0).astype(np.uint8)
    Image.fromarray(mask).convert("RGB").save(folder / f"my_masks/{k}.png")


def palette(folder, k, image, discs, rng):
    mask = np.any(discs, axis=0)
    grown = np.lib.stride_tricks.sliding_window_view(np.pad(mask, 1), (3, 3)).any(axis=(2, 3))
    kinds = [np.where(mask, 1, np.where(grown, 2, 0)), [(0, 0, 0), (128, 0, 0), (224, 224, 192)]]
    order = rng.permutation(3)  # every file has its palette in another order
    picture = Image.fromarray(np.argsort(order)[kinds[0]].astype(np.uint8), mode="P")
    picture.putpalette([c for entry in order for c in kinds[1][entry]])
    picture.save(folder / f"my_masks/{k}.png")
    Image.fromarray((255 * image).astype(np.uint8)).save(folder / f"my_images/{k}.png")


def trimap(folder, k, image, discs, rng):
    mask = np.any(discs, axis=0)
    grown = np.lib.stride_tricks.sliding_window_view(np.pad(mask, 1), (3, 3)).any(axis=(2, 3))
    stored = np.where(mask, 1, np.where(grown, 3, 2)).astype(np.uint8)
    Image.fromarray(stored).save(folder / f"my_masks/{k}.png")
    Image.fromarray((255 * image).astype(np.uint8)).save(folder / f"my_images/{k}.bmp")


def file_per_object(folder, k, image, discs, rng):
    (folder / f"my_images/{k}/masks").mkdir(parents=True)
    Image.fromarray((255 * image).astype(np.uint8)).save(folder / f"my_images/{k}/image.png")
    for i, disc in enumerate(discs):
        Image.fromarray(disc).save(folder / f"my_images/{k}/masks/{i}.png")  # 1 bit a pixel


def unlike_sizes(folder, k, image, discs, rng):
    cut = np.s_[: 80 - k, : 70 + k]
    tifffile.imwrite(folder / f"my_images/{k}.tif", image[cut].astype(np.float32))
    mask = 255 * np.any(discs, axis=0)[cut].astype(np.uint8)
    Image.merge("LA", [Image.fromarray(mask), Image.new("L", mask.shape[::-1], 255)]).save(folder / f"my_masks/{k}.png")


DRESS = {
    "16-bit TIFF, `img_1.tif` beside `seg_1.tif`": sixteen_bit,
    "photographs on a bright ground, masks saved as RGB": bright_ground,
    "masks with a palette, white borders left out": palette,
    "trimaps: 1 object, 2 ground, 3 unclear": trimap,
    "one file for each object": file_per_object,
    "sizes that differ": unlike_sizes,
}


def folder_of(dress, folder, images=10, seed=5):
    """Write ``images`` pictures with masks into ``my_images`` and ``my_masks``; return the true masks, by number."""
    rng = np.random.default_rng(seed)
    for name in ("my_images", "my_masks"):
        (folder / name).mkdir()
    truths = {}
    for k in range(1, images + 1):
        image, discs = scene(rng)
        DRESS[dress](folder, k, image, discs, rng)
        truths[k] = np.any(discs, axis=0)
    return truths


def photographs(n=5, seed=0, spread=0.0):
    """Bright discs, each image with a gain and an offset of its own where ``spread`` is above 0."""
    rng = np.random.default_rng(seed)
    images, masks = [], []
    for _ in range(n):
        image, discs = scene(rng)
        gain, offset = np.exp(rng.normal(0, spread)), spread * rng.uniform(0, 2)
        images.append(gain * image + offset)
        masks.append(np.any(discs, axis=0).astype(np.uint8))
    return images, masks
