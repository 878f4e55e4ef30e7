"""Exercises of chapter 14, diffusion. Two clocks: the core's t is 0 at the noise, the other one's is 0 at the data."""

import math

import numpy as np

from course_lib.teaching.engine import ChoiceExercise, FunctionExercise
from course_lib.teaching.engine.choices import Wrong

NOISING, GUESSING, WALKING, NETWORK = "(14.1)", "section 2", "(14.4)", "(14.5)"
CLOCK, NAMES, SAMPLERS, COPIES, GUIDANCE = "section 7", "section 8", "section 10", "section 12", "section 13"


def _named(name, function):
    """A function that is written by its formula where a case is quoted."""
    function.__name__ = function.__qualname__ = name
    return function


def _each(values):
    """One number an image, in a shape that goes with the images."""
    return np.reshape(values, (-1, 1, 1, 1))


# fmt: off
ONE_AN_IMAGE = (
    _each,
    Wrong("times not reshaped", lambda t: t,
          "you multiply with numbers of the shape (N,) **as they are**. NumPy lines up the *last* axes, so they meet "
          "the channels, not the images. Give them the shape (N, 1, 1, 1)."),
    Wrong("reshaped to (N, 1)", lambda t: t[:, None],
          "you give the numbers of the images the shape **(N, 1)**, which meets the last two axes, columns and "
          "channels. With three axes behind the first it must be (N, 1, 1, 1)."),
    Wrong("reshaped to (N, 1, 1)", lambda t: t[:, None, None],
          "you give the numbers of the images the shape **(N, 1, 1)**, one axis too few (or (1, N, 1, 1)), so they "
          "meet the *rows*. It must be (N, 1, 1, 1)."),
    Wrong("the first time for all", lambda t: t[0],
          "you take the time of the **first image** for all. Each image has its own."),
    Wrong("the last time for all", lambda t: t[-1],
          "you take the time of the **last image** for all: a loop that ended before it was used? Each image has its "
          "own."),
    Wrong("the mean time for all", lambda t: np.mean(t),
          "you take the **mean** of the times for all images. Each image has its own."),
    Wrong("the times in reversed order", lambda t: _each(t[::-1]),
          "the **order of the times** is reversed: the first image gets the last time."),
)
# fmt: on


def _shapes():
    """Shapes of batches, among them those for which a wrong broadcast goes unnoticed."""
    small = (1, 1, 2, 1), (2, 1, 2, 1), (2, 2, 3, 1), (3, 2, 4, 1)
    return (*small, (3, 3, 3, 3), (2, 5, 4, 2), (4, 4, 4, 3), (5, 3, 2, 1))


# --- 14.1 One line of noise -------------------------------------------------------------------------------------------

TWO_IMAGES = np.array([1.0, 0, 2, -1]).reshape(2, 1, 2, 1), np.array([-1.0, 2, 0, 4]).reshape(2, 1, 2, 1)
IN_WORDS = "two images of two pixels, clean `[1, 0]` and `[2, -1]`, with the noise `[-1, 2]` and `[0, 4]`"


def _batches(rng):
    for shape in _shapes():
        yield rng.uniform(-1, 1, shape), rng.standard_normal(shape), rng.uniform(0, 1, shape[0])
    yield rng.uniform(-1, 1, (3, 2, 2, 1)), rng.standard_normal((3, 2, 2, 1)), np.array([0.0, 1.0, 0.5])
    yield rng.integers(0, 256, (2, 3, 3, 3)), rng.standard_normal((2, 3, 3, 3)), np.array([0.9, 0.2])
    yield np.zeros((2, 2, 2, 1)), rng.standard_normal((2, 2, 2, 1)), np.array([0.3, 0.8])
    yield rng.uniform(-1, 1, (2, 2, 3, 1)), np.zeros((2, 2, 3, 1), int), np.array([1.0, 0.0])


def _noised_by_loops(clean, noise, t):
    result = np.empty(clean.shape)
    for i in np.ndindex(clean.shape):
        result[i] = noise[i] + t[i[0]] * (clean[i] - noise[i])
    return result


add_noise = FunctionExercise(
    "14.1",
    "One line of noise",
    cases=_batches,
    oracle=_noised_by_loops,
    solution="""
    def add_noise(clean, noise, t):
        t = t.reshape(-1, 1, 1, 1)
        return t * clean + (1 - t) * noise
    """,
    example=(*TWO_IMAGES, np.array([0.25, 0.5])),
    hints=(
        "For one image it is (14.1). What must be done so that each image of the batch meets its own time?",
        "NumPy lines up shapes from the last axis on. `t` has the shape (N,), the images (N, H, W, C).",
        "`t = t.reshape(-1, 1, 1, 1)`, then (14.1) as it stands.",
    ),
    fixed=("clean.ndim", "noise.ndim", "t.ndim", "t.dtype"),
)


def _noised(image, noised, sign, both, shaped, images, after):
    def answer(clean, noise, t):
        t = shaped(t)
        a, b = both(image(t), noised(t), t)
        b = b * sign
        clean, noise = images(clean, noise)
        return after(a * clean + b * noise, clean)

    return answer


# fmt: off
add_noise.choices(
    _noised,
    place=NOISING,
    words=IN_WORDS + " and the times `[0.25, 0.5]`",
    image=(
        lambda t: t,
        Wrong("image not weighed", lambda t: 1,
              "the **image stays whole**, whatever the time is. At t = 0 nothing of it may be left: it is multiplied "
              "by t."),
        Wrong("1 - t times the image", lambda t: 1 - t,
              "the image is multiplied by **1 - t**, which belongs to the noise."),
        Wrong("minus 1 - t times the image", lambda t: t - 1,
              "you take **1 - t** times the image away; t times the image is added."),
        Wrong("1 + t times the image", lambda t: 1 + t,
              "the image is multiplied by **1 + t** (clean + t · (clean - noise) does so, and so does a `+=` too "
              "many). At t = 0 nothing of it may be left: it is multiplied by t."),
        Wrong("image subtracted", lambda t: -t,
              "the image has the **wrong sign**: you take t times the image away (noise - clean where clean - noise is "
              "meant?)."),
        Wrong("the root of t", lambda t: np.sqrt(t),
              "you multiply the image by **√t**; it is t, without a root."),
        Wrong("the square of t", lambda t: t**2,
              "you multiply the image by **t²**; it is t."),
        Wrong("noise only", lambda t: 0,
              "the **image is missing**. t times the image belongs to it."),
        Wrong("the image's t not reshaped", lambda t: np.ravel(t),
              "the t before the **image** is not reshaped: it has the shape (N,) and meets the channels. Both weights "
              "need (N, 1, 1, 1)."),
        Wrong("half of the image", lambda t: 0.5,
              "you take **half** of the image, whatever the time is."),
        Wrong("t (1 - t) times the image", lambda t: t * (1 - t),
              "your **brackets** are wrong: 1 - t multiplies the image, too. It belongs to the noise alone."),
    ),
    noised=(
        lambda t: 1 - t,
        Wrong("noise not weighed", lambda t: 1,
              "the **noise is added whole**, whatever the time is. At t = 1 nothing of it may be left: it is "
              "multiplied by 1 - t."),
        Wrong("t times the noise", lambda t: t,
              "the noise is multiplied by **t**, which belongs to the image. At t = 1 nothing of it may be left: it is "
              "1 - t."),
        Wrong("1 + t", lambda t: 1 + t,
              "you multiply the noise by **1 + t**: a sign. At t = 1 nothing of it may be left."),
        Wrong("the root of 1 - t", lambda t: np.sqrt(1 - t),
              "you multiply the noise by **√(1 - t)**; it is 1 - t, without a root."),
        Wrong("the root of 1 - t²", lambda t: np.sqrt(1 - t**2),
              "you multiply the noise by **√(1 - t²)**, which keeps the variance of data of variance 1: that is the "
              "other clock with √ᾱ = t. Here the walk is a straight line, so it is 1 - t."),
        Wrong("1 - t, squared", lambda t: (1 - t) ** 2,
              "you multiply the noise by **(1 - t)²**; it is 1 - t."),
        Wrong("1 - t²", lambda t: 1 - t**2,
              "you multiply the noise by **1 - t²**; it is 1 - t."),
        Wrong("image only", lambda t: 0,
              "the **noise is missing**. (1 - t) times the noise is added."),
        Wrong("the noise's 1 - t not reshaped", lambda t: 1 - np.ravel(t),
              "the 1 - t before the **noise** is not reshaped: it has the shape (N,) and meets the channels. Both "
              "weights need (N, 1, 1, 1)."),
        Wrong("half of the noise", lambda t: 0.5,
              "you take **half** of the noise, whatever the time is."),
        Wrong("t (1 - t) times the noise", lambda t: t * (1 - t),
              "your **brackets** are wrong: t multiplies the noise, too. It belongs to the image alone."),
        Wrong("1 - t · noise without brackets", lambda t: _OneMinus(t),
              "the **brackets** around 1 - t are missing: `1 - t * noise` is 1 minus t times the noise."),
    ),
    sign=(
        1,
        Wrong("noise subtracted", -1,
              "the noise has the **wrong sign**: you take (1 - t) times the noise away (or multiply it by t - 1)."),
    ),
    both=(
        lambda a, b, t: (a, b),
        Wrong("t and 1 - t exchanged", lambda a, b, t: (1 - t, t),
              "**t and 1 - t are exchanged**: your time runs the other way, from the image at 0 to the noise at 1. In "
              "this chapter's core time 0 is the noise."),
        Wrong("a plain sum", lambda a, b, t: (1, 1),
              "you **add image and noise** as they are; the time has no effect. The image is multiplied by t, the "
              "noise by 1 - t."),
        Wrong("half and half", lambda a, b, t: (0.5, 0.5),
              "you mix **half and half**, whatever the time is."),
        Wrong("roots of t and 1 - t", lambda a, b, t: (np.sqrt(t), np.sqrt(1 - t)),
              "you multiply by the **roots**, √t and √(1 - t). Roots belong to the other clock, with ᾱ (section 7). "
              "Here the walk is a straight line."),
        Wrong("squares of t and 1 - t", lambda a, b, t: (t**2, (1 - t) ** 2),
              "you multiply by the **squares**, t² and (1 - t)²; the two weights must add up to 1."),
        Wrong("exchanged, with roots", lambda a, b, t: (np.sqrt(1 - t), np.sqrt(t)),
              "you multiply the image by **√(1 - t)** and the noise by **√t**: exchanged, and with roots. It is t "
              "times the image and 1 - t times the noise."),
        Wrong("t times the noise, on the whole image", lambda a, b, t: (1, t),
              "you add **t times the noise** to the whole image. At t = 0 that is the clean image, where pure noise "
              "belongs; and the image never gets weaker."),
        Wrong("divided by the length", lambda a, b, t: (t / np.hypot(t, 1 - t), (1 - t) / np.hypot(t, 1 - t)),
              "you divide by **√(t² + (1 - t)²)**, which keeps the variance of data of variance 1. Here the walk is a "
              "straight line, and nothing is divided."),
        Wrong("the image not made weaker", lambda a, b, t: (1, (1 - t) / t),
              "you **divide by t**: the image stays as it is, and the noise is (1 - t)/t. That is a point of the walk, "
              "stretched: without end at t = 0. The weights are t and 1 - t."),
        Wrong("walked on from the image", lambda a, b, t: (1 + t, -t),
              "you begin at the **image** and walk on, away from the noise: clean + t · (clean - noise). Begin at the "
              "noise."),
        Wrong("walked away from the image", lambda a, b, t: (-t, 1 + t),
              "you begin at the noise and walk **away from the image**: noise + t · (noise - clean). The way is clean "
              "- noise."),
    ),
    shaped=ONE_AN_IMAGE,
    images=(
        lambda clean, noise: (clean, noise),
        Wrong("the first image's noise for all", lambda clean, noise: (clean, noise[:1]),
              "all images get the noise of the **first one**. Each has its own."),
        Wrong("the first image for all", lambda clean, noise: (clean[:1], noise),
              "all come from the **first image** of the batch."),
        Wrong("the mean noise of an image", lambda clean, noise: (clean, noise.mean((1, 2, 3), keepdims=True)),
              "all pixels of an image get the **same noise**, the mean of its noise. Each pixel has its own."),
        Wrong("the mean noise of all", lambda clean, noise: (clean, noise.mean()),
              "all pixels get **one and the same noise**, the mean of all. Each pixel has its own."),
        Wrong("noise in every channel alike", lambda clean, noise: (clean, noise[..., :1]),
              "all **channels** get the noise of the first one. Each number of the image has its own."),
        Wrong("image made of 0 to 1", lambda clean, noise: (clean / 255, noise),
              "you **divide the image by 255**. It has been handed over as it shall be used."),
        Wrong("image shifted to -1 to 1", lambda clean, noise: (2 * clean - 1, noise),
              "you **stretch the image**, 2 · clean - 1. It has been handed over as it shall be used."),
        Wrong("image and noise exchanged", lambda clean, noise: (noise, noise),
              "you use the **noise twice**: a copied line. One of the two is the image."),
        Wrong("the image used twice", lambda clean, noise: (clean, clean),
              "you use the **image twice**: a copied line. One of the two is the noise."),
    ),
    after=(
        lambda x, clean: x,
        Wrong("cut off at -1 and 1", lambda x, clean: np.clip(x, -1, 1),
              "you **cut off** the result at -1 and 1. Noisy pixels may lie outside; a network that never saw them "
              "would meet them when it draws."),
        Wrong("cut off at 0 and 1", lambda x, clean: np.clip(x, 0, 1),
              "you **cut off** the result at 0 and 1. Noisy pixels may lie outside, and here the images run from -1 "
              "to 1."),
        Wrong("stretched to variance 1", lambda x, clean: x / x.std(),
              "you **divide by the standard deviation** of the result. The weights t and 1 - t are all that is asked "
              "for."),
        Wrong("halved", lambda x, clean: x / 2,
              "you **halve** the result. The weights t and 1 - t add up to 1 already, so nothing is divided."),
        Wrong("a mean over the batch", lambda x, clean: x.mean(axis=0),
              "you **average over the batch**. Every image is to come out by itself."),
        Wrong("the first image only", lambda x, clean: x[0],
              "you return the **first image** only: a `return` inside the loop, or `[0]`?"),
        Wrong("a batch of the first image only", lambda x, clean: x[:1],
              "you return the **first image** only, as a batch of one: a `return` inside the loop?"),
        Wrong("the last image only", lambda x, clean: x[-1],
              "you return the **last image** only: each turn of a loop replaced the one before?"),
        Wrong("a batch of the last image only", lambda x, clean: x[-1:],
              "you return the **last image** only, as a batch of one: each turn of a loop replaced the one before?"),
        Wrong("the channel axis lost", lambda x, clean: x[..., 0],
              "the **axis of the channels** is lost: the result has the shape of the images, (N, H, W, C)."),
    ),
)
# fmt: on


class _OneMinus:
    """What `1 - t * noise` gives where a weight times the noise is meant."""

    def __init__(self, t):
        self.t = t

    def __mul__(self, noise):
        return 1 - self.t * noise if isinstance(noise, np.ndarray) else self


# --- 14.2 The best guess of two points --------------------------------------------------------------------------------


def _noisy_numbers(rng):
    yield np.array([0.5]), 0.5
    yield np.array([0.0, 1.0, -1.0]), 0.0
    yield np.array([0.1, 0.9, -0.4]), 0.25
    yield np.array([1.2, -0.7]), 0.75
    yield rng.standard_normal(5), 0.4
    yield rng.standard_normal((2, 3)), 0.6
    yield rng.standard_normal((2, 2, 2)), 0.1
    yield np.array([0.002, -0.004, 0.001]), 0.95
    yield np.array([0.5, -0.3]), 0.99
    yield np.array([1, -2]), 0.3
    yield np.array([40.0, -35.0]), 0.5
    yield np.array([30.0, -1.5]), 0.8
    yield np.array([4.5, -4.4]), 0.5
    yield rng.standard_normal(6) / 2, 0.7


def _guess_by_bayes(x, t):
    def one(value):
        plus, minus = (-((value - t * c) ** 2) / (2 * (1 - t) ** 2) for c in (1, -1))
        ahead = plus - minus  # how much likelier, as a logarithm
        odds = math.exp(-abs(ahead))
        return math.copysign((1 - odds) / (1 + odds), ahead)

    return np.array([one(float(value)) for value in np.ravel(x)]).reshape(np.shape(x))


best_guess = FunctionExercise(
    "14.2",
    "The best guess of two points",
    cases=_noisy_numbers,
    oracle=_guess_by_bayes,
    solution="""
    import numpy as np

    def best_guess(x, t):
        plus = -((x - t) ** 2) / (2 * (1 - t) ** 2)
        minus = -((x + t) ** 2) / (2 * (1 - t) ** 2)
        largest = np.maximum(plus, minus)
        plus, minus = np.exp(plus - largest), np.exp(minus - largest)
        return (plus - minus) / (plus + minus)
    """,
    example=(np.array([0.5]), 0.5),
    hints=(
        "If the clean number was +1, which noise led to x? And if it was -1? How likely is each of the two?",
        "The noise was (x - t · clean) / (1 - t). Weigh +1 and -1 by the bell at that place, and divide by the sum of "
        "the weights. Which of the two exponents is larger may be taken off from both.",
        "In closed form it is `np.tanh(t * x / (1 - t) ** 2)`.",
    ),
    rtol=1e-7,
    atol=1e-9,
)


def _guessed(distance, width, points, mean):
    def answer(x, t):
        logs = [-distance(x, t, c) / width(t) for c in points]
        return mean(*logs, *points, x, t)

    return answer


def _weighted(a, b, p, q, x, t):
    a, b = _with_one(a, b)
    return (a * p + b * q) / (a + b)


TINY = (
    "you **add a small number** to the sum of the weights, so that nothing is divided by 0. But for t near 1 the "
    "weights are smaller than that, and the guess goes to 0. Take the larger exponent off before `exp`."
)
TINIES = (1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16, 1e-20)


def _plainly(tiny=0.0):
    def mean(a, b, p, q, x, t):
        with np.errstate(all="ignore"):
            a, b = np.exp(a), np.exp(b)
            return (a * p + b * q) / (a + b + tiny)

    return mean


def _with_one(a, b):
    """The weights, of which the larger is 1."""
    largest = np.maximum(a, b)
    return np.exp(a - largest), np.exp(b - largest)


def _largest_is_one(a, b, p, q):
    a, b = _with_one(a, b)
    return a * p + b * q


def _by_another(a, b, p, q, taken):
    """The weighted mean after something else than the larger exponent has been taken off."""
    with np.errstate(all="ignore"):
        a, b = np.exp(a - taken), np.exp(b - taken)
        return (a * p + b * q) / (a + b)


def _over_values(a, b, p, q, axis):
    """Weights that add up to 1 over the values of x, for each point by itself."""
    a, b = (np.exp(side - side.max(axis=axis, keepdims=True)) for side in (a, b))
    return a / a.sum(axis=axis, keepdims=True) * p + b / b.sum(axis=axis, keepdims=True) * q


def _over_everything(a, b, p, q):
    largest = np.maximum(a, b).max()
    a, b = np.exp(a - largest), np.exp(b - largest)
    return (a * p + b * q) / (a + b).sum()


def _inversely(far, farther, p, q):
    with np.errstate(all="ignore"):
        return (p / far + q / farther) / (1 / far + 1 / farther)


# fmt: off
best_guess.choices(
    _guessed,
    place=GUESSING,
    words="`x = [0.5]`, `t = 0.5`",
    distance=(
        lambda x, t, c: (x - t * c) ** 2,
        Wrong("the points not multiplied by t", lambda x, t, c: (x - c) ** 2,
              "you measure how far `x` is from the **clean** points. At time t they have moved to -t and +t: the "
              "distance is x - t · clean. (In closed form: tanh of t x/(1 - t)², with the t.)"),
        Wrong("the points multiplied by 1 - t", lambda x, t, c: (x - (1 - t) * c) ** 2,
              "you multiply the clean points by **1 - t**: time reversed. At t = 1 they must be where they are."),
        Wrong("distance not squared", lambda x, t, c: np.abs(x - t * c),
              "your exponent holds the **distance**, not its square. A bell is e to the minus *square*."),
        Wrong("x / t beside the points", lambda x, t, c: (x / max(t, 1e-3) - c) ** 2,
              "you **divide `x` by t** and compare with the clean points, but then the noise has become larger, too: "
              "its width would be (1 - t)/t."),
    ),
    width=(
        lambda t: 2 * (1 - t) ** 2,
        Wrong("1 - t for its square", lambda t: 2 * (1 - t),
              "you divide by **1 - t where its square** is meant: the noise has the width 1 - t, and a bell divides "
              "by the square of its width."),
        Wrong("the 2 of the bell missing", lambda t: (1 - t) ** 2,
              "the **2** in the bell's exponent is missing: the square is divided by *2* times the width squared. "
              "(tanh of half the difference of the exponents is right, of the whole difference is not.)"),
        Wrong("the 2 on the other side", lambda t: (1 - t) ** 2 / 2,
              "the **2** of the bell's exponent multiplies where it divides."),
        Wrong("t for 1 - t", lambda t: 2 * max(t, 1e-3) ** 2,
              "your bells have the width **t**; the noise is multiplied by 1 - t. At t = 0 all is noise, at t = 1 "
              "nothing."),
        Wrong("width 1 at every time", lambda t: 2,
              "your bells have the **width 1 at every time**. The noise in x has the width 1 - t."),
        Wrong("1 - t² for the square", lambda t: 2 * (1 - t**2),
              "you divide by 2 **(1 - t²)**, the variance on the other clock. Here it is 2 (1 - t)²: the square of the "
              "whole difference."),
        Wrong("1 - t and no 2", lambda t: 1 - t,
              "you divide by **1 - t** alone; a bell divides by 2 times the *square* of its width."),
        Wrong("the variance squared", lambda t: 2 * (1 - t) ** 4,
              "you square the width **twice**: it is (1 - t)², not its square."),
        Wrong("a 2 too many", lambda t: (2 * (1 - t)) ** 2,
              "your exponents are **half** of what they should be: `(2 * (1 - t))**2` squares the 2, too, or there is "
              "a 2 too many. A bell divides by 2 (1 - t)²."),
        Wrong("divided outside of exp", lambda t: 1,
              "you do not divide by 2 (1 - t)² **in the exponent** (outside of `exp` it cancels, above and below). It "
              "belongs inside: exp(-(x - t d)²/(2 (1 - t)²))."),
        Wrong("divided, then multiplied", lambda t: 2 / (1 - t) ** 2,
              "**brackets**: `/ 2 * (1 - t)**2` divides by 2 and *multiplies* by the square. Write `/ (2 * (1 - "
              "t)**2)`."),
    ),
    points=(
        (1, -1),
        Wrong("the points 0 and 1", (1, 0),
              "your points are **0 and 1**; the data are -1 and +1."),
        Wrong("the points 2 apart from 0", (2, -2),
              "your points are **-2 and 2**; the data are -1 and +1."),
    ),
    mean=(
        _weighted,
        Wrong("the likelier point", lambda a, b, p, q, x, t: np.where(a > b, p, np.where(a < b, q, (p + q) / 2)),
              "you return the **likelier point**. With squared errors the best guess is the weighted *mean*: near the "
              "middle it stays undecided."),
        Wrong("the probability of +1", lambda a, b, p, q, x, t: 1 / (1 + np.exp(np.clip(b - a, -700, 700))),
              "you return the **probability of +1**, a number from 0 to 1. Weigh both points with it: 1 · p + (-1) · "
              "(1 - p)."),
        Wrong("the probability of -1", lambda a, b, p, q, x, t: 1 / (1 + np.exp(np.clip(a - b, -700, 700))),
              "you return the **probability of -1**. Weigh both points: 1 · p + (-1) · (1 - p)."),
        Wrong("the weights exchanged", lambda a, b, p, q, x, t: _weighted(b, a, p, q, x, t),
              "a **sign** is wrong: +1 gets the weight of -1 (the two are exchanged, or x + t · clean stands in the "
              "exponent). What lies on the right came more likely from +1."),
        Wrong("the weights not divided by their sum", lambda a, b, p, q, x, t: np.exp(a) * p + np.exp(b) * q,
              "the weighted sum is **not divided by the sum of the weights**, so it is no mean."),
        Wrong("the larger exponent not taken off", _plainly(),
              "for t near 1 or x far out **both weights are 0**, and 0/0 is NaN. Take the larger of the two exponents "
              "off from both before `exp`: their ratio stays what it is."),
        *(Wrong(f"{tiny:g} added below", _plainly(tiny), TINY) for tiny in TINIES),
        Wrong("a softmax over the values of x", lambda a, b, p, q, x, t: _over_values(a, b, p, q, None),
              "your weights add up to 1 along the **wrong axis**: over the values of x. They are to do so over the two "
              "points, for each x by itself."),
        Wrong("a softmax along the first axis of x", lambda a, b, p, q, x, t: _over_values(a, b, p, q, 0),
              "your weights add up to 1 along the **wrong axis**: along the first axis of x. They are to do so over "
              "the two points, for each x by itself."),
        Wrong("one sum for all values", lambda a, b, p, q, x, t: _over_everything(a, b, p, q),
              "you divide by **one sum** over all values of x. Each x has its own: the sum of its two weights."),
        Wrong("the largest exponent of all taken off",
              lambda a, b, p, q, x, t: _by_another(a, b, p, q, np.maximum(a, b).max()),
              "you take the largest exponent of **all x** off, so that far from it both weights are 0, and 0/0 is NaN. "
              "Each x has its own: `np.maximum` of its two exponents."),
        Wrong("the smaller exponent taken off", lambda a, b, p, q, x, t: _by_another(a, b, p, q, np.minimum(a, b)),
              "you take the **smaller** of the two exponents off: the other then grows beyond the largest float, and "
              "∞/∞ is NaN. Take the larger off."),
        Wrong("NaN replaced by 0", lambda a, b, p, q, x, t: np.nan_to_num(_plainly()(a, b, p, q, x, t)),
              "you **replace NaN by 0**: where both weights are 0 the guess is not 0, but -1 or +1. Take the larger "
              "exponent off before `exp`, and there is no NaN."),
        Wrong("brackets around the difference missing",
              lambda a, b, p, q, x, t: (lambda v, w: v * p + w * q / (v + w))(*_with_one(a, b)),
              "the **brackets** around the difference are missing: `a - b / (a + b)` divides the second weight only. "
              "Both are divided by the sum."),
        Wrong("the weights added above, too", lambda a, b, p, q, x, t: np.ones(np.shape(x)),
              "you return **1** for every x: the weights' sum, divided by itself. Above, each weight is multiplied by "
              "its point, so that the weight of -1 has a minus."),
        Wrong("the larger taken off, not divided", lambda a, b, p, q, x, t: _largest_is_one(a, b, p, q),
              "the weighted sum is **not divided by the sum of the weights**; the larger of them is 1, and the other "
              "comes on top."),
        Wrong("the exponents for the weights", lambda a, b, p, q, x, t: (a * p + b * q) / (a + b),
              "you weigh with the **exponents** themselves: `exp` is missing."),
        Wrong("divided by 2", lambda a, b, p, q, x, t: (np.exp(a) * p + np.exp(b) * q) / 2,
              "you divide by **2, the number of points**; the mean is weighted, so divide by the sum of the weights."),
        Wrong("the mean of the data", lambda a, b, p, q, x, t: np.full(np.shape(x), (p + q) / 2),
              "you return the **mean of the data** whatever you see. That is the best guess at t = 0 only, where x "
              "tells nothing."),
        Wrong("x itself", lambda a, b, p, q, x, t: np.asarray(x),
              "you return **x as it is**, with all its noise."),
        Wrong("x divided by t", lambda a, b, p, q, x, t: np.asarray(x) / t,
              "you return **x / t**: what the clean number would be if the noise were 0. It must be one between -1 and "
              "+1: the mean of the two, weighted."),
        Wrong("x divided by t, cut off", lambda a, b, p, q, x, t: np.clip(np.asarray(x) / max(t, 1e-300), -1, 1),
              "you **cut off x / t** at -1 and 1. The best guess is the mean of the two points, weighted by how likely "
              "each is."),
        Wrong("divided outside tanh", lambda a, b, p, q, x, t: np.tanh(t * np.asarray(x)) / (1 - t) ** 2,
              "you divide by (1 - t)² **outside** of `tanh`; it belongs inside."),
        Wrong("the guess multiplied by t", lambda a, b, p, q, x, t: t * _weighted(a, b, p, q, x, t),
              "you average the **moved points**, -t and t. The weights come from those, but the mean is that of the "
              "clean points -1 and 1."),
        Wrong("one over the distance", lambda a, b, p, q, x, t: _inversely(np.sqrt(-a), np.sqrt(-b), p, q),
              "you weigh with **one over the distance**; the weight of a point is a bell, `exp` of minus the square."),
        Wrong("one over the squared distance", lambda a, b, p, q, x, t: _inversely(-a, -b, p, q),
              "you weigh with **one over the squared distance**; the weight of a point is a bell, `exp` of minus the "
              "square."),
        Wrong("the difference of the exponents", lambda a, b, p, q, x, t: a - b,
              "you return the **difference of the exponents**: how much likelier +1 is, as a logarithm. From it the "
              "weights come with `exp`."),
        Wrong("x cut off", lambda a, b, p, q, x, t: np.clip(np.asarray(x), -1, 1),
              "you **cut off x** at -1 and 1. The best guess is the mean of the two points, weighted by how likely "
              "each is."),
    ),
)
# fmt: on


@best_guess.mistake("the bell of section 2")
def _(x, t):
    """you use (14.2), the formula for a **bell**, with the mean 0 and the width 1 of these data. For `x = [0.5]`,
    `t = 0.5` you return `[0.5]`, expected `[0.7616]`. The data are two points, not a bell: the best guess is no
    straight line in x. Look again at section 2."""
    return t * np.asarray(x) / (t**2 + (1 - t) ** 2)


# --- 14.3 Draw --------------------------------------------------------------------------------------------------------

AWAY = _named("x + 1", lambda x, t: x + 1)
CLOCKED = _named("t", lambda x, t: np.zeros_like(x) + t)
HOME = _named("(2 - x) / (1 - t)", lambda x, t: (2 - x) / (1 - t))
TURNING = _named("(t + 1) * x - 1", lambda x, t: (t + 1) * x - 1)
WAVES = _named("cos(3 * x) - t * x", lambda x, t: np.cos(3 * x) - t * x)
BELL = _named("0.25 * t * (x - 0.3 * t) / (0.25 * t**2 + (1 - t)**2) - x",
              lambda x, t: 0.25 * t * (x - 0.3 * t) / (0.25 * t**2 + (1 - t) ** 2) - x)  # fmt: skip


def _walks(rng):
    yield CLOCKED, np.array([0.0, 1.0]), 2
    yield AWAY, np.array([1.0]), 1
    yield AWAY, np.array([0.0, 1.0, -2.0]), 3
    yield HOME, np.array([0.0, -1.0]), 1
    yield HOME, np.array([3.0, -1.0, 0.5]), 4
    yield TURNING, rng.standard_normal(4), 2
    yield TURNING, rng.standard_normal((3, 2)), 5
    yield WAVES, rng.standard_normal((2, 2, 2)), 6
    yield WAVES, rng.standard_normal((4, 2)), 10
    yield BELL, rng.standard_normal((2, 3, 1)), 8
    yield BELL, rng.standard_normal(6), 7


def _walked(velocity, start, n):
    x, passed = np.array(start, float), 0
    while passed < n:
        x = x + np.divide(velocity(x, passed / n), n)
        passed += 1
    return x


sample = FunctionExercise(
    "14.3",
    "Draw",
    cases=_walks,
    oracle=_walked,
    solution="""
    def sample(velocity, start, n):
        x, h = start, 1 / n
        for i in range(n):
            x = x + h * velocity(x, i * h)
        return x
    """,
    example=(TURNING, np.array([1.0, 2.0]), 2),
    hints=(
        "How long is one of `n` equal steps from 0 to 1? At which times do they begin?",
        "In each step: ask for the speed where you stand now, at the time at which the step begins; walk for the time "
        "1/n at that speed.",
        "`for i in range(n): x = x + velocity(x, i / n) / n`.",
    ),
    rtol=1e-7,
    atol=1e-9,
    fixed=("velocity", "start.dtype"),
)


def _euler(begins, length, count, moved, returned):
    def answer(velocity, start, n):
        x, states, h, speed = np.array(start, float), [np.array(start, float)], length(n), 0.0
        for i in range(count(n)):
            x, speed = moved(velocity, x, begins(i, n), h, start)
            states.append(x)
        return returned(x, states, speed)

    return answer


def _step(velocity, x, t, h, start):
    speed = velocity(x, t)
    return x + h * speed, speed


def _moved(new):
    def step(velocity, x, t, h, start):
        speed = velocity(x, t)
        return new(x, speed, h, start), speed

    return step


def _middle(velocity, x, t, h, start):
    speed = velocity(x + h / 2 * velocity(x, t), t + h / 2)
    return x + h * speed, speed


def _both_ends(velocity, x, t, h, start):
    first = velocity(x, t)
    speed = (first + velocity(x + h * first, t + h)) / 2
    return x + h * speed, speed


def _asked_at_the_start(velocity, x, t, h, start):
    speed = velocity(np.array(start), t)
    return x + h * speed, speed


def _four_times(velocity, x, t, h, start):
    a = velocity(x, t)
    b = velocity(x + h / 2 * a, t + h / 2)
    c = velocity(x + h / 2 * b, t + h / 2)
    speed = (a + 2 * b + 2 * c + velocity(x + h * c, t + h)) / 6
    return x + h * speed, speed


def _while_below_one(n):
    time, count = 0.0, 0
    while time < 1:
        time, count = time + 1 / n, count + 1
    return count


# fmt: off
sample.choices(
    _euler,
    place=WALKING,
    words="the velocity `(t + 1) * x - 1` from `[1, 2]` in 2 steps",
    begins=(
        lambda i, n: i / n,
        Wrong("time after the step", lambda i, n: (i + 1) / n,
              "you ask for the speed at the time at which the step **ends**, (i + 1)/n. It is asked at the beginning, "
              "i/n; and the last step would ask at time 1, where (14.3) divides by 0."),
        Wrong("time in the middle of the step", lambda i, n: (i + 0.5) / n,
              "you ask at the **middle** of the time of the step, but at the place of its beginning. Euler's step asks "
              "where and when it begins."),
        Wrong("time reversed", lambda i, n: 1 - i / n,
              "your **time runs backwards**, from 1 to 0. Noise is at time 0, so the walk begins there."),
        Wrong("time reversed, one step later", lambda i, n: (n - 1 - i) / n,
              "your **time runs backwards**, down to 0. Noise is at time 0, so the walk begins there."),
        Wrong("time always 0", lambda i, n: 0.0,
              "you ask at **time 0 in every step**. The time must go on with the walk."),
        Wrong("the number of the step for the time", lambda i, n: i,
              "you hand over the **number of the step** for the time. Times run from 0 to 1: i/n."),
        Wrong("the number of the step times n", lambda i, n: i * n,
              "you **multiply** the number of the step by n; its time is i/n."),
        Wrong("the length of a step for the time", lambda i, n: 1 / n,
              "you hand over the **length of a step** for the time, the same in every step; its time is i/n."),
        Wrong("times that end at 1", lambda i, n: float(np.linspace(0, 1, n)[min(i, n - 1)]),
              "your times come from `linspace(0, 1, n)`: n times, but only **n - 1 steps** between them. n steps begin "
              "at 0, 1/n ... (n - 1)/n."),
        Wrong("times of n + 1 steps", lambda i, n: i / (n + 1),
              "your times are those of **n + 1** steps, i/(n + 1)."),
        Wrong("steps counted from 1 to n, times reversed", lambda i, n: 1 - (i + 0.5) / n,
              "your time runs **backwards**, and you ask in the middle of the step."),
        Wrong("t and h multiplied", lambda i, n: i / n**2,
              "your times are **i/n²**: divided by n twice."),
        Wrong("time always 1", lambda i, n: 1.0,
              "you ask at **time 1 in every step**. The time must go on with the walk, from 0."),
    ),
    length=(
        lambda n: 1 / n,
        Wrong("walked backwards", lambda n: -1 / n,
              "you **subtract** the way of a step: you walk backwards, against the arrows. Velocity is clean "
              "minus noise, so it is added."),
        Wrong("the length of a step missing", lambda n: 1.0,
              "you **forget the length of a step**: each goes on for the whole time 1. n of them are n times too far."),
        Wrong("steps of length 1 / (n - 1)", lambda n: 1 / max(n - 1, 1),
              "your steps have the length **1/(n - 1)**, so n of them go past time 1."),
        Wrong("steps of length 1 / (n + 1)", lambda n: 1 / (n + 1),
              "your steps have the length **1/(n + 1)**, so n of them do not reach time 1."),
        Wrong("multiplied by n", lambda n: float(n),
              "you **multiply by n** where you divide by it."),
        Wrong("half a step", lambda n: 0.5 / n,
              "you go only **half** of each step."),
        Wrong("the length squared", lambda n: 1 / n**2,
              "you multiply by the length of a step **twice**."),
        Wrong("the root of the length", lambda n: n**-0.5,
              "you multiply by the **root** of the length of a step. That is for noise; a speed is multiplied by the "
              "time."),
    ),
    count=(
        lambda n: n,
        Wrong("one step too few", lambda n: n - 1,
              "you make **n - 1 steps**, and stop before time 1."),
        Wrong("one step too many", lambda n: n + 1,
              "you make **n + 1 steps**, and go past time 1."),
        Wrong("one step too many by rounding", _while_below_one,
              "your loop runs **while t < 1**, and t is a sum of rounded numbers: for some n it ends a hair below 1, "
              "and you make n + 1 steps. Count the steps: `for i in range(n)`."),
        Wrong("a single step", lambda n: 1,
              "you make **one step** only: a `return` inside the loop?"),
        Wrong("no step", lambda n: 0,
              "you make **no step**: you return `start`."),
    ),
    moved=(
        _step,
        Wrong("all steps from the start", _moved(lambda x, v, h, start: start + h * v),
              "every step begins **at `start` again**, so only the last one counts. Go on from where you are: x = x + "
              "..."),
        Wrong("speeds asked at the start", _asked_at_the_start,
              "you ask for the speed **at `start`** in every step. The arrows are other ones where you are now: ask "
              "`velocity(x, t)`."),
        Wrong("place replaced by the speed", _moved(lambda x, v, h, start: v + 0 * x),
              "you **replace x by the speed**. The speed, times the length of the step, is added to x."),
        Wrong("place replaced by the way", _moved(lambda x, v, h, start: h * v + 0 * x),
              "you **replace x by the way** of the step. It is added to x."),
        Wrong("way to a guess", _moved(lambda x, v, h, start: x + h * (v - x)),
              "you walk towards `velocity(x, t)` **as if it were a place**. It is a speed already: no - x."),
        Wrong("the midpoint method", _middle,
              "you make a **better step** than Euler's: you try half a step, and take the speed there. That is the "
              "midpoint method, which comes later (section 10), and asks twice."),
        Wrong("Heun's method", _both_ends,
              "you make a **better step** than Euler's: the mean of the speeds at both ends. That is Heun's method, "
              "which comes later (section 10), and asks twice."),
        Wrong("place and time exchanged", lambda velocity, x, t, h, start: (x + h * velocity(t, x), 0.0),
              "you ask `velocity(t, x)`: **place and time are exchanged**. It is `velocity(x, t)`."),
        Wrong("the Runge-Kutta method", _four_times,
              "you make a **better step** than Euler's, that of Runge and Kutta (section 10), which asks four times. "
              "Euler's asks once, where and when the step begins."),
        Wrong("a guess taken for the velocity", lambda velocity, x, t, h, start:
              (x + h * (velocity(x, t) - x) / max(1 - t, 1e-9), 0.0),
              "you make a speed of `velocity(x, t)` **once more**, by (14.3). It is a speed already."),
        Wrong("walked back from time 1", lambda velocity, x, t, h, start: (x - h * velocity(x, 1 - t), 0.0),
              "you walk **from time 1 back to 0**, against the velocity. Noise is at time 0: begin there, and add."),
        Wrong("the time that is left for the length of a step",
              lambda velocity, x, t, h, start: (x + (1 - t) * velocity(x, t), 0.0),
              "you walk for the **time that is left**, 1 - t, in every step: to the guess itself. Each step has the "
              "length 1/n."),
        Wrong("the time for the length of a step", lambda velocity, x, t, h, start: (x + t * velocity(x, t), 0.0),
              "you walk for the **time that has passed**, t, in every step; each step has the length 1/n."),
        Wrong("the place multiplied", _moved(lambda x, v, h, start: x * (1 + h * v)),
              "you **multiply** x by 1 + h v. The way is added: x + h v."),
        Wrong("x and the speed exchanged", _moved(lambda x, v, h, start: v + h * x),
              "x and the speed are **exchanged**: it is the speed that is multiplied by the length of the step."),
        Wrong("divided by the time that is left", lambda velocity, x, t, h, start:
              (x + h * velocity(x, t) / max(1 - t, 1e-9), 0.0),
              "you **divide the speed by 1 - t**. `velocity` has done that already, see (14.3)."),
        Wrong("the brackets", _moved(lambda x, v, h, start: h * (x + v)),
              "your **brackets** are wrong: the length of the step multiplies x, too. It multiplies the speed alone."),
    ),
    returned=(
        lambda x, states, speed: x,
        Wrong("all places", lambda x, states, speed: np.array(states),
              "you return **all places** of the walk. Only the last is asked for."),
        Wrong("all places but the start", lambda x, states, speed: np.array(states[1:]),
              "you return the places after **every step**. Only the last is asked for."),
        Wrong("the last speed", lambda x, states, speed: speed + 0 * x,
              "you return the **last speed**, not the place."),
        Wrong("the way", lambda x, states, speed: x - states[0],
              "you return the **way** that the walkers have gone: `start` is missing in it."),
        Wrong("the mean of the walkers", lambda x, states, speed: x.mean(axis=0),
              "you return the **mean** of the walkers; each is asked for."),
        Wrong("cut off at -1 and 1", lambda x, states, speed: np.clip(x, -1, 1),
              "you **cut off** the result at -1 and 1. The walkers are where they are; data need not lie between."),
        Wrong("the mean of all places", lambda x, states, speed: np.mean(states, axis=0),
              "you return the **mean of all places** on the walk. Only the last is asked for."),
    ),
)
# fmt: on

# --- 14.4 Which way? --------------------------------------------------------------------------------------------------

which_way = ChoiceExercise(
    "14.4",
    "Which way?",
    options={
        "a": "data, as before: squared errors do not see a sign",
        "b": "nothing like the data: every step leads away from the best guess, and hardly a walker ends at a heap",
        "c": "data, upside down: every sample x comes out as -x",
        "d": "noise, as at the start: the walkers stay where they are",
    },
    answer="b",
    reasons={
        "a": 'it is true that "squared errors do not see a sign" in one way: the training is as easy. But what is '
        "learnt is the mean of noise minus clean, minus the right speed, and `sample` adds it: every step goes the "
        "wrong way. Look again at (14.3) and (14.4).",
        "b": 'the right speed is (guess - x)/(1 - t). With the other sign every step "leads away from the best guess": '
        "in the first one all leave the middle; later those outside of the ring are flung far out, and those inside "
        "are pushed back to the middle, where no datum is. The low loss tells nothing of it. What helps: learn clean "
        "minus noise, as in (14.3), or walk with a minus.",
        "c": '"upside down" would be right if the *data* had changed their sign. Here each step changes its sign, and '
        "the next one begins at the wrong place: that adds up to no mirror image. Try the walk of (14.4) with two "
        "steps.",
        "d": 'the walkers would "stay where they are" if the speeds were 0. They are as large as the right ones, and '
        "point the other way, see (14.3).",
    },
    hints=(
        "Take one heap's neighbourhood, late in the walk. Where does the right arrow point there?",
        "The right speed is (guess - x)/(1 - t), towards the best guess. What is it with the other sign?",
        "A walker near a heap is driven away from it. Try it: `sample(lambda x, t: -arrows(x, t), walkers, 16)`.",
    ),
)

# --- 14.5 A training step ---------------------------------------------------------------------------------------------


def _denoiser(name, guess):
    """A network in small: like a large one it takes one time an image, the shape (N,), and no other."""

    def network(x, t):
        if np.ndim(t) > 1:
            raise ValueError(f"the denoiser takes times of the shape (N,), and got {tuple(np.shape(t))}")
        return guess(x, _each(t))

    return _named(name, network)


HALF = _denoiser("x / 2", lambda x, t: x / 2)
SHIFTED = _denoiser("x + t", lambda x, t: x + t)
FADING = _denoiser("t * x", lambda x, t: t * x)
SAYS_ONE = _denoiser("1 + 0 * x", lambda x, t: np.ones_like(x))
SQUARED = _denoiser("x**2 - t", lambda x, t: x**2 - t)


def _training_batches(rng):
    networks = (HALF, SHIFTED, FADING, SAYS_ONE, SQUARED, SHIFTED, HALF, FADING)
    for network, shape in zip(networks, _shapes(), strict=True):
        clean, noise = rng.uniform(-1, 1, shape), rng.standard_normal(shape)
        yield network, clean, noise, rng.uniform(0, 0.9, shape[0])
    for network, times in ((SHIFTED, [0.99, 0.5, 1.0]), (SQUARED, [0.97, 0.0, 0.2]), (FADING, [0.96, 0.98, 0.999])):
        yield network, rng.uniform(-1, 1, (3, 2, 2, 1)), rng.standard_normal((3, 2, 2, 1)), np.array(times)
    yield SAYS_ONE, np.array([1.0, -1]).reshape(1, 1, 2, 1), np.array([2.0, 0]).reshape(1, 1, 2, 1), np.array([0.0])


def _loss_by_loops(denoiser, clean, noise, t):
    errors = []
    for image, its_noise, time in zip(clean, noise, t, strict=True):
        x = its_noise + time * (image - its_noise)
        guess = denoiser(x[None], np.array([time]))[0]
        left = 1 - time if time < 0.95 else 0.05
        errors.extend(((guess - x) / left + its_noise - image).ravel() ** 2)
    return sum(errors) / len(errors)


training_loss = FunctionExercise(
    "14.5",
    "A training step",
    cases=_training_batches,
    oracle=_loss_by_loops,
    solution="""
    from keras import ops

    def training_loss(denoiser, clean, noise, t):
        time = t[:, None, None, None]
        x = time * clean + (1 - time) * noise
        speed = (denoiser(x, t) - x) / ops.maximum(1 - time, 0.05)
        return ops.mean((speed - (clean - noise)) ** 2)
    """,
    example=(
        SHIFTED,
        np.array([1.0, 0, 2, -1]).reshape(2, 1, 2, 1),
        np.array([-1.0, 2, 0, 4]).reshape(2, 1, 2, 1),
        np.array([0.0, 0.5]),
    ),  # fmt: skip
    hints=(
        "Four lines, those of the recipe in section 5. What does the network see, and what must it never see?",
        "x by (14.1), the guess `denoiser(x, t)`, the speed that it means by (14.3) with at least 0.05 below, and the "
        "difference from clean - noise.",
        "`speed = (denoiser(x, t) - x) / ops.maximum(1 - time, 0.05)`, then `ops.mean` of its squared difference from "
        "`clean - noise`; `time` is `t[:, None, None, None]`.",
    ),
    rtol=1e-7,
    atol=1e-9,
    fixed=("denoiser", "clean.ndim", "clean.dtype", "noise.ndim", "noise.dtype", "t.ndim", "t.dtype"),
)


def _trained(shaped, mixed, seen, speed, target, compared, error):
    def answer(denoiser, clean, noise, t):
        time = shaped(t)
        x = mixed(clean, noise, time)
        guess = seen(denoiser, x, clean, noise, t)
        speeds = speed(guess, x, time, clean, noise), target(clean, noise, x, guess)
        return error(compared(*speeds, guess, x, time, clean, noise))

    return answer


def _left(time):
    return np.maximum(1 - time, 0.05)


# fmt: off
training_loss.choices(
    _trained,
    place=NETWORK,
    words="the denoiser `x + t`, the clean images `[1, 0]` and `[2, -1]`, the noise `[-1, 2]` and `[0, 4]`, the times "
    "`[0, 0.5]`",
    shaped=ONE_AN_IMAGE,
    mixed=(
        lambda clean, noise, time: time * clean + (1 - time) * noise,
        Wrong("t and 1 - t exchanged in the mixture", lambda clean, noise, time: (1 - time) * clean + time * noise,
              "you mix with **t and 1 - t exchanged**: at t = 0 your network sees the clean image. Time 0 is the "
              "noise, (14.1).", "(14.1)"),
        Wrong("noise added whole", lambda clean, noise, time: time * clean + noise,
              "the **noise is added whole** in your mixture; it is multiplied by 1 - t, (14.1).", "(14.1)"),
        Wrong("image kept whole", lambda clean, noise, time: clean + (1 - time) * noise,
              "the **image stays whole** in your mixture; it is multiplied by t, (14.1).", "(14.1)"),
        Wrong("roots in the mixture", lambda clean, noise, time: np.sqrt(time) * clean + np.sqrt(1 - time) * noise,
              "you mix with **roots** of t and 1 - t. They belong to the other clock, section 7; here it is (14.1).",
              "(14.1)"),
        Wrong("image and noise only added", lambda clean, noise, time: clean + noise,
              "you mix by a **plain sum** of image and noise, without the time, (14.1).", "(14.1)"),
        Wrong("t not reshaped in the mixture",
              lambda clean, noise, time: np.ravel(time) * clean + (1 - np.ravel(time)) * noise,
              "the t of your **mixture** is not reshaped: it has the shape (N,) and meets the channels.", "(14.1)"),
        Wrong("noise subtracted in the mixture", lambda clean, noise, time: time * clean - (1 - time) * noise,
              "you **subtract** the noise in your mixture; it is added, (14.1).", "(14.1)"),
    ),
    seen=(
        lambda denoiser, x, clean, noise, t: denoiser(x, t),
        Wrong("the clean image fed to the network", lambda denoiser, x, clean, noise, t: denoiser(clean, t),
              "your network is shown the **clean image**. It learns to hand it back, the loss falls to nothing, and "
              "when you draw there is no clean image. Show it `x`, the mixture."),
        Wrong("the noise fed to the network", lambda denoiser, x, clean, noise, t: denoiser(noise, t),
              "your network is shown the **pure noise**. From that nobody can guess the image. Show it `x`, the "
              "mixture."),
        Wrong("1 - t told to the network", lambda denoiser, x, clean, noise, t: denoiser(x, 1 - t),
              "you tell the network **1 - t** for the time. It would learn that, but `sample` asks with t."),
        Wrong("time 0 told to the network", lambda denoiser, x, clean, noise, t: denoiser(x, 0 * t),
              "you tell the network **no time** (0 for every image). How much of x to believe depends on it, (14.2)."),
        Wrong("the first time told to the network", lambda denoiser, x, clean, noise, t: denoiser(x, 0 * t + t[0]),
              "you tell the network the time of the **first image** for all."),
        Wrong("a thousand times the time", lambda denoiser, x, clean, noise, t: denoiser(x, 1000 * t),
              "you tell the network **1000 · t**. This denoiser takes times from 0 to 1, as (14.3) does."),
        Wrong("the network asked for the mixture", lambda denoiser, x, clean, noise, t: x,
              "the network is **not asked**: the mixture itself is taken for its guess."),
        Wrong("the clean image taken for the guess", lambda denoiser, x, clean, noise, t: clean,
              "the network is **not asked**: the clean image itself is taken for its guess, so nothing can be learnt."),
        Wrong("the guess cut off at -1 and 1", lambda denoiser, x, clean, noise, t: np.clip(denoiser(x, t), -1, 1),
              "you **cut off the guess** at -1 and 1. Where it lies outside, the network would no longer be told which "
              "way to change."),
    ),
    speed=(
        lambda guess, x, time, clean, noise: (guess - x) / _left(time),
        Wrong("no division by the time that is left", lambda guess, x, time, clean, noise: guess - x,
              "the **division** by 1 - t is missing: guess - x is a way, not a speed, (14.3).", "(14.3)"),
        Wrong("1 - t not kept above 0.05", lambda guess, x, time, clean, noise: (guess - x) / (1 - time),
              "1 - t is **not kept above 0.05**: close to t = 1 you divide by almost 0, and a few images then decide "
              "the whole loss."),
        Wrong("0.05 added below", lambda guess, x, time, clean, noise: (guess - x) / (1 - time + 0.05),
              "you **add 0.05** to 1 - t. Then every speed is a little too small; take the larger of the two."),
        *(Wrong(f"{tiny:g} added to 1 - t", lambda guess, x, time, clean, noise, tiny=tiny:
                (guess - x) / (1 - time + tiny),
                "you **add a tiny number** to 1 - t. Nothing is divided by 0 then, but close to t = 1 still by almost "
                "0: take 1 - t, but not less than 0.05.") for tiny in (1e-3, 1e-5, 1e-6, 1e-7, 1e-8)),
        Wrong("minimum for maximum", lambda guess, x, time, clean, noise: (guess - x) / np.minimum(1 - time, 0.05),
              "you take the **smaller** of 1 - t and 0.05 (`minimum`, or `clip` the wrong way); 1 - t shall not be "
              "smaller than 0.05, which is `maximum`."),
        Wrong("the time kept above 0.05",
              lambda guess, x, time, clean, noise: (guess - x) / (1 - np.maximum(time, 0.05)),
              "you keep **t above 0.05** and take that from 1: `1 - maximum(t, 0.05)` is still almost 0 close to t = "
              "1. It is 1 - t that is kept above 0.05: `maximum(1 - t, 0.05)`."),
        Wrong("1 - t not reshaped", lambda guess, x, time, clean, noise: (guess - x) / _left(np.ravel(time)),
              "the 1 - t that you **divide** by is not reshaped: it has the shape (N,) and meets the channels."),
        Wrong("divided by t", lambda guess, x, time, clean, noise: (guess - x) / np.maximum(time, 0.05),
              "you divide by **t**, the time that has passed; it is the time that is *left*, 1 - t, (14.3).", "(14.3)"),
        Wrong("multiplied by 1 - t", lambda guess, x, time, clean, noise: (guess - x) * _left(time),
              "you **multiply** by 1 - t where you divide. Speed is way divided by time, (14.3).", "(14.3)"),
        Wrong("the way from the noise, divided", lambda guess, x, time, clean, noise: (guess - noise) / _left(time),
              "you take the way from the **noise**, but divide by the time that is left at x, (14.3).", "(14.3)"),
        Wrong("x forgotten in the speed", lambda guess, x, time, clean, noise: guess / _left(time),
              "the **minus x** is missing in your speed: (guess - x)/(1 - t), (14.3).", "(14.3)"),
        Wrong("brackets in the speed", lambda guess, x, time, clean, noise: guess - x / _left(time),
              "the **brackets** are missing in your speed: (guess - x)/(1 - t), (14.3).", "(14.3)"),
        *(Wrong(f"{least:g} for 0.05", lambda guess, x, time, clean, noise, least=least:
                (guess - x) / np.maximum(1 - time, least),
                "your **smallest 1 - t** is another one; the limit in section 5 is 0.05.")
          for least in (0.1, 0.5, 0.01, 1e-3, 1e-5, 1e-6, 1e-8)),
        Wrong("the way from the clean image", lambda guess, x, time, clean, noise: (guess - clean) / _left(time),
              "your speed is made of **guess - clean**: the walker stands at x, not at the clean image, "
              "(14.3).", "(14.3)"),
        Wrong("1 - t squared", lambda guess, x, time, clean, noise: (guess - x) / _left(time) ** 2,
              "you divide by **(1 - t)²**; the square comes later, over the whole difference, (14.3).", "(14.3)"),
    ),
    target=(
        lambda clean, noise, x, guess: clean - noise,
        Wrong("compared with the clean image", lambda clean, noise, x, guess: clean,
              "you compare the speed with the **clean image**. A speed is compared with a speed, clean - noise."),
        Wrong("compared with the noise", lambda clean, noise, x, guess: noise,
              "you compare the speed with the **noise**. In (14.5) the network's guess is turned into a speed, and "
              "that is compared with clean - noise."),
        Wrong("compared with the way that is left", lambda clean, noise, x, guess: clean - x,
              "you compare with **clean - x**, the way that is left; the true speed is the whole way in the whole "
              "time, clean - noise."),
        Wrong("image and noise added in the speed", lambda clean, noise, x, guess: clean + noise,
              "your true speed is clean **+** noise; it is the difference."),
        Wrong("the guess in the true speed", lambda clean, noise, x, guess: guess - noise,
              "your true speed is made with the **guess**: guess - noise. The truth is clean - noise; the network must "
              "not grade itself."),
        Wrong("compared with nothing", lambda clean, noise, x, guess: 0,
              "you do **not compare** the speed with anything: the true speed, clean - noise, is missing."),
        Wrong("compared with the mixture", lambda clean, noise, x, guess: x,
              "you compare the speed with the **mixture**; it is compared with clean - noise."),
    ),
    compared=(
        lambda speed, true, guess, x, time, clean, noise: speed - true,
        Wrong("the guess compared with the clean image",
              lambda speed, true, guess, x, time, clean, noise: guess - clean,
              "you compare the guess with the **clean image**: a loss, but another one. It is (1 - t)² times that of "
              "(14.5) at each time, so late times, where the fine strokes are made, hardly count. Turn the guess into "
              "a speed first, (14.3)."),
        Wrong("the guess compared with the noise", lambda speed, true, guess, x, time, clean, noise: guess - noise,
              "you compare the network's answer with the **noise**, as in DDPM. This network answers the clean image."),
        Wrong("the guess compared with the velocity", lambda speed, true, guess, x, time, clean, noise:
              guess - (clean - noise),
              "you compare the **guess itself** with the velocity. The network answers a clean image; (14.3) makes a "
              "speed of it."),
        Wrong("the guess compared with the velocity turned round",
              lambda speed, true, guess, x, time, clean, noise: guess + (clean - noise),
              "you compare the **guess itself** with noise - clean. The network answers a clean image; (14.3) makes a "
              "speed of it, and that is compared with clean - noise."),
        Wrong("the guess compared with the mixture", lambda speed, true, guess, x, time, clean, noise: guess - x,
              "you compare the guess with the **mixture** that the network has seen: it would learn to hand it back."),
        Wrong("weighed by 1 - t", lambda speed, true, guess, x, time, clean, noise:
              np.sqrt(_left(time)) * (guess - clean),
              "you compare the guess with the clean image and **multiply** the square by 1 - t. (14.5) divides the "
              "difference, and then squares: by (1 - t)²."),
        Wrong("weighed by one over 1 - t", lambda speed, true, guess, x, time, clean, noise:
              (guess - clean) / np.sqrt(_left(time)),
              "you compare the guess with the clean image and divide the square by 1 - t **once**. (14.5) divides the "
              "difference, and then squares: by (1 - t)²."),
        Wrong("the two speeds added", lambda speed, true, guess, x, time, clean, noise: speed + true,
              "one of your two speeds is **turned round**: noise - clean (or x - guess) leads from the image to the "
              "noise. The walk goes to the image: clean - noise, guess - x."),
    ),
    error=(
        lambda e: np.mean(e**2),
        Wrong("absolute errors", lambda e: np.mean(np.abs(e)),
              "you take **absolute** errors. They teach the network a median, not the mean, and the median leaves out "
              "what is rare; the walk of (14.4) needs the mean."),
        Wrong("the sum", lambda e: np.sum(e**2),
              "you take the **sum** of the squares; the mean is asked for, so that the loss does not depend on the "
              "size of the images."),
        Wrong("the root of the mean", lambda e: np.sqrt(np.mean(e**2)),
              "you take the **root** of the mean square."),
        Wrong("half of the mean", lambda e: np.mean(e**2) / 2,
              "you take **half** of the mean square."),
        Wrong("sum over pixels, mean over images", lambda e: np.sum(e**2) / len(e),
              "you **sum over the pixels** and average over the images only; the mean runs over everything."),
        Wrong("one loss an image", lambda e: np.mean(e**2, axis=(1, 2, 3)),
              "you return **one loss an image**; one number is asked for, the mean over everything."),
        Wrong("nothing averaged", lambda e: e**2,
              "you return the squares of **all pixels**; one number is asked for, their mean."),
        Wrong("errors not squared", lambda e: np.mean(e),
              "the errors are **not squared**: too high and too low cancel."),
        Wrong("the mean, squared", lambda e: np.mean(e) ** 2,
              "you square the **mean** of the errors: too high and too low cancel before. Square first."),
        Wrong("the largest error", lambda e: np.max(e**2),
              "you take the **largest** square; the mean is asked for."),
        Wrong("the length of the difference", lambda e: np.sqrt(np.sum(e**2)),
              "you take the **length** of the difference, the root of the sum of squares (`np.linalg.norm`)."),
        Wrong("the logarithm of the mean", lambda e: np.log(np.mean(e**2)),
              "you take the **logarithm** of the mean square."),
        Wrong("the median", lambda e: np.median(e**2),
              "you take the **median** of the squares; the mean is asked for."),
        Wrong("mean of the lengths", lambda e: np.mean(np.sqrt(np.sum(e**2, axis=(1, 2, 3)))),
              "you take the mean of the **lengths**, a root for each image; the squares themselves are averaged."),
    ),
)
# fmt: on

# --- 14.6 What is left ------------------------------------------------------------------------------------------------


def _schedules(rng):
    yield (np.array([0.5, 0.2]),)
    yield (np.array([0.3]),)
    yield (np.array([0.1, 0.2, 0.3]),)
    yield (np.array([0.36, 0.5, 0.75, 0.9]),)
    yield (np.sort(rng.uniform(0.01, 0.9, 6)),)
    yield (rng.uniform(0.05, 0.6, 5),)  # not rising
    yield (np.linspace(1e-4, 0.02, 9),)
    yield (np.linspace(0.01, 0.4, 12),)
    yield (np.array([0.2, 0.4, 0.999]),)
    yield (np.array([0.1, 0.4, 1]),)  # ends in pure noise


def _left_by_a_loop(betas):
    left, result = 1.0, [1.0]
    for beta in betas.tolist():
        left -= left * beta
        result.append(left)
    return np.array(result)


what_is_left = FunctionExercise(
    "14.6",
    "What is left",
    cases=_schedules,
    oracle=_left_by_a_loop,
    solution="""
    import numpy as np

    def alpha_bars(betas):
        return np.concatenate([[1.0], np.cumprod(1 - betas)])
    """,
    example=(np.array([0.5, 0.2]),),
    hints=(
        "A step keeps the share 1 - β of the variance of what was there. What is left after two steps?",
        "Multiply the shares of all steps so far. And how much is left after no step at all?",
        "`np.cumprod(1 - betas)`, with a 1 in front.",
    ),
    fixed=("betas.ndim", "betas.dtype"),
)


def _accumulated(share, gathered, ends, after):
    return lambda betas: after(ends(gathered(share(np.asarray(betas, float)))))


# fmt: off
what_is_left.choices(
    _accumulated,
    place=CLOCK,
    words="`betas = [0.5, 0.2]`",
    share=(
        lambda b: 1 - b,
        Wrong("β in place of 1 - β", lambda b: b,
              "you multiply the **β** themselves, the shares of the noise. What is left of the image is multiplied by "
              "1 - β."),
        Wrong("a root of 1 - β", lambda b: np.sqrt(1 - b),
              "you multiply the **roots** √(1 - β): that is what the *values* are multiplied by. ᾱ is a share of the "
              "variance; its root is not asked for."),
        Wrong("1 - β²", lambda b: 1 - b**2,
              "you take **1 - β²**. β is a variance already."),
        Wrong("(1 - β)²", lambda b: (1 - b) ** 2,
              "you **square** 1 - β. β is a variance already, and so is 1 - β."),
        Wrong("1 + β", lambda b: 1 + b,
              "you multiply by **1 + β**, so the image grows. A step keeps 1 - β."),
        Wrong("1 - √β", lambda b: 1 - np.sqrt(b),
              "you take **1 - √β**. The share of the variance that is left is 1 - β."),
        Wrong("√β", lambda b: np.sqrt(b),
              "you multiply **√β**, by which the noise is multiplied. What is left of the image is multiplied by "
              "1 - β."),
        Wrong("e to the minus β", lambda b: np.exp(-b),
              "you take **e^-β**, which is near 1 - β for tiny steps only."),
    ),
    gathered=(
        np.cumprod,
        Wrong("added up", np.cumsum,
              "you **add up** where shares are multiplied: after a half and a half of that a quarter is left."),
        Wrong("1 minus the sum of β", lambda a: 1 - np.cumsum(1 - a),
              "you take the **sum** of the β away from 1. Each step takes its share of what is *left*, not of "
              "the whole."),
        Wrong("1 minus the product of β", lambda a: 1 - np.cumprod(1 - a),
              "you take the **product of the β** away from 1. The shares 1 - β that are left are multiplied."),
        Wrong("not multiplied up", lambda a: a,
              "you return the shares of **single steps**; ᾱ is the product of all steps up to t."),
        Wrong("multiplied from the end", lambda a: np.cumprod(a[::-1])[::-1],
              "you multiply **from the last step back**. ᾱ_t is the product of the steps 1 to t."),
        Wrong("in reversed order", lambda a: np.cumprod(a[::-1]),
              "the **order** of the steps is reversed: the last one comes first."),
        Wrong("one product for all", lambda a: np.full(a.shape, np.prod(a)),
              "every entry is the product of **all** steps, as `np.prod` gives it; step t has only 1 to t behind it."),
        Wrong("only two neighbours multiplied", lambda a: np.concatenate([a[:1], a[1:] * a[:-1]]),
              "you multiply each share by the one **before it** only, not by all that went before. Multiply by the "
              "last *product*."),
        Wrong("to the power of t", lambda a: a ** np.arange(1, len(a) + 1),
              "you raise each share to the **power t**: that would be right if every step had the same β."),
        Wrong("the first share to the power of t", lambda a: a[0] ** np.arange(1, len(a) + 1),
              "you raise the **first** share to the power t, as if every step had the same β."),
        Wrong("only two neighbours, the first missing", lambda a: a[1:] * a[:-1],
              "you multiply each share by the one **before it** only, not by all that went before, and the first is "
              "missing."),
        Wrong("a running mean", lambda a: np.cumsum(a) / np.arange(1, len(a) + 1),
              "you take the **mean** of the shares so far, not their product."),
        Wrong("off by one", lambda a: np.concatenate([[1.0], np.cumprod(a)[:-1]]),
              "your products are **one step behind**: entry t has the steps 1 to t - 1 in it."),
        Wrong("the running minimum", np.minimum.accumulate,
              "you take the **smallest** share so far, not the product."),
        Wrong("the first step left out", lambda a: np.cumprod(a) / a[0],
              "the **first step is missing** in your products: a loop that begins at 1."),
    ),
    ends=(
        lambda p: np.concatenate([[1.0], p]),
        Wrong("time 0 missing", lambda p: p,
              "**time 0 is missing**: your result has T numbers, and entry t belongs to step t + 1. At t = 0 nothing "
              "has been added, so ᾱ is 1."),
        Wrong("a 1 at the end", lambda p: np.concatenate([p, [1.0]]),
              "your **1 stands at the end**; it belongs in front, to t = 0."),
        Wrong("a 0 in front", lambda p: np.concatenate([[0.0], p]),
              "at t = 0 you have **0**, as if nothing were left. Nothing has been taken away: it is 1."),
        Wrong("the first one twice", lambda p: np.concatenate([p[:1], p]),
              "at t = 0 you have the share of the **first step**; before it everything is left, 1."),
        Wrong("the last one dropped", lambda p: np.concatenate([[1.0], p[:-1]]),
              "the **last time is missing**: t runs from 0 to T, which is T + 1 numbers."),
        Wrong("a 0 at the end", lambda p: np.concatenate([p, [0.0]]),
              "you have a **0 at the end** and no 1 in front. Entry 0 belongs to t = 0, where everything is left."),
        Wrong("only the last", lambda p: p[-1],
              "you return the **last** one only, a number; all of t = 0 ... T are asked for."),
        Wrong("a column", lambda p: np.concatenate([[1.0], p])[:, None],
              "you return a **column**, (T + 1, 1); an array with one axis is asked for."),
    ),
    after=(
        lambda p: p,
        Wrong("the share of the noise", lambda p: 1 - p,
              "you return **1 - ᾱ**, the share of the noise."),
        Wrong("the root of 1 - ᾱ", lambda p: np.sqrt(1 - p),
              "you return **√(1 - ᾱ)**, by which the noise is multiplied. ᾱ itself is asked for."),
        Wrong("the logarithm of ᾱ", lambda p: np.log(p),
              "you return the **logarithm** of ᾱ."),
        Wrong("the signal-to-noise ratio", lambda p: p / (1 - p),
              "you return **ᾱ/(1 - ᾱ)**, the signal-to-noise ratio."),
        Wrong("backwards in time", lambda p: p[::-1],
              "your array runs **backwards**, from T to 0. `alpha_bars[t]` is to belong to t."),
    ),
)
# fmt: on

# --- 14.7 Noise on the other clock ------------------------------------------------------------------------------------

FALLING = np.array([1.0, 0.64, 0.36, 0.04])


def _clocked_batches(rng):
    for shape in _shapes():
        alpha_bars = np.concatenate([[1.0], np.cumprod(1 - rng.uniform(0.05, 0.5, shape[1] + 5))])
        t = rng.integers(1, len(alpha_bars) - 1, shape[0])
        yield rng.uniform(-1, 1, shape), rng.standard_normal(shape), alpha_bars, t
    yield rng.uniform(-1, 1, (4, 2, 2, 1)), rng.standard_normal((4, 2, 2, 1)), FALLING, np.array([0, 3, 1, 2])
    yield rng.uniform(-1, 1, (2, 2, 3, 2)), rng.standard_normal((2, 2, 3, 2)), np.array([1, 0.5, 0]), np.array([2, 0])
    yield rng.integers(0, 256, (2, 3, 3, 1)), rng.standard_normal((2, 3, 3, 1)), FALLING, np.array([1, 3])
    yield np.ones((2, 1, 2, 1), int), np.zeros((2, 1, 2, 1), int), np.array([1, 0]), np.array([1, 0])


def _clocked_by_loops(clean, noise, alpha_bars, t):
    result = np.empty(clean.shape)
    for i in np.ndindex(clean.shape):
        angle = math.acos(math.sqrt(alpha_bars[t[i[0]]]))
        result[i] = math.cos(angle) * clean[i] + math.sin(angle) * noise[i]
    return result


noise_on_the_other_clock = FunctionExercise(
    "14.7",
    "Noise on the other clock",
    cases=_clocked_batches,
    oracle=_clocked_by_loops,
    solution="""
    import numpy as np

    def noisy(clean, noise, alpha_bars, t):
        alpha_bar = alpha_bars[t].reshape(-1, 1, 1, 1)
        return np.sqrt(alpha_bar) * clean + np.sqrt(1 - alpha_bar) * noise
    """,
    example=(
        np.array([1.0, 0, 2, -1]).reshape(2, 1, 2, 1),
        np.array([-1.0, 2, 0, 4]).reshape(2, 1, 2, 1),
        FALLING,
        np.array([1, 2]),
    ),  # fmt: skip
    hints=(
        "Which entry of `alpha_bars` belongs to the time t? And which shape must it have to meet the images?",
        "`alpha_bars[t]` takes an array of times at once and gives (N,). Shares of a variance: their roots multiply.",
        "`a = alpha_bars[t].reshape(-1, 1, 1, 1)`, then √a times the image plus √(1 - a) times the noise.",
    ),
    rtol=1e-7,
    atol=1e-9,
    fixed=("clean.ndim", "noise.ndim", "alpha_bars.ndim", "t.ndim", "t.dtype"),
)


def _clocked(level, shaped, image, noised, sign, both, images):
    def answer(clean, noise, alpha_bars, t):
        bar = shaped(level(np.asarray(alpha_bars, float), t))
        a, b = both(image(bar), noised(bar), bar)
        b = b * sign
        clean, noise = images(clean, noise)
        return a * clean + b * noise

    return answer


# fmt: off
noise_on_the_other_clock.choices(
    _clocked,
    place=CLOCK,
    words=IN_WORDS + ", `alpha_bars = [1, 0.64, 0.36, 0.04]` and the times `[1, 2]`",
    level=(
        lambda a, t: a[t],
        Wrong("one time too early", lambda a, t: a[t - 1],
              "you take **ᾱ one step too early**, `alpha_bars[t - 1]`. Entry t belongs to time t, since entry 0 is 1; "
              "and at t = 0 your index is -1, the last entry."),
        Wrong("one time too early, from 0 on", lambda a, t: a[np.maximum(t - 1, 0)],
              "you take **ᾱ one step too early**, `alpha_bars[t - 1]`, and raise the index to 0. Entry t belongs to "
              "time t, since entry 0 is 1."),
        Wrong("one time too late", lambda a, t: a[np.minimum(t + 1, len(a) - 1)],
              "you take **ᾱ one step too late**, `alpha_bars[t + 1]`. Entry t belongs to time t, since entry 0 is 1."),
        Wrong("alpha_bars[t + 1]", lambda a, t: a[t + 1],
              "you take **ᾱ one step too late**, `alpha_bars[t + 1]`, which at t = T does not exist. Entry t belongs "
              "to time t, since entry 0 is 1."),
        Wrong("β for ᾱ", lambda a, t: 1 - a[t] / a[np.maximum(t - 1, 0)],
              "you take **β_t**, the noise of one step, where ᾱ_t belongs, what is left after all t steps."),
        Wrong("α for ᾱ", lambda a, t: a[t] / a[np.maximum(t - 1, 0)],
              "you take **α_t = 1 - β_t**, the share that *one* step leaves. The bar means the product of all steps up "
              "to t."),
        Wrong("ᾱ counted from the end", lambda a, t: a[::-1][t],
              "you read `alpha_bars` **from its end**: time reversed. Here t = 0 is the clean image."),
        Wrong("alpha_bars[-t]", lambda a, t: a[-t],
              "you read `alpha_bars` **from its end**, `alpha_bars[-t]`: time reversed. Here t = 0 is the clean "
              "image."),
        Wrong("multiplied up once more", lambda a, t: np.cumprod(a)[t],
              "you multiply the **ᾱ up once more**. They are products already: `alpha_bars[t]` as it is."),
        Wrong("the last ᾱ for all", lambda a, t: a[-1] + 0.0 * t,
              "you take the **last ᾱ** for every image, whatever its time is."),
        Wrong("added up", lambda a, t: np.cumsum(a)[t] / np.arange(1, len(a) + 1)[t],
              "you take the **mean** of all ᾱ up to t."),
        Wrong("t itself for ᾱ", lambda a, t: t / (len(a) - 1),
              "you take **t/T** for ᾱ: `alpha_bars` is not used."),
        Wrong("t over T + 1 for ᾱ", lambda a, t: t / len(a),
              "you take **t/(T + 1)** for ᾱ: `alpha_bars` is not used."),
        Wrong("1 minus t over T + 1 for ᾱ", lambda a, t: 1 - t / len(a),
              "you take **1 - t/(T + 1)** for ᾱ: `alpha_bars` is not used."),
        Wrong("1 minus t/T for ᾱ", lambda a, t: 1 - t / (len(a) - 1),
              "you take **1 - t/T** for ᾱ: `alpha_bars` is not used."),
    ),
    shaped=ONE_AN_IMAGE,
    image=(
        lambda a: np.sqrt(a),
        Wrong("the root of ᾱ missing", lambda a: a,
              "the **root of ᾱ** is missing: ᾱ is a share of the variance, its root multiplies the image."),
        Wrong("the image not weighed", lambda a: 1,
              "the **image stays whole**, so the noise is piled on top of it; it is multiplied by √ᾱ."),
        Wrong("√(1 - ᾱ) times the image", lambda a: np.sqrt(1 - a),
              "the image is multiplied by **√(1 - ᾱ)**, which belongs to the noise."),
        Wrong("1 - ᾱ times the image", lambda a: 1 - a,
              "the image is multiplied by **1 - ᾱ**, the share of the noise, and a root is missing."),
        Wrong("ᾱ squared", lambda a: a**2,
              "you **square** ᾱ before you multiply the image; its *root* is taken."),
        Wrong("a root too many", lambda a: a**0.25,
              "you take the root of ᾱ **twice**."),
        Wrong("the image subtracted", lambda a: -np.sqrt(a),
              "the image has the **wrong sign**."),
        Wrong("noise alone", lambda a: 0,
              "the **image is missing**."),
        Wrong("the image divided", lambda a: 1 / np.sqrt(a),
              "you **divide** the image by √ᾱ; it is multiplied."),
        Wrong("the image's ᾱ not reshaped", lambda a: np.sqrt(np.ravel(a)),
              "the √ᾱ before the **image** is not reshaped: it has the shape (N,) and meets the channels. Both weights "
              "need (N, 1, 1, 1)."),
        Wrong("√(1 - ᾱ) on the image, too", lambda a: np.sqrt(a) * np.sqrt(1 - a),
              "your **brackets** are wrong: √(1 - ᾱ) multiplies the image, too."),
    ),
    noised=(
        lambda a: np.sqrt(1 - a),
        Wrong("the root of 1 - ᾱ missing", lambda a: 1 - a,
              "the **root of 1 - ᾱ** is missing: 1 - ᾱ is the variance of the noise, its root multiplies the noise."),
        Wrong("1 minus the root", lambda a: 1 - np.sqrt(a),
              "you multiply the noise by **1 - √ᾱ**. It is √(1 - ᾱ): the *squares* of the two weights add up to 1."),
        Wrong("the noise not weighed", lambda a: 1,
              "the **noise is added whole**; it is multiplied by √(1 - ᾱ)."),
        Wrong("√ᾱ times the noise", lambda a: np.sqrt(a),
              "the noise is multiplied by **√ᾱ**, which belongs to the image."),
        Wrong("ᾱ times the noise", lambda a: a,
              "the noise is multiplied by **ᾱ**, the share of the image, and a root is missing."),
        Wrong("the root of 1 + ᾱ", lambda a: np.sqrt(1 + a),
              "you multiply the noise by **√(1 + ᾱ)**: a sign."),
        Wrong("the root of 1 - ᾱ²", lambda a: np.sqrt(1 - a**2),
              "you multiply the noise by **√(1 - ᾱ²)**; ᾱ is a square already."),
        Wrong("1 - ᾱ²", lambda a: 1 - a**2,
              "you multiply the noise by **1 - ᾱ²**; it is √(1 - ᾱ)."),
        Wrong("1 - ᾱ, squared", lambda a: (1 - a) ** 2,
              "you **square** 1 - ᾱ; its *root* is taken."),
        Wrong("a root too many on the noise", lambda a: (1 - a) ** 0.25,
              "you take the root of 1 - ᾱ **twice**."),
        Wrong("image alone", lambda a: 0,
              "the **noise is missing**."),
        Wrong("the noise divided", lambda a: 1 / np.sqrt(1 - a),
              "you **divide** the noise by √(1 - ᾱ); it is multiplied."),
        Wrong("the noise's 1 - ᾱ not reshaped", lambda a: np.sqrt(1 - np.ravel(a)),
              "the √(1 - ᾱ) before the **noise** is not reshaped: it has the shape (N,) and meets the channels. Both "
              "weights need (N, 1, 1, 1)."),
        Wrong("the root of 1 - √ᾱ", lambda a: np.sqrt(1 - np.sqrt(a)),
              "you multiply the noise by **√(1 - √ᾱ)**: a root too many inside. It is √(1 - ᾱ)."),
        Wrong("√ᾱ on the noise, too", lambda a: np.sqrt(a) * np.sqrt(1 - a),
              "your **brackets** are wrong: √ᾱ multiplies the noise, too."),
    ),
    sign=(
        1,
        Wrong("the noise subtracted", -1,
              "the noise has the **wrong sign**."),
    ),
    both=(
        lambda a, b, bar: (a, b),
        Wrong("both roots missing", lambda a, b, bar: (bar, 1 - bar),
              "both **roots are missing**: ᾱ and 1 - ᾱ are shares of a variance, values are multiplied by their "
              "roots."),
        Wrong("image and noise exchanged", lambda a, b, bar: (np.sqrt(1 - bar), np.sqrt(bar)),
              "**√ᾱ and √(1 - ᾱ) are exchanged**: ᾱ says how much of the *image* is left."),
        Wrong("exchanged, without roots", lambda a, b, bar: (1 - bar, bar),
              "you multiply the image by **1 - ᾱ** and the noise by **ᾱ**: exchanged, and without roots."),
        Wrong("the image not made weaker", lambda a, b, bar: (1, np.sqrt((1 - bar) / bar)),
              "you **divide by √ᾱ**: the image stays as it is, and the noise is √((1 - ᾱ)/ᾱ). Some papers do so; here "
              "the noise takes the place of the image."),
        Wrong("v for the noisy image", lambda a, b, bar: (-np.sqrt(1 - bar), np.sqrt(bar)),
              "you return **v**, √ᾱ noise - √(1 - ᾱ) image. The noisy image is √ᾱ image + √(1 - ᾱ) noise."),
        Wrong("ᾱ taken for its root", lambda a, b, bar: (bar, np.sqrt(1 - bar**2)),
              "you take **ᾱ and √(1 - ᾱ²)**, as if `alpha_bars` held the roots already."),
        Wrong("a plain sum", lambda a, b, bar: (1, 1),
              "you **add image and noise** as they are; the time has no effect."),
    ),
    images=(
        lambda clean, noise: (clean, noise),
        Wrong("one noise for all images", lambda clean, noise: (clean, noise[:1]),
              "all images get the noise of the **first one**."),
        Wrong("one image for all", lambda clean, noise: (clean[:1], noise),
              "all come from the **first image** of the batch."),
        Wrong("the noise used twice", lambda clean, noise: (noise, noise),
              "you use the **noise twice**: a copied line."),
        Wrong("the image used twice", lambda clean, noise: (clean, clean),
              "you use the **image twice**: a copied line."),
        Wrong("the image divided by 255", lambda clean, noise: (clean / 255, noise),
              "you **divide the image by 255**; it has been handed over as it shall be used."),
    ),
)


def _on_a_line(time):
    def answer(clean, noise, alpha_bars, t):
        part = _each(time(t, np.asarray(alpha_bars, float)))
        return part * clean + (1 - part) * noise

    return answer if time else _clocked_by_loops


noise_on_the_other_clock.choices(
    _on_a_line,
    place=CLOCK,
    words=IN_WORDS + ", `alpha_bars = [1, 0.64, 0.36, 0.04]` and the times `[1, 2]`",
    time=(
        None,
        Wrong("the straight line at 1 - t/T", lambda t, a: 1 - t / (len(a) - 1),
              "you walk the **core's straight line**, at the time 1 - t/T. `alpha_bars` is not used: it says how much "
              "of the image's variance is left at t, and values are multiplied by roots."),
        Wrong("the straight line at 1 - t/(T + 1)", lambda t, a: 1 - t / len(a),
              "you walk the **core's straight line**, at the time 1 - t/(T + 1). `alpha_bars` is not used: it says how "
              "much of the image's variance is left at t, and values are multiplied by roots."),
        Wrong("the straight line at t/T", lambda t, a: t / (len(a) - 1),
              "you walk the **core's straight line**, at the time t/T. `alpha_bars` is not used, and time runs the "
              "other way on this clock: at t = 0 all of the image is left."),
        Wrong("the straight line at t", lambda t, a: t,
              "you put the **whole number t** into the core's straight line (14.1). On this clock `alpha_bars[t]` says "
              "how much is left."),
    ),
)
# fmt: on

# --- 14.8 Two clocks --------------------------------------------------------------------------------------------------


def _bars(rng):
    yield (np.array([0.8]),)
    yield (np.array([0.5, 0.2]),)
    yield (np.array([0.9, 0.1, 0.36]),)
    yield (rng.uniform(0.05, 0.95, 4),)
    yield (rng.uniform(0.05, 0.95, 5),)
    yield (np.array([0.0001, 0.99, 0.64]),)
    yield (np.linspace(0.1, 0.9, 7),)
    yield (np.array([1e-8, 0.25]),)


def _both_clocks(alpha_bar):
    ratios = [1 / (1 / float(a) - 1) for a in alpha_bar]
    times = [1 / (1 + math.sqrt((1 - float(a)) / float(a))) for a in alpha_bar]
    return np.array(ratios), np.array(times)


two_clocks = FunctionExercise(
    "14.8",
    "Two clocks",
    cases=_bars,
    oracle=_both_clocks,
    solution="""
    import numpy as np

    def two_clocks(alpha_bar):
        signal, sigma = np.sqrt(alpha_bar), np.sqrt(1 - alpha_bar)
        return alpha_bar / (1 - alpha_bar), signal / (signal + sigma)
    """,
    example=(np.array([0.8, 0.36]),),
    hints=(
        "On one clock the image is multiplied by √ᾱ, the noise by √(1 - ᾱ); on the other by t and by 1 - t. When is "
        "there as much noise for as much signal?",
        "The ratio of the two variances is ᾱ/(1 - ᾱ) here and t²/(1 - t)² there. Set them equal, take the root, solve "
        "for t.",
        "t/(1 - t) = √ᾱ/√(1 - ᾱ), so t = √ᾱ / (√ᾱ + √(1 - ᾱ)).",
    ),
    rtol=1e-7,
    atol=1e-12,
    fixed=("alpha_bar.ndim", "alpha_bar.dtype"),
)


# fmt: off
two_clocks.choices(
    lambda ratio, widths, solved, given: lambda a: given(ratio(a), solved(widths(a), a)),
    place=CLOCK,
    words="`alpha_bar = [0.8, 0.36]`",
    ratio=(
        lambda a: a / (1 - a),
        Wrong("the root of the ratio", lambda a: np.sqrt(a / (1 - a)),
              "your signal-to-noise ratio is its **root**, √ᾱ/√(1 - ᾱ): a ratio of widths. It is one of *variances*, "
              "ᾱ/(1 - ᾱ)."),
        Wrong("the ratio turned over", lambda a: (1 - a) / a,
              "your ratio is **noise to signal**, (1 - ᾱ)/ᾱ. It is signal to noise, the other way round."),
        Wrong("ᾱ for the ratio", lambda a: a,
              "you return **ᾱ** for the ratio: the share of the signal. It is divided by the share of the noise, "
              "1 - ᾱ."),
        Wrong("the ratio of squares", lambda a: a**2 / (1 - a) ** 2,
              "you **square** ᾱ and 1 - ᾱ. They are variances, squares already."),
        Wrong("the logarithm of the ratio", lambda a: np.log(a / (1 - a)),
              "you return the **logarithm** of the ratio."),
        Wrong("decibels", lambda a: 10 * np.log10(a / (1 - a)),
              "you return **decibels**, 10 log₁₀ of the ratio; the ratio itself is asked for."),
        Wrong("ᾱ over a width", lambda a: a / np.sqrt(1 - a),
              "you divide ᾱ, a variance, by **√(1 - ᾱ)**, a width. Both are to be variances."),
        Wrong("a width over 1 - ᾱ", lambda a: np.sqrt(a) / (1 - a),
              "you divide √ᾱ, a **width**, by 1 - ᾱ, a variance. Both are to be variances."),
        Wrong("half the logarithm", lambda a: np.log(a / (1 - a)) / 2,
              "you return **half the logarithm** of the ratio."),
        Wrong("1 over the noise", lambda a: 1 / (1 - a),
              "you return **1/(1 - ᾱ)**, as if all of the signal were there."),
        Wrong("1 - ᾱ², as if ᾱ were a width", lambda a: a**2 / (1 - a**2),
              "you take **ᾱ²/(1 - ᾱ²)**, as if ᾱ were a width. It is a variance."),
        Wrong("1 + ᾱ below", lambda a: a / (1 + a),
              "you divide by **1 + ᾱ**; the share of the noise is 1 - ᾱ."),
        Wrong("the brackets missing in the ratio", lambda a: a / 1 - a,
              "the **brackets** around 1 - ᾱ are missing in your ratio: `a / 1 - a` is 0 for every ᾱ, and so is "
              "`1 - a / a`. Write `a / (1 - a)`."),
        Wrong("the logarithm to the base 10", lambda a: np.log10(a / (1 - a)),
              "you return the **logarithm** of the ratio to the base 10; the ratio itself is asked for."),
        Wrong("decibels of the widths", lambda a: 20 * np.log10(a / (1 - a)),
              "you return **decibels**, and 20 log₁₀, which is for ratios of widths; the ratio itself is asked for."),
    ),
    widths=(
        lambda a: np.sqrt(a / (1 - a)),
        Wrong("the roots missing in the time", lambda a: a / (1 - a),
              "your time is made of **ᾱ/(1 - ᾱ)** (it is then ᾱ itself, if solved rightly), a ratio of variances. t "
              "and 1 - t are widths: it is *t²*/(1 - t)² that equals it."),
        Wrong("squared in place of the root", lambda a: (a / (1 - a)) ** 2,
              "you **square** the ratio for the time where its root belongs."),
        Wrong("a root too many in the time", lambda a: (a / (1 - a)) ** 0.25,
              "you take the root **twice** for the time."),
        Wrong("variances turned over", lambda a: (1 - a) / a,
              "your time is made of **(1 - ᾱ)/ᾱ** (it is then 1 - ᾱ, the share of the noise, if solved rightly): "
              "turned over, and without a root."),
        Wrong("√ᾱ over 1 - ᾱ in the time", lambda a: np.sqrt(a) / (1 - a),
              "in your time you divide √ᾱ, a **width**, by 1 - ᾱ, a variance."),
        Wrong("ᾱ over √(1 - ᾱ) in the time", lambda a: a / np.sqrt(1 - a),
              "in your time you divide ᾱ, a **variance**, by √(1 - ᾱ), a width."),
    ),
    solved=(
        lambda r, a: r / (1 + r),
        Wrong("√ᾱ for the time", lambda r, a: np.sqrt(a),
              "your time is **√ᾱ**. The image is then as strong on both clocks, but the noise is not: divide by √ᾱ + "
              "√(1 - ᾱ), so that the two weights add up to 1."),
        Wrong("1 - √(1 - ᾱ)", lambda r, a: 1 - np.sqrt(1 - a),
              "your time is **1 - √(1 - ᾱ)**: the noise is then as strong on both clocks, but the image is not. The "
              "*ratio* of the two must agree."),
        Wrong("√(1 - ᾱ) for the time", lambda r, a: np.sqrt(1 - a),
              "your time is **√(1 - ᾱ)**, the weight of the noise on the other clock."),
        Wrong("1 - √ᾱ for the time", lambda r, a: 1 - np.sqrt(a),
              "your time is **1 - √ᾱ**. The *ratio* of signal and noise must be the same on both clocks."),
        Wrong("the ratio for the time", lambda r, a: r,
              "you return **t/(1 - t)** for the time: solve for t, which is r/(1 + r)."),
        Wrong("solved with a minus", lambda r, a: r / (1 - r),
              "you solved t/(1 - t) = r as **r/(1 - r)**; it is r/(1 + r)."),
        Wrong("solved with the other minus", lambda r, a: r / (r - 1),
              "you solved t/(1 - t) = r as **r/(r - 1)**; it is r/(1 + r)."),
        Wrong("the time turned over", lambda r, a: (1 + r) / r,
              "your time is **turned over**, (1 + r)/r: above 1."),
        Wrong("r over 1 + r²", lambda r, a: r / (1 + r**2),
              "you solved t/(1 - t) = r as **r/(1 + r²)**; it is r/(1 + r)."),
        Wrong("1 over 1 + r", lambda r, a: 1 / (1 + r),
              "you return **1/(1 + r)**, which is 1 - t: time reversed."),
        Wrong("the brackets missing in the time", lambda r, a: 1 + np.sqrt(1 - a),
              "the **brackets** around the sum are missing in your time: `s / s + n` is 1 plus √(1 - ᾱ). It is √ᾱ "
              "divided by the whole sum, `s / (s + n)`."),
        Wrong("the brackets missing around 1 + r", lambda r, a: r / 1 + r,
              "the **brackets** around 1 + r are missing in your time: `r / 1 + r` is twice r. It is r/(1 + r)."),
        Wrong("1 + r alone", lambda r, a: 1 + r,
              "you return **1 + r**; t is r/(1 + r)."),
        Wrong("1 - r", lambda r, a: 1 - r,
              "you return **1 - r**; t is r/(1 + r)."),
        Wrong("divided by the length", lambda r, a: np.sqrt(a) / np.sqrt(np.sqrt(a) + np.sqrt(1 - a)),
              "there is a **root too many** below: divide by √ᾱ + √(1 - ᾱ)."),
        Wrong("noise below, no sum", lambda r, a: np.sqrt(a) - np.sqrt(1 - a),
              "your time is the **difference** √ᾱ - √(1 - ᾱ); it is √ᾱ divided by the sum."),
        Wrong("the angle", lambda r, a: np.arctan(r) * 2 / np.pi,
              "your time is the **angle** between noise and image, as a share of 90 degrees. On the core's clock the "
              "weights t and 1 - t lie on a straight line."),
    ),
    given=(
        lambda ratio, time: (ratio, time),
        Wrong("ratio and time exchanged", lambda ratio, time: (time, ratio),
              "the two results are **exchanged**: first the ratio, then the time."),
    ),
)
# fmt: on

# --- 14.9 Which times -------------------------------------------------------------------------------------------------


def _grids(rng):
    yield from ((4, 2), (10, 1), (10, 5), (8, 3), (1000, 4), (1000, 10), (1000, 7), (50, 11), (7, 7), (100, 3), (9, 5))


def _trailing_by_whole_numbers(steps, n):
    return np.array([(2 * steps * (n - i) + n) // (2 * n) for i in range(n)])


which_times = FunctionExercise(
    "14.9",
    "Which times",
    cases=_grids,
    oracle=_trailing_by_whole_numbers,
    solution="""
    import numpy as np

    def trailing(steps, n):
        times = steps - np.arange(n) * steps / n
        return np.round(times).astype(int)
    """,
    example=(8, 3),
    hints=(
        "Where is pure noise on this clock? A sampler that begins with pure noise must ask there first.",
        "From `steps` down by `steps / n` each time; `n` of them; round only at the end.",
        "`np.round(steps - np.arange(n) * steps / n).astype(int)`.",
    ),
)


def _grid(times, rounded, order):
    return lambda steps, n: order(rounded(np.asarray(times(steps, n), float)))


def _round(x):
    return np.round(x).astype(int)


# fmt: off
which_times.choices(
    _grid,
    place=CLOCK,
    words="`steps = 8`, `n = 3`",
    times=(
        lambda steps, n: steps - np.arange(n) * steps / n,
        Wrong("the leading grid", lambda steps, n: 1 + (steps // n) * np.arange(n)[::-1],
              "that is the **leading** grid, from 1 upwards in equal strides: it begins below `steps`. The sampler "
              "then hands pure noise to the network and says that some noise has gone; with n = 1 it returns noise."),
        Wrong("the leading grid from 0", lambda steps, n: (steps // n) * np.arange(n)[::-1],
              "that is the **leading** grid, from 0 upwards in equal strides (`range(0, steps, steps // n)`), as for "
              "times that are counted from 0: it begins below `steps`, and asks at time 0, where there is no noise."),
        Wrong("the leading grid, too long", lambda steps, n: np.arange(1, steps + 1, steps // n)[::-1],
              "that is the **leading** grid, from 1 upwards in whole strides, and where n does not divide `steps` it "
              "has more than n times. It is to begin *at* `steps` and go down by steps / n."),
        Wrong("the leading grid from 0, too long", lambda steps, n: np.arange(0, steps, steps // n)[::-1],
              "that is the **leading** grid, from 0 upwards in whole strides, and where n does not divide `steps` it "
              "has more than n times. It is to begin *at* `steps` and go down by steps / n."),
        Wrong("the leading grid, rounded at the end", lambda steps, n: 1 + np.arange(n)[::-1] * steps / n,
              "that is the **leading** grid, from 1 upwards in strides of steps / n: it begins below `steps`. The "
              "sampler then hands pure noise to the network and says that some noise has gone."),
        Wrong("multiples of a whole stride", lambda steps, n: np.arange(n, 0, -1) * (steps // n),
              "your times are multiples of the **whole** number steps // n, so they begin below `steps` where n does "
              "not divide it. Round at the end only."),
        Wrong("a rounded stride", lambda steps, n: steps - np.arange(n) * round(steps / n),
              "your stride is **rounded** before it is multiplied. Round at the end only."),
        Wrong("linspace from end to end", lambda steps, n: np.linspace(steps, 1, n),
              "that is `linspace` **from T to 1**. Its strides are steps / n only nearly: the last one, to time 0, has "
              "the length 1."),
        Wrong("linspace down to 0", lambda steps, n: np.linspace(steps, 0, n),
              "your times end **at 0**, where nothing is left to ask. n times, and then 0: `linspace(steps, 0, n + 1)` "
              "without its last entry."),
        Wrong("time 0 listed", lambda steps, n: np.linspace(steps, 0, n + 1),
              "you list **time 0**, too, where the walk arrives. The network is not asked there: n times."),
        Wrong("one stride too late", lambda steps, n: steps - (np.arange(n) + 1) * steps / n,
              "you begin **one stride below** `steps`, and end at 0 (the leading grid from 0). The first question is "
              "asked at `steps`."),
        Wrong("the last n times", lambda steps, n: steps - np.arange(n),
              "those are the **last n** times, one beside the other. They are to reach down over all of `steps`."),
        Wrong("the first n times", lambda steps, n: np.arange(n)[::-1] + 1,
              "those are the **first n** times, one beside the other. They are to reach from `steps` down."),
        Wrong("a whole stride, rounded up", lambda steps, n: steps - np.arange(n) * -(-steps // n),
              "your stride is a whole number, steps / n **rounded up** (`-steps // n` in a `range` does so). Round at "
              "the end only."),
        Wrong("a whole stride in a range, rounded up", lambda steps, n: np.arange(steps, 0, -steps // n),
              "your stride is a whole number, steps / n **rounded up** (`-steps // n` does so), and where n does not "
              "divide `steps` there are fewer times than n. Round at the end only."),
        Wrong("a whole stride", lambda steps, n: steps - np.arange(n) * (steps // n),
              "your stride is the **whole** number steps // n, so the times do not reach down far enough where n does "
              "not divide `steps`. Round at the end only."),
        Wrong("all times", lambda steps, n: np.arange(steps, 0, -1),
              "you return **all** times; n of them are asked for."),
        Wrong("every n-th time", lambda steps, n: np.arange(steps, 0, -n),
              "you take **every n-th** time; n times are asked for, in strides of steps / n."),
        Wrong("strides of n", lambda steps, n: steps - np.arange(n) * n,
              "your strides have the length **n**; they have the length steps / n."),
        Wrong("every stride of whole numbers", lambda steps, n: np.arange(steps, 0, -(steps // n)),
              "your stride is the **whole** number steps // n: where n does not divide `steps` there are more times "
              "than n. Round at the end only."),
        Wrong("from T to the first stride", lambda steps, n: np.linspace(steps, steps // n, n),
              "you take `linspace` down to **steps // n**, a rounded stride. Round at the end only."),
        Wrong("the middles", lambda steps, n: steps - (np.arange(n) + 0.5) * steps / n,
              "you take the **middle** of each stride. The first question is asked at `steps`, where the noise is."),
        Wrong("shares of 1", lambda steps, n: 1 - np.arange(n) / n,
              "you return **shares** from 0 to 1, without `steps`. Whole times from 1 to `steps` are asked for."),
        Wrong("squares", lambda steps, n: steps * (1 - np.arange(n) / n) ** 2,
              "your strides are not equal: you **square**."),
        Wrong("linspace down to 1 less", lambda steps, n: np.linspace(steps - 1, 0, n),
              "that is `linspace` **from T - 1 to 0**, for times that are counted from 0."),
    ),
    rounded=(
        _round,
        Wrong("rounded down", lambda x: np.floor(x + 1e-9).astype(int),
              "you **cut the fractions off** (`int`, `astype(int)` or `//`); times are rounded to the nearest whole "
              "number."),
        Wrong("rounded up", lambda x: np.ceil(x - 1e-9).astype(int),
              "you round **up**; times are rounded to the nearest whole number."),
        Wrong("not rounded", lambda x: x,
              "your times are **not rounded**: the network knows whole times only, and they are indices of "
              "`alpha_bars`."),
    ),
    order=(
        lambda t: t,
        Wrong("rising", lambda t: t[::-1],
              "your times **rise**. One draws from the noise, at `steps`, down to the data."),
        Wrong("one less", lambda t: t - 1,
              "all your times are **one too small**: you begin at steps - 1, as for times that are counted from 0. "
              "Here they are counted from 1 to `steps`."),
        Wrong("one more", lambda t: t + 1,
              "all your times are **one too large**."),
        Wrong("without the last", lambda t: t[:-1],
              "the **last** of the n times is missing."),
        Wrong("without the first", lambda t: t[1:],
              "the **first** of the n times is missing, `steps` itself."),
        Wrong("divided by the largest", lambda t: t / max(np.max(t, initial=1), 1),
              "you **divide** your times by `steps`. Whole times from 1 to `steps` are asked for."),
    ),
)
# fmt: on

# --- 14.10 Tell the network the time ----------------------------------------------------------------------------------


def _moments(rng):
    yield np.array([0.0]), 2
    yield np.array([0.5, 1.0]), 2
    yield np.array([0, 1]), 4
    yield np.array([0.25]), 3
    yield rng.uniform(0, 1, 3), 3
    yield rng.uniform(0, 1, 2), 5
    yield rng.uniform(0, 1, 6), 4
    yield rng.uniform(0, 1, 8), 8
    yield np.array([0.001, 0.999]), 6


def _waves_by_loops(t, n):
    factor = 1000 ** (1 / (n - 1))
    rows = []
    for time in t:
        angles, frequency = [], 1.0
        for _ in range(n):
            angles.append(frequency * float(time))
            frequency *= factor
        rows.append([math.sin(a) for a in angles] + [math.cos(a) for a in angles])
    return np.array(rows)


time_waves = FunctionExercise(
    "14.10",
    "Tell the network the time",
    cases=_moments,
    oracle=_waves_by_loops,
    solution="""
    import numpy as np

    def time_waves(t, n):
        angles = t[:, None] * np.geomspace(1, 1000, n)
        return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)
    """,
    example=(np.array([0.5]), 2),
    example_words="For `t = [0.5]`, `n = 2`",
    hints=(
        "The first number of each time must change slowly with t, the last one fast. Which NumPy function gives "
        "numbers of which each is the same factor larger?",
        "`np.geomspace(1, 1000, n)`. Every time meets every frequency: (N, 1) times (n,) gives (N, n).",
        "`angles = t[:, None] * np.geomspace(1, 1000, n)`, then its sines and its cosines, side by side.",
    ),
    rtol=1e-4,  # the sine of 1,000, in float32
    atol=2e-4,
    fixed=("t.ndim",),
)


def _waves(frequencies, scaled, waves, joined):
    return lambda t, n: joined(*waves(scaled(np.asarray(t, float))[:, None] * frequencies(n)))


# fmt: off
time_waves.choices(
    _waves,
    place=CLOCK,
    words="`t = [0.5]`, `n = 2`",
    frequencies=(
        lambda n: np.geomspace(1, 1000, n),
        Wrong("frequencies for times up to 1000", lambda n: 10000.0 ** (-np.arange(n) / n),
              "your frequencies, 1 down to 1/10000, are made for times that run **to 1000**. With t from 0 to 1 they "
              "hardly move, and the network cannot tell the times apart: t is not scaled for this embedding."),
        Wrong("frequencies for times up to 1000, both ends", lambda n: 10000.0 ** (-np.arange(n) / max(n - 1, 1)),
              "your frequencies, 1 down to exactly 1/10000, are made for times that run **to 1000**. With t from 0 to "
              "1 they hardly move: t is not scaled for this embedding."),
        Wrong("equal steps", lambda n: np.linspace(1, 1000, n),
              "your frequencies rise in **equal steps**, as `linspace` gives them; nearly all are then fast. Each is "
              "to be the same *factor* larger: `geomspace`."),
        Wrong("falling frequencies", lambda n: np.geomspace(1000, 1, n),
              "your frequencies **fall**, from 1000 to 1. They begin with 1."),
        Wrong("whole numbers", lambda n: np.arange(1, n + 1),
              "your frequencies are **1, 2, 3 ...**; they run from 1 to 1000, each the same factor larger."),
        Wrong("powers of 2", lambda n: 2.0 ** np.arange(n),
              "your frequencies are **powers of 2**; they run from 1 to 1000, whatever n is."),
        Wrong("powers of 10", lambda n: 10.0 ** np.arange(n),
              "your frequencies are **powers of 10**; they run from 1 to 1000, whatever n is."),
        Wrong("the last frequency missing", lambda n: 1000.0 ** (np.arange(n) / n),
              "your frequencies stop **below 1000**: the exponent is i/n where it is i/(n - 1)."),
        Wrong("the first frequency missing", lambda n: 1000.0 ** ((np.arange(n) + 1) / n),
              "your frequencies begin **above 1**: the exponent is (i + 1)/n where it is i/(n - 1)."),
        Wrong("powers of 1000", lambda n: 1000.0 ** np.arange(n),
              "your frequencies are **powers of 1000**; they run from 1 to 1000, whatever n is."),
        Wrong("squares of equal steps", lambda n: np.linspace(1, np.sqrt(1000), n) ** 2,
              "your frequencies are **squares** of numbers in equal steps; each is to be the same *factor* larger."),
        Wrong("up to 10000", lambda n: np.geomspace(1, 10000, n),
              "your frequencies run up to **10000**; here it is 1000."),
        Wrong("up to 100", lambda n: np.geomspace(1, 100, n),
              "your frequencies run up to **100**; here it is 1000."),
        Wrong("logspace(1, 1000)", lambda n: np.logspace(1, 1000, n),
              "`logspace(1, 1000, n)` takes **exponents**, so it ends beyond the largest float: it would be "
              "`logspace(0, 3, n)`, or `geomspace(1, 1000, n)`."),
        Wrong("logspace(0, 1000)", lambda n: np.logspace(0, 1000, n),
              "`logspace(0, 1000, n)` takes **exponents**, so it ends beyond the largest float: it would be "
              "`logspace(0, 3, n)`, or `geomspace(1, 1000, n)`."),
        Wrong("from 10", lambda n: np.logspace(1, 3, n),
              "your frequencies begin with **10**: `logspace(1, 3, n)` takes exponents. They run from 1, `logspace(0, "
              "3, n)`."),
        Wrong("half as many frequencies", lambda n: np.geomspace(1, 1000, n // 2),
              "you take **n // 2** frequencies. There are n of them, and 2n numbers a time."),
        Wrong("twice as many frequencies", lambda n: np.geomspace(1, 1000, 2 * n),
              "you take **2n** frequencies. There are n of them; each has a sine and a cosine."),
        Wrong("full turns", lambda n: 2 * np.pi * np.geomspace(1, 1000, n),
              "your angles have a factor **2π**: full turns. The angle asked for is frequency × t."),
        Wrong("half turns", lambda n: np.pi * np.geomspace(1, 1000, n),
              "your angles have a factor **π**: half turns. The angle asked for is frequency × t."),
        Wrong("equal steps from 0", lambda n: 1000 * np.arange(n) / n,
              "your frequencies rise in **equal steps** from 0. They begin with 1, and each is to be the same *factor* "
              "larger."),
        Wrong("powers of e", lambda n: np.exp(np.linspace(0, 3, n)),
              "your frequencies run from 1 to **e³**; they run to 1000, 10³."),
        Wrong("steps of 1000 // n", lambda n: 1 + np.arange(n) * (1000 // n),
              "your frequencies rise in **equal steps**; each is to be the same *factor* larger: `geomspace`."),
        Wrong("equal steps from 0 to 1000", lambda n: np.linspace(0, 1000, n),
              "your frequencies rise in **equal steps** from 0 to 1000. They begin with 1, and each is to be the same "
              "*factor* larger."),
        Wrong("one frequency", lambda n: np.ones(n),
              "all your waves have the **same** frequency, 1."),
        Wrong("divided by the frequencies", lambda n: 1 / np.geomspace(1, 1000, n),
              "you **divide** by the frequencies: your waves become slower, not faster."),
        Wrong("from 1/1000 to 1", lambda n: np.geomspace(0.001, 1, n),
              "your frequencies run from **1/1000 to 1**; they run from 1 to 1000."),
    ),
    scaled=(
        lambda t: t,
        Wrong("1000 times the time", lambda t: 1000 * t,
              "you multiply t by **1000**. The frequencies reach to 1000 already, so this is too fast."),
        Wrong("time reversed", lambda t: 1 - t,
              "you take the waves of **1 - t**."),
        Wrong("time in degrees", lambda t: np.radians(t),
              "you take the angles for **degrees**."),
        Wrong("the logarithm of the time", lambda t: np.log(np.maximum(t, 1e-12)),
              "you take the waves of the **logarithm** of t."),
        Wrong("whole times", lambda t: np.round(t),
              "you **round** the times."),
    ),
    waves=(
        lambda a: (np.sin(a), np.cos(a)),
        Wrong("sines twice", lambda a: (np.sin(a), np.sin(a)),
              "both halves are **sines**: the second holds the cosines."),
        Wrong("cosines twice", lambda a: (np.cos(a), np.cos(a)),
              "both halves are **cosines**: the first holds the sines."),
        Wrong("cosines, then minus sines", lambda a: (np.cos(a), -np.sin(a)),
              "you return **cosines and minus sines**: the derivatives. First the sines, then the cosines."),
        Wrong("minus sines", lambda a: (-np.sin(a), np.cos(a)),
              "your sines have the **wrong sign**."),
        Wrong("cosines first", lambda a: (np.cos(a), np.sin(a)),
              "the **cosines come first**; the sines are to come first."),
        Wrong("the angles themselves", lambda a: (a, a),
              "you return the **angles**; their sines and cosines are asked for."),
    ),
    joined=(
        lambda a, b: np.concatenate([a, b], axis=1),
        Wrong("sine and cosine in turns", lambda a, b: np.stack([a, b], axis=-1).reshape(len(a), -1),
              "you put sine and cosine of each frequency **side by side**, in turns. First all sines, then all "
              "cosines."),
        Wrong("one under the other", lambda a, b: np.concatenate([a, b], axis=0),
              "you put the cosines **under** the sines, along axis 0; they belong beside them, along axis 1."),
        Wrong("added", lambda a, b: a + b,
              "you **add** sines and cosines."),
        Wrong("only the first half", lambda a, b: a,
              "the **second half** is missing, the cosines: (N, 2n)."),
        Wrong("only the second half", lambda a, b: b,
              "the **first half** is missing, the sines: (N, 2n)."),
        Wrong("a new axis", lambda a, b: np.stack([a, b], axis=1),
              "you stack them along a **new axis**; the result has two axes, (N, 2n)."),
        Wrong("a new last axis", lambda a, b: np.stack([a, b], axis=-1),
              "you stack them along a **new last axis**; the result has two axes, (N, 2n)."),
        Wrong("two layers", lambda a, b: np.stack([a, b]),
              "you **stack** sines and cosines as two layers, (2, N, n); they belong side by side, (N, 2n)."),
        Wrong("one long row", lambda a, b: np.concatenate([a, b], axis=1).ravel(),
              "you return **one long row**; each time has a row of its own, (N, 2n)."),
        Wrong("lying", lambda a, b: np.concatenate([a, b], axis=1).T,
              "rows and columns are **exchanged**: each row belongs to one time."),
        Wrong("multiplied", lambda a, b: a * b,
              "you **multiply** sines and cosines."),
    ),
)


def _of_twice_as_many(halves):
    def answer(t, n):
        angles = np.asarray(t, float)[:, None] * np.geomspace(1, 1000, 2 * n)
        return halves(angles, n)

    return answer if halves else _waves_by_loops


time_waves.choices(
    _of_twice_as_many,
    place=CLOCK,
    words="`t = [0.5]`, `n = 2`",
    halves=(
        None,
        Wrong("2n frequencies in two halves",
              lambda a, n: np.concatenate([np.sin(a[:, :n]), np.cos(a[:, n:])], axis=1),
              "you take **2n** frequencies, the lower half for the sines and the upper half for the cosines. There are "
              "n of them, and each has a sine *and* a cosine."),
        Wrong("2n frequencies in turns, sines first",
              lambda a, n: np.concatenate([np.sin(a[:, 0::2]), np.cos(a[:, 1::2])], axis=1),
              "you take **2n** frequencies, every other one for the sines and the rest for the cosines. There are n of "
              "them, and each has a sine *and* a cosine."),
        Wrong("2n frequencies, sine and cosine in turns",
              lambda a, n: np.where(np.arange(2 * n) % 2 == 0, np.sin(a), np.cos(a)),
              "you take **2n** frequencies, and sine and cosine in turns. There are n of them, each with a sine *and* "
              "a cosine; first all sines, then all cosines."),
        Wrong("2n frequencies, n of each", lambda a, n: np.concatenate([np.sin(a[:, :n]), np.cos(a[:, :n])], axis=1),
              "you make **2n** frequencies and use the first n of them, so they stop far below 1000. Make n of them."),
        Wrong("2n sines", lambda a, n: np.sin(a),
              "you return the sines of **2n** frequencies. There are n of them, each with a sine *and* a cosine."),
    ),
)
# fmt: on


@time_waves.mistake("times not made a column", example=(np.array([0.5, 1.0]), 2))
def _(t, n):
    """you multiply `t` and the frequencies **entry by entry**. Each time must meet each frequency: `t[:, None]`. For
    `t = [0.5, 1]`, `n = 2` you return `[0.4794, 0.8269, 0.8776, 0.5624]`, expected `[[0.4794, -0.4678, 0.8776,
    -0.8838], [0.8415, 0.8269, 0.5403, 0.5624]]`. Look again at section 7."""
    angles = t * np.geomspace(1, 1000, n)
    return np.concatenate([np.sin(angles), np.cos(angles)])


@time_waves.mistake("frequencies added")
def _(t, n):
    """you **add** time and frequency; an angle is their product. {example} you return
    `[[0.9975, 0.9953, 0.07074, 0.09711]]`, expected `[[0.4794, -0.4678, 0.8776, -0.8838]]`. Look again at section 7."""
    angles = t[:, None] + np.geomspace(1, 1000, n)
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)


# --- 14.11 Four names -------------------------------------------------------------------------------------------------


def _noisy_values(rng):
    yield np.array([1.1, -0.2]), np.array([0.5, 1.0]), 0.64
    yield np.array([0.3]), np.array([-0.4]), 0.5
    yield rng.standard_normal(4), rng.standard_normal(4), 0.36
    yield rng.standard_normal((2, 3)), rng.standard_normal((2, 3)), 0.9
    yield rng.standard_normal((2, 2, 2)), rng.standard_normal((2, 2, 2)), 0.1
    yield np.array([2, -1]), np.array([1, 0]), 0.04
    yield rng.standard_normal((3, 2)), rng.standard_normal((3, 2)), 0.99
    yield rng.standard_normal(5), rng.standard_normal(5), 0.001
    yield np.zeros(3), rng.standard_normal(3), 0.25


def _names_by_an_angle(x, noise, alpha_bar):
    angle = math.acos(math.sqrt(alpha_bar))  # clean and noise lie at right angles: x is cos · clean + sin · noise
    clean = (x - math.sin(angle) * noise) / math.cos(angle)
    velocity = (noise - math.sin(angle) * x) / math.cos(angle)
    return clean, velocity, noise / -math.sin(angle)


four_names = FunctionExercise(
    "14.11",
    "Four names",
    cases=_noisy_values,
    oracle=_names_by_an_angle,
    solution="""
    import numpy as np

    def four_names(x, noise, alpha_bar):
        signal, sigma = np.sqrt(alpha_bar), np.sqrt(1 - alpha_bar)
        clean = (x - sigma * noise) / signal
        return clean, signal * noise - sigma * clean, -noise / sigma
    """,
    example=(np.array([1.1, -0.2]), np.array([0.5, 1.0]), 0.64),
    hints=(
        "x = √ᾱ clean + √(1 - ᾱ) noise. Solve it for the clean value.",
        "v is given by clean and noise. The score is the slope of the log of a bell of width √(1 - ᾱ): minus the "
        "distance, √(1 - ᾱ) noise, divided by the width squared.",
        "`clean = (x - sigma * noise) / signal`, `v = signal * noise - sigma * clean`, `score = -noise / sigma`.",
    ),
    rtol=1e-7,
    atol=1e-9,
)


def _all_names(taken, kept, clean, of_noise, of_clean, velocity, away, sign, divisor, given):
    def answer(x, noise, alpha_bar):
        s, q = np.sqrt(alpha_bar), np.sqrt(1 - alpha_bar)
        c = clean(x, taken(s, q) * noise, kept(s, q), s, q)
        v = velocity(of_noise(s, q), of_clean(s, q), c, x, noise, s, q)
        return given(c, v, sign * away(c, x, noise, s, q) / divisor(s, q))

    return answer


# fmt: off
four_names.choices(
    _all_names,
    place=NAMES,
    words="`x = [1.1, -0.2]`, `noise = [0.5, 1]`, `alpha_bar = 0.64`",
    taken=(
        lambda s, q: q,
        Wrong("1 - ᾱ for its root in the clean value", lambda s, q: q**2,
              "in your clean value you take away **(1 - ᾱ) noise**: a root is missing, the noise is multiplied by "
              "√(1 - ᾱ)."),
        Wrong("the noise taken away whole", lambda s, q: 1,
              "in your clean value you take away the **whole noise**; √(1 - ᾱ) of it is in x."),
        Wrong("noise added to x", lambda s, q: -q,
              "in your clean value the noise is **added** to x; it is taken away."),
        Wrong("√ᾱ of the noise", lambda s, q: s,
              "in your clean value you take away **√ᾱ** of the noise; √(1 - ᾱ) of it is in x."),
        Wrong("1 - √ᾱ of the noise", lambda s, q: 1 - s,
              "in your clean value you take away **1 - √ᾱ** of the noise; √(1 - ᾱ) of it is in x."),
        Wrong("no noise taken away", lambda s, q: 0,
              "in your clean value **no noise** is taken away."),
    ),
    kept=(
        lambda s, q: s,
        Wrong("clean not divided by √ᾱ", lambda s, q: 1,
              "your clean value is **not divided by √ᾱ**: you take the noise away, but what is left has been made "
              "smaller by √ᾱ."),
        Wrong("clean divided by ᾱ", lambda s, q: s**2,
              "your clean value is divided by **ᾱ**; the image was multiplied by its root."),
        Wrong("multiplied by √ᾱ", lambda s, q: 1 / s,
              "in your clean value you **multiply** by √ᾱ where you divide."),
        Wrong("divided by √(1 - ᾱ)", lambda s, q: q,
              "your clean value is divided by **√(1 - ᾱ)**; the image was multiplied by √ᾱ."),
        Wrong("divided by 1 - ᾱ", lambda s, q: q**2,
              "your clean value is divided by **1 - ᾱ**; the image was multiplied by √ᾱ."),
    ),
    clean=(
        lambda x, away, kept, s, q: (x - away) / kept,
        Wrong("only x divided", lambda x, away, kept, s, q: x / kept - away,
              "**brackets**: in your clean value only x is divided by √ᾱ; the difference is."),
        Wrong("only the noise divided", lambda x, away, kept, s, q: x - away / kept,
              "**brackets**: in your clean value only the noise is divided by √ᾱ; the difference is."),
        Wrong("√ᾱ x minus √(1 - ᾱ) noise", lambda x, away, kept, s, q: s * x - away,
              "your clean value is **√ᾱ x - √(1 - ᾱ) noise**: that would be right with v in the place of the noise."),
        Wrong("x itself for the clean value", lambda x, away, kept, s, q: x,
              "you return **x** for the clean value."),
        Wrong("√ᾱ and √(1 - ᾱ) exchanged in the clean value", lambda x, away, kept, s, q: (x - s / q * away) / q,
              "in your clean value **√ᾱ and √(1 - ᾱ) are exchanged**."),
        Wrong("both roots missing in the clean value", lambda x, away, kept, s, q: (x - q * away) / s**2,
              "in your clean value **both roots are missing**."),
    ),
    of_noise=(
        lambda s, q: s,
        Wrong("ᾱ of the noise in v", lambda s, q: s**2,
              "in your v the noise is multiplied by **ᾱ**: a root is missing."),
        Wrong("√(1 - ᾱ) of the noise in v", lambda s, q: q,
              "in your v the noise is multiplied by **√(1 - ᾱ)**; it is √ᾱ."),
        Wrong("the noise not weighed in v", lambda s, q: 1,
              "in your v the **noise is not weighed**: √ᾱ belongs to it."),
        Wrong("minus the noise in v", lambda s, q: -s,
              "in your v the noise has the **wrong sign**."),
        Wrong("1 - ᾱ of the noise in v", lambda s, q: q**2,
              "in your v the noise is multiplied by **1 - ᾱ**; it is √ᾱ."),
        Wrong("no noise in v", lambda s, q: 0,
              "in your v the **noise is missing**."),
    ),
    of_clean=(
        lambda s, q: q,
        Wrong("1 - ᾱ of the clean value in v", lambda s, q: q**2,
              "in your v the clean value is multiplied by **1 - ᾱ**: a root is missing."),
        Wrong("√ᾱ twice in v", lambda s, q: s,
              "in your v the clean value is multiplied by **√ᾱ**; it is √(1 - ᾱ)."),
        Wrong("the clean value not weighed in v", lambda s, q: 1,
              "in your v the **clean value is not weighed**: √(1 - ᾱ) belongs to it."),
        Wrong("v as a sum", lambda s, q: -q,
              "your v is a **sum**; it is the difference √ᾱ noise - √(1 - ᾱ) clean."),
        Wrong("ᾱ of the clean value in v", lambda s, q: s**2,
              "in your v the clean value is multiplied by **ᾱ**; it is √(1 - ᾱ)."),
        Wrong("no clean value in v", lambda s, q: 0,
              "in your v the **clean value is missing**."),
    ),
    velocity=(
        lambda a, b, c, x, e, s, q: a * e - b * c,
        Wrong("v with the other sign", lambda a, b, c, x, e, s, q: b * c - a * e,
              "your v has the **wrong sign**: it is √ᾱ noise - √(1 - ᾱ) clean. On this clock time runs to the noise, "
              "so v points there."),
        Wrong("√ᾱ and √(1 - ᾱ) exchanged in v", lambda a, b, c, x, e, s, q: q * e - s * c,
              "in your v **√ᾱ and √(1 - ᾱ) are exchanged**: it is √ᾱ that goes with the noise."),
        Wrong("noise and clean exchanged in v", lambda a, b, c, x, e, s, q: a * c - b * e,
              "in your v **noise and clean value are exchanged**: it is √ᾱ noise - √(1 - ᾱ) clean."),
        Wrong("x for clean in v", lambda a, b, c, x, e, s, q: a * e - b * x,
              "your v is made with **x** where the clean value belongs."),
        Wrong("x for the noise in v", lambda a, b, c, x, e, s, q: a * x - b * c,
              "your v is made with **x** where the noise belongs."),
        Wrong("roots missing in v", lambda a, b, c, x, e, s, q: s**2 * e - q**2 * c,
              "in your v the **roots are missing**: √ᾱ and √(1 - ᾱ), not ᾱ and 1 - ᾱ."),
        Wrong("noise minus clean", lambda a, b, c, x, e, s, q: e - c,
              "your v is **noise - clean**, the velocity of a straight line. On this clock the way is a piece of a "
              "circle: √ᾱ noise - √(1 - ᾱ) clean."),
        Wrong("clean minus noise", lambda a, b, c, x, e, s, q: c - e,
              "your v is **clean - noise**, the velocity of the core. On this clock the way is a piece of a circle, "
              "and it runs to the noise: √ᾱ noise - √(1 - ᾱ) clean."),
        Wrong("noise minus x", lambda a, b, c, x, e, s, q: e - x,
              "your v is **noise - x**; it is √ᾱ noise - √(1 - ᾱ) clean."),
        Wrong("x again for v", lambda a, b, c, x, e, s, q: s * c + q * e,
              "your v is **√ᾱ clean + √(1 - ᾱ) noise**, which is x again."),
    ),
    away=(
        lambda c, x, e, s, q: e,
        Wrong("x for the noise in the score", lambda c, x, e, s, q: x,
              "your score is made with **x**; it is made with the noise in it (or with x - √ᾱ clean, divided by σ²)."),
        Wrong("clean for the noise in the score", lambda c, x, e, s, q: c,
              "your score is made with the **clean value**; it is made with the noise."),
        Wrong("x minus clean in the score", lambda c, x, e, s, q: x - c,
              "your score is made with **x - clean**: the middle of the bell is √ᾱ clean."),
        Wrong("√ᾱ noise in the score", lambda c, x, e, s, q: s * e,
              "your score has a factor **√ᾱ** too many."),
        Wrong("v in the score", lambda c, x, e, s, q: s * e - q * c,
              "your score is made with **v**; it is made with the noise."),
    ),
    sign=(
        -1,
        Wrong("score with the other sign", 1,
              "your score has the **wrong sign**: it points to where values are more likely, and so against the "
              "noise."),
    ),
    divisor=(
        lambda s, q: q,
        Wrong("score divided by 1 - ᾱ", lambda s, q: q**2,
              "your score divides by **1 - ᾱ where its root** belongs: σ² for σ. It is -(x - √ᾱ clean)/σ², and x - √ᾱ "
              "clean is σ times the noise: one σ cancels."),
        Wrong("score not divided", lambda s, q: 1,
              "your score is **not divided** by σ = √(1 - ᾱ). (A distance, x - √ᾱ clean, is divided by σ².)"),
        Wrong("score multiplied by √(1 - ᾱ)", lambda s, q: 1 / q,
              "your score is **multiplied** by √(1 - ᾱ) where it is divided."),
        Wrong("score divided by √ᾱ", lambda s, q: s,
              "your score is divided by **√ᾱ**; it is the width of the noise, √(1 - ᾱ)."),
        Wrong("score divided by ᾱ", lambda s, q: s**2,
              "your score is divided by **ᾱ**; it is the width of the noise, √(1 - ᾱ)."),
        Wrong("score divided by 1 - √ᾱ", lambda s, q: 1 - s,
              "your score is divided by **1 - √ᾱ**; it is √(1 - ᾱ)."),
    ),
    given=(
        lambda c, v, score: (c, v, score),
        Wrong("v first", lambda c, v, score: (v, c, score),
              "**clean and v are exchanged** in your result."),
        Wrong("score before v", lambda c, v, score: (c, score, v),
              "**v and score are exchanged** in your result."),
        Wrong("the score missing", lambda c, v, score: (c, v),
              "your result has **two** arrays; three are asked for: clean, v, score."),
    ),
)
# fmt: on

# --- 14.12 A step of DDIM ---------------------------------------------------------------------------------------------


def _steps_back(rng):
    yield np.array([1.1]), np.array([0.5]), 0.64, 0.81
    yield np.array([1.1, -0.2]), np.array([0.5, 1.0]), 0.36, 1.0
    yield rng.standard_normal(4), rng.standard_normal(4), 0.1, 0.5
    yield rng.standard_normal((2, 3)), rng.standard_normal((2, 3)), 0.3, 0.35
    yield rng.standard_normal((2, 2, 2)), rng.standard_normal((2, 2, 2)), 0.9, 0.99
    yield rng.standard_normal((3, 2)), rng.standard_normal((3, 2)), 0.01, 0.9
    yield np.array([2, -1]), np.array([1, 0]), 0.5, 0.8
    yield rng.standard_normal(5), np.zeros(5), 0.2, 0.6
    yield rng.standard_normal(3), rng.standard_normal(3), 0.7, 0.9


def _ddim_by_ratio(x, noise, alpha_bar, alpha_bar_before):
    # divided by its signal, a value moves along a straight line in the ratio of noise to signal
    before, after = (math.sqrt(1 / a - 1) for a in (alpha_bar, alpha_bar_before))
    return math.sqrt(alpha_bar_before) * (x / math.sqrt(alpha_bar) + (after - before) * noise)


ddim_step = FunctionExercise(
    "14.12",
    "A step of DDIM",
    cases=_steps_back,
    oracle=_ddim_by_ratio,
    solution="""
    import numpy as np

    def ddim_step(x, noise, alpha_bar, alpha_bar_before):
        clean = (x - np.sqrt(1 - alpha_bar) * noise) / np.sqrt(alpha_bar)
        return np.sqrt(alpha_bar_before) * clean + np.sqrt(1 - alpha_bar_before) * noise
    """,
    example=(np.array([1.1]), np.array([0.5]), 0.64, 0.81),
    hints=(
        "If the noise is known, what is the clean value? And if both are known, what is x at another time?",
        "First solve x = √ᾱ clean + √(1 - ᾱ) noise for the clean value, with the ᾱ of now.",
        "Then mix the same two anew with the ᾱ of the earlier time: √ᾱ_before clean + √(1 - ᾱ_before) noise.",
    ),
    rtol=1e-7,
    atol=1e-9,
)


def _mixed_anew(taken, kept, clean, signal, level, sign, anew, exchanged, given):
    def answer(x, noise, alpha_bar, alpha_bar_before):
        alpha_bar, alpha_bar_before = exchanged(alpha_bar, alpha_bar_before)
        with np.errstate(all="ignore"):
            s, q = np.sqrt(alpha_bar), np.sqrt(1 - alpha_bar)
            u, p = np.sqrt(alpha_bar_before), np.sqrt(1 - alpha_bar_before)
            c = clean(x, taken(q, p, s) * noise, kept(s, u, q), noise, s, q)
            return given(anew(signal(u, p, s, q), sign * level(u, p, s, q), c, x, noise, s, q), c, x)

    return answer


# fmt: off
ddim_step.choices(
    _mixed_anew,
    place=SAMPLERS,
    words="`x = [1.1]`, `noise = [0.5]`, `alpha_bar = 0.64`, `alpha_bar_before = 0.81`",
    taken=(
        lambda q, p, s: q,
        Wrong("1 - ᾱ for its root in the clean value", lambda q, p, s: q**2,
              "in your clean value you take away **(1 - ᾱ) noise**: a root is missing."),
        Wrong("the noise taken away whole", lambda q, p, s: 1,
              "in your clean value you take away the **whole noise**; √(1 - ᾱ) of it is in x."),
        Wrong("noise added to x", lambda q, p, s: -q,
              "in your clean value the noise is **added** to x; it is taken away."),
        Wrong("the earlier noise taken away", lambda q, p, s: p,
              "in your clean value the noise is taken away with the **earlier** √(1 - ᾱ). x holds that of now."),
        Wrong("the noise not taken away", lambda q, p, s: 0,
              "you do **not take the noise away** from x for the clean value."),
        Wrong("√ᾱ of the noise", lambda q, p, s: s,
              "in your clean value you take away **√ᾱ** of the noise; √(1 - ᾱ) of it is in x."),
    ),
    kept=(
        lambda s, u, q: s,
        Wrong("clean not divided by √ᾱ", lambda s, u, q: 1,
              "your clean value is **not divided by √ᾱ**: what is left when the noise is taken away has been made "
              "smaller by √ᾱ."),
        Wrong("clean divided by ᾱ", lambda s, u, q: s**2,
              "your clean value is divided by **ᾱ**; the image was multiplied by its root."),
        Wrong("multiplied by √ᾱ", lambda s, u, q: 1 / s,
              "in your clean value you **multiply** by √ᾱ where you divide."),
        Wrong("divided by √(1 - ᾱ)", lambda s, u, q: q,
              "your clean value is divided by **√(1 - ᾱ)**; the image was multiplied by √ᾱ."),
        Wrong("√ᾱ of one time", lambda s, u, q: u,
              "the clean value is divided and multiplied by √ᾱ of the **same** time. It is divided by that of now, and "
              "multiplied by that of the earlier time."),
    ),
    clean=(
        lambda x, away, kept, e, s, q: (x - away) / kept,
        Wrong("only x divided", lambda x, away, kept, e, s, q: x / kept - away,
              "**brackets**: in your clean value only x is divided by √ᾱ; the difference is."),
        Wrong("only the noise divided", lambda x, away, kept, e, s, q: x - away / kept,
              "**brackets**: in your clean value only the noise is divided by √ᾱ; the difference is."),
        Wrong("the noise taken for the clean value", lambda x, away, kept, e, s, q: e,
              "you take the network's answer for the **clean value**; it is the noise."),
        Wrong("x taken for the clean value", lambda x, away, kept, e, s, q: x,
              "you take **x** itself for the clean value."),
        Wrong("the clean value cut off", lambda x, away, kept, e, s, q: np.clip((x - away) / kept, -1, 1),
              "you **cut off** the clean value at -1 and 1. Some programs do so for images; here it is not asked for."),
        Wrong("√ᾱ and √(1 - ᾱ) exchanged in the clean value", lambda x, away, kept, e, s, q: (x - s * e) / q,
              "in your clean value **√ᾱ and √(1 - ᾱ) are exchanged**."),
        Wrong("both roots missing in the clean value", lambda x, away, kept, e, s, q: (x - q**2 * e) / s**2,
              "in your clean value **both roots are missing**."),
    ),
    signal=(
        lambda u, p, s, q: u,
        Wrong("the root of ᾱ missing in the mixture", lambda u, p, s, q: u**2,
              "the **root of ᾱ_before** is missing: a variance multiplies the clean value (or you divided by the root "
              "of one step's α, ᾱ/ᾱ_before)."),
        Wrong("the clean value not weighed", lambda u, p, s, q: 1,
              "the **clean value is not multiplied** by √ᾱ_before."),
        Wrong("√(1 - ᾱ_before) times the clean value", lambda u, p, s, q: p,
              "the clean value is multiplied by **√(1 - ᾱ_before)**; it is √ᾱ_before."),
        Wrong("the clean value left out", lambda u, p, s, q: 0,
              "the **clean value is missing** where you mix anew."),
    ),
    level=(
        lambda u, p, s, q: p,
        Wrong("the noise of now kept", lambda u, p, s, q: q,
              "you mix anew with the noise of **now**, √(1 - ᾱ). At the earlier time there is less of it: √(1 - "
              "ᾱ_before)."),
        Wrong("the root of 1 - ᾱ missing in the mixture", lambda u, p, s, q: p**2,
              "the **root of 1 - ᾱ_before** is missing: a variance multiplies the noise."),
        Wrong("noise not added again", lambda u, p, s, q: 0,
              "you **do not put the noise back**: at the earlier time there is less, but not none."),
        Wrong("1 minus the root", lambda u, p, s, q: 1 - u,
              "you multiply the noise by **1 - √ᾱ_before**; it is √(1 - ᾱ_before)."),
        Wrong("the noise not weighed", lambda u, p, s, q: 1,
              "the **noise is put back whole**; it is multiplied by √(1 - ᾱ_before)."),
        Wrong("the noise of one step", lambda u, p, s, q: np.sqrt(max(1 - s**2 / u**2, 0.0)),
              "you put back √β, the noise of **one step**; at the earlier time there is √(1 - ᾱ_before) of it."),
        Wrong("the root of the difference", lambda u, p, s, q: np.sqrt(max(u**2 - s**2, 0.0)),
              "you put back **√(ᾱ_before - ᾱ)** of the noise; at the earlier time there is √(1 - ᾱ_before) of it."),
        Wrong("√ᾱ_before of the noise", lambda u, p, s, q: u,
              "the noise is multiplied by **√ᾱ_before**; it is √(1 - ᾱ_before)."),
    ),
    sign=(
        1,
        Wrong("noise subtracted", -1,
              "the noise is **taken away** where you mix anew; it is put back."),
    ),
    anew=(
        lambda a, b, c, x, e, s, q: a * c + b * e,
        Wrong("mixed with the ᾱ of now", lambda a, b, c, x, e, s, q: s * c + q * e,
              "your step leads **nowhere**: you take x apart and mix it anew with the *same* ᾱ. x is taken apart with "
              "that of now, and mixed anew with the earlier one."),
        Wrong("roots missing in the mixture", lambda a, b, c, x, e, s, q: a**2 * c + b**2 * e,
              "the **roots are missing** where you mix anew: √ᾱ_before and √(1 - ᾱ_before)."),
        Wrong("the clean value itself", lambda a, b, c, x, e, s, q: c,
              "you return the **clean value**: the whole way in one step. Only a piece of it is to be walked."),
        Wrong("exchanged in the mixture", lambda a, b, c, x, e, s, q: b * c + a * e,
              "√ᾱ_before and √(1 - ᾱ_before) are **exchanged** where you mix anew."),
        Wrong("x for the noise in the mixture", lambda a, b, c, x, e, s, q: a * c + b * x,
              "you mix anew with **x** where the noise belongs."),
    ),
    exchanged=(
        lambda now, before: (now, before),
        Wrong("the two ᾱ exchanged", lambda now, before: (before, now),
              "the **two ᾱ are exchanged**: x is taken apart with that of now, `alpha_bar`, and mixed anew with the "
              "earlier one. Your step leads back to more noise."),
    ),
    given=(
        lambda new, c, x: new,
        Wrong("clean value, too", lambda new, c, x: np.array([new, c]),
              "you return **two** arrays; only x at the earlier time is asked for."),
        Wrong("x added", lambda new, c, x: x + new,
              "your result is **added to x**: `+=` where `=` is meant."),
    ),
)


def _taken_for(another):
    def answer(x, noise, alpha_bar, alpha_bar_before):
        s, q = np.sqrt(alpha_bar), np.sqrt(1 - alpha_bar)
        clean, noise = another(x, noise, s, q)
        return np.sqrt(alpha_bar_before) * clean + np.sqrt(1 - alpha_bar_before) * noise

    return answer if another else _ddim_by_ratio


ddim_step.choices(
    _taken_for,
    place=SAMPLERS,
    words="`x = [1.1]`, `noise = [0.5]`, `alpha_bar = 0.64`, `alpha_bar_before = 0.81`",
    another=(
        None,
        Wrong("the guess taken for the clean value", lambda x, e, s, q: (e, (x - s * e) / q),
              "you take `noise` for the guessed **clean value** and work the noise out from it. It is the guessed "
              "*noise*: work the clean value out, (x - √(1 - ᾱ) noise)/√ᾱ."),
        Wrong("the guess taken for v", lambda x, e, s, q: (s * x - q * e, q * x + s * e),
              "you take `noise` for **v**. It is the guessed noise itself: the clean value is (x - √(1 - ᾱ) "
              "noise)/√ᾱ."),
        Wrong("the guess taken for the score", lambda x, e, s, q: ((x + q**2 * e) / s, -q * e),
              "you take `noise` for the **score**. It is the guessed noise itself: the clean value is (x - √(1 - ᾱ) "
              "noise)/√ᾱ."),
    ),
)
# fmt: on


@ddim_step.mistake("the mean of DDPM's step", example=(np.array([2.0]), np.array([1.0]), 0.5, 0.8))
def _(x, noise, alpha_bar, alpha_bar_before):
    """that is the mean of **DDPM's** step, (x - β/√(1 - ᾱ) noise)/√α (or you mix anew with √(1 - ᾱ_before - σ²) noise).
    It leaves less noise in x than belongs to the earlier time, because fresh noise would follow. For `x = [2]`,
    `noise = [1]`, `alpha_bar = 0.5`, `alpha_bar_before = 0.8` you return `[1.859]`, expected `[2.083]`. Look again at
    section 10."""
    alpha = alpha_bar / alpha_bar_before
    return (x - (1 - alpha) / np.sqrt(1 - alpha_bar) * noise) / np.sqrt(alpha)


@ddim_step.mistake("a step of the core", example=(np.array([2.0]), np.array([1.0]), 0.5, 0.8))
def _(x, noise, alpha_bar, alpha_bar_before):
    """you walk in a **straight line** with ᾱ for the time, as on the core's clock: x + (ᾱ_before - ᾱ) (clean - noise).
    On this clock the way is bent. For `x = [2]`, `noise = [1]`, `alpha_bar = 0.5`, `alpha_bar_before = 0.8` you return
    `[2.249]`, expected `[2.083]`. Mix clean and noise anew, see section 10."""
    clean = (x - np.sqrt(1 - alpha_bar) * noise) / np.sqrt(alpha_bar)
    return x + (alpha_bar_before - alpha_bar) * (clean - noise)


@ddim_step.mistake("the step of one β", example=(np.array([2.0]), np.array([1.0]), 0.5, 0.8))
def _(x, noise, alpha_bar, alpha_bar_before):
    """you undo **one step of adding noise**, (x - √β noise)/√α, as if the noise in x had been added in this step alone.
    It has gathered over all steps. For `x = [2]`, `noise = [1]`, `alpha_bar = 0.5`, `alpha_bar_before = 0.8` you return
    `[1.755]`, expected `[2.083]`. Look again at section 10."""
    alpha = alpha_bar / alpha_bar_before
    return (x - np.sqrt(1 - alpha) * noise) / np.sqrt(alpha)


# --- 14.13 A step of DDPM ---------------------------------------------------------------------------------------------

RISING = np.array([0.2, 0.36, 0.5])


def _random_steps_back(rng):
    yield np.array([1.0]), np.array([0.5]), RISING, 2, np.array([1.0])
    yield np.array([1.0]), np.array([0.5]), RISING, 1, np.array([1.0])
    yield np.array([1.0, -2.0]), np.array([0.5, 1.0]), RISING, 3, np.array([-1.0, 2.0])
    some = ((2, 3), 5, 1), ((4,), 6, 4), ((2, 2, 2), 4, 4), ((3, 2), 7, 1), ((5,), 3, 2), ((2,), 8, 6)
    for shape, length, t in some:
        values = rng.standard_normal((3, *shape))
        yield values[0], values[1], rng.uniform(0.05, 0.6, length), t, values[2]
    yield rng.standard_normal(3), rng.standard_normal(3), np.linspace(1e-4, 0.02, 9), 9, rng.standard_normal(3)
    yield rng.standard_normal(4), rng.standard_normal(4), np.linspace(0.1, 0.3, 4), 2, rng.standard_normal(4)
    yield np.array([2, 1]), np.array([1, 0]), np.array([0.4, 0.3]), 1, np.array([1, -1])


def _ddpm_by_posterior(x, noise, betas, t, fresh):
    left = [1.0]
    for beta in betas:
        left.append(left[-1] * (1 - beta))
    now, before, beta = left[t], left[t - 1], betas[t - 1]
    clean = (x - math.sqrt(1 - now) * noise) / math.sqrt(now)
    mean = math.sqrt(before) * beta * clean + math.sqrt(1 - beta) * (1 - before) * x
    return mean / (1 - now) + (math.sqrt(beta) * fresh if t > 1 else 0.0)


ddpm_step = FunctionExercise(
    "14.13",
    "A step of DDPM",
    cases=_random_steps_back,
    oracle=_ddpm_by_posterior,
    solution="""
    import numpy as np

    def ddpm_step(x, noise, betas, t, fresh):
        beta, alpha_bar = betas[t - 1], np.prod(1 - betas[:t])
        mean = (x - beta / np.sqrt(1 - alpha_bar) * noise) / np.sqrt(1 - beta)
        return mean + np.sqrt(beta) * fresh if t > 1 else mean
    """,
    example=(np.array([1.0]), np.array([0.5]), RISING, 2, np.array([1.0])),
    hints=(
        "Which entry of `betas` belongs to step t? And which steps belong to ᾱ_t?",
        "`beta = betas[t - 1]`, ᾱ is the product of 1 - β over the first t entries. The step from t = 1 leads to the "
        "data.",
        "`mean = (x - beta / np.sqrt(1 - alpha_bar) * noise) / np.sqrt(1 - beta)`, plus `np.sqrt(beta) * fresh` if "
        "t is above 1.",
    ),
    rtol=1e-7,
    atol=1e-9,
    fixed=("betas.ndim", "betas.dtype"),
)


def _ddpm(beta, product, taken, kept, divided, spread, last, drawn):
    def answer(x, noise, betas, t, fresh):
        with np.errstate(all="ignore"):
            bars = np.concatenate([[1.0], np.cumprod(1 - betas)])
            b, bar = beta(betas, t), product(bars, betas, t)
            mean = divided(x, taken(b, bar) * noise, kept(b, bar))
            return mean + last(t, len(betas)) * spread(b, bar, bars[t - 1], bars[t]) * drawn(fresh, noise, x)

    return answer


# fmt: off
ddpm_step.choices(
    _ddpm,
    place=SAMPLERS,
    words="`x = [1]`, `noise = [0.5]`, `betas = [0.2, 0.36, 0.5]`, `t = 2`, `fresh = [1]`",
    beta=(
        lambda betas, t: betas[t - 1],
        Wrong("β one step too late", lambda betas, t: betas[np.minimum(t, len(betas) - 1)],
              "you take **β one step too late**, `betas[t]`. `betas[t - 1]` belongs to step t; at t = T there is no "
              "`betas[t]`."),
        Wrong("betas[t]", lambda betas, t: betas[t],
              "you take **β one step too late**, `betas[t]`, which at t = T does not exist. `betas[t - 1]` belongs to "
              "step t."),
        Wrong("β one step too early", lambda betas, t: betas[t - 2],
              "you take **β one step too early**, `betas[t - 2]`; at t = 1 that is the last entry."),
        Wrong("the first β", lambda betas, t: betas[0],
              "you take the **first β** at every step."),
        Wrong("the last β", lambda betas, t: betas[-1],
              "you take the **last β** at every step."),
        Wrong("β from the end", lambda betas, t: betas[-t],
              "you read `betas` **from its end**: time reversed."),
    ),
    product=(
        lambda bars, betas, t: bars[t],
        Wrong("ᾱ one step too early", lambda bars, betas, t: bars[t - 1],
              "your **ᾱ is that of the step before**: the product must hold the first t entries of 1 - β. At t = 1 you "
              "divide by 0."),
        Wrong("cumprod at t - 2", lambda bars, betas, t: bars[1:][t - 2],
              "your **ᾱ is that of the step before**: `np.cumprod(1 - betas)[t - 2]`. The product of the first t "
              "entries is `[t - 1]`; at t = 1 your index is -1, the last."),
        Wrong("ᾱ one step too late", lambda bars, betas, t: bars[np.minimum(t + 1, len(bars) - 1)],
              "your **ᾱ is that of the step after**: `np.cumprod(1 - betas)[t]` holds t + 1 factors."),
        Wrong("α for ᾱ", lambda bars, betas, t: 1 - betas[t - 1],
              "you take away **√β noise**, what one step adds (or α = 1 - β stands where ᾱ belongs). The network's "
              "noise is that of *all* steps up to t: β/√(1 - ᾱ), with the product of all t shares."),
        Wrong("the last ᾱ", lambda bars, betas, t: bars[-1],
              "you take **ᾱ at T**, the product of all steps, at every time."),
        Wrong("the product of β", lambda bars, betas, t: np.prod(betas[:t]),
              "your ᾱ is the product of the **β**; it is that of the 1 - β."),
        Wrong("1 minus the sum of β", lambda bars, betas, t: 1 - np.sum(betas[:t]),
              "your ᾱ is **1 minus the sum** of the β; shares are multiplied."),
    ),
    taken=(
        lambda b, bar: b / np.sqrt(1 - bar),
        Wrong("β over 1 - ᾱ", lambda b, bar: b / (1 - bar),
              "you divide β by **1 - ᾱ where its root** belongs."),
        Wrong("√(1 - ᾱ) taken away", lambda b, bar: np.sqrt(1 - bar),
              "you take away **all the noise**, √(1 - ᾱ) of it, and not the part of this step, β/√(1 - ᾱ)."),
        Wrong("√β over √(1 - ᾱ)", lambda b, bar: np.sqrt(b) / np.sqrt(1 - bar),
              "you take the **root of β** in β/√(1 - ᾱ), too."),
        Wrong("β taken away", lambda b, bar: b,
              "you take away **β noise**; the division by √(1 - ᾱ) is missing."),
        Wrong("the noise added", lambda b, bar: -b / np.sqrt(1 - bar),
              "the network's noise is **added**; it is taken away."),
        Wrong("1 - β over √(1 - ᾱ)", lambda b, bar: (1 - b) / np.sqrt(1 - bar),
              "you take away **(1 - β)/√(1 - ᾱ)** of the noise; above stands β, 1 - α."),
        Wrong("divided by √ᾱ", lambda b, bar: b / np.sqrt(bar),
              "you divide β by **√ᾱ**; it is √(1 - ᾱ)."),
        Wrong("the noise not taken away", lambda b, bar: 0.0,
              "the network's noise is **not taken away**."),
        Wrong("multiplied by √(1 - ᾱ)", lambda b, bar: b * np.sqrt(1 - bar),
              "you **multiply** β by √(1 - ᾱ) where you divide."),
        Wrong("the noise taken away whole", lambda b, bar: 1.0,
              "you take away the **whole noise**; β/√(1 - ᾱ) of it belongs to this step."),
    ),
    kept=(
        lambda b, bar: np.sqrt(1 - b),
        Wrong("1 - β for its root", lambda b, bar: 1 - b,
              "you divide by **1 - β**; a step multiplied x by its root."),
        Wrong("not divided by √(1 - β)", lambda b, bar: 1.0,
              "the **division by √(1 - β)** is missing: x was made smaller in that step."),
        Wrong("divided by √ᾱ in the end", lambda b, bar: np.sqrt(bar),
              "you divide by **√ᾱ**, as if all steps were undone at once. This one step multiplied by √(1 - β)."),
        Wrong("divided by √(1 - ᾱ), too", lambda b, bar: np.sqrt(1 - bar) * np.sqrt(1 - b),
              "**brackets**: √(1 - ᾱ) divides x, too; it divides β only."),
        Wrong("multiplied by √(1 - β)", lambda b, bar: 1 / np.sqrt(1 - b),
              "you **multiply** by √(1 - β) where you divide."),
        Wrong("divided by √β", lambda b, bar: np.sqrt(b),
              "you divide by **√β**; it is √(1 - β), what the step kept."),
        Wrong("divided by √(1 - ᾱ) in the end", lambda b, bar: np.sqrt(1 - bar),
              "you divide by **√(1 - ᾱ)**; it is √(1 - β), what this step kept."),
    ),
    spread=(
        lambda b, bar, before, now: np.sqrt(b),
        Wrong("β for the width", lambda b, bar, before, now: b,
              "your fresh noise is multiplied by **β, a variance**; it is its root."),
        Wrong("the posterior's width", lambda b, bar, before, now: np.sqrt(b * (1 - before) / (1 - now)),
              "your fresh noise has the width **√β̃**, that of the posterior. Many programs use it; asked for is √β."),
        Wrong("the posterior's variance", lambda b, bar, before, now: b * (1 - before) / (1 - now),
              "your fresh noise is multiplied by **β̃**: the posterior's, and a variance. Asked for is √β."),
        Wrong("fresh noise whole", lambda b, bar, before, now: 1.0,
              "the fresh noise is added **whole**; it is multiplied by √β."),
        Wrong("no fresh noise", lambda b, bar, before, now: 0.0,
              "you add **no fresh noise** at any step. Without it what comes out is far too narrow."),
        Wrong("√(1 - ᾱ) of fresh noise", lambda b, bar, before, now: np.sqrt(1 - now),
              "your fresh noise is multiplied by **√(1 - ᾱ)**, the noise of all steps; it is √β, that of one."),
        Wrong("√(1 - β) of fresh noise", lambda b, bar, before, now: np.sqrt(1 - b),
              "your fresh noise is multiplied by **√(1 - β)**; it is √β."),
        Wrong("fresh noise taken away", lambda b, bar, before, now: -np.sqrt(b),
              "you **take the fresh noise away**. A draw is as likely with the other sign; here it is added."),
        Wrong("fresh noise divided, too", lambda b, bar, before, now: np.sqrt(b) / np.sqrt(1 - b),
              "**brackets**: the fresh noise is divided by √(1 - β), too. It is added after the division."),
        Wrong("β squared", lambda b, bar, before, now: b**2,
              "your fresh noise is multiplied by **β²**; it is √β."),
    ),
    divided=(
        lambda x, away, kept: (x - away) / kept,
        Wrong("only the noise divided", lambda x, away, kept: x - away / kept,
              "**brackets**: only the noise is divided by √(1 - β); x minus the noise is, all of it."),
        Wrong("only x divided", lambda x, away, kept: x / kept - away,
              "**brackets**: only x is divided by √(1 - β); x minus the noise is, all of it."),
        Wrong("x forgotten", lambda x, away, kept: -away / kept,
              "**x is missing**: the noise is taken away from it."),
    ),
    drawn=(
        lambda fresh, noise, x: fresh,
        Wrong("the network's noise for the fresh noise", lambda fresh, noise, x: noise,
              "you add the **network's noise** again where the fresh draws belong."),
        Wrong("the absolute value of fresh noise", lambda fresh, noise, x: np.abs(fresh),
              "you add the **absolute value** of the fresh noise."),
    ),
    last=(
        lambda t, steps: t > 1,
        Wrong("noise in the last step, too", lambda t, steps: 1,
              "you add fresh noise in the **last step, too**: `if t > 0` is always true where t runs down to 1. The "
              "step from t = 1 leads to the data, and noise there only blurs them."),
        Wrong("no noise in the first step", lambda t, steps: t < steps,
              "you leave out the noise at **t = T**, where the walk begins; it is left out at t = 1, where it ends."),
        Wrong("no noise in the first and the last step", lambda t, steps: 1 < t < steps,
              "you leave out the noise at **t = T**, too; it is left out at t = 1 only."),
        Wrong("no noise from t = 2", lambda t, steps: t > 2,
              "you leave out the noise at **t = 2**, too (`t > 2`); only the step from t = 1 is the last."),
        Wrong("noise in the last step only", lambda t, steps: t == 1,
              "you add fresh noise in the **last step only**: the condition is turned round."),
    ),
)
# fmt: on

# --- 14.14 How sure one can be ----------------------------------------------------------------------------------------


def _posteriors_by_loops(betas):
    result, before = [], 1.0
    for beta in betas.tolist():
        # two bells of one value multiply: their precisions add, 1 / (1 - ᾱ before) and (1 - β) / β
        result.append(0.0 if before == 1 else 1 / (1 / (1 - before) + (1 - beta) / beta))
        before *= 1 - beta
    return np.array(result)


def _unfinished_schedules(rng):
    """Those that keep a part of the image at every step: a β of 1 would make right formulas divide by 1 - β = 0."""
    return (case for case in _schedules(rng) if max(case[0]) < 1)


posterior_variances = FunctionExercise(
    "14.14",
    "How sure one can be",
    cases=_unfinished_schedules,
    oracle=_posteriors_by_loops,
    solution="""
    import numpy as np

    def posterior_variances(betas):
        alpha_bars = np.concatenate([[1.0], np.cumprod(1 - betas)])
        return betas * (1 - alpha_bars[:-1]) / (1 - alpha_bars[1:])
    """,
    example=(np.array([0.5, 0.2]),),
    hints=(
        "ᾱ_0 = 1: before the first step nothing has been added. What does the formula say for t = 1?",
        "Make all ᾱ with a 1 in front, T + 1 of them. Which T belong above, which below?",
        "`alpha_bars[:-1]` are those before, `alpha_bars[1:]` those after the step.",
    ),
    rtol=1e-7,
    atol=1e-12,
    fixed=("betas.ndim", "betas.dtype"),
)


def _posterior(bars, above, below, fraction, front, after):
    def answer(betas):
        with np.errstate(all="ignore"):
            b = np.asarray(betas, float)
            a = bars(b)
            return after(fraction(front(b) * above(a, b), below(a, b), front(b)))

    return answer


# fmt: off
posterior_variances.choices(
    _posterior,
    place=SAMPLERS,
    words="`betas = [0.5, 0.2]`",
    bars=(
        lambda b: np.concatenate([[1.0], np.cumprod(1 - b)]),
        Wrong("β multiplied for 1 - β", lambda b: np.concatenate([[1.0], np.cumprod(b)]),
              "your ᾱ are products of the **β**; they are products of the 1 - β."),
        Wrong("the roots multiplied", lambda b: np.concatenate([[1.0], np.cumprod(np.sqrt(1 - b))]),
              "your ᾱ are products of **roots**, √(1 - β); ᾱ is a share of the variance."),
        Wrong("α for ᾱ", lambda b: np.concatenate([[1.0], 1 - b]),
              "you take **α = 1 - β**, the share of one step, where the bar means the product of all steps."),
        Wrong("0 before the first step", lambda b: np.concatenate([[0.0], np.cumprod(1 - b)]),
              "before the first step your ᾱ is **0**; nothing has been taken away there, so it is 1, and β̃_1 is 0."),
        Wrong("one time too late, 0 at the end", lambda b: np.concatenate([np.cumprod(1 - b), [0.0]]),
              "your ᾱ are **one time too late**: the 1 of t = 0 is missing in front, and a 0 stands at the end."),
        Wrong("one time too late, 1 at the end", lambda b: np.concatenate([np.cumprod(1 - b), [1.0]]),
              "your ᾱ are **one time too late**: the 1 stands at the end; it belongs in front, to t = 0."),
        Wrong("1 minus the sum", lambda b: np.concatenate([[1.0], 1 - np.cumsum(b)]),
              "your ᾱ are **1 minus the sum** of the β; shares are multiplied."),
        Wrong("the first ᾱ twice", lambda b: (lambda p: np.concatenate([p[:1], p]))(np.cumprod(1 - b)),
              "before the first step you repeat the **first ᾱ**, so that β̃_1 is β_1. It is 1 there, and β̃_1 is 0: "
              "who knows the clean value knows where x_0 is."),
        Wrong("the last ᾱ in front", lambda b: (lambda p: np.concatenate([p[-1:], p]))(np.cumprod(1 - b)),
              "before the first step you have the **last ᾱ**: an index -1, or `np.roll`. It is 1 there."),
        Wrong("ᾱ for 1 - ᾱ, above and below", lambda b: 1 - np.concatenate([[1.0], np.cumprod(1 - b)]),
              "above and below stand the **ᾱ** themselves; it is 1 - ᾱ, the noise, in both places."),
        Wrong("ᾱ squared", lambda b: np.concatenate([[1.0], np.cumprod(1 - b) ** 2]),
              "you **square** ᾱ; it is a share of the variance already."),
    ),
    above=(
        lambda a, b: 1 - a[:-1],
        Wrong("ᾱ for 1 - ᾱ above", lambda a, b: a[:-1],
              "above stands **ᾱ before**; it is 1 - ᾱ before, the noise."),
        Wrong("1 - ᾱ of now above", lambda a, b: 1 - a[1:],
              "above you take **1 - ᾱ of now**; it is that of the time *before*: t - 1."),
        Wrong("1 above", lambda a, b: 1.0,
              "**1 - ᾱ before is missing** above."),
        Wrong("the root above", lambda a, b: np.sqrt(1 - a[:-1]),
              "above you take a **root**; these are variances."),
        Wrong("1 - √ᾱ above", lambda a, b: 1 - np.sqrt(a[:-1]),
              "above stands **1 - √ᾱ**; it is 1 - ᾱ."),
        Wrong("the next time above, 0 at the end", lambda a, b: 1 - np.concatenate([a[2:], [0.0]]),
              "above you take 1 - ᾱ of the **time after**; it is that of the time before: a 1 in front, not a 0 at the "
              "end."),
        Wrong("1 + ᾱ above", lambda a, b: 1 + a[:-1],
              "above stands **1 + ᾱ**: a sign."),
        Wrong("the next time above", lambda a, b: 1 - np.concatenate([a[2:], a[-1:]]),
              "above you take 1 - ᾱ of the **time after**; it is that of the time before."),
    ),
    below=(
        lambda a, b: 1 - a[1:],
        Wrong("ᾱ below", lambda a, b: a[1:],
              "below stands **ᾱ**; it is 1 - ᾱ, the noise."),
        Wrong("1 - ᾱ of before below", lambda a, b: 1 - a[:-1],
              "below you take **1 - ᾱ of the time before**; it is that of t. At t = 1 that is a division by 0."),
        Wrong("1 below", lambda a, b: 1.0,
              "the **division by 1 - ᾱ** is missing."),
        Wrong("the root below", lambda a, b: np.sqrt(1 - a[1:]),
              "below you take a **root**; these are variances."),
        Wrong("1 - √ᾱ below", lambda a, b: 1 - np.sqrt(a[1:]),
              "below stands **1 - √ᾱ**; it is 1 - ᾱ."),
        Wrong("β below", lambda a, b: b,
              "below stands **β**; it is 1 - ᾱ."),
        Wrong("the last 1 - ᾱ below", lambda a, b: 1 - a[-1],
              "below stands 1 - ᾱ of the **last** time, a single number; each t has its own."),
        Wrong("1 + ᾱ below", lambda a, b: 1 + a[1:],
              "below stands **1 + ᾱ**: a sign."),
        Wrong("a small number below", lambda a, b: 1 - a[1:] + 1e-3,
              "you **add a small number** below. 1 - ᾱ_t is never 0 for t from 1."),
    ),
    fraction=(
        lambda over, under, front: over / under,
        Wrong("the fraction turned over", lambda over, under, front: front * under / (over / front),
              "your fraction is **upside down**: 1 - ᾱ of the time *before* stands above, that of t below. (At t = 1 "
              "you divide by 0.)"),
        Wrong("multiplied by what stands below", lambda over, under, front: over * under,
              "you **multiply** by 1 - ᾱ of t; you are to divide by it."),
    ),
    front=(
        lambda b: b,
        Wrong("1 - β in front", lambda b: 1 - b,
              "in front stands **1 - β**; it is β."),
        Wrong("√β in front", np.sqrt,
              "in front stands **√β**; these are variances, so it is β."),
        Wrong("β missing", lambda b: 1.0,
              "**β is missing** in front."),
        Wrong("β (1 - β) in front", lambda b: b * (1 - b),
              "in front stands **β (1 - β)**; it is β."),
        Wrong("2 β in front", lambda b: 2 * b,
              "in front stands **2 β**; it is β."),
        Wrong("β squared in front", lambda b: b**2,
              "in front stands **β²**; it is β."),
        Wrong("√(1 - β) in front", lambda b: np.sqrt(1 - b),
              "in front stands **√(1 - β)**; it is β."),
        Wrong("β of the time before", lambda b: np.roll(b, 1),
              "in front stands the β of the **time before**."),
        Wrong("β of the time after", lambda b: np.roll(b, -1),
              "in front stands the β of the **time after**."),
    ),
    after=(
        lambda v: v,
        Wrong("a width", np.sqrt,
              "you return **widths**, √β̃; variances are asked for."),
        Wrong("without the first", lambda v: v[1:],
              "the **first** is missing, β̃_1 = 0: T numbers, for t = 1 ... T."),
        Wrong("a 0 too many", lambda v: np.concatenate([[0.0], v]),
              "there is **one number too many** in front: T of them, for t = 1 ... T."),
        Wrong("the logarithm", lambda v: np.log(v),
              "you return **logarithms**."),
        Wrong("the first not 0", lambda v: np.concatenate([v[1:2], v[1:]]),
              "your first is that of **t = 2**: programs do so before they take the logarithm. β̃_1 itself is 0."),
        Wrong("1 minus the variance", lambda v: 1 - v,
              "you return **1 - β̃**."),
        Wrong("the last only", lambda v: v[-1],
              "you return the **last** one only; all T are asked for."),
    ),
)
# fmt: on


@posterior_variances.mistake("brackets missing")
def _(betas):
    """the **brackets** are missing: `1 - a / 1 - b` divides by 1 only. For `betas = [0.5, 0.2]` you return
    `[-0.25, 0.02]`, expected `[0, 0.1667]`. Write `(1 - a) / (1 - b)`, see section 10."""
    bars = np.concatenate([[1.0], np.cumprod(1 - betas)])
    return betas * (1 - bars[:-1] / 1 - bars[1:])


@posterior_variances.mistake("1 over β̃")
def _(betas):
    """you return the **precisions**, 1/β̃: which is infinite for the first step. For `betas = [0.5, 0.2]` you return
    `[inf, 6]`, expected `[0, 0.1667]`. Look again at section 10."""
    with np.errstate(all="ignore"):
        bars = np.concatenate([[1.0], np.cumprod(1 - betas)])
        return (1 - bars[1:]) / (betas * (1 - bars[:-1]))


# --- 14.15 The perfect denoiser of a set ------------------------------------------------------------------------------


def _sets(rng):
    yield np.array([[0.5]]), 0.5, np.array([[1.0], [-1.0]])
    yield np.array([[0.5, 0.0]]), 0.5, np.array([[1.0, 1.0], [-1.0, 0.0], [0.0, 2.0]])
    yield rng.standard_normal((3, 2)), 0.0, rng.standard_normal((4, 2))
    yield rng.standard_normal((3, 2)), 0.3, rng.standard_normal((3, 2))  # as many points as data
    yield rng.standard_normal((2, 3)), 0.6, rng.standard_normal((5, 3))
    yield rng.standard_normal((4, 1)), 0.4, rng.standard_normal((1, 1)) + 2
    yield rng.standard_normal((5, 4)), 0.7, rng.standard_normal((3, 4))
    yield np.array([[0.98, 0.5], [-0.9, -0.6]]), 0.99, np.array([[1.0, 0.5], [-1.0, -0.5], [0.9, 0.6]])
    yield rng.standard_normal((2, 2)) + 20, 0.5, rng.standard_normal((4, 2))
    yield np.array([[1.0, 0.5], [20.0, -3.0]]), 0.95, rng.standard_normal((3, 2))
    yield np.array([[1, 0], [0, 2]]), 0.5, np.array([[1, 1], [-1, 0], [0, 2]])
    yield rng.standard_normal((2, 6)) / 2, 0.2, rng.standard_normal((7, 6)) / 2


def _perfect_by_loops(x, t, data):
    result = np.zeros((len(x), data.shape[1]))
    for n, point in enumerate(x):
        exponents = [-sum((point - t * one) ** 2) / (2 * (1 - t) ** 2) for one in data]
        weights = [math.exp(e - max(exponents)) for e in exponents]
        for weight, one in zip(weights, data, strict=True):
            result[n] += weight / sum(weights) * one
    return result


perfect_denoiser = FunctionExercise(
    "14.15",
    "The perfect denoiser of a set",
    cases=_sets,
    oracle=_perfect_by_loops,
    solution="""
    import numpy as np

    def perfect_denoiser(x, t, data):
        squares = ((x[:, None] - t * data) ** 2).sum(axis=-1)
        logs = -squares / (2 * (1 - t) ** 2)
        weights = np.exp(logs - logs.max(axis=1, keepdims=True))
        return weights @ data / weights.sum(axis=1, keepdims=True)
    """,
    example=(np.array([[0.5, 0.0]]), 0.5, np.array([[1.0, 1.0], [-1.0, 0.0], [0.0, 2.0]])),
    hints=(
        "It is exercise 14.2 with K points in place of two. Which distance takes the place of x - t · clean?",
        "Squared distances of every x to every t · data, (N, K); the bells' exponents; a softmax along K; the weighted "
        "mean of the data.",
        "`squares = ((x[:, None] - t * data) ** 2).sum(axis=-1)`; take the largest exponent of each row off before "
        "`exp`.",
    ),
    rtol=1e-7,
    atol=1e-9,
    fixed=("x.ndim", "data.ndim"),
)


def _copied(moved, squares, width, mean):
    def answer(x, t, data):
        with np.errstate(all="ignore"):
            x, data = np.asarray(x, float), np.asarray(data, float)
            a, b = moved(x, t, data)
            return mean(-squares(a, b) / width(t), data, x)

    return answer


def _apart(a, b):
    return a[:, None] - b


def _softmax(logs, axis=1):
    weights = np.exp(logs - logs.max(axis=axis, keepdims=True))
    return weights / weights.sum(axis=axis, keepdims=True)


def _mean_of(weights, data):
    """The weighted mean of the data: each point's weights, (N, K), or those of each coordinate by itself, (N, K, D)."""
    return weights @ data if weights.ndim == 2 else (weights * data).sum(axis=1)


def _with_added(tiny):
    def mean(logs, data, x):
        weights = np.exp(logs)
        return weights @ data / (weights.sum(axis=1, keepdims=True) + tiny)

    return mean


# fmt: off
perfect_denoiser.choices(
    _copied,
    place=COPIES,
    words="`x = [[0.5, 0]]`, `t = 0.5` and the data `[[1, 1], [-1, 0], [0, 2]]`",
    moved=(
        lambda x, t, data: (x, t * data),
        Wrong("the data not multiplied by t", lambda x, t, data: (x, data),
              "you measure how far x is from the **clean** data. At time t they have moved to t · data."),
        Wrong("x multiplied by t", lambda x, t, data: (t * x, data),
              "you multiply **x by t**; it is the data that are multiplied."),
        Wrong("the data multiplied by 1 - t", lambda x, t, data: (x, (1 - t) * data),
              "you multiply the data by **1 - t**: time reversed."),
        Wrong("x divided by t", lambda x, t, data: (x / max(t, 1e-3), data),
              "you **divide x by t**, but then the noise in it has become larger, too: its width is (1 - t)/t."),
        Wrong("a sign", lambda x, t, data: (x, -t * data),
              "a **sign**: you measure x + t · data."),
    ),
    squares=(
        lambda a, b: (_apart(a, b) ** 2).sum(axis=-1),
        Wrong("the mean over the coordinates", lambda a, b: (_apart(a, b) ** 2).mean(axis=-1),
              "you take the **mean** of the squares over the D coordinates. The bells of the coordinates multiply, so "
              "their squares are added."),
        Wrong("distances not squared", lambda a, b: np.sqrt((_apart(a, b) ** 2).sum(axis=-1)),
              "your exponent holds the **distance**, not its square (`np.linalg.norm` takes a root)."),
        Wrong("absolute differences", lambda a, b: np.abs(_apart(a, b)).sum(axis=-1),
              "your exponent holds **absolute** differences, not squares."),
        Wrong("added, then squared", lambda a, b: _apart(a, b).sum(axis=-1) ** 2,
              "you add the differences **before** you square them, so they cancel."),
        Wrong("the largest difference", lambda a, b: (_apart(a, b) ** 2).max(axis=-1),
              "you take the **largest** of the squares; they are added."),
        Wrong("the products alone", lambda a, b: -2 * a @ b.T,
              "your exponent holds the **products** x · d alone, as in attention. The squares of the data belong to "
              "it, too: they are not all alike."),
        Wrong("the products alone, without the 2", lambda a, b: -a @ b.T,
              "your exponent holds the **products** x · d alone, as in attention. It is minus a squared distance."),
        Wrong("each coordinate by itself", lambda a, b: _apart(a, b) ** 2,
              "each **coordinate** gets weights of its own: you do not add the squares over the D coordinates. One "
              "datum has one weight, for all its coordinates."),
        Wrong("the first coordinate only", lambda a, b: _apart(a, b)[..., 0] ** 2,
              "you use the **first coordinate** only."),
    ),
    width=(
        lambda t: 2 * (1 - t) ** 2,
        Wrong("1 - t for its square", lambda t: 2 * (1 - t),
              "you divide by **1 - t where its square** is meant: a bell divides by the square of its width."),
        Wrong("the 2 of the bell missing", lambda t: (1 - t) ** 2,
              "the **2** in the bell's exponent is missing."),
        Wrong("t for 1 - t", lambda t: 2 * max(t, 1e-3) ** 2,
              "your bells have the width **t**; the noise is multiplied by 1 - t."),
        Wrong("width 1 at every time", lambda t: 2,
              "your bells have the **width 1 at every time**; it is 1 - t."),
        Wrong("1 - t² for the square", lambda t: 2 * (1 - t**2),
              "you divide by 2 **(1 - t²)**, the variance on the other clock; here it is 2 (1 - t)²."),
        Wrong("1 - t and no 2", lambda t: 1 - t,
              "you divide by **1 - t** alone; a bell divides by 2 times the square of its width."),
        Wrong("no division", lambda t: 1,
              "the exponent is **not divided** by anything."),
        Wrong("a 2 too many", lambda t: 4 * (1 - t) ** 2,
              "there is a **2 too many** below: `(2 * (1 - t)) ** 2`, or `2 * 2`."),
        Wrong("multiplied by the square", lambda t: 2 / (1 - t) ** 2,
              "**brackets**: `/ 2 * (1 - t) ** 2` *multiplies* by the square."),
        Wrong("the 2 on the other side", lambda t: (1 - t) ** 2 / 2,
              "the **2** of the bell's exponent multiplies where it divides."),
    ),
    mean=(
        lambda logs, data, x: _mean_of(_softmax(logs), data),
        Wrong("the nearest of the data", lambda logs, data, x: data[logs.argmax(axis=1)],
              "you return the **nearest** of the data. That is nearly right when little noise is left; with much noise "
              "the best guess is a mean of many."),
        Wrong("a softmax over the points", lambda logs, data, x: _softmax(logs, axis=0) @ data,
              "your weights add up to 1 along the **wrong axis**: over the N points. They are to do so over the K "
              "data, for each point."),
        Wrong("weights not divided by their sum", lambda logs, data, x: np.exp(logs) @ data,
              "your weights are **not divided by their sum**."),
        Wrong("the largest taken off, not divided",
              lambda logs, data, x: np.exp(logs - logs.max(axis=1, keepdims=True)) @ data,
              "your weights are **not divided by their sum**; the largest of them is 1, and the others come on top."),
        Wrong("the largest taken off, divided by the number",
              lambda logs, data, x: np.exp(logs - logs.max(axis=1, keepdims=True)) @ data / len(data),
              "you divide by **K**; the mean is weighted, so divide by the sum of the weights."),
        Wrong("divided by the number of data", lambda logs, data, x: np.exp(logs) @ data / len(data),
              "you divide by **K**; the mean is weighted, so divide by the sum of the weights."),
        Wrong("divided by the sum of all weights",
              lambda logs, data, x: (lambda w: w @ data / w.sum())(np.exp(logs - logs.max())),
              "you divide by the sum of **all** weights of all points; each point has its own sum, along K."),
        Wrong("the largest exponent not taken off",
              lambda logs, data, x: (lambda w: w @ data / w.sum(axis=1, keepdims=True))(np.exp(logs)),
              "for t near 1 or x far out **all weights are 0**, and 0/0 is NaN. Take the largest exponent of each row "
              "off before `exp`."),
        *(Wrong(f"{tiny:g} added below", _with_added(tiny), TINY) for tiny in TINIES),
        Wrong("the largest exponent of all taken off",
              lambda logs, data, x: (lambda w: w @ data / w.sum(axis=1, keepdims=True))(np.exp(logs - logs.max())),
              "you take the largest exponent of **all points** off, so far points still have weights of 0 and become "
              "NaN. Take each row's own off."),
        Wrong("the plain mean", lambda logs, data, x: np.tile(data.mean(axis=0), (len(x), 1)),
              "you return the **mean of the data** for every x: that is right at t = 0 only."),
        Wrong("the weights", lambda logs, data, x: _softmax(logs),
              "you return the **weights**, (N, K). The weighted mean of the data is asked for, (N, D)."),
        Wrong("the farthest of the data", lambda logs, data, x: _softmax(-logs) @ data,
              "your exponent has the **wrong sign**: what is far away weighs most."),
        Wrong("exponents for weights", lambda logs, data, x: logs @ data / logs.sum(axis=1, keepdims=True),
              "you weigh with the **exponents** themselves: `exp` is missing."),
        Wrong("one over the distance",
              lambda logs, data, x: (lambda w: w @ data / w.sum(axis=1, keepdims=True))(-1 / logs),
              "you weigh with **one over** the squared distance; weights are bells, `exp` of minus it."),
        Wrong("x itself", lambda logs, data, x: x,
              "you return **x** as it is."),
        Wrong("the mean over points", lambda logs, data, x: (_softmax(logs) @ data).mean(axis=0),
              "you **average over the points**; each has its own guess."),
    ),
)
# fmt: on

# --- 14.16 A lower loss -----------------------------------------------------------------------------------------------

lower_loss = ChoiceExercise(
    "14.16",
    "A lower loss",
    options={
        "a": "the second draws better digits: a lower loss means better samples",
        "b": "the second is overfitted, so its samples look bad",
        "c": "nothing about new digits: a denoiser that only copies the training digits has the lowest loss of all",
        "d": "the second was trained longer",
    },
    answer="c",
    reasons={
        "a": '"a lower loss means better samples" is what one hopes, and it is not so. The lowest loss of all on the '
        "training digits belongs to the perfect denoiser of that set, and it draws nothing but those digits. And over "
        "many times a loss is a mean: what it gains at one time it may lose at another. Look again at section 12.",
        "b": 'overfitted it may be, but that "its samples look bad" does not follow: those of the perfect denoiser are '
        "training digits, every one, and look as good as they do. They are just not new. Look again at section 12.",
        "c": 'the "lowest loss of all" on a set has the softmax average of that set. It is the best answer to the '
        "training's question and no answer to yours: it draws copies. New digits come out because the network is *not* "
        "that function. Compare with the error on digits that were held out, and look for copies, as in section 12.",
        "d": 'that it "was trained longer" is one way to a lower loss, among others: a larger network, fewer digits to '
        "learn, or no training at all, as for the perfect denoiser. Look again at section 12.",
    },
    hints=(
        "Which function has the lowest possible loss on a finite set of training digits?",
        "Its best guess is a weighted mean of training digits. With little noise left, how many of them have a weight?",
        "So what does a walk with it end at?",
    ),
)

# --- 14.17 Guidance ---------------------------------------------------------------------------------------------------


def _pairs_of_guesses(rng):
    yield np.array([3.0]), np.array([1.0]), 2.0
    yield np.array([3.0, 0.0]), np.array([1.0, 2.0]), 1.0
    yield np.array([3.0, 0.0]), np.array([1.0, 2.0]), 0.0
    for shape, scale in (((3,), 1.5), ((2, 3), 4), ((2, 2, 2), 0.5), ((1, 2, 3, 1), 7.5), ((4,), 2.5), ((3, 2), 3)):
        yield rng.standard_normal(shape), rng.standard_normal(shape), scale
    yield np.array([1, 2]), np.array([0, 4]), 3
    yield rng.standard_normal(3), np.zeros(3), 1.25


def _guided_by_parts(conditional, unconditional, scale):
    return conditional + (scale - 1) * (conditional - unconditional)


guidance = FunctionExercise(
    "14.17",
    "Guidance",
    cases=_pairs_of_guesses,
    oracle=_guided_by_parts,
    solution="""
    def guided(conditional, unconditional, scale):
        return unconditional + scale * (conditional - unconditional)
    """,
    example=(np.array([3.0, 0.0]), np.array([1.0, 2.0]), 2.0),
    hints=(
        "What does the class change? In which direction does one go on, and from where?",
        "At scale 0 the result is the unconditional guess, at scale 1 the conditional one. A straight line through "
        "both.",
        "`unconditional + scale * (conditional - unconditional)`.",
    ),
)


def _guided(weight, other, both, scaled, after):
    def answer(conditional, unconditional, scale):
        scale = scaled(scale)
        return after(*both(weight(scale), other(scale), scale), conditional, unconditional)

    return answer


# fmt: off
guidance.choices(
    _guided,
    place=GUIDANCE,
    words="`conditional = [3, 0]`, `unconditional = [1, 2]`, `scale = 2`",
    weight=(
        lambda s: s,
        Wrong("1 + scale times the conditional guess", lambda s: 1 + s,
              "the conditional guess gets **1 + scale**: there it is scale."),
        Wrong("1 - scale times the conditional guess", lambda s: 1 - s,
              "the conditional guess gets **1 - scale**, which belongs to the unconditional one."),
        Wrong("scale - 1 times the conditional guess", lambda s: s - 1,
              "the conditional guess gets **scale - 1**: there it is scale."),
        Wrong("the conditional guess not multiplied", lambda s: 1,
              "the conditional guess is **not multiplied** by scale."),
        Wrong("the conditional guess missing", lambda s: 0,
              "the **conditional guess is missing**."),
        Wrong("minus the conditional guess", lambda s: -s,
              "the conditional guess has the **wrong sign**."),
    ),
    other=(
        lambda s: 1 - s,
        Wrong("the unconditional guess missing", lambda s: 0,
              "the **unconditional guess is missing**. It is the *difference* that the class makes which is "
              "multiplied."),
        Wrong("the unconditional guess added whole", lambda s: 1,
              "you add the **whole unconditional guess** to scale times the conditional one: the difference is what "
              "scale multiplies."),
        Wrong("the unconditional guess taken away", lambda s: -1,
              "you take the unconditional guess **away once** from scale times the conditional one: it is taken away "
              "scale - 1 times."),
        Wrong("the difference alone", lambda s: -s,
              "you return **scale times the difference** alone; it is added to the unconditional guess."),
        Wrong("the unconditional guess with the wrong sign", lambda s: s - 1,
              "the unconditional guess has the **wrong sign**: (1 - scale) of it is added, so scale - 1 is "
              "taken away."),
        Wrong("1 + scale times the unconditional guess", lambda s: 1 + s,
              "the direction is a **sum** in your function; it is the difference conditional - unconditional."),
        Wrong("minus 1 + scale times the unconditional guess", lambda s: -1 - s,
              "you take **1 + scale** times the unconditional guess away; it is scale - 1 times."),
        Wrong("a sum", lambda s: s,
              "you take scale times the **sum**; it multiplies the difference."),
    ),
    both=(
        lambda a, b, s: (a, b),
        Wrong("begun at the conditional guess", lambda a, b, s: (1 + s, -s),
              "you begin at the **conditional** guess: that is the papers' w, (1 + w) conditional - w unconditional. "
              "Here scale is 1 + w: at scale 1 nothing is overstated."),
        Wrong("the direction turned round", lambda a, b, s: (-s, 1 + s),
              "your **direction** is turned round, unconditional - conditional: you walk away from the class."),
        Wrong("the two exchanged", lambda a, b, s: (1 - s, s),
              "**conditional and unconditional are exchanged**."),
        Wrong("conditional guess only", lambda a, b, s: (1, 0),
              "you return the **conditional guess**, whatever scale is."),
        Wrong("unconditional guess only", lambda a, b, s: (0, 1),
              "you return the **unconditional guess**, whatever scale is."),
        Wrong("a plain difference", lambda a, b, s: (1, -1),
              "you return the **difference** of the two guesses, whatever scale is."),
        Wrong("the difference 1 + scale times", lambda a, b, s: (1 + s, -1 - s),
              "you multiply the difference by **1 + scale**, and do not add it to anything."),
        Wrong("a mean of both", lambda a, b, s: (0.5, 0.5),
              "you return the **mean** of the two guesses, whatever scale is."),
        Wrong("a weighted mean", lambda a, b, s: (s / (1 + s), 1 / (1 + s)),
              "you take a **weighted mean** of the two. Guidance goes beyond the conditional guess, it does not stay "
              "between."),
        Wrong("a weighted mean, exchanged", lambda a, b, s: (1 / (1 + s), s / (1 + s)),
              "you take a **weighted mean** of the two, with the weights exchanged. Guidance goes beyond the "
              "conditional guess, it does not stay between."),
    ),
    scaled=(
        lambda s: s,
        Wrong("scale minus 1", lambda s: s - 1,
              "you use **scale - 1** for scale: at scale 1 you return the unconditional guess."),
        Wrong("scale squared", lambda s: s**2,
              "you **square** scale."),
        Wrong("the root of scale", lambda s: s**0.5,
              "you take the **root** of scale."),
        Wrong("scale kept from 0 to 1", lambda s: min(max(s, 0), 1),
              "you **cut scale off** at 1. Above 1 is what guidance is for."),
        Wrong("scale of at least 1", lambda s: max(s, 1),
              "you **raise scale to 1** where it is smaller; below 1 it goes towards the unconditional guess."),
        Wrong("half of scale", lambda s: s / 2,
              "you **halve** scale."),
        Wrong("one over scale", lambda s: 1 / s,
              "you divide by scale."),
    ),
    after=(
        lambda a, b, c, u: a * c + b * u,
        Wrong("cut off at -1 and 1", lambda a, b, c, u: np.clip(a * c + b * u, -1, 1),
              "you **cut off** the result at -1 and 1; that is not asked for."),
        Wrong("the class's direction normalized", lambda a, b, c, u: u + a * (c - u) / np.linalg.norm(c - u),
              "you divide the direction by its **length**; how far the class moves the guess must count."),
        Wrong("in ratios", lambda a, b, c, u: np.sign(c) * np.abs(c) ** a * np.abs(u) ** b,
              "you raise the **ratio** of the guesses to a power; that is for densities. Guesses are added."),
        Wrong("cut off at 0 and 1", lambda a, b, c, u: np.clip(a * c + b * u, 0, 1),
              "you **cut off** the result at 0 and 1; that is not asked for."),
        Wrong("rescaled to the width of the conditional guess",
              lambda a, b, c, u: (a * c + b * u) * np.std(c) / np.std(a * c + b * u),
              "you **rescale** the result to the width (`std`) of the conditional guess. Some programs do so; (14.18) "
              "does not."),
        Wrong("rescaled to the length of the conditional guess",
              lambda a, b, c, u: (a * c + b * u) * np.linalg.norm(c) / np.linalg.norm(a * c + b * u),
              "you **rescale** the result to the length (`norm`) of the conditional guess. Some programs do so; "
              "(14.18) does not."),
        Wrong("divided by its largest number",
              lambda a, b, c, u: (a * c + b * u) / max(1.0, np.abs(a * c + b * u).max()),
              "you **divide** the result by its largest number where that is above 1. Some programs do so; (14.18) "
              "does not."),
        Wrong("the difference without its sign", lambda a, b, c, u: (a + b) * u + a * np.abs(c - u),
              "you add the **absolute** difference; where the class lowers a number, the guess must go down."),
        Wrong("the difference squared", lambda a, b, c, u: (a + b) * u + a * (c - u) ** 2,
              "you **square** the difference; it is multiplied by scale as it is."),
        Wrong("the difference cut off", lambda a, b, c, u: (a + b) * u + np.clip(a * (c - u), -1, 1),
              "you **cut off** the overstated difference at -1 and 1; that is not asked for."),
        Wrong("the mean of the difference", lambda a, b, c, u: (a + b) * u + a * np.mean(c - u),
              "you add the **mean** of the difference to every number. Each number has a difference of its own."),
        Wrong("divided by the sum of the weights", lambda a, b, c, u: (a * c + b * u) / (abs(a) + abs(b)),
              "you **divide** by the sum of the weights; they add up to 1 already."),
    ),
)
# fmt: on

# --- 14.18 What guidance draws ----------------------------------------------------------------------------------------

what_guidance_draws = ChoiceExercise(
    "14.18",
    "What guidance draws",
    options={
        "a": "1: guidance only removes samples that the class does not fit",
        "b": "0.5: samples follow the sharpened distribution p(x) (p(x|c)/p(x))³, normalized",
        "c": "0.25: less than the sharpened distribution's 0.5; guided samples follow no such formula",
        "d": "3: three times as far from the mean",
    },
    answer="c",
    reasons={
        "a": '"removes samples" would leave those that stay where they were. Guidance changes the velocity of every '
        "walker, and they all end nearer to the mean. Look again at section 13.",
        "b": '"samples follow the sharpened distribution" is what is often said. The guided score belongs to that '
        "distribution where no noise is left; at every earlier time the guided score is *not* the score of the noisy "
        "sharpened distribution, and the walk does not lead to it: the variance is 0.25, not 0.5. Look again at "
        "section 13.",
        "c": 'the walk multiplies the variances, 1³ · 2⁻² = 0.25, "less than the sharpened distribution\'s 0.5". '
        "Guidance makes clearer samples with less variety, and nobody can write down what they are samples of in "
        "general. Look again at section 13.",
        "d": 'scale 3 does not put samples "three times as far from the mean": it overstates the direction to where '
        "the class is likelier, which here is the middle. They come nearer. Look again at section 13.",
    },
    hints=(
        "Where does the class pull: to the middle or away from it? So is the variance above or below 1?",
        "A guided velocity at every time does not mean that the noisy samples follow a guided distribution at every "
        "time.",
        "Section 13 has the three numbers beside each other: sharpened, with the flow's steps, with fresh noise.",
    ),
)
