"""Are these labels class ids? Asked wherever labels are still NumPy arrays: inside a compiled step nobody can look."""

import numpy as np

from course_lib._validate import plain_array, whole_number

SHOWN = 6  # different labels named in a message
LEAST_ROWS = 10  # below, a one in each row says nothing
LEAST_PAIRS = 50  # of (0, 1), (1, 0) and (0, 0) alone; in ids of two classes (1, 1) would be as likely as these


def label_array(name, value):
    """Return ``value`` as an array of whole numbers or bool, which class ids and labels are; refuse fractions."""
    array = plain_array(name, value)
    if array.dtype.kind not in "bui":
        raise TypeError(
            f"{name} must hold class ids or labels, whole numbers, got dtype {array.dtype}: take the argmax over "
            "classes, or compare with a threshold, first"
        )
    return array


def check_labels(labels, classes, ignore_class=None, name="labels", left_out=None):
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
    left_out : str, optional
        What to do with labels to be left out, where the caller has no ``ignore_class``.

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
        ids = ids[ids != whole_number("ignore_class", ignore_class)]
    if ids.size == 0:
        return
    whole = ids.dtype.kind != "f" or bool((ids == np.floor(ids)).all())  # not so for NaN
    if whole and ids.min() >= 0 and ids.max() < classes:
        return
    allowed = "" if ignore_class is None else f", or ignore_class, which is {ignore_class}"
    raise ValueError(
        f"{name} must hold class ids from 0 to {classes - 1}{allowed}, got {in_words(ids)}."
        + _advice(ids, classes, name, whole, left_out)
    )


def refuse_one_hot(advice, classes=None, *, sure=False, **arrays):
    """Refuse arrays that seem to be one-hot, all of them, where ids are meant.

    One-hot is an array with a single 1 in each row of its axis of classes. In ids that is chance, which ten rows in two
    arrays make rarer than one in a hundred thousand. The axis is the last one, (..., classes), or with at least three
    the one of channels first, (classes, H, W) or (N, classes, H, W). So that ids of a thin volume pass, an axis other
    than the last, and any one whose length says nothing because ``classes`` is not known, must be shorter than those
    of the image and hold more than one class.

    Where ``classes`` is known, rows of void, all 0, are one-hot as well: if they are less than half, and in one array
    only or in the same places of both. (Of two classes that takes 50 rows: two ids may be 1 and 1, one-hot rows never
    are.) Not told from ids are rows of void in an array alone, in different places of both, in most places, and in
    arrays (n, classes), without an image: thin or sparse masks look the same.

    Parameters
    ----------
    advice : str
        What to do, for the message; ``{axis}`` is replaced.
    classes : int, optional
    sure : bool
        Something else says that the last axis is that of classes: then void needs no other array.
    **arrays
        Of whole numbers, of one shape, by the names of the arguments.

    Raises
    ------
    ValueError
    """
    values = list(arrays.values())
    shape = values[0].shape
    if len(shape) < 2 or any(array.size == 0 or array.min() != 0 or array.max() != 1 for array in values):
        return
    last = len(shape) - 1
    for axis in {1: (1,), 2: (2, 0)}.get(last, (last, 1)):
        if shape[axis] == (classes or shape[axis]) and _seem_one_hot(values, axis, classes is not None, sure):
            place = "the last axis" if axis == last else f"axis {axis}"
            raise ValueError(
                f"{' and '.join(arrays)} must hold class ids, but the shape {shape} with a single 1 in each row of "
                f"{place} looks one-hot: {advice.format(axis=place)}"
            )


def _seem_one_hot(arrays, axis, known, sure):
    shape = arrays[0].shape
    classes, last = shape[axis], len(shape) - 1
    if classes < 2 or arrays[0].size < LEAST_ROWS * classes:
        return False
    rows = [array.sum(axis=axis, dtype=np.int64) for array in arrays]
    if any(row.max() > 1 for row in rows):
        return False
    whole = [bool(row.all()) for row in rows]
    mostly = all(row.mean() > 0.5 for row in rows)
    if axis == last and ((known and all(whole)) or (sure and mostly)):
        return True
    image = [n for i, n in enumerate(shape) if i != axis and (last < 3 or i > 0)]
    others = tuple(i for i in range(len(shape)) if i != axis)
    if last < 2 or classes >= min(image) or not any(array.any(axis=others).sum() > 1 for array in arrays):
        return False
    enough = classes > 2 or rows[0].size >= LEAST_PAIRS
    alike = enough and len(rows) > 1 and all(np.array_equal(row, rows[0]) for row in rows)
    return all(whole) or (known and (any(whole) or alike) and mostly)


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


def _advice(ids, classes, name, whole, left_out):
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
        return f" If {label} marks pixels to be left out, {left_out or f'say ignore_class={label}'}"
    if left_out:
        return f" If some mark pixels to be left out, {left_out}"
    return " Name a label to be left out as ignore_class"
