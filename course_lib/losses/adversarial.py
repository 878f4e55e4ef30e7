"""Losses of adversarial training: what a discriminator and a generator minimise, and penalties on the slope between.

``real`` and ``fake`` are the scores that a discriminator D gives to samples: **logits**, unbounded tensors of any
shape, one number or one map of numbers for each sample. The probability "this is real" is sigmoid(logit); in the
losses of Wasserstein, hinge and least squares the score means no probability. Half precision is computed in float32,
float64 in float64.

Every loss is to be **minimised** and is a **mean** over all scores. A discriminator's loss is the sum of its mean over
the real and its mean over the fake ones, not their average: with cross-entropy, an undecided discriminator has the loss
2 log 2 = 1.386.

A trainer takes both losses of a pair at once: ``MINIMAX``, ``NON_SATURATING``, ``LEAST_SQUARES``, ``HINGE``,
``WASSERSTEIN``, ``RELATIVISTIC``. Equation numbers in the docstrings are those of the papers.
"""

from collections.abc import Callable
from dataclasses import dataclass

import keras
from keras import ops

from course_lib.backend import input_grad
from course_lib.classical._checks import refuse_masked

# --- the losses: one formula a function -------------------------------------------------------------------------------


def minimax_discriminator(real, fake, real_label=1.0):
    """Cross-entropy of a classifier that tells real from fake: −mean log D(x) − mean log(1 − D(G(z))).

    Its minimum over all D is log 4 − 2 JSD(p, q), reached by D = p / (p + q).

    Parameters
    ----------
    real, fake : logits of any shapes
    real_label : float, above 0.5 and at most 1
        The target of real samples. Below 1 it is one-sided label smoothing: real samples are then asked for
        D = ``real_label`` instead of certainty. Fakes keep the target 0, or the best D would no longer fall to 0 where
        there are only fakes.

    Returns
    -------
    ()

    References
    ----------
    I. Goodfellow et al.: Generative adversarial nets, NeurIPS 2014, arXiv:1406.2661, eq. (1). T. Salimans et al.:
    Improved techniques for training GANs, NeurIPS 2016, arXiv:1606.03498, section 3.4.
    """
    if not 0.5 < real_label <= 1:
        raise ValueError(f"real_label must be above 0.5 and at most 1, got {real_label!r}")
    real, fake = _wide("real", real), _wide("fake", fake)
    of_real = ops.softplus(-real)
    if real_label < 1:  # 0 times an infinite softplus would be NaN
        of_real = real_label * of_real + (1 - real_label) * ops.softplus(real)
    return ops.mean(of_real) + ops.mean(ops.softplus(fake))


def minimax_generator(fake):
    """The generator's side of the game as it was stated: mean log(1 − D(G(z))).

    It *saturates*: its slope by a logit is −D(G(z)) / n, which dies where the discriminator has won.

    Parameters
    ----------
    fake : logits of any shape

    Returns
    -------
    (), at most 0

    References
    ----------
    Goodfellow et al. 2014, arXiv:1406.2661, eq. (1).
    """
    return -ops.mean(ops.softplus(_wide("fake", fake)))


def non_saturating_generator(fake):
    """What is used in its place: −mean log D(G(z)), whose slope by a logit is −(1 − D(G(z))) / n.

    Parameters
    ----------
    fake : logits of any shape

    Returns
    -------
    (), at least 0

    References
    ----------
    Goodfellow et al. 2014, arXiv:1406.2661, section 3.
    """
    return ops.mean(ops.softplus(-_wide("fake", fake)))


def least_squares_discriminator(real, fake, real_label=1.0, fake_label=0.0):
    """Half the squared distance of scores to their labels: ½ mean (D(x) − b)² + ½ mean (D(G(z)) − a)².

    Parameters
    ----------
    real, fake : scores of any shapes
    real_label, fake_label : float
        b and a.

    Returns
    -------
    ()

    References
    ----------
    X. Mao et al.: Least squares generative adversarial networks, ICCV 2017, arXiv:1611.04076, eq. (2); labels of
    eq. (9).
    """
    real, fake = _wide("real", real), _wide("fake", fake)
    return (ops.mean(ops.square(real - real_label)) + ops.mean(ops.square(fake - fake_label))) / 2


def least_squares_generator(fake, target=1.0):
    """Half the squared distance of the fakes' scores to the score that the generator wants: ½ mean (D(G(z)) − c)².

    With b − c = 1 and b − a = 2 (labels a = −1, b = 1, target c = 0) and the best D, this and the same term of the real
    samples add up to half the Pearson χ² divergence between p + q and 2 q. That is their value; its gradient is not the
    one that a generator gets while D is held still.

    Parameters
    ----------
    fake : scores of any shape
    target : float
        c.

    Returns
    -------
    ()

    References
    ----------
    Mao et al. 2017, arXiv:1611.04076, eq. (2) and (7).
    """
    return ops.mean(ops.square(_wide("fake", fake) - target)) / 2


def hinge_discriminator(real, fake):
    """Only scores on the wrong side of a margin cost: mean max(0, 1 − D(x)) + mean max(0, 1 + D(G(z))).

    Parameters
    ----------
    real, fake : scores of any shapes

    Returns
    -------
    ()

    References
    ----------
    J. H. Lim, J. C. Ye: Geometric GAN, 2017, arXiv:1705.02894. T. Miyato et al.: Spectral normalization for generative
    adversarial networks, ICLR 2018, arXiv:1802.05957, eq. (16).
    """
    return ops.mean(ops.relu(1 - _wide("real", real))) + ops.mean(ops.relu(1 + _wide("fake", fake)))


def hinge_generator(fake):
    """The generator raises the fakes' scores, margin or not: −mean D(G(z)).

    Parameters
    ----------
    fake : scores of any shape

    Returns
    -------
    ()

    References
    ----------
    Miyato et al. 2018, arXiv:1802.05957, eq. (17).
    """
    return -ops.mean(_wide("fake", fake))


def wasserstein_critic(real, fake):
    """Minus the gap between the mean scores: mean D(G(z)) − mean D(x).

    For a critic of slope at most 1 the gap is at most the distance W₁ (Kantorovich–Rubinstein); this loss alone does
    not bound the slope.

    Parameters
    ----------
    real, fake : scores of any shapes, not probabilities

    Returns
    -------
    ()

    References
    ----------
    M. Arjovsky, S. Chintala, L. Bottou: Wasserstein generative adversarial networks, ICML 2017, arXiv:1701.07875,
    eq. (2).
    """
    return ops.mean(_wide("fake", fake)) - ops.mean(_wide("real", real))


def wasserstein_generator(fake):
    """The generator closes the gap: −mean D(G(z)).

    Parameters
    ----------
    fake : scores of any shape

    Returns
    -------
    ()

    References
    ----------
    Arjovsky et al. 2017, arXiv:1701.07875, algorithm 1, line 10.
    """
    return -ops.mean(_wide("fake", fake))


def relativistic_discriminator(real, fake):
    """Each real sample must score higher than the fake beside it: mean softplus(−(D(x) − D(G(z)))).

    Parameters
    ----------
    real, fake : scores of one shape
        Paired by position.

    Returns
    -------
    (); log 2 for an undecided discriminator.

    References
    ----------
    A. Jolicoeur-Martineau: On relativistic f-GANs, ICML 2020, arXiv:1901.02474 (RpGAN). N. Huang et al.: The GAN is
    dead; long live the GAN!, NeurIPS 2024, arXiv:2501.05441, eq. (2).
    """
    return ops.mean(ops.softplus(-_pair_gap(real, fake)))


def relativistic_generator(real, fake):
    """The same the other way round: mean softplus(−(D(G(z)) − D(x))). Real scores take part.

    Parameters
    ----------
    real, fake : scores of one shape
        Paired by position.

    Returns
    -------
    ()

    References
    ----------
    Jolicoeur-Martineau 2020, arXiv:1901.02474; Huang et al. 2024, arXiv:2501.05441, eq. (2).
    """
    return ops.mean(ops.softplus(_pair_gap(real, fake)))


# --- both sides of a game ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AdversarialLoss:
    """What the two players minimise.

    ``discriminator(real, fake)`` and ``generator(real, fake)`` take logits and give one number. Only a ``relativistic``
    generator looks at ``real``; the others may be given None.
    """

    name: str
    discriminator: Callable
    generator: Callable
    relativistic: bool = False


def _of_fakes(loss):
    return lambda real, fake: loss(fake)


MINIMAX = AdversarialLoss("minimax", minimax_discriminator, _of_fakes(minimax_generator))
NON_SATURATING = AdversarialLoss("non-saturating", minimax_discriminator, _of_fakes(non_saturating_generator))
LEAST_SQUARES = AdversarialLoss("least squares", least_squares_discriminator, _of_fakes(least_squares_generator))
HINGE = AdversarialLoss("hinge", hinge_discriminator, _of_fakes(hinge_generator))
WASSERSTEIN = AdversarialLoss("Wasserstein", wasserstein_critic, _of_fakes(wasserstein_generator))
RELATIVISTIC = AdversarialLoss("relativistic", relativistic_discriminator, relativistic_generator, relativistic=True)


def smoothed(loss, real_label):
    """Give a loss with cross-entropy another target for real samples (one-sided label smoothing).

    Parameters
    ----------
    loss : AdversarialLoss
        ``MINIMAX`` or ``NON_SATURATING``.
    real_label : float, above 0.5 and at most 1

    Returns
    -------
    AdversarialLoss

    Raises
    ------
    ValueError
        Another loss, which has no labels that are probabilities; a label out of range.
    """
    if loss.discriminator is not minimax_discriminator:
        raise ValueError(f"only the labels of MINIMAX and NON_SATURATING can be smoothed, not those of {loss.name}")
    if not 0.5 < real_label <= 1:
        raise ValueError(f"real_label must be above 0.5 and at most 1, got {real_label!r}")

    def discriminator(real, fake):
        return minimax_discriminator(real, fake, real_label)

    return AdversarialLoss(f"{loss.name}, real label {real_label:g}", discriminator, loss.generator)


# --- penalties on the slope of the discriminator ----------------------------------------------------------------------


def interpolate(real, fake, alpha):
    """A point on the line between each real sample and the fake beside it: α x + (1 − α) G(z).

    Half precision is computed in float32.

    Parameters
    ----------
    real, fake : (N, ...), of one shape
    alpha : (N,)
        One number for each sample, the same for all its pixels and channels. WGAN-GP draws it evenly from [0, 1].

    Returns
    -------
    (N, ...)

    References
    ----------
    I. Gulrajani et al.: Improved training of Wasserstein GANs, NeurIPS 2017, arXiv:1704.00028, algorithm 1, line 6.
    """
    real, fake, alpha = _wide("real", real, fake), _wide("fake", fake, real), ops.convert_to_tensor(alpha)
    if tuple(real.shape) != tuple(fake.shape):
        raise ValueError(f"real and fake must have one shape, got {tuple(real.shape)} and {tuple(fake.shape)}")
    if tuple(alpha.shape) != (real.shape[0],):
        raise ValueError(f"alpha must have the shape {(real.shape[0],)}, one number a sample, got {tuple(alpha.shape)}")
    alpha = ops.reshape(ops.cast(alpha, real.dtype), (-1,) + (1,) * (len(real.shape) - 1))
    return alpha * real + (1 - alpha) * fake


def gradient_penalty(critic, real, fake, seed=None, *, alpha=None):
    """WGAN-GP: the critic's slope shall be 1 between real and fake: mean (‖∇D(x̂)‖ − 1)².

    x̂ is `interpolate` with one α a sample, evenly from [0, 1]. The norm runs over all pixels and channels of a sample,
    the mean over the samples. A linear critic w·x has the penalty (‖w‖ − 1)² wherever it is asked.

    Parameters
    ----------
    critic : callable
        (N, ...) -> (N,) or (N, 1). A sample's score must not depend on the other samples: no batch normalisation.
    real, fake : (N, ...), of one shape
    seed : int or keras.random.SeedGenerator
        Where α comes from. An int gives the same α every time.
    alpha : (N,), optional
        Instead of ``seed``: numbers that have been drawn already.

    Returns
    -------
    (), without the factor λ (10 in the paper).

    References
    ----------
    Gulrajani et al. 2017, arXiv:1704.00028, eq. (3).
    """
    if (seed is None) == (alpha is None):
        raise ValueError("gradient_penalty needs either seed or alpha")
    real = _wide("real", real, fake)
    if alpha is None:
        alpha = keras.random.uniform((real.shape[0],), 0.0, 1.0, dtype=real.dtype, seed=seed)
    squares = _squared_slopes(critic, interpolate(real, fake, alpha))
    norms = ops.sqrt(ops.maximum(squares, 1e-24))  # at slope 0 the root has no derivative: it is given the derivative 0
    return ops.mean(ops.square(norms - 1))


def r1_penalty(discriminator, real):
    """R1: the discriminator shall be flat at real samples: mean ‖∇D(x)‖².

    A linear discriminator w·x has the penalty ‖w‖².

    Parameters
    ----------
    discriminator : callable
        (N, ...) -> logits (N,) or (N, 1), each of one sample only.
    real : (N, ...)

    Returns
    -------
    (), without the factor γ / 2.

    References
    ----------
    L. Mescheder, A. Geiger, S. Nowozin: Which training methods for GANs do actually converge?, ICML 2018,
    arXiv:1801.04406, eq. (9).
    """
    return ops.mean(_squared_slopes(discriminator, real))


def r2_penalty(discriminator, fake):
    """R2: the same at fake samples: mean ‖∇D(G(z))‖².

    Parameters
    ----------
    discriminator : callable
        (N, ...) -> logits (N,) or (N, 1), each of one sample only.
    fake : (N, ...)

    Returns
    -------
    (), without the factor γ / 2.

    References
    ----------
    Mescheder et al. 2018, arXiv:1801.04406, eq. (10).
    """
    return ops.mean(_squared_slopes(discriminator, fake))


# --- what they share --------------------------------------------------------------------------------------------------


def _squared_slopes(score, x):
    """‖∇ₓ score(x)‖² of every sample, (N,): squares summed over all axes but the first."""
    slopes = input_grad(score)(_wide("samples", x))
    return ops.sum(ops.square(slopes), axis=tuple(range(1, len(slopes.shape))))


def _wide(name, values, *others):
    """A tensor in float32, or in float64 where it or one of the others is that already: sums of squares need it."""
    refuse_masked(name, values)
    tensors = [ops.convert_to_tensor(tensor) for tensor in (values, *others)]
    dtypes = [keras.backend.standardize_dtype(tensor.dtype) for tensor in tensors]
    if not keras.backend.is_float_dtype(dtypes[0]):
        raise TypeError(f"{name} must hold floating-point logits or samples, got dtype {dtypes[0]}")
    return ops.cast(tensors[0], "float64" if "float64" in dtypes else "float32")


def _pair_gap(real, fake):
    real, fake = _wide("real", real), _wide("fake", fake)
    if tuple(real.shape) != tuple(fake.shape):
        raise ValueError(f"real and fake must have one shape, got {tuple(real.shape)} and {tuple(fake.shape)}")
    return real - fake
