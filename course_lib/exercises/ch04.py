"""Exercises of chapter 04, classical segmentation. What needs SciPy imports it when it is called."""

import heapq
import math
from fractions import Fraction

import numpy as np

from course_lib.classical import regions, watershed
from course_lib.teaching.engine import FunctionExercise, Wrong

# --- 4.1 Otsu ---------------------------------------------------------------------------------------------------------


def _histograms(rng):
    yield np.array([3, 2, 1, 2]), np.array([0, 1, 20, 100])
    yield np.array([3, 1, 4]), np.array([0, 10, 12])
    yield np.array([9, 9, 1]), np.array([0, 1, 11])
    yield np.array([5, 0, 0, 2]), np.array([3, 5, 7, 8])
    yield np.array([4, 2]), np.array([10, 70])
    yield np.array([2, 1, 6]), np.array([0, 3, 5])
    yield np.array([3, 1]), np.array([10, 30])
    yield np.array([9, 1, 3]), np.array([8, 12, 25])
    yield np.array([1, 2, 6]), np.array([5, 10, 11])
    yield np.array([9, 2, 4]), np.array([1, 5, 8])
    yield np.array([4, 1, 1]), np.array([2, 4, 22])
    yield np.array([1, 1, 9, 9, 9]), np.array([0, 4, 9, 12, 14])
    yield np.array([1, 1, 9, 9, 9]), np.array([9, 13, 18, 21, 23])
    yield np.array([5, 4, 1, 1]), np.array([26, 28, 60, 64])
    yield np.array([9, 9, 1, 1]), np.array([17, 25, 33, 38])
    yield np.array([9, 1, 8, 9]), np.array([46, 47, 48, 80])
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


def _thresholding(means, weights, score, pick, give):
    def threshold(counts, values):
        index, scores, found = np.arange(len(values)), [], []
        for i in range(len(values) - 1):
            parts = [(counts[p], values[p], index[p]) for p in (slice(i + 1), slice(i + 1, None))]
            if all(c.sum() > 0 for c, _, _ in parts):
                m0, m1 = (means(*part) for part in parts)
                w0, w1 = (weights(c) for c, _, _ in parts)
                spreads = [(c @ (v - c @ v / c.sum()) ** 2) / c.sum() for c, v, _ in parts]
                scores.append(score(w0, w1, m0, m1, *spreads))
                found.append(i)
        return give(found[pick(np.array(scores))], counts, values)

    return threshold


def _last_largest(scores):
    return len(scores) - 1 - np.argmax(scores[::-1])


def _parted_means(i, counts, values):
    return [counts[p] @ values[p] / counts[p].sum() for p in (slice(i + 1), slice(i + 1, None))]


def _variance_there(i, counts, values):
    m0, m1 = _parted_means(i, counts, values)
    return counts[: i + 1].sum() * counts[i + 1 :].sum() * (m1 - m0) ** 2


# fmt: off
otsu_threshold.choices(
    _thresholding,
    place="(4.3)",
    means=(
        lambda c, v, k: c @ v / c.sum(),
        Wrong("means of bin numbers", lambda c, v, k: c @ k / c.sum(),
              "your means are means of the **bins' numbers** 0, 1, 2 …, not of the values. Where the values are not "
              "evenly spaced that is another threshold."),
        Wrong("counts ignored in the means", lambda c, v, k: v.mean(),
              "your means m0 and m1 leave out the **counts**: each value counts once, however many pixels have it."),
        Wrong("divided by the number of values", lambda c, v, k: (c * v).mean(),
              "your means are divided by the **number of values**, not by the number of pixels (`.mean()` of counts "
              "times values). Divide by the sum of the counts."),
        Wrong("sums in place of means", lambda c, v, k: c @ v,
              "your m0 and m1 are **sums**, not divided by the number of pixels on their side."),
        Wrong("means of the counts", lambda c, v, k: c.mean(),
              "your m0 and m1 are means of the **counts**; the mean brightness of each side is meant, the values "
              "weighted by their counts."),
        Wrong("medians in place of means", lambda c, v, k: v[np.searchsorted(np.cumsum(c), c.sum() / 2)],
              "you compare the **medians** of the two sides; their means are meant."),
        Wrong("the middle of the values in place of means", lambda c, v, k: (v[0] + v[-1]) / 2,
              "your m0 and m1 lie **half-way** between the ends of each side; its mean is meant, weighted by the "
              "counts."),
    ),
    weights=(
        np.sum,
        Wrong("weights left out", lambda c: 1,
              "you leave out the **weights** w0 · w1: then the two means that are furthest apart win, however few "
              "pixels one of them stands for."),
        Wrong("weights that count values", len,
              "your weights w0 and w1 are how many **values** lie on each side, not how many pixels. Sum the counts."),
        Wrong("weights under a root", lambda c: np.sqrt(c.sum()),
              "your weights grow too slowly: √(w0 · w1) in place of **w0 · w1**."),
    ),
    score=(
        lambda w0, w1, m0, m1, s0, s1: w0 * w1 * (m1 - m0) ** 2,
        Wrong("not squared", lambda w0, w1, m0, m1, s0, s1: w0 * w1 * (m1 - m0),
              "the difference of the means is **not squared**."),
        Wrong("only w0", lambda w0, w1, m0, m1, s0, s1: w0 * (m1 - m0) ** 2,
              "your weight is **w0** alone, the dark side; it is w0 · w1."),
        Wrong("only w1", lambda w0, w1, m0, m1, s0, s1: w1 * (m1 - m0) ** 2,
              "your weight is **w1** alone, the bright side; it is w0 · w1."),
        Wrong("variances added without weights", lambda w0, w1, m0, m1, s0, s1: -(s0 + s1),
              "you add the variances of both sides **without weights** and take the smallest sum; within the "
              "classes, each variance counts with its share of the pixels. Look again at (4.2)."),
        Wrong("weights exchanged within", lambda w0, w1, m0, m1, s0, s1: -(w1 * s0 + w0 * s1),
              "you have **exchanged the weights** of the two variances: each counts with the share of its own side. "
              "Look again at (4.2)."),
        Wrong("standard deviations within", lambda w0, w1, m0, m1, s0, s1: -(w0 * np.sqrt(s0) + w1 * np.sqrt(s1)),
              "you add **standard deviations** within the classes; it is the variances. Look again at (4.2)."),
    ),
    pick=(
        np.argmax,
        Wrong("the smallest", np.argmin,
              "you take the **smallest** variance between the classes (or the largest within them): the worst cut. "
              "Between the classes it shall be large, and small within, (4.2)."),
        Wrong("the last of equals", _last_largest,
              "where several thresholds are equally good you take the **last**. In a gap of the histogram all are, "
              "and the smallest is asked for. Compare with `>`, not `>=`."),
        Wrong("the middle of equals", lambda s: int(np.mean(np.flatnonzero(s == s.max()))),
              "where several thresholds are equally good you take the one in the **middle**. In a gap of the "
              "histogram all are, and the smallest is asked for."),
    ),
    give=(
        lambda i, counts, values: values[i],
        Wrong(">= for >", lambda i, counts, values: values[i + 1],
              "you let the threshold itself belong to the **foreground** (`>=`), and return the next value. The "
              "foreground is what lies *above* t: both part the pixels alike, but a mask `image > t` made with yours "
              "would lose a value."),
        Wrong("one value too early", lambda i, counts, values: values[max(i - 1, 0)],
              "your threshold is the value **before** the right one. t itself belongs to the background."),
        Wrong("bins for values", lambda i, counts, values: i,
              "you return the **number of the bin**, not the value that stands for it: `values[i]`."),
        Wrong("bins counted from 1", lambda i, counts, values: i + 1,
              "you return the **number of the next bin**, not a value; it is `values[i]`."),
        Wrong("the count there", lambda i, counts, values: counts[i],
              "you return how **often** the value occurs, `counts[i]`; it is `values[i]`."),
        Wrong("half-way between the means", lambda i, counts, values: sum(_parted_means(i, counts, values)) / 2,
              "you return the point **half-way** between the two means. It parts the pixels alike, but is no entry "
              "of `values`."),
        Wrong("half-way to the next value", lambda i, counts, values: (values[i] + values[i + 1]) / 2,
              "you return the point half-way between t and the **next value**. It parts the pixels alike, but is no "
              "entry of `values`."),
        Wrong("both means", lambda i, counts, values: np.array(_parted_means(i, counts, values)),
              "you return the two **means**, not the value t between them."),
        Wrong("the variance itself", lambda i, counts, values: _variance_there(i, counts, values) / counts.sum() ** 2,
              "you return the largest **variance** itself, not the value t where it is reached."),
        Wrong("the variance of counts", lambda i, counts, values: _variance_there(i, counts, values),
              "you return the largest **score** w0 · w1 · (m1 − m0)² itself, not the value t where it is reached."),
        Wrong("mean of the image", lambda i, counts, values: np.average(values, weights=counts),
              "you return the **mean** of all pixels. That is a threshold, but nothing is best about it. Try every t."),
        Wrong("mean of the values", lambda i, counts, values: values.mean(),
              "you return the **mean of the values**, each counted once. Try every t."),
        Wrong("the most frequent value", lambda i, counts, values: values[np.argmax(counts)],
              "you return the **most frequent** value. Try every t as a threshold and compare the variances between "
              "both sides."),
        Wrong("the rarest value", lambda i, counts, values: values[np.argmin(counts)],
              "you return the **rarest** value, the lowest point of the histogram. Otsu's threshold need not lie in "
              "a valley. Try every t."),
        Wrong("the median", lambda i, counts, values: values[np.searchsorted(np.cumsum(counts), counts.sum() / 2)],
              "you return the **median**: as many pixels below as above. Try every t."),
        Wrong("half-way between the ends", lambda i, counts, values: (values[0] + values[-1]) / 2,
              "you return the point half-way between the **darkest and the brightest** value, whatever the counts "
              "are. Try every t."),
        Wrong("the widest gap", lambda i, counts, values: values[np.argmax(np.diff(values))],
              "you cut at the **widest gap** between two values, whatever the counts are. Try every t."),
    ),
)
# fmt: on


@otsu_threshold.mistake("counts ignored altogether", example=(np.array([1, 2, 9, 4]), np.array([3, 6, 8, 11])))
def _(counts, values):
    """the **counts** have no effect: you threshold the list of values, as if each occurred once. For `counts = [1, 2,
    9, 4]`, `values = [3, 6, 8, 11]` you return `6`, expected 8. Look again at (4.3)."""
    return values[_parted(np.ones(len(counts), int), values, _between)]


@otsu_threshold.mistake("an empty class")
def _(counts, values):
    """a class without pixels has no mean: 0 / 0 is **NaN**, and `argmax` takes the first NaN for the largest. For
    `counts = [4, 3, 1, 1, 2, 1]`, `values = [10, 20, 30, 60, 70, 90]` you return `90`, the value with nothing above it.
    Leave such a t out, see (4.3)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        w0 = np.cumsum(counts)
        m = np.cumsum(counts * values)
        return values[np.argmax(w0 * (w0[-1] - w0) * ((m[-1] - m) / (w0[-1] - w0) - m / w0) ** 2)]


# --- 4.2 a local threshold --------------------------------------------------------------------------------------------


def _pages(rng):
    yield np.array([[9.0, 6.0, 7.0, 6.5]]), 3, 1.5
    yield np.array([[1.0, 2.0, 1.0, 9.0, 6.0, 9.0]]), 3, 0.5
    yield np.array([[4.0, 7.0, 9.0, 9.0]]), 3, 0.5
    yield np.array([[5.0, 1.0, 7.0, 9.0, 6.3]]), 3, 1.0
    yield np.array([[2.0, 9.0, 9.0], [9.0, 9.0, 9.0], [9.0, 9.0, 3.0]]), 5, 5.0
    yield np.array([[3.0, 5.0]]), 1, 0.0
    yield np.array([[0.0, 0.0, 1.0, 5.0, 5.0]]), 3, 0.5
    yield np.array([[9.0, 5.0, 4.0, 9.0, 9.0, 1.0]]), 1, 0.5
    yield np.array([[1.0, 2.0], [8.0, 9.0]]), 3, 0.25
    yield np.array([[9.0, 9.0, 6.0, 5.5]]), 3, 0.5
    yield np.array([[3.0, 6.0]]), 1, 0.5
    yield np.array([[9.0, 2.0, 7.0, 8.0, 3.0, 4.0], [9.0, 9.0, 6.0, 1.0, 8.0, 8.0]]), 3, 2.0
    yield np.array([[8.0, 6.0, 8.0, 8.0, 8.0, 8.0]]), 3, 0.5
    yield np.array([[1.0, 8.0], [2.0, 9.0]]), 3, 0.125
    yield np.array([[5.0, 5.6, 9.0, 9.0]]), 3, 1.0
    yield np.array([[3.0, 4.0, 5.0, 6.0]]), 3, 0.5
    yield np.array([[5.0, 6.5, 6.5]]), 3, 0.6
    yield np.array([[5.0, 6.0, 7.0]]), 3, 1.0
    yield np.array([[1.0, 2.0, 9.0, 9.0], [1.0, 1.0, 1.0, 1.0]]), 3, 0.5
    yield np.array([[0.0, 3.0, 3.0, 9.0, 1.0]]), 3, 1.5
    yield np.array([[5.0, 6.0, 9.0, 9.0]]), 3, 1.5
    yield np.array([[9.0, 5.0, 7.0, 7.5, 8.0, 8.0, 8.0]]), 3, 1.0
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
    yield rng.integers(90, 106, (7, 9), dtype=np.uint8), 3, 1.0625  # bytes: the mean of a window is none
    yield rng.normal(size=(6, 7)), 3, 0.1
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
        return page < uniform_filter(page.astype(float), size, mode="reflect") - offset
    """,
    example=LINE,
    example_words=ON_A_LINE,
    hints=(
        "Ink is darker than the paper *around* it. What is the mean around a pixel?",
        "`scipy.ndimage.uniform_filter(page.astype(float), size)` is the mean of each window.",
        "Compare: `page < mean - offset`.",
    ),
    fixed=("page.ndim",),
)


def _mirrored(page, size):
    from scipy.ndimage import uniform_filter

    return uniform_filter(page, size, mode="mirror")


def _means(mode="reflect"):
    def means(page, size):
        from scipy.ndimage import uniform_filter

        return uniform_filter(page.astype(float), size, mode=mode)

    return means


def _filtered(name, **options):
    """Another of SciPy's filters in the place of the mean."""

    def means(page, size):
        from scipy import ndimage

        return getattr(ndimage, name)(page, size, **options)

    return means


def _along(axis):
    def means(page, size):
        from scipy.ndimage import uniform_filter1d

        return uniform_filter1d(page.astype(float), size, axis=axis)

    return means


def _cut_off(page, size):
    inside = _means("constant")
    return inside(page, size) / inside(np.ones(page.shape), size)


def _from_the_pixel(page, size):
    padded = np.pad(page, ((0, size - 1), (0, size - 1)), mode="symmetric")
    return np.lib.stride_tricks.sliding_window_view(padded, (size, size)).mean(axis=(2, 3))


def _without_itself(page, size):
    return (_means()(page, size) * size**2 - page) / max(size**2 - 1, 1)


def _smoothed_page(page, size):
    from scipy.ndimage import gaussian_filter

    return gaussian_filter(page.astype(float), size / 6)


def _local_default(page, size):
    from scipy.ndimage import gaussian_filter

    return gaussian_filter(page.astype(float), (size - 1) / 6)


def _gaussian(page, size):
    from scipy.ndimage import gaussian_filter

    return gaussian_filter(page.astype(float), size)


def _inking(mean, threshold, darker, give):
    def inked(page, size, offset):
        limit = threshold(mean(page, size), offset, size)
        return give(darker(page, limit), page, size, limit)

    return inked


def _inner(mask, page, size, threshold):
    radius, result = size // 2, np.zeros(mask.shape, bool)
    here = tuple(slice(radius, max(n - radius, radius)) for n in mask.shape)
    result[here] = mask[here]
    return result


# fmt: off
ink.choices(
    _inking,
    place="(4.4)",
    mean=(
        _means(),
        Wrong("the page not made float", _filtered("uniform_filter"),
              "the mean of a page of **bytes** is cut to whole numbers: `uniform_filter` gives back the type that it "
              "gets. Convert the page to float first."),
        Wrong("mean of the whole page", lambda page, size: page.mean(),
              "you compare with the mean of the **whole page**: that is one threshold for all, and a shadow becomes "
              "ink."),
        Wrong("the median of the whole page", lambda page, size: np.median(page),
              "you compare with the **median of the whole page**: one threshold for all. The mean around each pixel "
              "is asked for."),
        Wrong("the middle of the range", lambda page, size: (page.min() + page.max()) / 2,
              "you compare with the middle between the **darkest and the brightest** pixel: one threshold for all. "
              "The mean around each pixel is asked for."),
        Wrong("zeros beyond the border", _means("constant"),
              "beyond the border you count **zeros**, so the means sink at the edge and ink is lost there. The "
              "border is mirrored."),
        Wrong("mirrored at the pixel, not at the edge", _means("mirror"),
              "your border is mirrored **at the last pixel**, which is not repeated (`mode='mirror'`, OpenCV's "
              "default), and `mode='reflect'` repeats it. Look again at section 3."),
        Wrong("the last pixel repeated for ever", _means("nearest"),
              "beyond the border you repeat the **last pixel** (`mode='nearest'`); `mode='reflect'` mirrors the rows "
              "and columns before it, too. Look again at section 3."),
        Wrong("wrapped around", _means("wrap"),
              "beyond the border your page goes on **on its other side** (`mode='wrap'`). It is mirrored, see "
              "section 3."),
        Wrong("windows cut off at the border", _cut_off,
              "at the border you take the mean of the pixels that are **there**; mirrored, those near the edge count "
              "twice. Look again at section 3."),
        Wrong("median for mean", _filtered("median_filter"),
              "you compare with the **median** of the window; its mean is asked for."),
        Wrong("the largest for the mean", _filtered("maximum_filter"),
              "you compare with the **largest** value of the window; its mean is asked for."),
        Wrong("the smallest for the mean", _filtered("minimum_filter"),
              "you compare with the **smallest** value of the window; its mean is asked for."),
        Wrong("half-way between smallest and largest",
              lambda page, size: sum(_filtered(f"{end}imum_filter")(page, size) / 2 for end in ("max", "min")),
              "you compare with the middle between the **smallest and the largest** value of the window; its mean is "
              "asked for."),
        Wrong("size taken for the radius", lambda page, size: _means()(page, 2 * size + 1),
              "your window reaches `size` pixels to **each side**, so it is 2 · size + 1 wide."),
        Wrong("half of the window", lambda page, size: _means()(page, max(size // 2, 1)),
              "your window is **size // 2** wide; that is its radius. It has `size` rows and columns."),
        Wrong("a window of 3", lambda page, size: _means()(page, 3),
              "your window is always **3** pixels wide, and `size` has no effect."),
        Wrong("a window one larger", lambda page, size: _means()(page, size + 1),
              "your window is **size + 1** wide: one too many."),
        Wrong("a window two larger", lambda page, size: _means()(page, size + 2),
              "your window is **size + 2** wide: it reaches one pixel too far to each side."),
        Wrong("mean along the rows only", _along(1),
              "your mean is taken along the **rows** only; a window has `size` rows *and* `size` columns."),
        Wrong("mean along the columns only", _along(0),
              "your mean is taken along the **columns** only; a window has `size` rows *and* `size` columns."),
        Wrong("the mean of the whole row", lambda page, size: page.mean(axis=1, keepdims=True),
              "you compare with the mean of the **whole row**. The window has `size` rows and columns."),
        Wrong("the mean of the whole column", lambda page, size: page.mean(axis=0, keepdims=True),
              "you compare with the mean of the **whole column**. The window has `size` rows and columns."),
        Wrong("the pixel left out of its mean", _without_itself,
              "you leave the **pixel itself** out of its mean. All pixels of the window count."),
        Wrong("a window that begins at the pixel", _from_the_pixel,
              "your window **begins** at the pixel; it should lie around it."),
        Wrong("a sum for the mean", lambda page, size: _means()(page, size) * size**2,
              "you compare with the **sum** of the window, not divided by size²."),
        Wrong("divided by size", lambda page, size: _means()(page, size) * size,
              "you divide the sum of the window by **size**, not by size²."),
        Wrong("a Gaussian for the mean", _smoothed_page,
              "you weigh the window with a **Gaussian**; in a mean all its pixels count alike."),
        Wrong("threshold_local's Gaussian", _local_default,
              "you weigh the window with a **Gaussian** of σ = (size − 1) / 6, as `threshold_local` does unless "
              "`method='mean'` is given; in a mean all its pixels count alike."),
        Wrong("a wide Gaussian for the mean", _gaussian,
              "you weigh with a **Gaussian** of σ = size; in a mean all pixels of the window count alike, and none "
              "beyond it."),
        Wrong("the mean twice", lambda page, size: _means()(_means()(page, size), size),
              "you take the mean **twice**, so the windows reach twice as far."),
    ),
    threshold=(
        lambda mean, offset, size: mean - offset,
        Wrong("offset added", lambda mean, offset, size: mean + offset,
              "you **add** the offset where it is taken away: paper that is a little darker than the mean becomes "
              "ink. (For bright things it would be `x > mean + offset`.)"),
        Wrong("no offset", lambda mean, offset, size: mean,
              "the **offset** has no effect: half of any flat, noisy paper is darker than its mean."),
        Wrong("the offset as a share", lambda mean, offset, size: mean * (1 - offset),
              "you take the offset for a **share** of the mean, (1 − offset) · mean. It is subtracted as it is."),
        Wrong("the offset as a factor", lambda mean, offset, size: mean * offset,
              "you **multiply** the mean by the offset; it is subtracted."),
        Wrong("offset times size", lambda mean, offset, size: mean - offset * size,
              "you multiply the **offset** by the size of the window. It is subtracted as it is."),
        Wrong("the offset's sign lost", lambda mean, offset, size: mean - abs(offset),
              "you take the offset **without its sign**; it may be negative."),
        Wrong("the threshold rounded", lambda mean, offset, size: np.round(mean - offset),
              "you **round** the threshold (or the mean) to whole numbers."),
        Wrong("the mean rounded down", lambda mean, offset, size: np.floor(mean) - offset,
              "you **cut** the mean to whole numbers, as `uniform_filter` does for an image of whole numbers. "
              "Convert the page to float first."),
        Wrong("the mean rounded", lambda mean, offset, size: np.round(mean) - offset,
              "you **round** the mean to whole numbers before the offset is taken away."),
    ),
    darker=(
        np.less,
        Wrong("<= for <", np.less_equal,
              "`<=` lets a pixel that *equals* its threshold be ink, and strictly darker is asked for."),
        Wrong("bright for dark", np.greater_equal,
              "your mask holds the **paper**, not the ink: bright for dark. Ink is *below* the threshold."),
        Wrong("brighter than the threshold", np.greater,
              "you keep what is **brighter** than the threshold. Ink is darker. (For bright things it would be `x > "
              "mean + offset`.)"),
    ),
    give=(
        lambda mask, page, size, threshold: mask,
        Wrong("the threshold itself", lambda mask, page, size, threshold: threshold + 0 * page,
              "you return the **threshold** of each pixel. Now compare the page with it."),
        Wrong("the difference itself", lambda mask, page, size, threshold: page - threshold,
              "you return how far each pixel **is** from its threshold. Now ask where that is below 0."),
        Wrong("the ink's brightness", lambda mask, page, size, threshold: np.where(mask, page, 0),
              "you return the **brightness** of the ink; a mask is asked for, True or False."),
        Wrong("255 for ink", lambda mask, page, size, threshold: np.where(mask, 255, 0),
              "you return **255** for ink; a mask is asked for, True or False."),
        Wrong("255 for paper", lambda mask, page, size, threshold: np.where(mask, 0, 255),
              "you return a picture, **255** for paper and 0 for ink; a mask is asked for, True where there is ink."),
        Wrong("the inner pixels only", _inner,
              "you leave the pixels near the **border** out, where the window does not fit. There the page is "
              "mirrored. Look again at section 3."),
    ),
)
# fmt: on


@ink.mistake("brighter than the mean", example=(np.array([[9.0, 2.0, 5.0, 8.0, 3.0, 4.0]]), 3, 0.5))
def _(page, size, offset):
    """you keep what is **brighter** than the mean around it by the offset. For `page = [[9, 2, 5, 8, 3, 4]]`, `size =
    3`, `offset = 0.5` you return `[[True, False, False, True, False, False]]`. Ink is darker, (4.4)."""
    return page > _windows(page, size, "symmetric") + offset


@ink.mistake("both darker and brighter", example=(np.array([[4.0, 8.0, 4.0, 4.0, 4.0]]), 3, 1.0))
def _(page, size, offset):
    """you keep whatever **differs** from the mean by more than the offset, brighter pixels as well. For `page = [[4, 8,
    4, 4, 4]]`, `size = 3`, `offset = 1` you return `[[True, True, True, False, False]]`. Ink is darker, (4.4)."""
    return np.abs(page - _windows(page, size, "symmetric")) > offset


@ink.mistake("the offset times the spread", example=(np.array([[5.0, 6.5, 6.5]]), 3, 0.6))
def _(page, size, offset):
    """you take off the offset **times the standard deviation** of the window: that is Niblack's surface. For `page =
    [[5, 6.5, 6.5]]`, `size = 3`, `offset = 0.6` you return `[[True, False, False]]`. Here the offset is taken off as it
    is, (4.4)."""
    mean, spread = (_windows(page, size, "symmetric", reduce) for reduce in (np.mean, np.std))
    return page < mean - offset * spread


@ink.mistake("the mean in place of the pixel", example=LINE)
def _(page, size, offset):
    """you compare the **mean** around each pixel with that of the whole page; the pixel is compared with the mean
    around it. For `page = [[9, 2, 7, 8, 3, 4]]`, `size = 3`, `offset = 0.5` you return `[[False, False, False, False,
    False, True]]`. Look again at (4.4)."""
    return _windows(page, size, "symmetric") < page.mean() - offset


# --- 4.3 k-means ------------------------------------------------------------------------------------------------------


def _clouds(rng):
    yield np.array([[0.0], [2.0]]), np.array([[1.0], [9.0]])
    yield np.array([[0.0, 9.0]]), np.array([[0.0, 0.0], [2.0, 9.0]])
    yield np.array([[0.0, 4.0]]), np.array([[0.0, 5.0], [9.0, 9.0]])
    yield np.array([[1.0, 4.0]]), np.array([[1.0, 5.0], [4.0, 1.0]])
    yield np.array([[0.0, 0.0]]), np.array([[3.0, 3.0], [0.0, 5.0]])
    yield np.array([[0.0, 0.0]]), np.array([[3.0, 3.0], [0.0, 4.0]])
    yield np.array([[0.0], [4.0], [5.0]]), np.array([[0.0], [9.0]])
    yield np.array([[2.0]]), np.array([[1.0], [3.0]])
    yield np.array([[0.0], [1.0], [5.0]]), np.array([[2.0]])
    yield np.array([[0.0], [3.0]]), np.array([[1.0], [9.0]])
    yield np.array([[0.0], [4.0], [5.0]]), np.array([[2.0]])
    yield np.array([[0.0], [4.0], [5.0], [6.0]]), np.array([[0.0], [11.0]])
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


def _clustering(points_as, distance, pick, update, empty, give):
    def clustered(points, centers):
        seen = points_as(np.asarray(points, float))
        difference = seen[:, None] - points_as(np.asarray(centers, float))
        labels = pick(distance(difference, centers), axis=1)
        new = np.array(centers, float)
        for j in range(len(centers)):
            members = points[labels == j]
            new[j] = update(members, centers[j], points) if len(members) else empty(centers[j], points, difference)
        return give(labels, new, points, centers)

    return clustered


def _last_nearest(distances, axis):
    return distances.shape[1] - 1 - np.argmin(distances[:, ::-1], axis=axis)


def _closest_point(members, old, points):
    return members[np.argmin(((members - members.mean(axis=0)) ** 2).sum(axis=1))]


def _furthest_point(old, points, difference):
    return points[np.argmax((difference**2).sum(axis=2).min(axis=1))]


# fmt: off
kmeans_step.choices(
    _clustering,
    place="(4.6)",
    words="the points `[0, 1], [1, 0], [6, 7]` and the centres `[1, 1], [4, 9]`",
    points_as=(
        lambda points: points,
        Wrong("distance in the first channel", lambda points: points[:, :1],
              "you measure distance in the **first channel** only. All channels count, (4.5)."),
        Wrong("distance in the last channel", lambda points: points[:, -1:],
              "you measure distance in the **last channel** only. All channels count, (4.5)."),
    ),
    distance=(
        lambda d, centers: (d**2).sum(axis=2),
        Wrong("signed differences added", lambda d, centers: d.sum(axis=2),
              "you add the differences of the channels **with their signs**: where a centre lies above, that is "
              "negative, and the furthest such centre wins. Square them first, (4.5)."),
        Wrong("squared after the sum", lambda d, centers: d.sum(axis=2) ** 2,
              "you add the differences of the channels first and **square the sum** (or take its absolute value): + "
              "and − cancel. Square each difference, then add, (4.5)."),
        Wrong("city blocks", lambda d, centers: np.abs(d).sum(axis=2),
              "you measure in **city blocks**, the sum of the absolute differences. Euclid squares them, (4.5)."),
        Wrong("the largest difference", lambda d, centers: np.abs(d).max(axis=2),
              "you compare by the **largest** difference of any channel. All channels count, squared and added, "
              "(4.5)."),
        Wrong("the smallest difference", lambda d, centers: np.abs(d).min(axis=2),
              "you compare by the **smallest** difference of any channel. All channels count, squared and added, "
              "(4.5)."),
        Wrong("summed over the centres", lambda d, centers: (d**2).sum(axis=1),
              "you sum the squares over the **centres**, and `argmin` gives the number of a channel. Sum over the "
              "channels, the last axis, (4.5)."),
        Wrong("products of the channels", lambda d, centers: np.prod(d**2, axis=2),
              "you **multiply** the squared differences of the channels; they are added, (4.5)."),
    ),
    pick=(
        np.argmin,
        Wrong("the furthest centre", np.argmax,
              "each point chooses the **furthest** centre. The nearest is asked for."),
        Wrong("the last of equals", _last_nearest,
              "between centres that are **equally near** you take the last. The first is asked for, which is what "
              "`argmin` does."),
        Wrong("the second nearest", lambda d, axis: np.argsort(d, axis=axis, kind="stable")[:, min(1, d.shape[1] - 1)],
              "each point chooses the **second nearest** centre. The nearest is asked for."),
    ),
    update=(
        lambda members, old, points: members.mean(axis=0),
        Wrong("the old centres averaged in", lambda members, old, points: (members.mean(axis=0) + old) / 2,
              "your new centre is half-way between the **old** one and the mean of its points. It is the mean alone."),
        Wrong("the old centre counted as a point",
              lambda members, old, points: (members.sum(axis=0) + old) / (len(members) + 1),
              "you count the old **centre** as one more point of its cluster. Only points count in the mean."),
        Wrong("mean over all points", lambda members, old, points: points.mean(axis=0),
              "every centre moves to the mean of **all** points. It is the mean of those that chose it."),
        Wrong("medians", lambda members, old, points: np.median(members, axis=0),
              "your new centres are **medians**. k-means takes the mean."),
        Wrong("sums for means", lambda members, old, points: members.sum(axis=0),
              "your new centres are **sums**, not divided by the number of points."),
        Wrong("one mean over all channels", lambda members, old, points: members.mean(),
              "you take **one mean over all channels**, so every centre becomes grey. Take it along `axis=0`, "
              "channel by channel."),
        Wrong("divided by the number of all points", lambda members, old, points: members.sum(axis=0) / len(points),
              "you divide the sums by the number of **all** points. A mean divides by the number of points of its "
              "own cluster."),
        Wrong("divided by one less", lambda members, old, points: members.sum(axis=0) / max(len(members) - 1, 1),
              "you divide the sums by the number of points **less 1**. A mean divides by their number."),
        Wrong("divided by one more", lambda members, old, points: members.sum(axis=0) / (len(members) + 1),
              "you divide the sums by the number of points **plus 1**. A mean divides by their number."),
        Wrong("a point for the mean", _closest_point,
              "your new centres are **points**, those nearest to the means. The mean need not be a point."),
        Wrong("the first point of each cluster", lambda members, old, points: members[0],
              "your new centres are the **first** points of the clusters. Take the mean of all of them."),
        Wrong("the last point of each cluster", lambda members, old, points: members[-1],
              "your new centres are the **last** points of the clusters: each overwrites the one before. Take the "
              "mean of all of them."),
        Wrong("the middle of the box", lambda members, old, points: (members.min(axis=0) + members.max(axis=0)) / 2,
              "your new centre lies **half-way between the smallest and the largest** value of its points. It is "
              "their mean."),
        Wrong("means rounded", lambda members, old, points: np.round(members.mean(axis=0)),
              "you **round** the means to whole numbers. New centres are floats."),
        Wrong("means cut", lambda members, old, points: np.trunc(members.mean(axis=0)),
              "your means are **cut** to whole numbers: is your array of new centres one of whole numbers, or did "
              "you divide by `//`? New centres are floats."),
        Wrong("the largest of each cluster", lambda members, old, points: members.max(axis=0),
              "your new centres hold the **largest** values of the clusters. Take the means."),
        Wrong("the old centres returned", lambda members, old, points: old,
              "you return the **old** centres. Each moves to the mean of the points that chose it."),
    ),
    empty=(
        lambda old, points, difference: old,
        Wrong("an empty cluster's NaN", lambda old, points, difference: np.nan,
              "the mean of a cluster **without points** is 0 / 0, NaN, and stays NaN for ever: no point is near NaN. "
              "Such a centre stays where it is."),
        Wrong("an empty cluster moves to 0", lambda old, points, difference: 0,
              "a cluster **without points** jumps to 0 in your version, which is black, and a place like any other. "
              "Such a centre stays where it is."),
        Wrong("an empty cluster gets the furthest point", _furthest_point,
              "a cluster **without points** gets the point that is furthest from its centre, as some libraries do. "
              "Here it stays where it is."),
        Wrong("an empty cluster moves to the mean of all", lambda old, points, difference: points.mean(axis=0),
              "a cluster **without points** moves to the mean of all points. Here it stays where it is."),
        Wrong("an empty cluster gets the first point", lambda old, points, difference: points[0],
              "a cluster **without points** gets the first point. Here it stays where it is."),
    ),
    give=(
        lambda labels, new, points, centers: (labels, new),
        Wrong("labels counted from 1", lambda labels, new, points, centers: (labels + 1, new),
              "your labels count from **1**. The first centre is number 0, as Python counts."),
        Wrong("an empty cluster dropped", lambda labels, new, points, centers: (labels, new[np.unique(labels)]),
              "a cluster **without points** is missing from your centres, so there are fewer than k, and labels no "
              "longer fit. Such a centre stays where it is."),
        Wrong("labels of the new centres", lambda labels, new, points, centers: (_step(points, new)[0], new),
              "your labels are those of the **new** centres, half a step too far. Return the labels from which the "
              "new centres were made."),
        Wrong("two steps", lambda labels, new, points, centers: _step(points, new),
              "you go **two** steps. One is asked for."),
        Wrong("until nothing changes", lambda labels, new, points, centers: _converged(points, new),
              "you go on **until nothing changes**. One step is asked for."),
        Wrong("centres before labels", lambda labels, new, points, centers: (new, labels),
              "you return **the centres first**; the numbers of the points' centres come first, then the new centres."),
        Wrong("only the centres", lambda labels, new, points, centers: new,
              "you return the **new centres** alone; the number of each point's centre comes first."),
        Wrong("only the labels", lambda labels, new, points, centers: labels,
              "you return the **numbers** of the points' centres alone; the new centres come second."),
        Wrong("a row for each label", lambda labels, new, points, centers: (np.eye(len(centers))[labels], new),
              "your labels are **rows of 0 and 1**; the number of each point's centre is asked for."),
        Wrong("centres for labels", lambda labels, new, points, centers: (centers[labels], new),
              "you return each point's **centre**; the centre's number is asked for."),
    ),
)
# fmt: on


def _converged(points, centers):
    for _ in range(50):
        labels, centers = _step(points, centers)
    return labels, centers


@kmeans_step.mistake("argmin over the points", example=(np.array([[0.0], [1.0], [9.0]]), np.array([[1.0], [8.0]])))
def _(points, centers):
    """your `argmin` runs over the **points**: the nearest point of each centre. For the points `[0], [1], [9]` and the
    centres `[1], [8]` you return `([1, 2], [[1], [8]])`. A label for each point is asked for, so look along the
    centres, (4.6)."""
    labels = np.array([int(np.argmin([_squared(np.asarray(p, float) - c) for p in points])) for c in centers])
    return labels, np.array(centers)


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


@kmeans_step.mistake(
    "centres that move with every point", example=(np.array([[0.0], [4.0], [5.0]]), np.array([[0.0], [9.0]]))
)
def _(points, centers):
    """you move a centre **with every point**, to the mean of its points so far, before the next point chooses. For the
    points `[0], [4], [5]` and the centres `[0], [9]` you return `([0, 0, 0], [[3], [9]])`. First all points choose,
    then all centres move, (4.6)."""
    centers, labels, sizes = np.array(centers, float), [], [0] * len(centers)
    for p in points:
        j = int(np.argmin([_squared(p - c) for c in centers]))
        labels.append(j)
        sizes[j] += 1
        centers[j] += (p - centers[j]) / sizes[j]
    return np.array(labels), centers


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
    yield np.array([[1, 0, 1]], bool), np.array([[3, 0, 5]])
    yield np.array([[1, 1, 0, 1]], bool), np.array([[3, 0, 0, 5]])
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
    yield np.array([[1, 1, 0, 1, 1], [1, 0, 0, 0, 1]], bool), np.array([[3, 0, 0, 0, 0]] + [[0] * 5])  # one has none
    for shape in ((7, 9), (7, 9), (8, 7), (18, 22)):
        mask = rng.random(shape) < (0.85 if shape[0] < 10 else 0.97)
        markers = np.zeros(shape, int)
        places = np.flatnonzero(mask)
        distance = _euclid(mask).ravel()
        chosen = [places[0]]
        for place in rng.permutation(places):  # at different heights: their order is then clear
            if len(chosen) < 3 and all(distance[place] != distance[other] for other in chosen):
                chosen.append(place)
        markers.flat[chosen] = np.arange(1, len(chosen) + 1)
        yield mask, markers


def _euclid(mask):
    from scipy.ndimage import distance_transform_edt

    return distance_transform_edt(mask)


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


split_touching = FunctionExercise(
    "4.4",
    "Cut at the waist",
    cases=_blobs,
    oracle=lambda mask, markers: _flooded(-_euclid(mask), markers, mask),
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


def _steps_to_background(metric):
    def distance(mask):
        from scipy.ndimage import distance_transform_cdt

        return distance_transform_cdt(mask, metric).astype(float)

    return distance


def _smoothed_distance(mask):
    from scipy.ndimage import gaussian_filter

    return gaussian_filter(_euclid(mask), 2)


def _lines(labels, mask, markers):
    down, right = np.diff(labels, axis=0, prepend=labels[:1]), np.diff(labels, axis=1, prepend=labels[:, :1])
    return (down != 0) | (right != 0)


def _cutting(distance, landscape, start, within, flooded, give):
    def cut(mask, markers):
        where, kept = within(mask)
        labels = flooded(landscape(distance(mask)), start(markers, mask), where)
        return give(np.where(kept, labels, 0), mask, markers)

    return cut


def _by_queue(eight=False, line=False):
    def flooded(heights, markers, mask):
        from skimage.segmentation import watershed as flooding

        return flooding(heights, np.ascontiguousarray(markers), mask=mask, connectivity=1 + eight, watershed_line=line)

    return flooded


# fmt: off
split_touching.choices(
    _cutting,
    place="section 6",
    distance=(
        _euclid,
        Wrong("background beyond the border", lambda mask: _euclid(np.pad(mask, 1))[1:-1, 1:-1],
              "you count what lies **beyond the border** of the image as background, so objects at the edge get "
              "another middle. Only pixels of the mask count, (4.7)."),
        Wrong("distance in steps", _steps_to_background("taxicab"),
              "you count **steps** up, down, left and right; a distance by Euclid is asked for, (4.7)."),
        Wrong("distance by rows or columns", _steps_to_background("chessboard"),
              "your distance is the larger of the **rows and the columns** between, as a king walks on a chessboard. "
              "Euclid's is asked for, (4.7)."),
        Wrong("a smoothed distance", _smoothed_distance,
              "you **smooth** the distance first, and the waist moves. Flood the distance as it is, (4.7)."),
        Wrong("distance rounded", lambda mask: np.round(_euclid(mask)),
              "you **round** the distance to whole pixels, and its slopes become terraces. Flood the distance as it "
              "is, (4.7)."),
        Wrong("distance cut", lambda mask: np.floor(_euclid(mask)),
              "you **cut** the distance to whole pixels (an array of whole numbers), and its slopes become terraces. "
              "Flood the distance as it is, (4.7)."),
        Wrong("the mask itself as landscape", lambda mask: np.zeros(mask.shape),
              "you flood a **flat** landscape: in the mask itself all heights are equal (and so they are in "
              "distances that are measured from the objects, `distance_transform(~mask)`), so the waters meet "
              "half-way and not at the waist. Flood minus the distance to the background, (4.7)."),
    ),
    landscape=(
        np.negative,
        Wrong("+distance", np.positive,
              "you flood the distance **as it is**: the middles of the objects are hilltops then. Turn it upside "
              "down, minus the distance, (4.7)."),
    ),
    start=(
        lambda markers, mask: markers,
        Wrong("markers numbered anew", lambda markers, mask: regions.label(markers),
              "you **number** the markers anew, 1, 2, 3 … Keep the numbers that they have."),
    ),
    within=(
        lambda mask: (mask, mask),
        Wrong("not kept inside of the mask", lambda mask: [np.ones_like(mask)] * 2,
              "your labels run out **over the background**. Give the mask to the watershed, or set the labels to 0 "
              "where it is False."),
        Wrong("the mask laid over at the end", lambda mask: (np.ones_like(mask), mask),
              "your water runs over the **background**, too, and takes short cuts there; you lay the mask over it at "
              "the end. Give the mask to the watershed."),
    ),
    flooded=(
        lambda heights, markers, mask: watershed.watershed(heights, markers, mask),
        Wrong("a line between the waters", _by_queue(line=True),
              "where two waters meet you leave a **line** of 0. Every pixel of the mask belongs to an object."),
        Wrong("eight neighbours", _by_queue(eight=True),
              "your water also runs **diagonally**, to eight neighbours. Here it has four."),
    ),
    give=(
        lambda labels, mask, markers: labels,
        Wrong("the numbers lost", lambda labels, mask, markers: (labels > 0).astype(int),
              "where the water got to you say `True` or 1, whichever **marker** it came from, as when the markers "
              "were made a mask first. Keep the numbers of the markers."),
        Wrong("the markers as they are", lambda labels, mask, markers: np.where(mask, markers, 0),
              "you return the **markers** alone. The water has to spread from them."),
        Wrong("the first label only", lambda labels, mask, markers: labels == 1,
              "you ask which pixels have the label **1**; all labels are asked for."),
        Wrong("lines where labels change", _lines,
              "you return the **lines** between the labels; the labels are asked for."),
    ),
)
# fmt: on


@split_touching.mistake("no markers")
def _(mask, markers):
    """the **markers** have no effect: you number the connected pieces, and what touches stays one. {example} you return
    `[[1, 1, 1, 1, 0, 1, 1], [1, 1, 1, 1, 1, 1, 1], [1, 0, 1, 1, 1, 1, 0]]`. The water must start from the markers,
    section 6."""
    return regions.label(mask)


@split_touching.mistake("the nearest marker")
def _(mask, markers):
    """you give each pixel to the **nearest marker**, by Euclid. {example} you return `[[2, 2, 1, 1, 0, 1, 1], [2, 2, 1,
    1, 1, 1, 1], [2, 0, 1, 1, 1, 1, 0]]`. Objects differ in size; the waist need not be half-way, section 6."""
    places = np.argwhere(markers)
    near = [min(range(len(places)), key=lambda n: math.dist(places[n], pixel)) for pixel in np.ndindex(mask.shape)]
    return np.where(mask, markers[tuple(places[near].T)].reshape(mask.shape), 0)


@split_touching.mistake("markers of your own")
def _(mask, markers):
    """you start the water from markers of **your own**. {example} you return `[[1, 1, 1, 1, 0, 2, 2], [1, 1, 1, 1, 1,
    2, 2], [1, 0, 1, 1, 1, 1, 0]]`. Those that are given say how many objects there are, section 6."""
    distance = watershed.distance_transform(mask)
    return watershed.watershed(-distance, watershed.markers_from_distance(distance), mask)


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


# --- 4.5 mixtures: whose is a point? ----------------------------------------------------------------------------------


def _mixtures(rng):
    yield np.array([100.0]), np.array([0.5, 0.5]), np.array([0.0, 1.0]), np.ones(2)
    yield np.array([0.0]), np.array([0.25, 0.75]), np.array([0.0, 2.0]), np.array([1.0, 2.0])
    yield np.array([0.0, 100.0]), np.array([0.5, 0.5]), np.array([0.0, 1.0]), np.ones(2)
    yield np.array([1.0]), np.array([0.25, 0.75]), np.array([0.0, 2.0]), np.array([1.0, 2.0])
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


def _sharing(weight, width, exponent, normalize, give):
    def shared(points, weights, means, sigmas):
        d = points[:, None] - means
        with np.errstate(all="ignore"):
            logs = np.log(weight(weights)) + width(sigmas) + exponent(d, sigmas)
            return give(normalize(logs), weights, logs)

    return shared


def _divided(parts, total):
    return parts / total


def _unprotected(logs):
    parts = np.exp(logs)
    return parts / parts.sum(axis=1, keepdims=True)


def _with_a_little(logs):
    parts = np.exp(logs)
    return parts / np.maximum(parts.sum(axis=1, keepdims=True), 1e-300)


def _equal_far_away(logs):
    parts = np.exp(logs)
    total = parts.sum(axis=1, keepdims=True)
    return np.where(total > 0, parts / np.where(total > 0, total, 1), 1 / logs.shape[1])


def _log_shares(logs):
    logs = logs - logs.max(axis=1, keepdims=True)
    return logs - np.log(np.exp(logs).sum(axis=1, keepdims=True))


def _less(top, axis=1):
    """The shares along an axis, with another maximum taken away."""

    def normalized(logs):
        parts = np.exp(logs - top(logs))
        return parts / parts.sum(axis=axis, keepdims=True)

    return normalized


# fmt: off
responsibilities.choices(
    _sharing,
    place="(4.11)",
    words="`points = [0, 3]`, `weights = [0.25, 0.75]`, `means = [0, 2]`, `sigmas = [1, 2]`",
    weight=(
        lambda w: w,
        Wrong("weights left out", np.ones_like,
              "the **weights** have no effect. A component that has more points has more of each."),
        Wrong("weights squared", lambda w: w**2, "your weights count **twice**: they are squared."),
        Wrong("weights added to the logarithms", np.exp,
              "you **add the weights** to the logarithms; it is their logarithms that are added, since the densities "
              "are multiplied by them."),
        Wrong("weights under a root", np.sqrt,
              "your weights stand under a **root**, as in a logarithm that is halved with the exponent."),
        Wrong("divided by the weights", lambda w: 1 / w,
              "you **divide** by the weights; each density is multiplied by its weight."),
        Wrong("weights exchanged", lambda w: w[::-1],
              "your weights stand in **reversed order**: each belongs to its own component."),
    ),
    width=(
        lambda s: -np.log(s),
        Wrong("1/σ left out", lambda s: 0 * s,
              "the factor **1/σ** of the normal density is missing. It does not cancel, because σ differs from "
              "component to component."),
        Wrong("1/σ²", lambda s: -2 * np.log(s), "you divide the density by **σ²** where it is σ."),
        Wrong("1/√σ", lambda s: -np.log(s) / 2,
              "you divide the density by **√σ** where it is σ: are your sigmas taken for variances?"),
        Wrong("times σ", np.log, "you **multiply** the density by σ; it is divided by it."),
    ),
    exponent=(
        lambda d, s: -(d**2) / (2 * s**2),
        Wrong("σ for σ²", lambda d, s: -(d**2) / (2 * s), "**σ** stands in your exponent where **σ²** belongs."),
        Wrong("½ left out", lambda d, s: -(d**2) / s**2,
              "the **½** in the exponent is missing. The normal density falls as exp(−(x − m)² / 2σ²)."),
        Wrong("brackets of 2σ² forgotten", lambda d, s: -(d**2) / 2 * s**2,
              "**brackets are missing**: `d**2 / 2 * sigmas**2` multiplies by σ². It is divided: `d**2 / (2 * "
              "sigmas**2)`."),
        Wrong("(2σ)²", lambda d, s: -(d**2) / (2 * s) ** 2,
              "you square **2σ**, with the 2: that divides by 4σ². It is 2σ²."),
        Wrong("2 in place of ½", lambda d, s: -2 * d**2 / s**2,
              "your exponent is **four times** too large: 2 · d² / σ² for d² / (2σ²)."),
        Wrong("the exponent's sign", lambda d, s: d**2 / (2 * s**2),
              "the **minus** in the exponent is lost, so the furthest component gets most."),
        Wrong("not squared", lambda d, s: -np.abs(d) / (2 * s**2), "the distance in the exponent is **not squared**."),
        Wrong("the signed distance", lambda d, s: -d / (2 * s**2),
              "the distance in the exponent is **not squared**, and keeps its sign."),
        Wrong("|x − m| / σ", lambda d, s: -np.abs(d) / s,
              "your exponent is **−|x − m| / σ**; a normal density falls as exp(−(x − m)² / 2σ²)."),
        Wrong("σ left out of the exponent", lambda d, s: -(d**2) / 2,
              "**σ** is missing in your exponent: the distance is counted in units of σ."),
        Wrong("one σ for all", lambda d, s: -(d**2) / (2 * s[0] ** 2),
              "you use the **first σ** for all components in the exponent; each has its own."),
        Wrong("the mean of σ for all", lambda d, s: -(d**2) / (2 * s.mean() ** 2),
              "you use the **mean of σ** for all components in the exponent; each has its own."),
        Wrong("no exponent", lambda d, s: 0 * d,
              "the **points** have no effect: the distance from the means is missing."),
    ),
    normalize=(
        _normalized,
        Wrong("normalized over the points", lambda logs: _normalized(logs, axis=0),
              "your **columns** sum to 1: the shares of a component among the points. Each *point* is shared among "
              "the components, so its row sums to 1."),
        Wrong("no log-sum-exp", _unprotected,
              "right near the means. Far away every density is 0 in floating point, and 0 / 0 is **NaN**. Subtract "
              "the largest logarithm of each row before `exp`."),
        Wrong("a little added below", _with_a_little,
              "far away every density is 0 in floating point, and something small **added to their sum** (or NaN "
              "replaced by 0) leaves a point that belongs to nobody. Subtract the largest logarithm of each row "
              "before `exp`."),
        Wrong("equal shares far away", _equal_far_away,
              "far away, where every density is 0 in floating point, you give **equal shares**, and one mean is "
              "nearer. Subtract the largest logarithm of each row before `exp`."),
        Wrong("not normalized", lambda logs: np.exp(logs) / math.sqrt(2 * math.pi),
              "you return the **densities** themselves, weighted, and do not divide by their sum; each row shall sum "
              "to 1."),
        Wrong("not normalized, without √(2π)", np.exp, "you do **not divide** by the sum; each row shall sum to 1."),
        Wrong("divided by the largest", lambda logs: np.exp(logs - logs.max(axis=1, keepdims=True)),
              "you divide by the **largest** density of each point (or leave the division out after subtracting the "
              "largest logarithm); divide by the sum of the row."),
        Wrong("all or nothing", lambda logs: np.eye(logs.shape[1])[logs.argmax(axis=1)],
              "you give each point to **one** component, as k-means does. A share is asked for."),
        Wrong("one largest logarithm for all", _less(np.max),
              "you subtract **one** largest logarithm from all points. For those far away the rest is still too "
              "small. Each row has its own largest, `max(axis=1, keepdims=True)`."),
        Wrong("the largest of each column subtracted", _less(lambda logs: logs.max(axis=0)),
              "you subtract the largest logarithm of each **column**. That does not cancel in a row, where you "
              "divide. Take `max(axis=1, keepdims=True)`."),
        Wrong("normalized over everything", lambda logs: np.exp(logs - logs.max()) / np.exp(logs - logs.max()).sum(),
              "**all** your numbers together sum to 1. Each *row* does, the shares of one point: `axis=1`."),
        Wrong("logarithms divided", lambda logs: logs / logs.sum(axis=1, keepdims=True),
              "you divide the **logarithms** by their sum. Take `exp` first."),
        Wrong("rows of length 1",
              lambda logs: _normalized(logs) / np.linalg.norm(_normalized(logs), axis=1, keepdims=True),
              "your rows have the **length** 1, a root of squares; they shall sum to 1."),
    ),
    give=(
        lambda shares, weights, logs: shares,
        Wrong("transposed", lambda shares, weights, logs: shares.T,
              "the right numbers, but **transposed**: a row for each component. A row for each point is asked for."),
        Wrong("the logarithms", lambda shares, weights, logs: _log_shares(logs),
              "you return the **logarithms** of the shares. Take `exp` at the end."),
        Wrong("the likeliest component", lambda shares, weights, logs: shares.argmax(axis=1),
              "you return the **number** of the likeliest component; a share for each is asked for."),
        Wrong("the largest share", lambda shares, weights, logs: shares.max(axis=1),
              "you return the **largest share** of each point; a share for each component is asked for."),
        Wrong("weights after the division", lambda shares, weights, logs: weights * shares,
              "you multiply by the weights **after** the division, so rows no longer sum to 1. Weigh the densities "
              "first, then divide by their sum."),
        Wrong("rounded shares", lambda shares, weights, logs: np.round(shares, 2),
              "you **round** the shares. They are asked for as they are."),
        Wrong("one minus the shares", lambda shares, weights, logs: 1 - shares, "you return **1 minus** the shares."),
    ),
)
# fmt: on


@responsibilities.mistake("no normal density")
def _(points, weights, means, sigmas):
    """you compare distances in units of σ, exp(−|x − m| / σ); there is **no normal density** and no weight in it. For
    `points = [0, 3]`, `weights = [0.25, 0.75]`, `means = [0, 2]`, `sigmas = [1, 2]` you return `[[0.7311, 0.2689],
    [0.07586, 0.9241]]`. Look again at (4.11)."""
    return _normalized(-np.abs(points[:, None] - means) / sigmas)


@responsibilities.mistake("distances shared")
def _(points, weights, means, sigmas):
    """you share each point by **1 / distance²** (with the weights); there is no normal density in it. For `points = [0,
    3]`, `weights = [0.25, 0.75]`, `means = [0, 2]`, `sigmas = [1, 2]` you return `[[1, 7.5e-10], [0.03571, 0.9643]]`.
    Look again at (4.11)."""
    parts = weights / ((points[:, None] - means) ** 2 + 1e-9)
    return parts / parts.sum(axis=1, keepdims=True)


# --- 4.6 mixtures: the M step -----------------------------------------------------------------------------------------


def _soft_labels(rng):
    yield np.array([1.0, 3.0]), np.array([[1.0, 0.0], [0.5, 0.5]]), np.array([1.0, 3.0])
    yield np.array([0.0, 3.0, 6.0]), np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]), np.zeros(2)
    yield np.array([0.0, 2.0, 4.0]), np.array([[1.0], [1.0], [1.0]]), np.zeros(1)
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


def _moving(shares, weight, mean, about, power, divisor, give):
    def moved(points, r, old_means):
        with np.errstate(all="ignore"):
            r = shares(r)
            total, x = r.sum(axis=0), np.asarray(points, float)
            new = mean(r, x, total, old_means)
            middle = about(new, x, old_means)
            spread = power(r, x[:, None] - middle).sum(axis=0) / divisor(total, len(x))
            return give(weight(r, total, len(x)), new, spread, x, r)

    return moved


def _rows_summed(points, r, old_means):
    total = r.sum(axis=1)
    means = (r * points[:, None]).sum(axis=1) / total
    return total / len(points), means, (r * (points[:, None] - means[:, None]) ** 2).sum(axis=1) / total


# fmt: off
m_step.choices(
    _moving,
    place="(4.12)",
    words="`points = [0, 4]`, `r = [[1, 0], [0.5, 0.5]]`, `old_means = [1, 3]`",
    shares=(
        lambda r: r,
        Wrong("all or nothing", lambda r: np.eye(r.shape[1])[r.argmax(axis=1)],
              "each point counts for **one** component only, the likeliest, as in k-means. Points count with their "
              "shares."),
        Wrong("shares squared", lambda r: r**2,
              "you use the **squares** of r everywhere. Points count with their shares as they are."),
        Wrong("shares exchanged", lambda r: r[:, ::-1],
              "the components stand in **reversed order**: a column of r belongs to each."),
    ),
    weight=(
        lambda r, total, n: total / n,
        Wrong("weights not divided by n", lambda r, total, n: total,
              "your **weights** are the sums of r, which add up to the number of points. Divide by n, so that they "
              "add up to 1."),
        Wrong("equal weights", lambda r, total, n: np.full(len(total), 1 / len(total)),
              "your **weights** are all 1/k. A component's weight is its share of all points, the mean of its column "
              "of r."),
        Wrong("weights divided by k", lambda r, total, n: total / len(total),
              "your **weights** are divided by the number of *components*. Divide by the number of points, so that "
              "they add up to 1."),
        Wrong("weights divided by n − 1", lambda r, total, n: total / max(n - 1, 1),
              "your **weights** are divided by n − 1. Divide by the number of points, so that they add up to 1."),
        Wrong("weights divided by the largest", lambda r, total, n: total / total.max(),
              "your **weights** are divided by the largest of them. Divide by the number of points, so that they add "
              "up to 1."),
        Wrong("the largest shares as weights", lambda r, total, n: r.max(axis=0),
              "your **weights** are the largest shares. A component's weight is the mean of its column of r."),
        Wrong("weights of the likeliest", lambda r, total, n: np.bincount(r.argmax(axis=1), minlength=r.shape[1]) / n,
              "your **weights** count for how many points each component is the likeliest. It is the mean of its "
              "column of r."),
    ),
    mean=(
        lambda r, x, total, old: x @ r / total,
        Wrong("means not divided", lambda r, x, total, old: x @ r,
              "your **means** are sums of r times the points, not divided by the sum of r."),
        Wrong("means divided by the number of points", lambda r, x, total, old: x @ r / len(x),
              "your **means** are divided by the number of points, not by the sum of r."),
        Wrong("the old means returned", lambda r, x, total, old: old,
              "you return the **old means**. The new ones are the means of the points, weighted by r."),
        Wrong("half-way to the new means", lambda r, x, total, old: (x @ r / total + old) / 2,
              "your means are **half-way** between the old and the new. The old ones have no say."),
        Wrong("means of all points", lambda r, x, total, old: np.full(len(total), x.mean()),
              "your **means** are that of all points, the same for every component. Each point counts with its "
              "responsibility."),
        Wrong("medians", lambda r, x, total, old: np.full(len(total), np.median(x)),
              "your means are the **median** of all points. Each point counts with its responsibility."),
        Wrong("the likeliest point as mean", lambda r, x, total, old: x[r.argmax(axis=0)],
              "your means are the **points** with the largest shares. All points count, with their shares."),
    ),
    about=(
        lambda new, x, old: new,
        Wrong("variance about the old mean", lambda new, x, old: old,
              "your variance is taken about the **old** means. About any other point than the mean it is too large. "
              "The new means come first."),
        Wrong("variance about the mean of all points", lambda new, x, old: x.mean(),
              "your variance is taken about the mean of **all** points. Each component has its own mean."),
        Wrong("mean of squares alone", lambda new, x, old: 0,
              "your third result is the mean of the **squares** of the points. Take the square of the mean away, or "
              "square the distance from the mean."),
    ),
    power=(
        lambda r, d: r * d**2,
        Wrong("responsibilities squared", lambda r, d: (r * d) ** 2,
              "the **square of r** weights your variance, because r stands inside of the square. Square the distance "
              "alone."),
        Wrong("absolute deviations", lambda r, d: r * np.abs(d),
              "your third result is the mean **absolute** deviation. Square it."),
        Wrong("deviations not squared", lambda r, d: r * d, "your deviations are **not squared**, so they sum to 0."),
        Wrong("variance not weighted", lambda r, d: d**2 * r.sum(axis=0) / len(d),
              "r is missing in your **variance**, so all points count alike. Weigh them, as in the mean."),
    ),
    divisor=(
        lambda total, n: total,
        Wrong("variance divided by the number of points", lambda total, n: n,
              "weights and means may be right, but your **variance** is divided by the number of points, not by the "
              "sum of r."),
        Wrong("one less in the variance", lambda total, n: total - 1,
              "you divide the variance by the sum of r **less 1**, as for a sample. The likelihood is largest with "
              "the sum itself."),
        Wrong("variance not divided", lambda total, n: 1, "your **variance** is a sum, not divided by the sum of r."),
        Wrong("variance divided twice", lambda total, n: total**2,
              "your variance is divided by the sum of r **twice**."),
    ),
    give=(
        lambda weights, means, spread, x, r: (weights, means, spread),
        Wrong("σ for σ²", lambda weights, means, spread, x, r: (weights, means, np.sqrt(spread)),
              "your third result is the **standard deviation**. The variance is asked for, with no root."),
        Wrong("variances before means", lambda weights, means, spread, x, r: (weights, spread, means),
              "the right numbers in another **order**. Weights, then means, then variances."),
        Wrong("means before weights", lambda weights, means, spread, x, r: (means, weights, spread),
              "the right numbers in another **order**: means first. Weights, then means, then variances."),
        Wrong("means, variances, weights", lambda weights, means, spread, x, r: (means, spread, weights),
              "the right numbers in another **order**: weights last. Weights, then means, then variances."),
        Wrong("weights left out of the answer", lambda weights, means, spread, x, r: (means, spread),
              "you return **means and variances** only; the weights come first."),
        Wrong("one variance for all",
              lambda weights, means, spread, x, r: (weights, means, np.full(len(means), weights @ spread)),
              "you return **one common variance**. Each component has its own."),
        Wrong("the variance of all points",
              lambda weights, means, spread, x, r: (weights, means, np.full(len(means), x.var())),
              "your variance is that of **all points**. Each point counts with its responsibility."),
        Wrong("1 / variance", lambda weights, means, spread, x, r: (weights, means, 1 / np.maximum(spread, 1e-12)),
              "your third result is **1 over the variance**. The variance itself is asked for."),
        Wrong("the variance of the mean",
              lambda weights, means, spread, x, r: (weights, means, spread * (r**2).sum(axis=0) / r.sum(axis=0) ** 2),
              "your third result is the variance of the **mean**. That of the points is asked for."),
    ),
)
# fmt: on


@m_step.mistake("divided by the number of points")
def _(points, r, old_means):
    """you divide by the **number of points** where the sum of r belongs: a component has only its share of them. For
    `points = [0, 4]`, `r = [[1, 0], [0.5, 0.5]]`, `old_means = [1, 3]` you return `[[0.75, 0.25], [1, 1], [2.75,
    2.25]]`. Look again at (4.12)."""
    n = len(points)
    means = r.T @ points / n
    return r.sum(axis=0) / n, means, (r * (points[:, None] - means) ** 2).sum(axis=0) / n


@m_step.mistake("not weighted")
def _(points, r, old_means):
    """your means and variances are those of **all points**, the same for every component. For `points = [0, 4]`, `r =
    [[1, 0], [0.5, 0.5]]`, `old_means = [1, 3]` you return `[[0.75, 0.25], [2, 2], [4, 4]]`. Each point counts with its
    responsibility, (4.12)."""
    k = r.shape[1]
    return r.mean(axis=0), np.full(k, points.mean()), np.full(k, points.var())


@m_step.mistake("summed along the rows")
def _(points, r, old_means):
    """you sum along the **rows** of r: a result for each point. For `points = [0, 4]`, `r = [[1, 0], [0.5, 0.5]]`,
    `old_means = [1, 3]` you return `[[0.5, 0.5], [0, 4], [0, 0]]`. A column belongs to a component, so sum along
    `axis=0`, (4.12)."""
    total = r.sum(axis=1)
    means = (r * points[:, None]).sum(axis=1) / total
    return total / len(points), means, (r * (points[:, None] - means[:, None]) ** 2).sum(axis=1) / total


# --- 4.7 flooding from a seed -----------------------------------------------------------------------------------------


FOUR_STEPS = ((-1, 0), (0, -1), (0, 1), (1, 0))


DIAGONAL = tuple((i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0))


def _seeded(rng):
    yield np.array([[1.0, 9.0], [9.0, 1.0]]), (0, 0), 1.0
    yield np.array([[1.0, 2.0, 1.5]]), (0, 0), 1.0
    yield np.array([[5.0, 1.0, 5.0]]), (0, 0), 1.0
    yield np.array([[1.0, 1.0, 1.0, 1.0]]), (0, 0), 1.0
    yield np.array([[1.0, 1.0], [1.0, 1.0]]), (0, 0), 1.0
    yield np.array([[1.0, 1.0, 9.0]]), (0, 0), 1.0
    yield np.array([[1.0, 1.0, 1.0], [5.0, 5.0, 9.0]]), (0, 1), 1.0
    yield np.array([[1.0, 9.0, 1.0], [1.0, 1.0, 1.0]]), (0, 2), 1.0
    yield np.array([[2.0, 2.0, 2.5]]), (0, 0), 1.0
    yield np.array([[1.0, 9.0, 1.0, 1.0]]), (0, 2), 1.0
    yield np.array([[1.0, 9.0, 1.0, 1.0]]), (0, 0), 1.0
    yield np.array([[1.0, 9.0, 1.0]]), (0, 0), 1.0
    yield np.array([[3.0, 9.0]]), (0, 0), 1.0
    yield np.array([[1.0, 2.0, 3.0, 1.0, 9.0]]), (0, 0), 2.0
    yield np.array([[1.0, 2.0, 3.0, 3.0, 1.0, 1.0]]), (0, 1), 1.0
    yield np.array([[9.0, 4.0, 6.0, 9.0]]), (0, 1), 1.0
    yield np.array([[1.0, 9.0, 5.0, 9.0, 5.0]]), (0, 2), 1.0
    yield np.array([[9.0, 9.0, 1.0, 9.0, 9.0]]), (0, 2), 1.0
    yield np.array([[1.0, 1.0, 1.0], [1.0, 9.0, 1.0], [1.0, 1.0, 1.0]]), (0, 0), 1.0
    yield np.array([[1.0, 2.0, 3.0, 3.0, 9.0, 9.0]]), (0, 0), 2.0
    yield np.array([[1.0, 3.0, 4.0, 8.0, 9.0]]), (0, 0), 2.0
    yield np.array([[5.0, 9.0, 9.0, 9.0, 9.0, 9.0]]), (0, 0), 1.0
    yield np.array([[1.0, 9.0, 1.0, 1.0, 9.0, 1.0]]), (0, 0), 1.0
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


CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], bool)


def _hanging(alike, at, touching=CROSS):
    """The piece of a mask that holds a place."""
    from scipy.ndimage import label

    pieces, _ = label(alike, touching)
    return (pieces == pieces[at]) & alike


def _flooding(start, close, touching, reach, give):
    def flooded(image, seed, tolerance):
        at = start(seed, image)
        alike = np.asarray(close(image, image[at], tolerance))
        return give(reach(alike, at, touching), image, at)

    return flooded


def _from_seed(image, seed, tolerance):
    return np.abs(image - image[seed]) <= tolerance


def _next_to_the_seed(alike, at, touching):
    from scipy.ndimage import binary_dilation

    seed = np.zeros(alike.shape, bool)
    seed[at] = True
    return binary_dilation(seed, touching) & alike | seed


def _some_steps(number):
    def reached(alike, at, touching):
        from scipy.ndimage import binary_dilation

        mask = np.zeros(alike.shape, bool)
        mask[at] = True
        return binary_dilation(mask, touching, iterations=number, mask=alike)

    return reached


def _numbers(alike, touching=CROSS):
    from scipy.ndimage import label

    return label(alike, touching)[0]


def _largest(alike, at, touching):
    pieces = _numbers(alike, touching)
    return pieces == 1 + np.argmax(np.bincount(pieces.ravel())[1:]) if alike.any() else alike


def _straight(alike, at, touching):
    mask = np.zeros(alike.shape, bool)
    for di, dj in FOUR_STEPS:
        i, j = at
        while 0 <= i < alike.shape[0] and 0 <= j < alike.shape[1] and alike[i, j]:
            mask[i, j] = True
            i, j = i + di, j + dj
    return mask


def _cross(alike, at, touching):
    cross = np.zeros(alike.shape, bool)
    cross[at[0]] = cross[:, at[1]] = True
    return alike & cross


def _with_rim(mask, image, at):
    from scipy.ndimage import binary_dilation

    return binary_dilation(mask)


def _filled(mask, image, at):
    from scipy.ndimage import binary_fill_holes

    return binary_fill_holes(mask)


def _without_seed(mask, image, at):
    result = mask.copy()
    result[at] = False
    return result


def _one_pass(alike, at, touching):
    mask = np.zeros(alike.shape, bool)
    mask[at] = True
    for i, j in np.ndindex(alike.shape):
        around = [(i + a, j + b) for a, b in np.argwhere(touching) - 1]
        if alike[i, j] and any(mask[p] for p in around if 0 <= p[0] < alike.shape[0] and 0 <= p[1] < alike.shape[1]):
            mask[i, j] = True
    return mask


def _inner_pixels(mask):
    result = np.ones(mask.shape, bool)
    result[[0, -1]] = result[:, [0, -1]] = False
    return result


# fmt: off
flood.choices(
    _flooding,
    place="section 12",
    words="`image = [[1, 2, 3, 1, 0, 1]]`, `seed = (0, 0)`, `tolerance = 1`",
    start=(
        lambda seed, image: seed,
        Wrong("the first pixel for the seed", lambda seed, image: (0, 0),
              "you start from the **first pixel**, and the seed has no effect."),
        Wrong("row and column of the seed exchanged", lambda seed, image: (seed[1], seed[0]),
              "you take the seed for **(x, y)**. It is (row, column), as NumPy counts: `image[seed]`. Where there is "
              "no such row or column, an `IndexError` comes of it."),
    ),
    close=(
        lambda image, value, tolerance: np.abs(image - value) <= tolerance,
        Wrong("strictly within", lambda image, value, tolerance: np.abs(image - value) < tolerance,
              "`<` leaves out the pixels that are **just** `tolerance` away. Within means `<=` here."),
        Wrong("signed difference", lambda image, value, tolerance: image - value <= tolerance,
              "you compare the **signed** difference, so whatever is darker than the seed gets in. Take `np.abs`."),
        Wrong("signed difference, the other way", lambda image, value, tolerance: value - image <= tolerance,
              "you compare the **signed** difference, so whatever is brighter than the seed gets in. Take `np.abs`."),
        Wrong("equal values only", lambda image, value, tolerance: image == value,
              "the **tolerance** has no effect: only pixels with just the seed's value get in."),
        Wrong("half of the tolerance", lambda image, value, tolerance: np.abs(image - value) <= tolerance / 2,
              "you allow **half** of the tolerance. A value may be off by the whole of it, up and down."),
        Wrong("twice the tolerance", lambda image, value, tolerance: np.abs(image - value) <= 2 * tolerance,
              "you allow **twice** the tolerance."),
        Wrong("brighter only", lambda image, value, tolerance: (image >= value) & (image <= value + tolerance),
              "you let in what is **brighter** than the seed, but not what is darker. Take `np.abs`."),
        Wrong("darker only", lambda image, value, tolerance: (image <= value) & (image >= value - tolerance),
              "you let in what is **darker** than the seed, but not what is brighter. Take `np.abs`."),
        Wrong("tolerance as a share", lambda image, value, tolerance: np.abs(image - value) <= tolerance * value,
              "you take the tolerance for a **share** of the seed's value. It is a difference of values."),
        Wrong("squares against the tolerance", lambda image, value, tolerance: (image - value) ** 2 <= tolerance,
              "you compare the **square** of the difference with the tolerance."),
        Wrong("close to the mean of the image",
              lambda image, value, tolerance: np.abs(image - image.mean()) <= tolerance,
              "you compare with the **mean of the image**, not with the seed."),
        Wrong("values below the tolerance", lambda image, value, tolerance: image <= tolerance,
              "you compare the **values themselves** with the tolerance; it is their difference from the seed's."),
        Wrong("what differs", lambda image, value, tolerance: (np.abs(image - value) > tolerance) | (image == value),
              "your comparison is the **wrong way round**: you go over pixels that differ by more than the tolerance."),
    ),
    touching=(
        CROSS,
        Wrong("diagonal steps", np.ones((3, 3), bool),
              "you also step **diagonally**; here the steps lead up, down, left and right."),
        Wrong("only diagonal steps", np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]], bool),
              "you step **diagonally** only; here the steps lead up, down, left and right."),
        Wrong("only along the row", np.array([[0, 0, 0], [1, 1, 1], [0, 0, 0]], bool),
              "you step **left and right** only; steps lead up and down, too."),
        Wrong("only along the column", np.array([[0, 1, 0], [0, 1, 0], [0, 1, 0]], bool),
              "you step **up and down** only; steps lead left and right, too."),
    ),
    reach=(
        _hanging,
        Wrong("every pixel within tolerance", lambda alike, at, touching: alike,
              "you take **every** pixel within the tolerance, wherever it is. It must also be reached from the seed."),
        Wrong("one step only", _next_to_the_seed,
              "you look at the neighbours of the **seed** only. Go on from each pixel that is added."),
        *(Wrong(f"{n} steps only", _some_steps(n), f"you go **{n} steps** and stop. Go on until nothing is added.")
          for n in (2, 3, 5, 10)),
        Wrong("along the seed's row and column", _straight,
              "you go straight from the seed only, along its **row and its column**. Paths may bend."),
        Wrong("the seed's row and column", _cross,
              "you keep what is alike in the seed's **row and column**, whether one gets there or not. Walk from "
              "pixel to pixel."),
        Wrong("one pass over the image", _one_pass,
              "you pass over the image **once**, row after row, and what leads up or to the left is reached too "
              "late. Go on until nothing is added."),
        Wrong("never at the border", lambda alike, at, touching: _hanging(alike & _inner_pixels(alike), at, touching),
              "you never step onto the **outermost** rows and columns. The image reaches to its border."),
        Wrong("piece number 1", lambda alike, at, touching: _numbers(alike, touching) == 1,
              "you return the **first** piece, whose number is 1, and not the one that holds the seed. Compare with "
              "`pieces[seed]`."),
        Wrong("the largest piece", _largest,
              "you return the **largest** piece, and not the one that holds the seed. Compare with `pieces[seed]`."),
        Wrong("the numbers of all pieces", lambda alike, at, touching: _numbers(alike, touching),
              "you return the **numbers** of all pieces that are alike enough. Which of them holds the seed? Compare "
              "with `pieces[seed]`."),
    ),
    give=(
        lambda mask, image, at: mask,
        Wrong("the seed left out", _without_seed, "the **seed** itself is missing. It belongs to its region."),
        Wrong("the values of the region", lambda mask, image, at: image * mask,
              "you return the **values** of the region. A mask is asked for, True or False."),
        Wrong("the rim as well", _with_rim,
              "you also take the pixels **at which you stop**, the rim of the region. Only what is within the "
              "tolerance belongs to it."),
        Wrong("holes filled", _filled,
              "you fill the **holes** of the region. What differs by more than the tolerance stays outside."),
        Wrong("what is not reached", lambda mask, image, at: ~mask,
              "you return what is **not** reached: True and False are exchanged."),
        Wrong("the number of pixels", lambda mask, image, at: mask.sum(),
              "you return **how many** pixels are reached. A mask is asked for, True or False."),
        Wrong("places in place of a mask", lambda mask, image, at: np.argwhere(mask),
              "you return the **places** of the pixels. A mask is asked for, True or False."),
        Wrong("255 for the region", lambda mask, image, at: 255 * mask.astype(int),
              "you return **255** for the region. A mask is asked for, True or False."),
    ),
)
# fmt: on
# fmt: on


@flood.mistake("tolerance to the neighbour")
def _(image, seed, tolerance):
    """you compare each pixel with its **neighbour**, not with the seed, and so you creep along every slow slope.
    {example} you return `[[True, True, True, False, False, False]]`. Look again at section 12."""
    return _reached(image, seed, lambda here, there: abs(there - here) <= tolerance)


@flood.mistake(
    "all of its row-and-column neighbours, to the right and down only",
    example=(np.array([[1.0, 1.0, 1.0]]), (0, 1), 1.0),
)
def _(image, seed, tolerance):
    """you step only **to the right and down**. For `image = [[1, 1, 1]]`, `seed = (0, 1)`, `tolerance = 1` you return
    `[[False, True, True]]`. Steps lead up and left, too, section 12."""
    return _reached(image, seed, lambda here, there: abs(there - image[seed]) <= tolerance, ((0, 1), (1, 0)))


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


# --- 4.8 an energy ----------------------------------------------------------------------------------------------------


def _labellings(rng):
    yield np.array([[0, 0], [0, 1]]), np.zeros((2, 2, 2)), 1
    yield np.array([[0, 0, 1, 1, 1]]), np.zeros((1, 5, 2)), 5
    yield np.array([[0, 0, 1]]), np.zeros((1, 3, 2)), 1
    yield np.array([[0, 1], [1, 1]]), np.zeros((2, 2, 2)), 1
    yield np.array([[0, 1, 1], [1, 1, 0]]), np.zeros((2, 3, 2)), 4
    yield np.array([[0, 3]]), np.zeros((1, 2, 4)), 7
    yield np.array([[0, 0]]), np.array([[[4.0, 0.0], [9.0, 0.0]]]), 1
    yield np.array([[0, 0]]), np.array([[[4.0, 0.0], [9.0, 0.0]]]), 2
    yield np.array([[0, 1]]), np.array([[[4.0, 5.0], [9.0, 8.0]]]), 1
    yield np.array([[0, 1, 0, 1]]), np.zeros((1, 4, 2)), 10
    yield np.array([[0, 1], [1, 1]]), np.zeros((2, 2, 2)), 11
    yield np.array([[0, 0]]), np.array([[[4.0, 3.0], [9.0, 4.0]]]), 1
    yield np.array([[0, 0]]), np.array([[[4.0, 20.0], [9.0, 30.0]]]), 1
    yield np.array([[0, 1]]), np.full((1, 2, 2), 50), 3
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


def _paying(own, differ, steps, weight, give):
    def paid(labels, unary, smoothness):
        alone = own(labels, unary, smoothness)
        pairs = 0.0
        for down, right, wrap in steps:
            pairs = pairs + differ(*_neighbours(labels, down, right, wrap))
        return give(alone, pairs, weight(smoothness), labels)

    return paid


def _neighbours(labels, down, right, wrap):
    """Each pixel and the one so many rows below and columns to the right."""
    rows, columns = labels.shape
    if wrap:
        return labels, np.roll(labels, (-down, -right), (0, 1))
    here = labels[: max(rows - down, 0), max(-right, 0) : columns - max(right, 0)]
    return here, labels[down:, max(right, 0) : columns + min(right, 0)]


def _costs(labels, unary):
    """What each pixel pays for its label."""
    return np.take_along_axis(unary, labels[..., None], axis=2)[..., 0]


def _chosen(labels, unary, smoothness):
    return _costs(labels, unary).sum()


def _pairs_of(steps):
    return tuple((*step, False) for step in steps)


# fmt: off
energy.choices(
    _paying,
    place="(4.15)",
    own=(
        _chosen,
        Wrong("the smallest costs", lambda labels, unary, smoothness: unary.min(axis=2).sum(),
              "you add the **smallest** unary cost of each pixel, whatever its label is. A pixel pays for the label "
              "that it has."),
        Wrong("the largest costs", lambda labels, unary, smoothness: unary.max(axis=2).sum(),
              "you add the **largest** unary cost of each pixel. A pixel pays for the label that it has."),
        Wrong("all costs of a pixel", lambda labels, unary, smoothness: unary.sum(),
              "you add **all** unary costs of a pixel, those of labels that it does not have as well. It pays for "
              "the label that it has."),
        Wrong("every label of the picture at every pixel", lambda labels, unary, smoothness: unary[..., labels].sum(),
              "`unary[..., labels]` holds the costs of **all labels of the picture at every pixel**. A pixel pays for "
              "its own: `unary[rows, columns, labels]`, or `np.take_along_axis`."),
        Wrong("no unary costs", lambda labels, unary, smoothness: 0,
              "you leave the **unary** costs out. Each pixel pays for its label."),
        Wrong("a mean of the costs", lambda labels, unary, smoothness: _chosen(labels, unary, smoothness) / labels.size,
              "you take the **mean** of the unary costs; they are added."),
        Wrong("the largest cost alone", lambda labels, unary, smoothness: _costs(labels, unary).max(),
              "you take the **largest** of what the pixels pay; they are added."),
        Wrong("the label times the costs", lambda labels, unary, smoothness: (labels[..., None] * unary).sum(),
              "you **multiply** the labels and the unary costs. A label says *which* cost is paid: it is an index."),
        Wrong("the label times its cost", lambda labels, unary, smoothness: (labels * _costs(labels, unary)).sum(),
              "you multiply each cost by its **label**, so label 0 pays nothing. A pixel pays the cost of its label, "
              "once."),
        Wrong("the costs of label 0", lambda labels, unary, smoothness: unary[..., 0].sum(),
              "you add the costs of **label 0**, whatever the labels are. A pixel pays for the label that it has."),
        Wrong("the costs of label 1", lambda labels, unary, smoothness: unary[..., 1].sum(),
              "you add the costs of **label 1**, whatever the labels are. A pixel pays for the label that it has."),
        Wrong("the labels themselves", lambda labels, unary, smoothness: labels.sum(),
              "you add the **labels**, not their costs. A label says which cost is paid."),
        Wrong("the costs of the other label",
              lambda labels, unary, smoothness: _costs(unary.shape[2] - 1 - labels, unary).sum(),
              "you count the labels **backwards**: each pixel pays for the opposite label."),
    ),
    differ=(
        lambda a, b: float((a != b).sum()),
        Wrong("equal pairs counted", lambda a, b: float((a == b).sum()),
              "you count the pairs that are **equal**. A pair pays where its labels differ."),
        Wrong("equal pairs rewarded", lambda a, b: float(np.where(a != b, 1, -1).sum()),
              "equal neighbours **lower** your energy, as in Ising's model. In (4.15) they cost nothing."),
        Wrong("the difference of the labels", lambda a, b: float(np.abs(a - b).sum()),
              "you take the **difference** of the labels. Labels are names: Potts's pair pays the same however they "
              "differ."),
        Wrong("the square of the difference", lambda a, b: float(((a - b) ** 2).sum()),
              "you take the **square** of the difference of the labels. Labels are names: Potts's pair pays the same "
              "however they differ."),
        Wrong("smoothness once for all", lambda a, b: float((a != b).any()),
              "you pay smoothness **once** for each direction, if any pair differs. Each pair pays."),
        Wrong("the share of pairs", lambda a, b: float((a != b).mean()) if a.size else 0.0,
              "you take the **mean** over the pairs (a share); each pair pays."),
        Wrong("all pairs", lambda a, b: float(a.size),
              "you count **all** pairs of neighbours. A pair pays only where its labels differ."),
        Wrong("only pairs with a 0", lambda a, b: float(((a == 0) != (b == 0)).sum()),
              "you count only pairs of a **0 and something else**. A pair pays wherever its labels differ."),
        Wrong("only steps upwards", lambda a, b: float((b > a).sum()),
              "you count only the pairs whose second label is **larger**. A pair pays wherever its labels differ."),
    ),
    steps=(
        _pairs_of([(0, 1), (1, 0)]),
        Wrong("neighbours counted twice", _pairs_of([(0, 1), (1, 0)] * 2),
              "each pair of neighbours counts **twice**, once from either side. Look at the pixel below and the one "
              "to the right only."),
        Wrong("8 neighbours", _pairs_of([(0, 1), (1, 0), (1, 1), (1, -1)]),
              "you also count **diagonal** pairs. A pixel has four neighbours."),
        Wrong("8 neighbours, each pair twice", _pairs_of([(0, 1), (1, 0), (1, 1), (1, -1)] * 2),
              "you count **eight** neighbours, and each pair **twice**, once from either side. Look at the pixel "
              "below and the one to the right only."),
        Wrong("one diagonal as well", _pairs_of([(0, 1), (1, 0), (1, 1)]),
              "you also count the pairs along **one diagonal**. A pixel has four neighbours."),
        Wrong("pairs within a row only", _pairs_of([(0, 1)]),
              "you compare neighbours within a **row** only. Pairs one above the other count, too."),
        Wrong("pairs within a column only", _pairs_of([(1, 0)]),
              "you compare neighbours within a **column** only. Pairs side by side count, too."),
        Wrong("wrapped around", ((0, 1, True), (1, 0, True)),
              "your image is **wrapped around**: `np.roll` makes the last column a neighbour of the first. Compare "
              "slices, as in `labels[:, 1:] != labels[:, :-1]`."),
        Wrong("diagonal pairs only", _pairs_of([(1, 1)]),
              "you compare each pixel with the one **diagonally** below. Neighbours are above, below, left and right."),
        Wrong("no pairs", (), "you leave the **pairs** out. Neighbours whose labels differ pay smoothness."),
        Wrong("two pixels apart", _pairs_of([(0, 2), (2, 0)]),
              "you compare pixels that are **two apart**. Neighbours share an edge."),
    ),
    weight=(
        lambda smoothness: smoothness,
        Wrong("smoothness left out", lambda smoothness: 1,
              "you forget **smoothness**: every border costs 1. Each pair that differs pays `smoothness`."),
        Wrong("the pairs subtracted", lambda smoothness: -smoothness,
              "you **subtract** what the pairs pay; both sums are added."),
        Wrong("half of smoothness", lambda smoothness: smoothness / 2,
              "each pair pays only **half** of smoothness, as if it were counted twice."),
        Wrong("smoothness squared", lambda smoothness: smoothness**2,
              "you **square** smoothness; each pair pays it once."),
        Wrong("divided by smoothness", lambda smoothness: 1 / smoothness if smoothness else np.inf,
              "you **divide** the pairs by smoothness; they are multiplied by it."),
    ),
    give=(
        lambda alone, pairs, weight, labels: alone + weight * pairs,
        Wrong("divided by the number of pixels",
              lambda alone, pairs, weight, labels: (alone + weight * pairs) / labels.size,
              "you divide the energy by the **number of pixels**; a sum is asked for."),
        Wrong("two numbers", lambda alone, pairs, weight, labels: np.array([alone, weight * pairs]),
              "you return **two numbers**; their sum is asked for."),
        Wrong("the wrong sign", lambda alone, pairs, weight, labels: -(alone + weight * pairs),
              "your energy has the **wrong sign**, as a logarithm of a probability has."),
        Wrong("a probability", lambda alone, pairs, weight, labels: np.exp(-(alone + weight * pairs)),
              "you return **exp(−E)**; the energy itself is asked for."),
        Wrong("cut to a whole number", lambda alone, pairs, weight, labels: int(alone + weight * pairs),
              "you **cut** the energy to a whole number; costs may be fractions."),
        Wrong("half of the pairs", lambda alone, pairs, weight, labels: alone + weight * (pairs // 2),
              "you **halve** the number of pairs and cut off the fraction. Only a sum over all four neighbours of "
              "every pixel counts each pair twice."),
        Wrong("smoothness times everything", lambda alone, pairs, weight, labels: weight * (alone + pairs),
              "you multiply the **unary costs** by smoothness as well. It belongs to the pairs only."),
        Wrong("smoothness added once", lambda alone, pairs, weight, labels: alone + weight + pairs,
              "you **add** smoothness to the number of pairs; it is multiplied by it."),
    ),
)
# fmt: on


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


@energy.mistake("differences that cancel", example=(np.array([[0, 1, 0]]), np.full((1, 3, 2), 11), 4))
def _(labels, unary, smoothness):
    """you add differences **with their signs**, and steps up and down cancel. For `labels = [[0, 1, 0]]`, where every
    label costs 11, and `smoothness = 4` you return `33`, expected 41. Ask whether labels differ, `!=`, (4.15)."""
    total = int(np.diff(labels, axis=0).sum()) + int(np.diff(labels, axis=1).sum())
    return _paid(labels, unary, 0) + smoothness * abs(total)


# --- 4.9 iterated conditional modes -----------------------------------------------------------------------------------


def _noisy(rng):
    yield np.array([[1, 0]]), np.zeros((1, 2, 2)), 0.0
    yield np.array([[0, 0, 0]]), np.zeros((1, 3, 2)), 1
    yield np.array([[0, 1, 0]]), np.array([[[0, 9], [9, 0], [0, 9]]]), 1
    yield np.array([[0, 1, 0]]), np.array([[[0, 9], [5, 0], [0, 9]]]), 3
    yield np.array([[0, 0], [1, 1]]), np.zeros((2, 2, 2)), 1
    yield np.array([[1, 0, 1, 0, 1]]), np.zeros((1, 5, 2)), 1
    yield np.array([[0, 0, 0, 1, 0]]), np.zeros((1, 5, 2)), 1
    yield np.array([[0, 0, 0, 1]]), np.array([[[0, 1], [2, 1], [2, 1], [0, 1]]]), 1
    yield np.array([[1, 0, 0, 1]]), np.zeros((1, 4, 2)), 1
    yield np.array([[1, 1, 1, 1, 1]]), np.zeros((1, 5, 2)), 1
    yield np.array([[1, 1, 0]]), np.array([[[0, 9], [9, 0], [0, 9]]]), 1
    yield np.array([[0, 1, 1, 1]]), np.zeros((1, 4, 2)), 1
    yield np.array([[0, 0, 0, 1]]), np.zeros((1, 4, 2)), 1
    yield np.array([[0, 0, 0, 0, 1]]), np.array([[[1, 1], [2, 1], [2, 1], [2, 1], [0, 1]]]), 1
    yield np.array([[0, 0, 1, 0, 0]]), np.array([[[0, 9], [0, 9], [5, 0], [0, 9], [0, 9]]]), 4
    yield np.array([[1, 1, 1]]), np.array([[[0, 1], [3, 0], [3, 0]]]), 9
    yield np.array([[1, 0, 0, 0]]), np.zeros((1, 4, 2)), 1
    yield np.array([[0], [1], [0]]), np.zeros((3, 1, 2)), 1
    yield np.array([[1, 0, 1, 0]]), np.zeros((1, 4, 2)), 1
    yield np.array([[0, 1, 1]]), np.zeros((1, 3, 2)), 0.5
    yield np.array([[0, 1, 0, 0, 0, 0]]), np.array([[[0, 9], [5, 0], *[[0, 9]] * 4]]), 4
    yield np.array([[0, 1, 0, 0, 0]]), np.zeros((1, 5, 2)), 1
    yield np.array([[1, 0], [0, 1]]), np.zeros((2, 2, 2)), 1
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


def _sweeping(start, seen, order, beyond, steps, price, choose, give):
    def swept(labels, unary, smoothness):
        new = np.array(start(labels, unary))
        old = new.copy()
        rows, columns = labels.shape
        for i, j in order(rows, columns):
            around = []
            for a, b in ((i + di, j + dj) for di, dj in steps):
                if beyond == "wrap":
                    a, b = a % rows, b % columns
                if beyond == "-1" and a < rows and b < columns or 0 <= a < rows and 0 <= b < columns:
                    around.append(int((new if seen == "new" else old)[a, b]))
                elif beyond == "0":
                    around.append(0)
            pays = [price(unary[i, j, k], smoothness, sum(other != k for other in around), len(around)) for k in (0, 1)]
            new[i, j] = choose(pays, new[i, j], smoothness)
        return give(new, labels, unary, smoothness)

    return swept


def _kept_on_a_tie(pays, now, smoothness):
    return now if pays[0] == pays[1] else int(pays[1] < pays[0])


def _in_order(rows, columns):
    return list(np.ndindex(rows, columns))


def _inside(rows, columns):
    return [(i, j) for i in range(1, rows - 1) for j in range(1, columns - 1)]


def _on_a_chessboard(rows, columns):
    return sorted(np.ndindex(rows, columns), key=lambda place: sum(place) % 2)


def _again(times):
    def swept(new, labels, unary, smoothness):
        for _ in range(times):
            new = _swept(new, unary, smoothness)
        return new

    return swept


def _first_change(new, labels, unary, smoothness):
    changed, places = labels.copy(), np.argwhere(new != labels)
    for i, j in places[:1]:
        changed[i, j] = new[i, j]
    return changed


# fmt: off
icm_sweep.choices(
    _sweeping,
    place="section 13",
    start=(
        lambda labels, unary: labels,
        Wrong("started from the cheapest labels", lambda labels, unary: unary.argmin(axis=2),
              "you start from the **cheapest** label of each pixel, and those that are given have no effect. Start "
              "from `labels`."),
        Wrong("started from zeros", lambda labels, unary: np.zeros_like(labels),
              "you start from **zeros**, and the labels that are given have no effect. Start from a copy of `labels`."),
    ),
    seen=(
        "new",
        Wrong("all pixels at once", "old",
              "each pixel looks at its neighbours' **old** labels, as if all changed at once. Then two neighbours "
              "may swap their labels for ever. Read from the array that you change."),
    ),
    order=(
        _in_order,
        Wrong("in the order of a chessboard", _on_a_chessboard,
              "you change the pixels of one colour of a **chessboard** first, then the others, as `energies.icm` "
              "does. Here the sweep goes in reading order."),
        Wrong("backwards", lambda rows, columns: _in_order(rows, columns)[::-1],
              "you sweep **backwards**, from the last pixel to the first. Reading order begins at the upper left."),
        Wrong("each row from right to left",
              lambda rows, columns: [(i, columns - 1 - j) for i, j in _in_order(rows, columns)],
              "you go through each row **from right to left**. Reading order goes from left to right."),
        Wrong("pixels at the border left out", _inside,
              "you leave the pixels **at the border** as they are. They have fewer neighbours, but a label like all "
              "others."),
        Wrong("the last row and column left out", lambda rows, columns: list(np.ndindex(rows - 1, columns - 1)),
              "you leave the **last row and the last column** as they are: your loops end one too early."),
    ),
    beyond=(
        "",
        Wrong("wrapped around", "wrap",
              "at the border you look **round the corner**, where the last row or column is a neighbour of the "
              "first. Beyond the border there is no neighbour."),
        Wrong("index −1 at the border", "-1",
              "at the first row and column you read **index −1**, which in Python is the last. Beyond the border "
              "there is no neighbour."),
        Wrong("zeros beyond the border", "0",
              "beyond the border you put neighbours with the label **0**. There is no neighbour at all."),
    ),
    steps=(
        FOUR_STEPS,
        Wrong("8 neighbours", DIAGONAL, "you ask **eight** neighbours, the diagonal ones as well. A pixel has four."),
        Wrong("neighbours above and to the left only", ((-1, 0), (0, -1)),
              "you ask the neighbours **above and to the left** only, those that were visited already. The others "
              "count with the labels that they have."),
        Wrong("neighbours below and to the right only", ((1, 0), (0, 1)),
              "you ask the neighbours **below and to the right** only. In a sum over all pairs that is enough, here "
              "a pixel asks all four."),
        Wrong("neighbours in the row only", ((0, -1), (0, 1)),
              "you ask the neighbours to the **left and right** only. Those above and below count, too."),
        Wrong("neighbours in the column only", ((-1, 0), (1, 0)),
              "you ask the neighbours **above and below** only. Those to the left and right count, too."),
        Wrong("diagonal neighbours only", ((-1, -1), (-1, 1), (1, -1), (1, 1)),
              "you ask the **diagonal** neighbours in place of the four beside the pixel. Neighbours share an edge."),
        Wrong("the pixel its own neighbour", ((0, 0), *FOUR_STEPS),
              "you count the pixel **itself** among its neighbours, so it is slow to change (or you change it only "
              "where that saves more than smoothness). It has four neighbours at most."),
    ),
    price=(
        lambda own, smoothness, differ, number: own + smoothness * differ,
        Wrong("equal neighbours pay", lambda own, smoothness, differ, number: own + smoothness * (number - differ),
              "in your cost a neighbour pays where it has the **same** label, and pixels flee from each other. "
              "Smoothness is paid where labels differ."),
        Wrong("smoothness ignored", lambda own, smoothness, differ, number: own,
              "the **neighbours** have no say: you return the cheapest label of each pixel alone. Add smoothness for "
              "each neighbour that differs."),
        Wrong("unary costs ignored", lambda own, smoothness, differ, number: max(smoothness, 1e-9) * differ,
              "only the **neighbours** count, a vote of the majority. What the pixel itself says counts, too."),
        Wrong("smoothness taken as 1", lambda own, smoothness, differ, number: own + differ,
              "you count the neighbours that differ, but do not multiply by **smoothness**."),
        Wrong("smoothness once", lambda own, smoothness, differ, number: own + smoothness * (differ > 0),
              "a pixel pays smoothness **once**, however many of its neighbours differ. It pays for each of them."),
        Wrong("a share of the neighbours",
              lambda own, smoothness, differ, number: own + smoothness * differ / max(number, 1),
              "you multiply smoothness by the **share** of neighbours that differ, not by their number. Each of them "
              "costs it."),
        Wrong("a quarter of smoothness", lambda own, smoothness, differ, number: own + smoothness * differ / 4,
              "you divide by **4**, a mean over four neighbours. Each that differs costs smoothness."),
        Wrong("half of smoothness", lambda own, smoothness, differ, number: own + smoothness * differ / 2,
              "each neighbour that differs costs only **half** of smoothness. It costs all of it."),
        Wrong("twice smoothness", lambda own, smoothness, differ, number: own + 2 * smoothness * differ,
              "each neighbour that differs costs **twice** smoothness. It costs it once."),
        Wrong("smoothness squared", lambda own, smoothness, differ, number: own + smoothness**2 * differ,
              "you **square** smoothness. Each neighbour that differs costs it once."),
        Wrong("smoothness times the cost", lambda own, smoothness, differ, number: own * (1 + smoothness * differ),
              "you **multiply** the unary cost by what the neighbours pay; both are added."),
    ),
    choose=(
        _kept_on_a_tie,
        Wrong("a tie gives 0", lambda pays, now, smoothness: int(pays[1] < pays[0]),
              "on a **tie** you give label 0, as `argmin` does. A tie keeps the label that the pixel has."),
        Wrong("a tie gives 1", lambda pays, now, smoothness: int(pays[1] <= pays[0]),
              "on a **tie** you give label 1. A tie keeps the label that the pixel has."),
        Wrong("a tie changes the label", lambda pays, now, smoothness: 1 - now if pays[1 - now] <= pays[now] else now,
              "on a **tie** you change the label. A tie keeps the label that the pixel has: else the sweeps never "
              "end."),
        Wrong("the dearer label", lambda pays, now, smoothness: now if pays[0] == pays[1] else int(pays[1] > pays[0]),
              "each pixel takes the label that costs **more**. The lower energy is asked for."),
    ),
    give=(
        lambda new, labels, unary, smoothness: new,
        Wrong("two sweeps", _again(1), "you sweep **twice**. One sweep is asked for."),
        Wrong("swept until nothing changes", _again(20),
              "you go on **until nothing changes**. One sweep is asked for."),
        Wrong("stopped at the first change", _first_change,
              "you **stop** at the first pixel that changes: is a `return` inside of the loop? All pixels get their "
              "turn."),
        Wrong("which pixels change", lambda new, labels, unary, smoothness: new != labels,
              "you return **which** pixels change; the new labels are asked for."),
        Wrong("the energy", lambda new, labels, unary, smoothness: _paid(new, unary, smoothness),
              "you return the **energy** after the sweep; the new labels are asked for."),
        Wrong("the opposite labels", lambda new, labels, unary, smoothness: 1 - new,
              "your labels 0 and 1 are **exchanged**."),
    ),
)
# fmt: on


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


@icm_sweep.mistake("a minimum cut", example=(np.array([[1, 1, 1, 1, 1, 1, 1]]), np.array([[[0, 1]] * 7]), 1))
def _(labels, unary, smoothness):
    """you return the cheapest of **all** labellings, as a minimum cut finds it. For seven labels 1 that cost 1 each,
    while 0 costs nothing, and `smoothness = 1` you return `[[0, 0, 0, 0, 0, 0, 0]]`. A sweep changes one pixel after
    the other, section 13."""
    from course_lib.classical.cuts import graph_cut

    return graph_cut(unary, smoothness)


# --- 4.10 a network of pipes ------------------------------------------------------------------------------------------


def _rows(rng):
    yield np.array([[1, 5], [7, 2], [3, 0]]), 4
    yield np.array([[1, 5], [7, 2], [3, 9]]), 4
    yield np.array([[1, 5], [7, 2]]), 3
    yield np.array([[1, 5], [7, 2]]), 6
    yield np.array([[1, 5], [7, 2]]), 8
    yield np.array([[1, 5], [7, 2]]), 2
    yield np.array([[1, 5], [7, 2]]), 1
    yield np.array([[1, 5], [7, 2], [3, 0], [4, 4]]), 9
    yield np.array([[1, 5], [7, 2]]), 10
    yield np.array([[1, 5], [7, 2]]), 7
    yield np.array([[2, 5]]), 3
    yield np.array([[4, 0], [1, 6]]), 0
    for n in (2, 3, 4, 5, 8):
        yield rng.integers(0, 10, (n, 2)), int(rng.integers(1, 8))
    yield np.array([[3, 7], [3, 7], [8, 8], [0, 5]]), 5
    yield np.array([[0.5, 2.25], [1.75, 3.5], [2.5, 0.25]]), 1.5  # widths may be fractions


def _pipes(unary, smoothness):
    n = len(unary)
    arcs = {(n, i): unary[i][0] for i in range(n)} | {(i, n + 1): unary[i][1] for i in range(n)}
    for i in range(n - 1):
        arcs[i, i + 1] = arcs[i + 1, i] = smoothness
    return np.array([[float(arcs.get((i, j), 0)) for j in range(n + 2)] for i in range(n + 2)])


def _network(unary, smoothness, back=True):
    n = len(unary)
    capacity = np.zeros((n + 2, n + 2))
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
        capacity = np.zeros((n + 2, n + 2))
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
    fixed=("unary.ndim",),
)


def _laying(costs, between, pairs, source, sink, order, stored, give):
    def laid(unary, smoothness):
        n = len(unary)
        unary = costs(np.asarray(unary))
        capacity = np.zeros((n + 2, n + 2))
        source(capacity, unary[:, 0], n)
        sink(capacity, unary[:, 1], n)
        for i, j in pairs(n):
            forth, back = between(smoothness, unary[i % n], unary[j % n])
            capacity[i, j] = forth if forth is not None else capacity[i, j]
            capacity[j, i] = back if back is not None else capacity[j, i]
        places = order(n)
        result = np.zeros_like(capacity)
        result[np.ix_(places, places)] = capacity
        return give(stored(result), smoothness)

    return laid


def _row_of(place):
    """Pipes that stand in a row of the matrix: they leave that node."""

    def lay(capacity, costs, n):
        capacity[n + place, :n] = costs

    return lay


def _column_of(place):
    def lay(capacity, costs, n):
        capacity[:n, n + place] = costs

    return lay


def _both_of(place):
    def lay(capacity, costs, n):
        capacity[n + place, :n] = capacity[:n, n + place] = costs

    return lay


def _nothing(capacity, costs, n):
    pass


def _negated(lay):
    return lambda capacity, costs, n: lay(capacity, -costs, n)


def _less_the_smaller(unary):
    return unary - unary.min(axis=1, keepdims=True)


def _with(change):
    """The matrix with a change in place."""

    def changed(capacity, smoothness):
        capacity = capacity.copy()
        change(capacity, smoothness)
        return capacity

    return changed


def _through(capacity, smoothness):
    capacity[-2, -1] = smoothness


def _to_themselves(capacity, smoothness):
    pixels = np.arange(len(capacity) - 2)
    capacity[pixels, pixels] = smoothness


def _added(capacity, smoothness):
    capacity[-2, :-2] += smoothness
    capacity[:-2, -1] += smoothness


# fmt: off
capacities.choices(
    _laying,
    place="(4.16)",
    costs=(
        lambda unary: unary,
        Wrong("labels inverted", lambda unary: unary[:, ::-1],
              "the two **labels** are exchanged. A pixel with the source has label 1, and then the pipe to the "
              "*sink* is cut, which must cost `unary[i, 1]`."),
        Wrong("differences only", _less_the_smaller,
              "you put only the **difference** of the two costs on a pipe: the smaller is taken off both. That has "
              "the same minimum, but its cut is not the energy. Here both costs are asked for."),
        Wrong("the smallest cost of each label taken off", lambda unary: unary - unary.min(axis=0),
              "you take the smallest cost of **each label** off. A constant may be taken off a *pixel*, from both of "
              "its labels; here the costs are asked for as they are."),
        Wrong("both costs added", lambda unary: np.repeat(unary.sum(axis=1, keepdims=True), 2, axis=1),
              "your pipes carry the **sum** of both costs. Each pipe carries the cost of one label."),
        Wrong("one pipe a pixel", lambda unary: np.where(unary >= unary.max(axis=1, keepdims=True), unary, 0),
              "you give each pixel **one** pipe, that of its larger cost. It has two: whichever label it takes, it "
              "pays."),
        Wrong("the cost of label 0 for both", lambda unary: unary[:, [0, 0]],
              "both pipes of a pixel carry the cost of **label 0**: a copied line."),
        Wrong("the cost of label 1 for both", lambda unary: unary[:, [1, 1]],
              "both pipes of a pixel carry the cost of **label 1**: a copied line."),
        Wrong("costs reversed", lambda unary: unary[::-1],
              "the costs stand in **reversed order**: the first pixel has those of the last."),
    ),
    between=(
        lambda smoothness, a, b: (smoothness, smoothness),
        Wrong("one way between neighbours", lambda smoothness, a, b: (smoothness, None),
              "your pipes between neighbours run **one way**. Then a border costs nothing when the source is on its "
              "other side."),
        Wrong("one way, backwards", lambda smoothness, a, b: (None, smoothness),
              "your pipes between neighbours run **one way** only, from right to left. Then a border costs nothing "
              "when the source is on its left."),
        Wrong("smoothness twice", lambda smoothness, a, b: (2 * smoothness, 2 * smoothness),
              "you put **twice** the smoothness between neighbours. A cut goes through one of the two directions "
              "only, from the source's side to the sink's."),
        Wrong("half of the smoothness each way", lambda smoothness, a, b: (smoothness / 2, smoothness / 2),
              "you put **half** of the smoothness into each direction. A cut pays for one direction only, from the "
              "source's side to the sink's."),
        Wrong("half of the smoothness, cut off", lambda smoothness, a, b: (smoothness // 2, smoothness // 2),
              "you put **half** of the smoothness into each direction, cut to a whole number. A cut pays for one "
              "direction only, from the source's side to the sink's."),
        Wrong("smoothness taken as 1", lambda smoothness, a, b: (1, 1),
              "your pipes between neighbours are **1** wide; they are as wide as `smoothness`."),
        Wrong("smoothness times the difference of costs", lambda smoothness, a, b: (smoothness * abs(a[0] - b[0]),) * 2,
              "you multiply smoothness by how much the **costs** of two neighbours differ. In (4.16) it is the same "
              "between all neighbours."),
        Wrong("the other way with a minus", lambda smoothness, a, b: (smoothness, -smoothness),
              "your pipes back are **negative**. No pipe is narrower than 0: both ways are as wide as `smoothness`."),
    ),
    pairs=(
        lambda n: [(i, i + 1) for i in range(n - 1)],
        Wrong("neighbours left out", lambda n: [],
              "there are no pipes between **neighbours**. Then smoothness costs nothing."),
        Wrong("all pixels joined", lambda n: [(i, j) for i in range(n) for j in range(i + 1, n)],
              "you join **all** pixels with each other. Only those side by side in the row are neighbours."),
        Wrong("a ring", lambda n: [(i, (i + 1) % n) for i in range(n)] if n > 2 else [(i, i + 1) for i in range(n - 1)],
              "you join the **last** pixel with the first, as on a ring. A row has two ends."),
        Wrong("one pair too many", lambda n: [(i, i + 1) for i in range(n)],
              "your loop makes **one pair too many**: it also joins the last pixel, number n − 1, with n, which is "
              "the source. n pixels have n − 1 pairs, `range(n - 1)`."),
        Wrong("two pairs too many", lambda n: [(i, i + 1) for i in range(n + 1)],
              "you join **all** places that are side by side in the matrix: the last pixel with the source, and the "
              "source with the sink. n pixels have n − 1 pairs, `range(n - 1)`."),
        Wrong("one pair too few", lambda n: [(i, i + 1) for i in range(n - 2)],
              "the **last pair** of neighbours is missing. n pixels have n − 1 pairs: `range(n - 1)`."),
        Wrong("the first pair missing", lambda n: [(i, i + 1) for i in range(1, n - 1)],
              "the **first pair** of neighbours is missing: counting begins at 0."),
        Wrong("neighbours of neighbours", lambda n: [(i, j) for i in range(n) for j in range(i + 1, min(i + 3, n))],
              "you also join pixels that are **two apart**. Neighbours in a row are one apart."),
        Wrong("two apart", lambda n: [(i, i + 2) for i in range(n - 2)],
              "you join pixels that are **two apart**, and not those side by side."),
    ),
    source=(
        _row_of(0),
        Wrong("pipes from the source reversed", _column_of(0),
              "your first pipes run **into** the source. Nothing flows out of it then. `capacity[i, j]` is the arc i "
              "→ j, so they stand in the source's *row*."),
        Wrong("pipes from the source both ways", _both_of(0),
              "the pipes of the **source** run both ways. What flows back into the source is of no use."),
        Wrong("no pipes from the source", _nothing, "there are no pipes from the **source**: no water flows."),
        Wrong("negative pipes from the source", _negated(_row_of(0)),
              "the pipes from the source are **negative**. No pipe is narrower than 0."),
    ),
    sink=(
        _column_of(1),
        Wrong("pipes to the sink reversed", _row_of(1),
              "your last pipes run **from** the sink to the pixels. Nothing flows into the sink then. `capacity[i, "
              "j]` is the arc i → j, so they stand in the last *column*."),
        Wrong("pipes from the sink as well", _both_of(1),
              "the pipes of the **sink** run both ways. What flows out of the sink is of no use."),
        Wrong("no pipes to the sink", _nothing, "there are no pipes to the **sink**: no water flows."),
        Wrong("negative pipes to the sink", _negated(_column_of(1)),
              "the pipes to the sink are **negative**. No pipe is narrower than 0."),
    ),
    order=(
        lambda n: [*range(n + 2)],
        Wrong("the source first", lambda n: [*range(1, n + 1), 0, n + 1],
              "you count the **source** as number 0 and shift the pixels by one. Pixels are 0 … n − 1, then the "
              "source n and the sink n + 1."),
        Wrong("source and sink first", lambda n: [*range(2, n + 2), 0, 1],
              "you count **source and sink** as numbers 0 and 1. Pixels are 0 … n − 1, then the source n and the "
              "sink n + 1."),
        Wrong("source and sink exchanged", lambda n: [*range(n), n + 1, n],
              "you take n for the **sink** and n + 1 for the source. The source is n."),
    ),
    stored=(
        lambda capacity: capacity,
        Wrong("fractions cut off", np.trunc,
              "the **fractions** of the widths are cut off: is your matrix one of whole numbers? Widths may be "
              "fractions."),
    ),
    give=(
        lambda capacity, smoothness: capacity,
        Wrong("all arcs reversed", lambda capacity, smoothness: capacity.T,
              "your matrix is **transposed**: all pipes run backwards, into the source and out of the sink. "
              "`capacity[i, j]` is the arc i → j."),
        Wrong("arcs of the source and the sink both ways",
              lambda capacity, smoothness: np.maximum(capacity, capacity.T),
              "the arcs of source and sink run **both ways**. Only those between neighbours do; what flows back into "
              "the source is of no use."),
        Wrong("arcs to larger numbers only", lambda capacity, smoothness: np.triu(capacity),
              "you keep only arcs to **larger** numbers (`np.triu`), so nothing leaves the source. The source is "
              "number n, its arcs lead down to the pixels."),
        Wrong("the pixels alone", lambda capacity, smoothness: capacity[:-2, :-2],
              "your matrix holds the **pixels** alone; source and sink are the last two rows and columns."),
        Wrong("ones for pipes", lambda capacity, smoothness: (capacity > 0).astype(int),
              "you write a **1** where there is a pipe; its width is asked for."),
        Wrong("the graph's Laplacian", lambda capacity, smoothness: np.diag(capacity.sum(axis=1)) - capacity,
              "you return the graph's **Laplacian**: sums on the diagonal, widths with a minus. The widths "
              "themselves are asked for."),
        Wrong("a pipe from source to sink", _with(_through),
              "you lay a pipe from the **source to the sink**. Every cut would have to pay for it."),
        Wrong("pixels joined with themselves", _with(_to_themselves),
              "you also join each pixel with **itself**. The diagonal is 0."),
        Wrong("smoothness added to the pipes of source and sink", _with(_added),
              "you add **smoothness** to the pipes of source and sink. A pixel alone pays its unary cost; smoothness "
              "belongs between neighbours."),
    ),
)
# fmt: on


@capacities.mistake("one pair too many, later overwritten")
def _(unary, smoothness):
    """your loop makes **one pair too many**: a pipe leads from the last pixel, number n − 1, to n, which is the source.
    For `unary = [[1, 5], [7, 2]]`, `smoothness = 4` you return `[[0, 4, 0, 5], [4, 0, 4, 2], [1, 7, 0, 0], [0, 0, 0,
    0]]`. n pixels have n − 1 pairs, `range(n - 1)`, (4.16)."""
    n, capacity = len(unary), _network(unary, smoothness)
    capacity[n - 1, n] = smoothness
    return capacity
