"""Each typical error is provoked, and gets its own cause; others get none."""

import numpy as np
import pytest

from course_lib.teaching.causes import typical_cause

ARRAY = np.arange(6.0)
TABLE = ARRAY.reshape(2, 3)
LIST = [1, 2]


def adds_fractions_to_whole_numbers():
    whole = np.zeros(6, dtype=int)
    whole += ARRAY


def puts_an_array_into_an_entry():
    numbers = np.zeros(3)
    numbers[0] = ARRAY


def writes_where_nothing_may_be_written():
    np.broadcast_to(ARRAY, (2, 6))[0] = 1


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
        (lambda: ARRAY.reshape(4, 2), "keeps every entry"),
        (puts_an_array_into_an_entry, "room for one number"),
        (lambda: float(ARRAY), "room for one number"),
        (adds_fractions_to_whole_numbers, "begin with an array of floats"),
        (lambda: ARRAY.count(1), "It is a NumPy array"),
        (lambda: [1, 2].shape, "It is a list or tuple"),
        (writes_where_nothing_may_be_written, "`.copy()`"),
    ],
)
def test_a_typical_error_has_a_cause(code, words):
    with pytest.raises(Exception) as caught:
        code()
    assert words in typical_cause(str(caught.value))


@pytest.mark.parametrize("code", [lambda: 1 / 0, lambda: {}["key"], lambda: undefined_name, lambda: int("a")])  # noqa: F821
def test_other_errors_get_none(code):
    with pytest.raises(Exception) as caught:
        code()
    assert typical_cause(str(caught.value)) == ""
