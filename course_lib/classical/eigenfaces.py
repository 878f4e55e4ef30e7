"""Images as points: their main directions, what these leave of an image, and directions that tell groups apart.

An image of d pixels is a row of d numbers. There are usually fewer images than pixels.

References
----------
L. Sirovich, M. Kirby: Low-dimensional procedure for the characterization of human faces, 1987.
doi:10.1364/JOSAA.4.000519
M. Turk, A. Pentland: Eigenfaces for recognition, 1991. doi:10.1162/jocn.1991.3.1.71
P. N. Belhumeur, J. P. Hespanha, D. J. Kriegman: Eigenfaces vs. Fisherfaces, 1997. doi:10.1109/34.598228
"""

import numpy as np

from course_lib._validate import float_array, plain_array, whole_number


def principal_axes(x, k):
    """The mean of the rows, and the k orthogonal directions along which they spread most.

    Parameters
    ----------
    x : array_like, shape (n, d)
        One image a row. With n < d an n × n matrix is taken apart in place of a d × d one.
    k : int, 1 to the number of directions in which the rows spread: at most n - 1, and at most d

    Returns
    -------
    mean : ndarray of float64, shape (d,)
    axes : ndarray of float64, shape (k, d)
        Rows of length 1, at right angles, the widest spread first. Of each the entry with the largest size is positive:
        the sign would else be left to chance.
    variances : ndarray of float64, shape (k,)
        Along the axes, falling; squares divided by n.

    Raises
    ------
    TypeError, ValueError
        If x has not two axes or is not finite, or the rows do not spread in k directions.

    Notes
    -----
    For centred rows X, the covariance XᵀX / n is d × d, and the Gram matrix XXᵀ / n is n × n. If v is an eigenvector of
    the second, Xᵀv is one of the first, with the same eigenvalue λ; its length is √(nλ), not 1, so it must be divided
    by that (Turk & Pentland, 1991).

    Examples
    --------
    >>> mean, axes, variances = principal_axes([[3.0, 4], [-3, -4]], 1)
    >>> axes.round(6).tolist(), variances.round(6).tolist()
    ([[0.6, 0.8]], [25.0])
    """
    x = float_array("x", x, ndim=2)
    k = whole_number("k", k, 1)
    n, d = x.shape
    mean = x.mean(axis=0)
    centred = x - mean
    scale = np.abs(centred).max()
    if n < d:
        values, vectors = np.linalg.eigh(centred @ centred.T / n)
    else:
        values, vectors = np.linalg.eigh(centred.T @ centred / n)
    values, vectors = values[::-1], vectors[:, ::-1]
    spread = int(np.sum(values > 1e-12 * max(values[0], scale**2 * 1e-6, 0)))
    if k > spread or scale == 0:
        raise ValueError(f"k must be at most {spread if scale else 0}, the directions in which x spreads, got {k}")
    axes = vectors[:, :k].T
    if n < d:
        axes = axes @ centred / np.sqrt(n * values[:k, None])
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1)
    return mean, axes * np.sign(largest), values[:k]


def left_over(x, mean, axes):
    """How far each image is from the flat space through the mean along the axes.

    Parameters
    ----------
    x : array_like, shape (n, d)
    mean : array_like, shape (d,)
    axes : array_like, shape (k, d)
        Orthonormal, as `principal_axes` gives them.

    Returns
    -------
    ndarray of float64, shape (n,)
        Length of what remains after the projection; "distance from face space" where the axes are of faces.

    Raises
    ------
    TypeError, ValueError
        If shapes do not fit, a number is not finite, or the axes are not orthonormal: such a distance means nothing.

    Examples
    --------
    >>> left_over([[5.0, 2]], [0, 0], [[1, 0]]).tolist()
    [2.0]
    """
    x, axes = (float_array(name, value, ndim=2) for name, value in (("x", x), ("axes", axes)))
    mean = float_array("mean", mean, ndim=1)
    if not x.shape[1] == axes.shape[1] == len(mean):
        raise ValueError(f"x, mean and axes must have one length, got {x.shape[1]}, {len(mean)} and {axes.shape[1]}")
    if np.abs(axes @ axes.T - np.eye(len(axes))).max() > 1e-6:
        raise ValueError("axes must be orthonormal: rows of length 1 at right angles")
    centred = x - mean
    return np.linalg.norm(centred - centred @ axes.T @ axes, axis=1)


def fisher_axes(x, groups, k):
    """Directions along which groups lie apart and their members close together.

    Parameters
    ----------
    x : array_like, shape (n, d)
        The scatter within the groups must not be singular: reduce the number of columns first (`principal_axes`).
    groups : array_like, shape (n,)
        Which group each row belongs to; two groups at least.
    k : int, 1 to the number of groups minus 1, at most d

    Returns
    -------
    ndarray of float64, shape (k, d)
        The best direction first. Along each the variance within the groups is 1, so a distance after ``x @ axes.T`` is
        counted in spreads of a group. Their signs are as in `principal_axes`.

    Raises
    ------
    TypeError, ValueError
        If shapes do not fit, there are too few groups, k is too large, or the scatter within the groups is singular.

    Notes
    -----
    The generalized eigenvectors of S_b w = λ S_w w with the largest λ, where S_w and S_b are the scatter within and
    between the groups, both divided by n (Belhumeur et al., 1997, eq. 4).

    Examples
    --------
    >>> axes = fisher_axes([[0.0, 0], [2, 0], [0, 5], [2, 5.5], [1, 5.0]], [0, 0, 1, 1, 1], 1)
    >>> int(abs(axes[0]).argmax())
    1
    """
    from scipy.linalg import eigh

    x = float_array("x", x, ndim=2)
    groups = plain_array("groups", groups)
    if groups.shape != (len(x),):
        raise ValueError(f"groups must name one group for each of {len(x)} rows, got shape {groups.shape}")
    names, index = np.unique(groups, return_inverse=True)
    k = whole_number("k", k, 1, min(len(names) - 1, x.shape[1])) if len(names) > 1 else whole_number("k", k, 1)
    if len(names) < 2:
        raise ValueError(f"groups must be at least 2 different ones, got {len(names)}")
    counts = np.bincount(index)
    means = np.stack([np.bincount(index, column) for column in x.T], axis=1) / counts[:, None]
    inside = x - means[index]
    within = inside.T @ inside / len(x)
    apart = means - x.mean(axis=0)
    between = (apart.T * counts) @ apart / len(x)
    if np.linalg.matrix_rank(within) < len(within):
        raise ValueError("x must spread within the groups in every direction: project it to fewer columns first")
    _, vectors = eigh(between, within)
    axes = vectors[:, ::-1][:, :k].T
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1)
    return axes * np.sign(largest)
