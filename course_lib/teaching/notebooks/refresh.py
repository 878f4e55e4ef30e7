"""Runs a chapter in a fresh kernel and stores its outputs: `python -m course_lib refresh 02`, or `all`.

What is stored is what readers see on the web and what the tests compare with. Whatever would change without a
reason is left out: times, versions, random cell ids, pictures that show the same as before, numbers within the
tolerance that a tag `approx:R` allows. The two rows of the "At a glance" table that are measured are written here:

    | Run on 2 CPU cores | 40 s |
    | Peak memory | 260 MB |
"""

import contextlib
import copy
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass

from course_lib.teaching.notebooks import approx, kernel, pictures

CHAPTERS = pathlib.Path(__file__).resolve().parents[3] / "chapters"
TIME_ROW = re.compile(r"^(\| *Run on 2 CPU cores *\| *)([\d?]*)( s)?( *\|)", re.MULTILINE)
MEMORY_ROW = re.compile(r"^(\| *Peak memory *\| *)([\d?]*)( MB)?( *\|)", re.MULTILINE)
OWN_ID = re.compile(r"c[0-9a-f]{8}(-\d+)?")
CELL_TIMEOUT = 600  # seconds
# What JupyterLab writes into a notebook when it opens it with the course's kernel (see jupyter/etc/ipython)
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": "3",
    },
}


@dataclass(frozen=True)
class Cost:
    """What a run took: seconds on the clock and the kernel's greatest memory in MB."""

    seconds: float
    megabytes: float


class ChapterError(Exception):
    """A chapter did not run through. The text names the cell, its source and what went wrong."""


def find(name, folder=CHAPTERS):
    """The notebooks that a name means: "02", "all", or a path.

    Returns
    -------
    list of pathlib.Path
    """
    if name == "all":
        found = sorted(folder.glob("[0-9][0-9]_*.ipynb"))
    elif re.fullmatch(r"\d\d?", name):
        found = sorted(folder.glob(f"{int(name):02d}_*.ipynb"))
    else:
        found = [pathlib.Path(name)] if pathlib.Path(name).is_file() else []
    if not found:
        raise FileNotFoundError(f"no chapter is called {name!r}: give its number, 'all', or a notebook's path")
    return found


def refresh(path):
    """Run a notebook from top to bottom and store it with its outputs.

    Parameters
    ----------
    path : path
        It is left as it is when a cell fails.

    Returns
    -------
    Cost

    Raises
    ------
    ChapterError
        If a cell raises, means to check an equation and never does, or has a bad tag `approx:R`.
    """
    import nbformat

    path = pathlib.Path(path)
    notebook = nbformat.read(path, as_version=4)
    allowed = [_tolerance(index, cell) for index, cell in enumerate(notebook.cells)]
    stored = {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code" and "id" in cell}
    cost = execute(notebook, path.parent)
    for cell, tolerance in zip(notebook.cells, allowed, strict=True):
        if cell.cell_type == "code":
            before = stored.get(cell.get("id"), [])
            _keep_pictures(before, cell.outputs)
            if tolerance is not None:
                cell.outputs = approx.settled(before, cell.outputs, tolerance)[0]
    _write_cost(notebook, cost)
    tidy(notebook)
    draft = path.with_suffix(".tmp")
    nbformat.write(notebook, draft)
    os.replace(draft, path)
    return cost


def execute(notebook, folder):
    """Run all cells of a notebook, in place, in a fresh kernel.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    folder : path
        The working directory.

    Returns
    -------
    Cost
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
    )
    with tempfile.TemporaryDirectory() as profile, contextlib.ExitStack() as stack:
        env = {**os.environ, **kernel.environment(profile)}
        stack.enter_context(client.setup_kernel(env=env, stderr=subprocess.DEVNULL))
        meter = kernel.Meter(client.km.provisioner.pid)
        number = 0
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                continue
            number += 1
            try:
                client.execute_cell(cell, index, execution_count=number)
            except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
                raise ChapterError(_complaint(index, cell, _trimmed(str(error)))) from None
            for output in cell.outputs:
                if output.output_type == "stream" and re.search(r"^✗ \(\d", output.text, re.MULTILINE):
                    raise ChapterError(_complaint(index, cell, output.text))
        return Cost(meter.seconds(), meter.peak_megabytes())


def tidy(notebook):
    """Take out of a notebook, in place, what differs from run to run or from machine to machine."""
    notebook.metadata = copy.deepcopy(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    number, taken = 0, set()
    for cell in notebook.cells:
        if not OWN_ID.fullmatch(cell.get("id", "")) or cell.id in taken:
            cell.id = _new_id(cell.source, taken)
        taken.add(cell.id)
        cell.metadata = {key: cell.metadata[key] for key in ("jupyter", "tags") if cell.metadata.get(key)}
        if cell.cell_type == "code":
            number += 1
            cell.execution_count = number
            for output in cell.outputs:
                output.pop("transient", None)
                if output.output_type == "execute_result":
                    output.execution_count = number


def rounded(cost):
    """A cost as it is written: seconds to 5 (above 60 to 10), megabytes to 10."""
    step = 5 if cost.seconds < 60 else 10
    return max(step * round(cost.seconds / step), 5), max(10 * round(cost.megabytes / 10), 10)


def stated_cost(notebook):
    """The seconds and megabytes that the "At a glance" table states, None where it does not."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    rows = [pattern.search(text) for pattern in (TIME_ROW, MEMORY_ROW)]
    return tuple(int(row[2]) if row and row[2].isdigit() else None for row in rows)


def main(argv):
    """Refresh the chapters named in `argv`; `python -m course_lib refresh`. Returns the exit status."""
    if not argv or argv[0].startswith("-"):
        print("usage: python -m course_lib refresh NN|all|NOTEBOOK ...", file=sys.stderr)
        return 2
    try:
        paths = [path for name in argv for path in find(name)]
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    failed = 0
    for path in paths:
        print(f"{path.name}: running ...", flush=True)
        try:
            cost = refresh(path)
        except ChapterError as error:
            print(f"{path.name}: not stored, because {error}", file=sys.stderr)
            failed += 1
        else:
            print(f"{path.name}: stored; {cost.seconds:.0f} s, {cost.megabytes:.0f} MB")
    return 1 if failed else 0


def _keep_pictures(stored, fresh):
    """Put the stored bytes back where a fresh picture shows the same, so that git sees no change."""
    before = [output.data for output in stored if "image/png" in output.get("data", {})]
    after = [output.data for output in fresh if "image/png" in output.get("data", {})]
    for old, new in zip(before, after, strict=False):
        if pictures.difference(old["image/png"], new["image/png"]) is None:
            new["image/png"] = old["image/png"]


def _tolerance(index, cell):
    try:
        return approx.tolerance(cell.metadata.get("tags", []))
    except ValueError as error:
        raise ChapterError(_complaint(index, cell, str(error))) from None


def _write_cost(notebook, cost):
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            seconds, megabytes = rounded(cost)
            cell.source = _with_row(cell.source, TIME_ROW, cost.seconds, seconds, " s")
            cell.source = _with_row(cell.source, MEMORY_ROW, cost.megabytes, megabytes, " MB")


def _with_row(source, pattern, measured, written, unit):
    """Write a measured number into its row, unless the number there is within a quarter (or 5) of it."""

    def replace(row):
        keep = row[2].isdigit() and row[3] == unit and abs(measured - int(row[2])) <= max(0.25 * int(row[2]), 5)
        return row[0] if keep else f"{row[1]}{written}{unit}{row[4] if row[4].startswith(' ') else ' |'}"

    return pattern.sub(replace, source)


def _new_id(source, taken):
    """An id that follows from the cell's text, so that making the notebook anew gives the same."""
    base = "c" + hashlib.sha256(source.encode()).hexdigest()[:8]
    names = [base, *(f"{base}-{k}" for k in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


def _complaint(index, cell, error):
    source = "\n".join(f"    {line}" for line in cell.source.splitlines())
    return f"cell {index} failed:\n\n{source}\n\n{error}"


def _trimmed(text, most=25):
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text).strip().splitlines()
    return "\n".join(["...", *plain[-most:]] if len(plain) > most else plain)
