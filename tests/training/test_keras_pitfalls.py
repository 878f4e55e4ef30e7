"""What chapter 16 says of Keras and TensorFlow themselves: should one of these tests fail, that is no longer so."""

import json
import multiprocessing
import os
import signal

import keras
import numpy as np
import pytest

from tests.helpers import printed

pytestmark = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="these are TensorFlow's")

# --- two devices ------------------------------------------------------------------------------------------------------

TWO = """
import json
import numpy as np
from course_lib.backend import distribution_strategy, jit_replicas, logical_cpus, replicas, value_and_grad
logical_cpus(2)
import keras
from keras import ops
rng = np.random.default_rng(0)
x, y = rng.normal(size=(11, 3)).astype("float32"), rng.normal(size=(11, 1)).astype("float32")

def weights_after_fit(names, n, normalized=False, **options):
    with distribution_strategy(names).scope():
        layers = [keras.layers.BatchNormalization()] * normalized
        layers += [keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")]
        model = keras.Sequential([keras.Input((3,)), *layers])
        model.compile(keras.optimizers.SGD(0.1), "mse", **options)
        model.fit(x[:n], y[:n], batch_size=8, shuffle=False, verbose=0)
    return np.ravel(model.get_weights()[-1]).tolist()

def weights_after_a_step(names, loss):
    with distribution_strategy(names).scope():
        dense = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")
        model = keras.Sequential([keras.Input((3,)), dense])
        sgd = keras.optimizers.SGD(0.1)
        sgd.build(model.trainable_variables)
        def step(x, y):
            value, gradients = value_and_grad(lambda w: loss(y, model(x)))(model.trainable_variables)
            sgd.apply([g / replicas() for g in gradients], model.trainable_variables)
            return value
        jit_replicas(step, [*model.variables, *sgd.variables], xla=False)(x[:8], y[:8])
        return np.ravel(dense.get_weights()[0]).tolist()

class Notes(keras.Model):
    def call(self, x):
        return x + 0.0

    def train_step(self, data):
        self.order.append(np.ravel(data[0]).astype(int).tolist())
        return {"loss": ops.zeros(())}

def orders():
    model = Notes()
    model.order = []
    model.compile(run_eagerly=True)
    model.fit(np.arange(20.0)[:, None], np.zeros((20, 1)), batch_size=20, epochs=3, verbose=0)
    return [list(order) for order in model.order]

found, both = {"unseeded": orders()}, ["CPU:0", "CPU:1"]
keras.utils.set_random_seed(0)
found["seeded"] = orders()
for name, n, normalized in (("whole", 8, False), ("partial", 11, False), ("normalized", 8, True)):
    found[name] = [weights_after_fit(names, n, normalized) for names in (both[:1], both)]
formula, of_keras = (lambda a, b: ops.mean((a - b) ** 2)), keras.losses.MeanSquaredError()
found["formula"] = [weights_after_a_step(names, formula) for names in (both[:1], both)]
found["loss object"] = [weights_after_a_step(names, of_keras) for names in (both[:1], both)]
try:
    weights_after_fit(both, 8, jit_compile=True)
    found["xla"] = "works"
except Exception as error:
    found["xla"] = type(error).__name__
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def on_two():
    return json.loads(printed(TWO, KERAS_BACKEND="tensorflow").splitlines()[-1])


def far(pair):
    return np.abs(np.subtract(*pair)).max()


def test_fit_on_two_devices_gives_the_weights_of_one(on_two):
    assert far(on_two["whole"]) < 1e-6


def test_but_not_with_a_last_batch_that_cannot_be_halved(on_two):
    """11 images in batches of 8: the last 3 are shared out as 2 and 1, and each share's mean counts the same."""
    assert far(on_two["partial"]) > 1e-3


def test_and_not_with_batch_normalization(on_two):
    """Each device takes the averages of its own share."""
    assert far(on_two["normalized"]) > 1e-3


def test_a_loss_object_of_keras_divides_by_the_devices_already(on_two):
    """With a formula of one's own the step divides its gradients; with a loss object that makes half a step."""
    assert far(on_two["formula"]) < 1e-6
    one, two = np.array(on_two["loss object"])
    np.testing.assert_allclose(two - 1, (one - 1) / 2, atol=1e-6)


def test_fit_with_xla_fails_on_two_devices(on_two):
    assert on_two["xla"] != "works"


def test_a_seed_makes_fit_shuffle_an_array_alike_in_every_epoch(on_two):
    """The random operation in the data starts anew from the seed at each epoch; without a seed it does not."""
    first, *others = on_two["seeded"]
    assert sorted(first) == list(range(20)) != first and others == [first, first]
    assert len({tuple(order) for order in on_two["unseeded"]}) == 3


# --- a compiled step --------------------------------------------------------------------------------------------------


def test_a_seed_that_is_a_number_freezes_the_noise_of_a_compiled_step():
    from course_lib.backend import jit

    moving = keras.random.SeedGenerator(0)
    frozen = jit(lambda x: x + keras.random.normal((3,), seed=0), xla=False)
    fresh = jit(lambda x: x + keras.random.normal((3,), seed=moving), [moving.state], xla=False)
    zero = np.zeros(3, "float32")
    np.testing.assert_array_equal(frozen(zero), frozen(zero))
    assert np.abs(fresh(zero) - fresh(zero)).max() > 1e-3


def test_the_average_of_an_optimizer_starts_from_the_weights_after_the_first_step():
    """`use_ema`: these count whole, nothing corrects it, so a short training averages what had hardly learned."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")])
    sgd = keras.optimizers.SGD(0.25, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=None)
    model.compile(sgd, "mse", jit_compile=False)
    for weight, average in ((0.5, 0.5), (0.25, 0.9 * 0.5 + 0.1 * 0.25)):  # each step halves the weight
        model.train_on_batch(np.ones((1, 1)), np.zeros((1, 1)))
        assert float(model.get_weights()[0][0, 0]) == pytest.approx(weight)
        assert [float(np.ravel(v)[0]) for v in sgd.variables if "average" in v.path] == pytest.approx([average])


# --- the data ---------------------------------------------------------------------------------------------------------


def test_batches_that_keras_makes_are_loaded_while_it_trains():
    """`fit` reads a `PyDataset` ahead: when step k is trained, later batches have been asked for already."""
    asked, at_step = [], []

    class Slow(keras.utils.PyDataset):
        def __len__(self):
            return 6

        def __getitem__(self, index):
            asked.append(index)
            return np.ones((2, 1), "float32"), np.ones((2, 1), "float32")

    class Watch(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            at_step.append(len(asked))

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(Slow(workers=1), shuffle=False, verbose=0, callbacks=[Watch()])
    assert sorted(set(asked)) == list(range(6))
    assert at_step[0] > 1


# --- a training that is killed ----------------------------------------------------------------------------------------


def fit(folder, dropout, shuffle, kill):
    """Train for four epochs; ``kill`` ends this process in the third. Writes the weights when it comes to the end."""
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(32, 4)).astype("float32"), rng.normal(size=(32, 1)).astype("float32")
    layers = (
        [keras.layers.Dense(8, activation="relu")] + [keras.layers.Dropout(0.5)] * dropout + [keras.layers.Dense(1)]
    )
    model = keras.Sequential([keras.Input((4,)), *layers])
    model.compile(keras.optimizers.Adam(0.01), "mse", jit_compile=False)

    class Kill(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if kill and self.epoch == 2 and batch == 1:
                os.kill(os.getpid(), signal.SIGKILL)

        def on_epoch_begin(self, epoch, logs=None):
            self.epoch = epoch

    backup = keras.callbacks.BackupAndRestore(folder, delete_checkpoint=False)
    model.fit(x, y, batch_size=8, epochs=4, shuffle=shuffle, verbose=0, callbacks=[backup, Kill()])
    np.savez(os.path.join(folder, "weights.npz"), *model.get_weights())


def weights(folder, dropout, shuffle, kills):
    """What `fit` ends with, each time in a process of its own."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["keras"])
    folder.mkdir()
    for kill in [True] * kills + [False]:
        process = context.Process(target=fit, args=(str(folder), dropout, shuffle, kill))
        process.start()
        process.join(200)
        assert process.exitcode == (-signal.SIGKILL if kill else 0)
    with np.load(folder / "weights.npz") as file:
        return np.concatenate([np.ravel(file[name]) for name in file.files])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize(("dropout", "shuffle", "same"), [(0, False, True), (1, False, False), (0, True, True)])
def test_backup_and_restore_keeps_the_weights_but_not_the_random_numbers(tmp_path, dropout, shuffle, same):
    """`BackupAndRestore` saves weights and moments: with dropout a killed training ends as another.

    Not so with a shuffle: a seed makes it the same in every epoch, and so there is nothing to remember.
    """
    whole, killed = (weights(tmp_path / name, dropout, shuffle, kills) for name, kills in (("a", 0), ("b", 1)))
    assert np.array_equal(whole, killed) is same
