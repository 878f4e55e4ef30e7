"""Images and masks of different sizes made equal: cut, stretched, or continued.

Images are blurred before they are made smaller, so that fine patterns do not turn into coarse ones; masks and labels
are read at the nearest pixel, since between class 1 and class 3 there is no class 2.
"""

import numpy as np


def crop_middle(array, size):
    """Cut the middle out of (H, W) or (H, W, C): ``size`` is (height, width)."""
    height, width = size
    top, left = (array.shape[0] - height) // 2, (array.shape[1] - width) // 2
    if top < 0 or left < 0:
        raise ValueError(f"crop must fit into every image, got {tuple(size)}")
    return array[top : top + height, left : left + width]


def resize_image(image, size):
    """Stretch an image to another size, by straight lines between pixels, and by averages where it gets smaller.

    Parameters
    ----------
    image : (H, W) or (H, W, C), any real dtype
    size : (int, int)
        Height and width.

    Returns
    -------
    (*size) or (*size, C), of the same dtype
        Rounded where that holds whole numbers; computed in single precision.
    """
    from PIL import Image

    if image.shape[:2] == tuple(size):
        return image
    channels = image[..., None] if image.ndim == 2 else image
    # a power of two changes no digit, and keeps 1e300 and 1e-60 in the range of single precision
    power = np.frexp(np.abs(image).max())[1] if image.dtype == np.float64 else 0
    planes = [
        np.asarray(Image.fromarray(plane.astype(np.float32)).resize(size[::-1], Image.Resampling.BILINEAR))
        for plane in np.moveaxis(np.ldexp(channels, -power) if power else channels, -1, 0)
    ]
    result = np.stack(planes, axis=-1)
    if power:
        result = np.ldexp(result.astype(np.float64), power)
    if image.dtype.kind in "ui":
        limits = np.iinfo(image.dtype)
        result = np.clip(np.round(result.astype(np.float64)), limits.min, limits.max)
    return result.astype(image.dtype).reshape(*size, *image.shape[2:])


def resize_mask(mask, size):
    """Stretch class ids or labels (H, W) to another size: each new pixel takes what lies under its middle."""
    rows, columns = (
        np.minimum(((np.arange(new) + 0.5) * old / new).astype(int), old - 1)
        for new, old in zip(size, mask.shape, strict=True)
    )
    return mask[rows[:, None], columns]


def pad(array, size, value=None):
    """Continue (H, W) or (H, W, C) below and on the right to ``size``, by ``value`` or by its last row and column."""
    below, beside = size[0] - array.shape[0], size[1] - array.shape[1]
    if below < 0 or beside < 0:
        raise ValueError(f"pad must be at least the size of every image, got {tuple(size)}")
    around = [(0, below), (0, beside)] + [(0, 0)] * (array.ndim - 2)
    return np.pad(array, around, mode="edge") if value is None else np.pad(array, around, constant_values=value)
