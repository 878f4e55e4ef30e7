"""How well was a text read? Edit distance and the character error rate. The truth comes first.

References
----------
V. I. Levenshtein: Binary codes capable of correcting deletions, insertions, and reversals, 1966.
R. A. Wagner, M. J. Fischer: The string-to-string correction problem, 1974. doi:10.1145/321796.321811
"""

import numpy as np


def edit_distance(truth, read):
    """Fewest characters to replace, leave out or put in that turn one text into the other.

    Parameters
    ----------
    truth, read : str, or sequences of things that can be compared

    Returns
    -------
    int

    Notes
    -----
    d[i, j], for the first i and j characters, is the least of d[i-1, j] + 1, d[i, j-1] + 1 and d[i-1, j-1], to which 1
    is added where the characters differ (Wagner & Fischer, 1974).

    Examples
    --------
    >>> edit_distance("kitten", "sitting")
    3
    """
    before = list(range(len(read) + 1))
    for i, a in enumerate(truth, 1):
        row = [i]
        for j, b in enumerate(read, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b)))
        before = row
    return before[-1]


def character_error_rate(truths, reads):
    """Edits a true character: the edit distances of all texts over the lengths of all truths.

    Parameters
    ----------
    truths, reads : sequences of str, equally many
        Line by line or word by word; what was not read is "".

    Returns
    -------
    float
        0 where all is right. May exceed 1: characters that are not there cost, too. NaN if there is no true character.

    Raises
    ------
    TypeError
        If one is a single string and not a sequence of them.
    ValueError
        If there are not equally many.

    Examples
    --------
    >>> character_error_rate(["cat", "dog"], ["cut", "do"])
    0.3333333333333333
    """
    for name, texts in (("truths", truths), ("reads", reads)):
        if isinstance(texts, str):
            raise TypeError(f"{name} must be a sequence of strings, got one string: put it into a list")
    if len(truths) != len(reads):
        raise ValueError(f"truths and reads must be equally many, got {len(truths)} and {len(reads)}")
    length = sum(map(len, truths))
    edits = sum(edit_distance(a, b) for a, b in zip(truths, reads, strict=True))
    return edits / length if length else float(np.nan)
