"""The stored experiments on autoencoders say how they were made, and a slice of them run again agrees."""

import importlib.util
import io
import json
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy import stats

from course_lib.models.vae import dense_vae

FOLDER = Path(__file__).parents[2] / "data" / "experiments"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("autoencoders", FOLDER / "autoencoders.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def stored():
    return json.loads((FOLDER / "autoencoders.json").read_text())


def test_every_part_says_how_it_was_made_and_is_complete(script, stored):
    assert stored.keys() == script.PARTS.keys()
    mixtures = [f"mixture of {components}" for components in script.MIXTURES]
    chosen = [f"dense, 32 latents, {epochs} epochs" for epochs in script.EPOCH_CHOICES]
    settings = {
        "digits": [*mixtures, *script.DIGIT_MODELS],
        "choice": ["dense, 32 latents, spread by Adam, 60 epochs", *chosen],
        "emoji": script.EMOJI_MODELS,
        "beta": script.BETAS,
        "peeking": script.PEEKING,
    }
    least = {"choice": 1, "emoji": 3, "peeking": 5}
    for part, record in stored.items():
        assert record["command"] == f"python data/experiments/autoencoders.py {part}" and len(record["date"]) == 10
        assert {"numpy", "keras"} <= record["packages"].keys()
        key = "beta" if part == "beta" else "model"
        seeds = {setting: [row["seed"] for row in record["rows"] if row[key] == setting] for setting in settings[part]}
        for setting, own in seeds.items():
            assert len(own) == len(set(own)) >= least.get(part, 2), (part, setting)
        assert len({tuple(sorted(own)) for own in seeds.values()}) == 1, f"{part}: not the same seeds for all"


def test_the_epochs_and_the_way_to_the_spread_are_those_that_the_choice_supports(script, stored):
    bits = {row["model"]: row for row in stored["choice"]["rows"]}
    by_adam = bits["dense, 32 latents, spread by Adam, 60 epochs"]
    by_epochs = {epochs: bits[f"dense, 32 latents, {epochs} epochs"]["bits"] for epochs in script.EPOCH_CHOICES}
    assert by_epochs[script.EMOJI_EPOCHS] < by_adam["bits"] - 0.1
    assert by_epochs[script.EMOJI_EPOCHS] < min(by_epochs.values()) + 0.01
    assert by_adam["sigma"] < 0.85 * by_adam["best_sigma"]  # Adam did not find it


def test_the_exact_likelihoods_are_those_of_scipy(script):
    rng = np.random.default_rng(0)
    train, test = (rng.random((2, 40, 4, 3, 1)) < 0.4).astype("float32")
    p = (train.sum(axis=0) + 1) / 42
    np.testing.assert_allclose(
        script.coins(train, test), stats.bernoulli(p).logpmf(test).sum(axis=(1, 2, 3)), rtol=1e-5
    )
    one = script.mixture_of_coins(train, test, components=1, rounds=3)
    p = (train.reshape(40, -1).sum(axis=0) + 0.5) / 41
    np.testing.assert_allclose(one, stats.bernoulli(p).logpmf(test.reshape(40, -1)).sum(axis=1), rtol=1e-6)
    x, y = rng.normal(size=(2, 50, 6)) @ rng.normal(size=(6, 6))
    values, vectors = np.linalg.eigh(np.cov(x.T, bias=True))
    noise, w = values[:4].mean(), vectors[:, 4:] * np.sqrt(values[4:] - values[:4].mean())
    expected = stats.multivariate_normal(x.mean(axis=0), w @ w.T + noise * np.eye(6)).logpdf(y)
    np.testing.assert_allclose(script.probabilistic_pca(x, y, 2), expected, rtol=1e-9)


def test_a_mixture_explains_clusters_that_separate_coins_cannot(script):
    rng = np.random.default_rng(1)
    kind = rng.integers(0, 2, 400)
    images = (rng.random((400, 3, 3, 1)) < np.where(kind == 0, 0.1, 0.9)[:, None, None, None]).astype("float32")
    train, test = images[:300], images[300:]
    assert script.mixture_of_coins(train, test, 4, 20).mean() > script.coins(train, test).mean() + 1.5


def test_two_latents_by_a_grid_and_by_quadrature(script):
    vae = dense_vae((2, 3, 1), 2, (4,), seed=0)
    rng = np.random.default_rng(0)
    for w in vae.decoder.weights:
        w.assign(0.5 * rng.normal(size=w.shape))
    x = rng.integers(0, 2, (9, 2, 3, 1)).astype("float32")
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    z = np.stack(np.meshgrid(nodes, nodes), axis=-1).reshape(-1, 2)
    p = np.asarray(vae.decode(z.astype("float32"))).astype(float)
    each = [np.where(one == 1, p, 1 - p).prod(axis=(1, 2, 3)) for one in x]
    expected = np.log(np.array(each) @ np.outer(weights, weights).ravel() / weights.sum() ** 2)
    np.testing.assert_allclose(script.by_grid(vae, x), expected, atol=1e-3)


def test_files_by_hand(script):
    images = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 3)).astype("uint8")
    assert script.file_bits(images, lambda image: bytes(48)) == 2.0  # 48 bytes for 192 numbers
    np.testing.assert_array_equal(Image.open(io.BytesIO(script.as_png(images[0]))), images[0])
    assert script.file_bits(images, script.as_png) > 8 > 4 > script.file_bits(0 * images, script.as_png)


def test_the_best_spread_is_the_root_mean_squared_error_of_samples(script):
    vae = dense_vae((4,), 1, (), "gaussian", sigma=0.2, seed=0)
    encoder, decoder = (part.get_layer(name) for part, name in ((vae.encoder, "mean"), (vae.decoder, "pixels")))
    encoder.set_weights([np.zeros((4, 1)), np.array([1.0])])
    vae.encoder.get_layer("log_variance").set_weights([np.zeros((4, 1)), np.array([np.log(0.25)])])
    decoder.set_weights([np.array([[2.0, 0, 0, 0]]), np.zeros(4)])
    images = np.zeros(
        (4000, 4), "float32"
    )  # the first number comes out as 2 z, z of N(1, 1/4): its square is 4 (1 + 1/4)
    assert script.best_log_variance(vae, images) == pytest.approx(np.log(5 / 4), abs=0.05)


def test_what_the_first_directions_leave_is_the_sum_of_the_other_eigenvalues(script):
    x = np.random.default_rng(0).normal(size=(200, 6)) * [5, 4, 3, 2, 1, 0.5]
    values = np.linalg.svd(x - x.mean(axis=0), compute_uv=False) ** 2 / 200
    assert script.squares_left(x, x, 2) == pytest.approx(values[2:].sum())
    assert script.squares_left(x, x, 0) == pytest.approx(values.sum())


def test_bits_by_hand(script):
    assert script.bits_per_number(0.0) == pytest.approx(8)  # density 1 on [0, 1]: each of 256 values alike
    assert script.bits_per_number(3072 * np.log(2)) == pytest.approx(7)


def test_dequantised_images_round_back(script):
    images = np.arange(256, dtype="uint8").reshape(1, 16, 16)
    noisy = script.dequantise(images, np.random.default_rng(0))
    np.testing.assert_array_equal(np.floor(noisy * 256).astype(int), images)
    assert 0 <= noisy.min() and noisy.max() < 1


def test_a_pixel_is_predicted_from_those_before_it_only(script):
    """Changing a pixel changes log p(x | z) of itself and of later pixels: the logits up to it stay as they are."""
    vae = script.peeking_vae("peeking")
    assert isinstance(vae, script.Peeking)
    vae.window.bias.assign(np.full(16, 0.3))
    x = np.random.default_rng(0).integers(0, 2, (1, 28, 28, 1)).astype("float32")
    z = np.zeros((1, 16), "float32")

    def total(image):
        return float(np.asarray(vae.log_likelihood(image, z))[0])

    last = x.copy()
    last[0, 27, 27] = 1 - last[0, 27, 27]  # nothing comes after the last pixel: only its own coin changes
    logits = []
    for image in (x, last):
        other = image.copy()
        other[0, 27, 27] = 1 - other[0, 27, 27]
        logits.append((total(image) - total(other)) * (2 * image[0, 27, 27, 0] - 1))
    np.testing.assert_allclose(logits[0], logits[1], atol=1e-3)
    assert script.peeking_vae("peeking, free nats").options["free_nats"] == 0.5
    assert not isinstance(script.peeking_vae("no peeking"), script.Peeking)


def test_judging_by_hand(script):
    vae = dense_vae((28, 28, 1), 3, (), seed=0)
    for name in ("mean", "log_variance"):
        kernel, bias = vae.encoder.get_layer(name).get_weights()
        vae.encoder.get_layer(name).set_weights([0 * kernel, 0 * bias])
    vae.encoder.get_layer("mean").set_weights([0 * kernel, np.array([2.0, 0.0, 0.1], "float32")])
    row = script.judge(vae, np.zeros((7, 28, 28, 1), "float32"))
    assert row["rate"] == pytest.approx((4 + 0.01) / 2, rel=1e-5) and row["active"] == 1
    assert row["elbo"] == pytest.approx(-row["distortion"] - row["rate"], rel=1e-6)


def test_a_slice_run_again_agrees(script, stored, tmp_path):
    train, test = script.binary_digits()
    again = float(script.coins(train, test).mean())
    rows = {row["model"]: row for row in stored["digits"]["rows"] if row["seed"] == 0}
    assert again == pytest.approx(rows["separate coins"]["elbo"], abs=0.01)
    mixture = script.mixture_of_coins(train, test, rounds=10).mean()
    assert abs(mixture - rows["mixture of 50"]["elbo"]) < 6
    emoji = {row["model"]: row for row in stored["emoji"]["rows"]}
    _, judged = script.small_emoji()
    by_zlib = script.file_bits(judged, lambda image: zlib.compress(image.tobytes(), 9))
    assert by_zlib == pytest.approx(emoji["zlib"]["bits"], abs=0.05)
    assert script.file_bits(judged, script.as_png) == pytest.approx(emoji["PNG"]["bits"], abs=0.2)
    (row,) = script.run_beta((0,), (1.0,))
    full = next(row for row in stored["beta"]["rows"] if row["beta"] == 1.0 and row["seed"] == 0)
    for score, room in (("elbo", 4), ("rate", 3), ("distortion", 5)):
        assert abs(row[score] - full[score]) < room, score
    assert row["active"] == full["active"] == 16
