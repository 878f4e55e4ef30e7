"""The benchmark of losses and metrics, at 16 x 16 pixels: everything is in it, agrees, and gets its row."""

import importlib.util
import inspect
import re
import tomllib
from pathlib import Path

import keras
import pytest

from benchmarks import segmentation as benchmark
from course_lib import losses, metrics

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="one backend is enough here")


def test_every_loss_and_metric_takes_part():
    of_losses, of_metrics = (
        {name for name in package.__all__ if inspect.isfunction(getattr(package, name))}
        for package in (losses, metrics)
    )
    assert benchmark.LOSSES.keys() == of_losses - {"probabilities", "signed_distance"}  # others are made of them
    parts = {"boundary", "surface_distances", "reliability"}
    assert benchmark.METRICS.keys() == of_metrics - parts | {"MeanIoU, for fit"}


def test_everything_runs_and_agrees():
    """With whatever is installed; Keras's always are."""
    found = []
    for package, module in benchmark.PACKAGES.items():
        if importlib.util.find_spec(module.split(".")[0]):
            found.append(package)
    for name in benchmark.LOSSES:
        benchmark.check_agreement(name, benchmark.loss_methods(name, compiled=False, available=found), 16)
    for name in benchmark.METRICS:
        benchmark.check_agreement(name, benchmark.metric_methods(name, found), 16)


def test_unequal_results_are_not_raced(monkeypatch):
    monkeypatch.setattr(keras.losses, "Tversky", lambda **options: lambda y, p: 0.5 * keras.losses.tversky(y, p))
    methods = benchmark.loss_methods("tversky", compiled=False, available=[])
    with pytest.raises(AssertionError, match="tversky, forward: Keras"):
        benchmark.race("tversky", methods, 16, 3)


def test_it_prints_its_tables(capsys, monkeypatch):
    monkeypatch.setattr(benchmark, "PACKAGES", {"no-such-package": "no_such_package"})
    benchmark.main(
        ["--side", "16", "--repeats", "3", "--names", "cross_entropy", "jaccard", "mean_iou", "adapted_rand"]
    )
    printed = capsys.readouterr().out
    assert "no-such-package is left out: ModuleNotFoundError" in printed
    assert re.search(r"keras \d", printed) and "8 x 16 x 16 x 4" in printed
    n, flags = r"\d+\.\d+", re.M
    assert re.findall(rf"^\| `cross_entropy` \| {n} \| {n} \| – \| {n} \| {n} \| – \|$", printed, flags)
    assert re.findall(rf"^\| `jaccard` \| {n} \| – \| {n} \| – \|$", printed, flags)
    assert re.findall(rf"^\| `mean_iou` \| {n} \| {n} \| – \| – \|$", printed, flags)
    assert re.findall(rf"^\| `adapted_rand` \| {n} \| – \| – \| {n} \|$", printed, flags)


def test_ratios_above_one_mean_that_ours_is_faster():
    times = {("ours", "forward"): 2.0, ("Keras", "forward"): 5.0, ("monai", "forward"): 1.0}
    printed = benchmark.row("dice", times, ("forward",), [["Keras"], ["monai", "torch"]])
    assert printed == "| `dice` | 2.0 | 2.50 | 0.50 |"


def test_a_name_that_is_not_there_is_refused(capsys):
    with pytest.raises(SystemExit):
        benchmark.main(["--names", "dise"])
    assert "nothing is called dise; there are cross_entropy, focal, dice" in capsys.readouterr().err


def test_the_stored_tables_have_every_row_and_their_versions():
    text = (ROOT / "benchmarks" / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| `(.*?)` \|", text, re.M)
    assert rows == [*benchmark.LOSSES] * 2 + [*benchmark.METRICS]
    assert re.search(r"8 x 256 x 256 x 4, \d+ cores, .*\d{4}-\d\d-\d\d, on tensorflow", text)
    for package in ("numpy", "keras", "tensorflow", "torch", *benchmark.PACKAGES):
        assert re.search(rf"\b{package}(-cpu)? \d+\.\d+", text), package


def test_the_extra_brings_what_it_compares_with():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert {re.match(r"[\w-]+", line)[0] for line in extras["benchmark"]} == set(benchmark.PACKAGES)
