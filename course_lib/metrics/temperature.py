"""One number that mends probabilities: the temperature, by which logits are divided, chosen on validation images."""

import numpy as np

from course_lib._labels import check_labels, label_array, refuse_one_hot
from course_lib._validate import finite, real_array
from course_lib.metrics._pairs import FIRST_ARGMAX, kept


def fit_temperature(y_true, logits, ignore_class=None):
    """Find the temperature T for which the probabilities of logits / T have the smallest cross-entropy.

    Divided by T > 1 logits come closer to 0, and probabilities to one half: the network was too sure. No pixel changes
    sides, so masks, and the scores of masks, stay what they are. Choose T on images that the network was not trained
    on, and judge it on others again.

    Parameters
    ----------
    y_true : int or bool array, (...)
        Class ids. For one logit a pixel: 0 and 1.
    logits : float array, (...) or (..., 1), or (..., C)
        Of the foreground, before the sigmoid; or of each class, before the softmax.
    ignore_class : int, optional
        Pixels with this true label are left out.

    Returns
    -------
    float
        Above 0. Below 1 the network was not sure enough.

    Raises
    ------
    TypeError
        Labels that are no whole numbers, logits that are no numbers; ignore_class is no whole number.
    ValueError
        Shapes that do not go together, labels that are no class, one-hot labels, logits that are NaN or infinite, no
        pixels; or no T is best: all pixels are right (the surer the better), or the logits say no more than chance.

    Notes
    -----
    The cross-entropy is convex in 1 / T. Its slope is the mean of (p - y) z for one logit z and its probability p: at
    the best T, what is promised and what comes true agree when they are weighed by the logits. The place where the
    slope is 0 is found by bisection.

    References
    ----------
    C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger: On calibration of modern neural networks, ICML 2017, section 4.2,
    arXiv:1706.04599.

    Examples
    --------
    >>> y_true = [1, 1, 1, 0, 0, 0, 0, 1]  # three of four are right, each said with a logit of 2, a probability of .88
    >>> round(fit_temperature(y_true, [2, 2, 2, 2, -2, -2, -2, -2]), 3)  # the logit of 3/4 is log 3
    1.82
    """
    truth, z = _read(y_true, logits, ignore_class)
    scale = np.abs(z).max()
    if scale > 0:
        z = z / scale  # so that neither large nor small logits are rounded away
    if not (scale > 0 and _slope(truth, z, 0.0) < 0):
        raise ValueError(
            "logits must tell the classes apart better than chance: with these no temperature is best. Are the labels "
            "or the signs the wrong way round?"
        )
    if _all_right(truth, z):
        raise ValueError(
            "logits must be wrong for some pixel: all are right, so the surer the better, and no temperature is best. "
            "Take more images"
        )
    low, high = 0.0, 1.0
    while _slope(truth, z, high) < 0:
        low, high = high, 2 * high
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _slope(truth, z, middle) < 0 else (low, middle)
    return float(scale / high)


def _slope(truth, z, sharpness):
    """The slope of the mean cross-entropy of ``sharpness`` * z, along ``sharpness``."""
    from scipy.special import expit, softmax

    if z.shape[1] == 1:
        z = z[:, 0]
        return np.mean((expit(sharpness * z) - truth) * z)
    z = z - z.max(axis=1, keepdims=True)
    return np.mean((softmax(sharpness * z, axis=1) * z).sum(axis=1) - z[np.arange(len(z)), truth])


def _all_right(truth, z):
    """Whether no logit of a wrong class is above that of the true one."""
    if z.shape[1] == 1:
        return bool(np.all(np.where(truth == 1, z[:, 0], -z[:, 0]) >= 0))
    return bool(np.all(z[np.arange(len(z)), truth] == z.max(axis=1)))


def _read(y_true, logits, ignore_class):
    """Labels (n,) and logits (n, C), or (n, 1) of the foreground, in float64, of the pixels that count."""
    y_true, z = label_array("y_true", y_true), real_array("logits", logits)
    several = z.ndim == y_true.ndim + 1 and z.shape[-1] > 1
    if z.shape[: y_true.ndim] != y_true.shape or z.shape[y_true.ndim :] not in ((), z.shape[-1:]):
        raise ValueError(
            f"logits must have the shape {y_true.shape} or {(*y_true.shape, 'C')} to go with y_true, got {z.shape}"
        )
    if z.ndim > 1 and z.shape == y_true.shape:
        refuse_one_hot(FIRST_ARGMAX, z.shape[-1], y_true=y_true)
    channels = z.shape[-1] if several else 1
    z, y_true = z.reshape(-1, channels).astype(np.float64), y_true.ravel()
    keep = kept(y_true, ignore_class)
    z, y_true = z[keep], y_true[keep]
    if not y_true.size:
        raise ValueError("y_true must hold a pixel that counts at least, got none")
    check_labels(y_true, max(channels, 2), ignore_class, "y_true")
    return y_true.astype(np.intp), finite("logits", z)
