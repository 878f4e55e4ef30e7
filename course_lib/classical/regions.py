"""Regions: pixels that hang together, numbered, grown from a seed, or split and merged.

Two pixels are neighbours if they share an edge (connectivity 1, four neighbours) or also a corner (connectivity 2,
eight). A label is a whole number; 0 is the background.

References
----------
A. Rosenfeld, J. L. Pfaltz, Sequential operations in digital picture processing, 1966. doi:10.1145/321356.321357
R. Adams, L. Bischof, Seeded region growing, 1994. doi:10.1109/34.295913
S. L. Horowitz, T. Pavlidis, Picture segmentation by a tree traversal algorithm, 1976. doi:10.1145/321941.321956
"""

import numpy as np

from course_lib._validate import float_array, one_of, plain_array, real_number, whole_number


def mask_array(name, value):
    """Return ``value`` as a bool array (H, W): what is not 0 is inside.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : array_like of bool or of whole numbers, (H, W)

    Returns
    -------
    ndarray of bool, shape (H, W)

    Raises
    ------
    TypeError
        If it holds other numbers than whole ones, or is masked.
    ValueError
        If it has not two axes, or is empty.

    Examples
    --------
    >>> mask_array("mask", [[0, 255]])
    array([[False,  True]])
    """
    array = plain_array(name, value)
    if array.dtype.kind not in "bui":
        raise TypeError(
            f"{name} must be a mask of bool or whole numbers, got dtype {array.dtype}: compare with a threshold first"
        )
    if array.ndim != 2 or array.size == 0:
        raise ValueError(f"{name} must be one image (H, W) with a pixel at least, got shape {array.shape}")
    return array != 0


def neighbors(shape, connectivity=1):
    """All pairs of neighbouring pixels of an image, each pair once.

    Parameters
    ----------
    shape : (rows, columns)
    connectivity : 1 or 2
        Whether neighbours share an edge, or an edge or a corner.

    Returns
    -------
    first, second : ndarrays of int64, shape (pairs,)
        Positions in the flattened image, row after row.

    Examples
    --------
    >>> first, second = neighbors((2, 2))
    >>> list(zip(first.tolist(), second.tolist()))
    [(0, 2), (1, 3), (0, 1), (2, 3)]
    """
    index = np.arange(np.prod(shape)).reshape(shape)
    pairs = [(index[:-1], index[1:]), (index[:, :-1], index[:, 1:])]
    if connectivity == 2:
        pairs += [(index[:-1, :-1], index[1:, 1:]), (index[:-1, 1:], index[1:, :-1])]
    first, second = (np.concatenate([part.ravel() for part in parts]) for parts in zip(*pairs, strict=True))
    return first, second


def components(n, first, second):
    """The smallest member of each item's group, where pairs of items are said to belong together.

    Every item points at the smallest one that it knows of; pairs tell each other, and pointers are followed to their
    end, until nobody learns anything new.

    Parameters
    ----------
    n : int
        The items are 0 ... n - 1.
    first, second : ndarrays of int, shape (pairs,)

    Returns
    -------
    ndarray of int64, shape (n,)

    Examples
    --------
    >>> components(6, np.array([5, 1, 3]), np.array([3, 2, 1])).tolist()
    [0, 1, 1, 1, 4, 1]
    """
    root = np.arange(n)
    while first.size:
        a, b = root[first], root[second]
        np.minimum.at(root, np.maximum(a, b), np.minimum(a, b))
        while (further := root[root]).tobytes() != root.tobytes():
            root = further
        apart = root[first] != root[second]
        first, second = first[apart], second[apart]
    return root


def label(mask, connectivity=1):
    """Number the connected components of a mask.

    Parameters
    ----------
    mask : array_like of bool or whole numbers, (H, W)
        What is not 0 is inside.
    connectivity : 1 or 2
        Neighbours share an edge, or an edge or a corner.

    Returns
    -------
    ndarray of int64, shape (H, W)
        0 outside of the mask; components are 1, 2, ... in the order of their first pixels, row after row.

    Raises
    ------
    TypeError, ValueError
        If mask is no mask of two axes, or connectivity is neither 1 nor 2.

    Notes
    -----
    The result is that of `scipy.ndimage.label`, whose default is 1, and of `skimage.measure.label`, whose default is 2.

    Examples
    --------
    >>> label([[1, 0, 1], [0, 1, 1]])
    array([[1, 0, 2],
           [0, 2, 2]])
    >>> label([[1, 0, 1], [0, 1, 1]], connectivity=2).max()
    np.int64(1)
    """
    mask = mask_array("mask", mask)
    one_of("connectivity", connectivity, (1, 2))
    first, second = neighbors(mask.shape, connectivity)
    inside = mask.ravel()
    both = inside[first] & inside[second]
    root = components(mask.size, first[both], second[both])
    starts = inside & (root == np.arange(mask.size))
    return np.where(inside, np.cumsum(starts)[root], 0).reshape(mask.shape)


def grow(image, seed, tolerance):
    """Grow a region from a seed over pixels whose value is close to the seed's.

    Parameters
    ----------
    image : array_like, (H, W)
    seed : (row, column)
    tolerance : float, at least 0
        How far a value may be from that of the *seed*, inclusive. From its neighbour it may be further: compared with
        the neighbour, the region would creep along every slow slope.

    Returns
    -------
    ndarray of bool, shape (H, W)
        What is reached by steps up, down, left and right.

    Raises
    ------
    TypeError, ValueError
        If the image has not two axes or is not finite, the seed is outside of it, or tolerance is below 0.

    Examples
    --------
    >>> grow([[1, 2, 3, 4, 1]], (0, 0), 2)
    array([[ True,  True,  True, False, False]])
    """
    image = float_array("image", image, ndim=2)
    if np.ndim(seed) != 1 or len(seed) != 2:
        raise ValueError(f"seed must be (row, column), got {seed!r}")
    row, column = (whole_number(f"seed[{i}]", seed[i], 0, image.shape[i] - 1) for i in range(2))
    tolerance = real_number("tolerance", tolerance, 0)
    pieces = label(np.abs(image - image[row, column]) <= tolerance)
    return pieces == pieces[row, column]


def split_and_merge(image, tolerance):
    """Cut an image into squares that are even, then join neighbours that are even together.

    A square is even if its largest value is at most ``tolerance`` above its smallest; else it is cut into four. Then
    neighbouring regions are joined wherever the union is even, those first that are most alike.

    Parameters
    ----------
    image : array_like, (H, W)
    tolerance : float, at least 0

    Returns
    -------
    ndarray of int64, shape (H, W)
        Regions 1, 2, ... in the order of their first pixels; every pixel belongs to one. Each is even, and no two that
        share an edge are even together.

    Raises
    ------
    TypeError, ValueError
        If the image has not two axes or is not finite, or tolerance is below 0.

    Examples
    --------
    >>> split_and_merge([[1, 1, 9], [1, 2, 9]], 1)
    array([[1, 1, 2],
           [1, 1, 2]])
    """
    image = float_array("image", image, ndim=2)
    tolerance = real_number("tolerance", tolerance, 0)
    corner = _even_squares(image, tolerance)
    root = _merged(image, corner, tolerance)[corner]
    starts = np.unique(root, return_index=True)  # the regions, and the first pixel of each
    order = np.argsort(np.argsort(starts[1]))
    return order[np.searchsorted(starts[0], root)] + 1


def _even_squares(image, tolerance):
    """The largest even squares: for each pixel the position of the upper left corner of its square."""
    rows, columns = image.shape
    levels = int(np.ceil(np.log2(max(rows, columns)))) if max(rows, columns) > 1 else 0
    side = 2**levels
    low = high = np.pad(image, ((0, side - rows), (0, side - columns)), mode="edge")
    corner = np.full((side, side), -1)
    index = np.arange(side)
    for level in range(levels + 1):  # from pixels to the whole: a larger square that is even replaces its parts
        size = 2**level
        if level:
            low = low.reshape(side // size, 2, side // size, 2).min(axis=(1, 3))
            high = high.reshape(side // size, 2, side // size, 2).max(axis=(1, 3))
        even = np.repeat(np.repeat(high - low <= tolerance, size, axis=0), size, axis=1)
        here = index // size * size
        corner = np.where(even, here[:, None] * columns + here, corner)
    return corner[:rows, :columns]


def _merged(image, corner, tolerance):
    """For each position of a corner the one that stands for its region, after neighbours have been joined."""
    low, high = np.full(image.size, np.inf), np.full(image.size, -np.inf)
    np.minimum.at(low, corner.ravel(), image.ravel())
    np.maximum.at(high, corner.ravel(), image.ravel())
    first, second = (corner.ravel()[end] for end in neighbors(image.shape))
    apart = np.unique((first * image.size + second)[first != second])
    first, second = apart // image.size, apart % image.size
    spread = np.maximum(high[first], high[second]) - np.minimum(low[first], low[second])
    order = np.argsort(spread, kind="stable")
    order = order[spread[order] <= tolerance]
    root, low, high = list(range(image.size)), low.tolist(), high.tolist()

    def find(a):
        while root[a] != a:
            root[a] = a = root[root[a]]
        return a

    for a, b in zip(first[order].tolist(), second[order].tolist(), strict=True):
        a, b = find(a), find(b)
        if a != b and max(high[a], high[b]) - min(low[a], low[b]) <= tolerance:
            root[b] = a
            low[a], high[a] = min(low[a], low[b]), max(high[a], high[b])
    root = np.array(root)
    while (further := root[root]).tobytes() != root.tobytes():
        root = further
    return root
