"""The fixed cases on which other programs were asked; `oracle_values` stores their answers. NumPy alone makes them."""

import numpy as np


def blurred(noise, times):
    """Means over crosses, again and again: smooth noise of which masks and objects are cut."""
    for _ in range(times):
        for axis in range(noise.ndim):
            noise = (np.roll(noise, 1, axis) + noise + np.roll(noise, -1, axis)) / 3
    return noise


def masks():
    """Twenty-two triples (truth, prediction, spacing): blobs, volumes, single pixels, full and empty masks."""
    rng, cases = np.random.default_rng(9), []
    for k in range(14):
        shape = (24 + k, 33 - k) if k < 12 else (9, 14, 12)
        noise = blurred(rng.normal(size=shape), 4)
        truth = noise > np.quantile(noise, 0.7)
        other = noise + (0.2 + 0.1 * (k % 5)) * blurred(rng.normal(size=shape), 3)
        predicted = np.roll(other > np.quantile(other, 0.65), k % 3, axis=-1)
        spacing = [(1.0,) * len(shape), (0.5, 2.0, 1.5)[: len(shape)]][k % 2]
        cases.append((truth, predicted, spacing))
    rows, columns = np.mgrid[:64, :64] - 32
    radius = np.hypot(rows, columns)
    cases.append((radius <= 24, (radius <= 24) & (radius >= 15), (1.0, 1.0)))
    full, none, one, two = np.ones((9, 11), bool), np.zeros((9, 11), bool), *np.zeros((2, 9, 11), bool)
    one[4, 5], two[0, 10] = True, True
    cases += [(full, one, (1.0, 1.0)), (one, two, (1.0, 3.0)), (one, one, (1.0, 1.0)), (full, full, (1.0, 1.0))]
    cases += [(none, one, (1.0, 1.0)), (one, none, (1.0, 1.0)), (none, none, (1.0, 1.0))]
    return cases


def objects():
    """Twenty pairs of label images: cells of a grid, shifted, cut and merged; the last ones overlap by exactly .5."""
    rng, cases = np.random.default_rng(10), []
    for k in range(16):
        cells = np.kron(np.arange(1, 26).reshape(5, 5), np.ones((6, 6), int))
        cells *= blurred(rng.normal(size=cells.shape), 2) > -0.15
        cells[rng.integers(0, 26, cells.shape) == 0] = 0
        predicted = np.roll(cells, (k % 4, k % 3), axis=(0, 1))
        predicted[np.isin(predicted, rng.integers(1, 26, 3))] = 0
        merged = rng.integers(1, 26, 2)
        predicted[predicted == merged[0]] = merged[1]
        predicted[:, 17][predicted[:, 17] > 0] += 30
        cases.append((cells, predicted))
    half = np.zeros((4, 8), int)
    half[1, 1:7], both = 1, np.zeros((4, 8), int)
    both[1, 1:4] = 3
    none = np.zeros((4, 8), int)
    return [*cases, (half, both), (both, half), (half, none), (none, none)]


def ranked():
    """Nine images (truth, prediction, scores of the predicted labels): sure objects are more often right; one empty."""
    rng, cases = np.random.default_rng(13), []
    for k in range(8):
        cells = np.kron(rng.permutation(26)[1:].reshape(5, 5), np.ones((6, 6), int))
        cells[::6], cells[:, ::6] = 0, 0
        predicted = np.where(rng.random(cells.shape) < 0.01 * k, 0, cells)
        scores = np.round(rng.random(40), 3 if k % 2 else 1)
        for wrong in rng.integers(1, 26, 6):
            predicted[predicted == wrong] = 0
            predicted[np.roll(cells == wrong, 1 + k % 2, axis=1)] = wrong
            scores[wrong] /= 2
        cases.append((cells, predicted, scores))
    return [*cases, (np.zeros((6, 6), int), np.eye(6, dtype=int), np.array([0, 0.4]))]


def panoptic(void):
    """Twelve pairs (categories, instances): 0 and 1 are stuff, 2 and 3 things, some of the truth is ``void``."""
    rng, cases = np.random.default_rng(11), []
    for k in range(12):
        tiles = rng.integers(0, 4, (5, 5))
        numbers = np.where(tiles > 1, np.arange(25).reshape(5, 5) + 1, 0)
        true = np.stack([np.kron(a, np.ones((5, 5), int)) for a in (tiles, numbers)], axis=-1)
        pred = np.roll(true, (k % 3, (k + 1) % 2), axis=(0, 1))
        changed = rng.integers(0, 25, 2)
        for tile in changed:
            pred[pred[..., 1] == tile + 1, 0] = 5 - pred[pred[..., 1] == tile + 1, 0]
        hidden = blurred(rng.normal(size=(25, 25)), 2) > (0.35 if k % 2 else 9)
        hidden |= (true[..., 1] == true[..., 1].max()) & (k % 4 == 3)
        true[hidden] = void, 0
        cases.append((true, pred))
    return cases


def probabilities():
    """Six pairs (labels, probabilities of four classes), some of them too sure."""
    rng, cases = np.random.default_rng(12), []
    for k in range(6):
        p = rng.dirichlet([0.6] * 4, 500)
        labels = (rng.random((500, 1)) > p.cumsum(axis=1)[:, :3]).sum(axis=1)
        p = p ** (1 + k / 3)
        cases.append((labels, p / p.sum(axis=1, keepdims=True)))
    return cases
