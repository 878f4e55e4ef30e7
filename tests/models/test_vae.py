"""The VAE against the one case that has an exact answer, probabilistic PCA, and the bound computed by hand."""

import json

import keras
import numpy as np
import pytest
from keras import ops
from scipy import stats

from course_lib import backend
from course_lib.models.vae import VAE, conv_vae, dense_vae, reparameterize
from tests.helpers import printed


def numpy(x):
    return keras.ops.convert_to_numpy(x)


def correlated(n=400, seed=0):
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(n, 5)) * [6, 1.5, 0.5, 0.4, 0.3]) @ np.linalg.qr(rng.normal(size=(5, 5)))[0] + 1.0


def linear_vae(x, latent_dim=2, rotation=None, **options):
    """A linear VAE whose weights are those of probabilistic PCA, and the exact log p(x) of each point."""
    mean, (values, vectors) = x.mean(axis=0), np.linalg.eigh(np.cov(x.T, bias=True))
    values, vectors = values[::-1], vectors[:, ::-1]
    noise = values[latent_dim:].mean()
    w = vectors[:, :latent_dim] * np.sqrt(values[:latent_dim] - noise)
    w = w if rotation is None else w @ rotation
    precision = np.linalg.inv(w.T @ w + noise * np.eye(latent_dim))
    vae = dense_vae((x.shape[1],), latent_dim, hidden=(), likelihood="gaussian", sigma=float(np.sqrt(noise)), **options)
    variances = noise / np.diag(w.T @ w + noise * np.eye(latent_dim))  # of the best q with independent components
    to_mean = w @ precision
    vae.encoder.get_layer("mean").set_weights([to_mean, -mean @ to_mean])
    vae.encoder.get_layer("log_variance").set_weights([0 * to_mean, np.log(variances)])
    vae.decoder.get_layer("pixels").set_weights([w.T, mean])
    exact = stats.multivariate_normal(mean, w @ w.T + noise * np.eye(x.shape[1])).logpdf(x)
    return vae, exact, noise * precision


def test_with_the_exact_posterior_every_sample_weighs_the_evidence():
    """log p(x|z) + log p(z) - log q(z|x) is log p(x) at *every* z where q is the posterior: a wrong sign shows."""
    x = correlated()
    vae, exact, _ = linear_vae(x)
    for seed in range(3):
        noise = np.random.default_rng(seed).normal(size=(len(x), 2)).astype("float32")
        np.testing.assert_allclose(numpy(vae.log_weight(x.astype("float32"), noise)), exact, atol=2e-4)
    np.testing.assert_allclose(vae.bound(x, samples=3), exact, atol=2e-4)


def test_the_elbo_of_the_exact_posterior_is_the_evidence_and_of_another_is_less_by_the_divergence():
    x = correlated()
    vae, exact, _ = linear_vae(x)
    assert abs(vae.elbo(x, samples=30).mean() - exact.mean()) < 0.03
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    turned, same, covariance = linear_vae(x, rotation=turn)
    np.testing.assert_allclose(same, exact, rtol=1e-9)  # the model does not mind being turned
    precision = np.linalg.inv(covariance)
    gap = (np.log(np.diag(precision)).sum() - np.linalg.slogdet(precision)[1]) / 2
    assert gap > 0.1
    assert abs(exact.mean() - turned.elbo(x, samples=50).mean() - gap) < 0.05
    bounds = [turned.bound(x[:100], samples=samples).mean() for samples in (1, 10, 100)]
    assert bounds[0] + 0.1 < bounds[1] < bounds[1] + 0.05 < bounds[2] < exact[:100].mean()


def test_the_bound_of_a_network_that_is_not_linear_approaches_a_sum_over_a_grid_of_latents():
    """With two latents log p(x) is an integral over a plane: a sum over a grid knows no encoder and no sample."""
    x = (correlated(20) > 1).astype("float32")
    keras.utils.set_random_seed(0)  # the encoder's start decides how many samples the bound needs
    vae = dense_vae((5,), 2, (6,), seed=0)
    rng = np.random.default_rng(1)
    for w in vae.decoder.weights:
        w.assign(rng.normal(size=w.shape))
    ticks = np.linspace(-7, 7, 281)
    grid = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    p = numpy(vae.decode(grid.astype("float32"))).astype("float64")
    weights = stats.norm.pdf(grid).prod(axis=1) * (ticks[1] - ticks[0]) ** 2
    exact = np.array([np.log(weights @ np.where(one == 1, p, 1 - p).prod(axis=1)) for one in x])
    assert vae.elbo(x, samples=200).mean() < exact.mean() - 0.1  # the encoder is untrained
    np.testing.assert_allclose(vae.bound(x, samples=4000), exact, atol=0.15)


def test_the_loss_is_the_bound_summed_over_pixels_and_latents_and_averaged_over_images():
    x = np.random.default_rng(0).integers(0, 2, (6, 4, 4, 1)).astype("float32")
    for beta in (1.0, 4.0):
        vae = dense_vae((4, 4, 1), 3, (8,), beta=beta, seed=5)
        mean, lv = (numpy(t).astype("float64") for t in vae.encode(x))
        kl = [
            sum((np.exp(b) + a * a - 1 - b) / 2 for a, b in zip(*row, strict=True))
            for row in zip(mean, lv, strict=True)
        ]
        noise = numpy(keras.random.normal((6, 3), seed=keras.random.SeedGenerator(5)))
        p = numpy(vae.decode((mean + np.exp(lv / 2) * noise).astype("float32")))
        cross_entropy = -np.log(np.where(x == 1, p, 1 - p)).sum(axis=(1, 2, 3))
        expected = cross_entropy.mean() + beta * np.mean(kl)
        np.testing.assert_allclose(float(vae.compute_loss(x)), expected, rtol=1e-5)


def test_a_gaussian_decoder_learns_its_spread_or_keeps_the_given_one():
    x = np.random.default_rng(0).normal(size=(512, 6)).astype("float32") * 0.3
    learned = dense_vae((6,), 1, (), "gaussian", seed=0)
    learned.compile(keras.optimizers.Adam(0.02))
    learned.fit(x, epochs=60, batch_size=64, verbose=0)
    sigma = float(np.exp(numpy(learned.log_variance) / 2))
    assert 0.25 < sigma < 0.32
    fixed = dense_vae((6,), 1, (), "gaussian", sigma=0.5, seed=0)
    fixed.compile(keras.optimizers.Adam(0.02))
    fixed.fit(x, epochs=1, batch_size=64, verbose=0)
    assert float(numpy(fixed.log_variance)) == pytest.approx(2 * np.log(0.5))
    assert not any("log_variance" == v.name and not v.path.startswith("encoder") for v in fixed.trainable_variables)


def test_training_raises_the_bound_and_reports_its_terms():
    x = (correlated(512) > 1).astype("float32")
    vae = dense_vae((5,), 2, (16,), seed=0)
    vae.compile(keras.optimizers.Adam(0.01))
    before = vae.elbo(x, samples=20).mean()
    history = vae.fit(x, epochs=15, batch_size=64, verbose=0).history
    assert set(history) == {"loss", "reconstruction", "kl"}
    np.testing.assert_allclose(history["loss"], np.add(history["reconstruction"], history["kl"]), rtol=1e-4)
    after = vae.elbo(x, samples=20).mean()
    assert after > before + 0.3
    assert abs(after + history["loss"][-1]) < 0.3
    p = x.mean(axis=0)
    assert after > (p * np.log(p) + (1 - p) * np.log(1 - p)).sum() + 0.1  # better than five separate coins
    assert vae.terms(x)[1].mean() > 0.2


def test_pixels_that_are_no_coins_are_refused_as_arrays_and_make_nan_as_a_stream():
    """Bytes gave a loss of -1e9, and [-1, 1] one of -9370, both of them falling as if all were well."""
    bytes_ = np.random.default_rng(0).integers(0, 256, (32, 4, 4, 1)).astype("uint8")
    right, signed = bytes_ / 255, bytes_ / 127.5 - 1
    vae = dense_vae((4, 4, 1), 2, (8,), seed=0)
    vae.compile("sgd")
    for call, message in (
        (lambda: vae.fit(bytes_, verbose=0), "x must lie between 0 and 1, got 0 to 255. Divide 8-bit images by 255"),
        (lambda: vae.fit(x=signed, verbose=0), r"got -1 to 1. Map images in \[-1, 1\] by \(x \+ 1\) / 2"),
        (lambda: vae.evaluate(bytes_, verbose=0), "x must lie"),
        (lambda: vae.fit(right, validation_data=bytes_, verbose=0), "validation_data must lie"),
        (lambda: vae.fit(right, validation_data=(bytes_, None), verbose=0), "validation_data must lie"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    history = vae.fit(right, None, 16, 1, 0, validation_data=(right,)).history  # by position, as of keras.Model
    assert np.isfinite([history["loss"], history["val_loss"]]).all()
    assert np.isnan(vae.fit(ops.convert_to_tensor(bytes_.astype("float32")), verbose=0).history["loss"]).all()
    gray = dense_vae((4, 4, 1), 2, (8,), likelihood="gaussian", seed=0)
    gray.compile("sgd")
    assert np.isfinite(gray.fit(signed, verbose=0).history["loss"]).all()


def test_beta_can_be_changed_while_training():
    x = (correlated(256) > 1).astype("float32")
    vae = dense_vae((5,), 2, (16,), beta=0.0, seed=0)
    vae.compile(keras.optimizers.Adam(0.01))
    vae.fit(x, epochs=10, batch_size=64, verbose=0)
    free = vae.terms(x)[1].mean()
    vae.beta.assign(30.0)
    vae.fit(x, epochs=20, batch_size=64, verbose=0)
    assert vae.terms(x)[1].mean() < 0.1 * free


def test_free_nats_cost_nothing_below_their_number():
    x = np.random.default_rng(0).integers(0, 2, (8, 5)).astype("float32")
    make = lambda free: dense_vae((5,), 2, (4,), free_nats=free, seed=3)  # noqa: E731
    plain, free, much = make(0.0), make(0.5), make(100.0)
    for other in (free, much):
        other.set_weights(plain.get_weights())
    mean, lv = (numpy(t) for t in plain.encode(x))
    kl = ((np.exp(lv) + mean**2 - 1 - lv) / 2).mean(axis=0)
    base = float(plain.compute_loss(x)) - kl.sum()
    np.testing.assert_allclose(float(free.compute_loss(x)), base + np.maximum(kl, 0.5).sum(), rtol=1e-5)
    np.testing.assert_allclose(float(much.compute_loss(x)), base + 200, rtol=1e-5)


def test_several_samples_train_the_importance_weighted_bound():
    x = correlated(64).astype("float32")
    vae, exact, _ = linear_vae(x, samples=4, seed=0)
    np.testing.assert_allclose(float(vae.compute_loss(x)), -exact.mean(), rtol=1e-4)
    turned, _, _ = linear_vae(x, rotation=np.array([[0.6, -0.8], [0.8, 0.6]]), samples=64, seed=0)
    assert -exact.mean() < float(turned.compute_loss(x)) < -turned.elbo(x, samples=30).mean() - 0.1
    turned.compile("adam")
    assert set(turned.fit(x, epochs=1, verbose=0).history) == {"loss"}


def test_a_sample_is_the_mean_plus_sigma_times_noise():
    rng = np.random.default_rng(0)
    z = numpy(reparameterize(np.full((20000, 1), 3.0), np.full((20000, 1), np.log(0.25)), rng.normal(size=(20000, 1))))
    assert abs(z.mean() - 3) < 0.02 and abs(z.std() - 0.5) < 0.01  # not the variance, not its logarithm


@pytest.mark.parametrize(
    ("build", "shape"),
    [
        (dense_vae, (28, 28, 1)),
        (dense_vae, (7,)),
        (conv_vae, (28, 28, 1)),
        (conv_vae, (32, 32, 3)),
        (conv_vae, (8, 4, 2)),
    ],
)
def test_shapes_in_and_out(build, shape):
    vae = build(shape, latent_dim=3)
    x = np.random.default_rng(0).random((5, *shape)).astype("float32")
    assert [tuple(t.shape) for t in vae.encode(x)] == [(5, 3), (5, 3)]
    assert vae.reconstruct(x).shape == vae.sample(5).shape == (5, *shape)
    assert vae.elbo(x).shape == vae.bound(x, 2).shape == (5,)
    assert [a.shape for a in vae.posterior(x)] == [(5, 3), (5, 3)]
    assert abs(numpy(vae.encode(x)[1])).max() < 1  # q starts about as wide as the prior
    np.testing.assert_array_equal(vae.sample(3, seed=7), vae.sample(3, seed=7))
    assert not np.array_equal(vae.sample(3, seed=7), vae.sample(3, seed=8))


def test_long_arrays_are_computed_in_pieces_of_any_length():
    vae = dense_vae((4,), 2, (4,))
    x = np.random.default_rng(0).random((1003, 4)).astype("float32")
    mean = vae.posterior(x)[0]
    np.testing.assert_allclose(mean[998:], numpy(vae.encode(x[998:])[0]), atol=1e-6)


def test_questions_follow_training():
    """What was compiled before fit sees the weights after it."""
    vae, x = dense_vae((4,), 2, (4,), seed=0), np.eye(4, dtype="float32")
    before = vae.reconstruct(x)
    vae.compile(keras.optimizers.Adam(0.1))
    vae.fit(x, epochs=3, verbose=0)
    assert abs(vae.reconstruct(x) - before).max() > 0.01
    np.testing.assert_allclose(vae.reconstruct(x), numpy(vae(x)), atol=1e-6)


@pytest.mark.parametrize("build", [dense_vae, conv_vae])
def test_a_step_compiles_with_xla(build):
    vae = build((8, 8, 1), 2, likelihood="gaussian", seed=0)
    vae.compile(keras.optimizers.Adam(0.01), jit_compile=True)
    x = np.random.default_rng(0).random((32, 8, 8, 1)).astype("float32")
    losses = vae.fit(x, epochs=4, batch_size=16, verbose=0).history["loss"]
    assert np.isfinite(losses).all() and losses[-1] < losses[0]


def test_it_can_be_saved_and_read_again(tmp_path):
    vae = conv_vae((8, 8, 3), 2, width=4, beta=2.0, free_nats=0.1, seed=0)
    x = np.random.default_rng(0).random((4, 8, 8, 3)).astype("float32")
    vae.compile("adam")
    vae.fit(x, epochs=1, verbose=0)
    vae.beta.assign(3.0)
    vae.save(tmp_path / "vae.keras")
    again = keras.models.load_model(tmp_path / "vae.keras")
    np.testing.assert_allclose(again.reconstruct(x), vae.reconstruct(x), atol=1e-6)
    np.testing.assert_allclose(again.elbo(x), vae.elbo(x), rtol=1e-5)
    assert float(again.beta) == 3.0 and again.options == vae.options


ON_A_BACKEND = """
import json, keras, numpy as np
from course_lib.models.vae import dense_vae
rng = np.random.default_rng(0)
vae = dense_vae((6,), 2, (5,), likelihood="gaussian", seed=0)
for w in (*vae.encoder.weights, *vae.decoder.weights):
    w.assign(rng.normal(size=w.shape) * 0.3)
x = rng.random((16, 6)).astype("float32")
elbo, bound = vae.elbo(x), vae.bound(x, 5)
vae.compile(keras.optimizers.SGD(0.0))
vae.fit(x, epochs=1, verbose=0)
print(json.dumps([keras.backend.backend(), elbo.tolist(), bound.tolist()]))
"""


def test_jax_computes_the_same():
    pytest.importorskip("jax")
    results = {}
    for name in ("tensorflow", "jax"):
        used, *results[name] = json.loads(printed(ON_A_BACKEND, KERAS_BACKEND=name).splitlines()[-1])
        assert used == name
    np.testing.assert_allclose(results["jax"], results["tensorflow"], rtol=1e-4)


def parts(inputs=(4, 4, 1), latent=2, outputs=(4, 4, 1), heads=2):
    vae = dense_vae(inputs, latent, ())
    other = dense_vae(outputs, latent + (heads != 2), ())
    return vae.encoder, other.decoder


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: VAE(*parts(), likelihood="poisson"),
            "likelihood must be one of 'bernoulli', 'gaussian', got 'poisson'",
        ),
        (lambda: VAE(*parts(), sigma=1.0), "sigma belongs to a Gaussian"),
        (lambda: VAE(*parts(), "gaussian", sigma=-1.0), "sigma must be a finite number above 0"),
        (lambda: VAE(*parts(), beta=-1), "beta must be a finite number of at least 0, got -1"),
        (lambda: VAE(*parts(), free_nats=np.inf), "free_nats must be a finite number of at least 0, got inf"),
        (lambda: VAE(*parts(), samples=0), "samples must be at least 1"),
        (lambda: VAE(*parts(), samples=3, beta=2), "samples must be 1 with beta"),
        (lambda: VAE(*parts(heads=1)), "encoder must give two tensors of the shape that decoder takes"),
        (lambda: VAE(*parts(outputs=(4, 2, 2))), "decoder must give"),
        (lambda: conv_vae((30, 32, 3)), "divisible by 4"),
    ],
)
def test_arguments_out_of_range_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_the_gradient_reaches_the_encoder_through_the_sample():
    vae = dense_vae((5,), 2, (4,), beta=0.0, seed=0)  # without the divergence, only the sample links loss and encoder
    x = np.random.default_rng(0).integers(0, 2, (8, 5)).astype("float32")
    variables = vae.encoder.trainable_variables
    gradients = backend.value_and_grad(lambda _: vae.compute_loss(x))(variables)[1]
    assert all(float(ops.max(ops.abs(g))) > 0 for g in gradients)


def test_no_images_and_wrong_numbers_are_named():
    x = correlated(8)
    model, _, _ = linear_vae(x)
    for call in (model.bound, model.elbo, model.reconstruct, model.posterior):
        with pytest.raises(ValueError, match=r"images must be at least one, got the shape \(0, "):
            call(x[:0])
    with pytest.raises(ValueError, match="n must be at least 1, got 0"):
        model.sample(0)
    with pytest.raises(ValueError, match="samples must be at least 1, got 0"):
        model.bound(x, samples=0)
    with pytest.raises(TypeError, match="sigma must be a number, got 'a'"):
        dense_vae((5,), 2, hidden=(), likelihood="gaussian", sigma="a")
