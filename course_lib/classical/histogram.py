"""Histograms, the cumulative distribution, point operations and quantization.

References
----------
R. C. Gonzalez, R. E. Woods, Digital Image Processing, 4th ed., 2018, chapter 3 (equalization, equation 3-15).
W. R. Bennett, Spectra of quantized signals, Bell Syst. Tech. J. 27, 1948. doi:10.1002/j.1538-7305.1948.tb01340.x
"""

import numpy as np

from course_lib._validate import byte_array, float_array, plain_array, real_number, unit_array, whole_number


def histogram(image):
    """Count how often each of the 256 levels occurs.

    Parameters
    ----------
    image : array_like of uint8, any shape

    Returns
    -------
    ndarray of int64, shape (256,)

    Raises
    ------
    TypeError
        If the image is not uint8.
    ValueError
        If it is empty.
    """
    return np.bincount(byte_array("image", image).ravel(), minlength=256)


def cdf(image):
    """Share of pixels at or below each level.

    Parameters
    ----------
    image : array_like of uint8, any shape

    Returns
    -------
    ndarray of float64, shape (256,), rising to 1

    Raises
    ------
    TypeError, ValueError
        As `histogram`.
    """
    counts = histogram(image)
    return np.cumsum(counts) / counts.sum()


def apply_table(image, table):
    """Point operation: replace every level by its entry in a table.

    Parameters
    ----------
    image : array_like of uint8, any shape
    table : array_like, shape (256,)

    Returns
    -------
    ndarray, shape of ``image``, dtype of ``table``

    Raises
    ------
    TypeError, ValueError
        If the image is not uint8 or empty, or the table does not have 256 entries.
    """
    table = plain_array("table", table)
    if table.shape != (256,):
        raise ValueError(f"table must have 256 entries, got shape {table.shape}")
    return table[byte_array("image", image)]


def equalize(image):
    """Spread the levels so that the cumulative distribution becomes as straight as it can be.

    Parameters
    ----------
    image : array_like of uint8, any shape

    Returns
    -------
    ndarray of uint8, same shape
        A constant image comes back unchanged.

    Raises
    ------
    TypeError, ValueError
        As `histogram`.

    Notes
    -----
    T(v) = round(255 (F(v) - F(v0)) / (1 - F(v0))) with F the CDF and v0 the darkest level that occurs, so that the
    darkest pixel becomes 0. Without v0 it is Gonzalez & Woods (3-15).
    """
    counts = histogram(image)
    darkest = counts[counts > 0][0]
    if darkest == counts.sum():
        return byte_array("image", image).copy()
    share = (np.cumsum(counts) - darkest) / (counts.sum() - darkest)
    return apply_table(image, np.rint(255 * np.clip(share, 0, 1)).astype(np.uint8))


def adjust(image, gain=1.0, bias=0.0):
    """Contrast and brightness: ``gain * image + bias``, clipped to [0, 1].

    Parameters
    ----------
    image : array_like in [0, 1]
    gain, bias : float

    Returns
    -------
    ndarray of float64, same shape, in [0, 1]

    Raises
    ------
    ValueError
        If the image leaves [0, 1] or a number is not finite.
    """
    factor, offset = float_array("gain and bias", [gain, bias])
    return np.clip(factor * unit_array("image", image) + offset, 0, 1)


def gamma(image, exponent):
    """Power law ``image ** exponent``: below 1 brightens the shadows, above 1 darkens them.

    Parameters
    ----------
    image : array_like in [0, 1]
    exponent : float above 0

    Returns
    -------
    ndarray of float64, same shape, in [0, 1]

    Raises
    ------
    ValueError
        If the image leaves [0, 1] or the exponent is not positive.
    """
    return unit_array("image", image) ** real_number("exponent", exponent, above=0)


def stretch(image, low, high):
    """Map [low, high] linearly onto [0, 1] and clip the rest.

    Parameters
    ----------
    image : array_like of float
    low, high : float, low < high

    Returns
    -------
    ndarray of float64, same shape, in [0, 1]

    Raises
    ------
    ValueError
        If low is not below high, one of them is not finite, or the image is empty or not finite.
    """
    low, high = float_array("low and high", [low, high])
    if not low < high:
        raise ValueError(f"low must be below high, got {low:g} and {high:g}")
    return np.clip((float_array("image", image) - low) / (high - low), 0, 1)


def quantize(image, bits):
    """Round to 2 ** bits equal cells and return the middle of each cell.

    Parameters
    ----------
    image : array_like in [0, 1]
    bits : int, 1 to 16

    Returns
    -------
    ndarray of float64, same shape
        Values (k + 1/2) / 2 ** bits, never further than half a cell from the input.

    Raises
    ------
    ValueError, TypeError
        If the image leaves [0, 1] or bits is not a whole number from 1 to 16.

    Notes
    -----
    For values spread uniformly over a cell of width d the mean squared error is d**2 / 12 (Bennett 1948).
    """
    levels = 2 ** whole_number("bits", bits, 1, 16)
    cell = np.minimum(np.floor(unit_array("image", image) * levels), levels - 1)
    return (cell + 0.5) / levels
