"""The over operator against Pillow, a loop written from the definition, and its algebra."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from course_lib.classical import compositing as c

pixels = hnp.arrays(np.float64, (4,), elements=st.floats(0, 1, width=32))


def by_hand(front, back):
    """One pixel, from the definition: what is seen is front where it covers, else what shows through of back."""
    alpha = front[3] + (1 - front[3]) * back[3]
    if alpha == 0:
        return np.zeros(4)
    color = [(front[3] * f + (1 - front[3]) * back[3] * b) / alpha for f, b in zip(front[:3], back[:3], strict=True)]
    return np.array([*color, alpha])


def test_over_by_hand():
    half_red, blue = [1, 0, 0, 0.5], [0, 0, 1, 1]
    np.testing.assert_allclose(c.over(half_red, blue), [0.5, 0, 0.5, 1])
    np.testing.assert_allclose(c.over_premultiplied([0.5, 0, 0, 0.5], blue), [0.5, 0, 0.5, 1])


@given(pixels, pixels)
def test_over_equals_the_definition(front, back):
    np.testing.assert_allclose(c.over(front, back), by_hand(front, back), rtol=1e-9, atol=1e-12)


@given(pixels, pixels)
def test_straight_and_premultiplied_agree(front, back):
    there = c.over_premultiplied(c.premultiply(front), c.premultiply(back))
    np.testing.assert_allclose(there, c.premultiply(c.over(front, back)), atol=1e-12)


@given(pixels, pixels, pixels)
def test_over_is_associative(x, y, z):
    left = c.over_premultiplied(c.over_premultiplied(*map(c.premultiply, (x, y))), c.premultiply(z))
    right = c.over_premultiplied(c.premultiply(x), c.over_premultiplied(*map(c.premultiply, (y, z))))
    np.testing.assert_allclose(left, right, atol=1e-12)


@given(pixels)
def test_unpremultiply_undoes_premultiply(pixel):
    expected = pixel if pixel[3] > 0 else np.zeros(4)
    np.testing.assert_allclose(c.unpremultiply(c.premultiply(pixel)), expected, rtol=1e-6, atol=1e-12)


def test_over_equals_pillow_within_its_rounding():
    rng = np.random.default_rng(0)
    front, back = rng.integers(0, 256, (2, 40, 50, 4), dtype=np.uint8)
    theirs = np.asarray(Image.alpha_composite(Image.fromarray(back), Image.fromarray(front)))
    ours = c.over(front / 255, back / 255) * 255
    opaque_enough = theirs[..., 3] > 20
    assert np.abs(ours - theirs)[opaque_enough].max() <= 1.01


def test_paste_equals_over_on_a_padded_sprite():
    rng = np.random.default_rng(1)
    canvas, sprite = rng.random((6, 7, 3)), rng.random((4, 3, 4))
    for top, left in [(1, 2), (-2, 5), (4, -1), (9, 9), (-4, 0), (-9, 1)]:
        large = np.zeros((30, 30, 4))
        large[10 + top : 14 + top, 10 + left : 13 + left] = sprite
        layer = large[10:16, 10:17]
        image, coverage = c.paste(canvas, sprite, top, left)
        expected = layer[..., :3] * layer[..., 3:] + canvas * (1 - layer[..., 3:])
        np.testing.assert_allclose(image, expected, atol=1e-12)
        np.testing.assert_array_equal(coverage, layer[..., 3])


def test_inputs_stay_as_they_are():
    front = np.full((2, 2, 4), 0.5)
    canvas = np.full((3, 3, 3), 0.25)
    c.premultiply(front), c.unpremultiply(front), c.over(front, front), c.paste(canvas, front, 0, 0)
    assert (front == 0.5).all() and (canvas == 0.25).all()


def test_with_alpha_broadcasts_a_number():
    assert c.with_alpha(np.zeros((2, 3, 3)), 0.25)[1, 2].tolist() == [0, 0, 0, 0.25]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: c.premultiply(np.zeros((2, 2, 3))), ValueError, r"rgba must have 4 channels.*\(2, 2, 3\)"),
        (lambda: c.premultiply(np.full((1, 4), 255, np.uint8)), ValueError, "255.*divide 8-bit"),
        (lambda: c.premultiply([[0, 0, 0, np.nan]]), ValueError, "rgba must be finite"),
        (lambda: c.premultiply(["a", "b", "c", "d"]), TypeError, "rgba must hold real numbers"),
        (lambda: c.premultiply(np.zeros((0, 4))), ValueError, "rgba must not be empty"),
        (lambda: c.unpremultiply([0.9, 0, 0, 0.5]), ValueError, "exceeds its alpha by 0.4"),
        (lambda: c.over(np.zeros((2, 3, 4)), np.zeros((3, 2, 4))), ValueError, "front and back must have shapes"),
        (lambda: c.over_premultiplied(np.zeros(4), [0, 0, 0, -1]), ValueError, r"back must lie in \[0, 1\].*-1"),
        (lambda: c.over_premultiplied([1, 0, 0, 0.5], np.ones(4)), ValueError, "front must be premultiplied.*by 0.5"),
        (lambda: c.over_premultiplied(np.ones(4), [1, 0, 0, 0.5]), ValueError, "back must be premultiplied.*by 0.5"),
        (lambda: c.with_alpha(np.zeros((2, 2, 3)), np.zeros(3)), ValueError, "alpha must fit the pixels"),
        (lambda: c.paste(np.zeros((4, 4, 3)), np.zeros((2, 2, 4)), 0.5, 0), ValueError, "whole numbers.*0.5"),
        (lambda: c.paste(np.zeros((4, 4)), np.zeros((2, 2, 4)), 0, 0), ValueError, "canvas must have 3 axes"),
    ],
)
def test_clear_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()
