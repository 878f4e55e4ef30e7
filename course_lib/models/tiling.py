"""Predicting in pieces: an image too large for memory, tile by tile, with the result of the whole image.

An output depends on the input pixels within the network's reach. A tile that is cut with that much around it, at a
place where the network's grid of 2x2 pools falls on the same pixels, has the same outputs in its middle. Only
these are kept.
"""

import numpy as np

from course_lib._validate import plain_array, refuse_masked, whole_number


def predict_tiled(predict, image, tile, halo, multiple=1, batch_size=4):
    """Predict a large image tile by tile.

    Parameters
    ----------
    predict : callable
        From images (N, h, w, C) to (N, h, w, K) or (N, h, w), such as ``model.predict_on_batch``. All calls but the
        last have the same shape, and all windows have one size.
    image : (H, W) or (H, W, C)
        Anything that can be sliced, also a ``numpy.memmap``, or lists of numbers.
    tile : int
        Side of the square that each window contributes, a multiple of ``multiple``.
    halo : int
        How many pixels around it the window shows. At least the network's reach (`course_lib.models.unet.unet_reach`)
        for the result of the whole image; rounded up to a multiple of ``multiple``.
    multiple : int
        2**depth of the network: windows begin at its multiples, and the image is continued to one by repeating its last
        row and column, as `course_lib.models.sizes.PadToMultiple` does.
    batch_size : int
        Windows at a time.

    Returns
    -------
    (H, W, K) or (H, W)
        The same as ``predict(image[None])[0]`` up to rounding, at the borders as well, where ``halo`` is large enough.

    Raises
    ------
    ValueError
        ``image`` has another number of axes; ``tile`` is no multiple of ``multiple``; a number is out of its range;
        ``predict`` gives another shape.
    TypeError
        A number is not whole.
    """
    tile, multiple = whole_number("tile", tile, 1), whole_number("multiple", multiple, 1)
    halo, batch_size = whole_number("halo", halo, 0), whole_number("batch_size", batch_size, 1)
    refuse_masked("image", image)
    if not all(hasattr(image, name) for name in ("ndim", "shape", "__getitem__")):
        image = plain_array("image", image)
    if image.ndim not in (2, 3) or 0 in image.shape:
        raise ValueError(f"image must have the shape (H, W) or (H, W, C) and be not empty, got {image.shape}")
    if tile % multiple:
        raise ValueError(f"tile must be a multiple of {multiple}, got {tile}")
    around = -(-halo // multiple) * multiple
    sides = image.shape[:2]
    spans = [_spans(side, tile, around, multiple) for side in sides]
    places = [(rows, columns) for rows in spans[0] for columns in spans[1]]
    result = None
    for start in range(0, len(places), batch_size):
        chosen = places[start : start + batch_size]
        windows = np.stack([_window(image, rows[0], columns[0]) for rows, columns in chosen])
        outputs = _predicted(predict, windows)
        if result is None:
            result = np.empty((*sides, *outputs.shape[3:]), outputs.dtype)
        for (rows, columns), output in zip(chosen, outputs, strict=True):
            (top, _), (first, last) = rows
            (left, _), (begin, end) = columns
            result[first:last, begin:end] = output[first - top : last - top, begin - left : end - left]
    return result


def _predicted(predict, images):
    """What a callable makes of images (N, h, w, C): (N, h, w, K) or (N, h, w), or it is said."""
    outputs = np.asarray(predict(images))
    if outputs.ndim not in (3, 4) or outputs.shape[:3] != images.shape[:3]:
        raise ValueError(
            f"predict must give (N, h, w, K) or (N, h, w) for images {images.shape}, got the shape {outputs.shape}"
        )
    return outputs


def _spans(side, tile, around, multiple):
    """Windows along one axis: [((start, stop) of the window, (first, last) of what is kept of it)]."""
    padded = -(-side // multiple) * multiple
    size = min(tile + 2 * around, padded)
    spans = []
    for first in range(0, side, tile):
        start = min(max(first - around, 0), padded - size)  # at the border: moved inwards, not made smaller
        spans.append(((start, start + size), (first, min(first + tile, side))))
    return spans


def _window(image, rows, columns):
    """Cut a window out, with the last row and column repeated where it reaches beyond them; always with channels."""
    rows = np.minimum(np.arange(*rows), image.shape[0] - 1)
    columns = np.minimum(np.arange(*columns), image.shape[1] - 1)
    window = np.asarray(image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    window = window[np.ix_(rows - rows[0], columns - columns[0])]
    return window if window.ndim == 3 else window[..., None]


def predict_symmetric(predict, images):
    """Test-time augmentation: the mean of the predictions for all eight turns and reflections, each turned back.

    Parameters
    ----------
    predict : callable
        From images (N, H, W, C) to probabilities (N, H, W, K) or (N, H, W). A mean of logits would be something else.
    images : (N, H, W, C)

    Returns
    -------
    (N, H, W, K) or (N, H, W)
        Turning or reflecting ``images`` turns or reflects it alike: what the network itself only learns to do.
    """
    images = plain_array("images", images)
    if images.ndim != 4:
        raise ValueError(f"images must have the shape (N, H, W, C), got {images.shape}")
    total = 0
    for turns in range(4):
        turned = np.rot90(images, turns, axes=(1, 2))
        total = total + np.rot90(_predicted(predict, turned), -turns, axes=(1, 2))
        reflected = _predicted(predict, turned[:, :, ::-1])[:, :, ::-1]
        total = total + np.rot90(reflected, -turns, axes=(1, 2))
    return total / 8
