"""What a computation costs, by arithmetic alone: operations, bytes, workers and failures, before anything is run."""

import numpy as np

from course_lib._validate import float_array, real_number, same_shape, whole_number, whole_numbers

# --- one device -------------------------------------------------------------------------------------------------------


def matmul_intensity(m, k, n, itemsize=4):
    """Count the operations for each byte that the product of an (m, k) by a (k, n) matrix has to move.

    Each of the m n results takes k multiplications and k additions; two matrices are read and one is written, once.

    Parameters
    ----------
    m, k, n : int, at least 1
    itemsize : int, at least 1
        Bytes of a number: 4 for float32, 2 for float16.

    Returns
    -------
    float
        Operations a byte, the *arithmetic intensity*.

    References
    ----------
    Williams, Waterman and Patterson, "Roofline: an insightful visual performance model for multicore architectures",
    2009, doi:10.1145/1498765.1498785.

    Examples
    --------
    >>> round(matmul_intensity(1024, 1024, 1024), 1), round(matmul_intensity(1024, 1024, 1), 3)
    (170.7, 0.499)
    """
    m, k, n, itemsize = whole_numbers(1, m=m, k=k, n=n, itemsize=itemsize)
    return 2 * m * k * n / (itemsize * (m * k + k * n + m * n))


def attainable(intensity, peak, bandwidth):
    """Give the speed that a device can reach: under the *roofline*, either its arithmetic or its memory is the limit.

    Parameters
    ----------
    intensity : float or array, at least 0
        Operations a byte.
    peak : float, above 0
        Operations a second.
    bandwidth : float, above 0
        Bytes a second.

    Returns
    -------
    float or array
        Operations a second. The two limits meet at the *ridge*, peak / bandwidth.

    References
    ----------
    Williams, Waterman and Patterson, 2009, doi:10.1145/1498765.1498785.

    Examples
    --------
    >>> attainable([1, 13, 100], peak=260, bandwidth=20).tolist()
    [20.0, 260.0, 260.0]
    """
    given = float_array("intensity", intensity)
    if given.min() < 0:
        raise ValueError(f"intensity must be at least 0, got {given.min():g}")
    peak, bandwidth = real_number("peak", peak, above=0), real_number("bandwidth", bandwidth, above=0)
    reached = np.minimum(peak, given * bandwidth)
    return float(reached) if reached.ndim == 0 else reached


def training_bytes(parameters, activations=0, batch=1, mixed=False):
    """Count the bytes that training with Adam keeps: weights, gradients, two moments, and activations for the way back.

    Parameters
    ----------
    parameters : int, at least 0
    activations : int, at least 0
        Numbers that one image leaves behind for the way back.
    batch : int, at least 1
        Images.
    mixed : bool
        Mixed precision: weights and moments in float32 as before; a copy of the weights, the gradients and the
        activations in float16.

    Returns
    -------
    int
        A parameter takes 16 bytes either way; it is the activations that mixed precision halves.

    References
    ----------
    Rajbhandari et al., "ZeRO: Memory Optimizations Toward Training Trillion Parameter Models", 2020, arXiv:1910.02054,
    section 3.1.

    Examples
    --------
    >>> training_bytes(100), training_bytes(100, mixed=True)
    (1600, 1600)
    >>> training_bytes(100, 50, batch=8), training_bytes(100, 50, batch=8, mixed=True)
    (3200, 2400)
    """
    parameters, activations = whole_numbers(0, parameters=parameters, activations=activations)
    batch, half = whole_number("batch", batch, 1), 2 if mixed else 4
    weights, moments, copy, gradients = 4, 8, 2 if mixed else 0, half
    return parameters * (weights + moments + copy + gradients) + half * batch * activations


# --- several devices --------------------------------------------------------------------------------------------------


def amdahl(share, n):
    """Give the speed-up by n workers of a task of fixed size, of which only a share can be divided among them.

    Parameters
    ----------
    share : float in [0, 1]
        Of the time on one worker.
    n : int, at least 1

    Returns
    -------
    float
        1 / ((1 - share) + share / n): never more than 1 / (1 - share).

    References
    ----------
    Amdahl, "Validity of the single processor approach to achieving large scale computing capabilities", 1967,
    doi:10.1145/1465482.1465560.

    Examples
    --------
    >>> round(amdahl(0.95, 8), 3)
    5.926
    """
    share, n = real_number("share", share, 0, 1), whole_number("n", n, 1)
    return 1 / ((1 - share) + share / n)


def gustafson(share, n):
    """Give the speed-up by n workers of a task that grows with them: in the same time they do more.

    Parameters
    ----------
    share : float in [0, 1]
        Of the time *with n workers*, what is divided among them.
    n : int, at least 1

    Returns
    -------
    float
        (1 - share) + n share.

    References
    ----------
    Gustafson, "Reevaluating Amdahl's law", 1988, doi:10.1145/42411.42415.

    Examples
    --------
    >>> round(gustafson(0.95, 8), 2)
    7.65
    """
    share, n = real_number("share", share, 0, 1), whole_number("n", n, 1)
    return (1 - share) + n * share


def ring_bytes(size, n):
    """Count the bytes that each of n devices sends in a ring, until all have the sum of what each had.

    Parameters
    ----------
    size : float, at least 0
        Bytes of what each device has, such as all gradients of a network.
    n : int, at least 1

    Returns
    -------
    float
        2 (n - 1) / n · size: less than twice the gradients, however many devices there are.

    References
    ----------
    Patarasuk and Yuan, "Bandwidth optimal all-reduce algorithms for clusters of workstations", 2009,
    doi:10.1016/j.jpdc.2008.09.002.

    Examples
    --------
    >>> [ring_bytes(100, n) for n in (1, 2, 4)]
    [0.0, 100.0, 150.0]
    """
    size, n = real_number("size", size, low=0), whole_number("n", n, 1)
    return 2 * (n - 1) / n * size


def ring_all_reduce(arrays):
    """Add up the arrays of n devices in a ring: each speaks to its neighbour only, and all end up with the sum.

    Every array is cut into n pieces. In n - 1 rounds each device hands one piece on, and its neighbour adds it to its
    own; after them each device holds one finished piece. In n - 1 more rounds the finished pieces go round.

    Parameters
    ----------
    arrays : sequence of array_like
        One for each device, all of one shape.

    Returns
    -------
    sums : list of float64
        What each device holds at the end.
    sent : list of int
        How many numbers each has sent.

    References
    ----------
    Patarasuk and Yuan, 2009, doi:10.1016/j.jpdc.2008.09.002.

    Examples
    --------
    >>> sums, sent = ring_all_reduce([[1, 2], [10, 20]])
    >>> [s.tolist() for s in sums], sent
    ([[11.0, 22.0], [11.0, 22.0]], [2, 2])
    """
    held = [float_array("arrays", array) for array in arrays]
    n = len(held)
    if n == 0:
        raise ValueError("arrays must hold at least one array, got none")
    for other in held[1:]:
        same_shape(**{"arrays[0]": held[0], "another": other})
    pieces, sent = [np.array_split(array.ravel(), n) for array in held], [0] * n
    for turn in range(2 * (n - 1)):
        adding = turn < n - 1
        place = [(device - turn) % n for device in range(n)]  # the piece that each hands on
        on_the_way = [pieces[device][place[device]].copy() for device in range(n)]
        for device, piece in enumerate(on_the_way):
            neighbour, which = (device + 1) % n, place[device]
            pieces[neighbour][which] = pieces[neighbour][which] + piece if adding else piece
            sent[device] += piece.size
    return [np.concatenate(of_one).reshape(held[0].shape) for of_one in pieces], sent


# --- long runs --------------------------------------------------------------------------------------------------------


def checkpoint_interval(cost, between_failures):
    """Give the time between two checkpoints with which the least is lost: by writing them, and by doing work again.

    Parameters
    ----------
    cost : float, above 0
        Seconds that writing one takes.
    between_failures : float, above 0
        Seconds from one failure to the next, on average.

    Returns
    -------
    float
        √(2 · cost · between_failures), in seconds. Good where ``cost`` is far below ``between_failures``.

    References
    ----------
    Young, "A first order approximation to the optimum checkpoint interval", 1974, doi:10.1145/361147.361115.

    Examples
    --------
    >>> checkpoint_interval(2, 3600)
    120.0
    """
    cost = real_number("cost", cost, above=0)
    return float(np.sqrt(2 * cost * real_number("between_failures", between_failures, above=0)))
