"""From few pixels to many: channels that become pixels (sub-pixel convolution), and a small network that learns them.

W. Shi et al.: Real-time single image and video super-resolution using an efficient sub-pixel convolutional neural
network, CVPR 2016, arXiv:1609.05158.
"""

import keras
from keras import layers, ops

from course_lib._validate import whole_number, whole_numbers
from course_lib.models._arguments import channels_last
from course_lib.models.network import ImageNetwork


@keras.saving.register_keras_serializable("course_lib")
class SubPixel(layers.Layer):
    """Lay r² channels out as r × r pixels: (N, H, W, r² C) -> (N, r H, r W, C).

    Pixel (r i + a, r j + b) of channel c is channel (a r + b) C + c of place (i, j), as in ``keras.ops.depth_to_space``
    of newer versions and in TensorFlow. PyTorch's ``PixelShuffle`` takes channel c r² + a r + b: weights that were
    trained there must be put into another order, where C is not 1.

    A convolution followed by this is a transposed convolution with a stride of r, computed on the small image.

    Parameters
    ----------
    scale : int, at least 1
        r.
    """

    def __init__(self, scale, **options):
        super().__init__(**options)
        self.scale = whole_number("scale", scale, 1)

    def call(self, x):
        """(N, H, W, r² C) -> (N, r H, r W, C)."""
        (n, height, width), r, channels = ops.shape(x)[:3], self.scale, self.compute_output_shape(x.shape)[-1]
        blocks = ops.transpose(ops.reshape(x, (n, height, width, r, r, channels)), (0, 1, 3, 2, 4, 5))
        return ops.reshape(blocks, (n, height * r, width * r, channels))

    def compute_output_shape(self, input_shape):
        """Say the shape of the result."""
        n, *places, channels = input_shape
        if channels % self.scale**2:
            raise ValueError(f"the channels must be a multiple of scale² = {self.scale**2}, got {channels}")
        return (n, *(None if side is None else side * self.scale for side in places), channels // self.scale**2)

    def get_config(self):
        """Give the arguments from which the layer is made again."""
        return {**super().get_config(), "scale": self.scale}


def espcn(scale=2, width=16, channels=1):
    """Build a small network that enlarges images: four convolutions at the small size, then channels become pixels.

    It learns what must be added to the image with every pixel repeated.

    Parameters
    ----------
    scale : int, at least 2
        How many times as high and wide the result is.
    width : int, at least 1
        Channels of the three hidden convolutions.
    channels : int, at least 1
        Of the images.

    Returns
    -------
    keras.Model
        From images (N, H, W, channels) to (N, scale · H, scale · W, channels), for any H and W; 6,660 numbers are
        learned by default.

    Raises
    ------
    TypeError, ValueError
        An argument is no whole number or out of its range. Or Keras is set to channels first.
    """
    channels_last()
    scale = whole_number("scale", scale, 2)
    width, channels = whole_numbers(1, width=width, channels=channels)
    images = x = keras.Input((None, None, channels), name="image")
    for layer, kernel_size in enumerate((5, 3, 3)):
        options = {"padding": "same", "activation": "relu", "kernel_initializer": "he_normal"}
        x = layers.Conv2D(width, kernel_size, name=f"look{layer}", **options)(x)
    x = layers.Conv2D(scale**2 * channels, 5, padding="same", name="missing")(x)
    repeated = layers.Concatenate(name="repeated")([images] * scale**2)
    x = layers.Add(name="add")([x, repeated])
    return ImageNetwork(images, SubPixel(scale, name="pixels")(x), name="espcn")
