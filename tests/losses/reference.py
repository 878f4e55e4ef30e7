"""The losses once more, in NumPy, written differently: one image, one class and one pixel at a time, from counts.

Nothing here is stable, fast or short of loops; it is what the library is compared with. Logits (N, H, W, C), class ids
(N, H, W), weights (N, H, W). Every function gives the mean, as the library does by default.
"""

import math

import numpy as np


def probability(z, c):
    """Probability of class c at one pixel with the logits z; for one logit, class 1 is the foreground."""
    if len(z) == 1:
        return 1 / (1 + math.exp(-z[0])) if c == 1 else 1 / (1 + math.exp(z[0]))
    return 1 / sum(math.exp(other - z[c]) for other in z)


def pixels(y, z, w):
    """(image, true class, logits, weight) of every pixel."""
    for n, i, j in np.ndindex(y.shape):
        yield n, int(y[n, i, j]), z[n, i, j], float(w[n, i, j])


def cross_entropy(y, z, w):
    """Weighted mean of -log p."""
    parts = [(weight, -math.log(probability(logits, c))) for _, c, logits, weight in pixels(y, z, w)]
    return sum(a * b for a, b in parts) / sum(a for a, _ in parts)


def focal(y, z, w, gamma):
    """Lin et al., eq. 4."""
    total = count = 0.0
    for _, c, logits, weight in pixels(y, z, w):
        p = probability(logits, c)
        total += weight * (1 - p) ** gamma * -math.log(p)
        count += weight
    return total / count


def columns(z):
    """The classes that a region loss looks at: the foreground alone, or all."""
    return [1] if z.shape[-1] == 1 else list(range(z.shape[-1]))


def counts(y, z, w, image, c):
    """Hits, false alarms, misses, sum of squares of p, size of the class: all soft and weighted."""
    hits = false_alarms = misses = squares = size = 0.0
    for n, label, logits, weight in pixels(y, z, w):
        if image is not None and n != image:
            continue
        p = probability(logits, c)
        squares += weight * p * p
        if label == c:
            hits, misses, size = hits + weight * p, misses + weight * (1 - p), size + weight
        else:
            false_alarms += weight * p
    return hits, false_alarms, misses, squares, size


def over_images(values, w):
    """The mean of one value for each image, each with the mean of its weights above 0; others are not counted."""
    total = share = 0.0
    for value, image in zip(values, w, strict=True):
        above = [float(weight) for weight in image.flat if weight > 0]
        if above:
            total, share = total + sum(above) / len(above) * value, share + sum(above) / len(above)
    return total / share


def by_regions(y, z, w, index, per_batch=False):
    """1 - the mean of an index of counts over classes, and that over images; every class must be present."""
    if per_batch:
        return float(np.mean([1 - index(*counts(y, z, w, None, c)) for c in columns(z)]))
    return over_images(
        [np.mean([1 - index(*counts(y, z, w, n, c)) for c in columns(z)]) if w[n].any() else 0 for n in range(len(y))],
        w,
    )


def dice_index(form):
    """The Dice index from counts."""
    if form == "squared":
        return lambda tp, fp, fn, squares, size: 2 * tp / (squares + size)
    return lambda tp, fp, fn, squares, size: 2 * tp / (2 * tp + fp + fn)  # hard targets: the L1 form is the same


def jaccard_index(form):
    """The Jaccard index from counts."""
    if form == "squared":
        return lambda tp, fp, fn, squares, size: tp / (squares + size - tp)
    return lambda tp, fp, fn, squares, size: tp / (tp + fp + fn)


def tversky_index(alpha, beta):
    """Salehi et al.: alpha weighs false positives, beta false negatives."""
    return lambda tp, fp, fn, squares, size: tp / (tp + alpha * fp + beta * fn)


def focal_tversky(y, z, w, alpha, beta, gamma):
    """Abraham & Khan, with Salehi's alpha and beta."""
    index = tversky_index(alpha, beta)
    return by_regions(y, z, w, lambda *a: 1 - (1 - index(*a)) ** (1 / gamma))


def generalized_dice(y, z, w):
    """Sudre et al."""
    losses = []
    for n in range(len(y)):
        above = below = 0.0
        for c in range(max(2, z.shape[-1])):
            tp, fp, fn, _, size = counts(y, z, w, n, c)
            above += 2 * tp / size**2
            below += (2 * tp + fp + fn) / size**2
        losses.append(1 - above / below)
    return over_images(losses, w)


def set_loss(wrong, truth, w):
    """Jaccard loss of a set of wrong pixels: |wrong| / |truth united with wrong|, weighted."""
    union = sum(w[k] for k in range(len(w)) if truth[k] or k in wrong)
    return sum(w[k] for k in wrong) / union if union else 0.0


def lovasz_extension(errors, truth, w):
    """The Lovász extension by its definition as an integral: of the set of errors above t, over t from 0 to 1."""
    levels = sorted({0.0, 1.0, *map(float, errors)})
    value = 0.0
    for low, high in zip(levels, levels[1:], strict=False):
        wrong = {k for k, error in enumerate(errors) if error > (low + high) / 2}
        value += (high - low) * set_loss(wrong, truth, w)
    return value


def lovasz(y, z, w):
    """Berman et al., by the integral instead of sorting."""
    losses = np.zeros((len(y), len(columns(z))))
    for n in range(len(y)):
        for k, c in enumerate(columns(z)):
            flat = [
                (label == c, probability(logits, c), weight) for m, label, logits, weight in pixels(y, z, w) if m == n
            ]
            truth, p, weight = (list(column) for column in zip(*flat, strict=True))
            losses[n, k] = lovasz_extension([abs(t - q) for t, q in zip(truth, p, strict=True)], truth, weight)
    return over_images(losses.mean(axis=1), w)


def signed_distance(inside):
    """Distance of every pixel to the nearest one on the other side, less half a pixel; by looking at all pairs."""
    result = np.zeros(inside.shape)
    for here in np.ndindex(inside.shape):
        others = [math.dist(here, there) for there in np.ndindex(inside.shape) if inside[there] != inside[here]]
        result[here] = (min(others) - 0.5) * (-1 if inside[here] else 1)
    return result


def boundary(y, z, w):
    """Kervadec et al.: mean of distance times probability."""
    values = []
    for c in columns(z):
        distance = np.stack([signed_distance(image == c) for image in y])
        total = sum(w[n] * distance[n] * probability(z[n], c) for n in np.ndindex(y.shape))
        values.append(total / w.sum())
    return float(np.mean(values))
