"""Training, validation and test: whole groups on one side, in natural order.

Images of one patient, one slide or one film are alike. Where some of them are trained on and others tested, the test
asks what was told.
"""

import re
from typing import NamedTuple

import numpy as np

from course_lib._validate import plain_array, real_number, whole_number
from course_lib.datasets.folder.pairing import natural

SHARES = (0.5, 0.2, 0.3)


class Split(NamedTuple):
    """Which images are for what: three index arrays, each in rising order."""

    train: np.ndarray
    valid: np.ndarray
    test: np.ndarray


def groups_of(names, pattern=None):
    """The group that each image belongs to, read from its name.

    Parameters
    ----------
    names : list of str
    pattern : str, optional
        A regular expression, found anywhere in the name. The group is what its first parentheses hold, or all that it
        matches. Without it every image is a group of its own.

    Returns
    -------
    ndarray of str, (n,)

    Raises
    ------
    ValueError
        A name in which the pattern is not found, or a pattern that is no regular expression.

    Examples
    --------
    >>> groups_of(["well2_t1", "well2_t2", "well10_t1"], r"well(\\d+)").tolist()
    ['2', '2', '10']
    """
    if pattern is None:
        return np.array(list(names))
    try:
        found = [re.search(pattern, name) for name in names]
    except re.error as error:
        raise ValueError(f"pattern must be a regular expression, got {pattern!r}: {error}") from None
    missing = [name for name, match in zip(names, found, strict=True) if match is None]
    if missing:
        raise ValueError(f"pattern {pattern!r} is not found in {missing[0]!r} and {len(missing) - 1} other names")
    return np.array([match[1] if match.re.groups else match[0] for match in found])


def likely_pattern(names):
    """A pattern for `groups_of`, where the names look like several images of each of several things; else None.

    It is all but the last number: "well_2_t1" and "well_2_t2" are both of "well_2_t".

    Examples
    --------
    >>> likely_pattern(["a_1", "a_2", "b_1", "b_2", "c_1"])
    '^(.*?)\\\\d+\\\\D*$'
    >>> likely_pattern(["cell1", "cell2", "cell3"])
    """
    pattern = r"^(.*?)\d+\D*$"
    matches = [re.search(pattern, name) for name in names]
    if not all(matches):
        return None
    groups = {match[1] for match in matches}
    return pattern if 3 <= len(groups) < len(names) else None


def split_groups(groups, shares=SHARES, seed=None):
    """Divide images into training, validation and test, so that no group is on two sides.

    Parameters
    ----------
    groups : (n,)
        The group of each image, at least three different ones.
    shares : (float, float, float)
        Of the groups, above 0: for training, validation and test. At least one group goes to each, and at least two to
        the test where there are five, since one says nothing about how much they differ.
    seed : int, optional
        Which groups go where is drawn. Without it they are taken in natural order, "2" before "10": the last ones are
        for the test, which asks the harder question where order is time or place.

    Returns
    -------
    Split
        ``train``, ``valid`` and ``test``.

    Raises
    ------
    ValueError
        Fewer than three groups, or shares out of range.

    Examples
    --------
    >>> split_groups(["a", "b", "a", "c", "d"], shares=(0.5, 0.25, 0.25))
    Split(train=array([0, 1, 2]), valid=array([3]), test=array([4]))
    """
    groups = plain_array("groups", groups).astype(str)
    shares = [real_number("shares", share, above=0) for share in shares]
    if len(shares) != 3:
        raise ValueError(f"shares must be three numbers, got {len(shares)}")
    order = sorted(set(groups.tolist()), key=natural)
    n = len(order)
    if n < 3:
        raise ValueError(f"groups must be at least three, for training, validation and test, got {n}: {order}")
    if seed is not None:
        order = [order[k] for k in np.random.default_rng(whole_number("seed", seed, 0)).permutation(n)]
    test = max(2 if n >= 5 else 1, round(n * shares[2] / sum(shares)))
    valid = max(1, round(n * shares[1] / sum(shares)))
    while valid + test >= n:
        valid, test = (valid, test - 1) if test >= valid else (valid - 1, test)
    sides = order[: n - valid - test], order[n - valid - test : n - test], order[n - test :]
    return Split(*(np.flatnonzero(np.isin(groups, side)) for side in sides))
