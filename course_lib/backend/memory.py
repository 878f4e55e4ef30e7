"""What malloc does under Linux, set for training: little memory kept apart, and a step may use that of the step before.

Both are about time and memory alone. `course_lib.training.augmentation.Crops` keeps memory within an epoch, and so does
`course_lib.training.diffusion.FlowBatches`; `keep_much_memory` does it for the rest of a process.
"""

import functools
import sys

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # names and numbers of glibc's malloc.h
KEPT, PIECE, LITTLE = 64 << 20, 3 << 20, 128 << 10  # bytes
MUCH, LARGE = 128 << 20, 32 << 20  # bytes; the largest piece that malloc lets one choose


def share_one_arena():
    """Let all threads of this process take their memory from one place. Before the framework starts its threads.

    By default glibc opens a place of its own, an *arena*, for nearly every thread. What one thread has freed, another
    does not find. Networks are trained by some ten threads in turn, and each arena keeps the largest tensors that it
    ever held. Nothing happens on another system, or with another C library than glibc.
    """
    if mallopt := _of_glibc("mallopt"):
        mallopt(M_ARENA_MAX, 1)


def keep_freed_memory(kept=KEPT, piece=PIECE):
    """Let malloc keep memory that was freed, by default up to 64 MB, and take pieces of up to 3 MB from it.

    For an epoch of training.

    When a dataset is first read from a Python generator, as ``fit`` does with a ``PyDataset``, TensorFlow tells malloc
    to give back whatever is freed beyond 128 kB. From then on the system hands out the tensors of every training step
    anew, page by page: a step of the course's U-Net took half as long again. What a program computes does not change.
    Nothing happens on another backend, on another system, or with another C library than glibc.
    """
    if mallopt := _of_glibc("mallopt"):
        _let_tensorflow_have_its_say()
        mallopt(M_TRIM_THRESHOLD, kept)
        mallopt(M_MMAP_THRESHOLD, piece)


def give_freed_memory_back():
    """Give back what malloc kept, and let it keep little, as TensorFlow tells it: what follows is of other sizes."""
    if mallopt := _of_glibc("mallopt"):
        mallopt(M_TRIM_THRESHOLD, LITTLE)
        _of_glibc("malloc_trim")(0)


def keep_much_memory():
    """Let malloc keep up to 128 MB that was freed, and take pieces of up to 32 MB from it: from here to the end.

    For a chapter that trains and then draws with a network in which convolutions spread their input out, such as the
    denoiser's: on a CPU under Linux its steps take half the time. What is computed does not change.
    """
    keep_freed_memory(MUCH, LARGE)


@functools.cache
def _let_tensorflow_have_its_say():
    """Read an empty dataset, once in a process: TensorFlow sets malloc with the first one, and never again."""
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        list(tf.data.Dataset.from_generator(lambda: iter(()), output_signature=tf.TensorSpec((), tf.int32)))


def _of_glibc(name):
    """A function of the C library; None where there is none of this name."""
    if sys.platform != "linux":
        return None
    import ctypes

    return getattr(ctypes.CDLL(None), name, None)
