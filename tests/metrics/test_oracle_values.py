"""Held to what MONAI, medpy, StarDist, COCO's program, TorchMetrics and scikit-learn said, as `oracle_values` stored.

The conventions in which they differ from the course, and from one another, are tested here as well.
"""

import json
from fractions import Fraction

import numpy as np
import pytest

from course_lib import metrics
from tests.metrics import oracle_cases
from tests.metrics.oracle_values import STORED, THRESHOLDS, VOID

NAN = float("nan")
VALUES = json.loads(STORED.read_text("utf-8"))
MASKS = list(zip(oracle_cases.masks(), VALUES["masks"], strict=True))
OBJECTS = list(zip(oracle_cases.objects(), VALUES["objects"], strict=True))
PANOPTIC = list(zip(oracle_cases.panoptic(VOID), VALUES["panoptic"], strict=True))
PROBABILITIES = list(zip(oracle_cases.probabilities(), VALUES["probabilities"], strict=True))


def test_there_are_values_of_every_kind():
    assert (len(MASKS), len(OBJECTS), len(PANOPTIC), len(PROBABILITIES)) == (22, 20, 12, 6)
    assert THRESHOLDS == list(metrics.instances.THRESHOLDS)
    assert any(np.any(truth[..., 0] == VOID) for (truth, _), _ in PANOPTIC)


# --- masks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("case", "values"), MASKS)
def test_masks_as_in_monai(case, values):
    truth, predicted, spacing = case
    matrix = metrics.confusion_matrix(truth, predicted, 2)
    found = {
        "hausdorff": metrics.hausdorff(*case),
        "surface_dice_1": metrics.surface_dice(truth, predicted, 1, spacing),
        "surface_dice_2": metrics.surface_dice(truth, predicted, 2, spacing),
        "assd": metrics.assd(*case),
        "monai_sensitivity": metrics.sensitivity(matrix)[1],
        "monai_specificity": metrics.specificity(matrix)[1],
        "monai_precision": metrics.precision(matrix)[1],
    }
    if truth.any() == predicted.any():
        found["hd95"] = metrics.hd95(*case)
    if truth.any():
        found["dice"] = metrics.dice(matrix)[1]
    for name, value in found.items():
        np.testing.assert_allclose(value, values[name], rtol=1e-5, atol=1e-6, err_msg=name)


def test_where_monai_has_no_number_for_a_mask_that_is_empty():
    one_empty = [(case, v) for case, v in MASKS if case[0].any() != case[1].any()]
    assert len(one_empty) == 2
    for (truth, predicted, _), values in one_empty:
        assert values["hausdorff"] == np.inf == metrics.hd95(truth, predicted) and np.isnan(values["hd95"])
        assert metrics.dice(metrics.confusion_matrix(truth, predicted, 2))[1] == 0
        # its Dice drops false positives where the truth is empty, unless it is told otherwise
        np.testing.assert_equal(values["dice"], 0 if truth.any() else NAN)
        assert values["dice_empty_kept"] == 0
    both_empty = next(v for case, v in MASKS if not case[0].any() and not case[1].any())
    assert np.isnan(both_empty["dice"]) and both_empty["dice_empty_kept"] == 1


def test_the_percentile_of_both_boundaries_together_is_another_number():
    """medpy takes the percentile of all distances at once, which is between the two percentiles."""
    gaps = []
    for case, values in MASKS:
        if not (case[0].any() and case[1].any()):
            continue
        distances = metrics.surface_distances(*case)
        pooled = np.percentile(np.concatenate(distances), 95)
        assert values["medpy_hd95"] == pytest.approx(pooled)
        gaps.append(metrics.hd95(*case) - pooled)
    assert min(gaps) >= -1e-9 and max(gaps) > 1.5


def test_how_far_the_two_percentiles_can_be_apart_has_no_bound():
    """A far blob of 20 pixels, which is more than 5 % of one boundary and less than 5 % of both together."""
    truth = np.zeros((5, 400), dtype=bool)
    truth[2, :250] = True
    predicted = truth.copy()
    predicted[2, 380:400] = True
    pooled = np.percentile(np.concatenate(metrics.surface_distances(truth, predicted)), 95)
    assert pooled == 0 and metrics.hd95(truth, predicted) > 130


def test_elements_of_a_surface_are_near_to_pixels_of_a_boundary():
    """The authors' program of NSD measures lengths between pixels: near, not equal."""
    both = [(case, v) for case, v in MASKS if case[0].any() and case[1].any()]
    nsd = [metrics.surface_dice(*case[:2], 2, case[2]) - v["elements_nsd_2"] for case, v in both]
    hd95 = [metrics.hd95(*case) - v["elements_hd95"] for case, v in both]
    assert 0.05 < np.abs(nsd).max() < 0.12 and 0.5 < np.abs(hd95).max() < 1.3


# --- objects ----------------------------------------------------------------------------------------------------------


def pairs_at(truth, predicted, threshold):
    """How many pairs of objects overlap by exactly the threshold, in fractions."""
    found = 0
    for i in set(truth.flat) - {0}:
        for j in set(predicted.flat) - {0}:
            a, b = truth == i, predicted == j
            found += Fraction(int((a & b).sum()), int((a | b).sum())) == Fraction(str(threshold))
    return found


@pytest.mark.parametrize(("case", "values"), OBJECTS)
def test_objects_as_in_stardist_but_for_those_at_the_threshold(case, values):
    matching = metrics.match_instances(*case)
    scores = metrics.average_precision(matching)
    for k, threshold in enumerate(THRESHOLDS):
        at = matching.at(threshold)
        own = (len(at.ious), len(at.extra), len(at.missed))
        exactly = pairs_at(*case, threshold)
        if exactly:
            assert own[0] < values["tp"][k] <= own[0] + exactly
        else:
            assert own == (values["tp"][k], values["fp"][k], values["fn"][k])
            np.testing.assert_allclose(scores[k], values["accuracy"][k] if any(map(np.any, case)) else NAN)
    if not pairs_at(*case, 0.5) and any(map(np.any, case)):
        assert matching.panoptic_quality == pytest.approx(values["panoptic_quality"], abs=1e-6)


def test_an_overlap_of_exactly_one_half_is_a_match_for_stardist_alone():
    (case, values), (_, other) = OBJECTS[16:18]
    assert pairs_at(*case, 0.5) == 1 and values["tp"][0] == other["tp"][0] == 1
    assert metrics.match_instances(*case).panoptic_quality == 0 and values["panoptic_quality"] == 0.5


def test_no_objects_at_all_are_0_for_stardist():
    case, values = OBJECTS[19]
    assert not np.any(case) and values["accuracy"] == [0] * 10
    assert np.isnan(metrics.average_precision(metrics.match_instances(*case))).all()


def test_average_precision_as_in_coco():
    cases = oracle_cases.ranked()
    matchings = [metrics.match_instances(truth, predicted) for truth, predicted, _ in cases]
    found = metrics.coco_average_precision(matchings, [scores for *_, scores in cases])
    assert 0.9 > found[0] > found[5] > found[-1] > 0.3
    np.testing.assert_allclose(found, VALUES["ranked"], atol=1e-9)


@pytest.mark.parametrize(("case", "values"), PANOPTIC)
def test_categories_as_in_torchmetrics(case, values):
    scores = metrics.panoptic_quality(*case, 4, stuff=[0, 1], void=VOID)
    by_category = np.array(values["by_category"])[[2, 3, 0, 1]]  # there the things come first
    np.testing.assert_allclose(scores.panoptic_quality, by_category, atol=1e-6)
    assert scores.mean == pytest.approx(values["mean"], abs=1e-6)


# --- probabilities ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("case", "values"), PROBABILITIES)
def test_probabilities_as_in_torchmetrics_and_scikit_learn(case, values):
    labels, p = case
    matrix = metrics.confusion_matrix(labels, p.argmax(axis=1), 4)
    found = {
        "ece": metrics.expected_calibration_error(labels, p),
        "classwise": metrics.classwise_calibration_error(labels, p),
        "brier_classes": metrics.brier_score(labels, p),
        "brier_of_1": metrics.brier_score(labels == 1, p[:, 1]),
        "f2": metrics.f_beta(matrix, 2),
        "precision": metrics.precision(matrix),
        "sensitivity": metrics.sensitivity(matrix),
        "specificity": metrics.specificity(matrix),
    }
    for name, value in found.items():
        np.testing.assert_allclose(value, values[name], rtol=1e-6, err_msg=name)
