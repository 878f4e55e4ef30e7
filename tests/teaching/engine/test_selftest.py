"""The self-test's machinery: letters dealt evenly, a reply to every answer, a record, and a list of what to re-read."""

import json
from collections import Counter

import numpy as np
import pytest

from course_lib.teaching import places
from course_lib.teaching.engine import progress
from course_lib.teaching.engine.selftest import Question, Right, SelfTest, Wrong


def question(n, chapter=2, section="6", place=""):
    return Question(
        chapter,
        section,
        f"What is {n} + {n}?",
        Right(f"{2 * n}", f"Twice {n}."),
        Wrong("a product", f"{n * n + 100}", f"That is {n} times {n}, and a hundred."),
        Wrong("a digit lost", f"{n + 200}", f"Only one {n} is there."),
        Wrong("a power", f"{n**3 + 300}", "Three factors.", place),
    )


@pytest.fixture
def test():
    return SelfTest([question(1), question(2, 3, "4"), question(3), question(4, 1, "8", "02 6")])


@pytest.fixture(autouse=True)
def record(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "mine.json"))
    return tmp_path / "mine.json"


def letter(test, number, kind):
    """The letter of the option that is answered by a kind of mistake, or by "right"."""
    verdicts = {a: test.diagnose(number, a) for a in "abcd"}
    (found,) = (a for a, verdict in verdicts.items() if kind in (verdict.kind, verdict.mistake))
    return found


def test_letters_are_dealt_evenly_always_the_same_and_without_a_pattern():
    def keys(n):
        test = SelfTest([question(i) for i in range(n)])
        return "".join(letter(test, i, "right") for i in range(1, n + 1))

    assert keys(40) == keys(40)
    assert set(Counter(keys(40)).values()) == {10}
    assert max(map(len, keys(40).replace("a", "a ").split())) < 14
    assert not any(a * 3 in keys(40) for a in "abcd")
    assert sorted(Counter(keys(6)).values())[-1] <= 2


def test_a_question_is_asked_with_its_options_and_not_with_its_answer(test, capsys):
    test.ask(3)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "**3.** What is 3 + 3?" and [line[:6] for line in lines[2:]] == [f"- **{a}*" for a in "abcd"]
    assert sorted(line[10:] for line in lines[2:]) == sorted(["6", "109", "203", "327"])
    test.ask()
    assert capsys.readouterr().out.count("What is") == 4
    assert not (words := [w for w in ("right", "Twice", "product") if w in "\n".join(lines)]), words


def test_every_answer_gets_its_own_reply_and_a_wrong_one_the_place_to_read_again(test, capsys):
    test.answer(4, letter(test, 4, "right"))
    assert capsys.readouterr().out == "✓ 4. Twice 4.\n"
    test.answer(4, letter(test, 4, "a digit lost").upper())
    assert capsys.readouterr().out == f"✗ 4 — Only one 4 is there. Read again: {places.link(1, '8')}.\n"
    test.answer(4, f"({letter(test, 4, 'a power')})")
    assert capsys.readouterr().out == f"✗ 4 — Three factors. Read again: {places.link(2, '6')}.\n"


def test_no_answer_yet_is_said_and_not_recorded(test, capsys, record):
    test.answer(1, ...)
    assert capsys.readouterr().out == "✎ 1 not answered yet\n"
    for strange in ("e", "", 2, None, ["a", "b"], np.zeros(3)):
        test.answer(1, strange)
        assert capsys.readouterr().out.startswith("✗ 1 — choose one")
    assert not record.exists()


def test_an_object_that_breaks_whoever_looks_at_it_is_survived(test, capsys):
    class Hostile:
        def __getattribute__(self, name):
            raise RuntimeError("no")

    test.answer(1, Hostile())
    assert capsys.readouterr().out.startswith("✗ 1 — ")


@pytest.mark.parametrize("number", [0, 5, -1])
def test_a_number_must_be_one_of_a_question(test, number):
    with pytest.raises(ValueError, match="number must be at"):
        test.answer(number, "a")
    with pytest.raises(ValueError, match="number must be at"):
        test.ask(number)
    with pytest.raises(TypeError, match="number must be a whole number"):
        test.ask("1")


def test_answers_are_kept_beside_the_exercises_and_nowhere_else(test, record):
    progress.record("2.1", solved=True)
    test.answer(1, letter(test, 1, "a power"))
    test.answer(1, letter(test, 1, "right"))
    kept = json.loads(record.read_text("utf-8"))
    assert set(kept) == {"2.1", "self-test 1"}
    assert kept["self-test 1"] == {"tries": 2, "solved": True, "hints": 0, "mistakes": {"a power": 1}}
    assert not {name for name in vars(test) if name not in ("questions", "_choices", "_wrong")}


def test_the_summary_counts_and_names_what_to_read_again_in_the_order_of_the_chapters(test, capsys):
    test.summary()
    assert capsys.readouterr().out == "✎ None of the 4 questions is answered yet.\n"
    test.answer(3, letter(test, 3, "right"))
    test.answer(2, letter(test, 2, "a product"))
    test.answer(4, letter(test, 4, "a power"))
    test.answer(4, letter(test, 4, "a digit lost"))
    test.answer(4, letter(test, 4, "right"))
    capsys.readouterr()
    test.summary()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "**1 of 4 right at once**, 1 after a mistake, 1 not yet right, 1 not answered."
    assert lines[4:] == [
        f"- {places.link(1, '8')}: question 4 (a digit lost)",
        f"- {places.link(2, '6')}: question 4 (a power)",
        f"- {places.link(3, '4')}: question 2 (a product)",
    ]


def test_the_summary_of_answers_given_by_hand_needs_no_record(test, capsys, record, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    test.answer(1, letter(test, 1, "right"))
    capsys.readouterr()
    test.summary()
    assert 'The record is switched off; `summary({1: "b", ...})` takes' in capsys.readouterr().out
    test.summary({n: letter(test, n, "right") for n in (1, 2, 3, 4)})
    assert capsys.readouterr().out.splitlines()[-1] == "Nothing to read again."
    test.summary({1: ..., 2: letter(test, 2, "a power")})
    printed = capsys.readouterr().out
    assert "**0 of 4 right at once**, 0 after a mistake, 1 not yet right, 3 not answered." in printed
    assert f"- {places.link(3, '4')}: question 2 (a power)" in printed
    with pytest.raises(ValueError, match=r"answers\[1\]: choose one of"):
        test.summary({1: "x"})
    with pytest.raises(ValueError, match="number must be at most 4"):
        test.summary({5: "a"})
    assert not record.exists()


def test_a_record_of_older_words_still_names_the_section(test, capsys):
    progress.record("self-test 2", solved=False, mistake="words of last year")
    test.summary()
    assert f"- {places.link(3, '4')}: question 2 (words of last year)" in capsys.readouterr().out


def test_four_options_are_needed_all_different_by_form():
    with pytest.raises(TypeError):
        Question(2, "6", "text", Right("a", "b"), Wrong("a", "b", "c"))
