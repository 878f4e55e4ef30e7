"""What training minimizes; one idea a file.

================  =================================================================================================
`pixelwise`       by pixels: cross-entropy and the focal loss
`overlap`         by regions: Dice, Jaccard, Tversky, focal Tversky, generalized Dice
`lovasz_softmax`  the convex extension of the Jaccard loss
`boundaries`      the boundary loss and the signed distances that it needs
`compound`        Dice plus cross-entropy
`keras_losses`    all of these as classes, for ``model.compile``
`logits`          from logits to probabilities
`adversarial`     of a discriminator and a generator, and penalties on the slope between
`divergence`      densities, the divergence of Gaussians and bounds on a likelihood, for VAEs
`diffusion`       noisy images and squared errors, for networks that remove noise
`translation`     of turning an image into another: L1 beside an adversarial loss, cycles, Gram matrices
================  =================================================================================================

What a segmentation is trained with is here directly, as in ``from course_lib import losses`` and ``losses.dice(y, z)``;
adversarial losses, divergences, those of diffusion and of translation are imported by their files, as in
``from course_lib.losses import adversarial``.

Losses of segmentation take the same arguments, so that one can be put in the place of another, and always **logits**,
never probabilities: logarithms are taken of logits, without clipping, so that losses stay exact and gradients alive at
logits of any size.
"""

from course_lib.losses.boundaries import boundary, signed_distance
from course_lib.losses.compound import dice_cross_entropy
from course_lib.losses.keras_losses import (
    Boundary,
    CrossEntropy,
    Dice,
    DiceCrossEntropy,
    Focal,
    FocalTversky,
    GeneralizedDice,
    Jaccard,
    Lovasz,
    SegmentationLoss,
    Tversky,
)
from course_lib.losses.logits import probabilities
from course_lib.losses.lovasz_softmax import lovasz
from course_lib.losses.overlap import dice, focal_tversky, generalized_dice, jaccard, tversky
from course_lib.losses.pixelwise import cross_entropy, focal

__all__ = [
    "Boundary",
    "CrossEntropy",
    "Dice",
    "DiceCrossEntropy",
    "Focal",
    "FocalTversky",
    "GeneralizedDice",
    "Jaccard",
    "Lovasz",
    "SegmentationLoss",
    "Tversky",
    "boundary",
    "cross_entropy",
    "dice",
    "dice_cross_entropy",
    "focal",
    "focal_tversky",
    "generalized_dice",
    "jaccard",
    "lovasz",
    "probabilities",
    "signed_distance",
    "tversky",
]
