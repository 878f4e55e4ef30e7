"""Exercises of chapter 04, classical segmentation. What needs SciPy imports it when it is called."""

import heapq
import math
from fractions import Fraction

import numpy as np

from course_lib.classical import regions, watershed
from course_lib.teaching.engine import FunctionExercise

# --- 4.1 Otsu ---------------------------------------------------------------------------------------------------------


def _histograms(rng):
    for n in (2, 3, 5, 8, 12, 30):
        yield rng.integers(1, 40, n), np.cumsum(rng.integers(1, 9, n))
    yield np.array([5, 0, 0, 2, 3]), np.arange(5)  # a gap: every threshold in it is as good
    yield np.array([0, 0, 7, 1, 0, 0, 4, 0]), np.arange(8)
    yield np.array([0, 4, 9, 0, 0, 0, 2]), np.array([1, 2, 4, 8, 16, 32, 64])
    yield rng.integers(1, 20, 9), np.linspace(-1, 1, 9)
    yield rng.integers(1, 20, 6), np.sort(rng.random(6)).round(3)
    yield np.array([90, 3, 1, 1, 2, 1, 1]), np.array([10, 11, 14, 40, 41, 60, 200])


def _parted(counts, values, score, first=True, usable=lambda w0, w1: w0 > 0 and w1 > 0):
    """The value after which to part, so that a score of both parts' shares and means is largest."""
    best, found = -math.inf, None
    for i in range(len(values)):
        w0, w1 = int(sum(counts[: i + 1])), int(sum(counts[i + 1 :]))
        if usable(w0, w1):
            m0 = sum(int(c) * Fraction(float(v)) for c, v in zip(counts[: i + 1], values[: i + 1], strict=True)) / w0
            m1 = sum(int(c) * Fraction(float(v)) for c, v in zip(counts[i + 1 :], values[i + 1 :], strict=True)) / w1
            now = score(w0, w1, m0, m1)
            if now > best or (now == best and not first):
                best, found = now, i
    return found


def _between(w0, w1, m0, m1):
    return w0 * w1 * (m1 - m0) ** 2


otsu_threshold = FunctionExercise(
    "4.1",
    "Otsu's threshold",
    cases=_histograms,
    oracle=lambda counts, values: values[_parted(counts, values, _between)],
    solution="""
    def otsu_threshold(counts, values):
        best, threshold = -1, None
        for t in values[:-1]:
            dark = values <= t
            w0, w1 = counts[dark].sum(), counts[~dark].sum()
            if w0 > 0 and w1 > 0:
                m0 = (counts * values)[dark].sum() / w0
                m1 = (counts * values)[~dark].sum() / w1
                variance = w0 * w1 * (m1 - m0) ** 2
                if variance > best:
                    best, threshold = variance, t
        return threshold
    """,
    example=(np.array([4, 3, 1, 1, 2, 1]), np.array([10, 20, 30, 60, 70, 90])),
    example_words="For `counts = [4, 3, 1, 1, 2, 1]`, `values = [10, 20, 30, 60, 70, 90]`",
    hints=(
        "Try every value as a threshold: which pixels are dark, which are bright?",
        "For each t: how many pixels are on each side, and what is their mean? A mean weights values by their counts.",
        "Keep the t with the largest w0 · w1 · (m1 − m0)²; leave out a t with nothing on one side.",
    ),
    fixed=("counts.ndim", "counts.dtype", "values.ndim"),
)


@otsu_threshold.mistake("weights left out")
def _(counts, values):
    """you leave out the **weights** w0 · w1: then the two means that are furthest apart win, however few pixels one of
    them stands for. {example} you return `70`, expected 30. Look again at (4.3)."""
    return values[_parted(counts, values, lambda w0, w1, m0, m1: (m1 - m0) ** 2)]


@otsu_threshold.mistake(">= for >")
def _(counts, values):
    """you let the threshold itself belong to the **foreground** (`>=`). The foreground is what lies *above* t.
    {example} you return `60`, expected 30: both part the pixels alike, but a mask `image > t` made with yours would
    lose a value. Look again at (4.3)."""
    return values[_parted(counts, values, _between) + 1]


@otsu_threshold.mistake("bins for values")
def _(counts, values):
    """you return the **number of the bin**, not the value that stands for it. {example} you return `2`, and `values[2]`
    is 30. Look again at (4.3)."""
    return _parted(counts, values, _between)


@otsu_threshold.mistake("means of bin numbers", example=(np.array([3, 2, 1, 2]), np.array([0, 1, 20, 100])))
def _(counts, values):
    """your means are means of the **bins' numbers** 0, 1, 2 …, not of the values. Where the values are not evenly
    spaced that is another threshold: for `counts = [3, 2, 1, 2]`, `values = [0, 1, 20, 100]` you return `1`, expected
    20. Look again at (4.3)."""
    return values[_parted(counts, np.arange(len(values)), _between)]


@otsu_threshold.mistake("the smallest", example=(np.array([3, 1, 4]), np.array([0, 10, 12])))
def _(counts, values):
    """you take the **smallest** variance between the classes (or the largest within them): the worst cut. For `counts =
    [3, 1, 4]`, `values = [0, 10, 12]` you return `10`, expected 0. Look again at (4.3): between the classes it shall be
    large, and small within, (4.2)."""
    return values[_parted(counts, values, lambda *given: -_between(*given))]


@otsu_threshold.mistake("counts ignored in the means", example=(np.array([9, 9, 1]), np.array([0, 1, 11])))
def _(counts, values):
    """your means m0 and m1 leave out the **counts**: each value counts once, however many pixels have it. For `counts =
    [9, 9, 1]`, `values = [0, 1, 11]` you return `0`, expected 1. Look again at (4.3)."""
    scores = []
    for i in range(len(values) - 1):
        w0, w1 = counts[: i + 1].sum(), counts[i + 1 :].sum()
        scores.append(w0 * w1 * (values[i + 1 :].mean() - values[: i + 1].mean()) ** 2)
    return values[int(np.argmax(scores))]


@otsu_threshold.mistake("counts ignored altogether", example=(np.array([1, 2, 9, 4]), np.array([3, 6, 8, 11])))
def _(counts, values):
    """the **counts** have no effect: you threshold the list of values, as if each occurred once. For `counts = [1, 2,
    9, 4]`, `values = [3, 6, 8, 11]` you return `6`, expected 8. Look again at (4.3)."""
    return values[_parted(np.ones(len(counts), int), values, _between)]


@otsu_threshold.mistake("the last of equals", example=(np.array([5, 0, 0, 2]), np.array([3, 5, 7, 8])))
def _(counts, values):
    """where several thresholds are equally good you take the **last**. In a gap of the histogram all are: for `counts =
    [5, 0, 0, 2]`, `values = [3, 5, 7, 8]` you return `7`, and the smallest, 3, is asked for. Compare with `>`, not
    `>=`. Look again at (4.3)."""
    return values[_parted(counts, values, _between, first=False)]


@otsu_threshold.mistake("an empty class")
def _(counts, values):
    """a class without pixels has no mean: 0 / 0 is **NaN**, and `argmax` takes the first NaN for the largest. {example}
    you return `90`, the value with nothing above it. Leave such a t out, see (4.3)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        w0 = np.cumsum(counts)
        m = np.cumsum(counts * values)
        return values[np.argmax(w0 * (w0[-1] - w0) * ((m[-1] - m) / (w0[-1] - w0) - m / w0) ** 2)]


@otsu_threshold.mistake("half-way between the means", example=(np.array([4, 2]), np.array([10, 70])))
def _(counts, values):
    """you return the point **half-way** between the two means. It parts the pixels alike, but is no entry of `values`.
    For `counts = [4, 2]`, `values = [10, 70]` you return `40`, expected 10. Look again at (4.3)."""
    i = _parted(counts, values, _between)
    return sum(np.average(values[part], weights=counts[part]) for part in (slice(i + 1), slice(i + 1, None))) / 2


@otsu_threshold.mistake("not squared", example=(np.array([2, 1, 6]), np.array([0, 3, 5])))
def _(counts, values):
    """the difference of the means is **not squared**. For `counts = [2, 1, 6]`, `values = [0, 3, 5]` you return `3`,
    expected 0. Look again at (4.3)."""
    return values[_parted(counts, values, lambda w0, w1, m0, m1: w0 * w1 * (m1 - m0))]


@otsu_threshold.mistake("the variance itself", example=(np.array([3, 1]), np.array([10, 30])))
def _(counts, values):
    """you return the largest **variance** itself, not the value t where it is reached. For `counts = [3, 1]`, `values =
    [10, 30]` you return `75`, expected 10. Look again at (4.3)."""
    i, n = _parted(counts, values, _between), counts.sum()
    parts = slice(i + 1), slice(i + 1, None)
    m0, m1 = (np.average(values[part], weights=counts[part]) for part in parts)
    return counts[parts[0]].sum() * counts[parts[1]].sum() / n**2 * (m1 - m0) ** 2


@otsu_threshold.mistake("mean of the image")
def _(counts, values):
    """you return the **mean** of all pixels. {example} you return `35`. That is a threshold, but nothing is best about
    it. Try every t, (4.3)."""
    return np.average(values, weights=counts)


@otsu_threshold.mistake("the most frequent value", example=(np.array([9, 1, 3]), np.array([8, 12, 25])))
def _(counts, values):
    """you return the **most frequent** value. For `counts = [9, 1, 3]`, `values = [8, 12, 25]` you return `8`, expected
    12. Try every t as a threshold and compare the variances between both sides, (4.3)."""
    return values[np.argmax(counts)]


@otsu_threshold.mistake("the median", example=(np.array([1, 2, 6]), np.array([5, 10, 11])))
def _(counts, values):
    """you return the **median**: as many pixels below as above. For `counts = [1, 2, 6]`, `values = [5, 10, 11]` you
    return `11`, expected 5. Try every t, (4.3)."""
    return values[np.searchsorted(np.cumsum(counts), counts.sum() / 2)]


@otsu_threshold.mistake("divided by the number of values", example=(np.array([9, 2, 4]), np.array([1, 5, 8])))
def _(counts, values):
    """your means are divided by the **number of values**, not by the number of pixels (`.mean()` of counts times
    values). For `counts = [9, 2, 4]`, `values = [1, 5, 8]` you return `5`. Divide by the sum of the counts, (4.3)."""
    scores = []
    for i in range(len(values) - 1):
        w0, w1 = counts[: i + 1].sum(), counts[i + 1 :].sum()
        m0, m1 = ((counts * values)[part].mean() for part in (slice(i + 1), slice(i + 1, None)))
        scores.append(w0 * w1 * (m1 - m0) ** 2)
    return values[int(np.argmax(scores))]


@otsu_threshold.mistake("half-way between the ends", example=(np.array([4, 1, 1]), np.array([2, 4, 22])))
def _(counts, values):
    """you return the point half-way between the **darkest and the brightest** value, whatever the counts are. For
    `counts = [4, 1, 1]`, `values = [2, 4, 22]` you return `12`, expected 4. Try every t, (4.3)."""
    return (values[0] + values[-1]) / 2


@otsu_threshold.mistake("weights that count values", example=(np.array([1, 1, 9, 9, 9]), np.array([0, 4, 9, 12, 14])))
def _(counts, values):
    """your weights w0 and w1 are how many **values** lie on each side, not how many pixels. For `counts = [1, 1, 9, 9,
    9]`, `values = [0, 4, 9, 12, 14]` you return `4`. Sum the counts, (4.3)."""
    scores = []
    for i in range(1, len(values)):
        if counts[:i].sum() and counts[i:].sum():
            m0, m1 = (np.average(values[part], weights=counts[part]) for part in (slice(i), slice(i, None)))
            scores.append(i * (len(values) - i) * (m1 - m0) ** 2)
        else:
            scores.append(-1)
    return values[int(np.argmax(scores))]


@otsu_threshold.mistake(
    "variances added without weights", example=(np.array([1, 1, 9, 9, 9]), np.array([9, 13, 18, 21, 23]))
)
def _(counts, values):
    """you add the variances of both sides **without weights** and take the smallest sum; within the classes, each
    variance counts with its share of the pixels, (4.2). For `counts = [1, 1, 9, 9, 9]`, `values = [9, 13, 18, 21, 23]`
    you return `9`, expected 18. Look again at (4.2)."""
    scores = []
    for i in range(1, len(values)):
        parts = slice(i), slice(i, None)
        if all(counts[part].sum() for part in parts):
            means = [np.average(values[part], weights=counts[part]) for part in parts]
            spread = [
                np.average((values[part] - mean) ** 2, weights=counts[part])
                for part, mean in zip(parts, means, strict=True)
            ]
            scores.append(sum(spread))
        else:
            scores.append(math.inf)
    return values[int(np.argmin(scores))]


@otsu_threshold.mistake("one value too early", example=(np.array([5, 4, 1, 1]), np.array([26, 28, 60, 64])))
def _(counts, values):
    """your threshold is the value **before** the right one. For `counts = [5, 4, 1, 1]`, `values = [26, 28, 60, 64]`
    you return `26`, expected 28. t itself belongs to the background, (4.3)."""
    return values[max(_parted(counts, values, _between) - 1, 0)]


@otsu_threshold.mistake("weights under a root", example=(np.array([9, 9, 1, 1]), np.array([17, 25, 33, 38])))
def _(counts, values):
    """your weights grow too slowly: √(w0 · w1) in place of **w0 · w1**. For `counts = [9, 9, 1, 1]`, `values = [17, 25,
    33, 38]` you return `25`. Look again at (4.3)."""
    return values[_parted(counts, values, lambda w0, w1, m0, m1: w0 * w1 * (m1 - m0) ** 4)]


@otsu_threshold.mistake("the rarest value", example=(np.array([9, 1, 8, 9]), np.array([46, 47, 48, 80])))
def _(counts, values):
    """you return the **rarest** value, the lowest point of the histogram. For `counts = [9, 1, 8, 9]`, `values = [46,
    47, 48, 80]` you return `47`. Otsu's threshold need not lie in a valley. Try every t, (4.3)."""
    return values[np.argmin(counts)]


# --- 4.2 a local threshold --------------------------------------------------------------------------------------------


def _pages(rng):
    yield np.array([[3.0, 5.0], [4.0, 1.0]]), 1, 0.0  # a window of one pixel: nothing is darker than itself
    yield np.array([[8.0, 8.0, 1.0, 8.0, 8.0]]), 3, 1.0
    for shape, size, offset in (
        ((4, 5), 3, 0.25),
        ((6, 6), 5, 0.5),
        ((9, 7), 3, 0.0),
        ((12, 15), 7, -0.5),
        ((8, 9), 3, 0.75),
    ):
        page = np.linspace(2, 9, shape[1]) + rng.integers(0, 3, shape) + rng.random(shape)
        yield page.round(3), size, offset
    yield rng.integers(0, 256, (8, 10)).astype(float) + 0.371, 5, 10.0
    yield rng.random((10, 8)).round(4), 3, 0.05


def _windows(page, size, mode, reduce=np.mean, **options):
    radius = size // 2
    padded = np.pad(page, radius, mode=mode, **options)
    return np.array(
        [[reduce(padded[i : i + size, j : j + size]) for j in range(page.shape[1])] for i in range(page.shape[0])]
    )


LINE = (np.array([[9.0, 2.0, 7.0, 8.0, 3.0, 4.0]]), 3, 0.5)
ON_A_LINE = "For `page = [[9, 2, 7, 8, 3, 4]]`, `size = 3`, `offset = 0.5`"

ink = FunctionExercise(
    "4.2",
    "Ink on an uneven page",
    cases=_pages,
    oracle=lambda page, size, offset: page < _windows(page, size, "symmetric") - offset,
    solution="""
    from scipy.ndimage import uniform_filter

    def ink(page, size, offset):
        return page < uniform_filter(page, size, mode="reflect") - offset
    """,
    example=LINE,
    example_words=ON_A_LINE,
    hints=(
        "Ink is darker than the paper *around* it. What is the mean around a pixel?",
        "`scipy.ndimage.uniform_filter(page, size)` is the mean of each window.",
        "Compare: `page < mean - offset`.",
    ),
    fixed=("page.ndim", "page.dtype"),
)


@ink.mistake("bright for dark")
def _(page, size, offset):
    """your mask holds the **paper**, not the ink: bright for dark. {example} you return `[[True, False, True, True,
    False, True]]`. Ink is *below* the threshold, (4.4)."""
    return ~(page < _windows(page, size, "symmetric") - offset)


@ink.mistake("brighter than the mean", example=(np.array([[9.0, 2.0, 5.0, 8.0, 3.0, 4.0]]), 3, 0.5))
def _(page, size, offset):
    """you keep what is **brighter** than the mean around it by the offset. For `page = [[9, 2, 5, 8, 3, 4]]`, `size =
    3`, `offset = 0.5` you return `[[True, False, False, True, False, False]]`. Ink is darker, (4.4)."""
    return page > _windows(page, size, "symmetric") + offset


@ink.mistake("offset added")
def _(page, size, offset):
    """you **add** the offset where it is taken away: paper that is a little darker than the mean becomes ink. {example}
    you return `[[False, True, False, False, True, True]]`. Look again at (4.4)."""
    return page < _windows(page, size, "symmetric") + offset


@ink.mistake("no offset", example=(np.array([[9.0, 6.0, 7.0, 6.5]]), 3, 1.5))
def _(page, size, offset):
    """the **offset** has no effect. For `page = [[9, 6, 7, 6.5]]`, `size = 3`, `offset = 1.5` you return `[[False,
    True, False, True]]`: half of any flat, noisy paper is darker than its mean. Look again at (4.4)."""
    return page < _windows(page, size, "symmetric")


@ink.mistake("mean of the whole page", example=(np.array([[1.0, 2.0, 1.0, 9.0, 6.0, 9.0]]), 3, 0.5))
def _(page, size, offset):
    """you compare with the mean of the **whole page**: that is one threshold for all, and a shadow becomes ink. For
    `page = [[1, 2, 1, 9, 6, 9]]`, `size = 3`, `offset = 0.5` you return `[[True, True, True, False, False, False]]`.
    Look again at (4.4)."""
    return page < page.mean() - offset


@ink.mistake("zeros beyond the border", example=(np.array([[4.0, 7.0, 9.0, 9.0]]), 3, 0.5))
def _(page, size, offset):
    """beyond the border you count **zeros**, so the means sink at the edge and ink is lost there. For `page = [[4, 7,
    9, 9]]`, `size = 3`, `offset = 0.5` you return `[[False, False, False, False]]`. The border is mirrored, see
    (4.4)."""
    return page < _windows(page, size, "constant") - offset


@ink.mistake("mirrored at the pixel, not at the edge", example=(np.array([[5.0, 1.0, 7.0, 9.0, 6.3]]), 3, 1.0))
def _(page, size, offset):
    """your border is mirrored **at the last pixel**, which is not repeated (`mode="mirror"`, OpenCV's default), and
    `mode="reflect"` repeats it. For `page = [[5, 1, 7, 9, 6.3]]`, `size = 3`, `offset = 1` you return `[[False, True,
    False, False, True]]`. Look again at section 3."""
    return page < _mirrored(page, size) - offset


def _mirrored(page, size):
    from scipy.ndimage import uniform_filter

    return uniform_filter(page, size, mode="mirror")


@ink.mistake(
    "the last pixel repeated for ever", example=(np.array([[2.0, 9.0, 9.0], [9.0, 9.0, 9.0], [9.0, 9.0, 3.0]]), 5, 5.0)
)
def _(page, size, offset):
    """beyond the border you repeat the **last pixel** (`mode="nearest"`); `mode="reflect"` mirrors the rows and columns
    before it, too. For `page = [[2, 9, 9], [9, 9, 9], [9, 9, 3]]`, `size = 5`, `offset = 5` you return `[[False, False,
    False], [False, False, False], [False, False, False]]`. Look again at section 3."""
    return page < _windows(page, size, "edge") - offset


@ink.mistake("<= for <", example=(np.array([[3.0, 5.0]]), 1, 0.0))
def _(page, size, offset):
    """`<=` lets a pixel that *equals* its threshold be ink, and strictly darker is asked for. For `page = [[3, 5]]`,
    `size = 1`, `offset = 0`, where each pixel is its own mean, you return `[[True, True]]`. Look again at (4.4)."""
    return page <= _windows(page, size, "symmetric") - offset


@ink.mistake("median for mean", example=(np.array([[0.0, 0.0, 1.0, 5.0, 5.0]]), 3, 0.5))
def _(page, size, offset):
    """you compare with the **median** of the window; its mean is asked for. For `page = [[0, 0, 1, 5, 5]]`, `size = 3`,
    `offset = 0.5` you return `[[False, False, False, False, False]]`. Look again at (4.4)."""
    return page < _windows(page, size, "symmetric", np.median) - offset


@ink.mistake("size taken for the radius", example=(np.array([[9.0, 5.0, 4.0, 9.0, 9.0, 1.0]]), 1, 0.5))
def _(page, size, offset):
    """your window reaches `size` pixels to **each side**, so it is 2 · size + 1 wide. For `page = [[9, 5, 4, 9, 9,
    1]]`, `size = 1`, `offset = 0.5` you return `[[False, True, True, False, False, True]]`. Look again at (4.4)."""
    from scipy.ndimage import uniform_filter

    return page < uniform_filter(page, 2 * size + 1, mode="reflect") - offset


@ink.mistake("mean along the rows only", example=(np.array([[1.0, 2.0], [8.0, 9.0]]), 3, 0.25))
def _(page, size, offset):
    """your mean is taken along the **rows** only; a window has `size` rows *and* `size` columns. For `page = [[1, 2],
    [8, 9]]`, `size = 3`, `offset = 0.25` you return `[[True, False], [True, False]]`. Look again at (4.4)."""
    from scipy.ndimage import uniform_filter1d

    return page < uniform_filter1d(page, size, axis=1, mode="reflect") - offset


@ink.mistake("wrapped around", example=(np.array([[9.0, 9.0, 6.0, 5.5]]), 3, 0.5))
def _(page, size, offset):
    """beyond the border your page goes on **on its other side** (`mode="wrap"`). For `page = [[9, 9, 6, 5.5]]`, `size =
    3`, `offset = 0.5` you return `[[False, False, True, True]]`. It is mirrored, see section 3."""
    return page < _windows(page, size, "wrap") - offset


@ink.mistake("the threshold itself", example=(np.array([[3.0, 6.0]]), 1, 0.5))
def _(page, size, offset):
    """you return the **threshold** of each pixel: for `page = [[3, 6]]`, `size = 1`, `offset = 0.5` `[[2.5, 5.5]]`. Now
    compare the page with it, (4.4)."""
    return _windows(page, size, "symmetric") - offset


@ink.mistake(
    "a Gaussian for the mean",
    example=(np.array([[9.0, 2.0, 7.0, 8.0, 3.0, 4.0], [9.0, 9.0, 6.0, 1.0, 8.0, 8.0]]), 3, 2.0),
)
def _(page, size, offset):
    """you weigh the window with a **Gaussian**; in a mean all its pixels count alike. For two rows, `9 2 7 8 3 4` and
    `9 9 6 1 8 8`, `size = 3`, `offset = 2` you return `[[False, False, False, False, False, False], [False, False,
    False, False, False, False]]`. Look again at (4.4)."""
    from scipy.ndimage import gaussian_filter

    return page < gaussian_filter(page, size / 6) - offset


@ink.mistake("the offset as a share", example=(np.array([[8.0, 6.0, 8.0, 8.0, 8.0, 8.0]]), 3, 0.5))
def _(page, size, offset):
    """you take the offset for a **share** of the mean, (1 − offset) · mean. For `page = [[8, 6, 8, 8, 8, 8]]`, `size =
    3`, `offset = 0.5` you return `[[False, False, False, False, False, False]]`. In (4.4) it is subtracted."""
    return page < _windows(page, size, "symmetric") * (1 - offset)


@ink.mistake("both darker and brighter", example=(np.array([[4.0, 8.0, 4.0, 4.0, 4.0]]), 3, 1.0))
def _(page, size, offset):
    """you keep whatever **differs** from the mean by more than the offset, brighter pixels as well. For `page = [[4, 8,
    4, 4, 4]]`, `size = 3`, `offset = 1` you return `[[True, True, True, False, False]]`. Ink is darker, (4.4)."""
    return np.abs(page - _windows(page, size, "symmetric")) > offset


@ink.mistake("mean along the columns only", example=(np.array([[1.0, 8.0], [2.0, 9.0]]), 3, 0.125))
def _(page, size, offset):
    """your mean is taken along the **columns** only; a window has `size` rows *and* `size` columns. For `page = [[1,
    8], [2, 9]]`, `size = 3`, `offset = 0.125` you return `[[True, True], [False, False]]`. Look again at (4.4)."""
    from scipy.ndimage import uniform_filter1d

    return page < uniform_filter1d(page, size, axis=0, mode="reflect") - offset


@ink.mistake("the pixel left out of its mean", example=(np.array([[5.0, 5.6, 9.0, 9.0]]), 3, 1.0))
def _(page, size, offset):
    """you leave the **pixel itself** out of its mean. For `page = [[5, 5.6, 9, 9]]`, `size = 3`, `offset = 1` you
    return `[[False, True, False, False]]`. All pixels of the window count, (4.4)."""
    total = _windows(page, size, "symmetric", np.sum)
    return page < (total - page) / max(size**2 - 1, 1) - offset


@ink.mistake("the largest for the mean", example=(np.array([[3.0, 4.0, 5.0, 6.0]]), 3, 0.5))
def _(page, size, offset):
    """you compare with the **largest** value of the window; its mean is asked for. For `page = [[3, 4, 5, 6]]`, `size =
    3`, `offset = 0.5` you return `[[True, True, True, False]]`. Look again at (4.4)."""
    return page < _windows(page, size, "symmetric", np.max) - offset


@ink.mistake("windows cut off at the border", example=(np.array([[5.0, 6.5, 6.5]]), 3, 0.6))
def _(page, size, offset):
    """at the border you take the mean of the pixels that are **there**; mirrored, those near the edge count twice. For
    `page = [[5, 6.5, 6.5]]`, `size = 3`, `offset = 0.6` you return `[[True, False, False]]`. Look again at section
    3."""
    radius = size // 2
    means = np.array(
        [
            [
                page[max(i - radius, 0) : i + radius + 1, max(j - radius, 0) : j + radius + 1].mean()
                for j in range(page.shape[1])
            ]
            for i in range(page.shape[0])
        ]
    )
    return page < means - offset


@ink.mistake("a sum for the mean", example=(np.array([[5.0, 6.0, 7.0]]), 3, 1.0))
def _(page, size, offset):
    """you compare with the **sum** of the window, not divided by size². For `page = [[5, 6, 7]]`, `size = 3`, `offset =
    1` you return `[[True, True, True]]`. Look again at (4.4)."""
    return page < _windows(page, size, "symmetric", np.sum) - offset


@ink.mistake("the mean of the whole row", example=(np.array([[1.0, 2.0, 9.0, 9.0], [1.0, 1.0, 1.0, 1.0]]), 3, 0.5))
def _(page, size, offset):
    """you compare with the mean of the **whole row**. For `page = [[1, 2, 9, 9], [1, 1, 1, 1]]`, `size = 3`, `offset =
    0.5` you return `[[True, True, False, False], [False, False, False, False]]`. The window has `size` rows and
    columns, (4.4)."""
    return page < page.mean(axis=1, keepdims=True) - offset


@ink.mistake("the median of the whole page", example=(np.array([[0.0, 3.0, 3.0, 9.0, 1.0]]), 3, 1.5))
def _(page, size, offset):
    """you compare with the **median of the whole page**: one threshold for all. For `page = [[0, 3, 3, 9, 1]]`, `size =
    3`, `offset = 1.5` you return `[[True, False, False, False, True]]`. The mean around each pixel is asked for,
    (4.4)."""
    return page < np.median(page) - offset


@ink.mistake("a window that begins at the pixel", example=(np.array([[5.0, 6.0, 9.0, 9.0]]), 3, 1.5))
def _(page, size, offset):
    """your window **begins** at the pixel; it should lie around it. For `page = [[5, 6, 9, 9]]`, `size = 3`, `offset =
    1.5` you return `[[True, True, False, False]]`. Look again at (4.4)."""
    padded = np.pad(page, ((0, size - 1), (0, size - 1)), mode="symmetric")
    rows, columns = page.shape
    means = [[padded[i : i + size, j : j + size].mean() for j in range(columns)] for i in range(rows)]
    return page < np.array(means) - offset


@ink.mistake("offset times size", example=(np.array([[9.0, 5.0, 7.0, 7.5, 8.0, 8.0, 8.0]]), 3, 1.0))
def _(page, size, offset):
    """you multiply the **offset** by the size of the window. For `page = [[9, 5, 7, 7.5, 8, 8, 8]]`, `size = 3`,
    `offset = 1` you return `[[False, False, False, False, False, False, False]]`. It is subtracted as it is, (4.4)."""
    return page < _windows(page, size, "symmetric") - offset * size


# --- 4.3 k-means ------------------------------------------------------------------------------------------------------


def _clouds(rng):
    yield np.array([[1.0], [3.0]]), np.array([[0.0], [4.0]])
    yield np.array([[0], [2], [4]]), np.array([[1.0], [3.0]])  # 2 is as near to both
    yield np.array([[0, 0], [2, 0], [2, 2]]), np.array([[1.0, 0.0], [9.0, 9.0]])  # nobody is near the second
    for n, d, k in ((6, 1, 2), (8, 2, 3), (9, 3, 3), (15, 3, 4), (20, 2, 5)):
        yield rng.integers(-9, 10, (n, d)), rng.integers(-9, 10, (k, d)) + 0.25
    yield rng.normal(size=(12, 4)).round(2), rng.normal(size=(3, 4)).round(2)
    points = rng.normal(size=(10, 2)).round(2)
    yield points, np.vstack([points[:2], [[50.0, 50.0]]])
    yield np.zeros((3, 2)), np.array([[1.0, 1.0], [0.0, 0.0], [2.0, 0.0]])


def _assigned(points, centers, distance, pick=np.argmin):
    return np.array([int(pick([distance(np.asarray(p, float) - c) for c in centers])) for p in points])


def _squared(difference):
    return float(difference @ difference)


def _averaged(points, labels, centers, reduce=lambda members: members.mean(axis=0)):
    new = np.array(centers, dtype=float)
    for j in range(len(centers)):
        members = points[labels == j]
        if len(members):
            new[j] = reduce(members)
    return new


def _step(points, centers, distance=_squared, pick=np.argmin):
    labels = _assigned(points, centers, distance, pick)
    return labels, _averaged(points, labels, centers)


def _one_step(points, centers):
    labels, sums, sizes = [], [[0.0] * len(c) for c in centers], [0] * len(centers)
    for p in points.tolist():
        distances = [sum((a - b) ** 2 for a, b in zip(p, c, strict=True)) for c in centers.tolist()]
        j = distances.index(min(distances))
        labels.append(j)
        sizes[j] += 1
        sums[j] = [s + a for s, a in zip(sums[j], p, strict=True)]
    new = [[s / n for s in total] if n else list(c) for total, n, c in zip(sums, sizes, centers.tolist(), strict=True)]
    return np.array(labels), np.array(new, dtype=float)


kmeans_step = FunctionExercise(
    "4.3",
    "One step of k-means",
    cases=_clouds,
    oracle=_one_step,
    solution="""
    import numpy as np

    def kmeans_step(points, centers):
        squared = ((points[:, None] - centers) ** 2).sum(axis=2)
        labels = squared.argmin(axis=1)
        new_centers = centers.copy()
        for j in range(len(centers)):
            if (labels == j).any():
                new_centers[j] = points[labels == j].mean(axis=0)
        return labels, new_centers
    """,
    example=(np.array([[0.0, 1.0], [1.0, 0.0], [6.0, 7.0]]), np.array([[1.0, 1.0], [4.0, 9.0]])),
    example_words="For the points `[0, 1], [1, 0], [6, 7]` and the centres `[1, 1], [4, 9]`",
    hints=(
        "Two halves: first every point chooses a centre, then every centre moves.",
        "`((points[:, None] - centers) ** 2).sum(axis=2)` holds all squared distances, one row for each point.",
        "`argmin(axis=1)` gives labels; `points[labels == j].mean(axis=0)` the new centre, if any point chose it.",
    ),
    fixed=("points.ndim", "centers.ndim", "centers.dtype"),
)

FAR = (np.array([[0.0], [2.0]]), np.array([[1.0], [9.0]]))
NOBODY = "For the points `[0], [2]` and the centres `[1], [9]`"


@kmeans_step.mistake("an empty cluster's NaN", example=FAR)
def _(points, centers):
    """the mean of a cluster **without points** is 0 / 0, NaN, and stays NaN for ever: no point is near NaN. For the
    points `[0], [2]` and the centres `[1], [9]`, which nobody is near, you return `([0, 0], [[1], [nan]])`. Such a
    centre stays where it is, see (4.6)."""
    labels = _assigned(points, centers, _squared)
    with np.errstate(invalid="ignore"):
        sums = [points[labels == j].sum(axis=0) / np.float64((labels == j).sum()) for j in range(len(centers))]
    return labels, np.array(sums)


@kmeans_step.mistake("an empty cluster moves to 0", example=FAR)
def _(points, centers):
    """a cluster **without points** jumps to 0 in your version, which is black, and a place like any other. For the
    points `[0], [2]` and the centres `[1], [9]` you return `([0, 0], [[1], [0]])`. Such a centre stays where it is, see
    (4.6)."""
    labels = _assigned(points, centers, _squared)
    return labels, _averaged(points, labels, np.zeros(np.shape(centers)))


@kmeans_step.mistake("an empty cluster dropped", example=FAR)
def _(points, centers):
    """a cluster **without points** is missing from your centres, so there are fewer than k, and labels no longer fit.
    For the points `[0], [2]` and the centres `[1], [9]` you return `([0, 0], [[1]])`. Such a centre stays where it is,
    see (4.6)."""
    labels, new = _step(points, centers)
    return labels, new[np.unique(labels)]


@kmeans_step.mistake("the old centres averaged in")
def _(points, centers):
    """your new centre is half-way between the **old** one and the mean of its points. It is the mean alone. {example}
    you return `([0, 0, 1], [[0.75, 0.75], [5, 8]])`. Look again at (4.6)."""
    labels, new = _step(points, centers)
    return labels, (new + centers) / 2


@kmeans_step.mistake("the old centre counted as a point")
def _(points, centers):
    """you count the old **centre** as one more point of its cluster. {example} you return `([0, 0, 1], [[0.6667,
    0.6667], [5, 8]])`. Only points count in the mean, (4.6)."""
    labels = _assigned(points, centers, _squared)
    return labels, np.array([np.vstack([points[labels == j], c]).mean(axis=0) for j, c in enumerate(centers)])


@kmeans_step.mistake(
    "distance in the first channel", example=(np.array([[0.0, 9.0]]), np.array([[0.0, 0.0], [2.0, 9.0]]))
)
def _(points, centers):
    """you measure distance in the **first channel** only. For the point `[0, 9]` and the centres `[0, 0], [2, 9]` you
    return `([0], [[0, 9], [2, 9]])`. All channels count, (4.5)."""
    return _step(points, centers, lambda difference: difference[0] ** 2)


@kmeans_step.mistake("signed differences added", example=(np.array([[0.0, 4.0]]), np.array([[0.0, 5.0], [9.0, 9.0]])))
def _(points, centers):
    """you add the differences of the channels **with their signs**: where a centre lies above, that is negative, and
    the furthest such centre wins. For the point `[0, 4]` and the centres `[0, 5], [9, 9]` you return `([1], [[0, 5],
    [0, 4]])`. Square them first, (4.5)."""
    return _step(points, centers, lambda difference: difference.sum())


@kmeans_step.mistake("squared after the sum", example=(np.array([[1.0, 4.0]]), np.array([[1.0, 5.0], [4.0, 1.0]])))
def _(points, centers):
    """you add the differences of the channels first and **square the sum** (or take its absolute value): + and −
    cancel. For the point `[1, 4]` and the centres `[1, 5], [4, 1]` you return `([1], [[1, 5], [1, 4]])`. Square each
    difference, then add, (4.5)."""
    return _step(points, centers, lambda difference: difference.sum() ** 2)


@kmeans_step.mistake("city blocks", example=(np.array([[0.0, 0.0]]), np.array([[3.0, 3.0], [0.0, 5.0]])))
def _(points, centers):
    """you measure in **city blocks**, the sum of the absolute differences. For the point `[0, 0]` and the centres `[3,
    3], [0, 5]` you return `([1], [[3, 3], [0, 0]])`. Euclid squares them, (4.5)."""
    return _step(points, centers, lambda difference: np.abs(difference).sum())


@kmeans_step.mistake("the largest difference", example=(np.array([[0.0, 0.0]]), np.array([[3.0, 3.0], [0.0, 4.0]])))
def _(points, centers):
    """you compare by the **largest** difference of any channel. For the point `[0, 0]` and the centres `[3, 3], [0, 4]`
    you return `([0], [[0, 0], [0, 4]])`. All channels count, squared and added, (4.5)."""
    return _step(points, centers, lambda difference: np.abs(difference).max())


@kmeans_step.mistake("mean over all points")
def _(points, centers):
    """every centre moves to the mean of **all** points. It is the mean of those that chose it. {example} you return
    `([0, 0, 1], [[2.333, 2.667], [2.333, 2.667]])`. Look again at (4.6)."""
    labels = _assigned(points, centers, _squared)
    return labels, np.array([points.mean(axis=0) if (labels == j).any() else c for j, c in enumerate(centers)])


@kmeans_step.mistake("the furthest centre")
def _(points, centers):
    """each point chooses the **furthest** centre. {example} you return `([1, 1, 0], [[6, 7], [0.5, 0.5]])`. The nearest
    is asked for, (4.6)."""
    return _step(points, centers, pick=np.argmax)


@kmeans_step.mistake("labels counted from 1")
def _(points, centers):
    """your labels count from **1**. {example} you return `([1, 1, 2], [[0.5, 0.5], [6, 7]])`. The first centre is
    number 0, as Python counts, (4.6)."""
    labels, new = _step(points, centers)
    return labels + 1, new


@kmeans_step.mistake("labels of the new centres", example=(np.array([[0.0], [4.0], [5.0]]), np.array([[0.0], [9.0]])))
def _(points, centers):
    """your labels are those of the **new** centres, half a step too far. For the points `[0], [4], [5]` and the centres
    `[0], [9]` you return `([0, 1, 1], [[2], [5]])`. Return the labels from which the new centres were made, (4.6)."""
    _, new = _step(points, centers)
    return _assigned(points, new, _squared), new


@kmeans_step.mistake("the last of equals", example=(np.array([[2.0]]), np.array([[1.0], [3.0]])))
def _(points, centers):
    """between centres that are **equally near** you take the last: for the point `[2]` and the centres `[1], [3]` you
    return `([1], [[1], [2]])`. The first is asked for, which is what `argmin` does, (4.6)."""
    return _step(points, centers, pick=lambda d: len(d) - 1 - int(np.argmin(d[::-1])))


@kmeans_step.mistake("medians", example=(np.array([[0.0], [1.0], [5.0]]), np.array([[2.0]])))
def _(points, centers):
    """your new centres are **medians**: for the points `[0], [1], [5]` and the one centre `[2]` you return `([0, 0, 0],
    [[1]])`. k-means takes the mean, (4.6)."""
    labels = _assigned(points, centers, _squared)
    return labels, _averaged(points, labels, centers, lambda members: np.median(members, axis=0))


@kmeans_step.mistake("sums for means")
def _(points, centers):
    """your new centres are **sums**, not divided by the number of points. {example} you return `([0, 0, 1], [[1, 1],
    [6, 7]])`. Look again at (4.6)."""
    labels = _assigned(points, centers, _squared)
    return labels, _averaged(points, labels, centers, lambda members: members.sum(axis=0))


@kmeans_step.mistake("one mean over all channels")
def _(points, centers):
    """you take **one mean over all channels**, so every centre becomes grey. {example} you return `([0, 0, 1], [[0.5,
    0.5], [6.5, 6.5]])`. Take it along `axis=0`, channel by channel, (4.6)."""
    labels = _assigned(points, centers, _squared)
    return labels, _averaged(points, labels, centers, lambda members: members.mean())


@kmeans_step.mistake("argmin over the points", example=(np.array([[0.0], [1.0], [9.0]]), np.array([[1.0], [8.0]])))
def _(points, centers):
    """your `argmin` runs over the **points**: the nearest point of each centre. For the points `[0], [1], [9]` and the
    centres `[1], [8]` you return `([1, 2], [[1], [8]])`. A label for each point is asked for, so look along the
    centres, (4.6)."""
    labels = np.array([int(np.argmin([_squared(np.asarray(p, float) - c) for p in points])) for c in centers])
    return labels, np.array(centers)


@kmeans_step.mistake("until nothing changes", example=(np.array([[0.0], [4.0], [5.0]]), np.array([[0.0], [9.0]])))
def _(points, centers):
    """you go on **until nothing changes**. For the points `[0], [4], [5]` and the centres `[0], [9]` you return `([0,
    1, 1], [[0], [4.5]])`. One step is asked for, (4.6)."""
    for _ in range(50):
        labels, centers = _step(points, centers)
    return labels, centers


@kmeans_step.mistake("an empty cluster gets the furthest point", example=(np.array([[0.0], [3.0]]), FAR[1]))
def _(points, centers):
    """a cluster **without points** gets the point that is furthest from its centre, as some libraries do. For the
    points `[0], [3]` and the centres `[1], [9]` you return `([0, 0], [[1.5], [3]])`. Here it stays where it is, see
    (4.6)."""
    labels, new = _step(points, centers)
    distance = [min(_squared(np.asarray(p, float) - c) for c in centers) for p in points]
    for j in range(len(centers)):
        if not (labels == j).any():
            new[j] = points[int(np.argmax(distance))]
    return labels, new


@kmeans_step.mistake("divided by the number of all points")
def _(points, centers):
    """you divide the sums by the number of **all** points. {example} you return `([0, 0, 1], [[0.3333, 0.3333], [2,
    2.333]])`. A mean divides by the number of points of its own cluster, (4.6)."""
    labels = _assigned(points, centers, _squared)
    return labels, _averaged(points, labels, centers, lambda members: members.sum(axis=0) / len(points))


@kmeans_step.mistake("centres that move at every point", example=(np.array([[0.0], [2.0]]), np.array([[4.0]])))
def _(points, centers):
    """you move a centre **at every point**, half of the way, before the next point chooses. For the points `[0], [2]`
    and the centre `[4]` you return `([0, 0], [[2]])`. First all points choose, then all centres move, (4.6)."""
    centers, labels = np.array(centers, float), []
    for p in points:
        j = int(np.argmin([_squared(p - c) for c in centers]))
        labels.append(j)
        centers[j] = (centers[j] + p) / 2
    return np.array(labels), centers


@kmeans_step.mistake("a point for the mean", example=(np.array([[0.0], [4.0], [5.0]]), np.array([[2.0]])))
def _(points, centers):
    """your new centres are **points**, those nearest to the means. For the points `[0], [4], [5]` and the centre `[2]`
    you return `([0, 0, 0], [[4]])`. The mean need not be a point, (4.6)."""
    labels = _assigned(points, centers, _squared)
    return labels, _averaged(points, labels, centers, lambda m: m[np.argmin(((m - m.mean(axis=0)) ** 2).sum(axis=1))])


@kmeans_step.mistake("the first point of each cluster")
def _(points, centers):
    """your new centres are the **first** points of the clusters. {example} you return `([0, 0, 1], [[0, 1], [6, 7]])`.
    Take the mean of all of them, (4.6)."""
    labels = _assigned(points, centers, _squared)
    return labels, _averaged(points, labels, centers, lambda members: members[0])


@kmeans_step.mistake("two steps", example=(np.array([[0.0], [4.0], [5.0], [6.0]]), np.array([[0.0], [11.0]])))
def _(points, centers):
    """you go **two** steps. For the points `[0], [4], [5], [6]` and the centres `[0], [11]` you return `([0, 0, 1, 1],
    [[2], [5.5]])`. One is asked for, (4.6)."""
    return _step(points, _step(points, centers)[1])


@kmeans_step.mistake("an empty cluster moves to the mean of all", example=FAR)
def _(points, centers):
    """a cluster **without points** moves to the mean of all points. For the points `[0], [2]` and the centres `[1],
    [9]` you return `([0, 0], [[1], [1]])`. Here it stays where it is, see (4.6)."""
    labels, new = _step(points, centers)
    empty = [j for j in range(len(centers)) if not (labels == j).any()]
    new[empty] = points.mean(axis=0)
    return labels, new


@kmeans_step.mistake(
    "labels changed between two centres", example=(np.array([[0.0], [4.0], [5.0]]), np.array([[0.0], [9.0]]))
)
def _(points, centers):
    """you compute the labels **anew** each time a centre has moved. For the points `[0], [4], [5]` and the centres
    `[0], [9]` you return `([0, 0, 0], [[2], [9]])`. All points choose first, then all centres move, (4.6)."""
    new = np.array(centers, dtype=float)
    for j in range(len(new)):
        labels = _assigned(points, new, _squared)
        if (labels == j).any():
            new[j] = points[labels == j].mean(axis=0)
    return labels, new


@kmeans_step.mistake(
    "products for distances", example=(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[1.0, 1.0], [5.0, 5.0]]))
)
def _(points, centers):
    """you take the centre with the largest **product** with the point, and a centre that is long wins everywhere. For
    the points `[1, 0], [0, 1]` and the centres `[1, 1], [5, 5]` you return `([1, 1], [[1, 1], [0.5, 0.5]])`. Distances
    are compared, (4.5)."""
    labels = np.array([int(np.argmax([np.dot(p, c) for c in centers])) for p in points])
    return labels, _averaged(points, labels, centers)


# --- 4.4 objects that touch -------------------------------------------------------------------------------------------


def _blobs(rng):
    y, x = np.mgrid[:14, :24]
    for circles in (
        [(6, 6, 5), (6, 15, 4.3)],
        [(6, 7, 6), (7, 16, 4)],
        [(7, 5, 4.5), (6, 12, 3.5), (8, 19, 4.2)],
        [(4, 4, 3.2), (9, 18, 4.4)],
    ):
        mask, markers = np.zeros(y.shape, bool), np.zeros(y.shape, int)
        for number, (row, column, radius) in enumerate(circles, start=1):
            mask |= (y - row) ** 2 + (x - column) ** 2 <= radius**2
            markers[row, column] = number
        yield mask, markers
        # scikit-image 0.26 gives back the markers where they are not in C order
        yield np.ascontiguousarray(mask.T[:, ::-1]), np.ascontiguousarray(markers.T[:, ::-1]) * 3
    for _ in range(3):
        mask = rng.random((7, 9)) < 0.85
        markers = np.zeros((7, 9), int)
        places = np.flatnonzero(mask)
        distance = _distances(mask).ravel()
        chosen = [places[0]]
        for place in rng.permutation(places):  # at different heights: their order is then clear
            if len(chosen) < 3 and all(distance[place] != distance[other] for other in chosen):
                chosen.append(place)
        markers.flat[chosen] = np.arange(1, len(chosen) + 1)
        yield mask, markers


def _distances(mask):
    background = np.argwhere(~mask)
    return np.array(
        [[min(math.hypot(i - a, j - b) for a, b in background) for j in range(mask.shape[1])] for i in range(len(mask))]
    )


def _flooded(landscape, markers, mask):
    """Pixels in the order in which the water gets to them, from one queue."""
    labels = np.where(mask, markers, 0)
    queue = [(landscape[place], age, place) for age, place in enumerate(map(tuple, np.argwhere(labels)))]
    heapq.heapify(queue)
    age = len(queue)
    while queue:
        height, _, (i, j) = heapq.heappop(queue)
        for a, b in ((i - 1, j), (i, j - 1), (i, j + 1), (i + 1, j)):
            if 0 <= a < mask.shape[0] and 0 <= b < mask.shape[1] and mask[a, b] and labels[a, b] == 0:
                labels[a, b] = labels[i, j]
                heapq.heappush(queue, (max(height, landscape[a, b]), age, (a, b)))
                age += 1
    return labels


TWO = (
    np.array([[1, 1, 1, 1, 0, 1, 1], [1, 1, 1, 1, 1, 1, 1], [1, 0, 1, 1, 1, 1, 0]], bool),
    np.array([[2, 0, 0, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0]]),
)

BOARD = (np.array([[1, 1, 1, 1], [0, 0, 1, 1]], bool), np.array([[1, 0, 0, 2], [0, 0, 0, 0]]))

ROUND = (
    np.array([[1, 1, 1, 1], [1, 1, 0, 1], [1, 1, 1, 1]], bool),
    np.array([[0, 0, 0, 0], [0, 0, 0, 0], [2, 1, 0, 0]]),
)

split_touching = FunctionExercise(
    "4.4",
    "Cut at the waist",
    cases=_blobs,
    oracle=lambda mask, markers: _flooded(-_distances(mask), markers, mask),
    solution="""
    from course_lib.classical.watershed import distance_transform, watershed

    def split_touching(mask, markers):
        return watershed(-distance_transform(mask), markers, mask)
    """,
    example=TWO,
    example_words=(
        "For a mask of 3 × 7 pixels, `1111011 1111111 1011110`, with marker 2 in its first corner and marker 1 in its "
        "middle,"
    ),
    hints=(
        "Where should the water start, and where should it meet?",
        "The middle of an object must be a valley: turn the distance upside down.",
        "`watershed(-distance_transform(mask), markers, mask)`.",
    ),
    fixed=("mask.ndim", "mask.dtype", "markers.ndim", "markers.dtype"),
)


@split_touching.mistake("+distance")
def _(mask, markers):
    """you flood the distance **as it is**: the middles of the objects are hilltops then. {example} you return `[[2, 1,
    1, 1, 0, 1, 1], [1, 1, 1, 1, 1, 1, 1], [1, 0, 1, 1, 1, 1, 0]]`. Turn it upside down, minus the distance, (4.7)."""
    return watershed.watershed(watershed.distance_transform(mask), markers, mask)


@split_touching.mistake("no markers")
def _(mask, markers):
    """the **markers** have no effect: you number the connected pieces, and what touches stays one. {example} you return
    `[[1, 1, 1, 1, 0, 1, 1], [1, 1, 1, 1, 1, 1, 1], [1, 0, 1, 1, 1, 1, 0]]`. The water must start from the markers,
    section 6."""
    return regions.label(mask)


@split_touching.mistake("not kept inside of the mask")
def _(mask, markers):
    """your labels run out **over the background**. {example} you return `[[2, 2, 2, 2, 2, 1, 1], [2, 2, 2, 1, 1, 1, 1],
    [2, 2, 2, 1, 1, 1, 1]]`. Give the mask to the watershed, or set the labels to 0 where it is False, section 6."""
    return watershed.watershed(-watershed.distance_transform(mask), markers)


@split_touching.mistake("the mask itself as landscape")
def _(mask, markers):
    """you flood a **flat** landscape: in the mask itself all heights are equal (and so they are in distances that are
    measured from the objects, `distance_transform(~mask)`), so the waters meet half-way and not at the waist. {example}
    you return `[[2, 2, 2, 1, 0, 1, 1], [2, 2, 1, 1, 1, 1, 1], [2, 0, 1, 1, 1, 1, 0]]`. Flood minus the distance to the
    background, (4.7)."""
    return watershed.watershed(np.zeros(mask.shape), markers, mask)


@split_touching.mistake("the nearest marker")
def _(mask, markers):
    """you give each pixel to the **nearest marker**, by Euclid. {example} you return `[[2, 2, 1, 1, 0, 1, 1], [2, 2, 1,
    1, 1, 1, 1], [2, 0, 1, 1, 1, 1, 0]]`. Objects differ in size; the waist need not be half-way, section 6."""
    places = np.argwhere(markers)
    near = [min(range(len(places)), key=lambda n: math.dist(places[n], pixel)) for pixel in np.ndindex(mask.shape)]
    return np.where(mask, markers[tuple(places[near].T)].reshape(mask.shape), 0)


@split_touching.mistake("background beyond the border")
def _(mask, markers):
    """you count what lies **beyond the border** of the image as background, so objects at the edge get another middle.
    {example} you return `[[2, 2, 1, 1, 0, 1, 1], [2, 1, 1, 1, 1, 1, 1], [2, 0, 1, 1, 1, 1, 0]]`. In (4.7) only pixels
    of the mask count."""
    return watershed.watershed(-watershed.distance_transform(np.pad(mask, 1))[1:-1, 1:-1], markers, mask)


@split_touching.mistake("distance in steps", example=ROUND)
def _(mask, markers):
    """you count **steps** up, down, left and right; a distance by Euclid is asked for. For a mask of 3 × 4 pixels,
    `1111 1101 1111`, with the markers 2 and 1 side by side at the lower left, you return `[[2, 2, 2, 2], [2, 1, 0, 1],
    [2, 1, 1, 1]]`. Look again at (4.7)."""
    from scipy.ndimage import distance_transform_cdt

    return watershed.watershed(-distance_transform_cdt(mask, "taxicab").astype(float), markers, mask)


@split_touching.mistake("the markers as they are")
def _(mask, markers):
    """you return the **markers** alone. {example} you return `[[2, 0, 0, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0, 0], [0, 0, 0,
    0, 0, 0, 0]]`. The water has to spread from them, section 6."""
    return np.where(mask, markers, 0)


@split_touching.mistake("distance by rows or columns", example=BOARD)
def _(mask, markers):
    """your distance is the larger of the **rows and the columns** between, as a king walks on a chessboard. For a mask
    of 2 × 4 pixels, `1111 0011`, with the markers 1 and 2 in its upper corners, you return `[[1, 1, 2, 2], [0, 0, 2,
    2]]`. Euclid's is asked for, (4.7)."""
    from scipy.ndimage import distance_transform_cdt

    return watershed.watershed(-distance_transform_cdt(mask).astype(float), markers, mask)


@split_touching.mistake("markers of your own")
def _(mask, markers):
    """you start the water from markers of **your own**. {example} you return `[[1, 1, 1, 1, 0, 2, 2], [1, 1, 1, 1, 1,
    2, 2], [1, 0, 1, 1, 1, 1, 0]]`. Those that are given say how many objects there are, section 6."""
    distance = watershed.distance_transform(mask)
    return watershed.watershed(-distance, watershed.markers_from_distance(distance), mask)


@split_touching.mistake("a line between the waters")
def _(mask, markers):
    """where two waters meet you leave a **line** of 0. {example} you return `[[2, 2, 2, 0, 0, 1, 1], [2, 2, 0, 1, 1, 1,
    1], [2, 0, 0, 1, 1, 1, 0]]`. Every pixel of the mask belongs to an object, section 6."""
    from skimage.segmentation import watershed as with_line

    return with_line(-watershed.distance_transform(mask), markers, mask=mask, watershed_line=True)


@split_touching.mistake("eight neighbours")
def _(mask, markers):
    """your water also runs **diagonally**, to eight neighbours. {example} you return `[[2, 2, 2, 2, 0, 1, 1], [2, 2, 2,
    1, 1, 1, 1], [2, 0, 1, 1, 1, 1, 0]]`. Here it has four, section 6."""
    from skimage.segmentation import watershed as in_eight

    return in_eight(-watershed.distance_transform(mask), markers, mask=mask, connectivity=2)


@split_touching.mistake("the numbers lost", example=(np.array([[1, 0, 1]], bool), np.array([[3, 0, 5]])))
def _(mask, markers):
    """where the water got to you say `True` or 1, whichever **marker** it came from. For `mask = [[1, 0, 1]]`, `markers
    = [[3, 0, 5]]` you return `[[1, 0, 1]]`. Keep the numbers of the markers, section 6."""
    return (_flooded(-_distances(mask), markers, mask) > 0).astype(int)


@split_touching.mistake(
    "distance to the markers",
    example=(
        np.array([[1, 0, 1, 1, 1], [1, 1, 1, 1, 1]], bool),
        np.array([[0, 0, 0, 0, 0], [1, 0, 0, 0, 2]]),
    ),
)
def _(mask, markers):
    """you flood the distance to the **markers**; waters meet half-way between them then. For a mask of 2 × 5 pixels,
    `10111 11111`, with the markers 1 and 2 in its lower corners, you return `[[1, 0, 2, 2, 2], [1, 1, 1, 2, 2]]`. It is
    the distance to the *background* that shows the waist, (4.7)."""
    return watershed.watershed(watershed.distance_transform(markers == 0), markers, mask)


@split_touching.mistake("the library's own minima")
def _(mask, markers):
    """you let the library start from the **minima** of the landscape, and the markers have no effect. {example} you
    return `[[1, 1, 1, 1, 0, 2, 2], [1, 1, 1, 4, 4, 3, 2], [1, 0, 4, 4, 4, 4, 0]]`. Hand over the markers, section 6."""
    from skimage.segmentation import watershed as from_minima

    return from_minima(-watershed.distance_transform(mask), mask=mask)


@split_touching.mistake("a smoothed distance")
def _(mask, markers):
    """you **smooth** the distance first, and the waist moves. {example} you return `[[2, 2, 2, 2, 0, 1, 1], [2, 2, 2,
    1, 1, 1, 1], [2, 0, 2, 2, 2, 2, 0]]`. Flood the distance as it is, (4.7)."""
    from scipy.ndimage import gaussian_filter

    return watershed.watershed(-gaussian_filter(watershed.distance_transform(mask), 2), markers, mask)


@split_touching.mistake("markers numbered anew", example=(np.array([[1, 1, 0, 1]], bool), np.array([[3, 0, 0, 5]])))
def _(mask, markers):
    """you **number** the markers anew, 1, 2, 3 … For `mask = [[1, 1, 0, 1]]`, `markers = [[3, 0, 0, 5]]` you return
    `[[1, 1, 0, 2]]`. Keep the numbers that they have, section 6."""
    return watershed.watershed(-watershed.distance_transform(mask), regions.label(markers), mask)


# --- 4.5 mixtures: whose is a point? ----------------------------------------------------------------------------------


def _mixtures(rng):
    yield np.array([0.0, 3.0]), np.array([0.5, 0.5]), np.array([0.0, 2.0]), np.array([1.0, 1.0])
    yield np.array([1, 2]), np.array([0.25, 0.75]), np.array([1.0, 2.0]), np.array([1.0, 2.0])
    for n, k in ((3, 2), (5, 3), (8, 2), (12, 4), (1, 3)):
        weights = rng.integers(1, 9, k).astype(float)
        yield (
            rng.normal(0, 2, n).round(2),
            weights / weights.sum(),
            rng.normal(0, 2, k).round(2),
            rng.uniform(0.3, 2, k).round(2),
        )
    yield np.array([1e4, -1e4, 0.5]), np.array([0.5, 0.5]), np.array([0.0, 1.0]), np.array([1.0, 1.0])
    yield np.array([300.0, 0.25]), np.array([0.125, 0.875]), np.array([0.5, 0.0]), np.array([0.25, 0.5])


def _shares(points, weights, means, sigmas):
    rows = []
    for x in points.tolist():
        logs = [
            math.log(w) - math.log(s) - (x - m) ** 2 / (2 * s * s)
            for w, m, s in zip(weights.tolist(), means.tolist(), sigmas.tolist(), strict=True)
        ]
        parts = [math.exp(value - max(logs)) for value in logs]
        rows.append([part / math.fsum(parts) for part in parts])
    return np.array(rows)


def _logs(points, weights, means, sigmas):
    return np.log(weights) - np.log(sigmas) - (points[:, None] - means) ** 2 / (2 * sigmas**2)


def _normalized(logs, axis=1):
    parts = np.exp(logs - logs.max(axis=axis, keepdims=True))
    return parts / parts.sum(axis=axis, keepdims=True)


MIXED = (np.array([0.0, 3.0]), np.array([0.25, 0.75]), np.array([0.0, 2.0]), np.array([1.0, 2.0]))

responsibilities = FunctionExercise(
    "4.5",
    "Whose is a point?",
    cases=_mixtures,
    oracle=_shares,
    solution="""
    import numpy as np

    def responsibilities(points, weights, means, sigmas):
        logs = np.log(weights) - np.log(sigmas) - (points[:, None] - means) ** 2 / (2 * sigmas**2)
        parts = np.exp(logs - logs.max(axis=1, keepdims=True))
        return parts / parts.sum(axis=1, keepdims=True)
    """,
    example=MIXED,
    example_words=("For `points = [0, 3]`, `weights = [0.25, 0.75]`, `means = [0, 2]`, `sigmas = [1, 2]` you return"),
    hints=(
        "Each component has a density in each point. What is its share of their sum?",
        "Far away every density is 0 in floating point. Compute logarithms, and subtract the largest of each row.",
        "`np.exp(logs - logs.max(axis=1, keepdims=True))`, then divide each row by its sum.",
    ),
    rtol=1e-6,
    fixed=("points.ndim", "weights.ndim", "weights.dtype", "means.ndim", "means.dtype", "sigmas.ndim", "sigmas.dtype"),
)


@responsibilities.mistake("normalized over the points")
def _(points, weights, means, sigmas):
    """your **columns** sum to 1: the shares of a component among the points. {example} `[[0.989, 0.4073], [0.01099,
    0.5927]]`. Each *point* is shared among the components, so its row sums to 1, (4.11)."""
    return _normalized(_logs(points, weights, means, sigmas), axis=0)


@responsibilities.mistake(
    "no log-sum-exp", example=(np.array([100.0]), np.array([0.5, 0.5]), np.array([0.0, 1.0]), np.ones(2))
)
def _(points, weights, means, sigmas):
    """right near the means. Far away every density is 0 in floating point, and 0 / 0 is **NaN**: for the point 100, two
    components of the weight ½, the means 0 and 1 and σ = 1 you return `[[nan, nan]]`. Subtract the largest logarithm of
    each row before `exp`, (4.11)."""
    with np.errstate(invalid="ignore"):
        parts = np.exp(_logs(points, weights, means, sigmas))
        return parts / parts.sum(axis=1, keepdims=True)


@responsibilities.mistake(
    "a little added below", example=(np.array([100.0]), np.array([0.5, 0.5]), np.array([0.0, 1.0]), np.ones(2))
)
def _(points, weights, means, sigmas):
    """far away every density is 0 in floating point, and something small **added to their sum** (or NaN replaced by 0)
    leaves a point that belongs to nobody: for the point 100, two components of the weight ½, the means 0 and 1 and σ =
    1 you return `[[0, 0]]`. Subtract the largest logarithm of each row before `exp`, (4.11)."""
    parts = np.exp(_logs(points, weights, means, sigmas))
    return parts / np.maximum(parts.sum(axis=1, keepdims=True), 1e-300)


@responsibilities.mistake("weights left out")
def _(points, weights, means, sigmas):
    """the **weights** have no effect. {example} `[[0.7673, 0.2327], [0.02456, 0.9754]]`. A component that has more
    points has more of each, (4.11)."""
    return _normalized(_logs(points, np.ones(len(weights)), means, sigmas))


@responsibilities.mistake("1/σ left out")
def _(points, weights, means, sigmas):
    """the factor **1/σ** of the normal density is missing. {example} `[[0.3547, 0.6453], [0.004179, 0.9958]]`. It does
    not cancel, because σ differs from component to component, (4.11)."""
    return _normalized(_logs(points, weights * sigmas, means, sigmas))


@responsibilities.mistake("σ for σ²")
def _(points, weights, means, sigmas):
    """**σ** stands in your exponent where **σ²** belongs. {example} `[[0.6444, 0.3556], [0.00942, 0.9906]]`. Look again
    at (4.11)."""
    return _normalized(np.log(weights / sigmas) - (points[:, None] - means) ** 2 / (2 * sigmas))


@responsibilities.mistake("½ left out")
def _(points, weights, means, sigmas):
    """the **½** in the exponent is missing. {example} `[[0.6444, 0.3556], [0.0001056, 0.9999]]`. The normal density
    falls as exp(−(x − m)² / 2σ²), (4.11)."""
    return _normalized(np.log(weights / sigmas) - (points[:, None] - means) ** 2 / sigmas**2)


@responsibilities.mistake("1/σ²")
def _(points, weights, means, sigmas):
    """you divide the density by **σ²** where it is σ. {example} `[[0.6873, 0.3127], [0.01651, 0.9835]]`. Look again at
    (4.11)."""
    return _normalized(_logs(points, weights / sigmas, means, sigmas))


@responsibilities.mistake("not normalized")
def _(points, weights, means, sigmas):
    """you return the **densities** themselves, weighted, and do not divide by their sum. {example} `[[0.09974,
    0.09074], [0.001108, 0.132]]`, and each row shall sum to 1, (4.11)."""
    return np.exp(_logs(points, weights, means, sigmas)) / math.sqrt(2 * math.pi)


@responsibilities.mistake("all or nothing")
def _(points, weights, means, sigmas):
    """you give each point to **one** component, as k-means does. {example} `[[1, 0], [0, 1]]`. A share is asked for,
    (4.11)."""
    logs = _logs(points, weights, means, sigmas)
    return np.eye(len(weights))[logs.argmax(axis=1)]


@responsibilities.mistake("transposed", example=(np.array([0.0]), *MIXED[1:]))
def _(points, weights, means, sigmas):
    """the right numbers, but **transposed**: a row for each component. For the point 0 you return `[[0.5236],
    [0.4764]]`; a row for each point is asked for, (4.11)."""
    return _normalized(_logs(points, weights, means, sigmas)).T


@responsibilities.mistake("the logarithms")
def _(points, weights, means, sigmas):
    """you return the **logarithms** of the shares. {example} `[[-0.647, -0.7415], [-4.789, -0.008357]]`. Take `exp` at
    the end, (4.11)."""
    logs = _logs(points, weights, means, sigmas)
    top = logs.max(axis=1, keepdims=True)
    return logs - top - np.log(np.exp(logs - top).sum(axis=1, keepdims=True))


@responsibilities.mistake(
    "one largest logarithm for all",
    example=(np.array([0.0, 100.0]), np.array([0.5, 0.5]), np.array([0.0, 1.0]), np.ones(2)),
)
def _(points, weights, means, sigmas):
    """you subtract **one** largest logarithm from all points. For those far away the rest is still too small: for the
    points 0 and 100, two components of the weight ½, the means 0 and 1 and σ = 1 you return `[[0.6225, 0.3775], [nan,
    nan]]`. Each row has its own largest, `max(axis=1, keepdims=True)`, (4.11)."""
    logs = _logs(points, weights, means, sigmas)
    with np.errstate(invalid="ignore"):
        parts = np.exp(logs - logs.max())
        return parts / parts.sum(axis=1, keepdims=True)


@responsibilities.mistake("the exponent's sign")
def _(points, weights, means, sigmas):
    """the **minus** in the exponent is lost, so the furthest component gets most. {example} `[[0.2879, 0.7121],
    [0.9815, 0.01853]]`. Look again at (4.11)."""
    return _normalized(np.log(weights / sigmas) + (points[:, None] - means) ** 2 / (2 * sigmas**2))


@responsibilities.mistake("not squared")
def _(points, weights, means, sigmas):
    """the distance in the exponent is **not squared**. {example} `[[0.4612, 0.5388], [0.1442, 0.8558]]`. Look again at
    (4.11)."""
    return _normalized(np.log(weights / sigmas) - np.abs(points[:, None] - means) / (2 * sigmas**2))


@responsibilities.mistake(
    "equal shares far away", example=(np.array([100.0]), np.array([0.5, 0.5]), np.array([0.0, 1.0]), np.ones(2))
)
def _(points, weights, means, sigmas):
    """far away, where every density is 0 in floating point, you give **equal shares**: for the point 100, two
    components of the weight ½, the means 0 and 1 and σ = 1 you return `[[0.5, 0.5]]`, and 1 is nearer to 100. Subtract
    the largest logarithm of each row before `exp`, (4.11)."""
    parts = np.exp(_logs(points, weights, means, sigmas))
    total = parts.sum(axis=1, keepdims=True)
    return np.where(total > 0, parts / np.where(total > 0, total, 1), 1 / len(weights))


@responsibilities.mistake("normalized over everything")
def _(points, weights, means, sigmas):
    """**all** your numbers together sum to 1. {example} `[[0.3082, 0.2804], [0.003424, 0.408]]`. Each *row* does, the
    shares of one point: `axis=1`, (4.11)."""
    logs = _logs(points, weights, means, sigmas)
    parts = np.exp(logs - logs.max())
    return parts / parts.sum()


@responsibilities.mistake("no normal density")
def _(points, weights, means, sigmas):
    """you compare distances in units of σ, exp(−|x − m| / σ); there is **no normal density** and no weight in it.
    {example} `[[0.7311, 0.2689], [0.07586, 0.9241]]`. Look again at (4.11)."""
    return _normalized(-np.abs(points[:, None] - means) / sigmas)


@responsibilities.mistake(
    "the largest of each column subtracted",
    example=(np.array([0.0, 100.0]), np.array([0.5, 0.5]), np.array([0.0, 1.0]), np.ones(2)),
)
def _(points, weights, means, sigmas):
    """you subtract the largest logarithm of each **column**. That does not cancel in a row, where you divide. For the
    points 0 and 100, two components of the weight ½, the means 0 and 1 and σ = 1 you return `[[0.5, 0.5], [nan, nan]]`.
    Take `max(axis=1, keepdims=True)`, (4.11)."""
    logs = _logs(points, weights, means, sigmas)
    with np.errstate(invalid="ignore"):
        parts = np.exp(logs - logs.max(axis=0))
        return parts / parts.sum(axis=1, keepdims=True)


@responsibilities.mistake("weights after the division", example=(np.array([1.0]), *MIXED[1:]))
def _(points, weights, means, sigmas):
    """you multiply by the weights **after** the division, so rows no longer sum to 1. For the point 1 you return
    `[[0.1447, 0.3158]]`. Weigh the densities first, then divide by their sum, (4.11)."""
    return weights * _normalized(_logs(points, np.ones(len(weights)), means, sigmas))


# --- 4.6 mixtures: the M step -----------------------------------------------------------------------------------------


def _soft_labels(rng):
    yield np.array([0.0, 4.0]), np.array([[1.0, 0.0], [0.5, 0.5]]), np.array([1.0, 3.0])
    yield np.array([1, 2, 6]), np.array([[0.5, 0.5], [0.75, 0.25], [0.25, 0.75]]), np.array([0.0, 5.0])
    for n, k in ((4, 2), (6, 3), (9, 2), (12, 4)):
        r = rng.integers(1, 9, (n, k)).astype(float)
        yield rng.normal(0, 3, n).round(2), r / r.sum(axis=1, keepdims=True), rng.normal(0, 3, k).round(2)


def _by_sums(points, r, old_means):
    n, k = r.shape
    weights, means, variances = [], [], []
    for j in range(k):
        total = math.fsum(r[i][j] for i in range(n))
        mean = math.fsum(r[i][j] * points[i] for i in range(n)) / total
        weights.append(total / n)
        means.append(mean)
        variances.append(math.fsum(r[i][j] * (points[i] - mean) ** 2 for i in range(n)) / total)
    return np.array(weights), np.array(means), np.array(variances)


def _m_step(points, r):
    total = r.sum(axis=0)
    means = r.T @ points / total
    return total / len(points), means, (r * (points[:, None] - means) ** 2).sum(axis=0) / total


SOFT = (np.array([0.0, 4.0]), np.array([[1.0, 0.0], [0.5, 0.5]]), np.array([1.0, 3.0]))

m_step = FunctionExercise(
    "4.6",
    "Move the components",
    cases=_soft_labels,
    oracle=_by_sums,
    solution="""
    def m_step(points, r, old_means):
        total = r.sum(axis=0)
        means = (r * points[:, None]).sum(axis=0) / total
        variances = (r * (points[:, None] - means) ** 2).sum(axis=0) / total
        return total / len(points), means, variances
    """,
    example=SOFT,
    example_words="For `points = [0, 4]`, `r = [[1, 0], [0.5, 0.5]]`, `old_means = [1, 3]` you return",
    hints=(
        "How many points does a component have, if it has a share of each?",
        "The sum of a column of r is that number. Means and variances are weighted by r and divided by it.",
        "The variance is taken about the *new* mean; `old_means` is not needed.",
    ),
    fixed=("points.ndim", "r.ndim", "r.dtype", "old_means.ndim", "old_means.dtype"),
)


@m_step.mistake("variance about the old mean")
def _(points, r, old_means):
    """your variance is taken about the **old** means. {example} `[[0.75, 0.25], [1.333, 4], [3.667, 1]]`. About any
    other point than the mean it is too large. The new means come first, (4.12)."""
    weights, means, _ = _m_step(points, r)
    return weights, means, (r * (points[:, None] - old_means) ** 2).sum(axis=0) / r.sum(axis=0)


@m_step.mistake("divided by the number of points")
def _(points, r, old_means):
    """you divide by the **number of points** where the sum of r belongs: a component has only its share of them.
    {example} `[[0.75, 0.25], [1, 1], [2.75, 2.25]]`. Look again at (4.12)."""
    n = len(points)
    means = r.T @ points / n
    return r.sum(axis=0) / n, means, (r * (points[:, None] - means) ** 2).sum(axis=0) / n


@m_step.mistake("variance divided by the number of points")
def _(points, r, old_means):
    """weights and means are right, but your **variance** is divided by the number of points, not by the sum of r.
    {example} `[[0.75, 0.25], [1.333, 4], [2.667, 0]]`. Look again at (4.12)."""
    weights, means, variances = _m_step(points, r)
    return weights, means, variances * weights


@m_step.mistake("weights not divided by n")
def _(points, r, old_means):
    """your **weights** are the sums of r, which add up to the number of points. {example} `[[1.5, 0.5], [1.333, 4],
    [3.556, 0]]`. Divide by n, so that they add up to 1, (4.12)."""
    _, means, variances = _m_step(points, r)
    return r.sum(axis=0), means, variances


@m_step.mistake("σ for σ²")
def _(points, r, old_means):
    """your third result is the **standard deviation**. {example} `[[0.75, 0.25], [1.333, 4], [1.886, 0]]`. The variance
    is asked for, with no root, (4.12)."""
    weights, means, variances = _m_step(points, r)
    return weights, means, np.sqrt(variances)


@m_step.mistake("the old means returned")
def _(points, r, old_means):
    """you return the **old means**. {example} `[[0.75, 0.25], [1, 3], [3.667, 1]]`. The new ones are the means of the
    points, weighted by r, (4.12)."""
    weights, _, _ = _m_step(points, r)
    return weights, old_means, (r * (points[:, None] - old_means) ** 2).sum(axis=0) / r.sum(axis=0)


@m_step.mistake("equal weights")
def _(points, r, old_means):
    """your **weights** are all 1/k. {example} `[[0.5, 0.5], [1.333, 4], [3.556, 0]]`. A component's weight is its share
    of all points, the mean of its column of r, (4.12)."""
    _, means, variances = _m_step(points, r)
    return np.full(r.shape[1], 1 / r.shape[1]), means, variances


@m_step.mistake("responsibilities squared")
def _(points, r, old_means):
    """the **square of r** weights your variance, because r stands inside of the square. {example} `[[0.75, 0.25],
    [1.333, 4], [2.37, 0]]`. Square the distance alone, (4.12)."""
    weights, means, _ = _m_step(points, r)
    return weights, means, ((r * (points[:, None] - means)) ** 2).sum(axis=0) / r.sum(axis=0)


@m_step.mistake("not weighted")
def _(points, r, old_means):
    """your means and variances are those of **all points**, the same for every component. {example} `[[0.75, 0.25], [2,
    2], [4, 4]]`. Each point counts with its responsibility, (4.12)."""
    k = r.shape[1]
    return r.mean(axis=0), np.full(k, points.mean()), np.full(k, points.var())


@m_step.mistake("all or nothing")
def _(points, r, old_means):
    """each point counts for **one** component only, the likeliest, as in k-means. {example} `[[1, 0], [2, nan], [4,
    nan]]`. Points count with their shares, (4.12)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return _m_step(points, np.eye(r.shape[1])[r.argmax(axis=1)])


@m_step.mistake("variances before means")
def _(points, r, old_means):
    """the right numbers in another **order**. {example} `[[0.75, 0.25], [3.556, 0], [1.333, 4]]`. Weights, then means,
    then variances, (4.12)."""
    weights, means, variances = _m_step(points, r)
    return weights, variances, means


@m_step.mistake("mean of squares alone")
def _(points, r, old_means):
    """your third result is the mean of the **squares** of the points. {example} `[[0.75, 0.25], [1.333, 4], [5.333,
    16]]`. Take the square of the mean away, or square the distance from the mean, (4.12)."""
    weights, means, _ = _m_step(points, r)
    return weights, means, r.T @ points**2 / r.sum(axis=0)


@m_step.mistake("means not divided", example=(np.array([1.0, 3.0]), *SOFT[1:]))
def _(points, r, old_means):
    """your **means** are sums of r times the points, not divided by the sum of r. For `points = [1, 3]` and `r = [[1,
    0], [0.5, 0.5]]` you return `[[0.75, 0.25], [2.5, 1.5], [1.583, 2.25]]`. Look again at (4.12)."""
    means = r.T @ points
    return r.mean(axis=0), means, (r * (points[:, None] - means) ** 2).sum(axis=0) / r.sum(axis=0)


@m_step.mistake("summed along the rows")
def _(points, r, old_means):
    """you sum along the **rows** of r: a result for each point. {example} `[[0.5, 0.5], [0, 4], [0, 0]]`. A column
    belongs to a component, so sum along `axis=0`, (4.12)."""
    total = r.sum(axis=1)
    means = (r * points[:, None]).sum(axis=1) / total
    return total / len(points), means, (r * (points[:, None] - means[:, None]) ** 2).sum(axis=1) / total


@m_step.mistake(
    "weights divided by k",
    example=(np.array([0.0, 3.0, 6.0]), np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]), np.zeros(2)),
)
def _(points, r, old_means):
    """your **weights** are divided by the number of *components*: for three points, 0, 3, 6, with the shares 1 0, ½ ½
    and 0 1 you return `[[0.75, 0.75], [1, 5], [2, 2]]`. Divide by the number of points, so that they add up to 1,
    (4.12)."""
    _, means, variances = _m_step(points, r)
    return r.sum(axis=0) / r.shape[1], means, variances


@m_step.mistake(
    "one less in the variance", example=(np.array([0.0, 2.0, 4.0]), np.array([[1.0], [1.0], [1.0]]), np.zeros(1))
)
def _(points, r, old_means):
    """you divide the variance by the sum of r **less 1**, as for a sample. For three points, 0, 2, 4, and one component
    you return `[[1], [2], [4]]`. The likelihood is largest with the sum itself, (4.12)."""
    weights, means, variances = _m_step(points, r)
    total = r.sum(axis=0)
    with np.errstate(divide="ignore"):
        return weights, means, variances * total / (total - 1)


@m_step.mistake("absolute deviations")
def _(points, r, old_means):
    """your third result is the mean **absolute** deviation. {example} `[[0.75, 0.25], [1.333, 4], [1.778, 0]]`. Square
    it, (4.12)."""
    weights, means, _ = _m_step(points, r)
    return weights, means, (r * np.abs(points[:, None] - means)).sum(axis=0) / r.sum(axis=0)


@m_step.mistake("variance not divided")
def _(points, r, old_means):
    """your **variance** is a sum, not divided by the sum of r. {example} `[[0.75, 0.25], [1.333, 4], [5.333, 0]]`. Look
    again at (4.12)."""
    weights, means, variances = _m_step(points, r)
    return weights, means, variances * r.sum(axis=0)


@m_step.mistake("variance not weighted")
def _(points, r, old_means):
    """r is missing in your **variance**, so all points count alike. {example} `[[0.75, 0.25], [1.333, 4], [4.444, 8]]`.
    Weigh them, as in the mean, (4.12)."""
    weights, means, _ = _m_step(points, r)
    return weights, means, ((points[:, None] - means) ** 2).mean(axis=0)


@m_step.mistake("means divided by the number of points")
def _(points, r, old_means):
    """your **means** are divided by the number of points, not by the sum of r. {example} `[[0.75, 0.25], [1, 1],
    [3.667, 9]]`. Look again at (4.12)."""
    means = r.T @ points / len(points)
    return r.mean(axis=0), means, (r * (points[:, None] - means) ** 2).sum(axis=0) / r.sum(axis=0)


@m_step.mistake("half-way to the new means")
def _(points, r, old_means):
    """your means are **half-way** between the old and the new. {example} `[[0.75, 0.25], [1.167, 3.5], [3.583, 0.25]]`.
    The old ones have no say, (4.12)."""
    weights, means, _ = _m_step(points, r)
    means = (means + old_means) / 2
    return weights, means, (r * (points[:, None] - means) ** 2).sum(axis=0) / r.sum(axis=0)


@m_step.mistake("variance about the mean of all points")
def _(points, r, old_means):
    """your variance is taken about the mean of **all** points. {example} `[[0.75, 0.25], [1.333, 4], [4, 4]]`. Each
    component has its own mean, (4.12)."""
    weights, means, _ = _m_step(points, r)
    return weights, means, (r * (points[:, None] - points.mean()) ** 2).sum(axis=0) / r.sum(axis=0)


# --- 4.7 flooding from a seed -----------------------------------------------------------------------------------------

FOUR_STEPS = ((-1, 0), (0, -1), (0, 1), (1, 0))
DIAGONAL = tuple((i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0))


def _seeded(rng):
    yield np.array([[1.0, 2.0, 3.0, 2.0, 1.0]]), (0, 1), 0.5
    yield np.array([[5.0, 5.0], [0.0, 5.0]]), (1, 0), 1.0
    for shape, tolerance in (
        ((3, 4), 2),
        ((5, 5), 3),
        ((6, 8), 4),
        ((9, 7), 2),
        ((10, 12), 3),
        ((8, 9), 1),
        ((7, 11), 2),
    ):
        image = rng.integers(0, 8, shape)
        image = (image + np.roll(image, 1, axis=0)) // 2 + np.arange(shape[1]) // 3
        yield image.astype(float), tuple(int(rng.integers(n)) for n in shape), float(tolerance)
    yield np.add.outer(np.arange(6.0), np.arange(8.0)), (2, 3), 2.0  # a slope
    yield (np.indices((5, 6)).sum(axis=0) % 2).astype(float), (2, 2), 0.5  # a chessboard
    yield np.array([[2.0, 9.0, 2.0], [2.0, 2.0, 9.0], [9.0, 2.0, 2.0]]), (0, 0), 3.0


def _reached(image, seed, close, steps=FOUR_STEPS):
    """Pixels reached from the seed by steps over which close(here, there) holds."""
    found, waiting = {tuple(seed)}, [tuple(seed)]
    while waiting:
        i, j = waiting.pop()
        for a, b in ((i + di, j + dj) for di, dj in steps):
            if 0 <= a < image.shape[0] and 0 <= b < image.shape[1] and (a, b) not in found:
                if close(image[i, j], image[a, b]):
                    found.add((a, b))
                    waiting.append((a, b))
    mask = np.zeros(image.shape, bool)
    mask[tuple(np.transpose(list(found)))] = True
    return mask


flood = FunctionExercise(
    "4.7",
    "The magic wand",
    cases=_seeded,
    oracle=lambda image, seed, tolerance: _reached(
        image, seed, lambda here, there: abs(there - image[seed]) <= tolerance
    ),
    solution="""
    import numpy as np
    from scipy.ndimage import label

    def flood(image, seed, tolerance):
        pieces, _ = label(np.abs(image - image[seed]) <= tolerance)
        return pieces == pieces[seed]
    """,
    example=(np.array([[1.0, 2.0, 3.0, 1.0, 0.0, 1.0]]), (0, 0), 1.0),
    example_words="For `image = [[1, 2, 3, 1, 0, 1]]`, `seed = (0, 0)`, `tolerance = 1`",
    hints=(
        "Two questions: is a pixel alike enough, and can one get to it?",
        "Mark all pixels whose value is close to the seed's; then keep the connected piece that holds the seed.",
        "`pieces, _ = ndimage.label(np.abs(image - image[seed]) <= tolerance)`, then compare with `pieces[seed]`.",
    ),
    fixed=("image.ndim", "image.dtype"),
)


@flood.mistake("tolerance to the neighbour")
def _(image, seed, tolerance):
    """you compare each pixel with its **neighbour**, not with the seed, and so you creep along every slow slope.
    {example} you return `[[True, True, True, False, False, False]]`. Look again at section 12."""
    return _reached(image, seed, lambda here, there: abs(there - here) <= tolerance)


@flood.mistake("diagonal steps", example=(np.array([[1.0, 9.0], [9.0, 1.0]]), (0, 0), 1.0))
def _(image, seed, tolerance):
    """you also step **diagonally**. For `image = [[1, 9], [9, 1]]`, `seed = (0, 0)`, `tolerance = 1` you return
    `[[True, False], [False, True]]`: by steps up, down, left and right nothing is reached. Look again at section 12."""
    return _reached(image, seed, lambda here, there: abs(there - image[seed]) <= tolerance, DIAGONAL)


@flood.mistake("every pixel within tolerance")
def _(image, seed, tolerance):
    """you take **every** pixel within the tolerance, wherever it is. {example} you return `[[True, True, False, True,
    True, True]]`. It must also be reached from the seed, section 12."""
    return np.abs(image - image[seed]) <= tolerance


@flood.mistake("strictly within", example=(np.array([[1.0, 2.0, 1.5]]), (0, 0), 1.0))
def _(image, seed, tolerance):
    """`<` leaves out the pixels that are **just** `tolerance` away. For `image = [[1, 2, 1.5]]`, `seed = (0, 0)`,
    `tolerance = 1` you return `[[True, False, False]]`. Within means `<=` here, section 12."""
    return _reached(image, seed, lambda here, there: abs(there - image[seed]) < tolerance)


@flood.mistake("signed difference", example=(np.array([[5.0, 1.0, 5.0]]), (0, 0), 1.0))
def _(image, seed, tolerance):
    """you compare the **signed** difference, so whatever is darker than the seed gets in. For `image = [[5, 1, 5]]`,
    `seed = (0, 0)`, `tolerance = 1` you return `[[True, True, True]]`. Take `np.abs`, section 12."""
    return _reached(image, seed, lambda here, there: there - image[seed] <= tolerance)


@flood.mistake("one step only", example=(np.array([[1.0, 1.0, 1.0, 1.0]]), (0, 0), 1.0))
def _(image, seed, tolerance):
    """you look at the neighbours of the **seed** only. For `image = [[1, 1, 1, 1]]`, `seed = (0, 0)`, `tolerance = 1`
    you return `[[True, True, False, False]]`. Go on from each pixel that is added, section 12."""
    near = np.add.outer(np.abs(np.arange(image.shape[0]) - seed[0]), np.abs(np.arange(image.shape[1]) - seed[1])) <= 1
    return near & (np.abs(image - image[seed]) <= tolerance)


@flood.mistake("along the seed's row and column", example=(np.array([[1.0, 1.0], [1.0, 1.0]]), (0, 0), 1.0))
def _(image, seed, tolerance):
    """you go straight from the seed only, along its **row and its column**. For a flat image of 2 × 2, `seed = (0, 0)`,
    `tolerance = 1` you return `[[True, True], [True, False]]`. Paths may bend, section 12."""
    alike = np.abs(image - image[seed]) <= tolerance
    mask = np.zeros(image.shape, bool)
    for di, dj in ((-1, 0), (0, -1), (0, 1), (1, 0)):
        i, j = seed
        while 0 <= i < image.shape[0] and 0 <= j < image.shape[1] and alike[i, j]:
            mask[i, j] = True
            i, j = i + di, j + dj
    return mask


@flood.mistake("the seed left out", example=(np.array([[1.0, 1.0, 9.0]]), (0, 0), 1.0))
def _(image, seed, tolerance):
    """the **seed** itself is missing. For `image = [[1, 1, 9]]`, `seed = (0, 0)`, `tolerance = 1` you return `[[False,
    True, False]]`. It belongs to its region, section 12."""
    mask = _reached(image, seed, lambda here, there: abs(there - image[seed]) <= tolerance)
    mask[seed] = False
    return mask


@flood.mistake("x and y exchanged", example=(np.array([[1.0, 1.0, 1.0], [5.0, 5.0, 9.0]]), (0, 1), 1.0))
def _(image, seed, tolerance):
    """you read the seed as **(column, row)**. For `image = [[1, 1, 1], [5, 5, 9]]`, `seed = (0, 1)`, `tolerance = 1`
    you return `[[False, False, False], [True, True, False]]`. A position is (row, column), section 12."""
    at = seed[1], seed[0]
    return _reached(image, at, lambda here, there: abs(there - image[at]) <= tolerance)


@flood.mistake(
    "all of its row-and-column neighbours, to the right and down only",
    example=(np.array([[1.0, 1.0, 1.0]]), (0, 1), 1.0),
)
def _(image, seed, tolerance):
    """you step only **to the right and down**. For `image = [[1, 1, 1]]`, `seed = (0, 1)`, `tolerance = 1` you return
    `[[False, True, True]]`. Steps lead up and left, too, section 12."""
    return _reached(image, seed, lambda here, there: abs(there - image[seed]) <= tolerance, ((0, 1), (1, 0)))


@flood.mistake("one pass over the image", example=(np.array([[1.0, 9.0, 1.0], [1.0, 1.0, 1.0]]), (0, 2), 1.0))
def _(image, seed, tolerance):
    """you pass over the image **once**, row after row, and what leads up or to the left is reached too late. For `image
    = [[1, 9, 1], [1, 1, 1]]`, `seed = (0, 2)`, `tolerance = 1` you return `[[False, False, True], [False, False,
    True]]`. Go on until nothing is added, section 12."""
    mask = np.zeros(image.shape, bool)
    mask[seed] = True
    for i, j in np.ndindex(image.shape):
        around = [(i - 1, j), (i, j - 1), (i, j + 1), (i + 1, j)]
        touched = any(mask[a, b] for a, b in around if 0 <= a < image.shape[0] and 0 <= b < image.shape[1])
        if touched and abs(image[i, j] - image[seed]) <= tolerance:
            mask[i, j] = True
    return mask


@flood.mistake("equal values only", example=(np.array([[2.0, 2.0, 2.5]]), (0, 0), 1.0))
def _(image, seed, tolerance):
    """the **tolerance** has no effect: only pixels with just the seed's value get in. For `image = [[2, 2, 2.5]]`,
    `seed = (0, 0)`, `tolerance = 1` you return `[[True, True, False]]`. Look again at section 12."""
    return _reached(image, seed, lambda here, there: there == image[seed])


def _numbered(image, seed, tolerance):
    return regions.label(np.abs(image - image[seed]) <= tolerance)


@flood.mistake("piece number 1", example=(np.array([[1.0, 9.0, 1.0, 1.0]]), (0, 2), 1.0))
def _(image, seed, tolerance):
    """you return the **first** piece, whose number is 1, and not the one that holds the seed. For `image = [[1, 9, 1,
    1]]`, `seed = (0, 2)`, `tolerance = 1` you return `[[True, False, False, False]]`. Compare with `pieces[seed]`,
    section 12."""
    return _numbered(image, seed, tolerance) == 1


@flood.mistake("the largest piece", example=(np.array([[1.0, 9.0, 1.0, 1.0]]), (0, 0), 1.0))
def _(image, seed, tolerance):
    """you return the **largest** piece, and not the one that holds the seed. For `image = [[1, 9, 1, 1]]`, `seed = (0,
    0)`, `tolerance = 1` you return `[[False, False, True, True]]`. Compare with `pieces[seed]`, section 12."""
    pieces = _numbered(image, seed, tolerance)
    return pieces == 1 + np.argmax(np.bincount(pieces.ravel())[1:])


@flood.mistake("the numbers of all pieces", example=(np.array([[1.0, 9.0, 1.0]]), (0, 0), 1.0))
def _(image, seed, tolerance):
    """you return the **numbers** of all pieces that are alike enough. For `image = [[1, 9, 1]]`, `seed = (0, 0)`,
    `tolerance = 1` you return `[[1, 0, 2]]`. Which of them holds the seed? Compare with `pieces[seed]`, section 12."""
    return _numbered(image, seed, tolerance)


@flood.mistake("tolerance to the region's mean", example=(np.array([[2.0, 4.0, 5.0, 9.0]]), (0, 0), 2.0))
def _(image, seed, tolerance):
    """you compare with the **mean** of the region so far, which drifts away from the seed. For `image = [[2, 4, 5,
    9]]`, `seed = (0, 0)`, `tolerance = 2` you return `[[True, True, True, False]]`. Look again at section 12."""
    mask = np.zeros(image.shape, bool)
    mask[seed] = True
    for _ in range(image.size):
        padded = np.pad(mask, 1)
        near = padded[:-2, 1:-1] | padded[2:, 1:-1] | padded[1:-1, :-2] | padded[1:-1, 2:]
        grown = mask | near & (np.abs(image - image[mask].mean()) <= tolerance)
        if (grown == mask).all():
            break
        mask = grown
    return mask


@flood.mistake("the values of the region", example=(np.array([[3.0, 9.0]]), (0, 0), 1.0))
def _(image, seed, tolerance):
    """you return the **values** of the region. For `image = [[3, 9]]`, `seed = (0, 0)`, `tolerance = 1` you return
    `[[3, 0]]`. A mask is asked for, True or False, section 12."""
    pieces = _numbered(image, seed, tolerance)
    return image * (pieces == pieces[seed])


def _spread(image, seed, tolerance, places):
    """From the seed on; ``places`` says what the neighbours of a pixel are."""
    mask, waiting = np.zeros(image.shape, bool), [tuple(seed)]
    mask[seed] = True
    while waiting:
        for place in places(*waiting.pop()):
            if not mask[place] and abs(image[place] - image[seed]) <= tolerance:
                mask[place] = True
                waiting.append(place)
    return mask


@flood.mistake("wrapped around", example=(np.array([[1.0, 9.0, 1.0, 9.0, 1.0]]), (0, 0), 1.0))
def _(image, seed, tolerance):
    """your steps leave the image and come in **on the other side**. For `image = [[1, 9, 1, 9, 1]]`, `seed = (0, 0)`,
    `tolerance = 1` you return `[[True, False, False, False, True]]`. The image ends at its border, section 12."""
    rows, columns = image.shape
    return _spread(image, seed, tolerance, lambda i, j: [((i + a) % rows, (j + b) % columns) for a, b in FOUR_STEPS])


@flood.mistake("index −1 at the border", example=(np.array([[1.0, 9.0, 9.0, 1.0, 1.0, 9.0, 1.0]]), (0, 0), 1.0))
def _(image, seed, tolerance):
    """at the first row and column you step to **index −1**, which in Python is the last. For `image = [[1, 9, 9, 1, 1,
    9, 1]]`, `seed = (0, 0)`, `tolerance = 1` you return `[[True, False, False, False, False, False, True]]`. Ask for `0
    <= i`, too, section 12."""
    rows, columns = image.shape

    def places(i, j):
        return [(i + a, j + b) for a, b in FOUR_STEPS if -rows <= i + a < rows and -columns <= j + b < columns]

    return _spread(image, seed, tolerance, places)


@flood.mistake("half of the tolerance", example=(np.array([[1.0, 2.0, 3.0, 1.0, 9.0]]), (0, 0), 2.0))
def _(image, seed, tolerance):
    """you allow **half** of the tolerance. For `image = [[1, 2, 3, 1, 9]]`, `seed = (0, 0)`, `tolerance = 2` you return
    `[[True, True, False, False, False]]`. A value may be off by the whole of it, up and down, section 12."""
    return _reached(image, seed, lambda here, there: abs(there - image[seed]) <= tolerance / 2)


@flood.mistake("brighter only", example=(np.array([[1.0, 2.0, 3.0, 3.0, 1.0, 1.0]]), (0, 1), 1.0))
def _(image, seed, tolerance):
    """you let in what is **brighter** than the seed, but not what is darker. For `image = [[1, 2, 3, 3, 1, 1]]`, `seed
    = (0, 1)`, `tolerance = 1` you return `[[False, True, True, True, False, False]]`. Take `np.abs`, section 12."""
    return _reached(image, seed, lambda here, there: 0 <= there - image[seed] <= tolerance)


@flood.mistake("tolerance as a share", example=(np.array([[9.0, 4.0, 6.0, 9.0]]), (0, 1), 1.0))
def _(image, seed, tolerance):
    """you take the tolerance for a **share** of the seed's value. For `image = [[9, 4, 6, 9]]`, `seed = (0, 1)`,
    `tolerance = 1` you return `[[False, True, True, False]]`. It is a difference of values, section 12."""
    return _reached(image, seed, lambda here, there: abs(there - image[seed]) <= tolerance * image[seed])


@flood.mistake("the first pixel for the seed", example=(np.array([[1.0, 9.0, 5.0, 9.0, 5.0]]), (0, 2), 1.0))
def _(image, seed, tolerance):
    """you start from the **first pixel**, and the seed has no effect. For `image = [[1, 9, 5, 9, 5]]`, `seed = (0, 2)`,
    `tolerance = 1` you return `[[True, False, False, False, False]]`. Look again at section 12."""
    return _reached(image, (0, 0), lambda here, there: abs(there - image[0, 0]) <= tolerance)


@flood.mistake("the rim as well", example=(np.array([[9.0, 9.0, 1.0, 9.0, 9.0]]), (0, 2), 1.0))
def _(image, seed, tolerance):
    """you also take the pixels **at which you stop**, the rim of the region. For `image = [[9, 9, 1, 9, 9]]`, `seed =
    (0, 2)`, `tolerance = 1` you return `[[False, True, True, True, False]]`. Only what is within the tolerance belongs
    to it, section 12."""
    padded = np.pad(_reached(image, seed, lambda here, there: abs(there - image[seed]) <= tolerance), 1)
    return padded[1:-1, 1:-1] | padded[:-2, 1:-1] | padded[2:, 1:-1] | padded[1:-1, :-2] | padded[1:-1, 2:]


@flood.mistake("holes filled", example=(np.array([[1.0, 1.0, 1.0], [1.0, 9.0, 1.0], [1.0, 1.0, 1.0]]), (0, 0), 1.0))
def _(image, seed, tolerance):
    """you fill the **holes** of the region. For a 9 in the middle of eight ones, `seed = (0, 0)`, `tolerance = 1` you
    return `[[True, True, True], [True, True, True], [True, True, True]]`. What differs by more than the tolerance stays
    outside, section 12."""
    from scipy.ndimage import binary_fill_holes

    return binary_fill_holes(_reached(image, seed, lambda here, there: abs(there - image[seed]) <= tolerance))


@flood.mistake("squares against the tolerance", example=(np.array([[1.0, 2.0, 3.0, 3.0, 9.0, 9.0]]), (0, 0), 2.0))
def _(image, seed, tolerance):
    """you compare the **square** of the difference with the tolerance. For `image = [[1, 2, 3, 3, 9, 9]]`, `seed = (0,
    0)`, `tolerance = 2` you return `[[True, True, False, False, False, False]]`. Look again at section 12."""
    return _reached(image, seed, lambda here, there: (there - image[seed]) ** 2 <= tolerance)


@flood.mistake("close to the mean of the image", example=(np.array([[1.0, 3.0, 4.0, 8.0, 9.0]]), (0, 0), 2.0))
def _(image, seed, tolerance):
    """you compare with the **mean of the image**, not with the seed. For `image = [[1, 3, 4, 8, 9]]`, `seed = (0, 0)`,
    `tolerance = 2` you return `[[True, False, False, True, True]]`. Look again at section 12."""
    pieces = regions.label(np.abs(image - image.mean()) <= tolerance)
    return pieces == pieces[seed]


@flood.mistake("signed difference, the other way", example=(np.array([[5.0, 9.0, 9.0, 9.0, 9.0, 9.0]]), (0, 0), 1.0))
def _(image, seed, tolerance):
    """you compare the **signed** difference, so whatever is brighter than the seed gets in. For `image = [[5, 9, 9, 9,
    9, 9]]`, `seed = (0, 0)`, `tolerance = 1` you return `[[True, True, True, True, True, True]]`. Take `np.abs`,
    section 12."""
    return _reached(image, seed, lambda here, there: image[seed] - there <= tolerance)


@flood.mistake("the seed's row and column", example=(np.array([[1.0, 9.0, 1.0, 1.0, 9.0, 1.0]]), (0, 0), 1.0))
def _(image, seed, tolerance):
    """you keep what is alike in the seed's **row and column**, whether one gets there or not. For `image = [[1, 9, 1,
    1, 9, 1]]`, `seed = (0, 0)`, `tolerance = 1` you return `[[True, False, True, True, False, True]]`. Walk from pixel
    to pixel, section 12."""
    mask = np.abs(image - image[seed]) <= tolerance
    cross = np.zeros(image.shape, bool)
    cross[seed[0]] = cross[:, seed[1]] = True
    return mask & cross


# --- 4.8 an energy ----------------------------------------------------------------------------------------------------


def _labellings(rng):
    yield np.array([[0, 1]]), np.array([[[2.0, 5.0], [4.0, 1.0]]]), 3.0
    yield np.array([[0], [1], [1]]), np.array([[[1, 2]], [[3, 4]], [[5, 6]]]), 10
    for shape, k in (((2, 3), 2), ((4, 3), 3), ((5, 5), 2), ((6, 4), 4), ((3, 7), 2)):
        yield rng.integers(0, k, shape), rng.integers(0, 9, (*shape, k)), int(rng.integers(1, 6))
    yield rng.integers(0, 3, (4, 6)), rng.normal(size=(4, 6, 3)).round(2), 0.75
    yield rng.integers(0, 2, (3, 3)), rng.random((3, 3, 2)).round(2), 0.0
    yield np.array([[0, 2, 2], [1, 1, 0]]), rng.integers(0, 5, (2, 3, 3)), 2.5


def _paid(labels, unary, smoothness, difference=lambda a, b: a != b, steps=((0, 1), (1, 0)), wrap=False):
    total = 0.0
    rows, columns = labels.shape
    for i, j in np.ndindex(rows, columns):
        total += unary[i, j, labels[i, j]]
        for di, dj in steps:
            a, b = (i + di) % rows if wrap else i + di, (j + dj) % columns if wrap else j + dj
            if 0 <= a < rows and 0 <= b < columns:
                total += smoothness * float(difference(int(labels[i, j]), int(labels[a, b])))
    return total


LABELLED = (np.array([[0, 1], [0, 0]]), np.array([[[1, 7], [8, 2]], [[3, 9], [6, 4]]]), 10)

energy = FunctionExercise(
    "4.8",
    "The energy of a labelling",
    cases=_labellings,
    oracle=_paid,
    solution="""
    import numpy as np

    def energy(labels, unary, smoothness):
        rows, columns = np.indices(labels.shape)
        pairs = (labels[1:] != labels[:-1]).sum() + (labels[:, 1:] != labels[:, :-1]).sum()
        return unary[rows, columns, labels].sum() + smoothness * pairs
    """,
    example=LABELLED,
    example_words=(
        "For `labels = [[0, 1], [0, 0]]`, unary costs of 1 or 7, 8 or 2 / 3 or 9, 6 or 4 and `smoothness = 10` "
        "you return"
    ),
    hints=(
        "Two sums: what each pixel pays for its label, and what each pair of neighbours pays.",
        "`labels[1:] != labels[:-1]` compares each pixel with the one above. There is one more direction.",
        "`np.take_along_axis(unary, labels[..., None], axis=2).sum()` is the first sum.",
    ),
    fixed=("labels.ndim", "labels.dtype", "unary.ndim"),
)


@energy.mistake("neighbours counted twice")
def _(labels, unary, smoothness):
    """each pair of neighbours counts **twice**, once from either side. {example} `52`, expected 32. Look at the pixel
    below and the one to the right only, (4.15)."""
    return _paid(labels, unary, 2 * smoothness)


@energy.mistake("8 neighbours", example=(np.array([[0, 0], [0, 1]]), np.zeros((2, 2, 2)), 1))
def _(labels, unary, smoothness):
    """you also count **diagonal** pairs: for `labels = [[0, 0], [0, 1]]`, no unary costs and `smoothness = 1` you
    return `3`, expected 2. A pixel has four neighbours, (4.15)."""
    return _paid(labels, unary, smoothness, steps=((0, 1), (1, 0), (1, 1), (1, -1)))


@energy.mistake("8 neighbours, each pair twice", example=(np.array([[0, 0], [0, 1]]), np.zeros((2, 2, 2)), 1))
def _(labels, unary, smoothness):
    """you count **eight** neighbours, and each pair **twice**, once from either side: for `labels = [[0, 0], [0, 1]]`,
    no unary costs and `smoothness = 1` you return `6`, expected 2. Look at the pixel below and the one to the right
    only, (4.15)."""
    return _paid(labels, unary, 2 * smoothness, steps=((0, 1), (1, 0), (1, 1), (1, -1)))


@energy.mistake("equal pairs counted", example=(np.array([[0, 0, 1, 1, 1]]), np.zeros((1, 5, 2)), 5))
def _(labels, unary, smoothness):
    """you count the pairs that are **equal**: for `labels = [[0, 0, 1, 1, 1]]`, no unary costs and `smoothness = 5` you
    return `15`, expected 5. A pair pays where its labels differ, (4.15)."""
    return _paid(labels, unary, smoothness, lambda a, b: a == b)


@energy.mistake("equal pairs rewarded", example=(np.array([[0, 0, 1]]), np.zeros((1, 3, 2)), 1))
def _(labels, unary, smoothness):
    """equal neighbours **lower** your energy, as in Ising's model: for `labels = [[0, 0, 1]]`, no unary costs and
    `smoothness = 1` you return `0`, expected 1. In (4.15) they cost nothing."""
    return _paid(labels, unary, smoothness, lambda a, b: 1 if a != b else -1)


@energy.mistake("pairs within a row only", example=(np.array([[0, 1], [1, 1]]), np.zeros((2, 2, 2)), 1))
def _(labels, unary, smoothness):
    """you compare neighbours within a **row** only: for `labels = [[0, 1], [1, 1]]`, no unary costs and `smoothness =
    1` you return `1`, expected 2. Pairs one above the other count, too, (4.15)."""
    return _paid(labels, unary, smoothness, steps=((0, 1),))


@energy.mistake("pairs within a column only", example=(np.array([[0, 1, 1], [1, 1, 0]]), np.zeros((2, 3, 2)), 4))
def _(labels, unary, smoothness):
    """you compare neighbours within a **column** only: for `labels = [[0, 1, 1], [1, 1, 0]]`, no unary costs and
    `smoothness = 4` you return `8`, expected 16. Pairs side by side count, too, (4.15)."""
    return _paid(labels, unary, smoothness, steps=((1, 0),))


@energy.mistake("wrapped around", example=(np.array([[0, 0, 1]]), np.zeros((1, 3, 2)), 1))
def _(labels, unary, smoothness):
    """your image is **wrapped around**: `np.roll` makes the last column a neighbour of the first. For `labels = [[0, 0,
    1]]`, no unary costs and `smoothness = 1` you return `2`, expected 1. Compare slices, as in `labels[:, 1:] !=
    labels[:, :-1]`, (4.15)."""
    return _paid(labels, unary, smoothness, wrap=True)


@energy.mistake("the difference of the labels", example=(np.array([[0, 3]]), np.zeros((1, 2, 4)), 7))
def _(labels, unary, smoothness):
    """you take the **difference** of the labels: for `labels = [[0, 3]]`, no unary costs and `smoothness = 7` you
    return `21`, expected 7. Labels are names: Potts's pair pays the same however they differ, (4.15)."""
    return _paid(labels, unary, smoothness, lambda a, b: abs(a - b))


@energy.mistake("the square of the difference", example=(np.array([[0, 3]]), np.zeros((1, 2, 4)), 7))
def _(labels, unary, smoothness):
    """you take the **square** of the difference of the labels: for `labels = [[0, 3]]`, no unary costs and `smoothness
    = 7` you return `63`, expected 7. Labels are names: Potts's pair pays the same however they differ, (4.15)."""
    return _paid(labels, unary, smoothness, lambda a, b: (a - b) ** 2)


@energy.mistake("the smallest costs")
def _(labels, unary, smoothness):
    """you add the **smallest** unary cost of each pixel, whatever its label is. {example} `30`, expected 32. A pixel
    pays for the label that it has, (4.15)."""
    return unary.min(axis=2).sum() + _paid(labels, np.zeros(unary.shape), smoothness)


@energy.mistake("all costs of a pixel")
def _(labels, unary, smoothness):
    """you add **all** unary costs of a pixel, those of labels that it does not have as well. {example} `60`, expected
    32. It pays for the label that it has, (4.15)."""
    return unary.sum() + _paid(labels, np.zeros(unary.shape), smoothness)


@energy.mistake("no unary costs")
def _(labels, unary, smoothness):
    """you leave the **unary** costs out. {example} `20`, expected 32. Each pixel pays for its label, (4.15)."""
    return _paid(labels, np.zeros(unary.shape), smoothness)


@energy.mistake("a mean of the costs", example=(np.array([[0, 0]]), np.array([[[4.0, 0.0], [9.0, 0.0]]]), 1))
def _(labels, unary, smoothness):
    """you take the **mean** of the unary costs; they are added. For `labels = [[0, 0]]`, unary costs of 4 and 9 for
    label 0 you return `6.5`, expected 13. Look again at (4.15)."""
    alone = _paid(labels, unary, 0)
    return alone / labels.size + _paid(labels, unary, smoothness) - alone


@energy.mistake("smoothness times everything", example=(np.array([[0, 0]]), np.array([[[4.0, 0.0], [9.0, 0.0]]]), 2))
def _(labels, unary, smoothness):
    """you multiply the **unary costs** by smoothness as well. For `labels = [[0, 0]]`, unary costs of 4 and 9 for label
    0 and `smoothness = 2` you return `26`, expected 13. It belongs to the pairs only, (4.15)."""
    return smoothness * _paid(labels, unary, 1)


@energy.mistake("pixels for pairs", example=(np.array([[0, 1, 0]]), np.zeros((1, 3, 2)), 8))
def _(labels, unary, smoothness):
    """you count the **pixels** that have a neighbour with another label, not the pairs. For `labels = [[0, 1, 0]]`, no
    unary costs and `smoothness = 8` you return `24`, expected 16. Look again at (4.15)."""
    differ = np.zeros(labels.shape, bool)
    down, right = labels[1:] != labels[:-1], labels[:, 1:] != labels[:, :-1]
    differ[1:] |= down
    differ[:-1] |= down
    differ[:, 1:] |= right
    differ[:, :-1] |= right
    return _paid(labels, unary, 0) + smoothness * differ.sum()


@energy.mistake("the label times the costs", example=(np.array([[0, 1]]), np.array([[[4.0, 5.0], [9.0, 8.0]]]), 1))
def _(labels, unary, smoothness):
    """you **multiply** the labels and the unary costs. For `labels = [[0, 1]]`, costs of 4 or 5 and 9 or 8 and
    `smoothness = 1` you return `18`, expected 13. A label says *which* cost is paid: it is an index, (4.15)."""
    return (labels[..., None] * unary).sum() + _paid(labels, np.zeros(unary.shape), smoothness)


@energy.mistake("smoothness once for all", example=(np.array([[0, 1, 0, 1]]), np.zeros((1, 4, 2)), 10))
def _(labels, unary, smoothness):
    """you pay smoothness **once**, if any pair differs. For `labels = [[0, 1, 0, 1]]`, no unary costs and `smoothness =
    10` you return `10`, expected 30. Each pair pays, (4.15)."""
    alone = _paid(labels, unary, 0)
    return alone + smoothness * (_paid(labels, unary, 1) > alone + 0.5)


@energy.mistake("the cheapest labels", example=(np.array([[0, 0]]), np.array([[[4.0, 2.0], [9.0, 3.0]]]), 1))
def _(labels, unary, smoothness):
    """`labels` has no effect: you compute the energy of the **cheapest** labels, an `argmin` of the unary costs. For
    `labels = [[0, 0]]`, unary costs of 4 or 2, 9 or 3, you return `5`, expected 13. Look again at (4.15)."""
    return _paid(unary.argmin(axis=2), unary, smoothness)


@energy.mistake("the last row and column left out", example=(np.array([[0, 1], [0, 1]]), np.zeros((2, 2, 2)), 9))
def _(labels, unary, smoothness):
    """your loop over pairs **ends too early**: pairs within the last row and within the last column are missing. For
    `labels = [[0, 1], [0, 1]]`, no unary costs and `smoothness = 9` you return `9`, expected 18. Look again at
    (4.15)."""
    inner = 0
    for i in range(labels.shape[0] - 1):
        for j in range(labels.shape[1] - 1):
            inner += int(labels[i, j] != labels[i + 1, j]) + int(labels[i, j] != labels[i, j + 1])
    return _paid(labels, unary, 0) + smoothness * inner


@energy.mistake("diagonal pairs only", example=(np.array([[0, 1], [1, 1]]), np.zeros((2, 2, 2)), 11))
def _(labels, unary, smoothness):
    """you compare each pixel with the one **diagonally** below. For `labels = [[0, 1], [1, 1]]`, no unary costs and
    `smoothness = 11` you return `11`, expected 22. Neighbours are above, below, left and right, (4.15)."""
    return _paid(labels, unary, smoothness, steps=((1, 1),))


@energy.mistake("pixels at the border left out", example=(np.array([[0, 1, 0]]), np.full((1, 3, 2), 4.0), 3))
def _(labels, unary, smoothness):
    """you look at the neighbours of pixels **inside** only, and of those at all four. For `labels = [[0, 1, 0]]`, where
    every label costs 4, and `smoothness = 3` you return `12`, expected 18. Pixels at the border have neighbours, too,
    (4.15)."""
    total = _paid(labels, unary, 0)
    for i in range(1, labels.shape[0] - 1):
        for j in range(1, labels.shape[1] - 1):
            total += smoothness * sum(int(labels[i + a, j + b] != labels[i, j]) for a, b in FOUR_STEPS)
    return total


@energy.mistake("the costs of label 1", example=(np.array([[0, 0]]), np.array([[[4.0, 3.0], [9.0, 4.0]]]), 1))
def _(labels, unary, smoothness):
    """you add the costs of **label 1**, whatever the labels are. For `labels = [[0, 0]]` and unary costs of 4 or 3, 9
    or 4 you return `7`, expected 13. A pixel pays for the label that it has, (4.15)."""
    return unary[..., 1].sum() + _paid(labels, np.zeros(unary.shape), smoothness)


@energy.mistake("differences that cancel", example=(np.array([[0, 1, 0]]), np.full((1, 3, 2), 11), 4))
def _(labels, unary, smoothness):
    """you add differences **with their signs**, and steps up and down cancel. For `labels = [[0, 1, 0]]`, where every
    label costs 11, and `smoothness = 4` you return `33`, expected 41. Ask whether labels differ, `!=`, (4.15)."""
    total = int(np.diff(labels, axis=0).sum()) + int(np.diff(labels, axis=1).sum())
    return _paid(labels, unary, 0) + smoothness * abs(total)


@energy.mistake("the largest costs", example=(np.array([[0, 0]]), np.array([[[4.0, 20.0], [9.0, 30.0]]]), 1))
def _(labels, unary, smoothness):
    """you add the **largest** unary cost of each pixel. For `labels = [[0, 0]]` and unary costs of 4 or 20, 9 or 30 you
    return `50`, expected 13. A pixel pays for the label that it has, (4.15)."""
    return unary.max(axis=2).sum() + _paid(labels, np.zeros(unary.shape), smoothness)


@energy.mistake("half of the pairs", example=(np.array([[0, 1]]), np.full((1, 2, 2), 50), 3))
def _(labels, unary, smoothness):
    """you **halve** the number of pairs and cut off the fraction. For `labels = [[0, 1]]`, where every label costs 50,
    and `smoothness = 3` you return `100`, expected 103. Only a sum over all four neighbours of every pixel counts each
    pair twice, (4.15)."""
    alone = _paid(labels, unary, 0)
    return alone + smoothness * ((_paid(labels, unary, 1) - alone) // 2)


# --- 4.9 iterated conditional modes -----------------------------------------------------------------------------------


def _noisy(rng):
    yield np.array([[0, 1, 0]]), np.array([[[0.0, 3.0], [1.0, 0.0], [0.0, 3.0]]]), 1.0
    yield np.array([[0], [1]]), np.array([[[1, 1]], [[1, 1]]]), 1  # a tie
    for shape in ((2, 3), (3, 3), (4, 5), (6, 5), (5, 8), (6, 6), (7, 5), (5, 7), (8, 6), (7, 7), (6, 9), (9, 8)):
        yield rng.integers(0, 2, shape), rng.integers(0, 6, (*shape, 2)), int(rng.integers(1, 3))
    yield np.indices((4, 6)).sum(axis=0) % 2, np.zeros((4, 6, 2)), 1.5  # a chessboard
    yield rng.integers(0, 2, (5, 5)), rng.normal(size=(5, 5, 2)).round(2), 0.6
    yield rng.integers(0, 2, (4, 4)), rng.random((4, 4, 2)).round(2), 0.0


def _swept(labels, unary, smoothness, *, seen=None, steps=FOUR_STEPS, order=None, choose=None, wrap=False):
    """One sweep; ``seen`` are the labels that pixels look at (by default those of the sweep itself)."""
    new = labels.copy()
    seen = new if seen is None else seen
    rows, columns = labels.shape
    for i, j in np.ndindex(rows, columns) if order is None else order:
        around = [(i + di, j + dj) for di, dj in steps]
        if wrap:
            around = [(a % rows, b % columns) for a, b in around]
        around = [seen[a, b] for a, b in around if 0 <= a < rows and 0 <= b < columns]
        costs = [unary[i, j, k] + smoothness * sum(other != k for other in around) for k in (0, 1)]
        if choose is not None:
            new[i, j] = choose(costs, new[i, j])
        elif costs[0] != costs[1]:
            new[i, j] = int(costs[1] < costs[0])
    return new


NOISY = (np.array([[0, 1, 0, 1]]), np.array([[[0, 3], [2, 1], [1, 2], [2, 1]]]), 2)

icm_sweep = FunctionExercise(
    "4.9",
    "A sweep of ICM",
    cases=_noisy,
    oracle=_swept,
    solution="""
    def icm_sweep(labels, unary, smoothness):
        labels = labels.copy()
        rows, columns = labels.shape
        for i in range(rows):
            for j in range(columns):
                cost = [float(unary[i, j, 0]), float(unary[i, j, 1])]
                for a, b in ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)):
                    if 0 <= a < rows and 0 <= b < columns:
                        cost[1 - labels[a, b]] += smoothness
                if cost[0] != cost[1]:
                    labels[i, j] = int(cost[1] < cost[0])
        return labels
    """,
    example=NOISY,
    example_words=(
        "For a row of the labels `0 1 0 1`, the unary costs 0 or 3, 2 or 1, 1 or 2, 2 or 1 and `smoothness = 2` "
        "you return"
    ),
    hints=(
        "What would label 0 cost in this pixel, and what label 1, if its neighbours keep theirs?",
        "Cost of k: `unary[i, j, k]` + smoothness for each neighbour whose label is not k.",
        "Copy the labels first, then change the copy pixel by pixel and read the neighbours from it.",
    ),
    fixed=("labels.ndim", "labels.dtype", "unary.ndim"),
)


@icm_sweep.mistake("all pixels at once")
def _(labels, unary, smoothness):
    """each pixel looks at its neighbours' **old** labels, as if all changed at once. Then two neighbours may swap their
    labels for ever. {example} `[[0, 0, 1, 0]]`. Read from the array that you change, section 13."""
    return _swept(labels, unary, smoothness, seen=labels)


@icm_sweep.mistake("a tie gives 0", example=(np.array([[1, 0]]), np.zeros((1, 2, 2)), 0.0))
def _(labels, unary, smoothness):
    """on a **tie** you give label 0, as `argmin` does. For `labels = [[1, 0]]` and no costs at all you return `[[0,
    0]]`. A tie keeps the label that the pixel has, section 13."""
    return _swept(labels, unary, smoothness, choose=lambda costs, now: int(costs[1] < costs[0]))


@icm_sweep.mistake("a tie gives 1", example=(np.array([[1, 0]]), np.zeros((1, 2, 2)), 0.0))
def _(labels, unary, smoothness):
    """on a **tie** you give label 1. For `labels = [[1, 0]]` and no costs at all you return `[[1, 1]]`. A tie keeps the
    label that the pixel has, section 13."""
    return _swept(labels, unary, smoothness, choose=lambda costs, now: int(costs[1] <= costs[0]))


@icm_sweep.mistake("a tie changes the label", example=(np.array([[1, 0]]), np.zeros((1, 2, 2)), 0.0))
def _(labels, unary, smoothness):
    """on a **tie** you change the label. For `labels = [[1, 0]]` and no costs at all you return `[[0, 1]]`. A tie keeps
    the label that the pixel has, section 13: else the sweeps never end."""
    return _swept(labels, unary, smoothness, choose=lambda costs, now: 1 - now if costs[1 - now] <= costs[now] else now)


@icm_sweep.mistake("the dearer label")
def _(labels, unary, smoothness):
    """each pixel takes the label that costs **more**. {example} `[[1, 0, 1, 0]]`. The lower energy is asked for,
    section 13."""
    return _swept(
        labels, unary, smoothness, choose=lambda costs, now: now if costs[0] == costs[1] else int(costs[1] > costs[0])
    )


@icm_sweep.mistake("equal neighbours pay", example=(np.array([[0, 0, 0]]), np.zeros((1, 3, 2)), 1))
def _(labels, unary, smoothness):
    """in your cost a neighbour pays where it has the **same** label, and pixels flee from each other: for the labels `0
    0 0`, no unary costs and `smoothness = 1` you return `[[1, 0, 1]]`. Smoothness is paid where labels differ, section
    13."""
    return _swept(labels, unary, -smoothness)


@icm_sweep.mistake("smoothness ignored")
def _(labels, unary, smoothness):
    """the **neighbours** have no say. {example} `[[0, 1, 0, 1]]`, the cheapest label of each pixel alone. Add
    smoothness for each neighbour that differs, section 13."""
    return _swept(labels, unary, 0)


@icm_sweep.mistake("unary costs ignored", example=(np.array([[0, 1, 0]]), np.array([[[0, 9], [9, 0], [0, 9]]]), 1))
def _(labels, unary, smoothness):
    """only the **neighbours** count, a vote of the majority. For the labels `0 1 0`, the unary costs 0 or 9, 9 or 0, 0
    or 9 and `smoothness = 1` you return `[[1, 1, 1]]`. What the pixel itself says counts, too, section 13."""
    return _swept(labels, np.zeros(unary.shape), max(smoothness, 1e-9))


@icm_sweep.mistake("smoothness taken as 1", example=(np.array([[0, 1, 0]]), np.array([[[0, 9], [5, 0], [0, 9]]]), 3))
def _(labels, unary, smoothness):
    """you count the neighbours that differ, but do not multiply by **smoothness**. For the labels `0 1 0`, the unary
    costs 0 or 9, 5 or 0, 0 or 9 and `smoothness = 3` you return `[[0, 1, 0]]`. Look again at section 13."""
    return _swept(labels, unary, 1)


@icm_sweep.mistake("8 neighbours", example=(np.array([[0, 0], [1, 1]]), np.zeros((2, 2, 2)), 1))
def _(labels, unary, smoothness):
    """you ask **eight** neighbours, the diagonal ones as well. For `labels = [[0, 0], [1, 1]]`, no unary costs and
    `smoothness = 1` you return `[[1, 1], [1, 1]]`. A pixel has four, section 13."""
    return _swept(labels, unary, smoothness, steps=DIAGONAL)


@icm_sweep.mistake("wrapped around", example=(np.array([[1, 0, 1, 0, 1]]), np.zeros((1, 5, 2)), 1))
def _(labels, unary, smoothness):
    """at the border you look **round the corner**, where the last row or column is a neighbour of the first. For the
    labels `1 0 1 0 1`, no unary costs and `smoothness = 1` you return `[[1, 0, 1, 0, 1]]`. Beyond the border there is
    no neighbour, section 13."""
    return _swept(labels, unary, smoothness, wrap=True)


@icm_sweep.mistake("in the order of a chessboard", example=(np.array([[0, 0, 0, 1, 0]]), np.zeros((1, 5, 2)), 1))
def _(labels, unary, smoothness):
    """you change the pixels of one colour of a **chessboard** first, then the others, as `energies.icm` does. For the
    labels `0 0 0 1 0`, no unary costs and `smoothness = 1` you return `[[0, 0, 0, 1, 1]]`. Here the sweep goes in
    reading order, section 13."""
    places = list(np.ndindex(labels.shape))
    return _swept(labels, unary, smoothness, order=sorted(places, key=lambda place: sum(place) % 2))


@icm_sweep.mistake(
    "swept until nothing changes", example=(np.array([[0, 0, 0, 1]]), np.array([[[0, 1], [2, 1], [2, 1], [0, 1]]]), 1)
)
def _(labels, unary, smoothness):
    """you go on **until nothing changes**: for the labels `0 0 0 1`, where label 0 costs 0, 2, 2, 0 and label 1 costs
    1, and `smoothness = 1` you return `[[0, 1, 1, 1]]`. One sweep is asked for, section 13."""
    for _ in range(20):
        labels = _swept(labels, unary, smoothness)
    return labels


@icm_sweep.mistake("index −1 at the border", example=(np.array([[1, 0, 0, 1]]), np.zeros((1, 4, 2)), 1))
def _(labels, unary, smoothness):
    """at the first row and column you read **index −1**, which in Python is the last. For the labels `1 0 0 1`, no
    unary costs and `smoothness = 1` you return `[[1, 0, 0, 1]]`. Beyond the border there is no neighbour, section
    13."""
    new = labels.copy()
    for i, j in np.ndindex(labels.shape):
        around = [(a, b) for a, b in ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1))]
        around = [new[a, b] for a, b in around if a < labels.shape[0] and b < labels.shape[1]]
        costs = [unary[i, j, k] + smoothness * sum(other != k for other in around) for k in (0, 1)]
        if costs[0] != costs[1]:
            new[i, j] = int(costs[1] < costs[0])
    return new


@icm_sweep.mistake("zeros beyond the border", example=(np.array([[1, 1, 1, 1, 1]]), np.zeros((1, 5, 2)), 1))
def _(labels, unary, smoothness):
    """beyond the border you put neighbours with the label **0**. For the labels `1 1 1 1 1`, no unary costs and
    `smoothness = 1` you return `[[0, 0, 0, 0, 0]]`. There is no neighbour at all, section 13."""
    padded = np.pad(labels, 1)
    costs = np.pad(np.asarray(unary, float), ((1, 1), (1, 1), (0, 0)))
    inside = [(i + 1, j + 1) for i, j in np.ndindex(labels.shape)]
    return _swept(padded, costs, smoothness, order=inside)[1:-1, 1:-1]


@icm_sweep.mistake(
    "pixels at the border left out", example=(np.array([[1, 1, 0]]), np.array([[[0, 9], [9, 0], [0, 9]]]), 1)
)
def _(labels, unary, smoothness):
    """you leave the pixels **at the border** as they are. For the labels `1 1 0`, the unary costs 0 or 9, 9 or 0, 0 or
    9 and `smoothness = 1` you return `[[1, 1, 0]]`. They have fewer neighbours, but a label like all others, section
    13."""
    rows, columns = labels.shape
    inside = [(i, j) for i in range(1, rows - 1) for j in range(1, columns - 1)]
    return _swept(labels, unary, smoothness, order=inside)


@icm_sweep.mistake("neighbours above and to the left only", example=(np.array([[0, 1, 1, 1]]), np.zeros((1, 4, 2)), 1))
def _(labels, unary, smoothness):
    """you ask the neighbours **above and to the left** only, those that were visited already. For the labels `0 1 1 1`,
    no unary costs and `smoothness = 1` you return `[[0, 0, 0, 0]]`. The others count with the labels that they have,
    section 13."""
    return _swept(labels, unary, smoothness, steps=((-1, 0), (0, -1)))


@icm_sweep.mistake("neighbours below and to the right only", example=(np.array([[0, 0, 0, 1]]), np.zeros((1, 4, 2)), 1))
def _(labels, unary, smoothness):
    """you ask the neighbours **below and to the right** only. For the labels `0 0 0 1`, no unary costs and `smoothness
    = 1` you return `[[0, 0, 1, 1]]`. In a sum over all pairs that is enough, here a pixel asks all four, section 13."""
    return _swept(labels, unary, smoothness, steps=((1, 0), (0, 1)))


@icm_sweep.mistake(
    "two sweeps", example=(np.array([[0, 0, 0, 0, 1]]), np.array([[[1, 1], [2, 1], [2, 1], [2, 1], [0, 1]]]), 1)
)
def _(labels, unary, smoothness):
    """you sweep **twice**. For the labels `0 0 0 0 1`, where label 0 costs 1, 2, 2, 2, 0 and label 1 costs 1, and
    `smoothness = 1` you return `[[0, 0, 1, 1, 1]]`. One sweep is asked for, section 13."""
    return _swept(_swept(labels, unary, smoothness), unary, smoothness)


@icm_sweep.mistake(
    "smoothness once", example=(np.array([[0, 0, 1, 0, 0]]), np.array([[[0, 9], [0, 9], [5, 0], [0, 9], [0, 9]]]), 4)
)
def _(labels, unary, smoothness):
    """a pixel pays smoothness **once**, however many of its neighbours differ. For the labels `0 0 1 0 0`, the unary
    costs 0 or 9 but 5 or 0 in the middle, and `smoothness = 4` you return `[[0, 0, 1, 0, 0]]`. It pays for each of
    them, section 13."""
    new = labels.copy()
    for i, j in np.ndindex(labels.shape):
        around = [(i + di, j + dj) for di, dj in FOUR_STEPS]
        around = [new[a, b] for a, b in around if 0 <= a < labels.shape[0] and 0 <= b < labels.shape[1]]
        costs = [unary[i, j, k] + smoothness * any(other != k for other in around) for k in (0, 1)]
        if costs[0] != costs[1]:
            new[i, j] = int(costs[1] < costs[0])
    return new


@icm_sweep.mistake("the cheapest label alone", example=(np.array([[1, 1, 1]]), np.array([[[0, 1], [3, 0], [3, 0]]]), 9))
def _(labels, unary, smoothness):
    """you give each pixel the label with the smallest **unary** cost; its neighbours have no say. For the labels `1 1
    1`, the costs 0 or 1, 3 or 0, 3 or 0 and `smoothness = 9` you return `[[0, 1, 1]]`. Add smoothness for each
    neighbour that differs, section 13."""
    return unary.argmin(axis=2)


@icm_sweep.mistake(
    "a majority first", example=(np.array([[0, 1, 0, 0]]), np.array([[[0, 9], [9, 0], [0, 9], [0, 9]]]), 2)
)
def _(labels, unary, smoothness):
    """you ask the **majority** of the neighbours first, and the unary costs only on a tie. For the labels `0 1 0 0`,
    the unary costs 0 or 9, 9 or 0, 0 or 9, 0 or 9 and `smoothness = 2` you return `[[1, 1, 0, 0]]`. Both are added,
    then compared, section 13."""
    new = labels.copy()
    for i, j in np.ndindex(labels.shape):
        around = [(i + di, j + dj) for di, dj in FOUR_STEPS]
        around = [new[a, b] for a, b in around if 0 <= a < labels.shape[0] and 0 <= b < labels.shape[1]]
        ones = sum(around)
        if 2 * ones != len(around):
            new[i, j] = int(2 * ones > len(around))
        else:
            new[i, j] = int(unary[i, j, 1] < unary[i, j, 0])
    return new


@icm_sweep.mistake("the pixel its own neighbour", example=(np.array([[1, 0, 0, 0]]), np.zeros((1, 4, 2)), 1))
def _(labels, unary, smoothness):
    """you count the pixel **itself** among its neighbours, so it is slow to change. For the labels `1 0 0 0`, no unary
    costs and `smoothness = 1` you return `[[1, 0, 0, 0]]`. It has four neighbours at most, section 13."""
    return _swept(labels, unary, smoothness, steps=((0, 0), *FOUR_STEPS))


@icm_sweep.mistake("neighbours in the row only", example=(np.array([[0], [1], [0]]), np.zeros((3, 1, 2)), 1))
def _(labels, unary, smoothness):
    """you ask the neighbours to the **left and right** only. For a column of the labels `0 1 0`, no unary costs and
    `smoothness = 1` you return `[[0], [1], [0]]`. Those above and below count, too, section 13."""
    return _swept(labels, unary, smoothness, steps=((0, -1), (0, 1)))


@icm_sweep.mistake("backwards", example=(np.array([[1, 0, 1, 0]]), np.zeros((1, 4, 2)), 1))
def _(labels, unary, smoothness):
    """you sweep **backwards**, from the last pixel to the first. For the labels `1 0 1 0`, no unary costs and
    `smoothness = 1` you return `[[1, 1, 1, 1]]`. Reading order begins at the upper left, section 13."""
    return _swept(labels, unary, smoothness, order=list(np.ndindex(labels.shape))[::-1])


@icm_sweep.mistake("started from the cheapest labels", example=(np.array([[0, 1, 1]]), np.zeros((1, 3, 2)), 0.5))
def _(labels, unary, smoothness):
    """you start from the **cheapest** label of each pixel, and those that are given have no effect. For the labels `0 1
    1`, no unary costs and `smoothness = 0.5` you return `[[0, 0, 0]]`. Start from `labels`, section 13."""
    return _swept(unary.argmin(axis=2), unary, smoothness)


@icm_sweep.mistake(
    "a share of the neighbours",
    example=(np.array([[0, 1, 0, 0, 0, 0]]), np.array([[[0, 9], [5, 0], *[[0, 9]] * 4]]), 4),
)
def _(labels, unary, smoothness):
    """you multiply smoothness by the **share** of neighbours that differ, not by their number. For the labels `0 1 0 0
    0 0`, the unary costs 0 or 9 but 5 or 0 for the second and `smoothness = 4` you return `[[0, 1, 0, 0, 0, 0]]`. Each
    of them costs it, section 13."""
    new = labels.copy()
    for i, j in np.ndindex(labels.shape):
        around = [(i + di, j + dj) for di, dj in FOUR_STEPS]
        around = [new[a, b] for a, b in around if 0 <= a < labels.shape[0] and 0 <= b < labels.shape[1]]
        costs = [unary[i, j, k] + smoothness * sum(v != k for v in around) / max(len(around), 1) for k in (0, 1)]
        if costs[0] != costs[1]:
            new[i, j] = int(costs[1] < costs[0])
    return new


@icm_sweep.mistake("a minimum cut", example=(np.array([[1, 1, 1, 1, 1, 1, 1]]), np.array([[[0, 1]] * 7]), 1))
def _(labels, unary, smoothness):
    """you return the cheapest of **all** labellings, as a minimum cut finds it. For seven labels 1 that cost 1 each,
    while 0 costs nothing, and `smoothness = 1` you return `[[0, 0, 0, 0, 0, 0, 0]]`. A sweep changes one pixel after
    the other, section 13."""
    from course_lib.classical.cuts import graph_cut

    return graph_cut(unary, smoothness)


@icm_sweep.mistake("neighbours in the column only", example=(np.array([[0, 1, 0, 0, 0]]), np.zeros((1, 5, 2)), 1))
def _(labels, unary, smoothness):
    """you ask the neighbours **above and below** only. For the labels `0 1 0 0 0` in a row, no unary costs and
    `smoothness = 1` you return `[[0, 1, 0, 0, 0]]`. Those to the left and right count, too, section 13."""
    return _swept(labels, unary, smoothness, steps=((-1, 0), (1, 0)))


@icm_sweep.mistake("diagonal neighbours only", example=(np.array([[1, 0], [0, 1]]), np.zeros((2, 2, 2)), 1))
def _(labels, unary, smoothness):
    """you ask the **diagonal** neighbours in place of the four beside the pixel. For `labels = [[1, 0], [0, 1]]`, no
    unary costs and `smoothness = 1` you return `[[1, 0], [0, 1]]`. Neighbours share an edge, section 13."""
    return _swept(labels, unary, smoothness, steps=((-1, -1), (-1, 1), (1, -1), (1, 1)))


# --- 4.10 a network of pipes ------------------------------------------------------------------------------------------


def _rows(rng):
    yield np.array([[2, 5]]), 3
    yield np.array([[4, 0], [1, 6]]), 0
    for n in (2, 3, 4, 5, 8):
        yield rng.integers(0, 10, (n, 2)), int(rng.integers(1, 8))
    yield np.array([[3, 7], [3, 7], [8, 8], [0, 5]]), 5


def _pipes(unary, smoothness):
    n = len(unary)
    arcs = {(n, i): unary[i][0] for i in range(n)} | {(i, n + 1): unary[i][1] for i in range(n)}
    for i in range(n - 1):
        arcs[i, i + 1] = arcs[i + 1, i] = smoothness
    return np.array([[int(arcs.get((i, j), 0)) for j in range(n + 2)] for i in range(n + 2)])


def _network(unary, smoothness, back=True):
    n = len(unary)
    capacity = np.zeros((n + 2, n + 2), int)
    capacity[n, :n], capacity[:n, n + 1] = unary[:, 0], unary[:, 1]
    for i in range(n - 1):
        capacity[i, i + 1] = smoothness
        capacity[i + 1, i] = smoothness if back else 0
    return capacity


capacities = FunctionExercise(
    "4.10",
    "A row as a network",
    cases=_rows,
    oracle=_pipes,
    solution="""
    import numpy as np

    def capacities(unary, smoothness):
        n = len(unary)
        source, sink = n, n + 1
        capacity = np.zeros((n + 2, n + 2), int)
        capacity[source, :n] = unary[:, 0]
        capacity[:n, sink] = unary[:, 1]
        for i in range(n - 1):
            capacity[i, i + 1] = capacity[i + 1, i] = smoothness
        return capacity
    """,
    example=(np.array([[1, 5], [7, 2]]), 4),
    example_words="For `unary = [[1, 5], [7, 2]]`, `smoothness = 4`",
    hints=(
        "A pixel with label 1 stays with the source. Which pipe is cut then, and what must it cost?",
        "With label 1 the pipe from the pixel to the *sink* is cut: it carries `unary[i, 1]`.",
        "`capacity[n, :n] = unary[:, 0]`, `capacity[:n, n + 1] = unary[:, 1]`, and smoothness between neighbours.",
    ),
    fixed=("unary.ndim", "unary.dtype"),
)


@capacities.mistake("labels inverted")
def _(unary, smoothness):
    """the two **labels** are exchanged. {example} you return `[[0, 4, 0, 1], [4, 0, 0, 7], [5, 2, 0, 0], [0, 0, 0,
    0]]`. A pixel with the source has label 1, and then the pipe to the *sink* is cut, which must cost `unary[i, 1]`,
    (4.16)."""
    return _network(unary[:, ::-1], smoothness)


@capacities.mistake("one way between neighbours")
def _(unary, smoothness):
    """your pipes between neighbours run **one way**. {example} you return `[[0, 4, 0, 5], [0, 0, 0, 2], [1, 7, 0, 0],
    [0, 0, 0, 0]]`. Then a border costs nothing when the source is on its other side, (4.16)."""
    return _network(unary, smoothness, back=False)


@capacities.mistake("smoothness twice")
def _(unary, smoothness):
    """you put **twice** the smoothness between neighbours. {example} you return `[[0, 8, 0, 5], [8, 0, 0, 2], [1, 7, 0,
    0], [0, 0, 0, 0]]`. A cut goes through one of the two directions only, from the source's side to the sink's,
    (4.16)."""
    return _network(unary, 2 * smoothness)


@capacities.mistake("half of the smoothness each way")
def _(unary, smoothness):
    """you put **half** of the smoothness into each direction. {example} you return `[[0, 2, 0, 5], [2, 0, 0, 2], [1, 7,
    0, 0], [0, 0, 0, 0]]`. A cut pays for one direction only, from the source's side to the sink's, (4.16)."""
    n, capacity = len(unary), _network(unary, smoothness)
    capacity[:n, :n] //= 2
    return capacity


@capacities.mistake("pipes to the sink reversed")
def _(unary, smoothness):
    """your last pipes run **from** the sink to the pixels. {example} you return `[[0, 4, 0, 0], [4, 0, 0, 0], [1, 7, 0,
    0], [5, 2, 0, 0]]`. Nothing flows into the sink then. `capacity[i, j]` is the arc i → j, so they stand in the last
    *column*, (4.16)."""
    capacity = _network(unary, smoothness)
    capacity[-1], capacity[:, -1] = capacity[:, -1].copy(), 0
    return capacity


@capacities.mistake("all arcs reversed")
def _(unary, smoothness):
    """your matrix is **transposed**: all pipes run backwards, into the source and out of the sink. {example} you return
    `[[0, 4, 1, 0], [4, 0, 7, 0], [0, 0, 0, 0], [5, 2, 0, 0]]`. `capacity[i, j]` is the arc i → j, (4.16)."""
    return _network(unary, smoothness).T


@capacities.mistake("arcs of the source and the sink both ways")
def _(unary, smoothness):
    """the arcs of source and sink run **both ways**. {example} you return `[[0, 4, 1, 5], [4, 0, 7, 2], [1, 7, 0, 0],
    [5, 2, 0, 0]]`. Only those between neighbours do; what flows back into the source is of no use, (4.16)."""
    capacity = _network(unary, smoothness)
    return np.maximum(capacity, capacity.T)


@capacities.mistake("the source first")
def _(unary, smoothness):
    """you count the **source** as number 0 and shift the pixels by one. {example} you return `[[0, 1, 7, 0], [0, 0, 4,
    5], [0, 4, 0, 2], [0, 0, 0, 0]]`. Pixels are 0 … n − 1, then the source n and the sink n + 1, (4.16)."""
    n = len(unary)
    order = [*range(1, n + 1), 0, n + 1]
    result = np.zeros((n + 2, n + 2), int)
    result[np.ix_(order, order)] = _network(unary, smoothness)
    return result


@capacities.mistake("source and sink exchanged")
def _(unary, smoothness):
    """you take n for the **sink** and n + 1 for the source. {example} you return `[[0, 4, 5, 0], [4, 0, 2, 0], [0, 0,
    0, 0], [1, 7, 0, 0]]`. The source is n, (4.16)."""
    n = len(unary)
    order = [*range(n), n + 1, n]
    return _network(unary, smoothness)[np.ix_(order, order)]


@capacities.mistake("neighbours left out")
def _(unary, smoothness):
    """there are no pipes between **neighbours**. {example} you return `[[0, 0, 0, 5], [0, 0, 0, 2], [1, 7, 0, 0], [0,
    0, 0, 0]]`. Then smoothness costs nothing, (4.16)."""
    return _network(unary, 0)


@capacities.mistake("all pixels joined", example=(np.array([[1, 5], [7, 2], [3, 0]]), 4))
def _(unary, smoothness):
    """you join **all** pixels with each other. For `unary = [[1, 5], [7, 2], [3, 0]]`, `smoothness = 4` you return
    `[[0, 4, 4, 0, 5], [4, 0, 4, 0, 2], [4, 4, 0, 0, 0], [1, 7, 3, 0, 0], [0, 0, 0, 0, 0]]`: the first and the last
    pixel of the row are no neighbours, (4.16)."""
    n = len(unary)
    capacity = _network(unary, 0)
    capacity[:n, :n] = smoothness * (1 - np.eye(n, dtype=int))
    return capacity


@capacities.mistake("differences only")
def _(unary, smoothness):
    """you put only the **difference** of the two costs on a pipe. That has the same minimum, but its cut is not the
    energy. {example} you return `[[0, 4, 0, 4], [4, 0, 0, 0], [0, 5, 0, 0], [0, 0, 0, 0]]`. Here both costs are asked
    for, (4.16)."""
    return _network(unary - unary.min(axis=1, keepdims=True), smoothness)


@capacities.mistake("pipes from the source reversed")
def _(unary, smoothness):
    """your first pipes run **into** the source. {example} you return `[[0, 4, 1, 5], [4, 0, 7, 2], [0, 0, 0, 0], [0, 0,
    0, 0]]`. Nothing flows out of it then. `capacity[i, j]` is the arc i → j, so they stand in the source's *row*,
    (4.16)."""
    n, capacity = len(unary), _network(unary, smoothness)
    capacity[:, n], capacity[n] = capacity[n].copy(), 0
    return capacity


@capacities.mistake("one way, backwards")
def _(unary, smoothness):
    """your pipes between neighbours run **one way** only, from right to left. {example} you return `[[0, 0, 0, 5], [4,
    0, 0, 2], [1, 7, 0, 0], [0, 0, 0, 0]]`. Then a border costs nothing when the source is on its left, (4.16)."""
    capacity = _network(unary, smoothness)
    capacity[np.arange(len(unary) - 1), np.arange(1, len(unary))] = 0
    return capacity


@capacities.mistake("a ring", example=(np.array([[1, 5], [7, 2], [3, 9]]), 4))
def _(unary, smoothness):
    """you join the **last** pixel with the first, as on a ring. For `unary = [[1, 5], [7, 2], [3, 9]]`, `smoothness =
    4` you return `[[0, 4, 4, 0, 5], [4, 0, 4, 0, 2], [4, 4, 0, 0, 9], [1, 7, 3, 0, 0], [0, 0, 0, 0, 0]]`. A row has two
    ends, (4.16)."""
    n, capacity = len(unary), _network(unary, smoothness)
    for i in range(n):
        capacity[i, (i + 1) % n] = capacity[(i + 1) % n, i] = smoothness
    return capacity


@capacities.mistake("one pair too many")
def _(unary, smoothness):
    """your loop makes **one pair too many**: it also joins the last pixel, number n − 1, with n, which is the source.
    {example} you return `[[0, 4, 0, 5], [4, 0, 4, 2], [1, 4, 0, 0], [0, 0, 0, 0]]`. n pixels have n − 1 pairs, `range(n
    - 1)`, (4.16)."""
    n, capacity = len(unary), _network(unary, smoothness)
    capacity[n - 1, n] = capacity[n, n - 1] = smoothness
    return capacity


@capacities.mistake("one pair too many, later overwritten")
def _(unary, smoothness):
    """your loop makes **one pair too many**: a pipe leads from the last pixel, number n − 1, to n, which is the source.
    {example} you return `[[0, 4, 0, 5], [4, 0, 4, 2], [1, 7, 0, 0], [0, 0, 0, 0]]`. n pixels have n − 1 pairs, `range(n
    - 1)`, (4.16)."""
    n, capacity = len(unary), _network(unary, smoothness)
    capacity[n - 1, n] = smoothness
    return capacity


@capacities.mistake("smoothness added to the pipes of source and sink", example=(np.array([[1, 5], [7, 2]]), 3))
def _(unary, smoothness):
    """you add **smoothness** to the pipes of source and sink. For `unary = [[1, 5], [7, 2]]`, `smoothness = 3` you
    return `[[0, 3, 0, 8], [3, 0, 0, 5], [4, 10, 0, 0], [0, 0, 0, 0]]`. A pixel alone pays its unary cost; smoothness
    belongs between neighbours, (4.16)."""
    n, capacity = len(unary), _network(unary, smoothness)
    capacity[n, :n] += smoothness
    capacity[:n, n + 1] += smoothness
    return capacity


@capacities.mistake("one pair too few", example=(np.array([[1, 5], [7, 2], [3, 0]]), 4))
def _(unary, smoothness):
    """the **last pair** of neighbours is missing. For `unary = [[1, 5], [7, 2], [3, 0]]`, `smoothness = 4` you return
    `[[0, 4, 0, 0, 5], [4, 0, 0, 0, 2], [0, 0, 0, 0, 0], [1, 7, 3, 0, 0], [0, 0, 0, 0, 0]]`. n pixels have n − 1 pairs:
    `range(n - 1)`, (4.16)."""
    n, capacity = len(unary), _network(unary, smoothness)
    if n > 1:
        capacity[n - 2, n - 1] = capacity[n - 1, n - 2] = 0
    return capacity


@capacities.mistake("a pipe from source to sink", example=(np.array([[1, 5], [7, 2]]), 6))
def _(unary, smoothness):
    """you lay a pipe from the **source to the sink**. For `unary = [[1, 5], [7, 2]]`, `smoothness = 6` you return `[[0,
    6, 0, 5], [6, 0, 0, 2], [1, 7, 0, 6], [0, 0, 0, 0]]`. Every cut would have to pay for it, (4.16)."""
    capacity = _network(unary, smoothness)
    capacity[-2, -1] = smoothness
    return capacity


@capacities.mistake("one pipe a pixel", example=(np.array([[1, 5], [7, 2]]), 8))
def _(unary, smoothness):
    """you give each pixel **one** pipe, that of its larger cost. For `unary = [[1, 5], [7, 2]]`, `smoothness = 8` you
    return `[[0, 8, 0, 5], [8, 0, 0, 0], [0, 7, 0, 0], [0, 0, 0, 0]]`. It has two: whichever label it takes, it pays,
    (4.16)."""
    return _network(np.where(unary >= unary.max(axis=1, keepdims=True), unary, 0), smoothness)


@capacities.mistake("smoothness times the difference of costs", example=(np.array([[1, 5], [7, 2]]), 2))
def _(unary, smoothness):
    """you multiply smoothness by how much the **costs** of two neighbours differ. For `unary = [[1, 5], [7, 2]]`,
    `smoothness = 2` you return `[[0, 12, 0, 5], [12, 0, 0, 2], [1, 7, 0, 0], [0, 0, 0, 0]]`. In (4.16) it is the same
    between all neighbours."""
    n, capacity = len(unary), _network(unary, smoothness)
    for i in range(n - 1):
        capacity[i, i + 1] *= abs(unary[i, 0] - unary[i + 1, 0])
        capacity[i + 1, i] = capacity[i, i + 1]
    return capacity


@capacities.mistake("pipes from the sink as well", example=(np.array([[1, 5], [7, 2]]), 1))
def _(unary, smoothness):
    """the pipes of the **sink** run both ways. For `unary = [[1, 5], [7, 2]]`, `smoothness = 1` you return `[[0, 1, 0,
    5], [1, 0, 0, 2], [1, 7, 0, 0], [5, 2, 0, 0]]`. What flows out of the sink is of no use, (4.16)."""
    capacity = _network(unary, smoothness)
    capacity[-1] = capacity[:, -1]
    return capacity


@capacities.mistake("neighbours of neighbours", example=(np.array([[1, 5], [7, 2], [3, 0], [4, 4]]), 9))
def _(unary, smoothness):
    """you also join pixels that are **two apart**. For four pixels with the costs 1 or 5, 7 or 2, 3 or 0, 4 or 4 and
    `smoothness = 9` you return `[[0, 9, 9, 0, 0, 5], [9, 0, 9, 9, 0, 2], [9, 9, 0, 9, 0, 0], [0, 9, 9, 0, 0, 4], [1, 7,
    3, 4, 0, 0], [0, 0, 0, 0, 0, 0]]`. Neighbours in a row are one apart, (4.16)."""
    n, capacity = len(unary), _network(unary, smoothness)
    for i in range(n - 2):
        capacity[i, i + 2] = capacity[i + 2, i] = smoothness
    return capacity


@capacities.mistake("both costs added", example=(np.array([[1, 5], [7, 2]]), 10))
def _(unary, smoothness):
    """your pipes carry the **sum** of both costs. For `unary = [[1, 5], [7, 2]]`, `smoothness = 10` you return `[[0,
    10, 0, 6], [10, 0, 0, 9], [6, 9, 0, 0], [0, 0, 0, 0]]`. Each pipe carries the cost of one label, (4.16)."""
    n, capacity = len(unary), _network(unary, smoothness)
    capacity[n, :n] = capacity[:n, n + 1] = unary.sum(axis=1)
    return capacity


@capacities.mistake("pixels joined with themselves", example=(np.array([[1, 5], [7, 2]]), 7))
def _(unary, smoothness):
    """you also join each pixel with **itself**. For `unary = [[1, 5], [7, 2]]`, `smoothness = 7` you return `[[7, 7, 0,
    5], [7, 7, 0, 2], [1, 7, 0, 0], [0, 0, 0, 0]]`. The diagonal is 0, (4.16)."""
    n, capacity = len(unary), _network(unary, smoothness)
    capacity[np.arange(n), np.arange(n)] = smoothness
    return capacity


@capacities.mistake("arcs to larger numbers only")
def _(unary, smoothness):
    """you keep only arcs to **larger** numbers (`np.triu`), so nothing leaves the source. {example} you return `[[0, 4,
    0, 5], [0, 0, 0, 2], [0, 0, 0, 0], [0, 0, 0, 0]]`. The source is number n, its arcs lead down to the pixels,
    (4.16)."""
    return np.triu(_network(unary, smoothness))
