"""The arguments with which an exercise calls an answer: how they are handed over, compared and counted."""

import numpy as np

from course_lib.teaching.engine.results import entries


def prepared(case):
    """A case as the learner's function gets it: lists of numbers, however nested, are made arrays."""
    return tuple(_array_of_numbers(argument) if isinstance(argument, list) else argument for argument in case)


def _array_of_numbers(nested):
    def numbers(part):
        return all(map(numbers, part)) if isinstance(part, list) else isinstance(part, (bool, int, float, complex))

    if not nested or not numbers(nested):
        return nested
    try:
        return np.array(nested)
    except ValueError:  # rows of different lengths
        return nested


def alike(a, b):
    """Whether two cases are the same arguments, of the same types."""
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
    if isinstance(a, (list, tuple)) and type(a) is type(b):
        return len(a) == len(b) and all(map(alike, a, b))
    return type(a) is type(b) and not isinstance(a, np.ndarray) and a == b


def size(case):
    """How many numbers the arrays and lists of a case hold."""
    return sum(entries(argument) for argument in case if isinstance(argument, (np.ndarray, list, tuple)))
