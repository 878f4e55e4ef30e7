"""Scenes with known answers: sprites laid over backgrounds, and the exact mask of what is visible.

A mask is never resampled. An object's opacity on the canvas is computed once; the picture is blended with it, and the
mask is where it exceeds one half: the two cannot disagree, and no class is invented between two others.
"""

import numpy as np

from course_lib.classical.compositing import over_premultiplied, with_alpha
from course_lib.classical.warp import affine, warp


def place(sprite, size, center, scale, angle):
    """Turn and stretch a sprite about its middle and put it on an empty square canvas.

    Parameters
    ----------
    sprite : ndarray, shape (h, w, 4)
        Premultiplied RGBA in [0, 1].
    size : int
        Side of the canvas in pixels.
    center : (x, y)
        Where the middle of the sprite goes, in pixels: between 0 and ``size`` (the sprite itself may stick out).
    scale : float
        1 keeps the sprite's size. Below 1/2 a bilinear reading would skip pixels.
    angle : float
        Clockwise on the screen, in radians.

    Returns
    -------
    ndarray of float64, shape (size, size, 4)
        Premultiplied RGBA in [0, 1].
    """
    reach = int(np.ceil(scale * np.hypot(*sprite.shape[:2]) / 2)) + 1  # no pixel further off is touched
    corner = np.floor(center).astype(int) - reach
    middle = (np.array(sprite.shape[1::-1]) - 1) / 2
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = affine(turn, offset=center - corner - middle, center=middle)
    patch = warp(sprite, matrix, (2 * reach + 2, 2 * reach + 2))

    layer = np.zeros((size, size, 4))
    left, top = np.maximum(corner, 0)
    right, bottom = np.minimum(corner + 2 * reach + 2, size)
    x, y = corner
    layer[top:bottom, left:right] = patch[top - y : bottom - y, left - x : right - x]
    return np.clip(layer, 0, 1)


def compose(background, layers, classes):
    """Lay layers over a background, the first lowest, and keep the books.

    Parameters
    ----------
    background : ndarray, shape (H, W, 3)
        Opaque colour in [0, 1].
    layers : sequence of ndarray, shape (H, W, 4)
        Premultiplied RGBA in [0, 1].
    classes : sequence of int, 1 ... 255
        The class of each layer.

    Returns
    -------
    image : ndarray of float64, shape (H, W, 3)
    mask : ndarray of uint8, shape (H, W)
        For each pixel the class of the topmost layer that covers more than half of it; 0 where none does.
    instances : ndarray of uint8, shape (H, W)
        The same with the number of the layer, counted from 1.
    """
    canvas = with_alpha(background)
    mask = np.zeros(canvas.shape[:2], np.uint8)
    instances = np.zeros_like(mask)
    for number, (layer, class_id) in enumerate(zip(layers, classes, strict=True), start=1):
        canvas = over_premultiplied(layer, canvas)
        covered = layer[..., 3] > 0.5
        mask[covered], instances[covered] = class_id, number
    return canvas[..., :3], mask, instances


def crop(image, size, random):
    """Cut a random square out of an image, mirrored half of the time; gray becomes a random tint.

    Parameters
    ----------
    image : ndarray of uint8, shape (H, W) or (H, W, 3)
    size : int
        At most the smaller side of the image.
    random : callable
        ``random()`` draws from [0, 1).

    Returns
    -------
    ndarray of float64, shape (size, size, 3), in [0, 1]
    """
    top = int(random() * (image.shape[0] - size + 1))
    left = int(random() * (image.shape[1] - size + 1))
    square = image[top : top + size, left : left + size] / 255
    if square.ndim == 2:
        tint = np.array([0.5 + 0.5 * random() for _ in range(3)])
        square = square[..., np.newaxis] * tint
    return square[:, ::-1] if random() < 0.5 else square


def gradient(size, random):
    """Blend two random colours across a square in a random direction.

    Parameters
    ----------
    size : int
    random : callable
        ``random()`` draws from [0, 1).

    Returns
    -------
    ndarray of float64, shape (size, size, 3), in [0, 1]
    """
    first, second = np.array([[random() for _ in range(3)] for _ in range(2)])
    angle = 2 * np.pi * random()
    y, x = (np.mgrid[:size, :size] + 0.5) / size - 0.5
    t = np.clip(0.5 + x * np.cos(angle) + y * np.sin(angle), 0, 1)[..., np.newaxis]
    return (1 - t) * first + t * second
