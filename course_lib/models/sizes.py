"""Any size of image through a network that halves it several times: pad to a multiple first, cut back at the end."""

import keras
from keras import ops

from course_lib._validate import whole_numbers


@keras.saving.register_keras_serializable("course_lib")
class PadToMultiple(keras.layers.Layer):
    """Repeat the last row and the last column until height and width are multiples of a number.

    Nothing changes where they are already. The old pixels stay where they were: all padding is at the bottom and on
    the right.

    Parameters
    ----------
    multiple : int, at least 1
        2**depth for a network that halves the image ``depth`` times.
    """

    def __init__(self, multiple, **options):
        super().__init__(**options)
        (self.multiple,) = whole_numbers(1, multiple=multiple)

    def call(self, images):
        """(N, H, W, C) -> (N, H rounded up, W rounded up, C)."""
        if images.shape[2:] == (1, 1) and images.shape[1] not in (None, 1) and images.shape[0] != 1:
            raise ValueError(
                f"images must be (N, H, W, C), got {tuple(images.shape)}: pixels one wide, as Keras makes of one image "
                "(H, W, 1) without an axis N. Give image[None]. Images that are one pixel wide: give one at a time, or "
                "turn them, np.swapaxes(images, 1, 2)"
            )
        for axis in (1, 2):
            size = ops.shape(images)[axis]
            if isinstance(size, int) and size % self.multiple == 0:
                continue
            padded = -(-size // self.multiple) * self.multiple
            images = ops.take(images, ops.minimum(ops.arange(padded), size - 1), axis=axis)
        return images

    def compute_output_shape(self, input_shape):
        n, *sides, c = input_shape
        return (n, *(None if side is None else -(-side // self.multiple) * self.multiple for side in sides), c)

    def get_config(self):
        return {**super().get_config(), "multiple": self.multiple}


@keras.saving.register_keras_serializable("course_lib")
class CropLike(keras.layers.Layer):
    """Cut the first of two batches of images to the height and width of the second: undoes `PadToMultiple`."""

    def call(self, images, like):
        """(N, H', W', C), (N, H, W, anything) -> (N, H, W, C), the upper left corner."""
        _, height, width, _ = ops.shape(like)
        return images[:, :height, :width]

    def compute_output_shape(self, images_shape, like_shape):
        return (images_shape[0], *like_shape[1:3], images_shape[3])


@keras.saving.register_keras_serializable("course_lib")
class DoubleBilinear(keras.layers.Layer):
    """Twice as high and wide, by interpolation: y[2i] = (x[i-1] + 3 x[i]) / 4, y[2i+1] = (3 x[i] + x[i+1]) / 4.

    Pixels are areas: two new ones lie in the place of an old one, a quarter of its width from its middle. At the
    borders the last value is repeated. ``keras.layers.UpSampling2D(interpolation="bilinear")`` gives the same, but in
    Keras 3.15 fails on TensorFlow where height and width are not fixed.
    """

    def call(self, images):
        """(N, H, W, C) -> (N, 2H, 2W, C)."""
        rows = _double(images, ops.concatenate([images[:, :1], images[:, :-1]], 1),
                       ops.concatenate([images[:, 1:], images[:, -1:]], 1), 1)  # fmt: skip
        return _double(rows, ops.concatenate([rows[:, :, :1], rows[:, :, :-1]], 2),
                       ops.concatenate([rows[:, :, 1:], rows[:, :, -1:]], 2), 2)  # fmt: skip

    def compute_output_shape(self, input_shape):
        n, *sides, c = input_shape
        return (n, *(None if side is None else 2 * side for side in sides), c)


def _double(x, before, after, axis):
    """Interleave the two new values of each old one along an axis."""
    pairs = ops.stack([(before + 3 * x) / 4, (3 * x + after) / 4], axis=axis + 1)
    shape = list(ops.shape(x))
    shape[axis] = 2 * shape[axis]
    return ops.reshape(pairs, shape)
