"""The arithmetic of convolutions along one axis: sizes, padding, parameters, cost, receptive field, overlap.

Nothing here touches pixels. ``n`` is a size in samples, ``k`` the kernel size, ``s`` the stride, ``d`` the dilation and
``p`` the padding; two-dimensional layers use the formulas once for the height and once for the width.

References
----------
V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*, 2016, arXiv:1603.07285.
"""

import math

import numpy as np

from course_lib._validate import whole_number


def padding_pair(padding, n, kernel_size, stride=1, dilation=1):
    """Zeros (before, after) that ``padding`` means for an axis of n samples; the names are explained below."""
    if isinstance(padding, str) and padding not in ("same", "valid"):
        raise ValueError(f'padding must be "same", "valid", a whole number or a pair (before, after), got {padding!r}')
    if isinstance(padding, str):
        return same_padding(n, kernel_size, stride, dilation) if padding == "same" else (0, 0)
    sides = (padding, padding) if np.ndim(padding) == 0 else tuple(padding)
    if len(sides) != 2:
        raise ValueError(f"padding must be a whole number or a pair (before, after), got {padding!r}")
    return tuple(whole_number("padding", side, 0) for side in sides)


def _extent(kernel_size, dilation):
    """Samples from the first to the last tap of a dilated kernel: d (k - 1) + 1."""
    kernel_size = whole_number("kernel_size", kernel_size, 1)
    dilation = whole_number("dilation", dilation, 1)
    return dilation * (kernel_size - 1) + 1


def same_padding(n, kernel_size, stride=1, dilation=1):
    """Zeros that padding "same" adds on each side, by TensorFlow's rule.

    The total is the least that makes the output ⌈n/s⌉ long: max((⌈n/s⌉ − 1) s + d (k − 1) + 1 − n, 0). An odd total
    puts the extra zero *after* the data (at the bottom, at the right). With stride 2 this differs from the symmetric
    padding of PyTorch's ``padding=k//2``, which shifts the sampling grid.

    Parameters
    ----------
    n, kernel_size, stride, dilation : int
        Input size and kernel, each at least 1.

    Returns
    -------
    (int, int)
        Zeros before and after.

    Raises
    ------
    TypeError, ValueError
        For an argument that is not a whole number, or below 1.

    References
    ----------
    TensorFlow, ``tf.nn``, "Notes on padding".

    Examples
    --------
    >>> same_padding(5, kernel_size=3), same_padding(6, kernel_size=3, stride=2)
    ((1, 1), (0, 1))
    """
    n = whole_number("n", n, 1)
    stride = whole_number("stride", stride, 1)
    out = -(-n // stride)
    total = max((out - 1) * stride + _extent(kernel_size, dilation) - n, 0)
    return total // 2, total - total // 2


def conv_output_size(n, kernel_size, stride=1, padding=0, dilation=1):
    """Number of outputs of a convolution: ⌊(n + p − d (k − 1) − 1) / s⌋ + 1, with p the padding of both sides together.

    Parameters
    ----------
    n : int
        Input size, at least 1.
    kernel_size, stride, dilation : int
        Each at least 1.
    padding : int, (int, int), "same" or "valid"
        An int pads both sides, so p = 2·padding; a pair is (before, after); "valid" is 0; "same" gives ⌈n/s⌉,
        whatever the kernel.

    Returns
    -------
    int
        At least 1.

    Raises
    ------
    TypeError
        For a size that is not a whole number.
    ValueError
        For a size below 1, a negative padding, or a (dilated) kernel longer than the padded input.

    References
    ----------
    Dumoulin & Visin 2016, arXiv:1603.07285, relationships 6 and 15 (dilation).

    Examples
    --------
    >>> conv_output_size(5, 3), conv_output_size(5, 3, stride=2, padding=1), conv_output_size(6, 3, 2, "same")
    (3, 3, 3)
    """
    n = whole_number("n", n, 1)
    stride = whole_number("stride", stride, 1)
    extent = _extent(kernel_size, dilation)
    before, after = padding_pair(padding, n, kernel_size, stride, dilation)
    room = n + before + after - extent
    if room < 0:
        raise ValueError(
            f"the kernel spans {extent} samples (kernel_size {kernel_size}, dilation {dilation}), "
            f"but the padded input has only {n + before + after}"
        )
    return room // stride + 1


def conv_transpose_output_size(n, kernel_size, stride=1, padding=0, output_padding=0, dilation=1):
    """Number of outputs of a transposed convolution: (n − 1) s + d (k − 1) + 1 − p + output_padding.

    A strided convolution maps s different input sizes to one output size. Its transpose must choose among them:
    ``output_padding`` from 0 to s − 1 counts up from the smallest.

    Parameters
    ----------
    n : int
        Size of the input of the transposed convolution, at least 1.
    kernel_size, stride, dilation : int
        Of the convolution that is transposed, each at least 1.
    padding : int, (int, int), "same" or "valid"
        Of the convolution that is transposed: it is cut *off* here. "same" gives n·s, the largest of the s sizes.
    output_padding : int
        0 ≤ output_padding < stride; must be 0 with "same".

    Returns
    -------
    int
        At least 1.

    Raises
    ------
    TypeError, ValueError
        As :func:`conv_output_size`; also for an output_padding out of range and a result below 1.

    References
    ----------
    Dumoulin & Visin 2016, arXiv:1603.07285, relationships 13 and 14.

    Examples
    --------
    >>> [conv_transpose_output_size(2, 3, stride=2, padding=1, output_padding=extra) for extra in (0, 1)]
    [3, 4]
    """
    n = whole_number("n", n, 1)
    stride = whole_number("stride", stride, 1)
    extra = whole_number("output_padding", output_padding, 0)
    extent = _extent(kernel_size, dilation)
    if isinstance(padding, str) and padding == "same":
        if extra:
            raise ValueError(f'output_padding must be 0 with padding "same", got {extra}')
        return n * stride
    if extra >= stride:
        raise ValueError(f"output_padding must be below the stride ({stride}), got {extra}")
    before, after = padding_pair(padding, n, kernel_size)
    size = (n - 1) * stride + extent - before - after + extra
    if size < 1:
        raise ValueError(f"padding {padding!r} cuts off the whole output: its size would be {size}")
    return size


def _taps(kernel_size):
    """Entries of one kernel slice: an int k means a k × k kernel, a sequence gives the size along each axis."""
    sizes = (kernel_size,) * 2 if np.ndim(kernel_size) == 0 else tuple(kernel_size)
    return math.prod(whole_number("kernel_size", size, 1) for size in sizes)


def _check_groups(c_in, c_out, groups):
    c_in, c_out = whole_number("c_in", c_in, 1), whole_number("c_out", c_out, 1)
    groups = whole_number("groups", groups, 1)
    if c_in % groups or c_out % groups:
        raise ValueError(f"groups must divide c_in ({c_in}) and c_out ({c_out}), got {groups}")
    return c_in, c_out, groups


def conv_parameters(kernel_size, c_in, c_out, bias=True, groups=1):
    """Number of trainable numbers of a convolution layer: k² · (C_in / groups) · C_out, plus C_out biases.

    Parameters
    ----------
    kernel_size : int or sequence of int
        k for a k × k kernel, or the size along each axis, such as (1, 3) or (5,).
    c_in, c_out : int
        Channels in and out, each at least 1.
    bias : bool
        Whether each output channel has a bias.
    groups : int
        Must divide c_in and c_out; groups = c_in is a depthwise convolution.

    Returns
    -------
    int

    Raises
    ------
    TypeError, ValueError
        For an argument that is not a whole number, below 1, or groups that do not divide the channels.

    References
    ----------
    Goodfellow, Bengio & Courville, *Deep Learning*, 2016, section 9.5.

    Examples
    --------
    >>> conv_parameters(3, c_in=3, c_out=16)
    448
    """
    c_in, c_out, groups = _check_groups(c_in, c_out, groups)
    return _taps(kernel_size) * (c_in // groups) * c_out + (c_out if bias else 0)


def conv_flops(output_size, kernel_size, c_in, c_out, groups=1):
    """Multiply-adds of a convolution layer for one image: H_out · W_out · k² · (C_in / groups) · C_out.

    One multiply-add is two floating-point operations; the bias is left out.

    Parameters
    ----------
    output_size : int or sequence of int
        Size of the *output*: n for n × n, or (H_out, W_out).
    kernel_size, c_in, c_out, groups
        As in :func:`conv_parameters`.

    Returns
    -------
    int

    Raises
    ------
    TypeError, ValueError
        As :func:`conv_parameters`.

    Examples
    --------
    >>> conv_flops((32, 32), 3, c_in=3, c_out=16)
    442368
    """
    sizes = (output_size,) * 2 if np.ndim(output_size) == 0 else tuple(output_size)
    positions = math.prod(whole_number("output_size", size, 1) for size in sizes)
    return positions * conv_parameters(kernel_size, c_in, c_out, bias=False, groups=groups)


def receptive_field(layers):
    """Receptive field and jump after every layer of a chain of convolutions or poolings.

    r_l = r_{l−1} + d_l (k_l − 1) · j_{l−1} and j_l = j_{l−1} · s_l, from r_0 = j_0 = 1. The receptive field r is how
    many input samples one output can see; the jump j is how far apart, in input samples, two neighbours look.

    Parameters
    ----------
    layers : sequence of (kernel_size, stride) or (kernel_size, stride, dilation)
        From the input upwards; whole numbers, each at least 1.

    Returns
    -------
    list of (int, int)
        (r_l, j_l) for each layer; empty for no layers.

    Raises
    ------
    TypeError, ValueError
        For a layer of another form.

    References
    ----------
    A. Araujo, W. Norris, J. Sim, *Computing Receptive Fields of Convolutional Neural Networks*, Distill 2019,
    doi:10.23915/distill.00021, equation 2 (there for d = 1).

    Examples
    --------
    >>> receptive_field([(3, 1, 1), (3, 2, 1), (3, 1, 2)])
    [(3, 1), (5, 2), (13, 2)]
    """
    field, jump, result = 1, 1, []
    for layer in layers:
        if np.ndim(layer) != 1 or len(layer) not in (2, 3):
            raise ValueError(f"a layer must be (kernel_size, stride) or (kernel_size, stride, dilation), got {layer!r}")
        kernel_size, stride, dilation = (*layer, 1)[:3]
        field += (_extent(kernel_size, dilation) - 1) * jump
        jump *= whole_number("stride", stride, 1)
        result.append((field, jump))
    return result


def overlap_counts(n, kernel_size, stride):
    """How many kernel taps reach each output of a transposed convolution: the cause of the checkerboard.

    Every one of the n inputs stamps a kernel of ones, s samples after the one before. Away from the ends the counts
    are all equal exactly when the stride divides the kernel size.

    Parameters
    ----------
    n, kernel_size, stride : int
        Each at least 1.

    Returns
    -------
    ndarray of int, shape ((n − 1) s + k,)

    Raises
    ------
    TypeError, ValueError
        For an argument that is not a whole number, or below 1.

    References
    ----------
    A. Odena, V. Dumoulin, C. Olah, *Deconvolution and Checkerboard Artifacts*, Distill 2016,
    doi:10.23915/distill.00003.

    Examples
    --------
    >>> overlap_counts(4, kernel_size=3, stride=2)
    array([1, 1, 2, 1, 2, 1, 2, 1, 1])
    """
    n, stride = whole_number("n", n, 1), whole_number("stride", stride, 1)
    kernel_size = whole_number("kernel_size", kernel_size, 1)
    counts = np.zeros(conv_transpose_output_size(n, kernel_size, stride), dtype=int)
    for i in range(n):
        counts[i * stride : i * stride + kernel_size] += 1
    return counts
