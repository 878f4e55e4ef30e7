"""Exercises of chapter 02, Convolution."""

import math

import numpy as np

from course_lib.teaching.engine import ChoiceExercise, FunctionExercise, ValueExercise

STEP = (np.array([4, 0, 0, 0, 1]), np.array([1, 2, 3]))


def _signals(rng):
    for n, size in ((5, 3), (6, 1), (7, 5), (9, 9), (16, 3), (20, 7)):
        yield rng.integers(-5, 6, n), rng.integers(-5, 6, size)
    for n, size in ((12, 5), (31, 11)):
        yield rng.normal(size=n), rng.normal(size=size)
    yield rng.integers(-5, 6, 6), rng.normal(size=3)
    yield rng.normal(size=8), rng.integers(-5, 6, 5)


convolve_same = FunctionExercise(
    "2.1",
    "Convolve, and keep the length",
    cases=_signals,
    fixed=("x.ndim", "k.ndim"),
    oracle=lambda x, k: np.convolve(x, k, mode="same"),
    solution="""
    import numpy as np

    def convolve_same(x, k):
        half = len(k) // 2
        padded = np.pad(x, half)
        return np.array([padded[n : n + len(k)] @ k[::-1] for n in range(len(x))])
    """,
    example=(np.array([0, 0, 1, 0, 0]), np.array([1, 2, 3])),
    hints=(
        "Compute the output for `x = [0, 0, 1, 0, 0]` by hand. The kernel must appear in it as it stands.",
        "Put `len(k) // 2` zeros on each side of `x`. Then every output is a window of the padded signal times "
        "the *reversed* kernel.",
        "`padded = np.pad(x, len(k) // 2)`, and output `n` is `padded[n : n + len(k)] @ k[::-1]`.",
    ),
)


@convolve_same.mistake("kernel not flipped")
def _(x, k):
    """your result is a **correlation**: it equals ours with the kernel reversed. On `x = [0, 0, 1, 0, 0]`,
    `k = [1, 2, 3]` you return `[0, 3, 2, 1, 0]`, expected `[0, 1, 2, 3, 0]`. Look again at the minus sign in (2.2)."""
    return np.correlate(x, k, mode="same")


@convolve_same.mistake("full instead of same")
def _(x, k):
    """you return mode **full**, everything that the kernel touches: 5 values have become 7, `[0, 0, 1, 2, 3, 0, 0]`.
    Mode `same` keeps the middle. See the table of the three lengths in section 2."""
    return np.convolve(x, k, mode="full")


@convolve_same.mistake("valid instead of same")
def _(x, k):
    """you return mode **valid**, only the places where the kernel lies inside completely: 5 values have become 3,
    `[1, 2, 3]`. Mode `same` lets the kernel hang over the ends. See the table of the three lengths in section 2."""
    return np.convolve(x, k, mode="valid")


@convolve_same.mistake("the first n of full")
def _(x, k):
    """you cut the full result at its end only, so everything sits half a kernel too far right. For the spike you return
    `[0, 0, 1, 2, 3]`, expected `[0, 1, 2, 3, 0]`. Mode `same` cuts as much off on both sides (section 2)."""
    return np.convolve(x, k, mode="full")[: len(x)]


@convolve_same.mistake("circular", example=STEP, reread="section 2")
def _(x, k):
    """your signal is bent to a **ring**: what leaves on one side comes back on the other. On `x = [4, 0, 0, 0, 1]`,
    `k = [1, 2, 3]` you return `[11, 12, 0, 1, 6]`, expected `[8, 12, 0, 1, 2]`. Beyond the ends there are zeros: see
    section 2 (and section 7 for the ring)."""
    half = len(k) // 2
    return sum(k[m] * np.roll(x, m - half) for m in range(len(k)))


@convolve_same.mistake("negative indices", example=STEP, reread="(2.2)")
def _(x, k):
    """you take `x[n - m]` where `n - m` is **negative**. Python then reads from the end of the array, where (2.2) has a
    zero. On `x = [4, 0, 0, 0, 1]`, `k = [1, 2, 3]` you return `[6, 11, 12, 0, 1]`. And output `n` of (2.2) is output
    `n` of `full`: `same` starts half a kernel later (section 2)."""
    # (2.2) as it stands: ``x[n - m]`` with a negative index is a value from the end in Python
    return np.array([sum(k[m] * x[(n - m) % len(x)] for m in range(len(k))) for n in range(len(x))])


@convolve_same.mistake("the border repeated", example=STEP)
def _(x, k):
    """you continue the signal beyond its ends by repeating the last value. On `x = [4, 0, 0, 0, 1]`, `k = [1, 2, 3]`
    you return `[20, 12, 0, 1, 3]`. Mode `same` pretends that there are zeros: see section 2."""
    return np.convolve(np.pad(x, len(k) // 2, mode="edge"), k, mode="valid")


@convolve_same.mistake("the last n of full")
def _(x, k):
    """you cut the full result at its start only, so everything sits half a kernel too far left. For the spike you
    return `[1, 2, 3, 0, 0]`, expected `[0, 1, 2, 3, 0]`. Mode `same` cuts as much off on both sides (section 2)."""
    return np.convolve(x, k, mode="full")[-len(x) :]


@convolve_same.mistake("the border mirrored", example=(STEP[0], np.array([1, 2, 3, 4, 5])))
def _(x, k):
    """you continue the signal beyond its ends by its **mirror image**, as `scipy.ndimage` does when it is not told a
    `mode`. On `x = [4, 0, 0, 0, 1]`, `k = [1, 2, 3, 4, 5]` you return `[28, 36, 21, 3, 5]`, expected
    `[12, 16, 21, 2, 3]`. Mode `same` pretends that there are zeros: see section 2."""
    return np.convolve(np.pad(x, len(k) // 2, mode="symmetric"), k, mode="valid")


equivariance = ChoiceExercise(
    "2.2",
    "The same object, elsewhere",
    options={
        "a": "The output is the same both times: convolution does not care where the object is.",
        "b": "The output moves with the object: the same values at other places.",
        "c": "The output is something new: the layer must learn the object again for each place, as a dense layer "
        "must.",
    },
    answer="b",
    reasons={
        "a": "“does not care where the object is” describes **invariance**. A convolution is *equivariant*: its "
        "output moves along. Only a maximum or a sum over all positions makes it invariant. Compare the two rows "
        "of numbers below (2.7).",
        "b": "it “moves with the object”: that is shift equivariance (2.7), and the reason why a layer needs to "
        "learn a pattern only once.",
        "c": "“learn the object again for each place” is what a dense layer must do, with a weight for every pair "
        "of pixels. A convolution uses the same weights everywhere: see (2.7), and the shared weights in "
        "section 7.",
    },
    hints=(
        "Look at the two printed rows under (2.7).",
        "Two words sound alike: invariant means *unchanged*, equivariant means *changed in the same way*.",
        "Shifting the input by a and then convolving gives the same as convolving and then shifting the output by a.",
    ),
)


def _images(rng):
    for shape, size in (
        ((3, 3), (2, 2)),
        ((4, 5), (3, 3)),
        ((5, 4), (2, 3)),
        ((6, 6), (1, 1)),
        ((7, 9), (3, 5)),
        ((8, 8), (8, 8)),
    ):
        yield rng.integers(-4, 5, shape), rng.integers(-4, 5, size)
    yield rng.normal(size=(10, 12)), rng.normal(size=(4, 3))
    yield rng.integers(-4, 5, (4, 6)), rng.normal(size=(2, 2))
    yield rng.normal(size=(5, 3)), rng.integers(-4, 5, (1, 2))


def _slide(x, k):
    """The plain correlation in mode valid, by windows."""
    return np.einsum("ijab,ab->ij", np.lib.stride_tricks.sliding_window_view(x, k.shape), k)


def _full2d(x, k):
    """By the convolution theorem, so that no window and no flip occurs."""
    shape = np.add(x.shape, k.shape) - 1
    return np.fft.irfft2(np.fft.rfft2(x, shape) * np.fft.rfft2(k, shape), shape)


convolve2d_valid = FunctionExercise(
    "2.3",
    "Two dimensions, valid",
    cases=_images,
    fixed=("x.ndim", "k.ndim"),
    oracle=lambda x, k: _full2d(x, k)[k.shape[0] - 1 : x.shape[0], k.shape[1] - 1 : x.shape[1]],
    solution="""
    import numpy as np

    def convolve2d_valid(x, k):
        rows, columns = k.shape
        flipped = k[::-1, ::-1]
        y = np.zeros((x.shape[0] - rows + 1, x.shape[1] - columns + 1))
        for i, j in np.ndindex(y.shape):
            y[i, j] = np.sum(x[i : i + rows, j : j + columns] * flipped)
        return y
    """,
    example=(np.array([[1, 0, 2], [0, 3, 0], [0, 0, 1]]), np.array([[1, 2], [3, 4]])),
    hints=(
        "Write the correlation first: two loops over the positions, and a sum of products of two small arrays.",
        "Only one thing is missing from there: the kernel turned by 180°.",
        "`flipped = k[::-1, ::-1]`; then `y[i, j] = np.sum(x[i : i + rows, j : j + columns] * flipped)`.",
    ),
)


@convolve2d_valid.mistake("kernel not flipped")
def _(x, k):
    """your result is a **correlation**, with the kernel as it stands. For the 3 × 3 example with `k = [[1, 2], [3, 4]]`
    you return `[[13, 13], [6, 7]]`, expected `[[7, 12], [9, 13]]`. In (2.9) the image's indices run backwards: turn the
    kernel by 180°."""
    return _slide(x, k)


@convolve2d_valid.mistake("flipped top to bottom only")
def _(x, k):
    """you flip the kernel **top to bottom only**. In two dimensions both axes are reversed. For the example you return
    `[[9, 11], [12, 11]]`. Look again at (2.9): there is a minus sign before $a$ *and* before $b$."""
    return _slide(x, k[::-1])


@convolve2d_valid.mistake("flipped left to right only")
def _(x, k):
    """you flip the kernel **left to right only**. In two dimensions both axes are reversed. For the example you return
    `[[11, 14], [3, 9]]`. Look again at (2.9): there is a minus sign before $a$ *and* before $b$."""
    return _slide(x, k[:, ::-1])


@convolve2d_valid.mistake("transposed instead of turned")
def _(x, k):
    """you **transpose** the kernel (`k.T` mirrors it along the diagonal). A turn by 180° is `k[::-1, ::-1]`. For the
    example you return `[[13, 12], [9, 7]]`. Look again at (2.9)."""
    return _slide(x, k.T)


@convolve2d_valid.mistake("negative indices")
def _(x, k):
    """you take `x[i - a, j - b]` where an index is **negative**. Python then reads from the other side, and your first
    output is no place where the kernel lies inside. For the example you return `[[9, 2], [11, 7]]`. In `valid` the
    first output is the one of (2.9) at $i = K_h - 1$, $j = K_w - 1$."""
    # (2.9) as it stands for the first outputs: negative indices read from the other side
    y = np.zeros((x.shape[0] - k.shape[0] + 1, x.shape[1] - k.shape[1] + 1))
    for i, j in np.ndindex(y.shape):
        y[i, j] = sum(k[a, b] * x[i - a, j - b] for a, b in np.ndindex(k.shape))
    return y


@convolve2d_valid.mistake("full instead of valid")
def _(x, k):
    """you return mode **full**: a 3 × 3 image has become `[[1, 2, 2, 4], [3, 7, 12, 8], [0, 9, 13, 2], [0, 0, 3, 4]]`.
    Keep only the positions where the kernel lies inside, $(H-K_h+1) × (W-K_w+1)$ of them: see the table in section
    2."""
    return _full2d(x, k)


@convolve2d_valid.mistake("turned by 90 degrees")
def _(x, k):
    """you turn the kernel by **90°**: that is what `np.rot90` does when it is called once. A convolution turns it by
    180°. For the example you return `[[11, 11], [12, 9]]`, expected `[[7, 12], [9, 13]]`. Look again at (2.9): both
    axes run backwards, and rows stay rows."""
    return _slide(x, np.rot90(k))


@convolve2d_valid.mistake("the last position forgotten")
def _(x, k):
    """the last row and the last column of positions are **missing**: your loop ends one too early. For the example you
    return `[[7]]`, expected `[[7, 12], [9, 13]]`. There are $H-K_h+1$ positions from top to bottom: see the table in
    section 2."""
    return _slide(x, k[::-1, ::-1])[:-1, :-1]


@convolve2d_valid.mistake("same instead of valid")
def _(x, k):
    """you return mode **same**, as large as the image: `[[1, 2, 2], [3, 7, 12], [0, 9, 13]]` for the example. At its
    border the kernel hangs over. Keep only the positions where it lies inside: see the table in section 2."""
    top, left = (side // 2 for side in np.subtract(k.shape, 1))
    return _full2d(x, k)[top : top + x.shape[0], left : left + x.shape[1]].round(12)


def _sizes(rng):
    yield from ((5, 3, 1, 0, 1), (6, 3, 2, 0, 1), (6, 3, 2, 1, 1), (9, 3, 1, 2, 2), (32, 5, 3, 2, 1), (28, 1, 1, 0, 1))
    for _ in range(12):
        n, size, stride, padding, dilation = (int(v) for v in rng.integers([12, 1, 1, 0, 1], [64, 5, 5, 4, 4]))
        yield n, size, stride, padding, dilation


def _count_starts(n, kernel_size, stride, padding, dilation):
    """Walk the window over the padded signal and count its stops."""
    last_tap = dilation * (kernel_size - 1)
    return len([start for start in range(-padding, n + padding, stride) if start + last_tap < n + padding])


output_size = FunctionExercise(
    "2.4",
    "How large is the output?",
    cases=_sizes,
    oracle=_count_starts,
    solution="""
    def output_size(n, kernel_size, stride, padding, dilation):
        return (n + 2 * padding - dilation * (kernel_size - 1) - 1) // stride + 1
    """,
    example=(12, 3, 2, 1, 2),
    hints=(
        "At which pixel can the window start last, if it must end inside the padded signal?",
        "The kernel spans `dilation * (kernel_size - 1) + 1` pixels of a signal of `n + 2 * padding`.",
        "Starts are 0, s, 2s, … up to `last = n + 2 * padding - dilation * (kernel_size - 1) - 1`; there are "
        "`last // stride + 1` of them.",
    ),
)


@output_size.mistake("ceiling for floor")
def _(n, k, s, p, d):
    """you round **up**, and so count a window that hangs over the end. For
    `n = 12, kernel 3, stride 2, padding 1, dilation 2` you get `6`, but the last start that fits is 8: starts 0, 2, 4,
    6, 8. See the floor in (2.14)."""
    return math.ceil((n + 2 * p - d * (k - 1) - 1) / s) + 1


@output_size.mistake("the first position forgotten")
def _(n, k, s, p, d):
    """you count the **steps** between the windows, not the windows: one is missing. For
    `n = 12, kernel 3, stride 2, padding 1, dilation 2` you get `4` steps, and so 5 windows. See the + 1 at the end of
    (2.14)."""
    return (n + 2 * p - d * (k - 1) - 1) // s


@output_size.mistake("padding counted once", example=(20, 3, 1, 2, 1))
def _(n, k, s, p, d):
    """you add the padding on **one** side only. For `n = 20, kernel 3, stride 1, padding 2, dilation 1` you get `20`,
    expected 22. In (2.14) it stands twice."""
    return (n + p - d * (k - 1) - 1) // s + 1


@output_size.mistake("dilation forgotten", example=(9, 3, 1, 0, 2))
def _(n, k, s, p, d):
    """you ignore the **dilation**: a kernel of 3 taps with dilation 2 spans 5 pixels, not 3. For
    `n = 9, kernel 3, stride 1, padding 0, dilation 2` you get `7`, expected 5. See (2.14)."""
    return (n + 2 * p - k) // s + 1


@output_size.mistake("dilation times kernel size", example=(16, 3, 1, 0, 3))
def _(n, k, s, p, d):
    """you let the kernel span $dK$ pixels. Its $K$ taps have only $K - 1$ gaps, so it spans $d(K-1)+1$. For
    `n = 16, kernel 3, stride 1, padding 0, dilation 3` you get `8`, expected 10. See (2.14)."""
    return (n + 2 * p - d * k) // s + 1


@output_size.mistake("stride forgotten")
def _(n, k, s, p, d):
    """you ignore the **stride**: that is the number of positions one pixel apart. For
    `n = 12, kernel 3, stride 2, padding 1, dilation 2` you get `10`, but the window stops only at every second one. See
    (2.14)."""
    return n + 2 * p - d * (k - 1)


@output_size.mistake("not a whole number")
def _(n, k, s, p, d):
    """you divide without rounding down. For `n = 12, kernel 3, stride 2, padding 1, dilation 2` you get `5.5` windows.
    A window that does not fit does not count: see the floor in (2.14)."""
    return (n + 2 * p - d * (k - 1) - 1) / s + 1


@output_size.mistake("the last start left out", example=(20, 3, 1, 2, 1))
def _(n, k, s, p, d):
    """you stop **before** the last start, as `range` does: a window that just fits is lost. For
    `n = 20, kernel 3, stride 1, padding 2, dilation 1` you get `21`, expected 22. The start `last` itself belongs to
    it: see the + 1 at the end of (2.14)."""
    return math.ceil((n + 2 * p - d * (k - 1) - 1) / s)


@output_size.mistake("the first tap forgotten", example=(20, 3, 1, 2, 1))
def _(n, k, s, p, d):
    """you count the **gaps** of the kernel, not its pixels: with $K - 1$ gaps it spans $d(K-1)+1$ pixels. For
    `n = 20, kernel 3, stride 1, padding 2, dilation 1` you get `23`, expected 22. See the − 1 in (2.14)."""
    return (n + 2 * p - d * (k - 1)) // s + 1


@output_size.mistake("padding forgotten", example=(20, 3, 1, 2, 1))
def _(n, k, s, p, d):
    """you ignore the **padding**: the window also stands on the zeros. For
    `n = 20, kernel 3, stride 1, padding 2, dilation 1` you get `18`, expected 22. In (2.14) it stands twice."""
    return (n - d * (k - 1) - 1) // s + 1


@output_size.mistake("rounded to the nearest", example=(6, 3, 2, 0, 1))
def _(n, k, s, p, d):
    """you round to the **nearest** whole number, and so sometimes count a window that does not fit. For
    `n = 6, kernel 3, stride 2, padding 0, dilation 1` you get `3`, but only the starts 0 and 2 fit. See the floor in
    (2.14)."""
    return round((n + 2 * p - d * (k - 1) - 1) / s) + 1


def _strided(rng):
    yield from (
        (4, 3, 2),
        (5, 3, 1),
        (5, 3, 2),
        (6, 2, 1),
        (7, 5, 3),
        (4, 1, 2),
        (8, 4, 2),
        (9, 2, 3),
        (2, 5, 1),
        (3, 8, 4),
    )
    for _ in range(8):
        yield tuple(int(v) for v in rng.integers([6, 1, 1], [40, 8, 5]))


def _same_padding_by_search(n, kernel_size, stride):
    """The smallest total for which ⌈n/s⌉ windows fit, shared out with the odd one at the end."""
    total = 0
    while len(range(0, n + total - kernel_size + 1, stride)) < -(-n // stride):
        total += 1
    return total // 2, total - total // 2


def _shared_out(total):
    return max(total, 0) // 2, max(total, 0) - max(total, 0) // 2


same_padding = FunctionExercise(
    "2.5",
    "Where do the zeros go?",
    cases=_strided,
    oracle=_same_padding_by_search,
    solution="""
    def same_padding(n, kernel_size, stride):
        outputs = -(-n // stride)
        total = max((outputs - 1) * stride + kernel_size - n, 0)
        return total // 2, total - total // 2
    """,
    example=(4, 3, 2),
    hints=(
        "First: how many outputs does `same` promise? Then: where must the last window end?",
        "The windows cover `(outputs - 1) * stride + kernel_size` pixels. How many of these are missing in the signal?",
        "`total = max((outputs - 1) * stride + kernel_size - n, 0)`, and `before = total // 2`; the rest comes after.",
    ),
)


@same_padding.mistake("symmetric, as PyTorch")
def _(n, k, s):
    """you pad both sides alike, as `padding=1` does in PyTorch. TensorFlow pads only as much as the last window needs.
    For `n = 4, kernel 3, stride 2` you give `[1, 1]`, but one zero is enough, and it goes to the end: see (2.15)."""
    return (k - 1) // 2, (k - 1) // 2


@same_padding.mistake("the odd zero in front")
def _(n, k, s):
    """your total is right, but the odd zero stands in **front**. For `n = 4, kernel 3, stride 2` you give `[1, 0]`.
    TensorFlow puts it at the end, that is at the bottom and on the right: see (2.15)."""
    return _same_padding_by_search(n, k, s)[::-1]


@same_padding.mistake("stride ignored", example=(8, 4, 2))
def _(n, k, s):
    """your total is $K - 1$ whatever the stride; in general that is right for stride 1 only. For
    `n = 8, kernel 4, stride 2` you give `[1, 2]`: three zeros, where two are enough for 4 windows. The stride stands in
    $P$ of (2.15)."""
    return (k - 1) // 2, k - 1 - (k - 1) // 2


@same_padding.mistake("size kept in spite of the stride")
def _(n, k, s):
    """you pad so much that the output keeps the size $n$, **in spite of the stride**. For `n = 4, kernel 3, stride 2`
    you give `[2, 3]`. `same` promises ⌈n/s⌉ = 2 outputs, not 4: see (2.15)."""
    return ((n - 1) * s + k - n) // 2, (n - 1) * s + k - n - ((n - 1) * s + k - n) // 2


@same_padding.mistake("the odd zero lost")
def _(n, k, s):
    r"""you halve the total on both sides, and lose a zero when it is **odd**. For `n = 4, kernel 3, stride 2` you give
    `[0, 0]`; one zero is needed, at the end. See $p_\text{after}$ in (2.15)."""
    return (sum(_same_padding_by_search(n, k, s)) // 2,) * 2


@same_padding.mistake("less than nothing", example=(4, 1, 2))
def _(n, k, s):
    """your padding can become **negative**. For `n = 4, kernel 1, stride 2` you give `[-1, 0]`: the last pixel is
    simply not looked at, nothing is cut off. See the max in (2.15)."""
    return (
        ((-(-n // s) - 1) * s + k - n) // 2,
        (-(-n // s) - 1) * s + k - n - ((-(-n // s) - 1) * s + k - n) // 2,
    )


@same_padding.mistake("half the kernel on both sides", example=(8, 4, 2))
def _(n, k, s):
    """you pad half a kernel on **both** sides, whatever the size and the stride. For `n = 8, kernel 4, stride 2` you
    give `(2, 2)`; TensorFlow pads only as much as the last window needs, one zero on each side: see (2.15)."""
    return k // 2, k // 2


@same_padding.mistake("one step too many", example=(7, 5, 3))
def _(n, k, s):
    """you let the windows cover `outputs * stride + kernel_size` pixels. Between the first and the last one there are
    only `outputs - 1` **steps**. For `n = 7, kernel 5, stride 3` you give `(3, 4)`, expected two zeros on each side.
    See $P$ in (2.15)."""
    return _shared_out(-(-n // s) * s + k - n)


@same_padding.mistake("outputs rounded down", example=(7, 5, 3))
def _(n, k, s):
    """you round the number of outputs **down**; `same` promises ⌈n/s⌉. For `n = 7, kernel 5, stride 3` you give
    `(0, 1)`, zeros for 2 windows only, and 3 are promised. See (2.15)."""
    return _shared_out((n // s - 1) * s + k - n)


@same_padding.mistake("all zeros at the end", example=(8, 4, 2))
def _(n, k, s):
    r"""your total is right, but all zeros stand at the **end**. For `n = 8, kernel 4, stride 2` you give `(0, 2)`,
    expected one on each side. Half of the total goes in front: see $p_\text{before}$ in (2.15)."""
    return 0, sum(_same_padding_by_search(n, k, s))


@same_padding.mistake("the total on both sides", example=(7, 5, 3))
def _(n, k, s):
    r"""you put the whole total on **each** side. For `n = 7, kernel 5, stride 3` you give `(4, 4)`; four zeros are
    needed altogether, two on each side. See $p_\text{before}$ in (2.15)."""
    return (sum(_same_padding_by_search(n, k, s)),) * 2


def _three_halvings():
    """Count window centres 0, 2, 4, … three times."""
    positions = list(range(15))
    for _ in range(3):
        positions = positions[::2]
    return len(positions)


three_layers_down = ValueExercise(
    "2.6",
    "Three layers down",
    unit="pixels",
    answer=_three_halvings,
    solution="""
    n = 15
    for layer in range(3):
        n = -(-n // 2)              # ⌈n/2⌉: 15 -> 8 -> 4 -> 2
    answer = n
    """,
    hints=(
        "One layer at a time: 15 becomes what?",
        "`same` promises ⌈n/s⌉, rounded up.",
        "15 → 8 → 4 → ?",
    ),
)


@three_layers_down.mistake("same keeps the size")
def _():
    """`15` would mean that `same` keeps the size. It does for stride 1 only; with a stride it promises ⌈n/s⌉. See
    (2.15)."""
    return 15


@three_layers_down.mistake("rounded down")
def _():
    """`1` comes from rounding **down**, or from no padding at all: 15, 7, 3, 1. `same` rounds up, and pads for it. See
    (2.15)."""
    return 1


@three_layers_down.mistake("not rounded")
def _():
    """`1.875` is 15/8. Each layer gives a whole number of pixels, rounded up: see (2.15)."""
    return 1.875


@three_layers_down.mistake("one layer only")
def _():
    """`8` is the width after the **first** layer. Two more follow: apply (2.15) again."""
    return 8


@three_layers_down.mistake("pixels of the whole image")
def _():
    """`4` is the width after two layers, or the number of pixels, 2 × 2, after three. The question is how *wide* the
    image is after the third layer: see (2.15)."""
    return 4


def _pairs(rng):
    for n, size in ((4, 3), (5, 2), (8, 8), (7, 4), (16, 5), (33, 8)):
        yield rng.integers(-5, 6, n), rng.integers(-5, 6, size)
    yield rng.normal(size=50), rng.normal(size=17)
    yield rng.integers(-5, 6, 3), rng.normal(size=8)
    yield rng.normal(size=6), rng.integers(-5, 6, 9)


def _by_fft(x, k, length, combine=np.multiply):
    spectrum = combine(np.fft.fft(x, length), np.fft.fft(k, length))
    return np.fft.ifft(spectrum).real.round(12)


fft_convolve = FunctionExercise(
    "2.7",
    "Fast convolution",
    cases=_pairs,
    fixed=("x.ndim", "k.ndim"),
    oracle=np.convolve,
    solution="""
    import numpy as np

    def fft_convolve(x, k):
        length = len(x) + len(k) - 1
        return np.fft.irfft(np.fft.rfft(x, length) * np.fft.rfft(k, length), length)
    """,
    example=(np.array([0, 0, 0, 1]), np.array([1, 2, 3])),
    hints=(
        "Multiply the two transforms and transform back. But how long must both be?",
        "`np.fft.rfft(x, length)` pads with zeros to `length`. Choose it so that nothing wraps around.",
        "`length = len(x) + len(k) - 1`; then `np.fft.irfft(np.fft.rfft(x, length) * np.fft.rfft(k, length), length)`.",
    ),
)


@fft_convolve.mistake("circular, without padding")
def _(x, k):
    """your result is the **circular** convolution: the end has wrapped around to the front. For `x = [0, 0, 0, 1]`,
    `k = [1, 2, 3]` you return `[2, 3, 0, 1]`, expected `[0, 0, 0, 1, 2, 3]`. Pad to $N + K - 1$: see (2.20)."""
    return _by_fft(x, k, len(x))


@fft_convolve.mistake("circular, as long as the longer one", example=(np.array([0, 1]), np.array([1, 2, 3])))
def _(x, k):
    """both of your transforms have the length of the **longer** array, so the end has wrapped around to the front. For
    `x = [0, 1]`, `k = [1, 2, 3]` you return `[3, 1, 2]`, expected `[0, 1, 2, 3]`. Pad both to $N + K - 1$: see
    (2.20)."""
    return _by_fft(x, k, max(len(x), len(k)))


@fft_convolve.mistake("irfft without its length", example=(np.array([1, -1, 0]), np.array([1, 2, 0])))
def _(x, k):
    """you call `irfft` without its **length**. It then assumes an even one, so an odd result comes out one short and
    with wrong values: for `x = [1, -1, 0]`, `k = [1, 2, 0]` you return `[1.357, -0.005494, -1.57, 0.219]`, four numbers
    instead of five. Pass the length of (2.20) to both transforms."""
    return np.fft.irfft(np.fft.rfft(x, len(x) + len(k) - 1) * np.fft.rfft(k, len(x) + len(k) - 1)).round(12)


@fft_convolve.mistake("padded by K instead of K − 1")
def _(x, k):
    """nothing wraps around, but there is one number too many: `[0, 0, 0, 1, 2, 3, 0]`. The full result has $N + K - 1$
    places: see (2.20)."""
    return _by_fft(x, k, len(x) + len(k))


@fft_convolve.mistake("correlation in the Fourier domain")
def _(x, k):
    """you take the complex conjugate of one spectrum. That makes a **correlation** out of the convolution. For
    `x = [0, 0, 0, 1]`, `k = [1, 2, 3]` you return `[0, 3, 2, 1, 0, 0]`: the kernel backwards. In (2.19) nothing is
    conjugated."""
    return _by_fft(x, k, len(x) + len(k) - 1, lambda X, K: X * K.conj())


@fft_convolve.mistake("the modulus instead of the real part", example=(np.array([1, -1]), np.array([1, 2])))
def _(x, k):
    """you take the **modulus** of the result, and lose all minus signs. For `x = [1, -1]`, `k = [1, 2]` you return
    `[1, 1, 2]`, expected `[1, 1, -2]`. The imaginary part is rounding error only: take the real part of (2.20), or use
    `irfft`."""
    return np.abs(_by_fft(x, k, len(x) + len(k) - 1))


@fft_convolve.mistake("spectra added")
def _(x, k):
    """you **add** the spectra; that adds the signals: `[1, 2, 3, 1, 0, 0]`. The theorem (2.19) multiplies, frequency by
    frequency."""
    return _by_fft(x, k, len(x) + len(k) - 1, np.add)


@fft_convolve.mistake("not cut to its length")
def _(x, k):
    """you transform with a length that is a **power of two**, which is fast, but keep the zeros that it adds:
    `[0, 0, 0, 1]` and `[1, 2, 3]` give `[0, 0, 0, 1, 2, 3, 0, 0]`. The full result has $N + K - 1$ places: cut the rest
    off, see (2.20)."""
    return _by_fft(x, k, 2 ** math.ceil(math.log2(len(x) + len(k) - 1)))


@fft_convolve.mistake("cut to the length of x")
def _(x, k):
    """you cut the result to the length of **x**. For `x = [0, 0, 0, 1]`, `k = [1, 2, 3]` you return `[0, 0, 0, 1]`, and
    most of the kernel is gone. The full result has $N + K - 1$ places: see (2.20)."""
    return np.convolve(x, k)[: len(x)]


def _forward_and_gradient(rng):
    for shape, size in (
        ((3, 3), (2, 2)),
        ((4, 5), (3, 2)),
        ((5, 5), (4, 4)),
        ((6, 4), (2, 3)),
        ((7, 8), (4, 5)),
        ((9, 9), (8, 7)),
    ):
        yield rng.integers(-3, 4, shape), rng.integers(-3, 4, size)
    yield rng.normal(size=(5, 6)), rng.normal(size=(3, 4))
    yield rng.integers(-3, 4, (3, 4)), rng.normal(size=(3, 1))
    yield rng.normal(size=(3, 5)), rng.integers(-3, 4, (1, 3))


def _kernel_gradient_by_differences(x, g):
    """y is linear in the kernel, so a unit step in one weight gives its derivative exactly."""
    shape = (x.shape[0] - g.shape[0] + 1, x.shape[1] - g.shape[1] + 1)
    gradient = np.zeros(shape)
    for a, b in np.ndindex(shape):
        step = np.zeros(shape)
        step[a, b] = 1
        gradient[a, b] = np.sum(_slide(x, step) * g)
    return gradient


kernel_gradient = FunctionExercise(
    "2.8",
    "The kernel's gradient",
    cases=_forward_and_gradient,
    fixed=("x.ndim", "g.ndim"),
    oracle=_kernel_gradient_by_differences,
    solution="""
    import numpy as np

    def kernel_gradient(x, g):
        rows, columns = g.shape
        gradient = np.zeros((x.shape[0] - rows + 1, x.shape[1] - columns + 1))
        for a, b in np.ndindex(gradient.shape):
            gradient[a, b] = np.sum(x[a : a + rows, b : b + columns] * g)
        return gradient
    """,
    example=(np.array([[1, 2, 0], [0, 1, 3], [2, 0, 1]]), np.array([[1, 2], [0, -1]])),
    hints=(
        "What shape must the result have? The kernel's. Compute that from the shapes of `x` and `g`.",
        "In which outputs does the weight `k[a, b]` appear, and multiplied by which pixel of `x`?",
        "`gradient[a, b] = np.sum(x[a : a + rows, b : b + columns] * g)` with `rows, columns = g.shape`.",
    ),
)


@kernel_gradient.mistake("g flipped")
def _(x, g):
    """you **convolve** `x` with `g`; the gradient of a correlation's kernel is a *correlation*. For the example you
    return `[[0, 3], [4, 0]]`. In (2.23) both indices run forwards."""
    return _slide(x, g[::-1, ::-1])


@kernel_gradient.mistake("averaged instead of summed")
def _(x, g):
    """you take the **mean** over the positions. A weight acts at every position, and the effects add up: (2.23) has a
    sum. For the example you return `[[1, -0.25], [0.5, 1.5]]`, exactly a quarter of the right values."""
    return _slide(x, g) / g.size


@kernel_gradient.mistake("full instead of valid")
def _(x, g):
    """you return mode **full**, of shape 4 × 4 in the example:
    `[[-1, -2, 0, 0], [2, 4, -1, 0], [-2, 2, 6, 3], [4, 2, 2, 1]]`. The gradient must have the kernel's shape: `valid`,
    see (2.23)."""
    return _full2d(x, g[::-1, ::-1])


@kernel_gradient.mistake("the gradient upside down")
def _(x, g):
    """your values are right but turned by 180°. You return `[[6, 2], [-1, 4]]` in the example. That would be the
    gradient for a *flipped* kernel; the layer here correlates: see (2.23)."""
    return _slide(x, g)[::-1, ::-1]


@kernel_gradient.mistake("same instead of valid")
def _(x, g):
    """your result has the shape of the **image**: `[[-1, -2, 0], [2, 4, -1], [-2, 2, 6]]`. The gradient must have the
    kernel's shape, 2 × 2 in the example: mode `valid`, see (2.23)."""
    return _full2d(x, g[::-1, ::-1])[
        (g.shape[0] - 1) // 2 : (g.shape[0] - 1) // 2 + x.shape[0],
        (g.shape[1] - 1) // 2 : (g.shape[1] - 1) // 2 + x.shape[1],
    ].round(12)


@kernel_gradient.mistake("the sign of a descent step")
def _(x, g):
    """your values have the opposite **sign**: `[[-4, 1], [-2, -6]]` in the example. (2.23) is the gradient itself; the
    minus comes in later, when you step against it."""
    return -_slide(x, g)


@kernel_gradient.mistake("one row and column too few")
def _(x, g):
    """your gradient has one row and one column **too few**: `[[4]]` in the example. An output of 2 × 2 from an image of
    3 × 3 comes from a kernel of 3 − 2 + 1 = 2 rows and columns: mode `valid`, see (2.23)."""
    return _slide(x, g)[:-1, :-1]


STAMPS = (np.array([1, 10]), np.array([1, 2, 3]), 2)


def _stamps(rng):
    for n, size, stride in ((2, 3, 2), (3, 2, 1), (3, 2, 2), (2, 2, 3), (4, 5, 2), (6, 4, 3), (9, 3, 2)):
        yield rng.integers(-5, 6, n), rng.integers(-5, 6, size), stride
    yield rng.normal(size=12), rng.normal(size=5), 2
    yield rng.integers(-5, 6, 4), rng.normal(size=3), 1
    yield rng.normal(size=3), rng.integers(-5, 6, 2), 4


def _transposed_by_matrix(y, k, stride):
    """The matrix of the strided correlation, built column by column from impulses, and transposed."""
    size = (len(y) - 1) * stride + len(k)
    matrix = np.array([np.correlate(impulse, k, "valid")[::stride] for impulse in np.eye(size)]).T
    return matrix.T @ y


def _stamped(y, k, step, length):
    out = np.zeros(length)
    for n in range(len(y)):
        out[n * step : n * step + len(k)] += y[n] * k
    return out


transposed_convolution = FunctionExercise(
    "2.9",
    "Transposed convolution",
    cases=_stamps,
    fixed=("y.ndim", "k.ndim"),
    oracle=_transposed_by_matrix,
    solution="""
    import numpy as np

    def transposed_convolution(y, k, stride):
        out = np.zeros((len(y) - 1) * stride + len(k))
        for n in range(len(y)):
            out[n * stride : n * stride + len(k)] += y[n] * k
        return out
    """,
    example=STAMPS,
    hints=(
        "Start with zeros, of length `(n - 1) * stride + len(k)`.",
        "Each `y[n]` adds a copy of the kernel, beginning at `n * stride`.",
        "`out[n * stride : n * stride + len(k)] += y[n] * k`, for every `n`.",
    ),
)


@transposed_convolution.mistake("kernel flipped")
def _(y, k, stride):
    """you stamp the kernel **reversed**. For `y = [1, 10]`, `k = [1, 2, 3]`, stride 2 you return `[3, 2, 31, 20, 10]`,
    expected `[1, 2, 13, 20, 30]`. The forward layer does not flip, so going back does: each input stamps $k$ as it
    stands (2.26)."""
    return _transposed_by_matrix(y, k[::-1], stride)


@transposed_convolution.mistake("overlaps overwritten")
def _(y, k, stride):
    """where two stamps overlap you **overwrite** instead of adding. For `y = [1, 10]`, `k = [1, 2, 3]`, stride 2 you
    return `[1, 2, 10, 20, 30]`; in the middle it must be 3 + 10 = 13. See the sum in (2.26)."""
    out = np.zeros((len(y) - 1) * stride + len(k))
    for n in range(len(y)):
        out[n * stride : n * stride + len(k)] = y[n] * k
    return out


@transposed_convolution.mistake("stride ignored")
def _(y, k, stride):
    """your stamps are one place apart, whatever the **stride**. For stride 2 you return `[1, 12, 23, 30]`, of length 4
    instead of $(n-1)s + K = 5$. See (2.26)."""
    return np.convolve(y, k)


@transposed_convolution.mistake("the stride goes forwards")
def _(y, k, stride):
    """you apply an ordinary convolution with that stride, which makes the signal **smaller**: for stride 2 you return
    `[3, 21]`. A transposed layer spreads the stamps $s$ places apart: see (2.26)."""
    return np.correlate(np.pad(y, len(k) - 1), k, "valid")[::stride]


@transposed_convolution.mistake("values repeated instead of zeros inserted")
def _(y, k, stride):
    """you fill the gaps by **repeating** the values. That is the resize-convolution. For stride 2 you return
    `[1, 3, 15, 33, 50]`. A transposed convolution inserts zeros: see (2.26)."""
    return np.convolve(np.repeat(y, stride), k)[: (len(y) - 1) * stride + len(k)]


@transposed_convolution.mistake("stride in the length only")
def _(y, k, stride):
    """your result has the right length, but the stamps are **one place apart**. For `y = [1, 10]`, `k = [1, 2, 3]`,
    stride 2 you return `[1, 12, 23, 30, 0]`, expected `[1, 2, 13, 20, 30]`. Stamp $n$ begins at $n s$: see (2.26)."""
    return _stamped(y, k, 1, (len(y) - 1) * stride + len(k))


@transposed_convolution.mistake("stride zeros between the values")
def _(y, k, stride):
    """you put `stride` zeros **between** two values, so they are `stride + 1` places apart. For stride 2 you return
    `[1, 2, 3, 10, 20, 30]`, of length 6 instead of $(n-1)s + K = 5$. There are `stride - 1` zeros between them: see
    (2.26)."""
    return _stamped(y, k, stride + 1, (len(y) - 1) * (stride + 1) + len(k))


@transposed_convolution.mistake("zeros behind the last value")
def _(y, k, stride):
    """you insert zeros behind the **last** value, too, and they lengthen the result: for stride 2 you return
    `[1, 2, 13, 20, 30, 0]`, of length 6 instead of $(n-1)s + K = 5$. Zeros stand only *between* values: see (2.26)."""
    return _stamped(y, k, stride, len(y) * stride + len(k) - 1)


@transposed_convolution.mistake("length with n for n − 1")
def _(y, k, stride):
    """your array has the length `n * stride + K`, and its end is never touched: for stride 2 you return
    `[1, 2, 13, 20, 30, 0, 0]`. From the first stamp to the last there are $n - 1$ strides, so the length is $(n-1)s + K
    = 5$: see (2.26)."""
    return _stamped(y, k, stride, len(y) * stride + len(k))


@transposed_convolution.mistake("convolved beyond the end", example=(STAMPS[0], np.array([1, 2, 3, 4]), 2))
def _(y, k, stride):
    """your array has the right length before you convolve, and the convolution in mode `full` adds $K - 1$ places
    **once more**. For `y = [1, 10]`, `k = [1, 2, 3, 4]`, stride 2 you return `[1, 2, 13, 24, 30, 40, 0, 0, 0]`, of
    length 9 instead of $(n-1)s + K = 6$. Spread the values over $(n-1)s + 1$ places first: see (2.26)."""
    return _stamped(y, k, stride, (len(y) - 1) * stride + 2 * len(k) - 1)


there_and_back = ChoiceExercise(
    "2.10",
    "There and back",
    options={
        "a": "the image you began with",
        "b": "a 15 × 15 image, but another one",
        "c": "a 7 × 7 image, since both layers have stride 2",
        "d": "your first image again, provided that the weights sum to 1",
    },
    answer="b",
    reasons={
        "a": "“the image you began with” is what an *inverse* would give. The layer multiplies with $A^\\top$, not "
        "with $A^{-1}$; and 49 numbers cannot hold 225. See the example under “Transposed is not inverse” in "
        "section 10.",
        "b": "“another one”: the shape comes back, (7 − 1)·2 + 3 = 15 by (2.27), the values in general do not.",
        "c": "“both layers have stride 2”, but the second one is transposed: its stride spreads the values apart "
        "and *enlarges*. See (2.27).",
        "d": "“provided that the weights sum to 1”, a flat region keeps its brightness under the first layer "
        "(2.10). That does not make $A^\\top A$ the identity: 49 numbers cannot hold 225. See section 10.",
    },
    hints=(
        "How many numbers are left in the middle, after the first layer?",
        "The shape follows from (2.27).",
        "49 numbers, spread over 225 places: the shape can come back. Can the values?",
    ),
)


def _kernels_to_balance(rng):
    for size, stride in ((3, 2), (4, 2), (5, 2), (5, 3), (6, 3), (7, 4)):
        yield rng.integers(-4, 5, size).astype(float), stride
    yield rng.normal(size=8), 3
    yield rng.integers(-4, 5, 4), 3
    yield rng.integers(-4, 5, 7), 2
    yield rng.normal(size=3), 1


def _projected(k, stride):
    """The point nearest to k of the affine space that the phase conditions define, by the pseudo-inverse."""
    phases = np.array([[float(m % stride == r) for m in range(len(k))] for r in range(stride)])
    target = np.full(stride, k.sum() / stride)
    return k + np.linalg.pinv(phases) @ (target - phases @ k)


def _phase_by_phase(k, stride, change):
    out = np.array(k, dtype=float)
    for r in range(stride):
        out[r::stride] = change(out[r::stride], k.sum() / stride)
    return out


def _on_the_first_weight(phase, target):
    return phase + np.eye(len(phase))[0] * (target - phase.sum())


balance_phases = FunctionExercise(
    "2.11",
    "A kernel without checkerboard",
    cases=_kernels_to_balance,
    fixed=("k.ndim",),
    oracle=_projected,
    solution="""
    import numpy as np

    def balance_phases(k, stride):
        out = np.array(k, dtype=float)
        for r in range(stride):
            phase = out[r::stride]
            phase += (k.sum() / stride - phase.sum()) / len(phase)
        return out
    """,
    example=(np.array([1.0, 2.0, 5.0]), 2),
    hints=(
        "`k[r::stride]` is one phase. What must its sum become, if all are equal and the total stays?",
        "Each phase can be mended on its own. Which change of a few numbers has a given sum and the least squares?",
        "Add `(k.sum() / stride - phase.sum()) / len(phase)` to every weight of the phase.",
    ),
)


@balance_phases.mistake("scaled to sum 1")
def _(k, stride):
    """you scale the whole kernel to sum 1. Its phases stay as unequal as they were. For `k = [1, 2, 5]`, stride 2 you
    return `[0.125, 0.25, 0.625]`. Look at the sums in (2.29), one for each phase."""
    return k / k.sum() if k.sum() else k


@balance_phases.mistake("each phase scaled")
def _(k, stride):
    """you **multiply** each phase so that its sum is right. That removes the checkerboard (2.29), but it is not the
    nearest such kernel, and fails for a phase with sum 0. For `k = [1, 2, 5]`, stride 2 you return
    `[0.6667, 4, 3.333]`. Add the same amount to every weight of a phase."""
    return _phase_by_phase(k, stride, lambda p, t: p * t / p.sum() if p.sum() else p)


@balance_phases.mistake("each phase filled with its mean")
def _(k, stride):
    """you replace each phase by a constant. The sums are right (2.29), but the kernel has lost its pattern: for
    `k = [1, 2, 5]`, stride 2 you return `[2, 4, 2]`. Keep the differences inside a phase."""
    return _phase_by_phase(k, stride, lambda p, t: np.full(len(p), t / len(p)))


@balance_phases.mistake("the correction not shared")
def _(k, stride):
    """you add the whole missing amount to **every** weight of a phase; it must be shared among them. For
    `k = [1, 2, 5]`, stride 2 you return `[-1, 4, 3]`, and the first phase sums to 2 instead of 4. See (2.29)."""
    return _phase_by_phase(k, stride, lambda p, t: p + (t - p.sum()))


@balance_phases.mistake("phases as blocks")
def _(k, stride):
    """you cut the kernel into **neighbouring blocks**. A phase is every $s$-th weight: 0, s, 2s, … For `k = [1, 2, 5]`,
    stride 2 you return `[1.5, 2.5, 4]`. See the index under the sum in (2.29)."""
    return np.concatenate(
        [b + (k.sum() / stride - b.sum()) / len(b) for b in np.array_split(np.asarray(k, float), stride)]
    )


@balance_phases.mistake("shared by the stride")
def _(k, stride):
    """you divide the missing amount by the **stride**; it is shared among the weights of the phase, and these are
    `len(phase)`. For `k = [1, 2, 5]`, stride 2 you return `[0, 3, 4]`, and the second phase sums to 3 instead of 4. See
    (2.29)."""
    return _phase_by_phase(k, stride, lambda p, t: p + (t - p.sum()) / stride)


@balance_phases.mistake("the total changes on the way", example=(np.array([1.0, 2.0, 3.0, 5.0, 4.0]), 3))
def _(k, stride):
    """you take the total from the array that you are **changing**: after the first phase it is another one. For
    `k = [1, 2, 3, 5, 4]`, stride 3 you return `[0.5, 1.333, 4.222, 4.5, 3.333]`. Take `k.sum()` once, before the loop.
    See (2.29)."""
    out = np.array(k, dtype=float)
    for r in range(stride):
        out[r::stride] += (out.sum() / stride - out[r::stride].sum()) / len(out[r::stride])
    return out


@balance_phases.mistake("equal means")
def _(k, stride):
    """you make the **means** of the phases equal. A phase with more weights then has the larger sum. For
    `k = [1, 2, 5]`, stride 2 you return `[0.6667, 2.667, 4.667]`, with the sums 5.333 and 2.667. (2.29) asks for equal
    sums."""
    return _phase_by_phase(k, stride, lambda p, t: p + k.mean() - p.mean())


@balance_phases.mistake("each phase sums to 1")
def _(k, stride):
    """you bring each phase to the sum **1**, and so change the total sum. For `k = [1, 2, 5]`, stride 2 you return
    `[-1.5, 1, 2.5]`. The total is 8 and has to stay: each of the two phases of (2.29) gets half of it."""
    return _phase_by_phase(k, stride, lambda p, t: p + (1 - p.sum()) / len(p))


@balance_phases.mistake("each phase sums to the total")
def _(k, stride):
    """you bring each phase to the sum of the **whole** kernel. All of them together are then `stride` times as much:
    for `k = [1, 2, 5]`, stride 2 you return `[2, 8, 6]`. Each phase of (2.29) gets its share, `k.sum() / stride`."""
    return _phase_by_phase(k, stride, lambda p, t: p + (k.sum() - p.sum()) / len(p))


@balance_phases.mistake("all on the first weight")
def _(k, stride):
    """you put the whole correction on the **first** weight of each phase. The sums of (2.29) are right, but the kernel
    is not the closest one: for `k = [1, 2, 5]`, stride 2 you return `[-1, 4, 5]`, expected `[0, 4, 4]`. Share it
    equally: the squares of many small changes are less than that of a large one."""
    return _phase_by_phase(k, stride, _on_the_first_weight)


COLOUR = (
    np.array([[[1, 2], [0, 1]], [[3, 0], [1, 1]]]),
    np.array([[[[1, 0], [2, 1]], [[0, 1], [1, 0]]], [[[1, 1], [0, 2]], [[2, 0], [1, 3]]]]),
)


def _layers(rng):
    for height, width, size, c_in, c_out in (
        (3, 3, 2, 2, 2),
        (4, 5, 3, 3, 3),
        (5, 4, 1, 2, 4),
        (5, 5, 2, 1, 3),
        (6, 6, 3, 4, 2),
    ):
        yield rng.integers(-3, 4, (height, width, c_in)), rng.integers(-3, 4, (size, size, c_in, c_out))
    yield rng.normal(size=(7, 8, 3)), rng.normal(size=(2, 3, 3, 5))
    yield rng.integers(-3, 4, (3, 4, 2)), rng.normal(size=(3, 1, 2, 3))
    yield rng.normal(size=(4, 3, 2)), rng.integers(-3, 4, (1, 2, 2, 1))


def _layer(x, k):
    windows = np.lib.stride_tricks.sliding_window_view(x, k.shape[:2], axis=(0, 1))
    return np.einsum("ijcuv,uvco->ijo", windows, k)


def _layer_channel_by_channel(x, k):
    """One 2-D correlation for each pair of channels, through the Fourier domain."""
    outputs = [sum(_full2d(x[:, :, c], k[::-1, ::-1, c, o]) for c in range(x.shape[2])) for o in range(k.shape[3])]
    full = np.stack(outputs, axis=-1)
    return full[k.shape[0] - 1 : x.shape[0], k.shape[1] - 1 : x.shape[1]]


conv_layer = FunctionExercise(
    "2.12",
    "A layer by hand",
    cases=_layers,
    fixed=("x.ndim", "k.ndim"),
    oracle=_layer_channel_by_channel,
    solution="""
    import numpy as np

    def conv_layer(x, k):
        rows, columns, c_in, c_out = k.shape
        y = np.zeros((x.shape[0] - rows + 1, x.shape[1] - columns + 1, c_out))
        for i, j in np.ndindex(y.shape[:2]):
            window = x[i : i + rows, j : j + columns]
            for o in range(c_out):
                y[i, j, o] = np.sum(window * k[:, :, :, o])
        return y
    """,
    example=COLOUR,
    hints=(
        "For one output channel the kernel `k[:, :, :, o]` has the shape of a window of the image: rows, columns, "
        "channels.",
        "Two loops over positions, one over output channels, and one sum over a whole window.",
        "`y[i, j, o] = np.sum(x[i : i + rows, j : j + columns] * k[:, :, :, o])`.",
    ),
)


@conv_layer.mistake("input and output channels swapped")
def _(x, k):
    r"""you read the kernel as $(K_h, K_w, C_\text{out}, C_\text{in})$. The third axis belongs to the **input**
    channels. For the 2 × 2 example you return `[[[7, 8]]]`, expected `[[[12, 8]]]`. See the sum over $c$ in (2.30)."""
    return _layer(x, k.swapaxes(2, 3))


@conv_layer.mistake("kernel's rows and columns swapped")
def _(x, k):
    """you swap the kernel's **rows and columns**: its first axis goes down, with $i$. For the 2 × 2 example you return
    `[[[8, 10]]]`. See $u$ and $v$ in (2.30)."""
    return _layer(x, k.swapaxes(0, 1))


@conv_layer.mistake("kernel flipped")
def _(x, k):
    """you **flip** the kernel. A layer in Keras correlates: see the plus signs in (2.30). For the 2 × 2 example you
    return `[[[7, 12]]]`."""
    return _layer(x, k[::-1, ::-1])


@conv_layer.mistake("channels not added up")
def _(x, k):
    """you keep the input channels **apart**: the result has an axis too many. Each output channel *adds up* over all
    input channels (2.30). For the 2 × 2 example you return `[[[[6, 3], [6, 5]]]]`."""
    return np.einsum("ijcuv,uvco->ijco", np.lib.stride_tricks.sliding_window_view(x, k.shape[:2], axis=(0, 1)), k)


@conv_layer.mistake("averaged over the input channels")
def _(x, k):
    """you take the **mean** over the input channels; (2.30) has a sum. For the 2 × 2 example you return `[[[6, 4]]]`,
    half of what is right."""
    return _layer(x, k) / x.shape[2]


@conv_layer.mistake("a ReLU behind it", example=(-COLOUR[0], COLOUR[1]))
def _(x, k):
    """you set negative outputs to **zero**. That is an activation, a step of its own; (2.30) has none, and a layer may
    answer with a negative number. With the example's image negated you return `[[[0, 0]]]`, expected `[[[-12,
    -8]]]`."""
    return np.maximum(_layer(x, k), 0)


@conv_layer.mistake("the first input channel only")
def _(x, k):
    """you use the **first input channel** only. Each output channel adds up over all of them (2.30). For the 2 × 2
    example you return `[[[6, 3]]]`, expected `[[[12, 8]]]`."""
    return _layer(x[..., :1], k[:, :, :1])


@conv_layer.mistake("averaged over the window")
def _(x, k):
    """you take the **mean** over the window; (2.30) has a sum over rows, columns and channels. For the 2 × 2 example
    you return `[[[1.5, 1]]]`, an eighth of what is right."""
    return _layer(x, k) / k[..., 0].size


def _channel_counts(rng):
    yield from ((3, 3, 16), (1, 64, 8), (5, 1, 6), (3, 128, 256), (7, 3, 64), (2, 2, 2))
    for _ in range(4):
        yield tuple(int(v) for v in rng.integers([1, 1, 1], [8, 70, 70]))


parameters = FunctionExercise(
    "2.13",
    "Count the parameters",
    cases=_channel_counts,
    oracle=lambda k, c_in, c_out: sum(np.zeros((k, k, c_in)).size + 1 for _ in range(c_out)),
    solution="""
    def parameters(kernel_size, c_in, c_out):
        return kernel_size**2 * c_in * c_out + c_out
    """,
    example=(3, 3, 16),
    hints=(
        "How many weights does *one* output channel need?",
        "A block of kernel × kernel × input channels, and one bias.",
        "`(kernel_size**2 * c_in + 1) * c_out`.",
    ),
)


@parameters.mistake("bias left out")
def _(k, c_in, c_out):
    """you forget the **bias**, one number for each output channel. For kernel 3, 3 → 16 channels you get `432`,
    expected 448. See (2.31)."""
    return k * k * c_in * c_out


@parameters.mistake("input channels left out")
def _(k, c_in, c_out):
    """you forget the **input channels**: every output channel has one slice of the kernel for each of them. For kernel
    3, 3 → 16 channels you get `160`, expected 448. See (2.31)."""
    return k * k * c_out + c_out


@parameters.mistake("one bias for the layer")
def _(k, c_in, c_out):
    """you count **one** bias for the whole layer. Each output channel has its own. For kernel 3, 3 → 16 channels you
    get `433`, expected 448. See (2.31)."""
    return k * k * c_in * c_out + 1


@parameters.mistake("a bias for every slice")
def _(k, c_in, c_out):
    """you count a bias for every **pair** of channels. The results of the input channels are added up first, and get
    one bias. For kernel 3, 3 → 16 channels you get `480`, expected 448. See (2.31)."""
    return (k * k + 1) * c_in * c_out


@parameters.mistake("kernel size not squared", example=(5, 1, 6))
def _(k, c_in, c_out):
    """you take the kernel's side for its **area**: a 5 × 5 kernel has 25 taps. For kernel 5, 1 → 6 channels you get
    `36`, expected 156. See (2.31)."""
    return k * c_in * c_out + c_out


@parameters.mistake("a bias for every input channel")
def _(k, c_in, c_out):
    """you count one bias for each **input** channel. A bias is added to a result, so there is one for each *output*
    channel. For kernel 3, 3 → 16 channels you get `435`, expected 448. See (2.31)."""
    return k * k * c_in * c_out + c_in


@parameters.mistake("channels added")
def _(k, c_in, c_out):
    """you **add** the numbers of channels. Every output channel has a slice for every input channel: they multiply. For
    kernel 3, 3 → 16 channels you get `187`, expected 448. See (2.31)."""
    return k * k * (c_in + c_out) + c_out


def _stacks(rng):
    yield ([(3, 1, 1), (2, 2, 1), (3, 1, 1)],)
    yield ([(3, 1, 1)],)
    yield ([(3, 1, 1), (3, 1, 2)],)
    yield ([(3, 2, 1), (3, 2, 1), (3, 2, 1)],)
    yield ([(7, 2, 1), (3, 2, 1), (3, 1, 2), (1, 1, 1)],)
    for count in (3, 5):
        yield ([tuple(int(v) for v in rng.integers([1, 1, 1], [6, 4, 4])) for _ in range(count)],)


def _extent_backwards(layers):
    """Walk back from one output: the interval of inputs that it touches, layer by layer."""
    first = last = 0
    for kernel_size, stride, dilation in reversed(layers):
        first, last = first * stride, last * stride + dilation * (kernel_size - 1)
    return last - first + 1


def _grow(layers, step):
    r, jump = 1, 1
    for layer in layers:
        r, jump = step(r, jump, *layer)
    return r


receptive_field = FunctionExercise(
    "2.14",
    "The receptive field",
    cases=_stacks,
    oracle=_extent_backwards,
    solution="""
    def receptive_field(layers):
        r, jump = 1, 1
        for kernel_size, stride, dilation in layers:
            r += dilation * (kernel_size - 1) * jump
            jump *= stride
        return r
    """,
    example=([(3, 1, 1), (2, 2, 1), (3, 1, 2)],),
    hints=(
        "Keep two numbers: the width so far, and how many input pixels a step of the current layer is worth.",
        "The width grows first, with the old step; then the step is multiplied by the layer's stride.",
        "`r += dilation * (kernel_size - 1) * jump`, then `jump *= stride`. Start with `r, jump = 1, 1`.",
    ),
)


@receptive_field.mistake("strides ignored")
def _(layers):
    """you add up the kernels and ignore the **strides**. For `[(3, 1, 1), (2, 2, 1), (3, 1, 2)]` you get `8`, expected
    12: behind a stride of 2, each step to the side is worth two pixels. See the product in (2.35)."""
    return _grow(layers, lambda r, jump, k, s, d: (r + d * (k - 1), 1))


@receptive_field.mistake("the layer's own stride counted")
def _(layers):
    """you multiply with the stride of the **same** layer. Its own taps are not spread by it, only those of later
    layers: $i < l$ in (2.35). For `[(3, 1, 1), (2, 2, 1), (3, 1, 2)]` you get `13`, expected 12."""
    return _grow(layers, lambda r, jump, k, s, d: (r + d * (k - 1) * jump * s, jump * s))


@receptive_field.mistake("only the last stride", example=([(3, 2, 1), (3, 2, 1), (3, 1, 1)],))
def _(layers):
    """you multiply with the stride of the layer **before** only. All earlier strides multiply. For three layers
    `[(3, 2, 1), (3, 2, 1), (3, 1, 1)]` you get `11`, expected 15. See the product in (2.35)."""
    return _grow(layers, lambda r, jump, k, s, d: (r + d * (k - 1) * jump, s))


@receptive_field.mistake("dilation ignored", example=([(3, 1, 1), (3, 1, 2)],))
def _(layers):
    """you ignore the **dilation**: three taps that are 2 apart span 5 positions, not 3. For `[(3, 1, 1), (3, 1, 2)]`
    you get `5`, expected 7. See $d_l$ in (2.35)."""
    return _grow(layers, lambda r, jump, k, s, d: (r + (k - 1) * jump, jump * s))


@receptive_field.mistake("kernels added", example=([(3, 1, 1), (3, 1, 1), (3, 1, 1)],))
def _(layers):
    """you add up the kernel **sizes**. A kernel of $K$ widens the field by $K - 1$ steps only. For three layers of 3 ×
    3, `[(3, 1, 1), (3, 1, 1), (3, 1, 1)]`, you get `9`, expected 7. See (2.35)."""
    return sum(k for k, s, d in layers)


@receptive_field.mistake("kernels multiplied", example=([(3, 1, 1), (3, 1, 1), (3, 1, 1)],))
def _(layers):
    """you **multiply** the kernel sizes. The field grows by addition: each layer adds $K - 1$ steps. For three layers
    of 3 × 3, `[(3, 1, 1), (3, 1, 1), (3, 1, 1)]`, you get `27`, expected 7. See (2.35)."""
    return math.prod(k for k, s, d in layers)


@receptive_field.mistake("K instead of K − 1")
def _(layers):
    """you widen the field by $K$ steps in each layer. A kernel of $K$ taps reaches $K - 1$ steps beyond its first one.
    For `[(3, 1, 1), (2, 2, 1), (3, 1, 2)]` you get `18`, expected 12. See (2.35)."""
    return _grow(layers, lambda r, jump, k, s, d: (r + d * k * jump, jump * s))


@receptive_field.mistake("dilation kept for later layers", example=([(3, 1, 2), (2, 1, 1)],))
def _(layers):
    """you multiply the **dilation** into the step, so that it also spreads the later layers. Only strides do that: a
    dilated layer still gives one output for each input. For `[(3, 1, 2), (2, 1, 1)]` you get `7`, expected 6. See
    (2.35)."""
    return _grow(layers, lambda r, jump, k, s, d: (r + (k - 1) * jump * d, jump * s * d))


@receptive_field.mistake("return inside the loop")
def _(layers):
    """you count the **first layer** only: is your `return` inside the loop? For `[(3, 1, 1), (2, 2, 1), (3, 1, 2)]` you
    get `3`, expected 12. The sum in (2.35) runs over all layers."""
    return _grow(layers[:1], lambda r, jump, k, s, d: (r + d * (k - 1) * jump, jump * s))


@receptive_field.mistake("strides added")
def _(layers):
    """you **add** the strides to the step. They multiply: behind two layers of stride 2 a step is worth four pixels,
    and a stride of 1 changes nothing. For `[(3, 1, 1), (2, 2, 1), (3, 1, 2)]` you get `21`, expected 12. See the
    product in (2.35)."""
    return _grow(layers, lambda r, jump, k, s, d: (r + d * (k - 1) * jump, jump + s))


@receptive_field.mistake("dilation times kernel size")
def _(layers):
    """you let a kernel span $dK$ positions. Its $K$ taps have only $K - 1$ gaps. For
    `[(3, 1, 1), (2, 2, 1), (3, 1, 2)]` you get `14`, expected 12. See $d_l (K_l - 1)$ in (2.35)."""
    return _grow(layers, lambda r, jump, k, s, d: (r + (d * k - 1) * jump, jump * s))


@receptive_field.mistake("starts at 0", example=([(3, 1, 1), (3, 1, 2)],))
def _(layers):
    """your width is one too small: you start **at 0**. Before the first layer an output is one pixel, and sees one
    pixel. For `[(3, 1, 1), (3, 1, 2)]` you get `6`, expected 7. It is $r_0 = 1$ in (2.35)."""
    return _extent_backwards(layers) - 1


def _dilated_profile_width():
    profile = np.array([1.0])
    for d in (1, 2, 4, 8):
        taps = np.zeros(2 * d + 1)
        taps[::d] = 1 / 3
        profile = np.convolve(profile, taps)
    position = np.arange(len(profile)) - (len(profile) - 1) / 2
    return math.sqrt(position**2 @ profile)


dilated_width = ValueExercise(
    "2.15",
    "Design an experiment: dilation",
    unit="pixels",
    answer=_dilated_profile_width,
    rtol=0.03,
    solution="""
    # Prediction: three taps that are d apart have the variance d² · (3² − 1)/12, and variances add (2.6).
    import numpy as np

    predicted = np.sqrt(sum(d**2 * 8 / 12 for d in (1, 2, 4, 8)))

    # Measurement: the gradient of one output is the four spread-out kernels, convolved with each other.
    rng = np.random.default_rng(0)
    energy = 0
    for _ in range(3000):
        gradient = np.array([1.0])
        for d in (1, 2, 4, 8):
            taps = np.zeros(2 * d + 1)
            taps[::d] = rng.normal(size=3)
            gradient = np.convolve(gradient, taps)
        energy = energy + gradient**2
    position = np.arange(len(energy)) - len(energy) // 2
    measured = np.sqrt((position**2 * energy).sum() / energy.sum())
    print(predicted, measured)
    answer = predicted
    """,
    hints=(
        "Squared random weights are, on average, equal weights. So each layer is a row of three equal taps, $d$ apart.",
        "What is the variance of three equal weights at $-d, 0, d$? And what does convolution do to variances?",
        "σ² = (1² + 2² + 4² + 8²) · 2/3.",
    ),
)


@dilated_width.mistake("dilation forgotten")
def _():
    """`1.633` is the width of four layers without dilation, (2.36). Taps that are $d$ apart have $d^2$ times the
    variance."""
    return 1.633


@dilated_width.mistake("dilation not squared")
def _():
    """`3.162` adds up $d$ times the variance of a box. Spreading the taps by $d$ multiplies positions by $d$, and so
    the variance by $d^2$: then (2.6) adds them."""
    return 3.162


@dilated_width.mistake("variance for width")
def _():
    """`56.67` is the **variance**, in square pixels. The width σ is its square root: see (2.36)."""
    return 56.67


@dilated_width.mistake("the whole receptive field")
def _():
    """`31` is the **receptive field** (2.35): what can be seen. The effective width says where the gradient's energy
    lies."""
    return 31


@dilated_width.mistake("rounded to whole pixels")
def _():
    """`8` is rounded to whole pixels. That is too coarse here: give at least two digits. See (2.36)."""
    return 8


@dilated_width.mistake("widths added instead of variances")
def _():
    """`12.25` adds up the standard deviations of the layers. It is the **variances** that add: see (2.6)."""
    return 12.25


@dilated_width.mistake("the outer taps only")
def _():
    """`9.22` gives each layer the variance $d^2$, as if it had two taps at its ends only. The third tap stands in the
    middle and counts: the variance is 2/3 of that. Then (2.6) adds them."""
    return math.sqrt(85)


@dilated_width.mistake("half the receptive field")
def _():
    """`15.5` is half the **receptive field** (2.35): how far can be seen. The effective width says where the gradient's
    energy lies, and most of it lies near the middle: (2.36)."""
    return 15.5
