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

from course_lib._validate import (
    float_array,
    non_negative_array,
    odd_number,
    real_number,
    rows_and_columns,
    same_shape,
    unit_array,
)


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
    return float(np.mean(_difference(reference, image) ** 2))


def _difference(reference, image):
    reference, image = float_array("reference", reference), float_array("image", image)
    same_shape(reference=reference, image=image)
    return reference - image


def psnr(reference, image, peak=None):
    """Peak signal-to-noise ratio in decibels: ``10 log10(peak ** 2 / mse)``; infinite for equal images.

    Parameters
    ----------
    reference, image : array_like, same shape
    peak : float above 0, optional
        The largest value a pixel may have. By default what the type says, when both images have the same scale: 255
        for uint8, 65535 for uint16, 1 for bool, and 1 for floats with a reference in [0, 1].

    Returns
    -------
    float, dB

    Raises
    ------
    ValueError
        As `mse`; if peak is not positive; or if it was left out and the images do not tell it.
    """
    difference = _difference(reference, image)
    largest = np.abs(difference).max()
    peak = _peak(reference, image) if peak is None else real_number("peak", peak, above=0)
    if largest == 0:
        return float("inf")
    error = np.mean((difference / largest) ** 2)  # in units of the largest: the square of 1e-170 is 0 in float64
    return float(20 * (np.log10(peak) - np.log10(largest)) - 10 * np.log10(error))


def _peak(reference, image):
    """The largest value that a pixel may have, by the types of both images."""
    peaks = []
    for values in map(np.asarray, (reference, image)):
        byte_or_two = values.dtype.kind == "u" and values.dtype.itemsize <= 2
        peaks.append(np.iinfo(values.dtype).max if byte_or_two else 1 if values.dtype.kind in "bf" else None)
    if None in peaks or peaks[0] != peaks[1]:
        types = f"{np.asarray(reference).dtype} and {np.asarray(image).dtype}"
        raise ValueError(f"peak must be given, the largest value of a pixel: {types} do not tell it")
    if peaks[0] == 1:
        try:
            unit_array("reference", reference)
        except ValueError as outside:
            raise ValueError(f"{outside}; or give peak, the largest value of a pixel") from None
    return peaks[0]


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
    offset = image.mean()  # taken out and put back: small numbers add up with less rounding
    table = np.pad(image - offset, size // 2, mode="symmetric").cumsum(axis=0).cumsum(axis=1)
    table = np.pad(table, ((1, 0), (1, 0)))
    total = table[size:, size:] - table[:-size, size:] - table[size:, :-size] + table[:-size, :-size]
    return np.clip(offset + total / size**2, image.min(), image.max())  # a mean lies between the least and the largest


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
    noise = _number_or_map("noise_variance", noise_variance, image.shape)
    mean, around = mean_filter(image, size), image - image.mean()  # the variance does not change with the brightness
    variance = np.maximum(mean_filter(around**2, size) - mean_filter(around, size) ** 2, 0)
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
    kernel, shape = float_array("kernel", kernel, ndim=2), rows_and_columns("shape", shape)
    height, width = kernel.shape
    if height > shape[0] or width > shape[1]:
        raise ValueError(f"kernel must fit into the image {shape}, got shape {kernel.shape}")
    padded = np.zeros(shape)
    padded[:height, :width] = kernel
    return np.fft.fft2(np.roll(padded, (-(height // 2), -(width // 2)), axis=(0, 1)))


def _lost(kernel):
    """The size up to which an entry of the transfer function is nothing but the rounding of a 0."""
    return 4 * np.finfo(np.float64).eps * np.abs(kernel).sum()


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
    """Divide by the transfer function where its magnitude exceeds ``floor``, and rounding; leave 0 elsewhere.

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
    floor = real_number("floor", floor, 0)
    transfer = transfer_function(kernel, blurred.shape)
    usable = np.abs(transfer) > max(floor, _lost(kernel))
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
    ratio = _number_or_map("noise_to_signal", noise_to_signal, blurred.shape)
    transfer = transfer_function(kernel, blurred.shape)
    power = np.abs(transfer) ** 2 + ratio
    if (power <= _lost(kernel) ** 2).any():
        raise ValueError("noise_to_signal must be above 0 where the blur has removed a frequency entirely")
    return np.fft.ifft2(np.fft.fft2(blurred) * np.conj(transfer) / power).real


def _number_or_map(name, value, shape):
    """One number at least 0 for all, or one for each pixel or frequency."""
    array = non_negative_array(name, value, ndim=(0, 2))
    if array.ndim == 2 and array.shape != shape:
        raise ValueError(f"{name} must be a number or have shape {shape}, got shape {array.shape}")
    return array
