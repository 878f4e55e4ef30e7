"""Fonts and printed lines: what is drawn where the truth says."""

import numpy as np
import pytest
from PIL import ImageFont

from course_lib.datasets import fonts, printed


@pytest.mark.parametrize("name", fonts.FONTS)
def test_widths_are_those_of_the_font(name):
    font = ImageFont.truetype(fonts.font_file(name), 1000, layout_engine=ImageFont.Layout.BASIC)
    capital = -font.getbbox("H", anchor="ls")[1]
    expected = [font.getlength(c) / capital for c in "Wi. m"]
    np.testing.assert_allclose(fonts.widths("Wi. m", name), expected)
    assert (np.ptp(fonts.widths("WiM1l.", name)) < 1e-9) == (name in fonts.FIXED_WIDTH)


def test_a_capital_is_as_high_as_it_should_be_and_stands_on_its_line():
    for capital in (10, 17.5, 30):
        image, middles = fonts.draw("H", "sans", (60, 60), capital, 45, 10)
        rows = np.nonzero(image.min(axis=1) < 0.5)[0]
        assert np.ptp(rows) + 1 == pytest.approx(capital, abs=1)
        assert rows.max() + 1 == pytest.approx(45, abs=1)
        columns = np.nonzero(image.min(axis=0) < 0.5)[0]
        assert columns.mean() == pytest.approx(middles[0], abs=0.6)


def test_each_character_is_where_its_middle_says():
    text = "oxo Hovxs"
    image, middles = fonts.draw(text, "sans", (32, 200), 17, 24, 3)
    assert (np.diff(middles) > 0).all()
    for character, middle in zip(text, middles, strict=True):
        ink = 1 - image[:, int(middle) - 2 : int(middle) + 4]
        assert (ink.sum() > 1) == (character != " ")


def test_lines_have_their_truth_and_come_again():
    found, again = printed.lines(5, seed=4), printed.lines(2, seed=4)
    np.testing.assert_array_equal(found.images[:2], again.images)
    assert found.texts[:2] == again.texts and found.images.dtype == np.float32
    for image, text, middles in zip(*found, strict=True):
        assert len(text) == len(middles) and set(text) <= set(printed.CHARACTERS)
        assert image.shape == (32, 224)
        assert 2 < middles[0] and middles[-1] < 224 and len(text) > 12
        paper = np.median(image)
        ink = [(paper - image[:, round(m)].min()) for c, m in zip(text, middles, strict=True) if c in "lIiTfm"]
        assert min(ink, default=1) > 0.25
        assert text == text.strip() and "  " not in text


def test_every_character_turns_up():
    texts = "".join(printed.lines(200, seed=1, width=224).texts)
    assert set(texts) == set(printed.CHARACTERS)


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="width must be at least 64"):
        printed.lines(1, width=10)
    with pytest.raises(ValueError, match="font must be one of"):
        printed.lines(1, font="comic")
    with pytest.raises(ValueError, match="capital"):
        fonts.draw("A", "sans", (10, 10), 0, 5, 0)
