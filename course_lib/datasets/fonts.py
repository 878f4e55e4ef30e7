"""Characters drawn from the fonts that Matplotlib brings along, and where each of them stands.

DejaVu is under Bitstream Vera's licence, STIX under the SIL Open Font License, Computer Modern (BaKoMa) under its own;
the licences lie beside the fonts.
"""

import numpy as np

from course_lib._validate import one_of, real_number

FONTS = {
    "mono bold": "DejaVuSansMono-Bold.ttf",
    "mono": "DejaVuSansMono.ttf",
    "typewriter": "cmtt10.ttf",
    "sans bold": "DejaVuSans-Bold.ttf",
    "sans": "DejaVuSans.ttf",
    "serif bold": "DejaVuSerif-Bold.ttf",
    "serif": "DejaVuSerif.ttf",
    "times bold": "STIXGeneralBol.ttf",
}
FIXED_WIDTH = ("mono bold", "mono", "typewriter")
FINER = 4  # characters are drawn so many times larger, and averaged


def font_file(name):
    """Return the path of a font in Matplotlib's own folder.

    Parameters
    ----------
    name : str
        One of ``FONTS``.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If there is no such name.
    """
    from matplotlib import get_data_path

    one_of("name", name, tuple(FONTS))
    return f"{get_data_path()}/fonts/ttf/{FONTS[name]}"


def widths(text, name):
    """Return how wide each character is, where a capital H is 1 high: float64 (len(text),)."""
    font, capital = _font(name, 1000)
    return np.array([font.getlength(character) for character in text]) / capital


def draw(text, name, shape, capital, baseline, left, apart=0.0):
    """Draw a line of text.

    Parameters
    ----------
    text : str
    name : str
        One of ``FONTS``.
    shape : (rows, columns)
    capital : float, above 0
        Height of a capital H in pixels.
    baseline : float
        Row on which the characters stand.
    left : float
        Column at which the first begins. Each stands behind the other at its own width, without kerning.
    apart : float
        Pixels put between any two characters.

    Returns
    -------
    image : ndarray of float64, shape (rows, columns)
        0 is ink, 1 is paper. What leaves the image is cut off.
    middles : ndarray of float64, shape (len(text),)
        Column of the middle of each character's place, spaces too.

    Raises
    ------
    TypeError, ValueError
        If there is no such font, or capital is not above 0.

    Examples
    --------
    >>> image, middles = draw("II", "mono", (20, 40), 10, 15, 4)
    >>> image.shape, len(middles)
    ((20, 40), 2)
    """
    from PIL import Image, ImageDraw

    capital = real_number("capital", capital, above=0)
    rows, columns = shape
    probe = _font(name, 1000)[1]
    font, _ = _font(name, 1000 * FINER * capital / probe)
    steps = np.array([font.getlength(character) for character in text])
    starts = FINER * (left + apart * np.arange(len(text))) + np.cumsum(steps) - steps
    canvas = Image.new("L", (FINER * columns, FINER * rows), 255)
    pen = ImageDraw.Draw(canvas)
    for character, start in zip(text, starts, strict=True):
        pen.text((round(start), round(FINER * baseline)), character, fill=0, font=font, anchor="ls")
    fine = np.asarray(canvas, float) / 255
    image = fine.reshape(rows, FINER, columns, FINER).mean(axis=(1, 3))
    return image, (starts + steps / 2) / FINER - 0.5


def _font(name, size):
    """A font of a size in pixels an em, and the height of its capital H."""
    from PIL import ImageFont

    font = ImageFont.truetype(font_file(name), round(size), layout_engine=ImageFont.Layout.BASIC)
    return font, -font.getbbox("H", anchor="ls")[1]
