"""What a chapter with a ★ core must keep beyond the rules for every chapter. `findings(chapter)` lists what it breaks.

A rule takes a `Core` and yields sentences. A chapter without a core has none to keep. Nothing is executed here.
"""

import ast
import functools
import re
import statistics
import urllib.parse
from dataclasses import dataclass, field

from course_lib.teaching.notebooks import core
from course_lib.teaching.notebooks.chapter import HEADINGS, SECTION, Chapter, bare, called, code_lines, parsed, printed

MOST_CELLS, MOST_EQUATIONS, MOST_MINUTES = 60, 10, 60  # minutes of study, without exercises
FEWEST_EXERCISES, MOST_EXERCISES = 4, 6
WIDEST, MEDIAN_LINES = 100, 10
HEADING = re.compile(r"^#{2,6} (.+)$", re.MULTILINE)
NUMBERS = r"(\d+\.\d+[a-z]?(?:(?:, | and | or |–|; )\d+\.\d+[a-z]?)*)"
CITED = {
    "equation": re.compile(rf"(?<![\w\])])\({NUMBERS}\)|\bverify\(\s*[\"'](\d+\.\d+[a-z]?)"),
    "exercise": re.compile(rf"\bexercises? {NUMBERS}", re.IGNORECASE),
    "figure": re.compile(rf"\bfigures? {NUMBERS}", re.IGNORECASE),
}
CAPTION = re.compile(r"\*\*Figure (\d+\.\d+[a-z]?)")
SECTION_ELSEWHERE = re.compile(
    r"\bchapter (?P<chapter>\d+)(?:,| \(|'s|:)? ?section (?P<section>\d+)|"
    r"\bsection (?P<its_section>\d+) (?:of|in) chapter (?P<its_chapter>\d+)",
    re.IGNORECASE,
)
ANCHOR = re.compile(r"\]\(<?(?:\./)?(\d\d)_\w+\.ipynb#([^)\s>]+)")
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
STATED = re.compile(r"^\| *Minutes to study *\|(.*)\|\s*$", re.MULTILINE)
VERDICT = re.compile(r"[\s(),]*(?:(?:np\.)?(?:True|False)_?[\s(),]*)+")


@dataclass
class Core:
    """A chapter that has a core."""

    chapter: Chapter
    others: dict = field(default_factory=dict, repr=False)  # chapters that were read, by number

    @functools.cached_property
    def inside(self):
        """The indices of its cells."""
        return core.cells(self.chapter.notebook)

    @functools.cached_property
    def cells(self):
        """(index, cell) of its cells."""
        return [(i, self.chapter.notebook.cells[i]) for i in self.inside]

    @functools.cached_property
    def code(self):
        """(index, cell) of its code cells that are not empty."""
        return [(i, cell) for i, cell in self.chapter.code if i in set(self.inside)]

    @functools.cached_property
    def headings(self):
        """(index, title) of every heading of the chapter below the first level."""
        return [(i, title.strip()) for i, text in self.chapter.prose for title in HEADING.findall(text)]

    @functools.cached_property
    def homes(self):
        """Of each kind, number -> the cell that states the equation, tries the exercise, or shows the figure."""
        tried = {name: i for i, name in reversed(self.chapter.checked)}
        return {
            "equation": self.chapter.equations,
            "exercise": {e.number: tried[name] for name, e in self.chapter.exercises.items() if name in tried},
            "figure": {number: i for i, text in reversed(self.chapter.prose) for number in CAPTION.findall(text)},
        }

    def other(self, number):
        """The core of another chapter of the same folder; None where that chapter has none or does not exist."""
        number = int(number)
        if number not in self.others:
            found = [Core(Chapter.read(path)) for path in self.chapter.path.parent.glob(f"{number:02d}_*.ipynb")]
            self.others[number] = next((there for there in found if there.inside), None)
        return self.others[number]


def findings(chapter):
    """Everything in a chapter that breaks a rule of its core; nothing for a chapter without a core.

    Parameters
    ----------
    chapter : Chapter

    Returns
    -------
    list of str
    """
    mine = Core(chapter)
    return [finding for rule in RULES for finding in rule(mine)] if mine.inside else []


def stars(mine):
    """The star begins a heading, and the heading begins a cell: no cell belongs half to the core."""
    inside = True
    for i, cell in enumerate(mine.chapter.notebook.cells):
        titles = core.headings(cell.source) if cell.cell_type == "markdown" else []
        for title in titles:
            if core.STAR in title and not title.startswith(f"{core.STAR} "):
                yield f'cell {i}: the star must begin the heading, as in "## ★ 2 · ...", not {title!r}'
        kinds = [inside] * (not cell.source.lstrip().startswith("## ")) + [t.startswith(core.STAR) for t in titles]
        if titles and len(set(kinds)) > 1:
            yield f"cell {i}: the core begins or ends in the middle of a cell; give its heading a cell of its own"
        inside = kinds[-1] if titles else inside


def length(mine):
    """At most 60 cells, 10 numbered equations and an hour of study, exercises apart."""
    cells = [cell for _, cell in mine.cells]
    if len(cells) > MOST_CELLS:
        yield f"the core has {len(cells)} cells, more than {MOST_CELLS}"
    if len(numbers := core.equations(cells)) > MOST_EQUATIONS:
        yield f"the core has {len(numbers)} numbered equations, more than {MOST_EQUATIONS}"
    if (minutes := core.study(cells).minutes(with_exercises=False)) > MOST_MINUTES:
        yield f"the core takes {minutes:.0f} minutes to study without its exercises, more than {MOST_MINUTES}"


def stated_minutes(mine):
    """The table at a glance states the minutes of study that the clock counts."""
    everything = mine.chapter.notebook.cells
    counted = [
        core.study(cells).minutes(e) for cells in ([c for _, c in mine.cells], everything) for e in (False, True)
    ]
    row = next((m[1] for _, text in mine.chapter.prose if (m := STATED.search(text))), "")
    stated = [int(number) for number in re.findall(r"\d+", row)]
    if len(stated) != 4 or any(abs(s - c) > max(5, c / 10) for s, c in zip(stated, counted, strict=True)):
        core_alone, core_tried, alone, tried = (f"{minutes:.0f}" for minutes in counted)
        wanted = f"core {core_alone}, with exercises {core_tried}; all {alone}, with exercises {tried}"
        yield f'the table at a glance must hold the row "| Minutes to study | {wanted} |", not {row.strip()!r}'


def exercises(mine):
    """Four to six exercises, with a star in their headings, and no star in those of others."""
    tried = {name for i, name in mine.chapter.checked if i in set(mine.inside)}
    if not FEWEST_EXERCISES <= len(tried) <= MOST_EXERCISES:
        yield f"{len(tried)} exercises in the core; {FEWEST_EXERCISES} to {MOST_EXERCISES} are wanted"
    of_number = {exercise.number: name for name, exercise in mine.chapter.exercises.items()}
    titles = {m[1]: title for _, title in mine.headings if (m := re.search(r"\bExercise (\d+\.\d+)", title))}
    for number, name in of_number.items():
        starred = core.STAR in titles.get(number, "")
        if name in tried and not starred:
            yield f'the exercise {number} is in the core, and no heading "### ★ Exercise {number} · ..." says so'
        elif starred and name not in tried:
            yield f"the exercise {number} is marked with a star and tried outside of the core"


def comes_first(mine):
    """No other code stands before the core's: to run the chapter from its top is to run the core alone."""
    last = max((i for i, _ in mine.code), default=0)
    for i, _ in mine.chapter.code:
        if i < last and i not in set(mine.inside):
            yield f"cell {i}: its code stands before the last code of the core, in cell {last}; the core comes first"


def cites_nothing_else(mine):
    """The core cites no equation, exercise or figure of an unmarked section, here or in a chapter with a core."""
    own = int(mine.chapter.number)
    for i, cell in mine.cells:
        for kind, pattern in CITED.items():
            groups = [group for match in pattern.finditer(cell.source) for group in match.groups() if group]
            for number in dict.fromkeys(n for group in groups for n in re.findall(r"\d+\.\d+[a-z]?", group)):
                chapter = int(number.partition(".")[0])
                there = mine if chapter == own else mine.other(chapter)
                home = there.homes[kind].get(number) if there else None
                if home is not None and home not in there.inside:
                    where = f"cell {home}" + (f" of chapter {chapter:02d}" if chapter != own else "")
                    yield f"cell {i}: the core cites {kind} {number}, which stands in {where}, outside of the core"
        for name in dict.fromkeys(re.findall(r"\bex\.(\w+)", cell.source if cell.cell_type == "code" else "")):
            places = [j for j, other in mine.chapter.checked if other == name]
            if places and not set(places) & set(mine.inside):
                yield f"cell {i}: the core uses ex.{name}, which is tried in cell {places[0]}, outside of the core"


def cites_no_other_section(mine):
    """The core sends a reader to no unmarked section of another chapter that has a core."""
    for i, cell in mine.cells:
        if cell.cell_type != "markdown":
            continue
        for match in SECTION_ELSEWHERE.finditer(LINK.sub(r"\1", cell.source)):
            chapter = int(match["chapter"] or match["its_chapter"])
            section = match["section"] or match["its_section"]
            there = mine.other(chapter) if chapter != int(mine.chapter.number) else None
            titles = [t for _, t in there.chapter.headings if SECTION.match(t)] if there else []
            if any(SECTION.match(t)[1] == section and not t.startswith(core.STAR) for t in titles):
                yield f"cell {i}: the core cites section {section} of chapter {chapter:02d}, which is not in its core"
        for chapter, anchor in ANCHOR.findall(cell.source):
            there = mine.other(chapter) if chapter != mine.chapter.number else None
            wanted = urllib.parse.unquote(anchor)
            homes = [j for j, t in there.headings if t.replace(" ", "-") == wanted] if there else []
            if homes and homes[0] not in there.inside:
                yield f"cell {i}: the core links to {wanted!r} of chapter {chapter}, which is not in its core"


def the_card(mine):
    """The last section of the core ends with The card."""
    titles = [title for i, title in mine.headings if i in set(mine.inside)]
    if "the card" not in titles[-1].lower():
        yield f'the core must end with "### The card", not with {titles[-1]!r}'


def deeper_sections(mine):
    """A section outside of the core says in its first line what else it needs."""
    for i, text in mine.chapter.prose:
        for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
            title, _, rest = part.partition("\n")
            if title.startswith(core.STAR) or not SECTION.match(title) or bare(title).startswith(HEADINGS):
                continue
            first = next((line for line in rest.splitlines() if line.strip()), "")
            if not re.search(r"\bneeds?\b", first, re.IGNORECASE):
                yield f'cell {i}: the first line of "{title.strip()}" must say what else it needs, beside the core'


def folded(mine):
    """A cell that only checks is stored with its input folded."""
    for i, cell in mine.chapter.code:
        if only_checks(cell.source) and not core.is_folded(cell):
            yield f'cell {i}: it only checks: fold its input, "jupyter": {{"source_hidden": true}}'


def code_to_read(mine):
    """In the core no line above 100 columns, and half of the cells have at most 10 lines."""
    for i, cell in mine.code:
        widest = max(map(len, cell.source.splitlines()))
        if widest > WIDEST:
            yield f"cell {i}: a line of {widest} columns; at most {WIDEST} are wanted in the core"
    lengths = [len(code_lines(cell.source)) for _, cell in mine.code if not core.is_folded(cell)]
    if lengths and (median := statistics.median_high(lengths)) > MEDIAN_LINES:
        yield f"half of the core's code cells have {median} lines or more; at most {MEDIAN_LINES} are wanted"


def verdicts(mine):
    """No output line that says only True or False."""
    for i, cell in mine.chapter.code:
        if any(VERDICT.fullmatch(line) for line in printed(cell).splitlines()):
            yield f"cell {i}: an output that says only True or False: show the numbers"


RULES = (
    stars, length, stated_minutes, exercises, comes_first, cites_nothing_else, cites_no_other_section, the_card,
    deeper_sections, folded, code_to_read, verdicts,
)  # fmt: skip


def only_checks(source):
    """Whether a cell does nothing but `verify` and `assert`, also in loops that draw cases for them.

    Parameters
    ----------
    source : str

    Returns
    -------
    bool
    """
    tree = parsed(source)
    return tree is not None and bool(tree.body) and all(map(_checks, tree.body))


def _checks(statement):
    if isinstance(statement, ast.Assert):
        return True
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Call) and called(statement.value) == "verify"
    if isinstance(statement, (ast.For, ast.With, ast.If)):
        body = [*statement.body, *getattr(statement, "orelse", [])]
        cases = [part for part in body if not isinstance(part, (ast.Assign, ast.AugAssign))]
        return bool(cases) and all(map(_checks, cases))
    return False
