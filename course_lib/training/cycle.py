"""Training two translators, there and back, from two sets without pairs: CycleGAN.

A step updates both generators first, and then both discriminators on the same generated samples.

J.-Y. Zhu, T. Park, P. Isola, A. Efros: Unpaired image-to-image translation using cycle-consistent adversarial networks,
ICCV 2017, arXiv:1703.10593.
"""

from keras import ops

from course_lib._validate import floating_array, real_number, whole_number
from course_lib.losses.adversarial import minimax_discriminator, non_saturating_generator, r1_penalty
from course_lib.losses.translation import l1_loss
from course_lib.training.loop import Trainer
from course_lib.training.optimizers import adam, built, minimize

SECOND = 2  # the stream of random numbers from which the order of the second set comes
RATE = 1e-3  # of both Adams


class CycleTrainer(Trainer):
    """Train two translators, there and back, from two sets without pairs (CycleGAN).

    Each of two discriminators tells the real samples of one kind from those that come over. Both generators are updated
    together, and so are both discriminators.

    Parameters
    ----------
    forward, back : keras.Model
        Samples of the first kind, x, to the second, y; and y to x. Points (N, d) or images.
    x_discriminator, y_discriminator : keras.Model
        Samples of one kind to logits.
    cycle : float, at least 0
        λ, the weight of mean |back(forward(x)) − x| + mean |forward(back(y)) − y|.
    identity : float, at least 0
        Weight of mean |forward(y) − y| + mean |back(x) − x|, for kinds of one shape.
    r1 : float, at least 0
        γ of the penalty γ / 2 · mean ‖∇D‖² at real samples, of both discriminators: for those that give one logit a
        sample, and have no batch normalization.
    generator_optimizer, discriminator_optimizer : keras.optimizers.Optimizer, optional
        One for both generators, one for both discriminators; by default Adam(1e-3, beta_1=0.5). For networks that
        compute in float16 an optimizer without a ``loss_scale_factor`` is given one.
    seed : int
        Of the order of the data. The weights that the networks start with are not its business.
    xla : bool
        Compile with XLA: faster for dense networks, slower for convolutions on a CPU.

    Attributes
    ----------
    steps : int
        Steps done so far.
    stopped : str or None
        Why the training ended early.

    Raises
    ------
    TypeError, ValueError
        A number out of its range, or one optimizer for all.

    Examples
    --------
    >>> from course_lib.models.gan import toy_discriminator, toy_generator
    >>> x, y = np.random.default_rng(0).normal(size=(2, 500, 2)).astype("float32")
    >>> trainer = CycleTrainer(toy_generator(), toy_generator(), toy_discriminator(), toy_discriminator())
    >>> history = trainer.fit(x, y + 3, steps=2)  # thousands, to learn something
    >>> sorted(history)
    ['cycle', 'discriminator', 'generator', 'identity', 'penalty']
    """

    metrics = {
        "discriminator": "the discriminators' losses",
        "generator": "the generators' adversarial losses",
        "cycle": "the cycle loss",
        "identity": "the identity loss",
        "penalty": "the penalty",
    }
    large_numbers = "that the logits ran away: a learning rate too high"

    def __init__(
        self, forward, back, x_discriminator, y_discriminator, *, cycle=10.0, identity=0.0, r1=0.0,
        generator_optimizer=None, discriminator_optimizer=None, seed=0, xla=False,
    ):  # fmt: skip
        self.cycle, self.identity = real_number("cycle", cycle, 0), real_number("identity", identity, 0)
        self.r1 = real_number("r1", r1, 0)
        self.forward, self.back = forward, back
        self.x_discriminator, self.y_discriminator = x_discriminator, y_discriminator
        self.generator_optimizer = built(generator_optimizer or adam(RATE), forward, back)
        self.discriminator_optimizer = built(discriminator_optimizer or adam(RATE), x_discriminator, y_discriminator)
        if self.generator_optimizer is self.discriminator_optimizer:
            raise ValueError("generator_optimizer and discriminator_optimizer must be two: each remembers its networks")
        super().__init__(seed, xla)

    def _update(self, batch):
        x, y = batch["x"], batch["y"]
        zero = ops.zeros((), "float32")

        def generator_objective():
            fake_y, fake_x = self.forward(x, training=True), self.back(y, training=True)
            adversarial = ops.add(
                non_saturating_generator(self.y_discriminator(fake_y, training=True)),
                non_saturating_generator(self.x_discriminator(fake_x, training=True)),
            )
            home = ops.add(
                l1_loss(x, self.back(fake_y, training=True)), l1_loss(y, self.forward(fake_x, training=True))
            )
            same = zero
            if self.identity:
                same = ops.add(l1_loss(y, self.forward(y, training=True)), l1_loss(x, self.back(x, training=True)))
            value = ops.add(adversarial, ops.add(self.cycle * home, self.identity * same))
            return value, (fake_x, fake_y, adversarial, home, same)

        fake_x, fake_y, adversarial, home, same = minimize(
            self.generator_optimizer, [self.forward, self.back], generator_objective
        )
        fake_x, fake_y = ops.stop_gradient(fake_x), ops.stop_gradient(fake_y)

        def discriminator_objective():
            value, penalty = zero, zero
            for judge, real, fake in ((self.x_discriminator, x, fake_x), (self.y_discriminator, y, fake_y)):
                judged = minimax_discriminator(judge(real, training=True), judge(fake, training=True))
                value = ops.add(value, judged)
                if self.r1:
                    penalty = ops.add(penalty, self.r1 / 2 * r1_penalty(judge, real))
            return ops.add(value, penalty), (value, penalty)

        value, penalty = minimize(
            self.discriminator_optimizer, [self.x_discriminator, self.y_discriminator], discriminator_objective
        )
        return ops.stack([ops.cast(number, "float32") for number in (value, adversarial, home, same, penalty)])

    def fit(
        self, x, y, steps, batch_size=256, *, loop=1, watch=None, watch_every=100, save_to=None, save_every=100
    ):  # fmt: skip
        """Train for a number of steps, or until a loss is no longer a number.

        Each set is gone through in a random order of its own. Step number t sees the same samples however the steps are
        divided among calls.

        Parameters
        ----------
        x, y : (n, ...), (m, ...), floating-point, n, m ≥ batch_size
            Samples of the two kinds; nothing pairs them.
        steps : int, at least 0
            Steps to do now, beyond those done. After `restore`: ``steps=total - trainer.steps``.
        batch_size : int, at least 1
            Samples of each kind in a step.
        loop : int, at least 1
            Steps that are compiled into one program. For small dense networks, hundreds are several times faster.
        watch : callable, optional
            ``watch(trainer)`` is called after every ``watch_every`` steps, counted from the first of all.
        save_to : path, optional
            Where `save` writes after every ``save_every`` steps, and at the end; ends with ``.npz``, in a folder that
            exists.

        Returns
        -------
        dict of str to (steps,) arrays
            The history of all steps so far: ``discriminator`` and ``generator``, each the sum of two losses, ``cycle``
            and ``identity`` without their weights (``identity`` is 0 where its weight is), and ``penalty``.

        Raises
        ------
        TypeError, ValueError, OSError
            Samples that are not floating-point or too few, a number that is not whole or out of its range, or nothing
            could be written to ``save_to``: before the first step, not after it.

        Warns
        -----
        RuntimeWarning
            Training stopped early; ``trainer.stopped`` says why. What was saved before is whole.
        """
        batch_size = whole_number("batch_size", batch_size, 1)
        wide = "float64" if self.x_discriminator.compute_dtype == "float64" else "float32"
        sets = {}
        for name, value in (("x", x), ("y", y)):
            sets[name] = floating_array(name, value).astype(wide, copy=False)
            if len(sets[name]) < batch_size:
                raise ValueError(f"{name} must hold at least batch_size = {batch_size} samples, got {len(sets[name])}")

        def batch(step):
            first = self._chosen(step, len(sets["x"]), batch_size)
            epoch, place = divmod(step, len(sets["y"]) // batch_size)
            second = self._random(SECOND, epoch).permutation(len(sets["y"]))[place * batch_size :][:batch_size]
            return {"x": sets["x"][first], "y": sets["y"][second]}

        return self._run(
            batch, steps, loop=loop, watch=watch, watch_every=watch_every, save_to=save_to, save_every=save_every
        )

    def _state(self):
        return {
            "forward": self.forward.variables,
            "back": self.back.variables,
            "x_discriminator": self.x_discriminator.variables,
            "y_discriminator": self.y_discriminator.variables,
            "generator_optimizer": self.generator_optimizer.variables,
            "discriminator_optimizer": self.discriminator_optimizer.variables,
        }

    def _settings(self):
        return self.cycle, self.identity, self.r1
