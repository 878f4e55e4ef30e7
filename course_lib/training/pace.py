"""How long a training step takes here: measured, not guessed, before hours are planned."""

import time

import keras
import numpy as np

from course_lib._validate import whole_number

WARM = 2  # steps that are not counted: the first ones compile


class _Watch(keras.callbacks.Callback):
    """Notes when each step ends, and stops the training after so many."""

    def __init__(self, steps):
        super().__init__()
        self.steps, self.ends = steps, []

    def on_train_batch_end(self, batch, logs=None):
        self.ends.append(time.perf_counter())
        if len(self.ends) >= self.steps:
            self.model.stop_training = True


def seconds_per_step(model, data, steps=8):
    """Time a few training steps of a compiled model, and put its weights back.

    The batches are made in the time that is measured, too. The first steps, which compile, are not counted.

    Parameters
    ----------
    model : keras.Model
        Compiled.
    data : keras.utils.PyDataset
        Of at least ``steps + 2`` batches.
    steps : int, at least 1
        Steps to be counted.

    Returns
    -------
    float
        Seconds, the median.

    Raises
    ------
    ValueError
        Too few batches.
    """
    steps = whole_number("steps", steps, 1)
    if len(data) < steps + WARM:
        raise ValueError(f"data must have at least {steps + WARM} batches to time {steps} steps, got {len(data)}")
    before, epoch = model.get_weights(), getattr(data, "epoch", None)
    model.optimizer.build(model.trainable_variables)
    of_optimizer = [keras.ops.convert_to_numpy(v) for v in model.optimizer.variables]
    watch = _Watch(steps + WARM)
    model.fit(data, epochs=1, verbose=0, callbacks=[watch])
    model.set_weights(before)
    for variable, value in zip(model.optimizer.variables, of_optimizer, strict=True):
        variable.assign(value)
    if epoch is not None:
        data.epoch = epoch
    return float(np.median(np.diff(watch.ends)[WARM - 1 :]))
