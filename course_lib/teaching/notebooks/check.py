"""Prints what the chapters hold and what they lack: `python -m course_lib check`."""

import sys

from course_lib.teaching.engine import exercise_rules
from course_lib.teaching.notebooks import core, pictures
from course_lib.teaching.notebooks.chapter import Chapter
from course_lib.teaching.notebooks.refresh import CHAPTERS, find, stated_cost
from course_lib.teaching.notebooks.rules import findings

COLUMNS = ("chapter", "equations", "verified", "exercises", "mistakes", "pictures", "seconds", "MB", "findings")


def row(path):
    """One chapter's line of the table, and its findings.

    Returns
    -------
    cells : tuple
        In the order of `COLUMNS`.
    found : list of str
    """
    chapter = Chapter.read(path)
    declared = list(chapter.exercises.values())
    found = [*findings(path), *(finding for e in declared for finding in exercise_rules.findings(e))]
    seconds, megabytes = stated_cost(chapter.notebook)
    cells = (
        path.stem,
        len(chapter.equations),
        sum(number in chapter.verified for number in chapter.equations),
        len(declared),
        sum(exercise_rules.mistakes(exercise) for exercise in declared),
        sum(len(pictures.of_outputs(cell.outputs)) for _, cell in chapter.code),
        seconds or "?",
        megabytes or "?",
        len(found),
    )
    return cells, found


def main(argv):
    """Check the chapters named in `argv`, by default all. Returns 1 if there is a finding, else 0."""
    try:
        paths = [path for name in argv or ["all"] for path in find(name, CHAPTERS)]
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    rows, cores, everything = [COLUMNS], [], []
    for path in paths:
        cells, found = row(path)
        rows.append(tuple(map(str, cells)))
        if about := core.summary(Chapter.read(path).notebook):
            cores.append(f"{path.stem}: {about}")
        everything += [f"{path.name}: {finding}" for finding in found]
    widths = [max(len(line[k]) for line in rows) for k in range(len(COLUMNS))]
    for line in rows:
        print(
            "  ".join(t.ljust(w) if k == 0 else t.rjust(w) for k, (t, w) in enumerate(zip(line, widths, strict=True)))
        )
    for line in [*cores, *everything]:
        print(line)
    return 1 if everything else 0
