"""What a learner's code may leave changed, functions of NumPy and Python, filters, folders: here it is put back."""

import builtins
import contextlib
import gc
import math
import os
import random
import sys
import warnings

import numpy as np

_PLAIN = (
    "abs all any bool complex dict divmod enumerate filter float frozenset getattr hasattr int isinstance issubclass "
    "iter len list map max min next pow range repr reversed round set setattr sorted str sum super tuple type vars zip"
).split()
_MODULES = {"": builtins, "math.": math, "np.": np, "np.linalg.": np.linalg, "np.fft.": np.fft, "np.random.": np.random}


def _functions(prefix, module):
    names = _PLAIN if module is builtins else [name for name in vars(module) if not name.startswith("_")]
    return {name: vars(module)[name] for name in names if callable(vars(module)[name])}


# As they were when the exercises were loaded, which is before a learner's first answer
_GENUINE = {prefix: _functions(prefix, module) for prefix, module in _MODULES.items()}


@contextlib.contextmanager
def genuine():
    """Let the checker compute with NumPy's and Python's own functions, whatever the notebook has put in their place.

    Yields the names of those that are replaced, such as `["np.sum"]`; afterwards they are replaced again.
    """
    replaced = [
        (prefix, name, vars(_MODULES[prefix]).get(name), own)
        for prefix, functions in _GENUINE.items()
        for name, own in functions.items()
        if vars(_MODULES[prefix]).get(name) is not own
    ]
    for prefix, name, _, own in replaced:
        vars(_MODULES[prefix])[name] = own
    try:
        yield [prefix + name for prefix, name, _, _ in replaced]
    finally:
        for prefix, name, other, _ in replaced:
            vars(_MODULES[prefix])[name] = other


@contextlib.contextmanager
def put_back():
    """Leave the process as it was: what the code inside has replaced, switched off or moved is put back."""
    names = [(vars(module), dict(vars(module))) for module in _MODULES.values()]
    environment, folder = dict(os.environ), os.getcwd()
    legacy = np.random.mtrand._rand  # the generator behind np.random.rand and its kin
    seeds, recursion, collecting = (random.getstate(), legacy.get_state()), sys.getrecursionlimit(), gc.isenabled()
    tracing, profiling, streams = sys.gettrace(), sys.getprofile(), (sys.stdin, sys.stdout, sys.stderr)
    floats = sys.modules["keras"].config.floatx() if "keras" in sys.modules else None
    try:
        with warnings.catch_warnings(), np.errstate(), np.printoptions():
            yield
    finally:
        for module, before in names:
            module.update({name: own for name, own in before.items() if module.get(name) is not own})
        sys.settrace(tracing)
        sys.setprofile(profiling)
        sys.stdin, sys.stdout, sys.stderr = streams
        sys.setrecursionlimit(recursion)
        (gc.enable if collecting else gc.disable)()
        if dict(os.environ) != environment:
            os.environ.clear()
            os.environ.update(environment)
        os.chdir(folder)
        random.setstate(seeds[0])
        legacy.set_state(seeds[1])
        if floats:
            sys.modules["keras"].config.set_floatx(floats)
