"""Keep TensorFlow's start-up notes out of the notebooks, and nothing else.

TensorFlow's libraries write a few informational lines straight to the process's standard error while they are being
loaded, before any of its settings can stop them (2.21 announces oneDNN that way on processors with AVX-512). Stored
notebook outputs must not depend on the processor. So while `tensorflow` is imported, what the process writes to
standard error goes through a filter that lets everything but those lines pass. The filter is a process of its own: the
last words of a TensorFlow that crashes, which say why, pass too.
"""

import importlib.abc
import importlib.util
import os
import subprocess
import sys
from contextlib import contextmanager

FILTER = r"""
import re, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the program
NOTE = re.compile(rb"I\d{4} |WARNING: All log messages before absl::InitializeLog")
for line in sys.stdin.buffer:
    if not NOTE.match(line):
        sys.stderr.buffer.write(line)
        sys.stderr.buffer.flush()
"""


def install():
    """Filter standard error during TensorFlow's first import. Calling it again changes nothing."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    around_import("tensorflow", notes_held_back)


def around_import(name, scope):
    """Load a module, when it is imported for the first time, inside ``with scope():``.

    Parameters
    ----------
    name : str
        A top-level module. Nothing happens if it has been imported already, or if this was said before.
    scope : callable
        Gives a context manager.
    """
    known = any(isinstance(finder, _Finder) and finder.name == name for finder in sys.meta_path)
    if name not in sys.modules and not known:
        sys.meta_path.insert(0, _Finder(name, scope))


class _Finder(importlib.abc.MetaPathFinder):
    """Finds one module where Python would, and has it loaded in its scope."""

    def __init__(self, name, scope):
        self.name, self.scope = name, scope

    def find_spec(self, name, path=None, target=None):
        if name != self.name:
            return None
        sys.meta_path.remove(self)  # one import is all it is for; and the search below must not end here again
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, self.scope)
        return spec


class _Loader(importlib.abc.Loader):
    def __init__(self, loader, scope):
        self.loader, self.scope = loader, scope

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        module.__loader__ = module.__spec__.loader = self.loader
        with self.scope():
            self.loader.exec_module(module)


@contextmanager
def notes_held_back():
    """Let pass what is written to file descriptor 2, but for the lines that are start-up notes."""
    try:
        original = os.dup(2)
    except OSError:  # no standard error at all, as under some servers on Windows
        yield
        return
    try:
        command = [sys.executable, "-I", "-S", "-c", FILTER]
        notes = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=original)
    except (OSError, ValueError, TypeError):  # no process to be had: better notes than nothing
        os.close(original)
        yield
        return
    os.dup2(notes.stdin.fileno(), 2)
    notes.stdin.close()
    try:
        yield
    finally:
        os.dup2(original, 2)  # closes the filter's input, so that it ends
        os.close(original)
        notes.wait()
