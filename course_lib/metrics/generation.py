"""How good are generated images? As a set, in NumPy and float64: every score takes two sets of *features*.

=========================  =========================================================================================
`frechet_distance`         between the two Gaussians that fit the sets: quality and variety in one number
`kernel_distance`          the same question without assuming Gaussians; unbiased, so it may fall below 0
`inception_score`          of a classifier's probabilities: sure about each image, undecided about the set
`precision_recall`         how many generated images look real, and how much of what is real was generated
`nearest_neighbors`        the most similar of another set: are these copies?
=========================  =========================================================================================

Features come from outside, (N, d): the pixels, or better the embedding of a network that knows such images. A score
means something only beside another one made with the *same features, the same reference and the same sample sizes*.
So distances are returned as a `Distance`, which carries its kind and its sizes, and refuses to be compared with one of
another kind or other sizes.

The real set always comes first. Take real images that the generator was not trained on: a generator that copies its
training set would have no better friend than that set.
"""

from dataclasses import dataclass
from functools import total_ordering
from typing import NamedTuple

import numpy as np

from course_lib._docs import filled
from course_lib._validate import finite, real_numbers, rounding, whole_number, whole_numbers
from course_lib.metrics._arithmetic import raised

CHUNK = 1 << 22  # distances or kernels computed at a time, so that what is made on the way stays below 32 MB

filled_in = filled(
    sets="""
        real : (N, d)
            Features of real images that the generator was not trained on, at least 2 of them.
        generated : (M, d)
            Features of generated images, made in the same way, at least 2 of them.""",
    errors="""
        ValueError
            The sets have different lengths of features, too few members, or values that are not finite.
        TypeError
            A masked array hides some of its values.""",
    errors_of_k="""
        ValueError
            The sets differ in their features' length, or have too few members or values not finite; k is out of range.
        TypeError
            k is not a whole number, or a masked array hides some of its values.""",
)


@total_ordering
@dataclass(frozen=True, eq=False)
class Distance:
    """A distance between two samples, of which kind it is, and how large they were.

    ``float(distance)`` is the number. ``<``, ``>`` and ``==`` compare distances of the same kind and the same sample
    sizes; others raise ValueError, because a smaller sample gives a larger Fréchet distance for the same generator.
    What is no `Distance` at all, a number or None, raises TypeError, for ``==`` as well.

    Attributes
    ----------
    value : float
    n_real, n_generated : int
        Sample sizes.
    kind : str
        "Fréchet" or "kernel".
    """

    value: float
    n_real: int
    n_generated: int
    kind: str = "Fréchet"

    def __float__(self):
        return self.value

    def __str__(self):
        return f"{self.value:.4g} ({self.n_real} real, {self.n_generated} generated)"

    def __eq__(self, other):
        return self._comparable(other) and self.value == other.value

    def __lt__(self, other):
        return self._comparable(other) and self.value < other.value

    __hash__ = None

    def _comparable(self, other):
        if not isinstance(other, Distance):
            raise TypeError(f"a Distance compares with a Distance, not with {type(other).__name__}: take float(...)")
        if self.kind != other.kind:
            raise ValueError(f"a {self.kind} distance does not compare with a {other.kind} distance")
        sizes, others = (self.n_real, self.n_generated), (other.n_real, other.n_generated)
        if sizes != others:
            raise ValueError(f"distances of different sample sizes do not compare: {sizes} and {others}")
        return True


class PrecisionRecall(NamedTuple):
    """How much of what was generated looks real, and how much of what is real was generated."""

    precision: float
    """Share of the generated samples that lie where real ones are, from 0 to 1."""
    recall: float
    """Share of the real samples that lie where generated ones are, from 0 to 1."""
    n_real: int
    n_generated: int
    k: int
    """Sample sizes, and which nearest neighbor gave a ball its size."""


class Neighbors(NamedTuple):
    """The nearest references of each query, the nearest first."""

    distances: np.ndarray
    """Float64, (N, k)."""
    indices: np.ndarray
    """Places in the references, (N, k)."""


# --- the Fréchet distance ---------------------------------------------------------------------------------------------


@filled_in
def frechet_distance(real, generated):
    """Squared Fréchet distance between the Gaussians fitted to two sets of features.

    ‖μ₁ - μ₂‖² + tr(Σ₁ + Σ₂ - 2 (Σ₁Σ₂)^½), with sample means and sample covariances (divided by n - 1). On the features
    of an Inception network this is the "FID"; on any other features it is *not*, and must not be called so.

    Parameters
    ----------
    %(sets)s

    Returns
    -------
    Distance
        Never below 0 but for rounding. Two samples of the same distribution do not give 0: see `frechet_bias`.

    Raises
    ------
    %(errors)s

    Notes
    -----
    The covariances are not formed. If X₁ are the centered features / √(n - 1), then Σ₁ = X₁ᵀX₁, and tr (Σ₁Σ₂)^½ is the
    sum of the singular values of X₁X₂ᵀ, which are the square roots of the eigenvalues of Σ₁Σ₂. So no matrix square root
    is taken, nothing becomes complex, and fewer images than features do no harm.

    References
    ----------
    D. C. Dowson, B. V. Landau: The Fréchet distance between multivariate normal distributions, J. Multivariate Analysis
    12 (1982), equation 4. M. Heusel et al.: GANs trained by a two time-scale update rule, NeurIPS 2017,
    arXiv:1706.08500, equation 6.

    Examples
    --------
    >>> real = np.array([[0.0], [2.0]])
    >>> print(frechet_distance(real, real + 3))
    9 (2 real, 2 generated)
    """
    real, generated = _sets(real, generated, least=2)
    means, roots = zip(*(_mean_and_root(features) for features in (real, generated)), strict=True)
    return Distance(_frechet(*means, *roots), len(real), len(generated))


def gaussian_frechet_distance(mean1, covariance1, mean2, covariance2):
    """Squared Fréchet distance between two Gaussians that are known exactly: the 2-Wasserstein distance, squared.

    Parameters
    ----------
    mean1, mean2 : (d,)
    covariance1, covariance2 : (d, d)
        Symmetric, no eigenvalue below 0 but for rounding. They may be singular.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        Shapes do not fit, a value is not finite, or a covariance is not symmetric or has a negative eigenvalue.

    Examples
    --------
    >>> gaussian_frechet_distance([0.0, 0.0], np.eye(2), [3.0, 4.0], 4 * np.eye(2))
    27.0
    """
    means, roots = [], []
    for i, (mean, covariance) in enumerate(((mean1, covariance1), (mean2, covariance2)), 1):
        mean = np.atleast_1d(real_numbers(f"mean{i}", mean).astype(float))
        covariance = np.atleast_2d(real_numbers(f"covariance{i}", covariance).astype(float))
        finite(f"mean{i}", mean)
        if mean.ndim != 1 or covariance.shape != 2 * mean.shape:
            raise ValueError(f"mean{i} and covariance{i} must be (d,) and (d, d), got {mean.shape}, {covariance.shape}")
        means.append(mean)
        roots.append(_root(covariance, f"covariance{i}"))
    if len(means[0]) != len(means[1]):
        raise ValueError(f"mean1 and mean2 must have one length, got {len(means[0])} and {len(means[1])}")
    return _frechet(*means, *roots)


def frechet_bias(covariance, n_real, n_generated):
    """What `frechet_distance` gives on average for two samples of the *same* Gaussian, to first order in 1/n.

    tr Σ (1/n + 1/m) from the means, and from the covariances ½ (1/(n-1) + 1/(m-1)) Σᵢⱼ (1 + δᵢⱼ) λᵢλⱼ / (λᵢ + λⱼ), with
    λ the eigenvalues of Σ. For Σ = I and n = m: 2d/n + d(d+1) / (2(n-1)).

    Parameters
    ----------
    covariance : (d, d)
    n_real, n_generated : int
        Sample sizes, at least 2; well above d, or the higher orders count.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        A sample size below 2, or a covariance that is not square, symmetric and finite, or has a negative eigenvalue.

    Notes
    -----
    The second term is the distance's expansion (Bures) ½ Σᵢⱼ Δᵢⱼ² / (λᵢ + λⱼ) with a Wishart matrix's variances put in.

    Examples
    --------
    >>> round(frechet_bias(np.eye(8), 200, 200), 3)
    0.261
    """
    n_real, n_generated = whole_numbers(2, n_real=n_real, n_generated=n_generated)
    root = _root(np.atleast_2d(real_numbers("covariance", covariance).astype(float)), "covariance")
    values = np.linalg.svd(root, compute_uv=False) ** 2
    values = values[values > 0]
    pairs = np.outer(values, values) / np.add.outer(values, values)
    from_means = values.sum() * (1 / n_real + 1 / n_generated)
    return float(from_means + (pairs.sum() + np.trace(pairs)) * (1 / (n_real - 1) + 1 / (n_generated - 1)) / 2)


def _frechet(mean1, mean2, root1, root2):
    shift = mean1 - mean2
    common = np.linalg.svd(root1 @ root2.T, compute_uv=False).sum()
    return float(shift @ shift + (root1**2).sum() + (root2**2).sum() - 2 * common)


def _mean_and_root(features):
    """The mean, and R with RᵀR = the sample covariance; R has at most d rows."""
    mean = features.mean(axis=0)
    return mean, np.linalg.qr((features - mean) / np.sqrt(len(features) - 1), mode="r")


def _root(covariance, name):
    """R with RᵀR = covariance."""
    if covariance.ndim != 2 or covariance.shape[0] != covariance.shape[1]:
        raise ValueError(f"{name} must be square, got {covariance.shape}")
    size = np.abs(covariance).max(initial=0)
    if not np.isfinite(size) or not np.allclose(covariance, covariance.T, rtol=0, atol=1e-8 * size):
        raise ValueError(f"{name} must be symmetric and finite")
    values, vectors = np.linalg.eigh(covariance)
    if values.min() < -1e-8 * size:
        raise ValueError(f"{name} must have no negative eigenvalue, got {values.min():.3g}")
    return np.sqrt(np.maximum(values, 0))[:, None] * vectors.T


# --- the kernel distance ----------------------------------------------------------------------------------------------


@filled_in
def kernel_distance(real, generated):
    """Squared maximum mean discrepancy with the kernel k(x, y) = (x·y / d + 1)³, estimated without bias: "KID".

    Parameters
    ----------
    %(sets)s

    Returns
    -------
    Distance
        Its mean over samples does not depend on their sizes, and is 0 for equal distributions: so a single value may be
        negative. Sizes still matter for its spread.

    Raises
    ------
    %(errors)s

    Notes
    -----
    A sample's kernel with itself is left out: that is all that "unbiased" means here. Features should not be scaled to
    make the number nicer; the kernel is not invariant to it.

    References
    ----------
    M. Bińkowski et al.: Demystifying MMD GANs, ICLR 2018, arXiv:1801.01401, section 4. A. Gretton et al.: A kernel
    two-sample test, JMLR 13 (2012), equation 3.

    Examples
    --------
    >>> float(kernel_distance([[0.0], [0.0]], [[1.0], [1.0]]))
    7.0
    """
    real, generated = _sets(real, generated, least=2)

    def others(a):
        """Mean of the kernel over pairs of two different members."""
        total = sum(k.sum() - np.trace(k, offset=start) for start, k in _kernels(a, a))
        return total / (len(a) * (len(a) - 1))

    between = sum(k.sum() for _, k in _kernels(real, generated)) / (len(real) * len(generated))
    return Distance(float(others(real) + others(generated) - 2 * between), len(real), len(generated), "kernel")


def _kernels(a, b):
    """Yield the first row, and the kernel (x·y / d + 1)³ of some rows of a with all of b."""
    step = max(1, CHUNK // len(b))
    for start in range(0, len(a), step):
        k = a[start : start + step] @ b.T
        k /= a.shape[1]
        k += 1
        cube = k * k  # k**3 would take a logarithm of each, which is up to 45 times as slow
        cube *= k
        yield start, cube


# --- a classifier's opinion -------------------------------------------------------------------------------------------


def inception_score(probabilities):
    """exp of the mean KL divergence of each image's class probabilities from their mean over all images.

    It lies between 1 and the number of classes. It is high if the classifier is sure about each image and all classes
    occur equally often. It never looks at a real image: one perfect image per class, repeated, is all it asks for.

    Parameters
    ----------
    probabilities : (N, K)
        Rows at least 0 that sum to 1: the softmax, not the logits.

    Returns
    -------
    float
        1 if all rows are equal; K for certain answers, equally many of each class.

    Raises
    ------
    ValueError
        A row is no distribution.

    References
    ----------
    T. Salimans et al.: Improved techniques for training GANs, NIPS 2016, arXiv:1606.03498, section 4. S. Barratt,
    R. Sharma: A note on the inception score, 2018, arXiv:1801.01973.

    Examples
    --------
    >>> inception_score([[1.0, 0.0], [0.0, 1.0]])
    2.0
    """
    p = _features("probabilities", probabilities, 1)
    tolerance = max(rounding(probabilities), 1e-4)  # numbers of float16 sum to 1 less exactly
    if (p < 0).any() or not np.allclose(p.sum(axis=1), 1, atol=tolerance):
        raise ValueError("each row of probabilities must be at least 0 and sum to 1: logits need a softmax first")
    q = p.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(p > 0, p * (np.log(p) - np.log(q)), 0)
    return float(np.exp(terms.sum(axis=1).mean()))


# --- neighbors -------------------------------------------------------------------------------------------------------


@filled_in
def precision_recall(real, generated, k=3):
    """Precision: the share of generated samples that lie where real ones are. Recall: the reverse.

    "Where real ones are" is the union of balls around the real samples, each as large as the distance to its own k-th
    nearest real neighbor.

    Parameters
    ----------
    %(sets)s
    k : int
        At least 1, below N and M. The paper's default is 3.

    Returns
    -------
    PrecisionRecall
        ``precision``, ``recall`` in [0, 1], and ``n_real``, ``n_generated``, ``k``.

    Raises
    ------
    %(errors_of_k)s

    Notes
    -----
    A generator that draws one perfect image has precision 1 and almost no recall. One outlier among the real samples
    has a huge ball and can swallow bad images. Two samples of one distribution do not reach 1: for equal sizes a point
    lies in k balls on average, but in none of them now and then. Both numbers depend on k and on the sizes, so compare
    equal ones only.

    References
    ----------
    T. Kynkäänniemi et al.: Improved precision and recall metric for assessing generative models, NeurIPS 2019,
    arXiv:1904.06991, equations 1 and 2.

    Examples
    --------
    >>> precision_recall([[0.0], [1.0], [2.0], [9.0]], [[0.4], [0.5], [0.6]], k=1)
    PrecisionRecall(precision=1.0, recall=0.0, n_real=4, n_generated=3, k=1)
    """
    real, generated = _sets(real, generated, least=2)
    k = whole_number("k", k)
    if not 1 <= k < min(len(real), len(generated)):
        raise ValueError(f"k must be at least 1 and below both sample sizes, {len(real)} and {len(generated)}, got {k}")
    precision = _inside(generated, real, k)
    recall = _inside(real, generated, k)
    return PrecisionRecall(precision, recall, len(real), len(generated), k)


@filled_in
def nearest_neighbors(queries, references, k=1):
    """Find the k nearest references of each query, by Euclidean distance.

    Parameters
    ----------
    queries : (N, d)
        Features of those whose neighbors are asked for, at least 1.
    references : (M, d)
        Features of those among which they are looked for, at least 1.
    k : int
        From 1 to M.

    Returns
    -------
    Neighbors
        ``distances`` and ``indices``, both (N, k), the nearest first. Of equally near ones, any.

    Raises
    ------
    %(errors_of_k)s

    Examples
    --------
    >>> nearest_neighbors([[0.0], [5.0]], [[4.0], [1.0]]).indices.ravel()
    array([1, 0])
    """
    queries, references = _sets(queries, references, least=1, names=("queries", "references"))
    k = whole_number("k", k)
    if not 1 <= k <= len(references):
        raise ValueError(f"k must lie between 1 and the {len(references)} references, got {k}")
    distances, indices = np.empty((len(queries), k)), np.empty((len(queries), k), dtype=np.intp)
    for rows, block in _distances(queries, references):
        nearest = np.argpartition(block, k - 1, axis=1)[:, :k]
        order = np.argsort(np.take_along_axis(block, nearest, axis=1), axis=1)
        indices[rows] = np.take_along_axis(nearest, order, axis=1)
        distances[rows] = np.take_along_axis(block, indices[rows], axis=1)
    return Neighbors(distances, indices)


def _inside(points, centers, k):
    """The share of points that lie in at least one ball around a center."""
    radii = nearest_neighbors(centers, centers, k + 1).distances[:, k]  # the nearest of all is the center itself
    radii = raised(radii, np.linalg.norm(centers, axis=1))  # on the edge is inside, however the distance is rounded
    return float(np.mean(np.concatenate([(block <= radii).any(axis=1) for _, block in _distances(points, centers)])))


def _distances(a, b):
    """Yield slices of a with the distances of these rows to all of b. Equal rows are exactly 0 apart."""
    from scipy.spatial.distance import cdist

    step = max(1, CHUNK // len(b))
    for start in range(0, len(a), step):
        rows = slice(start, start + step)
        yield rows, cdist(a[rows], b)


# --- what comes in ----------------------------------------------------------------------------------------------------


def _sets(first, second, least, names=("real", "generated")):
    first, second = _features(names[0], first, least), _features(names[1], second, least)
    if first.shape[1] != second.shape[1]:
        both = " and ".join(names)
        raise ValueError(f"{both} must have features of one length, got {first.shape} and {second.shape}")
    return first, second


def _features(name, array, least):
    array = real_numbers(name, array).astype(np.float64, copy=False)
    if array.ndim != 2 or array.shape[1] == 0:
        raise ValueError(
            f"{name} must have the shape (samples, features), got {array.shape}: flatten images first, and make "
            "a single feature a column"
        )
    if len(array) < least:
        raise ValueError(f"{name} must hold at least {least} samples, got {len(array)}")
    return finite(name, array)
