"""A small SegFormer: tokens that look at all others by attention, on two grids, and a decoder of dense layers.

E. Xie et al.: SegFormer: simple and efficient design for semantic segmentation with transformers, NeurIPS 2021,
arXiv:2105.15203. Its stages in small: patches that overlap, attention whose keys lie on a coarser grid, a convolution
within the dense layers in place of positions, and no decoder but dense layers.
"""

import math

import keras
from keras import Input, layers, ops

from course_lib._validate import sides, whole_numbers
from course_lib.models._arguments import channels_last
from course_lib.models.layers import conv_block
from course_lib.models.network import ImageNetwork
from course_lib.models.sizes import CropLike, DoubleBilinear, PadToMultiple


def segformer(classes, widths=(32, 64), heads=(1, 2), reductions=(2, 1), expansion=4, channels=1):
    """Build a small SegFormer that gives a logit for every class at every pixel.

    Logits are made on a grid of a quarter of the size and enlarged, so outlines are never finer than that.

    Parameters
    ----------
    classes : int, at least 1
        1 for foreground against background, else the number of classes with the background.
    widths : sequence of int, at least 1
        Channels of a token, stage by stage. The first stage has a token for 4 × 4 pixels; each further one halves.
    heads : sequence of int, at least 1
        In how many parts the channels of a stage attend, each by itself; they divide the channels.
    reductions : sequence of int, at least 1
        How many times coarser the grid of keys is, on each axis: 2 leaves a quarter of the products of all pairs.
    expansion : int, at least 1
        How many times wider the middle of the dense layers is.
    channels : int, at least 1
        Of the images.

    Returns
    -------
    keras.Model
        From images (N, H, W, channels), any H and W, to logits (N, H, W, classes). Every logit depends on the whole
        image: a tile cut out of an image is answered differently. `attention_weights` shows who looks where.

    Raises
    ------
    TypeError, ValueError
        An argument is no whole number or out of its range, the three sequences differ in length, or heads do not divide
        the channels; the message names it. Or Keras is set to channels first.
    """
    channels_last()
    classes, expansion, channels = whole_numbers(1, classes=classes, expansion=expansion, channels=channels)
    stages = [sides(name, value) for name, value in (("widths", widths), ("heads", heads), ("reductions", reductions))]
    if len({len(stage) for stage in stages}) > 1:
        raise ValueError(f"widths, heads and reductions must be of one length, got {', '.join(map(str, stages))}")
    widths, heads, reductions = stages
    images = Input((None, None, channels), name="image")
    multiple = math.lcm(*(4 * 2**stage * reduction for stage, reduction in enumerate(reductions)))
    x, grids = PadToMultiple(multiple, name="pad")(images), []
    for stage, width in enumerate(widths):
        name = f"stage{stage}"
        x = embed_patches(x, width, 2 if stage else 4, f"{name}_patches")
        x = attend(x, heads[stage], reductions[stage], f"{name}_attention")
        x = mix(x, expansion, f"{name}_mix")
        x = normed(x, f"{name}_norm")
        grids.append(x)
    same = []  # every stage with as many channels, on the grid of the first
    for stage, x in enumerate(grids):
        x = layers.Dense(widths[0], use_bias=False, name=f"decode{stage}")(x)  # what is added here, "fuse" takes off
        for step in range(stage):
            x = DoubleBilinear(name=f"decode{stage}_double{step}")(x)
        same.append(x)
    x = layers.Concatenate(name="stages")(same) if len(same) > 1 else same[0]
    x = conv_block(x, widths[0], kernel_size=1, normalization="batch", name="fuse")
    logits = layers.Dense(classes, name="logits")(x)
    logits = DoubleBilinear(name="double1")(DoubleBilinear(name="double0")(logits))
    return ImageNetwork(images, CropLike(name="crop")(logits, images), name="segformer")


def embed_patches(x, width, stride, name):
    """Make a token of every patch: patches are ``stride`` apart and overlap, 7 × 7 for 4 apart, 3 × 3 for 2.

    Parameters
    ----------
    x : Keras tensor (N, H, W, C)
        H and W are multiples of the stride.
    width : int, at least 1
        Channels of a token.
    stride : int, at least 1
    name : str

    Returns
    -------
    Keras tensor (N, H/stride, W/stride, width)
    """
    x = layers.Conv2D(width, 2 * stride - 1, strides=stride, padding="same", name=name)(x)
    return normed(x, f"{name}_norm")


def attend(x, heads, reduction, name):
    """Add to every token a mean of all tokens, weighted by how well they answer what it asks.

    With queries q, keys k and values v, linear in the tokens, it is the mean of v with the weights softmax(q·k / √d)
    over the keys, for each head by itself; d is the number of channels of a head. Keys and values come from a grid that
    is coarser by the reduction.

    Parameters
    ----------
    x : Keras tensor (N, H, W, C)
        H and W are multiples of the reduction.
    heads, reduction : int, at least 1
    name : str

    Returns
    -------
    Keras tensor (N, H, W, C)

    Raises
    ------
    ValueError
        heads do not divide the channels.

    References
    ----------
    A. Vaswani et al.: Attention is all you need, NeurIPS 2017, arXiv:1706.03762, equation 1. For the reduction: E. Xie
    et al., arXiv:2105.15203, equation 2, with a convolution as in W. Wang et al.: Pyramid vision transformer, ICCV
    2021, arXiv:2102.12122.
    """
    width = x.shape[-1]
    if width % heads:
        raise ValueError(f"heads must divide the channels, {width}, got {heads}")
    asking = keys = normed(x, f"{name}_queries")
    if reduction > 1:
        keys = layers.Conv2D(width, reduction, strides=reduction, name=f"{name}_coarser")(keys)
        keys = normed(keys, f"{name}_keys")
    answer = layers.MultiHeadAttention(heads, width // heads, attention_axes=(1, 2), name=name)(asking, keys)
    return layers.Add(name=f"{name}_add")([x, answer])


def mix(x, expansion, name):
    """Add to every token what two dense layers make of it, with a 3 × 3 convolution of each channel between them.

    The convolution is the only place where a token learns which of the others are its neighbors: its border of zeros
    also tells where the image ends. So no positions are added to the tokens.

    Parameters
    ----------
    x : Keras tensor (N, H, W, C)
    expansion : int, at least 1
        How many times wider it is between the dense layers.
    name : str

    Returns
    -------
    Keras tensor (N, H, W, C)
    """
    y = layers.Dense(expansion * x.shape[-1], name=f"{name}_widen")(normed(x, f"{name}_norm"))
    y = layers.DepthwiseConv2D(3, padding="same", name=f"{name}_neighbors")(y)
    y = layers.Activation("gelu", name=f"{name}_gelu")(y)
    y = layers.Dense(x.shape[-1], name=f"{name}_narrow")(y)
    return layers.Add(name=f"{name}_add")([x, y])


def normed(x, name):
    """Give the channels of each token mean 0 and variance 1, then scale and shift them: (N, H, W, C) -> the same."""
    return layers.LayerNormalization(epsilon=1e-6, name=name)(x)


def attention_weights(model, images, stage=0):
    """Say how much each token of a `segformer` looks at each key.

    Parameters
    ----------
    model : keras.Model
        Made by `segformer`.
    images : array (N, H, W, channels)
    stage : int, at least 0

    Returns
    -------
    array (N, heads, H', W', h, w), float32
        For the token in row i, column j of the stage's grid: [..., i, j, :, :] are its weights over the grid of keys,
        at least 0 and with the sum 1.

    Raises
    ------
    ValueError
        The model has no such stage.
    """
    (stage,) = whole_numbers(0, stage=stage)
    name, names = f"stage{stage}_attention", [layer.name for layer in model.layers]
    if name not in names:
        there = sum(other.startswith("stage") and other.endswith("_attention") for other in names)
        raise ValueError(f"stage must be below the number of stages of the model, {there}, got {stage}")
    wanted = [f"{name}_queries", f"{name}_keys" if f"{name}_keys" in names else f"{name}_queries"]
    before = keras.Model(model.input, [model.get_layer(each).output for each in wanted])
    _, weights = model.get_layer(name)(*before(images), return_attention_scores=True)
    return ops.convert_to_numpy(weights)
