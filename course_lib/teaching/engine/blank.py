"""Whether an answer is still the blank that the notebook holds: an exercise that nobody has attempted yet."""

import ast
import dis
import inspect
import textwrap
import types


def holds_ellipsis(answer):
    """Whether an answer is `...`, or a tuple or a list with `...` in it."""
    return answer is Ellipsis or isinstance(answer, (tuple, list)) and any(map(holds_ellipsis, answer))


def is_scaffold(function):
    """Whether a function is still the scaffold: it does nothing, or a `...` stands where a value should."""
    if not isinstance(function, types.FunctionType):
        return False
    idle = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}
    steps = list(dis.get_instructions(function))
    if {step.opname for step in steps} <= idle:
        loaded = [step.argval for step in steps if step.opname in ("LOAD_CONST", "RETURN_CONST")]
        return all(value is None or value is Ellipsis for value in loaded)
    return any(_is_value(parent, field) for parent, field in dots(function))


def dots(function):
    """Where `...` stands in a source, but for NumPy's `[...]` and for lines of nothing else: (parent, field)."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return []
    indices = {id(node.slice) for node in ast.walk(tree) if isinstance(node, ast.Subscript)}
    return [
        (parent, field)
        for parent in ast.walk(tree)
        for field, child in ast.iter_fields(parent)
        for part in (child if isinstance(child, list) else [child])
        if isinstance(part, ast.Constant) and part.value is Ellipsis
        if not isinstance(parent, ast.Expr) and id(parent) not in indices and id(part) not in indices
    ]


def _is_value(parent, field):
    """Whether a `...` is surely the blank of a scaffold. In `(..., 0)` it may be an index that somebody has built."""
    if isinstance(parent, (ast.Tuple, ast.List)):
        return all(isinstance(part, ast.Constant) and part.value is Ellipsis for part in parent.elts)
    return not isinstance(parent, (ast.arguments, ast.Dict, ast.Set))
