"""Prints the reader's record beside all exercises: `python -m course_lib progress`."""

import sys

from course_lib.exercises import all_exercises
from course_lib.teaching.engine import progress


def summary():
    """The record beside all exercises.

    Returns
    -------
    list of (number, title, state, tries, hints)
        `state` is "solved", "tried" or "open".
    """
    known, rows = progress.load(), []
    for chapter in all_exercises().values():
        for exercise in chapter:
            entry = known.get(exercise.number, {})
            state = "solved" if entry.get("solved") else "tried" if entry.get("tries") else "open"
            rows.append((exercise.number, exercise.title, state, entry.get("tries", 0), entry.get("hints", 0)))
    return rows


def main(argv):
    """Print the reader's progress. Returns the exit status."""
    if argv:
        print("usage: python -m course_lib progress", file=sys.stderr)
        return 2
    rows = summary()
    marks = {"solved": "✓", "tried": "✗", "open": "✎"}
    for number, title, state, tries, hints in rows:
        details = f"  ({tries} tries, {hints} hints)" if tries or hints else ""
        print(f"{marks[state]} {number:<5} {title}{details}")
    solved = sum(state == "solved" for _, _, state, _, _ in rows)
    print(f"{solved} of {len(rows)} exercises solved; kept in {progress.path() or 'no file: COURSE_PROGRESS is off'}")
    return 0
