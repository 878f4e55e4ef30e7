"""Geometric transforms: 3 × 3 matrices that act on points (x, y), and images warped by inverse mapping.

A point is (x, y): x counts columns to the right, y counts rows downwards, and the centre of the first pixel is (0, 0).
An array is indexed the other way round, ``image[y, x]``.

References
----------
G. Wolberg, Digital Image Warping, IEEE Computer Society Press, 1990.
R. Hartley, A. Zisserman, Multiple View Geometry, 2nd ed., 2004, section 4.1 (the direct linear transform).
doi:10.1017/CBO9780511811685
"""

import numpy as np

from course_lib._validate import float_array, one_of, plain_array, real_number, rows_and_columns, same_shape


def translation(dx, dy):
    """Shift by dx columns to the right and dy rows down.

    Parameters
    ----------
    dx, dy : float, pixels

    Returns
    -------
    ndarray of float64, shape (3, 3)

    Raises
    ------
    ValueError
        If a number is not finite.
    """
    dx, dy = float_array("dx and dy", [dx, dy])
    return np.array([[1, 0, dx], [0, 1, dy], [0, 0, 1]])


def scaling(sx, sy, center=(0.0, 0.0)):
    """Stretch by sx across and sy down, leaving ``center`` where it is.

    Parameters
    ----------
    sx, sy : float, not 0
    center : (x, y)

    Returns
    -------
    ndarray of float64, shape (3, 3)

    Raises
    ------
    ValueError
        If a factor is 0 or a number is not finite.
    """
    return affine(np.diag(float_array("sx and sy", [sx, sy])), center=center)


def rotation(angle, center=(0.0, 0.0)):
    """Turn by ``angle`` about ``center``: from the x axis towards the y axis, which on the screen is clockwise.

    Parameters
    ----------
    angle : float, radians
    center : (x, y)

    Returns
    -------
    ndarray of float64, shape (3, 3)

    Raises
    ------
    ValueError
        If a number is not finite.
    """
    angle = float(float_array("angle", angle, ndim=0))
    cos, sin = np.cos(angle), np.sin(angle)
    return affine([[cos, -sin], [sin, cos]], center=center)


def affine(linear, offset=(0.0, 0.0), center=(0.0, 0.0)):
    """Any invertible linear map about ``center``, followed by a shift.

    Parameters
    ----------
    linear : array_like, shape (2, 2)
        Acts on (x, y).
    offset : (dx, dy)
    center : (x, y)

    Returns
    -------
    ndarray of float64, shape (3, 3)

    Raises
    ------
    ValueError
        If the map is singular or a shape is wrong.
    """
    linear, offset, center = (
        float_array(name, v) for name, v in (("linear", linear), ("offset", offset), ("center", center))
    )
    if linear.shape != (2, 2) or offset.shape != (2,) or center.shape != (2,):
        shapes = f"{linear.shape}, {offset.shape} and {center.shape}"
        raise ValueError(f"linear, offset and center must have shapes (2, 2), (2,) and (2,), got {shapes}")
    if _singular(linear):
        raise ValueError(f"linear must be invertible, got {linear.tolist()}")
    matrix = np.eye(3)
    matrix[:2, :2] = linear
    matrix[:2, 2] = offset + center - linear @ center
    return matrix


def _singular(matrix):
    """Whether a square matrix has no inverse, up to rounding, in whatever units its rows and columns are."""
    scaled = matrix.copy()
    for axis in (1, 0) * 4:  # a few rounds bring the largest entry of every row and every column near 1
        largest = np.abs(scaled).max(axis=axis, keepdims=True)
        if (largest == 0).any():
            return True
        scaled /= largest
    return np.linalg.matrix_rank(scaled) < len(matrix)


def homography_from_points(source, target):
    """The projective map that takes four or more points to given places.

    Parameters
    ----------
    source, target : array_like, shape (n, 2), n >= 4
        Points (x, y); no three of four may lie on a line. With n > 4 the algebraic error is least.

    Returns
    -------
    ndarray of float64, shape (3, 3)
        The map fixes it up to a factor. Its last entry is 1; or 0, and the largest is 1, when the point (0, 0) is sent
        to infinity.

    Raises
    ------
    ValueError
        If there are too few different points, the shapes differ, or the points do not determine a map.

    Notes
    -----
    Hartley & Zisserman, section 4.1: two linear equations a point, solved by the singular vector of the smallest
    singular value, after both point sets were moved to mean 0 and scaled to mean distance √2 (section 4.4.4).
    """
    source, target = float_array("source", source, ndim=2), float_array("target", target, ndim=2)
    if source.shape != target.shape or source.shape[1] != 2 or len(source) < 4:
        raise ValueError(
            f"source and target must both have shape (n, 2) with n >= 4, got {source.shape} and {target.shape}"
        )
    to_source, to_target = _normalization(source, "source"), _normalization(target, "target")
    rows = []
    for (x, y), (u, v) in zip(apply(to_source, source), apply(to_target, target), strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y, -u], [0, 0, 0, x, y, 1, -v * x, -v * y, -v]]
    _, singular, vectors = np.linalg.svd(np.array(rows))
    solution = np.linalg.inv(to_target) @ vectors[-1].reshape(3, 3) @ to_source
    if singular[7] < 1e-10 * singular[0] or np.linalg.matrix_rank(vectors[-1].reshape(3, 3), tol=1e-10) < 3:
        raise ValueError("source and target must determine a map, but three of the points lie on a line")
    third = np.abs(solution[2])  # the third coordinate of the image of a point is ± third · (±x, ±y, 1)
    if third[2] > 1e-12 * (np.abs(source) @ third[:2]).max():
        return solution / solution[2, 2]
    solution[2, 2] = 0
    return solution / solution.flat[np.abs(solution).argmax()]


def _normalization(points, name):
    different = len(np.unique(points, axis=0))
    if different < 4:
        raise ValueError(f"{name} must hold at least 4 different points, got {different}")
    scale = np.sqrt(2) / np.linalg.norm(points - points.mean(axis=0), axis=1).mean()
    return affine(scale * np.eye(2), offset=-scale * points.mean(axis=0))


def apply(matrix, points):
    """Map points: append 1, multiply, divide by the third coordinate.

    Parameters
    ----------
    matrix : array_like, shape (3, 3)
    points : array_like, shape (..., 2)
        Points (x, y).

    Returns
    -------
    ndarray of float64, shape (..., 2)
        Not finite where a point is sent to infinity.

    Raises
    ------
    ValueError
        If a shape is wrong.
    """
    matrix, points = _matrix(matrix), float_array("points", points, channels=2)
    mapped = points @ matrix[:, :2].T + matrix[:, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        return mapped[..., :2] / mapped[..., 2:]


def sample(image, x, y, order="bilinear", border="constant", fill=0.0):
    """Read an image between its pixels.

    Parameters
    ----------
    image : array_like, shape (H, W) or (H, W, C)
    x, y : array_like, one shape
        Where to read; pixel centres are at whole numbers.
    order : "bilinear" or "nearest"
        The weighted mean of the four pixels around the point, or the pixel whose centre is nearest (the later one on
        a tie). Only "nearest" invents no values.
    border : "constant" or "edge"
        What lies beyond the image: ``fill``, or the nearest pixel of the edge.
    fill : float
        Also what is read where a coordinate is NaN, whatever the border. May be NaN itself.

    Returns
    -------
    ndarray of float64, shape of x (and C)

    Raises
    ------
    TypeError
        If fill is no number.
    ValueError
        If an option is unknown or a shape is wrong.
    """
    image, fill = float_array("image", image, ndim=(2, 3)), real_number("fill", fill, finite=False)
    x, y = (plain_array(name, at).astype(np.float64, casting="same_kind") for name, at in (("x", x), ("y", y)))
    same_shape(x=x, y=y)
    one_of("border", border, ("constant", "edge"))
    one_of("order", order, ("bilinear", "nearest"))
    shape, x, y = x.shape, x.ravel(), y.ravel()
    at = _bounded(x, image.shape[1]), _bounded(y, image.shape[0])
    values = (_nearest if order == "nearest" else _bilinear)(image, *at, border, fill)
    values[np.isnan(x) | np.isnan(y)] = fill
    return values.reshape(shape + image.shape[2:])


def _nearest(image, x, y, border, fill):
    return _pixels(image, np.floor(x + 0.5), np.floor(y + 0.5), border, fill)


def _bilinear(image, x, y, border, fill):
    left, top = np.floor(x), np.floor(y)
    a, b = (t.reshape(-1, *(1,) * (image.ndim - 2)) for t in (x - left, y - top))
    right, bottom = np.ceil(x), np.ceil(y)  # at a pixel's centre itself, as 0 times a fill of NaN would be NaN
    upper = (1 - a) * _pixels(image, left, top, border, fill) + a * _pixels(image, right, top, border, fill)
    lower = (1 - a) * _pixels(image, left, bottom, border, fill) + a * _pixels(image, right, bottom, border, fill)
    return (1 - b) * upper + b * lower


def _bounded(t, n):
    """Keep coordinates countable: two pixels beyond the border is as far away as infinity."""
    return np.clip(np.nan_to_num(t, nan=-2, posinf=n + 1, neginf=-2), -2, n + 1)


def _pixels(image, x, y, border, fill):
    column, row = x.astype(int), y.astype(int)
    height, width = image.shape[:2]
    values = image[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)]
    if border == "constant":
        values[(row < 0) | (row >= height) | (column < 0) | (column >= width)] = fill
    return values


def warp(image, matrix, output_shape=None, order="bilinear", border="constant", fill=0.0):
    """Transform an image by inverse mapping: every output pixel asks where it came from.

    Parameters
    ----------
    image : array_like, shape (H, W) or (H, W, C)
    matrix : array_like, shape (3, 3)
        Takes points (x, y) of the image to points of the output.
    output_shape : (rows, columns), optional
        By default that of the image.
    order, border, fill
        As in `sample`. Masks of classes need ``order="nearest"``.

    Returns
    -------
    ndarray of float64, shape (rows, columns) or (rows, columns, C)

    Raises
    ------
    ValueError
        If the matrix is singular, an option is unknown or a shape is wrong.
    """
    image = float_array("image", image, ndim=(2, 3))
    matrix = _matrix(matrix)
    if _singular(matrix):
        raise ValueError(f"matrix must be invertible, got {matrix.tolist()}")
    y, x = _grid(image.shape[:2] if output_shape is None else output_shape)
    source = apply(np.linalg.inv(matrix), np.stack([x, y], axis=-1))
    return sample(image, source[..., 0], source[..., 1], order, border, fill)


def resize(image, output_shape, order="bilinear"):
    """Change the number of pixels so that the *edges* of the first and last pixel stay where they are.

    Parameters
    ----------
    image : array_like, shape (H, W) or (H, W, C)
    output_shape : (rows, columns)
    order : "bilinear" or "nearest"

    Returns
    -------
    ndarray of float64, shape (rows, columns) or (rows, columns, C)

    Raises
    ------
    ValueError, TypeError
        If a shape or the order is wrong.

    Notes
    -----
    Half-pixel centres, x_in = (x_out + 1/2) n_in / n_out - 1/2. There is no smoothing first: making an image smaller
    by more than 2 skips pixels and aliases.
    """
    image = float_array("image", image, ndim=(2, 3))
    y, x = _grid(output_shape)
    rows, columns = x.shape
    x = (x + 0.5) * image.shape[1] / columns - 0.5
    y = (y + 0.5) * image.shape[0] / rows - 0.5
    return sample(image, x, y, order, border="edge")


def _matrix(matrix):
    matrix = float_array("matrix", matrix)
    if matrix.shape != (3, 3):
        raise ValueError(f"matrix must have shape (3, 3), got shape {matrix.shape}")
    return matrix


def _grid(output_shape):
    rows, columns = rows_and_columns("output_shape", output_shape)
    return np.mgrid[:rows, :columns].astype(np.float64)
