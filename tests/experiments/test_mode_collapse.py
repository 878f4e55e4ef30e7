"""The stored experiment on mode collapse says how it was made, and a run of it again lies within its spread."""

import numpy as np
import pytest

from course_lib.experiments import mode_collapse
from course_lib.experiments.record import results
from course_lib.training.toy import train_toy

TINY = {"steps": 40, "batch_size": 32, "width": 16}


@pytest.fixture(scope="module")
def stored():
    return results("mode_collapse")


def test_the_table_says_how_it_was_made_and_compares_equal_seeds(stored):
    assert stored["settings"] == mode_collapse.SETTINGS and stored["samples"] == 2500 and stored["points"] == 100_000
    assert {"numpy", "keras"} <= stored["packages"].keys() and len(stored["date"]) == 10
    rows = {(row["toy"], row["method"], row["seed"]) for row in stored["rows"]}
    assert len(rows) == len(stored["rows"])
    for toy, (methods, planned) in mode_collapse.PLAN.items():
        seeds = {method: {seed for t, m, seed in rows if (t, m) == (toy, method)} for method in methods}
        assert all(s == seeds[methods[0]] for s in seeds.values())
        assert seeds[methods[0]] == set(planned)
        rows -= {(toy, method, seed) for method in methods for seed in planned}
    assert not rows


def test_no_row_is_a_copy_of_another(stored):
    """Two trainings never take exactly the same time."""
    times = [row["cpu_seconds"] for row in stored["rows"]]
    assert len(set(times)) == len(times)
    scores = {(row["toy"], row["high_quality"], row["reverse_kl"]) for row in stored["rows"]}
    assert len(scores) == len(times)


def test_the_scores_are_possible(stored):
    for row in stored["rows"]:
        modes = len(mode_collapse.TOYS[row["toy"]].centers)
        assert 0 <= row["covered"] <= modes and 0 <= row["high_quality"] <= 1
        assert 0 <= row["reverse_kl"] <= np.log(modes) + 1e-4 and row["cpu_seconds"] > 0


def test_the_toys_are_those_of_the_protocol():
    ring, grid = mode_collapse.TOYS["ring"], mode_collapse.TOYS["grid"]
    assert len(ring.centers) == 8 and ring.sigma == 0.01
    np.testing.assert_allclose(np.linalg.norm(ring.centers, axis=1), 1)
    assert len(grid.centers) == 25 and grid.sigma == 0.05 and set(grid.centers.ravel()) == {-4, -2, 0, 2, 4}


def test_a_runner_does_what_train_toy_does_whatever_it_ran_before():
    """One compiled program serves all seeds: it must forget the seed before."""
    runner = mode_collapse.Runner("ring", "R1", TINY)
    again = [runner.run(seed) for seed in (3, 4, 3)]
    del again[0]["cpu_seconds"], again[2]["cpu_seconds"]
    assert again[0] == again[2]
    data, rate = runner.mixture.sample(mode_collapse.POINTS, (3, 0)), runner.settings["learning_rate"]
    run = train_toy(data, learning_rate=rate, depth=2, r1=mode_collapse.SETTINGS["ring"]["r1"], seed=3, **TINY)
    np.testing.assert_allclose(runner.trainer.sample(50, seed=9), run.trainer.sample(50, seed=9), rtol=1e-4, atol=1e-5)


def test_only_what_is_missing_is_run(monkeypatch):
    ran = []

    class Fake:
        def __init__(self, toy, method):
            self.name = method

        def run(self, seed):
            ran.append((self.name, seed))
            return {"covered": seed}

    monkeypatch.setattr(mode_collapse, "Runner", Fake)
    there = [{"toy": "ring", "method": "plain", "seed": 1, "covered": 8}]
    rows = mode_collapse.run({"ring": (("plain", "R1"), (1, 2))}, there)
    assert ran == [("R1", 1), ("plain", 2), ("R1", 2)] and rows[0] == there[0] and len(rows) == 4


def test_the_summary_by_hand():
    scores = {"high_quality": 0.5, "reverse_kl": 0.1}
    rows = [{"toy": "ring", "method": "R1", "seed": s, "covered": c} | scores for s, c in enumerate((6, 8, 7, 7))]
    (mean, error), (quality, spread), _ = mode_collapse.summary(rows, "ring", "R1")
    assert mean == 7 and error == pytest.approx(np.sqrt(2 / 3) / 2)
    assert quality == pytest.approx(0.5) and spread == pytest.approx(0)


def test_a_run_again_lies_within_the_stored_spread(stored):
    again = mode_collapse.Runner("ring", "plain").run(0)
    rows = [row for row in stored["rows"] if (row["toy"], row["method"]) == ("ring", "plain")]
    quality = [row["high_quality"] for row in rows]
    assert again["covered"] >= min(row["covered"] for row in rows)
    assert abs(again["high_quality"] - np.mean(quality)) < max(0.1, 4 * np.std(quality, ddof=1))
    assert again["reverse_kl"] < 0.05
