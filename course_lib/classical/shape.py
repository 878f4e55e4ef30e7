"""Shape as numbers: moments, Hu's invariants, perimeter and circularity, and contours by marching squares.

Moments take an image as a heap of mass, the value of a pixel at its centre; a mask is a heap of ones. Their indices are
(p, q) for row**p · column**q, as in scikit-image. OpenCV counts x first: its m10 is M[0, 1] here.

References
----------
M.-K. Hu, Visual pattern recognition by moment invariants, 1962. doi:10.1109/TIT.1962.1057692
K. Benkrid, D. Crookes, A. Benkrid, Design and FPGA implementation of a perimeter estimator, 2000.
W. E. Lorensen, H. E. Cline, Marching cubes: a high resolution 3D surface construction algorithm, 1987.
doi:10.1145/37401.37422
"""

import numpy as np

from course_lib._validate import float_array, real_number, whole_number

# --- moments ----------------------------------------------------------------------------------------------------------


def raw_moments(image, order=3):
    """Moments about the pixel (0, 0): M[p, q] = Σ row**p · column**q · image[row, column].

    Parameters
    ----------
    image : array_like, shape (H, W)
        A mask, or grey values as weights.
    order : int, at least 0

    Returns
    -------
    ndarray of float64, shape (order + 1, order + 1)
        M[0, 0] is the mass (of a mask: the area in pixels), (M[1, 0], M[0, 1]) / M[0, 0] the centre of mass.

    Raises
    ------
    ValueError, TypeError
        If the image is not 2-D, empty or not finite, or order is not a whole number from 0 on.

    Examples
    --------
    >>> raw_moments([[0, 1], [0, 1]], order=1).tolist()
    [[2.0, 2.0], [1.0, 1.0]]
    """
    return _moments(float_array("image", image, ndim=2), 0.0, 0.0, whole_number("order", order, 0))


def _moments(image, row, column, order):
    """Σ (r - row)**p (c - column)**q image[r, c], for p and q from 0 to order: two matrix products."""
    powers = np.arange(order + 1)[:, np.newaxis]
    rows, columns = ((np.arange(n) - middle) ** powers for n, middle in zip(image.shape, (row, column), strict=True))
    return rows @ image @ columns.T


def centroid(image):
    """Centre of mass of an image, as (row, column).

    Parameters
    ----------
    image : array_like, shape (H, W)
        A mask, or grey values at least 0 as weights.

    Returns
    -------
    (float, float)

    Raises
    ------
    ValueError
        If the image is not 2-D, empty, not finite, has a value below 0 or is 0 everywhere.

    Examples
    --------
    >>> centroid([[0, 1], [0, 1]])
    (0.5, 1.0)
    """
    (_, row, column) = _weights(image)
    return row, column


def _weights(image):
    """The image as float64, and its centre of mass."""
    image = float_array("image", image, ndim=2)
    if image.min() < 0:
        raise ValueError(f"image must be at least 0, got {image.min():g}: a weight cannot be negative")
    (mass, across), (down, _) = _moments(image, 0.0, 0.0, 1)
    if mass == 0:
        raise ValueError("image must have a value above 0: what is 0 everywhere has no centre")
    return image, float(down / mass), float(across / mass)


def central_moments(image, order=3):
    """Moments about the centre of mass: a shift of the shape does not change them.

    Parameters
    ----------
    image : array_like, shape (H, W)
        A mask, or grey values at least 0 as weights.
    order : int, at least 0

    Returns
    -------
    ndarray of float64, shape (order + 1, order + 1)
        mu[0, 0] is the mass; mu[1, 0] and mu[0, 1] are 0 but for rounding.

    Raises
    ------
    ValueError, TypeError
        As `centroid`, and if order is not a whole number from 0 on.

    Examples
    --------
    >>> central_moments([[0, 1, 1, 1]], order=2)[0].tolist()
    [3.0, 0.0, 2.0]
    """
    image, row, column = _weights(image)
    return _moments(image, row, column, whole_number("order", order, 0))


def normalized_moments(image, order=3):
    """Central moments divided by mass**(1 + (p + q) / 2): a change of size does not change them either.

    Exactly so for shapes in the plane; pixels follow only roughly, the more roughly the smaller the shape.

    Parameters
    ----------
    image : array_like, shape (H, W)
        A mask, or grey values at least 0 as weights.
    order : int, at least 0

    Returns
    -------
    ndarray of float64, shape (order + 1, order + 1)

    Raises
    ------
    ValueError, TypeError
        As `central_moments`.

    Examples
    --------
    >>> import numpy as np
    >>> normalized_moments(np.ones((50, 50)), order=2)[2, 0].round(4)  # of a square in the plane: 1 / 12
    np.float64(0.0833)
    """
    moments = central_moments(image, order)
    powers = np.arange(len(moments))
    return moments / moments[0, 0] ** (1 + (powers[:, np.newaxis] + powers) / 2)


def hu_moments(image):
    """Seven numbers that a shift, a turn and a change of size of the shape leave as they are (Hu 1962).

    Exactly so for shapes in the plane and for quarter turns. Between pixels h5 to h7, which are tiny, may change by
    their own size.

    Parameters
    ----------
    image : array_like, shape (H, W)
        A mask, or grey values at least 0 as weights.

    Returns
    -------
    ndarray of float64, shape (7,)
        A mirror image has the same h1 to h6, and h7 with the opposite sign.

    Raises
    ------
    ValueError, TypeError
        As `central_moments`.

    Notes
    -----
    The rows are the first index here, as in scikit-image. OpenCV's first index is x, the columns. To exchange the two
    is to mirror the shape on a diagonal, so ``cv2.HuMoments`` agrees in h1 to h6 and gives -h7.

    Examples
    --------
    >>> import numpy as np
    >>> letter = np.array([[1, 0, 0], [1, 0, 0], [1, 1, 1]])
    >>> np.allclose(hu_moments(np.rot90(letter)), hu_moments(letter))
    True
    """
    n = normalized_moments(image)
    total, difference = n[2, 0] + n[0, 2], n[2, 0] - n[0, 2]
    a, b = n[3, 0] - 3 * n[1, 2], 3 * n[2, 1] - n[0, 3]
    c, d = n[3, 0] + n[1, 2], n[2, 1] + n[0, 3]
    return np.array(
        [
            total,
            difference**2 + 4 * n[1, 1] ** 2,
            a**2 + b**2,
            c**2 + d**2,
            a * c * (c**2 - 3 * d**2) + b * d * (3 * c**2 - d**2),
            difference * (c**2 - d**2) + 4 * n[1, 1] * c * d,
            b * c * (c**2 - 3 * d**2) - a * d * (3 * c**2 - d**2),
        ]
    )


def _spread(image):
    """Variances along rows and columns and the covariance: the ellipse that spreads as the shape does."""
    moments = central_moments(image, 2)
    return moments[2, 0] / moments[0, 0], moments[0, 2] / moments[0, 0], moments[1, 1] / moments[0, 0]


def orientation(image):
    """Direction of the long axis of a shape: of the ellipse with the same second moments.

    Parameters
    ----------
    image : array_like, shape (H, W)
        A mask, or grey values at least 0 as weights.

    Returns
    -------
    float, radians, above -pi / 2 and at most pi / 2
        From x (to the right) towards y (downwards). 0 where no direction is longer, as in a square.

    Raises
    ------
    ValueError, TypeError
        As `central_moments`.

    Notes
    -----
    atan2(2 mu11, mu02 - mu20) / 2. ``skimage.measure.regionprops`` measures from the rows: pi / 2 minus this.

    Examples
    --------
    >>> import numpy as np
    >>> orientation(np.ones((2, 7))), round(orientation(np.eye(5)), 4)
    (0.0, 0.7854)
    """
    rows, columns, both = _spread(image)
    return float(np.arctan2(2 * both, columns - rows) / 2)


def eccentricity(image):
    """How far from a circle the ellipse with the same second moments is: 0 for a circle, 1 for a line.

    Parameters
    ----------
    image : array_like, shape (H, W)
        A mask, or grey values at least 0 as weights.

    Returns
    -------
    float from 0 to 1
        sqrt(1 - b² / a²) of the half axes a ≥ b. 0 for a single pixel.

    Raises
    ------
    ValueError, TypeError
        As `central_moments`.

    Examples
    --------
    >>> eccentricity([[1, 1], [1, 1]]), eccentricity([[1, 1, 1]])
    (0.0, 1.0)
    """
    rows, columns, both = _spread(image)
    root = np.hypot(rows - columns, 2 * both)
    long = rows + columns + root
    return float(np.sqrt(min(2 * root / long, 1.0))) if long > 0 else 0.0


# --- border -----------------------------------------------------------------------------------------------------------


def _mask(mask):
    array = float_array("mask", mask, ndim=2)
    if not np.isin(array, (0, 1)).all():
        raise ValueError(
            f"mask must hold 0 and 1, got {array.min():g} to {array.max():g}: compare it first, as in x > 0"
        )
    return array.astype(bool)


def perimeter(mask):
    """Length of the line through the centres of the border pixels of a mask.

    Parameters
    ----------
    mask : array_like of bool or of 0 and 1, shape (H, W)
        Pixels outside belong to the background.

    Returns
    -------
    float, in pixels
        0 for a single pixel, and for an empty mask.

    Raises
    ------
    ValueError, TypeError
        If the mask is not 2-D, is empty of pixels, or holds anything but 0 and 1.

    Notes
    -----
    A border pixel has a neighbour outside that shares a side with it. It counts 1 if the line runs straight through it,
    √2 if diagonally, the mean of both at a bend (Benkrid, Crookes & Benkrid 2000), as in ``skimage.measure.perimeter``.
    The line lies half a pixel inside the shape, so small shapes come out too short.

    Examples
    --------
    >>> import numpy as np
    >>> perimeter(np.ones((5, 5)))  # a square of 4 × 4 between the centres
    16.0
    """
    mask = np.pad(_mask(mask), 2)
    core = mask[1:-1, 1:-1]
    inner = core & mask[:-2, 1:-1] & mask[2:, 1:-1] & mask[1:-1, :-2] & mask[1:-1, 2:]
    border = (core & ~inner).astype(np.int64)
    by_side, by_corner = np.zeros_like(border), np.zeros_like(border)
    by_side[1:-1, 1:-1] = border[:-2, 1:-1] + border[2:, 1:-1] + border[1:-1, :-2] + border[1:-1, 2:]
    by_corner[1:-1, 1:-1] = border[:-2, :-2] + border[:-2, 2:] + border[2:, :-2] + border[2:, 2:]
    return float(STEP_LENGTH[by_side, by_corner][border > 0].sum())


# length of the line inside a border pixel, by how many border pixels touch its sides (row) and its corners (column)
STEP_LENGTH = np.zeros((5, 5))
STEP_LENGTH[2, 0] = STEP_LENGTH[2, 1] = STEP_LENGTH[2, 2] = 1
STEP_LENGTH[3, 0] = STEP_LENGTH[3, 1] = STEP_LENGTH[3, 2] = 1
STEP_LENGTH[0, 2] = STEP_LENGTH[1, 3] = np.sqrt(2)
STEP_LENGTH[1, 1] = STEP_LENGTH[1, 2] = (1 + np.sqrt(2)) / 2


def circularity(mask):
    """4π area / perimeter²: 1 for a circle in the plane, less for every other shape.

    Parameters
    ----------
    mask : array_like of bool or of 0 and 1, shape (H, W)

    Returns
    -------
    float above 0
        Infinite where the perimeter counts as 0: a single pixel. Small shapes exceed 1, see Notes.

    Raises
    ------
    ValueError, TypeError
        As `perimeter`, and if no pixel belongs to the mask.

    Notes
    -----
    `perimeter` runs half a pixel inside, too short for small shapes, and its steps are too long for a smooth border,
    which shows in large ones: the disc of all pixels within 3.5 of its centre gets 1.25, the one within 60.5 0.91.
    Compare shapes of about one size only.

    Examples
    --------
    >>> import numpy as np
    >>> round(circularity(np.ones((41, 41))), 3)  # of a square in the plane: pi / 4 = 0.785
    0.825
    """
    mask = _mask(mask)
    area = np.count_nonzero(mask)
    if area == 0:
        raise ValueError("mask must have at least one pixel that belongs to it")
    length = perimeter(mask)
    return float(4 * np.pi * area / length**2) if length else np.inf


# --- contours by marching squares -------------------------------------------------------------------------------------

# a cell has the corners 1 (up left), 2 (up right), 4 (down left), 8 (down right), added where above the level, and the
# sides 0 (top), 1 (bottom), 2 (left), 3 (right). Each case: from which side to which its lines run, the low on the left
TOP, BOTTOM, LEFT, RIGHT = range(4)
CASES = {
    **{1: [(TOP, LEFT)], 2: [(RIGHT, TOP)], 3: [(RIGHT, LEFT)], 4: [(LEFT, BOTTOM)], 5: [(TOP, BOTTOM)]},
    **{6: [(RIGHT, TOP), (LEFT, BOTTOM)], 7: [(RIGHT, BOTTOM)], 8: [(BOTTOM, RIGHT)]},
    **{9: [(TOP, LEFT), (BOTTOM, RIGHT)], 10: [(BOTTOM, TOP)], 11: [(BOTTOM, LEFT)]},
    **{12: [(LEFT, RIGHT)], 13: [(TOP, RIGHT)], 14: [(LEFT, TOP)]},
}


def contours(image, level):
    """Lines on which the image, linear between pixels, has the value ``level``: marching squares.

    Parameters
    ----------
    image : array_like, shape (H, W), at least 2 × 2
    level : float
        For a mask 0.5.

    Returns
    -------
    list of ndarray of float64, shape (number of points, 2), as (row, column)
        Values above the level lie to the right of the way. A closed line ends where it began; the others end at the
        border of the image.

    Raises
    ------
    ValueError, TypeError
        If the image is not 2-D, smaller than 2 × 2 or not finite, or level is not a finite number.

    Notes
    -----
    Four neighbours form a cell. Where one of two is above the level and the other is not, the line crosses between
    them, at a place by linear interpolation; 16 cases say how the crossings of a cell are joined (Lorensen & Cline 1987
    in the plane). Where two corners across are above, the two that are not are joined. These are the lines of
    ``skimage.measure.find_contours``, point by point, as long as no pixel has exactly the level. Where one has, lines
    may touch there, and the two functions may go on along different ones.

    Examples
    --------
    >>> contours([[0, 0, 0], [0, 4, 0], [0, 0, 0]], 1)[0].tolist()
    [[1.75, 1.0], [1.0, 0.25], [0.25, 1.0], [1.0, 1.75], [1.75, 1.0]]
    """
    image, level = float_array("image", image, ndim=2), real_number("level", level)
    if min(image.shape) < 2:
        raise ValueError(f"image must have at least 2 rows and 2 columns, got shape {image.shape}")
    begins, ends = _segments(image > level)
    points = _crossings(image, level)
    lines = (_without_repeats(points[line]) for line in _chains(begins, ends))
    return [line for line in lines if len(line) > 1]


def _crossings(image, level):
    """Where the level is crossed between neighbours: first between those in a row, then those in a column."""
    rows, columns = np.indices(image.shape, dtype=np.float64)

    def place(first, second):
        step = second - first
        return np.divide(level - first, step, out=np.zeros_like(first), where=step != 0)

    across = place(image[:, :-1], image[:, 1:]) + columns[:, :-1]
    down = place(image[:-1], image[1:]) + rows[:-1]
    beside = np.stack([rows[:, :-1], across], axis=-1).reshape(-1, 2)
    below = np.stack([down, columns[:-1]], axis=-1).reshape(-1, 2)
    return np.concatenate([beside, below])


def _segments(above):
    """The lines through all cells, row by row, as the numbers of the crossings where they begin and end."""
    rows, columns = above.shape
    bits = above.astype(np.int64)
    case = (bits[:-1, :-1] + 2 * bits[:-1, 1:] + 4 * bits[1:, :-1] + 8 * bits[1:, 1:]).ravel()
    i, j = (index.ravel() for index in np.indices((rows - 1, columns - 1)))
    side = np.stack([i * (columns - 1) + j, (i + 1) * (columns - 1) + j, i * columns + j, i * columns + j + 1])
    side[LEFT:] += rows * (columns - 1)  # crossings in columns are counted after those in rows
    found = []
    for number, lines in CASES.items():
        cells = np.flatnonzero(case == number)
        found += [
            np.stack([2 * cells + order, side[begin, cells], side[end, cells]])
            for order, (begin, end) in enumerate(lines)
        ]
    found = np.concatenate(found, axis=1)
    return found[1:, np.argsort(found[0])]


def _chains(begins, ends):
    """Join segments that meet into lines: lists of crossings, in the order of the first segment of each."""
    after = dict(zip(begins.tolist(), range(len(begins)), strict=True))  # a crossing begins one segment at most
    before = dict(zip(ends.tolist(), range(len(ends)), strict=True))
    begins, ends = begins.tolist(), ends.tolist()
    left = np.ones(len(begins), bool)
    for first in range(len(begins)):
        if not left[first]:
            continue
        members, segment = [], first
        while segment is not None and left[segment]:  # forwards, to the end or all around
            left[segment] = False
            members.append(segment)
            segment = after.get(ends[segment])
        if segment is not None:  # closed: it begins where its last segment, row by row, ends
            cut = members.index(max(members)) + 1
            members = members[cut:] + members[:cut]
        else:
            segment = before.get(begins[first])
            ahead = []
            while segment is not None:
                left[segment] = False
                ahead.append(segment)
                segment = before.get(begins[segment])
            members = ahead[::-1] + members
        yield [begins[members[0]], *(ends[segment] for segment in members)]


def _without_repeats(points):
    """The level lies exactly on a pixel: several crossings are one point."""
    new = np.any(points[1:] != points[:-1], axis=1)
    return points[np.concatenate([[True], new])]
