"""The forty questions: one right answer each, a true reply to every wrong one, and sections that exist."""

import math
import re
from collections import Counter
from fractions import Fraction

import nbformat
import numpy as np
import pytest

from course_lib.exercises import selftest
from course_lib.teaching import places
from tests.helpers import ROOT

QUESTIONS = selftest.TEST.questions
NUMBERED = list(enumerate(QUESTIONS, 1))
ids = [f"{n} ({q.chapter:02d})" for n, q in NUMBERED]


def test_there_are_forty_over_the_whole_course_two_or_three_a_chapter_in_order():
    chapters = [question.chapter for question in QUESTIONS]
    assert len(chapters) == 40 and chapters == sorted(chapters)
    assert {chapter: n for chapter, n in Counter(chapters).items() if n not in (2, 3)} == {}
    assert set(chapters) == set(range(17))
    assert len({question.text for question in QUESTIONS}) == 40


def test_right_answers_are_spread_evenly_over_the_letters_and_not_the_longest_ones():
    keys = [next(a for a in "abcd" if selftest.diagnose(n, a).kind == "right") for n, _ in NUMBERED]
    assert Counter(keys) == {"a": 10, "b": 10, "c": 10, "d": 10}
    longest = [all(len(q.right.option) > len(wrong.option) for wrong in q.wrong) for q in QUESTIONS]
    shortest = [all(len(q.right.option) < len(wrong.option) for wrong in q.wrong) for q in QUESTIONS]
    assert sum(longest) <= 14 and sum(shortest) <= 14


@pytest.mark.parametrize(("number", "question"), NUMBERED, ids=ids)
def test_a_question_has_one_right_answer_and_three_wrong_ones_with_replies_of_their_own(number, question):
    verdicts = {letter: selftest.diagnose(number, letter) for letter in "abcd"}
    assert sorted(verdict.kind for verdict in verdicts.values()) == ["mistake"] * 3 + ["right"]
    options = [question.right.option, *(wrong.option for wrong in question.wrong)]
    replies = [question.right.why, *(wrong.reply for wrong in question.wrong)]
    assert len(set(options)) == 4
    assert len(set(replies)) == len({wrong.kind for wrong in question.wrong} | {"right"}) == 4
    for reply in replies:
        assert reply.endswith((".", "!", "?")) and 20 < len(reply) < 260, reply
        assert not re.search(r"\b[Oo]ption [a-d]\b|\banswer [a-d]\b|\([a-d]\)", reply)
    for wrong in question.wrong:
        numeric = len(question.right.option) < 6  # such numbers are also found among what is given
        whole = (
            r"(?:=|\bis|\bbe|\bgives) " if numeric else ""
        ) + rf"{re.escape(question.right.option.lower())}(?![\w.])"
        assert not re.search(whole, wrong.reply.lower()), "the reply gives the right option away"
    assert question.text.count("?") >= 1 and not question.text.startswith(" ")


@pytest.mark.parametrize(("number", "question"), NUMBERED, ids=ids)
def test_every_section_to_read_again_exists_and_its_own_chapter_is_asked(number, question):
    for wrong in (None, *question.wrong):
        chapter, section = question.place(wrong)
        if places.has(chapter):
            assert places.heading(chapter, section)
            assert places.link(chapter, section) in question.link(wrong)
    said = selftest.diagnose(number, next(a for a in "abcd" if selftest.diagnose(number, a).kind == "mistake"))
    assert "Read again: [" in said.text or not places.has(question.chapter)


# --- the numbers, recomputed: the right one, and what each mistake really gives ---------------------------------------

a, b = np.array([1, 1, 1, 0]), np.array([0, 0, 1, 1])  # 3 pixels, 2 pixels, 1 in both
shared, in_either = np.sum(a & b), np.sum(a | b)
half = np.uint8([200, 100])
spike, kernel = np.array([0, 0, 1, 0, 0]), np.array([1, 2, 3])
gray = np.array([1, 2, 4])
bell = lambda mean, var: 0.5 * (mean**2 + var - 1 - math.log(var))  # noqa: E731
error = 0.02


def windows(length, size, stride):
    return len(range(0, length - size + 1, stride))


def field(layers):
    """The width that one output sees, by counting inputs backwards: layers are (kernel, stride)."""
    seen = {0}
    for size, stride in reversed(layers):
        seen = {stride * i + j for i in seen for j in range(size)}
    return len(seen)


def shown(values):
    return ", ".join(map(str, values))


NUMBERS = {
    1: (
        f"{2 * shared / (a.sum() + b.sum()):g}",
        {
            "IoU for Dice": f"{shared / in_either:g}",
            "the factor 2 left out": f"{shared / (a.sum() + b.sum()):g}",
            "one mask only": f"{shared / b.sum():g}",
        },
    ),
    3: (
        shown(half[:1] + half[1:]),
        {
            "a byte taken for an integer": str(200 + 100),
            "clipped": str(min(200 + 100, 255)),
            "wrapped at 255": str(300 % 255),
        },
    ),
    5: (
        shown(np.correlate(spike, kernel, "same")[1:4]),
        {
            "convolution for correlation": shown(np.convolve(spike, kernel, "same")[1:4]),
            "everything in one place": shown((spike * kernel.sum())[1:4]),
            "the middle weight only": shown((spike * kernel[1])[1:4]),
        },
    ),
    6: (
        str(windows(9, 3, 2)),
        {
            "same padding": str(windows(11, 3, 2)),
            "the stride left out": str(windows(9, 3, 1)),
            "the first window left out": str((9 - 3) // 2),
        },
    ),
    7: (
        str(field([(3, 1)] * 3)),
        {
            "widths added": str(3 * 3),
            "widths multiplied": str(field([(3, 3)] * 3)),
            "one layer only": str(field([(3, 1)])),
        },
    ),
    12: (
        f"{(4**2 - 2**2) / 2:g}",
        {
            "a forward difference": str(4**2 - 3**2),
            "one step for two": str(4**2 - 2**2),
            "a backward difference": str(3**2 - 2**2),
        },
    ),
    13: (
        f"{1 - 1.1 * 2:.1f}".replace("-", "−"),
        {
            "uphill": f"{1 + 1.1 * 2:.1f}",
            "the slope of w² taken for w": f"{1 - 1.1 * 1:.1f}".replace("-", "−"),
            "the step for the place": f"{-1.1 * 2:.1f}".replace("-", "−"),
        },
    ),
    14: (
        f"{9 * 16 * 32 + 32:,}",
        {
            "no biases": f"{9 * 16 * 32:,}",
            "channels in left out": f"{9 * 32 + 32:,}",
            "a bias for each channel in": f"{9 * 16 * 32 + 16:,}",
        },
    ),
    16: (
        f"About {100 * math.sqrt(error * (1 - error) / 1000):.1f} points",
        {
            "the error for its standard error": f"About {100 * error:g} points",
            "the number of digits left out": f"About {100 * math.sqrt(error * (1 - error)):g} points",
            "the root left out": f"About {100 * error * (1 - error) / 1000:.3f} points",
        },
    ),
    17: (
        f"{-math.log(0.25):.2f}",
        {
            "the other class": f"{-math.log(0.75):.2f}",
            "absolute error": f"{1 - 0.25:.2f}",
            "squared error": f"{(1 - 0.25) ** 2:.2f}",
        },
    ),
    20: (
        f"32 × 32 × {np.concatenate([np.zeros((32, 32, 8)), np.zeros((32, 32, 16))], axis=2).shape[2]}",
        {
            "added": "32 × 32 × 16",
            "joined along the rows": f"{32 + 32} × 32 × {8 + 16}",
            "multiplied": f"32 × 32 × {8 * 16}",
        },
    ),
    21: (
        str(next(n for n in range(100, 200) if n % 2**3 == 0)),
        {
            "no padding": "100: no padding is needed",
            "three times two": str(next(n for n in range(100, 200) if n % (2 * 3) == 0)),
            "a power of two": str(next(n for n in range(100, 200) if bin(n).count("1") == 1)),
        },
    ),
    22: (
        str(Fraction(4, 6 + 10 - 4)),
        {
            "Dice for IoU": str(Fraction(8, 16)),
            "precision": str(Fraction(4, 6)),
            "the shared pixels counted twice": str(Fraction(4, 16)),
        },
    ),
    23: (
        f"{3 * 2} mm",
        {
            "axes exchanged": f"{3 * 1} mm",
            "divided by the spacing": f"{3 / 2:g} mm",
            "the spacing squared": f"{3 * 2**2} mm",
        },
    ),
    24: (
        str(Fraction(2, 2**5)),
        {"one side": str(Fraction(1, 2**5)), "a convention": str(Fraction("0.05")), "certainty": "0"},
    ),
    25: (
        f"{2 + math.sqrt(9) * -2:g}".replace("-", "−"),
        {
            "variance for deviation": f"{2 + 9 * -2:g}".replace("-", "−"),
            "the sign lost": f"{2 + math.sqrt(9) * 2:g}",
            "the mean left out": f"{math.sqrt(9) * -2:g}".replace("-", "−"),
        },
    ),
    26: (
        {0.5: "½"}[bell(1, 1)],
        {
            "the factor ½ left out": f"{2 * bell(1, 1):g}",
            "only the spread": f"{bell(0, 1):g}",
            "the sign": {-0.5: "−½"}[-bell(1, 1)],
        },
    ),
    28: (
        f"{0.3 / (0.3 + 0.1):.2f}",
        {
            "the share of the generated": f"{0.1 / (0.3 + 0.1):.2f}",
            "a ratio for a share": f"{0.3 / 0.1:.0f}",
            "the density itself": "0.3",
        },
    ),
    30: (
        str((0 - 3) ** 2 + (1 - 2) ** 2),
        {
            "the spread left out": str((0 - 3) ** 2),
            "variances subtracted": str((0 - 3) ** 2 + abs(1 - 4)),
            "not squared": str(3 + 1),
        },
    ),
    32: (
        f"{np.mean([1] * 7 + [-1] * 3):.1f}",
        {
            "the median": f"{np.median([1] * 7 + [-1] * 3):g}",
            "the middle": f"{(1 - 1) / 2:g}",
            "a share for a value": f"{7 / 10}",
        },
    ),
    33: (
        str(field([(4, 2), (4, 1)])),
        {
            "the stride left out": str(field([(4, 1), (4, 1)])),
            "widths added": str(4 + 4),
            "widths multiplied": str(field([(4, 4), (4, 4)])),
        },
    ),
    35: (
        f"{0.25 * 4 + 0.75 * -4:g}".replace("-", "−"),
        {
            "the other clock": f"{0.75 * 4 + 0.25 * -4:g}",
            "halfway": f"{0.5 * 4 + 0.5 * -4:g}",
            "the noise left out": f"{0.25 * 4:g}",
        },
    ),
    39: (
        str(Fraction(1, 3 * 4)),
        {
            "elements for bytes": str(Fraction(1, 3)),
            "the writing left out": str(Fraction(1, 2 * 4)),
            "upside down": str(3 * 4),
        },
    ),
    40: (
        f"{np.mean([3] * 8 + [6] * 4):g}",
        {
            "a mean of unequal means": f"{np.mean([3, 6]):g}",
            "the sum": str(3 + 6),
            "a sum over images": str(sum([3] * 8 + [6] * 4)),
        },
    ),
}


@pytest.mark.parametrize("number", NUMBERS)
def test_the_numbers_are_what_the_right_way_and_each_mistake_really_give(number):
    question, (right, wrong) = QUESTIONS[number - 1], NUMBERS[number]
    assert question.right.option == right
    assert {w.kind: w.option for w in question.wrong} == wrong


def test_most_questions_with_numbers_are_recomputed():
    numeric = {n for n, q in NUMBERED if re.fullmatch(r"[−\d½][\d.,/½ ×]*(?: mm)?", q.right.option)}
    assert numeric - set(NUMBERS) == set()
    assert len(NUMBERS) >= 20


def test_other_claims_of_replies_that_numbers_can_check():
    def softmax(z):
        return np.exp(z) / np.exp(z).sum()

    assert np.allclose(softmax(np.array([1.0, 0.0])), (0.73, 0.27), atol=0.005)  # 15
    assert softmax(softmax(np.array([9.0, 0.0]))).max() < softmax(np.array([9.0, 0.0])).max()  # 15: less sure
    ground = 2 * 99 / (99 + 100)
    assert ground > 0.99 and round((ground + 0) / 2, 1) == 0.5  # 18: Dice of the ground, and the mean with the object's
    heaps = np.exp(2j * np.pi * np.arange(8) / 8)
    assert abs(heaps[[0, 4]].mean() - heaps.mean()) < 1e-12  # 29
    assert np.array_equal(np.diff(gray / 2) > 0, np.diff(gray) > 0)  # 9: which one is brighter
    assert [100 // 2**n for n in range(4)] == [100, 50, 25, 12] and 2 * 12 != 25  # 21


# --- in the notebook --------------------------------------------------------------------------------------------------


def outputs(path):
    for cell in nbformat.read(path, 4).cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            yield output.get("text", "") + data.get("text/plain", "") + data.get("text/markdown", "")


def test_no_stored_output_shows_which_answer_is_right():
    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        text = "\n".join(outputs(path))
        for number, question in NUMBERED:
            assert f"✓ {number}. {question.right.why}" not in text, (path.name, number)
            assert question.right.why not in text, (path.name, number)
        assert not re.search(r"[1-9]\d* of 40 right at once", text), path.name


def test_a_right_answer_stands_in_no_cell_either():
    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        code = "\n".join(cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code")
        given = re.findall(r"selftest\.answer\((\d+), *(.+?)\)", code)
        for inside in re.findall(r"selftest\.summary\(\{(.*?)\}\)", code, re.DOTALL):
            given += re.findall(r"(\d+): *([^,]+)", inside)
        for number, letter in given:
            kind = selftest.diagnose(int(number), ... if letter == "..." else letter.strip("\"' ")).kind
            assert kind != "right", f"{path.name} gives the answer to question {number} away"
