"""Each typical error is provoked, and gets its own cause; others get none."""

import math

import numpy as np
import pytest

from course_lib.teaching.engine.causes import typical_cause

ARRAY = np.arange(6.0)
TABLE = ARRAY.reshape(2, 3)
LIST = [1, 2]
NUMBER = 3
NOTHING = LIST.sort()


def adds_fractions_to_whole_numbers():
    whole = np.zeros(6, dtype=int)
    whole += ARRAY


def puts_an_array_into_an_entry():
    numbers = np.zeros(3)
    numbers[0] = ARRAY


def writes_where_nothing_may_be_written():
    np.broadcast_to(ARRAY, (2, 6))[0] = 1


def used_before_it_is_set():
    if len(LIST) > 5:
        total = 1
    return total


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (lambda: ARRAY[-7], "negative indices from the end"),
        (lambda: ARRAY[6], "Counting begins at 0"),
        (lambda: [1, 2][2], "Counting begins at 0"),
        (lambda: (1, 2)[2], "Counting begins at 0"),
        (lambda: ARRAY[0, 1], "more indices than the array has axes"),
        (lambda: ARRAY[0][1], "more indices than the array has axes"),
        (lambda: ARRAY[4 / 2], "`//`"),
        (lambda: LIST[2 / 2], "`//`"),
        (lambda: np.zeros(6 / 2), "`//`"),
        (lambda: range(6 / 2), "`//`"),
        (lambda: ARRAY[: 6 / 2], "`//`"),
        (lambda: np.correlate(TABLE, TABLE), "for 1-D arrays"),
        (lambda: np.convolve(TABLE, TABLE), "for 1-D arrays"),
        (lambda: np.bincount(TABLE.astype(int)), "for 1-D arrays"),
        (lambda: 1 if ARRAY > 2 else 0, "True or False"),
        (lambda: (ARRAY > 2) and (ARRAY < 4), "True or False"),
        (lambda: ARRAY[:3] + ARRAY[:2], "shorter than asked for"),
        (lambda: ARRAY[:3] @ ARRAY[:2], "shorter than asked for"),
        (lambda: np.dot(ARRAY[:3], ARRAY[:2]), "shorter than asked for"),
        (lambda: np.concatenate([TABLE, TABLE[:, :2]]), "joins arrays along one axis"),
        (lambda: ARRAY.reshape(4, 2), "keeps every entry"),
        (puts_an_array_into_an_entry, "room for one number"),
        (lambda: float(ARRAY), "room for one number"),
        (adds_fractions_to_whole_numbers, "begin with an array of floats"),
        (lambda: ARRAY.count(1), "It is a NumPy array"),
        (lambda: [1, 2].shape, "It is a list or tuple"),
        (writes_where_nothing_may_be_written, "`.copy()`"),
        (lambda: TABLE + ARRAY[:2], "from the last axis on"),
        (lambda: TABLE + np.zeros((5, 3)), "from the last axis on"),
        (lambda: ARRAY.sum(axis=1), "Axes are counted from 0"),
        (lambda: (ARRAY > 1) - (ARRAY > 2), "`-` is not defined for True and False"),
        (lambda: ARRAY > 1 & ARRAY < 3, "brackets are missing"),
        (lambda: ~ARRAY, "not on fractions"),
        (lambda: NOTHING + 1, "`None`"),
        (lambda: NOTHING[0], "`None`"),
        (lambda: np.add(np.array([None, 1]), 1), "`None`"),
        (lambda: len(NUMBER), "single number"),
        (lambda: list(np.float64(3)), "single number"),
        (lambda: np.float64(3)[0], "more indices than the array has axes"),
        (lambda: NUMBER(4), "`del sum` gives it back"),
        (lambda: ARRAY(1), "square ones take an entry"),
        (lambda: typical_cause[3], "called with round brackets"),
        (lambda: np.no_such_function(1), "misspelt"),
        (lambda: LIST[0, 1], "A list has no `[i, j]`"),
        (lambda: LIST - 1, "A list is no array"),
        (lambda: LIST * 1.5, "A list is no array"),
        (lambda: np.array([[1, 2], [3]]), "Rows of different lengths"),
        (lambda: 1 / 0, "The divisor is 0"),
        (lambda: math.log(0), "numbers above 0 only"),
        (lambda: math.exp(1000), "larger than a float can be"),
        (lambda: np.array([]).max(), "has no largest"),
        (lambda: np.linalg.inv(np.zeros((2, 2))), "depend on each other"),
        (lambda: undefined_name, "has no value yet"),  # noqa: F821
        (used_before_it_is_set, "not on the way that was taken"),
        (lambda: used_before_it_is_set(1), "other arguments than it takes"),
    ],
)
def test_a_typical_error_has_a_cause(code, words):
    with pytest.raises(Exception) as caught:
        code()
    assert words in typical_cause(str(caught.value))


@pytest.mark.parametrize("code", [lambda: {}["key"], lambda: int("a"), lambda: [].remove(1)])
def test_other_errors_get_none(code):
    with pytest.raises(Exception) as caught:
        code()
    assert typical_cause(str(caught.value)) == ""
