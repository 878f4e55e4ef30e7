"""Fully convolutional networks: a classifier's scores on a coarse grid, enlarged, and mended with finer ones.

J. Long, E. Shelhamer, T. Darrell: Fully convolutional networks for semantic segmentation, CVPR 2015,
doi:10.1109/CVPR.2015.7298965.
"""

import keras
import numpy as np
from keras import Input, layers

from course_lib._validate import one_of, whole_numbers
from course_lib.models._arguments import channels_last
from course_lib.models.layers import ANY_SIZE, halve
from course_lib.models.network import ImageNetwork
from course_lib.models.sizes import CropLike, PadToMultiple
from course_lib.models.unet import block


def fcn(classes, stride=8, width=8, depth=5, normalization="batch", channels=1):
    """Build an FCN that gives a logit for every class at every pixel.

    A classifier of ``depth`` halvings scores the classes by 1x1 convolutions on its coarsest grid. As long as the grid
    is coarser than ``stride``, the scores are doubled and the scores of the next finer layer are added. What is left
    is enlarged at one stroke. With depth 5: stride 32, 16, 8 are the paper's FCN-32s, FCN-16s, FCN-8s in small. With
    stride 2**depth there is no bridge; every halving of the stride adds one.

    Parameters
    ----------
    classes : int, at least 1
        1 for foreground against background.
    stride : int
        1, 2, 4, ... 2**depth: the finest grid on which scores are made.
    width : int, at least 1
        Channels of the first block; each halving doubles them.
    depth : int, at least 1
    normalization : {None, "batch", "group"}
        After every 3x3 convolution. "group" does not depend on the other images of the batch.
    channels : int, at least 1
        Of the images.

    Returns
    -------
    keras.Model
        From images (N, H, W, channels), any H and W, to logits (N, H, W, classes).

    Raises
    ------
    TypeError, ValueError
        ``stride`` is no power of 2 between 1 and 2**depth, another number is out of its range, or Keras is set to
        channels first.
    """
    channels_last()
    classes, width, depth, channels = whole_numbers(1, classes=classes, width=width, depth=depth, channels=channels)
    (stride,) = whole_numbers(1, stride=stride)
    one_of("normalization", normalization, ANY_SIZE)
    if stride not in [2**level for level in range(depth + 1)]:
        raise ValueError(f"stride must be 1, 2, 4, ... or 2**depth = {2**depth}, got {stride!r}")
    images = Input((None, None, channels), name="image")
    x = PadToMultiple(2**depth, name="pad")(images)
    steps = []
    for level in range(depth):
        x = block(x, width * 2**level, normalization, f"down{level}")
        steps.append(x)
        x = halve(x, name=f"down{level}_halve")
    x = block(x, width * 2**depth, normalization, "bottom")
    scores, grid = layers.Conv2D(classes, 1, name="score_bottom")(x), 2**depth
    for level in reversed(range(depth)):
        if grid > stride:
            finer = layers.Conv2D(classes, 1, name=f"score{level}")(steps[level])
            scores = layers.Add(name=f"add{level}")([enlarge(scores, classes, 2, f"double{level}"), finer])
            grid //= 2
    if grid > 1:
        scores = enlarge(scores, classes, grid, "enlarge")
    return ImageNetwork(images, CropLike(name="crop")(scores, images), name=f"fcn{stride}")


def enlarge(scores, classes, factor, name):
    """Enlarge by a transposed convolution that begins as bilinear interpolation of each class, and may learn."""
    return layers.Conv2DTranspose(
        classes, 2 * factor - factor % 2, strides=factor, padding="same", use_bias=False,
        kernel_initializer=BilinearKernel(), name=name,
    )(scores)  # fmt: skip


def bilinear_kernel(factor):
    """The kernel with which a transposed convolution of stride ``factor`` interpolates linearly.

    A triangle: k[i] = 1 - |i - c| / factor, with c the middle of 2 * factor - factor % 2 taps. The taps that meet in
    one output sum to 1.

    Parameters
    ----------
    factor : int, at least 1

    Returns
    -------
    (2 * factor - factor % 2,), float64
        One axis; the kernel for images is the outer product with itself.
    """
    (factor,) = whole_numbers(1, factor=factor)
    taps = 2 * factor - factor % 2
    return 1 - np.abs(np.arange(taps) - (taps - 1) / 2) / factor


@keras.saving.register_keras_serializable("course_lib")
class BilinearKernel(keras.initializers.Initializer):
    """Start a transposed convolution (k, k, C, C) as bilinear interpolation of every channel by itself."""

    def __call__(self, shape, dtype=None):
        taps, _, c_out, c_in = shape
        factor = (taps + 1) // 2
        kernel = np.zeros(shape)
        for c in range(min(c_in, c_out)):
            kernel[:, :, c, c] = np.outer(bilinear_kernel(factor), bilinear_kernel(factor))
        return keras.ops.convert_to_tensor(kernel, dtype=dtype or "float32")
