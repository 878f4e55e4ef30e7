"""Colour: the sRGB transfer curve, luma and luminance, YCbCr, HSV, and the step between 8-bit and float values.

References
----------
IEC 61966-2-1:1999 (sRGB); ITU-R BT.601-7 and BT.709-6 (luma); ITU-T T.871 (the YCbCr of JPEG files).
A. R. Smith, Color gamut transform pairs, SIGGRAPH 1978. doi:10.1145/800248.807361
"""

import numpy as np

from course_lib._validate import float_array, one_of, plain_array, unit_array

LUMA_WEIGHTS = {"BT.601": (0.299, 0.587, 0.114), "BT.709": (0.2126, 0.7152, 0.0722)}


def to_float(image):
    """Bring an image to float64 values in [0, 1].

    Parameters
    ----------
    image : array_like of uint8, uint16, bool or float
        Whole numbers are divided by the largest number of their type; floats are only checked.

    Returns
    -------
    ndarray of float64, same shape

    Raises
    ------
    TypeError
        For any other type: its scale would be a guess.
    ValueError
        If the image is empty, or a float image leaves [0, 1].
    """
    array = plain_array("image", image)
    if array.dtype.kind == "u" and array.dtype.itemsize <= 2:  # whatever the order of its bytes
        return float_array("image", array) / np.iinfo(array.dtype).max
    if array.dtype.kind in "bf":
        return unit_array("image", array)
    raise TypeError(f"image must be uint8, uint16, bool or float in [0, 1], got dtype {array.dtype}")


def to_uint8(image):
    """Round values of [0, 1] to the 256 levels 0 … 255; values outside are clipped, never wrapped.

    Parameters
    ----------
    image : array_like of float

    Returns
    -------
    ndarray of uint8, same shape

    Raises
    ------
    TypeError
        If the image holds whole numbers: they are no fractions of 1.
    ValueError
        If the image is empty or not finite.
    """
    array = plain_array("image", image)
    if array.dtype.kind in "ui":
        raise TypeError(f"image must hold floats in [0, 1], got dtype {array.dtype}")
    return np.rint(np.clip(float_array("image", array), 0, 1) * 255).astype(np.uint8)


def srgb_to_linear(values):
    """Undo the sRGB transfer curve: from stored values to amounts of light.

    Parameters
    ----------
    values : array_like in [0, 1]

    Returns
    -------
    ndarray of float64, same shape, in [0, 1]

    Raises
    ------
    ValueError
        If a value is outside [0, 1].

    Notes
    -----
    IEC 61966-2-1: v / 12.92 up to .04045, ((v + .055) / 1.055) ** 2.4 above.
    """
    v = unit_array("values", values)
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def linear_to_srgb(light):
    """Apply the sRGB transfer curve: from amounts of light to stored values.

    Parameters
    ----------
    light : array_like in [0, 1]

    Returns
    -------
    ndarray of float64, same shape, in [0, 1]

    Raises
    ------
    ValueError
        If a value is outside [0, 1].

    Notes
    -----
    IEC 61966-2-1: 12.92 c up to .0031308, 1.055 c ** (1 / 2.4) - .055 above.
    """
    c = unit_array("light", light)
    return np.where(c <= 0.0031308, 12.92 * c, 1.055 * c ** (1 / 2.4) - 0.055)


def luma(rgb, standard="BT.601"):
    """Weighted sum of *stored* (gamma-coded) R, G, B: what most libraries call "gray".

    Parameters
    ----------
    rgb : array_like, shape (..., 3)
        Any scale; the result has the same.
    standard : "BT.601" or "BT.709"
        Weights .299 .587 .114 (Pillow, OpenCV, JPEG) or .2126 .7152 .0722 (scikit-image, rounded).

    Returns
    -------
    ndarray of float64, shape (...)

    Raises
    ------
    ValueError
        If there are not 3 channels or the standard is unknown.
    """
    one_of("standard", standard, sorted(LUMA_WEIGHTS))
    return float_array("rgb", rgb, channels=3) @ np.array(LUMA_WEIGHTS[standard])


def luminance(rgb):
    """Relative luminance Y of an sRGB image: the weighted sum of *linear* light.

    Parameters
    ----------
    rgb : array_like, shape (..., 3), in [0, 1]
        Stored sRGB values.

    Returns
    -------
    ndarray of float64, shape (...), in [0, 1]
        Linear light; apply `linear_to_srgb` to show it.

    Raises
    ------
    ValueError
        If there are not 3 channels or a value is outside [0, 1].
    """
    unit_array("rgb", rgb, channels=3)
    return srgb_to_linear(rgb) @ np.array(LUMA_WEIGHTS["BT.709"])


def rgb_to_ycbcr(rgb):
    """Split colour into luma Y and the colour differences Cb and Cr, as JPEG files do.

    Parameters
    ----------
    rgb : array_like, shape (..., 3), in [0, 1]

    Returns
    -------
    ndarray of float64, shape (..., 3)
        Y in [0, 1]; Cb and Cr in [0, 1] with 1/2 for gray.

    Raises
    ------
    ValueError
        If there are not 3 channels or a value is outside [0, 1].

    Notes
    -----
    ITU-T T.871: Cb = (B - Y) / 1.772 + 1/2, Cr = (R - Y) / 1.402 + 1/2 with the BT.601 luma.
    """
    rgb = unit_array("rgb", rgb, channels=3)
    y = luma(rgb)
    return np.stack([y, (rgb[..., 2] - y) / 1.772 + 0.5, (rgb[..., 0] - y) / 1.402 + 0.5], axis=-1)


def ycbcr_to_rgb(ycbcr):
    """Undo `rgb_to_ycbcr`. Values may leave [0, 1] where the three do not belong to a colour of the cube.

    Parameters
    ----------
    ycbcr : array_like, shape (..., 3)

    Returns
    -------
    ndarray of float64, shape (..., 3)

    Raises
    ------
    ValueError
        If there are not 3 channels.
    """
    y, cb, cr = np.moveaxis(float_array("ycbcr", ycbcr, channels=3), -1, 0)
    red, blue = y + 1.402 * (cr - 0.5), y + 1.772 * (cb - 0.5)
    green = (y - 0.299 * red - 0.114 * blue) / 0.587
    return np.stack([red, green, blue], axis=-1)


def rgb_to_hsv(rgb):
    """Hue, saturation and value.

    Parameters
    ----------
    rgb : array_like, shape (..., 3), in [0, 1]

    Returns
    -------
    ndarray of float64, shape (..., 3)
        Hue as a fraction of a full turn in [0, 1) (red 0, green 1/3, blue 2/3; gray 0); saturation and value in [0, 1].

    Raises
    ------
    ValueError
        If there are not 3 channels or a value is outside [0, 1].

    Notes
    -----
    Smith (1978): V = max, S = (max - min) / max, hue by which channel is the largest.
    """
    rgb = unit_array("rgb", rgb, channels=3)
    red, green, blue = np.moveaxis(rgb, -1, 0)
    value = rgb.max(axis=-1)
    chroma = value - rgb.min(axis=-1)
    safe = np.where(chroma > 0, chroma, 1.0)
    sixths = np.select(
        [value == red, value == green],
        [(green - blue) / safe, 2 + (blue - red) / safe],
        default=4 + (red - green) / safe,
    )
    hue = np.where(chroma > 0, (sixths / 6) % 1.0, 0.0)
    hue = np.where(hue >= 1.0, 0.0, hue)  # a tiny negative angle rounds to a full turn
    saturation = np.where(value > 0, chroma / np.where(value > 0, value, 1.0), 0.0)
    return np.stack([hue, saturation, value], axis=-1)


def hsv_to_rgb(hsv):
    """Undo `rgb_to_hsv`.

    Parameters
    ----------
    hsv : array_like, shape (..., 3), in [0, 1]

    Returns
    -------
    ndarray of float64, shape (..., 3), in [0, 1]

    Raises
    ------
    ValueError
        If there are not 3 channels or a value is outside [0, 1].
    """
    hue, saturation, value = np.moveaxis(unit_array("hsv", hsv, channels=3), -1, 0)
    turns = (np.array([5.0, 3.0, 1.0]) + 6 * hue[..., np.newaxis]) % 6
    share = np.clip(np.minimum(turns, 4 - turns), 0, 1)
    return value[..., np.newaxis] * (1 - saturation[..., np.newaxis] * share)
