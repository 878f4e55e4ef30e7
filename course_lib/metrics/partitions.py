"""Does an image fall into the same parts? Adapted Rand error and variation of information: cuts and mergers counted.

Neither matches objects with one another. Both ask of the pixels that belong together in one image whether they belong
together in the other, so that a cut through a cell and two cells in one are counted by themselves.
"""

from typing import NamedTuple

import numpy as np

from course_lib._docs import filled
from course_lib.metrics._arithmetic import ratio
from course_lib.metrics._overlaps import overlaps
from course_lib.metrics._pairs import kept, object_pair

filled_in = filled(
    labels="""
        y_true, y_pred : int arrays, of one shape
            Each number is one part, also 0 of the prediction. Not one-hot.
        ignore_label : int or None
            Pixels with this true label are left out, whatever was predicted: 0, the background, where only the objects
            are to be judged. None counts all pixels, the background as one part.""",
    errors="""
        TypeError
            The arrays hold no whole numbers; ignore_label is none.
        ValueError
            Their shapes differ, labels below 0 or from 2⁶³, or both are one-hot.""",
)


class RandScores(NamedTuple):
    """How well pairs of pixels are kept together, as `adapted_rand` returns it."""

    error: float
    """1 - F1 of the two below, from 0, the best, to 1."""
    precision: float
    """Of the pairs that are together in the prediction, the share that are in the truth: low where parts are merged."""
    recall: float
    """Of the pairs that are together in the truth, the share that are in the prediction: low where parts are cut."""


class Information(NamedTuple):
    """What one image does not tell about the other, in bits, as `variation_of_information` returns it."""

    split: float
    """H(pred | true), what is open about the prediction once the truth is known: true parts were cut."""
    merge: float
    """H(true | pred), what is open about the truth once the prediction is known: true parts were put together."""

    @property
    def total(self):
        """The variation of information, split + merge: 0 for equal parts; a distance, with a triangle inequality."""
        return self.split + self.merge


@filled_in
def adapted_rand(y_true, y_pred, ignore_label=0):
    """Adapted Rand error: 1 - F1 of the pairs of different pixels that are in one part.

    Parameters
    ----------
    %(labels)s

    Returns
    -------
    RandScores
        ``error``, ``precision``, ``recall``. NaN where there is nothing to judge: precision if no two pixels are
        together in the prediction, recall if none are in the truth, error if both; 1 if only one of them.

    Raises
    ------
    %(errors)s

    Notes
    -----
    The error is that of scikit-image's ``adapted_rand_error``. The two other numbers are named there the other way
    round (in version .26): what it returns as precision is divided by the pairs of the truth.

    References
    ----------
    I. Arganda-Carreras et al.: Crowdsourcing the creation of image segmentation algorithms for connectomics, Frontiers
    in Neuroanatomy 9 (2015), eqs. 2 to 4, doi:10.3389/fnana.2015.00142.

    Examples
    --------
    >>> adapted_rand([1, 1, 1, 1], [5, 5, 6, 6])  # cut in half: of 6 pairs 2 are left
    RandScores(error=0.5, precision=1.0, recall=0.3333333333333333)
    """
    _, true_areas, pred_areas, shared = _parts(y_true, y_pred, ignore_label)
    together = _pairs(shared)
    in_truth, in_prediction = _pairs(true_areas), _pairs(pred_areas)
    return RandScores(
        1 - float(ratio(2 * together, in_truth + in_prediction)),
        float(ratio(together, in_prediction)),
        float(ratio(together, in_truth)),
    )


@filled_in
def variation_of_information(y_true, y_pred, ignore_label=0):
    """Variation of information, in two parts: what cuts through true parts add, and what mergers of them lose.

    Parameters
    ----------
    %(labels)s

    Returns
    -------
    Information
        ``split`` and ``merge`` in bits, at least 0, and ``total``, their sum. NaN if no pixel is left to judge.

    Raises
    ------
    %(errors)s

    Notes
    -----
    One cut through the middle of a part with a share s of the pixels costs s bits; so does one merger of two halves.
    scikit-image's function of this name counts the background, too: ``ignore_label=None`` here.

    References
    ----------
    M. Meilă: Comparing clusterings, an information based distance, Journal of Multivariate Analysis 98 (2007), eq. 16,
    doi:10.1016/j.jmva.2006.11.013.

    Examples
    --------
    >>> variation_of_information([1, 1, 1, 1], [5, 5, 6, 6])
    Information(split=1.0, merge=0.0)
    """
    both, true_areas, pred_areas, shared = _parts(y_true, y_pred, ignore_label)
    n = shared.sum()
    split = float(ratio(shared @ np.log2(true_areas[both.rows] / shared), n))
    merge = float(ratio(shared @ np.log2(pred_areas[both.columns] / shared), n))
    return Information(split, merge)


def _parts(y_true, y_pred, ignore_label):
    """The overlaps of the pixels that count, and in float64 how many pixels are in each part and in each overlap."""
    y_true, y_pred = object_pair(y_true, y_pred)
    keep = kept(y_true, ignore_label, "ignore_label")
    both = overlaps(y_true[keep], y_pred[keep])
    return both, *(areas.astype(np.float64) for areas in (both.true_areas, both.pred_areas, both.shared))


def _pairs(areas):
    """Pairs of different pixels within the parts, each counted in both orders."""
    return float(areas @ (areas - 1))
