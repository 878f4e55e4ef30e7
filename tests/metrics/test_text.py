"""Edit distances against a definition by recursion and what a distance must satisfy."""

import functools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.metrics.text import character_error_rate, edit_distance

words = st.text("abc", max_size=6)


def by_recursion(a, b):
    """The definition, from the ends of both texts."""

    @functools.cache
    def d(i, j):
        if not i or not j:
            return i + j
        return min(d(i - 1, j) + 1, d(i, j - 1) + 1, d(i - 1, j - 1) + (a[i - 1] != b[j - 1]))

    return d(len(a), len(b))


@settings(max_examples=300)
@given(words, words)
def test_equals_the_definition(a, b):
    assert edit_distance(a, b) == by_recursion(a, b) == edit_distance(b, a)


@given(words, words, words)
def test_no_detour_is_shorter(a, b, c):
    assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)
    assert (edit_distance(a, b) == 0) == (a == b)


def test_known_distances():
    assert edit_distance("saturday", "sunday") == 3
    assert edit_distance("", "abc") == 3 and edit_distance("abc", "") == 3
    assert edit_distance([1, 2, 3], [1, 3]) == 1


def test_the_rate_counts_characters_of_all_texts_together():
    assert character_error_rate(["abcd", "e"], ["abcd", "f"]) == 1 / 5
    assert character_error_rate(["ab"], ["abxyz"]) == 3 / 2
    assert character_error_rate(["ab", "cd"], ["", "cd"]) == 1 / 2
    assert math.isnan(character_error_rate([""], ["x"]))


def test_wrong_arguments_are_named():
    with pytest.raises(TypeError, match="reads must be a sequence of strings"):
        character_error_rate(["abc"], "abc")
    with pytest.raises(ValueError, match="equally many"):
        character_error_rate(["abc"], [])
