"""Exercises of chapter 05, Learning by gradients."""

import numpy as np

from course_lib.teaching.engine import ChoiceExercise, FunctionExercise, ValueExercise

CUBE = (1.0, 8.0, 27.0, 1.0)  # w³ at 1, 2, 3


def _three_values(rng):
    for h in (0.5, 0.25, 0.1, 2.0):
        coefficients = rng.integers(-3, 4, 4)
        yield (*(float(np.polyval(coefficients, 1 + side * h)) for side in (-1, 0, 1)), h)
    for h in (0.01, 0.3):
        w, (a, b) = rng.normal(size=5), rng.normal(size=2)
        yield (*(np.sin(a * (w + side * h)) + b * (w + side * h) ** 2 for side in (-1, 0, 1)), h)
    w = rng.normal(size=(2, 3))
    yield (*(np.exp(w + side * 0.7) for side in (-1, 0, 1)), 0.7)
    w = rng.integers(-3, 4, 4)
    yield (*((w + side) * (w + side + 1) // 2 for side in (-1, 0, 1)), 1)  # whole numbers whose slopes are not whole
    yield (*((w + 3 * side) ** 2 for side in (-1, 0, 1)), 3)


def _slope_of_the_parabola(before, here, after, h):
    """The slope, in the middle, of the parabola through the three points: another road to the same number."""
    left, right = (here - before) / h, (after - here) / h
    return left + (right - left) / 2


central_difference = FunctionExercise(
    "5.1",
    "The central difference",
    cases=_three_values,
    oracle=_slope_of_the_parabola,
    solution="""
    def central_difference(before, here, after, h):
        return (after - before) / (2 * h)
    """,
    example=CUBE,
    hints=(
        "Try $w^2$ at 1 with `h = 1`: the values are 0, 1, 4. A good estimate gives exactly 2.",
        "One of the three values is not needed.",
        "Rise over run: `after - before`, divided by the distance between the two places.",
    ),
)


@central_difference.mistake("divided by h")
def _(before, here, after, h):
    """you divide by $h$, but `before` and `after` are $2h$ apart. For $w^3$ at 2, with `h = 1`, you return `26`: twice
    too much. See the second quotient in (5.2)."""
    return (after - before) / h


@central_difference.mistake("forward difference")
def _(before, here, after, h):
    """you return the **forward** difference, whose error falls only with $h$, not with $h^2$. For $w^3$ at 2, with
    `h = 1`, you return `19`, while the central one gives 13 and the truth is 12. Look to both sides: (5.2)."""
    return (after - here) / h


@central_difference.mistake("backward difference")
def _(before, here, after, h):
    """you return the **backward** difference, which sees only the left side. For $w^3$ at 2, with `h = 1`, you return
    `7`, while the central one gives 13 and the truth is 12. See (5.2)."""
    return (here - before) / h


@central_difference.mistake("sign")
def _(before, here, after, h):
    """the **sign** is wrong: you subtract what comes after from what comes before. $w^3$ rises at 2, but you return
    `-13`. See (5.2)."""
    return (before - after) / (2 * h)


@central_difference.mistake("second derivative")
def _(before, here, after, h):
    """that is the **second** derivative, the change of the slope. For $w^3$ at 2, with `h = 1`, you return `12`, which
    is $6w$; with other steps and functions it is far from $f'$. See (5.2)."""
    return (after - 2 * here + before) / h**2


@central_difference.mistake("2h without parentheses", example=(0.25, 1.0, 2.25, 0.5))
def _(before, here, after, h):
    """`/ 2 * h` divides by 2 and then **multiplies** by $h$; write `/ (2 * h)`. For $w^2$ at 1, with `h = 0.5`, you
    return `0.5`, expected 2. See (5.2)."""
    return (after - before) / 2 * h


@central_difference.mistake("only one value divided")
def _(before, here, after, h):
    """the bar of your fraction is too short: `after - before / (2 * h)` divides only `before`. For $w^3$ at 2, with
    `h = 1`, you return `26.5`, expected 13. Put parentheses around the difference: (5.2)."""
    return after - before / (2 * h)


@central_difference.mistake("h forgotten", example=(0.25, 1.0, 2.25, 0.5))
def _(before, here, after, h):
    """you divide by 2, not by $2h$. For $w^2$ at 1, with `h = 0.5`, you return `1`, expected 2. See the second quotient
    in (5.2)."""
    return (after - before) / 2


@central_difference.mistake("divided by two h squared", example=(0.25, 1.0, 2.25, 0.5))
def _(before, here, after, h):
    """you divide by $2h^2$. The two places are $2h$ apart. For $w^2$ at 1, with `h = 0.5`, you return `4`, expected 2.
    See the second quotient in (5.2)."""
    return (after - before) / (2 * h**2)


@central_difference.mistake("three slopes")
def _(before, here, after, h):
    """you return **three** slopes, as `np.gradient` does: one for each of the three places. For $w^3$ at 2, with
    `h = 1`, you return `[7, 13, 19]`. Asked is the one in the middle; the other two look to one side only. See
    (5.2)."""
    return np.gradient(np.array([before, here, after]), h, axis=0)


@central_difference.mistake("plus for minus")
def _(before, here, after, h):
    """you **add** the two values. With `h = 1` that is their mean, and no slope: for $w^3$ at 2 you return `14`,
    expected 13. A slope needs the difference: (5.2)."""
    return (after + before) / (2 * h)


@central_difference.mistake("half the forward difference")
def _(before, here, after, h):
    """you divide by $2h$, but `here` and `after` are only $h$ apart. For $w^3$ at 2, with `h = 1`, you return `9.5`,
    expected 13. The distance $2h$ lies between `before` and `after`: (5.2)."""
    return (after - here) / (2 * h)


choose_a_step = ChoiceExercise(
    "5.2",
    "Choose a step",
    options={
        "a": "make the step smaller still: the derivative is a limit, so a smaller step is always closer",
        "b": "make the step larger, near 1e-5, where truncation and rounding balance",
        "c": "look for the bug in the gradient, since the check is exact up to rounding",
        "d": "take forward differences, which subtract numbers that are further apart",
    },
    answer="b",
    reasons={
        "a": "“a smaller step is always closer” is true on paper. In the computer the rounding error grows like "
        "$ε|f|/h$: at 1e-12 it is about 1e-4 already. See the left branch of the V under (5.3).",
        "b": "“near 1e-5” is the bottom of the V: $ε^{1/3} ≈ 6·10^{-6}$, by (5.3).",
        "c": "you say that “the check is exact up to rounding”. But that rounding is divided by $h$: "
        "$2·10^{-16}/10^{-12} ≈ 2·10^{-4}$, just the error you see. See (5.3).",
        "d": "“further apart” is wrong: forward differences subtract numbers that are $h$ apart, central ones "
        "$2h$, and their truncation error is larger as well. See (5.2).",
    },
    hints=(
        "Look at the picture of the two V-shaped curves. On which branch is 1e-12?",
        "Estimate the rounding error: $ε|f|/h$ with $ε ≈ 2·10^{-16}$.",
        "(5.3) tells the best step: the cube root of ε.",
    ),
)


backwards_by_hand = ValueExercise(
    "5.3",
    "Backwards by hand",
    answer=105,
    solution="""
    x = 5
    u = x * x
    dL_du = x + 3                # both terms of L contain u
    du_dx = x + x                # both factors of u are x
    answer = u + dL_du * du_dx   # directly (u·x), and through u
    """,
    hints=(
        "Draw the graph: $x$ has arrows to $u$ (two of them) and to $L$. $u$ has two arrows to $L$.",
        "Begin at the end: $∂L/∂u$ has two contributions, $x$ and 3.",
        "$∂L/∂x = u + (x + 3)·2x$.",
    ),
)


@backwards_by_hand.mistake("direct path forgotten")
def _():
    """`80` is what flows **through u**. But $x$ stands in $L = u·x + 3u$ itself as well, and that path brings
    $∂(u·x)/∂x = u = 25$. Add over all paths: (5.6)."""
    return 80


@backwards_by_hand.mistake("u taken as a constant")
def _():
    """`25` treats $u$ as a **constant**. $u$ changes with $x$, so there is a second path, through $u$: see (5.6)."""
    return 25


@backwards_by_hand.mistake("only the last use of u")
def _():
    """`55` counts only one use of $u$, the $3u$: its gradient was **replaced**, not added. $u$ is used twice, so $∂L/∂u
    = x + 3 = 8$. See the sum in (5.6)."""
    return 55


@backwards_by_hand.mistake("only the first use of u")
def _():
    """`75` counts only one use of $u$, the product $u·x$. The term $3u$ contributes as well: $∂L/∂u = x + 3 = 8$. See
    the sum in (5.6)."""
    return 75


@backwards_by_hand.mistake("only the second term")
def _():
    """`30` is the derivative of $3u$ alone. The other term, $u·x$, brings two more paths: see the sum in (5.6)."""
    return 30


@backwards_by_hand.mistake("one factor of the square")
def _():
    """`65` differentiates only **one factor** of $u = x·x$. $x$ is used twice there, so $∂u/∂x = 2x = 10$: see
    (5.6)."""
    return 65


@backwards_by_hand.mistake("stopped halfway")
def _():
    """`8` is $∂L/∂u$: right, but you **stopped** halfway. Multiply by $∂u/∂x$ and add the direct path: (5.6)."""
    return 8


@backwards_by_hand.mistake("value for gradient")
def _():
    """`200` is the **value** of $L$. Asked is how fast it changes with $x$: (5.6)."""
    return 200


def _output_gradients(rng):
    for shape in ((2, 3), (4, 2), (2, 2, 3), (3, 2, 4, 2)):
        yield (rng.integers(-5, 6, shape),)
    for shape in ((5, 4), (2, 3, 3, 5)):
        yield (rng.normal(size=shape),)


bias_gradient = FunctionExercise(
    "5.4",
    "The gradient of a bias",
    cases=_output_gradients,
    oracle=lambda g: np.array([g[..., c].sum() for c in range(g.shape[-1])]),
    solution="""
    def bias_gradient(g):
        return g.reshape(-1, g.shape[-1]).sum(axis=0)
    """,
    example=(np.array([[1, 2], [3, 4], [5, 6]]),),
    hints=(
        "How many paths lead from one entry of the bias to the loss? One for each place where it was added.",
        "Sum over all axes but the last.",
        "`g.sum(axis=tuple(range(g.ndim - 1)))`, or reshape to two axes first.",
    ),
)


@bias_gradient.mistake("broadcasting sum forgotten")
def _(g):
    """you hand the gradient on **unsummed**: for `g = [[1, 2], [3, 4], [5, 6]]` you return `[[1, 2], [3, 4], [5, 6]]`,
    but the bias has two numbers, not six. Each was used once per row; its gradient is the sum over all uses. See
    (5.9)."""
    return g.copy()


@bias_gradient.mistake("mean for sum")
def _(g):
    """you take the **mean** over the rows. The bias acts on every row, and all its effects add up: for
    `g = [[1, 2], [3, 4], [5, 6]]` you return `[3, 4]`, expected `[9, 12]`. (If the loss is a mean, the 1/N is in `g`
    already.) See (5.9)."""
    return g.reshape(-1, g.shape[-1]).mean(axis=0)


@bias_gradient.mistake("summed over the channels")
def _(g):
    """you sum over the **channels**, the one axis that the bias has. For `g = [[1, 2], [3, 4], [5, 6]]` you return
    `[3, 7, 11]`, expected `[9, 12]`. Sum over the axes along which it was repeated: (5.9)."""
    return g.sum(axis=-1)


@bias_gradient.mistake("summed over everything")
def _(g):
    """you sum over **all** axes and get one number, `21` for `g = [[1, 2], [3, 4], [5, 6]]`. The bias has one number
    for each channel: keep the last axis. See (5.9)."""
    return g.sum()


@bias_gradient.mistake("summed over the batch only", example=(np.array([[[1, 2], [3, 4]]]),))
def _(g):
    """you sum over the **first** axis only. With images, the bias was repeated along rows and columns as well. For `g`
    of shape (1, 2, 2), `[[[1, 2], [3, 4]]]`, you return `[[1, 2], [3, 4]]`, expected `[4, 6]`. See (5.9)."""
    return g.sum(axis=0)


@bias_gradient.mistake("axis kept")
def _(g):
    """the numbers are right, but you keep the summed axis: for `g = [[1, 2], [3, 4], [5, 6]]` you return `[[9, 12]]`.
    The bias has the shape (C,), and its gradient must have the same: leave out `keepdims`. See (5.9)."""
    return g.reshape(-1, g.shape[-1]).sum(axis=0, keepdims=True)


@bias_gradient.mistake("two axes always", example=(np.array([[[[5, 6], [7, 8]]]]),))
def _(g):
    """you sum over the **first two** axes, which is right for three axes only. For `g` of shape (1, 1, 2, 2),
    `[[[[5, 6], [7, 8]]]]`, you return `[[5, 6], [7, 8]]`, expected `[12, 14]`. Sum over all axes but the last:
    (5.9)."""
    return g.sum(axis=(0, 1))


@bias_gradient.mistake("divided by the batch", example=(np.array([[[1], [2]], [[3], [4]]]),))
def _(g):
    """you divide by the number of examples. If the loss is a mean, the 1/N is in `g` already; the paths through the
    bias are only **added**. For `g = [[[1], [2]], [[3], [4]]]` you return `[5]`, expected `[10]`. See (5.9)."""
    return g.reshape(-1, g.shape[-1]).sum(axis=0) / len(g)


@bias_gradient.mistake("first axis kept", example=(np.array([[[1, 2], [3, 4]]]),))
def _(g):
    """you sum over all axes but the **first**: one number for each example. The bias has one for each channel, the
    *last* axis. For `g = [[[1, 2], [3, 4]]]` you return `[10]`, expected `[4, 6]`. See (5.9)."""
    return g.sum(axis=tuple(range(1, g.ndim)))


@bias_gradient.mistake("three axes always", example=(np.array([[[1, 2], [3, 4]]]),))
def _(g):
    """you sum over the **first three** axes, which is right for four axes only; with two it is an error. For `g` of
    shape (1, 2, 2), `[[[1, 2], [3, 4]]]`, you return `10`, expected `[4, 6]`. Sum over all axes but the last, however
    many there are: (5.9)."""
    return g.sum(axis=(0, 1, 2))


def _two_sets(rng):
    for n, m, c in ((3, 2, 2), (4, 3, 3), (6, 4, 1), (10, 5, 4)):
        scale = 10.0 ** rng.integers(-1, 3, c)
        yield rng.integers(-9, 10, (n, c)) * scale + np.arange(n)[:, None], rng.integers(-9, 10, (m, c)) * scale
    yield rng.normal(5, 3, size=(20, 3)), rng.normal(6, 2, size=(8, 3))
    yield np.array([[1, 30], [2, 10], [6, 20], [4, -40]]), np.array([[3, 25], [0, 0]])
    yield np.array([[0, 7], [2, -1], [5, 3]]), rng.normal(size=(4, 2))
    yield rng.normal(size=(5, 2)), np.array([[1, 2], [-3, 4], [0, 9]])


def _by_whitening(train, test):
    """Column by column, with NumPy's covariance in place of its standard deviation."""
    parts = []
    for column, other in zip(train.T, test.T, strict=True):
        scale = np.cov(column, bias=True) ** -0.5
        parts.append((scale * (column - np.average(column)), scale * (other - np.average(column))))
    return tuple(np.column_stack(side) for side in zip(*parts, strict=True))


def _scaled_by(train, test, choose):
    """Both sets shifted and scaled by what `choose` makes of them."""
    (mean, scale), (mean_test, scale_test) = choose(train, test)
    return (train - mean) / scale, (test - mean_test) / scale_test


standardize = FunctionExercise(
    "5.5",
    "Scale the inputs",
    cases=_two_sets,
    fixed=("train.ndim", "test.ndim"),
    oracle=_by_whitening,
    solution="""
    def standardize(train, test):
        mean, deviation = train.mean(axis=0), train.std(axis=0)
        return (train - mean) / deviation, (test - mean) / deviation
    """,
    example=(np.array([[0.0, 100.0], [2.0, 500.0]]), np.array([[3.0, 300.0], [5.0, 500.0]])),
    hints=(
        "What do you know about new data before you have seen them? Only what the training set told you.",
        "Two numbers for each column: `train.mean(axis=0)` and `train.std(axis=0)`.",
        "`(train - mean) / deviation, (test - mean) / deviation`, with the same `mean` and `deviation`.",
    ),
    rtol=1e-6,  # a small number in the denominator, against a column of equal numbers, is good practice
)


@standardize.mistake("inputs not scaled")
def _(train, test):
    """your inputs are **not scaled** at all: for the example you return `[[[0, 100], [2, 500]], [[3, 300], [5, 500]]]`.
    The second column would rule the gradient, and leave no good learning rate. See the end of section 5."""
    return train.copy(), test.copy()


@standardize.mistake("centred only")
def _(train, test):
    """you subtract the mean but do not **divide** by the standard deviation:
    `[[[-1, -200], [1, 200]], [[2, 0], [4, 200]]]`. The columns still differ in size by a factor of 200. See section
    5."""
    return _scaled_by(train, test, lambda a, b: [(a.mean(0), 1), (a.mean(0), 1)])


@standardize.mistake("test set scaled by itself")
def _(train, test):
    """you scale the test set by **its own** mean and deviation: `[[[-1, -1], [1, 1]], [[-1, -1], [1, 1]]]`. Then the
    same pixel means something else in the two sets. At prediction time there may be only one sample. Use the training
    set's numbers for both: section 5."""
    return _scaled_by(train, test, lambda a, b: [(a.mean(0), a.std(0)), (b.mean(0), b.std(0))])


@standardize.mistake("statistics of both sets")
def _(train, test):
    """you compute the mean and the deviation over **both** sets, and so let the test set leak into training. The
    training column 0, 2 becomes -1.387, -0.2774 in `[[[-1.387, -1.508], [-0.2774, 0.9045]], [[0.2774, -0.3015], [1.387,
    0.9045]]]`, where it should be -1, 1. See section 5."""
    return _scaled_by(train, test, lambda a, b: [(np.r_[a, b].mean(0), np.r_[a, b].std(0))] * 2)


@standardize.mistake("one scale for all columns")
def _(train, test):
    """you take one mean and one deviation over **all columns**; a missing `axis=0`. For the example you return
    `[[[-0.7313, -0.2454], [-0.7216, 1.698]], [[-0.7167, 0.7265], [-0.707, 1.698]]]`: the first column is still as good
    as constant. See section 5."""
    return _scaled_by(train, test, lambda a, b: [(a.mean(), a.std()), (a.mean(), a.std())])


@standardize.mistake("divided by the variance")
def _(train, test):
    """you divide by the **variance** instead of its square root: `[[[-1, -0.005], [1, 0.005]], [[2, 0], [4, 0.005]]]`.
    See section 5."""
    return _scaled_by(train, test, lambda a, b: [(a.mean(0), a.var(0)), (a.mean(0), a.var(0))])


@standardize.mistake("divided by n minus 1")
def _(train, test):
    """you divide by the deviation with $N - 1$ (`ddof=1`, the default of pandas and PyTorch). Then the training column
    0, 2 becomes -0.7071, 0.7071 in `[[[-0.7071, -0.7071], [0.7071, 0.7071]], [[1.414, 0], [2.828, 0.7071]]]`, and its
    deviation is not 1. Take `train.std(axis=0)`: section 5."""
    return _scaled_by(train, test, lambda a, b: [(a.mean(0), a.std(0, ddof=1))] * 2)


@standardize.mistake("train overwritten first")
def _(train, test):
    """you **overwrite** `train` before the test set is scaled, so the test set meets a mean of 0 and a deviation of 1
    and stays as it was: `[[[-1, -1], [1, 1]], [[3, 300], [5, 500]]]`. Compute the mean and the deviation first, then
    scale both: section 5."""
    train = (train - train.mean(0)) / train.std(0)
    return train, (test - train.mean(0)) / train.std(0)


@standardize.mistake("mean of the test set")
def _(train, test):
    """you shift the test set by **its own** mean: `[[[-1, -1], [1, 1]], [[-1, -0.5], [1, 0.5]]]`. Then a test set that
    is darker than the training set looks just the same. Use the training set's numbers for both: section 5."""
    return _scaled_by(train, test, lambda a, b: [(a.mean(0), a.std(0)), (b.mean(0), a.std(0))])


@standardize.mistake("deviation of the test set")
def _(train, test):
    """you divide the test set by **its own** deviation: `[[[-1, -1], [1, 1]], [[2, 0], [4, 2]]]`. Use the training
    set's numbers for both: section 5."""
    return _scaled_by(train, test, lambda a, b: [(a.mean(0), a.std(0)), (a.mean(0), b.std(0))])


@standardize.mistake("scaled to 0 and 1")
def _(train, test):
    """you bring each column to the range **0 to 1**: `[[[0, 0], [1, 1]], [[1.5, 0.5], [2.5, 1]]]`. Asked is mean 0 and
    standard deviation 1: section 5."""
    return _scaled_by(train, test, lambda a, b: [(a.min(0), np.ptp(a, 0))] * 2)


@standardize.mistake("only the mean divided")
def _(a, b):
    """without parentheses only the **mean** is divided: `a - mean / deviation`. For the example you return
    `[[[-1, 98.5], [1, 498.5]], [[2, 298.5], [4, 498.5]]]`. Write `(a - mean) / deviation`: section 5."""
    return a - a.mean(0) / a.std(0), b - a.mean(0) / a.std(0)


@standardize.mistake("not centred")
def _(train, test):
    """you divide by the deviation, but the **mean** is still there: `[[[0, 0.5], [2, 2.5]], [[3, 1.5], [5, 2.5]]]`.
    Subtract it first: section 5."""
    return _scaled_by(train, test, lambda a, b: [(0, a.std(0))] * 2)


@standardize.mistake("multiplied by the deviation")
def _(train, test):
    """you **multiply** by the deviation: `[[[-1, -4e+04], [1, 4e+04]], [[2, 0], [4, 4e+04]]]`, and large columns become
    larger still. Divide: section 5."""
    return _scaled_by(train, test, lambda a, b: [(a.mean(0), 1 / a.std(0))] * 2)


@standardize.mistake("test set first")
def _(a, b):
    """both are scaled rightly, but the **test set comes first**: `[[[2, 0], [4, 1]], [[-1, -1], [1, 1]]]`. Return the
    training set, then the test set: see section 5."""
    return (b - a.mean(0)) / a.std(0), (a - a.mean(0)) / a.std(0)


@standardize.mistake("rows for columns")
def _(train, test):
    """you scale each **row**, that is each sample, with `axis=1`: columns with another unit are mixed, and each sample
    has its own scale. For the example you return `[[[-1, 1], [-1, 1]], [[-1, 1], [-1, 1]]]`. A column is one input:
    take the mean and the deviation along `axis=0`, see section 5."""
    return tuple((a - a.mean(axis=1, keepdims=True)) / a.std(axis=1, keepdims=True) for a in (train, test))


@standardize.mistake("each set by one scale of its own")
def _(train, test):
    """you take one mean and one deviation over **all columns**, and for the test set its own. For the example you
    return `[[[-0.7313, -0.2454], [-0.7216, 1.698]], [[-0.9465, 0.4661], [-0.937, 1.417]]]`. Each column needs its own
    numbers (`axis=0`), and the test set gets those of the training set: section 5."""
    return _scaled_by(train, test, lambda a, b: [(a.mean(), a.std()), (b.mean(), b.std())])


LINE = (np.array([[1.0], [2.0]]), np.array([2.0, 4.0]), np.array([0.0]), 0.1, 2)
WIDE = (np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), np.array([2.0, 2.0, 4.0]), np.zeros(2), 0.75, 1)


def _regressions(rng):
    yield np.array([[1.0], [1.0]]), np.array([1.0, 3.0]), np.array([0.0]), 0.25, 1
    for n, c, steps in ((3, 1, 3), (4, 2, 2), (6, 2, 5), (8, 3, 4)):
        x = rng.integers(-2, 3, (n, c)).astype(float)
        yield x, rng.integers(-4, 5, n).astype(float), rng.integers(-2, 3, c).astype(float), 0.05, steps
    yield rng.normal(size=(10, 3)), rng.normal(size=10), rng.normal(size=3), 0.1, 7
    yield np.array([[1, 0], [2, 1], [0, -1]]), np.array([1, -2, 3]), np.array([0, 1]), 0.15, 2
    yield np.array([[1], [2], [3], [-1]]), rng.normal(size=4), np.array([2]), 0.02, 3


def _by_normal_equations(x, y, w, rate, steps):
    """One step is w -> M w + c; `steps` of them by powers of a matrix, without any loop over the loss."""
    n, c = x.shape
    step = np.eye(c + 1)
    step[:c, :c] -= 2 * rate / n * x.T @ x
    step[:c, c] = 2 * rate / n * x.T @ y
    return (np.linalg.matrix_power(step, steps) @ np.append(w, 1.0))[:c]


def _loop(x, y, w, rate, steps, gradient, *, sign=-1, accumulate=False, frozen=False, extra=0):
    total = 0
    first = gradient(x, y, w)
    for _ in range(steps + extra):
        now = first if frozen else gradient(x, y, w)
        total = total + now if accumulate else now
        w = w + sign * rate * total
    return w


def _mean_gradient(x, y, w):
    return 2 * x.T @ (x @ w - y) / len(y)


train_linear = FunctionExercise(
    "5.6",
    "A training loop",
    cases=_regressions,
    fixed=("x.ndim", "y.ndim", "w.ndim"),
    oracle=_by_normal_equations,
    solution="""
    def train_linear(x, y, w, rate, steps):
        for _ in range(steps):
            residual = x @ w - y
            gradient = 2 * x.T @ residual / len(y)
            w = w - rate * gradient
        return w
    """,
    example=LINE,
    hints=(
        "Three lines in a loop: the residual, the gradient, the step.",
        "With $r = Xw - y$, the gradient of $\\frac1N \\sum r_n^2$ is $\\frac2N X^\\top r$.",
        "`w = w - rate * 2 * x.T @ (x @ w - y) / len(y)`, `steps` times. (Not `w -=`, which changes the caller's "
        "array.)",
    ),
)


@train_linear.mistake("sign of the step")
def _(x, y, w, rate, steps):
    """you go **uphill**: the step has the wrong sign. With `x = [[1], [2]]`, `y = [2, 4]` the answer is near 2, but
    after two steps you are at `[-2.5]`. See the minus in (5.5)."""
    return _loop(x, y, w, rate, steps, _mean_gradient, sign=+1)


@train_linear.mistake("sum for mean")
def _(x, y, w, rate, steps):
    """your gradient is **summed** over the examples where the mean is meant, so your steps grow with the number of
    examples. With `x = [[1], [2]]`, `y = [2, 4]` you are at `[2]` after two steps, expected `[1.5]`; with more data you
    would fly out. See the $1/N$ in (5.10)."""
    return _loop(x, y, w, rate, steps, lambda x, y, w: 2 * x.T @ (x @ w - y))


@train_linear.mistake("gradient accumulated across steps")
def _(x, y, w, rate, steps):
    """your gradient is **accumulated** from step to step: the second step still contains the first one. With
    `x = [[1], [2]]`, `y = [2, 4]` you are at `[2.5]` after two steps, expected `[1.5]`. Compute it anew in each step,
    as in (5.5)."""
    return _loop(x, y, w, rate, steps, _mean_gradient, accumulate=True)


@train_linear.mistake("gradient computed once", example=(*LINE[:3], 0.3, 2))
def _(x, y, w, rate, steps):
    """you compute the gradient **once**, before the loop, and walk on in that direction. With `x = [[1], [2]]`,
    `y = [2, 4]`, `rate = 0.3` you are at `[6]` after two steps, expected `[1.5]`. The gradient belongs to the place
    where you are: (5.5)."""
    return _loop(x, y, w, rate, steps, _mean_gradient, frozen=True)


@train_linear.mistake("factor 2 lost")
def _(x, y, w, rate, steps):
    """the **2** from the derivative of the square is missing. With `x = [[1], [2]]`, `y = [2, 4]` you are at `[0.875]`
    after two steps, expected `[1.5]`. Multiply along the path, (5.6): the derivative of $r^2$ is $2r$."""
    return _loop(x, y, w, rate, steps, lambda x, y, w: x.T @ (x @ w - y) / len(y))


@train_linear.mistake("one step too few")
def _(x, y, w, rate, steps):
    """you take one step **too few**: after two steps with `x = [[1], [2]]`, `y = [2, 4]` you are at `[1]`, where the
    first step leads. See (5.5)."""
    return _loop(x, y, w, rate, steps, _mean_gradient, extra=-1)


@train_linear.mistake("return inside the loop", example=(*LINE[:3], 0.05, 3))
def _(x, y, w, rate, steps):
    """you take only the **first step**: is your `return` inside the loop? With `x = [[1], [2]]`, `y = [2, 4]`
    `rate = 0.05` you are at `[0.5]` after three steps, expected `[1.156]`. See (5.5)."""
    return w - rate * _mean_gradient(x, y, w)


@train_linear.mistake("one step too many")
def _(x, y, w, rate, steps):
    """you take one step **too many**: after two steps with `x = [[1], [2]]`, `y = [2, 4]` you are at `[1.75]`, expected
    `[1.5]`. `range(steps)` runs `steps` times. See (5.5)."""
    return _loop(x, y, w, rate, steps, _mean_gradient, extra=1)


@train_linear.mistake("neither 2 nor mean", example=(np.ones((3, 1)), np.full(3, 2.0), np.array([0.0]), 0.1, 2))
def _(x, y, w, rate, steps):
    """both the **2** from the square and the **1/N** of the mean are missing. (With two examples they cancel.) For
    three times `x = 1`, `y = 2` you are at `[1.02]` after two steps, expected `[0.72]`. Multiply along the path, (5.6),
    and see the $1/N$ in (5.10)."""
    return _loop(x, y, w, rate, steps, lambda x, y, w: x.T @ (x @ w - y))


@train_linear.mistake("divided by the columns", example=WIDE)
def _(x, y, w, rate, steps):
    """you divide by the number of **columns**; the mean is over the examples, `len(y)`. For
    `x = [[1, 0], [1, 0], [0, 1]]`, `y = [2, 2, 4]` you are at `[3, 3]` after one step, expected `[2, 2]`. See the $1/N$
    in (5.10)."""
    return _loop(x, y, w, rate, steps, lambda x, y, w: 2 * x.T @ (x @ w - y) / x.shape[1])


@train_linear.mistake("divided by all entries", example=WIDE)
def _(x, y, w, rate, steps):
    """you divide by **all entries** of `x`; the mean is over the examples, `len(y)`. For
    `x = [[1, 0], [1, 0], [0, 1]]`, `y = [2, 2, 4]` you are at `[1, 1]` after one step, expected `[2, 2]`. See the $1/N$
    in (5.10)."""
    return _loop(x, y, w, rate, steps, lambda x, y, w: 2 * x.T @ (x @ w - y) / x.size)


@train_linear.mistake("start ignored", example=(*LINE[:2], np.array([2.0]), 0.1, 2))
def _(x, y, w, rate, steps):
    """you start **from 0**, not from the `w` that you are given. With `x = [[1], [2]]`, `y = [2, 4]` and the start 2,
    which is right already, you are at `[1.5]` after two steps. See (5.5)."""
    return _loop(x, y, 0 * w, rate, steps, _mean_gradient)


@train_linear.mistake("solved instead of stepped", example=(LINE[0], np.array([3.0, 6.0]), *LINE[2:]))
def _(x, y, w, rate, steps):
    """you return the **minimum** itself. Asked is the place after `steps` steps: with `x = [[1], [2]]`, `y = [3, 6]`
    that is `[2.25]`, and you return `[3]`. See (5.5)."""
    return np.linalg.lstsq(x, y)[0]


@train_linear.mistake("one example at a time")
def _(x, y, w, rate, steps):
    """you move after **each example**: that is stochastic gradient descent with a batch of one. With `x = [[1], [2]]`,
    `y = [2, 4]` you are at `[1.949]` after two steps, expected `[1.5]`. A step here uses the mean over all examples:
    see (5.10)."""
    for _ in range(steps):
        for n in range(len(y)):
            w = w - rate * 2 * (x[n] @ w - y[n]) * x[n]
    return w


@train_linear.mistake("x forgotten", example=WIDE)
def _(x, y, w, rate, steps):
    """your gradient is the mean of the residuals: the factor **x** is missing, so all weights get the same step. With
    `x = [[1, 0], [1, 0], [0, 1]]`, `y = [2, 2, 4]`, `rate = 0.75` you are at `[4, 4]` after one step, expected
    `[2, 2]`. Each residual is multiplied by what stood beside the weight: (5.10)."""
    return _loop(x, y, w, rate, steps, lambda x, y, w: 2 * np.mean(x @ w - y))


largest_rate = ValueExercise(
    "5.7",
    "The largest learning rate",
    answer=lambda: 2 / np.linalg.eigvalsh([[3, 1], [1, 3]])[-1],
    solution="""
    import numpy as np

    eigenvalues = np.linalg.eigvalsh([[3, 1], [1, 3]])     # 2 and 4
    answer = 2 / eigenvalues.max()
    """,
    hints=(
        "In which direction is this bowl steepest? Not along an axis.",
        "The eigenvectors are (1, 1) and (1, −1).",
        "The eigenvalues are 4 and 2; put the larger one into (5.12).",
    ),
)


@largest_rate.mistake("1 over the largest")
def _():
    r"""`0.25` is $1/λ_{\max}$: with it the steepest direction arrives in one step. Twice that is still not too far: the
    factor $|1 - ηλ|$ must stay below 1. See (5.12)."""
    return 0.25


@largest_rate.mistake("the smallest eigenvalue")
def _():
    r"""`1` is $2/λ_{\min}$: at that rate the flat direction survives, and the steep one explodes by a factor of 3 a
    step. The **largest** eigenvalue decides: (5.12)."""
    return 1.0


@largest_rate.mistake("the best rate")
def _():
    r"""`0.3333` is the **best** rate, $2/(λ_{\min} + λ_{\max})$ of (5.13). Asked is the largest that converges:
    (5.12)."""
    return 1 / 3


@largest_rate.mistake("the diagonal")
def _():
    """`0.6667` takes the diagonal entry 3 for the largest curvature. Along the direction (1, 1) it is 4: you need the
    **eigenvalues** of $A$. See (5.12)."""
    return 2 / 3


@largest_rate.mistake("the eigenvalue itself")
def _():
    r"""`4` is the largest **eigenvalue** $λ_{\max}$ itself. The rate must stay below $2/λ_{\max}$: (5.12)."""
    return 4.0


@largest_rate.mistake("the smallest eigenvalue itself")
def _():
    """`2` is the smallest **eigenvalue** itself. The largest one decides, and it stands below the line: (5.12)."""
    return 2.0


THREE_STEPS = (np.array([1.0, 2.0, -3.0]), 1.0, 0.5, 0.75, 0.0)
LARGE_EPS = (np.array([1.0, -3.0]), 1.0, 0.5, 0.75, 1.0)


def _gradient_histories(rng):
    yield np.array([2.0]), 0.1, 0.9, 0.999, 1e-8
    yield np.array([-5.0, -5.0, -5.0]), 0.1, 0.9, 0.99, 0.0
    for n in (2, 4, 8, 20):
        yield rng.normal(size=n), float(rng.choice([0.01, 0.1, 1.0])), 0.9, 0.95, 0.1
    yield np.array([3, -1, 0, 2]), 0.5, 0.8, 0.9, 1e-3
    yield np.array([0.0, 0.0, 1e-9, 4e6]), 0.2, 0.6, 0.7, 1e-6


def _weighted_sums(gradients, rate, beta1, beta2, eps):
    """Every moment as an explicit weighted mean of the past, without a recursion."""
    total = 0.0
    for t in range(1, len(gradients) + 1):
        age = np.arange(t)[::-1]
        m = np.average(gradients[:t], weights=beta1**age)
        v = np.average(gradients[:t] ** 2, weights=beta2**age)
        total -= rate * m / (v**0.5 + eps)
    return total


def _adam_variant(
    gradients,
    rate,
    beta1,
    beta2,
    eps,
    *,
    correct_m=True,
    correct_v=True,
    root=True,
    sign=-1,
    power=True,
    kept=False,
    inside=False,
    early=False,
    last_gradient=False,
    share=True,
    square=2,
    absolute=False,
):
    """Adam with one thing changed; `kept` keeps the corrected moments, `inside` and `early` say where ε is added."""
    w = m = v = 0.0
    for t, g in enumerate(gradients, start=1):
        m = beta1 * m + ((1 - beta1) if share else 1) * g
        v = beta2 * v + ((1 - beta2) if share else 1) * (abs(g) if absolute else g) ** square
        with np.errstate(all="ignore"):
            m_hat = m / (1 - beta1 ** (t if power else 1)) if correct_m else m
            v_hat = v / (1 - beta2 ** (t if power else 1)) if correct_v else v
            size = np.sqrt(v_hat + eps * inside) if root else v_hat
            size = size + eps * (not inside) * ((1 - beta2**t) ** -0.5 if early else 1)
            w += sign * rate * (g if last_gradient else m_hat) / size
        if kept:
            m, v = m_hat, v_hat
    return w


adam_path = FunctionExercise(
    "5.8",
    "Adam",
    cases=_gradient_histories,
    fixed=("gradients.ndim",),
    oracle=_weighted_sums,
    solution="""
    def adam_path(gradients, rate, beta1, beta2, eps):
        w = m = v = 0.0
        for t, g in enumerate(gradients, start=1):
            m = beta1 * m + (1 - beta1) * g
            v = beta2 * v + (1 - beta2) * g**2
            m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
            w = w - rate * m_hat / (v_hat**0.5 + eps)
        return w
    """,
    example=(np.array([1.0, -3.0]), 1.0, 0.5, 0.75, 0.0),
    hints=(
        "Whatever the first gradient is, the first step has the length `rate` (for a small `eps`). Does yours?",
        "Count the steps from 1, since $1 - β^0 = 0$.",
        "In each step: update `m` and `v`, divide them by `1 - beta1**t` and `1 - beta2**t`, then "
        "`w -= rate * m_hat / (v_hat**0.5 + eps)`.",
    ),
)


@adam_path.mistake("no bias correction")
def _(gradients, rate, beta1, beta2, eps):
    r"""the **bias correction** is missing: $m$ and $v$ begin at 0 and are too small at first. For the gradients
    `[1, -3]` you return `-0.1994`, expected `-0.2939`. See $\hat m$ and $\hat v$ in (5.16)."""
    return _adam_variant(gradients, rate, beta1, beta2, eps, correct_m=False, correct_v=False)


@adam_path.mistake("only the mean corrected")
def _(gradients, rate, beta1, beta2, eps):
    r"""you correct the bias of $m$ but not of $v$, so that the first steps are far **too long**. For the gradients
    `[1, -3]` you return `-0.9325`, expected `-0.2939`. See $\hat v$ in (5.16)."""
    return _adam_variant(gradients, rate, beta1, beta2, eps, correct_v=False)


@adam_path.mistake("only the square corrected")
def _(gradients, rate, beta1, beta2, eps):
    r"""you correct the bias of $v$ but not of $m$, so that the first steps are **too short**. For the gradients
    `[1, -3]` you return `0.02957`, expected `-0.2939`. See $\hat m$ in (5.16)."""
    return _adam_variant(gradients, rate, beta1, beta2, eps, correct_m=False)


@adam_path.mistake("square root forgotten")
def _(gradients, rate, beta1, beta2, eps):
    r"""you divide by $\hat v$, not by its **square root**: then large gradients would make small steps. For the
    gradients `[1, -3]` you return `-0.7009`, expected `-0.2939`. See (5.16)."""
    return _adam_variant(gradients, rate, beta1, beta2, eps, root=False)


@adam_path.mistake("sign of the step")
def _(gradients, rate, beta1, beta2, eps):
    """you go **uphill**: for the gradients `[1, -3]` you return `0.2939`, the right number with the wrong sign. See the
    minus in (5.16)."""
    return _adam_variant(gradients, rate, beta1, beta2, eps, sign=+1)


@adam_path.mistake("the gradient itself in the numerator")
def _(gradients, rate, beta1, beta2, eps):
    r"""the numerator is the last **gradient**, not its running mean $\hat m$ (that is RMSprop with a correction). For
    the gradients `[1, -3]` you return `0.271`, expected `-0.2939`. See (5.16)."""
    return _adam_variant(gradients, rate, beta1, beta2, eps, last_gradient=True)


@adam_path.mistake("betas swapped")
def _(gradients, rate, beta1, beta2, eps):
    """$β_1$ and $β_2$ are **swapped**: $β_1$ belongs to the mean of the gradients. For the gradients `[1, -3]` you
    return `-0.4891`, expected `-0.2939`. See (5.16)."""
    return _adam_variant(gradients, rate, beta2, beta1, eps)


@adam_path.mistake("power forgotten", example=THREE_STEPS)
def _(gradients, rate, beta1, beta2, eps):
    """you divide by $1 - β$, not by $1 - β^t$: only the **first step** is right. For the gradients `[1, 2, -3]` you
    return `-1.653`, expected `-1.583`. The bias fades with the number of steps $t$: (5.16)."""
    return _adam_variant(gradients, rate, beta1, beta2, eps, power=False)


@adam_path.mistake("corrected moments kept", example=THREE_STEPS)
def _(gradients, rate, beta1, beta2, eps):
    r"""you **overwrite** $m$ and $v$ by their corrected values, so the next step corrects them again. For the gradients
    `[1, 2, -3]` you return `-1.81`, expected `-1.583`. Keep $m$ and $v$ as they are, and give $\hat m$, $\hat v$ names
    of their own: (5.16)."""
    return _adam_variant(gradients, rate, beta1, beta2, eps, kept=True)


@adam_path.mistake("epsilon inside the root", example=LARGE_EPS)
def _(gradients, rate, beta1, beta2, eps):
    """your $ε$ stands **inside** the square root. For the gradients `[1, -3]` with `eps = 1` you return `-0.05695`,
    expected `-0.004025`. In (5.16) it is added to the root."""
    return _adam_variant(gradients, rate, beta1, beta2, eps, inside=True)


@adam_path.mistake("epsilon before the correction", example=LARGE_EPS)
def _(gradients, rate, beta1, beta2, eps):
    r"""you add $ε$ to $\sqrt{v}$ **before** the correction. That is what Keras does (see the Pitfalls), but not (5.16).
    For the gradients `[1, -3]` with `eps = 1` you return `0.09708`, expected `-0.004025`."""
    return _adam_variant(gradients, rate, beta1, beta2, eps, early=True)


@adam_path.mistake("epsilon forgotten", example=(np.array([2.0, 1.0]), *THREE_STEPS[1:4], 1.0))
def _(*a):
    """the **ε** below the line is missing. For the gradients `[2, 1]` with `eps = 1` you return `-1.882`, expected
    `-1.197`. It matters where gradients are tiny: (5.16)."""
    return _adam_variant(*a[:-1], 0.0)


@adam_path.mistake("sums for means", example=THREE_STEPS)
def _(gradients, rate, beta1, beta2, eps):
    """the factors $1 - β_1$ and $1 - β_2$ in front of the new gradient are missing, so $m$ and $v$ are **sums**, not
    means. For the gradients `[1, 2, -3]` you return `-1.583`, expected `-1.583`. See (5.16)."""
    return _adam_variant(gradients, rate, beta1, beta2, eps, share=False)


@adam_path.mistake("gradient not squared", example=(np.array([4.0, 1.0]), 1.0, 0.5, 0.75, 0.0))
def _(gradients, rate, beta1, beta2, eps):
    """the gradient in $v$ is **not squared**: then $v$ can be negative, and has no root. Even for the gradients
    `[4, 1]` you return `-3.323`, expected `-1.734`. See $g_t^2$ in (5.16)."""
    return _adam_variant(gradients, rate, beta1, beta2, eps, square=1)


@adam_path.mistake("rate forgotten", example=(np.array([1.0, -3.0]), 0.5, 0.5, 0.75, 0.0))
def _(gradients, rate, *others):
    """the learning **rate** is missing. For the gradients `[1, -3]` with `rate = 0.5` you return `-0.2939`, expected
    `-0.147`. See $η$ in (5.16)."""
    return _adam_variant(gradients, 1.0, *others)


@adam_path.mistake("only the last step")
def _(gradients, *others):
    r"""you return the **last step**, not the place where all steps together lead: $w_t = w_{t-1} - \dots$. For the
    gradients `[1, -3]` you return `0.7061`, expected `-0.2939`. See (5.16)."""
    return _adam_variant(gradients, *others) - _adam_variant(gradients[:-1], *others)


@adam_path.mistake("return inside the loop", example=THREE_STEPS)
def _(gradients, *others):
    """you take only the **first step**: is your `return` inside the loop? For the gradients `[1, 2, -3]` you return
    `-1`, expected `-1.583`. One step of (5.16) for each gradient."""
    return _adam_variant(gradients[:1], *others)


@adam_path.mistake("absolute value for the square")
def _(gradients, rate, beta1, beta2, eps):
    """you average the **absolute value** of the gradient in $v$, and then take a root of it. For the gradients
    `[1, -3]` you return `0.1386`, expected `-0.2939`. Square the gradient first: $g_t^2$ in (5.16)."""
    return _adam_variant(gradients, rate, beta1, beta2, eps, square=1, absolute=True)


he_deviation = ValueExercise(
    "5.9",
    "He's deviation",
    answer=lambda: (2 / np.zeros((3, 3, 64)).size) ** 0.5,
    rtol=0.02,  # 0.06 is right to the one digit that it has
    solution="""
    fan_in = 3 * 3 * 64          # what one output sees
    answer = (2 / fan_in) ** 0.5
    """,
    hints=(
        "How many numbers are added up for one output of this layer?",
        "$n_\\text{in} = 3 · 3 · 64$.",
        "$\\sqrt{2/576}$.",
    ),
)


@he_deviation.mistake("variance for deviation")
def _():
    r"""`0.003472` is the **variance** $2/n_\text{in}$. The standard deviation is its square root: (5.21)."""
    return 2 / 576


@he_deviation.mistake("kernel area forgotten")
def _():
    r"""`0.1768` takes $n_\text{in} = 64$. One output sees 9 pixels in each of the 64 channels: $n_\text{in} = 576$. See
    the line below (5.21)."""
    return (2 / 64) ** 0.5


@he_deviation.mistake("outputs for inputs")
def _():
    """`0.08333` uses the **outputs**, $9 · 32$. He's rule keeps the forward signal and uses the inputs: (5.21)."""
    return (2 / 288) ** 0.5


@he_deviation.mistake("Glorot's rule")
def _():
    r"""`0.04811` is **Glorot's** rule, $2/(n_\text{in} + n_\text{out})$. It does not know of the ReLU, which throws
    away half of the energy: (5.21)."""
    return (2 / 864) ** 0.5


@he_deviation.mistake("the 2 forgotten")
def _():
    r"""`0.04167` is $\sqrt{1/n_\text{in}}$: the **2** that makes up for the ReLU is missing. See (5.20) and (5.21)."""
    return (1 / 576) ** 0.5


@he_deviation.mistake("inputs times outputs")
def _():
    """`0.01042` counts all **weights** of the layer. Only what one output sees matters, $9 · 64$; the other outputs
    have weights of their own: (5.21)."""
    return (2 / (9 * 64 * 32)) ** 0.5


@he_deviation.mistake("channels forgotten")
def _():
    r"""`0.4714` takes $n_\text{in} = 9$. One output sees 9 pixels in each of the **64 channels**: see the line below
    (5.21)."""
    return (2 / 9) ** 0.5


@he_deviation.mistake("channels only")
def _():
    """`0.1443` takes 64 + 32, Glorot's rule **without the 9** pixels of the kernel. He's rule takes the inputs alone,
    $9 · 64$: (5.21)."""
    return (2 / 96) ** 0.5


@he_deviation.mistake("output channels only")
def _():
    """`0.25` takes the 32 **output** channels. One output sees $9 · 64$ numbers: (5.21)."""
    return (2 / 32) ** 0.5


@he_deviation.mistake("side for area")
def _():
    """`0.1021` takes 3 for the kernel; 3 × 3 has **9** pixels: see the line below (5.21)."""
    return (2 / 192) ** 0.5


FOUR = (np.array([[1.0], [0.0], [0.0], [3.0]]), np.array([[-1.0], [1.0], [-1.0], [1.0]]))


def _batches(rng):
    for n, c in ((3, 1), (4, 2), (6, 3), (9, 2)):
        yield (
            rng.integers(-3, 4, (n, c)).astype(float),
            np.arange(n)[:, None] * rng.integers(1, 4, c) + rng.normal(size=(n, c)),
        )
    yield rng.normal(size=(12, 4)), rng.normal(3, 2, size=(12, 4))
    yield np.array([[1, 0], [2, -3], [0, 5], [1, 1]]), np.array([[1, 9], [4, 2], [2, 7], [8, -3]])
    yield rng.normal(size=(3, 2)), np.array([[1, 30], [-2, 10], [6, 20]])


def _by_jacobian(g, x):
    """The whole Jacobian of each channel, and its transpose times g: (5.7) with no shortcut."""
    result = np.empty(g.shape)
    n = len(x)
    for c in range(x.shape[1]):
        centred = x[:, c] - x[:, c].mean()
        size = np.sqrt(centred @ centred)
        jacobian = np.sqrt(n) * (np.eye(n) / size - np.outer(centred, centred) / size**3) @ (np.eye(n) - 1 / n)
        result[:, c] = jacobian.T @ g[:, c]
    return result


def _normalized(x, axis=0):
    with np.errstate(invalid="ignore"):  # over the channels, where there is only one
        return (x - x.mean(axis=axis, keepdims=True)) / x.std(axis=axis, keepdims=True)


def _backward_without(g, x, *, mean=True, variance=True, average=np.mean, axis=0, power=1, divide=True):
    x_hat, result = _normalized(x, axis), g
    if mean:
        result = result - average(g, axis=axis, keepdims=True)
    if variance:
        result = result - x_hat * average(g * x_hat, axis=axis, keepdims=True)
    with np.errstate(invalid="ignore"):
        return result / x.std(axis=axis, keepdims=True) ** power if divide else result * 1.0


SPREAD = (FOUR[0], 2 * FOUR[1])

batch_norm_backward = FunctionExercise(
    "5.10",
    "Batch normalization, backwards",
    cases=_batches,
    fixed=("g.ndim", "x.ndim"),
    oracle=_by_jacobian,
    solution="""
    def batch_norm_backward(g, x):
        deviation = x.std(axis=0)
        x_hat = (x - x.mean(axis=0)) / deviation
        return (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)) / deviation
    """,
    example=SPREAD,
    hints=(
        "Three paths lead from $x_n$ to the loss: directly, through the mean, through the variance.",
        "Your result must sum to 0 over the batch, and must be orthogonal to $\\hat x$: (5.24). Which of the two "
        "fails?",
        "`(g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)) / x.std(axis=0)`.",
    ),
)


@batch_norm_backward.mistake("mean and variance taken as constants", reread="(5.23)")
def _(g, x):
    """you treat the mean and the variance as **constants**: `g` divided by the deviation, `[[0.5], [0], [0], [1.5]]`
    for the example. Both depend on every $x_n$, so there are two more paths. Yours does not even sum to 0: see (5.23),
    (5.24)."""
    return _backward_without(g, x, mean=False, variance=False)


@batch_norm_backward.mistake("path through the variance forgotten")
def _(g, x):
    r"""the path through the **variance** is missing: for the example you return `[[0], [-0.5], [-0.5], [1]]`. It sums
    to 0, but it still has a component along $\hat x$. See the last term of (5.23)."""
    return _backward_without(g, x, variance=False)


@batch_norm_backward.mistake("path through the mean forgotten")
def _(g, x):
    """the path through the **mean** is missing: for the example you return `[[0.75], [-0.25], [0.25], [1.25]]`, which
    does not sum to 0. See the second term of (5.23)."""
    return _backward_without(g, x, mean=False)


@batch_norm_backward.mistake("sum for mean")
def _(g, x):
    """you **sum** over the batch where the mean is meant, so the corrections are $N$ times too large: for the example
    you return `[[-0.5], [-3], [-1], [-1.5]]`. See the $1/N$ in (5.23)."""
    return _backward_without(g, x, average=np.sum)


@batch_norm_backward.mistake("not divided by the deviation")
def _(g, x):
    """you forgot to **divide** by the standard deviation: stretching the inputs twice as far halves their effect. For
    the example you return `[[0.5], [-1.5], [-0.5], [1.5]]`, twice too much. See the factor in front of (5.23)."""
    return _backward_without(g, x, divide=False)


@batch_norm_backward.mistake("divided by the variance")
def _(g, x):
    """you divide by the **variance**, not by its square root. For the example you return
    `[[0.125], [-0.375], [-0.125], [0.375]]`, half of what is right. See the factor in front of (5.23)."""
    return _backward_without(g, x, power=2)


@batch_norm_backward.mistake(
    "means over the channels",
    example=(np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]]), np.array([[0.0, 2.0], [4.0, 6.0], [2.0, 7.0]])),
)
def _(g, x):
    """you take the means over the **channels** (axis 1). Batch normalization takes them over the batch, channel by
    channel (axis 0): (5.22). For `x = [[0, 2], [4, 6], [2, 7]]` and `g = [[1, 0], [0, 0], [0, 1]]` you return
    `[[0, 0], [0, 0], [0, 0]]`."""
    return _backward_without(g, x, axis=1)


@batch_norm_backward.mistake(
    "means over everything",
    example=(np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]]), np.array([[0.0, 2.0], [4.0, 6.0], [2.0, 7.0]])),
)
def _(g, x):
    """your means run over **all** entries; is an `axis=0` missing? Each channel is normalized by itself: (5.22). For
    `x = [[0, 2], [4, 6], [2, 7]]` and `g = [[1, 0], [0, 0], [0, 1]]` you return
    `[[0.2741, -0.137], [-0.137, -0.137], [-0.137, 0.2741]]`."""
    x_hat = (x - x.mean()) / x.std()
    return (g - g.mean() - x_hat * (g * x_hat).mean()) / x.std()


@batch_norm_backward.mistake("only the last term divided")
def _(g, x):
    """without parentheses only the **last term** is divided by the deviation: for the example you return
    `[[0.25], [-1.25], [-0.75], [1.75]]`, expected `[[0.25], [-0.75], [-0.25], [0.75]]`. See the large parentheses in
    (5.23)."""
    x_hat = _normalized(x)
    return g - g.mean(0) - x_hat * (g * x_hat).mean(0) / x.std(0)


@batch_norm_backward.mistake("plus for minus")
def _(g, x):
    """the last term is **added** instead of subtracted: for the example you return
    `[[-0.25], [-0.25], [-0.75], [1.25]]`, expected `[[0.25], [-0.75], [-0.25], [0.75]]`. See the second minus in
    (5.23)."""
    x_hat = _normalized(x)
    return (g - g.mean(0) + x_hat * (g * x_hat).mean(0)) / x.std(0)


@batch_norm_backward.mistake("x for x hat", example=(SPREAD[0], SPREAD[1] + 1))
def _(g, x):
    r"""you use $x$ where the **normalized** $\hat x$ is meant: for the example, shifted by 1, you return
    `[[1], [-3.5], [0.5], [-2]]`, expected `[[0.25], [-0.75], [-0.25], [0.75]]`. See (5.23)."""
    return (g - g.mean(0) - x * (g * x).mean(0)) / x.std(0)


@batch_norm_backward.mistake("centred for normalized")
def _(g, x):
    r"""your $\hat x$ is only centred, **not divided** by the deviation: for the example you return
    `[[1], [-1.5], [0.5], [0]]`, expected `[[0.25], [-0.75], [-0.25], [0.75]]`. See (5.22) and (5.23)."""
    centred = x - x.mean(0)
    return (g - g.mean(0) - centred * (g * centred).mean(0)) / x.std(0)


@batch_norm_backward.mistake("arguments exchanged")
def _(g, x):
    """you have **exchanged** the gradient and the input: for the example you return
    `[[-1.633], [2.177], [-1.089], [0.5443]]`, expected `[[0.25], [-0.75], [-0.25], [0.75]]`. The signature is
    `batch_norm_backward(g, x)`: see (5.23)."""
    return _backward_without(x, g)


@batch_norm_backward.mistake("forward pass")
def _(g, x):
    r"""you return $\hat x$, the way **forwards**: for the example `[[-1], [1], [-1], [1]]`. Asked is the gradient with
    respect to $x$: (5.23)."""
    return _normalized(x)


@batch_norm_backward.mistake("divided by n minus 1")
def _(g, x):
    """your deviation divides by $N - 1$ (`ddof=1`). Batch normalization divides by $N$: (5.22). For the example you
    return `[[0.1624], [-0.5954], [-0.2706], [0.7036]]`, expected `[[0.25], [-0.75], [-0.25], [0.75]]`."""
    deviation = x.std(0, ddof=1)
    x_hat = (x - x.mean(0)) / deviation
    return (g - g.mean(0) - x_hat * (g * x_hat).mean(0)) / deviation


nothing_left = ValueExercise(
    "5.11",
    "How deep before nothing is left?",
    answer=lambda: np.prod(np.full(20, 2.0)),
    rtol=0.35,
    solution="""
    # Prediction: each layer halves the mean square, by (5.20) with n · σ² = 1.
    predicted = 2**20

    # Measurement: the mean logarithm over some networks.
    import numpy as np

    logs = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        x = start = rng.normal(size=(100, 200))
        for _ in range(20):
            x = np.maximum(x @ rng.normal(0, (1 / 200) ** 0.5, size=(200, 200)), 0)
        logs.append(np.log(np.mean(start**2) / np.mean(x**2)))
    print(predicted, np.exp(np.mean(logs)))
    answer = predicted
    """,
    hints=(
        "What does (5.20) give for one layer, with $σ_w^2 = 1/n$?",
        "Each layer multiplies the mean square by ½.",
        "Twenty halvings: $2^{20}$, about a million.",
    ),
)


@nothing_left.mistake("size for mean square")
def _():
    """`1024` is the factor of the **size**, $2^{10}$. The mean square is the size squared: each layer halves it. See
    (5.20)."""
    return 1024


@nothing_left.mistake("only one layer")
def _():
    """`2` is the factor of **one** layer, (5.20). Twenty of them multiply."""
    return 2


@nothing_left.mistake("layers added")
def _():
    """`40` **adds** the layers up. Each one halves what the one before has left: the factors multiply, by (5.20)."""
    return 40


@nothing_left.mistake("the reciprocal")
def _():
    """`9.537e-07` is the ratio of output to input. Asked is by which factor it has become **smaller**: the reciprocal.
    See (5.20)."""
    return 2.0**-20


@nothing_left.mistake("the ReLU forgotten")
def _():
    """`1` would be right without the **ReLU**: $n · σ_w^2 = 1$. It removes half of the energy in each layer: (5.20)."""
    return 1


@nothing_left.mistake("the size, too small")
def _():
    """`0.0009766` is the ratio of the **sizes**, output to input. The mean square is the size squared, and asked is by
    which factor it has become smaller: (5.20)."""
    return 2.0**-10


@nothing_left.mistake("one layer, as a ratio")
def _():
    """`0.5` is what **one** layer leaves, (5.20). Twenty of them multiply, and asked is the factor by which it is
    smaller."""
    return 0.5


@nothing_left.mistake("the number of layers")
def _():
    """`20` counts the layers. Each of them halves the mean square: what do twenty halvings make? See (5.20)."""
    return 20


@nothing_left.mistake("one layer too few")
def _():
    """`5.243e+05` is $2^{19}$: one layer is missing. There are 20 of them between the inputs and the last activations,
    each with its factor ½: (5.20)."""
    return 2.0**19


@nothing_left.mistake("squared once more")
def _():
    """`1.1e+12` squares once too often: (5.20) is about the mean **square** already, and each layer halves it."""
    return 2.0**40
