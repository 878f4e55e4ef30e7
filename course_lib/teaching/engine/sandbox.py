"""Calls a learner's function so that nothing it does can harm the checker: not an endless loop, not gigabytes
of output, not `exit()`. What happened on each case comes back as an `Outcome`.

Under Linux the function runs in a process of its own, a copy of this one: whatever it breaks is broken there.
Elsewhere it runs here, under a timer, and what it leaves changed is put back.
"""

import builtins
import contextlib
import copy
import ctypes
import dis
import faulthandler
import importlib
import io
import os
import pathlib
import pickle
import select
import signal
import struct
import sys
import sysconfig
import threading
import time
import traceback
import warnings

import numpy as np

from course_lib.teaching.engine.guard import put_back
from course_lib.teaching.engine.results import Failure, Outcome, freeze

EXCERPT = 1000  # characters of a learner's own output that are kept
MEMORY = 4 << 30  # bytes that an answer may ask for on top of what is there
IDLE = 0.5  # seconds without work after which a copied process is given up (TensorFlow's threads are not copied)
_HERE = str(pathlib.Path(__file__).resolve().parents[2])
_LIBRARIES = (_HERE, *{sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")})


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


def run(function, cases, time_limit, required=None, forget=()):
    """Call a function on each case and survive whatever it does.

    Parameters
    ----------
    function : callable
    cases : list of tuples
        Arguments; the function gets copies.
    time_limit : float
        Seconds of processor time for all calls together. On the clock it may take three times as long: a busy machine
        is no mistake, but a call that sleeps is not waited for.
    required : int, optional
        How many cases must be tried; by default all. Those behind are tried while a tenth of the time limit lasts.
    forget : sequence of dict
        Emptied in the process of its own before the function runs: what the function must not find there.

    Returns
    -------
    outcomes : list of Outcome
        One for each case, fewer when the time was up or the function ended the program: then the last
        one says so.
    printed : str
        The beginning of what it wrote to stdout and stderr.
    """
    required = len(cases) if required is None else required
    found = _in_a_copy(function, cases, time_limit, required, forget) if sys.platform == "linux" else None
    return found or _here(function, cases, time_limit, required)


def load_ahead(function):
    """Import what a function imports of large libraries, here and once: in every copied process it would take time."""
    library, code = "", getattr(function, "__code__", None)
    for step in dis.get_instructions(code) if code else ():
        if step.opname == "IMPORT_NAME":
            library = step.argval
        if step.opname not in ("IMPORT_NAME", "IMPORT_FROM") or library.partition(".")[0] not in ("scipy", "skimage"):
            continue
        with contextlib.suppress(Exception):
            module = importlib.import_module(library)
            if step.opname == "IMPORT_FROM" and not hasattr(module, step.argval):  # to ask loads what is loaded lazily
                importlib.import_module(f"{library}.{step.argval}")


# --- one call ---------------------------------------------------------------------------------------------------------


def _try_all(function, cases, time_limit, required):
    """Call a function on each case and yield the outcomes, until one ends everything or the time for repeats is up."""
    time_is_up = stopwatch(time_limit / 10)
    for index, case in enumerate(cases):
        if index >= required and time_is_up():
            return
        given = copy.deepcopy(case)
        outcome = _attempt(function, given)
        if outcome.failure is None or outcome.failure.kind == "error":
            outcome.changed = [i for i, (a, b) in enumerate(zip(case, given, strict=True)) if not _untouched(a, b)]
        yield outcome
        if outcome.failure is not None and outcome.failure.kind != "error":
            return


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
    frames = traceback.extract_tb(error.__traceback__, limit=-50)
    own = [frame for frame in frames if not frame.filename.startswith((*_LIBRARIES, "<frozen", "<__array_function__"))]
    line, where = (own[-1].line or "", own[-1].name) if own else ("", "")
    try:
        message = " ".join(str(error).split())
    except BaseException:  # its own words raise, too
        message = ""
    return Failure("error", type(error).__name__, _short(message, 300), _short(line, 100), where)


def _short(text, most):
    return text if len(text) <= most else text[:most] + "…"


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


def stopwatch(seconds):
    """Start one; called, it says whether the time is up: by the processor, or three times as late by the clock."""
    clock, processor = time.monotonic(), time.process_time()
    return lambda: time.process_time() - processor >= seconds or time.monotonic() - clock >= 3 * seconds


# --- in a process of its own ------------------------------------------------------------------------------------------


def _in_a_copy(function, cases, limit, required, forget):
    """Run in a copied process. None where it can't be done: no copy, or one that waits for threads it does not have."""
    receiver, sender = os.pipe()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that copies have no threads is provided for
            child = os.fork()
    except OSError:  # no memory, no process left
        os.close(receiver)
        os.close(sender)
        return None
    if child == 0:
        try:
            os.close(receiver)
            _report(function, cases, limit, required, forget, sender)
        finally:
            os._exit(1)
    os.close(sender)
    with contextlib.suppress(OSError):
        os.setpgid(child, child)  # here as well as there: who comes first is open
    try:
        return _listen(child, receiver, limit)
    finally:
        os.close(receiver)
        with contextlib.suppress(OSError):
            os.killpg(child, signal.SIGKILL)  # with whatever it has started
        with contextlib.suppress(OSError):
            os.waitpid(child, 0)


def _report(function, cases, limit, required, forget, sender):
    """What the copied process does: tell each outcome, and what was printed, as soon as it is there."""
    import resource  # there is none under Windows

    # our own: what they are called by may get another meaning
    send, pack, write, leave, size = pickle.dumps, struct.pack, os.write, os._exit, len
    os.setpgid(0, 0)
    for number in (signal.SIGINT, signal.SIGALRM, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    faulthandler.disable()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[0])
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (wanted if most < 0 else min(wanted, most), most))
    builtins.input = _asks
    for names in forget:
        names.clear()
    sys.settrace(None)
    sys.setprofile(None)
    printed = Excerpt()

    def tell(kind, content):
        data = send((kind, content))
        data = pack("<q", size(data)) + data
        while data:
            data = data[write(sender, data) :]

    class Stream(io.TextIOBase):
        def writable(self):
            return True

        def write(self, text):
            before = len(printed.kept)
            written = printed.write(text)
            if len(printed.kept) > before:
                tell("printed", (printed.kept, printed.total))
            return written

    sys.stdin, sys.stdout, sys.stderr = None, Stream(), Stream()
    for outcome in _try_all(function, cases, limit, required):
        tell("outcome", outcome)
    tell("printed", (printed.kept, printed.total))
    tell("done", None)
    leave(0)


def _asks(*_):
    raise RuntimeError("input() cannot ask anything while an answer is checked")


def _listen(child, receiver, limit):
    """Collect what the copied process tells, until it is done, dead, or out of time."""
    outcomes, printed, buffer, ended = [], Excerpt(), b"", None
    started = busy = time.monotonic()
    used = 0.0
    while ended is None:
        if select.select([receiver], [], [], 0.02)[0]:
            data = os.read(receiver, 1 << 20)
            buffer, busy = buffer + data, time.monotonic()
            while len(buffer) >= 8 and len(buffer) >= 8 + (size := struct.unpack("<q", buffer[:8])[0]):
                try:
                    kind, content = pickle.loads(buffer[8 : 8 + size])
                except Exception:  # what tells of the answer has been tampered with
                    kind, content, ended = "", None, Failure("exit")
                buffer = buffer[8 + size :]
                if kind == "outcome":
                    outcomes.append(content)
                elif kind == "printed":
                    printed.kept, printed.total = content
                elif kind == "done":
                    ended = "done"
            if not data and ended is None:
                ended = _death(child)
            continue
        now, spent = time.monotonic(), _processor_seconds(child)
        if spent is None:
            ended = _death(child)
        elif spent >= limit or now - started >= 3 * limit:
            ended = Failure("time")
        elif spent > used + 0.05:
            used, busy = spent, now
        elif now - busy > IDLE and ("tensorflow" in sys.modules or "jax" in sys.modules):
            return None
    if isinstance(ended, Failure):
        outcomes.append(Outcome(failure=ended))
    return outcomes, str(printed)


def _death(child):
    """How a process that said nothing more has ended."""
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return Failure("crash", signal.Signals(os.WTERMSIG(status)).name)
    return Failure("exit")


def _processor_seconds(process):
    """The processor time that a process has used; None where it is gone."""
    try:
        fields = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# --- here -------------------------------------------------------------------------------------------------------------


def _here(function, cases, limit, required):
    """Run in this process, under a timer, and put back what the function has changed."""
    outcomes, printed = [], Excerpt()

    def job():
        for outcome in _try_all(function, cases, limit, required):
            outcomes.append(outcome)

    with put_back(), contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
            _with_alarm(job, limit)
        else:
            _with_thread(job, limit, outcomes)
    return outcomes, str(printed)


def _with_alarm(job, seconds):
    """Run a job in the main thread; a timer interrupts it and goes on doing so, in case it catches the first."""
    time_is_up = stopwatch(seconds)

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
    time_is_up, expired = stopwatch(seconds), threading.Event()

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
