"""What the tests of notebooks need beyond nbval: the kernel's conditions, pictures and numbers compared, budgets."""

import os
import tempfile

import pytest
from nbval.plugin import IPyNbCell

from course_lib.teaching.notebooks import approx, kernel, pictures, rules

_profile = tempfile.TemporaryDirectory()
_costs = {}
_METER = pytest.StashKey()


def pytest_configure(config):
    """Let every kernel that nbval starts run under the conditions of `refresh`."""
    os.environ.update(kernel.environment(_profile.name))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Measure each chapter while nbval runs it; after a cell compare its pictures, which nbval does not.

    Where a tag allows a tolerance, nbval is given the stored text for the fresh one that agrees within it.
    """
    if not isinstance(item, IPyNbCell):
        return (yield)
    try:
        allowed = approx.tolerance(item.cell.metadata.get("tags", []))
    except ValueError as error:
        item.raise_cell_error(str(error))
    if allowed is not None:
        _compare_within(item, allowed)
    if _METER not in item.parent.stash:
        item.parent.stash[_METER] = kernel.Meter(item.parent.kernel.km.provisioner.pid)
    meter = item.parent.stash[_METER]
    result = yield
    if item.options["check"] and "picture-varies" not in item.cell.metadata.get("tags", []):
        text = pictures.outputs_differ(item.cell.outputs, item.test_outputs)
        if text:
            item.raise_cell_error("Pictures differ", text)
    if item.cell_num == sum(cell.cell_type == "code" for cell in item.parent.nb.cells) - 1:
        cost = meter.seconds(), meter.cpu_seconds(), meter.peak_megabytes()
        _costs[item.path.name] = cost
        workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1))
        text = rules.over_budget(item.path.name, item.parent.nb, *cost, shared_by=workers)
        if text:
            item.raise_cell_error("Chapter over its budget", text)
    return result


def _compare_within(item, allowed):
    """Let nbval compare a cell's outputs within a tolerance, and say what goes beyond it."""
    strictly = item.compare_outputs

    def compare(fresh, stored, **options):
        settled, differences = approx.settled(stored, fresh, allowed)
        same = strictly(settled, stored, **options)
        if not same:
            item.comparison_traceback += differences
        return same

    item.compare_outputs = compare


def pytest_sessionfinish(session):
    """Hand what this process measured to the one that prints it, where there are several (`pytest -n 2`)."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["costs"] = _costs


@pytest.hookimpl(optionalhook=True)  # is known only where pytest-xdist is installed
def pytest_testnodedown(node):
    """Take what another process measured."""
    _costs.update(getattr(node, "workeroutput", {}).get("costs", {}))


def pytest_terminal_summary(terminalreporter):
    """Print what each chapter cost."""
    if _costs:
        terminalreporter.section("chapters")
        for name, (seconds, _, megabytes) in sorted(_costs.items()):
            terminalreporter.line(f"{name}: {seconds:.0f} s, {megabytes:.0f} MB")
