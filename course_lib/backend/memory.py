"""What TensorFlow tells malloc under Linux, taken back: a training step may use the memory of the step before."""

import functools
import sys

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # names and numbers of glibc's malloc.h
KEPT, PIECE = 64 << 20, 4 << 20  # bytes


@functools.cache
def keep_freed_memory():
    """Let malloc keep up to 64 MB that was freed, and take pieces of up to 4 MB from it. Once in a process.

    When a dataset is first read from a Python generator, as ``fit`` does with a ``PyDataset``, TensorFlow tells malloc
    to give back whatever is freed beyond 128 kB. From then on the system hands out the tensors of every training step
    anew, page by page: a step of the course's U-Net took about twice as long. So TensorFlow has its say first, on an
    empty dataset, and then other thresholds are set. What a program computes does not change. Nothing happens on
    another backend, on another system, or with another C library than glibc.
    """
    import keras

    if sys.platform != "linux" or keras.backend.backend() != "tensorflow":
        return
    import ctypes

    import tensorflow as tf

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        list(tf.data.Dataset.from_generator(lambda: iter(()), output_signature=tf.TensorSpec((), tf.int32)))
        mallopt(M_TRIM_THRESHOLD, KEPT)
        mallopt(M_MMAP_THRESHOLD, PIECE)
