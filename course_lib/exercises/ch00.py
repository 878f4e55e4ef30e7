"""Exercises of chapter 00, Start here: two small ones, to see how checks, hints and solutions work."""

import numpy as np

from course_lib.teaching.engine import FunctionExercise

HALF_BRIGHT = (np.array([[1, 5], [9, 9]]), 5)


def _images_and_thresholds(rng):
    for shape in ((2, 3), (3, 3), (4, 2), (6, 5), (9, 7)):
        yield rng.integers(0, 12, shape), int(rng.integers(2, 9))
    yield rng.integers(0, 256, (5, 8), dtype=np.uint8), 200  # bytes: most of them less the threshold would wrap around
    yield np.array([[0.25, 0.5], [0.75, 0.5], [-0.5, 1.0]]), 0.5
    yield rng.random((7, 4)), 0.3
    yield rng.integers(-9, 9, (1, 6)), -2.5
    yield np.full((2, 4), 7), 7
    yield np.full((3, 2), 7.5), 7


share_above = FunctionExercise(
    "0.1",
    "How much of the image is bright?",
    cases=_images_and_thresholds,
    fixed=("image.ndim",),
    oracle=lambda image, threshold: sum(v > threshold for v in np.ravel(image).tolist()) / np.size(image),
    solution="""
    def share_above(image, threshold):
        return (image > threshold).mean()
    """,
    example=(np.array([[1, 5], [9, 5]]), 5),
    hints=(
        "`image > threshold` gives an array of True and False, one for each pixel.",
        "True counts as 1 and False as 0. What is the mean of such an array?",
        "`return (image > threshold).mean()`",
    ),
)


@share_above.mistake("a count instead of a share", example=HALF_BRIGHT)
def _(image, threshold):
    """you return the **number** of bright pixels. For `image = [[1, 5], [9, 9]]` and `threshold = 5` that is `2`; as a
    share it is 2 of 4, so 0.5. Divide by the number of pixels: see section 2."""
    return np.sum(image > threshold)


@share_above.mistake("equal counts as brighter")
def _(image, threshold):
    """you also count pixels that are **equal** to the threshold. For `image = [[1, 5], [9, 5]]` and `threshold = 5` you
    return `0.75`; only the 9 is *brighter* than 5. See how section 2 makes its mask."""
    return np.mean(image >= threshold)


@share_above.mistake("percent")
def _(image, threshold):
    """you return **percent**: `25` for the small example. A share goes from 0 to 1, as in section 2."""
    return 100 * np.mean(image > threshold)


@share_above.mistake("the dark pixels", example=(np.array([[1, 5, 2], [9, 5, 0]]), 5))
def _(image, threshold):
    """you return the share of the **other** pixels, those that are not brighter. For `image = [[1, 5, 2], [9, 5, 0]]`
    and `threshold = 5` you return `0.8333`; only the 9 is brighter, 1 of 6. See section 2."""
    return np.mean(image <= threshold)


@share_above.mistake("the mean of the bright values")
def _(image, threshold):
    """you average the bright **values**: `2.25` for the small example. Only whether a pixel is brighter counts, not by
    how much: average the mask of section 2 itself."""
    return np.mean(image * (image > threshold))


@share_above.mistake("the bright values averaged among themselves")
def _(image, threshold):
    """you pick out the bright pixels and average their **values**. For `image = [[1, 5], [9, 5]]` and `threshold = 5`
    you return `9`, the value of the one bright pixel. Asked is how many pixels are bright, not how bright they are:
    average the mask of section 2 itself."""
    return image[image > threshold].mean()


@share_above.mistake("divided by the number of rows")
def _(image, threshold):
    """you divide by the number of **rows**: that is what `len` gives for an image. For `image = [[1, 5], [9, 5]]` and
    `threshold = 5` you return `0.5`; 1 of 4 pixels is brighter, so 0.25. The number of pixels is `image.size`: see
    section 2."""
    return np.sum(image > threshold) / len(image)


@share_above.mistake("the mean brightness compared", example=HALF_BRIGHT)
def _(image, threshold):
    """you average first and **compare afterwards**: the answer can only be 0 or 1. For `image = [[1, 5], [9, 9]]` and
    `threshold = 5` you return `1`, as the mean is 6; 2 of 4 pixels are brighter, so 0.5. Compare every pixel first, as
    section 2 does, and then average."""
    return float(np.mean(image) > threshold)


@share_above.mistake("the strictly darker pixels", example=(np.array([[1, 5, 2, 0], [9, 5, 3, 4]]), 5))
def _(image, threshold):
    """you count the pixels that are **darker** than the threshold. For `image = [[1, 5, 2, 0], [9, 5, 3, 4]]` and
    `threshold = 5` you return `0.625`; only the 9 is brighter, 1 of 8. Turn the sign round: see the mask in section
    2."""
    return np.mean(image < threshold)


@share_above.mistake("divided without a rest")
def _(image, threshold):
    """`//` drops everything behind the point, and a share lies between 0 and 1. For `image = [[1, 5], [9, 5]]` and
    `threshold = 5` you return `0`, expected 0.25. Divide by `/`, or take the mean of the mask as in section 2."""
    return np.sum(image > threshold) // image.size


@share_above.mistake("whether any pixel is bright")
def _(image, threshold):
    """you ask **whether** any pixel is brighter (`any`, or `max`), not how many are. For `image = [[1, 5], [9, 5]]` and
    `threshold = 5` you return `True`; 1 of 4 pixels is brighter, so 0.25. Average the mask of section 2."""
    return np.any(image > threshold)


def _mask_pairs(rng):
    for shape in ((2, 2), (3, 3), (4, 5), (6, 6), (8, 7), (10, 10)):
        a, b = rng.random(shape) < 0.5, rng.random(shape) < 0.4
        a.flat[0], b.flat[0], b.flat[-1] = True, True, True
        yield a, b
    yield np.zeros((2, 3), bool), rng.random((2, 3)) < 2
    yield np.array([[1, 1, 0, 0, 0]], bool), np.array([[0, 0, 0, 1, 1]], bool)
    yield (rng.random((4, 1)) < 2,) * 2
    yield rng.random((20, 14)) < 2, rng.random((20, 14)) < 0.97  # more than a byte can count


def _dice_by_sets(prediction, truth):
    p, t = ({tuple(i) for i in np.argwhere(mask)} for mask in (prediction, truth))
    return 2 * len(p & t) / (len(p) + len(t))


dice_score = FunctionExercise(
    "0.2",
    "The Dice score",
    cases=_mask_pairs,
    fixed=("prediction.ndim", "prediction.dtype", "truth.ndim", "truth.dtype"),
    oracle=_dice_by_sets,
    solution="""
    def dice_score(prediction, truth):
        return 2 * (prediction & truth).sum() / (prediction.sum() + truth.sum())
    """,
    example=(np.array([[1, 1, 0], [1, 0, 0]], bool), np.array([[0, 1, 0], [1, 1, 1]], bool)),
    hints=(
        "`&` of two boolean arrays is True where both are. `.sum()` counts.",
        "Three counts are needed: of the common pixels, of the prediction, of the truth.",
        "`2 * (prediction & truth).sum() / (prediction.sum() + truth.sum())`",
    ),
)


@dice_score.mistake("the 2 forgotten")
def _(p, t):
    """exactly half of the right value: the **2** is missing. Then two equal masks would score ½. For the example in
    (0.1), with 2 common pixels, 3 and 4 in the masks, you return `0.2857`."""
    return np.sum(p & t) / (np.sum(p) + np.sum(t))


@dice_score.mistake("IoU instead of Dice")
def _(p, t):
    """you divide by the **union**. That is the other famous score, IoU or Jaccard; chapter 09 compares them. With 2
    common pixels and 5 in the union you return `0.4`. In (0.1) the two sizes are added."""
    return np.sum(p & t) / np.sum(p | t)


@dice_score.mistake("pixel accuracy")
def _(p, t):
    """you count **all** pixels on which the masks agree, the background too. That is pixel accuracy: an empty
    prediction would score high on any image with a large background. Here you return `0.5`. See (0.1)."""
    return np.mean(p == t)


@dice_score.mistake("divided by the truth only", example=(np.array([[1, 1, 1]], bool), np.array([[1, 0, 0]], bool)))
def _(p, t):
    """you divide by the size of the **truth** only: that is the recall, and calling everything foreground would make it
    1. For `prediction = [[1, 1, 1]]` and `truth = [[1, 0, 0]]` you return `1`; by (0.1) it is 2 · 1 / (3 + 1) = 0.5."""
    return np.sum(p & t) / np.sum(t)


@dice_score.mistake(
    "divided by the prediction only", example=(np.array([[1, 1, 1, 1, 0]], bool), np.array([[1, 0, 0, 0, 0]], bool))
)
def _(p, t):
    """you divide by the size of the **prediction** only: that is the precision, and marking one safe pixel would make
    it 1. For `prediction = [[1, 1, 1, 1, 0]]` and `truth = [[1, 0, 0, 0, 0]]` you return `0.25`; by (0.1) it is 2 · 1 /
    (4 + 1), which is 2/5."""
    return np.sum(p & t) / np.sum(p)


@dice_score.mistake("all pixels counted")
def _(p, t):
    """below the line you count **all** pixels of both arrays (`size`), not those that are True (`sum()`). With 2 common
    pixels in two masks of 2 × 3 you return `0.3333`. In (0.1) |P| and |T| are the pixels inside the masks."""
    return 2 * np.sum(p & t) / (p.size + t.size)


@dice_score.mistake("the union instead of the sum", example=(np.array([[1, 1, 0]], bool), np.array([[1, 1, 0]], bool)))
def _(p, t):
    """below the line you count the **union** (`p | t`; for booleans `p + t` is the same thing). Then two equal masks of
    two pixels score `2`. Count each mask on its own, then add: (0.1)."""
    return 2 * np.sum(p & t) / np.sum(p | t)


@dice_score.mistake("1 added above and below")
def _(p, t):
    """you add **1** above and below the line, as losses do so that they never divide by 0. The score itself has no such
    1, and the masks here are not both empty. With 2 common pixels, 3 and 4 in the masks, you return `0.625`; by (0.1)
    it is 4/7."""
    return (2 * np.sum(p & t) + 1) / (np.sum(p) + np.sum(t) + 1)


@dice_score.mistake("1 added below", example=(np.array([[1, 1]], bool), np.array([[1, 1]], bool)))
def _(p, t):
    """you add **1** below the line, so that even two equal masks do not score 1. For `prediction = [[1, 1]]` and
    `truth = [[1, 1]]` you return `0.8`; by (0.1) it is 2 · 2 / (2 + 2) = 1. Nothing has to keep you from dividing by 0:
    the masks are not both empty."""
    return 2 * np.sum(p & t) / (np.sum(p) + np.sum(t) + 1)


@dice_score.mistake("the union above the line")
def _(p, t):
    """above the line you count the **union** (`|`), the pixels that are in one mask or in the other. With 5 of them,
    and 3 and 4 pixels in the masks, you return `1.429`, and a score cannot exceed 1. In (0.1) only the *common* pixels
    count: `&`."""
    return 2 * np.sum(p | t) / (np.sum(p) + np.sum(t))
