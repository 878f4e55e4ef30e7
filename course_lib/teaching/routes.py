"""Ways through the course for a given time: which parts of which chapters, and what they take by the clock.

The minutes are counted from the notebooks themselves, by the rule of `course_lib.teaching.notebooks.core`: a route that
no longer fits its hours is noticed.
"""

import pathlib
from dataclasses import dataclass

CHAPTERS = pathlib.Path(__file__).parents[2] / "chapters"


@dataclass(frozen=True)
class Stop:
    """A part of a chapter.

    Attributes
    ----------
    chapter : int
    sections : tuple of int
        Numbers of the sections to work through, after the chapter's opening. Empty for the whole chapter. Where the
        chapter has a ★ core, the core is the part, whatever stands here.
    """

    chapter: int
    sections: tuple = ()


@dataclass(frozen=True)
class Route:
    """A way through the course.

    Attributes
    ----------
    name : str
    hours : float
        How long it may take, exercises included.
    stops : tuple of Stop
    """

    name: str
    hours: float
    stops: tuple


START = Stop(0)
SLIDE, SHAPES, GAME = Stop(2, (1, 4, 6)), Stop(6, (1, 4)), Stop(11, (1, 2, 7))
ROUTES = (
    Route("Half a day, to see how networks segment", 4, (START, SLIDE, Stop(5, (1, 2)), SHAPES, Stop(8))),
    Route(
        "One day, to see how networks generate",
        7,
        (START, SLIDE, Stop(5, (1, 2)), SHAPES, Stop(10), GAME, Stop(12, (1, 3, 8, 9))),
    ),
    Route(
        "Two days, from images to generation",
        14,
        (
            START,
            Stop(1, (1, 4, 5)),
            Stop(2, (1, 2, 4, 6, 11)),
            Stop(5, (1, 2, 3, 5)),
            Stop(6, (1, 2, 3, 4)),
            Stop(7, (1, 2, 4)),
            Stop(8),
            Stop(10),
            GAME,
            Stop(12, (1, 2, 3, 8, 9)),
            Stop(14),
            Stop(17, (2,)),
        ),
    ),
)


def part(stop):
    """What a stop asks for, in words, and the minutes that it takes with its exercises.

    Parameters
    ----------
    stop : Stop

    Returns
    -------
    words : str
        "whole", "★ core" or "sections 1, 4, 6".
    minutes : float

    Raises
    ------
    ValueError
        A section that the chapter does not have.
    """
    import nbformat

    from course_lib.teaching.notebooks import core

    (path,) = CHAPTERS.glob(f"{stop.chapter:02d}_*.ipynb")
    notebook = nbformat.read(path, as_version=4)
    inside = core.cells(notebook)
    if inside:
        return "★ core", core.study(notebook.cells[i] for i in inside).minutes()
    if not stop.sections:
        return "whole", core.study(notebook.cells).minutes()
    chosen = _opening_and(stop.sections, notebook, path.name)
    return "sections " + ", ".join(map(str, stop.sections)), core.study(chosen).minutes()


def _opening_and(sections, notebook, name):
    """The cells before the first second-level heading, and those of some sections."""
    from course_lib.teaching.notebooks import core

    wanted, found, chosen, inside = set(sections), set(), [], True
    for cell in notebook.cells:
        for title in core.headings(cell.source) if cell.cell_type == "markdown" else ():
            number = title.partition(" · ")[0]
            inside = number.isdecimal() and int(number) in wanted
            found |= {int(number)} if inside else set()
        if inside:
            chosen.append(cell)
    if wanted - found:
        raise ValueError(f"{name} has no section {min(wanted - found)}")
    return chosen


def table(route):
    """The lines of a route: chapter, part, minutes of study, and the hours in all.

    Parameters
    ----------
    route : Route

    Returns
    -------
    str
    """
    stops = [(stop.chapter, *part(stop)) for stop in route.stops]
    lines = [f"{chapter:>5}  {words:<26}{5 * round(minutes / 5):>4.0f} minutes" for chapter, words, minutes in stops]
    hours = sum(minutes for *_, minutes in stops) / 60
    return "\n".join([route.name, *lines, f"       in all {hours:.1f} hours"])
