"""Losses by regions: one minus an index of overlap between the soft region of a class and its target."""

from keras import ops

from course_lib._validate import one_of, real_number
from course_lib.losses._inputs import (
    all_classes,
    class_shares,
    ratio,
    read_regions,
    reduce_classes,
    reduce_images,
    sum_pixels,
)
from course_lib.losses._paragraphs import filled_in
from course_lib.losses.logits import probabilities

FORMS = ("product", "squared", "l1")


def _overlap(target, p, weight, form, per_batch):
    """Disagreement and total size of two soft regions: 1 - Dice is disagreement / total in every form."""
    one_of("form", form, FORMS)
    if form == "product":
        disagreement, total = p * (1 - target) + (1 - p) * target, p + target
    elif form == "squared":
        disagreement, total = ops.square(p - target), ops.square(p) + ops.square(target)
    else:
        disagreement, total = ops.abs(p - target), p + target
    return sum_pixels(disagreement, weight, per_batch), sum_pixels(total, weight, per_batch)


def _extra(volume, smooth):
    """What is added to a denominator: the smoothing, and at least one pixel where the class is absent."""
    smooth = real_number("smooth", smooth, 0)
    return smooth + max(1 - smooth, 0.0) * ops.cast(volume == 0, volume.dtype)


@filled_in
def dice(
    y_true,
    logits,
    *,
    form="product",
    smooth=0.0,
    empty="penalize",
    per_batch=False,
    weights=None,
    class_weights=None,
    ignore_class=None,
    reduction="mean",
):
    """Soft Dice loss, 1 - D, of each class.

    =========  =======================================  ==================================================
    form       D                                        source
    =========  =======================================  ==================================================
    product    2 sum p g / (sum p + sum g)              Sudre et al. 2017, for one class
    squared    2 sum p g / (sum p² + sum g²)            Milletari et al. 2016, section 3
    l1         (sum p + sum g - sum |p - g|)            Wang et al. 2023
               / (sum p + sum g)
    =========  =======================================  ==================================================

    p are the probabilities, g the target. All forms agree with the Dice score where p and g are 0 or 1, and the first
    and the third wherever g is. With soft targets, "product" is least at p = 0 or 1, not at p = g; the other two are
    least at p = g.

    Parameters
    ----------
    %(y_true)s
    %(logits)s
    %(form)s
    %(smooth)s
    %(empty)s
    %(per_batch)s
    %(weights)s
    %(class_weights_of_regions)s
    %(ignore_class_of_regions)s
    %(reduction_of_regions)s

    Returns
    -------
    %(of_regions)s

    Raises
    ------
    %(errors)s

    References
    ----------
    F. Milletari, N. Navab, S.-A. Ahmadi: V-Net, 3DV 2016. C. H. Sudre et al.: Generalised Dice overlap as a deep
    learning loss function, DLMIA 2017. Z. Wang et al.: Dice semimetric losses, MICCAI 2023.
    """
    target, logits, weight, of_images = read_regions(y_true, logits, weights, ignore_class, per_batch)
    disagreement, total = _overlap(target, probabilities(logits), weight, form, per_batch)
    volume = sum_pixels(target, weight, per_batch)
    values = ratio(disagreement, total + _extra(volume, smooth))
    options = {"class_weights": class_weights, "ignore_class": ignore_class, "empty": empty, "reduction": reduction}
    return reduce_classes(values, volume, of_images, **options)


@filled_in
def jaccard(
    y_true,
    logits,
    *,
    form="product",
    smooth=0.0,
    empty="penalize",
    per_batch=False,
    weights=None,
    class_weights=None,
    ignore_class=None,
    reduction="mean",
):
    """Soft Jaccard loss, 1 - J with J = I / (S - I): I the intersection, S the total size of the two regions.

    I and S are counted in the three forms of the Dice loss: S is sum p + sum g, or sum p² + sum g² if "squared"; I is
    sum p g, or (sum p + sum g - sum |p - g|) / 2 if "l1". J = D / (2 - D) with the Dice index D of the same form, for
    every image and class (with smooth = 0), hard or soft.

    Parameters
    ----------
    %(y_true)s
    %(logits)s
    %(form)s
    %(smooth)s
    %(empty)s
    %(per_batch)s
    %(weights)s
    %(class_weights_of_regions)s
    %(ignore_class_of_regions)s
    %(reduction_of_regions)s

    Returns
    -------
    %(of_regions)s

    Raises
    ------
    %(errors)s
    """
    target, logits, weight, of_images = read_regions(y_true, logits, weights, ignore_class, per_batch)
    disagreement, total = _overlap(target, probabilities(logits), weight, form, per_batch)
    volume = sum_pixels(target, weight, per_batch)
    union = (total + disagreement) / 2
    values = ratio(disagreement, union + _extra(volume, smooth))
    options = {"class_weights": class_weights, "ignore_class": ignore_class, "empty": empty, "reduction": reduction}
    return reduce_classes(values, volume, of_images, **options)


def _tversky(target, p, weight, alpha, beta, smooth, per_batch):
    """1 - T for each image and class, and the size of the class."""
    alpha, beta = real_number("alpha", alpha, 0), real_number("beta", beta, 0)
    hits = sum_pixels(p * target, weight, per_batch)
    false_alarms = sum_pixels(p * (1 - target), weight, per_batch)
    misses = sum_pixels((1 - p) * target, weight, per_batch)
    volume = sum_pixels(target, weight, per_batch)
    wrong = alpha * false_alarms + beta * misses
    return ratio(wrong, hits + wrong + _extra(volume, smooth)), volume


@filled_in
def tversky(
    y_true,
    logits,
    *,
    alpha=0.5,
    beta=0.5,
    smooth=0.0,
    empty="penalize",
    per_batch=False,
    weights=None,
    class_weights=None,
    ignore_class=None,
    reduction="mean",
):
    """Tversky loss, 1 - T with T = sum p g / (sum p g + alpha sum p (1 - g) + beta sum (1 - p) g).

    **alpha weighs false positives, beta false negatives** (Salehi et al. 2017, section 2). 1/2, 1/2 is the Dice loss in
    product form, 1, 1 the Jaccard loss. To find small objects, take beta above alpha: .3 and .7 in the paper.

    Parameters
    ----------
    %(y_true)s
    %(logits)s
    %(alpha_beta)s
    %(smooth)s
    %(empty)s
    %(per_batch)s
    %(weights)s
    %(class_weights_of_regions)s
    %(ignore_class_of_regions)s
    %(reduction_of_regions)s

    Returns
    -------
    %(of_regions)s

    Raises
    ------
    %(errors)s

    References
    ----------
    S. S. M. Salehi, D. Erdogmus, A. Gholipour: Tversky loss function for image segmentation using 3D fully
    convolutional deep networks, MLMI 2017.
    """
    target, logits, weight, of_images = read_regions(y_true, logits, weights, ignore_class, per_batch)
    values, volume = _tversky(target, probabilities(logits), weight, alpha, beta, smooth, per_batch)
    options = {"class_weights": class_weights, "ignore_class": ignore_class, "empty": empty, "reduction": reduction}
    return reduce_classes(values, volume, of_images, **options)


@filled_in
def focal_tversky(
    y_true,
    logits,
    *,
    alpha=0.3,
    beta=0.7,
    gamma=4 / 3,
    smooth=0.0,
    empty="penalize",
    per_batch=False,
    weights=None,
    class_weights=None,
    ignore_class=None,
    reduction="mean",
):
    """Focal Tversky loss, (1 - T)^(1 / gamma) for each class (Abraham & Khan 2019, section 2).

    T = sum p g / (sum p g + alpha sum p (1 - g) + beta sum (1 - p) g). gamma = 1 is the Tversky loss. With gamma above
    1, as in the paper (4/3), the loss is *steeper* near its minimum and flatter far from it. In that paper alpha weighs
    false negatives; here it weighs false positives, as in the Tversky loss.

    Parameters
    ----------
    %(y_true)s
    %(logits)s
    %(alpha_beta)s
    %(gamma_of_tversky)s
    %(smooth)s
    %(empty)s
    %(per_batch)s
    %(weights)s
    %(class_weights_of_regions)s
    %(ignore_class_of_regions)s
    %(reduction_of_regions)s

    Returns
    -------
    %(of_regions)s

    Raises
    ------
    %(errors)s

    References
    ----------
    N. Abraham, N. M. Khan: A novel focal Tversky loss function with improved attention U-Net for lesion segmentation,
    ISBI 2019.
    """
    gamma = real_number("gamma", gamma, 1, 3)
    target, logits, weight, of_images = read_regions(y_true, logits, weights, ignore_class, per_batch)
    values, volume = _tversky(target, probabilities(logits), weight, alpha, beta, smooth, per_batch)
    perfect = values == 0  # the power's slope is infinite there, and infinity times 0 would be NaN
    values = ops.where(perfect, 0.0, ops.power(ops.where(perfect, 1.0, values), 1 / gamma))
    options = {"class_weights": class_weights, "ignore_class": ignore_class, "empty": empty, "reduction": reduction}
    return reduce_classes(values, volume, of_images, **options)


@filled_in
def generalized_dice(
    y_true, logits, *, empty="penalize", per_batch=False, weights=None, ignore_class=None, reduction="mean"
):
    """Generalized Dice loss: one ratio for all classes, each weighted by 1 / size² (Sudre et al. 2017, section 2).

    GDL = 1 - 2 sum_c w_c sum p_c g_c / sum_c w_c (sum p_c + sum g_c), w_c = 1 / (sum g_c)². One channel counts as two
    classes, background and foreground.

    Parameters
    ----------
    %(y_true)s
    %(logits)s
    %(empty_of_generalized)s
    %(per_batch)s
    %(weights)s
    %(ignore_class_of_regions)s
    %(reduction_of_regions)s

    Returns
    -------
    %(of_regions)s

    Raises
    ------
    %(errors)s

    References
    ----------
    C. H. Sudre et al.: Generalised Dice overlap as a deep learning loss function, DLMIA 2017.
    """
    target, logits, weight, of_images = read_regions(y_true, logits, weights, ignore_class, per_batch)
    target, p = all_classes(target), all_classes(probabilities(logits))
    disagreement, total = _overlap(target, p, weight, "product", per_batch)
    volume = sum_pixels(target, weight, per_batch)
    present = class_shares(volume, None, ignore_class if logits.shape[-1] > 1 else None, empty)
    shares = present / ops.square(ops.where(volume == 0, 1.0, volume))
    values = ratio(ops.sum(shares * disagreement, axis=-1), ops.sum(shares * total, axis=-1))
    return reduce_images(values, of_images, ops.any(present > 0, axis=-1), reduction)
