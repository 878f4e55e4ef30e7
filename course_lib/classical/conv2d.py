"""The convolution layer: channels, batches, stride, padding, dilation and groups; its gradients and its transpose.

Networks call it convolution, but it is a *cross-correlation*: the kernel is not flipped. With x padded by zeros,

    y[n, i, j, o] = Σ_u Σ_v Σ_c x[n, i s + u d, j s + v d, c] · w[u, v, c, o].

Shapes are those of Keras: images ``x`` (N, H, W, C_in), kernels ``w`` (k_h, k_w, C_in / groups, C_out), outputs ``y``
(N, H_out, W_out, C_out). The options, by keyword, mean the same in every function here:

stride, dilation : int or (int, int)
    At least 1; a pair is (vertical, horizontal).
padding : "valid", "same", int, or ((top, bottom), (left, right))
    "same" follows TensorFlow (an odd total puts the extra zero at the bottom and at the right).
groups : int
    Divides C_in and C_out. Output channels of group g see the input channels of group g only.

Everything is float64; NaN propagates; no argument is changed. Wrong types raise TypeError, wrong sizes ValueError.

References
----------
Goodfellow, Bengio & Courville, *Deep Learning*, 2016, section 9.5 (equations 9.8, 9.11, 9.13).
V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*, 2016, arXiv:1603.07285.
"""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from course_lib._validate import pair, real_array, whole_number
from course_lib.classical.arithmetic import conv_output_size, conv_transpose_output_size, padding_pair


class _Geometry(NamedTuple):
    """Where the taps of a kernel fall, in (vertical, horizontal) pairs."""

    stride: tuple
    dilation: tuple
    padding: tuple
    out: tuple

    def window(self, u, v):
        """Slices of the padded image that kernel entry (u, v) meets, one sample for every output."""
        return tuple(
            slice(tap * d, tap * d + out * s, s)
            for tap, s, d, out in zip((u, v), self.stride, self.dilation, self.out, strict=True)
        )


def _padding_per_axis(padding):
    """Return what ``padding`` means for the vertical and for the horizontal axis."""
    if isinstance(padding, str) or np.ndim(padding) == 0:
        return padding, padding
    if np.shape(padding) != (2, 2):
        raise ValueError(
            f'padding must be "valid", "same", a whole number or ((top, bottom), (left, right)), got {padding!r}'
        )
    return tuple(padding)


def _geometry(size, kernel_size, stride, padding, dilation):
    stride, dilation = pair("stride", stride, 1), pair("dilation", dilation, 1)
    axes = list(zip(size, kernel_size, stride, _padding_per_axis(padding), dilation, strict=True))
    return _Geometry(
        stride,
        dilation,
        padding=tuple(padding_pair(p, n, k, s, d) for n, k, s, p, d in axes),
        out=tuple(conv_output_size(n, k, s, p, d) for n, k, s, p, d in axes),
    )


def _check_channels(c_in, kernel_shape, groups):
    """Return groups, after checking that a kernel of this shape can act on c_in channels."""
    groups = whole_number("groups", groups, 1)
    _, _, c_kernel, c_out = kernel_shape
    if c_out % groups or c_in % groups:
        raise ValueError(f"groups must divide C_in ({c_in}) and C_out ({c_out}), got {groups}")
    if c_kernel * groups != c_in:
        raise ValueError(
            f"kernel of shape {tuple(kernel_shape)} sees {c_kernel} channels in each of {groups} group(s), "
            f"so x must have {c_kernel * groups} channels, got {c_in}"
        )
    return groups


def _shape4(name, shape):
    if np.ndim(shape) != 1 or len(shape) != 4:
        raise ValueError(f"{name} must have 4 entries, got {shape!r}")
    return tuple(whole_number(name, n, 1) for n in shape)


def _pad(x, padding):
    return np.pad(x, ((0, 0), *padding, (0, 0)))


def _crop(x, padding):
    """Undo _pad; as a linear map, its transpose."""
    (top, bottom), (left, right) = padding
    return x[:, top : x.shape[1] - bottom, left : x.shape[2] - right].copy()


def _channel_groups(groups, c_in, c_out):
    """Yield, for each group, the slices of its input and of its output channels."""
    a, b = c_in // groups, c_out // groups
    for g in range(groups):
        yield slice(g * a, (g + 1) * a), slice(g * b, (g + 1) * b)


def conv2d_loops(x, kernel, *, stride=1, padding="valid", dilation=1, groups=1):
    """The layer by its formula, in loops: slow, and the definition that :func:`conv2d` is held to.

    Parameters
    ----------
    x : array, shape (N, H, W, C_in)
    kernel : array, shape (k_h, k_w, C_in / groups, C_out)
    stride, padding, dilation, groups
        As at the top of this file.

    Returns
    -------
    ndarray of float64, shape (N, H_out, W_out, C_out)

    Raises
    ------
    TypeError
        For arrays that do not hold real numbers, options that are not whole numbers.
    ValueError
        For empty arrays, a wrong number of axes, channels that do not fit, a kernel larger than the padded image.
    """
    x, kernel = real_array("x", x, 4), real_array("kernel", kernel, 4)
    k_height, k_width, c_kernel, c_out = kernel.shape
    groups = _check_channels(x.shape[3], kernel.shape, groups)
    geometry = _geometry(x.shape[1:3], kernel.shape[:2], stride, padding, dilation)
    (s_down, s_right), (d_down, d_right) = geometry.stride, geometry.dilation
    x = _pad(x, geometry.padding)
    y = np.zeros((len(x), *geometry.out, c_out))
    for n, i, j, o in np.ndindex(y.shape):
        first = o // (c_out // groups) * c_kernel
        for u, v, c in np.ndindex(k_height, k_width, c_kernel):
            y[n, i, j, o] += x[n, i * s_down + u * d_down, j * s_right + v * d_right, first + c] * kernel[u, v, c, o]
    return y


def conv2d(x, kernel, *, stride=1, padding="valid", dilation=1, groups=1):
    """The layer as a matrix product (im2col): windows are the rows of one matrix, output channels columns of another.

    Parameters, returns and errors are those of :func:`conv2d_loops`. The windows are copied one image at a time, so
    that they stay small: k_h · k_w · C_in numbers for each output position.

    References
    ----------
    K. Chellapilla, S. Puri, P. Simard, *High Performance Convolutional Neural Networks for Document Processing*, 2006.

    Examples
    --------
    >>> conv2d(np.ones((1, 4, 4, 1)), np.ones((3, 3, 1, 1)), padding="same")[0, :, :, 0]
    array([[4., 6., 6., 4.],
           [6., 9., 9., 6.],
           [6., 9., 9., 6.],
           [4., 6., 6., 4.]])
    """
    x, kernel = real_array("x", x, 4), real_array("kernel", kernel, 4)
    groups = _check_channels(x.shape[3], kernel.shape, groups)
    geometry = _geometry(x.shape[1:3], kernel.shape[:2], stride, padding, dilation)
    windows = _windows(_pad(x, geometry.padding), kernel.shape[:2], geometry)
    y = np.empty((len(x), *geometry.out, kernel.shape[3]))
    for inputs, outputs in _channel_groups(groups, x.shape[3], kernel.shape[3]):
        columns = kernel[..., outputs].reshape(-1, kernel.shape[3] // groups)
        for n in range(len(x)):
            rows = windows[n, ..., inputs].reshape(-1, len(columns))
            y[n, ..., outputs] = (rows @ columns).reshape(*geometry.out, -1)
    return y


def _windows(x, kernel_size, geometry):
    """View of the padded images with axes (N, H_out, W_out, k_h, k_w, C): the samples that each output meets."""
    (s_down, s_right), (d_down, d_right) = geometry.stride, geometry.dilation
    extent = tuple(d * (k - 1) + 1 for d, k in zip(geometry.dilation, kernel_size, strict=True))
    windows = sliding_window_view(x, extent, axis=(1, 2))[:, ::s_down, ::s_right, :, ::d_down, ::d_right]
    return windows.transpose(0, 1, 2, 4, 5, 3)


def conv2d_input_grad(dy, kernel, input_shape, *, stride=1, padding="valid", dilation=1, groups=1):
    """Gradient with respect to the input: dx = Aᵀ dy, if y = A x is the layer as a matrix.

    Every output hands its gradient back to the inputs it came from, with the same weights:

        dx[n, i s + u d, j s + v d, c] += Σ_o dy[n, i, j, o] · w[u, v, c, o].

    For stride 1 this is the full cross-correlation of dy with the kernel flipped on both axes.

    Parameters
    ----------
    dy : array, shape (N, H_out, W_out, C_out)
        Gradient of the loss with respect to the output.
    kernel : array, shape (k_h, k_w, C_in / groups, C_out)
    input_shape : (N, H, W, C_in)
        Needed because, with a stride, several input sizes give the same output size.
    stride, padding, dilation, groups
        Those of the forward pass.

    Returns
    -------
    ndarray of float64, shape input_shape

    Raises
    ------
    TypeError, ValueError
        As :func:`conv2d_loops`; also when dy has not the shape that input_shape and kernel imply.

    References
    ----------
    Goodfellow, Bengio & Courville 2016, equation 9.13.
    """
    dy, kernel = real_array("dy", dy, 4), real_array("kernel", kernel, 4)
    input_shape = _shape4("input_shape", input_shape)
    groups = _check_channels(input_shape[3], kernel.shape, groups)
    geometry = _geometry(input_shape[1:3], kernel.shape[:2], stride, padding, dilation)
    _check_output_shape("dy", dy, (input_shape[0], *geometry.out, kernel.shape[3]))
    dx = _pad(np.zeros(input_shape), geometry.padding)
    for inputs, outputs in _channel_groups(groups, input_shape[3], kernel.shape[3]):
        for u, v in np.ndindex(kernel.shape[:2]):
            rows, columns = geometry.window(u, v)
            dx[:, rows, columns, inputs] += dy[..., outputs] @ kernel[u, v, :, outputs].T
    return _crop(dx, geometry.padding)


def _check_output_shape(name, array, expected):
    if array.shape != expected:
        raise ValueError(f"{name} must have the shape of the layer's output, {expected}, got {array.shape}")


def conv2d_kernel_grad(x, dy, kernel_shape, *, stride=1, padding="valid", dilation=1, groups=1):
    """Gradient with respect to the kernel: each weight collects input times gradient over all places where it was used.

        dw[u, v, c, o] = Σ_n Σ_i Σ_j x[n, i s + u d, j s + v d, c] · dy[n, i, j, o]

    For stride 1 this is the valid cross-correlation of x with dy, one for each pair of channels, summed over the batch.

    Parameters
    ----------
    x : array, shape (N, H, W, C_in)
    dy : array, shape (N, H_out, W_out, C_out)
        Gradient of the loss with respect to the output.
    kernel_shape : (k_h, k_w, C_in / groups, C_out)
    stride, padding, dilation, groups
        Those of the forward pass.

    Returns
    -------
    ndarray of float64, shape kernel_shape

    Raises
    ------
    TypeError, ValueError
        As :func:`conv2d_input_grad`.

    References
    ----------
    Goodfellow, Bengio & Courville 2016, equation 9.11.
    """
    x, dy = real_array("x", x, 4), real_array("dy", dy, 4)
    kernel_shape = _shape4("kernel_shape", kernel_shape)
    groups = _check_channels(x.shape[3], kernel_shape, groups)
    geometry = _geometry(x.shape[1:3], kernel_shape[:2], stride, padding, dilation)
    _check_output_shape("dy", dy, (len(x), *geometry.out, kernel_shape[3]))
    x = _pad(x, geometry.padding)
    dw = np.zeros(kernel_shape)
    for inputs, outputs in _channel_groups(groups, x.shape[3], kernel_shape[3]):
        for u, v in np.ndindex(kernel_shape[:2]):
            rows, columns = geometry.window(u, v)
            dw[u, v, :, outputs] = np.tensordot(x[:, rows, columns, inputs], dy[..., outputs], axes=((0, 1, 2),) * 2)
    return dw


def _transpose_size(size, kernel_size, output_shape, stride, padding, dilation):
    """Return the output size of the transposed layer, checked: the layer must map it back to ``size``."""
    stride, dilation = pair("stride", stride, 1), pair("dilation", dilation, 1)
    axes = list(zip(size, kernel_size, stride, _padding_per_axis(padding), dilation, strict=True))
    if output_shape is None:
        return tuple(conv_transpose_output_size(n, k, s, p, 0, d) for n, k, s, p, d in axes)
    output_shape = pair("output_shape", output_shape, 1)
    for (n, k, s, p, d), wanted in zip(axes, output_shape, strict=True):
        same = isinstance(p, str) and p == "same"
        largest = conv_transpose_output_size(n, k, s, p, 0 if same else s - 1, d)
        if not largest - s < wanted <= largest:
            raise ValueError(
                f"output_shape must be from {max(largest - s + 1, 1)} to {largest} along an axis with {n} inputs "
                f"(these are the sizes that the convolution maps to {n}), got {wanted}"
            )
    return output_shape


def conv2d_transpose(y, kernel, output_shape=None, *, stride=1, padding="valid", dilation=1, groups=1):
    """Transposed convolution: the adjoint of :func:`conv2d`, not its inverse.

    If y = A x is the layer as a matrix, this computes Aᵀ y: the same map as :func:`conv2d_input_grad`, used forwards,
    to enlarge. It has A's shape reversed; A Aᵀ and Aᵀ A are not the identity.

    Parameters
    ----------
    y : array, shape (N, H, W, C_out)
        Input of the transposed layer: it has the channels that ``conv2d`` with this kernel puts out.
    kernel : array, shape (k_h, k_w, C_in / groups, C_out)
        As for :func:`conv2d`, so that its last axis meets the channels of y. Keras lays out its kernel alike.
    output_shape : (int, int), optional
        (H_out, W_out). With stride s there are s possible sizes along each axis. Left out: the smallest, or n·s with
        padding "same".
    stride, padding, dilation, groups
        Those of the convolution that is transposed.

    Returns
    -------
    ndarray of float64, shape (N, H_out, W_out, C_in)

    Raises
    ------
    TypeError, ValueError
        As :func:`conv2d_loops`; also for an output_shape that the convolution does not map to y's size.

    References
    ----------
    Dumoulin & Visin 2016, arXiv:1603.07285, chapter 4.

    Examples
    --------
    >>> y = np.array([[1.0, 10.0], [100.0, 1000.0]]).reshape(1, 2, 2, 1)
    >>> conv2d_transpose(y, np.ones((2, 2, 1, 1)))[0, :, :, 0]
    array([[1.000e+00, 1.100e+01, 1.000e+01],
           [1.010e+02, 1.111e+03, 1.010e+03],
           [1.000e+02, 1.100e+03, 1.000e+03]])
    """
    y, kernel = real_array("y", y, 4), real_array("kernel", kernel, 4)
    groups = _check_transpose_channels(y, kernel, groups)
    height, width = _transpose_size(y.shape[1:3], kernel.shape[:2], output_shape, stride, padding, dilation)
    shape = (len(y), height, width, kernel.shape[2] * groups)
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    return conv2d_input_grad(y, kernel, shape, **options)


def _check_transpose_channels(y, kernel, groups):
    groups = whole_number("groups", groups, 1)
    if y.shape[3] != kernel.shape[3]:
        raise ValueError(f"y must have {kernel.shape[3]} channels, the last axis of kernel, got {y.shape[3]}")
    if y.shape[3] % groups:
        raise ValueError(f"groups must divide the channels of y ({y.shape[3]}), got {groups}")
    return groups


def conv2d_transpose_loops(y, kernel, output_shape=None, *, stride=1, padding="valid", dilation=1, groups=1):
    """Transposed convolution by stamping, in loops: every entry of y adds its own multiple of the kernel to the output.

    Parameters, returns and errors are those of :func:`conv2d_transpose`.
    """
    y, kernel = real_array("y", y, 4), real_array("kernel", kernel, 4)
    groups = _check_transpose_channels(y, kernel, groups)
    k_height, k_width, c_kernel, c_out = kernel.shape
    size = _transpose_size(y.shape[1:3], (k_height, k_width), output_shape, stride, padding, dilation)
    geometry = _geometry(size, (k_height, k_width), stride, padding, dilation)
    (s_down, s_right), (d_down, d_right) = geometry.stride, geometry.dilation
    x = _pad(np.zeros((len(y), *size, c_kernel * groups)), geometry.padding)
    for n, i, j, o in np.ndindex(y.shape):
        first = o // (c_out // groups) * c_kernel
        for u, v, c in np.ndindex(k_height, k_width, c_kernel):
            x[n, i * s_down + u * d_down, j * s_right + v * d_right, first + c] += y[n, i, j, o] * kernel[u, v, c, o]
    return _crop(x, geometry.padding)


def depthwise_conv2d(x, kernel, *, stride=1, padding="valid", dilation=1):
    """Depthwise convolution: every channel has kernels of its own, and channels are not mixed.

    y[n, i, j, c M + m] = Σ_u Σ_v x[n, i s + u d, j s + v d, c] · w[u, v, c, m]. It is :func:`conv2d` with groups = C.

    Parameters
    ----------
    x : array, shape (N, H, W, C)
    kernel : array, shape (k_h, k_w, C, M)
        M kernels for each channel ("depth multiplier").
    stride, padding, dilation
        As at the top of this file.

    Returns
    -------
    ndarray of float64, shape (N, H_out, W_out, C · M)

    Raises
    ------
    TypeError, ValueError
        As :func:`conv2d_loops`.

    References
    ----------
    F. Chollet, *Xception: Deep Learning with Depthwise Separable Convolutions*, 2017, arXiv:1610.02357.
    """
    x, kernel = real_array("x", x, 4), real_array("kernel", kernel, 4)
    if x.shape[3] != kernel.shape[2]:
        raise ValueError(f"kernel must have one slice for each of the {x.shape[3]} channels of x, got {kernel.shape}")
    geometry = _geometry(x.shape[1:3], kernel.shape[:2], stride, padding, dilation)
    x = _pad(x, geometry.padding)
    y = np.zeros((len(x), *geometry.out, *kernel.shape[2:]))
    for u, v in np.ndindex(kernel.shape[:2]):
        rows, columns = geometry.window(u, v)
        y += x[:, rows, columns, :, None] * kernel[u, v]
    return y.reshape(len(x), *geometry.out, -1)
