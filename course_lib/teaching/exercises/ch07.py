"""Exercises of chapter 07, Loss functions."""

import math

import numpy as np

from course_lib.teaching.exercise import ChoiceExercise, FunctionExercise, Misconception, ValueExercise

# ----------------------------------------------------------------------------------------------------------------------
# 7.1 The divergence

HALVES = (np.array([0.5, 0.5]), np.array([0.25, 0.75]))


def _distributions(rng):
    yield np.array([0.75, 0.25]), np.array([0.5, 0.5])
    yield np.array([1.0, 0.0]), np.array([0.5, 0.5])
    for n in (3, 4, 6, 8):
        yield tuple(rng.dirichlet(np.ones(n), 2))


def _divergence(p, q):
    return math.fsum(a * (math.log(a) - math.log(b)) for a, b in zip(p, q, strict=True) if a > 0)


def _xlogx(p, q):
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(p > 0, p * np.log(q), 0)


divergence = FunctionExercise(
    number="7.1",
    title="Which way round?",
    statement="Write `divergence(p, q)`, the Kullback-Leibler divergence D(p ‖ q).",
    signature="divergence(p, q)",
    cases=_distributions,
    oracle=_divergence,
    solution="""
    import numpy as np

    def divergence(p, q):
        seen = p > 0
        return np.sum(p[seen] * np.log(p[seen] / q[seen]))
    """,
    misconceptions=[
        Misconception(
            "the other direction",
            lambda p, q: _divergence(q, p) if (p > 0).all() else math.inf,
            "you computed **D(q ‖ p)**, the other direction. For `p = [0.5, 0.5]`, `q = [0.25, 0.75]` you return "
            "`0.1308`, expected `0.1438`. The distribution that is averaged over stands in front: see (7.4).",
            reread="(7.4)",
            example=HALVES,
        ),
        Misconception(
            "cross-entropy",
            lambda p, q: -_xlogx(p, q).sum(),
            "that is the **cross-entropy** H(p, q): it still contains the entropy of p, which no model can avoid. For "
            "`p = [0.5, 0.5]`, `q = [0.25, 0.75]` you return `0.837`. Subtract H(p), see (7.4).",
            reread="(7.4)",
            example=HALVES,
        ),
        Misconception(
            "logarithm to the base 2",
            lambda p, q: _divergence(p, q) / math.log(2),
            "your logarithm has the base 2: for `p = [0.5, 0.5]`, `q = [0.25, 0.75]` you return `0.2075`, which is in "
            "bits. This chapter's log is natural, as the notation says before section 1.",
            reread="section 1",
            example=HALVES,
        ),
        Misconception(
            "0 · log 0",
            lambda p, q: _divergence(p, q) if (p > 0).all() else math.nan,
            "right for most, but for `p = [1, 0]` you return `nan`: 0 times log 0 is not a number to a computer. A class "
            "with p = 0 contributes nothing. Leave it out before the logarithm, see section 1.",
            reread="section 1",
            example=(np.array([1.0, 0.0]), np.array([0.5, 0.5])),
        ),
    ],
    hints=(
        "Which of the two distributions says how often each class happens? Its probabilities stand in front.",
        "A sum over classes of p · log(p / q).",
        "Select the classes with p > 0 first: seen = p > 0; then p[seen] * np.log(p[seen] / q[seen]), summed.",
    ),
)

# ----------------------------------------------------------------------------------------------------------------------
# 7.2 Stable cross-entropy

WRONG_PIXEL = (np.array([-1000.0, 2.0]), np.array([1, 1]))
TWO_PIXELS = (np.array([0.0, 2.0]), np.array([1, 0]))


def _logits_and_labels(rng):
    yield np.array([0.0, 0.0]), np.array([0, 1])
    yield np.array([3.0, -2.0]), np.array([0, 1])
    for scale, n in ((2, 3), (30, 4), (1000, 5)):
        yield scale * rng.uniform(-1, 1, n), rng.integers(0, 2, n)
    yield 2 * rng.normal(size=(3, 3)), rng.integers(0, 2, (3, 3))


def _pixel(z, y):
    """Written with the larger exponent taken out by hand."""
    s = z if y == 0 else -z
    return s + math.log1p(math.exp(-s)) if s > 0 else math.log1p(math.exp(s))


def _bce(z, y):
    return math.fsum(_pixel(a, b) for a, b in zip(np.ravel(z), np.ravel(y), strict=True)) / np.size(z)


def _sigmoid(z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-np.asarray(z, dtype=float)))


def _bce_of(p, y):
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.mean(np.where(y == 1, -np.log(p), -np.log(1 - p))))


bce = FunctionExercise(
    number="7.2",
    title="Cross-entropy that survives",
    statement="Write `bce(z, y)`, the mean binary cross-entropy of logits, right at z = ±1000.",
    signature="bce(z, y)",
    cases=_logits_and_labels,
    oracle=_bce,
    solution="""
    import numpy as np

    def bce(z, y):
        return np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))))
    """,
    misconceptions=[
        Misconception(
            "log of a clipped probability",
            lambda z, y: _bce_of(np.clip(_sigmoid(z), 1e-7, 1 - 1e-7), y),
            "you clip the probability before the logarithm. For `z = [-1000, 2]`, `y = [1, 1]` you return `8.123` where "
            "500.1 is right: a pixel that is wrong by 1000 costs you 16, and its gradient is 0. Stay with the logits, (7.7).",
            reread="(7.7)",
            example=WRONG_PIXEL,
        ),
        Misconception(
            "the formula as it stands",
            lambda z, y: _bce_of(_sigmoid(z), y),
            "you take the logarithm of the sigmoid as it stands. For `z = [-1000, 2]`, `y = [1, 1]` you return `inf`: the "
            "sigmoid has become exactly 0. Use (7.7), where no exponent is above 0.",
            reread="(7.7)",
            example=WRONG_PIXEL,
        ),
        Misconception(
            "sum for mean",
            lambda z, y: _bce(z, y) * np.size(z),
            "you return the **sum** over the pixels, we want the mean: for `z = [0, 2]`, `y = [1, 0]` you return `2.82`. "
            "A sum makes the learning rate depend on the size of the image. See section 2.",
            reread="section 2",
            example=TWO_PIXELS,
        ),
        Misconception(
            "the labels turned round",
            lambda z, y: _bce(z, 1 - np.asarray(y)),
            "your loss is that of the **other class**: for `z = [0, 2]`, `y = [1, 0]` you return `0.41`. In (7.7) a large "
            "z must be cheap where y is 1. Look at the sign of y z.",
            reread="(7.7)",
            example=TWO_PIXELS,
        ),
        Misconception(
            "sigmoid twice",
            lambda z, y: _bce(_sigmoid(z), y),
            "you apply the sigmoid **twice**: for `z = [0, 2]`, `y = [1, 0]` you return `0.8508`. What goes into (7.7) is "
            "the logit itself, not a probability.",
            reread="(7.7)",
            example=TWO_PIXELS,
        ),
    ],
    hints=(
        "Never compute the probability: for z = -1000 it is 0 in floating point, and its logarithm is lost.",
        "(7.7) has no exponent above 0. np.log1p(x) is log(1 + x), exact for small x.",
        "The mean of np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))).",
    ),
)

# ----------------------------------------------------------------------------------------------------------------------
# 7.3 The gradient

THREE = (np.array([0.0, math.log(2), 0.0]), 1)


def _logit_rows(rng):
    yield np.array([0.0, 0.0]), 0
    yield np.array([1.0, 0.0, -1.0]), 2
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


gradient = FunctionExercise(
    number="7.3",
    title="The gradient",
    statement="Write `gradient(z, c)`, the gradient of the cross-entropy by the logits.",
    signature="gradient(z, c)",
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
    misconceptions=[
        Misconception(
            "p (1 - p)",
            lambda z, c: _softmax(z) * (1 - _softmax(z)),
            "p(1 − p) is the derivative of the *sigmoid*, not of the loss. For `z = [0, 0.6931, 0]`, `c = 1` you return "
            "`[0.1875, 0.25, 0.1875]`. The logarithm cancels that factor: see (7.8).",
            reread="(7.8)",
            example=THREE,
        ),
        Misconception(
            "the sign",
            lambda z, c: _one_hot(len(z), c) - _softmax(z),
            "the sign is turned: for `z = [0, 0.6931, 0]`, `c = 1` you return `[-0.25, 0.5, -0.25]`. That is the direction to "
            "*move*, down the loss; the gradient (7.8) points up.",
            reread="(7.8)",
            example=THREE,
        ),
        Misconception(
            "the label forgotten",
            lambda z, c: _softmax(z),
            "for `z = [0, 0.6931, 0]`, `c = 1` you return `[0.25, 0.5, 0.25]`: the probabilities. Subtract what should have been "
            "said, 1 for the true class. See (7.8).",
            reread="(7.8)",
            example=THREE,
        ),
        Misconception(
            "by the probabilities",
            lambda z, c: -_one_hot(len(z), c) / _softmax(z),
            "for `z = [0, 0.6931, 0]`, `c = 1` you return `[0, -2, 0]`: the gradient by the **probabilities**, −y/p. The chain "
            "rule through the softmax is missing; (7.8) is by the logits.",
            reread="(7.8)",
            example=THREE,
        ),
    ],
    hints=(
        "Everything complicated cancels. Look at (7.8).",
        "The softmax of z, and 1 subtracted in one place.",
        "p = softmax(z); p[c] -= 1; return p.",
    ),
    rtol=1e-6,
    atol=1e-8,
)

# ----------------------------------------------------------------------------------------------------------------------
# 7.4 The cross-entropy of an image

# 2 x 3 pixels, 2 classes
SMALL_IMAGE = (np.array([[[2.0, 0], [0, 0], [1, 0]], [[0, 1], [0, 0], [3, 0]]]), np.array([[0, 1, 0], [1, 0, 1]]))


def _images(rng):
    yield np.zeros((1, 2, 2)), np.array([[0, 1]])
    for shape in ((2, 2, 2), (2, 3, 3), (3, 2, 4), (4, 4, 3)):
        yield 2 * rng.normal(size=shape), rng.integers(0, shape[-1], shape[:2])
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


def _log_softmax(z, axis=-1):
    top = z - z.max(axis=axis, keepdims=True)
    return top - np.log(np.exp(top).sum(axis=axis, keepdims=True))


image_ce = FunctionExercise(
    number="7.4",
    title="The cross-entropy of an image",
    statement="Write `image_ce(z, y)` for logits (H, W, C) and class ids (H, W).",
    signature="image_ce(z, y)",
    cases=_images,
    oracle=_image_ce,
    solution="""
    import numpy as np

    def image_ce(z, y):
        z = z - z.max(axis=-1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
        return -np.mean(np.take_along_axis(log_p, y[..., None], axis=-1))
    """,
    misconceptions=[
        Misconception(
            "softmax twice",
            lambda z, y: _ce_of_logs(_log_softmax(_softmax(z)), y),
            "you apply the softmax **twice**: the result cannot get near 0. For the 2 × 3 image of the check you return "
            "`0.6652` where the right value is 0.8647. Take the logarithm of *one* softmax, (7.6), as in section 2.",
            reread="section 2",
            example=SMALL_IMAGE,
        ),
        Misconception(
            "the class axis",
            lambda z, y: _ce_of_logs(_log_softmax(z, axis=0), y),
            "your softmax runs over the first axis, the **rows of the image**. The classes of a pixel stand along the last axis, "
            "and only these must sum to 1. For the 2 × 3 image of the check you return `0.7744`. See the notation and section 2.",
            reread="section 2",
            example=SMALL_IMAGE,
        ),
        Misconception(
            "softmax over everything",
            lambda z, y: _ce_of_logs(_log_softmax(np.ravel(z)).reshape(np.shape(z)), y),
            "your softmax runs over **all** numbers of the image together. Each pixel has a distribution of its own: sum along the "
            "last axis, with keepdims. For the 2 × 3 image of the check you return `3.045`. See (7.6).",
            reread="(7.6)",
            example=SMALL_IMAGE,
        ),
        Misconception(
            "sum for mean",
            lambda z, y: _image_ce(z, y) * np.size(y),
            "you return the **sum** over the pixels: for the 2 × 3 image of the check `5.188`. Divide by the number of pixels, so "
            "that an image of another size costs alike. See section 2.",
            reread="section 2",
            example=SMALL_IMAGE,
        ),
        Misconception(
            "divided by the classes, too",
            lambda z, y: _image_ce(z, y) / np.shape(z)[-1],
            "you average over the **classes** as well, as np.mean of a one-hot product does: for the 2 × 3 image of the check you return "
            "`0.4324`. Sum over the classes, average over the pixels, (7.3).",
            reread="(7.3)",
            example=SMALL_IMAGE,
        ),
    ],
    hints=(
        "First the logarithm of the softmax of each pixel, then pick the true class, then the mean.",
        "log p = z − log Σ exp z along the last axis, with the largest z taken out (7.6).",
        "np.take_along_axis(log_p, y[..., None], axis=-1) picks; then minus the mean.",
    ),
)

# ----------------------------------------------------------------------------------------------------------------------
# 7.5 Weighted mean

FOUR = (np.array([1.0, 2.0, 3.0, 4.0]), np.array([0, 0, 0, 1]), np.array([1.0, 5.0]))


def _weighted(rng):
    yield np.array([1.0, 3.0]), np.array([0, 1]), np.array([1.0, 2.0])
    for n, c in ((3, 2), (5, 2), (6, 3), (9, 4)):
        yield rng.uniform(0, 3, n), rng.integers(0, c, n), rng.uniform(0.5, 10, c)


def _weighted_mean(values, labels, class_weights):
    pairs = [(class_weights[c], v) for v, c in zip(values, labels, strict=True)]
    return math.fsum(w * v for w, v in pairs) / math.fsum(w for w, _ in pairs)


weighted_mean = FunctionExercise(
    number="7.5",
    title="Weigh by class",
    statement="Write `weighted_mean(values, labels, class_weights)`.",
    signature="weighted_mean(values, labels, class_weights)",
    cases=_weighted,
    oracle=_weighted_mean,
    solution="""
    import numpy as np

    def weighted_mean(values, labels, class_weights):
        return np.average(values, weights=np.asarray(class_weights)[labels])
    """,
    misconceptions=[
        Misconception(
            "divided by the number of pixels",
            lambda v, y, w: float(np.mean(w[y] * v)),
            "you divide by the number of **pixels**: for `values = [1, 2, 3, 4]`, `labels = [0, 0, 0, 1]`, weights 1 and 5 you "
            "return `6.5`, a mean above the largest value. Divide by the sum of the weights, (7.10).",
            reread="(7.10)",
            example=FOUR,
        ),
        Misconception(
            "class weights made to sum to 1",
            lambda v, y, w: float(np.mean((w / w.sum())[y] * v)),
            "you make the **class weights** sum to 1, then average over the pixels: for `values = [1, 2, 3, 4]` you return "
            "`1.083`. How often each class occurs matters, too: divide by the sum over the *pixels*, (7.10).",
            reread="(7.10)",
            example=FOUR,
        ),
        Misconception(
            "sum for mean",
            lambda v, y, w: float(np.sum(w[y] * v)),
            "you return the weighted **sum**, `26` for `values = [1, 2, 3, 4]`. Divide by the sum of the pixels' weights, (7.10).",
            reread="(7.10)",
            example=FOUR,
        ),
        Misconception(
            "weights forgotten",
            lambda v, y, w: float(np.mean(v)),
            "for `values = [1, 2, 3, 4]` you return `2.5`, the plain mean: the weights are not used. See (7.10).",
            reread="(7.10)",
            example=FOUR,
        ),
    ],
    hints=(
        "First give every pixel its weight: class_weights[labels].",
        "Weighted sum above; what belongs below so that weights of 10 everywhere change nothing?",
        "np.sum(w * values) / np.sum(w) with w = class_weights[labels].",
    ),
)

# ----------------------------------------------------------------------------------------------------------------------
# 7.6 How much quieter

focal_factor = ValueExercise(
    number="7.6",
    title="How much quieter?",
    statement="p_t = 0.9, γ = 2: how many times smaller is the focal loss than cross-entropy?",
    answer=100,
    unit="times",
    solution="p_t, gamma = 0.9, 2\nanswer = 1 / (1 - p_t) ** gamma",
    misconceptions=[
        Misconception(
            "p_t for 1 − p_t",
            lambda: 1 / 0.9**2,
            "`1.235` is 1 / p_t². The factor is made of **1 − p_t**, which is small where the pixel is right, (7.12).",
            reread="(7.12)",
        ),
        Misconception(
            "γ as a factor",
            20,
            "`20` would be 2 · (1 / 0.1). γ is an **exponent**, (7.12).",
            reread="(7.12)",
        ),
        Misconception(
            "γ = 1",
            10,
            "`10` is right for γ = 1. Square it, (7.12).",
            reread="(7.12)",
        ),
        Misconception(
            "the factor itself",
            0.01,
            "`0.01` is the factor by which the loss is multiplied. How many times *smaller* is that? See (7.12).",
            reread="(7.12)",
        ),
    ],
    hints=("Which factor stands before the logarithm in (7.12)?", "(1 − 0.9)², and then one over it.", "1 / 0.1²."),
    rtol=1e-6,
)

# ----------------------------------------------------------------------------------------------------------------------
# 7.7 Dice

# two images of four pixels: a large object found half, a small one missed
TWO_IMAGES = (
    np.array([[[0.5, 0.5], [0.5, 0.5]], [[0.0, 0.5], [0.5, 0.0]]]),
    np.array([[[1, 1], [1, 1]], [[1, 0], [0, 0]]]),
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


def _dice_loss(p, g):
    losses = []
    for a, b in zip(p, g, strict=True):
        inside = math.fsum(float(v) for v in a[b == 1])
        area, size = math.fsum(np.ravel(a)), int(b.sum())
        losses.append(1 - 2 * inside / (area + size) if size else area / (area + 1))
    return math.fsum(losses) / len(losses)


def _by_image(index, after=lambda d: 1 - d):
    """A wrong Dice: `index(intersection, total)` of each image, the rule for empty masks kept."""

    def wrong(p, g):
        inside, total, size = (p * g).sum((1, 2)), p.sum((1, 2)) + g.sum((1, 2)), g.sum((1, 2))
        with np.errstate(divide="ignore", invalid="ignore"):
            values = after(index(inside, total))
        return float(np.mean(np.where(size > 0, values, p.sum((1, 2)) / (p.sum((1, 2)) + 1))))

    return wrong


def _smoothed(p, g):
    inside, total = (p * g).sum((1, 2)), p.sum((1, 2)) + g.sum((1, 2))
    return float(np.mean(1 - (2 * inside + 1e-7) / (total + 1e-7)))


def _of_the_batch(p, g):
    if not g.any():
        return _dice_loss(p, g)
    return float(1 - 2 * (p * g).sum() / (p.sum() + g.sum()))


dice_loss = FunctionExercise(
    number="7.7",
    title="A Dice loss that can be trusted",
    statement="Write `dice_loss(p, g)`: one Dice for each image, then the mean; empty masks as stated.",
    signature="dice_loss(p, g)",
    cases=_masks,
    oracle=_dice_loss,
    solution="""
    import numpy as np

    def dice_loss(p, g):
        size, area = g.sum(axis=(1, 2)), p.sum(axis=(1, 2))
        wrong = np.abs(p - g).sum(axis=(1, 2))
        return np.mean(wrong / (area + size + (size == 0)))
    """,
    misconceptions=[
        Misconception(
            "Dice without the 2",
            _by_image(lambda i, s: i / s),
            "the **2** is missing: with a perfect mask you would get 1/2. For the two images of the check (one half found, one "
            "missed) you return `0.8333`, expected 0.6667. See (7.16).",
            reread="(7.16)",
            example=TWO_IMAGES,
        ),
        Misconception(
            "Jaccard for Dice",
            _by_image(lambda i, s: i / (s - i)),
            "you computed the **Jaccard** loss: intersection over union. For the two images of the check you return `0.75`. "
            "Dice is 2J / (1 + J), (7.15).",
            reread="(7.15)",
            example=TWO_IMAGES,
        ),
        Misconception(
            "one ratio for the batch",
            _of_the_batch,
            "you take **one ratio over the whole batch**: the large object drowns the small one. For the two images of the check "
            "you return `0.5`. Sum over the pixels of each image, axis=(1, 2), then average; see section 4.",
            reread="section 4",
            example=TWO_IMAGES,
        ),
        Misconception(
            "the score for the loss",
            _by_image(lambda i, s: 2 * i / s, after=lambda d: d),
            "you return the Dice **score** where the mask is not empty: for the two images of the check `0.3333`. Training makes the "
            "loss small and would make the overlap small. The loss is 1 − D, (7.16).",
            reread="(7.16)",
            example=TWO_IMAGES,
        ),
        Misconception(
            "the logarithm",
            _by_image(lambda i, s: 2 * i / s, after=lambda d: -np.log(d)),
            "you return **−log D** instead of 1 − D: for the two images of the check `inf`, because one of them is missed "
            "altogether. Both exist; (7.16) is 1 − D.",
            reread="(7.16)",
            example=TWO_IMAGES,
        ),
        Misconception(
            "smoothing that hides the empty mask",
            _smoothed,
            "a tiny ε avoids the division by zero and nothing else. For an empty mask and p = 0.25 on four pixels you return `1`, "
            "as for any p: no gradient says to be silent. There the rule p / (p + 1) is wanted, section 4.",
            reread="section 4",
            example=ONE_EMPTY,
        ),
    ],
    hints=(
        "Three sums for each image: of p · g, of p, of g. Over which axes?",
        "axis=(1, 2) leaves one number for each image. np.where(g.sum(axis=(1, 2)) == 0, ..., ...) tells the two rules apart.",
        "1 − 2·inside/(area + size) where size > 0, area/(area + 1) else; then the mean of the images.",
    ),
)

# ----------------------------------------------------------------------------------------------------------------------
# 7.8 Tversky

MISSES = (np.array([1.0, 0.0, 0.0, 0.0, 1.0]), np.array([1, 1, 1, 1, 0]), 0.3, 0.7)


def _tversky_cases(rng):
    yield np.array([1.0, 0.0]), np.array([1, 1]), 0.3, 0.7
    yield np.array([1.0, 1.0]), np.array([1, 0]), 0.3, 0.7
    for n in (4, 6, 9):
        g = rng.integers(0, 2, n)
        g[:2] = 0, 1
        yield rng.uniform(0.05, 0.95, n), g, float(rng.uniform(0.1, 0.4)), float(rng.uniform(0.6, 1))


def _tversky_loss(p, g, alpha, beta):
    hits = math.fsum(a for a, b in zip(np.ravel(p), np.ravel(g), strict=True) if b)
    alarms = math.fsum(a for a, b in zip(np.ravel(p), np.ravel(g), strict=True) if not b)
    misses = math.fsum(1 - a for a, b in zip(np.ravel(p), np.ravel(g), strict=True) if b)
    return 1 - hits / (hits + alpha * alarms + beta * misses)


tversky_loss = FunctionExercise(
    number="7.8",
    title="Tversky",
    statement="Write `tversky_loss(p, g, alpha, beta)` for one image.",
    signature="tversky_loss(p, g, alpha, beta)",
    cases=_tversky_cases,
    oracle=_tversky_loss,
    solution="""
    import numpy as np

    def tversky_loss(p, g, alpha, beta):
        tp, fp, fn = np.sum(p * g), np.sum(p * (1 - g)), np.sum((1 - p) * g)
        return 1 - tp / (tp + alpha * fp + beta * fn)
    """,
    misconceptions=[
        Misconception(
            "α and β swapped",
            lambda p, g, a, b: _tversky_loss(p, g, b, a),
            "α and β are **swapped**. With 1 hit, 3 misses, 1 false alarm, α = .3, β = .7 you return `0.6154`, expected 0.7059. "
            "α is for alarms, β for what is missed, (7.19).",
            reread="(7.19)",
            example=MISSES,
        ),
        Misconception(
            "the index for the loss",
            lambda p, g, a, b: 1 - _tversky_loss(p, g, a, b),
            "you return the **index** T: with 1 hit, 3 misses, 1 false alarm `0.2941`. The loss is 1 − T, see (7.19).",
            reread="(7.19)",
            example=MISSES,
        ),
        Misconception(
            "a 2 as in Dice",
            lambda p, g, a, b: 1 - 2 * (1 - _t2(p, g, a, b)),
            "you brought the **2** of Dice along: with 1 hit, 3 misses, 1 false alarm you return `0.5455`. In (7.19) the halves sit in "
            "α and β.",
            reread="(7.19)",
            example=MISSES,
        ),
        Misconception(
            "misses and alarms confused with the areas",
            lambda p, g, a, b: 1 - (p * g).sum() / ((p * g).sum() + a * p.sum() + b * g.sum()),
            "you weigh the whole areas Σp and Σg instead of what is **wrong** in them: with 1 hit, 3 misses, 1 false alarm you return "
            "`0.7727`. False alarms are p(1 − g), misses (1 − p)g, (7.19).",
            reread="(7.19)",
            example=MISSES,
        ),
    ],
    hints=(
        "Three soft counts: hits p·g, false alarms p·(1 − g), misses (1 − p)·g.",
        "α goes with the false alarms, β with the misses. Hits have no weight.",
        "1 − tp / (tp + alpha * fp + beta * fn).",
    ),
)


def _t2(p, g, a, b):
    """1 - TP / (2 TP + ...): twice what is left of 1 is the index with a stray 2."""
    tp, fp, fn = (p * g).sum(), (p * (1 - g)).sum(), ((1 - p) * g).sum()
    return 1 - tp / (2 * tp + a * fp + b * fn)


# ----------------------------------------------------------------------------------------------------------------------
# 7.9 Lovász by hand

lovasz_by_hand = ValueExercise(
    number="7.9",
    title="Lovász by hand",
    statement="Truth 1 0 1, errors 0.2 0.9 0.5: the Lovász extension of the Jaccard loss.",
    answer=lambda: 0.9 * (1 / 3) + 0.5 * (2 / 3 - 1 / 3) + 0.2 * (3 / 3 - 2 / 3),
    solution="""
    errors = [0.9, 0.5, 0.2]
    deltas = [0, 1 / 3, 2 / 3, 3 / 3]
    answer = sum(m * (deltas[k + 1] - deltas[k]) for k, m in enumerate(errors))
    """,
    misconceptions=[
        Misconception(
            "not sorted",
            lambda: 0.2 * (1 / 2) + 0.9 * (2 / 3 - 1 / 2) + 0.5 * (3 / 3 - 2 / 3),
            "`0.4167` is what comes out **without sorting**: the pixels must join from the largest error to the smallest, (7.22).",
            reread="(7.22)",
        ),
        Misconception(
            "sorted the wrong way",
            lambda: 0.2 * (1 / 2) + 0.5 * (2 / 2 - 1 / 2) + 0.9 * (3 / 3 - 2 / 2),
            "`0.35` comes from sorting **upwards**. The largest error joins first, (7.22).",
            reread="(7.22)",
        ),
        Misconception(
            "losses instead of their rises",
            lambda: 0.9 * (1 / 3) + 0.5 * (2 / 3) + 0.2 * (3 / 3),
            "`0.8333` weighs the errors with Δ itself. Weigh them with its **rise**, the difference to the step before, (7.22).",
            reread="(7.22)",
        ),
        Misconception(
            "the false alarm does not enlarge the union",
            lambda: 0.9 * (1 / 2) + 0.5 * (2 / 2 - 1 / 2) + 0.2 * (2 / 2 - 2 / 2),
            "`0.7` divides by the size of the truth alone. The false alarm joins the **union**, which becomes 3, (7.21).",
            reread="(7.21)",
        ),
    ],
    hints=(
        "Which pixel joins first? The one with the error 0.9; it is a false alarm, so the union grows from 2 to 3.",
        "Δ after each step: 1/3, 2/3, 3/3. What are the rises?",
        "(0.9 + 0.5 + 0.2) / 3, because every rise is 1/3.",
    ),
    rtol=0.01,
)

# ----------------------------------------------------------------------------------------------------------------------
# 7.10 Undo the weights

HALF = (np.array([0.5, 0.9]), 9.0, 1.0)


def _unweigh_cases(rng):
    yield np.array([0.5]), 3.0, 1.0
    for n in (2, 3, 5, 8):
        yield rng.uniform(0.02, 0.98, n), float(rng.uniform(2, 20)), float(rng.uniform(0.5, 1.5))


def _unweigh(p, w1, w0):
    """Through the odds."""
    odds = np.asarray(p, dtype=float) / (1 - np.asarray(p, dtype=float)) * (w0 / w1)
    return odds / (1 + odds)


unweigh = FunctionExercise(
    number="7.10",
    title="Undo the weights",
    statement="Write `unweigh(p, w1, w0)`: solve (7.11) for π.",
    signature="unweigh(p, w1, w0)",
    cases=_unweigh_cases,
    oracle=_unweigh,
    solution="""
    def unweigh(p, w1, w0):
        return w0 * p / (w0 * p + w1 * (1 - p))
    """,
    misconceptions=[
        Misconception(
            "weighed again",
            lambda p, w1, w0: w1 * p / (w1 * p + w0 * (1 - p)),
            "that is (7.11) itself, so the probabilities are weighed **twice**: for `p = [0.5, 0.9]` and weights 9 and 1 you return "
            "`[0.9, 0.9878]`. Solve (7.11) for π.",
            reread="(7.11)",
            example=HALF,
        ),
        Misconception(
            "divided by the weight",
            lambda p, w1, w0: p * w0 / w1,
            "you divide p by the ratio of the weights: for `p = [0.5, 0.9]` and weights 9 and 1 you return `[0.05556, 0.1]`. It is the **odds** "
            "p/(1 − p) that are multiplied, see (7.11).",
            reread="(7.11)",
            example=HALF,
        ),
        Misconception(
            "not normalised",
            lambda p, w1, w0: (p / w1) / (p / w1 + (1 - p)),
            "only for w0 = 1 is that right: for weights 6 and 2 on `p = [0.5]` you return `[0.1429]`. Divide both classes by their "
            "weight, see (7.11).",
            reread="(7.11)",
            example=(np.array([0.5]), 6.0, 2.0),
        ),
    ],
    hints=(
        "Write (7.11) for the odds: p*/(1 − p*) = (w1 / w0) · π/(1 − π).",
        "So π/(1 − π) = (w0 / w1) · p/(1 − p). Turn odds into a probability: o / (1 + o).",
        "w0 * p / (w0 * p + w1 * (1 - p)).",
    ),
)

# ----------------------------------------------------------------------------------------------------------------------
# 7.11 Which loss

which_loss = ChoiceExercise(
    number="7.11",
    title="Which loss?",
    statement="A clinic wants the expected volume, the sum of p. Lesions cover 5 %.",
    options={
        "a": "Dice, because lesions are rare and overlap is what counts",
        "b": "cross-entropy without weights, because its minimum is the true probability",
        "c": "cross-entropy with weights 19 and 1, because then both classes count alike",
        "d": "Tversky with a large β, because no lesion must be missed",
    },
    answer="b",
    reasons={
        "a": 'you say that "overlap is what counts". Not here: a sum of p is wanted, and Dice pushes p towards 0 and 1, '
        "see section 9.",
        "b": '"its minimum is the true probability": so the sum of p is the expected area, (7.4). '
        "Rare does not matter, because no threshold is asked for.",
        "c": 'you want that "both classes count alike": by (7.11) the network then claims far more foreground than there is. '
        "It could be undone, but why do it?",
        "d": '"no lesion must be missed" is a fine aim for a warning light. A sum of p would be much too large, see section 9.',
    },
    hints=(
        "The clinic adds up probabilities. What must a probability be, for that to make sense?",
        "Which of the four losses is least at the true probability? (7.4) says it.",
        "Look at the columns calibration error and area of section 9.",
    ),
)
