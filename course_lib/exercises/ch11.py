"""Exercises of chapter 11, Adversarial training."""

import math

import numpy as np

from course_lib.teaching.engine import ChoiceExercise, FunctionExercise, ValueExercise

PLACES = (np.array([0.5, 0.5, 0.0, 0.0]), np.array([0.0, 0.5, 0.5, 0.0]))
UNEQUAL = (np.array([0.6, 0.3]), np.array([0.2, 0.9]))


def _densities(rng):
    yield PLACES
    yield UNEQUAL
    for n in (3, 5, 8):
        yield rng.uniform(0.05, 2, n), rng.uniform(0.05, 2, n)
    yield np.append(rng.uniform(0.05, 2, 4), 0.0), np.append(rng.uniform(0.05, 2, 4), 0.0)
    yield np.array([0, 1, 3, 0]), np.array([0, 1, 1, 2])  # whole numbers
    yield np.array([3e-20, 900.0]), np.array([1e-20, 0.0])  # far out in the tails, and a narrow peak
    yield rng.uniform(0.05, 2, (2, 3)), np.array([[0.0, 0.5, 1.0], [2.0, 0.0, 0.25]])
    yield np.zeros((3, 1)), np.zeros((3, 1))


def _best_discriminator(p, q):
    each = [0.5 if a + b == 0 else a / (a + b) for a, b in zip(np.ravel(p), np.ravel(q), strict=True)]
    return np.reshape(each, np.shape(p))


def _ratio(p, q):
    with np.errstate(divide="ignore", invalid="ignore"):
        return p / q


def _threshold(p, q, small):
    """Where hardly anything comes, ½."""
    total = p + q
    return np.where(total > small, p / np.maximum(total, small), 0.5)


best_discriminator = FunctionExercise(
    "11.1",
    "The best inspector",
    cases=_densities,
    oracle=_best_discriminator,
    solution="""
    import numpy as np

    def best_discriminator(p, q):
        total = p + q
        return np.where(total > 0, p / np.where(total > 0, total, 1), 0.5)
    """,
    example=PLACES,
    hints=(
        "At each place: which share of all that arrives there is real?",
        "p / (p + q), and ½ where p + q is 0.",
        "total = p + q; np.where(total > 0, p / np.where(total > 0, total, 1), 0.5).",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-6,
)


@best_discriminator.mistake("labels reversed", example=UNEQUAL)
def _(p, q):
    """you return the probability of being **made**: for `p = [0.6, 0.3]`, `q = [0.2, 0.9]` that is `[0.25, 0.75]`. In
    this chapter D is the probability of being real, so p stands above, (11.2)."""
    return 1 - _best_discriminator(p, q)


@best_discriminator.mistake("labels reversed, and 0/0")
def _(p, q):
    """you return the probability of being **made**, and 0/0 where nothing comes: for `p = [0.5, 0.5, 0, 0]`,
    `q = [0, 0.5, 0.5, 0]` that is `[0, 0.5, 1, nan]`. In this chapter D is the probability of being real, so p stands
    above, (11.2)."""
    return _ratio(q, p + q)


@best_discriminator.mistake("yes or no")
def _(p, q):
    """you decide for one side, even where both are equal: for `p = [0.5, 0.5, 0, 0]`, `q = [0, 0.5, 0.5, 0]` you return
    `[1, 0, 0, 0]`. At the second place you are wrong every other time, and a certainty costs without limit when it is
    wrong. See (11.2)."""
    return (p > q).astype(float)


@best_discriminator.mistake("the logit", example=UNEQUAL)
def _(p, q):
    """you return the best **logit**, (11.3): for `p = [0.6, 0.3]`, `q = [0.2, 0.9]` that is `[1.099, -1.099]`. D is its
    sigmoid, a probability, (11.2)."""
    return _log(_ratio(p, q))


@best_discriminator.mistake("0 where nothing comes")
def _(p, q):
    """right wherever something can come, but for `p = [0.5, 0.5, 0, 0]`, `q = [0, 0.5, 0.5, 0]` you return
    `[1, 0.5, 0, 0]`. Where both are 0 the task asks for ½: nobody knows, see section 1."""
    return np.where(p + q > 0, _best_discriminator(p, q), 0.0)


@best_discriminator.mistake("a small number in the denominator", example=(np.array([1e-8]), np.array([1e-8])))
def _(p, q):
    """a small number in the denominator avoids 0/0, but changes every other answer a little, and small densities a lot:
    for `p = [1e-08]`, `q = [1e-08]` you return `[0.3333]`. And where both are 0 it says 0, not ½. Treat that place by
    itself, (11.2)."""
    return p / (p + q + 1e-8)


@best_discriminator.mistake("the ratio itself", example=UNEQUAL)
def _(p, q):
    """you return the **ratio** p/q, which is no probability: for `p = [0.6, 0.3]`, `q = [0.2, 0.9]` it is
    `[3, 0.3333]`. The logarithm of this ratio is the best *logit* (11.3); D* itself is (11.2)."""
    return _ratio(p, q)


@best_discriminator.mistake("whichever is larger", example=UNEQUAL)
def _(p, q):
    """you decide for one side: for `p = [0.6, 0.3]`, `q = [0.2, 0.9]` you return `[1, 0]`. A certainty of 1 costs
    without limit when it is wrong, and at the first place it is wrong one time in four. See (11.2)."""
    return np.where(p == q, 0.5, (p > q).astype(float))


@best_discriminator.mistake("nothing at both")
def _(p, q):
    """right wherever something can come, but for `p = [0.5, 0.5, 0, 0]`, `q = [0, 0.5, 0.5, 0]` you return
    `[1, 0.5, 0, nan]`: 0/0 at the last place. Any answer is as good as another there; a NaN spoils what comes after.
    See section 1."""
    return np.where(p + q > 0, _best_discriminator(p, q), math.nan)


@best_discriminator.mistake("½ where one of them is 0")
def _(p, q):
    """you say ½ wherever **one** of the two is 0: for `p = [0.5, 0.5, 0, 0]`, `q = [0, 0.5, 0.5, 0]` you return
    `[0.5, 0.5, 0.5, 0.5]`. Where only real samples come, D* is 1, and where only made ones come, 0. The ½ is for places
    where *both* are 0, (11.2)."""
    return np.where((p > 0) & (q > 0), _best_discriminator(p, q), 0.5)


@best_discriminator.mistake("½ below 1e-6", example=(np.array([1e-7]), np.array([3e-7])))
def _(p, q):
    """you take densities below **1e-6** for 0: for `p = [1e-07]`, `q = [3e-07]` you return `[0.5]`, expected `[0.25]`.
    Their ratio is what counts, however small they are, (11.2)."""
    return _threshold(p, q, 1e-6)


@best_discriminator.mistake("½ below 1e-8", example=(np.array([1e-9, 3e-9]), np.array([3e-9, 1e-9])))
def _(p, q):
    """you take densities below **1e-8** for 0: for `p = [1e-09, 3e-09]`, `q = [3e-09, 1e-09]` you return `[0.5, 0.5]`,
    expected `[0.25, 0.75]`. Their ratio is what counts, however small they are, (11.2)."""
    return _threshold(p, q, 1e-8)


@best_discriminator.mistake("written into whole numbers", example=(np.array([0, 1, 3, 1]), np.array([0, 1, 1, 0])))
def _(p, q):
    """you write into an array made **like p**, as `np.zeros_like(p)` does. Where p holds whole numbers, the fractions
    are cut off: for `p = [0, 1, 3, 1]`, `q = [0, 1, 1, 0]` you return `[0, 0, 0, 1]`, expected `[0.5, 0.5, 0.75, 1]`.
    Make it of floats: `np.zeros(p.shape)`, for (11.2) is a probability."""
    return _best_discriminator(p, q).astype(p.dtype)


equilibrium_loss = ValueExercise(
    "11.2",
    "A log file",
    answer=lambda: 2 * math.log(2),
    solution="import math\n\nanswer = 2 * math.log(2)",
    hints=(
        "What does the best discriminator say when p = q?",
        "D = ½ on real samples and on made ones. What does each cost?",
        "−log ½ − log ½.",
    ),
    rtol=3e-3,
)


@equilibrium_loss.mistake("the discriminator's loss should go to 0")
def _():
    """`0` means that the discriminator tells everything apart: the forgeries are hopeless, and by section 2 the
    generator hears next to nothing. When they are perfect, D = ½ everywhere, (11.5)."""
    return 0.0


@equilibrium_loss.mistake("one term of two")
def _():
    """`0.6931` is the cross-entropy of one coin. The loss is the *sum* of the mean over real and the mean over made
    samples, (11.5). (A program that prints the mean of both would show your number.)"""
    return math.log(2)


@equilibrium_loss.mistake("the probability, not the loss")
def _():
    """`0.5` is what D *says* there. Its loss is −log of that, twice, (11.5)."""
    return 0.5


@equilibrium_loss.mistake("the sign")
def _():
    """`-1.386` is the value V of the game, which the discriminator makes *large*. Its loss is −V, (11.5)."""
    return -2 * math.log(2)


@equilibrium_loss.mistake("logarithm to the base 2")
def _():
    """`2` is the answer in bits. The loss uses the natural logarithm, as the notation says; see (11.5)."""
    return 2.0


which_pulls = ChoiceExercise(
    "11.3",
    "Which loss pulls?",
    options={
        "a": "log(1 − D), because its value is close to its maximum and there is most to gain",
        "b": "−log D, because its slope is −(1 − D)",
        "c": "both alike, because they have the same optimum",
        "d": "neither, because the sigmoid is saturated",
    },
    answer="b",
    reasons={
        "a": 'there is "most to gain", but what moves the generator is the slope, not the value: −D = −0.01 by '
        "(11.6). The loss is flat there.",
        "b": '"its slope" is −0.99 by the logit, a hundred times that of the other: (11.6).',
        "c": 'they have "the same optimum" at a perfect generator, but not the same way there: slopes −0.01 and '
        "−0.99 by (11.6).",
        "d": 'the "sigmoid is saturated", but the logarithm undoes it for −log D. Differentiate the whole loss by '
        "the logit, (11.6).",
    },
    hints=(
        "A gradient is a slope, not a height.",
        "Put D = 0.01 into both derivatives of (11.6).",
        "0.01 against 0.99.",
    ),
)


TWO = (np.array([0.0, 2.0]),)
LOST = (np.array([-1000.0, 0.0]),)
ONE_THREE = (np.array([1.0, 3.0]),)


def _fake_logits(rng):
    yield np.array([0.0])
    yield TWO
    yield LOST
    yield np.array([3.0, -2.0, 0.0])
    yield np.array([1000.0, -40.0, -1000.0])
    for n in (3, 5, 9):
        yield (rng.normal(scale=3, size=n),)
    yield (1000 * rng.uniform(-1, 1, 4),)


def _generator_loss(fake):
    return math.fsum(-a + math.log1p(math.exp(a)) if a < 0 else math.log1p(math.exp(-a)) for a in fake) / len(fake)


def _sigmoid(a):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-np.asarray(a, dtype=float)))


def _log(probability):
    """The logarithm as a learner takes it: −∞ at 0, without a warning here."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(probability)


generator_loss = FunctionExercise(
    "11.4",
    "The generator's loss",
    cases=lambda rng: (case if isinstance(case, tuple) else (case,) for case in _fake_logits(rng)),
    oracle=_generator_loss,
    solution="""
    import numpy as np

    def generator_loss(fake):
        return np.mean(np.logaddexp(0, -fake))
    """,
    example=TWO,
    hints=(
        "−log D with D = σ(a): what is −log of 1/(1 + e^(−a))?",
        "log(1 + e^(−a)), without ever computing e^1000.",
        "np.mean(np.logaddexp(0, -fake)).",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-6,
    fixed=("fake.ndim", "fake.dtype"),  # a network's logits
)


@generator_loss.mistake("the saturating loss")
def _(fake):
    """that is the **minimax** loss, the mean of log(1 − D): for `fake = [0, 2]` you return `-1.41`. It is flat where
    the generator is bad. The non-saturating one is −log D, (11.6)."""
    return -np.mean(np.logaddexp(0, fake))


@generator_loss.mistake("the sign")
def _(fake):
    """you return the mean of log D, `-0.41` for `fake = [0, 2]`: minimizing it makes D *small* on made samples, and the
    generator learns to be caught. Turn the sign, (11.6)."""
    return np.mean(-np.logaddexp(0, -fake))


@generator_loss.mistake("the discriminator's term")
def _(fake):
    """`1.41` for `fake = [0, 2]` is −log(1 − D): what the *discriminator* pays for made samples, with the label 0. The
    generator wants the label 1 for them. See section 2."""
    return np.mean(np.logaddexp(0, fake))


@generator_loss.mistake("the saturating loss, with a sigmoid", example=ONE_THREE)
def _(fake):
    """that is the **minimax** loss, the mean of log(1 − D): for `fake = [1, 3]` you return `-2.181`. It is flat where
    the generator is bad. The non-saturating one is −log D, (11.6). (And at ±1000 a sigmoid is exactly 0 or 1: take
    np.logaddexp.)"""
    return np.mean(_log(1 - _sigmoid(fake)))


@generator_loss.mistake("the sign, with a sigmoid", example=ONE_THREE)
def _(fake):
    """you return the mean of log D, `-0.1809` for `fake = [1, 3]`: minimizing it makes D *small* on made samples. Turn
    the sign, (11.6). (And at −1000 the sigmoid is exactly 0: take np.logaddexp.)"""
    return np.mean(_log(_sigmoid(fake)))


@generator_loss.mistake("the discriminator's term, with a sigmoid", example=ONE_THREE)
def _(fake):
    """`2.181` for `fake = [1, 3]` is −log(1 − D): what the *discriminator* pays for made samples. The generator wants
    the label 1 for them. See section 2."""
    return -np.mean(_log(1 - _sigmoid(fake)))


@generator_loss.mistake("clipped", example=LOST)
def _(fake):
    """you clip D before its logarithm. That is finite, but wrong: for `fake = [-1000, 0]` you return `8.406`, and the
    slope at −1000 is 0, so the loss saturates again. log(1 + e^(−a)) is np.logaddexp(0, −a), (11.6)."""
    return -np.mean(np.log(np.clip(_sigmoid(fake), 1e-7, 1)))


@generator_loss.mistake("the formula as it stands", example=LOST)
def _(fake):
    """right for small logits, but for `fake = [-1000, 0]` you return `inf`: on the way stands a number that floats
    cannot hold, e^1000, or a sigmoid that has become exactly 0. log(1 + e^(−a)) is np.logaddexp(0, −a). See (11.6) and
    chapter 07."""
    with np.errstate(over="ignore", divide="ignore"):
        return -np.mean(np.log(1 / (1 + np.exp(-fake))))


@generator_loss.mistake("sum for mean")
def _(fake):
    """you return the **sum** over the samples, `0.8201` for `fake = [0, 2]`. With a mean, the learning rate does not
    depend on the size of the batch. See section 2."""
    return _generator_loss(fake) * len(fake)


@generator_loss.mistake("the Wasserstein generator")
def _(fake):
    """that is what a generator minimizes against a **Wasserstein critic**: for `fake = [0, 2]` you return `-1`. Here
    the logits belong to probabilities: −log D, (11.6)."""
    return -np.mean(fake)


@generator_loss.mistake("logits clipped at 30", example=LOST)
def _(fake):
    """you clip the **logits** at ±30: for `fake = [-1000, 0]` you return `15.35`, expected 500.3. Beyond the clip the
    slope is 0, so the loss saturates again. np.logaddexp needs no clip, (11.6)."""
    return _generator_loss(np.clip(fake, -30, 30))


@generator_loss.mistake("logits clipped at 50", example=LOST)
def _(fake):
    """you clip the **logits** at ±50: for `fake = [-1000, 0]` you return `25.35`, expected 500.3. Beyond the clip the
    slope is 0, so the loss saturates again. np.logaddexp needs no clip, (11.6)."""
    return _generator_loss(np.clip(fake, -50, 50))


@generator_loss.mistake("log of the mean probability")
def _(fake):
    """you average the probabilities and take **one logarithm** at the end: for `fake = [0, 2]` you return `0.3705`,
    expected 0.41. Then one good sample hides all bad ones. First the logarithm of each, then the mean, (11.6)."""
    return -_log(np.mean(_sigmoid(fake)))


far_away = ChoiceExercise(
    "11.5",
    "Far away",
    options={
        "a": "the Jensen-Shannon divergence, whose gradient points to the data",
        "b": "the KL divergence, which is infinite and therefore pulls hardest",
        "c": "the Wasserstein distance, which still changes when the generator moves",
        "d": "nothing can, since the two have no point in common",
    },
    answer="c",
    reasons={
        "a": 'the "gradient" of the Jensen-Shannon divergence is exactly 0 there: it is log 2 however far away '
        "they are, (11.9).",
        "b": 'it is "infinite", here and a step further on: no difference, no direction. See (11.9).',
        "c": 'it "still changes": W₁ grows with every step away, (11.9).',
        "d": '"no point in common" silences only divergences that compare densities place by place. A distance '
        "between places remains, (11.9).",
    },
    hints=(
        "What does each of the three numbers do when the generator moves a little?",
        "A number that stays the same, or stays infinite, gives no direction.",
        "Look at the picture below (11.9), in the grey region.",
    ),
)


CROSSED = ([0.0, 3.0], [4.0, 1.0])


def _piles(rng):
    yield CROSSED
    yield [1.0, 2.0], [2.0, 1.0]
    yield [5], [-3]  # whole numbers
    yield [4, -1, 4, 0], [2, 2, -7, 1]
    yield [0.5, 0.25, 0.125], [1000.0, 0.0, -20.0]
    for n in (3, 4, 6, 10):
        yield rng.normal(size=n), rng.normal(1, 2, size=n)


def _wasserstein(x, y):
    both = sorted([*x, *y])
    area = 0.0
    for left, right in zip(both, both[1:], strict=False):
        area += abs(sum(v <= left for v in x) - sum(v <= left for v in y)) * (right - left)
    return area / len(x)


wasserstein = FunctionExercise(
    "11.6",
    "Sort and pair",
    cases=_piles,
    oracle=_wasserstein,
    solution="""
    import numpy as np

    def wasserstein(x, y):
        return np.mean(np.abs(np.sort(x) - np.sort(y)))
    """,
    example=([0.0, 4.0], [2.0, 7.0]),
    hints=(
        "Which made sample should the smallest real one be paired with?",
        "Sort both lists; then pair them by position.",
        "np.mean(np.abs(np.sort(x) - np.sort(y))).",
    ),
    fixed=("x.ndim", "y.ndim"),
)


@wasserstein.mistake("not sorted", example=CROSSED)
def _(x, y):
    """you pair the samples in the order in which they happen to stand: for `x = [0, 3]`, `y = [4, 1]` that costs `3`,
    and 0 → 1, 3 → 4 costs less. The cheapest plan keeps the order: sort both, (11.13)."""
    return np.mean(np.abs(np.asarray(x) - np.asarray(y)))


@wasserstein.mistake("difference of the means", example=([0.0, 4.0], [1.0, 3.0]))
def _(x, y):
    """you compare the means only. For `x = [0, 4]`, `y = [1, 3]` you return `0`, and yet they are different piles.
    Every sample travels on its own, (11.13)."""
    return abs(np.mean(x) - np.mean(y))


@wasserstein.mistake("squared distances")
def _(x, y):
    """you square the distances: that belongs to W₂, and has another unit. For `x = [0, 4]`, `y = [2, 7]` you return
    `6.5`. Carrying costs its distance, (11.10)."""
    return np.mean((np.sort(x) - np.sort(y)) ** 2)


@wasserstein.mistake("no absolute value")
def _(x, y):
    """you forget that carrying to the left costs as much as to the right: for `x = [0, 4]`, `y = [2, 7]` you return
    `-2.5`. A distance is not negative: take |·|, (11.13)."""
    return np.mean(np.sort(x) - np.sort(y))


@wasserstein.mistake("all pairs", example=CROSSED)
def _(x, y):
    """you average over **all** pairs: for `x = [0, 3]`, `y = [4, 1]` that gives `2`, and equal piles would not be at
    distance 0. Each sample has one partner, (11.13)."""
    return np.mean(np.abs(np.subtract.outer(x, y)))


@wasserstein.mistake("sum for mean")
def _(x, y):
    """you add the distances up: for `x = [0, 4]`, `y = [2, 7]` you return `5`. Each of n samples has a weight of 1/n,
    (11.13)."""
    return np.sum(np.abs(np.sort(x) - np.sort(y)))


@wasserstein.mistake("only one of the two is sorted", example=([5.0, 0.0], [6.0, 2.0]))
def _(x, y):
    """you sort one list only: for `x = [5, 0]`, `y = [6, 2]` you pair 0 with 6 and 5 with 2, which costs `4.5`. Both
    have to stand in order, (11.13)."""
    return np.mean(np.abs(np.sort(x) - np.asarray(y)))


@wasserstein.mistake("the nearest partner", example=([0.0, 1.0], [2.0, 7.0]))
def _(x, y):
    """you bring each sample to the **nearest** place: for `x = [0, 1]`, `y = [2, 7]` both go to 2, which costs `1.5`,
    and nobody goes to 7. A plan fills every place exactly once, (11.13)."""
    return np.mean(np.abs(np.subtract.outer(x, y)).min(axis=1))


@wasserstein.mistake("W₂")
def _(x, y):
    """that is **W₂**, the root of the mean square: `2.55` for `x = [0, 4]`, `y = [2, 7]`. W₁ takes the distances as
    they are, (11.13)."""
    return np.sqrt(np.mean((np.sort(x) - np.sort(y)) ** 2))


@wasserstein.mistake("root mean square, not sorted", example=CROSSED)
def _(x, y):
    """you take the root of the mean **square**, and pair the samples in the order in which they stand: for
    `x = [0, 3]`, `y = [4, 1]` you return `3.162`, expected 1. Sort both, then take the distances as they are,
    (11.13)."""
    return np.sqrt(np.mean(np.subtract(x, y, dtype=float) ** 2))


@wasserstein.mistake("the largest distance", example=([0.0, 4.0], [1.0, 11.0]))
def _(x, y):
    """you take the **largest** of the distances: for `x = [0, 4]`, `y = [1, 11]` you return `7`, expected 4. Every
    sample's way counts 1/n, (11.13)."""
    return np.max(np.abs(np.sort(x) - np.sort(y)))


SCORES = (np.array([3.0, 1.0]), np.array([-1.0, 0.0]))
HIGHER = (np.array([0.0, 0.0]), np.array([2.0, 0.0]))


def _scores(rng):
    yield SCORES
    yield HIGHER
    yield np.array([7]), np.array([-2])  # whole numbers
    yield np.array([300, -20, 5]), np.array([-4000, 10, 3])  # scores are unbounded
    for n in (2, 3, 5, 8):
        yield rng.normal(scale=3, size=n), rng.normal(scale=3, size=n)


critic_loss = FunctionExercise(
    "11.7",
    "The critic's loss",
    cases=_scores,
    oracle=lambda real, fake: math.fsum(fake) / len(fake) - math.fsum(real) / len(real),
    solution="""
    import numpy as np

    def critic_loss(real, fake):
        return np.mean(fake) - np.mean(real)
    """,
    example=SCORES,
    hints=(
        "What does the maximum in (11.11) maximize? And a loss is to be made small.",
        "Two means, one minus, no sigmoid and no logarithm.",
        "np.mean(fake) - np.mean(real).",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-6,
    fixed=("real.ndim", "fake.ndim"),
)


@critic_loss.mistake("the sign")
def _(real, fake):
    """`2.5` for `real = [3, 1]`, `fake = [-1, 0]` is the estimate of W₁ itself, which the critic makes *large*,
    (11.11). A loss is minimized: with your sign the critic learns to prefer the made samples."""
    return np.mean(real) - np.mean(fake)


@critic_loss.mistake("critic with a sigmoid")
def _(real, fake):
    """you squash the scores by a sigmoid: `-0.4573` for `real = [3, 1]`, `fake = [-1, 0]`. A critic's score is no
    probability. Squashed, it can never report a distance above 1, and it saturates again. See (11.11)."""
    return np.mean(_sigmoid(fake)) - np.mean(_sigmoid(real))


@critic_loss.mistake("critic as a classifier")
def _(real, fake):
    """that is cross-entropy, (11.1): `0.6841` for `real = [3, 1]`, `fake = [-1, 0]`. The Wasserstein critic has no
    logarithm: it earns the difference of the mean scores, (11.11)."""
    return np.mean(np.logaddexp(0, -real)) + np.mean(np.logaddexp(0, fake))


@critic_loss.mistake("the generator's part only")
def _(real, fake):
    """`0.5` for `real = [3, 1]`, `fake = [-1, 0]` is what the *generator* minimizes. The critic also earns by real
    samples, (11.11)."""
    return -np.mean(fake)


@critic_loss.mistake("absolute value", example=HIGHER)
def _(real, fake):
    """you take an absolute value: for `real = [0, 0]`, `fake = [2, 0]` you return `-1`, a reward for scoring the made
    ones higher. The critic would not know which side is real. See (11.11)."""
    return -abs(np.mean(real) - np.mean(fake))


@critic_loss.mistake("W₁ of the scores", example=(np.array([0.0, 6.0]), np.array([2.0, 3.0])))
def _(real, fake):
    """you take W₁ of the *scores*: for `real = [0, 6]`, `fake = [2, 3]` you return `-2.5`. The distance is one of
    samples; of the scores only the two means count, (11.11)."""
    return -np.mean(np.abs(np.sort(real) - np.sort(fake)))


@critic_loss.mistake("the hinge loss", example=HIGHER)
def _(real, fake):
    """that is the **hinge** loss: `3` for `real = [0, 0]`, `fake = [2, 0]`. It stops to ask for more where the scores
    are beyond ±1; the Wasserstein critic never stops, (11.11)."""
    return np.mean(np.maximum(0, 1 - real)) + np.mean(np.maximum(0, 1 + fake))


STEP = (1.0, 2.0, 0.1, 0.5)


def _dirac(rng):
    yield STEP
    yield 1.0, 0.0, 0.5, 0.0
    yield 0, -2, 1, 3  # whole numbers
    yield -40.0, 25.0, 0.01, 10.0
    for _ in range(5):
        yield (*rng.normal(size=2).round(2).tolist(), float(rng.uniform(0.05, 0.5)), float(rng.uniform(0.1, 2)))


def _step(theta, psi, eta, gamma):
    moved = np.array([[1, eta], [-eta, 1 - eta * gamma]]) @ [theta, psi]
    return float(moved[0]), float(moved[1])


step = FunctionExercise(
    "11.8",
    "One step of the Dirac-GAN",
    cases=_dirac,
    oracle=_step,
    solution="""
    def step(theta, psi, eta, gamma):
        return theta + eta * psi, psi - eta * (theta + gamma * psi)
    """,
    example=STEP,
    hints=(
        "Write down the two gradients first: of the critic's loss by ψ, of the generator's loss by θ.",
        "By ψ: θ + γψ. By θ: −ψ. Both at the old state.",
        "return theta + eta * psi, psi - eta * (theta + gamma * psi).",
    ),
)


@step.mistake("in turns")
def _(theta, psi, eta, gamma):
    """your critic already sees the generator's **new** θ: that is the game in turns. For `theta = 1`, `psi = 2`,
    `eta = 0.1`, `gamma = 0.5` you return `[1.2, 1.78]`. At once means that both look at the old state, (11.15)."""
    return theta + eta * psi, psi - eta * (theta + eta * psi + gamma * psi)


@step.mistake("in turns, the critic first")
def _(theta, psi, eta, gamma):
    """your generator already sees the critic's **new** ψ: that is the game in turns. For `theta = 1`, `psi = 2`,
    `eta = 0.1`, `gamma = 0.5` you return `[1.18, 1.8]`. At once means that both look at the old state, (11.15)."""
    return (
        theta + eta * (psi - eta * (theta + gamma * psi)),
        psi - eta * (theta + gamma * psi),
    )


@step.mistake("the game with cross-entropy")
def _(theta, psi, eta, gamma):
    """there is a sigmoid in your gradients: for `theta = 1`, `psi = 2`, `eta = 0.1`, `gamma = 0.5` you return
    `[1.176, 1.812]`. That is the game of (11.17). The Wasserstein critic has none, (11.15)."""
    return (
        theta + eta * psi / (1 + math.exp(-psi * theta)),
        psi - eta * (theta / (1 + math.exp(-psi * theta)) + gamma * psi),
    )


@step.mistake("the penalty's sign", example=(0.5, 2.0, 0.1, 0.5))
def _(theta, psi, eta, gamma):
    """your penalty pushes ψ away from 0: for `theta = 0.5`, `psi = 2`, `eta = 0.1`, `gamma = 0.5` you return
    `[0.7, 2.05]`. It is a brake, (11.18)."""
    return theta + eta * psi, psi - eta * (theta - gamma * psi)


@step.mistake("both help each other")
def _(theta, psi, eta, gamma):
    """your generator descends the *critic's* loss. For `theta = 1`, `psi = 2`, `eta = 0.1`, `gamma = 0.5` you return
    `[0.8, 1.8]`. Its own loss is −ψθ, with the gradient −ψ: the players are opponents, see section 4."""
    return theta - eta * psi, psi - eta * (theta + gamma * psi)


@step.mistake("the step uphill")
def _(theta, psi, eta, gamma):
    """both climb in place of descending: for `theta = 1`, `psi = 2`, `eta = 0.1`, `gamma = 0.5` you return
    `[0.8, 2.2]`. New value = old value **minus** η times the gradient, and then the penalty brakes, (11.18)."""
    return theta - eta * psi, psi + eta * (theta + gamma * psi)


@step.mistake("the penalty on the generator")
def _(theta, psi, eta, gamma):
    """your penalty pulls on θ: for `theta = 1`, `psi = 2`, `eta = 0.1`, `gamma = 0.5` you return `[1.15, 1.9]`. R1 is
    paid by the *critic*, for its slope ψ, (11.18)."""
    return theta + eta * (psi - gamma * theta), psi - eta * theta


@step.mistake("the half kept")
def _(theta, psi, eta, gamma):
    """half of the brake: for `theta = 1`, `psi = 2`, `eta = 0.1`, `gamma = 0.5` you return `[1.2, 1.85]`. The
    derivative of ½γψ² is γψ: the ½ is there to cancel. See (11.18)."""
    return theta + eta * psi, psi - eta * (theta + gamma / 2 * psi)


@step.mistake("the critic climbs")
def _(theta, psi, eta, gamma):
    """your critic **climbs** its loss: for `theta = 1`, `psi = 2`, `eta = 0.1`, `gamma = 0.5` you return `(1.2, 2.2)`,
    expected `(1.2, 1.8)`. Its gradient is θ + γψ, and the step is *minus* η times that, (11.18)."""
    return theta + eta * psi, psi + eta * (theta + gamma * psi)


@step.mistake("ψ first")
def _(theta, psi, eta, gamma):
    """the numbers are right, but **ψ comes first**: for `theta = 1`, `psi = 2`, `eta = 0.1`, `gamma = 0.5` you return
    `(1.8, 1.2)`, expected `(1.2, 1.8)`. First θ, then ψ, as in (11.15)."""
    return _step(theta, psi, eta, gamma)[::-1]


@step.mistake("the penalty for θ", example=(2.0, 1.0, 0.1, 0.5))
def _(theta, psi, eta, gamma):
    """your critic's brake is γ**θ**: for `theta = 2`, `psi = 1`, `eta = 0.1`, `gamma = 0.5` you return `(2.1, 0.7)`,
    expected `(2.1, 0.75)`. The penalty ½γψ² has the derivative γψ, (11.18)."""
    return theta + eta * psi, psi - eta * (theta + gamma * theta)


spiral = ValueExercise(
    "11.9",
    "How far after a hundred steps?",
    answer=lambda: (1 + 0.2**2) ** 50,
    solution="answer = (1 + 0.2**2) ** (100 / 2)",
    hints=(
        "By which factor does the distance grow in one step?",
        "√(1 + η²), a hundred times.",
        "(1 + 0.04) to the power of 50.",
    ),
    rtol=5e-3,
)


@spiral.mistake("it arrives")
def _():
    """`0` would be the goal. Each follows its own gradient downhill, and yet the pair moves away: look at the
    eigenvalues, (11.15)."""
    return 0.0


@spiral.mistake("it circles")
def _():
    """`1` is right for infinitely small steps, and nearly for the game in turns, (11.16). At once, every step
    stretches, (11.15)."""
    return 1.0


@spiral.mistake("the root forgotten")
def _():
    """`50.5` is the *squared* distance: 1 + η² is what r² is multiplied by, and r by its root, (11.15)."""
    return (1 + 0.2**2) ** 100


@spiral.mistake("1 + η a step")
def _():
    """`8.282e+07` comes from a factor 1 + η. The step is at a *right angle* to the way to the goal: by Pythagoras the
    factor is smaller, (11.15)."""
    return 1.2**100


@spiral.mistake("rounded too early")
def _():
    """`7.245` comes from a factor that was rounded before it was raised to the power of 100. Keep √(1 + η²) whole,
    (11.15)."""
    return 1.02**100


@spiral.mistake("one step only")
def _():
    """`1.02` is the distance after one step. The factor applies a hundred times, (11.15)."""
    return math.sqrt(1 + 0.2**2)


smooth_label = ValueExercise(
    "11.10",
    "Smooth labels",
    answer=0.36,
    solution="p, q = 0.2, 0.3\nanswer = 0.9 * p / (p + q)",
    hints=(
        "Without smoothing it would be p / (p + q).",
        "Real samples ask for 0.9 in place of 1, made ones still for 0.",
        "(0.9 · 0.2 + 0 · 0.3) / (0.2 + 0.3).",
    ),
    rtol=1e-3,
)


@smooth_label.mistake("not smoothed")
def _():
    """`0.4` is D* without smoothing, (11.2). The real samples' label is 0.9 here, (11.27)."""
    return 0.4


@smooth_label.mistake("soft labels on made samples")
def _():
    """`0.42` has a label of 0.1 on the *made* samples, too: 0.9 · 0.2 + 0.1 · 0.3, over 0.5. Smoothing those praises
    the generator for being where it is. One side only, (11.27)."""
    return 0.42


@smooth_label.mistake("a label above 1")
def _():
    """`0.44` is the best D for the label 1.1. It exists here; at places with q < 0.1 p it would not, and cross-entropy
    could be made as negative as you like. Smoothing goes downwards, (11.27)."""
    return 0.44


@smooth_label.mistake("the weight of real samples")
def _():
    """`0.375` is what a *weight* of 0.9 on the real samples gives. A label of 0.9 leaves their weight alone: the other
    tenth is cross-entropy with the label 0, and stays in the denominator, (11.27)."""
    return 0.9 * 0.2 / (0.9 * 0.2 + 0.3)


@smooth_label.mistake("labels reversed")
def _():
    """`0.54` has q above: that is a probability of being *made*. Real samples carry the label 0.9, (11.27)."""
    return 0.9 * 0.3 / 0.5


PAIR = (np.array([[8.0, 8.0], [8.0, 8.0]]), np.zeros((2, 2)), 0)


def _pairs(rng):
    yield PAIR
    yield np.array([[1.0], [1.0], [1.0]]), np.array([[0.0], [0.0], [0.0]]), 1
    yield np.array([[7, -2, 0]]), np.array([[1, 1, 255]]), 12  # whole numbers
    yield np.array([[0, 255], [9, 9], [3, 4]]), np.array([[100, 0], [9, 1], [-3, 5]]), 5
    for seed, shape in enumerate(((3, 2), (4, 3), (2, 3, 3), (3, 2, 4), (4, 2, 2, 3))):
        yield rng.normal(size=shape), rng.normal(size=shape), seed


def _mixed(alpha, real, fake):
    return alpha * real + (1 - alpha) * fake


def _column(alpha, real):
    return np.reshape(alpha, (-1,) + (1,) * (np.ndim(real) - 1))


def _between(real, fake, seed):
    alpha = np.random.default_rng(seed).uniform(size=len(real))
    return np.stack([f + t * (r - f) for t, r, f in zip(alpha, real, fake, strict=True)])


def _alphas(real, seed):
    return np.random.default_rng(seed).uniform(size=len(real))


between = FunctionExercise(
    "11.11",
    "Between real and made",
    cases=_pairs,
    oracle=_between,
    solution="""
    import numpy as np

    def between(real, fake, seed):
        alpha = np.random.default_rng(seed).uniform(size=len(real))
        alpha = alpha.reshape(-1, *[1] * (real.ndim - 1))
        return alpha * real + (1 - alpha) * fake
    """,
    example=PAIR,
    hints=(
        "How many numbers α do you need for N samples, and from which distribution?",
        "rng.uniform(size=N), then give it as many axes of length 1 as a sample has axes.",
        "alpha = np.random.default_rng(seed).uniform(size=len(real)).reshape(-1, *[1] * (real.ndim - 1)).",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-6,
)


@between.mistake("α from a normal")
def _(real, fake, seed):
    """your α come from a **normal** distribution: many lie below 0 or above 1, and their points are not between the two
    but beyond. For the first case of the check (real all 8, made all 0) you return
    `[[1.006, 1.006], [-1.057, -1.057]]`. Draw evenly from [0, 1], (11.29)."""
    return _mixed(_column(np.random.default_rng(seed).normal(size=len(real)), real), real, fake)


@between.mistake("α weighs the made sample")
def _(real, fake, seed):
    """your α goes with `fake`: for real all 8 and made all 0 you return `[[2.904, 2.904], [5.842, 5.842]]`. As a
    penalty that is exactly as good, since 1 − α is drawn as evenly as α; but this check compares numbers, and (11.29)
    puts α on the real sample."""
    return _mixed(_column(np.random.default_rng(seed).uniform(size=len(real)), real), fake, real)


@between.mistake("one α for the batch")
def _(real, fake, seed):
    """you use **one** α for the whole batch: for real all 8 and made all 0 you return
    `[[5.096, 5.096], [5.096, 5.096]]`. (A new generator with the same seed for each sample does that, too.) Then each
    step asks at one distance only, and the penalty jumps about. Draw one for each sample, (11.29)."""
    return _mixed(np.random.default_rng(seed).uniform(), real, fake)


@between.mistake("one α for each pixel")
def _(real, fake, seed):
    """you draw an α for every **pixel**: for real all 8 and made all 0 you return `[[5.096, 2.158], [0.3278, 0.1322]]`.
    These points fill the box between the two samples, they do not lie on the line that (11.12) speaks of."""
    return _mixed(np.random.default_rng(seed).uniform(size=np.shape(real)), real, fake)


@between.mistake("beside the samples", example=(np.full((2, 2), 2.0), np.ones((2, 2)), 0))
def _(real, fake, seed):
    """you add a share of the real sample to the *whole* made one. For real all 2 and made all 1 you return
    `[[2.274, 2.274], [1.54, 1.54]]`: the weights α and 1 − α must add up to 1, (11.29)."""
    return fake + _column(np.random.default_rng(seed).uniform(size=len(real)), real) * real


@between.mistake("the middle")
def _(real, fake, seed):
    """you take the **middle** of each pair: for real all 8 and made all 0 you return `[[4, 4], [4, 4]]`. Then the slope
    is held at one place of the line only, and may be anything elsewhere. α is drawn evenly from [0, 1], (11.29)."""
    return (real + fake) / 2


@between.mistake("α with one axis more only", example=(np.full((2, 3, 2), 8.0), np.zeros((2, 3, 2)), 0))
def _(real, fake, seed):
    """right for vectors. But an image has more axes, and α of the shape (N, 1) is laid along the wrong one: for samples
    of 3 × 2 numbers you get a `ValueError`. Give α an axis of length 1 for *each* axis of a sample, (11.29)."""
    return _mixed(_alphas(real, seed)[:, None], real, fake)


@between.mistake("α along the columns")
def _(real, fake, seed):
    """your α has no axis for the entries of a sample, so NumPy lays it along the **last axis**: for real all 8 and made
    all 0 you return `[[5.096, 2.158], [5.096, 2.158]]`, where each column has its own α. Each *sample* needs one,
    (11.29)."""
    return _mixed(_alphas(real, seed), real, fake)


@between.mistake("α drawn twice", example=(np.ones((2, 2)), np.ones((2, 2)), 0))
def _(real, fake, seed):
    """you draw α **twice**, once for `real` and once for `fake`, so the two weights do not add up to 1. For real all 1
    and made all 1 you return `[[1.596, 1.596], [1.253, 1.253]]`, expected `[[1, 1], [1, 1]]`. Keep α in a variable,
    (11.29)."""
    rng = np.random.default_rng(seed)
    first, second = (_column(rng.uniform(size=len(real)), real) for _ in range(2))
    return first * real + (1 - second) * fake


@between.mistake("the old generator")
def _(real, fake, seed):
    """`np.random.seed` belongs to NumPy's **old** generator, which gives other numbers for the same seed: for real all
    8 and made all 0 you return `[[4.391, 4.391], [5.722, 5.722]]`, expected `[[5.096, 5.096], [2.158, 2.158]]`. The α
    are as good, but this check compares numbers: `np.random.default_rng(seed).uniform(size=len(real))`, for (11.29)."""
    # The numbers of np.random.seed and np.random.rand
    alpha = np.random.RandomState(seed).uniform(size=len(real))  # noqa: NPY002
    return _mixed(_column(alpha, real), real, fake)


ROWS = (np.array([[3.0, 4.0], [0.0, 1.0]]),)
HALF = (np.array([[0.6, 0.0], [0.0, 0.8]]),)


def _slopes(rng):
    yield ROWS
    yield HALF
    yield (np.zeros((2, 3)),)  # flat
    yield (np.array([[2, -1, 2], [0, 0, 1]]),)  # whole numbers
    yield (np.array([[[100, 0], [0, 0]]]),)
    for shape in ((3, 2), (4, 5), (2, 3, 3), (5, 2, 4), (3, 2, 2, 3)):
        yield (rng.normal(size=shape),)


def _penalty(slopes):
    total = 0.0
    for sample in slopes:
        total += (math.sqrt(math.fsum(v * v for v in np.ravel(sample))) - 1) ** 2
    return total / len(slopes)


def _norms(slopes):
    return np.sqrt((np.reshape(slopes, (len(slopes), -1)) ** 2).sum(axis=1))


penalty = FunctionExercise(
    "11.12",
    "The penalty",
    cases=_slopes,
    oracle=_penalty,
    solution="""
    import numpy as np

    def penalty(slopes):
        norms = np.sqrt(np.sum(slopes**2, axis=tuple(range(1, slopes.ndim))))
        return np.mean((norms - 1) ** 2)
    """,
    example=ROWS,
    hints=(
        "Each of the N samples has one gradient, an arrow with as many entries as pixels. How long is it?",
        "Sum the squares over all axes but the first, take the root, compare with 1, square, average.",
        "norms = np.sqrt(np.sum(slopes**2, axis=tuple(range(1, slopes.ndim)))).",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-6,
)


@penalty.mistake("norm over the whole batch")
def _(slopes):
    """you take **one** norm over the whole batch: for `slopes = [[3, 4], [0, 1]]` you return `16.8`. Then a batch of 64
    samples with the slope 1/8 looks perfect. Every sample has a norm of its own, (11.29)."""
    return (np.sqrt(np.sum(slopes**2)) - 1) ** 2


@penalty.mistake("one slope for each pixel")
def _(slopes):
    """you want every single derivative to be 1: for `slopes = [[3, 4], [0, 1]]` you return `3.5`. The *length* of a
    sample's gradient shall be 1, over all pixels together, (11.29)."""
    return np.mean((np.abs(slopes) - 1) ** 2)


@penalty.mistake("one slope for each pixel, signs kept", example=(np.array([[-1.0, 1.0]]),))
def _(slopes):
    """you want every single derivative to be 1: for `slopes = [[-1, 1]]` you return `2`. The *length* of a sample's
    gradient shall be 1, over all pixels together, (11.29)."""
    return np.mean((slopes - 1) ** 2)


@penalty.mistake("norm over one axis only", example=(np.full((1, 2, 2), 0.5),))
def _(slopes):
    """right for vectors; but an image has more axes than one, and your norm runs over the first of them only: for one
    image of 2 × 2 pixels, all slopes 0.5, you return `0.08579`, and its gradient has the length 1. Sum over all axes
    but that of the batch, (11.29)."""
    return np.mean((np.linalg.norm(slopes, axis=1) - 1) ** 2)


@penalty.mistake("norm over the last axis only", example=(np.array([[[0.6, 0.0], [0.8, 0.0]]]),))
def _(slopes):
    """right for vectors; but an image has more axes than one, and your norm runs over the last of them only: for
    `slopes = [[[0.6, 0], [0.8, 0]]]` you return `0.1`, and its gradient has the length 1. Sum over all axes but that of
    the batch, (11.29)."""
    return np.mean((np.linalg.norm(slopes, axis=-1) - 1) ** 2)


@penalty.mistake("the root forgotten")
def _(slopes):
    """you compare the **squared** norm with 1: for `slopes = [[3, 4], [0, 1]]` you return `288`. It has its minimum at
    the same place but punishes steep critics far too hard. Take the root, (11.29)."""
    return np.mean((_norms(slopes) ** 2 - 1) ** 2)


@penalty.mistake("R1 in its place")
def _(slopes):
    """`13` for `slopes = [[3, 4], [0, 1]]` is the **R1** penalty, which wants slope 0. WGAN-GP wants slope 1,
    (11.29)."""
    return np.mean(_norms(slopes) ** 2)


@penalty.mistake("only what is too steep", example=HALF)
def _(slopes):
    """you leave gentle slopes unpunished: for `slopes = [[0.6, 0], [0, 0.8]]` you return `0`. That is a known variant
    (one-sided), but (11.29) asks for slope 1 from both sides."""
    return np.mean(np.maximum(_norms(slopes) - 1, 0) ** 2)


@penalty.mistake("norm over the wrong axis")
def _(slopes):
    """your norm runs over the **samples**, one for each pixel: for `slopes = [[3, 4], [0, 1]]` you return `6.877`. Axis
    0 is the batch; sum over all axes but that one, (11.29)."""
    return np.mean((np.sqrt((np.reshape(slopes, (len(slopes), -1)) ** 2).sum(axis=0)) - 1) ** 2)


@penalty.mistake("the difference not squared", example=HALF)
def _(slopes):
    """the difference is **not squared**: for `slopes = [[0.6, 0], [0, 0.8]]` you return `-0.3`, a reward for slopes
    below 1. Square it, (11.29)."""
    return np.mean(_norms(slopes) - 1)


@penalty.mistake("absolute for squared", example=HALF)
def _(slopes):
    """you take the **absolute** difference from 1: for `slopes = [[0.6, 0], [0, 0.8]]` you return `0.3`, expected 0.1.
    Square it, (11.29)."""
    return np.mean(np.abs(_norms(slopes) - 1))


@penalty.mistake("mean over the pixels")
def _(slopes):
    """you take the **mean** of the squares over the pixels, not their sum: for `slopes = [[3, 4], [0, 1]]` you return
    `3.257`, expected 8. The length of an arrow is the root of the *sum*, (11.29)."""
    return np.mean((np.sqrt((np.reshape(slopes, (len(slopes), -1)) ** 2).mean(axis=1)) - 1) ** 2)


@penalty.mistake("the mean of the norms first")
def _(slopes):
    """you average the norms **first** and compare then: for `slopes = [[3, 4], [0, 1]]` you return `4`, expected 8.
    Slopes of 0 and 2 would look perfect together. First compare each with 1 and square, then average, (11.29)."""
    return (np.mean(_norms(slopes)) - 1) ** 2


@penalty.mistake("each slope squared")
def _(slopes):
    """you compare the square of every **single** slope with 1: for `slopes = [[3, 4], [0, 1]]` you return `72.5`,
    expected 8. The *length* of a sample's gradient shall be 1: sum the squares, take the root, (11.29)."""
    return np.mean((slopes**2 - 1) ** 2)


@penalty.mistake("sum of absolute slopes")
def _(slopes):
    """you add up **absolute** slopes: for `slopes = [[3, 4], [0, 1]]` you return `18`, expected 8. The length of an
    arrow is the root of the sum of squares, (11.29)."""
    return np.mean((np.reshape(np.abs(slopes), (len(slopes), -1)).sum(axis=1) - 1) ** 2)


stopped = ChoiceExercise(
    "11.13",
    "The generator stands still",
    options={
        "a": "the discriminator cannot learn, because its gradient is stopped",
        "b": "the generator's gradient is zero (or missing): it never changes",
        "c": "nothing bad; stopping the gradient only saves time",
        "d": "the generator learns half as fast",
    },
    answer="b",
    reasons={
        "a": '"its gradient" goes to its own weights, and the way from the loss to those does not lead through '
        "the generator. See section 7.",
        "b": 'it "never changes": the only way from the loss to the generator leads through `fake`, see the step '
        "in section 7. JAX and `backend.value_and_grad` give zeros and say nothing; a plain TensorFlow program "
        "stops with `No gradients provided`.",
        "c": "it \"saves time\" in the discriminator's step, and there it belongs. In the generator's step it cuts "
        "the only wire, see section 7.",
        "d": 'not "half": the generator learns through `fake` or not at all. See section 7.',
    },
    hints=(
        "Draw the way from each loss back to the weights that it is to change.",
        "Which of the two ways passes through `fake`?",
        "Only the generator's. Stopped there, its gradient is 0.",
    ),
)


LINE = [[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]]
BETWEEN = (np.array([[0.9, 0.0], [0.2, 0.0]]), np.array([[0.0, 0.0], [2.0, 0.0]]), 0.5)
FOUR_SAMPLES = (np.array([[0.0, 0.25], [0.0, -0.1], [1.0, 0.35], [1.0, -0.6]]), np.array(LINE), 0.1)


def _samples(rng):
    yield FOUR_SAMPLES
    yield np.array([[0.02, 0.0], [0.02, 0.0], [0.02, 0.0]]), np.array(LINE), 0.1
    yield BETWEEN
    yield np.array([[3, 0], [9, 1], [0, -3]]), np.array([[0, 0], [9, 9]]), 1  # whole numbers, exactly at three sigma
    yield np.array([[5.0, 5.0], [-4.0, 0.5]]), np.array(LINE), 0.25  # none is good
    yield np.array([[0.6, 0.6]]), np.array([[0.0, 0.0]]), 0.5
    for n, modes, sigma in ((6, 3, 0.1), (8, 4, 0.05), (10, 4, 0.2), (12, 5, 0.1), (9, 6, 0.75)):
        centers = 20 * sigma * rng.normal(size=(modes, 2)).round(2)
        which = rng.integers(modes, size=n)
        yield centers[which] + 2.5 * sigma * rng.normal(size=(n, 2)), centers, sigma


def _count(samples, centers, sigma, radius=3.0, all_count=False):
    covered, good = set(), 0
    for sample in samples:
        distances = [math.dist(sample, center) for center in centers]
        near = min(distances) <= radius * sigma
        good += near
        if near or all_count:
            covered.add(distances.index(min(distances)))
    return len(covered), good / len(samples)


def _number_of_good(samples, centers, sigma):
    return round(_count(samples, centers, sigma)[1] * len(samples))


count_modes = FunctionExercise(
    "11.14",
    "Count the modes",
    cases=_samples,
    oracle=_count,
    solution="""
    import numpy as np

    def count_modes(samples, centers, sigma):
        distances = np.linalg.norm(samples[:, None] - centers, axis=-1)
        nearest, good = distances.argmin(axis=1), distances.min(axis=1) <= 3 * sigma
        return len(set(nearest[good])), good.mean()
    """,
    example=FOUR_SAMPLES,
    hints=(
        "For each sample: which centre is nearest, and how far is it?",
        "A sample is good within 3 sigma. The covered modes are the different nearest centres *of good samples*.",
        "nearest, good = d.argmin(axis=1), d.min(axis=1) <= 3 * sigma; return len(set(nearest[good])), good.mean().",
    ),
    rtol=1e-6,  # a share may be of float32
    fixed=("samples.ndim", "centers.ndim"),
)


@count_modes.mistake("bad samples cover, too")
def _(samples, centers, sigma):
    """you count a mode as covered when *any* sample is nearest to it: for samples at (0, 0.25), (0, -0.1), (1, 0.35),
    (1, -0.6), centres at (0, 0), (1, 0), (2, 0) and `sigma = 0.1` you return `[2, 0.5]`. Both samples at the second
    mode lie outside of three sigma. A covered mode has a sample of high quality, section 7."""
    return _count(samples, centers, sigma, all_count=True)


@count_modes.mistake("one sigma")
def _(samples, centers, sigma):
    """your circle has a radius of **one** sigma: for samples at (0, 0.25), (0, -0.1), (1, 0.35), (1, -0.6), centres at
    (0, 0), (1, 0), (2, 0) and `sigma = 0.1` you return `[1, 0.25]`. Of real data only 39 % lie that near; the protocol
    takes three, (11.32)."""
    return _count(samples, centers, sigma, radius=1.0)


@count_modes.mistake("squared distance")
def _(samples, centers, sigma):
    """you compare the **squared** distance with 3σ: for samples at (0, 0.25), (0, -0.1), (1, 0.35), (1, -0.6), centres
    at (0, 0), (1, 0), (2, 0) and `sigma = 0.1` you return `[2, 0.75]`. Take the root, or compare with 9σ². See
    (11.32)."""
    return _count(samples, centers, math.sqrt(3 * sigma) / 3)


@count_modes.mistake("a share of modes")
def _(samples, centers, sigma):
    """you return the *share* of modes: for samples at (0, 0.25), (0, -0.1), (1, 0.35), (1, -0.6), centres at (0, 0),
    (1, 0), (2, 0) and `sigma = 0.1` `[0.3333, 0.5]`. The protocol states their number, section 7."""
    return (
        _count(samples, centers, sigma)[0] / len(centers),
        _count(samples, centers, sigma)[1],
    )


@count_modes.mistake("every mode within reach", example=BETWEEN)
def _(samples, centers, sigma):
    """you count **every** mode that has a sample within three sigma. For samples at (0.9, 0) and (0.2, 0), centres at
    (0, 0) and (2, 0), `sigma = 0.5` you return `[2, 1]`: the first sample is within reach of both. A sample covers only
    the mode that is *nearest* to it, section 7."""
    near = [[math.dist(sample, center) <= 3 * sigma for center in centers] for sample in samples]
    return int(np.any(near, axis=0).sum()), float(np.any(near, axis=1).mean())


@count_modes.mistake("good samples counted as modes", example=(np.full((3, 2), [0.02, 0.0]), np.array(LINE), 0.1))
def _(samples, centers, sigma):
    """your first number counts the good **samples**: for three samples at (0.02, 0), centres at (0, 0), (1, 0), (2, 0)
    and `sigma = 0.1` you return `(3, 1)`, expected `(1, 1)`. All of them at one centre cover *one* mode: count each
    centre once, with `set` or `np.unique`, section 7."""
    return (
        _number_of_good(samples, centers, sigma),
        _count(samples, centers, sigma)[1],
    )


@count_modes.mistake("a number for a share")
def _(samples, centers, sigma):
    """your second number is how **many** samples are good: for samples at (0, 0.25), (0, -0.1), (1, 0.35), (1, -0.6),
    centres at (0, 0), (1, 0), (2, 0) and `sigma = 0.1` you return `(1, 2)`, expected `(1, 0.5)`. Their *share* is asked
    for: divide by the number of samples, (11.32)."""
    return (
        _count(samples, centers, sigma)[0],
        _number_of_good(samples, centers, sigma),
    )


@count_modes.mistake("the share first")
def _(samples, centers, sigma):
    """both numbers are right, but the **share comes first**: for samples at (0, 0.25), (0, -0.1), (1, 0.35), (1, -0.6),
    centres at (0, 0), (1, 0), (2, 0) and `sigma = 0.1` you return `(0.5, 1)`, expected `(1, 0.5)`. First the number of
    modes, then the share, section 7."""
    return _count(samples, centers, sigma)[::-1]


@count_modes.mistake("squares for circles", example=(np.array([[0.6, 0.6]]), np.array([[0.0, 0.0]]), 0.25))
def _(samples, centers, sigma):
    """you judge each axis **for itself**, so your modes are squares: for a sample at (0.6, 0.6), a centre at (0, 0) and
    `sigma = 0.25` you return `(1, 1)`, expected `(0, 0)`. It is 0.85 away. The distance is the root of the sum of both
    squares, (11.32)."""
    # Rows and columns judged each for itself
    farther = np.abs(samples[:, None] - centers).max(axis=-1)
    nearest, good = farther.argmin(axis=1), farther.min(axis=1) <= 3 * sigma
    return len(set(nearest[good].tolist())), float(good.mean())


success = ChoiceExercise(
    "11.15",
    "A perfect score?",
    options={
        "a": "success: every sample is perfect, better than the real data",
        "b": "collapse: the samples are as uneven as if they shared two modes of eight",
        "c": "a bug: high quality above 98.9 % is impossible",
        "d": "nothing yet: only the discriminator's loss could tell",
    },
    answer="b",
    reasons={
        "a": '"every sample is perfect" and they are all alike. Quality says nothing about variety: log(8/2) = '
        "1.39, (11.33).",
        "b": '"as uneven as if": log(8/k) = 1.39 gives k = 2, (11.33). (One mode with 86 % and seven with 2 % '
        "each would have nearly the same score: count the modes, too.) And more quality than real data have is "
        "itself a sign of collapse.",
        "c": '"impossible" it is not: samples that all sit at the middle of a mode reach 100 %, real data cannot, '
        "(11.32).",
        "d": '"the discriminator\'s loss" tells neither quality nor variety: (11.5) is also what a hopeless '
        "discriminator gets.",
    },
    hints=(
        "Which of the two numbers speaks of variety?",
        "By (11.33) it is log(8/k) when k modes share the samples evenly.",
        "e to the power of 1.39 is 4. So 8/k = 4.",
    ),
)


which_critic = ChoiceExercise(
    "11.16",
    "A critic for WGAN-GP",
    options={
        "a": "batch normalization after every layer, as in a DCGAN",
        "b": "batch normalization, with real and made samples in batches of their own",
        "c": "layer normalization, and a linear last layer",
        "d": "no normalization, and a sigmoid at the end",
    },
    answer="c",
    reasons={
        "a": '"as in a DCGAN" it is usual, but then a sample\'s score depends on its neighbours in the batch, and '
        "(11.29) asks for the slope of one sample's own score.",
        "b": '"batches of their own" help the cross-entropy of a DCGAN. The slope of one sample\'s score still '
        "runs through all others: see (11.29).",
        "c": '"layer normalization" looks at one sample only, and a "linear last layer" leaves the score '
        "unbounded, as (11.11) wants.",
        "d": '"a sigmoid at the end" bounds the score: no distance above 1, and a slope that dies far out. The '
        "critic of (11.11) is no probability.",
    },
    hints=(
        "Whose slope does the penalty ask for, and on what may it depend?",
        "Of each sample alone. And a Wasserstein critic's score is unbounded.",
        "So: nothing that mixes the samples of a batch, and nothing that squashes.",
    ),
)
