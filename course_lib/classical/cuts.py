"""The minimum cut: a cheapest of all labellings with two labels, found by the largest flow through a network of pipes.

References
----------
L. R. Ford, D. R. Fulkerson, Maximal flow through a network, 1956. doi:10.4153/CJM-1956-045-5
D. Greig, B. Porteous, A. Seheult, Exact maximum a posteriori estimation for binary images, 1989.
doi:10.1111/j.2517-6161.1989.tb01764.x
Y. Boykov, V. Kolmogorov, An experimental comparison of min-cut/max-flow algorithms for energy minimization in vision,
2004. doi:10.1109/TPAMI.2004.60
T. Chan, L. Vese, Active contours without edges, 2001. doi:10.1109/83.902291
"""

from typing import NamedTuple

import numpy as np

from course_lib._validate import float_array, real_number, whole_number
from course_lib.classical.energies import pair_weights, potts_energy, unary_costs
from course_lib.classical.regions import mask_array, neighbors


class Cut(NamedTuple):
    """A minimum cut, and what it proves: no labelling costs less than flow + constant.

    Attributes
    ----------
    labels : ndarray of int64, shape (H, W)
        1 on the side of the source, 0 on the side of the sink.
    flow : float
        The largest flow, in units of the energy.
    constant : float
        What every labelling pays: the smaller unary cost of each pixel.
    scale : float
        Costs were multiplied by this and rounded to whole numbers; 1 or more for whole costs, which are then exact.
    """

    labels: np.ndarray
    flow: float
    constant: float
    scale: float


LARGEST = 2**31 - 1  # scipy's flows are int32, and larger numbers wrap without a word


def min_cut(unary, smoothness):
    """Find a cheapest labelling with two labels by a largest flow, and the flow, which proves it.

    The network has a pipe source → pixel as wide as label 0 costs more than label 1, or pixel → sink as wide as label 1
    costs more, and pipes both ways between neighbours. A cut that leaves a pixel with the source gives it label 1; the
    pipes cut are what the labelling pays.

    Parameters
    ----------
    unary : array_like, (H, W, 2)
        The costs of the labels 0 and 1 in each pixel, of any sign.
    smoothness : float, at least 0, or a pair of arrays
        The weight of a pair of neighbours, or the weights (down, right), shapes (H - 1, W) and (H, W - 1).

    Returns
    -------
    Cut
        Labels, flow, constant and scale. The smallest energy is flow + constant: exactly for whole costs as long as
        scale is at least 1, else up to one part in ``scale`` for each pipe.

    Raises
    ------
    TypeError, ValueError
        If shapes do not fit or a cost is not finite.

    Notes
    -----
    `scipy.sparse.csgraph.maximum_flow` wants int32, and reads an int64 of 2³² + 5 as 5 without a word. So costs are
    multiplied by a power of 2 such that neither a pipe nor the whole flow can leave int32, and rounded. That a huge
    unary cost does not take all the digits, it counts as at most twice what the pixel can pay for its neighbours: more
    cannot change a minimum.

    Examples
    --------
    >>> cut = min_cut([[[0, 3], [1, 0], [0, 3]]], smoothness=1)
    >>> cut.labels, cut.flow + cut.constant
    (array([[0, 0, 0]]), 1.0)
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow

    unary = unary_costs(unary, 2)
    down, right = pair_weights(smoothness, unary.shape[:2])
    beside = np.zeros(unary.shape[:2])
    for weights, here, there in ((down, np.s_[1:], np.s_[:-1]), (right, np.s_[:, 1:], np.s_[:, :-1])):
        beside[here] += weights
        beside[there] += weights
    more = np.clip(unary[..., 0] - unary[..., 1], -2 * beside, 2 * beside).ravel()  # what label 0 costs more than 1
    weights = np.concatenate([down.ravel(), right.ravel()])
    scale = _scale(more, weights)
    more, weights = np.rint(scale * more).astype(np.int32), np.rint(scale * weights).astype(np.int32)
    n = more.size
    source, sink = np.full(n, n), np.full(n, n + 1)
    first, second = neighbors(unary.shape[:2])
    ends = np.concatenate([source, np.arange(n), first, second]), np.concatenate([np.arange(n), sink, second, first])
    pipes = coo_array(
        (np.concatenate([np.maximum(more, 0), np.maximum(-more, 0), weights, weights]), ends), shape=(n + 2, n + 2)
    ).tocsr()
    result = maximum_flow(pipes, n, n + 1)
    left = pipes - result.flow
    left.data[left.data < 0] = 0
    left.eliminate_zeros()
    reached = np.zeros(n + 2, np.int64)
    reached[breadth_first_order(left, n, return_predecessors=False)] = 1
    # where no neighbour has a say, the network says nothing
    labels = np.where(beside > 0, reached[:n].reshape(beside.shape), unary.argmin(axis=2))
    return Cut(labels, float(result.flow_value / scale), float(unary.min(axis=2).sum()), scale)


def _scale(more, weights):
    """The largest power of 2 by which all costs may be multiplied without a flow above int32."""
    total = min(np.maximum(more, 0).sum(), np.maximum(-more, 0).sum())
    widest = max(np.abs(more).max(), 2 * weights.max(initial=0))
    limits = [(LARGEST - more.size) / total] if total > 0 else []  # rounding may add half to each pipe
    limits += [LARGEST / widest] if widest > 0 else []
    return float(2.0 ** np.floor(np.log2(min(limits)))) if limits else 1.0


def graph_cut(unary, smoothness):
    """A cheapest of all labellings with two labels, by a minimum cut.

    Parameters
    ----------
    unary : array_like, (H, W, 2)
        The costs of the labels 0 and 1 in each pixel, of any sign.
    smoothness : float, at least 0, or a pair of arrays
        The weight of a pair of neighbours, or the weights (down, right), shapes (H - 1, W) and (H, W - 1).

    Returns
    -------
    ndarray of int64, shape (H, W), of 0 and 1

    Raises
    ------
    TypeError, ValueError
        If shapes do not fit or a cost is not finite.

    Examples
    --------
    >>> graph_cut([[[0, 3], [1, 0], [0, 3]]], smoothness=1)
    array([[0, 0, 0]])
    """
    return min_cut(unary, smoothness).labels


def chan_vese(image, mu, start=None, iterations=50):
    """Two even regions with a short border: means and a minimum cut in turn, so that the energy never rises.

    E(mask, c0, c1) = sum outside of (I - c0)² + sum inside of (I - c1)² + mu * (pairs of neighbours that are parted).

    Parameters
    ----------
    image : array_like, (H, W)
    mu : float, at least 0
        The price of a unit of border, in squared units of the image.
    start : array_like of bool, (H, W), optional
        The first mask; by default what is brighter than the mean.
    iterations : int, at least 1
        At most.

    Returns
    -------
    mask : ndarray of bool, shape (H, W)
    means : (float, float)
        Outside and inside.
    energies : list of float
        Of the first mask and after every iteration; it ends where the energy no longer falls.

    Raises
    ------
    TypeError, ValueError
        If shapes do not fit, the image is not finite or mu is below 0.

    Notes
    -----
    Chan and Vese move a smooth curve; here the length of the border counts edges between pixels, so that both steps can
    be done exactly: the best means for a mask are its means, the best mask for two means is a minimum cut. A region
    without pixels keeps its mean. Each step is a minimum, but not both together: the result depends on the start.

    Examples
    --------
    >>> mask, means, energies = chan_vese([[0, 0, 9, 8, 9]], mu=1)
    >>> mask.astype(int), energies
    (array([[0, 0, 1, 1, 1]]), [1.6666666666666665, 1.6666666666666665])
    """
    image = float_array("image", image, ndim=2)
    mu = real_number("mu", mu, 0)
    mean = max(image.mean(), image.min())  # of equal pixels the mean may be less than each, by rounding
    mask = image > mean if start is None else mask_array("start", start)
    if mask.shape != image.shape:
        raise ValueError(f"start must have the shape {image.shape}, as the image has, got {mask.shape}")
    means = _means(image, mask, (mean, mean))
    energies = [_chan_vese_energy(image, mask, means, mu)]
    for _ in range(whole_number("iterations", iterations, 1)):
        new = graph_cut(_squares(image, means), mu).astype(bool)
        new_means = _means(image, new, means)
        energy = _chan_vese_energy(image, new, new_means, mu)
        if not energy < energies[-1]:  # by rounding to whole costs it could even rise
            energies.append(energies[-1])
            break
        mask, means = new, new_means
        energies.append(energy)
    return mask, means, energies


def _squares(image, means):
    return np.stack([(image - mean) ** 2 for mean in means], axis=2)


def _means(image, mask, before):
    return tuple(
        float(image[part].mean()) if part.any() else float(old) for part, old in zip((~mask, mask), before, strict=True)
    )


def _chan_vese_energy(image, mask, means, mu):
    return potts_energy(mask, _squares(image, means), mu)
