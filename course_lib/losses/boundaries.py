"""The boundary loss: how far a prediction is from the true mask's boundary, and the map of distances that it needs.

The *boundary* of a mask runs between its outermost pixels and those outside. (The word *border* is kept for where an
image ends.)
"""

import numpy as np
from keras import ops

from course_lib._labels import check_labels, label_array, refuse_one_hot
from course_lib._validate import fits, refuse_masked, whole_number
from course_lib.losses._inputs import read_class_weights, read_weights, reduce_pixels, silence
from course_lib.losses._paragraphs import filled_in
from course_lib.losses.logits import probabilities, read_logits


def signed_distance(masks, n_classes=1):
    """How far each pixel is from the boundary of each class, in pixels: negative inside, positive outside.

    The boundary runs between pixels: the nearest pixels on both sides of it have -.5 and .5. (With whole distances,
    0 for the outermost pixels inside, as in some published code, these pixels would not count in the boundary loss.)

    Parameters
    ----------
    masks : int or bool array, (N, ...) or (N, ..., 1)
        Class ids, or for one class 0 and 1. A last axis of length 1 is taken for the channel and left out, as by the
        losses.
    n_classes : int
        At least 1. 1: the distance to the boundary of what is not 0.

    Returns
    -------
    float32 array, (N, ..., n_classes)
        0 everywhere for a class that is absent from an image or fills it: there is no boundary.

    Raises
    ------
    TypeError
        The masks hold no whole numbers, or n_classes is none.
    ValueError
        They have fewer than two axes, ids above n_classes - 1, or are one-hot; n_classes is below 1.
    """
    from scipy.ndimage import distance_transform_edt

    n_classes, masks = whole_number("n_classes", n_classes, 1), label_array("masks", masks)
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


@filled_in
def boundary(distances, logits, *, weights=None, class_weights=None, reduction="mean"):
    """Boundary loss: probability times signed distance to the true boundary (Kervadec et al. 2019).

    L = sum_q phi(q) p(q), averaged over pixels and classes, with phi from `signed_distance`. Up to a constant it is the
    area between the two boundaries, each pixel weighted by its distance from the true one. It is negative at the truth,
    where it is least, and says little far from it: use it together with `dice` or `cross_entropy`.

    Parameters
    ----------
    distances : (N, ..., C)
        In the place of y_true: `signed_distance` of the masks. Pixels to be ignored get the weight 0.
    %(logits)s
    %(weights)s
    %(class_weights_of_boundary)s
    %(reduction_of_pixels)s

    Returns
    -------
    %(of_pixels)s

    Raises
    ------
    %(errors)s

    References
    ----------
    H. Kervadec et al.: Boundary loss for highly unbalanced segmentation, MIDL 2019.
    """
    logits = read_logits(logits)
    refuse_masked("distances", distances)
    distances = ops.cast(ops.convert_to_tensor(distances), logits.dtype)
    if not fits(distances.shape, logits.shape):
        raise ValueError(
            f"distances must have the shape of the logits, {tuple(logits.shape)}, got {tuple(distances.shape)}: "
            "make them with signed_distance(masks, n_classes)"
        )
    weight = ops.ones_like(logits[..., :1]) if weights is None else read_weights(weights, logits)
    shares = read_class_weights(class_weights, logits.shape[-1], logits.dtype)
    p = probabilities(silence(logits, weight))
    values = ops.sum(shares * distances * p, axis=-1, keepdims=True) / ops.sum(shares)
    return reduce_pixels(values, weight, reduction)
