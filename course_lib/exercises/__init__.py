"""The exercises, one module for each chapter: `from course_lib.exercises import ch02 as ex`."""

import importlib
import pkgutil
import re

from course_lib.teaching.engine import Exercise


def all_exercises():
    """Every exercise of the course: {chapter module name: [exercise, ...]}, in the order of their numbers."""
    found = {}
    chapters = [module.name for module in pkgutil.iter_modules(__path__) if re.fullmatch(r"ch\d\d", module.name)]
    for name in sorted(chapters):
        declared = vars(importlib.import_module(f"{__name__}.{name}")).values()
        mine = [thing for thing in declared if isinstance(thing, Exercise)]
        found[name] = sorted(mine, key=lambda exercise: tuple(map(int, exercise.number.split("."))))
    return found
