"""The number to beat: the best threshold that needs no training beyond a choice among a few rules."""

from typing import NamedTuple

import numpy as np

from course_lib.classical.thresholds import local_mean, otsu
from course_lib.inference.brightness import one_channel, telling_channel
from course_lib.inference.scoring import dice_per_image

BLURS = (0.0, 1.5)  # pixels
STEPS = (0.0, 0.25, 0.5)  # standard deviations of the image above the local mean
MOST = 8  # training images to choose on


class Baseline(NamedTuple):
    """A threshold rule, chosen by `choose_baseline`. Call it with an image (H, W) or (H, W, C): a bool mask (H, W).

    ``channel``, None for the mean; ``bright``, whether objects are brighter than the ground; ``blur``, in pixels;
    ``window``, the side of a window in pixels, or None for Otsu's threshold of the whole image; ``step``, by how many
    standard deviations of the image a pixel must exceed its window's mean; ``log``, whether brightness is counted from
    the darkest pixel in logarithms.
    """

    channel: int | None
    bright: bool
    blur: float
    window: int | None
    step: float
    log: bool

    def __call__(self, image):
        values = _blurred(image, self.channel, self.blur)
        if self.log:
            values = np.log1p(values - values.min())
        if not self.bright:
            values = -values
        if self.window is None:
            return values > otsu(values)
        return values > local_mean(values, _odd(min(self.window, *values.shape)), -self.step * values.std())

    def __str__(self):
        where = "" if self.channel is None else f"channel {self.channel}, "
        rule = f"above the mean of a window of {self.window}" if self.window else "Otsu"
        rule += f" plus {self.step} deviations" if self.window and self.step else ""
        return (
            f"{where}{'bright' if self.bright else 'dark'} objects, {rule}{' on log' if self.log else ''}"
            f"{f', blurred by {self.blur}' if self.blur else ''}"
        )


def choose_baseline(images, masks, diameter):
    """Choose the threshold rule with the best mean Dice on training images.

    Channel and polarity come first: those in which brightness tells objects and ground apart best. Then Otsu's
    threshold, on the image and on logarithms, and thresholds that follow the local mean, each with and without a little
    blur.

    Parameters
    ----------
    images : sequence of (H, W) or (H, W, C)
        Of the training, at least one with an object and some ground. Eight of them, evenly spread, are looked at.
    masks : sequence of (H, W)
        0 ground, 1 object, 255 left out.
    diameter : float, above 0
        How wide an object is, in pixels: windows are two and four times as wide.

    Returns
    -------
    best : Baseline
    scores : dict of Baseline to float
        The mean Dice of every rule tried.

    Raises
    ------
    ValueError
        No object or no ground in any mask.
    """
    step = -(-len(images) // MOST)
    images, masks = list(images)[::step], list(masks)[::step]
    if not any((np.asarray(mask) == 1).any() and (np.asarray(mask) == 0).any() for mask in masks):
        raise ValueError("masks must hold objects (1) and ground (0): none of them has both")
    channel, brighter = telling_channel(images, masks)
    scores = {}
    for blur in BLURS:
        for window, rise, log in _rules(diameter):
            rule = Baseline(channel, brighter >= 0.5, blur, window, rise, log)
            scores[rule] = float(np.nanmean(dice_per_image(masks, [rule(image) for image in images])))
    return max(scores, key=scores.get), scores


def _rules(diameter):
    yield None, 0.0, False
    yield None, 0.0, True
    for times in (2, 4):
        for rise in STEPS:
            yield _odd(times * diameter), rise, False


def _odd(side):
    return max(3, int(side) - (int(side) + 1) % 2)


def _blurred(image, channel, blur):
    from scipy.ndimage import gaussian_filter

    values = one_channel(image, channel)
    return gaussian_filter(values, blur) if blur else values
