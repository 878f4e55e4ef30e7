"""Whether an image is like those that a shipped network was trained on, and what to do where it is not.

A network answers to every image, and says nothing where it must fail: on dark nuclei on a bright ground the U-Net of
chapter 08 finds none of them, and nuclei twice as large it takes for several each. Six numbers, measured without the
network, tell such images from its own. What is usual stands in a file beside its weights, measured by the same code on
its training images.
"""

import json
import sys
from dataclasses import dataclass

import numpy as np

from course_lib.datasets import files
from course_lib.models import weights
from course_lib.models.instances import counts

MOST_RESCALED = 4.0  # what seems larger or smaller than usual by more than this is something else
SECOND_DIFFERENCES = np.outer([1, -2, 1], [1, -2, 1]) / 6  # of white noise, it keeps the standard deviation


@dataclass(frozen=True)
class Difference:
    """One way in which an image is unlike the training images.

    ``what`` is the name of a number in `look`, ``value`` what it is here, ``usual`` (low, middle, high) what it was
    there, None where there is no limit. ``advice`` says what to do; for ``what == "width"``, ``factor`` is by how much
    to rescale the image. It is None for other numbers, and where it would be above 4 or below 1/4: then what stands out
    are no objects of the kind.
    """

    what: str
    value: float
    usual: tuple
    advice: str
    factor: float | None = None

    def __str__(self):
        low, _, high = self.usual
        limits = " and ".join(
            words for limit, words in ((low, f"at least {low}"), (high, f"at most {high}")) if limit is not None
        )
        return f"{self.what} is {self.value:.3g}, usual is {limits}: {self.advice}"


def look(image):
    """Measure what an image of objects is like, in six numbers.

    Objects are here what lies above Otsu's threshold of the logarithm of the image, blurred by 1 pixel and opened.

    Parameters
    ----------
    image : (H, W)
        Counts, at least 0, as for `course_lib.models.instances.even_brightness`.

    Returns
    -------
    dict of str to float
        ``polarity``, from -1 to 1: how much farther the brightest counts lie from the median than the darkest,
        (p99.5 + p0.5 - 2 p50) / (p99.5 - p0.5); below 0, objects are dark on a bright ground. ``width``: of the
        objects, in pixels, 6 times the mean distance of their pixels to the border, which is 2 r for discs of radius
        r; objects that touch do not change it much. ``share``: of the pixels that belong to objects, from 0 to 1.
        ``levels``: counts by which the mean of the objects lies above the median of the image. ``saturated``: share of
        the pixels that have the largest count of all. ``noise``: standard deviation of white noise as a share of
        ``levels``, sqrt(pi / 2) mean |d| / levels, with d the second differences along rows and columns, 3 pixels or
        more from the objects' borders (Immerkær 1996, eqs. 3 and 4); 0 where nothing stands out.

    Raises
    ------
    ValueError
        Another number of axes, or a count that is not finite or below 0.

    References
    ----------
    J. Immerkær: Fast noise variance estimation, Computer Vision and Image Understanding 64 (1996),
    doi:10.1006/cviu.1996.0060.
    """
    from scipy import ndimage
    from skimage.filters import threshold_otsu

    image = counts("image", image)
    if image.ndim != 2:
        raise ValueError(f"image must be (H, W), got the shape {image.shape}")
    image = image.astype(np.float64)
    low, ground, high = np.percentile(image, (0.5, 50, 99.5))
    logs = np.log1p(ndimage.gaussian_filter(image, 1))
    objects = ndimage.binary_opening(logs > threshold_otsu(logs)) if logs.min() < logs.max() else np.zeros(logs.shape)
    found = bool(objects.any())
    distance = ndimage.distance_transform_edt(np.pad(objects, 1))[1:-1, 1:-1]
    levels = float(image[objects].mean() - ground) if found else 0.0
    return {
        "polarity": float((high + low - 2 * ground) / (high - low)) if high > low else 0.0,
        "width": float(6 * (distance[objects].mean() - 0.5)) if found else 0.0,
        "share": float(objects.mean()),
        "levels": levels,
        "saturated": float((image == image.max()).mean()),
        "noise": _noise(image, objects) / levels if levels > 0 else 0.0,
    }


def _noise(image, objects):
    """Standard deviation of white noise, away from the borders of objects; 0 where all is near to one."""
    from scipy import ndimage

    flat = ndimage.binary_erosion(objects, iterations=3) | ~ndimage.binary_dilation(objects, iterations=3)
    differences = np.abs(ndimage.correlate(image, SECOND_DIFFERENCES))
    return float(np.sqrt(np.pi / 2) * differences[flat].mean()) if flat.any() else 0.0


def reference(name="nuclei_unet.json"):
    """Read what is usual for a shipped network.

    Parameters
    ----------
    name : str
        A file in ``data/weights``; its script makes it.

    Returns
    -------
    dict of str to (low, middle, high)
        For each number of `look`; None where there is no limit.

    Raises
    ------
    DataFileError
        If the file is missing, cut short or altered.
    """
    limits = json.loads(files.read(sys.modules[weights.__name__], name))
    return {what: tuple(usual) for what, usual in limits.items()}


def differences(image, usual=None):
    """Say in which ways an image is unlike those that a network was trained on, and what to do.

    Look before you trust its answer. What is wrong first hides the rest: on a bright ground, where hardly anything
    stands out from the ground, and where what does has another width by far, only that is said; mend it and ask again.
    Noise is told where it is white, another number in every pixel, and above a fifth of the objects' height: there the
    nuclei U-Net has an F1 below .8, and soon below .5. Not told is noise that was blurred, as by enlarging or by JPEG;
    single wrong pixels; and, on a dark ground, photons so few that the logarithm makes holes of their absence.

    Parameters
    ----------
    image : (H, W)
        Counts, at least 0, as they come from the microscope: before ``even_brightness``.
    usual : dict, optional
        For each number of `look` its (low, middle, high), None where there is no limit; by default `reference()`, those
        of the nuclei U-Net, `course_lib.models.weights.load_unet`.

    Returns
    -------
    list of Difference
        Empty where nothing is unusual. ``print(*differences(image), sep="\\n")`` says it in words.

    Raises
    ------
    ValueError
        The image has another number of axes, or a count that is not finite or below 0.
    """
    usual, seen = reference() if usual is None else usual, look(image)

    def differ(what, advice, factor=None):
        return [Difference(what, seen[what], usual[what], advice, factor)]

    def below(what):
        return usual[what][0] is not None and seen[what] < usual[what][0]

    def above(what):
        return usual[what][2] is not None and seen[what] > usual[what][2]

    # where less than half of the image is cut off at the top, it is the objects, and they may hide which side is ground
    cut_off = above("saturated") and seen["saturated"] < 0.5
    if below("polarity") and not cut_off:
        return differ("polarity", "the ground is brighter than the objects: invert it, image.max() - image.")
    if below("levels") and not cut_off:
        return differ(
            "levels",
            "hardly anything stands out: under-exposed, or nothing is there. Expose longer, or average several images; "
            "if the counts were divided, say by 255, multiply them again.",
        )
    found = []
    if cut_off:
        found += differ(
            "saturated", "over-exposed: the objects are cut off at the largest count. Expose shorter, no factor helps."
        )
    factor = usual["width"][1] / seen["width"] if seen["width"] else np.inf
    # the rest is measured in units of the objects, and says nothing where what stands out is none
    if not 1 / MOST_RESCALED <= factor <= MOST_RESCALED:
        return found + differ(
            "width",
            "no objects of this kind were found, and no rescaling helps. Cut off margins without an image, where the "
            "ground slopes subtract what a wide minimum filter gives, invert parts whose ground is bright, average "
            "several images where there is noise; ask again.",
        )
    if above("noise"):
        found += differ(
            "noise",
            "too much noise: average several images of the same place, 4 halve it. With only one take the median of "
            "3 x 3 pixels, course_lib.classical.filters.median(image, 3).",
        )
    if below("share"):
        found += differ(
            "share", "so few objects leave the scale of brightness to the ground: cut out the part with them."
        )
    if above("share"):
        found += differ("share", "so many objects leave no ground to compare with: take a wider view.")
    if below("width") or above("width"):
        found += differ("width", f"the objects are too large or small: rescale the image by {factor:.2f}.", factor)
    return found
