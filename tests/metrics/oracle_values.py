"""Asks MONAI, medpy, surface-distance, StarDist, COCO, TorchMetrics, scikit-learn about `oracle_cases`; stores that.

None of them is in the course's environment. To make the values anew, in one of its own:
``pip install torch monai torchmetrics medpy surface-distance stardist csbdeep pycocotools scikit-learn``, then
``python -m tests.metrics.oracle_values`` in the folder that holds tests/.
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np

from tests.metrics import oracle_cases

STORED = Path(__file__).with_name("oracle_values.json")
THRESHOLDS = [k / 100 for k in range(50, 100, 5)]
VOID = 255


def of_masks(truth, predicted, spacing):
    import surface_distance
    import torch
    from medpy.metric.binary import hd95 as medpy_hd95
    from monai import metrics as monai

    t, p = (torch.tensor(mask[None, None]) for mask in (truth, predicted))
    options = {"include_background": True, "spacing": list(spacing)}
    values = {
        "hausdorff": monai.compute_hausdorff_distance(p, t, **options),
        "hd95": monai.compute_hausdorff_distance(p, t, percentile=95, **options),
        "surface_dice_1": monai.compute_surface_dice(p, t, [1.0], **options),
        "surface_dice_2": monai.compute_surface_dice(p, t, [2.0], **options),
        "dice": monai.compute_dice(p, t),
        "dice_empty_kept": monai.compute_dice(p, t, ignore_empty=False),
        "assd": monai.compute_average_surface_distance(p, t, symmetric=True, **options),
    }
    counts = monai.get_confusion_matrix(p.float(), t.float())
    for name in ("sensitivity", "specificity", "precision"):
        values[f"monai_{name}"] = monai.compute_confusion_matrix_metric(name, counts)
    values = {name: value.item() for name, value in values.items()}
    if truth.any() and predicted.any():
        values["medpy_hd95"] = medpy_hd95(predicted, truth, spacing)
        distances = surface_distance.compute_surface_distances(truth, predicted, spacing)
        values["elements_nsd_2"] = surface_distance.compute_surface_dice_at_tolerance(distances, 2.0)
        values["elements_hd95"] = surface_distance.compute_robust_hausdorff(distances, 95)
    return values


def of_objects(truth, predicted):
    from stardist.matching import matching

    found = [matching(truth, predicted, thresh=t) for t in THRESHOLDS]
    return {
        "tp": [m.tp for m in found],
        "fp": [m.fp for m in found],
        "fn": [m.fn for m in found],
        "accuracy": [m.accuracy for m in found],
        "panoptic_quality": found[0].panoptic_quality,
    }


def of_ranked(cases):
    """By COCO's program, without its limit of 100 objects; thresholds a little higher, so that it takes > for ≥."""
    import contextlib
    import io

    from pycocotools import mask
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    def coded(image):
        code = mask.encode(np.asfortranarray(image.astype(np.uint8)))
        return {"segmentation": code, "area": float(image.sum()), "iscrowd": 0, "category_id": 1}

    truths, guesses = [], []
    for k, (truth, predicted, scores) in enumerate(cases):
        truths += [{**coded(truth == i), "image_id": k + 1} for i in np.unique(truth) if i]
        guesses += [{**coded(predicted == i), "image_id": k + 1, "score": scores[i]} for i in np.unique(predicted) if i]
    with contextlib.redirect_stdout(io.StringIO()):
        true, images = COCO(), [{"id": k + 1, "height": 99, "width": 99} for k in range(len(cases))]
        annotations = [{**t, "id": n + 1, "bbox": [0, 0, 1, 1]} for n, t in enumerate(truths)]
        true.dataset = {"images": images, "annotations": annotations, "categories": [{"id": 1}], "info": {}}
        true.createIndex()
        asked = COCOeval(true, true.loadRes(guesses), "segm")
        asked.params.iouThrs, asked.params.maxDets = np.array(THRESHOLDS) + 1e-9, [1, 10, 10_000]
        asked.params.areaRng, asked.params.areaRngLbl = [[0, 1e10]], ["all"]
        asked.evaluate(), asked.accumulate()
    return asked.eval["precision"][:, :, 0, 0, 2].mean(axis=1).tolist()


def of_panoptic(truth, predicted):
    import torch
    from torchmetrics.detection import PanopticQuality

    metric = PanopticQuality(things={2, 3}, stuffs={0, 1}, return_per_class=True)
    metric.update(torch.tensor(predicted[None]), torch.tensor(truth[None]))
    mean = PanopticQuality(things={2, 3}, stuffs={0, 1})
    mean.update(torch.tensor(predicted[None]), torch.tensor(truth[None]))
    return {"by_category": metric.compute().flatten().tolist(), "mean": mean.compute().item()}


def of_probabilities(labels, p):
    import torch
    from sklearn.metrics import brier_score_loss, fbeta_score, precision_score, recall_score
    from torchmetrics.functional.classification import (
        binary_calibration_error,
        multiclass_calibration_error,
        multiclass_specificity,
    )

    y, q = torch.tensor(labels), torch.tensor(p)
    decided, options = p.argmax(axis=1), {"average": None, "labels": range(4), "zero_division": np.nan}
    return {
        "ece": multiclass_calibration_error(q, y, 4, n_bins=15).item(),
        "classwise": [binary_calibration_error(q[:, c], (y == c).long(), n_bins=15).item() for c in range(4)],
        "brier_classes": brier_score_loss(labels, p, labels=range(4), scale_by_half=False),
        "brier_of_1": brier_score_loss(labels == 1, p[:, 1]),
        "f2": fbeta_score(labels, decided, beta=2, **options).tolist(),
        "precision": precision_score(labels, decided, **options).tolist(),
        "sensitivity": recall_score(labels, decided, **options).tolist(),
        "specificity": multiclass_specificity(torch.tensor(decided), y, 4, average=None).tolist(),
    }


def main():
    names = ("torch", "monai", "torchmetrics", "medpy", "surface-distance", "stardist", "pycocotools", "scikit-learn")
    stored = {
        "versions": {name: version(name) for name in names},
        "masks": [of_masks(*case) for case in oracle_cases.masks()],
        "objects": [of_objects(*case) for case in oracle_cases.objects()],
        "ranked": of_ranked(oracle_cases.ranked()),
        "panoptic": [of_panoptic(*case) for case in oracle_cases.panoptic(VOID)],
        "probabilities": [of_probabilities(*case) for case in oracle_cases.probabilities()],
    }
    text = json.dumps(stored, indent=1, default=float)
    STORED.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
