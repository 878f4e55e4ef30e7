"""Exercises of chapter 15, Applications."""

import collections
import itertools
import math
import os
import re

import numpy as np

from course_lib.teaching.engine import ChoiceExercise, FunctionExercise, ValueExercise, Wrong

# --- 15.1 -------------------------------------------------------------------------------------------------------------

STORED = (np.array([[1, 3, 2]]), (2, 1), 3)
BYTES = (np.array([[0, 255, 128]], np.uint8), (0, 255), 128)


def _masks(rng):
    yield STORED
    yield BYTES
    yield np.array([[0, 1], [1, 0]]), (1, 0), None
    yield np.array([[1, 2, 0]]), (1, 2, 0), None
    yield np.array([[-1, 0, 1], [1, 1, -1]], np.int8), (0, 1), -1  # 255 does not fit into its type
    yield np.array([[0], [1000], [65535], [1000]], np.uint16), (0, 1000), 65535
    for shape, values, void in (
        ((3, 4), (3, 1, 2), 0),
        ((2, 5), (0, 255), None),
        ((4, 3), (40, 10, 30, 20), 255),
        ((5, 4), (7,), 1),  # one class
        ((3, 7), (2, 0), 1),
        ((4, 6), (255, 0, 128), 64),
    ):
        yield rng.permuted(np.resize([*values, *[void] * (void is not None)], shape)), values, void


def _id_of_each(stored, values, void):
    ids = np.empty(stored.shape, np.uint8)
    for place in np.ndindex(stored.shape):
        ids[place] = 255 if void is not None and stored[place] == void else values.index(stored[place])
    return ids


class_ids = FunctionExercise(
    "15.1",
    "From stored numbers to classes",
    cases=_masks,
    oracle=_id_of_each,
    solution="""
    import numpy as np

    def class_ids(stored, values, void):
        ids = np.full(stored.shape, 255, np.uint8)
        for k, value in enumerate(values):
            ids[stored == value] = k
        return ids
    """,
    example=STORED,
    example_words="For `stored = [[1, 3, 2]]`, `values = (2, 1)`, `void = 3` you return ",
    hints=(
        "Which pixels of the result become 0? Those where `stored` equals `values[0]`.",
        "Write into a new array, so that what you have written is not taken for a stored number in the next step.",
        "Begin with `np.full(stored.shape, 255, np.uint8)`; then `ids[stored == value] = k` for each k and value of "
        "`enumerate(values)`.",
    ),
    fixed=("stored.ndim", "stored.dtype"),
)


def _with_void(stored, void, ids, number=255):
    return ids if void is None else np.where(stored == void, number, ids)


@class_ids.mistake("one taken off")
def _(stored, values, void):
    """you only take 1 off. {example}`[[0, 2, 1]]`, expected `[[1, 255, 0]]`. That is right where class k is stored as k
    + 1, and nowhere else: ask `values`, section 1."""
    return stored - 1


@class_ids.mistake("everything above 0", example=(np.array([[0, 2, 1]]), (2, 0), 1))
def _(stored, values, void):
    """you take everything above 0 for class 1. For `stored = [[0, 2, 1]]`, `values = (2, 0)`, `void = 1` you return
    `[[False, True, True]]`, expected `[[1, 0, 255]]`. Which number means which class stands in `values`: section 1."""
    return stored > 0


@class_ids.mistake("divided by 255", example=BYTES)
def _(stored, values, void):
    """you divide by 255, whatever `values` says. For `stored = [[0, 255, 128]]`, `values = (0, 255)`, `void = 128` you
    return `[[0, 1, 0]]`, expected `[[0, 1, 255]]`: what nobody judged has become background. See section 1."""
    return stored // 255


@class_ids.mistake("divided by 255, with fractions", example=BYTES)
def _(stored, values, void):
    """you divide by 255, as one does with an *image*. For `stored = [[0, 255, 128]]`, `values = (0, 255)`, `void = 128`
    you return `[[0, 1, 0.502]]`, expected `[[0, 1, 255]]`. Class ids are names, not amounts: section 1."""
    return stored / 255


@class_ids.mistake("255 is the foreground", example=BYTES)
def _(stored, values, void):
    """you look for 255, whatever `values` says. For `stored = [[0, 255, 128]]`, `values = (0, 255)`, `void = 128` you
    return `[[False, True, False]]`, expected `[[0, 1, 255]]`: see section 1."""
    return stored == 255


@class_ids.mistake("looked up the other way round", example=(np.array([[1, 2, 0]]), (1, 2, 0), None))
def _(stored, values, void):
    """you look up `values[stored]`, **the other way round**: that turns ids into stored numbers. For `stored = [[1, 2,
    0]]`, `values = (1, 2, 0)`, `void = None` you return `[[2, 0, 1]]`, expected `[[0, 1, 2]]`. Asked is the *place* of
    a number in `values`: section 1."""
    return _with_void(stored, void, np.array(values)[stored])


@class_ids.mistake("one after the other", example=(np.array([[0, 1]]), (1, 0), None))
def _(stored, values, void):
    """you replace **one after the other in the same array**. For `stored = [[0, 1]]`, `values = (1, 0)`, `void = None`
    you return `[[1, 1]]`: what you have just written is taken for a stored number and replaced again. Compare with
    `stored`, write into a new array: section 1."""
    ids = stored.copy()
    for k, value in enumerate(values):
        ids[ids == value] = k
    ids[stored == void] = 255
    return ids


@class_ids.mistake("one after the other, void last", example=(np.array([[1, 0, 2]]), (1, 2), 0))
def _(stored, values, void):
    """you replace **one after the other in the same array**. For `stored = [[1, 0, 2]]`, `values = (1, 2)`, `void = 0`
    you return `[[255, 255, 1]]`, expected `[[0, 255, 1]]`: class 0, just written, is taken for void. Compare with
    `stored`, write into a new array: section 1."""
    ids = stored.copy()
    for k, value in enumerate(values):
        ids[ids == value] = k
    if void is not None:
        ids[ids == void] = 255
    return ids


@class_ids.mistake("void first, then replaced again", example=BYTES)
def _(stored, values, void):
    """you write 255 for void first, and then replace **in the same array**. For `stored = [[0, 255, 128]]`, `values =
    (0, 255)`, `void = 128` you return `[[0, 1, 1]]`: void has become class 1, which is stored as 255. Compare with
    `stored`, write into a new array: section 1."""
    ids = stored.astype(int)
    ids[stored == void] = 255
    for k, value in enumerate(values):
        ids[ids == value] = k
    return ids


@class_ids.mistake("void is background")
def _(stored, values, void):
    """void has become class 0. {example}`[[1, 0, 0]]`, expected `[[1, 255, 0]]`. Nobody judged these pixels; as class 0
    they count as errors of whoever finds something there. They become 255: section 1."""
    return _with_void(stored, void, _id_of_each(stored, values, void), 0)


@class_ids.mistake("void is one more class")
def _(stored, values, void):
    """you make a class of its own for void. {example}`[[1, 2, 0]]`, expected `[[1, 255, 0]]`. A network would then
    learn where people were not sure. Void is 255, which the loss leaves out: section 1."""
    return _with_void(stored, void, _id_of_each(stored, values, void), len(values))


@class_ids.mistake("void is -1")
def _(stored, values, void):
    """void has become -1. {example}`[[1, -1, 0]]`, expected `[[1, 255, 0]]`. Some libraries mark it so; `uint8` has no
    -1, and in this course it is 255: section 1."""
    return _with_void(stored, void, _id_of_each(stored, values, void).astype(int), -1)


@class_ids.mistake("void looked up, too")
def _(stored, values, void):
    """you look for void among the `values`, and it is not there. For `stored = [[1, 3, 2]]`, `values = (2, 1)`, `void =
    3` your code stops with `ValueError`. Void is no class: it becomes 255, before or after the classes, section 1."""
    return [[values.index(v) for v in row] for row in stored]


@class_ids.mistake("void kept as it is", example=(np.array([[4, 9, 6]]), (6, 4), 9))
def _(stored, values, void):
    """void is still stored as it was. For `stored = [[4, 9, 6]]`, `values = (6, 4)`, `void = 9` you return `[[1, 9,
    0]]`, expected `[[1, 255, 0]]`. Pixels that hold `void` become 255: section 1."""
    return _with_void(stored, void, _id_of_each(stored, values, void), void)


@class_ids.mistake("the order of the list ignored")
def _(stored, values, void):
    """you number the classes by the **size** of the stored numbers. {example}`[[0, 255, 1]]`, expected `[[1, 255, 0]]`.
    Class 0 is what is stored as `values[0]`, large or small: section 1."""
    return _with_void(stored, void, np.searchsorted(sorted(values), stored))


@class_ids.mistake("ranks of what is there", example=(np.array([[5, 9], [7, 5]]), (5, 9), 7))
def _(stored, values, void):
    """you number what occurs in this mask, as `np.unique(..., return_inverse=True)` does. For `stored = [[5, 9], [7,
    5]]`, `values = (5, 9)`, `void = 7` you return `[[0, 2], [1, 0]]`, expected `[[0, 1], [255, 0]]`. Void gets a class,
    and the same number means another class in each mask. Which is which stands in `values`: section 1."""
    return np.unique(stored, return_inverse=True)[1].reshape(stored.shape)


@class_ids.mistake("numbers as they are stored")
def _(stored, values, void):
    """void is 255, and the others are still numbers as they were stored. {example}`[[1, 255, 2]]`, expected `[[1, 255,
    0]]`. What is stored as `values[k]` becomes k: section 1."""
    return _with_void(stored, void, stored)


@class_ids.mistake("counted from 1")
def _(stored, values, void):
    """you count the classes from 1. {example}`[[2, 255, 1]]`, expected `[[1, 255, 0]]`. The first is class 0, as
    everywhere in Python: section 1."""
    return _with_void(stored, void, _id_of_each(stored, values, void) + 1)


@class_ids.mistake("void None is everything", example=(np.array([[2, 1]]), (2, 1), None))
def _(stored, values, void):
    """where `void` is None, everything becomes 255. For `stored = [[2, 1]]`, `values = (2, 1)`, `void = None` you
    return `[[255, 255]]`. In NumPy `table[None] = 255` writes everywhere, since `None` there makes a new axis. Ask
    `void is not None` first: section 1."""
    return np.full(stored.shape, 255) if void is None else _id_of_each(stored, values, void)


@class_ids.mistake("a table of 256 numbers", example=(np.array([[0, 1000]]), (0, 1000), None))
def _(stored, values, void):
    """your table has 256 entries. For `stored = [[0, 1000]]`, `values = (0, 1000)`, `void = None` your code stops with
    `IndexError`. Masks are stored with 16 bits, too, and with -1. Compare with each of the `values` instead: section
    1."""
    table = np.zeros(256, int)
    for k, value in enumerate(values):
        table[value] = k
    if void is not None:
        table[void] = 255
    return table[stored]


@class_ids.mistake("255 in the type of the mask", example=(np.array([[-1, 0, 1]], np.int8), (0, 1), -1))
def _(stored, values, void):
    """your result has the **type of the mask**, and 255 does not fit into each. For `stored = [[-1, 0, 1]]` of type
    `int8`, `values = (0, 1)`, `void = -1` your code stops with `OverflowError`. Make the result with `np.uint8`:
    section 1."""
    ids = np.zeros_like(stored)
    for k, value in enumerate(values):
        ids[stored == value] = k
    if void is not None:
        ids[stored == void] = 255
    return ids


@class_ids.mistake("a mask for each class")
def _(stored, values, void):
    """you return one mask of True and False for each class (one-hot). {example}`[[[False, True], [False, False], [True,
    False]]]`, expected `[[1, 255, 0]]`. One number a pixel is asked for, shape (H, W): section 1."""
    return np.stack([stored == value for value in values], axis=-1)


@class_ids.mistake("a mask for each class, in front")
def _(stored, values, void):
    """you return one mask of True and False for each class (one-hot), one behind the other. {example}`[[[False, False,
    True]], [[True, False, False]]]`, expected `[[1, 255, 0]]`. One number a pixel is asked for, shape (H, W): section
    1."""
    return np.stack([stored == value for value in values])


@class_ids.mistake("is it a class")
def _(stored, values, void):
    """you say *whether* a pixel holds one of the `values`. {example}`[[True, False, True]]`, expected `[[1, 255, 0]]`.
    Asked is which: section 1."""
    return np.isin(stored, values)


@class_ids.mistake("the last class comes first", example=(np.array([[4, 6, 5, 6]]), (5, 4, 6), None))
def _(stored, values, void):
    """you count the classes from the end of `values`. For `stored = [[4, 6, 5, 6]]`, `values = (5, 4, 6)`, `void =
    None` you return `[[1, 0, 2, 0]]`, expected `[[1, 2, 0, 2]]`. Class 0 is stored as `values[0]`: section 1."""
    return _with_void(stored, void, len(values) - 1 - _id_of_each(stored, values, void).astype(int))


@class_ids.mistake("one taken off, void apart", example=(np.array([[4, 2, 3]]), (4, 2), 3))
def _(stored, values, void):
    """void is 255, and from the others you only take 1 off. For `stored = [[4, 2, 3]]`, `values = (4, 2)`, `void = 3`
    you return `[[3, 1, 255]]`, expected `[[0, 1, 255]]`. That is right where class k is stored as k + 1, and nowhere
    else: ask `values`, section 1."""
    return _with_void(stored, void, stored.astype(int) - 1)


@class_ids.mistake("everything above 0, void apart", example=(np.array([[5, 2, 1]]), (2, 5), 1))
def _(stored, values, void):
    """void is 255, and everything above 0 class 1. For `stored = [[5, 2, 1]]`, `values = (2, 5)`, `void = 1` you return
    `[[1, 1, 255]]`, expected `[[1, 0, 255]]`. Which number means which class stands in `values`: section 1."""
    return _with_void(stored, void, (stored > 0).astype(int))


@class_ids.mistake("returned from inside the loop", example=(np.array([[6, 8, 7]]), (6, 7, 8), None))
def _(stored, values, void):
    """only class 0 is found: your `return` stands **inside the loop**. For `stored = [[6, 8, 7]]`, `values = (6, 7,
    8)`, `void = None` you return `[[0, 255, 255]]`, expected `[[0, 2, 1]]`. Move it to the left, section 1."""
    return np.where(stored == values[0], 0, 255)


@class_ids.mistake("the mask made uint8 first", example=(np.array([[1000, 0]]), (0, 1000), None))
def _(stored, values, void):
    """you turn the mask into `uint8` **before** you look, and 1000 becomes 1000 - 3 · 256. For `stored = [[1000, 0]]`,
    `values = (0, 1000)`, `void = None` you return `[[255, 0]]`, expected `[[1, 0]]`. Only the *result* has to be
    `uint8`: section 1."""
    small = stored.astype(np.uint8)
    ids = np.full(stored.shape, 255)
    for k, value in enumerate(values):
        ids[small == value] = k
    return ids


@class_ids.mistake(
    "the mask made uint8 first, 0 where nothing is found", example=(np.array([[0, 300]]), (0, 300), None)
)
def _(stored, values, void):
    """you turn the mask into `uint8` **before** you look, and 300 becomes 300 - 256. For `stored = [[0, 300]]`, `values
    = (0, 300)`, `void = None` you return `[[0, 0]]`, expected `[[0, 1]]`. Only the *result* has to be `uint8`: section
    1."""
    small = stored.astype(np.uint8)
    ids = np.zeros(stored.shape, int)
    for k, value in enumerate(values):
        ids[small == value] = k
    return _with_void(small, void, ids)


@class_ids.mistake("a dictionary the wrong way round")
def _(stored, values, void):
    """your dictionary leads from k to the stored number, **the wrong way round**. {example}`[[1, 255, 255]]`, expected
    `[[1, 255, 0]]`. From the stored number to k: `{value: k for k, value in enumerate(values)}`, section 1."""
    back = dict(enumerate(values))
    return [[back.get(v, 255) for v in row] for row in stored.tolist()]


@class_ids.mistake("searched in what is not sorted", example=(np.array([[0, 1]]), (1, 0), None))
def _(stored, values, void):
    """`np.searchsorted` and `np.digitize` need a **sorted** list. For `stored = [[0, 1]]`, `values = (1, 0)`, `void =
    None` you return `[[0, 2]]`, expected `[[1, 0]]`. Compare with each of the `values`: section 1."""
    return _with_void(stored, void, np.searchsorted(values, stored))


@class_ids.mistake("void 0 forgotten", example=(np.array([[1, 0, 2]]), (1, 2), 0))
def _(stored, values, void):
    """`if void:` is not taken where void is **0**. For `stored = [[1, 0, 2]]`, `values = (1, 2)`, `void = 0` you return
    `[[0, 0, 1]]`, expected `[[0, 255, 1]]`. Ask `if void is not None`: section 1."""
    ids = _id_of_each(stored, values, void)
    return ids if void else _with_void(stored, void, ids, 0)


@class_ids.mistake("a table as long as the largest number", example=(np.array([[-1, 1, 0]], np.int8), (0, 1), -1))
def _(stored, values, void):
    """your table counts from 0, and a **negative** number is looked up from its end. For `stored = [[-1, 1, 0]]` of
    type `int8`, `values = (0, 1)`, `void = -1` you return `[[1, 1, 0]]`, expected `[[255, 1, 0]]`. Compare with each of
    the `values` instead: section 1."""
    table = np.full(int(stored.max()) + 1, 255)
    for k, value in enumerate(values):
        table[value] = k
    return table[stored]


@class_ids.mistake("void one less")
def _(stored, values, void):
    """void is 254: you count classes from 1, and take 1 off at the end, from **void** as well. {example}`[[1, 254,
    0]]`, expected `[[1, 255, 0]]`. Write 255 last, or count from 0: section 1."""
    return _with_void(stored, void, _id_of_each(stored, values, void), 254)


@class_ids.mistake("two classes only", example=(np.array([[8, 7, 6, 6]]), (6, 7, 8), None))
def _(stored, values, void):
    """you write down **two** classes. For `stored = [[8, 7, 6, 6]]`, `values = (6, 7, 8)`, `void = None` you return
    `[[255, 1, 0, 0]]`, expected `[[2, 1, 0, 0]]`. There may be one class, or twenty: loop over `enumerate(values)`,
    section 1."""
    return np.where(stored == values[0], 0, np.where(stored == values[1], 1, 255))


@class_ids.mistake("the second class or not", example=(np.array([[5, 6, 4, 4]]), (4, 5, 6), None))
def _(stored, values, void):
    """you ask only whether a pixel is of class 1; **everything else** is 0. For `stored = [[5, 6, 4, 4]]`, `values =
    (4, 5, 6)`, `void = None` you return `[[1, 0, 0, 0]]`, expected `[[1, 2, 0, 0]]`. There may be one class, or twenty:
    loop over `enumerate(values)`, section 1."""
    return _with_void(stored, void, (stored == values[1]).astype(int))


@class_ids.mistake("loop the wrong way round", example=(np.array([[2, 1, 0, 0]]), (1, 2, 0), None))
def _(stored, values, void):
    """you look for pixels that hold k and write `values[k]`, **the wrong way round**. For `stored = [[2, 1, 0, 0]]`,
    `values = (1, 2, 0)`, `void = None` you return `[[0, 2, 1, 1]]`, expected `[[1, 0, 2, 2]]`. Look for `values[k]`,
    write k: section 1."""
    ids = np.zeros(stored.shape, int)
    for k, value in enumerate(values):
        ids[stored == k] = value
    return _with_void(stored, void, ids)


@class_ids.mistake("counted from 1, void 0", example=(np.array([[9, 5, 7]]), (5, 9), 7))
def _(stored, values, void):
    """you count the classes from 1, and void has become 0. For `stored = [[9, 5, 7]]`, `values = (5, 9)`, `void = 7`
    you return `[[2, 1, 0]]`, expected `[[1, 0, 255]]`. The first is class 0, and void 255: section 1."""
    return _with_void(stored, void, _id_of_each(stored, values, void).astype(int) + 1, 0)


@class_ids.mistake("the least taken off, void apart", example=(np.array([[9, 3, 5]]), (9, 3), 5))
def _(stored, values, void):
    """void is 255, and from the others you take the **least** of `values` off. For `stored = [[9, 3, 5]]`, `values =
    (9, 3)`, `void = 5` you return `[[6, 0, 255]]`, expected `[[0, 1, 255]]`. Class 0 is stored as `values[0]`, class 1
    as `values[1]`, however far apart: section 1."""
    return _with_void(stored, void, stored.astype(int) - min(values))


@class_ids.mistake("class 0 or not", example=(np.array([[8, 6, 7, 7]]), (6, 7, 8), None))
def _(stored, values, void):
    """you ask only whether a pixel is of class 0. For `stored = [[8, 6, 7, 7]]`, `values = (6, 7, 8)`, `void = None`
    you return `[[1, 0, 1, 1]]`, expected `[[2, 0, 1, 1]]`. There may be one class, or twenty: loop over
    `enumerate(values)`, section 1."""
    return _with_void(stored, void, (stored != values[0]).astype(int))


@class_ids.mistake("class 0 forgotten", example=(np.array([[8, 6, 7, 7]]), (6, 7, 8), None))
def _(stored, values, void):
    """class 0 is not found. For `stored = [[8, 6, 7, 7]]`, `values = (6, 7, 8)`, `void = None` you return `[[2, 255, 1,
    1]]`, expected `[[2, 0, 1, 1]]`. What is stored as `values[0]` becomes 0, and is no void: begin with the first,
    `enumerate(values)`, section 1."""
    return np.where(stored == values[0], 255, _id_of_each(stored, values, void))


@class_ids.mistake("divided by 255, void apart", example=(np.array([[0, 1, 2]]), (1, 0), 2))
def _(stored, values, void):
    """void is 255, and the others you divide by 255, whatever `values` says. For `stored = [[0, 1, 2]]`, `values = (1,
    0)`, `void = 2` you return `[[0, 0, 255]]`, expected `[[1, 0, 255]]`: see section 1."""
    return _with_void(stored, void, stored.astype(int) // 255)


# --- 15.2 -------------------------------------------------------------------------------------------------------------

WELLS = (["a", "a", "b", "b", "b", "c"], 2)


def _wells(rng):
    yield WELLS
    yield ["w2", "w10", "w10", "w2"], 1
    yield ["a", "b", "a", "c"], 2
    yield ["day"], 1  # one image
    yield (7, 7, 3, 12, 3, 7), 1
    yield (5, 30, 4, 4, 30, 9, 5), 3
    yield ["p3", "p1", "p2", "p1", "p3", "p10"], 2
    for names, count, n in (
        ("xyzuv", 12, 2),
        ("qab", 9, 3),
        ("dcab", 10, 1),
        ("fgeh", 11, 2),
        ("zkbma", 17, 3),
    ):  # all groups held out in the second
        yield [str(name) for name in rng.permuted(np.resize(list(names), count))], n
    yield tuple(int(i) for i in rng.permuted(np.resize([21, 2, 100, 1, 16], 14))), 3


def _seen_last(groups, n):
    """Group by group from the back of those seen, without the dictionary of the solution."""
    seen = []
    for group in groups:
        if group not in seen:
            seen.append(group)
    return np.array([len(seen) - seen.index(group) <= n for group in groups])


def _of_these(groups, held):
    return np.array([group in held for group in groups])


def _in_order(groups):
    return list(dict.fromkeys(groups))


held_out = FunctionExercise(
    "15.2",
    "Hold out whole groups",
    cases=_wells,
    oracle=_seen_last,
    solution="""
    import numpy as np

    def held_out(groups, n):
        held = list(dict.fromkeys(groups))[-n:]
        return np.array([group in held for group in groups])
    """,
    example=WELLS,
    example_words='For `groups = ["a", "a", "b", "b", "b", "c"]`, `n = 2` you return ',
    hints=(
        "Two steps: which groups are held out? Then, for each image: is its group one of them?",
        "`list(dict.fromkeys(groups))` holds each group once, in the order in which they come first.",
        "held = list(dict.fromkeys(groups))[-n:], then np.array([group in held for group in groups]).",
    ),
)


@held_out.mistake("the last images")
def _(groups, n):
    """you hold out the last n **images**. {example}`[False, False, False, False, True, True]`, expected `[False, False,
    True, True, True, True]`: one `b` is judged, and two of its neighbours were learned from. Count groups: section
    2."""
    return np.arange(len(groups)) >= len(groups) - n


@held_out.mistake("the first groups")
def _(groups, n):
    """you hold out the **first** n groups. {example}`[True, True, True, True, True, False]`, expected `[False, False,
    True, True, True, True]`. The last n are asked for: section 2."""
    return _of_these(groups, _in_order(groups)[:n])


@held_out.mistake("True for training")
def _(groups, n):
    """True and False are exchanged: you mark what is *left for training*. {example}`[True, True, False, False, False,
    False]`, expected `[False, False, True, True, True, True]`. True is what is held out: section 2."""
    return ~_seen_last(groups, n)


@held_out.mistake("sorted", example=(["w2", "w10", "w10", "w2"], 1))
def _(groups, n):
    """you **sort** the groups first, as `np.unique` and `sorted` do. For `groups = ["w2", "w10", "w10", "w2"]`, `n = 1`
    you return `[True, False, False, True]`, expected `[False, True, True, False]`: as text "w10" comes before "w2".
    Keep the order in which they come first, section 2."""
    return _of_these(groups, sorted(set(groups))[-n:])


@held_out.mistake("in natural order", example=(["w3", "w1", "w1"], 1))
def _(groups, n):
    """you sort the groups by the numbers in their names. For `groups = ["w3", "w1", "w1"]`, `n = 1` you return `[True,
    False, False]`, expected `[False, True, True]`. That is good for *file names*; here the order in which groups come
    first counts, section 2."""
    return _of_these(groups, sorted(set(groups), key=lambda g: (int(re.sub(r"\D", "", str(g)) or 0), str(g)))[-n:])


@held_out.mistake("one group only")
def _(groups, n):
    """you hold out **one** group, the n-th from the end. {example}`[False, False, True, True, True, False]`, expected
    `[False, False, True, True, True, True]`. That one and all that come after it: `[-n:]`, section 2."""
    return _of_these(groups, [_in_order(groups)[-n]])


@held_out.mistake("the very last group only", example=(["a", "b", "c"], 2))
def _(groups, n):
    """you hold out the last group only, whatever n is. For `groups = ["a", "b", "c"]`, `n = 2` you return `[False,
    False, True]`, expected `[False, True, True]`: the last n of them, section 2."""
    return _of_these(groups, _in_order(groups)[-1:])


@held_out.mistake("the order of their last images", example=(["a", "b", "a"], 1))
def _(groups, n):
    """you order the groups by where they come **last**. For `groups = ["a", "b", "a"]`, `n = 1` you return `[True,
    False, True]`, expected `[False, True, False]`. Where they come first counts, section 2."""
    return _of_these(groups, list(dict.fromkeys(reversed(groups)))[:n])


@held_out.mistake("runs for groups", example=(["a", "b", "a", "a"], 1))
def _(groups, n):
    """you hold out the last n **runs** of equal names. For `groups = ["a", "b", "a", "a"]`, `n = 1` you return `[False,
    False, True, True]`, expected `[False, True, False, False]`: images of one group stand anywhere in the list, and now
    `a` is on both sides. See section 2."""
    run = np.cumsum([0] + [a != b for a, b in itertools.pairwise(groups)])
    return run > run[-1] - n


@held_out.mistake("positions")
def _(groups, n):
    """those are the **positions** of the images. {example}`[2, 3, 4, 5]`, expected `[False, False, True, True, True,
    True]`: True or False for each image, section 2."""
    return np.flatnonzero(_seen_last(groups, n))


@held_out.mistake("the groups themselves")
def _(groups, n):
    """those are the groups that are held out. {example}`['b', 'c']`, expected `[False, False, True, True, True, True]`.
    Now ask of each *image* whether its group is one of them: section 2."""
    return [str(group) for group in _in_order(groups)[-n:]]


@held_out.mistake("groups of the last images", example=(["a", "b", "b", "b"], 2))
def _(groups, n):
    """you take the groups of the last n **images**. For `groups = ["a", "b", "b", "b"]`, `n = 2` you return `[False,
    True, True, True]`, expected `[True, True, True, True]`: these two images are of one group. n *different* groups,
    section 2."""
    return _of_these(groups, groups[-n:])


@held_out.mistake("the smallest groups", example=(["a", "b", "b", "b"], 1))
def _(groups, n):
    """you order the groups by how many images they have, as `most_common` does. For `groups = ["a", "b", "b", "b"]`, `n
    = 1` you return `[True, False, False, False]`, expected `[False, True, True, True]`. Where they come first counts,
    section 2."""
    return _of_these(groups, [group for group, _ in collections.Counter(groups).most_common()][-n:])


@held_out.mistake("the largest groups", example=(["a", "b", "b", "b", "c"], 1))
def _(groups, n):
    """you hold out the groups with the **most** images. For `groups = ["a", "b", "b", "b", "c"]`, `n = 1` you return
    `[False, True, True, True, False]`, expected `[False, False, False, False, True]`. Where they come first counts,
    section 2."""
    return _of_these(groups, [group for group, _ in collections.Counter(groups).most_common()][:n])


@held_out.mistake("from there on", example=(["a", "b", "a", "a", "c"], 2))
def _(groups, n):
    """you hold out **everything from the place on** where the first of these groups begins. For `groups = ["a", "b",
    "a", "a", "c"]`, `n = 2` you return `[False, True, True, True, True]`, expected `[False, True, False, False, True]`:
    images of `a` stand behind, and `a` is now on both sides. See section 2."""
    return np.arange(len(groups)) >= list(groups).index(_in_order(groups)[-n])


@held_out.mistake("one image of each group")
def _(groups, n):
    """you mark the **first image** of each group only. {example}`[False, False, True, False, False, True]`, expected
    `[False, False, True, True, True, True]`. All images of these groups, or the others are learned from: section 2."""
    places = [list(groups).index(group) for group in _in_order(groups)[-n:]]
    return np.isin(np.arange(len(groups)), places)


@held_out.mistake("a set has no order", example=((5, 30, 4, 4, 30, 9, 5), 3))
def _(groups, n):
    """a `set` has no order, so its last n are any n. For `groups = (5, 30, 4, 4, 30, 9, 5)`, `n = 3` you return `[True,
    True, True, True, True, False, True]`, expected `[False, True, True, True, True, True, False]`; with names it may
    change each time that Python starts. `dict.fromkeys` keeps the order in which they come first, section 2."""
    return _of_these(groups, list(set(groups))[-n:])


@held_out.mistake("1 for each group")
def _(groups, n):
    """you answer for each **group**. {example}`[False, True, True]`, expected `[False, False, True, True, True, True]`:
    for each image, section 2."""
    order = _in_order(groups)
    return np.arange(len(order)) >= len(order) - n


@held_out.mistake("all but the first n groups")
def _(groups, n):
    """you hold out all groups **but the first n**: `[n:]`. {example}`[False, False, False, False, False, True]`,
    expected `[False, False, True, True, True, True]`. The last n are `[-n:]`, section 2."""
    return _of_these(groups, _in_order(groups)[n:])


@held_out.mistake("a number for each group")
def _(groups, n):
    """you give each image the **number** of its group. {example}`[0, 0, 1, 1, 1, 2]`, expected `[False, False, True,
    True, True, True]`. Is that number among the last n? Section 2."""
    return [_in_order(groups).index(group) for group in groups]


@held_out.mistake("names of the images held out")
def _(groups, n):
    """you return the names that are held out, one for each of their images. {example}`['b', 'b', 'b', 'c']`, expected
    `[False, False, True, True, True, True]`: True or False for **every** image, section 2."""
    held = _in_order(groups)[-n:]
    return [str(group) for group in groups if group in held]


@held_out.mistake("images counted with groups")
def _(groups, n):
    """you compare the number of an **image** with a number of groups. {example}`[False, True, True, True, True, True]`,
    expected `[False, False, True, True, True, True]`. Which *group* does each image belong to? Section 2."""
    return np.arange(len(groups)) >= len(set(groups)) - n


@held_out.mistake("groups of at most n images")
def _(groups, n):
    """you hold out the groups that have at most n **images**. {example}`[True, True, False, False, False, True]`,
    expected `[False, False, True, True, True, True]`. n counts groups, the last that come: section 2."""
    return [list(groups).count(group) <= n for group in groups]


@held_out.mistake("groups that begin among the last images", example=(["a", "b", "b", "c"], 2))
def _(groups, n):
    """you hold out the groups whose first image is among the last n **images**. For `groups = ["a", "b", "b", "c"]`, `n
    = 2` you return `[False, False, False, True]`, expected `[False, True, True, True]`. n counts groups: section 2."""
    return [list(groups).index(group) >= len(groups) - n for group in groups]


@held_out.mistake("the very last group left out", example=(["a", "b"], 1))
def _(groups, n):
    """`[-n:-1]` leaves the **last** group out. For `groups = ["a", "b"]`, `n = 1` you return `[False, False]`, expected
    `[False, True]`. A slice to the end has nothing behind its colon, `[-n:]`: section 2."""
    return _of_these(groups, _in_order(groups)[-n:-1])


@held_out.mistake("one group too many", example=(["a", "a", "b", "c", "c", "c"], 1))
def _(groups, n):
    """you hold out **one group more** than asked for. For `groups = ["a", "a", "b", "c", "c", "c"]`, `n = 1` you return
    `[False, False, True, True, True, True]`, expected `[False, False, False, True, True, True]`. The last n are
    `[-n:]`: section 2."""
    return _of_these(groups, _in_order(groups)[-n - 1 :])


@held_out.mistake("one group too few", example=(["a", "b", "c", "c", "d"], 2))
def _(groups, n):
    """you hold out **one group less** than asked for. For `groups = ["a", "b", "c", "c", "d"]`, `n = 2` you return
    `[False, False, False, False, True]`, expected `[False, False, True, True, True]`. The last n are `[-n:]`, those
    whose number is at least len - n: section 2."""
    order = _in_order(groups)
    return [order.index(group) > len(order) - n for group in groups]


@held_out.mistake("a share of the images", example=(["a", "b", "b", "b", "b"], 1))
def _(groups, n):
    """you hold out as large a **share of the images**. For `groups = ["a", "b", "b", "b", "b"]`, `n = 1` you return
    `[False, False, False, True, True]`, expected `[False, True, True, True, True]`. Groups differ in size; whole groups
    are held out, section 2."""
    count = int(len(groups) * n / len(set(groups)))
    return np.arange(len(groups)) >= len(groups) - count


@held_out.mistake("the last n of each group", example=(["a", "b", "b", "b", "c", "c"], 2))
def _(groups, n):
    """you hold out the last n images of **each group**. For `groups = ["a", "b", "b", "b", "c", "c"]`, `n = 2` you
    return `[True, False, True, True, True, True]`, expected `[False, True, True, True, True, True]`: one `b` is learned
    from, and two of its neighbours are judged. Whole groups, the last n: section 2."""
    return [list(groups[i:]).count(group) <= n for i, group in enumerate(groups)]


@held_out.mistake("the first n of each group", example=(["a", "b", "b", "b", "c"], 2))
def _(groups, n):
    """you hold out the first n images of **each group**. For `groups = ["a", "b", "b", "b", "c"]`, `n = 2` you return
    `[True, True, True, False, True]`, expected `[False, True, True, True, True]`: one `b` is learned from, and two of
    its neighbours are judged. Whole groups, the last n: section 2."""
    return [list(groups[: i + 1]).count(group) <= n for i, group in enumerate(groups)]


@held_out.mistake("positions of the training images")
def _(groups, n):
    """those are the **positions** of the images left for training. {example}`[0, 1]`, expected `[False, False, True,
    True, True, True]`: True for each image that is held out, False for the others, section 2."""
    return np.flatnonzero(~_seen_last(groups, n))


# --- 15.3 -------------------------------------------------------------------------------------------------------------

passes = ValueExercise(
    "15.3",
    "What ten minutes are worth",
    answer=lambda: 600 / 0.12 * 8 * 64**2 / (40 * 256**2),
    solution="""
    steps = 10 * 60 / 0.12
    seen = steps * 8 * 64 * 64
    there = 40 * 256 * 256
    answer = seen / there
    """,
    unit="times",
    rtol=1e-2,
    hints=(
        "How many steps fit into ten minutes? Count in seconds.",
        "How many pixels go through the network in all these steps? How many pixels do the images have together?",
        "5,000 steps of 8 · 64 · 64 pixels, over 40 · 256 · 256.",
    ),
)


@passes.mistake("sides for areas")
def _():
    """`250`: you compare the *sides*, 64 with 256. A crop holds 64 · 64 of the 256 · 256 pixels, a sixteenth of an
    image and not a quarter: section 5."""
    return 250


@passes.mistake("the batch forgotten")
def _():
    """`7.812` counts one crop a step. Each step sees 8 of them at once, and takes 0.12 s for all 8: section 5."""
    return 7.8125


@passes.mistake("crops for images")
def _():
    """`1000` counts a crop as a whole image. It shows a sixteenth of one: section 5."""
    return 1000


@passes.mistake("ten seconds")
def _():
    """`1.042` is what *ten seconds* give. Ten minutes are 600 s: section 5."""
    return 10 / 0.12 * 8 / (40 * 16)


@passes.mistake("the number of steps")
def _():
    """`5000` is the number of steps. Each sees 8 crops, and the crops have to cover 40 images: section 5."""
    return 5000


@passes.mistake("upside down")
def _():
    """`0.016` is upside down: pixels there are, over pixels seen. Seen over there: section 5."""
    return 0.016


@passes.mistake("one image only")
def _():
    """`2500` is right for *one* image. There are 40 to share the crops: section 5."""
    return 2500


@passes.mistake("the number of crops")
def _():
    """`40000` is the number of crops that are seen. How many pixels is that, and over how many pixels in all? See
    section 5."""
    return 40000


@passes.mistake("seconds multiplied")
def _():
    """`0.9`: you multiplied 600 s with 0.12 s. How often does a step *fit into* the time? Divide: section 5."""
    return 0.9


@passes.mistake("steps for each image")
def _():
    """`125` are the steps for each image. A step sees 8 crops, and each shows a sixteenth of an image: section 5."""
    return 125


@passes.mistake("pixels seen")
def _():
    """`163840000` pixels are seen in all. Over how many, that are there? See section 5."""
    return 5000 * 8 * 64**2


@passes.mistake("batch and images forgotten")
def _():
    """`312.5` is for one crop a step and one image. There are 8 crops and 40 images: section 5."""
    return 312.5


@passes.mistake("sides for areas, one crop")
def _():
    """`31.25` compares *sides*, and counts one crop a step. A crop is a sixteenth of an image, and there are 8 in each
    step: section 5."""
    return 31.25


@passes.mistake("a side for an area, or areas upside down")
def _():
    """`16000`: either the areas are upside down, and a crop is 1/16 of an image and not 16; or the *side* of an image,
    256, stands where its pixels are meant, 256 · 256. See section 5."""
    return 16000


@passes.mistake("sides for areas, one image")
def _():
    """`10000` compares *sides*, and shares the crops among one image. A crop is a sixteenth of an image, and there are
    40: section 5."""
    return 10000


@passes.mistake("a side for a crop, or 8 taken off twice")
def _():
    """`0.9766`: either the *side* of a crop, 64, stands where its pixels are meant, 64 · 64; or you took the 8 crops
    off twice, as time and as pixels. A step of 8 crops takes 0.12 s: section 5."""
    return 7.8125 / 8


@passes.mistake("one second")
def _():
    """`0.1042` is what one second gives. Ten minutes are 600 s: section 5."""
    return 62.5 / 600


@passes.mistake("one minute")
def _():
    """`6.25` is what *one* minute gives. There are ten: section 5."""
    return 6.25


@passes.mistake("an hour")
def _():
    """`375` is what an hour gives. Ten minutes are 600 s: section 5."""
    return 375


@passes.mistake("three colours")
def _():
    """`20.83` divides by three colours once. Crops and images have the same colours, so they do not matter: count
    pixels on both sides, section 5."""
    return 62.5 / 3


@passes.mistake("crops that cover all")
def _():
    """`640` crops cover all images once. How many are seen in ten minutes? See section 5."""
    return 640


@passes.mistake("steps that cover all")
def _():
    """`80` steps show as many pixels as there are, once. How often do they fit into ten minutes? See section 5."""
    return 80


@passes.mistake("steps a second")
def _():
    """`8.333` is the number of steps a *second*. How many pixels do ten minutes of them see, over all that there are?
    See section 5."""
    return 1 / 0.12


@passes.mistake("a crop's share of an image")
def _():
    """`0.0625` is the share of an image that one crop shows. How many crops are seen, of how many images? See section
    5."""
    return 0.0625


@passes.mistake("8 counted twice, or one minute of steps")
def _():
    """`500`: either the 8 crops are counted twice, or these are the steps of *one* minute. 5,000 steps of 8 crops, over
    40 images of 16 crops' size: section 5."""
    return 500


@passes.mistake("divided by the batch")
def _():
    """`15.62` divides by the batch, and leaves the areas out. A step sees 8 crops *more* than none; each shows a
    sixteenth of an image: section 5."""
    return 15.625


@passes.mistake("crops in an image")
def _():
    """`16` crops fill an image. How many are seen in ten minutes, and how many images are there? See section 5."""
    return 16


# --- 15.4 -------------------------------------------------------------------------------------------------------------

NAN = math.nan
DICE = (np.array([[0.6, 0.5, 0.9], [0.8, 0.6, 0.3]]), np.array([[0.4, 0.8, 0.5], [0.6, 0.5, 0.7]]))


# With two thresholds any rule is right half of the time, so most tables have more
_TABLES = [(3 + i % 5, 2 + i % 4, 6 + i % 7, 2 * (i % 3)) for i in range(14)]


def _dice_tables(rng):
    yield DICE
    yield (np.array([[0.2, 0.5, 0.3], [0.6, 0.4, 0.1], [0.9, 0.4, 0.3]]), np.array([[0.4, 0.8, 0.77]]))
    yield (np.array([[0.5, 0.7], [NAN, 0.6]]), np.array([[0.45, 0.85]]))
    yield (np.array([[0.5, 0.7]]), np.array([[0.43, 0.83], [0.63, NAN]]))
    yield (np.array([[0.6, 0.5], [NAN, 0.5]]), np.array([[0.46, 0.86]]))
    yield (np.array([[0.5, 0.6]]), np.array([[0.9, 0.2], [0.7, 0.4]]))
    yield (np.array([[0.4, 0.3]]), np.array([[0.7, 0.2]]))
    yield (np.array([[0.4, 0.31]]), np.array([[0.74, 0.2], [0.66, 0.1]]))
    yield (np.array([[0.2, 0.4], [0.92, 0.5]]), np.array([[0.88, 0.61]]))
    yield (np.array([[0.3, 0.4]]), np.array([[0.94, 0.2], [0.86, 0.1]]))
    yield (np.array([[0.4, 0.31]]), np.array([[0.74, 0.2], [0.67, 0.1], [0.12, 0.3]]))
    yield (np.array([[0.6, 0.5], [NAN, 0.5]]), np.array([[0.48, 0.89]]))
    yield (np.array([[0.4, 0.31]]), np.array([[0.64, NAN], [0.66, 0.1]]))
    yield (np.array([[0.2, 0.5, 0.3]]), np.array([[0.9, 0.53, 0.43]]))
    yield (np.array([[0.2, 0.5, 0.3]]), np.array([[0.9, 0.54, 0.44]]))
    yield (np.array([[0.2, 0.3, 0.5]]), np.array([[0.9, 0.57, 0.37]]))
    yield (np.array([[0.5, 0.7], [0.6, 0.7], [0.9, 0.2]]), np.array([[0.62, 0.77], [0.52, 0.732]]))
    yield (np.array([[0.5, 0.6], [0.9, NAN]]), np.array([[0.482, 0.741]]))
    yield (np.array([[0.5, 0.7]]), np.array([[0.432, 0.832], [0.632, NAN]]))
    yield np.array([[0.25, 0.4]]), np.array([[0.9, 0.3], [0.7, 0.1]])  # one image to choose by
    yield np.array([[0.5], [0.7]]), np.array([[0.6]])  # one threshold
    sizes = ((3, 4, 3, 1), (5, 2, 4, 2), (4, 6, 5, 5), (6, 5, 2, 3), (7, 3, 6, 4), (9, 8, 3, 7), *_TABLES)
    for n, m, thresholds, empty in sizes:
        valid, test = (rng.beta(3, 2, (count, thresholds)).round(3) for count in (n, m))
        for part in (valid, test):  # nothing to judge, but for one image
            places = [(i, int(j)) for i in range(1, len(part)) for j in rng.permutation(thresholds)[: thresholds // 2]]
            for k in rng.permutation(len(places))[:empty]:
                part[places[k]] = NAN
        yield valid, test


def _score_of_best(valid, test):
    means = []
    for part in (valid, test):
        judged = [[float(x) for x in column if not math.isnan(x)] for column in part.T]
        means.append([math.fsum(column) / len(column) for column in judged])
    return max(zip(*means, strict=True))[1]


chosen_score = FunctionExercise(
    "15.4",
    "Chosen here, judged there",
    cases=_dice_tables,
    oracle=_score_of_best,
    solution="""
    import numpy as np

    def chosen_score(valid, test):
        best = np.argmax(np.nanmean(valid, axis=0))
        return np.nanmean(test[:, best])
    """,
    example=DICE,
    example_words="For `valid = [[0.6, 0.5, 0.9], [0.8, 0.6, 0.3]]`, `test = [[0.4, 0.8, 0.5], [0.6, 0.5, 0.7]]` you "
    "return ",
    hints=(
        "Which of the two tables may say which threshold is best? And which of them is reported?",
        "One mean for each threshold, so over the images: `np.nanmean(valid, axis=0)` leaves NaN out.",
        "best = np.argmax(np.nanmean(valid, axis=0)), then np.nanmean(test[:, best]).",
    ),
    rtol=1e-6,
    fixed=("valid.ndim", "valid.dtype", "test.ndim", "test.dtype"),
)


def _means(scores):
    return np.nanmean(scores, axis=0)


def _without_gaps(scores):
    return scores[~np.isnan(scores).any(axis=1)]


def _chosen(part, means, pick, judged, report):
    return lambda valid, test: report(judged(valid, test), pick(means(part(valid, test))))


# fmt: off
chosen_score.choices(
    _chosen,
    place="section 6",
    words='`valid = [[0.6, 0.5, 0.9], [0.8, 0.6, 0.3]]`, `test = [[0.4, 0.8, 0.5], [0.6, 0.5, 0.7]]`',
    part=(
        lambda valid, test: valid,
        Wrong("picked on the test part", lambda valid, test: test,
              "you pick the threshold **on the test part**: the largest of several noisy scores is too good, and "
              "new images will not give it. Choose on `valid`, judge on `test`: section 6"),
        Wrong("chosen on both parts", lambda *parts: np.concatenate(parts),
              "you choose on both parts **together**, so the test images have a say in what they judge. Choose on "
              "`valid` alone: section 6"),
    ),
    means=(
        _means,
        Wrong("an image's number as a threshold", lambda scores: np.nanmean(scores, axis=1),
              "you choose the best **image**, `axis=1`, and use its number as that of a threshold. One mean for "
              "each threshold is over the images, `axis=0`: section 6"),
        Wrong("NaN not left out of the choice", lambda scores: np.mean(scores, axis=0),
              "in your choice NaN is not left out: `argmax` takes it for the largest. `np.nanmean` there, too: "
              "section 6"),
        Wrong("sums for means in the choice", lambda scores: np.nansum(scores, axis=0),
              "in your choice NaN counts as 0: you compare **sums**. A sum is larger where more images could be "
              "judged: take the mean of those, section 6"),
        Wrong("by the worst image", lambda scores: np.nanmin(scores, axis=0),
              "you choose the threshold whose **worst** image is best. Choose by the best mean: section 6"),
        Wrong("chosen by the median", lambda scores: np.nanmedian(scores, axis=0),
              "you choose by the **median** of the validation images. Choose by their mean: section 6"),
        Wrong("whole validation images left out", lambda scores: _without_gaps(scores).mean(axis=0),
              "you leave out every validation image that has a NaN **anywhere**. Leave out single entries: each "
              "threshold has the mean of what could be judged there, section 6"),
        Wrong("thresholds with a NaN left out", lambda scores: np.nan_to_num(np.mean(scores, axis=0), nan=-1),
              "you never choose a threshold at which **any** image could not be judged. Leave out single entries: "
              "`np.nanmean`, section 6"),
    ),
    pick=(
        np.argmax,
        Wrong("the worst threshold", np.argmin,
              "you choose the threshold with the **smallest** mean. Dice is no loss: more is better, section 6"),
        Wrong("always the first threshold", lambda means: 0,
              "you always take the **first** threshold: `argmax` of a single mean is 0. One mean for each "
              "threshold, `axis=0`: section 6"),
        Wrong("one threshold too far", lambda means: (np.argmax(means) + 1) % len(means),
              "you take the threshold **behind** the best. `argmax` counts from 0, as `test[:, best]` does: section"
              " 6"),
        Wrong("the threshold in the middle", lambda means: len(means) // 2,
              "you always take the threshold in the **middle**. The validation images choose it: section 6"),
    ),
    judged=(
        lambda valid, test: test,
        Wrong("reported from the validation part", lambda valid, test: valid,
              "you report the score of the **validation** part, on which you have just chosen. It is the best of "
              "several, so it is too good. Judge on `test`: section 6"),
    ),
    report=(
        lambda table, best: np.nanmean(table[:, best]),
        Wrong("NaN not left out of the score", lambda table, best: np.mean(table[:, best]),
              "one test image that could not be judged spoils your mean. Leave it out, with `np.nanmean`: section 6"),
        Wrong("NaN taken for 0 in the score", lambda table, best: np.mean(np.nan_to_num(table[:, best])),
              "right threshold, but a test image that could not be judged counts as **0**. Leave it out: section 6"),
        Wrong("the best test image", lambda table, best: np.nanmax(table[:, best]),
              "right threshold, but you report the **best** test image there. The mean of all that could be judged "
              "is asked for: section 6"),
        Wrong("a row for a column", lambda table, best: np.nanmean(table[best]),
              "you take a **row** of `test`, an image, where the column of the threshold is meant. `test[:, best]`,"
              " section 6"),
        Wrong("the first test image", lambda table, best: table[0, best],
              "right threshold, but you report the **first** test image only. The mean of all that could be judged "
              "is asked for: section 6"),
        Wrong("the median of the test images", lambda table, best: np.nanmedian(table[:, best]),
              "right threshold, but the **median** of the test images. Their mean is asked for: section 6"),
        Wrong("whole test images left out", lambda table, best: _without_gaps(table)[:, best].mean(),
              "you leave out every test image that has a NaN **anywhere**. At the chosen threshold it may have been"
              " judged: section 6"),
        Wrong("a sum for the mean", lambda table, best: np.nansum(table[:, best]),
              "you **add up** the scores of the test images. Their mean is asked for: section 6"),
        Wrong("from the best threshold on", lambda table, best: np.nanmean(table[:, best:]),
              "you take the mean over the best threshold and **all behind it**, `[:, best:]`. `test[:, best]`, one "
              "column: section 6"),
        Wrong("the spread of the scores", lambda table, best: np.nanstd(table[:, best]),
              "that is the standard deviation of the test images' scores. Their mean is asked for: section 6"),
        Wrong("every image's score", lambda table, best: table[:, best],
              "right threshold, but a score for **each** test image. Their mean is asked for, NaN left out: section"
              " 6"),
        Wrong("the threshold's number", lambda table, best: best,
              "that is the **number** of the threshold. Which mean score have the test images there? See section 6"),
        Wrong("a pair", lambda table, best: (float(best), np.nanmean(table[:, best])),
              "you return a pair, the number of the threshold and the score. The score alone is asked for: section "
              "6"),
        Wrong("every threshold's mean", lambda table, best: _means(table),
              "those are the test images' means at **every** threshold. Which of them? The one that `valid` has "
              "chosen: section 6"),
        Wrong("the mean of the whole table", lambda table, best: np.nanmean(table),
              "that is the mean over all images and **all thresholds**. One threshold is used, the one that `valid`"
              " chooses: section 6"),
    ),
)
# fmt: on


@chosen_score.mistake("parts exchanged", example=(np.array([[0.25, 0.4]]), np.array([[0.9, 0.3], [0.7, 0.1]])))
def _(valid, test):
    """you choose on the test part and judge on the validation part. For `valid = [[0.25, 0.4]]`, `test = [[0.9, 0.3],
    [0.7, 0.1]]` you return `0.25`, expected `0.2`. The other way round: section 6."""
    return _means(valid)[np.argmax(_means(test))]


@chosen_score.mistake("means over the thresholds")
def _(valid, test):
    """your means run over the **thresholds**, so you choose an image. {example}`0.5667`, expected `0.5`. Images are
    rows, and one mean for each threshold is over the images, `axis=0`: section 6."""
    return np.nanmean(test, axis=1)[np.argmax(np.nanmean(valid, axis=1))]


@chosen_score.mistake("NaN not left out", example=(np.array([[0.5, 0.7], [NAN, 0.6]]), np.array([[0.41, 0.81]])))
def _(valid, test):
    """`np.mean` of a column with a NaN is NaN, and `argmax` takes NaN for the largest. For `valid = [[0.5, 0.7], [nan,
    0.6]]`, `test = [[0.41, 0.81]]` you return `0.41`, expected `0.81`. Leave out what could not be judged, with
    `np.nanmean`: section 6."""
    return np.mean(test[:, np.argmax(np.mean(valid, axis=0))])


@chosen_score.mistake("each image its own threshold")
def _(valid, test):
    """each test image gets its **own best** threshold. {example}`0.75`, expected `0.5`. With a new image nobody knows
    the truth by which to choose: one threshold for all, from `valid`, section 6."""
    return np.nanmean(np.nanmax(test, axis=1))


@chosen_score.mistake("the best single image")
def _(valid, test):
    """you take the threshold of the best **single** score, `argmax` of the whole table. {example}`0.6`, expected `0.5`.
    One lucky image decides; take means over the images first: section 6."""
    return _means(test)[np.unravel_index(np.nanargmax(valid), valid.shape)[1]]


@chosen_score.mistake("NaN taken for 0", example=(np.array([[0.6, 0.5], [NAN, 0.5]]), np.array([[0.44, 0.84]])))
def _(valid, test):
    """NaN counts as **0** for you. For `valid = [[0.6, 0.5], [nan, 0.5]]`, `test = [[0.44, 0.84]]` you return `0.84`,
    expected `0.44`. An image without anything to find is no failure: leave it out, section 6."""
    valid, test = np.nan_to_num(valid), np.nan_to_num(test)
    return np.mean(test[:, np.argmax(np.mean(valid, axis=0))])


@chosen_score.mistake("NaN taken for 1", example=(np.array([[0.5, 0.6], [NAN, 0.6]]), np.array([[0.42, 0.76]])))
def _(valid, test):
    """NaN counts as **1** for you: nothing there, nothing found. For `valid = [[0.5, 0.6], [nan, 0.6]]`, `test =
    [[0.42, 0.76]]` you return `0.42`, expected `0.76`. Empty images would make every method look good: leave them out,
    section 6."""
    valid, test = np.nan_to_num(valid, nan=1.0), np.nan_to_num(test, nan=1.0)
    return np.mean(test[:, np.argmax(np.mean(valid, axis=0))])


@chosen_score.mistake("whole images left out", example=(np.array([[0.5, 0.6], [0.9, NAN]]), np.array([[0.47, 0.72]])))
def _(valid, test):
    """you leave out every image that has a NaN **anywhere**. For `valid = [[0.5, 0.6], [0.9, nan]]`, `test = [[0.47,
    0.72]]` you return `0.72`, expected `0.47`. Leave out single entries: each threshold has the mean of what could be
    judged there, section 6."""
    valid, test = (part[~np.isnan(part).any(axis=1)] for part in (valid, test))
    return np.mean(test[:, np.argmax(np.mean(valid, axis=0))])


@chosen_score.mistake(
    "the median",
    example=(np.array([[0.5, 0.7], [0.6, 0.7], [0.9, 0.2]]), np.array([[0.4, 0.71], [0.5, 0.73], [0.9, 0.8]])),
)
def _(valid, test):
    """you take the **median** over the images. For `valid = [[0.5, 0.7], [0.6, 0.7], [0.9, 0.2]]`, `test = [[0.4,
    0.71], [0.5, 0.73], [0.9, 0.8]]` you return `0.73`, expected `0.6`. The mean is asked for: section 6."""
    return np.nanmedian(test[:, np.argmax(np.nanmedian(valid, axis=0))])


@chosen_score.mistake("how much was too good", example=(np.array([[0.4, 0.31]]), np.array([[0.74, 0.2], [0.66, 0.1]])))
def _(valid, test):
    """that is by how much the score falls from the validation to the test part. For `valid = [[0.4, 0.31]]`, `test =
    [[0.74, 0.2], [0.66, 0.1]]` you return `-0.3`, expected `0.7`. A good thing to know; asked is the score on `test`,
    section 6."""
    best = np.argmax(_means(valid))
    return _means(valid)[best] - _means(test)[best]


@chosen_score.mistake("both scores")
def _(valid, test):
    """you return the scores of both parts. {example}`[0.7, 0.5]`, expected `0.5`: that of `test` alone, section 6."""
    best = np.argmax(_means(valid))
    return _means(valid)[best], _means(test)[best]


@chosen_score.mistake("where both parts agree", example=(np.array([[0.2, 0.5, 0.7]]), np.array([[0.9, 0.51, 0.39]])))
def _(valid, test):
    """you take the threshold at which both parts have nearly the **same** score. For `valid = [[0.2, 0.5, 0.7]]`, `test
    = [[0.9, 0.51, 0.39]]` you return `0.51`, expected `0.39`. The test part has no say: the best mean of `valid`,
    section 6."""
    return _means(test)[np.argmin(np.abs(_means(test) - _means(valid)))]


@chosen_score.mistake("the best of each validation image")
def _(valid, test):
    """each validation image gets its **own best** threshold, and the test part is not used. {example}`0.85`, expected
    `0.5`. One threshold for all, from `valid`; its score on `test`: section 6."""
    return np.nanmean(np.nanmax(valid, axis=1))


@chosen_score.mistake(
    "a vote", example=(np.array([[0.5, 0.52], [0.6, 0.61], [0.9, 0.2]]), np.array([[0.621, 0.775], [0.521, 0.731]]))
)
def _(valid, test):
    """you let the validation images **vote**: the threshold that is best for most of them. For `valid = [[0.5, 0.52],
    [0.6, 0.61], [0.9, 0.2]]`, `test = [[0.621, 0.775], [0.521, 0.731]]` you return `0.753`, expected `0.571`. A vote
    does not see by how much: the best mean, section 6."""
    return np.nanmean(test[:, np.bincount(np.nanargmax(valid, axis=1)).argmax()])


# --- 15.5 -------------------------------------------------------------------------------------------------------------

SLIDES = (np.array([0.9, 0.7, 0.6, 0.4]), ["a", "a", "b", "c"], 2.0)


def _slides(rng):
    yield SLIDES
    yield (*SLIDES[:2], 3.0)
    yield (np.array([0.7, 0.9]), ["a", "b"], 5.0)
    yield (np.array([0.9, 0.8, 0.1, 0.3]), ["a", "a", "a", "b"], 2.0)
    yield (np.array([0.9, 0.5, 0.7]), ["a", "b", "a"], 2.0)
    yield (np.array([0.9, 0.5, 0.8]), ["a", "b", "a"], 2.0)
    yield (np.array([0.9, 0.5, 0.43]), ["a", "b", "c"], 2.0)
    yield (*SLIDES[:2], 9.0)
    yield (np.array([0.9, 0.5, 0.1]), ["a", "b", "a"], 2.0)
    yield (np.array([0.8, 0.5, 0.2]), ["a", "b", "a"], 2.0)
    yield (*SLIDES[:2], 4.0)
    yield (np.array([0.9, 0.5, 0.42]), ["a", "b", "c"], 2.0)
    yield np.array([0.8, 1.0]), (1, 2), 12.706
    yield np.array([1, 0, 1, 1]), (3, 8, 3, 5), 4.303  # whole numbers
    yield np.array([0.97, 0.99, 0.95, 0.98, 0.9]), ["w1", "w2", "w1", "w2", "w1"], 12.706  # above 1
    for names, n, t in (("klm", 9, 4.303), ("uvwx", 11, 3.182), ("abcde", 14, 2.776)):
        groups = [str(g) for g in rng.permuted([*names, *rng.choice(list(names[:-1]), n - len(names))])]
        yield rng.beta(4, 2, n).round(3) + 0.02 * np.array([names.index(g) for g in groups]), groups, t


def _group_means(scores, groups):
    """The mean score of each group, by hand."""
    found = {}
    for score, group in zip(np.asarray(scores, dtype=float), groups, strict=True):
        found.setdefault(group, []).append(float(score))
    return [math.fsum(part) / len(part) for part in found.values()]


def _around(mean, half):
    return float(mean), float(mean - half), float(mean + half)


def _student(scores, groups, t):
    means = _group_means(scores, groups)
    n = len(means)
    centre = math.fsum(means) / n
    return _around(centre, t * math.sqrt(math.fsum((m - centre) ** 2 for m in means) / (n - 1) / n))


def _of_means(scores, groups, t):
    """What most mistakes below are made of: the groups' means, their number, mean and standard deviation."""
    means = np.array(_group_means(scores, groups))
    return means, len(means), means.mean(), means.std(ddof=1)


interval = FunctionExercise(
    "15.5",
    "How sure is it?",
    cases=_slides,
    oracle=_student,
    solution="""
    import numpy as np

    def interval(scores, groups, t):
        scores, groups = np.asarray(scores), np.asarray(groups)
        means = np.array([scores[groups == group].mean() for group in np.unique(groups)])
        half = t * means.std(ddof=1) / np.sqrt(len(means))
        return means.mean(), means.mean() - half, means.mean() + half
    """,
    example=SLIDES,
    example_words='For `scores = [0.9, 0.7, 0.6, 0.4]`, `groups = ["a", "a", "b", "c"]`, `t = 2` you return ',
    hints=(
        "First a mean for each group. From then on, forget the images: how many numbers are left?",
        "`means.std(ddof=1)` divides by n - 1, as asked; n is the number of groups.",
        "half = t * means.std(ddof=1) / np.sqrt(len(means)); return mean, mean - half, mean + half.",
    ),
    rtol=1e-5,
    atol=1e-6,
    fixed=("scores.ndim",),
)


def _of_parts(values, centre, spread, number, half, give):
    def interval(scores, groups, t):
        scores = np.asarray(scores, float)
        means = np.array(values(scores, groups))
        mean, way = centre(means, scores), half(t, spread(means, scores), number(means, scores))
        return give(mean, mean - way, mean + way)

    return interval


def _by_group(rule):
    return lambda scores, groups: [rule(scores[[g == group for g in groups]]) for group in _in_order(groups)]


def _of_each_image(scores, groups):
    means = dict(zip(_in_order(groups), _group_means(scores, groups), strict=True))
    return [means[group] for group in groups]


def _of_runs(scores, groups):
    return _group_means(scores, [0, *itertools.accumulate(a != b for a, b in itertools.pairwise(groups))])


# fmt: off
interval.choices(
    _of_parts,
    place="(15.4)",
    words='`scores = [0.9, 0.7, 0.6, 0.4]`, `groups = ["a", "a", "b", "c"]`, `t = 2`',
    values=(
        _group_means,
        Wrong("images as if independent", lambda scores, groups: scores,
              "you count **images** as if they were independent: your interval is too narrow. Images of one slide "
              "are alike, so the slides count: (15.4)"),
        Wrong("sums for means", _by_group(np.sum),
              "you **add up** the scores of a group. Take their mean, or a group with many images is better for "
              "that alone: (15.4)"),
        Wrong("the median of each group", _by_group(np.median),
              "you take the **median** of each group. Its mean is asked for: (15.4)"),
        Wrong("runs for groups", _of_runs,
              "a group that comes again later counts as another one for you. Images of one group stand anywhere in "
              "the list: (15.4)"),
        Wrong("a group's mean for each image", _of_each_image,
              "each group's mean stands there **once for each of its images**. Once for each *different* group: "
              "(15.4)"),
        Wrong("the last image of each group", _by_group(lambda part: part[-1]),
              "you keep **one** image of each group, the last: in `dict(zip(groups, scores))` a later score takes "
              "the place of an earlier. The mean of a group's images: (15.4)"),
        Wrong("the first image of each group", _by_group(lambda part: part[0]),
              "you keep **one** image of each group, the first. The mean of a group's images: (15.4)"),
    ),
    centre=(
        lambda means, scores: means.mean(),
        Wrong("the mean of the images", lambda means, scores: scores.mean(),
              "the width is right, but it lies around the mean of the **images**. There a group with many images "
              "counts more. The mean of the groups' means is asked for: (15.4)"),
        Wrong("the median of the groups", lambda means, scores: np.median(means),
              "your interval lies around the **median** of the groups' means. Around their mean: (15.4)"),
    ),
    spread=(
        lambda means, scores: means.std(ddof=1),
        Wrong("divided by n", lambda means, scores: means.std(),
              "your standard deviation divides by n, as NumPy does unless told otherwise. With few groups that is "
              "too little: `ddof=1`, (15.4)"),
        Wrong("the spread of the images", lambda means, scores: scores.std(ddof=1),
              "s is the spread of the **images** for you, and n the number of groups. Both are of the groups' "
              "means: (15.4)"),
        Wrong("the spread of the images, with n for n - 1", lambda means, scores: scores.std(),
              "s is the spread of the **images** for you, and in it you divide by their number. It is that of the "
              "groups' means, with `ddof=1`: (15.4)"),
        Wrong("variance for s", lambda means, scores: means.var(ddof=1),
              "you take the **variance** of the groups' means. s is its root, the standard deviation: (15.4)"),
        Wrong("the range for s", lambda means, scores: np.ptp(means),
              "you take the **range** of the groups' means for s. s is their standard deviation: (15.4)"),
    ),
    number=(
        lambda means, scores: len(means),
        Wrong("the number of images", lambda means, scores: len(scores),
              "n is the number of **images** for you, and your interval too narrow. You have as many independent "
              "numbers as groups: (15.4)"),
    ),
    half=(
        lambda t, s, n: t * s / math.sqrt(n),
        Wrong("not divided by √n", lambda t, s, n: t * s,
              "the root of n is missing. That is where single *groups* lie; the mean of n of them is surer, by √n: "
              "(15.4)"),
        Wrong("divided by n, without the root", lambda t, s, n: t * s / n,
              "you divide by n, not by its **root**. Four times as many groups halve the interval, no more: (15.4)"),
        Wrong("half the width", lambda t, s, n: t * s / math.sqrt(n) / 2,
              "your interval has **half the width**. t · s / √n is the way to *either* side: (15.4)"),
        Wrong("1.96 for t", lambda t, s, n: 1.96 * s / math.sqrt(n),
              "you take 1.96, which is right for very many groups. With few of them s itself is unsure, and t is "
              "larger: use the `t` that you are given, (15.4)"),
        Wrong("t forgotten", lambda t, s, n: s / math.sqrt(n),
              "t is missing. That is mean ± standard error, which holds about two times in three: (15.4)"),
        Wrong("root of n - 1", lambda t, s, n: t * s / math.sqrt(n - 1),
              "you take n - 1 off twice: in s and under the root. s / √n, with n - 1 in s alone: (15.4)"),
        Wrong("t under the root, too", lambda t, s, n: math.sqrt(t) * s / math.sqrt(n),
              "t stands under the root or is rooted. t · s / √n: only n has a root, (15.4)"),
        Wrong("t without s", lambda t, s, n: t,
              "you add t itself. t says how *many* standard errors: t · s / √n, (15.4)"),
        Wrong("variance over n", lambda t, s, n: t * s**2 / n,
              "you multiply t with the **variance** over n. Its root is meant, s / √n: (15.4)"),
        Wrong("the root of s, too", lambda t, s, n: t * math.sqrt(s / n),
              "**s** stands under the root, too. s / √n: only n has a root, or the *variance* over n, (15.4)"),
    ),
    give=(
        lambda mean, low, high: (mean, low, high),
        Wrong("the ends only", lambda mean, low, high: (low, high),
              "you return only the two ends. The mean stands first, then low and high: (15.4)"),
        Wrong("mean and half width", lambda mean, low, high: (mean, high - mean),
              "you return the mean and the way to either side. Mean, low, high are asked for: (15.4)"),
        Wrong("mean in the middle", lambda mean, low, high: (low, mean, high),
              "the numbers are right, in another order: the mean stands in the middle: mean, low, high, (15.4)"),
        Wrong("high before low", lambda mean, low, high: (mean, high, low),
              "high stands before low: mean, low, high, (15.4)"),
        Wrong("cut off at 1", lambda *three: np.clip(three, 0, 1),
              "you cut the interval off at 0 and 1. An end above 1 is no error: it says that so few groups say "
              "little. The formula as it stands, (15.4)"),
        Wrong("the mean alone", lambda mean, low, high: mean,
              "you return only the mean. And how sure is it? Mean, low, high: (15.4)"),
        Wrong("a share of the mean", lambda mean, low, high: _around(mean, mean * (high - mean)),
              "you take t · s / √n for a **share** of the mean. It is in units of the score: take it off and add "
              "it, (15.4)"),
        Wrong("ends around 0", lambda mean, low, high: (mean, low - mean, high - mean),
              "your ends lie around **0**. Take t · s / √n off the mean, and add it: (15.4)"),
    ),
)
# fmt: on


@interval.mistake("the spread within the groups", example=(np.array([0.9, 0.7, 0.6, 0.5]), ["a", "a", "b", "b"], 2.0))
def _(scores, groups, t):
    """you average the spread **inside** the groups. For `scores = [0.9, 0.7, 0.6, 0.5]`, `groups = ["a", "a", "b",
    "b"]`, `t = 2` you return `(0.675, 0.525, 0.825)`, expected `(0.675, 0.425, 0.925)`. How much do the groups' means
    differ from each other? See (15.4)."""
    parts = {}
    for score, group in zip(scores, groups, strict=True):
        parts.setdefault(group, []).append(float(score))
    with np.errstate(all="ignore"):
        inside = np.mean([np.std(part, ddof=1) if len(part) > 1 else NAN for part in parts.values()])
    return _around(np.mean(_group_means(scores, groups)), t * inside / math.sqrt(len(parts)))


@interval.mistake("the range of the groups", example=(np.array([0.9, 0.5, 0.4]), ["a", "b", "c"], 2.0))
def _(scores, groups, t):
    """your ends are the lowest and the highest **group**. For `scores = [0.9, 0.5, 0.4]`, `groups = ["a", "b", "c"]`,
    `t = 2` you return `(0.6, 0.4, 0.9)`, expected `(0.6, 0.2945, 0.9055)`. That grows with more groups, and an interval
    must shrink: mean ± t · s / √n, (15.4)."""
    means, _, mean, _ = _of_means(scores, groups, t)
    return float(mean), float(means.min()), float(means.max())


@interval.mistake("where single images lie, with n for n - 1")
def _(scores, groups, t):
    """mean ± t · s of the **images** says where single images lie. {example}`(0.65, 0.2894, 1.011)`, expected `(0.6,
    0.3691, 0.8309)`. How sure is the mean of n groups? s of the groups' means, with `ddof=1`, over √n: (15.4)."""
    return _around(np.mean(scores), t * np.std(scores))


@interval.mistake("percentiles", example=(np.array([0.9, 0.5, 0.44]), ["a", "b", "c"], 2.0))
def _(scores, groups, t):
    """your ends are **percentiles** of the groups' means. For `scores = [0.9, 0.5, 0.44]`, `groups = ["a", "b", "c"]`,
    `t = 2` you return `(0.6133, 0.443, 0.88)`, expected `(0.6133, 0.3246, 0.9021)`. That is where single groups lie.
    mean ± t · s / √n, (15.4)."""
    means, _, mean, _ = _of_means(scores, groups, t)
    return float(mean), *(float(q) for q in np.quantile(means, [0.025, 0.975]))


@interval.mistake("the median before the mean's interval", example=(np.array([0.9, 0.5, 0.46]), ["a", "b", "c"], 2.0))
def _(scores, groups, t):
    """low and high are right, but your first number is the **median** of the groups' means. For `scores = [0.9, 0.5,
    0.46]`, `groups = ["a", "b", "c"]`, `t = 2` you return `(0.5, 0.339, 0.901)`, expected `(0.62, 0.339, 0.901)`. Their
    mean: (15.4)."""
    return float(np.median(_group_means(scores, groups))), *_student(scores, groups, t)[1:]


# --- 15.6 -------------------------------------------------------------------------------------------------------------

NINE, TWELVE, ROW = np.arange(9).reshape(3, 3), np.arange(12).reshape(4, 3), np.arange(6)[None]
SHIFT = np.array([[1, 0, 1], [0, 1, 0], [0, 0, 1]])
PLATE = (NINE, SHIFT, 3, 2)


def _wider(factor):
    return np.diag([factor, 1.0, 1.0])


def _plates(rng):
    yield PLATE
    yield ROW, _wider(1.5), 1, 3
    yield ROW, _wider(1.6), 1, 4
    yield ROW + 1, _wider(1.7), 1, 4
    yield TWELVE, SHIFT, 2, 2
    yield ROW, np.array([[4, 0, 0], [0, 1, 0], [0, 0, 2]]), 1, 2
    yield ROW, np.diag([9, 1, 3]), 1, 2
    yield ROW, _wider(1.8), 1, 3
    yield ROW, _wider(1.3), 1, 2
    yield ROW, np.array([[2, 0, 0], [0, 1, 0], [0.6, 0, 1]]), 1, 3
    yield TWELVE, SHIFT, 2, 1
    yield ROW, np.array([[2, 0, 0], [0, 1, 0], [0.5, 0, 1]]), 1, 3
    yield ROW, np.array([[3, 0, 1.1], [0, 1, 0], [0, 0, 2]]), 1, 4
    yield NINE, np.array([[0, -1, 2], [1, 0, 0], [0, 0, 1]]), 3, 3  # a quarter turn
    yield TWELVE / 8, np.array([[0.8, 0.15, 0.1], [0.1, 0.9, 0.2], [0, 0, 1.0]]), 3, 2
    yield rng.integers(0, 99, (4, 7)), np.array([[2.61, 0.43, 0.3], [0, 2.27, 0.8], [0, 0, 2.0]]), 3, 5  # H times 2
    yield rng.integers(0, 99, (9, 12)), np.array([[0.93, -0.21, 3.13], [0.27, 0.83, 0.31], [0.013, 0.031, 1.0]]), 6, 7
    yield rng.random((7, 11)).round(3), np.array([[1.93, 0.31, 0.23], [0.11, 1.67, 0.31], [0.123, 0.043, 1.0]]), 5, 6
    yield rng.random((11, 8)).round(2), np.array([[-0.91, 0.12, 6.63], [0.11, -0.96, 9.21], [0.0, 0.021, 1.0]]), 8, 6
    colours = rng.integers(0, 256, (6, 8, 3)).astype(np.uint8)
    yield colours, np.array([[1.3, 0.2, 0.4], [-0.1, 1.2, 0.8], [0.02, 0.03, 1.0]]), 4, 5
    yield rng.random((5, 5, 3)).round(2), np.array([[0.31, 0.21, 0.83], [0.11, 0.36, 0.87], [0.023, -0.031, 1.0]]), 6, 9


def _point_by_point(image, H, rows, columns):
    flat = np.empty((rows, columns, *image.shape[2:]), image.dtype)
    for r, c in np.ndindex(rows, columns):
        x, y, w = (float(row[0]) * c + float(row[1]) * r + float(row[2]) for row in np.asarray(H))
        flat[r, c] = image[math.floor(y / w + 0.5), math.floor(x / w + 0.5)]
    return flat


def _sent(H, rows, columns):
    """Where H sends every point of the plate: (x w, y w, w), each of shape (rows, columns)."""
    r, c = np.mgrid[:rows, :columns]
    return np.einsum("ij,jrc->irc", np.asarray(H, float), np.stack([c, r, np.ones_like(c)]))


def _nearest(t):
    return np.floor(t + 0.5).astype(int)


def _read(image, H, rows, columns, rule=_nearest):
    x, y, w = _sent(H, rows, columns)
    return image[rule(y / w), rule(x / w)]


flatten = FunctionExercise(
    "15.6",
    "Read the plate straight",
    cases=_plates,
    oracle=_point_by_point,
    solution="""
    import numpy as np

    def flatten(image, H, rows, columns):
        r, c = np.mgrid[:rows, :columns]
        x, y, w = np.tensordot(H, np.stack([c, r, np.ones_like(c)]), axes=1)
        row, column = np.floor(y / w + 0.5).astype(int), np.floor(x / w + 0.5).astype(int)
        return image[row, column]
    """,
    example=PLATE,
    example_words="For `image = [[0, 1, 2], [3, 4, 5], [6, 7, 8]]`, `H = [[1, 0, 1], [0, 1, 0], [0, 0, 1]]`, "
    "`rows = 3`, `columns = 2` you return ",
    hints=(
        "Loop over the pixels of the *plate*. Each asks: where in the image do I come from?",
        "The point of row r and column c is (c, r, 1). H times it: three numbers. Divide two of them by the third.",
        "x, y, w = H @ [c, r, 1], then image[floor(y / w + 0.5), floor(x / w + 0.5)]: the row of an image is y.",
    ),
    fixed=("H.ndim", "H.shape"),
)


def _left_outside(image, row, column):
    return image[row, column]


def _cut_at_the_rim(image, row, column):
    return image[np.clip(row, 0, image.shape[0] - 1), np.clip(column, 0, image.shape[1] - 1)]


def _inside(image, row, column):
    height, width = image.shape[:2]
    flat = np.zeros((*row.shape, *image.shape[2:]), image.dtype)
    there = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    flat[there] = image[row[there], column[there]]
    return flat


def _straightened(outside):
    """What reads a plate, with one way to treat points outside of the image, of which a right answer has none."""

    def build(point, matrix, divide, whole, look, turn=lambda flat: flat):
        def flatten(image, H, rows, columns):
            r, c = np.mgrid[:rows, :columns]
            H = matrix(np.asarray(H, float))
            x, y = divide(*np.einsum("ij,jrc->irc", H, np.stack([*point(r, c), np.ones_like(c)])), H, whole)
            return turn(outside(image, *look(y, x)))

        return flatten

    return build


# fmt: off
for _ways, _outside in (("", _left_outside), (", cut off at the rim", _cut_at_the_rim), (", 0 outside", _inside)):
    _more = {} if _ways else {"turn": (
        lambda flat: flat,
        Wrong("rows and columns of the result exchanged", lambda flat: np.swapaxes(flat, 0, 1),
              "your result is **transposed**. Its first index is the row", "section 9"),
        Wrong("upside down", lambda flat: flat[::-1],
              "your plate stands **on its head**. y counts downwards, as rows do: y = r", "section 9"),
    )}
    flatten.choices(
        _straightened(_outside),
        place="(15.5)",
        point=(
            lambda r, c: (c, r),
            Wrong("(row, column) for (x, y)" + _ways, lambda r, c: (r, c),
                  "you send the point **(r, c)**. x counts columns and y rows, so it is (c, r)", "section 9"),
            Wrong("counted from 1" + _ways, lambda r, c: (c + 1, r + 1),
                  "you count rows and columns of the plate **from 1**. Entry [0, 0] belongs to the point (0, 0)",
                  "section 9"),
        ),
        matrix=(
            lambda H: H,
            Wrong("homography inverted" + _ways, np.linalg.inv,
                  "you use the **inverse** of H. H takes a point of the plate to the image, and that is the way you "
                  "ask; then no point falls outside"),
            *[Wrong("H transposed", np.transpose,
                    "you multiply with H **transposed**, as in `point @ H`. The point is a column, `H @ point`")]
            * (not _ways),
        ),
        divide=(
            lambda x, y, w, H, whole: (whole(x / w), whole(y / w)),
            Wrong("not divided by the third" + _ways, lambda x, y, w, H, whole: (whole(x), whole(y)),
                  "you do not divide by the **third** number. That division is what makes the far end of a plate "
                  "smaller"),
            Wrong("divided by H's last number only" + _ways,
                  lambda x, y, w, H, whole: (whole(x / H[2, 2]), whole(y / H[2, 2])),
                  "you divide by `H[2, 2]`, which is the same for all points. Divide by the third number of **each** "
                  "point"),
            *[Wrong("rounded before the division",
                    lambda x, y, w, H, whole: ((whole(x) / w).astype(int), (whole(y) / w).astype(int)),
                    "you round **before** you divide by the third number. First the point of the image, then the pixel "
                    "nearest to it")] * (not _ways),
        ),
        whole=(
            _nearest,
            Wrong("one pixel up and to the left" + _ways, lambda t: _nearest(t) - 1,
                  "you read one pixel further **up and to the left**. Points and indices both count from 0: take "
                  "nothing off", "section 9"),
            *[Wrong("rounded down", lambda t: np.floor(t).astype(int),
                    "you round **down**, as `int` does. The nearest pixel of 1.8 is 2: add 0.5 first", "section 9"),
              Wrong("rounded up", lambda t: np.ceil(t - 1e-9).astype(int),
                    "you round **up**. The nearest pixel of 1.3 is 1", "section 9")] * (not _ways),
        ),
        look=(
            lambda y, x: (y, x),
            Wrong("image[x, y]" + _ways, lambda y, x: (x, y),
                  "you read `image[x, y]`. An array is asked for its *row* first, and the row is y", "section 9"),
        ),
        **_more,
    )
# fmt: on


@flatten.mistake("rows and columns throughout", example=(TWELVE, SHIFT, 3, 2))
def _(image, H, rows, columns):
    """(row, column) goes in as (x, y), and (x, y) is read as (row, column). For `image = [[0, 1, 2], [3, 4, 5], [6, 7,
    8], [9, 10, 11]]`, `H = [[1, 0, 1], [0, 1, 0], [0, 0, 1]]`, `rows = 3`, `columns = 2` you return `[[3, 4], [6, 7],
    [9, 10]]`, expected `[[1, 2], [4, 5], [7, 8]]`: this H moves along x, to the right. See section 9."""
    x, y, w = _sent(np.asarray(H, float)[:, [1, 0, 2]], rows, columns)
    return image[_nearest(x / w), _nearest(y / w)]


@flatten.mistake("pixels sent, holes left", example=(np.array([[1, 2, 3]]), _wider(0.45), 1, 4))
def _(image, H, rows, columns):
    """you send the pixels of the **image** to the plate, and where none arrives a hole is left. For `image = [[1, 2,
    3]]`, `H = [[0.45, 0, 0], [0, 1, 0], [0, 0, 1]]`, `rows = 1`, `columns = 4` you return `[[1, 0, 2, 0]]`, expected
    `[[1, 1, 2, 2]]`. Each pixel of the plate asks where it comes from: (15.5)."""
    return _sent_forward(image, np.linalg.inv(H), rows, columns)


@flatten.mistake("pixels sent by H")
def _(image, H, rows, columns):
    """you send the pixels of the **image**, and with the H that is meant for those of the plate. {example}`[[0, 0], [0,
    3], [0, 6]]`, expected `[[1, 2], [4, 5], [7, 8]]`. Loop over the plate; each of its pixels asks where it comes from:
    (15.5)."""
    return _sent_forward(image, H, rows, columns)


def _sent_forward(image, H, rows, columns):
    flat = np.zeros((rows, columns, *image.shape[2:]), image.dtype)
    x, y, w = _sent(H, *image.shape[:2])
    for place in np.ndindex(image.shape[:2]):
        row, column = _nearest(y[place] / w[place]), _nearest(x[place] / w[place])
        if 0 <= row < rows and 0 <= column < columns:
            flat[row, column] = image[place]
    return flat


@flatten.mistake("the corner cut out")
def _(image, H, rows, columns):
    """you cut out the corner of the image; H has no effect. {example}`[[0, 1], [3, 4], [6, 7]]`, expected `[[1, 2], [4,
    5], [7, 8]]`. Send each point of the plate by H first: (15.5)."""
    return image[:rows, :columns]


@flatten.mistake("between the pixels", example=(ROW, _wider(1.6), 1, 3))
def _(image, H, rows, columns):
    """you mix the four neighbours (bilinear). For `image = [[0, 1, 2, 3, 4, 5]]`, `H = [[1.6, 0, 0], [0, 1, 0], [0, 0,
    1]]`, `rows = 1`, `columns = 3` you return `[[0, 1.6, 3.2]]`, expected `[[0, 2, 3]]`. That is often better; asked is
    the *nearest* pixel, section 9."""
    x, y, w = _sent(H, rows, columns)
    x, y = x / w, y / w
    height, width = image.shape[:2]
    left, top = np.clip(np.floor(x), 0, width - 1).astype(int), np.clip(np.floor(y), 0, height - 1).astype(int)
    right, below = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    a, b = ((t - s)[(..., *[None] * (image.ndim - 2))] for t, s in ((x, left), (y, top)))
    upper = (1 - a) * image[top, left] + a * image[top, right]
    return (1 - b) * upper + b * ((1 - a) * image[below, left] + a * image[below, right])


@flatten.mistake("no room for colours", example=(np.array([[[1, 2, 3], [4, 5, 6]]]), np.eye(3), 1, 2))
def _(image, H, rows, columns):
    """your result has no room for **colours**. For one row of two pixels, `1 2 3` and `4 5 6`, and an H that changes
    nothing, your code stops with `ValueError`. Give it the image's last axis, too, `(rows, columns, *image.shape[2:])`:
    section 9."""
    flat = np.zeros((rows, columns), image.dtype)
    for r, c in np.ndindex(rows, columns):
        flat[r, c] = _point_by_point(image, H, rows, columns)[r, c]
    return flat


@flatten.mistake("half a pixel aside", example=(ROW, _wider(1.4), 1, 3))
def _(image, H, rows, columns):
    """you put the centres of pixels at halves, c + 0.5. For `image = [[0, 1, 2, 3, 4, 5]]`, `H = [[1.4, 0, 0], [0, 1,
    0], [0, 0, 1]]`, `rows = 1`, `columns = 3` you return `[[0, 2, 3]]`, expected `[[0, 1, 3]]`. Some libraries do; here
    pixel 0 lies at 0, so x = c and y = r: section 9."""
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    x, y, w = _sent(np.asarray(H) @ half, rows, columns)
    return _inside(image, _nearest(y / w - 0.5), _nearest(x / w - 0.5))


@flatten.mistake("as many rows as columns are asked for", example=(np.arange(10).reshape(2, 5), SHIFT, 2, 1))
def _(image, H, rows, columns):
    """your result has `columns` rows and `rows` columns, as by `np.meshgrid(np.arange(rows), np.arange(columns))`. For
    `image = [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]`, `H = [[1, 0, 1], [0, 1, 0], [0, 0, 1]]`, `rows = 2`, `columns = 1` you
    return `[[1, 2]]`, expected `[[1], [6]]`. `r, c = np.mgrid[:rows, :columns]`: section 9."""
    return _read(image, H, columns, rows)


@flatten.mistake("cut off at the plate's size", example=(ROW, _wider(1.53), 1, 3))
def _(image, H, rows, columns):
    """you keep the **image's** row and column below the size of the plate. For `image = [[0, 1, 2, 3, 4, 5]]`, `H =
    [[1.53, 0, 0], [0, 1, 0], [0, 0, 1]]`, `rows = 1`, `columns = 3` you return `[[0, 2, 2]]`, expected `[[0, 2, 3]]`.
    The image has a size of its own, and no point falls outside: section 9."""
    x, y, w = _sent(H, rows, columns)
    return image[np.minimum(_nearest(y / w), rows - 1), np.minimum(_nearest(x / w), columns - 1)]


# --- 15.7 -------------------------------------------------------------------------------------------------------------

MIXED = (["ABCDE", "E", "FAF", "GH", "Q7"], ["ABXAC", "E", "", "HG", "77"])
TWO_PLATES = (["AB1", "CD2"], ["AB1", "CE2"])


def _readings(rng):
    yield TWO_PLATES
    yield MIXED
    yield (["ABCDE"], ["AXCDE"])
    yield (["AB", "CD"], ["AB", ""])
    yield (["AAB"], ["BAC"])
    yield (["AAB", "AB"], ["ABC", ""])
    yield (["AB1", "XYZ"], ["AB2", "UVW"])
    yield (["ABCD", "E"], ["ABCX", "E"])
    yield (["ABC"], ["BCA"])
    yield (["AB", "CD"], ["CD", "AB"])
    yield (["ABC", "DEF", "G"], ["CAB", "XYZ", "H"])
    yield (["AB", "CD"], ["AX", ""])
    yield (["ABCD"], ["DABX"])
    yield (["AB", "CD", "E"], ["", "CX", "E"])
    yield (["AB", "CD", "EF"], ["AB", "CD", "EX"])
    yield (["AB", "CD", "EF", "GH"], ["AX", "", "EF", ""])
    yield (["AABCD"], ["BACXD"])
    yield (["ABCD", "E", "F"], ["ABCX", "E", "F"])
    yield (["ABCD", "EF", "GH"], ["ABCX", "EF", ""])
    yield ["AB", "CD"], ["AB", ""]
    yield ["XY"], ["XY"]
    yield ["Q", "7"], ["", ""]  # none found: all wrong
    yield ["ABCD", "E"], ["ABCX", "E"]
    yield ["AAB", "BAC", "10O"], ["BAC", "AAB", "1O0"]
    letters = list("ABCDEFGHJK0123456789")
    for count, lengths in ((4, (7,)), (5, (6, 7)), (6, (5,)), (9, (4, 8))):
        truth = ["".join(rng.choice(letters, rng.choice(lengths))) for _ in range(count)]
        read = []
        for i, text in enumerate(truth):
            wrong = rng.random(len(text)) < (0, 0.5, 0.2)[i % 3]
            read.append("".join(rng.choice(letters) if w else t for t, w in zip(text, wrong, strict=True)))
        read[count // 2] = ""
        yield truth, read


def _shares(truth, read):
    right = np.concatenate([[r[i : i + 1] == c for i, c in enumerate(t)] for t, r in zip(truth, read, strict=True)])
    return float(right.mean()), float(np.mean(np.array(truth, object) == np.array(read, object)))


def _in_place(truth, read):
    """How many characters of each plate are right."""
    return [sum(a == b for a, b in zip(t, r, strict=False)) for t, r in zip(truth, read, strict=True)]


def _whole(truth, read):
    return [t == r for t, r in zip(truth, read, strict=True)]


plate_scores = FunctionExercise(
    "15.7",
    "Characters and plates",
    cases=_readings,
    oracle=_shares,
    solution="""
    def plate_scores(truth, read):
        right = sum(a == b for t, r in zip(truth, read) for a, b in zip(t, r))
        plates = sum(t == r for t, r in zip(truth, read))
        return right / sum(map(len, truth)), plates / len(truth)
    """,
    example=TWO_PLATES,
    example_words='For `truth = ["AB1", "CD2"]`, `read = ["AB1", "CE2"]` you return ',
    hints=(
        "Two shares, each of everything that is there: over how many characters, over how many plates?",
        "`zip(t, r)` pairs the characters of one plate, and stops at once where nothing was read.",
        "Count a == b over all plates, and divide by the characters of all truths; count t == r, and divide by "
        "len(truth).",
    ),
)


def _read_off(right, share, plates, give):
    def plate_scores(truth, read):
        part = share([right(t, r) for t, r in zip(truth, read, strict=True)], truth, read)
        return give(part, plates(part, truth, read))

    return plate_scores


def _matches(t, r):
    return sum(a == b for a, b in zip(t, r, strict=False))


def _errors(t, r):
    return sum(a != b for a, b in zip(t, r, strict=False))


def _share_of_plates(rule):
    return lambda part, truth, read: np.mean([rule(t, r) for t, r in zip(truth, read, strict=True)])


def _edits(a, b):
    before = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (x != y)))
        before = row
    return before[-1]


# fmt: off
plate_scores.choices(
    _read_off,
    place="section 9",
    words='`truth = ["AB1", "CD2"]`, `read = ["AB1", "CE2"]`',
    right=(
        _matches,
        Wrong("anywhere in the plate", lambda t, r: sum(c in r for c in t),
              "a character is right for you if it stands **anywhere** in what was read. It has to stand in its "
              "place: section 9"),
        Wrong("in any order", lambda t, r: (collections.Counter(t) & collections.Counter(r)).total(),
              "you compare the characters in **any order**, as bags. A character has to stand in its place: section"
              " 9"),
        Wrong("as sets", lambda t, r: len(set(t) & set(r)),
              "you compare **sets** of characters. A character has to stand in its place: section 9"),
        Wrong("edit distance", lambda t, r: len(t) - _edits(t, r),
              "you count **edits**, as the character error rate does: with one letter left out and one put in, the "
              "others fit again. On a plate each place counts, section 9"),
        Wrong("up to the first error", lambda t, r: len(os.path.commonprefix([t, r])),
              "you stop counting at the **first error** of a plate. The characters behind it may be right again: "
              "section 9"),
        Wrong("characters of right plates only", lambda t, r: len(t) * (t == r),
              "you count characters of **right plates** only. A plate with one error has many right characters: "
              "section 9"),
        Wrong("not found counts as right", lambda t, r: len(t) - _errors(t, r),
              "you count the **wrong** characters that were read, and take the rest for right: where nothing was "
              "read nothing was wrong, either. What was not found is all wrong, section 9"),
        Wrong("sorted characters", lambda t, r: _matches(sorted(t), sorted(r)),
              "you **sort** the characters before you compare. A character has to stand in its place: section 9"),
        Wrong("read characters that occur", lambda t, r: sum(c in t for c in r),
              "you ask of each character that was **read** whether it occurs in the truth. It has to stand in its "
              "place: section 9"),
    ),
    share=(
        lambda n, truth, read: sum(n) / sum(map(len, truth)),
        Wrong("left out of the characters", lambda n, truth, read: sum(n) / sum(map(len, read)),
              "you divide by the characters that were **read**. What was not found counts as wrong: divide by the "
              "characters of all truths, section 9"),
        Wrong("right characters a plate", lambda n, truth, read: sum(n) / len(truth),
              "you divide the characters by the number of **plates**. A share is over all characters: section 9"),
        Wrong("characters counted", lambda n, truth, read: sum(n),
              "your first number **counts** characters. A share is over all characters: section 9"),
        Wrong("all plates as long as the first", lambda n, truth, read: sum(n) / (len(truth) * len(truth[0])),
              "you take all plates for as **long as the first**. Add up the lengths of all truths: section 9"),
        Wrong("a mean over plates",
              lambda n, truth, read: np.mean([k / len(t) for k, t in zip(n, truth, strict=True)]),
              "your first number is the mean of the **plates'** shares. The share of all characters is asked for, "
              "and a long plate has more of them: section 9"),
        Wrong("a mean over the plates found",
              lambda n, truth, read: np.mean([k / len(t) for k, t, r in zip(n, truth, read, strict=True) if r]),
              "your first number is the mean of the shares of the plates that were **found**. Of all characters, "
              "and what was not found is all wrong: section 9"),
    ),
    plates=(
        _share_of_plates(lambda t, r: t == r),
        Wrong("plates as good as characters", lambda part, truth, read: part,
              "your second number is the share of **characters** again. One wrong character makes the whole plate "
              "wrong: (15.6)"),
        Wrong("a power for a count", lambda part, truth, read: part ** np.mean([len(t) for t in truth]),
              "you **compute** the share of plates as p to the power of their length. That holds where errors fall "
              "independently of each other, and they come together: a blurred plate is wrong all over. Count the "
              "plates: (15.6)"),
        Wrong("a power, of the first plate's length", lambda part, truth, read: part ** len(truth[0]),
              "you **compute** the share of plates as p to the power of a length. That holds where errors fall "
              "independently of each other, and they come together: a blurred plate is wrong all over. Count the "
              "plates: (15.6)"),
        Wrong("left out of the plates",
              lambda part, truth, read: sum(_whole(truth, read)) / sum(r != "" for r in read),
              "you divide by the plates that were **found**. What was not found counts as wrong: divide by all "
              "plates, section 9"),
        Wrong("one character makes a plate", _share_of_plates(lambda t, r: _matches(t, r) > 0),
              "a plate is right for you if **any** character is. All of them have to be: (15.6)"),
        Wrong("most characters make a plate", _share_of_plates(lambda t, r: 2 * _matches(t, r) > len(t)),
              "a plate is right for you if **most** of its characters are. All of them have to be: (15.6)"),
        Wrong("the two ends of a plate", _share_of_plates(lambda t, r: t[:1] == r[:1] and t[-1:] == r[-1:]),
              "a plate is right for you if its **first and last** character are. *From* first *to* last means all "
              "of them, `t == r`: section 9"),
        Wrong("the same letters make a plate", _share_of_plates(lambda t, r: set(t) == set(r)),
              "a plate is right for you if it has the **same letters** in any order. All in their places, `t == r`:"
              " (15.6)"),
        Wrong("an empty plate is right", _share_of_plates(lambda t, r: not _errors(t, r)),
              'a plate that was **not found** is right for you: `all` of nothing is True, and `""` is in every '
              'text. `t == r` compares whole plates: section 9'),
        Wrong("any plate of the list", lambda part, truth, read: np.mean([r in truth for r in read]),
              "a plate is right for you if it is **somewhere** among the truths. `read[i]` belongs to `truth[i]`: "
              "section 9"),
        Wrong("found for right", _share_of_plates(lambda t, r: r != ""),
              "your second number is the share of plates that were **found**. The share that was read without an "
              "error: (15.6)"),
        Wrong("plates counted", lambda part, truth, read: sum(_whole(truth, read)),
              "your second number **counts** plates. A share is over all plates: (15.6)"),
        Wrong("all plates or none", lambda part, truth, read: float(all(_whole(truth, read))),
              "your second number is 1 if **all** plates are right, and else 0. Their share is asked for: (15.6)"),
    ),
    give=(
        lambda part, plates: (part, plates),
        Wrong("plates first", lambda part, plates: (plates, part),
              "your numbers are right, in the other order. Characters come first, then plates: section 9"),
        Wrong("only the plates", lambda part, plates: plates,
              "you return only the share of plates. The share of characters comes first: section 9"),
        Wrong("only the characters", lambda part, plates: part,
              "you return only the share of characters. The share of plates is asked for, too: (15.6)"),
        Wrong("shares that are wrong", lambda part, plates: (1 - part, 1 - plates),
              "those are the shares that are **wrong**. Those that are right are asked for: (15.6)"),
        Wrong("characters as good as plates", lambda part, plates: (plates, plates),
              "your first number is the share of **plates**, too. A plate with one error has many right characters:"
              " section 9"),
    ),
)
# fmt: on


@plate_scores.mistake("what was not found left out", example=(["AB", "CD"], ["AB", ""]))
def _(truth, read):
    """you leave out the plates that were **not found**. For `truth = ["AB", "CD"]`, `read = ["AB", ""]` you return `(1,
    1)`, expected `(0.5, 0.5)`. Then a reader that gives up on every hard plate is perfect. What was not found is all
    wrong: section 9."""
    found = [(t, r) for t, r in zip(truth, read, strict=True) if r]
    return _shares(*zip(*found, strict=True))


@plate_scores.mistake("counts")
def _(truth, read):
    """those are **counts**. {example}`(5, 1)`, expected `(0.8333, 0.5)`. Shares: over all characters, over all plates,
    section 9."""
    return sum(_in_place(truth, read)), sum(_whole(truth, read))


@plate_scores.mistake("nothing read, nothing there", example=(["AB"], [""]))
def _(truth, read):
    """you look for a character where **nothing was read**. For `truth = ["AB"]`, `read = [""]` your code stops with
    `IndexError`. There all characters of the truth are wrong: `zip` stops by itself, section 9."""
    right = [r[i] == c for t, r in zip(truth, read, strict=True) for i, c in enumerate(t)]
    return sum(right) / len(right), _shares(truth, read)[1]


@plate_scores.mistake("zip is strict", example=(["A7"], [""]))
def _(truth, read):
    """with `strict=True`, `zip` refuses a plate of which **nothing was read**. For `truth = ["A7"]`, `read = [""]` your
    code stops with `ValueError`. There all characters of the truth are wrong: section 9."""
    right = [a == b for t, r in zip(truth, read, strict=True) for a, b in zip(t, r, strict=True)]
    return sum(right) / sum(map(len, truth)), _shares(truth, read)[1]


@plate_scores.mistake("all plates as one text", example=(["AB", "CD"], ["", "CD"]))
def _(truth, read):
    """you join all plates to **one text**, and behind a plate that was not found everything has moved. For `truth =
    ["AB", "CD"]`, `read = ["", "CD"]` you return `(0, 0.5)`, expected `(0.5, 0.5)`. Compare plate by plate: section
    9."""
    right = sum(a == b for a, b in zip("".join(truth), "".join(read), strict=False))
    return right / sum(map(len, truth)), _shares(truth, read)[1]


# --- 15.8 -------------------------------------------------------------------------------------------------------------

THREE_IMAGES = (np.array([8, 9, 4]), np.array([2, 1, 5]), np.array([2, 3, 0]))
COUNTS = (np.array([8, 9]), np.array([2, 1]), np.array([2, 0]))
CANCEL = (np.array([5, 5]), np.array([2, 0]), np.array([0, 2]))


def _countings(rng):
    yield COUNTS
    yield (CANCEL[0], np.array([3, 0]), CANCEL[2])
    yield (CANCEL[0], np.array([4, 0]), CANCEL[2])
    yield (CANCEL[0], np.array([5, 0]), CANCEL[2])
    yield (CANCEL[0], CANCEL[1], np.array([0, 4]))
    yield (np.array([5, 5, 5]), np.array([0, 3, 0]), np.array([0, 0, 1]))
    yield (np.array([5, 5, 5]), np.array([0, 4, 0]), np.array([0, 0, 1]))
    yield (np.array([5, 5]), np.array([6, 0]), np.array([0, 2]))
    yield (CANCEL[0], CANCEL[1], np.array([0, 3]))
    yield CANCEL
    yield np.array([6]), np.array([3]), np.array([1])
    yield np.array([4, 0, 7]), np.array([0, 5, 1]), np.array([0, 0, 4])  # an image in which nothing is matched
    yield np.array([3, 12]), np.array([0, 0]), np.array([0, 0])  # all right
    for images, most in ((4, 9), (5, 30), (7, 12), (9, 5)):
        matched, missed, extra = rng.integers(1, most, (3, images))
        yield matched + most // 2, missed, extra


def _tallied(matched, missed, extra):
    errors, right, all_found, all_there = [], 0, 0, 0
    for tp, fn, fp in zip(matched.tolist(), missed.tolist(), extra.tolist(), strict=True):
        found, there = tp + fp, tp + fn
        errors.append(abs(found - there))
        right, all_found, all_there = right + tp, all_found + found, all_there + there
    return sum(errors) / len(errors), 2 * right / (all_found + all_there)


def _f1(matched, missed, extra):
    return 2 * matched.sum() / (2 * matched + missed + extra).sum()


count_scores = FunctionExercise(
    "15.8",
    "Right number, wrong cells",
    cases=_countings,
    oracle=_tallied,
    solution="""
    import numpy as np

    def count_scores(matched, missed, extra):
        tp, fn, fp = np.sum(matched), np.sum(missed), np.sum(extra)
        return np.mean(np.abs(np.subtract(extra, missed))), 2 * tp / (2 * tp + fn + fp)
    """,
    example=COUNTS,
    example_words="For `matched = [8, 9]`, `missed = [2, 1]`, `extra = [2, 0]` you return ",
    hints=(
        "Too many in one image do not make up for too few in another: each image's error loses its sign first.",
        "F1 of all together: add up the three counts over the images, then 2 TP / (2 TP + FN + FP) once.",
        "np.mean(np.abs(extra - missed)), and 2 * tp / (2 * tp + fn + fp) with tp = np.sum(matched) and so on.",
    ),
    rtol=1e-6,
    fixed=("matched.ndim", "matched.dtype", "missed.ndim", "missed.dtype", "extra.ndim", "extra.dtype"),
)


def _two_scores(error, summary, f1, give):
    def count_scores(matched, missed, extra):
        return give(summary(error(matched, missed, extra), matched + missed), f1(matched, missed, extra))

    return count_scores


def _of_totals(score):
    return lambda *counts: score(*(part.sum() for part in counts))


def _harmonic(precision, recall):
    return 2 * precision * recall / (precision + recall)


# fmt: off
count_scores.choices(
    _two_scores,
    place="section 10",
    words='`matched = [8, 9]`, `missed = [2, 1]`, `extra = [2, 0]`',
    error=(
        lambda tp, fn, fp: fp - fn,
        Wrong("missed and extra added", lambda tp, fn, fp: fp + fn,
              "you **add** missed and extra. That counts wrong cells. The error of a *number* is extra - missed, "
              "and it may be 0 where cells are wrong: that is the point, (15.7)"),
        Wrong("only the missed", lambda tp, fn, fp: fn,
              "your error is the number of **missed** cells, as if `matched` were all that was predicted. Predicted"
              " are matched + extra: (15.7)"),
        Wrong("only the extra", lambda tp, fn, fp: fp,
              "your error is the number of **extra** cells, as if `matched` were all that is there. There are "
              "matched + missed: (15.7)"),
        Wrong("extra taken for the prediction", lambda tp, fn, fp: fp - tp,
              "you compare `extra` with `matched`. Predicted are matched + extra, there are matched + missed; the "
              "difference is extra - missed: (15.7)"),
        Wrong("predicted minus missed", lambda tp, fn, fp: tp + fp - fn,
              "you take what is **missed** for what is there. Predicted are matched + extra, there are matched + "
              "missed; the difference is extra - missed: (15.7)"),
        Wrong("matched minus missed", lambda tp, fn, fp: tp - fn,
              "you compare `matched` with `missed`. Predicted are matched + extra, there are matched + missed; the "
              "difference is extra - missed: (15.7)"),
        Wrong("only too many", lambda tp, fn, fp: np.maximum(fp - fn, 0),
              "only images with too **many** cells count in your error. Too few is an error, too: the absolute "
              "value, (15.7)"),
    ),
    summary=(
        lambda error, there: np.mean(np.abs(error)),
        Wrong("signs cancel", lambda error, there: np.mean(error),
              "the **absolute value** is missing: two too few and two too many look like no error at all. See "
              "(15.7)"),
        Wrong("signs cancel, true minus predicted", lambda error, there: -np.mean(error),
              "the **absolute value** is missing: three too few and two too many look like half an error. See "
              "(15.7)"),
        Wrong("absolute value last", lambda error, there: abs(np.mean(error)),
              "you take the absolute value of the **mean**, when the signs have cancelled already. First the "
              "absolute value of each image, then the mean: (15.7)"),
        Wrong("the error of the total", lambda error, there: abs(error.sum()),
              "that is the error of the **total** of all images, in which signs cancel. An error for each image, "
              "then their mean: (15.7)"),
        Wrong("a sum for the mean", lambda error, there: np.abs(error).sum(),
              "your errors are added up. Their mean over the images is asked for: (15.7)"),
        Wrong("relative errors", lambda error, there: np.mean(np.abs(error) / there),
              "you divide each error by the number of cells. Cells too many or too few are asked for: (15.7)"),
        Wrong("a quality for an error", lambda error, there: 1 - np.mean(np.abs(error) / there),
              "you turn the count error into a **quality**, 1 - error / count. An image whose errors cancel would "
              "be perfect: that is why F1 stands beside it. The error itself, (15.7)"),
        Wrong("root of the mean square", lambda error, there: np.sqrt(np.mean(error**2)),
              "you square the errors, take the mean and the root. There one bad image decides; the mean of the "
              "absolute values is asked for, (15.7)"),
        Wrong("squares", lambda error, there: np.mean(error**2),
              "you square the errors. Take absolute values: (15.7)"),
        Wrong("the median", lambda error, there: np.median(np.abs(error)),
              "you take the **median** of the errors. Their mean is asked for: (15.7)"),
        Wrong("an error for each image", lambda error, there: np.abs(error),
              "you return an error for **each** image. Their mean is asked for: (15.7)"),
        Wrong("over the mean count", lambda error, there: np.mean(np.abs(error)) / np.mean(there),
              "you divide the error by the mean number of cells. Cells too many or too few are asked for: (15.7)"),
        Wrong("the spread of the errors", lambda error, there: np.std(error),
              "you take the **standard deviation** of the errors. A method that always finds three too many has no "
              "spread, and is still wrong: the mean of the absolute values, (15.7)"),
        Wrong("the worst image", lambda error, there: np.max(np.abs(error)),
              "you take the **largest** error. The mean is asked for: (15.7)"),
        Wrong("the total's relative error", lambda error, there: abs(error.sum()) / there.sum(),
              "you compare the **totals** of all images, as a share. In a total signs cancel; and how many cells is"
              " asked for. An error for each image, then their mean: (15.7)"),
        Wrong("the length of the errors", lambda error, there: np.linalg.norm(error),
              "you take the length of the vector of errors, `np.linalg.norm`. It grows with the number of images: "
              "the mean of the absolute values, (15.7)"),
        Wrong("a quality, over the mean count", lambda error, there: 1 - np.mean(np.abs(error)) / np.mean(there),
              "you turn the count error into a **quality**, 1 - error / count. Images whose errors cancel would be "
              "perfect: that is why F1 stands beside it. The error itself, (15.7)"),
    ),
    f1=(
        _f1,
        Wrong("F1 averaged", lambda tp, fn, fp: np.mean(2 * tp / (2 * tp + fn + fp)),
              "you average the F1 of the **images**. All images together: add up TP, FN and FP first. Else an image"
              " with two cells counts as much as one with fifty: section 10"),
        Wrong("precision", _of_totals(lambda tp, fn, fp: tp / (tp + fp)),
              "that is the **precision**: what was missed costs nothing. F1 has FN and FP: section 10"),
        Wrong("recall", _of_totals(lambda tp, fn, fp: tp / (tp + fn)),
              "that is the **recall**: what is extra costs nothing. F1 has FN and FP: section 10"),
        Wrong("no factor 2", _of_totals(lambda tp, fn, fp: tp / (tp + fn + fp)),
              "that is TP / (TP + FN + FP), which is lower than F1. In F1 the matched count twice, above and below:"
              " 2 TP / (2 TP + FN + FP), section 10"),
        Wrong("a factor 2 above only", _of_totals(lambda tp, fn, fp: 2 * tp / (tp + fn + fp)),
              "the matched count twice above, and once **below**. 2 TP / (2 TP + FN + FP), section 10"),
        Wrong("a factor 2 below only", _of_totals(lambda tp, fn, fp: tp / (2 * tp + fn + fp)),
              "the matched count twice below, and once **above**. 2 TP / (2 TP + FN + FP), section 10"),
        Wrong("the middle of precision and recall",
              _of_totals(lambda tp, fn, fp: (tp / (tp + fp) + tp / (tp + fn)) / 2),
              "you take the ordinary mean of precision and recall. F1 is their *harmonic* mean, 2 P R / (P + R): "
              "section 10"),
        Wrong("precision and recall averaged",
              lambda tp, fn, fp: _harmonic(*(np.mean(tp / np.maximum(tp + other, 1)) for other in (fp, fn))),
              "you average precision and recall over the **images**, and take F1 of these. All images together: add"
              " up TP, FN and FP first, section 10"),
        Wrong("1 - F1", lambda *counts: 1 - _f1(*counts),
              "your second number is 1 - F1. F1 itself, for which more is better: section 10"),
        Wrong("whole-number division", _of_totals(lambda tp, fn, fp: 2 * tp // (2 * tp + fn + fp)),
              "`//` cuts your F1 off to a whole number. Divide with `/`: section 10"),
        Wrong("the geometric mean", _of_totals(lambda tp, fn, fp: tp / math.sqrt((tp + fp) * (tp + fn))),
              "you take the root of precision times recall. F1 is the *harmonic* mean, 2 P R / (P + R): section 10"),
        Wrong("an F1 for each image", lambda tp, fn, fp: 2 * tp / (2 * tp + fn + fp),
              "you return an F1 for **each** image. All images together: add up TP, FN and FP first, section 10"),
    ),
    give=(
        lambda error, f1: (error, f1),
        Wrong("F1 first", lambda error, f1: (f1, error),
              "your numbers are right, in the other order: the count error comes first, then F1, section 10"),
        Wrong("only the error", lambda error, f1: error,
              "you return only the count error. It may be 0 where cells are wrong, so F1 belongs to it, section 10"),
        Wrong("only F1", lambda error, f1: f1,
              "you return only F1. The count error comes first: section 10"),
    ),
)
# fmt: on


# --- 15.9 -------------------------------------------------------------------------------------------------------------

FACES = (np.array([[4.0, 1, 0], [0, 1, 0]]), np.array([[5.0, 4, 4]]), 1)
TILTED = (np.array([[3.0, 1, 0], [1, 1, 0]]), np.array([[5.0, 4, 4]]), 1)


def _portraits(rng):
    yield FACES
    yield TILTED
    yield (
        np.array([[0, 2, 0, 1], [4, 0, 1, 0], [0, 0, 3, 1]]),
        np.array([[1, 2, 3, 4], [0, 1, 0, 5]]),
        2,
    )  # whole numbers
    for n, d, m, k in ((4, 5, 2, 2), (4, 5, 3, 3), (5, 6, 1, 3), (6, 7, 4, 4), (5, 7, 3, 3), (3, 40, 6, 1)):
        faces = rng.normal(size=(n, d)) * np.linspace(3, 0.5, d) + rng.uniform(2, 5, d)
        yield faces, rng.normal(size=(m, d)) + rng.uniform(1, 6, d), k


def _by_small_matrix(train, test, k):
    """The directions by way of the matrix of inner products of the training images."""
    mean = [math.fsum(column) / len(train) for column in np.asarray(train, float).T]
    centred, rest = np.subtract(train, mean), np.subtract(test, mean)
    for weights in np.linalg.eigh(centred @ centred.T)[1].T[-k:]:
        direction = weights @ centred
        rest = rest - np.outer(rest @ direction, direction) / (direction @ direction)
    return np.sqrt((rest**2).sum(axis=1))


def _directions(centred, k):
    return np.linalg.svd(centred, full_matrices=False)[2][:k]


def _rest(test, directions):
    return test - test @ directions.T @ directions


def _length(rows):
    return np.linalg.norm(rows, axis=1)


def _centred(train, test):
    mean = train.mean(axis=0)
    return train - mean, test - mean


face_distance = FunctionExercise(
    "15.9",
    "Distance to the faces",
    cases=_portraits,
    oracle=_by_small_matrix,
    solution="""
    import numpy as np

    def face_distance(train, test, k):
        mean = train.mean(axis=0)
        values, vectors = np.linalg.eigh(np.cov(train, rowvar=False))  # the largest come last
        main = vectors[:, -k:]
        rest = (test - mean) - (test - mean) @ main @ main.T
        return np.linalg.norm(rest, axis=1)
    """,
    example=FACES,
    example_words="For `train = [[4, 1, 0], [0, 1, 0]]`, `test = [[5, 4, 4]]`, `k = 1` you return ",
    hints=(
        "Everything is learned from the training images: the mean and the directions. Both are then used on the test "
        "images.",
        "`np.linalg.eigh` gives eigenvectors as *columns*, the largest eigenvalue last; `np.linalg.svd(centred, "
        "full_matrices=False)[2]` gives them as rows, the largest first.",
        "With x = test - mean and the directions as columns of `main`: rest = x - x @ main @ main.T; then "
        "np.linalg.norm(rest, axis=1).",
    ),
    rtol=1e-5,
    atol=1e-6,
    fixed=("train.ndim", "test.ndim"),
)


@face_distance.mistake("mean of the test images")
def _(train, test, k):
    """you subtract the mean of the **test** images from them. {example}`[0]`, expected `[5]`: what is tested must not
    say where the middle is. The mean of `train` from both: section 12."""
    return _length(_rest(test - test.mean(axis=0), _directions(train - train.mean(axis=0), k)))


@face_distance.mistake("mean of all images", example=TILTED)
def _(train, test, k):
    """your mean is that of training and test images **together**. For `train = [[3, 1, 0], [1, 1, 0]]`, `test = [[5, 4,
    4]]`, `k = 1` you return `[3.333]`, expected `[5]`: what is tested must not say where the middle is. Section 12."""
    mean = np.concatenate([train, test]).mean(axis=0)
    return _length(_rest(test - mean, _directions(train - train.mean(axis=0), k)))


@face_distance.mistake("mean of all images, in the directions as well", example=TILTED)
def _(train, test, k):
    """your mean is that of training and test images **together**, for both. For `train = [[3, 1, 0], [1, 1, 0]]`, `test
    = [[5, 4, 4]]`, `k = 1` you return `[0.5053]`, expected `[5]`: what is tested must not say where the middle is.
    Section 12."""
    mean = np.concatenate([train, test]).mean(axis=0)
    return _length(_rest(test - mean, _directions(train - mean, k)))


@face_distance.mistake("no mean", example=TILTED)
def _(train, test, k):
    """no mean is subtracted. For `train = [[3, 1, 0], [1, 1, 0]]`, `test = [[5, 4, 4]]`, `k = 1` you return `[4.379]`,
    expected `[5]`. Then the first direction only points at the mean face: section 12."""
    return _length(_rest(test, _directions(train, k)))


@face_distance.mistake("test images not centred")
def _(train, test, k):
    """your directions are right, but the mean is not subtracted from the **test** images. {example}`[5.657]`, expected
    `[5]`: section 12."""
    return _length(_rest(test, _directions(train - train.mean(axis=0), k)))


@face_distance.mistake("directions of what is not centred", example=(np.array([[3.0, 2, 0], [1, 2, 0]]), *FACES[1:]))
def _(train, test, k):
    """the mean is subtracted from the test images, but not **before the directions** are found. For `train = [[3, 2,
    0], [1, 2, 0]]`, `test = [[5, 4, 4]]`, `k = 1` you return `[4.029]`, expected `[4.472]`. The covariance is of what
    is left without the mean: section 12."""
    return _length(_rest(test - train.mean(axis=0), _directions(train, k)))


@face_distance.mistake("small eigenvectors not renormalized")
def _(train, test, k):
    """your eigenvectors of the small matrix are mapped back and **not made unit vectors** again. {example}`[21.59]`,
    expected `[5]`. Xᵀv has the length √(nλ): divide by it, (15.10)."""
    centred, x = _centred(train, test)
    directions = np.linalg.eigh(centred @ centred.T)[1][:, -k:].T @ centred
    return _length(_rest(x, directions))


@face_distance.mistake(
    "the least eigenvalues",
    example=(np.array([[0, 2, 0, 1], [4, 0, 1, 0], [0, 0, 3, 1]]), np.array([[1, 2, 3, 4], [0, 1, 0, 5]]), 2),
)
def _(train, test, k):
    """you take the directions with the **least** eigenvalues, those along which the training images do not differ. For
    `train = [[0, 2, 0, 1], [4, 0, 1, 0], [0, 0, 3, 1]]`, `test = [[1, 2, 3, 4], [0, 1, 0, 5]]`, `k = 2` you return
    `[1.746, 2.504]`, expected `[3.568, 4.022]`. `eigh` gives the largest last: section 12."""
    centred, x = _centred(train, test)
    return _length(_rest(x, np.linalg.eigh(np.cov(centred, rowvar=False))[1][:, :k].T))


@face_distance.mistake("squares")
def _(train, test, k):
    """those are **squared** lengths: {example}`[25]`, expected `[5]`. The root is missing, section 12."""
    return _by_small_matrix(train, test, k) ** 2


@face_distance.mistake("the projection for the rest")
def _(train, test, k):
    """that is the length of the **projection**. {example}`[3]`, expected `[5]`. Asked is what the directions do *not*
    explain: take the projection off first, section 12."""
    centred, x = _centred(train, test)
    return _length(x @ _directions(centred, k).T)


@face_distance.mistake("distance to the mean face", example=FACES)
def _(train, test, k):
    """that is the distance to the **mean face**: the directions are not used. {example}`[5.831]`, expected `[5]`. Take
    the projection onto them off, section 12."""
    return _length(test - train.mean(axis=0))


@face_distance.mistake("nearest training face", example=(FACES[0], np.array([[5.0, 3, 0]]), 1))
def _(train, test, k):
    """that is the distance to the **nearest** training image, within the directions. For `train = [[4, 1, 0], [0, 1,
    0]]`, `test = [[5, 3, 0]]`, `k = 1` you return `[1]`, expected `[2]`. That answers *who* it is like. How far it is
    from all faces is what the directions leave over: section 12."""
    centred, x = _centred(train, test)
    directions = _directions(centred, k)
    codes, mine = centred @ directions.T, x @ directions.T
    return np.sqrt(((mine[:, None] - codes) ** 2).sum(axis=2)).min(axis=1)


@face_distance.mistake(
    "directions of the test images", example=(FACES[0], np.array([[5.0, 4, 4], [1, 0, 3], [2, 2, 0]]), 1)
)
def _(train, test, k):
    """your directions are those of the **test** images. For `train = [[4, 1, 0], [0, 1, 0]]`, `test = [[5, 4, 4], [1,
    0, 3], [2, 2, 0]]`, `k = 1` you return `[1.85, 3.317, 0.7997]`, expected `[5, 3.162, 1]`. Mean and directions are
    both learned from `train`: section 12."""
    return _length(_rest(test - train.mean(axis=0), _directions(test - test.mean(axis=0), k)))


@face_distance.mistake("each image less its own mean")
def _(train, test, k):
    """you subtract from each image its **own mean**, over the pixels. {example}`[0.1787]`, expected `[5]`. The mean
    *face* is a mean over the images, `axis=0`: section 12."""
    train, test = (part - part.mean(axis=1, keepdims=True) for part in (train, test))
    return _length(_rest(test, _directions(train, k)))


@face_distance.mistake("absolute values added")
def _(train, test, k):
    """you add absolute values. {example}`[7]`, expected `[5]`. A length is the root of the sum of the squares: section
    12."""
    centred, x = _centred(train, test)
    return np.abs(_rest(x, _directions(centred, k))).sum(axis=1)


@face_distance.mistake("the rest itself")
def _(train, test, k):
    """that is what is left, pixel by pixel. {example}`[[0, 3, 4]]`, expected `[5]`: its length, one number an image,
    section 12."""
    centred, x = _centred(train, test)
    return _rest(x, _directions(centred, k))


@face_distance.mistake("a share of the length")
def _(train, test, k):
    """you divide by the image's own length. {example}`[0.8575]`, expected `[5]`. The length itself is asked for,
    section 12."""
    return _by_small_matrix(train, test, k) / _length(test - train.mean(axis=0))


@face_distance.mistake("one number for all", example=(FACES[0], np.array([[5.0, 4, 4], [1, 1, 2]]), 1))
def _(train, test, k):
    """you return **one** length for all test images together. For `train = [[4, 1, 0], [0, 1, 0]]`, `test = [[5, 4, 4],
    [1, 1, 2]]`, `k = 1` you return `5.385`, expected `[5, 2]`. `np.linalg.norm` needs `axis=1`: section 12."""
    return np.linalg.norm(_by_small_matrix(train, test, k))


WHOLE = (np.array([[0, 2, 0, 1], [4, 0, 1, 0], [0, 0, 3, 1]]), np.array([[1, 2, 3, 4], [0, 1, 0, 5]]), 2)


@face_distance.mistake("mean of the test images for both", example=(FACES[0], np.array([[5.0, 4, 4], [1, 3, 2]]), 1))
def _(train, test, k):
    """you subtract the mean of the **test** images, from both parts. For `train = [[4, 1, 0], [0, 1, 0]]`, `test = [[5,
    4, 4], [1, 3, 2]]`, `k = 1` you return `[1.568, 1.568]`, expected `[5, 2.828]`: what is tested must not say where
    the middle is. The mean of `train`: section 12."""
    mean = test.mean(axis=0)
    return _length(_rest(test - mean, _directions(train - mean, k)))


@face_distance.mistake("each part its own mean", example=(FACES[0], np.array([[5.0, 4, 4], [1, 3, 6]]), 1))
def _(train, test, k):
    """each image is measured from the **test** images' mean, along good directions. For `train = [[4, 1, 0], [0, 1,
    0]]`, `test = [[5, 4, 4], [1, 3, 6]]`, `k = 1` you return `[2.291, 2.291]`, expected `[5, 6.325]`. The mean of
    `train` from both: section 12."""
    return _length(test - test.mean(axis=0))


@face_distance.mistake("a length for each pixel")
def _(train, test, k):
    """you take the length over the **images**, one for each pixel. {example}`[0, 3, 4]`, expected `[5]`. One for each
    image, `axis=1`: section 12."""
    centred, x = _centred(train, test)
    return np.linalg.norm(_rest(x, _directions(centred, k)), axis=0)


@face_distance.mistake("mean not added back")
def _(train, test, k):
    """you compare the image with its projection **without the mean face**. {example}`[6]`, expected `[5]`. Take the
    projection off test - mean, or add the mean to the projection: section 12."""
    centred, x = _centred(train, test)
    return _length(test - (x - _rest(x, _directions(centred, k))))


@face_distance.mistake("one direction too few", example=WHOLE)
def _(train, test, k):
    """you use **k - 1** directions. For `train = [[0, 2, 0, 1], [4, 0, 1, 0], [0, 0, 3, 1]]`, `test = [[1, 2, 3, 4],
    [0, 1, 0, 5]]`, `k = 2` you return `[3.648, 4.181]`, expected `[3.568, 4.022]`. The last k columns are `[:, -k:]`:
    section 12."""
    centred, x = _centred(train, test)
    return _length(_rest(x, _directions(centred, k - 1)))


@face_distance.mistake(
    "one direction too many",
    example=(np.array([[0, 2, 0, 1], [4, 0, 1, 0], [0, 0, 3, 1]]), np.array([[1, 2, 3, 9]]), 1),
)
def _(train, test, k):
    """you use **k + 1** directions. For `train = [[0, 2, 0, 1], [4, 0, 1, 0], [0, 0, 3, 1]]`, `test = [[1, 2, 3, 9]]`,
    `k = 1` you return `[8.118]`, expected `[8.161]`. The first k rows are `[:k]`, the last k columns `[:, -k:]`:
    section 12."""
    centred, x = _centred(train, test)
    return _length(_rest(x, _directions(centred, k + 1)))


@face_distance.mistake("columns of Vᵀ for its rows", example=WHOLE)
def _(train, test, k):
    """you take the **columns** of Vᵀ. For `train = [[0, 2, 0, 1], [4, 0, 1, 0], [0, 0, 3, 1]]`, `test = [[1, 2, 3, 4],
    [0, 1, 0, 5]]`, `k = 2` you return `[3.75, 3.653]`, expected `[3.568, 4.022]`. `np.linalg.svd` gives the directions
    as *rows*, `[:k]`: section 12."""
    centred, x = _centred(train, test)
    return _length(_rest(x, np.linalg.svd(centred)[2][:, :k].T))


@face_distance.mistake("rows of eigh's matrix for its columns", example=WHOLE)
def _(train, test, k):
    """you take **rows** of what `eigh` gives. For `train = [[0, 2, 0, 1], [4, 0, 1, 0], [0, 0, 3, 1]]`, `test = [[1, 2,
    3, 4], [0, 1, 0, 5]]`, `k = 2` you return `[3.33, 4.143]`, expected `[3.568, 4.022]`. Eigenvectors are its
    *columns*, the largest last, `[:, -k:]`: section 12."""
    centred, x = _centred(train, test)
    return _length(_rest(x, np.linalg.eigh(centred.T @ centred)[1][-k:]))


@face_distance.mistake("one mean for all pixels")
def _(train, test, k):
    """you subtract **one number**, the mean of all pixels. {example}`[4.872]`, expected `[5]`. The mean face is an
    image, a mean for each pixel, `axis=0`: section 12."""
    return _length(_rest(test - train.mean(), _directions(train - train.mean(), k)))


@face_distance.mistake("mean over the pixels")
def _(train, test, k):
    """that is the root of the *mean* square over the pixels. {example}`[2.887]`, expected `[5]`. A length is the root
    of the **sum** of the squares: section 12."""
    return _by_small_matrix(train, test, k) / math.sqrt(train.shape[1])


@face_distance.mistake("no root, mean over the pixels")
def _(train, test, k):
    """that is the mean square error of each image. {example}`[8.333]`, expected `[5]`. A length is the root of the
    **sum** of the squares: section 12."""
    return _by_small_matrix(train, test, k) ** 2 / train.shape[1]


@face_distance.mistake("projection of what is not centred")
def _(train, test, k):
    """you project the test images **with** their mean face, and then take the mean off. {example}`[5.385]`, expected
    `[5]`. First subtract the mean, then project: section 12."""
    centred, x = _centred(train, test)
    directions = _directions(centred, k)
    return _length(x - test @ directions.T @ directions)


@face_distance.mistake("the largest pixel")
def _(train, test, k):
    """you take the **largest** entry of what is left. {example}`[4]`, expected `[5]`. A length is the root of the sum
    of all squares: section 12."""
    centred, x = _centred(train, test)
    return np.abs(_rest(x, _directions(centred, k))).max(axis=1)


@face_distance.mistake("difference of lengths")
def _(train, test, k):
    """you subtract the **lengths**. {example}`[2.831]`, expected `[5]`. Projection and rest stand at a right angle, so
    it is their squares that add up: subtract the vectors, section 12."""
    centred, x = _centred(train, test)
    return _length(x) - _length(x @ _directions(centred, k).T)


@face_distance.mistake("directions of all images")
def _(train, test, k):
    """your directions are those of training and test images **together**. {example}`[0.6672]`, expected `[5]`. What is
    tested must not say what is usual: directions from `train` alone, section 12."""
    both = np.concatenate([train, test]) - train.mean(axis=0)
    return _length(_rest(test - train.mean(axis=0), _directions(both, k)))


@face_distance.mistake("all in terms of all images")
def _(train, test, k):
    """mean **and** directions are those of training and test images together. {example}`[0.691]`, expected `[5]`. What
    is tested must not say what is usual: both from `train` alone, section 12."""
    both = np.concatenate([train, test])
    return _length(_rest(test - both.mean(axis=0), _directions(both - both.mean(axis=0), k)))


@face_distance.mistake("in units of the spread")
def _(train, test, k):
    """that is a distance **within** the directions, in units of how far the training images spread (Mahalanobis).
    {example}`[1.061]`, expected `[5]`. Asked is what the directions leave over: section 12."""
    centred, x = _centred(train, test)
    directions = _directions(centred, k)
    return _length(x @ directions.T / (centred @ directions.T).std(axis=0, ddof=1))


@face_distance.mistake("divided by √λ, not √(nλ)", example=WHOLE)
def _(train, test, k):
    """your directions are not of length 1: with eigenvalues of XXᵀ / n you divided by √λ. For `train = [[0, 2, 0, 1],
    [4, 0, 1, 0], [0, 0, 3, 1]]`, `test = [[1, 2, 3, 4], [0, 1, 0, 5]]`, `k = 2` you return `[4.992, 6.423]`, expected
    `[3.568, 4.022]`. The length of Xᵀv is √(nλ): divide by what `np.linalg.norm` says, (15.10)."""
    centred, x = _centred(train, test)
    values, vectors = np.linalg.eigh(centred @ centred.T / len(centred))
    return _length(_rest(x, (centred.T @ vectors[:, -k:] / np.sqrt(values[-k:])).T))


@face_distance.mistake("in units of the singular values", example=WHOLE)
def _(train, test, k):
    """that is a distance **within** the directions, divided by the singular values. For `train = [[0, 2, 0, 1], [4, 0,
    1, 0], [0, 0, 3, 1]]`, `test = [[1, 2, 3, 4], [0, 1, 0, 5]]`, `k = 2` you return `[0.5401, 0.7803]`, expected
    `[3.568, 4.022]`. Asked is what the directions leave over: section 12."""
    centred, x = _centred(train, test)
    _, lengths, directions = np.linalg.svd(centred, full_matrices=False)
    return _length(x @ directions[:k].T / lengths[:k])


# --- 15.10 ------------------------------------------------------------------------------------------------------------

PAIRS = (np.array([0.9, 0.7, 0.6, 0.4, 0.3]), np.array([0.5, 0.3, 0.2, 0.1, 0.0, -0.2]), 0.5)
TIES = (np.array([0.5, 0.7, 0.2]), np.array([0.5, 0.1]), 0.5)


def _similarities(rng):
    yield PAIRS
    yield TIES
    yield np.array([3, 5, 8, 8]), np.array([8, 2, 4]), 5  # whole numbers
    yield np.array([0.4, 0.9]), np.array([0.1, 0.3, 0.2]), 0.0  # all accepted
    yield np.array([-1.0, -3.0, -2.5]), np.array([-4.0, -2.5, -9.0, -3.5, -7.0]), -2.5  # minus a distance
    yield np.array([0.8]), np.array([0.9]), 0.95  # all refused
    for n, m, threshold in ((7, 11, 0.3), (12, 5, 0.1), (9, 16, -0.2)):
        yield rng.normal(0.4, 0.3, n).round(1), rng.normal(0, 0.3, m).round(1), threshold


def _count_errors(genuine, impostor, threshold):
    accepted = sum(1 for s in impostor if not s < threshold)
    refused = sum(1 for s in genuine if s < threshold)
    return accepted / len(impostor), refused / len(genuine)


error_rates = FunctionExercise(
    "15.10",
    "Two kinds of error",
    cases=_similarities,
    oracle=_count_errors,
    solution="""
    import numpy as np

    def error_rates(genuine, impostor, threshold):
        return np.mean(impostor >= threshold), np.mean(genuine < threshold)
    """,
    example=PAIRS,
    example_words="For `genuine = [0.9, 0.7, 0.6, 0.4, 0.3]`, `impostor = [0.5, 0.3, 0.2, 0.1, 0, -0.2]`, "
    "`threshold = 0.5` you return ",
    hints=(
        "Each rate looks at one of the two lists only.",
        "False acceptance: of the impostors. False refusal: of the genuine pairs. At the threshold a pair is accepted.",
        "The mean of `impostor >= threshold`, and the mean of `genuine < threshold`.",
    ),
    fixed=("genuine.ndim", "impostor.ndim"),
)


@error_rates.mistake("FAR and FRR swapped")
def _(genuine, impostor, threshold):
    """right, in the other order: (FRR, FAR). {example}`(0.4, 0.1667)`, expected `(0.1667, 0.4)`. A door that lets
    strangers in is not a door that keeps you out: (15.11)."""
    return _count_errors(genuine, impostor, threshold)[::-1]


@error_rates.mistake("refused at the threshold", example=TIES)
def _(genuine, impostor, threshold):
    """you **refuse** a pair whose similarity equals the threshold. For `genuine = [0.5, 0.7, 0.2]`, `impostor = [0.5,
    0.1]`, `threshold = 0.5` you return `(0, 0.6667)`, expected `(0.5, 0.3333)`. At least the threshold: `>=`,
    (15.11)."""
    return np.mean(impostor > threshold), np.mean(genuine <= threshold)


@error_rates.mistake("impostors refused at the threshold", example=TIES)
def _(genuine, impostor, threshold):
    """an impostor whose similarity equals the threshold is **refused** by you, and a genuine pair accepted. For
    `genuine = [0.5, 0.7, 0.2]`, `impostor = [0.5, 0.1]`, `threshold = 0.5` you return `(0, 0.3333)`, expected `(0.5,
    0.3333)`. One rule for both, accepted if `>=`: (15.11)."""
    return np.mean(impostor > threshold), np.mean(genuine < threshold)


@error_rates.mistake("genuine pairs refused at the threshold", example=TIES)
def _(genuine, impostor, threshold):
    """a genuine pair whose similarity equals the threshold is **refused** by you, and an impostor accepted. For
    `genuine = [0.5, 0.7, 0.2]`, `impostor = [0.5, 0.1]`, `threshold = 0.5` you return `(0.5, 0.6667)`, expected `(0.5,
    0.3333)`. One rule for both, refused if `<`: (15.11)."""
    return np.mean(impostor >= threshold), np.mean(genuine <= threshold)


@error_rates.mistake("over all pairs")
def _(genuine, impostor, threshold):
    """you divide both by the number of **all** pairs. {example}`(0.09091, 0.1818)`, expected `(0.1667, 0.4)`. Then a
    rate depends on how many impostors happened to be tried. Each over its own list: (15.11)."""
    far, frr = _count_errors(genuine, impostor, threshold)
    both = len(genuine) + len(impostor)
    return far * len(impostor) / both, frr * len(genuine) / both


@error_rates.mistake("right decisions")
def _(genuine, impostor, threshold):
    """those are the shares of **right** decisions. {example}`(0.8333, 0.6)`, expected `(0.1667, 0.4)`. Errors are asked
    for: impostors that are accepted, genuine pairs that are refused, (15.11)."""
    far, frr = _count_errors(genuine, impostor, threshold)
    return 1 - far, 1 - frr


@error_rates.mistake("right decisions, genuine first")
def _(genuine, impostor, threshold):
    """those are the shares of **right** decisions, genuine pairs first; or the two lists are exchanged. {example}`(0.6,
    0.8333)`, expected `(0.1667, 0.4)`. Impostors that are accepted, then genuine pairs that are refused: (15.11)."""
    far, frr = _count_errors(genuine, impostor, threshold)
    return 1 - frr, 1 - far


@error_rates.mistake("both accepted")
def _(genuine, impostor, threshold):
    """your second number is the share of genuine pairs **accepted**. {example}`(0.1667, 0.6)`, expected `(0.1667,
    0.4)`. Refused: below the threshold, (15.11)."""
    far, frr = _count_errors(genuine, impostor, threshold)
    return far, 1 - frr


@error_rates.mistake("both refused")
def _(genuine, impostor, threshold):
    """your first number is the share of impostors **refused**. {example}`(0.8333, 0.4)`, expected `(0.1667, 0.4)`. That
    is what should happen; the error is to accept them, (15.11)."""
    far, frr = _count_errors(genuine, impostor, threshold)
    return 1 - far, frr


@error_rates.mistake("similarity for a distance")
def _(genuine, impostor, threshold):
    """you accept what is **below** the threshold, as with a distance. {example}`(1, 0.6)`, expected `(0.1667, 0.4)`.
    These are similarities: higher is more alike, (15.11)."""
    return np.mean(impostor <= threshold), np.mean(genuine > threshold)


@error_rates.mistake("counts")
def _(genuine, impostor, threshold):
    """those are **counts**. {example}`(1, 2)`, expected `(0.1667, 0.4)`. Rates: over how many impostors, over how many
    genuine pairs? (15.11)."""
    return np.sum(impostor >= threshold), np.sum(genuine < threshold)


@error_rates.mistake("among the accepted and the refused")
def _(genuine, impostor, threshold):
    """you ask how many of the **accepted** pairs are impostors, and how many of the refused are genuine.
    {example}`(0.25, 0.2857)`, expected `(0.1667, 0.4)`. That changes with how many impostors come. Of the impostors,
    how many are accepted? (15.11)."""
    fa, fr = np.sum(impostor >= threshold), np.sum(genuine < threshold)
    accepted, refused = fa + np.sum(genuine >= threshold), fr + np.sum(impostor < threshold)
    with np.errstate(all="ignore"):
        return fa / accepted, fr / refused


@error_rates.mistake("divisors exchanged")
def _(genuine, impostor, threshold):
    """you divide by the number of pairs in the **other** list. {example}`(0.2, 0.3333)`, expected `(0.1667, 0.4)`.
    Accepted impostors over impostors, refused genuine pairs over genuine pairs: (15.11)."""
    return np.sum(impostor >= threshold) / len(genuine), np.sum(genuine < threshold) / len(impostor)


@error_rates.mistake("one rate from the other")
def _(genuine, impostor, threshold):
    """you take FRR for 1 - FAR. {example}`(0.1667, 0.8333)`, expected `(0.1667, 0.4)`. They are of different lists, and
    do not add up to 1: each is counted, (15.11)."""
    far = _count_errors(genuine, impostor, threshold)[0]
    return far, 1 - far


@error_rates.mistake("one number")
def _(genuine, impostor, threshold):
    """you return the mean of both rates. {example}`0.2833`, expected `(0.1667, 0.4)`: two numbers, FAR and FRR. Which
    error is dearer depends on the door: (15.11)."""
    return sum(_count_errors(genuine, impostor, threshold)) / 2


@error_rates.mistake("both lists in one")
def _(genuine, impostor, threshold):
    """you put both lists **together**, and give the shares of all pairs that are accepted and refused.
    {example}`(0.3636, 0.6364)`, expected `(0.1667, 0.4)`. FAR is of the impostors, FRR of the genuine pairs:
    (15.11)."""
    together = np.concatenate([genuine, impostor])
    return np.mean(together >= threshold), np.mean(together < threshold)


@error_rates.mistake("all errors together")
def _(genuine, impostor, threshold):
    """you give **one** share, of wrong decisions among all pairs. {example}`0.2727`, expected `(0.1667, 0.4)`: two
    numbers, FAR and FRR, (15.11)."""
    return (np.sum(impostor >= threshold) + np.sum(genuine < threshold)) / (len(genuine) + len(impostor))


@error_rates.mistake(
    "signs of the similarities lost", example=(np.array([-0.1, -0.9, 0.6]), np.array([-0.7, 0.2, 0.1]), 0.5)
)
def _(genuine, impostor, threshold):
    """you take absolute values. For `genuine = [-0.1, -0.9, 0.6]`, `impostor = [-0.7, 0.2, 0.1]`, `threshold = 0.5` you
    return `(0.3333, 0.3333)`, expected `(0, 0.6667)`. A similarity below 0 is a very low one: (15.11)."""
    return np.mean(np.abs(impostor) >= threshold), np.mean(np.abs(genuine) < threshold)


@error_rates.mistake("accepted of both, ties refused")
def _(genuine, impostor, threshold):
    """you give the shares **accepted** of both lists, and refuse at the threshold. {example}`(0, 0.6)`, expected
    `(0.1667, 0.4)`. The second error is to *refuse* genuine pairs; and at the threshold a pair is accepted, (15.11)."""
    return np.mean(impostor > threshold), np.mean(genuine > threshold)


@error_rates.mistake("refused of both, ties refused")
def _(genuine, impostor, threshold):
    """you give the shares **refused** of both lists, and refuse at the threshold. {example}`(1, 0.4)`, expected
    `(0.1667, 0.4)`. The first error is to *accept* impostors; and at the threshold a pair is accepted, (15.11)."""
    return np.mean(impostor <= threshold), np.mean(genuine <= threshold)


@error_rates.mistake("the length of a comparison", example=TIES)
def _(genuine, impostor, threshold):
    """`len` of a comparison counts True **and** False. For `genuine = [0.5, 0.7, 0.2]`, `impostor = [0.5, 0.1]`,
    `threshold = 0.5` you return `(1, 1)`, expected `(0.5, 0.3333)`. Its `sum`, or its `mean`, counts True only:
    (15.11)."""
    return 1.0, 1.0


@error_rates.mistake("among the accepted")
def _(genuine, impostor, threshold):
    """your first number is the share of impostors among the **accepted** pairs. {example}`(0.25, 0.4)`, expected
    `(0.1667, 0.4)`. That changes with how many impostors come. Of the impostors, how many are accepted? (15.11)."""
    accepted = np.sum(impostor >= threshold)
    with np.errstate(all="ignore"):
        return accepted / (accepted + np.sum(genuine >= threshold)), np.mean(genuine < threshold)


@error_rates.mistake("both over the genuine pairs")
def _(genuine, impostor, threshold):
    """you divide both by the number of **genuine** pairs. {example}`(0.2, 0.4)`, expected `(0.1667, 0.4)`. Accepted
    impostors over the number of impostors: (15.11)."""
    return np.sum(impostor >= threshold) / len(genuine), np.mean(genuine < threshold)


@error_rates.mistake("accepted of both, genuine first")
def _(genuine, impostor, threshold):
    """you give the shares **accepted**, of genuine pairs first. {example}`(0.6, 0.1667)`, expected `(0.1667, 0.4)`.
    First the impostors that are accepted, then the genuine pairs that are *refused*: (15.11)."""
    return np.mean(genuine >= threshold), np.mean(impostor >= threshold)


@error_rates.mistake("shares of the errors")
def _(genuine, impostor, threshold):
    """you ask which share of the **errors** is of which kind. {example}`(0.3333, 0.6667)`, expected `(0.1667, 0.4)`.
    Accepted impostors over the impostors, refused genuine pairs over the genuine pairs: (15.11)."""
    accepted, refused = np.sum(impostor >= threshold), np.sum(genuine < threshold)
    with np.errstate(all="ignore"):
        return accepted / (accepted + refused), refused / (accepted + refused)


@error_rates.mistake("refused pairs counted")
def _(genuine, impostor, threshold):
    """your second number **counts**. {example}`(0.1667, 2)`, expected `(0.1667, 0.4)`. A rate: over the number of
    genuine pairs, (15.11)."""
    return np.mean(impostor >= threshold), np.sum(genuine < threshold)


@error_rates.mistake("accepted impostors counted", example=TIES)
def _(genuine, impostor, threshold):
    """your first number **counts**. For `genuine = [0.5, 0.7, 0.2]`, `impostor = [0.5, 0.1]`, `threshold = 0.5` you
    return `(1, 0.3333)`, expected `(0.5, 0.3333)`. A rate: over the number of impostors, (15.11)."""
    return np.sum(impostor >= threshold), np.mean(genuine < threshold)


# --- 15.11 ------------------------------------------------------------------------------------------------------------

LAYERS = (np.array([[1.0, 0.5, 0.0]]), np.array([0.5]), np.array([[0.0, 0.5, 1.0]]))


def _layers(rng):
    yield LAYERS
    yield (LAYERS[0], np.array([0.25]), LAYERS[2])
    yield (np.ones((3, 3)), np.array([0, 0.5, 1]), np.zeros((3, 3)))
    yield (np.ones((3, 3)), np.array([0, 0.25, 1]), np.zeros((3, 3)))
    yield (LAYERS[0], np.array([0.3]), LAYERS[2])
    yield (LAYERS[0], np.array([0.1]), LAYERS[2])
    yield np.array([[1, 0, 1], [0, 1, 1]]), np.array([0.25, 0.75]), np.array([[0, 0, 1], [1, 0, 1]])  # 0 and 1 only
    yield rng.random((2, 3)).round(2), np.array([0, 1]), rng.random((2, 3)).round(2)  # one or the other
    yield rng.random((3, 3)).round(2), np.array([0.1, 0.5, 0.9]), rng.random((3, 3)).round(2)
    yield np.array([0.8, 0.3, 0.1]), np.array(0.6), np.array([0.2, 0.9, 0.4])  # one colour
    for shape in ((2, 4), (3, 2), (4, 3), (1, 3)):
        yield rng.random((*shape, 3)), rng.random(shape), rng.random((*shape, 3))


def _channel_by_channel(front, alpha, back):
    front, alpha, back = (np.asarray(a, float) for a in (front, alpha, back))
    mixed = np.empty(front.shape)
    for place in np.ndindex(alpha.shape):
        for c in range(3):
            light = math.pow(front[(*place, c)], 2.2) * alpha[place] + math.pow(back[(*place, c)], 2.2) * (
                1 - alpha[place]
            )
            mixed[(*place, c)] = math.pow(light, 1 / 2.2)
    return mixed


def _mixed(front, alpha, back, there=2.2, again=1 / 2.2):
    """Mix front and back after one power, and take another power of the result."""
    share = np.asarray(alpha, float)[..., None]
    return (share * np.asarray(front, float) ** there + (1 - share) * np.asarray(back, float) ** there) ** again


lay_over = FunctionExercise(
    "15.11",
    "Mix light, not numbers",
    cases=_layers,
    oracle=_channel_by_channel,
    solution="""
    def lay_over(front, alpha, back):
        alpha = alpha[..., None]
        light = alpha * front**2.2 + (1 - alpha) * back**2.2
        return light ** (1 / 2.2)
    """,
    example=LAYERS,
    example_words="For `front = [[1, 0.5, 0]]`, `alpha = [0.5]`, `back = [[0, 0.5, 1]]` you return ",
    hints=(
        "Three steps: to light, mix, back to stored values. Which of the three arguments are colours?",
        "`alpha[..., None]` has an axis of length 1 for the colours to share.",
        "light = alpha * front**2.2 + (1 - alpha) * back**2.2, with that alpha; then light ** (1 / 2.2).",
    ),
    rtol=1e-5,
    atol=1e-7,
)


def _laid_over(there, shares, mix, again, then=lambda mixed: mixed):
    def lay_over(front, alpha, back):
        front, alpha, back = (np.asarray(part, float) for part in (front, alpha, back))
        a, b = shares(alpha)
        return then(again(mix(a, *there(front, back), b)))

    return lay_over


def _to_the(power):
    return lambda *colours: [colour**power for colour in colours] if len(colours) > 1 else colours[0] ** power


def _decoded(v):
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


# fmt: off
lay_over.choices(
    _laid_over,
    place="(15.12)",
    words='`front = [[1, 0.5, 0]]`, `alpha = [0.5]`, `back = [[0, 0.5, 1]]`',
    there=(
        _to_the(2.2),
        Wrong("brightened, but not made light", lambda front, back: (front, back),
              "you mix stored numbers, and take 1 / 2.2 of the result. You go back without having gone: front and "
              "back to the power 2.2 first, (15.12)"),
        Wrong("only the front made light", lambda front, back: (front**2.2, back),
              "only the **front** is made light. Both are stored numbers: (15.12)"),
        Wrong("only the back made light", lambda front, back: (front, back**2.2),
              "only the **back** is made light. Both are stored numbers: (15.12)"),
        Wrong("1 / 2.2 both times", _to_the(1 / 2.2),
              "you take the power 1 / 2.2 **both** times. Light is stored ** 2.2; only the last step is 1 / 2.2: "
              "(15.12)"),
        Wrong("front and back exchanged", lambda front, back: (back**2.2, front**2.2),
              "**front and back** are exchanged. Alpha is the share that the front covers: (15.12)"),
        Wrong("the back forgotten", lambda front, back: (front**2.2, 0 * back),
              "the **back** does not appear. Add (1 - alpha) of its light: (15.12)"),
        Wrong("the sRGB curve there, 2.2 back", lambda front, back: (_decoded(front), _decoded(back)),
              "you go to light with the curve of sRGB, and back with 1 / 2.2. This exercise says light = stored ** "
              "2.2, both ways: (15.12)"),
    ),
    shares=(
        lambda alpha: (alpha[..., None], 1 - alpha[..., None]),
        Wrong("alpha made light, too", lambda alpha: (alpha[..., None] ** 2.2, 1 - alpha[..., None] ** 2.2),
              "you raise **alpha** to 2.2, too. Alpha is a share of the area, no colour: it stays as it is, (15.12)"),
        Wrong("taken for premultiplied", lambda alpha: (1, 1 - alpha[..., None]),
              "the front is not multiplied with alpha. Then it adds light that is not there. Only where a front is "
              "stored *premultiplied* has that been done: (15.12)"),
        Wrong("all of the back", lambda alpha: (alpha[..., None], 1),
              "all of the back shines through, and it gets lighter than 1 where both are bright. What the front covers "
              "is gone: (1 - alpha) of the back, (15.12)"),
        Wrong("half and half", lambda alpha: (0.5, 0.5),
              "you mix **half and half**, whatever alpha is. Alpha is the front's share: (15.12)"),
        Wrong("alpha without its axis", lambda alpha: (alpha, 1 - alpha),
              "`alpha` lacks an axis for the **colours**: with three pixels in a row their shares go to red, green "
              "and blue, and with another number NumPy stops. `alpha[..., None]`, (15.12)"),
    ),
    mix=(
        lambda a, front, back, b: a * front + b * back,
        Wrong("the lighter of the two", lambda a, front, back, b: np.maximum(a * front, b * back),
              "you keep the **lighter** of the two shares. The eye gets both: add them, (15.12)"),
        Wrong("brackets around 1 - alpha", lambda a, front, back, b: a * front + 1 - a * back,
              "`1 - alpha * back` is 1 less the product. Put brackets, `(1 - alpha) * back**2.2`: (15.12)"),
        Wrong("shares inside the power", lambda a, front, back, b: a**2.2 * front + b**2.2 * back,
              "the shares stand **inside** the power: (alpha · front) ** 2.2. Of the light, alpha is the front's: "
              "alpha · front ** 2.2, (15.12)"),
    ),
    again=(
        _to_the(1 / 2.2),
        Wrong("light returned", lambda light: light,
              "that is **light**, not yet what is stored. Go back at the end: (15.12)"),
        Wrong("the power 2.2 once more", _to_the(2.2),
              "at the end you take the power 2.2 **once more**. Back from light it is the other power, 1 / 2.2: "
              "(15.12)"),
        Wrong("brackets around 1 / 2.2", lambda light: light / 2.2,
              "`light ** 1 / 2.2` is light over 2.2: a power comes before a division. Put brackets, `light ** (1 / "
              "2.2)`: (15.12)"),
        Wrong("2.2 there, 2.4 back", _to_the(1 / 2.4),
              "you go to light with 2.2, and back with 1 / 2.4. Back is the same way: 1 / 2.2, (15.12)"),
        Wrong("2.2 there, a square root back", _to_the(0.5),
              "you go to light with 2.2, and back with a square root. Back is the same way: 1 / 2.2, (15.12)"),
    ),
    then=(
        lambda mixed: mixed,
        Wrong("rounded to bytes", lambda mixed: np.round(255 * mixed) / 255,
              "you round to bytes on the way. Colours are numbers in [0, 1] here; leave the rounding to whoever "
              "writes a file, (15.12)"),
    ),
)
# fmt: on


@lay_over.mistake("stored numbers mixed")
def _(front, alpha, back):
    """you mix the **stored numbers**. {example}`[[0.5, 0.5, 0.5]]`, expected `[[0.7297, 0.5, 0.7297]]`: too dark, and
    around hair and leaves that is a dark rim. Go to light first, (15.12)."""
    return _mixed(front, alpha, back, 1, 1)


@lay_over.mistake("front or back", example=(LAYERS[0], np.array([0.75]), LAYERS[2]))
def _(front, alpha, back):
    """you take the front **or** the back, whichever covers more. For `front = [[1, 0.5, 0]]`, `alpha = [0.75]`, `back =
    [[0, 0.5, 1]]` you return `[[1, 0.5, 0]]`, expected `[[0.8774, 0.5, 0.5325]]`. A pixel on the rim shows both:
    (15.12)."""
    return np.where(np.asarray(alpha)[..., None] > 0.5, front, back)


@lay_over.mistake("powers exchanged")
def _(front, alpha, back):
    """the two powers are exchanged. {example}`[[0.2176, 0.5, 0.2176]]`, expected `[[0.7297, 0.5, 0.7297]]`. Light is
    stored ** 2.2; the *last* step is 1 / 2.2: (15.12)."""
    return _mixed(front, alpha, back, 1 / 2.2, 2.2)


@lay_over.mistake("the sRGB curve")
def _(front, alpha, back):
    """you use the exact curve of sRGB. {example}`[[0.7354, 0.5, 0.7354]]`, expected `[[0.7297, 0.5, 0.7297]]`. That is
    what a program should do; this exercise says light = stored ** 2.2, (15.12)."""
    share = np.asarray(alpha, float)[..., None]
    front, back = (np.asarray(part, float) for part in (front, back))
    light = share * _decoded(front) + (1 - share) * _decoded(back)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


@lay_over.mistake("power after mixing")
def _(front, alpha, back):
    """you mix stored numbers, and take the power 2.2 of the **mixture**. {example}`[[0.2176, 0.2176, 0.2176]]`,
    expected `[[0.7297, 0.5, 0.7297]]`. To light first, then mix: the mean of powers is not the power of the mean,
    (15.12)."""
    return _mixed(front, alpha, back, 1, 2.2)


@lay_over.mistake("a root for the power")
def _(front, alpha, back):
    """your power is 2, not 2.2. {example}`[[0.7071, 0.5, 0.7071]]`, expected `[[0.7297, 0.5, 0.7297]]`. Near, but this
    exercise says light = stored ** 2.2, (15.12)."""
    return _mixed(front, alpha, back, 2, 0.5)


@lay_over.mistake("a power of 2.4")
def _(front, alpha, back):
    """your power is 2.4, not 2.2. {example}`[[0.7492, 0.5, 0.7492]]`, expected `[[0.7297, 0.5, 0.7297]]`. This exercise
    says light = stored ** 2.2, (15.12)."""
    return _mixed(front, alpha, back, 2.4, 1 / 2.4)


@lay_over.mistake("powers multiplied")
def _(front, alpha, back):
    """2.2 is a **factor** for you, not a power. {example}`[[1.1, 1.1, 1.1]]`, expected `[[0.7297, 0.5, 0.7297]]`: then
    going there and back changes nothing. `front**2.2`, (15.12)."""
    return 2.2 * _mixed(front, alpha, back, 1, 1)


@lay_over.mistake("roots of light added", example=(LAYERS[0], np.array([0.25]), LAYERS[2]))
def _(front, alpha, back):
    """you go back to stored values **before** you add. For `front = [[1, 0.5, 0]]`, `alpha = [0.25]`, `back = [[0, 0.5,
    1]]` you return `[[0.5325, 0.705, 0.8774]]`, expected `[[0.5325, 0.5, 0.8774]]`. Light adds up; stored values do
    not: first the sum, then the power 1 / 2.2, (15.12)."""
    share = np.asarray(alpha, float)[..., None]
    return share ** (1 / 2.2) * np.asarray(front, float) + (1 - share) ** (1 / 2.2) * np.asarray(back, float)


@lay_over.mistake("shares as powers")
def _(front, alpha, back):
    """your shares are **powers**, front ** alpha · back ** (1 - alpha). {example}`[[0, 0.5, 0]]`, expected `[[0.7297,
    0.5, 0.7297]]`. Light adds up: shares are factors, (15.12)."""
    share = np.asarray(alpha, float)[..., None]
    return np.asarray(front, float) ** share * np.asarray(back, float) ** (1 - share)


# --- 15.12 ------------------------------------------------------------------------------------------------------------

LATENTS = (np.array([[0, 1], [0, 2], [0, 1], [0, 2]]), 4)
COPIES = (np.array([[0, 0], [1, 1]]), 4)
RARE = (np.array([[0], [0], [0], [1]]), 2)
WIDE = (np.array([[0], [5], [0], [5]]), 2)


def _levels(rng):
    yield LATENTS
    yield COPIES
    yield RARE
    yield WIDE
    yield np.array([[3, -2, 0]]), 16  # one block: nothing to choose from
    yield np.array([[-1, 5], [2, 5], [-1, 5], [7, 5], [2, 5]]), 64
    for n, k, pixels in ((8, 3, 16), (12, 2, 64), (30, 4, 48), (5, 6, 9)):
        yield (
            np.round(rng.normal(0, 1.5, (n, k)) * np.linspace(2.5, 1, k)[np.arange(k) - n % k] + 2).astype(int),
            pixels,
        )


def _code_lengths(levels, pixels):
    bits = 0.0
    for column in levels.T.tolist():
        for value in column:
            bits += math.log2(len(column) / column.count(value)) / len(column)
    return bits / pixels


def _entropy(values):
    share = np.unique(values, return_counts=True)[1] / len(values)
    return float(-(share * np.log2(share)).sum())


bits_a_pixel = FunctionExercise(
    "15.12",
    "Count bits, not latents",
    cases=_levels,
    oracle=_code_lengths,
    solution="""
    import numpy as np

    def bits_a_pixel(levels, pixels):
        bits = 0
        for column in levels.T:
            _, counts = np.unique(column, return_counts=True)
            share = counts / len(column)
            bits += -np.sum(share * np.log2(share))
        return bits / pixels
    """,
    example=LATENTS,
    example_words="For `levels = [[0, 1], [0, 2], [0, 1], [0, 2]]`, `pixels = 4` you return ",
    hints=(
        "A latent that is always the same costs nothing. How much does one cost that takes two values equally often?",
        "For each column: `np.unique(column, return_counts=True)` counts, counts / n are the shares p, and the "
        "entropy is -sum(p · log2 p).",
        "Add up the entropies of the columns, the bits of one block, and divide by `pixels`.",
    ),
    rtol=1e-6,
    fixed=("levels.ndim", "levels.dtype"),
)


@bits_a_pixel.mistake("latents counted as bits")
def _(levels, pixels):
    """you count **latents**, as if each were a bit. {example}`0.5`, expected `0.25`. One that never changes costs
    nothing, one with many values costs more: the entropy of each, (15.13)."""
    return levels.shape[1] / pixels


@bits_a_pixel.mistake("32 bits a latent")
def _(levels, pixels):
    """you count 32 bits for each latent, as it stands in memory. {example}`16`, expected `0.25`. An ideal code gives
    often used values short words: the entropy, (15.13)."""
    return 32 * levels.shape[1] / pixels


@bits_a_pixel.mistake("8 bits a latent")
def _(levels, pixels):
    """you count 8 bits for each latent. {example}`4`, expected `0.25`. An ideal code gives often used values short
    words: the entropy, (15.13)."""
    return 8 * levels.shape[1] / pixels


@bits_a_pixel.mistake("64 bits a latent")
def _(levels, pixels):
    """you count 64 bits for each latent, as it stands in memory. {example}`32`, expected `0.25`. An ideal code gives
    often used values short words: the entropy, (15.13)."""
    return 64 * levels.shape[1] / pixels


@bits_a_pixel.mistake("natural logarithm")
def _(levels, pixels):
    """that is in **nats**. {example}`0.1733`, expected `0.25`. Bits are logarithms to the base 2, `np.log2`:
    (15.13)."""
    return math.log(2) * _code_lengths(levels, pixels)


@bits_a_pixel.mistake("one table for all")
def _(levels, pixels):
    """you use **one code** for all latents together. {example}`0.75`, expected `0.25`. It does not know that this
    latent is always 0. Each column has its own table: (15.13)."""
    return levels.shape[1] * _entropy(levels.ravel()) / pixels


@bits_a_pixel.mistake("one table, one number")
def _(levels, pixels):
    """that is the entropy of **one** number of all that occur. {example}`0.375`, expected `0.25`. A block has several
    latents, each with a code of its own: an entropy a column, and their sum, (15.13)."""
    return _entropy(levels.ravel()) / pixels


@bits_a_pixel.mistake("mean over the latents")
def _(levels, pixels):
    """you take the **mean** over the latents. {example}`0.125`, expected `0.25`. All of them are written down for a
    block: their bits add up, (15.13)."""
    return _code_lengths(levels, pixels) / levels.shape[1]


@bits_a_pixel.mistake("bits a block")
def _(levels, pixels):
    """those are bits a **block**. {example}`1`, expected `0.25`. Divide by its pixels: (15.13)."""
    return _code_lengths(levels, 1)


@bits_a_pixel.mistake("bits of all blocks", example=(np.array([[0], [1]]), 4))
def _(levels, pixels):
    """those are the bits of **all** blocks together. For `levels = [[0], [1]]`, `pixels = 4` you return `2`, expected
    `0.25`. Over the pixels of all blocks, n · pixels: (15.13)."""
    return len(levels) * _code_lengths(levels, 1)


@bits_a_pixel.mistake("n times too much", example=RARE)
def _(levels, pixels):
    """you add up the bits of **all** blocks, and divide by the pixels of one. For `levels = [[0], [0], [0], [1]]`,
    `pixels = 2` you return `1.623`, expected `0.4056`. The entropy is already the mean over the blocks: (15.13)."""
    return len(levels) * _code_lengths(levels, pixels)


@bits_a_pixel.mistake("divided by n once more", example=LATENTS)
def _(levels, pixels):
    """you divide by the number of **blocks** once more. {example}`0.0625`, expected `0.25`. The entropy is already the
    mean over the blocks: (15.13)."""
    return _code_lengths(levels, pixels) / len(levels)


@bits_a_pixel.mistake("how many different values", example=(RARE[0], 10))
def _(levels, pixels):
    """you take log2 of how **many** values occur. For `levels = [[0], [0], [0], [1]]`, `pixels = 10` you return `0.1`,
    expected `0.08113`. That is right where all are equally frequent; a frequent value gets a shorter word: (15.13)."""
    return sum(math.log2(len(np.unique(column))) for column in levels.T) / pixels


@bits_a_pixel.mistake("the range", example=WIDE)
def _(levels, pixels):
    """you take log2 of the **range** from the least to the largest. For `levels = [[0], [5], [0], [5]]`, `pixels = 2`
    you return `1.292`, expected `0.5`. Which values occur, and how often, decides: the entropy, (15.13)."""
    return sum(math.log2(int(np.ptp(column)) + 1) for column in levels.T) / pixels


@bits_a_pixel.mistake("blocks for latents", example=(np.array([[0, 1], [0, 2], [0, 3], [0, 4]]), 5))
def _(levels, pixels):
    """you take the entropy of each **block**, a row. For `levels = [[0, 1], [0, 2], [0, 3], [0, 4]]`, `pixels = 5` you
    return `0.8`, expected `0.4`. A code belongs to a latent, and sees its values over all blocks: a column, (15.13)."""
    return sum(map(_entropy, levels)) / pixels


@bits_a_pixel.mistake("a block is one symbol", example=(COPIES[0], 20))
def _(levels, pixels):
    """you give each different **block** a code word. For `levels = [[0, 0], [1, 1]]`, `pixels = 20` you return `0.05`,
    expected `0.1`. Each latent has its own code, which does not look at the others: (15.13)."""
    counts = np.unique(levels, axis=0, return_counts=True)[1]
    share = counts / counts.sum()
    return float(-(share * np.log2(share)).sum()) / pixels


@bits_a_pixel.mistake("0 times log 0", example=WIDE)
def _(levels, pixels):
    """you also take the logarithm of the share of values that **do not occur**. For `levels = [[0], [5], [0], [5]]`,
    `pixels = 2` you return `nan`: 0 times minus infinity. What does not occur costs nothing; leave it out, as
    `np.unique` does, (15.13)."""
    bits = 0.0
    for column in levels.T:
        share = np.bincount(column - column.min()) / len(column)
        with np.errstate(all="ignore"):
            bits -= np.sum(share * np.log2(share))
    return bits / pixels


@bits_a_pixel.mistake("negative numbers", example=(np.array([[-1], [3]]), 2))
def _(levels, pixels):
    """`np.bincount` takes **no negative numbers**. For `levels = [[-1], [3]]`, `pixels = 2` your code stops with
    `ValueError`. Rounded latents are negative as often as not: `np.unique(column, return_counts=True)`, (15.13)."""
    bits = 0.0
    for column in levels.T:
        counts = np.bincount(column)
        share = counts[counts > 0] / len(column)
        bits -= np.sum(share * np.log2(share))
    return bits / pixels


@bits_a_pixel.mistake("the minus forgotten")
def _(levels, pixels):
    """the **minus** is missing. {example}`-0.25`, expected `0.25`. The logarithm of a share is below 0: (15.13)."""
    return -_code_lengths(levels, pixels)


@bits_a_pixel.mistake("whole bits", example=(np.array([[0], [0], [1]]), 3))
def _(levels, pixels):
    """you round each latent up to **whole** bits. For `levels = [[0], [0], [1]]`, `pixels = 3` you return `0.3333`,
    expected `0.3061`. An ideal code shares bits between blocks: the entropy as it is, (15.13)."""
    return sum(math.ceil(_entropy(column)) for column in levels.T) / pixels


@bits_a_pixel.mistake("not weighted", example=RARE)
def _(levels, pixels):
    """you take the mean of -log2 p over the **different** values. For `levels = [[0], [0], [0], [1]]`, `pixels = 2` you
    return `0.6038`, expected `0.4056`. A frequent value is written more often: weigh with p, (15.13)."""
    bits = 0.0
    for column in levels.T:
        share = np.unique(column, return_counts=True)[1] / len(column)
        bits -= np.mean(np.log2(share))
    return bits / pixels


@bits_a_pixel.mistake("the sum of -log p", example=RARE)
def _(levels, pixels):
    """you add up -log2 p of the **different** values. For `levels = [[0], [0], [0], [1]]`, `pixels = 2` you return
    `1.208`, expected `0.4056`. Weigh each with how often it comes: p stands in front of the logarithm, (15.13)."""
    bits = 0.0
    for column in levels.T:
        share = np.unique(column, return_counts=True)[1] / len(column)
        bits -= np.sum(np.log2(share))
    return bits / pixels


@bits_a_pixel.mistake("an entropy for each latent")
def _(levels, pixels):
    """those are the bits of **each** latent, a pixel. {example}`[0, 0.25]`, expected `0.25`. A block writes all of
    them: add them up, (15.13)."""
    return [_entropy(column) / pixels for column in levels.T]


@bits_a_pixel.mistake("times the number of pixels", example=(COPIES[0], 3))
def _(levels, pixels):
    """you **multiply** with the number of pixels. For `levels = [[0, 0], [1, 1]]`, `pixels = 3` you return `6`,
    expected `0.6667`. The bits of a block are shared by its pixels: divide, (15.13)."""
    return _code_lengths(levels, 1) * pixels


@bits_a_pixel.mistake("upside down", example=(np.array([[0], [1]]), 7))
def _(levels, pixels):
    """those are pixels a **bit**. For `levels = [[0], [1]]`, `pixels = 7` you return `7`, expected `0.1429`. Bits a
    pixel: bits over pixels, (15.13)."""
    with np.errstate(all="ignore"):
        return np.divide(pixels, _code_lengths(levels, 1))


@bits_a_pixel.mistake("base 10")
def _(levels, pixels):
    """your logarithms have the base 10. {example}`0.07526`, expected `0.25`. Bits are logarithms to the base 2,
    `np.log2`: (15.13)."""
    return math.log10(2) * _code_lengths(levels, pixels)


@bits_a_pixel.mistake("as if no value came twice", example=(np.array([[0], [0], [1]]), 5))
def _(levels, pixels):
    """you take log2 of **n**, as if no value came twice. For `levels = [[0], [0], [1]]`, `pixels = 5` you return
    `0.317`, expected `0.1837`. How often does each come? -sum(p · log2 p), (15.13)."""
    return levels.shape[1] * math.log2(len(levels)) / pixels


@bits_a_pixel.mistake("the dearest latent", example=(np.array([[0, 2], [1, 3]]), 25))
def _(levels, pixels):
    """you take the **largest** entropy only. For `levels = [[0, 2], [1, 3]]`, `pixels = 25` you return `0.04`, expected
    `0.08`. A block writes all its latents: add them up, (15.13)."""
    return max(map(_entropy, levels.T)) / pixels


@bits_a_pixel.mistake("shares of all numbers", example=(np.array([[0, 0], [0, 1], [1, 2]]), 4))
def _(levels, pixels):
    """your shares are over **all** numbers, not over those of a column, so they do not add up to 1. For `levels = [[0,
    0], [0, 1], [1, 2]]`, `pixels = 4` you return `0.5629`, expected `0.6258`. Divide each count by n, the number of
    blocks: (15.13)."""
    share = [np.unique(column, return_counts=True)[1] / levels.size for column in levels.T]
    return sum(-np.sum(p * np.log2(p)) for p in share) / pixels


@bits_a_pixel.mistake("shares of the pixels", example=RARE)
def _(levels, pixels):
    """you divide the counts by the number of **pixels**, so the shares do not add up to 1. For `levels = [[0], [0],
    [0], [1]]`, `pixels = 2` you return `-0.1887`, expected `0.4056`. Divide each count by n, the number of blocks:
    (15.13)."""
    share = [np.unique(column, return_counts=True)[1] / pixels for column in levels.T]
    return sum(-np.sum(p * np.log2(p)) for p in share) / pixels


@bits_a_pixel.mistake("how many different values in all")
def _(levels, pixels):
    """you take log2 of how many values occur **anywhere**, for each latent. {example}`0.7925`, expected `0.25`. Each
    latent has its own code, and a frequent value gets a shorter word: (15.13)."""
    return levels.shape[1] * math.log2(len(np.unique(levels))) / pixels


@bits_a_pixel.mistake("different values counted", example=(np.array([[0], [3], [6], [9]]), 9))
def _(levels, pixels):
    """you count the **different** values. For `levels = [[0], [3], [6], [9]]`, `pixels = 9` you return `0.4444`,
    expected `0.2222`. Four values that are equally frequent cost 2 bits: the entropy, (15.13)."""
    return sum(len(np.unique(column)) for column in levels.T) / pixels


@bits_a_pixel.mistake("only the first latent")
def _(levels, pixels):
    """only the **first** latent counts: does your `return` stand inside the loop? {example}`0`, expected `0.25`. A
    block writes all its latents: add them up, (15.13)."""
    return _entropy(levels[:, 0]) / pixels


@bits_a_pixel.mistake("only the last latent", example=(np.array([[0, 2], [1, 3]]), 30))
def _(levels, pixels):
    """only the **last** latent counts: `=` stands where `+=` is meant. For `levels = [[0, 2], [1, 3]]`, `pixels = 30`
    you return `0.03333`, expected `0.06667`. Add them up, (15.13)."""
    return _entropy(levels[:, -1]) / pixels


@bits_a_pixel.mistake("one table, all blocks", example=(np.array([[0, 0], [1, 1], [2, 3]]), 4))
def _(levels, pixels):
    """you use **one code** for all latents, and add up the bits of all blocks. For `levels = [[0, 0], [1, 1], [2, 3]]`,
    `pixels = 4` you return `2.877`, expected `0.7925`. Each column has its own table, and its entropy is already the
    mean over the blocks: (15.13)."""
    return levels.size * _entropy(levels.ravel()) / pixels


@bits_a_pixel.mistake("whole bits for the range", example=(np.array([[0], [6], [0], [6]]), 2))
def _(levels, pixels):
    """you take as many **whole** bits as the range needs. For `levels = [[0], [6], [0], [6]]`, `pixels = 2` you return
    `1.5`, expected `0.5`. Which values occur, and how often, decides: the entropy, (15.13)."""
    return np.ceil(np.log2(np.ptp(levels, axis=0) + 1)).sum() / pixels


# --- 15.13 ------------------------------------------------------------------------------------------------------------

rounding_gradient = ChoiceExercise(
    "15.13",
    "A staircase has no slope",
    options={
        "a": "the encoder learns, slowly: the gradient through the rounding is noisy",
        "b": "the decoder learns, and the encoder keeps its first weights",
        "c": "nothing learns, and the loss stays where it is",
        "d": "an error is raised: rounding cannot be differentiated",
    },
    answer="b",
    reasons={
        "a": '"slowly" and "noisy" would be a slope that is right on average. A stair is level between its steps: '
        "nothing at all comes back through it. See section 14.",
        "b": 'so it is: "the decoder learns", since it stands between the rounding and the loss. The encoder stands '
        "behind the stair, whose slope is 0 wherever it has one: section 14.",
        "c": 'not "nothing": the decoder comes after the rounding, and its gradient never passes through it. The loss '
        "falls, as far as a decoder can make sense of what an untrained encoder says. See section 14.",
        "d": 'no "error is raised": the slope of a stair is 0 between its steps, and what is asked for there is '
        "answered with 0, or left out. That is why this mistake is so quiet. See section 14.",
    },
    hints=(
        "Draw rounding as a curve. What is its slope at 0.3? And at 0.3001?",
        "Go back from the loss: which weights do you meet before you come to the rounding, and which behind it?",
        "Behind the rounding every gradient is multiplied with 0.",
    ),
)
