"""The Lovász-softmax loss: the Jaccard loss made convex in the errors, so that it can be minimized for its own sake."""

from keras import ops

from course_lib.losses._inputs import ratio, read_regions, reduce_classes
from course_lib.losses._paragraphs import filled_in
from course_lib.losses.logits import probabilities


@filled_in
def lovasz(
    y_true,
    logits,
    *,
    empty="penalize",
    per_batch=False,
    weights=None,
    class_weights=None,
    ignore_class=None,
    reduction="mean",
):
    """Lovász loss: the convex extension of the Jaccard loss from wrong / right to errors between 0 and 1.

    Errors |g - p| are sorted from large to small; the k-th counts with the rise of the Jaccard loss when the k-th pixel
    joins the wrong ones (Berman et al. 2018, algorithm 1). Where every p is 0 or 1 it *is* the Jaccard loss. Targets
    must be hard. For one channel the errors are those of the sigmoid, not the paper's hinge.

    Parameters
    ----------
    %(y_true)s
    %(logits)s
    %(empty_of_lovasz)s
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
    M. Berman, A. Rannen Triki, M. B. Blaschko: The Lovász-softmax loss, CVPR 2018.
    """
    target, logits, weight, of_images = read_regions(y_true, logits, weights, ignore_class, per_batch)
    errors = ops.abs(target - probabilities(logits))
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
