"""What the course relies on in Keras and TensorFlow, whatever the reader's settings or TensorFlow's defaults."""

import logging
import sys
from contextlib import contextmanager

from course_lib import quiet
from course_lib.backend import memory


def install():
    """Let Keras and TensorFlow do what the course relies on, whatever the reader's settings or TensorFlow's defaults.

    ``import course_lib`` calls it. It sets four things, as soon as Keras has been imported:

    * Images are kept as (N, H, W, C), whatever ``keras.json`` says. With channels first, layers would take the height
      of an image for its channels.
    * TensorFlow's graphs keep the order of reading and assigning a variable. A pass of its graph optimizer,
      "dependency_optimization", loses it where a part of a gradient is known to be zero: of the slope of a piecewise
      linear discriminator, which R1, R2 and WGAN-GP penalize, in its biases. The penalty was then computed, now and
      then, with a bias that this very step had already changed. (Seen with TensorFlow 2.21 in 1 of 15 first steps.)
    * TensorFlow's logger leaves out what says nothing about a reader's program: which devices a strategy uses, at every
      step that is recorded, and that a function is recorded ("traced") often where that is one name for many functions:
      those of `compiling.jit`, and what Keras compiles for each model.
    * The threads that train share one arena of malloc, see `memory.share_one_arena`.
    """
    if "keras" in sys.modules:
        _set_what_the_course_relies_on()
    else:
        quiet.around_import("keras", _then_set_what_the_course_relies_on)


@contextmanager
def _then_set_what_the_course_relies_on():
    yield
    _set_what_the_course_relies_on()


def _set_what_the_course_relies_on():
    import keras

    memory.share_one_arena()
    keras.config.set_image_data_format("channels_last")
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.get_logger().addFilter(_says_something)
        tf.config.optimizer.set_experimental_options({"dependency_optimization": False})


def _says_something(record):
    """Whether a line of TensorFlow's logger is shown."""
    names = ("_tensorflow.<locals>.compiled", "TensorFlowTrainer.")  # each stands for many functions
    false_alarm = "tf.function retracing" in record.getMessage() and any(name in record.getMessage() for name in names)
    return record.levelno > logging.INFO and not false_alarm
