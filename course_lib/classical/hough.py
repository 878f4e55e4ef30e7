"""Hough's transform: every edge pixel votes for all lines, or all circles, on which it may lie.

A line is a pair (angle, distance): its points (x, y), x to the right and y downwards, satisfy

    x cos(angle) + y sin(angle) = distance,

so the angle is the direction of its *normal*, from the x axis towards the y axis.

References
----------
P. V. C. Hough, Method and means for recognizing complex patterns, US patent 3,069,654, 1962.
R. O. Duda, P. E. Hart, Use of the Hough transformation to detect lines and curves in pictures, 1972.
doi:10.1145/361237.361242
"""

import numpy as np

from course_lib._validate import float_array, plain_array, real_number, whole_number


def _edge_mask(edges):
    mask = plain_array("edges", edges)
    if mask.dtype != bool:
        raise TypeError(f"edges must be a mask of bool, got dtype {mask.dtype}")
    return float_array("edges", mask, ndim=2).astype(bool)


def round_half_away(x):
    """Round to whole numbers, halves away from zero, as C does: NumPy rounds them to the even number.

    Parameters
    ----------
    x : array_like of real numbers

    Returns
    -------
    ndarray of int64

    Raises
    ------
    TypeError, ValueError
        If x holds anything but finite real numbers.

    Examples
    --------
    >>> round_half_away([0.5, 1.5, 2.5, -0.5])
    array([ 1,  2,  3, -1])
    >>> np.round([0.5, 1.5, 2.5, -0.5])
    array([ 0.,  2.,  2., -0.])
    """
    return _round_half_away(float_array("x", x))


def _round_half_away(x):
    # the largest number below 1/2: adding it to 0.49999999999999994 stays below 1, adding it to 0.5 gives 1
    return (x + np.copysign(np.nextafter(0.5, 0), x)).astype(np.int64)


def hough_lines(edges, angles=None):
    """Count, for every line, the edge pixels on it.

    Parameters
    ----------
    edges : array_like of bool, shape (H, W)
    angles : array_like of float, shape (n,), optional
        Directions of the normals, in radians; by default 180 of them, one a degree, from -90° to 89°.

    Returns
    -------
    votes : ndarray of int64, shape (2 D + 1, n)
        ``votes[d, a]`` pixels lie on the line of ``distances[d]`` and ``angles[a]``, up to rounding. D is the diagonal
        of the image, rounded up. Every column sums to the number of edge pixels.
    angles : ndarray of float64, shape (n,)
    distances : ndarray of float64, shape (2 D + 1,)
        -D ... D pixels, from the centre of the first pixel.

    Raises
    ------
    TypeError, ValueError
        If edges is not a 2-D mask of bool, or angles is not a list of finite numbers.

    Notes
    -----
    The numbers of ``skimage.transform.hough_line``, which rounds distances half away from zero.

    Examples
    --------
    >>> edges = np.zeros((4, 5), bool)
    >>> edges[:, 3] = True
    >>> votes, angles, distances = hough_lines(edges)
    >>> d, a = np.unravel_index(votes.argmax(), votes.shape)
    >>> int(votes[d, a]), abs(float(angles[a])) < 0.2, float(distances[d])
    (4, True, 3.0)
    """
    edges = _edge_mask(edges)
    if angles is None:
        angles = np.linspace(-np.pi / 2, np.pi / 2, 180, endpoint=False)
    angles = float_array("angles", angles, ndim=1)
    rows, columns = np.nonzero(edges)
    diagonal = int(np.ceil(np.hypot(*edges.shape)))
    x, y = columns.astype(np.float64), rows.astype(np.float64)
    votes = np.zeros((len(angles), 2 * diagonal + 1), np.int64)  # an angle a row, which is faster to fill
    for count, cos, sin in zip(votes, np.cos(angles), np.sin(angles), strict=True):
        distance = cos * x
        distance += sin * y
        index = _round_half_away(distance)
        index += diagonal
        count += np.bincount(index, minlength=len(count))
    return np.ascontiguousarray(votes.T), angles, np.arange(-diagonal, diagonal + 1.0)


def line_peaks(votes, angles, distances, count, apart=9, turned=np.pi / 18, least=0.5):
    """The lines with most votes, one after the other; what is nearly the same line is passed over.

    Parameters
    ----------
    votes, angles, distances : as `hough_lines` returns them
    count : positive int
        At most so many lines.
    apart : float, at least 0, in pixels
    turned : float, at least 0, in radians
        A line whose distance *and* angle differ from a better one by no more than these is the same line. The line of
        angle + 180° and -distance is also the same.
    least : float, from 0 to 1
        A line needs this share of the votes of the best one.

    Returns
    -------
    ndarray of float64, shape (n, 3), n at most ``count``
        A row a line: votes, angle, distance; most votes first.

    Raises
    ------
    TypeError, ValueError
        If the arrays do not fit each other, or a number is out of its range.

    Examples
    --------
    >>> edges = np.zeros((9, 9), bool)
    >>> edges[:, 6] = edges[2] = True
    >>> votes, angles, distances = hough_lines(edges, np.deg2rad([-90, -45, 0, 45]))
    >>> line_peaks(votes, angles, distances, 2, apart=2).round(2)
    array([[ 9.  , -1.57, -2.  ],
           [ 9.  ,  0.  ,  6.  ]])
    """
    left = float_array("votes", votes, ndim=2)
    angles, distances = float_array("angles", angles, ndim=1), float_array("distances", distances, ndim=1)
    if left.shape != (len(distances), len(angles)):
        raise ValueError(f"votes must have shape {(len(distances), len(angles))}, got {left.shape}")
    count, least = whole_number("count", count, 1), real_number("least", least, 0, 1)
    apart, turned = real_number("apart", apart, 0), real_number("turned", turned, 0)
    enough, lines = max(least * left.max(), 1), []
    while len(lines) < count and left.max() >= enough:
        d, a = np.unravel_index(left.argmax(), left.shape)
        lines.append((left[d, a], angles[a], distances[d]))
        half_turns = np.round((angles - angles[a]) / np.pi)
        same_angle = np.abs(angles - angles[a] - half_turns * np.pi) <= turned
        sign = np.where(half_turns % 2, -1, 1)  # turned by 180°, the distance changes its sign
        same_distance = np.abs(distances[:, np.newaxis] * sign - distances[d]) <= apart
        left[same_angle & same_distance] = 0
    return np.array(lines).reshape(-1, 3)


def ring(radius):
    """The pixels of a circle about a pixel, as Bresenham draws it.

    Parameters
    ----------
    radius : positive int

    Returns
    -------
    ndarray of bool, shape (2 radius + 1, 2 radius + 1)

    Raises
    ------
    TypeError, ValueError
        If radius is not a positive whole number.

    References
    ----------
    J. E. Bresenham, A linear algorithm for incremental digital display of circular arcs, 1977.
    doi:10.1145/359423.359432

    Examples
    --------
    >>> ring(2).astype(int)
    array([[0, 1, 1, 1, 0],
           [1, 0, 0, 0, 1],
           [1, 0, 0, 0, 1],
           [1, 0, 0, 0, 1],
           [0, 1, 1, 1, 0]])
    """
    radius = whole_number("radius", radius, 1)
    drawn = np.zeros((2 * radius + 1,) * 2, bool)
    along, out, error = 0, radius, 3 - 2 * radius
    while along <= out:  # one eighth of the circle, and its mirror images
        for row, column in ((out, along), (along, out)):
            for down in (-1, 1):
                for right in (-1, 1):
                    drawn[radius + down * row, radius + right * column] = True
        if error < 0:
            error += 4 * along + 6
        else:
            error += 4 * (along - out) + 10
            out -= 1
        along += 1
    return drawn


def hough_circles(edges, radii):
    """For every centre and radius, the share of the circle that is covered by edge pixels.

    Parameters
    ----------
    edges : array_like of bool, shape (H, W)
    radii : array_like of int above 0, shape (n,)

    Returns
    -------
    ndarray of float64, shape (n, H, W)
        From 0 to 1: edge pixels on the `ring` about each pixel, divided by the ring's number of pixels. It is the
        correlation of the edges with the ring; outside of the image there are no edges.

    Raises
    ------
    TypeError, ValueError
        If edges is not a 2-D mask of bool, or the radii are no positive whole numbers.

    Notes
    -----
    ``skimage.transform.hough_circle`` counts the pixels that Bresenham's way draws twice, on the axes and the
    diagonals, twice: its shares differ by some hundredths.

    Examples
    --------
    >>> edges = np.zeros((9, 9), bool)
    >>> edges[2:7, 2:7] = ring(2)
    >>> votes = hough_circles(edges, [2, 3])
    >>> np.unravel_index(votes.argmax(), votes.shape), float(votes.max())
    ((np.int64(0), np.int64(4), np.int64(4)), 1.0)
    """
    edges = _edge_mask(edges).astype(np.float64)
    radii = [whole_number("radius", radius, 1) for radius in np.atleast_1d(plain_array("radii", radii))]
    if not radii:
        raise ValueError("radii must not be empty")
    height, width = edges.shape
    votes = np.empty((len(radii), height, width))
    reach = max(radii)
    shape = [-(-(n + 2 * reach) // 32) * 32 for n in edges.shape]  # room for the ring; multiples of 32 are fast
    spectrum = np.fft.rfft2(edges, shape)
    for n, radius in enumerate(radii):
        circle = ring(radius)  # its own mirror image, so convolution is correlation
        product = np.fft.irfft2(spectrum * np.fft.rfft2(circle, shape), shape)
        votes[n] = np.rint(product[radius : radius + height, radius : radius + width]) / circle.sum()
    return votes


def circle_peaks(votes, radii, count, apart):
    """The circles with the highest share, one after the other; centres near a better one are passed over.

    Parameters
    ----------
    votes : array_like, shape (n, H, W), as `hough_circles` returns it
    radii : array_like of int, shape (n,)
    count : positive int
        At most so many circles.
    apart : float, at least 0, in pixels
        Two centres are at least this far from each other.

    Returns
    -------
    ndarray of float64, shape (m, 4), m at most ``count``
        A row a circle: share, row and column of its centre, radius; highest share first.

    Raises
    ------
    TypeError, ValueError
        If votes and radii do not fit each other, or a number is out of its range.

    Examples
    --------
    >>> edges = np.zeros((9, 9), bool)
    >>> edges[2:7, 2:7] = ring(2)
    >>> circle_peaks(hough_circles(edges, [2, 3]), [2, 3], count=1, apart=3)
    array([[1., 4., 4., 2.]])
    """
    votes, radii = float_array("votes", votes, ndim=3), float_array("radii", radii, ndim=1)
    if len(radii) != len(votes):
        raise ValueError(f"radii must have one entry for each of the {len(votes)} layers of votes, got {len(radii)}")
    count, apart = whole_number("count", count, 1), real_number("apart", apart, 0)
    best, layer = votes.max(axis=0), votes.argmax(axis=0)
    rows, columns = np.indices(best.shape)
    circles = []
    while len(circles) < count and best.max() > 0:
        row, column = np.unravel_index(best.argmax(), best.shape)
        circles.append((best[row, column], row, column, radii[layer[row, column]]))
        best[np.hypot(rows - row, columns - column) < max(apart, 0.5)] = 0
    return np.array(circles, dtype=np.float64).reshape(-1, 4)
