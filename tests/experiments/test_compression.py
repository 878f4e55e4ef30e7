"""The stored table of codecs: it tells the story of chapter 15, and slices of it come out again."""

import io
import json

import numpy as np
import pytest
from PIL import Image
from scipy import stats
from scipy.fft import dctn

from course_lib.experiments import compression as c
from course_lib.experiments.record import results


@pytest.fixture(scope="module")
def stored():
    return results("compression")


def rows(stored, **wanted):
    return [row for row in stored["rows"] if wanted.items() <= row.items()]


def mean(found, key="psnr"):
    return np.mean([row[key] for row in found])


def test_the_table_says_how_it_was_made(stored):
    assert stored["command"].strip() == "python -m course_lib.experiments.compression"
    assert stored["seeds"] == list(c.SEEDS) and not set(stored["train"]) & set(stored["test"])
    assert stored["steps"] == c.STEPS and stored["price"] == c.PRICE
    assert {"numpy", "keras"} <= stored["packages"].keys() and len(stored["date"]) == 10
    assert len(rows(stored, codec="autoencoder", data="photographs")) == len(c.SEEDS)


def test_the_table_tells_the_story_of_the_chapter(stored):
    """On photographs every old codec beats the small autoencoder at half a bit; on digits it beats PCA."""
    at = {name: rows(stored, data="photographs", codec=name, target=0.5) for name in ("JPEG", "KLT", "DCT")}
    ours = rows(stored, data="photographs", codec="autoencoder", target=0.5)
    assert all(row["bits"] == pytest.approx(0.5, abs=0.01) for name in ("KLT", "DCT") for row in at[name])
    assert all(row["psnr"] < at[name][0]["psnr"] for name in at for row in ours)
    assert at["JPEG"][0]["psnr"] > at["KLT"][0]["psnr"]
    for row in rows(stored, data="digits"):
        assert row["pca_bits"] > 1.2 * row["bits"]


def test_transforms_again(stored):
    """All rows but those of networks, from the photographs on."""
    images = [c.grey(name) for name in c.TEST]
    test = np.concatenate([c.blocks(image) for image in images])
    train = np.concatenate([c.blocks(c.grey(name)) for name in c.TRAIN])
    for name, codec in (("KLT", c.klt(train)), ("DCT", c.dct())):
        (row,) = rows(stored, data="photographs", codec=name, target=0.5)
        bits, back = c.at_rate(codec, test, 32)
        assert bits / 64 == pytest.approx(row["bits"], abs=0.002)
        assert c.psnr(test, back) == pytest.approx(row["psnr"], abs=0.05)
    (row,) = rows(stored, data="photographs", codec="JPEG", target=0.5)
    assert c.jpeg_at(images, 0.5) == pytest.approx(row["psnr"], abs=0.1)


def test_an_autoencoder_again(stored):
    """One seed, all its steps: within what seeds differ by, and a little for another processor."""
    train = np.concatenate([c.blocks(c.grey(name)) for name in c.TRAIN])
    test = np.concatenate([c.blocks(c.grey(name)) for name in c.TEST])
    codec = c.train(train, c.LATENTS, c.PRICE, seed=c.SEEDS[0])
    bits, back = c.at_rate(codec, test, 32)
    assert bits / 64 == pytest.approx(0.5, abs=0.01)
    full = mean(rows(stored, data="photographs", codec="autoencoder", target=0.5))
    assert c.psnr(test, back) == pytest.approx(full, abs=1.0)


# --- the pieces -------------------------------------------------------------------------------------------------------


def test_blocks_come_back_and_are_cut_as_jpeg_cuts():
    image = np.random.default_rng(0).integers(0, 256, (24, 40)).astype(np.uint8)
    cut = c.blocks(image)
    assert cut.shape == (15, 64)
    np.testing.assert_allclose(cut[6].reshape(8, 8) * 255, image[8:16, 8:16], atol=1e-4)
    np.testing.assert_array_equal(np.rint(255 * c.joined(cut, image.shape)), image)


def test_the_dct_is_scipys_and_a_tiny_step_loses_nothing():
    image = np.random.default_rng(1).integers(0, 256, (16, 16)).astype(np.uint8)
    x = c.blocks(image)
    levels = c.dct().encode(x, 0.01)
    theirs = dctn(x[1].reshape(8, 8) - 0.5, norm="ortho").ravel() / 0.01
    np.testing.assert_allclose(levels[1], theirs, atol=0.51)
    for codec in (c.dct(), c.klt(np.random.default_rng(2).random((300, 64)))):
        np.testing.assert_allclose(codec.decode(codec.encode(x, 1e-4), 1e-4), x, atol=1e-3)


def test_code_length_is_the_entropy_of_the_columns():
    levels = np.random.default_rng(3).poisson([0.1, 2, 30], (500, 3))
    expected = sum(stats.entropy(np.bincount(column), base=2) for column in levels.T)
    assert c.code_length(levels) == pytest.approx(expected)
    assert c.code_length(np.zeros((5, 4), int)) == 0


def test_the_price_of_a_latent_is_what_scipys_bell_says():
    codec = c.Codec(16, 3, 1.0)
    codec.middle.assign([0.0, 2.0, -1.0])
    codec.log_width.assign([0.0, 1.0, -1.0])
    z = np.array([[0.0, 5, -3], [4, -2, 0], [2.5, 2, -1]], np.float32)
    bell = stats.logistic([0, 2, -1], np.exp([0.0, 1, -1]))
    expected = -np.log2(bell.cdf(z + 0.5) - bell.cdf(z - 0.5))
    np.testing.assert_allclose(np.asarray(codec.bits(z)), expected, rtol=1e-4)


def test_jpeg_is_pillows_file_counted_whole():
    image = c.grey("camera")[:64, :64]
    bits, back = c.jpeg([image], 50)
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=50, optimize=True)
    assert bits == 8 * len(buffer.getvalue()) / image.size
    np.testing.assert_array_equal(np.rint(255 * c.joined(back, image.shape)), np.asarray(Image.open(buffer)))


def test_a_file_that_is_there_is_not_made_again(monkeypatch, tmp_path):
    made = []

    def some(seeds):
        made.append(seeds)
        yield {"data": "x", "codec": "y", "target": 0, "seed": seeds[0], "bits": 1.0}

    monkeypatch.setattr(c, "run_photographs", some)
    monkeypatch.setattr(c, "run_digits", some)
    for _ in range(2):
        c.main(["--out", str(tmp_path / "again.json")])
    assert len(made) == 2
    assert len(json.loads((tmp_path / "again.json").read_text("utf-8"))["rows"]) == 2
