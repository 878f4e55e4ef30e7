"""What malloc is told: threads share one arena, and memory that a training step has freed is there for the next one."""

import ctypes
import subprocess
import sys

import keras
import pytest

ARENAS = """
import ctypes
import threading
from course_lib.backend.memory import share_one_arena

if {shared}:
    share_one_arena()
threads = [threading.Thread(target=lambda: [bytearray(50_000) for _ in range(20)]) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
out = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, out)
libc.fflush(out)
"""

FAULTS = """
import resource
import numpy as np
import tensorflow as tf
from course_lib.backend import give_freed_memory_back, keep_freed_memory, keep_much_memory

{told}
signature = tf.TensorSpec((), tf.int32)
list(tf.data.Dataset.from_generator(lambda: iter([1, 2]), output_signature=signature))

def used(n):
    for _ in range(n):
        pieces = [np.ones({piece} << 17) for _ in range(8)]  # 8 pieces of so many MB, as tensors of a step
        del pieces

used(5)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
used(100)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""

glibc = pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_info"), reason="it is about glibc's malloc"
)


def printed(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout


@glibc
def test_threads_take_their_memory_from_one_arena():
    assert printed(ARENAS.format(shared=True)).count("<heap nr=") == 1
    assert printed(ARENAS.format(shared=False)).count("<heap nr=") > 1


@glibc
@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow tells malloc to give memory back")
def test_a_step_gets_the_memory_of_the_step_before():
    nothing, kept = "", "keep_freed_memory()"
    pages = {told: int(printed(FAULTS.format(told=told, piece=1))) for told in (nothing, kept)}
    assert pages[kept] < 5_000  # of 200,000 pages that were asked for
    assert pages[nothing] > 10 * pages[kept]  # else TensorFlow has changed its ways, and this is no longer needed
    given_back = int(printed(FAULTS.format(told=f"{kept}; give_freed_memory_back()", piece=1)))
    assert given_back > 10 * pages[kept]


@glibc
@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow tells malloc to give memory back")
def test_large_pieces_are_kept_where_much_is():
    little, much = (
        int(printed(FAULTS.format(told=told, piece=8))) for told in ("keep_freed_memory()", "keep_much_memory()")
    )
    assert much < 5_000 and little > 10 * much
