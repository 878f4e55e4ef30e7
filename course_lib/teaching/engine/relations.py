"""Relations between a right result and a wrong one that are no function of one of them."""

import itertools

import numpy as np

from course_lib.teaching.engine.results import as_floats, same

MOST_CUT = 8  # rows or columns of which a block may be short


class Comparison:
    """A relation between two results that is no function of one of them."""


class Shifted(Comparison):
    """Moved by one along an axis, and `then` along another."""

    def __init__(self, axis, step, then=None):
        self.axis, self.step, self.then = axis, step, then

    def holds(self, e, g, close):
        if e.shape != g.shape or e.ndim <= self.axis or e.shape[self.axis] < 3:
            return False
        a, b = np.moveaxis(e, self.axis, 0), np.moveaxis(g, self.axis, 0)
        a, b = (a[:-1], b[1:]) if self.step > 0 else (a[1:], b[:-1])
        if self.then is None:
            return close(a, b)
        return self.then.holds(np.moveaxis(a, 0, self.axis), np.moveaxis(b, 0, self.axis), close)


class SamePieces(Comparison):
    """Labels, whole numbers from 0 of which there are few, that cut a picture into the same pieces."""

    def holds(self, e, g, close):
        if e.shape != g.shape or e.ndim != 2 or any(side.dtype.kind not in "iu" or side.min() < 0 for side in (e, g)):
            return False
        if not 3 <= np.unique(e).size <= e.size / 3:
            return False
        pairs = np.unique(np.stack([e.ravel(), g.ravel()]), axis=1).shape[1]
        return pairs == np.unique(e).size == np.unique(g).size


class Inside(Comparison):
    def holds(self, e, g, close):
        if e.shape != g.shape or e.ndim not in (1, 2) or min(e.shape) < 3:
            return False
        inner = (slice(1, -1),) * e.ndim
        return close(e[inner], g[inner])


class PartOf(Comparison):
    """A block of the right result, somewhere in it."""

    def holds(self, e, g, close):
        if e.ndim != g.ndim or not 0 < e.ndim < 3 or e.shape == g.shape:
            return False
        if any(not 0 <= m - n <= MOST_CUT for n, m in zip(g.shape, e.shape, strict=True)):
            return False
        places = itertools.product(*(range(m - n + 1) for n, m in zip(g.shape, e.shape, strict=True)))
        return any(close(e[tuple(slice(i, i + n) for i, n in zip(at, g.shape, strict=True))], g) for at in places)


class Holds(Comparison):
    """The right result is a block of the learner's."""

    def holds(self, e, g, close):
        return e.size > 0 and PartOf().holds(g, e, close)


class Shuffled(Comparison):
    def holds(self, e, g, close):
        return e.shape == g.shape and e.size > 2 and close(np.sort(e, axis=None), np.sort(g, axis=None))


class Nearly(Comparison):
    """The right result, but for errors far above rounding's and far below those of a mistake in a formula."""

    def holds(self, e, g, close):
        scale = np.abs(as_floats(e)).max(initial=0)
        return e.shape == g.shape and bool(scale) and same(g, e, 1e-5, 1e-6 * scale)
