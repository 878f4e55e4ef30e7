"""The loop around a step of one's own: seeded, watched, stopped where the numbers end, saved and resumed exactly.

Keras's ``fit`` trains where one optimizer follows one loss. `Trainer` is for a step that is more than that, such as
one in which two networks are updated in turn. What a step does is written in a subclass, the rest stands here.

What a step takes depends on (seed, number of the step) alone: no step shares its random numbers with another, any step
can be repeated, both backends see the same numbers, and a training that was killed goes on exactly as if nothing had
happened.
"""

import warnings

import keras
import numpy as np
from keras import ops

from course_lib._validate import whole_number
from course_lib.backend import jit_loop, jit_replicas
from course_lib.models import archive
from course_lib.training import checkpoint

ORDER = 1  # the stream of random numbers from which the order of the data comes


class Trainer:
    """Train by a step of one's own.

    A subclass says in ``metrics`` what a step gives, in `_update` what it does, in `_state` what it changes, and
    makes its batches in a method `fit`. It calls ``super().__init__`` when all its variables are made::

        class Fit(Trainer):
            metrics = {"loss": "the mean squared error"}

            def __init__(self, model, optimizer, seed=0):
                optimizer.build(model.trainable_variables)
                self.model, self.optimizer = model, optimizer
                super().__init__(seed)

            def _state(self):
                return {"model": self.model.variables, "optimizer": self.optimizer.variables}

            def _update(self, batch):
                def loss(weights):
                    return ops.mean((self.model(batch["x"]) - batch["y"]) ** 2)

                value, gradients = value_and_grad(loss)(self.model.trainable_variables)
                self.optimizer.apply(gradients, self.model.trainable_variables)
                return ops.stack([value])

            def fit(self, x, y, steps, batch_size=32, **options):
                def batch(step):
                    chosen = self._chosen(step, len(x), batch_size)
                    return {"x": x[chosen], "y": y[chosen]}

                return self._run(batch, steps, **options)

    Parameters
    ----------
    seed : int, at least 0
        Of the order of the data, and of what else is drawn by `_random`.
    xla : bool
        Compile with XLA: faster for dense networks, slower for convolutions on a CPU.

    Attributes
    ----------
    steps : int
        Steps done so far.
    stopped : str or None
        Why the training ended early.
    """

    metrics = {}  # the name of each number that a step gives: what a message calls it
    large_numbers = "a learning rate too high"  # what they mean, in a message

    def __init__(self, seed=0, xla=False):
        self._begin(seed)
        variables = [variable for owned in self._state().values() for variable in owned]
        self._step = jit_replicas(self._update, variables, xla)
        self._loop = jit_loop(self._update, variables, xla)

    def _begin(self, seed):
        """Stand before the first step."""
        self.seed, self.steps, self.stopped = whole_number("seed", seed, 0), 0, None
        self._rows, self._order = [], None

    # --- what a subclass says

    def _update(self, batch):
        """One step, written in ``keras.ops``: its ``metrics`` as one tensor of float32, (len(metrics),)."""
        raise NotImplementedError

    def _state(self):
        """Every variable that a step changes: a dict of sequences, by owner."""
        raise NotImplementedError

    def _settings(self):
        """What else a step depends on, as a tuple: only a trainer with the same may go on."""
        return ()

    # --- random numbers

    def _random(self, stream, number):
        """Make the generator of the random numbers of a step, or of an epoch; streams are told apart by an int."""
        return np.random.default_rng((self.seed, stream, number))

    def _chosen(self, step, n, size):
        """Indices of the ``size`` samples of a step, of n: its share of the random order of its epoch.

        What is left over at the end of an epoch is not used in it.
        """
        epoch, place = divmod(step, n // size)
        if self._order is None or self._order[0] != (self.seed, epoch, n):
            self._order = (self.seed, epoch, n), self._random(ORDER, epoch).permutation(n)
        return self._order[1][place * size : (place + 1) * size]

    # --- many steps

    def _run(self, batch, steps, *, loop=1, watch=None, watch_every=100, save_to=None, save_every=100):
        """Do a number of steps, or until a number is no longer finite, and give the `history`: for a method `fit`.

        Parameters
        ----------
        batch : callable
            ``batch(step)`` gives what step number ``step`` takes, from 0: a dict of arrays, or lists of them.
        steps : int, at least 0
            Steps to do now, beyond those done.
        loop : int, at least 1
            Steps that are compiled into one program. All must have batches of one shape.
        watch : callable, optional
            ``watch(trainer)`` is called after every ``watch_every`` steps, counted from the first of all.
        save_to : path, optional
            Where `save` writes after every ``save_every`` steps, and at the end.

        Raises
        ------
        TypeError, ValueError, OSError
            Before the first step: a number is not whole or out of its range, ``watch`` cannot be called, or nothing
            could be written to ``save_to``.

        Warns
        -----
        RuntimeWarning
            Training stopped early; ``stopped`` says why.
        """
        steps, loop = whole_number("steps", steps, 0), whole_number("loop", loop, 1)
        watch_every, save_every = whole_number("watch_every", watch_every, 1), whole_number("save_every", save_every, 1)
        if watch is not None and not callable(watch):
            raise TypeError(f"watch must be a function of the trainer, got {watch!r}")
        if save_to is not None:
            archive.checked(save_to)
        end, self.stopped = self.steps + steps, None
        while self.steps < end and self.stopped is None:
            before = self.steps
            batches = [batch(step) for step in range(before, min(before + loop, end))]
            if loop == 1:
                self._remember([self._step(batches[0])])
            else:
                self._remember(self._loop(keras.tree.map_structure(lambda *slices: np.stack(slices), *batches)))
            if self.stopped is None and watch and self.steps // watch_every > before // watch_every:
                watch(self)
            due = self.steps // save_every > before // save_every or self.steps == end
            if self.stopped is None and save_to and due:
                self.save(save_to)
        if self.stopped:
            warnings.warn(self.stopped, RuntimeWarning, stacklevel=3)  # at the line that called `fit`
        return self.history

    def _remember(self, rows):
        """Keep what steps gave, up to the first that is not a number."""
        for row in np.asarray([ops.convert_to_numpy(row) for row in rows]):
            self._rows.append([float(value) for value in row])
            self.steps += 1
            if not np.isfinite(row).all():
                self.stopped = self._what_happened()
                return

    def _what_happened(self):
        names = [name for name, value in zip(self.metrics, self._rows[-1], strict=True) if not np.isfinite(value)]
        wrong = ", ".join(self.metrics[name] for name in names)
        text = f"Training stopped at step {self.steps}, not a finite number: {wrong}. "
        if len(self._rows) > 1:
            last = ", ".join(f"{name} {value:.3g}" for name, value in zip(self.metrics, self._rows[-2], strict=True))
            text += f"One step before: {last}. "
        return text + (
            f"Large numbers there mean {self.large_numbers}. Small ones: look for NaN in the data. The weights are "
            "lost; restore a checkpoint or start anew."
        )

    @property
    def history(self):
        """What every step gave: for each name in ``metrics`` one array (steps,) of float32."""
        columns = np.array(self._rows, dtype="float32").reshape(-1, len(self.metrics)).T
        return dict(zip(self.metrics, columns, strict=True))

    # --- stopping and going on

    def save(self, path):
        """Write everything that the next step depends on, and the history, to a file; a kill cannot leave half of it.

        Parameters
        ----------
        path : path
            Its name ends with ``.npz``, in a folder that exists.

        Raises
        ------
        ValueError, OSError
            The name ends otherwise, or the file cannot be written there.
        """
        arrays = {"steps": self.steps, "history": np.array(self._rows), "settings": self._fixed()}
        archive.write(path, arrays | checkpoint.of_variables(self._state()))

    def restore(self, path):
        """Take up what `save` wrote: from here on training gives the same bits as if it had not been interrupted.

        Parameters
        ----------
        path : path

        Raises
        ------
        FileNotFoundError
            There is no such file.
        ValueError
            The file is empty, cut short or something else, or was written by a trainer with other networks,
            optimizers or settings. The message names it, and nothing is changed.
        """
        arrays = archive.read(path)
        if not {"steps", "history", "settings"} <= arrays.keys():
            raise ValueError(f"{path} is an archive, but no checkpoint that `save` wrote")
        if str(arrays["settings"]) != self._fixed():
            raise ValueError(f"{path}: the checkpoint is of {arrays['settings']}, this trainer has {self._fixed()}")
        try:
            checkpoint.to_variables(self._state(), arrays)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
        self.steps, self.stopped = int(arrays["steps"]), None
        self._rows = arrays["history"].reshape(-1, len(self.metrics)).tolist()

    def _fixed(self):
        return repr((*self._settings(), self.seed))
