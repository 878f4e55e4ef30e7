"""What typical exceptions mean, in one sentence that the exception itself does not say."""

import re

SHORT = "A slice that reaches beyond the end of an array is shorter than asked for, without an error."
WHOLE = "Indices and lengths are whole numbers: `//` gives one, `/` never does."

CAUSES = (
    (
        r"index -\d+ is out of bounds",
        "Python counts negative indices from the end, so -1 is no error but the last entry. Where places before "
        "the beginning count as 0, they have to be skipped.",
    ),
    (
        r"index \d+ is out of bounds|(list|tuple) index out of range",
        "Counting begins at 0, so the last index is the length minus 1. Where places beyond the end count as 0, they "
        "have to be skipped.",
    ),
    (r"too many indices for array|invalid index to scalar", "There are more indices than the array has axes."),
    (r"only integers, slices|slice indices must|not float|as an integer|expected a sequence of integers", WHOLE),
    (
        r"object too deep|only handle 1d|[Oo]bject (must be|of too small depth)|must be 1-?[dD]",
        "This function is for 1-D arrays (as `np.convolve` and `np.correlate` are), and was given one with more axes "
        "or with fewer.",
    ),
    (
        r"truth value of an array",
        "A whole array stands where one True or False is needed, as after `if` or beside `and`: ask about one entry at "
        "a time, or combine arrays by `&` and `|`.",
    ),
    (
        r"could not be broadcast|could not broadcast|not aligned|mismatch in its core dimension",
        f"Two arrays do not fit together. {SHORT}",
    ),
    (r"cannot reshape", "`reshape` keeps every entry: the lengths that you ask for must multiply to their number."),
    (
        r"setting an array element with a sequence|only 0-dimensional arrays|only length-1 arrays|only size-1 arrays",
        "An array stands where there is room for one number.",
    ),
    (r"Cannot cast ufunc", "An array of whole numbers cannot take fractions: begin with an array of floats."),
    (r"'numpy\.ndarray' object has no attribute", "It is a NumPy array, whose methods are not those of a list."),
    (r"'(list|tuple)' object has no attribute", "It is a list or tuple, whose methods are not those of an array."),
    (r"assignment destination is read-only", "Work on a copy: `.copy()`."),
)


def typical_cause(message):
    """What an exception's message usually means.

    Parameters
    ----------
    message : str

    Returns
    -------
    str
        One or two sentences; empty where no cause is typical.
    """
    return next((cause for pattern, cause in CAUSES if re.search(pattern, message)), "")
