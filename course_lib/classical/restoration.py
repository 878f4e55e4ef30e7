"""Restoration: measures of error, smoothing by local means, and undoing a known blur.

Deconvolution works with the circular model of the DFT: the image continues on the opposite side.

References
----------
N. Wiener, Extrapolation, Interpolation, and Smoothing of Stationary Time Series, MIT Press, 1949.
R. C. Gonzalez, R. E. Woods, Digital Image Processing, 4th ed., 2018, sections 5.7 and 5.8.
F. C. Crow, Summed-area tables for texture mapping, SIGGRAPH 1984. doi:10.1145/800031.808600
J.-S. Lee, Digital image enhancement and noise filtering by use of local statistics, 1980.
doi:10.1109/TPAMI.1980.4766994
"""

import numpy as np

from course_lib.classical._image_checks import float_array, odd_number, positive_number


def mse(reference, image):
    """Mean squared error, in squared units of the images.

    Parameters
    ----------
    reference, image : array_like, same shape

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the shapes differ, or an array is empty or not finite.
    """
    reference, image = float_array("reference", reference), float_array("image", image)
    if reference.shape != image.shape:
        raise ValueError(f"reference and image must have one shape, got {reference.shape} and {image.shape}")
    return float(np.mean((reference - image) ** 2))


def psnr(reference, image, peak=1.0):
    """Peak signal-to-noise ratio in decibels: ``10 log10(peak ** 2 / mse)``; infinite for equal images.

    Parameters
    ----------
    reference, image : array_like, same shape
    peak : float above 0
        The largest value a pixel may have: 1 for floats, 255 for 8-bit values.

    Returns
    -------
    float, dB

    Raises
    ------
    ValueError
        As `mse`, or if peak is not positive.
    """
    error = mse(reference, image)
    peak = positive_number("peak", peak)
    return float("inf") if error == 0 else float(10 * np.log10(peak**2 / error))


def mean_filter(image, size):
    """Replace each pixel by the mean of the size × size window around it.

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

    Notes
    -----
    Crow (1984): with the table S of sums over all pixels above and left, any window's sum is four look-ups, so the
    cost does not depend on the size.
    """
    image = float_array("image", image, ndim=2)
    size = odd_number("size", size)
    table = np.pad(image, size // 2, mode="symmetric").cumsum(axis=0).cumsum(axis=1)
    table = np.pad(table, ((1, 0), (1, 0)))
    total = table[size:, size:] - table[:-size, size:] - table[size:, :-size] + table[:-size, :-size]
    return total / size**2


def adaptive_wiener(image, size, noise_variance):
    """Pull each pixel to the local mean, the more the less the window varies beyond the noise.

    Parameters
    ----------
    image : array_like, shape (H, W)
    size : odd int
    noise_variance : float or array_like, shape (H, W), at least 0
        A number is the same for all pixels.

    Returns
    -------
    ndarray of float64, shape (H, W)

    Raises
    ------
    ValueError, TypeError
        If the image is not 2-D, size not odd, or the variance negative or of another shape.

    Notes
    -----
    m + max(v - noise, 0) / max(v, noise) (x - m) with local mean m and variance v: Lee (1980).
    """
    image = float_array("image", image, ndim=2)
    noise = float_array("noise_variance", noise_variance, ndim=(0, 2))
    if noise.ndim == 2 and noise.shape != image.shape:
        raise ValueError(f"noise_variance must be a number or have shape {image.shape}, got shape {noise.shape}")
    if noise.min() < 0:
        raise ValueError(f"noise_variance must be at least 0, got {noise.min():g}")
    mean = mean_filter(image, size)
    variance = np.maximum(mean_filter(image**2, size) - mean**2, 0)
    largest = np.maximum(variance, noise)
    keep = np.maximum(variance - noise, 0) / np.where(largest > 0, largest, 1)
    return mean + keep * (image - mean)


def transfer_function(kernel, shape):
    """Fourier transform of a blur kernel whose centre lies on pixel (0, 0) of an image of the given shape.

    Parameters
    ----------
    kernel : array_like, shape (h, w)
        The centre is entry (h // 2, w // 2).
    shape : (H, W)
        At least the kernel's shape.

    Returns
    -------
    ndarray of complex128, shape (H, W)
        Multiplying an image's DFT by it convolves circularly.

    Raises
    ------
    ValueError
        If the kernel is not 2-D or larger than the shape.
    """
    kernel = float_array("kernel", kernel, ndim=2)
    height, width = kernel.shape
    if height > shape[0] or width > shape[1]:
        raise ValueError(f"kernel must fit into the image {tuple(shape)}, got shape {kernel.shape}")
    padded = np.zeros(shape)
    padded[:height, :width] = kernel
    return np.fft.fft2(np.roll(padded, (-(height // 2), -(width // 2)), axis=(0, 1)))


def blur_circular(image, kernel):
    """Convolve circularly: the image continues on the opposite side.

    Parameters
    ----------
    image : array_like, shape (H, W)
    kernel : array_like, shape (h, w)

    Returns
    -------
    ndarray of float64, shape (H, W)

    Raises
    ------
    ValueError
        If an argument is not 2-D or the kernel is larger than the image.
    """
    image = float_array("image", image, ndim=2)
    return np.fft.ifft2(np.fft.fft2(image) * transfer_function(kernel, image.shape)).real


def inverse_filter(blurred, kernel, floor=0.0):
    """Divide by the transfer function where its magnitude exceeds ``floor``; leave 0 elsewhere.

    Parameters
    ----------
    blurred : array_like, shape (H, W)
    kernel : array_like, shape (h, w)
    floor : float, at least 0

    Returns
    -------
    ndarray of float64, shape (H, W)

    Raises
    ------
    ValueError
        If an argument is not 2-D, the kernel is larger than the image, or floor is negative.

    Notes
    -----
    Exact without noise where no frequency is lost; noise grows by 1 / abs(H) and drowns the image.
    """
    blurred = float_array("blurred", blurred, ndim=2)
    floor = positive_number("floor", floor, zero=True)
    transfer = transfer_function(kernel, blurred.shape)
    usable = np.abs(transfer) > floor
    gain = np.where(usable, 1 / np.where(usable, transfer, 1), 0)
    return np.fft.ifft2(np.fft.fft2(blurred) * gain).real


def wiener_deconvolve(blurred, kernel, noise_to_signal):
    """Undo a known blur with the smallest expected squared error.

    Parameters
    ----------
    blurred : array_like, shape (H, W)
    kernel : array_like, shape (h, w)
    noise_to_signal : float or array_like, shape (H, W), at least 0
        Power of the noise over power of the image, per frequency in the order of ``numpy.fft.fft2``; a number is the
        same for all.

    Returns
    -------
    ndarray of float64, shape (H, W)

    Raises
    ------
    ValueError
        If a shape does not fit, or noise_to_signal is negative, or it is 0 where the blur has removed a frequency.

    Notes
    -----
    G = conj(H) / (abs(H) ** 2 + K), Gonzalez & Woods (5-81); K = 0 gives the inverse filter.
    """
    blurred = float_array("blurred", blurred, ndim=2)
    ratio = float_array("noise_to_signal", noise_to_signal, ndim=(0, 2))
    if ratio.ndim == 2 and ratio.shape != blurred.shape:
        raise ValueError(f"noise_to_signal must be a number or have shape {blurred.shape}, got shape {ratio.shape}")
    if ratio.min() < 0:
        raise ValueError(f"noise_to_signal must be at least 0, got {ratio.min():g}")
    transfer = transfer_function(kernel, blurred.shape)
    power = np.abs(transfer) ** 2 + ratio
    if (power == 0).any():
        raise ValueError("noise_to_signal must be above 0 where the blur has removed a frequency entirely")
    return np.fft.ifft2(np.fft.fft2(blurred) * np.conj(transfer) / power).real
