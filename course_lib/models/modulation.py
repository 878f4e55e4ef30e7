"""Normalize features, then scale and shift them by what another image or a mask says: AdaIN and SPADE.

An instance normalization takes away the mean and the deviation of every channel of an image. Where a mask is the same
everywhere, so is a convolution of it, and nothing would be left: a mask must be heard *after* the normalization.
"""

import keras
from keras import layers, ops

from course_lib._validate import refuse_masked, whole_numbers


def instance_norm(features, epsilon=1e-5):
    """Give every channel of every image mean 0 and variance 1: (x − mean) / √(variance + ε), over its places.

    Parameters
    ----------
    features : (N, H, W, C), floating-point
    epsilon : float
        Keeps a flat channel at 0 instead of 0 / 0. Where it is 0, a flat channel becomes NaN.

    Returns
    -------
    (N, H, W, C)

    References
    ----------
    D. Ulyanov, A. Vedaldi, V. Lempitsky: Instance normalization: the missing ingredient for fast stylization, 2016,
    arXiv:1607.08022.
    """
    mean, variance = _moments(features)
    return (features - mean) / ops.sqrt(variance + epsilon)


def adaptive_instance_norm(content, style):
    """Give each channel of a content image the mean and the deviation that it has in a style image (AdaIN).

    y = σ(s) (x − μ(x)) / σ(x) + μ(s), with moments over the places of each channel of each image. How two channels go
    together, their covariance, is not taken over.

    Parameters
    ----------
    content, style : (N, H, W, C), (N, h, w, C), floating-point
        Features or images. Heights and widths may differ.

    Returns
    -------
    (N, H, W, C)
        A channel that is flat in the content image becomes the mean of the style, since there is nothing to stretch.

    Raises
    ------
    TypeError
        Numbers that are not floating-point.
    ValueError
        Not four axes, or numbers of images or channels that differ.

    References
    ----------
    X. Huang, S. Belongie: Arbitrary style transfer in real-time with adaptive instance normalization, ICCV 2017,
    arXiv:1703.06868, eq. (8).
    """
    content, style = _features("content", content), _features("style", style)
    if (content.shape[0], content.shape[3]) != (style.shape[0], style.shape[3]):
        raise ValueError(
            f"content and style must have as many images and channels, got {tuple(content.shape)} and "
            f"{tuple(style.shape)}"
        )
    mean, variance = _moments(content)
    wanted_mean, wanted_variance = _moments(style)
    flat = variance == 0
    stretch = ops.where(flat, 0, ops.sqrt(wanted_variance / ops.where(flat, 1, variance)))
    return stretch * (content - mean) + wanted_mean


@keras.saving.register_keras_serializable("course_lib")
class SpatialModulation(layers.Layer):
    """Normalize features, then scale and shift them at every place by what a mask says there (SPADE).

    y = (1 + γ(m)) · instance_norm(x) + β(m), where γ and β are made from the mask by a hidden convolution with ReLU and
    one convolution each.

    Parameters
    ----------
    hidden : int
        Channels of the hidden convolution.
    kernel_size : int
        Of all three convolutions.

    References
    ----------
    T. Park, M.-Y. Liu, T.-C. Wang, J.-Y. Zhu: Semantic image synthesis with spatially-adaptive normalization, CVPR
    2019, arXiv:1903.07291, eq. (1), there with statistics of the batch; SPADE with those of each image is used as well.
    """

    def __init__(self, hidden=16, kernel_size=3, **options):
        super().__init__(**options)
        self.hidden, self.kernel_size = whole_numbers(1, hidden=hidden, kernel_size=kernel_size)

    def build(self, features_shape, condition_shape):
        """Make the three convolutions."""
        convolution = {"kernel_size": self.kernel_size, "padding": "same", "dtype": self.dtype_policy}
        channels = features_shape[-1]
        self.read = layers.Conv2D(self.hidden, activation="relu", name="read", **convolution)
        self.gamma = layers.Conv2D(channels, name="gamma", **convolution)
        self.beta = layers.Conv2D(channels, name="beta", **convolution)
        self.read.build(condition_shape)
        for layer in (self.gamma, self.beta):
            layer.build((*condition_shape[:-1], self.hidden))

    def call(self, features, condition):
        """Features (N, H, W, C) and a condition (N, H, W, K) of their size, such as a mask, give (N, H, W, C)."""
        said = self.read(condition)
        return (1 + self.gamma(said)) * instance_norm(features) + self.beta(said)

    def compute_output_shape(self, features_shape, condition_shape):
        """The shape of the features."""
        return features_shape

    def get_config(self):
        """Give the arguments from which the layer is made again."""
        return {**super().get_config(), "hidden": self.hidden, "kernel_size": self.kernel_size}


def _moments(features):
    """Mean and variance of every channel of every image, (N, 1, 1, C) each."""
    mean = ops.mean(features, axis=(1, 2), keepdims=True)
    return mean, ops.mean(ops.square(features - mean), axis=(1, 2), keepdims=True)


def _features(name, value):
    refuse_masked(name, value)
    tensor = ops.convert_to_tensor(value)
    if not keras.backend.is_float_dtype(keras.backend.standardize_dtype(tensor.dtype)):
        raise TypeError(f"{name} must hold floating-point numbers, got dtype {tensor.dtype}")
    if len(tensor.shape) != 4:
        raise ValueError(f"{name} must be (N, H, W, C), got the shape {tuple(tensor.shape)}")
    return tensor
