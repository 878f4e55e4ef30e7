"""The trainer without pairs against steps worked out in NumPy; the order of two sets; resumed, and elsewhere."""

import json

import keras
import numpy as np
import pytest
from keras import ops

from course_lib import backend
from course_lib.losses.translation import cycle_loss, identity_loss
from course_lib.models.gan import toy_discriminator, toy_generator
from course_lib.training.cycle import CycleTrainer
from tests.helpers import central_differences, printed

BACKEND = keras.backend.backend()
SGD = keras.optimizers.SGD


def numbers(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), dtype=np.float64)


def sets(n=32, seed=0):
    """The second kind has three numbers a point: maps the wrong way round do not fit."""
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(n, 2)), rng.normal((3, 1, -1), 0.5, (n + 8, 3))
    return x.astype("float32"), y.astype("float32")


def game(depth=0, width=6, dimensions=(2, 3), rates=(0.05, 0.1), **options):
    a, b = dimensions
    backend.set_seed(2)
    networks = [
        toy_generator(a, width, depth, b), toy_generator(b, width, depth, a),
        toy_discriminator(width, depth, a), toy_discriminator(width, depth, b),
    ]  # fmt: skip
    rng = np.random.default_rng(4)
    for model in networks:
        model.set_weights([rng.normal(scale=0.4, size=w.shape) for w in model.get_weights()])
    options = {"generator_optimizer": SGD(rates[0]), "discriminator_optimizer": SGD(rates[1])} | options
    return CycleTrainer(*networks, **options)


def weights_of(trainer):
    networks = (trainer.forward, trainer.back, trainer.x_discriminator, trainer.y_discriminator)
    return [numbers(weight) for network in networks for weight in network.weights]


def softplus(z):
    return np.logaddexp(0, z)


@pytest.mark.parametrize("xla", [False, True])
@pytest.mark.parametrize(("identity", "dimensions"), [(0.0, (2, 3)), (2.0, (2, 2))])
def test_steps_are_those_of_the_formulas(identity, dimensions, xla):
    """Linear maps; objectives in NumPy, differentiated by central differences; D on the generator's images before."""
    trainer = game(cycle=5.0, identity=identity, r1=0.5, dimensions=dimensions, xla=xla)
    x, y = sets()
    x, y = x[:16], y[:16, : dimensions[1]]
    weights = weights_of(trainer)
    generators, judges = weights[:4], weights[4:]
    seen = []

    def of_generators(a, c, b, e, judges, x, y):
        over, home = (lambda v: v @ a + c), (lambda v: v @ b + e)
        value = (
            softplus(-(over(x) @ judges[2] + judges[3])).mean() + softplus(-(home(y) @ judges[0] + judges[1])).mean()
        )
        value += 5 * (np.abs(home(over(x)) - x).mean() + np.abs(over(home(y)) - y).mean())
        if identity:
            value += identity * (np.abs(over(y) - y).mean() + np.abs(home(x) - x).mean())
        return value

    def of_judges(v, p, w, q, fakes, x, y):
        value = softplus(-(x @ v + p)).mean() + softplus(fakes[0] @ v + p).mean()
        value += softplus(-(y @ w + q)).mean() + softplus(fakes[1] @ w + q).mean()
        return value + 0.25 * ((v**2).sum() + (w**2).sum())

    rng_y = [np.random.default_rng((0, 2, epoch)).permutation(16) for epoch in range(2)]
    for step in range(2):
        xs, ys = x[trainer._chosen(step, 16, 16)], y[rng_y[step]]
        fakes = ys @ generators[2] + generators[3], xs @ generators[0] + generators[1]
        slopes = central_differences(lambda *g: of_generators(*g, judges, xs, ys), *generators)  # noqa: B023
        judge_slopes = central_differences(lambda *j: of_judges(*j, fakes, xs, ys), *judges)  # noqa: B023
        seen.append(of_judges(*judges, fakes, xs, ys) - 0.25 * sum((judges[i] ** 2).sum() for i in (0, 2)))
        generators = [g - 0.05 * s for g, s in zip(generators, slopes, strict=True)]
        judges = [j - 0.1 * s for j, s in zip(judges, judge_slopes, strict=True)]
    history = trainer.fit(x, y, 2, 16)
    for got, oracle in zip(weights_of(trainer), generators + judges, strict=True):
        np.testing.assert_allclose(got, oracle, rtol=1e-4, atol=2e-6)
    np.testing.assert_allclose(history["discriminator"], seen, rtol=1e-4)


def test_the_history_is_what_its_names_say():
    trainer = game(dimensions=(2, 2), identity=1.0)
    x, y = sets()
    y = y[:32, :2]
    maps = trainer.forward, trainer.back
    expected = [float(loss(*maps, x, y)) for loss in (cycle_loss, identity_loss)]
    history = trainer.fit(x, y, 1, 32)
    np.testing.assert_allclose([history["cycle"][0], history["identity"][0]], expected, rtol=1e-5)
    assert history["penalty"][0] == 0
    assert game().fit(*sets(), 1, 32)["identity"][0] == 0


def test_each_set_has_an_order_of_its_own():
    trainer, seen = game(), []
    trainer._step = lambda batch: seen.append(batch) or np.zeros(5)
    x, y = np.repeat(np.arange(32.0), 2).reshape(32, 2), np.repeat(np.arange(32.0), 3).reshape(32, 3)
    trainer.fit(x, y, 8, 8)
    places = np.array([[batch[name][:, 0] for batch in seen] for name in ("x", "y")]).reshape(4, 32)
    for place in places:  # of both sets, in both epochs
        assert sorted(place) == sorted(x[:, 0])
    assert len({tuple(place) for place in places}) == 4  # sets of one size too are not paired by their order
    seen.clear()
    trainer._begin(0)
    trainer.fit(x, np.arange(120.0).reshape(40, 3), 5, 8)
    assert sorted(np.concatenate([batch["y"][:, 0] for batch in seen])) == sorted(np.arange(0, 120.0, 3))


def test_steps_do_not_depend_on_how_they_are_divided_nor_on_loops(tmp_path):
    whole, parts, loop = (game(depth=1, r1=0.5, seed=3) for _ in range(3))
    whole.fit(*sets(), 6, 8)
    parts.fit(*sets(), 4, 8, save_to=tmp_path / "a.npz")
    parts = game(depth=1, r1=0.5, seed=3)
    parts.restore(tmp_path / "a.npz")
    parts.fit(*sets(), 2, 8)
    for got, oracle in zip(weights_of(parts), weights_of(whole), strict=True):
        np.testing.assert_array_equal(got, oracle)
    for name, values in whole.history.items():
        np.testing.assert_array_equal(parts.history[name], values)
    loop.fit(*sets(), 6, 8, loop=3)
    for got, oracle in zip(weights_of(loop), weights_of(whole), strict=True):
        np.testing.assert_allclose(got, oracle, rtol=1e-4, atol=1e-6)
    with pytest.raises(ValueError, match="the checkpoint is of"):
        game(depth=1, r1=0.5, seed=3, cycle=1.0).restore(tmp_path / "a.npz")


def test_it_finds_a_way_there_and_back():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2000, 1)).astype("float32")
    y = (3 + 0.5 * rng.normal(size=(2000, 1))).astype("float32")
    falling = keras.optimizers.schedules.PolynomialDecay(1e-2, 1000, 0.0)
    adams = [keras.optimizers.Adam(falling, beta_1=0.5, beta_2=0.99) for _ in range(2)]
    options = {"generator_optimizer": adams[0], "discriminator_optimizer": adams[1]}
    trainer = game(1, 16, (1, 1), cycle=1.0, r1=0.5, xla=True, **options)
    before = numbers(trainer.forward(x)).mean()
    trainer.fit(x, y, 1000, 128, loop=100)
    assert abs(numbers(trainer.forward(x)).mean() - 3) < 0.5 < abs(before - 3)
    assert trainer.history["cycle"][-50:].mean() < 0.05 * trainer.history["cycle"][0]


def short_training():
    trainer = game(depth=1, r1=0.5, identity=1.0, dimensions=(2, 2))
    x, y = sets()
    history = trainer.fit(x, y[:, :2], 3, 16)
    return np.concatenate([np.ravel(list(history.values())), *(w.ravel() for w in weights_of(trainer))]).tolist()


ELSEWHERE = """
import json
import keras
if keras.backend.backend() == "tensorflow":
    import tensorflow as tf
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from course_lib.backend import device_report, distribution_strategy
from tests.training.test_cycle import short_training
with distribution_strategy().scope():
    print(json.dumps({"weights": short_training(), "devices": len(device_report()["devices"])}))
"""


@pytest.mark.parametrize("name", ["tensorflow", "jax"])
def test_two_devices_and_both_backends_give_the_same_weights(name):
    if BACKEND != "tensorflow":
        pytest.skip("runs both backends in processes of their own")
    pytest.importorskip(name, reason="JAX is in requirements-dev.lock")
    flags = {"XLA_FLAGS": "--xla_force_host_platform_device_count=2", "KERAS_BACKEND": name}
    found = next(json.loads(line) for line in printed(ELSEWHERE, **flags).splitlines() if line.startswith("{"))
    assert found["devices"] == 2
    np.testing.assert_allclose(found["weights"], short_training(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_half_precision_goes_as_float32(policy):
    old = keras.config.dtype_policy()
    usual = game(depth=1, r1=0.5)
    keras.config.set_dtype_policy(policy)
    try:
        trainer = game(depth=1, r1=0.5)
    finally:
        keras.config.set_dtype_policy(old)
    got, expected = trainer.fit(*sets(), 3, 16), usual.fit(*sets(), 3, 16)
    for name, values in got.items():
        np.testing.assert_allclose(values, expected[name], rtol=0.1, atol=0.05, err_msg=name)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: game(cycle=-1), ValueError, "cycle must be"),
        (lambda: game(identity="much"), TypeError, "identity must be a number"),
        (lambda: game(r1=-0.1), ValueError, "r1 must be"),
        (lambda: game().fit(*sets(), 1, 64), ValueError, "x must hold at least batch_size = 64 samples, got 32"),
        (lambda: game().fit(np.zeros((8, 2), int), sets()[1], 1, 8), TypeError, "x must hold floating-point"),
        (lambda: game().fit(*sets(), 1.5, 8), TypeError, "steps must be a whole number"),
    ],
)
def test_errors_name_the_argument(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_one_optimizer_for_all_is_refused():
    sgd = SGD(0.1)
    with pytest.raises(ValueError, match="must be two"):
        game(generator_optimizer=sgd, discriminator_optimizer=sgd)
