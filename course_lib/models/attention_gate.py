"""A U-Net whose bridges have gates: what comes from below says at which pixels a bridge may speak.

O. Oktay et al.: Attention U-Net: learning where to look for the pancreas, MIDL 2018, arXiv:1804.03999, equations 1
and 2. There the gate works on the coarser of the two grids and its answer is enlarged; here what comes from below has
been enlarged already, so that each pixel has a gate of its own.
"""

import keras
from keras import Input, layers

from course_lib._validate import one_of, whole_numbers
from course_lib.models._arguments import channels_last
from course_lib.models.layers import ANY_SIZE, halve
from course_lib.models.network import ImageNetwork
from course_lib.models.sizes import CropLike, PadToMultiple
from course_lib.models.unet import UPSAMPLING, block, double


def attention_unet(classes, width=8, depth=3, upsampling="transposed", normalization="batch", channels=1):
    """Build a U-Net with a gate on every bridge. Without the gates it is `course_lib.models.unet.unet`.

    Parameters
    ----------
    classes : int, at least 1
        1 for foreground against background, else the number of classes with the background.
    width : int, at least 1
        Channels of the first block; each step down doubles them.
    depth : int, at least 1
        Steps down, and bridges.
    upsampling : {"transposed", "bilinear", "nearest"}
        How a step up doubles the size.
    normalization : {None, "batch", "group"}
        After every 3 × 3 convolution of a block; the gates have none.
    channels : int, at least 1
        Of the images.

    Returns
    -------
    keras.Model
        From images (N, H, W, channels), any H and W, to logits (N, H, W, classes). `gate_maps` shows its gates.

    Raises
    ------
    TypeError, ValueError
        An argument is no whole number or out of its range; the message names it. Or Keras is set to channels first.

    Examples
    --------
    >>> from course_lib.models.unet import unet
    >>> attention_unet(6, channels=3).count_params() - unet(6, channels=3).count_params()  # three gates
    1403
    """
    channels_last()
    classes, width, channels = whole_numbers(1, classes=classes, width=width, channels=channels)
    (depth,) = whole_numbers(1, depth=depth)
    one_of("upsampling", upsampling, UPSAMPLING)
    one_of("normalization", normalization, ANY_SIZE)
    images = Input((None, None, channels), name="image")
    x = PadToMultiple(2**depth, name="pad")(images)
    steps = []
    for level in range(depth):
        x = block(x, width * 2**level, normalization, f"down{level}")
        steps.append(x)
        x = halve(x, name=f"down{level}_halve")
    x = block(x, width * 2**depth, normalization, "bottom")
    for level in reversed(range(depth)):
        x = double(x, width * 2**level, upsampling, f"up{level}_double")
        bridge = gate(steps[level], x, f"up{level}_gate")
        x = layers.Concatenate(name=f"up{level}_bridge")([bridge, x])
        x = block(x, width * 2**level, normalization, f"up{level}")
    logits = layers.Conv2D(classes, 1, name="logits")(x)
    return ImageNetwork(images, CropLike(name="crop")(logits, images), name="attention_unet")


def gate(kept, below, name):
    """Let through a share of what a bridge carries, one share a pixel for all channels.

    α = sigmoid(ψ · ReLU(W kept + V below + b) + c), and the bridge carries α · kept.

    Parameters
    ----------
    kept : Keras tensor (N, H, W, C)
        What the step down beside this one saw.
    below : Keras tensor (N, H, W, C')
        What comes from below, enlarged.
    name : str
        Of the layer that gives α; its companions begin with it.

    Returns
    -------
    Keras tensor (N, H, W, C)
    """
    inner = max(1, kept.shape[-1] // 2)
    mixed = layers.Add(name=f"{name}_add")(
        [
            layers.Conv2D(inner, 1, use_bias=False, name=f"{name}_kept")(kept),
            layers.Conv2D(inner, 1, name=f"{name}_below")(below),
        ]
    )
    mixed = layers.ReLU(name=f"{name}_relu")(mixed)
    alpha = layers.Conv2D(1, 1, activation="sigmoid", name=name)(mixed)
    return layers.Multiply(name=f"{name}_times")([kept, alpha])


def gate_maps(model):
    """Show the gates of an `attention_unet`: a model that gives every α, the finest first.

    Parameters
    ----------
    model : keras.Model
        Made by `attention_unet`. The two share their weights.

    Returns
    -------
    keras.Model
        From images (N, H, W, channels) to a list, for level l = 0, 1, ...: (N, H', W', 1) in (0, 1), where H' and W'
        are H and W padded to a multiple of 2**depth, divided by 2**l.

    Raises
    ------
    ValueError
        The model has no gates.
    """
    names = sorted(layer.name for layer in model.layers if layer.name.startswith("up") and layer.name.endswith("gate"))
    if not names:
        raise ValueError(f"model must be made by attention_unet, got {model.name!r}, which has no gates")
    return keras.Model(model.input, [model.get_layer(name).output for name in names], name="gate_maps")
