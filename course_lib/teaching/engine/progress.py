"""The reader's own record of exercises: one small file in the course's folder, never sent anywhere.

It holds, for each exercise, how often it was tried, whether it is solved, how many hints were read and which
mistakes were named. Delete it to start afresh. The environment variable COURSE_PROGRESS names another file,
or switches the record off with the value "off".
"""

import contextlib
import json
import os
import pathlib
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]


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
