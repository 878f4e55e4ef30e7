"""Training by flow matching: batches and steps worked out in NumPy; killed, on other devices, on the other backend."""

import json
import multiprocessing
import os
import signal
import time
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers, ops
from scipy import stats

from course_lib import backend
from course_lib.models import archive
from course_lib.models.denoiser import denoiser
from course_lib.training.diffusion import (
    FlowBatches,
    FlowMatching,
    FlowTrainer,
    WarmUpThenFall,
    adam,
    drop_labels,
    random_times,
)
from tests.helpers import printed

BACKEND = keras.backend.backend()


def numbers(tensor):
    return np.asarray(ops.convert_to_numpy(ops.cast(tensor, "float32")), dtype=np.float64)


def pictures(n=10, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(-1, 1, (n, 8, 8, 1)).astype("float32"), rng.integers(0, 3, n)


def small(seed=3, average=0.9):
    """A denoiser of three layers that hears time and class, with the same weights on both backends."""
    x, t, label = keras.Input((8, 8, 1)), keras.Input(()), keras.Input((), dtype="int32")
    h = layers.Dense(5)(layers.Flatten()(x)) + layers.Embedding(4, 5)(label) + layers.Reshape((1,))(t)
    answer = layers.Reshape((8, 8, 1))(layers.Dense(64)(layers.Activation("tanh")(h)))
    model = keras.Model([x, t, label], answer)
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        weight.assign(rng.normal(scale=0.2, size=weight.shape))
    return FlowMatching(model, average)


def weights_of(model):
    return [numbers(weight) for weight in [*model.denoiser.weights, *model.averages]]


# --- what a step takes ------------------------------------------------------------------------------------------------


def test_times_are_sigmoids_of_normal_numbers():
    t = random_times(np.random.default_rng(0), 5000)
    assert t.dtype == np.float32 and t.shape == (5000,) and 0 < t.min() and t.max() < 1
    logit = np.log(t / (1 - t.astype(float)))
    assert stats.kstest(logit, stats.norm(-0.8, 1).cdf).pvalue > 1e-4
    assert np.median(t) == pytest.approx(1 / (1 + np.exp(0.8)), abs=0.01)  # nearer to the noise


def test_a_share_of_the_labels_is_dropped():
    labels, rng = np.arange(20000) % 10, np.random.default_rng(0)
    dropped = drop_labels(labels, rng, 10, 0.1)
    assert dropped.dtype == np.int32
    assert np.mean(dropped == 10) == pytest.approx(0.1, abs=0.01)
    np.testing.assert_array_equal(dropped[dropped < 10], labels[dropped < 10])
    np.testing.assert_array_equal(drop_labels(labels, rng, 10, 0.0), labels)
    assert (drop_labels(labels, rng, 10, 1.0) == 10).all()


def test_a_batch_is_what_its_formula_says():
    images, labels = pictures()
    batches = FlowBatches(images, labels, 4, seed=5, classes=3, dropout=0.0)
    (noisy, t, label), (clean, noise) = batches[7]
    assert [a.dtype.name for a in (noisy, t, label, clean, noise)] == [
        "float32",
        "float32",
        "int32",
        "float32",
        "float32",
    ]
    for i in range(4):
        np.testing.assert_allclose(noisy[i], t[i] * clean[i] + (1 - t[i]) * noise[i], rtol=1e-5, atol=1e-6)
        (place,) = np.flatnonzero((images == clean[i]).all(axis=(1, 2, 3)))
        assert label[i] == labels[place]
    assert len(set(t.tolist())) == 4  # one time an image


def test_noise_is_normal_and_never_used_twice():
    batches = FlowBatches(*pictures(), 4, classes=3)
    noise = np.concatenate([batches[i][1][1].ravel() for i in range(40)])
    assert stats.kstest(noise, "norm").pvalue > 1e-4
    assert len(set(noise.tolist())) > 0.99 * len(noise)
    times = np.concatenate([batches[i][0][1] for i in range(40)])
    assert len(set(times.tolist())) == len(times)


def test_batches_depend_on_seed_and_step_alone():
    data = pictures()
    batches, later = FlowBatches(*data, 4, seed=1, classes=3), FlowBatches(*data, 4, seed=1, classes=3, first=5)
    other = FlowBatches(*data, 4, seed=2, classes=3)
    later[0]
    for i in (3, 0, 2):  # in whatever order they are asked for
        for a, b, c in zip(*(keras.tree.flatten(x) for x in (batches[5 + i], later[i], other[5 + i])), strict=True):
            np.testing.assert_array_equal(a, b)
            if a.dtype == np.float32:
                assert (a != c).any()


def test_each_epoch_shows_every_image_once_in_a_new_order():
    images = np.arange(11, dtype="float32")[:, None, None, None] * np.ones((1, 4, 4, 1), "float32")
    batches = FlowBatches(images, np.zeros(11, int), 3, classes=1)
    seen = np.array([batches[i][1][0][:, 0, 0, 0] for i in range(6)]).reshape(2, 9)
    for epoch in seen:
        assert len(set(epoch.tolist())) == 9
    assert (seen[0] != seen[1]).any() and (seen[0] != np.sort(seen[0])).any()


# --- the loss, and steps worked out by hand ---------------------------------------------------------------------------


def straight(a=0.3, average=0.9):
    """A denoiser that answers a · x, whatever the time and the label."""
    x, t, label = keras.Input((8, 8, 1)), keras.Input(()), keras.Input((), dtype="int32")
    answer = layers.Dense(1, use_bias=False)(x) + 0 * ops.cast(label, "float32")[:, None, None, None]
    model = keras.Model([x, t, label], answer + 0 * t[:, None, None, None])
    model.set_weights([np.array([[a]])])
    return FlowMatching(model, average)


def loss_and_slope(a, batch):
    """Mean of ((a x - x)/max(1 - t, .05) - (clean - noise))² and its derivative by a, in float64."""
    (x, t, _), (clean, noise) = keras.tree.map_structure(lambda array: array.astype(float), batch)
    left = np.maximum(1 - t, 0.05)[:, None, None, None]
    error = (a * x - x) / left - (clean - noise)
    return np.mean(error**2), np.mean(2 * error * x / left)


@pytest.mark.parametrize("how", ["fit", "fit with XLA", "trainer", "trainer with XLA", "trainer, looped"])
def test_steps_are_those_of_the_formula(how):
    images, labels = pictures()
    batches, a, average, losses = FlowBatches(images, labels, 4, seed=2, classes=3), 0.3, 0.3, []
    for i in range(5):
        decay = min(0.9, (1 + i) / (10 + i))
        average = decay * average + (1 - decay) * a  # of the weights before the step
        loss, slope = loss_and_slope(a, batches[i])
        a, losses = a - 0.01 * slope, [*losses, loss]
    model, sgd = straight(), keras.optimizers.SGD(0.01)
    if how.startswith("fit"):
        model.compile(sgd, jit_compile="XLA" in how)
        found = [model.fit(batches, steps_per_epoch=5, verbose=0).history["loss"][0]]
        losses = [np.mean(losses)]
    else:
        trainer = FlowTrainer(model, sgd, seed=2, xla="XLA" in how)
        loop = 2 if "looped" in how else 1
        found = trainer.fit(images, labels, 5, 4, classes=3, loop=loop)["loss"]
    np.testing.assert_allclose(found, losses, rtol=1e-4)
    assert int(model.steps) == 5
    assert numbers(model.denoiser.weights[0]).item() == pytest.approx(a, rel=1e-4) and abs(a - 0.3) > 1e-2
    assert numbers(model.averaged().weights[0]).item() == pytest.approx(average, rel=1e-4)
    assert abs(average - a) > 1e-3


def test_the_time_that_is_left_counts_at_least_a_twentieth():
    clean, noise = pictures(2)[0], pictures(2, seed=9)[0]
    t = np.array([0.5, 0.999], "float32")
    x = t[:, None, None, None] * clean + (1 - t[:, None, None, None]) * noise
    batch = (x, t, np.zeros(2, "int32")), (clean, noise)
    model = straight()
    value = numbers(model.compute_loss(list(batch[0]), list(batch[1]), model(list(batch[0])), training=False)).item()
    assert value == pytest.approx(loss_and_slope(0.3, batch)[0], rel=1e-4)


def test_evaluating_changes_nothing_and_can_be_repeated():
    model, batches = small(), FlowBatches(*pictures(), 4, seed=8, classes=3)
    model.compile(adam(10), jit_compile=False)
    before = weights_of(model)
    first, again = (model.evaluate(batches, steps=3, verbose=0) for _ in range(2))
    expected = [
        numbers(model.compute_loss(x, y, model(list(x)), training=False)).item()
        for x, y in (batches[i] for i in range(3))
    ]
    assert first == again == pytest.approx(np.mean(expected), rel=1e-4)
    assert int(model.steps) == 0
    for a, b in zip(before, weights_of(model), strict=True):
        np.testing.assert_array_equal(a, b)


def falling(steps=8):
    """Plain gradient descent with the schedule of the recipe."""
    return keras.optimizers.SGD(WarmUpThenFall(0.05, steps, warmup=2))


def test_fit_and_the_trainer_go_the_same_way_however_they_are_divided():
    data, models = pictures(), [small() for _ in range(4)]
    for model in models[:3]:
        model.compile(falling(), jit_compile=False)
    models[0].fit(FlowBatches(*data, 4, seed=2, classes=3), steps_per_epoch=6, verbose=0)
    models[1].fit(FlowBatches(*data, 4, seed=2, classes=3), steps_per_epoch=2, epochs=3, verbose=0)
    for first, steps in ((0, 4), (4, 2)):
        batches = FlowBatches(*data, 4, seed=2, classes=3, first=first)
        models[2].fit(batches, steps_per_epoch=steps, verbose=0)
    trainer = FlowTrainer(models[3], falling(), seed=2)
    for steps in (1, 5):
        trainer.fit(*data, steps, 4, classes=3)
    for model in models[1:]:
        for a, b in zip(weights_of(models[0]), weights_of(model), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    start = weights_of(small())
    assert max(np.abs(a - b).max() for a, b in zip(start, weights_of(models[0]), strict=True)) > 1e-2


@pytest.mark.skipif(BACKEND != "tensorflow", reason="JAX knows no sparse gradients")
def test_fit_squares_the_gradient_of_a_class_before_it_is_added_up():
    """What FlowTrainer's docstring says of Keras: Adam's second moment of a row is Σ g², not (Σ g)²."""
    images, labels = pictures(4)[0], np.zeros(4, int)
    batches, ways = FlowBatches(images, labels, 4, seed=2, classes=3, dropout=0.0), {}
    model = small()
    model.compile(adam(8), jit_compile=False)
    model.fit(batches, steps_per_epoch=1, verbose=0)
    trainer = FlowTrainer(small(), adam(8), seed=2)
    trainer.fit(images, labels, 1, 4, classes=3, dropout=0.0)
    for name, optimizer in (("fit", model.optimizer), ("trainer", trainer.optimizer)):
        (first,) = [v for v in optimizer.variables if "embedding" in v.path and "momentum" in v.path]
        (second,) = [v for v in optimizer.variables if "embedding" in v.path and "velocity" in v.path]
        ways[name] = numbers(first)[0] / 0.1, numbers(second)[0] / 0.01
    gradient, square = ways["trainer"]
    np.testing.assert_allclose(square, gradient**2, rtol=1e-3)
    np.testing.assert_allclose(ways["fit"][0], gradient, rtol=1e-3, atol=1e-6)
    assert (ways["fit"][1] < 0.9 * square).any()  # a sum of squares, not the square of the sum


@pytest.mark.parametrize("classes", [4, 10])
def test_batches_with_another_number_of_classes_are_refused(classes):
    """With more, "any" is no label of the network; with fewer it would be one of its classes, silently."""
    model = small()
    model.compile(adam(2), jit_compile=False)
    with pytest.raises(ValueError, match=f"classes must be 3, as in the denoiser, got batches with classes={classes}"):
        model.fit(FlowBatches(*pictures(), 4, classes=classes), steps_per_epoch=1, verbose=0)
    with pytest.raises(ValueError, match="classes must be 3"):
        FlowTrainer(small(), adam(2)).fit(*pictures(), 1, 4, classes=classes)


def test_a_training_can_be_repeated_to_the_bit():
    losses = []
    for _ in range(2):
        trainer = FlowTrainer(small(), adam(6), seed=1)
        losses.append(trainer.fit(*pictures(), 6, 4, classes=3)["loss"])
    np.testing.assert_array_equal(*losses)
    other = FlowTrainer(small(), adam(6), seed=2).fit(*pictures(), 6, 4, classes=3)["loss"]
    assert (losses[0] != other).all()


def test_the_learning_rate_rises_and_falls_to_0():
    schedule = WarmUpThenFall(0.5, 10, warmup=4)
    found = [numbers(schedule(step)).item() for step in (0, 1, 3, 4, 9, 10, 12)]
    np.testing.assert_allclose(found, [0.125, 0.225, 0.35, 0.3, 0.05, 0, 0], rtol=1e-6, atol=1e-8)
    optimizer = adam(10, rate=0.5, warmup=4)
    assert optimizer.beta_2 == 0.99 and float(optimizer.learning_rate) == pytest.approx(0.125)
    again = keras.optimizers.Adam.from_config(optimizer.get_config())
    assert float(again.learning_rate) == pytest.approx(0.125)


def test_one_picture_is_learned_by_heart():
    """All images are one: the perfect denoiser answers it always, and the loss falls to almost nothing."""
    image = pictures(1)[0]
    images = np.repeat(image, 8, axis=0)
    backend.set_seed(0)
    model = FlowMatching(denoiser((8, 8, 1), 1, 8), average=0.9)
    model.compile(adam(150, rate=1e-2, warmup=10), jit_compile=False)
    batches = FlowBatches(images, np.zeros(8, int), 8, classes=1)
    history = model.fit(batches, steps_per_epoch=50, epochs=3, verbose=0).history["loss"]
    assert history[-1] < 0.1 * history[0]
    noise = np.random.default_rng(1).standard_normal((4, 8, 8, 1)).astype("float32")
    answer = numbers(model.averaged()([noise, np.full(4, 0.1, "float32"), np.zeros(4, "int32")]))
    assert np.abs(answer - image).mean() < 0.15


# --- stopped, killed, and gone on with --------------------------------------------------------------------------------

STEPS = 40


def train(path, started):
    """Begin or go on, save after every step. Makes the file ``started`` when some steps are done."""
    trainer = FlowTrainer(small(), adam(STEPS, warmup=4), seed=7)
    if Path(path).exists():
        trainer.restore(path)
    before = trainer.steps

    def watch(_):
        if trainer.steps == before + 3:
            Path(started).touch()

    options = {"save_to": path, "save_every": 1, "watch": watch, "watch_every": 1}
    trainer.fit(*pictures(), STEPS - before, 4, classes=3, **options)


def run(path, started, delay=None):
    """Train in a process of its own; kill it ``delay`` seconds after its first steps. Gives its exit code."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["keras", "course_lib.training.diffusion"])
    started.unlink(missing_ok=True)
    process = context.Process(target=train, args=(str(path), str(started)))
    process.start()
    if delay is not None:
        while process.is_alive() and not started.exists():
            time.sleep(0.002)
        time.sleep(delay)
        os.kill(process.pid, signal.SIGKILL)
    process.join(120)
    return process.exitcode


def test_kills_change_nothing(tmp_path):
    path, reached = tmp_path / "killed.npz", []
    for delay in np.random.default_rng().uniform(0, 0.02, 2):  # not seeded: other moments every time
        assert run(path, tmp_path / "started", delay) == -signal.SIGKILL
        reached.append(int(archive.read(path)["steps"]))
    assert 0 < reached[0] < reached[1] < STEPS
    assert run(path, tmp_path / "started") == 0
    assert run(tmp_path / "whole.npz", tmp_path / "started") == 0
    killed, whole = archive.read(path), archive.read(tmp_path / "whole.npz")
    assert killed.keys() == whole.keys() and int(whole["steps"]) == STEPS
    for name, array in whole.items():
        np.testing.assert_array_equal(killed[name], array, err_msg=name)


class Stop(Exception):
    """What ends a training in the middle."""


class StopAt(keras.callbacks.Callback):
    """Ends a training after a batch of its second epoch."""

    def on_train_batch_end(self, batch, logs=None):
        """Stop in the second epoch."""
        if int(self.model.optimizer.iterations) == 5:
            raise Stop


def backed_up(folder, first=0, stop=False):
    """Six steps in two epochs, with Keras's BackupAndRestore."""
    model = small()
    model.compile(adam(6, warmup=2), jit_compile=False)
    callbacks = [keras.callbacks.BackupAndRestore(folder, delete_checkpoint=False), *([StopAt()] if stop else [])]
    batches = FlowBatches(*pictures(), 4, seed=7, classes=3, first=first)
    model.fit(batches, steps_per_epoch=3, epochs=2, callbacks=callbacks, verbose=0)
    return model


@pytest.mark.skipif(BACKEND != "tensorflow", reason="on JAX the weights are not in the model in the middle of an epoch")
def test_backup_and_restore_does_not_know_which_batch_comes_next(tmp_path):
    """It brings back weights, average and moments of the last whole epoch; who goes on must count the batches."""
    whole = backed_up(tmp_path / "whole")
    found = {}
    for name, first in (("anew", 0), ("counted", 3)):
        with pytest.raises(Stop):
            backed_up(tmp_path / name, stop=True)
        found[name] = backed_up(tmp_path / name, first=first)
        assert int(found[name].steps) == int(found[name].optimizer.iterations) == 6
    for a, b in zip(weights_of(whole), weights_of(found["counted"]), strict=True):
        np.testing.assert_array_equal(a, b)
    pairs = zip(weights_of(whole), weights_of(found["anew"]), strict=True)
    assert max(np.abs(a - b).max() for a, b in pairs) > 1e-4


def test_another_training_is_refused(tmp_path):
    FlowTrainer(small(), adam(6), seed=1).save(tmp_path / "a.npz")
    for other in (
        FlowTrainer(small(), adam(6), seed=2),
        FlowTrainer(small(), adam(7), seed=1),
        FlowTrainer(small(average=0.8), adam(6), seed=1),
    ):
        with pytest.raises(ValueError, match="the checkpoint is of"):
            other.restore(tmp_path / "a.npz")


def test_training_stops_where_the_numbers_end():
    images, labels = pictures()
    trainer = FlowTrainer(small(), keras.optimizers.SGD(1e12))
    with pytest.warns(RuntimeWarning, match="Training stopped at step .*: the loss. "):
        history = trainer.fit(images, labels, 40, 4, classes=3)
    assert len(history["loss"]) == trainer.steps < 40


# --- other precisions -----------------------------------------------------------------------------------------------


ROUGH = {"mixed_float16": 0.02, "mixed_bfloat16": 0.1, "float64": 1e-4}
if BACKEND == "jax":
    del ROUGH["float64"]  # JAX has it only where it was switched on before anything else


@pytest.mark.parametrize("policy", ROUGH)
def test_in_other_precisions_it_trains_alike(policy):
    usual = FlowTrainer(small(), adam(8, warmup=2), seed=1)
    expected = usual.fit(*pictures(), 8, 4, classes=3)["loss"]
    old = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        trainer, fitted = FlowTrainer(small(), adam(8, warmup=2), seed=1), small()
        assert isinstance(trainer.optimizer, keras.optimizers.LossScaleOptimizer) == (policy == "mixed_float16")
        found = trainer.fit(*pictures(), 8, 4, classes=3)["loss"]
        fitted.compile(adam(8, warmup=2), jit_compile=False)
        fitted.fit(FlowBatches(*pictures(), 4, seed=1, classes=3), steps_per_epoch=8, verbose=0)
    finally:
        keras.config.set_dtype_policy(old)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=ROUGH[policy])
    assert {variable.dtype for variable in trainer.model.averages} == {"float64" if policy == "float64" else "float32"}
    for a, b in zip(weights_of(trainer.model), weights_of(fitted), strict=True):
        assert np.isfinite(a).all()
        np.testing.assert_allclose(a, b, atol=0.02)


# --- two devices, two backends ----------------------------------------------------------------------------------------


def short_trainings():
    """Losses and weights of three steps: by the trainer, and by ``fit``."""
    trainer, fitted = FlowTrainer(small(), keras.optimizers.SGD(1e-2), seed=1), small()
    history = trainer.fit(*pictures(), 3, 4, classes=3)["loss"]
    fitted.compile(keras.optimizers.SGD(1e-2), jit_compile=False)
    batches = FlowBatches(*pictures(), 4, seed=1, classes=3)
    loss = fitted.fit(batches, steps_per_epoch=3, verbose=0).history["loss"]
    ways = {"trainer": (history, trainer.model), "fit": (loss, fitted)}
    return {
        name: np.concatenate([losses, *(w.ravel() for w in weights_of(model)), [numbers(model.steps).item()]]).tolist()
        for name, (losses, model) in ways.items()
    }


ELSEWHERE = """
import json
import keras
if keras.backend.backend() == "tensorflow":
    import tensorflow as tf
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from course_lib.backend import device_report, distribution_strategy, replicas
from tests.training.test_diffusion import short_trainings
found = {}
if keras.backend.backend() == "jax":
    found["one device"] = short_trainings()
with distribution_strategy().scope():
    found["two devices"] = short_trainings()
    found["copies"] = replicas()
found["devices"] = len(device_report()["devices"])
print(json.dumps(found))
"""


@pytest.mark.parametrize("name", ["tensorflow", "jax"])
def test_two_devices_and_both_backends_give_the_same_weights(name):
    if BACKEND != "tensorflow":
        pytest.skip("runs both backends in processes of their own")
    pytest.importorskip(name, reason="JAX is in requirements-dev.lock")
    flags = {"XLA_FLAGS": "--xla_force_host_platform_device_count=2", "KERAS_BACKEND": name}
    found = json.loads(printed(ELSEWHERE, **flags).splitlines()[-1])
    assert found.pop("devices") == 2
    assert found.pop("copies") == (2 if name == "tensorflow" else 1)
    expected = short_trainings()
    assert found.keys() == {"two devices"} | ({"one device"} if name == "jax" else set())
    for where, ways in found.items():
        for way, values in ways.items():
            np.testing.assert_allclose(values, expected[way], rtol=1e-3, atol=1e-4, err_msg=f"{where}, {way}")


# --- what cannot work says why ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        (lambda x, y: FlowBatches((x * 127).astype("uint8"), y), TypeError, r"scaled to \[-1, 1\], got uint8"),
        (lambda x, y: FlowBatches(np.where(x > 0, np.nan, x), y), ValueError, "images must be finite"),
        (lambda x, y: FlowBatches(x[..., 0], y), ValueError, "images must have 4 axes"),
        (lambda x, y: FlowBatches(x, y[:-1]), ValueError, r"one for each of the 10 images, got \(9,\)"),
        (lambda x, y: FlowBatches(x, y + 0.5), TypeError, "labels must hold class ids"),
        (lambda x, y: FlowBatches(x, y, 4, classes=2), ValueError, "labels must be at most 1, got 2"),
        (lambda x, y: FlowBatches(x, y - 1, 4), ValueError, "labels must be at least 0, got -1"),
        (lambda x, y: FlowBatches(x, y, 11), ValueError, "batch_size must be at most 10, got 11"),
        (lambda x, y: FlowBatches(x, y, 4, dropout=1.5), ValueError, "dropout must be from 0 to 1, got 1.5"),
        (lambda x, y: FlowBatches(x, y, 4, seed=-1), ValueError, "seed must be at least 0, got -1"),
        (lambda x, y: FlowBatches(x, y, 4, first=0.5), TypeError, "first must be a whole number, got 0.5"),
        (lambda x, y: small(average=1.0), ValueError, "above 0 and below 1, got 1.0"),
        (lambda x, y: adam(0), ValueError, "steps must be at least 1, got 0"),
        (lambda x, y: adam(5, rate=0.0), ValueError, "rate must be"),
        (lambda x, y: adam(5, warmup=0), ValueError, "warmup must be at least 1, got 0"),
        (lambda x, y: FlowTrainer(small(), adam(5), seed=0.5), TypeError, "seed must be a whole number, got 0.5"),
        (
            lambda x, y: FlowTrainer(small(), adam(5)).fit(x, y, -1, 4, classes=3),
            ValueError,
            "steps must be at least 0",
        ),
        (
            lambda x, y: FlowTrainer(small(), adam(5)).fit(x, y, 9, 40),
            ValueError,
            "batch_size must be at most 10, got 40",
        ),
    ],
)
def test_errors_name_the_argument(wrong, error, words):
    with pytest.raises(error, match=words):
        wrong(*pictures())
