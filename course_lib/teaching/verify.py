"""The check behind every numbered equation: two computations of one thing must agree, entry by entry.

`verify("2.3", computed, oracle)` raises when they do not. In a notebook it keeps quiet until the cell has
finished and then prints one line for each equation, however many cases were compared. A cell that meant to
compare and never did is told so: silence must not look like success.
"""

import ast
import re
import sys
from dataclasses import dataclass

import numpy as np

NUMBER = re.compile(r"\d+\.\d+[a-z]?")


class VerificationError(AssertionError):
    """The two sides of an equation disagree."""


@dataclass
class _Record:
    """What the running cell has compared so far for one equation."""

    cases: int = 0
    rtol: float = 0.0
    atol: float = 0.0
    exact: bool = True
    failed: bool = False

    def line(self, number):
        if self.exact:
            how = "exactly"
        elif self.atol == 0:
            how = f"to {self.rtol:g}"
        elif self.rtol == 0:
            how = f"to {self.atol:g} absolute"
        else:
            how = f"to {self.rtol:g} relative or {self.atol:g} absolute"
        return f"✓ ({number}) holds {how}" + (f" on {self.cases} cases" if self.cases > 1 else "")


_records: dict[str, _Record] = {}


def verify(number, computed, oracle, rtol=1e-12, atol=0.0):
    """Compare what a formula gives with what an independent computation gives.

    Parameters
    ----------
    number : str
        The equation's number as it stands in the chapter, such as "2.3".
    computed, oracle : number, array, or anything that NumPy reads as one (lists, tensors)
        The formula's value and the independent one; equal shapes, at least one entry, no NaN.
    rtol, atol : float
        Every entry must satisfy |computed - oracle| <= atol + rtol * |oracle|. Integers and booleans on both
        sides must be equal exactly.

    Raises
    ------
    VerificationError
        With both values, the largest difference and its place.
    TypeError, ValueError
        If `number` is no equation number, a side is not numeric, or both sides are one and the same array.
    """
    if not isinstance(number, str) or not NUMBER.fullmatch(number):
        raise ValueError(f"number must be an equation number such as '2.3', not {number!r}")
    for name, tolerance in (("rtol", rtol), ("atol", atol)):
        if not 0 <= tolerance < np.inf:
            raise ValueError(f"{name} must be 0 or a small positive number, not {tolerance!r}")
    if computed is oracle and isinstance(computed, np.ndarray):
        raise ValueError(f"computed and oracle are one and the same array: ({number}) is compared with itself")
    left, right = _numeric("computed", computed), _numeric("oracle", oracle)
    exact = left.dtype.kind in "bui" and right.dtype.kind in "bui"
    record = _records.setdefault(number, _Record())
    problem = _disagreement(left, right, 0 if exact else rtol, 0 if exact else atol)
    if problem:
        record.failed = True
        raise VerificationError(f"({number}) does not hold: {problem}")
    record.cases += 1
    record.exact &= exact
    if not exact:
        record.rtol, record.atol = max(record.rtol, rtol), max(record.atol, atol)
    if _shell() is None:
        print(_records.pop(number).line(number))


def _numeric(name, value):
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise TypeError(f"{name} must be a number or a regular array, not a ragged list") from error
    if array.dtype.kind not in "buifc":
        raise TypeError(f"{name} must hold numbers, not {array.dtype} ({type(value).__name__})")
    return array


def _disagreement(computed, oracle, rtol, atol):
    """Say where two arrays disagree, in words; None where they do not."""
    if computed.shape != oracle.shape:
        return f"computed has the shape {computed.shape}, oracle {oracle.shape}\n{_both(computed, oracle)}"
    if computed.size == 0:
        return "both sides are empty, so nothing was compared"
    for name, side in (("computed", computed), ("oracle", oracle)):
        if np.isnan(side).any():
            place = _place(np.argwhere(np.isnan(side))[0])
            return f"{name} is NaN{place}\n{_both(computed, oracle)}"
    whole = computed.dtype.kind in "bui" and oracle.dtype.kind in "bui"
    kind = object if whole else complex if "c" in computed.dtype.kind + oracle.dtype.kind else float
    a, b = computed.ravel().astype(kind), oracle.ravel().astype(kind)  # object: whole numbers, never rounded to floats
    with np.errstate(invalid="ignore"):
        # Infinity minus infinity is no number: where the sides differ by that, nothing could differ more.
        difference = np.nan_to_num(np.abs(a - b).astype(float), nan=np.inf, posinf=np.inf)
        allowed = atol + rtol * np.abs(b).astype(float)
    wrong = (a != b) & ~((difference <= allowed) & np.isfinite(difference))
    if not wrong.any():
        return None
    worst = int(np.argmax(np.where(wrong, difference, -1)))
    text = (
        f"largest difference {difference[worst]:.3g}{_place(np.unravel_index(worst, computed.shape))}, "
        f"where computed is {a[worst]!s} and oracle is {b[worst]!s} (allowed there: {allowed[worst]:.3g})"
    )
    if wrong.size > 1:
        text += f"; {wrong.sum()} of {wrong.size} entries disagree"
    if atol == 0 and rtol > 0 and not b[wrong].any():
        text += "; the oracle is 0 there, where only an absolute tolerance (atol) can allow for rounding"
    return f"{text}\n{_both(computed, oracle)}"


def _place(index):
    return f" at [{', '.join(str(int(i)) for i in index)}]" if len(index) else ""


def _both(computed, oracle):
    with np.printoptions(threshold=40, edgeitems=3, precision=17):
        return f"computed = {computed!s}\noracle   = {oracle!s}"


def _shell():
    """The running IPython, or None. Asked without importing IPython, which a plain script need not load."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None


def _intended(source):
    """The equation numbers that a cell's source verifies at its top level, outside function bodies."""
    try:
        nodes = list(ast.parse(source).body)
    except SyntaxError:  # a cell with magics in it
        return []
    found = []
    while nodes:
        node = nodes.pop(0)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        nodes.extend(ast.iter_child_nodes(node))
        called = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
        if called == "verify" and node.args and isinstance(node.args[0], ast.Constant):
            found.append(str(node.args[0].value))
    return found


def _report(result):
    """Print the cell's lines, once it has finished; IPython calls this after every cell."""
    records, succeeded = dict(_records), result.success
    _records.clear()
    for number, record in records.items():
        if record.cases and not record.failed:
            print(record.line(number))
    if succeeded and result.info is not None:
        for number in dict.fromkeys(_intended(result.info.raw_cell or "")):
            if number not in records:
                print(f"✗ ({number}) was not checked: this cell never reached its verify")


if _shell() is not None:
    _shell().events.register("post_run_cell", _report)
