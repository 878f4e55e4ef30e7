"""Morphology: erosion, dilation, opening and closing of masks by a structuring element.

The element B is a small mask with odd sides; its middle is the origin. What lies outside of the image never counts: it
erodes nothing and dilates nothing. So opening never adds a pixel, closing never takes one away, also at the border.

References
----------
J. Serra, Image Analysis and Mathematical Morphology, Academic Press, 1982.
R. M. Haralick, S. R. Sternberg, X. Zhuang, Image analysis using mathematical morphology, 1987.
doi:10.1109/TPAMI.1987.4767941
"""

import numpy as np

from course_lib._validate import real_number
from course_lib.classical.regions import mask_array


def disk(radius):
    """The pixels whose middles are at most ``radius`` from the origin.

    Parameters
    ----------
    radius : float, at least 0, in pixels

    Returns
    -------
    ndarray of bool, shape (2 r + 1, 2 r + 1), r the whole part of radius
        `disk(1)` is the cross of five pixels; `disk(1.5)` the square of nine.

    Raises
    ------
    TypeError, ValueError
        If radius is no number or below 0.

    Examples
    --------
    >>> disk(1).astype(int)
    array([[0, 1, 0],
           [1, 1, 1],
           [0, 1, 0]])
    """
    radius = real_number("radius", radius, 0)
    steps = np.arange(-int(radius), int(radius) + 1)
    return steps[:, None] ** 2 + steps**2 <= radius**2


def _element(element):
    """The steps (rows down, columns right) from the origin to the pixels of a structuring element."""
    element = mask_array("element", element)
    if element.shape[0] % 2 == 0 or element.shape[1] % 2 == 0:
        raise ValueError(f"element must have odd sides, so that it has a middle, got shape {element.shape}")
    if not element.any():
        raise ValueError("element must have a pixel that is not 0, got none")
    return np.argwhere(element) - np.array(element.shape) // 2


def _moved(mask, down, right, outside):
    """The mask moved by some rows and columns; what comes in from outside is ``outside``."""
    result = np.full_like(mask, outside)
    (rows, columns) = mask.shape
    if abs(down) < rows and abs(right) < columns:
        into = slice(max(down, 0), rows + min(down, 0)), slice(max(right, 0), columns + min(right, 0))
        out_of = slice(max(-down, 0), rows + min(-down, 0)), slice(max(-right, 0), columns + min(-right, 0))
        result[into] = mask[out_of]
    return result


def erode(mask, element):
    """Keep the pixels on which the element fits into the mask: z such that z + b is inside for every b of the element.

    Parameters
    ----------
    mask : array_like of bool or whole numbers, (H, W)
    element : array_like of bool or whole numbers, with odd sides
        What is not 0 belongs to it; its middle is the origin.

    Returns
    -------
    ndarray of bool, shape (H, W)
        `scipy.ndimage.binary_erosion` gives the same with ``border_value=1``.

    Raises
    ------
    TypeError, ValueError
        If one of them is no mask of two axes, or the element is empty or has an even side.

    Examples
    --------
    >>> erode([[0, 1, 1, 1, 0]], [[1, 1, 1]]).astype(int)
    array([[0, 0, 1, 0, 0]])
    """
    mask = mask_array("mask", mask)
    result = np.ones_like(mask)
    for down, right in _element(element).tolist():
        result &= _moved(mask, -down, -right, outside=True)
    return result


def dilate(mask, element):
    """Lay the element on every pixel of the mask: all z + b with z in the mask and b in the element.

    Parameters
    ----------
    mask : array_like of bool or whole numbers, (H, W)
    element : array_like of bool or whole numbers, with odd sides
        What is not 0 belongs to it; its middle is the origin.

    Returns
    -------
    ndarray of bool, shape (H, W)

    Raises
    ------
    TypeError, ValueError
        If one of them is no mask of two axes, or the element is empty or has an even side.

    Examples
    --------
    >>> dilate([[0, 1, 0, 0, 0]], [[0, 1, 1]]).astype(int)
    array([[0, 1, 1, 0, 0]])
    """
    mask = mask_array("mask", mask)
    result = np.zeros_like(mask)
    for down, right in _element(element).tolist():
        result |= _moved(mask, down, right, outside=False)
    return result


def opening(mask, element):
    """Erode, then dilate: the part of the mask that the element can reach without leaving it. Removes specks.

    Parameters
    ----------
    mask : array_like of bool or whole numbers, (H, W)
    element : array_like of bool or whole numbers, with odd sides

    Returns
    -------
    ndarray of bool, shape (H, W)
        A part of the mask; opening it again changes nothing.

    Raises
    ------
    TypeError, ValueError
        If one of them is no mask of two axes, or the element is empty or has an even side.

    Examples
    --------
    >>> opening([[1, 0, 1, 1, 1, 0]], [[1, 1, 1]]).astype(int)
    array([[0, 0, 1, 1, 1, 0]])
    """
    return dilate(erode(mask, element), element)


def closing(mask, element):
    """Dilate, then erode: fills gaps into which the element does not fit.

    Parameters
    ----------
    mask : array_like of bool or whole numbers, (H, W)
    element : array_like of bool or whole numbers, with odd sides

    Returns
    -------
    ndarray of bool, shape (H, W)
        Holds the mask; closing it again changes nothing. `scipy.ndimage.binary_closing` takes what lies outside of the
        image for background and so eats from the mask at the border.

    Raises
    ------
    TypeError, ValueError
        If one of them is no mask of two axes, or the element is empty or has an even side.

    Examples
    --------
    >>> closing([[1, 1, 0, 1, 0, 0]], [[1, 1, 1]]).astype(int)
    array([[1, 1, 1, 1, 0, 0]])
    """
    return erode(dilate(mask, element), element)
