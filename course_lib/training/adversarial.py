"""Training two networks against each other: one step of a trainer for every loss of `course_lib.losses.adversarial`.

A step is ``critic_steps`` updates of the discriminator and then one of the generator::

    for every part of the real batch:
        D descends the gradient of  loss.discriminator(D(x), D(G(z))) + penalties      by its own weights
    G descends the gradient of      loss.generator(D(x), D(G(z)))                      by its own weights, with new z

Real and fake samples pass the discriminator in batches of their own, so that batch statistics never mix them.

Noise, α of the gradient penalty and the order of the data are drawn from (seed, number of the step), as
`course_lib.training.loop` says.

I. Goodfellow et al.: Generative adversarial nets, NeurIPS 2014, arXiv:1406.2661, algorithm 1.
"""

import functools
from dataclasses import dataclass

import keras
import numpy as np
from keras import ops

from course_lib._validate import real_number, whole_number
from course_lib.losses import adversarial as losses
from course_lib.training.ema import WeightAverage
from course_lib.training.loop import Trainer
from course_lib.training.optimizers import adam, built, minimize

NOISE = 0  # the stream of random numbers from which noise and α come

# --- what each player minimizes ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Penalties:
    """Weights of the penalties on the discriminator's slope: γ₁ / 2 · R1 + γ₂ / 2 · R2 + λ · gradient penalty."""

    r1: float = 0.0
    r2: float = 0.0
    gradient_penalty: float = 0.0

    def __post_init__(self):
        for name, weight in vars(self).items():
            real_number(name, weight, 0)

    def __call__(self, discriminator, real, fake, alpha):
        """Weigh and add the penalties at real and fake samples; see the functions in `losses.adversarial`."""
        terms = []
        if self.r1:
            terms.append(self.r1 / 2 * losses.r1_penalty(discriminator, real))
        if self.r2:
            terms.append(self.r2 / 2 * losses.r2_penalty(discriminator, fake))
        if self.gradient_penalty:
            terms.append(self.gradient_penalty * losses.gradient_penalty(discriminator, real, fake, alpha=alpha))
        # not `+`: a penalty is float64 where its samples are, the others need not be
        return functools.reduce(ops.add, terms) if terms else ops.zeros((), "float32")


def discriminator_objective(loss, penalties, discriminator, real, fake, alpha):
    """What the discriminator minimizes. Fakes are data here: no gradient goes back into the generator.

    Parameters
    ----------
    loss : losses.AdversarialLoss
    penalties : Penalties
    discriminator : callable
        Samples (N, ...) to logits (N, 1).
    real, fake : (N, ...)
    alpha : (N,)
        Of the gradient penalty.

    Returns
    -------
    objective : ()
        Loss and penalties.
    metrics : list of four ()
        The loss alone, the mean logit of real and of fake samples, the penalties.
    """
    fake = ops.stop_gradient(fake)
    real_logits, fake_logits = discriminator(real), discriminator(fake)
    value = loss.discriminator(real_logits, fake_logits)
    penalty = penalties(discriminator, real, fake, alpha)
    # not `+`: without penalties their 0 is float32 whatever the networks compute in
    return ops.add(value, penalty), [value, ops.mean(real_logits), ops.mean(fake_logits), penalty]


def generator_objective(loss, discriminator, real, fake):
    """What the generator minimizes. The gradient goes through the discriminator into the fakes.

    Parameters
    ----------
    loss : losses.AdversarialLoss
    discriminator : callable
        Samples (N, ...) to logits (N, 1).
    real, fake : (N, ...)
        Real samples are looked at by a relativistic loss only.

    Returns
    -------
    ()
    """
    real_logits = discriminator(real) if loss.relativistic else None
    return loss.generator(real_logits, discriminator(fake))


def pack_samples(samples, pack):
    """Put ``pack`` samples side by side along the last axis, to be judged together (PacGAN).

    Parameters
    ----------
    samples : (N, ..., C)
    pack : int that divides N

    Returns
    -------
    (N / pack, ..., pack · C)

    References
    ----------
    Z. Lin et al.: PacGAN: the power of two samples in generative adversarial networks, NeurIPS 2018, arXiv:1712.04086.
    """
    return ops.concatenate(ops.split(samples, pack, axis=0), axis=-1) if pack > 1 else samples


# --- the trainer ------------------------------------------------------------------------------------------------------


class AdversarialTrainer(Trainer):
    """Train a generator against a discriminator.

    Parameters
    ----------
    generator : keras.Model
        Noise (N, latent_dim) to samples (N, ..., C).
    discriminator : keras.Model
        Samples (N / pack, ..., pack · C) to logits (N / pack, 1).
    loss : losses.AdversarialLoss
        ``MINIMAX``, ``NON_SATURATING``, ``LEAST_SQUARES``, ``HINGE``, ``WASSERSTEIN`` or ``RELATIVISTIC``.
    generator_optimizer, discriminator_optimizer : keras.optimizers.Optimizer, optional
        Two of their own; by default Adam(2e-4, beta_1=0.5), as DCGAN. For a network that computes in float16 an
        optimizer without a ``loss_scale_factor`` is given one, or small gradients would become 0.
    latent_dim : int, optional
        By default what the generator takes.
    critic_steps : int
        Updates of the discriminator in a step.
    r1, r2, gradient_penalty : float
        γ of R1 and R2 (which enter as γ / 2), λ of WGAN-GP; 0 leaves the penalty out.
    smooth : float
        Label of real samples, below 1 for one-sided smoothing: for ``MINIMAX`` and ``NON_SATURATING``.
    pack : int
        Samples that are judged together; ``batch_size`` counts single samples.
    ema : float, optional
        Decay of a moving average of the generator's weights, which then makes the samples.
    seed : int
        Of noise, α and the order of the data. The weights that the networks start with are not its business.
    xla : bool
        Compile with XLA: faster for dense networks, slower for convolutions on a CPU.

    Attributes
    ----------
    steps : int
        Steps done so far.
    stopped : str or None
        Why `fit` ended early.

    Raises
    ------
    TypeError, ValueError
        A number that is not whole or out of range, the same optimizer for both networks, or a penalty for a
        discriminator with batch normalization, wherever in it.

    Examples
    --------
    >>> from course_lib.losses.adversarial import NON_SATURATING
    >>> from course_lib.models.gan import toy_discriminator, toy_generator
    >>> points = np.random.default_rng(0).normal(size=(1000, 2)).astype("float32")
    >>> trainer = AdversarialTrainer(toy_generator(), toy_discriminator(), NON_SATURATING, r1=1.0)
    >>> history = trainer.fit(points, steps=2, batch_size=256)  # thousands, to learn something
    >>> trainer.sample(500, seed=1).shape
    (500, 2)
    """

    metrics = {
        "discriminator": "the discriminator's loss",
        "generator": "the generator's loss",
        "real": "the mean logit of real samples",
        "fake": "the mean logit of fakes",
        "penalty": "the penalty",
    }
    large_numbers = "that the scores ran away: a learning rate too high, or a loss without bound and no penalty"

    def __init__(
        self,
        generator,
        discriminator,
        loss=losses.NON_SATURATING,
        *,
        generator_optimizer=None,
        discriminator_optimizer=None,
        latent_dim=None,
        critic_steps=1,
        r1=0.0,
        r2=0.0,
        gradient_penalty=0.0,
        smooth=1.0,
        pack=1,
        ema=None,
        seed=0,
        xla=False,
    ):
        critic_steps, pack = whole_number("critic_steps", critic_steps, 1), whole_number("pack", pack, 1)
        latent_dim = generator.input_shape[-1] if latent_dim is None else whole_number("latent_dim", latent_dim, 1)
        self.generator, self.discriminator = generator, discriminator
        self.loss = loss if smooth == 1 else losses.smoothed(loss, smooth)
        self.penalties = Penalties(r1, r2, gradient_penalty)
        if self.penalties != Penalties():
            _refuse_batch_statistics(discriminator)
        self.latent_dim, self.critic_steps, self.pack = latent_dim, critic_steps, pack
        self.generator_optimizer = built(generator_optimizer or adam(2e-4), generator)
        self.discriminator_optimizer = built(discriminator_optimizer or adam(2e-4), discriminator)
        if self.generator_optimizer is self.discriminator_optimizer:
            raise ValueError("generator_optimizer and discriminator_optimizer must be two: each remembers its network")
        self.average = WeightAverage(generator, ema) if ema is not None else None
        optimizers = (self.generator_optimizer, self.discriminator_optimizer)
        self._unused = [[ops.convert_to_numpy(v) for v in optimizer.variables] for optimizer in optimizers]
        super().__init__(seed, xla)

    # --- one step

    def step(self, real):
        """Update the discriminator ``critic_steps`` times and the generator once.

        Parameters
        ----------
        real : (critic_steps · batch size, ..., C), floating-point
            Real samples, scaled as the generator's are. They are cut into ``critic_steps`` equal batches, one for each
            update of the discriminator.

        Returns
        -------
        dict of str to float
            ``discriminator`` and ``generator``: their losses; ``real`` and ``fake``: mean logits before the update;
            ``penalty``: weighted sum of the penalties, not part of ``discriminator``. Of several critic steps the last.
        """
        row = self._step(self._batch(real, self.steps))
        self._remember([row])
        return dict(zip(self.metrics, self._rows[-1], strict=True))

    def _batch(self, real, step):
        """Everything that a step takes: real samples, noise and α, from the seed and the number of the step."""
        real = np.asarray(real)
        if real.dtype.kind != "f":
            raise TypeError(f"real samples must be floating-point, scaled as the generator's are, got {real.dtype}")
        size, rest = divmod(len(real), self.critic_steps)
        if rest or size < 1 or size % self.pack:
            raise ValueError(
                f"real must hold critic_steps = {self.critic_steps} equal batches of a multiple of pack = {self.pack} "
                f"samples, got {len(real)} samples"
            )
        wide = self.discriminator.compute_dtype == "float64"
        real = real.astype("float64" if wide else "float32", copy=False)
        batch = {"real": np.split(real, self.critic_steps)}
        return batch | self.noise(step, size)

    def noise(self, step, batch_size):
        """Draw the random numbers of a step.

        Parameters
        ----------
        step : int
            From 0.
        batch_size : int

        Returns
        -------
        dict
            ``z``: critic_steps + 1 arrays (batch_size, latent_dim) from N(0, 1), the last for the generator's update.
            ``alpha``: critic_steps arrays (batch_size / pack,), evenly from [0, 1].
        """
        rng = self._random(NOISE, step)
        z = rng.standard_normal((self.critic_steps + 1, batch_size, self.latent_dim), dtype="float32")
        alpha = rng.random((self.critic_steps, batch_size // self.pack), dtype="float32")
        return {"z": list(z), "alpha": list(alpha)}

    def _update(self, batch):
        """The compiled part of `step`: its metrics as one tensor (5,)."""
        for real, z, alpha in zip(batch["real"], batch["z"], batch["alpha"], strict=False):
            value, real_logit, fake_logit, penalty = self._update_discriminator(real, z, alpha)
        generator_value = self._update_generator(batch["real"][-1], batch["z"][-1])
        if self.average:
            self.average.update(self.generator_optimizer.iterations - 1)
        row = (value, generator_value, real_logit, fake_logit, penalty)
        return ops.stack([ops.cast(number, "float32") for number in row])

    def _update_discriminator(self, real, z, alpha):
        real, fake = pack_samples(real, self.pack), pack_samples(self.generator(z, training=True), self.pack)

        def objective():
            return discriminator_objective(self.loss, self.penalties, self._judge, real, fake, alpha)

        return minimize(self.discriminator_optimizer, [self.discriminator], objective)

    def _update_generator(self, real, z):
        def objective():
            fake = pack_samples(self.generator(z, training=True), self.pack)
            value = generator_objective(self.loss, self._judge, pack_samples(real, self.pack), fake)
            return value, value

        return minimize(self.generator_optimizer, [self.generator], objective)

    def _judge(self, samples):
        return self.discriminator(samples, training=True)

    # --- many steps

    def fit(self, data, steps, batch_size=64, *, loop=1, watch=None, watch_every=100, save_to=None, save_every=100):
        """Train for a number of steps, or until a loss is no longer a number.

        The data are gone through in a new random order each epoch; what is left over at the end of an epoch is not
        used in it. Step number t sees the same samples however the steps are divided among calls.

        Parameters
        ----------
        data : (n, ..., C), floating-point, n ≥ critic_steps · batch_size
        steps : int, at least 0
            Steps to do now, beyond those done. After `restore`: ``steps=total - trainer.steps``.
        batch_size : int, at least 1
            Real samples, and fakes, in each update.
        loop : int, at least 1
            Steps that are compiled into one program. For small dense networks, hundreds are several times faster.
        watch : callable, optional
            ``watch(trainer)`` is called after every ``watch_every`` steps, counted from the first of all. With
            ``loop``, as soon as the program is through.
        save_to : path, optional
            Where `save` writes after every ``save_every`` steps, in the same way, and at the end; ends with ``.npz``,
            in a folder that exists.

        Returns
        -------
        dict of str to (steps,) arrays
            The history of all steps so far: ``discriminator``, ``generator``, ``real``, ``fake`` and ``penalty``, as
            `step` gives them.

        Raises
        ------
        TypeError, ValueError, OSError
            A number is not whole or out of its range, there are too few data, or nothing could be written to
            ``save_to``: before the first step, not after it.

        Warns
        -----
        RuntimeWarning
            Training stopped early; ``trainer.stopped`` says why. What was saved before is whole.
        """
        data, batch_size = np.asarray(data), whole_number("batch_size", batch_size, 1)
        size = self.critic_steps * batch_size
        if batch_size % self.pack:
            raise ValueError(f"batch_size must be a multiple of pack = {self.pack}, got {batch_size}")
        if len(data) < size:
            raise ValueError(f"data must hold at least critic_steps · batch_size = {size} samples, got {len(data)}")

        def batch(step):
            return self._batch(data[self._chosen(step, len(data), size)], step)

        return self._run(
            batch, steps, loop=loop, watch=watch, watch_every=watch_every, save_to=save_to, save_every=save_every
        )

    # --- what came of it

    def sample(self, n, seed=0):
        """Generate samples: with the averaged weights if there are some, and batch normalization as in prediction.

        Parameters
        ----------
        n : int, at least 1
        seed : int or sequence of int

        Returns
        -------
        (n, ..., C) array
        """
        n = whole_number("n", n, 1)
        z = np.random.default_rng(seed).standard_normal((n, self.latent_dim), dtype="float32")
        return self.generate(z)

    def generate(self, z):
        """Samples (N, ..., C) of given noise (N, latent_dim), as `sample` makes them."""
        model = self.sampler()
        parts = [model(z[i : i + 500], training=False) for i in range(0, len(z), 500)]
        return np.concatenate([ops.convert_to_numpy(part) for part in parts])

    def sampler(self):
        """The network that makes the samples: the generator, or a copy of it with the averaged weights."""
        return self.average.as_model() if self.average else self.generator

    # --- beginning anew

    def restart(self, generator, discriminator, seed):
        """Begin anew, with other weights and another seed, without compiling again: as a new trainer, to the bit.

        Parameters
        ----------
        generator, discriminator : keras.Model
            Built like those of the trainer. Their weights are copied, nothing else is used.
        seed : int
        """
        seed = whole_number("seed", seed, 0)
        self.generator.set_weights(generator.get_weights())
        self.discriminator.set_weights(discriminator.get_weights())
        optimizers = (self.generator_optimizer, self.discriminator_optimizer)
        for optimizer, values in zip(optimizers, self._unused, strict=True):
            for variable, value in zip(optimizer.variables, values, strict=True):
                variable.assign(value)
        if self.average:
            self.average.restart()
        self._begin(seed)

    def _state(self):
        """Every variable that a step changes, by owner."""
        return {
            "generator": self.generator.variables,
            "discriminator": self.discriminator.variables,
            "generator_optimizer": self.generator_optimizer.variables,
            "discriminator_optimizer": self.discriminator_optimizer.variables,
            "average": self.average.variables if self.average else [],
        }

    def _settings(self):
        average = self.average.decay if self.average else None
        return self.loss.name, self.penalties, self.latent_dim, self.critic_steps, self.pack, average


def _refuse_batch_statistics(discriminator):
    kind = keras.layers.BatchNormalization  # one that is frozen goes by its averages, not by the batch
    names = [layer.name for layer in discriminator._flatten_layers() if isinstance(layer, kind) and layer.trainable]
    if names:
        raise ValueError(
            f"the penalties look at the slope of each sample's own score, but with batch normalization ({names[0]!r}) "
            "it depends on the other samples too: use layer normalization or none"
        )
