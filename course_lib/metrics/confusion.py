"""Counts of pixels, each true class against each predicted one, and the scores that are made of them."""

import numpy as np

from course_lib._docs import filled
from course_lib._labels import check_labels, refuse_one_hot
from course_lib._validate import plain_array, real_number, whole_number
from course_lib.metrics._arithmetic import ratio
from course_lib.metrics._pairs import FIRST_ARGMAX, kept, label_pair

CHUNK = 1 << 18  # pixels counted at a time, so that what is made on the way stays small

filled_in = filled(
    labels="""
        y_true, y_pred : array of int or bool, of one shape
            Class ids from 0 to n_classes - 1, not one-hot, not probabilities. The truth comes first.""",
    n_classes="""
        n_classes : int
            Number of classes, at least 1; 2 for background and foreground.""",
    ignore_class="""
        ignore_class : int, optional
            Pixels with this true label are not counted. It may be a class, or a label outside of them such as 255.""",
    matrix="""
        matrix : int array, (C, C)
            Counts from `confusion_matrix`. Row: true class. Column: predicted class.""",
    of_labels="""
        TypeError
            The arrays hold no whole numbers; n_classes or ignore_class is none.
        ValueError
            The shapes of the arrays differ, an id is no class, or both are one-hot.""",
    of_matrix="""
        TypeError
            Counts are hidden by a mask.
        ValueError
            The matrix is not square, is empty, or holds fractions or numbers below 0.""",
)


@filled_in
def confusion_matrix(y_true, y_pred, n_classes, ignore_class=None):
    """Count the pixels of each true class that were given each class.

    Parameters
    ----------
    %(labels)s
    %(n_classes)s
    %(ignore_class)s

    Returns
    -------
    int64, (n_classes, n_classes)
        Row: true class. Column: predicted class.

    Raises
    ------
    %(of_labels)s

    Examples
    --------
    >>> confusion_matrix([0, 0, 1, 1], [0, 1, 1, 1], 2)
    array([[1, 1],
           [0, 2]])
    """
    n = whole_number("n_classes", n_classes, 1)
    y_true, y_pred = label_pair(y_true, y_pred)
    refuse_one_hot(FIRST_ARGMAX, n, y_true=y_true, y_pred=y_pred)
    y_true, y_pred = y_true.ravel(), y_pred.ravel()
    counts = np.zeros(n * n, dtype=np.int64)
    for start in range(0, y_true.size, CHUNK):
        true, predicted = y_true[start : start + CHUNK], y_pred[start : start + CHUNK]
        keep = kept(true, ignore_class)
        true, predicted = true[keep], predicted[keep]
        if true.size and not (true.min() >= 0 and true.max() < n):
            check_labels(y_true, n, ignore_class, "y_true")
        if predicted.size and not (predicted.min() >= 0 and predicted.max() < n):
            raise ValueError(
                f"y_pred must hold class ids from 0 to {n - 1}, got {predicted.min()} to {predicted.max()}"
            )
        counts += np.bincount(true.astype(np.intp) * n + predicted.astype(np.intp), minlength=n * n)
    return counts.reshape(n, n)


@filled_in
class ConfusionMatrix:
    """A confusion matrix that is added up batch by batch: exact up to 2⁶³ pixels, and in a few bytes.

    Parameters
    ----------
    %(n_classes)s
    %(ignore_class)s

    Raises
    ------
    TypeError
        n_classes is no whole number.
    ValueError
        n_classes is below 1.

    Examples
    --------
    >>> total = ConfusionMatrix(2)
    >>> for batch in ([0, 1], [1, 1]), ([0, 0], [0, 1]):
    ...     total.update(*batch)
    >>> iou(total.result())
    array([0.33333333, 0.33333333])
    """

    def __init__(self, n_classes, ignore_class=None):
        self.n_classes, self.ignore_class = whole_number("n_classes", n_classes, 1), ignore_class
        self.reset()

    def reset(self):
        """Begin anew, from 0."""
        self._counts = np.zeros((self.n_classes, self.n_classes), dtype=np.int64)

    @filled_in
    def update(self, y_true, y_pred):
        """Add the pixels of a batch.

        Parameters
        ----------
        %(labels)s

        Raises
        ------
        %(of_labels)s
        """
        self._counts += confusion_matrix(y_true, y_pred, self.n_classes, self.ignore_class)

    def merge(self, other):
        """Add what another one has counted, such as another process on its share of the images.

        Parameters
        ----------
        other : ConfusionMatrix
            With the same n_classes and ignore_class.

        Raises
        ------
        ValueError
            It has others.
        """
        if other.n_classes != self.n_classes:
            raise ValueError(f"other must have {self.n_classes} classes, got {other.n_classes}")
        if other.ignore_class != self.ignore_class:
            raise ValueError(f"other must have ignore_class={self.ignore_class}, got ignore_class={other.ignore_class}")
        self._counts += other.result()

    def result(self):
        """Return the counts so far, int64 (n_classes, n_classes); row: true class, column: predicted class."""
        return self._counts.copy()


@filled_in
def pixel_accuracy(matrix):
    """Share of pixels that were given their true class, trace / sum. A rare class hardly shows in it.

    Parameters
    ----------
    %(matrix)s

    Returns
    -------
    float
        From 0 to 1; NaN for no pixels.

    Raises
    ------
    %(of_matrix)s
    """
    matrix = _matrix(matrix)
    return float(ratio(np.trace(matrix), matrix.sum()))


@filled_in
def iou(matrix):
    """Intersection over union of each class, TP / (TP + FP + FN): the Jaccard index.

    Parameters
    ----------
    %(matrix)s

    Returns
    -------
    float64, (C,)
        From 0 to 1; NaN for a class that is neither in the truth nor in the prediction.

    Raises
    ------
    %(of_matrix)s

    References
    ----------
    M. Everingham et al.: The PASCAL visual object classes (VOC) challenge, IJCV 88 (2010), section 4.3.
    """
    matrix = _matrix(matrix)
    hits = np.diag(matrix)
    return ratio(hits, matrix.sum(axis=0) + matrix.sum(axis=1) - hits)


@filled_in
def dice(matrix):
    """Dice score of each class, 2 TP / (2 TP + FP + FN): the F1 score of its pixels. Dice = 2 IoU / (1 + IoU).

    Parameters
    ----------
    %(matrix)s

    Returns
    -------
    float64, (C,)
        From 0 to 1; NaN for a class that is neither in the truth nor in the prediction. The foreground of two masks
        alone: ``dice(confusion_matrix(y_true, y_pred, 2))[1]``.

    Raises
    ------
    %(of_matrix)s

    References
    ----------
    L. R. Dice: Measures of the amount of ecologic association between species, Ecology 26 (1945).
    """
    matrix = _matrix(matrix)
    return ratio(2 * np.diag(matrix), matrix.sum(axis=0) + matrix.sum(axis=1))


@filled_in
def sensitivity(matrix):
    """Share of each class's true pixels that were found, TP / (TP + FN): also called recall, or true positive rate.

    Parameters
    ----------
    %(matrix)s

    Returns
    -------
    float64, (C,)
        From 0 to 1; NaN for a class that is not in the truth.

    Raises
    ------
    %(of_matrix)s

    References
    ----------
    J. Yerushalmy: Statistical problems in assessing methods of medical diagnosis, Public Health Reports 62 (1947).
    """
    matrix = _matrix(matrix)
    return ratio(np.diag(matrix), matrix.sum(axis=1))


@filled_in
def specificity(matrix):
    """Share of the pixels outside of each class that were left outside, TN / (TN + FP): the true negative rate.

    For a small object it is close to 1 whatever was predicted, because nearly all pixels are outside.

    Parameters
    ----------
    %(matrix)s

    Returns
    -------
    float64, (C,)
        From 0 to 1; NaN for a class that all true pixels have. Of two classes the specificity of one is the
        sensitivity of the other.

    Raises
    ------
    %(of_matrix)s

    References
    ----------
    J. Yerushalmy: Statistical problems in assessing methods of medical diagnosis, Public Health Reports 62 (1947).
    """
    matrix = _matrix(matrix)
    outside = matrix.sum() - matrix.sum(axis=1)
    return ratio(outside - (matrix.sum(axis=0) - np.diag(matrix)), outside)


@filled_in
def precision(matrix):
    """Share of the pixels predicted as each class that are of it, TP / (TP + FP): the positive predictive value.

    Parameters
    ----------
    %(matrix)s

    Returns
    -------
    float64, (C,)
        From 0 to 1; NaN for a class that was not predicted, also where it is in the truth.

    Raises
    ------
    %(of_matrix)s

    References
    ----------
    C. J. van Rijsbergen: Information retrieval, 2nd edition, 1979, chapter 7.
    """
    matrix = _matrix(matrix)
    return ratio(np.diag(matrix), matrix.sum(axis=0))


@filled_in
def f_beta(matrix, beta=1.0):
    """F-measure of each class, (1 + β²) TP / ((1 + β²) TP + β² FN + FP): the Dice score with misses weighed by β².

    It is the weighted harmonic mean of precision and sensitivity: near 0 β it is precision, for large β sensitivity.

    Parameters
    ----------
    %(matrix)s
    beta : float, above 0
        A missed pixel counts β² times as much as an extra one. 1 gives the Dice score, 2 is usual where a miss is bad.

    Returns
    -------
    float64, (C,)
        From 0 to 1; 0 for a class that is in the truth or in the prediction only, NaN for one that is in neither.

    Raises
    ------
    TypeError
        Counts are hidden by a mask; beta is no number.
    ValueError
        The matrix is not square, is empty, or holds fractions or numbers below 0; beta is not above 0.

    References
    ----------
    C. J. van Rijsbergen: Information retrieval, 2nd edition, 1979, chapter 7.

    Examples
    --------
    >>> f_beta([[90, 2], [4, 4]], beta=2)  # of the 8 pixels of class 1 half were found, and 2 more
    array([0.97402597, 0.52631579])
    """
    weight, matrix = real_number("beta", beta, above=0) ** 2, _matrix(matrix)
    hits = (1 + weight) * np.diag(matrix)
    return ratio(hits, weight * matrix.sum(axis=1) + matrix.sum(axis=0))


@filled_in
def mean_iou(matrix, ignore_class=None):
    """Mean intersection over union of the classes that are in the truth or in the prediction.

    Parameters
    ----------
    %(matrix)s
    ignore_class : int, optional
        A class that takes no part in the mean. (Its pixels were left out by `confusion_matrix`; where other pixels
        were taken for it, they count as missed.) A label outside the classes changes nothing.

    Returns
    -------
    float
        From 0 to 1; NaN where no class takes part.

    Raises
    ------
    TypeError
        ignore_class is no whole number.
    %(of_matrix)s
    """
    values = iou(matrix)
    values = values[kept(np.arange(len(values)), ignore_class)]
    values = values[~np.isnan(values)]
    return float(values.mean()) if values.size else float("nan")


def _matrix(matrix):
    array = plain_array("matrix", matrix)
    if array.dtype.kind not in "ui" or array.ndim != 2 or array.shape[0] != array.shape[1] or array.size == 0:
        raise ValueError(
            f"matrix must be a confusion matrix, whole numbers (C, C), got dtype {array.dtype} and shape "
            f"{array.shape}: make it with confusion_matrix(y_true, y_pred, n_classes)"
        )
    if array.min() < 0:
        raise ValueError(f"matrix must hold counts of 0 and above, got {array.min()}")
    return array.astype(np.int64)
