"""The shipped generators: whole, as good as their card says, no copies, and their recipes still make such ones."""

import re
from pathlib import Path

import numpy as np
import pytest
from scipy.special import softmax

from course_lib.datasets import digits
from course_lib.experiments.shipped import generators
from course_lib.metrics import generation
from course_lib.models import weights
from course_lib.models.classifier import embedder

FOLDER = Path(__file__).parents[2] / "data" / "weights"


def scaled(x):
    return x[..., None].astype("float32") / 127.5 - 1


@pytest.fixture(scope="module")
def drawn():
    noise = np.random.default_rng(0).standard_normal((1000, 64), dtype="float32")
    return weights.load_digit_generator().predict(noise, batch_size=250, verbose=0)


@pytest.fixture(scope="module")
def faces():
    noise = np.random.default_rng(1).standard_normal((200, 64), dtype="float32")
    return weights.load_emoji_generator().predict(noise, batch_size=100, verbose=0)


def test_the_digits_are_as_good_as_the_card_says(drawn):
    card = (FOLDER / "README.md").read_text("utf-8")
    stated = float(re.search(r"FD-digits (\d+) of 1,000 generated", card)[1])
    fd = generators.score(drawn)
    assert (fd.n_real, fd.n_generated) == (1000, 1000)
    assert fd.value == pytest.approx(stated, rel=0.05)


def test_every_digit_is_drawn_most_are_plain_and_their_variety_is_that_of_real_ones(drawn):
    model = weights.load_classifier()
    p = softmax(model.predict((drawn + 1) / 2, verbose=0).astype(float), axis=1)
    shares = np.bincount(p.argmax(axis=1), minlength=10) / len(p)
    assert shares.min() > 0.03
    assert generation.inception_score(p) > 6
    features = [embedder(model).predict((x + 1) / 2, verbose=0) for x in (scaled(digits.load()[1][0]), drawn)]
    found = generation.precision_recall(*features)
    assert found.precision > 0.45
    assert found.recall > 0.5


def test_the_digits_are_no_copies(drawn):
    """They lie as far from the nearest training digit as held-out digits do."""
    (x_train, _), (x_test, _) = digits.load()
    train, held_out = (scaled(x).reshape(len(x), -1) for x in (x_train, x_test[:300]))
    ours = generation.nearest_neighbors(drawn[:300].reshape(300, -1), train).distances
    theirs = generation.nearest_neighbors(held_out, train).distances
    assert np.median(ours) > 0.75 * np.median(theirs)


def test_the_faces_are_round_yellow_on_white_and_differ(faces):
    assert np.abs(faces).max() <= 1
    corners = faces[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    assert np.median(corners) > 0.9
    red, green, blue = np.median(faces[:, 6:26, 6:26], axis=(0, 1, 2))
    assert red > green > blue
    assert red - blue > 0.5
    assert faces.std(axis=0).mean() > 0.05


@pytest.mark.parametrize("name", ["digit_generator", "emoji_generator"])
def test_a_recipe_trains_and_goes_on_where_it_was(name, tmp_path):
    rest = ["--steps", "4", "--out", str(tmp_path / "again.npz")]
    generators.main(name, ["--until", "2", "--checkpoint", str(tmp_path / "half.npz"), *rest])
    assert not (tmp_path / "again.npz").exists()
    generators.main(name, ["--checkpoint", str(tmp_path / "half.npz"), *rest])
    with np.load(tmp_path / "again.npz") as again, np.load(FOLDER / f"{name}.npz") as shipped:
        assert set(again) == set(shipped)
        assert all(again[path].shape == shipped[path].shape for path in again)
