"""What a model is judged by, in NumPy; one idea a file. The truth, or what is real, always comes first.

=============  ====================================================================================================
`confusion`    counts of pixels, and the scores that are made of them: accuracy, IoU, Dice
`surface`      distances between the boundaries of two masks: Hausdorff, 95th percentile, average, boundary F1
`instances`    which objects were found: precision, recall, F1, panoptic quality
`calibration`  do probabilities come true? Reliability in bins, expected calibration error
`generation`   sets of generated images: Fréchet and kernel distance, inception score, precision and recall
`modes`        which modes of a known mixture a generator leaves out
`streaming`    the mean IoU as a metric of `fit`: the only file that needs Keras
=============  ====================================================================================================

What judges a segmentation is here directly, as in ``from course_lib import metrics`` and ``metrics.mean_iou(matrix)``;
the other files are imported by their names, as in ``from course_lib.metrics import generation``.

Metrics of segmentation take *decisions*, class ids or masks: fractions are refused, because cutting them down to whole
numbers would make .9 a background pixel. Where there is nothing to judge (a class in neither image, both masks empty)
the result is **NaN**, to be left out of a mean with ``np.nanmean``. Where one side is empty and the other is not, a
score is 0 and a distance infinite. Whole numbers are counted in int64, others computed in float64.
"""

from course_lib.metrics.calibration import Reliability, expected_calibration_error, reliability
from course_lib.metrics.confusion import ConfusionMatrix, confusion_matrix, dice, iou, mean_iou, pixel_accuracy
from course_lib.metrics.instances import Matching, match_instances
from course_lib.metrics.surface import assd, boundary, boundary_f1, hausdorff, hd95, surface_distances

__all__ = [
    "ConfusionMatrix",
    "Matching",
    "Reliability",
    "assd",
    "boundary",
    "boundary_f1",
    "confusion_matrix",
    "dice",
    "expected_calibration_error",
    "hausdorff",
    "hd95",
    "iou",
    "match_instances",
    "mean_iou",
    "pixel_accuracy",
    "reliability",
    "surface_distances",
]
