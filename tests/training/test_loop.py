"""The loop around a step, by a user that is not adversarial: a least-squares fit whose every step NumPy can follow."""

import warnings

import keras
import numpy as np
import pytest
from keras import ops

from course_lib.backend import value_and_grad
from course_lib.models import archive
from course_lib.training.loop import Trainer

RATE, JITTER = 0.1, 0.05


class LeastSquares(Trainer):
    """y = x w by gradient descent on batches, with inputs that are shaken a little in every step."""

    metrics = {"loss": "the mean squared error", "length": "the length of w"}

    def __init__(self, seed=0, optimizer=None, rate=RATE, xla=False):
        self.w = keras.Variable(np.zeros((2, 1)), dtype="float32")
        self.optimizer = optimizer or keras.optimizers.SGD(rate)
        self.optimizer.build([self.w])
        self.rate, self.steps_made = rate, []
        super().__init__(seed, xla)

    def _state(self):
        return {"w": [self.w], "optimizer": self.optimizer.variables}

    def _settings(self):
        return ("least squares", self.rate)

    def _update(self, batch):
        def loss(w):
            return ops.mean((ops.matmul(batch["x"], ops.convert_to_tensor(w)) - batch["y"]) ** 2)

        value, gradient = value_and_grad(loss)(self.w)
        self.optimizer.apply([gradient], [self.w])
        return ops.stack([value, ops.sqrt(ops.sum(ops.square(self.w)))])

    def batch(self, x, y, step, size):
        chosen = self._chosen(step, len(x), size)
        shaken = x[chosen] + JITTER * self._random(0, step).standard_normal((size, 2))
        return {"x": shaken.astype("float32"), "y": y[chosen]}

    def fit(self, x, y, steps, batch_size=8, **options):
        def batch(step):
            self.steps_made.append(step)
            return self.batch(x, y, step, batch_size)

        return self._run(batch, steps, **options)


def data(n=20, hole=None):
    x = np.random.default_rng(0).normal(size=(n, 2)).astype("float32")
    y = x @ np.array([[1.5], [-0.5]], "float32")
    if hole is not None:
        y[hole] = np.nan
    return x, y


def w_of(trainer):
    return ops.convert_to_numpy(trainer.w)


# --- what a step does and sees ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("loop", "xla"), [(1, False), (3, False), (3, True)])
def test_steps_are_those_of_the_formula(loop, xla):
    """w ← w − η 2/n xᵀ(x w − y), in float64; seven steps, in programs of ``loop`` and what is left."""
    trainer, (x, y) = LeastSquares(seed=3, xla=xla), data()
    history = trainer.fit(x, y, 7, loop=loop)
    w, losses, lengths = np.zeros((2, 1)), [], []
    for step in range(7):
        batch = {name: array.astype(float) for name, array in trainer.batch(x, y, step, 8).items()}
        error = batch["x"] @ w - batch["y"]
        losses.append(np.mean(error**2))
        w = w - RATE * 2 / 8 * batch["x"].T @ error
        lengths.append(np.linalg.norm(w))
    np.testing.assert_allclose(w_of(trainer), w, rtol=1e-5)
    np.testing.assert_allclose(history["loss"], losses, rtol=1e-5)
    np.testing.assert_allclose(history["length"], lengths, rtol=1e-5)
    assert trainer.steps == 7 and trainer.stopped is None


def test_it_finds_the_coefficients():
    trainer = LeastSquares()
    trainer.fit(*data(), 300, loop=50)
    np.testing.assert_allclose(w_of(trainer)[:, 0], [1.5, -0.5], atol=0.05)


def test_random_numbers_come_from_seed_stream_and_number():
    draws = [LeastSquares(seed)._random(stream, n).random() for seed in (0, 1) for stream in (0, 2) for n in (0, 1)]
    assert len(set(draws)) == 8
    assert draws[0] == np.random.default_rng((0, 0, 0)).random()


def test_each_epoch_has_every_sample_once_in_an_order_of_its_own():
    trainer = LeastSquares(seed=4)
    epochs = np.array([trainer._chosen(step, 21, 7) for step in range(6)]).reshape(2, 21)
    for epoch in epochs:
        np.testing.assert_array_equal(np.sort(epoch), np.arange(21))
    assert (epochs[0] != epochs[1]).any() and (epochs[0] != np.arange(21)).any()
    np.testing.assert_array_equal(trainer._chosen(1, 21, 7), epochs[0, 7:14])  # any step can be asked for again
    assert (LeastSquares(seed=5)._chosen(0, 21, 7) != epochs[0, :7]).any()
    trainer.seed = 5
    np.testing.assert_array_equal(trainer._chosen(0, 21, 7), LeastSquares(seed=5)._chosen(0, 21, 7))


def test_steps_do_not_depend_on_how_they_are_divided_among_calls():
    whole, parts = LeastSquares(), LeastSquares()
    whole.fit(*data(), 7)
    for steps in (1, 0, 4, 2):
        parts.fit(*data(), steps)
    assert parts.steps_made == list(range(7))
    np.testing.assert_array_equal(w_of(parts), w_of(whole))
    np.testing.assert_array_equal(parts.history["loss"], whole.history["loss"])


# --- watching and stopping --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("loop", "expected"), [(1, [3, 6, 9]), (4, [4, 9])])
def test_watchers_are_called_as_soon_as_a_program_is_through(loop, expected):
    trainer, calls = LeastSquares(), []
    for steps in (5, 5):  # of programs of four: 4, 5, 9, 10
        trainer.fit(*data(), steps, loop=loop, watch=lambda t: calls.append(t.steps), watch_every=3)
    assert calls == expected


@pytest.mark.parametrize("loop", [1, 4])
def test_training_stops_at_the_first_number_that_is_not_finite(loop, tmp_path):
    x, y = data(hole=5)
    trainer, watched, path = LeastSquares(seed=1), [], tmp_path / "a.npz"
    step = next(n for n in range(9) if 5 in LeastSquares(seed=1)._chosen(n, len(x), 4))
    assert step > 0
    with pytest.warns(RuntimeWarning, match=f"stopped at step {step + 1}, not a finite number: the mean") as caught:
        history = trainer.fit(x, y, 40, 4, loop=loop, watch=watched.append, watch_every=1, save_to=path, save_every=1)
    assert [w.filename for w in caught if "stopped" in str(w.message)] == [__file__]
    assert trainer.steps == len(history["loss"]) == step + 1
    assert np.isfinite(history["loss"][:-1]).all() and np.isnan(history["loss"][-1])
    assert "the mean squared error, the length of w" in trainer.stopped and "look for NaN" in trainer.stopped
    assert len(watched) == (step if loop == 1 else step // 4)
    assert not path.exists() or int(archive.read(path)["steps"]) <= step


def test_large_numbers_are_told_from_small_ones():
    trainer = LeastSquares(rate=1e12)
    with pytest.warns(RuntimeWarning, match="One step before: loss .*e\\+.*a learning rate too high"):
        trainer.fit(*data(), 40)
    assert not np.isfinite(trainer.history["length"][-1])


def test_a_training_that_stopped_may_begin_again_without_a_warning(tmp_path):
    trainer = LeastSquares()
    trainer.fit(*data(), 3, save_to=tmp_path / "a.npz")
    with pytest.warns(RuntimeWarning):
        trainer.fit(*data(hole=slice(None)), 3)
    trainer.restore(tmp_path / "a.npz")
    assert trainer.stopped is None and trainer.steps == 3
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        assert np.isfinite(trainer.fit(*data(), 3)["loss"]).all()


# --- saving and going on ----------------------------------------------------------------------------------------------


def adam():
    falling = keras.optimizers.schedules.PolynomialDecay(0.1, 20, end_learning_rate=0.0)
    return keras.optimizers.Adam(falling)


@pytest.mark.parametrize("loop", [1, 3])
def test_a_restored_trainer_goes_on_with_the_same_bits(loop, tmp_path):
    whole, second = (LeastSquares(seed=2, optimizer=adam()) for _ in range(2))
    whole.fit(*data(), 6, loop=loop, save_to=tmp_path / "a.npz")
    whole.fit(*data(), 6, loop=loop)
    second.fit(*data(), 2)  # what it did before is forgotten
    second.restore(tmp_path / "a.npz")
    assert second.steps == len(second.history["loss"]) == 6
    second.fit(*data(), 6, loop=loop)
    for name in whole.history:
        np.testing.assert_array_equal(second.history[name], whole.history[name])
    for mine, other in zip(second._state().values(), whole._state().values(), strict=True):
        for a, b in zip(mine, other, strict=True):
            np.testing.assert_array_equal(ops.convert_to_numpy(a), ops.convert_to_numpy(b))


def test_it_is_saved_after_every_so_many_steps_and_at_the_end(tmp_path):
    trainer, path, found = LeastSquares(), tmp_path / "a.npz", []

    def watch(_):  # is called before saving
        found.append(int(archive.read(path)["steps"]) if path.exists() else 0)

    trainer.fit(*data(), 7, watch=watch, watch_every=1, save_to=path, save_every=3)
    assert found == [0, 0, 0, 3, 3, 3, 6]
    assert int(archive.read(path)["steps"]) == 7


def test_a_checkpoint_of_other_settings_is_refused_and_changes_nothing(tmp_path):
    path = tmp_path / "a.npz"
    LeastSquares(seed=2, rate=0.1).fit(*data(), 2, save_to=path)
    for other, words in (
        (LeastSquares(seed=3, rate=0.1), r"of \('least squares', 0.1, 2\), this trainer has \('least squares', 0.1, 3"),
        (LeastSquares(seed=2, rate=0.2), r"this trainer has \('least squares', 0.2, 2\)"),
        (LeastSquares(seed=2, rate=0.1, optimizer=adam()), "a.npz: the checkpoint has .* variables of the optimizer"),
    ):
        other.fit(*data(), 1)
        before = w_of(other)
        with pytest.raises(ValueError, match=words):
            other.restore(path)
        np.testing.assert_array_equal(w_of(other), before)
        assert other.steps == 1


# --- what cannot work says why, before the first step -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"steps": -1}, ValueError, "steps must be at least 0, got -1"),
        ({"loop": 0}, ValueError, "loop must be at least 1, got 0"),
        ({"loop": 2.0}, TypeError, "loop must be a whole number, got 2.0"),
        ({"watch": 3}, TypeError, "watch must be a function of the trainer, got 3"),
        ({"watch_every": 0}, ValueError, "watch_every must be at least 1, got 0"),
        ({"save_every": 0}, ValueError, "save_every must be at least 1, got 0"),
        ({"save_to": "missing/a.npz"}, FileNotFoundError, "folder that exists, got 'missing/a.npz'"),
        ({"save_to": "a.ckpt"}, ValueError, "must end with .npz, got 'a.ckpt'"),
    ],
)
def test_it_refuses_before_the_first_step(arguments, error, words):
    trainer = LeastSquares()
    with pytest.raises(error, match=words):
        trainer.fit(*data(), **{"steps": 10**9} | arguments)
    assert trainer.steps == 0 and trainer.steps_made == []


@pytest.mark.parametrize(("seed", "error"), [(-1, ValueError), (1.5, TypeError)])
def test_a_seed_that_is_none_is_named(seed, error):
    with pytest.raises(error, match=f"seed must be .*{seed}"):
        LeastSquares(seed)


def test_a_trainer_must_say_what_a_step_is():
    with pytest.raises(NotImplementedError):
        Trainer()
