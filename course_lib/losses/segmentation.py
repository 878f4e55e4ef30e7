"""Losses for segmentation, as pure functions of targets and logits, each with a class for `model.compile`.

All take the same arguments, so that one can be put in the place of another:

``y_true``
    Class ids (N, ...) or (N, ..., 1), or one-hot, also soft, (N, ..., C). With one channel, C = 1: the foreground,
    numbers from 0 to 1, (N, ...) or (N, ..., 1). Here "..." are one or more axes of pixels, such as H, W. A NumPy array
    with a label that is no class is refused; in a compiled step, where values cannot be looked at, the loss becomes
    NaN. Before `fit`, ``check_labels(masks, classes, ignore_class)`` says what the labels are.
``logits``
    (N, ..., C), unbounded. C = 1 means a sigmoid, C > 1 a softmax over the last axis. Never probabilities: logarithms
    are taken of logits, without clipping, so that losses stay exact and gradients alive at logits of any size.
    Half precision is computed in float32, float64 in float64; what comes back has that dtype. Infinity is taken at its
    word: a class with the logit -inf is impossible. NaN gives NaN, but for a pixel that weighs 0.
``weights``
    One for each image (N,) or each pixel (N, ...) or (N, ..., 1), at least 0. They stand inside every sum over pixels.
    In a mean over images each image counts with the mean of its weights above 0.
``class_weights``
    One for each class; for C = 1 and a loss by pixels, two: (background, foreground). A loss by pixels multiplies them
    onto the pixels' weights; a loss by regions averages over classes with them, divided by their sum.
``ignore_class``
    The label of pixels to be left out: they weigh 0. If it is one of the C classes, a loss by regions also leaves that
    class out of its mean. With one-hot targets it must be one of them.
``reduction``
    A loss by pixels (cross_entropy, focal, boundary): "mean", the sum of weight times loss over the **sum of weights**,
    so that a common factor of all weights changes nothing; "sum", without the division; "none", weight times loss (N,
    ...). A loss by regions (all others): one number for each image, the mean over its classes; then in the same way
    over images. An image that weighs 0, or of which every pixel is ignored, is not counted. Where nothing weighs
    anything the mean is 0.

Losses by regions also take

``per_batch``
    False: sums run over each image, and the images' losses are averaged. True: sums run over the whole batch, as one
    large image; "none" then gives the shape (1,).
``smooth``
    Added to numerator and denominator of the index, in pixels (of the image's mean weight). 0 is safe, and the default.
    1 halves the loss of an object of one pixel that was missed.
``empty``
    What happens to a class that is absent from the target, where the index says 0 / anything and has no gradient.
    "penalise": the denominator counts one pixel more. With A the weighted area of false alarms, the loss is then
    A / (A + 1): 0 for a silent prediction, always with a gradient towards silence. "skip": the class takes no part in
    that image.

Equation and section numbers in the docstrings are those of the papers.
"""

import inspect

import keras
import numpy as np
from keras import ops

from course_lib.classical._checks import plain_array, refuse_masked, whole_number
from course_lib.classical._labels import check_labels, refuse_one_hot
from course_lib.losses import _inputs, _logits
from course_lib.losses._inputs import ratio, read, reduce_classes, reduce_pixels, share_out, sum_pixels

FORMS = ("product", "squared", "l1")

# --- from logits to probabilities -------------------------------------------------------------------------------------


def probabilities(logits):
    """The network's probabilities: a sigmoid for one channel, a softmax over the last axis for several.

    Parameters
    ----------
    logits : (N, ..., C)

    Returns
    -------
    (N, ..., C), float32 or float64
    """
    return _logits.probabilities(_inputs.read_logits(logits))


def _all_classes(foreground):
    """(background, foreground) where there is one channel, the same where there are several."""
    return ops.concatenate([1 - foreground, foreground], axis=-1) if foreground.shape[-1] == 1 else foreground


def _weigh_classes(weight, target, class_weights, name="class_weights"):
    if class_weights is None:
        return weight
    of_class = _inputs.read_class_weights(class_weights, target.shape[-1], target.dtype, name)
    return weight * ops.sum(target * of_class, axis=-1, keepdims=True)


def _read_pixels(y_true, logits, weights, class_weights, ignore_class):
    """Targets and log-probabilities of all classes, (N, ..., max(C, 2)), and the pixels' weights, their classes' in."""
    target, logits, weight = read(y_true, logits, weights, ignore_class)
    target = _all_classes(target)
    if class_weights is not None:
        weight = _weigh_classes(weight, target, class_weights)
        logits = _inputs.silence(logits, weight)
    return target, _logits.log_probabilities(logits), weight


# --- losses by pixels -------------------------------------------------------------------------------------------------


def cross_entropy(y_true, logits, *, weights=None, class_weights=None, ignore_class=None, reduction="mean"):
    """Cross-entropy, -log of the probability given to the true class. Its gradient by the logits is p - y.

    CE = -sum_c y_c log p_c, for one channel -y log p - (1 - y) log(1 - p).

    Parameters
    ----------
    y_true, logits, weights, class_weights, ignore_class, reduction
        See the top of this file.

    Returns
    -------
    () or (N, ...)

    Raises
    ------
    ValueError, TypeError
        Shapes that do not go together, labels that are no classes, weights below 0, an unknown reduction.
    """
    target, log_p, weight = _read_pixels(y_true, logits, weights, class_weights, ignore_class)
    return reduce_pixels(-_logits.expected(target, log_p), weight, reduction)


def focal(
    y_true, logits, *, gamma=2.0, alpha=None, weights=None, class_weights=None, ignore_class=None, reduction="mean"
):
    """Focal loss: cross-entropy, turned down where the pixel is already right.

    FL = -(1 - p_t)^gamma log p_t, with p_t the probability of the true class (Lin et al. 2017, eq. 4). gamma = 0 is
    cross-entropy. 1 - p_t is summed from the other classes' probabilities, in logarithms: nothing cancels, so the loss
    stays linear where a confident pixel is wrong.

    Parameters
    ----------
    gamma : float, at least 0
    alpha : float in [0, 1], or one number for each class, optional
        For one channel, alpha weighs the foreground and 1 - alpha the background (eq. 5). It multiplies the loss and is
        *not* divided out, as in the paper; ``class_weights`` are.
    y_true, logits, weights, class_weights, ignore_class, reduction
        See the top of this file. For soft targets 1 - p_t is the mean of 1 - p_c over the target.

    Returns
    -------
    () or (N, ...)

    Raises
    ------
    ValueError, TypeError
        As `cross_entropy`; gamma below 0; alpha out of range.

    References
    ----------
    T.-Y. Lin, P. Goyal, R. Girshick, K. He, P. Dollár: Focal loss for dense object detection, ICCV 2017.
    """
    gamma = _inputs.number("gamma", gamma, 0)
    target, log_p, weight = _read_pixels(y_true, logits, weights, class_weights, ignore_class)
    values = -_logits.expected(target, log_p)
    if gamma > 0:
        others = ops.where(target < 1, ops.log(ops.maximum(1 - target, 1e-30)), -1e30)
        log_wrong = ops.logsumexp(log_p + others, axis=-1, keepdims=True)
        values = _logits.turn_down(values, ops.exp(gamma * log_wrong))
    if alpha is not None:
        if ops.convert_to_tensor(logits).shape[-1] == 1:
            alpha = _inputs.number("alpha", alpha, 0, 1)
            alpha = (1 - alpha, alpha)
        values = _weigh_classes(values, target, alpha, "alpha")
    return reduce_pixels(values, weight, reduction)


# --- losses by regions ------------------------------------------------------------------------------------------------


def _read_regions(y_true, logits, weights, ignore_class, per_batch):
    """Targets, logits, the pixels' weights within each image, and the images'."""
    target, logits, weight = read(y_true, logits, weights, ignore_class)
    return target, logits, *share_out(weight, per_batch)


def _overlap(target, p, weight, form, per_batch):
    """Disagreement and total size of two soft regions: 1 - Dice is disagreement / total in every form."""
    _inputs.choice("form", form, FORMS)
    if form == "product":
        disagreement, total = p * (1 - target) + (1 - p) * target, p + target
    elif form == "squared":
        disagreement, total = ops.square(p - target), ops.square(p) + ops.square(target)
    else:
        disagreement, total = ops.abs(p - target), p + target
    return sum_pixels(disagreement, weight, per_batch), sum_pixels(total, weight, per_batch)


def _extra(volume, smooth):
    """What is added to a denominator: the smoothing, and at least one pixel where the class is absent."""
    smooth = _inputs.number("smooth", smooth, 0)
    return smooth + max(1 - smooth, 0.0) * ops.cast(volume == 0, volume.dtype)


def dice(
    y_true,
    logits,
    *,
    form="product",
    smooth=0.0,
    empty="penalise",
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

    All agree with the Dice score where p and g are 0 or 1, and the first and the third wherever g is. With soft
    targets, "product" is least at p = 0 or 1, not at p = g; the other two are least at p = g.

    Parameters
    ----------
    form : {"product", "squared", "l1"}
    y_true, logits, smooth, empty, per_batch, weights, class_weights, ignore_class, reduction
        See the top of this file.

    Returns
    -------
    () or (N,), numbers in [0, 1]

    Raises
    ------
    ValueError, TypeError
        As `cross_entropy`; an unknown form or rule for empty masks; smooth below 0.

    References
    ----------
    F. Milletari, N. Navab, S.-A. Ahmadi: V-Net, 3DV 2016. C. H. Sudre et al.: Generalised Dice overlap as a deep
    learning loss function, DLMIA 2017. Z. Wang et al.: Dice semimetric losses, MICCAI 2023.
    """
    target, logits, weight, of_images = _read_regions(y_true, logits, weights, ignore_class, per_batch)
    disagreement, total = _overlap(target, _logits.probabilities(logits), weight, form, per_batch)
    volume = sum_pixels(target, weight, per_batch)
    values = ratio(disagreement, total + _extra(volume, smooth))
    options = {"class_weights": class_weights, "ignore_class": ignore_class, "empty": empty, "reduction": reduction}
    return reduce_classes(values, volume, of_images, **options)


def jaccard(
    y_true,
    logits,
    *,
    form="product",
    smooth=0.0,
    empty="penalise",
    per_batch=False,
    weights=None,
    class_weights=None,
    ignore_class=None,
    reduction="mean",
):
    """Soft Jaccard loss, 1 - J with J = I / (S - I): I the intersection, S the total size of `dice` in the same form.

    J = D / (2 - D) for every image and class (with smooth = 0), hard or soft.

    Parameters
    ----------
    form, y_true, logits, smooth, empty, per_batch, weights, class_weights, ignore_class, reduction
        As for `dice`.

    Returns
    -------
    () or (N,), numbers in [0, 1]

    Raises
    ------
    ValueError, TypeError
        As `dice`.
    """
    target, logits, weight, of_images = _read_regions(y_true, logits, weights, ignore_class, per_batch)
    disagreement, total = _overlap(target, _logits.probabilities(logits), weight, form, per_batch)
    volume = sum_pixels(target, weight, per_batch)
    union = (total + disagreement) / 2
    values = ratio(disagreement, union + _extra(volume, smooth))
    options = {"class_weights": class_weights, "ignore_class": ignore_class, "empty": empty, "reduction": reduction}
    return reduce_classes(values, volume, of_images, **options)


def _tversky(target, p, weight, alpha, beta, smooth, per_batch):
    """1 - T for each image and class, and the size of the class."""
    alpha, beta = _inputs.number("alpha", alpha, 0), _inputs.number("beta", beta, 0)
    hits = sum_pixels(p * target, weight, per_batch)
    false_alarms = sum_pixels(p * (1 - target), weight, per_batch)
    misses = sum_pixels((1 - p) * target, weight, per_batch)
    volume = sum_pixels(target, weight, per_batch)
    wrong = alpha * false_alarms + beta * misses
    return ratio(wrong, hits + wrong + _extra(volume, smooth)), volume


def tversky(
    y_true,
    logits,
    *,
    alpha=0.5,
    beta=0.5,
    smooth=0.0,
    empty="penalise",
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
    alpha, beta : float, at least 0
    y_true, logits, smooth, empty, per_batch, weights, class_weights, ignore_class, reduction
        See the top of this file.

    Returns
    -------
    () or (N,), numbers in [0, 1]

    Raises
    ------
    ValueError, TypeError
        As `dice`; alpha or beta below 0.

    References
    ----------
    S. S. M. Salehi, D. Erdogmus, A. Gholipour: Tversky loss function for image segmentation using 3D fully
    convolutional deep networks, MLMI 2017.
    """
    target, logits, weight, of_images = _read_regions(y_true, logits, weights, ignore_class, per_batch)
    values, volume = _tversky(target, _logits.probabilities(logits), weight, alpha, beta, smooth, per_batch)
    options = {"class_weights": class_weights, "ignore_class": ignore_class, "empty": empty, "reduction": reduction}
    return reduce_classes(values, volume, of_images, **options)


def focal_tversky(
    y_true,
    logits,
    *,
    alpha=0.3,
    beta=0.7,
    gamma=4 / 3,
    smooth=0.0,
    empty="penalise",
    per_batch=False,
    weights=None,
    class_weights=None,
    ignore_class=None,
    reduction="mean",
):
    """Focal Tversky loss, (1 - T)^(1 / gamma) for each class (Abraham & Khan 2019, section 2).

    gamma = 1 is the Tversky loss. With gamma above 1, as in the paper (4/3), the loss is *steeper* near its minimum and
    flatter far from it. In that paper alpha weighs false negatives; here, as in `tversky`, it weighs false positives.

    Parameters
    ----------
    alpha, beta : float, at least 0
    gamma : float, from 1 to 3
    y_true, logits, smooth, empty, per_batch, weights, class_weights, ignore_class, reduction
        See the top of this file.

    Returns
    -------
    () or (N,), numbers in [0, 1]

    Raises
    ------
    ValueError, TypeError
        As `tversky`; gamma out of range.

    References
    ----------
    N. Abraham, N. M. Khan: A novel focal Tversky loss function with improved attention U-Net for lesion segmentation,
    ISBI 2019.
    """
    gamma = _inputs.number("gamma", gamma, 1, 3)
    target, logits, weight, of_images = _read_regions(y_true, logits, weights, ignore_class, per_batch)
    values, volume = _tversky(target, _logits.probabilities(logits), weight, alpha, beta, smooth, per_batch)
    perfect = values == 0  # the power's slope is infinite there, and infinity times 0 would be NaN
    values = ops.where(perfect, 0.0, ops.power(ops.where(perfect, 1.0, values), 1 / gamma))
    options = {"class_weights": class_weights, "ignore_class": ignore_class, "empty": empty, "reduction": reduction}
    return reduce_classes(values, volume, of_images, **options)


def generalised_dice(
    y_true, logits, *, empty="penalise", per_batch=False, weights=None, ignore_class=None, reduction="mean"
):
    """Generalised Dice loss: one ratio for all classes, each weighted by 1 / size² (Sudre et al. 2017, section 2).

    GDL = 1 - 2 sum_c w_c sum p_c g_c / sum_c w_c (sum p_c + sum g_c), w_c = 1 / (sum g_c)². One channel counts as two
    classes, background and foreground.

    Parameters
    ----------
    empty : {"penalise", "skip"}
        The weight of a class that is absent: that of a class of one pixel, or 0.
    y_true, logits, per_batch, weights, ignore_class, reduction
        See the top of this file.

    Returns
    -------
    () or (N,), numbers in [0, 1]

    Raises
    ------
    ValueError, TypeError
        As `dice`.
    """
    target, logits, weight, of_images = _read_regions(y_true, logits, weights, ignore_class, per_batch)
    target, p = _all_classes(target), _all_classes(_logits.probabilities(logits))
    disagreement, total = _overlap(target, p, weight, "product", per_batch)
    volume = sum_pixels(target, weight, per_batch)
    present = _inputs.class_shares(volume, None, ignore_class if logits.shape[-1] > 1 else None, empty)
    shares = present / ops.square(ops.where(volume == 0, 1.0, volume))
    values = ratio(ops.sum(shares * disagreement, axis=-1), ops.sum(shares * total, axis=-1))
    return _inputs.reduce_images(values, of_images, ops.any(present > 0, axis=-1), reduction)


def lovasz(
    y_true,
    logits,
    *,
    empty="penalise",
    per_batch=False,
    weights=None,
    class_weights=None,
    ignore_class=None,
    reduction="mean",
):
    """Lovász loss: the convex extension of the Jaccard loss from wrong / right to errors between 0 and 1.

    Errors |g - p| are sorted from large to small; the k-th counts with the rise of the Jaccard loss when the k-th pixel
    joins the wrong ones (Berman et al. 2018, algorithm 1). Where every p is 0 or 1 it *is* the Jaccard
    loss. A class that is absent costs its largest p: the extension needs no rule for it, so "penalise" adds none.

    Parameters
    ----------
    y_true : hard targets only
    logits, empty, per_batch, weights, class_weights, ignore_class, reduction
        See the top of this file. For one channel the errors are those of the sigmoid, not the paper's hinge.

    Returns
    -------
    () or (N,), numbers in [0, 1]

    Raises
    ------
    ValueError, TypeError
        As `dice`.

    References
    ----------
    M. Berman, A. Rannen Triki, M. B. Blaschko: The Lovász-softmax loss, CVPR 2018.
    """
    target, logits, weight, of_images = _read_regions(y_true, logits, weights, ignore_class, per_batch)
    errors = ops.abs(target - _logits.probabilities(logits))
    errors, target, weight = (
        _pixels_last(values, per_batch) for values in (errors, target, weight * ops.ones_like(target))
    )
    order = ops.argsort(-errors, axis=-1)
    errors, truth, rest = (
        ops.take_along_axis(values, order, axis=-1) for values in (errors, weight * target, weight * (1 - target))
    )
    volume = ops.sum(truth, axis=-1, keepdims=True)
    missed, false_alarms = ops.cumsum(truth, axis=-1), ops.cumsum(rest, axis=-1)
    loss_after = ratio(missed + false_alarms, volume + false_alarms)  # Jaccard loss when the first k pixels are wrong
    loss_before = ops.concatenate([ops.zeros_like(volume), loss_after[..., :-1]], axis=-1)
    values = ops.sum(errors * (loss_after - loss_before), axis=-1)
    options = {"class_weights": class_weights, "ignore_class": ignore_class, "empty": empty, "reduction": reduction}
    return reduce_classes(values, ops.squeeze(volume, -1), of_images, **options)


def _pixels_last(values, per_batch):
    """(N, ..., C) -> (N, C, pixels), or (1, C, pixels of all images)."""
    classes = values.shape[-1]
    values = ops.reshape(values, (1 if per_batch else ops.shape(values)[0], -1, classes))
    return ops.transpose(values, (0, 2, 1))


# --- the boundary loss ------------------------------------------------------------------------------------------------


def signed_distance(masks, n_classes=1):
    """How far each pixel is from the border of each class, in pixels: negative inside, positive outside.

    The border runs between pixels: the nearest pixels on both sides of it have -.5 and .5. (With whole distances,
    0 for the outermost pixels inside, as in some published code, these pixels would not count in `boundary`.)

    Parameters
    ----------
    masks : int or bool array, (N, ...) or (N, ..., 1)
        Class ids, or for one class 0 and 1. A last axis of length 1 is taken for the channel and left out, as by the
        losses.
    n_classes : int
        1: the distance to the border of what is not 0.

    Returns
    -------
    float32 array, (N, ..., n_classes)
        0 everywhere for a class that is absent from an image or fills it: there is no border.

    Raises
    ------
    TypeError
        The masks hold no whole numbers.
    ValueError
        They have fewer than two axes, ids above n_classes - 1, or are one-hot.
    """
    from scipy.ndimage import distance_transform_edt

    masks, n_classes = plain_array("masks", masks), whole_number("n_classes", n_classes, 1)
    if masks.dtype.kind not in "bui":
        raise TypeError(f"masks must hold class ids, got dtype {masks.dtype}")
    if masks.ndim > 2 and masks.shape[-1] == 1:
        masks = masks[..., 0]
    elif masks.ndim > 3:
        advice = "take the argmax over {axis} first. (If these are ids, add a channel: masks[..., None])"
        refuse_one_hot(advice, masks=masks)
    if masks.ndim < 2:
        raise ValueError(f"masks must have the shape (N, ...), such as (N, H, W), got {masks.shape}")
    left_out = "give pixels to be left out some class here, and the weight 0 in `boundary`"
    check_labels(masks, max(n_classes, 2), name="masks", left_out=left_out)
    result = np.zeros((*masks.shape, n_classes), dtype=np.float32)
    for image, c in np.ndindex(len(masks), n_classes):
        inside = masks[image] == (c if n_classes > 1 else 1)
        if inside.any() and not inside.all():
            outward, inward = distance_transform_edt(~inside) - 0.5, distance_transform_edt(inside) - 0.5
            result[image, ..., c] = np.where(inside, -inward, outward)
    return result


def boundary(distances, logits, *, weights=None, class_weights=None, reduction="mean"):
    """Boundary loss: probability times signed distance to the true border (Kervadec et al. 2019).

    L = sum_q phi(q) p(q), averaged over pixels and classes, with phi from `signed_distance`. Up to a constant it is the
    area between the two borders, each pixel weighted by its distance from the true one. It is negative at the truth,
    where it is least, and says little far from it: use it together with `dice` or `cross_entropy`.

    Parameters
    ----------
    distances : (N, ..., C)
        In the place of y_true: `signed_distance` of the masks. Pixels to be ignored get the weight 0.
    logits, weights, class_weights, reduction
        See the top of this file. With one channel there are no class weights.

    Returns
    -------
    () or (N, ...)

    Raises
    ------
    ValueError, TypeError
        Shapes that do not go together, weights below 0, an unknown reduction.

    References
    ----------
    H. Kervadec et al.: Boundary loss for highly unbalanced segmentation, MIDL 2019.
    """
    logits = _inputs.read_logits(logits)
    refuse_masked("distances", distances)
    distances = ops.cast(ops.convert_to_tensor(distances), logits.dtype)
    if not _inputs.fits(distances.shape, logits.shape):
        raise ValueError(
            f"distances must have the shape of the logits, {tuple(logits.shape)}, got {tuple(distances.shape)}: "
            "make them with signed_distance(masks, n_classes)"
        )
    weight = ops.ones_like(logits[..., :1]) if weights is None else _inputs.read_weights(weights, logits)
    shares = _inputs.read_class_weights(class_weights, logits.shape[-1], logits.dtype)
    p = _logits.probabilities(_inputs.silence(logits, weight))
    values = ops.sum(shares * distances * p, axis=-1, keepdims=True) / ops.sum(shares)
    return reduce_pixels(values, weight, reduction)


# --- a sum of two -----------------------------------------------------------------------------------------------------


def dice_cross_entropy(
    y_true,
    logits,
    *,
    dice_weight=1.0,
    cross_entropy_weight=1.0,
    form="product",
    smooth=0.0,
    empty="penalise",
    per_batch=False,
    weights=None,
    class_weights=None,
    ignore_class=None,
    reduction="mean",
):
    """Dice loss plus cross-entropy, each with its own mean: the usual choice for medical images (Isensee et al. 2021).

    Parameters
    ----------
    dice_weight, cross_entropy_weight : float, at least 0
    form, smooth, empty, per_batch
        Of the Dice part, see `dice`.
    y_true, logits, weights, ignore_class
        See the top of this file.
    class_weights : sequence, optional
        For both parts. For one channel (background, foreground), which concerns the cross-entropy only.
    reduction : {"mean", "sum"}
        "none" is refused: one part has a value for each pixel, the other for each image.

    Returns
    -------
    ()

    Raises
    ------
    ValueError, TypeError
        As `dice`; reduction "none".

    References
    ----------
    F. Isensee et al.: nnU-Net, Nature Methods 18 (2021).
    """
    _inputs.choice("reduction", reduction, ("mean", "sum"))
    dice_weight = _inputs.number("dice_weight", dice_weight, 0)
    cross_entropy_weight = _inputs.number("cross_entropy_weight", cross_entropy_weight, 0)
    shared = {"weights": weights, "ignore_class": ignore_class, "reduction": reduction}
    by_pixels = cross_entropy(y_true, logits, class_weights=class_weights, **shared)
    shares = None if ops.convert_to_tensor(logits).shape[-1] == 1 else class_weights
    options = {"form": form, "smooth": smooth, "empty": empty, "per_batch": per_batch, "class_weights": shares}
    by_regions = dice(y_true, logits, **options, **shared)
    return dice_weight * by_regions + cross_entropy_weight * by_pixels


# --- the same for model.compile ---------------------------------------------------------------------------------------


class SegmentationLoss(keras.losses.Loss):
    """One of the functions above with its options fixed, for ``model.compile(loss=Dice(per_batch=True))``.

    ``sample_weight`` of `fit` becomes ``weights``: it stands inside the sums, and the mean is divided by the sum of
    weights. (Keras's own losses multiply it onto the finished values and divide by their number.)

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
    name, dtype : optional
        See ``keras.losses.Loss``.
    **options
        Keyword arguments of the function, but for ``weights``.

    Raises
    ------
    TypeError
        An option that the function does not have.
    ValueError
        An unknown reduction.
    """

    function = None

    def __init__(self, *, reduction="mean", name=None, dtype=None, **options):
        reduction = _inputs.choice("reduction", "none" if reduction is None else reduction, _inputs.REDUCTIONS)
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        known = set(inspect.signature(self.function).parameters) - {"y_true", "distances", "logits", "weights"}
        if unknown := sorted(set(options) - known):
            raise TypeError(
                f"{type(self).__name__} has no option {', '.join(unknown)}; it has {', '.join(sorted(known))}"
            )
        self.options = {
            key: np.asarray(value).tolist() if isinstance(value, (tuple, np.ndarray)) else value
            for key, value in options.items()
        }

    def __call__(self, y_true, y_pred, sample_weight=None):
        """Compute the loss; the weights travel with the targets, because `call` needs both."""
        if "y_true" in inspect.signature(self.function).parameters:  # Keras makes tensors of arrays: look at them now
            _inputs.check_values(y_true, np.shape(y_pred) if isinstance(y_pred, list) else tuple(y_pred.shape),
                                 self.options.get("ignore_class"))  # fmt: skip
        _inputs.check_weights(sample_weight)
        return super().__call__(y_true if sample_weight is None else (y_true, sample_weight), y_pred)

    def call(self, y_true, y_pred):
        """Compute the loss of one batch; a number is given as (1,), which Keras divides among several devices."""
        y_true, weights = y_true if isinstance(y_true, tuple) else (y_true, None)
        values = self.function(y_true, y_pred, weights=weights, reduction=self.reduction, **self.options)
        return values if self.reduction == "none" else ops.expand_dims(values, 0)

    def get_config(self):
        """Everything that is needed to make the loss again."""
        return {"name": self.name, "reduction": self.reduction, "dtype": self.dtype, **self.options}


@keras.saving.register_keras_serializable("course_lib")
class CrossEntropy(SegmentationLoss):
    """See `cross_entropy` for the options."""

    function = staticmethod(cross_entropy)


@keras.saving.register_keras_serializable("course_lib")
class Focal(SegmentationLoss):
    """See `focal` for the options."""

    function = staticmethod(focal)


@keras.saving.register_keras_serializable("course_lib")
class Dice(SegmentationLoss):
    """See `dice` for the options."""

    function = staticmethod(dice)


@keras.saving.register_keras_serializable("course_lib")
class Jaccard(SegmentationLoss):
    """See `jaccard` for the options."""

    function = staticmethod(jaccard)


@keras.saving.register_keras_serializable("course_lib")
class Tversky(SegmentationLoss):
    """See `tversky` for the options."""

    function = staticmethod(tversky)


@keras.saving.register_keras_serializable("course_lib")
class FocalTversky(SegmentationLoss):
    """See `focal_tversky` for the options."""

    function = staticmethod(focal_tversky)


@keras.saving.register_keras_serializable("course_lib")
class GeneralisedDice(SegmentationLoss):
    """See `generalised_dice` for the options."""

    function = staticmethod(generalised_dice)


@keras.saving.register_keras_serializable("course_lib")
class Lovasz(SegmentationLoss):
    """See `lovasz` for the options."""

    function = staticmethod(lovasz)


@keras.saving.register_keras_serializable("course_lib")
class Boundary(SegmentationLoss):
    """See `boundary` for the options; the targets of `fit` are signed distances."""

    function = staticmethod(boundary)


@keras.saving.register_keras_serializable("course_lib")
class DiceCrossEntropy(SegmentationLoss):
    """See `dice_cross_entropy` for the options; reduction "mean" or "sum"."""

    function = staticmethod(dice_cross_entropy)
