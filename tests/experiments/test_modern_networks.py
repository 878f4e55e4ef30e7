"""The stored comparison of networks: it says how it was made, tells chapter 09's story, and a slice comes out again."""

import json

import keras
import numpy as np
import pytest

from course_lib.experiments import modern_networks, unet_skips
from course_lib.experiments.record import results


@pytest.fixture(scope="module")
def stored():
    return results("modern_networks")


def test_the_table_says_how_it_was_made(stored):
    assert stored["command"].startswith("python -m course_lib.experiments.modern_networks")
    assert stored["budget"] == {
        "scenes": unet_skips.TRAIN, "test": unet_skips.TEST, "size": modern_networks.SIZE,
        "batch": unet_skips.BATCH, "rate": unet_skips.RATE,
    }  # fmt: skip
    assert {"numpy", "keras"} <= stored["packages"].keys() and len(stored["date"]) == 10


def test_the_rows_are_those_of_the_plan_and_networks_are_compared_on_the_same_seeds(stored):
    keys = ("network", "steps", "momentum", "seed")
    rows, plan = (
        [tuple(row[key] for key in keys) for row in some] for some in (stored["rows"], modern_networks.plan())
    )
    assert len(set(rows)) == len(rows) and set(rows) <= set(plan)
    for steps in {row["steps"] for row in stored["rows"]}:
        runs = modern_networks.table(stored["rows"], "seed", steps)
        assert list(runs) == list(modern_networks.NETWORKS)
        assert len({tuple(seeds) for seeds in runs.values()}) == 1


def test_parameters_are_those_of_the_networks(stored):
    for row in stored["rows"]:
        assert row["parameters"] == modern_networks.network(row["network"]).count_params()


def test_a_slice_run_again_finds_the_stored_score(stored):
    """The network that trains most evenly, its short training: within what seeds differ by, and a little more."""
    runs = modern_networks.table(stored["rows"], steps=modern_networks.FEW)["dilated"]
    again = modern_networks.run("dilated", 0, modern_networks.scenes(), modern_networks.FEW)
    assert again["miou"] == pytest.approx(np.mean(runs), abs=0.06 + np.ptp(runs))
    assert again["cpu_ms"] > 0 and again["steps"] == modern_networks.FEW


def test_the_momentum_is_set_in_every_layer():
    model = modern_networks.network("U-Net")
    modern_networks.set_momentum(model, 0.99)
    kept = [layer.momentum for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert len(kept) == 14 and set(kept) == {0.99}


def test_a_table_holds_what_was_asked_for():
    rows = [
        {"network": name, "seed": seed, "steps": steps, "momentum": 0.9, "miou": steps + seed / 10}
        for name in ("U-Net", "ASPP")
        for steps in (300, 150)
        for seed in (0, 1)
    ]
    rows.append({"network": "U-Net", "seed": 0, "steps": 150, "momentum": 0.99, "miou": 0.1})
    assert modern_networks.table(rows) == {"U-Net": [300, 300.1], "ASPP": [300, 300.1]}
    assert modern_networks.table(rows, steps=150, momentum=0.99) == {"U-Net": [0.1]}


def test_trainings_that_the_file_holds_are_not_run_again(monkeypatch, tmp_path):
    trained = []

    def run(name, seed, data, steps, momentum):
        trained.append((name, seed, steps, momentum))
        return {"network": name, "seed": seed, "steps": steps, "momentum": momentum, "miou": seed / 8}

    monkeypatch.setattr(modern_networks, "run", run)
    monkeypatch.setattr(modern_networks, "scenes", lambda: None)
    options = ["--out", str(tmp_path / "again.json"), "--networks", "U-Net", "--seeds"]
    modern_networks.main([*options, "1"])
    modern_networks.main([*options, "0", "1"])
    expected = [(150, 0.9), (150, 0.99), (300, 0.9)]
    assert trained == [("U-Net", seed, *rest) for seed in (1, 0) for rest in expected]
    written = json.loads((tmp_path / "again.json").read_text("utf-8"))
    assert [(row["seed"], row["steps"], row["momentum"]) for row in written["rows"]] == [
        (seed, *rest) for rest in ((300, 0.9), *expected[:2]) for seed in (0, 1)
    ]
