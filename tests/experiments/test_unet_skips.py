"""The stored ablation of skip connections: it tells the story of chapter 08, and a slice of it comes out again."""

import json

import numpy as np
import pytest

from course_lib.experiments import unet_skips
from course_lib.experiments.record import interval, results


@pytest.fixture(scope="module")
def stored():
    return results("unet_skips")


def mean(stored, name, key):
    return np.mean([run[key] for run in stored["results"][name]])


def test_the_table_says_how_it_was_made(stored):
    assert stored["command"].strip() == "python -m course_lib.experiments.unet_skips"
    assert stored["seeds"] == list(unet_skips.SEEDS) and len(stored["seeds"]) >= 3
    budget = stored["budget"]
    assert (budget["scenes"], budget["test"], budget["batch"], budget["steps"]) == (
        unet_skips.TRAIN, unet_skips.TEST, unet_skips.BATCH, unet_skips.STEPS,
    )  # fmt: skip
    assert list(stored["results"]) == list(unet_skips.NETWORKS)
    assert all(len(runs) == len(stored["seeds"]) for runs in stored["results"].values())
    assert {"numpy", "keras"} <= stored["packages"].keys() and len(stored["date"]) == 10


def test_parameters_are_those_of_the_networks(stored):
    for name, runs in stored["results"].items():
        assert {run["parameters"] for run in runs} == {unet_skips.network(name, 6).count_params()}


def test_the_table_tells_the_story_of_the_chapter(stored):
    """Bridges help in every seed, and near edges; the networks that are compared beat a table of colours."""
    colours = score_of_colours()
    assert 0.55 < colours < 0.65
    for none, most in (("U-Net, 0 bridges", "U-Net, 3 bridges"), ("FCN, 0 bridges", "FCN, 2 bridges")):
        without, with_them = stored["results"][none], stored["results"][most]
        assert all(b["miou"] > a["miou"] and b["edge"] > a["edge"] for a, b in zip(without, with_them, strict=True))
        gain, half = interval([b["edge"] - a["edge"] for a, b in zip(without, with_them, strict=True)])
        assert gain > half
        assert gain > 2 * (mean(stored, most, "inside") - mean(stored, none, "inside"))
        assert min(run["miou"] for run in with_them) > colours + 0.2
    scattered, together = (np.ptp([r["miou"] for r in stored["results"][f"U-Net, {n} bridges"]]) for n in (0, 3))
    assert scattered > 0.1 > 3 * together
    for before, after in (("0 bridges", "1 bridge"), ("1 bridge", "2 bridges")):  # a single step proves nothing
        pairs = zip(stored["results"][f"U-Net, {before}"], stored["results"][f"U-Net, {after}"], strict=True)
        gain, half = interval([b["miou"] - a["miou"] for a, b in pairs])
        assert 0 < gain < half


def score_of_colours():
    """Mean IoU on the test scenes of a table: each of 512 colours and its most frequent class in training."""
    (x, y), (x_test, y_test) = unet_skips.scenes()
    colour = [np.minimum((images * 8).astype(int), 7) @ [64, 8, 1] for images in (x, x_test)]
    counts = np.zeros((512, 6))
    np.add.at(counts, (colour[0], y), 1)
    return unet_skips.scores(counts.argmax(1)[colour[1]], y_test)["miou"]


def test_a_slice_run_again_finds_the_stored_score(stored):
    """One network, one seed, the full budget: within what seeds differ by, and a little for another processor."""
    again = unet_skips.run("FCN, 2 bridges", stored["seeds"][0], unet_skips.scenes())
    runs = [run["miou"] for run in stored["results"]["FCN, 2 bridges"]]
    assert again["miou"] == pytest.approx(np.mean(runs), abs=0.05)
    assert again["miou"] > max(run["miou"] for run in stored["results"]["U-Net, 0 bridges"])


def test_scores_agree_with_keras_and_with_what_an_edge_is():
    import keras

    truth = np.zeros((1, 16, 16), np.uint8)
    truth[0, :, 8:] = 3
    found = truth.astype(int).copy()
    found[0, :, 7] = 3  # one column too far
    for k in (1, 2, 4, 5):
        truth[0, 0, k] = found[0, 0, k] = k
    judge = keras.metrics.MeanIoU(6)
    judge.update_state(truth, found)
    scores = unet_skips.scores(found, truth)
    assert scores["miou"] == pytest.approx(float(judge.result()), abs=1e-6)
    assert scores["inside"] == 1 and 0.5 < scores["edge"] < 1


def test_networks_that_the_file_holds_are_not_trained_again(monkeypatch, tmp_path):
    trained = []

    def run(name, seed, data):
        trained.append((name, seed))
        return {"miou": seed / 8}

    monkeypatch.setattr(unet_skips, "run", run)
    options = ["--seeds", "0", "1", "--out", str(tmp_path / "again.json"), "--networks", "U-Net, 1 bridge"]
    unet_skips.main(options)
    unet_skips.main([*options, "FCN, 0 bridges"])
    assert trained == [(name, seed) for name in ("U-Net, 1 bridge", "FCN, 0 bridges") for seed in (0, 1)]
    written = json.loads((tmp_path / "again.json").read_text("utf-8"))
    assert written["results"] == {
        name: [{"miou": 0}, {"miou": 0.125}] for name in ("U-Net, 1 bridge", "FCN, 0 bridges")
    }
    assert written.keys() >= results("unet_skips").keys()
