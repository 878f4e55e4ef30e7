"""The tags approx:R and approx:R;A: numbers may differ by so much, and nothing else may."""

from decimal import Decimal

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.teaching.notebooks import approx

TENTH = approx.tolerance(["approx:0.1"])


@pytest.mark.parametrize(
    ("tag", "relative", "absolute"),
    [
        ("approx:0.05", "0.05", "0"),
        ("approx:1e-3", "0.001", "0"),
        ("approx:0;0.02", "0", "0.02"),
        ("approx:0.1;2", "0.1", "2"),
        ("approx:0.1; 2", "0.1", "2"),
    ],
)
def test_a_good_tag_is_read(tag, relative, absolute):
    allowed = approx.tolerance(["eq:2.1", tag])
    assert (allowed.relative, allowed.absolute) == (Decimal(relative), Decimal(absolute))


@pytest.mark.parametrize(
    "tag",
    [
        "approx", "approx:", "approx:a", "approx:0.1;", "approx:;1", "approx:0.1;2;3", "approx:-0.1", "approx:0.1;-1",
        "approx:0", "approx:0;0", "approx:1", "approx:5", "approx:nan", "approx:0.1;inf", "approx:0.1,2", "approx-0.1",
        "approx=0.1", "approximately:0.1", "approx:10%",
    ],
)  # fmt: skip
def test_a_bad_tag_is_named(tag):
    with pytest.raises(ValueError, match="must be approx:R or approx:R;A") as raised:
        approx.tolerance([tag])
    assert repr(tag) in str(raised.value)


def test_no_tag_no_tolerance_and_two_are_one_too_many():
    assert approx.tolerance(["eq:2.1", "picture-varies"]) is None
    with pytest.raises(ValueError, match=r"approx:0\.1, approx:0\.2; one is wanted"):
        approx.tolerance(["approx:0.1", "approx:0.2"])


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("no number", []),
        ("mIoU 0.91 after 3 epochs", ["0.91", "3"]),
        ("-3 and +4 and −5", ["-3", "4", "-5"]),
        ("5-3, (1)-2, 7 - 2", ["5", "3", "1", "2", "7", "2"]),
        ("1,234 and 1,234,567.5 and 1_000", ["1234", "1234567.5", "1000"]),
        ("1,23 and 1,2345", ["1", "23", "1", "2345"]),
        ("1e-9 1E5 .5 2. 1.5e+03", ["1e-9", "1E5", "0.5", "2", "1500"]),
        ("conv2d x1 layer_3 A4", []),
        ("28x28 33s 97.5%", ["28", "33", "97.5"]),
        ("Keras 3.15.0, TensorFlow 2.21.0 in 2.5 s", ["2.5"]),
        ("✓ (2.3) holds to 1e-9", ["1e-9"]),
        ("✎ 2.3 not attempted yet", []),
        ("nan, -inf, NaN, Infinity", ["NaN", "-Infinity", "NaN", "Infinity"]),
        ("information, nancy, banana", []),
        ("[[1. 2.]\n [3. 4.]]", ["1", "2", "3", "4"]),
        ("<td>0.5</td>", ["0.5"]),
        ("1..2", ["1", "0.2"]),
    ],
)
def test_numbers_are_read(text, numbers):
    assert [float(n) for n in approx.read(text)[1]] == pytest.approx([float(n) for n in numbers], rel=0, nan_ok=True)


@pytest.mark.parametrize(
    ("stored", "fresh", "agrees"),
    [
        ("loss 0.50", "loss 0.50", True),
        ("no number", "no number", True),
        ("loss 0.50", "loss 0.55", True),
        ("loss 0.50", "loss 0.45", True),
        ("loss 0.50", "loss 0.56", False),
        ("loss 0.50", "loss 0.44", False),
        ("loss 0.50", "cost 0.50", False),  # another word
        ("loss 0.50", "loss: 0.50", False),
        ("loss 0.50", "loss 0.50\n", False),
        ("loss 0.50", "loss 0.50 0.50", False),  # another count of numbers
        ("loss 0.50 0.50", "loss 0.50", False),
        ("loss 0.50", "loss", False),
        ("loss", "loss 0.50", False),
        ("0.50 s", "0.50 ms", False),
        ("x nan", "x nan", True),
        ("x nan", "x 0.5", False),
        ("x 0.5", "x nan", False),
        ("x inf", "x inf", True),
        ("x inf", "x -inf", False),
        ("x 1e300", "x inf", False),
        ("x inf", "x nan", False),
        ("1.0e-07", "1.05e-07", True),
        ("1.0e-07", "1.2e-07", False),
        ("1.0e-07", "1.0e-06", False),
        ("9.9e-08", "1.0e-07", True),
        ("1e400", "1.05e400", True),  # no float holds it
        ("-0.50", "-0.52", True),
        ("-0.50", "0.50", False),
        ("−0.50", "-0.52", True),
        ("0", "0.0001", False),  # a share of 0 is 0
        ("990 steps", "1,010 steps", True),
        ("1,010 steps", "1,300 steps", False),
        ("1,000", "1 000", False),
        ("score   9.98 %", "score  10.02 %", True),  # padded
        ("[ 9.98  9.50]", "[10.02  9.5 ]", True),
        ("conv2d 1.0", "conv3d 1.0", False),
        ("✓ (2.1) holds to 1e-9", "✓ (2.2) holds to 1e-9", False),
        ("Keras 3.15.0", "Keras 3.15.1", False),
        ("5-3", "5+3", False),
        ("0.8", "0.88", True),  # 0.08 exactly: floats would say 0.08000000000000007
    ],
)
def test_texts_agree_within_a_tenth(stored, fresh, agrees):
    said = approx.difference(stored, fresh, TENTH)
    assert (said is None) == agrees, said


def test_the_absolute_tolerance_adds_to_the_relative():
    both = approx.tolerance(["approx:0.1;0.5"])
    assert approx.difference("10", "11.5", both) is None
    assert (
        approx.difference("10", "11.6", both) == "10 is stored, the fresh output has 11.6; 0.1 of it and 0.5 is allowed"
    )
    assert approx.difference("0", "-0.5", both) is None
    assert approx.difference("0", "0.51", both) is not None


@pytest.mark.parametrize(
    ("stored", "fresh", "words"),
    [
        ("a 1", "a 1 2", "1 numbers are stored, the fresh output has 2"),
        ("a 1 b", "a 1 c", "the words 'b' are stored, the fresh output has 'c'"),
        ("a 1", "a 2", "1 is stored, the fresh output has 2; 0.1 of it is allowed"),
    ],
)
def test_a_difference_says_which(stored, fresh, words):
    assert approx.difference(stored, fresh, TENTH) == words


@given(st.floats(allow_nan=False, allow_infinity=False, width=32), st.floats(-0.2, 0.2))
def test_what_python_prints_is_read_and_compared_as_floats_are(value, change):
    fresh = value * (1 + change)
    expected = abs(fresh - value) <= 0.1 * abs(value)
    if abs(abs(change) - 0.1) > 1e-6:  # away from the border, where floats round
        assert (approx.difference(f"a {value!r} b", f"a {fresh!r} b", TENTH) is None) == expected


@given(st.text(alphabet="ab 12.,-+eE()\n\t%naif_x", max_size=30))
def test_every_text_agrees_with_itself_and_with_no_other_word(text):
    assert approx.difference(text, text, TENTH) is None
    assert approx.difference(text, text + "!", TENTH) is not None


def stream(text, name="stdout"):
    return nbformat.v4.new_output("stream", name=name, text=text)


def result(**data):
    return nbformat.v4.new_output("execute_result", data={k.replace("_", "/"): v for k, v in data.items()})


def test_outputs_that_agree_are_settled_and_others_are_left():
    stored = [stream("loss 0.50"), result(text_plain="0.5", text_html="<b>0.5</b>", image_png="abc")]
    fresh = [stream("loss 0.52"), result(text_plain="0.52", text_html="<i>0.52</i>", image_png="abd")]
    outputs, differences = approx.settled(stored, fresh, TENTH)
    assert outputs[0].text == "loss 0.50"
    assert outputs[1].data == {"text/plain": "0.5", "text/html": "<i>0.52</i>", "image/png": "abd"}
    assert differences == ["the words '<b>' are stored, the fresh output has '<i>'"]
    assert fresh == [stream("loss 0.52"), result(text_plain="0.52", text_html="<i>0.52</i>", image_png="abd")]


@pytest.mark.parametrize("fresh", [[], [stream("1")] * 2, [stream("1", "stderr")], [result(text_plain="1")]])
def test_other_outputs_are_not_settled(fresh):
    outputs, differences = approx.settled([stream("1")], fresh, TENTH)
    assert outputs == fresh
    assert differences == ["outputs of another number or kind than those stored"]
