"""The shipped denoisers: whole, as good as their cards say, no copies, and their recipes still make such ones."""

import re
from pathlib import Path

import numpy as np
import pytest

from course_lib.datasets import digits
from course_lib.experiments.shipped import denoisers, generators
from course_lib.metrics import generation
from course_lib.models import weights
from course_lib.models.classifier import embedder
from course_lib.models.denoiser import estimate, sample

FOLDER = Path(__file__).parents[2] / "data" / "weights"
LABELS = (np.arange(1000) % 10).astype("int32")


def scaled(x):
    return x[..., None].astype("float32") / 127.5 - 1


@pytest.fixture(scope="module")
def network():
    return weights.load_digit_denoiser()


@pytest.fixture(scope="module")
def drawn(network):
    return np.clip(sample(network, LABELS, 10, seed=0), -1, 1)


def test_the_digits_are_as_good_as_the_card_says(drawn):
    card = (FOLDER / "README.md").read_text("utf-8")
    stated = float(re.search(r"FD-digits ([\d.]+) of 1,000 drawn in 10 steps", card)[1])
    fd = generators.score(drawn)
    assert (fd.n_real, fd.n_generated) == (1000, 1000)
    assert fd.value == pytest.approx(stated, rel=0.05)
    assert fd.value < 20


def test_the_card_says_how_large_it_is(network):
    card = (FOLDER / "README.md").read_text("utf-8")
    assert f"{network.count_params():,} numbers" in card
    assert (FOLDER / "digit_denoiser.npz").stat().st_size <= 2_000_000


def test_most_are_read_as_they_were_asked_for_and_they_vary_as_real_ones_do(drawn):
    model = weights.load_classifier()
    read = model.predict((drawn + 1) / 2, verbose=0).argmax(axis=1)
    assert np.mean(read == LABELS) > 0.92
    features = [embedder(model).predict((x + 1) / 2, verbose=0) for x in (scaled(digits.load()[1][0]), drawn)]
    found = generation.precision_recall(*features)
    assert found.precision > 0.8
    assert found.recall > 0.7


def test_the_digits_are_no_copies(drawn):
    """They lie as far from the nearest training digit as held-out digits do."""
    (x_train, _), (x_test, _) = digits.load()
    train, held_out = (scaled(x).reshape(len(x), -1) for x in (x_train, x_test[:300]))
    ours = generation.nearest_neighbors(drawn[:300].reshape(300, -1), train).distances
    theirs = generation.nearest_neighbors(held_out, train).distances
    assert np.median(ours) > 0.9 * np.median(theirs)
    assert ours.min() > 0.5 * theirs.min()


def test_more_noise_makes_the_guess_worse_and_pure_noise_gives_the_mean_of_the_class(network):
    (x_train, y_train), (x_test, y_test) = digits.load()
    clean, labels = scaled(x_test)[:200], y_test[:200].astype("int32")
    noise = np.random.default_rng(3).standard_normal(clean.shape)
    errors = [
        np.mean((estimate(network, t * clean + (1 - t) * noise, t, labels) - clean) ** 2) for t in (0, 0.2, 0.5, 0.9)
    ]
    assert errors == sorted(errors, reverse=True) and errors[-1] < 0.01
    means = np.stack([scaled(x_train[y_train == digit]).mean(axis=0) for digit in range(10)])
    assert np.abs(estimate(network, noise, 0.0, labels) - means[labels]).mean() < 0.12


@pytest.fixture(scope="module")
def emoji_network():
    return weights.load_emoji_denoiser()


def test_the_card_says_how_large_the_emoji_denoiser_is(emoji_network):
    card = (FOLDER / "README.md").read_text("utf-8")
    assert f"{emoji_network.count_params():,} numbers" in card
    assert (FOLDER / "emoji_denoiser.npz").stat().st_size <= 2_000_000


def test_most_emoji_are_of_the_group_that_was_asked_for_and_are_no_copies(emoji_network):
    (known, groups), (new, _) = denoisers.groups("train"), denoisers.groups("test")
    asked = np.arange(70) % 7
    drawn = np.clip(sample(emoji_network, asked, 10, seed=0), -1, 1)
    flat = known.reshape(len(known), -1)
    found = generation.nearest_neighbors(drawn.reshape(70, -1), flat)
    assert np.mean(groups[found.indices[:, 0]] == asked) > 0.7
    held_out = generation.nearest_neighbors(new.reshape(len(new), -1), flat).distances
    assert np.median(found.distances) > 0.5 * np.median(held_out)
    assert np.all(found.distances / np.sqrt(flat.shape[1]) > 0.01)  # the same picture, pixel by pixel, is at 0
    per_group = [len(np.unique(found.indices[asked == k, 0])) for k in range(7)]
    assert np.mean(per_group) > 3  # not one picture a group


@pytest.mark.parametrize("name", list(denoisers.RECIPES))
def test_the_recipe_trains_and_goes_on_where_it_was(name, tmp_path):
    rest = ["--steps", "3", "--out", str(tmp_path / "again.npz")]
    denoisers.main(name, ["--until", "1", "--checkpoint", str(tmp_path / "half.npz"), *rest])
    assert not (tmp_path / "again.npz").exists()
    denoisers.main(name, ["--checkpoint", str(tmp_path / "half.npz"), *rest])
    with np.load(tmp_path / "again.npz") as again, np.load(FOLDER / f"{name}.npz") as shipped:
        assert set(again) == set(shipped)
        assert all(again[path].shape == shipped[path].shape for path in again)
