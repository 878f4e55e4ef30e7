"""Adversarial training on points of the plane, thousands of steps in seconds: many steps are one compiled program."""

from dataclasses import dataclass

import keras
import numpy as np
from keras import ops

from course_lib import backend
from course_lib._validate import whole_number
from course_lib.losses.adversarial import NON_SATURATING
from course_lib.models.gan import toy_discriminator, toy_generator
from course_lib.training.adversarial import AdversarialTrainer


@dataclass(frozen=True)
class ToyRun:
    """What `train_toy` gives.

    ``trainer`` (sample from it), ``history`` (dict of arrays (steps,)), ``frame_steps`` (frames,), ``frames``
    (frames, n, 2): where the same noise was mapped to after these steps, ``fields`` (frames, points) or None: the
    discriminator's logits at the points of a grid.
    """

    trainer: AdversarialTrainer
    history: dict
    frame_steps: np.ndarray
    frames: np.ndarray
    fields: np.ndarray | None


def train_toy(
    data,
    loss=NON_SATURATING,
    *,
    steps=8000,
    batch_size=256,
    learning_rate=1e-3,
    beta_1=0.5,
    latent_dim=2,
    width=128,
    depth=2,
    spectral=False,
    pack=1,
    critic_steps=1,
    snapshots=1,
    snapshot_samples=500,
    grid=None,
    seed=0,
    xla=True,
    **options,
):
    """Train a small generator of points, with learning rates that fall to 0.

    Where two players circle around their goal, a learning rate that falls to 0 lets them arrive.

    Parameters
    ----------
    data : (n, 2), floating-point
    loss : losses.AdversarialLoss
        ``MINIMAX``, ``NON_SATURATING``, ``LEAST_SQUARES``, ``HINGE``, ``WASSERSTEIN`` or ``RELATIVISTIC``.
    steps : int, at least 1
        A step is ``critic_steps`` updates of the discriminator and one of the generator.
    batch_size : int, at least 1
        Real points, and fakes, in each update.
    learning_rate : float
        Of both Adams at the first step; it falls to 0 in a straight line.
    beta_1 : float
        Memory of both Adams' momentum.
    latent_dim : int
        Numbers of noise from which the generator makes a point.
    width, depth : int
        Units of each hidden layer, and number of hidden layers, of both networks.
    spectral : bool
        Whether every matrix of the discriminator is divided by its largest singular value.
    pack : int
        How many points are judged together, side by side, as one input (PacGAN).
    critic_steps : int
        Updates of the discriminator in a step.
    snapshots : int
        How many frames are kept, evenly over the steps; the last is the end.
    snapshot_samples : int
        Points in a frame.
    grid : (points, 2), optional
        Where the discriminator is asked for each frame; only without packing.
    seed : int
        Of the weights and of all else.
    xla : bool
        Compile with XLA: for dense networks as these it is faster.
    **options
        Of `course_lib.training.adversarial.AdversarialTrainer`: ``r1``, ``r2`` and ``gradient_penalty``, γ and λ of the
        penalties; ``smooth``, the label of real points; ``ema``, the decay of an average of the generator's weights.

    Returns
    -------
    ToyRun
        With the trainer, the history, the frames and the fields.

    Raises
    ------
    TypeError, ValueError
        A number is not whole or out of its range, ``snapshots`` does not divide ``steps``, or a ``grid`` is given with
        packing.

    Warns
    -----
    RuntimeWarning
        Training stopped early, since a number was no longer finite; ``run.trainer.stopped`` says why.

    Examples
    --------
    >>> points = np.random.default_rng(0).normal(size=(1000, 2)).astype("float32")
    >>> run = train_toy(points, steps=4, snapshots=2)  # thousands, to learn something
    >>> run.trainer.sample(2500, seed=1).shape
    (2500, 2)
    """
    steps, snapshots = whole_number("steps", steps, 1), whole_number("snapshots", snapshots, 1)
    snapshot_samples = whole_number("snapshot_samples", snapshot_samples, 1)
    latent_dim, critic_steps = whole_number("latent_dim", latent_dim, 1), whole_number("critic_steps", critic_steps, 1)
    if not 1 <= snapshots <= steps or steps % snapshots:
        raise ValueError(f"snapshots must divide steps = {steps}, got {snapshots!r}")
    if grid is not None and pack > 1:
        raise ValueError(f"a discriminator of {pack} points at once has no value at one point: leave grid out")
    backend.set_seed(seed)
    generator, discriminator = _networks(np.shape(data)[-1], latent_dim, width, depth, pack, spectral)
    trainer = AdversarialTrainer(
        generator,
        discriminator,
        loss,
        generator_optimizer=_falling_adam(learning_rate, steps, beta_1),
        discriminator_optimizer=_falling_adam(learning_rate, steps * critic_steps, beta_1),
        critic_steps=critic_steps,
        pack=pack,
        seed=seed,
        xla=xla,
        **options,
    )
    z = np.random.default_rng((seed, 2)).standard_normal((snapshot_samples, latent_dim), dtype="float32")
    loop, frames, fields = _largest_divisor(steps // snapshots, 500), [], []
    for _ in range(snapshots):
        trainer.fit(data, steps // snapshots, batch_size, loop=loop)
        frames.append(trainer.generate(z))
        if grid is not None:
            field = discriminator(np.asarray(grid, "float32"), training=False)
            fields.append(ops.convert_to_numpy(field)[:, 0])
        if trainer.stopped:
            break
    frame_steps = np.arange(1, len(frames) + 1) * (steps // snapshots)
    return ToyRun(trainer, trainer.history, frame_steps, np.array(frames), np.array(fields) if fields else None)


def _networks(dimensions, latent_dim, width, depth, pack, spectral):
    generator = toy_generator(latent_dim, width, depth, dimensions)
    return generator, toy_discriminator(width, depth, dimensions, pack, spectral=spectral)


def _falling_adam(learning_rate, steps, beta_1):
    falling = keras.optimizers.schedules.PolynomialDecay(learning_rate, steps, end_learning_rate=0.0)
    return keras.optimizers.Adam(falling, beta_1=beta_1, beta_2=0.99)


def _largest_divisor(number, limit):
    """So that every program does the same number of steps, and one compilation serves all."""
    return max(divisor for divisor in range(1, min(number, limit) + 1) if number % divisor == 0)
