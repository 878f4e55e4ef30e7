"""Number plates that no car wears: seven characters in a known font, seen at an angle in front of a photograph.

Real plates belong to people, and no picture of one is in this course. What is generated has a truth that a photograph
never has: the text, and the four corners to a fraction of a pixel. The fonts are those that Matplotlib brings along.
"""

from typing import NamedTuple

import numpy as np

from course_lib._validate import one_of, real_number, whole_number
from course_lib.classical.color import luma
from course_lib.classical.warp import homography_from_points, warp
from course_lib.datasets import fonts as typeset
from course_lib.datasets import photographs

CHARACTERS = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"  # no I, O and Q, which look like 1 and 0
LENGTH = 7
HEIGHT, WIDTH = 32, 144  # of a plate seen from the front, in pixels
APART = 0.1  # between two characters, beside their own margins, in heights of a capital
SCENE = (120, 200)
BACKGROUNDS = ("brick", "china", "coffee", "flower", "grass", "gravel")
# the corners of a plate seen from the front, the middles of its corner pixels, as (x, y)
CORNERS = np.array([[0.0, 0.0], [WIDTH - 1, 0], [WIDTH - 1, HEIGHT - 1], [0, HEIGHT - 1]])
CORNERS.setflags(write=False)


class Scenes(NamedTuple):
    """Pictures of plates, with their truth.

    Attributes
    ----------
    images : ndarray of float32, shape (n, 120, 200)
        Grey, in [0, 1].
    corners : ndarray of float64, shape (n, 4, 2)
        (x, y) of the middles of the plate's corner pixels: top left, top right, bottom right, bottom left as one reads
        it. `CORNERS` are the same four, seen from the front.
    texts : tuple of str
    fonts : tuple of str
        Name of the font of each.
    """

    images: np.ndarray
    corners: np.ndarray
    texts: tuple
    fonts: tuple


def plate(text, font="mono bold", apart=APART):
    """Draw one plate as it looks from the front.

    Parameters
    ----------
    text : str
        One to ten of ``CHARACTERS``. They stand side by side at the font's own widths; where the plate is too narrow
        for them, all are drawn smaller.
    font : str
        One of ``fonts.FONTS``. In those of ``fonts.FIXED_WIDTH`` each character is as wide as every other.
    apart : float, at least 0
        What lies between two characters, beside their own margins, in heights of a capital.

    Returns
    -------
    ndarray of float64, shape (32, 144)
        0 is ink, 1 is the plate.

    Raises
    ------
    TypeError, ValueError
        If text is no string, is empty or too long, or holds another character; if there is no such font.

    Examples
    --------
    >>> plate("KX42TUV").shape
    (32, 144)
    """
    if not isinstance(text, str):
        raise TypeError(f"text must be a string, got {text!r}")
    if not 1 <= len(text) <= 10 or set(text) - set(CHARACTERS):
        raise ValueError(f"text must be 1 to 10 of the characters {CHARACTERS}, got {text!r}")
    apart = real_number("apart", apart, 0)
    length = typeset.widths(text, font).sum() + apart * (len(text) - 1)
    capital = min(0.6 * HEIGHT, 0.92 * WIDTH / length)
    left = (WIDTH - capital * length) / 2
    return typeset.draw(text, font, (HEIGHT, WIDTH), capital, (HEIGHT + capital) / 2, left, apart * capital)[0]


def scenes(n, seed=0, *, fonts=("mono bold",), blur=0.0, noise=0.02):
    """Put plates into pictures: at an angle, unevenly lit, before a piece of a photograph.

    Scene i depends on ``seed``, i and the options alone: ``scenes(5)`` gives the first five of ``scenes(100)``.

    Parameters
    ----------
    n : int, at least 1
    seed : int, at least 0
    fonts : sequence of str
        Of ``datasets.fonts.FONTS``; drawn with equal chances.
    blur : float, at least 0
        Standard deviation of a Gaussian, in pixels.
    noise : float, at least 0
        Standard deviation of the camera's noise.

    Returns
    -------
    Scenes
        ``images``, ``corners``, ``texts`` and ``fonts``.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of its range; the message names it.
    """
    n, seed = whole_number("n", n, 1), whole_number("seed", seed, 0)
    blur, noise = real_number("blur", blur, 0), real_number("noise", noise, 0)
    if isinstance(fonts, str) or not len(fonts):
        raise ValueError(f"fonts must be a sequence of some of {', '.join(typeset.FONTS)}, got {fonts!r}")
    for font in fonts:
        one_of("fonts", font, tuple(typeset.FONTS))
    pictures = [photographs.load(name) for name in BACKGROUNDS]
    pictures = [(luma(p) if p.ndim == 3 else p.astype(float)) / 255 for p in pictures]
    made = [_scene(np.random.PCG64([seed, i]), pictures, fonts, blur, noise) for i in range(n)]
    images, corners, texts, names = zip(*made, strict=True)
    return Scenes(np.stack(images).astype(np.float32), np.stack(corners), texts, names)


def _scene(bits, pictures, fonts, blur, noise):
    from scipy.ndimage import gaussian_filter

    random = np.random.Generator(bits).random  # its stream is fixed for good, those of integers() and normal() are not
    background = _crop(_pick(pictures, random), random) * (0.5 + 0.4 * random())  # a plate throws back more light
    text = "".join(_pick(CHARACTERS, random) for _ in range(LENGTH))
    font = _pick(fonts, random)
    corners = _corners(random)
    matrix = homography_from_points(CORNERS, corners)
    paper, ink = 0.75 + 0.25 * random(), 0.05 + 0.2 * random()
    painted = ink + (paper - ink) * plate(text, font)
    seen = warp(np.pad(painted, 1, mode="edge"), matrix @ _shift(-1), SCENE)
    covered = warp(np.pad(np.ones((HEIGHT, WIDTH)), 1, constant_values=0), matrix @ _shift(-1), SCENE)
    image = covered * seen + (1 - covered) * background
    down, across = (np.linspace(-1, 1, side) * (random() - 0.5) for side in SCENE)
    image = image * (0.8 + 0.4 * (down[:, None] + across))  # light from one side
    if blur:
        image = gaussian_filter(image, blur, mode="nearest")
    u, v = random(SCENE), random(SCENE)  # Box & Muller: normal numbers from even ones
    grain = np.sqrt(-2 * np.log1p(-u)) * np.cos(2 * np.pi * v)
    return np.clip(image + noise * grain, 0, 1), corners, text, font


def _corners(random):
    """Four corners of a plate 110 to 150 pixels long, turned by up to 12 degrees and seen a little from the side."""
    length = 110 + 40 * random()
    half = np.array([length, length * HEIGHT / WIDTH]) / 2
    flat = half * [[-1, -1], [1, -1], [1, 1], [-1, 1]]
    angle = np.deg2rad(12) * (2 * random() - 1)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    pushed = flat @ turn + (random((4, 2)) - 0.5) * [0.08 * length, 0.08 * length]
    place = np.array([SCENE[1], SCENE[0]]) / 2 + (random(2) - 0.5) * [30, 40]
    return pushed + place


def _crop(image, random):
    """A piece of a picture of the size of a scene, from anywhere in it."""
    top, left = (int(random() * (side - part + 1)) for side, part in zip(image.shape, SCENE, strict=True))
    return image[top : top + SCENE[0], left : left + SCENE[1]]


def _shift(by):
    return np.array([[1.0, 0, by], [0, 1, by], [0, 0, 1]])


def _pick(things, random):
    return things[int(len(things) * random())]
