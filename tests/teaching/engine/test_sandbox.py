"""Whatever a learner's function does, the caller goes on, and says what happened."""

import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from course_lib.teaching.engine.results import Odd, freeze
from course_lib.teaching.engine.sandbox import Excerpt, run


def in_main_thread(function, cases, limit):
    return run(function, cases, limit)


def in_other_thread(function, cases, limit):
    result = []
    worker = threading.Thread(target=lambda: result.append(run(function, cases, limit)))
    worker.start()
    worker.join(10)
    return result[0]


@pytest.fixture(params=[in_main_thread, in_other_thread])
def runs(request):
    return request.param


def endless(x):
    while True:
        pass


def endless_and_stubborn(x):
    while True:
        try:
            sum(range(100))
        except:  # noqa: E722
            pass


def test_results_are_copies_and_later_cases_see_fresh_arguments(runs):
    def adds(x):
        x += 1
        return x

    x = np.zeros(2)
    outcomes, printed = runs(adds, [(x,), (x,)], 5)
    assert [o.value.tolist() for o in outcomes] == [[1, 1], [1, 1]]
    assert [o.changed for o in outcomes] == [[0], [0]]
    assert x.tolist() == [0, 0]
    assert printed == ""


@pytest.mark.parametrize("function", [endless, endless_and_stubborn, lambda x: time.sleep(60)])
def test_an_endless_loop_ends(function):
    started = time.monotonic()
    outcomes, _ = run(function, [(1,), (2,)], 0.2)
    assert time.monotonic() - started < 20
    assert [o.failure.kind for o in outcomes] == ["time"]


def test_an_endless_loop_ends_in_another_thread_too():
    started = time.monotonic()
    outcomes, _ = in_other_thread(endless, [(1,)], 0.2)
    assert time.monotonic() - started < 20
    assert [o.failure.kind for o in outcomes] == ["time"]


def test_the_alarm_of_others_is_put_back():
    seen = []
    before = signal.signal(signal.SIGALRM, lambda *_: seen.append(1))
    signal.setitimer(signal.ITIMER_REAL, 600)  # far off, however busy the machine is
    try:
        run(lambda x: x, [(1,)], 5)
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 600
        signal.raise_signal(signal.SIGALRM)
        assert seen == [1]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_output_is_kept_in_part_and_counted(runs):
    def talks(x):
        for _ in range(1000):
            print("ab" * 500)
        print("to stderr", file=sys.stderr)

    streams = sys.stdout, sys.stderr
    _, printed = runs(talks, [(1,)], 5)
    assert (sys.stdout, sys.stderr) == streams
    assert printed.startswith("abab")
    assert len(printed) < 1100
    assert printed.endswith(f"{1001 * 1000 + 10 - 1000:,} characters more")


def test_ending_the_program_is_an_outcome(runs):
    def leaves(x):
        sys.exit(3)

    def interrupts(x):
        raise KeyboardInterrupt

    assert runs(leaves, [(1,), (2,)], 5)[0][0].failure.kind == "exit"
    assert runs(interrupts, [(1,)], 5)[0][0].failure.kind == "interrupt"


def test_an_exception_is_reduced_to_the_learners_own_line(runs):
    def adds(x):
        return np.add(x, np.ones((2, 5)))  # the line to be shown

    failure = runs(adds, [(np.ones(3),)], 5)[0][0].failure
    assert (failure.kind, failure.name, failure.where) == ("error", "ValueError", "adds")
    assert failure.line.startswith("return np.add(x")
    assert "could not be broadcast" in failure.message


def test_an_error_inside_the_library_is_blamed_on_the_line_that_called_it():
    from course_lib.teaching import overlay_mask

    def calls(x):
        return overlay_mask(x, x > 0.5)

    failure = run(calls, [(np.zeros(3),)], 5)[0][0].failure
    assert failure.line == "return overlay_mask(x, x > 0.5)"
    assert "course_lib" not in failure.message


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, np.array(3)),
        ([1, 2.5], np.array([1, 2.5])),
        ((1, 2), np.array([1, 2])),
        ([[1], [1, 2]], (np.array([1]), np.array([1, 2]))),
        ("same", np.array("same")),
        (None, Odd("None")),
        (..., Odd("Ellipsis")),
        ({"a": 1}, Odd("a dict")),
        (len, Odd("a builtin_function_or_method")),
        ((x for x in "ab"), Odd("a generator")),
        (object(), Odd("an object")),
    ],
)
def test_any_result_can_be_held_still(value, expected):
    frozen = freeze(value)
    assert type(frozen) is type(expected)
    if isinstance(expected, tuple):
        assert [part.tolist() for part in frozen] == [part.tolist() for part in expected]
    elif isinstance(expected, Odd):
        assert frozen == expected
    else:
        assert frozen.dtype == expected.dtype
        assert frozen.tolist() == expected.tolist()


def test_tensors_are_read_as_arrays():
    class Tensor:
        def __array__(self, dtype=None, copy=None):
            return np.arange(3.0)

        def __call__(self):
            raise AssertionError("must not be called")

    assert freeze(Tensor()).tolist() == [0, 1, 2]


def test_an_excerpt_counts_what_it_does_not_keep():
    excerpt = Excerpt(limit=4)
    for part in ("ab", "cd", "ef", "g"):
        assert excerpt.write(part) == len(part)
    assert str(excerpt) == "abcd\n… and 3 characters more"


def test_large_libraries_are_imported_once_and_not_in_every_copy():
    source = (
        "import sys\n"
        "from course_lib.teaching.engine.sandbox import load_ahead\n"
        "def answer():\n    from scipy import ndimage\n    import scipy.signal as s, no_such_library\n"
        "    from skimage.metrics import peak_signal_noise_ratio\n"
        "load_ahead(answer)\nload_ahead(len)\n"
        "print([name in sys.modules for name in "
        "('scipy.ndimage', 'scipy.signal', 'skimage.metrics.simple_metrics')])"
    )
    found = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)
    assert found.stdout.strip() == "[True, True, True]", found.stderr
