"""What every chapter must keep, as far as a program can see it. `findings(path)` lists what it does not keep.

A rule is a function that takes a `Chapter` and yields sentences. Nothing is executed here: the stored notebook
is read. That the stored outputs are true is the business of the tests that run it.
"""

import re

from course_lib.teaching.engine import exercise_rules
from course_lib.teaching.notebooks import approx, core_rules, pictures
from course_lib.teaching.notebooks.chapter import EQUATION, HEADINGS, Chapter, bare, code_lines, printed, verify_calls
from course_lib.teaching.notebooks.refresh import METADATA, stated_cost

MAX_LINES, MEDIAN_LINES = 25, 10
MAX_NOTEBOOK, MAX_PICTURE, MIN_ALT = 2_000_000, 120_000, 20
SECONDS = {"12": 300, "13": 300, "14": 300}  # chapters that train image GANs or diffusion; else 180
MEGABYTES, MEGABYTES_WITH_KERAS = 500, 1500
TAGS = re.compile(
    r"approx.*|eq:\d+\.\d+[a-z]?|own:[a-z]+|whole-model|nbval-ignore-output|picture-varies|raises-exception"
)  # own:NAME, see own.py: also a cell of the notebook for a reader's own images
ABSOLUTE = re.compile(r"(?<![\w.:/])(?:/(?:home|root|work|Users|tmp|opt|mnt)/[\w.-]+|[A-Z]:\\\\?\w+|~/\w+)")
NETWORK = re.compile(r"https?://|\b(?:urllib|requests|httpx|urlopen|urlretrieve|get_file|socket)\b")
INSTALLS = re.compile(r"^\s*[!%]\s*(?:pip|conda|wget|curl|apt)|^\s*!", re.MULTILINE)
KERAS = re.compile(r"\bkeras\b|\btensorflow\b|course_lib\.(?:backend|losses|metrics|models|training)|import backend")
ELSEWHERE = re.compile(r"\\eqref|^> \[!|^```\{|\{(?:ref|eq|numref|doc|cite)\}`", re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(<?([^)\s>]+)")
VOLATILE = re.compile(r"\bat 0x[0-9a-f]{6,}|\r")


def findings(path):
    """Everything in a notebook that breaks a rule.

    Parameters
    ----------
    path : path

    Returns
    -------
    list of str
    """
    chapter = Chapter.read(path)
    return [*(finding for rule in RULES for finding in rule(chapter)), *core_rules.findings(chapter)]


def uses_keras(notebook):
    """Whether a notebook's code loads Keras, which needs more memory."""
    return any(KERAS.search(cell.source) for cell in notebook.cells if cell.cell_type == "code")


def budget(name, notebook):
    """The seconds and megabytes that a chapter may take."""
    return SECONDS.get(name[:2], 180), MEGABYTES_WITH_KERAS if uses_keras(notebook) else MEGABYTES


def over_budget(name, notebook, seconds, cpu_seconds, megabytes, shared_by=1):
    """Say what a measured run took too much of; None where it kept its budget and its table.

    Parameters
    ----------
    name : str
        The notebook's file name.
    notebook : nbformat.NotebookNode
    seconds, cpu_seconds : float
        On the clock, and of computing over all cores. The time is over its budget when both are: a machine
        that is busy with something else slows the clock, not the computing.
    megabytes : float
    shared_by : int
        Processes that ran tests at the same time. Each may take as much longer: what a chapter takes alone, its
        table states, and `at_a_glance` holds that to the budget.
    """
    most_seconds, most_megabytes = budget(name, notebook)
    stated = stated_cost(notebook)[1]
    if min(seconds, cpu_seconds) > shared_by * most_seconds:
        beside = f" beside {shared_by - 1} other(s)" if shared_by > 1 else ""
        return f"it ran {seconds:.0f} s{beside}, {shared_by * most_seconds} s are allowed"
    if megabytes > most_megabytes:
        return f"its kernel took {megabytes:.0f} MB, {most_megabytes} MB are allowed"
    if stated and megabytes > 1.5 * stated:
        return f"its kernel took {megabytes:.0f} MB, its table says {stated} MB: refresh it"
    return None


def one_title(chapter):
    """One first-level heading, in the first cell."""
    titles = [i for i, text in chapter.prose for _ in re.findall(r"^# ", text, re.MULTILINE)]
    if len(titles) != 1:
        yield f"{len(titles)} first-level headings, not 1"
    elif titles[0] != 0:
        yield f"the first-level heading stands in cell {titles[0]}, not in the first"


def order_of_headings(chapter):
    """The parts of a chapter in their order, and its sections numbered from 1."""
    names = [bare(title) for _, title in chapter.headings]
    wanted = HEADINGS[:1] if chapter.is_start else HEADINGS
    places = [next((k for k, name in enumerate(names) if name.startswith(w)), None) for w in wanted]
    for want, place in zip(wanted, places, strict=True):
        if place is None:
            yield f'no heading "## {want.capitalize()}"'
    known = [place for place in places if place is not None]
    if known != sorted(known):
        yield "the headings must come in the order: " + ", ".join(wanted)
    numbers = list(map(int, chapter.sections))
    if numbers != list(range(1, len(numbers) + 1)):
        yield f'the sections "## 1 · ..." must be numbered from 1 on, not {numbers}'
    if not numbers and not chapter.is_start:
        yield 'no section "## 1 · ..."'


def at_a_glance(chapter):
    """The table with what the chapter costs, measured and within its budget."""
    seconds, megabytes = stated_cost(chapter.notebook)
    text = "\n".join(text for _, text in chapter.prose)
    if not re.search(r"^\| *Minutes to (?:read|study) *\|", text, re.MULTILINE):
        yield 'no row "| Minutes to read | ... |" in the table at a glance'
    most_seconds, most_megabytes = budget(chapter.path.name, chapter.notebook)
    for stated, most, row in (
        (seconds, most_seconds, "| Run on 2 CPU cores | 40 s |"),
        (megabytes, most_megabytes, "| Peak memory | 260 MB |"),
    ):
        if stated is None:
            yield f"no measured row like `{row}`: write it and refresh the chapter"
        elif stated > most:
            yield f"the table states {stated}, more than the {most} that are allowed in `{row}`"


def notation(chapter):
    """A table of symbols with their names in code, their shapes and the Chinese terms."""
    if chapter.is_start:
        return
    start = next((i for i, title in chapter.headings if "notation" in title.lower()), None)
    if start is None:
        return  # order_of_headings says so
    later = [i for i, _ in chapter.headings if i > start]
    cells = chapter.notebook.cells[start : later[0] if later else None]
    source = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    rows = [row for row in source.splitlines() if row.startswith("|")]
    if len(rows) < 3 or "中文" not in rows[0] or rows[0].count("|") < 5:
        yield "the notation needs a table: symbol, variable in code, shape, 中文"
    elif any(not re.search(r"[\u4e00-\u9fff]", row) for row in rows[2:]):
        yield "every row of the notation table needs its Chinese term"


def rhythm(chapter):
    """Questions before cells are run, and something to change afterwards."""
    if chapter.is_start:
        return
    text = "\n".join(text for _, text in chapter.prose)
    for words in ("> **Predict", "> **Change it"):
        if words not in text:
            yield f'no "{words}..." in the chapter'


def equations(chapter):
    """Every numbered equation has the chapter's number, is stated once, and is verified by a later cell."""
    seen = set()
    for i, text in chapter.prose:
        for number in EQUATION.findall(text):
            if number in seen:
                yield f"cell {i}: equation ({number}) is numbered twice"
            seen.add(number)
            if int(number.partition(".")[0]) != int(chapter.number):
                yield f"cell {i}: equation ({number}) has the number of another chapter"
    for number, i in chapter.equations.items():
        if number not in chapter.verified:
            yield f"cell {i}: equation ({number}) is never verified"
        elif chapter.verified[number] < i:
            yield f"cell {i}: equation ({number}) is verified before it is stated"


def verifications(chapter):
    """Every verify belongs to an equation, is tagged, compares two different things, and did so when it ran."""
    for i, cell in chapter.code:
        tags = {tag[3:] for tag in cell.metadata.get("tags", []) if tag.startswith("eq:")}
        calls = list(verify_calls(cell.source))
        said = printed(cell)
        for number, problem in dict.fromkeys(calls):
            if problem:
                yield f"cell {i}: {problem}"
            elif number not in chapter.equations:
                yield f"cell {i}: verify({number!r}) without an equation of that number"
            elif number not in tags:
                yield f"cell {i}: verify({number!r}) without the tag eq:{number}"
            elif f"✓ ({number}) holds" not in said:
                yield f"cell {i}: the stored output does not say that ({number}) holds"
        for number in sorted(tags - {number for number, _ in calls}):
            yield f"cell {i}: the tag eq:{number} without verify({number!r}, ...)"


def cell_lengths(chapter):
    """Short cells: one thought each."""
    lengths = []
    for i, cell in chapter.code:
        lines = code_lines(cell.source)
        lengths.append(len(lines))
        if len(lines) > MAX_LINES and "whole-model" not in cell.metadata.get("tags", []):
            yield f"cell {i}: {len(lines)} lines of code (at most {MAX_LINES}, or tag it whole-model)"
    median = sorted(lengths)[len(lengths) // 2] if lengths else 0
    if median > MEDIAN_LINES:
        yield f"half of the code cells have {median} lines or more; at most {MEDIAN_LINES} are wanted"


def stays_here(chapter):
    """No network, no installation, no path of one machine."""
    for i, cell in chapter.code:
        for pattern, what in ((INSTALLS, "runs a shell command"), (NETWORK, "names the network")):
            if match := pattern.search(cell.source):
                yield f"cell {i}: {what}: {match.group().strip()}"
    for i, cell in enumerate(chapter.notebook.cells):
        for text in (cell.source, printed(cell)):
            if match := ABSOLUTE.search(text):
                yield f"cell {i}: an absolute path: {match.group()}"


def outputs(chapter):
    """Executed from top to bottom, without errors, warnings, widgets or anything that changes from run to run."""
    counts = [cell.execution_count for _, cell in chapter.code]
    if counts != list(range(1, len(counts) + 1)):
        yield "the cells were not executed once each, from top to bottom: refresh the chapter"
    for i, cell in chapter.code:
        if cell.source.rstrip().endswith(";"):
            yield f"cell {i}: a semicolon hides its result from readers, not from the tests: give it a name"
        kinds = [output.output_type for output in cell.outputs]
        for output in cell.outputs:
            if output.output_type == "error" and "raises-exception" not in cell.metadata.get("tags", []):
                yield f"cell {i}: a stored error: {output.ename}"
            if output.output_type == "stream" and output.name == "stderr":
                yield f"cell {i}: stored stderr: {output.text.strip()[:80]}"
            if "application/vnd.jupyter.widget-view+json" in output.get("data", {}):
                yield f"cell {i}: a stored widget, which no reader can use: refresh the chapter"
        if match := VOLATILE.search(printed(cell)):
            yield f"cell {i}: an output that changes from run to run: {match.group()!r}"
        if "execute_result" in kinds and pictures.of_outputs(cell.outputs):
            yield f"cell {i}: a cell that draws returns nothing else"


def alt_texts(chapter):
    """Every picture is stored with words for those who cannot see it."""
    for i, cell in chapter.code:
        for _, alt in pictures.of_outputs(cell.outputs):
            if len(alt.strip()) < MIN_ALT:
                yield f"cell {i}: a stored picture without a telling alternative text: use show(fig, alt=...)"
    for i, text in chapter.prose:
        for alt in re.findall(r"!\[([^\]]*)\]\(", text):
            if len(alt.strip()) < MIN_ALT:
                yield f"cell {i}: a picture in the text without a telling alternative text"


def explained(chapter):
    """After a picture come words, before the next picture."""
    open_since = None
    for i, cell in enumerate(chapter.notebook.cells):
        if cell.cell_type == "markdown":
            open_since = None
        elif cell.cell_type == "code" and pictures.of_outputs(cell.outputs):
            if open_since is not None:
                yield f"cell {open_since}: no sentence says what is to be seen in the picture"
            open_since = i
    if open_since is not None:
        yield f"cell {open_since}: no sentence says what is to be seen in the picture"


def sizes(chapter):
    """Small pictures, small notebooks."""
    size = chapter.path.stat().st_size
    if size > MAX_NOTEBOOK:
        yield f"the notebook takes {size / 1e6:.1f} MB, more than {MAX_NOTEBOOK / 1e6:.0f} MB"
    for i, cell in chapter.code:
        for png, _ in pictures.of_outputs(cell.outputs):
            if len(png) * 3 / 4 > MAX_PICTURE:
                yield f"cell {i}: a picture of {len(png) * 3 / 4000:.0f} kB, more than {MAX_PICTURE // 1000}"


def tags(chapter):
    """Known tags only; an output is ignored only where a later cell asserts what it should be."""
    for i, cell in chapter.code:
        try:
            allowed = approx.tolerance(cell.metadata.get("tags", []))
        except ValueError as error:
            yield f"cell {i}: {error}"
        else:
            if allowed is not None and not approx.read(printed(cell))[1]:
                yield f"cell {i}: a tolerance for numbers, and no number in its output"
        for tag in cell.metadata.get("tags", []):
            if not TAGS.fullmatch(tag):
                yield f"cell {i}: the tag {tag!r} means nothing here"
        if "nbval-ignore-output" in cell.metadata.get("tags", []):
            later = (other.source for j, other in chapter.code if j > i)
            if not any(re.search(r"^\s*(?:assert\b|verify\()", source, re.MULTILINE) for source in later):
                yield f"cell {i}: its output is ignored, and no later cell asserts what it should be"


def markup(chapter):
    """Only what JupyterLab, web viewers and a book all render."""
    for i, cell in enumerate(chapter.notebook.cells):
        if cell.cell_type != "markdown":
            continue
        if match := ELSEWHERE.search(cell.source):
            yield f"cell {i}: not rendered everywhere: {match.group()}"
        if cell.source.count("$$") % 2:
            yield f"cell {i}: a display formula is opened with $$ and not closed"


def links(chapter):
    """Links to files lead to files."""
    for i, text in chapter.prose:
        for target in LINK.findall(text):
            file = target.partition("#")[0]
            if file and not re.match(r"[a-z]+:", file) and not (chapter.path.parent / file).exists():
                yield f"cell {i}: the link leads nowhere: {target}"


def metadata(chapter):
    """Nothing about one machine or one run in the notebook's metadata."""
    if chapter.notebook.metadata != METADATA:
        yield "the notebook's metadata belong to one machine or one run: refresh the chapter"
    for i, cell in enumerate(chapter.notebook.cells):
        if extra := set(cell.metadata) - {"tags", "jupyter"}:
            yield f"cell {i}: metadata that change from run to run: {', '.join(sorted(extra))}"


def exercises(chapter):
    """At least three exercises, each declared, each tried once in the notebook, each still blank."""
    names = [name for _, name in chapter.checked]
    fewest = 1 if chapter.is_start else 3
    if len(set(names)) < fewest:
        yield f"{len(set(names))} exercises are checked in the notebook; at least {fewest} are wanted"
    for name in sorted(set(chapter.exercises) - set(names)):
        yield f"the exercise {name} is declared and never checked in the notebook"
    for i, name in chapter.checked:
        exercise = chapter.exercises.get(name)
        if exercise is None:
            yield f"cell {i}: ex.{name} is not declared in exercises/ch{chapter.number}.py"
        elif f"✎ {exercise.number} not attempted yet" not in printed(chapter.notebook.cells[i]):
            yield f"cell {i}: the stored output of exercise {exercise.number} is not blank"


def no_solution(chapter):
    """No stored output shows a solution."""
    for i, cell in chapter.code:
        shown = _dense(printed(cell))
        for exercise in chapter.exercises.values():
            source = getattr(exercise, "source", "")
            if source and _dense(source) in shown:
                yield f"cell {i}: the stored output shows the solution of exercise {exercise.number}"


def places_exist(chapter):
    """The places that an exercise's messages send a learner to are in the chapter."""
    for exercise in chapter.exercises.values():
        for place in sorted(set(exercise_rules.places(exercise))):
            known = place[1:-1] in chapter.equations if place.startswith("(") else place.split()[1] in chapter.sections
            if not known:
                yield f"exercise {exercise.number} sends learners to {place}, which the chapter does not have"


RULES = (
    one_title, order_of_headings, at_a_glance, notation, rhythm, equations, verifications, cell_lengths, stays_here,
    outputs, alt_texts, explained, sizes, tags, markup, links, metadata, exercises, no_solution, places_exist,
)  # fmt: skip


def _dense(text):
    return re.sub(r"\s+", "", text)
