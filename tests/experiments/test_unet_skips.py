"""The stored ablation of skip connections: it tells the story of chapter 08, and a slice of it comes out again."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parents[2] / "data" / "experiments"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("unet_skips", FOLDER / "unet_skips.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def stored():
    return json.loads((FOLDER / "unet_skips.json").read_text("utf-8"))


def mean(stored, name, key):
    return np.mean([run[key] for run in stored["results"][name]])


def test_the_table_says_how_it_was_made(script, stored):
    assert stored["command"].strip() == "python data/experiments/unet_skips.py"
    assert stored["seeds"] == list(script.SEEDS) and len(stored["seeds"]) >= 3
    budget = stored["budget"]
    assert (budget["scenes"], budget["test"], budget["batch"], budget["steps"]) == (
        script.TRAIN, script.TEST, script.BATCH, script.STEPS,
    )  # fmt: skip
    assert list(stored["results"]) == list(script.NETWORKS)
    assert all(len(runs) == len(stored["seeds"]) for runs in stored["results"].values())
    assert {"numpy", "keras"} <= stored["packages"].keys() and len(stored["date"]) == 10


def test_parameters_are_those_of_the_networks(script, stored):
    for name, runs in stored["results"].items():
        assert {run["parameters"] for run in runs} == {script.network(name, 6).count_params()}


def test_the_table_tells_the_story_of_the_chapter(stored):
    assert mean(stored, "U-Net, 0 skips", "miou") < mean(stored, "U-Net, 1 skip", "miou")
    best_of_few = max(run["miou"] for skips in ("0 skips", "1 skip") for run in stored["results"][f"U-Net, {skips}"])
    for many in ("2 skips", "3 skips"):
        assert min(run["miou"] for run in stored["results"][f"U-Net, {many}"]) > best_of_few + 0.1
    gain = {key: mean(stored, "FCN-2", key) - mean(stored, "FCN-8", key) for key in ("edge", "inside")}
    assert gain["edge"] > 0.05 > 3 * gain["inside"]
    assert mean(stored, "FCN-2", "miou") > mean(stored, "U-Net, 3 skips", "miou")  # the warning about budgets


def test_a_slice_run_again_finds_the_stored_score(script, stored):
    """One network, one seed, the full budget: within what seeds differ by, and a little for another processor."""
    again = script.run("FCN-2", stored["seeds"][0], script.scenes())
    runs = [run["miou"] for run in stored["results"]["FCN-2"]]
    assert again["miou"] == pytest.approx(np.mean(runs), abs=0.05)
    assert again["miou"] > max(run["miou"] for run in stored["results"]["U-Net, 0 skips"])


def test_scores_agree_with_keras_and_with_what_an_edge_is(script):
    import keras

    truth = np.zeros((1, 16, 16), np.uint8)
    truth[0, :, 8:] = 3
    found = truth.astype(int).copy()
    found[0, :, 7] = 3  # one column too far
    for k in (1, 2, 4, 5):
        truth[0, 0, k] = found[0, 0, k] = k
    judge = keras.metrics.MeanIoU(6)
    judge.update_state(truth, found)
    scores = script.scores(found, truth)
    assert scores["miou"] == pytest.approx(float(judge.result()), abs=1e-6)
    assert scores["inside"] == 1 and 0.5 < scores["edge"] < 1
