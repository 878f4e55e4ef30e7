"""Keep TensorFlow's start-up notes out of the notebooks, and nothing else.

TensorFlow's libraries write a few informational lines straight to the process's standard error while they are being
loaded, before any of its settings can stop them (2.21 announces oneDNN that way on processors with AVX-512). Stored
notebook outputs must not depend on the processor. So while `tensorflow` is imported, what the process writes to
standard error is held back; then everything but those lines is passed on.
"""

import importlib.abc
import importlib.util
import os
import re
import sys
import tempfile
from contextlib import contextmanager

NOTE = re.compile(rb"^(I\d{4} |WARNING: All log messages before absl::InitializeLog)")


def install():
    """Filter standard error during TensorFlow's first import. Calling it again changes nothing."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if "tensorflow" not in sys.modules and not any(isinstance(f, _TensorFlowFinder) for f in sys.meta_path):
        sys.meta_path.insert(0, _TensorFlowFinder())


class _TensorFlowFinder(importlib.abc.MetaPathFinder):
    """Finds `tensorflow` where Python would, and has it loaded under the filter."""

    def find_spec(self, name, path=None, target=None):
        if name != "tensorflow":
            return None
        sys.meta_path.remove(self)  # one import is all it is for; and the search below must not end here again
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            spec.loader = _QuietLoader(spec.loader)
        return spec


class _QuietLoader(importlib.abc.Loader):
    def __init__(self, loader):
        self.loader = loader

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        module.__loader__ = module.__spec__.loader = self.loader
        with notes_held_back():
            self.loader.exec_module(module)


@contextmanager
def notes_held_back():
    """Hold back what is written to file descriptor 2; at the end pass on every line that is not a start-up note."""
    try:
        original = os.dup(2)
    except OSError:  # no standard error at all, as under some servers on Windows
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(original, 2)
            os.close(original)
            held.seek(0)
            rest = b"".join(line for line in held if not NOTE.match(line))
            if rest:
                os.write(2, rest)
