"""Sums of losses: what one says of single pixels, and another of whole regions."""

from keras import ops

from course_lib._validate import one_of, real_number
from course_lib.losses._paragraphs import filled_in
from course_lib.losses.overlap import dice
from course_lib.losses.pixelwise import cross_entropy


@filled_in
def dice_cross_entropy(
    y_true,
    logits,
    *,
    dice_weight=1.0,
    cross_entropy_weight=1.0,
    form="product",
    smooth=0.0,
    empty="penalize",
    per_batch=False,
    weights=None,
    class_weights=None,
    ignore_class=None,
    reduction="mean",
):
    """Dice loss plus cross-entropy, each with its own mean: the usual choice for medical images (Isensee et al. 2021).

    Parameters
    ----------
    %(y_true)s
    %(logits)s
    %(parts)s
    %(form)s
    %(smooth)s
    %(empty)s
    %(per_batch)s
    %(weights)s
    %(class_weights_of_both)s
    %(ignore_class_of_regions)s
    %(reduction_of_both)s

    Returns
    -------
    ()

    Raises
    ------
    %(errors)s

    References
    ----------
    F. Isensee et al.: nnU-Net, Nature Methods 18 (2021).
    """
    one_of("reduction", reduction, ("mean", "sum"))
    dice_weight = real_number("dice_weight", dice_weight, 0)
    cross_entropy_weight = real_number("cross_entropy_weight", cross_entropy_weight, 0)
    shared = {"weights": weights, "ignore_class": ignore_class, "reduction": reduction}
    by_pixels = cross_entropy(y_true, logits, class_weights=class_weights, **shared)
    shares = None if ops.convert_to_tensor(logits).shape[-1] == 1 else class_weights
    options = {"form": form, "smooth": smooth, "empty": empty, "per_batch": per_batch, "class_weights": shares}
    by_regions = dice(y_true, logits, **options, **shared)
    return dice_weight * by_regions + cross_entropy_weight * by_pixels
