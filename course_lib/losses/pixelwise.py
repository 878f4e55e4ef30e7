"""Losses by pixels: each pixel has a loss of its own, and their weighted mean is taken."""

from keras import ops

from course_lib._validate import real_number
from course_lib.losses._inputs import all_classes, read, read_class_weights, reduce_pixels, silence
from course_lib.losses._paragraphs import filled_in
from course_lib.losses.logits import expected, log_probabilities, turn_down


def _weigh_classes(weight, target, class_weights, name="class_weights"):
    if class_weights is None:
        return weight
    of_class = read_class_weights(class_weights, target.shape[-1], target.dtype, name)
    return weight * ops.sum(target * of_class, axis=-1, keepdims=True)


def _read_pixels(y_true, logits, weights, class_weights, ignore_class):
    """Targets and log-probabilities of all classes, (N, ..., max(C, 2)), and the pixels' weights, their classes' in."""
    target, logits, weight = read(y_true, logits, weights, ignore_class)
    target = all_classes(target)
    if class_weights is not None:
        weight = _weigh_classes(weight, target, class_weights)
        logits = silence(logits, weight)
    return target, log_probabilities(logits), weight


@filled_in
def cross_entropy(y_true, logits, *, weights=None, class_weights=None, ignore_class=None, reduction="mean"):
    """Cross-entropy, -log of the probability given to the true class. Its gradient by the logits is p - y.

    CE = -sum_c y_c log p_c, for one channel -y log p - (1 - y) log(1 - p).

    Parameters
    ----------
    %(y_true)s
    %(logits)s
    %(weights)s
    %(class_weights_of_pixels)s
    %(ignore_class_of_pixels)s
    %(reduction_of_pixels)s

    Returns
    -------
    %(of_pixels)s

    Raises
    ------
    %(errors)s
    """
    target, log_p, weight = _read_pixels(y_true, logits, weights, class_weights, ignore_class)
    return reduce_pixels(-expected(target, log_p), weight, reduction)


@filled_in
def focal(
    y_true, logits, *, gamma=2.0, alpha=None, weights=None, class_weights=None, ignore_class=None, reduction="mean"
):
    """Focal loss: cross-entropy, turned down where the pixel is already right.

    FL = -(1 - p_t)^gamma log p_t, with p_t the probability of the true class (Lin et al. 2017, eq. 4). gamma = 0 is
    cross-entropy. 1 - p_t is summed from the other classes' probabilities, in logarithms: nothing cancels, so the loss
    stays linear where a confident pixel is wrong. For soft targets 1 - p_t is the mean of 1 - p_c over the target.

    Parameters
    ----------
    %(y_true)s
    %(logits)s
    %(gamma_of_focal)s
    %(alpha_of_focal)s
    %(weights)s
    %(class_weights_of_pixels)s
    %(ignore_class_of_pixels)s
    %(reduction_of_pixels)s

    Returns
    -------
    %(of_pixels)s

    Raises
    ------
    %(errors)s

    References
    ----------
    T.-Y. Lin, P. Goyal, R. Girshick, K. He, P. Dollár: Focal loss for dense object detection, ICCV 2017.
    """
    gamma = real_number("gamma", gamma, 0)
    target, log_p, weight = _read_pixels(y_true, logits, weights, class_weights, ignore_class)
    values = -expected(target, log_p)
    if gamma > 0:
        others = ops.where(target < 1, ops.log(ops.maximum(1 - target, 1e-30)), -1e30)
        log_wrong = ops.logsumexp(log_p + others, axis=-1, keepdims=True)
        values = turn_down(values, ops.exp(gamma * log_wrong))
    if alpha is not None:
        if ops.convert_to_tensor(logits).shape[-1] == 1:
            alpha = real_number("alpha", alpha, 0, 1)
            alpha = (1 - alpha, alpha)
        values = _weigh_classes(values, target, alpha, "alpha")
    return reduce_pixels(values, weight, reduction)
