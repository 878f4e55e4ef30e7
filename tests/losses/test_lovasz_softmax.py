"""The Lovász loss: the Jaccard loss where all is decided, convex between."""

import itertools

import numpy as np
import pytest

from course_lib import losses
from tests.losses.samples import numbers


@pytest.mark.parametrize("n", [1, 3, 8])
def test_lovasz_is_the_jaccard_loss_at_every_vertex(n):
    """All 2^n predictions of all-or-nothing, for a target with objects and for an empty one."""
    z = 1000.0 * (2 * np.array(list(itertools.product((0, 1), repeat=n))) - 1).reshape(-1, 1, n, 1)
    for truth in (np.arange(n) % 2 == 0, np.arange(n) < 1):
        y = np.broadcast_to(truth.astype(int), (2**n, 1, n))
        jaccard = losses.jaccard(y, z, reduction="none")
        np.testing.assert_allclose(numbers(losses.lovasz(y, z, reduction="none")), numbers(jaccard), atol=1e-7)
    empty = numbers(losses.lovasz(np.zeros((2**n, 1, n)), z, reduction="none"))
    np.testing.assert_array_equal(empty, (z > 0).any(axis=(1, 2, 3)))


def test_lovasz_is_convex_in_the_errors_and_does_not_depend_on_the_order_of_ties():
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, (1, 3, 4))

    def value(p):
        return float(losses.lovasz(y, np.log(p / (1 - p))[None, ..., None]))

    for _ in range(20):
        p, q = rng.uniform(0.01, 0.99, (2, 3, 4))
        assert value((p + q) / 2) <= (value(p) + value(q)) / 2 + 1e-6
    p = np.full((3, 4), 0.3)
    shuffled = rng.permutation(12)
    again = losses.lovasz(y.reshape(1, 12)[:, shuffled].reshape(1, 3, 4), np.full((1, 3, 4, 1), np.log(3 / 7)))
    assert value(p) == pytest.approx(float(again), abs=1e-6)
