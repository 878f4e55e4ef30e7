"""Texture as numbers: Gabor filters, local binary patterns and co-occurrence of grey levels.

Each describes what repeats around a pixel, which its own value cannot: Gabor filters ask for stripes of one width and
direction, local binary patterns for the signs of small differences, co-occurrence for the pairs of levels that meet.

References
----------
T. Ojala, M. Pietikäinen, T. Mäenpää, Multiresolution gray-scale and rotation invariant texture classification with
local binary patterns, 2002. doi:10.1109/TPAMI.2002.1017623
R. M. Haralick, K. Shanmugam, I. Dinstein, Textural features for image classification, 1973.
doi:10.1109/TSMC.1973.4309314
A. K. Jain, F. Farrokhnia, Unsupervised texture segmentation using Gabor filters, 1991.
doi:10.1016/0031-3203(91)90143-S
"""

from typing import NamedTuple

import numpy as np

from course_lib._validate import float_array, plain_array, real_number, whole_number
from course_lib.classical.convolution import convolve_fft
from course_lib.classical.filters import gabor

# --- Gabor filters ----------------------------------------------------------------------------------------------------


class GaborFilter(NamedTuple):
    """One filter of a bank: the wave it answers to, and its kernel."""

    wavelength: float  # of the wave, in pixels
    theta: float  # the direction in which the wave runs, in radians: 0 to the right, pi/2 downwards
    kernel: np.ndarray  # complex, (2 r + 1, 2 r + 1): the real part answers to bars, the imaginary part to edges


def gabor_bank(wavelengths=(4.0, 8.0), directions=4, bandwidth=1.0):
    """Gabor filters for every wavelength and direction: cosine and sine under one Gaussian window.

    Parameters
    ----------
    wavelengths : sequence of float above 0, in pixels
        Below 2 a wave cannot be told from a longer one.
    directions : positive int
        Spread evenly over half a turn, from 0 on: a wave that runs the other way is the same wave.
    bandwidth : float above 0
        Octaves of wavelength to which a filter answers with at least half of its best.

    Returns
    -------
    list of GaborFilter
        Named tuples (wavelength, theta, kernel): all directions of the first wavelength, then those of the next. The
        window of a kernel sums to 1, so a wave of height 1 that fits gives an answer of size 1/2; a constant gives 0.

    Raises
    ------
    ValueError, TypeError
        If a wavelength or the bandwidth is not above 0, or directions is not a positive whole number.

    Notes
    -----
    The window is round, with sigma = wavelength / pi * sqrt(log(2) / 2) * (2**b + 1) / (2**b - 1) for a bandwidth of b
    octaves: 0.56 wavelengths for one octave (Jain & Farrokhnia 1991, section 3). A cosine under a window sums to a
    little more than 0; that is taken away, so that brightness alone gives no answer.

    Examples
    --------
    >>> bank = gabor_bank(wavelengths=[4, 8], directions=4)
    >>> len(bank), bank[1].wavelength, round(bank[1].theta, 3), bank[1].kernel.shape
    (8, 4.0, 0.785, (19, 19))
    """
    wavelengths = float_array("wavelengths", wavelengths, ndim=1)
    if wavelengths.min() <= 0:
        raise ValueError(f"wavelengths must be above 0, got {wavelengths.min():g}")
    directions = whole_number("directions", directions, 1)
    ratio = 2 ** real_number("bandwidth", bandwidth, above=0)
    widths = np.sqrt(np.log(2) / 2) / np.pi * (ratio + 1) / (ratio - 1)  # sigma in wavelengths
    return [
        GaborFilter(float(wavelength), theta, _gabor_kernel(float(wavelength), theta, float(wavelength * widths)))
        for wavelength in wavelengths
        for theta in (np.pi / directions * np.arange(directions)).tolist()
    ]


def _gabor_kernel(wavelength, theta, sigma):
    """Cosine + i sine under a window of sum 1; the cosine is shifted, under the window, to sum 0."""
    radius = int(4 * sigma + 0.5)
    even = gabor(wavelength, theta, sigma, radius=radius)
    odd = gabor(wavelength, theta, sigma, phase=-np.pi / 2, radius=radius)
    squared = np.arange(-radius, radius + 1.0) ** 2
    window = np.exp(-(squared[:, np.newaxis] + squared) / (2 * sigma**2))
    window /= window.sum()
    scale = window[radius, radius]
    return scale * even - scale * even.sum() * window + 1j * scale * odd


def gabor_energy(image, bank):
    """How strongly each filter of a bank answers, whether it meets a bar or an edge: the size of its complex answer.

    Parameters
    ----------
    image : array_like, shape (H, W)
        Continued beyond its border as in a mirror.
    bank : sequence of GaborFilter
        From `gabor_bank`.

    Returns
    -------
    ndarray of float64, shape (number of filters, H, W), at least 0

    Raises
    ------
    ValueError, TypeError
        If the image is not 2-D, empty or not finite, or the bank is empty.

    Examples
    --------
    Stripes of 8 pixels that run to the right: the filter for the same wave answers, the one across does not.

    >>> import numpy as np
    >>> stripes = np.tile(np.cos(2 * np.pi * np.arange(64) / 8), (64, 1))
    >>> energy = gabor_energy(stripes, gabor_bank([8], directions=2))
    >>> energy[:, 32, 32].round(2).tolist()
    [0.5, 0.0]
    """
    image = float_array("image", image, ndim=2)
    if len(bank) == 0:
        raise ValueError("bank must hold at least one filter, got none")
    return np.stack([np.abs(_answer(image, kernel)) for _, _, kernel in bank])


def _answer(image, kernel):
    padded = np.pad(image, len(kernel) // 2, mode="symmetric")
    return convolve_fft(padded, kernel.real, "valid") + 1j * convolve_fft(padded, kernel.imag, "valid")


# --- local binary patterns --------------------------------------------------------------------------------------------

# (row, column) of the neighbours, from the right against the clock, as angles grow in a drawing with y upwards
NEIGHBORS = {
    4: ((0, 1), (-1, 0), (0, -1), (1, 0)),
    8: ((0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1), (1, 0), (1, 1)),
}


def local_binary_pattern(image, points=8, uniform=False):
    """Write down, for every pixel, which of its neighbours are at least as bright: one bit for each.

    The neighbours are counted from the right against the clock, and neighbour p has the bit 2**p. Only the order of
    values matters: no brighter or darker light, and no change of contrast, changes a code.

    Parameters
    ----------
    image : array_like, shape (H, W)
        Pixels outside count as 0: leave the rim out, as `lbp_histogram` does.
    points : 8 or 4
        All neighbours in the 3 × 3 window, or those that share a side.
    uniform : bool
        Give the codes that a turn cannot change instead: the number of ones where they stand together on the circle
        (at most two changes between 0 and 1 around it), points + 1 for all other patterns.

    Returns
    -------
    ndarray of int64, shape (H, W)
        From 0 to 2**points - 1; with ``uniform`` from 0 to points + 1.

    Raises
    ------
    ValueError, TypeError
        If the image is not 2-D, empty or not finite, or points is neither 8 nor 4.

    Notes
    -----
    code = Σ_p 2**p [g_p ≥ g_c]: Ojala, Pietikäinen & Mäenpää (2002), equations 10 and 13, on the pixels themselves.
    With 4 points this is ``skimage.feature.local_binary_pattern(image, 4, 1)``. With 8 points scikit-image takes the
    corners from a circle, between pixels. Where the interpolated value should equal the centre, as in flat regions and
    on even ramps, rounding decides whether it is "at least" the centre, and processors round differently. Here nothing
    is interpolated: the same codes everywhere.

    Examples
    --------
    >>> local_binary_pattern([[9, 9, 9], [1, 5, 9], [1, 1, 1]])[1, 1]
    np.int64(15)
    """
    image = float_array("image", image, ndim=2)
    points = whole_number("points", points)
    if points not in NEIGHBORS:
        raise ValueError(f"points must be 8 or 4, got {points}")
    padded = np.pad(image, 1)
    rows, columns = image.shape
    bits = [padded[1 + r : 1 + r + rows, 1 + c : 1 + c + columns] >= image for r, c in NEIGHBORS[points]]
    if not uniform:
        return sum(bit.astype(np.int64) << p for p, bit in enumerate(bits))
    changes = sum((bit != after).astype(np.int64) for bit, after in zip(bits, bits[1:] + bits[:1], strict=True))
    return np.where(changes <= 2, np.sum(bits, axis=0, dtype=np.int64), points + 1)


def lbp_histogram(image, points=8, uniform=False):
    """Share of each local binary pattern in an image, its rim of one pixel left out: a texture as a vector.

    Parameters
    ----------
    image : array_like, shape (H, W), at least 3 × 3
    points, uniform
        As for `local_binary_pattern`.

    Returns
    -------
    ndarray of float64, shape (2**points,), or (points + 2,) with ``uniform``; sum 1

    Raises
    ------
    ValueError, TypeError
        As `local_binary_pattern`, and if the image is nothing but rim.

    Examples
    --------
    >>> import numpy as np
    >>> lbp_histogram(np.eye(6), points=4, uniform=True).round(3).tolist()
    [0.25, 0.0, 0.0, 0.0, 0.75, 0.0]
    """
    codes = local_binary_pattern(image, points, uniform)[1:-1, 1:-1]
    if codes.size == 0:
        raise ValueError(f"image must have at least 3 rows and 3 columns, got shape {np.shape(image)}")
    counts = np.bincount(codes.ravel(), minlength=points + 2 if uniform else 2**points)
    return counts / codes.size


# --- co-occurrence ----------------------------------------------------------------------------------------------------


def cooccurrence(image, offset, levels, symmetric=False):
    """Share of the pairs of pixels, ``offset`` apart, that have the levels i and j.

    Parameters
    ----------
    image : array_like of whole numbers from 0 to levels - 1, shape (H, W)
    offset : (rows, columns), two ints
        From the first pixel to the second: (0, 1) is the neighbour to the right, (1, 0) the one below.
    levels : positive int
    symmetric : bool
        Count every pair in both orders, so that an offset and its opposite give the same.

    Returns
    -------
    ndarray of float64, shape (levels, levels), sum 1
        Entry (i, j): level i, and level j one offset further.

    Raises
    ------
    TypeError
        If the image is not of whole numbers, or offset or levels is not.
    ValueError
        If the image is not 2-D or empty, a level is out of range, or no two pixels lie that far apart.

    Notes
    -----
    The grey-level co-occurrence matrix of Haralick, Shanmugam & Dinstein (1973), divided by the number of pairs.
    ``skimage.feature.graycomatrix`` counts unless it is called with ``normed=True``, and takes a distance and an angle.

    Examples
    --------
    >>> cooccurrence([[0, 0, 1], [0, 0, 1]], offset=(0, 1), levels=2).tolist()
    [[0.5, 0.5], [0.0, 0.0]]
    """
    array = plain_array("image", image)
    if array.dtype.kind not in "bui":
        raise TypeError(f"image must hold levels, whole numbers, got dtype {array.dtype}: round it to levels first")
    float_array("image", array, ndim=2)
    levels = whole_number("levels", levels, 1)
    if array.min() < 0 or array.max() >= levels:
        raise ValueError(f"image must hold levels from 0 to {levels - 1}, got {array.min()} to {array.max()}")
    if np.ndim(offset) != 1 or len(offset) != 2:
        raise ValueError(f"offset must be (rows, columns), got {offset!r}")
    r, c = (whole_number(f"offset[{axis}]", step) for axis, step in enumerate(offset))
    rows, columns = array.shape
    first = array[max(0, -r) : max(0, rows - r), max(0, -c) : max(0, columns - c)].astype(np.int64)
    second = array[max(0, r) : max(0, rows + r), max(0, c) : max(0, columns + c)].astype(np.int64)
    if first.size == 0:
        raise ValueError(f"offset must leave pairs of pixels in an image of shape {array.shape}, got {(r, c)}")
    counts = np.bincount((first * levels + second).ravel(), minlength=levels**2).reshape(levels, levels)
    if symmetric:
        counts = counts + counts.T
    return counts / counts.sum()


def _matrix(matrix):
    """The matrix, and the levels i (a column) and j (a row) of its entries."""
    matrix = float_array("matrix", matrix, ndim=2)
    if matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"matrix must be square, got shape {matrix.shape}")
    if matrix.min() < 0 or not np.isclose(matrix.sum(), 1, rtol=0, atol=1e-6):
        raise ValueError(
            f"matrix must hold shares, at least 0 and of sum 1, got sum {matrix.sum():g}: divide counts by their sum"
        )
    levels = np.arange(len(matrix), dtype=np.float64)
    return matrix, levels[:, np.newaxis], levels


def contrast(matrix):
    """Mean squared difference of the two levels: Σ (i - j)² p(i, j). 0 where all pairs are equal.

    Parameters
    ----------
    matrix : array_like, shape (L, L), at least 0, sum 1
        From `cooccurrence`.

    Returns
    -------
    float from 0 to (L - 1)²

    Raises
    ------
    ValueError
        If the matrix is not square, has an entry below 0 or does not sum to 1.

    Examples
    --------
    >>> contrast([[0.5, 0.5], [0.0, 0.0]])
    0.5
    """
    p, i, j = _matrix(matrix)
    return float(((i - j) ** 2 * p).sum())


def homogeneity(matrix):
    """Mean of 1 / (1 + (i - j)²): 1 where all pairs are equal, near 0 where they differ much.

    Parameters
    ----------
    matrix : array_like, shape (L, L), at least 0, sum 1
        From `cooccurrence`.

    Returns
    -------
    float above 0, at most 1

    Raises
    ------
    ValueError
        If the matrix is not square, has an entry below 0 or does not sum to 1.

    Examples
    --------
    >>> homogeneity([[0.5, 0.5], [0.0, 0.0]])
    0.75
    """
    p, i, j = _matrix(matrix)
    return float((p / (1 + (i - j) ** 2)).sum())


def energy(matrix):
    """Root of the sum of squared shares: 1 where all pairs are of one kind, 1 / L where all kinds are equally many.

    Parameters
    ----------
    matrix : array_like, shape (L, L), at least 0, sum 1
        From `cooccurrence`.

    Returns
    -------
    float from 1 / L to 1

    Raises
    ------
    ValueError
        If the matrix is not square, has an entry below 0 or does not sum to 1.

    Notes
    -----
    As scikit-image has it. Haralick's "angular second moment" is its square, which others call energy.

    Examples
    --------
    >>> energy([[0.6, 0.0], [0.0, 0.4]])
    0.7211102550927979
    """
    p, _, _ = _matrix(matrix)
    return float(np.sqrt((p**2).sum()))


def correlation(matrix):
    """Correlation of the first level with the second, over all pairs: from -1 to 1.

    Parameters
    ----------
    matrix : array_like, shape (L, L), at least 0, sum 1
        From `cooccurrence`.

    Returns
    -------
    float from -1 to 1
        1 where one of the two never varies (a constant image), as in scikit-image: nothing contradicts it.

    Raises
    ------
    ValueError
        If the matrix is not square, has an entry below 0 or does not sum to 1.

    Examples
    --------
    >>> correlation([[0.0, 0.5], [0.5, 0.0]])
    -1.0
    """
    p, i, j = _matrix(matrix)
    i, j = i - (i * p).sum(), j - (j * p).sum()
    spread = np.sqrt((i**2 * p).sum()) * np.sqrt((j**2 * p).sum())
    return float((i * j * p).sum() / spread) if spread > 1e-15 else 1.0


def cooccurrence_properties(image, offset, levels, symmetric=False):
    """The four numbers that are most used of a co-occurrence matrix, by their names.

    Parameters
    ----------
    image, offset, levels, symmetric
        As for `cooccurrence`.

    Returns
    -------
    dict of float
        "contrast", "homogeneity", "energy" and "correlation": see the functions of these names.

    Raises
    ------
    ValueError, TypeError
        As `cooccurrence`.

    Examples
    --------
    >>> cooccurrence_properties([[0, 3], [0, 3]], offset=(0, 1), levels=4)["contrast"]
    9.0
    """
    matrix = cooccurrence(image, offset, levels, symmetric)
    return {f.__name__: f(matrix) for f in (contrast, homogeneity, energy, correlation)}
