"""What a message says of labels that are no class ids."""

import doctest
import re

import numpy as np
import pytest

from course_lib import _labels
from course_lib._labels import check_labels, refuse_one_hot


def message(labels, *args, **options):
    with pytest.raises(ValueError) as caught:
        check_labels(labels, *args, **options)
    return str(caught.value)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int64", "uint64", "float16", "float32", "float64"])
def test_ids_of_every_dtype_pass(dtype):
    check_labels(np.array([[0, 1], [2, 2]], dtype), 3)
    check_labels(np.array([0, 1, 100], dtype), 2, ignore_class=100)
    check_labels(np.zeros((0, 4), dtype), 3)
    check_labels(np.full(3, 100, dtype), 3, ignore_class=100)


def test_other_forms_pass():
    check_labels([True, False], 2)
    check_labels([[0, 1]], np.int64(2), ignore_class=np.uint8(255))
    check_labels(np.array([0, -1], np.int8), 2, ignore_class=-1)
    check_labels(np.array([0, 1], np.uint8), 2, ignore_class=-1)  # -1 is no uint8, which is no error


def test_the_example():
    parsed = doctest.DocTestFinder().find(check_labels, globs=vars(_labels))
    assert parsed[0].examples and doctest.DocTestRunner().run(parsed[0]).failed == 0


@pytest.mark.parametrize(
    ("labels", "classes", "ignore_class", "words"),
    [
        ([0, 255, 255], 2, None, "got 0 (1 pixel) and 255 (2 pixels). A mask of 0 and 255 becomes one of 0 and 1 by"),
        ([1, 2, 3], 3, None, "They count from 1: subtract 1"),
        ([1, 2, 3, 255], 3, 255, "0 to 2, or ignore_class, which is 255, got 1 (1 pixel), 2 (1 pixel) and 3 (1 pixel)"),
        ([0, 1, 2, 255], 3, None, "If 255 marks pixels to be left out, say ignore_class=255"),
        ([0, 1, -1], 2, None, "If -1 marks pixels to be left out, say ignore_class=-1"),
        ([7, 9], 3, None, "Name a label to be left out as ignore_class"),
        ([0, 0.5], 2, None, "got 0 (1 pixel) and 0.5 (1 pixel). Fractions and NaN are no class"),
        ([0, np.nan, np.nan], 2, None, "got 0 (1 pixel) and nan (2 pixels). Fractions and NaN"),
        ([0, np.inf], 2, None, "got 0 (1 pixel) and inf (1 pixel)"),
        (np.arange(1234568), 3, None, "5 (1 pixel) and 1234562 others up to 1234567"),
        ([True], 1, None, "class ids from 0 to 0, got 1 (1 pixel)"),
    ],
)
def test_it_says_what_the_labels_were(labels, classes, ignore_class, words):
    assert words in message(labels, classes, ignore_class)


def test_it_calls_them_by_their_name():
    assert message([0, 255], 2, name="masks").endswith("by masks == 255")
    assert message([0, 255], 2, name="masks").startswith("masks must hold class ids from 0 to 1, got")


def test_what_are_no_labels_at_all():
    with pytest.raises(TypeError, match=re.escape("masks must hold class ids, whole numbers, got dtype <U1")):
        check_labels(["a"], 2, name="masks")
    for argument in (2.0, True, "2"):
        with pytest.raises(TypeError, match="classes must be a whole number"):
            check_labels([0], argument)
        with pytest.raises(TypeError, match="ignore_class must be a whole number"):
            check_labels([0], 2, argument)
    with pytest.raises(ValueError, match="classes must be at least 1, got 0"):
        check_labels([0], 0)


def test_the_caller_may_know_better_what_to_do_with_void():
    assert message([0, 1, 255], 2, left_out="cut it out").endswith(" If 255 marks pixels to be left out, cut it out")
    assert message([0, 7, 255], 2, left_out="cut it out").endswith(" If some mark pixels to be left out, cut it out")
    assert message([0, 255], 2, left_out="cut it out").endswith("by labels == 255")


def test_one_hot_is_named_with_its_axis():
    hot = np.eye(3, dtype=int)[np.random.default_rng(0).integers(0, 3, (2, 6, 7))]
    for axis, place in ((-1, "the last axis"), (1, "axis 1")):
        with pytest.raises(
            ValueError, match=f"y must hold class ids, .* row of {place} looks one-hot: look at {place}"
        ):
            refuse_one_hot("look at {axis}", y=np.moveaxis(hot, -1, axis))
    refuse_one_hot("", 4, y=hot)  # another number of classes
    refuse_one_hot("", y=hot[0, 0])  # rows of one image line
    refuse_one_hot("", y=hot[:, :, :, 0])


def two_classes(shape=(8, 9), seed=0):
    """One-hot labels of two classes, void in the first two columns."""
    hot = np.eye(2, dtype=int)[np.random.default_rng(seed).integers(0, 2, shape)]
    hot[..., :2, :] = 0
    return hot


def test_two_classes_with_rows_of_void_are_one_hot():
    a, b = two_classes(seed=0), two_classes(seed=1)
    for axis, place in ((-1, "the last axis"), (0, "axis 0")):
        with pytest.raises(ValueError, match=f"row of {place} looks one-hot"):
            refuse_one_hot("", 2, a=np.moveaxis(a, -1, axis), b=np.moveaxis(b, -1, axis))
    with pytest.raises(ValueError, match="row of the last axis looks one-hot"):
        refuse_one_hot("", 2, sure=True, a=a.reshape(-1, 2))


def test_ids_of_two_classes_are_not_one_hot_with_void():
    a, b = two_classes(seed=0), two_classes(seed=1)
    refuse_one_hot("", 2, a=a)  # nothing beside it that would say more
    refuse_one_hot("", 2, a=a, b=np.roll(b, 1, axis=1))  # void elsewhere
    refuse_one_hot("", 2, a=a[:5, :7], b=b[:5, :7])  # 35 rows
    for y in np.random.default_rng(2).integers(0, 2, (200, 8, 9, 2)):
        refuse_one_hot("", 2, a=y, b=y)
    slices = np.zeros((40, 40, 2), int)  # two slices of one thing
    slices[5:35, 5:35, 0], slices[8:32, 10:38, 1] = 1, 1
    refuse_one_hot("", 2, a=slices, b=slices)
