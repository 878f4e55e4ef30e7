"""Are these labels class ids? Asked wherever labels are still NumPy arrays: inside a compiled step nobody can look."""

import numpy as np

from course_lib.classical._checks import whole_number

SHOWN = 6  # different labels named in a message


def check_labels(labels, classes, ignore_class=None, name="labels"):
    """Refuse labels that are no class ids; the message says which there were, and what to do.

    Parameters
    ----------
    labels : array of whole numbers (of any dtype) or bool, any shape
        May be empty.
    classes : int
        At least 1: ids run from 0 to classes - 1. A network with one channel has two, background and foreground.
    ignore_class : int, optional
        A label that may be there as well, such as 255 for pixels to be left out.
    name : str
        What the message calls them.

    Raises
    ------
    TypeError
        The labels are no real numbers; classes or ignore_class is no whole number.
    ValueError
        A label is below 0, above classes - 1, a fraction or NaN.

    Examples
    --------
    >>> check_labels([0, 1, 255], 2, ignore_class=255)
    >>> check_labels([1, 2, 2], 2)
    Traceback (most recent call last):
    ...
    ValueError: labels must hold class ids from 0 to 1, got 1 (1 pixel) and 2 (2 pixels). They count from 1: subtract 1
    """
    labels = np.asarray(labels)
    classes = whole_number("classes", classes, 1)
    if labels.dtype.kind not in "buif":
        raise TypeError(f"{name} must hold class ids, whole numbers, got dtype {labels.dtype}")
    ids = labels.ravel()
    if ignore_class is not None:
        ids = ids[ids != whole_number("ignore_class", ignore_class, -np.inf)]
    if ids.size == 0:
        return
    whole = ids.dtype.kind != "f" or bool((ids == np.floor(ids)).all())  # not so for NaN
    if whole and ids.min() >= 0 and ids.max() < classes:
        return
    left_out = "" if ignore_class is None else f", or ignore_class, which is {ignore_class}"
    raise ValueError(
        f"{name} must hold class ids from 0 to {classes - 1}{left_out}, got {in_words(ids)}."
        + _advice(ids, classes, name, whole)
    )


def in_words(labels):
    """Which labels there are, and how many pixels of each: "0 (12 pixels) and 255 (4 pixels)"."""
    labels = labels.astype(np.uint8) if labels.dtype == bool else labels
    values, counts = np.unique(labels, return_counts=True)
    shown = [f"{_digits(v)} ({n} pixel{'s' * int(n != 1)})" for v, n in zip(values[:SHOWN], counts, strict=False)]
    if len(values) > SHOWN:
        return f"{', '.join(shown)} and {len(values) - SHOWN} others up to {_digits(values[-1])}"
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))


def _digits(value):
    return f"{value:g}" if value.dtype.kind == "f" and value != np.floor(value) else f"{value:.0f}"


def _advice(ids, classes, name, whole):
    if not whole:
        return " Fractions and NaN are no class: take the argmax over classes, or compare with a threshold, first"
    values = np.unique(ids)
    low, high = values[0], values[-1]
    if classes == 2 and len(values) == 2 and low == 0:
        return f" A mask of 0 and {_digits(high)} becomes one of 0 and 1 by {name} == {_digits(high)}"
    if low == 1 and high == classes:
        return " They count from 1: subtract 1"
    outside = values[(values < 0) | (values >= classes)]
    if len(outside) == 1:
        label = _digits(outside[0])
        return f" If {label} marks pixels to be left out, say ignore_class={label}"
    return " Name a label to be left out as ignore_class"
