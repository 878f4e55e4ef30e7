"""Clusters: points that belong together because they are near to each other, in color or in place.

Points are rows: shape (points, features). A picture becomes points by ``image.reshape(-1, 3)``.

References
----------
S. P. Lloyd, Least squares quantization in PCM, 1982. doi:10.1109/TIT.1982.1056489
D. Arthur, S. Vassilvitskii, k-means++: the advantages of careful seeding, 2007. doi:10.5555/1283383.1283494
A. P. Dempster, N. M. Laird, D. B. Rubin, Maximum likelihood from incomplete data via the EM algorithm, 1977.
doi:10.1111/j.2517-6161.1977.tb01600.x
D. Comaniciu, P. Meer, Mean shift: a robust approach toward feature space analysis, 2002. doi:10.1109/34.1000236
"""

from typing import NamedTuple

import numpy as np

from course_lib._validate import float_array, non_negative_array, real_number, whole_number

# --- k-means ----------------------------------------------------------------------------------------------------------


def _points(points):
    return float_array("points", points, ndim=2)


def _fitting(name, value, points):
    """Return ``value`` as rows with as many features as the points have."""
    rows = float_array(name, value, ndim=2)
    if rows.shape[1] != points.shape[1]:
        raise ValueError(f"{name} must have {points.shape[1]} features, as the points do, got shape {rows.shape}")
    return rows


def _squared_distances(columns, center):
    """From one center. The points lie in columns, a feature a row: NumPy is fastest along long rows."""
    squares = np.zeros(columns.shape[1])
    for row, value in zip(columns, center, strict=True):
        offset = row - value
        offset *= offset
        squares += offset
    return squares


def _assign(columns, centers):
    """The number of the nearest center of each point, the first of equally near ones, and its squared distance."""
    squares = _squared_distances(columns, centers[0])
    labels = np.zeros(len(squares), np.intp)
    for number, center in enumerate(centers[1:], start=1):
        others = _squared_distances(columns, center)
        np.copyto(labels, number, where=others < squares)
        np.minimum(squares, others, out=squares)
    return labels, squares


def nearest(points, centers):
    """The nearest center of each point.

    Parameters
    ----------
    points : array_like of real numbers, shape (points, features)
    centers : array_like of real numbers, shape (centers, features)

    Returns
    -------
    ndarray of int, shape (points,)
        The number of the center, from 0; of several equally near ones the first.

    Raises
    ------
    TypeError, ValueError
        If an argument is masked, empty, not finite or has not two axes, or the numbers of features differ.

    Examples
    --------
    >>> nearest([[0.0], [4.0], [9.0]], [[1.0], [8.0]]).tolist()
    [0, 0, 1]
    """
    points = _points(points)
    return _assign(points.T, _fitting("centers", centers, points))[0]


def distortion(points, centers):
    """The sum of the squared distances of the points to their nearest centers: what k-means makes small.

    Parameters
    ----------
    points : array_like of real numbers, shape (points, features)
    centers : array_like of real numbers, shape (centers, features)

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        As `nearest`.

    Examples
    --------
    >>> distortion([[0.0], [2.0], [9.0]], [[1.0], [8.0]])
    3.0
    """
    points = _points(points)
    return float(_assign(points.T, _fitting("centers", centers, points))[1].sum())


def _cluster_means(columns, labels, squares, k):
    """The mean of each cluster; one without points moves to the point that is farthest from its own center."""
    counts = np.bincount(labels, minlength=k)
    sums = np.stack([np.bincount(labels, column, k) for column in columns], axis=1)
    means = sums / np.maximum(counts, 1)[:, None]
    empty = np.flatnonzero(counts == 0)
    if len(empty):
        means[empty] = columns[:, np.argsort(squares)[::-1][: len(empty)]].T
    return means


def spread_centers(points, k, seed=0):
    """Centers to begin with, by k-means++: points that are picked with a chance that grows with their distance.

    Parameters
    ----------
    points : array_like of real numbers, shape (points, features)
    k : int, at least 1
        Number of centers, at most the number of different points.
    seed : int or numpy.random.Generator

    Returns
    -------
    ndarray of float64, shape (k, features)

    Raises
    ------
    TypeError, ValueError
        If the points are masked, empty, not finite or have not two axes, or there are fewer different ones than k.

    Notes
    -----
    Arthur & Vassilvitskii 2007: the chance of a point is in proportion to its squared distance to the nearest center
    picked so far. The expected distortion is at most 8 (log k + 2) times the smallest.

    Examples
    --------
    >>> sorted(spread_centers([[0.0], [0.0], [9.0]], 2).ravel().tolist())
    [0.0, 9.0]
    """
    points, k = _points(points), whole_number("k", k, 1)
    rng = np.random.default_rng(seed)
    centers = [points[rng.integers(len(points))]]
    columns = np.ascontiguousarray(points.T)
    squares = _squared_distances(columns, centers[0])
    while len(centers) < k:
        total = np.cumsum(squares)
        if total[-1] == 0:
            raise ValueError(f"k must be at most the number of different points, {len(centers)}, got {k}")
        picked = np.searchsorted(total, rng.random() * total[-1], side="right")
        centers.append(points[min(picked, np.flatnonzero(squares)[-1])])
        squares = np.minimum(squares, _squared_distances(columns, centers[-1]))
    return np.array(centers)


def kmeans(points, k, seed=0, centers=None, steps=300):
    """Part points into k clusters: label each by its nearest center, move each center to its mean, repeat.

    Parameters
    ----------
    points : array_like of real numbers, shape (points, features)
    k : int, at least 1
        Number of clusters, at most the number of different points.
    seed : int or numpy.random.Generator
        Picks the first centers, see `spread_centers`.
    centers : array_like, shape (k, features), optional
        The first centers, in place of those.
    steps : int, at least 1
        At most so many; it stops as soon as no label changes.

    Returns
    -------
    labels : ndarray of int, shape (points,)
        From 0 to k - 1.
    centers : ndarray of float64, shape (k, features)

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Notes
    -----
    Lloyd 1982. Neither half of a step can raise the `distortion`, and there are finitely many labellings: it comes to
    an end, at a minimum that need not be the lowest. A cluster that loses its last point starts again at the point that
    is farthest from its center.

    Examples
    --------
    >>> labels, centers = kmeans([[0.0], [1.0], [8.0], [9.0]], 2)
    >>> sorted(centers.ravel().tolist())
    [0.5, 8.5]
    """
    points, k = _points(points), whole_number("k", k, 1)
    if centers is None:
        centers = spread_centers(points, k, seed)
    else:
        centers = _fitting("centers", centers, points)
        if len(centers) != k:
            raise ValueError(f"centers must have k = {k} rows, got shape {centers.shape}")
    columns, labels = np.ascontiguousarray(points.T), None
    for _ in range(whole_number("steps", steps, 1)):
        before, (labels, squares) = labels, _assign(columns, centers)
        if before is not None and np.array_equal(labels, before):
            break
        centers = _cluster_means(columns, labels, squares, k)
    return labels, centers


# --- mixtures of normal distributions ---------------------------------------------------------------------------------


class Mixture(NamedTuple):
    """A mixture of normal distributions, and how its likelihood grew.

    Attributes
    ----------
    weights : ndarray, shape (k,), sum 1
    means : ndarray, shape (k, features)
    covariances : ndarray, shape (k, features, features)
    history : ndarray
        The mean log-likelihood of a point before each step and after the last, in nats.
    """

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray
    history: np.ndarray


def log_sum_exp(logs, axis):
    """log of a sum of exponentials, without computing the exponentials of anything large.

    Parameters
    ----------
    logs : array_like of real numbers
        Minus infinity stands for a term of 0.
    axis : int
        What is summed.

    Returns
    -------
    ndarray of float64, without that axis

    Notes
    -----
    The largest term is taken out first: log Σ exp a = max a + log Σ exp(a - max a).

    Examples
    --------
    >>> log_sum_exp([-1000.0, -1000.0], axis=0).round(4).item()
    -999.3069
    """
    logs = np.asarray(logs, dtype=np.float64)
    top = logs.max(axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    with np.errstate(divide="ignore"):
        return (top + np.log(np.exp(logs - top).sum(axis=axis, keepdims=True))).squeeze(axis)


def _log_joint(points, weights, means, covariances):
    logs = np.empty((len(points), len(means)))
    for k, (mean, covariance) in enumerate(zip(means, covariances, strict=True)):
        root = np.linalg.cholesky(covariance)  # covariance = root rootᵀ: distances in standard deviations
        z = np.linalg.solve(root, (points - mean).T)
        log_volume = np.log(np.diag(root)).sum() + 0.5 * points.shape[1] * np.log(2 * np.pi)
        logs[:, k] = -0.5 * np.einsum("ij,ij->j", z, z) - log_volume
    with np.errstate(divide="ignore"):  # a weight of 0 has a logarithm of minus infinity, and so no share
        return logs + np.log(weights)


def log_joint(points, weights, means, covariances):
    """log(weight × density) of each point under each component; `log_sum_exp` over them is the point's log-density.

    Parameters
    ----------
    points : array_like of real numbers, shape (points, features)
    weights : array_like, shape (k,), at least 0, sum 1
    means : array_like, shape (k, features)
    covariances : array_like, shape (k, features, features)
        Symmetric and positive definite.

    Returns
    -------
    ndarray of float64, shape (points, k), in nats

    Raises
    ------
    TypeError, ValueError
        If the arguments are not as described.
    numpy.linalg.LinAlgError
        If a covariance is not positive definite.

    Examples
    --------
    >>> log_joint([[0.0]], [1.0], [[0.0]], [[[1.0]]]).round(4).tolist()  # log of 1 / sqrt(2 pi)
    [[-0.9189]]
    """
    points = _points(points)
    weights, means = non_negative_array("weights", weights, ndim=1), _fitting("means", means, points)
    covariances = float_array("covariances", covariances, ndim=3)
    k, features = means.shape
    if weights.shape != (k,) or abs(weights.sum() - 1) > 1e-6:
        raise ValueError(f"weights must be {k} numbers with sum 1, got shape {weights.shape}, sum {weights.sum():g}")
    if covariances.shape != (k, features, features):
        raise ValueError(f"covariances must have shape {(k, features, features)}, got {covariances.shape}")
    return _log_joint(points, weights, means, covariances)


def responsibilities(points, weights, means, covariances):
    """How much of each point belongs to each component: the E step.

    Parameters
    ----------
    points : array_like of real numbers, shape (points, features)
    weights : array_like, shape (k,), at least 0, sum 1
    means : array_like, shape (k, features)
    covariances : array_like, shape (k, features, features)

    Returns
    -------
    ndarray of float64, shape (points, k)
        Each row sums to 1.

    Raises
    ------
    TypeError, ValueError, numpy.linalg.LinAlgError
        As `log_joint`.

    Examples
    --------
    >>> responsibilities([[0.0], [900.0]], [0.5, 0.5], [[-1.0], [1.0]], [[[1.0]], [[1.0]]]).round(3).tolist()
    [[0.5, 0.5], [0.0, 1.0]]
    """
    logs = log_joint(points, weights, means, covariances)
    return np.exp(logs - log_sum_exp(logs, axis=1)[:, None])


def _maximize(points, shares, old, floor):
    """Weights, means and covariances that make the points likeliest, given whose they are: the M step."""
    amounts = shares.sum(axis=0)
    means, covariances = old.means.copy(), old.covariances.copy()
    for k in np.flatnonzero(amounts > 0):  # a component without points stays where it is
        means[k] = shares[:, k] @ points / amounts[k]
        offset = points - means[k]
        values, axes = np.linalg.eigh((shares[:, k, None] * offset).T @ offset / amounts[k])
        covariances[k] = axes * np.maximum(values, floor) @ axes.T
    return Mixture(amounts / len(points), means, covariances, None)


def gaussian_mixture(points, k, seed=0, steps=200, tolerance=1e-6, floor=1e-6):
    """Fit a mixture of k normal distributions by expectation and maximization (EM).

    Parameters
    ----------
    points : array_like of real numbers, shape (points, features)
    k : int, at least 1
    seed : int or numpy.random.Generator
        Of the k-means that it starts from.
    steps : int, at least 1
        At most so many; it stops when the mean log-likelihood grows by less than `tolerance`.
    tolerance : float, at least 0, in nats a point
    floor : float above 0
        No variance in any direction falls below so much of the points' mean variance. Without a floor one component
        can close in on a single point, and the likelihood has no maximum.

    Returns
    -------
    Mixture
        With ``weights``, ``means``, ``covariances`` and ``history``, which never falls.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described, or there are fewer different points than k, or than 2.

    Notes
    -----
    Dempster, Laird & Rubin 1977. Variances below the floor are raised to it along their own axes, which is the best
    covariance that the floor allows: so the likelihood cannot fall there either.

    Examples
    --------
    >>> fit = gaussian_mixture([[0.0], [0.2], [5.0], [5.2]], 2)
    >>> sorted(fit.means.ravel().round(3).tolist())
    [0.1, 5.1]
    """
    points, k = _points(points), whole_number("k", k, 1)
    steps = whole_number("steps", steps, 1)
    tolerance, floor = real_number("tolerance", tolerance, 0), real_number("floor", floor, above=0)
    spread = points.var(axis=0).mean()
    if spread == 0:
        raise ValueError("points must not be all the same")
    labels, means = kmeans(points, k, seed)
    shares = np.eye(k)[labels]
    start = Mixture(None, means, np.zeros((k,) + (points.shape[1],) * 2), None)
    fit, history = _maximize(points, shares, start, floor * spread), []
    for _ in range(steps + 1):
        logs = _log_joint(points, *fit[:3])
        likelihoods = log_sum_exp(logs, axis=1)
        history.append(likelihoods.mean())
        if len(history) > steps or (len(history) > 1 and history[-1] - history[-2] < tolerance):
            break
        fit = _maximize(points, np.exp(logs - likelihoods[:, None]), fit, floor * spread)
    return fit._replace(history=np.array(history))


# --- mean shift -------------------------------------------------------------------------------------------------------


def mean_shift(points, bandwidth, weights=None, steps=500):
    """Let every point climb to the nearest summit of the density: no number of clusters is asked for.

    Parameters
    ----------
    points : array_like of real numbers, shape (points, features)
        A few thousand: each step compares all with all. Of an image take the different colors, and their counts.
    bandwidth : float above 0
        Width (standard deviation) of the Gaussian that stands for each point in the density, in the points' units.
    weights : array_like, shape (points,), optional
        How much each point counts; 1 by default.
    steps : int, at least 1
        At most so many; a point stops when it moves by less than a thousandth of the bandwidth.

    Returns
    -------
    labels : ndarray of int, shape (points,)
        From 0, the summit with the most weight first.
    modes : ndarray of float64, shape (clusters, features)
        The summits.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Notes
    -----
    Comaniciu & Meer 2002: each step goes to the mean of all points, weighted by the Gaussian about where one stands;
    the density there cannot fall. Places that end within half a bandwidth of each other are taken for one summit.

    Examples
    --------
    >>> labels, modes = mean_shift([[0.0], [0.1], [0.2], [3.0], [3.1]], 0.5)
    >>> labels.tolist(), modes.round(2).ravel().tolist()
    ([0, 0, 0, 1, 1], [0.1, 3.05])
    """
    points, bandwidth = _points(points), real_number("bandwidth", bandwidth, above=0)
    weights = np.ones(len(points)) if weights is None else non_negative_array("weights", weights, ndim=1)
    if weights.shape != (len(points),) or weights.sum() == 0:
        raise ValueError(f"weights must be one number a point, not all 0, got shape {weights.shape}")
    heavy = weights > 0  # what counts nothing climbs, too, but nothing climbs to it
    places, moving = points.copy(), np.arange(len(points))
    for _ in range(whole_number("steps", steps, 1)):
        new = _shifted(places[moving], points[heavy], weights[heavy], bandwidth)
        far = np.linalg.norm(new - places[moving], axis=1) > 1e-3 * bandwidth
        places[moving] = new
        moving = moving[far]
        if not len(moving):
            break
    return _summits(places, weights, bandwidth / 2)


def _shifted(places, points, weights, bandwidth):
    """The mean of the points as it is seen from each place."""
    shifted = np.empty_like(places)
    for first in range(0, len(places), 512):  # 512 at a time: the table of all pairs may not fit
        part = places[first : first + 512]
        logs = -((part[:, None] - points) ** 2).sum(axis=2) / (2 * bandwidth**2)
        kernel = np.exp(logs - logs.max(axis=1, keepdims=True)) * weights
        shifted[first : first + 512] = kernel @ points / kernel.sum(axis=1, keepdims=True)
    return shifted


def _summits(places, weights, radius):
    """Take places within a radius for one, the one with the most weight near it first."""
    labels, modes = np.full(len(places), -1), []
    while (labels < 0).any():
        left = np.flatnonzero(labels < 0)
        first = left[np.argmax(weights[left])]
        near = left[np.linalg.norm(places[left] - places[first], axis=1) <= radius]
        labels[near] = len(modes)
        modes.append(np.average(places[near], axis=0, weights=np.maximum(weights[near], 1e-300)))
    order = np.argsort(-np.bincount(labels, weights), kind="stable")
    return np.argsort(order)[labels], np.array(modes)[order]
