"""Every chapter of the course keeps every rule. nbval runs them; this reads what is stored."""

import re

import pytest

from course_lib.teaching.notebooks.refresh import CHAPTERS, find
from course_lib.teaching.notebooks.rules import findings


@pytest.mark.parametrize("path", find("all"), ids=lambda path: path.stem)
def test_a_chapter_keeps_the_rules(path):
    assert findings(path) == []


def test_chapters_have_numbers_of_their_own_and_nothing_else_lies_beside_them():
    names = [path.name for path in CHAPTERS.glob("*.ipynb")]
    assert all(re.fullmatch(r"\d\d_[a-z_]+\.ipynb", name) for name in names), names
    assert len({name[:2] for name in names}) == len(names)
