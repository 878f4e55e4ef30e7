"""What the builders of networks ask of their arguments, said in one way: whole numbers, shapes of images, choices."""

import keras

from course_lib.classical._checks import whole_number


def whole_numbers(least, **arguments):
    """Return each argument as an int that is at least ``least``; NumPy's integers are taken, booleans and floats not.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what it was and what it may be.
    """
    return [whole_number(name, value, least) for name, value in arguments.items()]


def sides(name, value, axes=None):
    """Return a shape as a tuple of ints, each at least 1.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : sequence of int
    axes : int, optional
        How many there must be.
    """
    try:
        found = tuple(value)
    except TypeError:
        raise TypeError(f"{name} must be a tuple of whole numbers, got {value!r}") from None
    if not found or axes not in (None, len(found)):
        wanted = f"{axes} whole numbers" if axes else "at least one whole number"
        raise ValueError(f"{name} must be {wanted}, got {found}")
    return tuple(whole_number(name, side, 1) for side in found)


def image_shape(name, value):
    """Return (height, width, channels) as ints, and see to it that Keras, too, has the channels last."""
    channels_last()
    try:
        return sides(name, value, axes=3)
    except ValueError as error:
        raise ValueError(f"{name} must be (height, width, channels), each at least 1, got {value!r}") from error


def one_of(name, value, allowed):
    """Return ``value`` if it is one of ``allowed``; otherwise say what it may be."""
    if not any(value is choice or (isinstance(value, str) and value == choice) for choice in allowed):
        raise ValueError(f"{name} must be one of {', '.join(map(repr, allowed))}, got {value!r}")
    return value


def channels_last():
    """Raise ValueError where Keras is set to images (N, C, H, W): every network here takes (N, H, W, C)."""
    if keras.config.image_data_format() != "channels_last":
        raise ValueError(
            "the networks take images (N, H, W, C), but Keras is set to 'channels_first' (image_data_format in "
            "~/.keras/keras.json). Call keras.config.set_image_data_format('channels_last') before building one"
        )
