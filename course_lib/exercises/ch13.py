"""Exercises of chapter 13, image translation."""

import itertools
import math
from dataclasses import dataclass

import numpy as np

from course_lib.teaching.engine import ChoiceExercise, FunctionExercise, Wrong

# --- 13.1 the best single answer --------------------------------------------------------------------------------------


def _mixtures(rng):
    yield np.array([-1, 1]), np.array([0.25, 0.75]), "L2"
    yield np.array([-1, 1]), np.array([0.25, 0.75]), "L1"
    yield np.array([1, -1]), np.array([0.75, 0.25]), "L1"
    yield np.array([6, 2]), np.array([0.5, 0.5]), "L1"  # all between them are as good: the smallest
    yield np.array([6, 2]), np.array([0.5, 0.5]), "L2"
    yield np.array([2, 4, 3]), np.array([0.25, 0.125, 0.625]), "L1"
    yield np.array([7]), np.array([1.0]), "L1"
    yield np.array([7]), np.array([1.0]), "L2"
    yield np.array([9, 0, 4, 5]), np.array([0.25, 0.25, 0.25, 0.25]), "L1"
    yield np.array([0, 9, 1, 20]), np.array([0.375, 0.0625, 0.25, 0.3125]), "L1"
    yield np.array([0, 9, 1, 20]), np.array([0.375, 0.0625, 0.25, 0.3125]), "L2"
    yield np.array([3, -8, 5, -2, 100]), np.array([0.25, 0.0625, 0.25, 0.3125, 0.125]), "L1"
    for n in (3, 5, 6, 8):
        shares = rng.multinomial(32, np.full(n, 1 / n)) / 32  # exact, so that a half is a half
        values = rng.integers(-40, 40, n) / 4
        yield values, shares, "L1"
        yield values, shares, "L2"


def _by_trying(values, shares, loss):
    """Where the slope of the loss changes its sign (L2), and the best of all values (L1)."""
    if loss == "L2":
        return math.fsum(v * s for v, s in zip(values, shares, strict=True))
    return min(
        values.tolist(), key=lambda c: (math.fsum(s * abs(v - c) for v, s in zip(values, shares, strict=True)), c)
    )


best_answer = FunctionExercise(
    "13.1",
    "The best single answer",
    cases=_mixtures,
    oracle=_by_trying,
    solution="""
    import numpy as np

    def best_answer(values, shares, loss):
        if loss == "L2":
            return np.sum(shares * values)
        order = np.argsort(values)
        upto = np.cumsum(shares[order])
        return values[order][np.argmax(upto >= 0.5)]
    """,
    example=(np.array([4, 0, 8]), np.array([0.25, 0.25, 0.5]), "L1"),
    hints=(
        "For L2 the slope of the mean loss is 0 where the answer is the mean. For L1 every value pulls equally hard.",
        "L1: sort the values, with their shares, and add up the shares from the smallest value on.",
        "The mean is `np.sum(shares * values)`. The median is the first sorted value at which half of the shares is "
        "reached, `>= 0.5`.",
    ),
    rtol=1e-6,
    atol=1e-9,
    fixed=("values.ndim", "shares.ndim", "shares.dtype"),
)


def _sorted(values, shares):
    order = np.argsort(values)
    return values[order], np.cumsum(shares[order])


def _median(values, shares):
    values, upto = _sorted(values, shares)
    return values[np.argmax(upto >= 0.5)]


def _upper_median(values, shares):
    values, upto = _sorted(values, shares)
    return values[np.argmax(upto > 0.5)]


def _mean_loss(values, shares, power, answer):
    return np.sum(shares * np.abs(values - answer) ** power)


def _best_of_values(values, shares, power):
    return values[np.argmin([_mean_loss(values, shares, power, c) for c in values])]


def _answering(l2, l1):
    return lambda values, shares, loss: (l2 if loss == "L2" else l1)(values, shares)


# fmt: off
best_answer.choices(
    _answering,
    place="section 1",
    l2=(
        lambda v, s: np.sum(s * v),
        Wrong("shares ignored in the mean", lambda v, s: v.mean(),
              "for L2 you take the plain mean and leave out the **shares**: a value that comes often must count often."
              ""),
        Wrong("the median for L2", _median,
              "for L2 you answer with the **median**; the smallest mean *squared* error is at the mean."),
        Wrong("the most likely for L2", lambda v, s: v[np.argmax(s)],
              "for L2 you answer with the **most likely** value; squared errors are smallest at the mean, which may "
              "be a value that never occurs."),
        Wrong("the middle of the ends for L2", lambda v, s: (v.min() + v.max()) / 2,
              "for L2 you answer with the middle between the **smallest and the largest** value, whatever their "
              "shares."),
        Wrong("divided by the number of values", lambda v, s: (s * v).mean(),
              "for L2 you divide by the **number of values** once too often: the shares sum to 1 already."),
        Wrong("the root of the mean square", lambda v, s: np.sqrt(np.sum(s * v**2)),
              "for L2 you take the root of the mean **square** of the values. The *errors* are squared, not the "
              "values: the best answer is their mean."),
        Wrong("one of the values for L2", lambda v, s: _best_of_values(v, s, 2),
              "for L2 you try only the **values themselves**. The best answer may lie between them, where no image is: "
              "that is the blur."),
        Wrong("the sum of the values", lambda v, s: v.sum(),
              "for L2 you add up the values **without their shares**."),
        Wrong("the loss in place of the answer for L2", lambda v, s: _mean_loss(v, s, 2, s @ v),
              "for L2 you return the smallest **loss**; the answer that reaches it is asked for."),
        Wrong("a middle value for L2", lambda v, s: np.median(v),
              "for L2 you take the plain **median**, without the shares. The mean with the shares is asked for."),
        Wrong("squared values averaged", lambda v, s: np.sum(s * v**2),
              "for L2 you average the **squares** of the values. The errors are squared, not the values."),
        Wrong("half of the range for L2", lambda v, s: (v.max() - v.min()) / 2,
              "for L2 you answer with half of the **range**, largest minus smallest."),
        Wrong("the absolute value of the mean for L2", lambda v, s: abs(np.sum(s * v)),
              "for L2 you take the **absolute value** of the mean."),
        Wrong("mean of the absolute values for L2", lambda v, s: np.sum(s * np.abs(v)),
              "for L2 you average the **absolute values**."),
        Wrong("divided by the largest share", lambda v, s: np.sum(s * v) / s.max(),
              "for L2 you divide by the **largest share**; the shares sum to 1 already."),
        Wrong("half of the mean", lambda v, s: np.sum(s * v) / 2,
              "for L2 you take **half** of the mean."),
        Wrong("squared shares", lambda v, s: np.sum(s**2 * v),
              "for L2 you square the **shares**."),
    ),
    l1=(
        _median,
        Wrong("the mean for L1", lambda v, s: np.sum(s * v),
              "for L1 you answer with the **mean**. Every value pulls equally hard under L1, however far away it is: "
              "the best answer is the median, with half of the shares on either side."),
        Wrong("shares ignored in the median", lambda v, s: np.median(v),
              "for L1 you take the plain median and leave out the **shares**."),
        Wrong("shares ignored in the lower median", lambda v, s: np.sort(v)[(len(v) - 1) // 2],
              "for L1 you take the middle one of the sorted values and leave out the **shares**."),
        Wrong("shares ignored in the upper median", lambda v, s: np.sort(v)[len(v) // 2],
              "for L1 you take the entry number n // 2 of the sorted values and leave out the **shares**."),
        Wrong("the most likely for L1", lambda v, s: v[np.argmax(s)],
              "for L1 you answer with the **most likely** value. That is right only where it has half of the shares; "
              "else the median is better."),
        Wrong("not sorted", lambda v, s: v[np.argmax(np.cumsum(s) >= 0.5)],
              "for L1 you add up the shares in the order in which the values **happen to stand**. Sort them first."),
        Wrong("values sorted without their shares", lambda v, s: np.sort(v)[np.argmax(np.cumsum(s) >= 0.5)],
              "for L1 you sort the values but **not their shares** with them: use `np.argsort` for both."),
        Wrong("the largest of equals", _upper_median,
              "where several answers are equally good for L1 you give a **larger** one (`>` for `>=`); the smallest is "
              "asked for."),
        Wrong("the middle of equals", lambda v, s: (_median(v, s) + _upper_median(v, s)) / 2,
              "where several answers are equally good for L1 you give the one in the **middle**; the smallest is asked "
              "for."),
        Wrong("the first of equals", lambda v, s: _best_of_values(v, s, 1),
              "where several values are equally good for L1 you give the one that **stands first**; the smallest is "
              "asked for."),
        Wrong("the middle of the ends for L1", lambda v, s: (v.min() + v.max()) / 2,
              "for L1 you answer with the middle between the **smallest and the largest** value, whatever their "
              "shares."),
        Wrong("the loss in place of the answer for L1", lambda v, s: _mean_loss(v, s, 1, _median(v, s)),
              "for L1 you return the smallest **loss**; the answer that reaches it is asked for."),
        Wrong("the share nearest to a half", lambda v, s: _sorted(v, s)[0][np.abs(_sorted(v, s)[1] - 0.5).argmin()],
              "for L1 you take the value at which the summed shares come **nearest** to ½; it is the first at which "
              "they reach it."),
        Wrong("the one that stands in the middle", lambda v, s: v[len(v) // 2],
              "for L1 you take the value that **stands** in the middle of the list. Sort them first, and count by "
              "shares."),
        Wrong("the value nearest to the mean", lambda v, s: v[np.abs(v - np.sum(s * v)).argmin()],
              "for L1 you take the value **nearest to the mean**. The median is asked for."),
        Wrong("the smallest value", lambda v, s: v.min(),
              "for L1 you take the **smallest** value."),
        Wrong("the largest value", lambda v, s: v.max(),
              "for L1 you take the **largest** value."),
        Wrong("sorted by absolute values",
              lambda v, s: v[np.argsort(np.abs(v))][np.argmax(np.cumsum(s[np.argsort(np.abs(v))]) >= 0.5)],
              "for L1 you sort by the **absolute** values; −9 is smaller than 1. It is the *errors* whose absolute "
              "values count."),
        Wrong("the summed shares in place of the value",
              lambda v, s: _sorted(v, s)[1][np.argmax(_sorted(v, s)[1] >= 0.5)],
              "for L1 you return the summed **shares** at the right value; the value is asked for."),
        Wrong("sorted by shares", lambda v, s: v[np.argsort(s)][np.argmax(np.cumsum(np.sort(s)) >= 0.5)],
              "for L1 you sort by the **shares**. Sort by the values, and let the shares follow."),
        Wrong("the root of the mean square for L1", lambda v, s: np.sqrt(np.sum(s * v**2)),
              "for L1 you take the root of the mean **square** of the values. The median is asked for."),
        Wrong("between two values", lambda v, s: np.interp(0.5, _sorted(v, s)[1], _sorted(v, s)[0]),
              "for L1 you **interpolate** between two values; the median is the value at which half of the shares is "
              "reached."),
        Wrong("the place in the given order", lambda v, s: np.argsort(v)[np.argmax(_sorted(v, s)[1] >= 0.5)],
              "for L1 you return **where** the value stands; the value is asked for, `values[...]`."),
        Wrong("the sum of the values for L1", lambda v, s: v.sum(),
              "for L1 you **add up** the values."),
        Wrong("the largest product", lambda v, s: v[np.argmax(v * s)],
              "for L1 you take the value whose product with its share is **largest**. Half of the shares lie on either "
              "side of the best answer: the median."),
        Wrong("values and shares sorted each by itself",
              lambda v, s: np.sort(v)[np.argmax(np.cumsum(np.sort(s)) >= 0.5)],
              "for L1 you sort values and shares **each by itself**, so that they no longer belong together: use the "
              "same `np.argsort(values)` for both."),
        Wrong("the absolute value of the mean", lambda v, s: abs(np.sum(s * v)),
              "for L1 you take the mean and its **absolute value**. The median is asked for."),
        Wrong("mean of the absolute values", lambda v, s: np.sum(s * np.abs(v)),
              "for L1 you average the **absolute values**. It is the *errors* whose absolute values count."),
        Wrong("median of values times shares", lambda v, s: np.median(s * v),
              "for L1 you multiply values and shares and take the median of the **products**. A share says how often a "
              "value counts, it does not make it smaller."),
        Wrong("the share in place of the value", lambda v, s: s[np.argsort(v)][np.argmax(_sorted(v, s)[1] >= 0.5)],
              "for L1 you return the **share** of the right value; the value is asked for."),
        Wrong("the place in place of the value", lambda v, s: int(np.argmax(_sorted(v, s)[1] >= 0.5)),
              "for L1 you return **where** the value stands, its number in the sorted list; the value is asked for."),
        Wrong("the place before", lambda v, s: _sorted(v, s)[0][max(int(np.argmax(_sorted(v, s)[1] >= 0.5)) - 1, 0)],
              "for L1 you stop one value **too early**: take the first one at which half of the shares is reached."),
        Wrong("the mean without shares for L1", lambda v, s: v.mean(),
              "for L1 you take the plain **mean**. The median, with the shares, is asked for."),
    ),
)
# fmt: on


@best_answer.mistake("L1 and L2 exchanged", example=(np.array([0, 4]), np.array([0.25, 0.75]), "L2"))
def _(values, shares, loss):
    """**L1 and L2 are exchanged**: squared errors lead to the mean, absolute errors to the median. For `values = [0,
    4]`, `shares = [0.25, 0.75]`, `loss = 'L2'` you return `4`, expected `3`. Look again at section 1."""
    return _answering(_median, lambda v, s: np.sum(s * v))(values, shares, loss)


def _on_a_grid(grid):
    """Tries the numbers of a grid, the smallest of those that are equally good."""

    def answer(values, shares, loss):
        numbers = grid(values)
        costs = np.abs(values[:, None] - numbers) ** (2 if loss == "L2" else 1) * shares[:, None]
        costs = costs.sum(axis=0)
        return numbers[np.argmax(costs <= costs.min() + 1e-9)]

    return answer


@best_answer.mistake("looked for between −1 and 1", example=(np.array([4, 2]), np.array([0.25, 0.75]), "L1"))
def _(values, shares, loss):
    """you look for the answer **between −1 and 1** only, as section 1 does. Here the values may lie anywhere. For
    {case} you return `{got}`, expected `{expected}`. The mean and the median need no search, section 1."""
    return np.clip(_answering(lambda v, s: np.sum(s * v), _median)(values, shares, loss), -1, 1)


for _points in (201, 2001, 20001):

    @best_answer.mistake(f"a grid of {_points} numbers from −1 to 1")
    def _(values, shares, loss, points=_points):
        """you try the numbers of a **grid from −1 to 1** only, as section 1 does. Here the values may lie anywhere, and
        the best answer between the numbers of a grid. For {case} you return `{got}`, expected `{expected}`. The mean
        and the median need no search, section 1."""
        return _on_a_grid(lambda v: np.linspace(-1, 1, points))(values, shares, loss)


for _points in (100, 101, 201, 1000, 1001, 10001):

    @best_answer.mistake(f"a grid of {_points} numbers")
    def _(values, shares, loss, points=_points):
        """you try the numbers of a **grid** from the smallest value to the largest: the best answer may lie between
        them. For {case} you return `{got}`, expected `{expected}`. The mean and the median need no search, section
        1."""
        return _on_a_grid(lambda v: np.linspace(v.min(), v.max(), points))(values, shares, loss)


@best_answer.mistake("whole numbers only")
def _(values, shares, loss):
    """you try **whole numbers** only; the best answer may be a fraction. For {case} you return `{got}`, expected
    `{expected}`. The mean and the median need no search, section 1."""
    return _on_a_grid(lambda v: np.arange(np.floor(v.min()), np.ceil(v.max()) + 1))(values, shares, loss)


# --- 13.2 what the discriminator sees ---------------------------------------------------------------------------------


def _pairs(rng):
    def some(n, h, w, c, whole=False):
        masks = rng.integers(0, 2, (n, h, w, 1))
        masks.flat[0] = 1
        real, fake = (rng.integers(2, 60, (n, h, w, c)) for _ in range(2))
        return (masks, real, fake) if whole else (masks.astype(float), real / 64 - 0.5, fake / 64 - 0.5)

    yield np.array([[[[1], [0]]]]), np.array([[[[5], [6]]]]), np.array([[[[7], [8]]]])
    yield some(2, 1, 1, 1, True)
    yield some(2, 1, 2, 1, True)
    yield some(1, 2, 2, 3, True)
    yield some(2, 2, 1, 3)
    yield some(3, 2, 2, 1)
    yield some(3, 2, 3, 2)
    yield some(4, 1, 3, 3, True)
    yield some(2, 3, 3, 4)


def _seen_by_loops(masks, real, fake):
    n, h, w, c = real.shape
    seen = np.empty((2 * n, h, w, 1 + c))
    for i, row, column in itertools.product(range(n), range(h), range(w)):
        seen[i, row, column] = [*masks[i, row, column], *real[i, row, column]]
        seen[n + i, row, column] = [*masks[i, row, column], *fake[i, row, column]]
    return seen


discriminator_input = FunctionExercise(
    "13.2",
    "What the discriminator sees",
    cases=_pairs,
    oracle=_seen_by_loops,
    solution="""
    import numpy as np

    def discriminator_input(masks, real, fake):
        real_pairs = np.concatenate([masks, real], axis=-1)
        fake_pairs = np.concatenate([masks, fake], axis=-1)
        return np.concatenate([real_pairs, fake_pairs], axis=0)
    """,
    example=(
        np.array([[[[1]]], [[[0]]]]),
        np.array([[[[5]]], [[[6]]]]),
        np.array([[[[7]]], [[[8]]]]),
    ),
    hints=(
        "An image alone can be a fine image and still belong to another mask. What must stand beside it?",
        "`np.concatenate` twice: along the channels (the last axis) for a pair, along the images (axis 0) for the "
        "batch.",
        "`np.concatenate([masks, real], axis=-1)` and the same for `fake`, then both with `axis=0`.",
    ),
    fixed=("masks.ndim", "real.ndim", "fake.ndim"),
)


def _seeing(pair, real_masks, fake_masks, halves, batch):
    def see(masks, real, fake):
        return batch(*halves(pair(real_masks(masks), real), pair(fake_masks(masks), fake)))

    return see


def _alternating(a, b):
    return np.stack([a, b], axis=1).reshape(-1, *a.shape[1:])


# fmt: off
discriminator_input.choices(
    _seeing,
    place="section 2",
    pair=(
        lambda m, x: np.concatenate([m, x], axis=-1),
        Wrong("without the masks", lambda m, x: x,
              "the **masks are missing**: a discriminator that sees the image alone accepts every fine image, also one "
              "that belongs to another mask."),
        Wrong("the image first", lambda m, x: np.concatenate([x, m], axis=-1),
              "the channels stand in the other order, the **image first**; the mask is to be the first channel."),
        Wrong("mask times image", lambda m, x: m * x,
              "you **multiply** mask and image: outside of the mask the discriminator sees nothing any more, and the "
              "mask itself can no longer be read off. Give it both, as channels."),
        Wrong("the image cut out by its mask", lambda m, x: np.concatenate([m, m * x], axis=-1),
              "you **multiply** the images by the mask before they stand beside it: the ground is 0 then, and the "
              "discriminator cannot judge it. Give it the whole image."),
        Wrong("the ground cut out by the mask", lambda m, x: np.concatenate([m, (1 - m) * x], axis=-1),
              "you **multiply** the images by 1 − mask before they stand beside it: the objects are 0 then. Give the "
              "discriminator the whole image."),
        Wrong("mask plus image", lambda m, x: m + x,
              "you **add** mask and image: from the sum nobody can tell them apart. Give the discriminator both, as "
              "channels."),
        Wrong("below each other", lambda m, x: np.concatenate([m, x], axis=1),
              "you put mask and image **below each other** (axis 1). A pixel and its mask must lie at the same place: "
              "as channels, the last axis."),
        Wrong("beside each other", lambda m, x: np.concatenate([m, x], axis=2),
              "you put mask and image **beside each other** (axis 2). A pixel and its mask must lie at the same place: "
              "as channels, the last axis."),
        Wrong("masks as images of their own", lambda m, x: np.concatenate([m, x], axis=0),
              "you put the masks into the batch as **images of their own** (axis 0). Each has to stand behind its own "
              "image, as a channel."),
        Wrong("a mask for each channel", lambda m, x: np.concatenate([np.repeat(m, x.shape[-1], -1), x], axis=-1),
              "you repeat the mask **for each channel** of the image. One channel is enough."),
        Wrong("the masks alone", lambda m, x: np.asarray(m),
              "the **images are missing**: you give the masks alone."),
        Wrong("the mask inverted", lambda m, x: np.concatenate([1 - m, x], axis=-1),
              "your mask is **inverted**, 1 where it was 0."),
        Wrong("a new axis for the pair", lambda m, x: np.stack([m, x], axis=-1),
              "you put mask and image along a **new axis** (`np.stack`); join them along the channels, which are there "
              "already (`np.concatenate`)."),
        Wrong("the mask behind as well", lambda m, x: np.concatenate([m, x, m], axis=-1),
              "the mask is there **twice**, in front and behind."),
        Wrong("the image in grey", lambda m, x: np.concatenate([m, x.mean(axis=-1, keepdims=True)], axis=-1),
              "you make the images **grey**, one channel; all channels are to be seen."),
        Wrong("images moved to 0 … 1", lambda m, x: np.concatenate([m, (x + 1) / 2], axis=-1),
              "you move the images to another **range**, (x + 1) / 2; give them as they are."),
        Wrong("the image's channels in reversed order", lambda m, x: np.concatenate([m, x[..., ::-1]], axis=-1),
              "the **channels of the image** are in reversed order."),
        Wrong("images divided by 255", lambda m, x: np.concatenate([m, x / 255], axis=-1),
              "you divide the images by **255**. Give them as they are."),
        Wrong("masks as −1 and 1", lambda m, x: np.concatenate([2 * m - 1, x], axis=-1),
              "you stretch the masks to **−1 and 1**. Give them as they are."),
    ),
    real_masks=(
        lambda m: m,
        Wrong("no mask for the real ones", lambda m: 0 * m,
              "the real images get an **empty mask**: then the discriminator tells real from generated by that alone."),
        Wrong("ones as masks of the real ones", lambda m: 0 * m + 1,
              "the real images get a mask **full of ones**: then the discriminator tells real from generated by that "
              "alone."),
    ),
    fake_masks=(
        lambda m: m,
        Wrong("no mask for the generated ones", lambda m: 0 * m,
              "the generated images get an **empty mask**: then the discriminator tells real from generated by that "
              "alone, and the generator learns nothing."),
        Wrong("masks of the generated ones inverted", lambda m: 1 - m,
              "the generated images get the **inverted** masks: then the discriminator tells real from generated by "
              "that alone."),
        Wrong("masks of the generated ones reversed", lambda m: m[::-1],
              "the generated images stand beside the masks of **other** images, in reversed order."),
        Wrong("masks of the generated ones moved on", lambda m: np.roll(m, 1, axis=0),
              "the generated images stand beside the mask of their **neighbour**."),
        Wrong("the first mask for all generated ones", lambda m: np.repeat(m[:1], len(m), axis=0),
              "all generated images stand beside the **first** mask."),
        Wrong("ones as masks of the generated ones", lambda m: 0 * m + 1,
              "the generated images get a mask **full of ones**: then the discriminator tells real from generated by "
              "that alone."),
    ),
    halves=(
        lambda a, b: (a, b),
        Wrong("the image first in the real pairs", lambda a, b: (np.roll(a, -1, axis=-1), b),
              "in the **real** pairs the image comes first, in the generated ones the mask: then the discriminator "
              "tells them apart by that alone."),
        Wrong("the image first in the generated pairs", lambda a, b: (a, np.roll(b, -1, axis=-1)),
              "in the **generated** pairs the image comes first, in the real ones the mask: then the discriminator "
              "tells them apart by that alone."),
        Wrong("one pair of each", lambda a, b: (a[:1], b[:1]),
              "you take only the **first** pair of each kind; all N of them."),
        Wrong("real pairs in reversed order", lambda a, b: (a[::-1], b),
              "the **real** pairs are in reversed order."),
        Wrong("generated pairs in reversed order", lambda a, b: (a, b[::-1]),
              "the **generated** pairs are in reversed order."),
    ),
    batch=(
        lambda a, b: np.concatenate([a, b], axis=0),
        Wrong("the generated ones first", lambda a, b: np.concatenate([b, a], axis=0),
              "the **generated** pairs come first; the real ones are to be the first half."),
        Wrong("real and generated in turns", _alternating,
              "real and generated pairs come **in turns**; first all real ones, then all generated ones, so that the "
              "first half of the logits belongs to the real ones."),
        Wrong("two batches", lambda a, b: np.stack([a, b]),
              "you give **two batches** (a new axis, or a pair). One is asked for, of 2N pairs: "
              "`np.concatenate(..., axis=0)`."),
        Wrong("real and generated in one pixel", lambda a, b: np.concatenate([a, b], axis=-1),
              "you put the real and the generated pair into **one**, along the channels. The discriminator is to judge "
              "each by itself: join the two along axis 0."),
        Wrong("only the real ones", lambda a, b: a,
              "the **generated** pairs are missing."),
        Wrong("only the generated ones", lambda a, b: b,
              "the **real** pairs are missing."),
        Wrong("real twice", lambda a, b: np.concatenate([a, a], axis=0),
              "the second half holds the **real** pairs again; it should hold the generated ones."),
        Wrong("generated twice", lambda a, b: np.concatenate([b, b], axis=0),
              "the first half holds the **generated** pairs, too; it should hold the real ones."),
        Wrong("real and generated below each other", lambda a, b: np.concatenate([a, b], axis=1),
              "you join the real and the generated pairs along the **rows** of the images (axis 1); join them along "
              "axis 0, as more images."),
        Wrong("real and generated beside each other", lambda a, b: np.concatenate([a, b], axis=2),
              "you join the real and the generated pairs along the **columns** of the images (axis 2); join them along "
              "axis 0, as more images."),
        Wrong("channels first", lambda a, b: np.moveaxis(np.concatenate([a, b], axis=0), -1, 1),
              "your channels are the **second** axis, as in PyTorch; here they are the last."),
        Wrong("one long row of numbers", lambda a, b: np.append(a, b),
              "everything is **one long row** of numbers, as `np.append` without an axis makes it. Join the batches "
              "along axis 0: `np.concatenate(..., axis=0)`."),
        Wrong("everything in reversed order", lambda a, b: np.concatenate([a, b], axis=0)[::-1],
              "the whole batch is in **reversed** order: the generated pairs come first, and the last of each."),
        Wrong("True and False", lambda a, b: np.concatenate([a, b], axis=0).astype(bool),
              "you make **True and False** of everything; the grey values are lost."),
        Wrong("generated minus real", lambda a, b: b - a,
              "you take the **difference** of the generated and the real pairs. Each is judged by itself: join them "
              "along axis 0."),
    ),
)
# fmt: on


@discriminator_input.mistake("real images, masks and generated ones in one pixel")
def _(masks, real, fake):
    """you put the mask, the real and the generated image behind each other in **one pixel**. For two images of one
    pixel, `masks = [1, 0]`, `real = [5, 6]`, `fake = [7, 8]` (without their empty axes), you return `[[[[1, 5, 7]]],
    [[[0, 6, 8]]]]`. The discriminator is to judge a real pair and a generated one, each by itself: 2N pairs. Look again
    at section 2."""
    return np.concatenate([masks, real, fake], axis=-1)


@discriminator_input.mistake("each mask twice in a row")
def _(masks, real, fake):
    """you repeat **each mask twice in a row** (`np.repeat`), while the images come first all real, then all generated:
    most stand beside a mask of another image. For {case} you return `{got}`, expected `{expected}`. Repeat the whole
    batch of masks, section 2."""
    return np.concatenate([np.repeat(masks, 2, axis=0), np.concatenate([real, fake])], axis=-1)


@discriminator_input.mistake("the targets as well")
def _(masks, real, fake):
    """you return **two** results, the batch and what the discriminator should answer; the batch alone is asked for. For
    {case} you return `{got}`, expected `{expected}`. Look again at section 2."""
    pairs = _seen_by_loops(masks, real, fake)
    return pairs, np.repeat([1.0, 0.0], len(real))


@discriminator_input.mistake("objects real, ground generated")
def _(masks, real, fake):
    """you keep the real images **inside** the mask and the generated ones outside. For {case} you return `{got}`,
    expected `{expected}`. Every image is seen whole, and the mask beside it, as a channel, section 2."""
    return np.concatenate([real * masks, fake * (1 - masks)])


@discriminator_input.mistake("masks in the batch, once for each kind")
def _(masks, real, fake):
    """you put the masks into the **batch**, as images of their own. For {case} you return `{got}`, expected
    `{expected}`. Each image has to have its mask *at the same place*, as a channel: the last axis, section 2."""
    return np.concatenate([masks, masks, real, fake])


@discriminator_input.mistake("masks, real and generated as one batch")
def _(masks, real, fake):
    """you put masks, real and generated images one after the other into the **batch**. For two images of one pixel,
    `masks = [1, 0]`, `real = [5, 6]`, `fake = [7, 8]` (without their empty axes), you return `[[[[1]]], [[[0]]],
    [[[5]]], [[[6]]], [[[7]]], [[[8]]]]`. Each image has to have its mask *at the same place*, as a channel. Look again
    at section 2."""
    return np.concatenate([masks, real, fake], axis=0)


# --- 13.3 how much a patch sees ---------------------------------------------------------------------------------------


def _networks(rng):
    yield (np.array([[4, 2]]),)
    yield (np.array([[3, 1]]),)
    yield (np.array([[4, 2], [4, 1]]),)
    yield (np.array([[3, 2], [5, 3]]),)
    yield (np.array([[1, 2], [3, 1]]),)
    yield (np.array([[7, 3], [2, 2], [3, 1]]),)
    yield (np.array([[4, 2], [4, 2], [4, 1], [4, 1]]),)
    yield (np.array([[4, 2], [4, 2], [4, 2], [4, 1], [4, 1]]),)
    yield (np.array([[4, 1], [3, 2], [5, 1], [2, 3]]),)
    for n in (2, 3, 5):
        yield (np.column_stack([rng.integers(1, 8, n), rng.integers(1, 4, n)]),)


def _field_by_tracing(layers):
    first = last = 0  # of the layer's output; then which of its inputs they need
    for size, stride in reversed(np.asarray(layers).tolist()):
        first, last = first * stride, last * stride + size - 1
    return last - first + 1


patch_field = FunctionExercise(
    "13.3",
    "How much a patch sees",
    cases=_networks,
    oracle=_field_by_tracing,
    solution="""
    def patch_field(layers):
        field, step = 1, 1
        for size, stride in layers:
            field += (size - 1) * step
            step *= stride
        return field
    """,
    example=(np.array([[4, 2], [3, 2], [4, 1]]),),
    hints=(
        "One convolution makes the square wider by (size − 1) steps. How wide is a step for the second layer?",
        "A step in a layer's input is as many pixels wide as the product of the strides of all layers *before* it.",
        "Begin with `field = step = 1`; for each layer add `(size - 1) * step`, then multiply `step` by the stride.",
    ),
    fixed=("layers.ndim", "layers.dtype"),
)


def _before(strides):
    return np.concatenate([[1], np.cumprod(strides)[:-1]])


def _fielding(growth, steps, start, give):
    def field(layers):
        sizes, strides = np.asarray(layers).T
        return give(start(sizes) + (growth(sizes) * steps(strides)).sum())

    return field


# fmt: off
patch_field.choices(
    _fielding,
    place="(13.4)",
    growth=(
        lambda k: k - 1,
        Wrong("size for size − 1", lambda k: k,
              "each layer adds its whole **size**; a window of 4 has 3 steps from its first to its last pixel: "
              "size − 1."),
        Wrong("to one side only", lambda k: (k - 1) // 2,
              "you count the steps to **one side** only, half of the window."),
        Wrong("half a step", lambda k: (k - 1) / 2,
              "you add half of size **− 1**; the whole of it: both sides belong to the square."),
        Wrong("half of the size", lambda k: k // 2,
              "you add **half of the size** of each window; it has size − 1 steps from its first to its last pixel."),
        Wrong("size + 1", lambda k: k + 1,
              "each layer adds size **+ 1**; a window of 4 has 3 steps from its first to its last pixel: size − 1."),
        Wrong("size − 2", lambda k: k - 2,
              "each layer adds size **− 2**; a window of 4 has 3 steps from its first to its last pixel: size − 1."),
        Wrong("the size left out", lambda k: 1 + 0 * k,
              "the **size** of the windows has no effect."),
        Wrong("areas added", lambda k: k**2 - 1,
              "you add the **areas** of the windows; a width is asked for, along one axis."),
        Wrong("both sides in full", lambda k: 2 * (k - 1),
              "you count size − 1 steps to **each side**; it is that many for both sides together."),
    ),
    steps=(
        _before,
        Wrong("the strides left out", lambda s: 1 + 0 * s,
              "the **strides** have no effect. Behind a layer of stride 2 a step is 2 pixels of the image wide, and "
              "strides multiply from layer to layer."),
        Wrong("a layer's own stride included", np.cumprod,
              "a layer's **own** stride is in its step already. Its window lies on its *input*: only the layers before "
              "it count. Add first, then multiply."),
        Wrong("a layer's own stride only", lambda s: s,
              "each window is multiplied by its **own** stride. It lies on the layer's *input*, whose step is the "
              "product of the strides before."),
        Wrong("only the stride just before", lambda s: np.concatenate([[1], s[:-1]]),
              "you take the stride of the layer **just before** alone; the strides of all layers before multiply."),
        Wrong("a layer's own stride, but for the first", lambda s: np.concatenate([[1], s[1:]]),
              "you multiply each window but the first by its **own** stride. It is the product of the strides of all "
              "layers *before* it."),
        Wrong("strides added", lambda s: np.concatenate([[1], np.cumsum(s)[:-1]]),
              "you **add** the strides of the layers before; they multiply: every second pixel of every second pixel "
              "is every fourth."),
        Wrong("strides added to 1", lambda s: 1 + np.concatenate([[0], np.cumsum(s)[:-1]]),
              "you **add** the strides of the layers before; they multiply."),
        Wrong("from the wrong end", lambda s: _before(s[::-1])[::-1],
              "you go through the layers from the **wrong end**: your step is the product of the strides *behind* each "
              "layer. (Going backwards, `field = (field − 1) · stride + size` begins with the *last* layer.)"),
        Wrong("the product of all strides", lambda s: np.prod(s) + 0 * s,
              "you multiply each window by the product of **all** strides; only those of the layers before count."),
        Wrong("always a stride of 2", lambda s: 2 ** np.arange(len(s)),
              "you take every stride to be **2**, whatever the layers say."),
        Wrong("the strides behind, with its own", lambda s: np.cumprod(s[::-1])[::-1],
              "your step is the product of the strides from the layer **itself to the end**; it is that of the layers "
              "before."),
        Wrong("divided by strides", lambda s: 1 / _before(s),
              "you **divide** by the strides. Behind a stride of 2 a step covers *more* of the image."),
        Wrong("divided by strides, with its own", lambda s: 1 / np.cumprod(s),
              "you **divide** by the strides. Behind a stride of 2 a step covers *more* of the image."),
        Wrong("the largest stride before", lambda s: np.concatenate([[1], np.maximum.accumulate(s)[:-1]]),
              "you take the **largest** stride so far; all of them multiply."),
    ),
    start=(
        lambda k: 1,
        Wrong("the first pixel forgotten", lambda k: 0,
              "the **1** at the beginning is missing: without any layer a number sees one pixel, itself."),
        Wrong("begun with the first size", lambda k: int(k[0]),
              "you begin with the **size of the first window** and then add that layer once more. Begin with 1."),
        Wrong("begun with 2", lambda k: 2,
              "you begin with **2** pixels; without any layer a number sees one, itself."),
        Wrong("begun with the last size", lambda k: int(k[-1]),
              "you begin with the **size of the last window** and then add that layer once more. Begin with 1."),
    ),
    give=(
        lambda r: r,
        Wrong("the pixels of the square", lambda r: r**2,
              "that is how many pixels the **square** has; its width is asked for."),
        Wrong("the distance to the border", lambda r: (r - 1) / 2,
              "that is how far it sees to **one side**; the width is asked for."),
        Wrong("half of the width", lambda r: r // 2,
              "that is **half** of the width."),
        Wrong("twice the width", lambda r: 2 * r,
              "that is **twice** the width."),
        Wrong("a pair of widths", lambda r: (r, r),
              "you return width **and height**; one number is asked for."),
    ),
)
# fmt: on


@patch_field.mistake("field · stride + size")
def _(layers):
    """going backwards, you take `field · stride + size`. From n pixels in a row to their ends there are n − 1 steps: it
    is `(field − 1) · stride + size`. For {case} you return `{got}`, expected `{expected}`. Look again at (13.4)."""
    field = 1
    for size, stride in np.asarray(layers)[::-1]:
        field = field * stride + size
    return int(field)


@patch_field.mistake("field · stride + size, from the front")
def _(layers):
    """you take `field · stride + size`, from the **first** layer on. That way runs backwards, from the last layer to
    the image, and from n pixels in a row to their ends there are n − 1 steps: `(field − 1) · stride + size`. For {case}
    you return `{got}`, expected `{expected}`. Look again at (13.4)."""
    field = 1
    for size, stride in layers.tolist():
        field = field * stride + size
    return field


@patch_field.mistake("field · stride + size − 1, from the front")
def _(layers):
    """you take `field · stride + size − 1`, from the **first** layer on. That way runs backwards, from the last layer
    to the image, and it is `(field − 1) · stride + size`. For {case} you return `{got}`, expected `{expected}`. Look
    again at (13.4)."""
    field = 1
    for size, stride in layers.tolist():
        field = field * stride + size - 1
    return field


@patch_field.mistake("(field + size − 1) · stride")
def _(layers):
    """going backwards, you multiply by the stride **after** the size is added. First from outputs to inputs, (field −
    1) · stride, then the window: + size. For {case} you return `{got}`, expected `{expected}`. Look again at (13.4)."""
    field = 1
    for size, stride in layers[::-1].tolist():
        field = (field + size - 1) * stride
    return field


@patch_field.mistake("the last step added")
def _(layers):
    """you add the product of **all strides** at the end. For {case} you return `{got}`, expected `{expected}`. The
    field is 1 plus (size − 1) steps for each layer, (13.4)."""
    size, stride = layers.T
    return int(1 + np.sum((size - 1) * _before(stride)) + np.prod(stride))


@patch_field.mistake("field · stride + size − 1")
def _(layers):
    """going backwards, you take `field · stride + size − 1`. It is `(field − 1) · stride + size`: n pixels in a row are
    n − 1 steps apart from end to end. For {case} you return `{got}`, expected `{expected}`. Look again at (13.4)."""
    field = 1
    for size, stride in np.asarray(layers)[::-1]:
        field = field * stride + size - 1
    return int(field)


@patch_field.mistake("begun with 0, backwards")
def _(layers):
    """going backwards, you begin with **0** pixels; one number of the output is 1. For {case} you return `{got}`,
    expected `{expected}`. Look again at (13.4)."""
    field = 0
    for size, stride in np.asarray(layers)[::-1]:
        field = (field - 1) * stride + size
    return int(field)


@patch_field.mistake("size minus stride")
def _(layers):
    """each layer adds **size − stride** (how far two neighbouring windows overlap). A window of n pixels has n − 1
    steps: it adds (size − 1) · step. For {case} you return `{got}`, expected `{expected}`. Look again at (13.4)."""
    sizes, strides = np.asarray(layers).T
    return 1 + int(((sizes - strides) * _before(strides)).sum())


@patch_field.mistake("size times step, minus 1")
def _(layers):
    """brackets are missing: you add size · step **− 1**, where (size − 1) · step is meant. For {case} you return
    `{got}`, expected `{expected}`. Look again at (13.4)."""
    sizes, strides = np.asarray(layers).T
    return 1 + int((sizes * _before(strides) - 1).sum())


@patch_field.mistake("field · stride + size − 2")
def _(layers):
    """going backwards, you take `field · stride + size − 2`. It is `(field − 1) · stride + size`. For {case} you return
    `{got}`, expected `{expected}`. Look again at (13.4)."""
    field = 1
    for size, stride in np.asarray(layers)[::-1]:
        field = field * stride + size - 2
    return int(field)


@patch_field.mistake("strides times the last size")
def _(layers):
    """you multiply the **last** size by all strides. Every layer adds (size − 1) steps, each as wide as the product of
    the strides before it. For {case} you return `{got}`, expected `{expected}`. Look again at (13.4)."""
    return int(np.prod(np.asarray(layers)[:, 1]) * np.asarray(layers)[-1, 0])


@patch_field.mistake("the sizes added")
def _(layers):
    """you **add** the sizes of the windows as they are. A window makes the square wider by (size − 1) steps, and behind
    a stride of 2 a step is 2 pixels wide. For {case} you return `{got}`, expected `{expected}`. Look again at
    (13.4)."""
    return int(np.asarray(layers)[:, 0].sum())


@patch_field.mistake("sizes times strides, added")
def _(layers):
    """you add size **times stride**, layer by layer. A window makes the square wider by (size − 1) steps, each as wide
    as the product of the strides *before*. For {case} you return `{got}`, expected `{expected}`. Look again at
    (13.4)."""
    return int(np.prod(layers, axis=1).sum())


@patch_field.mistake("multiplied by the last step")
def _(layers):
    """you multiply the width by the product of **all strides** at the end. It is in the steps already. For {case} you
    return `{got}`, expected `{expected}`. Look again at (13.4)."""
    return _field_by_tracing(layers) * int(np.prod(np.asarray(layers)[:, 1]))


@patch_field.mistake("how many numbers come out")
def _(layers):
    """that is how many numbers come **out** for an image 256 pixels wide. How many pixels one of them sees is asked
    for. For {case} you return `{got}`, expected `{expected}`. Look again at (13.4)."""
    side = 256
    for size, stride in np.asarray(layers):
        side = (side - size) // stride + 1
    return int(side)


@patch_field.mistake("(field − 1) · stride + size − stride")
def _(layers):
    """going backwards, you take off the **stride** twice. It is `(field − 1) · stride + size`. For {case} you return
    `{got}`, expected `{expected}`. Look again at (13.4)."""
    field = 1
    for size, stride in np.asarray(layers)[::-1]:
        field = (field - 1) * stride + size - stride
    return int(field)


@patch_field.mistake("divided by the step at the end")
def _(layers):
    """you **divide** the width by the product of the strides at the end; it is counted in pixels of the image already.
    For {case} you return `{got}`, expected `{expected}`. Look again at (13.4)."""
    return _field_by_tracing(layers) // int(np.prod(np.asarray(layers)[:, 1]))


@patch_field.mistake("the product of the sizes")
def _(layers):
    """you **multiply** the sizes of the windows. Each window makes the square wider by (size − 1) steps, so widths add.
    For {case} you return `{got}`, expected `{expected}`. Look again at (13.4)."""
    return int(np.prod(np.asarray(layers)[:, 0]))


@patch_field.mistake("sizes times strides, multiplied")
def _(layers):
    """you **multiply** all sizes and strides. Only the strides multiply, to the step; the windows add (size − 1) steps
    each. For {case} you return `{got}`, expected `{expected}`. Look again at (13.4)."""
    return int(np.prod(layers))


@patch_field.mistake("the product of the strides")
def _(layers):
    """that is the **product of the strides**: how far the squares of two neighbouring numbers lie apart, not how wide
    one is. For {case} you return `{got}`, expected `{expected}`. Look again at (13.4)."""
    return int(np.prod(np.asarray(layers)[:, 1]))


@patch_field.mistake("the last layer only")
def _(layers):
    """you count the **last** layer only. For {case} you return `{got}`, expected `{expected}`. Its inputs see more than
    a pixel each; look again at (13.4)."""
    return int(np.asarray(layers)[-1, 0])


@patch_field.mistake("the largest window")
def _(layers):
    """that is the **largest** window alone. The layers stand behind one another, so that their steps add up. For {case}
    you return `{got}`, expected `{expected}`. Look again at (13.4)."""
    return int(np.asarray(layers)[:, 0].max())


@patch_field.mistake("the last layer left out")
def _(layers):
    """the **last** layer is missing. For {case} you return `{got}`, expected `{expected}`. It has a window, too; look
    again at (13.4)."""
    return _field_by_tracing(np.asarray(layers)[:-1])


@patch_field.mistake("the first layer left out")
def _(layers):
    """the **first** layer is missing. For {case} you return `{got}`, expected `{expected}`. Look again at (13.4)."""
    return _field_by_tracing(np.asarray(layers)[1:])


@patch_field.mistake("size and stride exchanged")
def _(layers):
    """you read **size and stride** the wrong way round: a row is (size, stride). For {case} you return `{got}`,
    expected `{expected}`. Look again at (13.4)."""
    return _field_by_tracing(np.asarray(layers)[:, ::-1])


@patch_field.mistake("the field of every layer")
def _(layers):
    """you return a width for **every** layer; the last of them is asked for. For {case} you return `{got}`, expected
    `{expected}`. Look again at (13.4)."""
    return [_field_by_tracing(np.asarray(layers)[: n + 1]) for n in range(len(layers))]


# --- 13.4 the generator's loss ----------------------------------------------------------------------------------------


def _judged(rng):
    def images(*shape):
        return rng.uniform(-1, 1, shape), rng.uniform(-1, 1, shape)

    yield np.array([[[[0.0]]]]), np.array([[[[0.5]]]]), np.array([[[[0.25]]]]), 2.0
    yield np.array([[[[2.0], [-1.0]]]]), *images(1, 2, 2, 1), 10.0
    yield np.array([[[[0.5]]], [[[-3.0]]]]), *images(2, 2, 1, 1), 1.0
    yield np.array([[[[1.0], [0.0]], [[-2.0], [3.0]]]]), *images(1, 2, 2, 3), 100
    yield np.array([[[[1000.0], [-1000.0]]]]), *images(1, 3, 2, 2), 20.0
    yield np.array([[[[-40.0], [-800.0]]], [[[30.0], [5.0]]]]), *images(2, 2, 2, 1), 5
    yield np.array([[[[1]], [[-2]]]]), np.array([[[[1]], [[0]]]]), np.array([[[[0]], [[-1]]]]), 3  # whole numbers
    for n, side, channels in ((2, 2, 1), (3, 1, 3), (2, 3, 2)):
        yield rng.normal(0, 3, (n, side, side, 1)), *images(n, 2 * side, side + 1, channels), float(rng.integers(2, 30))
    yield rng.normal(0, 2, (2, 2, 1, 1)), *images(2, 3, 3, 1), 0.0


def _loss_by_loops(logits, fake, real, weight):
    logits = [float(z) for z in np.ravel(logits)]
    adversarial = [math.log1p(math.exp(-abs(z))) + max(-z, 0) for z in logits]
    distances = [abs(float(a) - float(b)) for a, b in zip(np.ravel(fake), np.ravel(real), strict=True)]
    return math.fsum(adversarial) / len(adversarial) + weight * math.fsum(distances) / len(distances)


generator_loss = FunctionExercise(
    "13.4",
    "The generator's loss",
    cases=_judged,
    oracle=_loss_by_loops,
    solution="""
    import numpy as np

    def generator_loss(logits, fake, real, weight):
        adversarial = np.mean(np.logaddexp(0, -logits))
        l1 = np.mean(np.abs(fake - real))
        return adversarial + weight * l1
    """,
    example=(np.array([[[[0.0], [2.0]]]]), np.array([[[[0.5], [-0.5]]]]), np.array([[[[0.25], [0.5]]]]), 10.0),
    hints=(
        "Two terms. The first is small where the discriminator takes the generated pair for real: where its logit is "
        "large.",
        "softplus(−z) = log(1 + exp(−z)), without overflow: `np.logaddexp(0, -z)`. Both terms are means.",
        "`np.mean(np.logaddexp(0, -logits)) + weight * np.mean(np.abs(fake - real))`.",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-6,
    fixed=("logits.ndim", "fake.ndim", "real.ndim"),
)


def _softplus(z):
    return np.logaddexp(0, z)


def _sigmoid(z):
    return np.exp(-_softplus(-z))


def _image_by_image(values):
    return values.reshape(len(values), -1).sum(axis=1).mean()


def _losing(adversarial, distance, both):
    def lose(logits, fake, real, weight):
        with np.errstate(all="ignore"):
            z, d = np.asarray(logits, float), np.asarray(fake, float) - np.asarray(real, float)
            return both(adversarial(z), distance(d), weight)

    return lose


# fmt: off
generator_loss.choices(
    _losing,
    place="(13.5)",
    adversarial=(
        lambda z: _softplus(-z).mean(),
        Wrong("the sum over patches", lambda z: _softplus(-z).sum(),
              "you **add up** the patches in place of their mean. With 30 × 30 patches the adversarial term is then "
              "900 times as heavy, which is as if λ were 900 times smaller."),
        Wrong("the sum over the patches of an image", lambda z: _image_by_image(_softplus(-z)),
              "you add up the patches of each image and average over the images only. With 30 × 30 patches the "
              "adversarial term is then **900 times** as heavy: take the mean over all patches."),
        Wrong("trained to be found out", lambda z: _softplus(z).mean(),
              "the sign of the logits is wrong: softplus(**+**logit) is small where the discriminator says "
              "*generated*. The generator wants it to say *real*: softplus(−logit)."),
        Wrong("log(1 − D)", lambda z: -_softplus(z).mean(),
              "that is **log(1 − D)**, the loss of the minimax game: it is flat where the discriminator is sure, so "
              "the generator hardly learns at the start. softplus(−logit) = −log D is asked for."),
        Wrong("the logarithm's sign", lambda z: -_softplus(-z).mean(),
              "you return log D, with the **sign** of a gain: a loss is to be small where D is large, −log D."),
        Wrong("no logarithm", lambda z: _sigmoid(-z).mean(),
              "you average 1 − D, **without a logarithm**. softplus(−logit) is −log D."),
        Wrong("D itself", lambda z: _sigmoid(z).mean(),
              "you average **D itself**, which grows the better the generator is. −log D = softplus(−logit) is asked "
              "for."),
        Wrong("minus the logit", lambda z: -z.mean(),
              "you take **minus the logit** itself (the loss of a Wasserstein game); softplus(−logit) is asked for."),
        Wrong("the logit itself", lambda z: z.mean(),
              "you average the **logits** themselves; softplus(−logit) is asked for."),
        Wrong("the exponential for the softplus", lambda z: np.exp(-z).mean(),
              "you take exp(−logit), **without log(1 + …)** around it."),
        Wrong("D log D", lambda z: (_sigmoid(z) * _softplus(-z)).mean(),
              "you multiply −log D by **D** (an entropy). Each patch counts as it is: softplus(−logit)."),
        *(Wrong(f"logits cut off at ±{c}", lambda z, c=c: _softplus(-np.clip(z, -c, c)).mean(),
                f"you cut the logits off at **±{c}**: beyond it nothing pulls any more. `np.logaddexp(0, -z)` needs no "
                "cut.") for c in (10, 20, 30, 50, 80, 100, 500, 700)),
        Wrong("a hinge", lambda z: np.maximum(0, 1 - z).mean(),
              "you take a **hinge**, max(0, 1 − logit); softplus(−logit) is asked for."),
        Wrong("the discriminator's hinge", lambda z: np.maximum(0, 1 + z).mean(),
              "you take a **hinge**, and with the discriminator's sign: max(0, 1 + logit); softplus(−logit) is asked "
              "for."),
        Wrong("1 for 0 in logaddexp", lambda z: np.logaddexp(1, -z).mean(),
              "you take log(**e** + exp(−logit)), `logaddexp(1, …)`. The 1 of 1 + exp(−logit) is exp(0): "
              "`logaddexp(0, …)`."),
        Wrong("a ReLU for the softplus", lambda z: np.maximum(0, -z).mean(),
              "you take **ReLU**(−logit), which gives no pull any more as soon as the logit is above 0. "
              "softplus(−logit) = log(1 + exp(−logit)) is asked for."),
        Wrong("least squares", lambda z: ((z - 1) ** 2).mean(),
              "you take the **squared** distance of the logit from 1 (a least-squares game); softplus(−logit) is asked "
              "for."),
        Wrong("least squares on D", lambda z: ((_sigmoid(z) - 1) ** 2).mean(),
              "you take the **squared** distance of D from 1; softplus(−logit) = −log D is asked for."),
        Wrong("the logarithm of the mean", lambda z: -np.log(_sigmoid(z).mean()),
              "you take the mean of D first and then the logarithm. Each patch has its **own** logarithm, then comes "
              "the mean."),
        Wrong("softplus of the mean logit", lambda z: _softplus(-z.mean()),
              "you take the mean of the **logits** first. Each patch has its own softplus, then comes the mean."),
        Wrong("a sigmoid too many", lambda z: _softplus(-_sigmoid(z)).mean(),
              "you put a **sigmoid** on the logits first, and the softplus on top; softplus(−logit) holds the sigmoid "
              "already."),
        Wrong("logits cut to probabilities", lambda z: -np.log(np.clip(z, 1e-7, 1 - 1e-7)).mean(),
              "you treat the logits as **probabilities** (cut off to 0 … 1), as Keras' cross-entropy does without "
              "`from_logits=True`."),
        Wrong("the adversarial term left out", lambda z: 0.0,
              "the **adversarial** term is missing: what is left is a plain L1 loss, whose answer is blurred."),
        Wrong("only the best patch", lambda z: _softplus(-z).min(),
              "you take the **best** patch only; the mean over all patches is asked for."),
        Wrong("only the worst patch", lambda z: _softplus(-z).max(),
              "you take the **worst** patch only; the mean over all patches is asked for."),
        Wrong("only the first patch", lambda z: _softplus(-z.flat[0]),
              "you take the **first** patch only; the mean over all patches is asked for."),
        Wrong("a logarithm to the base 2", lambda z: _softplus(-z).mean() / math.log(2),
              "your logarithm is one to the **base 2**."),
        Wrong("the exponential overflows", lambda z: np.log(1 + np.exp(-z)).mean(),
              "right as long as the logits are small, but `exp` **overflows** above 709, and the loss is infinite. "
              "`np.logaddexp(0, -z)` does not."),
        *(Wrong(f"clipped at 1e-{n}", lambda z, n=n: -np.log(np.maximum(_sigmoid(z), 10.0**-n)).mean(),
                f"you cut D off at **1e-{n}** (or add it): a pair that is surely found out then costs "
                f"{n * math.log(10):.0f} at most and pulls no more. Use `np.logaddexp(0, -z)`.")
          for n in (3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16)),
        *(Wrong(f"1e-{n} added to D", lambda z, n=n: -np.log(_sigmoid(z) + 10.0**-n).mean(),
                f"you add **1e-{n}** to D: a pair that is surely found out then costs {n * math.log(10):.0f} at most "
                "and pulls no more. Use `np.logaddexp(0, -z)`.") for n in (3, 4, 5, 6)),
        Wrong("max(−z, 0) left out", lambda z: np.log1p(np.exp(-np.abs(z))).mean(),
              "you take log(1 + exp(−**|z|**)): of the stable formula the other half is missing, + max(−z, 0)."),
        Wrong("both signs", lambda z: (_softplus(-z) + _softplus(z)).mean(),
              "you add softplus(−logit) **and** softplus(+logit): the generator would like to be taken for real and "
              "for generated at once. softplus(−logit) alone."),
        Wrong("infinity made 0", lambda z: np.where(-z > 709.7, 0, _softplus(-z)).mean(),
              "where `exp` overflows you put **0**: what is surely found out then costs nothing. `np.logaddexp(0, -z)` "
              "does not overflow."),
        Wrong("infinity made a huge number", lambda z: np.nan_to_num(np.log(1 + np.exp(-z))).mean(),
              "`exp` **overflows** above 709, and you make a huge number of the infinite one (`nan_to_num`). "
              "`np.logaddexp(0, -z)` does not overflow."),
        Wrong("halved", lambda z: _softplus(-z).mean() / 2,
              "your adversarial term is **halved**."),
    ),
    distance=(
        lambda d: np.abs(d).mean(),
        Wrong("the sum over pixels", lambda d: np.abs(d).sum(),
              "you **add up** the pixels in the L1 term in place of their mean: λ is then as many times too large as "
              "the images have pixels."),
        Wrong("the sum over the pixels of an image", lambda d: _image_by_image(np.abs(d)),
              "in the L1 term you add up the pixels of each image and average over the images only; take the mean over "
              "**all** pixels and channels."),
        Wrong("the sum over channels", lambda d: np.abs(d).sum(axis=-1).mean(),
              "in the L1 term you add up the **channels** of a pixel; take the mean over them, too."),
        Wrong("squared errors", lambda d: (d**2).mean(),
              "your second term is **L2**, the mean of squares: its best answer is a mean of all images, which is "
              "blurred. The absolute value is asked for."),
        Wrong("the root of the mean square", lambda d: np.sqrt((d**2).mean()),
              "your second term is the root of the **mean square**; the mean of the absolute values is asked for."),
        Wrong("the absolute value missing", lambda d: d.mean(),
              "in the L1 term the **absolute value** is missing: too bright and too dark cancel."),
        Wrong("the absolute value missing, the other way round", lambda d: -d.mean(),
              "in the L1 term the **absolute value** is missing: too bright and too dark cancel."),
        Wrong("the absolute value of the mean", lambda d: abs(d.mean()),
              "in the L1 term you take the mean first and then its **absolute value**: too bright and too dark "
              "cancel."),
        Wrong("the square of the mean", lambda d: d.mean() ** 2,
              "in the L1 term you take the mean first and **square** it: too bright and too dark cancel. The mean of "
              "the absolute values is asked for."),
        Wrong("the length of each pixel's difference", lambda d: np.sqrt((d**2).sum(axis=-1)).mean(),
              "you take the **length** of the colour difference of each pixel, √(r² + g² + b²); the mean of the "
              "absolute values of all channels is asked for."),
        Wrong("the L1 term left out", lambda d: 0.0,
              "the **L1** term is missing."),
        Wrong("the L1 term halved", lambda d: np.abs(d).mean() / 2,
              "your L1 term is **halved**."),
        Wrong("the median error", lambda d: np.median(np.abs(d)),
              "in the L1 term you take the **median** of the errors; their mean is asked for."),
        Wrong("the sum of the images' means", lambda d: np.abs(d).reshape(len(d), -1).mean(axis=1).sum(),
              "in the L1 term you **add up** the means of the images; take the mean over all of them."),
        Wrong("only what is too bright", lambda d: np.maximum(d, 0).mean(),
              "in the L1 term you count only where the generated image is **too bright**."),
        Wrong("only what is too dark", lambda d: np.maximum(-d, 0).mean(),
              "in the L1 term you count only where the generated image is **too dark**."),
        Wrong("a root of the mean error", lambda d: np.sqrt(np.abs(d).mean()),
              "in the L1 term there is a **root** too many."),
        Wrong("twice the L1 term", lambda d: 2 * np.abs(d).mean(),
              "your L1 term is there **twice**."),
        Wrong("the largest error", lambda d: np.abs(d).max(),
              "in the L1 term you take the **largest** error; the mean is asked for."),
        Wrong("the length of the difference", lambda d: np.sqrt((d**2).sum()),
              "your second term is the **length** of the difference (`np.linalg.norm`); the mean of the absolute "
              "values is asked for."),
        Wrong("the sum of squares", lambda d: (d**2).sum(),
              "your second term is the sum of **squares**; the mean of the absolute values is asked for."),
        Wrong("similarity for distance", lambda d: 1 - np.abs(d).mean(),
              "your second term is **1 minus** the distance, a similarity: a loss is to be small where the images "
              "agree."),
    ),
    both=(
        lambda a, d, w: a + w * d,
        Wrong("λ on the wrong term", lambda a, d, w: w * a + d,
              "λ stands before the **adversarial** term; it belongs to the L1 term."),
        Wrong("λ left out", lambda a, d, w: a + d,
              "**λ** is missing: the two terms are added as they are."),
        Wrong("minus the L1 term", lambda a, d, w: a - w * d,
              "you **take off** the L1 term: then the generator is rewarded for being far from the image."),
        Wrong("λ on both terms", lambda a, d, w: w * (a + d),
              "λ multiplies **both** terms; it belongs to the L1 term alone."),
        Wrong("shares λ and 1 − λ", lambda a, d, w: (1 - w) * a + w * d,
              "you weigh the terms with **1 − λ** and λ; the adversarial term has the weight 1."),
        Wrong("shares 1 − λ and λ", lambda a, d, w: w * a + (1 - w) * d,
              "you weigh the terms with **λ** and 1 − λ; it is 1 and λ."),
        Wrong("divided by 1 + λ", lambda a, d, w: (a + w * d) / (1 + w),
              "you divide by the sum of the **weights**; the sum itself is asked for."),
        Wrong("the mean of both terms", lambda a, d, w: (a + w * d) / 2,
              "you take the **mean** of the two terms; their sum is asked for."),
        Wrong("divided by λ", lambda a, d, w: np.divide(a, 1) + np.divide(d, w),
              "you **divide** the L1 term by λ."),
        Wrong("the root of λ", lambda a, d, w: a + np.sqrt(w) * d,
              "you take the **root** of λ."),
        Wrong("the larger of both terms", lambda a, d, w: max(a, w * d),
              "you take the **larger** of the two terms; they are added."),
        Wrong("1 + λ", lambda a, d, w: a + (1 + w) * d,
              "the L1 term has the weight **1 + λ**; it has λ."),
        Wrong("the terms multiplied", lambda a, d, w: a * w * d,
              "you **multiply** the two terms; they are added."),
        Wrong("both terms apart", lambda a, d, w: (a, w * d),
              "you return **both terms** apart; their sum is asked for."),
        Wrong("both terms apart, without λ", lambda a, d, w: (a, d),
              "you return **both terms** apart; a + λ · L1 is asked for."),
        Wrong("the sign of the whole", lambda a, d, w: -(a + w * d),
              "the **sign** of the whole is turned: a loss is to be minimized."),
        Wrong("λ squared", lambda a, d, w: a + w**2 * d,
              "**λ** is squared."),
    ),
)
# fmt: on


@generator_loss.mistake("the discriminator's loss on these pairs")
def _(logits, fake, real, weight):
    """that is the **discriminator's** loss: softplus of the logit of a generated pair, without any L1 term. For {case}
    you return `{got}`, expected `{expected}`. The generator wants the opposite, softplus(−logit), and the L1 term. Look
    again at (13.5)."""
    return _softplus(np.asarray(logits, float)).mean()


@generator_loss.mistake("logits taken for probabilities")
def _(logits, fake, real, weight):
    """you take the logarithm of the **logit**, as if it were a probability: that is NaN where the logit is negative.
    −log D is softplus(−logit). For {case} you return `{got}`, expected `{expected}`. Look again at (13.5)."""
    with np.errstate(all="ignore"):
        d = np.asarray(fake, float) - np.asarray(real, float)
        return -np.log(np.asarray(logits, float)).mean() + weight * np.abs(d).mean()


@generator_loss.mistake("a loss for each image")
def _(logits, fake, real, weight):
    """you return a loss for **each image**; one mean over all is asked for. For {case} you return `{got}`, expected
    `{expected}`. Look again at (13.5)."""
    d = np.abs(np.asarray(fake, float) - np.asarray(real, float))
    return _softplus(-np.asarray(logits, float)).mean(axis=(1, 2, 3)) + weight * d.mean(axis=(1, 2, 3))


@generator_loss.mistake("λ inside the absolute value")
def _(logits, fake, real, weight):
    """λ stands **inside** the absolute value, before one of the images only: brackets are missing. For {case} you
    return `{got}`, expected `{expected}`. Look again at (13.5)."""
    both = weight * np.asarray(fake, float) - np.asarray(real, float)
    return _softplus(-np.asarray(logits, float)).mean() + np.abs(both).mean()


@generator_loss.mistake("both terms added up")
def _(logits, fake, real, weight):
    """both terms are **sums** in place of means: the loss grows with the size of the images. For {case} you return
    `{got}`, expected `{expected}`. Look again at (13.5)."""
    d = np.asarray(fake, float) - np.asarray(real, float)
    return _softplus(-np.asarray(logits, float)).sum() + weight * np.abs(d).sum()


# --- 13.5 does the mask come back? ------------------------------------------------------------------------------------


def _found_masks(rng):
    yield np.array([[[1, 0]]]), np.array([[[2.0, -1.0]]])
    yield np.array([[[1, 1, 0, 0]]]), np.array([[[0.25, -2.0, 3.0, -1.0]]])  # p = .56
    yield np.array([[[1, 0, 1, 0]]]), np.array([[[0.0, 0.0, 1.0, -1.0]]])  # p = ½: not found
    yield np.array([[[0, 0]], [[1, 0]]]), np.array([[[-3.0, -1.0]], [[4.0, 2.0]]])  # nothing in both
    yield np.array([[[0, 0]], [[1, 1]]]), np.array([[[0.5, -1.0]], [[4.0, -2.0]]])  # nothing asked for in one of them
    yield np.array([[[True, True, False]], [[False, True, False]]]), np.array([[[3, 2, 0]], [[-1, 5, 1]]])
    yield np.array([[[1, 1]], [[0, 1]]]), np.array([[[-1.0, -2.0]], [[1.0, 2.0]]])  # nothing found in one
    yield np.zeros((2, 2, 2), int), -np.ones((2, 2, 2))
    for n, h, w in ((1, 3, 3), (2, 3, 4), (3, 4, 4), (4, 2, 5)):
        masks = (rng.random((n, h, w)) < rng.uniform(0.2, 0.7, (n, 1, 1))).astype(float)
        yield masks, np.round(rng.normal(2 * masks - 1, 1.5), 2)


def _comes_back_by_sets(masks, logits):
    scores = []
    for mask, answer in zip(masks, logits, strict=True):
        asked = {place for place, value in np.ndenumerate(mask) if value}
        found = {place for place, value in np.ndenumerate(answer) if value > 0}
        both = len(asked) + len(found)
        scores.append(2 * len(asked & found) / both if both else 1.0)
    return sum(scores) / len(scores)


comes_back = FunctionExercise(
    "13.5",
    "Does the mask come back?",
    cases=_found_masks,
    oracle=_comes_back_by_sets,
    solution="""
    import numpy as np

    def comes_back(masks, logits):
        scores = []
        for mask, answer in zip(masks, logits):
            asked, found = mask > 0, answer > 0
            total = asked.sum() + found.sum()
            scores.append(2 * (asked & found).sum() / total if total else 1)
        return np.mean(scores)
    """,
    example=(
        np.array([[[1, 1, 0, 0]], [[0, 1, 1, 0]], [[0, 0, 0, 0]]]),
        np.array([[[3.0, -1.0, 0.25, -2.0]], [[1.0, 4.0, 2.0, -1.0]], [[-3.0, -1.0, -2.0, -4.0]]]),
    ),
    hints=(
        "p > ½ means that the logit is above … ?",
        "Dice of one image: twice the pixels that are in both masks, over the pixels of one plus the pixels of the "
        "other. Then the mean over the images.",
        "`2 * (asked & found).sum() / (asked.sum() + found.sum())`, and 1 where the divisor is 0.",
    ),
    rtol=1e-6,
    atol=1e-9,
    fixed=("masks.ndim", "logits.ndim"),
)


def _dice(hit, asked, found, n, empty):
    return 2 * hit / (asked + found) if asked + found else empty


def _coming_back(find, score, empty, over):
    def one(mask, answer):
        with np.errstate(all="ignore"):
            m, f = np.asarray(mask, float), np.asarray(find(np.asarray(answer, float)), float)
            return score((m * f).sum(), m.sum(), f.sum(), m.size, empty)

    return lambda masks, logits: over(one, masks, logits)


def _ratio(a, b, otherwise):
    return a / b if b else otherwise


def _scores(one, masks, logits):
    return [one(m, z) for m, z in zip(masks, logits, strict=True)]


# fmt: off
comes_back.choices(
    _coming_back,
    place="section 6",
    find=(
        lambda z: z > 0,
        Wrong("logits cut at ½", lambda z: z > 0.5,
              "you compare the **logit** with ½. p > ½ is where the logit is above 0."),
        Wrong("not thresholded", lambda z: _sigmoid(z),
              "you count with the **probabilities** (a soft Dice, as a loss does). A score counts pixels: first p > ½, "
              "then Dice."),
        Wrong("logits taken for a mask", lambda z: z,
              "you count with the **logits** themselves, as if they were a mask. First the pixels where p > ½, then "
              "Dice."),
        Wrong("½ counts as found", lambda z: z >= 0,
              "a pixel with p = ½ exactly counts as **found** (`>=`); p > ½ is asked for."),
        Wrong("the found mask inverted", lambda z: z < 0,
              "your found mask is **inverted**: it holds the pixels where p < ½."),
        Wrong("a sigmoid too many", lambda z: _sigmoid(_sigmoid(z)) > 0.5,
              "you put a **sigmoid on a sigmoid**: nearly everything is then above ½."),
        Wrong("everything found but 0", lambda z: z != 0,
              "every logit but 0 counts as **found** (`astype(bool)`, `np.logical_and`): −3 is True, too. It is where "
              "the logit is above 0."),
        Wrong("cut at the mean", lambda z: z > z.mean(),
              "you cut at the **mean** of the logits of an image, so that something is always found. p > ½ is asked "
              "for."),
        Wrong("logits cut at 1", lambda z: z >= 1,
              "you take a pixel for found where the logit is **1** or more. p > ½ is where it is above 0."),
        Wrong("logits rounded", lambda z: np.round(z),
              "you **round** the logits and count with them. p > ½ is where the logit is above 0."),
        Wrong("logits cut off to 0 … 1", lambda z: np.clip(z, 0, 1),
              "you cut the logits off to **0 … 1** and count with them. First the pixels where p > ½, then Dice."),
        Wrong("the sign of the logits", lambda z: np.sign(z),
              "you count with the **sign** of the logits, −1 where nothing is. A mask holds 0 there."),
    ),
    score=(
        _dice,
        Wrong("IoU", lambda hit, a, b, n, empty: _ratio(hit, a + b - hit, empty),
              "that is **IoU**, the pixels in both over the pixels in either. Dice is asked for: twice the pixels in "
              "both, over the sum of the two."),
        Wrong("the 2 left out", lambda hit, a, b, n, empty: _ratio(hit, a + b, empty),
              "the **2** of the Dice score is missing: even a perfect mask gets ½."),
        Wrong("accuracy", lambda hit, a, b, n, empty: (n - a - b + 2 * hit) / n,
              "that is the **accuracy**, the share of pixels that agree: with an empty mask it is high, too. Dice "
              "leaves out what is background in both."),
        Wrong("recall", lambda hit, a, b, n, empty: _ratio(hit, a, empty),
              "you divide by the pixels that were **asked for** only (recall): what is found beside them costs "
              "nothing."),
        Wrong("precision", lambda hit, a, b, n, empty: _ratio(hit, b, empty),
              "you divide by the pixels that were **found** only (precision): what is missed costs nothing."),
        Wrong("twice over the pixels asked for", lambda hit, a, b, n, empty: _ratio(2 * hit, a, empty),
              "you divide twice the pixels in both by those that were **asked for** only; by the sum of the two masks."
              ""),
        Wrong("twice over the pixels found", lambda hit, a, b, n, empty: _ratio(2 * hit, b, empty),
              "you divide twice the pixels in both by those that were **found** only; by the sum of the two masks."),
        Wrong("twice over all pixels", lambda hit, a, b, n, empty: 2 * hit / n,
              "you divide twice the pixels in both by **all pixels** of the image; by the sum of the two masks."),
        Wrong("share of all pixels", lambda hit, a, b, n, empty: hit / n,
              "you divide by **all pixels** of the image. Dice divides by the pixels of the two masks."),
        Wrong("the number of errors", lambda hit, a, b, n, empty: a + b - 2 * hit,
              "you count the pixels that **differ**. Dice is asked for, 1 where the masks agree."),
        Wrong("1 − Dice", lambda hit, a, b, n, empty: 1 - _dice(hit, a, b, n, empty),
              "you return **1 − Dice**, the loss; the score is asked for."),
        Wrong("divided by the union", lambda hit, a, b, n, empty: _ratio(2 * hit, a + b - hit, empty),
              "you divide twice the pixels in both by the **union**; Dice divides by the sum of the two masks, and "
              "cannot be above 1."),
        Wrong("smoothed", lambda hit, a, b, n, empty: (2 * hit + 1) / (a + b + 1),
              "you **add 1** above and below, as losses do. A score counts exactly."),
        Wrong("an empty mask scores 1 whatever is found",
              lambda hit, a, b, n, empty: _dice(hit, a, b, n, empty) if a else 1.0,
              "an image whose mask is empty scores 1 for you **whatever was found** in it. Found where nothing was "
              "asked for is a mistake: 0."),
        Wrong("an empty mask or nothing found scores 1",
              lambda hit, a, b, n, empty: _dice(hit, a, b, n, empty) if a and b else 1.0,
              "an image scores 1 for you as soon as **one** of the two masks is empty (`and` for `or`); it does where "
              "both are."),
        *(Wrong(f"{e} in the divisor", lambda hit, a, b, n, empty, e=e: 2 * hit / (a + b + e),
                f"you add **{e}** to the divisor: no image reaches 1, and an empty one scores 0. A score counts "
                "exactly.") for e in (1, 1e-2, 1e-3, 1e-4)),
        *(Wrong(f"smoothed by {e}", lambda hit, a, b, n, empty, e=e: (2 * hit + e) / (a + b + e),
                f"you **add {e}** above and below, as losses do. A score counts exactly.")
          for e in (0.1, 1e-2, 1e-3)),
        Wrong("nothing found scores 1",
              lambda hit, a, b, n, empty: _dice(hit, a, b, n, empty) if b else 1.0,
              "an image in which **nothing was found** scores 1 for you, also where something was asked for: that is "
              "0."),
        Wrong("the pixels in both", lambda hit, a, b, n, empty: hit,
              "you return how **many** pixels are in both masks; Dice divides by the pixels of the two."),
        Wrong("equal or not", lambda hit, a, b, n, empty: float(hit == a == b),
              "you ask whether the masks are **equal**, all or nothing; Dice says how much they share."),
        Wrong("the larger mask", lambda hit, a, b, n, empty: _ratio(hit, max(a, b), empty),
              "you divide by the **larger** of the two masks; Dice divides by the mean of their sizes."),
        Wrong("areas compared", lambda hit, a, b, n, empty: _ratio(min(a, b), max(a, b), empty),
              "you compare the **areas** of the two masks; they may lie at different places."),
        Wrong("errors of the share", lambda hit, a, b, n, empty: (a + b - 2 * hit) / n,
              "you return the share of pixels that **differ**. Dice is asked for, 1 where the masks agree."),
    ),
    empty=(
        1,
        Wrong("an empty image scores 0", 0,
              "an image with nothing in both masks scores **0** for you (as 0 / ε does); nothing was asked for and "
              "nothing found: it scores 1."),
        Wrong("an empty image scores NaN", math.nan,
              "an image with nothing in both masks gives **0/0**, NaN, and so does the mean. Nothing was asked for and "
              "nothing found: it scores 1."),
        Wrong("an empty image scores ½", 0.5,
              "an image with nothing in both masks scores **½** for you; nothing was asked for and nothing found: it "
              "scores 1."),
    ),
    over=(
        lambda one, masks, logits: np.mean(_scores(one, masks, logits)),
        Wrong("all images as one", lambda one, masks, logits: one(masks, logits),
              "you count the pixels of **all images together**, so an image with a large mask counts more. The Dice of "
              "each image, then their mean."),
        Wrong("the sum over the images", lambda one, masks, logits: np.sum(_scores(one, masks, logits)),
              "you **add up** the scores of the images; their mean is asked for."),
        Wrong("a score for each image", _scores,
              "you return a score for **each** image; their mean is asked for."),
        Wrong("the first image only", lambda one, masks, logits: one(masks[0], logits[0]),
              "you return the score of the **first** image only: is a `return` inside the loop?"),
        Wrong("the last image only", lambda one, masks, logits: one(masks[-1], logits[-1]),
              "you return the score of the **last** image only; the mean over all is asked for."),
        Wrong("the worst image", lambda one, masks, logits: np.min(_scores(one, masks, logits)),
              "you return the score of the **worst** image; the mean is asked for."),
        Wrong("the best image", lambda one, masks, logits: np.max(_scores(one, masks, logits)),
              "you return the score of the **best** image; the mean is asked for."),
        Wrong("the median image", lambda one, masks, logits: np.median(_scores(one, masks, logits)),
              "you return the **median** score; the mean is asked for."),
        Wrong("empty images left out",
              lambda one, masks, logits: np.mean(
                  [one(m, z) for m, z in zip(masks, logits, strict=True) if np.any(m) or np.any(z > 0)]),
              "images with nothing in both masks are **left out** of the mean; they score 1."),
        Wrong("images without an object left out",
              lambda one, masks, logits: np.mean(
                  [one(m, z) for m, z in zip(masks, logits, strict=True) if np.any(m)]),
              "images whose mask is empty are **left out** of the mean. They count as well: 1 if nothing was found, 0 "
              "else."),
        Wrong("the scores multiplied", lambda one, masks, logits: np.prod(_scores(one, masks, logits)),
              "you **multiply** the scores of the images; their mean is asked for."),
        Wrong("row by row", lambda one, masks, logits: np.mean(
                  [one(m, z) for a, b in zip(masks, logits, strict=True) for m, z in zip(a, b, strict=True)]),
              "you take a Dice score for each **row** of the images; one for each image is asked for."),
        Wrong("column by column", lambda one, masks, logits: np.mean(
                  [one(a[:, k], b[:, k]) for a, b in zip(masks, logits, strict=True) for k in range(a.shape[1])]),
              "you take a Dice score for each **column** of the images; one for each image is asked for."),
        Wrong("pixel by pixel", lambda one, masks, logits: np.mean(
                  [one(masks[(slice(None), *k)], logits[(slice(None), *k)]) for k in np.ndindex(masks.shape[1:])]),
              "you take a Dice for each **pixel**, over the images (`axis=0`), and average those. One for each image: "
              "over its rows and columns, `axis=(1, 2)`."),
        Wrong("percent", lambda one, masks, logits: 100 * np.mean(_scores(one, masks, logits)),
              "your score is in **percent**; Dice lies between 0 and 1."),
    ),
)
# fmt: on


@comes_back.mistake("pixel by pixel, those with nothing in both left out")
def _(masks, logits):
    """you take a Dice for each **pixel**, over the images (`axis=0`), and average those. One for each image: over its
    rows and columns, `axis=(1, 2)`. For {case} you return `{got}`, expected `{expected}`. Look again at section 6."""
    with np.errstate(all="ignore"):
        found = (logits > 0) * 1.0
        return np.nanmean(2 * (masks * found).sum(axis=0) / (masks.sum(axis=0) + found.sum(axis=0)))


# --- 13.6 once round, and 13.7 what is already there ------------------------------------------------------------------


@dataclass(frozen=True)
class _Curve:
    """The function x ↦ bend·x² + slope·x + shift, which can be printed."""

    slope: float
    shift: float = 0.0
    bend: float = 0.0

    def __call__(self, x):
        """Its values, of the shape of `x`."""
        x = np.asarray(x, float)
        return self.bend * x**2 + self.slope * x + self.shift

    @property
    def __name__(self):
        bend = f"{self.bend:g}x² + " if self.bend else ""
        return f"{bend}{self.slope:g}x + {self.shift:g}".replace("+ -", "− ")


def _maps(rng):
    yield np.array([1.0, 3.0]), np.array([4.0]), _Curve(2, 1), _Curve(0.5, 0)
    yield np.array([2, -1]), np.array([0, 5]), _Curve(1, 3), _Curve(1, -2)
    yield np.array([0.0, 2.0, -4.0]), np.array([1.0, -3.0]), _Curve(-1, 3), _Curve(-1, 3)  # a perfect cycle
    yield np.array([2.0, -1.0, 0.5]), np.array([3.0, 1.5, -2.0, 0.0]), _Curve(0.5, -1, 1), _Curve(2, 0.25)
    yield np.array([[1.0, 2.0], [-2.0, 0.0]]), np.array([[3.0, -1.0]]), _Curve(3, 0), _Curve(0.25, 1, -0.5)
    yield np.array([[1.0, 0.5, -1.0]]), np.array([[2.0], [0.5]]), _Curve(-2, 1, 0.5), _Curve(1, 1)
    yield rng.normal(size=(2, 2, 2, 1)), rng.normal(size=(3, 2, 2, 1)), _Curve(0, 2), _Curve(1, -1)  # all alike
    for n, m in ((4, 4), (3, 6), (5, 2)):
        a, b, c, d, e, f = np.round(rng.normal(size=6), 2)
        yield np.round(rng.normal(0, 2, n), 2), np.round(rng.normal(1, 2, m), 2), _Curve(a, b, c), _Curve(d, e, f)


def _errors(values, change):
    return [abs(float(np.ravel(change(np.array([v])))[0]) - float(v)) for v in np.ravel(values)]


def _mean_of(errors):
    return math.fsum(errors) / len(errors)


cycle_loss = FunctionExercise(
    "13.6",
    "Once round",
    cases=_maps,
    oracle=lambda x, y, G, F: _mean_of(_errors(x, lambda v: F(G(v)))) + _mean_of(_errors(y, lambda v: G(F(v)))),
    solution="""
    import numpy as np

    def cycle_loss(x, y, G, F):
        return np.mean(np.abs(F(G(x)) - x)) + np.mean(np.abs(G(F(y)) - y))
    """,
    example=(np.array([1.0, 3.0]), np.array([2.0]), _Curve(2, 1), _Curve(1, -1)),
    hints=(
        "x goes to the other domain and back. Which function takes it there, which one back?",
        "For x: first G, then F, and the distance from x. For y the other way round.",
        "`np.mean(np.abs(F(G(x)) - x))`, and the same for y with F and G exchanged; their sum.",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-6,
    fixed=("G", "F"),
)


def _cycling(round_x, round_y, loss, both):
    def lose(x, y, G, F):
        with np.errstate(all="ignore"):
            x, y = np.asarray(x, float), np.asarray(y, float)
            return both(loss, *round_x(x, y, G, F), *round_y(x, y, G, F))

    return lose


def _two(function):
    return lambda loss, a, b, c, d: function(loss(a - b), loss(c - d))


# fmt: off
_LOSSES = (
    lambda d: np.abs(d).mean(),
    Wrong("squared errors", lambda d: (d**2).mean(),
          "you take the mean of the **squares**; absolute differences are asked for."),
    Wrong("the absolute value missing", lambda d: d.mean(),
          "the **absolute value** is missing: too large and too small cancel."),
    Wrong("the absolute value missing, the other way round", lambda d: -d.mean(),
          "the **absolute value** is missing: too large and too small cancel."),
    Wrong("the absolute value of the mean", lambda d: abs(d.mean()),
          "you take the mean first and then its **absolute value**: too large and too small cancel."),
    Wrong("the sum in place of the mean", lambda d: np.abs(d).sum(),
          "you **add up** the differences; their mean is asked for, so that the loss does not grow with the batch."),
    Wrong("divided by len", lambda d: np.abs(d).sum() / len(np.atleast_1d(d)),
          "you divide by `len(…)`, the length of the **first axis**: right for a row of numbers, not for images. "
          "`np.mean` divides by all entries."),
    Wrong("the root of the mean square", lambda d: np.sqrt((d**2).mean()),
          "you take the root of the **mean square**; the mean of absolute differences is asked for."),
    Wrong("the largest difference", lambda d: np.abs(d).max(),
          "you take the **largest** difference; the mean is asked for."),
    Wrong("the length of the difference", lambda d: np.sqrt((d**2).sum()),
          "you take the **length** of the difference (`np.linalg.norm`); the mean of absolute differences is asked "
          "for."),
    Wrong("the length divided by the number", lambda d: np.sqrt((d**2).sum()) / d.size,
          "you divide the **length** of the difference (`np.linalg.norm`) by the number of entries; the mean of "
          "absolute differences is asked for."),
    Wrong("only what is too large", lambda d: np.maximum(d, 0).mean(),
          "you count only what has become **too large**."),
    Wrong("only what is too small", lambda d: np.maximum(-d, 0).mean(),
          "you count only what has become **too small**."),
    Wrong("the median difference", lambda d: np.median(np.abs(d)),
          "you take the **median** of the differences; their mean is asked for."),
)
_BOTH = (
    _two(lambda a, b: a + b),
    Wrong("the mean of both terms", _two(lambda a, b: (a + b) / 2),
          "you take the **mean** of the two terms; their sum is asked for."),
    Wrong("all differences in one mean",
          lambda loss, a, b, c, d: loss(np.concatenate([np.ravel(a - b), np.ravel(c - d)])),
          "you take **one** mean over all differences, so the longer of the two counts more. Each term has its own "
          "mean; then they are added."),
    Wrong("twice the mean of all differences",
          lambda loss, a, b, c, d: 2 * loss(np.concatenate([np.ravel(a - b), np.ravel(c - d)])),
          "you take **one** mean over all differences, twice: the longer of the two then counts more. Each term has "
          "its own mean; then they are added."),
    Wrong("the larger of both terms", _two(max),
          "you take the **larger** of the two terms; their sum is asked for."),
    Wrong("the difference of both terms", _two(lambda a, b: a - b),
          "you take the **difference** of the two terms; their sum is asked for."),
    Wrong("the terms multiplied", _two(lambda a, b: a * b),
          "you **multiply** the two terms; their sum is asked for."),
    Wrong("both terms apart", _two(lambda a, b: (a, b)),
          "you return **both terms** apart; their sum is asked for."),
    Wrong("the first term only", _two(lambda a, b: a),
          "the **second** term, that of y, is missing."),
    Wrong("the second term only", _two(lambda a, b: b),
          "the **first** term, that of x, is missing."),
    Wrong("the smaller of both terms", _two(min),
          "you take the **smaller** of the two terms; their sum is asked for."),
    Wrong("half of the first term", _two(lambda a, b: a / 2 + b),
          "your first term is **halved**."),
    Wrong("half of the second term", _two(lambda a, b: a + b / 2),
          "your second term is **halved**."),
    Wrong("the root of the sum", _two(lambda a, b: np.sqrt(a + b)),
          "you take the **root** of the sum."),
    Wrong("the sum squared", _two(lambda a, b: (a + b) ** 2),
          "you **square** the sum."),
    Wrong("the logarithm of the sum", _two(lambda a, b: np.log(a + b)),
          "you take the **logarithm** of the sum."),
    Wrong("twice", _two(lambda a, b: 2 * (a + b)),
          "your result is **twice** the sum."),
    Wrong("the first term added up", lambda loss, a, b, c, d: np.abs(a - b).sum() + loss(c - d),
          "your first term is a **sum**; both are means."),
    Wrong("the second term added up", lambda loss, a, b, c, d: loss(a - b) + np.abs(c - d).sum(),
          "your second term is a **sum**; both are means."),
    Wrong("the first term squared", lambda loss, a, b, c, d: ((a - b) ** 2).mean() + loss(c - d),
          "your first term has **squares**; both have absolute values."),
    Wrong("the second term squared", lambda loss, a, b, c, d: loss(a - b) + ((c - d) ** 2).mean(),
          "your second term has **squares**; both have absolute values."),
    Wrong("ten times", _two(lambda a, b: 10 * (a + b)),
          "you multiply by **10**, as the usual λ does; the loss itself is asked for."),
)

_ONE_TERM = ("the first term only", "the second term only")  # which one is missing, each exercise says itself

cycle_loss.choices(
    _cycling,
    place="(13.6)",
    round_x=(
        lambda x, y, G, F: (F(G(x)), x),
        Wrong("G(F(x)) for F(G(x))", lambda x, y, G, F: (G(F(x)), x),
              "x goes through **F first**. F takes ys; x has to go to the other domain first, through G, and then back "
              "through F: F(G(x))."),
        Wrong("x not taken back", lambda x, y, G, F: (G(x), x),
              "x is **not taken back**: you compare G(x) with x, which lie in different domains. F(G(x)) is to be x "
              "again."),
        Wrong("F(x) for F(G(x))", lambda x, y, G, F: (F(x), x),
              "you compare **F(x)** with x: that is a term of the *identity* loss. The cycle is F(G(x))."),
        Wrong("G twice", lambda x, y, G, F: (G(G(x)), x),
              "x goes through **G twice**; G takes it there, F takes it back."),
        Wrong("F twice", lambda x, y, G, F: (F(F(x)), x),
              "x goes through **F twice**; G takes it there, F takes it back."),
        Wrong("x's round compared with y", lambda x, y, G, F: (F(G(x)), y),
              "you compare F(G(x)) with **y**. After the round x is back in its own domain and is compared with x."),
        Wrong("x added", lambda x, y, G, F: (F(G(x)), -x),
              "you **add** x to F(G(x)); it is taken off."),
        Wrong("x's round compared with G(x)", lambda x, y, G, F: (F(G(x)), G(x)),
              "you compare F(G(x)) with **G(x)**; after the round it is compared with x."),
        Wrong("x's round once more", lambda x, y, G, F: (F(G(F(x))), x),
              "x goes through **three** functions; G takes it there, F takes it back."),
        Wrong("x's rounds compared with each other", lambda x, y, G, F: (F(G(x)), G(F(x))),
              "you compare F(G(x)) with **G(F(x))**; after the round it is compared with x."),
        Wrong("x's round compared with nothing", lambda x, y, G, F: (F(G(x)), 0),
              "you do not **compare** F(G(x)) with anything: take x off."),
        Wrong("x compared by pairs", lambda x, y, G, F: (G(x), y),
              "you compare G(x) with **y**, as if x and y were pairs. There are no pairs here: x goes round, and is "
              "compared with itself."),
        Wrong("F(y) for F(G(x))", lambda x, y, G, F: (F(y), x),
              "you compare F(y) with **x**, as if x and y were pairs. There are no pairs here: x goes round, and is "
              "compared with itself."),
    ),
    round_y=(
        lambda x, y, G, F: (G(F(y)), y),
        Wrong("F(G(y)) for G(F(y))", lambda x, y, G, F: (F(G(y)), y),
              "y goes through **G first**. G takes xs; y has to go to the other domain first, through F, and then back "
              "through G: G(F(y))."),
        Wrong("y not taken back", lambda x, y, G, F: (F(y), y),
              "y is **not taken back**: you compare F(y) with y, which lie in different domains. G(F(y)) is to be y "
              "again."),
        Wrong("G(y) for G(F(y))", lambda x, y, G, F: (G(y), y),
              "you compare **G(y)** with y: that is a term of the *identity* loss. The cycle is G(F(y))."),
        Wrong("F twice for y", lambda x, y, G, F: (F(F(y)), y),
              "y goes through **F twice**; F takes it to the other domain, G takes it back."),
        Wrong("G twice for y", lambda x, y, G, F: (G(G(y)), y),
              "y goes through **G twice**; F takes it to the other domain, G takes it back."),
        Wrong("y's round compared with x", lambda x, y, G, F: (G(F(y)), x),
              "you compare G(F(y)) with **x**. After the round y is back in its own domain and is compared with y."),
        Wrong("y added", lambda x, y, G, F: (G(F(y)), -y),
              "you **add** y to G(F(y)); it is taken off."),
        Wrong("y's round compared with F(y)", lambda x, y, G, F: (G(F(y)), F(y)),
              "you compare G(F(y)) with **F(y)**; after the round it is compared with y."),
        Wrong("y's round once more", lambda x, y, G, F: (G(F(G(y))), y),
              "y goes through **three** functions; F takes it there, G takes it back."),
        Wrong("y's rounds compared with each other", lambda x, y, G, F: (G(F(y)), F(G(y))),
              "you compare G(F(y)) with **F(G(y))**; after the round it is compared with y."),
        Wrong("y's round compared with nothing", lambda x, y, G, F: (G(F(y)), 0),
              "you do not **compare** G(F(y)) with anything: take y off."),
        Wrong("y compared by pairs", lambda x, y, G, F: (F(y), x),
              "you compare F(y) with **x**, as if x and y were pairs. There are no pairs here: y goes round, and is "
              "compared with itself."),
        Wrong("G(F(x)) for G(F(y))", lambda x, y, G, F: (G(F(x)), x),
              "your second term sends **x** round; it is y's turn: G(F(y)) − y."),
        Wrong("x's round twice", lambda x, y, G, F: (F(G(x)), x),
              "you count **x's round twice**; the second term is y's, G(F(y)) − y."),
    ),
    loss=_LOSSES,
    both=_BOTH,
)
# fmt: on


@cycle_loss.mistake("both rounds in the wrong direction")
def _(x, y, G, F):
    """you go round **in the wrong direction**, both times: G(F(x)) and F(G(y)). G takes xs and F takes ys, so x goes
    through G first: F(G(x)) is to be x, and G(F(y)) is to be y. For {case} you return `{got}`, expected `{expected}`.
    Look again at (13.6)."""
    return np.mean(np.abs(G(F(x)) - x)) + np.mean(np.abs(F(G(y)) - y))


@cycle_loss.mistake("the identity loss")
def _(x, y, G, F):
    """that is the **identity** loss, |F(x) − x| and |G(y) − y|. A cycle goes there *and* back: F(G(x)) − x and G(F(y))
    − y. For {case} you return `{got}`, expected `{expected}`. Look again at (13.6)."""
    return np.mean(np.abs(F(x) - x)) + np.mean(np.abs(G(y) - y))


@cycle_loss.mistake("not taken back, both")
def _(x, y, G, F):
    """nothing is **taken back**: you compare G(x) with x and F(y) with y, which lie in different domains. For {case}
    you return `{got}`, expected `{expected}`. Look again at (13.6)."""
    return np.mean(np.abs(G(x) - x)) + np.mean(np.abs(F(y) - y))


@cycle_loss.mistake("with the identity loss")
def _(x, y, G, F):
    """you add the **identity** loss, |G(y) − y| and |F(x) − x|; the cycle loss alone is asked for. For {case} you
    return `{got}`, expected `{expected}`. Look again at (13.6)."""
    cycle = np.mean(np.abs(F(G(x)) - x)) + np.mean(np.abs(G(F(y)) - y))
    return cycle + np.mean(np.abs(G(y) - y)) + np.mean(np.abs(F(x) - x))


@cycle_loss.mistake("cut to the shorter of both")
def _(x, y, G, F):
    """you cut x and y to the **same length**, as if they were pairs. Each goes round by itself, whole. For {case} you
    return `{got}`, expected `{expected}`. Look again at (13.6)."""
    n = min(len(x), len(y))
    return np.mean(np.abs(F(G(x[:n])) - x[:n])) + np.mean(np.abs(G(F(y[:n])) - y[:n]))


@cycle_loss.mistake("the difference sent round")
def _(x, y, G, F):
    """a **bracket** stands at the wrong place: you subtract x before the way back, F(G(x) − x), and y likewise. First
    all the way round, then the difference: F(G(x)) − x. For {case} you return `{got}`, expected `{expected}`. Look
    again at (13.6)."""
    return np.mean(np.abs(F(G(x) - x))) + np.mean(np.abs(G(F(y) - y)))


@cycle_loss.mistake("not averaged")
def _(x, y, G, F):
    """the **means** are missing: you return a number for each entry. For {case} you return `{got}`, expected
    `{expected}`. Look again at (13.6)."""
    return np.abs(F(G(x)) - x) + np.abs(G(F(y)) - y)


@cycle_loss.mistake("G(x) against F(y)")
def _(x, y, G, F):
    """you compare **G(x) with F(y)**, which lie in different domains and belong to nothing in common. x goes round, and
    is compared with itself. For {case} you return `{got}`, expected `{expected}`. Look again at (13.6)."""
    return np.mean(np.abs(G(x) - F(y)))


# A wrong loss, or a wrong sum: beside both rounds that are wrong. They have been declared, so they come without words.
_REST = (
    (_LOSSES[0], _BOTH[0]),
    *(Wrong(wrong.name, (wrong.choice, _BOTH[0])) for wrong in _LOSSES[1:]),
    *(Wrong(wrong.name, (_LOSSES[0], wrong.choice)) for wrong in _BOTH[1:]),
)

cycle_loss.choices(
    lambda rounds, rest: _cycling(*rounds, *rest),
    place="(13.6)",
    rounds=(
        (lambda x, y, G, F: (F(G(x)), x), lambda x, y, G, F: (G(F(y)), y)),
        Wrong(
            "both rounds in the wrong direction",
            (lambda x, y, G, F: (G(F(x)), x), lambda x, y, G, F: (F(G(y)), y)),
        ),
        Wrong("the identity loss", (lambda x, y, G, F: (F(x), x), lambda x, y, G, F: (G(y), y))),
        Wrong("not taken back, both", (lambda x, y, G, F: (G(x), x), lambda x, y, G, F: (F(y), y))),
    ),
    rest=_REST,
)


identity_loss = FunctionExercise(
    "13.7",
    "What is already there stays",
    cases=_maps,
    oracle=lambda x, y, G, F: _mean_of(_errors(y, G)) + _mean_of(_errors(x, F)),
    solution="""
    import numpy as np

    def identity_loss(x, y, G, F):
        return np.mean(np.abs(G(y) - y)) + np.mean(np.abs(F(x) - x))
    """,
    example=(np.array([1.0, 3.0]), np.array([2.0]), _Curve(2, 1), _Curve(1, -1)),
    hints=(
        "G makes ys. What should it do with something that is a y already?",
        "G is given y, and F is given x: each is given what it is to make.",
        "`np.mean(np.abs(G(y) - y)) + np.mean(np.abs(F(x) - x))`.",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-6,
    fixed=("G", "F"),
)

# fmt: off
identity_loss.choices(
    _cycling,
    place="(13.7)",
    round_x=(
        lambda x, y, G, F: (G(y), y),
        Wrong("G(x) for G(y)", lambda x, y, G, F: (G(x), x),
              "you give G an **x**, and ask it to leave that alone: then it may not translate at all. What G must "
              "leave alone is a y: G(y) − y."),
        Wrong("G(x) compared with y", lambda x, y, G, F: (G(x), y),
              "you compare **G(x)** with y, as if they were pairs. What G must leave alone is a y: G(y) − y."),
        Wrong("y added", lambda x, y, G, F: (G(y), -y),
              "you **add** y to G(y); it is taken off."),
        Wrong("G's output compared with x", lambda x, y, G, F: (G(y), x),
              "you compare G(y) with **x**; y is to stay y."),
        Wrong("G(F(y)) for G(y)", lambda x, y, G, F: (G(F(y)), y),
              "you send y **round**, G(F(y)): that is the cycle loss. Here G is given y itself."),
        Wrong("F(G(y)) for G(y)", lambda x, y, G, F: (F(G(y)), y),
              "you send y through **both** functions; G alone is to leave it as it is."),
        Wrong("G twice on y", lambda x, y, G, F: (G(G(y)), y),
              "y goes through **G twice**; once is asked for."),
        Wrong("F(y) for G(y)", lambda x, y, G, F: (F(y), y),
              "you give y to **F**. F translates ys into xs, and must not leave them alone. It is G(y) − y."),
        Wrong("G(y) compared with G(x)", lambda x, y, G, F: (G(y), G(x)),
              "you compare G(y) with **G(x)**; y is to stay y."),
        Wrong("G(y) compared with nothing", lambda x, y, G, F: (G(y), 0),
              "you do not **compare** G(y) with anything: take y off."),
        Wrong("G(y) compared with F(y)", lambda x, y, G, F: (G(y), F(y)),
              "you compare G(y) with **F(y)**; y is to stay y."),
    ),
    round_y=(
        lambda x, y, G, F: (F(x), x),
        Wrong("F(y) for F(x)", lambda x, y, G, F: (F(y), y),
              "you give F a **y**, and ask it to leave that alone: then it may not translate at all. What F must leave "
              "alone is an x: F(x) − x."),
        Wrong("F(y) compared with x", lambda x, y, G, F: (F(y), x),
              "you compare **F(y)** with x, as if they were pairs. What F must leave alone is an x: F(x) − x."),
        Wrong("x added", lambda x, y, G, F: (F(x), -x),
              "you **add** x to F(x); it is taken off."),
        Wrong("F's output compared with y", lambda x, y, G, F: (F(x), y),
              "you compare F(x) with **y**; x is to stay x."),
        Wrong("F(G(x)) for F(x)", lambda x, y, G, F: (F(G(x)), x),
              "you send x **round**, F(G(x)): that is the cycle loss. Here F is given x itself."),
        Wrong("G(F(x)) for F(x)", lambda x, y, G, F: (G(F(x)), x),
              "you send x through **both** functions; F alone is to leave it as it is."),
        Wrong("F twice on x", lambda x, y, G, F: (F(F(x)), x),
              "x goes through **F twice**; once is asked for."),
        Wrong("G(x) for F(x)", lambda x, y, G, F: (G(x), x),
              "you give x to **G**. G translates xs into ys, and must not leave them alone. It is F(x) − x."),
        Wrong("F(x) compared with F(y)", lambda x, y, G, F: (F(x), F(y)),
              "you compare F(x) with **F(y)**; x is to stay x."),
        Wrong("F(x) compared with nothing", lambda x, y, G, F: (F(x), 0),
              "you do not **compare** F(x) with anything: take x off."),
        Wrong("F(x) compared with G(x)", lambda x, y, G, F: (F(x), G(x)),
              "you compare F(x) with **G(x)**; x is to stay x."),
        Wrong("G's term twice", lambda x, y, G, F: (G(y), y),
              "you count **G's term twice**; the second one is F's, F(x) − x."),
    ),
    loss=_LOSSES,
    both=(
        *(choice for choice in _BOTH[:-1] if getattr(choice, "name", "") not in _ONE_TERM),
        Wrong("the first term only", _two(lambda a, b: a), "the term of **F** is missing: F(x) is to be x."),
        Wrong("the second term only", _two(lambda a, b: b), "the term of **G** is missing: G(y) is to be y."),
        _BOTH[-1],
        Wrong("five times", _two(lambda a, b: 5 * (a + b)),
              "you multiply by **5**, a usual weight; the loss itself is asked for."),
    ),
)
# fmt: on


@identity_loss.mistake("G(x) and F(y)")
def _(x, y, G, F):
    """you ask G to leave **x** alone, and F to leave **y** alone: then neither may translate. Each is given what it is
    to *make*: |G(y) − y| and |F(x) − x|. For {case} you return `{got}`, expected `{expected}`. Look again at (13.7)."""
    return np.mean(np.abs(G(x) - x)) + np.mean(np.abs(F(y) - y))


@identity_loss.mistake("the cycle loss")
def _(x, y, G, F):
    """that is the **cycle** loss, there and back. Here each function is used once, on what it is to make: |G(y) − y|
    and |F(x) − x|. For {case} you return `{got}`, expected `{expected}`. Look again at (13.7)."""
    return np.mean(np.abs(F(G(x)) - x)) + np.mean(np.abs(G(F(y)) - y))


identity_loss.choices(
    lambda rounds, rest: _cycling(*rounds, *rest),
    place="(13.7)",
    rounds=(
        (lambda x, y, G, F: (G(y), y), lambda x, y, G, F: (F(x), x)),
        Wrong("G(x) and F(y)", (lambda x, y, G, F: (G(x), x), lambda x, y, G, F: (F(y), y))),
        Wrong("the cycle loss", (lambda x, y, G, F: (F(G(x)), x), lambda x, y, G, F: (G(F(y)), y))),
    ),
    rest=_REST,
)


@identity_loss.mistake("as if they were pairs")
def _(x, y, G, F):
    """you compare G(x) with y and F(y) with x, **as if x and y were pairs**. There are no pairs here: |G(y) − y| and
    |F(x) − x|. For {case} you return `{got}`, expected `{expected}`. Look again at (13.7)."""
    return np.mean(np.abs(G(x) - y)) + np.mean(np.abs(F(y) - x))


@identity_loss.mistake("the cycle loss on top")
def _(x, y, G, F):
    """you add the **cycle** loss. Here each function is used once, on what it is to make: |G(y) − y| and |F(x) − x|.
    For {case} you return `{got}`, expected `{expected}`. Look again at (13.7)."""
    cycle = np.mean(np.abs(F(G(x)) - x)) + np.mean(np.abs(G(F(y)) - y))
    return np.mean(np.abs(G(y) - y)) + np.mean(np.abs(F(x) - x)) + cycle


@identity_loss.mistake("not averaged")
def _(x, y, G, F):
    """the **means** are missing: you return a number for each entry. For {case} you return `{got}`, expected
    `{expected}`. Look again at (13.7)."""
    return np.abs(G(y) - y) + np.abs(F(x) - x)


@identity_loss.mistake("G(y) against F(x)")
def _(x, y, G, F):
    """you compare **G(y) with F(x)**; each is compared with what it was made of: G(y) with y, F(x) with x. For {case}
    you return `{got}`, expected `{expected}`. Look again at (13.7)."""
    return np.mean(np.abs(G(y) - F(x)))


# --- 13.8 Gram matrix -------------------------------------------------------------------------------------------------


def _features(rng):
    yield (np.array([[[3.0]]]),)
    yield (np.array([[[1, 2]], [[3, -1]]]),)
    yield (np.array([[[2.0, 0.0, 1.0], [0.0, 4.0, -1.0]]]),)
    yield (np.array([[[1, 0, 2], [0, 1, 1]], [[2, 2, 0], [1, -1, 3]]]),)
    for h, w, c in ((2, 3, 2), (3, 2, 4), (4, 1, 3), (3, 3, 3), (2, 2, 5)):
        yield (np.round(rng.normal(0.5, 2, (h, w, c)), 2),)
    yield (rng.integers(-5, 6, (4, 3, 2)),)


def _gram_by_loops(features):
    h, w, c = features.shape
    gram = np.zeros((c, c))
    for i, j, a, b in itertools.product(range(h), range(w), range(c), range(c)):
        gram[a, b] += float(features[i, j, a]) * float(features[i, j, b]) / (h * w)
    return gram


gram_matrix = FunctionExercise(
    "13.8",
    "Gram matrix",
    cases=_features,
    oracle=_gram_by_loops,
    solution="""
    def gram_matrix(features):
        rows = features.reshape(-1, features.shape[-1])
        return rows.T @ rows / len(rows)
    """,
    example=(np.array([[[1.0, 2.0], [0.0, 1.0]], [[3.0, -1.0], [2.0, 0.0]]]),),
    hints=(
        "Where a feature stands is to be forgotten. What remains of an image is a list of vectors with C entries.",
        "`reshape(-1, C)` makes that list, a row for each position. The product of two channels, summed over the "
        "rows, is an entry of `rows.T @ rows`.",
        "`rows.T @ rows / len(rows)`: the mean over the positions.",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-6,
    fixed=("features.ndim",),
)


def _covered(change, divisor, give):
    def gram(features):
        with np.errstate(all="ignore"):
            features = np.asarray(features, float)
            rows = change(features)
            return give(rows.T @ rows / divisor(*features.shape), rows)

    return gram


def _rows(x):
    return x.reshape(-1, x.shape[-1])


# fmt: off
gram_matrix.choices(
    _covered,
    place="(13.8)",
    change=(
        _rows,
        Wrong("positions against positions", lambda x: _rows(x).T,
              "your matrix compares **positions** with positions, so it still knows where things are. Style is "
              "channels against channels: C × C, `rows.T @ rows`."),
        Wrong("reshaped to (C, positions)", lambda x: x.reshape(x.shape[-1], -1).T,
              "you **reshape** to (C, H·W), which does not exchange the axes: it mixes the channels. Reshape to "
              "(H·W, C), and transpose then."),
        Wrong("the mean taken off", lambda x: _rows(x) - _rows(x).mean(axis=0),
              "you take the **mean** of each channel off first: that is the covariance. The Gram matrix keeps the "
              "mean."),
        Wrong("the mean of each position taken off", lambda x: _rows(x) - _rows(x).mean(axis=1, keepdims=True),
              "you take the **mean** over the channels off first; take the features as they are."),
        Wrong("vectors of length 1", lambda x: _rows(x) / np.linalg.norm(_rows(x), axis=1, keepdims=True),
              "you make the vector at each position **as long as 1** first; take the features as they are."),
        Wrong("channels of length 1", lambda x: _rows(x) / np.linalg.norm(_rows(x), axis=0),
              "you make each channel **as long as 1** first (a cosine); take the features as they are."),
        Wrong("standardized", lambda x: (_rows(x) - _rows(x).mean(axis=0)) / _rows(x).std(axis=0),
              "you **standardize** the channels first (a correlation); take the features as they are."),
        Wrong("rows of the image only", lambda x: x.mean(axis=1),
              "you average over the **columns** of the image before you multiply; first multiply, then average over "
              "all positions."),
        Wrong("columns of the image only", lambda x: x.mean(axis=0),
              "you average over the **rows** of the image before you multiply; first multiply, then average over all "
              "positions."),
        Wrong("the mean of each channel first", lambda x: 0 * _rows(x) + _rows(x).mean(axis=0),
              "you average each channel **first** and multiply the means: which channels are strong *together* is "
              "lost. First multiply, then average."),
        Wrong("divided by the largest feature", lambda x: _rows(x) / np.abs(x).max(),
              "you divide the features by the **largest** one first; take them as they are."),
        Wrong("absolute values", lambda x: np.abs(_rows(x)),
              "you take the **absolute values** first; take the features as they are."),
        Wrong("negative values cut off", lambda x: np.maximum(_rows(x), 0),
              "you cut off the **negative** values first (a ReLU); take the features as they are."),
    ),
    divisor=(
        lambda h, w, c: h * w,
        Wrong("not normalized", lambda h, w, c: 1,
              "you do **not divide** by the number of positions: a larger image would have a stronger style."),
        Wrong("divided by the channels, too", lambda h, w, c: h * w * c,
              "you divide by the number of **channels** as well. The mean over the positions is asked for: H·W."),
        Wrong("divided by the channels only", lambda h, w, c: c,
              "you divide by the number of **channels**. The mean over the positions is asked for: H·W."),
        Wrong("divided twice", lambda h, w, c: (h * w) ** 2,
              "you divide by the number of positions **twice**."),
        Wrong("divided by one position less", lambda h, w, c: h * w - 1,
              "you divide by **one less** than there are positions, as for a variance; the plain mean is asked for."),
        Wrong("divided by the rows only", lambda h, w, c: h,
              "you divide by the number of **rows** (`len(features)`) only. There are H·W positions."),
        Wrong("divided by the columns only", lambda h, w, c: w,
              "you divide by the number of **columns** only. There are H·W positions."),
        Wrong("divided by twice the positions", lambda h, w, c: 2 * h * w,
              "you divide by **twice** the number of positions."),
        Wrong("divided by 4 H²W²C²", lambda h, w, c: 4 * (h * w * c) ** 2,
              "you divide by **4 H²W²C²**: that factor stands before the *loss* in the first paper on style. Here the "
              "mean over the positions is asked for: H·W."),
        Wrong("divided by the squared channels", lambda h, w, c: h * w * c**2,
              "you divide by **C²** as well. The mean over the positions is asked for: H·W."),
        Wrong("divided by C²", lambda h, w, c: c**2,
              "you divide by the number of **entries of the matrix**, C². The mean over the positions is asked for: "
              "H·W."),
        Wrong("divided by the root", lambda h, w, c: np.sqrt(h * w),
              "you divide by the **root** of the number of positions."),
    ),
    give=(
        lambda gram, rows: gram,
        Wrong("the diagonal only", lambda gram, rows: np.diagonal(gram),
              "you return the **diagonal** only, how strong each channel is. Which channels are strong *together* is "
              "in the other entries."),
        Wrong("the mean of all entries", lambda gram, rows: gram.mean(),
              "you return the **mean** of all entries; the matrix is asked for."),
        Wrong("the sum of all entries", lambda gram, rows: gram.sum(),
              "you return the **sum** of all entries; the matrix is asked for."),
        Wrong("flattened", lambda gram, rows: gram.ravel(),
              "your matrix is **flattened**."),
        Wrong("the upper half", lambda gram, rows: np.triu(gram),
              "you return the **upper** half only, with zeros below."),
        Wrong("the lower half", lambda gram, rows: np.tril(gram),
              "you return the **lower** half only, with zeros above."),
        Wrong("its length", lambda gram, rows: np.sqrt((gram**2).sum()),
              "you return the **length** of the matrix (`np.linalg.norm`); the matrix is asked for."),
        Wrong("divided by its length", lambda gram, rows: gram / np.sqrt((gram**2).sum()),
              "you divide the matrix by its own **length**: how strong the style is gets lost."),
        Wrong("divided by its largest entry", lambda gram, rows: gram / gram.max(),
              "you divide the matrix by its **largest entry**: how strong the style is gets lost."),
        Wrong("its root", lambda gram, rows: np.sqrt(gram),
              "you take the **root** of every entry."),
        Wrong("absolute values of the matrix", lambda gram, rows: np.abs(gram),
              "you take the **absolute values** of the entries: channels that exclude each other have a negative one."),
        Wrong("without the diagonal", lambda gram, rows: gram - np.diag(np.diag(gram)),
              "the **diagonal** is 0: a channel goes with itself, too."),
        Wrong("the diagonal as a matrix", lambda gram, rows: np.diag(np.diag(gram)),
              "off the **diagonal** you have 0. Which channels are strong *together* is in those entries."),
    ),
)
# fmt: on


@gram_matrix.mistake("rows against rows of the image")
def _(features):
    """your matrix compares **rows of the image** with each other, channel by channel. Style is channels against
    channels, over all positions. For {case} you return `{got}`, expected `{expected}`. Look again at (13.8)."""
    maps = features.transpose(2, 0, 1)
    return (maps @ maps.transpose(0, 2, 1)).mean(axis=0)


@gram_matrix.mistake("positions against positions, unflattened")
def _(features):
    """you sum over the **channels** (`np.tensordot` over axis 2): positions against positions. Style is channels
    against channels: sum over axes 0 and 1. For {case} you return `{got}`, expected `{expected}`. Look again at
    (13.8)."""
    return np.tensordot(features, features, ([2], [2])) / features.shape[2]


@gram_matrix.mistake("a list of matrices")
def _(features):
    """you keep a matrix for **each position**, in one row; their mean is asked for. For {case} you return `{got}`,
    expected `{expected}`. Look again at (13.8)."""
    rows = features.reshape(-1, features.shape[-1])
    return rows[:, :, None] * rows[:, None]


@gram_matrix.mistake("position by position")
def _(features):
    """you keep a matrix for **each position**; their mean is asked for. For {case} you return `{got}`, expected
    `{expected}`. Look again at (13.8)."""
    return features[..., :, None] * features[..., None, :]


@gram_matrix.mistake("cosines")
def _(features):
    """you divide by the **lengths** of both channels: cosines, with 1 on the diagonal. How strong a channel is gets
    lost. For {case} you return `{got}`, expected `{expected}`. The mean over the positions is asked for, (13.8)."""
    with np.errstate(all="ignore"):
        rows = features.reshape(-1, features.shape[-1]) / np.linalg.norm(features, axis=(0, 1))
        return rows.T @ rows


# --- 13.9 AdaIN -------------------------------------------------------------------------------------------------------


def _contents(rng):
    def some(n, h, w, c, mean=0.0, spread=4.0):
        levels = rng.uniform(1, 3, (n, 1, 1, c))  # every image and channel has a level of its own
        return np.round(levels * rng.normal(mean, spread, (n, h, w, c)) + 9 * levels, 1)

    yield np.array([[[[1.0], [5.0]]]]), np.array([[[[10.0], [12.0]]]])
    yield np.array([[[[2], [4], [9]]]]), np.array([[[[1], [-1]]]])
    yield np.array([[[[3.0], [3.0]]]]), np.array([[[[1.0], [7.0], [4.0]]]])  # constant content
    yield np.array([[[[1.0, 8.0], [5.0, 2.0]]]]), np.array([[[[6.0, 0.0], [6.0, 4.0]]]])  # constant style
    yield some(1, 2, 3, 2), some(1, 3, 2, 2)
    yield some(2, 2, 2, 3), some(2, 2, 2, 3)
    yield some(3, 2, 3, 2), some(3, 4, 3, 2)
    yield some(2, 3, 3, 1), some(2, 2, 5, 1)
    yield np.array([[[[0.25], [0.75]], [[1.0], [0.0]]]]), np.array([[[[0.5], [1.0], [0.75]]]])  # fractions
    yield rng.integers(0, 256, (2, 3, 2, 3)), rng.integers(0, 256, (2, 2, 2, 3))


def _adain_by_loops(content, style):
    result = np.empty(content.shape)
    for i, k in itertools.product(range(len(content)), range(content.shape[-1])):
        c, s = content[i, ..., k].astype(float), style[i, ..., k].astype(float)
        direction = c - c.mean()
        length = math.sqrt((direction**2).mean())
        unit = direction / length if length > 0 else 0 * direction
        result[i, ..., k] = s.mean() + unit * math.sqrt(((s - s.mean()) ** 2).mean())
    return result


adain = FunctionExercise(
    "13.9",
    "AdaIN",
    cases=_contents,
    oracle=_adain_by_loops,
    solution="""
    import numpy as np

    def adain(content, style):
        mean_c = content.mean(axis=(1, 2), keepdims=True)
        std_c = content.std(axis=(1, 2), keepdims=True)
        mean_s = style.mean(axis=(1, 2), keepdims=True)
        std_s = style.std(axis=(1, 2), keepdims=True)
        centred = content - mean_c
        unit = np.divide(centred, std_c, out=np.zeros_like(centred), where=std_c > 0)
        return unit * std_s + mean_s
    """,
    example=(
        np.array([[[[1.0], [5.0]]], [[[0.0], [2.0]]]]),
        np.array([[[[10.0], [12.0], [14.0]]], [[[2.0], [8.0], [2.0]]]]),
    ),
    hints=(
        "First forget the content's own mean and spread, then give it those of the style.",
        "Both are taken over the positions of one image and one channel: `axis=(1, 2), keepdims=True`.",
        "`(content − mean_c) / std_c * std_s + mean_s`, with 0 for the fraction where `std_c` is 0.",
    ),
    rtol=1e-4,  # a small ε under the root is as good
    atol=1e-4,
    fixed=("content.ndim", "style.ndim"),
)


def _std(d, axes):
    return np.sqrt((d**2).mean(axis=axes, keepdims=True))


def _variance(d, axes):
    return (d**2).mean(axis=axes, keepdims=True)


def _with_n_minus_1(d, axes):
    n = np.prod([d.shape[axis] for axis in axes])
    return _std(d, axes) * np.sqrt(n / np.float64(n - 1))


def _absolute(d, axes):
    return np.abs(d).mean(axis=axes, keepdims=True)


def _range(d, axes):
    return np.ptp(d, axis=axes, keepdims=True)


def _root(d, axes):
    return np.sqrt(_std(d, axes))


def _stretched(c):
    lowest, width = c.min(axis=(1, 2), keepdims=True), np.ptp(c, axis=(1, 2), keepdims=True)
    return (c - lowest) / np.where(width > 0, width, 1)


_SPREADS = (
    ("variance", _variance, "the **variance** where the standard deviation belongs."),
    ("deviation with n − 1", _with_n_minus_1, "a deviation that divides by **n − 1**; the plain one is asked for."),
    ("mean absolute deviation", _absolute, "the mean **absolute** deviation; the standard deviation is asked for."),
    ("range", _range, "the **range**, largest minus smallest; the standard deviation is asked for."),
    ("root of the deviation", _root, "the **root** of the standard deviation."),
)


def _styling(axes, spread_c, spread_s, partner, formula, flat):
    def stylize(content, style):
        with np.errstate(all="ignore"):
            c, s = np.asarray(content, float), partner(np.asarray(style, float))
            mc, ms = c.mean(axis=axes[0], keepdims=True), s.mean(axis=axes[1], keepdims=True)
            sc, ss = spread_c(c - mc, axes[0]), spread_s(s - ms, axes[1])
            divisor = np.where(sc > 0, sc, 1)  # a flat channel is 0 when its mean is taken off
            return flat(formula(c, mc, divisor, s, ms, ss), c, mc, ms, sc)

    return stylize


def _filled(value):
    return lambda result, c, mc, ms, sc: np.where(sc + 0 * c > 0, result, value(c, mc, ms) + 0 * c)


# fmt: off
adain.choices(
    _styling,
    place="(13.10)",
    axes=(
        ((1, 2), (1, 2)),
        Wrong("statistics of the batch", ((0, 1, 2), (0, 1, 2)),
              "your means and deviations are those of the whole **batch** (axis 0 is among the axes): the images lend "
              "each other their style. One image at a time, `axis=(1, 2)`."),
        Wrong("the content's statistics of the batch", ((0, 1, 2), (1, 2)),
              "the content's mean and deviation are those of the whole **batch**. One image at a time, `axis=(1, 2)`."),
        Wrong("the style's statistics of the batch", ((1, 2), (0, 1, 2)),
              "the style's mean and deviation are those of the whole **batch**. One image at a time, `axis=(1, 2)`."),
        Wrong("all channels together", ((1, 2, 3), (1, 2, 3)),
              "you take one mean and one deviation for **all channels** of an image. Each channel has its own: "
              "`axis=(1, 2)`."),
        Wrong("over the channels", ((3,), (3,)),
              "your means run over the **channels** of a pixel. They run over its positions, `axis=(1, 2)`."),
        Wrong("everything together", ((0, 1, 2, 3), (0, 1, 2, 3)),
              "you take one mean and one deviation for the **whole array** (`.mean()` without axes). Each channel of "
              "each image has its own: `axis=(1, 2)`."),
        Wrong("the style's statistics of everything", ((1, 2), (0, 1, 2, 3)),
              "the style's mean and deviation are those of the **whole array**. Each channel of each image has its "
              "own: `axis=(1, 2)`."),
        Wrong("the content's statistics of everything", ((0, 1, 2, 3), (1, 2)),
              "the content's mean and deviation are those of the **whole array**. Each channel of each image has its "
              "own: `axis=(1, 2)`."),
        Wrong("row by row", ((2,), (2,)),
              "you take the statistics of each **row** of the image. They run over all positions, `axis=(1, 2)`."),
        Wrong("column by column", ((1,), (1,)),
              "you take the statistics of each **column** of the image. They run over all positions, `axis=(1, 2)`."),
        Wrong("axes of channels first", ((2, 3), (2, 3)),
              "your axes (2, 3) are those of images with the **channels first**. Here the positions are `axis=(1, 2)`."
              ""),
        Wrong("over the batch only", ((0,), (0,)),
              "your means run over the **images** of the batch. They run over the positions of one, `axis=(1, 2)`."),
        Wrong("axes of a single image", ((0, 1), (0, 1)),
              "your axes (0, 1) are those of a **single** image. In a batch axis 0 is the image: `axis=(1, 2)`."),
    ),
    spread_c=(
        _std,
        *(Wrong(f"the content's {name}", f, f"for the content you take {words}") for name, f, words in _SPREADS),
    ),
    spread_s=(
        _std,
        *(Wrong(f"the style's {name}", f, f"for the style you take {words}") for name, f, words in _SPREADS),
    ),
    partner=(
        lambda s: s,
        Wrong("the first style for all", lambda s: np.repeat(s[:1], len(s), axis=0),
              "all images get the **first** style; each has its own."),
        Wrong("the styles in reversed order", lambda s: s[::-1],
              "the styles are in **reversed** order."),
        Wrong("the next style", lambda s: np.roll(s, 1, axis=0),
              "each image gets the style of its **neighbour**."),
        Wrong("channels in reversed order", lambda s: s[..., ::-1],
              "the style's **channels** are in reversed order."),
    ),
    formula=(
        lambda c, mc, sc, s, ms, ss: (c - mc) / sc * ss + ms,
        Wrong("the content's mean kept", lambda c, mc, sc, s, ms, ss: (c - mc) / sc * ss + mc,
              "the result has the **content's** mean again; it is to get the style's."),
        Wrong("the style's mean forgotten", lambda c, mc, sc, s, ms, ss: (c - mc) / sc * ss,
              "the style's **mean** is not added: everything lies around 0."),
        Wrong("the style's deviation forgotten", lambda c, mc, sc, s, ms, ss: (c - mc) / sc + ms,
              "you do not multiply by the style's **deviation**: the contrast is 1 everywhere."),
        Wrong("not divided by the content's deviation", lambda c, mc, sc, s, ms, ss: (c - mc) * ss + ms,
              "you do not divide by the **content's deviation**: its own contrast is still in it."),
        Wrong("the content's mean added", lambda c, mc, sc, s, ms, ss: (c + mc) / sc * ss + ms,
              "you **add** the content's mean; it is taken off."),
        Wrong("the style's mean taken off", lambda c, mc, sc, s, ms, ss: (c - mc) / sc * ss - ms,
              "you **take off** the style's mean; it is added."),
        Wrong("the content not normalized", lambda c, mc, sc, s, ms, ss: c * ss + ms,
              "you do not **normalize** the content: its own mean and contrast are still in it."),
        Wrong("the content's mean not taken off", lambda c, mc, sc, s, ms, ss: c / sc * ss + ms,
              "you do not take the **content's mean** off."),
        Wrong("only normalized", lambda c, mc, sc, s, ms, ss: (c - mc) / sc,
              "you only **normalize** the content; the style's deviation and mean are missing."),
        Wrong("only the means", lambda c, mc, sc, s, ms, ss: c - mc + ms,
              "you match the **means** only; the contrast is still that of the content."),
        Wrong("mean and deviation exchanged", lambda c, mc, sc, s, ms, ss: (c - mc) / sc * ms + ss,
              "the style's **mean and deviation** have exchanged their places: multiply by the deviation, add the "
              "mean."),
        Wrong("multiplied for divided", lambda c, mc, sc, s, ms, ss: (c - mc) * sc * ss + ms,
              "you **multiply** by the content's deviation; divide by it."),
        Wrong("divided by the style's deviation", lambda c, mc, sc, s, ms, ss: (c - mc) / ss * sc + ms,
              "the two **deviations** have exchanged their places: divide by the content's, multiply by the style's."),
        Wrong("the style's mean added first", lambda c, mc, sc, s, ms, ss: ((c - mc) / sc + ms) * ss,
              "you add the style's mean **before** you multiply by its deviation."),
        Wrong("brackets missing", lambda c, mc, sc, s, ms, ss: c - mc / sc * ss + ms,
              "**brackets** are missing: `c - mean / std` divides the mean alone."),
        Wrong("1 + the style's deviation", lambda c, mc, sc, s, ms, ss: (c - mc) / sc * (1 + ss) + ms,
              "you multiply by **1 +** the style's deviation; by the deviation itself."),
        Wrong("the style's median", lambda c, mc, sc, s, ms, ss:
              (c - mc) / sc * ss + np.median(s, axis=(1, 2), keepdims=True),
              "you add the style's **median**; its mean."),
        Wrong("half of both means", lambda c, mc, sc, s, ms, ss: (c - mc) / sc * ss + (mc + ms) / 2,
              "you add a **mean of both means**; that of the style alone."),
        Wrong("half of both deviations", lambda c, mc, sc, s, ms, ss: (c - mc) / sc * (sc + ss) / 2 + ms,
              "you multiply by a **mean of both deviations**; by that of the style alone."),
        Wrong("the mean of content and result", lambda c, mc, sc, s, ms, ss: ((c - mc) / sc * ss + ms + c) / 2,
              "you **blend** the result with the content, half and half."),
        Wrong("a large ε", lambda c, mc, sc, s, ms, ss: (c - mc) / (sc + 1e-2) * ss + ms,
              "your **ε** is so large that it changes the contrast."),
        Wrong("a very large ε", lambda c, mc, sc, s, ms, ss: (c - mc) / (sc + 0.1) * ss + ms,
              "your **ε** is so large that it changes the contrast."),
        Wrong("no mean at all", lambda c, mc, sc, s, ms, ss: c / sc * ss,
              "both **means** are missing: you only stretch the content."),
        Wrong("the content's mean taken off at the end", lambda c, mc, sc, s, ms, ss: c * ss / sc + ms - mc,
              "you take the content's mean off **at the end**. It has to go before the content is stretched."),
        Wrong("an ε of 1e-3", lambda c, mc, sc, s, ms, ss: (c - mc) / (sc + 1e-3) * ss + ms,
              "your **ε** is so large that it changes the contrast."),
        Wrong("an ε of 1e-3 below the root", lambda c, mc, sc, s, ms, ss: (c - mc) / np.sqrt(sc**2 + 1e-3) * ss + ms,
              "your **ε** is so large that it changes the contrast."),
        Wrong("1 added", lambda c, mc, sc, s, ms, ss: (c - mc) / (sc + 1) * ss + ms,
              "you add **1** to the content's deviation."),
        Wrong("the style's deviation of everything", lambda c, mc, sc, s, ms, ss: (c - mc) / sc * s.std() + ms,
              "the style's **deviation** is that of the whole array (`style.std()` without axes). Each channel of each "
              "image has its own: `axis=(1, 2)`."),
        Wrong("the style's mean of everything", lambda c, mc, sc, s, ms, ss: (c - mc) / sc * ss + s.mean(),
              "the style's **mean** is that of the whole array (`style.mean()` without axes). Each channel of each "
              "image has its own: `axis=(1, 2)`."),
        Wrong("the content's deviation of everything", lambda c, mc, sc, s, ms, ss: (c - mc) / c.std() * ss + ms,
              "the content's **deviation** is that of the whole array (`content.std()` without axes). Each channel of "
              "each image has its own: `axis=(1, 2)`."),
        Wrong("the content's mean of everything", lambda c, mc, sc, s, ms, ss: (c - c.mean()) / sc * ss + ms,
              "the content's **mean** is that of the whole array (`content.mean()` without axes). Each channel of each "
              "image has its own: `axis=(1, 2)`."),
        Wrong("statistics exchanged", lambda c, mc, sc, s, ms, ss: (c - ms) / ss * sc + mc,
              "the **statistics** of content and style are exchanged: take the content's own off, and put the style's "
              "on."),
        Wrong("mean and deviation as one factor", lambda c, mc, sc, s, ms, ss: (c - mc) / sc * (ss + ms),
              "you multiply by deviation **plus** mean: brackets in the wrong place. Multiply by the deviation, then "
              "add the mean."),
        Wrong("divided by 1 at least", lambda c, mc, sc, s, ms, ss: (c - mc) / np.maximum(sc, 1) * ss + ms,
              "you divide by **1 at least** (`np.maximum(std, 1)`): images of fractions keep their contrast. Only "
              "where the deviation is 0 something else has to be done."),
        Wrong("means exchanged", lambda c, mc, sc, s, ms, ss: (c - ms) / sc * ss + mc,
              "the two **means** have exchanged their places: take the content's off, add the style's."),
        Wrong("stretched from 0 to 1", lambda c, mc, sc, s, ms, ss: _stretched(c) * ss + ms,
              "you stretch the content to **0 … 1** (smallest and largest value); take its mean off, and divide by its "
              "standard deviation."),
        Wrong("multiplied by the style's mean", lambda c, mc, sc, s, ms, ss: (c - mc) / sc * ss * ms,
              "you **multiply** by the style's mean; it is added."),
        Wrong("both normalized", lambda c, mc, sc, s, ms, ss: (c - mc) / sc + (s - ms) / ss,
              "you **add** the normalized style image; only its mean and its deviation are wanted."),
    ),
    flat=(
        lambda result, c, mc, ms, sc: result,
        Wrong("a flat channel is NaN", _filled(lambda c, mc, ms: math.nan),
              "a channel of the content that is **constant** has the deviation 0, and 0/0 is NaN; it becomes the "
              "style's mean."),
        Wrong("a flat channel stays", _filled(lambda c, mc, ms: c),
              "a channel of the content that is **constant** stays as it is for you; it becomes the style's mean."),
        Wrong("a flat channel becomes 0", _filled(lambda c, mc, ms: 0),
              "a channel of the content that is **constant** becomes 0 for you; it becomes the style's mean."),
        Wrong("a flat channel becomes 1", _filled(lambda c, mc, ms: 1),
              "a channel of the content that is **constant** becomes 1 for you; it becomes the style's mean."),
        Wrong("cut off at 0 and 1", lambda result, c, mc, ms, sc: np.clip(result, 0, 1),
              "you **cut off** the result at 0 and 1; its deviation is then no longer the style's."),
        Wrong("cut off to bytes", lambda result, c, mc, ms, sc: np.clip(result, 0, 255),
              "you **cut off** the result at 0 and 255; its deviation is then no longer the style's."),
    ),
)
# fmt: on


def _with_both(spread):
    def stylize(content, style):
        with np.errstate(all="ignore"):
            c, s = np.asarray(content, float), np.asarray(style, float)
            mc, ms = c.mean(axis=(1, 2), keepdims=True), s.mean(axis=(1, 2), keepdims=True)
            unit = np.where(_std(c - mc, (1, 2)) > 0, (c - mc) / spread(c - mc, (1, 2)), 0)
            return unit * spread(s - ms, (1, 2)) + ms

    return stylize


@adain.mistake("variances")
def _(content, style):
    """you use **variances** where standard deviations belong: the result has the wrong contrast. For {case} you return
    `{got}`, expected `{expected}`. Look again at (13.10)."""
    return _with_both(_variance)(content, style)


@adain.mistake("n − 1")
def _(content, style):
    """your deviations divide by **n − 1**; the plain standard deviation is asked for. For {case} you return `{got}`,
    expected `{expected}`. Look again at (13.10)."""
    return _with_both(_with_n_minus_1)(content, style)


@adain.mistake("ranges")
def _(content, style):
    """you match the **ranges**, largest minus smallest; standard deviations are asked for. For {case} you return
    `{got}`, expected `{expected}`. Look again at (13.10)."""
    return _with_both(_range)(content, style)


@adain.mistake("stretched between smallest and largest")
def _(content, style):
    """you match the **smallest and the largest** value; mean and standard deviation are asked for. For {case} you
    return `{got}`, expected `{expected}`. Look again at (13.10)."""
    low, high = ([f(a, axis=(1, 2), keepdims=True) for a in (content, style)] for f in (np.min, np.max))
    width = np.asarray(high[0], float) - low[0]
    unit = np.where(width > 0, (content - low[0].astype(float)) / np.where(width > 0, width, 1), 0)
    return unit * (high[1].astype(float) - low[1]) + low[1]


@adain.mistake("content and style exchanged")
def _(content, style):
    """**content and style are exchanged**: you give the style image the content's statistics. For {case} you return
    `{got}`, expected `{expected}`. Look again at (13.10)."""
    return _adain_by_loops(style, content)


@adain.mistake("keepdims missing")
def _(content, style):
    """without **`keepdims=True`** the statistics have the shape (N, C), and NumPy lays the N images along the columns:
    another image's statistics, or an error. For {case} you get `{got}`, expected `{expected}`. Look again at
    (13.10)."""
    mean_c, std_c = content.mean(axis=(1, 2)), content.std(axis=(1, 2))
    unit = (content - mean_c) / np.where(std_c > 0, std_c, 1)
    return unit * style.std(axis=(1, 2)) + style.mean(axis=(1, 2))


# --- 13.10 PSNR of a set ----------------------------------------------------------------------------------------------


def _sets(rng):
    yield np.array([[[0.5]]]), np.array([[[0.25]]])
    yield np.array([[[100, 0]]], np.uint8), np.array([[[90, 0]]], np.uint8)
    yield np.array([[[3, 200]], [[7, 9]]], np.uint8), np.array([[[250, 10]], [[7, 8]]], np.uint8)
    yield np.array([[[0.25, 1.0]], [[0.5, 0.0]]]), np.array([[[0.0, 0.75]], [[0.5, 0.125]]])
    yield np.array([[[0.5, 0.75]]]), np.array([[[0.5, 0.75]]])  # equal
    yield np.array([[[7, 9, 0]]], np.uint8), np.array([[[7, 9, 0]]], np.uint8)
    yield np.array([[[1.0, 0.0]], [[0.0, 0.0]]]), np.array([[[1.0, 0.0]], [[0.5, 0.0]]])  # one image of two equal
    yield np.array([[[0, 1], [1, 0]]], np.uint8), np.array([[[1, 1], [0, 0]]], np.uint8)  # very dark bytes
    for n, h, w, amount in ((2, 3, 3, 20), (3, 2, 4, 60), (4, 3, 2, 5)):
        reference = rng.integers(0, 256, (n, h, w))
        noise = np.round(rng.normal(0, amount, (n, h, w)) * np.linspace(0.2, 2, n)[:, None, None])
        image = np.clip(reference + noise, 0, 255)
        yield image.astype(np.uint8), reference.astype(np.uint8)
        yield image / 255, reference / 255


def _psnr_by_loops(images, references):
    squares = [(float(a) - float(b)) ** 2 for a, b in zip(np.ravel(images), np.ravel(references), strict=True)]
    peak = 255 if images.dtype == np.uint8 else 1
    error = math.fsum(squares) / len(squares)
    return 20 * math.log10(peak) - 10 * math.log10(error) if error else math.inf


psnr_of_set = FunctionExercise(
    "13.10",
    "PSNR of a set",
    cases=_sets,
    oracle=_psnr_by_loops,
    solution="""
    import numpy as np

    def psnr_of_set(images, references):
        largest = 255 if images.dtype == np.uint8 else 1
        error = np.mean((images.astype(float) - references.astype(float)) ** 2)
        return 10 * np.log10(largest**2 / error) if error > 0 else np.inf
    """,
    example=(
        np.array([[[100, 20]], [[30, 40]]], np.uint8),
        np.array([[[110, 20]], [[31, 40]]], np.uint8),
    ),
    hints=(
        "What is 10 − 12 in bytes? Convert before you subtract.",
        "One mean squared error for all pixels of the set, and one logarithm.",
        "`10 * np.log10(largest**2 / error)`, with `largest` 255 for bytes and 1 for fractions.",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-4,
    fixed=("images.ndim", "references.ndim"),
)


def _comparing(difference, error, largest, decibel, over):
    def compare(images, references):
        peak = largest(images, references)

        def one(a, b):
            with np.errstate(all="ignore"):
                return float(decibel(np.float64(peak), np.float64(error(difference(a, b)))))

        return over(one, images, references)

    return compare


def _minus(a, b):
    return np.asarray(a, float) - np.asarray(b, float)


def _of_bytes(images):
    return images.dtype == np.uint8


def _each(one, images, references):
    return [one(a, b) for a, b in zip(images, references, strict=True)]


# fmt: off
psnr_of_set.choices(
    _comparing,
    place="(13.14)",
    difference=(
        _minus,
        Wrong("bytes that wrap around", lambda a, b: a - b,
              "you subtract **bytes**: 10 − 12 is 254 there, and 20² is 144. Convert to floats first: "
              "`.astype(float)`."),
        Wrong("differences of bytes that wrap around", lambda a, b: np.asarray(a - b, float),
              "you subtract **bytes**, and convert afterwards: 10 − 12 is 254 there. Convert first: `.astype(float)`."),
        Wrong("halves of bytes", lambda a, b: _minus(a, b).astype(int),
              "you convert the differences to **whole numbers**: those of fractions are 0."),
        Wrong("images made whole numbers", lambda a, b: a.astype(int) - b.astype(int),
              "you convert the images to **whole numbers** first: fractions become 0. Convert to floats."),
        Wrong("the references standardized", lambda a, b: _minus(a, b) - _minus(a, b).mean(),
              "you take the **mean** of the differences off: an image that is too bright everywhere would cost "
              "nothing."),
    ),
    error=(
        lambda d: (d**2).mean(),
        Wrong("the mean absolute error", lambda d: np.abs(d).mean(),
              "you take the mean **absolute** error; the mean squared error is asked for."),
        Wrong("the root of the error", lambda d: np.sqrt((d**2).mean()),
              "you take the **root** of the mean squared error; with 10·log₁₀ the mean square itself belongs there."),
        Wrong("the sum of squares", lambda d: (d**2).sum(),
              "you take the **sum** of the squares: more pixels would mean worse images. Take the mean."),
        Wrong("the largest error", lambda d: (d**2).max(),
              "you take the **largest** squared error; the mean is asked for."),
        Wrong("the square of the mean", lambda d: d.mean() ** 2,
              "you square the **mean** difference: too bright and too dark cancel. First square, then average."),
        Wrong("the median of squares", lambda d: np.median(d**2),
              "you take the **median** of the squares; the mean is asked for."),
        Wrong("the error halved", lambda d: (d**2).mean() / 2,
              "your mean squared error is **halved**."),
        Wrong("a variance", lambda d: d.var(ddof=1) if d.size > 1 else math.nan,
              "you take a **variance** of the differences; the mean of their squares is asked for."),
        Wrong("an ε in the error", lambda d: (d**2).mean() + 1e-8,
              "your **ε** makes a finite number of infinity: equal sets give ∞."),
        Wrong("an ε of 1e-10", lambda d: (d**2).mean() + 1e-10,
              "your **ε** makes a finite number of infinity: equal sets give ∞."),
        Wrong("an ε of 1e-12", lambda d: (d**2).mean() + 1e-12,
              "your **ε** makes a finite number of infinity: equal sets give ∞."),
    ),
    largest=(
        lambda a, b: 255 if _of_bytes(a) else 1,
        Wrong("1 for bytes", lambda a, b: 1,
              "you take **1** as the largest value, also for bytes (or leave it out): that is 48 dB too little there. "
              "Bytes go up to 255."),
        Wrong("255 for fractions", lambda a, b: 255,
              "you take **255** as the largest value, also for fractions: that is 48 dB too much there. Fractions go "
              "up to 1."),
        Wrong("the brightest pixel of the references", lambda a, b: b.max(),
              "you take the **brightest pixel** of the references: dark images would get less for the same errors. The "
              "type says what is largest: 255 or 1."),
        Wrong("the brightest pixel of the images", lambda a, b: a.max(),
              "you take the **brightest pixel** of the images: dark images would get less for the same errors. The "
              "type says what is largest: 255 or 1."),
        Wrong("the brightest pixel of all", lambda a, b: max(a.max(), b.max()),
              "you take the **brightest pixel** that there is: dark images would get less for the same errors. The "
              "type says what is largest: 255 or 1."),
        Wrong("255 if a pixel is above 1", lambda a, b: 255 if max(a.max(), b.max()) > 1 else 1,
              "you guess from the **values**: bytes that are all 0 or 1 are taken for fractions. Ask for the type, "
              "`images.dtype`."),
        Wrong("256 for bytes", lambda a, b: 256 if _of_bytes(a) else 1,
              "you take **256** as the largest byte; it is 255."),
        Wrong("the range of the references", lambda a, b: float(b.max()) - float(b.min()),
              "you take the **range** of the references, largest minus smallest. The type says what is largest: 255 or "
              "1."),
        Wrong("255 and 1 exchanged", lambda a, b: 1 if _of_bytes(a) else 255,
              "**255 and 1 are exchanged**: bytes go up to 255, fractions to 1."),
    ),
    decibel=(
        lambda peak, error: 10 * np.log10(peak**2 / error),
        Wrong("the largest value not squared", lambda peak, error: 10 * np.log10(peak / error),
              "the largest value is **not squared**; the error is a square, so both must be."),
        Wrong("1 added in the logarithm", lambda peak, error: 10 * np.log10(peak**2 / error + 1),
              "you add **1** in the logarithm."),
        Wrong("20 for 10", lambda peak, error: 20 * np.log10(peak**2 / error),
              "you multiply by **20**: that belongs to the root, 20·log₁₀(largest / root of the error). With squares "
              "it is 10."),
        Wrong("20 without a root", lambda peak, error: 20 * np.log10(peak / error),
              "with 20·log₁₀ the **root** of the mean squared error belongs below the largest value."),
        Wrong("a natural logarithm", lambda peak, error: 10 * np.log(peak**2 / error),
              "your logarithm is the **natural** one; decibels take the one to the base 10."),
        Wrong("a logarithm to the base 2", lambda peak, error: 10 * np.log2(peak**2 / error),
              "your logarithm is one to the **base 2**; decibels take the one to the base 10."),
        Wrong("turned round", lambda peak, error: 10 * np.log10(error / peak**2),
              "the fraction is **upside down**: a better image would get less."),
        Wrong("5 for 10", lambda peak, error: 5 * np.log10(peak**2 / error),
              "you multiply by **5**; by 10, or by 20 with the root of the error."),
        Wrong("the 10 left out", lambda peak, error: np.log10(peak**2 / error),
              "the **10** is missing: a decibel is a tenth of a bel."),
        Wrong("no logarithm", lambda peak, error: peak**2 / error,
              "the **logarithm** is missing."),
        Wrong("the error itself", lambda peak, error: error,
              "you return the **error**; PSNR is 10·log₁₀(largest² / error)."),
        Wrong("a hundred for equal sets", lambda peak, error: 10 * np.log10(peak**2 / error) if error else 100,
              "equal sets get **100** from you; they give infinity."),
        Wrong("0 for equal sets", lambda peak, error: 10 * np.log10(peak**2 / error) if error else 0,
              "equal sets get **0** from you, the worst; they give infinity."),
        Wrong("NaN for equal sets", lambda peak, error: 10 * np.log10(peak**2 / error) if error else math.nan,
              "equal sets get **NaN** from you; they give infinity."),
    ),
    over=(
        lambda one, images, references: one(images, references),
        Wrong("the mean of the images' PSNRs", lambda *args: np.mean(_each(*args)),
              "you take the PSNR of each image, and then their **mean**: that is larger than the PSNR of the mean "
              "error, and a single perfect image makes it infinite. Here the errors of all pixels are averaged first."),
        Wrong("a PSNR for each image", _each,
              "you return a PSNR for **each** image; one for the whole set is asked for."),
        Wrong("the median of the PSNRs", lambda *args: np.median(_each(*args)),
              "you take the **median** of the images' PSNRs. Here the errors of all pixels are averaged first."),
        Wrong("the worst image", lambda *args: np.min(_each(*args)),
              "you return the PSNR of the **worst** image; one for the whole set is asked for."),
        Wrong("the best image", lambda *args: np.max(_each(*args)),
              "you return the PSNR of the **best** image; one for the whole set is asked for."),
        Wrong("the sum of the PSNRs", lambda *args: np.sum(_each(*args)),
              "you **add up** the images' PSNRs. Here the errors of all pixels are averaged first."),
        Wrong("the first image only", lambda one, images, references: one(images[0], references[0]),
              "you return the PSNR of the **first** image only."),
        Wrong("the last image only", lambda one, images, references: one(images[-1], references[-1]),
              "you return the PSNR of the **last** image only."),
        Wrong("perfect images left out",
              lambda *args: np.mean([p for p in _each(*args) if np.isfinite(p)] or [math.inf]),
              "you take the mean of the images' PSNRs and leave the **perfect** ones out: the better the set, the "
              "fewer count. Here the errors of all pixels are averaged first."),
        Wrong("place by place", lambda one, images, references: np.mean(
                  [[one(a, b) for a, b in zip(rows.T, others.T, strict=True)]
                   for rows, others in zip(images.swapaxes(0, 1), references.swapaxes(0, 1), strict=True)]),
              "you take a PSNR for each **place** in the image, and average those. Here the errors of all pixels are "
              "averaged first."),
        Wrong("the PSNR of the mean image",
              lambda one, images, references: one(images.mean(axis=0), references.mean(axis=0)),
              "you average the **images** first, and compare the two mean images: errors cancel. Compare the pixels, "
              "then average."),
    ),
)
# fmt: on


@psnr_of_set.mistake("the brightest byte squared")
def _(images, references):
    """you square the **brightest pixel**, and in bytes: 100² is 16 there. The type says what is largest, 255 or 1. For
    {case} you return `{got}`, expected `{expected}`. Look again at (13.14)."""
    with np.errstate(all="ignore"):
        error = np.square(images * 1.0 - references).mean()
        return 10 * np.log10(images.max() ** 2 / error) if error else math.inf


# --- 13.11 sub-pixel shuffle ------------------------------------------------------------------------------------------


def _stacks(rng):
    yield np.array([[[1, 2, 3, 4]]]), 2
    yield np.arange(1, 9).reshape(1, 1, 8), 2  # two channels
    yield np.arange(1, 9).reshape(1, 2, 4), 2
    yield np.arange(1, 9).reshape(2, 1, 4), 2
    yield np.arange(6.0).reshape(1, 2, 3), 1
    yield np.arange(1, 19).reshape(1, 1, 18), 3
    for h, w, r, c in ((2, 3, 2, 1), (3, 2, 2, 3), (2, 2, 3, 2), (1, 3, 3, 1)):
        yield np.round(rng.normal(size=(h, w, c * r * r)), 2), r


def _shuffled(index, place):
    """The shuffle that reads the channel `index(a, b, c, r, C)` and writes it to `place(i, j, a, b, H, W, r)`."""

    def shuffle(features, r):
        height, width, channels = features.shape
        channels //= r * r
        result = np.zeros((height * r, width * r, channels), features.dtype)
        for i, j, a, b, c in itertools.product(range(height), range(width), range(r), range(r), range(channels)):
            result[place(i, j, a, b, height, width, r)][c] = features[i, j, index(a, b, c, r, channels)]
        return result

    return shuffle


pixel_shuffle = FunctionExercise(
    "13.11",
    "Sub-pixel shuffle",
    cases=_stacks,
    oracle=_shuffled(lambda a, b, c, r, n: (a * r + b) * n + c, lambda i, j, a, b, h, w, r: (i * r + a, j * r + b)),
    solution="""
    def pixel_shuffle(features, r):
        height, width, channels = features.shape
        channels = channels // (r * r)
        blocks = features.reshape(height, width, r, r, channels)
        return blocks.transpose(0, 2, 1, 3, 4).reshape(height * r, width * r, channels)
    """,
    example=(np.arange(1, 17).reshape(1, 2, 8), 2),
    hints=(
        "Each pixel of the small image becomes a block of r × r pixels.",
        "Split the channels into three axes: row in the block, column in the block, channel. Then bring each axis of "
        "the block next to the axis of the image that it belongs to.",
        "`reshape(H, W, r, r, C)`, `transpose(0, 2, 1, 3, 4)`, `reshape(H * r, W * r, C)`.",
    ),
    fixed=("features.ndim",),
)


# fmt: off
pixel_shuffle.choices(
    lambda index, where, then: lambda features, r: then(_shuffled(index, where)(features, r), r),
    place="(13.13)",
    index=(
        lambda a, b, c, r, n: (a * r + b) * n + c,
        Wrong("PyTorch's order of channels", lambda a, b, c, r, n: c * r * r + a * r + b,
              "that is the order of **PyTorch's** PixelShuffle, all places of the first channel first. Keras has all "
              "channels of the first place first."),
        Wrong("rows and columns of a block exchanged", lambda a, b, c, r, n: (b * r + a) * n + c,
              "inside a block **rows and columns** are exchanged: the second group of channels belongs to the pixel to "
              "the *right*."),
        Wrong("PyTorch's order, rows and columns exchanged", lambda a, b, c, r, n: c * r * r + b * r + a,
              "you take all places of the first **channel** first, and exchange rows and columns in a block."),
        Wrong("rows reversed in a block", lambda a, b, c, r, n: ((r - 1 - a) * r + b) * n + c,
              "inside a block the **rows** are upside down."),
        Wrong("columns reversed in a block", lambda a, b, c, r, n: (a * r + r - 1 - b) * n + c,
              "inside a block the **columns** run from right to left."),
        Wrong("a block turned round", lambda a, b, c, r, n: ((r - 1 - a) * r + r - 1 - b) * n + c,
              "inside a block everything is **turned round**."),
        Wrong("the first channels everywhere", lambda a, b, c, r, n: c,
              "every pixel of a block gets the **same** channels, the first ones: that enlarges without anything new."),
        Wrong("channels in reversed order", lambda a, b, c, r, n: (a * r + b) * n + n - 1 - c,
              "the **channels** of a pixel are in reversed order."),
        Wrong("channels between rows and columns", lambda a, b, c, r, n: (a * n + c) * r + b,
              "you split the channels as (row, **channel**, column); in Keras it is (row, column, channel)."),
    ),
    where=(
        lambda i, j, a, b, h, w, r: (i * r + a, j * r + b),
        Wrong("blocks as tiles", lambda i, j, a, b, h, w, r: (a * h + i, b * w + j),
              "you put r × r **small images** side by side. Each pixel has to become a block of its own: the places "
              "in a block are the *fast* indices."),
        Wrong("rows as tiles", lambda i, j, a, b, h, w, r: (a * h + i, j * r + b),
              "the **rows** of the blocks are not woven in: you put whole small images above each other. Row i becomes "
              "the rows i·r … i·r + r − 1."),
        Wrong("columns as tiles", lambda i, j, a, b, h, w, r: (i * r + a, b * w + j),
              "the **columns** of the blocks are not woven in: you put whole small images beside each other. Column j "
              "becomes the columns j·r … j·r + r − 1."),
    ),
    then=(
        lambda x, r: x,
        Wrong("the image turned over", lambda x, r: np.swapaxes(x, 0, 1),
              "rows and columns of the **whole image** are exchanged."),
        Wrong("channels first", lambda x, r: np.moveaxis(x, -1, 0),
              "your channels are the **first** axis; they are to be the last."),
        Wrong("the channels averaged", lambda x, r: x.mean(axis=-1, keepdims=True),
              "you **average** the channels."),
        Wrong("a list of pixels", lambda x, r: x.reshape(-1, x.shape[-1]),
              "the **rows** of the image are gone: the shape is to be (H·r, W·r, C)."),
        Wrong("an axis for the batch", lambda x, r: x[None],
              "there is an **axis for a batch** too many."),
        Wrong("the channel axis lost", lambda x, r: x[..., 0],
              "the **channel axis** is gone; the shape is to be (H·r, W·r, C), also for one channel."),
    ),
)
# fmt: on


@pixel_shuffle.mistake("reshaped only")
def _(features, r):
    """you only **reshape**: that keeps the order in memory, so the pixels of a block land beside each other in one row.
    For {case} you return `{got}`, expected `{expected}`. An axis of the block has to be moved next to its axis of the
    image first: `transpose`, (13.13)."""
    h, w, c = features.shape
    return features.reshape(h * r, w * r, c // (r * r))


@pixel_shuffle.mistake("each pixel repeated")
def _(features, r):
    """you **repeat** each pixel r × r times, with all its channels: (H·r, W·r, C·r²). The channels are to become the
    pixels of a block. For {case} you return `{got}`, expected `{expected}`. Look again at (13.13)."""
    return features.repeat(r, axis=0).repeat(r, axis=1)


@pixel_shuffle.mistake("the blocks not joined")
def _(features, r):
    """the axes of the **blocks** are still there. For {case} you return `{got}`, expected `{expected}`. Transpose, then
    reshape to (H·r, W·r, C), (13.13)."""
    h, w, c = features.shape
    return features.reshape(h, w, r, r, c // (r * r))


@pixel_shuffle.mistake("the blocks transposed and not joined")
def _(features, r):
    """the axes of the **blocks** are in the right order now, but still axes of their own. For {case} you return
    `{got}`, expected `{expected}`. Reshape to (H·r, W·r, C), (13.13)."""
    h, w, c = features.shape
    return features.reshape(h, w, r, r, c // (r * r)).transpose(0, 2, 1, 3, 4)


@pixel_shuffle.mistake("blocks of means")
def _(features, r):
    """you take the **mean** of the groups of channels for the whole block: the image is larger, and no sharper. For
    {case} you return `{got}`, expected `{expected}`. Each group has a place of its own, (13.13)."""
    h, w, c = features.shape
    means = features.reshape(h, w, r * r, -1).mean(axis=2)
    return means.repeat(r, axis=0).repeat(r, axis=1)


@pixel_shuffle.mistake("groups that overlap")
def _(features, r):
    """your groups of channels **overlap**: the group of the place (i, j) begins at (i·r + j)·C, not at i·r + j. For
    {case} you return `{got}`, expected `{expected}`. Look again at (13.13)."""
    h, w, c = features.shape
    c //= r * r
    result = np.zeros((h * r, w * r, c), features.dtype)
    for a, b in itertools.product(range(r), range(r)):
        result[a::r, b::r] = features[..., a * r + b : a * r + b + c]
    return result


@pixel_shuffle.mistake("zeros in between")
def _(features, r):
    """you leave **zeros** between the pixels: only the first channels are used, and each block holds one pixel. For
    {case} you return `{got}`, expected `{expected}`. All r² groups of channels have a place in the block, (13.13)."""
    h, w, c = features.shape
    result = np.zeros((h * r, w * r, c // (r * r)))
    result[::r, ::r] = features[..., : c // (r * r)]
    return result


@pixel_shuffle.mistake("reshaped to (H, r, W, r, C)")
def _(features, r):
    """you reshape to **(H, r, W, r, C)**, as if the image's columns came after the block's rows. In memory the columns
    come first and all channels last: (H, W, r, r, C), then `transpose(0, 2, 1, 3, 4)`. For {case} you return `{got}`,
    expected `{expected}`. Look again at (13.13)."""
    h, w, c = features.shape
    return features.reshape(h, r, w, r, -1).transpose(0, 2, 1, 3, 4).reshape(h * r, w * r, -1)


@pixel_shuffle.mistake("channels first, then reshaped")
def _(features, r):
    """you bring the channels to the **front** and reshape: that takes the numbers one after the other, across pixels.
    For {case} you return `{got}`, expected `{expected}`. Split the channels first: (H, W, r, r, C), (13.13)."""
    h, w, c = features.shape
    return features.transpose(2, 0, 1).reshape(h * r, w * r, c // (r * r))


@pixel_shuffle.mistake("height and width exchanged at the end")
def _(features, r):
    """your last reshape is to (**W·r, H·r**, C): rows are cut at the wrong places. For {case} you return `{got}`,
    expected `{expected}`. It is (H·r, W·r, C), (13.13)."""
    h, w, c = features.shape
    blocks = features.reshape(h, w, r, r, -1).transpose(0, 2, 1, 3, 4)
    return blocks.reshape(w * r, h * r, -1)


@pixel_shuffle.mistake("height and width read the wrong way round")
def _(features, r):
    """you read **height and width** the wrong way round: `features.shape` is (height, width, channels). For {case} you
    return `{got}`, expected `{expected}`. Look again at (13.13)."""
    w, h, c = features.shape
    return features.reshape(h, w, r, r, -1).transpose(0, 2, 1, 3, 4).reshape(h * r, w * r, -1)


@pixel_shuffle.mistake("split as if channels came first")
def _(features, r):
    """you reshape to (r, r, C, H, W), as if the **channels came first**. Here they are last: (H, W, r, r, C). For
    {case} you return `{got}`, expected `{expected}`. Look again at (13.13)."""
    h, w, c = features.shape
    return features.reshape(r, r, -1, h, w).transpose(3, 0, 4, 1, 2).reshape(h * r, w * r, -1)


@pixel_shuffle.mistake("split into (r, r, H, W, C)")
def _(features, r):
    """you reshape to (**r, r, H, W**, C), as if the places in a block came before the pixels. In memory the channels
    run fastest, and they hold the places: (H, W, r, r, C). For {case} you return `{got}`, expected `{expected}`. Look
    again at (13.13)."""
    h, w, c = features.shape
    return features.reshape(r, r, h, w, -1).transpose(2, 0, 3, 1, 4).reshape(h * r, w * r, -1)


@pixel_shuffle.mistake("reshaped to (C, H·r, W·r) at the end")
def _(features, r):
    """your last reshape is to (**C, H·r, W·r**): a reshape does not move the channels to the front, and here they are
    last. For {case} you return `{got}`, expected `{expected}`. It is (H·r, W·r, C), (13.13)."""
    h, w, c = features.shape
    blocks = features.reshape(h, w, r, r, -1).transpose(0, 2, 1, 3, 4)
    return blocks.reshape(-1, h * r, w * r)


_ELSE_KNOWN = {(0, 2, 1, 3), (0, 1, 2, 3), (0, 3, 1, 2), (2, 0, 3, 1), (2, 0, 1, 3), (0, 2, 3, 1)}

for _axes in sorted(set(itertools.permutations(range(4))) - _ELSE_KNOWN):

    @pixel_shuffle.mistake(f"transposed by {(*_axes, 4)}")
    def _(features, r, axes=(*_axes, 4)):
        """`transpose` brings the **axes** of (H, W, r, r, C) into the wrong order. What is joined must stand side by
        side: row and row in the block, column and column in the block, `(0, 2, 1, 3, 4)`. For {case} you return
        `{got}`, expected `{expected}`. Look again at (13.13)."""
        h, w, c = features.shape
        return features.reshape(h, w, r, r, -1).transpose(axes).reshape(h * r, w * r, -1)


@pixel_shuffle.mistake("made smaller")
def _(features, r):
    """you go the **other way**, from pixels to channels: the image gets smaller. For {case} you get `{got}`, expected
    `{expected}`. Look again at (13.13)."""
    h, w, c = features.shape
    return features.reshape(h // r, r, w // r, r, c).transpose(0, 2, 1, 3, 4).reshape(h // r, w // r, r * r * c)


@pixel_shuffle.mistake("r always 2")
def _(features, r):
    """you always shuffle by **2**. For {case} you return `{got}`, expected `{expected}`. Use r, (13.13)."""
    h, w, c = features.shape
    return features.reshape(h, w, 2, 2, c // 4).transpose(0, 2, 1, 3, 4).reshape(2 * h, 2 * w, c // 4)


# --- 13.12 partial convolution ----------------------------------------------------------------------------------------


def _lines(rng):
    yield np.array([4.0, 99.0, 6.0]), np.array([1, 0, 1]), np.array([1.0])
    yield np.array([2.0, 5.0, 99.0]), np.array([1, 1, 0]), np.array([1.0, 3.0])
    yield np.array([2, 5, 99, 99, 1]), np.array([1, 1, 0, 0, 1]), np.array([1, 2])  # a window without any
    yield np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 1.0, 1.0, 1.0]), np.array([1.0, -1.0, 2.0])  # no hole
    yield np.array([7.0, 7.0, -50.0, 7.0, 7.0]), np.array([1, 1, 0, 1, 1]), np.array([0.25, 0.5, 0.25])
    yield np.array([5.0, -3.0, 2.0]), np.array([False, False, False]), np.array([0.5, 1.5])
    for n, k in ((6, 3), (8, 3), (9, 5), (7, 2), (10, 4)):
        known = rng.random(n) < 0.6
        x = np.round(rng.normal(2, 3, n), 2)
        yield np.where(known, x, np.round(rng.normal(30, 9, n))), known, np.round(rng.normal(0.4, 1, k), 2)


def _partial_by_loops(x, known, kernel):
    result = []
    for start in range(len(x) - len(kernel) + 1):
        inside = [(float(kernel[m]), float(x[start + m])) for m in range(len(kernel)) if known[start + m]]
        total = math.fsum(k * v for k, v in inside)
        result.append(total * len(kernel) / len(inside) if inside else 0.0)
    return np.array(result)


partial_convolution = FunctionExercise(
    "13.12",
    "Partial convolution",
    cases=_lines,
    oracle=_partial_by_loops,
    solution="""
    import numpy as np

    def partial_convolution(x, known, kernel):
        total = np.correlate(np.where(known, x, 0), kernel, "valid")
        count = np.correlate(np.where(known, 1, 0), np.ones(len(kernel)), "valid")
        return np.where(count > 0, total * len(kernel) / np.maximum(count, 1), 0)
    """,
    example=(np.array([2.0, 4.0, 99.0, 6.0]), np.array([1, 1, 0, 1]), np.array([1.0, 2.0, 3.0])),
    hints=(
        "What stands in a hole must not matter: put a 0 there. But a window with holes then sums up too little.",
        "Count the known pixels of each window: the same sliding sum, over `known`, with a kernel of ones.",
        '`np.correlate(x * known, kernel, "valid") * len(kernel) / count`, and 0 where `count` is 0.',
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-5,
    fixed=("x.ndim", "known.ndim", "kernel.ndim"),
)


def _filling(value, order, factor, empty, size):
    def fill(x, known, kernel):
        x, m, k = np.asarray(x, float), np.asarray(known, float), order(np.asarray(kernel, float))
        x, m, values = size(x, len(k)), size(m, len(k)), size(value(x, m), len(k))
        result = []
        with np.errstate(all="ignore"):
            for start in range(len(x) - len(k) + 1):
                inside = slice(start, start + len(k))
                total = float(k @ values[inside])
                scaled = np.float64(total) * factor(len(k), m[inside].sum(), k, m[inside])
                result.append(scaled if m[inside].any() else empty(scaled, total, x[inside]))
        return np.array(result)

    return fill


# fmt: off
partial_convolution.choices(
    _filling,
    place="(13.15)",
    value=(
        lambda x, m: x * m,
        Wrong("holes not left out", lambda x, m: x,
              "what stands in the **holes** is summed up, too. It is rubbish: only the known pixels count."),
        Wrong("holes filled with the mean", lambda x, m: np.where(m > 0, x, x[m > 0].mean() if m.any() else 0),
              "you fill the holes with the **mean** of the known pixels; they are to be left out, and the rest scaled "
              "up."),
        Wrong("only the holes", lambda x, m: x * (1 - m),
              "you sum up the **holes**, and leave the known pixels out: `known` is 1 where a pixel is known."),
        Wrong("holes filled with 1", lambda x, m: np.where(m > 0, x, 1),
              "you put a **1** into the holes; they are to be left out."),
    ),
    order=(
        lambda k: k,
        Wrong("the kernel flipped", lambda k: k[::-1],
              "you **flip** the kernel (as `np.convolve` does). Here it is laid on as it is: `np.correlate`."),
        Wrong("the kernel made to sum to 1", lambda k: k / k.sum(),
              "you divide the kernel by its **sum** first; take it as it is."),
        Wrong("the kernel replaced by ones", lambda k: np.ones_like(k),
              "the **kernel** has no effect: you sum up the known pixels as they are."),
        Wrong("absolute values of the kernel", np.abs,
              "you take the **absolute values** of the kernel."),
    ),
    factor=(
        lambda n, count, k, m: n / count,
        Wrong("not scaled up", lambda n, count, k, m: 1,
              "the **factor** is missing: a window with holes sums up too little, and the picture becomes dark along "
              "them. Multiply by (pixels in the window / known pixels)."),
        Wrong("divided by the known pixels", lambda n, count, k, m: 1 / count,
              "you divide by the number of known pixels, but do **not multiply** by the pixels in the window: without "
              "any hole it is no plain convolution any more."),
        Wrong("the factor upside down", lambda n, count, k, m: count / n,
              "the factor is **upside down**: fewer known pixels have to be scaled *up*."),
        Wrong("divided by the kernel's known part", lambda n, count, k, m: 1 / (k @ m),
              "you divide by the sum of the **kernel** over the known pixels (a normalized convolution). That keeps "
              "constants for any kernel, but here pixels are counted: n / known."),
        Wrong("scaled by the kernel's known part", lambda n, count, k, m: k.sum() / (k @ m),
              "you scale by the kernel's sum over its **known part**. Here pixels are counted, whatever their weights: "
              "n / known."),
        Wrong("n over the kernel's known part", lambda n, count, k, m: n / (k @ m),
              "you divide by the sum of the **kernel** over the known pixels; by their number."),
        Wrong("multiplied by the window", lambda n, count, k, m: n,
              "you multiply by the pixels of the window, but do **not divide** by the known ones."),
        Wrong("multiplied by the known pixels", lambda n, count, k, m: count,
              "you **multiply** by the number of known pixels; divide by it."),
        Wrong("divided by the holes", lambda n, count, k, m: n / (n - count),
              "you divide by the number of **holes**; divide by the number of known pixels."),
        Wrong("divided by the holes, at least 1", lambda n, count, k, m: n / max(n - count, 1),
              "you divide by the number of **holes**; divide by the number of known pixels."),
        Wrong("divided by the window", lambda n, count, k, m: 1 / n,
              "you divide by **all** pixels of the window, known or not."),
        Wrong("the factor squared", lambda n, count, k, m: (n / count) ** 2,
              "the factor is there **twice**."),
        Wrong("one more known pixel", lambda n, count, k, m: n / (count + 1),
              "you divide by **one more** than there are known pixels."),
        Wrong("1 + the holes", lambda n, count, k, m: 1 + n - count,
              "you multiply by 1 + the number of **holes**; by the pixels in the window over the known ones."),
        Wrong("1 more than the holes", lambda n, count, k, m: n / (n - count + 1),
              "you divide by the number of **holes**, and 1; divide by the number of known pixels."),
        Wrong("only where the middle is known", lambda n, count, k, m: n / count if m[n // 2] else 0.0,
              "a window whose **middle** is a hole gives 0 for you; it is filled from the known pixels around: that is "
              "what this convolution is for."),
        Wrong("whole windows only", lambda n, count, k, m: 1.0 * (count == n),
              "a window with a **hole** gives 0 for you, as soon as one pixel is missing. It is scaled up from the "
              "known ones."),
        *(Wrong(f"{e} added to the known pixels", lambda n, count, k, m, e=e: n / (count + e),
                f"you add **{e}** to the number of known pixels: every sum comes out too small. Only where none is "
                "known something else has to be done.") for e in (0.1, 1e-2, 1e-3)),
        Wrong("a window of 3", lambda n, count, k, m: 3 / count,
              "you scale up as if every window had **3** pixels; it has `len(kernel)`."),
        Wrong("the root of the factor", lambda n, count, k, m: np.sqrt(n / count),
              "you take the **root** of the factor."),
    ),
    empty=(
        lambda scaled, total, x: 0.0,
        Wrong("NaN where nothing is known", lambda scaled, total, x: math.nan,
              "a window without any known pixel gives **0/0**, NaN; it gives 0."),
        Wrong("the rubbish where nothing is known", lambda scaled, total, x: x[len(x) // 2],
              "where nothing is known you return what stands in the **hole**; it gives 0."),
        Wrong("the first hole where nothing is known", lambda scaled, total, x: x[0],
              "where nothing is known you return what stands at the window's **start**; it gives 0."),
        Wrong("the mean of the hole where nothing is known", lambda scaled, total, x: x.mean(),
              "where nothing is known you return a mean of what stands in the **holes**; it gives 0."),
        Wrong("1 where nothing is known", lambda scaled, total, x: 1.0,
              "where nothing is known you return **1**; it gives 0."),
    ),
    size=(
        lambda x, k: x,
        Wrong("as long as x", lambda x, k: np.pad(x, (k // 2, (k - 1) // 2)),
              'your result is as long as **x** ("same"); only the windows that fit are asked for, "valid".'),
        Wrong("every overlap", lambda x, k: np.pad(x, k - 1),
              'your result has a number for **every** overlap ("full"); only the windows that fit are asked for, '
              '"valid".'),
        Wrong("one window missing", lambda x, k: x[:-1] if len(x) > k else x,
              "the **last** window is missing: there are len(x) − len(kernel) + 1."),
    ),
)
# fmt: on


@partial_convolution.mistake("holes cut out")
def _(x, known, kernel):
    """you **cut the holes out**, and slide over what remains: pixels become neighbours that are none. For {case} you
    return `{got}`, expected `{expected}`. Every window keeps its place, (13.15)."""
    return np.correlate(np.asarray(x, float)[np.asarray(known) > 0], np.asarray(kernel, float), "valid")


def _sliding(values, kernel):
    return np.correlate(np.asarray(values, float), np.asarray(kernel, float), "valid")


@partial_convolution.mistake("holes summed up, and at least one pixel counted")
def _(x, known, kernel):
    """what stands in the **holes** is summed up, too, and a window without any known pixel counts as one. Only the
    known pixels count, and such a window gives 0. For {case} you return `{got}`, expected `{expected}`. Look again at
    (13.15)."""
    count = np.maximum(_sliding(known, np.ones(len(kernel))), 1)
    return _sliding(x, kernel) * len(kernel) / count


@partial_convolution.mistake("holes filled with the mean, then a plain convolution")
def _(x, known, kernel):
    """you fill the holes with the **mean** of the known pixels, and convolve as usual. Nothing is to be invented: holes
    are left out, and the rest is scaled up. For {case} you return `{got}`, expected `{expected}`. Look again at
    (13.15)."""
    mask = np.asarray(known) > 0
    return _sliding(np.where(mask, x, np.mean(x[mask]) if mask.any() else 0), kernel)


@partial_convolution.mistake("holes filled by straight lines, then a plain convolution")
def _(x, known, kernel):
    """you fill the holes by **straight lines** between the known pixels, and convolve as usual. Nothing is to be
    invented: holes are left out, and the rest is scaled up. For {case} you return `{got}`, expected `{expected}`. Look
    again at (13.15)."""
    places = np.flatnonzero(known)
    filled = np.interp(np.arange(len(x)), places, np.asarray(x)[places]) if len(places) else np.zeros(len(x))
    return _sliding(filled, kernel)


@partial_convolution.mistake("known pixels counted everywhere")
def _(x, known, kernel):
    """you divide by the known pixels of the **whole line**; each window has its own number. For {case} you return
    `{got}`, expected `{expected}`. Look again at (13.15)."""
    with np.errstate(all="ignore"):
        return _sliding(np.where(known, x, 0), kernel) * len(kernel) / np.float64(np.sum(known))


@partial_convolution.mistake("the share of known pixels of the whole line")
def _(x, known, kernel):
    """you scale by the share of known pixels of the **whole line**; each window has its own. For {case} you return
    `{got}`, expected `{expected}`. Look again at (13.15)."""
    with np.errstate(all="ignore"):
        return _sliding(np.where(known, x, 0), kernel) / np.float64(np.mean(known))


@partial_convolution.mistake("known and holes exchanged")
def _(x, known, kernel):
    """**known and hole** are exchanged: you sum up the holes and leave the known pixels out. `known` is 1 where a pixel
    is known. For {case} you return `{got}`, expected `{expected}`. Look again at (13.15)."""
    return _partial_by_loops(x, 1 - np.asarray(known, int), kernel)


@partial_convolution.mistake("windows without any left out")
def _(x, known, kernel):
    """windows without any known pixel are **missing**: what comes after them is at the wrong place. They give 0. For
    {case} you return `{got}`, expected `{expected}`. Look again at (13.15)."""
    count = _sliding(known, np.ones(len(kernel)))
    return _partial_by_loops(x, known, kernel)[count > 0]


@partial_convolution.mistake("the length of x for the window")
def _(x, known, kernel):
    """you multiply by the length of the **line**; the pixels in the window are meant, `len(kernel)`. For {case} you
    return `{got}`, expected `{expected}`. Look again at (13.15)."""
    return _partial_by_loops(x, known, kernel) * len(x) / len(kernel)


@partial_convolution.mistake("multiplied by the kernel's sum")
def _(x, known, kernel):
    """you multiply by the **sum of the kernel** as well. For {case} you return `{got}`, expected `{expected}`. Look
    again at (13.15)."""
    return _partial_by_loops(x, known, kernel) * np.sum(kernel)


@partial_convolution.mistake("the mean of the known pixels")
def _(x, known, kernel):
    """you take the plain **mean** of the known pixels, times the sum of the kernel: which pixel has which weight is
    lost. For {case} you return `{got}`, expected `{expected}`. Look again at (13.15)."""
    count = _sliding(known, np.ones(len(kernel)))
    total = _sliding(np.where(known, x, 0), np.ones(len(kernel)))
    return np.where(count > 0, total / np.maximum(count, 1) * np.sum(kernel), 0)


@partial_convolution.mistake("the mask as well")
def _(x, known, kernel):
    """you return **two** results, the second of them a new mask; the first is asked for. For {case} you return `{got}`,
    expected `{expected}`. Look again at (13.15)."""
    total = _partial_by_loops(x, known, kernel)
    return total, np.array([float(np.any(known[i : i + len(kernel)])) for i in range(len(total))])


# --- 13.13 a class is not a number ------------------------------------------------------------------------------------


def _masks(rng):
    yield np.array([[0, 1]]), 2
    yield np.array([[2], [0]]), 3
    yield np.array([[0, 1], [2, 1]]), 4  # a class that does not occur
    yield np.array([[1, 1, 1]]), 2
    yield np.array([[0, 255], [1, 2]], np.uint8), 3
    yield np.array([[-1, 0, 2]]), 3
    yield np.array([[3, -1], [255, 1], [0, 4]]), 4
    yield np.array([[0, 0]]), 1
    yield np.array([[0.0, 2.0], [1.0, 0.0]]), 3  # floats that are whole
    for h, w, n in ((2, 3, 3), (3, 2, 5), (4, 4, 4)):
        yield rng.integers(0, n, (h, w)), n
    mask = rng.integers(0, 6, (3, 4))
    mask[1, 2] = 255
    yield mask, 6


def _channels_by_loops(mask, n):
    channels = np.zeros((*mask.shape, n))
    for place, value in np.ndenumerate(mask):
        if 0 <= value < n:
            channels[(*place, int(value))] = 1
    return channels


class_channels = FunctionExercise(
    "13.13",
    "A class is not a number",
    cases=_masks,
    oracle=_channels_by_loops,
    solution="""
    import numpy as np

    def class_channels(mask, n):
        return (mask[..., np.newaxis] == np.arange(n)).astype(float)
    """,
    example=(np.array([[0, 2, 1]]), 4),
    hints=(
        "Channel k answers one question for each pixel: does it have the class k?",
        "Compare the mask, with an empty axis behind it, with the numbers 0 … n − 1.",
        "`(mask[..., np.newaxis] == np.arange(n)).astype(float)`.",
    ),
    fixed=("mask.ndim",),
)


def _channels(numbers, compare, layout):
    def channels(mask, n):
        mask, k = np.asarray(mask, float), np.asarray(numbers(np.asarray(mask, float), n), float)
        with np.errstate(all="ignore"):
            return layout(np.asarray(compare(mask[..., None], k, n), float), mask)

    return channels


# fmt: off
class_channels.choices(
    _channels,
    place="section 10",
    numbers=(
        lambda mask, n: np.arange(n),
        Wrong("classes counted from 1", lambda mask, n: np.arange(1, n + 1),
              "you count the classes from **1**; they run from 0 to n − 1."),
        Wrong("only the classes that occur, without those outside",
              lambda mask, n: np.array([k for k in np.unique(mask) if 0 <= k < n]),
              "you make a channel for each class that **occurs** in this mask: the same channel would mean another "
              "class in the next mask. There are always n."),
        Wrong("only the classes that occur", lambda mask, n: np.unique(mask),
              "you make a channel for each class that **occurs** in this mask: the same channel would mean another "
              "class in the next mask. There are always n."),
        Wrong("as many as the largest number", lambda mask, n: np.arange(max(int(mask.max()) + 1, 0)),
              "you count the classes by the **largest number** in this mask; there are always n."),
        Wrong("one channel too many", lambda mask, n: np.arange(n + 1),
              "there is **one channel too many**: the classes run from 0 to n − 1."),
        Wrong("without the background", lambda mask, n: np.arange(1, n),
              "the channel of class **0** is missing; the background is a class, too."),
        Wrong("the last class missing", lambda mask, n: np.arange(n - 1),
              "the channel of the **last** class is missing."),
        Wrong("in reversed order", lambda mask, n: np.arange(n)[::-1],
              "the channels are in **reversed** order."),
    ),
    compare=(
        lambda mask, k, n: mask == k,
        Wrong("the number itself", lambda mask, k, n: mask,
              "you give the class **number** as one channel. A network would then take class 2 for something between 1 "
              "and 3; names have no order. A channel for each class."),
        Wrong("the number as a share", lambda mask, k, n: mask / max(n - 1, 1),
              "you give the class number as one channel, **scaled** to 0 … 1. A network would then take class 2 for "
              "something between 1 and 3; names have no order. A channel for each class."),
        Wrong("the number divided by n", lambda mask, k, n: mask / n,
              "you give the class number as one channel, **divided** by n. A network would then take class 2 for "
              "something between 1 and 3; names have no order. A channel for each class."),
        Wrong("the number divided by 255", lambda mask, k, n: mask / 255,
              "you give the class number as one channel, **divided** by 255. A network would then take class 2 for "
              "something between 1 and 3; names have no order. A channel for each class."),
        Wrong("the number in its channel", lambda mask, k, n: np.where(mask == k, mask, 0),
              "you write the class **number** into its channel, so class 0 is never seen; write a 1."),
        Wrong("k + 1 in channel k", lambda mask, k, n: np.where(mask == k, k + 1, 0),
              "you write **k + 1** into channel k; write a 1."),
        Wrong("negative numbers are background", lambda mask, k, n: np.maximum(mask, 0) == k,
              "**negative** numbers become the background, class 0; they are no class: 0 in every channel."),
        Wrong("greater than k", lambda mask, k, n: mask > k,
              "channel k is 1 where the number is **greater than k**. `==`, not `>`."),
        Wrong("the number in every channel", lambda mask, k, n: mask + 0 * k,
              "you **repeat** the class number in every channel; channel k is 1 where the pixel has the class k."),
        Wrong("−1 from the end", lambda mask, k, n: np.where(mask < 0, mask + n, mask) == k,
              "**−1** means the last class for you, as an index does (`np.eye(n)[mask]`). It is no class: 0 in every "
              "channel."),
        Wrong("cut off to the classes", lambda mask, k, n: np.clip(mask, 0, n - 1) == k,
              "numbers outside are **cut off** to the nearest class; they are no class: 0 in every channel."),
        Wrong("outside is background", lambda mask, k, n: np.where((mask < 0) | (mask >= n), 0, mask) == k,
              "numbers outside become the **background**, class 0; they are no class: 0 in every channel."),
        Wrong("255 is background", lambda mask, k, n: np.where(mask == 255, 0, mask) == k,
              "**255** becomes the background, class 0; it is no class: 0 in every channel."),
        Wrong("outside is the last class", lambda mask, k, n: np.where((mask < 0) | (mask >= n), n - 1, mask) == k,
              "numbers outside become the **last** class; they are no class: 0 in every channel."),
        Wrong("one too early, round the start", lambda mask, k, n: np.where(mask <= 0, mask - 1 + n, mask - 1) == k,
              "you take **1** off the class: 0 becomes the last one. They are counted from 0."),
        Wrong("taken modulo n", lambda mask, k, n: mask % n == k,
              "numbers outside come round again, **modulo n**; they are no class: 0 in every channel."),
        Wrong("outside is NaN", lambda mask, k, n: np.where((mask < 0) | (mask >= n), math.nan, mask == k),
              "numbers outside become **NaN**; they get 0 in every channel."),
        Wrong("a class and all below", lambda mask, k, n: mask >= k,
              "channel k is 1 where the number is **k or more**, so a pixel of class 2 has the classes 0 and 1 as "
              "well. `==`, not `>=`."),
        Wrong("a class and all above", lambda mask, k, n: mask <= k,
              "channel k is 1 where the number is **k or less**. `==`, not `<=`."),
        Wrong("a class and all below, nothing outside", lambda mask, k, n: (mask >= k) & (mask < n),
              "channel k is 1 where the number is **k or more**, so a pixel of class 2 has the classes 0 and 1 as "
              "well. `==`, not `>=`."),
        Wrong("a class and all above, nothing outside", lambda mask, k, n: (mask <= k) & (mask >= 0),
              "channel k is 1 where the number is **k or less**. `==`, not `<=`."),
        Wrong("inverted", lambda mask, k, n: mask != k,
              "your channels are **inverted**: 0 where the pixel has the class."),
        Wrong("−1 for no", lambda mask, k, n: np.where(mask == k, 1, -1),
              "where a pixel does not have the class you write **−1**; 0 is asked for."),
        Wrong("255 for no", lambda mask, k, n: np.where(mask == k, 1, 255),
              "where a pixel does not have the class you write **255**; 0 is asked for."),
        Wrong("class 0 left empty", lambda mask, k, n: (mask == k) & (k > 0),
              "the channel of class **0** is empty; the background is a class, too."),
        Wrong("neighbouring numbers, too", lambda mask, k, n: np.abs(mask - k) <= 1,
              "channel k is 1 for the **neighbouring** numbers, too. Names have no neighbours: `==`."),
        Wrong("255 for yes", lambda mask, k, n: 255 * (mask == k),
              "you write **255** where the pixel has the class; 1 is asked for."),
        Wrong("the distance of the numbers", lambda mask, k, n: np.abs(mask - k),
              "you write how **far** the number is from k; 1 where it is k, 0 elsewhere."),
        Wrong("the share in its channel", lambda mask, k, n: np.where(mask == k, mask / max(n - 1, 1), 0),
              "you write the class number, **scaled**, into its channel, so class 0 is never seen; write a 1."),
        Wrong("softened", lambda mask, k, n: np.exp(-np.abs(mask - k)),
              "your channels fade with the **distance** of the numbers. Class 2 is no nearer to 1 than to 5: 1 or 0."),
        Wrong("1 in every channel of a known pixel", lambda mask, k, n: ((mask >= 0) & (mask < n)) + 0 * k,
              "a pixel of a class gets 1 in **every** channel (`out[mask == k] = 1` without the channel); only "
              "channel k is to be 1: `out[mask == k, k] = 1`."),
        *(Wrong(f"outside is {words} in every channel",
                lambda mask, k, n, f=value: np.where((mask < 0) | (mask >= n), f(n), mask == k),
                f"numbers outside get **{words}** in every channel; they get 0.")
          for words, value in (("1", lambda n: 1), ("−1", lambda n: -1), ("1/n", lambda n: 1 / n))),
        Wrong("foreground or not", lambda mask, k, n: (mask > 0) + 0 * k,
              "every channel says whether the pixel is **foreground**; channel k is to say whether it has the class k."
              ""),
    ),
    layout=(
        lambda x, mask: x,
        Wrong("channels first", lambda x, mask: np.moveaxis(x, -1, 0),
              "your channels are the **first** axis, (n, H, W); here they are the last, (H, W, n)."),
        Wrong("a list of pixels", lambda x, mask: x.reshape(-1, x.shape[-1]),
              "the **rows** of the image are gone: the shape is to be (H, W, n)."),
        Wrong("rows and columns exchanged", lambda x, mask: np.swapaxes(x, 0, 1),
              "**rows and columns** of the image are exchanged."),
        Wrong("the columns last", lambda x, mask: np.swapaxes(x, 1, 2),
              "the channels stand **between** rows and columns; they are to be last."),
        Wrong("an axis for the batch", lambda x, mask: x[None],
              "there is an **axis for a batch** too many."),
        Wrong("channels beside each other", lambda x, mask: np.concatenate(np.moveaxis(x, -1, 0), axis=-1),
              "you put the channels **beside each other**, as columns; they get an axis of their own, the last one: "
              "`np.stack(..., axis=-1)`."),
        Wrong("any channel", lambda x, mask: x.any(axis=-1),
              "you ask whether the pixel has **any** class; a channel for each class is asked for."),
        Wrong("numbers again", lambda x, mask: x.argmax(axis=-1),
              "at the end you make class **numbers** of the channels again (`argmax`); the channels are asked for."),
        Wrong("shares of the classes", lambda x, mask: x.mean(axis=(0, 1)),
              "you return how **often** each class occurs; a channel for each class is asked for."),
        Wrong("the mask as well", lambda x, mask: np.concatenate([mask[..., None], x], axis=-1),
              "the mask itself is there as **one more channel**."),
    ),
)
# fmt: on


@class_channels.mistake("a channel for what is outside")
def _(mask, n):
    """there is **one channel too many**, n + 1: numbers outside get a channel of their own. They are no class: 0 in
    every channel, and there are n. For {case} you return `{got}`, expected `{expected}`. Look again at section 10."""
    return np.eye(n + 1)[np.where((mask < 0) | (mask >= n), n, mask).astype(int)]


@class_channels.mistake("channels first, then reshaped")
def _(mask, n):
    """you **reshape** to (n, H, W) and move the axis then: a reshape does not exchange axes, and the numbers get to
    other pixels and channels. A list of pixels with n numbers each becomes (H, W, n). For {case} you return `{got}`,
    expected `{expected}`. Look again at section 10."""
    return np.moveaxis(_channels_by_loops(mask, n).reshape(n, *mask.shape), 0, -1)


@class_channels.mistake("channels one after the other, then reshaped")
def _(mask, n):
    """you make the channels one **after the other** and reshape that to (H, W, n): a reshape does not exchange axes,
    and the numbers get to other pixels and channels. `np.stack(..., axis=-1)` puts the channels last. For {case} you
    return `{got}`, expected `{expected}`. Look again at section 10."""
    return np.moveaxis(_channels_by_loops(mask, n), -1, 0).reshape(*mask.shape, n)


@class_channels.mistake("the class as an index")
def _(mask, n):
    """you use the class as an **index** (`np.eye(n)[mask]`): 255 is beyond the end, −1 is the last class, and floats
    are no indices. For {case} you get `{got}`, expected `{expected}`. Compare with `np.arange(n)`: then a number
    outside belongs to no channel, section 10."""
    return np.eye(n)[mask]


@class_channels.mistake("the class as an index, after all")
def _(mask, n):
    """you use the class as an **index** (`np.eye(n)[...]`): 255 is beyond the end, and −1 is the last class. For {case}
    you get `{got}`, expected `{expected}`. Compare with `np.arange(n)`: then a number outside belongs to no channel,
    section 10."""
    return np.eye(n)[mask.astype(int)]


# --- 13.14 total variation --------------------------------------------------------------------------------------------


def _variations(rng):
    yield (np.array([[[3.0]]]),)
    yield (np.array([[[1.0], [4.0]]]),)
    yield (np.array([[[1, 2], [5, 0]]]),)
    yield (np.array([[[4.0], [4.0]], [[4.0], [1.0]]]),)
    yield (np.array([[[200], [10]], [[0], [255]]], np.uint8),)
    yield (np.full((2, 3, 1), 0.5),)
    yield (rng.integers(0, 256, (3, 2, 3)).astype(np.uint8),)
    for shape in ((3, 4, 1), (2, 3, 3), (5, 2, 2), (4, 4, 3)):
        yield (np.round(rng.random(shape), 2),)


def _variation_by_loops(image):
    h, w, c = image.shape
    total = []
    for i, j, k in itertools.product(range(h), range(w), range(c)):
        for other in ((i + 1, j), (i, j + 1)):
            if other[0] < h and other[1] < w:
                total.append(abs(float(image[(*other, k)]) - float(image[i, j, k])))
    return math.fsum(total)


total_variation = FunctionExercise(
    "13.14",
    "Total variation",
    cases=_variations,
    oracle=_variation_by_loops,
    solution="""
    import numpy as np

    def total_variation(image):
        image = image.astype(float)
        down = image[1:] - image[:-1]
        right = image[:, 1:] - image[:, :-1]
        return np.abs(down).sum() + np.abs(right).sum()
    """,
    example=(np.array([[[1, 0], [4, 2]], [[2, 2], [9, 1]]]),),
    hints=(
        "Every two neighbours once: one below the other, and one beside the other.",
        "`image[1:] - image[:-1]` are the differences down a column. Bytes have to be floats first.",
        "The sum of the absolute values of `image[1:] - image[:-1]` and of `image[:, 1:] - image[:, :-1]`.",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-5,
    fixed=("image.ndim",),
)


def _differences(image, axis):
    return np.diff(image, axis=axis)


def _varying(convert, pieces, size, total):
    def vary(image):
        with np.errstate(all="ignore"):
            found = [size(piece, k) for k, piece in enumerate(pieces(convert(image)))]
            return total(found, image.shape)

    return vary


def _add(found, shape):
    return sum(float(np.asarray(piece, float).sum()) for piece in found)


# fmt: off
total_variation.choices(
    _varying,
    place="(13.11)",
    convert=(
        lambda image: image.astype(float),
        Wrong("bytes that wrap around", lambda image: image,
              "you subtract **bytes**: 10 − 12 is 254 there. Convert to floats first: `.astype(float)`."),
        Wrong("bytes made fractions", lambda image: image / 255 if image.dtype == np.uint8 else image.astype(float),
              "you divide bytes by **255** first; take them as they are."),
        Wrong("signed bytes", lambda image: image.astype(np.int8) if image.dtype == np.uint8 else image.astype(float),
              "you convert bytes to **signed bytes** (`int8`), which end at 127. Convert to floats: `.astype(float)`."),
        Wrong("everything divided by 255", lambda image: image / 255,
              "you divide by **255** first; take the image as it is."),
        Wrong("the channels averaged first", lambda image: image.astype(float).mean(axis=-1, keepdims=True),
              "you average the **channels** first: a change from red to green may be lost. Each channel counts."),
        Wrong("the channels added first", lambda image: image.astype(float).sum(axis=-1, keepdims=True),
              "you add the **channels** first: a change from red to green is lost. Each channel counts."),
        Wrong("the largest of the channels", lambda image: image.astype(float).max(axis=-1, keepdims=True),
              "you take the **largest** channel of each pixel first. Each channel counts."),
        Wrong("the first channel only", lambda image: image[..., :1].astype(float),
              "you look at the **first** channel only."),
    ),
    pieces=(
        lambda x: [_differences(x, 0), _differences(x, 1)],
        Wrong("along the rows only", lambda x: [_differences(x, 1)],
              "neighbours **in a column** (one below the other) are missing."),
        Wrong("down the columns only", lambda x: [_differences(x, 0)],
              "neighbours **in a row** (one beside the other) are missing."),
        Wrong("between the channels as well", lambda x: [_differences(x, k) for k in range(3)],
              "you take differences between the **channels** as well (`axis=-1`); those are no neighbours in the "
              "image."),
        Wrong("down the columns and between the channels", lambda x: [_differences(x, 0), _differences(x, 2)],
              "your second axis is that of the **channels** (`axis=-1`); neighbours in a row lie along axis 1."),
        Wrong("along the rows and between the channels", lambda x: [_differences(x, 1), _differences(x, 2)],
              "your axes are 1 and 2, as in a **batch**; a single image has its rows along axis 0 and its columns "
              "along axis 1."),
        Wrong("down the columns twice", lambda x: [_differences(x, 0), _differences(x, 0)],
              "you count neighbours **in a column** twice, and those in a row not at all."),
        Wrong("along the rows twice", lambda x: [_differences(x, 1), _differences(x, 1)],
              "you count neighbours **in a row** twice, and those in a column not at all."),
        Wrong("round the end", lambda x: [x - np.roll(x, 1, 0), x - np.roll(x, 1, 1)],
              "`np.roll` goes **round the end**: the last pixel and the first are no neighbours."),
        Wrong("every pair twice", lambda x: [_differences(x, k) for k in (0, 1, 0, 1)],
              "you count every pair of neighbours **twice**, once from each side."),
        Wrong("diagonals as well", lambda x: [_differences(x, 0), _differences(x, 1), x[1:, 1:] - x[:-1, :-1],
                                              x[1:, :-1] - x[:-1, 1:]],
              "you count neighbours on a **diagonal** as well."),
        Wrong("diagonals only", lambda x: [x[1:, 1:] - x[:-1, :-1], x[1:, :-1] - x[:-1, 1:]],
              "you count neighbours on a **diagonal**; those in a row and in a column are asked for."),
        Wrong("down and right at once", lambda x: [x[1:, 1:] - x[:-1, :-1]],
              "you go down **and** to the right at once; each by itself is asked for."),
        Wrong("every second pixel", lambda x: [x[2:] - x[:-2], x[:, 2:] - x[:, :-2]],
              "your differences go over **two** pixels (as central differences do); neighbours are one apart."),
        Wrong("the last row and column left out",
              lambda x: [_differences(x, 0)[:, :-1], _differences(x, 1)[:-1]],
              "you leave out the **last row and the last column**: the pairs along them are neighbours, too."),
        Wrong("the first row and column left out",
              lambda x: [_differences(x, 0)[:, 1:], _differences(x, 1)[1:]],
              "you leave out the **first row and the first column**: the pairs along them are neighbours, too."),
        Wrong("one long row", lambda x: [np.diff(x.ravel())],
              "you make the image **one long row** first: then a channel is the neighbour of the next one, and the end "
              "of a row that of the next row's start."),
        Wrong("the distance from the mean", lambda x: [x - x.mean()],
              "you sum up how far pixels lie from the **mean**; neighbours are compared with each other."),
        Wrong("the first row and column against all", lambda x: [x[1:] - x[:1], x[:, 1:] - x[:, :1]],
              "you compare everything with the **first** row and column; neighbours are compared with each other."),
        Wrong("second differences", lambda x: [np.diff(x, 2, 0), np.diff(x, 2, 1)],
              "you take the differences **twice**."),
        Wrong("zeros after the end", lambda x: [np.diff(x, axis=0, append=0), np.diff(x, axis=1, append=0)],
              "you compare the last pixels with a **0** outside of the image; outside there is no neighbour."),
        Wrong("zeros all around",
              lambda x: [_differences(np.pad(x, ((1, 1), (1, 1), (0, 0))), k) for k in (0, 1)],
              "you put **zeros** around the image (`np.pad`): its edges then count as steps; outside there is no "
              "neighbour."),
        Wrong("the rim repeated",
              lambda x: [_differences(np.pad(x, ((1, 1), (1, 1), (0, 0)), mode="edge"), k) for k in (0, 1)],
              "you **repeat** the rim around the image (`np.pad`, \"edge\"): the differences along it then count "
              "twice; outside there is no neighbour."),
        Wrong("a frame of zeros", lambda x: [np.diff(x, axis=0, prepend=0), np.diff(x, axis=1, prepend=0)],
              "you compare the first pixels with a **0** outside of the image; outside there is no neighbour."),
    ),
    size=(
        lambda d, k: np.abs(d),
        Wrong("squares", lambda d, k: np.square(d),
              "you **square** the differences: one strong edge would then cost more than many small steps, and edges "
              "become soft. The absolute value is asked for."),
        Wrong("the absolute value missing", lambda d, k: d,
              "the **absolute value** is missing: up and down cancel."),
        Wrong("the absolute value missing, the other way round", lambda d, k: -np.asarray(d, float),
              "the **absolute value** is missing, and you subtract the other way round: up and down cancel."),
        Wrong("the absolute value of the sums", lambda d, k: np.abs(np.sum(d)),
              "you take the absolute value of the **sum**: up and down cancel before."),
        Wrong("the largest of each direction", lambda d, k: np.max(np.abs(d)) if np.size(d) else np.float64(0),
              "you take the **largest** difference of each direction; their sum is asked for."),
        Wrong("rises only", lambda d, k: np.maximum(d, 0),
              "you count **rises** only, and no falls."),
        Wrong("changes counted", lambda d, k: d != 0,
              "you **count** the places that change; how much they change is asked for."),
        Wrong("roots", lambda d, k: np.sqrt(np.abs(d)),
              "you take the **root** of the differences."),
        Wrong("half of the first direction", lambda d, k: np.abs(d) / (1 if k else 2),
              "the differences **down the columns** are halved."),
        Wrong("half of the second direction", lambda d, k: np.abs(d) / (2 if k else 1),
              "the differences **along the rows** are halved."),
        Wrong("halves", lambda d, k: np.abs(d) / 2,
              "your differences are **halved**."),
        Wrong("the length of all differences", lambda d, k: np.sqrt(np.sum(np.asarray(d, float) ** 2)),
              "you take the **length** of all differences of a direction (`np.linalg.norm`); the sum of the absolute "
              "values is asked for."),
        Wrong("the absolute value missing in the first direction", lambda d, k: np.abs(d) if k else d,
              "the **absolute value** is missing in the first direction, down the columns."),
        Wrong("the absolute value missing in the second direction", lambda d, k: d if k else np.abs(d),
              "the **absolute value** is missing in the second direction, along the rows."),
        Wrong("squares in the first direction", lambda d, k: np.abs(d) if k else np.square(d),
              "you **square** the differences down the columns."),
        Wrong("squares in the second direction", lambda d, k: np.square(d) if k else np.abs(d),
              "you **square** the differences along the rows."),
    ),
    total=(
        _add,
        Wrong("divided by the entries", lambda found, shape: _add(found, shape) / np.prod(shape),
              "you **divide** by the number of entries of the image; the sum is asked for."),
        Wrong("divided by the pixels", lambda found, shape: _add(found, shape) / np.prod(shape[:2]),
              "you **divide** by the number of pixels; the sum is asked for."),
        Wrong("divided by the channels", lambda found, shape: _add(found, shape) / shape[-1],
              "you take the **mean** over the channels; the sum is asked for."),
        Wrong("means added",
              lambda found, shape: sum(float(np.mean(piece)) if np.size(piece) else 0 for piece in found),
              "you add the **means** of both directions; the sum is asked for."),
        Wrong("one mean of all pairs",
              lambda found, shape: _add(found, shape) / max(sum(np.size(piece) for piece in found), 1),
              "you take the **mean** over all pairs; the sum is asked for."),
        Wrong("the directions multiplied", lambda found, shape: math.prod(_add([piece], shape) for piece in found),
              "you **multiply** the two directions; they are added."),
        Wrong("the directions subtracted", lambda found, shape: _add(found[:1], shape) - _add(found[1:], shape),
              "you **subtract** the two directions; they are added."),
        Wrong("the directions apart", lambda found, shape: [_add([piece], shape) for piece in found],
              "you return the two directions **apart**; they are added."),
        Wrong("the larger direction", lambda found, shape: max(_add([piece], shape) for piece in found),
              "you take the **larger** of the two directions; they are added."),
        Wrong("the root of the whole", lambda found, shape: np.sqrt(_add(found, shape)),
              "you take the **root** of the whole."),
        Wrong("a number for each channel", lambda found, shape: np.sum(
                  [np.asarray(piece, float).sum(axis=(0, 1)) for piece in found if np.ndim(piece)], axis=0),
              "you return a number for **each channel**; one for the image is asked for."),
        Wrong("the largest difference", lambda found, shape: max(
                  [float(np.max(piece)) for piece in found if np.size(piece)], default=0.0),
              "you return the **largest** difference; the sum is asked for."),
    ),
)
# fmt: on


@total_variation.mistake("the length of the gradient")
def _(image):
    """you take the **length** of the gradient at each pixel, √(down² + right²): the isotropic total variation. Here the
    two directions are added. For {case} you return `{got}`, expected `{expected}`. Look again at (13.11)."""
    x = image.astype(float)
    down = np.diff(x, axis=0, append=x[-1:])
    right = np.diff(x, axis=1, append=x[:, -1:])
    return np.sqrt(down**2 + right**2).sum()


@total_variation.mistake("the length of the gradient without the rim")
def _(image):
    """you take the **length** of the gradient, √(down² + right²), and leave out the last row and column. Here the two
    directions are added, over all neighbours. For {case} you return `{got}`, expected `{expected}`. Look again at
    (13.11)."""
    x = image.astype(float)
    return np.sqrt(np.diff(x, axis=0)[:, :-1] ** 2 + np.diff(x, axis=1)[:-1] ** 2).sum()


@total_variation.mistake("means added, of nothing, too")
def _(image):
    """you add the **means** of both directions (NaN where a direction has no neighbours); the sum is asked for. For
    {case} you return `{got}`, expected `{expected}`. Look again at (13.11)."""
    x = image.astype(float)
    return sum(np.abs(np.diff(x, axis=k)).sum() / np.float64(np.diff(x, axis=k).size) for k in (0, 1))


@total_variation.mistake("central differences")
def _(image):
    """`np.gradient` takes **central** differences, half of a step over two pixels. For {case} you return `{got}`,
    expected `{expected}`. The differences of neighbours are asked for, `np.diff`, (13.11)."""
    return sum(np.abs(np.gradient(image.astype(float), axis=k)).sum() for k in (0, 1))


@total_variation.mistake("both directions added before the absolute value")
def _(image):
    """you **add** the differences down and to the right, and take the absolute value then: they may cancel. First the
    absolute values. For {case} you return `{got}`, expected `{expected}`. Look again at (13.11)."""
    x = image.astype(float)
    return np.abs(np.diff(x, axis=0)[:, :-1] + np.diff(x, axis=1)[:-1]).sum()


@total_variation.mistake("the range")
def _(image):
    """that is the **range**, largest minus smallest, which does not know who is whose neighbour. For {case} you return
    `{got}`, expected `{expected}`. Look again at (13.11)."""
    return np.ptp(image.astype(float))


@total_variation.mistake("the spread")
def _(image):
    """that is the **standard deviation** of all pixels, which does not know who is whose neighbour. For {case} you
    return `{got}`, expected `{expected}`. Look again at (13.11)."""
    return image.astype(float).std()


# --- 13.15 which claim holds? -----------------------------------------------------------------------------------------

which_claim = ChoiceExercise(
    "13.15",
    "Which claim holds?",
    options={
        "a": "The cycle loss is 0, so G maps every x to the y that belongs to it.",
        "b": "The generator gets noise as an input channel, so the same mask gives different images.",
        "c": "Masks of the test set may be used to make synthetic training pairs, since their images are not touched.",
        "d": "The masks come back with Dice .95: the images are such that this segmentation network finds the masks in "
        "them, no more.",
    },
    answer="d",
    reasons={
        "a": 'nothing says "that belongs to it". Any G with any F that undoes it has the cycle loss 0, also one that '
        "exchanges the groups: it sees only that nothing is lost on the way, (13.6).",
        "b": '"gets noise" is not *uses* noise. The L1 term pulls all images of a mask to one answer, and a generator '
        "may set the weights of that channel to nearly 0. Measure it: draw twice for one mask, section 6.",
        "c": '"not touched" are the images, but the test masks are answers. A network that has trained on them knows '
        "shapes and places that it is to be asked for. Masks for synthetic pairs come from the training set, "
        "section 13.",
        "d": '"no more": a score of one network. An image that is the mask itself would score as well, and a second '
        "look (do the images look like photographs, do two draws differ?) is needed, section 6.",
    },
    hints=(
        "Three of them say more than what was measured.",
        "What would a generator have to do that satisfies the first half of the sentence and not the second?",
        "Swap two groups there and back; ignore a channel; learn the answers by heart.",
    ),
)
