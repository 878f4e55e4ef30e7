"""The stored experiment on class imbalance says how it was made, and a slice of it run again lies within its spread."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from course_lib.losses import segmentation as losses

FOLDER = Path(__file__).parents[2] / "data" / "experiments"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("class_imbalance", FOLDER / "class_imbalance.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def stored():
    return json.loads((FOLDER / "class_imbalance.json").read_text())


def test_the_table_says_how_it_was_made_and_is_complete(script, stored):
    assert stored["command"].strip() == "python data/experiments/class_imbalance.py"
    assert stored["steps"] == script.STEPS and stored["batch"] == script.BATCH
    assert {"numpy", "keras"} <= stored["packages"].keys() and len(stored["date"]) == 10
    rows = {(row["loss"], row["fraction"], row["seed"]): row for row in stored["rows"]}
    expected = {(n, f, s) for n in script.NAMES for f in script.FRACTIONS for s in script.SEEDS}
    assert rows.keys() == expected and len(stored["rows"]) == 90
    for row in stored["rows"]:
        assert 0 <= row["dice"] <= 1 and 0 < row["dice_tuned"] <= 1 and 0 <= row["ece"] <= 1 and row["area"] > 0


def test_the_images_are_what_they_claim_to_be(script):
    for fraction in script.FRACTIONS:
        images, masks = script.make_images(20, fraction, 0)
        assert images.shape == (20, 32, 32, 1) and images.dtype == np.float32
        assert (masks.sum((1, 2)) == round(fraction * 1024)).all()
        assert not masks[:, [0, -1]].any() or fraction == 0.2  # the object lies inside
        inside, outside = images[masks == 1].mean(), images[masks == 0].mean()
        assert 0.5 < inside - outside < 1.1
        again, _ = script.make_images(20, fraction, 0)
        np.testing.assert_array_equal(images, again)
    parts = script.data(0.05, 1)
    assert not np.array_equal(parts[0][0][:64], parts[1][0]) and not np.array_equal(parts[0][0], parts[2][0])


def test_the_scores_by_hand(script):
    masks = np.array([[[1, 1, 0, 0]], [[1, 0, 0, 0]]], dtype=np.uint8)
    found = np.array([[[1, 0, 0, 0]], [[1, 0, 0, 0]]], dtype=np.uint8)
    assert script.dice_score(masks, found) == pytest.approx((2 / 3 + 1) / 2)
    mean, half = script.interval([1.0, 2, 3, 4, 5])
    assert mean == 3 and half == pytest.approx(2.7764 * np.sqrt(2.5) / np.sqrt(5), rel=1e-4)


def test_losses_are_compared_seed_by_seed(script):
    """Differences of 1, 2, 3 in three seeds, given in any order; the seeds themselves lie far apart."""
    rows = [{"loss": "a", "fraction": 0.2, "seed": k, "dice": 100.0 * k + k + 1} for k in (2, 0, 1)]
    rows += [{"loss": "b", "fraction": 0.2, "seed": k, "dice": 100.0 * k} for k in (0, 1, 2)]
    rows += [{"loss": "a", "fraction": 0.05, "seed": 0, "dice": -7.0}]
    mean, half, better = script.paired(rows, "dice", "a", "b", 0.2)
    assert (mean, better) == (2, 3) and half == pytest.approx(4.3027 / np.sqrt(3), rel=1e-4)
    assert script.paired(rows, "dice", "b", "a", 0.2)[::2] == (-2, 0)


def test_the_smallest_object_is_also_the_faintest(script):
    """As the script's first lines and chapter 07 say."""
    for fraction, contrast in ((0.20, 0.93), (0.05, 0.89), (0.01, 0.73)):
        images, masks = script.make_images(400, fraction, 3)
        assert images[masks == 1].mean() - images[masks == 0].mean() == pytest.approx(contrast, abs=0.015)


def test_the_judge_by_hand(script):
    """Three pixels of .9, all foreground, and five of .05, none: gaps of .1 and .05; 2.95 pixels expected, 3 there."""
    masks = np.array([[[1, 1, 0, 0]], [[1, 0, 0, 0]]], dtype=np.uint8)
    scores = script.judge(lambda images: np.where(images, 0.9, 0.05), (masks, masks), (masks, masks))
    assert scores["dice"] == scores["dice_tuned"] == 1
    assert scores["ece"] == pytest.approx((3 * 0.1 + 5 * 0.05) / 8)
    assert scores["area"] == pytest.approx(2.95 / 3)


def test_each_name_is_its_loss(script):
    rng = np.random.default_rng(1)
    y, z = rng.integers(0, 2, (2, 4, 4)), rng.normal(size=(2, 4, 4, 1))
    w = np.where(y == 1, 0.5 / y.mean(), 0.5 / (1 - y.mean()))
    expected = {
        "cross-entropy": losses.cross_entropy(y, z),
        "weighted cross-entropy": losses.cross_entropy(y, z, class_weights=(0.5 / (1 - y.mean()), 0.5 / y.mean())),
        "focal": losses.focal(y, z, gamma=2),
        "Dice": losses.dice(y, z),
        "Tversky": losses.tversky(y, z, alpha=0.3, beta=0.7),
        "Dice + cross-entropy": losses.dice(y, z) + losses.cross_entropy(y, z),
    }
    assert list(expected) == list(script.NAMES)
    for name, value in expected.items():
        assert float(script.loss_function(name)(y, z, w)) == pytest.approx(float(value), rel=1e-6)


def test_a_slice_run_again_lies_within_the_stored_spread(script, stored, tmp_path):
    arguments = ["--losses", "cross-entropy", "Dice", "--fractions", "0.05", "--seeds", "0", "1"]
    again = script.main([*arguments, "--out", str(tmp_path / "again.json")])
    assert json.loads((tmp_path / "again.json").read_text())["command"].endswith("again.json")
    assert len(again) == 4
    tables = {score: script.table(stored["rows"], score) for score in script.SCORES}
    for name in ("cross-entropy", "Dice"):
        rows = [row for row in again if row["loss"] == name]
        others = [row for row in stored["rows"] if (row["loss"], row["fraction"]) == (name, 0.05)]
        for score, least in (("dice", 0.1), ("dice_tuned", 0.06), ("ece", 0.01), ("area", 0.25)):
            spread = max(least, 4 * np.std([row[score] for row in others], ddof=1))
            mean = tables[score][name][0.05][0]
            assert abs(np.mean([row[score] for row in rows]) - mean) < spread, (name, score)
    ece = {name: np.mean([row["ece"] for row in again if row["loss"] == name]) for name in ("cross-entropy", "Dice")}
    assert ece["Dice"] > ece["cross-entropy"]
