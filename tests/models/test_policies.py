"""Every builder, and one step of every way to train, under every number format: finite, and what float32 gives."""

import keras
import numpy as np
import pytest
from keras import ops

from course_lib import backend
from course_lib.losses import DiceCrossEntropy
from course_lib.losses import adversarial as losses
from course_lib.models.aspp import deeplab, dilated_network
from course_lib.models.attention_gate import attention_unet
from course_lib.models.classifier import classifier
from course_lib.models.fcn import fcn
from course_lib.models.gan import dcgan_discriminator, dcgan_generator, toy_discriminator, toy_generator
from course_lib.models.layers import RandomAffine
from course_lib.models.modulation import SpatialModulation
from course_lib.models.partial import PartialConv2D
from course_lib.models.segformer import segformer
from course_lib.models.superresolution import espcn
from course_lib.models.translation import patch_discriminator
from course_lib.models.unet import unet
from course_lib.models.vae import conv_vae, dense_vae
from course_lib.training.adversarial import AdversarialTrainer

POLICIES = ["mixed_float16", "mixed_bfloat16", "float64"]
if keras.backend.backend() == "jax":
    POLICIES.remove("float64")  # JAX has it only where it was switched on before anything else
ROUGH = {"mixed_float16": 2e-2, "mixed_bfloat16": 1e-1, "float64": 1e-3}


@pytest.fixture(params=POLICIES)
def policy(request):
    old = keras.config.dtype_policy()
    keras.config.set_dtype_policy(request.param)
    yield request.param
    keras.config.set_dtype_policy(old)


def in_float32(make):
    """What a function gives under the usual policy."""
    current = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    try:
        return make()
    finally:
        keras.config.set_dtype_policy(current)


def numbers(tensor):
    return np.asarray(ops.convert_to_numpy(ops.cast(tensor, "float64" if tensor.dtype == "float64" else "float32")))


def images(*shape, seed=0):
    return np.random.default_rng(seed).random(shape).astype("float32")


NETWORKS = {
    "unet": (lambda: unet(3, 4, 2, upsampling="bilinear", channels=2), (9, 13, 2)),
    "unet, transposed": (lambda: unet(1, 4, 1, normalization="group"), (8, 8, 1)),
    "fcn": (lambda: fcn(3, stride=2, width=4, depth=2), (9, 13, 1)),
    "dilated_network": (lambda: dilated_network(3, 4, (1, 2), channels=2), (9, 13, 2)),
    "deeplab": (lambda: deeplab(3, 4, (1, 2)), (9, 13, 1)),
    "attention_unet": (lambda: attention_unet(1, 4, 1, normalization="group"), (8, 8, 1)),
    "segformer": (lambda: segformer(3, (8, 8), (2, 2), (2, 1), 2), (9, 13, 1)),
    "classifier": (
        lambda: classifier((8, 8, 1), 3, (4,), embedding=5, normalization="batch", residual=True),
        (8, 8, 1),
    ),
    "toy_generator": (lambda: toy_generator(2, 5, 2), (2,)),
    "toy_discriminator": (lambda: toy_discriminator(5, 2, spectral=True), (2,)),
    "dcgan_generator": (lambda: dcgan_generator((8, 8, 1), 3, 4), (3,)),
    "dcgan_discriminator": (lambda: dcgan_discriminator((8, 8, 1), 4, normalization="layer", spectral=True), (8, 8, 1)),
    "patch_discriminator": (lambda: patch_discriminator(widths=(4, 6)), (12, 8, 2)),
    "espcn": (lambda: espcn(width=4), (5, 7, 1)),
    "dense_vae": (lambda: dense_vae((4, 4, 1), 2, (5,)), (4, 4, 1)),
    "conv_vae": (lambda: conv_vae((8, 8, 1), 2, 4), (8, 8, 1)),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_computes_what_it_does_in_float32(name, policy):
    build, shape = NETWORKS[name]
    model, usual = build(), in_float32(build)
    usual.set_weights(model.get_weights())
    x = images(4, *shape)
    got, expected = numbers(model(x)), numbers(usual(x))
    assert np.isfinite(got).all()
    np.testing.assert_allclose(got, expected, rtol=ROUGH[policy], atol=ROUGH[policy] * np.abs(expected).max())


@pytest.mark.parametrize("build", [SpatialModulation, lambda: PartialConv2D(3)], ids=["SPADE", "partial"])
def test_a_layer_of_two_inputs_computes_what_it_does_in_float32(build, policy):
    layer, usual = build(), in_float32(build)
    x, mask = images(2, 8, 8, 4), (images(2, 8, 8, 1, seed=1) > 0.5).astype("float32")
    expected = keras.tree.flatten(usual(x, mask))
    layer(x, mask)
    layer.set_weights(usual.get_weights())
    for got, oracle in zip(keras.tree.flatten(layer(x, mask)), expected, strict=True):
        assert keras.backend.standardize_dtype(got.dtype) == policy.removeprefix("mixed_")
        np.testing.assert_allclose(numbers(got), numbers(oracle), rtol=ROUGH[policy], atol=3 * ROUGH[policy])


@pytest.mark.parametrize("name", ["unet", "fcn"])
def test_a_segmentation_network_trains(name, policy):
    build, shape = NETWORKS[name]
    model = build()
    before = [numbers(weight) for weight in model.trainable_variables]
    model.compile(keras.optimizers.Adam(1e-2), DiceCrossEntropy(), jit_compile=False)
    x = images(4, *shape)
    values = model.fit(x, (x[..., 0] > 0.5).astype("int32"), epochs=8, verbose=0).history["loss"]
    assert np.isfinite(values).all() and values[-1] < values[0]
    after = [numbers(weight) for weight in model.trainable_variables]
    assert all(np.isfinite(weight).all() for weight in after)
    assert any(np.abs(a - b).max() > 0 for a, b in zip(after, before, strict=True))


def test_a_classifier_with_augmentation_trains(policy):
    model = classifier((12, 12, 1), 2, (4, 4), embedding=5, normalization="batch", augmentation=RandomAffine(seed=0))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(1e-2), loss, jit_compile=False)
    x = images(32, 12, 12, 1) + np.repeat([0, 2], 16)[:, None, None, None]
    values = model.fit(x, np.repeat([0, 1], 16), epochs=12, verbose=0).history["loss"]
    assert np.isfinite(values).all() and values[-1] < values[0]


def test_augmentation_moves_alike(policy):
    x = images(3, 10, 12, 2)
    got = RandomAffine(seed=3)(x, training=True)
    expected = in_float32(lambda: RandomAffine(seed=3)(x, training=True))
    assert keras.backend.standardize_dtype(got.dtype) == policy.removeprefix("mixed_")
    np.testing.assert_allclose(numbers(got), numbers(expected), atol=ROUGH[policy])


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
@pytest.mark.parametrize("samples", [1, 3])
def test_a_vae_trains_and_answers(likelihood, samples, policy):
    build = lambda: conv_vae((8, 8, 1), 2, 4, likelihood, samples=samples, seed=0)  # noqa: E731
    vae, usual = build(), in_float32(build)
    usual.set_weights(vae.get_weights())
    x = (images(16, 8, 8, 1) > 0.5).astype("float32")
    np.testing.assert_allclose(vae.elbo(x, seed=1), usual.elbo(x, seed=1), rtol=ROUGH[policy])
    np.testing.assert_allclose(vae.bound(x, 5), usual.bound(x, 5), rtol=ROUGH[policy])
    assert np.isfinite(vae.sample(3)).all() and np.isfinite(vae.reconstruct(x)).all()
    vae.compile(keras.optimizers.Adam(3e-3), jit_compile=False)
    values = vae.fit(x, epochs=25, batch_size=16, verbose=0).history["loss"]
    assert np.isfinite(values).all() and values[-1] < values[0]


def test_a_likelihood_of_many_pixels_is_summed_beyond_half_precision():
    """256 · 256 · 3 coins at log 2 each: 136,000 nats, twice the largest number of float16."""
    old = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        vae = dense_vae((256, 256, 3), 2, (), seed=0)
    finally:
        keras.config.set_dtype_policy(old)
    for weight in vae.decoder.weights:
        weight.assign(np.zeros(weight.shape))
    terms, _ = vae.terms(np.ones((2, 256, 256, 3), "float32"))
    np.testing.assert_allclose(terms, -256 * 256 * 3 * np.log(2), rtol=1e-4)


# --- adversarial training ---------------------------------------------------------------------------------------------


def game(spectral=False, **options):
    backend.set_seed(1)
    return AdversarialTrainer(
        toy_generator(2, 8, 1), toy_discriminator(8, 1, spectral=spectral), losses.NON_SATURATING,
        generator_optimizer=keras.optimizers.Adam(1e-2), discriminator_optimizer=keras.optimizers.Adam(1e-2), **options,
    )  # fmt: skip


def points(n=64):
    return np.random.default_rng(0).normal((1.5, -0.5), 0.7, (n, 2)).astype("float32")


@pytest.mark.parametrize("penalty", ["none", "r1", "r2", "gradient_penalty"])
@pytest.mark.parametrize("loop", [1, 3])
def test_a_game_goes_as_in_float32(penalty, loop, policy):
    options = {} if penalty == "none" else {penalty: 0.5}
    trainer, usual = game(ema=0.9, **options), in_float32(lambda: game(ema=0.9, **options))
    for a, b in ((usual.generator, trainer.generator), (usual.discriminator, trainer.discriminator)):
        a.set_weights(b.get_weights())
    usual.average.restart()
    got, expected = trainer.fit(points(), 6, 16, loop=loop), usual.fit(points(), 6, 16, loop=loop)
    for name, values in got.items():
        assert values.dtype == np.float32
        np.testing.assert_allclose(values, expected[name], rtol=3 * ROUGH[policy], atol=ROUGH[policy], err_msg=name)
    samples = trainer.sample(50)
    assert np.isfinite(samples).all()
    np.testing.assert_allclose(samples, usual.sample(50), atol=3 * ROUGH[policy])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_game_takes_all_penalties_at_once(dtype, policy):
    weights = {"r1": 0.5, "r2": 0.25, "gradient_penalty": 2.0}
    trainer, data = game(**weights), points().astype(dtype)
    networks = trainer.generator.get_weights(), trainer.discriminator.get_weights()
    together = trainer.fit(data, 1, 16)["penalty"]
    alone = []
    for name, weight in weights.items():
        trainer = game(**{name: weight})
        for network, values in zip((trainer.generator, trainer.discriminator), networks, strict=True):
            network.set_weights(values)
        alone.append(trainer.fit(data, 1, 16)["penalty"])
    np.testing.assert_allclose(together, sum(alone), rtol=ROUGH[policy])


def test_real_samples_stay_as_precise_as_the_discriminator_computes(policy):
    trainer = game()
    (real,) = trainer._batch(points().astype("float64")[:16], 0)["real"]
    assert real.dtype == ("float64" if policy == "float64" else "float32")


def test_a_game_of_spectral_layers_stays_finite(policy):
    history = game(spectral=True, gradient_penalty=0.5).fit(points(), 5, 16)
    assert all(np.isfinite(values).all() for values in history.values())


def test_image_networks_play(policy):
    backend.set_seed(1)
    trainer = AdversarialTrainer(
        dcgan_generator((8, 8, 1), 4, 4),
        dcgan_discriminator((8, 8, 1), 4, spectral=True),
        losses.HINGE,
        r1=1.0,
        ema=0.9,
    )
    history = trainer.fit(images(16, 8, 8, 1) * 2 - 1, 3, 8)
    assert all(np.isfinite(values).all() for values in history.values())
    assert trainer.sample(2).shape == (2, 8, 8, 1) and np.isfinite(trainer.sample(2)).all()


@pytest.mark.parametrize("f", [losses.r1_penalty, losses.r2_penalty])
def test_penalties_are_summed_in_full_precision(f, policy):
    """A linear critic w·x: ‖w‖², here of 3,000 pixels of slope 5: 75,000, more than float16 holds."""
    critic = keras.Sequential([keras.Input((3000,)), keras.layers.Dense(1, kernel_initializer="ones")])
    critic.weights[0].assign(5 * np.ones((3000, 1)))
    for dtype in ("float16", "float32"):
        value = f(critic, ops.cast(images(2, 3000), dtype))
        assert float(numbers(value)) == pytest.approx(75000, rel=ROUGH[policy])
    mixed = losses.gradient_penalty(critic, images(2, 3000), ops.cast(images(2, 3000), "float16"), seed=1)
    assert float(numbers(mixed)) == pytest.approx((75000**0.5 - 1) ** 2, rel=ROUGH[policy])


def test_small_gradients_survive_float16():
    """The weight's gradient is 2e-9, less than float16 holds: it is scaled on the way, and Adam moves by its rate."""
    old = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        generator, discriminator = toy_generator(2, depth=0), toy_discriminator(depth=0)
    finally:
        keras.config.set_dtype_policy(old)
    discriminator.set_weights([np.full((2, 1), 2e-6), np.zeros(1)])
    adam = keras.optimizers.Adam(1e-2, epsilon=1e-14)
    trainer = AdversarialTrainer(generator, discriminator, losses.WASSERSTEIN, generator_optimizer=adam)
    assert adam.loss_scale_factor
    before = numbers(generator.weights[0]).copy()
    trainer.step(points(64) * 1e-3)
    moved = np.abs(numbers(generator.weights[0]) - before)
    np.testing.assert_allclose(moved, 1e-2, rtol=0.05)


def test_an_average_of_half_precision_weights_is_kept_in_full(tmp_path):
    old = keras.config.dtype_policy()
    keras.config.set_dtype_policy("bfloat16")
    try:
        trainer = game(ema=0.999)
    finally:
        keras.config.set_dtype_policy(old)
    assert {variable.dtype for variable in trainer.average.variables} == {"float32"}
    for step in range(200):  # one weight moves from 0 to 1, and the average after it
        weight = trainer.average.followed[0]
        weight.assign(np.full(weight.shape, 1.0 if step else 0.0))
        if step == 0:
            trainer.average.restart()
        trainer.average.update(100000)
    expected = 1 - 0.999**199
    np.testing.assert_allclose(numbers(trainer.average.variables[0]), expected, rtol=1e-3)
    assert trainer.sampler().weights[0].dtype == "bfloat16"
