"""Putting images on one scale of brightness, and choosing how by evidence.

Each function takes one image as its file holds it, (H, W) or (H, W, C), and gives float32 of the same shape. It looks
at this image alone, so that a new image can be treated as those of the training were.
"""

import numpy as np

from course_lib._validate import real_numbers

NEARLY = 0.005  # scores of images that differ by less are alike
THRESHOLDS = 128
PIXELS = 20_000  # of an image, evenly spread, to look for a threshold


def standardized(image):
    """Mean 0, standard deviation 1: (x - mean) / deviation, over all pixels and channels.

    Parameters
    ----------
    image : (H, W) or (H, W, C), real numbers

    Returns
    -------
    float32, the shape of ``image``
        0 where all pixels are equal.
    """
    image = _image(image)
    return _over(image - image.mean(), image.std())


def ground_at_zero(image):
    """The median at 0, and 1 the way from the 0.5th to the 99.5th percentile: (x - p50) / (p99.5 - p0.5).

    For objects that cover less than half of the image, bright ones or dark ones: the median is of the ground.

    Parameters
    ----------
    image : (H, W) or (H, W, C), real numbers

    Returns
    -------
    float32, the shape of ``image``
        0 where the percentiles are equal.
    """
    image = _image(image)
    low, middle, high = np.percentile(image, (0.5, 50, 99.5))
    return _over(image - middle, high - low)


def logarithm(image):
    """Logarithms of what exceeds the darkest pixels, then the ground at zero.

    The logarithm turns the factor by which one object is brighter than another into a difference, and what is bright
    gets less room. y = log(1 + max(x - p0.5, 0) / s), with s a twentieth of p99.5 - p0.5, then `ground_at_zero`.

    Parameters
    ----------
    image : (H, W) or (H, W, C), real numbers

    Returns
    -------
    float32, the shape of ``image``
    """
    image = _image(image)
    low, high = np.percentile(image, (0.5, 99.5))
    return ground_at_zero(np.log1p(_over(np.maximum(image - low, 0), (high - low) / 20)))


def as_stored(image):
    """Only the number format is changed: 8 bits are divided by 255, 16 bits by 65,535, fractions stay as they are.

    Parameters
    ----------
    image : (H, W) or (H, W, C), real numbers

    Returns
    -------
    float32, the shape of ``image``
    """
    stored = real_numbers("image", image)
    return np.float32(stored / np.iinfo(stored.dtype).max if stored.dtype.kind in "ui" else stored)


CHOICES = (standardized, ground_at_zero, logarithm, as_stored)


def telling_channel(images, masks):
    """The channel in which brightness tells objects and ground apart best, and which of them is the brighter.

    Parameters
    ----------
    images : sequence of (H, W) or (H, W, C)
    masks : sequence of (H, W)
        0 ground, 1 object, anything else is left out.

    Returns
    -------
    channel : int or None
        None is the mean of all channels.
    brighter : float
        How often a pixel of an object is the brighter one, as `course_lib.datasets.folder.audit.brighter` says, mean
        over the images.
    """
    from course_lib.datasets.folder.audit import brighter

    several = images[0].ndim == 3 and images[0].shape[2] > 1
    found = {}
    for channel in (None, *range(images[0].shape[2])) if several else (None,):
        areas = [brighter(one_channel(image, channel), mask) for image, mask in zip(images, masks, strict=True)]
        found[channel] = np.nanmean(areas)
    channel = max(found, key=lambda c: abs(found[c] - 0.5))
    return channel, float(found[channel])


def one_channel(image, channel=None):
    """One channel of (H, W, C) as float64 (H, W), or their mean where ``channel`` is None; (H, W) as it is."""
    image = np.asarray(image, np.float64)
    if image.ndim == 2:
        return image
    return image.mean(axis=2) if channel is None else image[..., channel]


def one_threshold_for_all(images, masks, normalize):
    """Can one threshold serve all images? Its Dice on each image, where it was chosen on the others.

    Where each image has a brightness of its own, no common threshold exists. So this says, in a second and without any
    training, how well a normalization has put the images on one scale.

    Parameters
    ----------
    images : sequence of (H, W) or (H, W, C), at least two
    masks : sequence of (H, W)
        0 ground, 1 object, anything else is left out.
    normalize : callable
        From an image to one of the same shape.

    Returns
    -------
    float
        Mean Dice over the images that have objects, from 0 to 1.

    Raises
    ------
    ValueError
        Fewer than two images.
    """
    if len(images) < 2 or len(images) != len(masks):
        raise ValueError(f"images must be at least two, with a mask each, got {len(images)} and {len(masks)}")
    normalized = [normalize(image) for image in images]
    channel, bright = telling_channel(normalized, masks)
    pixels = []
    for image, mask in zip(normalized, masks, strict=True):
        values = one_channel(image, channel) * (1 if bright >= 0.5 else -1)
        step = max(1, values.size // PIXELS)
        values, truth = values.ravel()[::step], np.asarray(mask).ravel()[::step]
        pixels.append((np.sort(values[truth == 1]), np.sort(values[truth == 0])))
    limits = np.quantile(np.concatenate([v for pair in pixels for v in pair]), np.linspace(0, 1, THRESHOLDS + 2)[1:-1])
    scores = np.array([_dice_above(limits, *pair) for pair in pixels if len(pair[0])])
    others = (scores.sum(axis=0) - scores) / max(len(scores) - 1, 1)
    return float(np.mean(scores[np.arange(len(scores)), others.argmax(axis=1)]))


def _dice_above(limits, objects, ground):
    """Dice at each threshold, from the sorted values of the object's pixels and of the ground's."""
    found, wrong = (len(values) - np.searchsorted(values, limits, "right") for values in (objects, ground))
    return 2 * found / (found + wrong + len(objects))


def choose_normalization(images, masks, choices=CHOICES):
    """Choose the normalization under which one threshold serves all images best.

    Parameters
    ----------
    images, masks
        Of the training, as for `one_threshold_for_all`.
    choices : sequence of functions
        What may be chosen. Of those that are alike, within 0.005, the first is taken; so it is where there is only one
        image, on which nothing can be tried.

    Returns
    -------
    normalize : callable
        One of ``choices``.
    scores : dict of str to float
        By the functions' names; empty for one image.
    """
    if len(images) == 1:
        return choices[0], {}
    scores = {choice.__name__: one_threshold_for_all(images, masks, choice) for choice in choices}
    best = max(scores.values())
    return next(choice for choice in choices if scores[choice.__name__] >= best - NEARLY), scores


def _image(image):
    image = real_numbers("image", image)
    if image.ndim not in (2, 3) or image.size == 0:
        raise ValueError(f"image must be (H, W) or (H, W, C) and not empty, got the shape {image.shape}")
    return image.astype(np.float64)


def _over(image, unit):
    return np.float32(image / unit if unit > 0 else np.zeros_like(image))
