"""The benchmark of the classical part, on a small photograph: everything agrees, takes turns, and has its row."""

import re
from pathlib import Path

import numpy as np
import pytest

from benchmarks import classical as benchmark

TABLE = (Path(__file__).parents[2] / "benchmarks" / "README.md").read_text("utf-8").partition("# Classical")[2]


@pytest.mark.parametrize("case", benchmark.CASES, ids=lambda case: case.name)
def test_everybody_gives_the_same(case):
    assert case.others and case.others.keys() <= set(benchmark.LIBRARIES)
    benchmark.check_agreement(case, 64)


def test_unequal_results_are_not_raced():
    case = benchmark.Case("nothing", lambda side: lambda: [1], {"OpenCV": lambda side: lambda: [2]})
    with pytest.raises(AssertionError, match="nothing: OpenCV gives another result"):
        benchmark.race(case, 8, 3)


def test_all_take_turns_and_each_call_is_counted():
    order = []
    case = benchmark.Case(
        "turns",
        lambda side: lambda: order.append("ours"),
        {"OpenCV": lambda side: lambda: order.append("OpenCV")},
    )
    seconds = benchmark.race(case, 8, 4)
    assert {who: len(found) for who, found in seconds.items()} == {"ours": 4, "OpenCV": 4}
    assert order[-8:] == ["ours", "OpenCV", "OpenCV", "ours"] * 2


def test_ratios_above_one_mean_that_ours_is_faster_in_the_same_round():
    case = benchmark.Case("x", None, {"OpenCV": None})
    seconds = {"ours": np.array([0.001, 0.1, 0.002]), "OpenCV": np.array([0.003, 0.3, 0.006])}
    assert benchmark.row(case, seconds) == "| x | 2.0 | – | 3.00 | – |"


def test_it_prints_its_table(capsys):
    benchmark.main(["--side", "32", "--repeats", "3", "--names", "Harris"])
    printed = capsys.readouterr().out
    assert printed.startswith("32 x 32, ") and re.search(r"opencv-python-headless \d", printed)
    assert re.findall(r"^\| Harris \| \d+\.\d \| \d+\.\d\d \| – \| – \|$", printed, re.M)


def test_a_name_that_is_not_there_is_refused(capsys):
    with pytest.raises(SystemExit):
        benchmark.main(["--names", "Harrris"])
    assert "nothing is called Harrris; there are Canny" in capsys.readouterr().err


def test_the_stored_table_has_every_row_and_its_versions():
    rows = [line.split(" | ")[0].removeprefix("| ") for line in TABLE.splitlines() if line.startswith("| ")]
    assert rows == ["what", *(case.name for case in benchmark.CASES)]
    assert re.search(r"512 x 512, \d+ cores, .*\d{4}-\d\d-\d\d", TABLE)
    for package in benchmark.VERSIONS:
        assert re.search(rf"\b{package} \d+\.\d+", TABLE), package
