"""Points that can be found again: corners, where the brightness changes in two directions, and blobs, each with a size.

References
----------
C. Harris, M. Stephens, A combined corner and edge detector, 1988. doi:10.5244/C.2.23
J. Shi, C. Tomasi, Good features to track, 1994. doi:10.1109/CVPR.1994.323794
T. Lindeberg, Feature detection with automatic scale selection, 1998. doi:10.1023/A:1008045108935
"""

import numpy as np

from course_lib._validate import float_array, real_number, whole_number
from course_lib.classical.edges import gradient, laplacian_of_gaussian


def structure_tensor(image, sigma=1.0, mode="nearest"):
    """Products of the slopes, each averaged over a Gaussian window: a 2 × 2 matrix for every pixel.

    Parameters
    ----------
    image : array_like of real numbers, shape (H, W)
    sigma : float above 0, in pixels
        Width of the window.
    mode : str
        What stands outside of the image, in the words of scipy.ndimage.

    Returns
    -------
    axx, axy, ayy : three ndarrays of float64, shape (H, W)
        The averages of gx², gx gy and gy², with the slopes of `edges.gradient`. The matrix [[axx, axy], [axy, ayy]]
        says how much the image changes when it is moved by a small step (u, v): axx u² + 2 axy u v + ayy v².

    Raises
    ------
    TypeError, ValueError
        If the image is not a plain 2-D array of finite real numbers, sigma is not above 0, or the mode is unknown.

    Examples
    --------
    >>> ramp = np.tile(np.arange(15.0), (15, 1))
    >>> [round(float(part[7, 7]), 6) for part in structure_tensor(ramp)]
    [1.0, 0.0, 0.0]
    """
    from scipy import ndimage

    sigma = real_number("sigma", sigma, above=0)
    gx, gy = gradient(image, mode=mode)
    axx, axy, ayy = (ndimage.gaussian_filter(product, sigma, mode=mode) for product in (gx * gx, gx * gy, gy * gy))
    return axx, axy, ayy


def harris(image, sigma=1.0, k=0.05, mode="nearest"):
    """Harris and Stephens' response: the determinant of the structure tensor less k times its squared trace.

    Parameters
    ----------
    image : array_like of real numbers, shape (H, W)
    sigma : float above 0, in pixels
        Width of the window.
    k : float, from 0 to 0.25
        The larger, the more a corner must differ from an edge; above 0.25 nothing would be a corner.
    mode : str
        What stands outside of the image, in the words of scipy.ndimage.

    Returns
    -------
    ndarray of float64, shape (H, W)
        Large and positive at corners, negative on edges, near 0 where it is flat.

    Raises
    ------
    TypeError, ValueError
        If the image is not a plain 2-D array of finite real numbers, a number is out of its range, or the mode is
        unknown.

    Notes
    -----
    With ``mode="constant"``, 4096 times this is ``skimage.feature.corner_harris(image, k=k, sigma=sigma)``: there a
    slope is eight times as large (8⁴ = 4096), and a black frame makes corners of its own.

    Examples
    --------
    >>> corner, edge = np.zeros((9, 9)), np.zeros((9, 9))
    >>> corner[4:, 4:] = edge[:, 4:] = 1
    >>> bool(harris(corner)[4, 4] > 0), bool(harris(edge)[4, 4] < 0)
    (True, True)
    """
    k = real_number("k", k, 0, 0.25)
    axx, axy, ayy = structure_tensor(image, sigma, mode)
    return axx * ayy - axy**2 - k * (axx + ayy) ** 2


def shi_tomasi(image, sigma=1.0, mode="nearest"):
    """Shi and Tomasi's response: the smaller eigenvalue of the structure tensor.

    Parameters
    ----------
    image : array_like of real numbers, shape (H, W)
    sigma : float above 0, in pixels
        Width of the window.
    mode : str
        What stands outside of the image, in the words of scipy.ndimage.

    Returns
    -------
    ndarray of float64, shape (H, W)
        Mean squared slope in the direction in which the image changes *least*: 0 on a straight edge. Rounding may leave
        it a little below 0.

    Raises
    ------
    TypeError, ValueError
        If the image is not a plain 2-D array of finite real numbers, sigma is not above 0, or the mode is unknown.

    Notes
    -----
    With ``mode="constant"``, 64 times this is ``skimage.feature.corner_shi_tomasi(image, sigma)``.

    Examples
    --------
    >>> corner, edge = np.zeros((9, 9)), np.zeros((9, 9))
    >>> corner[4:, 4:] = edge[:, 4:] = 1
    >>> bool(shi_tomasi(corner)[4, 4] > 0.01), float(shi_tomasi(edge)[4, 4])
    (True, 0.0)
    """
    axx, axy, ayy = structure_tensor(image, sigma, mode)
    return ((axx + ayy) - np.sqrt((axx - ayy) ** 2 + 4 * axy**2)) / 2


def corner_peaks(response, count, apart=5.0, least=0.01):
    """The strongest local maxima of a response, none too near to a stronger one.

    Parameters
    ----------
    response : array_like of real numbers, shape (H, W)
        As `harris` or `shi_tomasi` return it.
    count : positive int
        At most so many points.
    apart : float, at least 0, in pixels
        Smallest distance of two points.
    least : float, from 0 to 1
        A point needs more than this share of the strongest response, and a response above 0.

    Returns
    -------
    ndarray of int64, shape (n, 2), n at most ``count``
        (row, column) of each point, strongest first.

    Raises
    ------
    TypeError, ValueError
        If response is not a plain 2-D array of finite real numbers, or a number is out of its range.

    Examples
    --------
    >>> response = np.zeros((7, 7))
    >>> response[1, 1], response[5, 4] = 2, 3
    >>> corner_peaks(response, 2, apart=3).tolist()
    [[5, 4], [1, 1]]
    """
    from scipy import ndimage

    response = float_array("response", response, ndim=2)
    count, apart = whole_number("count", count, 1), real_number("apart", apart, 0)
    least = real_number("least", least, 0, 1)
    highest = (response == ndimage.maximum_filter(response, 3)) & (response > max(least * response.max(), 0))
    places = np.argwhere(highest)
    places = places[np.argsort(-response[highest], kind="stable")]
    kept = []
    while len(places) and len(kept) < count:
        kept.append(places[0])
        places = places[1:]
        places = places[np.hypot(*(places - kept[-1]).T) >= apart]
    return np.array(kept, dtype=np.int64).reshape(-1, 2)


def scale_space(image, sigmas, mode="nearest"):
    """-σ² times the Laplacian of the smoothed image, for every σ: how much each place looks like a bright blob.

    Parameters
    ----------
    image : array_like of real numbers, shape (H, W)
    sigmas : array_like of float above 0, shape (n,)
    mode : str
        What stands outside of the image, in the words of scipy.ndimage.

    Returns
    -------
    ndarray of float64, shape (n, H, W)
        The factor σ² makes sizes comparable: an image enlarged twice has the same values at twice the σ.

    Raises
    ------
    TypeError, ValueError
        If the image is not a plain 2-D array of finite real numbers, a sigma is not above 0, or the mode is unknown.

    Examples
    --------
    >>> y, x = np.mgrid[-20:21, -20:21]
    >>> space = scale_space(np.hypot(x, y) <= 8.5, [2, 4, 6, 8, 10])
    >>> int(space[:, 20, 20].argmax())  # σ = 6, about 8.5 / √2
    2
    """
    image, sigmas = float_array("image", image, ndim=2), float_array("sigmas", sigmas, ndim=1)
    return np.stack([-(sigma**2) * laplacian_of_gaussian(image, sigma, mode) for sigma in sigmas])


def blobs(image, sigmas, threshold, mode="nearest"):
    """Bright blobs with their sizes: places that are local maxima over place and scale.

    Parameters
    ----------
    image : array_like of real numbers, shape (H, W)
        For dark blobs give ``-image``.
    sigmas : array_like of float above 0, shape (n,), rising
        Scales that are tried. A blob at the smallest or largest may be smaller or larger than that.
    threshold : float, at least 0
        A blob's response (see `scale_space`) is above this; a disc of contrast 1 has 2 / e = 0.74.
    mode : str
        What stands outside of the image, in the words of scipy.ndimage.

    Returns
    -------
    ndarray of float64, shape (n, 3)
        A row a blob: row, column, σ; strongest first. A disc of radius r answers best at σ = r / √2.

    Raises
    ------
    TypeError, ValueError
        If the image is not a plain 2-D array of finite real numbers, a sigma is not above 0, sigmas do not rise,
        threshold is negative, or the mode is unknown.

    Notes
    -----
    With ``mode="reflect"`` the maxima that ``skimage.feature.blob_log`` finds, before it removes those that overlap.

    Examples
    --------
    >>> y, x = np.mgrid[-20:21, -20:21]
    >>> blobs(np.hypot(x, y) <= 8.5, [2, 4, 6, 8, 10], 0.3)
    array([[20., 20.,  6.]])
    """
    from scipy import ndimage

    sigmas, threshold = float_array("sigmas", sigmas, ndim=1), real_number("threshold", threshold, 0)
    if np.any(np.diff(sigmas) <= 0):
        raise ValueError(f"sigmas must rise, got {sigmas.tolist()}")
    space = scale_space(image, sigmas, mode)
    highest = (space == ndimage.maximum_filter(space, 3)) & (space > threshold)
    scales, rows, columns = np.nonzero(highest)
    order = np.argsort(-space[highest], kind="stable")
    return np.stack([rows, columns, sigmas[scales]], axis=1)[order].astype(np.float64)
