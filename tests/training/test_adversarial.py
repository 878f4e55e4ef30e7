"""The adversarial trainer against steps worked out in NumPy, its bookkeeping, other devices and the other backend."""

import json

import keras
import numpy as np
import pytest
from keras import ops
from scipy import stats

from course_lib import backend
from course_lib.losses import adversarial as losses
from course_lib.models.gan import toy_discriminator, toy_generator
from course_lib.training import adversarial
from course_lib.training.adversarial import AdversarialTrainer
from course_lib.training.toy import train_toy
from tests.helpers import printed

BACKEND = keras.backend.backend()
SGD = keras.optimizers.SGD


def numbers(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), dtype=np.float64)


def points(n=64, seed=0):
    return np.random.default_rng(seed).normal((1.5, -0.5), 0.7, (n, 2)).astype("float32")


def linear_game(loss, pack=1, rates=(0.3, 0.2), **options):
    """G(z) = z A + c and D(x) = x w + b, each with plain gradient descent."""
    generator, discriminator = toy_generator(3, depth=0), toy_discriminator(depth=0, pack=pack)
    generator.set_weights([np.array([[0.5, -1], [1, 0.3], [-0.2, 0.8]]), np.array([0.1, -0.2])])
    discriminator.set_weights([np.array([[0.7], [-0.4]] * pack), np.array([0.2])])
    return AdversarialTrainer(
        generator,
        discriminator,
        loss,
        discriminator_optimizer=SGD(rates[0]),
        generator_optimizer=SGD(rates[1]),
        pack=pack,
        **options,
    )


def weights_of(trainer):
    return [numbers(w) for w in [*trainer.generator.weights, *trainer.discriminator.weights]]


# --- steps worked out by hand -----------------------------------------------------------------------------------------


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


# loss -> derivatives of the mean's summands: D's by real, D's by fake, G's by fake, from real and fake logits
DERIVATIVES = {
    losses.MINIMAX: (lambda r, f: sigmoid(r) - 1, lambda r, f: sigmoid(f), lambda r, f: -sigmoid(f)),
    losses.NON_SATURATING: (lambda r, f: sigmoid(r) - 1, lambda r, f: sigmoid(f), lambda r, f: sigmoid(f) - 1),
    losses.LEAST_SQUARES: (lambda r, f: r - 1, lambda r, f: f, lambda r, f: f - 1),
    losses.HINGE: (lambda r, f: -1.0 * (r < 1), lambda r, f: 1.0 * (f > -1), lambda r, f: -1 + 0 * f),
    losses.WASSERSTEIN: (lambda r, f: -1 + 0 * r, lambda r, f: 1 + 0 * f, lambda r, f: -1 + 0 * f),
    losses.RELATIVISTIC: (
        lambda r, f: sigmoid(r - f) - 1,
        lambda r, f: 1 - sigmoid(r - f),
        lambda r, f: sigmoid(f - r) - 1,
    ),
}


def steps_by_hand(trainer, reals, rates=(0.3, 0.2), r1=0.0, r2=0.0, gradient_penalty=0.0):
    """The same steps as formulas: A, c, w and b after them. Noise is the trainer's own, step by step."""
    a, c, w, b = weights_of(trainer)
    of_real, of_fake, of_generator = DERIVATIVES[trainer.loss]
    for step, real in enumerate(reals):
        parts = np.split(real.astype(float), trainer.critic_steps)
        n = len(parts[0])
        z = trainer.noise(step, n)["z"]
        for i, x in enumerate(parts):
            g = z[i] @ a + c
            r, f = x @ w + b, g @ w + b
            dr, df = of_real(r, f) / n, of_fake(r, f) / n
            norm = np.linalg.norm(w)
            slope = (r1 + r2) * w + 2 * gradient_penalty * (norm - 1) * w / norm
            w, b = w - rates[0] * (x.T @ dr + g.T @ df + slope), b - rates[0] * (dr.sum() + df.sum())
        g = z[-1] @ a + c
        d = of_generator(parts[-1] @ w + b, g @ w + b) / n @ w.T
        a, c = a - rates[1] * z[-1].T @ d, c - rates[1] * d.sum(axis=0)
    return a, c, w, b


@pytest.mark.parametrize(
    ("loss", "xla"),
    [(losses.NON_SATURATING, False), *((loss, True) for loss in DERIVATIVES)],
    ids=lambda value: ("graph", "XLA")[value] if isinstance(value, bool) else value.name,
)
def test_two_steps_are_those_of_the_formulas(loss, xla):
    options = {"r1": 0.5, "r2": 0.25, "gradient_penalty": 0.4}
    trainer = linear_game(loss, critic_steps=2, xla=xla, **options)
    reals = [points(16, seed=1), points(16, seed=2)]
    expected = steps_by_hand(trainer, reals, **options)
    for real in reals:
        trainer.step(real)
    for got, oracle, start in zip(weights_of(trainer), expected, weights_of(linear_game(loss)), strict=True):
        np.testing.assert_allclose(got, oracle, rtol=1e-4, atol=1e-6)
        assert np.abs(oracle - start).max() > 1e-3 or start.size == 1  # the bias of a critic's difference stays


def test_the_gradient_penalty_is_taken_between_real_and_fake():
    """D(x) = x² v: the slope at x̂ is 2 v x̂, so where x̂ lies matters. α is the trainer's own."""
    trainer = linear_game(losses.WASSERSTEIN)
    inputs = keras.Input((2,))
    squares = keras.Model(inputs, keras.layers.Dense(1)(inputs * inputs))
    v = np.array([[0.6], [-0.9]])
    squares.set_weights([v, np.zeros(1)])
    trainer = AdversarialTrainer(
        trainer.generator, squares, losses.WASSERSTEIN, gradient_penalty=3.0, discriminator_optimizer=SGD(0.1)
    )
    x, n = points(8).astype(float), 8
    noise = trainer.noise(0, n)
    a, c = (numbers(w) for w in trainer.generator.weights)
    g, alpha = noise["z"][0] @ a + c, noise["alpha"][0][:, None]
    between = alpha * x + (1 - alpha) * g
    slopes = 2 * between * v[:, 0]
    norm = np.linalg.norm(slopes, axis=1)
    of_penalty = np.mean((2 * (norm - 1) / norm)[:, None] * slopes * 2 * between, axis=0)
    of_loss = np.mean(g**2, axis=0) - np.mean(x**2, axis=0)
    metrics = trainer.step(points(8))
    np.testing.assert_allclose(numbers(squares.weights[0])[:, 0], v[:, 0] - 0.1 * (of_loss + 3 * of_penalty), rtol=1e-4)
    assert metrics["penalty"] == pytest.approx(3 * np.mean((norm - 1) ** 2), rel=1e-4)
    assert metrics["discriminator"] == pytest.approx(of_loss @ v[:, 0], rel=1e-4)


def test_metrics_are_what_their_names_say():
    trainer = linear_game(losses.NON_SATURATING, r1=2.0, rates=(0.0, 0.0))
    x = points(8).astype(float)
    a, c, w, b = weights_of(trainer)
    z = trainer.noise(0, 8)["z"]
    real, fake, again = x @ w + b, (z[0] @ a + c) @ w + b, (z[1] @ a + c) @ w + b
    metrics = trainer.step(points(8))
    assert metrics == {name: pytest.approx(values[0]) for name, values in trainer.history.items()}
    assert metrics == {
        "discriminator": pytest.approx(np.mean(np.log1p(np.exp(-real))) + np.mean(np.log1p(np.exp(fake))), rel=1e-5),
        "generator": pytest.approx(np.mean(np.log1p(np.exp(-again))), rel=1e-5),
        "real": pytest.approx(real.mean(), rel=1e-5),
        "fake": pytest.approx(fake.mean(), rel=1e-4),
        "penalty": pytest.approx(float((w**2).sum()), rel=1e-5),
    }


def test_smoothing_reaches_the_loss():
    plain, smooth = (linear_game(losses.NON_SATURATING, rates=(0.0, 0.0), smooth=s) for s in (1.0, 0.8))
    gap = smooth.step(points(8))["discriminator"] - plain.step(points(8))["discriminator"]
    _, _, w, b = weights_of(plain)
    assert gap == pytest.approx(0.2 * np.mean(points(8) @ w + b), rel=1e-4)  # softplus(z) − softplus(−z) = z


def test_no_gradient_goes_from_the_discriminators_objective_into_the_generator():
    trainer = linear_game(losses.RELATIVISTIC)
    z, real, penalties = points(8, 3) @ np.eye(2, 3, dtype="float32"), points(8), adversarial.Penalties(1, 1, 1)

    def of_discriminator(_):
        fake, alpha = trainer.generator(z), np.linspace(0, 1, 8, dtype="float32")
        return adversarial.discriminator_objective(
            trainer.loss, penalties, trainer.discriminator, real, fake, ops.convert_to_tensor(alpha)
        )[0]

    def of_generator(_):
        return adversarial.generator_objective(trainer.loss, trainer.discriminator, real, trainer.generator(z))

    _, stopped = backend.value_and_grad(of_discriminator)(trainer.generator.trainable_variables)
    _, through = backend.value_and_grad(of_generator)(trainer.generator.trainable_variables)
    for nothing, something in zip(stopped, through, strict=True):
        assert np.abs(numbers(nothing)).max() == 0
        assert np.abs(numbers(something)).max() > 1e-3


def test_real_and_fake_pass_the_discriminator_apart():
    """After batch normalization the mean logit of a batch is the bias, however far real and fake lie apart."""
    inputs = keras.Input((2,))
    x = keras.layers.BatchNormalization()(inputs)
    discriminator = keras.Model(inputs, keras.layers.Dense(1, bias_initializer="ones")(x))
    metrics = AdversarialTrainer(toy_generator(width=4), discriminator).step(points(32) + 100)
    assert metrics["real"] == pytest.approx(1, abs=1e-3)
    assert metrics["fake"] == pytest.approx(1, abs=1e-3)


def test_packed_samples_lie_side_by_side():
    x = np.arange(12, dtype="float32").reshape(4, 1, 3)
    packed = numbers(adversarial.pack_samples(ops.convert_to_tensor(x), 2))
    np.testing.assert_array_equal(packed, [[[0, 1, 2, 6, 7, 8]], [[3, 4, 5, 9, 10, 11]]])


def test_a_packed_step_judges_pairs():
    """With w = (v, v) a pair's logit is the sum of its points' logits; the generator hears of each point once."""
    trainer = linear_game(losses.WASSERSTEIN, pack=2, rates=(0.0, 0.2))
    a, c, w, b = weights_of(trainer)
    z = trainer.noise(0, 8)["z"]
    metrics = trainer.step(points(8))
    assert metrics["real"] == pytest.approx(2 * np.mean(points(8) @ w[:2]) + b[0], rel=1e-5)
    assert metrics["generator"] == pytest.approx(-2 * np.mean((z[1] @ a + c) @ w[:2]) - b[0], rel=1e-4)
    np.testing.assert_allclose(weights_of(trainer)[1], c + 0.2 * 2 * w[:2, 0], rtol=1e-5)


# --- random numbers ---------------------------------------------------------------------------------------------------


def test_no_noise_is_used_twice():
    trainer = linear_game(losses.HINGE, critic_steps=2)
    drawn = [trainer.noise(step, 16) for step in range(5)]
    z = [numbers for noise in drawn for numbers in noise["z"]]
    assert len(z) == 5 * 3 and z[0].shape == (16, 3)
    assert len({value for part in z for value in part.ravel().tolist()}) > 0.99 * 15 * 16 * 3
    assert len({tuple(alpha) for noise in drawn for alpha in noise["alpha"]}) == 5 * 2
    np.testing.assert_array_equal(trainer.noise(3, 16)["z"], drawn[3]["z"])
    other = linear_game(losses.HINGE, critic_steps=2, seed=1)
    assert not np.isin(other.noise(3, 16)["z"], drawn[3]["z"]).any()


def test_noise_is_normal_and_alpha_even():
    trainer = linear_game(losses.HINGE, critic_steps=2, pack=2)
    noise = trainer.noise(7, 3000)
    assert stats.kstest(np.ravel(noise["z"]), "norm").pvalue > 1e-4
    alpha = np.ravel(noise["alpha"])
    assert len(alpha) == 2 * 1500 and alpha.min() >= 0 and alpha.max() <= 1
    assert stats.kstest(alpha, "uniform").pvalue > 1e-4


class Recorder(AdversarialTrainer):
    """Keeps the batches instead of learning from them."""

    def __init__(self, **options):
        super().__init__(toy_generator(width=2), toy_discriminator(width=2), **options)
        self.seen, self._step = [], self.record

    def record(self, batch):
        self.seen.append(batch)
        return np.zeros(5, "float32")


def test_each_epoch_shows_every_sample_once_in_a_new_order():
    trainer, data = Recorder(critic_steps=2), np.arange(24, dtype="float32").repeat(2).reshape(24, 2)
    trainer.fit(data, steps=6, batch_size=4)
    assert [part.shape for part in trainer.seen[0]["real"]] == [(4, 2), (4, 2)]
    order = np.array([np.concatenate(batch["real"])[:, 0] for batch in trainer.seen]).reshape(2, 24)
    for epoch in order:
        np.testing.assert_array_equal(np.sort(epoch), np.arange(24))
    assert (order[0] != order[1]).any() and (order[0] != np.arange(24)).any()


def test_what_is_left_over_at_the_end_of_an_epoch_waits():
    trainer = Recorder()
    trainer.fit(np.zeros((10, 2)) + np.arange(10.0)[:, None], steps=5, batch_size=4)
    shown = np.array([batch["real"][0][:, 0] for batch in trainer.seen])
    assert len(set(shown[:2].ravel())) == len(set(shown[2:4].ravel())) == 8


def test_steps_do_not_depend_on_how_they_are_divided_among_calls():
    whole, parts = Recorder(), Recorder()
    whole.fit(points(20), steps=7, batch_size=4)
    for steps in (1, 4, 2):
        parts.fit(points(20), steps=steps, batch_size=4)
    for a, b in zip(keras.tree.flatten(whole.seen), keras.tree.flatten(parts.seen), strict=True):
        np.testing.assert_array_equal(a, b)


# --- many steps -------------------------------------------------------------------------------------------------------


def toy_game(loss=losses.NON_SATURATING, seed=3, **options):
    backend.set_seed(seed)
    adam = [keras.optimizers.Adam(5e-3, beta_1=0.5) for _ in range(2)]
    networks = toy_generator(width=8), toy_discriminator(width=8, pack=options.get("pack", 1))
    options = {"generator_optimizer": adam[0], "discriminator_optimizer": adam[1], **options}
    return AdversarialTrainer(*networks, loss, **options)


def test_a_compiled_loop_does_what_the_steps_do():
    single, looped = toy_game(r1=1.0, ema=0.9), toy_game(r1=1.0, ema=0.9)
    single.fit(points(), 7, batch_size=8)
    looped.fit(points(), 7, batch_size=8, loop=5)  # five steps, then two
    assert looped.steps == 7
    for name, values in single.history.items():
        np.testing.assert_allclose(looped.history[name], values, rtol=1e-3, atol=1e-5, err_msg=name)
    np.testing.assert_allclose(looped.sample(5), single.sample(5), rtol=1e-3, atol=1e-5)


def test_a_restarted_trainer_is_a_new_one_to_the_bit():
    new, used = (toy_game(seed=seed, r1=1.0, ema=0.9) for seed in (4, 3))
    new.seed = 4
    used.fit(points(), 6, batch_size=8)
    fresh = toy_game(seed=4)
    used.restart(fresh.generator, fresh.discriminator, seed=4)
    assert used.steps == 0
    assert not len(used.history["real"])
    for trainer in (new, used):
        trainer.fit(points(), 5, batch_size=8)
    for a, b in zip(weights_of(used), weights_of(new), strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(used.sample(5), new.sample(5))
    np.testing.assert_array_equal(used.history["real"], new.history["real"])


def test_watchers_are_called_on_time():
    trainer, calls = toy_game(), []
    trainer.fit(points(), 5, 8, watch=lambda t: calls.append(t.steps), watch_every=3)
    trainer.fit(points(), 5, 8, watch=lambda t: calls.append(t.steps), watch_every=3)
    assert calls == [3, 6, 9]


def test_the_average_follows_the_recursion_and_makes_the_samples():
    trainer, seen = linear_game(losses.NON_SATURATING, ema=0.3), []
    start = weights_of(trainer)[0]
    trainer.fit(points(), 5, 8, watch=lambda t: seen.append(weights_of(t)[:2]), watch_every=1)
    average = start
    for t, (kernel, _) in enumerate(seen):
        decay = min(0.3, (1 + t) / (10 + t))
        average = decay * average + (1 - decay) * kernel
    model = trainer.sampler()
    np.testing.assert_allclose(numbers(model.weights[0]), average, rtol=1e-5)
    assert np.abs(average - seen[-1][0]).max() > 1e-3
    z = np.random.default_rng(4).standard_normal((6, 3), dtype="float32")
    np.testing.assert_allclose(trainer.sample(6, seed=4), z @ average + numbers(model.weights[1]), rtol=1e-4, atol=1e-5)
    plain = linear_game(losses.NON_SATURATING)
    np.testing.assert_allclose(plain.sample(6, seed=4), z @ start + [0.1, -0.2], rtol=1e-4, atol=1e-5)


# what a run away looks like: a critic without a penalty at a rate of 1e12, and data with a hole
HOLE = np.where(np.arange(64)[:, None] == 9, np.nan, points())
DISASTERS = {
    "rate": (lambda: linear_game(losses.WASSERSTEIN, rates=(1e12, 1e12)), points(), "One step before: discriminator"),
    "data": (lambda: linear_game(losses.HINGE), HOLE, "look for NaN"),
}


@pytest.mark.parametrize("name", DISASTERS)
@pytest.mark.parametrize("loop", [1, 4])
def test_training_stops_where_the_numbers_end(name, loop, tmp_path):
    make, data, words = DISASTERS[name]
    trainer = make()
    with pytest.warns(RuntimeWarning, match=f"Training stopped at step .*{words}"):
        history = trainer.fit(data, 40, 8, loop=loop, save_to=tmp_path / "a.npz", save_every=1)
    assert f"step {trainer.steps}," in trainer.stopped
    assert trainer.steps < 40 and len(history["fake"]) == trainer.steps
    rows = np.array(list(history.values()))
    assert np.isfinite(rows[:, :-1]).all() and not np.isfinite(rows[:, -1]).all()
    if (tmp_path / "a.npz").exists():  # what was written is from before
        saved = make()
        saved.restore(tmp_path / "a.npz")
        assert saved.steps < trainer.steps
        assert np.isfinite(np.array(list(saved.history.values()))).all()


# --- the whole loop for toys ------------------------------------------------------------------------------------------

GRID = np.array([[0, 0], [1.5, -0.5]], "float32")


@pytest.fixture(scope="module")
def toy_run():
    return train_toy(
        points(2000), steps=1200, batch_size=64, learning_rate=1e-2, width=16, depth=1, r1=0.1, snapshots=3, grid=GRID
    )


def test_a_toy_learns_where_the_data_are(toy_run):
    samples = toy_run.trainer.sample(2000, seed=1)
    np.testing.assert_allclose(samples.mean(axis=0), [1.5, -0.5], atol=0.25)
    assert (np.abs(np.log(samples.std(axis=0) / 0.7)) < 0.6).all()


def test_a_toy_keeps_frames(toy_run):
    assert toy_run.frames.shape == (3, 500, 2) and toy_run.fields.shape == (3, 2)
    np.testing.assert_array_equal(toy_run.frame_steps, [400, 800, 1200])
    z = np.random.default_rng((0, 2)).standard_normal((500, 2), dtype="float32")
    np.testing.assert_allclose(toy_run.frames[-1], toy_run.trainer.generate(z), rtol=1e-6)
    assert np.abs(toy_run.frames[0] - toy_run.frames[1]).max() > 1e-2
    np.testing.assert_allclose(toy_run.fields[-1], numbers(toy_run.trainer.discriminator(GRID))[:, 0], rtol=1e-5)
    assert len(toy_run.history["real"]) == 1200


def test_the_learning_rates_of_a_toy_fall_to_0(toy_run):
    for optimizer in (toy_run.trainer.generator_optimizer, toy_run.trainer.discriminator_optimizer):
        assert float(optimizer.learning_rate) == 0
    run = train_toy(points(), steps=2, batch_size=8, width=4, depth=1, critic_steps=3, xla=False)
    assert float(run.trainer.discriminator_optimizer.learning_rate) == 0
    assert float(run.trainer.discriminator_optimizer.iterations) == 6


# --- two devices, two backends ----------------------------------------------------------------------------------------


def short_trainings():
    """Every loss for three steps from the same weights, with all that a step can do; then a net with batch statistics.

    Gives the history and the weights after it as one list of numbers for each.
    """
    results = {}
    for loss in DERIVATIVES:
        pack = 2 if loss is losses.HINGE else 1
        trainer = toy_game(loss, pack=pack, critic_steps=2, r1=0.5, r2=0.5, gradient_penalty=0.5, ema=0.9)
        fill(trainer)
        results[loss.name] = trained(trainer)
    inputs = keras.Input((2,))
    hidden = keras.layers.BatchNormalization()(keras.layers.Dense(8, activation="tanh")(inputs))
    trainer = AdversarialTrainer(toy_generator(width=8), keras.Model(inputs, keras.layers.Dense(1)(hidden)))
    fill(trainer)
    results["batch normalization"] = trained(trainer)
    return results


def fill(trainer):
    rng = np.random.default_rng(5)
    for model in (trainer.generator, trainer.discriminator):
        for weight in model.trainable_variables:
            weight.assign(rng.normal(scale=0.5, size=weight.shape))
    if trainer.average:
        for average, weight in zip(trainer.average.variables, trainer.average.followed, strict=True):
            average.assign(weight)


def trained(trainer):
    history = trainer.fit(points(), 3, 16)
    weights = [*trainer.generator.variables, *trainer.discriminator.variables]
    if trainer.average:
        weights += trainer.average.variables
    return np.concatenate([np.ravel(list(history.values())), *(numbers(w).ravel() for w in weights)]).tolist()


ELSEWHERE = """
import json, sys
import keras
if keras.backend.backend() == "tensorflow":
    import tensorflow as tf
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from course_lib.backend import device_report, distribution_strategy, replicas
from tests.training.test_adversarial import on_two_devices, short_trainings
if keras.backend.backend() == "jax":
    print(json.dumps(short_trainings()))
strategy = distribution_strategy()
with strategy.scope():
    shared = on_two_devices()
    shared["copies"] = replicas()
shared["devices"] = len(device_report()["devices"])
print(json.dumps(shared))
"""


def on_two_devices():
    """Three steps without packing and batch statistics, which differ by design when a batch is divided."""
    results = {}
    for loss in (losses.WASSERSTEIN, losses.RELATIVISTIC):
        trainer = toy_game(loss, critic_steps=2, r1=0.5, gradient_penalty=0.5, ema=0.9)
        fill(trainer)
        results[loss.name] = trained(trainer)
    with pytest.raises(ValueError, match="batch of 15 cannot be shared out equally among 2 devices"):
        trainer.fit(points(), 1, 15)
    return results


@pytest.fixture(scope="module", params=["tensorflow", "jax"])
def elsewhere(request):
    """What a process with two devices prints, on each backend."""
    if BACKEND != "tensorflow":
        pytest.skip("runs both backends in processes of their own")
    pytest.importorskip(request.param, reason="JAX is in requirements-dev.lock")
    flags = {"XLA_FLAGS": "--xla_force_host_platform_device_count=2", "KERAS_BACKEND": request.param}
    lines = printed(ELSEWHERE, **flags).splitlines()
    return request.param, [json.loads(line) for line in lines if line.startswith("{")]


@pytest.fixture(scope="module")
def here():
    return short_trainings()


def test_two_devices_and_both_backends_give_the_same_weights(elsewhere, here):
    name, printed = elsewhere
    shared = printed[-1]
    assert shared.pop("devices") == 2
    assert shared.pop("copies") == (2 if name == "tensorflow" else 1)
    assert shared.keys() == {"Wasserstein", "relativistic"}
    for loss in (losses.WASSERSTEIN, losses.RELATIVISTIC):
        trainer = toy_game(loss, critic_steps=2, r1=0.5, gradient_penalty=0.5, ema=0.9)
        fill(trainer)
        np.testing.assert_allclose(shared[loss.name], trained(trainer), rtol=1e-4, atol=1e-4, err_msg=loss.name)
    if name == "jax":
        assert printed[0].keys() == here.keys()
        for case, expected in here.items():
            np.testing.assert_allclose(printed[0][case], expected, rtol=1e-4, atol=1e-4, err_msg=case)


# --- what cannot work says why ----------------------------------------------------------------------------------------


def with_batch_norm():
    inputs = keras.Input((2,))
    return keras.Model(inputs, keras.layers.Dense(1)(keras.layers.BatchNormalization(name="bn")(inputs)))


class Holder(keras.layers.Layer):
    """A layer of one's own that holds others, one of them in a list."""

    def __init__(self, *inner):
        super().__init__()
        self.inner = list(inner)

    def call(self, x, training=False):
        for layer in self.inner:
            x = layer(x, training=training)
        return x


def hidden(how):
    """Batch normalization where ``discriminator.layers`` does not show it."""
    inputs = keras.Input((2,))
    if how == "a model in a model":
        x = keras.Sequential([keras.Input((2,)), keras.Sequential([keras.Input((2,)), bn()])])(inputs)
    elif how == "a wrapper":
        x = keras.layers.Reshape((2,))(keras.layers.TimeDistributed(bn())(keras.layers.Reshape((1, 2))(inputs)))
    else:
        x = Holder(keras.layers.Activation("relu"), bn())(inputs)
    return keras.Model(inputs, keras.layers.Dense(1)(x))


def bn():
    return keras.layers.BatchNormalization(name="bn")


@pytest.mark.parametrize("how", ["a model in a model", "a wrapper", "a layer's list"])
@pytest.mark.parametrize("penalty", ["r1", "r2", "gradient_penalty"])
def test_batch_statistics_are_found_wherever_they_hide(how, penalty):
    with pytest.raises(ValueError, match="batch normalization \\('bn'\\)"):
        AdversarialTrainer(toy_generator(), hidden(how), **{penalty: 1.0})
    AdversarialTrainer(toy_generator(), hidden(how))  # without a penalty it may stay


def test_frozen_batch_statistics_are_no_batch_statistics():
    """A frozen layer goes by its averages: the score of a sample is its own, and the penalty that of the slope."""
    discriminator = with_batch_norm()
    discriminator.get_layer("bn").trainable = False
    trainer = AdversarialTrainer(toy_generator(), discriminator, r1=1.0)
    alone, together = (numbers(discriminator(x, training=True)) for x in (points(1), points(8)))
    np.testing.assert_allclose(alone[0], together[0], rtol=1e-5)
    assert np.isfinite(trainer.step(points(8))["penalty"])


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"steps": -1}, ValueError, "steps must be at least 0, got -1"),
        ({"steps": 2.0}, TypeError, "steps must be a whole number, got 2.0"),
        ({"batch_size": 0}, ValueError, "batch_size must be at least 1, got 0"),
        ({"batch_size": True}, TypeError, "batch_size must be a whole number, got True"),
        ({"batch_size": 3}, ValueError, "batch_size must be a multiple of pack = 2, got 3"),
        ({"loop": 0}, ValueError, "loop must be at least 1, got 0"),
        ({"watch_every": 0}, ValueError, "watch_every must be at least 1, got 0"),
        ({"save_every": 0}, ValueError, "save_every must be at least 1, got 0"),
        ({"save_every": "2"}, TypeError, "save_every must be a whole number, got '2'"),
        ({"save_to": "missing/a.npz"}, FileNotFoundError, "folder that exists, got 'missing/a.npz'"),
    ],
)
def test_fit_refuses_before_the_first_step(arguments, error, words):
    trainer = toy_game(pack=2)
    with pytest.raises(error, match=words):
        trainer.fit(points(), **{"steps": 10**9, "batch_size": 4} | arguments)
    assert trainer.steps == 0


def test_whole_numbers_of_numpy_train_alike():
    plain, other = toy_game(), toy_game(critic_steps=np.int64(1), seed=np.int64(3), latent_dim=np.int32(2))
    plain.fit(points(), 4, 8, loop=2, watch=len, watch_every=5)
    other.fit(points(), np.int64(4), np.int64(8), loop=np.int64(2), watch=len, watch_every=np.int64(5))
    np.testing.assert_array_equal(plain.history["real"], other.history["real"])
    assert plain.fit(points(), 0, 8)["real"].shape == (4,)  # nothing more to do is no mistake


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        (lambda: toy_game(critic_steps=0), ValueError, "critic_steps.*0"),
        (lambda: toy_game(pack=1.0), TypeError, "pack must be a whole number, got 1.0"),
        (lambda: toy_game(latent_dim=0), ValueError, "latent_dim must be at least 1, got 0"),
        (
            lambda: AdversarialTrainer(toy_generator(), toy_discriminator(), seed=-1),
            ValueError,
            "seed must be at least 0, got -1",
        ),
        (lambda: toy_game().sample(0), ValueError, "n must be at least 1, got 0"),
        (lambda: train_toy(points(), steps=0), ValueError, "steps must be at least 1, got 0"),
        (lambda: train_toy(points(), snapshot_samples=0), ValueError, "snapshot_samples must be at least 1, got 0"),
        (lambda: train_toy(points(), batch_size=0), ValueError, "batch_size must be at least 1, got 0"),
        (lambda: toy_game(r1=-1.0), ValueError, "r1 must be.*-1"),
        (lambda: toy_game(gradient_penalty=np.nan), ValueError, "gradient_penalty must be"),
        (lambda: toy_game(ema=1.0), ValueError, "above 0 and below 1, got 1.0"),
        (lambda: toy_game(ema="0.9"), TypeError, "decay must be a number, got '0.9'"),
        (lambda: toy_game(r1="1"), TypeError, "r1 must be a number, got '1'"),
        (lambda: toy_game(r2=(1, 2)), TypeError, r"r2 must be a number, got \(1, 2\)"),
        (lambda: toy_game(losses.HINGE, smooth=0.9), ValueError, "not those of hinge"),
        (lambda: AdversarialTrainer(toy_generator(), with_batch_norm(), r1=1.0), ValueError, "batch norm.*'bn'"),
        (lambda: toy_game(generator_optimizer=(o := SGD()), discriminator_optimizer=o), ValueError, "must be two"),
        (lambda: toy_game().step(np.zeros((4, 2), "uint8")), TypeError, "floating-point.*uint8"),
        (lambda: toy_game(critic_steps=3).step(points(8)), ValueError, "critic_steps = 3 equal batches.*8 samples"),
        (lambda: toy_game(pack=2).step(points(3)), ValueError, "multiple of pack = 2"),
        (lambda: toy_game(critic_steps=3).fit(points(8), 1, 4), ValueError, "at least .*12 samples, got 8"),
        (lambda: toy_game().fit(points(), 10**9, 4, save_to="a.ckpt"), ValueError, "end with .npz, got 'a.ckpt'"),
        (lambda: train_toy(points(), steps=10, snapshots=3), ValueError, "snapshots must divide steps = 10"),
        (lambda: train_toy(points(), pack=2, grid=GRID), ValueError, "leave grid out"),
    ],
)
def test_errors_name_the_argument(wrong, error, words):
    with pytest.raises(error, match=words):
        wrong()


def test_a_wrong_watch_and_a_wrong_seed_are_named_before_the_first_step():
    trainer = toy_game()
    with pytest.raises(TypeError, match="watch must be a function of the trainer, got 3"):
        trainer.fit(points(), 1, 16, watch=3)
    before = weights_of(trainer)
    with pytest.raises(ValueError, match="seed must be at least 0, got -1"):
        trainer.restart(toy_generator(width=8), toy_discriminator(width=8), seed=-1)
    assert trainer.steps == 0
    for a, b in zip(before, weights_of(trainer), strict=True):
        np.testing.assert_array_equal(a, b)
