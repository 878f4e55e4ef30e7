"""The stored race of ten ways to convolve: a slice of it is run again and must find the stored order."""

import json
from itertools import permutations

import numpy as np
import pytest

from course_lib.experiments import convolution_crossover
from course_lib.experiments.record import results
from course_lib.teaching.timing import crossover, stored_timings

CLEAR = 5  # a ratio of medians that no other machine or busy neighbour should turn round


@pytest.fixture(scope="module")
def stored():
    return stored_timings(results("convolution_crossover"))


def test_the_table_says_how_it_was_made(stored):
    timings, record = stored
    assert record["command"] == "python -m course_lib.experiments.convolution_crossover"
    assert record["seed"] == convolution_crossover.SEED
    assert record["cores"] >= 1
    assert {"numpy", "scipy", "keras", "opencv-python-headless"} <= record["packages"].keys()
    assert len(record["date"]) == 10
    assert list(timings) == list(convolution_crossover.METHODS)
    for name, by_size in timings.items():
        assert list(by_size) == list(convolution_crossover.SIZES)[: len(by_size)], name
        for timing in by_size.values():
            assert 0 < timing.low <= timing.median <= timing.high
            assert timing.calls >= 3
    largest = {
        name: max(by_size) for name, by_size in timings.items() if max(by_size) < convolution_crossover.SIZES[-1]
    }
    assert largest == {"four loops": convolution_crossover.LARGEST_LOOPS, "im2col": 31}


def test_the_table_tells_the_story_of_the_chapter(stored):
    timings, _ = stored
    others = [by_size[3].median for name, by_size in timings.items() if name != "four loops"]
    assert timings["four loops"][3].median > 20 * max(others)
    assert timings["shift-and-add"][3].median < timings["FFT"][3].median
    assert timings["separable"][63].median < timings["shift-and-add"][63].median
    for direct in ("shift-and-add", "scipy.signal.convolve2d", "scipy.ndimage.convolve"):
        assert timings["FFT"][63].median < timings[direct][63].median / CLEAR
        assert 3 <= crossover(timings, direct, "FFT") <= 21
    growth = {name: timings[name][63].low / timings[name][3].low for name in ("FFT", "separable", "shift-and-add")}
    assert growth["FFT"] < growth["separable"] < growth["shift-and-add"]
    assert growth["FFT"] < 4  # hardly depends on the kernel
    assert growth["shift-and-add"] > 100  # (63 / 3)² = 441 but for the constant part


@pytest.mark.parametrize("k", [3, 9])
def test_all_ways_give_one_result(k):
    expected = convolution_crossover.METHODS["scipy.signal.convolve2d"](k)()
    for name, prepare in convolution_crossover.METHODS.items():
        if name != "four loops":
            np.testing.assert_allclose(prepare(k)(), expected, rtol=0, atol=1e-5 if "float32" in name else 1e-10)


def test_the_check_before_the_race_notices_a_wrong_result(monkeypatch):
    from course_lib.classical.convolution import convolve_circular

    def circular(k):
        x, kernel = convolution_crossover.image(), np.outer(*convolution_crossover.factors(k))
        return lambda: convolve_circular(x, kernel)

    monkeypatch.setitem(convolution_crossover.METHODS, "FFT", circular)
    with pytest.raises(AssertionError, match="shift-and-add"):
        convolution_crossover.check_agreement(["shift-and-add"], 5)


def test_a_slice_run_again_finds_the_stored_order(stored, tmp_path):
    names = ["four loops", "shift-and-add", "im2col", "separable", "FFT", "scipy.signal.convolve2d", "cv2.filter2D"]
    arguments = ["--sizes", "3", "31", "--repeats", "3", "--out", str(tmp_path / "again.json"), "--methods", *names]
    again = convolution_crossover.main(arguments)
    written, record = stored_timings(json.loads((tmp_path / "again.json").read_text("utf-8")))
    assert record["command"].endswith(" ".join(arguments))
    assert written.keys() == again.keys() == set(names)
    table, _ = stored
    compared = 0
    for k in (3, 31):
        present = [name for name in names if k in table[name] and k in again[name]]
        for slow, fast in permutations(present, 2):
            if table[slow][k].median > CLEAR * table[fast][k].median:
                assert again[slow][k].median > again[fast][k].median, f"{slow} was slower than {fast} at k = {k}"
                compared += 1
    assert compared >= 12
