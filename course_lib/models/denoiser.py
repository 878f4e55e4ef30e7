"""A denoiser of images, and drawing with it: noise is carried to an image along the velocities that it estimates.

The network takes a noisy image, the time and a class, and answers an estimate of the clean image. It goes down to a
quarter of the size and comes back over a bridge, like a U-Net; at the bottom every place hears of all others. The time
runs from 0, pure noise, to 1, the image: x = t · clean + (1 - t) · noise (`course_lib.classical.diffusion.flow`).

`course_lib.training.diffusion` trains it, `course_lib.models.weights` has one that is trained. Y. Lipman et al.: Flow
matching for generative modeling, 2022, arXiv:2210.02747. O. Ronneberger et al.: U-Net, 2015, arXiv:1505.04597.
"""

import keras
import numpy as np
from keras import layers, ops

from course_lib._docs import filled
from course_lib._labels import label_array
from course_lib._validate import float_array, real_number, whole_number
from course_lib.classical.diffusion import flow, ode
from course_lib.classical.diffusion.guidance import guided
from course_lib.losses.diffusion import FLOOR
from course_lib.models._arguments import image_shape

EMBEDDING = 128  # numbers that say time and class to every block
HIDDEN = 96  # units between all places and all places
CHUNK = 250  # images that are denoised at a time

# --- the pieces -------------------------------------------------------------------------------------------------------


@keras.saving.register_keras_serializable("course_lib")
class Waves(layers.Layer):
    """Times as waves, slow ones and fast ones, so that a network can tell near times apart as well as far ones.

    A time t becomes the sines and cosines of t · f, for frequencies f from 1 to 1,000 radians, each by the same factor
    above the last. They are computed in float32 whatever the policy says: float16 would round t · 1,000 to halves.

    Parameters
    ----------
    count : int, at least 2
        Frequencies.

    References
    ----------
    A. Vaswani et al.: Attention is all you need, 2017, arXiv:1706.03762, section 3.5.
    """

    def __init__(self, count=32, **kwargs):
        super().__init__(**{"dtype": "float32"} | kwargs)
        self.count = whole_number("count", count, 2)

    def call(self, t):
        """Return the waves of times (N,), all sines before all cosines, (N, 2 · count)."""
        frequencies = np.geomspace(1, 1000, self.count).astype("float32")
        angles = ops.expand_dims(t, -1) * frequencies
        return ops.concatenate([ops.sin(angles), ops.cos(angles)], axis=-1)

    def get_config(self):
        """Give the arguments from which the layer is made again."""
        return {**super().get_config(), "count": self.count}


def condition(time, label, classes, name="condition"):
    """Put time and class together into one vector.

    Parameters
    ----------
    time : Keras tensor (N,)
        From 0 to 1.
    label : Keras tensor of int (N,)
        From 0 to classes - 1; ``classes`` itself stands for "any".
    classes : int
    name : str
        What the names of the layers begin with.

    Returns
    -------
    Keras tensor (N, 128)

    Notes
    -----
    The vectors of the classes start with a deviation of 0.5. Keras's default is 0.03: against waves of size 1 the
    network would not hear the class for a long time.
    """
    e = layers.Dense(EMBEDDING, "silu", name=f"{name}_time1")(Waves(name=f"{name}_waves")(time))
    e = layers.Dense(EMBEDDING, name=f"{name}_time2")(e)
    start = keras.initializers.RandomNormal(stddev=0.5)
    return ops.silu(e + layers.Embedding(classes + 1, EMBEDDING, start, name=f"{name}_class")(label))


def modulate(x, e, name):
    """Stretch and shift every channel by amounts that depend on time and class: x · (1 + scale) + shift.

    Parameters
    ----------
    x : Keras tensor (N, H, W, C)
    e : Keras tensor (N, E)
        What `condition` gives.
    name : str
        Of the layer that makes the 2 · C amounts. They start at 0: nothing is changed.

    Returns
    -------
    Keras tensor (N, H, W, C)

    References
    ----------
    E. Perez et al.: FiLM: visual reasoning with a general conditioning layer, 2018, arXiv:1709.07871.
    """
    amounts = layers.Dense(2 * x.shape[-1], kernel_initializer="zeros", name=name)(e)
    scale, shift = ops.split(amounts, 2, axis=-1)
    return x * (1 + scale[:, None, None]) + shift[:, None, None]


def residual(x, e, name):
    """Two convolutions beside a bridge: x + K2 * silu(modulate(K1 * silu(x))).

    Parameters
    ----------
    x : Keras tensor (N, H, W, C)
    e : Keras tensor (N, E)
        What `condition` gives.
    name : str
        What the names of the layers begin with.

    Returns
    -------
    Keras tensor (N, H, W, C)
        At the start x itself: K2 is 0.
    """
    channels = x.shape[-1]
    h = layers.Conv2D(channels, 3, padding="same", name=f"{name}_conv1")(ops.silu(x))
    h = ops.silu(modulate(h, e, f"{name}_modulate"))
    return x + layers.Conv2D(channels, 3, padding="same", kernel_initializer="zeros", name=f"{name}_conv2")(h)


def mix_places(x, e, name):
    """Let every place hear of all others: two dense layers across the H · W places, for each channel by itself.

    Parameters
    ----------
    x : Keras tensor (N, H, W, C)
    e : Keras tensor (N, E)
        What `condition` gives.
    name : str
        What the names of the layers begin with.

    Returns
    -------
    Keras tensor (N, H, W, C)
        At the start x itself.

    References
    ----------
    I. Tolstikhin et al.: MLP-Mixer: an all-MLP architecture for vision, 2021, arXiv:2105.01601.
    """
    height, breadth, channels = x.shape[1:]
    h = modulate(_even(f"{name}_norm")(x), e, f"{name}_modulate")
    h = layers.Permute((2, 1))(layers.Reshape((height * breadth, channels))(h))
    h = layers.Dense(HIDDEN, "silu", name=f"{name}_dense1")(h)
    h = layers.Dense(height * breadth, kernel_initializer="zeros", name=f"{name}_dense2")(h)
    return x + layers.Reshape((height, breadth, channels))(layers.Permute((2, 1))(h))


def _even(name):
    """The channels of every place get mean 0 and variance 1; nothing is learned."""
    return layers.LayerNormalization(center=False, scale=False, name=name)


# --- the network ------------------------------------------------------------------------------------------------------


def denoiser(shape=(28, 28, 1), classes=10, width=40):
    """Build the denoiser of chapter 14.

    Parameters
    ----------
    shape : (int, int, int)
        Height, width and channels of an image; height and width divisible by 4.
    classes : int, at least 0
        How many classes there are.
    width : int
        Channels at half the size; at a quarter of the size there are twice as many.

    Returns
    -------
    keras.Model
        From [images (N, H, W, C), times (N,), labels (N,)] to estimates of the clean images (N, H, W, C). Images are
        scaled to [-1, 1] before noise is added. Times are from 0, noise, to 1; labels whole numbers from 0 to
        classes - 1, or ``classes`` for "any". At the start it answers 0.

    Raises
    ------
    TypeError, ValueError
        Numbers that are not whole or too small, or a size that is not divisible by 4.

    Examples
    --------
    >>> model = denoiser(width=8)
    >>> tuple(model([np.zeros((2, 28, 28, 1)), np.array([0.0, 0.5]), np.array([3, 10])]).shape)
    (2, 28, 28, 1)
    """
    shape, classes, width = (
        image_shape("shape", shape),
        whole_number("classes", classes, 0),
        whole_number("width", width, 1),
    )
    if shape[0] % 4 or shape[1] % 4:
        raise ValueError(f"shape must have a height and a width divisible by 4, got {shape}")
    image, time = keras.Input(shape, name="image"), keras.Input((), name="time")
    label = keras.Input((), dtype="int32", name="label")
    e = condition(time, label, classes)
    fine = layers.Conv2D(width, 4, strides=2, padding="same", name="stem")(image)
    fine = residual(fine, e, "fine")
    coarse = layers.Conv2D(2 * width, 2, strides=2, name="down")(fine)
    for place in ("coarse1", "coarse2"):
        coarse = residual(coarse, e, place)
        coarse = mix_places(coarse, e, f"{place}_mix")
    up = layers.Conv2DTranspose(width, 2, strides=2, name="up")(coarse)
    both = layers.Concatenate(name="bridge")([up, fine])
    both = residual(layers.Conv2D(width, 1, name="join")(both), e, "again")
    last = layers.Conv2DTranspose(shape[2], 4, strides=2, padding="same", kernel_initializer="zeros", name="clean")
    model = keras.Model([image, time, label], last(ops.silu(_even("again_norm")(both))), name="denoiser")
    model.jit_compile = False  # until it is compiled otherwise: XLA would compile anew for every size of a batch
    return model


# --- drawing ----------------------------------------------------------------------------------------------------------

filled_in = filled(
    model="""
        model : keras.Model
            From [images, times, labels] to estimates of the clean images, as `denoiser` builds it, or one of your own
            with one Embedding layer.""",
    labels="""
        labels : array_like of int, (N,)
            The class of each image: from 0 to classes - 1, or ``classes`` for "any".""",
    guidance="""
        guidance : float
            1 asks for the class, as it was trained; 0 leaves the class out; above 1 goes further, away from what the
            network would do without a class, and takes two looks in place of one.""",
    errors="""
        TypeError, ValueError
            Labels that are no classes of the network, images of another shape, a number out of its range.""",
)


@filled_in
def estimate(model, x, t, labels):
    """What the network answers to NumPy arrays, some hundred images at a time, so that memory stays small.

    Parameters
    ----------
    %(model)s
    x : (N, H, W, C)
        Noisy images at time t.
    t : float from 0 to 1
    labels : ndarray of int32, (N,)

    Returns
    -------
    ndarray of float64, (N, H, W, C)
        Clean images, or what else the network was trained to answer.
    """
    parts = []
    for first in range(0, len(x), CHUNK):
        part = slice(first, first + CHUNK)
        noisy = x[part].astype("float32")
        parts.append(model.predict_on_batch([noisy, np.full(len(noisy), t, "float32"), labels[part]]))
    return np.concatenate(parts).astype("float64")


@filled_in
def velocity(model, x, t, labels, guidance=1.0):
    """How fast x should move at time t: (estimate of the clean image - x) / (1 - t), as flow matching has it.

    Parameters
    ----------
    %(model)s
    x : (N, H, W, C)
        Noisy images at time t.
    t : float from 0 to 1
        From 0.95 on the time that is left counts as 0.05, as in training.
    %(labels)s
    %(guidance)s

    Returns
    -------
    ndarray of float64, (N, H, W, C)

    Raises
    ------
    %(errors)s

    References
    ----------
    J. Ho, T. Salimans: Classifier-free diffusion guidance, 2022, arXiv:2207.12598; our scale is 1 + w of theirs.
    """
    x, t, scale = float_array("x", x, ndim=4), real_number("t", t, 0, 1), real_number("guidance", guidance)
    labels, anything = _labels(model, labels)
    if len(labels) != len(x):
        raise ValueError(f"labels must be one for each of the {len(x)} images, got {len(labels)}")
    clean = estimate(model, x, t, labels) if scale else None
    if scale != 1:
        without = estimate(model, x, t, np.full_like(labels, anything))
        clean = without if clean is None else guided(clean, without, scale)
    return flow.velocity_from_clean(x, clean, t, FLOOR)


@filled_in
def sample(model, labels, steps=10, guidance=1.0, seed=0, *, method="euler", start=None, record=False):
    """Draw images: start at noise and follow the velocities to time 1.

    Parameters
    ----------
    %(model)s
    %(labels)s
    steps : int, at least 1
        Of equal length.
    %(guidance)s
    seed : int
        Of the noise. Without fresh noise on the way, it decides everything.
    method : str
        "euler": one look at the network a step. "midpoint", "heun": two. "rk4": four.
    start : (N, H, W, C), optional
        The noise to start from, in place of one by ``seed``.
    record : bool
        Return the images at all times, (steps + 1, N, H, W, C): the first is the noise.

    Returns
    -------
    ndarray of float32, (N, H, W, C)
        As the network was trained, [-1, 1]; a little more is not cut off.

    Raises
    ------
    %(errors)s

    Examples
    --------
    >>> sample(denoiser(width=4), [3, 3, 10], steps=2).shape
    (3, 28, 28, 1)
    """
    labels, _ = _labels(model, labels)
    shape = (len(labels), *model.inputs[0].shape[1:])
    start = np.random.default_rng(seed).standard_normal(shape, dtype="float32") if start is None else start
    if np.shape(start) != shape:
        raise ValueError(f"start must be one image for each label, {shape}, got {np.shape(start)}")

    def field(x, t):
        return velocity(model, x, t, labels, guidance)

    return ode.integrate(field, start, whole_number("steps", steps, 1), method, record).astype("float32")


def class_count(model):
    """How many classes a denoiser knows; None for a network without one table of classes (an ``Embedding``)."""
    tables = [layer for layer in model.layers if isinstance(layer, layers.Embedding)]
    return tables[0].input_dim - 1 if len(tables) == 1 else None


def _labels(model, labels):
    """Labels as int32 (N,), and the one that stands for "any"."""
    anything = class_count(model)
    labels = label_array("labels", labels)
    if labels.ndim != 1 or not len(labels):
        raise ValueError(f"labels must have the shape (N,), one for each image, got {labels.shape}")
    for label in (labels.min(), labels.max()):
        whole_number("labels", label, 0, anything)
    return labels.astype("int32"), anything
