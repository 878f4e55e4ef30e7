"""Losses of adversarial training: what a discriminator and a generator minimize, and penalties on the slope between.

Every loss is to be **minimized** and is a **mean** over all scores. A discriminator's loss is the sum of its mean over
the real and its mean over the fake ones, not their average: with cross-entropy, an undecided discriminator has the loss
2 log 2 = 1.386.

A trainer takes both losses of a pair at once: ``MINIMAX``, ``NON_SATURATING``, ``LEAST_SQUARES``, ``HINGE``,
``WASSERSTEIN``, ``RELATIVISTIC``. Equation numbers in the docstrings are those of the papers.
"""

from collections.abc import Callable
from dataclasses import dataclass

import keras
from keras import ops

from course_lib._docs import filled
from course_lib._validate import real_number, refuse_masked, same_shape
from course_lib.backend import input_grad

filled_in = filled(
    logits="""
        real, fake : floating-point tensors or arrays of any shapes
            What the discriminator gives to real and to generated samples: unbounded logits of "this is real".""",
    logits_of_fakes="""
        fake : floating-point tensor or array of any shape
            What the discriminator gives to generated samples: unbounded logits of "this is real".""",
    scores="""
        real, fake : floating-point tensors or arrays of any shapes
            What the discriminator gives to real and to generated samples: unbounded, and no probabilities.""",
    scores_of_fakes="""
        fake : floating-point tensor or array of any shape
            What the discriminator gives to generated samples: unbounded, and no probabilities.""",
    paired_scores="""
        real, fake : floating-point tensors or arrays of one shape
            What the discriminator gives to real and to generated samples, unbounded; paired by position.""",
    a_mean_or_an_error="""
        ()
            A mean over all scores, or the sum of two, in float32; float64 where a score is that.

        Raises
        ------
        TypeError
            Scores that are not floating-point.""",
    a_mean_of_pairs_or_an_error="""
        ()
            A mean over all pairs, in float32; float64 where a score is that.

        Raises
        ------
        TypeError
            Scores that are not floating-point.
        ValueError
            The scores have two shapes.""",
)

# --- the losses: one formula a function -------------------------------------------------------------------------------


@filled_in
def minimax_discriminator(real, fake, real_label=1.0):
    """Cross-entropy of a classifier that tells real from fake: −mean log D(x) − mean log(1 − D(G(z))).

    Its minimum over all D is log 4 − 2 JSD(p, q), reached by D = p / (p + q).

    Parameters
    ----------
    %(logits)s
    real_label : float, above 0.5 and at most 1
        The target of real samples. Below 1 it is one-sided label smoothing: real samples are then asked for
        D = ``real_label`` instead of certainty. Fakes keep the target 0, or the best D would no longer fall to 0 where
        there are only fakes.

    Returns
    -------
    %(a_mean_or_an_error)s
    ValueError
        ``real_label`` is out of its range.

    References
    ----------
    I. Goodfellow et al.: Generative adversarial nets, NeurIPS 2014, arXiv:1406.2661, eq. (1). T. Salimans et al.:
    Improved techniques for training GANs, NeurIPS 2016, arXiv:1606.03498, section 3.4.
    """
    real_number("real_label", real_label, above=0.5, high=1)
    real, fake = _wide("real", real), _wide("fake", fake)
    of_real = ops.softplus(-real)
    if real_label < 1:  # 0 times an infinite softplus would be NaN
        of_real = real_label * of_real + (1 - real_label) * ops.softplus(real)
    return ops.mean(of_real) + ops.mean(ops.softplus(fake))


@filled_in
def minimax_generator(fake):
    """The generator's side of the minimax game as it was stated: mean log(1 − D(G(z))), at most 0.

    It *saturates*: its slope by a logit is −D(G(z)) / n, which dies where the discriminator has won.

    Parameters
    ----------
    %(logits_of_fakes)s

    Returns
    -------
    %(a_mean_or_an_error)s

    References
    ----------
    Goodfellow et al. 2014, arXiv:1406.2661, eq. (1).
    """
    return -ops.mean(ops.softplus(_wide("fake", fake)))


@filled_in
def non_saturating_generator(fake):
    """The generator's loss that does not saturate: −mean log D(G(z)), at least 0.

    Its slope by a logit is −(1 − D(G(z))) / n: alive where the discriminator has won.

    Parameters
    ----------
    %(logits_of_fakes)s

    Returns
    -------
    %(a_mean_or_an_error)s

    References
    ----------
    Goodfellow et al. 2014, arXiv:1406.2661, section 3.
    """
    return ops.mean(ops.softplus(-_wide("fake", fake)))


@filled_in
def least_squares_discriminator(real, fake, real_label=1.0, fake_label=0.0):
    """Half the squared distance of scores to their labels: ½ mean (D(x) − b)² + ½ mean (D(G(z)) − a)².

    Parameters
    ----------
    %(scores)s
    real_label, fake_label : float
        b and a.

    Returns
    -------
    %(a_mean_or_an_error)s

    References
    ----------
    X. Mao et al.: Least squares generative adversarial networks, ICCV 2017, arXiv:1611.04076, eq. (2); labels of
    eq. (9).
    """
    real, fake = _wide("real", real), _wide("fake", fake)
    return (ops.mean(ops.square(real - real_label)) + ops.mean(ops.square(fake - fake_label))) / 2


@filled_in
def least_squares_generator(fake, target=1.0):
    """Half the squared distance of the fakes' scores to the score that the generator wants: ½ mean (D(G(z)) − c)².

    With b − c = 1 and b − a = 2 (labels a = −1, b = 1, target c = 0) and the best D, this and the same term of the real
    samples add up to half the Pearson χ² divergence between p + q and 2 q. That is their value; its gradient is not the
    one that a generator gets while D is held still.

    Parameters
    ----------
    %(scores_of_fakes)s
    target : float
        c.

    Returns
    -------
    %(a_mean_or_an_error)s

    References
    ----------
    Mao et al. 2017, arXiv:1611.04076, eq. (2) and (7).
    """
    return ops.mean(ops.square(_wide("fake", fake) - target)) / 2


@filled_in
def hinge_discriminator(real, fake):
    """Only scores on the wrong side of a margin cost: mean max(0, 1 − D(x)) + mean max(0, 1 + D(G(z))).

    Parameters
    ----------
    %(scores)s

    Returns
    -------
    %(a_mean_or_an_error)s

    References
    ----------
    J. H. Lim, J. C. Ye: Geometric GAN, 2017, arXiv:1705.02894. T. Miyato et al.: Spectral normalization for generative
    adversarial networks, ICLR 2018, arXiv:1802.05957, eq. (16).
    """
    return ops.mean(ops.relu(1 - _wide("real", real))) + ops.mean(ops.relu(1 + _wide("fake", fake)))


@filled_in
def hinge_generator(fake):
    """The generator raises the fakes' scores, margin or not: −mean D(G(z)).

    Parameters
    ----------
    %(scores_of_fakes)s

    Returns
    -------
    %(a_mean_or_an_error)s

    References
    ----------
    Miyato et al. 2018, arXiv:1802.05957, eq. (17).
    """
    return -ops.mean(_wide("fake", fake))


@filled_in
def wasserstein_critic(real, fake):
    """Minus the gap between the mean scores: mean D(G(z)) − mean D(x).

    For a critic of slope at most 1 the gap is at most the distance W₁ (Kantorovich–Rubinstein); this loss alone does
    not bound the slope.

    Parameters
    ----------
    %(scores)s

    Returns
    -------
    %(a_mean_or_an_error)s

    References
    ----------
    M. Arjovsky, S. Chintala, L. Bottou: Wasserstein generative adversarial networks, ICML 2017, arXiv:1701.07875,
    eq. (2).
    """
    return ops.mean(_wide("fake", fake)) - ops.mean(_wide("real", real))


@filled_in
def wasserstein_generator(fake):
    """The generator closes the gap: −mean D(G(z)).

    Parameters
    ----------
    %(scores_of_fakes)s

    Returns
    -------
    %(a_mean_or_an_error)s

    References
    ----------
    Arjovsky et al. 2017, arXiv:1701.07875, algorithm 1, line 10.
    """
    return -ops.mean(_wide("fake", fake))


@filled_in
def relativistic_discriminator(real, fake):
    """Each real sample must score higher than the fake beside it: mean softplus(−(D(x) − D(G(z)))).

    Parameters
    ----------
    %(paired_scores)s

    Returns
    -------
    %(a_mean_of_pairs_or_an_error)s

    References
    ----------
    A. Jolicoeur-Martineau: On relativistic f-GANs, ICML 2020, arXiv:1901.02474 (RpGAN). N. Huang et al.: The GAN is
    dead; long live the GAN!, NeurIPS 2024, arXiv:2501.05441, eq. (2).
    """
    return ops.mean(ops.softplus(-_pair_gap(real, fake)))


@filled_in
def relativistic_generator(real, fake):
    """Each fake must score higher than the real sample beside it: mean softplus(−(D(G(z)) − D(x))).

    Parameters
    ----------
    %(paired_scores)s

    Returns
    -------
    %(a_mean_of_pairs_or_an_error)s

    References
    ----------
    Jolicoeur-Martineau 2020, arXiv:1901.02474; Huang et al. 2024, arXiv:2501.05441, eq. (2).
    """
    return ops.mean(ops.softplus(_pair_gap(real, fake)))


# --- both sides of a game ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AdversarialLoss:
    """What the two players minimize.

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
    real_number("real_label", real_label, above=0.5, high=1)

    def discriminator(real, fake):
        return minimax_discriminator(real, fake, real_label)

    return AdversarialLoss(f"{loss.name}, real label {real_label:g}", discriminator, loss.generator)


# --- penalties on the slope of the discriminator ----------------------------------------------------------------------


def interpolate(real, fake, alpha):
    """A point on the line between each real sample and the fake beside it: α x + (1 − α) G(z).

    Parameters
    ----------
    real, fake : (N, ...), of one shape
    alpha : (N,)
        One number for each sample, the same for all its pixels and channels. WGAN-GP draws it evenly from [0, 1].

    Returns
    -------
    (N, ...), float32, or float64 where a sample is that

    Raises
    ------
    TypeError
        Samples that are not floating-point.
    ValueError
        Samples of two shapes, or not one alpha for each.

    References
    ----------
    I. Gulrajani et al.: Improved training of Wasserstein GANs, NeurIPS 2017, arXiv:1704.00028, algorithm 1, line 6.
    """
    real, fake, alpha = _wide("real", real, fake), _wide("fake", fake, real), ops.convert_to_tensor(alpha)
    same_shape(real=real, fake=fake)
    if tuple(alpha.shape) != (real.shape[0],):
        raise ValueError(f"alpha must have the shape {(real.shape[0],)}, one number a sample, got {tuple(alpha.shape)}")
    alpha = ops.reshape(ops.cast(alpha, real.dtype), (-1,) + (1,) * (len(real.shape) - 1))
    return alpha * real + (1 - alpha) * fake


def gradient_penalty(critic, real, fake, seed=None, *, alpha=None):
    """WGAN-GP: the critic's slope shall be 1 between real and fake: mean (‖∇D(x̂)‖ − 1)².

    x̂ = α x + (1 − α) G(z) with one α a sample, evenly from [0, 1]. The norm runs over all pixels and channels of a
    sample, the mean over the samples. A linear critic w·x has the penalty (‖w‖ − 1)² wherever it is asked.

    Parameters
    ----------
    critic : callable
        (N, ...) -> (N,) or (N, 1). A sample's score must not depend on the other samples: no batch normalization.
    real, fake : (N, ...), of one shape
    seed : int or keras.random.SeedGenerator
        Where α comes from. An int gives the same α every time.
    alpha : (N,), optional
        Instead of ``seed``: numbers that have been drawn already.

    Returns
    -------
    (), without the factor λ (10 in the paper).

    Raises
    ------
    TypeError
        Samples that are not floating-point.
    ValueError
        Samples of two shapes, both or neither of seed and alpha, or a critic that gives more than one score a sample.

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
    """R2: the discriminator shall be flat at fake samples: mean ‖∇D(G(z))‖².

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
    dtypes = [keras.backend.standardize_dtype(ops.convert_to_tensor(tensor).dtype) for tensor in (values, *others)]
    if not keras.backend.is_float_dtype(dtypes[0]):
        raise TypeError(f"{name} must hold floating-point logits or samples, got dtype {dtypes[0]}")
    return ops.cast(ops.convert_to_tensor(values), "float64" if "float64" in dtypes else "float32")


def _pair_gap(real, fake):
    real, fake = _wide("real", real), _wide("fake", fake)
    same_shape(real=real, fake=fake)
    return real - fake
