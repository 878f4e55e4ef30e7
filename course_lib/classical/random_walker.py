"""The random walker: which marker does a walker from here reach first, if it shuns edges?

References
----------
L. Grady, Random walks for image segmentation, 2006. doi:10.1109/TPAMI.2006.233
"""

import numpy as np

from course_lib._validate import float_array, plain_array, real_number
from course_lib.classical.regions import neighbors

NEVER_ZERO = 1e-10  # added to every weight, so that no pixel is cut off


def probabilities(image, markers, beta=130.0):
    """For each label and pixel, the probability that a walker from the pixel reaches a marker of this label first.

    A walker steps to a neighbour, up, down, left or right, with a probability in proportion to the weight
    exp(-beta (difference in brightness)² / (10 · standard deviation)).

    Parameters
    ----------
    image : array_like, (H, W) or (H, W, channels)
        In [0, 1], as scikit-image scales it; other ranges need another beta.
    markers : array_like of whole numbers, (H, W)
        0 where there is no marker, else its label.
    beta : float, at least 0
        How much an edge is shunned.

    Returns
    -------
    ndarray of float64, shape (labels, H, W)
        In the order of the labels; over them they sum to 1.

    Raises
    ------
    TypeError, ValueError
        If shapes differ, the image is not finite, the markers are no whole numbers, below 0 or all 0, or beta is below
        0.

    Notes
    -----
    The probability p of a label is 1 on its markers, 0 on the others', and elsewhere the weighted mean of its
    neighbours: a system of linear equations, which is sparse and solved directly. It is that of
    `skimage.segmentation.random_walker` with ``mode="bf"``: the default, "cg_j", stops early. For c channels beta is
    divided by √c, there as here.

    Examples
    --------
    >>> probabilities([[0, 0, 0, 0]], [[1, 0, 0, 2]]).round(3)
    array([[[1.   , 0.667, 0.333, 0.   ]],
    <BLANKLINE>
           [[0.   , 0.333, 0.667, 1.   ]]])
    """
    from scipy.sparse import csr_array
    from scipy.sparse.linalg import splu

    image = float_array("image", image, ndim=(2, 3))
    seeds = plain_array("markers", markers)
    if seeds.dtype.kind not in "bui":
        raise TypeError(f"markers must be whole numbers, got dtype {seeds.dtype}")
    if seeds.shape != image.shape[:2]:
        raise ValueError(f"markers must have the shape {image.shape[:2]}, as the image has, got {seeds.shape}")
    if seeds.min() < 0 or not seeds.any():
        raise ValueError(f"markers must be at least 0 and not all 0, got {seeds.min()} to {seeds.max()}")
    first, second = neighbors(seeds.shape)
    weights = edge_weights(image, real_number("beta", beta, 0))
    both = np.concatenate([first, second]), np.concatenate([second, first])
    n = seeds.size
    steps = csr_array((np.concatenate([weights, weights]), both), shape=(n, n))
    laplacian = csr_array((steps.sum(axis=1), (np.arange(n), np.arange(n))), shape=(n, n)) - steps
    seeds = seeds.ravel()
    labels = np.unique(seeds[seeds > 0])
    result = (seeds == labels[:, None]).astype(np.float64)
    free = np.flatnonzero(seeds == 0)
    if free.size:
        rows = laplacian[free]
        known = -rows[:, np.flatnonzero(seeds)] @ result[:, seeds > 0].T
        system = splu(rows[:, free].tocsc(), permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True})
        result[:, free] = system.solve(known).T
    return result.reshape(len(labels), *image.shape[:2])


def edge_weights(image, beta):
    """How easily a walker steps from a pixel to its neighbour: exp(-beta ‖ΔI‖² / (10 · standard deviation)), above 0.

    Parameters
    ----------
    image : ndarray of float64, (H, W) or (H, W, channels)
    beta : float, at least 0

    Returns
    -------
    ndarray of float64, shape (pairs,)
        In the order of `regions.neighbors`.

    Examples
    --------
    >>> edge_weights(np.array([[0.0, 0.0, 1.0]]), 10.0).round(3)
    array([1.  , 0.12])
    """
    colors = image.reshape(*image.shape[:2], -1)
    first, second = neighbors(image.shape[:2])
    flat = colors.reshape(-1, colors.shape[2])
    squared = np.sum((flat[first] - flat[second]) ** 2, axis=1)
    deviation = image.std() * (np.sqrt(colors.shape[2]) if image.ndim == 3 else 1)
    return np.exp(-beta * squared / (10 * deviation if deviation > 0 else 1)) + NEVER_ZERO


def random_walker(image, markers, beta=130.0):
    """Give each pixel the label whose markers a random walker from it reaches first, most probably.

    Parameters
    ----------
    image : array_like, (H, W) or (H, W, channels)
        In [0, 1], as scikit-image scales it; other ranges need another beta.
    markers : array_like of whole numbers, (H, W)
        0 where there is no marker, else its label.
    beta : float, at least 0
        How much an edge is shunned.

    Returns
    -------
    ndarray of int64, shape (H, W)
        Labels of the markers.

    Raises
    ------
    TypeError, ValueError
        If shapes differ, the image is not finite, the markers are no whole numbers, below 0 or all 0, or beta is below
        0.

    Examples
    --------
    >>> random_walker([[0, 0, 0, 1, 1]], [[3, 0, 0, 0, 5]])
    array([[3, 3, 3, 5, 5]])
    """
    walks = probabilities(image, markers, beta)
    seeds = np.asarray(markers).astype(np.int64)
    return np.unique(seeds[seeds > 0])[walks.argmax(axis=0)]
