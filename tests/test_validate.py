"""What an argument may be: values that pass come back as they should, all others are named."""

from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from course_lib import _validate as v


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3)])
def test_whole_numbers_of_every_kind_become_int(value):
    number = v.whole_number("n", value, 3, 3)
    assert number == 3 and type(number) is int
    assert v.whole_numbers(1, a=value, b=5) == [3, 5]


@pytest.mark.parametrize("value", [3.0, np.float32(3), "3", None, True, np.True_, np.array([3, 3]), Fraction(3)])
def test_what_is_no_whole_number_is_refused(value):
    with pytest.raises(TypeError, match="^n must be a whole number, got "):
        v.whole_number("n", value)


def test_whole_numbers_out_of_range():
    assert v.whole_number("n", -(10**30)) == -(10**30)
    with pytest.raises(ValueError, match="^n must be at least 1, got 0$"):
        v.whole_number("n", 0, 1)
    with pytest.raises(ValueError, match="^n must be at most 100, got 101$"):
        v.whole_number("n", 101, 1, 100)


@pytest.mark.parametrize("value", [0.25, np.float16(0.25), np.array(0.25), np.float64(0.25)])
def test_numbers_of_every_kind_become_float(value):
    number = v.real_number("x", value, 0.25, 0.25)
    assert number == 0.25 and type(number) is float
    assert type(v.real_number("x", np.int8(2))) is float


@pytest.mark.parametrize("value", ["0.5", None, True, np.False_, [0.5], np.array([0.5]), 1j, [[1], [1, 2]], object()])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(TypeError, match="^x must be a number, got "):
        v.real_number("x", value, 0)


@pytest.mark.parametrize(
    ("range_", "inside", "outside", "words"),
    [
        ({}, (-5, 7), (), "a finite number"),
        ({"low": 0}, (0, 7), (-1e-300,), "a finite number of at least 0"),
        ({"above": 0}, (1e-300,), (0, -1), "a finite number above 0"),
        ({"low": 0, "high": 1}, (0, 1), (-0.1, 1.1), "from 0 to 1"),
        ({"low": 0.5, "below": 1}, (0.5, 0.9), (0.4, 1), "at least 0.5 and below 1"),
        ({"above": 0.5, "high": 1}, (0.6, 1), (0.5, 1.5), "above 0.5 and at most 1"),
        ({"above": 0, "below": 1}, (0.5,), (0, 1), "above 0 and below 1"),
    ],
)
def test_ends_of_a_range_belong_to_it_or_not(range_, inside, outside, words):
    for value in inside:
        assert v.real_number("x", value, **range_) == value
    for value in (*outside, np.nan, np.inf, -np.inf):
        with pytest.raises(ValueError, match=f"^x must be {words}, got {value!r}$"):
            v.real_number("x", value, **range_)


def test_infinity_and_nan_pass_where_they_are_asked_for():
    assert np.isnan(v.real_number("x", np.nan, finite=False)) and v.real_number("x", -np.inf, finite=False) == -np.inf
    with pytest.raises(ValueError, match="^x must be .* of at least 0, got nan$"):
        v.real_number("x", np.nan, 0, finite=False)
    with pytest.raises(TypeError, match="^x must be a number, got None$"):
        v.real_number("x", None, finite=False)


def test_real_numbers_of_whatever_format():
    for value in ([True], [1], np.float16([0.5]), []):
        assert v.real_numbers("x", value).dtype == np.asarray(value).dtype
    for value in ([1j], ["1"], [None], [b"1"], np.array(["2026"], "M8"), np.array([1], "m8")):
        with pytest.raises(TypeError, match="^x must hold real numbers, got dtype "):
            v.real_numbers("x", value)
    for read in (v.refuse_masked, v.plain_array, v.real_numbers):
        read("x", np.ma.array([1, 2]))  # hides nothing
        with pytest.raises(TypeError, match=r"^x must not be masked: .* x.filled\(0\)"):
            read("x", np.ma.array([1, 2], mask=[0, 1]))


def test_a_choice_is_compared_by_what_it_is():
    assert v.one_of("x", None, (None, "a")) is None
    assert v.one_of("x", "".join(["a", ""]), (None, "a")) == "a"
    for other in ("b", ["a"], np.array(["a"]), 0):
        with pytest.raises(ValueError, match="x must be one of None, 'a', got "):
            v.one_of("x", other, (None, "a"))
    with pytest.raises(ValueError, match="x must be one of True, got 1"):
        v.one_of("x", 1, (True,))


def test_finite_counts_what_is_not():
    good = np.array([1.0, 2.0])
    assert v.finite("x", good) is good
    with pytest.raises(ValueError, match="^x must be finite, got 2 of 3 numbers that are NaN or infinite$"):
        v.finite("x", np.array([np.nan, 1, -np.inf]))


def test_real_arrays():
    for axes in (None, 1, (1, 2)):
        assert v.real_array("x", [True, False], axes).dtype == np.float64
    with pytest.raises(ValueError, match=r"x must have 2 or 3 axes, got shape \(2,\)"):
        v.real_array("x", [1, 2], (2, 3))
    with pytest.raises(ValueError, match=r"x must not be empty, got shape \(0,\)"):
        v.real_array("x", [])
    with pytest.raises(TypeError, match="x must hold real numbers, got dtype complex128"):
        v.real_array("x", [1j])
    with pytest.raises(ValueError, match="x must be a rectangular array"):
        v.real_array("x", [[1], [1, 2]])
    with pytest.raises(TypeError, match="x must not be masked"):
        v.real_array("x", np.ma.array([1, 2], mask=[0, 1]))


def test_shapes_are_compared_where_both_are_known():
    def tensor(*shape):
        return SimpleNamespace(shape=shape)

    v.same_shape(a=tensor(None, 3), b=tensor(2, 3))
    for other in (
        tensor(2, 4),
        tensor(
            2,
        ),
        tensor(2, 3, 1),
        tensor(),
    ):
        with pytest.raises(ValueError, match=r"^a and b must have one shape, got \(None, 3\) and "):
            v.same_shape(a=tensor(None, 3), b=other)
    assert v.fits((2, 1), (2, 3), broadcast=True) and not v.fits((2, 1), (2, 3))


def test_sizes_of_images():
    assert v.sides("s", np.array([2, 3])) == (2, 3) and v.pair("p", 2, 1) == (2, 2)
    assert v.rows_and_columns("r", [4, np.int8(5)]) == (4, 5)
    for call, error, words in (
        (lambda: v.sides("s", 2), TypeError, "s must be a tuple of whole numbers, got 2"),
        (lambda: v.sides("s", (2, 3), axes=3), ValueError, r"s must be 3 whole numbers, got \(2, 3\)"),
        (lambda: v.pair("p", (1, 2, 3), 1), ValueError, r"p must be a whole number or a pair \(vertical, horizontal\)"),
        (lambda: v.rows_and_columns("r", (4, 0)), ValueError, r"r\[1\] must be at least 1, got 0"),
    ):
        with pytest.raises(error, match=words):
            call()
