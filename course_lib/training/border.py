"""Teaching a network to keep touching objects apart: an open border in the target, and heavy weights around it.

O. Ronneberger, P. Fischer, T. Brox: U-Net: convolutional networks for biomedical image segmentation, MICCAI 2015,
doi:10.1007/978-3-319-24574-4_28, equation (2).
"""

import numpy as np

from course_lib._labels import refuse_one_hot
from course_lib._validate import plain_array, real_number
from course_lib.models.instances import no_channels


def open_borders(labels):
    """Make the target of a foreground network: objects, but for the pixels where one touches another.

    Parameters
    ----------
    labels : (H, W) or (n, H, W), whole numbers
        0 is background, 1, 2, ... are objects.

    Returns
    -------
    bool, the shape of ``labels``
        False in the background, and in an object at every pixel with another object among its eight neighbours.

    Raises
    ------
    ValueError
        ``labels`` has another number of axes, channels, is one-hot, or holds numbers that are not whole or below 0.
    """
    labels = _labels(labels)
    height, width = labels.shape[-2:]
    padded = np.pad(labels, [(0, 0)] * (labels.ndim - 2) + [(1, 1)] * 2)
    touching = np.zeros(labels.shape, bool)
    for down in range(3):
        for right in range(3):
            neighbour = padded[..., down : down + height, right : right + width]
            touching |= (neighbour != labels) & (neighbour > 0)
    return (labels > 0) & ~touching


def border_weights(labels, w0=10.0, sigma=5.0, class_weights=(1.0, 1.0)):
    """Weigh every pixel by its class, and the background between two objects by how narrow the gap is.

    w = w_c + w0 exp(-(d1 + d2)² / (2 sigma²)), d1 and d2 the distances to the nearest and to the second nearest object
    (Ronneberger et al., eq. 2). The second term is for pixels that are background in `open_borders`; inside
    objects it is 0. With fewer than two objects it is 0 everywhere.

    Parameters
    ----------
    labels : (H, W) or (n, H, W), whole numbers
        0 is background, 1, 2, ... are objects. Every image by itself.
    w0 : float, at least 0
    sigma : float, above 0
        Pixels.
    class_weights : (float, float)
        w_c of background and foreground.

    Returns
    -------
    float32, the shape of ``labels``

    Raises
    ------
    ValueError
        ``labels`` is as `open_borders` refuses it, or a number is out of its range.
    """
    from scipy import ndimage

    labels = _labels(labels)
    real_number("w0", w0, 0), real_number("sigma", sigma, above=0)
    if np.shape(class_weights) != (2,):
        raise ValueError(f"class_weights must be two numbers, of background and foreground, got {class_weights!r}")
    if labels.ndim == 3:
        return np.stack([border_weights(image, w0, sigma, class_weights) for image in labels])
    foreground = open_borders(labels)
    weights = np.where(foreground, class_weights[1], class_weights[0]).astype(np.float64)
    nearest, second = np.full((2, *labels.shape), np.inf)
    reach = int(np.ceil(8 * sigma)) + 1  # farther away the term is below w0 exp(-32)
    # find_objects makes a box for every number up to the largest, and of packed ids that is in the millions
    ids, numbers = np.unique(labels, return_inverse=True)
    labels = numbers.reshape(labels.shape) + (ids[0] > 0)
    for label, box in enumerate(ndimage.find_objects(labels), start=1):
        around = tuple(
            slice(max(s.start - reach, 0), min(s.stop + reach, n)) for s, n in zip(box, labels.shape, strict=True)
        )
        distance = ndimage.distance_transform_edt(labels[around] != label)
        first = nearest[around]
        second[around] = np.minimum(second[around], np.maximum(first, distance))
        nearest[around] = np.minimum(first, distance)
    gap = w0 * np.exp(-((nearest + second) ** 2) / (2 * sigma**2))
    return (weights + np.where(foreground, 0, gap)).astype(np.float32)


def _labels(labels):
    labels = plain_array("labels", labels)
    if labels.dtype.kind not in "ui" or labels.ndim not in (2, 3) or not labels.size:
        raise ValueError(f"labels must be whole numbers (H, W) or (n, H, W), got {labels.dtype} {labels.shape}")
    no_channels("labels", labels)
    refuse_one_hot("take the argmax over {axis} first", labels=labels)
    if labels.min() < 0:
        raise ValueError(f"labels must be at least 0, got {labels.min()}")
    return labels
