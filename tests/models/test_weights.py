"""Shipped weights fit their networks, are as good as their card says, and damage to them is named."""

import hashlib
import re

import keras
import numpy as np
import pytest

from course_lib.datasets import digits, files
from course_lib.datasets.files import DataFileError
from course_lib.models import weights
from course_lib.models.classifier import classifier, embedder
from course_lib.models.gan import toy_generator
from course_lib.models.vae import dense_vae
from tests.helpers import printed

ROOT = files.DATA.parent


def held_out():
    _, (x, y) = digits.load()
    return x[..., None].astype("float32") / 255, y


def test_the_classifier_is_as_good_as_its_card_says():
    x, y = held_out()
    card = (files.DATA / "weights" / "README.md").read_text("utf-8")
    right = int((weights.load_classifier().predict(x, verbose=0).argmax(axis=1) == y).sum())
    stated = int(re.search(r"(\d+) of the 1,000 held-out digits", card)[1])
    assert abs(right - stated) <= 1  # another backend may round a tie the other way
    assert right >= 980


def test_features_tell_the_digits_apart():
    """Nearest class mean in the embedding errs rarely; in the pixels of the same images one in five times."""
    x, y = held_out()
    features = embedder(weights.load_classifier()).predict(x, verbose=0)
    means = np.stack([features[y == digit].mean(axis=0) for digit in range(10)])
    nearest = ((features[:, None] - means) ** 2).sum(axis=-1).argmin(axis=1)
    assert np.mean(nearest == y) > 0.95


@pytest.mark.parametrize("name", weights.FILES)
def test_the_card_states_size_and_checksum_and_the_script_is_there(name):
    card = (files.DATA / "weights" / "README.md").read_text("utf-8")
    content = (files.DATA / "weights" / name).read_bytes()
    assert len(content) < 2e6
    assert f"{len(content):,}" in card
    assert f"`{hashlib.sha256(content).hexdigest()}`" in card
    script = f"data/weights/{name.rpartition('.')[0]}.py"
    assert f"python {script}" in card
    assert (ROOT / script).is_file()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of data/weights that may be damaged."""
    (tmp_path / "weights").mkdir()
    for path in (files.DATA / "weights").iterdir():
        if path.is_file():
            (tmp_path / "weights" / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(files, "DATA", tmp_path)
    return tmp_path / "weights"


@pytest.mark.parametrize("damage", ["missing", "cut", "altered"])
def test_damaged_weights_are_named_with_their_remedy(folder, damage):
    path = folder / "digit_classifier.npz"
    content = bytearray(path.read_bytes())
    path.unlink()
    if damage == "cut":
        path.write_bytes(content[:-100])
    elif damage == "altered":
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    with pytest.raises(DataFileError) as caught:
        weights.load_classifier()
    message = str(caught.value)
    words = {"missing": "is missing", "cut": "is cut short", "altered": "was altered"}
    assert message.startswith(f"data/weights/digit_classifier.npz {words[damage]}")
    assert "`python data/weights/digit_classifier.py`" in message


def record(monkeypatch, path):
    content = path.read_bytes()
    monkeypatch.setitem(weights.FILES, path.name, (len(content), hashlib.sha256(content).hexdigest()))


def test_what_is_stored_comes_back_and_the_same_weights_give_the_same_bytes(folder, monkeypatch):
    model = classifier((8, 8, 1), 3, (2,), embedding=4, normalization="batch", dropout=0.5)
    rng = np.random.default_rng(0)
    for weight in model.weights:
        weight.assign(rng.normal(size=weight.shape))
    weights.store(model, folder / "a.npz")
    weights.store(model, folder / "b.npz")
    assert (folder / "a.npz").read_bytes() == (folder / "b.npz").read_bytes()
    record(monkeypatch, folder / "a.npz")
    again = weights.fill(classifier((8, 8, 1), 3, (2,), embedding=4, normalization="batch"), "a.npz")
    expected = [w for w in model.weights if "seed" not in w.path]
    for got, wanted in zip(again.weights, expected, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(got), keras.ops.convert_to_numpy(wanted))


def test_a_file_of_ones_own_is_read_from_any_folder(tmp_path, monkeypatch):
    model = dense_vae((4, 4, 1), 2, (3,), "gaussian", sigma=0.3, beta=2.0)  # sigma and beta are weights of no layer
    for weight in model.encoder.weights:
        weight.assign(np.random.default_rng(0).normal(size=weight.shape))
    monkeypatch.chdir(tmp_path)
    weights.store(model, "mine.npz")
    expected = [keras.ops.convert_to_numpy(weight) for weight in model.weights]
    again = weights.fill(dense_vae((4, 4, 1), 2, (3,), "gaussian", sigma=0.5), "mine.npz")
    monkeypatch.chdir(ROOT)
    for model in (again, weights.fill(dense_vae((4, 4, 1), 2, (3,), "gaussian", sigma=1.0), tmp_path / "mine.npz")):
        for got, wanted in zip(model.weights, expected, strict=True):
            np.testing.assert_array_equal(keras.ops.convert_to_numpy(got), wanted)
    assert float(again.beta) == 2.0


def test_bfloat16_comes_back(tmp_path):
    model = toy_generator(2, 3, 1)
    half = keras.models.clone_model(model, clone_function=in_bfloat16)
    weights.store(half, tmp_path / "half.npz")
    for other in (keras.models.clone_model(half), model):
        weights.fill(other, tmp_path / "half.npz")
        for got, wanted in zip(other.weights, half.weights, strict=True):
            np.testing.assert_array_equal(np.asarray(got, "float32"), np.asarray(wanted, "float32"))


def in_bfloat16(layer):
    return type(layer).from_config(layer.get_config() | {"dtype": "bfloat16"})


@pytest.mark.parametrize("content", [b"", b"PK", b"no weights at all"])
def test_a_damaged_file_of_ones_own_is_named(content, tmp_path):
    (tmp_path / "mine.npz").write_bytes(content)
    with pytest.raises(ValueError, match="mine.npz is no whole archive"):
        weights.fill(toy_generator(), tmp_path / "mine.npz")
    with pytest.raises(FileNotFoundError, match="none.npz"):
        weights.fill(toy_generator(), tmp_path / "none.npz")


def test_two_weights_of_one_name_are_not_stored_as_one(tmp_path):
    halves = [keras.Model(x := keras.Input((2,)), keras.layers.Dense(2, name="same")(x)) for _ in range(2)]
    model = keras.Model(x := keras.Input((2,)), halves[1](halves[0](x)))
    with pytest.raises(ValueError, match="must have different names"):
        weights.store(model, tmp_path / "a.npz")


def test_the_weights_of_another_network_are_refused(folder, monkeypatch):
    weights.store(classifier((8, 8, 1), 3, (2,), embedding=4), folder / "a.npz")
    record(monkeypatch, folder / "a.npz")
    with pytest.raises(ValueError, match=r"a.npz holds the weights of another network: 3 differ, .*'embedding/bias'"):
        weights.fill(classifier((8, 8, 1), 3, (2,), embedding=5), "a.npz")


def test_a_pickle_is_never_run(folder, monkeypatch):
    np.savez(folder / "a.npz", **{"conv1/kernel": np.array([print], dtype=object)})
    record(monkeypatch, folder / "a.npz")
    with pytest.raises(ValueError, match="allow_pickle"):
        weights.fill(classifier(), "a.npz")


@pytest.mark.skipif(keras.backend.backend() == "jax", reason="this is the other backend")
def test_the_shipped_classifier_gives_the_same_logits_on_jax(tmp_path):
    pytest.importorskip("jax", reason="JAX is in requirements-dev.lock")
    x, _ = held_out()
    np.save(tmp_path / "x.npy", x[:20])
    code = (
        "import numpy as np, sys; from course_lib.models.weights import load_classifier; import keras;"
        "assert keras.backend.backend() == 'jax';"
        "np.save(sys.argv[1] + '/y.npy', load_classifier().predict(np.load(sys.argv[1] + '/x.npy'), verbose=0))"
    )
    printed(code, tmp_path, KERAS_BACKEND="jax")
    expected = weights.load_classifier().predict(x[:20], verbose=0)
    np.testing.assert_allclose(np.load(tmp_path / "y.npy"), expected, rtol=1e-3, atol=1e-3)


def test_names_that_keras_counted_up_are_told(tmp_path):
    def automatic():
        return keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), keras.layers.Dense(2)])

    keras.utils.clear_session()
    model, again = automatic(), automatic()
    weights.store(model, tmp_path / "a.npz")
    with pytest.raises(ValueError, match=r"a\.npz.*Keras counts up the names.*clear_session"):
        weights.fill(again, tmp_path / "a.npz")
    keras.utils.clear_session()
    again = weights.fill(automatic(), tmp_path / "a.npz")
    for a, b in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_layer_with_an_at_sign_in_its_name_comes_back(tmp_path):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="a@b")])
    weights.store(model, tmp_path / "a.npz")
    before = model.get_weights()
    model.set_weights([np.zeros_like(w) for w in before])
    for a, b in zip(before, weights.fill(model, tmp_path / "a.npz").get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
