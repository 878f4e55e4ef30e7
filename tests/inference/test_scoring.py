import numpy as np
import pytest
from scipy import stats

from course_lib.inference import scoring
from course_lib.models.instances import split_touching


def test_foreground_of_class_ids_and_of_numbers():
    assert scoring.foreground(np.uint8([[0, 1, 2, 255]])).tolist() == [[0, 1, 1, 255]]
    assert scoring.foreground(np.int32([[0, 1, 7, -1, 255]])).tolist() == [[0, 1, 1, 255, 1]]
    assert scoring.foreground(np.array([[True, False]])).tolist() == [[1, 0]]
    assert scoring.foreground(np.uint8([[0]])).dtype == np.uint8


def test_numbered_keeps_numbers_and_counts_pieces():
    numbers = np.int32([[0, 5, 5, 2, -1]])
    assert scoring.numbered(numbers).tolist() == numbers.tolist()
    pieces = scoring.numbered(np.uint8([[1, 0, 1, 255, 2]]))
    assert pieces.tolist() == [[1, 0, 2, -1, 3]] and pieces.dtype == np.int32
    assert scoring.numbered(np.uint8([[1, 0], [0, 1]])).max() == 1  # corners connect


def test_diameters_of_several_masks():
    square = np.zeros((20, 20), np.uint8)
    square[2:12, 2:12] = 1
    numbers = np.where(square, 3, 0).astype(np.int32)
    numbers[15, 15] = 4  # a speck
    numbers[0] = -1
    assert scoring.object_diameters([square, numbers]) == pytest.approx(2 * [2 * np.sqrt(100 / np.pi)])
    with pytest.raises(ValueError, match="at least one object"):
        scoring.object_diameters([0 * square])


def test_dice_leaves_out_what_is_left_out():
    truth = np.uint8([[1, 1, 0, 0, 255, 255]])
    found = np.array([[1, 0, 1, 0, 1, 1]], bool)
    assert scoring.dice_per_image([truth, 0 * truth], [found, 0 * found])[0] == 0.5
    assert np.isnan(scoring.dice_per_image([0 * truth], [0 * found])[0])


def test_the_summary_is_an_interval_over_groups():
    scores, groups = [0.9, 0.8, 0.7, np.nan, 0.95], ["a", "a", "b", "b", "c"]
    means = np.array([0.85, 0.7, 0.95])
    low, high = stats.t.interval(0.95, 2, loc=means.mean(), scale=stats.sem(means))
    assert scoring.summary(scores, groups) == (
        f"{means.mean():.3f}, 95 % interval {low:.3f} to {high:.3f} (3 groups, 4 images)"
    )
    assert scoring.summary([0.9, 0.8], [1, 2]).endswith("(2 images)")
    assert "no interval" in scoring.summary([0.9], ["a"])
    assert "no score" in scoring.summary([np.nan], ["a"])


def two_discs():
    rows, columns = np.mgrid[:40, :60]
    left, right = (np.hypot(rows - 20, columns - c) <= 12 for c in (18, 40))
    truth = np.where(left, 1, np.where(right, 2, 0)).astype(np.int32)
    return truth, (truth > 0).astype(np.float32)


def test_objects_that_are_right_extra_and_missed():
    truth, _ = two_discs()
    found = np.where(truth == 1, 7, 0)
    found[0, :9] = 8
    right, extra, missed, f1 = scoring.object_scores([truth], [found])
    assert (right, extra, missed) == (1, 1, 1) and f1 == 0.5
    open_ = truth.copy()
    open_[0] = -1
    assert scoring.object_scores([open_], [found])[:3] == (1, 0, 1)  # what was found there does not count
    assert np.isnan(scoring.object_scores([0 * truth], [0 * truth])[3])


def test_the_distance_that_cuts_right_is_chosen():
    truth, probability = two_discs()
    best, scores = scoring.choose_min_distance([truth], [probability], 0.5, [3, 6, 40])
    assert scores[3] == scores[6] == 1 and scores[40] < 1 and best == 6
    assert scoring.object_scores([truth], [split_touching(probability, min_distance=6)])[3] == 1
