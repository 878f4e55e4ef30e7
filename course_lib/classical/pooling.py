"""Pooling as a network layer computes it, and its gradient: windows side by side, one number from each.

Images are (N, H, W, C); every channel is pooled by itself. Windows are size × size and do not overlap. Rows and columns
that are left over at the bottom and on the right are dropped, as Keras does with ``padding="valid"``.
"""

import numpy as np

from course_lib._validate import real_array, whole_number


def max_pool2d(x, size=2):
    """The largest number of each window: y[i, j] = max over a, b < s of x[s i + a, s j + b].

    Parameters
    ----------
    x : array (N, H, W, C)
    size : int
        Side of a window, and the stride.

    Returns
    -------
    ndarray of float64, shape (N, ⌊H/size⌋, ⌊W/size⌋, C)

    Raises
    ------
    TypeError, ValueError
        If ``x`` is not an array of numbers with four axes, or ``size`` is below 1 or above H or W.

    References
    ----------
    Goodfellow, Bengio & Courville, *Deep Learning*, 2016, section 9.3.
    """
    return _windows(x, size).max(axis=-1)


def max_pool2d_input_grad(x, dy, size=2):
    """The gradient of max pooling: each number of ``dy`` goes to the place of its window's maximum, and to no other.

    Where several pixels of a window share the maximum, pooling has no derivative. Keras, on TensorFlow and on JAX,
    sends the whole gradient to the first of them in reading order, and so does this function.

    Parameters
    ----------
    x : array (N, H, W, C)
        What was pooled.
    dy : array (N, ⌊H/size⌋, ⌊W/size⌋, C)
        The gradient of the loss with respect to the result.
    size : int

    Returns
    -------
    ndarray of float64, shape of ``x``
    """
    windows = _windows(x, size)
    first = windows.argmax(axis=-1)
    return _spread(np.arange(windows.shape[-1]) == first[..., None], dy, np.shape(x), size)


def average_pool2d(x, size=2):
    """The mean of each window: a convolution with a box of 1/size², of stride size, on each channel by itself.

    Parameters, results and errors are those of :func:`max_pool2d`.
    """
    return _windows(x, size).mean(axis=-1)


def average_pool2d_input_grad(x, dy, size=2):
    """The gradient of average pooling: every pixel of a window gets 1/size² of its number in ``dy``.

    Parameters and results are those of :func:`max_pool2d_input_grad`.
    """
    windows = _windows(x, size)
    return _spread(np.full(windows.shape, 1 / windows.shape[-1]), dy, np.shape(x), size)


def _windows(x, size):
    """Windows (N, H', W', C, size²), each in reading order."""
    x, size = real_array("x", x, 4), whole_number("size", size, 1)
    n, height, width, channels = x.shape
    rows, columns = height // size, width // size
    if not (rows and columns):
        raise ValueError(f"size must be at most the height and the width, {height} and {width}, got {size}")
    squares = x[:, : rows * size, : columns * size].reshape(n, rows, size, columns, size, channels)
    return squares.transpose(0, 1, 3, 5, 2, 4).reshape(n, rows, columns, channels, size * size)


def _spread(shares, dy, shape, size):
    """Lay windows of shares, each times its number of dy, side by side again; 0 where no window was."""
    n, rows, columns, channels, _ = shares.shape
    size = whole_number("size", size, 1)
    dy = real_array("dy", dy, 4)
    if dy.shape != shares.shape[:4]:
        raise ValueError(f"dy must have the shape of the pooled image, {shares.shape[:4]}, got {dy.shape}")
    squares = (shares * dy[..., None]).reshape(n, rows, columns, channels, size, size)
    dx = np.zeros(shape)
    dx[:, : rows * size, : columns * size] = squares.transpose(0, 1, 4, 2, 5, 3).reshape(
        n, rows * size, columns * size, channels
    )
    return dx
