"""Training with pairs of a condition and an image: pix2pix.

A step updates the generator first, and then the discriminator on the same generated images.

P. Isola, J.-Y. Zhu, T. Zhou, A. Efros: Image-to-image translation with conditional adversarial networks, CVPR 2017,
arXiv:1611.07004.
"""

import numpy as np
from keras import ops

from course_lib._validate import floating_array, real_number, whole_number
from course_lib.losses.adversarial import minimax_discriminator, non_saturating_generator
from course_lib.losses.translation import l1_loss
from course_lib.training.ema import WeightAverage
from course_lib.training.loop import Trainer
from course_lib.training.optimizers import adam, built, minimize

NOISE = 0  # the stream of random numbers from which noise comes
RATE = 1e-3  # of both Adams


class PairTrainer(Trainer):
    """Train a generator that turns conditions into images against a discriminator that judges patches (pix2pix).

    Parameters
    ----------
    generator : keras.Model
        From (N, H, W, conditions and noise), the condition first, to images (N, H, W, C).
    discriminator : keras.Model
        From (N, H, W, condition and image), the condition first, to logits (N, h, w, 1), or logits (N, 1). With as many
        channels as an image alone it is not shown the condition, and cannot know whether the two belong together.
    l1 : float, at least 0
        λ, the weight of the mean absolute error beside the adversarial loss.
    noise_channels : int, at least 0
        How many of the generator's channels are noise, drawn anew from N(0, 1) for every pixel in every step.
    generator_optimizer, discriminator_optimizer : keras.optimizers.Optimizer, optional
        Two of their own; by default Adam(1e-3, beta_1=0.5). For a network that computes in float16 an optimizer without
        a ``loss_scale_factor`` is given one, or small gradients would become 0.
    ema : float, optional
        Decay of a moving average of the generator's weights, which then makes the images.
    seed : int
        Of the noise and the order of the data. The weights that the networks start with are not its business.
    xla : bool
        Compile with XLA: slower for convolutions on a CPU.

    Attributes
    ----------
    steps : int
        Steps done so far.
    stopped : str or None
        Why the training ended early.

    Raises
    ------
    TypeError, ValueError
        A number out of its range, the same optimizer for both networks, or channels that do not fit.

    Examples
    --------
    >>> from course_lib.models.translation import patch_discriminator, pix2pix_generator
    >>> masks = np.zeros((8, 16, 16, 1), "float32")
    >>> masks[:, 4:12, 4:12] = 1
    >>> trainer = PairTrainer(pix2pix_generator(width=2, depth=1), patch_discriminator(widths=(2, 2)))
    >>> history = trainer.fit(masks, 0.5 * masks, steps=2, batch_size=4)  # hundreds, to learn something
    >>> trainer.translate(masks[:3]).shape
    (3, 16, 16, 1)
    """

    metrics = {
        "discriminator": "the discriminator's loss",
        "generator": "the generator's adversarial loss",
        "l1": "the mean absolute error",
        "real": "the mean logit of real images",
        "fake": "the mean logit of generated images",
    }
    large_numbers = "that the logits ran away: a learning rate too high"

    def __init__(
        self, generator, discriminator, *, l1=20.0, noise_channels=1, generator_optimizer=None,
        discriminator_optimizer=None, ema=None, seed=0, xla=False,
    ):  # fmt: skip
        self.l1, self.noise_channels = real_number("l1", l1, 0), whole_number("noise_channels", noise_channels, 0)
        self.image_channels = generator.output_shape[-1]
        self.condition_channels = generator.input_shape[-1] - self.noise_channels
        if self.condition_channels < 1:
            raise ValueError(
                f"noise_channels must leave a channel for the condition, got {noise_channels} of "
                f"{generator.input_shape[-1]} that the generator takes"
            )
        together = self.condition_channels + self.image_channels
        if discriminator.input_shape[-1] not in (together, self.image_channels):
            raise ValueError(
                f"discriminator must take {together} channels, condition and image (or {self.image_channels}, the "
                f"image alone), got one that takes {discriminator.input_shape[-1]}"
            )
        self.sees_condition = discriminator.input_shape[-1] == together
        self.generator, self.discriminator = generator, discriminator
        self.generator_optimizer = built(generator_optimizer or adam(RATE), generator)
        self.discriminator_optimizer = built(discriminator_optimizer or adam(RATE), discriminator)
        if self.generator_optimizer is self.discriminator_optimizer:
            raise ValueError("generator_optimizer and discriminator_optimizer must be two: each remembers its network")
        self.average = WeightAverage(generator, ema) if ema is not None else None
        super().__init__(seed, xla)

    def _update(self, batch):
        condition, image = batch["condition"], batch["image"]
        inputs = ops.concatenate([condition, batch["noise"]], axis=-1) if self.noise_channels else condition

        def generator_objective():
            fake = ops.cast(self.generator(inputs, training=True), image.dtype)
            adversarial = non_saturating_generator(self._judge(condition, fake))
            distance = l1_loss(image, fake)
            return ops.add(adversarial, self.l1 * distance), (fake, adversarial, distance)

        fake, adversarial, distance = minimize(
            self.generator_optimizer, [self.generator], generator_objective
        )  # fmt: skip
        fake = ops.stop_gradient(fake)

        def discriminator_objective():
            real_logits, fake_logits = self._judge(condition, image), self._judge(condition, fake)
            value = minimax_discriminator(real_logits, fake_logits)
            return value, (value, ops.mean(real_logits), ops.mean(fake_logits))

        value, real_logit, fake_logit = minimize(
            self.discriminator_optimizer, [self.discriminator], discriminator_objective
        )  # fmt: skip
        if self.average:
            self.average.update(self.generator_optimizer.iterations - 1)
        row = (value, adversarial, distance, real_logit, fake_logit)
        return ops.stack([ops.cast(number, "float32") for number in row])

    def _judge(self, condition, image):
        shown = ops.concatenate([condition, image], axis=-1) if self.sees_condition else image
        return self.discriminator(shown, training=True)

    def noise(self, step, shape):
        """Draw the noise of a step.

        Parameters
        ----------
        step : int
            From 0.
        shape : (N, H, W)

        Returns
        -------
        (N, H, W, noise_channels) array of float32, from N(0, 1)
        """
        return self._random(NOISE, step).standard_normal((*shape, self.noise_channels), dtype="float32")

    def fit(
        self, conditions, images, steps, batch_size=8, *, loop=1, watch=None, watch_every=100, save_to=None,
        save_every=100,
    ):  # fmt: skip
        """Train for a number of steps, or until a loss is no longer a number.

        The pairs are gone through in a new random order each epoch; what is left over at the end of an epoch is not
        used in it. Step number t sees the same pairs however the steps are divided among calls.

        Parameters
        ----------
        conditions, images : (n, H, W, channels), floating-point, n ≥ batch_size
            Condition i belongs to image i.
        steps : int, at least 0
            Steps to do now, beyond those done. After `restore`: ``steps=total - trainer.steps``.
        batch_size : int, at least 1
        loop : int, at least 1
            Steps that are compiled into one program.
        watch : callable, optional
            ``watch(trainer)`` is called after every ``watch_every`` steps, counted from the first of all.
        save_to : path, optional
            Where `save` writes after every ``save_every`` steps, and at the end; ends with ``.npz``, in a folder that
            exists.

        Returns
        -------
        dict of str to (steps,) arrays
            The history of all steps so far: ``discriminator``, ``generator`` (without the L1 term), ``l1``, ``real``
            and ``fake``, the mean logits.

        Raises
        ------
        TypeError, ValueError, OSError
            Arrays that do not go together, a number that is not whole or out of its range, or nothing could be written
            to ``save_to``: before the first step, not after it.

        Warns
        -----
        RuntimeWarning
            Training stopped early; ``trainer.stopped`` says why. What was saved before is whole.
        """
        conditions, images = self._pairs(conditions, images)
        batch_size = whole_number("batch_size", batch_size, 1)
        if len(images) < batch_size:
            raise ValueError(f"there must be at least batch_size = {batch_size} pairs, got {len(images)}")

        def batch(step):
            chosen = self._chosen(step, len(images), batch_size)
            return conditions[chosen], images[chosen]

        return self.fit_batches(
            batch, steps, loop=loop, watch=watch, watch_every=watch_every, save_to=save_to, save_every=save_every
        )

    def fit_batches(self, batch, steps, *, loop=1, watch=None, watch_every=100, save_to=None, save_every=100):
        """Train on batches of one's own, such as random crops; all else as `fit` does.

        Parameters
        ----------
        batch : callable
            ``batch(step)`` gives (conditions, images) of step number ``step``, from 0, both (N, H, W, channels) and
            floating-point. A training that is killed goes on exactly if they depend on the number alone.
        steps : int, at least 0
            Steps to do now, beyond those done.
        loop : int, at least 1
            Steps that are compiled into one program. All must have batches of one shape.
        watch : callable, optional
            ``watch(trainer)`` is called after every ``watch_every`` steps, counted from the first of all.
        save_to : path, optional
            Where `save` writes after every ``save_every`` steps, and at the end; ends with ``.npz``, in a folder that
            exists.

        Returns
        -------
        dict of str to (steps,) arrays
            The history of all steps so far, as `fit` gives it.

        Raises
        ------
        TypeError, ValueError, OSError
            Arrays that do not go together, a number that is not whole or out of its range, or nothing could be written
            to ``save_to``.

        Warns
        -----
        RuntimeWarning
            Training stopped early; ``trainer.stopped`` says why.
        """
        if not callable(batch):
            raise TypeError(f"batch must be a function of the number of a step, got {type(batch).__name__}")

        def everything(step):
            conditions, images = self._pairs(*batch(step))
            return {"condition": conditions, "image": images, "noise": self.noise(step, images.shape[:3])}

        return self._run(
            everything, steps, loop=loop, watch=watch, watch_every=watch_every, save_to=save_to, save_every=save_every
        )

    def _pairs(self, conditions, images):
        """Both as arrays of float32 (float64 where the networks compute in it) that go together."""
        wide = "float64" if self.discriminator.compute_dtype == "float64" else "float32"
        found = []
        for name, value, channels in (
            ("conditions", conditions, self.condition_channels),
            ("images", images, self.image_channels),
        ):
            array = floating_array(name, value)
            if array.ndim != 4 or array.shape[-1] != channels:
                raise ValueError(f"{name} must be (n, H, W, {channels}), got the shape {array.shape}")
            found.append(array.astype(wide, copy=False))
        if found[0].shape[:3] != found[1].shape[:3]:
            raise ValueError(
                f"conditions and images must be as many and of one size, got {found[0].shape} and {found[1].shape}"
            )
        return found

    def translate(self, conditions, seed=0):
        """Turn conditions into images: with the averaged weights if there are some, and noise from the seed.

        Parameters
        ----------
        conditions : (n, H, W, channels), floating-point
        seed : int or sequence of int

        Returns
        -------
        (n, H, W, C) array
        """
        conditions = floating_array("conditions", conditions)
        rng, model = np.random.default_rng(seed), self.sampler()
        noise = rng.standard_normal((*conditions.shape[:3], self.noise_channels), dtype="float32")
        inputs = np.concatenate([conditions, noise], axis=-1)
        parts = [model(inputs[i : i + 16], training=False) for i in range(0, len(inputs), 16)]
        return np.concatenate([ops.convert_to_numpy(part) for part in parts])

    def sampler(self):
        """The network that makes the images: the generator, or a copy of it with the averaged weights."""
        return self.average.as_model() if self.average else self.generator

    def _state(self):
        return {
            "generator": self.generator.variables,
            "discriminator": self.discriminator.variables,
            "generator_optimizer": self.generator_optimizer.variables,
            "discriminator_optimizer": self.discriminator_optimizer.variables,
            "average": self.average.variables if self.average else [],
        }

    def _settings(self):
        average = self.average.decay if self.average else None
        return self.l1, self.noise_channels, self.sees_condition, average
