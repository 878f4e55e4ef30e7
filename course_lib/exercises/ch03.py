"""Exercises of chapter 03: edges and features. What needs SciPy or scikit-image imports it when it is called."""

import itertools
import math
import warnings

import numpy as np

from course_lib.teaching.engine import ChoiceExercise, FunctionExercise, Wrong

# --- 3.1 --------------------------------------------------------------------------------------------------------------

STEEP = np.array([[0.0, 10.0, 12.0], [0.0, 5.0, 6.0], [0.0, 0.0, 0.0]])  # gx = 3, gy = -4


def _images(rng):
    yield (np.array([[3.0, 1, 4, 1], [5, 9, 2, 6], [5, 3, 5, 8], [9, 7, 9, 3]]),)
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


def _weighted(image, kernel):
    """The sum of each 3 × 3 window, weighted by a kernel."""
    return sum(weight * copy for row, copies in zip(kernel, _windows(image), strict=True)
               for weight, copy in zip(row, copies, strict=True))  # fmt: skip


def _slopes(image, weights=(1, 2, 1)):
    """Differences across, smoothed with the weights, and divided by what a ramp of 1 gives: (gx, gy)."""
    kernel = np.outer(weights, (-1, 0, 1)) / (2 * sum(weights))
    return _weighted(image, kernel), _weighted(image, kernel.T)


def _forward(image):
    kernel = np.outer((1, 2, 1), (0, -1, 1)) / 4
    return _weighted(image, kernel), _weighted(image, kernel.T)


def _smoothed(image, size=3):
    from scipy.ndimage import uniform_filter

    return uniform_filter(image, size)


def _blurred(image, sigma=1):
    from scipy.ndimage import gaussian_filter

    return gaussian_filter(image, sigma)


def _slopes_of_a_gaussian(image):
    from scipy.ndimage import gaussian_filter

    return [gaussian_filter(image, 1, order)[1:-1, 1:-1] for order in ((0, 1), (1, 0))]


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
    hints=(
        "Two slopes first, one to the right and one downwards. How long is the arrow that they make?",
        "Slide the kernel of (3.1) over the image, and its transpose; both divided by 8. Keep the places where the "
        "whole window fits.",
        "`gx = correlate(image, sobel_x / 8)[1:-1, 1:-1]`, the same for gy with `sobel_x.T`, then the root of (3.2).",
    ),
)


def _measured(slopes, combine, around, factor):
    return lambda image: around(lambda picture: factor * combine(*slopes(picture)), image)


def _of_the_largest(strength):
    return strength / max(np.abs(strength).max(), 1e-12)


def _padded(mode):
    return lambda measure, image: measure(np.pad(image, 1, mode=mode))


def _last_left_out(measure, image):
    result = np.array(measure(image))
    result[..., -1, :] = result[..., -1] = 0
    return result


# fmt: off
edge_strength.choices(
    _measured,
    place="(3.1)",
    words="the image `[[0, 10, 12], [0, 5, 6], [0, 0, 0]]`, whose slopes are 3 to the right and -4 downwards,",
    slopes=(
        _slopes,
        Wrong("differences without smoothing", lambda image: _slopes(image, (0, 1, 0)),
              "you take plain **differences**, [-1, 0, 1] / 2, of one row and one column. Sobel's kernel also "
              "smooths along the edge, with [1, 2, 1]."),
        Wrong("Prewitt's kernel for Sobel's", lambda image: _slopes(image, (1, 1, 1)),
              "you smooth with **[1, 1, 1]**: that is Prewitt's kernel. In Sobel's the middle counts twice, [1, 2, "
              "1]."),
        Wrong("Scharr's kernel for Sobel's", lambda image: _slopes(image, (3, 10, 3)),
              "you smooth with **[3, 10, 3]**: that is Scharr's kernel. Sobel's is [1, 2, 1]."),
        Wrong("gy not divided by 8", lambda image: (_slopes(image)[0], 8 * _slopes(image)[1]),
              "you divide **gx by 8, but not gy**."),
        Wrong("gx not divided by 8", lambda image: (8 * _slopes(image)[0], _slopes(image)[1]),
              "you divide **gy by 8, but not gx**."),
        Wrong("one slope used twice", lambda image: _slopes(image)[:1] * 2,
              "both of your slopes are **the same one**, gx: a copied line. The second kernel is the transpose of "
              "the first."),
        Wrong("the slope downwards used twice", lambda image: _slopes(image)[1:] * 2,
              "both of your slopes are **the same one**, gy, the slope downwards: a copied line. The second kernel "
              "is the transpose of the first."),
        Wrong("np.gradient", lambda image: np.gradient(image)[::-1],
              "you take plain **differences**, and one-sided ones on the border, as `np.gradient` does. Sobel's "
              "kernel also smooths along the edge, with [1, 2, 1], and the result has only the places where the "
              "whole window fits."),
        Wrong("half a difference", _forward,
              "you take the difference from the **pixel itself** to the next one. The kernel takes right minus left, "
              "and halves it."),
        Wrong("differences to the next pixel",
              lambda image: (np.diff(image, axis=1)[:-1], np.diff(image, axis=0)[:, :-1]),
              "you take the difference to the **next** pixel, as `np.diff` does: it belongs to a place between two "
              "pixels, and there is no smoothing. Sobel's kernel reaches over three rows and three columns."),
        Wrong("Roberts' cross", lambda image: (image[1:, 1:] - image[:-1, :-1], image[1:, :-1] - image[:-1, 1:]),
              "you take differences across the corners of 2 × 2 pixels: that is **Roberts' cross**. Sobel's kernel "
              "has 3 × 3."),
        Wrong("the Laplacian", lambda image: [_weighted(image, [[0, 1, 0], [1, -4, 1], [0, 1, 0]]), 0],
              "you take the **second** differences, the four neighbours minus four times the middle: that is the "
              "Laplacian, which is 0 where the picture is steepest."),
        Wrong("the derivative of a Gaussian", _slopes_of_a_gaussian,
              "you take the derivatives of a **Gaussian** of width 1: that is section 2's kernel, which is larger. "
              "Sobel's 3 × 3 kernel is asked for."),
        Wrong("smoothed, no slope", lambda image: [_weighted(image, np.outer((1, 2, 1), (1, 2, 1)) / 16), 0],
              "you **smooth** the image and take no difference: your kernel has no negative numbers."),
        Wrong("smoothed first", lambda image: _slopes(_smoothed(image)),
              "you **smooth** the image with a mean of 3 × 3 before you take the slopes. The kernel smooths already, "
              "along the edge, and that is enough."),
        Wrong("smoothed first, by a Gaussian", lambda image: _slopes(_blurred(image)),
              "you **blur** the image with a Gaussian before you take the slopes. The kernel smooths already, along "
              "the edge, and that is enough."),
        Wrong("diagonal slopes",
              lambda image: [
                  _weighted(image, np.array(k) / 8)
                  for k in ([[-2, -1, 0], [-1, 0, 1], [0, 1, 2]], [[0, 1, 2], [-1, 0, 1], [-2, -1, 0]])
              ], "your kernels measure the slopes along the two **diagonals**; sideways and downwards are asked for."),
    ),
    combine=(
        np.hypot,
        Wrong("slopes added with their signs", np.add,
              "you **add the two slopes** with their signs. A slope upwards then takes away from a slope to the "
              "right, and on some edges nothing is left. The length of an arrow is a root of squares.", "(3.2)"),
        Wrong("sum of absolute slopes", lambda gx, gy: np.abs(gx) + np.abs(gy),
              "you add the **absolute** slopes, |gx| + |gy|. OpenCV's Canny does so, because it is quick; but a "
              "diagonal edge then counts up to 1.41 times too much.", "(3.2)"),
        Wrong("the absolute value of the sum", lambda gx, gy: np.abs(gx + gy),
              "you add the slopes with their signs and take the **absolute value of the sum** (or square it and take "
              "the root, which is the same); on some edges the two cancel. Square before you add.", "(3.2)"),
        Wrong("no square root", lambda gx, gy: gx**2 + gy**2,
              "the **square root** is missing: you return gx² + gy². An edge that is twice as steep would count four "
              "times.", "(3.2)"),
        Wrong("only the slope to the right", lambda gx, gy: gx,
              "you return **gx alone**, the slope to the right, with its sign. Edges that run from left to right get "
              "nothing.", "(3.2)"),
        Wrong("only the slope downwards", lambda gx, gy: gy,
              "you return **gy alone**, the slope downwards, with its sign. Edges that run up and down get nothing.",
              "(3.2)"),
        Wrong("only the absolute slope to the right", lambda gx, gy: np.abs(gx),
              "you return **|gx| alone**; edges that run from left to right get nothing.", "(3.2)"),
        Wrong("only the absolute slope downwards", lambda gx, gy: np.abs(gy),
              "you return **|gy| alone**; edges that run up and down get nothing.", "(3.2)"),
        Wrong("slopes multiplied", lambda gx, gy: gx * gy,
              "you **multiply** the two slopes: an edge with only one of them gets nothing.", "(3.2)"),
        Wrong("a root of each slope", lambda gx, gy: np.sqrt(np.abs(gx)) + np.sqrt(np.abs(gy)),
              "you take the **root of each** slope and add the roots; the squares are added, and then comes one root.",
              "(3.2)"),
        Wrong("squares subtracted", lambda gx, gy: np.sqrt(np.abs(gx**2 - gy**2)),
              "you **subtract** the squares; they are added.", "(3.2)"),
        Wrong("squares forgotten", lambda gx, gy: np.sqrt(np.abs(gx + gy)),
              "you take the root of **gx + gy**: their squares are forgotten.", "(3.2)"),
        Wrong("a root of the absolute slopes", lambda gx, gy: np.sqrt(np.abs(gx) + np.abs(gy)),
              "you take the root of **|gx| + |gy|**: it is the squares that are added under the root.", "(3.2)"),
        Wrong("the larger of the two", lambda gx, gy: np.maximum(np.abs(gx), np.abs(gy)),
              "you take the **larger** of the two absolute slopes. On a diagonal edge that is too little.", "(3.2)"),
        Wrong("the smaller of the two", lambda gx, gy: np.minimum(np.abs(gx), np.abs(gy)),
              "you take the **smaller** of the two absolute slopes: an edge with only one of them gets nothing.",
              "(3.2)"),
        Wrong("the difference of the slopes", lambda gx, gy: np.abs(gx - gy),
              "you take the **difference** of the two slopes. The length of an arrow is a root of squares.", "(3.2)"),
        Wrong("the direction in place of the strength", lambda gx, gy: np.arctan2(gy, gx),
              "you return the **direction** of the slope, an angle; asked for is how steep it is. `np.hypot` gives "
              "the length where `np.arctan2` gives the angle.", "(3.2)"),
        Wrong("two slopes, not one strength", lambda gx, gy: np.array([gx, gy]),
              "you return the **two slopes**; one number for each place is asked for, the length of the arrow that "
              "they make.", "(3.2)"),
    ),
    around=(
        lambda measure, image: measure(image),
        Wrong("zeros around the image", _padded("constant"),
              "you keep the size of the image and count what is outside as **0**. So the border of the picture "
              "becomes an edge. Only the places are asked for where the whole window fits."),
        Wrong("the border pixels repeated", _padded("edge"),
              "you keep the size of the image and **repeat its border pixels** outside (or mirror them, which is the "
              "same here). That is a good choice in practice; here only the places are asked for where the whole "
              "window fits: cut off a rim of one pixel."),
        Wrong("mirrored at the border pixels", _padded("reflect"),
              "you keep the size of the image and **mirror** it at its border pixels. Only the places are asked for "
              "where the whole window fits."),
        Wrong("wrapped around", _padded("wrap"),
              "you keep the size of the image and let it go on **on its other side** (`np.roll` or `mode='wrap'`). "
              "Only the places are asked for where the whole window fits."),
        Wrong("a rim of zeros", lambda measure, image: np.pad(measure(image), 1),
              "you keep the size of the image and leave a **rim of zeros**; only the places where the whole window "
              "fits are asked for, an array that is smaller by 2."),
        Wrong("cut off on one side",
              lambda measure, image: measure(np.pad(image, ((0, 1), (0, 1)), mode="symmetric"))[1:, 1:],
              "you cut off two rows and columns **on one side**, where it is one on each: all is shifted by a pixel."),
        Wrong("two pixels cut off", lambda measure, image: measure(image)[1:-1, 1:-1],
              "you cut off a rim of **two** pixels; a window of 3 × 3 fits everywhere but on a rim of one."),
        Wrong("divided by its largest value", lambda measure, image: _of_the_largest(measure(image)),
              "you **divide** the strength by its largest value, so the steepest place gets 1. A ramp that rises by "
              "1 a pixel must give 1, in every picture."),
        Wrong("the last row and column not filled", _last_left_out,
              "your **last row and last column** stay 0: the loops end one too early. An image of n rows has n - 2 "
              "places for the window, so it is `range(n - 2)`. Look again at section 1."),
    ),
    factor=(
        1,
        Wrong("not divided by 8", 8,
              "you use Sobel's kernel as it is, **without the division by 8**. A ramp that rises by 1 a pixel then "
              "gets the strength 8."),
        Wrong("divided by 4", 2,
              "you divide by **4**, which the smoothing sums to; the difference reaches over two pixels, so it is 8."),
        Wrong("divided by 2", 4, "you divide by **2** only; the smoothing sums to 4, so it is 8."),
        Wrong("divided by 9", 8 / 9, "you divide by **9**, the number of pixels in a window; it is 8."),
        Wrong("divided by 16", 1 / 2, "you divide by **16** (or take a mean of the two slopes); it is 8, and a sum."),
        Wrong("divided by 8 twice", 1 / 8, "you divide by 8 **twice**."),
        Wrong("8 divided under the root", 8**0.5,
              "you divide by 8 **under the root**, so only by √8: the slopes themselves are divided, before they are "
              "squared."),
        Wrong("divided by 8 once more, under the root", 8**-0.5,
              "your strength is divided by 8 **once more, under the root**: the kernel holds that division already."),
        Wrong("the mean of the squares", 0.5**0.5,
              "you take the root of the **mean** of the two squares; it is the root of their sum.", "(3.2)"),
    ),
)
# fmt: on


# --- 3.2 --------------------------------------------------------------------------------------------------------------

# slopes whose length is exact, so that ties are ties however the length was computed
ARROWS = np.array([(5, 0), (-5, 0), (0, 5), (0, -5), (3, 4), (4, 3), (-3, 4), (4, -3), (-4, -3), (3, -4), (0, 0)])
ARROWS = np.concatenate([ARROWS, [(24, -7), (-24, 7), (24, 7), (7, 24), (-7, 24), (-24, -7)]])


def _along(right, down, *rows):
    """A strength with the given rows, all of its slopes in one direction (right, down)."""
    strength = np.array(rows, float)
    return strength, strength * right, strength * down


PLATEAU = _along(1, 0, [9, 9, 9, 9, 9], [0, 5, 5, 1, 0], [0, 0, 0, 0, 0])


def _slope_fields(rng):
    yield _along(1, 0, [0, 0, 0, 0, 0], [1, 3, 6, 8, 0], [0, 0, 0, 0, 0])  # a rise
    yield _along(1, 0, [9, 9, 1, 9], [1, 4, 2, 1], [0, 3, 0, 0])
    yield _along(-1, 0, [9, 9, 1, 9], [1, 4, 2, 1], [0, 3, 0, 0])
    yield _along(1, 0, [0, 0, 0, 0, 0], [5, 3, 6, 8, 0], [0, 0, 0, 0, 0])  # a valley
    yield _along(1, 0, [0, 0, 0, 0, 0], [1, 3, 8, 6, 0], [0, 0, 0, 0, 0])  # a hill
    yield _along(0.8, 0.6, [9, 0, 1, 0], [0, 5, 6, 0], [1, 7, 5, 0], [0, 0, 0, 0])
    yield _along(0.6, 0.8, [9, 0, 1, 0], [4, 6, 5, 0], [1, 7, 5, 0], [0, 0, 0, 0])
    yield _along(0.8, -0.6, [9, 0, 1, 0], [4, 6, 5, 0], [1, 7, 5, 0], [0, 0, 0, 0])
    yield _along(0, 1, [1, 1, 1, 1], [5, 4, 8, 2], [0, 0, 9, 0])
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


def _sectors(gx, gy, unit=np.pi / 4):
    return np.round(np.arctan2(gy, gx) / unit).astype(int) % 4


def _kept(strength, sectors, keep, mode, steps=STEPS):
    """Where `keep(centre, ahead, behind)` holds, with the neighbours at the step of each pixel's sector."""
    reach = max(abs(step) for pair in steps for step in pair)
    padded = np.pad(strength, reach, mode=mode)
    rows, columns = strength.shape

    def moved(down, right):
        return padded[reach + down : reach + down + rows, reach + right : reach + right + columns]

    kept = np.zeros(strength.shape, bool)
    for sector, (down, right) in enumerate(steps):
        kept |= (sectors == sector) & keep(strength, moved(down, right), moved(-down, -right))
    return kept


def _rimless(image, rim=1):
    result = np.zeros_like(image)
    result[rim:-rim, rim:-rim] = image[rim:-rim, rim:-rim]
    return result


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
    hints=(
        "A ridge is highest across, not along. Which two neighbours lie across?",
        "Round the angle of the slope to one of four directions; the steps are right, right and down, down, left and "
        "down. Remember that y grows downwards.",
        "`sector = round(arctan2(gy, gx) / (pi / 4)) % 4`, the step of that sector forwards and backwards, and keep "
        "the strength where it is `>=` both. Loop over the inner pixels only.",
    ),
)


def _thinned(sectors, neighbours, keep, rim, give):
    def thinned(strength, gx, gy):
        beyond, cut = rim
        kept = neighbours(strength, sectors(gx, gy), keep, beyond) & ((gx != 0) | (gy != 0))
        return give(cut(np.where(kept, strength, 0), strength), strength)

    return thinned


def _by_limits(angles):
    """A chain of if and elif, from angles in degrees."""
    return np.select([angles < 22.5, angles < 67.5, angles < 112.5], [0, 1, 2], 3)


def _all_of(steps):
    """Compared along several steps at once, wherever the slope points."""

    def compared(strength, sectors, keep, mode):
        return np.all([_kept(strength, 0 * sectors, keep, mode, (step,)) for step in steps], axis=0)

    return compared


def _copied(kept, strength):
    result = np.array(strength)
    result[1:-1, 1:-1] = kept[1:-1, 1:-1]
    return result


def _half_a_rim(kept, strength):
    result = np.array(kept)
    result[-1] = result[:, -1] = 0
    return result


# fmt: off
thin.choices(
    _thinned,
    place="section 3",
    words="strengths `[[9, 9, 9, 9, 9], [0, 5, 5, 1, 0], [0, 0, 0, 0, 0]]` whose slopes all point to the right",
    sectors=(
        _sectors,
        Wrong("compared along the edge", lambda gx, gy: (_sectors(gx, gy) + 2) % 4,
              "you compare with the neighbours **along** the edge, not across it. The slope points across."),
        Wrong("y taken upwards", lambda gx, gy: -_sectors(gx, gy) % 4,
              "your two **diagonals** have changed places: you count y upwards. Rows grow downwards, so a slope with "
              "gx and gy above 0 points to the right and *down*."),
        Wrong("gx and gy exchanged", lambda gx, gy: _sectors(gy, gx),
              "you have **exchanged gx and gy**: slopes to the right are compared up and down, and the other way "
              "round. `arctan2` wants y first."),
        Wrong("two directions instead of four", lambda gx, gy: np.where(np.abs(gy) > np.abs(gx), 2, 0),
              "you know only **two** directions, across and down, and take the one whose slope is larger. Near 45 "
              "degrees the neighbours at the corners must be asked."),
        Wrong("the signs of the slopes lost", lambda gx, gy: _sectors(np.abs(gx), np.abs(gy)),
              "you take the slopes **without their signs**, so one of the two diagonals is never used. A slope to "
              "the right and *up* (gx above 0, gy below 0) is not one to the right and down."),
        Wrong("the absolute angle", lambda gx, gy: _sectors(gx, np.abs(gy)),
              "you take the **absolute angle** (or |gy|), so slopes up and down are confused on the diagonals. A "
              "slope to the right and *up* is not one to the right and down: take the angle `% 180` instead."),
        Wrong("always left and right", lambda gx, gy: np.zeros(gx.shape, int),
              "you compare with the neighbours on the **left and right**, whatever the slope is. Are gx and gy used "
              "at all? (An angle in radians that is divided by 45 does the same.)"),
        Wrong("always above and below", lambda gx, gy: np.full(gx.shape, 2),
              "you compare with the neighbours **above and below**, whatever the slope is. Are gx and gy used at all?"),
        Wrong("the angle cut, not rounded", lambda gx, gy: np.floor(np.arctan2(gy, gx) / (np.pi / 4)).astype(int) % 4,
              "you **cut** the angle down to a multiple of 45 degrees (`//` or `floor`) where the nearest one is "
              "asked for. 37 degrees are nearer to 45 than to 0."),
        Wrong("the angle cut towards 0", lambda gx, gy: np.trunc(np.arctan2(gy, gx) / (np.pi / 4)).astype(int) % 4,
              "you **cut** the angle to a multiple of 45 degrees (`int` or `astype(int)`) where the nearest one is "
              "asked for. 37 degrees are nearer to 45 than to 0."),
        Wrong("negative angles not brought into range", lambda gx, gy: _by_limits(np.degrees(np.arctan2(gy, gx))),
              "you leave **negative angles** as they are, so they are below your first limit and count as across. A "
              "slope and its opposite have the same two neighbours: take the angle `% 180` first."),
        Wrong("angles near 180 degrees taken for a diagonal",
              lambda gx, gy: _by_limits(np.degrees(np.arctan2(gy, gx)) % 180),
              "you take angles from **157.5 to 180** degrees for a diagonal. They are as near to 180, which is "
              "across, as those below 22.5 are to 0."),
        Wrong("steps of 22.5 degrees", lambda gx, gy: _sectors(gx, gy, np.pi / 8),
              "you count in steps of **22.5 degrees**; four directions in half a turn are 45 degrees apart, π/4."),
        Wrong("steps of 90 degrees", lambda gx, gy: _sectors(gx, gy, np.pi / 2),
              "you count in steps of **90 degrees**; four directions in half a turn are 45 degrees apart, π/4."),
        Wrong("degrees over radians",
              lambda gx, gy: np.round(np.degrees(np.arctan2(gy, gx)) / (np.pi / 4)).astype(int) % 4,
              "you divide an angle in **degrees** by π/4, which is in radians."),
        Wrong("a diagonal forgotten", lambda gx, gy: np.where(_sectors(gx, gy) == 3, 9, _sectors(gx, gy)),
              "you **forget one diagonal**, from the right and up to the left and down: nothing is kept there."),
        Wrong("half of the directions forgotten",
              lambda gx, gy: np.where(np.round(np.arctan2(gy, gx) / (np.pi / 4)) % 8 < 4, _sectors(gx, gy), 9),
              "you **forget half of the directions**: slopes to the left or up keep nothing. A slope and its "
              "opposite have the same two neighbours: `% 4`."),
        Wrong("% 2", lambda gx, gy: _sectors(gx, gy) % 2,
              "you take the sector **% 2**: slopes downwards are then compared to the left and right. There are four "
              "directions: `% 4`."),
        Wrong("two steps exchanged", lambda gx, gy: np.array([0, 1, 3, 2])[_sectors(gx, gy)],
              "your steps for **down** and for **left and down** have changed places: 90 degrees come before 135."),
    ),
    neighbours=(
        _kept,
        Wrong("all eight neighbours asked", _all_of(STEPS),
              "you keep what is strongest among **all eight** neighbours. That leaves single points: along an edge "
              "one neighbour is nearly always a little stronger. Ask only the two across."),
        Wrong("four neighbours asked", _all_of(STEPS[::2]),
              "you keep what is strongest among **four** neighbours, left, right, above and below. Ask only the two "
              "across the edge."),
        Wrong("neighbours two pixels away", lambda *given: _kept(*given, steps=2 * np.array(STEPS)),
              "you compare with the pixels **two** steps away (or one step of each neighbour too many)."),
    ),
    keep=(
        lambda c, a, b: (c >= a) & (c >= b),
        Wrong("equal neighbours suppressed", lambda c, a, b: (c > a) & (c > b),
              "you keep only what is **strictly** stronger than both. Where two neighbours are equally strong, both "
              "vanish and the edge has a hole. The exercise says at least as large: `>=`."),
        Wrong("only strictly stronger than the one ahead", lambda c, a, b: (c > a) & (c >= b),
              "you ask `>` of the neighbour **ahead** and `>=` of the one behind. Of two equal neighbours one is "
              "then dropped. OpenCV does so, to get lines of one pixel; here it is `>=` for both."),
        Wrong("only strictly stronger than the one behind", lambda c, a, b: (c >= a) & (c > b),
              "you ask `>` of the neighbour **behind** and `>=` of the one ahead. Of two equal neighbours one is "
              "then dropped. Here it is `>=` for both."),
        Wrong("at least one of the two", lambda c, a, b: (c >= a) | (c >= b),
              "you keep what is as strong as **one** of its two neighbours; it must be as strong as **both**. On any "
              "slope one neighbour is weaker. It is `and`, not `or`."),
        Wrong("only one neighbour asked", lambda c, a, b: c >= a,
              "you compare with the neighbour **ahead** only. The foot of a slope is higher than what comes after "
              "the ridge, too: both sides must be asked."),
        Wrong("only the neighbour behind asked", lambda c, a, b: c >= b,
              "you compare with the neighbour **behind** only. On the way up every pixel is stronger than that one: "
              "both sides must be asked."),
        Wrong("the weakest kept", lambda c, a, b: (c <= a) & (c <= b),
              "your comparison is the **wrong way round**: you keep what is at most as strong as its neighbours."),
        Wrong("compared with the sum", lambda c, a, b: c >= a + b,
              "you compare with the **sum** of the two neighbours; it must be as strong as *each* of them."),
        Wrong("compared with the mean", lambda c, a, b: 2 * c >= a + b,
              "you compare with the **mean** of the two neighbours; it must be as strong as *both*."),
    ),
    rim=(
        ("constant", lambda kept, strength: _rimless(kept)),
        Wrong("the rim kept", ("constant", lambda kept, strength: kept),
              "you keep maxima on the **rim**, as if beyond it all were 0. Nobody knows what is there, so the rim of "
              "one pixel must be 0."),
        Wrong("the rim left as it was", ("constant", _copied),
              "you leave the **rim** as it was, as when the result begins as a copy of the strengths. It must be 0: "
              "there a neighbour is missing."),
        Wrong("a rim of two pixels", ("constant", lambda kept, strength: _rimless(kept, 2)),
              "you leave out a rim of **two** pixels; one is enough: `range(1, n - 1)`."),
        Wrong("the first row and column kept", ("constant", _half_a_rim),
              "you set only the **last** row and column to 0; the first row and the first column belong to the rim, "
              "too: `range(1, n - 1)`."),
        Wrong("the rim cut off", ("constant", lambda kept, strength: kept[1:-1, 1:-1]),
              "you **cut off** the rim. The result has the shape of `strength`, with 0 on its rim."),
        Wrong("wrapped around", ("wrap", lambda kept, strength: kept),
              "on the rim you compare with the **other side** of the picture (`np.roll`, or index -1). The rim of "
              "one pixel must be 0."),
        Wrong("wrapped around, the last row and column 0", ("wrap", _half_a_rim),
              "you set only the **last** row and column to 0. At the first ones you compare with index -1, which is "
              "the other side; they belong to the rim, too: `range(1, n - 1)`."),
    ),
    give=(
        lambda kept, strength: kept,
        Wrong("marks in place of strengths", lambda kept, strength: kept > 0,
              "you return **True and False** (or 1 and 0) where strengths are asked for. The next step needs them: "
              "it asks how strong an edge is."),
        Wrong("what is dropped, not what is kept", lambda kept, strength: strength - kept,
              "you return what is **dropped**; what is kept is asked for."),
    ),
)
# fmt: on


@thin.mistake("compared with what was thinned already",
              example=_along(1, 0, [0, 0, 0, 0, 0], [8, 6, 3, 1, 0], [0, 0, 0, 0, 0]))  # fmt: skip
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


@thin.mistake(
    "compared with what was thinned already, the rim first", example=_along(1, 0, [0] * 4, [9, 5, 1, 0], [0] * 4)
)
def _(strength, gx, gy):
    """you **overwrite** strengths with 0 while you still compare with them, and the rim is 0 from the start: what lies
    beside it looks like a maximum. Compare in the image that was given, and write into a new one. For strengths `[[0,
    0, 0, 0], [9, 5, 1, 0], [0, 0, 0, 0]]` whose slopes all point to the right you return `[[0, 0, 0, 0], [0, 5, 0, 0],
    [0, 0, 0, 0]]`, expected `[[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]`. Look again at section 3."""
    result, sectors = _rimless(strength), _sectors(gx, gy)
    for i in range(1, len(result) - 1):
        for j in range(1, len(result[0]) - 1):
            down, right = STEPS[sectors[i, j]]
            if result[i, j] < max(result[i + down, j + right], result[i - down, j - right]):
                result[i, j] = 0
    return result


@thin.mistake("interpolated neighbours", example=_along(0.8, 0.6, [9, 0, 1, 0], [0, 5, 6, 0], [1, 7, 5, 0], [0] * 4))
def _(strength, gx, gy):
    """you **interpolate** between two neighbours, as in (3.4). Here the direction is rounded to one of four, and two
    pixels are compared. For strengths `[[9, 0, 1, 0], [0, 5, 6, 0], [1, 7, 5, 0], [0, 0, 0, 0]]` whose slopes point 37
    degrees from the right downwards you return `[[0, 0, 0, 0], [0, 0, 6, 0], [0, 7, 0, 0], [0, 0, 0, 0]]`, expected
    `[[0, 0, 0, 0], [0, 0, 6, 0], [0, 7, 5, 0], [0, 0, 0, 0]]`. Look again at (3.4)."""
    from course_lib.classical.edges import suppress

    return suppress(strength, gx, gy)


@thin.mistake("no % 4", example=_along(-1, 0, [9, 9, 1, 9], [1, 4, 2, 1], [0, 3, 0, 0]))
def _(strength, gx, gy):
    """`% 4` is **missing**: an angle of 180 degrees gives the sector 4, and there are 0 to 3. It is the sector 0 again:
    a slope to the left has the same two neighbours as one to the right. For strengths `[[9, 9, 1, 9], [1, 4, 2, 1], [0,
    3, 0, 0]]` whose slopes all point to the left your code stops with an `IndexError`, expected `[[0, 0, 0, 0], [0, 4,
    0, 0], [0, 0, 0, 0]]`. Look again at section 3."""
    if (np.round(np.arctan2(gy, gx) / (np.pi / 4)).astype(int)[1:-1, 1:-1] == 4).any():
        raise IndexError
    return _thin_by_loops(strength, gx, gy)


@thin.mistake("the strength computed anew", example=_along(0.6, 0.8, [9, 0, 1, 0], [4, 6, 5, 0], [1, 7, 5, 0], [0] * 4))
def _(strength, gx, gy):
    """you compute a strength of **your own**, |gx| + |gy|; the one that is given is to be thinned. For strengths `[[9,
    0, 1, 0], [4, 6, 5, 0], [1, 7, 5, 0], [0, 0, 0, 0]]` whose slopes point 53 degrees from the right downwards you
    return `[[0, 0, 0, 0], [0, 0, 7, 0], [0, 9.8, 0, 0], [0, 0, 0, 0]]`, expected `[[0, 0, 0, 0], [0, 0, 5, 0], [0, 7,
    0, 0], [0, 0, 0, 0]]`. Look again at section 3."""
    return _thin_by_loops(np.abs(gx) + np.abs(gy), gx, gy)


# --- 3.3 --------------------------------------------------------------------------------------------------------------


def _strengths(rng):
    yield np.array([[7.0, 0, 6, 0, 7, 5, 0], [0, 0, 6, 0, 8, 5, 7], [8, 9, 0, 0, 7, 5, 5], [5, 0, 6, 7, 0, 5, 9]]), 5, 8
    yield np.array([[9.0] + [5] * 12]), 5.0, 9.0  # a long way
    yield np.array([[9.0, 5, 5], [0, 0, 5], [5, 5, 0]]), 5.0, 9.0  # a way that turns back
    yield np.array([[9.0, 6, 5], [0, 0, 0], [6, 6, 8]]), 5.0, 8.0
    yield np.array([[9.0, 7, 0, 9], [0, 0, 0, 5]]), 5.0, 8.0
    yield np.array([[9.0, 5, 5, 0, 8, 8, 5]]), 5.0, 8.0
    yield np.array([[9.0, 9, 0, 6, 6, 6]]), 5.0, 8.0
    yield np.array([[9.0, 0, 0, 5]]), 5.0, 8.0
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


EIGHT = np.ones((3, 3), bool)
FOUR = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], bool)
CORNERS = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]], bool)


def _spread(mask, touching=EIGHT, mode="constant"):
    """A mask and all pixels that touch it."""
    padded = np.pad(mask, len(touching) // 2, mode=mode)
    rows, columns = mask.shape
    result = np.zeros_like(mask)
    for u, v in np.argwhere(touching):
        result |= padded[u : u + rows, v : v + columns]
    return result


def _grown(weak, strong, touching=EIGHT, steps=None, mode="constant"):
    """From the strong pixels over weak ones, so many steps or until nothing changes."""
    kept = strong.copy()
    while steps is None or steps > 0:
        larger = _spread(kept, touching, mode) & weak | kept
        if np.array_equal(larger, kept):
            break
        kept, steps = larger, None if steps is None else steps - 1
    return kept


def _one_pass(weak, strong, touching, first=0):
    """Looks at every pixel once, row by row, at what has been kept so far."""
    size, reach = len(touching), len(touching) // 2
    kept = np.pad(strong, reach)
    for i in range(first, weak.shape[0] - first):
        for j in range(first, weak.shape[1] - first):
            if weak[i, j] and (kept[i : i + size, j : j + size] & touching).any():
                kept[i + reach, j + reach] = True
    return kept[reach:-reach, reach:-reach]


def _labelled(mask, touching=EIGHT):
    from scipy.ndimage import label

    return label(mask, touching)


def _pieces(rule):
    """Keep connected pixels by a rule for their strengths."""

    def kept(weak, strong, touching, strength, high):
        labels, count = _labelled(weak, touching)
        return np.isin(labels, [k for k in range(1, count + 1) if rule(strength[labels == k], high)])

    return kept


def _without_the_last(weak, strong, touching, strength, high):
    labels, count = _labelled(weak, touching)
    return np.isin(labels, [k for k in range(1, count) if strong[labels == k].any()])


def _largest(weak, strong, touching, strength, high):
    labels, count = _labelled(_grown(weak, strong, touching))
    return labels == (1 + np.bincount(labels.ravel())[1:].argmax() if count else -1)


def _off_the_border(weak, strong, touching, strength, high):
    labels, count = _labelled(weak, touching)
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    return np.isin(labels, [k for k in range(1, count + 1) if strong[labels == k].any() and k not in rim])


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
    example=(np.array([[5.0, 5, 5, 9], [5, 0, 0, 0], [0, 5, 0, 5]]), 5.0, 9.0),
    hints=(
        "Begin at the strong pixels. Which of their neighbours may be added, and what comes after that?",
        "Add again and again, until nothing changes; or label the connected pixels and keep the labels that hold a "
        "strong one. Corners connect, too.",
        "`labels, n = ndimage.label(strength >= low, np.ones((3, 3)))`, then keep the labels found at "
        "`strength >= high`.",
    ),
)


def _following(touching, thresholds, reach, give):
    def followed(strength, low, high):
        weak, strong = thresholds(strength, low, high)
        return give(reach(weak, strong, touching, strength, high), strength)

    return followed


def _stopping(number):
    return Wrong(
        f"{number} steps only",
        lambda weak, strong, touching, strength, high: _grown(weak, strong, touching, number),
        f"you go **{number} steps** from the strong pixels and stop. An edge is followed as far as it goes, however "
        "many steps that takes. Repeat until nothing changes.",
    )


# fmt: off
follow.choices(
    _following,
    place="(3.5)",
    words="strengths `[[5, 5, 5, 9], [5, 0, 0, 0], [0, 5, 0, 5]]`, low = 5 and high = 9",
    touching=(
        EIGHT,
        Wrong("corners do not connect", FOUR,
              "you follow an edge to the **four** neighbours that share a side; SciPy's `label` and "
              "`binary_dilation` do so unless they are told otherwise. Thin edges run diagonally, so pixels that "
              "touch at a corner are connected, too."),
        Wrong("only corners connect", CORNERS,
              "you follow an edge across **corners only**; pixels that share a side are connected, too."),
        Wrong("only along the rows", np.array([[0, 0, 0], [1, 1, 1], [0, 0, 0]], bool),
              "you follow an edge to the **left and right** only; it may run in any direction."),
        Wrong("only along the columns", np.array([[0, 1, 0], [0, 1, 0], [0, 1, 0]], bool),
              "you follow an edge **up and down** only; it may run in any direction."),
        Wrong("two pixels far", np.ones((5, 5), bool),
              "you let pixels that are **two apart** touch (a 5 × 5 window), so you jump over gaps."),
    ),
    thresholds=(
        lambda s, low, high: (s >= low, s >= high),
        Wrong("thresholds left out", lambda s, low, high: (s > low, s > high),
              "your thresholds are **strict**, `>`. What is exactly `low` or `high` belongs to it, `>=`."),
        Wrong("the low threshold left out", lambda s, low, high: (s > low, s >= high),
              "your **low** threshold is strict, `>`. What is exactly `low` belongs to it, `>=`."),
        Wrong("the high threshold left out", lambda s, low, high: (s >= low, s > high),
              "your **high** threshold is strict, `>`. What is exactly `high` may begin an edge, `>=`."),
        Wrong("everything weak", lambda s, low, high: (s > 0, s >= high),
              "your **low threshold** has no effect: you follow over every pixel above 0."),
        Wrong("no low threshold", lambda s, low, high: (np.ones(s.shape, bool), s >= high),
              "`low` has **no effect**: you go on to every neighbour, so one strong pixel floods the whole picture. "
              "Only weak pixels, `strength >= low`, may be added."),
        Wrong("the weak mask spread first", lambda s, low, high: (_spread(s >= low), s >= high),
              "you **spread** the weak pixels before you follow, so gaps of one or two pixels close. Only pixels "
              "that reach `low` themselves belong to an edge."),
    ),
    reach=(
        lambda weak, strong, touching, strength, high: _grown(weak, strong, touching),
        Wrong("one step only", lambda weak, strong, touching, strength, high: _grown(weak, strong, touching, 1),
              "you go **one step** from the strong pixels and stop. An edge is followed as far as it goes: pixels "
              "that were added may bring others. Repeat until nothing changes."),
        *map(_stopping, (2, 3, 4, 5, 8, 10)),
        Wrong("only the strong pixels", lambda weak, strong, touching, strength, high: strong,
              "you keep only what reaches **high**. (That also comes out when low and high are exchanged.) The weak "
              "pixels that hang on a strong one belong to the edge."),
        Wrong("all weak pixels", lambda weak, strong, touching, strength, high: weak,
              "you keep everything that reaches **low**. Weak pixels count only where they hang on a strong one."),
        Wrong("only the weak pixels", lambda weak, strong, touching, strength, high: weak & ~strong,
              "you keep what lies **between** low and high. The strong pixels are the surest part of an edge, and "
              "the weak ones count only where they hang on a strong one."),
        Wrong("between low and high, both included",
              lambda weak, strong, touching, strength, high: weak & (strength <= high),
              "you keep what lies **between** low and high, both included. The strongest pixels are the surest part "
              "of an edge, and weak ones count only where they hang on a strong one."),
        Wrong("only connected weak pixels kept",
              lambda weak, strong, touching, strength, high: _grown(weak, strong, touching) & ~strong,
              "you return the weak pixels that hang on strong ones, but **not the strong ones** themselves."),
        Wrong("only the weak neighbours of strong pixels",
              lambda weak, strong, touching, strength, high: _spread(strong, touching) & weak & ~strong,
              "you return the weak **neighbours** of strong pixels: the strong ones are missing, and what hangs on "
              "those neighbours. Repeat until nothing changes."),
        Wrong("one pass over the rows",
              lambda weak, strong, touching, strength, high: _one_pass(weak, strong, touching),
              "you go **once** over the pixels, row by row. So an edge is followed to the right and down, but not "
              "back to the left or up: when a pixel is kept, those before it have had their turn. Repeat until "
              "nothing changes."),
        Wrong("one pass over the inner pixels",
              lambda weak, strong, touching, strength, high: _one_pass(weak, strong, touching, 1),
              "you go **once** over the inner pixels, row by row. The rim is never looked at, and an edge is not "
              "followed back to the left or up."),
        Wrong("one step at the inner pixels",
              lambda weak, strong, touching, strength, high: (
                  np.pad((_spread(strong, touching) & weak)[1:-1, 1:-1], 1) | strong
              ),
              "you go **one step** from the strong pixels, and only at the inner pixels: the rim is never looked at."),
        Wrong("two steps across gaps",
              lambda weak, strong, touching, strength, high: _spread(_spread(strong, touching), touching) & weak,
              "you grow the strong pixels by **two** and compare with low afterwards. That jumps over gaps of one "
              "pixel, and stops after two."),
        Wrong("all neighbours of strong pixels",
              lambda weak, strong, touching, strength, high: _spread(strong, touching),
              "you add **all** neighbours of the strong pixels, whether they reach `low` or not, and only those next "
              "to them."),
        Wrong("a rim around the edges",
              lambda weak, strong, touching, strength, high: _spread(_grown(weak, strong, touching), touching),
              "you follow the edges right, and then **spread** the result once more: its last step is not held "
              "against `low`."),
        Wrong("joined across the border",
              lambda weak, strong, touching, strength, high: _grown(weak, strong, touching, mode="wrap"),
              "you join pixels **across the border**: `np.roll` brings what leaves on one side in again on the other."),
        Wrong("strong pixels with a weak neighbour",
              lambda weak, strong, touching, strength, high: strong & _spread(weak & ~strong, touching),
              "you keep the **strong pixels that have a weak neighbour**. It is the other way round: a strong pixel "
              "always counts, and a weak one where it hangs on a strong one."),
        Wrong("the mean of a component against high", _pieces(lambda values, high: values.mean() >= high),
              "you ask whether the **mean** of connected pixels reaches `high`. One strong pixel is enough, however "
              "many weak ones hang on it."),
        Wrong("the median of a component against high", _pieces(lambda values, high: np.median(values) >= high),
              "you ask whether the **median** of connected pixels reaches `high`. One strong pixel is enough: `max`."),
        Wrong("the sum of a component against high", _pieces(lambda values, high: values.sum() >= high),
              "you ask whether the **sum** of connected pixels reaches `high`, so two weak ones make a strong one. "
              "At least one pixel must reach it by itself: `max`."),
        Wrong("all of a component must be strong", _pieces(lambda values, high: values.min() >= high),
              "you keep connected pixels only if **all** of them reach `high`. One strong pixel is enough: `any`, "
              "not `all`."),
        Wrong("small edges left out", _pieces(lambda values, high: len(values) >= 3),
              "you keep edges by their **size**, at least three pixels. What counts is whether one of the pixels is "
              "strong."),
        Wrong("pairs kept, weak or not", _pieces(lambda values, high: len(values) >= 2),
              "you keep connected pixels by their **number**, at least two. What counts is whether one of the pixels "
              "is strong."),
        Wrong("edges of one pixel left out", _pieces(lambda values, high: values.max() >= high and len(values) > 1),
              "you leave out strong pixels that **stand alone**. A strong pixel is an edge, with or without weak "
              "ones beside it."),
        Wrong("the last component forgotten", _without_the_last,
              "you leave out the **last** of the connected components: labels run from 1 to n, so it is `range(1, n "
              "+ 1)`."),
        Wrong("only the largest edge kept", _largest,
              "you keep the **largest** edge only. Every edge with a strong pixel counts."),
        Wrong("edges at the border left out", _off_the_border,
              "you leave out the edges that touch the **border** of the picture. They count like all others."),
    ),
    give=(
        lambda kept, strength: kept,
        Wrong("strengths in place of marks", lambda kept, strength: strength * kept,
              "you return the **strengths** of the pixels that are kept; asked for is a mask, True or False."),
        Wrong("labels in place of marks", lambda kept, strength: _labelled(kept)[0],
              "you return the **labels** 1, 2, 3 of the components that are kept; asked for is a mask, True or False."),
        Wrong("what is dropped", lambda kept, strength: ~kept,
              "you return what does **not** belong to an edge: True and False are exchanged."),
        Wrong("255 for an edge", lambda kept, strength: 255 * kept.astype(int),
              "you return **255** for an edge; asked for is a mask, True or False."),
    ),
)
# fmt: on


@follow.mistake("one threshold in the middle")
def _(strength, low, high):
    """you use **one threshold**, halfway between low and high. Then noise above it is kept and weak parts of an edge
    are lost, which two thresholds prevent. For strengths `[[5, 5, 5, 9], [5, 0, 0, 0], [0, 5, 0, 5]]`, low = 5 and high
    = 9 you return `[[False, False, False, True], [False, False, False, False], [False, False, False, False]]`, expected
    `[[True, True, True, True], [True, False, False, False], [False, True, False, False]]`. Look again at (3.5)."""
    return strength >= (low + high) / 2


@follow.mistake("strong 1, weak one half")
def _(strength, low, high):
    """you give strong pixels 1 and weak ones **one half**, and stop. That is the step before: now decide for every weak
    pixel whether it hangs on a strong one. For strengths `[[5, 5, 5, 9], [5, 0, 0, 0], [0, 5, 0, 5]]`, low = 5 and high
    = 9 you return `[[0.5, 0.5, 0.5, 1], [0.5, 0, 0, 0], [0, 0.5, 0, 0.5]]`, expected `[[True, True, True, True], [True,
    False, False, False], [False, True, False, False]]`. Look again at (3.5)."""
    return np.where(strength >= high, 1.0, np.where(strength >= low, 0.5, 0.0))


@follow.mistake("thresholds as shares of the largest", example=(np.array([[0.5, 0.25, 0.1]]), 0.5, 0.9))
def _(strength, low, high):
    """you take low and high for **shares** of the largest strength. They are strengths themselves. For strengths
    `[[0.5, 0.25, 0.1]]`, low = 0.5 and high = 0.9 you return `[[True, True, False]]`, expected `[[False, False,
    False]]`. Look again at (3.5)."""
    return _follow_by_walking(strength, low * strength.max(), high * strength.max())


# --- 3.4 --------------------------------------------------------------------------------------------------------------


def _edge_images(rng):
    yield np.array([[False, False, True, True], [True, False, False, True]]), np.array([0.3, -0.9])
    yield np.array([[False, True, True]]), np.array([0.5])
    yield np.array([[True], [True]]), np.array([-0.5])
    yield np.array([[True], [True], [True]]), np.array([-1.2])
    for shape, count in (((2, 3), 2), ((4, 4), 3), ((5, 3), 4), ((6, 9), 7), ((12, 7), 5)):
        angles = rng.uniform(-np.pi / 2, np.pi / 2, count)
        yield _without_halves(rng.random(shape) < 0.3, angles)
    yield np.ones((3, 4), bool), np.array([0, np.pi / 2])
    yield np.zeros((3, 5), bool), np.array([0.3, 1.2, -0.8])
    line = np.zeros((8, 11), bool)
    line[5] = True
    yield _without_halves(line, np.linspace(-1.4, 1.5, 8))


def _without_halves(mask, angles):
    """The same with angles moved until no distance is within 0.004 of a half, where roundings differ."""
    rows, columns = np.indices(mask.shape)
    found = []
    for angle in angles:
        while np.abs(np.abs((columns * np.cos(angle) + rows * np.sin(angle)) % 1 - 0.5)).min() < 0.004:
            angle += 0.003
        found.append(angle)
    return mask, np.array(found)


def _votes_by_loops(mask, angles):
    mask = np.asarray(mask)
    rows, columns = mask.shape
    half = math.ceil(math.hypot(rows, columns))
    votes = np.zeros((2 * half + 1, len(angles)), int)
    for k, angle in enumerate(angles):
        for row in range(rows):
            for column in range(columns):
                if mask[row, column]:
                    votes[half + round(column * math.cos(angle) + row * math.sin(angle)), k] += 1
    return votes


votes_for_lines = FunctionExercise(
    "3.4",
    "Vote for lines",
    cases=_edge_images,
    fixed=("mask.ndim", "mask.dtype", "angles.ndim", "angles.dtype"),
    oracle=_votes_by_loops,
    solution="""
    import numpy as np

    def votes_for_lines(mask, angles):
        half = int(np.ceil(np.hypot(*mask.shape)))
        votes = np.zeros((2 * half + 1, len(angles)), int)
        for y, x in np.argwhere(mask):
            distance = np.round(x * np.cos(angles) + y * np.sin(angles)).astype(int)
            votes[half + distance, np.arange(len(angles))] += 1
        return votes
    """,
    example=(np.array([[False, False, True], [False, False, True]]), np.array([0.0, np.pi / 2])),
    hints=(
        "Every edge pixel votes once for each angle: for which distance?",
        "x is the column and y the row. Distances may be negative, so the row of distance 0 is the middle one, D.",
        "For every edge pixel: `votes[D + round(x cos + y sin), k] += 1` for each angle k.",
    ),
)


def _voting(voters, turn, distance, whole, half, row, count):
    def voted(mask, angles):
        (middle, size), turned = half(*mask.shape), turn(angles)
        y, x = (index[:, np.newaxis].astype(float) for index in np.nonzero(voters(mask)))
        found = distance(x, y, np.cos(turned), np.sin(turned), mask.shape)
        found = whole(np.round(np.broadcast_to(found, (len(x), len(angles))), 12)).astype(int)
        rows, votes = row(middle, found), np.zeros((size, len(angles)), int)
        if (rows >= len(votes)).any() or (rows < -len(votes)).any():
            raise IndexError
        columns = np.broadcast_to(np.arange(len(angles)), found.shape)
        return count(votes, rows, columns)

    return voted


def _counted(votes, rows, columns):
    np.add.at(votes, (rows, columns), 1)
    return votes


def _only(first):
    """Only the first pixel of a mask."""
    result = np.zeros_like(first)
    result[tuple(np.argwhere(first)[:1].T)] = True
    return result


def _for_all_angles(votes, rows, columns):
    for row in rows:
        votes[row] += 1
    return votes


def _in_the_first_column(votes, rows, columns):
    np.add.at(votes, (rows, 0 * columns), 1)
    return votes


def _first_angle_only(votes, rows, columns):
    np.add.at(votes, (rows, columns), 1)
    votes[:, 1:] = 0
    return votes


def _diagonal(rows, columns):
    return math.ceil(math.hypot(rows, columns))


def _table(half, middle=1):
    """The row of distance 0, and the number of rows."""
    return lambda rows, columns: (half(rows, columns), 2 * half(rows, columns) + middle)


# fmt: off
votes_for_lines.choices(
    _voting,
    place="(3.6)",
    words="edges at row 0, column 2 and row 1, column 2, and the angles `[0, 1.571]`,",
    voters=(
        lambda mask: mask,
        Wrong("only the first pixel votes", _only,
              "only the **first edge pixel** votes: does the `return` stand inside the loop? Look again at section 4."),
        Wrong("all pixels vote", np.ones_like,
              "**all** pixels vote, not only those that are True. `np.argwhere(mask)` lists the edge pixels. Look "
              "again at section 4."),
        Wrong("the dark pixels vote", np.logical_not,
              "the pixels that are **no** edge vote: True and False are exchanged. Look again at section 4."),
    ),
    turn=(
        lambda angles: angles,
        Wrong("angles taken for degrees", np.deg2rad,
              "you take the angles for **degrees**; they are radians already: 1.571 is a quarter turn."),
        Wrong("angles made degrees", np.degrees,
              "you turn the angles **into degrees** before you take sine and cosine; NumPy's take radians, which the "
              "angles are."),
        Wrong("angles with the other sign", np.negative,
              "you compute **x cos θ − y sin θ**: that is an angle the other way round, or y counted upwards. Rows "
              "grow downwards."),
        Wrong("angles turned by 90 degrees", lambda angles: angles + np.pi / 2,
              "you turn the angles by **90 degrees**: θ is the direction straight *across* the line already, not "
              "that of the line."),
    ),
    distance=(
        lambda x, y, c, s, shape: x * c + y * s,
        Wrong("x and y exchanged", lambda x, y, c, s, shape: x * s + y * c,
              "you compute **x sin θ + y cos θ**, or take x for the row and y for the column, which comes to the "
              "same. x is the column: at angle 0 the distance of a pixel is its column."),
        Wrong("x sin − y cos", lambda x, y, c, s, shape: x * s - y * c,
              "you compute **x sin θ − y cos θ**: sine and cosine have changed places, and there is a minus. That is "
              "the line a quarter turn further."),
        Wrong("cos forgotten", lambda x, y, c, s, shape: x + y * s,
              "the **cosine is missing**: you compute x + y sin θ."),
        Wrong("sin forgotten", lambda x, y, c, s, shape: x * c + y,
              "the **sine is missing**: you compute x cos θ + y."),
        Wrong("only x", lambda x, y, c, s, shape: x * c, "you compute **x cos θ** only; the part of y is missing."),
        Wrong("only y", lambda x, y, c, s, shape: y * s, "you compute **y sin θ** only; the part of x is missing."),
        Wrong("cos twice", lambda x, y, c, s, shape: (x + y) * c,
              "you multiply **both** by the cosine; y belongs to the sine."),
        Wrong("sin twice", lambda x, y, c, s, shape: (x + y) * s,
              "you multiply **both** by the sine; x belongs to the cosine."),
        Wrong("tan in place of sin", lambda x, y, c, s, shape: x * c + y * s / np.where(c == 0, 1e-9, c),
              "you multiply y by the **tangent**; it is the sine."),
        Wrong("the distance of the pixel", lambda x, y, c, s, shape: np.hypot(x, y),
              "you count the distance of the **pixel** from the corner, which is the same for all angles; asked for "
              "is the distance of the *line*."),
        Wrong("rows and columns counted from 1", lambda x, y, c, s, shape: (x + 1) * c + (y + 1) * s,
              "you count rows and columns **from 1**; the first pixel is (0, 0)."),
        Wrong("distances from the middle",
              lambda x, y, c, s, shape: (x - (shape[1] - 1) / 2) * c + (y - (shape[0] - 1) / 2) * s,
              "you measure distances from the **middle** of the picture. Here they are measured from its first "
              "pixel, row 0 and column 0."),
        Wrong("distances from half the size", lambda x, y, c, s, shape: (x - shape[1] / 2) * c + (y - shape[0] / 2) * s,
              "you measure distances from **half the width and height** of the picture. Here they are measured from "
              "its first pixel, row 0 and column 0."),
        Wrong("distances from the middle pixel",
              lambda x, y, c, s, shape: (x - shape[1] // 2) * c + (y - shape[0] // 2) * s,
              "you measure distances from the **middle pixel** of the picture. Here they are measured from its first "
              "pixel, row 0 and column 0."),
    ),
    whole=(
        np.rint,
        Wrong("distances cut, not rounded", np.trunc,
              "you **cut** the distances to whole numbers (`int` or `astype(int)`) where rounded ones are asked for: "
              "it needs `round`."),
        Wrong("distances rounded down", np.floor,
              "you round the distances **down** (`floor` or `//`) where the nearest whole number is asked for: it "
              "needs `round`."),
        Wrong("distances rounded up", np.ceil,
              "you round the distances **up**; the nearest whole number is asked for."),
        Wrong("int(rho + 0.5)", lambda rho: np.trunc(rho + 0.5),
              "you round by **int(rho + 0.5)**, which is right from 0 on; below, `int` cuts towards 0, and -0.8 "
              "becomes 0. `round` works for both."),
    ),
    half=(
        _table(_diagonal),
        Wrong("D rounded down", _table(lambda rows, columns: int(math.hypot(rows, columns))),
              "your D is the diagonal **rounded down**; it is rounded up, `ceil`."),
        Wrong("D rounded to the nearest", _table(lambda rows, columns: round(math.hypot(rows, columns))),
              "your D is the diagonal **rounded** to the nearest whole number; it is rounded up, `ceil`."),
        Wrong("D one too large", _table(lambda rows, columns: _diagonal(rows, columns) + 1),
              "your D is **one too large**: it is the diagonal rounded up, and the table has 2D + 1 rows."),
        Wrong("D from rows and columns less 1",
              _table(lambda rows, columns: math.ceil(math.hypot(rows - 1, columns - 1))),
              "your D is the diagonal between the **middles** of the corner pixels, with rows - 1 and columns - 1; "
              "take the shape as it is."),
        Wrong("D from rows plus columns", _table(lambda rows, columns: rows + columns),
              "your D is **rows plus columns**; it is the diagonal, a root of squares, rounded up."),
        Wrong("D from the longer side", _table(max),
              "your D is the **longer side** of the picture; it is the diagonal, a root of squares, rounded up."),
        Wrong("2D rows", _table(_diagonal, 0),
              "your table has **2D** rows: distances run from −D to D, and 0 is one of them, so there are 2D + 1."),
        Wrong("D + 1 rows", lambda rows, columns: (_diagonal(rows, columns), _diagonal(rows, columns) + 1),
              "your table has **D + 1** rows: distances run from −D to D, so there are 2D + 1."),
    ),
    row=(
        lambda half, rho: half + rho,
        Wrong("distance 0 in the first row", lambda half, rho: rho,
              "you count at the row `rho` and not at **`D + rho`**. Negative distances then come out at the end of "
              "the table, without an error: Python counts -1 from the back."),
        Wrong("distances upside down", lambda half, rho: half - rho,
              "your table is **upside down**: you count at D - rho, and it is D + rho."),
        Wrong("distances without a sign", lambda half, rho: half + np.abs(rho),
              "you take **absolute** distances. The sign says on which side of the corner (0, 0) a line passes; "
              "without it two lines share one count."),
        Wrong("one row too early", lambda half, rho: half + rho - 1,
              "you count one row **too early**: rows are counted from 0, so distance 0 is row D, not D - 1."),
        Wrong("one row too late", lambda half, rho: half + rho + 1,
              "you count one row **too late**: rows are counted from 0, so distance 0 is row D, not D + 1."),
        Wrong("negative distances to 0", lambda half, rho: half + np.maximum(rho, 0),
              "you count **negative** distances as 0: they belong to the rows above D."),
    ),
    count=(
        _counted,
        Wrong("table on its side", lambda *given: _counted(*given).T,
              "your table lies **on its side**: angles in rows and distances in columns. Asked for are distances in "
              "rows. `.T` turns it."),
        Wrong("a vote counts once", lambda *given: np.minimum(_counted(*given), 1),
              "where several pixels vote for one line you count **one vote**. `votes[distances, k] += 1` with a "
              "whole array of distances adds 1 once at each place, however often it stands there; or you wrote `= "
              "1`. Loop over the pixels, or use `np.add.at`. Look again at section 4."),
        Wrong("votes for all angles at once", _for_all_angles,
              "each vote goes to **all angles** of its row: `votes[D + distance] += 1` without a second index. The "
              "distance belongs to one angle. Look again at section 4."),
        Wrong("all votes in the first column", _in_the_first_column,
              "all votes go to the **first column**: the second index is always 0. It is the number of the angle. "
              "Look again at section 4."),
        Wrong("only the first angle", _first_angle_only,
              "only the **first angle** gets votes: does a `return` stand inside the loop? Look again at section 4."),
        Wrong("shares of the pixels", lambda *given: _counted(*given) / max(len(given[1]), 1),
              "you **divide** the votes by the number of edge pixels; whole numbers are asked for."),
        Wrong("divided by the largest count", lambda *given: (votes := _counted(*given)) / max(votes.max(), 1),
              "you **divide** the votes by their largest number; whole numbers are asked for."),
    ),
)
# fmt: on


@votes_for_lines.mistake("bins not around whole numbers", example=(np.array([[False, True]]), np.array([0.9])))
def _(mask, angles):
    """your **bins** do not lie around the whole numbers: 2D + 1 of them share the range from −D to D, so each is a
    little narrower than 1. Let them run from −D − ½ to D + ½, or round. For an edge at row 0, column 1, and the angle
    0.9 you return `[[0], [0], [0], [1], [0], [0], [0]]`, expected `[[0], [0], [0], [0], [1], [0], [0]]`. Look again at
    (3.6)."""
    half = _diagonal(*mask.shape)
    y, x = np.nonzero(mask)
    count = [np.histogram(x * np.cos(a) + y * np.sin(a), 2 * half + 1, (-half, half))[0] for a in angles]
    return np.stack(count, axis=1)


@votes_for_lines.mistake("negative distances dropped", example=(np.array([[True], [True], [True]]), np.array([-1.2])))
def _(mask, angles):
    """votes for **negative** distances are lost: they belong to the rows above D. For edges at rows 0, 1 and 2 of one
    column, and the angle -1.2, you return `[[0], [0], [0], [0], [1], [0], [0], [0], [0]]`, expected `[[0], [0], [1],
    [1], [1], [0], [0], [0], [0]]`. Look again at (3.6)."""
    votes = _votes_by_loops(mask, angles)
    votes[: len(votes) // 2] = 0
    return votes


# --- 3.5 --------------------------------------------------------------------------------------------------------------


def _greys(rng):
    yield (np.array([[3, 6, 1, 5, 2, 4, 0], [2, 4, 4, 1, 3, 2, 2], [5, 4, 0, 1, 3, 6, 1], [1, 0, 4, 2, 5, 1, 3]]),)
    for shape in ((3, 4), (4, 4), (5, 7), (9, 6)):
        yield (rng.integers(0, 5, shape),)
    yield (rng.normal(size=(6, 5)),)
    yield (np.full((4, 6), 0.7),)
    yield (np.add.outer(np.arange(5), 2 * np.arange(4)),)
    yield (-rng.integers(0, 50, (5, 5)),)
    yield (rng.integers(0, 256, (6, 7), dtype=np.uint8),)


def _pattern_by_loops(image):
    result = np.zeros((len(image) - 2, len(image[0]) - 2), int)
    for i, j in np.ndindex(result.shape):
        around = (image[i + 1, j + 2], image[i, j + 1], image[i + 1, j], image[i + 2, j + 1])
        result[i, j] = sum(2**p for p, value in enumerate(around) if value >= image[i + 1, j + 1])
    return result


SIDES = ("right", "above", "left", "below")


def _sides_as_bits(image):
    center, around = _sides(image)
    return [(value >= center).astype(int) for value in around]


def _sides(image):
    """The inner pixels, and their neighbours on the right, above, on the left and below."""
    w = _windows(image)
    return w[1][1], (w[1][2], w[0][1], w[1][0], w[2][1])


def _far(image):
    """The same two pixels away."""
    return image[2:-2, 2:-2], (image[2:-2, 4:], image[:-4, 2:-2], image[2:-2, :-4], image[4:, 2:-2])


def _corners(image):
    w = _windows(image)
    return w[1][1], (w[0][2], w[0][0], w[2][0], w[2][2])


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
    example=(np.array([[0, 7, 9, 0, 0], [3, 5, 5, 2, 4], [0, 9, 4, 0, 0]]),),  # three inner pixels
    hints=(
        "Cut out the inner pixels, and the same rectangle moved by one to each of the four sides.",
        "Each comparison gives True or False; the one on the right is worth 1, then 2, 4 and 8 against the clock.",
        "`1 * (image[1:-1, 2:] >= image[1:-1, 1:-1])`, plus 2, 4 and 8 times the other three: above, left, below.",
    ),
)


def _coding(around, with_what, order, weights, bit, one_side, give):
    def coded(image):
        center, values = around(image)
        reference = with_what(image, center)
        bits = [np.asarray(bit(value, reference)) for value in values]
        if one_side is not None:
            side, other = one_side
            bits[side] = np.asarray(other(values[side], reference, values[(side + 2) % 4]))
        numbers = [b.astype(float if b.dtype.kind == "f" else int) for b in bits]
        return give([weights[p] * b for p, b in zip(order, numbers, strict=True)], bits)

    return coded


def _order(order):
    """Which bits right, above, left and below get when they come in this order."""
    words = ", ".join(f"{SIDES[side]} {2**p}" for p, side in enumerate(order))
    return Wrong(
        "the sides in the order " + ", ".join(SIDES[side] for side in order),
        tuple(order.index(side) for side in range(4)),
        f"your bits stand in **another order**: {words}. Asked for is right 1, above 2, left 4, below 8.",
    )


SAID = ((0, 1, 2, 3), (3, 2, 1, 0), (0, 3, 2, 1), (1, 2, 3, 0), (1, 0, 3, 2))  # the right one, and those below
AT_ONE_SIDE = (
    ("one side forgotten", lambda v, c, o: np.zeros(np.shape(v), bool), "the neighbour **{}** is missing: four are "
     "asked for."),
    ("strict at one side", lambda v, c, o: v > c, "you compare with `>` at the neighbour **{}**, and with `>=` at the "
     "others."),
    ("the other way round at one side", lambda v, c, o: c >= v, "your comparison is the wrong way round at the "
     "neighbour **{}**."),
    ("one side taken from the opposite", lambda v, c, o: o >= c, "for **{}** you take the neighbour on the opposite "
     "side."),
)  # fmt: skip


def _turned(products, bits):
    code = sum(products)
    return np.min([((code >> k) | (code << (4 - k))) & 15 for k in range(4)], axis=0)


# fmt: off
binary_pattern.choices(
    _coding,
    place="(3.7)",
    around=(
        _sides,
        Wrong("the corners in place of the sides", _corners,
              "you ask the neighbours at the four **corners**; those that share a side are asked for."),
        Wrong("zeros around the image", lambda image: _sides(np.pad(image, 1)),
              "you keep the size of the image and count what is outside as **0**. Then its border has a texture of "
              "its own. Only inner pixels are asked for."),
        Wrong("the border pixels repeated", lambda image: _sides(np.pad(image, 1, mode="edge")),
              "you keep the size of the image and **repeat its border pixels** outside. Only inner pixels are asked "
              "for."),
        Wrong("wrapped around", lambda image: _sides(np.pad(image, 1, mode="wrap")),
              "you keep the size of the image, and at its border you compare with its **other side** (`np.roll`). "
              "Only inner pixels are asked for."),
        Wrong("neighbours two pixels away", _far,
              "you compare with the pixels **two** steps away; the next ones are asked for."),
        Wrong("neighbours two pixels away, zeros outside", lambda image: _far(np.pad(image, 1)),
              "you compare with the pixels **two** steps away (a radius of 2); the next ones are asked for."),
    ),
    with_what=(
        lambda image, center: center,
        Wrong("compared with the mean", lambda image, center: np.full(center.shape, np.mean(image)),
              "you compare with the **mean** of the picture. A code says how a pixel stands to its *own* neighbours; "
              "that is why light and shade cannot change it."),
        Wrong("compared with the mean of the window",
              lambda image, center: _weighted(image.astype(float), np.full((3, 3), 1 / 9)),
              "you compare with the **mean of the 3 × 3 window**; the pixel in its middle is meant."),
        Wrong("compared with the mean of the four",
              lambda image, center: sum(value.astype(float) for value in _sides(image)[1]) / 4,
              "you compare with the **mean of the four neighbours**; the pixel in the middle is meant."),
        Wrong("compared with 0", lambda image, center: 0 * center,
              "you compare with **0**, not with the pixel in the middle."),
    ),
    order=(
        (0, 1, 2, 3),
        Wrong("bits in reverse order", (3, 2, 1, 0),
              "your bits stand in **reverse order**: right counts 8, above 4, left 2 and below 1. Any order "
              "describes a texture, but codes can be compared only when all use one."),
        Wrong("with the clock", (0, 3, 2, 1),
              "you go round **with** the clock, so above and below have changed places. After the right comes the "
              "pixel above, one row *less*."),
        Wrong("began above", (3, 0, 1, 2),
              "you begin **above** with the bit worth 1 and go on against the clock: left 2, below 4, right 8. Here "
              "the right comes first."),
        Wrong("began above, with the clock", (1, 0, 3, 2),
              "you begin **above** with the bit worth 1 and go on with the clock: right 2, below 4, left 8. Here the "
              "right comes first, then above."),
        *(_order(order) for order in itertools.permutations(range(4)) if order not in SAID),
    ),
    weights=(
        (1, 2, 4, 8),
        Wrong("counted, not coded", (1, 1, 1, 1),
              "you **count** the neighbours that are at least as bright; which they are is lost. Each has a weight "
              "of its own: 1, 2, 4, 8."),
        Wrong("the share of the four", (1 / 4, 1 / 4, 1 / 4, 1 / 4),
              "you take the **mean** of the four bits; which neighbour it was is lost. Each has a weight of its own: "
              "1, 2, 4, 8."),
        Wrong("bits 1, 2, 3, 4", (1, 2, 3, 4),
              "your weights are **1, 2, 3 and 4**. Then 3 may be the left neighbour, or the right one and the one "
              "above. Powers of two cannot be confused: 1, 2, 4, 8."),
        Wrong("weights from 0 to 3", (0, 1, 2, 3), "your weights are **0, 1, 2 and 3**: p where 2 ** p is meant."),
        Wrong("squares as weights", (0, 1, 4, 9), "your weights are **0, 1, 4 and 9**: p ** 2 where 2 ** p is meant."),
        Wrong("weights from 2 to 16", (2, 4, 8, 16),
              "your weights are **2, 4, 8 and 16**: the powers of two begin with 2⁰ = 1."),
        Wrong("2 p for 2 to the power p", (0, 2, 4, 6),
              "your weights are **0, 2, 4 and 6**: 2 * p where 2 ** p is meant. The right neighbour then counts "
              "nothing."),
        Wrong("weights 1, 10, 100, 1000", (1, 10, 100, 1000),
              "your weights are **1, 10, 100 and 1000**: the bits stand side by side as decimal digits. The number "
              "that they are *in binary* is asked for: 1, 2, 4, 8."),
        Wrong("weights 1, 2, 4, 6", (1, 2, 4, 6), "your last weight is **6**; each is twice the one before."),
        Wrong("1 twice", (1, 1, 4, 8), "the weight 1 stands **twice**, also above: its weight is 2."),
        Wrong("2 twice", (1, 2, 2, 8), "the weight 2 stands **twice**, also on the left: its weight is 4."),
        Wrong("4 twice", (1, 2, 4, 4), "the weight 4 stands **twice**, also below: its weight is 8."),
    ),
    bit=(
        lambda value, center: value >= center,
        Wrong("equal neighbours get a 0", np.greater,
              "you compare with **>**: a neighbour that is equal to the middle gets a 0. It gets a 1, `>=`."),
        Wrong("darker neighbours get the 1", np.less_equal,
              "you ask whether the **middle** is at least as bright as the neighbour: the comparison is the wrong "
              "way round."),
        Wrong("strictly darker neighbours get the 1", np.less,
              "you give the 1 to neighbours that are **darker** than the middle, and so get 15 minus the code."),
        Wrong("ones where neighbours differ", np.not_equal,
              "you give the 1 to neighbours that **differ** from the middle, brighter or darker. It belongs to those "
              "that are at least as bright."),
        Wrong("only equal neighbours", np.equal,
              "you give the 1 to neighbours that are **equal** to the middle (`==`); it belongs to all that are at "
              "least as bright."),
        Wrong("differences in place of bits", lambda value, center: value.astype(float) - center,
              "you weight the **differences** from the middle, not what is left of them: 1 where the neighbour is at "
              "least as bright, else 0."),
        Wrong("signs in place of bits", lambda value, center: np.sign(value.astype(float) - center),
              "you weight the **signs** of the differences, -1, 0 or 1; a bit is 1 where the neighbour is at least "
              "as bright, else 0."),
        Wrong("a difference of bytes", lambda value, center: value - center >= 0,
              "you ask whether a **difference** is at least 0. Bytes (`uint8`) have no negative numbers, 3 − 5 is "
              "254, so that is always true. Compare the two, `>=`, or convert the image first."),
        Wrong("every bit is 1", lambda value, center: value == value,
              "**every** bit is 1, whatever the image is. (A difference of bytes, `uint8`, is never negative: "
              "compare the two, `>=`, or convert first.)"),
        Wrong("−1 for a 0", lambda value, center: np.where(value >= center, 1, -1),
              "a neighbour that is darker counts **−1** for you; its bit is 0."),
    ),
    one_side=(
        None,
        *(
            Wrong(f"{name}: {SIDES[side]}", (side, other), words.format(SIDES[side]))
            for name, other, words in AT_ONE_SIDE
            for side in range(4)
        ),
    ),
    give=(
        lambda products, bits: sum(products),
        Wrong("four bits, not one code", lambda products, bits: np.array(bits),
              "you return the **four bits** of each pixel, not the number that they make. Multiply them by 1, 2, 4 "
              "and 8 and add them up."),
        Wrong("four numbers, not one code", lambda products, bits: np.array(products),
              "you return **four numbers** for each pixel, not their sum."),
        Wrong("the smallest of the turned codes", _turned,
              "you return the smallest code that a **turn** of the bits gives. That makes it the same for a turned "
              "picture; here the code itself is asked for."),
        Wrong("the histogram of the codes", lambda products, bits: np.bincount(sum(products).ravel(), minlength=16),
              "you return the **histogram** of the codes; the code of each inner pixel is asked for."),
        Wrong("the bits or-ed to True and False", lambda products, bits: np.any(bits, axis=0),
              "you join the bits by **or**, which leaves True or False; multiply them by 1, 2, 4 and 8 and add them "
              "up."),
        Wrong("only the first bit", lambda products, bits: np.select(bits, products, 0),
              "only the **first** neighbour that is bright enough sets its bit, as in a chain of `elif`. Each of the "
              "four sets its own: four times `if`."),
        Wrong("only the last bit", lambda products, bits: np.select(bits[::-1], products[::-1], 0),
              "only the **last** neighbour that is bright enough sets its bit: the code is overwritten. Add the bits "
              "up."),
        Wrong("a rim of zeros", lambda products, bits: np.pad(sum(products), 1),
              "you keep the size of the image and leave a **rim of zeros**. Only inner pixels are asked for, an "
              "array that is smaller by 2."),
    ),
)
# fmt: on


@binary_pattern.mistake("eight neighbours")
def _(image):
    """you use **all eight** neighbours and get codes up to 255. Here only the four are asked for that share a side. For
    the image `[[0, 7, 9, 0, 0], [3, 5, 5, 2, 4], [0, 9, 4, 0, 0]]`, with three inner pixels, you return `[[71, 60,
    57]]`, expected `[[11, 6, 5]]`. Look again at (3.7)."""
    w = _windows(image)
    around = (w[1][2], w[0][2], w[0][1], w[0][0], w[1][0], w[2][0], w[2][1], w[2][2])
    return sum((value >= w[1][1]).astype(int) << p for p, value in enumerate(around))


@binary_pattern.mistake("eight points on a circle")
def _(image):
    """you ask **eight** points on a circle (scikit-image's P = 8), of which four lie between the pixels. Here P = 4 is
    asked for. For the image `[[0, 7, 9, 0, 0], [3, 5, 5, 2, 4], [0, 9, 4, 0, 0]]`, with three inner pixels, you return
    `[[199, 60, 57]]`, expected `[[11, 6, 5]]`. Look again at (3.7)."""
    from skimage.feature import local_binary_pattern

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return local_binary_pattern(np.asarray(image), 8, 1)[1:-1, 1:-1]


@binary_pattern.mistake("uniform patterns")
def _(image):
    """you count the ones where they **hang together**, and return 5 where they do not: scikit-image's
    `method="uniform"`, whose numbers stay when the picture is turned. Asked for are the codes 0 to 15. For the image
    `[[0, 7, 9, 0, 0], [3, 5, 5, 2, 4], [0, 9, 4, 0, 0]]`, with three inner pixels, you return `[[3, 2, 5]]`, expected
    `[[11, 6, 5]]`. Look again at (3.7)."""
    bits = _sides_as_bits(image)
    changes = sum(a != b for a, b in zip(bits, bits[1:] + bits[:1], strict=True))
    return np.where(changes <= 2, sum(bits), 5)


@binary_pattern.mistake("neighbours compared with each other")
def _(image):
    """you compare **opposite neighbours** with each other, right with left and above with below. Each is compared with
    the middle. For the image `[[0, 7, 9, 0, 0], [3, 5, 5, 2, 4], [0, 9, 4, 0, 0]]`, with three inner pixels, you return
    `[[9, 6, 14]]`, expected `[[11, 6, 5]]`. Look again at (3.7)."""
    _, (right, above, left, below) = _sides(image)
    return 1 * (right >= left) + 2 * (above >= below) + 4 * (left >= right) + 8 * (below >= above)


@binary_pattern.mistake("the brightest neighbour")
def _(image):
    """you return **which** neighbour is brightest, 0 to 3. A code says of each of the four whether it is at least as
    bright as the middle. For the image `[[0, 7, 9, 0, 0], [3, 5, 5, 2, 4], [0, 9, 4, 0, 0]]`, with three inner pixels,
    you return `[[3, 1, 2]]`, expected `[[11, 6, 5]]`. Look again at (3.7)."""
    return np.argmax(_sides(image)[1], axis=0)


# --- 3.6 --------------------------------------------------------------------------------------------------------------


def _masks(rng):
    yield np.pad([[1, 1, 0, 0], [1, 1, 0, 0], [1, 0, 0, 1]], ((1, 1), (1, 3))), 5, 2
    ell = np.array([[0, 0, 0, 0], [0, 1, 1, 1], [0, 1, 0, 0]])
    for p, q in ((5, 1), (4, 0), (2, 2), (1, 2), (3, 0), (0, 0)):
        yield ell, p, q
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


def _outline(mask):
    """The pixels of a mask with a neighbour outside."""
    padded = np.pad(np.asarray(mask, bool), 1)
    inner = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return np.asarray(mask, bool) & ~inner


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
    example=(np.array([[0, 0, 0, 0], [0, 1, 1, 1], [0, 1, 0, 0]]), 2, 1),
    hints=(
        "Where is the middle of the shape? Measure every pixel from there.",
        "x are the columns and y the rows of the pixels that are 1. Take away the mean of each.",
        "`y, x = np.nonzero(mask)`, then the sum of `(x - x.mean())**p * (y - y.mean())**q`.",
    ),
)


def _measuring(pixels, middle, powers, divisor, after):
    def measured(mask, p, q):
        y, x = np.nonzero(mask)
        middle_x, middle_y = middle(x, y, mask)
        y, x = (index.astype(float) for index in np.nonzero(pixels(mask)))
        total = powers(x - middle_x, y - middle_y, p, q) / divisor(len(x), p, q, mask)
        return after(total, p + q)

    return measured


# fmt: off
central_moment.choices(
    _measuring,
    place="(3.8)",
    pixels=(
        lambda mask: mask,
        Wrong("all pixels counted", np.ones_like,
              "you sum over **all pixels** of the picture; only those of the shape have weight: multiply by the mask."),
        Wrong("the background in place of the shape", np.logical_not,
              "you sum over the **background**, the pixels that are 0, measured from the middle of the shape."),
        Wrong("only the outline", _outline,
              "you sum over the **outline** only; the pixels inside belong to the shape, too."),
    ),
    middle=(
        lambda x, y, mask: (x.mean(), y.mean()),
        Wrong("measured from the corner", lambda x, y, mask: (0, 0),
              "you measure from the **corner** (0, 0) of the picture: that is the raw moment, and it changes when "
              "the shape is moved. Take away the mean of x and of y first."),
        Wrong("counted from 1", lambda x, y, mask: (-1, -1),
              "you measure from the corner and count rows and columns **from 1**. Take away the mean of x and of y; "
              "then it does not matter where counting begins."),
        Wrong("the middle of the picture", lambda x, y, mask: ((mask.shape[1] - 1) / 2, (mask.shape[0] - 1) / 2),
              "you measure from the **middle of the picture**; the middle of the *shape* is meant, the mean of its "
              "pixels."),
        Wrong("half the size of the picture", lambda x, y, mask: (mask.shape[1] / 2, mask.shape[0] / 2),
              "you measure from **half the width and height** of the picture; the middle of the *shape* is meant, "
              "the mean of its pixels."),
        Wrong("the middle pixel of the picture", lambda x, y, mask: (mask.shape[1] // 2, mask.shape[0] // 2),
              "you measure from the **middle pixel of the picture**, size // 2; the middle of the *shape* is meant."),
        Wrong("the middle rounded to a pixel", lambda x, y, mask: (round(x.mean()), round(y.mean())),
              "you **round** the middle of the shape to a whole pixel. It lies between pixels as a rule."),
        Wrong("the middle cut to a pixel", lambda x, y, mask: (x.sum() // len(x), y.sum() // len(y)),
              "you **cut** the middle of the shape to a whole pixel, by `int` or `//`. It lies between pixels as a "
              "rule."),
        Wrong("the median", lambda x, y, mask: (np.median(x), np.median(y)),
              "you measure from the **median** of x and y; it is the mean."),
        Wrong("the middle of the box", lambda x, y, mask: ((x.min() + x.max()) / 2, (y.min() + y.max()) / 2),
              "you measure from the middle of the **box around the shape**; its pixels are not spread evenly in it: "
              "take their mean."),
        Wrong("the corner of the box", lambda x, y, mask: (x.min(), y.min()),
              "you measure from the **upper left corner of the shape**. That does not change when it is moved, but "
              "the middle is asked for."),
        Wrong("the two means exchanged", lambda x, y, mask: (y.mean(), x.mean()),
              "you have **exchanged the two means**: the mean of y is taken from x."),
        Wrong("the mean of y for both", lambda x, y, mask: (y.mean(), y.mean()),
              "you take the mean of **y from both**; x has its own."),
        Wrong("the mean of x for both", lambda x, y, mask: (x.mean(), x.mean()),
              "you take the mean of **x from both**; y has its own."),
        Wrong("the mean of the mask", lambda x, y, mask: (mask.mean(), mask.mean()),
              "you take away the mean **of the mask**, its share of ones; the mean of the *positions* is meant."),
        Wrong("means over the whole picture", lambda x, y, mask: (x.sum() / mask.size, y.sum() / mask.size),
              "your means are sums over the shape divided by the size of the **whole picture**; divide by the area "
              "of the shape."),
        Wrong("sums in place of means", lambda x, y, mask: (x.sum(), y.sum()),
              "you take away the **sums** of x and y; it is their means."),
        Wrong("means of the different columns and rows", lambda x, y, mask: (np.unique(x).mean(), np.unique(y).mean()),
              "your middle is the mean of the **different** columns and rows: each counts once, however many pixels "
              "it holds."),
        Wrong("only x from the middle", lambda x, y, mask: (x.mean(), 0),
              "you measure **x** from the middle, but y still from the corner."),
        Wrong("only y from the middle", lambda x, y, mask: (0, y.mean()),
              "you measure **y** from the middle, but x still from the corner."),
    ),
    powers=(
        lambda x, y, p, q: np.sum(x**p * y**q),
        Wrong("p and q exchanged", lambda x, y, p, q: np.sum(x**q * y**p),
              "you have **exchanged p and q**, or x and y: p belongs to x, the column. `np.nonzero` gives rows first."),
        Wrong("absolute distances", lambda x, y, p, q: np.sum(np.abs(x) ** p * np.abs(y) ** q),
              "you take **absolute** distances. With the signs, left and right (or above and below) cancel where a "
              "shape is the same on both sides; that is what odd powers are for."),
        Wrong("y counted upwards", lambda x, y, p, q: np.sum(x**p * (-y) ** q),
              "you count y **upwards**. Rows grow downwards, and here y is the row; with an odd q the sign is then "
              "the opposite."),
        Wrong("from the pixel to the middle", lambda x, y, p, q: np.sum((-x) ** p * (-y) ** q),
              "you measure **from the pixel to the middle**, mean(x) - x. Where p + q is odd the sign is then the "
              "opposite. It is x - mean(x)."),
        Wrong("added, not multiplied", lambda x, y, p, q: np.sum(x**p + y**q),
              "you **add** the two powers; they are multiplied."),
        Wrong("two sums multiplied", lambda x, y, p, q: np.sum(x**p) * np.sum(y**q),
              "you sum over x and over y **separately** and multiply the sums. Each pixel has its own product; those "
              "are added up."),
        Wrong("two sums added", lambda x, y, p, q: np.sum(np.abs(x) ** p) + np.sum(np.abs(y) ** q),
              "you sum the **absolute** powers of x and y separately and add the sums. Each pixel has its own "
              "product; those are added up."),
        Wrong("the power of the sum", lambda x, y, p, q: np.sum(x) ** p * np.sum(y) ** q,
              "you **sum first** and take the power of the sum. Distances from the middle sum to 0, so nothing is "
              "left but rounding. The power belongs to each pixel."),
        Wrong("p for both", lambda x, y, p, q: np.sum(x**p * y**p), "you use **p for both** powers; q belongs to y."),
        Wrong("q for both", lambda x, y, p, q: np.sum(x**q * y**q), "you use **q for both** powers; p belongs to x."),
        Wrong("both powers on x", lambda x, y, p, q: np.sum(x ** (p + q)),
              "both of your powers stand at **x**: a copied line."),
        Wrong("both powers on y", lambda x, y, p, q: np.sum(y ** (p + q)),
              "both of your powers stand at **y**: a copied line."),
        Wrong("one power of the sum", lambda x, y, p, q: np.sum((x + y) ** (p + q)),
              "you add x and y and take **one power**; each has its own, and the two are multiplied."),
        Wrong("one power of the product", lambda x, y, p, q: np.sum((x * y) ** (p + q)),
              "you multiply x and y and take **one power**, p + q; each has its own."),
        Wrong("one power of the distance", lambda x, y, p, q: np.sum(np.hypot(x, y) ** (p + q)),
              "you take one power of the **distance** from the middle; x and y have a power each."),
        Wrong("no powers", lambda x, y, p, q: np.sum(x * y),
              "you use **no powers**: the distances are multiplied as they are."),
        Wrong("times p, not to the power p", lambda x, y, p, q: np.sum(p * x * q * y),
              "you multiply **by** p and q; they are powers: `**`."),
        Wrong("p to the power x", lambda x, y, p, q: np.sum(float(p) ** x * float(q) ** y),
              "you have **exchanged base and exponent**: p ** x where x ** p is meant."),
        Wrong("the largest in place of the sum", lambda x, y, p, q: np.max(x**p * y**q),
              "you return the **largest** of the products; their sum is asked for."),
        Wrong("only x", lambda x, y, p, q: np.sum(x**p), "your sum holds **only x**; y to the power q is missing."),
        Wrong("only y", lambda x, y, p, q: np.sum(y**q), "your sum holds **only y**; x to the power p is missing."),
        Wrong("divided by the spread",
              lambda x, y, p, q: np.sum((x / max(x.std(), 1e-9)) ** p * (y / max(y.std(), 1e-9)) ** q),
              "you divide the distances by their **standard deviation**. Then a wide shape and a narrow one are "
              "alike."),
    ),
    divisor=(
        lambda area, p, q, mask: 1,
        Wrong("divided by the area", lambda area, p, q, mask: area,
              "you **divide by the area**: a mean where a sum is asked for."),
        Wrong("normalized for size", lambda area, p, q, mask: area ** (1 + (p + q) / 2),
              "you divide by the area to the power 1 + (p + q) / 2: that is the **normalized** moment, which a "
              "change of size does not change. Asked for is the central one."),
        Wrong("divided by the area less 1", lambda area, p, q, mask: max(area - 1, 1),
              "you divide by the **number of pixels less 1**; a plain sum is asked for."),
        Wrong("divided by the area to the power p + q", lambda area, p, q, mask: area ** (p + q),
              "you divide by the area to the power **p + q**; a plain sum is asked for."),
        Wrong("divided by the area to the power p + q + 1", lambda area, p, q, mask: area ** (p + q + 1),
              "you divide by the area to the power **p + q + 1**; a plain sum is asked for."),
        Wrong("divided by the area to the power (p + q) / 2", lambda area, p, q, mask: area ** ((p + q) / 2),
              "you divide by the area to the power **(p + q) / 2**; a plain sum is asked for."),
        Wrong("divided by the size of the picture", lambda area, p, q, mask: mask.size,
              "you divide by the number of pixels of the **whole picture**; a plain sum is asked for."),
        Wrong("divided by p + q", lambda area, p, q, mask: max(p + q, 1),
              "you divide by **p + q**; a plain sum is asked for."),
    ),
    after=(
        lambda total, order: total,
        Wrong("the sign lost", lambda total, order: np.abs(total),
              "you take the **absolute value** of the sum; its sign says on which side a shape reaches further."),
        Wrong("a root at the end", lambda total, order: np.sign(total) * np.abs(total) ** (1 / max(order, 1)),
              "you take the **root** of order p + q at the end, as for a spread in pixels. The plain sum is asked "
              "for."),
        Wrong("a logarithm at the end", lambda total, order: np.sign(total) * np.log1p(np.abs(total)),
              "you take the **logarithm** at the end. The plain sum is asked for."),
    ),
)
# fmt: on


@central_moment.mistake("the middle taken away from the moment")
def _(mask, p, q):
    """you take the middle away **after** the powers: mean(x)**p from x**p. The order matters: (x - mean)**p. For the
    mask `[[0, 0, 0, 0], [0, 1, 1, 1], [0, 1, 0, 0]]`, p = 2 and q = 1 you return `-2.75`, expected `-0.125`. Look again
    at (3.8)."""
    y, x = np.nonzero(mask)
    return np.sum((x**p - x.mean() ** p) * (y**q - y.mean() ** q))


@central_moment.mistake("moments_central without the order p + q")
def _(mask, p, q):
    """you return **0** unless p or q is 0. scikit-image's `moments_central(mask, order)` does so: it fills in what has
    p + q up to `order`, and leaves 0 elsewhere; `order=p + q` is needed. For the mask `[[0, 0, 0, 0], [0, 1, 1, 1],
    [0, 1, 0, 0]]`, p = 2 and q = 1 you return `0`, expected `-0.125`. Look again at (3.8)."""
    return 0.0 if p and q else _moment_by_loops(mask, p, q)


@central_moment.mistake("the middle taken away at the end")
def _(mask, p, q):
    """you sum up from the corner and take the middle away **at the end**. It must be taken away from x and y, before
    the powers. For the mask `[[0, 0, 0, 0], [0, 1, 1, 1], [0, 1, 0, 0]]`, p = 2 and q = 1 you return `13.81`, expected
    `-0.125`. Look again at (3.8)."""
    y, x = np.nonzero(mask)
    return np.sum(x**p * y**q) - x.mean() * y.mean()


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
    ones, weighted = np.ones((2, 2)), np.array([[1.0, 2], [2, 1]])  # the same when it is turned, as by a convolution
    yield np.array([[1.0, 3], [0, 1.7]]), np.array([[1.0, -2.3], [2, 0]]), ones, 0.07
    yield np.array([[1.0, 0], [2, 1]]), np.array([[2.0, 2], [0, 1]]), weighted, 0.05
    yield rng.integers(-3, 4, (3, 4)).astype(float), rng.integers(-3, 4, (3, 4)).astype(float), ones / 4, 0.05
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


def _middle(image, window):
    """The places where the window fits, without smoothing."""
    up, left = (n // 2 for n in window.shape)
    rows, columns = (n - m + 1 for n, m in zip(image.shape, window.shape, strict=True))
    return image[up : up + rows, left : left + columns]


def _products(gx, gy, window, smooth=_slid):
    """The three smoothed products of the slopes."""
    return [smooth(product, window) for product in (gx * gx, gx * gy, gy * gy)]


def _beyond(mode, full=False, more_before=False):
    """Slid over an image that goes on beyond its border."""

    def slid(image, window):
        before, after = ([(n - 1) // 2 for n in window.shape], [n // 2 for n in window.shape])
        if more_before:
            before, after = after, before
        if full:
            before = after = [n - 1 for n in window.shape]
        return _slid(np.pad(image, list(zip(before, after, strict=True)), mode=mode), window)

    return slid


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
    example=(np.array([[1.0, 0], [2, 1]]), np.array([[2.0, 2], [0, 1]]), np.ones((2, 2)), 0.05),
    hints=(
        "Which three products of gx and gy are there? Smooth each of them, not the slopes.",
        "With a, b and c for the smoothed gx², gx·gy and gy²: the determinant is ac - b², the trace a + c.",
        "`correlate2d(gx * gx, window, mode='valid')` and so on, then `a * c - b * b - k * (a + c) ** 2`.",
    ),
)


def _responding(products, determinant, trace, weight, give):
    def responded(gx, gy, window, k):
        a, b, c = products(gx, gy, window)
        of_determinant, of_trace = weight(k)
        return give(of_determinant * determinant(a, b, c) + of_trace * trace(a, b, c))

    return responded


def _smoothed_slopes(gx, gy, window):
    x, y = _slid(gx, window), _slid(gy, window)
    return x * x, x * y, y * y


def _with_other_mixed(mixed):
    """The three products with another one in the middle."""

    def products(gx, gy, window):
        a, _, c = _products(gx, gy, window)
        return a, mixed(gx, gy, window), c

    return products


def _smaller(a, b, c):
    return (a + c) / 2 - np.sqrt(((a - c) / 2) ** 2 + b**2)


# fmt: off
corner_response.choices(
    _responding,
    place="section 8",
    words="gx = `[[1, 0], [2, 1]]`, gy = `[[2, 2], [0, 1]]`, a 2 × 2 window of ones and k = 0.05",
    products=(
        _products,
        Wrong("products not smoothed", lambda gx, gy, window: (gx * gx, gx * gy, gy * gy),
              "you do **not smooth** the products. Then the determinant gx²·gy² - (gx·gy)² is 0 everywhere, and only "
              "-k·trace² is left: no place is a corner."),
        Wrong("products cut, not smoothed", lambda *given: _products(*given, smooth=_middle),
              "you **cut off the rim** and do not smooth the products. Then the determinant gx²·gy² - (gx·gy)² is 0 "
              "everywhere, and only -k·trace² is left."),
        Wrong("slopes smoothed, products not", _smoothed_slopes,
              "you smooth the **slopes** and then multiply. One mean arrow has one direction, so the determinant is "
              "0, and only -k·trace² is left. Multiply first, then smooth."),
        Wrong("the square of the mixed slopes smoothed",
              _with_other_mixed(lambda gx, gy, window: np.sqrt(_slid((gx * gy) ** 2, window))),
              "you smooth **(gx·gy)²** and take it away. It is the other order: smooth gx·gy, then square."),
        Wrong("smoothed slopes in the mixed product",
              _with_other_mixed(lambda gx, gy, window: _slid(gx, window) * _slid(gy, window)),
              "your mixed product is **smooth(gx) · smooth(gy)**; multiply first, then smooth."),
        Wrong("the mixed product not smoothed", _with_other_mixed(lambda gx, gy, window: _middle(gx * gy, window)),
              "you smooth gx² and gy², but **not the mixed product** gx · gy."),
        Wrong("a sum for the mixed product", _with_other_mixed(lambda gx, gy, window: _slid(gx + gy, window)),
              "you smooth **gx + gy** where the product gx · gy is meant."),
        Wrong("absolute slopes in the mixed product",
              _with_other_mixed(lambda gx, gy, window: _slid(np.abs(gx * gy), window)),
              "you take **absolute** slopes. With the signs, slopes in opposite directions keep the mixed product "
              "small where there is a corner."),
        Wrong("gx in place of gy", lambda gx, gy, window: [_products(gx, gy, window)[k] for k in (0, 1, 0)],
              "you smooth **gx² twice**, once in the place of gy²: a copied line."),
        Wrong("gy in place of gx", lambda gx, gy, window: [_products(gx, gy, window)[k] for k in (2, 1, 2)],
              "you smooth **gy² twice**, once in the place of gx²: a copied line."),
        Wrong("slopes not squared",
              lambda gx, gy, window: (_slid(gx, window), _slid(gx * gy, window), _slid(gy, window)),
              "you smooth gx and gy where their **squares** are meant."),
        Wrong("zeros around the image", lambda *given: _products(*given, smooth=_beyond("constant")),
              "you keep the size of the picture and count what is outside as **0** (mode same). Asked for are the "
              "places where the whole window fits, mode valid."),
        Wrong("zeros around the image, as ndimage has it",
              lambda *given: _products(*given, smooth=_beyond("constant", more_before=True)),
              "you keep the size of the picture and count what is outside as **0** (`mode='constant'`). Asked for "
              "are the places where the whole window fits, mode valid."),
        Wrong("mirrored at the border", lambda *given: _products(*given, smooth=_beyond("symmetric", more_before=True)),
              "you keep the size of the picture and **mirror** it at its border, which is `ndimage.correlate`'s way. "
              "Asked for are the places where the whole window fits, mode valid."),
        Wrong("wherever the window touches the image",
              lambda *given: _products(*given, smooth=_beyond("constant", full=True)),
              "you slide the window over **every place that it touches** (mode full). Asked for are the places where "
              "the whole window fits, mode valid."),
        Wrong("the window divided by its sum", lambda gx, gy, window: _products(gx, gy, window / window.sum()),
              "you **divide the window by its sum** (or take a mean). Its weights are to be used as they are given."),
        Wrong("a window of equal weights",
              lambda gx, gy, window: _products(gx, gy, np.full(window.shape, window.mean())),
              "you give all places of the window the **same weight** (a mean or a sum); its own weights are to be "
              "used."),
        Wrong("a window of ones", lambda gx, gy, window: _products(gx, gy, np.ones(window.shape)),
              "you **add up** what is in the window, without its weights; they are to be used."),
        Wrong("means over the whole picture",
              lambda gx, gy, window: [product.mean() for product in (gx * gx, gx * gy, gy * gy)],
              "you take the mean over the **whole picture** and get one number; the window slides, and each place "
              "has its own."),
    ),
    determinant=(
        lambda a, b, c: a * c - b**2,
        Wrong("the mixed product forgotten", lambda a, b, c: a * c,
              "the **mixed product** gx·gy is missing in your determinant: it is ac - b², not ac. Without it every "
              "slanted edge is taken for a corner."),
        Wrong("the mixed product not squared", lambda a, b, c: a * c - b,
              "you take away **b**, not **b²**: the determinant is ac - b²."),
        Wrong("the mixed product added", lambda a, b, c: a * c + b**2,
              "you **add** the square of the mixed product: the determinant is ac - b²."),
        Wrong("twice the mixed product", lambda a, b, c: a * c - 2 * b,
              "you take away **2b**, not **b²**: is a `*` missing in `b ** 2`?"),
        Wrong("twice the squared mixed product", lambda a, b, c: a * c - 2 * b**2,
              "you take away **2b²**; the determinant is ac - b²."),
        Wrong("the absolute mixed product", lambda a, b, c: a * c - np.abs(b), "you take away **|b|**, not b²."),
        Wrong("the determinant left out", lambda a, b, c: 0 * a,
              "you return **-k·trace²** alone; the determinant is missing."),
        Wrong("squares in the determinant", lambda a, b, c: a**2 * c**2 - b**2,
              "your determinant is **a²c² - b²**; a and c are sums of squares already: ac - b²."),
        Wrong("a sum in the determinant", lambda a, b, c: a + c - b**2,
              "your determinant is **a + c - b²**; a and c are multiplied."),
        Wrong("(a - b)(c - b)", lambda a, b, c: (a - b) * (c - b),
              "your determinant is **(a - b)(c - b)**; it is ac - b²."),
        Wrong("the determinant with the wrong sign", lambda a, b, c: b**2 - a * c,
              "your determinant has the **wrong sign**: it is ac - b²."),
    ),
    trace=(
        lambda a, b, c: (a + c) ** 2,
        Wrong("trace not squared", lambda a, b, c: a + c,
              "the **square of the trace** is missing. Without it the two terms have different units, and the "
              "brightness of a picture decides what is a corner."),
        Wrong("squares for the square of the sum", lambda a, b, c: a**2 + c**2,
              "your trace² is **a² + c²**; it is (a + c)², which is 2ac more."),
        Wrong("a product for the trace", lambda a, b, c: (a * c) ** 2, "your trace is **a times c**; it is their sum."),
        Wrong("a product for trace²", lambda a, b, c: a * c, "your trace² is **a times c**; it is (a + c)²."),
        Wrong("only one square", lambda a, b, c: a**2 + c, "your trace² is **a² + c**; it is (a + c)²."),
        Wrong("the other square only", lambda a, b, c: a + c**2, "your trace² is **a + c²**: brackets are missing."),
        Wrong("only a", lambda a, b, c: a, "your trace² is **a** alone; it is (a + c)²."),
        Wrong("only a squared", lambda a, b, c: a**2, "your trace² is **a²**; it is (a + c)²."),
        Wrong("only c squared", lambda a, b, c: c**2, "your trace² is **c²**; it is (a + c)²."),
        Wrong("a difference for the trace", lambda a, b, c: (a - c) ** 2, "your trace is **a - c**; it is their sum."),
        Wrong("the mixed product in the trace", lambda a, b, c: (a + b + c) ** 2,
              "your trace is **a + b + c**; the mixed product does not stand on the diagonal: a + c."),
        Wrong("twice the mixed product for the trace", lambda a, b, c: (2 * b) ** 2,
              "your trace is **2b**; it is the sum of the other two, a + c."),
        Wrong("the mean for the trace", lambda a, b, c: ((a + c) / 2) ** 2,
              "your trace is the **mean** of a and c; it is their sum."),
    ),
    weight=(
        lambda k: (1, -k),
        Wrong("trace added", lambda k: (1, k),
              "you **add** k·trace². It is taken away: edges, where only the trace is large, must become negative."),
        Wrong("k at the determinant", lambda k: (k, -1),
              "**k stands at the determinant**: k·det - trace². It belongs to the trace."),
        Wrong("k at both", lambda k: (k, -k),
              "**k multiplies both**, the determinant as well; it belongs to the trace²."),
        Wrong("the trace left out", lambda k: (1, 0),
              "you return the **determinant alone**; k·trace² is to be taken away."),
        Wrong("k left out", lambda k: (1, -1), "**k is missing**: the trace² is taken away whole."),
        Wrong("k squared", lambda k: (1, -(k**2)), "k stands **inside of the square**: (k · trace)² for k · trace²."),
        Wrong("divided by k", lambda k: (1, -1 / k), "you **divide** by k; it is k times the trace²."),
        Wrong("k fixed at 0.04", lambda k: (1, -0.04), "you use **0.04** and not the k that is given."),
        Wrong("k fixed at 0.05", lambda k: (1, -0.05), "you use **0.05** and not the k that is given."),
        Wrong("k fixed at 0.06", lambda k: (1, -0.06), "you use **0.06** and not the k that is given."),
    ),
    give=(
        lambda response: response,
        Wrong("the absolute value", np.abs,
              "you take the **absolute value** of R. Edges get a negative R, corners a positive one: the sign "
              "matters."),
        Wrong("negative responses set to 0", lambda response: np.maximum(response, 0),
              "you set **negative** responses to 0. R itself is asked for, edges included."),
        Wrong("a mask", lambda response: response > 0, "you return **where** R is above 0; R itself is asked for."),
        Wrong("the wrong sign", np.negative,
              "your R has the **wrong sign**: it is det − k·trace², positive at corners."),
        Wrong("divided by its largest value", lambda response: response / max(np.abs(response).max(), 1e-12),
              "you divide the response by its **largest** value. Asked for is the response itself."),
    ),
)
# fmt: on


def _scored(score):
    """Another score of the three smoothed products."""
    return lambda gx, gy, window, k: score(*_products(gx, gy, window), k)


# fmt: off
corner_response.choices(
    _scored,
    place="section 8",
    words="gx = `[[1, 0], [2, 1]]`, gy = `[[2, 2], [0, 1]]`, a 2 × 2 window of ones and k = 0.05",
    score=(
        lambda a, b, c, k: a * c - b**2 - k * (a + c) ** 2,
        Wrong("determinant and trace exchanged", lambda a, b, c, k: a + c - k * (a * c - b * b) ** 2,
              "you have **exchanged** determinant and trace: trace - k·det². The determinant ac - b² is what is "
              "large at corners only."),
        Wrong("the smaller eigenvalue", lambda a, b, c, k: _smaller(a, b, c),
              "you return the **smaller eigenvalue**. Shi and Tomasi do so, and it needs no k; asked for is Harris's "
              "det - k·trace²."),
        Wrong("the larger eigenvalue", lambda a, b, c, k: a + c - _smaller(a, b, c),
              "you return the **larger eigenvalue**, which is large on every edge; asked for is Harris's det - "
              "k·trace²."),
        Wrong("determinant divided by the trace", lambda a, b, c, k: (a * c - b * b) / (a + c + 1e-12),
              "you **divide** the determinant by the trace. Noble and Förstner do so, and it needs no k; asked for "
              "is Harris's det - k·trace²."),
        Wrong("brackets around the trace forgotten", lambda a, b, c, k: a * c - b * b - k * a + c**2,
              "**brackets are missing**: `k * a + c ** 2` is (k·a) + (c²), not k·(a + c)²."),
        Wrong("the smaller of a and c", lambda a, b, c, k: np.minimum(a, c),
              "you return the **smaller of a and c**. On a slanted edge both are large."),
        Wrong("the trace alone", lambda a, b, c, k: a + c,
              "you return the **trace** alone, which is large on every edge; asked for is det - k·trace²."),
    ),
)
# fmt: on


@corner_response.mistake("trace for trace of squares")
def _(gx, gy, window, k):
    """your trace is the smoothed **gx + gy**; it is the sum of the smoothed squares, gx² + gy². For gx = `[[1, 0], [2,
    1]]`, gy = `[[2, 2], [0, 1]]`, a 2 × 2 window of ones and k = 0.05 you return `[[40.95]]`, expected `[[33.75]]`.
    Look again at section 8."""
    a, b, c = _products(gx, gy, window)
    return a * c - b * b - k * (_slid(gx, window) + _slid(gy, window)) ** 2


@corner_response.mistake("smoothed at the end")
def _(gx, gy, window, k):
    """you smooth the **response**, after the determinant. The determinant of products that were not smoothed is 0, so
    only -k·trace² is left. Smooth the three products first. For gx = `[[1, 0], [2, 1]]`, gy = `[[2, 2], [0, 1]]`, a 2 ×
    2 window of ones and k = 0.05 you return `[[-3.05]]`, expected `[[33.75]]`. Look again at section 8."""
    return _slid(-k * (gx**2 + gy**2) ** 2, window)


# --- 3.9 --------------------------------------------------------------------------------------------------------------


def _levels(rng):
    yield np.array([[0, 1, 1, 2, 0, 1], [2, 2, 1, 0, 0, 0], [1, 2, 0, 0, 2, 1], [0, 1, 2, 2, 0, 0]]), 3
    yield np.array([[0, 0], [0, 1], [1, 1]]), 2
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


pair_counts = FunctionExercise(
    "3.9",
    "Which grays meet?",
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
    example=(np.array([[0, 0, 0, 1], [2, 1, 1, 1]]), 3),
    hints=(
        "How many pairs of neighbours does one row of n pixels have?",
        "Go over all pairs (left, right), add 1 at `[left, right]`, and divide by the number of pairs at the end.",
        "`np.add.at(counts, (image[:, :-1], image[:, 1:]), 1)`, then `counts / counts.sum()`.",
    ),
)


def _counting(pairs, size, shares):
    def counted(image, levels):
        image = np.asarray(image).astype(int)
        left, right = (np.ravel(side) for side in pairs(image))
        n = size(image, levels)
        counts = np.bincount(left * n + right, minlength=n**2).reshape(n, n).astype(float)
        return shares(counts, image)

    return counted


def _apart(rows, columns, back=False):
    """Each pixel and the one so many rows below and columns to the right, or the other way round."""

    def pairs(image):
        height, width = image.shape
        both = image[: max(height - rows, 0), : max(width - columns, 0)], image[rows:, columns:]
        return both[::-1] if back else both

    return pairs


def _joined(*several):
    """The pairs of several directions in one table."""
    return lambda image: [np.concatenate([np.ravel(p(image)[side]) for p in several]) for side in (0, 1)]


def _off_diagonal(counts):
    return counts - np.diag(np.diag(counts))


# fmt: off
pair_counts.choices(
    _counting,
    place="section 11",
    words="the image `[[0, 0, 0, 1], [2, 1, 1, 1]]` and 3 levels",
    pairs=(
        _apart(0, 1),
        Wrong("left and right exchanged", _apart(0, 1, back=True),
              "you have **exchanged** left and right: your table is turned over its diagonal. The left pixel chooses "
              "the row."),
        Wrong("the neighbour below", _apart(1, 0),
              "you pair each pixel with the one **below**; the one on the right is asked for. The second index is "
              "the column."),
        Wrong("the neighbour above", _apart(1, 0, back=True),
              "you pair each pixel with the one **above**; the one on the right is asked for."),
        Wrong("the neighbour right and below", _apart(1, 1),
              "you pair each pixel with the one **right and below**, across the corner; the one on the right is "
              "asked for."),
        Wrong("the neighbour right and above", lambda image: (image[1:, :-1], image[:-1, 1:]),
              "you pair each pixel with the one **right and above**; the one on the right is asked for."),
        Wrong("right and below together", _joined(_apart(0, 1), _apart(1, 0)),
              "you count the pairs to the right **and** those below in one table. Only those to the right are asked "
              "for."),
        Wrong("all four sides together",
              _joined(_apart(0, 1), _apart(1, 0), _apart(0, 1, back=True), _apart(1, 0, back=True)),
              "you count the pairs with **all four** neighbours. Only those with the right one are asked for."),
        Wrong("two pixels apart", _apart(0, 2), "you pair pixels that are **two apart**; the next one is asked for."),
        Wrong("every second pair", lambda image: (image[:, : image.shape[1] // 2 * 2 : 2], image[:, 1::2]),
              "you count **every second** pair: pairs overlap, and a pixel is the right one of one and the left one "
              "of the next."),
        Wrong("the end joined to the beginning", lambda image: (image, np.roll(image, -1, axis=1)),
              "you also pair the **last pixel of a row with the first**, as `np.roll` does. They are no neighbours."),
        Wrong("rolled the other way", lambda image: (image, np.roll(image, 1, axis=1)),
              "you roll the picture to the **right**, so each pixel meets the one on its *left*, and the first of a "
              "row meets the last."),
        Wrong("rolled up", lambda image: (image, np.roll(image, -1, axis=0)),
              "you roll the picture **up**, so each pixel meets the one *below*, and the last row the first; the one "
              "on the right is asked for."),
        Wrong("rows joined to one line", lambda image: (image.ravel()[:-1], image.ravel()[1:]),
              "you put all rows **behind each other**, so the last pixel of a row meets the first of the next one. "
              "They are no neighbours."),
        Wrong("the last pair of each row left out", lambda image: (image[:, :-2], image[:, 1:-1]),
              "you leave out the **last pair of each row**: n pixels have n - 1 pairs."),
        Wrong("the first pair of each row left out", lambda image: (image[:, 1:-1], image[:, 2:]),
              "you leave out the **first pair of each row**: counting begins at 0."),
        Wrong("the last row left out", lambda image: (image[:-1, :-1], image[:-1, 1:]),
              "you leave out the **last row**: only the columns must stop one early, the last pixel of a row has no "
              "right neighbour, but the last row has pairs, too."),
        Wrong("the first row only", lambda image: (image[:1, :-1], image[:1, 1:]),
              "you count the pairs of the **first row** only: does a `return` stand inside the loop?"),
        Wrong("the darker first", lambda image: np.sort([image[:, :-1], image[:, 1:]], axis=0),
              "you put the **darker** of the two first, whichever side it is on; the left one chooses the row."),
        Wrong("each pixel with itself", lambda image: (image, image),
              "you pair each pixel with **itself**: a histogram on the diagonal. Pair it with the one on its right."),
    ),
    size=(
        lambda image, levels: levels,
        Wrong("levels ignored", lambda image, levels: int(image.max()) + 1,
              "your table has as many rows as there are levels **in the picture**; `levels` says how many there may "
              "be, so that tables of different pictures can be compared."),
        Wrong("one level too many", lambda image, levels: levels + 1,
              "your table has **one level too many**: the levels run from 0 to levels − 1."),
        Wrong("256 levels", lambda image, levels: 256, "your table has **256** levels; `levels` says how many."),
    ),
    shares=(
        lambda counts, image: counts / counts.sum(),
        Wrong("counts in place of shares", lambda counts, image: counts,
              "you return how **often** each pair occurs, not its share. Counts grow with the picture, so textures "
              "of different size could not be compared. Divide by the number of pairs."),
        Wrong("divided by the number of pixels", lambda counts, image: counts / image.size,
              "you divide by the number of **pixels**. There are fewer pairs than pixels: the last of each row has "
              "no right neighbour."),
        Wrong("divided by the largest count", lambda counts, image: counts / counts.max(),
              "you divide by the **largest** count, so the commonest pair gets 1. Shares sum to 1: divide by the "
              "number of pairs."),
        Wrong("divided by the size of the table", lambda counts, image: counts / counts.size,
              "you divide by the **size of the table**, levels²: a mean of the counts. Divide by the number of pairs."),
        Wrong("divided by the number of levels", lambda counts, image: counts / len(counts),
              "you divide by the number of **levels**. Divide by the number of pairs."),
        Wrong("divided by the number of columns", lambda counts, image: counts / max(image.shape[1] - 1, 1),
              "you divide by the pairs of **one row**; divide by the number of all pairs."),
        Wrong("divided by half of the pairs", lambda counts, image: 2 * counts / counts.sum(),
              "your shares are **twice** too large: they sum to 2."),
        Wrong("percentages", lambda counts, image: 100 * counts / counts.sum(),
              "you return **percentages**; shares are asked for, which sum to 1."),
        Wrong("each row divided by its own sum",
              lambda counts, image: counts / np.maximum(counts.sum(1, keepdims=True), 1),
              "you divide each **row** of the table by its own sum: that is how likely a level is *after* another. "
              "Asked for are shares of all pairs, which sum to 1 together."),
        Wrong("each column divided by its own sum",
              lambda counts, image: counts / np.maximum(counts.sum(0, keepdims=True), 1),
              "you divide each **column** of the table by its own sum; the shares of all pairs sum to 1 together."),
        Wrong("divided by its length", lambda counts, image: counts / np.linalg.norm(counts),
              "you divide by the **root of the sum of squares**; shares sum to 1."),
        Wrong("a pair counts once", lambda counts, image: np.minimum(counts, 1) / np.minimum(counts, 1).sum(),
              "you count each kind of pair **once**. `counts[left, right] += 1` with whole arrays adds 1 once at "
              "each place, however often it stands there; or you wrote `= 1`. Use `np.add.at`, or a loop."),
        Wrong("a pair counts once, divided by all pairs", lambda counts, image: np.minimum(counts, 1) / counts.sum(),
              "you count each kind of pair **once** and divide by the number of all pairs. `counts[left, right] += "
              "1` with whole arrays adds 1 once at each place, however often it stands there. Use `np.add.at`, or a "
              "loop."),
        Wrong("ones where a pair occurs", lambda counts, image: np.minimum(counts, 1),
              "you write a **1** where a pair occurs, however often it does; its share is asked for."),
        Wrong("the logarithm of the counts", lambda counts, image: np.log1p(counts),
              "you take the **logarithm** of the counts; their share is asked for."),
        Wrong("only equal pairs", lambda counts, image: np.diag(np.diag(counts)) / counts.sum(),
              "you keep **only pairs of equal levels**, the diagonal of the table; all pairs count."),
        Wrong("pairs of equal levels left out", lambda counts, image: _off_diagonal(counts) / counts.sum(),
              "you leave out the **pairs of equal levels**; all pairs count."),
        Wrong("only unequal pairs", lambda counts, image: _off_diagonal(counts) / max(_off_diagonal(counts).sum(), 1),
              "you count **only pairs of different levels**; all pairs count."),
        Wrong("both orders counted", lambda counts, image: (counts + counts.T) / counts.sum() / 2,
              "you count every pair in **both orders**, as Haralick did. Here `[a, b]` is for left a and right b "
              "only."),
        Wrong("both orders counted, divided once", lambda counts, image: (counts + counts.T) / counts.sum(),
              "you count every pair in **both orders** and divide by the number of pairs, so your shares sum to 2. "
              "Here `[a, b]` is for left a and right b only."),
        Wrong("both orders counted, not divided", lambda counts, image: counts + counts.T,
              "you count every pair in **both orders** and do not divide by their number."),
        Wrong("the contrast",
              lambda counts, image: (
                  (counts * np.subtract.outer(range(len(counts)), range(len(counts))) ** 2).sum() / counts.sum()
              ), "you return the **contrast**, one number made of the table; the table P itself is asked for."),
        Wrong("flattened", lambda counts, image: np.ravel(counts / counts.sum()),
              "you return the table as **one long row**; it has a row for each left level and a column for each "
              "right one."),
    ),
)
# fmt: on


@pair_counts.mistake("two histograms multiplied")
def _(image, levels):
    """you multiply the shares of the **single** levels. That would be right if neighbours had nothing to do with each
    other; what they have to do with each other is the texture. Count pairs. For the image `[[0, 0, 0, 1], [2, 1, 1,
    1]]` and 3 levels you return `[[0.1406, 0.1875, 0.04688], [0.1875, 0.25, 0.0625], [0.04688, 0.0625, 0.01562]]`,
    expected `[[0.3333, 0.1667, 0], [0, 0.3333, 0], [0, 0.1667, 0]]`. Look again at section 11."""
    shares = np.bincount(np.ravel(image), minlength=levels) / np.size(image)
    return np.outer(shares, shares)


@pair_counts.mistake("histograms of left and right multiplied", example=(np.array([[0, 0], [0, 1], [1, 1]]), 2))
def _(image, levels):
    """you multiply the shares of the **left** levels and of the **right** ones, as if neighbours had nothing to do with
    each other. What they have to do with each other is the texture: count pairs. For the image `[[0, 0], [0, 1], [1,
    1]]` and 2 levels you return `[[0.2222, 0.4444], [0.1111, 0.2222]]`, expected `[[0.3333, 0.3333], [0, 0.3333]]`.
    Look again at section 11."""
    sides = [np.bincount(np.ravel(side), minlength=levels) for side in (image[:, :-1], image[:, 1:])]
    return np.outer(*sides) / sides[0].sum() ** 2


@pair_counts.mistake("differences of levels counted")
def _(image, levels):
    """you count the **differences** of neighbours; the table has a place for each *pair* of levels. For the image `[[0,
    0, 0, 1], [2, 1, 1, 1]]` and 3 levels you return `[0.6667, 0.3333, 0]`, expected `[[0.3333, 0.1667, 0], [0, 0.3333,
    0], [0, 0.1667, 0]]`. Look again at section 11."""
    steps = np.abs(np.diff(np.asarray(image).astype(int), axis=1)).ravel()
    return np.bincount(steps, minlength=levels) / len(steps)


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
