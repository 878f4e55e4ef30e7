"""What typical exceptions mean, in one sentence that the exception itself does not say."""

import re

SHORT = "A slice that reaches beyond the end of an array is shorter than asked for, without an error."
WHOLE = "Indices and lengths are whole numbers: `//` gives one, `/` never does."
NOTHING = "Something is `None` here: what a function without `return` gives, or a method such as `.sort()`."
ONE_NUMBER = "A single number stands where an array (or a list) is needed."

CAUSES = (
    (r"inhomogeneous shape", "Rows of different lengths make no array."),
    (
        r"index -\d+ is out of bounds",
        "Python counts negative indices from the end, so -1 is no error but the last entry. Where places before "
        "the beginning count as 0, they have to be skipped.",
    ),
    (
        r"axis -?\d+ is out of bounds|axis \d+ out of",
        "Axes are counted from 0, and this array has fewer of them. `axis=-1` is the last one, however many there are.",
    ),
    (
        r"index \d+ is out of bounds|(list|tuple|string) (assignment )?index out of range",
        "Counting begins at 0, so the last index is the length minus 1. Where places beyond the end count as 0, they "
        "have to be skipped.",
    ),
    (r"too many indices for array|invalid index to scalar", "There are more indices than the array has axes."),
    (r"(list|tuple) indices must be integers or slices, not tuple", "A list has no `[i, j]`: make it an array first."),
    (
        r"only integer|slice indices must|not float|as an integer|a sequence of integers|arrays used as indices",
        WHOLE,
    ),
    (
        r"object too deep|only handle 1d|[Oo]bject (must be|of too small depth)|must be 1-?[dD]",
        "This function is for 1-D arrays (as `np.convolve` and `np.correlate` are), and was given one with more axes "
        "or with fewer.",
    ),
    (
        r"truth value of an array",
        "A whole array stands where one True or False is needed, as after `if`, beside `and`, in Python's own `max`: "
        "ask about one entry at a time, combine arrays by `&` and `|`, compare them by `np.maximum`.",
    ),
    (
        r"array dimensions except for the concatenation axis",
        "`np.concatenate` joins arrays along one axis; along all others they must be equally long: compare the shapes.",
    ),
    (r"cannot reshape", "`reshape` keeps every entry: the lengths that you ask for must multiply to their number."),
    (
        r"setting an array element with a sequence|only 0-dimensional arrays|only length-1 arrays|only size-1 arrays",
        "An array stands where there is room for one number.",
    ),
    (r"Cannot cast ufunc", "An array of whole numbers cannot take fractions: begin with an array of floats."),
    (
        r"ufunc '(bitwise_\w+|invert)' not supported|operand type\(s\) for [&|]: '(float|numpy.float)|unary ~",
        "`&`, `|` and `~` work on True and False, and on whole numbers, not on fractions. In `a > 0 & b > 0` brackets "
        "are missing: `(a > 0) & (b > 0)`.",
    ),
    (
        r"boolean (subtract|negative)",
        "`-` is not defined for True and False: convert first, `.astype(float)`, or use `^` and `~`.",
    ),
    (r"'?NoneType'?", NOTHING),
    (
        r"loop of ufunc does not support|ufunc '\w+' (not supported|did not contain)",
        "The array holds something that is no number.",
    ),
    (r"'numpy\.(float|int|bool)\d*_?' object (has no attribute|is not|does not)", ONE_NUMBER),
    (
        r"'(int|float|bool)' object is not (iterable|subscriptable)|object of type '(int|float)' has no len|unsized",
        ONE_NUMBER,
    ),
    (
        r"'(int|float|bool|str|numpy.float64|numpy.int64)' object is not callable",
        "A number or a text stands before the round brackets: is a `*` missing, or was a name such as `sum` or `len` "
        "given another meaning? `del sum` gives it back.",
    ),
    (
        r"'(numpy\.ndarray|list|tuple)' object is not callable",
        "Round brackets call a function; square ones take an entry.",
    ),
    (
        r"'(function|builtin_function_or_method|method)' object is not subscriptable",
        "A function is called with round brackets.",
    ),
    (r"module 'numpy\S*' has no attribute", "NumPy has no function of this name: is it misspelt?"),
    (r"'numpy\.ndarray' object has no attribute", "It is a NumPy array, whose methods are not those of a list."),
    (r"'(list|tuple)' object has no attribute", "It is a list or tuple, whose methods are not those of an array."),
    (
        r"can't multiply sequence|can only concatenate (list|tuple)|for [-/*+]+: '(list|tuple)'|and '(list|tuple)'",
        "A list is no array: `+` joins lists and `*` repeats them. Make it one with `np.array`.",
    ),
    (r"assignment destination is read-only", "Work on a copy: `.copy()`."),
    (r"name '(np|numpy)' is not defined", "It has not been imported: `import numpy as np`."),
    (r"name '(math|scipy|keras)' is not defined", "It has not been imported."),
    (
        r"name '\w+' is not defined",
        "This name has no value yet: is it misspelt, or defined in a cell that has not been run?",
    ),
    (
        r"(local|free) variable '\w+' (where it is not|referenced before)",
        "The name is given a value in this function, but not on the way that was taken, or only later.",
    ),
    (r"missing \d+ required positional", "A function is called with too few arguments."),
    (
        r"takes \d+ positional arguments? but|unexpected keyword argument|multiple values for argument",
        "A function is called with other arguments than it takes.",
    ),
    (r"division( or modulo)? by zero|modulo by zero", "The divisor is 0 there: what should the result be?"),
    (
        r"math domain error|expected a (positive|nonnegative) input",
        "`math.log` takes numbers above 0 only, `math.sqrt` none below 0.",
    ),
    (
        r"math range error|Result too large|too large to convert|int too (large|big)",
        "The number is larger than a float can be (about 1.8e308).",
    ),
    (
        r"zero-size array to reduction|arg(max|min) of an empty|(max|min)\(\).*empty",
        "An array without entries has no largest or smallest.",
    ),
    (r"Singular matrix", "The equations have no single solution: rows of the matrix depend on each other."),
    (r"Unable to allocate|MemoryError", "It asks for more memory than there is."),
    (r"input\(\) cannot ask", "Your function gets all that it needs as arguments."),
)


def typical_cause(message, name=""):
    """What an exception's message usually means.

    Parameters
    ----------
    message : str
    name : str, optional
        The exception's name, such as "MemoryError", which may come without a message.

    Returns
    -------
    str
        One or two sentences; empty where no cause is typical.
    """
    shapes = re.search(
        r"(?:could not|cannot) be broadcast.*?\(([\d,]*)\) (?:into shape |and \D*)?\(([\d,]*)\)",
        message,
    )
    if shapes or re.search(r"broadcast|not aligned|mismatch in its core dimension|same (number|length)", message):
        return _misfit(
            *(tuple(map(int, filter(None, text.split(",")))) for text in shapes.groups()) if shapes else ((), ())
        )
    return next((cause for pattern, cause in CAUSES if re.search(pattern, message or name)), "")


def _misfit(a, b):
    """Two arrays that do not fit together; a gap of a few entries is what a slice leaves that was cut short."""
    gaps = [abs(m - n) for m, n in zip(a[::-1], b[::-1], strict=False) if m != n and 1 not in (m, n)]
    if (a, b) == ((), ()) or len(a) == len(b) == 1 and gaps and max(gaps) <= 3:
        return f"Two arrays do not fit together. {SHORT}"
    return "Two arrays do not fit together: from the last axis on, lengths must be equal, or one of them 1."
