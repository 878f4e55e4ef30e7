"""The stored ablations: complete, as the chapter tells them, and a slice that is trained again agrees."""

import numpy as np
import pytest

from course_lib.experiments import digit_ablations
from course_lib.experiments.record import results


@pytest.fixture(scope="module")
def stored():
    return results("digit_ablations")


@pytest.fixture(scope="module")
def table(stored):
    return {row["variant"]: np.array(row["test"]) for row in stored["rows"]}


def test_the_table_says_how_it_was_made_and_is_complete(stored):
    assert stored["command"] == "python -m course_lib.experiments.digit_ablations"
    assert {"numpy", "keras"} <= stored["packages"].keys()
    assert len(stored["date"]) == 10
    assert (stored["epochs"], stored["batch"], stored["rate"]) == (
        digit_ablations.EPOCHS,
        digit_ablations.BATCH,
        digit_ablations.RATE,
    )
    assert stored["seeds"] == list(digit_ablations.SEEDS)
    assert len(digit_ablations.SEEDS) >= 3
    assert stored["digits"] == digit_ablations.DIGITS
    assert [row["variant"] for row in stored["rows"]] == list(digit_ablations.VARIANTS)
    for row in stored["rows"]:
        for key in ("train", "test", "parameters", "seconds"):
            assert len(row[key]) == len(digit_ablations.SEEDS)
        assert all(0 <= errors < 1000 for errors in row["test"])


def test_no_ingredient_changes_the_number_of_parameters_but_normalization(stored):
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
def test_training_a_slice_again_finds_the_stored_errors_within_their_spread(table, variant, seed):
    """Another processor rounds differently, which acts like another seed: so within four spreads, not exactly."""
    expected = table[variant]
    spread = max(expected.std(ddof=1), np.sqrt(expected.mean()) / 2)
    assert abs(digit_ablations.errors(variant, digit_ablations.DIGITS, seed)["test"] - expected.mean()) < 4 * spread


def test_what_the_experiment_counts_are_errors_among_the_digits_it_names():
    """After two steps on 100 digits a network still mostly guesses: nine of ten would be wrong by chance."""
    guess = digit_ablations.errors("plain", 100, 0, epochs=1)
    assert 30 < guess["train"] <= 100
    assert 300 < guess["test"] <= 1000
