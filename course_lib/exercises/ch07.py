"""Exercises of chapter 07, Loss functions."""

import math

import numpy as np

from course_lib.teaching.engine import ChoiceExercise, FunctionExercise, ValueExercise


def _distributions(rng):
    yield np.array([0.75, 0.25]), np.array([0.5, 0.5])
    yield np.array([1.0, 0.0]), np.array([0.5, 0.5])
    yield np.array([0, 1]), np.array([0.0, 1.0])  # equal, and sure
    yield np.array([0, 0, 1]), np.array([0.5, 0.25, 0.25])
    yield np.array([0.5, 0.5, 0.0]), np.array([0.25, 0.75, 0.0])  # a class that neither has
    yield np.array([0.5, 0.5]), np.array([1e-5, 1 - 1e-5])
    for n in (3, 4, 6, 8):
        yield tuple(rng.dirichlet(np.ones(n), 2))


def _divergence(p, q):
    return math.fsum(a * (math.log(a) - math.log(b)) for a, b in zip(p, q, strict=True) if a > 0)


def _other_direction(p, q):
    return math.inf if ((q > 0) & (p == 0)).any() else _divergence(q, p)


def _xlogx(p, q):
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(p > 0, p * np.log(q), 0)


divergence = FunctionExercise(
    "7.1",
    "Which way round?",
    cases=_distributions,
    oracle=_divergence,
    solution="""
    import numpy as np

    def divergence(p, q):
        seen = p > 0
        return np.sum(p[seen] * np.log(p[seen] / q[seen]))
    """,
    example=(np.array([0.5, 0.5]), np.array([0.25, 0.75])),
    hints=(
        "Which of the two distributions says how often each class happens? Its probabilities stand in front.",
        "A sum over classes of p · log(p / q).",
        "Select the classes with p > 0 first: seen = p > 0; then p[seen] * np.log(p[seen] / q[seen]), summed.",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-6,
    fixed=("p.ndim", "q.ndim", "q.dtype"),
)


@divergence.mistake("the other direction")
def _(p, q):
    """you computed **D(q ‖ p)**, the other direction. For `p = [0.5, 0.5]`, `q = [0.25, 0.75]` you return `0.1308`,
    expected `0.1438`. The distribution that is averaged over stands in front: see (7.4)."""
    return _other_direction(p, q)


@divergence.mistake("cross-entropy")
def _(p, q):
    """that is the **cross-entropy** H(p, q): it still contains the entropy of p, which no model can avoid. For
    `p = [0.5, 0.5]`, `q = [0.25, 0.75]` you return `0.837`. Subtract H(p), see (7.4)."""
    return -_xlogx(p, q).sum()


@divergence.mistake("logarithm to the base 2")
def _(p, q):
    """your logarithm has the base 2: for `p = [0.5, 0.5]`, `q = [0.25, 0.75]` you return `0.2075`, which is in bits.
    This chapter's log is natural, as the notation says before section 1."""
    return _divergence(p, q) / math.log(2)


@divergence.mistake("0 · log 0", example=(np.array([1.0, 0.0]), np.array([0.5, 0.5])))
def _(p, q):
    """right for most, but for `p = [1, 0]` you return `nan`: 0 times log 0 is not a number to a computer. A class with
    p = 0 contributes nothing. Leave it out before the logarithm, see section 1."""
    return _divergence(p, q) if (p > 0).all() else math.nan


@divergence.mistake("base 2, and 0 · log 0", example=(np.array([0.75, 0.25]), np.array([0.5, 0.5])))
def _(p, q):
    """two things at once: your logarithm has the base 2 (for `p = [0.75, 0.25]`, `q = [0.5, 0.5]` you return `0.1887`,
    in bits), and for `p = [1, 0]` you get NaN, because 0 times log 0 is not a number to a computer. Leave out the
    classes with p = 0, as section 1 says."""
    return _divergence(p, q) / math.log(2) if (p > 0).all() else math.nan


@divergence.mistake("no p in front")
def _(p, q):
    """the **p in front** of the logarithm is missing, so rare classes count like frequent ones: for `p = [0.5, 0.5]`,
    `q = [0.25, 0.75]` you return `0.2877`. See (7.4)."""
    return float(np.sum(np.log(p[p > 0] / q[p > 0])))


@divergence.mistake("mean over the classes")
def _(p, q):
    """you take the **mean** over the classes. The p in front are the weights already, and they sum to 1: for
    `p = [0.5, 0.5]`, `q = [0.25, 0.75]` you return `0.07192`, half of what is right. See (7.4)."""
    return _divergence(p, q) / len(p)


@divergence.mistake("the fraction upside down")
def _(p, q):
    """the fraction stands **upside down**, q/p for p/q, so the sign is turned: for `p = [0.5, 0.5]`, `q = [0.25, 0.75]`
    you return `-0.1438`. A divergence is never below 0, (7.4)."""
    return -_divergence(p, q)


@divergence.mistake("q not selected", example=(np.array([1.0, 0.0]), np.array([0.5, 0.5])))
def _(p, q):
    """you select the classes with p > 0 in p, but **not in q**: for `p = [1, 0]`, `q = [0.5, 0.5]` you return `1.386`,
    twice what is right. Select the same classes in both, see (7.4)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.sum(p[p > 0] * np.log(p[p > 0] / q)))


@divergence.mistake("the entropy")
def _(p, q):
    """that is the **entropy** H(p): q does not occur in it. For `p = [0.5, 0.5]`, `q = [0.25, 0.75]` you return
    `0.6931`, and the same for every other q. p is compared with q inside the logarithm, see (7.4)."""
    return -_xlogx(p, p).sum()


@divergence.mistake("the mean of both directions")
def _(p, q):
    """you average **both directions**, D(p ‖ q) and D(q ‖ p): for `p = [0.5, 0.5]`, `q = [0.25, 0.75]` you return
    `0.1373`, expected 0.1438. That treats p and q alike. Only the first is asked for, (7.4)."""
    return (_divergence(p, q) + _other_direction(p, q)) / 2


@divergence.mistake("both directions added")
def _(p, q):
    """you add **both directions**, D(p ‖ q) + D(q ‖ p): for `p = [0.5, 0.5]`, `q = [0.25, 0.75]` you return `0.2747`,
    expected 0.1438. Only the first is asked for, (7.4)."""
    return _divergence(p, q) + _other_direction(p, q)


TWO_PIXELS = (np.array([0.0, 2.0]), np.array([1, 0]))


def _logits_and_labels(rng):
    yield np.array([0.0, 0.0]), np.array([0, 1])
    yield np.array([3.0, -2.0]), np.array([0, 1])
    yield np.array([-1000.0, 1000.0, 40.0]), np.array([1, 0, 0])  # wrong, by as much as can be
    yield np.array([[-1000.0, 1000.0]]), np.array([[0.0, 1.0]])  # right
    for scale, n in ((2, 3), (30, 4), (1000, 5)):
        yield scale * rng.uniform(-1, 1, n), rng.integers(0, 2, n)
    yield 2 * rng.normal(size=(3, 3)), rng.integers(0, 2, (3, 3))
    yield rng.normal(size=(2, 5)), rng.integers(0, 2, (2, 5))
    yield 3 * rng.normal(size=(2, 3, 4)), rng.integers(0, 2, (2, 3, 4)).astype(float)


def _pixel(z, y):
    """Written with the larger exponent taken out by hand."""
    s = z if y == 0 else -z
    return s + math.log1p(math.exp(-s)) if s > 0 else math.log1p(math.exp(s))


def _bce(z, y):
    return math.fsum(_pixel(a, b) for a, b in zip(np.ravel(z), np.ravel(y), strict=True)) / np.size(z)


def _sigmoid(z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-np.asarray(z, dtype=float)))


def _bce_by_products(p, y, added=0.0):
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.mean(-y * np.log(p + added) - (1 - np.asarray(y)) * np.log(1 - p + added)))


def _with_tail(z, y, tail):
    """(7.7) with something else in the place of exp(-|z|)."""
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.mean(np.maximum(z, 0) - y * z + np.log1p(tail(z))))


def _bce_of(p, y):
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.mean(np.where(y == 1, -np.log(p), -np.log(1 - p))))


def _softplus(z):
    return np.logaddexp(0, z)


def _nan_to_num(z, y, **replaced):
    """The formula as it stands, each term that is no number replaced."""
    p, y = _sigmoid(z), np.asarray(y)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.mean(np.nan_to_num(-y * np.log(p) - (1 - y) * np.log(1 - p), **replaced)))


bce = FunctionExercise(
    "7.2",
    "Cross-entropy that survives",
    cases=_logits_and_labels,
    oracle=_bce,
    solution="""
    import numpy as np

    def bce(z, y):
        return np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))))
    """,
    example=(np.array([-1000.0, 2.0]), np.array([1, 1])),
    hints=(
        "Never compute the probability: for z = -1000 it is 0 in floating point, and its logarithm is lost.",
        "(7.7) has no exponent above 0. np.log1p(x) is log(1 + x), exact for small x.",
        "The mean of np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))).",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-6,
    fixed=("z.dtype",),  # a network's logits; Keras takes the sigmoid of fractions only
)


@bce.mistake("log of a clipped probability")
def _(z, y):
    """you clip the probability before the logarithm. For `z = [-1000, 2]`, `y = [1, 1]` you return `8.123` where 500.1
    is right: a pixel that is wrong by 1000 costs you 16, and its gradient is 0. Stay with the logits, (7.7)."""
    return _bce_of(np.clip(_sigmoid(z), 1e-7, 1 - 1e-7), y)


@bce.mistake("the formula as it stands")
def _(z, y):
    """you take the logarithm of the sigmoid as it stands. For `z = [-1000, 2]`, `y = [1, 1]` you return `inf`: the
    sigmoid has become exactly 0. Use (7.7), where no exponent is above 0."""
    return _bce_of(_sigmoid(z), y)


@bce.mistake("sum for mean", example=TWO_PIXELS)
def _(z, y):
    """you return the **sum** over the pixels, we want the mean: for `z = [0, 2]`, `y = [1, 0]` you return `2.82`. A sum
    makes the learning rate depend on the size of the image. See section 2."""
    return _bce(z, y) * np.size(z)


@bce.mistake("the labels turned round", example=TWO_PIXELS)
def _(z, y):
    """your loss is that of the **other class**: for `z = [0, 2]`, `y = [1, 0]` you return `0.41`. In (7.7) a large z
    must be cheap where y is 1. Look at the sign of y z."""
    return _bce(z, 1 - np.asarray(y))


@bce.mistake("sigmoid twice", example=TWO_PIXELS)
def _(z, y):
    """you apply the sigmoid **twice**: for `z = [0, 2]`, `y = [1, 0]` you return `0.8508`. What goes into (7.7) is the
    logit itself, not a probability."""
    return _bce(_sigmoid(z), y)


@bce.mistake("the formula, with products", example=(np.array([1000.0, 2.0]), np.array([1, 1])))
def _(z, y):
    """you compute the sigmoid and take (7.3) as it stands. For `z = [1000, 2]`, `y = [1, 1]` you return `nan`: 1 − p
    has become exactly 0, its logarithm is −∞, and 0 times that is not a number. At z = −1000 the loss is infinite. Stay
    with the logits, (7.7)."""
    return _bce_by_products(_sigmoid(z), y)


@bce.mistake("log of p + 1e-7", example=(np.array([-18.0, 2.0]), np.array([1, 1])))
def _(z, y):
    """you **add** 1e-7 inside the logarithm. For `z = [-18, 2]`, `y = [1, 1]` you return `8.052` where 9.063 is right:
    like clipping, it cuts the loss off at 16, and the gradient with it. No ε is needed with (7.7)."""
    return _bce_by_products(_sigmoid(z), y, added=1e-7)


@bce.mistake("clipped at 1e-12")
def _(z, y):
    """you clip the probability, at 1e-12. For `z = [-1000, 2]`, `y = [1, 1]` you return `13.88` where 500.1 is right. A
    smaller ε cuts off a little later, and what is beyond it still has the gradient 0. Use (7.7)."""
    return _bce_of(np.clip(_sigmoid(z), 1e-12, 1 - 1e-12), y)


@bce.mistake("the bars forgotten", example=(np.array([0.0, -2.0]), np.array([1, 0])))
def _(z, y):
    """the **bars** of |z| are missing: for `z = [0, -2]`, `y = [1, 0]` you return `1.41`, and at z = −1000 e^(−z) is
    infinite. In (7.7) the exponent is −|z|, which is never above 0."""
    return _with_tail(z, y, lambda z: np.exp(-z))


@bce.mistake("the sign in the exponent", example=TWO_PIXELS)
def _(z, y):
    """the exponent in log(1 + e^…) must be −|z|, and yours is z: for `z = [0, 2]`, `y = [1, 0]` you return `2.41`. See
    (7.7)."""
    return _with_tail(z, y, np.exp)


@bce.mistake("log(1 + exp(-|z|)) left out", example=TWO_PIXELS)
def _(z, y):
    """the last term of (7.7) is missing. It is small where |z| is large, but for `z = [0, 2]`, `y = [1, 0]` you return
    `1`, and a logit of 0 would cost nothing."""
    return float(np.mean(np.maximum(z, 0) - y * z))


@bce.mistake("the logits clipped")
def _(z, y):
    """you clip the **logits**. For `z = [-1000, 2]`, `y = [1, 1]` you return `25.06` where 500.1 is right: beyond the
    clip the gradient is 0, as with a clipped probability. (7.7) needs no clip."""
    return _bce(np.clip(z, -50, 50), y)


@bce.mistake("max along an axis for maximum")
def _(z, y):
    """`np.max(z, 0)` is the largest along axis 0. `np.maximum(z, 0)` compares entry by entry, and that is meant in
    (7.7): for `z = [-1000, 2]`, `y = [1, 1]` you return `501.1` where 500.1 is right."""
    return float(np.mean(np.max(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))))


@bce.mistake("the sign of y z", example=(np.array([0.0, 3.0]), np.array([0, 1])))
def _(z, y):
    """the sign of **y z** is turned: for `z = [0, 3]`, `y = [0, 1]` you return `3.371`, expected 0.3709. Where y is 1,
    a large z must be cheap: y z is subtracted in (7.7)."""
    return float(np.mean(np.maximum(z, 0) + y * z + np.log1p(np.exp(-np.abs(z)))))


@bce.mistake("only the pixels with y = 1", example=TWO_PIXELS)
def _(z, y):
    """only the pixels with **y = 1** cost something: for `z = [0, 2]`, `y = [1, 0]` you return `0.3466`, expected 1.41.
    The second term of (7.3), (1 − y) log(1 − p), is missing."""
    return float(np.mean(y * _softplus(-np.asarray(z))))


@bce.mistake("only the pixels with y = 0", example=TWO_PIXELS)
def _(z, y):
    """only the pixels with **y = 0** cost something: for `z = [0, 2]`, `y = [1, 0]` you return `1.063`, expected 1.41.
    The first term of (7.3), y log p, is missing."""
    return float(np.mean((1 - np.asarray(y)) * _softplus(np.asarray(z))))


@bce.mistake("infinity replaced by 0")
def _(z, y):
    """you replace an infinite loss by **0**, so the worst pixels cost nothing: for `z = [-1000, 2]`, `y = [1, 1]` you
    return `0.06346`, expected 500.1. Do not repair the logarithm of 0, avoid it: (7.7)."""
    return _nan_to_num(z, y, posinf=0.0)


@bce.mistake("infinity replaced by the largest number")
def _(z, y):
    """`np.nan_to_num` puts the **largest number** there is in the place of infinity: for `z = [-1000, 2]`, `y = [1, 1]`
    you return `8.988e+307`, expected 500.1. Do not repair the logarithm of 0, avoid it: (7.7)."""
    return _nan_to_num(z, y)


THREE = (np.array([0.0, math.log(2), 0.0]), 1)


def _logit_rows(rng):
    yield np.array([0.0, 0.0]), 0
    yield np.array([1.0, 0.0, -1.0]), 2
    yield np.array([2.0, 0.0]), 0
    yield np.array([1.0, -1.0, 3.0, 0.0]), 3
    yield np.array([30.0, -30.0, 29.0]), 1
    for n in (3, 4, 5, 7):
        yield 2 * rng.normal(size=n), int(rng.integers(n))


def _softmax(z, axis=-1):
    e = np.exp(z - np.max(z, axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _one_hot(n, c):
    return (np.arange(n) == c).astype(float)


def _gradient_by_differences(z, c):
    """Central differences of log sum exp - z_c, with Richardson's correction."""
    z = np.asarray(z, dtype=float)

    def loss(v):
        return v.max() + math.log(np.exp(v - v.max()).sum()) - v[c]

    def slope(step, e):
        return (loss(z + step * e) - loss(z - step * e)) / (2 * step)

    return np.array([(4 * slope(5e-4, e) - slope(1e-3, e)) / 3 for e in np.eye(len(z))])


def _minus_one_at(z, c):
    return np.asarray(z, dtype=float) - _one_hot(len(z), c)


gradient = FunctionExercise(
    "7.3",
    "The gradient",
    cases=_logit_rows,
    oracle=_gradient_by_differences,
    solution="""
    import numpy as np

    def gradient(z, c):
        p = np.exp(z - np.max(z))
        p = p / p.sum()
        p[c] -= 1
        return p
    """,
    example=THREE,
    hints=(
        "Everything complicated cancels. Look at (7.8).",
        "The softmax of z, and 1 subtracted in one place.",
        "p = softmax(z); p[c] -= 1; return p.",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-6,
    fixed=("z.ndim", "z.dtype"),
)


@gradient.mistake("p (1 - p)")
def _(z, c):
    """p(1 − p) is the derivative of the *sigmoid*, not of the loss. For `z = [0, 0.6931, 0]`, `c = 1` you return
    `[0.1875, 0.25, 0.1875]`. The logarithm cancels that factor: see (7.8)."""
    return _softmax(z) * (1 - _softmax(z))


@gradient.mistake("the sign")
def _(z, c):
    """the sign is turned: for `z = [0, 0.6931, 0]`, `c = 1` you return `[-0.25, 0.5, -0.25]`. That is the direction to
    *move*, down the loss; the gradient (7.8) points up."""
    return _one_hot(len(z), c) - _softmax(z)


@gradient.mistake("the label forgotten")
def _(z, c):
    """for `z = [0, 0.6931, 0]`, `c = 1` you return `[0.25, 0.5, 0.25]`: the probabilities. Subtract what should have
    been said, 1 for the true class. See (7.8)."""
    return _softmax(z)


@gradient.mistake("by the probabilities")
def _(z, c):
    """for `z = [0, 0.6931, 0]`, `c = 1` you return `[0, -2, 0]`: the gradient by the **probabilities**, −y/p. The chain
    rule through the softmax is missing; (7.8) is by the logits."""
    return -_one_hot(len(z), c) / _softmax(z)


@gradient.mistake("the number of the class subtracted", example=(THREE[0], 2))
def _(z, c):
    """you subtract c itself from every entry: for `z = [0, 0.6931, 0]`, `c = 2` you return `[-1.75, -1.5, -1.75]`. c is
    the *number* of a class. Subtract 1, and only in place c: that is what [c = y] says in (7.8)."""
    return _softmax(z) - c


@gradient.mistake("sigmoid for softmax")
def _(z, c):
    """you use the **sigmoid**, which treats each class by itself: for `z = [0, 0.6931, 0]`, `c = 1` you return
    `[0.5, -0.3333, 0.5]`, from probabilities that sum to more than 1. (7.8) wants the softmax."""
    return _sigmoid(z) - _one_hot(len(z), c)


@gradient.mistake("1 subtracted everywhere")
def _(z, c):
    """you subtract 1 from **every** class: for `z = [0, 0.6931, 0]`, `c = 1` you return `[-0.75, -0.5, -0.75]`. Only
    the true class should have been said, see (7.8)."""
    return _softmax(z) - 1


@gradient.mistake("divided by the number of classes")
def _(z, c):
    """you divide by the number of **classes**: for `z = [0, 0.6931, 0]`, `c = 1` you return
    `[0.08333, -0.1667, 0.08333]`. The cross-entropy of a pixel is one term, not a mean over classes, (7.3)."""
    return (_softmax(z) - _one_hot(len(z), c)) / len(z)


@gradient.mistake("the logits for the probabilities")
def _(z, c):
    """you subtract from the **logits**: for `z = [0, 0.6931, 0]`, `c = 1` you return `[0, -0.3069, 0]`. First the
    softmax, then (7.8)."""
    return np.asarray(z, dtype=float) - _one_hot(len(z), c)


@gradient.mistake("squared error")
def _(z, c):
    """that is the form of (7.9), for **squared error**: for `z = [0, 0.6931, 0]`, `c = 1` you return
    `[0.09375, -0.25, 0.09375]`. With the logarithm, p(1 − p) cancels: (7.8)."""
    return 2 * (_softmax(z) - _one_hot(len(z), c)) * _softmax(z) * (1 - _softmax(z))


@gradient.mistake("the derivative of the probability")
def _(z, c):
    """that is the derivative of the **probability** of class c, not of the loss: for `z = [0, 0.6931, 0]`, `c = 1` you
    return `[-0.125, 0.25, -0.125]`. The loss is −log of it, and its derivative −1/p cancels the factor in front, see
    (7.8)."""
    return _softmax(z)[c] * (_one_hot(len(z), c) - _softmax(z))


@gradient.mistake("1 subtracted before the softmax")
def _(z, c):
    """you subtract the 1 from the **logit**, before the softmax: for `z = [0, 0.6931, 0]`, `c = 1` you return
    `[0.3655, 0.2689, 0.3655]`, which sums to 1. A gradient by the logits sums to 0. Softmax first, then subtract,
    (7.8)."""
    return _softmax(_minus_one_at(z, c))


@gradient.mistake("1 added")
def _(z, c):
    """you **add** 1 in place c: for `z = [0, 0.6931, 0]`, `c = 1` you return `[0.25, 1.5, 0.25]`. In (7.8) it is
    subtracted: where the true class is sure, the gradient is 0."""
    return _softmax(z) + _one_hot(len(z), c)


@gradient.mistake("only in place c")
def _(z, c):
    """only place **c** has a gradient: for `z = [0, 0.6931, 0]`, `c = 1` you return `[0, -0.5, 0]`. The softmax joins
    all logits: the others must go down, and their entry in (7.8) is their probability."""
    return _one_hot(len(z), c) * (_softmax(z) - 1)


SMALL_IMAGE = (np.array([[[2.0, 0]], [[1, 3]]]), np.array([[0], [1]]))  # two pixels, one above the other


def _images(rng):
    yield np.zeros((1, 2, 2)), np.array([[0, 1]])
    for shape in ((2, 2, 2), (2, 3, 3), (3, 2, 4), (4, 4, 3)):
        yield 2 * rng.normal(size=shape), rng.integers(0, shape[-1], shape[:2])
    yield rng.normal(size=(3, 1, 4)), rng.integers(0, 4, (3, 1))
    yield np.array([[[0.0, 1.0], [1000.0, 1001.0]]]), np.array([[0, 1]])  # no number is the largest of both pixels
    yield 1000 * rng.uniform(-1, 1, (2, 3, 3)), rng.integers(0, 3, (2, 3))


def _image_ce(z, y):
    total = 0.0
    for i, j in np.ndindex(np.shape(y)):
        row = [float(v) for v in z[i, j]]
        top = max(row)
        total += top + math.log(math.fsum(math.exp(v - top) for v in row)) - row[y[i, j]]
    return total / np.size(y)


def _ce_of_logs(log_p, y):
    return float(-np.mean(np.take_along_axis(log_p, np.asarray(y)[..., None], axis=-1)))


def _naive_log_softmax(z):
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return np.log(np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True))


def _log_softmax(z, axis=-1):
    top = z - z.max(axis=axis, keepdims=True)
    return top - np.log(np.exp(top).sum(axis=axis, keepdims=True))


def _one_top(z):
    """A log-softmax with the largest logit of the whole image taken out."""
    with np.errstate(divide="ignore"):
        return z - np.max(z) - np.log(np.exp(z - np.max(z)).sum(axis=-1, keepdims=True))


image_ce = FunctionExercise(
    "7.4",
    "The cross-entropy of an image",
    cases=_images,
    oracle=_image_ce,
    solution="""
    import numpy as np

    def image_ce(z, y):
        z = z - z.max(axis=-1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
        return -np.mean(np.take_along_axis(log_p, y[..., None], axis=-1))
    """,
    example=SMALL_IMAGE,
    hints=(
        "First the logarithm of the softmax of each pixel, then pick the true class, then the mean.",
        "log p = z − log Σ exp z along the last axis, with the largest z taken out (7.6).",
        "np.take_along_axis(log_p, y[..., None], axis=-1) picks; then minus the mean.",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-6,
    fixed=("z.ndim", "z.dtype", "y.ndim", "y.dtype"),
)


@image_ce.mistake("softmax twice")
def _(z, y):
    """you apply the softmax **twice**: the result cannot get near 0. For two pixels, one above the other, with logits
    `2 0` and `1 3` and classes 0 and 1, you return `0.3832` where the right value is 0.1269. Take the logarithm of
    *one* softmax, (7.6), as in section 2."""
    return _ce_of_logs(_log_softmax(_softmax(z)), y)


@image_ce.mistake("the class axis")
def _(z, y):
    """your softmax runs over the first axis, the **rows of the image**. The classes of a pixel stand along the last
    axis, and only these must sum to 1. For two pixels, one above the other, with logits `2 0` and `1 3` and classes 0
    and 1, you return `0.1809`. See the notation and section 2."""
    return _ce_of_logs(_log_softmax(z, axis=0), y)


@image_ce.mistake("softmax over everything")
def _(z, y):
    """your softmax runs over **all** numbers of the image together. Each pixel has a distribution of its own: sum along
    the last axis, with keepdims. For two pixels, one above the other, with logits `2 0` and `1 3` and classes 0 and 1,
    you return `0.9402`. See (7.6)."""
    return _ce_of_logs(_log_softmax(np.ravel(z)).reshape(np.shape(z)), y)


@image_ce.mistake("sum for mean")
def _(z, y):
    """you return the **sum** over the pixels: for two pixels, one above the other, with logits `2 0` and `1 3` and
    classes 0 and 1, `0.2539`. Divide by the number of pixels, so that an image of another size costs alike. See
    section 2."""
    return _image_ce(z, y) * np.size(y)


@image_ce.mistake("divided by the classes, too")
def _(z, y):
    """you average over the **classes** as well, as np.mean of a one-hot product does: for two pixels, one above the
    other, with logits `2 0` and `1 3` and classes 0 and 1, you return `0.06346`. Sum over the classes, average over the
    pixels, (7.3)."""
    return _image_ce(z, y) / np.shape(z)[-1]


@image_ce.mistake("softmax along the columns of the image")
def _(z, y):
    """your softmax runs over axis 1, the **columns of the image**. The classes of a pixel stand along the last axis,
    axis 2. For two pixels, one above the other, with logits `2 0` and `1 3` and classes 0 and 1, you return `0`. See
    section 2."""
    return _ce_of_logs(_log_softmax(z, axis=1), y)


@image_ce.mistake("every label for every pixel")
def _(z, y):
    """`log_p[..., y]` picks the labels of **all** pixels for each pixel. For two pixels, one above the other, with
    logits `2 0` and `1 3` and classes 0 and 1, you return `1.127`. To pick one class for each: `np.take_along_axis`,
    see section 2."""
    return float(-np.mean(_log_softmax(z)[..., y]))


@image_ce.mistake("exponentials that are too large", example=(np.array([[[1000.0, 0]]]), np.array([[0]])))
def _(z, y):
    """right for small logits, but for one pixel with logits `1000 0` and class 0 you return `nan`: e^1000 is too large.
    Take the largest logit out first, (7.6)."""
    return _ce_of_logs(_naive_log_softmax(z), y)


@image_ce.mistake("log of a clipped probability", example=(np.array([[[1000.0, 0]]]), np.array([[1]])))
def _(z, y):
    """you clip the probability before the logarithm: for one pixel with logits `1000 0` and class 1 you return `16.12`
    where 1000 is right. Stay in the logarithm, (7.6)."""
    return float(-np.mean(np.log(np.clip(np.take_along_axis(_softmax(z), np.asarray(y)[..., None], -1), 1e-7, 1))))


@image_ce.mistake("sigmoid for softmax")
def _(z, y):
    """you use the **sigmoid** of the true class, as if it stood alone: for two pixels, one above the other, with logits
    `2 0` and `1 3` and classes 0 and 1, you return `0.08776`. The classes of a pixel share one softmax, see section
    2."""
    return float(np.mean(np.logaddexp(0, -np.take_along_axis(z, np.asarray(y)[..., None], -1))))


@image_ce.mistake("the logarithm forgotten")
def _(z, y):
    """you average the probabilities themselves, without the **logarithm**: for two pixels, one above the other, with
    logits `2 0` and `1 3` and classes 0 and 1, you return `-0.8808`, and a loss below 0. See (7.3)."""
    return float(-np.mean(np.take_along_axis(_softmax(z), np.asarray(y)[..., None], -1)))


@image_ce.mistake(
    "the likeliest class for the true one", example=(np.array([[[3.0, 1]], [[0, 2]]]), np.array([[1], [1]]))
)
def _(z, y):
    """you take the **likeliest** class of each pixel, and y is not used: for two pixels, one above the other, with
    logits `3 1` and `0 2` and classes 1 and 1, you return `0.1269`, expected 1.127. A sure mistake would cost nothing.
    Take the true class, (7.3)."""
    return float(-np.mean(_log_softmax(z).max(axis=-1)))


@image_ce.mistake("log of the mean probability", example=(np.array([[[3.0, 1]], [[0, 2]]]), np.array([[1], [1]])))
def _(z, y):
    """you average the probabilities and take **one logarithm** at the end: for two pixels, one above the other, with
    logits `3 1` and `0 2` and classes 1 and 1, you return `0.6931`, expected 1.127. Each pixel has its own logarithm,
    then comes the mean, (7.3)."""
    with np.errstate(divide="ignore"):
        return float(-np.log(np.mean(np.take_along_axis(_softmax(z), np.asarray(y)[..., None], -1))))


@image_ce.mistake(
    "one largest logit for the whole image", example=(np.array([[[0.0, 1.0], [1000.0, 1001.0]]]), np.array([[0, 1]]))
)
def _(z, y):
    """you take out the largest logit of the **whole image**. For two pixels side by side with logits `0 1` and
    `1000 1001` and classes 0 and 1, nothing is left of the first pixel but 0, and you return `-inf`. Take out the
    largest of each pixel, (7.6)."""
    return _ce_of_logs(_one_top(np.asarray(z, dtype=float)), y)


FOUR = (np.array([1.0, 2.0, 3.0, 4.0]), np.array([0, 0, 0, 1]), np.array([1.0, 5.0]))


def _weighted(rng):
    yield np.array([1.0, 3.0]), np.array([0, 1]), np.array([1.0, 2.0])
    yield np.array([4, 1, 2]), np.array([1, 0, 1]), np.array([2, 3])  # whole numbers
    yield np.array([2.0, 5.0, 7.0]), np.array([0, 2, 0]), np.array([1.0, 3.0, 0.0])  # a class that does not count
    yield np.array([0.5, 2.5]), np.array([2, 2]), np.array([1.0, 10.0, 0.01])  # one class only
    for n, c in ((3, 2), (5, 2), (6, 3), (9, 4)):
        yield rng.uniform(0, 3, n), rng.integers(0, c, n), rng.uniform(0.5, 10, c)


def _weighted_mean(values, labels, class_weights):
    pairs = [(class_weights[c], v) for v, c in zip(values, labels, strict=True)]
    return math.fsum(w * v for w, v in pairs) / math.fsum(w for w, _ in pairs)


weighted_mean = FunctionExercise(
    "7.5",
    "Weigh by class",
    cases=_weighted,
    oracle=_weighted_mean,
    solution="""
    import numpy as np

    def weighted_mean(values, labels, class_weights):
        return np.average(values, weights=np.asarray(class_weights)[labels])
    """,
    example=FOUR,
    hints=(
        "First give every pixel its weight: class_weights[labels].",
        "Weighted sum above; what belongs below so that weights of 10 everywhere change nothing?",
        "np.sum(w * values) / np.sum(w) with w = class_weights[labels].",
    ),
    fixed=("values.ndim", "labels.ndim", "labels.dtype", "class_weights.ndim"),
)


@weighted_mean.mistake("divided by the number of pixels")
def _(v, y, w):
    """you divide by the number of **pixels**: for `values = [1, 2, 3, 4]`, `labels = [0, 0, 0, 1]`, weights 1 and 5 you
    return `6.5`, a mean above the largest value. Divide by the sum of the weights, (7.10)."""
    return float(np.mean(w[y] * v))


@weighted_mean.mistake("class weights made to sum to 1")
def _(v, y, w):
    """you make the **class weights** sum to 1, then average over the pixels: for `values = [1, 2, 3, 4]` you return
    `1.083`. How often each class occurs matters, too: divide by the sum over the *pixels*, (7.10)."""
    return float(np.mean((w / w.sum())[y] * v))


@weighted_mean.mistake("sum for mean")
def _(v, y, w):
    """you return the weighted **sum**, `26` for `values = [1, 2, 3, 4]`. Divide by the sum of the pixels' weights,
    (7.10)."""
    return float(np.sum(w[y] * v))


@weighted_mean.mistake("weights forgotten")
def _(v, y, w):
    """for `values = [1, 2, 3, 4]` you return `2.5`, the plain mean: the weights are not used. See (7.10)."""
    return float(np.mean(v))


@weighted_mean.mistake("divided by the weights of the classes")
def _(v, y, w):
    """you divide by the sum of the **class** weights, each counted once: for `values = [1, 2, 3, 4]`,
    `labels = [0, 0, 0, 1]`, weights 1 and 5 you return `4.333`, above the largest value. Three pixels have the weight
    1: sum over the *pixels*, (7.10)."""
    return float(np.sum(w[y] * v) / np.sum(w))


@weighted_mean.mistake("divided by the weight")
def _(v, y, w):
    """you **divide** by the weights where they multiply: for `values = [1, 2, 3, 4]`, weights 1 and 5 you return
    `2.125`, and the heavy class counts least. See (7.10)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.sum(v / w[y]) / np.sum(1 / w[y]))


@weighted_mean.mistake("each class counted once")
def _(values, labels, weights):
    """you average the **means of the classes**, so that it does not matter how many pixels a class has: for
    `values = [1, 2, 3, 4]`, `labels = [0, 0, 0, 1]`, weights 1 and 5 you return `3.667`, expected 3.25. Every *pixel*
    has the weight of its class, (7.10)."""
    # One mean for each class that occurs, weighed with `weights` of that class
    seen = np.unique(labels)
    return float(np.average([values[labels == c].mean() for c in seen], weights=np.asarray(weights)[seen]))


@weighted_mean.mistake("labels + 1 as weights")
def _(v, y, w):
    """you weigh with the **number** of the class, plus 1: for `values = [1, 2, 3, 4]`, `labels = [0, 0, 0, 1]`, weights
    1 and 5 you return `2.8`, expected 3.25. The number is only a name: its weight stands in `class_weights[labels]`,
    (7.10)."""
    return float(np.average(v, weights=y + 1))


@weighted_mean.mistake("the labels as weights", example=(FOUR[0], np.array([0, 1, 1, 2]), np.array([1.0, 5.0, 2.0])))
def _(v, y, w):
    """you weigh with the **number** of the class: for `values = [1, 2, 3, 4]`, `labels = [0, 1, 1, 2]`, weights 1, 5
    and 2 you return `3.25`, and class 0 never counts. The weight of a label stands in `class_weights[labels]`,
    (7.10)."""
    with np.errstate(invalid="ignore"):
        return float(np.sum(y * v) / np.sum(y))


@weighted_mean.mistake("the weights squared")
def _(v, y, w):
    """each weight counts **twice**, as its square: for `values = [1, 2, 3, 4]`, `labels = [0, 0, 0, 1]`, weights 1 and
    5 you return `3.786`, expected 3.25. Weigh once, (7.10)."""
    return float(np.sum(w[y] ** 2 * v) / np.sum(w[y] ** 2))


focal_factor = ValueExercise(
    "7.6",
    "How much quieter?",
    answer=100,
    unit="times",
    solution="p_t, gamma = 0.9, 2\nanswer = 1 / (1 - p_t) ** gamma",
    hints=("Which factor stands before the logarithm in (7.12)?", "(1 − 0.9)², and then one over it.", "1 / 0.1²."),
    rtol=1e-6,
)


@focal_factor.mistake("p_t for 1 − p_t")
def _():
    """`1.235` is 1 / p_t². The factor is made of **1 − p_t**, which is small where the pixel is right, (7.12)."""
    return 1 / 0.9**2


@focal_factor.mistake("γ as a factor")
def _():
    """`20` would be 2 · (1 / 0.1). γ is an **exponent**, (7.12)."""
    return 20


@focal_factor.mistake("γ = 1")
def _():
    """`10` is right for γ = 1. Square it, (7.12)."""
    return 10


@focal_factor.mistake("the factor itself")
def _():
    """`0.01` is the factor by which the loss is multiplied. How many times *smaller* is that? See (7.12)."""
    return 0.01


@focal_factor.mistake("p_t squared")
def _():
    """`0.81` is p_t². The factor of (7.12) is (1 − p_t)^γ, and one over it is asked for."""
    return 0.81


@focal_factor.mistake("the focal loss itself")
def _():
    """`0.001054` is the focal loss of the pixel. How many times smaller is it than the cross-entropy, 0.1054? See
    (7.12)."""
    return 0.1**2 * -math.log(0.9)


@focal_factor.mistake("the cross-entropy itself")
def _():
    """`0.1054` is the cross-entropy of the pixel. Divide it by the focal loss: the logarithm cancels, (7.12)."""
    return -math.log(0.9)


@focal_factor.mistake("per cent less")
def _():
    """`99` is how many per cent less it is. “How many times smaller” is a ratio: one over (1 − p_t)^γ, (7.12)."""
    return 99


# two images of four pixels: a large object found half, a small one missed
TWO_IMAGES = (
    np.array([[[0.5, 0.5], [0.5, 0.5]], [[0.0, 0.5], [0.5, 0.0]]]),
    np.array([[[1, 1], [1, 1]], [[1, 0], [0, 0]]]),
)
ONE_OF_TWO = (
    np.stack([np.full((2, 2), 0.75), np.full((2, 2), 0.25)]),
    np.stack([np.ones((2, 2), int), np.zeros((2, 2), int)]),
)
ONE_EMPTY = (np.array([[[0.25, 0.25], [0.25, 0.25]]]), np.zeros((1, 2, 2), dtype=int))


def _masks(rng):
    yield np.array([[[1.0, 0.0]]]), np.array([[[1, 1]]])
    yield np.array([[[0.0, 0.0]]]), np.array([[[0, 0]]])
    yield ONE_EMPTY
    for shape in ((2, 2, 2), (2, 3, 3), (3, 2, 4)):
        g = rng.integers(0, 2, shape)
        g[:, 0, 0] = 1
        yield rng.uniform(0.05, 0.95, shape), g
    g = g.copy()
    g[1] = 0
    yield rng.uniform(0.05, 0.95, (3, 2, 4)), g
    yield rng.uniform(0.05, 0.95, (3, 2, 4)), g.astype(bool)
    yield rng.uniform(0.05, 0.95, (2, 5, 2)), rng.integers(0, 2, (2, 5, 2)).astype(float)
    sure = np.array([[[1.0, 0.0, 1.0]], [[0.0, 1.0, 0.0]]])
    yield sure, np.array([[[1, 0, 1]], [[0, 0, 0]]])
    yield np.array([[[0.0, 0.0], [1.0, 1.0]]]), np.array([[[1, 1], [0, 0]]])  # no overlap


def _dice_loss(p, g):
    losses = []
    for a, b in zip(p, g, strict=True):
        inside = math.fsum(float(v) for v in a[b == 1])
        area, size = math.fsum(np.ravel(a)), int(b.sum())
        losses.append(1 - 2 * inside / (area + size) if size else area / (area + 1))
    return math.fsum(losses) / len(losses)


def _by_image(p, g, index, after=lambda d: 1 - d):
    """A wrong Dice: `index(intersection, total)` of each image, the rule for empty masks kept."""
    inside, total, size = (p * g).sum((1, 2)), p.sum((1, 2)) + g.sum((1, 2)), g.sum((1, 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        values = after(index(inside, total))
    return float(np.mean(np.where(size > 0, values, p.sum((1, 2)) / (p.sum((1, 2)) + 1))))


def _with_rule(p, g, rule):
    """Right, but for what an image with an empty mask costs: `rule(area)`."""
    return float(
        np.mean([_dice_loss(a[None], b[None]) if b.any() else rule(a.sum()) for a, b in zip(p, g, strict=True)])
    )


def _without_rule(p, g, axes):
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.mean(1 - 2 * (p * g).sum(axes) / (p.sum(axes) + g.sum(axes))))


def _dice_loss_squared(p, g):
    inside, total = (p * g).sum((1, 2)), (p**2).sum((1, 2)) + g.sum((1, 2))
    extra, area = (g.sum((1, 2)) == 0).astype(float), p.sum((1, 2))
    return float(np.mean(np.where(extra == 1, area / (area + 1), 1 - 2 * inside / (total + extra))))


def _along(p, g, axes):
    """Dice over other axes than those of an image, the rule for what is empty kept."""
    inside, area, size = (p * g).sum(axes), p.sum(axes), g.sum(axes)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.mean(np.where(size > 0, 1 - 2 * inside / (area + size), area / (area + 1))))


dice_loss = FunctionExercise(
    "7.7",
    "A Dice loss that can be trusted",
    cases=_masks,
    oracle=_dice_loss,
    solution="""
    import numpy as np

    def dice_loss(p, g):
        size, area = g.sum(axis=(1, 2)), p.sum(axis=(1, 2))
        # 1 - 2 inside / (area + size) = (area + size - 2 inside) / (area + size), and for an empty mask inside is 0
        wrong = area + size - 2 * (p * g).sum(axis=(1, 2))
        return np.mean(wrong / (area + size + (size == 0)))
    """,
    example=TWO_IMAGES,
    hints=(
        "Three sums for each image: of p · g, of p, of g. Over which axes?",
        "axis=(1, 2) leaves one number for each image. np.where(g.sum(axis=(1, 2)) == 0, ..., ...) tells the two "
        "rules apart.",
        "1 − 2·inside/(area + size) where size > 0, area/(area + 1) else; then the mean of the images.",
    ),
    rtol=1e-6,  # Keras computes in float32
    atol=3e-7,
    fixed=("p.ndim", "p.dtype", "g.ndim"),
)


@dice_loss.mistake("Dice without the 2")
def _(p, g):
    """the **2** is missing: with a perfect mask you would get 1/2. For four object pixels at p = ½, and in a second
    image one object pixel missed beside two at ½, you return `0.8333`, expected 0.6667. See (7.16)."""
    return _by_image(p, g, lambda i, s: i / s)


@dice_loss.mistake("Jaccard for Dice")
def _(p, g):
    """you computed the **Jaccard** loss: intersection over union. With a large object at p = ½ and a small one missed
    you return `0.75`. Dice is 2J / (1 + J), (7.15)."""
    return _by_image(p, g, lambda i, s: i / (s - i))


@dice_loss.mistake("one ratio for the batch")
def _(p, g):
    """you take **one ratio over the whole batch**: the large object drowns the small one. With a large object at p = ½
    and a small one missed you return `0.5`, expected 0.6667. Sum over the pixels of each image, axis=(1, 2), then
    average; see section 4."""
    if not g.any():
        return _dice_loss(p, g)
    return float(1 - 2 * (p * g).sum() / (p.sum() + g.sum()))


@dice_loss.mistake("the score for the loss")
def _(p, g):
    """you return the Dice **score** where the mask is not empty: with a large object at p = ½ and a small one missed
    `0.3333`. Training makes the loss small and would make the overlap small. The loss is 1 − D, (7.16)."""
    return _by_image(p, g, lambda i, s: 2 * i / s, after=lambda d: d)


@dice_loss.mistake("the logarithm")
def _(p, g):
    """you return **−log D** instead of 1 − D: with a large object at p = ½ and a small one missed `inf`, because the
    second is missed altogether. Both exist; (7.16) is 1 − D."""
    return _by_image(p, g, lambda i, s: 2 * i / s, after=lambda d: -np.log(d))


@dice_loss.mistake("smoothing that hides the empty mask", example=ONE_EMPTY)
def _(p, g):
    """a tiny ε avoids the division by zero and nothing else. For an empty mask and p = 0.25 on four pixels you return
    `1`, as for any p: no gradient says to be silent. There the rule p / (p + 1) is wanted, section 4."""
    inside, total = (p * g).sum((1, 2)), p.sum((1, 2)) + g.sum((1, 2))
    return float(np.mean(1 - (2 * inside + 1e-7) / (total + 1e-7)))


@dice_loss.mistake("smoothed with 1 everywhere")
def _(p, g):
    """you add 1 above and below **everywhere**, as many tutorials do. For a missed object of one pixel
    (`p = [[0, 0.5], [0.5, 0]]`, `g = [[1, 0], [0, 0]]`) and a large one at p = ½ you return `0.4762`, expected 0.6667:
    small objects are let off. Only *empty* masks get the extra pixel, section 4."""
    return float(np.mean(1 - (2 * (p * g).sum((1, 2)) + 1) / (p.sum((1, 2)) + g.sum((1, 2)) + 1)))


@dice_loss.mistake("no rule for the empty mask", example=(np.zeros((1, 1, 2)), np.zeros((1, 1, 2), dtype=int)))
def _(p, g):
    """right where there is an object. But the empty mask has no rule: where p is 0 as well, you return `nan`, from 0/0,
    and elsewhere 1, whatever p is. There Σp/(Σp + 1) is wanted, section 4."""
    return _without_rule(p, g, axes=(1, 2))


@dice_loss.mistake(
    "one ratio for the batch, and no rule",
    example=(np.array([[[0.5, 0.5]], [[0.0, 0.5]]]), np.array([[[1, 1]], [[1, 0]]])),
)
def _(p, g):
    """you take **one ratio over the whole batch**, and there is no rule for an empty mask. For
    `p = [[[0.5, 0.5]], [[0, 0.5]]]`, `g = [[[1, 1]], [[1, 0]]]` you return `0.5556`. Sum over axis=(1, 2), then
    average; see section 4."""
    return _without_rule(p, g, axes=None)


@dice_loss.mistake("an empty mask costs nothing", example=ONE_EMPTY)
def _(p, g):
    """an image without an object costs you **nothing**, however loud the prediction is: for four pixels with p = 0.25
    you return `0`. Then nothing teaches silence. Σp/(Σp + 1) is asked for, section 4."""
    return _with_rule(p, g, lambda area: 0.0)


@dice_loss.mistake("empty masks left out", example=ONE_OF_TWO)
def _(p, g):
    """you **leave out** the images without an object. That is a rule, too, but another one: for an object of four
    pixels at p = 0.75, and a second image without object at p = 0.25, you return `0.1429`, expected 0.3214. Σp/(Σp + 1)
    is asked for, section 4."""
    return _dice_loss(p[g.any((1, 2))], g[g.any((1, 2))]) if g.any() else math.nan


@dice_loss.mistake("the squared form")
def _(p, g):
    """you square in the denominator, as V-Net does: with a large object at p = ½ and a small one missed you return
    `0.6`, expected 0.6667. That is the second form of (7.16), the first is asked for."""
    return _dice_loss_squared(p, g)


@dice_loss.mistake("thresholded", example=(np.array([[[0.75, 0.75, 0.25]]]), np.array([[[1, 1, 1]]])))
def _(p, g):
    """you **threshold** p first. A count has no gradient: for `p = [[[0.75, 0.75, 0.25]]]` and three object pixels you
    return `0.2`, and no small step changes it. Sum the probabilities, (7.16)."""
    return _dice_loss((p > 0.5).astype(float), g)


@dice_loss.mistake("sum over the images")
def _(p, g):
    """you **sum** over the images: with a large object at p = ½ and a small one missed you return `1.333`, expected
    0.6667. Take the mean, so that the size of the batch does not matter; see section 4."""
    return _dice_loss(p, g) * len(p)


@dice_loss.mistake(
    "the rule for the empty mask turned round", example=(np.array([[[0.25, 0.25]]]), np.zeros((1, 1, 2), dtype=int))
)
def _(p, g):
    """the rule for the empty mask is **turned round**: 1/(Σp + 1) is largest where nothing is predicted. For an empty
    mask and p = 0.25 on two pixels you return `0.6667`, expected 0.3333. It is Σp/(Σp + 1), section 4."""
    return _with_rule(p, g, lambda area: 1 / (area + 1))


@dice_loss.mistake("an empty mask costs 1", example=ONE_OF_TWO)
def _(p, g):
    """an image without an object costs you **1**, whatever is predicted: for an object of four pixels at p = 0.75, and
    a second image without object at p = 0.25, you return `0.5714`, expected 0.3214. No gradient says to be silent
    there. Σp/(Σp + 1) is asked for, section 4."""
    return _with_rule(p, g, lambda area: 1.0)


@dice_loss.mistake("Σp for an empty mask", example=(np.array([[[0.25, 0.125]]]), np.zeros((1, 1, 2), dtype=int)))
def _(p, g):
    """an image without an object costs you **Σp**, which has no bound: for an empty mask and `p = [[[0.25, 0.125]]]`
    you return `0.375`, expected 0.2727. Divide by Σp + 1, section 4."""
    return _with_rule(p, g, lambda area: area)


@dice_loss.mistake("axes (0, 1)")
def _(p, g):
    """you sum over axes **0 and 1**, which mixes the images and leaves one Dice for each column: with a large object at
    p = ½ and a small one missed you return `0.4921`, expected 0.6667. An image is axis=(1, 2), section 4."""
    return _along(p, g, (0, 1))


@dice_loss.mistake(
    "one Dice for each row", example=(np.array([[[1.0, 0.0], [0.5, 0.5]]]), np.array([[[1, 1], [1, 0]]]))
)
def _(p, g):
    """you sum over the **last axis** only, which leaves one Dice for each row of pixels: for
    `p = [[[1, 0], [0.5, 0.5]]]`, `g = [[[1, 1], [1, 0]]]` you return `0.4167`, expected 0.4. An image is axis=(1, 2),
    section 4."""
    return _along(p, g, -1)


def _tversky_cases(rng):
    yield np.array([1.0, 0.0]), np.array([1, 1]), 0.3, 0.7
    yield np.array([1.0, 1.0]), np.array([1, 0]), 0.3, 0.7
    yield np.array([[0.25, 0.5]]), np.array([[0, 0]]), 0.5, 0.25  # nothing to be found
    yield np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), np.array([[1, 0], [0, 1], [1, 1]]), 0.9, 0.2  # all is right
    yield np.array([[1.0, 0.0, 1.0]]), np.array([[0, 1, 1]]), 2, 1
    for kind, shape in ((int, 4), (float, 6), (int, 9), (int, (2, 3)), (float, (4, 2)), (int, (2, 3, 4))):
        g = rng.integers(0, 2, shape).astype(kind)
        g.flat[:2] = 0, 1
        yield rng.uniform(0.05, 0.95, shape), g, float(rng.uniform(0.1, 0.4)), float(rng.uniform(0.6, 1))
    yield rng.uniform(0.05, 0.95, (3, 5)), rng.integers(0, 2, (3, 5)), 0.8, 0.3


def _tversky_loss(p, g, alpha, beta):
    hits = math.fsum(a for a, b in zip(np.ravel(p), np.ravel(g), strict=True) if b)
    alarms = math.fsum(a for a, b in zip(np.ravel(p), np.ravel(g), strict=True) if not b)
    misses = math.fsum(1 - a for a, b in zip(np.ravel(p), np.ravel(g), strict=True) if b)
    return 1 - hits / (hits + alpha * alarms + beta * misses)


def _tversky_of(hits, alarms, misses, added=0.0):
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(1 - np.divide(hits + added, hits + alarms + misses + added))


tversky_loss = FunctionExercise(
    "7.8",
    "Tversky",
    cases=_tversky_cases,
    oracle=_tversky_loss,
    solution="""
    import numpy as np

    def tversky_loss(p, g, alpha, beta):
        tp, fp, fn = np.sum(p * g), np.sum(p * (1 - g)), np.sum((1 - p) * g)
        return 1 - tp / (tp + alpha * fp + beta * fn)
    """,
    example=(np.array([1.0, 0.0, 0.0, 0.0, 1.0]), np.array([1, 1, 1, 1, 0]), 0.3, 0.7),
    hints=(
        "Three soft counts: hits p·g, false alarms p·(1 − g), misses (1 − p)·g.",
        "α goes with the false alarms, β with the misses. Hits have no weight.",
        "1 − tp / (tp + alpha * fp + beta * fn).",
    ),
    rtol=1e-6,  # Keras computes in float32
    atol=3e-7,
    fixed=("p.dtype",),
)


@tversky_loss.mistake("α and β swapped")
def _(p, g, a, b):
    """α and β are **swapped**. With 1 hit, 3 misses, 1 false alarm, α = .3, β = .7 you return `0.6154`, expected
    0.7059. α is for alarms, β for what is missed, (7.19)."""
    return _tversky_loss(p, g, b, a)


@tversky_loss.mistake("the index for the loss")
def _(p, g, a, b):
    """you return the **index** T: with 1 hit, 3 misses, 1 false alarm `0.2941`. The loss is 1 − T, see (7.19)."""
    return 1 - _tversky_loss(p, g, a, b)


@tversky_loss.mistake("a 2 as in Dice")
def _(p, g, a, b):
    """you brought the **2** of Dice along, above and below: with 1 hit, 3 misses, 1 false alarm you return `0.5455`. In
    (7.19) the halves sit in α and β."""
    return 1 - 2 * (1 - _t2(p, g, a, b))


@tversky_loss.mistake("misses and alarms confused with the areas")
def _(p, g, a, b):
    """you weigh the whole areas Σp and Σg instead of what is **wrong** in them: with 1 hit, 3 misses, 1 false alarm you
    return `0.7727`. False alarms are p(1 − g), misses (1 − p)g, (7.19)."""
    return 1 - (p * g).sum() / ((p * g).sum() + a * p.sum() + b * g.sum())


@tversky_loss.mistake("2 above only")
def _(p, g, a, b):
    """a **2** stands above and not below: with 1 hit, 3 misses, 1 false alarm you return `0.4118`. In (7.19) the halves
    sit in α and β, so there is none."""
    return 1 - 2 * (1 - _tversky_loss(p, g, a, b))


@tversky_loss.mistake("Dice")
def _(p, g, a, b):
    """that is the **Dice** loss; α and β are not used: with 1 hit, 3 misses, 1 false alarm you return `0.6667` whatever
    they are. See (7.19)."""
    return _tversky_loss(p, g, 0.5, 0.5)


@tversky_loss.mistake("Jaccard")
def _(p, g, a, b):
    """that is the **Jaccard** loss; α and β are not used: with 1 hit, 3 misses, 1 false alarm you return `0.8` whatever
    they are. See (7.19)."""
    return _tversky_loss(p, g, 1.0, 1.0)


@tversky_loss.mistake("hits not below")
def _(p, g, a, b):
    """the hits are missing **below**: with 1 hit, 3 misses, 1 false alarm you return `0.5833`, and a perfect mask
    divides by 0. The denominator of (7.19) begins with them."""
    with np.errstate(divide="ignore"):
        return 1 - (p * g).sum() / (a * (p * (1 - g)).sum() + b * ((1 - p) * g).sum())


@tversky_loss.mistake("true negatives for false alarms")
def _(p, g, a, b):
    """your false alarms are (1 − p)(1 − g), the background that was **rightly** left alone: with 1 hit, 3 misses, 1
    false alarm you return `0.6774`, expected 0.7059. A false alarm is p(1 − g), (7.19)."""
    return _tversky_of((p * g).sum(), a * ((1 - p) * (1 - g)).sum(), b * ((1 - p) * g).sum())


@tversky_loss.mistake("true negatives for misses")
def _(p, g, a, b):
    """your misses are (1 − p)(1 − g), the background that was **rightly** left alone: with 1 hit, 3 misses, 1 false
    alarm you return `0.2308`, expected 0.7059. A miss is (1 − p)g, (7.19)."""
    return _tversky_of((p * g).sum(), a * (p * (1 - g)).sum(), b * ((1 - p) * (1 - g)).sum())


@tversky_loss.mistake("thresholded", example=(np.array([0.75, 0.75, 0.25]), np.array([1, 0, 1]), 0.3, 0.7))
def _(p, g, a, b):
    """you **threshold** p at ½ first: for `p = [0.75, 0.75, 0.25]`, `g = [1, 0, 1]`, α = .3, β = .7 you return `0.5`,
    expected 0.4805. A count has no gradient, so nothing is learned from it. Sum the probabilities, (7.19)."""
    return _tversky_of(((p > 0.5) * g).sum(), a * ((p > 0.5) * (1 - g)).sum(), b * ((p <= 0.5) * g).sum())


@tversky_loss.mistake("1 added above and below", example=(np.array([1.0, 0.0]), np.array([1, 1]), 0.3, 0.7))
def _(p, g, a, b):
    """you add **1** above and below, as many tutorials do: for `p = [1, 0]`, `g = [1, 1]`, α = .3, β = .7 you return
    `0.2593`, expected 0.4118. Small objects are let off by it, and (7.19) has none."""
    return _tversky_of((p * g).sum(), a * (p * (1 - g)).sum(), b * ((1 - p) * g).sum(), added=1)


def _t2(p, g, a, b):
    """1 - TP / (2 TP + ...): twice what is left of 1 is the index with a stray 2."""
    tp, fp, fn = (p * g).sum(), (p * (1 - g)).sum(), ((1 - p) * g).sum()
    return 1 - tp / (2 * tp + a * fp + b * fn)


lovasz_by_hand = ValueExercise(
    "7.9",
    "Lovász by hand",
    answer=lambda: 0.9 * (1 / 2) + 0.6 * (2 / 3 - 1 / 2) + 0.4 * (3 / 3 - 2 / 3) + 0.2 * (4 / 4 - 3 / 3),
    solution="""
    errors = [0.9, 0.6, 0.4, 0.2]
    deltas = [0, 1 / 2, 2 / 3, 3 / 3, 4 / 4]
    answer = sum(m * (deltas[k + 1] - deltas[k]) for k, m in enumerate(errors))
    """,
    hints=(
        "Which pixel joins first? The one with the error 0.9, an object pixel: Δ = 1/2. The next, 0.6, is a false "
        "alarm.",
        "Δ after each step: 1/2, 2/3, 3/3, 4/4. What are the rises?",
        "0.9 · 1/2 + 0.6 · 1/6 + 0.4 · 1/3 + 0.2 · 0.",
    ),
    rtol=0,
    atol=0.0051,
)


@lovasz_by_hand.mistake("not sorted")
def _():
    """`0.6167` is what comes out **without sorting**: the pixels must join from the largest error to the smallest,
    (7.22)."""
    return 0.9 * (1 / 2) + 0.2 * (2 / 3 - 1 / 2) + 0.4 * (3 / 3 - 2 / 3) + 0.6 * (4 / 4 - 3 / 3)


@lovasz_by_hand.mistake("sorted the wrong way")
def _():
    """`0.475` comes from sorting **upwards**. The largest error joins first, (7.22)."""
    return 0.2 * (1 / 3) + 0.4 * (2 / 3 - 1 / 3) + 0.6 * (3 / 4 - 2 / 3) + 0.9 * (4 / 4 - 3 / 4)


@lovasz_by_hand.mistake("losses instead of their rises")
def _():
    """`1.45` weighs the errors with Δ itself. Weigh them with its **rise**, the difference to the step before,
    (7.22)."""
    return 0.9 * (1 / 2) + 0.6 * (2 / 3) + 0.4 * (3 / 3) + 0.2 * (4 / 4)


@lovasz_by_hand.mistake("the false alarm does not enlarge the union")
def _():
    """`1.05` divides by the size of the truth alone. A false alarm joins the **union**, which becomes 3 and then 4,
    (7.21)."""
    return 0.9 * (1 / 2) + 0.6 * (2 / 2 - 1 / 2) + 0.4 * (3 / 2 - 2 / 2) + 0.2 * (4 / 2 - 3 / 2)


@lovasz_by_hand.mistake("the mean of the errors")
def _():
    """`0.525` is the plain **mean** of the errors. Each must be weighed with the rise of Δ when its pixel joins,
    (7.22)."""
    return (0.9 + 0.2 + 0.4 + 0.6) / 4


@lovasz_by_hand.mistake("the union stays 2 for the second pixel")
def _():
    """`0.75` gives the first two pixels a rise of ½ each, as if the union stayed 2. The second is a false alarm: the
    union becomes 3, and Δ = 2/3, (7.21)."""
    return 0.9 * (1 / 2) + 0.6 * (1 / 2)


def _unweigh_cases(rng):
    yield np.array([0.5]), 3.0, 1.0
    yield np.array([1e-6, 0.0, 1 - 1e-6]), 5, 2
    yield np.array([0.2, 0.6]), 2.0, 2.0  # equal weights change nothing
    for shape in (2, 3, 5, 8, (2, 3), (3, 2, 2)):
        yield rng.uniform(0.02, 0.98, shape), float(rng.uniform(2, 20)), float(rng.uniform(0.5, 1.5))
    yield rng.uniform(0.02, 0.98, (4, 3)), float(rng.uniform(0.1, 0.9)), float(rng.uniform(2, 9))


def _unweigh(p, w1, w0):
    """Through the odds."""
    odds = np.asarray(p, dtype=float) / (1 - np.asarray(p, dtype=float)) * (w0 / w1)
    return odds / (1 + odds)


unweigh = FunctionExercise(
    "7.10",
    "Undo the weights",
    cases=_unweigh_cases,
    oracle=_unweigh,
    solution="""
    def unweigh(p, w1, w0):
        return w0 * p / (w0 * p + w1 * (1 - p))
    """,
    example=(np.array([0.5, 0.9]), 9.0, 1.0),
    hints=(
        "Write (7.11) for the odds: p*/(1 − p*) = (w1 / w0) · π/(1 − π).",
        "So π/(1 − π) = (w0 / w1) · p/(1 − p). Turn odds into a probability: o / (1 + o).",
        "w0 * p / (w0 * p + w1 * (1 - p)).",
    ),
    fixed=("p.dtype",),
)


@unweigh.mistake("weighed again")
def _(p, w1, w0):
    """that is (7.11) itself, so the probabilities are weighed **twice**: for `p = [0.5, 0.9]` and weights 9 and 1 you
    return `[0.9, 0.9878]`. Solve (7.11) for π."""
    return w1 * p / (w1 * p + w0 * (1 - p))


@unweigh.mistake("divided by the weight")
def _(p, w1, w0):
    """you divide p by the ratio of the weights: for `p = [0.5, 0.9]` and weights 9 and 1 you return `[0.05556, 0.1]`.
    It is the **odds** p/(1 − p) that are multiplied, see (7.11)."""
    return p * w0 / w1


@unweigh.mistake("not normalized", example=(np.array([0.5]), 6.0, 2.0))
def _(p, w1, w0):
    """only for w0 = 1 is that right: for weights 6 and 2 on `p = [0.5]` you return `[0.1429]`. Divide both classes by
    their weight, see (7.11)."""
    return (p / w1) / (p / w1 + (1 - p))


@unweigh.mistake("odds for a probability")
def _(p, w1, w0):
    """these are the **odds** π/(1 − π): for `p = [0.5, 0.9]` and weights 9 and 1 you return `[0.1111, 1]`. Turn odds o
    into a probability, o/(1 + o); see (7.11)."""
    return w0 / w1 * p / (1 - p)


@unweigh.mistake("the background")
def _(p, w1, w0):
    """that is **1 − π**, the probability of the background: for `p = [0.5, 0.9]` and weights 9 and 1 you return
    `[0.9, 0.5]`. Foreground stands above in (7.11)."""
    return w1 * (1 - p) / (w0 * p + w1 * (1 - p))


@unweigh.mistake("a sign when collecting π")
def _(p, w1, w0):
    """the right terms, one **sign** turned when you collected π: for `p = [0.5, 0.9]` and weights 9 and 1 you return
    `[0.03846, 0.05556]`. Below, w1 p is *subtracted*: w0 p + w1 (1 − p), from (7.11)."""
    return w0 * p / (w1 + (w1 - w0) * p)


@unweigh.mistake("unchanged")
def _(p, w1, w0):
    """you return p as it is: for `p = [0.5, 0.9]`, `[0.5, 0.9]`. With weights 9 and 1 a p of ½ means a share of .1, see
    (7.11)."""
    return p


@unweigh.mistake("the weights added below")
def _(p, w1, w0):
    """below you **add the weights** as they are: for `p = [0.5, 0.9]` and weights 9 and 1 you return `[0.05, 0.09]`,
    expected `[0.1, 0.5]`. Each weight goes with its class, w0 with p and w1 with 1 − p, so that π is 1 where p is.
    Solve (7.11) for π."""
    return w0 * p / (w0 + w1)


@unweigh.mistake("weights exchanged below")
def _(p, w1, w0):
    """above you have w0 p, but below the weights are still **as in (7.11)**: for `p = [0.5, 0.9]` and weights 9 and 1
    you return `[0.1, 0.1098]`, expected `[0.1, 0.5]`. Below stand w0 p and w1 (1 − p)."""
    return w0 * p / (w1 * p + w0 * (1 - p))


@unweigh.mistake("clipped at 0.001", example=(np.array([0.0005, 0.5]), 9.0, 1.0))
def _(p, w1, w0):
    """you **clip** p before you undo the weights: for `p = [0.0005, 0.5]` and weights 9 and 1 you return
    `[0.0001112, 0.1]`, expected `[5.558e-05, 0.1]`. Rare objects live down there. w0 p / (w0 p + w1 (1 − p)), from
    (7.11), needs no clip."""
    return _unweigh(np.clip(p, 1e-3, 1 - 1e-3), w1, w0)


which_loss = ChoiceExercise(
    "7.11",
    "Which loss?",
    options={
        "a": "Dice, because lesions are rare and overlap is what counts",
        "b": "cross-entropy without weights, because its minimum is the true probability",
        "c": "cross-entropy with weights 19 and 1, because then both classes count alike",
        "d": "Tversky with a large β, because no lesion must be missed",
    },
    answer="b",
    reasons={
        "a": 'you say that "overlap is what counts". Not here: Dice pushes each p to 0 or 1, (7.17a), and p(1 − '
        "p) would say “certain”. In section 9 the *sum* of p came out near the true area, but nothing in the loss "
        "ties it there.",
        "b": '"its minimum is the true probability": there the sum of p is the expected area, (7.4) and (7.8). '
        "That is the minimum. The networks of section 9 were not quite there: at 5 % they expect 15 % too little. "
        "So check the sum on new scans.",
        "c": 'you want that "both classes count alike": by (7.11) the network then claims far more foreground '
        "than there is. It could be undone, but why do it?",
        "d": '"no lesion must be missed" is a fine aim for a warning light. Here the sum of p would be too large: '
        "in section 9, with β = .7 only, half as much again.",
    },
    hints=(
        "The clinic adds up probabilities. What must a probability be, for that to make sense?",
        "Which of the four losses is least at the true probability? (7.4) says it.",
        "Set the gradient (7.8) by the last bias to zero: what does it say about Σp and Σy? And what does (7.17a) "
        "say about Dice?",
    ),
)
