"""Which objects share pixels: a row for each pair that does, of which there are few; no table of all pairs."""

from typing import NamedTuple

import numpy as np


class Overlaps(NamedTuple):
    """The objects of two label images, and the pixels that they share."""

    true_ids: np.ndarray
    true_areas: np.ndarray
    pred_ids: np.ndarray
    pred_areas: np.ndarray
    rows: np.ndarray
    """Index into the true objects, for each pair that shares a pixel."""
    columns: np.ndarray
    """Index into the predicted objects."""
    shared: np.ndarray
    """How many pixels the pair shares."""

    @property
    def unions(self):
        """How many pixels the two of each pair cover together."""
        return self.true_areas[self.rows] + self.pred_areas[self.columns] - self.shared


def overlaps(y_true, y_pred):
    """Count the pixels that objects share; the background, 0, is an object here like any other."""
    true_ids, true_index, true_areas = np.unique(y_true.ravel(), return_inverse=True, return_counts=True)
    pred_ids, pred_index, pred_areas = np.unique(y_pred.ravel(), return_inverse=True, return_counts=True)
    pairs, shared = np.unique(true_index * len(pred_ids) + pred_index, return_counts=True)
    rows, columns = pairs // max(len(pred_ids), 1), pairs % max(len(pred_ids), 1)
    return Overlaps(true_ids, true_areas, pred_ids, pred_areas, rows, columns, shared)
