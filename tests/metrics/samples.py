"""What hypothesis draws for more than one of the tests beside this file."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays


def ids(classes, shape=(4, 5)):
    """Arrays of class ids from 0 to classes - 1."""
    return arrays.arrays(np.uint8, shape, elements=st.integers(0, classes - 1))
