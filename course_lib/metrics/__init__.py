"""What a model is judged by, in NumPy; one idea a file. The truth, or what is real, always comes first.

==============  ====================================================================================================
`confusion`     counts of pixels, and the scores that are made of them: accuracy, IoU, Dice, sensitivity, specificity
`surface`       distances between the boundaries of two masks: Hausdorff, 95th percentile, average; scores of boundaries
`instances`     which objects were found: precision, recall, F1, panoptic quality, average precision
`detections`    objects that come with a score: average precision as in COCO
`panoptic`      panoptic quality by categories, with void
`partitions`    do the same pixels belong together? Adapted Rand error, variation of information
`calibration`   do probabilities come true? Reliability in bins, calibration errors, Brier score
`temperature`   one number that mends probabilities
`thresholds`    the threshold that scores best on validation images
`statistics`    how sure is a score? Intervals over images or groups, a paired test, how many images it takes
`generation`    sets of generated images: Fréchet and kernel distance, inception score, precision and recall
`modes`         which modes of a known mixture a generator leaves out
`verification`  do two things belong together? False acceptance and rejection, equal error rate, area under the curve
`text`          how well a text was read: edit distance, character error rate
`streaming`     the mean IoU as a metric of `fit`: the only file that needs Keras
==============  ====================================================================================================

What judges a segmentation is here directly, as in ``from course_lib import metrics`` and ``metrics.mean_iou(matrix)``;
the other files are imported by their names, as in ``from course_lib.metrics import generation``.

Metrics of segmentation take *decisions*, class ids or masks: fractions are refused, because cutting them down to whole
numbers would make .9 a background pixel. Where there is nothing to judge (a class in neither image, both masks empty)
the result is **NaN**, to be left out of a mean with ``np.nanmean``. Where one side is empty and the other is not, a
score is 0 and a distance infinite. Whole numbers are counted in int64, others computed in float64.
"""

from course_lib.metrics.calibration import (
    Reliability,
    brier_score,
    classwise_calibration_error,
    debiased_calibration_error,
    expected_calibration_error,
    reliability,
)
from course_lib.metrics.confusion import (
    ConfusionMatrix,
    confusion_matrix,
    dice,
    f_beta,
    iou,
    mean_iou,
    pixel_accuracy,
    precision,
    sensitivity,
    specificity,
)
from course_lib.metrics.detections import coco_average_precision
from course_lib.metrics.instances import Matching, average_precision, match_instances
from course_lib.metrics.panoptic import PanopticScores, panoptic_quality
from course_lib.metrics.partitions import Information, RandScores, adapted_rand, variation_of_information
from course_lib.metrics.surface import (
    assd,
    boundary,
    boundary_f1,
    boundary_iou,
    hausdorff,
    hd95,
    surface_dice,
    surface_distances,
)
from course_lib.metrics.temperature import fit_temperature
from course_lib.metrics.thresholds import ThresholdChoice, choose_threshold

__all__ = [
    "ConfusionMatrix",
    "Information",
    "Matching",
    "PanopticScores",
    "RandScores",
    "Reliability",
    "ThresholdChoice",
    "adapted_rand",
    "assd",
    "average_precision",
    "boundary",
    "boundary_f1",
    "boundary_iou",
    "brier_score",
    "choose_threshold",
    "classwise_calibration_error",
    "coco_average_precision",
    "confusion_matrix",
    "debiased_calibration_error",
    "dice",
    "expected_calibration_error",
    "f_beta",
    "fit_temperature",
    "hausdorff",
    "hd95",
    "iou",
    "match_instances",
    "mean_iou",
    "panoptic_quality",
    "pixel_accuracy",
    "precision",
    "reliability",
    "sensitivity",
    "specificity",
    "surface_dice",
    "surface_distances",
    "variation_of_information",
]
