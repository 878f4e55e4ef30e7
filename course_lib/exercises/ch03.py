"""Exercises of chapter 03: edges and features. Oracles that need SciPy import it when they are called."""

import itertools
import math
import warnings

import numpy as np

from course_lib.teaching.engine import ChoiceExercise, FunctionExercise
from course_lib.teaching.engine.results import freeze
from course_lib.teaching.engine.words import quote


def _declare_two(exercise, build, parts, example, words, place):
    """Declare every two wrong choices at once, as people make them, beside the single ones.

    ``build(a, b, ...)`` makes the function from one choice for each part. A part is a list of (choice, name, words);
    the first choice is the right one, and names and words say what is wrong with the others. What gives the same on the
    example as a pair before it, or as one of the two alone, is left out.
    """
    right = [part[0][0] for part in parts]
    seen = {quote(freeze(build(*right)(*example)))}
    for number in (1, 2):
        for places in itertools.combinations(range(len(parts)), number):
            for chosen in itertools.product(*(parts[place][1:] for place in places)):
                choices = list(right)
                for at, (choice, _, _) in zip(places, chosen, strict=True):
                    choices[at] = choice
                wrong = build(*choices)
                shown = quote(freeze(wrong(*example)))
                if shown in seen:
                    continue
                seen.add(shown)
                if number == 1 and not chosen[0][2]:  # has a message of its own
                    continue
                if number == 2 and chosen[0][2] and chosen[1][2]:  # each is rare: both at once are rarer
                    continue
                said = [text or f"*{name}*" for _, name, text in chosen]
                text = said[0] if number == 1 else f"two things at once. First: {said[0]}. Second: {said[1]}"
                wrong.__doc__ = f"{text}. For {words} you return `{shown}`. Look again at {place}."
                exercise.mistake(" and ".join(name for _, name, _ in chosen), example=example)(wrong)


# --- 3.1 --------------------------------------------------------------------------------------------------------------

STEEP = np.array([[0.0, 10.0, 12.0], [0.0, 5.0, 6.0], [0.0, 0.0, 0.0]])  # gx = 3, gy = -4


def _images(rng):
    yield (rng.integers(0, 9, (3, 4)).astype(float),)
    for shape in ((3, 3), (4, 6), (7, 5), (12, 9)):
        yield (rng.normal(size=shape),)
    yield (np.add.outer(np.zeros(4), np.arange(6.0)),)  # a ramp to the right
    yield (np.add.outer(-3 * np.arange(5.0), np.zeros(4)),)  # a ramp upwards
    yield (np.full((5, 6), 7.5),)
    yield (np.outer(np.ones(6), [0.0, 0, 0, 200, 200, 200, 200]),)


def _strength_by_loops(image):
    image = np.asarray(image)
    smooth, difference = (1, 2, 1), (-1, 0, 1)
    result = np.zeros((image.shape[0] - 2, image.shape[1] - 2))
    for i, j in np.ndindex(result.shape):
        gx = sum(smooth[u] * difference[v] * image[i + u, j + v] for u in range(3) for v in range(3)) / 8
        gy = sum(difference[u] * smooth[v] * image[i + u, j + v] for u in range(3) for v in range(3)) / 8
        result[i, j] = math.hypot(gx, gy)
    return result


def _windows(image):
    """The nine shifted copies of an image on which a 3 × 3 window slides: [row][column]."""
    image = np.asarray(image)
    rows, columns = image.shape[0] - 2, image.shape[1] - 2
    return [[image[u : u + rows, v : v + columns] for v in range(3)] for u in range(3)]


def _slopes(image, weights=(1, 2, 1)):
    """Differences across, smoothed with the weights, and divided by what a ramp of 1 gives: (gx, gy)."""
    w, total = _windows(image), 2 * sum(weights)
    gx = sum(weight * (w[u][2] - w[u][0]) for u, weight in enumerate(weights)) / total
    gy = sum(weight * (w[2][v] - w[0][v]) for v, weight in enumerate(weights)) / total
    return gx, gy


edge_strength = FunctionExercise(
    "3.1",
    "How steep is the picture?",
    cases=_images,
    fixed=("image.ndim", "image.dtype"),
    oracle=_strength_by_loops,
    solution="""
    import numpy as np
    from scipy.ndimage import correlate

    def edge_strength(image):
        sobel_x = np.outer([1, 2, 1], [-1, 0, 1]) / 8
        gx = correlate(image, sobel_x)[1:-1, 1:-1]
        gy = correlate(image, sobel_x.T)[1:-1, 1:-1]
        return np.sqrt(gx**2 + gy**2)
    """,
    example=(STEEP,),
    example_words="the image `[[0, 10, 12], [0, 5, 6], [0, 0, 0]]`, whose slopes are 3 to the right and -4 downwards,",
    hints=(
        "Two slopes first, one to the right and one downwards. How long is the arrow that they make?",
        "Slide the kernel of (3.1) over the image, and its transpose; both divided by 8. Keep the places where the "
        "whole window fits.",
        "`gx = correlate(image, sobel_x / 8)[1:-1, 1:-1]`, the same for gy with `sobel_x.T`, then the root of (3.2).",
    ),
)


@edge_strength.mistake("slopes added with their signs")
def _(image):
    """you **add the two slopes** with their signs. A slope upwards then takes away from a slope to the right, and on
    some edges nothing is left. For {example} you return `[[-1]]`, expected `[[5]]`. The length of an arrow is a root of
    squares. Look again at (3.2)."""
    gx, gy = _slopes(image)
    return gx + gy


@edge_strength.mistake("sum of absolute slopes")
def _(image):
    """you add the **absolute** slopes, |gx| + |gy|. OpenCV's Canny does so, because it is quick; but a diagonal edge
    then counts up to 1.41 times too much. For {example} you return `[[7]]`, expected `[[5]]`. Look again at (3.2)."""
    gx, gy = _slopes(image)
    return np.abs(gx) + np.abs(gy)


@edge_strength.mistake("not divided by 8")
def _(image):
    """you use Sobel's kernel as it is, **without the division by 8**. A ramp that rises by 1 a pixel then gets the
    strength 8. For {example} you return `[[40]]`, expected `[[5]]`. Look again at (3.1)."""
    gx, gy = _slopes(image)
    return 8 * np.hypot(gx, gy)


@edge_strength.mistake("no square root")
def _(image):
    """the **square root** is missing: you return gx² + gy². For {example} that is `[[25]]`, expected `[[5]]`. An edge
    that is twice as steep would count four times. Look again at (3.2)."""
    gx, gy = _slopes(image)
    return gx**2 + gy**2


@edge_strength.mistake("only the slope to the right")
def _(image):
    """you return **gx alone**, the slope to the right, with its sign. Edges that run from left to right get nothing.
    For {example} you return `[[3]]`, expected `[[5]]`. Look again at (3.2)."""
    return _slopes(image)[0]


@edge_strength.mistake("only the slope downwards")
def _(image):
    """you return **gy alone**, the slope downwards, with its sign. Edges that run up and down get nothing. For
    {example} you return `[[-4]]`, expected `[[5]]`. Look again at (3.2)."""
    return _slopes(image)[1]


@edge_strength.mistake("differences without smoothing")
def _(image):
    """you take plain **differences**, [-1, 0, 1] / 2, of one row and one column. Sobel's kernel also smooths along the
    edge, with [1, 2, 1]. For {example} you return `[[5.831]]`, expected `[[5]]`. Look again at (3.1)."""
    return np.hypot(*_slopes(image, (0, 1, 0)))


@edge_strength.mistake("Prewitt's kernel for Sobel's")
def _(image):
    """you smooth with **[1, 1, 1]**: that is Prewitt's kernel. In Sobel's the middle counts twice, [1, 2, 1]. For
    {example} you return `[[4.738]]`, expected `[[5]]`. Look again at (3.1)."""
    return np.hypot(*_slopes(image, (1, 1, 1)))


@edge_strength.mistake("one slope used twice")
def _(image):
    """both of your slopes are **the same one**, gx: a copied line. For {example} you return `[[4.243]]`, which is 3 ·
    √2; expected is `[[5]]`. The second kernel is the transpose of the first. Look again at (3.1)."""
    gx, _ = _slopes(image)
    return np.hypot(gx, gx)


@edge_strength.mistake("the larger of the two")
def _(image):
    """you take the **larger** of the two absolute slopes. On a diagonal edge that is too little. For {example} you
    return `[[4]]`, expected `[[5]]`. Look again at (3.2)."""
    gx, gy = _slopes(image)
    return np.maximum(np.abs(gx), np.abs(gy))


@edge_strength.mistake("zeros around the image")
def _(image):
    """you keep the size of the image and count what is outside as **0**. So the border of the picture becomes an edge.
    For {example} you return `[[3.187, 4.25, 3.779], [2.795, 5, 4.931], [0.8839, 2.136, 2.215]]`, expected `[[5]]`, the
    one place where the whole window fits. Look again at (3.1)."""
    return np.hypot(*_slopes(np.pad(image, 1)))


@edge_strength.mistake("the border pixels repeated")
def _(image):
    """you keep the size of the image and **repeat its border pixels** outside (or mirror them, which is the same here).
    That is a good choice in practice; here only the places are asked for where the whole window fits. For {example} you
    return `[[4.419, 5.618, 3.005], [2.795, 5, 5.772], [0.8839, 2.136, 2.878]]`, expected `[[5]]`: cut off a rim of one
    pixel. Look again at (3.1)."""
    return np.hypot(*_slopes(np.pad(image, 1, mode="edge")))


@edge_strength.mistake("np.gradient")
def _(image):
    """you take plain **differences**, and one-sided ones on the border, as `np.gradient` does. Sobel's kernel also
    smooths along the edge, with [1, 2, 1], and the result has only the places where the whole window fits. For
    {example} you return `[[10, 7.81, 6.325], [5, 5.831, 6.083], [0, 5, 6]]`, expected `[[5]]`. Look again at (3.1)."""
    gy, gx = np.gradient(image)
    return np.hypot(gx, gy)


@edge_strength.mistake("the direction in place of the strength")
def _(image):
    """you return the **direction** of the slope, an angle; asked for is how steep it is. For {example} you return
    `[[-0.9273]]`, expected `[[5]]`. `np.hypot` gives the length where `np.arctan2` gives the angle. Look again at
    (3.2)."""
    gx, gy = _slopes(image)
    return np.arctan2(gy, gx)


@edge_strength.mistake("differences to the next pixel")
def _(image):
    """you take the difference to the **next** pixel, as `np.diff` does: it belongs to a place between two pixels, and
    there is no smoothing. Sobel's kernel reaches over three rows and three columns. For {example} you return `[[10,
    5.385], [5, 5.099]]`, expected `[[5]]`. Look again at (3.1)."""
    return np.hypot(np.diff(image, axis=1)[:-1], np.diff(image, axis=0)[:, :-1])


@edge_strength.mistake("Roberts' cross")
def _(image):
    """you take differences across the corners of 2 × 2 pixels: that is **Roberts' cross**. Sobel's kernel has 3 × 3.
    For {example} you return `[[11.18, 8.062], [5, 7.81]]`, expected `[[5]]`. Look again at (3.1)."""
    return np.hypot(image[1:, 1:] - image[:-1, :-1], image[1:, :-1] - image[:-1, 1:])


@edge_strength.mistake("the Laplacian", example=(np.array([[0.0, 2, 0], [1, 0, 9], [0, 6, 0]]),))
def _(image):
    """you take the **second** differences, the four neighbours minus four times the middle: that is the Laplacian,
    which is 0 where the picture is steepest. For the image `[[0, 2, 0], [1, 0, 9], [0, 6, 0]]` you return `[[18]]`,
    expected `[[2.236]]`. Look again at (3.1)."""
    w = _windows(image)
    return np.abs(w[0][1] + w[1][0] + w[1][2] + w[2][1] - 4 * w[1][1])


@edge_strength.mistake("gy not divided by 8")
def _(image):
    """you divide **gx by 8, but not gy**. For {example} you return `[[32.14]]`, expected `[[5]]`. Look again at
    (3.1)."""
    gx, gy = _slopes(image)
    return np.hypot(gx, 8 * gy)


@edge_strength.mistake("gx not divided by 8")
def _(image):
    """you divide **gy by 8, but not gx**. For {example} you return `[[24.33]]`, expected `[[5]]`. Look again at
    (3.1)."""
    gx, gy = _slopes(image)
    return np.hypot(8 * gx, gy)


@edge_strength.mistake("the last row and column not filled")
def _(image):
    """your **last row and last column** stay 0: the loops end one too early. An image of n rows has n - 2 places for
    the window, so it is `range(n - 2)`. For {example} you return `[[0]]`, expected `[[5]]`. Look again at section 1."""
    result = np.hypot(*_slopes(image))
    result[-1] = result[:, -1] = 0
    return result


def _measured(slopes, combine, around, factor):
    def measured(image):
        if around == "a rim of zeros":
            return np.pad(factor * combine(*slopes(image)), 1)
        padded = {"zeros": "constant", "repeated": "edge"}.get(around)
        return factor * combine(*slopes(np.pad(image, 1, mode=padded) if padded else image))

    return measured


HILLSIDE = (np.array([[3.0, 1, 4, 1], [5, 9, 2, 6], [5, 3, 5, 8], [9, 7, 9, 3]]),)

_declare_two(
    edge_strength,
    _measured,
    [
        [
            (_slopes, "", ""),
            (lambda image: _slopes(image, (0, 1, 0)), "differences without smoothing", ""),
            (lambda image: _slopes(image, (1, 1, 1)), "Prewitt's kernel for Sobel's", ""),
            (
                lambda image: _slopes(image, (3, 10, 3)),
                "Scharr's kernel for Sobel's",
                "you smooth with **[3, 10, 3]**: that is Scharr's kernel. Sobel's is [1, 2, 1]",
            ),
            (
                lambda image: (_slopes(image)[0], 8 * _slopes(image)[1]),
                "gy not divided by 8",
                "",
            ),
        ],
        [
            (np.hypot, "", ""),
            (np.add, "slopes added with their signs", ""),
            (lambda gx, gy: np.abs(gx) + np.abs(gy), "sum of absolute slopes", ""),
            (
                lambda gx, gy: np.abs(gx + gy),
                "the absolute value of the sum",
                "you add the slopes with their signs and take the "
                "**absolute value of the sum**; on some edges the two cancel",
            ),
            (lambda gx, gy: gx**2 + gy**2, "no square root", ""),
            (lambda gx, gy: gx, "only the slope to the right", ""),
            (lambda gx, gy: gy, "only the slope downwards", ""),
            (
                lambda gx, gy: np.abs(gx),
                "only the absolute slope to the right",
                "you return **|gx| alone**; edges that run from left to right get nothing",
            ),
            (
                lambda gx, gy: np.abs(gy),
                "only the absolute slope downwards",
                "you return **|gy| alone**; edges that run up and down get nothing",
            ),
            (
                lambda gx, gy: gx * gy,
                "slopes multiplied",
                "you **multiply** the two slopes: an edge with only one of them gets nothing",
            ),
            (
                lambda gx, gy: np.sqrt(np.abs(gx)) + np.sqrt(np.abs(gy)),
                "a root of each slope",
                "you take the **root of each** slope and add the roots; the squares are added, and then comes one root",
            ),
            (
                lambda gx, gy: np.sqrt(np.abs(gx**2 - gy**2)),
                "squares subtracted",
                "you **subtract** the squares; they are added",
            ),
            (
                lambda gx, gy: np.sqrt(np.abs(gx + gy)),
                "squares forgotten",
                "you take the root of **gx + gy**: their squares are forgotten",
            ),
            (lambda gx, gy: np.maximum(np.abs(gx), np.abs(gy)), "the larger of the two", ""),
            (
                lambda gx, gy: np.array([gx, gy]),
                "two slopes, not one strength",
                "you return the **two slopes**; one number for "
                "each place is asked for, the length of the arrow that they make",
            ),
        ],
        [
            ("", "", ""),
            ("zeros", "zeros around the image", ""),
            ("repeated", "the border pixels repeated", ""),
            (
                "a rim of zeros",
                "a rim of zeros",
                "you keep the size of the image and leave a **rim of zeros**; only the places "
                "where the whole window fits are asked for, an array that is smaller by 2",
            ),
        ],
        [
            (1, "", ""),
            (8, "not divided by 8", ""),
            (
                2,
                "divided by 4",
                "you divide by **4**, which the smoothing sums to; the difference reaches over two pixels, so it is 8",
            ),
            (4, "divided by 2", "you divide by **2** only; the smoothing sums to 4, so it is 8"),
            (1 / 8, "divided by 8 twice", "you divide by 8 **twice**"),
        ],
    ],
    HILLSIDE,
    "the image `[[3, 1, 4, 1], [5, 9, 2, 6], [5, 3, 5, 8], [9, 7, 9, 3]]`",
    "(3.1) and (3.2)",
)


@edge_strength.mistake("the derivative of a Gaussian", example=HILLSIDE)
def _(image):
    """you take the derivatives of a **Gaussian** of width 1 (or smooth first): that is section 2's kernel, which is
    larger. Sobel's 3 × 3 kernel is asked for. For the image `[[3, 1, 4, 1], [5, 9, 2, 6], [5, 3, 5, 8], [9, 7, 9, 3]]`
    you return `[[1.136, 1.244], [1.103, 0.9256]]`, expected `[[1.075, 1.381], [0.952, 1.186]]`. Look again at (3.1)."""
    from scipy.ndimage import gaussian_gradient_magnitude

    return gaussian_gradient_magnitude(image, 1)[1:-1, 1:-1]


@edge_strength.mistake("smoothed, no slope", example=HILLSIDE)
def _(image):
    """you **smooth** the image and take no difference: your kernel has no negative numbers. For the image `[[3, 1, 4,
    1], [5, 9, 2, 6], [5, 3, 5, 8], [9, 7, 9, 3]]` you return `[[4.688, 4.312], [5.562, 5.562]]`, expected `[[1.075,
    1.381], [0.952, 1.186]]`. Look again at (3.1)."""
    w = _windows(image)
    return sum((1, 2, 1)[u] * (1, 2, 1)[v] * w[u][v] for u in range(3) for v in range(3)) / 16


# --- 3.2 --------------------------------------------------------------------------------------------------------------

# slopes whose length is exact, so that ties are ties however the length was computed
ARROWS = np.array([(5, 0), (-5, 0), (0, 5), (0, -5), (3, 4), (4, 3), (-3, 4), (4, -3), (-4, -3), (3, -4), (0, 0)])
ARROWS = np.concatenate([ARROWS, [(24, -7), (-24, 7), (24, 7), (7, 24), (-7, 24), (-24, -7)]])


def _slope_fields(rng):
    for shape in ((3, 4), (5, 5), (4, 7), (8, 6), (12, 13)):
        arrows = ARROWS[rng.integers(0, len(ARROWS), shape)] * rng.integers(1, 4, (*shape, 1))
        yield _with_strength(arrows.astype(float))
    for angle in (0.2, 0.9, 1.7, 2.2, -0.7, -2.9):  # a smooth ridge across that direction
        y, x = np.mgrid[-4:5, -5:6]
        along = x * np.cos(angle) + y * np.sin(angle)
        size = np.exp(-((along - 0.3) ** 2) / 6)[..., np.newaxis]
        yield _with_strength(size * [np.cos(angle), np.sin(angle)])
    yield _with_strength(np.zeros((4, 5, 2)))
    yield _with_strength(np.tile([0.0, 2.0], (5, 6, 1)))  # a plateau


def _with_strength(arrows):
    return np.hypot(arrows[..., 0], arrows[..., 1]), arrows[..., 0], arrows[..., 1]


def _thin_by_loops(strength, gx, gy):
    result = np.zeros(np.shape(strength))
    steps = ((0, 1), (1, 1), (1, 0), (1, -1))
    for i in range(1, len(strength) - 1):
        for j in range(1, len(strength[0]) - 1):
            if gx[i, j] == 0 == gy[i, j]:
                continue
            down, right = steps[round(math.atan2(gy[i, j], gx[i, j]) / (math.pi / 4)) % 4]
            ahead, behind = strength[i + down, j + right], strength[i - down, j - right]
            if strength[i, j] >= max(ahead, behind):
                result[i, j] = strength[i, j]
    return result


STEPS = ((0, 1), (1, 1), (1, 0), (1, -1))  # (rows, columns) to the next pixel along each of the four directions


def _sectors(gx, gy):
    return np.round(np.arctan2(gy, gx) / (np.pi / 4)).astype(int) % 4


def _thinned(strength, gx, gy, sectors, steps=STEPS, keep=None):
    """Non-maximum suppression with the neighbours at ``steps``; ``keep(centre, ahead, behind)`` decides."""
    keep = keep or (lambda c, a, b: (c >= a) & (c >= b))
    padded = np.pad(strength, 1)
    rows, columns = strength.shape

    def moved(down, right):
        return padded[1 + down : 1 + down + rows, 1 + right : 1 + right + columns]

    kept = np.zeros(strength.shape, bool)
    for sector, (down, right) in enumerate(steps):
        kept |= (sectors == sector) & keep(strength, moved(down, right), moved(-down, -right))
    return np.where(kept & ((gx != 0) | (gy != 0)), strength, 0)


def _rimless(image):
    result = np.zeros_like(image)
    result[1:-1, 1:-1] = image[1:-1, 1:-1]
    return result


def _to_the_right(*rows):
    strength = np.array(rows, float)
    return strength, strength, np.zeros_like(strength)


def _along(right, down, *rows):
    """A strength with the given rows, all of its slopes in one direction (right, down)."""
    strength = np.array(rows, float)
    return strength, strength * right, strength * down


PLATEAU = _to_the_right([9, 9, 9, 9, 9], [0, 5, 5, 1, 0], [0, 0, 0, 0, 0])
RISE = _to_the_right([0, 0, 0, 0, 0], [1, 3, 6, 8, 0], [0, 0, 0, 0, 0])
BESIDE = _to_the_right([9, 9, 1, 9], [1, 4, 2, 1], [0, 3, 0, 0])
VALLEY = _to_the_right([0, 0, 0, 0, 0], [5, 3, 6, 8, 0], [0, 0, 0, 0, 0])
HILL = _to_the_right([0, 0, 0, 0, 0], [1, 3, 8, 6, 0], [0, 0, 0, 0, 0])
DIAGONAL = _along(0.8, 0.6, [9, 0, 1, 0], [0, 5, 6, 0], [1, 7, 5, 0], [0, 0, 0, 0])
STEEPER = _along(0.6, 0.8, [9, 0, 1, 0], [4, 6, 5, 0], [1, 7, 5, 0], [0, 0, 0, 0])
FALLING = _along(0.8, -0.6, [9, 0, 1, 0], [4, 6, 5, 0], [1, 7, 5, 0], [0, 0, 0, 0])
SLOPE = _to_the_right([0, 0, 0, 0, 0], [8, 6, 3, 1, 0], [0, 0, 0, 0, 0])
DOWNWARDS = _along(0.0, 1.0, [1, 1, 1, 1], [5, 4, 8, 2], [0, 0, 9, 0])

thin = FunctionExercise(
    "3.2",
    "Thin the edges",
    cases=_slope_fields,
    fixed=("strength.ndim", "strength.dtype", "gx.ndim", "gx.dtype", "gy.ndim", "gy.dtype"),
    oracle=_thin_by_loops,
    solution="""
    import numpy as np

    def thin(strength, gx, gy):
        result = np.zeros(strength.shape)
        steps = [(0, 1), (1, 1), (1, 0), (1, -1)]
        for i in range(1, strength.shape[0] - 1):
            for j in range(1, strength.shape[1] - 1):
                sector = int(np.round(np.arctan2(gy[i, j], gx[i, j]) / (np.pi / 4))) % 4
                down, right = steps[sector]
                here = strength[i, j]
                if here >= strength[i + down, j + right] and here >= strength[i - down, j - right]:
                    result[i, j] = here
        return result
    """,
    example=PLATEAU,
    example_words="strengths `[[9, 9, 9, 9, 9], [0, 5, 5, 1, 0], [0, 0, 0, 0, 0]]` whose slopes all point to the right",
    hints=(
        "A ridge is highest across, not along. Which two neighbours lie across?",
        "Round the angle of the slope to one of four directions; the steps are right, right and down, down, left and "
        "down. Remember that y grows downwards.",
        "`sector = round(arctan2(gy, gx) / (pi / 4)) % 4`, the step of that sector forwards and backwards, and keep "
        "the strength where it is `>=` both. Loop over the inner pixels only.",
    ),
)


@thin.mistake("compared along the edge", example=BESIDE)
def _(strength, gx, gy):
    """you compare with the neighbours **along** the edge, not across it. The slope points across. For strengths `[[9,
    9, 1, 9], [1, 4, 2, 1], [0, 3, 0, 0]]` whose slopes all point to the right you return `[[0, 0, 0, 0], [0, 0, 2, 0],
    [0, 0, 0, 0]]`, expected `[[0, 0, 0, 0], [0, 4, 0, 0], [0, 0, 0, 0]]`: the 4 has 1 and 2 beside it. Look again at
    (3.4)."""
    return _rimless(_thinned(strength, gx, gy, (_sectors(gx, gy) + 2) % 4))


@thin.mistake("equal neighbours suppressed")
def _(strength, gx, gy):
    """you keep only what is **strictly** stronger than both. Where two neighbours are equally strong, both vanish and
    the edge has a hole. For {example} you return `[[0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]]`, expected `[[0,
    0, 0, 0, 0], [0, 5, 5, 0, 0], [0, 0, 0, 0, 0]]`. Look again at (3.4): it says at least as strong."""
    return _rimless(_thinned(strength, gx, gy, _sectors(gx, gy), keep=lambda c, a, b: (c > a) & (c > b)))


@thin.mistake("y taken upwards", example=DIAGONAL)
def _(strength, gx, gy):
    """your two **diagonals** have changed places: you count y upwards. Rows grow downwards, so a slope with gx and gy
    above 0 points to the right and *down*. For strengths `[[9, 0, 1, 0], [0, 5, 6, 0], [1, 7, 5, 0], [0, 0, 0, 0]]`
    whose slopes all point that way you return `[[0, 0, 0, 0], [0, 5, 0, 0], [0, 7, 5, 0], [0, 0, 0, 0]]`, expected
    `[[0, 0, 0, 0], [0, 0, 6, 0], [0, 7, 5, 0], [0, 0, 0, 0]]`. Look again at section 3."""
    return _rimless(_thinned(strength, gx, gy, -_sectors(gx, gy) % 4))


@thin.mistake("gx and gy exchanged", example=DOWNWARDS)
def _(strength, gx, gy):
    """you have **exchanged gx and gy**: slopes to the right are compared up and down, and the other way round.
    `arctan2` wants y first. For strengths `[[1, 1, 1, 1], [5, 4, 8, 2], [0, 0, 9, 0]]` whose slopes all point downwards
    you return `[[0, 0, 0, 0], [0, 0, 8, 0], [0, 0, 0, 0]]`, expected `[[0, 0, 0, 0], [0, 4, 0, 0], [0, 0, 0, 0]]`. Look
    again at (3.4)."""
    return _rimless(_thinned(strength, gx, gy, _sectors(gy, gx)))


@thin.mistake("the rim kept")
def _(strength, gx, gy):
    """you keep maxima on the **rim**, as if beyond it all were 0. Nobody knows what is there, so the rim of one pixel
    must be 0. For {example} you return `[[9, 9, 9, 9, 9], [0, 5, 5, 0, 0], [0, 0, 0, 0, 0]]`, expected `[[0, 0, 0, 0,
    0], [0, 5, 5, 0, 0], [0, 0, 0, 0, 0]]`. Look again at section 3."""
    return _thinned(strength, gx, gy, _sectors(gx, gy))


@thin.mistake("only one neighbour asked")
def _(strength, gx, gy):
    """you compare with the neighbour **ahead** only. The foot of a slope is higher than what comes after the ridge,
    too: both sides must be asked. For {example} you return `[[0, 0, 0, 0, 0], [0, 5, 5, 1, 0], [0, 0, 0, 0, 0]]`,
    expected `[[0, 0, 0, 0, 0], [0, 5, 5, 0, 0], [0, 0, 0, 0, 0]]`. Look again at (3.4)."""
    return _rimless(_thinned(strength, gx, gy, _sectors(gx, gy), keep=lambda c, a, b: c >= a))


@thin.mistake("only the neighbour behind asked", example=RISE)
def _(strength, gx, gy):
    """you compare with the neighbour **behind** only. On the way up every pixel is stronger than that one: both sides
    must be asked. For strengths `[[0, 0, 0, 0, 0], [1, 3, 6, 8, 0], [0, 0, 0, 0, 0]]` whose slopes all point to the
    right you return `[[0, 0, 0, 0, 0], [0, 3, 6, 8, 0], [0, 0, 0, 0, 0]]`, expected `[[0, 0, 0, 0, 0], [0, 0, 0, 8, 0],
    [0, 0, 0, 0, 0]]`. Look again at (3.4)."""
    return _rimless(_thinned(strength, gx, gy, _sectors(gx, gy), keep=lambda c, a, b: c >= b))


@thin.mistake("at least one of the two", example=HILL)
def _(strength, gx, gy):
    """you keep what is as strong as **one** of its two neighbours; it must be as strong as **both**. On any slope one
    neighbour is weaker. For strengths `[[0, 0, 0, 0, 0], [1, 3, 8, 6, 0], [0, 0, 0, 0, 0]]` whose slopes all point to
    the right you return `[[0, 0, 0, 0, 0], [0, 3, 8, 6, 0], [0, 0, 0, 0, 0]]`, expected `[[0, 0, 0, 0, 0], [0, 0, 8, 0,
    0], [0, 0, 0, 0, 0]]`. It is `and`, not `or`: look again at (3.4)."""
    return _rimless(_thinned(strength, gx, gy, _sectors(gx, gy), keep=lambda c, a, b: (c >= a) | (c >= b)))


@thin.mistake("marks in place of strengths")
def _(strength, gx, gy):
    """you return **True and False** (or 1 and 0) where strengths are asked for. The next step needs them: it asks how
    strong an edge is. For {example} you return `[[False, False, False, False, False], [False, True, True, False,
    False], [False, False, False, False, False]]`, expected `[[0, 0, 0, 0, 0], [0, 5, 5, 0, 0], [0, 0, 0, 0, 0]]`. Look
    again at (3.4)."""
    return _rimless(_thinned(strength, gx, gy, _sectors(gx, gy))) > 0


@thin.mistake("always left and right", example=STEEPER)
def _(strength, gx, gy):
    """you compare with the neighbours on the **left and right**, whatever the slope is. Are gx and gy used at all? For
    strengths `[[9, 0, 1, 0], [4, 6, 5, 0], [1, 7, 5, 0], [0, 0, 0, 0]]` whose slopes point 53 degrees from the right
    downwards you return `[[0, 0, 0, 0], [0, 6, 0, 0], [0, 7, 0, 0], [0, 0, 0, 0]]`, expected `[[0, 0, 0, 0], [0, 0, 5,
    0], [0, 7, 0, 0], [0, 0, 0, 0]]`: the neighbours across lie right and down, and left and up. Look again at section
    3."""
    return _rimless(_thinned(strength, gx, gy, 0 * _sectors(gx, gy)))


@thin.mistake("all eight neighbours asked", example=BESIDE)
def _(strength, gx, gy):
    """you keep what is strongest among **all eight** neighbours. That leaves single points: along an edge one neighbour
    is nearly always a little stronger. Ask only the two across. For strengths `[[9, 9, 1, 9], [1, 4, 2, 1], [0, 3, 0,
    0]]` whose slopes all point to the right you return `[[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]`, expected `[[0, 0,
    0, 0], [0, 4, 0, 0], [0, 0, 0, 0]]`. Look again at (3.4)."""
    kept = np.array(strength)
    for step in STEPS:
        kept = np.minimum(kept, _thinned(strength, gx, gy, 0 * _sectors(gx, gy), (step,)))
    return _rimless(kept)


@thin.mistake("the angle cut, not rounded", example=DIAGONAL)
def _(strength, gx, gy):
    """you **cut** the angle to a multiple of 45 degrees (`int`, `//` or `floor`) where the nearest one is asked for.
    For strengths `[[9, 0, 1, 0], [0, 5, 6, 0], [1, 7, 5, 0], [0, 0, 0, 0]]` whose slopes point 37 degrees from the
    right downwards you return `[[0, 0, 0, 0], [0, 0, 6, 0], [0, 7, 0, 0], [0, 0, 0, 0]]`, expected `[[0, 0, 0, 0], [0,
    0, 6, 0], [0, 7, 5, 0], [0, 0, 0, 0]]`: 37 is nearer to 45 than to 0. Look again at section 3."""
    return _rimless(_thinned(strength, gx, gy, np.floor(np.arctan2(gy, gx) / (np.pi / 4)).astype(int) % 4))


@thin.mistake("only strictly stronger than the one ahead")
def _(strength, gx, gy):
    """you ask `>` of the neighbour **ahead** and `>=` of the one behind. Of two equal neighbours one is then dropped.
    OpenCV does so, to get lines of one pixel; here it is `>=` for both. For {example} you return `[[0, 0, 0, 0, 0], [0,
    0, 5, 0, 0], [0, 0, 0, 0, 0]]`, expected `[[0, 0, 0, 0, 0], [0, 5, 5, 0, 0], [0, 0, 0, 0, 0]]`. Look again at
    (3.4)."""
    return _rimless(_thinned(strength, gx, gy, _sectors(gx, gy), keep=lambda c, a, b: (c > a) & (c >= b)))


@thin.mistake("only strictly stronger than the one behind")
def _(strength, gx, gy):
    """you ask `>` of the neighbour **behind** and `>=` of the one ahead. Of two equal neighbours one is then dropped.
    Here it is `>=` for both. For {example} you return `[[0, 0, 0, 0, 0], [0, 5, 0, 0, 0], [0, 0, 0, 0, 0]]`, expected
    `[[0, 0, 0, 0, 0], [0, 5, 5, 0, 0], [0, 0, 0, 0, 0]]`. Look again at (3.4)."""
    return _rimless(_thinned(strength, gx, gy, _sectors(gx, gy), keep=lambda c, a, b: (c >= a) & (c > b)))


@thin.mistake("the weakest kept", example=VALLEY)
def _(strength, gx, gy):
    """your comparison is the **wrong way round**: you keep what is at most as strong as its neighbours. For strengths
    `[[0, 0, 0, 0, 0], [5, 3, 6, 8, 0], [0, 0, 0, 0, 0]]` whose slopes all point to the right you return `[[0, 0, 0, 0,
    0], [0, 3, 0, 0, 0], [0, 0, 0, 0, 0]]`, expected `[[0, 0, 0, 0, 0], [0, 0, 0, 8, 0], [0, 0, 0, 0, 0]]`. Look again
    at (3.4)."""
    return _rimless(_thinned(strength, gx, gy, _sectors(gx, gy), keep=lambda c, a, b: (c <= a) & (c <= b)))


@thin.mistake("two directions instead of four", example=STEEPER)
def _(strength, gx, gy):
    """you know only **two** directions, across and down, and take the one whose slope is larger. Near 45 degrees the
    neighbours at the corners must be asked. For strengths `[[9, 0, 1, 0], [4, 6, 5, 0], [1, 7, 5, 0], [0, 0, 0, 0]]`
    whose slopes point 53 degrees from the right downwards you return `[[0, 0, 0, 0], [0, 0, 5, 0], [0, 7, 5, 0], [0, 0,
    0, 0]]`, expected `[[0, 0, 0, 0], [0, 0, 5, 0], [0, 7, 0, 0], [0, 0, 0, 0]]`. Look again at section 3."""
    return _rimless(_thinned(strength, gx, gy, np.where(np.abs(gy) > np.abs(gx), 2, 0)))


@thin.mistake("the signs of the slopes lost", example=FALLING)
def _(strength, gx, gy):
    """you take the slopes **without their signs**, so one of the two diagonals is never used. A slope to the right and
    *up* (gx above 0, gy below 0) is not one to the right and down. For strengths `[[9, 0, 1, 0], [4, 6, 5, 0], [1, 7,
    5, 0], [0, 0, 0, 0]]` whose slopes point 37 degrees from the right upwards you return `[[0, 0, 0, 0], [0, 0, 5, 0],
    [0, 7, 0, 0], [0, 0, 0, 0]]`, expected `[[0, 0, 0, 0], [0, 6, 0, 0], [0, 7, 5, 0], [0, 0, 0, 0]]`. Look again at
    section 3."""
    return _rimless(_thinned(strength, gx, gy, _sectors(np.abs(gx), np.abs(gy))))


@thin.mistake("compared with what was thinned already", example=SLOPE)
def _(strength, gx, gy):
    """you **overwrite** strengths with 0 while you still compare with them: once a pixel is 0, its next neighbour looks
    like a maximum. Compare in the image that was given, and write into a new one. For strengths `[[0, 0, 0, 0, 0], [8,
    6, 3, 1, 0], [0, 0, 0, 0, 0]]` whose slopes all point to the right you return `[[0, 0, 0, 0, 0], [0, 0, 3, 0, 0],
    [0, 0, 0, 0, 0]]`, expected `[[0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]]`. Look again at section 3."""
    result = np.array(strength)
    sectors = _sectors(gx, gy)
    for i in range(1, len(result) - 1):
        for j in range(1, len(result[0]) - 1):
            down, right = STEPS[sectors[i, j]]
            if result[i, j] < max(result[i + down, j + right], result[i - down, j - right]):
                result[i, j] = 0
    return _rimless(result)


@thin.mistake("the rim left as it was", example=RISE)
def _(strength, gx, gy):
    """you leave the **rim** as it was, as when the result begins as a copy of the strengths. It must be 0: there a
    neighbour is missing. For strengths `[[0, 0, 0, 0, 0], [1, 3, 6, 8, 0], [0, 0, 0, 0, 0]]` whose slopes all point to
    the right you return `[[0, 0, 0, 0, 0], [1, 0, 0, 8, 0], [0, 0, 0, 0, 0]]`, expected `[[0, 0, 0, 0, 0], [0, 0, 0, 8,
    0], [0, 0, 0, 0, 0]]`. Look again at section 3."""
    result = np.array(strength)
    result[1:-1, 1:-1] = _thinned(strength, gx, gy, _sectors(gx, gy))[1:-1, 1:-1]
    return result


MOUNTAIN = np.array(
    [[4, 1, 2, 4, 3, 3], [8, 6, 4, 3, 4, 7], [1, 4, 3, 1, 3, 4], [2, 5, 5, 7, 8, 2], [8, 3, 1, 1, 4, 6]], float
)
# directions of the slopes there, as (right, down)
COMPASS = np.array(
    [
        [(-0.6, 0.8), (1, 0), (0.28, 0.96), (0, 1), (0, 1), (-1, 0)],
        [(-0.8, -0.6), (0.96, -0.28), (0, 1), (0.6, -0.8), (-0.8, -0.6), (0, 1)],
        [(-0.96, -0.28), (0, -1), (0.28, 0.96), (-0.96, -0.28), (0.8, 0.6), (0.6, -0.8)],
        [(0.8, -0.6), (0.6, 0.8), (0.96, -0.28), (-1, 0), (0.28, 0.96), (0.6, 0.8)],
        [(0, 1), (-0.96, -0.28), (0.28, 0.96), (0.96, -0.28), (0, 1), (0.6, 0.8)],
    ]
)
AROUND = (MOUNTAIN, MOUNTAIN * COMPASS[..., 0], MOUNTAIN * COMPASS[..., 1])


def _thinning(sectors, keep, rim, give):
    def thinned(strength, gx, gy):
        result = _thinned(strength, gx, gy, sectors(gx, gy), keep=keep)
        kept = result if rim == "kept" else _rimless(result)
        if rim == "copied":
            kept = np.array(strength)
            kept[1:-1, 1:-1] = result[1:-1, 1:-1]
        if rim == "two":
            kept = np.zeros_like(result)
            kept[2:-2, 2:-2] = result[2:-2, 2:-2]
        return give(kept)

    return thinned


def _by_unit(unit):
    return lambda gx, gy: np.round(np.arctan2(gy, gx) / unit).astype(int) % 4


def _without_wrapping(gx, gy):
    """A chain of if and elif in which every negative angle is below the first limit."""
    angles = np.degrees(np.arctan2(gy, gx))
    return np.select([angles < 22.5, angles < 67.5, angles < 112.5], [0, 1, 2], 3)


def _without_the_end(gx, gy):
    """The same with angles from 0 to 180, in which those above 157.5 are taken for the last diagonal."""
    angles = np.degrees(np.arctan2(gy, gx)) % 180
    return np.select([angles < 22.5, angles < 67.5, angles < 112.5], [0, 1, 2], 3)


_declare_two(
    thin,
    _thinning,
    [
        [
            (_sectors, "", ""),
            (lambda gx, gy: (_sectors(gx, gy) + 2) % 4, "compared along the edge", ""),
            (lambda gx, gy: -_sectors(gx, gy) % 4, "y taken upwards", ""),
            (lambda gx, gy: _sectors(gy, gx), "gx and gy exchanged", ""),
            (lambda gx, gy: np.where(np.abs(gy) > np.abs(gx), 2, 0), "two directions instead of four", ""),
            (lambda gx, gy: _sectors(np.abs(gx), np.abs(gy)), "the signs of the slopes lost", ""),
            (lambda gx, gy: 0 * _sectors(gx, gy), "always left and right", ""),
            (lambda gx, gy: np.floor(np.arctan2(gy, gx) / (np.pi / 4)).astype(int) % 4, "the angle cut", ""),
            (
                _without_wrapping,
                "negative angles not brought into range",
                "you leave **negative angles** as they are, so they are below your first limit and count as "
                "across. A slope and its opposite have the same two neighbours: take the angle `% 180` first",
            ),
            (
                _without_the_end,
                "angles near 180 degrees taken for a diagonal",
                "you take angles from **157.5 to 180** degrees for a diagonal. They are as near to 180, which is "
                "across, as those below 22.5 are to 0",
            ),
            (
                _by_unit(np.pi / 8),
                "steps of 22.5 degrees",
                "you count in steps of **22.5 degrees**; four directions in half a turn are 45 degrees apart, π/4",
            ),
            (
                lambda gx, gy: np.round(np.degrees(np.arctan2(gy, gx)) / (np.pi / 4)).astype(int) % 4,
                "degrees over radians",
                "you divide an angle in **degrees** by π/4, which is in radians",
            ),
            (
                lambda gx, gy: np.where(_sectors(gx, gy) == 3, 9, _sectors(gx, gy)),
                "a diagonal forgotten",
                "you **forget one diagonal**, from the right and up to the left and down: nothing is kept there",
            ),
            (
                lambda gx, gy: _sectors(gx, gy) % 2,
                "% 2",
                "you take the sector **% 2**: slopes downwards are then compared to the left "
                "and right. There are four directions: `% 4`",
            ),
            (
                lambda gx, gy: np.array([0, 1, 3, 2])[_sectors(gx, gy)],
                "two steps exchanged",
                "your steps for **down** and for **left and down** have changed places: 90 degrees come before 135",
            ),
            (
                _by_unit(np.pi / 2),
                "steps of 90 degrees",
                "you count in steps of **90 degrees**; four directions in half a turn are 45 degrees apart, π/4",
            ),
        ],
        [
            (None, "", ""),
            (lambda c, a, b: (c > a) & (c > b), "equal neighbours suppressed", ""),
            (lambda c, a, b: (c >= a) | (c >= b), "at least one of the two", ""),
            (lambda c, a, b: c >= a, "only one neighbour asked", ""),
            (lambda c, a, b: (c <= a) & (c <= b), "the weakest kept", ""),
            (
                lambda c, a, b: c >= a + b,
                "compared with the sum",
                "you compare with the **sum** of the two neighbours; it must be as strong as *each* of them",
            ),
            (
                lambda c, a, b: 2 * c >= a + b,
                "compared with the mean",
                "you compare with the **mean** of the two neighbours; it must be as strong as *both*",
            ),
        ],
        [
            ("", "", ""),
            ("kept", "the rim kept", ""),
            ("copied", "the rim left as it was", ""),
            ("two", "a rim of two pixels", "you leave out a rim of **two** pixels; one is enough: `range(1, n - 1)`"),
        ],
        [(lambda kept: kept, "", ""), (lambda kept: kept > 0, "marks in place of strengths", "")],
    ],
    AROUND,
    "the strengths `[[4, 1, 2, 4, 3, 3], [8, 6, 4, 3, 4, 7], [1, 4, 3, 1, 3, 4], [2, 5, 5, 7, 8, 2], "
    "[8, 3, 1, 1, 4, 6]]` with slopes in all directions",
    "(3.4)",
)


@thin.mistake("four neighbours asked", example=_to_the_right([0, 9, 0, 9], [1, 4, 4, 1], [0, 0, 0, 0]))
def _(strength, gx, gy):
    """you keep what is strongest among **four** neighbours, left, right, above and below. Ask only the two across the
    edge. For strengths `[[0, 9, 0, 9], [1, 4, 4, 1], [0, 0, 0, 0]]` whose slopes all point to the right you return
    `[[0, 0, 0, 0], [0, 0, 4, 0], [0, 0, 0, 0]]`, expected `[[0, 0, 0, 0], [0, 4, 4, 0], [0, 0, 0, 0]]`. Look again at
    (3.4)."""
    across = _thinned(strength, gx, gy, 0 * _sectors(gx, gy))
    return _rimless(np.minimum(across, _thinned(strength, gx, gy, 0 * _sectors(gx, gy), (STEPS[2],))))


@thin.mistake("no % 4", example=_along(-1.0, 0.0, [9, 9, 1, 9], [1, 4, 2, 1], [0, 3, 0, 0]))
def _(strength, gx, gy):
    """`% 4` is **missing**: an angle of 180 degrees gives the sector 4, and there are 0 to 3. It is the sector 0 again:
    a slope to the left has the same two neighbours as one to the right. For strengths `[[9, 9, 1, 9], [1, 4, 2, 1], [0,
    3, 0, 0]]` whose slopes all point to the left your code stops with an `IndexError`, expected `[[0, 0, 0, 0], [0, 4,
    0, 0], [0, 0, 0, 0]]`. Look again at section 3."""
    sectors = np.round(np.arctan2(gy, gx) / (np.pi / 4)).astype(int)[1:-1, 1:-1]
    if (sectors == 4).any():
        raise IndexError
    return _rimless(_thinned(strength, gx, gy, _sectors(gx, gy)))


@thin.mistake("what is dropped, not what is kept", example=RISE)
def _(strength, gx, gy):
    """you return what is **dropped**; what is kept is asked for. For strengths `[[0, 0, 0, 0, 0], [1, 3, 6, 8, 0], [0,
    0, 0, 0, 0]]` whose slopes all point to the right you return `[[0, 0, 0, 0, 0], [1, 3, 6, 0, 0], [0, 0, 0, 0, 0]]`,
    expected `[[0, 0, 0, 0, 0], [0, 0, 0, 8, 0], [0, 0, 0, 0, 0]]`. Look again at (3.4)."""
    return strength - _rimless(_thinned(strength, gx, gy, _sectors(gx, gy)))


@thin.mistake("the strength computed anew", example=STEEPER)
def _(strength, gx, gy):
    """you compute a strength of **your own**, |gx| + |gy|; the one that is given is to be thinned. For strengths `[[9,
    0, 1, 0], [4, 6, 5, 0], [1, 7, 5, 0], [0, 0, 0, 0]]` whose slopes point 53 degrees from the right downwards you
    return `[[0, 0, 0, 0], [0, 0, 7, 0], [0, 9.8, 0, 0], [0, 0, 0, 0]]`, expected `[[0, 0, 0, 0], [0, 0, 5, 0], [0, 7,
    0, 0], [0, 0, 0, 0]]`. Look again at section 3."""
    return _rimless(_thinned(np.abs(gx) + np.abs(gy), gx, gy, _sectors(gx, gy)))


@thin.mistake("neighbours two pixels away", example=BESIDE)
def _(strength, gx, gy):
    """you compare with the pixels **two** steps away (or one step of each neighbour too many). For strengths `[[9, 9,
    1, 9], [1, 4, 2, 1], [0, 3, 0, 0]]` whose slopes all point to the right, with 0 outside, you return `[[0, 0, 0, 0],
    [0, 4, 2, 0], [0, 0, 0, 0]]`, expected `[[0, 0, 0, 0], [0, 4, 0, 0], [0, 0, 0, 0]]`. Look again at (3.4)."""
    padded = [np.pad(array, 1) for array in (strength, gx, gy)]
    steps = [(2 * down, 2 * right) for down, right in STEPS]
    found = np.zeros(padded[0].shape)
    around = np.pad(strength, 3)
    rows, columns = found.shape
    sectors = _sectors(*padded[1:])
    for sector, (down, right) in enumerate(steps):
        ahead = around[2 + down : 2 + down + rows, 2 + right : 2 + right + columns]
        behind = around[2 - down : 2 - down + rows, 2 - right : 2 - right + columns]
        kept = (sectors == sector) & (padded[0] >= ahead) & (padded[0] >= behind)
        found = np.where(kept, padded[0], found)
    return _rimless(found[1:-1, 1:-1])


# --- 3.3 --------------------------------------------------------------------------------------------------------------


def _strengths(rng):
    for shape in ((3, 4), (5, 4), (6, 6), (9, 12), (16, 11)):
        yield rng.integers(0, 10, shape).astype(float), 5.0, 8.0
    yield rng.integers(0, 10, (7, 9)), 6, 9  # whole numbers
    yield rng.integers(0, 10, (8, 8)).astype(float), 4.0, 6.0
    yield rng.integers(0, 12, (10, 6)).astype(float), 7.0, 8.0
    yield np.add.outer([0.0, 3, 0, 0, 2], [3.0, 5, 4, 9, 1, 4]), 4.0, 8.0
    yield _snake(), 2.0, 7.0
    yield _snake()[::-1, ::-1].copy(), 2.0, 7.0
    yield np.full((3, 5), 4.0), 4.0, 4.0
    yield np.zeros((4, 4)), 1.0, 2.0
    yield rng.random((12, 12)), 0.55, 0.97


def _snake():
    """A long way of weak pixels that begins at one strong pixel and turns."""
    strength = np.zeros((7, 8))
    strength[1, 1:7] = strength[1:6, 6] = strength[5, 1:7] = strength[3:6, 1] = 3
    strength[3, 1] = 7
    strength[3, 3] = 5  # weak and alone
    return strength


def _follow_by_walking(strength, low, high):
    strength = np.asarray(strength)
    reached = {tuple(place) for place in np.argwhere(strength >= high).tolist()}
    waiting = list(reached)
    while waiting:
        i, j = waiting.pop()
        for u in (i - 1, i, i + 1):
            for v in (j - 1, j, j + 1):
                inside = 0 <= u < strength.shape[0] and 0 <= v < strength.shape[1]
                if inside and (u, v) not in reached and strength[u, v] >= low:
                    reached.add((u, v))
                    waiting.append((u, v))
    result = np.zeros(strength.shape, bool)
    for place in reached:
        result[place] = True
    return result & (strength >= low)


def _spread(mask, corners=True):
    """A mask and all pixels that touch it, across corners or not."""
    padded = np.pad(mask, 1)
    rows, columns = mask.shape
    result = np.zeros_like(mask)
    for u in range(3):
        for v in range(3):
            if corners is True or (u == 1 or v == 1 if corners is False else u % 2 == v % 2):
                result |= padded[u : u + rows, v : v + columns]
    return result


def _grown(seeds, allowed, corners=True):
    while not np.array_equal(larger := (_spread(seeds, corners) & allowed) | seeds, seeds):
        seeds = larger
    return seeds


TOUCHING = {
    True: [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
    False: [[0, 1, 0], [1, 1, 1], [0, 1, 0]],
    "only": [[1, 0, 1], [0, 1, 0], [1, 0, 1]],
}


def _one_pass(weak, strong, corners=True, rim=True):
    """Looks at every pixel once, row by row, at what has been kept so far."""
    touching = np.array(TOUCHING[corners], bool)
    kept = np.pad(strong, 1)
    first = 0 if rim else 1
    for i in range(first, weak.shape[0] - first):
        for j in range(first, weak.shape[1] - first):
            if weak[i, j] and (kept[i : i + 3, j : j + 3] & touching).any():
                kept[i + 1, j + 1] = True
    return kept[1:-1, 1:-1]


WAY = (np.array([[5.0, 5, 5, 9], [5, 0, 0, 0], [0, 5, 0, 5]]), 5.0, 9.0)
WAY_WORDS = "strengths `[[5, 5, 5, 9], [5, 0, 0, 0], [0, 5, 0, 5]]`, low = 5 and high = 9"

STRONG = (np.array([[9.0, 6, 5], [0, 0, 0], [6, 6, 8]]), 5.0, 8.0)
STRONG_WORDS = "strengths `[[9, 6, 5], [0, 0, 0], [6, 6, 8]]`, low = 5 and high = 8"
MEAN = (np.array([[9.0, 7, 0, 9], [0, 0, 0, 5]]), 5.0, 8.0)

follow = FunctionExercise(
    "3.3",
    "Follow an edge",
    cases=_strengths,
    fixed=("strength.ndim",),
    oracle=_follow_by_walking,
    solution="""
    import numpy as np
    from scipy import ndimage

    def follow(strength, low, high):
        labels, count = ndimage.label(strength >= low, np.ones((3, 3)))
        strong = np.unique(labels[strength >= high])
        return np.isin(labels, strong[strong > 0])
    """,
    example=WAY,
    example_words=WAY_WORDS,
    hints=(
        "Begin at the strong pixels. Which of their neighbours may be added, and what comes after that?",
        "Add again and again, until nothing changes; or label the connected pixels and keep the labels that hold a "
        "strong one. Corners connect, too.",
        "`labels, n = ndimage.label(strength >= low, np.ones((3, 3)))`, then keep the labels found at "
        "`strength >= high`.",
    ),
)


@follow.mistake("one step only")
def _(strength, low, high):
    """you go **one step** from the strong pixels and stop. An edge is followed as far as it goes: pixels that were
    added may bring others. For {example} you return `[[False, False, True, True], [False, False, False, False], [False,
    False, False, False]]`, expected `[[True, True, True, True], [True, False, False, False], [False, True, False,
    False]]`. Repeat until nothing changes. Look again at (3.5)."""
    return _spread(strength >= high) & (strength >= low)


def _steps(strength, low, high, number):
    kept = strength >= high
    for _ in range(number):
        kept = _spread(kept) & (strength >= low)
    return kept


LONG = (np.array([[9.0] + [5] * 12]), 5.0, 9.0)


def _declare_steps(number):
    kept = _steps(*LONG, number)

    def stops(strength, low, high):
        return _steps(strength, low, high, number)

    stops.__doc__ = f"""you go **{number} steps** from the strong pixels and stop. An edge is followed as far as it
    goes, however many steps that takes. For one row with the strengths 9, 5, 5, 5, ..., 5 (13 pixels), low = 5 and
    high = 9 you return `{kept.tolist()}`; all of it belongs to the edge. Repeat until nothing changes. Look again at
    (3.5)."""
    follow.mistake(f"{number} steps only", example=LONG)(stops)


for _number in (2, 3, 4, 5, 8, 10):
    _declare_steps(_number)


@follow.mistake("corners do not connect")
def _(strength, low, high):
    """you follow an edge to the **four** neighbours that share a side; `ndimage.label` does so unless it is told
    otherwise. Thin edges run diagonally, so pixels that touch at a corner are connected, too. For {example} you return
    `[[True, True, True, True], [True, False, False, False], [False, False, False, False]]`, expected `[[True, True,
    True, True], [True, False, False, False], [False, True, False, False]]`. Look again at (3.5)."""
    return _grown(strength >= high, strength >= low, corners=False)


@follow.mistake("thresholds left out", example=STRONG)
def _(strength, low, high):
    """your thresholds are **strict**, `>`. What is exactly `low` or `high` belongs to it, `>=`. For strengths `[[9, 6,
    5], [0, 0, 0], [6, 6, 8]]`, low = 5 and high = 8 you return `[[True, True, False], [False, False, False], [False,
    False, False]]`, expected `[[True, True, True], [False, False, False], [True, True, True]]`. Look again at (3.5)."""
    return _grown(strength > high, strength > low)


@follow.mistake("the low threshold left out", example=STRONG)
def _(strength, low, high):
    """your **low** threshold is strict, `>`. What is exactly `low` belongs to it, `>=`. For strengths `[[9, 6, 5], [0,
    0, 0], [6, 6, 8]]`, low = 5 and high = 8 you return `[[True, True, False], [False, False, False], [True, True,
    True]]`, expected `[[True, True, True], [False, False, False], [True, True, True]]`. Look again at (3.5)."""
    return _grown(strength >= high, (strength > low) | (strength >= high))


@follow.mistake("the high threshold left out", example=STRONG)
def _(strength, low, high):
    """your **high** threshold is strict, `>`. What is exactly `high` may begin an edge, `>=`. For strengths `[[9, 6,
    5], [0, 0, 0], [6, 6, 8]]`, low = 5 and high = 8 you return `[[True, True, True], [False, False, False], [False,
    False, False]]`, expected `[[True, True, True], [False, False, False], [True, True, True]]`. Look again at (3.5)."""
    return _grown(strength > high, strength >= low)


@follow.mistake("only the strong pixels", example=(np.array([[5.0, 5, 9], [0, 0, 0], [5, 5, 5]]), 5.0, 9.0))
def _(strength, low, high):
    """you keep only what reaches **high**. (That also comes out when low and high are exchanged.) The weak pixels that
    hang on a strong one belong to the edge. For strengths `[[5, 5, 9], [0, 0, 0], [5, 5, 5]]`, low = 5 and high = 9 you
    return `[[False, False, True], [False, False, False], [False, False, False]]`, expected `[[True, True, True],
    [False, False, False], [False, False, False]]`. Look again at (3.5)."""
    return strength >= high


@follow.mistake("all weak pixels", example=WAY)
def _(strength, low, high):
    """you keep everything that reaches **low**. Weak pixels count only where they hang on a strong one. For {example}
    you return `[[True, True, True, True], [True, False, False, False], [False, True, False, True]]`, expected `[[True,
    True, True, True], [True, False, False, False], [False, True, False, False]]`. Look again at (3.5)."""
    return strength >= low


@follow.mistake("only the weak pixels", example=WAY)
def _(strength, low, high):
    """you keep what lies **between** low and high. The strong pixels are the surest part of an edge, and the weak ones
    count only where they hang on a strong one. For {example} you return `[[True, True, True, False], [True, False,
    False, False], [False, True, False, True]]`, expected `[[True, True, True, True], [True, False, False, False],
    [False, True, False, False]]`. Look again at (3.5)."""
    return (strength >= low) & (strength < high)


@follow.mistake("one pass over the rows", example=(np.array([[9.0, 5, 5], [0, 0, 5], [5, 5, 0]]), 5.0, 9.0))
def _(strength, low, high):
    """you go **once** over the pixels, row by row. So an edge is followed to the right and down, but not back to the
    left or up: when a pixel is kept, those before it have had their turn. For strengths `[[9, 5, 5], [0, 0, 5], [5, 5,
    0]]`, low = 5 and high = 9 you return `[[True, True, True], [False, False, True], [False, True, False]]`, expected
    `[[True, True, True], [False, False, True], [True, True, False]]`. Repeat until nothing changes. Look again at
    (3.5)."""
    return _one_pass(strength >= low, strength >= high)


@follow.mistake("only connected weak pixels kept", example=WAY)
def _(strength, low, high):
    """you return the weak pixels that hang on strong ones, but **not the strong ones** themselves. For {example} you
    return `[[True, True, True, False], [True, False, False, False], [False, True, False, False]]`, expected `[[True,
    True, True, True], [True, False, False, False], [False, True, False, False]]`. Look again at (3.5)."""
    return _grown(strength >= high, strength >= low) & (strength < high)


@follow.mistake("strengths in place of marks")
def _(strength, low, high):
    """you return the **strengths** of the pixels that are kept; asked for is a mask, True or False. For {example} you
    return `[[5, 5, 5, 9], [5, 0, 0, 0], [0, 5, 0, 0]]`, expected `[[True, True, True, True], [True, False, False,
    False], [False, True, False, False]]`. Look again at (3.5)."""
    return strength * _grown(strength >= high, strength >= low)


@follow.mistake("the mean of a component against high", example=MEAN)
def _(strength, low, high):
    """you ask whether the **mean** of connected pixels reaches `high`. One strong pixel is enough, however many weak
    ones hang on it. For strengths `[[9, 7, 0, 9], [0, 0, 0, 5]]`, low = 5 and high = 8 you return `[[True, True, False,
    False], [False, False, False, False]]`, expected `[[True, True, False, True], [False, False, False, True]]`. Look
    again at (3.5)."""
    return _components(strength, low, lambda values: values.mean() >= high)


@follow.mistake("all of a component must be strong", example=MEAN)
def _(strength, low, high):
    """you keep connected pixels only if **all** of them reach `high`. One strong pixel is enough: `any`, not `all`. For
    strengths `[[9, 7, 0, 9], [0, 0, 0, 5]]`, low = 5 and high = 8 you return `[[False, False, False, False], [False,
    False, False, False]]`, expected `[[True, True, False, True], [False, False, False, True]]`. Look again at (3.5)."""
    return _components(strength, low, lambda values: values.min() >= high)


def _components(strength, low, keep):
    from scipy.ndimage import label

    labels, count = label(strength >= low, np.ones((3, 3)))
    kept = [number for number in range(1, count + 1) if keep(strength[labels == number])]
    return np.isin(labels, kept)


@follow.mistake("the last component forgotten", example=(np.array([[9.0, 0, 9, 0, 9]]), 5.0, 8.0))
def _(strength, low, high):
    """you leave out the **last** of the connected components: labels run from 1 to n, so it is `range(1, n + 1)`. For
    strengths `[[9, 0, 9, 0, 9]]`, low = 5 and high = 8 you return `[[True, False, True, False, False]]`, expected
    `[[True, False, True, False, True]]`. Look again at section 3."""
    from scipy.ndimage import label

    labels, count = label(strength >= low, np.ones((3, 3)))
    strong = set(labels[strength >= high].tolist()) - {0, count}
    return np.isin(labels, sorted(strong))


@follow.mistake("labels in place of marks", example=STRONG)
def _(strength, low, high):
    """you return the **labels** 1, 2, 3 of the components that are kept; asked for is a mask, True or False. For
    strengths `[[9, 6, 5], [0, 0, 0], [6, 6, 8]]`, low = 5 and high = 8 you return `[[1, 1, 1], [0, 0, 0], [2, 2, 2]]`,
    expected `[[True, True, True], [False, False, False], [True, True, True]]`. Look again at (3.5)."""
    from scipy.ndimage import label

    labels, _ = label(strength >= low, np.ones((3, 3)))
    return labels * _grown(strength >= high, strength >= low)


@follow.mistake("all neighbours of strong pixels")
def _(strength, low, high):
    """you add **all** neighbours of the strong pixels, whether they reach `low` or not, and only those next to them.
    For {example} you return `[[False, False, True, True], [False, False, True, True], [False, False, False, False]]`,
    expected `[[True, True, True, True], [True, False, False, False], [False, True, False, False]]`. Look again at
    (3.5)."""
    return _spread(strength >= high)


@follow.mistake("the sum of a component against high", example=(np.array([[5.0, 0, 9], [5, 0, 0]]), 5.0, 9.0))
def _(strength, low, high):
    """you ask whether the **sum** of connected pixels reaches `high`, so two weak ones make a strong one. At least one
    pixel must reach it by itself: `max`. For strengths `[[5, 0, 9], [5, 0, 0]]`, low = 5 and high = 9 you return
    `[[True, False, True], [True, False, False]]`, expected `[[False, False, True], [False, False, False]]`. Look again
    at (3.5)."""
    return _components(strength, low, lambda values: values.sum() >= high)


@follow.mistake("only the largest edge kept", example=(np.array([[5.0, 9, 0, 9]]), 5.0, 9.0))
def _(strength, low, high):
    """you keep the **largest** edge only. Every edge with a strong pixel counts. For strengths `[[5, 9, 0, 9]]`, low =
    5 and high = 9 you return `[[True, True, False, False]]`, expected `[[True, True, False, True]]`. Look again at
    (3.5)."""
    from scipy.ndimage import label

    labels, count = label(_grown(strength >= high, strength >= low), np.ones((3, 3)))
    sizes = np.bincount(labels.ravel())[1:]
    return labels == (1 + sizes.argmax() if count else -1)


@follow.mistake("one threshold in the middle")
def _(strength, low, high):
    """you use **one threshold**, halfway between low and high. Then noise above it is kept and weak parts of an edge
    are lost, which two thresholds prevent. For {example} you return `[[False, False, False, True], [False, False,
    False, False], [False, False, False, False]]`, expected `[[True, True, True, True], [True, False, False, False],
    [False, True, False, False]]`. Look again at (3.5)."""
    return strength >= (low + high) / 2


@follow.mistake("strong 1, weak one half")
def _(strength, low, high):
    """you give strong pixels 1 and weak ones **one half**, and stop. That is the step before: now decide for every weak
    pixel whether it hangs on a strong one. For {example} you return `[[0.5, 0.5, 0.5, 1], [0.5, 0, 0, 0], [0, 0.5, 0,
    0.5]]`, expected `[[True, True, True, True], [True, False, False, False], [False, True, False, False]]`. Look again
    at (3.5)."""
    return np.where(strength >= high, 1.0, np.where(strength >= low, 0.5, 0.0))


def _following(corners, thresholds, reach):
    def followed(strength, low, high):
        weak, strong = thresholds(strength, low, high)
        if reach == "one":
            return _spread(strong, corners) & weak | strong
        if reach == "inner one":
            return np.pad((_spread(strong, corners) & weak)[1:-1, 1:-1], 1) | strong
        if reach == "two":
            return _spread(_spread(strong, corners) & weak | strong, corners) & weak | strong
        if reach == "across gaps":
            return _spread(_spread(strong, corners), corners) & weak
        if reach == "pass":
            return _one_pass(weak, strong, corners, rim=True)
        if reach == "inner pass":
            return _one_pass(weak, strong, corners, rim=False)
        return _grown(strong, weak, corners)

    return followed


FOREST = np.array(
    [[7, 0, 6, 0, 7, 5, 0], [0, 0, 6, 0, 8, 5, 7], [8, 9, 0, 0, 7, 5, 5], [5, 0, 6, 7, 0, 5, 9], [7, 6, 7, 5, 7, 0, 8]],
    float,
)

_declare_two(
    follow,
    _following,
    [
        [
            (True, "", ""),
            (False, "corners do not connect", ""),
            (
                "only",
                "only corners connect",
                "you follow an edge across **corners only**; pixels that share a side are connected, too",
            ),
        ],
        [
            (lambda s, low, high: (s >= low, s >= high), "", ""),
            (lambda s, low, high: (s > low, s > high), "thresholds left out", ""),
            (lambda s, low, high: (s > low, s >= high), "the low threshold left out", ""),
            (lambda s, low, high: (s >= low, s > high), "the high threshold left out", ""),
        ],
        [
            ("all", "", ""),
            ("one", "one step only", ""),
            ("two", "two steps only", ""),
            (
                "across gaps",
                "two steps across gaps",
                "you grow the strong pixels by **two** and compare with low afterwards (or use a "
                "5 × 5 window). That jumps over gaps of one pixel, and stops after two",
            ),
            ("pass", "one pass over the rows", ""),
            (
                "inner one",
                "one step at the inner pixels",
                "you go **one step** from the strong pixels, and only at the inner pixels: the rim is never looked at",
            ),
            (
                "inner pass",
                "one pass over the inner pixels",
                "you go **once** over the inner pixels, row by row. The rim is "
                "never looked at, and an edge is not followed back to the left or up",
            ),
        ],
    ],
    (FOREST, 5.0, 8.0),
    "strengths `[[7, 0, 6, 0, 7, 5, 0], [0, 0, 6, 0, 8, 5, 7], [8, 9, 0, 0, 7, 5, 5], "
    "[5, 0, 6, 7, 0, 5, 9], [7, 6, 7, 5, 7, 0, 8]]`, low = 5 and high = 8",
    "(3.5)",
)


@follow.mistake("joined across the border", example=(np.array([[9.0, 0, 0, 5]]), 5.0, 8.0))
def _(strength, low, high):
    """you join pixels **across the border**: `np.roll` brings what leaves on one side in again on the other. For
    strengths `[[9, 0, 0, 5]]`, low = 5 and high = 8 you return `[[True, False, False, True]]`, expected `[[True, False,
    False, False]]`. Look again at section 3."""
    kept, weak = strength >= high, strength >= low
    while True:
        more = kept.copy()
        for down in (-1, 0, 1):
            for right in (-1, 0, 1):
                more |= np.roll(kept, (down, right), (0, 1)) & weak
        if np.array_equal(more, kept):
            return kept
        kept = more


@follow.mistake("small edges left out", example=(np.array([[9.0, 9, 0, 6, 6, 6]]), 5.0, 8.0))
def _(strength, low, high):
    """you keep edges by their **size**, at least three pixels. What counts is whether one of the pixels is strong. For
    strengths `[[9, 9, 0, 6, 6, 6]]`, low = 5 and high = 8 you return `[[False, False, False, True, True, True]]`,
    expected `[[True, True, False, False, False, False]]`. Look again at (3.5)."""
    return _components(strength, low, lambda values: len(values) >= 3)


@follow.mistake("the median of a component against high", example=(np.array([[9.0, 5, 5, 0, 8, 8, 5]]), 5.0, 8.0))
def _(strength, low, high):
    """you ask whether the **median** of connected pixels reaches `high`. One strong pixel is enough: `max`. For
    strengths `[[9, 5, 5, 0, 8, 8, 5]]`, low = 5 and high = 8 you return `[[False, False, False, False, True, True,
    True]]`, expected `[[True, True, True, False, True, True, True]]`. Look again at (3.5)."""
    return _components(strength, low, lambda values: np.median(values) >= high)


@follow.mistake("between low and high, both included", example=(np.array([[9.0, 8, 5, 0, 6]]), 5.0, 8.0))
def _(strength, low, high):
    """you keep what lies **between** low and high, both included. The strongest pixels are the surest part of an edge,
    and weak ones count only where they hang on a strong one. For strengths `[[9, 8, 5, 0, 6]]`, low = 5 and high = 8
    you return `[[False, True, True, False, True]]`, expected `[[True, True, True, False, False]]`. Look again at
    (3.5)."""
    return (strength >= low) & (strength <= high)


@follow.mistake("strong pixels with a weak neighbour", example=(np.array([[9.0, 5, 0, 9, 0, 5]]), 5.0, 8.0))
def _(strength, low, high):
    """you keep the **strong pixels that have a weak neighbour**. It is the other way round: a strong pixel always
    counts, and a weak one where it hangs on a strong one. For strengths `[[9, 5, 0, 9, 0, 5]]`, low = 5 and high = 8
    you return `[[True, False, False, False, False, False]]`, expected `[[True, True, False, True, False, False]]`. Look
    again at (3.5)."""
    return (strength >= high) & _spread((strength >= low) & (strength < high))


# --- 3.4 --------------------------------------------------------------------------------------------------------------


def _edge_images(rng):
    for shape, count in (((2, 3), 2), ((4, 4), 3), ((5, 3), 4), ((6, 9), 7), ((12, 7), 5)):
        angles = rng.uniform(-np.pi / 2, np.pi / 2, count)
        yield _without_halves(rng.random(shape) < 0.3, angles)
    yield np.ones((3, 4), bool), np.array([0, np.pi / 2])
    yield np.zeros((3, 5), bool), np.array([0.3, 1.2, -0.8])
    line = np.zeros((8, 11), bool)
    line[5] = True
    yield _without_halves(line, np.linspace(-1.4, 1.5, 8))


def _without_halves(edges, angles):
    """The same with angles moved until no distance is within 0.004 of a half, where roundings differ."""
    rows, columns = np.indices(edges.shape)
    found = []
    for angle in angles:
        while np.abs(np.abs((columns * np.cos(angle) + rows * np.sin(angle)) % 1 - 0.5)).min() < 0.004:
            angle += 0.003
        found.append(angle)
    return edges, np.array(found)


def _votes_by_loops(edges, angles):
    edges = np.asarray(edges)
    rows, columns = edges.shape
    half = math.ceil(math.hypot(rows, columns))
    votes = np.zeros((2 * half + 1, len(angles)), int)
    for k, angle in enumerate(angles):
        for row in range(rows):
            for column in range(columns):
                if edges[row, column]:
                    votes[half + round(column * math.cos(angle) + row * math.sin(angle)), k] += 1
    return votes


def _votes(edges, distances, count, half=None):
    """Counts `distances(rows, columns)`, whole numbers of shape (pixels, angles), in a table with 0 in the middle."""
    half = math.ceil(math.hypot(*edges.shape)) if half is None else half
    votes = np.zeros((2 * half + 1, count), int)
    rows, columns = (index[:, np.newaxis] for index in np.nonzero(edges))
    found = distances(rows, columns)
    np.add.at(votes, (half + found, np.broadcast_to(np.arange(count), found.shape)), 1)
    return votes


def _rounded(values):
    return np.round(values).astype(int)


DOTS = (np.array([[False, False, True], [False, False, True]]), np.array([0.0, np.pi / 2]))
DOTS_WORDS = "edges at row 0, column 2 and row 1, column 2, and the angles `[0, 1.571]`,"
SLANTED = (np.array([[False, True, True]]), np.array([0.5]))

votes_for_lines = FunctionExercise(
    "3.4",
    "Vote for lines",
    cases=_edge_images,
    fixed=("edges.ndim", "edges.dtype", "angles.ndim", "angles.dtype"),
    oracle=_votes_by_loops,
    solution="""
    import numpy as np

    def votes_for_lines(edges, angles):
        half = int(np.ceil(np.hypot(*edges.shape)))
        votes = np.zeros((2 * half + 1, len(angles)), int)
        for y, x in np.argwhere(edges):
            distance = np.round(x * np.cos(angles) + y * np.sin(angles)).astype(int)
            votes[half + distance, np.arange(len(angles))] += 1
        return votes
    """,
    example=DOTS,
    example_words=DOTS_WORDS,
    hints=(
        "Every edge pixel votes once for each angle: for which distance?",
        "x is the column and y the row. Distances may be negative, so the row of distance 0 is the middle one, D.",
        "For every edge pixel: `votes[D + round(x cos + y sin), k] += 1` for each angle k.",
    ),
)


@votes_for_lines.mistake("x and y exchanged")
def _(edges, angles):
    """you compute **x sin θ + y cos θ**, or take x for the row and y for the column, which comes to the same. For
    {example} you return `[[0, 0], [0, 0], [0, 0], [0, 0], [1, 0], [1, 0], [0, 2], [0, 0], [0, 0]]`, expected `[[0, 0],
    [0, 0], [0, 0], [0, 0], [0, 1], [0, 1], [2, 0], [0, 0], [0, 0]]`: at angle 0 both pixels lie at the distance 2,
    their column. Look again at (3.6)."""
    return _votes(edges, lambda r, c: _rounded(c * np.sin(angles) + r * np.cos(angles)), len(angles))


@votes_for_lines.mistake("a minus between the terms")
def _(edges, angles):
    """you compute **x cos θ − y sin θ**: that is y counted upwards. Rows grow downwards. For {example} you return `[[0,
    0], [0, 0], [0, 0], [0, 1], [0, 1], [0, 0], [2, 0], [0, 0], [0, 0]]`, expected `[[0, 0], [0, 0], [0, 0], [0, 0], [0,
    1], [0, 1], [2, 0], [0, 0], [0, 0]]`. Look again at (3.6)."""
    return _votes(edges, lambda r, c: _rounded(c * np.cos(angles) - r * np.sin(angles)), len(angles))


@votes_for_lines.mistake("distance 0 in the first row")
def _(edges, angles):
    """you count at the row `rho` and not at **`D + rho`**. Negative distances then come out at the end of the table,
    without an error: Python counts -1 from the back. For {example} you return `[[0, 1], [0, 1], [2, 0], [0, 0], [0, 0],
    [0, 0], [0, 0], [0, 0], [0, 0]]`, expected `[[0, 0], [0, 0], [0, 0], [0, 0], [0, 1], [0, 1], [2, 0], [0, 0], [0,
    0]]`. Look again at (3.6) and at what the exercise says of row D."""
    votes = _votes(edges, lambda r, c: _rounded(c * np.cos(angles) + r * np.sin(angles)), len(angles))
    return np.roll(votes, -(len(votes) // 2), axis=0)


@votes_for_lines.mistake("angles taken for degrees")
def _(edges, angles):
    """you take the angles for **degrees**; they are radians already. For {example} you return `[[0, 0], [0, 0], [0, 0],
    [0, 0], [0, 0], [0, 0], [2, 2], [0, 0], [0, 0]]`, expected `[[0, 0], [0, 0], [0, 0], [0, 0], [0, 1], [0, 1], [2, 0],
    [0, 0], [0, 0]]`: 1.571 is a quarter turn. Look again at (3.6)."""
    turned = np.deg2rad(angles)
    return _votes(edges, lambda r, c: _rounded(c * np.cos(turned) + r * np.sin(turned)), len(angles))


@votes_for_lines.mistake("angles made degrees", example=SLANTED)
def _(edges, angles):
    """you turn the angles **into degrees** before you take sine and cosine; NumPy's take radians, which the angles are.
    For edges at row 0, columns 1 and 2, and the angle 0.5 you return `[[0], [0], [1], [1], [0], [0], [0], [0], [0]]`,
    expected `[[0], [0], [0], [0], [0], [1], [1], [0], [0]]`. Look again at (3.6)."""
    turned = np.degrees(angles)
    return _votes(edges, lambda r, c: _rounded(c * np.cos(turned) + r * np.sin(turned)), len(angles))


@votes_for_lines.mistake("only the first pixel votes")
def _(edges, angles):
    """only the **first edge pixel** votes: does the `return` stand inside the loop? For {example} you return `[[0, 0],
    [0, 0], [0, 0], [0, 0], [0, 1], [0, 0], [1, 0], [0, 0], [0, 0]]`, expected `[[0, 0], [0, 0], [0, 0], [0, 0], [0, 1],
    [0, 1], [2, 0], [0, 0], [0, 0]]`. Look again at section 4."""
    first = np.zeros_like(edges)
    first[tuple(np.argwhere(edges)[:1].T)] = True
    return _votes(first, lambda r, c: _rounded(c * np.cos(angles) + r * np.sin(angles)), len(angles))


@votes_for_lines.mistake("distances cut, not rounded", example=SLANTED)
def _(edges, angles):
    """you **cut** the distances to whole numbers (`int` or `astype(int)`) where rounded ones are asked for. For edges
    at row 0, columns 1 and 2, and the angle 0.5, with the distances 0.88 and 1.76, you return `[[0], [0], [0], [0],
    [1], [1], [0], [0], [0]]`, expected `[[0], [0], [0], [0], [0], [1], [1], [0], [0]]`. Look again at (3.6): it needs
    `round`."""
    return _votes(edges, lambda r, c: np.trunc(_exact(r, c, angles)).astype(int), len(angles))


@votes_for_lines.mistake("distances rounded down", example=(np.array([[True], [True]]), np.array([-0.5])))
def _(edges, angles):
    """you round the distances **down** (`floor` or `//`) where the nearest whole number is asked for. For edges at rows
    0 and 1 of one column, and the angle -0.5, with the distances 0 and -0.48, you return `[[0], [0], [1], [1], [0],
    [0], [0]]`, expected `[[0], [0], [0], [2], [0], [0], [0]]`. Look again at (3.6): it needs `round`."""
    return _votes(edges, lambda r, c: np.floor(_exact(r, c, angles)).astype(int), len(angles))


def _exact(rows, columns, angles):
    """Distances without the rounding errors around whole numbers, such as 1e-16 for 0."""
    return np.round(columns * np.cos(angles) + rows * np.sin(angles), 12)


@votes_for_lines.mistake("table on its side")
def _(edges, angles):
    """your table lies **on its side**: angles in rows and distances in columns. Asked for are distances in rows. For
    {example} you return `[[0, 0, 0, 0, 0, 0, 2, 0, 0], [0, 0, 0, 0, 1, 1, 0, 0, 0]]`, expected `[[0, 0], [0, 0], [0,
    0], [0, 0], [0, 1], [0, 1], [2, 0], [0, 0], [0, 0]]`. `.T` turns it. Look again at (3.6)."""
    return _votes(edges, lambda r, c: _rounded(c * np.cos(angles) + r * np.sin(angles)), len(angles)).T


@votes_for_lines.mistake("a vote counts once")
def _(edges, angles):
    """where several pixels vote for one line you count **one vote**. `votes[distances, k] += 1` with a whole array of
    distances adds 1 once at each place, however often it stands there; or you wrote `= 1`. For {example} you return
    `[[0, 0], [0, 0], [0, 0], [0, 0], [0, 1], [0, 1], [1, 0], [0, 0], [0, 0]]`, expected `[[0, 0], [0, 0], [0, 0], [0,
    0], [0, 1], [0, 1], [2, 0], [0, 0], [0, 0]]`. Loop over the pixels, or use `np.add.at`. Look again at section 4."""
    return np.minimum(_votes(edges, lambda r, c: _rounded(c * np.cos(angles) + r * np.sin(angles)), len(angles)), 1)


@votes_for_lines.mistake("distances without a sign", example=(np.array([[True], [True], [True]]), np.array([-1.2])))
def _(edges, angles):
    """you take **absolute** distances. The sign says on which side of the corner (0, 0) a line passes; without it two
    lines share one count. For edges at rows 0, 1 and 2 of one column, and the angle -1.2, you return `[[0], [0], [0],
    [0], [1], [1], [1], [0], [0]]`, expected `[[0], [0], [1], [1], [1], [0], [0], [0], [0]]`. Look again at (3.6)."""
    return _votes(edges, lambda r, c: np.abs(_rounded(c * np.cos(angles) + r * np.sin(angles))), len(angles))


@votes_for_lines.mistake("negative distances dropped", example=(np.array([[True], [True], [True]]), np.array([-1.2])))
def _(edges, angles):
    """votes for **negative** distances are lost: they belong to the rows above D. For edges at rows 0, 1 and 2 of one
    column, and the angle -1.2, you return `[[0], [0], [0], [0], [1], [0], [0], [0], [0]]`, expected `[[0], [0], [1],
    [1], [1], [0], [0], [0], [0]]`. Look again at (3.6)."""
    votes = _votes(edges, lambda r, c: _rounded(c * np.cos(angles) + r * np.sin(angles)), len(angles))
    votes[: len(votes) // 2] = 0
    return votes


@votes_for_lines.mistake("distances from the middle")
def _(edges, angles):
    """you measure distances from the **middle** of the picture. Here they are measured from its first pixel, row 0 and
    column 0. For {example} you return `[[0, 0], [0, 0], [0, 0], [0, 0], [0, 1], [2, 1], [0, 0], [0, 0], [0, 0]]`,
    expected `[[0, 0], [0, 0], [0, 0], [0, 0], [0, 1], [0, 1], [2, 0], [0, 0], [0, 0]]`. Look again at (3.6)."""
    down, right = (edges.shape[0] - 1) / 2, (edges.shape[1] - 1) / 2
    return _votes(edges, lambda r, c: _rounded((c - right) * np.cos(angles) + (r - down) * np.sin(angles)), len(angles))


@votes_for_lines.mistake("distances from half the size")
def _(edges, angles):
    """you measure distances from **half the width and height** of the picture. Here they are measured from its first
    pixel, row 0 and column 0. For {example} you return `[[0, 0], [0, 0], [0, 0], [0, 1], [2, 1], [0, 0], [0, 0], [0,
    0], [0, 0]]`, expected `[[0, 0], [0, 0], [0, 0], [0, 0], [0, 1], [0, 1], [2, 0], [0, 0], [0, 0]]`. Look again at
    (3.6)."""
    down, right = edges.shape[0] / 2, edges.shape[1] / 2
    return _votes(edges, lambda r, c: _rounded((c - right) * np.cos(angles) + (r - down) * np.sin(angles)), len(angles))


@votes_for_lines.mistake("all pixels vote")
def _(edges, angles):
    """**all** pixels vote, not only those that are True. For {example} you return `[[0, 0], [0, 0], [0, 0], [0, 0], [2,
    3], [2, 3], [2, 0], [0, 0], [0, 0]]`, expected `[[0, 0], [0, 0], [0, 0], [0, 0], [0, 1], [0, 1], [2, 0], [0, 0], [0,
    0]]`. Look again at section 4: `np.argwhere(edges)` lists the edge pixels."""
    every = np.ones_like(edges)
    return _votes(every, lambda r, c: _rounded(c * np.cos(angles) + r * np.sin(angles)), len(angles))


@votes_for_lines.mistake("votes for all angles at once")
def _(edges, angles):
    """each vote goes to **all angles** of its row: `votes[D + distance] += 1` without a second index. The distance
    belongs to one angle. For {example} you return `[[0, 0], [0, 0], [0, 0], [0, 0], [1, 1], [1, 1], [2, 2], [0, 0], [0,
    0]]`, expected `[[0, 0], [0, 0], [0, 0], [0, 0], [0, 1], [0, 1], [2, 0], [0, 0], [0, 0]]`. Look again at section
    4."""
    votes = np.zeros((2 * math.ceil(math.hypot(*edges.shape)) + 1, len(angles)), int)
    for y, x in np.argwhere(edges):
        votes[len(votes) // 2 + _rounded(x * np.cos(angles) + y * np.sin(angles))] += 1
    return votes


@votes_for_lines.mistake("only the first angle")
def _(edges, angles):
    """only the **first angle** gets votes: does a `return` stand inside the loop, or is the index of the angle always
    0? For {example} you return `[[0, 0], [0, 0], [0, 0], [0, 0], [0, 0], [0, 0], [2, 0], [0, 0], [0, 0]]`, expected
    `[[0, 0], [0, 0], [0, 0], [0, 0], [0, 1], [0, 1], [2, 0], [0, 0], [0, 0]]`. Look again at section 4."""
    votes = _votes(edges, lambda r, c: _rounded(c * np.cos(angles) + r * np.sin(angles)), len(angles))
    votes[:, 1:] = 0
    return votes


def _voting(distance, whole, place):
    def voted(edges, angles):
        half = math.ceil(math.hypot(*edges.shape))
        votes = np.zeros((2 * half + 1, len(angles)), int)
        for y, x in np.argwhere(edges):
            for k, angle in enumerate(angles):
                found = whole(round(float(distance(x, y, math.cos(angle), math.sin(angle))), 12))
                votes[place(half, int(found)) % len(votes), k] += 1
        return votes

    return voted


SCATTER = (np.array([[False, False, True, True], [True, False, False, True]]), np.array([0.3, -0.9]))

_declare_two(
    votes_for_lines,
    _voting,
    [
        [
            (lambda x, y, c, s: x * c + y * s, "", ""),
            (lambda x, y, c, s: x * s + y * c, "x and y exchanged", ""),
            (lambda x, y, c, s: x * c - y * s, "a minus between the terms", ""),
            (
                lambda x, y, c, s: x * s - y * c,
                "x sin − y cos",
                "you compute **x sin θ − y cos θ**: sine and cosine have changed places, and there is a minus. That is "
                "the line a quarter turn further",
            ),
            (
                lambda x, y, c, s: y * c - x * s,
                "y cos − x sin",
                "you compute **y cos θ − x sin θ**: that is the distance *along* the line, not from it",
            ),
            (lambda x, y, c, s: x + y * s, "cos forgotten", "the **cosine is missing**: you compute x + y sin θ"),
            (lambda x, y, c, s: x * c + y, "sin forgotten", "the **sine is missing**: you compute x cos θ + y"),
            (lambda x, y, c, s: x * c, "only x", "you compute **x cos θ** only; the part of y is missing"),
            (lambda x, y, c, s: (x + y) * c, "cos twice", "you multiply **both** by the cosine; y belongs to the sine"),
            (lambda x, y, c, s: (x + y) * s, "sin twice", "you multiply **both** by the sine; x belongs to the cosine"),
            (
                lambda x, y, c, s: math.hypot(x, y),
                "the distance of the pixel",
                "you count the distance of the **pixel** from the corner, which is the same for all angles; "
                "asked for is the distance of the *line*",
            ),
            (
                lambda x, y, c, s: (x + 1) * c + (y + 1) * s,
                "rows and columns counted from 1",
                "you count rows and columns **from 1**; the first pixel is (0, 0)",
            ),
        ],
        [
            (round, "", ""),
            (math.trunc, "distances cut, not rounded", ""),
            (math.floor, "distances rounded down", ""),
            (
                lambda rho: int(rho + 0.5),
                "int(rho + 0.5)",
                "you round by **int(rho + 0.5)**, which is right from 0 on; below, `int` cuts "
                "towards 0, and -0.8 becomes 0. `round` works for both",
            ),
            (
                math.ceil,
                "distances rounded up",
                "you round the distances **up**; the nearest whole number is asked for",
            ),
        ],
        [
            (lambda half, rho: half + rho, "", ""),
            (lambda half, rho: rho, "distance 0 in the first row", ""),
            (
                lambda half, rho: half - rho,
                "distances upside down",
                "your table is **upside down**: you count at D - rho, and it is D + rho",
            ),
            (lambda half, rho: half + abs(rho), "distances without a sign", ""),
            (
                lambda half, rho: half + rho - 1,
                "one row too early",
                "you count one row **too early**: rows are counted from 0, so distance 0 is row D, not D - 1",
            ),
        ],
    ],
    SCATTER,
    "edges at (row, column) (0, 2), (0, 3), (1, 0) and (1, 3) of a 2 × 4 picture, and the angles `[0.3, -0.9]`,",
    "(3.6)",
)


# --- 3.5 --------------------------------------------------------------------------------------------------------------


def _greys(rng):
    for shape in ((3, 4), (4, 4), (5, 7), (9, 6)):
        yield (rng.integers(0, 5, shape),)
    yield (rng.normal(size=(6, 5)),)
    yield (np.full((4, 6), 0.7),)
    yield (np.add.outer(np.arange(5), 2 * np.arange(4)),)
    yield (-rng.integers(0, 50, (5, 5)),)


def _pattern_by_loops(image):
    result = np.zeros((len(image) - 2, len(image[0]) - 2), int)
    for i, j in np.ndindex(result.shape):
        around = (image[i + 1, j + 2], image[i, j + 1], image[i + 1, j], image[i + 2, j + 1])
        result[i, j] = sum(2**p for p, value in enumerate(around) if value >= image[i + 1, j + 1])
    return result


def _four(image):
    """The inner pixels, and their neighbours on the right, above, on the left and below."""
    w = _windows(image)
    return w[1][1], (w[1][2], w[0][1], w[1][0], w[2][1])


def _coded(image, weights=(1, 2, 4, 8), bit=np.greater_equal):
    center, around = _four(image)
    return sum(weight * bit(value, center).astype(int) for weight, value in zip(weights, around, strict=True))


PATCH = (np.array([[0, 7, 9, 0, 0], [3, 5, 5, 2, 4], [0, 9, 4, 0, 0]]),)  # three inner pixels

binary_pattern = FunctionExercise(
    "3.5",
    "A texture in four bits",
    cases=_greys,
    fixed=("image.ndim",),
    oracle=_pattern_by_loops,
    solution="""
    def binary_pattern(image):
        center = image[1:-1, 1:-1]
        right, above = image[1:-1, 2:], image[:-2, 1:-1]
        left, below = image[1:-1, :-2], image[2:, 1:-1]
        return 1 * (right >= center) + 2 * (above >= center) + 4 * (left >= center) + 8 * (below >= center)
    """,
    example=PATCH,
    example_words="the image `[[0, 7, 9, 0, 0], [3, 5, 5, 2, 4], [0, 9, 4, 0, 0]]`, with three inner pixels,",
    hints=(
        "Cut out the inner pixels, and the same rectangle moved by one to each of the four sides.",
        "Each comparison gives True or False; the one on the right is worth 1, then 2, 4 and 8 against the clock.",
        "`1 * (image[1:-1, 2:] >= image[1:-1, 1:-1])`, plus 2, 4 and 8 times the other three: above, left, below.",
    ),
)


@binary_pattern.mistake("bits in reverse order")
def _(image):
    """your bits stand in **reverse order**: right counts 8, above 4, left 2 and below 1. Any order describes a texture,
    but codes can be compared only when all use one. For {example} you return `[[13, 6, 10]]`, expected `[[11, 6, 5]]`.
    Look again at (3.7)."""
    return _coded(image, (8, 4, 2, 1))


@binary_pattern.mistake("equal neighbours get a 0")
def _(image):
    """you compare with **>**: a neighbour that is equal to the middle gets a 0. It gets a 1, `>=`. For {example} you
    return `[[10, 2, 5]]`, expected `[[11, 6, 5]]`. Look again at (3.7)."""
    return _coded(image, bit=np.greater)


@binary_pattern.mistake("with the clock")
def _(image):
    """you go round **with** the clock, so above and below have changed places. For {example} you return `[[11, 12,
    5]]`, expected `[[11, 6, 5]]`. After the right comes the pixel above, one row *less*. Look again at (3.7)."""
    return _coded(image, (1, 8, 4, 2))


@binary_pattern.mistake("darker neighbours get the 1")
def _(image):
    """you ask whether the **middle** is at least as bright as the neighbour: the comparison is the wrong way round. For
    {example} you return `[[5, 13, 10]]`, expected `[[11, 6, 5]]`. Look again at (3.7)."""
    return _coded(image, bit=np.less_equal)


@binary_pattern.mistake("strictly darker neighbours get the 1")
def _(image):
    """you give the 1 to neighbours that are **darker** than the middle, and so get 15 minus the code. For {example} you
    return `[[4, 9, 10]]`, expected `[[11, 6, 5]]`. Look again at (3.7)."""
    return _coded(image, bit=np.less)


@binary_pattern.mistake("began above")
def _(image):
    """you begin **above** with the bit worth 1 and go on against the clock: left 2, below 4, right 8. Here the right
    comes first. For {example} you return `[[13, 3, 10]]`, expected `[[11, 6, 5]]`. Look again at (3.7)."""
    return _coded(image, (8, 1, 2, 4))


@binary_pattern.mistake("began above, with the clock")
def _(image):
    """you begin **above** with the bit worth 1 and go on with the clock: right 2, below 4, left 8. Here the right comes
    first, then above. For {example} you return `[[7, 9, 10]]`, expected `[[11, 6, 5]]`. Look again at (3.7)."""
    return _coded(image, (2, 1, 8, 4))


@binary_pattern.mistake("counted, not coded")
def _(image):
    """you **count** the neighbours that are at least as bright; which they are is lost. Each has a weight of its own:
    1, 2, 4, 8. For {example} you return `[[3, 2, 2]]`, expected `[[11, 6, 5]]`. Look again at (3.7)."""
    return _coded(image, (1, 1, 1, 1))


@binary_pattern.mistake("bits 1, 2, 3, 4")
def _(image):
    """your weights are **1, 2, 3 and 4**. Then 3 may be the left neighbour, or the right one and the one above. Powers
    of two cannot be confused: 1, 2, 4, 8. For {example} you return `[[7, 5, 4]]`, expected `[[11, 6, 5]]`. Look again
    at (3.7)."""
    return _coded(image, (1, 2, 3, 4))


@binary_pattern.mistake("weights from 2 to 16")
def _(image):
    """your weights are **2, 4, 8 and 16**: the powers of two begin with 2⁰ = 1. For {example} you return `[[22, 12,
    10]]`, expected `[[11, 6, 5]]`. Look again at (3.7)."""
    return _coded(image, (2, 4, 8, 16))


@binary_pattern.mistake("eight neighbours")
def _(image):
    """you use **all eight** neighbours and get codes up to 255. Here only the four are asked for that share a side. For
    {example} you return `[[71, 60, 57]]`, expected `[[11, 6, 5]]`. Look again at (3.7)."""
    w = _windows(image)
    around = (w[1][2], w[0][2], w[0][1], w[0][0], w[1][0], w[2][0], w[2][1], w[2][2])
    return sum((value >= w[1][1]).astype(int) << p for p, value in enumerate(around))


@binary_pattern.mistake("the corners in place of the sides")
def _(image):
    """you ask the neighbours at the four **corners**; those that share a side are asked for. For {example} you return
    `[[1, 6, 6]]`, expected `[[11, 6, 5]]`. Look again at (3.7)."""
    w = _windows(image)
    return sum((value >= w[1][1]).astype(int) << p for p, value in enumerate((w[0][2], w[0][0], w[2][0], w[2][2])))


@binary_pattern.mistake("compared with the mean")
def _(image):
    """you compare with the **mean** of the picture. A code says how a pixel stands to its *own* neighbours; that is why
    light and shade cannot change it. For {example} you return `[[11, 14, 5]]`, expected `[[11, 6, 5]]`. Look again at
    (3.7)."""
    _, around = _four(image)
    return sum((value >= np.mean(image)).astype(int) << p for p, value in enumerate(around))


@binary_pattern.mistake("zeros around the image")
def _(image):
    """you keep the size of the image and count what is outside as **0**. Then its border has a texture of its own. Only
    inner pixels are asked for. For {example} you return `[[15, 1, 0, 15, 15], [1, 11, 6, 5, 0], [15, 0, 6, 15, 15]]`,
    expected `[[11, 6, 5]]`. Look again at section 5."""
    return _coded(np.pad(image, 1))


@binary_pattern.mistake("2 p for 2 to the power p")
def _(image):
    """your weights are **0, 2, 4 and 6**: 2 * p where 2 ** p is meant. The right neighbour then counts nothing. For
    {example} you return `[[8, 6, 4]]`, expected `[[11, 6, 5]]`. Look again at (3.7)."""
    return _coded(image, (0, 2, 4, 6))


@binary_pattern.mistake("differences in place of bits")
def _(image):
    """you weight the **differences** from the middle, not what is left of them: 1 where the neighbour is at least as
    bright, else 0. For {example} you return `[[28, -3, -6]]`, expected `[[11, 6, 5]]`. Look again at (3.7)."""
    return _coded(image, bit=np.subtract)


@binary_pattern.mistake("four bits, not one code")
def _(image):
    """you return the **four bits** of each pixel, not the number that they make. Multiply them by 1, 2, 4 and 8 and add
    them up. For {example} you return `[[[True, False, True]], [[True, True, False]], [[False, True, True]], [[True,
    False, False]]]`, expected `[[11, 6, 5]]`. Look again at (3.7)."""
    center, around = _four(image)
    return np.array([value >= center for value in around])


def _declare_order(order):
    """The sides may be taken in any order: 24, of which one is right and some have a message of their own."""
    weights = tuple(2 ** order.index(side) for side in range(4))
    words = ", ".join(f"{SIDES[side]} {2**p}" for p, side in enumerate(order))
    code = _coded(*PATCH, weights).tolist()

    def reordered(image):
        return _coded(image, weights)

    reordered.__doc__ = f"""your four bits are right, but they stand in **another order**: {words}. Asked for is
    right 1, above 2, left 4, below 8. For {{example}} you return `{code}`. Look again at (3.7)."""
    binary_pattern.mistake("the sides in the order " + ", ".join(SIDES[side] for side in order))(reordered)


SIDES = ("right", "above", "left", "below")
SAID_ALREADY = [(0, 1, 2, 3), (3, 2, 1, 0), (0, 3, 2, 1), (1, 2, 3, 0), (1, 0, 3, 2)]  # in order of their bits
for _order in itertools.permutations(range(4)):
    if _order not in SAID_ALREADY:
        _declare_order(_order)


@binary_pattern.mistake("weights 1, 10, 100, 1000")
def _(image):
    """your weights are **1, 10, 100 and 1000**: the bits stand side by side as decimal digits. The number that they are
    *in binary* is asked for: 1, 2, 4, 8. For {example} you return `[[1011, 110, 101]]`, expected `[[11, 6, 5]]`. Look
    again at (3.7)."""
    return _coded(image, (1, 10, 100, 1000))


@binary_pattern.mistake("ones where neighbours differ")
def _(image):
    """you give the 1 to neighbours that **differ** from the middle, brighter or darker. It belongs to those that are at
    least as bright. For {example} you return `[[14, 11, 15]]`, expected `[[11, 6, 5]]`. Look again at (3.7)."""
    return _coded(image, bit=np.not_equal)


def _coding(weights, bit):
    return lambda image: _coded(image, weights, bit)


WIDE = (np.array([[3, 6, 1, 5, 2, 4, 0], [2, 4, 4, 1, 3, 2, 2], [5, 4, 0, 1, 3, 6, 1], [1, 0, 4, 2, 5, 1, 3]]),)

_declare_two(
    binary_pattern,
    _coding,
    [
        [((1, 2, 4, 8), "", "")]
        + [
            (
                tuple(2 ** order.index(side) for side in range(4)),
                "the order " + ", ".join(SIDES[side] for side in order),
                "",
            )
            for order in itertools.permutations(range(4))
            if order != (0, 1, 2, 3)
        ],
        [
            (np.greater_equal, "", ""),
            (np.greater, "equal neighbours get a 0", ""),
            (np.less_equal, "darker neighbours get the 1", ""),
        ],
    ],
    WIDE,
    "the image `[[3, 6, 1, 5, 2, 4, 0], [2, 4, 4, 1, 3, 2, 2], [5, 4, 0, 1, 3, 6, 1], [1, 0, 4, 2, 5, 1, 3]]`",
    "(3.7)",
)


def _declare_side(side, name, words, coded):
    """Mistakes at one of the four sides only."""
    shown = quote(freeze(coded(*WIDE)))

    def wrong(image):
        return coded(image)

    wrong.__doc__ = f"""{words.format(SIDES[side])}. For the image `[[3, 6, 1, 5, 2, 4, 0], [2, 4, 4, 1, 3, 2, 2],
    [5, 4, 0, 1, 3, 6, 1], [1, 0, 4, 2, 5, 1, 3]]` you return `{shown}`. Look again at (3.7)."""
    binary_pattern.mistake(f"{name}: {SIDES[side]}", example=WIDE)(wrong)


def _sided(image, side, bit, weights=(1, 2, 4, 8)):
    """The code with another comparison at one side."""
    center, around = _four(image)
    bits = [np.greater_equal(value, center) for value in around]
    bits[side] = bit(around[side], center, around[(side + 2) % 4])
    return sum(weight * np.asarray(b).astype(int) for weight, b in zip(weights, bits, strict=True))


for _side in range(4):
    for _name, _words, _bit in (
        (
            "one side forgotten",
            "the neighbour **{}** is missing: four are asked for",
            lambda v, c, o: np.zeros(c.shape),
        ),
        (
            "strict at one side",
            "you compare with `>` at the neighbour **{}**, and with `>=` at the others",
            lambda v, c, o: v > c,
        ),
        (
            "the other way round at one side",
            "your comparison is the wrong way round at the neighbour **{}**",
            lambda v, c, o: c >= v,
        ),
        (
            "one side taken from the opposite",
            "for **{}** you take the neighbour on the opposite side",
            lambda v, c, o: o >= c,
        ),
    ):
        _declare_side(_side, _name, _words, lambda image, side=_side, bit=_bit: _sided(image, side, bit))
for _side in range(1, 4):
    _repeated = tuple(2 ** (p - 1) if p == _side else 2**p for p in range(4))
    _declare_side(
        _side,
        "a weight used twice",
        f"the weight {2 ** (_side - 1)} stands twice, also at the neighbour **{{}}**: its weight is {2**_side}",
        lambda image, weights=_repeated: _coded(image, weights),
    )


@binary_pattern.mistake("weights 1, 2, 4, 6")
def _(image):
    """your last weight is **6**; each is twice the one before: 1, 2, 4, 8. For {example} you return `[[9, 6, 5]]`,
    expected `[[11, 6, 5]]`. Look again at (3.7)."""
    return _coded(image, (1, 2, 4, 6))


@binary_pattern.mistake("eight points on a circle")
def _(image):
    """you ask **eight** points on a circle (scikit-image's P = 8), of which four lie between the pixels. Here P = 4 is
    asked for. For {example} you return `[[199, 60, 57]]`, expected `[[11, 6, 5]]`. Look again at (3.7)."""
    from skimage.feature import local_binary_pattern

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return local_binary_pattern(np.asarray(image), 8, 1)[1:-1, 1:-1]


@binary_pattern.mistake("neighbours compared with each other")
def _(image):
    """you compare **opposite neighbours** with each other, right with left and above with below. Each is compared with
    the middle. For {example} you return `[[9, 6, 14]]`, expected `[[11, 6, 5]]`. Look again at (3.7)."""
    _, (right, above, left, below) = _four(image)
    return 1 * (right >= left) + 2 * (above >= below) + 4 * (left >= right) + 8 * (below >= above)


@binary_pattern.mistake("the brightest neighbour")
def _(image):
    """you return **which** neighbour is brightest, 0 to 3. A code says of each of the four whether it is at least as
    bright as the middle. For {example} you return `[[3, 1, 2]]`, expected `[[11, 6, 5]]`. Look again at (3.7)."""
    _, around = _four(image)
    return np.argmax(around, axis=0)


@binary_pattern.mistake("the smallest of the turned codes")
def _(image):
    """you return the smallest code that a **turn** of the bits gives. That makes it the same for a turned picture; here
    the code itself is asked for. For {example} you return `[[7, 3, 5]]`, expected `[[11, 6, 5]]`. Look again at
    (3.7)."""
    code = _coded(image)
    return np.min([((code >> k) | (code << (4 - k))) & 15 for k in range(4)], axis=0)


@binary_pattern.mistake("only equal neighbours", example=WIDE)
def _(image):
    """you give the 1 to neighbours that are **equal** to the middle (`==`); it belongs to all that are at least as
    bright. For the image `[[3, 6, 1, 5, 2, 4, 0], [2, 4, 4, 1, 3, 2, 2], [5, 4, 0, 1, 3, 6, 1], [1, 0, 4, 2, 5, 1, 3]]`
    you return `[[9, 4, 8, 8, 1], [2, 0, 2, 2, 0]]`, expected `[[11, 4, 15, 8, 15], [6, 15, 11, 11, 0]]`. Look again at
    (3.7)."""
    return _coded(image, bit=np.equal)


# --- 3.6 --------------------------------------------------------------------------------------------------------------


def _masks(rng):
    for shape, p, q in (
        ((3, 4), 2, 0),
        ((4, 5), 1, 1),
        ((6, 4), 0, 2),
        ((7, 9), 2, 1),
        ((8, 6), 1, 2),
        ((9, 11), 3, 0),
    ):
        mask = rng.random(shape) < 0.5
        mask[0, 0] = True
        yield mask, p, q
    yield np.pad(np.ones((3, 4), int), ((5, 1), (2, 6))), 0, 0
    yield np.pad(np.tri(5, dtype=int), ((1, 4), (7, 0))), 1, 0
    yield np.pad(np.tri(5, 4, dtype=int), ((2, 1), (0, 9))), 0, 3
    yield np.eye(1, 6, 4, dtype=bool), 2, 0  # a single pixel


def _moment_by_loops(mask, p, q):
    places = [(x, y) for y, row in enumerate(np.asarray(mask).tolist()) for x, inside in enumerate(row) if inside]
    middle_x, middle_y = (sum(values) / len(places) for values in zip(*places, strict=True))
    return sum((x - middle_x) ** p * (y - middle_y) ** q for x, y in places)


def _offsets(mask):
    """x and y of the pixels of a mask, measured from their centre."""
    y, x = np.nonzero(mask)
    return x - x.mean(), y - y.mean()


ELL = np.array([[0, 0, 0, 0], [0, 1, 1, 1], [0, 1, 0, 0]])
CUT = (ELL, 2, 1)
CUT_WORDS = "the mask `[[0, 0, 0, 0], [0, 1, 1, 1], [0, 1, 0, 0]]`, p = 2 and q = 1"

central_moment = FunctionExercise(
    "3.6",
    "A moment that a shift does not change",
    cases=_masks,
    fixed=("mask.ndim",),
    atol=1e-8,
    oracle=_moment_by_loops,
    solution="""
    import numpy as np

    def central_moment(mask, p, q):
        y, x = np.nonzero(mask)
        return np.sum((x - x.mean()) ** p * (y - y.mean()) ** q)
    """,
    example=CUT,
    example_words=CUT_WORDS,
    hints=(
        "Where is the middle of the shape? Measure every pixel from there.",
        "x are the columns and y the rows of the pixels that are 1. Take away the mean of each.",
        "`y, x = np.nonzero(mask)`, then the sum of `(x - x.mean())**p * (y - y.mean())**q`.",
    ),
)


@central_moment.mistake("measured from the corner")
def _(mask, p, q):
    """you measure from the **corner** (0, 0) of the picture: that is the raw moment, and it changes when the shape is
    moved. For {example} you return `16`, expected `-0.125`. Take away the mean of x and of y first. Look again at
    (3.8)."""
    y, x = np.nonzero(mask)
    return np.sum(x**p * y**q)


@central_moment.mistake("p and q exchanged")
def _(mask, p, q):
    """you have **exchanged p and q**, or x and y: p belongs to x, the column. For {example} you return `-0.375`,
    expected `-0.125`. `np.nonzero` gives the rows first. Look again at (3.8)."""
    x, y = _offsets(mask)
    return np.sum(x**q * y**p)


@central_moment.mistake("divided by the area")
def _(mask, p, q):
    """you **divide by the area**: a mean where a sum is asked for. For {example} you return `-0.03125`, expected
    `-0.125`. Look again at (3.8)."""
    x, y = _offsets(mask)
    return np.mean(x**p * y**q)


@central_moment.mistake("normalized for size")
def _(mask, p, q):
    """you divide by the area to the power 1 + (p + q) / 2: that is the **normalized** moment, which a change of size
    does not change. Asked for is the central one. For {example} you return `-0.003906`, expected `-0.125`. Look again
    at (3.8)."""
    x, y = _offsets(mask)
    return np.sum(x**p * y**q) / len(x) ** (1 + (p + q) / 2)


@central_moment.mistake("absolute distances")
def _(mask, p, q):
    """you take **absolute** distances. With the signs, left and right (or above and below) cancel where a shape is the
    same on both sides; that is what odd powers are for. For {example} you return `0.9688`, expected `-0.125`. Look
    again at (3.8)."""
    x, y = _offsets(mask)
    return np.sum(np.abs(x) ** p * np.abs(y) ** q)


@central_moment.mistake("the middle of the picture")
def _(mask, p, q):
    """you measure from the **middle of the picture**; the middle of the *shape* is meant, the mean of its pixels. For
    {example} you return `0.25`, expected `-0.125`. Look again at (3.8)."""
    y, x = np.nonzero(mask)
    return np.sum((x - (mask.shape[1] - 1) / 2) ** p * (y - (mask.shape[0] - 1) / 2) ** q)


@central_moment.mistake("half the size of the picture")
def _(mask, p, q):
    """you measure from **half the width and height** of the picture; the middle of the *shape* is meant, the mean of
    its pixels. For {example} you return `-0.5`, expected `-0.125`. Look again at (3.8)."""
    y, x = np.nonzero(mask)
    return np.sum((x - mask.shape[1] / 2) ** p * (y - mask.shape[0] / 2) ** q)


@central_moment.mistake("the middle rounded to a pixel", example=(ELL, 5, 1))
def _(mask, p, q):
    """you **round** the middle of the shape to a whole pixel. It lies between pixels as a rule. For the mask `[[0, 0,
    0, 0], [0, 1, 1, 1], [0, 1, 0, 0]]`, p = 5 and q = 1 you return `-1`, expected `-0.8818`. Look again at (3.8)."""
    y, x = np.nonzero(mask)
    return np.sum((x - round(x.mean())) ** p * (y - round(y.mean())) ** q)


@central_moment.mistake("the middle cut to a pixel", example=(ELL, 4, 0))
def _(mask, p, q):
    """you **cut** the middle of the shape to a whole pixel, by `int` or `//`. It lies between pixels as a rule. For the
    mask `[[0, 0, 0, 0], [0, 1, 1, 1], [0, 1, 0, 0]]`, p = 4 and q = 0 you return `17`, expected `3.078`. Look again at
    (3.8)."""
    y, x = np.nonzero(mask)
    return np.sum((x - x.sum() // len(x)) ** p * (y - y.sum() // len(y)) ** q)


@central_moment.mistake("all pixels counted")
def _(mask, p, q):
    """you sum over **all pixels** of the picture; only those of the shape have weight: multiply by the mask. For
    {example} you return `-3.938`, expected `-0.125`. Look again at (3.8)."""
    y, x = np.nonzero(mask)
    rows, columns = np.indices(mask.shape)
    return np.sum((columns - x.mean()) ** p * (rows - y.mean()) ** q)


@central_moment.mistake("y counted upwards")
def _(mask, p, q):
    """you count y **upwards**. Rows grow downwards, and here y is the row; with an odd q the sign is then the opposite.
    For {example} you return `0.125`, expected `-0.125`. Look again at section 6."""
    x, y = _offsets(mask)
    return np.sum(x**p * (-y) ** q)


@central_moment.mistake("counted from 1", example=(ELL, 2, 2))
def _(mask, p, q):
    """you measure from the corner and count rows and columns **from 1**. Take away the mean of x and of y; then it does
    not matter where counting begins. For the mask `[[0, 0, 0, 0], [0, 1, 1, 1], [0, 1, 0, 0]]`, p = 2 and q = 2 you
    return `152`, expected `0.4531`. Look again at (3.8)."""
    y, x = np.nonzero(mask)
    return np.sum((x + 1) ** p * (y + 1) ** q)


@central_moment.mistake("the middle taken away from the moment")
def _(mask, p, q):
    """you take the middle away **after** the powers: mean(x)**p from x**p. The order matters: (x - mean)**p. For
    {example} you return `-2.75`, expected `-0.125`. Look again at (3.8)."""
    y, x = np.nonzero(mask)
    return np.sum((x**p - x.mean() ** p) * (y**q - y.mean() ** q))


@central_moment.mistake("added, not multiplied")
def _(mask, p, q):
    """you **add** the two powers; they are multiplied. For {example} you return `2.75`, expected `-0.125`. Look again
    at (3.8)."""
    x, y = _offsets(mask)
    return np.sum(x**p + y**q)


@central_moment.mistake("two sums multiplied", example=(ELL, 2, 2))
def _(mask, p, q):
    """you sum over x and over y **separately** and multiply the sums. Each pixel has its own product; those are added
    up. For the mask `[[0, 0, 0, 0], [0, 1, 1, 1], [0, 1, 0, 0]]`, p = 2 and q = 2 you return `2.062`, expected
    `0.4531`. Look again at (3.8)."""
    x, y = _offsets(mask)
    return np.sum(x**p) * np.sum(y**q)


@central_moment.mistake("only x from the middle")
def _(mask, p, q):
    """you measure **x** from the middle, but y still from the corner. For {example} you return `3.312`, expected
    `-0.125`. Look again at (3.8)."""
    y, x = np.nonzero(mask)
    return np.sum((x - x.mean()) ** p * y**q)


@central_moment.mistake("only y from the middle", example=(ELL, 1, 2))
def _(mask, p, q):
    """you measure **y** from the middle, but x still from the corner. For the mask `[[0, 0, 0, 0], [0, 1, 1, 1], [0, 1,
    0, 0]]`, p = 1 and q = 2 you return `0.9375`, expected `-0.375`. Look again at (3.8)."""
    y, x = np.nonzero(mask)
    return np.sum(x**p * (y - y.mean()) ** q)


@central_moment.mistake("from the pixel to the middle", example=(ELL, 3, 0))
def _(mask, p, q):
    """you measure **from the pixel to the middle**, mean(x) - x. Where p + q is odd the sign is then the opposite. For
    the mask `[[0, 0, 0, 0], [0, 1, 1, 1], [0, 1, 0, 0]]`, p = 3 and q = 0 you return `-1.125`, expected `1.125`. It is
    x - mean(x): look again at (3.8)."""
    x, y = _offsets(mask)
    return np.sum((-x) ** p * (-y) ** q)


@central_moment.mistake("times p, not to the power p")
def _(mask, p, q):
    """you multiply **by** p and q; they are powers: `**`. For {example} you return `-1.5`, expected `-0.125`. Look
    again at (3.8)."""
    x, y = _offsets(mask)
    return np.sum(x * p * y * q)


@central_moment.mistake("both powers on x")
def _(mask, p, q):
    """both of your powers stand at **x**: a copied line. For {example} you return `1.125`, expected `-0.125`. Look
    again at (3.8)."""
    x, _ = _offsets(mask)
    return np.sum(x ** (p + q))


@central_moment.mistake("divided by the spread")
def _(mask, p, q):
    """you divide the distances by their **standard deviation**. Then a wide shape and a narrow one are the same. For
    {example} you return `-0.4199`, expected `-0.125`. Look again at (3.8)."""
    x, y = _offsets(mask)
    return np.sum((x / max(x.std(), 1e-9)) ** p * (y / max(y.std(), 1e-9)) ** q)


@central_moment.mistake("the middle taken away at the end")
def _(mask, p, q):
    """you sum up from the corner and take the middle away **at the end**. It must be taken away from x and y, before
    the powers. For {example} you return `13.81`, expected `-0.125`. Look again at (3.8)."""
    y, x = np.nonzero(mask)
    return np.sum(x**p * y**q) - x.mean() * y.mean()


@central_moment.mistake("the power of the sum", example=(ELL, 0, 0))
def _(mask, p, q):
    """you **sum first** and take the power of the sum. Distances from the middle sum to 0, so nothing is left but
    rounding; and for p = q = 0 and the mask `[[0, 0, 0, 0], [0, 1, 1, 1], [0, 1, 0, 0]]` you return `1`, expected `4`,
    the area. The power belongs to each pixel: look again at (3.8)."""
    x, y = _offsets(mask)
    return np.sum(x) ** p * np.sum(y) ** q


@central_moment.mistake("a root at the end", example=(ELL, 3, 0))
def _(mask, p, q):
    """you take the **root** of order p + q at the end, as for a spread in pixels. The plain sum is asked for. For the
    mask `[[0, 0, 0, 0], [0, 1, 1, 1], [0, 1, 0, 0]]`, p = 3 and q = 0 you return `1.04`, expected `1.125`. Look again
    at (3.8)."""
    x, y = _offsets(mask)
    total = np.sum(x**p * y**q)
    return np.sign(total) * np.abs(total) ** (1 / max(p + q, 1))


def _measuring(middle, powers, divisor):
    def measured(mask, p, q):
        y, x = np.nonzero(mask)
        middle_x, middle_y = middle(x, y, mask)
        return powers(x - middle_x, y - middle_y, p, q) / divisor(len(x), p + q)

    return measured


BOOT = (np.pad([[1, 1, 0, 0], [1, 1, 0, 0], [1, 0, 0, 1]], ((1, 1), (1, 3))), 5, 2)

_declare_two(
    central_moment,
    _measuring,
    [
        [
            (lambda x, y, mask: (x.mean(), y.mean()), "", ""),
            (lambda x, y, mask: (0, 0), "measured from the corner", ""),
            (lambda x, y, mask: (-1, -1), "counted from 1", ""),
            (lambda x, y, mask: ((mask.shape[1] - 1) / 2, (mask.shape[0] - 1) / 2), "the middle of the picture", ""),
            (lambda x, y, mask: (mask.shape[1] / 2, mask.shape[0] / 2), "half the size of the picture", ""),
            (
                lambda x, y, mask: (mask.shape[1] // 2, mask.shape[0] // 2),
                "the middle pixel of the picture",
                "you measure from the **middle pixel of the picture**, size // 2; the middle of the *shape* is meant",
            ),
            (lambda x, y, mask: (round(x.mean()), round(y.mean())), "the middle rounded to a pixel", ""),
            (lambda x, y, mask: (x.sum() // len(x), y.sum() // len(y)), "the middle cut to a pixel", ""),
            (
                lambda x, y, mask: (np.median(x), np.median(y)),
                "the median",
                "you measure from the **median** of x and y; it is the mean",
            ),
            (
                lambda x, y, mask: ((x.min() + x.max()) / 2, (y.min() + y.max()) / 2),
                "the middle of the box",
                "you measure from the middle of the **box around the shape**; its pixels are not spread evenly in it: "
                "take their mean",
            ),
            (
                lambda x, y, mask: (x.min(), y.min()),
                "the corner of the box",
                "you measure from the **upper left corner of the "
                "shape**. That does not change when it is moved, but the middle is asked for",
            ),
            (
                lambda x, y, mask: (y.mean(), x.mean()),
                "the two means exchanged",
                "you have **exchanged the two means**: the mean of y is taken from x",
            ),
            (
                lambda x, y, mask: (y.mean(), y.mean()),
                "the mean of y for both",
                "you take the mean of **y from both**; x has its own",
            ),
            (
                lambda x, y, mask: (x.mean(), x.mean()),
                "the mean of x for both",
                "you take the mean of **x from both**; y has its own",
            ),
            (
                lambda x, y, mask: (mask.mean(), mask.mean()),
                "the mean of the mask",
                "you take away the mean **of the mask**, its share of ones; the mean of the *positions* is meant",
            ),
            (
                lambda x, y, mask: (x.sum() / mask.size, y.sum() / mask.size),
                "means over the whole picture",
                "your means are sums over the shape divided by the size of the **whole picture**; divide by the "
                "area of the shape",
            ),
            (lambda x, y, mask: (x.mean(), 0), "only x from the middle", ""),
            (lambda x, y, mask: (0, y.mean()), "only y from the middle", ""),
        ],
        [
            (lambda x, y, p, q: np.sum(x**p * y**q), "", ""),
            (lambda x, y, p, q: np.sum(x**q * y**p), "p and q exchanged", ""),
            (lambda x, y, p, q: np.sum(np.abs(x) ** p * np.abs(y) ** q), "absolute distances", ""),
            (lambda x, y, p, q: np.sum(x**p + y**q), "added, not multiplied", ""),
            (lambda x, y, p, q: np.sum(x**p) * np.sum(y**q), "two sums multiplied", ""),
            (lambda x, y, p, q: np.sum(x**p * y**p), "p for both", "you use **p for both** powers; q belongs to y"),
            (lambda x, y, p, q: np.sum(x**q * y**q), "q for both", "you use **q for both** powers; p belongs to x"),
            (
                lambda x, y, p, q: np.abs(np.sum(x**p * y**q)),
                "the sign lost",
                "you take the **absolute value** of the sum; its sign says on which side a shape reaches further",
            ),
            (
                lambda x, y, p, q: np.sum((x + y) ** (p + q)),
                "one power of the sum",
                "you add x and y and take **one power**; each has its own, and the two are multiplied",
            ),
            (
                lambda x, y, p, q: np.sum(x * y),
                "no powers",
                "you use **no powers**: the distances are multiplied as they are",
            ),
            (
                lambda x, y, p, q: np.max(x**p * y**q),
                "the largest in place of the sum",
                "you return the **largest** of the products; their sum is asked for",
            ),
            (lambda x, y, p, q: np.sum(x**p), "only x", "your sum holds **only x**; y to the power q is missing"),
            (lambda x, y, p, q: np.sum(y**q), "only y", "your sum holds **only y**; x to the power p is missing"),
            (lambda x, y, p, q: np.sum(p * x * q * y), "times p, not to the power p", ""),
            (lambda x, y, p, q: np.sum(x**p * (-y) ** q), "y counted upwards", ""),
        ],
        [
            (lambda area, order: 1, "", ""),
            (lambda area, order: area, "divided by the area", ""),
            (
                lambda area, order: max(area - 1, 1),
                "divided by the area less 1",
                "you divide by the **number of pixels less 1**; a plain sum is asked for",
            ),
            (lambda area, order: area ** (1 + order / 2), "normalized for size", ""),
            (
                lambda area, order: area**order,
                "divided by the area to the power p + q",
                "you divide by the area to the power **p + q**; a plain sum is asked for",
            ),
            (
                lambda area, order: area ** (order / 2),
                "divided by the area to the power (p + q) / 2",
                "you divide by the area to the power **(p + q) / 2**; a plain sum is asked for",
            ),
        ],
    ],
    BOOT,
    "the shape `[[1, 1, 0, 0], [1, 1, 0, 0], [1, 0, 0, 1]]` with one 0 around it, on the right three, p = 5 and q = 2",
    "(3.8)",
)


# --- 3.7 --------------------------------------------------------------------------------------------------------------

smoothing_cost = ChoiceExercise(
    "3.7",
    "What smoothing costs",
    options={
        "a": "The noise stands out half as much, and the edge is found half as precisely.",
        "b": "The edge stands out twice as much, and is found as precisely as before.",
        "c": "The edge stands out √2 times as much, and is found √2 times less precisely.",
        "d": "Neither changes: what is gained against the noise is lost in the blurred step.",
    },
    answer="b",
    reasons={
        "a": "“half as precisely” would be the price if smoothing happened across the edge only. In a picture the "
        "Gaussian also takes a mean *along* the edge, which gains back what is lost across. See section 7.",
        "b": "“as precisely as before”: across the edge the step gets softer, but along it twice as many pixels are "
        "averaged, and the two cancel. The price is paid elsewhere: at corners and between edges that lie close. See "
        "section 7.",
        "c": "“√2 times less precisely” is right for a signal in *one* dimension, where all that a mean takes in lies "
        "across the edge. A picture has pixels along the edge, too. See section 7.",
        "d": "“Neither changes” cannot be: twice the width and twice the height make a mean over four times as many "
        "pixels, and the noise falls by 2. See section 7.",
    },
    hints=(
        "Count over how many pixels the mean is taken, along the edge and across it.",
        "In one dimension the signal-to-noise ratio grows with √σ and the error of the place with √σ as well.",
        "In two dimensions, the mean along the edge divides both kinds of noise by another √σ.",
    ),
)


# --- 3.8 --------------------------------------------------------------------------------------------------------------


def _gradients(rng):
    yield rng.integers(-3, 4, (3, 4)).astype(float), rng.integers(-3, 4, (3, 4)).astype(float), _box(2), 0.05
    for shape, window, k in (
        ((5, 4), _box(3), 0.04),
        ((6, 8), _bell(3), 0.05),
        ((9, 7), _bell(5), 0.06),
        ((7, 10), np.outer(_bell(5)[2], _bell(3)[1]), 0.1),
        ((5, 6), np.ones((1, 1)), 0.05),
        ((8, 5), np.ones((3, 3)), 0.07),
    ):
        yield rng.normal(size=shape), rng.normal(size=shape), window, k
    yield np.ones((5, 5)), np.zeros((5, 5)), _box(3), 0.05  # one direction everywhere: an edge
    yield np.zeros((4, 6)), np.zeros((4, 6)), _box(3), 0.05
    corner = np.zeros((7, 7))
    corner[3, :4] = 1
    yield corner, corner.T.copy(), _bell(3), 0.05


def _box(size):
    return np.full((size, size), 1 / size**2)


def _bell(size):
    row = np.array({3: [1, 2, 1], 5: [1, 4, 6, 4, 1]}[size]) / {3: 4, 5: 16}[size]
    return np.outer(row, row)


def _response_by_eigenvalues(gx, gy, window, k):
    height, width = window.shape
    result = np.zeros((len(gx) - height + 1, len(gx[0]) - width + 1))
    for i, j in np.ndindex(result.shape):
        here = np.s_[i : i + height, j : j + width]
        arrows = np.stack([gx[here].ravel(), gy[here].ravel()])
        a, b = np.linalg.eigvalsh((arrows * np.ravel(window)) @ arrows.T)
        result[i, j] = a * b - k * (a + b) ** 2
    return result


def _slid(image, window):
    view = np.lib.stride_tricks.sliding_window_view(image, window.shape)
    return (view * window).sum(axis=(-1, -2))


def _products(gx, gy, window):
    """The three smoothed products of the slopes."""
    return _slid(gx * gx, window), _slid(gx * gy, window), _slid(gy * gy, window)


HARRIS = (np.array([[1.0, 0], [2, 1]]), np.array([[2.0, 2], [0, 1]]), np.ones((2, 2)), 0.05)
SLANT = (np.array([[1.0, 3], [0, 1.7]]), np.array([[1.0, -2.3], [2, 0]]), np.ones((2, 2)), 0.07)
WEIGHTED = (*HARRIS[:2], np.array([[1.0, 2], [2, 3]]), 0.05)
HARRIS_WORDS = "gx = `[[1, 0], [2, 1]]`, gy = `[[2, 2], [0, 1]]`, a 2 × 2 window of ones and k = 0.05"

corner_response = FunctionExercise(
    "3.8",
    "Harris's corners",
    cases=_gradients,
    fixed=("gx.ndim", "gx.dtype", "gy.ndim", "gy.dtype", "window.ndim", "window.dtype"),
    oracle=_response_by_eigenvalues,
    solution="""
    from scipy.signal import correlate2d

    def corner_response(gx, gy, window, k):
        a = correlate2d(gx * gx, window, mode="valid")
        b = correlate2d(gx * gy, window, mode="valid")
        c = correlate2d(gy * gy, window, mode="valid")
        return a * c - b * b - k * (a + c) ** 2
    """,
    example=HARRIS,
    example_words=HARRIS_WORDS,
    hints=(
        "Which three products of gx and gy are there? Smooth each of them, not the slopes.",
        "With a, b and c for the smoothed gx², gx·gy and gy²: the determinant is ac - b², the trace a + c.",
        "`correlate2d(gx * gx, window, mode='valid')` and so on, then `a * c - b * b - k * (a + c) ** 2`.",
    ),
)


@corner_response.mistake("products not smoothed")
def _(gx, gy, window, k):
    """you do **not smooth** the products. Then the determinant gx²·gy² - (gx·gy)² is 0 everywhere, and only -k·trace²
    is left: no place is a corner. For {example} you return `[[-1.25, -0.8], [-0.8, -0.2]]`, expected `[[33.75]]`. Look
    again at section 8."""
    return gx**2 * gy**2 - (gx * gy) ** 2 - k * (gx**2 + gy**2) ** 2


@corner_response.mistake("slopes smoothed, products not")
def _(gx, gy, window, k):
    """you smooth the **slopes** and then multiply. One mean arrow has one direction, so the determinant is 0, and only
    -k·trace² is left. Multiply first, then smooth. For {example} you return `[[-84.05]]`, expected `[[33.75]]`. Look
    again at section 8."""
    x, y = _slid(gx, window), _slid(gy, window)
    return x**2 * y**2 - (x * y) ** 2 - k * (x**2 + y**2) ** 2


@corner_response.mistake("determinant and trace exchanged")
def _(gx, gy, window, k):
    """you have **exchanged** determinant and trace: trace - k·det². For {example} you return `[[-86.25]]`, expected
    `[[33.75]]`. The determinant ac - b² is what is large at corners only. Look again at section 8."""
    a, b, c = _products(gx, gy, window)
    return a + c - k * (a * c - b * b) ** 2


@corner_response.mistake("k at the determinant")
def _(gx, gy, window, k):
    """**k stands at the determinant**: k·det - trace². It belongs to the trace. For {example} you return `[[-222.8]]`,
    expected `[[33.75]]`. Look again at section 8."""
    a, b, c = _products(gx, gy, window)
    return k * (a * c - b * b) - (a + c) ** 2


@corner_response.mistake("trace not squared")
def _(gx, gy, window, k):
    """the **square of the trace** is missing. Without it the two terms have different units, and the brightness of a
    picture decides what is a corner. For {example} you return `[[44.25]]`, expected `[[33.75]]`. Look again at section
    8."""
    a, b, c = _products(gx, gy, window)
    return a * c - b * b - k * (a + c)


@corner_response.mistake("the mixed product forgotten")
def _(gx, gy, window, k):
    """the **mixed product** gx·gy is missing in your determinant: it is ac - b², not ac. Without it every slanted edge
    is taken for a corner. For {example} you return `[[42.75]]`, expected `[[33.75]]`. Look again at section 8."""
    a, b, c = _products(gx, gy, window)
    return a * c - k * (a + c) ** 2


@corner_response.mistake("the mixed product not squared")
def _(gx, gy, window, k):
    """you take away **b**, not **b²**: the determinant is ac - b². For {example} you return `[[39.75]]`, expected
    `[[33.75]]`. Look again at section 8."""
    a, b, c = _products(gx, gy, window)
    return a * c - b - k * (a + c) ** 2


@corner_response.mistake("the square of the mixed slopes smoothed")
def _(gx, gy, window, k):
    """you smooth **(gx·gy)²** and take it away. It is the other order: smooth gx·gy, then square. For {example} you
    return `[[37.75]]`, expected `[[33.75]]`. Look again at section 8."""
    a, _, c = _products(gx, gy, window)
    return a * c - _slid((gx * gy) ** 2, window) - k * (a + c) ** 2


@corner_response.mistake("trace added")
def _(gx, gy, window, k):
    """you **add** k·trace². It is taken away: edges, where only the trace is large, must become negative. For {example}
    you return `[[56.25]]`, expected `[[33.75]]`. Look again at section 8."""
    a, b, c = _products(gx, gy, window)
    return a * c - b * b + k * (a + c) ** 2


@corner_response.mistake("the mixed product added")
def _(gx, gy, window, k):
    """you **add** the square of the mixed product: the determinant is ac - b². For {example} you return `[[51.75]]`,
    expected `[[33.75]]`. Look again at section 8."""
    a, b, c = _products(gx, gy, window)
    return a * c + b * b - k * (a + c) ** 2


@corner_response.mistake("the smaller eigenvalue")
def _(gx, gy, window, k):
    """you return the **smaller eigenvalue**. Shi and Tomasi do so, and it needs no k; asked for is Harris's det -
    k·trace². For {example} you return `[[4.146]]`, expected `[[33.75]]`. Look again at section 8."""
    a, b, c = _products(gx, gy, window)
    return (a + c) / 2 - np.sqrt(((a - c) / 2) ** 2 + b**2)


@corner_response.mistake("trace for trace of squares")
def _(gx, gy, window, k):
    """your trace is the smoothed **gx + gy**; it is the sum of the smoothed squares, gx² + gy². For {example} you
    return `[[40.95]]`, expected `[[33.75]]`. Look again at section 8."""
    a, b, c = _products(gx, gy, window)
    return a * c - b * b - k * (_slid(gx, window) + _slid(gy, window)) ** 2


@corner_response.mistake("zeros around the image")
def _(gx, gy, window, k):
    """you keep the size of the picture and count what is outside as **0**. Asked for are the places where the whole
    window fits. For {example} you return `[[-1.25, -0.05], [11.95, 33.75]]`, expected `[[33.75]]`. Look again at
    section 8."""
    up, left = (n // 2 for n in window.shape)
    down, right = ((n - 1) // 2 for n in window.shape)
    gx, gy = (np.pad(g, ((up, down), (left, right))) for g in (gx, gy))
    a, b, c = _products(gx, gy, window)
    return a * c - b * b - k * (a + c) ** 2


@corner_response.mistake("a product for the trace")
def _(gx, gy, window, k):
    """your trace is **a times c**; it is their sum. For {example} you return `[[-100.8]]`, expected `[[33.75]]`. Look
    again at section 8."""
    a, b, c = _products(gx, gy, window)
    return a * c - b * b - k * (a * c) ** 2


@corner_response.mistake("squares for the square of the sum")
def _(gx, gy, window, k):
    """your trace² is **a² + c²**; it is (a + c)², which is 2ac more. For {example} you return `[[39.15]]`, expected
    `[[33.75]]`. Look again at section 8."""
    a, b, c = _products(gx, gy, window)
    return a * c - b * b - k * (a**2 + c**2)


@corner_response.mistake("determinant divided by the trace")
def _(gx, gy, window, k):
    """you **divide** the determinant by the trace. Noble and Förstner do so, and it needs no k; asked for is Harris's
    det - k·trace². For {example} you return `[[3]]`, expected `[[33.75]]`. Look again at section 8."""
    a, b, c = _products(gx, gy, window)
    return (a * c - b * b) / (a + c + 1e-12)


@corner_response.mistake("twice the mixed product")
def _(gx, gy, window, k):
    """you take away **2b**, not **b²**: is a `*` missing in `b ** 2`? For {example} you return `[[36.75]]`, expected
    `[[33.75]]`. Look again at section 8."""
    a, b, c = _products(gx, gy, window)
    return a * c - 2 * b - k * (a + c) ** 2


@corner_response.mistake("the window divided by its sum")
def _(gx, gy, window, k):
    """you **divide the window by its sum** (or take a mean). Its weights are to be used as they are given. For
    {example} you return `[[2.109]]`, expected `[[33.75]]`. Look again at section 8."""
    a, b, c = _products(gx, gy, window / window.sum())
    return a * c - b * b - k * (a + c) ** 2


@corner_response.mistake("the larger eigenvalue")
def _(gx, gy, window, k):
    """you return the **larger eigenvalue**, which is large on every edge; asked for is Harris's det - k·trace². For
    {example} you return `[[10.85]]`, expected `[[33.75]]`. Look again at section 8."""
    a, b, c = _products(gx, gy, window)
    return (a + c) / 2 + np.sqrt(((a - c) / 2) ** 2 + b**2)


@corner_response.mistake("smoothed slopes in the mixed product")
def _(gx, gy, window, k):
    """your mixed product is **smooth(gx) · smooth(gy)**; multiply first, then smooth. For {example} you return
    `[[-357.2]]`, expected `[[33.75]]`. Look again at section 8."""
    a, _, c = _products(gx, gy, window)
    return a * c - (_slid(gx, window) * _slid(gy, window)) ** 2 - k * (a + c) ** 2


@corner_response.mistake("gx in place of gy")
def _(gx, gy, window, k):
    """you smooth **gx² twice**, once in the place of gy²: a copied line. For {example} you return `[[19.8]]`, expected
    `[[33.75]]`. Look again at section 8."""
    a, b, _ = _products(gx, gy, window)
    return a * a - b * b - k * (a + a) ** 2


@corner_response.mistake("the mixed product in the trace")
def _(gx, gy, window, k):
    """your trace is **a + b + c**; the mixed product does not stand on the diagonal: a + c. For {example} you return
    `[[28.8]]`, expected `[[33.75]]`. Look again at section 8."""
    a, b, c = _products(gx, gy, window)
    return a * c - b * b - k * (a + b + c) ** 2


@corner_response.mistake("a sum for the mixed product")
def _(gx, gy, window, k):
    """you smooth **gx + gy** where the product gx · gy is meant. For {example} you return `[[-38.25]]`, expected
    `[[33.75]]`. Look again at section 8."""
    a, _, c = _products(gx, gy, window)
    return a * c - _slid(gx + gy, window) ** 2 - k * (a + c) ** 2


@corner_response.mistake("absolute slopes in the mixed product", example=SLANT)
def _(gx, gy, window, k):
    """you take **absolute** slopes. With the signs, slopes in opposite directions keep the mixed product small where
    there is a corner. For gx = `[[1, 3], [0, 1.7]]`, gy = `[[1, -2.3], [2, 0]]`, a 2 × 2 window of ones and k = 0.07
    you return `[[32.62]]`, expected `[[60.22]]`. Look again at section 8."""
    a, b, c = _products(np.abs(gx), np.abs(gy), window)
    return a * c - b * b - k * (a + c) ** 2


@corner_response.mistake("means over the whole picture")
def _(gx, gy, window, k):
    """you take the mean over the **whole picture** and get one number; the window slides, and each place has its own.
    For {example} you return `2.109`, expected `[[33.75]]`. Look again at section 8."""
    a, b, c = (gx * gx).mean(), (gx * gy).mean(), (gy * gy).mean()
    return a * c - b * b - k * (a + c) ** 2


@corner_response.mistake("a window of equal weights", example=WEIGHTED)
def _(gx, gy, window, k):
    """you give all places of the window the **same weight** (a mean or a sum); its own weights are to be used. For gx =
    `[[1, 0], [2, 1]]`, gy = `[[2, 2], [0, 1]]`, the window `[[1, 2], [2, 3]]` and k = 0.05 you return `[[135]]`,
    expected `[[118.5]]`. Look again at section 8."""
    a, b, c = _products(gx, gy, np.full(window.shape, window.sum() / window.size))
    return a * c - b * b - k * (a + c) ** 2


@corner_response.mistake("smoothed at the end")
def _(gx, gy, window, k):
    """you smooth the **response**, after the determinant. The determinant of products that were not smoothed is 0, so
    only -k·trace² is left. Smooth the three products first. For {example} you return `[[-3.05]]`, expected `[[33.75]]`.
    Look again at section 8."""
    return _slid(-k * (gx**2 + gy**2) ** 2, window)


@corner_response.mistake("products cut, not smoothed")
def _(gx, gy, window, k):
    """you **cut off the rim** and do not smooth the products. Then the determinant gx²·gy² - (gx·gy)² is 0 everywhere,
    and only -k·trace² is left. For {example} you return `[[-0.2]]`, expected `[[33.75]]`. Look again at section 8."""
    up, left = (n // 2 for n in window.shape)
    rows, columns = (n - m + 1 for n, m in zip(gx.shape, window.shape, strict=True))
    return (-k * (gx**2 + gy**2) ** 2)[up : up + rows, left : left + columns]


@corner_response.mistake("brackets around the trace forgotten")
def _(gx, gy, window, k):
    """**brackets are missing**: `k * a + c ** 2` is (k·a) + (c²), not k·(a + c)². For {example} you return `[[125.7]]`,
    expected `[[33.75]]`. Look again at section 8."""
    a, b, c = _products(gx, gy, window)
    return a * c - b * b - k * a + c**2


@corner_response.mistake("the smaller of a and c", example=SLANT)
def _(gx, gy, window, k):
    """you return the **smaller of a and c**. On a slanted edge both are large. For gx = `[[1, 3], [0, 1.7]]`, gy =
    `[[1, -2.3], [2, 0]]`, a 2 × 2 window of ones and k = 0.07 you return `[[10.29]]`, expected `[[60.22]]`. Look again
    at section 8."""
    a, _, c = _products(gx, gy, window)
    return np.minimum(a, c)


@corner_response.mistake("the mixed product not smoothed")
def _(gx, gy, window, k):
    """you smooth gx² and gy², but **not the mixed product** gx · gy. For {example} you return `[[41.75]]`, expected
    `[[33.75]]`. Look again at section 8."""
    a, b, c = _products(gx, gy, window)
    up, left = (n // 2 for n in window.shape)
    middle = (gx * gy)[up : up + a.shape[0], left : left + a.shape[1]]
    return a * c - middle**2 - k * (a + c) ** 2


@corner_response.mistake("divided by its largest value")
def _(gx, gy, window, k):
    """you divide the response by its **largest** value. Asked for is the response itself. For {example} you return
    `[[1]]`, expected `[[33.75]]`. Look again at section 8."""
    a, b, c = _products(gx, gy, window)
    response = a * c - b * b - k * (a + c) ** 2
    return response / max(np.abs(response).max(), 1e-12)


def _responding(determinant, trace, weight):
    def responded(gx, gy, window, k):
        a, b, c = _products(gx, gy, window)
        return determinant(a, b, c) + weight(k) * trace(a, c)

    return responded


_declare_two(
    corner_response,
    _responding,
    [
        [
            (lambda a, b, c: a * c - b**2, "", ""),
            (lambda a, b, c: a * c, "the mixed product forgotten", ""),
            (lambda a, b, c: a * c - b, "the mixed product not squared", ""),
            (lambda a, b, c: a * c + b**2, "the mixed product added", ""),
            (lambda a, b, c: a * c - 2 * b, "twice the mixed product", ""),
            (
                lambda a, b, c: a * c - 2 * b**2,
                "twice the squared mixed product",
                "you take away **2b²**; the determinant is ac - b²",
            ),
            (lambda a, b, c: a * c - np.abs(b), "the absolute mixed product", "you take away **|b|**, not b²"),
            (
                lambda a, b, c: 0,
                "the determinant left out",
                "you return **-k·trace²** alone; the determinant is missing",
            ),
            (
                lambda a, b, c: a**2 * c**2 - b**2,
                "squares in the determinant",
                "your determinant is **a²c² - b²**; a and c are sums of squares already: ac - b²",
            ),
            (
                lambda a, b, c: a + c - b**2,
                "a sum in the determinant",
                "your determinant is **a + c - b²**; a and c are multiplied",
            ),
            (
                lambda a, b, c: (a - b) * (c - b),
                "(a - b)(c - b)",
                "your determinant is **(a - b)(c - b)**; it is ac - b²",
            ),
            (
                lambda a, b, c: b**2 - a * c,
                "the determinant with the wrong sign",
                "your determinant has the **wrong sign**: it is ac - b²",
            ),
        ],
        [
            (lambda a, c: (a + c) ** 2, "", ""),
            (lambda a, c: a + c, "trace not squared", ""),
            (lambda a, c: a**2 + c**2, "squares for the square of the sum", ""),
            (lambda a, c: (a * c) ** 2, "a product for the trace", ""),
            (lambda a, c: a**2 + c, "only one square", "your trace² is **a² + c**; it is (a + c)²"),
            (lambda a, c: a, "only a", "your trace is **a** alone; it is a + c"),
            (lambda a, c: a**2, "only a squared", "your trace² is **a²**; it is (a + c)²"),
            (lambda a, c: (a - c) ** 2, "a difference for the trace", "your trace is **a - c**; it is their sum"),
        ],
        [
            (lambda k: -k, "", ""),
            (lambda k: k, "trace added", ""),
            (lambda k: 0, "the trace left out", "you return the **determinant alone**; k·trace² is to be taken away"),
            (lambda k: -1, "k left out", "**k is missing**: the trace² is taken away whole"),
        ],
    ],
    HARRIS,
    HARRIS_WORDS,
    "section 8",
)


# --- 3.9 --------------------------------------------------------------------------------------------------------------


def _levels(rng):
    for shape, levels in (((2, 3), 3), ((4, 3), 2), ((3, 6), 4), ((7, 5), 3), ((10, 12), 6)):
        yield rng.integers(0, levels, shape), levels
    yield np.zeros((3, 4), int), 2
    yield np.tile([0, 1, 2], (4, 2)), 5  # two levels never occur
    yield rng.integers(0, 4, (6, 7), dtype=np.uint8), 4
    yield np.arange(6).reshape(1, 6) // 2, 3


def _pairs_by_loops(image, levels):
    counts = np.zeros((levels, levels))
    for row in np.asarray(image).tolist():
        for left, right in zip(row[:-1], row[1:], strict=True):
            counts[left, right] += 1
    return counts / counts.sum()


def _pairs(left, right, levels):
    """How often each pair of levels occurs."""
    both = np.ravel(left).astype(int) * levels + np.ravel(right)
    return np.bincount(both, minlength=levels**2).reshape(levels, levels).astype(float)


def _beside(image, levels):
    image = np.asarray(image)
    return _pairs(image[:, :-1], image[:, 1:], levels)


MOSAIC = (np.array([[0, 0, 0, 1], [2, 1, 1, 1]]), 3)
TILES = (np.array([[0, 0], [0, 1], [1, 1]]), 2)
MOSAIC_WORDS = "the image `[[0, 0, 0, 1], [2, 1, 1, 1]]` and 3 levels"

pair_counts = FunctionExercise(
    "3.9",
    "Which greys meet?",
    cases=_levels,
    fixed=("image.ndim", "image.dtype"),
    oracle=_pairs_by_loops,
    solution="""
    import numpy as np

    def pair_counts(image, levels):
        counts = np.zeros((levels, levels))
        np.add.at(counts, (image[:, :-1], image[:, 1:]), 1)
        return counts / counts.sum()
    """,
    example=MOSAIC,
    example_words=MOSAIC_WORDS,
    hints=(
        "How many pairs of neighbours does one row of n pixels have?",
        "Go over all pairs (left, right), add 1 at `[left, right]`, and divide by the number of pairs at the end.",
        "`np.add.at(counts, (image[:, :-1], image[:, 1:]), 1)`, then `counts / counts.sum()`.",
    ),
)


@pair_counts.mistake("counts in place of shares")
def _(image, levels):
    """you return how **often** each pair occurs, not its share. Counts grow with the picture, so textures of different
    size could not be compared. For {example} you return `[[2, 1, 0], [0, 2, 0], [0, 1, 0]]`, expected `[[0.3333,
    0.1667, 0], [0, 0.3333, 0], [0, 0.1667, 0]]`. Divide by the number of pairs. Look again at section 11."""
    return _beside(image, levels)


@pair_counts.mistake("divided by the number of pixels")
def _(image, levels):
    """you divide by the number of **pixels**. There are fewer pairs than pixels: the last of each row has no right
    neighbour. For {example} you return `[[0.25, 0.125, 0], [0, 0.25, 0], [0, 0.125, 0]]`, which does not sum to 1;
    expected is `[[0.3333, 0.1667, 0], [0, 0.3333, 0], [0, 0.1667, 0]]`. Look again at section 11."""
    return _beside(image, levels) / np.size(image)


@pair_counts.mistake("the neighbour below")
def _(image, levels):
    """you pair each pixel with the one **below**; the one on the right is asked for. For {example} you return `[[0,
    0.5, 0.25], [0, 0.25, 0], [0, 0, 0]]`, expected `[[0.3333, 0.1667, 0], [0, 0.3333, 0], [0, 0.1667, 0]]`. The second
    index is the column. Look again at section 11."""
    if len(image) < 2:
        raise ZeroDivisionError
    counts = _pairs(image[:-1], image[1:], levels)
    return counts / counts.sum()


@pair_counts.mistake("both orders counted")
def _(image, levels):
    """you count every pair in **both orders**, as Haralick did. Here `[a, b]` is for left a and right b only. For
    {example} you return `[[0.3333, 0.08333, 0], [0.08333, 0.3333, 0.08333], [0, 0.08333, 0]]`, expected `[[0.3333,
    0.1667, 0], [0, 0.3333, 0], [0, 0.1667, 0]]`. Look again at section 11."""
    counts = _beside(image, levels)
    return (counts + counts.T) / counts.sum() / 2


@pair_counts.mistake("left and right exchanged")
def _(image, levels):
    """you have **exchanged** left and right: your table is turned over its diagonal. The left pixel chooses the row.
    For {example} you return `[[0.3333, 0, 0], [0.1667, 0.3333, 0.1667], [0, 0, 0]]`, expected `[[0.3333, 0.1667, 0],
    [0, 0.3333, 0], [0, 0.1667, 0]]`. Look again at section 11."""
    counts = _beside(image, levels).T
    return counts / counts.sum()


@pair_counts.mistake("the end joined to the beginning")
def _(image, levels):
    """you also pair the **last pixel of a row with the first**, as `np.roll` does. They are no neighbours. For
    {example} you return `[[0.25, 0.125, 0], [0.125, 0.25, 0.125], [0, 0.125, 0]]`, expected `[[0.3333, 0.1667, 0], [0,
    0.3333, 0], [0, 0.1667, 0]]`. Look again at section 11."""
    image = np.asarray(image)
    return _pairs(image, np.roll(image, -1, axis=1), levels) / image.size


@pair_counts.mistake("rows joined to one line")
def _(image, levels):
    """you put all rows **behind each other**, so the last pixel of a row meets the first of the next one. They are no
    neighbours. For {example} you return `[[0.2857, 0.1429, 0], [0, 0.2857, 0.1429], [0, 0.1429, 0]]`, expected
    `[[0.3333, 0.1667, 0], [0, 0.3333, 0], [0, 0.1667, 0]]`. Look again at section 11."""
    line = np.ravel(image)
    return _pairs(line[:-1], line[1:], levels) / (len(line) - 1)


@pair_counts.mistake("each row divided by its own sum")
def _(image, levels):
    """you divide each **row** of the table by its own sum: that is how likely a level is *after* another. Asked for are
    shares of all pairs, which sum to 1 together. For {example} you return `[[0.6667, 0.3333, 0], [0, 1, 0], [0, 1,
    0]]`, expected `[[0.3333, 0.1667, 0], [0, 0.3333, 0], [0, 0.1667, 0]]`. Look again at section 11."""
    counts = _beside(image, levels)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


@pair_counts.mistake("right and below together")
def _(image, levels):
    """you count the pairs to the right **and** those below in one table. Only those to the right are asked for. For
    {example} you return `[[0.2, 0.3, 0.1], [0, 0.3, 0], [0, 0.1, 0]]`, expected `[[0.3333, 0.1667, 0], [0, 0.3333, 0],
    [0, 0.1667, 0]]`. Look again at section 11."""
    image = np.asarray(image)
    counts = _beside(image, levels) + _pairs(image[:-1], image[1:], levels)
    return counts / counts.sum()


@pair_counts.mistake("a pair counts once")
def _(image, levels):
    """you count each kind of pair **once**. `counts[left, right] += 1` with whole arrays adds 1 once at each place,
    however often it stands there; or you wrote `= 1`. For {example} you return `[[0.25, 0.25, 0], [0, 0.25, 0], [0,
    0.25, 0]]`, expected `[[0.3333, 0.1667, 0], [0, 0.3333, 0], [0, 0.1667, 0]]`. Use `np.add.at`, or a loop. Look again
    at section 11."""
    once = np.minimum(_beside(image, levels), 1)
    return once / once.sum()


@pair_counts.mistake("divided by the largest count")
def _(image, levels):
    """you divide by the **largest** count, so the commonest pair gets 1. Shares sum to 1: divide by the number of
    pairs. For {example} you return `[[1, 0.5, 0], [0, 1, 0], [0, 0.5, 0]]`, expected `[[0.3333, 0.1667, 0], [0, 0.3333,
    0], [0, 0.1667, 0]]`. Look again at section 11."""
    counts = _beside(image, levels)
    return counts / counts.max()


@pair_counts.mistake("a pair counts once, divided by all pairs")
def _(image, levels):
    """you count each kind of pair **once** and divide by the number of all pairs. `counts[left, right] += 1` with whole
    arrays adds 1 once at each place, however often it stands there. For {example} you return `[[0.1667, 0.1667, 0], [0,
    0.1667, 0], [0, 0.1667, 0]]`, expected `[[0.3333, 0.1667, 0], [0, 0.3333, 0], [0, 0.1667, 0]]`. Use `np.add.at`, or
    a loop. Look again at section 11."""
    counts = _beside(image, levels)
    return np.minimum(counts, 1) / counts.sum()


@pair_counts.mistake("the last row left out", example=TILES)
def _(image, levels):
    """you leave out the **last row**: only the columns must stop one early, the last pixel of a row has no right
    neighbour, but the last row has pairs, too. For the image `[[0, 0], [0, 1], [1, 1]]` and 2 levels you return `[[0.5,
    0.5], [0, 0]]`, expected `[[0.3333, 0.3333], [0, 0.3333]]`. Look again at section 11."""
    image = np.asarray(image)
    counts = _beside(image[:-1], levels) if len(image) > 1 else np.zeros((levels, levels))
    return counts / counts.sum()


@pair_counts.mistake("the neighbour right and below", example=TILES)
def _(image, levels):
    """you pair each pixel with the one **right and below**, across the corner; the one on the right is asked for. For
    the image `[[0, 0], [0, 1], [1, 1]]` and 2 levels you return `[[0, 1], [0, 0]]`, expected `[[0.3333, 0.3333], [0,
    0.3333]]`. Look again at section 11."""
    image = np.asarray(image)
    counts = _pairs(image[:-1, :-1], image[1:, 1:], levels)
    return counts / counts.sum()


@pair_counts.mistake("two histograms multiplied")
def _(image, levels):
    """you multiply the shares of the **single** levels. That would be right if neighbours had nothing to do with each
    other; what they have to do with each other is the texture. Count pairs. For {example} you return `[[0.1406, 0.1875,
    0.04688], [0.1875, 0.25, 0.0625], [0.04688, 0.0625, 0.01562]]`, expected `[[0.3333, 0.1667, 0], [0, 0.3333, 0], [0,
    0.1667, 0]]`. Look again at section 11."""
    shares = np.bincount(np.ravel(image), minlength=levels) / np.size(image)
    return np.outer(shares, shares)


@pair_counts.mistake("differences of levels counted")
def _(image, levels):
    """you count the **differences** of neighbours; the table has a place for each *pair* of levels. For {example} you
    return `[0.6667, 0.3333, 0]`, expected `[[0.3333, 0.1667, 0], [0, 0.3333, 0], [0, 0.1667, 0]]`. Look again at
    section 11."""
    steps = np.abs(np.diff(np.asarray(image).astype(int), axis=1)).ravel()
    return np.bincount(steps, minlength=levels) / len(steps)


def _counting(pairs, shares):
    def counted(image, levels):
        image = np.asarray(image).astype(int)
        left, right = pairs(image)
        counts = _pairs(left, right, levels)
        with np.errstate(all="ignore"):
            return shares(counts, image)

    return counted


def _beyond(image, rows, columns):
    """Each pixel and the one so many rows below and columns to the right."""
    height, width = image.shape
    return image[: max(height - rows, 0), : max(width - columns, 0)], image[rows:, columns:]


QUILT = (np.array([[0, 1, 1, 2, 0, 1], [2, 2, 1, 0, 0, 0], [1, 2, 0, 0, 2, 1], [0, 1, 2, 2, 0, 0]]), 3)

_declare_two(
    pair_counts,
    _counting,
    [
        [
            (lambda image: _beyond(image, 0, 1), "", ""),
            (lambda image: _beyond(image, 0, 1)[::-1], "left and right exchanged", ""),
            (lambda image: _beyond(image, 1, 0), "the neighbour below", ""),
            (
                lambda image: _beyond(image, 1, 0)[::-1],
                "the neighbour above",
                "you pair each pixel with the one **above**; the one on the right is asked for",
            ),
            (lambda image: _beyond(image, 1, 1), "the neighbour right and below", ""),
            (
                lambda image: (image[1:, :-1], image[:-1, 1:]),
                "the neighbour right and above",
                "you pair each pixel with the one **right and above**; the one on the right is asked for",
            ),
            (
                lambda image: [
                    np.concatenate([a.ravel(), b.ravel()])
                    for a, b in zip(_beyond(image, 0, 1), _beyond(image, 1, 0), strict=True)
                ],
                "right and below together",
                "",
            ),
            (
                lambda image: (image, np.roll(image, -1, axis=0)),
                "rolled up",
                "you roll the picture **up**, so each pixel meets the one "
                "*below*, and the last row the first; the one on the right is asked for",
            ),
            (
                lambda image: _beyond(image, 0, 2),
                "two pixels apart",
                "you pair pixels that are **two apart**; the next one is asked for",
            ),
            (lambda image: (image, np.roll(image, -1, axis=1)), "the end joined to the beginning", ""),
            (
                lambda image: (image, np.roll(image, 1, axis=1)),
                "rolled the other way",
                "you roll the picture to the **right**, so "
                "each pixel meets the one on its *left*, and the first of a row meets the last",
            ),
            (lambda image: (image.ravel()[:-1], image.ravel()[1:]), "rows joined to one line", ""),
            (
                lambda image: (image[:, :-2], image[:, 1:-1]),
                "the last pair of each row left out",
                "you leave out the **last pair of each row**: n pixels have n - 1 pairs",
            ),
            (lambda image: (image[:-1, :-1], image[:-1, 1:]), "the last row left out", ""),
            (
                lambda image: np.sort(_beyond(image, 0, 1), axis=0),
                "the darker first",
                "you put the **darker** of the two first, whichever side it is on; the left one chooses the row",
            ),
        ],
        [
            (lambda counts, image: counts / counts.sum(), "", ""),
            (lambda counts, image: counts, "counts in place of shares", ""),
            (lambda counts, image: counts / image.size, "divided by the number of pixels", ""),
            (lambda counts, image: counts / counts.max(), "divided by the largest count", ""),
            (
                lambda counts, image: counts / np.maximum(counts.sum(1, keepdims=True), 1),
                "each row divided by its own sum",
                "",
            ),
            (
                lambda counts, image: counts / np.maximum(counts.sum(0, keepdims=True), 1),
                "each column divided by its own sum",
                "you divide each **column** of the table by its own sum; the shares of all pairs sum to 1 together",
            ),
            (lambda counts, image: np.minimum(counts, 1) / np.minimum(counts, 1).sum(), "a pair counts once", ""),
            (
                lambda counts, image: np.log1p(counts),
                "the logarithm of the counts",
                "you take the **logarithm** of the counts; their share is asked for",
            ),
            (
                lambda counts, image: np.diag(np.diag(counts)) / counts.sum(),
                "only equal pairs",
                "you keep **only pairs of equal levels**, the diagonal of the table; all pairs count",
            ),
            (
                lambda counts, image: (counts - np.diag(np.diag(counts))) / counts.sum(),
                "pairs of equal levels left out",
                "you leave out the **pairs of equal levels**; all pairs count",
            ),
            (
                lambda counts, image: (
                    (counts - np.diag(np.diag(counts))) / max((counts - np.diag(np.diag(counts))).sum(), 1)
                ),
                "only unequal pairs",
                "you count **only pairs of different levels**; all pairs count",
            ),
            (
                lambda counts, image: (counts > 0).astype(float),
                "ones where a pair occurs",
                "you write a **1** where a pair occurs, however often it does; its share is asked for",
            ),
            (lambda counts, image: (counts + counts.T) / counts.sum() / 2, "both orders counted", ""),
            (
                lambda counts, image: counts + counts.T,
                "both orders counted, not divided",
                "you count every pair in **both orders** and do not divide by their number",
            ),
        ],
    ],
    QUILT,
    "the image `[[0, 1, 1, 2, 0, 1], [2, 2, 1, 0, 0, 0], [1, 2, 0, 0, 2, 1], [0, 1, 2, 2, 0, 0]]` and 3 levels",
    "section 11",
)


# --- 3.10 -------------------------------------------------------------------------------------------------------------

quarter_turn = ChoiceExercise(
    "3.10",
    "What a quarter turn leaves alone",
    options={
        "a": "The histogram of the codes 0 to 15 of exercise 3.5.",
        "b": "The central moment of p = 2 and q = 0.",
        "c": "The sum of two central moments: p = 2, q = 0 and p = 0, q = 2.",
        "d": "The shares of pairs of a pixel and its right neighbour.",
    },
    answer="c",
    reasons={
        "a": "“codes 0 to 15” name the sides: what was on the right is above after the turn, so 1 becomes 2. "
        "Counting the ones instead would keep. See section 5.",
        "b": "“p = 2 and q = 0” measures how wide the shape is, and a quarter turn swaps width and height. See (3.8).",
        "c": "“sum of two”: a quarter turn exchanges the two, and a sum does not notice. It is the sum of the squared "
        "distances from the centre, which no turn changes. See section 12.",
        "d": "“right neighbour” is a direction: after the turn those pairs stand one above the other. See section 11.",
    },
    hints=(
        "Draw an upright bar, and the same bar lying down. Which numbers are the same?",
        "A turn by 90 degrees takes a pixel at (x, y) from the centre to (y, -x) or (-y, x). Try each option.",
        "x² and y² change places. Which option treats both alike?",
    ),
)
