"""Exercises of chapter 12, Image GANs."""

import math

import numpy as np

from course_lib.teaching.engine import ChoiceExercise, FunctionExercise, ValueExercise


def _bytes(rng):
    yield (np.array([0, 255], dtype=np.uint8),)
    yield (np.array([128], dtype=np.uint8),)
    yield (np.zeros((2, 1), dtype=np.uint8),)
    yield (np.full((1, 2, 3, 1), 255, dtype=np.uint8),)
    for shape in ((5,), (3, 4), (2, 4, 4)):
        yield (rng.integers(0, 256, shape, dtype=np.uint8),)


to_tanh = FunctionExercise(
    "12.1",
    "The range of tanh",
    cases=_bytes,
    oracle=lambda images: np.interp(np.asarray(images, dtype=float), [0, 255], [-1, 1]),
    solution="""
    def to_tanh(images):
        return images / 127.5 - 1
    """,
    example=(np.array([0, 51, 255], dtype=np.uint8),),
    hints=(
        "Which straight line goes through (0, −1) and (255, 1)?",
        "Its slope is 2/255 = 1/127.5.",
        "images / 127.5 − 1; the division makes floats.",
    ),
    rtol=1e-6,  # Keras computes in float32
    atol=1e-6,
    fixed=("images.dtype",),
)


@to_tanh.mistake("[0, 1] for tanh")
def _(images):
    """you stop at [0, 1]: for `images = [0, 51, 255]` you return `[0, 0.2, 1]`. Half of the range of tanh is then
    unused, and whoever shows the images from −1 to 1 sees gray for black: see (12.2)."""
    return images / 255


@to_tanh.mistake("moved, not stretched")
def _(images):
    """you move the range and do not stretch it: for `images = [0, 51, 255]` you return `[-0.5, -0.3, 0.5]`. It must be
    two wide, see (12.2)."""
    return images / 255 - 0.5


@to_tanh.mistake("divided by 128")
def _(images):
    """nearly: for `images = [0, 51, 255]` you return `[-1, -0.6016, 0.9922]`. The middle of 0 and 255 is 127.5, not
    128. White must become exactly 1, see (12.2)."""
    return images / 128 - 1


@to_tanh.mistake("stretched, not moved")
def _(images):
    """you stretch the range and do not move it: for `images = [0, 51, 255]` you return `[0, 0.4, 2]`. Values above 1
    are out of reach for tanh: subtract 1, see (12.2)."""
    return images / 127.5


@to_tanh.mistake("computed in bytes")
def _(images):
    """you multiply while the numbers are still **bytes**, which wrap round at 256: for `images = [0, 51, 255]` you
    return `[0.003922, 0.4039, 1]`. Divide by a float first, see section 1."""
    return (images * 2 - 255) / 255


@to_tanh.mistake("doubled in bytes")
def _(images):
    """the formula is right, the order is not: you double while the numbers are still **bytes**, and 2 · 255 wraps round
    to 254. For `images = [0, 51, 255]` you return `[-1, -0.6, -0.003922]`. Divide by a float first, see section 1."""
    return 2 * images / 255 - 1


@to_tanh.mistake("subtracted in bytes")
def _(images):
    """you subtract while the numbers are still **bytes**, which have no negative values: for `images = [0, 51, 255]`
    you return `[1, 1.398, 0.9922]`, and black has become white. Divide by a float first, see section 1. (And the middle
    is 127.5.)"""
    return (images - 128) / 128


@to_tanh.mistake("divided by 127")
def _(images):
    """nearly: for `images = [0, 51, 255]` you return `[-1, -0.5984, 1.008]`. White must become exactly 1: the middle of
    0 and 255 is 127.5, see (12.2)."""
    return images / 127 - 1


@to_tanh.mistake("scaled by its own range", example=(np.array([51, 102, 255], dtype=np.uint8),))
def _(images):
    """you stretch each array by its own darkest and brightest pixel: for `images = [51, 102, 255]` you return
    `[-1, -0.5, 1]`. Then the same gray means another number in every batch. The range of bytes is known, 0 to 255, see
    (12.2)."""
    with np.errstate(invalid="ignore"):  # one gray only: 0/0
        return 2 * ((images - images.min()) / (float(images.max()) - images.min())) - 1


@to_tanh.mistake("scaled by its own maximum", example=(np.array([0, 51, 102], dtype=np.uint8),))
def _(images):
    """you divide by the brightest pixel that happens to be there: for `images = [0, 51, 102]` you return `[-1, 0, 1]`,
    and gray has become white. The brightest that there can be is 255, see (12.2)."""
    with np.errstate(invalid="ignore"):  # black only: 0/0
        return 2 * (images / images.max()) - 1


@to_tanh.mistake("tanh applied to the data")
def _(images):
    """you send the real images through tanh: for `images = [0, 51, 255]` you return `[-0.7616, -0.537, 0.7616]`. The
    generator's last layer does that to *its* numbers; real images need only the same range, see (12.2)."""
    return np.tanh(images / 127.5 - 1)


@to_tanh.mistake("127 subtracted in bytes")
def _(images):
    """you subtract while the numbers are still **bytes**, which have no negative values: for `images = [0, 51, 255]`
    you return `[1.012, 1.412, 1.004]`, and black has become white. Divide by a float first, see section 1. (And the
    middle is 127.5.)"""
    return (images - 127) / 127.5


@to_tanh.mistake("the brackets")
def _(images):
    """you take the 1 off **below the fraction line**: for `images = [0, 51, 255]` you return `[0, 0.4032, 2.016]`.
    First divide by 127.5, then subtract 1, without brackets, see (12.2)."""
    return images / (127.5 - 1)


@to_tanh.mistake("divided without the rest", example=(np.array([0, 51, 153, 255], dtype=np.uint8),))
def _(images):
    """`//` cuts off what is behind the point: for `images = [0, 51, 153, 255]` you return `[-1, -1, 0, 1]`, and only
    three grays are left. Divide with `/`, see (12.2)."""
    return images // 127.5 - 1


KERNEL = 4 * 4 * 96 * 32

layer_parameters = ValueExercise(
    "12.2",
    "How many numbers does it learn?",
    answer=49216,
    solution="answer = 4 * 4 * 96 * 32 + 2 * 32",
    hints=(
        "A kernel of a transposed convolution has as many numbers as that of a convolution: height, width, "
        "channels in, channels out.",
        "Batch normalization stores four numbers a channel and learns two of them.",
        "4 · 4 · 96 · 32, and 2 · 32.",
    ),
)


@layer_parameters.mistake("the running statistics, too")
def _():
    """`49280` counts the running mean and variance. They are stored, and averaged, but no gradient reaches them: 2
    numbers a channel are learned, see section 1."""
    return KERNEL + 4 * 32


@layer_parameters.mistake("a bias, too")
def _():
    """`49248` counts a bias. There is none: the normalization behind it would subtract it again. See section 1."""
    return KERNEL + 3 * 32


@layer_parameters.mistake("a bias and the running statistics, too")
def _():
    """`49312` counts a bias, which is not there, and the running mean and variance, which are averaged, not learned.
    See section 1."""
    return KERNEL + 5 * 32


@layer_parameters.mistake("one number a channel")
def _():
    """`49184` has one number a channel for the normalization. It learns two: a scale *and* a shift, see section 1."""
    return KERNEL + 32


@layer_parameters.mistake("input channels normalized")
def _():
    """`49344` normalizes the 96 channels that come in. The normalization stands *behind* the convolution, where there
    are 32, see section 1."""
    return KERNEL + 2 * 96


@layer_parameters.mistake("no normalization")
def _():
    """`49152` is the kernel. The normalization learns a scale and a shift for each of its channels, see section 1."""
    return KERNEL


@layer_parameters.mistake("the normalization only")
def _():
    """`64` is the normalization. The kernel is learned, too, and is by far the larger part, see section 1."""
    return 2 * 32


@layer_parameters.mistake("input channels forgotten")
def _():
    """`576` has one 4 × 4 kernel for each output. There is one for each *pair* of an input and an output channel, see
    section 1."""
    return 4 * 4 * 32 + 2 * 32


@layer_parameters.mistake("output channels forgotten")
def _():
    """`1600` has one 4 × 4 kernel for each input. There is one for each *pair* of an input and an output channel, see
    section 1."""
    return 4 * 4 * 96 + 2 * 32


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


ONE_AND_ONE = (np.array([2.0]), np.array([0.0]), 0.75)
FAR_OFF = (np.array([-1000.0]), np.array([0.0]), 1.0)


def _halves(real, fake, label):
    """The mean cost of the real images and that of the fake ones."""
    of_real = math.fsum(_cost(float(s), label) for s in np.ravel(real)) / np.size(real)
    return of_real, math.fsum(_cost(float(s), 0.0) for s in np.ravel(fake)) / np.size(fake)


discriminator_loss = FunctionExercise(
    "12.3",
    "The discriminator's loss",
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
    example=(np.array([2.0, 0.0]), np.array([-1.0, 1.0]), 0.9),
    hints=(
        "softplus(−s) is the price of a logit s if the label is 1, softplus(s) if it is 0. np.logaddexp(0, s) is "
        "softplus(s).",
        "A real image pays label times the first and (1 − label) times the second; a fake pays the second.",
        "np.mean(label * softplus(-real) + (1 - label) * softplus(real)) + np.mean(softplus(fake)).",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-6,
    fixed=("real.dtype", "fake.dtype"),  # a network's logits
)


@discriminator_loss.mistake("the label ignored", example=ONE_AND_ONE)
def _(real, fake, label):
    """that is (12.3) as it is printed: your result does not depend on `label`. For `real = [2]`, `fake = [0]`,
    `label = 0.75` you return `0.8201`. A real image pays label times softplus(−s) and (1 − label) times softplus(s),
    see (12.3)."""
    return _discriminator(real, fake, 1.0)


@discriminator_loss.mistake("label and 1 − label exchanged", example=ONE_AND_ONE)
def _(real, fake, label):
    """label and 1 − label are exchanged: for `real = [2]`, `fake = [0]`, `label = 0.75` you return `2.32`. The larger
    share belongs to softplus(−s), the price of a real image if the label is 1, see (12.3)."""
    return _discriminator(real, fake, 1 - label)


@discriminator_loss.mistake("the logit scaled", example=ONE_AND_ONE)
def _(real, fake, label):
    """you multiply the *logit* by the label: for `real = [2]`, `fake = [0]`, `label = 0.75` you return `0.8946`. The
    label weighs the two prices, softplus(−s) and softplus(s), see (12.3)."""
    return _discriminator([label * s for s in real], fake, 1.0)


@discriminator_loss.mistake("labels reversed")
def _(real, fake, label):
    """your labels are **reversed**: fakes are asked to look real. For `real = [2, 0]`, `fake = [-1, 1]`, `label = 0.9`
    you return `2.223`, expected 1.323. A real logit should be driven *up*, see (12.3)."""
    return _discriminator(fake, real, label)


@discriminator_loss.mistake("fakes smoothed as well", example=(np.array([2.0, 0.0]), np.array([0.0, 2.0]), 0.9))
def _(real, fake, label):
    """you smooth the **fakes** as well. For `real = [2, 0]`, `fake = [0, 2]`, `label = 0.9` you return `1.82`. Then the
    best discriminator no longer falls to 0 where there are only fakes, (12.5)."""
    return _discriminator(real, fake, label, 1 - label)


@discriminator_loss.mistake("scaled, not smoothed")
def _(real, fake, label):
    """you multiply the real part by the label: for `real = [2, 0]`, `fake = [-1, 1]`, `label = 0.9` you return `1.182`.
    That is a smaller weight, and certainty still costs nothing. The missing tenth belongs to the label 0, see
    section 2."""
    return label * _discriminator(real, [-1000.0], 1.0) + _discriminator([1000.0], fake, 1.0)


@discriminator_loss.mistake("the average of both halves")
def _(real, fake, label):
    """you average the two halves; we add them: for `real = [2, 0]`, `fake = [-1, 1]`, `label = 0.9` you return
    `0.6616`. As a convention it would do, but then an undecided discriminator has the loss 0.69 and not 1.39. See
    (12.3)."""
    return _discriminator(real, fake, label) / 2


@discriminator_loss.mistake("sums for means")
def _(real, fake, label):
    """you **sum** over the batch: for `real = [2, 0]`, `fake = [-1, 1]`, `label = 0.9` you return `2.647`. With a mean
    the learning rate does not depend on the batch's size, see (12.3)."""
    return _discriminator(real, [-1000.0], label) * len(real) + _discriminator([1000.0], fake, 1.0) * len(fake)


@discriminator_loss.mistake("the logarithm of the sigmoid as it stands", example=FAR_OFF)
def _(real, fake, label):
    """right for tame logits. For `real = [-1000]`, `fake = [0]`, `label = 1` you return `inf`, expected 1000.7: on the
    way stands a number that floats cannot hold, e^1000 or a sigmoid that has become exactly 0. Stay with softplus as in
    (12.3), by np.logaddexp."""
    return _plain_log(real, fake, label)


@discriminator_loss.mistake("1e-12 in the logarithm", example=FAR_OFF)
def _(real, fake, label):
    """adding 1e-12 inside the logarithm keeps the logarithm finite, and wrong: for `real = [-1000]`, `fake = [0]`,
    `label = 1` you return `28.32`, expected 1000.7. The gradient is 0 there as well. Stay with softplus, as in
    (12.3)."""
    return _plain_log(real, fake, label, 1e-12)


@discriminator_loss.mistake("1e-8 in the logarithm", example=FAR_OFF)
def _(real, fake, label):
    """adding 1e-8 inside the logarithm keeps the logarithm finite, and wrong: for `real = [-1000]`, `fake = [0]`,
    `label = 1` you return `19.11`, expected 1000.7. The gradient is 0 there as well. Stay with softplus, as in
    (12.3)."""
    return _plain_log(real, fake, label, 1e-8)


@discriminator_loss.mistake("1e-7 in the logarithm", example=FAR_OFF)
def _(real, fake, label):
    """adding 1e-7 inside the logarithm, or clipping the probability there, keeps the logarithm finite, and wrong: for
    `real = [-1000]`, `fake = [0]`, `label = 1` you return `16.81`, expected 1000.7. The gradient is 0 there as well.
    Stay with softplus, as in (12.3)."""
    return _plain_log(real, fake, label, 1e-7)


@discriminator_loss.mistake("one mean over all images", example=(np.array([2.0, 0.0]), np.array([0.0, 2.0, 0.0]), 0.75))
def _(real, fake, label):
    """you take one mean over real and fake images together: for `real = [2, 0]`, `fake = [0, 2, 0]`, `label = 0.75` you
    return `0.9667`. Each half has its own mean, and they are added, so that neither depends on how many of the other
    there are, (12.3)."""
    costs = [_cost(float(s), label) for s in np.ravel(real)] + [_cost(float(s), 0.0) for s in np.ravel(fake)]
    return math.fsum(costs) / len(costs)


@discriminator_loss.mistake("the generator's loss", example=(np.array([2.0, 0.0]), np.array([-1.0, 2.0]), 0.9))
def _(real, fake, label):
    """that is the **generator's** loss, it does not even look at `real`: for `real = [2, 0]`, `fake = [-1, 2]`,
    `label = 0.9` you return `0.7201`. See (12.3)."""
    return math.fsum(_cost(float(s), 1.0) for s in np.ravel(fake)) / np.size(fake)


@discriminator_loss.mistake("fakes with the label 1", example=(np.array([2.0]), np.array([1.0]), 0.75))
def _(real, fake, label):
    """your fakes have the label **1**: for `real = [2]`, `fake = [1]`, `label = 0.75` you return `0.9402`, expected
    1.94. That is what the *generator* wants for them. A fake pays softplus(s), without a minus, see (12.3)."""
    return _discriminator(real, fake, label, 1.0)


@discriminator_loss.mistake("the fakes subtracted", example=(np.array([2.0]), np.array([1.0]), 0.75))
def _(real, fake, label):
    """you **subtract** the price of the fakes: for `real = [2]`, `fake = [1]`, `label = 0.75` you return `-0.6863`,
    expected 1.94. Then the discriminator would gain by taking fakes for real. Both prices are added, see (12.3)."""
    return float(np.subtract(*_halves(real, fake, label)))


@discriminator_loss.mistake("the real images only", example=(np.array([2.0]), np.array([1.0]), 0.75))
def _(real, fake, label):
    """only the **real** images cost something: for `real = [2]`, `fake = [1]`, `label = 0.75` you return `0.6269`,
    expected 1.94. Then “real” would be the best answer to everything. The fakes pay softplus(s), see (12.3)."""
    return _halves(real, fake, label)[0]


two_batches = ChoiceExercise(
    "12.4",
    "One batch or two?",
    options={
        "a": "one call with both would take more memory",
        "b": "in one call, it would learn what fakes look like beside real ones, and the generator's step shows "
        "it fakes alone",
        "c": "in one call, the gradient of the real images would flow into the generator and spoil its weights",
        "d": "in one call, the labels of both would be mixed up",
    },
    answer="b",
    reasons={
        "a": '"more memory": both ways compute the same activations. What differs are the mean and the variance, '
        "(12.4).",
        "b": '"beside real ones" the statistics are those of the mixture, (12.4); "fakes alone" have others: it '
        "would be another function.",
        "c": '"flow into the generator": in this step no gradient changes it, however you call: the optimizer has '
        "another list of weights. See section 2.",
        "d": '"mixed up": the labels are kept in order without any effort. The trouble is in what is normalized, '
        "(12.4).",
    },
    hints=(
        "Which numbers does batch normalization compute from the whole batch?",
        "Compare the batch that the discriminator sees in its own step with the one it sees in the generator's.",
        "(12.4) says what the variance of a mixture is.",
    ),
)


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


ema = FunctionExercise(
    "12.5",
    "Average the weights",
    cases=_walks,
    oracle=_ema,
    solution="""
    def ema(values, beta):
        average = values[0]
        for value in values[1:]:
            average = beta * average + (1 - beta) * value
        return average
    """,
    example=(np.array([0.0, 4.0, 0.0, 8.0]), 0.75),
    hints=(
        "Begin with the first value; each next one moves the average a little.",
        "average = β · average + (1 − β) · value.",
        "A loop over values[1:], starting from average = values[0].",
    ),
    fixed=("values.ndim",),
)


@ema.mistake("β and 1 − β exchanged")
def _(values, beta):
    """β and 1 − β are exchanged: for `values = [0, 4, 0, 8]`, `beta = 0.75` you return `6.188`, nearly the last value.
    With β near 1 the average must move *slowly*, (12.6)."""
    return _ema(values, 1 - beta)


@ema.mistake("begun at 0", example=(np.array([4.0, 4.0]), 0.75))
def _(values, beta):
    """you begin at 0: for `values = [4, 4]`, `beta = 0.75` you return `1.75`, although nothing ever changed. A
    generator whose weights are averaged with zeros draws fog. Begin at the first value, (12.6)."""
    return _ema_from_zero(values, beta)


@ema.mistake("begun at 0 and corrected")
def _(values, beta):
    """you begin at 0 and divide by 1 − βᵗ, as Adam does. A good idea, but not (12.6), which begins at the first value:
    for `values = [0, 4, 0, 8]`, `beta = 0.75` you return `3.749`."""
    return _ema_from_zero(values, beta, corrected=True)


@ema.mistake("the plain mean")
def _(values, beta):
    """that is the plain mean, which never forgets the first steps: for `values = [0, 4, 0, 8]`, `beta = 0.75` you
    return `3`. An old value must count β times as much as the next one, (12.6)."""
    return float(np.mean(values))


@ema.mistake("1 − β forgotten")
def _(values, beta):
    """the new value needs the weight 1 − β: for `values = [0, 4, 0, 8]`, `beta = 0.75` you return `10.25`, more than
    the largest of the values. The weights of an average add up to 1, (12.6)."""
    total = float(values[0])
    for value in values[1:]:
        total = beta * total + float(value)
    return total


@ema.mistake("a window", example=(np.array([0.0, 4.0, 0.0, 8.0]), 0.5))
def _(values, beta):
    """you take the plain mean of the last 1/(1 − β) values: for `values = [0, 4, 0, 8]`, `beta = 0.5` you return `4`.
    That is about as far as the average looks back, but its weights fall step by step, and nothing is dropped,
    (12.6)."""
    return float(np.mean(values[-max(1, round(1 / (1 - beta))) :]))


@ema.mistake("the last two only")
def _(values, beta):
    """you mix the last two *values*: for `values = [0, 4, 0, 8]`, `beta = 0.75` you return `2`. The last value is mixed
    with the *average* of all before it, (12.6)."""
    return float(values[0]) if len(values) < 2 else beta * values[-2] + (1 - beta) * values[-1]


@ema.mistake("backwards")
def _(values, beta):
    """you go through the values backwards, so the oldest counts as the newest: for `values = [0, 4, 0, 8]`,
    `beta = 0.75` you return `4.125`. Begin at the first, (12.6)."""
    return _ema(values[::-1], beta)


@ema.mistake("the last value")
def _(values, beta):
    """you return the last value itself: for `values = [0, 4, 0, 8]`, `beta = 0.75` that is `8`. Keep the average in a
    variable of its own, (12.6)."""
    return float(values[-1])


@ema.mistake("all averages")
def _(values, beta):
    """you return the averages after every step: for `values = [0, 4, 0, 8]`, `beta = 0.75` that is
    `[0, 1, 0.75, 2.562]`. Only the last of them is asked for, (12.6)."""
    return np.array([_ema(values[: n + 1], beta) for n in range(len(values))])


@ema.mistake("the newest value left out")
def _(values, beta):
    """the newest value is missing: for `values = [0, 4, 0, 8]`, `beta = 0.75` you return `0.75`. Go through to the
    last, (12.6)."""
    return _ema(values[:-1], beta) if len(values) > 1 else float(values[0])


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
    "12.6",
    "The Fréchet distance",
    cases=_gaussians,
    oracle=_frechet,
    solution="""
    import numpy as np

    def frechet(mean1, cov1, mean2, cov2):
        eigenvalues = np.linalg.eigvals(cov1 @ cov2).real
        common = np.sqrt(np.maximum(eigenvalues, 0)).sum()
        return np.sum((mean1 - mean2) ** 2) + np.trace(cov1) + np.trace(cov2) - 2 * common
    """,
    # two Gaussians of the plane whose axes are not parallel
    example=(np.array([0.0, 0.0]), np.diag([4.0, 1.0]), np.array([3.0, 0.0]), np.array([[2.0, 1.0], [1.0, 2.0]])),
    example_words="mean1 = [0, 0], cov1 = [[4, 0], [0, 1]], mean2 = [3, 0], cov2 = [[2, 1], [1, 2]]",
    hints=(
        "No matrix root is needed: only its trace.",
        "The eigenvalues of cov1 @ cov2 are real and not negative; np.linalg.eigvals may return tiny imaginary parts.",
        "np.sqrt(np.maximum(np.linalg.eigvals(cov1 @ cov2).real, 0)).sum() is the trace of the root.",
    ),
    rtol=1e-7,
    atol=1e-7,
    fixed=("mean1.ndim", "cov1.ndim", "cov1.square", "mean2.ndim", "cov2.ndim", "cov2.square"),
)


@frechet.mistake("the distance of the means not squared")
def _(m1, c1, m2, c2):
    """the means' distance is not **squared**: for {example} you return `3.771`, expected 9.77. Variances are squares,
    too, so it must be, (12.8)."""
    return float(np.linalg.norm(m1 - m2)) + _spread(m1, c1, m2, c2)


@frechet.mistake("the square root of each entry")
def _(m1, c1, m2, c2):
    """np.sqrt takes the root of each *entry* of the matrix. For {example} you return `9.515`. The root of a matrix is
    another matter; its trace is the sum of the roots of the **eigenvalues**, (12.9)."""
    return float(np.sum((m1 - m2) ** 2) + np.trace(c1 + c2 - 2 * np.sqrt(np.abs(c1 @ c2))))


@frechet.mistake("the 2 forgotten")
def _(m1, c1, m2, c2):
    """the 2 before the root is missing: for {example} you return `13.89`, and equal Gaussians would be far apart.
    (12.8) is a square: a² + b² − 2ab."""
    return float(np.sum((m1 - m2) ** 2)) + (_spread(m1, c1, m2, c2) + np.trace(c1 + c2)) / 2


@frechet.mistake("roots taken apart")
def _(m1, c1, m2, c2):
    """you multiply the roots of the two covariances, Σ₁^½ Σ₂^½. That is right only if they share their axes: for
    {example} you return `9.804`. The root is of the *product*, (12.8)."""
    return float(np.sum((m1 - m2) ** 2) + ((_root(c1) - _root(c2)) ** 2).sum())


@frechet.mistake("eigenvalues without their roots")
def _(m1, c1, m2, c2):
    """you subtract the trace of the product itself: for {example} you return `-2`, and a squared distance cannot be
    negative. Take the root of each eigenvalue, (12.9)."""
    return float(np.sum((m1 - m2) ** 2) + np.trace(c1 + c2) - 2 * np.trace(c1 @ c2))


@frechet.mistake("eigvalsh of the product")
def _(m1, c1, m2, c2):
    """`eigvalsh` is for symmetric matrices and reads one triangle only; the product of two covariances is not
    symmetric. For {example} you return `9.575`. Take `eigvals`, (12.9)."""
    return _with(m1, c1, m2, c2, np.sqrt(np.maximum(np.linalg.eigvalsh(c1 @ c2), 0)).sum())


@frechet.mistake("singular values of the product")
def _(m1, c1, m2, c2):
    """you take the singular values of the product, which is not symmetric, so they are not its eigenvalues. For
    {example} you return `9.665`. The *eigenvalues* of Σ₁Σ₂, or the singular values of the product of the factors,
    (12.9)."""
    return _with(m1, c1, m2, c2, np.sqrt(np.linalg.svd(c1 @ c2)[1]).sum())


@frechet.mistake("the root of the trace")
def _(m1, c1, m2, c2):
    """you take the root of the *trace*; wanted is the trace of the root, the sum of the roots of the eigenvalues. For
    {example} you return `11.68`, see (12.9)."""
    return _with(m1, c1, m2, c2, np.sqrt(np.trace(c1 @ c2)))


@frechet.mistake("the root of the result")
def _(m1, c1, m2, c2):
    """you take the root at the end. (12.8) is the *squared* distance, as it is always reported: for {example} you
    return `3.126`, expected 9.77. See (12.8)."""
    return np.sqrt(np.maximum(_frechet(m1, c1, m2, c2), 0))


@frechet.mistake("variances only", example=ACROSS)
def _(m1, c1, m2, c2):
    """you compare the variances only, feature by feature: for equal means, cov1 = [[2, 1], [1, 2]] and cov2 = [[2, −1],
    [−1, 2]] you return `0`, although the clouds lie across each other. How features vary *together* counts as well,
    (12.8)."""
    return float(np.sum((m1 - m2) ** 2) + ((np.sqrt(np.diag(c1)) - np.sqrt(np.diag(c2))) ** 2).sum())


@frechet.mistake("the mean over the means")
def _(m1, c1, m2, c2):
    """you take the *mean* of the squared differences of the means, not their sum: for {example} you return `5.271`,
    expected 9.77. See (12.8)."""
    return float(np.mean((m1 - m2) ** 2)) + _spread(m1, c1, m2, c2)


@frechet.mistake("the cross term left out")
def _(m1, c1, m2, c2):
    """you add the two traces and subtract nothing: for {example} you return `18`. Two equal Gaussians would then be far
    apart. The third term of (12.8) is missing."""
    return float(np.sum((m1 - m2) ** 2) + np.trace(c1 + c2))


@frechet.mistake("means only")
def _(m1, c1, m2, c2):
    """you compare the means only: for {example} you return `9`. A generator that draws one average digit would be
    perfect. The covariances are the variety, (12.8)."""
    return float(np.sum((m1 - m2) ** 2))


@frechet.mistake("the sign of the root")
def _(m1, c1, m2, c2):
    """you **add** the root where it is subtracted: for {example} you return `26.23`, expected 9.77. Equal Gaussians
    would be far apart. (12.8) is a square: a² + b² − 2ab."""
    return 2 * _with(m1, c1, m2, c2, 0) - _frechet(m1, c1, m2, c2)


@frechet.mistake("the product entry by entry", example=ACROSS)
def _(m1, c1, m2, c2):
    """`*` multiplies **entry by entry**: for equal means, cov1 = [[2, 1], [1, 2]] and cov2 = [[2, −1], [−1, 2]] you
    return `0.06376`, expected 1.072. The product of two matrices is `@`, (12.8)."""
    return _with(m1, c1, m2, c2, np.sqrt(np.maximum(np.linalg.eigvals(c1 * c2).real, 0)).sum())


@frechet.mistake("all entries for the trace")
def _(m1, c1, m2, c2):
    """you sum **all** entries of the covariances: for {example} you return `11.77`, expected 9.77. A trace is the sum
    of the diagonal, (12.8)."""
    return _frechet(m1, c1, m2, c2) + float(np.sum(c1 + c2) - np.trace(c1 + c2))


perfect_score = ValueExercise(
    "12.7",
    "What does perfection score?",
    answer=lambda: 2 * 64 / 500 + 64 * 65 / (2 * 499),
    solution="d, n = 64, 500\nanswer = 2 * d / n + d * (d + 1) / (2 * (n - 1))",
    hints=(
        "Two terms: one from the means, one from the covariances.",
        "(12.10) with d = 64 and n = 500.",
        "2 · 64 / 500 + 64 · 65 / (2 · 499).",
    ),
    rtol=5e-4,
)


@perfect_score.mistake("a perfect score is 0")
def _():
    """`0` would need infinitely many images. Two samples of one distribution have different means and covariances,
    (12.10)."""
    return 0.0


@perfect_score.mistake("the means only")
def _():
    """`0.256` is what the means contribute. The covariances have d(d + 1)/2 numbers to estimate, and cost far more,
    (12.10)."""
    return 2 * 64 / 500


@perfect_score.mistake("one sample only")
def _():
    """`2.212` is half of it: *both* sets are samples of 500, and both err, (12.10)."""
    return 64 / 500 + 64 * 65 / (4 * 499)


@perfect_score.mistake("d² for d(d + 1)")
def _():
    """`4.36` forgets that a variance fluctuates twice as much as a covariance: d(d + 1), not d², (12.10)."""
    return 2 * 64 / 500 + 64**2 / (2 * 499)


@perfect_score.mistake("n for n − 1")
def _():
    """`4.416` is nearly it: a sample covariance is divided by n − 1, so its error has n − 1, too, (12.10)."""
    return 2 * 64 / 500 + 64 * 65 / (2 * 500)


@perfect_score.mistake("d(d − 1) for d(d + 1)")
def _():
    """`4.296` has d(d − 1). A symmetric matrix has its diagonal as well: d(d + 1)/2 numbers, (12.10)."""
    return 2 * 64 / 500 + 64 * 63 / (2 * 499)


@perfect_score.mistake("the covariances twice")
def _():
    """`8.593` counts the covariances twice: it is d(d + 1)/4 for each of the two sets, (12.10)."""
    return 2 * 64 / 500 + 64 * 65 / 499


@perfect_score.mistake("the root")
def _():
    """`2.103` is the root of it. (12.10) is about the squared distance, which is what is reported."""
    return math.sqrt(2 * 64 / 500 + 64 * 65 / (2 * 499))


@perfect_score.mistake("the covariances only")
def _():
    """`4.168` leaves out the means, which contribute 2d/n, (12.10)."""
    return 64 * 65 / (2 * 499)


@perfect_score.mistake("all images together")
def _():
    """`2.21` puts in n = 1000, both sets **together**. In (12.10) n is the size of each set, 500."""
    return 2 * 64 / 1000 + 64 * 65 / (2 * 999)


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


def _one_squared(real, generated, k, radii):
    """Squared distances in one place and not in the other."""
    r, d = _radii(real, k), _apart(generated, real)
    return float(np.mean((d <= r**2 if radii else d**2 <= r).any(axis=1)))


precision = FunctionExercise(
    "12.8",
    "Precision",
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
    example=(np.array([[0.0], [1.0], [2.0], [10.0]]), np.array([[0.5], [3.5], [5.0], [11.0], [30.0]]), 1),
    example_words="the points 0, 1, 2, 10 (real) and 0.5, 3.5, 5, 11, 30 (generated) of a line and k = 1",
    hints=(
        "First the radius of each real point: the distance to its k-th nearest *other* real point.",
        "Sort each row of the real-to-real distances; entry 0 is the point itself, entry k its k-th neighbour.",
        "(distances(generated, real) <= radii).any(axis=1), then the mean.",
    ),
    rtol=1e-6,  # a share may be of float32
    fixed=("real.ndim", "generated.ndim"),
)


@precision.mistake("recall")
def _(real, generated, k):
    """that is **recall**: the share of *real* points in balls around generated ones. For {example} you return `1`,
    expected 0.8. Precision asks whether what was generated looks real, (12.14)."""
    return _precision(generated, real, min(k, len(generated) - 1))


@precision.mistake("each point is its own nearest neighbour")
def _(real, generated, k):
    """you count each real point as its own first neighbour, so with k = 1 every ball has the radius 0. For {example}
    you return `0`. Entry 0 of the sorted distances is the point itself: take entry k, (12.14)."""
    return float(np.mean((_apart(generated, real) <= _radii(real, k - 1)).any(axis=1)))


@precision.mistake("only the nearest ball")
def _(real, generated, k):
    """you ask only the ball of the *nearest* real point. A point can lie in the large ball of one further away: for
    {example} you return `0.4`. Any ball will do, (12.14)."""
    d = _apart(generated, real)
    nearest = d.argmin(axis=1)
    return float(np.mean(d.min(axis=1) <= _radii(real, k)[nearest]))


@precision.mistake("one radius for all")
def _(real, generated, k):
    """you use the mean radius for every ball: for {example} you return `0.6`. Balls are small where real images are
    dense, and large where they are rare, (12.14)."""
    return float(np.mean(_apart(generated, real).min(axis=1) <= _radii(real, k).mean()))


@precision.mistake("the neighbour after", example=(np.array([[0.0], [1.0], [3.0]]), np.array([[5.5], [5.7], [9.0]]), 1))
def _(real, generated, k):
    """your balls reach to neighbour k + 1: for `real = [[0], [1], [3]]`, `generated = [[5.5], [5.7], [9]]`, `k = 1` you
    return `0.6667`, expected 0. Entry 0 of a sorted row is the point itself, so entry k is its k-th neighbour,
    (12.14)."""
    return _hits(generated, real, _radii(real, k + 1)).any(axis=1).mean()


@precision.mistake(
    "neighbours among the generated", example=(np.array([[0.0], [1.0], [3.0]]), np.arange(20.0, 25)[:, None], 1)
)
def _(real, generated, k):
    """your radii are distances to *generated* points: for `real = [[0], [1], [3]]`,
    `generated = [[20], [21], [22], [23], [24]]`, `k = 1` you return `0.2`, expected 0. A ball says where real images
    are, so it reaches to the k-th nearest *real* one, (12.14)."""
    return _hits(generated, real, np.sort(_apart(real, generated), axis=1)[:, k - 1]).any(axis=1).mean()


@precision.mistake("the wrong axis")
def _(real, generated, k):
    """you return the share of *balls* that hold a generated point: `0.75` for {example}. Wanted is the share of
    generated points that lie in a ball: `any` along the other axis, (12.14)."""
    return _hits(generated, real, _radii(real, k)).any(axis=0).mean()


@precision.mistake("pairs counted")
def _(real, generated, k):
    """you average over all pairs of a point and a ball: for {example} you return `0.25`. First ask of each point
    whether *any* ball holds it, (12.14)."""
    return _hits(generated, real, _radii(real, k)).mean()


@precision.mistake("a number for a share")
def _(real, generated, k):
    """that is how *many* generated points lie in a ball: for {example} you return `4`. Divide by their number,
    (12.14)."""
    return _hits(generated, real, _radii(real, k)).any(axis=1).sum()


@precision.mistake("the border left out", example=(np.array([[0.0], [2.0]]), np.array([[2.0], [4.0], [9.0]]), 1))
def _(real, generated, k):
    """a point that lies exactly on the border of a ball belongs to it: for `real = [[0], [2]]`,
    `generated = [[2], [4], [9]]`, `k = 1` you return `0.3333`. Use `<=`, as in the loops under (12.14)."""
    return float(np.mean((_apart(generated, real) < _radii(real, k)).any(axis=1)))


@precision.mistake("in all balls", example=(np.array([[0.0], [1.0]]), np.array([[-1.0], [0.5]]), 1))
def _(real, generated, k):
    """you demand that a point lies in **all** balls: for `real = [[0], [1]]`, `generated = [[-1], [0.5]]`, `k = 1` you
    return `0.5`. It is enough to look like *some* real images, (12.14)."""
    return float(np.mean((_apart(generated, real) <= _radii(real, k)).all(axis=1)))


@precision.mistake(
    "the farthest neighbour", example=(np.array([[0.0], [2.0], [3.0]]), np.array([[2.0, 5, 20, 21, 22, 23, 24]]).T, 1)
)
def _(real, generated, k):
    """your balls reach to the **farthest** real point: for `real = [[0], [2], [3]]`,
    `generated = [[2], [5], [20], [21], [22], [23], [24]]`, `k = 1` you return `0.2857`, expected 0.1429. A ball ends at
    neighbour number k, whatever comes after it, (12.14)."""
    return float(np.mean((_apart(generated, real) <= _radii(real, -1)).any(axis=1)))


@precision.mistake("radii squared", example=(np.array([[0.0], [2.0]]), np.array([[3, 5, 5.5, 9, 10, 11, 12]]).T, 1))
def _(real, generated, k):
    """your **radii** are squared and your distances are not: for `real = [[0], [2]]`,
    `generated = [[3], [5], [5.5], [9], [10], [11], [12]]`, `k = 1` you return `0.4286`, expected 0.1429. Take the root
    of both, or of neither, (12.14)."""
    return _one_squared(real, generated, k, radii=True)


@precision.mistake("distances squared", example=(np.array([[0.0], [4.0]]), np.array([[-3, 1, 2.5, 3, 5, 7, 8]]).T, 1))
def _(real, generated, k):
    """your **distances** are squared and your radii are not: for `real = [[0], [4]]`,
    `generated = [[-3], [1], [2.5], [3], [5], [7], [8]]`, `k = 1` you return `0.5714`, expected 1. Take the root of
    both, or of neither, (12.14)."""
    return _one_squared(real, generated, k, radii=False)


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


kid = FunctionExercise(
    "12.9",
    "The kernel distance",
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
    example=(np.array([[1.0, 1.0], [0.0, 0.0]]), np.array([[2.0, 0.0], [0.0, 2.0]])),
    example_words="x = [[1, 1], [0, 0]], y = [[2, 0], [0, 2]]",
    hints=(
        "Three means of the kernel: within x, within y, and between them.",
        "Within a set leave out the diagonal: (k.sum() − np.trace(k)) / (n (n − 1)).",
        "within(x) + within(y) − 2 · kernel(x, y).mean(), with kernel(a, b) = (a @ b.T / d + 1) ** 3.",
    ),
    fixed=("x.ndim", "y.ndim"),
)


@kid.mistake("pairs of an image with itself")
def _(x, y):
    """you let each image be compared **with itself**. For {example} you return `7.75`, expected −7. These pairs are
    what makes the estimate too large for small samples: leave the diagonal out, (12.12)."""
    return _kid(x, y, diagonal=True)


@kid.mistake("not divided by d")
def _(x, y):
    """the division by d is missing: for {example} you return `-26`. Without it the kernel of long features explodes,
    (12.12)."""
    return _kid(x, y, divisor=1)


@kid.mistake("without the diagonal, divided by n²")
def _(x, y):
    """you leave the diagonal out, but divide by n² as if it were there: for {example} you return `-8`. There are n(n −
    1) other pairs, (12.12)."""
    return _kid(x, y, pairs_of=lambda n: n * n)


@kid.mistake("with the diagonal, divided by n(n − 1)")
def _(x, y):
    """you divide by n(n − 1), but the diagonal is still in the sum: for {example} you return `24.5`. Subtract the
    trace, (12.12)."""
    return _kid(x, y, diagonal=True, pairs_of=lambda n: n * (n - 1))


@kid.mistake("the 1 forgotten")
def _(x, y):
    """the + 1 in the kernel is missing: for {example} you return `-1`. Without it only third moments are compared, and
    means and variances count less, (12.12)."""
    return _kid(x, y, one=0)


@kid.mistake("divided by n, not by d", example=(np.array([[1.0], [0.0], [0.0]]), np.array([[1.0], [1.0], [1.0]])))
def _(x, y):
    """you divide the product by the number of images, not by the number of features: for `x = [[1], [0], [0]]`,
    `y = [[1], [1], [1]]` you return `0.4568`. The kernel knows only two vectors of length d, (12.12)."""
    return _kid(x, y, divisor=len(x))


@kid.mistake("degree 2")
def _(x, y):
    """your kernel has the degree 2: for {example} you return `-3`. The usual one, in (12.12), is cubic: it sees
    skewness, too."""
    return _kid(x, y, degree=2)


@kid.mistake("the mixed term once")
def _(x, y):
    """the mixed term counts **twice**: ‖a − b‖² = a² + b² − 2ab. For {example} you return `-2.5`, and equal sets would
    be far apart, (12.12)."""
    return _kid(x, y, cross=1)


@kid.mistake("cut off at 0")
def _(x, y):
    """you cut off what is negative: for {example} you return `0`. But an estimate that errs in one direction only is
    biased; a negative value is an honest one, (12.12)."""
    return max(_kid(x, y), 0.0)


@kid.mistake("degree 1", example=(np.array([[0.0], [1.0]]), np.array([[1.0], [2.0]])))
def _(x, y):
    """the **power** is missing, so your kernel is linear: for `x = [[0], [1]]`, `y = [[1], [2]]` you return `0.5`,
    expected 9.5. It sees means only. In (12.12) it is cubic."""
    return _kid(x, y, degree=1)


@kid.mistake(
    "the diagonal left out of the mixed term, too", example=(np.array([[0.0], [1.0]]), np.array([[1.0], [2.0]]))
)
def _(x, y):
    """you leave the diagonal out of the **mixed** term, too: for `x = [[0], [1]]`, `y = [[1], [2]]` you return `19`,
    expected 9.5. There x₁ and y₁ are two different images, so all pairs count, (12.12)."""
    # The mixed term without the pairs of the same number in both sets
    pairs = [_kernel(p, q) for i, p in enumerate(x) for j, q in enumerate(y) if i != j]
    return _kid(x, y, cross=0) - 2 * math.fsum(pairs) / len(pairs)


@kid.mistake("the mixed term added")
def _(x, y):
    """you **add** the mixed term: for {example} you return `11`, expected −7. Equal sets would be far apart: ‖a − b‖² =
    a² + b² − 2ab, (12.12)."""
    return _kid(x, y, cross=-2)


RIGHT_ANGLE = (np.array([2.0, 0.0]), np.array([0.0, 2.0]), np.array([0.5]))
THIRD = (np.array([2.0, 0.0]), np.array([0.0, 2.0]), np.array([1 / 3]))


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


def _without_lengths(a, b, shares, clipped=False):
    cosine = np.clip(a @ b, -1, 1) if clipped else a @ b
    with np.errstate(invalid="ignore"):
        return _on_arc(a, b, shares, np.arccos(cosine))


slerp = FunctionExercise(
    "12.10",
    "On the shell",
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
    example=(np.array([1.0, 0.0]), np.array([2.0, 2.0]), np.array([0.5])),
    hints=(
        "First the angle ω between a and b, from their cosine, which is a · b divided by both lengths.",
        "The weights are sin((1 − t) ω) / sin ω and sin(t ω) / sin ω. With t[:, None] there is one row for each share.",
        "(np.sin((1 - t) * w) * a + np.sin(t * w) * b) / np.sin(w) with w = np.arccos(cosine) and t = t[:, None].",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-5,
    fixed=("a.ndim", "b.ndim", "t.ndim"),
)


@slerp.mistake("the straight line", example=RIGHT_ANGLE)
def _(a, b, t):
    """that is the straight line, which cuts through the inside of the shell: halfway between `[2, 0]` and `[0, 2]` you
    return `[[1, 1]]`, of length 1.41 instead of 2. Use the sines of (12.17)."""
    return _straight(a, b, t)


@slerp.mistake("the ends exchanged", example=THIRD)
def _(a, b, t):
    """your path runs from b to a: at a third of the way from `[2, 0]` to `[0, 2]` you return `[[1, 1.732]]`. At t = 0
    it must be a, (12.17)."""
    return _slerp(b, a, t)


@slerp.mistake("not divided by the sine of the angle")
def _(a, b, t):
    """the division by sin ω is missing. Halfway between `[1, 0]` and `[2, 2]` you return `[[1.148, 0.7654]]`. At a
    right angle nobody notices, (12.17)."""
    return _slerp(a, b, t) * math.sin(_angle(a, b))


@slerp.mistake("the straight line, made longer", example=THIRD)
def _(a, b, shares):
    """you stretch the straight line back to the length of a. The length is right, the speed is not: at a third of the
    way from `[2, 0]` to `[0, 2]` you return `[[1.789, 0.8944]]`, where 30° would be `[[1.732, 1]]`. Look again at
    (12.17)."""
    line = _straight(a, b, shares)
    return line / np.linalg.norm(line, axis=1, keepdims=True) * np.linalg.norm(a)


@slerp.mistake(
    "the cosine not divided by the lengths", example=(np.array([0.5, 0.0]), np.array([0.5, 0.5]), np.array([0.5]))
)
def _(a, b, t):
    """a · b is the cosine only of vectors of length 1: halfway between `[0.5, 0]` and `[0.5, 0.5]` you return
    `[[0.6325, 0.3162]]`, and where a · b is above 1 the arccos is NaN. Divide by both lengths first, section 8."""
    return _without_lengths(a, b, t)


@slerp.mistake("the cosine clipped, but not divided by the lengths")
def _(a, b, t):
    """a · b is the cosine only of vectors of length 1, and clipping only hides it: halfway between `[1, 0]` and
    `[2, 2]` it makes the angle 0, and you return `[[nan, nan]]`. Divide by both lengths first, section 8."""
    return _without_lengths(a, b, t, clipped=True)


@slerp.mistake("both ends normalized", example=RIGHT_ANGLE)
def _(a, b, t):
    """you give both ends the length 1, and the path does not begin at a: halfway between `[2, 0]` and `[0, 2]` you
    return `[[0.7071, 0.7071]]`, expected `[[1.414, 1.414]]`. Lengths belong in the cosine only, (12.17)."""
    return _slerp(a / np.linalg.norm(a), b / np.linalg.norm(b), t)


@slerp.mistake("stretched to the length of a")
def _(a, b, t):
    """you give every point the length of a, so the path does not end at b: halfway between `[1, 0]` and `[2, 2]` you
    return `[[0.9239, 0.3827]]`. (12.17) mixes a and b as they are."""
    return _slerp(a / np.linalg.norm(a), b / np.linalg.norm(b), t) * np.linalg.norm(a)


@slerp.mistake("the angle in degrees", example=RIGHT_ANGLE)
def _(a, b, t):
    """np.sin takes radians, and your angle is in degrees: halfway between `[2, 0]` and `[0, 2]` you return
    `[[1.904, 1.904]]`. np.arccos gives radians already, (12.17)."""
    return _on_arc(a, b, t, math.degrees(_angle(a, b)))


@slerp.mistake("the arccos forgotten")
def _(a, b, t):
    """you take the **cosine** for the angle: halfway between `[1, 0]` and `[2, 2]` you return `[[1.599, 1.066]]`,
    expected `[[1.624, 1.082]]`, and at a right angle you get NaN. The angle is the arccos of it, (12.17)."""
    return _on_arc(a, b, t, math.cos(_angle(a, b)))


@slerp.mistake("cosines for sines")
def _(a, b, t):
    """your weights are **cosines**: halfway between `[1, 0]` and `[2, 2]` you return `[[3.92, 2.613]]`, expected
    `[[1.624, 1.082]]`, and at t = 0 you are not at a. The weights of (12.17) are sines."""
    return np.array(
        [(np.cos((1 - s) * _angle(a, b)) * a + np.cos(s * _angle(a, b)) * b) / np.sin(_angle(a, b)) for s in t]
    )


@slerp.mistake("clipped at 0.999, and not divided by the lengths")
def _(a, b, t):
    """a · b is the cosine only of vectors of length 1, and clipping it at 0.999 only hides it: halfway between `[1, 0]`
    and `[2, 2]` you return `[[1.5, 1]]`, expected `[[1.624, 1.082]]`, nearly the straight line. Divide by both lengths
    first, section 8."""
    return _on_arc(a, b, t, math.acos(np.clip(a @ b, -0.999, 0.999)))


read_the_curves = ChoiceExercise(
    "12.11",
    "Read the curves",
    options={
        "a": "mode collapse: the generator has found one good image",
        "b": "the learning rate is too high for both",
        "c": "the generator's step works on detached images, or on weights that were left frozen",
        "d": "the discriminator's labels are reversed",
        "e": "the real images lie in [0, 1] and the generator ends with tanh",
    },
    answer="c",
    reasons={
        "a": '"found one good image": then it must have learned, and its weights moved. Here not one bit changed, '
        "see section 3.",
        "b": '"too high": then images would jump about, or become NaN. Standing still is the opposite, see section 3.',
        "c": '"detached" or "frozen": no gradient arrives, so no weight moves, while the discriminator learns as '
        "ever. See section 2.",
        "d": '"labels are reversed": the generator would follow a wrong direction, but it would move, see section 3.',
        "e": '"real images lie in [0, 1]": then the curves would look healthy and the images gray, and the '
        "generator would move, see section 3.",
    },
    hints=(
        "What must arrive at a weight for it to change?",
        "Which of these five stops the gradient altogether?",
        "Section 2 shows what stop_gradient does in the wrong place.",
    ),
)


honest_table = ChoiceExercise(
    "12.12",
    "An honest table",
    options={
        "a": "A with 1,000 generated images, B with 5,000, because B is faster; both against the 1,000 held-out digits",
        "b": "both with 1,000 generated images, against the 4,000 training digits, because more reference images "
        "are better",
        "c": "both with 1,000 generated images against the 1,000 held-out digits, five trainings each, with the spread",
        "d": "both with 1,000 generated images against the held-out digits, the best of ten checkpoints of each",
        "e": "FD-digits for A, the published FID for B",
    },
    answer="c",
    reasons={
        "a": '"5,000" against "1,000": the smaller sample pays more bias, (12.10), whatever the generator. Take '
        "equal sizes.",
        "b": '"training digits" as the reference: a generator that copies them is unbeatable. See section 6.',
        "c": '"held-out", equal sizes, and "the spread" over trainings: that is what section 7 does.',
        "d": '"the best of ten" on the held-out digits chooses by the test set, and by luck: the best of ten '
        "noisy numbers is too good. See section 4.",
        "e": '"published FID" uses other features, other images and other sample sizes: the numbers do not share '
        "a scale, see section 4.",
    },
    hints=(
        "What besides the generators differs in each option?",
        "Sample sizes, reference set, features, and how the checkpoint was chosen.",
        "Only one option keeps all of these equal, and repeats the training.",
    ),
)
