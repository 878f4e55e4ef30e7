"""The watershed: distances to the background, their peaks as markers, and the flood that starts from the markers.

References
----------
F. Meyer, Topographic distance and watershed lines, 1994. doi:10.1016/0165-1684(94)90060-4
L. Vincent, P. Soille, Watersheds in digital spaces, 1991. doi:10.1109/34.87344
A. Meijster, J. Roerdink, W. Hesselink, A general algorithm for computing distance transforms in linear time, 2000.
doi:10.1007/0-306-47025-X_36
"""

import numpy as np

from course_lib._validate import float_array, non_negative_array, plain_array, whole_number
from course_lib.classical.morphology import dilate
from course_lib.classical.regions import label, mask_array


def distance_transform(mask):
    """How far each pixel is from the nearest pixel of the background, by Euclid, from middle to middle.

    Parameters
    ----------
    mask : array_like of bool or whole numbers, (H, W)
        What is not 0 is foreground.

    Returns
    -------
    ndarray of float64, shape (H, W), in pixels
        0 on the background, at least 1 on the foreground, infinite where there is no background at all. What lies
        outside of the image is no background: pad the mask with 0 if it shall be.

    Raises
    ------
    TypeError, ValueError
        If mask is no mask of two axes.

    Notes
    -----
    The nearest background pixel of (i, j) stands in some column k, so d(i, j)² = min over k of g(i, k)² + (j - k)²,
    where g is the distance within a column. The minimum is taken for one distance \\|j - k\\| after the other, until it
    is larger than every d found.

    Examples
    --------
    >>> distance_transform([[0, 1, 1, 1]])
    array([[0., 1., 2., 3.]])
    """
    mask = mask_array("mask", mask)
    rows = np.arange(mask.shape[0], dtype=np.float64)[:, None]
    above = np.maximum.accumulate(np.where(mask, -np.inf, rows))
    below = np.minimum.accumulate(np.where(mask, np.inf, rows)[::-1])[::-1]
    column = np.minimum(rows - above, below - rows) ** 2
    squared = column.copy()
    for step in range(1, mask.shape[1]):
        if step**2 >= squared.max():
            break
        np.minimum(squared[:, step:], column[:, :-step] + step**2, out=squared[:, step:])
        np.minimum(squared[:, :-step], column[:, step:] + step**2, out=squared[:, :-step])
    return np.sqrt(squared)


def markers_from_distance(distance, min_distance=5):
    """One marker for each peak of a map of distances.

    A pixel is a peak if no pixel up to ``min_distance`` rows and columns away is higher. Peaks that lie so close to
    each other within the foreground are one marker. A piece of the foreground that would be left without, beside a
    higher one, gets its own highest pixels.

    Parameters
    ----------
    distance : array_like, (H, W), at least 0 and finite
        As from `distance_transform`; 0 is background.
    min_distance : int, at least 1, in pixels
        About half the radius of the smallest object.

    Returns
    -------
    ndarray of int64, shape (H, W)
        0 where there is no marker; 1, 2, ... in the order of their first pixels. A peak at the border of the image
        counts as any other.

    Raises
    ------
    TypeError, ValueError
        If distance has not two axes, is below 0 or not finite, or min_distance is no whole number from 1.

    Examples
    --------
    >>> markers_from_distance([[0, 1, 2, 1, 1, 3, 1, 0]], min_distance=1)
    array([[0, 0, 1, 0, 0, 2, 0, 0]])
    """
    from scipy.ndimage import maximum_filter

    distance = non_negative_array("distance", distance, ndim=2)
    min_distance = whole_number("min_distance", min_distance, 1)
    inside = distance > 0
    peaks = inside & (distance == maximum_filter(distance, 2 * min_distance + 1, mode="constant"))
    pieces = label(inside)
    top = np.zeros(pieces.max() + 1)
    np.maximum.at(top, pieces.ravel(), distance.ravel())
    without = np.ones(top.size, bool)
    without[pieces[peaks]] = False
    peaks |= inside & without[pieces] & (distance == top[pieces])
    reach = min_distance // 2
    close = label(dilate(peaks, np.ones((2 * reach + 1, 2 * reach + 1), bool)) & inside, connectivity=2)
    return _in_reading_order(np.where(peaks, close, 0))


def _in_reading_order(labels):
    """Number labels anew as 1, 2, ... by their first pixels."""
    found, first, index = np.unique(labels, return_index=True, return_inverse=True)
    number = np.zeros(found.size, np.int64)
    order = np.argsort(np.where(found == 0, -1, first))
    number[order] = np.arange(found.size) + (found[0] != 0)
    return number[index].reshape(labels.shape)


def watershed(landscape, markers, mask=None):
    """Flood a landscape from markers: each pixel belongs to the water that reaches it first.

    The level rises. Water from a marker enters a neighbouring pixel when the level has reached the height of that
    pixel, and fills at once whatever lies lower behind it. On a plain all waters advance at one speed.

    Parameters
    ----------
    landscape : array_like, (H, W)
        Heights. To cut objects that touch: minus the distance to the background, so that their middles are valleys.
    markers : array_like of whole numbers, (H, W)
        0 where there is no marker, else the label of the water that rises there.
    mask : array_like of bool or whole numbers, (H, W), optional
        Where water may go; by default everywhere.

    Returns
    -------
    ndarray of int64, shape (H, W)
        Labels of the markers; 0 outside of the mask, and where no water gets to. There is no line between two waters.

    Raises
    ------
    TypeError, ValueError
        If shapes differ, the landscape is not finite, or the markers are no whole numbers, below 0 or all 0.

    Notes
    -----
    This is Meyer's algorithm with a queue for every height. Neighbours share an edge. Of two markers at one height, the
    one that comes first row after row also comes first in the queue. scikit-image 0.26 takes such markers in the order
    of its heap; else the results are equal, pixel by pixel.

    Examples
    --------
    >>> watershed([[0, 1, 3, 2, 0]], [[1, 0, 0, 0, 2]])
    array([[1, 1, 1, 2, 2]])
    """
    landscape = float_array("landscape", landscape, ndim=2)
    labels = plain_array("markers", markers)
    if labels.dtype.kind not in "bui":
        raise TypeError(f"markers must be whole numbers, got dtype {labels.dtype}")
    allowed = np.ones(landscape.shape, bool) if mask is None else mask_array("mask", mask)
    for name, array in (("markers", labels), ("mask", allowed)):
        if array.shape != landscape.shape:
            raise ValueError(f"{name} and landscape must have one shape, got {array.shape} and {landscape.shape}")
    if labels.min() < 0:
        raise ValueError(f"markers must be at least 0, got {labels.min()}")
    if not labels.any():
        raise ValueError("markers must hold a label above 0, got none: no water would rise")
    heights, level = np.unique(landscape, return_inverse=True)
    level = np.pad(level.reshape(landscape.shape), 1).ravel()
    labels = np.pad(np.where(allowed, labels.astype(np.int64), -1), 1, constant_values=-1).ravel()
    return np.maximum(_flood(level, labels, landscape.shape[1] + 2, len(heights)), 0).reshape(
        landscape.shape[0] + 2, -1
    )[1:-1, 1:-1]


def _flood(level, labels, width, heights):
    """Fill in labels that are 0; a rim of -1 stops the water. All arrays are flat, a row is ``width`` long."""
    queues = [None] * heights  # made when needed: an image may have a height for every pixel
    sources = np.flatnonzero(labels > 0).tolist()
    level, labels = level.tolist(), labels.tolist()
    for pixel in sources:
        if queues[level[pixel]] is None:
            queues[level[pixel]] = []
        queues[level[pixel]].append(pixel)
    for now, queue in enumerate(queues):
        for pixel in queue or ():  # grows while we walk along it
            water = labels[pixel]
            for neighbor in (pixel - width, pixel - 1, pixel + 1, pixel + width):
                if not labels[neighbor]:
                    labels[neighbor] = water
                    height = level[neighbor]
                    if height <= now:
                        queue.append(neighbor)
                    elif queues[height]:
                        queues[height].append(neighbor)
                    else:
                        queues[height] = [neighbor]
        queues[now] = None
    return np.array(labels)
