"""Which names a cell binds and needs; Python itself is the oracle: what it misses, and what is there then."""

import builtins

import pytest

from course_lib.teaching.notebooks import names

CELLS = [
    ("x = 1", "x", ""),
    ("x = y", "x", "y"),
    ("x = x + 1", "x", "x"),
    ("x = 1\nx = x + 1", "x", ""),
    ("x += 1", "x", "x"),
    ("x[0] = y", "", "x y"),
    ("x.a = 1", "", "x"),
    ("a, (b, *c) = y", "a b c", "y"),
    ("x: int = 1", "x", ""),
    ("if (n := 3) > 2:\n    m = n", "n m", ""),
    ("for i in r:\n    s = i", "i s", "r"),
    ("for i in i:\n    pass", "i", "i"),
    ("import a.b, c as d\nfrom e import f as g, h", "a d g h", ""),
    ("with o as f:\n    f", "f", "o"),
    ("try:\n    pass\nexcept KeyError as error:\n    error", "error", ""),
    ("def f(a, b=d, *c, e=g, **k):\n    return a + b + z + len(c)", "f", "d g z"),
    ("def f():\n    return later\nlater = 1", "f later", ""),
    ("def f():\n    return later\nuse = 2", "f use", "later"),
    ("def f():\n    q = 1\n    def g():\n        return q + w\n    return g", "f", "w"),
    ("def f():\n    return f()", "f", ""),
    ("def f():\n    t = t + 1", "f", ""),
    ("def f():\n    global counter\n    counter = 1", "f counter", ""),
    ("@wrap\ndef f():\n    pass", "f", "wrap"),
    ("h = lambda a, b=c: a + b + d", "h", "c d"),
    ("[i * k for i in r if i < m]", "", "k r m"),
    ("[i for i in i]", "", "i"),
    ("[[j for j in row] for row in table]", "", "table"),
    ("{a: b for a, b in pairs}", "", "pairs"),
    ("i = [i for i in range(3)]", "i", ""),
    ("class A(B):\n    x = y\n    z = x\n    def m(self):\n        return self.x + w", "A", "B y w"),
    ("match v:\n    case [a, *b]:\n        c = a\n    case {'k': d, **e}:\n        pass", "a b c d e", "v"),
    ("%matplotlib inline\n!ls\nx = y", "x", "y"),
    ("print(f'{x:.{n}f}')", "", "x n"),
    ("del x", "", "x"),
    ("not Python at all", "", ""),
]


@pytest.mark.parametrize(("source", "bound", "needed"), CELLS, ids=[source for source, _, _ in CELLS])
def test_what_a_cell_binds_and_needs(source, bound, needed):
    found = names.of(source)
    assert found.bound == set(bound.split())
    assert (found.needed | found.later) - set(dir(builtins)) == set(needed.split())


def test_what_only_the_body_of_a_function_reads_is_told_apart():
    found = names.of("def f(a=b):\n    return c + d + e\nd\ne = 1")
    assert (found.needed, found.later) == ({"b", "d"}, {"c"})


def test_imports_are_told_apart():
    found = names.of("import numpy as np\nx = np.ones(3)\ndef f(): pass")
    assert (found.bound, found.imported) == ({"np", "x", "f"}, {"np"})


@pytest.mark.parametrize(
    "source",
    [
        "x = a + 1\ny = [x * i for i in range(b)]",
        "total = 0\nfor k in values:\n    total += k * weight\nmean = total / len(values)",
        "def f(u, v=a):\n    return u + v + b\nr = f(1)",
        "r = sorted(values, key=lambda v: v * weight)[0]\nr2 = {v: w for v, w in zip(values, values)}",
        "class P:\n    size = a\n    def area(self):\n        return self.size * b\ns = P().area()",
    ],
)
def test_with_what_it_needs_a_cell_runs_and_without_any_of_it_it_does_not(source):
    found = names.of(source)
    given = {"a": 2, "b": 3, "values": [1, 2], "weight": 5}
    needed = {name: given[name] for name in (found.needed | found.later) - set(dir(builtins))}
    namespace = dict(needed)
    exec(source, namespace)
    assert set(namespace) - set(needed) - {"__builtins__"} == found.bound
    for missing in needed:
        with pytest.raises(NameError, match=missing):
            exec(source, {name: value for name, value in needed.items() if name != missing})
