"""Generators and discriminators: dense ones for points of the plane, convolutional ones (DCGAN) for images.

A generator maps noise z (N, latent_dim), drawn from N(0, I), to samples; a discriminator maps samples to one **logit**
each (N, 1), without a sigmoid: losses and penalties take it from there (`course_lib.losses.adversarial`).
"""

import keras
from keras import layers

from course_lib._validate import one_of, whole_numbers
from course_lib.models._arguments import image_shape
from course_lib.models.layers import NORMALIZATIONS, normalize
from course_lib.models.network import ImageNetwork
from course_lib.models.spectral import SpectralConv2D, SpectralDense

# --- points of the plane ----------------------------------------------------------------------------------------------


def toy_generator(latent_dim=2, width=128, depth=2, dimensions=2):
    """A dense generator of points: ``depth`` hidden layers with ReLU, then a linear one.

    Parameters
    ----------
    latent_dim : int
    width : int
        Units of each hidden layer.
    depth : int
        Number of hidden layers; 0 gives an affine map.
    dimensions : int
        Coordinates of a point.

    Returns
    -------
    keras.Model
        From noise (N, latent_dim) to points (N, dimensions).
    """
    latent_dim, width, dimensions = whole_numbers(1, latent_dim=latent_dim, width=width, dimensions=dimensions)
    (depth,) = whole_numbers(0, depth=depth)
    inputs = x = keras.Input((latent_dim,), name="noise")
    for layer in range(1, depth + 1):
        x = layers.Dense(width, activation="relu", kernel_initializer="he_normal", name=f"hidden{layer}")(x)
    return keras.Model(inputs, layers.Dense(dimensions, name="point")(x), name="toy_generator")


def toy_discriminator(width=128, depth=2, dimensions=2, pack=1, *, spectral=False):
    """A dense discriminator of points: ``depth`` hidden layers with leaky ReLU, then one logit.

    Parameters
    ----------
    width : int
        Units of each hidden layer.
    depth : int
        Number of hidden layers; 0 gives a linear map.
    dimensions : int
        Coordinates of a point.
    pack : int
        How many points are judged together, side by side, as one input (PacGAN).
    spectral : bool
        Whether every layer's matrix is divided by its largest singular value.

    Returns
    -------
    keras.Model
        From points (N, pack · dimensions) to logits (N, 1).

    References
    ----------
    Z. Lin et al.: PacGAN: the power of two samples in generative adversarial networks, NeurIPS 2018, arXiv:1712.04086.
    """
    width, dimensions, pack = whole_numbers(1, width=width, dimensions=dimensions, pack=pack)
    (depth,) = whole_numbers(0, depth=depth)
    dense = SpectralDense if spectral else layers.Dense
    inputs = x = keras.Input((pack * dimensions,), name="point")
    for layer in range(1, depth + 1):
        x = dense(width, kernel_initializer="he_normal", name=f"hidden{layer}")(x)
        x = layers.LeakyReLU(0.2, name=f"leaky{layer}")(x)
    return keras.Model(inputs, dense(1, name="logit")(x), name="toy_discriminator")


# --- images -----------------------------------------------------------------------------------------------------------


def dcgan_generator(shape=(28, 28, 1), latent_dim=64, width=32, *, normalization="batch", activation="tanh"):
    """A DCGAN generator: a dense layer makes a small image of many channels, transposed convolutions double it.

    Kernels are 4 × 4 with a stride of 2. The stride divides the kernel, so every output pixel is covered equally often
    and the net has no checkerboard built in (chapter 02).

    Parameters
    ----------
    shape : (int, int, int)
        Height, width and channels: (28, 28, 1) is made from 7 × 7 by two doublings, (32, 32, 3) from 4 × 4 by three.
    latent_dim : int
    width : int
        Channels before the last layer; each layer before has twice as many.
    normalization : {None, "batch", "group", "layer"}
        After every layer but the last. "batch" normalizes each channel over the batch, "group" up to 8 groups of
        channels and "layer" all channels of each image by itself.
    activation : str or None
        Of the last layer. "tanh" makes images in [−1, 1]: the real ones must be scaled likewise. "sigmoid": [0, 1].

    Returns
    -------
    keras.Model
        From noise (N, latent_dim) to images (N, *shape).

    Raises
    ------
    ValueError
        A size that cannot be halved down to one from 4 to 7; another normalization.

    References
    ----------
    A. Radford, L. Metz, S. Chintala: Unsupervised representation learning with deep convolutional generative
    adversarial networks, ICLR 2016, arXiv:1511.06434, figure 1.
    """
    one_of("normalization", normalization, NORMALIZATIONS)
    shape, (latent_dim, width) = image_shape("shape", shape), whole_numbers(1, latent_dim=latent_dim, width=width)
    doublings, (height, breadth) = _halvings(shape), shape[:2]
    channels = width * 2 ** (doublings - 1)
    small = (height >> doublings, breadth >> doublings, channels)
    inputs = keras.Input((latent_dim,), name="noise")
    x = layers.Dense(small[0] * small[1] * channels, use_bias=normalization is None, name="dense")(inputs)
    x = layers.Reshape(small, name="image0")(x)
    x = layers.ReLU(name="relu0")(normalize(x, normalization, "norm0"))
    for doubling in range(1, doublings):
        channels //= 2
        up = layers.Conv2DTranspose(
            channels, 4, strides=2, padding="same", use_bias=normalization is None, name=f"double{doubling}"
        )
        x = layers.ReLU(name=f"relu{doubling}")(normalize(up(x), normalization, f"norm{doubling}"))
    last = layers.Conv2DTranspose(shape[2], 4, strides=2, padding="same", activation=activation, name="image")
    return keras.Model(inputs, last(x), name="dcgan_generator")


def dcgan_discriminator(shape=(28, 28, 1), width=32, *, normalization=None, spectral=False, pack=1):
    """A DCGAN discriminator: convolutions with a stride of 2 and leaky ReLU, then one logit.

    Parameters
    ----------
    shape : (int, int, int)
        Of one image; it is halved as often as `dcgan_generator` doubles.
    width : int
        Channels of the first layer; each layer after has twice as many.
    normalization : {None, "batch", "group", "layer"}
        After every convolution but the first. "batch" lets a score depend on the other images of the batch: not with a
        penalty on the slope. "group" normalizes over the pixels of each image in up to 8 groups of channels, "layer"
        over its pixels and channels together.
    spectral : bool
        Whether every kernel is divided by its largest singular value.
    pack : int
        How many images are judged together, as channels of one input.

    Returns
    -------
    keras.Model
        From images (N, H, W, pack · C) to logits (N, 1).

    Raises
    ------
    ValueError
        A size that cannot be halved down to one from 4 to 7; another normalization.

    References
    ----------
    Radford et al. 2016, arXiv:1511.06434, section 3. I. Gulrajani et al. 2017, arXiv:1704.00028, section 4, for layer
    normalization.
    """
    one_of("normalization", normalization, NORMALIZATIONS)
    shape, (width, pack) = image_shape("shape", shape), whole_numbers(1, width=width, pack=pack)
    convolution, dense = (SpectralConv2D, SpectralDense) if spectral else (layers.Conv2D, layers.Dense)
    inputs = x = keras.Input((*shape[:2], pack * shape[2]), name="image")
    for halving in range(_halvings(shape)):
        kind = normalization if halving else None
        options = {"strides": 2, "padding": "same", "use_bias": kind is None, "name": f"halve{halving}"}
        x = convolution(width * 2**halving, 4, **options)(x)
        x = layers.LeakyReLU(0.2, name=f"leaky{halving}")(normalize(x, kind, f"norm{halving}"))
    x = layers.Flatten(name="flatten")(x)
    return ImageNetwork(inputs, dense(1, name="logit")(x), name="dcgan_discriminator")


def _halvings(shape):
    """How often height and width can be halved until the smaller one is from 4 to 7."""
    times, smaller = 0, min(shape[:2])
    while smaller >= 8 and all(size % 2 ** (times + 1) == 0 for size in shape[:2]):
        times, smaller = times + 1, smaller // 2
    if times == 0 or not 4 <= smaller <= 7:
        raise ValueError(
            f"shape must be 4 to 7 pixels doubled a few times, such as (28, 28, 1) or (32, 32, 3), got {shape}"
        )
    return times
