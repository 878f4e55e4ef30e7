"""Whatever the course prints can be printed: also where the terminal knows no sign beyond ASCII or cp1252."""

import os
import subprocess
import sys

import pytest

from course_lib import terminal
from tests.helpers import ROOT

SAYINGS = """
import sys
import course_lib.__main__
from course_lib import doctor
from course_lib.exercises import ch01, overview
from course_lib.teaching.notebooks import check
from course_lib.teaching import verify
from course_lib.teaching.display import say
from course_lib.teaching.engine import Exercise

print(*doctor.report(framework=False, kernel=False), doctor.verdict([]), sep="\\n")
print(check.main(["01"]))
overview.main([])
verify("1.1", 1.0, 1.0)
exercise = next(thing for thing in vars(ch01).values() if isinstance(thing, Exercise))
exercise.check(lambda *_, **__: 7)
exercise.check(...)
exercise.hint()
exercise.solution()
say("μ ≤ ½ · ∞ — 中文, é")
course_lib.__main__.main(["docter ✎"])
print("✓ → ∞", file=sys.stderr)
"""


def run(code, encoding):
    done = subprocess.run(
        [sys.executable, "-c", f"import course_lib; {code}" if "\n" not in code else code],
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": encoding, "COURSE_PROGRESS": "off"},
        capture_output=True,
        timeout=120,
    )
    return done.returncode, (done.stdout + done.stderr).decode(encoding)


def test_everything_can_be_said():
    status, everything = run(SAYINGS, "utf-8")
    assert status == 0, everything
    assert set("✓✗✎→∞") <= set(everything)
    for encoding in ("ascii", "cp1252"):
        status, said = run(SAYINGS, encoding)
        assert status == 0, said
        assert len(said.splitlines()) == len(everything.splitlines())
        assert "+ (1.1) holds" in said


def test_letters_tell_the_marks_apart():
    assert run("print('✓ ✗ ✎ → 3 × 4 ≤ ∞, é, ½, σ Δ, 中')", "ascii") == (
        0,
        "+ x - -> 3 x 4 <= inf, e, 1/2, sigma Delta, \\u4e2d\n",
    )
    assert run("print('✓ ✗ 3 × 4, é')", "cp1252") == (0, "+ x 3 × 4, é\n")
    assert run("print('✓ ✗ 中')", "utf-8") == (0, "✓ ✗ 中\n")


def test_other_errors_of_encodings_stay_errors():
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("utf-8", terminal.NAME)
    assert terminal.letters(UnicodeEncodeError("ascii", "a✓b", 1, 2, "no such sign")) == ("+", 2)


def test_what_is_no_text_file_is_left_alone(monkeypatch):
    class Stream:
        encoding = "ascii"

    monkeypatch.setattr(sys, "stdout", Stream())
    monkeypatch.setattr(sys, "stderr", None)
    terminal.install()
