"""Superpixels: patches of similar color, all about equally large, that follow the borders in an image.

References
----------
R. Achanta, A. Shaji, K. Smith, A. Lucchi, P. Fua, S. Süsstrunk, SLIC superpixels compared to state-of-the-art
superpixel methods, 2012. doi:10.1109/TPAMI.2012.120
"""

import numpy as np

from course_lib._validate import float_array, real_number, whole_number


def slic(image, segments, compactness=10.0, steps=10):
    """Part an image into superpixels by k-means on color and place, each center searching its surroundings only.

    Parameters
    ----------
    image : array_like of real numbers, shape (rows, columns) or (rows, columns, channels)
        Where a step of 1 should look like a small step, as in CIELAB.
    segments : int, at least 1
        About so many superpixels, at most one a pixel.
    compactness : float, at least 0
        The difference in color that weighs as much as the distance to the next center: high gives squares, low gives
        patches that follow every border. In the image's units.
    steps : int, at least 1

    Returns
    -------
    ndarray of int, shape (rows, columns)
        From 1, without gaps; each superpixel is connected by its pixels' edges.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Notes
    -----
    Achanta et al. 2012 without the first shift of the centers off the edges. With S the distance of the centers the
    squared distance is |color|² + (compactness / S)² |place|², and a center looks S far in each direction, so that a
    step costs the same for any number of superpixels. At the end patches below a quarter of S² join the neighbor that
    they share the longest border with.

    Examples
    --------
    >>> slic([[0, 0, 9, 9], [0, 0, 9, 9]], 2, compactness=1).tolist()
    [[1, 1, 2, 2], [1, 1, 2, 2]]
    """
    image = float_array("image", image, ndim=(2, 3))
    image = image.reshape(*image.shape[:2], -1)
    segments = whole_number("segments", segments, 1, image.shape[0] * image.shape[1])
    compactness = real_number("compactness", compactness, 0)
    centers, spacing = grid_centers(image, segments)
    for _ in range(whole_number("steps", steps, 1)):
        labels = assign_nearby(image, centers, spacing, compactness)
        centers = patch_means(image, labels, centers)
    return connected(labels, smallest=spacing**2 / 4)


def grid_centers(image, segments):
    """The centers to begin with: a grid over the image.

    Parameters
    ----------
    image : ndarray, shape (rows, columns, channels)
    segments : int
        About so many.

    Returns
    -------
    centers : ndarray of float64, shape (centers, 2 + channels)
        Row, column and color of each.
    spacing : float
        S, the side of a square that is one center's share of the image.

    Examples
    --------
    >>> centers, spacing = grid_centers(np.zeros((4, 8, 1)), 2)
    >>> centers[:, :2].tolist(), spacing
    ([[1.5, 1.5], [1.5, 5.5]], 4.0)
    """
    rows, columns = image.shape[:2]
    spacing = np.sqrt(rows * columns / segments)
    down, across = (max(1, int(np.rint(side / spacing))) for side in (rows, columns))
    places = [(np.arange(count) + 0.5) * side / count - 0.5 for count, side in ((down, rows), (across, columns))]
    row, column = (axis.ravel() for axis in np.meshgrid(*places, indexing="ij"))
    color = image[np.rint(row).astype(int), np.rint(column).astype(int)]
    return np.column_stack([row, column, color]), float(spacing)


def assign_nearby(image, centers, spacing, compactness):
    """Label each pixel by the nearest center, in color and place, of those whose window holds it.

    Parameters
    ----------
    image : ndarray, shape (rows, columns, channels)
    centers : ndarray, shape (centers, 2 + channels)
        Row, column and color.
    spacing : float
    compactness : float

    Returns
    -------
    ndarray of int, shape (rows, columns)
        The number of the center, from 0.
    """
    rows, columns = image.shape[:2]
    best = np.full((rows, columns), np.inf)
    labels = np.full((rows, columns), -1)
    reach = int(np.ceil(spacing))
    for number, (row, column, *color) in enumerate(centers):
        top, left = max(0, int(row) - reach), max(0, int(column) - reach)
        window = np.s_[top : int(row) + reach + 2, left : int(column) + reach + 2]
        offset = image[window] - color
        place = (np.arange(top, top + len(offset))[:, None] - row) ** 2
        place = place + (np.arange(left, left + offset.shape[1]) - column) ** 2
        distance = np.einsum("ijk,ijk->ij", offset, offset) + (compactness / spacing) ** 2 * place
        nearer = distance < best[window]
        best[window][nearer] = distance[nearer]
        labels[window][nearer] = number
    lost = labels < 0  # a pixel that no window reaches any more: to the nearest center in the plane
    if lost.any():
        place = np.argwhere(lost)
        squares = ((place[:, None] - centers[None, :, :2]) ** 2).sum(axis=2)
        labels[lost] = np.argmin(squares, axis=1)
    return labels


def patch_means(image, labels, centers):
    """Move each center to the mean row, column and color of its pixels; without pixels it stays.

    Parameters
    ----------
    image : ndarray, shape (rows, columns, channels)
    labels : ndarray of int, shape (rows, columns)
    centers : ndarray, shape (centers, 2 + channels)

    Returns
    -------
    ndarray of float64, shape of ``centers``
    """
    flat = labels.ravel()
    counts = np.bincount(flat, minlength=len(centers))
    rows, columns = np.indices(labels.shape)
    features = [rows.ravel(), columns.ravel(), *image.reshape(-1, image.shape[2]).T]
    sums = np.stack([np.bincount(flat, feature, len(centers)) for feature in features], axis=1)
    return np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], centers)


def _neighbors(labels):
    """The flat places of all pairs of pixels that share an edge."""
    place = np.arange(labels.size).reshape(labels.shape)
    first = np.concatenate([place[:, :-1].ravel(), place[:-1].ravel()])
    second = np.concatenate([place[:, 1:].ravel(), place[1:].ravel()])
    return first, second


def connected(labels, smallest=0.0):
    """Split each label into its connected patches, and join patches that are too small to a neighbor.

    Parameters
    ----------
    labels : array_like of int, shape (rows, columns)
    smallest : float
        A patch with fewer pixels joins the neighbor that it shares the longest border with, the smallest patch first.

    Returns
    -------
    ndarray of int, shape (rows, columns)
        From 1, without gaps, numbered in reading order.

    Examples
    --------
    >>> connected([[5, 5, 7, 5], [5, 5, 5, 5]], smallest=2).tolist()
    [[1, 1, 1, 1], [1, 1, 1, 1]]
    """
    from scipy import sparse
    from scipy.sparse import csgraph

    labels = np.asarray(labels)
    first, second = _neighbors(labels)
    flat = labels.ravel()
    same = flat[first] == flat[second]
    bonds = sparse.coo_array((np.ones(same.sum()), (first[same], second[same])), shape=(flat.size,) * 2)
    count, patches = csgraph.connected_components(bonds, directed=False)
    sizes = np.bincount(patches)
    a, b = patches[first[~same]], patches[second[~same]]
    both = sparse.coo_array((np.ones(2 * len(a)), (np.r_[a, b], np.r_[b, a])), shape=(count, count)).tocsr()
    joined = _join_small(sizes, both, smallest)
    _, place, number = np.unique(joined[patches], return_index=True, return_inverse=True)
    return (np.argsort(np.argsort(place))[number] + 1).reshape(labels.shape)


def _join_small(sizes, borders, smallest):
    """For each patch, the patch that it becomes a part of."""
    borders.sum_duplicates()
    others, lengths = (np.split(x, borders.indptr[1:-1]) for x in (borders.indices, borders.data))
    edges = [dict(zip(o.tolist(), n.tolist(), strict=True)) for o, n in zip(others, lengths, strict=True)]
    target, sizes = np.arange(len(sizes)), sizes.copy()
    for patch in np.argsort(sizes, kind="stable").tolist():
        if sizes[patch] >= smallest or not edges[patch]:
            continue
        best = max(edges[patch], key=lambda p: (edges[patch][p], -p))
        target[patch], sizes[best] = best, sizes[best] + sizes[patch]
        for other, length in edges[patch].items():  # its borders become the other's
            del edges[other][patch]
            if other != best:
                edges[best][other] = edges[best].get(other, 0) + length
                edges[other][best] = edges[other].get(best, 0) + length
    while (target != target[target]).any():
        target = target[target]
    return target
