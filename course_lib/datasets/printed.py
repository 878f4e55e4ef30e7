"""Lines of printed text that says nothing: random words in a font, and where the middle of each character is.

They teach a network to read print. The words are random, so what is learned are shapes, not a language.
"""

from typing import NamedTuple

import numpy as np

from course_lib._validate import one_of, real_number, whole_number
from course_lib.datasets import fonts as typeset

LETTERS = "abcdefghijklmnopqrstuvwxyz"
CHARACTERS = " " + LETTERS + LETTERS.upper() + ".,:-"
HEIGHT, BASELINE, CAPITAL = 32, 24.0, 17.0  # of a line, in pixels


class Lines(NamedTuple):
    """Printed lines, with their truth.

    Attributes
    ----------
    images : ndarray of float32, shape (n, 32, width)
        About 0 is ink, 1 is paper.
    texts : tuple of str
    middles : tuple of ndarray of float64
        Of each line, the columns of its characters' middles, spaces too.
    """

    images: np.ndarray
    texts: tuple
    middles: tuple


def lines(n, seed=0, *, width=224, font="sans", blur=(0.5, 1.3), noise=0.05):
    """Print lines of random words, a little larger or smaller, blurred and noisy as a photograph would make them.

    Line i depends on ``seed``, i and the options alone.

    Parameters
    ----------
    n : int, at least 1
    seed : int, at least 0
    width : int, at least 64
        Columns of each line; it is filled with words.
    font : str
        One of ``datasets.fonts.FONTS``.
    blur : (float, float)
        Least and largest standard deviation of a Gaussian, in pixels.
    noise : float, at least 0
        Largest standard deviation of the grain of the paper, which is a pixel or two coarse.

    Returns
    -------
    Lines
        ``images``, ``texts``, ``middles``.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of its range; the message names it.

    Examples
    --------
    >>> found = lines(2)
    >>> found.images.shape, len(found.texts[0]) == len(found.middles[0])
    ((2, 32, 224), True)
    """
    n, seed, width = whole_number("n", n, 1), whole_number("seed", seed, 0), whole_number("width", width, 64)
    one_of("font", font, tuple(typeset.FONTS))
    low, high = (real_number("blur", value, 0) for value in blur)
    noise = real_number("noise", noise, 0)
    made = [_line(np.random.PCG64([seed, i]), width, font, (low, high), noise) for i in range(n)]
    images, texts, middles = zip(*made, strict=True)
    return Lines(np.stack(images).astype(np.float32), texts, middles)


def _line(bits, width, font, blur, noise):
    from scipy.ndimage import gaussian_filter

    random = np.random.Generator(bits).random  # its stream is fixed for good, those of integers() and normal() are not
    capital = CAPITAL * (0.9 + 0.2 * random())
    text = ""
    while capital * typeset.widths(text + "n", font).sum() < width - 16:
        text += _word(random) + " "
    text = text.strip()
    while capital * typeset.widths(text, font).sum() > width - 8:
        text = text[:-1].strip()
    baseline, left = BASELINE + 3 * (random() - 0.5), 2 + 4 * random()
    image, middles = typeset.draw(text, font, (HEIGHT, width), capital, baseline, left)
    image = gaussian_filter(image, blur[0] + (blur[1] - blur[0]) * random(), mode="nearest")
    u, v = random(image.shape), random(image.shape)  # Box & Muller: normal numbers from even ones
    grain = np.sqrt(-2 * np.log1p(-u)) * np.cos(2 * np.pi * v)
    grain = gaussian_filter(grain, 1) * 2 * np.sqrt(np.pi)  # a Gaussian of 1 leaves 1 / 2√π of a deviation
    ink, paper = 0.5 + 0.5 * random(), 1 - 0.08 * random()
    return paper - ink * (1 - image) + noise * random() * grain, text, middles


def _word(random):
    """One to nine letters; one word in five begins with a capital, one in eight ends with a sign."""
    word = "".join(LETTERS[int(26 * random())] for _ in range(1 + int(9 * random())))
    if random() < 0.2:
        word = word.capitalize() if random() < 0.7 else word.upper()
    if random() < 0.125:
        word += ".,:"[int(3 * random())]
    if random() < 0.05:
        word += "-" + LETTERS[int(26 * random())] + LETTERS[int(26 * random())]
    return word
