"""Exercises of chapter 01: images. Oracles that need SciPy or scikit-image import it when they are called."""

import numpy as np

from course_lib.classical import color, noise, restoration, warp
from course_lib.teaching.engine import ChoiceExercise, FunctionExercise, Misconception, ValueExercise

# 1.1 -----------------------------------------------------------------------------------------------------------------

COUNTING = (np.arange(20).reshape(4, 5), 2, 1, 3, 2)


def _crops(rng):
    for rows, columns in ((4, 6), (7, 5), (8, 12), (20, 9)):
        x, y = int(rng.integers(0, columns - 3)), int(rng.integers(0, rows - 3))
        yield rng.integers(0, 256, (rows, columns)), x, y, int(rng.integers(1, columns - x)), int(rng.integers(1, 3))
    yield rng.normal(size=(5, 6)), 1, 0, 2, 4
    yield rng.integers(0, 256, (6, 4), dtype=np.uint8), 0, 3, 4, 3  # up to the last row and column
    yield rng.random((4, 7)), 6, 3, 1, 1


def _crop_by_loops(image, x, y, width, height):
    return np.array([[image[y + i][x + j] for j in range(width)] for i in range(height)])


def _cut(image, x, y, width, height):
    """As the solution does it; from a negative place Python counts from the other end."""
    return image[y : y + height, x : x + width]


crop = FunctionExercise(
    number="1.1",
    title="Cut out a rectangle",
    statement="Write `crop(image, x, y, width, height)`: the rectangle whose first pixel is the point (x, y).",
    signature="crop(image, x, y, width, height)",
    cases=_crops,
    fixed=("image.ndim",),
    oracle=_crop_by_loops,
    solution="""
    def crop(image, x, y, width, height):
        return image[y : y + height, x : x + width]
    """,
    misconceptions=[
        Misconception(
            "rows and columns exchanged",
            lambda image, x, y, width, height: image[x : x + width, y : y + height],
            "you index **(x, y)** where an array wants **(row, column)**. For x = 2, y = 1, width = 3, height = 2 "
            "in a table that counts from 0 to 19 you return `[[11, 12], [16, 17]]`, expected `[[7, 8, 9], [12, 13, "
            "14]]`: y chooses the row.",
            reread="section 1",
            example=COUNTING,
        ),
        Misconception(
            "size taken for the end",
            lambda image, x, y, width, height: image[y:height, x:width],
            "your slice stops **at** `height` and `width`, counted from the corner of the image, not from (x, y). "
            "For x = 2, y = 1, width = 3, height = 2 you return `[[7]]`. A slice is start : end, and the end is "
            "start + size.",
            reread="section 1",
            example=COUNTING,
        ),
        Misconception(
            "end included",
            lambda image, x, y, width, height: image[y : y + height + 1, x : x + width + 1],
            "you count the end in: a slice leaves its end out by itself. For x = 2, y = 1, width = 3, height = 2 "
            "you return three rows, `[[7, 8, 9], [12, 13, 14], [17, 18, 19]]`, instead of two.",
            reread="section 1",
            example=COUNTING,
        ),
        Misconception(
            "width and height exchanged",
            lambda image, x, y, width, height: image[y : y + width, x : x + height],
            "the corner is right, but **width and height** have changed places. For x = 2, y = 1, width = 3, height = "
            "2 you return `[[7, 8], [12, 13], [17, 18]]`: the width counts columns, the height counts rows.",
            reread="section 1",
            example=COUNTING,
        ),
        Misconception(
            "both slices along the rows",
            lambda image, x, y, width, height: image[y : y + height][x : x + width],
            "you slice twice, one slice behind the other: both act on the **rows**. For x = 1, y = 1, width = 3, "
            "height = 2 in a table that counts from 0 to 19 you return `[[10, 11, 12, 13, 14]]`, a whole row. "
            "Inside one pair of brackets a comma leads to the columns: `image[rows, columns]`.",
            reread="section 1",
            example=(COUNTING[0], 1, 1, 3, 2),
        ),
        Misconception(
            "counted from one",
            lambda image, x, y, width, height: _cut(image, x - 1, y - 1, width, height),
            "you count rows and columns **from 1**, so your rectangle begins one pixel too early. For x = 2, y = "
            "1, width = 3, height = 2 you return `[[1, 2, 3], [6, 7, 8]]`, expected `[[7, 8, 9], [12, 13, 14]]`. "
            "The first pixel of an image is (0, 0).",
            reread="section 1",
            example=COUNTING,
        ),
        Misconception(
            "the corner's x and y exchanged",
            lambda image, x, y, width, height: _cut(image, y, x, width, height),
            "your rectangle has the right size, but its **corner** is at row x and column y. For x = 2, y = 1, "
            "width = 3, height = 2 in a table that counts from 0 to 19 you return `[[11, 12, 13], [16, 17, 18]]`, "
            "expected `[[7, 8, 9], [12, 13, 14]]`: y chooses the row.",
            reread="section 1",
            example=COUNTING,
        ),
        Misconception(
            "the point taken for the middle",
            lambda image, x, y, width, height: _cut(image, x - width // 2, y - height // 2, width, height),
            "you put the point (x, y) in the **middle** of the rectangle; it is its first pixel. For x = 2, y = "
            "1, width = 4, height = 2 in a 3 × 6 table that counts from 0 to 17 you return `[[0, 1, 2, 3], [6, 7, "
            "8, 9]]`, expected `[[8, 9, 10, 11], [14, 15, 16, 17]]`.",
            reread="section 1",
            example=(np.arange(18).reshape(3, 6), 2, 1, 4, 2),
        ),
    ],
    hints=(
        "Which of x and y chooses the row?",
        "Slice both axes: rows first. A slice `a : b` holds b - a entries.",
        "Rows run from y to y + height, columns from x to x + width.",
    ),
)

# 1.2 -----------------------------------------------------------------------------------------------------------------

UP = (np.array([200, 10], np.uint8), 100)
DOWN = (np.array([200, 10], np.uint8), -100)


def _brightenings(rng):
    for shape, amount in (((3,), 60), ((4,), -60), ((3, 5), 0), ((6, 4), 255), ((5, 5, 3), -200), ((8, 8), 90)):
        yield rng.integers(0, 256, shape, dtype=np.uint8), amount
    yield np.array([0, 1, 254, 255], np.uint8), -1
    yield np.array([[0, 1, 2], [253, 254, 255]], np.uint8), 2
    yield rng.integers(0, 256, (2, 4), dtype=np.uint8), 300
    yield rng.integers(0, 256, (4, 2), dtype=np.uint8), -300


def _stretched(values):
    return (255 * (values - values.min()) / (values.max() - values.min())).astype(np.uint8)


brighten = FunctionExercise(
    number="1.2",
    title="Brighter, without surprises",
    statement=(
        "Write `brighten(image, amount)` for a `uint8` image and a whole number; what leaves 0 ... 255 is clipped."
    ),
    signature="brighten(image, amount)",
    cases=_brightenings,
    fixed=("image.dtype",),
    oracle=lambda image, amount: np.array(
        [min(max(int(v) + amount, 0), 255) for v in np.ravel(image)], np.uint8
    ).reshape(np.shape(image)),
    solution="""
    import numpy as np

    def brighten(image, amount):
        return np.clip(image.astype(int) + amount, 0, 255).astype(np.uint8)
    """,
    misconceptions=[
        Misconception(
            "added in uint8",
            lambda image, amount: image + amount,
            "you add **in** `uint8`, so the sum wraps around at 256 before anything can be clipped: 200 + 100 gives "
            "44. For `[200, 10]` and 100 you return `[44, 110]`; a negative amount does not even fit the type. "
            "Widen first.",
            reread="(1.6)",
            example=UP,
        ),
        Misconception(
            "never clipped, or clipped too late",
            lambda image, amount: np.clip(image + np.array(amount).astype(np.uint8), 0, 255),
            "what leaves 0 ... 255 comes back **at the other end**. Either nothing clips it before it is made `uint8` "
            "again, or the sum is formed in `uint8`, which cannot leave the range and so leaves nothing to clip. Add "
            "in a wider type, *then* clip, *then* convert. For `[200, 10]` and -100 you return `[100, 166]`, expected "
            "`[100, 0]`.",
            reread="(1.6)",
            example=DOWN,
        ),
        Misconception(
            "clipped at the top only",
            lambda image, amount: np.minimum(image.astype(int) + amount, 255).astype(np.uint8),
            "bright pixels are clipped, but dark ones fall below 0 and come back from the other end. For `[200, "
            "30]` and -50 you return `[150, 236]`, expected `[150, 0]`.",
            reread="(1.6)",
            example=(np.array([200, 30], np.uint8), -50),
        ),
        Misconception(
            "rescaled instead of clipped",
            lambda image, amount: _rescaled(image.astype(float) + amount),
            "you squeeze the whole image into the range, so pixels that fitted already change as well. For `[200, "
            "10]` and 100 you return `[255, 94]`: the 110 was right as it was. Clipping touches only what is "
            "outside.",
            reread="section 3",
            example=UP,
        ),
        Misconception(
            "widened to int8",
            lambda image, amount: np.clip(image.astype(np.int8).astype(int) + amount, 0, 255).astype(np.uint8),
            "you convert to `int8`, which ends at 127: a pixel of 200 has become -56 **before** anything is "
            "added. For `[200, 10]` and -100 you return `[0, 0]`, expected `[100, 0]`. Take a type that holds "
            "more than a byte, such as `int` or `np.int16`.",
            reread="(1.6)",
            example=DOWN,
        ),
        Misconception(
            "clipped at the bottom only",
            lambda image, amount: np.maximum(image.astype(int) + amount, 0).astype(np.uint8),
            "dark pixels are clipped, but bright ones rise above 255 and come back from the other end. For `[200, "
            "30]` and 100 you return `[44, 130]`, expected `[255, 130]`.",
            reread="(1.6)",
            example=(np.array([200, 30], np.uint8), 100),
        ),
        Misconception(
            "stretched from 0 to 255",
            lambda image, amount: _stretched(image.astype(float) + amount),
            "you **stretch** the sum so that its darkest pixel is 0 and its brightest 255. What you added is lost "
            "again by that, whatever the amount. For `[200, 10]` and 100 you return `[255, 0]`, expected `[255, "
            "110]`. Clipping touches only what is outside.",
            reread="section 3",
            example=UP,
        ),
        Misconception(
            "clipped at 256",
            lambda image, amount: np.clip(image.astype(int) + amount, 0, 256).astype(np.uint8),
            "you clip at **256**, which is one more than a byte can hold: it comes back as 0. For `[200, 10]` and "
            "100 you return `[0, 110]`, expected `[255, 110]`. The largest value is 255.",
            reread="(1.6)",
            example=UP,
        ),
    ],
    hints=(
        "How many bits does the sum of two bytes need?",
        "Convert to a wider type before you add; clip on both sides; convert back last.",
        "`np.clip(image.astype(int) + amount, 0, 255)`, then back to `np.uint8`.",
    ),
    same_dtype=True,
)


def _rescaled(values):
    low, high = min(values.min(), 0), max(values.max(), 255)
    return np.rint(255 * (values - low) / (high - low)).astype(np.uint8)


# 1.3 -----------------------------------------------------------------------------------------------------------------

PAIR = (np.array([0.2]), np.array([0.8]))


DARK_PAIR = (np.array([0.01]), np.array([0.03]))


def _pairs(rng):
    for n in (1, 2, 5, 9, 30):
        yield rng.random(n), rng.random(n)
    yield rng.uniform(0, 0.03, 3), rng.uniform(0, 0.1, 3)
    yield np.array([0.0, 1.0, 0.0, 1.0]), np.array([0.0, 1.0, 1.0, 0.0])
    yield rng.random((2, 3)), rng.uniform(0, 0.05, (2, 3))
    yield rng.random((4, 2, 3)), rng.random((4, 2, 3))


def _mix_by_the_power_alone(v, w):
    light = (((v + 0.055) / 1.055) ** 2.4 + ((w + 0.055) / 1.055) ** 2.4) / 2
    return 1.055 * light ** (1 / 2.4) - 0.055


def _mix_by_the_standard(v, w):
    def decode(s):
        return s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4

    means = [(decode(a) + decode(b)) / 2 for a, b in zip(v.flat, w.flat, strict=True)]
    return np.reshape([12.92 * m if m <= 0.0031308 else 1.055 * m ** (1 / 2.4) - 0.055 for m in means], v.shape)


def _sum_of_light(v, w):
    return color.linear_to_srgb(np.minimum(color.srgb_to_linear(v) + color.srgb_to_linear(w), 1))


mix = FunctionExercise(
    number="1.3",
    title="Mix light",
    statement="Write `mix(v, w)`: stored sRGB values that show the mean of the light of v and w.",
    signature="mix(v, w)",
    cases=_pairs,
    fixed=("v.dtype", "w.dtype"),
    oracle=_mix_by_the_standard,
    solution="""
    from course_lib.classical import color

    def mix(v, w):
        light = (color.srgb_to_linear(v) + color.srgb_to_linear(w)) / 2
        return color.linear_to_srgb(light)
    """,
    misconceptions=[
        Misconception(
            "averaged the stored values",
            lambda v, w: (v + w) / 2,
            "you average the **gamma-coded** values. They are no amounts of light: for 0.2 and 0.8 you return "
            "`[0.5]`, while the light of the two together asks for about 0.6. Decode first.",
            reread="(1.8)",
            example=PAIR,
        ),
        Misconception(
            "not encoded again",
            lambda v, w: (color.srgb_to_linear(v) + color.srgb_to_linear(w)) / 2,
            "the mean is right as an amount of **light**, but a file stores encoded values: for 0.2 and 0.8 you "
            "return `[0.3185]`, far darker than it should look. The curve has to be applied once more, the other "
            "way.",
            reread="(1.8)",
            example=PAIR,
        ),
        Misconception(
            "encoded where it should decode",
            lambda v, w: color.srgb_to_linear((color.linear_to_srgb(v) + color.linear_to_srgb(w)) / 2),
            "you use the two curves in the wrong order: you **encode** what is already encoded. For 0.2 and 0.8 you "
            "return `[0.4415]`; that is darker than the plain mean, and the truth is brighter.",
            reread="(1.7)",
            example=PAIR,
        ),
        Misconception(
            "power 2.2 for the curve",
            lambda v, w: ((v**2.2 + w**2.2) / 2) ** (1 / 2.2),
            "you use the power 2.2. It comes close to sRGB but is another curve, with no straight piece near black: "
            "for 0.2 and 0.8 you return `[0.5962]`, and the standard gives a little more.",
            reread="(1.7)",
            example=PAIR,
        ),
        Misconception(
            "the straight piece left out",
            _mix_by_the_power_alone,
            "your curve is right for bright values and leaves out the **straight piece** near black, at or below "
            "0.04045. For 0.01 and 0.03 you return `[0.02093]`, expected `[0.02]`.",
            reread="(1.7)",
            example=DARK_PAIR,
        ),
        Misconception(
            "light added, not averaged",
            _sum_of_light,
            "you **add** the two lights and do not halve the sum: that is both lamps together. For 0.2 and 0.8 "
            "you return `[0.8192]`, brighter than either of them. Asked is the mean: divide by 2 before you "
            "encode.",
            reread="(1.8)",
            example=PAIR,
        ),
        Misconception(
            "power 2 for the curve",
            lambda v, w: np.sqrt((v**2 + w**2) / 2),
            "you decode with a **square** and encode with a square root. That comes close to sRGB but is another "
            "curve: for 0.2 and 0.8 you return `[0.5831]`, and the standard gives about 0.6. Use the two "
            "functions of (1.7).",
            reread="(1.7)",
            example=PAIR,
        ),
    ],
    hints=(
        "In which space is adding two lamps the same as adding two numbers?",
        "Decode both with (1.7), take the mean, and go back.",
        "`color.srgb_to_linear` for each, the mean, then `color.linear_to_srgb`.",
    ),
)

# 1.4 -----------------------------------------------------------------------------------------------------------------

BLUE_FIRST = (np.array([[[100, 0, 0]]], np.uint8),)


def _bgr_images(rng):
    for shape in ((1, 2, 3), (2, 3, 3), (4, 4, 3), (5, 7, 3)):
        yield (rng.integers(0, 256, shape, dtype=np.uint8),)
    yield (np.array([[[255, 255, 255], [0, 0, 0]], [[0, 255, 0], [0, 0, 255]], [[255, 0, 0], [1, 2, 3]]], np.uint8),)


THREE_PIXELS = (np.array([[[100, 0, 0]], [[0, 100, 0]], [[0, 0, 100]]], np.uint8),)

gray_from_opencv = FunctionExercise(
    number="1.4",
    title="Gray from OpenCV",
    statement="Write `gray(bgr)`: the BT.601 luma of an image as `cv2.imread` returns it, as floats 0 ... 255.",
    signature="gray(bgr)",
    cases=_bgr_images,
    fixed=("bgr.ndim", "bgr.dtype"),
    oracle=lambda bgr: color.luma(np.asarray(bgr)[..., ::-1]),
    solution="""
    def gray(bgr):
        blue, green, red = bgr[..., 0], bgr[..., 1], bgr[..., 2]
        return 0.299 * red + 0.587 * green + 0.114 * blue
    """,
    misconceptions=[
        Misconception(
            "BGR read as RGB",
            lambda bgr: np.asarray(bgr) @ [0.299, 0.587, 0.114],
            "you read the channels as **RGB**, but OpenCV delivers **BGR**: blue comes first. For the one pixel "
            "`[100, 0, 0]`, a dark blue, you return `[[29.9]]`, expected `[[11.4]]`.",
            reread="section 9",
            example=BLUE_FIRST,
        ),
        Misconception(
            "plain mean of the channels",
            lambda bgr: np.mean(bgr, axis=-1),
            "you take the plain mean. Eyes do not: green counts most and blue least. For a blue of 100 you return "
            "`[[33.33]]`, three times its luma.",
            reread="(1.9)",
            example=BLUE_FIRST,
        ),
        Misconception(
            "weights of BT.709",
            lambda bgr: np.asarray(bgr) @ [0.0722, 0.7152, 0.2126],
            "the order is right, but these are the weights of **BT.709**; asked for is BT.601. For a blue of 100 you "
            "return `[[7.22]]`.",
            reread="(1.9)",
            example=BLUE_FIRST,
        ),
        Misconception(
            "weights of scikit-image",
            lambda bgr: np.asarray(bgr) @ [0.0721, 0.7154, 0.2125],
            "the order is right, but these are the weights of **scikit-image**, an older rounding of BT.709; asked "
            "for is BT.601. For a blue of 100 you return `[[7.21]]`.",
            reread="(1.9)",
            example=BLUE_FIRST,
        ),
        Misconception(
            "rows taken for channels",
            lambda bgr: 0.114 * bgr[0] + 0.587 * bgr[1] + 0.299 * bgr[2],
            "`bgr[0]` is the first **row** of the image, not its blue channel. For three pixels below each other, "
            "of blue, green and red 100, you return `[[11.4, 58.7, 29.9]]`: one number for each channel instead "
            "of one for each pixel. The channels are the last axis: `bgr[..., 0]`.",
            reread="section 1",
            example=THREE_PIXELS,
        ),
    ],
    hints=(
        "Which colour is `bgr[..., 0]`?",
        "Name the three channels first, then write down the sum (1.9).",
        "`0.114 * bgr[..., 0] + 0.587 * bgr[..., 1] + 0.299 * bgr[..., 2]`.",
    ),
)

# 1.5 -----------------------------------------------------------------------------------------------------------------

FIVE_PIXELS = (np.array([0, 0, 1, 3, 3]), 4)


def _few_levels(rng):
    for n, levels in ((5, 3), (7, 4), (12, 8), (40, 16)):
        yield rng.integers(0, levels, n), levels
    yield np.array([2, 2]), 5  # the lowest and the highest levels are not there
    yield rng.integers(10, 200, 300).astype(np.uint8), 256


def _cdf_of_bins(image, levels):
    return np.cumsum(np.histogram(image, bins=levels)[0]) / np.size(image)


def _cdf_of_levels_that_occur(image, levels):
    return np.cumsum(np.unique(image, return_counts=True)[1]) / np.size(image)


def _cdf_up_to_the_highest_level(image, levels):
    return (levels - 1) * np.array([np.mean(np.asarray(image) <= v) for v in range(levels)])


share_below = FunctionExercise(
    number="1.5",
    title="The cumulative distribution",
    statement="Write `cdf(image, levels)` for a 1-D array of levels: for every level 0 ... levels - 1 the share of pixels at or below it.",
    signature="cdf(image, levels)",
    cases=_few_levels,
    fixed=("image.ndim", "image.dtype"),
    oracle=lambda image, levels: np.array([np.mean(np.asarray(image) <= v) for v in range(levels)]),
    solution="""
    import numpy as np

    def cdf(image, levels):
        counts = np.bincount(image, minlength=levels)
        return np.cumsum(counts) / counts.sum()
    """,
    misconceptions=[
        Misconception(
            "counts instead of shares",
            lambda image, levels: np.cumsum(np.bincount(image, minlength=levels)),
            "you return **numbers** of pixels, not shares: for `[0, 0, 1, 3, 3]` you return `[2, 3, 3, 5]`. A "
            "distribution ends at 1.",
            reread="(1.10)",
            example=FIVE_PIXELS,
        ),
        Misconception(
            "histogram instead of its sum",
            lambda image, levels: np.bincount(image, minlength=levels) / np.size(image),
            "you return the share **at** each level, the histogram: for `[0, 0, 1, 3, 3]` that is `[0.4, 0.2, 0, "
            "0.4]`. Add up from the left.",
            reread="(1.10)",
            example=FIVE_PIXELS,
        ),
        Misconception(
            "strictly below",
            lambda image, levels: np.array([np.mean(np.asarray(image) < v) for v in range(levels)]),
            "you leave the level itself out: for `[0, 0, 1, 3, 3]` you return `[0, 0.4, 0.6, 0.6]`. The sum in "
            "(1.10) includes u = v.",
            reread="(1.10)",
            example=FIVE_PIXELS,
        ),
        Misconception(
            "divided by the number of levels",
            lambda image, levels: np.cumsum(np.bincount(image, minlength=levels)) / levels,
            "you divide by the number of **levels**, not of pixels: for `[0, 0, 1, 3, 3]` you return `[0.5, 0.75, "
            "0.75, 1.25]`, and a share cannot exceed 1.",
            reread="(1.10)",
            example=FIVE_PIXELS,
        ),
        Misconception(
            "at or above",
            lambda image, levels: np.array([np.mean(np.asarray(image) >= v) for v in range(levels)]),
            "you add up from the **right**: that is the share of pixels at or *above* each level. For `[0, 0, 1, "
            "3, 3]` you return `[1, 0.6, 0.4, 0.4]`, which falls; a cumulative distribution rises to 1. The sum "
            "in (1.10) runs from 0 up to v.",
            reread="(1.10)",
            example=FIVE_PIXELS,
        ),
        Misconception(
            "the top levels missing",
            lambda image, levels: np.cumsum(np.bincount(image)) / np.size(image),
            "your result ends at the brightest level that **occurs**: `np.bincount` stops there. For `[0, 1, 1]` "
            "and 4 levels you return `[0.3333, 1]`, expected four shares, the last two of them 1. "
            "`minlength=levels` gives every level its place.",
            reread="(1.10)",
            example=(np.array([0, 1, 1]), 4),
        ),
        Misconception(
            "levels that do not occur left out",
            _cdf_of_levels_that_occur,
            "you give one share for each level that **occurs**, and none for the others. For `[0, 0, 1, 3, 3]` "
            "you return `[0.4, 0.6, 1]`, expected `[0.4, 0.6, 0.6, 1]`: level 2 occurs nowhere, but there are "
            "pixels below it.",
            reread="(1.10)",
            example=FIVE_PIXELS,
        ),
        Misconception(
            "bins without a range",
            _cdf_of_bins,
            "your bins reach from the darkest to the brightest pixel **of the image**, not from 0 to levels - 1: "
            "that is what `np.histogram` does without a `range`. For `[1, 1, 2]` and 4 levels you return "
            "`[0.6667, 0.6667, 0.6667, 1]`, expected `[0, 0.6667, 1, 1]`.",
            reread="(1.10)",
            example=(np.array([1, 1, 2]), 4),
        ),
        Misconception(
            "stretched to the levels",
            _cdf_up_to_the_highest_level,
            "you multiply by `levels - 1`: that is the step that **equalises** an image, and comes later. For "
            "`[0, 0, 1, 3, 3]` you return `[1.2, 1.8, 1.8, 3]`; shares end at 1.",
            reread="(1.10)",
            example=FIVE_PIXELS,
        ),
    ],
    hints=(
        "What must the last entry be, whatever the image?",
        "Count each level, add up from the left, divide by the number of pixels.",
        "`np.bincount(image, minlength=levels)`, then `np.cumsum`, then divide by its last entry.",
    ),
)

# 1.6 -----------------------------------------------------------------------------------------------------------------

SQUARE = (np.array([[0, 10], [20, 30]]), 0.25, 0.5)


def _points(rng):
    for rows, columns in ((2, 3), (3, 2), (4, 6), (9, 5), (12, 12)):
        yield rng.integers(0, 100, (rows, columns)), rng.uniform(0, columns - 1.01), rng.uniform(0, rows - 1.01)
    for x, y in ((0, 0), (2, 1), (1.0, 0.25), (0.75, 2.0)):  # on a pixel, a column, a row
        yield rng.normal(size=(4, 5)), x, y
    yield (
        np.array([[250, 3, 7], [9, 240, 1], [0, 255, 60]], np.uint8),
        1.25,
        0.5,
    )  # bytes, whose differences wrap around


def _bilinear_by_scipy(image, x, y):
    from scipy.ndimage import map_coordinates

    return map_coordinates(np.asarray(image, float), [[y], [x]], order=1)[0]


def _bilinear(image, x, y, a, b):
    j, i = int(np.floor(x)), int(np.floor(y))
    upper = (1 - a) * image[i, j] + a * image[i, j + 1]
    lower = (1 - a) * image[i + 1, j] + a * image[i + 1, j + 1]
    return (1 - b) * upper + b * lower


STEEP = (np.array([[0, 10, 20], [40, 50, 60]]), 1.25, 0.5)


def _by_cubic_splines(image, x, y):
    from scipy.ndimage import map_coordinates

    return map_coordinates(np.asarray(image, float), [[y], [x]])[0]


bilinear = FunctionExercise(
    number="1.6",
    title="Between the pixels",
    statement="Write `bilinear(image, x, y)` for a point inside the image.",
    signature="bilinear(image, x, y)",
    cases=_points,
    fixed=("image.ndim",),
    oracle=_bilinear_by_scipy,
    solution="""
    import numpy as np

    def bilinear(image, x, y):
        j, i = int(np.floor(x)), int(np.floor(y))
        dx, dy = x - j, y - i
        upper = (1 - dx) * image[i, j] + dx * image[i, j + 1]
        lower = (1 - dx) * image[i + 1, j] + dx * image[i + 1, j + 1]
        return (1 - dy) * upper + dy * lower
    """,
    misconceptions=[
        Misconception(
            "weights exchanged",
            lambda image, x, y: _bilinear(image, x, y, 1 - x % 1, 1 - y % 1),
            "your weights are exchanged: the **far** pixel counts more. In `[[0, 10], [20, 30]]` at x = 0.25, y = "
            "0.5 you return `17.5`, expected `12.5`: the point is nearer to the left column, so the left column "
            "weighs 0.75.",
            reread="(1.14)",
            example=SQUARE,
        ),
        Misconception(
            "x and y exchanged",
            lambda image, x, y: _bilinear(image, y, x, y % 1, x % 1),
            "you move x down the rows. In `[[0, 10], [20, 30]]` at x = 0.25, y = 0.5 you return `10`: that is the "
            "value at x = 0.5, y = 0.25. x belongs to the columns.",
            reread="section 1",
            example=SQUARE,
        ),
        Misconception(
            "nearest pixel",
            lambda image, x, y: image[int(np.floor(y + 0.5)), int(np.floor(x + 0.5))],
            "you return the nearest pixel, `20` in `[[0, 10], [20, 30]]` at x = 0.25, y = 0.5. Right for masks; a "
            "photograph gets stair-steps. Weigh all four neighbours.",
            reread="(1.14)",
            example=SQUARE,
        ),
        Misconception(
            "interpolated along one axis only",
            lambda image, x, y: _bilinear(image, x, y, x % 1, 0.0),
            "you interpolate along x and stay in the upper row. In `[[0, 10], [20, 30]]` at x = 0.25, y = 0.5 you "
            "return `2.5`: the lower row has no say.",
            reread="(1.14)",
            example=SQUARE,
        ),
        Misconception(
            "weights of x and y exchanged",
            lambda image, x, y: _bilinear(image, x, y, y % 1, x % 1),
            "you take the right four pixels, but the **weights of x and y** have changed places. In `[[0, 10, "
            "20], [40, 50, 60]]` at x = 1.25, y = 0.5 you return `25`, expected `32.5`. dx = x - floor(x) leads "
            "from the left column to the right one, dy from the upper row to the lower one.",
            reread="(1.14)",
            example=STEEP,
        ),
        Misconception(
            "interpolated along y only",
            lambda image, x, y: _bilinear(image, x, y, 0.0, y % 1),
            "you interpolate along y and stay in the left column. In `[[0, 10], [20, 30]]` at x = 0.25, y = 0.25 "
            "you return `5`, expected `7.5`: the right column has no say.",
            reread="(1.14)",
            example=(SQUARE[0], 0.25, 0.25),
        ),
        Misconception(
            "plain mean of the four",
            lambda image, x, y: _bilinear(image, x, y, 0.5, 0.5),
            "you take the plain **mean** of the four neighbours, wherever the point lies between them. In `[[0, "
            "10], [20, 30]]` at x = 0.25, y = 0.5 you return `15`, expected `12.5`. The nearer a pixel is, the "
            "more it weighs.",
            reread="(1.14)",
            example=SQUARE,
        ),
        Misconception(
            "cubic splines",
            _by_cubic_splines,
            "you interpolate with **cubic splines**: that is what `map_coordinates` does when it is not told an "
            "`order`. In `[[0, 10], [20, 30]]` at x = 0.25, y = 0.5 you return `11.56`, expected `12.5`. Bilinear "
            "is order 1.",
            reread="(1.14)",
            example=SQUARE,
        ),
    ],
    hints=(
        "Which four pixels surround the point, and which of them is nearest?",
        "With dx = x - floor(x), the right column gets the weight dx and the left one 1 - dx.",
        "Interpolate along x in the upper row, along x in the lower row, then along y between the two.",
    ),
)

# 1.7 -----------------------------------------------------------------------------------------------------------------

TWO_CLASSES = np.array([[0, 2, 2, 2], [0, 2, 2, 2]])
SHIFT = (TWO_CLASSES, warp.translation(1.4, 0))
QUARTER_SHIFT = (np.array([[0, 2, 2], [0, 2, 2]]), warp.translation(0.25, 0))
STRETCH = (np.array([[1, 1, 0, 0, 0, 0]]), warp.scaling(3, 1))


def _sent_forwards(mask, matrix):
    result = np.zeros_like(mask)
    for i, j in np.ndindex(mask.shape):
        column, row = (int(np.floor(v + 0.5)) for v in (matrix @ [j, i, 1])[:2])
        if 0 <= row < mask.shape[0] and 0 <= column < mask.shape[1]:
            result[row, column] = mask[i, j]
    return result


def _masks(rng):
    for shape, angle in (((3, 4), 0.3), ((5, 4), -0.7), ((8, 9), 1.1), ((16, 12), 2.5)):
        center = ((shape[1] - 1) / 2, (shape[0] - 1) / 2)
        yield 2 * rng.integers(0, 2, shape), warp.translation(0.13, 0.21) @ warp.rotation(angle, center)
    yield rng.integers(1, 6, (4, 3)), warp.translation(0.7, 0.8)  # what comes from -0.7 comes from outside
    yield rng.integers(1, 6, (3, 5)), np.array([[1, 0, -2], [0, 1, 1], [0, 0, 1]])
    yield rng.integers(1, 6, (6, 5)).astype(np.uint8), np.array([[1.3, 0.4, -0.35], [0.2, 0.8, 0.15], [0, 0, 1]])


def _nearest_by_scipy(mask, matrix):
    from scipy.ndimage import affine_transform

    inverse = np.linalg.inv(matrix)
    return affine_transform(np.asarray(mask), inverse[1::-1, 1::-1], inverse[1::-1, 2], order=0, mode="grid-constant")


EDGE = (np.array([[2, 0, 0], [2, 0, 0]]), warp.translation(1, 0))
OTHER_EDGE = (np.array([[0, 0, 3], [0, 0, 3]]), warp.translation(1, 0))


def _looked_up(mask, matrix, to_pixel=lambda v: np.floor(v + 0.5), outside=None, lowest=0):
    """Every pixel of the result asks where it came from; `outside` brings a place beyond the mask back inside."""
    result, inverse = np.zeros_like(mask), np.linalg.inv(matrix)
    rows, columns = mask.shape
    for i, j in np.ndindex(mask.shape):
        column, row = (int(to_pixel(v)) for v in (inverse @ [j, i, 1])[:2])
        if outside is not None:
            row, column = outside(row, rows), outside(column, columns)
        if lowest * rows <= row < rows and lowest * columns <= column < columns:
            result[i, j] = mask[row, column]
    return result


def _bilinear_by_scipy_on_a_mask(mask, matrix):
    from scipy.ndimage import affine_transform

    inverse = np.linalg.inv(matrix)
    return affine_transform(np.asarray(mask, float), inverse[1::-1, 1::-1], inverse[1::-1, 2], order=1)


warp_mask = FunctionExercise(
    number="1.7",
    title="Move a mask",
    statement=(
        "Write `warp_mask(mask, matrix)`: same shape, 0 where nothing comes from, and no class that was not there."
    ),
    signature="warp_mask(mask, matrix)",
    cases=_masks,
    fixed=("mask.ndim", "mask.dtype", "matrix.shape"),
    oracle=_nearest_by_scipy,
    solution="""
    import numpy as np

    def warp_mask(mask, matrix):
        result = np.zeros_like(mask)
        inverse = np.linalg.inv(matrix)
        for y in range(mask.shape[0]):
            for x in range(mask.shape[1]):
                source_x, source_y, _ = inverse @ [x, y, 1]
                j, i = int(np.floor(source_x + 0.5)), int(np.floor(source_y + 0.5))
                if 0 <= i < mask.shape[0] and 0 <= j < mask.shape[1]:
                    result[y, x] = mask[i, j]
        return result
    """,
    misconceptions=[
        Misconception(
            "bilinear on a mask",
            lambda mask, matrix: warp.warp(mask, matrix),
            "you interpolate **class numbers**: between class 0 and class 2 you invent fractions. Shifting a row "
            "`[0, 2, 2, 2]` by 1.4 you return `[[0, 0, 1.2, 2], [0, 0, 1.2, 2]]`. Class 1.2 does not exist.",
            reread="section 5",
            example=SHIFT,
        ),
        Misconception(
            "bilinear, then rounded",
            lambda mask, matrix: np.rint(warp.warp(mask, matrix)),
            "rounding after **bilinear** interpolation hides the fractions, not the mistake: halfway between class "
            "0 and class 2 lies class 1, which was never there. Shifting a row `[0, 2, 2, 2]` by 1.4 you return "
            "`[[0, 0, 1, 2], [0, 0, 1, 2]]`.",
            reread="section 5",
            example=SHIFT,
        ),
        Misconception(
            "bilinear, then cut off",
            lambda mask, matrix: warp.warp(mask, matrix).astype(int),
            "converting to whole numbers after **bilinear** interpolation only cuts off the fractions of class numbers. "
            "Shifting a row `[0, 2, 2]` by 0.25 you return `[[0, 1, 2], [0, 1, 2]]`: 1.5 was cut to class 1, which was "
            "never there. Take the class of the nearest pixel.",
            reread="section 5",
            example=QUARTER_SHIFT,
        ),
        Misconception(
            "sent forwards",
            _sent_forwards,
            "you send each pixel of the mask to its new place. Some places of the result are then hit by **none**, "
            "and stay holes of class 0. Stretching `[1, 1, 0, 0, 0, 0]` to three times its width you return "
            "`[[1, 0, 0, 1, 0, 0]]`, expected `[[1, 1, 1, 1, 1, 0]]`. Let every pixel of the *result* ask where it came from.",
            reread="(1.13)",
            example=STRETCH,
        ),
        Misconception(
            "matrix not inverted",
            lambda mask, matrix: warp.warp(mask, np.linalg.inv(matrix), order="nearest"),
            "you send output pixels **forward** through the matrix. Each output pixel must ask where it *came "
            "from*: use the inverse. Shifting a row `[0, 2, 2, 2]` to the right by 1.4 you return `[[2, 2, 2, 0], "
            "[2, 2, 2, 0]]`, a shift to the left.",
            reread="(1.13)",
            example=SHIFT,
        ),
        Misconception(
            "x and y exchanged",
            lambda mask, matrix: warp.warp(np.transpose(mask), matrix, np.shape(mask)[::-1], order="nearest").T,
            "you hand (row, column) to a matrix that acts on **(x, y)**. Shifting a row `[0, 2, 2, 2]` to the right "
            "by 1.4 you return `[[0, 0, 0, 0], [0, 2, 2, 2]]`: it moved down.",
            reread="section 1",
            example=SHIFT,
        ),
        Misconception(
            "bilinear on a mask, by SciPy",
            _bilinear_by_scipy_on_a_mask,
            "with `order=1`, SciPy interpolates **class numbers**: between class 0 and class 2 you invent "
            "fractions. Shifting a row `[0, 2, 2]` by 0.25 you return `[[0, 1.5, 2], [0, 1.5, 2]]`. Class 1.5 "
            "does not exist. The nearest pixel is order 0.",
            reread="section 5",
            example=QUARTER_SHIFT,
        ),
        Misconception(
            "rounded down",
            lambda mask, matrix: _looked_up(mask, matrix, np.floor),
            "you round the place **down**; the nearest pixel may be the next one. Shifting a row `[0, 2, 2, 2]` "
            "by 1.4 you return `[[0, 0, 0, 2], [0, 0, 0, 2]]`, as if by 2; expected is a shift by 1, `[0, 0, 2, "
            "2]`. Add 0.5 before you round down.",
            reread="section 5",
            example=SHIFT,
        ),
        Misconception(
            "cut to whole numbers",
            lambda mask, matrix: _looked_up(mask, matrix, np.trunc),
            "`int` cuts the fraction off: the place -0.7 becomes 0, and 0.7 becomes 0 as well. Neither is the "
            "**nearest** pixel. Shifting a row `[3, 0, 0]` by 0.7 you return `[[3, 3, 0], [3, 3, 0]]`, expected "
            "`[0, 3, 0]` in both rows. Use `floor(source + 0.5)`.",
            reread="section 5",
            example=(np.array([[3, 0, 0], [3, 0, 0]]), warp.translation(0.7, 0)),
        ),
        Misconception(
            "the border repeated",
            lambda mask, matrix: _looked_up(mask, matrix, outside=lambda i, n: min(max(i, 0), n - 1)),
            "you take the nearest pixel of the **border** for places outside the mask. Shifting a row `[2, 0, 0]` "
            "to the right by 1 you return `[[2, 2, 0], [2, 2, 0]]`. Nothing comes from outside: expected is `[0, "
            "2, 0]` in both rows.",
            reread="(1.13)",
            example=EDGE,
        ),
        Misconception(
            "negative indices",
            lambda mask, matrix: _looked_up(mask, matrix, lowest=-1),
            "you look up places with a **negative** index. Python counts those from the other end, so what leaves "
            "on the right comes in on the left. Shifting a row `[0, 0, 3]` to the right by 1 you return `[[3, 0, "
            "0], [3, 0, 0]]`; expected is 0 everywhere. Ask for `0 <=` as well as for `<`.",
            reread="(1.13)",
            example=OTHER_EDGE,
        ),
        Misconception(
            "bent to a ring",
            lambda mask, matrix: _looked_up(mask, matrix, outside=lambda i, n: i % n),
            "you bend the mask to a **ring**, as `%` does: what leaves on one side comes back on the other. "
            "Shifting a row `[4, 0, 3]` to the left by 2 you return `[[3, 4, 0], [3, 4, 0]]`; expected is `[3, 0, "
            "0]` in both rows, as the 4 has gone.",
            reread="(1.13)",
            example=(np.array([[4, 0, 3], [4, 0, 3]]), warp.translation(-2, 0)),
        ),
    ],
    hints=(
        "Loop over the output pixels. Where did each one come from?",
        "Multiply (x, y, 1) by the inverse of the matrix, round to the nearest pixel, and look it up if it exists.",
        "Row `floor(source_y + 0.5)`, column `floor(source_x + 0.5)`; leave 0 where they are outside.",
    ),
)

# 1.8 -----------------------------------------------------------------------------------------------------------------

RED_ON_BLUE = ([0.5, 0, 0, 0.5], [0, 0, 0.5, 0.5])


def _layers(rng):
    for shape in ((4,), (2, 4), (3, 3, 4), (5, 2, 4)):
        layers = rng.random((2, *shape))
        layers[..., :3] *= layers[..., 3:]
        yield layers[0], layers[1]
    sharp = np.array([[1, 0, 0, 1], [0, 0, 0, 0], [1, 1, 0, 1]])  # opaque and empty, in whole numbers
    yield sharp, layers[1].reshape(-1, 4)[:3]
    yield layers[0].reshape(-1, 4)[:3], sharp


def _over_by_channels(front, back):
    front, back = np.asarray(front, float), np.asarray(back, float)
    return np.stack([front[..., k] + back[..., k] - front[..., 3] * back[..., k] for k in range(4)], axis=-1)


def _over_straight_formula(front, back):
    alpha = np.asarray(front, float)[..., 3:]
    return alpha * np.asarray(front) + (1 - alpha) * np.asarray(back)


def _over_with_alpha_of_back(front, back):
    return np.concatenate([_over_by_channels(front, back)[..., :3], np.asarray(back)[..., 3:]], axis=-1)


RED_ON_SOLID_BLUE = ([0.5, 0, 0, 0.5], [0, 0, 1, 1])
STRONG_RED_ON_BLUE = ([0.75, 0, 0, 0.75], [0, 0, 0.5, 0.5])


def _over_with_alpha_of_front(front, back):
    return np.concatenate([_over_by_channels(front, back)[..., :3], np.asarray(front)[..., 3:]], axis=-1)


def _over_by_alpha_of_back(front, back):
    return np.asarray(front) + (1 - np.asarray(back)[..., 3:]) * back


def _over_made_straight(front, back):
    result = _over_by_channels(front, back)
    alpha = result[..., 3:]
    return np.concatenate([result[..., :3] / np.where(alpha > 0, alpha, 1), alpha], axis=-1)


def _over_with_straight_back(front, back):
    return _over_by_channels(front, np.asarray(back) * np.asarray(back, float)[..., 3:])


over = FunctionExercise(
    number="1.8",
    title="Over, premultiplied",
    statement="Write `over(front, back)` for premultiplied RGBA of any shape (..., 4).",
    signature="over(front, back)",
    cases=_layers,
    oracle=_over_by_channels,
    solution="""
    import numpy as np

    def over(front, back):
        front, back = np.asarray(front), np.asarray(back)
        return front + (1 - front[..., 3:]) * back
    """,
    misconceptions=[
        Misconception(
            "multiplied by alpha again",
            _over_straight_formula,
            "you multiply the front by alpha **again**; premultiplied colour has it inside already. For half a red "
            "over half a blue you return `[0.25, 0, 0.25, 0.5]`, expected `[0.5, 0, 0.25, 0.75]`: the red has lost "
            "half its strength.",
            reread="(1.21)",
            example=RED_ON_BLUE,
        ),
        Misconception(
            "nothing hides the back",
            lambda front, back: np.add(front, back),
            "you add the layers as lamps: the front hides nothing. For half a red over half a blue you return "
            "`[0.5, 0, 0.5, 1]`; only the share 1 - α of the back shows through.",
            reread="(1.21)",
            example=RED_ON_BLUE,
        ),
        Misconception(
            "front and back exchanged",
            lambda front, back: _over_by_channels(back, front),
            "you laid the **back** over the front. For half a red over half a blue you return `[0.25, 0, 0.5, "
            "0.75]`: the blue is the stronger one, though it lies behind.",
            reread="(1.21)",
            example=RED_ON_BLUE,
        ),
        Misconception(
            "alpha of the back kept",
            _over_with_alpha_of_back,
            "the colour is right, but you keep the coverage of the back: for half a red over half a blue you return "
            "`[0.5, 0, 0.25, 0.5]`. Alpha follows the same formula as the colours.",
            reread="(1.21)",
            example=RED_ON_BLUE,
        ),
        Misconception(
            "alpha of the front kept",
            _over_with_alpha_of_front,
            "the colour is right, but you keep the coverage of the front: for half a red over a solid blue you "
            "return `[0.5, 0, 0.5, 0.5]`, as if one could look through both. Alpha follows the same formula as "
            "the colours.",
            reread="(1.21)",
            example=RED_ON_SOLID_BLUE,
        ),
        Misconception(
            "the back's own alpha",
            _over_by_alpha_of_back,
            "you weaken the back by its **own** alpha. What hides it is the front: for half a red over a solid "
            "blue you return `[0.5, 0, 0, 0.5]`, and the blue is gone, expected `[0.5, 0, 0.5, 1]`. The factor is "
            "1 - α of the *front*.",
            reread="(1.21)",
            example=RED_ON_SOLID_BLUE,
        ),
        Misconception(
            "straight colour returned",
            _over_made_straight,
            "you divide by alpha at the end: that makes the colour **straight**. Premultiplied layers give a "
            "premultiplied result. For half a red over half a blue you return `[0.6667, 0, 0.3333, 0.75]`, "
            "expected `[0.5, 0, 0.25, 0.75]`.",
            reread="(1.21)",
            example=RED_ON_BLUE,
        ),
        Misconception(
            "added, then cut off at 1",
            lambda front, back: np.minimum(np.add(front, back), 1),
            "you add the layers and cut off what is above 1: the front hides nothing. For three quarters of red "
            "over half a blue you return `[0.75, 0, 0.5, 1]`, expected `[0.75, 0, 0.125, 0.875]`. Only the share "
            "1 - α of the back shows through.",
            reread="(1.21)",
            example=STRONG_RED_ON_BLUE,
        ),
        Misconception(
            "alpha without its axis",
            lambda front, back: front + (1 - front[..., 3]) * back,
            "`front[..., 3]` has **lost the last axis**: one number for each pixel, where (..., 1) would fit "
            "(..., 4). For a single pixel it is right; for two red pixels over two blue ones it ends in "
            "`ValueError`. A slice keeps the axis: `front[..., 3:]`.",
            reread="(1.21)",
            example=([RED_ON_BLUE[0]] * 2, [RED_ON_BLUE[1]] * 2),
        ),
        Misconception(
            "weighed by alpha",
            lambda front, back: np.asarray(front) + np.asarray(front)[..., 3:] * back,
            "you let the share **α** of the back show through. That is the share which the front hides. For three "
            "quarters of red over half a blue you return `[0.75, 0, 0.375, 1.125]`, expected `[0.75, 0, 0.125, "
            "0.875]`. The rest is 1 - α.",
            reread="(1.21)",
            example=STRONG_RED_ON_BLUE,
        ),
        Misconception(
            "the back multiplied by alpha again",
            _over_with_straight_back,
            "you multiply the back by **its own** alpha again; premultiplied colour has it inside already. For "
            "half a red over half a blue you return `[0.5, 0, 0.125, 0.625]`, expected `[0.5, 0, 0.25, 0.75]`.",
            reread="(1.21)",
            example=RED_ON_BLUE,
        ),
    ],
    hints=(
        "Which share of the back can be seen through the front?",
        "One formula serves all four channels.",
        "The front as it is, plus (1 - its alpha) times the back.",
    ),
)

# 1.9 -----------------------------------------------------------------------------------------------------------------

EMPTY_BLOCK = np.array([[[1, 0, 0, 0.5], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]] * 2)
FAINT_RED = (np.array([[[1, 0, 0, 0.5], [0, 0, 0, 0]], [[0, 0, 0, 0], [0, 0, 0, 0]]]),)


RED_AND_FAINT_BLUE = (np.array([[[1, 0, 0, 1], [0, 0, 1, 0.25]], [[0, 0, 0, 0], [0, 0, 0, 0]]]),)


def _sprites(rng):
    yield (EMPTY_BLOCK,)
    for rows, columns in ((1, 2), (2, 2), (3, 1), (3, 4)):
        sprite = rng.random((2 * rows, 2 * columns, 4))
        sprite[rng.random(sprite.shape[:2]) < 0.4] = 0
        sprite[0, 0, 3] = 0.7
        yield (sprite,)


def _blocks(sprite):
    rows, columns = sprite.shape[0] // 2, sprite.shape[1] // 2
    return np.asarray(sprite).reshape(rows, 2, columns, 2, 4)


def _halve_by_loops(sprite):
    result = np.zeros((sprite.shape[0] // 2, sprite.shape[1] // 2, 4))
    for i, j in np.ndindex(result.shape[:2]):
        block = sprite[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].reshape(4, 4)
        weight = block[:, 3].sum()
        if weight > 0:
            result[i, j, :3] = np.average(block[:, :3], axis=0, weights=block[:, 3])
        result[i, j, 3] = weight / 4
    return result


def _premultiplied_means(sprite):
    sprite = np.asarray(sprite, float)
    return _blocks(np.concatenate([sprite[..., :3] * sprite[..., 3:], sprite[..., 3:]], axis=-1)).mean(axis=(1, 3))


def _mean_of_visible(sprite):
    blocks = _blocks(sprite)
    visible = (blocks[..., 3:] > 0).sum(axis=(1, 3))
    color = (blocks[..., :3] * (blocks[..., 3:] > 0)).sum(axis=(1, 3)) / np.maximum(visible, 1)
    return np.concatenate([color, blocks[..., 3:].mean(axis=(1, 3))], axis=-1)


FOUR_COLUMNS = (np.array([[[1.0, 0, 0, 1], [0, 0, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]]] * 2),)


def _weighed_colors(blocks, axes):
    alpha = blocks[..., 3:].sum(axis=axes)
    color = (blocks[..., :3] * blocks[..., 3:]).sum(axis=axes)
    return color, alpha


def _halve_reshaped(sprite):
    rows, columns = sprite.shape[0] // 2, sprite.shape[1] // 2
    color, alpha = _weighed_colors(np.reshape(sprite, (2, rows, 2, columns, 4)), (0, 2))
    return np.concatenate([color / np.where(alpha > 0, alpha, 1), alpha / 4], axis=-1)


def _halve_without_guard(sprite):
    color, alpha = _weighed_colors(_blocks(sprite), (1, 3))
    return np.concatenate([color / alpha, alpha / 4], axis=-1)


def _halve_with_alphas_added(sprite):
    color, alpha = _weighed_colors(_blocks(sprite), (1, 3))
    return np.concatenate([color / np.where(alpha > 0, alpha, 1), alpha], axis=-1)


halve = FunctionExercise(
    number="1.9",
    title="Shrink a sprite",
    statement="Write `halve(sprite)`: straight RGBA (2h, 2w, 4) to straight RGBA (h, w, 4) by means of 2 × 2 blocks.",
    signature="halve(sprite)",
    cases=_sprites,
    fixed=("sprite.ndim", "sprite.dtype"),
    oracle=_halve_by_loops,
    solution="""
    from course_lib.classical import compositing

    def halve(sprite):
        rows, columns = sprite.shape[0] // 2, sprite.shape[1] // 2
        blocks = compositing.premultiply(sprite).reshape(rows, 2, columns, 2, 4)
        return compositing.unpremultiply(blocks.mean(axis=(1, 3)))
    """,
    misconceptions=[
        Misconception(
            "averaged straight colour",
            lambda sprite: _blocks(sprite).mean(axis=(1, 3)),
            "you average colours that are **not premultiplied**, so invisible pixels vote: one half-covering red "
            "and three empty pixels give `[[[0.25, 0, 0, 0.125]]]`, a dark red. That is the dark rim. Expected "
            "`[[[1, 0, 0, 0.125]]]`.",
            reread="(1.23)",
            example=FAINT_RED,
        ),
        Misconception(
            "left premultiplied",
            _premultiplied_means,
            "you averaged premultiplied pixels, which is right, and then returned them as they are. Asked for is "
            "straight colour: one half-covering red and three empty pixels give `[[[0.125, 0, 0, 0.125]]]`. Divide "
            "by alpha.",
            reread="(1.23)",
            example=FAINT_RED,
        ),
        Misconception(
            "every second pixel",
            lambda sprite: np.asarray(sprite, float)[::2, ::2],
            "you keep one pixel of four and forget the others: one half-covering red and three empty pixels give "
            "`[[[1, 0, 0, 0.5]]]`, as if the whole block were covered that much. That is subsampling, with its "
            "aliases.",
            reread="section 1",
            example=FAINT_RED,
        ),
        Misconception(
            "visible pixels weighed alike",
            _mean_of_visible,
            "every pixel that is not empty votes with the same weight, however faint it is: a full red beside a "
            "blue of alpha 0.25 gives `[[[0.5, 0, 0.5, 0.3125]]]`. Weigh each colour with its alpha, which makes it "
            "four fifths red.",
            reread="(1.23)",
            example=RED_AND_FAINT_BLUE,
        ),
        Misconception(
            "reshaped in the wrong order",
            _halve_reshaped,
            "your `reshape` puts pixels together that are **half an image apart**: (2, h, 2, w) instead of (h, 2, "
            "w, 2). With red, nothing, blue, blue in both rows you return `[[[0.5, 0, 0.5, 1], [0, 0, 1, 0.5]]]`: "
            "blue has got into the left block. A block is made of neighbours.",
            reread="section 1",
            example=FOUR_COLUMNS,
        ),
        Misconception(
            "empty blocks divided",
            _halve_without_guard,
            "you divide by alpha where **nothing is visible**, and 0/0 is `nan`: a block of four empty pixels has "
            "no colour. For half a red and an empty block you return `[[[1, 0, 0, 0.25], [nan, nan, nan, 0]]]`. "
            "Leave 0 where alpha is 0.",
            reread="(1.23)",
            example=(EMPTY_BLOCK,),
        ),
        Misconception(
            "alpha added up",
            _halve_with_alphas_added,
            "the colours are right, but alpha is the **sum** over the block. A pixel covers at most 1: for a full "
            "red beside a blue of alpha 0.25 you return `[[[0.8, 0, 0.2, 1.25]]]`. Alpha is the mean of the four.",
            reread="(1.23)",
            example=RED_AND_FAINT_BLUE,
        ),
    ],
    hints=(
        "How much should a fully transparent pixel contribute to the colour?",
        "Average in premultiplied form, then go back to straight.",
        "`compositing.premultiply`, reshape to (h, 2, w, 2, 4), mean over axes 1 and 3, `compositing.unpremultiply`.",
    ),
)

# 1.10 ----------------------------------------------------------------------------------------------------------------

bits_needed = ValueExercise(
    number="1.10",
    title="How many bits?",
    statement="A uniform signal is to be quantised with an SNR of at least 45 dB. How many bits per sample are needed?",
    answer=lambda: next(b for b in range(1, 33) if 20 * b * np.log10(2) >= 45),
    unit="bits",
    solution="import math\n\nanswer = math.ceil(45 / (20 * math.log10(2)))",
    misconceptions=[
        Misconception(
            "rounded down",
            7,
            "`7` bits give 42.1 dB, which is below 45. There is no half bit, so the quotient has to be rounded **up**.",
            reread="(1.5)",
        ),
        Misconception(
            "not rounded",
            lambda: 45 / (20 * np.log10(2)),
            "`7.474` is the quotient 45 / 6.02. Bits come whole: which is the smallest number of them that gives at "
            "least 45 dB?",
            reread="(1.5)",
        ),
        Misconception(
            "rounded to two digits",
            7.47,
            "`7.47` is the quotient 45 / 6.02, rounded to two digits. There are no parts of bits: which is the smallest "
            "number that gives at least 45 dB?",
            reread="(1.5)",
        ),
        Misconception(
            "3 dB per bit",
            15,
            "`15` comes from 3.01 dB per bit, the factor 2 in *power*. A bit halves the amplitude of the error, so it "
            "quarters its power.",
            reread="(1.4)",
        ),
        Misconception(
            "10 dB per bit",
            5,
            "`5` comes from about 10 dB per bit. Ten decibels are a factor of ten in power; a bit gives a factor of "
            "four.",
            reread="(1.5)",
        ),
    ],
    hints=(
        "What is one bit worth?",
        "Divide 45 dB by the worth of a bit. The number of bits is whole.",
        "45 / 6.02 = 7.47: which whole number is enough?",
    ),
)

# 1.11 ----------------------------------------------------------------------------------------------------------------

entropy_by_hand = ValueExercise(
    number="1.11",
    title="Entropy by hand",
    statement="Of 1,000 pixels 500 are black, 250 dark, 125 light and 125 white. What is the entropy in bits per pixel?",
    answer=lambda: float(-(np.array([4, 2, 1, 1]) / 8 * np.log2(np.array([4, 2, 1, 1]) / 8)).sum()),
    unit="bits per pixel",
    solution="answer = 0.5 * 1 + 0.25 * 2 + 0.125 * 3 + 0.125 * 3",
    misconceptions=[
        Misconception(
            "natural logarithm",
            lambda: 1.75 * np.log(2),
            "`1.213` is right in nats: you took the natural logarithm. Bits need the logarithm to base 2.",
            reread="(1.26)",
        ),
        Misconception(
            "all levels alike",
            2,
            "`2` bits are what four *equally* frequent levels need. These are not: black deserves a shorter code.",
            reread="(1.26)",
        ),
        Misconception(
            "unweighted mean of the code lengths",
            2.25,
            "`2.25` is the plain mean of the lengths 1, 2, 3 and 3. Weigh each with its probability.",
            reread="(1.26)",
        ),
        Misconception(
            "logarithm to base 10",
            lambda: 1.75 * np.log10(2),
            "`0.5268` is counted in decimal digits: you took the logarithm to base **10**. Bits need the "
            "logarithm to base 2.",
            reread="(1.26)",
        ),
        Misconception(
            "bits of all pixels",
            1750,
            "`1750` bits are needed for the 1,000 pixels **together**. Asked is the number for each pixel: weigh "
            "with the shares, not with the counts.",
            reread="(1.26)",
        ),
    ],
    hints=(
        "How many bits would you spend on black, if it is every second pixel?",
        "A symbol with probability 1/2ⁿ deserves n bits.",
        "½ · 1 + ¼ · 2 + ⅛ · 3 + ⅛ · 3.",
    ),
    rtol=1e-6,
)

# 1.12 ----------------------------------------------------------------------------------------------------------------

RAMP_STUDY = (np.indices((12, 12)).sum(axis=0) / 22, 0.2, [1, 3, 5, 7], [0, 1, 2, 3])
WAVE_STUDY = (
    0.5 + 0.4 * np.outer(np.sin(np.arange(12) / 2), np.sin(np.arange(12) / 2)),
    0.3,
    [1, 3, 5, 7],
    [0, 1, 2, 3],
)
VOTE_STUDY = (0.5 + 0.4 * np.outer(np.sin(np.arange(12) / 2), np.sin(np.arange(12) / 2)), 0.6, [1, 5, 9], [26, 27, 28])
CLEAN_STUDY = (0.5 + 0.4 * np.outer(np.sin(np.arange(12)), np.sin(np.arange(12))), 0.02, [1, 3, 5, 7], [0, 1])


def _studies(rng):
    wave = 0.5 + 0.4 * np.sin(np.arange(16) / 2)
    for sigma in (0.02, 0.08, 0.12, 0.16, 0.2, 0.3):
        first = int(rng.integers(0, 1000))
        yield np.outer(wave, wave), sigma, [1, 3, 5, 7], [first + k for k in range(4)]
    for sigma in (0.05, 0.25):
        yield np.outer(wave[:10], wave), sigma, [7, 1, 5, 3, 9], [int(rng.integers(0, 1000)), 5, 3]
    yield np.outer(wave[:10], wave), 0.18, [7, 1, 5, 3, 9], [44, 51]  # with most other seeds a smaller one is best


def _errors(image, sigma, sizes, seeds):
    noisy = [noise.add_gaussian_noise(image, sigma, seed) for seed in seeds]
    return np.array([[restoration.mse(image, restoration.mean_filter(y, size)) for y in noisy] for size in sizes])


def _best_by_scipy(image, sigma, sizes, seeds):
    from scipy.ndimage import uniform_filter

    def error(size):
        copies = [image + sigma * np.random.default_rng(s).standard_normal(np.shape(image)) for s in seeds]
        return np.mean([(uniform_filter(y, size) - image) ** 2 for y in copies])

    return min(sizes, key=error)


def _best_against_noisy(image, sigma, sizes, seeds):
    noisy = [noise.add_gaussian_noise(image, sigma, seed) for seed in seeds]
    return min(sizes, key=lambda n: sum(restoration.mse(y, restoration.mean_filter(y, n)) for y in noisy))


def _best_by_vote(image, sigma, sizes, seeds):
    best = [sizes[k] for k in _errors(image, sigma, sizes, seeds).argmin(axis=0)]
    return max(sorted(set(best)), key=best.count)


def _best_of_averaged_noise(image, sigma, sizes, seeds):
    noisy = np.mean([noise.add_gaussian_noise(image, sigma, seed) for seed in seeds], axis=0)
    return min(sizes, key=lambda n: restoration.mse(image, restoration.mean_filter(noisy, n)))


best_size = FunctionExercise(
    number="1.12",
    title="Design an experiment",
    statement=(
        "Write `best_size(image, sigma, sizes, seeds)`: the window of the mean filter with the least mean error "
        "over the seeds."
    ),
    signature="best_size(image, sigma, sizes, seeds)",
    cases=_studies,
    fixed=("image.ndim", "image.dtype", "sizes.ndim", "sizes.dtype", "seeds.ndim", "seeds.dtype"),
    oracle=_best_by_scipy,
    solution="""
    import numpy as np
    from course_lib.classical import noise, restoration

    def best_size(image, sigma, sizes, seeds):
        means = []
        for size in sizes:
            errors = []
            for seed in seeds:
                noisy = noise.add_gaussian_noise(image, sigma, seed)
                errors.append(restoration.mse(image, restoration.mean_filter(noisy, size)))
            means.append(np.mean(errors))
        return sizes[int(np.argmin(means))]
    """,
    misconceptions=[
        Misconception(
            "compared with the noisy image, or no noise added",
            _best_against_noisy,
            "doing nothing always wins for you: you return size `1`. Either you compare with the **noisy** image, or you "
            "filter the clean one and never add noise. Add noise to the clean image, filter the result, and compare "
            "that with the clean image again.",
            reread="(1.16)",
            example=RAMP_STUDY,
        ),
        Misconception(
            "largest error chosen",
            lambda image, sigma, sizes, seeds: sizes[int(np.argmax(_errors(image, sigma, sizes, seeds).mean(axis=1)))],
            "you pick the size with the **largest** error: at little noise (sigma 0.02) you return `7`, the "
            "strongest blur. PSNR should be large, squared error small.",
            reread="(1.16)",
            example=CLEAN_STUDY,
        ),
        Misconception(
            "noise averaged before filtering",
            _best_of_averaged_noise,
            "you average the noisy images first and then filter the mean. Averaging n images removes noise by "
            "itself, so on a soft wave with sigma 0.3 you choose too small a window, `3`: that is the best for "
            "noise which a single image does not have.",
            reread="(1.17)",
            example=WAVE_STUDY,
        ),
        Misconception(
            "one seed only",
            lambda image, sigma, sizes, seeds: sizes[int(np.argmin(_errors(image, sigma, sizes, seeds)[:, 0]))],
            "you look at the first seed alone. One draw of the noise may favour any size: on a ramp with sigma 0.2 "
            "you choose `5`, and the mean over four seeds says otherwise. That is what the other seeds are for.",
            reread="section 6",
            example=RAMP_STUDY,
        ),
        Misconception(
            "a vote of the seeds",
            _best_by_vote,
            "you let each seed **vote** for its best size. A vote forgets by *how much* a size is better: on a soft wave "
            "with sigma 0.6 two seeds of three vote for your `9`, both by a little, and the third is against it by "
            "more. Average the errors first, then choose.",
            reread="section 6",
            example=VOTE_STUDY,
        ),
        Misconception(
            "the place in the list returned",
            lambda image, sigma, sizes, seeds: int(np.argmin(_errors(image, sigma, sizes, seeds).mean(axis=1))),
            "you return the **place** of the best size in the list, not the size: that is what `argmin` gives. On "
            "a soft wave with almost no noise (sigma 0.02) it is `0`, and no window is 0 pixels wide. Look the "
            "size up in `sizes`.",
            reread="section 6",
            example=CLEAN_STUDY,
        ),
        Misconception(
            "the error returned",
            lambda image, sigma, sizes, seeds: _errors(image, sigma, sizes, seeds).mean(axis=1).min(),
            "you return the least **error**, not the size that has it. On a soft wave with almost no noise (sigma "
            "0.02) that is `0.0003433`. Keep the size beside its error while you compare.",
            reread="section 6",
            example=CLEAN_STUDY,
        ),
    ],
    hints=(
        "Which two images does the error compare?",
        "Two loops: sizes outside, seeds inside. Average the errors over the seeds.",
        "For each size the mean over the seeds of `mse(image, mean_filter(add_gaussian_noise(image, sigma, seed), "
        "size))`; return the size with the least.",
    ),
)

# 1.13 ----------------------------------------------------------------------------------------------------------------

which_resize = ChoiceExercise(
    number="1.13",
    title="Good in the notebook, bad in production",
    statement=(
        "A network was trained on RGB images shrunk 4 times with Pillow. In production they are shrunk with "
        "`cv2.resize` and its defaults."
    ),
    options={
        "a": "Pillow and OpenCV put the pixel centres in different places, so the image is shifted",
        "b": "OpenCV looks at four neighbours only and skips the other pixels, so fine patterns alias",
        "c": "OpenCV resizes in linear light and Pillow does not, so the image is brighter",
        "d": "OpenCV exchanges red and blue when it resizes",
    },
    answer="b",
    reasons={
        "a": (
            'you blame "different places". Both use half-pixel centres; of the four libraries in section 9 only '
            "`scipy.ndimage.zoom` does not by default."
        ),
        "b": (
            '"four neighbours only": Pillow widens its filter when it shrinks, OpenCV\'s bilinear does not. Use '
            "`INTER_AREA`; see section 9."
        ),
        "c": 'neither works "in linear light": all four libraries average the stored values, see section 9 and (1.8).',
        "d": 'it is `imread` that "exchanges red and blue"; resizing treats all channels alike, see section 9.',
    },
    hints=(
        "What happens to the pixels between those that are looked at?",
        "Compare the lines under *Shrink* in section 9: whose contrast is like that of taking every fourth pixel?",
        "Section 1 has a name for what comes back when pixels are dropped without blurring first.",
    ),
)
