"""The pieces that networks for images are put together from: a convolution with what follows it, halving, shaking.

Every function takes and gives Keras tensors, so a network reads as the sequence of its pieces. Images are (N, H, W, C).
"""

import math

import keras
from keras import layers, ops

from course_lib._validate import one_of, real_number, whole_numbers
from course_lib.models._arguments import channels_last

POOLING = ("max", "average", "stride")
NORMALIZATIONS = (None, "batch", "group", "layer")
ANY_SIZE = NORMALIZATIONS[:3]  # those of networks whose images have no fixed height and width


def conv_block(x, filters, *, kernel_size=3, stride=1, dilation=1, normalization=None, residual=False, name=None):
    """Convolution, then a normalization and a shortcut if wanted, then ReLU: ReLU(N(K * x + b) + x).

    Parameters
    ----------
    x : Keras tensor (N, H, W, C)
    filters : int
        Channels of the result.
    kernel_size : int
        Odd, so that the middle of the kernel is a pixel.
    stride : int
        1 keeps the size. 2 gives ⌊H/2⌋ × ⌊W/2⌋, the size that 2 × 2 pooling gives.
    dilation : int
        How many pixels lie from one tap of the kernel to the next; above 1 only with a stride of 1.
    normalization : {None, "batch", "group", "layer"}
        Whether and how the channels are normalized, see `normalize`. The convolution then has no bias: the
        normalization has one of its own, and "batch" would subtract another again.
    residual : bool
        Whether the block's input is added before the ReLU. New channels are added to zeros and a stride takes every
        stride-th pixel, so the shortcut has no parameters.
    name : str, optional
        Name of the convolution; those of its companions begin with it: ``"conv1"`` is followed by ``conv1_norm`` and
        ``conv1_relu``. Or a pattern: ``"down0_{}_a"`` makes ``down0_conv_a``, ``down0_norm_a``, ``down0_relu_a``.

    Returns
    -------
    Keras tensor (N, H', W', filters)

    Raises
    ------
    TypeError, ValueError
        For numbers that are not whole, a kernel size that is even, another stride or normalization, or a shortcut to
        fewer channels than there are.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun, *Deep residual learning for image recognition*, CVPR 2016, arXiv:1512.03385:
    equation 1, and option A of section 3.3 for the shortcut. S. Ioffe, C. Szegedy, *Batch normalization*, ICML 2015,
    arXiv:1502.03167.
    """
    channels_last()
    filters, kernel_size, dilation = whole_numbers(1, filters=filters, kernel_size=kernel_size, dilation=dilation)
    (stride,) = whole_numbers(0, stride=stride)
    if kernel_size % 2 == 0:
        raise ValueError(f"kernel_size must be odd, got {kernel_size}")
    if stride not in (1, 2) or stride > kernel_size:
        raise ValueError(f"stride must be 1, or 2 with a kernel of at least 3, got {stride} with {kernel_size}")
    if stride > 1 and dilation > 1:
        raise ValueError(f"dilation must be 1 with a stride of {stride}, got {dilation}")
    options = {"use_bias": normalization is None, "kernel_initializer": "he_normal", "name": _named(name, "conv")}
    if stride == 1:
        y = layers.Conv2D(filters, kernel_size, padding="same", dilation_rate=dilation, **options)(x)
    else:
        sides = (kernel_size // 2, kernel_size // 2 - 1)  # one less behind: ⌊n/2⌋ outputs, centred on 0, 2, 4, ...
        y = layers.ZeroPadding2D((sides, sides), name=_named(name, "pad"))(x)
        y = layers.Conv2D(filters, kernel_size, strides=stride, **options)(y)
    y = normalize(y, normalization, name=_named(name, "norm"))
    if residual:
        y = layers.Add(name=_named(name, "add"))([y, _shortcut(x, filters, stride, y.shape[1:3])])
    return layers.ReLU(name=_named(name, "relu"))(y)


def normalize(x, normalization, name=None):
    """Give numbers mean 0 and variance 1, then scale and shift them by amounts that are learned.

    Parameters
    ----------
    x : Keras tensor (N, H, W, C)
    normalization : {None, "batch", "group", "layer"}
        "batch": each channel over all images of the batch, and in prediction by averages that training has kept, with
        a short memory, since a training of a chapter has hundreds of steps, not thousands. "group": up to 8 groups of
        channels, over the pixels of each image by itself. "layer": all pixels and channels of each image, where every
        place has a scale of its own; height and width must be fixed. None: ``x`` as it is.
    name : str, optional

    Returns
    -------
    Keras tensor (N, H, W, C)

    Raises
    ------
    ValueError
        For another ``normalization``, or "layer" where height and width are not fixed.

    References
    ----------
    S. Ioffe, C. Szegedy, *Batch normalization*, ICML 2015, arXiv:1502.03167. Y. Wu, K. He, *Group normalization*, ECCV
    2018, arXiv:1803.08494. J. L. Ba, J. R. Kiros, G. E. Hinton, *Layer normalization*, 2016, arXiv:1607.06450.
    """
    one_of("normalization", normalization, NORMALIZATIONS if None not in x.shape[1:3] else ANY_SIZE)
    if normalization == "batch":
        return layers.BatchNormalization(momentum=0.9, name=name)(x)
    if normalization == "group":
        channels = x.shape[-1]
        groups = max(n for n in range(1, min(8, channels) + 1) if channels % n == 0)
        return layers.GroupNormalization(groups, name=name)(x)
    if normalization == "layer":
        return layers.LayerNormalization(axis=(1, 2, 3), name=name)(x)
    return x


def halve(x, pooling="max", name=None):
    """Halve height and width by the largest or the mean of each 2 × 2 square; an odd last row or column is dropped.

    Parameters
    ----------
    x : Keras tensor (N, H, W, C)
    pooling : {"max", "average"}
    name : str, optional

    Returns
    -------
    Keras tensor (N, ⌊H/2⌋, ⌊W/2⌋, C)

    Raises
    ------
    ValueError
        For another ``pooling``.
    """
    channels_last()
    one_of("pooling", pooling, ("max", "average"))
    layer = layers.MaxPooling2D if pooling == "max" else layers.AveragePooling2D
    return layer(2, name=name)(x)


@keras.saving.register_keras_serializable("course_lib")
class RandomAffine(layers.Layer):
    """In training, shift, turn and scale every image by random amounts, all in one bilinear interpolation.

    Zeros come in from outside. The amounts are drawn evenly and independently for each image; only ``training=True``
    (as in ``fit``) changes anything.

    Parameters
    ----------
    shift : float
        Largest shift along each axis, in pixels.
    rotation : float
        Largest turn either way, in degrees.
    zoom : float
        Largest relative change of size: .1 draws factors from .9 to 1.1.
    seed : int, optional
        Of this layer's random numbers; by default drawn from Keras's.
    """

    def __init__(self, shift=2.0, rotation=10.0, zoom=0.1, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.shift, self.rotation = real_number("shift", shift, 0), real_number("rotation", rotation, 0)
        self.zoom, self.seed = real_number("zoom", zoom, 0, below=1), seed
        self.random = keras.random.SeedGenerator(seed)

    def call(self, images, training=False):
        """Change images (N, H, W, C) in training; else give them back."""
        if not training:
            return images
        n, amounts = ops.shape(images)[0], []
        for limit in (self.shift, self.shift, math.radians(self.rotation), self.zoom):
            amounts.append(keras.random.uniform((n,), -limit, limit, dtype="float32", seed=self.random))
        # places in full precision: float16 knows no half pixels beyond 1,024
        wide = "float64" if self.compute_dtype == "float64" else "float32"
        dx, dy, angle, zoom = (ops.cast(amount, wide) for amount in amounts)
        return ops.cast(affine_images(ops.cast(images, wide), dx, dy, angle, 1 + zoom), self.compute_dtype)

    def get_config(self):
        """Give the arguments from which the layer is made again."""
        own = {"shift": self.shift, "rotation": self.rotation, "zoom": self.zoom, "seed": self.seed}
        return {**super().get_config(), **own}


def affine_images(images, dx, dy, angle, scale):
    """Scale and turn images about their middles, then shift them; bilinear, with zeros from outside.

    Parameters
    ----------
    images : tensor (N, H, W, C)
    dx, dy : tensors (N,)
        Shift to the right and down, in pixels.
    angle : tensor (N,)
        Radians; positive turns clockwise as seen on the screen, where y points down.
    scale : tensor (N,)
        Above 1 enlarges.

    Returns
    -------
    tensor (N, H, W, C)

    Notes
    -----
    As chapter 01 does: each pixel of the result asks where it comes from, so the inverse map is what is computed:
    p_in = R(−angle) (p_out − c − d) / scale + c, for p = (x, y) and the middle c.

    Keras's own map, which is fast. `course_lib.training.augmentation` moves masks as well, leaves a damaged pixel alone
    and mirrors images at their border: it reads every pixel by itself, which takes three times as long.
    """
    height, width = images.shape[1:3]
    cx, cy = (width - 1) / 2, (height - 1) / 2
    a, b = ops.cos(angle) / scale, ops.sin(angle) / scale
    zero = ops.zeros_like(a)
    x0 = cx - a * (cx + dx) - b * (cy + dy)
    y0 = cy + b * (cx + dx) - a * (cy + dy)
    rows = ops.stack([a, b, x0, -b, a, y0, zero, zero], axis=1)
    return ops.image.affine_transform(images, rows, interpolation="bilinear", fill_mode="constant", fill_value=0.0)


def _shortcut(x, filters, stride, size):
    extra = filters - x.shape[-1]
    if extra < 0:
        raise ValueError(f"a shortcut needs at least the {x.shape[-1]} channels that come in, got filters={filters}")
    if stride > 1:
        x = x[:, ::stride, ::stride][:, : size[0], : size[1]]  # ⌊n/2⌋ of the ⌈n/2⌉
    return ops.pad(x, ((0, 0), (0, 0), (0, 0), (0, extra))) if extra else x


def _named(name, part):
    if name is None or "{}" in name:
        return name and name.format(part)
    return name if part == "conv" else f"{name}_{part}"
