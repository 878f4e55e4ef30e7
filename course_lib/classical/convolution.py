"""Convolution of one channel, in one or two dimensions: as loops, as arrays, as a matrix, by the Fourier transform.

Throughout, ``x`` is the signal (or image) of size n and ``k`` the kernel of size K, and the full convolution is

    y[i] = Σ_u x[i − u] k[u],     i = 0 … n + K − 2,     x = 0 outside its range,

with one such sum for each axis. ``mode`` says which part of it is kept, as in ``scipy.signal``:

- "full": all n + K − 1 values;
- "same": n values from the middle of "full", beginning at (K − 1) // 2 (``scipy.signal.correlate2d`` begins one later
  when K is even, ``scipy.signal.correlate`` does not);
- "valid": the n − K + 1 values that use no zero from outside.

Everything is float64; NaN and infinity propagate. References: Goodfellow, Bengio & Courville, *Deep Learning*, 2016,
section 9.1; A. V. Oppenheim, R. W. Schafer, *Discrete-Time Signal Processing*, 3rd ed. 2010, sections 2.3 and 8.6–8.7.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from course_lib.classical._checks import real_array, real_number, rows_and_columns, whole_number

LARGEST_MATRIX = 50_000_000  # entries of a dense matrix, 400 MB


def _check(x, k, ndim=(1, 2)):
    """Return x and k as float64 arrays with equally many axes."""
    x, k = real_array("x", x, ndim), real_array("k", k, ndim)
    if x.ndim != k.ndim:
        raise ValueError(f"x and k must have equally many axes, got shapes {x.shape} and {k.shape}")
    return x, k


def _kept(n, size, mode):
    """Return (start, length): the part of the full convolution of sizes n and ``size`` that ``mode`` keeps."""
    if mode == "full":
        return 0, n + size - 1
    if mode == "same":
        return (size - 1) // 2, n
    if mode == "valid":
        if size > n:
            raise ValueError(f'mode "valid" needs a kernel that fits into x: x has {n} samples, k has {size}')
        return size - 1, n - size + 1
    raise ValueError(f'mode must be "full", "same" or "valid", got {mode!r}')


def _padded(x, k, mode):
    """Return x with the zeros (or without the samples) that make "valid" on the result equal to ``mode`` on x."""
    widths = []
    for n, size in zip(x.shape, k.shape, strict=True):
        start, length = _kept(n, size, mode)
        widths.append((size - 1 - start, start + length - n))
    return np.pad(x, widths)


def correlate_loops(x, k, mode="full"):
    """Cross-correlation by its formula, in loops: y[i, j] = Σ_u Σ_v x[i + u, j + v] k[u, v].

    Parameters
    ----------
    x : array, shape (n,) or (H, W)
        Signal or image, real.
    k : array, shape (K,) or (K_h, K_w)
        Kernel, as many axes as x.
    mode : "full", "same" or "valid"
        Which part to keep; "full" begins where only the kernel's last entry touches x[0, 0].

    Returns
    -------
    ndarray of float64
        Each axis n + K − 1, n or n − K + 1 long.

    Raises
    ------
    TypeError
        If x or k does not hold real numbers.
    ValueError
        For empty arrays, unequal axes, an unknown mode, or "valid" with a kernel larger than x.

    References
    ----------
    Goodfellow, Bengio & Courville 2016, equation 9.6.
    """
    x, k = _check(x, k)
    ndim, x, k = x.ndim, np.atleast_2d(x), np.atleast_2d(k)
    (height, width), (k_height, k_width) = x.shape, k.shape
    top, out_height = _kept(height, k_height, mode)
    left, out_width = _kept(width, k_width, mode)
    y = np.zeros((out_height, out_width))
    for i in range(out_height):
        for j in range(out_width):
            for u in range(k_height):
                for v in range(k_width):
                    row, column = top + i + u - (k_height - 1), left + j + v - (k_width - 1)
                    if 0 <= row < height and 0 <= column < width:
                        y[i, j] += x[row, column] * k[u, v]
    return y if ndim == 2 else y[0]


def convolve_loops(x, k, mode="full"):
    """Convolution by its formula, in loops: y[i, j] = Σ_u Σ_v x[i − u, j − v] k[u, v].

    Parameters, returns and errors are those of :func:`correlate_loops`.

    References
    ----------
    Goodfellow, Bengio & Courville 2016, equation 9.5.
    """
    x, k = _check(x, k)
    ndim, x, k = x.ndim, np.atleast_2d(x), np.atleast_2d(k)
    (height, width), (k_height, k_width) = x.shape, k.shape
    top, out_height = _kept(height, k_height, mode)
    left, out_width = _kept(width, k_width, mode)
    y = np.zeros((out_height, out_width))
    for i in range(out_height):
        for j in range(out_width):
            for u in range(k_height):
                for v in range(k_width):
                    row, column = top + i - u, left + j - v
                    if 0 <= row < height and 0 <= column < width:
                        y[i, j] += x[row, column] * k[u, v]
    return y if ndim == 2 else y[0]


def correlate(x, k, mode="full"):
    """Cross-correlation by shift-and-add: one shifted, weighted copy of x for each kernel entry.

    The loops over pixels of :func:`correlate_loops` became array arithmetic; only the loop over the kernel is left.

    Parameters, returns and errors are those of :func:`correlate_loops`.

    Examples
    --------
    >>> correlate([0, 0, 1, 0, 0], [1, 2, 3], mode="same")
    array([0., 3., 2., 1., 0.])
    """
    x, k = _check(x, k)
    x = _padded(x, k, mode)
    shape = tuple(n - size + 1 for n, size in zip(x.shape, k.shape, strict=True))
    y = np.zeros(shape)
    for tap in np.ndindex(k.shape):
        window = tuple(slice(u, u + length) for u, length in zip(tap, shape, strict=True))
        y += k[tap] * x[window]
    return y


def convolve(x, k, mode="full"):
    """Convolution by shift-and-add: correlation with the kernel flipped along every axis.

    Parameters, returns and errors are those of :func:`correlate_loops`.

    Examples
    --------
    >>> convolve([0, 0, 1, 0, 0], [1, 2, 3], mode="same")
    array([0., 1., 2., 3., 0.])
    """
    x, k = _check(x, k)
    return correlate(x, np.flip(k), mode)


def convolve_im2col(x, k, mode="full"):
    """Convolution as one matrix product: every window of x becomes a row, the flipped kernel a column.

    Fast, because matrix products are; the matrix of windows has K times (in 2-D: K_h K_w times) as many entries as y.

    Parameters, returns and errors are those of :func:`correlate_loops`.

    References
    ----------
    K. Chellapilla, S. Puri, P. Simard, *High Performance Convolutional Neural Networks for Document Processing*, 2006.
    """
    x, k = _check(x, k)
    windows = sliding_window_view(_padded(x, k, mode), k.shape)
    shape = windows.shape[: x.ndim]
    return (windows.reshape(-1, k.size) @ np.flip(k).ravel()).reshape(shape)


def convolve_fft(x, k, mode="full"):
    """Convolution by the convolution theorem: transform, multiply, transform back.

    Products of discrete Fourier transforms belong to *circular* convolution. Padding both arrays with zeros to at least
    n + K − 1 leaves room for the wrapped part, so that nothing wraps.

    Parameters, returns and errors are those of :func:`correlate_loops`. The error is about 1e-16 times the largest
    output, not the smallest, and one NaN spoils every output.

    References
    ----------
    Oppenheim & Schafer 2010, section 8.7.2.
    """
    from scipy.fft import irfftn, next_fast_len, rfftn

    x, k = _check(x, k)
    kept = [_kept(n, size, mode) for n, size in zip(x.shape, k.shape, strict=True)]
    padded = [next_fast_len(n + size - 1, real=True) for n, size in zip(x.shape, k.shape, strict=True)]
    full = irfftn(rfftn(x, padded) * rfftn(k, padded), padded)
    return full[tuple(slice(start, start + length) for start, length in kept)].copy()


def convolve_circular(x, k):
    """Circular convolution: y[i] = Σ_u x[(i − u) mod n] k[u], along every axis.

    What leaves on one side enters on the other.

    Parameters
    ----------
    x : array, shape (n,) or (H, W)
        Signal or image, real.
    k : array, as many axes as x, no axis longer than x's
        Kernel; its first entry is the one that does not shift.

    Returns
    -------
    ndarray of float64, shape of x

    Raises
    ------
    TypeError, ValueError
        As :func:`correlate_loops`; also for a kernel longer than x.

    References
    ----------
    Oppenheim & Schafer 2010, section 8.6.5.

    Examples
    --------
    >>> convolve_circular([0, 0, 0, 1], [1, 2, 3])
    array([2., 3., 0., 1.])
    """
    x, k = _check(x, k)
    if any(size > n for n, size in zip(x.shape, k.shape, strict=True)):
        raise ValueError(f"k must not be larger than x, got shapes {k.shape} and {x.shape}")
    y = np.zeros(x.shape)
    for tap in np.ndindex(k.shape):
        y += k[tap] * np.roll(x, tap, axis=tuple(range(x.ndim)))
    return y


def separable_rank(k, rtol=1e-10):
    """Rank of a kernel: how many column × row kernels must be added up to make it. Separable means at most 1.

    Parameters
    ----------
    k : array, shape (K_h, K_w)
        Kernel, finite.
    rtol : float
        Singular values up to rtol times the largest count as 0.

    Returns
    -------
    int
        From 0 (the zero kernel) to min(K_h, K_w).

    Raises
    ------
    TypeError, ValueError
        If k is not a 2-D array of finite real numbers, or rtol not in [0, 1).
    """
    k = _finite_kernel(k)
    if not 0 <= real_number("rtol", rtol) < 1:
        raise ValueError(f"rtol must be at least 0 and below 1, got {rtol!r}")
    values = np.linalg.svd(k, compute_uv=False)
    return int(np.sum(values > rtol * values[0]))


def _finite_kernel(k):
    k = real_array("k", k, 2)
    if not np.all(np.isfinite(k)):
        raise ValueError("k must be finite, got NaN or infinity")
    return k


def separable_factors(k):
    """Split a kernel of rank 1 into a column and a row: k = column ⊗ row, that is k[u, v] = column[u] · row[v].

    By the singular value decomposition k = Σ_r σ_r a_r b_rᵀ, of which a separable kernel has one term. The factors
    share √σ; signs are chosen so that the column's largest entry is positive.

    Parameters
    ----------
    k : array, shape (K_h, K_w)
        Kernel, finite.

    Returns
    -------
    column : ndarray, shape (K_h,)
    row : ndarray, shape (K_w,)

    Raises
    ------
    TypeError, ValueError
        As :func:`separable_rank`; ValueError also when the rank is above 1.

    Examples
    --------
    >>> column, row = separable_factors([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
    >>> np.allclose(np.outer(column, row), [[1, 0, -1], [2, 0, -2], [1, 0, -1]])
    True
    """
    k = _finite_kernel(k)
    rank = separable_rank(k)
    if rank > 1:
        raise ValueError(f"k is not separable: its rank is {rank}, so it is a sum of {rank} separable kernels")
    left, values, right = np.linalg.svd(k)
    column, row = np.sqrt(values[0]) * left[:, 0], np.sqrt(values[0]) * right[0]
    sign = -1.0 if column[np.argmax(np.abs(column))] < 0 else 1.0
    return sign * column, sign * row


def convolve_separable(x, column, row, mode="full"):
    """Convolve an image with column ⊗ row in two passes: K_h + K_w products for each output, not K_h · K_w.

    Parameters
    ----------
    x : array, shape (H, W)
    column : array, shape (K_h,)
    row : array, shape (K_w,)
    mode : "full", "same" or "valid"

    Returns
    -------
    ndarray of float64
        The same as ``convolve(x, np.outer(column, row), mode)``, up to rounding.

    Raises
    ------
    TypeError, ValueError
        As :func:`correlate_loops`.
    """
    x = real_array("x", x, 2)
    column, row = real_array("column", column, 1), real_array("row", row, 1)
    return convolve(convolve(x, column[:, None], mode), row[None, :], mode)


def _check_matrix_size(rows, columns):
    if rows * columns > LARGEST_MATRIX:
        raise ValueError(
            f"the matrix would have {rows} x {columns} entries, more than {LARGEST_MATRIX}: take a smaller input"
        )


def _entries(kernel, index):
    """Return kernel[index] with 0 where the index is out of range."""
    inside = (index >= 0) & (index < len(kernel))
    return np.where(inside, kernel[np.clip(index, 0, len(kernel) - 1)], 0.0)


def toeplitz_matrix(k, n, mode="full"):
    """Matrix T with T @ x = convolve(x, k, mode) for every x of length n: T[i, j] = k[i − j], constant along diagonals.

    Parameters
    ----------
    k : array, shape (K,)
    n : int
        Length of the signal, at least 1.
    mode : "full", "same" or "valid"

    Returns
    -------
    ndarray of float64, shape (len(y), n)

    Raises
    ------
    TypeError, ValueError
        As :func:`correlate_loops`; also for a matrix of more than 50 million entries.

    Examples
    --------
    >>> toeplitz_matrix([1, 2], 3)
    array([[1., 0., 0.],
           [2., 1., 0.],
           [0., 2., 1.],
           [0., 0., 2.]])
    """
    k = real_array("k", k, 1)
    n = whole_number("n", n, 1)
    start, length = _kept(n, len(k), mode)
    _check_matrix_size(length, n)
    i, j = np.arange(length)[:, None], np.arange(n)[None, :]
    return _entries(k, start + i - j)


def convolution_matrix(k, shape, mode="full"):
    """Matrix A with A @ x.ravel() = convolve(x, k, mode).ravel() for every image x of this shape.

    A is *doubly block Toeplitz*: block (i, r) is the Toeplitz matrix of the kernel row k[i − r], so the blocks repeat
    along diagonals as the entries do inside them.

    Parameters
    ----------
    k : array, shape (K_h, K_w)
    shape : (int, int)
        (H, W) of the image.
    mode : "full", "same" or "valid"

    Returns
    -------
    ndarray of float64, shape (H_out · W_out, H · W)
        Dense: meant for small images.

    Raises
    ------
    TypeError, ValueError
        As :func:`toeplitz_matrix`.
    """
    k = real_array("k", k, 2)
    height, width = rows_and_columns("shape", shape)
    top, out_height = _kept(height, k.shape[0], mode)
    _, out_width = _kept(width, k.shape[1], mode)
    _check_matrix_size(out_height * out_width, height * width)
    row_matrices = [toeplitz_matrix(k_row, width, mode) for k_row in k]
    matrix = np.zeros((out_height, out_width, height, width))
    for i in range(out_height):
        for r in range(height):
            if 0 <= top + i - r < k.shape[0]:
                matrix[i, :, r, :] = row_matrices[top + i - r]
    return matrix.reshape(out_height * out_width, height * width)


def circulant_matrix(k, n):
    """Matrix C with C @ x = convolve_circular(x, k) for every x of length n: C[i, j] = k[(i − j) mod n].

    Its eigenvectors are the columns of the inverse DFT, whatever the kernel; its eigenvalues are the DFT of k.

    Parameters
    ----------
    k : array, shape (K,), K ≤ n
    n : int

    Returns
    -------
    ndarray of float64, shape (n, n)

    Raises
    ------
    TypeError, ValueError
        As :func:`toeplitz_matrix`; also for a kernel longer than n.

    References
    ----------
    G. H. Golub, C. F. Van Loan, *Matrix Computations*, 4th ed. 2013, section 4.8.

    Examples
    --------
    >>> circulant_matrix([1, 2], 3)
    array([[1., 0., 2.],
           [2., 1., 0.],
           [0., 2., 1.]])
    """
    k = real_array("k", k, 1)
    n = whole_number("n", n, 1)
    if len(k) > n:
        raise ValueError(f"k must not be longer than n = {n}, got {len(k)} entries")
    _check_matrix_size(n, n)
    i, j = np.arange(n)[:, None], np.arange(n)[None, :]
    return _entries(k, (i - j) % n)
