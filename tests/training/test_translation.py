"""The trainer of pairs against steps worked out in NumPy; condition, noise and order; resumed, elsewhere, in half."""

import json

import keras
import numpy as np
import pytest
from keras import ops

from course_lib import backend
from course_lib.models import archive
from course_lib.models.translation import patch_discriminator, pix2pix_generator
from course_lib.training.translation import PairTrainer
from tests.helpers import central_differences, printed

BACKEND = keras.backend.backend()
SGD = keras.optimizers.SGD


def numbers(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), dtype=np.float64)


def pairs(n=8, size=8, seed=0):
    """Masks of a rectangle each, and images in which it is bright, with noise."""
    rng = np.random.default_rng(seed)
    masks = np.zeros((n, size, size, 1), "float32")
    for mask in masks:
        top, left = rng.integers(size // 2, size=2)
        mask[top : top + size // 2, left : left + size // 2] = 1
    return masks, (0.7 * masks + 0.1 * rng.normal(size=masks.shape)).astype("float32")


def pixelwise(channels, name):
    """A network of one 1 × 1 convolution: a linear map of each pixel's channels."""
    inputs = keras.Input((None, None, channels))
    return keras.Model(inputs, keras.layers.Conv2D(1, 1, name=name)(inputs))


def linear_game(sees_condition=True, **options):
    generator, discriminator = pixelwise(2, "g"), pixelwise(1 + sees_condition, "d")
    generator.set_weights([np.array([0.4, -0.3]).reshape(1, 1, 2, 1), np.array([0.1])])
    discriminator.set_weights([np.array([0.8, -0.6][-1 - sees_condition :]).reshape(1, 1, -1, 1), np.array([0.2])])
    return PairTrainer(
        generator, discriminator, generator_optimizer=SGD(0.2), discriminator_optimizer=SGD(0.3), **options
    )


def convolutional_game(policy=None, **options):
    backend.set_seed(1)
    old = keras.config.dtype_policy()
    if policy:
        keras.config.set_dtype_policy(policy)
    try:
        generator, discriminator = pix2pix_generator(width=2, depth=1), patch_discriminator(widths=(3, 4))
    finally:
        keras.config.set_dtype_policy(old)
    return PairTrainer(generator, discriminator, **options)


# --- one step ---------------------------------------------------------------------------------------------------------


def softplus(x):
    return np.logaddexp(0, x)


@pytest.mark.parametrize(("sees_condition", "xla"), [(True, False), (True, True), (False, False)])
def test_steps_are_those_of_the_formulas(sees_condition, xla):
    """Objectives written in NumPy, differentiated by central differences: the generator first, D on the same images."""
    trainer = linear_game(sees_condition, l1=3.0, xla=xla, seed=5)
    masks, images = pairs(4)
    (g, c), (d, b) = ([numbers(w).ravel() for w in m.weights] for m in (trainer.generator, trainer.discriminator))

    def judge(d, b, image):
        shown = np.concatenate([masks, image], -1) if sees_condition else image
        return shown @ d + b

    history = []
    for step in range(2):
        noise = trainer.noise(step, (4, 8, 8))

        def paint(g, c, noise=noise):
            return (np.concatenate([masks, noise], -1) @ g + c)[..., None]

        chosen = np.sort(trainer._chosen(step, 4, 4))
        np.testing.assert_array_equal(chosen, range(4))
        order = trainer._chosen(step, 4, 4)
        x, m = images[order], masks[order]

        def of_generator(g, c, d=d, b=b, x=x, m=m, noise=noise):
            fake = np.concatenate([m, noise], -1) @ g + c
            logits = (np.stack([m[..., 0], fake], -1) if sees_condition else fake[..., None]) @ d + b
            return softplus(-logits).mean() + 3 * np.abs(x[..., 0] - fake).mean()

        fake = np.concatenate([m, noise], -1) @ g + c

        def of_discriminator(d, b, fake=fake, x=x, m=m):
            shown = [np.stack([m[..., 0], i], -1) if sees_condition else i[..., None] for i in (x[..., 0], fake)]
            return softplus(-(shown[0] @ d + b)).mean() + softplus(shown[1] @ d + b).mean()

        dg, dc = central_differences(of_generator, g, c)
        g, c = g - 0.2 * dg, c - 0.2 * dc
        history.append((of_discriminator(d, b), np.abs(x[..., 0] - fake).mean()))
        # D is updated after G, on the images that the generator made before its update
        dd, db = central_differences(of_discriminator, d, b)
        d, b = d - 0.3 * dd, b - 0.3 * db
    found = trainer.fit(masks, images, 2, 4)
    got = [numbers(w).ravel() for m in (trainer.generator, trainer.discriminator) for w in m.weights]
    for value, oracle in zip(got, (g, c, d, b), strict=True):
        np.testing.assert_allclose(value, oracle, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(np.stack([found["discriminator"], found["l1"]], -1), history, rtol=1e-4)


def test_a_discriminator_without_the_condition_is_not_shown_it():
    """Where it is not, the history is the same whatever the masks are, for a generator that does not read them."""
    masks, images = pairs(4)
    for sees_condition in (False, True):
        histories = []
        for given in (masks, 1 - masks):
            trainer = linear_game(sees_condition, l1=0.0)
            trainer.generator.set_weights([np.array([0.0, 0.5]).reshape(1, 1, 2, 1), np.zeros(1)])
            assert trainer.sees_condition == sees_condition
            histories.append(trainer.fit(given, images, 1, 4)["discriminator"])
        assert np.allclose(*histories) == (not sees_condition)


def test_noise_is_normal_new_each_step_and_reaches_the_image():
    trainer = linear_game()
    noise = trainer.noise(0, (20, 16, 16))
    assert noise.shape == (20, 16, 16, 1) and noise.dtype == np.float32
    assert abs(noise.mean()) < 0.05 and abs(noise.std() - 1) < 0.05
    assert np.abs(noise - trainer.noise(1, (20, 16, 16))).max() > 1
    np.testing.assert_array_equal(noise, linear_game().noise(0, (20, 16, 16)))
    masks = pairs(2)[0]
    one, again, other = (trainer.translate(masks, seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one, again)
    assert np.std(one - other) == pytest.approx(0.3 * 2**0.5, rel=0.3)


def test_a_generator_without_noise():
    generator = pix2pix_generator(noise_channels=0, width=2, depth=1)
    trainer = PairTrainer(generator, patch_discriminator(widths=(3, 4)), noise_channels=0)
    masks, images = pairs()
    assert np.isfinite(trainer.fit(masks, images, 2, 4)["l1"]).all()
    np.testing.assert_array_equal(trainer.translate(masks, 0), trainer.translate(masks, 1))


def test_it_learns_where_the_bright_rectangle_is():
    masks, images = pairs(64)
    trainer = convolutional_game(generator_optimizer=keras.optimizers.Adam(1e-2, beta_1=0.5))
    history = trainer.fit(masks, images, 120, 8)
    assert history["l1"][-10:].mean() < 0.4 * history["l1"][:5].mean()
    new = pairs(8, seed=9)[0]
    painted = trainer.translate(new)
    assert painted[new > 0].mean() - painted[new == 0].mean() > 0.5


# --- many steps -------------------------------------------------------------------------------------------------------


def test_steps_do_not_depend_on_how_they_are_divided():
    masks, images = pairs()
    whole, parts, batches = (convolutional_game(ema=0.9) for _ in range(3))
    whole.fit(masks, images, 5, 4)
    for steps in (2, 0, 3):
        parts.fit(masks, images, steps, 4)

    def batch(step):
        chosen = batches._chosen(step, 8, 4)
        return masks[chosen], images[chosen]

    batches.fit_batches(batch, 5)
    for other in (parts, batches):
        for name, values in whole.history.items():
            np.testing.assert_array_equal(other.history[name], values)
        np.testing.assert_array_equal(other.translate(masks), whole.translate(masks))


def test_a_loop_does_what_the_steps_do():
    masks, images = pairs()
    one, loop = convolutional_game(), convolutional_game()
    one.fit(masks, images, 4, 4)
    loop.fit(masks, images, 4, 4, loop=2)
    for name, values in one.history.items():
        np.testing.assert_allclose(loop.history[name], values, rtol=1e-4, atol=1e-5)


def test_a_training_that_was_killed_goes_on_with_the_same_bits(tmp_path):
    """As after a kill: a new trainer takes up what the last save left, in the middle of an epoch."""
    masks, images = pairs()
    whole = convolutional_game(ema=0.9, seed=3)
    whole.fit(masks, images, 7, 3)
    first = convolutional_game(ema=0.9, seed=3)
    first.fit(masks, images, 5, 3, save_to=tmp_path / "a.npz", save_every=3)
    assert int(archive.read(tmp_path / "a.npz")["steps"]) == 5
    second = convolutional_game(ema=0.9, seed=3)
    second.restore(tmp_path / "a.npz")
    second.fit(masks, images, 2, 3)
    for name, values in whole.history.items():
        np.testing.assert_array_equal(second.history[name], values)
    for (owner, a), b in zip(whole._state().items(), second._state().values(), strict=True):
        for x, y in zip(a, b, strict=True):
            np.testing.assert_array_equal(np.asarray(x), np.asarray(y), err_msg=owner)
    for other in (convolutional_game(ema=0.9), convolutional_game(seed=3), convolutional_game(ema=0.9, seed=3, l1=1.0)):
        with pytest.raises(ValueError, match="the checkpoint is of"):
            other.restore(tmp_path / "a.npz")


def test_the_average_paints():
    masks, images = pairs()
    trainer = convolutional_game(ema=0.5)
    trainer.fit(masks, images, 3, 4)
    assert trainer.sampler() is not trainer.generator
    assert (
        np.abs(trainer.translate(masks) - numbers(trainer.generator(np.concatenate([masks, 0 * masks], -1)))).max() > 0
    )


# --- elsewhere --------------------------------------------------------------------------------------------------------


def short_training(normalization="batch"):
    """History and weights after three steps, from weights that the seed of NumPy gives."""
    from course_lib.models.unet import unet

    generator = unet(1, 2, 1, normalization=normalization, channels=2)
    trainer = PairTrainer(generator, patch_discriminator(widths=(3, 4)), ema=0.9)
    rng = np.random.default_rng(5)
    for model in (trainer.generator, trainer.discriminator):
        for weight in model.trainable_variables:
            weight.assign(rng.normal(scale=0.3, size=weight.shape))
    trainer.average.restart()
    history = trainer.fit(*pairs(), 3, 4)
    weights = [*trainer.generator.variables, *trainer.discriminator.variables, *trainer.average.variables]
    return np.concatenate([np.ravel(list(history.values())), *(numbers(w).ravel() for w in weights)]).tolist()


ELSEWHERE = """
import json
import keras
if keras.backend.backend() == "tensorflow":
    import tensorflow as tf
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from course_lib.backend import device_report, distribution_strategy
from tests.training.test_translation import short_training
found = {}
if keras.backend.backend() == "jax":
    found["alone"] = short_training()
with distribution_strategy().scope():
    found["shared"] = short_training(None)
found["devices"] = len(device_report()["devices"])
print(json.dumps(found))
"""


@pytest.mark.parametrize("name", ["tensorflow", "jax"])
def test_two_devices_and_both_backends_give_the_same_weights(name):
    if BACKEND != "tensorflow":
        pytest.skip("runs both backends in processes of their own")
    pytest.importorskip(name, reason="JAX is in requirements-dev.lock")
    flags = {"XLA_FLAGS": "--xla_force_host_platform_device_count=2", "KERAS_BACKEND": name}
    lines = printed(ELSEWHERE, **flags).splitlines()
    found = next(json.loads(line) for line in lines if line.startswith("{"))
    assert found["devices"] == 2
    np.testing.assert_allclose(found["shared"], short_training(None), rtol=1e-3, atol=1e-4)
    if name == "jax":
        np.testing.assert_allclose(found["alone"], short_training(), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_half_precision_goes_as_float32(policy):
    masks, images = pairs()
    trainer, usual = convolutional_game(policy, ema=0.9), convolutional_game(ema=0.9)
    for a, b in ((usual.generator, trainer.generator), (usual.discriminator, trainer.discriminator)):
        a.set_weights(b.get_weights())
    assert bool(trainer.generator_optimizer.loss_scale_factor) == (policy == "mixed_float16")
    got, expected = trainer.fit(masks, images, 3, 4), usual.fit(masks, images, 3, 4)
    for name, values in got.items():
        assert values.dtype == np.float32
        np.testing.assert_allclose(values, expected[name], rtol=0.1, atol=0.1, err_msg=name)
    assert np.isfinite(trainer.translate(masks)).all()


# --- what cannot work says why ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: linear_game(l1=-1), ValueError, "l1 must be"),
        (lambda: linear_game(noise_channels=2), ValueError, "noise_channels must leave a channel for the condition"),
        (
            lambda: PairTrainer(pixelwise(2, "g"), pixelwise(3, "d")),
            ValueError,
            r"discriminator must take 2 channels, condition and image \(or 1, the image alone\), got one that takes 3",
        ),
        (lambda: linear_game().fit(pairs()[0][0], pairs()[1], 1), ValueError, r"conditions must be \(n, H, W, 1\)"),
        (lambda: linear_game().fit(pairs()[0] > 0, pairs()[1], 1), TypeError, "conditions must hold floating-point"),
        (lambda: linear_game().fit(pairs()[0], pairs()[1][:4], 1), ValueError, "must be as many and of one size"),
        (lambda: linear_game().fit(*pairs(4), 1), ValueError, "at least batch_size = 8 pairs, got 4"),
        (lambda: linear_game().fit(*pairs(), -1), ValueError, "steps must be at least 0"),
        (lambda: linear_game().fit_batches(pairs(), 1), TypeError, "batch must be a function of the number of a step"),
    ],
)  # fmt: skip
def test_errors_name_the_argument(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_one_optimizer_for_both_is_refused():
    adam = SGD(0.1)
    with pytest.raises(ValueError, match="must be two"):
        PairTrainer(pixelwise(2, "g"), pixelwise(2, "d"), generator_optimizer=adam, discriminator_optimizer=adam)


def test_a_training_that_runs_away_stops():
    trainer = linear_game(l1=1e30)
    with pytest.warns(RuntimeWarning, match="not a finite number"):
        trainer.fit(*pairs(), 200)
    assert trainer.stopped and trainer.steps < 200
