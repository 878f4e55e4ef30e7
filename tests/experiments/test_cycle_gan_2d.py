"""The stored CycleGAN of three bells: made as it says, different permutations, and a slice of it comes out again."""

import numpy as np
import pytest

from course_lib.experiments import cycle_gan_2d
from course_lib.experiments.record import results


@pytest.fixture(scope="module")
def stored():
    return results("cycle_gan_2d")


def rows(stored, weights):
    return [row for row in stored["rows"] if row["weights"] == weights]


def test_the_table_says_how_it_was_made(stored):
    assert stored["command"].startswith("python -m course_lib.experiments.cycle_gan_2d")
    assert (stored["steps"], stored["batch"], stored["lambda"], stored["r1"]) == (2000, 256, 10, 0.5)
    assert {name: tuple(shares) for name, shares in stored["weights"].items()} == cycle_gan_2d.WEIGHTS
    seeds = [[row["seed"] for row in rows(stored, name)] for name in cycle_gan_2d.WEIGHTS]
    assert seeds[0] == seeds[1] and len(seeds[0]) >= 3 and len(set(seeds[0])) == len(seeds[0])
    for row in stored["rows"]:
        assert sorted(row) == sorted(
            ["weights", "seed", "permutation", "purity", "cycle", "shares", "mass_error", "distance", "cpu_seconds"]
        )
        assert sum(row["shares"]) == pytest.approx(1, abs=2e-4)
        wanted = np.array(cycle_gan_2d.WEIGHTS[row["weights"]])
        assert row["mass_error"] == pytest.approx(np.abs(np.array(row["shares"]) - wanted).sum() / 2, abs=2e-4)


def test_both_kinds_are_three_bells_and_the_second_is_turned():
    middles = cycle_gan_2d.centers()
    for points in middles:
        np.testing.assert_allclose(np.linalg.norm(points, axis=1), 2)
    between = np.linalg.norm(middles[0][:, None] - middles[1], axis=-1)
    np.testing.assert_allclose(np.sort(between, axis=1), [[2, 2, 4]] * 3)
    (x, bells), (y, others) = cycle_gan_2d.sample(5000, (0.6, 0.3, 0.1), 0)
    assert x.dtype == y.dtype == np.float32 and x.shape == y.shape == (5000, 2)
    for points, which, middle in ((x, bells, middles[0]), (y, others, middles[1])):
        np.testing.assert_allclose(np.bincount(which) / 5000, (0.6, 0.3, 0.1), atol=0.03)
        np.testing.assert_allclose((points - middle[which]).std(), cycle_gan_2d.X.sigma, rtol=0.05)
    assert not np.array_equal(bells, others)


@pytest.mark.parametrize("permutation", [(0, 1, 2), (1, 2, 0), (0, 2, 1)])
def test_the_judge_of_a_known_permutation(permutation):
    """Maps that carry bell i to bell permutation[i], and back: the cycle is 0, and masses are right or not."""
    x_middles, y_middles = (middles.astype("float32") for middles in cycle_gan_2d.centers())

    def carry(points, here, there):
        nearest = np.linalg.norm(points[:, None] - here, axis=-1).argmin(axis=1)
        return points - here[nearest] + there[nearest]

    order = list(permutation)
    forward = lambda x: carry(x, x_middles, y_middles[order])  # noqa: E731
    back = lambda y: carry(y, y_middles[order], x_middles)  # noqa: E731
    equal = cycle_gan_2d.judge(forward, back, cycle_gan_2d.WEIGHTS["equal"], 0)
    assert equal["permutation"] == order and equal["purity"] == 1 and equal["cycle"] < 1e-5
    assert equal["mass_error"] < 0.03 and equal["distance"] == pytest.approx(np.sqrt(np.pi / 2), rel=0.03)
    shares = np.array(cycle_gan_2d.WEIGHTS["unequal"])
    unequal = cycle_gan_2d.judge(forward, back, shares, 0)
    arrived = np.zeros(3)
    arrived[order] = shares
    assert unequal["mass_error"] == pytest.approx(np.abs(arrived - shares).sum() / 2, abs=0.03)
    assert unequal["cycle"] < 1e-5


def test_a_cycle_loss_near_0_says_nothing_about_the_map(stored):
    """The chapter's statement, as far as the numbers carry it."""
    closed = [row for row in rows(stored, "equal") if sorted(row["permutation"]) == [0, 1, 2]]
    assert len({tuple(row["permutation"]) for row in closed}) >= 2
    assert max(row["cycle"] for row in stored["rows"]) < 0.1
    assert any(row["mass_error"] > 0.1 for row in rows(stored, "unequal"))


def test_a_short_run_is_judged_and_repeats():
    one, again = (cycle_gan_2d.run("unequal", 3, steps=4, loop=2) for _ in range(2))
    assert one.pop("cpu_seconds") > 0 and again.pop("cpu_seconds") > 0
    assert one == again
    assert len(one["permutation"]) == 3


def test_a_run_again_is_like_the_stored_ones(stored):
    """The full training: other processors act like another seed, so only what all seeds share is asked for."""
    again = cycle_gan_2d.run("equal", 0)
    of_all = rows(stored, "equal")
    assert again["cycle"] < 3 * max(row["cycle"] for row in of_all)
    assert again["distance"] < 2 * max(row["distance"] for row in of_all)
    assert again["purity"] > 0.6


def test_only_what_is_missing_is_run(monkeypatch, tmp_path):
    ran = []
    monkeypatch.setattr(cycle_gan_2d, "run", lambda weights, seed: ran.append((weights, seed)) or {"cycle": 0.5})
    options = ["--out", str(tmp_path / "a.json"), "--seeds", "0"]
    cycle_gan_2d.main(options)
    rows = cycle_gan_2d.main([*options, "1"])
    assert ran == [("equal", 0), ("unequal", 0), ("equal", 1), ("unequal", 1)]
    assert [(row["weights"], row["seed"]) for row in rows] == [
        ("equal", 0),
        ("equal", 1),
        ("unequal", 0),
        ("unequal", 1),
    ]
