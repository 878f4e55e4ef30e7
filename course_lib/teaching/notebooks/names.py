"""Which names a cell binds and which it needs from the cells before it, by its syntax; nothing is executed."""

import ast
from dataclasses import dataclass

from course_lib.teaching.notebooks.chapter import parsed


@dataclass(frozen=True)
class Names:
    """The names of a cell at its top level.

    Attributes
    ----------
    bound : frozenset of str
        Assigned, defined or imported.
    imported : frozenset of str
        Those among them that are imported.
    needed : frozenset of str
        Read before the cell itself binds them. Python's own names are among them.
    later : frozenset of str
        Read only in the bodies of functions, which run when they are called, and not bound in the cell.
    """

    bound: frozenset = frozenset()
    imported: frozenset = frozenset()
    needed: frozenset = frozenset()
    later: frozenset = frozenset()


def of(source):
    """The names of one cell; none where it is no Python.

    Parameters
    ----------
    source : str

    Returns
    -------
    Names
    """
    tree = parsed(source)
    if tree is None:
        return Names()
    scope = _Scope()
    scope.visit(tree)
    later = scope.later - scope.bound - scope.needed
    return Names(*map(frozenset, (scope.bound, scope.imported, scope.needed, later)))


class _Scope(ast.NodeVisitor):
    """Goes through statements in the order in which they run."""

    def __init__(self, bound=()):
        self.bound, self.imported, self.globals = set(bound), set(), set()
        self.needed, self.later = set(), set()  # later: in the bodies of functions, which run when they are called

    def need(self, names):
        self.needed |= set(names) - self.bound

    def each(self, *nodes):
        for node in nodes:
            if isinstance(node, list):
                self.each(*node)
            elif node is not None:
                self.visit(node)

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Store):
            self.bound.add(node.id)
        else:
            self.need([node.id])

    def visit_Assign(self, node):
        self.each(node.value, node.targets)

    def visit_AnnAssign(self, node):
        self.each(node.annotation, node.value, node.target if node.value else None)

    def visit_AugAssign(self, node):
        if isinstance(node.target, ast.Name):
            self.need([node.target.id])
        self.each(node.value, node.target)

    def visit_NamedExpr(self, node):
        self.each(node.value, node.target)

    def visit_For(self, node):
        self.each(node.iter, node.target, node.body, node.orelse)

    visit_AsyncFor = visit_For

    def visit_Import(self, node):
        names = {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        self.bound |= names
        self.imported |= names

    visit_ImportFrom = visit_Import

    def visit_ExceptHandler(self, node):
        self.bound |= {node.name} - {None}
        self.generic_visit(node)

    def visit_MatchAs(self, node):
        self.generic_visit(node)
        self.bound |= {node.name} - {None}

    visit_MatchStar = visit_MatchAs

    def visit_MatchMapping(self, node):
        self.generic_visit(node)
        self.bound |= {node.rest} - {None}

    def visit_Global(self, node):
        self.globals |= set(node.names)

    def visit_FunctionDef(self, node):
        self.each(node.decorator_list, node.returns)
        self._function(node.args, node.body)
        self.bound.add(node.name)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node):
        self._function(node.args, [node.body])

    def visit_ClassDef(self, node):
        self.each(node.decorator_list, node.bases, node.keywords)
        inner = _Scope()
        inner.each(node.body)
        self.need(inner.needed)
        self.later |= inner.later
        self.bound.add(node.name)

    def _function(self, args, body):
        self.each(args.defaults, args.kw_defaults)
        given = [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg]
        given = [arg for arg in given if arg is not None]
        self.each([arg.annotation for arg in given])
        first = _Scope(arg.arg for arg in given)
        first.each(body)  # a name that a function binds anywhere is its own everywhere
        inner = _Scope(first.bound - first.globals)
        inner.each(body)
        self.later |= inner.needed | (inner.later - inner.bound)
        self.bound |= first.bound & first.globals

    def _comprehension(self, node):
        self.each(node.generators[0].iter)  # outside of the comprehension's own scope
        inner = _Scope()
        inner.each([part.target for part in node.generators])
        own = set(inner.bound)
        inner.each(*ast.iter_child_nodes(node))
        self.need(inner.needed)
        self.later |= inner.later - own
        self.bound |= inner.bound - own

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension
