"""Training a denoiser by flow matching: with plain ``fit``, or step by step with exact resuming.

A step mixes clean images with noise at a random time, asks for the clean images, and compares velocities::

    x = t · clean + (1 - t) · noise
    loss = mean |(denoiser(x, t, label) - x) / (1 - t) - (clean - noise)|²

All random numbers of a step come with its batch and depend on (seed, number of the step) alone. The loss draws nothing.
So ``fit`` and `FlowTrainer` see the same numbers, and so do both backends, one device or two::

    model = FlowMatching(denoiser())
    model.compile(adam(900), jit_compile=False)
    model.fit(FlowBatches(images, labels), steps_per_epoch=100, epochs=9)
    sample(model.averaged(), labels)

A training that may be killed takes `FlowTrainer`. Keras's ``BackupAndRestore`` brings back weights, optimizer and the
number of the epoch, but neither how far the batches had come within it, nor which comes next: an endless data set
begins anew, and the training that goes on sees other noise than the one that was not killed.

Y. Lipman et al.: Flow matching for generative modeling, 2022, arXiv:2210.02747. P. Esser et al.: Scaling rectified flow
transformers for high-resolution image synthesis, 2024, arXiv:2403.03206, section 3.1, for the times.
"""

import keras
import numpy as np
from keras import ops

from course_lib._labels import label_array
from course_lib._validate import float_array, real_number, whole_number
from course_lib.backend import keep_much_memory, replicas, value_and_grad
from course_lib.classical.diffusion import flow
from course_lib.losses.diffusion import flow_loss
from course_lib.models.denoiser import class_count
from course_lib.training.ema import WeightAverage
from course_lib.training.loop import Trainer

BATCH, RANDOM = 0, 1  # streams of random numbers: of the order of the data, of noise, times and dropped labels
MIDDLE, SPREAD = -0.8, 1.0  # of the times, before the sigmoid

# --- what a step takes ------------------------------------------------------------------------------------------------


def random_times(rng, n):
    """Draw times of training: sigmoid(N(-0.8, 1)). Most are near 0.3, where the network decides what is to be drawn.

    Parameters
    ----------
    rng : numpy.random.Generator
    n : int

    Returns
    -------
    ndarray of float32, (n,)
        Between 0, noise, and 1, the image.
    """
    normal = MIDDLE + SPREAD * rng.standard_normal(n)
    return (1 / (1 + np.exp(-normal))).astype("float32")


def drop_labels(labels, rng, anything, share=0.1):
    """Replace a share of the labels by the one that stands for "any": so the network learns both.

    Parameters
    ----------
    labels : ndarray of int, (N,)
    rng : numpy.random.Generator
    anything : int
        The label for "any".
    share : float from 0 to 1
        How probable it is for each.

    Returns
    -------
    ndarray of int32, (N,)

    References
    ----------
    J. Ho, T. Salimans: Classifier-free diffusion guidance, 2022, arXiv:2207.12598, algorithm 1.
    """
    return np.where(rng.random(len(labels)) < share, anything, labels).astype("int32")


class FlowBatches(keras.utils.PyDataset):
    """Batches for ``FlowMatching.fit``, without end: batch number i is of step ``first`` + i.

    Each epoch of the images goes through all of them in a new order; what is left over at its end is not used in it.
    ``fit`` needs ``steps_per_epoch``; from one of its epochs to the next the batches just go on.

    Parameters
    ----------
    images : (n, H, W, C), floating-point
        Clean images, scaled to [-1, 1].
    labels : (n,) of int
        Classes, from 0 to classes - 1.
    batch_size : int, from 1 to n
    seed : int, at least 0
        Of the order, the noise, the times and the labels that are dropped.
    classes : int, at least 0
        How many there are, as in the denoiser; ``classes`` itself is the label for "any".
    dropout : float from 0 to 1
        The share of the labels that are replaced by "any".
    first : int, at least 0
        The step to begin with.

    Raises
    ------
    TypeError, ValueError
        Images that are not floating-point or not finite, labels that are no classes, a number out of its range.

    Examples
    --------
    >>> images, labels = np.zeros((6, 28, 28, 1), "float32"), np.arange(6)
    >>> (noisy, t, label), (clean, noise) = FlowBatches(images, labels, batch_size=4)[0]
    >>> noisy.shape, t.shape, label.shape
    ((4, 28, 28, 1), (4,), (4,))
    """

    def __init__(self, images, labels, batch_size=64, seed=0, *, classes=10, dropout=0.1, first=0):
        super().__init__()
        if np.asarray(images).dtype.kind != "f":
            raise TypeError(f"images must be floating-point, scaled to [-1, 1], got {np.asarray(images).dtype}")
        self.images = float_array("images", images, ndim=4).astype("float32")
        self.labels, self.classes = label_array("labels", labels), whole_number("classes", classes, 0)
        if self.labels.shape != self.images.shape[:1]:
            raise ValueError(f"labels must be one for each of the {len(self.images)} images, got {self.labels.shape}")
        for label in (self.labels.min(), self.labels.max()):
            whole_number("labels", label, 0, max(self.classes - 1, 0))
        self.size = whole_number("batch_size", batch_size, 1, len(self.images))
        self.seed, self.first = whole_number("seed", seed, 0), whole_number("first", first, 0)
        self.dropout = real_number("dropout", dropout, 0, 1)

    @property
    def num_batches(self):
        """None: there is no last one."""
        return None

    def on_epoch_begin(self):
        """Let the steps share their memory, as `course_lib.backend.keep_much_memory` says."""
        keep_much_memory()

    def __getitem__(self, index):
        """Make a batch: ((noisy images, times, labels), (clean images, noise))."""
        step = self.first + index
        epoch, place = divmod(step, len(self.images) // self.size)
        order = np.random.default_rng((self.seed, BATCH, epoch)).permutation(len(self.images))
        chosen = order[place * self.size : (place + 1) * self.size]
        return self.mixed(self.images[chosen], self.labels[chosen], np.random.default_rng((self.seed, RANDOM, step)))

    def mixed(self, clean, labels, rng):
        """Add noise to clean images at random times, and drop some of the labels."""
        noise = rng.standard_normal(clean.shape, dtype="float32")
        t = random_times(rng, len(clean))
        label = drop_labels(labels, rng, self.classes, self.dropout)
        return (flow.point(clean, noise, t).astype("float32"), t, label), (clean, noise)


# --- what is trained --------------------------------------------------------------------------------------------------


@keras.saving.register_keras_serializable("course_lib")
class WarmUpThenFall(keras.optimizers.schedules.LearningRateSchedule):
    """A learning rate that rises evenly over the first steps and then falls evenly to 0.

    At step k, from 0: rate · min(1, (k + 1) / warmup) · (1 - k / steps).

    Parameters
    ----------
    rate : float, above 0
    steps : int, at least 1
        After so many it is 0, and stays there.
    warmup : int, at least 1
    """

    def __init__(self, rate, steps, warmup=100):
        self.rate, self.steps = real_number("rate", rate, above=0), whole_number("steps", steps, 1)
        self.warmup = whole_number("warmup", warmup, 1)

    def __call__(self, step):
        """Return the rate of a step, a tensor ()."""
        step = ops.cast(step, "float32")
        return self.rate * ops.minimum(1.0, (step + 1) / self.warmup) * ops.maximum(0.0, 1 - step / self.steps)

    def get_config(self):
        """Give the arguments from which the schedule is made again."""
        return {"rate": self.rate, "steps": self.steps, "warmup": self.warmup}


def adam(steps, rate=2e-3, warmup=100):
    """Make the optimizer of the recipe: Adam with β₂ = 0.99 and a rate that rises and then falls to 0.

    Parameters
    ----------
    steps : int, at least 1
        Of the whole training.
    rate : float, above 0
        The largest learning rate, nearly.
    warmup : int, at least 1
        Steps in which it rises.

    Returns
    -------
    keras.optimizers.Adam
    """
    return keras.optimizers.Adam(WarmUpThenFall(rate, steps, warmup), beta_2=0.99)


@keras.saving.register_keras_serializable("course_lib")
class FlowMatching(keras.Model):
    """A denoiser that learns by flow matching. It answers the clean image; the loss compares velocities.

    Parameters
    ----------
    denoiser : keras.Model
        From [images (N, H, W, C), times (N,), labels (N,)] to estimates of the clean images (N, H, W, C).
    average : float, above 0 and below 1
        Decay of the moving average of its weights, from which to draw.

    Attributes
    ----------
    steps : keras.Variable of int
        Steps done so far.

    Examples
    --------
    >>> from course_lib.models.denoiser import denoiser
    >>> model = FlowMatching(denoiser(width=4))
    >>> model.compile(adam(steps=2), jit_compile=False)
    >>> images, labels = np.zeros((6, 28, 28, 1), "float32"), np.arange(6)
    >>> history = model.fit(FlowBatches(images, labels, 4), steps_per_epoch=2, verbose=0)  # thousands, to learn a lot
    >>> int(model.steps)
    2
    """

    def __init__(self, denoiser, average=0.995, **kwargs):
        super().__init__(**kwargs)
        self.denoiser = denoiser
        self.average = WeightAverage(denoiser, average)
        self.averages = list(self.average.variables)  # Keras saves and restores what it finds in an attribute
        self.steps = self.add_weight(
            shape=(),
            dtype="int32",
            initializer="zeros",
            trainable=False,
            aggregation="only_first_replica",
            name="steps",
        )
        self.built = True

    def fit(self, x=None, y=None, *, shuffle=False, **options):
        """Train, as every Keras model does, on `FlowBatches`: they are shuffled already, and Keras is not to ask.

        Parameters
        ----------
        x : FlowBatches
        y : None
            The batches bring all that is needed.
        **options
            Of Keras: ``steps_per_epoch``, which is needed, ``epochs``, ``callbacks``, ``verbose`` and others.

        Returns
        -------
        keras.callbacks.History

        Raises
        ------
        ValueError
            The batches have another number of classes than the denoiser.
        """
        self.check_classes(x)
        return super().fit(x, y, shuffle=shuffle, **options)

    def check_classes(self, batches):
        """Refuse batches whose label for "any" would be a class of the denoiser, or none of its labels at all."""
        known, given = class_count(self.denoiser), getattr(batches, "classes", None)
        if None not in (known, given) and known != given:
            raise ValueError(f"classes must be {known}, as in the denoiser, got batches with classes={given}")

    def call(self, inputs, training=False):
        """Estimate the clean images: of [images (N, H, W, C), times (N,), labels (N,)], (N, H, W, C)."""
        return self.denoiser(list(inputs), training=training)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the mean of `errors`; in training also move the average, to the weights as they are before the step.

        Keras adds up the gradients of all devices: each gives its share of the mean.
        """
        if training:
            self.average.update(self.steps)
            self.steps.assign_add(1)
        clean, noise = y
        return ops.mean(self.errors(y_pred, clean, noise, x[1])) / replicas()

    def errors(self, estimate, clean, noise, t):
        """Return the mean squared error of the velocity of each image, (N,)."""
        return flow_loss(estimate, clean, noise, t, kind="clean")

    def get_config(self):
        """Give the arguments from which the model is made again."""
        return {
            "name": self.name,
            "denoiser": keras.saving.serialize_keras_object(self.denoiser),
            "average": self.average.decay,
        }

    @classmethod
    def from_config(cls, config):
        """Make the model that `get_config` describes."""
        return cls(**{**config, "denoiser": keras.saving.deserialize_keras_object(config["denoiser"])})

    def averaged(self):
        """Build a copy of the denoiser with the averaged weights: it draws better than the last weights do.

        Returns
        -------
        keras.Model
        """
        model = self.average.as_model()
        model.jit_compile = self.denoiser.jit_compile
        return model


class FlowTrainer(Trainer):
    """Train `FlowMatching` step by step, with the numbers of ``fit``; to be saved, killed and gone on with exactly.

    Parameters
    ----------
    model : FlowMatching
    optimizer : keras.optimizers.Optimizer
        For a network that computes in float16 it is wrapped in Keras's ``LossScaleOptimizer``, as ``compile`` does.
    seed : int, at least 0
        Of the order of the data, the noise, the times and the labels that are dropped.
    xla : bool
        Compile with XLA.

    Notes
    -----
    With Adam and TensorFlow, ``fit`` does not give the same class vectors: there Keras 3.15 keeps the gradient of an
    ``Embedding`` as one row for each sample, and squares the rows before those of one class are added up. Here they are
    added up first, as on JAX and for all other layers.

    Examples
    --------
    >>> from course_lib.models.denoiser import denoiser
    >>> trainer = FlowTrainer(FlowMatching(denoiser(width=4)), adam(steps=2))
    >>> images, labels = np.zeros((6, 28, 28, 1), "float32"), np.arange(6)
    >>> trainer.fit(images, labels, steps=2, batch_size=4)["loss"].shape
    (2,)
    """

    metrics = {"loss": "the loss"}

    def __init__(self, model, optimizer, seed=0, xla=False):
        self.rate = optimizer.get_config()["learning_rate"]  # a number, or what a schedule is made from
        if model.denoiser.compute_dtype == "float16" and not optimizer.loss_scale_factor:
            optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
        optimizer.build(model.trainable_variables)
        self.model, self.optimizer = model, optimizer
        super().__init__(seed, xla)

    def _state(self):
        return {"model": self.model.variables, "optimizer": self.optimizer.variables}

    def _settings(self):
        return type(self.model).__name__, self.model.average.decay, self.rate

    def _update(self, batch):
        def objective(_):
            value = self.model.compute_loss(batch["x"], batch["y"], self.model(batch["x"], training=True))
            return self.optimizer.scale_loss(value), value

        weights = self.model.trainable_variables
        (_, value), gradients = value_and_grad(objective, has_aux=True)(weights)
        self.optimizer.apply(gradients, weights)
        return ops.stack([ops.cast(value, "float32") * replicas()])

    def fit(self, images, labels, steps, batch_size=64, *, batches=FlowBatches, classes=10, dropout=0.1, **options):
        """Train for a number of steps, or until the loss is no longer a number.

        Parameters
        ----------
        images : (n, H, W, C), floating-point
            Clean images, scaled to [-1, 1].
        labels : (n,) of int
            Classes, from 0 to classes - 1.
        steps : int, at least 0
            Steps to do now, beyond those done. After `restore`: ``steps=total - trainer.steps``.
        batch_size : int, from 1 to n
        batches : class
            What makes the batches: `FlowBatches`, or a class derived from it.
        classes : int, at least 0
            How many there are, as in the denoiser.
        dropout : float from 0 to 1
            The share of the labels that are replaced by "any".
        **options
            ``save_to``, a path that ends with ``.npz``, and ``save_every``, a number of steps; ``watch``, a function of
            the trainer, and ``watch_every``; ``loop``, steps that are compiled into one program.

        Returns
        -------
        dict of str to (steps,) arrays
            The history of all steps so far: ``loss``.

        Raises
        ------
        TypeError, ValueError, OSError
            An argument is out of its range, or nothing could be written to ``save_to``: before the first step.

        Warns
        -----
        RuntimeWarning
            Training stopped early; ``trainer.stopped`` says why. What was saved before is whole.
        """
        data = batches(images, labels, batch_size, self.seed, classes=classes, dropout=dropout)
        self.model.check_classes(data)

        def batch(step):
            x, y = data[step]
            return {"x": list(x), "y": list(y)}

        return self._run(batch, steps, **options)
