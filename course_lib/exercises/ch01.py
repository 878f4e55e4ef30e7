"""Exercises of chapter 01: images. Oracles that need SciPy or scikit-image import it when they are called."""

import numpy as np

from course_lib.classical import color, noise, restoration, warp
from course_lib.teaching.engine import ChoiceExercise, FunctionExercise, ValueExercise

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
    "1.1",
    "Cut out a rectangle",
    cases=_crops,
    fixed=("image.ndim",),
    oracle=_crop_by_loops,
    solution="""
    def crop(image, x, y, width, height):
        return image[y : y + height, x : x + width]
    """,
    example=COUNTING,
    hints=(
        "Which of x and y chooses the row?",
        "Slice both axes: rows first. A slice `a : b` holds b - a entries.",
        "Rows run from y to y + height, columns from x to x + width.",
    ),
)


@crop.mistake("rows and columns exchanged")
def _(image, x, y, width, height):
    """you index **(x, y)** where an array wants **(row, column)**. For x = 2, y = 1, width = 3, height = 2 in a table
    that counts from 0 to 19 you return `[[11, 12], [16, 17]]`, expected `[[7, 8, 9], [12, 13, 14]]`: y chooses the row.
    Look again at section 1."""
    return image[x : x + width, y : y + height]


@crop.mistake("size taken for the end")
def _(image, x, y, width, height):
    """your slice stops **at** `height` and `width`, counted from the corner of the image, not from (x, y). For x = 2, y
    = 1, width = 3, height = 2 you return `[[7]]`. A slice is start : end, and the end is start + size. Look again at
    section 1."""
    return image[y:height, x:width]


@crop.mistake("end included")
def _(image, x, y, width, height):
    """you count the end in: a slice leaves its end out by itself. For x = 2, y = 1, width = 3, height = 2 you return
    three rows, `[[7, 8, 9], [12, 13, 14], [17, 18, 19]]`, instead of two. Look again at section 1."""
    return image[y : y + height + 1, x : x + width + 1]


@crop.mistake("width and height exchanged")
def _(image, x, y, width, height):
    """the corner is right, but **width and height** have changed places. For x = 2, y = 1, width = 3, height = 2 you
    return `[[7, 8], [12, 13], [17, 18]]`: the width counts columns, the height counts rows. Look again at section 1."""
    return image[y : y + width, x : x + height]


@crop.mistake("both slices along the rows", example=(COUNTING[0], 1, 1, 3, 2))
def _(image, x, y, width, height):
    """you slice twice, one slice behind the other: both act on the **rows**. For x = 1, y = 1, width = 3, height = 2 in
    a table that counts from 0 to 19 you return `[[10, 11, 12, 13, 14]]`, a whole row. Inside one pair of brackets a
    comma leads to the columns: `image[rows, columns]`. Look again at section 1."""
    return image[y : y + height][x : x + width]


@crop.mistake("counted from one")
def _(image, x, y, width, height):
    """you count rows and columns **from 1**, so your rectangle begins one pixel too early. For x = 2, y = 1, width = 3,
    height = 2 you return `[[1, 2, 3], [6, 7, 8]]`, expected `[[7, 8, 9], [12, 13, 14]]`. The first pixel of an image is
    (0, 0). Look again at section 1."""
    return _cut(image, x - 1, y - 1, width, height)


@crop.mistake("the corner's x and y exchanged")
def _(image, x, y, width, height):
    """your rectangle has the right size, but its **corner** is at row x and column y. For x = 2, y = 1, width = 3,
    height = 2 in a table that counts from 0 to 19 you return `[[11, 12, 13], [16, 17, 18]]`, expected
    `[[7, 8, 9], [12, 13, 14]]`: y chooses the row. Look again at section 1."""
    return _cut(image, y, x, width, height)


@crop.mistake("the point taken for the middle", example=(np.arange(18).reshape(3, 6), 2, 1, 4, 2))
def _(image, x, y, width, height):
    """you put the point (x, y) in the **middle** of the rectangle; it is its first pixel. For x = 2, y = 1, width = 4,
    height = 2 in a 3 × 6 table that counts from 0 to 17 you return `[[0, 1, 2, 3], [6, 7, 8, 9]]`, expected
    `[[8, 9, 10, 11], [14, 15, 16, 17]]`. Look again at section 1."""
    return _cut(image, x - width // 2, y - height // 2, width, height)


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
    "1.2",
    "Brighter, without surprises",
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
    example=(np.array([200, 10], np.uint8), 100),
    hints=(
        "How many bits does the sum of two bytes need?",
        "Convert to a wider type before you add; clip on both sides; convert back last.",
        "`np.clip(image.astype(int) + amount, 0, 255)`, then back to `np.uint8`.",
    ),
    same_dtype=True,
)


@brighten.mistake("added in uint8")
def _(image, amount):
    """you add **in** `uint8`, so the sum wraps around at 256 before anything can be clipped: 200 + 100 gives 44. For
    `[200, 10]` and 100 you return `[44, 110]`; a negative amount does not even fit the type. Widen first. Look again at
    (1.6)."""
    return image + amount


@brighten.mistake("never clipped, or clipped too late", example=DOWN)
def _(image, amount):
    """what leaves 0 ... 255 comes back **at the other end**. Either nothing clips it before it is made `uint8` again,
    or the sum is formed in `uint8`, which cannot leave the range and so leaves nothing to clip. Add in a wider type,
    *then* clip, *then* convert. For `[200, 10]` and -100 you return `[100, 166]`, expected `[100, 0]`. Look again at
    (1.6)."""
    return np.clip(image + np.array(amount).astype(np.uint8), 0, 255)


@brighten.mistake("clipped at the top only", example=(np.array([200, 30], np.uint8), -50))
def _(image, amount):
    """bright pixels are clipped, but dark ones fall below 0 and come back from the other end. For `[200, 30]` and -50
    you return `[150, 236]`, expected `[150, 0]`. Look again at (1.6)."""
    return np.minimum(image.astype(int) + amount, 255).astype(np.uint8)


@brighten.mistake("rescaled instead of clipped")
def _(image, amount):
    """you squeeze the whole image into the range, so pixels that fitted already change as well. For `[200, 10]` and 100
    you return `[255, 94]`: the 110 was right as it was. Clipping touches only what is outside. Look again at section
    3."""
    return _rescaled(image.astype(float) + amount)


@brighten.mistake("widened to int8", example=DOWN)
def _(image, amount):
    """you convert to `int8`, which ends at 127: a pixel of 200 has become -56 **before** anything is added. For
    `[200, 10]` and -100 you return `[0, 0]`, expected `[100, 0]`. Take a type that holds more than a byte, such as
    `int` or `np.int16`. Look again at (1.6)."""
    return np.clip(image.astype(np.int8).astype(int) + amount, 0, 255).astype(np.uint8)


@brighten.mistake("clipped at the bottom only", example=(np.array([200, 30], np.uint8), 100))
def _(image, amount):
    """dark pixels are clipped, but bright ones rise above 255 and come back from the other end. For `[200, 30]` and 100
    you return `[44, 130]`, expected `[255, 130]`. Look again at (1.6)."""
    return np.maximum(image.astype(int) + amount, 0).astype(np.uint8)


@brighten.mistake("stretched from 0 to 255")
def _(image, amount):
    """you **stretch** the sum so that its darkest pixel is 0 and its brightest 255. What you added is lost again by
    that, whatever the amount. For `[200, 10]` and 100 you return `[255, 0]`, expected `[255, 110]`. Clipping touches
    only what is outside. Look again at section 3."""
    return _stretched(image.astype(float) + amount)


@brighten.mistake("clipped at 256")
def _(image, amount):
    """you clip at **256**, which is one more than a byte can hold: it comes back as 0. For `[200, 10]` and 100 you
    return `[0, 110]`, expected `[255, 110]`. The largest value is 255. Look again at (1.6)."""
    return np.clip(image.astype(int) + amount, 0, 256).astype(np.uint8)


def _rescaled(values):
    low, high = min(values.min(), 0), max(values.max(), 255)
    return np.rint(255 * (values - low) / (high - low)).astype(np.uint8)


def _pairs(rng):
    for n in (1, 2, 5, 9, 30):
        yield rng.random(n), rng.random(n)
    yield rng.uniform(0, 0.03, 3), rng.uniform(0, 0.1, 3)
    yield np.array([0.0, 1.0, 0.0, 1.0]), np.array([0.0, 1.0, 1.0, 0.0])
    yield rng.random((2, 3)), rng.uniform(0, 0.05, (2, 3))
    yield rng.random((4, 2, 3)), rng.random((4, 2, 3))


def _mix_by_the_standard(v, w):
    def decode(s):
        return s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4

    means = [(decode(a) + decode(b)) / 2 for a, b in zip(v.flat, w.flat, strict=True)]
    return np.reshape([12.92 * m if m <= 0.0031308 else 1.055 * m ** (1 / 2.4) - 0.055 for m in means], v.shape)


mix = FunctionExercise(
    "1.3",
    "Mix light",
    cases=_pairs,
    fixed=("v.dtype", "w.dtype"),
    oracle=_mix_by_the_standard,
    solution="""
    from course_lib.classical import color

    def mix(v, w):
        light = (color.srgb_to_linear(v) + color.srgb_to_linear(w)) / 2
        return color.linear_to_srgb(light)
    """,
    example=(np.array([0.2]), np.array([0.8])),
    hints=(
        "In which space is adding two lamps the same as adding two numbers?",
        "Decode both with (1.7), take the mean, and go back.",
        "`color.srgb_to_linear` for each, the mean, then `color.linear_to_srgb`.",
    ),
)


@mix.mistake("averaged the stored values")
def _(v, w):
    """you average the **gamma-coded** values. They are no amounts of light: for 0.2 and 0.8 you return `[0.5]`, while
    the light of the two together asks for about 0.6. Decode first. Look again at (1.8)."""
    return (v + w) / 2


@mix.mistake("not encoded again")
def _(v, w):
    """the mean is right as an amount of **light**, but a file stores encoded values: for 0.2 and 0.8 you return
    `[0.3185]`, far darker than it should look. The curve has to be applied once more, the other way. Look again at
    (1.8)."""
    return (color.srgb_to_linear(v) + color.srgb_to_linear(w)) / 2


@mix.mistake("encoded where it should decode")
def _(v, w):
    """you use the two curves in the wrong order: you **encode** what is already encoded. For 0.2 and 0.8 you return
    `[0.4415]`; that is darker than the plain mean, and the truth is brighter. Look again at (1.7)."""
    return color.srgb_to_linear((color.linear_to_srgb(v) + color.linear_to_srgb(w)) / 2)


@mix.mistake("power 2.2 for the curve")
def _(v, w):
    """you use the power 2.2. It comes close to sRGB but is another curve, with no straight piece near black: for 0.2
    and 0.8 you return `[0.5962]`, and the standard gives a little more. Look again at (1.7)."""
    return ((v**2.2 + w**2.2) / 2) ** (1 / 2.2)


@mix.mistake("the straight piece left out", example=(np.array([0.01]), np.array([0.03])))
def _(v, w):
    """your curve is right for bright values and leaves out the **straight piece** near black, at or below 0.04045. For
    0.01 and 0.03 you return `[0.02093]`, expected `[0.02]`. Look again at (1.7)."""
    light = (((v + 0.055) / 1.055) ** 2.4 + ((w + 0.055) / 1.055) ** 2.4) / 2
    return 1.055 * light ** (1 / 2.4) - 0.055


@mix.mistake("light added, not averaged")
def _(v, w):
    """you **add** the two lights and do not halve the sum: that is both lamps together. For 0.2 and 0.8 you return
    `[0.8192]`, brighter than either of them. Asked is the mean: divide by 2 before you encode. Look again at (1.8)."""
    return color.linear_to_srgb(np.minimum(color.srgb_to_linear(v) + color.srgb_to_linear(w), 1))


@mix.mistake("power 2 for the curve")
def _(v, w):
    """you decode with a **square** and encode with a square root. That comes close to sRGB but is another curve: for
    0.2 and 0.8 you return `[0.5831]`, and the standard gives about 0.6. Use the two functions of (1.7)."""
    return np.sqrt((v**2 + w**2) / 2)


def _bgr_images(rng):
    for shape in ((1, 2, 3), (2, 3, 3), (4, 4, 3), (5, 7, 3)):
        yield (rng.integers(0, 256, shape, dtype=np.uint8),)
    yield (np.array([[[255, 255, 255], [0, 0, 0]], [[0, 255, 0], [0, 0, 255]], [[255, 0, 0], [1, 2, 3]]], np.uint8),)


gray_from_opencv = FunctionExercise(
    "1.4",
    "Gray from OpenCV",
    cases=_bgr_images,
    fixed=("bgr.ndim", "bgr.dtype"),
    oracle=lambda bgr: color.luma(np.asarray(bgr)[..., ::-1]),
    solution="""
    def gray(bgr):
        blue, green, red = bgr[..., 0], bgr[..., 1], bgr[..., 2]
        return 0.299 * red + 0.587 * green + 0.114 * blue
    """,
    example=(np.array([[[100, 0, 0]]], np.uint8),),
    hints=(
        "Which colour is `bgr[..., 0]`?",
        "Name the three channels first, then write down the sum (1.9).",
        "`0.114 * bgr[..., 0] + 0.587 * bgr[..., 1] + 0.299 * bgr[..., 2]`.",
    ),
)


@gray_from_opencv.mistake("BGR read as RGB")
def _(bgr):
    """you read the channels as **RGB**, but OpenCV delivers **BGR**: blue comes first. For the one pixel `[100, 0, 0]`,
    a dark blue, you return `[[29.9]]`, expected `[[11.4]]`. Look again at section 9."""
    return np.asarray(bgr) @ [0.299, 0.587, 0.114]


@gray_from_opencv.mistake("plain mean of the channels")
def _(bgr):
    """you take the plain mean. Eyes do not: green counts most and blue least. For a blue of 100 you return `[[33.33]]`,
    three times its luma. Look again at (1.9)."""
    return np.mean(bgr, axis=-1)


@gray_from_opencv.mistake("weights of BT.709")
def _(bgr):
    """the order is right, but these are the weights of **BT.709**; asked for is BT.601. For a blue of 100 you return
    `[[7.22]]`. Look again at (1.9)."""
    return np.asarray(bgr) @ [0.0722, 0.7152, 0.2126]


@gray_from_opencv.mistake("weights of scikit-image")
def _(bgr):
    """the order is right, but these are the weights of **scikit-image**, an older rounding of BT.709; asked for is
    BT.601. For a blue of 100 you return `[[7.21]]`. Look again at (1.9)."""
    return np.asarray(bgr) @ [0.0721, 0.7154, 0.2125]


@gray_from_opencv.mistake(
    "rows taken for channels", example=(np.array([[[100, 0, 0]], [[0, 100, 0]], [[0, 0, 100]]], np.uint8),)
)
def _(bgr):
    """`bgr[0]` is the first **row** of the image, not its blue channel. For three pixels below each other, of blue,
    green and red 100, you return `[[11.4, 58.7, 29.9]]`: one number for each channel instead of one for each pixel. The
    channels are the last axis: `bgr[..., 0]`. Look again at section 1."""
    return 0.114 * bgr[0] + 0.587 * bgr[1] + 0.299 * bgr[2]


def _few_levels(rng):
    for n, levels in ((5, 3), (7, 4), (12, 8), (40, 16)):
        yield rng.integers(0, levels, n), levels
    yield np.array([2, 2]), 5  # the lowest and the highest levels are not there
    yield rng.integers(10, 200, 300).astype(np.uint8), 256


share_below = FunctionExercise(
    "1.5",
    "The cumulative distribution",
    cases=_few_levels,
    fixed=("image.ndim", "image.dtype"),
    oracle=lambda image, levels: np.array([np.mean(np.asarray(image) <= v) for v in range(levels)]),
    solution="""
    import numpy as np

    def cdf(image, levels):
        counts = np.bincount(image, minlength=levels)
        return np.cumsum(counts) / counts.sum()
    """,
    example=(np.array([0, 0, 1, 3, 3]), 4),
    hints=(
        "What must the last entry be, whatever the image?",
        "Count each level, add up from the left, divide by the number of pixels.",
        "`np.bincount(image, minlength=levels)`, then `np.cumsum`, then divide by its last entry.",
    ),
)


@share_below.mistake("counts instead of shares")
def _(image, levels):
    """you return **numbers** of pixels, not shares: for `[0, 0, 1, 3, 3]` you return `[2, 3, 3, 5]`. A distribution
    ends at 1. Look again at (1.10)."""
    return np.cumsum(np.bincount(image, minlength=levels))


@share_below.mistake("histogram instead of its sum")
def _(image, levels):
    """you return the share **at** each level, the histogram: for `[0, 0, 1, 3, 3]` that is `[0.4, 0.2, 0, 0.4]`. Add up
    from the left. Look again at (1.10)."""
    return np.bincount(image, minlength=levels) / np.size(image)


@share_below.mistake("strictly below")
def _(image, levels):
    """you leave the level itself out: for `[0, 0, 1, 3, 3]` you return `[0, 0.4, 0.6, 0.6]`. The sum in (1.10) includes
    u = v."""
    return np.array([np.mean(np.asarray(image) < v) for v in range(levels)])


@share_below.mistake("divided by the number of levels")
def _(image, levels):
    """you divide by the number of **levels**, not of pixels: for `[0, 0, 1, 3, 3]` you return
    `[0.5, 0.75, 0.75, 1.25]`, and a share cannot exceed 1. Look again at (1.10)."""
    return np.cumsum(np.bincount(image, minlength=levels)) / levels


@share_below.mistake("at or above")
def _(image, levels):
    """you add up from the **right**: that is the share of pixels at or *above* each level. For `[0, 0, 1, 3, 3]` you
    return `[1, 0.6, 0.4, 0.4]`, which falls; a cumulative distribution rises to 1. The sum in (1.10) runs from 0 up to
    v."""
    return np.array([np.mean(np.asarray(image) >= v) for v in range(levels)])


@share_below.mistake("the top levels missing", example=(np.array([0, 1, 1]), 4))
def _(image, levels):
    """your result ends at the brightest level that **occurs**: `np.bincount` stops there. For `[0, 1, 1]` and 4 levels
    you return `[0.3333, 1]`, expected four shares, the last two of them 1. `minlength=levels` gives every level its
    place. Look again at (1.10)."""
    return np.cumsum(np.bincount(image)) / np.size(image)


@share_below.mistake("levels that do not occur left out")
def _(image, levels):
    """you give one share for each level that **occurs**, and none for the others. For `[0, 0, 1, 3, 3]` you return
    `[0.4, 0.6, 1]`, expected `[0.4, 0.6, 0.6, 1]`: level 2 occurs nowhere, but there are pixels below it. Look again at
    (1.10)."""
    return np.cumsum(np.unique(image, return_counts=True)[1]) / np.size(image)


@share_below.mistake("bins without a range", example=(np.array([1, 1, 2]), 4))
def _(image, levels):
    """your bins reach from the darkest to the brightest pixel **of the image**, not from 0 to levels - 1: that is what
    `np.histogram` does without a `range`. For `[1, 1, 2]` and 4 levels you return `[0.6667, 0.6667, 0.6667, 1]`,
    expected `[0, 0.6667, 1, 1]`. Look again at (1.10)."""
    return np.cumsum(np.histogram(image, bins=levels)[0]) / np.size(image)


@share_below.mistake("stretched to the levels")
def _(image, levels):
    """you multiply by `levels - 1`: that is the step that **equalizes** an image, and comes later. For
    `[0, 0, 1, 3, 3]` you return `[1.2, 1.8, 1.8, 3]`; shares end at 1. Look again at (1.10)."""
    return (levels - 1) * np.array([np.mean(np.asarray(image) <= v) for v in range(levels)])


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


bilinear = FunctionExercise(
    "1.6",
    "Between the pixels",
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
    example=SQUARE,
    hints=(
        "Which four pixels surround the point, and which of them is nearest?",
        "With dx = x - floor(x), the right column gets the weight dx and the left one 1 - dx.",
        "Interpolate along x in the upper row, along x in the lower row, then along y between the two.",
    ),
)


@bilinear.mistake("weights exchanged")
def _(image, x, y):
    """your weights are exchanged: the **far** pixel counts more. In `[[0, 10], [20, 30]]` at x = 0.25, y = 0.5 you
    return `17.5`, expected `12.5`: the point is nearer to the left column, so the left column weighs 0.75. Look again
    at (1.14)."""
    return _bilinear(image, x, y, 1 - x % 1, 1 - y % 1)


@bilinear.mistake("x and y exchanged")
def _(image, x, y):
    """you move x down the rows. In `[[0, 10], [20, 30]]` at x = 0.25, y = 0.5 you return `10`: that is the value at x =
    0.5, y = 0.25. x belongs to the columns. Look again at section 1."""
    return _bilinear(image, y, x, y % 1, x % 1)


@bilinear.mistake("nearest pixel")
def _(image, x, y):
    """you return the nearest pixel, `20` in `[[0, 10], [20, 30]]` at x = 0.25, y = 0.5. Right for masks; a photograph
    gets stair-steps. Weigh all four neighbours. Look again at (1.14)."""
    return image[int(np.floor(y + 0.5)), int(np.floor(x + 0.5))]


@bilinear.mistake("interpolated along one axis only")
def _(image, x, y):
    """you interpolate along x and stay in the upper row. In `[[0, 10], [20, 30]]` at x = 0.25, y = 0.5 you return
    `2.5`: the lower row has no say. Look again at (1.14)."""
    return _bilinear(image, x, y, x % 1, 0.0)


@bilinear.mistake("weights of x and y exchanged", example=(np.array([[0, 10, 20], [40, 50, 60]]), 1.25, 0.5))
def _(image, x, y):
    """you take the right four pixels, but the **weights of x and y** have changed places. In
    `[[0, 10, 20], [40, 50, 60]]` at x = 1.25, y = 0.5 you return `25`, expected `32.5`. dx = x - floor(x) leads from
    the left column to the right one, dy from the upper row to the lower one. Look again at (1.14)."""
    return _bilinear(image, x, y, y % 1, x % 1)


@bilinear.mistake("interpolated along y only", example=(SQUARE[0], 0.25, 0.25))
def _(image, x, y):
    """you interpolate along y and stay in the left column. In `[[0, 10], [20, 30]]` at x = 0.25, y = 0.25 you return
    `5`, expected `7.5`: the right column has no say. Look again at (1.14)."""
    return _bilinear(image, x, y, 0.0, y % 1)


@bilinear.mistake("plain mean of the four")
def _(image, x, y):
    """you take the plain **mean** of the four neighbours, wherever the point lies between them. In
    `[[0, 10], [20, 30]]` at x = 0.25, y = 0.5 you return `15`, expected `12.5`. The nearer a pixel is, the more it
    weighs. Look again at (1.14)."""
    return _bilinear(image, x, y, 0.5, 0.5)


@bilinear.mistake("cubic splines")
def _(image, x, y):
    """you interpolate with **cubic splines**: that is what `map_coordinates` does when it is not told an `order`. In
    `[[0, 10], [20, 30]]` at x = 0.25, y = 0.5 you return `11.56`, expected `12.5`. Bilinear is order 1. Look again at
    (1.14)."""
    from scipy.ndimage import map_coordinates

    return map_coordinates(np.asarray(image, float), [[y], [x]])[0]


TWO_CLASSES = np.array([[0, 2, 2, 2], [0, 2, 2, 2]])
QUARTER_SHIFT = (np.array([[0, 2, 2], [0, 2, 2]]), warp.translation(0.25, 0))


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


warp_mask = FunctionExercise(
    "1.7",
    "Move a mask",
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
    example=(TWO_CLASSES, warp.translation(1.4, 0)),
    hints=(
        "Loop over the output pixels. Where did each one come from?",
        "Multiply (x, y, 1) by the inverse of the matrix, round to the nearest pixel, and look it up if it exists.",
        "Row `floor(source_y + 0.5)`, column `floor(source_x + 0.5)`; leave 0 where they are outside.",
    ),
)


@warp_mask.mistake("bilinear on a mask")
def _(mask, matrix):
    """you interpolate **class numbers**: between class 0 and class 2 you invent fractions. Shifting a row
    `[0, 2, 2, 2]` by 1.4 you return `[[0, 0, 1.2, 2], [0, 0, 1.2, 2]]`. Class 1.2 does not exist. Look again at
    section 5."""
    return warp.warp(mask, matrix)


@warp_mask.mistake("bilinear, then rounded")
def _(mask, matrix):
    """rounding after **bilinear** interpolation hides the fractions, not the mistake: halfway between class 0 and class
    2 lies class 1, which was never there. Shifting a row `[0, 2, 2, 2]` by 1.4 you return
    `[[0, 0, 1, 2], [0, 0, 1, 2]]`. Look again at section 5."""
    return np.rint(warp.warp(mask, matrix))


@warp_mask.mistake("bilinear, then cut off", example=QUARTER_SHIFT)
def _(mask, matrix):
    """converting to whole numbers after **bilinear** interpolation only cuts off the fractions of class numbers.
    Shifting a row `[0, 2, 2]` by 0.25 you return `[[0, 1, 2], [0, 1, 2]]`: 1.5 was cut to class 1, which was never
    there. Take the class of the nearest pixel. Look again at section 5."""
    return warp.warp(mask, matrix).astype(int)


@warp_mask.mistake("sent forwards", example=(np.array([[1, 1, 0, 0, 0, 0]]), warp.scaling(3, 1)))
def _(mask, matrix):
    """you send each pixel of the mask to its new place. Some places of the result are then hit by **none**, and stay
    holes of class 0. Stretching `[1, 1, 0, 0, 0, 0]` to three times its width you return `[[1, 0, 0, 1, 0, 0]]`,
    expected `[[1, 1, 1, 1, 1, 0]]`. Let every pixel of the *result* ask where it came from. Look again at (1.13)."""
    result = np.zeros_like(mask)
    for i, j in np.ndindex(mask.shape):
        column, row = (int(np.floor(v + 0.5)) for v in (matrix @ [j, i, 1])[:2])
        if 0 <= row < mask.shape[0] and 0 <= column < mask.shape[1]:
            result[row, column] = mask[i, j]
    return result


@warp_mask.mistake("matrix not inverted")
def _(mask, matrix):
    """you send output pixels **forward** through the matrix. Each output pixel must ask where it *came from*: use the
    inverse. Shifting a row `[0, 2, 2, 2]` to the right by 1.4 you return `[[2, 2, 2, 0], [2, 2, 2, 0]]`, a shift to the
    left. Look again at (1.13)."""
    return warp.warp(mask, np.linalg.inv(matrix), order="nearest")


@warp_mask.mistake("x and y exchanged")
def _(mask, matrix):
    """you hand (row, column) to a matrix that acts on **(x, y)**. Shifting a row `[0, 2, 2, 2]` to the right by 1.4 you
    return `[[0, 0, 0, 0], [0, 2, 2, 2]]`: it moved down. Look again at section 1."""
    return warp.warp(np.transpose(mask), matrix, np.shape(mask)[::-1], order="nearest").T


@warp_mask.mistake("bilinear on a mask, by SciPy", example=QUARTER_SHIFT)
def _(mask, matrix):
    """with `order=1`, SciPy interpolates **class numbers**: between class 0 and class 2 you invent fractions. Shifting
    a row `[0, 2, 2]` by 0.25 you return `[[0, 1.5, 2], [0, 1.5, 2]]`. Class 1.5 does not exist. The nearest pixel is
    order 0. Look again at section 5."""
    from scipy.ndimage import affine_transform

    inverse = np.linalg.inv(matrix)
    return affine_transform(np.asarray(mask, float), inverse[1::-1, 1::-1], inverse[1::-1, 2], order=1)


@warp_mask.mistake("rounded down")
def _(mask, matrix):
    """you round the place **down**; the nearest pixel may be the next one. Shifting a row `[0, 2, 2, 2]` by 1.4 you
    return `[[0, 0, 0, 2], [0, 0, 0, 2]]`, as if by 2; expected is a shift by 1, `[0, 0, 2, 2]`. Add 0.5 before you
    round down. Look again at section 5."""
    return _looked_up(mask, matrix, np.floor)


@warp_mask.mistake("cut to whole numbers", example=(np.array([[3, 0, 0], [3, 0, 0]]), warp.translation(0.7, 0)))
def _(mask, matrix):
    """`int` cuts the fraction off: the place -0.7 becomes 0, and 0.7 becomes 0 as well. Neither is the **nearest**
    pixel. Shifting a row `[3, 0, 0]` by 0.7 you return `[[3, 3, 0], [3, 3, 0]]`, expected `[0, 3, 0]` in both rows. Use
    `floor(source + 0.5)`. Look again at section 5."""
    return _looked_up(mask, matrix, np.trunc)


@warp_mask.mistake("the border repeated", example=(np.array([[2, 0, 0], [2, 0, 0]]), warp.translation(1, 0)))
def _(mask, matrix):
    """you take the nearest pixel of the **border** for places outside the mask. Shifting a row `[2, 0, 0]` to the right
    by 1 you return `[[2, 2, 0], [2, 2, 0]]`. Nothing comes from outside: expected is `[0, 2, 0]` in both rows. Look
    again at (1.13)."""
    return _looked_up(mask, matrix, outside=lambda i, n: min(max(i, 0), n - 1))


@warp_mask.mistake("negative indices", example=(np.array([[0, 0, 3], [0, 0, 3]]), warp.translation(1, 0)))
def _(mask, matrix):
    """you look up places with a **negative** index. Python counts those from the other end, so what leaves on the right
    comes in on the left. Shifting a row `[0, 0, 3]` to the right by 1 you return `[[3, 0, 0], [3, 0, 0]]`; expected is
    0 everywhere. Ask for `0 <=` as well as for `<`. Look again at (1.13)."""
    return _looked_up(mask, matrix, lowest=-1)


@warp_mask.mistake("bent to a ring", example=(np.array([[4, 0, 3], [4, 0, 3]]), warp.translation(-2, 0)))
def _(mask, matrix):
    """you bend the mask to a **ring**, as `%` does: what leaves on one side comes back on the other. Shifting a row
    `[4, 0, 3]` to the left by 2 you return `[[3, 4, 0], [3, 4, 0]]`; expected is `[3, 0, 0]` in both rows, as the 4 has
    gone. Look again at (1.13)."""
    return _looked_up(mask, matrix, outside=lambda i, n: i % n)


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


RED_ON_SOLID_BLUE = ([0.5, 0, 0, 0.5], [0, 0, 1, 1])
STRONG_RED_ON_BLUE = ([0.75, 0, 0, 0.75], [0, 0, 0.5, 0.5])


over = FunctionExercise(
    "1.8",
    "Over, premultiplied",
    cases=_layers,
    oracle=_over_by_channels,
    solution="""
    import numpy as np

    def over(front, back):
        front, back = np.asarray(front), np.asarray(back)
        return front + (1 - front[..., 3:]) * back
    """,
    example=RED_ON_BLUE,
    hints=(
        "Which share of the back can be seen through the front?",
        "One formula serves all four channels.",
        "The front as it is, plus (1 - its alpha) times the back.",
    ),
)


@over.mistake("multiplied by alpha again")
def _(front, back):
    """you multiply the front by alpha **again**; premultiplied colour has it inside already. For half a red over half a
    blue you return `[0.25, 0, 0.25, 0.5]`, expected `[0.5, 0, 0.25, 0.75]`: the red has lost half its strength. Look
    again at (1.21)."""
    alpha = np.asarray(front, float)[..., 3:]
    return alpha * np.asarray(front) + (1 - alpha) * np.asarray(back)


@over.mistake("nothing hides the back")
def _(front, back):
    """you add the layers as lamps: the front hides nothing. For half a red over half a blue you return
    `[0.5, 0, 0.5, 1]`; only the share 1 - α of the back shows through. Look again at (1.21)."""
    return np.add(front, back)


@over.mistake("front and back exchanged")
def _(front, back):
    """you laid the **back** over the front. For half a red over half a blue you return `[0.25, 0, 0.5, 0.75]`: the blue
    is the stronger one, though it lies behind. Look again at (1.21)."""
    return _over_by_channels(back, front)


@over.mistake("alpha of the back kept")
def _(front, back):
    """the colour is right, but you keep the coverage of the back: for half a red over half a blue you return
    `[0.5, 0, 0.25, 0.5]`. Alpha follows the same formula as the colours. Look again at (1.21)."""
    return np.concatenate([_over_by_channels(front, back)[..., :3], np.asarray(back)[..., 3:]], axis=-1)


@over.mistake("alpha of the front kept", example=RED_ON_SOLID_BLUE)
def _(front, back):
    """the colour is right, but you keep the coverage of the front: for half a red over a solid blue you return
    `[0.5, 0, 0.5, 0.5]`, as if one could look through both. Alpha follows the same formula as the colours. Look again
    at (1.21)."""
    return np.concatenate([_over_by_channels(front, back)[..., :3], np.asarray(front)[..., 3:]], axis=-1)


@over.mistake("the back's own alpha", example=RED_ON_SOLID_BLUE)
def _(front, back):
    """you weaken the back by its **own** alpha. What hides it is the front: for half a red over a solid blue you return
    `[0.5, 0, 0, 0.5]`, and the blue is gone, expected `[0.5, 0, 0.5, 1]`. The factor is 1 - α of the *front*. Look
    again at (1.21)."""
    return np.asarray(front) + (1 - np.asarray(back)[..., 3:]) * back


@over.mistake("straight colour returned")
def _(front, back):
    """you divide by alpha at the end: that makes the colour **straight**. Premultiplied layers give a premultiplied
    result. For half a red over half a blue you return `[0.6667, 0, 0.3333, 0.75]`, expected `[0.5, 0, 0.25, 0.75]`.
    Look again at (1.21)."""
    result = _over_by_channels(front, back)
    alpha = result[..., 3:]
    return np.concatenate([result[..., :3] / np.where(alpha > 0, alpha, 1), alpha], axis=-1)


@over.mistake("added, then cut off at 1", example=STRONG_RED_ON_BLUE)
def _(front, back):
    """you add the layers and cut off what is above 1: the front hides nothing. For three quarters of red over half a
    blue you return `[0.75, 0, 0.5, 1]`, expected `[0.75, 0, 0.125, 0.875]`. Only the share 1 - α of the back shows
    through. Look again at (1.21)."""
    return np.minimum(np.add(front, back), 1)


@over.mistake("alpha without its axis", example=([RED_ON_BLUE[0]] * 2, [RED_ON_BLUE[1]] * 2))
def _(front, back):
    """`front[..., 3]` has **lost the last axis**: one number for each pixel, where (..., 1) would fit (..., 4). For a
    single pixel it is right; for two red pixels over two blue ones it ends in `ValueError`. A slice keeps the axis:
    `front[..., 3:]`. Look again at (1.21)."""
    return front + (1 - front[..., 3]) * back


@over.mistake("weighed by alpha", example=STRONG_RED_ON_BLUE)
def _(front, back):
    """you let the share **α** of the back show through. That is the share which the front hides. For three quarters of
    red over half a blue you return `[0.75, 0, 0.375, 1.125]`, expected `[0.75, 0, 0.125, 0.875]`. The rest is 1 - α.
    Look again at (1.21)."""
    return np.asarray(front) + np.asarray(front)[..., 3:] * back


@over.mistake("the back multiplied by alpha again")
def _(front, back):
    """you multiply the back by **its own** alpha again; premultiplied colour has it inside already. For half a red over
    half a blue you return `[0.5, 0, 0.125, 0.625]`, expected `[0.5, 0, 0.25, 0.75]`. Look again at (1.21)."""
    return _over_by_channels(front, np.asarray(back) * np.asarray(back, float)[..., 3:])


EMPTY_BLOCK = np.array([[[1, 0, 0, 0.5], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]] * 2)


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


def _weighed_colors(blocks, axes):
    alpha = blocks[..., 3:].sum(axis=axes)
    color = (blocks[..., :3] * blocks[..., 3:]).sum(axis=axes)
    return color, alpha


halve = FunctionExercise(
    "1.9",
    "Shrink a sprite",
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
    example=(np.array([[[1, 0, 0, 0.5], [0, 0, 0, 0]], [[0, 0, 0, 0], [0, 0, 0, 0]]]),),
    hints=(
        "How much should a fully transparent pixel contribute to the colour?",
        "Average in premultiplied form, then go back to straight.",
        "`compositing.premultiply`, reshape to (h, 2, w, 2, 4), mean over axes 1 and 3, `compositing.unpremultiply`.",
    ),
)


@halve.mistake("averaged straight colour")
def _(sprite):
    """you average colours that are **not premultiplied**, so invisible pixels vote: one half-covering red and three
    empty pixels give `[[[0.25, 0, 0, 0.125]]]`, a dark red. That is the dark rim. Expected `[[[1, 0, 0, 0.125]]]`. Look
    again at (1.23)."""
    return _blocks(sprite).mean(axis=(1, 3))


@halve.mistake("left premultiplied")
def _(sprite):
    """you averaged premultiplied pixels, which is right, and then returned them as they are. Asked for is straight
    colour: one half-covering red and three empty pixels give `[[[0.125, 0, 0, 0.125]]]`. Divide by alpha. Look again at
    (1.23)."""
    sprite = np.asarray(sprite, float)
    return _blocks(np.concatenate([sprite[..., :3] * sprite[..., 3:], sprite[..., 3:]], axis=-1)).mean(axis=(1, 3))


@halve.mistake("every second pixel")
def _(sprite):
    """you keep one pixel of four and forget the others: one half-covering red and three empty pixels give
    `[[[1, 0, 0, 0.5]]]`, as if the whole block were covered that much. That is subsampling, with its aliases. Look
    again at section 1."""
    return np.asarray(sprite, float)[::2, ::2]


@halve.mistake("visible pixels weighed alike", example=RED_AND_FAINT_BLUE)
def _(sprite):
    """every pixel that is not empty votes with the same weight, however faint it is: a full red beside a blue of alpha
    0.25 gives `[[[0.5, 0, 0.5, 0.3125]]]`. Weigh each colour with its alpha, which makes it four fifths red. Look again
    at (1.23)."""
    blocks = _blocks(sprite)
    visible = (blocks[..., 3:] > 0).sum(axis=(1, 3))
    color = (blocks[..., :3] * (blocks[..., 3:] > 0)).sum(axis=(1, 3)) / np.maximum(visible, 1)
    return np.concatenate([color, blocks[..., 3:].mean(axis=(1, 3))], axis=-1)


@halve.mistake(
    "reshaped in the wrong order", example=(np.array([[[1.0, 0, 0, 1], [0, 0, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]]] * 2),)
)
def _(sprite):
    """your `reshape` puts pixels together that are **half an image apart**: (2, h, 2, w) instead of (h, 2, w, 2). With
    red, nothing, blue, blue in both rows you return `[[[0.5, 0, 0.5, 1], [0, 0, 1, 0.5]]]`: blue has got into the left
    block. A block is made of neighbours. Look again at section 1."""
    rows, columns = sprite.shape[0] // 2, sprite.shape[1] // 2
    color, alpha = _weighed_colors(np.reshape(sprite, (2, rows, 2, columns, 4)), (0, 2))
    return np.concatenate([color / np.where(alpha > 0, alpha, 1), alpha / 4], axis=-1)


@halve.mistake("empty blocks divided", example=(EMPTY_BLOCK,))
def _(sprite):
    """you divide by alpha where **nothing is visible**, and 0/0 is `nan`: a block of four empty pixels has no colour.
    For half a red and an empty block you return `[[[1, 0, 0, 0.25], [nan, nan, nan, 0]]]`. Leave 0 where alpha is 0.
    Look again at (1.23)."""
    color, alpha = _weighed_colors(_blocks(sprite), (1, 3))
    return np.concatenate([color / alpha, alpha / 4], axis=-1)


@halve.mistake("alpha added up", example=RED_AND_FAINT_BLUE)
def _(sprite):
    """the colours are right, but alpha is the **sum** over the block. A pixel covers at most 1: for a full red beside a
    blue of alpha 0.25 you return `[[[0.8, 0, 0.2, 1.25]]]`. Alpha is the mean of the four. Look again at (1.23)."""
    color, alpha = _weighed_colors(_blocks(sprite), (1, 3))
    return np.concatenate([color / np.where(alpha > 0, alpha, 1), alpha], axis=-1)


bits_needed = ValueExercise(
    "1.10",
    "How many bits?",
    answer=lambda: next(b for b in range(1, 33) if 20 * b * np.log10(2) >= 45),
    unit="bits",
    solution="import math\n\nanswer = math.ceil(45 / (20 * math.log10(2)))",
    hints=(
        "What is one bit worth?",
        "Divide 45 dB by the worth of a bit. The number of bits is whole.",
        "45 / 6.02 = 7.47: which whole number is enough?",
    ),
)


@bits_needed.mistake("rounded down")
def _():
    """`7` bits give 42.1 dB, which is below 45. There is no half bit, so the quotient has to be rounded **up**. Look
    again at (1.5)."""
    return 7


@bits_needed.mistake("not rounded")
def _():
    """`7.474` is the quotient 45 / 6.02. Bits come whole: which is the smallest number of them that gives at least 45
    dB? Look again at (1.5)."""
    return 45 / (20 * np.log10(2))


@bits_needed.mistake("rounded to two digits")
def _():
    """`7.47` is the quotient 45 / 6.02, rounded to two digits. There are no parts of bits: which is the smallest number
    that gives at least 45 dB? Look again at (1.5)."""
    return 7.47


@bits_needed.mistake("3 dB per bit")
def _():
    """`15` comes from 3.01 dB per bit, the factor 2 in *power*. A bit halves the amplitude of the error, so it quarters
    its power. Look again at (1.4)."""
    return 15


@bits_needed.mistake("10 dB per bit")
def _():
    """`5` comes from about 10 dB per bit. Ten decibels are a factor of ten in power; a bit gives a factor of four. Look
    again at (1.5)."""
    return 5


entropy_by_hand = ValueExercise(
    "1.11",
    "Entropy by hand",
    answer=lambda: float(-(np.array([4, 2, 1, 1]) / 8 * np.log2(np.array([4, 2, 1, 1]) / 8)).sum()),
    unit="bits per pixel",
    solution="answer = 0.5 * 1 + 0.25 * 2 + 0.125 * 3 + 0.125 * 3",
    hints=(
        "How many bits would you spend on black, if it is every second pixel?",
        "A symbol with probability 1/2ⁿ deserves n bits.",
        "½ · 1 + ¼ · 2 + ⅛ · 3 + ⅛ · 3.",
    ),
    rtol=1e-6,
)


@entropy_by_hand.mistake("natural logarithm")
def _():
    """`1.213` is right in nats: you took the natural logarithm. Bits need the logarithm to base 2. Look again at
    (1.26)."""
    return 1.75 * np.log(2)


@entropy_by_hand.mistake("all levels alike")
def _():
    """`2` bits are what four *equally* frequent levels need. These are not: black deserves a shorter code. Look again
    at (1.26)."""
    return 2


@entropy_by_hand.mistake("unweighted mean of the code lengths")
def _():
    """`2.25` is the plain mean of the lengths 1, 2, 3 and 3. Weigh each with its probability. Look again at (1.26)."""
    return 2.25


@entropy_by_hand.mistake("logarithm to base 10")
def _():
    """`0.5268` is counted in decimal digits: you took the logarithm to base **10**. Bits need the logarithm to base 2.
    Look again at (1.26)."""
    return 1.75 * np.log10(2)


@entropy_by_hand.mistake("bits of all pixels")
def _():
    """`1750` bits are needed for the 1,000 pixels **together**. Asked is the number for each pixel: weigh with the
    shares, not with the counts. Look again at (1.26)."""
    return 1750


RAMP_STUDY = (np.indices((12, 12)).sum(axis=0) / 22, 0.2, [1, 3, 5, 7], [0, 1, 2, 3])


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


best_size = FunctionExercise(
    "1.12",
    "Design an experiment",
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
    example=(0.5 + 0.4 * np.outer(np.sin(np.arange(12)), np.sin(np.arange(12))), 0.02, [1, 3, 5, 7], [0, 1]),
    hints=(
        "Which two images does the error compare?",
        "Two loops: sizes outside, seeds inside. Average the errors over the seeds.",
        "For each size the mean over the seeds of `mse(image, mean_filter(add_gaussian_noise(image, sigma, seed), "
        "size))`; return the size with the least.",
    ),
)


@best_size.mistake("compared with the noisy image, or no noise added", example=RAMP_STUDY)
def _(image, sigma, sizes, seeds):
    """doing nothing always wins for you: you return size `1`. Either you compare with the **noisy** image, or you
    filter the clean one and never add noise. Add noise to the clean image, filter the result, and compare that with the
    clean image again. Look again at (1.16)."""
    noisy = [noise.add_gaussian_noise(image, sigma, seed) for seed in seeds]
    return min(sizes, key=lambda n: sum(restoration.mse(y, restoration.mean_filter(y, n)) for y in noisy))


@best_size.mistake("largest error chosen")
def _(image, sigma, sizes, seeds):
    """you pick the size with the **largest** error: at little noise (sigma 0.02) you return `7`, the strongest blur.
    PSNR should be large, squared error small. Look again at (1.16)."""
    return sizes[int(np.argmax(_errors(image, sigma, sizes, seeds).mean(axis=1)))]


@best_size.mistake(
    "noise averaged before filtering",
    example=(
        0.5 + 0.4 * np.outer(np.sin(np.arange(12) / 2), np.sin(np.arange(12) / 2)),
        0.3,
        [1, 3, 5, 7],
        [0, 1, 2, 3],
    ),
)
def _(image, sigma, sizes, seeds):
    """you average the noisy images first and then filter the mean. Averaging n images removes noise by itself, so on a
    soft wave with sigma 0.3 you choose too small a window, `3`: that is the best for noise which a single image does
    not have. Look again at (1.17)."""
    noisy = np.mean([noise.add_gaussian_noise(image, sigma, seed) for seed in seeds], axis=0)
    return min(sizes, key=lambda n: restoration.mse(image, restoration.mean_filter(noisy, n)))


@best_size.mistake("one seed only", example=RAMP_STUDY)
def _(image, sigma, sizes, seeds):
    """you look at the first seed alone. One draw of the noise may favour any size: on a ramp with sigma 0.2 you choose
    `5`, and the mean over four seeds says otherwise. That is what the other seeds are for. Look again at section 6."""
    return sizes[int(np.argmin(_errors(image, sigma, sizes, seeds)[:, 0]))]


@best_size.mistake(
    "a vote of the seeds",
    example=(0.5 + 0.4 * np.outer(np.sin(np.arange(12) / 2), np.sin(np.arange(12) / 2)), 0.6, [1, 5, 9], [26, 27, 28]),
)
def _(image, sigma, sizes, seeds):
    """you let each seed **vote** for its best size. A vote forgets by *how much* a size is better: on a soft wave with
    sigma 0.6 two seeds of three vote for your `9`, both by a little, and the third is against it by more. Average the
    errors first, then choose. Look again at section 6."""
    best = [sizes[k] for k in _errors(image, sigma, sizes, seeds).argmin(axis=0)]
    return max(sorted(set(best)), key=best.count)


@best_size.mistake("the place in the list returned")
def _(image, sigma, sizes, seeds):
    """you return the **place** of the best size in the list, not the size: that is what `argmin` gives. On a soft wave
    with almost no noise (sigma 0.02) it is `0`, and no window is 0 pixels wide. Look the size up in `sizes`. Look again
    at section 6."""
    return int(np.argmin(_errors(image, sigma, sizes, seeds).mean(axis=1)))


@best_size.mistake("the error returned")
def _(image, sigma, sizes, seeds):
    """you return the least **error**, not the size that has it. On a soft wave with almost no noise (sigma 0.02) that
    is `0.0003433`. Keep the size beside its error while you compare. Look again at section 6."""
    return _errors(image, sigma, sizes, seeds).mean(axis=1).min()


which_resize = ChoiceExercise(
    "1.13",
    "Good in the notebook, bad in production",
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
