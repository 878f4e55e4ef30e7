"""The U-Net: down a stair of blocks, up again, and a bridge from each step down to the step up beside it.

O. Ronneberger, P. Fischer, T. Brox: U-Net: convolutional networks for biomedical image segmentation, MICCAI 2015,
doi:10.1007/978-3-319-24574-4_28. As usual today, convolutions keep the size ("same"; the paper's do not), and
each is followed by a normalization.
"""

from keras import Input, layers

from course_lib._validate import one_of, whole_numbers
from course_lib.models._arguments import channels_last
from course_lib.models.layers import ANY_SIZE, conv_block, halve
from course_lib.models.network import ImageNetwork
from course_lib.models.sizes import CropLike, DoubleBilinear, PadToMultiple

UPSAMPLING = ("transposed", "bilinear", "nearest")


def unet(classes, width=8, depth=3, skips=True, upsampling="transposed", normalization="batch", channels=1):
    """Build a U-Net that gives a logit for every class at every pixel.

    Parameters
    ----------
    classes : int, at least 1
        1 for foreground against background (read its logit through a sigmoid), else the number of classes with the
        background.
    width : int, at least 1
        Channels of the first block; each step down doubles them. The paper has 64.
    depth : int, at least 0
        Steps down. The paper has 4.
    skips : bool or int
        Whether a step up sees what the step down beside it saw. A number builds only that many bridges, from the lowest
        upwards, as FCN-32, -16, -8 do; True is ``depth``.
    upsampling : {"transposed", "bilinear", "nearest"}
        How a step up doubles the size. "transposed": a 2x2 transposed convolution of stride 2, as in the paper. The
        others enlarge by a fixed rule, then a 3x3 convolution halves the channels.
    normalization : {None, "batch", "group"}
        After every 3x3 convolution of a block. "group" does not depend on the other images of the batch.
    channels : int, at least 1
        Of the images.

    Returns
    -------
    keras.Model
        From images (N, H, W, channels) to logits (N, H, W, classes), for any H and W: inside they are padded to a
        multiple of 2**depth.

    Raises
    ------
    TypeError, ValueError
        An argument is no whole number or out of its range; the message names it. Or Keras is set to channels first.
    """
    channels_last()
    classes, width, channels = whole_numbers(1, classes=classes, width=width, channels=channels)
    (depth,) = whole_numbers(0, depth=depth)
    one_of("upsampling", upsampling, UPSAMPLING)
    one_of("normalization", normalization, ANY_SIZE)
    bridges = depth * skips if isinstance(skips, bool) else whole_numbers(0, skips=skips)[0]
    if bridges > depth:
        raise ValueError(f"skips must be at most the depth, {depth}, got {skips}")

    images = Input((None, None, channels), name="image")
    x = PadToMultiple(2**depth, name="pad")(images)
    steps = []
    for level in range(depth):  # down: look, remember, halve
        x = block(x, width * 2**level, normalization, f"down{level}")
        steps.append(x)
        x = halve(x, name=f"down{level}_halve")
    x = block(x, width * 2**depth, normalization, "bottom")
    for level in reversed(range(depth)):  # up: double, compare with what was seen on the way down, look again
        x = double(x, width * 2**level, upsampling, f"up{level}_double")
        if level >= depth - bridges:
            x = layers.Concatenate(name=f"up{level}_bridge")([steps[level], x])
        x = block(x, width * 2**level, normalization, f"up{level}")
    logits = layers.Conv2D(classes, 1, name="logits")(x)
    return ImageNetwork(images, CropLike(name="crop")(logits, images), name="unet")


def block(x, filters, normalization, name):
    """Twice a 3x3 convolution, a normalization and a ReLU: (N, H, W, C) -> (N, H, W, filters)."""
    for which in "ab":
        x = conv_block(x, filters, normalization=normalization, name=f"{name}_{{}}_{which}")
    return x


def double(x, filters, upsampling, name):
    """Twice as high and wide, with ``filters`` channels: (N, H, W, C) -> (N, 2H, 2W, filters)."""
    if upsampling == "transposed":
        return layers.Conv2DTranspose(filters, 2, strides=2, kernel_initializer="he_normal", name=name)(x)
    x = DoubleBilinear(name=name)(x) if upsampling == "bilinear" else layers.UpSampling2D(2, name=name)(x)
    return layers.Conv2D(filters, 3, padding="same", kernel_initializer="he_normal", name=f"{name}_conv")(x)


def unet_reach(depth=3, upsampling="transposed"):
    """Say how far a U-Net sees: the largest distance, along an axis, of an input pixel that can change an output.

    The intervals of pixels that one output depends on are followed backwards, from the last block to the image, for
    every place that the output can have in a square of 2**depth pixels.

    Parameters
    ----------
    depth : int, at least 0
        Steps down.
    upsampling : {"transposed", "bilinear", "nearest"}
        How a step up doubles the size.

    Returns
    -------
    int
        Pixels.
    """
    (depth,) = whole_numbers(0, depth=depth)
    one_of("upsampling", upsampling, UPSAMPLING)
    reach = 0
    for pixel in range(2**depth):
        first = last = pixel
        for _ in range(depth):
            first, last = first - 2, last + 2  # the two convolutions of a block on the way up
            if upsampling != "transposed":
                first, last = first - 1, last + 1
            if upsampling == "bilinear":  # output i lies between two inputs
                first, last = (first - 1) // 2, (last + 1) // 2
            else:
                first, last = first // 2, last // 2
        first, last = first - 2, last + 2  # the bottom
        for _ in range(depth):
            first, last = 2 * first - 2, 2 * last + 1 + 2  # a pool sees two pixels, then a block on the way down
        reach = max(reach, pixel - first, last - pixel)
    return reach
