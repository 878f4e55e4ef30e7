"""Exercises of chapter 06, Convolutional networks."""

import math

import numpy as np

from course_lib.teaching.engine import ChoiceExercise, FunctionExercise, ValueExercise

SMALL_MAP = (np.array([[1, 4, 0], [3, 2, 9], [8, 7, 6]]), 2)


def _maps(rng):
    for shape, size in (((4, 4), 2), ((5, 4), 2), ((3, 3), 1), ((7, 6), 3), ((9, 8), 4), ((10, 11), 2)):
        yield rng.integers(-9, 10, shape), size
    yield rng.normal(size=(5, 6)), 2
    yield -rng.random((4, 7)), 3
    yield rng.integers(0, 256, (2, 5), dtype=np.uint8), 1


def _windows(x, size):
    rows, columns = x.shape[0] // size, x.shape[1] // size
    cut = x[: rows * size, : columns * size]
    return cut.reshape(rows, size, columns, size)


def _max_pool_at(x, size, starts, length):
    """The maximum of the windows of `length` that begin at `starts(n)` along each side."""
    return np.array([[x[i : i + length, j : j + length].max() for j in starts(x.shape[1])] for i in starts(x.shape[0])])


def _max_pool_loops(x, size):
    rows, columns = x.shape[0] // size, x.shape[1] // size
    return np.array(
        [[max(x[i * size + a, j * size + b] for a in range(size) for b in range(size)) for j in range(columns)]
         for i in range(rows)]
    )  # fmt: skip


max_pool = FunctionExercise(
    "6.1",
    "Max pooling",
    cases=_maps,
    fixed=("x.ndim",),
    oracle=_max_pool_loops,
    solution="""
    def max_pool(x, size):
        rows, columns = x.shape[0] // size, x.shape[1] // size
        windows = x[: rows * size, : columns * size].reshape(rows, size, columns, size)
        return windows.max(axis=(1, 3))
    """,
    example=(np.array([[1, 2, 3, 4], [5, 6, 7, 8], [0, 0, 0, 9]]), 2),
    hints=(
        "How many windows fit? Use `//` for both sides.",
        "Two loops over the windows: `x[i * size : (i + 1) * size, j * size : (j + 1) * size].max()`.",
        "Without loops: cut `x` to a multiple of `size`, reshape to `(rows, size, columns, size)`, and take the "
        "maximum over the axes 1 and 3.",
    ),
)


@max_pool.mistake("average instead of maximum", example=SMALL_MAP)
def _(x, size):
    """you take the **mean** of each window; that is average pooling (6.3). For the window `1 4 / 3 2` of the example
    you return `[[2.5]]`, expected 4: see (6.1)."""
    return _windows(x, size).mean(axis=(1, 3))


@max_pool.mistake("windows overlap", example=SMALL_MAP)
def _(x, size):
    """your windows **overlap**: they move on by one pixel. Pooling moves on by the whole window, `size`. For the 3 × 3
    example you return `[[4, 9], [8, 9]]`. In (6.1) the index is $s i + a$."""
    return np.lib.stride_tricks.sliding_window_view(x, (size, size)).max(axis=(2, 3))


@max_pool.mistake("windows hang over the border", example=SMALL_MAP)
def _(x, size):
    """you keep windows that **hang over** the border. Rows and columns that are left over are dropped. For the 3 × 3
    example you return `[[4, 9], [8, 6]]`, where only one window fits. See the floor in section 1."""
    rows, columns = -(-x.shape[0] // size), -(-x.shape[1] // size)
    return np.array(
        [[x[i * size : i * size + size, j * size : j * size + size].max() for j in range(columns)] for i in range(rows)]
    )


@max_pool.mistake("every second pixel")
def _(x, size):
    """you take the **first** pixel of each window, without looking at the others. That is subsampling. For the 3 × 4
    example you return `[[1, 3]]`, expected `[[6, 8]]`. See the maximum in (6.1)."""
    return x[: x.shape[0] // size * size : size, : x.shape[1] // size * size : size]


@max_pool.mistake("pooled along rows only")
def _(x, size):
    """you pool **along the rows only**: the height stays. For the 3 × 4 example you return `[[2, 4], [6, 8], [0, 9]]`.
    A window has two sides: in (6.1) both $a$ and $b$ run."""
    return x[:, : x.shape[1] // size * size].reshape(len(x), -1, size).max(axis=2)


@max_pool.mistake("windows move by one")
def _(x, size):
    """your windows **move on by one** pixel, though you make the right number of them: for the 3 × 4 example you return
    `[[6, 7]]`, expected `[[6, 8]]`. Window (i, j) begins at $(s i, s j)$: see (6.1)."""
    return _max_pool_at(x, size, lambda n: range(n // size), size)


@max_pool.mistake("maximum starts at zero", example=(np.array([[-3, -1], [-2, -4]]), 2))
def _(x, size):
    """your maximum **starts at 0**, so windows of negative numbers come out as 0. For `x = [[-3, -1], [-2, -4]]` you
    return `[[0]]`, expected `[[-1]]`. Start with the first number of the window: see (6.1)."""
    return np.maximum(_windows(x, size).max(axis=(1, 3)), 0)


@max_pool.mistake("reshaped in the wrong order")
def _(x, size):
    """your `reshape` cuts the array into pieces of **one row** each, not into windows: for the 3 × 4 example you return
    `[[4, 8]]`, expected `[[6, 8]]`. Reshape to (rows, size, columns, size) and take the axes 1 and 3: the $a$ and $b$
    of (6.1)."""
    rows, columns = x.shape[0] // size, x.shape[1] // size
    return x[: rows * size, : columns * size].reshape(rows, columns, size, size).max(axis=(2, 3))


@max_pool.mistake("last window missing")
def _(x, size):
    """your loop stops **before the last window**: `range(0, n - size, size)` leaves it out where it just fits. For the
    3 × 4 example you return `[[6]]`, expected `[[6, 8]]`. See the floor in section 1."""
    return _max_pool_at(x, size, lambda n: range(0, max(n - size, 1), size), size)


@max_pool.mistake("window too small", example=(np.arange(9).reshape(3, 3), 3))
def _(x, size):
    """your windows end **one pixel too early**: a slice `a:b` leaves out `b`. For `0 1 2 / 3 4 5 / 6 7 8` and
    `size = 3` you return `[[4]]`, expected `[[8]]`. In (6.1) $a$ and $b$ take the values 0 to $s - 1$."""
    return _max_pool_at(x, size, lambda n: range(0, n - size + 1, size), size - 1)


TWO_WINDOWS = (np.array([[1, 2, 3, 4], [0, 0, 0, 0]]), np.array([[8, 9]]))


def _maps_with_gradients(rng):
    for rows, columns in ((1, 1), (1, 2), (2, 2), (3, 2), (4, 5)):
        yield rng.integers(0, 4, (2 * rows, 2 * columns)), rng.integers(1, 9, (rows, columns))
    yield rng.normal(size=(6, 6)), rng.normal(size=(3, 3))
    yield rng.integers(-4, 0, (4, 6)), rng.normal(size=(2, 3))
    yield rng.normal(size=(2, 4)), rng.integers(-8, 9, (1, 2))
    yield np.zeros((4, 2)), np.array([[-2.5], [1.5]])


def _up(g):
    return np.repeat(np.repeat(g, 2, axis=0), 2, axis=1)


def _is_largest(x):
    return x == _up(_windows(x, 2).max(axis=(1, 3)))


def _one_of(x, g, which):
    """The gradient at one place of each window, chosen by `which(window)`, a position 0 to 3."""
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(np.shape(g)):
        a, b = divmod(int(which(x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].ravel())), 2)
        dx[2 * i + a, 2 * j + b] = g[i, j]
    return dx


def _put(x, g, place, add=False):
    """The gradient at `place(i, j, a, b)`, where (a, b) is the first maximum in window (i, j)."""
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(np.shape(g)):
        a, b = divmod(int(x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].argmax()), 2)
        dx[place(i, j, a, b)] = g[i, j] + add * dx[place(i, j, a, b)]
    return dx


def _first_maximum(x, g):
    """By the order of reading: a pixel gets g if it is the largest and none before it in its window is."""
    largest = _is_largest(x).reshape(len(x) // 2, 2, -1, 2).transpose(0, 2, 1, 3).reshape(len(x) // 2, -1, 4)
    first = largest & (np.cumsum(largest, axis=2) == 1)
    return (first.reshape(len(x) // 2, -1, 2, 2).transpose(0, 2, 1, 3).reshape(x.shape)) * _up(g)


max_pool_gradient = FunctionExercise(
    "6.2",
    "And back",
    cases=_maps_with_gradients,
    fixed=("x.ndim", "g.ndim"),
    oracle=_first_maximum,
    solution="""
    import numpy as np

    def max_pool_gradient(x, g):
        dx = np.zeros(x.shape)
        for i, j in np.ndindex(g.shape):
            window = x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
            a, b = divmod(int(window.argmax()), 2)
            dx[2 * i + a, 2 * j + b] = g[i, j]
        return dx
    """,
    example=(np.array([[3, 5], [5, 1]]), np.array([[8]])),
    hints=(
        "Go through the windows. In each, one pixel gets `g[i, j]` and the others get 0.",
        "`window.argmax()` counts through the window in reading order and gives the first of equal maxima.",
        "`a, b = divmod(int(window.argmax()), 2)`, then `dx[2 * i + a, 2 * j + b] = g[i, j]`.",
    ),
)


@max_pool_gradient.mistake("every maximum gets all")
def _(x, g):
    """at a tie you give the full gradient to **every** maximum, so the gradient grows on its way back. For
    `x = [[3, 5], [5, 1]]`, `g = [[8]]` you return `[[0, 8], [8, 0]]`. Keras gives it to the first one only: see
    (6.2)."""
    return _is_largest(x) * _up(g)


@max_pool_gradient.mistake("shared among the maxima")
def _(x, g):
    """at a tie you **share** the gradient among the maxima. That is a possible choice, but not Keras's. For
    `x = [[3, 5], [5, 1]]`, `g = [[8]]` you return `[[0, 4], [4, 0]]`; there the first one gets all 8: see (6.2)."""
    return _is_largest(x) * _up(np.asarray(g) / _windows(_is_largest(x), 2).sum(axis=(1, 3)))


@max_pool_gradient.mistake("the last maximum")
def _(x, g):
    """at a tie you choose the **last** maximum. For `x = [[3, 5], [5, 1]]`, `g = [[8]]` you return `[[0, 0], [8, 0]]`.
    Keras takes the first in reading order: see (6.2)."""
    return _one_of(x, g, lambda window: 3 - window[::-1].argmax())


@max_pool_gradient.mistake("the gradient of average pooling")
def _(x, g):
    """you spread the gradient evenly over the window: that is the gradient of **average** pooling (6.3). For the
    example you return `[[2, 2], [2, 2]]`. Max pooling sends it to one pixel: see (6.2)."""
    return _up(np.asarray(g) / 4)


@max_pool_gradient.mistake("everything to everyone")
def _(x, g):
    """you give the gradient to **all four** pixels of the window: `[[8, 8], [8, 8]]` in the example. A pixel that is
    not the largest has no influence, and so no gradient: see (6.2)."""
    return _up(g)


@max_pool_gradient.mistake("always the first pixel")
def _(x, g):
    """you put the gradient into the **upper left** pixel of each window, whatever it holds: `[[8, 0], [0, 0]]` in the
    example. It belongs to the place of the maximum: see (6.2)."""
    return _one_of(x, g, lambda window: 0)


@max_pool_gradient.mistake("multiplied by the pixel")
def _(x, g):
    """you multiply the gradient by the pixel's **value**: `[[0, 40], [0, 0]]` in the example. The output *is* that
    pixel; its derivative is 1, not 5: see (6.2)."""
    return _first_maximum(x, g) * x


@max_pool_gradient.mistake("row and column exchanged", example=(np.array([[1, 9], [2, 3]]), np.array([[6]])))
def _(x, g):
    """you exchange **row and column** in the window: for `x = [[1, 9], [2, 3]]`, `g = [[6]]` you return
    `[[0, 0], [6, 0]]`, expected `[[0, 6], [0, 0]]`. `divmod(position, 2)` gives the row first: see (6.2)."""
    return _put(x, g, lambda i, j, a, b: (2 * i + b, 2 * j + a))


@max_pool_gradient.mistake("window forgotten", example=TWO_WINDOWS)
def _(x, g):
    """you write at the place **inside the window**, always in the upper left corner of the map: for the 2 × 4 example
    you return `[[0, 9, 0, 0], [0, 0, 0, 0]]`, expected `[[0, 8, 0, 9], [0, 0, 0, 0]]`. Window (i, j) begins at $(2i,
    2j)$: see (6.2)."""
    return _put(x, g, lambda i, j, a, b: (a, b))


@max_pool_gradient.mistake("window's step forgotten", example=TWO_WINDOWS)
def _(x, g):
    """your windows begin at $(i, j)$, but they **move on by 2**: for the 2 × 4 example you return
    `[[0, 8, 9, 0], [0, 0, 0, 0]]`, expected `[[0, 8, 0, 9], [0, 0, 0, 0]]`. See (6.2)."""
    return _put(x, g, lambda i, j, a, b: (i + a, j + b))


@max_pool_gradient.mistake("window forgotten, added up", example=(TWO_WINDOWS[0], np.array([[1, 3]])))
def _(x, g):
    """you add all gradients up at the place **inside the window**, in the upper left corner of the map: for the 2 × 4
    example with `g = [[1, 3]]` you return `[[0, 4, 0, 0], [0, 0, 0, 0]]`, expected `[[0, 1, 0, 3], [0, 0, 0, 0]]`.
    Window (i, j) begins at $(2i, 2j)$: see (6.2)."""
    return _put(x, g, lambda i, j, a, b: (a, b), add=True)


@max_pool_gradient.mistake(
    "window's step forgotten, added up", example=(np.array([[1, 2, 4, 3], [0, 0, 0, 0]]), np.array([[2, 5]]))
)
def _(x, g):
    """your windows begin at $(i, j)$ and overlap, so their gradients **add up**; windows move on by 2. For
    `x = [[1, 2, 4, 3], [0, 0, 0, 0]]`, `g = [[2, 5]]` you return `[[0, 7, 0, 0], [0, 0, 0, 0]]`, expected
    `[[0, 2, 5, 0], [0, 0, 0, 0]]`. See (6.2)."""
    return _put(x, g, lambda i, j, a, b: (i + a, j + b), add=True)


@max_pool_gradient.mistake("one for the gradient")
def _(x, g):
    """you write **1** where the gradient `g[i, j]` belongs: `[[0, 1], [0, 0]]` in the example, expected
    `[[0, 8], [0, 0]]`. The 1 is the derivative; multiply by what arrives: (6.2)."""
    return _first_maximum(x, np.ones_like(g))


@max_pool_gradient.mistake("maximum for the gradient")
def _(x, g):
    """you write the **maximum** itself where the gradient belongs: `[[0, 5], [0, 0]]` in the example, expected
    `[[0, 8], [0, 0]]`. See (6.2)."""
    return _first_maximum(x, _windows(x, 2).max(axis=(1, 3)))


@max_pool_gradient.mistake("ties searched by columns", example=(np.array([[3, 5], [5, 5]]), np.array([[7]])))
def _(x, g):
    """at a tie you search down the **columns**. For `x = [[3, 5], [5, 5]]`, `g = [[7]]` you return `[[0, 0], [7, 0]]`,
    expected `[[0, 7], [0, 0]]`. Keras reads row by row: see (6.2)."""
    return _one_of(x, g, lambda window: (0, 2, 1, 3)[window[[0, 2, 1, 3]].argmax()])


def _networks(rng):
    yield from (
        (28, [16, 32, 64], 64, 10),
        (8, [4], 5, 2),
        (15, [2, 2, 2], 3, 3),
        (32, [8, 8], 10, 4),
        (9, [5, 1], 1, 2),
    )
    for _ in range(5):
        depth = int(rng.integers(1, 4))
        yield int(rng.integers(8, 40)), [int(f) for f in rng.integers(1, 9, depth)], int(rng.integers(1, 9)), 3


def _count(size, filters, units, classes, *, bias=True, channels=True, rest=False, pooled=True, area=True, k=9,
           last_pooled=True, one_bias=False, one_bias_kernel=False, exact=False, updated=True, twice=False,
           logits=True, c_in=1, valid=False, work=False, flat=True):  # fmt: skip
    """Parameters of the network, or what a mistake makes of them."""
    total = 0
    for layer, c_out in enumerate(filters, 1):
        weights = (
            k * (c_out if twice else c_in if channels else 1) * c_out
            + (1 if one_bias or one_bias_kernel else c_out) * bias
        )
        total += weights * (size * size if work else 1)
        c_in = c_out if updated else c_in
        if pooled and (last_pooled or layer < len(filters)):
            size -= 2 * valid
            size = -(-size // 2) if rest else size / 2 if exact else size // 2
    total += (size * (size if area else 1) if flat else 1) * c_in * units + (1 if one_bias else units) * bias
    return total + (units * classes + (1 if one_bias else classes) * bias if logits else 0)


def _count_weights(size, filters, units, classes):
    """Make every array of weights and count its entries."""
    shapes, channels = [], 1
    for f in filters:
        shapes += [(3, 3, channels, f), (f,)]
        channels, size = f, len(range(0, size - 1, 2))
    shapes += [(size * size * channels, units), (units,), (units, classes), (classes,)]
    return sum(math.prod(shape) for shape in shapes)


parameters = FunctionExercise(
    "6.3",
    "Count before you build",
    cases=_networks,
    fixed=("filters.ndim", "filters.dtype"),
    oracle=_count_weights,
    solution="""
    def parameters(size, filters, units, classes):
        total, c_in = 0, 1
        for c_out in filters:
            total += (3 * 3 * c_in + 1) * c_out
            c_in, size = c_out, size // 2
        total += (size * size * c_in + 1) * units
        return total + (units + 1) * classes
    """,
    example=(7, [2, 3], 4, 2),
    hints=(
        "Walk through the layers and keep two numbers: the size of the maps and the number of channels.",
        "A convolution adds `(9 * c_in + 1) * c_out`; afterwards `size //= 2`.",
        "Behind the last pooling `size * size * c_in` numbers enter the dense layer: "
        "`(size * size * c_in + 1) * units`, then `(units + 1) * classes`.",
    ),
)


@parameters.mistake("biases forgotten")
def _(*a):
    """you leave out the **biases**: one for each kernel and each unit. For a 7 × 7 image, filters `[2, 3]`, 4 units and
    2 classes you get `92`, expected 103. See the + 1 in (6.4)."""
    return _count(*a, bias=False)


@parameters.mistake("channels forgotten")
def _(*a):
    """your kernels have no depth: you leave out $C_{l-1}$. A kernel of the second layer reaches through all channels of
    the first. For a 7 × 7 image, filters `[2, 3]`, 4 units and 2 classes you get `76`, expected 103. See (6.4)."""
    return _count(*a, channels=False)


@parameters.mistake("pooling rounds up")
def _(*a):
    """you round **up** when you halve: 7 → 4 → 2. Keras drops the odd row, 7 → 3 → 1, and the dense layer gets fewer
    numbers. For the 7 × 7 example you get `139`, expected 103. See the printed shapes in section 2."""
    return _count(*a, rest=True)


@parameters.mistake("pooling forgotten")
def _(*a):
    """you flatten maps of the **full size**: pooling has halved them. For the 7 × 7 example you get `679`, expected
    103. See the printed shapes in section 2."""
    return _count(*a, pooled=False)


@parameters.mistake("side instead of area", example=(12, [1], 1, 2))
def _(*a):
    """you flatten `side · channels` numbers; a map has `side · side · channels`. For a 12 × 12 image, filters `[1]`, 1
    unit and 2 classes you get `21`. See the 576 in section 2."""
    return _count(*a, area=False)


@parameters.mistake("kernel of three weights")
def _(*a):
    """your kernels have $k$ weights, not $k^2$. For the 7 × 7 example with filters `[2, 3]` you get `55`, expected 103.
    See (6.4)."""
    return _count(*a, k=3)


@parameters.mistake("last pooling forgotten")
def _(*a):
    """you forget the **last pooling**: For the 7 × 7 example with filters `[2, 3]`, 4 units and 2 classes you get
    `199`, expected 103. All convolutions are followed by one, see the printed shapes in section 2."""
    return _count(*a, last_pooled=False)


@parameters.mistake("one bias a layer")
def _(*a):
    """you count **one bias a layer**; there is one for each kernel and each unit. For the 7 × 7 example with filters
    `[2, 3]`, 4 units and 2 classes you get `96`, expected 103. See the + 1 inside the parentheses of (6.4)."""
    return _count(*a, one_bias=True)


@parameters.mistake("one bias a convolution")
def _(*a):
    """you count **one bias for each convolution**; there is one for each of its kernels. For the 7 × 7 example with
    filters `[2, 3]`, 4 units and 2 classes you get `100`, expected 103. See the + 1 inside the parentheses of (6.4)."""
    return _count(*a, one_bias_kernel=True)


@parameters.mistake("size divided with a rest")
def _(size, *a):
    """you divide the size by 2 **with fractions**: 7 → 3.5 → 1.75. For the 7 × 7 example with filters `[2, 3]`, 4 units
    and 2 classes you get `127.8`, expected 103. Use `//`: see the printed shapes in section 2."""
    return _count(size, *a, exact=True)


@parameters.mistake("input channels never updated")
def _(*a):
    """every convolution of yours sees **one channel**; $C_{l-1}$ must follow: after a layer `c_in = c_out`. For the 7 ×
    7 example with filters `[2, 3]`, 4 units and 2 classes you get `68`, expected 103. See (6.4)."""
    return _count(*a, updated=False)


@parameters.mistake("output channels twice")
def _(*a):
    """your kernels have as many channels **in as out**. For the 7 × 7 example with filters `[2, 3]`, 4 units and 2
    classes you get `148`, expected 103. The depth of a kernel is the number of channels before it, $C_{l-1}$: see
    (6.4)."""
    return _count(*a, twice=True)


@parameters.mistake("last layer forgotten")
def _(*a):
    """the **last dense layer**, from the units to the classes, is missing. For the 7 × 7 example with filters `[2, 3]`,
    4 units and 2 classes you get `93`, expected 103. See the list of layers in section 2."""
    return _count(*a, logits=False)


@parameters.mistake("three channels in", example=(12, [1], 1, 2))
def _(*a):
    """you start with **three** channels; the exercise says one. For a 12 × 12 image, filters `[1]`, 1 unit and 2
    classes you get `69`, expected `51`. See $C_0$ in (6.4)."""
    return _count(*a, c_in=3)


@parameters.mistake("valid padding", example=(16, [1], 1, 2))
def _(*a):
    """your convolutions **shrink** the map by 2; with `same` padding only pooling makes it smaller. For a 16 × 16
    image, filters `[1]`, 1 unit and 2 classes you get `64`, expected `79`. See the printed shapes in section 2."""
    return _count(*a, valid=True)


@parameters.mistake("operations counted")
def _(*a):
    """you multiply by the **pixels**: that is the work (6.5), not the parameters. A kernel is the same at every place.
    For the 7 × 7 example with filters `[2, 3]`, 4 units and 2 classes you get `1519`, expected 103."""
    return _count(*a, work=True)


@parameters.mistake("rounded at the end only")
def _(*a):
    """you divide the size by 2 **with fractions**, 7 → 3.5 → 1.75, and make the sum whole at the end. For the 7 × 7
    example with filters `[2, 3]`, 4 units and 2 classes you get `127`, expected 103. Each pooling drops the odd row:
    use `//` there, see the printed shapes in section 2."""
    return int(_count(*a, exact=True))


@parameters.mistake("biases of the dense layers forgotten")
def _(size, filters, units, classes):
    """you count the biases of the kernels, but none in the **dense layers**: each unit and each class has one. For the
    7 × 7 example with filters `[2, 3]`, 4 units and 2 classes you get `97`, expected 103. See the + 1 in (6.4)."""
    return _count(size, filters, units, classes) - units - classes


@parameters.mistake("biases of the convolutions forgotten")
def _(size, filters, *a):
    """you count the biases of the dense layers, but none in the **convolutions**: each kernel has one. For the 7 × 7
    example with filters `[2, 3]`, 4 units and 2 classes you get `98`, expected 103. See the + 1 in (6.4)."""
    return _count(size, filters, *a) - sum(filters)


@parameters.mistake("the map not flattened", example=(12, [1], 1, 2))
def _(*a):
    """you connect the units with one number for each **channel**; flattening gives one for each place of the map and
    each channel. For a 12 × 12 image, filters `[1]`, 1 unit and 2 classes you get `16`, expected 51. See the 576 in
    section 2."""
    return _count(*a, flat=False)


def _places(rng):
    yield from ((0, 0, 0, (2, 2, 2)), (1, 0, 0, (2, 3, 4)), (0, 1, 0, (2, 3, 4)), (0, 0, 1, (2, 3, 4)))
    for _ in range(8):
        shape = tuple(int(n) for n in rng.integers(3, 8, 3))
        yield (*(int(rng.integers(0, n)) for n in shape), shape)


flat_index = FunctionExercise(
    "6.4",
    "Where does it go?",
    cases=_places,
    oracle=lambda i, j, c, shape: int(np.ravel_multi_index((i, j, c), shape)),
    solution="""
    def flat_index(i, j, c, shape):
        height, width, channels = shape
        return (i * width + j) * channels + c
    """,
    example=(1, 2, 3, (3, 4, 5)),
    hints=(
        "How many numbers stand before row `i` begins?",
        "Each row holds `W * C` numbers and each pixel `C`.",
        "`(i * W + j) * C + c`.",
    ),
)


@flat_index.mistake("channels first")
def _(i, j, c, shape):
    """you write whole channels one after the other. That is the order of frameworks with **channels first**. For row 1,
    column 2, channel 3 of a 3 × 4 × 5 map you get `42`; in Keras the channels of one pixel stand together: see
    (6.7)."""
    return (c * shape[0] + i) * shape[1] + j


@flat_index.mistake("columns before rows")
def _(i, j, c, shape):
    """you go down the **columns** first. For row 1, column 2, channel 3 of a 3 × 4 × 5 map you get `38`. Keras writes
    row by row: see (6.7)."""
    return (j * shape[0] + i) * shape[2] + c


@flat_index.mistake("height for width")
def _(i, j, c, shape):
    """you step over a row by the **height**. A row is as long as the map is *wide*. For row 1, column 2, channel 3 of a
    3 × 4 × 5 map you get `28`: see (6.7). On square maps nobody would notice."""
    return (i * shape[0] + j) * shape[2] + c


@flat_index.mistake("channels not stepped over")
def _(i, j, c, shape):
    """you count **pixels** and then add the channel: different places get the same number. For row 1, column 2, channel
    3 of a 3 × 4 × 5 map you get `9`. Each pixel takes $C$ places: see (6.7)."""
    return i * shape[1] + j + c


@flat_index.mistake("counted from one")
def _(i, j, c, shape):
    """your numbers are one too high: you count from 1, and get `34` for row 1, column 2, channel 3 of a 3 × 4 × 5 map.
    Positions count from 0: see (6.7)."""
    return int(np.ravel_multi_index((i, j, c), shape)) + 1


@flat_index.mistake("parentheses forgotten")
def _(i, j, c, shape):
    """without the parentheses the **rows** are not multiplied by the channels. For row 1, column 2, channel 3 of a 3 ×
    4 × 5 map you get `17`, expected 33: a row holds $W · C$ numbers, see (6.7)."""
    return i * shape[1] + j * shape[2] + c


@flat_index.mistake("columns not multiplied")
def _(i, j, c, shape):
    """a row takes $W · C$ places, right; but each **column** takes $C$ of them. For row 1, column 2, channel 3 of a 3 ×
    4 × 5 map you get `25`, expected 33: see (6.7)."""
    return i * shape[1] * shape[2] + j + c


@flat_index.mistake("shape read channels first")
def _(i, j, c, shape):
    """you read `shape` as (C, H, W). Here the **channels come last**, (H, W, C). For row 1, column 2, channel 3 of a 3
    × 4 × 5 map you get `24`, expected 33: see (6.7)."""
    return (i * shape[2] + j) * shape[0] + c


@flat_index.mistake("Fortran order")
def _(i, j, c, shape):
    """in your order the **first** index runs fastest; in NumPy and Keras it is the last one. For row 1, column 2,
    channel 3 of a 3 × 4 × 5 map you get `43`, expected 33: see (6.7)."""
    return i + shape[0] * (j + shape[1] * c)


@flat_index.mistake("channel forgotten")
def _(i, j, c, shape):
    """you stop at the first channel of the pixel: **+ c** is missing. For row 1, column 2, channel 3 of a 3 × 4 × 5 map
    you get `30`, expected 33: see (6.7)."""
    return (i * shape[1] + j) * shape[2]


@flat_index.mistake("rows and columns exchanged")
def _(i, j, c, shape):
    """you **exchange i and j**: the row is the one that steps over whole rows. For row 1, column 2, channel 3 of a 3 ×
    4 × 5 map you get `48`, expected 33: see (6.7)."""
    return (j * shape[1] + i) * shape[2] + c


LARGE = (np.array([[1000.0, 0.0]]), np.array([1]))


def _logits(rng):
    for n, k in ((1, 2), (2, 3), (3, 3), (4, 10)):
        yield rng.normal(scale=2, size=(n, k)), rng.integers(0, k, n)
    for n, k in ((2, 3), (5, 4)):
        yield rng.normal(scale=900, size=(n, k)), rng.integers(0, k, n)
    yield np.array([[3, -1, 0], [2, 2, 2]]), np.array([1, 0])
    yield np.array([[-1000, -1003], [1000, 998], [0, 1]]), np.array([1, 0, 1])
    yield np.zeros((2, 4)), np.array([3, 3])


def _log_softmax(z):
    z = np.asarray(z, float)
    shifted = z - z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _picked(values, y):
    return values[np.arange(len(y)), y]


def _cross_entropy_pairwise(z, y):
    """log Σ exp(z_j − z_y), one logit after the other, by logaddexp."""
    total = 0.0
    for row, label in zip(z, y, strict=True):
        total += np.logaddexp.reduce(row - row[label])
    return total / len(y)


def _log_sum(z):
    """The log of the sum of the exponentials, of logits shifted so that the largest of each row is 0."""
    return np.log(np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1))


def _clipped(z, y, least):
    return -np.log(np.clip(np.exp(_picked(_log_softmax(z), y)), least, 1)).mean()


cross_entropy = FunctionExercise(
    "6.5",
    "Cross-entropy of logits",
    cases=_logits,
    fixed=("z.ndim", "y.ndim", "y.dtype"),
    oracle=_cross_entropy_pairwise,
    solution="""
    import numpy as np

    def cross_entropy(z, y):
        z = z - z.max(axis=1, keepdims=True)
        log_sum = np.log(np.exp(z).sum(axis=1))
        return np.mean(log_sum - z[np.arange(len(y)), y])
    """,
    example=(np.array([[0.0, 2.0], [1.0, 0.0]]), np.array([1, 1])),
    hints=(
        "Use the second form of (6.8): log of a sum of exponentials, minus the logit of the right class.",
        "First subtract `z.max(axis=1, keepdims=True)`. It changes nothing, and nothing overflows.",
        "`np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y])` after that subtraction.",
    ),
)


@cross_entropy.mistake("softmax twice")
def _(z, y):
    """you apply **softmax twice**: once for the probabilities, and once more inside the logarithm. For
    `z = [[0, 2], [1, 0]]`, `y = [1, 1]` you return `0.6669`, expected 0.7201. Your loss never falls below (6.10)."""
    return -_picked(_log_softmax(np.exp(_log_softmax(z))), y).mean()


@cross_entropy.mistake("overflow", example=(LARGE[0], np.array([0])), reread="(6.8)")
def _(z, y):
    """your exponentials **overflow**, and ∞/∞ is no number: for `z = [[1000, 0]]`, `y = [0]` you return `nan`, where
    the loss is 0. Subtract the largest logit of each row first: see (6.8) and the text below (6.10)."""
    with np.errstate(all="ignore"):
        p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        return -np.log(_picked(p, y)).mean()


@cross_entropy.mistake("probabilities clipped", example=LARGE)
def _(z, y):
    """you **clip** the probability before the logarithm. For `z = [[1000, 0]]`, `y = [1]` you return `16.12`, expected
    1000, and the gradient there is 0. Use the second form of (6.8), which needs no clipping."""
    return _clipped(z, y, 1e-7)


@cross_entropy.mistake("sum instead of mean")
def _(z, y):
    """you return the **sum** over the batch. For `z = [[0, 2], [1, 0]]`, `y = [1, 1]` that is `1.44`, twice the mean.
    The loss would grow with the batch: the exercise asks for the mean of (6.8)."""
    return -_picked(_log_softmax(z), y).sum()


@cross_entropy.mistake("minus sign")
def _(z, y):
    """your sign is wrong: you return `-0.7201` for `z = [[0, 2], [1, 0]]`, `y = [1, 1]`. A logarithm of a probability
    is negative; the loss is *minus* that: see (6.8)."""
    return _picked(_log_softmax(z), y).mean()


@cross_entropy.mistake("softmax over the batch")
def _(z, y):
    """you normalize over the **batch** (axis 0), so each image competes with the others. For `z = [[0, 2], [1, 0]]`,
    `y = [1, 1]` you return `1.127`. The sum in (6.8) runs over the classes of one image."""
    return -_picked(_log_softmax(np.transpose(z)).T, y).mean()


@cross_entropy.mistake("averaged over all classes")
def _(z, y):
    """you average the log-probabilities of **all** classes, right or wrong: the labels do not matter to you. For
    `z = [[0, 2], [1, 0]]`, `y = [1, 1]` you return `0.9701`. In (6.8) only $p_y$ counts."""
    return -_log_softmax(z).mean()


@cross_entropy.mistake("overflow in the second form", example=LARGE, reread="(6.8)")
def _(z, y):
    """the second form of (6.8), as it stands: $e^{1000}$ is more than the computer can hold, so you return `inf` for
    `z = [[1000, 0]]`, `y = [1]`, where the loss is 1000. Subtract the **largest logit** of each row first: the text
    below (6.10)."""
    with np.errstate(all="ignore"):
        return np.mean(np.log(np.exp(z).sum(axis=1)) - _picked(z, y))


@cross_entropy.mistake("log of a probability that is 0", example=(np.array([[745.0, 0.0]]), np.array([1])))
def _(z, y):
    """your softmax is safe, but the **logarithm comes too late**: $p = e^{-1000}$ is 0 in the computer, and its log is
    infinite. For `z = [[745, 0]]`, `y = [1]` you return `744.4`, expected 745. Take the log of the sum instead: the
    second form of (6.8)."""
    with np.errstate(all="ignore"):
        p = np.exp(z - z.max(axis=1, keepdims=True))
        return -np.log(_picked(p / p.sum(axis=1, keepdims=True), y)).mean()


@cross_entropy.mistake(
    "one maximum for the whole batch", example=(np.array([[2000.0, 0.0], [0.0, 0.0]]), np.array([0, 1]))
)
def _(z, y):
    """you subtract **one** maximum for the whole batch. In a row that lies far below it all exponentials become 0: for
    `z = [[2000, 0], [0, 0]]` you return `-inf`. Use `z.max(axis=1, keepdims=True)`; the sum in (6.8) belongs to one
    image."""
    z = z - z.max()
    with np.errstate(all="ignore"):
        return np.mean(np.log(np.exp(z).sum(axis=1)) - _picked(z, y))


@cross_entropy.mistake("probabilities clipped at 1e-12", example=LARGE)
def _(z, y):
    """you keep the probability away from 0 by **1e-12**. For `z = [[1000, 0]]`, `y = [1]` you return `27.63`, expected
    1000. Use the second form of (6.8), which needs no such help."""
    return _clipped(z, y, 1e-12)


@cross_entropy.mistake("probabilities clipped at 1e-15", example=LARGE)
def _(z, y):
    """you keep the probability away from 0 by **1e-15**. For `z = [[1000, 0]]`, `y = [1]` you return `34.54`, expected
    1000. Use the second form of (6.8), which needs no such help."""
    return _clipped(z, y, 1e-15)


@cross_entropy.mistake("1e-12 added", example=(LARGE[0], np.array([0])))
def _(z, y):
    """you **add 1e-12** to the probability. No loss is then greater than 27.6, and a perfect answer, `z = [[1000, 0]]`,
    `y = [0]`, gets `-1e-12` instead of 0. Use the second form of (6.8), which needs no such help."""
    return -np.log(np.exp(_picked(_log_softmax(z), y)) + 1e-12).mean()


@cross_entropy.mistake("shifted once only")
def _(z, y):
    """you subtract the maximum inside the exponentials, but **not from the logit** of the right class. For
    `z = [[0, 2], [1, 0]]`, `y = [1, 1]` you return `-0.7799`, expected 0.7201. Both terms of (6.8) must be shifted."""
    return np.mean(_log_sum(z) - _picked(z, y))


@cross_entropy.mistake(
    "all pairs of images and labels", example=(np.array([[0.0, 2.0, 0.0], [1.0, 0.0, 3.0]]), np.array([0, 1]))
)
def _(z, y):
    """`z[:, y]` takes **every** label for every image, N × N numbers. For `z = [[0, 2, 0], [1, 0, 3]]`, `y = [0, 1]`
    you return `1.955`, expected `2.705`. Write `z[np.arange(len(y)), y]`: one $z_y$ for each image, (6.8)."""
    return np.mean(_log_sum(z) + z.max(axis=1) - z[:, y])


@cross_entropy.mistake("summed over the whole batch")
def _(z, y):
    """the sum of your exponentials runs over the **whole batch**; `axis=1` is missing. For `z = [[0, 2], [1, 0]]`,
    `y = [1, 1]` you return `1.418`, expected 0.7201. In (6.8) it runs over the classes of one image."""
    z = z - z.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(z).sum()) - _picked(z, y))


@cross_entropy.mistake("divided by all entries")
def _(z, y):
    """you divide by the number of **all entries** (or take the mean of a one-hot product). For `z = [[0, 2], [1, 0]]`,
    `y = [1, 1]` you return `0.36`, expected 0.7201. There is one loss for each image: (6.8)."""
    return -_picked(_log_softmax(z), y).sum() / np.size(z)


ABSENT = (np.array([[3, 1, 0], [0, 0, 0], [1, 0, 1]]),)


def _confusions(rng):
    for k in (2, 2, 3, 4, 5):
        yield (rng.integers(1, 20, (k, k)),)
    matrix = rng.integers(1, 9, (4, 4))
    matrix[2] = 0
    yield (matrix,)
    yield (np.array([[0, 0, 0], [2, 3, 0], [4, 0, 0]]),)  # the first class is absent, the last is never found
    yield (np.array([[4, 0, 1, 0], [0, 0, 0, 0], [3, 2, 0, 2], [0, 0, 0, 0]]),)


def _recalls(m, axis=1):
    with np.errstate(all="ignore"):
        return np.diag(m) / m.sum(axis=axis)


def _balanced_by_counting(confusion):
    rows = [row for row in enumerate(np.asarray(confusion).tolist()) if sum(row[1])]
    return sum(row[k] / sum(row) for k, row in rows) / len(rows)


balanced_accuracy = FunctionExercise(
    "6.6",
    "When classes are not balanced",
    cases=_confusions,
    fixed=("confusion.ndim", "confusion.dtype", "confusion.square"),
    oracle=_balanced_by_counting,
    solution="""
    import numpy as np

    def balanced_accuracy(confusion):
        there = confusion.sum(axis=1) > 0
        recall = np.diag(confusion)[there] / confusion.sum(axis=1)[there]
        return recall.mean()
    """,
    example=(np.array([[90, 10], [4, 6]]),),
    hints=(
        "The recall of class k is what share of its row?",
        "`np.diag(confusion) / confusion.sum(axis=1)`; but first drop the rows whose sum is 0.",
        "`there = confusion.sum(axis=1) > 0`, then the mean of "
        "`np.diag(confusion)[there] / confusion.sum(axis=1)[there]`.",
    ),
)


@balanced_accuracy.mistake("plain accuracy")
def _(m):
    """that is the plain **accuracy**, in which the common class drowns the rare one. For `[[90, 10], [4, 6]]` you
    return `0.8727`, expected 0.75: of the rare class only 6 of 10 are found. See recall in (6.12)."""
    return np.trace(m) / m.sum()


@balanced_accuracy.mistake("mean precision")
def _(m):
    """you divide by the **columns**: that is the mean *precision*. For `[[90, 10], [4, 6]]` you return `0.6662`. Rows
    are the truth, and recall divides by them: see (6.12)."""
    return _recalls(m, axis=0).mean()


@balanced_accuracy.mistake(
    "mean precision of the predicted classes", example=(np.array([[3, 1, 0], [0, 2, 0], [1, 0, 0]]),)
)
def _(m):
    """you take the **columns** for the truth: you divide by them, and leave out those without entries. For
    `[[3, 1, 0], [0, 2, 0], [1, 0, 0]]` you return `0.7083`, expected 0.5833. Rows are the truth: see recall in
    (6.12)."""
    return np.nanmean(_recalls(m, axis=0))


@balanced_accuracy.mistake("absent class counted as zero", example=ABSENT)
def _(m):
    """you count a class of which there is **no example** as a recall of 0. For the 3 × 3 example you return `0.4167`,
    expected 0.625. Nobody can find what is not there: leave its row of (6.12) out."""
    return float(np.nan_to_num(_recalls(m)).mean())


@balanced_accuracy.mistake("absent class counted as one", example=ABSENT)
def _(m):
    """you count a class of which there is **no example** as found completely. For the 3 × 3 example you return `0.75`,
    expected 0.625. Leave its row of (6.12) out of the mean."""
    return float(np.nan_to_num(_recalls(m), nan=1.0).mean())


@balanced_accuracy.mistake("zero divided by zero", example=ABSENT)
def _(m):
    """you divide 0 by 0 for a class of which there is no example, and the mean becomes `nan` in the 3 × 3 example.
    Leave rows without examples out before you divide: see (6.12)."""
    return _recalls(m).mean()


@balanced_accuracy.mistake("mean F1")
def _(m):
    """you mix recall with precision: that is the mean **F1**. For `[[90, 10], [4, 6]]` you return `0.6947`, expected
    0.75. Asked is the mean recall of (6.12)."""
    return np.nanmean(2 * np.diag(m) / (m.sum(axis=0) + m.sum(axis=1)))


@balanced_accuracy.mistake("column of the absent class removed", example=(np.array([[1, 1, 0], [0, 0, 0], [1, 0, 3]]),))
def _(m):
    """you leave out the **column** of the absent class as well, and with it the errors that other classes made there.
    For `[[1, 1, 0], [0, 0, 0], [1, 0, 3]]` you return `0.875`, expected `0.625`. Leave out its row only: (6.12)."""
    there = m.sum(axis=1) > 0
    return _recalls(m[there][:, there]).mean()


@balanced_accuracy.mistake("diagonal shifted", example=ABSENT)
def _(m):
    """you drop the row first and take the **diagonal afterwards**: it has moved. For the 3 × 3 example you return
    `0.375`, expected `0.625`. Take `np.diag(confusion)` first, then leave the same entries out of it: $M_{kk}$ in
    (6.12)."""
    return _recalls(m[m.sum(axis=1) > 0]).mean()


@balanced_accuracy.mistake("recalls not averaged")
def _(m):
    """you return the recalls **one by one**, `[0.9, 0.6]` for `[[90, 10], [4, 6]]`. Asked is their mean: (6.12)."""
    return _recalls(m)[m.sum(axis=1) > 0]


@balanced_accuracy.mistake("classes never found left out", example=(np.array([[1, 4, 0], [0, 2, 0], [1, 1, 0]]),))
def _(m):
    """you leave out classes of which **nothing is found**. Their recall is 0, and it counts; only a class without
    examples is left out. For `[[1, 4, 0], [0, 2, 0], [1, 1, 0]]` you return `0.6`, expected 0.4. Ask whether the row of
    (6.12) is empty, not its entry on the diagonal."""
    return _recalls(m)[np.diag(m) > 0].mean()


PREDICTED = (np.array([1.0, 2.0, 4.0]), np.array([1, 0, 1]), 0.2, False)
HALF_PREDICTED = (np.array([2.0, 4.0, 6.0]), np.array([1, 0, 1]), 0.5, False)


def _drops(rng):
    for n, rate in ((2, 0.5), (4, 0.1), (6, 0.75), (9, 0.3)):
        for training in (True, False):
            yield rng.normal(size=n), rng.integers(0, 2, n), rate, training
    for shape, rate, training in (((2, 3), 0.4, True), ((3, 2), 0.2, False), ((2, 2, 3), 0.8, True)):
        yield rng.integers(-9, 10, shape), rng.integers(0, 2, shape), rate, training
    yield rng.normal(size=(3, 4)), rng.integers(0, 2, (3, 4)), 0.6, True
    yield rng.normal(size=3), np.zeros(3, int), 0.9, True
    yield rng.normal(size=3), np.ones(3, int), 0.0, True


dropout = FunctionExercise(
    "6.7",
    "Dropout",
    cases=_drops,
    fixed=("keep.dtype",),
    oracle=lambda x, keep, rate, training: np.where(keep, x / (1 - rate), 0) if training else np.array(x),
    solution="""
    def dropout(x, keep, rate, training):
        if not training:
            return x
        return x * keep / (1 - rate)
    """,
    example=(np.array([1.0, 2.0, 4.0]), np.array([1, 0, 1]), 0.2, True),
    hints=(
        "Two cases. One of them returns `x` as it is.",
        "What share of the numbers survives, on average? Divide by it.",
        "`x * keep / (1 - rate)` in training.",
    ),
)


@dropout.mistake("not scaled")
def _(x, keep, rate, training):
    """you drop, but do not **scale up** what survives: `[1, 0, 4]` in the example. On average the sum is then too small
    by the factor $1 - r$. See (6.14)."""
    return x * keep if training else x


@dropout.mistake("divided by the rate")
def _(x, keep, rate, training):
    """you divide by the rate of being **dropped**: `[5, 0, 20]` in the example. The survivors' share is $1 - r$; divide
    by that: see (6.14)."""
    return x * keep / rate if training else x


@dropout.mistake("multiplied instead of divided")
def _(x, keep, rate, training):
    """you **multiply** by $1 - r$, so the survivors shrink: `[0.8, 0, 3.2]` in the example. They have to stand in for
    the dropped ones, so divide: see (6.14)."""
    return x * keep * (1 - rate) if training else x


@dropout.mistake("drops at prediction too", example=PREDICTED)
def _(x, keep, rate, training):
    """you drop **at prediction**, too: with `training = False` you return `[1.25, 0, 5]`, expected `[1, 2, 4]`. The
    mean was kept in training, so nothing is to be done then: see (6.14)."""
    return x * keep / (1 - rate)


@dropout.mistake("scaled at prediction as well", example=PREDICTED)
def _(x, keep, rate, training):
    """you correct **twice**: in training, and again at prediction, where you return `[0.8, 1.6, 3.2]` for `[1, 2, 4]`.
    One of the two is enough; Keras does it in training: see (6.14)."""
    return x * keep / (1 - rate) if training else x * (1 - rate)


@dropout.mistake("keeps what should go")
def _(x, keep, rate, training):
    """you keep what should be **dropped**: `[0, 2.5, 0]` in the example. `keep` is 1 for the survivors: see (6.14)."""
    return x * (1 - keep) / (1 - rate) if training else x


@dropout.mistake("dropout as first published", example=HALF_PREDICTED)
def _(x, keep, rate, training):
    """that is dropout **as it was first published**: drop in training, shrink at prediction, where you return
    `[1, 2, 3]` for `[2, 4, 6]`. It keeps the mean as well. But then prediction is not free, and Keras does it the other
    way round: divide in training, (6.14)."""
    return x * keep if training else x * (1 - rate)


@dropout.mistake("drops always, never scaled", example=HALF_PREDICTED)
def _(x, keep, rate, training):
    """you drop **at prediction**, too, and never scale: with `training = False` you return `[2, 0, 6]` for `[2, 4, 6]`.
    Two cases are needed, see (6.14) and the line below it."""
    return x * keep


@dropout.mistake("turned round", example=(np.array([2.0, 4.0, 6.0]), np.array([1, 0, 1]), 0.5, True))
def _(x, keep, rate, training):
    """your two cases are **exchanged**: in training you return `[2, 4, 6]`, with nothing dropped. See (6.14) and the
    line below it."""
    return x if training else x * keep / (1 - rate)


@dropout.mistake("parentheses forgotten")
def _(x, keep, rate, training):
    """`/ 1 - rate` divides by 1 and then **subtracts** the rate: `[0.8, -0.2, 3.8]` in the example, expected
    `[1.25, 0, 5]`. Write `/ (1 - rate)`: (6.14)."""
    return x * keep / 1 - rate if training else x


@dropout.mistake("scaled by the share of this mask")
def _(x, keep, rate, training):
    """you divide by the share that **happens** to survive here, `[1.5, 0, 6]` in the example, expected `[1.25, 0, 5]`.
    (With no survivor that is 0/0.) The mean over all masks is kept by dividing by $1 - r$: (6.14)."""
    with np.errstate(all="ignore"):
        return x * keep / keep.mean() if training else x


@dropout.mistake("scaled, not dropped")
def _(x, keep, rate, training):
    """you scale up, but **drop nothing**: `[1.25, 2.5, 5]` in the example, expected `[1.25, 0, 5]`. Multiply by `keep`
    first: (6.14)."""
    return x / (1 - rate) if training else x


@dropout.mistake("multiplied by the rate")
def _(x, keep, rate, training):
    """you multiply by the **rate**: `[0.2, 0, 0.8]` in the example, expected `[1.25, 0, 5]`. Divide by the share of the
    survivors, $1 - r$: (6.14)."""
    return x * keep * rate if training else x


@dropout.mistake("dropped numbers left out")
def _(x, keep, rate, training):
    """you **leave out** the dropped numbers, `[1.25, 5]` in the example. They become 0, and the shape stays: expected
    `[1.25, 0, 5]`, see (6.14)."""
    return x[keep == 1] / (1 - rate) if training else x


is_it_better = ChoiceExercise(
    "6.8",
    "Is it better?",
    options={
        "a": "The ingredient helps: five errors fewer is five errors fewer.",
        "b": "Nothing yet: train both several times with different seeds and compare the difference with the spread.",
        "c": "The ingredient is useless: a difference this small can never be real.",
        "d": "Try further seeds for the new network and report its best one.",
    },
    answer="b",
    reasons={
        "a": "“five errors fewer” is well inside the noise: seeds alone scatter by 2 to 10 errors in section 7, "
        "and on other digits each count would scatter by two standard errors, 14 errors (6.11). **One run is no "
        "experiment.**",
        "b": "“compare the difference with the spread”: that is what the table in section 7 does.",
        "c": "“can never be real” says more than you know: with enough seeds and digits even a small difference "
        "shows. *Not seen* is not *not there*: see (6.11).",
        "d": "“report its best one” is choosing by the held-out digits: of many equal networks the best one "
        "always looks good. Both sides need the same number of seeds, all reported: see section 7.",
    },
    hints=(
        "How large is the standard error of an error count near 50 in 1,000?",
        "Look at how far apart the three seeds of one and the same network lie in section 7.",
        "A difference means something when it is large beside the spread of repeated trainings.",
    ),
)


TIED = (np.array([2, 3]), np.array([2, 1]))


def _scores(rng):
    for a, b in ((1, 1), (2, 3), (5, 4), (8, 12)):
        yield rng.integers(1, 6, a), rng.integers(0, 5, b)
    yield rng.normal(1, 1, 30), rng.normal(0, 1, 50)
    yield rng.integers(-4, 2, 6) / 4, rng.integers(-4, 2, 3) / 4
    yield np.array([-1, -1]), np.array([-1.0, -1.0, -1.0])
    yield np.array([700.5, -3.0, 12.0]), np.array([12, 900, -50, 12])


def _auc_by_ranks(positive, negative):
    """Mann and Whitney's way: the mean rank of the positives, ties sharing their ranks."""
    everything = np.concatenate([positive, negative])
    ranks = [(np.sum(everything < s) + np.sum(everything <= s) + 1) / 2 for s in positive]
    n = len(positive)
    return (sum(ranks) - n * (n + 1) / 2) / (n * len(negative))


def _from_ranks(positive, negative, first=1, less=lambda k: k * (k + 1) / 2, pairs=lambda a, b: a * b):
    """The formula with ranks, with one thing changed."""
    everything, k = np.concatenate([positive, negative]), len(positive)
    ranks = sum((np.sum(everything < s) + np.sum(everything <= s) - 1) / 2 + first for s in positive)
    return (ranks - (less(k) if callable(less) else less)) / pairs(k, len(negative))


auc = FunctionExercise(
    "6.9",
    "The area without a curve",
    cases=_scores,
    fixed=("positive.ndim", "negative.ndim"),
    oracle=_auc_by_ranks,
    solution="""
    import numpy as np

    def auc(positive, negative):
        higher = positive[:, None] > negative[None, :]
        equal = positive[:, None] == negative[None, :]
        return np.mean(higher + 0.5 * equal)
    """,
    example=(np.array([0.9, 0.3]), np.array([0.4, 0.6, 0.1, 0.2])),
    hints=(
        "AUC is a share of pairs: one positive, one negative. Which pairs count?",
        "`positive[:, None] > negative` compares all pairs at once.",
        "The mean of `(positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)`.",
    ),
)


@auc.mistake("ties lost", example=TIED)
def _(p, n):
    """you count **ties** as lost. For `positive = [2, 3]`, `negative = [2, 1]` you return `0.75`, expected 0.875. A tie
    counts one half: see (6.18)."""
    return np.mean(np.asarray(p)[:, None] > n)


@auc.mistake("ties won", example=TIED)
def _(p, n):
    """you count **ties** as won. For `positive = [2, 3]`, `negative = [2, 1]` you return `1`. A network that gives
    everything the same score would be perfect. A tie counts one half: see (6.18)."""
    return np.mean(np.asarray(p)[:, None] >= n)


@auc.mistake("turned round", example=TIED)
def _(p, n):
    """you have exchanged the two sides: for `positive = [2, 3]`, `negative = [2, 1]` you return `0.125`. AUC is the
    chance that the **positive** scores higher: see (6.18)."""
    return 1 - _auc_by_ranks(p, n)


@auc.mistake("accuracy at one half")
def _(p, n):
    """that is the **accuracy** at the threshold .5: `0.6667` in the example with `positive = [0.9, 0.3]`. AUC needs no
    threshold: it compares pairs, see (6.18)."""
    return np.mean(np.r_[np.asarray(p) > 0.5, np.asarray(n) <= 0.5])


@auc.mistake("pairs taken in order")
def _(p, n):
    """you compare the first positive with the first negative, the second with the second, and so on. For
    `positive = [0.9, 0.3]` and four negatives you return `0.5`. (6.18) asks for **all** pairs."""
    return np.mean([(a > b) + 0.5 * (a == b) for a, b in zip(p, n)])  # noqa: B905 - that is the mistake


@auc.mistake("least sum of ranks not subtracted")
def _(p, n):
    """you divide the **sum of the ranks** without taking off $n_+(n_+ + 1)/2$, which the positives would have at the
    very bottom: `1.125` in the example, more than a probability can be. See (6.18)."""
    return _from_ranks(p, n, less=0)


@auc.mistake("minus for plus", example=(np.array([0.1, 0.4, 0.5]), np.array([0.2])))
def _(p, n):
    """you take off $n_+(n_+ - 1)/2$; ranks that begin at 1 have the least sum $n_+(n_+ + 1)/2$. For
    `positive = [0.1, 0.4, 0.5]`, `negative = [0.2]` you return `1.667`, expected `0.6667`. See (6.18)."""
    return _from_ranks(p, n, less=lambda k: k * (k - 1) / 2)


@auc.mistake("ranks from zero", example=TIED)
def _(p, n):
    """your ranks begin at **0**, those of (6.18) at 1. For `positive = [2, 3]`, `negative = [2, 1]` you return `0.375`,
    expected 0.875."""
    return _from_ranks(p, n, first=0)


@auc.mistake("positives squared")
def _(p, n):
    """you divide by $n_+^2$. There are $n_+ n_-$ **pairs**: in the example you return `1.5`, expected `0.75`. See
    (6.18)."""
    return _from_ranks(p, n, pairs=lambda a, b: a * a)


@auc.mistake("pairs counted, not divided")
def _(p, n):
    """you **count** the pairs that are won, `6` in the example, and do not divide by the number of all pairs:
    (6.18)."""
    return _from_ranks(p, n, pairs=lambda a, b: 1)


@auc.mistake("turned round, ties lost")
def _(p, n):
    """you ask how often the **negative** is higher, and lose the ties: in the example with `positive = [0.9, 0.3]` you
    return `0.25`, expected `0.75`. See (6.18)."""
    return np.mean(np.asarray(n)[None, :] > np.asarray(p)[:, None])


@auc.mistake("order for ranks", example=(np.array([0.1, 0.4, 0.5]), np.array([0.2])))
def _(positive, negative):
    """`argsort` once gives the **order**, not the ranks; for ranks apply it twice (or use `scipy.stats.rankdata`, which
    also shares them among ties). For `positive = [0.1, 0.4, 0.5]`, `negative = [0.2]` you return `0.3333`, expected
    `0.6667`. See (6.18)."""
    k = len(positive)
    order = np.argsort(np.concatenate([positive, negative]), kind="stable") + 1
    return (order[:k].sum() - k * (k + 1) / 2) / (k * len(negative))


which_score = ChoiceExercise(
    "6.10",
    "Which score do you report?",
    options={
        "a": "Split the 500 photographs at random and report the accuracy on the test part.",
        "b": "Augment all photographs to 5,000, split those at random, and report the accuracy on the test part.",
        "c": "Split the 50 plants; augment the training plants; report the accuracy on the test plants.",
        "d": "Use all 500 for training, since data are scarce, and report the accuracy on them.",
    },
    answer="c",
    reasons={
        "a": "“Split the 500 photographs at random” puts photographs of one plant on both sides: the network can "
        "know the test plant by its pot. The photographs are not independent, the plants are. See the end of the "
        "text on the data in section 4, and the Pitfalls.",
        "b": "“Augment all photographs” **before** the split: copies of one photograph lie on both sides. That is "
        "how labels drawn by lot were “learned” in the Pitfalls. Split first: section 4.",
        "c": "“Split the 50 plants”: the unit that is independent is split, first, and only the training side is "
        "augmented. See section 4.",
        "d": "“report the accuracy on them” is judging by the **training data**: a nearest neighbour gets 100 % "
        "for labels drawn by lot. See section 4.",
    },
    hints=(
        "What must not be the same on both sides of the split?",
        "Ten photographs of one plant resemble each other more than two plants do.",
        "Split first, by the unit that is independent; augment afterwards, and only for training.",
    ),
)


digits_needed = ValueExercise(
    "6.11",
    "How many digits do you need?",
    unit="digits",
    answer=1180,
    solution="""
    variance = 0.98 * 0.02 + 0.99 * 0.01      # of the difference, times n
    answer = round(4 * variance / 0.01**2)    # 0.01 = 2 * sqrt(variance / n)
    """,
    hints=(
        "The variance of one accuracy is $a(1-a)/n$. What is the variance of the difference?",
        "Solve .01 = 2 · √((.98 · .02 + .99 · .01) / n) for n.",
        "n = 4 · (.0196 + .0099) / .0001.",
    ),
    rtol=0.05,
)


@digits_needed.mistake("one standard error")
def _():
    """`295` makes the difference **one** standard error, not two. The number grows with the square: four times as many.
    See (6.11)."""
    return 295


@digits_needed.mistake("only one of the two")
def _():
    """`784` counts the uncertainty of the first network only. The second one is measured, too, and variances add. See
    (6.11)."""
    return 784


@digits_needed.mistake("standard errors added")
def _():
    """`2294` comes from adding the two standard **errors**. Of independent numbers the *variances* add. See (6.11)."""
    return 2294


@digits_needed.mistake("variance without the failures")
def _():
    """`78800` uses $a$ where the variance is $a(1-a)$. Nearly always right means little scatter. See (6.11)."""
    return 78800


@digits_needed.mistake("the square forgotten")
def _():
    r"""`12` is what comes out when the difference is not **squared**: the standard error falls with $\sqrt n$. See
    (6.11)."""
    return 12


@digits_needed.mistake("variance halved")
def _():
    """`590` takes the **mean** of the two variances, as if they were shared. Of independent numbers the variances
    *add*. See (6.11)."""
    return 590


@digits_needed.mistake("the second network only, one standard error")
def _():
    """`99` counts the second network only, and **one** standard error. Both are measured, and twice the error is asked:
    four times as many for each. See (6.11)."""
    return 99


@digits_needed.mistake("the first network only, one standard error")
def _():
    """`196` counts the first network only, and **one** standard error. Both are measured, and twice the error is asked:
    four times as many for each. See (6.11)."""
    return 196


@digits_needed.mistake("the second network only")
def _():
    """`396` counts the uncertainty of the second network only. The first one is measured, too, and variances add. See
    (6.11)."""
    return 396


@digits_needed.mistake("twice too many")
def _():
    """`2360` is **twice** too much. The square of *twice* is 4, and by (6.11) n = 4 · (.0196 + .0099) / .0001."""
    return 2360
