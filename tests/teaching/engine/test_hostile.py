"""No answer harms the checker: it is not accepted, ends in time, and leaves the process as it was.

Learners do such things by accident: a variable called `len`, a filter for warnings, a recursion without end.
"""

import builtins
import faulthandler
import gc
import math
import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
import warnings

import numpy as np
import pytest

from course_lib.teaching.engine import ChoiceExercise, FunctionExercise, Misconception, ValueExercise, sandbox

EXERCISE = FunctionExercise(
    number="2.1",
    title="Convolution",
    cases=lambda rng: ((rng.integers(-5, 6, n), rng.integers(-5, 6, 3)) for n in (5, 6, 7, 12)),
    oracle=lambda x, k: np.convolve(x, k, mode="same"),
    solution="import numpy as np\ndef convolve_same(x, k):\n    return np.convolve(x, k)[1:-1]",
    misconceptions=[
        Misconception(
            "kernel not flipped",
            lambda x, k: np.correlate(x, k, mode="same"),
            "a correlation: `[0, 3, 2, 1, 0]`.",
            "(2.2)",
            example=([0, 0, 1, 0, 0], [1, 2, 3]),
        )
    ],
    hints=("one", "two", "three"),
)

# Each is the body of a function of x and k. Whatever it does, what it returns is wrong or is nothing.
HOSTILE = {
    "ends the process": "os._exit(0)",
    "ends the process as if it had failed": "os._exit(3)",
    "kills its own process": "os.kill(os.getpid(), signal.SIGKILL)",
    "aborts": "os.abort()",
    "exits": "sys.exit('good bye')",
    "interrupts": "raise KeyboardInterrupt",
    "an exception beside all others": "raise type('Worse', (BaseException,), {})('x')",
    "a generator's exit": "raise GeneratorExit",
    "the end of an iteration": "raise StopIteration",
    "an exception whose words raise": "raise type('E', (Exception,), {'__str__': lambda self: 1 / 0})()",
    "an exception whose words are none": "raise type('E', (Exception,), {'__str__': lambda self: 7})()",
    "an exception whose words never end": "raise type('E', (Exception,), {'__str__': lambda s: max(iter(int, 1))})()",
    "a loop in C": "return sum(range(4_000_000_000))",
    "a large power": "return 7 ** 7 ** 9 % 2",
    "a search that goes back and forth": "return re.match('(a+)+$', 'a' * 40 + 'b') is None",
    "sleeps": "time.sleep(100)",
    "waits for a lock": "threading.Lock().acquire() and (lock := threading.Lock()).acquire() and lock.acquire()",
    "asks": "return float(input('how much? '))",
    "far too large an array": "return np.ones(10 ** 12)",
    "a list that grows": "a = [0]\nwhile True:\n    a = a + a",
    "a deep recursion": "sys.setrecursionlimit(10 ** 9)\ndef f(n):\n    return f(n + 1) + 1\nreturn f(0)",
    "floods the screen": "while True:\n    print('x' * 1000)",
    "an array that raises": "return type('A', (), {'__array__': lambda self, *a, **k: 1 / 0})()",
    "an array that never comes": "return type('A', (), {'__array__': lambda self, *a: max(iter(int, 1))})()",
    "an array without size": "return type('A', (np.ndarray,), {'__len__': lambda self: 1 / 0})(3)",
    "equal to everything": "return type('A', (), {'__eq__': lambda self, other: True, '__hash__': None})()",
    "a class that lies": "return type('A', (), {'__class__': property(lambda self: np.ndarray)})()",
    "an array equal to everything": "return np.zeros(5).view(type('A', (np.ndarray,), {'__eq__': lambda *_: 1}))",
    "a result without end": "return iter(int, 1)",
    "a sequence without end": "return type('L', (list,), {'__iter__': lambda self: iter(int, 1)})([1, 2])",
    "itself, again and again": "a = []\na.append(a)\nreturn a",
    "np.sum replaced": "np.sum = np.convolve = np.isclose = np.array_equal = lambda *a, **k: True\nreturn x",
    "len replaced": "import builtins\nbuiltins.len = builtins.all = builtins.isinstance = lambda *a: True\nreturn 1",
    "math replaced": "math.isclose = math.fsum = None\nreturn x",
    "filters": "warnings.simplefilter('error')\nnp.seterr(all='raise')\nreturn -x",
    "prints otherwise": "np.set_printoptions(precision=1, threshold=2)\nreturn -x",
    "another folder": "os.chdir('/')\nreturn -x",
    "another environment": "os.environ['COURSE_PROGRESS'] = 'off'\nos.environ.pop('PATH', None)\nreturn -x",
    "traced": "sys.settrace(lambda *a: None)\nsys.setprofile(lambda *a: None)\nreturn -x",
    "no output": "sys.stdout = sys.stderr = None\nreturn -x",
    "no collection": "gc.disable()\nreturn -x",
    "seeds": "random.seed(0)\nnp.random.seed(0)\nreturn -x",
    "alarms": "signal.signal(signal.SIGALRM, signal.SIG_IGN)\nsignal.setitimer(0, 0)\nmax(iter(int, 1))",
    "a thread that stays": "threading.Thread(target=time.sleep, args=(100,), daemon=False).start()\nreturn -x",
    "a process that stays": "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(100)'])\nreturn -x",
    "asks the oracle": "return EXERCISE.oracle(x, k)",
    "asks for what is expected": "return EXERCISE.expected[0]",
    "asks whoever called": "return sys._getframe(5).f_locals['exercise'].oracle(x, k)",
    "right the first time only": "STATE.append(1)\nreturn np.convolve(x, k, 'same') + (len(STATE) > 5)",
    "right by chance": "return np.convolve(x, k, 'same') + np.random.default_rng().integers(0, 2)",
    "seldom wrong": "return np.convolve(x, k, 'same') + (random.SystemRandom().random() < 0.5)",
    "not a number": "return np.full(len(x), np.nan)",
    "bytes": "return b'12345'",
    "a function": "return convolve_same",
}


def defined(body):
    names = {
        module.__name__: module for module in (gc, math, os, random, signal, subprocess, sys, threading, time, warnings)
    }
    names |= {"np": np, "re": __import__("re"), "EXERCISE": EXERCISE, "STATE": [], "faulthandler": faulthandler}
    exec("def convolve_same(x, k):\n" + textwrap.indent(body, "    "), names)
    return names["convolve_same"]


def surroundings():
    """What must be after a check as it was before."""
    return {
        "builtins": {name: vars(builtins)[name] for name in ("len", "sum", "all", "isinstance", "print", "input")},
        "numpy": {name: vars(np)[name] for name in ("sum", "convolve", "isclose", "array_equal")},
        "math": dict(vars(math)),
        "filters": list(warnings.filters),
        "errors": np.geterr(),
        "printing": np.get_printoptions(),
        "folder": os.getcwd(),
        "environment": dict(os.environ),
        "tracing": (sys.gettrace(), sys.getprofile()),
        "streams": (sys.stdout, sys.stderr),
        "collecting": gc.isenabled(),
        "recursion": sys.getrecursionlimit(),
        "alarm": signal.getsignal(signal.SIGALRM),
        "threads": threading.active_count(),
    }


def check_it(exercise, answer, limit=None):
    # what pytest keeps in the environment changes with each test
    before = surroundings()
    started = time.monotonic()
    found = exercise.diagnose(answer) if limit is None else exercise.diagnose(answer, time_limit=limit)
    assert time.monotonic() - started < 20
    after = surroundings()
    assert {name for name in before if before[name] != after[name]} == set()
    assert "course_lib" not in found.text
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere an answer runs in the reader's own process")
@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_no_answer_harms_the_checker(body):
    assert check_it(EXERCISE, defined(body), 0.3).kind not in ("right", "blank")
    assert EXERCISE.diagnose(lambda x, k: np.convolve(x, k)[1:-1]).kind == "right"


HARMLESS = [
    name for name in HOSTILE if "replaced" in name or HOSTILE[name].endswith("return -x") and "stays" not in name
]


@pytest.mark.parametrize("name", [*HARMLESS, "exits", "interrupts", "an exception whose words raise", "sleeps"])
def test_without_a_process_of_its_own_an_answer_is_undone(name, monkeypatch):
    monkeypatch.setattr(sandbox, "_in_a_copy", lambda *_: None)
    assert check_it(EXERCISE, defined(HOSTILE[name]), 0.3).kind not in ("right", "blank")
    assert EXERCISE.diagnose(lambda x, k: np.convolve(x, k)[1:-1]).kind == "right"


def test_a_process_that_waits_for_threads_it_does_not_have_is_given_up(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", sys)
    parent = os.getpid()

    def waits_elsewhere(x, k):
        if os.getpid() != parent:
            time.sleep(100)
        return np.convolve(x, k, "same")

    assert EXERCISE.diagnose(waits_elsewhere).kind == "right"


def test_what_the_notebook_has_replaced_is_said_and_not_used(monkeypatch):
    fresh = FunctionExercise(**{**vars_of(EXERCISE), "number": "2.2"})
    monkeypatch.setattr(np, "convolve", lambda *_, **__: np.zeros(5))
    assert fresh.diagnose(lambda x, k: np.correlate(x, k[::-1], "same")).kind == "right"
    found = fresh.diagnose(lambda x, k: np.convolve(x, k, "same"))
    assert found.kind != "right"
    assert "`np.convolve` no longer means what it did" in found.text
    assert "expected `[0, 1, 2, 3, 0]`" in found.text or "expected `[" in found.text
    assert np.convolve(1, 2).shape == (5,)


def vars_of(exercise):
    names = "number title cases oracle misconceptions hints".split()
    return {name: getattr(exercise, name) for name in names} | {"solution": exercise.source}


NUMBER = ValueExercise(
    number="2.3", title="", answer=2.5, solution="answer = 2.5", misconceptions=[], hints=("a", "b", "c")
)
CHOICE = ChoiceExercise(
    number="2.4",
    title="",
    options={"a": "x", "b": "y"},
    answer="a",
    reasons={"a": "1", "b": "2"},
    hints=(),
)


def _raises(self, *args, **kwargs):
    raise RuntimeError("secret")


class Lies:
    __class__ = property(_raises)


class Raises:
    __array__ = __float__ = __len__ = __iter__ = __eq__ = __str__ = __repr__ = _raises


class Property:
    __array__ = property(_raises)


class Endless:
    def __array__(self, dtype=None, copy=None):
        while True:
            pass


ODD = {
    "raises": Raises,
    "a property that raises": Property,
    "a class that raises": Lies,
    "without end": Endless,
    "an iterator without end": lambda: iter(int, 1),
    "a dict": dict,
    "bytes": lambda: b"2.5",
    "infinite": lambda: math.inf,
    "text": lambda: "2.5",
}


@pytest.mark.parametrize("make", ODD.values(), ids=ODD)
@pytest.mark.parametrize("exercise", [NUMBER, CHOICE, EXERCISE], ids=["value", "choice", "function"])
def test_objects_that_break_whoever_looks_at_them(exercise, make, capsys, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    monkeypatch.setattr("course_lib.teaching.engine.declare.VALUE_SECONDS", 0.3)
    exercise.check(make())
    assert capsys.readouterr().out.startswith("✗ 2.")
