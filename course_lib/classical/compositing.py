"""Compositing: laying a partly transparent image over another (Porter & Duff 1984).

An RGBA pixel holds a colour and a coverage alpha in [0, 1]. *Straight* pixels store the colour itself; *premultiplied*
pixels store alpha times the colour, which is what averages, blurs and resizes correctly.

References
----------
T. Porter, T. Duff, Compositing digital images, SIGGRAPH 1984. doi:10.1145/800031.808606
"""

import numpy as np

from course_lib._validate import float_array, rounding, unit_array


def premultiply(rgba):
    """Multiply the colour of straight RGBA by its alpha.

    Parameters
    ----------
    rgba : array_like, shape (..., 4)
        Straight colour and alpha in [0, 1].

    Returns
    -------
    ndarray of float64, shape (..., 4)
        ``(alpha * r, alpha * g, alpha * b, alpha)``.

    Raises
    ------
    ValueError
        If there are not 4 channels or a value is outside [0, 1].
    """
    result = unit_array("rgba", rgba, channels=4)
    result[..., :3] *= result[..., 3:]
    return result


def unpremultiply(rgba):
    """Divide the colour of premultiplied RGBA by its alpha; a fully transparent pixel becomes black.

    Parameters
    ----------
    rgba : array_like, shape (..., 4)
        Premultiplied colour and alpha in [0, 1]; no colour may exceed its alpha.

    Returns
    -------
    ndarray of float64, shape (..., 4)
        Straight RGBA in [0, 1].

    Raises
    ------
    ValueError
        If there are not 4 channels, a value is outside [0, 1], or a colour is larger than its alpha (by more than
        rounding), which no premultiplied pixel can be.
    """
    result = _premultiplied("rgba", rgba)
    alpha = result[..., 3:]
    safe = np.where(alpha > 0, alpha, 1.0)
    result[..., :3] = np.where(alpha > 0, np.minimum(result[..., :3] / safe, 1.0), 0.0)
    return result


def over_premultiplied(front, back):
    """Lay ``front`` over ``back``, both premultiplied: ``front + (1 - alpha_front) * back``.

    Parameters
    ----------
    front, back : array_like, shapes (..., 4) that broadcast
        Premultiplied RGBA in [0, 1].

    Returns
    -------
    ndarray of float64, shape (..., 4)
        Premultiplied RGBA.

    Raises
    ------
    ValueError
        If there are not 4 channels, a value is outside [0, 1], a colour is larger than its alpha (by more than
        rounding), or the shapes do not broadcast.

    Notes
    -----
    Porter & Duff (1984), section 4.3. The operator is associative, and it is the same formula for colour and alpha.
    """
    front, back = _premultiplied("front", front), _premultiplied("back", back)
    _same_pixels(front, back)
    return front + (1.0 - front[..., 3:]) * back


def over(front, back):
    """Lay ``front`` over ``back``, both straight.

    Parameters
    ----------
    front, back : array_like, shapes (..., 4) that broadcast
        Straight RGBA in [0, 1].

    Returns
    -------
    ndarray of float64, shape (..., 4)
        Straight RGBA; black where the result is fully transparent.

    Raises
    ------
    ValueError
        If there are not 4 channels, a value is outside [0, 1], or the shapes do not broadcast.

    Notes
    -----
    alpha = a_f + (1 - a_f) a_b and colour = (a_f c_f + (1 - a_f) a_b c_b) / alpha, Porter & Duff (1984).
    """
    front = unit_array("front", front, channels=4)
    back = unit_array("back", back, channels=4)
    _same_pixels(front, back)
    weight_front = front[..., 3:]
    weight_back = (1.0 - weight_front) * back[..., 3:]
    alpha = weight_front + weight_back
    mixed = weight_front * front[..., :3] + weight_back * back[..., :3]
    color = np.where(alpha > 0, mixed / np.where(alpha > 0, alpha, 1.0), 0.0)
    return np.concatenate([np.clip(color, 0.0, 1.0), alpha], axis=-1)


def with_alpha(rgb, alpha=1.0):
    """Append an alpha channel to an RGB image.

    Parameters
    ----------
    rgb : array_like, shape (..., 3)
        Colour in [0, 1].
    alpha : float or array_like, shape (...)
        Coverage in [0, 1].

    Returns
    -------
    ndarray of float64, shape (..., 4)
        Straight RGBA.

    Raises
    ------
    ValueError
        If there are not 3 channels, a value is outside [0, 1], or the shapes do not fit.
    """
    rgb = unit_array("rgb", rgb, channels=3)
    alpha = unit_array("alpha", alpha)
    try:
        alpha = np.broadcast_to(alpha, rgb.shape[:-1])
    except ValueError:
        raise ValueError(f"alpha must fit the pixels {rgb.shape[:-1]} of rgb, got shape {alpha.shape}") from None
    return np.concatenate([rgb, alpha[..., np.newaxis]], axis=-1)


def paste(canvas, sprite, top, left):
    """Lay a small straight RGBA image over a larger opaque RGB image, cutting off what falls outside.

    Parameters
    ----------
    canvas : array_like, shape (H, W, 3)
        Opaque colour in [0, 1].
    sprite : array_like, shape (h, w, 4)
        Straight RGBA in [0, 1].
    top, left : int
        Row and column of the canvas where the sprite's first pixel goes; may be negative.

    Returns
    -------
    image : ndarray of float64, shape (H, W, 3)
    coverage : ndarray of float64, shape (H, W)
        The sprite's alpha on the canvas, 0 elsewhere: thresholded at 1/2 it is the exact mask of the object.

    Raises
    ------
    ValueError
        If a shape or a range is wrong.
    """
    image = unit_array("canvas", canvas, ndim=3, channels=3)
    sprite = unit_array("sprite", sprite, ndim=3, channels=4)
    offset = float_array("top and left", [top, left])
    if (offset != np.rint(offset)).any():
        raise ValueError(f"top and left must be whole numbers, got {top!r} and {left!r}")
    top, left = int(top), int(left)
    coverage = np.zeros(image.shape[:2])
    rows = slice(max(top, 0), max(min(top + sprite.shape[0], image.shape[0]), 0))
    columns = slice(max(left, 0), max(min(left + sprite.shape[1], image.shape[1]), 0))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return image, coverage
    part = sprite[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    image[rows, columns] = over(part, with_alpha(image[rows, columns]))[..., :3]
    coverage[rows, columns] = part[..., 3]
    return image, coverage


def _premultiplied(name, rgba):
    result = unit_array(name, rgba, channels=4)
    excess = (result[..., :3] - result[..., 3:]).max()
    if excess > rounding(rgba):
        raise ValueError(
            f"{name} must be premultiplied (colour <= alpha), but a colour exceeds its alpha by {excess:g}"
        )
    return result


def _same_pixels(front, back):
    try:
        np.broadcast_shapes(front.shape, back.shape)
    except ValueError:
        raise ValueError(f"front and back must have shapes that fit, got {front.shape} and {back.shape}") from None
