"""Seeing far without halving: taps of a kernel that lie apart (dilation), one after another or side by side.

A dilated convolution is also called *atrous*, with holes. F. Yu, V. Koltun: Multi-scale context aggregation by dilated
convolutions, ICLR 2016, arXiv:1511.07122. L.-C. Chen et al.: Rethinking atrous convolution for semantic image
segmentation, 2017, arXiv:1706.05587, and Encoder-decoder with atrous separable convolution, ECCV 2018,
arXiv:1802.02611: atrous spatial pyramid pooling (ASPP), and the decoder behind it.
"""

from keras import Input, layers, ops

from course_lib._validate import one_of, sides, whole_numbers
from course_lib.models._arguments import channels_last
from course_lib.models.layers import ANY_SIZE, conv_block, halve
from course_lib.models.network import ImageNetwork
from course_lib.models.sizes import CropLike, DoubleBilinear, PadToMultiple
from course_lib.models.unet import block


def dilated_network(classes, width=16, rates=(1, 2, 4, 8), normalization="batch", channels=1):
    """Build a network that halves the image once, and then sees far by dilation: one convolution after another.

    A convolution of 3 × 3 with the rate r sees r pixels to each side. Behind one another they add up: rates of 1, 2, 4
    and 8 see 15 pixels of the halved image to each side, with 9 weights each for a pair of channels.

    Parameters
    ----------
    classes : int, at least 1
        1 for foreground against background, else the number of classes with the background.
    width : int, at least 1
        Channels of the first convolution; behind the halving there are twice as many.
    rates : sequence of int, at least 1
        How many pixels lie from tap to tap, convolution by convolution. Doubling them leaves no gaps; with (2, 2, 2) a
        pixel would see only every second one (*gridding*).
    normalization : {None, "batch", "group"}
        After every convolution.
    channels : int, at least 1
        Of the images.

    Returns
    -------
    keras.Model
        From images (N, H, W, channels), any H and W, to logits (N, H, W, classes).

    Raises
    ------
    TypeError, ValueError
        An argument is no whole number or out of its range; the message names it. Or Keras is set to channels first.

    Examples
    --------
    >>> dilated_network(6, channels=3).count_params()
    33462
    """
    channels_last()
    classes, width, channels = whole_numbers(1, classes=classes, width=width, channels=channels)
    rates = sides("rates", rates)
    one_of("normalization", normalization, ANY_SIZE)
    images = Input((None, None, channels), name="image")
    x = PadToMultiple(2, name="pad")(images)
    x = halve(conv_block(x, width, normalization=normalization, name="first"), name="halve")
    for place, rate in enumerate(rates):
        x = conv_block(x, 2 * width, dilation=rate, normalization=normalization, name=f"wide{place}")
    logits = layers.Conv2D(classes, 1, name="logits")(x)
    logits = DoubleBilinear(name="double")(logits)
    return ImageNetwork(images, CropLike(name="crop")(logits, images), name="dilated_network")


def deeplab(classes, width=12, rates=(2, 4, 6), normalization="batch", channels=1):
    """Build a small network like DeepLab: blocks that halve twice, a pyramid of rates, and a decoder with one bridge.

    The pyramid looks at a quarter of the size, at several distances at once. Its result is doubled and laid beside the
    finer map of the block before, so that outlines are where they were; the logits are doubled once more.

    Parameters
    ----------
    classes : int, at least 1
        1 for foreground against background, else the number of classes with the background.
    width : int, at least 1
        Channels of the first convolution; each halving doubles them.
    rates : sequence of int, at least 1
        Of the pyramid's 3 × 3 convolutions, in pixels of the map that is a quarter as high and wide. The paper has 6,
        12, 18 for images of 513 pixels. A rate as large as the map leaves only the middle tap: then it is a 1 × 1
        convolution.
    normalization : {None, "batch", "group"}
        After every convolution but that of the mean over the image.
    channels : int, at least 1
        Of the images.

    Returns
    -------
    keras.Model
        From images (N, H, W, channels), any H and W, to logits (N, H, W, classes). Inside they are padded to a multiple
        of 4. Every logit depends on the whole image, by its mean: a tile cut out of an image is answered differently.

    Raises
    ------
    TypeError, ValueError
        An argument is no whole number or out of its range; the message names it. Or Keras is set to channels first.
    """
    channels_last()
    classes, width, channels = whole_numbers(1, classes=classes, width=width, channels=channels)
    one_of("normalization", normalization, ANY_SIZE)
    images = Input((None, None, channels), name="image")
    x = conv_block(PadToMultiple(4, name="pad")(images), width, normalization=normalization, name="first")
    x = fine = block(halve(x, name="halve0"), 2 * width, normalization, "fine")
    x = block(halve(x, name="halve1"), 4 * width, normalization, "coarse")
    x = pyramid(x, 32, rates, normalization, "pyramid")
    x = layers.Concatenate(name="bridge")([fine, DoubleBilinear(name="double0")(x)])
    x = conv_block(x, 2 * width, normalization=normalization, name="mend")
    logits = layers.Conv2D(classes, 1, name="logits")(x)
    logits = DoubleBilinear(name="double1")(logits)
    return ImageNetwork(images, CropLike(name="crop")(logits, images), name="deeplab")


def pyramid(x, filters, rates, normalization="batch", name="pyramid"):
    """Look at several distances at once: atrous spatial pyramid pooling.

    A 1 × 1 convolution, a 3 × 3 one for every rate, and the mean over the whole image stand side by side; a 1 × 1
    convolution mixes them.

    Parameters
    ----------
    x : Keras tensor (N, H, W, C)
    filters : int, at least 1
        Channels of each branch and of the result.
    rates : sequence of int, at least 1
        How many pixels lie from tap to tap of each 3 × 3 kernel.
    normalization : {None, "batch", "group"}
        After every convolution but that of the mean: there a batch has one number an image and channel, too few for a
        mean and a variance of a small batch.
    name : str
        With which the names of the layers begin.

    Returns
    -------
    Keras tensor (N, H, W, filters)

    Raises
    ------
    TypeError, ValueError
        A number is no whole number or out of its range, or the normalization has another name.
    """
    options = {"normalization": normalization}
    branches = [conv_block(x, filters, kernel_size=1, name=f"{name}_here", **options)]
    for place, rate in enumerate(sides("rates", rates)):
        branches.append(conv_block(x, filters, dilation=rate, name=f"{name}_far{place}", **options))
    mean = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_mean")(x)
    mean = conv_block(mean, filters, kernel_size=1, name=f"{name}_whole")
    branches.append(ops.zeros_like(branches[0]) + mean)  # the same at every pixel
    x = layers.Concatenate(name=f"{name}_branches")(branches)
    return conv_block(x, filters, kernel_size=1, name=f"{name}_mix", **options)
