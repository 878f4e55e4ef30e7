"""A convolution for images with holes: it takes a mean of what is known, and says what it could not know."""

import keras
from keras import layers, ops

from course_lib._validate import whole_numbers


@keras.saving.register_keras_serializable("course_lib")
class PartialConv2D(layers.Layer):
    """A convolution of the known pixels only, scaled by how few they are: y = K * (m x) · k² / Σm + b.

    Σm is the number of known pixels under the kernel. Where there is none, y is 0 and the place stays unknown; all
    others are known afterwards, so that holes shrink from layer to layer. Pixels outside the image are unknown.

    With a kernel whose weights are all alike, a constant image stays constant however many holes it has; with another
    kernel only about so, since the known pixels do not carry their share of the weights.

    Parameters
    ----------
    filters : int
        Channels of the result.
    kernel_size : int
        k.

    References
    ----------
    G. Liu et al.: Image inpainting for irregular holes using partial convolutions, ECCV 2018, arXiv:1804.07723,
    eq. (1) and (2).
    """

    def __init__(self, filters, kernel_size=3, **options):
        super().__init__(**options)
        self.filters, self.kernel_size = whole_numbers(1, filters=filters, kernel_size=kernel_size)

    def build(self, images_shape, known_shape):
        """Make the kernel (k, k, C, filters) and the bias."""
        shape = (self.kernel_size, self.kernel_size, images_shape[-1], self.filters)
        self.kernel = self.add_weight(shape=shape, initializer="he_normal", name="kernel")
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")

    def call(self, images, known):
        """Images (N, H, W, C) and what of them is known (N, H, W, 1), 1 or 0, give features (N, H, W, filters) and
        what is known of these (N, H, W, 1)."""
        known = ops.cast(known, self.compute_dtype)
        images = ops.where(known > 0, ops.cast(images, self.compute_dtype), 0)  # what is unknown may be NaN
        ones = ops.ones((self.kernel_size, self.kernel_size, 1, 1), self.compute_dtype)
        count = ops.conv(ops.cast(known > 0, self.compute_dtype), ones, padding="same")
        there = count > 0
        share = self.kernel_size**2 / ops.where(there, count, 1)
        found = ops.conv(images, ops.cast(self.kernel, self.compute_dtype), padding="same") * share + self.bias
        return ops.where(there, found, 0), ops.cast(there, self.compute_dtype)

    def compute_output_shape(self, images_shape, known_shape):
        """The shapes of both results."""
        return (*images_shape[:-1], self.filters), known_shape

    def get_config(self):
        """Give the arguments from which the layer is made again."""
        return {**super().get_config(), "filters": self.filters, "kernel_size": self.kernel_size}
