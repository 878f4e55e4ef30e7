"""How long a training step takes here: measured, not guessed, before hours are planned."""

import time

import keras
import numpy as np

from course_lib._validate import real_number, whole_number
from course_lib.backend import device_report

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


def seconds_of_a_unet(repeats=5, limit=3.0):
    """Time a training step of chapter 08's U-Net on the device that Keras uses: 16 images of 64 × 64 pixels, of noise.

    Parameters
    ----------
    repeats : int, at least 1
        Steps to be counted; the first step, which compiles, is not.
    limit : float, above 0
        Seconds after which no further step is begun.

    Returns
    -------
    float
        Seconds, the median.
    """
    from course_lib.models.unet import unet

    repeats, limit = whole_number("repeats", repeats, 1), real_number("limit", limit, above=0)
    model, rng = unet(1), np.random.default_rng(0)
    x = rng.normal(size=(16, 64, 64, 1)).astype("float32")
    y = (rng.random((16, 64, 64, 1)) < 0.5).astype("float32")
    on_cpu = device_report()["kind"] == "cpu" and keras.backend.backend() == "tensorflow"
    # to compile a U-Net by XLA takes longer than all steps here, and JAX knows nothing else
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile("adam", loss, jit_compile=False if on_cpu else "auto")
    model.train_on_batch(x, y)
    began, taken = time.perf_counter(), []
    while len(taken) < repeats and (not taken or time.perf_counter() - began < limit):
        start = time.perf_counter()
        model.train_on_batch(x, y)  # it gives the loss as a number: the device has finished
        taken.append(time.perf_counter() - start)
    return float(np.median(taken))
