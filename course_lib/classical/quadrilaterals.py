"""Four corners of a shape that should have four: a plate, a page, a screen.

References
----------
A. Aggarwal, J. S. Chang, C. K. Yap: Minimum area circumscribing polygons, The Visual Computer 1 (1985).
doi:10.1007/BF01898354
"""

import numpy as np

from course_lib._validate import float_array
from course_lib.classical.regions import mask_array


def polygon_area(points):
    """Area inside a polygon by the shoelace formula; negative where its points run against the clock on the screen.

    Parameters
    ----------
    points : array_like, shape (n, 2), n >= 3
        (x, y), in order around the polygon; y counts downwards.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If there are fewer than three points or the shape is another.

    Examples
    --------
    >>> polygon_area([[0, 0], [3, 0], [3, 2], [0, 2]])
    6.0
    """
    points = float_array("points", points, ndim=2, channels=2)
    if len(points) < 3:
        raise ValueError(f"points must be at least 3, got {len(points)}")
    x, y = points.T
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)


def order_corners(corners):
    """Put four corners into the order top left, top right, bottom right, bottom left.

    Parameters
    ----------
    corners : array_like, shape (4, 2)
        (x, y) of a convex quadrilateral, in any order.

    Returns
    -------
    ndarray of float64, shape (4, 2)
        With the clock, from the corner whose x + y is least. That is the top left one of whatever is turned by less
        than 45 degrees. What lies on its side or upside down can only be told by what is printed on it.

    Raises
    ------
    ValueError
        If the shape is another.

    Examples
    --------
    >>> order_corners([[9, 5], [1, 1], [8, 0], [2, 6]]).tolist()
    [[1.0, 1.0], [8.0, 0.0], [9.0, 5.0], [2.0, 6.0]]
    """
    corners = float_array("corners", corners, ndim=2, channels=2)
    if len(corners) != 4:
        raise ValueError(f"corners must be 4 points, got {len(corners)}")
    x, y = (corners - corners.mean(axis=0)).T
    around = corners[np.argsort(np.arctan2(y, x))]  # y counts downwards, so angles grow with the clock
    return np.roll(around, -np.argmin(around.sum(axis=1)), axis=0)


def quadrilateral(mask):
    """The four corners of a mask: a small quadrilateral around all of its pixels.

    Parameters
    ----------
    mask : array_like of bool or whole numbers, shape (H, W)
        One object, or several that are to be held together.

    Returns
    -------
    ndarray of float64, shape (4, 2)
        (x, y) in the order of `order_corners`. The corners may lie between pixels and outside of the image.

    Raises
    ------
    TypeError, ValueError
        If mask is no mask of two axes, or its pixels lie on one line, so that they have no four corners.

    Notes
    -----
    Begin with the convex hull of the pixels' middles. While it has more than four sides, leave out the side that costs
    least: its two neighbours are made longer until they meet, which adds a triangle. The least triangle of each step is
    a greedy choice; the smallest quadrilateral of all may be a little smaller (Aggarwal, Chang & Yap, 1985).

    Examples
    --------
    >>> import numpy as np
    >>> mask = np.zeros((6, 9), bool)
    >>> mask[1:5, 2:8] = True
    >>> quadrilateral(mask).tolist()
    [[2.0, 1.0], [7.0, 1.0], [7.0, 4.0], [2.0, 4.0]]
    """
    mask = mask_array("mask", mask)
    y, x = np.nonzero(mask)
    points = _hull(np.stack([x, y], axis=1).astype(float)) if len(x) else np.empty((0, 2))
    while len(points) > 4:
        n = len(points)
        costs = [_meeting(points, k) for k in range(n)]
        best = min(range(n), key=lambda k: costs[k][0])
        if not np.isfinite(costs[best][0]):
            break  # no two sides left that meet: cannot happen for five sides or more, but for rounding
        points[best] = costs[best][1]
        points = np.delete(points, (best + 1) % n, axis=0)
    if len(points) != 4:
        raise ValueError(f"mask must have four corners, but its outline has {len(points)}")
    return order_corners(points)


def _meeting(points, k):
    """What it costs to leave out the side from corner k to the next, and where its neighbours meet then."""
    before, here, after, last = (points[(k + i) % len(points)] for i in (-1, 0, 1, 2))
    along, back = here - before, after - last
    turned = along[0] * back[1] - along[1] * back[0]
    if abs(turned) < 1e-12:
        return np.inf, here  # parallel
    gap = after - here
    t = (gap[0] * back[1] - gap[1] * back[0]) / turned
    s = (gap[0] * along[1] - gap[1] * along[0]) / turned
    if t <= 0 or s <= 0:
        return np.inf, here  # they meet on the other side
    meet = here + t * along
    return abs(polygon_area([here, meet, after])), meet


def _hull(points):
    """Corners of the convex hull, with the clock on the screen (Andrew's monotone chain)."""
    points = points[np.lexsort((points[:, 1], points[:, 0]))]
    ends = np.r_[True, points[1:, 0] != points[:-1, 0]]  # of each column only the highest and the lowest pixel count
    points = points[ends | np.r_[ends[1:], True]]
    chains = []
    for ordered in (points, points[::-1]):
        chain = []
        for p in ordered:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], p) <= 0:
                chain.pop()
            chain.append(p)
        chains += chain[:-1]
    return np.array(chains)


def _turn(a, b, c):
    """Above 0 where a, b, c turn with the clock on the screen."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
