"""Docstrings that stand alone: paragraphs that many of them share are written once and filled in."""

import re
from textwrap import dedent

NAMED = re.compile(r"^( *)%\((\w+)\)s$", re.M)


def filled(**paragraphs):
    """Return a decorator that fills shared paragraphs into the docstring of a function or a class.

    A line of the docstring that holds nothing but ``%(name)s`` is replaced by the paragraph of that name, indented as
    the line is. So ``help``, ``inspect.getdoc`` and Shift-Tab show the whole text, and the source stays short.

    Parameters
    ----------
    **paragraphs : str
        What stands behind each name.

    Raises
    ------
    KeyError
        By the decorator: a docstring asks for a paragraph that is not there.

    Examples
    --------
    >>> import inspect
    >>> @filled(x="x : float\\n    In pixels.")
    ... def double(x):
    ...     '''Twice as far.
    ...
    ...     %(x)s
    ...     '''
    >>> print(inspect.getdoc(double))
    Twice as far.
    <BLANKLINE>
    x : float
        In pixels.
    """

    paragraphs = {name: dedent(text).strip() for name, text in paragraphs.items()}

    def indented(match):
        indent, name = match.groups()
        return indent + paragraphs[name].replace("\n", f"\n{indent}")

    def decorate(documented):
        if documented.__doc__:  # python -OO leaves none
            documented.__doc__ = NAMED.sub(indented, documented.__doc__)
        return documented

    return decorate
