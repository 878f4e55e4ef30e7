"""Exercises of chapter 12, Image GANs."""

import math

import numpy as np

from course_lib.teaching.engine import ChoiceExercise, FunctionExercise, Misconception, ValueExercise

# ----------------------------------------------------------------------------------------------------------------------
# 12.1 The range of tanh

THREE_PIXELS = (np.array([0, 51, 255], dtype=np.uint8),)


def _bytes(rng):
    yield (np.array([0, 255], dtype=np.uint8),)
    yield (np.array([128], dtype=np.uint8),)
    yield (np.zeros((2, 1), dtype=np.uint8),)
    yield (np.full((1, 2, 3, 1), 255, dtype=np.uint8),)
    for shape in ((5,), (3, 4), (2, 4, 4)):
        yield (rng.integers(0, 256, shape, dtype=np.uint8),)


def _own_range(images):
    with np.errstate(invalid="ignore"):  # one gray only: 0/0
        return 2 * ((images - images.min()) / (float(images.max()) - images.min())) - 1


to_tanh = FunctionExercise(
    number="12.1",
    title="The range of tanh",
    statement="Write `to_tanh(images)`: bytes from 0 to 255 become floats from -1 to 1.",
    signature="to_tanh(images)",
    cases=_bytes,
    oracle=lambda images: np.interp(np.asarray(images, dtype=float), [0, 255], [-1, 1]),
    solution="""
    def to_tanh(images):
        return images / 127.5 - 1
    """,
    misconceptions=[
        Misconception(
            "[0, 1] for tanh",
            lambda images: images / 255,
            "you stop at [0, 1]: for `images = [0, 51, 255]` you return `[0, 0.2, 1]`. Half of the range of tanh is then unused, and "
            "whoever shows the images from −1 to 1 sees gray for black: see (12.2).",
            reread="(12.2)",
            example=THREE_PIXELS,
        ),
        Misconception(
            "moved, not stretched",
            lambda images: images / 255 - 0.5,
            "you move the range and do not stretch it: for `images = [0, 51, 255]` you return `[-0.5, -0.3, 0.5]`. It must be "
            "two wide, see (12.2).",
            reread="(12.2)",
            example=THREE_PIXELS,
        ),
        Misconception(
            "divided by 128",
            lambda images: images / 128 - 1,
            "nearly: for `images = [0, 51, 255]` you return `[-1, -0.6016, 0.9922]`. The middle of 0 and 255 is 127.5, not "
            "128. White must become exactly 1, see (12.2).",
            reread="(12.2)",
            example=THREE_PIXELS,
        ),
        Misconception(
            "stretched, not moved",
            lambda images: images / 127.5,
            "you stretch the range and do not move it: for `images = [0, 51, 255]` you return `[0, 0.4, 2]`. Values above 1 are out "
            "of reach for tanh: subtract 1, see (12.2).",
            reread="(12.2)",
            example=THREE_PIXELS,
        ),
        Misconception(
            "computed in bytes",
            lambda images: (images * 2 - 255) / 255,
            "you multiply while the numbers are still **bytes**, which wrap round at 256: for `images = [0, 51, 255]` you return "
            "`[0.003922, 0.4039, 1]`. Divide by a float first, see section 1.",
            reread="section 1",
            example=THREE_PIXELS,
        ),
        Misconception(
            "doubled in bytes",
            lambda images: 2 * images / 255 - 1,
            "the formula is right, the order is not: you double while the numbers are still **bytes**, and 2 · 255 wraps round to 254. "
            "For `images = [0, 51, 255]` you return `[-1, -0.6, -0.003922]`. Divide by a float first, see section 1.",
            reread="section 1",
            example=THREE_PIXELS,
        ),
        Misconception(
            "subtracted in bytes",
            lambda images: (images - 128) / 128,
            "you subtract while the numbers are still **bytes**, which have no negative values: for `images = [0, 51, 255]` you return "
            "`[1, 1.398, 0.9922]`, and black has become white. Divide by a float first, see section 1. (And the middle is 127.5.)",
            reread="section 1",
            example=THREE_PIXELS,
        ),
        Misconception(
            "divided by 127",
            lambda images: images / 127 - 1,
            "nearly: for `images = [0, 51, 255]` you return `[-1, -0.5984, 1.008]`. White must become exactly 1: the middle of 0 and 255 "
            "is 127.5, see (12.2).",
            reread="(12.2)",
            example=THREE_PIXELS,
        ),
        Misconception(
            "scaled by its own range",
            _own_range,
            "you stretch each array by its own darkest and brightest pixel: for `images = [51, 102, 255]` you return `[-1, -0.5, 1]`. Then "
            "the same gray means another number in every batch. The range of bytes is known, 0 to 255, see (12.2).",
            reread="(12.2)",
            example=(np.array([51, 102, 255], dtype=np.uint8),),
        ),
        Misconception(
            "scaled by its own maximum",
            np.errstate(invalid="ignore")(lambda images: 2 * (images / images.max()) - 1),  # black only: 0/0
            "you divide by the brightest pixel that happens to be there: for `images = [0, 51, 102]` you return `[-1, 0, 1]`, and gray has "
            "become white. The brightest that there can be is 255, see (12.2).",
            reread="(12.2)",
            example=(np.array([0, 51, 102], dtype=np.uint8),),
        ),
        Misconception(
            "tanh applied to the data",
            lambda images: np.tanh(images / 127.5 - 1),
            "you send the real images through tanh: for `images = [0, 51, 255]` you return `[-0.7616, -0.537, 0.7616]`. The generator's "
            "last layer does that to *its* numbers; real images need only the same range, see (12.2).",
            reread="(12.2)",
            example=THREE_PIXELS,
        ),
        Misconception(
            "127 subtracted in bytes",
            lambda images: (images - 127) / 127.5,
            "you subtract while the numbers are still **bytes**, which have no negative values: for `images = [0, 51, "
            "255]` you return `[1.012, 1.412, 1.004]`, and black has become white. Divide by a float first, see "
            "section 1. (And the middle is 127.5.)",
            reread="section 1",
            example=THREE_PIXELS,
        ),
        Misconception(
            "the brackets",
            lambda images: images / (127.5 - 1),
            "you take the 1 off **below the fraction line**: for `images = [0, 51, 255]` you return `[0, 0.4032, "
            "2.016]`. First divide by 127.5, then subtract 1, without brackets, see (12.2).",
            reread="(12.2)",
            example=THREE_PIXELS,
        ),
        Misconception(
            "divided without the rest",
            lambda images: images // 127.5 - 1,
            "`//` cuts off what is behind the point: for `images = [0, 51, 153, 255]` you return `[-1, -1, 0, 1]`, "
            "and only three grays are left. Divide with `/`, see (12.2).",
            reread="(12.2)",
            example=(np.array([0, 51, 153, 255], dtype=np.uint8),),
        ),
    ],
    hints=(
        "Which straight line goes through (0, −1) and (255, 1)?",
        "Its slope is 2/255 = 1/127.5.",
        "images / 127.5 − 1; the division makes floats.",
    ),
    rtol=1e-6,  # Keras computes in float32
    atol=1e-6,
    fixed=("images.dtype",),
)

# ----------------------------------------------------------------------------------------------------------------------
# 12.2 How many numbers a layer learns

KERNEL = 4 * 4 * 96 * 32

layer_parameters = ValueExercise(
    number="12.2",
    title="How many numbers does it learn?",
    statement="A transposed convolution, 4 × 4, from 96 to 32 channels, without bias, and its batch normalisation: how many "
    "numbers does *the optimizer* change?",
    answer=49216,
    solution="answer = 4 * 4 * 96 * 32 + 2 * 32",
    misconceptions=[
        Misconception(
            "the running statistics, too",
            KERNEL + 4 * 32,
            "`49280` counts the running mean and variance. They are stored, and averaged, but no gradient reaches them: 2 numbers "
            "a channel are learned, see section 1.",
            reread="section 1",
        ),
        Misconception(
            "a bias, too",
            KERNEL + 3 * 32,
            "`49248` counts a bias. There is none: the normalisation behind it would subtract it again. See section 1.",
            reread="section 1",
        ),
        Misconception(
            "a bias and the running statistics, too",
            KERNEL + 5 * 32,
            "`49312` counts a bias, which is not there, and the running mean and variance, which are averaged, not learned. See section 1.",
            reread="section 1",
        ),
        Misconception(
            "one number a channel",
            KERNEL + 32,
            "`49184` has one number a channel for the normalisation. It learns two: a scale *and* a shift, see section 1.",
            reread="section 1",
        ),
        Misconception(
            "input channels normalised",
            KERNEL + 2 * 96,
            "`49344` normalises the 96 channels that come in. The normalisation stands *behind* the convolution, where there are 32, see "
            "section 1.",
            reread="section 1",
        ),
        Misconception(
            "no normalisation",
            KERNEL,
            "`49152` is the kernel. The normalisation learns a scale and a shift for each of its channels, see section 1.",
            reread="section 1",
        ),
        Misconception(
            "the normalisation only",
            2 * 32,
            "`64` is the normalisation. The kernel is learned, too, and is by far the larger part, see section 1.",
            reread="section 1",
        ),
        Misconception(
            "input channels forgotten",
            4 * 4 * 32 + 2 * 32,
            "`576` has one 4 × 4 kernel for each output. There is one for each *pair* of an input and an output channel, see section 1.",
            reread="section 1",
        ),
        Misconception(
            "output channels forgotten",
            4 * 4 * 96 + 2 * 32,
            "`1600` has one 4 × 4 kernel for each input. There is one for each *pair* of an input and an output channel, see section 1.",
            reread="section 1",
        ),
    ],
    hints=(
        "A kernel of a transposed convolution has as many numbers as that of a convolution: height, width, channels in, channels out.",
        "Batch normalisation stores four numbers a channel and learns two of them.",
        "4 · 4 · 96 · 32, and 2 · 32.",
    ),
)

# ----------------------------------------------------------------------------------------------------------------------
# 12.3 The discriminator's loss

TWO_AND_TWO = (np.array([2.0, 0.0]), np.array([-1.0, 1.0]), 0.9)


def _scores(rng):
    yield np.array([0.0]), np.array([0.0]), 1.0
    yield np.array([3.0]), np.array([-2.0]), 0.9
    for n, m in ((2, 2), (3, 5), (6, 4)):
        yield 2 * rng.normal(size=n), 2 * rng.normal(size=m), float(rng.uniform(0.7, 1))
    yield np.array([-1000.0, 3.0]), np.array([1000.0, -2.0]), 0.9
    yield np.array([1000.0, -1.0]), np.array([-1000.0, 1000.0, 0.0]), 0.75  # too sure of a real one
    for n, m in ((1, 3), (4, 2)):  # as a network gives them, (N, 1)
        yield 2 * rng.normal(size=(n, 1)), 2 * rng.normal(size=(m, 1)), float(rng.uniform(0.5, 1))


def _cost(score, label):
    """Cross-entropy of one logit, the larger exponent taken out by hand."""
    return max(score, 0.0) - label * score + math.log1p(math.exp(-abs(score)))


def _discriminator(real, fake, label, fake_label=0.0):
    of_real = math.fsum(_cost(float(s), label) for s in np.ravel(real)) / np.size(real)
    return of_real + math.fsum(_cost(float(s), fake_label) for s in np.ravel(fake)) / np.size(fake)


def _plain_log(real, fake, label, small=0.0):
    """By probabilities, with `small` added inside the logarithm."""
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        p, q = (1 / (1 + np.exp(-np.asarray(s))) for s in (real, fake))
        of_real = -label * np.log(p + small) - (1 - label) * np.log(1 - p + small)
        return float(np.mean(of_real) + np.mean(-np.log(1 - q + small)))


def _one_mean(real, fake, label):
    costs = [_cost(float(s), label) for s in np.ravel(real)] + [_cost(float(s), 0.0) for s in np.ravel(fake)]
    return math.fsum(costs) / len(costs)


ONE_AND_ONE = (np.array([2.0]), np.array([0.0]), 0.75)
FAR_OFF = (np.array([-1000.0]), np.array([0.0]), 1.0)


def _small_number(name, message, small):
    """A misconception for a number with which people keep the logarithm finite."""
    text = (
        f"{message} keeps the logarithm finite, and wrong: for `real = [-1000]`, `fake = [0]`, `label = 1` you return "
        f"`{_plain_log(*FAR_OFF, small):.4g}`, expected 1000.7. The gradient is 0 there as well. Stay with softplus, as in (12.3)."
    )
    return Misconception(name, lambda *args: _plain_log(*args, small), text, reread="(12.3)", example=FAR_OFF)


def _halves(real, fake, label):
    """The mean cost of the real images and that of the fake ones."""
    of_real = math.fsum(_cost(float(s), label) for s in np.ravel(real)) / np.size(real)
    return of_real, math.fsum(_cost(float(s), 0.0) for s in np.ravel(fake)) / np.size(fake)


discriminator_loss = FunctionExercise(
    number="12.3",
    title="The discriminator's loss",
    statement="Write `discriminator_loss(real, fake, label)`: logits in, one-sided smoothing of the real ones to `label`.",
    signature="discriminator_loss(real, fake, label)",
    cases=_scores,
    oracle=_discriminator,
    solution="""
    import numpy as np

    def softplus(x):
        return np.logaddexp(0, x)

    def discriminator_loss(real, fake, label):
        of_real = label * softplus(-real) + (1 - label) * softplus(real)
        return np.mean(of_real) + np.mean(softplus(fake))
    """,
    misconceptions=[
        Misconception(
            "the label ignored",
            lambda real, fake, label: _discriminator(real, fake, 1.0),
            "that is (12.3) as it is printed: your result does not depend on `label`. For `real = [2]`, `fake = [0]`, `label = 0.75` you "
            "return `0.8201`. A real image pays label times softplus(−s) and (1 − label) times softplus(s), see (12.3).",
            reread="(12.3)",
            example=ONE_AND_ONE,
        ),
        Misconception(
            "label and 1 − label exchanged",
            lambda real, fake, label: _discriminator(real, fake, 1 - label),
            "label and 1 − label are exchanged: for `real = [2]`, `fake = [0]`, `label = 0.75` you return `2.32`. The larger share belongs "
            "to softplus(−s), the price of a real image if the label is 1, see (12.3).",
            reread="(12.3)",
            example=ONE_AND_ONE,
        ),
        Misconception(
            "the logit scaled",
            lambda real, fake, label: _discriminator([label * s for s in real], fake, 1.0),
            "you multiply the *logit* by the label: for `real = [2]`, `fake = [0]`, `label = 0.75` you return `0.8946`. The label weighs the two "
            "prices, softplus(−s) and softplus(s), see (12.3).",
            reread="(12.3)",
            example=ONE_AND_ONE,
        ),
        Misconception(
            "labels reversed",
            lambda real, fake, label: _discriminator(fake, real, label),
            "your labels are **reversed**: fakes are asked to look real. For `real = [2, 0]`, `fake = [-1, 1]`, `label = 0.9` you return "
            "`2.223`, expected 1.323. A real logit should be driven *up*, see (12.3).",
            reread="(12.3)",
            example=TWO_AND_TWO,
        ),
        Misconception(
            "fakes smoothed as well",
            lambda real, fake, label: _discriminator(real, fake, label, 1 - label),
            "you smooth the **fakes** as well. For `real = [2, 0]`, `fake = [0, 2]`, `label = 0.9` you return `1.82`. Then the best "
            "discriminator no longer falls to 0 where there are only fakes, (12.5).",
            reread="(12.5)",
            example=(np.array([2.0, 0.0]), np.array([0.0, 2.0]), 0.9),
        ),
        Misconception(
            "scaled, not smoothed",
            lambda real, fake, label: (
                label * _discriminator(real, [-1000.0], 1.0) + _discriminator([1000.0], fake, 1.0)
            ),
            "you multiply the real part by the label: for `real = [2, 0]`, `fake = [-1, 1]`, `label = 0.9` you return `1.182`. That is a "
            "smaller weight, and certainty still costs nothing. The missing tenth belongs to the label 0, see section 2.",
            reread="section 2",
            example=TWO_AND_TWO,
        ),
        Misconception(
            "the average of both halves",
            lambda real, fake, label: _discriminator(real, fake, label) / 2,
            "you average the two halves; we add them: for `real = [2, 0]`, `fake = [-1, 1]`, `label = 0.9` you return `0.6616`. As a "
            "convention it would do, but then an undecided discriminator has the loss 0.69 and not 1.39. See (12.3).",
            reread="(12.3)",
            example=TWO_AND_TWO,
        ),
        Misconception(
            "sums for means",
            lambda real, fake, label: (
                _discriminator(real, [-1000.0], label) * len(real) + _discriminator([1000.0], fake, 1.0) * len(fake)
            ),
            "you **sum** over the batch: for `real = [2, 0]`, `fake = [-1, 1]`, `label = 0.9` you return `2.647`. With a mean the learning "
            "rate does not depend on the batch's size, see (12.3).",
            reread="(12.3)",
            example=TWO_AND_TWO,
        ),
        Misconception(
            "the logarithm of the sigmoid as it stands",
            _plain_log,
            "right for tame logits. For `real = [-1000]`, `fake = [0]`, `label = 1` you return `inf`, expected 1000.7: on the way "
            "stands a number that floats cannot hold, e^1000 or a sigmoid that has become exactly 0. Stay with softplus as in (12.3), by "
            "np.logaddexp.",
            reread="(12.3)",
            example=FAR_OFF,
        ),
        _small_number("1e-12 in the logarithm", "adding 1e-12 inside the logarithm", 1e-12),
        _small_number("1e-8 in the logarithm", "adding 1e-8 inside the logarithm", 1e-8),
        _small_number(
            "1e-7 in the logarithm", "adding 1e-7 inside the logarithm, or clipping the probability there,", 1e-7
        ),
        Misconception(
            "one mean over all images",
            _one_mean,
            "you take one mean over real and fake images together: for `real = [2, 0]`, `fake = [0, 2, 0]`, `label = 0.75` you return `0.9667`. "
            "Each half has its own mean, and they are added, so that neither depends on how many of the other there are, (12.3).",
            reread="(12.3)",
            example=(np.array([2.0, 0.0]), np.array([0.0, 2.0, 0.0]), 0.75),
        ),
        Misconception(
            "the generator's loss",
            lambda real, fake, label: math.fsum(_cost(float(s), 1.0) for s in np.ravel(fake)) / np.size(fake),
            "that is the **generator's** loss, it does not even look at `real`: for `real = [2, 0]`, `fake = [-1, 2]`, `label = 0.9` you return "
            "`0.7201`. See (12.3).",
            reread="(12.3)",
            example=(np.array([2.0, 0.0]), np.array([-1.0, 2.0]), 0.9),
        ),
        Misconception(
            "fakes with the label 1",
            lambda real, fake, label: _discriminator(real, fake, label, 1.0),
            "your fakes have the label **1**: for `real = [2]`, `fake = [1]`, `label = 0.75` you return `0.9402`, "
            "expected 1.94. That is what the *generator* wants for them. A fake pays softplus(s), without a minus, "
            "see (12.3).",
            reread="(12.3)",
            example=(np.array([2.0]), np.array([1.0]), 0.75),
        ),
        Misconception(
            "the fakes subtracted",
            lambda real, fake, label: float(np.subtract(*_halves(real, fake, label))),
            "you **subtract** the price of the fakes: for `real = [2]`, `fake = [1]`, `label = 0.75` you return "
            "`-0.6863`, expected 1.94. Then the discriminator would gain by taking fakes for real. Both prices are "
            "added, see (12.3).",
            reread="(12.3)",
            example=(np.array([2.0]), np.array([1.0]), 0.75),
        ),
        Misconception(
            "the real images only",
            lambda real, fake, label: _halves(real, fake, label)[0],
            "only the **real** images cost something: for `real = [2]`, `fake = [1]`, `label = 0.75` you return "
            "`0.6269`, expected 1.94. Then “real” would be the best answer to everything. The fakes pay softplus(s), "
            "see (12.3).",
            reread="(12.3)",
            example=(np.array([2.0]), np.array([1.0]), 0.75),
        ),
    ],
    hints=(
        "softplus(−s) is the price of a logit s if the label is 1, softplus(s) if it is 0. np.logaddexp(0, s) is softplus(s).",
        "A real image pays label times the first and (1 − label) times the second; a fake pays the second.",
        "np.mean(label * softplus(-real) + (1 - label) * softplus(real)) + np.mean(softplus(fake)).",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-6,
    fixed=("real.dtype", "fake.dtype"),  # a network's logits
)

# ----------------------------------------------------------------------------------------------------------------------
# 12.4 One batch or two

two_batches = ChoiceExercise(
    number="12.4",
    title="One batch or two?",
    statement="Why are real and fake images given to the discriminator in two calls, where it normalises over the batch?",
    options={
        "a": "one call with both would take more memory",
        "b": "in one call, it would learn what fakes look like beside real ones, and the generator's step shows it fakes alone",
        "c": "in one call, the gradient of the real images would flow into the generator and spoil its weights",
        "d": "in one call, the labels of both would be mixed up",
    },
    answer="b",
    reasons={
        "a": '"more memory": both ways compute the same activations. What differs are the mean and the variance, (12.4).',
        "b": '"beside real ones" the statistics are those of the mixture, (12.4); "fakes alone" have others: it would be another function.',
        "c": '"flow into the generator": in this step no gradient changes it, however you call: the optimizer has another list of weights. See section 2.',
        "d": '"mixed up": the labels are kept in order without any effort. The trouble is in what is normalised, (12.4).',
    },
    hints=(
        "Which numbers does batch normalisation compute from the whole batch?",
        "Compare the batch that the discriminator sees in its own step with the one it sees in the generator's.",
        "(12.4) says what the variance of a mixture is.",
    ),
)

# ----------------------------------------------------------------------------------------------------------------------
# 12.5 The average of weights

FOUR_STEPS = (np.array([0.0, 4.0, 0.0, 8.0]), 0.75)


def _walks(rng):
    yield np.array([3.0]), 0.9
    yield np.array([1.0, 2.0]), 0.5
    yield np.array([1, 2, 4, -3]), 0.75  # whole numbers
    yield np.array([-5, 8]), 0.999
    yield np.array([2.0, -7.0, 0.5]), 0.0  # without a memory
    yield rng.normal(size=20).round(2), 0.6
    for n in (3, 5, 12):
        yield rng.normal(size=n).round(2) + 3, float(rng.choice([0.5, 0.8, 0.9, 0.99]))


def _ema(values, beta):
    """By the explicit sum, (12.6)."""
    last = len(values) - 1
    weights = [beta**last] + [(1 - beta) * beta ** (last - t) for t in range(1, last + 1)]
    return math.fsum(w * float(v) for w, v in zip(weights, values, strict=True))


def _ema_from_zero(values, beta, corrected=False):
    total = 0.0
    for value in values:
        total = beta * total + (1 - beta) * value
    return total / (1 - beta ** len(values)) if corrected else total


def _ema_without(values, beta):
    total = float(values[0])
    for value in values[1:]:
        total = beta * total + float(value)
    return total


def _one_step_late(values, beta):
    return _ema(values[:-1], beta) if len(values) > 1 else float(values[0])


ema = FunctionExercise(
    number="12.5",
    title="Average the weights",
    statement="Write `ema(values, beta)`: the moving average after the last of `values`, begun at the first.",
    signature="ema(values, beta)",
    cases=_walks,
    oracle=_ema,
    solution="""
    def ema(values, beta):
        average = values[0]
        for value in values[1:]:
            average = beta * average + (1 - beta) * value
        return average
    """,
    misconceptions=[
        Misconception(
            "β and 1 − β exchanged",
            lambda values, beta: _ema(values, 1 - beta),
            "β and 1 − β are exchanged: for `values = [0, 4, 0, 8]`, `beta = 0.75` you return `6.188`, nearly the last value. With β near 1 "
            "the average must move *slowly*, (12.6).",
            reread="(12.6)",
            example=FOUR_STEPS,
        ),
        Misconception(
            "begun at 0",
            _ema_from_zero,
            "you begin at 0: for `values = [4, 4]`, `beta = 0.75` you return `1.75`, although nothing ever changed. A generator whose "
            "weights are averaged with zeros draws fog. Begin at the first value, (12.6).",
            reread="(12.6)",
            example=(np.array([4.0, 4.0]), 0.75),
        ),
        Misconception(
            "begun at 0 and corrected",
            lambda values, beta: _ema_from_zero(values, beta, corrected=True),
            "you begin at 0 and divide by 1 − βᵗ, as Adam does. A good idea, but not (12.6), which begins at the first value: for "
            "`values = [0, 4, 0, 8]`, `beta = 0.75` you return `3.749`.",
            reread="(12.6)",
            example=FOUR_STEPS,
        ),
        Misconception(
            "the plain mean",
            lambda values, beta: float(np.mean(values)),
            "that is the plain mean, which never forgets the first steps: for `values = [0, 4, 0, 8]`, `beta = 0.75` you return `3`. "
            "An old value must count β times as much as the next one, (12.6).",
            reread="(12.6)",
            example=FOUR_STEPS,
        ),
        Misconception(
            "1 − β forgotten",
            _ema_without,
            "the new value needs the weight 1 − β: for `values = [0, 4, 0, 8]`, `beta = 0.75` you return `10.25`, more than the "
            "largest of the values. The weights of an average add up to 1, (12.6).",
            reread="(12.6)",
            example=FOUR_STEPS,
        ),
        Misconception(
            "a window",
            lambda values, beta: float(np.mean(values[-max(1, round(1 / (1 - beta))) :])),
            "you take the plain mean of the last 1/(1 − β) values: for `values = [0, 4, 0, 8]`, `beta = 0.5` you return `4`. That is about as "
            "far as the average looks back, but its weights fall step by step, and nothing is dropped, (12.6).",
            reread="(12.6)",
            example=(np.array([0.0, 4.0, 0.0, 8.0]), 0.5),
        ),
        Misconception(
            "the last two only",
            lambda values, beta: float(values[0]) if len(values) < 2 else beta * values[-2] + (1 - beta) * values[-1],
            "you mix the last two *values*: for `values = [0, 4, 0, 8]`, `beta = 0.75` you return `2`. The last value is mixed with the "
            "*average* of all before it, (12.6).",
            reread="(12.6)",
            example=FOUR_STEPS,
        ),
        Misconception(
            "backwards",
            lambda values, beta: _ema(values[::-1], beta),
            "you go through the values backwards, so the oldest counts as the newest: for `values = [0, 4, 0, 8]`, `beta = 0.75` you return "
            "`4.125`. Begin at the first, (12.6).",
            reread="(12.6)",
            example=FOUR_STEPS,
        ),
        Misconception(
            "the last value",
            lambda values, beta: float(values[-1]),
            "you return the last value itself: for `values = [0, 4, 0, 8]`, `beta = 0.75` that is `8`. Keep the average in a variable of its "
            "own, (12.6).",
            reread="(12.6)",
            example=FOUR_STEPS,
        ),
        Misconception(
            "all averages",
            lambda values, beta: np.array([_ema(values[: n + 1], beta) for n in range(len(values))]),
            "you return the averages after every step: for `values = [0, 4, 0, 8]`, `beta = 0.75` that is `[0, 1, 0.75, 2.562]`. Only the last of them is asked "
            "for, (12.6).",
            reread="(12.6)",
            example=FOUR_STEPS,
        ),
        Misconception(
            "the newest value left out",
            _one_step_late,
            "the newest value is missing: for `values = [0, 4, 0, 8]`, `beta = 0.75` you return `0.75`. Go through to the last, (12.6).",
            reread="(12.6)",
            example=FOUR_STEPS,
        ),
    ],
    hints=(
        "Begin with the first value; each next one moves the average a little.",
        "average = β · average + (1 − β) · value.",
        "A loop over values[1:], starting from average = values[0].",
    ),
    fixed=("values.ndim",),
)


# ----------------------------------------------------------------------------------------------------------------------
# 12.6 The Fréchet distance

# two Gaussians of the plane whose axes are not parallel
GAUSSIANS = "mean1 = [0, 0], cov1 = [[4, 0], [0, 1]], mean2 = [3, 0], cov2 = [[2, 1], [1, 2]]"
TILTED = (np.array([0.0, 0.0]), np.diag([4.0, 1.0]), np.array([3.0, 0.0]), np.array([[2.0, 1.0], [1.0, 2.0]]))


ACROSS = (np.zeros(2), np.array([[2.0, 1.0], [1.0, 2.0]]), np.zeros(2), np.array([[2.0, -1.0], [-1.0, 2.0]]))


def _gaussians(rng):
    yield np.array([0.0]), np.array([[1.0]]), np.array([2.0]), np.array([[9.0]])
    yield np.zeros(2), np.eye(2), np.ones(2), 4 * np.eye(2)
    yield np.array([1, -2]), np.array([[5, 1], [1, 2]]), np.array([1, -2]), np.array([[5, 1], [1, 2]])  # equal: 0
    yield np.array([3, 0, 1]), np.diag([1, 4, 9]), np.array([0, 0, 1]), np.diag([16, 1, 1])  # whole numbers
    yield np.array([100.0, 0.5]), np.array([[900.0, 30.0], [30.0, 4.0]]), np.array([90.0, 0.0]), np.diag([0.01, 0.25])
    for d in (2, 2, 3, 5):
        a, b = rng.normal(size=(2, d, d + 2))
        yield rng.normal(size=d), a @ a.T / d, rng.normal(size=d), b @ b.T / d


def _root(c):
    values, vectors = np.linalg.eigh(c)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T


def _frechet(m1, c1, m2, c2):
    """Singular values of the product of the roots."""
    shift = np.asarray(m1) - m2
    return float(shift @ shift + np.trace(c1) + np.trace(c2) - 2 * np.linalg.svd(_root(c1) @ _root(c2))[1].sum())


def _with(m1, c1, m2, c2, common):
    """(12.8) with another idea of the trace of the root."""
    return float(np.sum((m1 - m2) ** 2) + np.trace(c1) + np.trace(c2) - 2 * common)


def _spread(m1, c1, m2, c2):
    return _frechet(m1, c1, m1, c2)


frechet = FunctionExercise(
    number="12.6",
    title="The Fréchet distance",
    statement="Write `frechet(mean1, cov1, mean2, cov2)`, (12.8).",
    signature="frechet(mean1, cov1, mean2, cov2)",
    cases=_gaussians,
    oracle=_frechet,
    solution="""
    import numpy as np

    def frechet(mean1, cov1, mean2, cov2):
        eigenvalues = np.linalg.eigvals(cov1 @ cov2).real
        common = np.sqrt(np.maximum(eigenvalues, 0)).sum()
        return np.sum((mean1 - mean2) ** 2) + np.trace(cov1) + np.trace(cov2) - 2 * common
    """,
    misconceptions=[
        Misconception(
            "the distance of the means not squared",
            lambda m1, c1, m2, c2: float(np.linalg.norm(m1 - m2)) + _spread(m1, c1, m2, c2),
            f"the means' distance is not **squared**: for {GAUSSIANS} you return `3.771`, expected 9.77. Variances "
            "are squares, too, so it must be, (12.8).",
            reread="(12.8)",
            example=TILTED,
        ),
        Misconception(
            "the square root of each entry",
            lambda m1, c1, m2, c2: float(np.sum((m1 - m2) ** 2) + np.trace(c1 + c2 - 2 * np.sqrt(np.abs(c1 @ c2)))),
            f"np.sqrt takes the root of each *entry* of the matrix. For {GAUSSIANS} you return `9.515`. The root of a "
            "matrix is another matter; its trace is the sum of the roots of the **eigenvalues**, (12.9).",
            reread="(12.9)",
            example=TILTED,
        ),
        Misconception(
            "the 2 forgotten",
            lambda m1, c1, m2, c2: float(np.sum((m1 - m2) ** 2)) + (_spread(m1, c1, m2, c2) + np.trace(c1 + c2)) / 2,
            f"the 2 before the root is missing: for {GAUSSIANS} you return `13.89`, and equal Gaussians would be far "
            "apart. (12.8) is a square: a² + b² − 2ab.",
            reread="(12.8)",
            example=TILTED,
        ),
        Misconception(
            "roots taken apart",
            lambda m1, c1, m2, c2: float(np.sum((m1 - m2) ** 2) + ((_root(c1) - _root(c2)) ** 2).sum()),
            "you multiply the roots of the two covariances, Σ₁^½ Σ₂^½. That is right only if they share their axes: for "
            f"{GAUSSIANS} you return `9.804`. The root is of the *product*, (12.8).",
            reread="(12.8)",
            example=TILTED,
        ),
        Misconception(
            "eigenvalues without their roots",
            lambda m1, c1, m2, c2: float(np.sum((m1 - m2) ** 2) + np.trace(c1 + c2) - 2 * np.trace(c1 @ c2)),
            f"you subtract the trace of the product itself: for {GAUSSIANS} you return `-2`, and a squared distance cannot be "
            "negative. Take the root of each eigenvalue, (12.9).",
            reread="(12.9)",
            example=TILTED,
        ),
        Misconception(
            "eigvalsh of the product",
            lambda m1, c1, m2, c2: _with(m1, c1, m2, c2, np.sqrt(np.maximum(np.linalg.eigvalsh(c1 @ c2), 0)).sum()),
            f"`eigvalsh` is for symmetric matrices and reads one triangle only; the product of two covariances is not symmetric. For {GAUSSIANS} you return `9.575`. Take `eigvals`, (12.9).",
            reread="(12.9)",
            example=TILTED,
        ),
        Misconception(
            "singular values of the product",
            lambda m1, c1, m2, c2: _with(m1, c1, m2, c2, np.sqrt(np.linalg.svd(c1 @ c2)[1]).sum()),
            f"you take the singular values of the product, which is not symmetric, so they are not its eigenvalues. For {GAUSSIANS} you return `9.665`. The *eigenvalues* of Σ₁Σ₂, or the singular values of the product of the factors, (12.9).",
            reread="(12.9)",
            example=TILTED,
        ),
        Misconception(
            "the root of the trace",
            lambda m1, c1, m2, c2: _with(m1, c1, m2, c2, np.sqrt(np.trace(c1 @ c2))),
            f"you take the root of the *trace*; wanted is the trace of the root, the sum of the roots of the eigenvalues. For {GAUSSIANS} you return `11.68`, see (12.9).",
            reread="(12.9)",
            example=TILTED,
        ),
        Misconception(
            "the root of the result",
            lambda m1, c1, m2, c2: np.sqrt(np.maximum(_frechet(m1, c1, m2, c2), 0)),
            f"you take the root at the end. (12.8) is the *squared* distance, as it is always reported: for {GAUSSIANS} you return `3.126`, expected 9.77. See (12.8).",
            reread="(12.8)",
            example=TILTED,
        ),
        Misconception(
            "variances only",
            lambda m1, c1, m2, c2: float(
                np.sum((m1 - m2) ** 2) + ((np.sqrt(np.diag(c1)) - np.sqrt(np.diag(c2))) ** 2).sum()
            ),
            "you compare the variances only, feature by feature: for equal means, cov1 = [[2, 1], [1, 2]] and cov2 = [[2, −1], [−1, 2]] you "
            "return `0`, although the clouds lie across each other. How features vary *together* counts as well, (12.8).",
            reread="(12.8)",
            example=ACROSS,
        ),
        Misconception(
            "the mean over the means",
            lambda m1, c1, m2, c2: float(np.mean((m1 - m2) ** 2)) + _spread(m1, c1, m2, c2),
            f"you take the *mean* of the squared differences of the means, not their sum: for {GAUSSIANS} you return `5.271`, expected 9.77. See (12.8).",
            reread="(12.8)",
            example=TILTED,
        ),
        Misconception(
            "the cross term left out",
            lambda m1, c1, m2, c2: float(np.sum((m1 - m2) ** 2) + np.trace(c1 + c2)),
            f"you add the two traces and subtract nothing: for {GAUSSIANS} you return `18`. Two equal Gaussians would "
            "then be far apart. The third term of (12.8) is missing.",
            reread="(12.8)",
            example=TILTED,
        ),
        Misconception(
            "means only",
            lambda m1, c1, m2, c2: float(np.sum((m1 - m2) ** 2)),
            f"you compare the means only: for {GAUSSIANS} you return `9`. A generator that draws one average digit would "
            "be perfect. The covariances are the variety, (12.8).",
            reread="(12.8)",
            example=TILTED,
        ),
        Misconception(
            "the sign of the root",
            lambda m1, c1, m2, c2: 2 * _with(m1, c1, m2, c2, 0) - _frechet(m1, c1, m2, c2),
            f"you **add** the root where it is subtracted: for {GAUSSIANS} you return `26.23`, expected 9.77. Equal "
            "Gaussians would be far apart. (12.8) is a square: a² + b² − 2ab.",
            reread="(12.8)",
            example=TILTED,
        ),
        Misconception(
            "the product entry by entry",
            lambda m1, c1, m2, c2: _with(m1, c1, m2, c2, np.sqrt(np.maximum(np.linalg.eigvals(c1 * c2).real, 0)).sum()),
            "`*` multiplies **entry by entry**: for equal means, cov1 = [[2, 1], [1, 2]] and cov2 = [[2, −1], [−1, "
            "2]] you return `0.06376`, expected 1.072. The product of two matrices is `@`, (12.8).",
            reread="(12.8)",
            example=ACROSS,
        ),
        Misconception(
            "all entries for the trace",
            lambda m1, c1, m2, c2: _frechet(m1, c1, m2, c2) + float(np.sum(c1 + c2) - np.trace(c1 + c2)),
            f"you sum **all** entries of the covariances: for {GAUSSIANS} you return `11.77`, expected 9.77. A trace "
            "is the sum of the diagonal, (12.8).",
            reread="(12.8)",
            example=TILTED,
        ),
    ],
    hints=(
        "No matrix root is needed: only its trace.",
        "The eigenvalues of cov1 @ cov2 are real and not negative; np.linalg.eigvals may return tiny imaginary parts.",
        "np.sqrt(np.maximum(np.linalg.eigvals(cov1 @ cov2).real, 0)).sum() is the trace of the root.",
    ),
    rtol=1e-7,
    atol=1e-7,
    fixed=("mean1.ndim", "cov1.ndim", "cov1.square", "mean2.ndim", "cov2.ndim", "cov2.square"),
)

# ----------------------------------------------------------------------------------------------------------------------
# 12.7 What perfection scores

perfect_score = ValueExercise(
    number="12.7",
    title="What does perfection score?",
    statement="Features are N(0, I) in 64 dimensions. A perfect generator is scored with 500 real and 500 generated images. What does "
    "(12.10) predict for its Fréchet distance?",
    answer=lambda: 2 * 64 / 500 + 64 * 65 / (2 * 499),
    solution="d, n = 64, 500\nanswer = 2 * d / n + d * (d + 1) / (2 * (n - 1))",
    misconceptions=[
        Misconception(
            "a perfect score is 0",
            0.0,
            "`0` would need infinitely many images. Two samples of one distribution have different means and covariances, (12.10).",
            reread="(12.10)",
        ),
        Misconception(
            "the means only",
            2 * 64 / 500,
            "`0.256` is what the means contribute. The covariances have d(d + 1)/2 numbers to estimate, and cost far more, (12.10).",
            reread="(12.10)",
        ),
        Misconception(
            "one sample only",
            64 / 500 + 64 * 65 / (4 * 499),
            "`2.212` is half of it: *both* sets are samples of 500, and both err, (12.10).",
            reread="(12.10)",
        ),
        Misconception(
            "d² for d(d + 1)",
            2 * 64 / 500 + 64**2 / (2 * 499),
            "`4.36` forgets that a variance fluctuates twice as much as a covariance: d(d + 1), not d², (12.10).",
            reread="(12.10)",
        ),
        Misconception(
            "n for n − 1",
            2 * 64 / 500 + 64 * 65 / (2 * 500),
            "`4.416` is nearly it: a sample covariance is divided by n − 1, so its error has n − 1, too, (12.10).",
            reread="(12.10)",
        ),
        Misconception(
            "d(d − 1) for d(d + 1)",
            2 * 64 / 500 + 64 * 63 / (2 * 499),
            "`4.296` has d(d − 1). A symmetric matrix has its diagonal as well: d(d + 1)/2 numbers, (12.10).",
            reread="(12.10)",
        ),
        Misconception(
            "the covariances twice",
            2 * 64 / 500 + 64 * 65 / 499,
            "`8.593` counts the covariances twice: it is d(d + 1)/4 for each of the two sets, (12.10).",
            reread="(12.10)",
        ),
        Misconception(
            "the root",
            lambda: math.sqrt(2 * 64 / 500 + 64 * 65 / (2 * 499)),
            "`2.103` is the root of it. (12.10) is about the squared distance, which is what is reported.",
            reread="(12.10)",
        ),
        Misconception(
            "the covariances only",
            64 * 65 / (2 * 499),
            "`4.168` leaves out the means, which contribute 2d/n, (12.10).",
            reread="(12.10)",
        ),
        Misconception(
            "all images together",
            2 * 64 / 1000 + 64 * 65 / (2 * 999),
            "`2.21` puts in n = 1000, both sets **together**. In (12.10) n is the size of each set, 500.",
            reread="(12.10)",
        ),
    ],
    hints=(
        "Two terms: one from the means, one from the covariances.",
        "(12.10) with d = 64 and n = 500.",
        "2 · 64 / 500 + 64 · 65 / (2 · 499).",
    ),
    rtol=5e-4,
)

# ----------------------------------------------------------------------------------------------------------------------
# 12.8 Precision

POINTS = "the points 0, 1, 2, 10 (real) and 0.5, 3.5, 5, 11, 30 (generated) of a line and k = 1"
BORDER = (np.array([[0.0], [2.0]]), np.array([[2.0], [4.0], [9.0]]), 1)
ON_A_LINE = (np.array([[0.0], [1.0], [2.0], [10.0]]), np.array([[0.5], [3.5], [5.0], [11.0], [30.0]]), 1)


def _point_sets(rng):
    yield np.array([[0.0], [1.0], [3.0]]), np.array([[0.5], [9.0]]), 1
    yield np.array([[0.0], [2.0], [3.0], [7.0]]), np.array([[1.0], [8.0], [20.0]]), 2
    twice = np.array([[0, 0], [0, 0], [3, 4], [20, 0]])
    yield twice, np.array([[0, 0], [-3, 0], [6, 8], [3, 10]]), 1
    yield np.array([[0, 1], [2, 1], [5, 5]]), np.array([[50, 50], [-60, 0]]), 1  # none is inside
    for n, m, d, k in ((6, 5, 1, 1), (8, 9, 2, 2), (12, 10, 2, 3), (15, 20, 3, 3)):
        yield rng.normal(size=(n, d)).round(3), (1.3 * rng.normal(size=(m, d)) + 0.7).round(3), k


def _apart(a, b):
    return np.array([[math.dist(p, q) for q in b] for p in a])


def _radii(x, k):
    return np.array([sorted(row)[k] for row in _apart(x, x)])


def _hits(points, centers, radii):
    return _apart(points, centers) <= radii


def _precision(real, generated, k):
    radii = _radii(real, k)
    hits = sum(any(math.dist(g, r) <= radius for r, radius in zip(real, radii, strict=True)) for g in generated)
    return hits / len(generated)


def _by_nearest(real, generated, k):
    d = _apart(generated, real)
    nearest = d.argmin(axis=1)
    return float(np.mean(d.min(axis=1) <= _radii(real, k)[nearest]))


def _one_squared(real, generated, k, radii):
    """Squared distances in one place and not in the other."""
    r, d = _radii(real, k), _apart(generated, real)
    return float(np.mean((d <= r**2 if radii else d**2 <= r).any(axis=1)))


precision = FunctionExercise(
    number="12.8",
    title="Precision",
    statement="Write `precision(real, generated, k)`, (12.14), for arrays (N, d) and (M, d).",
    signature="precision(real, generated, k)",
    cases=_point_sets,
    oracle=_precision,
    solution="""
    import numpy as np

    def distances(a, b):
        return np.sqrt(((a[:, None] - b[None]) ** 2).sum(axis=-1))

    def precision(real, generated, k):
        radii = np.sort(distances(real, real), axis=1)[:, k]
        return np.mean((distances(generated, real) <= radii).any(axis=1))
    """,
    misconceptions=[
        Misconception(
            "recall",
            lambda real, generated, k: _precision(generated, real, min(k, len(generated) - 1)),
            f"that is **recall**: the share of *real* points in balls around generated ones. For {POINTS} you return `1`, "
            "expected 0.8. Precision asks whether what was generated looks real, (12.14).",
            reread="(12.14)",
            example=ON_A_LINE,
        ),
        Misconception(
            "each point is its own nearest neighbour",
            lambda real, generated, k: float(np.mean((_apart(generated, real) <= _radii(real, k - 1)).any(axis=1))),
            f"you count each real point as its own first neighbour, so with k = 1 every ball has the radius 0. For {POINTS} "
            "you return `0`. Entry 0 of the sorted distances is the point itself: take entry k, (12.14).",
            reread="(12.14)",
            example=ON_A_LINE,
        ),
        Misconception(
            "only the nearest ball",
            _by_nearest,
            f"you ask only the ball of the *nearest* real point. A point can lie in the large ball of one further away: for {POINTS} "
            "you return `0.4`. Any ball will do, (12.14).",
            reread="(12.14)",
            example=ON_A_LINE,
        ),
        Misconception(
            "one radius for all",
            lambda real, generated, k: float(np.mean(_apart(generated, real).min(axis=1) <= _radii(real, k).mean())),
            f"you use the mean radius for every ball: for {POINTS} you return `0.6`. Balls are small where real images are "
            "dense, and large where they are rare, (12.14).",
            reread="(12.14)",
            example=ON_A_LINE,
        ),
        Misconception(
            "the neighbour after",
            lambda real, generated, k: _hits(generated, real, _radii(real, k + 1)).any(axis=1).mean(),
            "your balls reach to neighbour k + 1: for `real = [[0], [1], [3]]`, `generated = [[5.5], [5.7], [9]]`, `k = 1` you return `0.6667`, expected 0. Entry 0 of a sorted row is the point itself, so entry k is its k-th neighbour, (12.14).",
            reread="(12.14)",
            example=(np.array([[0.0], [1.0], [3.0]]), np.array([[5.5], [5.7], [9.0]]), 1),
        ),
        Misconception(
            "neighbours among the generated",
            lambda real, generated, k: (
                _hits(generated, real, np.sort(_apart(real, generated), axis=1)[:, k - 1]).any(axis=1).mean()
            ),
            "your radii are distances to *generated* points: for `real = [[0], [1], [3]]`, `generated = [[20], [21], [22], [23], [24]]`, `k = 1` "
            "you return `0.2`, expected 0. A ball says where real images are, so it reaches to the k-th nearest *real* one, (12.14).",
            reread="(12.14)",
            example=(np.array([[0.0], [1.0], [3.0]]), np.arange(20.0, 25)[:, None], 1),
        ),
        Misconception(
            "the wrong axis",
            lambda real, generated, k: _hits(generated, real, _radii(real, k)).any(axis=0).mean(),
            f"you return the share of *balls* that hold a generated point: `0.75` for {POINTS}. Wanted is the share of generated points that lie in a ball: `any` along the other axis, (12.14).",
            reread="(12.14)",
            example=ON_A_LINE,
        ),
        Misconception(
            "pairs counted",
            lambda real, generated, k: _hits(generated, real, _radii(real, k)).mean(),
            f"you average over all pairs of a point and a ball: for {POINTS} you return `0.25`. First ask of each point whether *any* ball holds it, (12.14).",
            reread="(12.14)",
            example=ON_A_LINE,
        ),
        Misconception(
            "a number for a share",
            lambda real, generated, k: _hits(generated, real, _radii(real, k)).any(axis=1).sum(),
            f"that is how *many* generated points lie in a ball: for {POINTS} you return `4`. Divide by their number, (12.14).",
            reread="(12.14)",
            example=ON_A_LINE,
        ),
        Misconception(
            "the border left out",
            lambda real, generated, k: float(np.mean((_apart(generated, real) < _radii(real, k)).any(axis=1))),
            "a point that lies exactly on the border of a ball belongs to it: for `real = [[0], [2]]`, `generated = [[2], [4], [9]]`, `k = 1` you return `0.3333`. Use `<=`, as in the loops under (12.14).",
            reread="(12.14)",
            example=BORDER,
        ),
        Misconception(
            "in all balls",
            lambda real, generated, k: float(np.mean((_apart(generated, real) <= _radii(real, k)).all(axis=1))),
            "you demand that a point lies in **all** balls: for `real = [[0], [1]]`, `generated = [[-1], [0.5]]`, `k = 1` you return `0.5`. "
            "It is enough to look like *some* real images, (12.14).",
            reread="(12.14)",
            example=(np.array([[0.0], [1.0]]), np.array([[-1.0], [0.5]]), 1),
        ),
        Misconception(
            "the farthest neighbour",
            lambda real, generated, k: float(np.mean((_apart(generated, real) <= _radii(real, -1)).any(axis=1))),
            "your balls reach to the **farthest** real point: for `real = [[0], [2], [3]]`, `generated = [[2], [5], "
            "[20], [21], [22], [23], [24]]`, `k = 1` you return `0.2857`, expected 0.1429. A ball ends at neighbour "
            "number k, whatever comes after it, (12.14).",
            reread="(12.14)",
            example=(np.array([[0.0], [2.0], [3.0]]), np.array([[2.0, 5, 20, 21, 22, 23, 24]]).T, 1),
        ),
        Misconception(
            "radii squared",
            lambda real, generated, k: _one_squared(real, generated, k, radii=True),
            "your **radii** are squared and your distances are not: for `real = [[0], [2]]`, `generated = [[3], [5], "
            "[5.5], [9], [10], [11], [12]]`, `k = 1` you return `0.4286`, expected 0.1429. Take the root of both, or "
            "of neither, (12.14).",
            reread="(12.14)",
            example=(np.array([[0.0], [2.0]]), np.array([[3, 5, 5.5, 9, 10, 11, 12]]).T, 1),
        ),
        Misconception(
            "distances squared",
            lambda real, generated, k: _one_squared(real, generated, k, radii=False),
            "your **distances** are squared and your radii are not: for `real = [[0], [4]]`, `generated = [[-3], [1], "
            "[2.5], [3], [5], [7], [8]]`, `k = 1` you return `0.5714`, expected 1. Take the root of both, or of "
            "neither, (12.14).",
            reread="(12.14)",
            example=(np.array([[0.0], [4.0]]), np.array([[-3, 1, 2.5, 3, 5, 7, 8]]).T, 1),
        ),
    ],
    hints=(
        "First the radius of each real point: the distance to its k-th nearest *other* real point.",
        "Sort each row of the real-to-real distances; entry 0 is the point itself, entry k its k-th neighbour.",
        "(distances(generated, real) <= radii).any(axis=1), then the mean.",
    ),
    rtol=1e-6,  # a share may be of float32
    fixed=("real.ndim", "generated.ndim"),
)

# ----------------------------------------------------------------------------------------------------------------------
# 12.9 KID

SETS = "x = [[1, 1], [0, 0]], y = [[2, 0], [0, 2]]"
PAIRS = (np.array([[1.0, 1.0], [0.0, 0.0]]), np.array([[2.0, 0.0], [0.0, 2.0]]))


def _feature_sets(rng):
    yield np.array([[0.0], [1.0]]), np.array([[1.0], [2.0]])
    yield np.array([[1, 0, 2], [0, -1, 1]]), np.array([[3, 1, 0], [1, 1, 1], [-2, 0, 5]])  # whole numbers
    yield np.array([[0.0, 0.0], [0.0, 0.0]]), np.array([[30.0, -10.0], [0.0, 20.0]])
    for n, m, d in ((2, 3, 2), (4, 4, 2), (5, 3, 3), (6, 8, 4)):
        yield rng.normal(size=(n, d)).round(2), (rng.normal(size=(m, d)) + 0.5).round(2)


def _kernel(p, q, degree=3, divisor=None, one=1):
    dot = math.fsum(float(a) * float(b) for a, b in zip(p, q, strict=True))
    return (dot / (divisor or len(p)) + one) ** degree


def _kid(x, y, diagonal=False, cross=2, pairs_of=None, **kernel):
    def within(s):
        pairs = [(p, q) for i, p in enumerate(s) for j, q in enumerate(s) if diagonal or i != j]
        return math.fsum(_kernel(p, q, **kernel) for p, q in pairs) / (pairs_of(len(s)) if pairs_of else len(pairs))

    return within(x) + within(y) - cross * math.fsum(_kernel(p, q, **kernel) for p in x for q in y) / (len(x) * len(y))


def _without_partners(x, y):
    """The mixed term without the pairs of the same number in both sets."""
    pairs = [_kernel(p, q) for i, p in enumerate(x) for j, q in enumerate(y) if i != j]
    return _kid(x, y, cross=0) - 2 * math.fsum(pairs) / len(pairs)


kid = FunctionExercise(
    number="12.9",
    title="The kernel distance",
    statement="Write `kid(x, y)`, (12.12), for features (N, d) and (M, d).",
    signature="kid(x, y)",
    cases=_feature_sets,
    oracle=_kid,
    solution="""
    import numpy as np

    def kid(x, y):
        def kernel(a, b):
            return (a @ b.T / a.shape[1] + 1) ** 3

        def within(a):
            k = kernel(a, a)
            return (k.sum() - np.trace(k)) / (len(a) * (len(a) - 1))

        return within(x) + within(y) - 2 * kernel(x, y).mean()
    """,
    misconceptions=[
        Misconception(
            "pairs of an image with itself",
            lambda x, y: _kid(x, y, diagonal=True),
            f"you let each image be compared **with itself**. For {SETS} you return `7.75`, expected −7. These pairs are "
            "what makes the estimate too large for small samples: leave the diagonal out, (12.12).",
            reread="(12.12)",
            example=PAIRS,
        ),
        Misconception(
            "not divided by d",
            lambda x, y: _kid(x, y, divisor=1),
            f"the division by d is missing: for {SETS} you return `-26`. Without it the kernel of long features "
            "explodes, (12.12).",
            reread="(12.12)",
            example=PAIRS,
        ),
        Misconception(
            "without the diagonal, divided by n²",
            lambda x, y: _kid(x, y, pairs_of=lambda n: n * n),
            f"you leave the diagonal out, but divide by n² as if it were there: for {SETS} you return `-8`. There are n(n − 1) other pairs, (12.12).",
            reread="(12.12)",
            example=PAIRS,
        ),
        Misconception(
            "with the diagonal, divided by n(n − 1)",
            lambda x, y: _kid(x, y, diagonal=True, pairs_of=lambda n: n * (n - 1)),
            f"you divide by n(n − 1), but the diagonal is still in the sum: for {SETS} you return `24.5`. Subtract the trace, (12.12).",
            reread="(12.12)",
            example=PAIRS,
        ),
        Misconception(
            "the 1 forgotten",
            lambda x, y: _kid(x, y, one=0),
            f"the + 1 in the kernel is missing: for {SETS} you return `-1`. Without it only third moments are compared, and means and variances count less, (12.12).",
            reread="(12.12)",
            example=PAIRS,
        ),
        Misconception(
            "divided by n, not by d",
            lambda x, y: _kid(x, y, divisor=len(x)),
            "you divide the product by the number of images, not by the number of features: for `x = [[1], [0], [0]]`, `y = [[1], [1], [1]]` you "
            "return `0.4568`. The kernel knows only two vectors of length d, (12.12).",
            reread="(12.12)",
            example=(np.array([[1.0], [0.0], [0.0]]), np.array([[1.0], [1.0], [1.0]])),
        ),
        Misconception(
            "degree 2",
            lambda x, y: _kid(x, y, degree=2),
            f"your kernel has the degree 2: for {SETS} you return `-3`. The usual one, in (12.12), is cubic: it sees "
            "skewness, too.",
            reread="(12.12)",
            example=PAIRS,
        ),
        Misconception(
            "the mixed term once",
            lambda x, y: _kid(x, y, cross=1),
            f"the mixed term counts **twice**: ‖a − b‖² = a² + b² − 2ab. For {SETS} you return `-2.5`, and equal sets would be "
            "far apart, (12.12).",
            reread="(12.12)",
            example=PAIRS,
        ),
        Misconception(
            "cut off at 0",
            lambda x, y: max(_kid(x, y), 0.0),
            f"you cut off what is negative: for {SETS} you return `0`. But an estimate that errs in one direction only is "
            "biased; a negative value is an honest one, (12.12).",
            reread="(12.12)",
            example=PAIRS,
        ),
        Misconception(
            "degree 1",
            lambda x, y: _kid(x, y, degree=1),
            "the **power** is missing, so your kernel is linear: for `x = [[0], [1]]`, `y = [[1], [2]]` you return "
            "`0.5`, expected 9.5. It sees means only. In (12.12) it is cubic.",
            reread="(12.12)",
            example=(np.array([[0.0], [1.0]]), np.array([[1.0], [2.0]])),
        ),
        Misconception(
            "the diagonal left out of the mixed term, too",
            _without_partners,
            "you leave the diagonal out of the **mixed** term, too: for `x = [[0], [1]]`, `y = [[1], [2]]` you return "
            "`19`, expected 9.5. There x₁ and y₁ are two different images, so all pairs count, (12.12).",
            reread="(12.12)",
            example=(np.array([[0.0], [1.0]]), np.array([[1.0], [2.0]])),
        ),
        Misconception(
            "the mixed term added",
            lambda x, y: _kid(x, y, cross=-2),
            f"you **add** the mixed term: for {SETS} you return `11`, expected −7. Equal sets would be far apart: ‖a "
            "− b‖² = a² + b² − 2ab, (12.12).",
            reread="(12.12)",
            example=PAIRS,
        ),
    ],
    hints=(
        "Three means of the kernel: within x, within y, and between them.",
        "Within a set leave out the diagonal: (k.sum() − np.trace(k)) / (n (n − 1)).",
        "within(x) + within(y) − 2 · kernel(x, y).mean(), with kernel(a, b) = (a @ b.T / d + 1) ** 3.",
    ),
    fixed=("x.ndim", "y.ndim"),
)

# ----------------------------------------------------------------------------------------------------------------------
# 12.10 From one picture to another

RIGHT_ANGLE = (np.array([2.0, 0.0]), np.array([0.0, 2.0]), np.array([0.5]))
THIRD = (np.array([2.0, 0.0]), np.array([0.0, 2.0]), np.array([1 / 3]))
SHORT = (np.array([0.5, 0.0]), np.array([0.5, 0.5]), np.array([0.5]))
LONG = (np.array([1.0, 0.0]), np.array([2.0, 2.0]), np.array([0.5]))


def _latent_pairs(rng):
    yield np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([0.0, 0.5, 1.0])
    for d in (2, 3, 8, 64):
        yield rng.normal(size=d), rng.normal(size=d), np.sort(rng.uniform(0.1, 0.9, 4))
    yield np.array([3, 0, 4]), np.array([0, -2, -1]), np.array([0.25, 0.5])  # whole numbers, more than a right angle
    yield np.array([1.0, 2.0]), np.array([-30.0, 10.0]), np.array([0.9, 0.25])  # not in order
    yield np.array([0.5, 2.0]), np.array([-1.0, 1.5]), np.array([1, 0])  # the ends


def _slerp(a, b, shares):
    """Split b into its parts along a and across it."""
    along = a / np.linalg.norm(a)
    across = b - (b @ along) * along
    across = across / np.linalg.norm(across)
    angle = math.atan2(float(b @ across), float(b @ along))
    return _on_arc(a, b, shares, angle)


def _on_arc(a, b, shares, angle):
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.array([(np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle) for t in shares])


def _angle(a, b):
    return math.acos(float(a @ b) / float(np.linalg.norm(a) * np.linalg.norm(b)))


def _straight(a, b, shares):
    return np.array([(1 - t) * a + t * b for t in shares])


def _stretched(a, b, shares):
    line = _straight(a, b, shares)
    return line / np.linalg.norm(line, axis=1, keepdims=True) * np.linalg.norm(a)


def _without_lengths(a, b, shares, clipped=False):
    cosine = np.clip(a @ b, -1, 1) if clipped else a @ b
    with np.errstate(invalid="ignore"):
        return _on_arc(a, b, shares, np.arccos(cosine))


slerp = FunctionExercise(
    number="12.10",
    title="On the shell",
    statement="Write `slerp(a, b, t)`, (12.17): one row for each share in the array t, the point at that share of the way from a to b, "
    "along the shell.",
    signature="slerp(a, b, t)",
    cases=_latent_pairs,
    oracle=_slerp,
    solution="""
    import numpy as np

    def slerp(a, b, t):
        cosine = a @ b / (np.linalg.norm(a) * np.linalg.norm(b))
        angle = np.arccos(np.clip(cosine, -1, 1))
        t = t[:, None]
        return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
    """,
    misconceptions=[
        Misconception(
            "the straight line",
            _straight,
            "that is the straight line, which cuts through the inside of the shell: halfway between `[2, 0]` and `[0, 2]` you return "
            "`[[1, 1]]`, of length 1.41 instead of 2. Use the sines of (12.17).",
            reread="(12.17)",
            example=RIGHT_ANGLE,
        ),
        Misconception(
            "the ends exchanged",
            lambda a, b, t: _slerp(b, a, t),
            "your path runs from b to a: at a third of the way from `[2, 0]` to `[0, 2]` you return `[[1, 1.732]]`. At t = 0 it must be a, (12.17).",
            reread="(12.17)",
            example=THIRD,
        ),
        Misconception(
            "not divided by the sine of the angle",
            lambda a, b, t: _slerp(a, b, t) * math.sin(_angle(a, b)),
            "the division by sin ω is missing. Halfway between `[1, 0]` and `[2, 2]` you return `[[1.148, 0.7654]]`. At a right angle nobody "
            "notices, (12.17).",
            reread="(12.17)",
            example=LONG,
        ),
        Misconception(
            "the straight line, made longer",
            _stretched,
            "you stretch the straight line back to the length of a. The length is right, the speed is not: at a third of the way from `[2, 0]` "
            "to `[0, 2]` you return `[[1.789, 0.8944]]`, where 30° would be `[[1.732, 1]]`. Look again at (12.17).",
            reread="(12.17)",
            example=THIRD,
        ),
        Misconception(
            "the cosine not divided by the lengths",
            _without_lengths,
            "a · b is the cosine only of vectors of length 1: halfway between `[0.5, 0]` and `[0.5, 0.5]` you return `[[0.6325, 0.3162]]`, and where a · b is "
            "above 1 the arccos is NaN. Divide by both lengths first, section 8.",
            reread="section 8",
            example=SHORT,
        ),
        Misconception(
            "the cosine clipped, but not divided by the lengths",
            lambda a, b, t: _without_lengths(a, b, t, clipped=True),
            "a · b is the cosine only of vectors of length 1, and clipping only hides it: halfway between `[1, 0]` and `[2, 2]` it makes the "
            "angle 0, and you return `[[nan, nan]]`. Divide by both lengths first, section 8.",
            reread="section 8",
            example=LONG,
        ),
        Misconception(
            "both ends normalised",
            lambda a, b, t: _slerp(a / np.linalg.norm(a), b / np.linalg.norm(b), t),
            "you give both ends the length 1, and the path does not begin at a: halfway between `[2, 0]` and `[0, 2]` you return "
            "`[[0.7071, 0.7071]]`, expected `[[1.414, 1.414]]`. Lengths belong in the cosine only, (12.17).",
            reread="(12.17)",
            example=RIGHT_ANGLE,
        ),
        Misconception(
            "stretched to the length of a",
            lambda a, b, t: _slerp(a / np.linalg.norm(a), b / np.linalg.norm(b), t) * np.linalg.norm(a),
            "you give every point the length of a, so the path does not end at b: halfway between `[1, 0]` and `[2, 2]` you return `[[0.9239, 0.3827]]`. "
            "(12.17) mixes a and b as they are.",
            reread="(12.17)",
            example=LONG,
        ),
        Misconception(
            "the angle in degrees",
            lambda a, b, t: _on_arc(a, b, t, math.degrees(_angle(a, b))),
            "np.sin takes radians, and your angle is in degrees: halfway between `[2, 0]` and `[0, 2]` you return `[[1.904, 1.904]]`. np.arccos gives "
            "radians already, (12.17).",
            reread="(12.17)",
            example=RIGHT_ANGLE,
        ),
        Misconception(
            "the arccos forgotten",
            lambda a, b, t: _on_arc(a, b, t, math.cos(_angle(a, b))),
            "you take the **cosine** for the angle: halfway between `[1, 0]` and `[2, 2]` you return `[[1.599, "
            "1.066]]`, expected `[[1.624, 1.082]]`, and at a right angle you get NaN. The angle is the arccos of it, "
            "(12.17).",
            reread="(12.17)",
            example=LONG,
        ),
        Misconception(
            "cosines for sines",
            lambda a, b, t: np.array(
                [(np.cos((1 - s) * _angle(a, b)) * a + np.cos(s * _angle(a, b)) * b) / np.sin(_angle(a, b)) for s in t]
            ),
            "your weights are **cosines**: halfway between `[1, 0]` and `[2, 2]` you return `[[3.92, 2.613]]`, "
            "expected `[[1.624, 1.082]]`, and at t = 0 you are not at a. The weights of (12.17) are sines.",
            reread="(12.17)",
            example=LONG,
        ),
        Misconception(
            "clipped at 0.999, and not divided by the lengths",
            lambda a, b, t: _on_arc(a, b, t, math.acos(np.clip(a @ b, -0.999, 0.999))),
            "a · b is the cosine only of vectors of length 1, and clipping it at 0.999 only hides it: halfway between "
            "`[1, 0]` and `[2, 2]` you return `[[1.5, 1]]`, expected `[[1.624, 1.082]]`, nearly the straight line. "
            "Divide by both lengths first, section 8.",
            reread="section 8",
            example=LONG,
        ),
    ],
    hints=(
        "First the angle ω between a and b, from their cosine, which is a · b divided by both lengths.",
        "The weights are sin((1 − t) ω) / sin ω and sin(t ω) / sin ω. With t[:, None] there is one row for each share.",
        "(np.sin((1 - t) * w) * a + np.sin(t * w) * b) / np.sin(w) with w = np.arccos(cosine) and t = t[:, None].",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-5,
    fixed=("a.ndim", "b.ndim", "t.ndim"),
)

# ----------------------------------------------------------------------------------------------------------------------
# 12.11 Read the curves

read_the_curves = ChoiceExercise(
    number="12.11",
    title="Read the curves",
    statement="After 400 steps not one trained weight of the generator has changed in a single bit since step 0. The discriminator's loss has fallen to 0.01, "
    "the generator's has risen to 9. What is the likeliest cause?",
    options={
        "a": "mode collapse: the generator has found one good image",
        "b": "the learning rate is too high for both",
        "c": "the generator's step works on detached images, or on weights that were left frozen",
        "d": "the discriminator's labels are reversed",
        "e": "the real images lie in [0, 1] and the generator ends with tanh",
    },
    answer="c",
    reasons={
        "a": '"found one good image": then it must have learned, and its weights moved. Here not one bit changed, see section 3.',
        "b": '"too high": then images would jump about, or become NaN. Standing still is the opposite, see section 3.',
        "c": '"detached" or "frozen": no gradient arrives, so no weight moves, while the discriminator learns as ever. See section 2.',
        "d": '"labels are reversed": the generator would follow a wrong direction, but it would move, see section 3.',
        "e": '"real images lie in [0, 1]": then the curves would look healthy and the images gray, and the generator would move, see section 3.',
    },
    hints=(
        "What must arrive at a weight for it to change?",
        "Which of these five stops the gradient altogether?",
        "Section 2 shows what stop_gradient does in the wrong place.",
    ),
)

# ----------------------------------------------------------------------------------------------------------------------
# 12.12 An honest table

honest_table = ChoiceExercise(
    number="12.12",
    title="An honest table",
    statement="Two generators are to be compared by FD-digits. Which comparison is fair?",
    options={
        "a": "A with 1,000 generated images, B with 5,000, because B is faster; both against the 1,000 held-out digits",
        "b": "both with 1,000 generated images, against the 4,000 training digits, because more reference images are better",
        "c": "both with 1,000 generated images against the 1,000 held-out digits, five trainings each, with the spread",
        "d": "both with 1,000 generated images against the held-out digits, the best of ten checkpoints of each",
        "e": "FD-digits for A, the published FID for B",
    },
    answer="c",
    reasons={
        "a": '"5,000" against "1,000": the smaller sample pays more bias, (12.10), whatever the generator. Take equal sizes.',
        "b": '"training digits" as the reference: a generator that copies them is unbeatable. See section 6.',
        "c": '"held-out", equal sizes, and "the spread" over trainings: that is what section 7 does.',
        "d": '"the best of ten" on the held-out digits chooses by the test set, and by luck: the best of ten noisy numbers is too good. See section 4.',
        "e": '"published FID" uses other features, other images and other sample sizes: the numbers do not share a scale, see section 4.',
    },
    hints=(
        "What besides the generators differs in each option?",
        "Sample sizes, reference set, features, and how the checkpoint was chosen.",
        "Only one option keeps all of these equal, and repeats the training.",
    ),
)
