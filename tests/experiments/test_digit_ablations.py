"""The stored ablations: complete, as the chapter tells them, and a slice that is trained again agrees."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parents[2] / "data" / "experiments"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("digit_ablations", FOLDER / "digit_ablations.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def stored():
    return json.loads((FOLDER / "digit_ablations.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def table(stored):
    return {row["variant"]: np.array(row["test"]) for row in stored["rows"]}


def test_the_table_says_how_it_was_made_and_is_complete(script, stored):
    assert stored["command"] == "python data/experiments/digit_ablations.py"
    assert {"numpy", "keras"} <= stored["packages"].keys()
    assert len(stored["date"]) == 10
    assert (stored["epochs"], stored["batch"], stored["rate"]) == (script.EPOCHS, script.BATCH, script.RATE)
    assert stored["seeds"] == list(script.SEEDS)
    assert len(script.SEEDS) >= 3
    assert stored["digits"] == script.DIGITS
    assert [row["variant"] for row in stored["rows"]] == list(script.VARIANTS)
    for row in stored["rows"]:
        for key in ("train", "test", "parameters", "seconds"):
            assert len(row[key]) == len(script.SEEDS)
        assert all(0 <= errors < 1000 for errors in row["test"])


def test_no_ingredient_changes_the_number_of_parameters_but_normalisation(stored):
    parameters = {row["variant"]: set(row["parameters"]) for row in stored["rows"]}
    for name in ("plain", "average pooling", "stride 2 instead of pooling", "residual", "dropout", "augmentation"):
        assert parameters[name] == {60_874}, name
    assert parameters["batch norm"] == {60_874 - 112 + 4 * 112}  # no bias, but scale, shift, mean and variance
    assert parameters["12 layers"] == parameters["12 layers, residual"]


def test_the_table_tells_the_story_of_the_chapter(table):
    """Only what is outside the spread of the seeds, and that the rest is not."""
    plain = table["plain"]
    assert table["augmentation"].max() < 0.8 * plain.min()
    assert table["stride 2 instead of pooling"].min() > 1.2 * plain.max()
    assert table["12 layers, residual"].min() > table["12 layers"].max()
    for name in ("average pooling", "batch norm", "residual", "dropout"):
        assert table[name].min() <= plain.max(), name
        assert table[name].max() >= plain.min(), name


@pytest.mark.parametrize(("variant", "seed"), [("plain", 0), ("augmentation", 1)])
def test_training_a_slice_again_finds_the_stored_errors_within_their_spread(script, table, variant, seed):
    """Another processor rounds differently, which acts like another seed: so within four spreads, not exactly."""
    expected = table[variant]
    spread = max(expected.std(ddof=1), np.sqrt(expected.mean()) / 2)
    assert abs(script.errors(variant, script.DIGITS, seed)["test"] - expected.mean()) < 4 * spread


def test_what_the_script_counts_are_errors_among_the_digits_it_names(script):
    """After two steps on 100 digits a network still mostly guesses: nine of ten would be wrong by chance."""
    guess = script.errors("plain", 100, 0, epochs=1)
    assert 30 < guess["train"] <= 100
    assert 300 < guess["test"] <= 1000
