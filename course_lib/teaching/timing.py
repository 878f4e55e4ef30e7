"""Measure which of several ways is fastest, and from which size on: take turns, repeat, report the spread.

Two runs one after the other compare the machine's mood as much as the methods. Here every round calls each method
once, in an order that rotates, so that a disturbance hits all alike; the median ignores the rounds that were
interrupted, and the quartiles say how far to trust it.
"""

import json
import time
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from course_lib.teaching.figures import LINE_COLORS

FEWEST_ROUNDS = 3


class Timing(NamedTuple):
    """Seconds that one call took: the median, the lower and the upper quartile, and of how many calls."""

    median: float
    low: float
    high: float
    calls: int


def time_methods(methods, sizes, repeats=7, *, limit=2.0, budget=10.0):
    """Time several methods at several sizes, in turns.

    Parameters
    ----------
    methods : dict of str to function
        ``prepare(size)`` gives a function without arguments, which is what is timed; preparation is not. It may give
        None where the method cannot run at that size.
    sizes : sequence of int
        In ascending order.
    repeats : int
        Rounds at each size, at least 3. Every method is called once before the first round, unmeasured.
    limit : float
        Seconds. A method whose unmeasured call took longer is not tried at larger sizes.
    budget : float
        Seconds that one method may take at one size; a slow method gets fewer rounds, but never fewer than 3.

    Returns
    -------
    dict of str to dict of int to Timing
        ``timings[name][size]``; sizes at which a method did not run are absent.

    Raises
    ------
    ValueError
        For no methods, sizes that do not ascend, or fewer than 3 repeats.

    Examples
    --------
    >>> timings = time_methods({"sum": lambda n: lambda: sum(range(n))}, [10, 100], repeats=3)
    >>> timings["sum"][10].calls
    3
    """
    sizes = list(sizes)
    if not methods:
        raise ValueError("methods must hold at least one method, got none")
    if not sizes or any(b <= a for a, b in pairwise(sizes)):
        raise ValueError(f"sizes must be ascending, got {sizes}")
    if repeats < FEWEST_ROUNDS:
        raise ValueError(f"repeats must be at least {FEWEST_ROUNDS}, got {repeats}")
    timings = {name: {} for name in methods}
    running = dict(methods)
    for size in sizes:
        calls = {name: call for name, prepare in running.items() if (call := prepare(size)) is not None}
        first = {name: _seconds(call) for name, call in calls.items()}
        rounds = {
            name: int(np.clip(budget / max(seconds, 1e-9), FEWEST_ROUNDS, repeats)) for name, seconds in first.items()
        }
        for name, seconds in _take_turns(calls, rounds).items():
            low, median, high = np.quantile(seconds, [0.25, 0.5, 0.75])
            timings[name][size] = Timing(float(median), float(low), float(high), len(seconds))
        running = {name: prepare for name, prepare in running.items() if first.get(name, 0.0) <= limit}
    return timings


def _seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _take_turns(calls, rounds):
    """Return the seconds of every call. A round calls all methods with rounds left, each time another one first."""
    seconds = {name: [] for name in calls}
    for turn in range(max(rounds.values(), default=0)):
        names = [name for name in calls if rounds[name] > turn]
        start = turn % len(names)
        for name in names[start:] + names[:start]:
            seconds[name].append(_seconds(calls[name]))
    return seconds


def crossover(timings, first, second):
    """Smallest size from which ``second`` is faster than ``first`` at every larger size that both were timed at.

    Parameters
    ----------
    timings : dict
        From :func:`time_methods`.
    first, second : str
        Two of its methods.

    Returns
    -------
    int or None
        None if ``second`` is not the faster one at the largest common size.

    Raises
    ------
    KeyError
        For a name that was not timed.
    ValueError
        If the two have no size in common.
    """
    sizes = sorted(timings[first].keys() & timings[second].keys())
    if not sizes:
        raise ValueError(f"{first!r} and {second!r} were not timed at a common size")
    found = None
    for size in reversed(sizes):
        if timings[second][size].median >= timings[first][size].median:
            break
        found = size
    return found


def draw_timings(ax, timings, xlabel, names=None):
    """Draw time against size on logarithmic axes: a line through the medians, a band between the quartiles.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    timings : dict
        From :func:`time_methods` or :func:`stored_timings`.
    xlabel : str
    names : sequence of str, optional
        Methods to draw, in the order of the legend; all by default. From the eighth on, lines are dashed.
    """
    for i, name in enumerate(timings if names is None else names):
        sizes = sorted(timings[name])
        color, style = LINE_COLORS[i % len(LINE_COLORS)], ["-", "--", ":"][i // len(LINE_COLORS) % 3]
        values = [timings[name][size] for size in sizes]
        ax.plot(sizes, [1e3 * t.median for t in values], style, color=color, marker="o", markersize=3, label=name)
        ax.fill_between(sizes, [1e3 * t.low for t in values], [1e3 * t.high for t in values], color=color, alpha=0.2)
    ax.set(xscale="log", yscale="log", xlabel=xlabel, ylabel="time of one call [ms]")
    ticks = sorted({size for name in (timings if names is None else names) for size in timings[name]})
    ax.set_xticks(ticks, [str(size) for size in ticks])
    ax.minorticks_off()
    ax.legend(fontsize=8)


def store_timings(path, timings, **record):
    """Write timings as JSON, together with what a reader must know to judge them: command, versions, date, cores.

    Seconds are rounded to four digits, which is more than a clock can promise.

    Parameters
    ----------
    path : path
    timings : dict
        From :func:`time_methods`.
    **record
        Anything that JSON can hold.
    """
    table = {
        name: {str(size): [float(f"{t:.4g}") for t in timing[:3]] + [timing.calls] for size, timing in by_size.items()}
        for name, by_size in timings.items()
    }
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in table.items())
    head = json.dumps(record, indent=1)[:-2]
    columns = '"columns": ["median", "lower quartile", "upper quartile", "calls"]'
    Path(path).write_text(f'{head},\n {columns},\n "timings": {{\n{lines}\n }}\n}}\n', encoding="utf-8")


def stored_timings(content):
    """Turn what a file of :func:`store_timings` holds into timings again.

    Parameters
    ----------
    content : dict
        What `json` reads from the file; it stays as it is.

    Returns
    -------
    timings : dict
        As :func:`time_methods` gives it.
    record : dict
        Everything else in the file.
    """
    record = {key: value for key, value in content.items() if key != "timings"}
    table = content["timings"]
    return {name: {int(size): Timing(*t) for size, t in row.items()} for name, row in table.items()}, record
