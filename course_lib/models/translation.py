"""The two networks that translate an image into another: a U-Net that paints, a discriminator that judges patches.

Both take one tensor whose channels lie behind each other: the generator (condition, noise), the discriminator
(condition, image).

P. Isola, J.-Y. Zhu, T. Zhou, A. Efros: Image-to-image translation with conditional adversarial networks, CVPR 2017,
arXiv:1611.07004.
"""

import keras
from keras import layers

from course_lib._validate import sides, whole_number, whole_numbers
from course_lib.models._arguments import channels_last
from course_lib.models.network import ImageNetwork
from course_lib.models.unet import unet


def pix2pix_generator(condition_channels=1, noise_channels=1, image_channels=1, width=16, depth=3):
    """Build a generator that turns a condition, such as a mask, and noise into an image: the U-Net of chapter 08.

    Parameters
    ----------
    condition_channels : int, at least 1
        1 for a mask of foreground, the number of classes for a one-hot mask.
    noise_channels : int, at least 0
        Random numbers that stand beside the condition at every pixel. Nothing forces the network to use them. The
        paper has none, and drops out units instead.
    image_channels : int, at least 1
        Of the image that is wanted.
    width : int, at least 1
        Channels of the first block; each step down doubles them.
    depth : int, at least 0
        Steps down.

    Returns
    -------
    keras.Model
        From (N, H, W, condition_channels + noise_channels), the condition first, to images (N, H, W, image_channels),
        for any H and W. Nothing bounds the last layer.

    Raises
    ------
    TypeError, ValueError
        An argument is no whole number or out of its range; the message names it. Or Keras is set to channels first.
    """
    condition_channels, image_channels = whole_numbers(
        1, condition_channels=condition_channels, image_channels=image_channels
    )
    (noise_channels,) = whole_numbers(0, noise_channels=noise_channels)
    return unet(image_channels, width, depth, channels=condition_channels + noise_channels)


def patch_discriminator(channels=2, widths=(24, 48), strides=(2, 2, 1), kernel_size=4, padding="same"):
    """Build a discriminator that gives a logit for each patch of an image (PatchGAN).

    Parameters
    ----------
    channels : int, at least 1
        Of the condition and the image together, or of the image alone.
    widths : sequence of int, at least 1
        Channels of all convolutions but the last, which gives the logits.
    strides : sequence of int, at least 1
        Of all convolutions: one more than ``widths``.
    kernel_size : int, at least 1
    padding : "same", or int, at least 0
        "same", or how many zeros are put around before each convolution. The paper has 1; then 256 pixels and the
        strides 2, 2, 2, 1, 1 give 30 logits.

    Returns
    -------
    keras.Model
        From (N, H, W, channels) to logits (N, h, w, 1), for any H and W. How many pixels each logit sees,
        `course_lib.classical.arithmetic.receptive_field` says: 22 by default. There is no normalization: a logit
        depends on its own patch alone.

    Raises
    ------
    TypeError, ValueError
        An argument is no whole number or out of its range, or the numbers of widths and strides do not fit.
    """
    channels_last()
    channels, kernel_size = whole_numbers(1, channels=channels, kernel_size=kernel_size)
    widths, strides = _layers("widths", widths, 0), _layers("strides", strides, 1)
    if len(strides) != len(widths) + 1:
        raise ValueError(f"strides must be one more than widths, got {len(strides)} strides and {len(widths)} widths")
    zeros = 0 if padding == "same" else whole_number("padding", padding, 0)
    inputs = x = keras.Input((None, None, channels), name="pair")
    for layer, (width, stride) in enumerate(zip((*widths, 1), strides, strict=True)):
        last = layer == len(widths)
        x = layers.ZeroPadding2D(zeros, name=f"zeros{layer}")(x) if zeros else x
        x = layers.Conv2D(
            width, kernel_size, strides=stride, padding="same" if padding == "same" else "valid",
            kernel_initializer="he_normal", name="logits" if last else f"look{layer}",
        )(x)  # fmt: skip
        x = x if last else layers.LeakyReLU(0.2, name=f"leaky{layer}")(x)
    return ImageNetwork(inputs, x, name="patch_discriminator")


def _layers(name, value, fewest):
    """A number for each layer, as a tuple of ints; an empty one where there may be no layer."""
    if fewest == 0 and isinstance(value, (tuple, list)) and not value:
        return ()
    return sides(name, value)
