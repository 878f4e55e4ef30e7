"""The reader's own record of exercises: one small file in the course's folder, never sent anywhere.

It holds, for each exercise, how often it was tried, whether it is solved, how many hints were read and which
mistakes were named. Delete it to start afresh. The environment variable COURSE_PROGRESS names another file,
or switches the record off with the value "off".
"""

import contextlib
import importlib
import json
import os
import pathlib
import pkgutil
import sys
import tempfile

from course_lib.teaching import exercises

ROOT = pathlib.Path(__file__).resolve().parents[2]


def path():
    """Where the record is kept; None where it is switched off."""
    place = os.environ.get("COURSE_PROGRESS", str(ROOT / ".course_progress.json"))
    return None if place == "off" else pathlib.Path(place)


def load():
    """The record: exercise number -> {"tries", "solved", "hints", "mistakes"}; empty where there is none."""
    place = path()
    try:
        found = json.loads(place.read_text(encoding="utf-8")) if place else {}
    except (OSError, ValueError):
        return {}
    sound = isinstance(found, dict) and all(isinstance(e, dict) and set(e) == set(_blank()) for e in found.values())
    return found if sound else {}


def record(number, *, solved=None, mistake=None, hints=None):
    """Note one event of an exercise. A folder that cannot be written to is no reason to disturb the reader.

    Parameters
    ----------
    number : str
        The exercise's number, such as "2.1".
    solved : bool, optional
        The outcome of a try. A solved exercise stays solved.
    mistake : str, optional
        The name of the mistake that was diagnosed.
    hints : int, optional
        How many hints the reader has seen.
    """
    place = path()
    if place is None:
        return
    everything = load()
    entry = everything.setdefault(number, _blank())
    if solved is not None:
        entry["tries"] += 1
        entry["solved"] |= solved
    if mistake is not None:
        entry["mistakes"][mistake] = entry["mistakes"].get(mistake, 0) + 1
    if hints is not None:
        entry["hints"] = max(entry["hints"], hints)
    with contextlib.suppress(OSError):
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=place.name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(everything, file, indent=1, sort_keys=True, ensure_ascii=False)
        os.replace(name, place)


def _blank():
    return {"tries": 0, "solved": False, "hints": 0, "mistakes": {}}


def all_exercises():
    """Every exercise of the course: {chapter module name: [exercise, ...]}, in the order of their numbers."""
    from course_lib.teaching.engine import Exercise

    found = {}
    for module in sorted(pkgutil.iter_modules(exercises.__path__), key=lambda m: m.name):
        declared = vars(importlib.import_module(f"{exercises.__name__}.{module.name}")).values()
        mine = [thing for thing in declared if isinstance(thing, Exercise)]
        found[module.name] = sorted(mine, key=lambda e: tuple(map(int, e.number.split("."))))
    return found


def summary():
    """The record beside all exercises.

    Returns
    -------
    list of (number, title, state, tries, hints)
        `state` is "solved", "tried" or "open".
    """
    known, rows = load(), []
    for chapter in all_exercises().values():
        for exercise in chapter:
            entry = known.get(exercise.number, {})
            state = "solved" if entry.get("solved") else "tried" if entry.get("tries") else "open"
            rows.append((exercise.number, exercise.title, state, entry.get("tries", 0), entry.get("hints", 0)))
    return rows


def main(argv):
    """Print the reader's progress; `python -m course_lib progress`. Returns the exit status."""
    if argv:
        print("usage: python -m course_lib progress", file=sys.stderr)
        return 2
    rows = summary()
    marks = {"solved": "✓", "tried": "✗", "open": "✎"}
    for number, title, state, tries, hints in rows:
        details = f"  ({tries} tries, {hints} hints)" if tries or hints else ""
        print(f"{marks[state]} {number:<5} {title}{details}")
    solved = sum(state == "solved" for _, _, state, _, _ in rows)
    print(f"{solved} of {len(rows)} exercises solved; kept in {path() or 'no file: COURSE_PROGRESS is off'}")
    return 0
