"""The stored experiment on class imbalance says how it was made, and a slice of it run again lies within its spread."""

import json

import numpy as np
import pytest

from course_lib import losses
from course_lib.experiments import class_imbalance
from course_lib.experiments.record import interval, results


@pytest.fixture(scope="module")
def stored():
    return results("class_imbalance")


def test_the_table_says_how_it_was_made_and_is_complete(stored):
    assert stored["command"] == "python -m course_lib.experiments.class_imbalance"
    assert stored["steps"] == class_imbalance.STEPS and stored["batch"] == class_imbalance.BATCH
    assert {"numpy", "keras"} <= stored["packages"].keys() and len(stored["date"]) == 10
    rows = {(row["loss"], row["fraction"], row["seed"]): row for row in stored["rows"]}
    expected = {
        (n, f, s) for n in class_imbalance.NAMES for f in class_imbalance.FRACTIONS for s in class_imbalance.SEEDS
    }
    assert rows.keys() == expected and len(stored["rows"]) == 90
    for row in stored["rows"]:
        assert 0 <= row["dice"] <= 1 and 0 < row["dice_tuned"] <= 1 and 0 <= row["ece"] <= 1 and row["area"] > 0


def test_the_images_are_what_they_claim_to_be():
    for fraction in class_imbalance.FRACTIONS:
        images, masks = class_imbalance.make_images(20, fraction, 0)
        assert images.shape == (20, 32, 32, 1) and images.dtype == np.float32
        assert (masks.sum((1, 2)) == round(fraction * 1024)).all()
        assert not masks[:, [0, -1]].any() or fraction == 0.2  # the object lies inside
        inside, outside = images[masks == 1].mean(), images[masks == 0].mean()
        assert 0.5 < inside - outside < 1.1
        again, _ = class_imbalance.make_images(20, fraction, 0)
        np.testing.assert_array_equal(images, again)
    parts = class_imbalance.data(0.05, 1)
    assert not np.array_equal(parts[0][0][:64], parts[1][0]) and not np.array_equal(parts[0][0], parts[2][0])


def test_the_scores_by_hand():
    masks = np.array([[[1, 1, 0, 0]], [[1, 0, 0, 0]]], dtype=np.uint8)
    found = np.array([[[1, 0, 0, 0]], [[1, 0, 0, 0]]], dtype=np.uint8)
    assert class_imbalance.dice_score(masks, found) == pytest.approx((2 / 3 + 1) / 2)
    mean, half = interval([1.0, 2, 3, 4, 5])
    assert mean == 3 and half == pytest.approx(2.7764 * np.sqrt(2.5) / np.sqrt(5), rel=1e-4)


def test_losses_are_compared_seed_by_seed():
    """Differences of 1, 2, 3 in three seeds, given in any order; the seeds themselves lie far apart."""
    rows = [{"loss": "a", "fraction": 0.2, "seed": k, "dice": 100.0 * k + k + 1} for k in (2, 0, 1)]
    rows += [{"loss": "b", "fraction": 0.2, "seed": k, "dice": 100.0 * k} for k in (0, 1, 2)]
    rows += [{"loss": "a", "fraction": 0.05, "seed": 0, "dice": -7.0}]
    mean, half, better = class_imbalance.paired(rows, "dice", "a", "b", 0.2)
    assert (mean, better) == (2, 3) and half == pytest.approx(4.3027 / np.sqrt(3), rel=1e-4)
    assert class_imbalance.paired(rows, "dice", "b", "a", 0.2)[::2] == (-2, 0)


def test_the_smallest_object_is_also_the_faintest():
    """As the module's first lines and chapter 07 say."""
    for fraction, contrast in ((0.20, 0.93), (0.05, 0.89), (0.01, 0.73)):
        images, masks = class_imbalance.make_images(400, fraction, 3)
        assert images[masks == 1].mean() - images[masks == 0].mean() == pytest.approx(contrast, abs=0.015)


def test_the_judge_by_hand():
    """Three pixels of .9, all foreground, and five of .05, none: gaps of .1 and .05; 2.95 pixels expected, 3 there."""
    masks = np.array([[[1, 1, 0, 0]], [[1, 0, 0, 0]]], dtype=np.uint8)
    scores = class_imbalance.judge(lambda images: np.where(images, 0.9, 0.05), (masks, masks), (masks, masks))
    assert scores["dice"] == scores["dice_tuned"] == 1
    assert scores["ece"] == pytest.approx((3 * 0.1 + 5 * 0.05) / 8)
    assert scores["area"] == pytest.approx(2.95 / 3)


def test_each_name_is_its_loss():
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
    assert list(expected) == list(class_imbalance.NAMES)
    for name, value in expected.items():
        assert float(class_imbalance.loss_function(name)(y, z, w)) == pytest.approx(float(value), rel=1e-6)


def test_a_slice_run_again_lies_within_the_stored_spread(stored, tmp_path):
    arguments = ["--losses", "cross-entropy", "Dice", "--fractions", "0.05", "--seeds", "0", "1"]
    again = class_imbalance.main([*arguments, "--out", str(tmp_path / "again.json")])
    assert json.loads((tmp_path / "again.json").read_text())["command"].endswith("again.json")
    assert len(again) == 4
    tables = {score: class_imbalance.table(stored["rows"], score) for score in class_imbalance.SCORES}
    for name in ("cross-entropy", "Dice"):
        rows = [row for row in again if row["loss"] == name]
        others = [row for row in stored["rows"] if (row["loss"], row["fraction"]) == (name, 0.05)]
        for score, least in (("dice", 0.1), ("dice_tuned", 0.06), ("ece", 0.01), ("area", 0.25)):
            spread = max(least, 4 * np.std([row[score] for row in others], ddof=1))
            mean = tables[score][name][0.05][0]
            assert abs(np.mean([row[score] for row in rows]) - mean) < spread, (name, score)
    ece = {name: np.mean([row["ece"] for row in again if row["loss"] == name]) for name in ("cross-entropy", "Dice")}
    assert ece["Dice"] > ece["cross-entropy"]
