"""Main directions and Fisher's against singular values, OpenCV's PCA and brute force."""

import cv2
import numpy as np
import pytest
from scipy import stats

from course_lib.classical import eigenfaces as e


@pytest.mark.parametrize("shape", [(6, 40), (40, 6), (12, 13), (13, 12)])
def test_axes_equal_singular_vectors_and_opencv(shape):
    x = np.random.default_rng(0).normal(size=shape) * np.linspace(1, 4, shape[1])
    k = 4
    mean, axes, variances = e.principal_axes(x, k)
    np.testing.assert_allclose(mean, x.mean(axis=0))
    _, singular, rows = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    np.testing.assert_allclose(variances, singular[:k] ** 2 / len(x))
    np.testing.assert_allclose(np.abs((axes * rows[:k]).sum(axis=1)), 1, atol=1e-9)
    np.testing.assert_allclose(axes @ axes.T, np.eye(k), atol=1e-9)
    _, theirs = cv2.PCACompute(x, None, maxComponents=k)
    np.testing.assert_allclose(np.abs((axes * theirs).sum(axis=1)), 1, atol=1e-9)
    assert (np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1) > 0).all()


def test_what_is_left_equals_the_least_squares_distance():
    rng = np.random.default_rng(1)
    x, test = rng.normal(size=(9, 30)), rng.normal(size=(5, 30))
    mean, axes, _ = e.principal_axes(x, 3)
    for row, length in zip(test, e.left_over(test, mean, axes), strict=True):
        _, squares, *_ = np.linalg.lstsq(axes.T, row - mean)
        assert length == pytest.approx(np.sqrt(squares[0]))
    np.testing.assert_allclose(e.left_over(x, *e.principal_axes(x, 8)[:2]), 0, atol=1e-9)


def test_two_groups_give_fishers_line():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(60, 4)) @ rng.normal(size=(4, 4))
    groups = np.repeat(["a", "b"], 30)
    x[groups == "b"] += [1, -2, 0, 1]
    axis = e.fisher_axes(x, groups, 1)[0]
    a, b = x[groups == "a"], x[groups == "b"]
    within = (np.cov(a.T, bias=True) + np.cov(b.T, bias=True)) / 2
    closed = np.linalg.solve(within, b.mean(axis=0) - a.mean(axis=0))
    assert abs(stats.pearsonr(x @ axis, x @ closed).statistic) == pytest.approx(1)
    assert axis @ within @ axis == pytest.approx(1)


def test_no_other_direction_parts_the_groups_better():
    rng = np.random.default_rng(3)
    groups = rng.integers(0, 5, 200)
    x = rng.normal(size=(200, 6)) + rng.normal(size=(5, 6))[groups]
    axes = e.fisher_axes(x, groups, 4)

    def ratio(w):
        along = x @ w
        means = np.array([along[groups == g].mean() for g in range(5)])
        return ((means[groups] - along.mean()) ** 2).sum() / ((along - means[groups]) ** 2).sum()

    ratios = [ratio(w) for w in axes]
    assert ratios == sorted(ratios, reverse=True)
    assert all(ratio(w) < ratios[0] for w in rng.normal(size=(200, 6)))


def test_only_as_many_directions_as_there_are():
    x = np.random.default_rng(4).normal(size=(5, 20))
    e.principal_axes(x, 4)
    with pytest.raises(ValueError, match="k must be at most 4"):
        e.principal_axes(x, 5)
    with pytest.raises(ValueError, match="k must be at most 0"):
        e.principal_axes(np.ones((4, 9)), 1)
    with pytest.raises(ValueError, match="k must be at most 0"):
        e.principal_axes(np.full((4, 2), 0.1), 1)


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="axes must be orthonormal"):
        e.left_over(np.ones((2, 3)), np.zeros(3), [[2.0, 0, 0]])
    with pytest.raises(ValueError, match="x, mean and axes"):
        e.left_over(np.ones((2, 3)), np.zeros(2), [[1.0, 0, 0]])
    with pytest.raises(ValueError, match="groups must name one group"):
        e.fisher_axes(np.ones((3, 2)), [0, 1], 1)
    with pytest.raises(ValueError, match="groups must be at least 2"):
        e.fisher_axes(np.random.default_rng(0).normal(size=(4, 2)), [1, 1, 1, 1], 1)
    with pytest.raises(ValueError, match="spread within the groups"):
        e.fisher_axes([[0.0, 1], [1, 1], [0, 2], [1, 2]], [0, 0, 1, 1], 1)
    with pytest.raises(ValueError, match="k must be at most 1"):
        e.fisher_axes(np.random.default_rng(0).normal(size=(9, 5)), [0, 1, 0, 1, 0, 1, 0, 1, 0], 2)
    with pytest.raises(ValueError, match="x must be finite"):
        e.principal_axes([[np.nan, 0], [1, 2]], 1)
