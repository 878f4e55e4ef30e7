"""Filling holes in an image from what is around them.

References
----------
M. Bertalmio, G. Sapiro, V. Caselles, C. Ballester: Image inpainting, SIGGRAPH 2000. doi:10.1145/344779.344972
"""

import numpy as np

from course_lib._validate import float_array
from course_lib.classical.regions import mask_array, neighbors


def inpaint(image, hole):
    """Fill a hole so smoothly that each of its pixels is the mean of its neighbours.

    Parameters
    ----------
    image : array_like, shape (H, W) or (H, W, C)
        What it holds in the hole does not matter, as long as it is finite.
    hole : array_like of bool or whole numbers, shape (H, W)
        What is not 0 is filled. It may touch the border: neighbours are those inside the image.

    Returns
    -------
    ndarray of float64, shape of the image
        The same outside of the hole.

    Raises
    ------
    TypeError, ValueError
        If the image has another number of axes or is not finite, hole is no mask of its size, or all is hole.

    Notes
    -----
    This is Laplace's equation with the known pixels as border values: one linear equation for each pixel of the hole,
    solved all at once. There is one solution, and no value in it leaves the range of those around the hole. Edges and
    textures that run through the hole are not continued: the filling is smooth, and in a wide hole it is blurred.

    Examples
    --------
    >>> inpaint([[0, 9, 9, 3]], [[0, 1, 1, 0]]).round(6).tolist()
    [[0.0, 1.0, 2.0, 3.0]]
    """
    from scipy.sparse import coo_array
    from scipy.sparse.linalg import spsolve

    image = float_array("image", image, ndim=(2, 3))
    hole = mask_array("hole", hole)
    if hole.shape != image.shape[:2]:
        raise ValueError(f"hole must have the shape of the image, {image.shape[:2]}, got {hole.shape}")
    if hole.all():
        raise ValueError("hole must leave a pixel to fill from, got one that covers the image")
    if not hole.any():
        return image
    first, second = neighbors(hole.shape)
    here, there = np.r_[first, second], np.r_[second, first]  # each pair in both directions
    asked = hole.ravel()[here]
    here, there = here[asked], there[asked]
    number = np.cumsum(hole.ravel()) - 1  # of the unknowns, in reading order
    values = image.reshape(hole.size, -1)
    unknown, n = hole.ravel()[there], int(hole.sum())
    counts = np.bincount(number[here], minlength=n)
    rows = np.r_[np.arange(n), number[here[unknown]]]
    columns = np.r_[np.arange(n), number[there[unknown]]]
    matrix = coo_array((np.r_[counts, -np.ones(unknown.sum())], (rows, columns)), shape=(n, n)).tocsc()
    known = np.zeros((n, values.shape[1]))
    np.add.at(known, number[here[~unknown]], values[there[~unknown]])
    values[hole.ravel()] = np.reshape(spsolve(matrix, known), (n, -1))
    return values.reshape(image.shape)
