import time

import keras
import numpy as np
import pytest

from course_lib.training.augmentation import Crops
from course_lib.training.pace import seconds_of_a_unet, seconds_per_step


class Slow(keras.utils.PyDataset):
    """Batches that take their time."""

    def __init__(self, seconds, n=12):
        super().__init__()
        self.seconds, self.n = seconds, n

    def __len__(self):
        return self.n

    def __getitem__(self, index):
        time.sleep(self.seconds)
        return np.ones((2, 3), "float32"), np.ones((2, 1), "float32")


def small():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.1), "mse", jit_compile=False)
    return model


def test_it_takes_as_long_as_the_batches_do():
    assert 0.04 < seconds_per_step(small(), Slow(0.05), steps=5) < 0.4


def test_nothing_is_learned_by_it():
    images = np.random.default_rng(0).random((2, 16, 16, 1), dtype=np.float32)
    crops = Crops(images, np.zeros((2, 16, 16), np.uint8), size=8, batch_size=2, steps=6)
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(1, 1), keras.layers.BatchNormalization()])
    model.compile(keras.optimizers.Adam(0.1), "mse", jit_compile=False)
    before = model.get_weights()
    seconds_per_step(model, crops, steps=3)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert int(model.optimizer.iterations) == 0 and crops.epoch == 0
    moments = [keras.ops.convert_to_numpy(v) for v in model.optimizer.variables[2:]]
    assert not any(np.any(v) for v in moments)
    model.fit(crops, epochs=2, verbose=0)  # it can be trained afterwards
    assert int(model.optimizer.iterations) == 12


def test_too_few_batches():
    with pytest.raises(ValueError, match="at least 10 batches"):
        seconds_per_step(small(), Slow(0, n=5))
    with pytest.raises(ValueError, match="steps"):
        seconds_per_step(small(), Slow(0), steps=0)


def test_a_step_of_the_unet_is_timed_with_and_without_time_for_more():
    assert 0 < seconds_of_a_unet(repeats=2) < 60
    for wrong, name in (({"repeats": 0}, "repeats"), ({"limit": 0}, "limit")):
        with pytest.raises(ValueError, match=name):
            seconds_of_a_unet(**wrong)
