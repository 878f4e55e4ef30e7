"""A small convolutional classifier: three times convolve and halve, then two dense layers. 60,874 parameters.

The first dense layer is the *embedding*: 64 numbers that describe a digit. The last one turns them into ten logits.
Chapter 06 trains it; its weights are shipped (see ``weights.load_classifier``).
"""

import keras
from keras import layers

from course_lib._validate import one_of, real_number, sides, whole_numbers
from course_lib.models._arguments import image_shape
from course_lib.models.layers import NORMALIZATIONS, POOLING, conv_block, halve
from course_lib.models.network import ImageNetwork


def classifier(
    shape=(28, 28, 1),
    classes=10,
    filters=(16, 32, 64),
    *,
    convs_per_stage=1,
    embedding=64,
    pooling="max",
    normalization=None,
    residual=False,
    dropout=0.0,
    augmentation=None,
):
    """Build a classifier that gives logits.

    Parameters
    ----------
    shape : (int, int, int)
        Height, width and channels. Images are floats in [0, 1].
    classes : int
        Number of classes, at least 2.
    filters : sequence of int
        Channels of each stage; after every stage height and width are halved, rounded down.
    convs_per_stage : int
        3 × 3 convolutions in a stage, each with a ReLU.
    embedding : int
        Length of the embedding.
    pooling : {"max", "average", "stride"}
        How a stage halves: by pooling, or by a stride of 2 in its last convolution. That convolution then answers at
        a quarter of the places only: a quarter of its work, and a smaller receptive field behind it.
    normalization : {None, "batch", "group", "layer"}
        After every convolution, which then has no bias. "batch" normalizes each channel over the batch, "group" up to 8
        groups of channels and "layer" all channels of each image by itself.
    residual : bool
        Whether every convolution's input is added to its result before the ReLU, without parameters of its own. Neither
        this nor a normalization changes what the convolutions cost.
    dropout : float
        Probability with which each number of the embedding is set to 0 in training, 0 ≤ dropout < 1.
    augmentation : keras.Layer, optional
        Changes the images in training, and only there.

    Returns
    -------
    keras.Model
        From images (N, H, W, C) to logits (N, classes): train it with ``from_logits=True``.

    Raises
    ------
    TypeError, ValueError
        For a pooling or normalization of another name, a probability out of range, a number that is not whole or below
        its least, an image so small that nothing is left after the last stage, or Keras set to channels first.

    Examples
    --------
    >>> classifier().count_params()
    60874
    """
    one_of("pooling", pooling, POOLING)
    one_of("normalization", normalization, NORMALIZATIONS)
    dropout = real_number("dropout", dropout, 0, below=1)
    (classes,) = whole_numbers(2, classes=classes)
    convs_per_stage, embedding = whole_numbers(1, convs_per_stage=convs_per_stage, embedding=embedding)
    shape, filters = image_shape("shape", shape), sides("filters", filters)
    if min(shape[:2]) < 2 ** len(filters):
        raise ValueError(
            f"shape must be at least {2 ** len(filters)} pixels high and wide, to be halved "
            f"{len(filters)} times, got {shape}"
        )
    inputs = x = keras.Input(shape, name="image")
    if augmentation is not None:
        x = augmentation(x)
    for stage, channels in enumerate(filters, 1):
        for layer in range(1, convs_per_stage + 1):
            name = f"conv{stage}" if convs_per_stage == 1 else f"conv{stage}_{layer}"
            stride = 2 if pooling == "stride" and layer == convs_per_stage else 1
            x = conv_block(x, channels, stride=stride, normalization=normalization, residual=residual, name=name)
        if pooling != "stride":
            x = halve(x, pooling, name=f"pool{stage}")
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(embedding, activation="relu", kernel_initializer="he_normal", name="embedding")(x)
    if dropout:
        x = layers.Dropout(dropout, name="dropout")(x)
    return ImageNetwork(inputs, layers.Dense(classes, name="logits")(x), name="classifier")


def embedder(model):
    """Cut a classifier off behind its embedding.

    Parameters
    ----------
    model : keras.Model
        Made by :func:`classifier`. The two share their weights.

    Returns
    -------
    keras.Model
        From images to embeddings (N, embedding), each number at least 0.
    """
    return keras.Model(model.input, model.get_layer("embedding").output, name="embedder")
