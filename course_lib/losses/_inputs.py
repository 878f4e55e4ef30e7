"""How every segmentation loss reads its arguments, sums over pixels and averages: written once, for all of them."""

import keras
import numpy as np
from keras import ops

from course_lib._labels import check_labels
from course_lib._validate import fits, one_of, real_numbers, whole_number
from course_lib.losses.logits import read_logits

REDUCTIONS = ("mean", "sum", "none")
EMPTY = ("penalize", "skip")
ROUNDING = 1e-6  # so far beyond [0, 1] a target may lie: where images were resized or filtered in float32


def read(y_true, logits, weights=None, ignore_class=None):
    """Bring the arguments of a loss into one form.

    Parameters
    ----------
    y_true : (N, ...) or (N, ..., 1) class ids, or one-hot (N, ..., C); for C = 1, numbers from 0 to 1
    logits : (N, ..., C)
    weights : (N,), (N, ...) or (N, ..., 1), optional
    ignore_class : int, optional

    Returns
    -------
    target : (N, ..., C)
        One-hot, 0 at ignored pixels; for C = 1 the foreground only.
    logits : (N, ..., C)
        0 where nothing weighs: whatever stood there, NaN and infinity too, reaches neither the loss nor its gradient.
    weight : (N, ..., 1)
        0 at ignored pixels. NaN where the target is not a class or not a distribution, or the weight is below 0, so
        that the loss becomes NaN, and with it all that is computed from it, instead of something plausible and wrong.
    """
    logits = read_logits(logits)
    shape, classes = tuple(logits.shape), logits.shape[-1]
    if ignore_class is not None:
        ignore_class = whole_number("ignore_class", ignore_class)
    check_values(y_true, shape, ignore_class)
    labels = ops.convert_to_tensor(y_true)
    if is_one_hot(labels.shape, shape):
        target, keep, known = _from_one_hot(ops.cast(labels, logits.dtype), classes, ignore_class)
    else:
        if len(labels.shape) == len(shape) - 1:
            labels = ops.expand_dims(labels, -1)
        if not fits(labels.shape, (*shape[:-1], 1)):
            raise ValueError(
                f"y_true must have the shape {shape[:-1]} or {(*shape[:-1], 1)} of class ids, or {shape} one-hot, to "
                f"go with logits of shape {shape}, got {tuple(ops.convert_to_tensor(y_true).shape)}"
            )
        target, keep, known = _from_labels(ops.cast(labels, logits.dtype), classes, ignore_class)
    weight = ops.cast(keep, logits.dtype)
    if weights is not None:
        weight = ops.where(keep, read_weights(weights, logits), 0.0)
    if weights is not None or ignore_class is not None:
        logits = silence(logits, weight)
    return target, logits, ops.where(known, weight, np.nan)


def silence(logits, weight):
    """0 in the place of logits that weigh nothing: 0 times NaN or infinity would be NaN, in the gradient as well."""
    return ops.where(weight == 0, 0.0, logits)


def read_regions(y_true, logits, weights, ignore_class, per_batch):
    """Bring the arguments of a loss by regions into one form.

    Returns
    -------
    target, logits : (N, ..., C)
        As `read` gives them.
    within : (N, ..., 1)
    of_images : (N,), or (1,)
        The pixels' weights within each image, and the images', as `share_out` gives them.
    """
    target, logits, weight = read(y_true, logits, weights, ignore_class)
    return target, logits, *share_out(weight, per_batch)


def all_classes(foreground):
    """(background, foreground) where there is one channel, the same where there are several."""
    return ops.concatenate([1 - foreground, foreground], axis=-1) if foreground.shape[-1] == 1 else foreground


def is_one_hot(labels_shape, logits_shape):
    """Whether targets of this shape hold one number for each of several classes."""
    return len(labels_shape) == len(logits_shape) and logits_shape[-1] > 1 and fits(labels_shape, logits_shape)


def _from_one_hot(target, classes, ignore_class):
    known = ops.all(_in_range(target), axis=-1, keepdims=True)
    known = known & (ops.abs(ops.sum(target, axis=-1, keepdims=True) - 1) < 1e-3)
    target, keep = ops.clip(target, 0.0, 1.0), ops.ones_like(known)
    if ignore_class is not None:
        if not 0 <= ignore_class < classes:
            raise ValueError(
                f"ignore_class must be one of the classes 0 to {classes - 1} when y_true is one-hot, got {ignore_class}"
            )
        keep = target[..., ignore_class : ignore_class + 1] < 0.5
        target = ops.where(keep, target, 0.0)
    return target, keep, known


def _from_labels(labels, classes, ignore_class):
    keep = ops.ones_like(labels, dtype="bool") if ignore_class is None else labels != ignore_class
    if classes == 1:
        return ops.where(keep, ops.clip(labels, 0.0, 1.0), 0.0), keep, ~keep | _in_range(labels)
    one_hot = labels == ops.arange(classes, dtype=labels.dtype)  # compared by broadcasting: no match, no class
    known = ~keep | ops.any(one_hot, axis=-1, keepdims=True)
    return ops.cast(one_hot & keep, labels.dtype), keep, known


def _in_range(values):
    return (values >= -ROUNDING) & (values <= 1 + ROUNDING)


def check_values(y_true, shape, ignore_class=None):
    """Look at targets before anything is computed, where they are no tensors yet: then a message can say what is wrong.

    Parameters
    ----------
    y_true : array, list or tensor
        A tensor is passed over: within a compiled step its values cannot be seen.
    shape : tuple
        Of the logits.
    ignore_class : int, optional

    Raises
    ------
    ValueError, TypeError
        Targets that are no classes, no distributions, or no numbers from 0 to 1.
    """
    if not isinstance(y_true, (np.ndarray, list, tuple)) or np.size(y_true) == 0:
        return
    y_true, classes = real_numbers("y_true", y_true), shape[-1]
    if is_one_hot(y_true.shape, shape):
        rows = y_true.sum(axis=-1, dtype=np.float64)
        if not (_in_range(y_true).all() and np.abs(rows - 1).max() < 1e-3):
            hint = "" if len(shape) > 3 else f". Or have the logits {shape} no axis of channels? Add it by [..., None]"
            raise ValueError("y_true must be one-hot: numbers from 0 to 1 that sum to 1 over the last axis" + hint)
        return
    if classes > 1:
        check_labels(y_true, classes, ignore_class, "y_true")
        return
    values = y_true if ignore_class is None else y_true[y_true != ignore_class]
    if values.size and not _in_range(values).all():  # not so for NaN
        raise ValueError(
            f"y_true must lie between 0 and 1 for logits with one channel, got {values.min():g} to {values.max():g}. "
            "Divide a mask of 0 and 255 by 255; name a label to be left out as ignore_class"
        )


def check_weights(weights):
    """Refuse weights below 0, infinite or NaN, where they are no tensor yet."""
    if isinstance(weights, (np.ndarray, list, tuple)) and np.size(weights):
        weights = real_numbers("weights", weights)
        lowest, highest = np.min(weights), np.max(weights)
        if not (lowest >= 0 and highest < np.inf):
            raise ValueError(f"weights must be finite and at least 0, got {lowest} to {highest}")


def read_weights(weights, logits):
    """Return weights of images (N,) or pixels (N, ...) as a tensor (N, ..., 1) that goes with the logits."""
    check_weights(weights)
    given = ops.cast(ops.convert_to_tensor(weights), logits.dtype)
    shape, result = tuple(logits.shape), given
    if len(given.shape) == 1:
        result = ops.reshape(given, (-1,) + (1,) * (len(shape) - 1))
    elif len(given.shape) == len(shape) - 1:
        result = ops.expand_dims(given, -1)
    if not fits(result.shape, (*shape[:-1], 1), broadcast=True):
        raise ValueError(
            f"weights must have the shape {shape[:1]}, {shape[:-1]} or {(*shape[:-1], 1)} to go with logits of shape "
            f"{shape}, got {tuple(given.shape)}"
        )
    result = ops.where(result >= 0, result, np.nan)  # in a compiled step a wrong weight can only be told by NaN
    return result * ops.ones_like(logits[..., :1])


def read_class_weights(class_weights, classes, dtype, name="class_weights"):
    """Return one weight for each class as a tensor (classes,); 1 each where there are none. Errors say ``name``."""
    if class_weights is None:
        return ops.ones((classes,), dtype=dtype)
    values = real_numbers(name, class_weights).astype(np.float64)
    if values.shape != (classes,):
        raise ValueError(f"{name} must hold {classes} numbers, one for each class, got shape {values.shape}")
    if not (np.isfinite(values).all() and (values >= 0).all() and values.any()):
        raise ValueError(f"{name} must be at least 0 and not all 0, got {class_weights!r}")
    return ops.convert_to_tensor(values.astype(keras.backend.standardize_dtype(dtype)))


# --- sums and means ---------------------------------------------------------------------------------------------------


def ratio(a, b):
    """a / b, and 0 with gradient 0 where b is 0."""
    nothing = b == 0
    return ops.where(nothing, 0.0, a / ops.where(nothing, 1.0, b))


def reduce_pixels(values, weight, reduction):
    """Weigh one value for each pixel, then average: the sum of weight times value over the sum of weights.

    Parameters
    ----------
    values, weight : (N, ..., 1)
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    () or (N, ...)
    """
    one_of("reduction", reduction, REDUCTIONS)
    weighted = weight * ops.where(weight == 0, 0.0, values)
    if reduction == "none":
        return ops.squeeze(weighted, axis=-1)
    total = ops.sum(weighted)
    return total if reduction == "sum" else ratio(total, ops.sum(weight))


def share_out(weight, per_batch):
    """Split the pixels' weights into one for each image and what is left within it.

    Parameters
    ----------
    weight : (N, ..., 1)
    per_batch : bool
        The batch is one large image.

    Returns
    -------
    within : (N, ..., 1)
        In each image the weights above 0 have the mean 1.
    of_images : (N,), or (1,)
        That mean before: a weight given to a whole image comes out here, and an image in which nothing weighs has 0.
    """
    axes = tuple(range(0 if per_batch else 1, len(weight.shape)))
    means = ratio(
        ops.sum(weight, axis=axes, keepdims=True),
        ops.sum(ops.cast(weight != 0, weight.dtype), axis=axes, keepdims=True),
    )
    return ratio(weight, means * ops.ones_like(weight)), ops.reshape(means, (-1,))


def sum_pixels(values, weight, per_batch):
    """Sum weight times value over the pixels of each image, (N, C), or of all images, (1, C)."""
    axes = tuple(range(0 if per_batch else 1, len(values.shape) - 1))
    sums = ops.sum(weight * values, axis=axes)
    return ops.expand_dims(sums, 0) if per_batch else sums


def reduce_classes(values, volume, of_images, *, class_weights, ignore_class, empty, reduction):
    """Average one value for each image and class over the classes, then over the images.

    Parameters
    ----------
    values, volume : (N, C)
        The loss of each class in each image, and the size of the class there: 0 where it is absent.
    of_images : (N,)
        The images' weights, see `share_out`.
    class_weights : sequence of C numbers, optional
        Divided by the sum over the classes that take part.
    ignore_class : int, optional
        If it is one of the classes, it takes no part.
    empty : {"penalize", "skip"}
        With "skip" absent classes take no part, and images in which nothing takes part are not counted.
    reduction : {"mean", "sum", "none"}
        What happens over the images.

    Returns
    -------
    () or (N,)
    """
    shares = class_shares(volume, class_weights, ignore_class, empty)
    total = ops.sum(shares, axis=-1)
    return reduce_images(ratio(ops.sum(shares * values, axis=-1), total), of_images, total != 0, reduction)


def class_shares(volume, class_weights, ignore_class, empty):
    """The weight of each class in each image, (N, C), 0 for those that take no part; see `reduce_classes`."""
    classes = volume.shape[-1]
    shares = read_class_weights(class_weights, classes, volume.dtype)
    if ignore_class is not None and 0 <= ignore_class < classes and classes > 1:
        shares = shares * ops.cast(ops.arange(classes) != ignore_class, volume.dtype)
    shares = shares * ops.ones_like(volume)
    return ops.where(volume == 0, 0.0, shares) if one_of("empty", empty, EMPTY) == "skip" else shares


def reduce_images(values, of_images, counted, reduction):
    """Weigh one value for each image, then average: the sum of weight times value over the sum of weights.

    Parameters
    ----------
    values, of_images : (N,)
    counted : (N,) bool
        Images that count at all.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    () or (N,)
    """
    one_of("reduction", reduction, REDUCTIONS)
    weight = ops.where(counted, of_images, 0.0)
    if reduction == "none":
        return weight * values
    total = ops.sum(weight * values)
    return total if reduction == "sum" else ratio(total, ops.sum(weight))
