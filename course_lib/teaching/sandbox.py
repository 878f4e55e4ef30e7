"""Calls a learner's function so that nothing it does can harm the checker: not an endless loop, not gigabytes
of output, not `exit()`. What happened on each case comes back as an `Outcome`.
"""

import contextlib
import copy
import ctypes
import io
import pathlib
import signal
import sysconfig
import threading
import time
import traceback
from dataclasses import dataclass, field

import numpy as np

EXCERPT = 1000  # characters of a learner's own output that are kept
_HERE = str(pathlib.Path(__file__).resolve().parents[1])
_LIBRARIES = (_HERE, *{sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")})


@dataclass(frozen=True)
class Odd:
    """A result that is no number, array or text. `text` says what it is."""

    text: str


@dataclass(frozen=True)
class Failure:
    """Why a call gave no result. `kind` is "error", "time", "exit" or "interrupt"."""

    kind: str
    name: str = ""
    message: str = ""
    line: str = ""
    where: str = ""


@dataclass
class Outcome:
    """What one call did: a result or a failure, and which of its arguments it changed."""

    value: object = None
    failure: Failure | None = None
    changed: list[int] = field(default_factory=list)


class TimeUp(BaseException):
    """Raised inside a learner's code at the time limit. Not an Exception, so that no `except Exception` eats it."""


class Excerpt(io.TextIOBase):
    """A stream that keeps the beginning of what is written to it and counts the rest."""

    def __init__(self, limit=EXCERPT):
        self.limit, self.kept, self.total = limit, "", 0

    def writable(self):
        return True

    def write(self, text):
        self.kept += text[: max(self.limit - self.total, 0)]
        self.total += len(text)
        return len(text)

    def __str__(self):
        rest = self.total - len(self.kept)
        return self.kept.rstrip() + (f"\n… and {rest:,} characters more" if rest else "")


def run(function, cases, time_limit):
    """Call a function on each case and survive whatever it does.

    Parameters
    ----------
    function : callable
    cases : list of tuples
        Arguments; the function gets copies.
    time_limit : float
        Seconds of processor time for all calls together. On the clock it may take three times as long: a busy machine
        is no mistake, but a call that sleeps is not waited for.

    Returns
    -------
    outcomes : list of Outcome
        One for each case, fewer when the time was up or the function tried to end the program: then the last
        one says so.
    printed : str
        The beginning of what it wrote to stdout and stderr.
    """
    outcomes, printed = [], Excerpt()

    def job():
        for case in cases:
            given = copy.deepcopy(case)
            outcome = _attempt(function, given)
            if outcome.failure is None or outcome.failure.kind == "error":
                outcome.changed = [i for i, (a, b) in enumerate(zip(case, given, strict=True)) if not _untouched(a, b)]
            outcomes.append(outcome)
            if outcome.failure is not None and outcome.failure.kind != "error":
                break

    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed), np.errstate():
        if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
            _with_alarm(job, time_limit)
        else:
            _with_thread(job, time_limit, outcomes)
    return outcomes, str(printed)


def freeze(value):
    """Copy a result into an array of numbers or of text, a tuple of such (where shapes differ), or an `Odd`."""
    if value is None or value is Ellipsis:
        return Odd(str(value))
    if isinstance(value, int) and abs(value) >= 2**63:  # too large for an array of integers
        return np.array(float(value) if abs(value) < 2**1000 else np.inf)
    if isinstance(value, (list, tuple)):
        with contextlib.suppress(ValueError, TypeError):
            array = np.array(value)
            if array.dtype.kind in "buifcU":
                return array
        return tuple(freeze(part) for part in value)
    if isinstance(value, (bytes, dict, set)) or (callable(value) and not hasattr(value, "__array__")):
        return _odd(value)
    with contextlib.suppress(ValueError, TypeError):
        array = np.array(value)
        if array.dtype.kind in "buifcU":
            return array
    return _odd(value)


def _odd(value):
    name = type(value).__name__
    return Odd(f"an {name}" if name[0].lower() in "aeiou" else f"a {name}")


def _call(function, args):
    """Below this frame, and only there, the time limit may strike."""
    return freeze(function(*args))


def _attempt(function, args):
    try:
        return Outcome(value=_call(function, args))
    except TimeUp:
        return Outcome(failure=Failure("time"))
    except SystemExit:
        return Outcome(failure=Failure("exit"))
    except KeyboardInterrupt:
        return Outcome(failure=Failure("interrupt"))
    except BaseException as error:  # whatever a learner raises is told, never passed on
        return Outcome(failure=_failure(error))


def _failure(error):
    """An exception, reduced to the last of the learner's own lines."""
    own = [frame for frame in traceback.extract_tb(error.__traceback__, limit=-50) if not _library(frame.filename)]
    line, where = (own[-1].line or "", own[-1].name) if own else ("", "")
    return Failure("error", type(error).__name__, _short(" ".join(str(error).split()), 300), _short(line, 100), where)


def _short(text, most):
    return text if len(text) <= most else text[:most] + "…"


def _library(filename):
    return filename.startswith((*_LIBRARIES, "<frozen", "<__array_function__"))


def _stopwatch(seconds):
    """Start one; called, it says whether the time is up."""
    clock, processor = time.monotonic(), time.process_time()
    return lambda: time.process_time() - processor >= seconds or time.monotonic() - clock >= 3 * seconds


def _with_alarm(job, seconds):
    """Run a job in the main thread; a timer interrupts it and goes on doing so, in case it catches the first."""
    time_is_up = _stopwatch(seconds)

    def strike(_, frame):
        while frame is not None and time_is_up():
            if frame.f_code is _call.__code__:
                raise TimeUp
            frame = frame.f_back

    started = time.monotonic()
    before = signal.signal(signal.SIGALRM, strike)
    remaining, interval = signal.setitimer(signal.ITIMER_REAL, seconds, 0.01)
    try:
        job()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if remaining:
            signal.setitimer(signal.ITIMER_REAL, max(remaining - (time.monotonic() - started), 0.001), interval)


def _with_thread(job, seconds, outcomes):
    """Run a job where no alarm can be set: in a thread, into which the exception is injected at the limit."""
    time_is_up, expired = _stopwatch(seconds), threading.Event()

    def guarded():
        with contextlib.suppress(TimeUp):
            job()

    worker = threading.Thread(target=guarded, daemon=True)
    worker.start()
    while worker.is_alive() and not time_is_up():
        worker.join(0.02)
    for _ in range(100):
        if not worker.is_alive():
            break
        expired.set()
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(worker.ident), ctypes.py_object(TimeUp))
        worker.join(0.02)
    if expired.is_set() and not (outcomes and outcomes[-1].failure and outcomes[-1].failure.kind == "time"):
        outcomes.append(Outcome(failure=Failure("time")))


def _untouched(before, after):
    """Whether an argument still is what it was. Only what a function can change in place is looked at."""
    if isinstance(before, np.ndarray):
        same = isinstance(after, np.ndarray) and before.shape == after.shape and before.dtype == after.dtype
        return same and np.array_equal(before, after, equal_nan=before.dtype.kind in "fc")
    if isinstance(before, (list, tuple)):
        return len(before) == len(after) and all(_untouched(a, b) for a, b in zip(before, after, strict=True))
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(_untouched(before[key], after[key]) for key in before)
    return not isinstance(before, (int, float, complex, str)) or before == after
