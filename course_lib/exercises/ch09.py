"""Exercises of chapter 09, measuring segmentation. What needs SciPy imports it when it is called."""

import itertools
import math
import statistics

import numpy as np

from course_lib.teaching.engine import FunctionExercise

# --- 9.1 IoU of each class --------------------------------------------------------------------------------------------


def _matrices(rng):
    for n in (2, 3, 4, 6):
        yield (rng.integers(0, 30, (n, n)) + 20 * np.eye(n, dtype=int),)
    yield (np.array([[7]]),)
    yield (np.array([[5, 0, 2], [0, 0, 0], [1, 0, 9]]),)  # a class in neither
    yield (np.array([[5, 3], [0, 0]]),)  # only predicted
    yield (np.array([[4, 0, 0], [2, 0, 1], [0, 0, 3]]),)  # only in the truth
    yield (np.zeros((2, 2), int),)
    yield (rng.integers(10**6, 10**7, (3, 3)),)


def _rows_and_columns(matrix):
    return np.diag(matrix), matrix.sum(axis=1), matrix.sum(axis=0)


def _quotient(a, b, otherwise=np.nan):
    a, b = np.broadcast_arrays(np.asarray(a, float), np.asarray(b, float))
    return np.divide(a, b, out=np.full(a.shape, otherwise, float), where=b != 0)


def _ious(matrix, otherwise=np.nan):
    hit, true, found = _rows_and_columns(matrix)
    return _quotient(hit, true + found - hit, otherwise)


def _ious_by_loops(matrix):
    result = []
    for k in range(len(matrix)):
        either = sum(int(matrix[i, j]) for i in range(len(matrix)) for j in range(len(matrix)) if k in (i, j))
        result.append(int(matrix[k, k]) / either if either else math.nan)
    return np.array(result)


iou_of_classes = FunctionExercise(
    "9.1",
    "IoU of each class",
    cases=_matrices,
    oracle=_ious_by_loops,
    solution="""
    import numpy as np

    def class_ious(matrix):
        hit = np.diag(matrix)
        union = matrix.sum(axis=1) + matrix.sum(axis=0) - hit
        return np.where(union > 0, hit / np.maximum(union, 1), np.nan)
    """,
    example=(np.array([[6, 2, 0], [1, 3, 0], [0, 0, 0]]),),
    example_words="For the matrix `[[6, 2, 0], [1, 3, 0], [0, 0, 0]]`",
    hints=(
        "Where in the matrix are the pixels that are class k in the truth? Where those that were predicted as k?",
        "The diagonal holds the hits. Row k and column k together hold the union, but they share one entry.",
        "Hits divided by row + column − hits; NaN where that is 0.",
    ),
    rtol=1e-6,
    atol=1e-6,
    fixed=("matrix.ndim", "matrix.dtype", "matrix.square"),
)


@iou_of_classes.mistake("Dice")
def _(matrix):
    """that is **Dice**: twice the hits, divided by row + column. {example} you return `[0.8, 0.6667, nan]`, expected
    `[0.6667, 0.5, nan]`. IoU divides by the union, in which the hits count once, see (9.1)."""
    hit, true, found = _rows_and_columns(matrix)
    return _quotient(2 * hit, true + found)


@iou_of_classes.mistake("an absent class counts 0")
def _(matrix):
    """a class that is in neither the truth nor the prediction gets **0**, as if it had been missed. {example} you
    return `[0.6667, 0.5, 0]`, expected `[0.6667, 0.5, nan]`: there is nothing to judge, so NaN. Look again at section 2
    and (9.1)."""
    return _ious(matrix, 0)


@iou_of_classes.mistake("an absent class counts 1")
def _(matrix):
    """a class that is in neither the truth nor the prediction gets **1**, a full score for nothing. {example} you
    return `[0.6667, 0.5, 1]`, expected `[0.6667, 0.5, nan]`: NaN, to be left out of a mean. Look again at section 2 and
    (9.1)."""
    return _ious(matrix, 1)


@iou_of_classes.mistake("hits counted twice in the union")
def _(matrix):
    """your union is row + column, in which the **hits count twice**: then even a perfect class has ½. {example} you
    return `[0.4, 0.3333, nan]`, expected `[0.6667, 0.5, nan]`. Take the hits off once, (9.1)."""
    hit, true, found = _rows_and_columns(matrix)
    return _quotient(hit, true + found)


@iou_of_classes.mistake("recall")
def _(matrix):
    """you divide by the **row** only, the true pixels: that is the recall, and false alarms cost nothing. {example} you
    return `[0.75, 0.75, nan]`, expected `[0.6667, 0.5, nan]`. The union holds the column as well, (9.1)."""
    hit, true, found = _rows_and_columns(matrix)
    return _quotient(hit, true)


@iou_of_classes.mistake("precision")
def _(matrix):
    """you divide by the **column** only, the predicted pixels: that is the precision, and missed pixels cost nothing.
    {example} you return `[0.8571, 0.6, nan]`, expected `[0.6667, 0.5, nan]`. The union holds the row as well, (9.1)."""
    hit, true, found = _rows_and_columns(matrix)
    return _quotient(hit, found)


@iou_of_classes.mistake("share of all pixels")
def _(matrix):
    """you divide the hits by **all pixels** of the image: then a small class can never score much. {example} you return
    `[0.5, 0.25, 0]`, expected `[0.6667, 0.5, nan]`. Divide by the union of that class, (9.1)."""
    return _quotient(np.diag(matrix), matrix.sum())


@iou_of_classes.mistake("accuracy of each class")
def _(matrix):
    """you count the pixels *outside* the class as right ones, too: (TP + TN) / all is an **accuracy**, near 1 for every
    small class. {example} you return `[0.75, 0.75, 1]`, expected `[0.6667, 0.5, nan]`. IoU leaves the true negatives
    out, (9.1)."""
    hit, true, found = _rows_and_columns(matrix)
    return _quotient(matrix.sum() - true - found + 2 * hit, matrix.sum())


@iou_of_classes.mistake("hits left out of the union")
def _(matrix):
    """you take the hits off **twice**, so your union holds the errors only. {example} you return `[2, 1, nan]`,
    expected `[0.6667, 0.5, nan]`: the hits belong to the union, once, (9.1)."""
    hit, true, found = _rows_and_columns(matrix)
    with np.errstate(divide="ignore", invalid="ignore"):
        return hit / (true + found - 2 * hit)


@iou_of_classes.mistake("the mean")
def _(matrix):
    """you return one number, the **mean** over the classes. {example} you return `0.5833`, expected `[0.6667, 0.5,
    nan]`: here each class keeps its own IoU, (9.1)."""
    values = _ious(matrix)
    return np.nanmean(values) if not np.isnan(values).all() else math.nan


@iou_of_classes.mistake("absent classes dropped")
def _(matrix):
    """you **drop** the classes that are absent, so nobody can tell which number belongs to which class. {example} you
    return `[0.6667, 0.5]`, expected `[0.6667, 0.5, nan]`. Keep a NaN in their place, (9.1)."""
    values = _ious(matrix)
    return values[~np.isnan(values)]


@iou_of_classes.mistake("NaN for a class that was only predicted", example=(np.array([[5, 3], [0, 0]]),))
def _(matrix):
    """a class that is not in the **truth** gets NaN, also where it was predicted. Those pixels are false alarms, and
    the class scores 0: for the matrix `[[5, 3], [0, 0]]` you return `[0.625, nan]`, expected `[0.625, 0]`. Look again
    at section 2 and (9.1)."""
    return np.where(matrix.sum(axis=1) > 0, _ious(matrix), np.nan)


@iou_of_classes.mistake("NaN for a class that was not predicted", example=(np.array([[4, 0], [3, 0]]),))
def _(matrix):
    """a class that was not **predicted** gets NaN, also where it is in the truth. It was missed altogether, and scores
    0: for the matrix `[[4, 0], [3, 0]]` you return `[0.5714, nan]`, expected `[0.5714, 0]`. Look again at section 2 and
    (9.1)."""
    return np.where(matrix.sum(axis=0) > 0, _ious(matrix), np.nan)


@iou_of_classes.mistake("without the background")
def _(matrix):
    """class 0, the **background**, is missing. {example} you return `[0.5, nan]`, expected `[0.6667, 0.5, nan]`. Every
    class of the matrix has an IoU, (9.1)."""
    return _ious(matrix)[1:]


@iou_of_classes.mistake("smoothed")
def _(matrix):
    """you **add 1** above and below, as losses do so that they never divide by 0. A score is then too high, most of all
    for small classes, and an absent class gets 1. {example} you return `[0.7, 0.5714, 1]`, expected `[0.6667, 0.5,
    nan]`. Count exactly, (9.1)."""
    hit, true, found = _rows_and_columns(matrix)
    return (hit + 1) / (true + found - hit + 1)


@iou_of_classes.mistake("divided by the errors of the row", example=(np.array([[6, 2], [1, 3]]),))
def _(matrix):
    """you take the **row twice** and leave the column out, so that false alarms cost nothing and missed pixels cost
    double. For the matrix `[[6, 2], [1, 3]]` you return `[0.6, 0.6]`, expected `[0.6667, 0.5]`. The union is row +
    column − hits, (9.1)."""
    hit, true, _ = _rows_and_columns(matrix)
    return _quotient(hit, 2 * true - hit)


@iou_of_classes.mistake("divided by the errors of the column", example=(np.array([[6, 3], [1, 3]]),))
def _(matrix):
    """you take the **column twice** and leave the row out, so that missed pixels cost nothing and false alarms cost
    double. For the matrix `[[6, 3], [1, 3]]` you return `[0.75, 0.3333]`, expected `[0.6, 0.4286]`. The union is row +
    column − hits, (9.1)."""
    hit, _, found = _rows_and_columns(matrix)
    return _quotient(hit, 2 * found - hit)


@iou_of_classes.mistake("divided by the larger", example=(np.array([[6, 4], [1, 5]]),))
def _(matrix):
    """you divide by the **larger** of row and column. For the matrix `[[6, 4], [1, 5]]` you return `[0.6, 0.5556]`,
    expected `[0.5455, 0.5]`. The union holds both, and the hits once, (9.1)."""
    hit, true, found = _rows_and_columns(matrix)
    return _quotient(hit, np.maximum(true, found))


@iou_of_classes.mistake("hits three times", example=(np.array([[4, 2], [1, 2]]),))
def _(matrix):
    """you **add** the hits to row + column, where they have to be taken off. For the matrix `[[4, 2], [1, 2]]` you
    return `[0.2667, 0.2222]`, expected `[0.5714, 0.4]`. Look again at (9.1)."""
    hit, true, found = _rows_and_columns(matrix)
    return _quotient(hit, true + found + hit)


@iou_of_classes.mistake("mean of precision and recall", example=(np.array([[4, 0], [1, 5]]),))
def _(matrix):
    """you average **precision and recall**. For the matrix `[[4, 0], [1, 5]]` you return `[0.9, 0.9167]`, expected
    `[0.8, 0.8333]`. Look again at (9.1)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        hit, true, found = _rows_and_columns(matrix)
        return (hit / true + hit / found) / 2


@iou_of_classes.mistake("every class weighs alike", example=(np.array([[8, 2], [1, 1]]),))
def _(matrix):
    """you divide each **row by its sum** first, so that every true class weighs alike. For the matrix `[[8, 2], [1,
    1]]` you return `[0.5333, 0.4167]`, expected `[0.7273, 0.25]`. Count the pixels as they are, (9.1)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = matrix / matrix.sum(axis=1, keepdims=True)
        hit, true, found = _rows_and_columns(shares)
        return hit / (true + found - hit)


@iou_of_classes.mistake("the geometric mean of precision and recall", example=(np.array([[4, 0], [5, 9]]),))
def _(matrix):
    """you take the **root of precision times recall**. For the matrix `[[4, 0], [5, 9]]` you return `[0.6667, 0.8018]`,
    expected `[0.4444, 0.6429]`. IoU divides the hits by the union, row + column − hits, (9.1)."""
    hit, true, found = _rows_and_columns(matrix)
    with np.errstate(divide="ignore", invalid="ignore"):
        return hit / np.sqrt(true * found)


@iou_of_classes.mistake("divided by the smaller", example=(np.array([[5, 0], [5, 9]]),))
def _(matrix):
    """you divide by the **smaller** of row and column. For the matrix `[[5, 0], [5, 9]]` you return `[1, 1]`, expected
    `[0.5, 0.6429]`. The union holds both, and the hits once, (9.1)."""
    hit, true, found = _rows_and_columns(matrix)
    return _quotient(hit, np.minimum(true, found))


@iou_of_classes.mistake("percent")
def _(matrix):
    """your numbers are **percent**. {example} you return `[66.67, 50, nan]`, expected `[0.6667, 0.5, nan]`: an IoU lies
    between 0 and 1, (9.1)."""
    return 100 * _ious(matrix)


# --- 9.2 IoU of a set -------------------------------------------------------------------------------------------------


def _sets(rng):
    for n, c in ((1, 2), (2, 2), (3, 3), (5, 4), (4, 2)):
        yield (rng.integers(0, 30, (n, c, c)) + 10 * np.eye(c, dtype=int),)
    some = rng.integers(1, 20, (4, 3, 3))
    some[:2, 2], some[:2, :, 2] = 0, 0  # a class that two images do not have
    yield (some,)
    none = rng.integers(1, 20, (3, 4, 4))
    none[:, 1], none[:, :, 1] = 0, 0  # a class that no image has
    yield (none,)
    found = rng.integers(1, 20, (2, 3, 3))
    found[:, 2] = 0  # a class that is only predicted
    yield (found,)
    missed = rng.integers(1, 20, (2, 3, 3))
    missed[:, :, 0] = 0  # a class that is never predicted
    yield (missed,)
    yield (np.array([[[90, 0], [10, 0]], [[0, 0], [0, 100]]]),)
    yield (rng.integers(10**5, 10**6, (3, 3, 3)),)


def _mean_of(values):
    values = np.asarray(values, float)
    values = values[~np.isnan(values)]
    return float(values.mean()) if values.size else math.nan


def _set_by_loops(matrices):
    total = sum(matrix.astype(object) for matrix in matrices)
    values = []
    for k in range(len(total)):
        either = sum(total[k]) + sum(total[:, k]) - total[k, k]
        if either:
            values.append(total[k, k] / either)
    return float(sum(values) / len(values))


iou_of_set = FunctionExercise(
    "9.2",
    "IoU of a set of images",
    cases=_sets,
    oracle=_set_by_loops,
    solution="""
    import numpy as np

    def set_iou(matrices):
        total = matrices.sum(axis=0)
        hit = np.diag(total)
        union = total.sum(axis=1) + total.sum(axis=0) - hit
        present = union > 0
        return (hit[present] / union[present]).mean()
    """,
    example=(np.array([[[8, 6, 0], [5, 2, 0], [0, 0, 0]], [[3, 0, 0], [0, 0, 0], [0, 0, 0]]]),),
    example_words="For two images with `[[8, 6, 0], [5, 2, 0], [0, 0, 0]]` and `[[3, 0, 0], [0, 0, 0], [0, 0, 0]]`",
    hints=(
        "Imagine all images laid side by side as one large image. What is its confusion matrix?",
        "Counts may be added. So first one matrix for the whole set, then the IoU of each class.",
        "`total = matrices.sum(axis=0)`, IoU of each class of it, the mean over the classes with a union above 0.",
    ),
    rtol=1e-6,
    atol=1e-6,
    fixed=("matrices.ndim", "matrices.dtype"),
)


@iou_of_set.mistake("the mean of the images' mean IoUs")
def _(matrices):
    """you score **every image by itself** and average: an image with three pixels of a class then counts as much as one
    with three thousand. {example} you return `0.6437`, expected `0.3269`. Add the counts first, (9.2)."""
    return _mean_of([_mean_of(_ious(matrix)) for matrix in matrices])


@iou_of_set.mistake("means over images, class by class")
def _(matrices):
    """you average the IoU of each class **over the images**, then over the classes. {example} you return `0.4322`,
    expected `0.3269`. A mean of ratios is not the ratio of the sums: add the counts first, (9.2)."""
    return _mean_of([_mean_of(values) for values in np.array([_ious(matrix) for matrix in matrices]).T])


@iou_of_set.mistake("one mean of all IoUs", example=(np.array([[[5, 1], [2, 4]], [[7, 0], [0, 0]]]),))
def _(matrices):
    """you take one mean of **all IoUs of all images**. For images with `[[5, 1], [2, 4]]` and `[[7, 0], [0, 0]]` you
    return `0.7321`, expected `0.6857`. A mean of ratios is not the ratio of the sums: add the counts first, (9.2)."""
    return _mean_of(np.concatenate([_ious(matrix) for matrix in matrices]))


@iou_of_set.mistake("an absent class counts 0")
def _(matrices):
    """a class that no image has, in truth or prediction, counts as **0**. {example} you return `0.2179`, expected
    `0.3269`. Leave it out of the mean, (9.2)."""
    return _ious(matrices.sum(axis=0), 0).mean()


@iou_of_set.mistake("an absent class counts 1")
def _(matrices):
    """a class that no image has, in truth or prediction, counts as **1**: it lifts the mean for nothing. {example} you
    return `0.5513`, expected `0.3269`. Leave it out of the mean, (9.2)."""
    return _ious(matrices.sum(axis=0), 1).mean()


@iou_of_set.mistake("NaN in the mean")
def _(matrices):
    """a class that no image has makes **0 / 0**, and the NaN spreads through `mean`. {example} you return `nan`,
    expected `0.3269`. Leave such a class out, for example by `np.nanmean`, (9.2)."""
    return _ious(matrices.sum(axis=0)).mean()


@iou_of_set.mistake("Dice")
def _(matrices):
    """the counts are pooled, but the score is **Dice**. {example} you return `0.4667`, expected `0.3269`. Divide the
    hits by the union, row + column − hits, (9.1)."""
    hit, true, found = _rows_and_columns(matrices.sum(axis=0))
    return _mean_of(_quotient(2 * hit, true + found))


@iou_of_set.mistake("sums over classes")
def _(matrices):
    """you add hits and unions **over the classes** before you divide (a *micro* average): the large classes decide.
    {example} you return `0.3714`, expected `0.3269`. One IoU a class, then their mean, (9.2)."""
    hit, true, found = _rows_and_columns(matrices.sum(axis=0))
    return float(_quotient(hit.sum(), (true + found - hit).sum()))


@iou_of_set.mistake("pixel accuracy")
def _(matrices):
    """that is the **pixel accuracy**, hits over all pixels. {example} you return `0.5417`, expected `0.3269`. One IoU a
    class, then their mean, (9.2)."""
    total = matrices.sum(axis=0)
    return float(_quotient(np.trace(total), total.sum()))


@iou_of_set.mistake("images weighted by their pixels", example=(np.array([[[3, 1], [1, 3]], [[9, 0], [3, 2]]]),))
def _(matrices):
    """you average the **images' mean IoUs, weighted by their pixels**. For images with `[[3, 1], [1, 3]]` and `[[9, 0],
    [3, 2]]` you return `0.5841`, expected `0.6029`. Still a mean of ratios: add the counts first, (9.2)."""
    return float(np.average([_mean_of(_ious(matrix)) for matrix in matrices], weights=matrices.sum(axis=(1, 2))))


@iou_of_set.mistake("the median image", example=(np.array([[[2, 1], [1, 3]], [[7, 0], [3, 2]]]),))
def _(matrices):
    """you take the **median** of the images' mean IoUs. For images with `[[2, 1], [1, 3]]` and `[[7, 0], [3, 2]]` you
    return `0.55`, expected `0.5714`. Add the counts first, (9.2)."""
    return float(np.median([_mean_of(_ious(matrix)) for matrix in matrices]))


@iou_of_set.mistake("the images' mean Dice")
def _(matrices):
    """you average the images' mean **Dice** scores. {example} you return `0.7148`, expected `0.3269`. Add the counts
    first, and divide the hits by the union, (9.2)."""
    scores = []
    for matrix in matrices:
        hit, true, found = _rows_and_columns(matrix)
        scores.append(_mean_of(_quotient(2 * hit, true + found)))
    return _mean_of(scores)


@iou_of_set.mistake("the images' accuracy", example=(np.array([[[5, 1], [0, 2]], [[4, 0], [3, 3]]]),))
def _(matrices):
    """you average the images' **pixel accuracies**. For images with `[[5, 1], [0, 2]]` and `[[4, 0], [3, 3]]` you
    return `0.7875`, expected `0.6239`. One IoU a class, from the counts of all images, (9.2)."""
    return float(np.mean([np.trace(matrix) / matrix.sum() for matrix in matrices]))


@iou_of_set.mistake("the worst class", example=(np.array([[[5, 3], [1, 6]]]),))
def _(matrices):
    """you take the **smallest** IoU. For one image with `[[5, 3], [1, 6]]` you return `0.5556`, expected `0.5778`.
    Their mean is asked for, (9.2)."""
    return float(np.nanmin(_ious(matrices.sum(axis=0))))


@iou_of_set.mistake("the last class", example=(np.array([[[9, 2], [1, 6]]]),))
def _(matrices):
    """you take the IoU of **one class**, the last. For one image with `[[9, 2], [1, 6]]` you return `0.6667`, expected
    `0.7083`. The mean over the classes, (9.2)."""
    return float(_ious(matrices.sum(axis=0))[-1])


@iou_of_set.mistake("every class weighs alike", example=(np.array([[[8, 2], [1, 1]]]),))
def _(matrices):
    """you divide each **row by its sum** first, so that every true class weighs alike. For one image with `[[8, 2], [1,
    1]]` you return `0.475`, expected `0.4886`. Count the pixels as they are, (9.2)."""
    total = matrices.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return _mean_of(_ious(total / total.sum(axis=1, keepdims=True)))


@iou_of_set.mistake("without the background")
def _(matrices):
    """class 0, the **background**, is left out of the mean. {example} you return `0.1538`, expected `0.3269`. Every
    class that is there takes part, (9.2)."""
    return _mean_of(_ious(matrices.sum(axis=0))[1:])


@iou_of_set.mistake("only classes of the truth", example=(np.array([[[6, 0, 2], [0, 4, 0], [0, 0, 0]]]),))
def _(matrices):
    """you leave out a class that is not in the **truth**, also where it was predicted. Those false alarms score 0: for
    one image with `[[6, 0, 2], [0, 4, 0], [0, 0, 0]]` you return `0.875`, expected `0.5833`. Present is what is in
    truth *or* prediction, (9.2)."""
    total = matrices.sum(axis=0)
    return _mean_of(_ious(total)[total.sum(axis=1) > 0])


@iou_of_set.mistake("only classes that were predicted", example=(np.array([[[4, 0], [3, 0]]]),))
def _(matrices):
    """you leave out a class that was not **predicted**, also where it is in the truth. It was missed, and scores 0: for
    one image with `[[4, 0], [3, 0]]` you return `0.5714`, expected `0.2857`. Present is what is in truth *or*
    prediction, (9.2)."""
    total = matrices.sum(axis=0)
    return _mean_of(_ious(total)[total.sum(axis=0) > 0])


@iou_of_set.mistake("every image weighs alike", example=(np.array([[[8, 2], [0, 0]], [[1, 0], [1, 1]]]),))
def _(matrices):
    """you divide each matrix by its number of pixels before you add: then a **small image weighs as much** as a large
    one. For images with `[[8, 2], [0, 0]]` and `[[1, 0], [1, 1]]` you return `0.5323`, expected `0.5`. Add the counts
    as they are, (9.2)."""
    return _mean_of(_ious(sum(matrix / matrix.sum() for matrix in matrices)))


@iou_of_set.mistake("one number a class")
def _(matrices):
    """you return one IoU **a class**. {example} you return `[0.5, 0.1538, nan]`, expected `0.3269`. The mean over the
    classes that are there is missing, (9.2)."""
    return _ious(matrices.sum(axis=0))


@iou_of_set.mistake("recall")
def _(matrices):
    """you divide by the **row** only: that is the mean recall. {example} you return `0.4664`, expected `0.3269`. The
    union is row + column − hits, (9.1)."""
    hit, true, _ = _rows_and_columns(matrices.sum(axis=0))
    return _mean_of(_quotient(hit, true))


@iou_of_set.mistake("precision")
def _(matrices):
    """you divide by the **column** only: that is the mean precision. {example} you return `0.4688`, expected `0.3269`.
    The union is row + column − hits, (9.1)."""
    hit, _, found = _rows_and_columns(matrices.sum(axis=0))
    return _mean_of(_quotient(hit, found))


@iou_of_set.mistake("hits counted twice in the union")
def _(matrices):
    """your union is row + column, in which the **hits count twice**. {example} you return `0.2333`, expected `0.3269`.
    Take them off once, (9.1)."""
    hit, true, found = _rows_and_columns(matrices.sum(axis=0))
    return _mean_of(_quotient(hit, true + found))


@iou_of_set.mistake("weighted by frequency")
def _(matrices):
    """you weight the classes by **how many pixels** they have: then the background decides. {example} you return
    `0.399`, expected `0.3269`. The plain mean over the classes, (9.2)."""
    total = matrices.sum(axis=0)
    return float((total.sum(axis=1) * _ious(total, 0)).sum() / total.sum())


@iou_of_set.mistake("absent classes of an image count 0")
def _(matrices):
    """you score every image by itself, and a class that an image does not have counts as **0** there. {example} you
    return `0.2625`, expected `0.3269`. Add the counts of all images first: then it does not matter which image had the
    class, (9.2)."""
    return float(np.mean([_ious(matrix, 0) for matrix in matrices]))


@iou_of_set.mistake("absent classes of an image count 1")
def _(matrices):
    """you score every image by itself, and a class that an image does not have counts as **1** there. {example} you
    return `0.7625`, expected `0.3269`. Add the counts of all images first, (9.2)."""
    return float(np.mean([_ious(matrix, 1) for matrix in matrices]))


@iou_of_set.mistake("the median over the classes", example=(np.array([[[9, 1, 0], [0, 5, 0], [4, 0, 1]]]),))
def _(matrices):
    """you take the **median** over the classes. For one image with `[[9, 1, 0], [0, 5, 0], [4, 0, 1]]` you return
    `0.6429`, expected `0.5587`. Their mean is asked for, (9.2)."""
    values = _ious(matrices.sum(axis=0))
    return float(np.nanmedian(values))


# --- 9.3 HD95 ---------------------------------------------------------------------------------------------------------


def _outlines(rng):
    yield np.array([[0, 0]]), np.array([[3, 4]]), (1.0, 1.0)
    yield np.array([[2, 2]]), np.array([[2, 2], [2, 6]]), (2.0, 0.5)
    for n, m, spacing in (
        (3, 5, (1.0, 1.0)),
        (6, 4, (0.5, 2.0)),
        (12, 9, (0.25, 0.75)),
        (25, 40, (3.0, 1.0)),
        (60, 33, (1.0, 0.5)),
    ):
        yield rng.integers(0, 20, (n, 2)), rng.integers(0, 20, (m, 2)), spacing
    yield rng.random((30, 2)) * 9, rng.random((21, 2)) * 9, (1.5, 1.0)
    line = np.stack([np.zeros(40, int), np.arange(40)], axis=1)
    yield line, np.concatenate([line, [[9, 20]]]), (1.0, 2.0)  # one pixel astray
    yield np.concatenate([line, [[7, 3], [8, 3]]]), line + [0, 1], (2.0, 1.0)


def _apart(a, b, spacing=(1.0, 1.0), size=lambda d: np.sqrt((d**2).sum(-1))):
    """For each point of a the distance to the nearest of b."""
    return size((a[:, None] - b[None]) * np.asarray(spacing)).min(axis=1)


def _both_ways(a, b, spacing, summary=lambda d: np.percentile(d, 95), **options):
    return summary(_apart(a, b, spacing, **options)), summary(_apart(b, a, spacing, **options))


def _hd95_by_loops(true_points, pred_points, spacing):
    def percentile(points, others):
        distances = sorted(
            min(math.hypot((p[0] - q[0]) * spacing[0], (p[1] - q[1]) * spacing[1]) for q in others) for p in points
        )
        place = 0.95 * (len(distances) - 1)
        low = math.floor(place)
        high = min(low + 1, len(distances) - 1)
        return distances[low] + (place - low) * (distances[high] - distances[low])

    return max(percentile(true_points, pred_points), percentile(pred_points, true_points))


_SHORT = np.array([[0, 0], [0, 1], [0, 2]])
_ASTRAY = np.array([[0, 1], [0, 2], [5, 7], [4, 4]])

hd95 = FunctionExercise(
    "9.3",
    "HD95",
    cases=_outlines,
    oracle=_hd95_by_loops,
    solution="""
    import numpy as np

    def hd95(true_points, pred_points, spacing):
        steps = (true_points[:, None] - pred_points[None]) * np.array(spacing)
        distance = np.sqrt((steps**2).sum(axis=-1))
        from_true = np.percentile(distance.min(axis=1), 95)
        from_pred = np.percentile(distance.min(axis=0), 95)
        return max(from_true, from_pred)
    """,
    example=(_SHORT, _ASTRAY, (2.0, 3.0)),
    example_words="For true points (0, 0), (0, 1), (0, 2) and predicted points (0, 1), (0, 2), (5, 7), (4, 4), pixels "
    "2 µm high and 3 µm wide,",
    hints=(
        "Turn steps in pixels into µm first. Then a table of all distances: a row for each true point, a column for "
        "each predicted one.",
        "The smallest number of each row is a true point's distance to the other outline; of each column, a "
        "predicted point's.",
        "Two lists, the 95th percentile of each by `np.percentile(…, 95)`, and the larger of the two.",
    ),
    fixed=("true_points.ndim", "pred_points.ndim"),
)


@hd95.mistake("only from the truth", example=(_SHORT, np.array([[0, 1], [0, 2], [0, 3], [0, 9]]), (1.0, 1.0)))
def _(true_points, pred_points, spacing):
    """you measure **only from the truth** to the prediction. What was predicted far away from any true outline costs
    nothing: for true points (0, 0), (0, 1), (0, 2) and predicted points (0, 1), (0, 2), (0, 3), (0, 9), pixels of 1 µm,
    you return `0.9`, expected `6.1`. Measure both ways and take the larger, (9.4)."""
    return _both_ways(true_points, pred_points, spacing)[0]


@hd95.mistake(
    "only from the prediction", example=(np.array([[0, 0], [0, 1], [0, 9]]), np.array([[0, 1], [0, 2]]), (1.0, 1.0))
)
def _(true_points, pred_points, spacing):
    """you measure **only from the prediction** to the truth. A true outline that nobody drew costs nothing: for true
    points (0, 0), (0, 1), (0, 9) and predicted points (0, 1), (0, 2), pixels of 1 µm, you return `0.95`, expected
    `6.4`. Measure both ways and take the larger, (9.4)."""
    return _both_ways(true_points, pred_points, spacing)[1]


@hd95.mistake("the percentile of both lists together")
def _(true_points, pred_points, spacing):
    """you put both lists of distances **together** and take one percentile. {example} you return `15.62`, expected
    `16.82`. The longer outline then decides, and a long clean one hides a bad short one. (medpy does it so.) One
    percentile for each list, then the larger, (9.4)."""
    both = [_apart(true_points, pred_points, spacing), _apart(pred_points, true_points, spacing)]
    return np.percentile(np.concatenate(both), 95)


@hd95.mistake("the maximum")
def _(true_points, pred_points, spacing):
    """that is the **Hausdorff distance**, the maximum: one pixel astray decides it. {example} you return `18.03`,
    expected `16.82`. The 95th percentile of each list is asked for, (9.4)."""
    return max(_both_ways(true_points, pred_points, spacing, np.max))


@hd95.mistake("95 percent of the maximum")
def _(true_points, pred_points, spacing):
    """you take **95 % of the largest** distance: one pixel astray still decides it. {example} you return `17.13`,
    expected `16.82`. The 95th percentile lets the farthest 5 % of the *pixels* go, (9.4)."""
    return 0.95 * max(_both_ways(true_points, pred_points, spacing, np.max))


@hd95.mistake("the 90th percentile", example=(np.array([[0, 0]]), np.array([[0, 0], [0, 6]]), (1.0, 1.0)))
def _(true_points, pred_points, spacing):
    """that is the **90th** percentile. For a true point (0, 0) and predicted points (0, 0), (0, 6), pixels of 1 µm, you
    return `5.4`, expected `5.7`. The 95th is asked for, (9.4)."""
    return max(_both_ways(true_points, pred_points, spacing, lambda d: np.percentile(d, 90)))


@hd95.mistake("the width of a pixel for both axes")
def _(true_points, pred_points, spacing):
    """you multiply everything by `spacing[1]`, the **width** of a pixel. {example} you return `20.04`, expected
    `16.82`. Rows have the size `spacing[0]`, (9.4)."""
    return max(_both_ways(true_points, pred_points, (spacing[1],) * 2))


@hd95.mistake("the median")
def _(true_points, pred_points, spacing):
    """you take the **median** of each list: half of the outline may be anywhere. {example} you return `5`, expected
    `16.82`. The 95th percentile is asked for, (9.4)."""
    return max(_both_ways(true_points, pred_points, spacing, np.median))


@hd95.mistake("the mean of the two percentiles")
def _(true_points, pred_points, spacing):
    """you take the **mean** of the two percentiles. {example} you return `9.762`, expected `16.82`. It is the larger
    one that counts, (9.4)."""
    return float(np.mean(_both_ways(true_points, pred_points, spacing)))


@hd95.mistake("the smaller of the two")
def _(true_points, pred_points, spacing):
    """you take the **smaller** of the two percentiles: the kinder direction. {example} you return `2.7`, expected
    `16.82`. Take the larger, (9.4)."""
    return min(_both_ways(true_points, pred_points, spacing))


@hd95.mistake("the sum of the two")
def _(true_points, pred_points, spacing):
    """you **add** the two percentiles. {example} you return `19.52`, expected `16.82`. Take the larger, (9.4)."""
    return sum(_both_ways(true_points, pred_points, spacing))


@hd95.mistake("spacing swapped")
def _(true_points, pred_points, spacing):
    """the **spacing is swapped**: rows are multiplied by the width of a pixel and columns by its height. {example} you
    return `17.22`, expected `16.82`. Points are (row, column), and a step of one row is one *height*, (9.4) and section
    9."""
    return max(_both_ways(true_points, pred_points, spacing[::-1]))


@hd95.mistake("spacing ignored")
def _(true_points, pred_points, spacing):
    """the **spacing** is not used: you return pixels, not µm. {example} you return `6.681`, expected `16.82`. Multiply
    the steps by the size of a pixel before you measure, (9.4) and section 9."""
    return max(_both_ways(true_points, pred_points, (1.0, 1.0)))


@hd95.mistake("divided by the spacing")
def _(true_points, pred_points, spacing):
    """you **divide** by the spacing. {example} you return `2.87`, expected `16.82`. A step of one pixel is one pixel's
    size in µm: multiply, (9.4) and section 9."""
    return max(_both_ways(true_points, pred_points, 1 / np.array(spacing)))


@hd95.mistake("spacing after the distance")
def _(true_points, pred_points, spacing):
    """you measure in pixels and multiply the distance by the **mean size** of a pixel. A slanted step has both sizes in
    it, in other shares. {example} you return `16.7`, expected `16.82`. Multiply rows and columns by their own size
    first, (9.4)."""
    return np.mean(spacing) * max(_both_ways(true_points, pred_points, (1.0, 1.0)))


@hd95.mistake("the height of a pixel for both axes")
def _(true_points, pred_points, spacing):
    """you multiply everything by `spacing[0]`, the **height** of a pixel. {example} you return `13.36`, expected
    `16.82`. Columns have the size `spacing[1]`, (9.4)."""
    return max(_both_ways(true_points, pred_points, (spacing[0],) * 2))


@hd95.mistake("the spacing squared")
def _(true_points, pred_points, spacing):
    """you multiply both point sets and the steps, or the squared steps by the squared size twice: the **spacing comes
    in twice**. {example} you return `45.47`, expected `16.82`. Multiply once, (9.4)."""
    return max(_both_ways(true_points, pred_points, np.square(spacing)))


@hd95.mistake("spacing inside the square root, not squared")
def _(true_points, pred_points, spacing):
    """under the root you multiply the squared steps by the spacing, which would have to be **squared as well**.
    {example} you return `10.5`, expected `16.82`. Multiply the steps first, then square, (9.4)."""
    return max(_both_ways(true_points, pred_points, np.sqrt(spacing)))


@hd95.mistake("city blocks")
def _(true_points, pred_points, spacing):
    """you **add** the steps along rows and columns, a distance in city blocks. {example} you return `23.35`, expected
    `16.82`. A straight line is √(rows² + columns²), (9.3)."""
    return max(_both_ways(true_points, pred_points, spacing, size=lambda d: np.abs(d).sum(-1)))


@hd95.mistake("the larger step only")
def _(true_points, pred_points, spacing):
    """you take the **larger** of the two steps, a king's moves on a chessboard. {example} you return `13.95`, expected
    `16.82`. A straight line is √(rows² + columns²), (9.3)."""
    return max(_both_ways(true_points, pred_points, spacing, size=lambda d: np.abs(d).max(-1)))


@hd95.mistake("no square root")
def _(true_points, pred_points, spacing):
    """the **square root** is missing: these are µm². {example} you return `291.2`, expected `16.82`. Look again at
    (9.3)."""
    return max(_both_ways(true_points, pred_points, spacing, size=lambda d: (d**2).sum(-1)))


@hd95.mistake("the farthest in place of the nearest")
def _(true_points, pred_points, spacing):
    """for each point you take the **farthest** of the other set. {example} you return `22.99`, expected `16.82`. How
    far a point is from an outline is the distance to its *nearest* pixel, (9.3)."""
    return max(_both_ways(true_points, pred_points, spacing, size=lambda d: -np.sqrt((d**2).sum(-1)),
                          summary=lambda d: np.percentile(-d, 95)))  # fmt: skip


@hd95.mistake("all pairs")
def _(true_points, pred_points, spacing):
    """you take the percentile over **all pairs** of points. {example} you return `21.79`, expected `16.82`. Each point
    counts once, with the distance to its nearest partner, (9.3)."""
    steps = (true_points[:, None] - pred_points[None]) * np.asarray(spacing)
    return np.percentile(np.sqrt((steps**2).sum(-1)), 95)


@hd95.mistake("percent taken for a share")
def _(true_points, pred_points, spacing):
    """`np.percentile` wants **percent**: `0.95` is the first percent of the list, nearly its smallest distance.
    {example} you return `0`, expected `16.82`. Write 95, or `np.quantile(…, 0.95)`, (9.4)."""
    return max(_both_ways(true_points, pred_points, spacing, lambda d: np.percentile(d, 0.95)))


@hd95.mistake("the 5th percentile", example=(np.array([[0, 0]]), np.array([[0, 1], [0, 4]]), (1.0, 1.0)))
def _(true_points, pred_points, spacing):
    """that is the **5th** percentile: you cut off the wrong end. For a true point (0, 0) and predicted points (0, 1),
    (0, 4), pixels of 1 µm, you return `1.15`, expected `3.85`. The *largest* 5 % are left out, (9.4)."""
    return max(_both_ways(true_points, pred_points, spacing, lambda d: np.percentile(d, 5)))


@hd95.mistake("no interpolation", example=(np.array([[0, 0]]), np.array([[0, 0], [0, 8]]), (1.0, 1.0)))
def _(true_points, pred_points, spacing):
    """you take the entry of the sorted list at **95 % of its length**. Where that is between two entries,
    `np.percentile` goes that far from the one to the other. For a true point (0, 0) and predicted points (0, 0), (0,
    8), pixels of 1 µm, you return `8`, expected `7.6`. Look again at (9.4)."""
    return max(_both_ways(true_points, pred_points, spacing, lambda d: np.sort(d)[min(len(d) - 1, int(0.95 * len(d)))]))


@hd95.mistake("the entry below", example=(np.array([[0, 0]]), np.array([[0, 0], [0, 2], [0, 7]]), (1.0, 1.0)))
def _(true_points, pred_points, spacing):
    """where the place is between two entries of the sorted list you take the **lower** one. `np.percentile` goes on
    towards the next as far as is left over. For a true point (0, 0) and predicted points (0, 0), (0, 2), (0, 7), pixels
    of 1 µm, you return `2`, expected `6.5`. Look again at (9.4)."""
    return max(_both_ways(true_points, pred_points, spacing, lambda d: np.percentile(d, 95, method="lower")))


@hd95.mistake("the mean distance")
def _(true_points, pred_points, spacing):
    """you take the **mean** of each list: that is near to the average surface distance, (9.9). {example} you return
    `7.007`, expected `16.82`. The 95th percentile is asked for, (9.4)."""
    return max(_both_ways(true_points, pred_points, spacing, np.mean))


@hd95.mistake("pairs by their number", example=(np.array([[0, 0], [0, 1]]), np.array([[0, 3], [0, 1]]), (1.0, 1.0)))
def _(true_points, pred_points, spacing):
    """you compare point k of one set with **point k of the other**. Points stand in any order. For true points (0, 0),
    (0, 1) and predicted points (0, 3), (0, 1), pixels of 1 µm, you return `2.85`, expected `1.9`. For each point the
    nearest of the other set, (9.3)."""
    n = min(len(true_points), len(pred_points))
    steps = (true_points[:n] - pred_points[:n]) * np.asarray(spacing)
    return np.percentile(np.sqrt((steps**2).sum(-1)), 95)


@hd95.mistake("mean and two standard deviations")
def _(true_points, pred_points, spacing):
    """you take **mean + 2 standard deviations** of each list, as if distances were normally distributed. {example} you
    return `22.13`, expected `16.82`. `np.percentile(…, 95)` asks the list itself, (9.4)."""
    return max(_both_ways(true_points, pred_points, spacing, lambda d: d.mean() + 2 * d.std()))


@hd95.mistake("only one set in µm", example=(np.array([[3, 0]]), np.array([[1, 0]]), (2.5, 1.0)))
def _(true_points, pred_points, spacing):
    """you multiply **one set** by the spacing and not the other. For a true point (3, 0) and a predicted point (1, 0),
    pixels 2.5 µm high and 1 µm wide, you return `6.5`, expected `5`. Both, or their difference, (9.4)."""
    return max(_both_ways(true_points * np.asarray(spacing), pred_points, (1.0, 1.0)))


@hd95.mistake("the two numbers")
def _(true_points, pred_points, spacing):
    """you return **both** percentiles. {example} you return `[2.7, 16.82]`, expected `16.82`. The larger of the two is
    the answer, (9.4)."""
    return np.array(_both_ways(true_points, pred_points, spacing))


@hd95.mistake("distance of the centres")
def _(true_points, pred_points, spacing):
    """that is the distance of the two **centres**: outlines of quite another shape can share theirs. {example} you
    return `8.746`, expected `16.82`. For every point the nearest of the other set, (9.3)."""
    return float(np.linalg.norm((true_points.mean(0) - pred_points.mean(0)) * np.asarray(spacing)))


# --- 9.4 panoptic quality ---------------------------------------------------------------------------------------------


def _overlap_table(rng, n, m, pairs, low=0.3, high=1.0):
    """IoU of n objects with m others, as images can give them: a strong pair now and then, little beside it."""
    table = np.zeros((n, m))
    for i, j in zip(rng.permutation(n)[:pairs], rng.permutation(m)[:pairs], strict=True):
        table[i, j] = rng.uniform(low, high)
    weak = rng.uniform(0, 0.2, (n, m)) * (rng.random((n, m)) < 0.3) * (table == 0)
    return np.round(table + weak, 3)


def _tables(rng):
    yield (np.zeros((0, 0)),)
    yield (np.zeros((2, 0)),)
    yield (np.zeros((0, 3)),)
    yield (np.array([[0.5]]),)
    yield (np.array([[0.75]]),)
    yield (np.array([[0.2, 0.3], [0.1, 0.45]]),)
    for n, m, pairs in ((2, 3, 2), (3, 2, 2), (5, 5, 4), (7, 4, 4), (4, 9, 3), (12, 10, 9)):
        yield (_overlap_table(rng, n, m, pairs),)


def _counts(table, matched=lambda table: table > 0.5):
    """The IoUs of the matches, and how many rows and columns are left over."""
    pairs = matched(table)
    found = table[pairs]
    return found.sum(), len(found), table.shape[0] - len(found), table.shape[1] - len(found)


def _divided(a, b, otherwise=math.nan):
    return float(a / b) if b else otherwise


def _pq(table, missed=0.5, extra=0.5, **options):
    total, tp, fn, fp = _counts(table, **options)
    return _divided(total, tp + missed * fn + extra * fp)


def _sq_and_rq(table):
    total, tp, fn, fp = _counts(table)
    return _divided(total, tp, 0.0), _divided(tp, tp + fn / 2 + fp / 2)


def _panoptic_by_loops(table):
    n, m = table.shape
    left, right, total = set(range(n)), set(range(m)), 0.0
    for i in range(n):
        for j in range(m):
            if table[i, j] > 0.5:
                left.discard(i), right.discard(j)
                total += table[i, j]
    if n + m == 0:
        return math.nan
    return total / ((n - len(left)) + (len(left) + len(right)) / 2)


panoptic = FunctionExercise(
    "9.4",
    "Panoptic quality",
    cases=_tables,
    oracle=_panoptic_by_loops,
    solution="""
    import numpy as np

    def panoptic(table):
        n, m = table.shape
        ious = table[table > 0.5]
        tp = len(ious)
        fn, fp = n - tp, m - tp
        return ious.sum() / (tp + fp / 2 + fn / 2) if n + m else np.nan
    """,
    example=(np.array([[0.9, 0, 0, 0.1, 0], [0, 0.5, 0.1, 0, 0], [0, 0, 0.9, 0, 0]]),),
    example_words="For the table `[[0.9, 0, 0, 0.1, 0], [0, 0.5, 0.1, 0, 0], [0, 0, 0.9, 0, 0]]`",
    hints=(
        "Above ½ no object has two partners. So what does every entry above ½ stand for?",
        "The number of entries above ½ is TP. Which true objects (rows) and found objects (columns) are left over?",
        "Sum of the entries above ½, divided by TP + (m − TP)/2 + (n − TP)/2; NaN if n + m is 0.",
    ),
    rtol=1e-6,
    atol=1e-6,
    fixed=("table.ndim", "table.dtype"),
)


@panoptic.mistake("exactly one half matches")
def _(table):
    """you take a pair that overlaps by **exactly ½** (`>=`). At ½ an object can have two partners, only above it one.
    {example} you return `0.575`, expected `0.45`. Look again at (9.5)."""
    return _pq(table, matched=lambda t: t >= 0.5)


@panoptic.mistake("SQ + RQ")
def _(table):
    """you **add** SQ and RQ. {example} you return `1.4`, expected `0.45`: PQ is their product, and never above 1,
    (9.5)."""
    return sum(_sq_and_rq(table))


@panoptic.mistake("the mean of SQ and RQ")
def _(table):
    """you take the **mean** of SQ and RQ. {example} you return `0.7`, expected `0.45`. PQ is their product, (9.5)."""
    return sum(_sq_and_rq(table)) / 2


@panoptic.mistake("SQ only")
def _(table):
    """that is **SQ**, the mean IoU of the matches: whoever finds one object of a hundred, but that one well, scores
    high. {example} you return `0.9`, expected `0.45`. Objects missed and extra ones belong below, (9.5)."""
    return _sq_and_rq(table)[0] if table.size or sum(table.shape) else math.nan


@panoptic.mistake("RQ only")
def _(table):
    """that is **RQ**, the F1 score of the objects: how well a match fits does not matter to it. {example} you return
    `0.5`, expected `0.45`. Above stands the sum of the IoUs, not their number, (9.5)."""
    return _sq_and_rq(table)[1]


@panoptic.mistake("misses and extras counted whole")
def _(table):
    """a missed object and an extra one count **whole** in yours. {example} you return `0.3`, expected `0.45`. Each
    counts one half, so that one object in the wrong place (a miss and an extra) costs as much as one match, (9.5)."""
    return _pq(table, 1, 1)


@panoptic.mistake("misses forgotten")
def _(table):
    """you count the extra objects only; **missed** ones cost nothing. {example} you return `0.5143`, expected `0.45`.
    Rows without a match are FN, (9.5)."""
    return _pq(table, 0, 0.5)


@panoptic.mistake("extras forgotten")
def _(table):
    """you count the missed objects only; **extra** ones cost nothing. {example} you return `0.72`, expected `0.45`.
    Columns without a match are FP, (9.5)."""
    return _pq(table, 0.5, 0)


@panoptic.mistake("divided by the true objects")
def _(table):
    """you divide by the number of **true** objects: extra ones cost nothing, and missed ones count whole. {example} you
    return `0.6`, expected `0.45`. Look again at (9.5)."""
    return _pq(table, 1, 0)


@panoptic.mistake("divided by the found objects")
def _(table):
    """you divide by the number of **found** objects: missed ones cost nothing, and extra ones count whole. {example}
    you return `0.36`, expected `0.45`. Look again at (9.5)."""
    return _pq(table, 0, 1)


@panoptic.mistake("misses whole, extras half")
def _(table):
    """missed objects count **whole** in yours and extra ones one half. {example} you return `0.4`, expected `0.45`.
    Both count one half, (9.5)."""
    return _pq(table, 1, 0.5)


@panoptic.mistake("extras whole, misses half")
def _(table):
    """extra objects count **whole** in yours and missed ones one half. {example} you return `0.3273`, expected `0.45`.
    Both count one half, (9.5)."""
    return _pq(table, 0.5, 1)


@panoptic.mistake("best overlap, without a threshold")
def _(table):
    """you take the **best overlap** of every true object, however small, and average: there is no match and no extra
    object in it. {example} you return `0.7667`, expected `0.45`. Only pairs above ½ count, (9.5)."""
    if not table.shape[0]:
        return math.nan
    return float(table.max(axis=1).mean()) if table.shape[1] else 0.0


@panoptic.mistake("all overlaps added")
def _(table):
    """you take **every** overlap for a match, or add all of them above. {example} you return `0.625`, expected `0.45`.
    Only pairs above ½ count, (9.5)."""
    _, tp, fn, fp = _counts(table)
    return _divided(table.sum(), tp + fn / 2 + fp / 2)


@panoptic.mistake("the best overlap of each row added", example=(np.array([[0.7, 0], [0.2, 0.4]]),))
def _(table):
    """above you add the **best overlap of every true object**, also of those that have no match. For the table `[[0.7,
    0], [0.2, 0.4]]` you return `0.55`, expected `0.35`. Only pairs above ½ count, (9.5)."""
    _, tp, fn, fp = _counts(table)
    return _divided(table.max(axis=1, initial=0).sum(), tp + fn / 2 + fp / 2)


@panoptic.mistake("divided by the larger number", example=(np.array([[0.7, 0.2], [0, 0.4], [0.3, 0]]),))
def _(table):
    """you divide by the **larger** of the numbers of true and of found objects. For the table `[[0.7, 0.2], [0, 0.4],
    [0.3, 0]]` you return `0.2333`, expected `0.28`. Below stands TP + FP/2 + FN/2, which is half of the true objects
    and half of the found ones, (9.5)."""
    return _divided(_counts(table)[0], max(table.shape))


@panoptic.mistake("all objects", example=(np.array([[0.7, 0.2, 0], [0, 0.9, 0]]),))
def _(table):
    """you divide by **all objects**, true and found: a match is two of them, so even a perfect result scores ½. For the
    table `[[0.7, 0.2, 0], [0, 0.9, 0]]` you return `0.32`, expected `0.64`. A match counts once below, a missed object
    and an extra one one half, (9.5)."""
    return _divided(_counts(table)[0], sum(table.shape))


@panoptic.mistake("a threshold of .7", example=(np.array([[0.65, 0], [0, 0.9]]),))
def _(table):
    """your threshold is above ½. For the table `[[0.65, 0], [0, 0.9]]` you return `0.45`, expected `0.775`. A pair
    matches **above ½**, (9.5)."""
    return _pq(table, matched=lambda t: t > 0.7)


@panoptic.mistake("the harmonic mean of SQ and RQ", example=(np.array([[0.6, 0, 0], [0, 0.3, 0]]),))
def _(table):
    """you take the **harmonic mean** of SQ and RQ. For the table `[[0.6, 0, 0], [0, 0.3, 0]]` you return `0.48`,
    expected `0.24`. PQ is their product, (9.5)."""
    sq, rq = _sq_and_rq(table)
    return (_divided(2 * sq * rq, sq + rq, 0.0)) if sum(table.shape) else math.nan


@panoptic.mistake("the median overlap", example=(np.array([[0.6, 0, 0], [0, 0.65, 0], [0, 0, 0.95]]),))
def _(table):
    """your SQ is the **median** IoU of the matches. For the table `[[0.6, 0, 0], [0, 0.65, 0], [0, 0, 0.95]]` you
    return `0.65`, expected `0.7333`. Their mean, (9.5)."""
    found = table[table > 0.5]
    return (np.median(found) * _sq_and_rq(table)[1] if len(found) else 0.0) if sum(table.shape) else math.nan


@panoptic.mistake("misses counted only where nothing overlaps", example=(np.array([[0.8, 0, 0.1], [0, 0.3, 0]]),))
def _(table):
    """you call an object missed or extra only if it overlaps with **nothing at all**. For the table `[[0.8, 0, 0.1],
    [0, 0.3, 0]]` you return `0.8`, expected `0.32`. Whatever has no match above ½ counts, (9.5)."""
    total, tp, _, _ = _counts(table)
    fn, fp = int((~(table > 0).any(axis=1)).sum()), int((~(table > 0).any(axis=0)).sum())
    return _divided(total, tp + fn / 2 + fp / 2)


@panoptic.mistake("pairs for objects", example=(np.array([[0.8, 0.1], [0.2, 0.4]]),))
def _(table):
    """you count as an error **every pair** that overlaps and does not match. For the table `[[0.8, 0.1], [0.2, 0.4]]`
    you return `0.2667`, expected `0.4`. Missed and extra are *objects*: rows and columns without a match, each once,
    (9.5)."""
    total, tp, fn, _ = _counts(table)
    return _divided(total, tp + fn / 2 + ((table > 0) & (table <= 0.5)).sum() / 2)


@panoptic.mistake("NaN for an empty table", example=(np.zeros((2, 0)),))
def _(table):
    """an **empty table** is NaN in yours, whatever is missing. With two true objects and none found, a table of the
    shape (2, 0), you return `nan`, expected `0`: everything was missed. NaN only where there are no objects at all,
    (9.5)."""
    return _pq(table) if table.size else math.nan


@panoptic.mistake("the mean of all pairs")
def _(table):
    """that is the **mean of the whole table**, of every object with every other one. {example} you return `0.1667`,
    expected `0.45`. Only pairs above ½ count, (9.5)."""
    return float(table.mean()) if table.size else math.nan


@panoptic.mistake("NaN where nothing matches", example=(np.array([[0.3], [0.1]]),))
def _(table):
    """there are objects and **none matches**: SQ would be 0 / 0, but PQ is 0. For {case} you return `{got}`, expected
    `{expected}`. Divide the sum of IoUs by TP + FP/2 + FN/2, which is not 0, (9.5)."""
    total, tp, fn, fp = _counts(table)
    return _divided(total, tp) * _divided(tp, tp + fn / 2 + fp / 2)


@panoptic.mistake("0 where there are no objects", example=(np.zeros((0, 0)),))
def _(table):
    """an image **without any object**, true or found, scores 0 in yours, as if all had been missed. For an empty table
    you return `0`, expected NaN: there is nothing to judge. Look again at section 2 and (9.5)."""
    return _pq(table) if sum(table.shape) else 0.0


@panoptic.mistake("1 where there are no objects", example=(np.zeros((0, 0)),))
def _(table):
    """an image **without any object**, true or found, scores 1 in yours: a full score for nothing. For an empty table
    you return `1`, expected NaN. Look again at section 2 and (9.5)."""
    return _pq(table) if sum(table.shape) else 1.0


@panoptic.mistake("0 / 0 not caught", example=(np.zeros((0, 0)),))
def _(table):
    """right, but for an image **without any object** Python divides 0 by 0. For an empty table you get a
    `ZeroDivisionError`, expected NaN. Ask first whether n + m is 0, (9.5)."""
    total, tp, fn, fp = _counts(table)
    return float(total) / float(tp + fn / 2 + fp / 2)


@panoptic.mistake("TP over all")
def _(table):
    """that is TP / (TP + FP + FN), the **share of right objects**, (9.12). {example} you return `0.3333`, expected
    `0.45`. Above stands the sum of the IoUs, and each error counts one half, (9.5)."""
    _, tp, fn, fp = _counts(table)
    return _divided(tp, tp + fn + fp)


@panoptic.mistake("rows and columns for the errors", example=(np.array([[0.8, 0], [0, 0.6]]),))
def _(table):
    """you count **all** rows and columns as FN and FP; those that are matched are no errors. For the table `[[0.8, 0],
    [0, 0.6]]` you return `0.35`, expected `0.7`. FN is n − TP and FP is m − TP, (9.5)."""
    total, tp, _, _ = _counts(table)
    return _divided(total, tp + table.shape[0] / 2 + table.shape[1] / 2)


# --- 9.5 an interval of the difference --------------------------------------------------------------------------------


def _scores_of_two(rng):
    yield np.array([0.5, 0.75]), np.array([0.25, 0.75])
    for n, sd in ((3, 0.02), (5, 0.01), (8, 0.05), (12, 0.03), (30, 0.02)):
        hard = rng.uniform(0.4, 0.95, n)
        yield hard + rng.normal(0.01, sd, n), hard + rng.normal(0, sd, n)
    yield rng.normal(12, 3, 7), rng.normal(15, 3, 7)  # distances in pixels
    yield rng.integers(0, 30, 6), rng.integers(0, 30, 6)


def _t(p, df):
    from scipy import stats

    return stats.t.ppf(p, df)


def _around(mean, half):
    return mean - half, mean + half


def _half(d, ddof=1, p=0.975, df=None):
    n = len(d)
    return _t(p, n - 1 if df is None else df) * np.std(d, ddof=ddof) / np.sqrt(n)


def _paired_by_loops(first, second):
    from scipy.special import stdtrit

    d = [float(a) - float(b) for a, b in zip(first, second, strict=True)]
    half = float(stdtrit(len(d) - 1, 0.975)) * math.sqrt(statistics.variance(d) / len(d))
    return statistics.fmean(d) - half, statistics.fmean(d) + half


paired = FunctionExercise(
    "9.5",
    "The interval of a difference",
    cases=_scores_of_two,
    oracle=_paired_by_loops,
    solution="""
    import numpy as np
    from scipy import stats

    def paired_interval(first, second):
        difference = np.asarray(first) - np.asarray(second)
        n = len(difference)
        half = stats.t.ppf(0.975, n - 1) * difference.std(ddof=1) / np.sqrt(n)
        return difference.mean() - half, difference.mean() + half
    """,
    example=(np.array([0.9, 0.8, 0.7, 0.6]), np.array([0.8, 0.75, 0.6, 0.58])),
    example_words="For `first = [0.9, 0.8, 0.7, 0.6]`, `second = [0.8, 0.75, 0.6, 0.58]`",
    hints=(
        "One number an image is left when you subtract. Forget the two lists after that.",
        "Mean and standard deviation (with n − 1) of the differences; the standard error is s / √n.",
        "`d.mean() ± stats.t.ppf(0.975, n - 1) * d.std(ddof=1) / np.sqrt(n)`, as a pair (low, high).",
    ),
    rtol=1e-7,
    fixed=("first.ndim", "second.ndim"),
)


@paired.mistake("unpaired")
def _(first, second):
    """you put the spreads of **both lists** together, s₁² / n + s₂² / n, as if the methods had seen different images.
    How hard an image is for both then counts as chance. {example} you return `(-0.2014, 0.3364)`, expected `(0.004685,
    0.1303)`. Subtract first, image by image, (9.6)."""
    n = len(first)
    error = math.sqrt(np.var(first, ddof=1) / n + np.var(second, ddof=1) / n)
    return _around(np.mean(first) - np.mean(second), _t(0.975, n - 1) * error)


@paired.mistake("unpaired, with 2n − 2 degrees of freedom")
def _(first, second):
    """that is the interval of **two independent** samples, with 2n − 2 degrees of freedom. Both methods saw the same
    images: how hard an image is for both must not count as chance. {example} you return `(-0.1393, 0.2743)`, expected
    `(0.004685, 0.1303)`. Subtract first, image by image, (9.6)."""
    n = len(first)
    error = math.sqrt(np.var(first, ddof=1) / n + np.var(second, ddof=1) / n)
    return _around(np.mean(first) - np.mean(second), _t(0.975, 2 * n - 2) * error)


@paired.mistake("the ends of two intervals")
def _(first, second):
    """you make an interval **for each method** and subtract their ends. {example} you return `(-0.3114, 0.4464)`,
    expected `(0.004685, 0.1303)`. One interval, of the differences, (9.6)."""
    return _around(np.mean(first), _half(first))[0] - _around(np.mean(second), _half(second))[1], (
        _around(np.mean(first), _half(first))[1] - _around(np.mean(second), _half(second))[0]
    )


@paired.mistake("only the first method")
def _(first, second):
    """that is the interval of the **first** method's mean. {example} you return `(0.5446, 0.9554)`, expected
    `(0.004685, 0.1303)`. Ask about the differences, (9.6)."""
    return _around(np.mean(first), _half(first))


@paired.mistake("s with n")
def _(first, second):
    """your standard deviation divides by **n**, as `np.std` does if nothing is said. The mean is estimated from the
    same few numbers, so that is too small. {example} you return `(0.0131, 0.1219)`, expected `(0.004685, 0.1303)`.
    Write `ddof=1`, (9.6)."""
    d = first - second
    return _around(d.mean(), _half(d, ddof=0))


@paired.mistake("no square root of n")
def _(first, second):
    """the **√n** is missing: that is about where single images lie, not their mean. {example} you return `(-0.05813,
    0.1931)`, expected `(0.004685, 0.1303)`. Divide s by √n, (9.6)."""
    d = first - second
    return _around(d.mean(), _half(d) * math.sqrt(len(d)))


@paired.mistake("divided by n")
def _(first, second):
    """you divide s by **n**, not by √n. {example} you return `(0.03609, 0.09891)`, expected `(0.004685, 0.1303)`. Look
    again at (9.6)."""
    d = first - second
    return _around(d.mean(), _half(d) / math.sqrt(len(d)))


@paired.mistake("divided by √(n − 1)")
def _(first, second):
    """you divide s by **√(n − 1)**. The n − 1 belongs into s, where you have it already. {example} you return
    `(-0.005032, 0.14)`, expected `(0.004685, 0.1303)`. Look again at (9.6)."""
    d = first - second
    return _around(d.mean(), _half(d) * math.sqrt(len(d) / (len(d) - 1)))


@paired.mistake("1.96")
def _(first, second):
    """you take **1.96**, which is right for very many images. With n images and an s from the same images it is
    Student's t with n − 1 degrees of freedom, which is larger. {example} you return `(0.02881, 0.1062)`, expected
    `(0.004685, 0.1303)`. Look again at (9.6)."""
    from scipy import stats

    d = first - second
    return _around(d.mean(), stats.norm.ppf(0.975) * d.std(ddof=1) / math.sqrt(len(d)))


@paired.mistake("1.96, and s with n")
def _(first, second):
    """two things at once: **1.96** in the place of Student's t, and an s that divides by **n**. {example} you return
    `(0.034, 0.101)`, expected `(0.004685, 0.1303)`. Both make the interval too narrow, (9.6)."""
    d = first - second
    return _around(d.mean(), 1.96 * d.std() / math.sqrt(len(d)))


@paired.mistake("one side only, and s with n")
def _(first, second):
    """two things at once: `t.ppf(0.95, …)`, which leaves **10 % outside**, and an s that divides by **n**. {example}
    you return `(0.02727, 0.1077)`, expected `(0.004685, 0.1303)`. .975 and `ddof=1`, (9.6)."""
    d = first - second
    return _around(d.mean(), _half(d, ddof=0, p=0.95))


@paired.mistake("the variance")
def _(first, second):
    """you take the **variance**, s², where its root s is meant. {example} you return `(0.06502, 0.06998)`, expected
    `(0.004685, 0.1303)`. `d.std(ddof=1)`, or the root of the sum over n − 1, (9.6)."""
    d = first - second
    n = len(d)
    return _around(d.mean(), _t(0.975, n - 1) * d.var(ddof=1) / math.sqrt(n))


@paired.mistake("√(2n)")
def _(first, second):
    """you divide by **√(2n)**. There are 2n scores, but n differences. {example} you return `(0.02308, 0.1119)`,
    expected `(0.004685, 0.1303)`. Look again at (9.6)."""
    d = first - second
    return _around(d.mean(), _half(d) / math.sqrt(2))


@paired.mistake("unpaired, with 1.96")
def _(first, second):
    """two things at once: the spreads of **both lists** together, and **1.96** in the place of t. {example} you return
    `(-0.09811, 0.2331)`, expected `(0.004685, 0.1303)`. Subtract first, image by image, (9.6)."""
    error = math.sqrt((np.var(first, ddof=1) + np.var(second, ddof=1)) / len(first))
    return _around(np.mean(first) - np.mean(second), 1.96 * error)


@paired.mistake("3 standard errors")
def _(first, second):
    """you take **3** standard errors. {example} you return `(0.008286, 0.1267)`, expected `(0.004685, 0.1303)`. How
    many it takes says Student's t with n − 1 degrees of freedom, (9.6)."""
    d = first - second
    return _around(d.mean(), 3 * d.std(ddof=1) / math.sqrt(len(d)))


@paired.mistake("2 for t")
def _(first, second):
    """you take **2** standard errors, a rule of thumb for many images. {example} you return `(0.02802, 0.107)`,
    expected `(0.004685, 0.1303)`. Few images need Student's t with n − 1 degrees of freedom, (9.6)."""
    d = first - second
    return _around(d.mean(), 2 * d.std(ddof=1) / math.sqrt(len(d)))


@paired.mistake("t with n degrees of freedom")
def _(first, second):
    """your t has **n** degrees of freedom. One is used up by the mean: n − 1. {example} you return `(0.0127, 0.1223)`,
    expected `(0.004685, 0.1303)`. Look again at (9.6)."""
    d = first - second
    return _around(d.mean(), _half(d, df=len(d)))


@paired.mistake("one side only")
def _(first, second):
    """`t.ppf(0.95, …)` leaves 5 % above, and so **10 % outside** both ends together. {example} you return `(0.02105,
    0.114)`, expected `(0.004685, 0.1303)`. For 95 % inside leave 2.5 % on each side: .975, (9.6)."""
    d = first - second
    return _around(d.mean(), _half(d, p=0.95))


@paired.mistake("one standard error")
def _(first, second):
    """you go **one standard error** to each side, without t: that holds the mean about two times in three. {example}
    you return `(0.04776, 0.08724)`, expected `(0.004685, 0.1303)`. Multiply by t, (9.6)."""
    d = first - second
    return _around(d.mean(), d.std(ddof=1) / math.sqrt(len(d)))


@paired.mistake("one standard deviation", example=(np.array([0.9, 0.8, 0.7]), np.array([0.8, 0.75, 0.6])))
def _(first, second):
    """you go **one standard deviation** of the differences to each side: about where single images lie. For `first =
    [0.9, 0.8, 0.7]`, `second = [0.8, 0.75, 0.6]` you return `(0.05447, 0.1122)`, expected `(0.01162, 0.155)`. t · s /
    √n, (9.6)."""
    d = first - second
    return _around(d.mean(), d.std(ddof=1))


@paired.mistake("the half width")
def _(first, second):
    """you return the **half width**. {example} you return `0.06281`, expected `(0.004685, 0.1303)`. Take it off the
    mean and add it, (9.6)."""
    return _half(first - second)


@paired.mistake("99 percent")
def _(first, second):
    """`t.ppf(0.995, …)` makes it an interval of **99 %**. {example} you return `(-0.04779, 0.1828)`, expected
    `(0.004685, 0.1303)`. For 95 % leave 2.5 % on each side, (9.6)."""
    d = first - second
    return _around(d.mean(), _half(d, p=0.995))


@paired.mistake("around the median")
def _(first, second):
    """your interval lies around the **median** of the differences. {example} you return `(0.01219, 0.1378)`, expected
    `(0.004685, 0.1303)`. Around their mean, (9.6)."""
    d = first - second
    return _around(np.median(d), _half(d))


@paired.mistake("second minus first")
def _(first, second):
    """you subtract **the other way round**, second − first: the interval is on the other side of 0, and the wrong
    method wins. {example} you return `(-0.1303, -0.004685)`, expected `(0.004685, 0.1303)`. Look again at (9.6)."""
    d = second - first
    return _around(d.mean(), _half(d))


@paired.mistake("high before low")
def _(first, second):
    """the two ends are there, but the **higher one first**. {example} you return `(0.1303, 0.004685)`, expected
    `(0.004685, 0.1303)`. Return (low, high), (9.6)."""
    d = first - second
    return _around(d.mean(), -_half(d))


@paired.mistake("mean and half width")
def _(first, second):
    """you return the **mean and the half width**. {example} you return `(0.0675, 0.06281)`, expected `(0.004685,
    0.1303)`. Return the two ends, mean − half and mean + half, (9.6)."""
    d = first - second
    return d.mean(), _half(d)


@paired.mistake("around 0")
def _(first, second):
    """your interval lies **around 0**, not around the mean difference. {example} you return `(-0.06281, 0.06281)`,
    expected `(0.004685, 0.1303)`. Look again at (9.6)."""
    d = first - second
    return _around(0.0, _half(d))


@paired.mistake("percentiles of the differences")
def _(first, second):
    """you return the **percentiles** 2.5 and 97.5 of the differences: where single images lie, not how sure their mean
    is. It does not get narrower with more images. {example} you return `(0.02225, 0.1)`, expected `(0.004685, 0.1303)`.
    Look again at (9.6)."""
    return tuple(np.percentile(first - second, [2.5, 97.5]))


@paired.mistake("smallest and largest difference")
def _(first, second):
    """you return the **smallest and the largest** difference. With more images they lie further apart, and the mean is
    better known. {example} you return `(0.02, 0.1)`, expected `(0.004685, 0.1303)`. Look again at (9.6)."""
    d = first - second
    return d.min(), d.max()


@paired.mistake("sizes of the differences", example=(np.array([0.9, 0.6]), np.array([0.8, 0.9])))
def _(first, second):
    """you take the **size** of every difference, without its sign: then one method seems better even if it only wins
    half of the images. For `first = [0.9, 0.6]`, `second = [0.8, 0.9]` you return `(-1.071, 1.471)`, expected `(-2.641,
    2.441)`. Look again at (9.6)."""
    d = np.abs(first - second)
    return _around(d.mean(), _half(d))


@paired.mistake("the standard error for s, divided twice")
def _(first, second):
    """you multiply t by **s² / n**, a variance. {example} you return `(0.06626, 0.06874)`, expected `(0.004685,
    0.1303)`. The standard error is its root, s / √n, (9.6)."""
    d = first - second
    return _around(d.mean(), _t(0.975, len(d) - 1) * d.var(ddof=1) / len(d))


# --- 9.6 average symmetric surface distance ---------------------------------------------------------------------------


def _lists_of_distances(rng):
    yield np.array([2.0]), np.array([0.0])
    for n, m in ((2, 3), (6, 2), (1, 7), (9, 9), (30, 12)):
        yield np.round(rng.gamma(1, 2, n), 2), np.round(rng.gamma(1, 1, m), 2)
    yield rng.integers(0, 6, 8), rng.integers(0, 3, 5)
    yield np.zeros(4), np.array([0.0, 0.0, 9.0])


assd = FunctionExercise(
    "9.6",
    "Average symmetric surface distance",
    cases=_lists_of_distances,
    oracle=lambda from_true, from_pred: (
        math.fsum([*map(float, from_true), *map(float, from_pred)]) / (len(from_true) + len(from_pred))
    ),
    solution="""
    def assd(from_true, from_pred):
        return (sum(from_true) + sum(from_pred)) / (len(from_true) + len(from_pred))
    """,
    example=(np.array([2.0, 0.0, 5.0, 3.0]), np.array([2.0, 5.0, 1.0])),
    example_words="For `from_true = [2, 0, 5, 3]`, `from_pred = [2, 5, 1]`",
    hints=(
        "Every distance counts once, whichever outline it started from.",
        "Put both lists together: how many numbers are there?",
        "`np.concatenate([from_true, from_pred]).mean()`.",
    ),
    fixed=("from_true.ndim", "from_pred.ndim"),
)


def _two_means(a, b):
    return np.mean(a), np.mean(b)


@assd.mistake("the mean of the two means")
def _(from_true, from_pred):
    """you take the **mean of the two means**: then a short outline counts as much as a long one. {example} you return
    `2.583`, expected `2.571`. Every distance counts once, (9.9)."""
    return np.mean(_two_means(from_true, from_pred))


@assd.mistake("the larger mean", example=(np.array([7.0, 6.0]), np.array([1.0, 0.0, 2.0])))
def _(from_true, from_pred):
    """you take the **larger** of the two means, as a Hausdorff distance does with maxima. For `from_true = [7, 6]`,
    `from_pred = [1, 0, 2]` you return `6.5`, expected `3.2`. Every distance counts once, (9.9)."""
    return max(_two_means(from_true, from_pred))


@assd.mistake("the smaller mean", example=(np.array([6.0, 2.0]), np.array([1.0, 2.0, 0.0])))
def _(from_true, from_pred):
    """you take the **smaller** of the two means. For `from_true = [6, 2]`, `from_pred = [1, 2, 0]` you return `1`,
    expected `2.2`. Every distance counts once, (9.9)."""
    return min(_two_means(from_true, from_pred))


@assd.mistake("only from the truth")
def _(from_true, from_pred):
    """you use the distances **from the truth** only: what was predicted far away costs nothing. {example} you return
    `2.5`, expected `2.571`. Both lists count, (9.9)."""
    return np.mean(from_true)


@assd.mistake("only from the prediction")
def _(from_true, from_pred):
    """you use the distances **from the prediction** only: what was missed costs nothing. {example} you return `2.667`,
    expected `2.571`. Both lists count, (9.9)."""
    return np.mean(from_pred)


@assd.mistake("the median")
def _(from_true, from_pred):
    """that is the **median** of all distances: it does not see the worst half at all. {example} you return `2`,
    expected `2.571`. The mean is asked for, (9.9)."""
    return np.median(np.concatenate([from_true, from_pred]))


@assd.mistake("root mean square")
def _(from_true, from_pred):
    """that is the **root mean square** distance, in which far pixels weigh more. {example} you return `3.117`, expected
    `2.571`. The plain mean is asked for, (9.9)."""
    return np.sqrt(np.mean(np.concatenate([from_true, from_pred]).astype(float) ** 2))


@assd.mistake("divided by one less", example=(np.array([4.0, 2.0]), np.array([3.0, 5.0, 1.0])))
def _(from_true, from_pred):
    """you divide by the number of distances **− 1**, as a standard deviation does. For `from_true = [4, 2]`, `from_pred
    = [3, 5, 1]` you return `3.75`, expected `3`. A mean divides by their number, (9.9)."""
    both = np.concatenate([from_true, from_pred])
    return both.sum() / (len(both) - 1)


@assd.mistake("the 95th percentile", example=(np.array([0.0, 1.0]), np.array([2.0, 8.0, 4.0])))
def _(from_true, from_pred):
    """that is the **95th percentile** of all distances. For `from_true = [0, 1]`, `from_pred = [2, 8, 4]` you return
    `7.2`, expected `3`. Their mean is asked for, (9.9)."""
    return np.percentile(np.concatenate([from_true, from_pred]), 95)


@assd.mistake("mean square")
def _(from_true, from_pred):
    """you **square** the distances. {example} you return `9.714`, expected `2.571`. The plain mean is asked for,
    (9.9)."""
    return np.mean(np.concatenate([from_true, from_pred]).astype(float) ** 2)


@assd.mistake("weights exchanged")
def _(from_true, from_pred):
    """you weight each mean by the length of the **other** outline. {example} you return `2.595`, expected `2.571`.
    Every distance counts once, (9.9)."""
    n, m = len(from_true), len(from_pred)
    return (m * np.mean(from_true) + n * np.mean(from_pred)) / (n + m)


@assd.mistake("the standard deviation")
def _(from_true, from_pred):
    """that is the **standard deviation** of the distances. {example} you return `1.761`, expected `2.571`. Their mean
    is asked for, (9.9)."""
    return np.std(np.concatenate([from_true, from_pred]))


@assd.mistake("divided by the longer outline", example=(np.array([3.0, 1.0]), np.array([2.0, 5.0, 3.0])))
def _(from_true, from_pred):
    """you add the distances of both lists and divide by the number of the **longer** one. For `from_true = [3, 1]`,
    `from_pred = [2, 5, 3]` you return `4.667`, expected `2.8`. Both have been added, so both are counted, (9.9)."""
    return (np.sum(from_true) + np.sum(from_pred)) / max(len(from_true), len(from_pred))


@assd.mistake("the mean of the medians", example=(np.array([1.0, 0.0, 6.0]), np.array([3.0, 4.0])))
def _(from_true, from_pred):
    """you average the two **medians**. For `from_true = [1, 0, 6]`, `from_pred = [3, 4]` you return `2.25`, expected
    `2.8`. The mean of all distances is asked for, (9.9)."""
    return (np.median(from_true) + np.median(from_pred)) / 2


@assd.mistake("the mean of the maxima", example=(np.array([1.0, 0.0, 6.0]), np.array([3.0, 5.0])))
def _(from_true, from_pred):
    """you average the two **maxima**. For `from_true = [1, 0, 6]`, `from_pred = [3, 5]` you return `5.5`, expected `3`.
    The mean of all distances is asked for, (9.9)."""
    return (np.max(from_true) + np.max(from_pred)) / 2


@assd.mistake("the geometric mean", example=(np.array([1.0, 3.0]), np.array([9.0, 9.0, 6.0])))
def _(from_true, from_pred):
    """you take the **geometric** mean of the two means. For `from_true = [1, 3]`, `from_pred = [9, 9, 6]` you return
    `4`, expected `5.6`. The plain mean of all distances, (9.9)."""
    return math.sqrt(np.mean(from_true) * np.mean(from_pred))


@assd.mistake("lengths exchanged", example=(np.array([1.0, 3.0]), np.array([2.0, 4.0, 5.0])))
def _(from_true, from_pred):
    """you divide each sum by the length of the **other** list. For `from_true = [1, 3]`, `from_pred = [2, 4, 5]` you
    return `6.833`, expected `3`. Look again at (9.9)."""
    return np.sum(from_true) / len(from_pred) + np.sum(from_pred) / len(from_true)


@assd.mistake("the sum of the two means")
def _(from_true, from_pred):
    """you **add** the two means. {example} you return `5.167`, expected `2.571`. One mean, of all distances, (9.9)."""
    return sum(_two_means(from_true, from_pred))


@assd.mistake("the sum")
def _(from_true, from_pred):
    """you **add** the distances and do not divide by their number. {example} you return `18`, expected `2.571`. Look
    again at (9.9)."""
    return np.sum(from_true) + np.sum(from_pred)


@assd.mistake("only the second sum divided")
def _(from_true, from_pred):
    """only your **second** sum is divided: a division comes before an addition. {example} you return `11.14`, expected
    `2.571`. Put brackets around the whole sum, (9.9)."""
    return np.sum(from_true) + np.sum(from_pred) / (len(from_true) + len(from_pred))


@assd.mistake("brackets around the number")
def _(from_true, from_pred):
    """you divide by the **first** number only, and add the second. {example} you return `7.5`, expected `2.571`. Put
    brackets around n + m, (9.9)."""
    return (np.sum(from_true) + np.sum(from_pred)) / len(from_true) + len(from_pred)


@assd.mistake("halved once more")
def _(from_true, from_pred):
    """you divide by the number of distances and then **by 2 once more**. {example} you return `1.286`, expected
    `2.571`. It is one mean, of both lists together, (9.9)."""
    return np.mean(np.concatenate([from_true, from_pred])) / 2


@assd.mistake("divided by the pixels of the truth")
def _(from_true, from_pred):
    """you add the distances of both lists and divide by the number of **one** of them, the true outline. {example} you
    return `4.5`, expected `2.571`. Both have been added, so both are counted, (9.9)."""
    return (np.sum(from_true) + np.sum(from_pred)) / len(from_true)


@assd.mistake("divided by the pixels of the prediction")
def _(from_true, from_pred):
    """you add the distances of both lists and divide by the number of **one** of them, the predicted outline. {example}
    you return `6`, expected `2.571`. Both have been added, so both are counted, (9.9)."""
    return (np.sum(from_true) + np.sum(from_pred)) / len(from_pred)


@assd.mistake("divided by 2")
def _(from_true, from_pred):
    """you add all distances and divide by **2**, the number of lists. {example} you return `9`, expected `2.571`.
    Divide by the number of distances, (9.9)."""
    return (np.sum(from_true) + np.sum(from_pred)) / 2


@assd.mistake("zeros left out")
def _(from_true, from_pred):
    """you leave the **zeros** out: the pixels where the outlines meet are the best ones. {example} you return `3`,
    expected `2.571`. Every distance counts, (9.9)."""
    both = np.concatenate([from_true, from_pred])
    return both[both > 0].mean() if (both > 0).any() else 0.0


@assd.mistake("the maximum")
def _(from_true, from_pred):
    """that is the **Hausdorff distance**, (9.3). {example} you return `5`, expected `2.571`. The mean of all distances
    is asked for, (9.9)."""
    return max(np.max(from_true), np.max(from_pred))


@assd.mistake("each distance once")
def _(from_true, from_pred):
    """you count **equal distances once** (a `set`, `np.unique`). {example} you return `2.2`, expected `2.571`. Every
    pixel counts, (9.9)."""
    return np.mean(np.unique(np.concatenate([from_true, from_pred])))


@assd.mistake("the difference of the means")
def _(from_true, from_pred):
    """you **subtract** the means: two bad outlines could then score 0. {example} you return `0.1667`, expected `2.571`.
    One mean, of all distances, (9.9)."""
    return abs(np.mean(from_true) - np.mean(from_pred))


# --- 9.7 every object once --------------------------------------------------------------------------------------------


def _dense_table(rng, n, m):
    """Overlaps as crossing objects have them: several at once, and no row or column adds up to more than 1."""
    table = rng.random((n, m)) * (rng.random((n, m)) < 0.6)
    table /= max(1e-9, table.sum(axis=0).max(initial=0), table.sum(axis=1).max(initial=0)) / 0.95
    return np.round(table, 2)


def _thresholded(rng):
    yield np.array([[0.7]]), 0.5
    yield np.zeros((0, 2)), 0.3
    yield np.zeros((3, 0)), 0.0
    yield np.array([[0.3, 0.4], [0.0, 0.45]]), 0.3
    for n, m, threshold in ((2, 3, 0.1), (3, 3, 0.2), (4, 3, 0.1), (4, 5, 0.15), (5, 5, 0.1), (6, 4, 0.05), (5, 6, 0)):
        yield _dense_table(rng, n, m), threshold
    yield _overlap_table(rng, 6, 6, 5), 0.7
    yield np.array([[0.3, 0.25, 0.0], [0.25, 0.0, 0.0], [0.0, 0.3, 0.28]]), 0.2


def _most_pairs(table, threshold):
    """By trying, for every row in turn, to leave it or to give it any column that is free."""

    def best(row, free):
        if row == len(table):
            return 0
        taken = [1 + best(row + 1, free - {j}) for j in free if table[row, j] > threshold]
        return max([best(row + 1, free), *taken])

    return best(0, frozenset(range(table.shape[1])))


def _one_by_one(table, threshold, order):
    """Take the pairs in an order, each if both of its objects are still free."""
    rows, columns = set(), set()
    for i, j in order:
        if table[i, j] > threshold and i not in rows and j not in columns:
            rows.add(int(i)), columns.add(int(j))
    return len(rows)


def _assigned(table, allowed, **options):
    """Pairs of the assignment with the best sum of a table that are allowed."""
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(table, **options)
    return int(allowed[rows, columns].sum())


match_once = FunctionExercise(
    "9.7",
    "Every object once",
    cases=_thresholded,
    oracle=_most_pairs,
    solution="""
    from scipy.optimize import linear_sum_assignment

    def count_matches(table, threshold):
        allowed = table > threshold
        rows, columns = linear_sum_assignment(allowed, maximize=True)
        return allowed[rows, columns].sum()
    """,
    hints=(
        "Below ½ an object may have several partners. Who gets whom decides how many pairs there are.",
        "It does not matter how large an overlap is, only whether it is above the threshold: a table of `True` and "
        "`False`.",
        "`linear_sum_assignment(table > threshold, maximize=True)` finds the assignment with the most `True`. How many "
        "of its pairs are `True`?",
    ),
    fixed=("table.ndim", "table.dtype"),
)


@match_once.mistake("each true object takes its best", example=(np.array([[0.2], [0.7]]), 0.1))
def _(table, threshold):
    """you count the rows that overlap with something, so **one found object may serve several** true ones. For {case}
    you return `{got}`, expected `{expected}`. Each object takes part at most once, see section 10."""
    return int((table > threshold).any(axis=1).sum())


@match_once.mistake("each found object takes its best", example=(np.array([[0.4, 0.2]]), 0.1))
def _(table, threshold):
    """you count the columns that overlap with something, so **one true object may serve several** found ones. For
    {case} you return `{got}`, expected `{expected}`. Each object takes part at most once, see section 10."""
    return int((table > threshold).any(axis=0).sum())


@match_once.mistake("all pairs above the threshold", example=(np.array([[0.2, 0.2], [0.5, 0.3]]), 0.1))
def _(table, threshold):
    """you count **all pairs** above the threshold: below ½ an object can be in several. For {case} you return `{got}`,
    expected `{expected}`. Each object takes part at most once, see section 10."""
    return int((table > threshold).sum())


@match_once.mistake("the threshold itself counts", example=(np.array([[0.3, 0.0], [0.0, 0.3]]), 0.3))
def _(table, threshold):
    """a pair that overlaps by **exactly the threshold** counts in yours. For {case} you return `{got}`, expected
    `{expected}`. It must be above, see section 10."""
    return _assigned(table >= threshold, table >= threshold, maximize=True)


@match_once.mistake("greedy by overlap", example=(np.array([[0.4, 0.0], [0.5, 0.2]]), 0.1))
def _(table, threshold):
    """you take the pair with the **largest overlap first**, then the next that is free. The first may take the only
    partner that another one had. For {case} you return `{got}`, expected `{expected}`. Look again at section 10."""
    return _one_by_one(table, threshold, sorted(np.ndindex(table.shape), key=lambda place: -table[place]))


@match_once.mistake(
    "the first that is free",
    example=(np.array([[0.0, 0.4, 0.3, 0.0], [0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.2, 0.5], [0.0, 0.3, 0.2, 0.1]]), 0.1),
)
def _(table, threshold):
    """you go **row by row** and take the first column that is free. It may have been the only partner of a later row.
    For {case} you return `{got}`, expected `{expected}`. Look again at section 10."""
    return _one_by_one(table, threshold, np.ndindex(table.shape))


@match_once.mistake(
    "each row its best that is free", example=(np.array([[0.0, 0.0, 0.1], [0.2, 0.0, 0.3], [0.0, 0.0, 0.5]]), 0.1)
)
def _(table, threshold):
    """you go **row by row** and take the best column that is free. It may have been the only partner of a later row.
    For {case} you return `{got}`, expected `{expected}`. Look again at section 10."""
    order = [(i, j) for i in range(len(table)) for j in np.argsort(-table[i], kind="stable")]
    return _one_by_one(table, threshold, order)


@match_once.mistake("each column its best that is free", example=(np.array([[0.4, 0.5, 0.0], [0.4, 0.0, 0.0]]), 0.2))
def _(table, threshold):
    """you go **column by column** and take the best row that is free. It may have been the only partner of a later
    column. For {case} you return `{got}`, expected `{expected}`. Look again at section 10."""
    order = [(i, j) for j in range(table.shape[1]) for i in np.argsort(-table[:, j], kind="stable")]
    return _one_by_one(table, threshold, order)


@match_once.mistake(
    "different best columns",
    example=(np.array([[0.0, 0.0, 0.1], [0.2, 0.0, 0.4], [0.2, 0.2, 0.0], [0.4, 0.1, 0.0]]), 0.1),
)
def _(table, threshold):
    """every row names its best column, and you count how many **different columns** were named. A row whose best is
    taken may have a second. For {case} you return `{got}`, expected `{expected}`. Look again at section 10."""
    named = {int(row.argmax()) for row in table if row.max(initial=0) > threshold}
    return len(named)


@match_once.mistake("the diagonal", example=(np.array([[0.0, 0.3], [0.5, 0.0], [0.0, 0.6]]), 0.2))
def _(table, threshold):
    """you look at the **diagonal** only, as if object k had to be matched by number k. Numbers are given in any order.
    For {case} you return `{got}`, expected `{expected}`. Look again at section 10."""
    return int((np.diag(table) > threshold).sum())


@match_once.mistake("only objects with a single partner", example=(np.array([[0.4, 0.4, 0.0], [0.1, 0.0, 0.1]]), 0.2))
def _(table, threshold):
    """you count pairs of which neither has **another partner** above the threshold. Of several partners one can be
    taken. For {case} you return `{got}`, expected `{expected}`. Look again at section 10."""
    allowed = table > threshold
    alone = (allowed.sum(axis=0) == 1) & (allowed.sum(axis=1, keepdims=True) == 1)
    return int((allowed & alone).sum())


@match_once.mistake("the largest sum of overlaps", example=(np.array([[0.2, 0.5], [0.0, 0.1], [0.0, 0.3]]), 0.1))
def _(table, threshold):
    """you assign so that the **sum of the overlaps** is largest, and look at the threshold before or afterwards: one
    large overlap can outweigh two that would count. For {case} you return `{got}`, expected `{expected}`. Assign `table
    > threshold`, see section 10."""
    return _assigned(table, table > threshold, maximize=True)


@match_once.mistake("minimized", example=(np.array([[0.9, 0.0]]), 0.2))
def _(table, threshold):
    """`linear_sum_assignment` makes the sum **smallest** if nothing else is said: you get the worst partners. For
    {case} you return `{got}`, expected `{expected}`. Write `maximize=True`, see section 10."""
    return _assigned(table, table > threshold)


@match_once.mistake("pairs made, whatever they overlap", example=(np.array([[0.0], [0.0]]), 0.3))
def _(table, threshold):
    """you count **all pairs of the assignment**, also those at or below the threshold: it gives every object a partner
    where it can. For {case} you return `{got}`, expected `{expected}`. Count those above, see section 10."""
    return min(table.shape)


@match_once.mistake(
    "rows or columns, whichever are fewer", example=(np.array([[0.0, 0.0, 0.2], [0.3, 0.6, 0.0], [0.0, 0.0, 0.3]]), 0.1)
)
def _(table, threshold):
    """you count rows and columns that overlap with something and take the **smaller** number. That is a limit, which is
    not always reached. For {case} you return `{got}`, expected `{expected}`. Look again at section 10."""
    allowed = table > threshold
    return int(min(allowed.any(axis=0).sum(), allowed.any(axis=1).sum()))


@match_once.mistake("one half, whatever the threshold", example=(np.array([[0.4, 0.4], [0.3, 0.2]]), 0.3))
def _(table, threshold):
    """your **threshold is always ½**. For {case} you return `{got}`, expected `{expected}`. Use the one that is given,
    see section 10."""
    return int((table > 0.5).sum())


@match_once.mistake("each other's best", example=(np.array([[0.4, 0.5], [0.0, 0.45]]), 0.1))
def _(table, threshold):
    """you count pairs that are **each other's best**. An object whose best partner prefers another one may still have a
    second. For {case} you return `{got}`, expected `{expected}`. Look again at section 10."""
    best = [(i, int(row.argmax())) for i, row in enumerate(table) if row.max(initial=0) > threshold]
    return sum(int(table[:, j].argmax()) == i for i, j in best)


@match_once.mistake("pairs, missed and extra", example=(np.array([[0.9, 0.0]]), 0.2))
def _(table, threshold):
    """you return **three** numbers: pairs, and what is left over in rows and in columns. For {case} you return `{got}`,
    expected `{expected}`. The number of pairs is asked for, see section 10."""
    pairs = _most_pairs(table, threshold)
    return pairs, table.shape[0] - pairs, table.shape[1] - pairs


@match_once.mistake("the missed ones", example=(np.array([[0.9, 0.0], [0.0, 0.8], [0.0, 0.0]]), 0.2))
def _(table, threshold):
    """you count the true objects that get **no** partner. For {case} you return `{got}`, expected `{expected}`. The
    pairs are asked for, see section 10."""
    return table.shape[0] - _most_pairs(table, threshold)


@match_once.mistake("a share of the true objects", example=(np.array([[0.9, 0.0], [0.0, 0.0]]), 0.2))
def _(table, threshold):
    """you divide by the number of true objects. For {case} you return `{got}`, expected `{expected}`. The number of
    pairs is asked for, see section 10."""
    return _most_pairs(table, threshold) / max(table.shape[0], 1)


# --- 9.8 expected calibration error -----------------------------------------------------------------------------------


def _forecasts(rng):
    yield np.array([1]), np.array([0.75]), 2
    yield np.array([0, 1, 1, 0]), np.array([0.25, 0.5, 1.0, 0.0]), 4  # on the ends of bins
    yield np.array([1, 0, 1]), np.array([0.125, 0.375, 0.375]), 8
    for n, bins in ((6, 3), (20, 5), (60, 10), (200, 15), (40, 1)):
        p = np.round(rng.random(n) * 0.98 + 0.0137, 4)
        yield (rng.random(n) < p**1.5).astype(int), p, bins
    yield rng.integers(0, 2, 30), np.clip(rng.normal(0.9, 0.05, 30), 0, 0.999), 4  # all sure
    yield (rng.random(25) < 0.5), rng.random(25) * 0.4 + 0.003, 7


def _bins_of(probability, n_bins):
    return np.minimum((probability * n_bins).astype(int), n_bins - 1)


def _gaps(truth, probability, n_bins, bins=_bins_of, confidence=None, right=None):
    """Of each bin that is not empty: how many, and share that came true less mean probability."""
    index = bins(probability, n_bins)
    right = truth if right is None else right
    p = probability if confidence is None else confidence
    members = [index == b for b in range(n_bins)]
    return [(int(m.sum()), float(np.mean(right[m]) - np.mean(p[m]))) for m in members if m.any()]


def _weighted(gaps, change=abs):
    return sum(n * change(gap) for n, gap in gaps) / sum(n for n, _ in gaps)


def _ece_by_loops(truth, probability, n_bins):
    total = 0.0
    for b in range(n_bins):
        inside = [
            (int(y), float(p))
            for y, p in zip(truth, probability, strict=True)
            if b / n_bins <= p < (b + 1) / n_bins or (p == 1 and b == n_bins - 1)
        ]
        total += abs(sum(y - p for y, p in inside))
    return total / len(truth)


calibration = FunctionExercise(
    "9.8",
    "Expected calibration error",
    cases=_forecasts,
    oracle=_ece_by_loops,
    solution="""
    import numpy as np

    def ece(truth, probability, n_bins):
        bins = np.minimum((probability * n_bins).astype(int), n_bins - 1)
        total = 0
        for b in range(n_bins):
            inside = bins == b
            if inside.any():
                gap = truth[inside].mean() - probability[inside].mean()
                total += inside.mean() * abs(gap)
        return total
    """,
    example=(np.array([0, 1, 0, 1, 0, 1]), np.array([0.25, 0.75, 0.9, 0.8, 0.35, 0.5]), 3),
    example_words="For `truth = [0, 1, 0, 1, 0, 1]`, `probability = [0.25, 0.75, 0.9, 0.8, 0.35, 0.5]` and 3 bins",
    hints=(
        "Which probabilities are in bin b? Of these pixels: the mean probability, and the share of ones.",
        "A bin with many pixels must weigh more than one with few: its share of all pixels.",
        "Sum over bins that are not empty: (pixels in it / all pixels) · |mean truth − mean probability|.",
    ),
    fixed=("truth.ndim", "probability.ndim", "probability.dtype"),
)


@calibration.mistake("bins not weighted")
def _(truth, probability, n_bins):
    """you take the **plain mean** over the bins: a bin with two pixels weighs as much as one with two thousand.
    {example} you return `0.1583`, expected `0.1417`. Weight each by its share of the pixels, (9.15)."""
    return float(np.mean([abs(gap) for _, gap in _gaps(truth, probability, n_bins)]))


@calibration.mistake("divided by the number of bins", example=(np.array([1, 0]), np.array([0.1, 0.4]), 4))
def _(truth, probability, n_bins):
    """you add the gaps and divide by the **number of bins**, empty ones included. For `truth = [1, 0]`, `probability =
    [0.1, 0.4]` and 4 bins you return `0.325`, expected `0.65`. Weight each bin by its share of the pixels, (9.15)."""
    return sum(abs(gap) for _, gap in _gaps(truth, probability, n_bins)) / n_bins


@calibration.mistake("the sum of the gaps")
def _(truth, probability, n_bins):
    """you **add** the gaps without weights. {example} you return `0.475`, expected `0.1417`. Multiply each by the bin's
    share of the pixels, (9.15)."""
    return sum(abs(gap) for _, gap in _gaps(truth, probability, n_bins))


@calibration.mistake("weights not divided")
def _(truth, probability, n_bins):
    """you weight each gap by the **number** of pixels in the bin and do not divide by all of them. {example} you return
    `0.85`, expected `0.1417`. Look again at (9.15)."""
    return sum(n * abs(gap) for n, gap in _gaps(truth, probability, n_bins))


@calibration.mistake("signed gaps")
def _(truth, probability, n_bins):
    """your gaps keep their **sign**: too sure in one bin and too unsure in the next cancel. {example} you return
    `-0.09167`, expected `0.1417`. Take the size of each gap, (9.15)."""
    return _weighted(_gaps(truth, probability, n_bins), float)


@calibration.mistake("one gap for all pixels")
def _(truth, probability, n_bins):
    """you compare **all pixels at once**, mean truth with mean probability: too sure here and too unsure there cancel.
    {example} you return `0.09167`, expected `0.1417`. One gap a bin, (9.15)."""
    return abs(float(np.mean(truth) - np.mean(probability)))


@calibration.mistake("the middle of the bin")
def _(truth, probability, n_bins):
    """you compare with the **middle of the bin**, not with the mean probability of the pixels in it. {example} you
    return `0.1111`, expected `0.1417`. Look again at (9.15)."""
    return _weighted(_gaps(truth, probability, n_bins, confidence=(_bins_of(probability, n_bins) + 0.5) / n_bins))


@calibration.mistake("the largest gap")
def _(truth, probability, n_bins):
    """you take the **largest** gap, the *maximum* calibration error. {example} you return `0.25`, expected `0.1417`.
    The mean over pixels is asked for, (9.15)."""
    return max(abs(gap) for _, gap in _gaps(truth, probability, n_bins))


@calibration.mistake("gaps squared")
def _(truth, probability, n_bins):
    """you **square** the gaps. {example} you return `0.02354`, expected `0.1417`. Take their size, (9.15)."""
    return _weighted(_gaps(truth, probability, n_bins), lambda gap: gap**2)


@calibration.mistake("root of squared gaps")
def _(truth, probability, n_bins):
    """you take the **root of the mean square** of the gaps, in which large ones weigh more. {example} you return
    `0.1534`, expected `0.1417`. Take the size of each gap, (9.15)."""
    return math.sqrt(_weighted(_gaps(truth, probability, n_bins), lambda gap: gap**2))


@calibration.mistake("the lower end of the bin")
def _(truth, probability, n_bins):
    """you compare with the **lower end of the bin**, not with the mean probability of the pixels in it. {example} you
    return `0.05556`, expected `0.1417`. Look again at (9.15)."""
    return _weighted(_gaps(truth, probability, n_bins, confidence=_bins_of(probability, n_bins) / n_bins))


@calibration.mistake("the upper end of the bin")
def _(truth, probability, n_bins):
    """you compare with the **upper end of the bin**, not with the mean probability of the pixels in it. {example} you
    return `0.2778`, expected `0.1417`. Look again at (9.15)."""
    return _weighted(_gaps(truth, probability, n_bins, confidence=(_bins_of(probability, n_bins) + 1) / n_bins))


@calibration.mistake("root mean square over the bins")
def _(truth, probability, n_bins):
    """you take the **root mean square** of the gaps, every bin alike. {example} you return `0.1738`, expected `0.1417`.
    The size of each gap, weighted by its share of the pixels, (9.15)."""
    return math.sqrt(np.mean([gap**2 for _, gap in _gaps(truth, probability, n_bins)]))


@calibration.mistake(
    "bins from the smallest to the largest", example=(np.array([1, 0, 1, 0]), np.array([0.1, 0.3, 0.35, 0.48]), 2)
)
def _(truth, probability, n_bins):
    """your bins share out the way **from the smallest to the largest** probability. For `truth = [1, 0, 1, 0]`,
    `probability = [0.1, 0.3, 0.35, 0.48]` and 2 bins you return `0.2575`, expected `0.1925`. They share out 0 to 1,
    (9.15)."""
    ends = np.linspace(probability.min(), probability.max(), n_bins + 1)
    return _weighted(_gaps(truth, probability, n_bins, lambda p, n: np.clip(np.digitize(p, ends) - 1, 0, n - 1)))


@calibration.mistake("the median probability", example=(np.array([1, 0, 1]), np.array([0.55, 0.6, 0.95]), 2))
def _(truth, probability, n_bins):
    """you compare with the **median** probability of a bin. For `truth = [1, 0, 1]`, `probability = [0.55, 0.6, 0.95]`
    and 2 bins you return `0.06667`, expected `0.03333`. Its mean is asked for, (9.15)."""
    index = _bins_of(probability, n_bins)
    medians = np.array([np.median(probability[index == b]) for b in index])
    return _weighted(_gaps(truth, probability, n_bins, confidence=medians))


@calibration.mistake("the median of the gaps", example=(np.array([1, 0, 1, 1]), np.array([0.9, 0.1, 0.5, 0.6]), 4))
def _(truth, probability, n_bins):
    """you take the **median** over the bins. For `truth = [1, 0, 1, 1]`, `probability = [0.9, 0.1, 0.5, 0.6]` and 4
    bins you return `0.1`, expected `0.275`. The mean over the pixels, (9.15)."""
    return float(np.median([abs(gap) for _, gap in _gaps(truth, probability, n_bins)]))


@calibration.mistake("one minus the error")
def _(truth, probability, n_bins):
    """you return **1 − ECE**. {example} you return `0.8583`, expected `0.1417`. It is an error: 0 is best, (9.15)."""
    return 1 - _weighted(_gaps(truth, probability, n_bins))


@calibration.mistake("how often it did not come true")
def _(truth, probability, n_bins):
    """you compare with how often class 1 was **not** true. {example} you return `0.3917`, expected `0.1417`.
    `probability` is that of class 1, (9.15)."""
    return _weighted(_gaps(truth, probability, n_bins, right=1 - truth.astype(int)))


@calibration.mistake("every pixel by itself")
def _(truth, probability, n_bins):
    """you take |truth − probability| of **every pixel**: then also an honest .5 costs one half. {example} you return
    `0.4083`, expected `0.1417`. First the means of a bin, then their difference, (9.15)."""
    return float(np.mean(np.abs(truth - probability)))


@calibration.mistake("the Brier score")
def _(truth, probability, n_bins):
    """that is the **Brier score**, (9.17), the mean of (truth − probability)². {example} you return `0.2246`, expected
    `0.1417`. First the means of a bin, then their difference, (9.15)."""
    return float(np.mean((truth - probability) ** 2))


@calibration.mistake(
    "whether the decision was right",
    example=(np.array([0, 1, 0, 1, 0, 1]), np.array([0.25, 0.7, 0.9, 0.8, 0.35, 0.45]), 3),
)
def _(truth, probability, n_bins):
    """you count whether the **decision** at ½ was right. A probability of .1 that came true one time in ten is honest,
    and its decision is right nine times in ten. For `truth = [0, 1, 0, 1, 0, 1]`, `probability = [0.25, 0.75, 0.9, 0.8,
    0.35, 0.45]` and 3 bins you return `0.225`, expected `0.1417`. Here `probability` is that of class 1: compare it
    with how often class 1 was true, (9.15)."""
    return _weighted(_gaps(truth, probability, n_bins, right=(probability >= 0.5) == truth.astype(bool)))


@calibration.mistake(
    "confidence of the decision",
    example=(np.array([0, 1, 0, 1, 0, 1]), np.array([0.25, 0.7, 0.9, 0.8, 0.35, 0.45]), 3),
)
def _(truth, probability, n_bins):
    """you use the **confidence of the decision**, the larger of p and 1 − p, and whether it was right: pixels of both
    classes share a bin. For `truth = [0, 1, 0, 1, 0, 1]`, `probability = [0.25, 0.7, 0.9, 0.8, 0.35, 0.45]` and 3 bins
    you return `0.05833`, expected `0.1417`. Here the probability of class 1 is asked about, (9.15)."""
    sure = np.maximum(probability, 1 - probability)
    right = (probability >= 0.5) == truth.astype(bool)
    return _weighted(_gaps(truth, sure, n_bins, right=right))


@calibration.mistake("confidence of the decision, ½ taken for class 0", example=(np.array([1]), np.array([0.5]), 2))
def _(truth, probability, n_bins):
    """you use the **confidence of the decision**, the larger of p and 1 − p, and whether it was right: pixels of both
    classes share a bin. For {case} you return `{got}`, expected `{expected}`. Here the probability of class 1 is asked
    about, (9.15)."""
    sure = np.maximum(probability, 1 - probability)
    right = (probability > 0.5) == truth.astype(bool)
    return _weighted(_gaps(truth, sure, n_bins, right=right))


@calibration.mistake("upper ends belong to the bins", example=(np.array([0, 1]), np.array([0.5, 0.7]), 2))
def _(truth, probability, n_bins):
    """your bins hold their **upper** end, (k/n, (k + 1)/n]. For `truth = [0, 1]`, `probability = [0.5, 0.7]` and 2 bins
    you return `0.4`, expected `0.1`. A bin holds its lower end, and the last one both, (9.15)."""
    return _weighted(
        _gaps(truth, probability, n_bins, lambda p, n: np.maximum(np.ceil(p * n).astype(int) - 1, 0)),
    )


@calibration.mistake("rounded to the nearest bin")
def _(truth, probability, n_bins):
    """you **round** p · n to the nearest whole number: your bins begin half a bin too early. {example} you return
    `0.1083`, expected `0.1417`. Bin k begins at k/n: cut the fraction off, (9.15)."""
    return _weighted(
        _gaps(truth, probability, n_bins, lambda p, n: np.minimum(np.round(p * n).astype(int), n - 1)),
    )


@calibration.mistake("one bin more than asked for", example=(np.array([0, 1, 0]), np.array([0.3, 0.4, 0.98]), 2))
def _(truth, probability, n_bins):
    """you have **n + 1** bins. For `truth = [0, 1, 0]`, `probability = [0.3, 0.4, 0.98]` and 2 bins you return
    `0.6267`, expected `0.4`. n bins have n + 1 edges: `np.linspace(0, 1, n_bins + 1)`, (9.15)."""
    return _weighted(_gaps(truth, probability, n_bins + 1))


@calibration.mistake("one bin less than asked for", example=(np.array([0, 1, 0]), np.array([0.2, 0.45, 0.9]), 3))
def _(truth, probability, n_bins):
    """you have **n − 1** bins. For `truth = [0, 1, 0]`, `probability = [0.2, 0.45, 0.9]` and 3 bins you return
    `0.4167`, expected `0.55`. n bins have n + 1 edges: `np.linspace(0, 1, n_bins + 1)`, (9.15)."""
    return _weighted(_gaps(truth, probability, max(n_bins - 1, 1)))


@calibration.mistake("the probability 1 lost", example=(np.array([0, 1]), np.array([1.0, 0.6]), 2))
def _(truth, probability, n_bins):
    """a **probability of 1** falls into no bin: the last one holds both of its ends. For `truth = [0, 1]`, `probability
    = [1.0, 0.6]` and 2 bins you return `0.2`, expected `0.3`. Look again at (9.15)."""
    index = (probability * n_bins).astype(int)
    total = 0.0
    for b in range(n_bins):
        if (index == b).any():
            total += (index == b).mean() * abs(truth[index == b].mean() - probability[index == b].mean())
    return float(total)


@calibration.mistake("the probability 1 by itself", example=(np.array([0, 1]), np.array([1.0, 0.7]), 2))
def _(truth, probability, n_bins):
    """a **probability of 1** has a bin of its own: there is one bin more than n. The last bin holds both of its ends.
    For `truth = [0, 1]`, `probability = [1.0, 0.7]` and 2 bins you return `0.65`, expected `0.35`. Look again at
    (9.15)."""
    return _weighted(_gaps(truth, probability, n_bins + 1, lambda p, n: (p * (n - 1)).astype(int)))


@calibration.mistake("bins with equally many pixels")
def _(truth, probability, n_bins):
    """your bins hold **equally many** pixels. {example} you return `0.3417`, expected `0.1417`. Here they are equally
    wide, 1/n, (9.15)."""
    parts = np.array_split(np.argsort(probability, kind="stable"), n_bins)
    return sum(len(m) * abs(truth[m].mean() - probability[m].mean()) for m in parts if len(m)) / len(truth)


@calibration.mistake("an empty bin is NaN", example=(np.array([1, 0]), np.array([0.1, 0.4]), 4))
def _(truth, probability, n_bins):
    """the mean of an **empty bin** is NaN, and the sum with it. For `truth = [1, 0]`, `probability = [0.1, 0.4]` and 4
    bins you return `nan`, expected `0.65`. Leave empty bins out, (9.15)."""
    index, total = _bins_of(probability, n_bins), 0.0
    for b in range(n_bins):
        m = index == b
        total += m.mean() * abs(truth[m].mean() - probability[m].mean()) if m.any() else math.nan
    return total


# --- 9.9 one temperature ----------------------------------------------------------------------------------------------


def _part(rng, n, scale, shift=0.0):
    """Logits that are too large by a factor, and labels drawn with the true ones."""
    true = np.clip(rng.normal(0, 2, n), -2.5, 2.5)  # so that no probability is rounded to 1
    return np.round(scale * true + shift, 3), (rng.random(n) < 1 / (1 + np.exp(-true))).astype(int)


def _parts(rng):
    yield (np.array([2.0, -1.0]), np.array([1, 1])), (np.array([1.0, -2.0]), np.array([1, 0])), [1.0, 4.0]
    grid = [0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0]
    for n, m, on_valid, on_test in ((40, 30, 3.0, 0.4), (60, 80, 0.4, 2.0), (100, 40, 2.0, 1.0), (80, 200, 1.0, 5.0)):
        yield _part(rng, n, on_valid), _part(rng, m, on_test), grid
    yield _part(rng, 50, 1.6, 0.5), _part(rng, 50, 0.6), list(np.round(np.linspace(0.3, 3, 10), 2))
    yield _part(rng, 30, 0.7), _part(rng, 60, 1.0, -1), [3.0, 2.0, 1.0, 0.7, 0.5]
    yield (np.array([5.0, 3.0, -4.0, 2.0]), np.array([1, 0, 0, 1])), _part(rng, 9, 1.0), [0.5, 1.0, 2.0, 8.0]
    yield _part(rng, 70, 6.0), _part(rng, 20, 1.0), [8.0, 6.0, 4.0, 2.0, 1.0]
    yield _part(rng, 12, 2.5), _part(rng, 12, 0.8), [1, 2, 3, 4, 5]


def _cross_entropy(part, temperature):
    z, y = np.asarray(part[0], float) / temperature, np.asarray(part[1], float)
    return float(np.mean(np.logaddexp(0, z) - y * z))


def _best(candidates, score):
    return min(candidates, key=score)


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _both_parts(valid, test):
    return np.concatenate([valid[0], test[0]]), np.concatenate([valid[1], test[1]])


def _temperature_by_loops(valid, test, candidates):
    losses = []
    for t in candidates:
        chances = [1 / (1 + math.exp(-z / t)) for z in valid[0]]
        losses.append(-math.fsum(math.log(p if y else 1 - p) for p, y in zip(chances, valid[1], strict=True)))
    return candidates[losses.index(min(losses))]


temperature = FunctionExercise(
    "9.9",
    "One temperature",
    cases=_parts,
    oracle=_temperature_by_loops,
    solution="""
    import numpy as np

    def choose_temperature(valid, test, candidates):
        logits, truth = valid
        losses = []
        for T in candidates:
            z = logits / T
            losses.append(np.mean(np.logaddexp(0, z) - truth * z))
        return candidates[int(np.argmin(losses))]
    """,
    hints=(
        "Which of the two parts may you use to choose something?",
        "For each candidate T: probabilities sigmoid(z / T), and their mean cross-entropy with the truth.",
        "`min(candidates, key=lambda T: np.mean(np.logaddexp(0, z / T) - y * z / T))` with z and y of `valid`.",
    ),
    fixed=("valid.ndim", "test.ndim", "candidates.ndim"),
)


@temperature.mistake(
    "fitted on the test part",
    example=(
        (np.array([-0.5, 1.5, -1.5]), np.array([1, 0, 0])),
        (np.array([0.0, -1.5]), np.array([1, 0])),
        np.array([0.6, 1.7, 4.0]),
    ),
)
def _(valid, test, candidates):
    """you choose T on the **test part**. Whatever is measured there afterwards is too good: the test has been used up.
    For `valid = ([-0.5, 1.5, -1.5], [1, 0, 0])`, `test = ([0, -1.5], [1, 0])`, `candidates = [0.6, 1.7, 4]` you return
    `0.6`, expected `4`. Choose on `valid`, section 13."""
    return _best(candidates, lambda t: _cross_entropy(test, t))


@temperature.mistake(
    "fitted on both parts",
    example=(
        (np.array([-0.5, -1.0]), np.array([0, 0])),
        (np.array([-0.5, -4.0, 3.0]), np.array([0, 1, 1])),
        np.array([0.9, 2.5, 5.0, 8.0]),
    ),
)
def _(valid, test, candidates):
    """you choose T on **both parts together**, so the test part has had its say. For `valid = ([-0.5, -1], [0, 0])`,
    `test = ([-0.5, -4, 3], [0, 1, 1])`, `candidates = [0.9, 2.5, 5, 8]` you return `8`, expected `0.9`. Choose on
    `valid` alone, section 13."""
    return _best(candidates, lambda t: _cross_entropy(_both_parts(valid, test), t))


@temperature.mistake(
    "multiplied by T",
    example=(
        (np.array([-3.0, -1.0]), np.array([1, 1])),
        (np.array([2.5, 2.5, -3.0]), np.array([0, 1, 0])),
        np.array([0.7, 1.0, 2.0, 2.5]),
    ),
)
def _(valid, test, candidates):
    """you **multiply** the logits by T. For `valid = ([-3, -1], [1, 1])`, `test = ([2.5, 2.5, -3], [0, 1, 0])`,
    `candidates = [0.7, 1, 2, 2.5]` you return `0.7`, expected `2.5`. They are divided: a high temperature makes a
    network less sure, (9.18)."""
    return _best(candidates, lambda t: _cross_entropy(valid, 1 / t))


@temperature.mistake(
    "probabilities divided",
    example=(
        (np.array([-0.5, 3.0, -2.0]), np.array([0, 0, 1])),
        (np.array([-3.5, 0.0]), np.array([0, 1])),
        np.array([1.2, 2.0, 3.0, 6.0]),
    ),
)
def _(valid, test, candidates):
    """you divide the **probabilities** by T, after the sigmoid. For `valid = ([-0.5, 3, -2], [0, 0, 1])`, `test =
    ([-3.5, 0], [0, 1])`, `candidates = [1.2, 2, 3, 6]` you return `2`, expected `6`. The *logits* are divided,
    (9.18)."""

    def score(t):
        p = np.clip(_sigmoid(valid[0]) / t, 1e-7, 1 - 1e-7)
        return -np.mean(valid[1] * np.log(p) + (1 - valid[1]) * np.log(1 - p))

    return _best(candidates, score)


@temperature.mistake(
    "the largest loss",
    example=(
        (np.array([-0.5, 3.0, -2.0]), np.array([0, 0, 1])),
        (np.array([-3.5, 0.0]), np.array([0, 1])),
        np.array([1.2, 2.0, 3.0, 6.0]),
    ),
)
def _(valid, test, candidates):
    """you take the candidate with the **largest** cross-entropy, the worst one (or leave out its minus). For `valid =
    ([-0.5, 3, -2], [0, 0, 1])`, `test = ([-3.5, 0], [0, 1])`, `candidates = [1.2, 2, 3, 6]` you return `1.2`, expected
    `6`. The smallest, (9.18)."""
    return max(candidates, key=lambda t: _cross_entropy(valid, t))


@temperature.mistake(
    "the index",
    example=(
        (np.array([3.5, 0.5, -2.5]), np.array([1, 0, 1])),
        (np.array([-1.5, -1.0]), np.array([0, 0])),
        np.array([0.2, 0.7, 0.9, 1.0]),
    ),
)
def _(valid, test, candidates):
    """you return **which** candidate it is, not the temperature. For `valid = ([3.5, 0.5, -2.5], [1, 0, 1])`, `test =
    ([-1.5, -1], [0, 0])`, `candidates = [0.2, 0.7, 0.9, 1]` you return `3`, expected `1`. Return `candidates[…]`,
    (9.18)."""
    return int(np.argmin([_cross_entropy(valid, t) for t in candidates]))


@temperature.mistake(
    "the loss",
    example=(
        (np.array([3.5, 0.5, -2.5]), np.array([1, 0, 1])),
        (np.array([-1.5, -1.0]), np.array([0, 0])),
        np.array([0.2, 0.7, 0.9, 1.0]),
    ),
)
def _(valid, test, candidates):
    """you return the smallest **loss**, not the temperature where it is reached. For `valid = ([3.5, 0.5, -2.5], [1, 0,
    1])`, `test = ([-1.5, -1], [0, 0])`, `candidates = [0.2, 0.7, 0.9, 1]` you return `1.194`, expected `1`. Look again
    at (9.18)."""
    return min(_cross_entropy(valid, t) for t in candidates)


@temperature.mistake(
    "no effect",
    example=(
        (np.array([3.5, 0.5, -2.5]), np.array([1, 0, 1])),
        (np.array([-1.5, -1.0]), np.array([0, 0])),
        np.array([0.2, 0.7, 0.9, 1.0]),
    ),
)
def _(valid, test, candidates):
    """**T has no effect** on what you choose by, so the first candidate wins: accuracy, for example, since the sign of
    z / T is that of z. For `valid = ([3.5, 0.5, -2.5], [1, 0, 1])`, `test = ([-1.5, -1], [0, 0])`, `candidates = [0.2,
    0.7, 0.9, 1]` you return `0.2`, expected `1`. Choose by the cross-entropy of sigmoid(z / T), (9.18)."""
    return candidates[0]


@temperature.mistake(
    "only the ones count",
    example=(
        (np.array([0.5, 1.0]), np.array([1, 0])),
        (np.array([-3.5, -1.0]), np.array([1, 1])),
        np.array([0.9, 1.2, 6.0]),
    ),
)
def _(valid, test, candidates):
    """only the pixels whose **truth is 1** count in your loss: −mean of y·log p. The zeros belong to it as well, −(1 −
    y)·log(1 − p). For `valid = ([0.5, 1], [1, 0])`, `test = ([-3.5, -1], [1, 1])`, `candidates = [0.9, 1.2, 6]` you
    return `0.9`, expected `6`. Look again at (9.18)."""
    return _best(candidates, lambda t: np.mean(valid[1] * np.logaddexp(0, -valid[0] / t)))


@temperature.mistake(
    "truth turned round",
    example=(
        (np.array([-0.5, 0.5, 3.0]), np.array([1, 0, 0])),
        (np.array([3.0, -4.0]), np.array([1, 1])),
        np.array([1.5, 3.5, 4.0, 8.0]),
    ),
)
def _(valid, test, candidates):
    """your cross-entropy has the **classes swapped**: log p counts where the truth is 0. For `valid = ([-0.5, 0.5, 3],
    [1, 0, 0])`, `test = ([3, -4], [1, 1])`, `candidates = [1.5, 3.5, 4, 8]` you return `1.5`, expected `8`.
    `probability` is that of class 1, (9.18)."""
    return _best(candidates, lambda t: _cross_entropy((valid[0], 1 - valid[1]), t))


@temperature.mistake(
    "the Brier score",
    example=(
        (np.array([4.0, 1.0, 1.0]), np.array([1, 0, 1])),
        (np.array([2.5, 2.0]), np.array([0, 1])),
        np.array([0.5, 0.6, 1.2, 3.5]),
    ),
)
def _(valid, test, candidates):
    """you choose by the **squared error**, the Brier score, which is gentler with a sure mistake. For `valid = ([4, 1,
    1], [1, 0, 1])`, `test = ([2.5, 2], [0, 1])`, `candidates = [0.5, 0.6, 1.2, 3.5]` you return `3.5`, expected `1.2`.
    The cross-entropy is asked for, (9.18)."""
    return _best(candidates, lambda t: np.mean((_sigmoid(valid[0] / t) - valid[1]) ** 2))


@temperature.mistake(
    "the mean distance from the truth",
    example=(
        (np.array([-4.0, 1.5]), np.array([1, 1])),
        (np.array([0.0, 4.0]), np.array([1, 0])),
        np.array([0.5, 1.0, 1.5, 8.0]),
    ),
)
def _(valid, test, candidates):
    """you choose by the mean **|p − truth|**, which is best for a network that is as sure as can be. For `valid = ([-4,
    1.5], [1, 1])`, `test = ([0, 4], [1, 0])`, `candidates = [0.5, 1, 1.5, 8]` you return `0.5`, expected `8`. The
    cross-entropy punishes a sure mistake, and is asked for, (9.18)."""
    return _best(candidates, lambda t: np.mean(np.abs(_sigmoid(valid[0] / t) - valid[1])))


@temperature.mistake(
    "only the zeros count",
    example=(
        (np.array([-1.0, -4.0]), np.array([1, 1])),
        (np.array([4.0, 4.0]), np.array([1, 1])),
        np.array([0.4, 4.0, 6.0, 8.0]),
    ),
)
def _(valid, test, candidates):
    """only the pixels whose **truth is 0** count in your loss. For `valid = ([-1, -4], [1, 1])`, `test = ([4, 4], [1,
    1])`, `candidates = [0.4, 4, 6, 8]` you return `0.4`, expected `8`. The ones belong to it as well, −y·log p. Look
    again at (9.18)."""
    return _best(candidates, lambda t: np.mean((1 - valid[1]) * np.logaddexp(0, valid[0] / t)))


@temperature.mistake(
    "all pixels taken for ones",
    example=(
        (np.array([-1.5, 0.0, -1.0]), np.array([0, 1, 0])),
        (np.array([-4.0, 0.5]), np.array([1, 1])),
        np.array([1.0, 1.7, 6.0]),
    ),
)
def _(valid, test, candidates):
    """your loss is the mean of **−log p**, as if the truth were 1 everywhere. For `valid = ([-1.5, 0, -1], [0, 1, 0])`,
    `test = ([-4, 0.5], [1, 1])`, `candidates = [1, 1.7, 6]` you return `6`, expected `1`. Where it is 0, −log(1 − p)
    counts, (9.18)."""
    return _best(candidates, lambda t: np.mean(np.logaddexp(0, -valid[0] / t)))


@temperature.mistake(
    "√T",
    example=(
        (np.array([-1.0, -2.0, 0.0]), np.array([1, 0, 1])),
        (np.array([1.0, 0.5]), np.array([0, 0])),
        np.array([0.2, 1.5, 1.7, 5.0]),
    ),
)
def _(valid, test, candidates):
    """you divide the logits by **√T**. For `valid = ([-1, -2, 0], [1, 0, 1])`, `test = ([1, 0.5], [0, 0])`, `candidates
    = [0.2, 1.5, 1.7, 5]` you return `5`, expected `1.7`. By T, (9.18)."""
    return _best(candidates, lambda t: _cross_entropy(valid, math.sqrt(t)))


@temperature.mistake(
    "T squared",
    example=(
        (np.array([1.5, -3.0]), np.array([0, 0])),
        (np.array([-2.5, -1.0]), np.array([1, 0])),
        np.array([0.5, 0.9, 1.7, 4.0]),
    ),
)
def _(valid, test, candidates):
    """you divide the logits by **T²**. For `valid = ([1.5, -3], [0, 0])`, `test = ([-2.5, -1], [1, 0])`, `candidates =
    [0.5, 0.9, 1.7, 4]` you return `1.7`, expected `4`. By T, (9.18)."""
    return _best(candidates, lambda t: _cross_entropy(valid, t**2))


@temperature.mistake(
    "a sigmoid too many",
    example=(
        (np.array([1.5, -0.5, -4.0]), np.array([1, 0, 1])),
        (np.array([-3.5, 0.5, -1.5]), np.array([0, 0, 1])),
        np.array([0.3, 0.5, 3.0, 6.0]),
    ),
)
def _(valid, test, candidates):
    """you put the **sigmoid on twice**: probabilities go where logits are expected. For `valid = ([1.5, -0.5, -4], [1,
    0, 1])`, `test = ([-3.5, 0.5, -1.5], [0, 0, 1])`, `candidates = [0.3, 0.5, 3, 6]` you return `0.3`, expected `6`.
    Look again at (9.18)."""
    return _best(candidates, lambda t: _cross_entropy((_sigmoid(valid[0] / t), valid[1]), 1))


@temperature.mistake(
    "T taken off",
    example=(
        (np.array([4.0, -2.5]), np.array([1, 1])),
        (np.array([3.0, -1.0]), np.array([0, 0])),
        np.array([0.8, 1.0, 2.0]),
    ),
)
def _(valid, test, candidates):
    """you **subtract** T from the logits. For `valid = ([4, -2.5], [1, 1])`, `test = ([3, -1], [0, 0])`, `candidates =
    [0.8, 1, 2]` you return `0.8`, expected `2`. They are divided by it, (9.18)."""
    return _best(candidates, lambda t: _cross_entropy((valid[0] - t, valid[1]), 1))


@temperature.mistake(
    "all losses",
    example=(
        (np.array([3.5, 0.5, -2.5]), np.array([1, 0, 1])),
        (np.array([-1.5, -1.0]), np.array([0, 0])),
        np.array([0.2, 0.7, 0.9, 1.0]),
    ),
)
def _(valid, test, candidates):
    """you return the **losses** of all candidates. For `valid = ([3.5, 0.5, -2.5], [1, 0, 1])`, `test = ([-1.5, -1],
    [0, 0])`, `candidates = [0.2, 0.7, 0.9, 1]` you return `[5.026, 1.573, 1.289, 1.194]`, expected `1`. The candidate
    with the smallest is asked for, (9.18)."""
    return np.array([_cross_entropy(valid, t) for t in candidates])


@temperature.mistake(
    "mean probability",
    example=(
        (np.array([2.5, -2.5]), np.array([0, 1])),
        (np.array([-3.5, 0.5]), np.array([1, 0])),
        np.array([0.5, 1.0, 1.5]),
    ),
)
def _(valid, test, candidates):
    """you choose the T with which the **mean probability** comes nearest to the share of ones. For `valid = ([2.5,
    -2.5], [0, 1])`, `test = ([-3.5, 0.5], [1, 0])`, `candidates = [0.5, 1, 1.5]` you return `1`, expected `1.5`. Too
    sure here and too unsure there cancel in it; the cross-entropy is asked for, (9.18)."""
    return _best(candidates, lambda t: abs(np.mean(_sigmoid(valid[0] / t)) - np.mean(valid[1])))


@temperature.mistake(
    "the calibration error",
    example=(
        (np.array([1.0, 1.5, 3.5]), np.array([0, 1, 1])),
        (np.array([2.5, -1.0]), np.array([1, 1])),
        np.array([0.8, 3.5, 4.0, 6.0]),
    ),
)
def _(valid, test, candidates):
    """you choose by the **calibration error**, which jumps when a pixel changes its bin. For `valid = ([1, 1.5, 3.5],
    [0, 1, 1])`, `test = ([2.5, -1], [1, 1])`, `candidates = [0.8, 3.5, 4, 6]` you return `4`, expected `0.8`. The
    cross-entropy is smooth, and is asked for, (9.18)."""
    return _best(candidates, lambda t: _weighted(_gaps(valid[1], _sigmoid(valid[0] / t), 10)))


# --- 9.10 bootstrap over images ---------------------------------------------------------------------------------------


def _pixels_and_draws(rng):
    yield np.array([[1.0, 3.0], [5.0, 5.0]]), np.array([[0, 0]])
    for n, m, b in ((3, 2, 4), (2, 5, 3), (5, 4, 2), (6, 10, 8), (12, 3, 20)):
        yield np.round(rng.random((n, m)), 2), rng.integers(0, n, (b, n))
    yield rng.integers(0, 2, (4, 6)), rng.integers(0, 4, (5, 4))
    same = np.round(rng.random((4, 3)), 2)  # one table with several draws
    for _ in range(3):
        yield same, rng.integers(0, 4, (2, 4))
    yield np.round(rng.normal(size=(4, 4)), 2), np.array([[0, 0, 0, 0], [3, 2, 1, 0], [1, 1, 2, 2], [3, 3, 3, 1]])


def _boot_by_loops(errors, draws):
    result = []
    for draw in draws:
        pixels = [float(value) for image in draw for value in errors[image]]
        result.append(sum(pixels) / len(pixels))
    return np.array(result)


bootstrap = FunctionExercise(
    "9.10",
    "A bootstrap draws images",
    cases=_pixels_and_draws,
    oracle=_boot_by_loops,
    solution="""
    def bootstrap_means(errors, draws):
        of_images = errors.mean(axis=1)
        return of_images[draws].mean(axis=1)
    """,
    example=(np.array([[1, 2], [3, 4], [0, 8]]), np.array([[0, 0, 2], [1, 2, 1]])),
    example_words="For `errors = [[1, 2], [3, 4], [0, 8]]`, `draws = [[0, 0, 2], [1, 2, 1]]`",
    hints=(
        "A draw of `[0, 0, 2]` is a new set of three images: image 0 twice, and image 2.",
        "All images have the same number of pixels: the mean over a draw is the mean of its images' means.",
        "`errors.mean(axis=1)[draws].mean(axis=1)`.",
    ),
    fixed=("errors.ndim", "draws.ndim", "draws.dtype"),
)


@bootstrap.mistake("pixels are drawn")
def _(errors, draws):
    """your draws pick **single pixels** of the flattened array. Pixels of one image are alike; drawing them as if they
    were not makes an interval far too narrow. {example} you return `[1.667, 2.333]`, expected `[2.333, 3.667]`. A draw
    takes whole images, section 14."""
    return errors.ravel()[draws].mean(axis=1)


@bootstrap.mistake("repeats dropped")
def _(errors, draws):
    """an image that was drawn **twice counts once** in yours. Repeats are the point: they show how much the mean hangs
    on each image. {example} you return `[2.75, 3.75]`, expected `[2.333, 3.667]`. Look again at section 14."""
    return np.array([errors[np.unique(draw)].mean() for draw in draws])


@bootstrap.mistake("columns are drawn", example=(np.array([[1, 2, 6], [3, 4, 5], [0, 8, 1]]), np.array([[0, 0, 2]])))
def _(errors, draws):
    """your draws pick **columns**: the same pixel of all images. For `errors = [[1, 2, 6], [3, 4, 5], [0, 8, 1]]`,
    `draws = [[0, 0, 2]]` you return `[2.222]`, expected `[3]`. Images are the rows, section 14."""
    return errors[:, draws].mean(axis=(0, 2))


@bootstrap.mistake("sums")
def _(errors, draws):
    """you **add** the errors of a draw. {example} you return `[14, 22]`, expected `[2.333, 3.667]`. Their mean is asked
    for, section 14."""
    return errors.sum(axis=1)[draws].sum(axis=1)


@bootstrap.mistake("sums over the pixels, means over the images")
def _(errors, draws):
    """you **add** over the pixels of an image and average over the images. {example} you return `[4.667, 7.333]`,
    expected `[2.333, 3.667]`. The mean over all pixels of the draw, section 14."""
    return errors.sum(axis=1)[draws].mean(axis=1)


@bootstrap.mistake("sums over the images, means over the pixels")
def _(errors, draws):
    """you average over the pixels of an image and **add** over the images. {example} you return `[7, 11]`, expected
    `[2.333, 3.667]`. The mean over all pixels of the draw, section 14."""
    return errors.mean(axis=1)[draws].sum(axis=1)


@bootstrap.mistake("one number for each image drawn")
def _(errors, draws):
    """you look up the images' means and **do not average** over the draw. {example} you return `[[1.5, 1.5, 4], [3.5,
    4, 3.5]]`, expected `[2.333, 3.667]`. One mean a draw, section 14."""
    return errors.mean(axis=1)[draws]


@bootstrap.mistake("means over the draws")
def _(errors, draws):
    """you average **over the draws**, column by column, not within each draw. {example} you return `[2.5, 2.75, 3.75]`,
    expected `[2.333, 3.667]`. One mean a draw: `axis=1`, section 14."""
    return errors.mean(axis=1)[draws].mean(axis=0)


@bootstrap.mistake("one mean of all")
def _(errors, draws):
    """you return **one number**, the mean over all draws. {example} you return `3`, expected `[2.333, 3.667]`. One mean
    a draw: their spread is what we want to see, section 14."""
    return errors.mean(axis=1)[draws].mean()


@bootstrap.mistake("the standard error")
def _(errors, draws):
    """you return the **standard deviation** of the means. {example} you return `0.9428`, expected `[2.333, 3.667]`. The
    means themselves are asked for, section 14."""
    return errors.mean(axis=1)[draws].mean(axis=1).std(ddof=1) if len(draws) > 1 else 0.0


@bootstrap.mistake("the standard deviation, with n")
def _(errors, draws):
    """you return the **standard deviation** of the means, divided by n. {example} you return `0.6667`, expected
    `[2.333, 3.667]`. The means themselves are asked for, section 14."""
    return errors.mean(axis=1)[draws].mean(axis=1).std()


@bootstrap.mistake("the percentiles")
def _(errors, draws):
    """you return the **percentiles** 2.5 and 97.5 of the means: the interval, one step too far. {example} you return
    `[2.367, 3.633]`, expected `[2.333, 3.667]`. The means themselves are asked for, section 14."""
    return np.percentile(errors.mean(axis=1)[draws].mean(axis=1), [2.5, 97.5])


@bootstrap.mistake("medians of the images", example=(np.array([[1, 2], [3, 4], [0, 8]]), np.array([[0, 1, 2]])))
def _(errors, draws):
    """you take the **median** of the images' means. For `errors = [[1, 2], [3, 4], [0, 8]]`, `draws = [[0, 1, 2]]` you
    return `[3.5]`, expected `[3]`. The mean is asked for, section 14."""
    return np.median(errors.mean(axis=1)[draws], axis=1)


@bootstrap.mistake(
    "medians of the pixels", example=(np.array([[1, 2, 9], [3, 4, 4], [0, 8, 1]]), np.array([[0, 1, 2]]))
)
def _(errors, draws):
    """you take the **median** of all pixels of a draw. For `errors = [[1, 2, 9], [3, 4, 4], [0, 8, 1]]`, `draws = [[0,
    1, 2]]` you return `[3]`, expected `[3.556]`. The mean is asked for, section 14."""
    return np.median(errors[draws].reshape(len(draws), -1), axis=1)


@bootstrap.mistake("the first pixel of each image")
def _(errors, draws):
    """you use the **first pixel** of each image only. {example} you return `[0.6667, 2]`, expected `[2.333, 3.667]`.
    All pixels of an image take part, section 14."""
    return errors[:, 0][draws].mean(axis=1)


@bootstrap.mistake("the first image of each draw")
def _(errors, draws):
    """you use the **first image** of each draw only. {example} you return `[1.5, 3.5]`, expected `[2.333, 3.667]`. All
    that were drawn take part, section 14."""
    return errors[draws[:, 0]].mean(axis=1)


@bootstrap.mistake("spreads of the draws")
def _(errors, draws):
    """you return the **standard deviation** within each draw. {example} you return `[2.625, 2.357]`, expected `[2.333,
    3.667]`. Its mean is asked for, section 14."""
    return errors[draws].std(axis=(1, 2))


@bootstrap.mistake("sorted", example=(np.array([[1, 2], [3, 4], [0, 8]]), np.array([[2, 2, 1], [0, 0, 2]])))
def _(errors, draws):
    """the means are right, but you **sorted** them. For `errors = [[1, 2], [3, 4], [0, 8]]`, `draws = [[2, 2, 1], [0,
    0, 2]]` you return `[2.333, 3.833]`, expected `[3.833, 2.333]`. Keep the order of the draws, section 14."""
    return np.sort(errors.mean(axis=1)[draws].mean(axis=1))


@bootstrap.mistake("the largest of each draw")
def _(errors, draws):
    """you take the **largest** error of a draw. {example} you return `[8, 8]`, expected `[2.333, 3.667]`. The mean,
    section 14."""
    return errors[draws].max(axis=(1, 2))


@bootstrap.mistake("images counted from 1")
def _(errors, draws):
    """you take the image **before** the one that was drawn (`draws - 1`). {example} you return `[3.833, 2.167]`,
    expected `[2.333, 3.667]`. Images count from 0, section 14."""
    return errors[draws - 1].mean(axis=(1, 2))


@bootstrap.mistake("the draws ignored")
def _(errors, draws):
    """your draws have **no effect**: every mean is that of the whole set. {example} you return `[3, 3]`, expected
    `[2.333, 3.667]`. Each draw has images of its own, section 14."""
    return np.full(len(draws), errors.mean())


@bootstrap.mistake("draws for weights")
def _(errors, draws):
    """you take `draws` for **weights**, how often each image counts. {example} you return `[4, 3.125]`, expected
    `[2.333, 3.667]`. They are *numbers of images*: look the images up, `errors[draws]`, section 14."""
    return draws @ errors.mean(axis=1) / np.maximum(draws.sum(axis=1), 1)


@bootstrap.mistake("images that were not drawn")
def _(errors, draws):
    """you take the images that a draw **left out**. {example} you return `[3.5, 1.5]`, expected `[2.333, 3.667]`. Those
    that it holds, as often as it holds them, section 14."""
    out = [np.setdiff1d(np.arange(len(errors)), draw) for draw in draws]
    return np.array([errors[rest].mean() if len(rest) else math.nan for rest in out])


@bootstrap.mistake("differences to the mean")
def _(errors, draws):
    """you take the **mean of the whole set off**. {example} you return `[-0.6667, 0.6667]`, expected `[2.333, 3.667]`.
    The means of the draws as they are, section 14."""
    return errors.mean(axis=1)[draws].mean(axis=1) - errors.mean()


# --- 9.11 a sign-flip test of groups ----------------------------------------------------------------------------------


def _scores_of_groups(rng):
    yield np.array([0.5]), np.array([0.25]), np.array([7])
    yield np.array([9, 7, 8]), np.array([6, 5, 9]), np.array([3, 1, 2])  # every image a group
    yield np.array([0.75, 0.5, 0.5]), np.array([0.5, 0.25, 0.75]), np.array([4, 4, 9])
    for sizes, shift in (((2, 1, 1), 3), ((4, 2, 1), 2), ((1, 1, 2, 4), 4), ((2, 2, 2, 1, 1), 3), ((4, 1, 1, 2, 1), 1)):
        groups = np.repeat(rng.permutation(20)[: len(sizes)], sizes)
        order = rng.permutation(len(groups))
        second = rng.integers(0, 60, len(groups))
        of_group = np.repeat(rng.integers(-5, 6, len(sizes)), sizes)
        first = second + 4 * (of_group + rng.integers(-1, 2, len(groups)) + shift)
        yield first[order] / 64, second[order] / 64, groups[order]  # in 64ths, so that sums are exact
    yield np.arange(8) + np.array([1, 2, 3, 4] * 2), np.arange(8), np.arange(8) // 2
    yield np.array([3, 9, 4, 7, 8]), np.array([5, 8, 9, 9, 2]), np.array([1, 2, 2, 3, 4])
    yield np.array([9, 4, 4, 3, 8]), np.array([2, 3, 3, 5, 4]), np.array([1, 1, 1, 2, 3])  # one image unlike its group


def _of_groups(first, second, groups, summary=np.mean):
    d = np.asarray(first, float) - np.asarray(second, float)
    return np.array([summary(d[groups == g]) for g in np.unique(groups)])


def _signs(n):
    return itertools.product((1, -1), repeat=n)


def _flips(d):
    return np.array([sum(s * v for s, v in zip(signs, d, strict=True)) for signs in _signs(len(d))]) / len(d)


def _share(values, limit, side=abs):
    return float(np.mean([side(v) >= limit - 1e-12 for v in values]))


def _p_of(d):
    return _share(_flips(d), abs(np.mean(d)))


def _p_by_loops(first, second, groups):
    members = {}
    for a, b, g in zip(first, second, groups, strict=True):
        members.setdefault(int(g), []).append(float(a) - float(b))
    means = [math.fsum(d) / len(d) for d in members.values()]
    sums = [0.0]
    for value in means:
        sums = [s + value for s in sums] + [s - value for s in sums]
    found = abs(math.fsum(means))
    return sum(abs(s) > found - 1e-9 for s in sums) / len(sums)


sign_flips = FunctionExercise(
    "9.11",
    "Every choice of signs",
    cases=_scores_of_groups,
    oracle=_p_by_loops,
    solution="""
    import itertools

    import numpy as np

    def p_value(first, second, groups):
        difference = np.asarray(first) - np.asarray(second)
        d = np.array([difference[groups == g].mean() for g in np.unique(groups)])
        signs = np.array(list(itertools.product([1, -1], repeat=len(d))))
        means = (signs * d).mean(axis=1)
        return np.mean(np.abs(means) >= abs(d.mean()) - 1e-12)
    """,
    hints=(
        "Images of one group are alike. So what is it that might have had the other sign: an image, or a group?",
        "One number a group, the mean of its differences. `itertools.product([1, -1], repeat=…)` gives all choices of "
        "signs.",
        "The share of them whose |mean| is at least |mean of the groups' numbers|, less a hair for rounding.",
    ),
    fixed=("first.ndim", "second.ndim", "groups.ndim", "groups.dtype"),
)


@sign_flips.mistake(
    "groups ignored", example=(np.array([4, 7, 9, 2, 7]), np.array([8, 4, 5, 9, 5]), np.array([1, 2, 2, 2, 3]))
)
def _(first, second, groups):
    """you flip the sign of every **image** by itself, as if images of one group were independent: there seem to be more
    of them than there are, and p is too small. For `first = [4, 7, 9, 2, 7]`, `second = [8, 4, 5, 9, 5]`, `groups = [1,
    2, 2, 2, 3]` you return `0.9375`, expected `1`. One sign a group, section 15."""
    return _p_of(first - second)


@sign_flips.mistake(
    "sums of the groups",
    example=(np.array([3, 7, 3, 4, 2, 4]), np.array([1, 7, 9, 6, 1, 2]), np.array([1, 1, 2, 3, 4, 4])),
)
def _(first, second, groups):
    """you **add** the differences of a group where their mean is asked for (or take the mean over all images at the
    end): a large group then counts more. For `first = [3, 7, 3, 4, 2, 4]`, `second = [1, 7, 9, 6, 1, 2]`, `groups = [1,
    1, 2, 3, 4, 4]` you return `0.875`, expected `0.625`. Look again at section 15."""
    return _p_of(_of_groups(first, second, groups, np.sum))


@sign_flips.mistake(
    "the first image of each group",
    example=(np.array([4, 2, 1, 5, 4, 7, 8]), np.array([6, 7, 7, 6, 7, 1, 2]), np.array([1, 2, 3, 3, 4, 5, 5])),
)
def _(first, second, groups):
    """you take **one image** of each group. For `first = [4, 2, 1, 5, 4, 7, 8]`, `second = [6, 7, 7, 6, 7, 1, 2]`,
    `groups = [1, 2, 3, 3, 4, 5, 5]` you return `0.4375`, expected `0.5`. The mean of the group's differences is its
    number, section 15."""
    return _p_of(_of_groups(first, second, groups, lambda d: d[0]))


@sign_flips.mistake(
    "runs for groups", example=(np.array([6, 7, 9, 4, 3]), np.array([2, 8, 3, 1, 7]), np.array([1, 2, 1, 3, 4]))
)
def _(first, second, groups):
    """a group whose images **do not stand side by side** is several groups in yours, as `itertools.groupby` makes them.
    For {case} you return `{got}`, expected `{expected}`. Sort first, or ask `groups == g`, section 15."""
    runs = np.cumsum(np.concatenate([[0], np.diff(groups) != 0]))
    return _p_of(_of_groups(first, second, runs))


@sign_flips.mistake(
    "all scores regrouped", example=(np.array([1, 4, 7, 3]), np.array([3, 7, 6, 7]), np.array([1, 1, 2, 3]))
)
def _(first, second, groups):
    """you deal out **all scores of the groups anew**, as for two unpaired samples: an easy group may then meet a hard
    one. For `first = [1, 4, 7, 3]`, `second = [3, 7, 6, 7]`, `groups = [1, 1, 2, 3]` you return `0.4`, expected `0.5`.
    Only the two scores of one group may change places: signs of the differences, section 15."""
    a, b = (_of_groups(x, 0 * x, groups) for x in (first, second))
    both, n = np.concatenate([a, b]), len(a)
    found, means = abs(a.mean() - b.mean()), []
    for chosen in itertools.combinations(range(2 * n), n):
        inside = np.isin(np.arange(2 * n), chosen)
        means.append(both[inside].mean() - both[~inside].mean())
    return _share(means, found)


@sign_flips.mistake("all images regrouped", example=(np.array([5, 8, 6]), np.array([2, 7, 1]), np.array([1, 1, 2])))
def _(first, second, groups):
    """you deal out **all scores anew**, as for two unpaired samples, and the groups have no effect: an easy image may
    then meet a hard one. For `first = [5, 8, 6]`, `second = [2, 7, 1]`, `groups = [1, 1, 2]` you return `0.3`, expected
    `0.5`. One sign for the difference of each group, section 15."""
    both, n = np.concatenate([first, second]).astype(float), len(first)
    chosen = np.array([[k >> i & 1 for i in range(2 * n)] for k in range(4**n) if k.bit_count() == n], bool)
    sums = chosen @ both
    return _share(2 * sums - both.sum(), abs(2 * first.sum() - both.sum()))


@sign_flips.mistake(
    "one side only", example=(np.array([5, 8, 4, 9, 5, 6]), np.array([2, 5, 8, 9, 3, 4]), np.array([1, 2, 3, 4, 4, 4]))
)
def _(first, second, groups):
    """you count the means that are **at least as high**, on one side only. For `first = [5, 8, 4, 9, 5, 6]`, `second =
    [2, 5, 8, 9, 3, 4]`, `groups = [1, 2, 3, 4, 4, 4]` you return `0.3125`, expected `0.625`. Two-sided: compare their
    sizes, without the sign, section 15."""
    d = _of_groups(first, second, groups)
    return _share(_flips(d), d.mean(), float)


@sign_flips.mistake(
    "one side, that of the better one",
    example=(np.array([1, 4, 3, 5, 9]), np.array([3, 1, 2, 4, 2]), np.array([1, 2, 3, 3, 4])),
)
def _(first, second, groups):
    """you count on **one side only**, the one on which the mean lies. For `first = [1, 4, 3, 5, 9]`, `second = [3, 1,
    2, 4, 2]`, `groups = [1, 2, 3, 3, 4]` you return `0.1875`, expected `0.375`. Two-sided: compare sizes, without the
    sign, section 15."""
    d = _of_groups(first, second, groups)
    return _share(_flips(d) * (1 if d.mean() >= 0 else -1), abs(d.mean()), float)


@sign_flips.mistake(
    "the signs that were found left out", example=(np.array([5, 8, 6]), np.array([2, 7, 1]), np.array([1, 1, 2]))
)
def _(first, second, groups):
    """you count only means that are **farther** from 0 (`>`), so the signs that were found do not count themselves:
    your p can be 0. For `first = [5, 8, 6]`, `second = [2, 7, 1]`, `groups = [1, 1, 2]` you return `0`, expected `0.5`.
    At least as far, section 15."""
    d = _of_groups(first, second, groups)
    return float(np.mean([abs(v) > abs(d.mean()) + 1e-12 for v in _flips(d)]))


@sign_flips.mistake(
    "the share that is less far",
    example=(np.array([7, 8, 5, 7, 3, 8]), np.array([1, 1, 8, 8, 1, 6]), np.array([1, 2, 3, 4, 4, 5])),
)
def _(first, second, groups):
    """you return the share that is **less far** from 0, 1 − p. For `first = [7, 8, 5, 7, 3, 8]`, `second = [1, 1, 8, 8,
    1, 6]`, `groups = [1, 2, 3, 4, 4, 5]` you return `0.6875`, expected `0.3125`. A small p says that chance hardly does
    it, section 15."""
    return 1 - _p_of(_of_groups(first, second, groups))


@sign_flips.mistake(
    "the share that is not farther",
    example=(np.array([4, 2, 1, 5, 4, 7, 8]), np.array([6, 7, 7, 6, 7, 1, 2]), np.array([1, 2, 3, 3, 4, 5, 5])),
)
def _(first, second, groups):
    """your comparison is **turned round** (`<=`): the share of means that are at most as far. For `first = [4, 2, 1, 5,
    4, 7, 8]`, `second = [6, 7, 7, 6, 7, 1, 2]`, `groups = [1, 2, 3, 3, 4, 5, 5]` you return `0.5625`, expected `0.5`. A
    small p says that chance hardly does it: at least as far, section 15."""
    d = _of_groups(first, second, groups)
    return float(np.mean([abs(v) <= abs(d.mean()) + 1e-12 for v in _flips(d)]))


@sign_flips.mistake(
    "the sign test", example=(np.array([1, 4, 3, 5, 9]), np.array([3, 1, 2, 4, 2]), np.array([1, 2, 3, 3, 4]))
)
def _(first, second, groups):
    """you count **how many groups** the first method wins, whatever by: that is the sign test. For `first = [1, 4, 3,
    5, 9]`, `second = [3, 1, 2, 4, 2]`, `groups = [1, 2, 3, 3, 4]` you return `0.625`, expected `0.375`. Here the size
    of the differences counts, by their mean, section 15."""
    return _p_of(np.sign(_of_groups(first, second, groups)))


@sign_flips.mistake("the t test", example=(np.array([5, 8, 6]), np.array([2, 7, 1]), np.array([1, 1, 2])))
def _(first, second, groups):
    """that is the p of a **paired t test** of the groups. For `first = [5, 8, 6]`, `second = [2, 7, 1]`, `groups = [1,
    1, 2]` you return `0.2578`, expected `0.5`. Try all signs and count, section 15."""
    return _t_test(_of_groups(first, second, groups))


@sign_flips.mistake("the t test of the images", example=(np.array([5, 8, 6]), np.array([2, 7, 1]), np.array([1, 1, 2])))
def _(first, second, groups):
    """that is the p of a **paired t test** of the images. For `first = [5, 8, 6]`, `second = [2, 7, 1]`, `groups = [1,
    1, 2]` you return `0.1217`, expected `0.5`. One number a group, then all choices of signs, section 15."""
    return _t_test(np.asarray(first - second, float))


@sign_flips.mistake("an unpaired t test", example=(np.array([5, 8, 6]), np.array([2, 7, 1]), np.array([1, 1, 2])))
def _(first, second, groups):
    """that is the p of an **unpaired t test** of all images. For `first = [5, 8, 6]`, `second = [2, 7, 1]`, `groups =
    [1, 1, 2]` you return `0.2181`, expected `0.5`. One difference a group, then all choices of signs, section 15."""
    from scipy.stats import ttest_ind

    return float(ttest_ind(first, second).pvalue) if len(first) > 1 else math.nan


@sign_flips.mistake(
    "the found mean over images",
    example=(np.array([5, 9, 8, 1, 4, 8, 3]), np.array([5, 5, 4, 6, 9, 5, 9]), np.array([1, 1, 2, 3, 4, 4, 5])),
)
def _(first, second, groups):
    """you flip the groups, but compare with the mean over the **images**: a large group counts more in it. For `first =
    [5, 9, 8, 1, 4, 8, 3]`, `second = [5, 5, 4, 6, 9, 5, 9]`, `groups = [1, 1, 2, 3, 4, 4, 5]` you return `0.8125`,
    expected `0.625`. Compare with the mean of the groups' numbers, section 15."""
    return _share(_flips(_of_groups(first, second, groups)), abs(np.mean(np.asarray(first, float) - second)))


@sign_flips.mistake(
    "the smallest p of the images", example=(np.array([3, 3, 7, 8]), np.array([8, 2, 5, 8]), np.array([1, 2, 2, 2]))
)
def _(first, second, groups):
    """that is **2 / 2ⁿ for n images**, the smallest p, (9.7), as if images of one group were independent. For `first =
    [3, 3, 7, 8]`, `second = [8, 2, 5, 8]`, `groups = [1, 2, 2, 2]` you return `0.125`, expected `1`. Count the choices
    of the groups' signs that lead as far as the scores did, section 15."""
    return 2.0 ** (1 - len(first))


@sign_flips.mistake(
    "only means that are as far", example=(np.array([3, 3, 2, 3]), np.array([2, 1, 1, 4]), np.array([1, 2, 2, 3]))
)
def _(first, second, groups):
    """you count the means that are **equally far** from 0, and not those that are farther. For `first = [3, 3, 2, 3]`,
    `second = [2, 1, 1, 4]`, `groups = [1, 2, 2, 3]` you return `0.5`, expected `0.75`. At least as far, section 15."""
    d = _of_groups(first, second, groups)
    return float(np.mean([abs(abs(v) - abs(d.mean())) < 1e-12 for v in _flips(d)]))


@sign_flips.mistake(
    "the sign test of the images",
    example=(np.array([1, 7, 2, 3, 1]), np.array([7, 1, 7, 7, 8]), np.array([1, 2, 3, 3, 3])),
)
def _(first, second, groups):
    """you count **how many images** the first method wins: that is the sign test, and it takes images of one group for
    independent. For `first = [1, 7, 2, 3, 1]`, `second = [7, 1, 7, 7, 8]`, `groups = [1, 2, 3, 3, 3]` you return
    `0.375`, expected `1`. One number a group, and its size counts, section 15."""
    return _p_of(np.sign(np.asarray(first - second, float)))


@sign_flips.mistake(
    "the count, divided by the groups", example=(np.array([1, 4, 7, 3]), np.array([3, 7, 6, 7]), np.array([1, 1, 2, 3]))
)
def _(first, second, groups):
    """you divide the count by the **number of groups**. For `first = [1, 4, 7, 3]`, `second = [3, 7, 6, 7]`, `groups =
    [1, 1, 2, 3]` you return `1.333`, expected `0.5`. By the number of choices of signs, 2 to the number of groups,
    section 15."""
    d = _of_groups(first, second, groups)
    return _p_of(d) * 2 ** len(d) / len(d)


@sign_flips.mistake("divided by one less", example=(np.array([5, 8, 6]), np.array([2, 7, 1]), np.array([1, 1, 2])))
def _(first, second, groups):
    """you divide by **one less** than there are choices of signs. For `first = [5, 8, 6]`, `second = [2, 7, 1]`,
    `groups = [1, 1, 2]` you return `0.6667`, expected `0.5`. What was found is one of them, section 15."""
    d = _of_groups(first, second, groups)
    return _p_of(d) * 2 ** len(d) / (2 ** len(d) - 1)


@sign_flips.mistake(
    "divided by the choices of the images' signs",
    example=(np.array([6, 9, 7, 9, 6]), np.array([2, 5, 5, 7, 4]), np.array([1, 1, 2, 2, 3])),
)
def _(first, second, groups):
    """you count choices of the **groups'** signs, and divide by those of the images. For `first = [6, 9, 7, 9, 6]`,
    `second = [2, 5, 5, 7, 4]`, `groups = [1, 1, 2, 2, 3]` you return `0.0625`, expected `0.25`. Divide by 2 to the
    number of groups, section 15."""
    d = _of_groups(first, second, groups)
    return _p_of(d) * 2.0 ** (len(d) - len(first))


def _t_test(d):
    from scipy.special import stdtr

    if len(d) < 2:
        return math.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        t = d.mean() / (d.std(ddof=1) / math.sqrt(len(d)))
    return float(2 * stdtr(len(d) - 1, -abs(t)))


@sign_flips.mistake("a count", example=(np.array([5, 8, 6]), np.array([2, 7, 1]), np.array([1, 1, 2])))
def _(first, second, groups):
    """you return **how many** choices of signs, not their share. For `first = [5, 8, 6]`, `second = [2, 7, 1]`, `groups
    = [1, 1, 2]` you return `2`, expected `0.5`. Divide by their number, 2 to the number of groups, section 15."""
    d = _of_groups(first, second, groups)
    return _p_of(d) * 2 ** len(d)


@sign_flips.mistake("one sign at a time", example=(np.array([5, 8, 6]), np.array([2, 7, 1]), np.array([1, 1, 2])))
def _(first, second, groups):
    """you flip **one sign at a time**. For `first = [5, 8, 6]`, `second = [2, 7, 1]`, `groups = [1, 1, 2]` you return
    `0.3333`, expected `0.5`. Each sign is chosen by itself: `itertools.product([1, -1], repeat=…)`, section 15."""
    d = _of_groups(first, second, groups)
    return _share([d.mean(), *(d.mean() - 2 * value / len(d) for value in d)], abs(d.mean()))


@sign_flips.mistake(
    "differences in another order", example=(np.array([5, 8, 6]), np.array([2, 7, 1]), np.array([1, 1, 2]))
)
def _(first, second, groups):
    """you put the differences in **another order**. Their mean stays as it is, so p is 1. For `first = [5, 8, 6]`,
    `second = [2, 7, 1]`, `groups = [1, 1, 2]` you return `1`, expected `0.5`. Their *signs* are to be tried, section
    15."""
    return 1.0


@sign_flips.mistake("one added", example=(np.array([5, 8, 6]), np.array([2, 7, 1]), np.array([1, 1, 2])))
def _(first, second, groups):
    """you add **one** above and below. That is right where signs are drawn at random; here all have been tried, the one
    found among them. For `first = [5, 8, 6]`, `second = [2, 7, 1]`, `groups = [1, 1, 2]` you return `0.6`, expected
    `0.5`. Look again at section 15."""
    d = _of_groups(first, second, groups)
    n = 2 ** len(d)
    return (_p_of(d) * n + 1) / (n + 1)


@sign_flips.mistake("doubled", example=(np.array([9, 8, 3, 4]), np.array([6, 8, 7, 8]), np.array([1, 2, 2, 3])))
def _(first, second, groups):
    """you **double** a share that has both sides in it already. For `first = [9, 8, 3, 4]`, `second = [6, 8, 7, 8]`,
    `groups = [1, 2, 2, 3]` you return `1.5`, expected `0.75`. Look again at section 15."""
    return 2 * _p_of(_of_groups(first, second, groups))


@sign_flips.mistake("the smallest p", example=(np.array([9, 8, 3, 4]), np.array([6, 8, 7, 8]), np.array([1, 2, 2, 3])))
def _(first, second, groups):
    """that is the **smallest** p that so many groups can reach, whatever the scores are, (9.7). For `first = [9, 8, 3,
    4]`, `second = [6, 8, 7, 8]`, `groups = [1, 2, 2, 3]` you return `0.25`, expected `0.75`. Count the choices of signs
    that lead as far as the scores did, section 15."""
    return 2.0 ** (1 - len(np.unique(groups)))


@sign_flips.mistake(
    "medians of the groups", example=(np.array([7, 1, 3, 3, 5]), np.array([3, 4, 2, 9, 3]), np.array([1, 2, 3, 3, 3]))
)
def _(first, second, groups):
    """you take the **median** of a group's differences. For `first = [7, 1, 3, 3, 5]`, `second = [3, 4, 2, 9, 3]`,
    `groups = [1, 2, 3, 3, 3]` you return `0.75`, expected `1`. Their mean is its number, section 15."""
    return _p_of(_of_groups(first, second, groups, np.median))


# --- 9.12 attention ---------------------------------------------------------------------------------------------------


def _queries(rng):
    yield np.array([[2.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[1.0], [3.0]])
    for n, m, d, e in ((3, 4, 2, 5), (2, 3, 4, 4), (5, 2, 3, 1), (4, 4, 4, 4), (6, 9, 8, 3)):
        yield tuple(np.round(rng.normal(size=shape), 2) for shape in ((n, d), (m, d), (m, e)))
    yield rng.integers(-3, 4, (3, 2)), rng.integers(-3, 4, (2, 2)), rng.integers(-9, 10, (2, 2))
    yield 40 * np.round(rng.normal(size=(3, 4)), 1), 30 * np.round(rng.normal(size=(5, 4)), 1), rng.normal(size=(5, 2))


def _softmax(scores, axis=-1):
    scores = scores - scores.max(axis=axis, keepdims=True)
    weights = np.exp(scores)
    return weights / weights.sum(axis=axis, keepdims=True)


def _scores(q, k):
    return q @ k.T / math.sqrt(q.shape[1])


def _attention_by_loops(q, k, v):
    result = np.zeros((len(q), v.shape[1]))
    for i, asking in enumerate(q):
        scores = [math.fsum(float(a) * float(b) for a, b in zip(asking, key, strict=True)) for key in k]
        scores = [s / len(asking) ** 0.5 for s in scores]
        weights = [math.exp(s - max(scores)) for s in scores]
        result[i] = sum(w * row for w, row in zip(weights, v, strict=True)) / math.fsum(weights)
    return result


attention = FunctionExercise(
    "9.12",
    "Attention",
    cases=_queries,
    oracle=_attention_by_loops,
    solution="""
    import numpy as np

    def attention(q, k, v):
        scores = q @ k.T / np.sqrt(q.shape[1])
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        weights = weights / weights.sum(axis=1, keepdims=True)
        return weights @ v
    """,
    example=(
        np.array([[2.0, 0.0], [0.0, 1.0]]),
        np.array([[1.0, 0.0], [0.0, 2.0]]),
        np.array([[1.0, 0.0], [0.0, 4.0]]),
    ),
    example_words="For `q = [[2, 0], [0, 1]]`, `k = [[1, 0], [0, 2]]`, `v = [[1, 0], [0, 4]]`",
    hints=(
        "How well does key j answer query i? That is one entry of a table (n, m).",
        "Each *row* of the table belongs to one query: softmax along it, so that it adds up to 1.",
        "`weights @ v` with `weights = softmax(q @ k.T / np.sqrt(d), axis=1)`.",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-6,
    fixed=("q.ndim", "k.ndim", "v.ndim"),
)


@attention.mistake("no √d")
def _(q, k, v):
    """the scores are **not divided by √d**: with many channels they get so large that one key takes all. {example} you
    return `[[0.8808, 0.4768], [0.1192, 3.523]]`, expected `[[0.8044, 0.7823], [0.1956, 3.218]]`. Look again at
    (9.23)."""
    return _softmax(q @ k.T) @ v


@attention.mistake("d for √d")
def _(q, k, v):
    """you divide by **d**, not by its root. {example} you return `[[0.7311, 1.076], [0.2689, 2.924]]`, expected
    `[[0.8044, 0.7823], [0.1956, 3.218]]`. Look again at (9.23)."""
    return _softmax(q @ k.T / q.shape[1]) @ v


@attention.mistake("multiplied by √d")
def _(q, k, v):
    """you **multiply** by √d. {example} you return `[[0.9442, 0.2232], [0.05581, 3.777]]`, expected `[[0.8044, 0.7823],
    [0.1956, 3.218]]`. Divide, (9.23)."""
    return _softmax(q @ k.T * math.sqrt(q.shape[1])) @ v


@attention.mistake(
    "softmax over the queries",
    example=(np.array([[2.0, 0.0], [1.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[1.0], [4.0]])),
)
def _(q, k, v):
    """your softmax runs over the **queries**, down the columns: then the keys' weights of one query do not add up to 1.
    For `q = [[2, 0], [1, 0]]`, `k = [[1, 0], [0, 2]]`, `v = [[1], [4]]` you return `[[2.67], [2.33]]`, expected
    `[[1.587], [1.991]]`. Over the keys, along each row, (9.23)."""
    return _softmax(_scores(q, k), axis=0) @ v


@attention.mistake("softmax over the whole table")
def _(q, k, v):
    """your softmax runs over the **whole table**: all queries share one sum of 1. {example} you return `[[0.4022,
    0.3911], [0.09779, 1.609]]`, expected `[[0.8044, 0.7823], [0.1956, 3.218]]`. Each row by itself, (9.23)."""
    scores = _scores(q, k)
    return _softmax(scores.reshape(1, -1)).reshape(scores.shape) @ v


@attention.mistake("no softmax")
def _(q, k, v):
    """the **softmax** is missing: the scores themselves are the weights, also negative ones. {example} you return
    `[[1.414, 0], [0, 5.657]]`, expected `[[0.8044, 0.7823], [0.1956, 3.218]]`. Look again at (9.23)."""
    return _scores(q, k) @ v


@attention.mistake(
    "scores divided by their sum",
    example=(np.array([[2.0, 1.0]]), np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[3.0], [9.0]])),
)
def _(q, k, v):
    """you divide the scores by their sum, **without the exponential**: a sum can be 0, and weights negative. For `q =
    [[2, 1]]`, `k = [[1, 0], [0, 1]]`, `v = [[3], [9]]` you return `[[5]]`, expected `[[4.981]]`. Look again at
    (9.23)."""
    scores = _scores(q, k)
    with np.errstate(divide="ignore", invalid="ignore"):
        return scores / scores.sum(axis=1, keepdims=True) @ v


@attention.mistake(
    "not divided by the sum",
    example=(np.array([[0.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[3.0], [9.0]])),
)
def _(q, k, v):
    """the exponentials are **not divided by their sum**. For `q = [[0, 0]]`, `k = [[1, 0], [0, 1]]`, `v = [[3], [9]]`
    you return `[[12]]`, expected `[[6]]`: a mean lies between the values. Look again at (9.23)."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.exp(_scores(q, k)) @ v


@attention.mistake("a sigmoid")
def _(q, k, v):
    """you put a **sigmoid** on each score: the weights of a query do not add up to 1. {example} you return `[[0.8044,
    2], [0.5, 3.218]]`, expected `[[0.8044, 0.7823], [0.1956, 3.218]]`. A softmax over the keys, (9.23)."""
    from scipy.special import expit

    return expit(_scores(q, k)) @ v


@attention.mistake("the best key takes all")
def _(q, k, v):
    """you take the value of the **best key** alone. {example} you return `[[1, 0], [0, 4]]`, expected `[[0.8044,
    0.7823], [0.1956, 3.218]]`. A mean of all values, weighted by the softmax, (9.23)."""
    return v[np.argmax(_scores(q, k), axis=1)]


@attention.mistake("all keys alike")
def _(q, k, v):
    """your weights are **all the same**: the plain mean of v for every query. {example} you return `[[0.5, 2], [0.5,
    2]]`, expected `[[0.8044, 0.7823], [0.1956, 3.218]]`. Look again at (9.23)."""
    return np.repeat(v.mean(axis=0, keepdims=True), len(q), axis=0)


@attention.mistake(
    "k and v swapped",
    example=(np.array([[2.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[1.0, 0.0], [0.0, 4.0]])),
)
def _(q, k, v):
    """**k and v are swapped**: the values are asked, and the keys are averaged. For `q = [[2, 0]]`, `k = [[1, 0], [0,
    2]]`, `v = [[1, 0], [0, 4]]` you return `[[0.8044, 0.3911]]`, expected `[[0.8044, 0.7823]]`. Look again at
    (9.23)."""
    return _softmax(_scores(q, v)) @ k


@attention.mistake(
    "q and k swapped",
    example=(np.array([[2.0, 0.0], [0.0, 1.0]]), np.array([[1.0, 1.0], [0.0, 2.0]]), np.array([[1.0], [4.0]])),
)
def _(q, k, v):
    """**q and k are swapped**: your rows belong to keys. For `q = [[2, 0], [0, 1]]`, `k = [[1, 1], [0, 2]]`, `v = [[1],
    [4]]` you return `[[1.991], [3.413]]`, expected `[[1.587], [3.009]]`. One row a query, (9.23)."""
    return _softmax(_scores(k, q)) @ v


@attention.mistake(
    "√ of the number of queries", example=(np.array([[2.0], [0.0]]), np.array([[1.0], [0.0]]), np.array([[1.0], [4.0]]))
)
def _(q, k, v):
    """you divide by the root of the **number of queries**. For `q = [[2], [0]]`, `k = [[1], [0]]`, `v = [[1], [4]]` you
    return `[[1.587], [2.5]]`, expected `[[1.358], [2.5]]`. d is the number of channels of a query, (9.23)."""
    return _softmax(q @ k.T / math.sqrt(len(q))) @ v


@attention.mistake("d squared")
def _(q, k, v):
    """you divide by **d²**. {example} you return `[[0.6225, 1.51], [0.3775, 2.49]]`, expected `[[0.8044, 0.7823],
    [0.1956, 3.218]]`. By √d, (9.23)."""
    return _softmax(q @ k.T / q.shape[1] ** 2) @ v


@attention.mistake("powers of 2")
def _(q, k, v):
    """you raise **2** to the scores, where a softmax takes e. {example} you return `[[0.7272, 1.091], [0.2728,
    2.909]]`, expected `[[0.8044, 0.7823], [0.1956, 3.218]]`. Look again at (9.23)."""
    return _softmax(_scores(q, k) * math.log(2)) @ v


@attention.mistake("the sign turned round")
def _(q, k, v):
    """your scores have the **wrong sign**: the key that answers least gets the most. {example} you return `[[0.1956,
    3.218], [0.8044, 0.7823]]`, expected `[[0.8044, 0.7823], [0.1956, 3.218]]`. Look again at (9.23)."""
    return _softmax(-_scores(q, k)) @ v


@attention.mistake("softmax twice")
def _(q, k, v):
    """you put the **softmax on twice**: the weights are nearly alike. {example} you return `[[0.6477, 1.409], [0.3523,
    2.591]]`, expected `[[0.8044, 0.7823], [0.1956, 3.218]]`. Once, (9.23)."""
    return _softmax(_softmax(_scores(q, k))) @ v


@attention.mistake(
    "directions only", example=(np.array([[3.0, 0.0]]), np.array([[2.0, 0.0], [0.0, 1.0]]), np.array([[1.0], [5.0]]))
)
def _(q, k, v):
    """you make queries and keys **as long as 1** first. For `q = [[3, 0]]`, `k = [[2, 0], [0, 1]]`, `v = [[1], [5]]`
    you return `[[2.076]]`, expected `[[1.057]]`. The plain dot product is asked for: a longer key answers louder,
    (9.23)."""
    unit = lambda x: np.divide(x, s := np.linalg.norm(x, axis=1, keepdims=True), out=0.0 * x, where=s > 0)  # noqa: E731
    return _softmax(unit(q) @ unit(k).T) @ v


@attention.mistake(
    "negative scores cut off",
    example=(np.array([[2.0, 1.0]]), np.array([[3.0, 0.0], [0.0, -2.0]]), np.array([[1.0], [4.0]])),
)
def _(q, k, v):
    """a **ReLU** stands in the place of the softmax. For `q = [[2, 1]]`, `k = [[3, 0], [0, -2]]`, `v = [[1], [4]]` you
    return `[[4.243]]`, expected `[[1.01]]`. Look again at (9.23)."""
    return np.maximum(_scores(q, k), 0) @ v


@attention.mistake(
    "√ of the number of keys", example=(np.array([[2.0]]), np.array([[1.0], [0.0]]), np.array([[1.0], [4.0]]))
)
def _(q, k, v):
    """you divide by the root of the **number of keys**. For `q = [[2]]`, `k = [[1], [0]]`, `v = [[1], [4]]` you return
    `[[1.587]]`, expected `[[1.358]]`. d is the number of channels of a query, (9.23)."""
    return _softmax(q @ k.T / math.sqrt(len(k))) @ v


@attention.mistake(
    "√ of the channels of v", example=(np.array([[2.0]]), np.array([[1.0], [0.0]]), np.array([[1.0, 0], [4.0, 8]]))
)
def _(q, k, v):
    """you divide by the root of the **channels of v**. For `q = [[2]]`, `k = [[1], [0]]`, `v = [[1, 0], [4, 8]]` you
    return `[[1.587, 1.565]]`, expected `[[1.358, 0.9536]]`. d is the number of channels of a query, (9.23)."""
    return _softmax(q @ k.T / math.sqrt(v.shape[1])) @ v


@attention.mistake("the weights")
def _(q, k, v):
    """you return the **weights**. {example} you return `[[0.8044, 0.1956], [0.1956, 0.8044]]`, expected `[[0.8044,
    0.7823], [0.1956, 3.218]]`. The mean of v with these weights is asked for: `weights @ v`, (9.23)."""
    return _softmax(_scores(q, k))


@attention.mistake(
    "the exponential overflows", example=(np.array([[900.0]]), np.array([[1.0], [0.0]]), np.array([[1.0], [4.0]]))
)
def _(q, k, v):
    """right as long as scores are small: `exp` **overflows** above 709, and ∞/∞ is NaN. For `q = [[900]]`, `k = [[1],
    [0]]`, `v = [[1], [4]]` you return `[[nan]]`, expected `[[1]]`. Take the largest score of each row off first: the
    softmax stays the same, (9.23)."""
    with np.errstate(over="ignore", invalid="ignore"):
        weights = np.exp(_scores(q, k))
        return weights / weights.sum(axis=1, keepdims=True) @ v


@attention.mistake(
    "distances for products",
    example=(np.array([[2.0, 0.0]]), np.array([[1.0, 0.0], [3.0, 0.0]]), np.array([[1.0], [3.0]])),
)
def _(q, k, v):
    """you weight by **how near** a key is to the query. For `q = [[2, 0]]`, `k = [[1, 0], [3, 0]]`, `v = [[1], [3]]`
    you return `[[2]]`, expected `[[2.888]]`. The dot product is asked for: a longer key in the same direction answers
    louder, (9.23)."""
    d = np.sqrt(((q[:, None] - k[None]) ** 2).sum(-1))
    return _softmax(-d / math.sqrt(q.shape[1])) @ v


# --- 9.13 how far dilated convolutions see ----------------------------------------------------------------------------


def _stacks(rng):
    yield np.array([1]), 3
    yield np.array([3]), 5
    for n in (2, 3, 4, 6):
        yield rng.integers(1, 9, n), int(rng.choice([3, 5, 7]))
    yield np.array([1, 2, 4, 8]), 3
    yield np.array([6, 12, 18]), 3
    yield np.array([1, 1, 1, 1, 1]), 3
    yield np.array([2, 3]), 1


def _width_by_tracing(rates, size):
    reach = {0}
    for rate in rates:
        reach = {place + int(rate) * (tap - size // 2) for place in reach for tap in range(size)}
    return max(reach) - min(reach) + 1


atrous = FunctionExercise(
    "9.13",
    "How wide a stack sees",
    cases=_stacks,
    oracle=_width_by_tracing,
    solution="""
    def atrous_reach(rates, size=3):
        return 1 + sum((size - 1) * rate for rate in rates)
    """,
    example=(np.array([4, 2, 5]), 5),
    example_words="For the rates 4, 2, 5 and a size of 5",
    hints=(
        "How many pixels lie between the first and the last tap of one convolution with the rate r?",
        "Each convolution makes the window wider by (size − 1)·rate. How wide is it before the first?",
        "One pixel, and (size − 1)·rate more for each: `1 + sum((size - 1) * rate for rate in rates)`.",
    ),
    fixed=("rates.ndim", "rates.dtype"),
)


@atrous.mistake("dilation ignored")
def _(rates, size):
    """the **rates** have no effect, as if all were 1. {example} you return `13`, expected `45`. From tap to tap it is
    `rate` pixels, (9.21)."""
    return 1 + len(rates) * (size - 1)


@atrous.mistake("the product")
def _(rates, size):
    """you **multiply** the rates. That is how *strides* work; a dilated convolution keeps the size, and its reach is
    added. {example} you return `161`, expected `45`. Look again at (9.21)."""
    return 1 + (size - 1) * int(np.prod(rates))


@atrous.mistake("rates as strides")
def _(rates, size):
    """you let each rate **stretch all later ones**, as a stride would. A dilated convolution keeps every pixel.
    {example} you return `53`, expected `45`. Look again at (9.21)."""
    wide, step = 1, 1
    for rate in rates:
        wide, step = wide + (size - 1) * step, step * int(rate)
    return wide


@atrous.mistake("rates multiplied up")
def _(rates, size):
    """you let each rate **multiply** those before it. {example} you return `209`, expected `45`. Each convolution adds
    (size − 1)·its own rate, (9.21)."""
    return 1 + (size - 1) * int(np.cumprod(rates).sum())


@atrous.mistake("to one side only")
def _(rates, size):
    """that is how far it sees to **one side**. {example} you return `22`, expected `45`. The width has both sides and
    the pixel in the middle, (9.21)."""
    return int(sum(rates)) * (size - 1) // 2


@atrous.mistake("one side and the middle")
def _(rates, size):
    """you count **one side** and the middle. {example} you return `23`, expected `45`. The width has both sides,
    (9.21)."""
    return 1 + int(sum(rates)) * (size - 1) // 2


@atrous.mistake("the middle pixel forgotten")
def _(rates, size):
    """the **pixel in the middle** is missing: without any convolution a pixel sees itself. {example} you return `44`,
    expected `45`. Add 1, (9.21)."""
    return int(sum(rates)) * (size - 1)


@atrous.mistake("the widest one only")
def _(rates, size):
    """that is the **widest** convolution alone: so wide the branches of a pyramid see, which stand *side by side*. Here
    they stand behind one another. {example} you return `21`, expected `45`. Look again at (9.21)."""
    return 1 + (size - 1) * int(max(rates))


@atrous.mistake("the last one only", example=(np.array([4, 1]), 3))
def _(rates, size):
    """that is the **last** convolution alone. For the rates 4, 1 and a size of 3 you return `3`, expected `11`. All of
    them add to the width, (9.21)."""
    return 1 + (size - 1) * int(rates[-1])


@atrous.mistake("size times rate")
def _(rates, size):
    """you add **size·rate**. Three taps have two gaps between them. {example} you return `56`, expected `45`: (size −
    1)·rate, (9.21)."""
    return 1 + size * int(sum(rates))


@atrous.mistake("size times rate, without the middle")
def _(rates, size):
    """you add **size·rate** for each convolution. Three taps have two gaps between them, and the pixel in the middle
    counts once. {example} you return `55`, expected `45`: 1 and (size − 1)·rate for each, (9.21)."""
    return size * int(sum(rates))


@atrous.mistake("the widths added")
def _(rates, size):
    """you add the **widths** of the single convolutions, so the middle counts once for each. {example} you return `47`,
    expected `45`. One pixel, and (size − 1)·rate for each, (9.21)."""
    return sum(1 + (size - 1) * int(rate) for rate in rates)


@atrous.mistake("the widths multiplied")
def _(rates, size):
    """you **multiply** the widths of the single convolutions. {example} you return `3213`, expected `45`. Their reaches
    add up, (9.21)."""
    return int(np.prod([1 + (size - 1) * int(rate) for rate in rates]))


@atrous.mistake("the reaches multiplied")
def _(rates, size):
    """you **multiply** the reaches (size − 1)·rate of the single convolutions. {example} you return `2561`, expected
    `45`. They stand behind one another, and their reaches add up, (9.21)."""
    return 1 + math.prod((size - 1) * int(rate) for rate in rates)


@atrous.mistake("the size of the first, then the rates")
def _(rates, size):
    """you begin with the **size of a kernel** and add all rates once more on top. {example} you return `49`, expected
    `45`. Begin with one pixel, (9.21)."""
    return size + (size - 1) * int(sum(rates))


@atrous.mistake("always a size of 3", example=(np.array([2]), 5))
def _(rates, size):
    """you always take a kernel of **3**. For one convolution with the rate 2 and a size of 5 you return `5`, expected
    `9`. It is (size − 1)·rate, (9.21)."""
    return 1 + 2 * int(sum(rates))


@atrous.mistake("the number of pixels in the square")
def _(rates, size):
    """that is how many pixels the **square** has. {example} you return `2025`, expected `45`. Its width is asked for,
    (9.21)."""
    return _width_by_tracing(rates, size) ** 2


@atrous.mistake("the narrowest one only")
def _(rates, size):
    """that is the **narrowest** convolution alone. {example} you return `9`, expected `45`. All of them add to the
    width, (9.21)."""
    return 1 + (size - 1) * int(min(rates))


@atrous.mistake("the mean rate")
def _(rates, size):
    """you take the **mean** of the rates. {example} you return `15.67`, expected `45`. They stand behind one another:
    add, (9.21)."""
    return 1 + (size - 1) * sum(map(int, rates)) / len(rates)


@atrous.mistake("twice too far")
def _(rates, size):
    """you count (size − 1)·rate **to each side**. It is that much on both sides together. {example} you return `89`,
    expected `45`. Look again at (9.21)."""
    return 1 + 2 * (size - 1) * int(sum(rates))


@atrous.mistake("squared rates")
def _(rates, size):
    """you **square** the rates. {example} you return `181`, expected `45`. A width is asked for, along one axis,
    (9.21)."""
    return 1 + (size - 1) * sum(int(rate) ** 2 for rate in rates)


@atrous.mistake("one less for each rate")
def _(rates, size):
    """you take a rate for the **pixels left out** between two taps, so from tap to tap it would be rate + 1. {example}
    you return `57`, expected `45`. With the rate 1 nothing is left out, (9.21)."""
    return 1 + (size - 1) * int(sum(rate + 1 for rate in rates))


@atrous.mistake("holes only")
def _(rates, size):
    """you count rate **− 1** pixels from tap to tap, the holes alone. {example} you return `33`, expected `45`. A rate
    of 1 is a plain convolution, which sees (size − 1) more, (9.21)."""
    return 1 + (size - 1) * int(sum(rate - 1 for rate in rates))
