"""The stored experiments on autoencoders say how they were made, and a slice of them run again agrees."""

import io
import json
import zlib

import numpy as np
import pytest
from PIL import Image
from scipy import stats

from course_lib.experiments import autoencoders
from course_lib.experiments.record import results
from course_lib.models.vae import dense_vae


@pytest.fixture(scope="module")
def stored():
    return results("autoencoders")


def test_every_part_says_how_it_was_made_and_is_complete(stored):
    assert stored.keys() == autoencoders.PARTS.keys()
    mixtures = [f"mixture of {components}" for components in autoencoders.MIXTURES]
    chosen = [f"dense, 32 latents, {epochs} epochs" for epochs in autoencoders.EPOCH_CHOICES]
    settings = {
        "digits": [*mixtures, *autoencoders.DIGIT_MODELS],
        "choice": ["dense, 32 latents, spread by Adam, 60 epochs", *chosen],
        "emoji": autoencoders.EMOJI_MODELS,
        "beta": autoencoders.BETAS,
        "peeking": autoencoders.PEEKING,
    }
    least = {"choice": 1, "emoji": 3, "peeking": 5}
    for part, record in stored.items():
        assert record["command"] == f"python -m course_lib.experiments.autoencoders {part}"
        assert len(record["date"]) == 10
        assert {"numpy", "keras"} <= record["packages"].keys()
        key = "beta" if part == "beta" else "model"
        seeds = {setting: [row["seed"] for row in record["rows"] if row[key] == setting] for setting in settings[part]}
        for setting, own in seeds.items():
            assert len(own) == len(set(own)) >= least.get(part, 2), (part, setting)
        assert len({tuple(sorted(own)) for own in seeds.values()}) == 1, f"{part}: not the same seeds for all"


def test_the_epochs_and_the_way_to_the_spread_are_those_that_the_choice_supports(stored):
    bits = {row["model"]: row for row in stored["choice"]["rows"]}
    by_adam = bits["dense, 32 latents, spread by Adam, 60 epochs"]
    by_epochs = {epochs: bits[f"dense, 32 latents, {epochs} epochs"]["bits"] for epochs in autoencoders.EPOCH_CHOICES}
    assert by_epochs[autoencoders.EMOJI_EPOCHS] < by_adam["bits"] - 0.1
    assert by_epochs[autoencoders.EMOJI_EPOCHS] < min(by_epochs.values()) + 0.01
    assert by_adam["sigma"] < 0.85 * by_adam["best_sigma"]  # Adam did not find it


def test_the_exact_likelihoods_are_those_of_scipy():
    rng = np.random.default_rng(0)
    train, test = (rng.random((2, 40, 4, 3, 1)) < 0.4).astype("float32")
    p = (train.sum(axis=0) + 1) / 42
    np.testing.assert_allclose(
        autoencoders.coins(train, test), stats.bernoulli(p).logpmf(test).sum(axis=(1, 2, 3)), rtol=1e-5
    )
    one = autoencoders.mixture_of_coins(train, test, components=1, rounds=3)
    p = (train.reshape(40, -1).sum(axis=0) + 0.5) / 41
    np.testing.assert_allclose(one, stats.bernoulli(p).logpmf(test.reshape(40, -1)).sum(axis=1), rtol=1e-6)
    x, y = rng.normal(size=(2, 50, 6)) @ rng.normal(size=(6, 6))
    values, vectors = np.linalg.eigh(np.cov(x.T, bias=True))
    noise, w = values[:4].mean(), vectors[:, 4:] * np.sqrt(values[4:] - values[:4].mean())
    expected = stats.multivariate_normal(x.mean(axis=0), w @ w.T + noise * np.eye(6)).logpdf(y)
    np.testing.assert_allclose(autoencoders.probabilistic_pca(x, y, 2), expected, rtol=1e-9)


def test_a_mixture_explains_clusters_that_separate_coins_cannot():
    rng = np.random.default_rng(1)
    kind = rng.integers(0, 2, 400)
    images = (rng.random((400, 3, 3, 1)) < np.where(kind == 0, 0.1, 0.9)[:, None, None, None]).astype("float32")
    train, test = images[:300], images[300:]
    assert autoencoders.mixture_of_coins(train, test, 4, 20).mean() > autoencoders.coins(train, test).mean() + 1.5


def test_two_latents_by_a_grid_and_by_quadrature():
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
    np.testing.assert_allclose(autoencoders.by_grid(vae, x), expected, atol=1e-3)


def test_files_by_hand():
    images = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 3)).astype("uint8")
    assert autoencoders.file_bits(images, lambda image: bytes(48)) == 2.0  # 48 bytes for 192 numbers
    np.testing.assert_array_equal(Image.open(io.BytesIO(autoencoders.as_png(images[0]))), images[0])
    noise, flat = (autoencoders.file_bits(x, autoencoders.as_png) for x in (images, 0 * images))
    assert noise > 8 > 4 > flat


def test_the_best_spread_is_the_root_mean_squared_error_of_samples():
    vae = dense_vae((4,), 1, (), "gaussian", sigma=0.2, seed=0)
    encoder, decoder = (part.get_layer(name) for part, name in ((vae.encoder, "mean"), (vae.decoder, "pixels")))
    encoder.set_weights([np.zeros((4, 1)), np.array([1.0])])
    vae.encoder.get_layer("log_variance").set_weights([np.zeros((4, 1)), np.array([np.log(0.25)])])
    decoder.set_weights([np.array([[2.0, 0, 0, 0]]), np.zeros(4)])
    images = np.zeros(
        (4000, 4), "float32"
    )  # the first number comes out as 2 z, z of N(1, 1/4): its square is 4 (1 + 1/4)
    assert autoencoders.best_log_variance(vae, images) == pytest.approx(np.log(5 / 4), abs=0.05)


def test_what_the_first_directions_leave_is_the_sum_of_the_other_eigenvalues():
    x = np.random.default_rng(0).normal(size=(200, 6)) * [5, 4, 3, 2, 1, 0.5]
    values = np.linalg.svd(x - x.mean(axis=0), compute_uv=False) ** 2 / 200
    assert autoencoders.squares_left(x, x, 2) == pytest.approx(values[2:].sum())
    assert autoencoders.squares_left(x, x, 0) == pytest.approx(values.sum())


def test_bits_by_hand():
    assert autoencoders.bits_per_number(0.0) == pytest.approx(8)  # density 1 on [0, 1]: each of 256 values alike
    assert autoencoders.bits_per_number(3072 * np.log(2)) == pytest.approx(7)


def test_dequantized_images_round_back():
    images = np.arange(256, dtype="uint8").reshape(1, 16, 16)
    noisy = autoencoders.dequantize(images, np.random.default_rng(0))
    np.testing.assert_array_equal(np.floor(noisy * 256).astype(int), images)
    assert 0 <= noisy.min() and noisy.max() < 1


def test_a_pixel_is_predicted_from_those_before_it_only():
    """Changing a pixel changes log p(x | z) of itself and of later pixels: the logits up to it stay as they are."""
    vae = autoencoders.peeking_vae("peeking")
    assert isinstance(vae, autoencoders.Peeking)
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
    assert autoencoders.peeking_vae("peeking, free nats").options["free_nats"] == 0.5
    assert not isinstance(autoencoders.peeking_vae("no peeking"), autoencoders.Peeking)


def test_judging_by_hand():
    vae = dense_vae((28, 28, 1), 3, (), seed=0)
    for name in ("mean", "log_variance"):
        kernel, bias = vae.encoder.get_layer(name).get_weights()
        vae.encoder.get_layer(name).set_weights([0 * kernel, 0 * bias])
    vae.encoder.get_layer("mean").set_weights([0 * kernel, np.array([2.0, 0.0, 0.1], "float32")])
    row = autoencoders.judge(vae, np.zeros((7, 28, 28, 1), "float32"))
    assert row["rate"] == pytest.approx((4 + 0.01) / 2, rel=1e-5) and row["active"] == 1
    assert row["elbo"] == pytest.approx(-row["distortion"] - row["rate"], rel=1e-6)


def test_a_slice_run_again_agrees(stored):
    train, test = autoencoders.binary_digits()
    again = float(autoencoders.coins(train, test).mean())
    rows = {row["model"]: row for row in stored["digits"]["rows"] if row["seed"] == 0}
    assert again == pytest.approx(rows["separate coins"]["elbo"], abs=0.01)
    mixture = autoencoders.mixture_of_coins(train, test, rounds=10).mean()
    assert abs(mixture - rows["mixture of 50"]["elbo"]) < 6
    emoji = {row["model"]: row for row in stored["emoji"]["rows"]}
    _, judged = autoencoders.small_emoji()
    by_zlib = autoencoders.file_bits(judged, lambda image: zlib.compress(image.tobytes(), 9))
    assert by_zlib == pytest.approx(emoji["zlib"]["bits"], abs=0.05)
    assert autoencoders.file_bits(judged, autoencoders.as_png) == pytest.approx(emoji["PNG"]["bits"], abs=0.2)
    (row,) = autoencoders.run_beta((0,), (1.0,))
    full = next(row for row in stored["beta"]["rows"] if row["beta"] == 1.0 and row["seed"] == 0)
    for score, room in (("elbo", 4), ("rate", 3), ("distortion", 5)):
        assert abs(row[score] - full[score]) < room, score
    assert row["active"] == full["active"] == 16


def test_a_part_keeps_the_other_parts_and_the_rows_of_other_seeds(monkeypatch, tmp_path, stored):
    value = [0.123456]

    def beta(seeds):
        yield from ({"beta": 1.0, "seed": seed, "elbo": value[0]} for seed in seeds)

    monkeypatch.setattr(autoencoders, "PARTS", {"beta": beta, "digits": beta})
    out = ["--out", str(tmp_path / "again.json")]
    autoencoders.main(["beta", "--seeds", "0", "1", *out])
    autoencoders.main(["digits", "--seeds", "4", *out])
    value[0] = 2.0
    autoencoders.main(["beta", "--seeds", "1", "2", *out])
    written = json.loads((tmp_path / "again.json").read_text("utf-8"))
    assert [(row["seed"], row["elbo"]) for row in written["beta"]["rows"]] == [(0, 0.1235), (1, 2.0), (2, 2.0)]
    assert [row["seed"] for row in written["digits"]["rows"]] == [4]
    assert written["beta"].keys() >= stored["beta"].keys()
