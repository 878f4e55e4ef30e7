"""Filled holes against Jacobi's loop, closed forms and what Laplace's equation promises."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course_lib.classical.inpainting import inpaint

holes = hnp.arrays(bool, (6, 7))


def by_jacobi(image, hole, steps=4000):
    """Each pixel of the hole becomes the mean of its neighbours, again and again."""
    image = np.where(hole, image[~hole].mean(), image).astype(float)
    for _ in range(steps):
        padded = np.pad(image, 1)
        inside = np.pad(np.ones_like(image), 1)
        total = sum(np.roll(padded, s, a) for s in (1, -1) for a in (0, 1))[1:-1, 1:-1]
        count = sum(np.roll(inside, s, a) for s in (1, -1) for a in (0, 1))[1:-1, 1:-1]
        image = np.where(hole, total / count, image)
    return image


@settings(max_examples=25, deadline=None)
@given(holes, st.integers(0, 99))
def test_equals_jacobi(hole, seed):
    if hole.all():
        return
    image = np.random.default_rng(seed).random((6, 7))
    np.testing.assert_allclose(inpaint(image, hole), by_jacobi(image, hole), atol=1e-7)


def test_a_ramp_comes_back_exactly():
    y, x = np.mgrid[:20, :30]
    ramp = 3 * x - 2.0 * y + 1
    hole = np.zeros(ramp.shape, bool)
    hole[4:15, 6:22] = True
    damaged = np.where(hole, 999, ramp)
    np.testing.assert_allclose(inpaint(damaged, hole), ramp, atol=1e-9)


@settings(max_examples=30, deadline=None)
@given(holes, st.integers(0, 99))
def test_nothing_leaves_the_range_and_the_rest_stays(hole, seed):
    if hole.all():
        return
    image = np.random.default_rng(seed).normal(size=(6, 7))
    filled = inpaint(image, hole)
    np.testing.assert_array_equal(filled[~hole], image[~hole])
    assert filled.min() >= image[~hole].min() - 1e-9 and filled.max() <= image[~hole].max() + 1e-9


def test_channels_are_filled_each_by_itself():
    rng = np.random.default_rng(3)
    image, hole = rng.random((9, 8, 3)), rng.random((9, 8)) < 0.4
    filled = inpaint(image, hole)
    for c in range(3):
        np.testing.assert_allclose(filled[..., c], inpaint(image[..., c], hole), atol=1e-12)


def test_lists_integers_and_a_hole_of_numbers():
    np.testing.assert_allclose(inpaint([[0, 7, 10]], [[0, 255, 0]]), [[0, 5, 10]])
    image = np.arange(12, dtype=np.uint8).reshape(3, 4)
    np.testing.assert_array_equal(inpaint(image, np.zeros((3, 4), bool)), image)
    assert inpaint(image, np.zeros((3, 4), bool)).dtype == np.float64


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="hole must leave a pixel"):
        inpaint(np.ones((3, 3)), np.ones((3, 3), bool))
    with pytest.raises(ValueError, match="hole must have the shape"):
        inpaint(np.ones((3, 3)), np.ones((3, 4), bool))
    with pytest.raises(ValueError, match="image must be finite"):
        inpaint(np.full((3, 3), np.nan), np.eye(3, dtype=bool))
    with pytest.raises(TypeError, match="hole must be a mask"):
        inpaint(np.ones((3, 3)), np.zeros((3, 3)))
