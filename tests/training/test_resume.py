"""A training that is killed goes on as if it had not been: the same bits, ten kills in one training later."""

import json
import multiprocessing
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from course_lib.models import archive

STEPS = 300
KILLS = 10


def data():
    return np.random.default_rng(0).normal(1.0, 0.5, (60, 2)).astype("float32")


def trainer(**changes):
    """A trainer with everything that a step can change: moments, averages, batch statistics, singular vectors."""
    import keras

    from course_lib import backend
    from course_lib.losses.adversarial import HINGE
    from course_lib.models.gan import toy_discriminator
    from course_lib.training.adversarial import AdversarialTrainer

    backend.set_seed(1)
    inputs = keras.Input((2,))
    x = keras.layers.BatchNormalization(momentum=0.9)(keras.layers.Dense(4, activation="relu")(inputs))
    generator = keras.Model(inputs, keras.layers.Dense(2)(x))
    falling = keras.optimizers.schedules.PolynomialDecay(1e-2, STEPS, end_learning_rate=0.0)
    options = {
        "generator_optimizer": keras.optimizers.Adam(falling),
        "discriminator_optimizer": keras.optimizers.Adam(1e-2),
        "gradient_penalty": 0.5,
        "ema": 0.95,
        "seed": 7,
        **changes,
    }
    return AdversarialTrainer(generator, toy_discriminator(width=4, depth=1, spectral=True), HINGE, **options)


def small_trainer():
    """The least that has moments, an average and a penalty: each process that is killed compiles it anew."""
    import keras

    from course_lib import backend
    from course_lib.models.gan import toy_discriminator, toy_generator
    from course_lib.training.adversarial import AdversarialTrainer

    backend.set_seed(1)
    adam = [keras.optimizers.Adam(1e-2) for _ in range(2)]
    options = {"generator_optimizer": adam[0], "discriminator_optimizer": adam[1], "r1": 0.1, "ema": 0.95}
    return AdversarialTrainer(toy_generator(depth=0), toy_discriminator(width=3, depth=1), **options)


def train(path, started):
    """Begin or go on, save after every step, stop after STEPS. Makes the file ``started`` when it has saved once."""
    training = small_trainer()
    if Path(path).exists():
        training.restore(path)
    before = training.steps

    def watch(_):  # is called before saving
        if training.steps == before + 2:
            Path(started).touch()

    training.fit(data(), STEPS - before, 4, save_to=path, save_every=1, watch=watch, watch_every=1)


def run_until(path, started, delay):
    """Train in a process of its own; kill it ``delay`` seconds after its first steps. Gives its exit code."""
    context = multiprocessing.get_context("forkserver")  # a new process without a new import of TensorFlow
    context.set_forkserver_preload(["keras", "course_lib.training.adversarial"])
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


def test_ten_kills_change_nothing(tmp_path):
    rng = np.random.default_rng()  # not seeded: every run of this test kills at other moments
    path, reached = tmp_path / "killed.npz", []
    for delay in rng.uniform(0, 0.03, KILLS):
        assert run_until(path, tmp_path / "started", delay) == -signal.SIGKILL
        reached.append(int(archive.read(path)["steps"]))
    assert reached == sorted(set(reached)) and reached[-1] < STEPS
    assert run_until(path, tmp_path / "started", None) == 0
    assert run_until(tmp_path / "whole.npz", tmp_path / "started", None) == 0
    killed, whole = archive.read(path), archive.read(tmp_path / "whole.npz")
    assert killed.keys() == whole.keys() and int(whole["steps"]) == len(whole["history"]) == STEPS
    for name, array in whole.items():
        np.testing.assert_array_equal(killed[name], array, err_msg=name)


def test_a_restored_trainer_goes_on_with_the_same_bits(tmp_path):
    whole, second = trainer(), trainer()
    whole.fit(data(), 2, 4)
    whole.save(tmp_path / "a.npz")
    whole.fit(data(), 3, 4)
    second.step(data()[:4])  # what it did before is forgotten
    second.restore(tmp_path / "a.npz")
    assert second.steps == 2 and len(second.history["real"]) == 2
    second.fit(data(), 3, 4)
    for name, values in whole.history.items():
        np.testing.assert_array_equal(second.history[name], values)
    np.testing.assert_array_equal(second.sample(4), whole.sample(4))
    for (owner, a), b in zip(whole._state().items(), second._state().values(), strict=True):
        for i, (x, y) in enumerate(zip(a, b, strict=True)):
            np.testing.assert_array_equal(np.asarray(x), np.asarray(y), err_msg=f"{owner} {i}")


def test_another_trainer_is_refused_and_unchanged(tmp_path):
    path = tmp_path / "a.npz"
    trainer().save(path)
    for changes in ({"seed": 8}, {"ema": 0.9}, {"critic_steps": 2}, {"gradient_penalty": 0.4}):
        with pytest.raises(ValueError, match="the checkpoint is of"):
            trainer(**changes).restore(path)
    import keras

    other = trainer(generator_optimizer=keras.optimizers.SGD())
    before = json.dumps([np.asarray(w).tolist() for w in other.generator.weights])
    with pytest.raises(ValueError, match="variables of the generator_optimizer"):
        other.restore(path)
    assert json.dumps([np.asarray(w).tolist() for w in other.generator.weights]) == before


@pytest.mark.parametrize("how", ["empty", "cut", "text", "no checkpoint"])
def test_a_file_that_is_no_checkpoint_is_named_and_changes_nothing(how, tmp_path):
    path, training = tmp_path / "mine.npz", trainer()
    training.save(path)
    if how == "no checkpoint":
        np.savez(path, a=np.arange(3))
    else:
        path.write_bytes({"empty": b"", "cut": path.read_bytes()[:-40], "text": b"hello"}[how])
    before = [np.asarray(variable) for owned in training._state().values() for variable in owned]
    with pytest.raises(ValueError, match="mine.npz.*no checkpoint|mine.npz is no whole archive"):
        training.restore(path)
    after = [np.asarray(variable) for owned in training._state().values() for variable in owned]
    assert all(np.array_equal(x, y) for x, y in zip(before, after, strict=True))


def test_nothing_is_changed_where_a_later_owner_differs(tmp_path):
    """The generator comes first in the file and fits; the optimizer after it does not."""
    import keras

    first, other = trainer(), trainer(generator_optimizer=keras.optimizers.SGD())
    first.fit(data(), 2, 4)
    first.save(tmp_path / "a.npz")
    before = [np.asarray(w) for w in other.generator.weights]
    with pytest.raises(ValueError, match="a.npz: the checkpoint has .* variables of the generator_optimizer"):
        other.restore(tmp_path / "a.npz")
    assert all(np.array_equal(x, np.asarray(w)) for x, w in zip(before, other.generator.weights, strict=True))


@pytest.fixture
def policy(request):
    import keras

    old = keras.config.dtype_policy()
    keras.config.set_dtype_policy(request.param)
    yield request.param
    keras.config.set_dtype_policy(old)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "bfloat16", "float64"], indirect=True)
def test_a_training_in_any_precision_goes_on_with_the_same_bits(policy, tmp_path):
    whole, second = trainer(), trainer()
    whole.fit(data(), 2, 4, save_to=tmp_path / "a.npz")
    whole.fit(data(), 3, 4)
    second.restore(tmp_path / "a.npz")
    second.fit(data(), 3, 4)
    for name, values in whole.history.items():
        assert np.isfinite(values).all()
        np.testing.assert_array_equal(second.history[name], values)
    for a, b in zip(whole._state().values(), second._state().values(), strict=True):
        for x, y in zip(a, b, strict=True):
            assert np.asarray(x).tobytes() == np.asarray(y).tobytes() and x.dtype == y.dtype
