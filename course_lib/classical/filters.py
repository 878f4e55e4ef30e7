"""Small kernels as arrays, and the median filter.

Derivative kernels are written for *correlation* (slide and multiply): a positive answer means that the image gets
brighter along x (to the right) or y (downwards). Under convolution, which flips them, the sign changes.

References
----------
I. Sobel, G. Feldman, A 3×3 isotropic gradient operator for image processing, 1968.
D. Marr, E. Hildreth, Theory of edge detection, 1980. doi:10.1098/rspb.1980.0020
J. G. Daugman, Uncertainty relation for resolution in space, spatial frequency, and orientation optimized by
two-dimensional visual cortical filters, 1985. doi:10.1364/JOSAA.2.001160
"""

import numpy as np

from course_lib._validate import float_array, odd_number, real_number, whole_number


def box(size):
    """Mean over a size × size window.

    Parameters
    ----------
    size : positive int

    Returns
    -------
    ndarray of float64, shape (size, size), sum 1

    Raises
    ------
    ValueError, TypeError
        If size is not a positive whole number.
    """
    size = whole_number("size", size, 1)
    return np.full((size, size), 1 / size**2)


def _offsets(sigma, radius):
    """Distances from the centre in pixels, and in units of sigma, and sigma as a float."""
    sigma = real_number("sigma", sigma, above=0)
    radius = int(4 * sigma + 0.5) if radius is None else whole_number("radius", radius, 1)
    pixels = np.arange(-radius, radius + 1.0)
    return pixels, pixels / sigma, sigma


def gaussian1d(sigma, radius=None):
    """Samples of exp(-x² / 2σ²), divided by their sum.

    Parameters
    ----------
    sigma : float above 0, in pixels
    radius : positive int, optional
        The kernel has 2 radius + 1 entries; by default the radius is 4 sigma, rounded, as in SciPy.

    Returns
    -------
    ndarray of float64, shape (2 radius + 1,), sum 1

    Raises
    ------
    ValueError, TypeError
        If sigma is not above 0 or radius is not a positive whole number.
    """
    _, x, _ = _offsets(sigma, radius)
    weights = np.exp(-(x**2) / 2)
    return weights / weights.sum()


def gaussian(sigma, radius=None):
    """The two-dimensional Gaussian: the outer product of `gaussian1d` with itself.

    Parameters
    ----------
    sigma : float above 0, in pixels
    radius : positive int, optional

    Returns
    -------
    ndarray of float64, shape (2 radius + 1, 2 radius + 1), sum 1

    Raises
    ------
    ValueError, TypeError
        As `gaussian1d`.
    """
    row = gaussian1d(sigma, radius)
    return np.outer(row, row)


def sharpen(amount=1.0):
    """Add ``amount`` times what a 3 × 3 mean removes: identity + amount (identity - box(3)).

    Parameters
    ----------
    amount : float, at least 0

    Returns
    -------
    ndarray of float64, shape (3, 3), sum 1

    Raises
    ------
    ValueError, TypeError
        If amount is negative or no number.
    """
    amount = real_number("amount", amount, 0)
    identity = np.zeros((3, 3))
    identity[1, 1] = 1
    return identity + amount * (identity - box(3))


def sobel_x():
    """Derivative along x (columns): smoothing [1, 2, 1] down, difference [-1, 0, 1] across.

    Returns
    -------
    ndarray of float64, shape (3, 3)
        On a ramp that rises by 1 a pixel the answer is 8.
    """
    return np.outer([1.0, 2.0, 1.0], [-1.0, 0.0, 1.0])


def sobel_y():
    """Derivative along y (rows, downwards): the transpose of `sobel_x`.

    Returns
    -------
    ndarray of float64, shape (3, 3)
    """
    return sobel_x().T


def laplacian():
    """Second difference along both axes: the four neighbours minus four times the centre.

    Returns
    -------
    ndarray of float64, shape (3, 3), sum 0
    """
    return np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])


def laplacian_of_gaussian(sigma, radius=None):
    """Samples of the Laplacian of a normalized Gaussian, shifted to sum 0 so that a flat image gives 0.

    Parameters
    ----------
    sigma : float above 0, in pixels
    radius : positive int, optional
        By default 4 sigma, rounded.

    Returns
    -------
    ndarray of float64, shape (2 radius + 1, 2 radius + 1), sum 0
        Negative in the middle: a bright blob gives a minimum.

    Raises
    ------
    ValueError, TypeError
        If sigma is not above 0 or radius is not a positive whole number.

    Notes
    -----
    (r² - 2σ²) / (2πσ⁶) exp(-r² / 2σ²): Marr & Hildreth (1980) with the Gaussian normalized to integral 1.
    """
    _, x, sigma = _offsets(sigma, radius)
    squared = x[:, np.newaxis] ** 2 + x**2
    kernel = (squared - 2) / (2 * np.pi * sigma**4) * np.exp(-squared / 2)
    return kernel - kernel.mean()


def gabor(wavelength, theta, sigma, phase=0.0, aspect=1.0, radius=None):
    """A cosine wave under a Gaussian window: answers to stripes of one width and direction.

    Parameters
    ----------
    wavelength : float above 0
        Of the wave, in pixels.
    theta : float, radians
        Direction in which the wave runs: 0 to the right (vertical stripes), π/2 downwards.
    sigma : float above 0
        Width of the window across the stripes, in pixels.
    phase : float, radians
        0 gives an even kernel (bars), -π/2 an odd one (edges).
    aspect : float above 0
        Width across over width along the stripes; below 1 the window is long.
    radius : positive int, optional
        By default 4 sigma, rounded.

    Returns
    -------
    ndarray of float64, shape (2 radius + 1, 2 radius + 1)

    Raises
    ------
    ValueError, TypeError
        If wavelength, sigma or aspect is not above 0, theta or phase is not finite, or radius is not a positive whole
        number.

    Notes
    -----
    exp(-(u² + aspect² v²) / 2σ²) cos(2π u / wavelength + phase) with u, v the rotated coordinates: Daugman (1985).
    """
    offsets, _, sigma = _offsets(sigma, radius)
    wavelength, aspect = real_number("wavelength", wavelength, above=0), real_number("aspect", aspect, above=0)
    theta, phase = float_array("theta and phase", [theta, phase])
    x, y = offsets[np.newaxis, :], offsets[:, np.newaxis]
    u, v = x * np.cos(theta) + y * np.sin(theta), -x * np.sin(theta) + y * np.cos(theta)
    window = np.exp(-(u**2 + (aspect * v) ** 2) / (2 * sigma**2))
    return window * np.cos(2 * np.pi * u / wavelength + phase)


def median(image, size):
    """Replace each pixel by the median of the size × size window around it.

    Parameters
    ----------
    image : array_like, shape (H, W)
    size : odd int
        The window; the image is mirrored at its border (edge pixel repeated).

    Returns
    -------
    ndarray of float64, shape (H, W)

    Raises
    ------
    ValueError, TypeError
        If the image is not 2-D or size is not a positive odd whole number.
    """
    image = float_array("image", image, ndim=2)
    size = odd_number("size", size)
    padded = np.pad(image, size // 2, mode="symmetric")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (size, size))
    return np.median(windows, axis=(2, 3))
