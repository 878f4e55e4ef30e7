"""Timing helpers: held to calls of known length, to a counted order and to tables made by hand."""

import json
import time

import pytest
from matplotlib.figure import Figure

from course_lib.teaching.timing import Timing, crossover, draw_timings, store_timings, stored_timings, time_methods


def sleeping(seconds):
    return lambda size: lambda: time.sleep(seconds * size)


def table(**rows):
    """Timings whose quartiles are a tenth away from the given medians."""
    return {name: {size: Timing(t, 0.9 * t, 1.1 * t, 5) for size, t in row.items()} for name, row in rows.items()}


def test_a_known_delay_is_measured():
    timings = time_methods({"short": sleeping(0.002), "long": sleeping(0.02)}, [1, 2], repeats=5)
    for name, unit in [("short", 0.002), ("long", 0.02)]:
        for size in (1, 2):
            timing = timings[name][size]
            assert unit * size <= timing.low <= timing.median <= timing.high
            assert timing.median < unit * size + 0.1
            assert timing.calls == 5
    assert timings["long"][1].median > timings["short"][2].median


def test_methods_take_turns_and_another_begins_each_round():
    order = []

    def prepare(name):
        return lambda size: lambda: order.append(name)

    time_methods({name: prepare(name) for name in "abc"}, [1], repeats=4)
    assert "".join(order) == "abc" + "abc" + "bca" + "cab" + "abc"


def test_preparation_is_not_timed():
    def prepare(size):
        time.sleep(0.05)
        return lambda: None

    assert time_methods({"a": prepare}, [1], repeats=5)["a"][1].median < 0.03


def test_a_method_may_decline_a_size():
    methods = {"a": lambda n: None if n == 5 else (lambda: None), "b": lambda n: lambda: None}
    timings = time_methods(methods, [3, 5, 7], repeats=3)
    assert list(timings["a"]) == [3, 7]
    assert list(timings["b"]) == [3, 5, 7]


def test_a_method_over_the_limit_is_not_tried_at_larger_sizes():
    timings = time_methods({"slow": sleeping(0.02), "fast": lambda n: lambda: None}, [1, 6, 7], 3, limit=0.1)
    assert list(timings["slow"]) == [1, 6]
    assert list(timings["fast"]) == [1, 6, 7]


def test_a_slow_method_gets_fewer_rounds_within_the_budget_but_at_least_three():
    timings = time_methods({"slow": sleeping(0.1), "fast": lambda n: lambda: None}, [1], 9, budget=0.2)
    assert timings["slow"][1].calls == 3
    assert timings["fast"][1].calls == 9


def test_crossover_is_where_the_second_stays_ahead():
    timings = table(direct={3: 1, 5: 2, 7: 4, 9: 8}, fft={3: 3, 5: 1.5, 7: 5, 9: 3}, loops={3: 9}, late={11: 1})
    assert crossover(timings, "direct", "fft") == 9  # the lead at 5 is lost again at 7
    assert crossover(timings, "fft", "direct") is None
    assert crossover(timings, "loops", "fft") == 3
    with pytest.raises(ValueError, match="not timed at a common size"):
        crossover(timings, "loops", "late")
    with pytest.raises(KeyError):
        crossover(timings, "direct", "gpu")


def test_stored_timings_come_back(tmp_path):
    path = tmp_path / "timings.json"
    timings = table(a={3: 0.00123456, 63: 2.0}, b={})
    store_timings(path, timings, command="python x.py", seed=2, packages={"numpy": "2"})
    back, record = stored_timings(json.loads(path.read_text()))
    assert back["a"][3].median == pytest.approx(0.00123456, rel=1e-3)
    assert back["a"][63] == Timing(2.0, 1.8, 2.2, 5)
    assert back["b"] == {}
    assert record["command"] == "python x.py"
    assert record["packages"] == {"numpy": "2"}
    assert json.loads(path.read_text())["timings"]["a"]["63"] == [2.0, 1.8, 2.2, 5]


def test_the_drawing_shows_the_medians_in_milliseconds():
    ax = Figure().subplots()
    timings = table(**{name: {3: 0.001, 9: 0.1} for name in "abcdefgh"})
    draw_timings(ax, timings, "k")
    line = ax.get_lines()[0]
    assert line.get_xydata().tolist() == [[3, 1], [9, 100]]
    assert [t.get_text() for t in ax.get_legend().get_texts()] == list("abcdefgh")
    assert ax.get_lines()[7].get_linestyle() == "--"
    assert (ax.get_xscale(), ax.get_yscale(), ax.get_xlabel()) == ("log", "log", "k")
    assert ax.get_ylabel() == "time of one call [ms]"
    low, high = ax.collections[0].get_paths()[0].get_extents().get_points()[:, 1]
    assert (low, high) == pytest.approx((0.9, 110))
    ax = Figure().subplots()
    draw_timings(ax, timings, "k", names=["c", "a"])
    assert [line.get_label() for line in ax.get_lines()] == ["c", "a"]


@pytest.mark.parametrize(("methods", "sizes", "repeats", "message"), [
    ({}, [1], 3, "at least one method"),
    ({"a": sleeping(0)}, [], 3, "ascending"),
    ({"a": sleeping(0)}, [3, 3], 3, r"ascending, got \[3, 3\]"),
    ({"a": sleeping(0)}, [1], 2, "repeats must be at least 3, got 2"),
])  # fmt: skip
def test_bad_arguments_are_named(methods, sizes, repeats, message):
    with pytest.raises(ValueError, match=message):
        time_methods(methods, sizes, repeats)
