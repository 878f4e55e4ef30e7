"""The comparison of generators: what it does with a little of the budget, and with what needs no training."""

import numpy as np
import pytest

from course_lib.datasets import digits
from course_lib.experiments import image_gans
from course_lib.experiments.record import results

STORED = results("image_gans")


def test_real_digits_are_the_best_and_a_gaussian_of_pixels_has_no_variety_of_digits():
    real, fog = (image_gans.run(name, 0) for name in image_gans.BASELINES)
    assert real["fd"] < 15
    assert min(real["precision"], real["recall"]) > 0.8
    assert fog["fd"] > 20 * real["fd"]
    assert fog["recall"] < 0.05


@pytest.mark.parametrize("name", ["DCGAN", "VAE"])
def test_a_little_training_brings_the_mean_image_near_that_of_the_digits(name):
    """The scores come later: after a tenth of the budget the VAE draws one blur, at a greater distance than gray."""
    mean = image_gans.images(digits.load()[0][0]).mean(axis=0)
    made, untrained = (image_gans.generate(name, 0, n, count=200)[0] for n in (image_gans.steps(name) // 10, 1))
    assert np.abs(made.mean(axis=0) - mean).mean() < 0.75 * np.abs(untrained.mean(axis=0) - mean).mean()


def test_the_gaussian_has_the_mean_of_the_digits_and_the_experiment_keeps_its_budget():
    x = image_gans.images(digits.load()[0][0])
    made = image_gans.gaussian(0, 2000)
    assert np.abs(made.mean(axis=0) - x.mean(axis=0)).mean() < 0.1
    assert made.min() >= -1
    assert made.max() <= 1
    for name, seconds in image_gans.STEP_TIME.items():
        for budget in image_gans.BUDGETS:
            assert budget - seconds <= image_gans.steps(name, budget) * seconds <= budget


def test_every_method_was_run_with_every_seed_and_budget():
    planned = {(name, 0.0) for name in image_gans.BASELINES} | {
        (m, b) for m in image_gans.METHODS for b in image_gans.BUDGETS
    }
    rows = STORED["rows"]
    assert len(rows) == len(planned) * len(STORED["seeds"])
    assert {(row["method"], row["budget"], row["seed"]) for row in rows} == {
        (*key, seed) for key in planned for seed in STORED["seeds"]
    }
    assert len(STORED["seeds"]) >= 3
    assert STORED["budgets"] == list(image_gans.BUDGETS)
    assert STORED["step_time"] == image_gans.STEP_TIME
    assert STORED["settings"] == {
        "latent": image_gans.LATENT, "width": image_gans.WIDTH, "batch": image_gans.BATCH,
        "average": image_gans.AVERAGE, "rate": image_gans.RATE,
    }  # fmt: skip
    for row in rows:
        trained = row["method"] in image_gans.METHODS
        assert row["steps"] == (image_gans.steps(row["method"], row["budget"]) if trained else 0)
        assert (row["seconds"] > 0) == trained


def test_no_row_is_a_copy_of_another_and_all_scores_are_possible():
    assert len({tuple(row[score] for score in image_gans.SCORES) for row in STORED["rows"]}) == len(STORED["rows"])
    for row in STORED["rows"]:
        assert row["fd"] > 0
        assert 0 <= row["precision"] <= 1
        assert 0 <= row["recall"] <= 1
        assert 1 <= row["inception"] <= 10


def test_the_baselines_come_out_again():
    """They need no training, so they show that the scores are still those of the table."""
    for name in image_gans.BASELINES:
        again = image_gans.run(name, 1)
        stored = next(row for row in STORED["rows"] if (row["method"], row["seed"]) == (name, 1))
        for score in image_gans.SCORES:
            assert again[score] == pytest.approx(stored[score], rel=0.02, abs=2.0 if score == "kid" else 0.01)


def test_the_table_gives_means_and_intervals_by_hand():
    rows = [{"method": "DCGAN", "budget": 20.0, "fd": value} for value in (10.0, 12.0, 14.0)]
    mean, half = image_gans.table(rows, "fd")["DCGAN", 20.0]
    assert mean == 12
    assert half == pytest.approx(4.302652729911275 * 2 / np.sqrt(3))  # Student's t, two degrees of freedom
