"""What builders of image networks ask beyond `course_lib._validate`: shapes of images, and channels that come last."""

import keras

from course_lib._validate import sides


def image_shape(name, value):
    """Return (height, width, channels) as ints, and see to it that Keras, too, has the channels last."""
    channels_last()
    try:
        return sides(name, value, axes=3)
    except ValueError as error:
        raise ValueError(f"{name} must be (height, width, channels), each at least 1, got {value!r}") from error


def channels_last():
    """Raise ValueError where Keras is set to images (N, C, H, W): every network here takes (N, H, W, C)."""
    if keras.config.image_data_format() != "channels_last":
        raise ValueError(
            "the networks take images (N, H, W, C), but Keras is set to 'channels_first' (image_data_format in "
            "~/.keras/keras.json). Call keras.config.set_image_data_format('channels_last') before building one"
        )
