"""Memory that a training step has freed is there for the next one, whatever TensorFlow tells malloc."""

import ctypes
import subprocess
import sys

import keras
import pytest

FAULTS = """
import resource
import numpy as np
import tensorflow as tf
from course_lib.backend import keep_freed_memory

if {kept}:
    keep_freed_memory()
signature = tf.TensorSpec((), tf.int32)
list(tf.data.Dataset.from_generator(lambda: iter([1, 2]), output_signature=signature))

def used(n):
    for _ in range(n):
        pieces = [np.ones(1 << 17) for _ in range(8)]  # 8 MB in pieces of 1 MB, as tensors of a step
        del pieces

used(5)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
used(100)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(
    sys.platform != "linux" or keras.backend.backend() != "tensorflow" or not hasattr(ctypes.CDLL(None), "mallopt"),
    reason="it is about TensorFlow and glibc",
)
def test_a_step_gets_the_memory_of_the_step_before():
    pages = {}
    for kept in (False, True):
        code = FAULTS.format(kept=kept)
        pages[kept] = int(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    assert pages[True] < 5_000  # of 200,000 pages that were asked for
    assert pages[False] > 10 * pages[True]  # else TensorFlow has changed its ways, and this is no longer needed
