"""Scores of objects against ground, image by image, with what is left out of the masks left out of the scores."""

import numpy as np

from course_lib._validate import plain_array
from course_lib.datasets.folder.audit import diameters
from course_lib.metrics import confusion_matrix, dice, match_instances
from course_lib.metrics.statistics import t_interval
from course_lib.models.instances import split_touching

VOID = 255
SMALLEST = 2.2  # pixels wide: less than 4 pixels


def foreground(mask):
    """Objects against ground, whatever a mask of `load_folder` holds.

    Parameters
    ----------
    mask : (H, W), int
        Class ids, 255 left out; or, as int32, numbers of objects, -1 left out.

    Returns
    -------
    uint8, (H, W)
        1 where there is an object of any class, 0 for the ground, 255 where nothing is said.
    """
    mask = plain_array("mask", mask)
    out = mask == (-1 if mask.dtype == np.int32 else VOID)
    return np.where(out, VOID, mask > 0).astype(np.uint8)


def numbered(mask):
    """The objects of a mask, numbered.

    Parameters
    ----------
    mask : (H, W), int
        As for `foreground`. Numbers of objects, int32, stay as they are; of class ids the connected pieces are
        numbered, corners included: objects that touch become one.

    Returns
    -------
    int32, (H, W)
        0 is the ground, -1 what is left out.
    """
    from skimage.measure import label

    mask = plain_array("mask", mask)
    if mask.dtype == np.int32:
        return mask
    seen = foreground(mask)
    return np.where(seen == VOID, -1, label(seen == 1, connectivity=2)).astype(np.int32)


def object_diameters(masks):
    """How wide the objects are, in all masks together, as discs of the same area would be.

    Parameters
    ----------
    masks : sequence of (H, W), int
        As for `foreground`.

    Returns
    -------
    float64, (n,)
        In pixels, of objects of at least 4 pixels.

    Raises
    ------
    ValueError
        There is no such object.
    """
    found = np.concatenate([diameters(np.maximum(numbered(mask), 0)) for mask in masks])
    found = found[found > SMALLEST]
    if not found.size:
        raise ValueError("masks must hold at least one object of 4 pixels, got none")
    return found


def dice_per_image(truths, found):
    """The Dice score of the objects in each image.

    Parameters
    ----------
    truths : sequence of (H, W)
        0 ground, 1 object, 255 left out.
    found : sequence of (H, W), bool or 0 and 1

    Returns
    -------
    float64, (n,)
        NaN where there is no object and none was found.
    """
    return np.array([dice(confusion_matrix(t, f, 2, ignore_class=VOID))[1] for t, f in zip(truths, found, strict=True)])


def summary(scores, groups):
    """A mean score and how sure it is, in words.

    Parameters
    ----------
    scores : (n,)
        One of each image; NaN is left out.
    groups : (n,)
        The group of each image: the interval is of the mean of the groups' means.

    Returns
    -------
    str
        "0.942, 95 % interval 0.921 to 0.963 (4 groups, 12 images)", or why there is no interval.

    Examples
    --------
    >>> summary([0.9, 0.8, 0.7], ["a", "a", "b"])
    '0.775, 95 % interval -0.178 to 1.728 (2 groups, 3 images)'
    >>> summary([0.9, 0.8], ["a", "a"])
    '0.850, no interval: all 2 images are of one group'
    """
    scores, groups = np.asarray(scores, np.float64), np.asarray(groups)
    kept = ~np.isnan(scores)
    scores, groups = scores[kept], groups[kept]
    if not len(scores):
        return "no score: there is nothing to judge in any image"
    of_groups = len(set(groups.tolist()))
    if of_groups < 2:
        return f"{scores.mean():.3f}, no interval: all {len(scores)} images are of one group"
    mean, low, high = t_interval(scores, groups=groups)
    counted = f"{of_groups} groups, {len(scores)} images" if of_groups < len(scores) else f"{len(scores)} images"
    return f"{mean:.3f}, 95 % interval {low:.3f} to {high:.3f} ({counted})"


def object_scores(truths, found):
    """Which objects were found, in all images together: an intersection over union above one half counts.

    Parameters
    ----------
    truths : sequence of int arrays (H, W)
        Numbers of objects, 0 for the ground, -1 where nothing is said: what was found there does not count.
    found : sequence of int arrays (H, W)

    Returns
    -------
    right, extra, missed : int
    f1 : float
        2 right / (2 right + extra + missed); NaN where there is no object at all.
    """
    right = extra = missed = 0
    for truth, labels in zip(truths, found, strict=True):
        truth = np.asarray(truth)
        matching = match_instances(np.maximum(truth, 0), np.where(truth < 0, 0, labels))
        right, extra, missed = right + len(matching.ious), extra + len(matching.extra), missed + len(matching.missed)
    total = 2 * right + extra + missed
    return right, extra, missed, 2 * right / total if total else float("nan")


def choose_min_distance(truths, probabilities, threshold, distances, min_area=0):
    """Choose how far apart two peaks of `split_touching` must be, by the objects found in validation images.

    Parameters
    ----------
    truths : sequence of int arrays (H, W)
        As for `object_scores`.
    probabilities : sequence of (H, W)
        Of foreground.
    threshold : float
    distances : sequence of int
        What may be chosen, in pixels.
    min_area : int
        Objects of fewer pixels are left out.

    Returns
    -------
    best : int
        Of several that score alike the largest, which cuts least.
    scores : dict of int to float
        F1 of the objects at each distance.
    """
    scores = {}
    for distance in distances:
        found = [split_touching(p, threshold, min_distance=distance, min_area=min_area) for p in probabilities]
        scores[distance] = object_scores(truths, found)[3]
    best = np.nanmax(list(scores.values()))
    return max(distance for distance, score in scores.items() if score == best), scores
