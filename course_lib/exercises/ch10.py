"""Exercises of chapter 10, Autoencoders."""

import math

import numpy as np
from scipy import special

from course_lib.teaching.engine import ChoiceExercise, FunctionExercise, ValueExercise

lost_share = ValueExercise(
    "10.6",
    "What is lost?",
    answer=0.25,
    solution="values = [6, 3, 2, 1]\nanswer = sum(values[2:]) / sum(values)",
    hints=(
        "Each eigenvalue is the variance along its direction.",
        "Two directions are kept, the largest. What remains of the sum?",
        "(2 + 1) over (6 + 3 + 2 + 1).",
    ),
)


@lost_share.mistake("the share that is kept")
def _():
    """`0.75` is the share that is *kept*: see (10.9)."""
    return 0.75


@lost_share.mistake("not a share")
def _():
    """`3` is the squared error itself. A share is that over the whole, 12: (10.9)."""
    return 3.0


@lost_share.mistake("directions counted, or one kept")
def _():
    """`0.5`: either you kept one number only, or you counted directions, two of four. Two are kept, the largest, and
    what is lost is the sum of the other *eigenvalues*, (10.9)."""
    return 0.5


@lost_share.mistake("eigenvalues squared")
def _():
    """`0.1`: you squared the eigenvalues. They are variances already: (10.9) adds them as they are."""
    return 0.1


@lost_share.mistake("lost over kept")
def _():
    """`0.3333` is what is lost over what is *kept*. A share is over the whole, 6 + 3 + 2 + 1: (10.9)."""
    return 3 / 9


@lost_share.mistake("per cent")
def _():
    """`25` is in per cent. A share is between 0 and 1, like those printed in section 9."""
    return 25.0


def _worlds(rng):
    yield np.array([0.5, 0.5]), np.array([0.5, 0.5]), np.array([0.25, 0.75])
    yield np.array([0.25, 0.75]), np.array([1, 1]), np.array([0.25, 0.75])  # nothing is lost: 0
    yield np.array([0.25, 0.75]), np.array([1, 1]), np.array([0.5, 0.5])
    yield np.array([0.5, 0.5]), np.array([1e-12, 1e-9]), np.array([0.5, 0.5])
    yield np.array([1e-5, 1 - 1e-5]), np.array([0.5, 0.25]), np.array([0.75, 0.25])
    for n in (2, 3, 4, 6):
        yield rng.dirichlet(np.ones(n)), rng.uniform(0.05, 0.95, n), rng.dirichlet(np.ones(n))


def _bound(prior, likelihood, q):
    return math.fsum(b * math.log(a * c / b) for a, c, b in zip(prior, likelihood, q, strict=True))


def _kl(q, p):
    return float(np.sum(q * np.log(q / p)))


bound = FunctionExercise(
    "10.5",
    "The bound, by hand",
    cases=_worlds,
    oracle=_bound,
    solution="""
    import numpy as np

    def bound(prior, likelihood, q):
        return np.sum(q * np.log(likelihood)) - np.sum(q * np.log(q / prior))
    """,
    example=(np.array([0.5, 0.5]), np.array([0.5, 0.25]), np.array([0.75, 0.25])),
    example_words="For `prior = [0.5, 0.5]`, `likelihood = [0.5, 0.25]`, `q = [0.75, 0.25]` you return ",
    hints=(
        "Two terms: how well the image is given back, and what q costs.",
        "Both are means over q: sums with q in front.",
        "np.sum(q * np.log(likelihood)) - np.sum(q * np.log(q / prior)).",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-6,
    fixed=("prior.ndim", "prior.dtype", "likelihood.ndim", "q.ndim", "q.dtype"),
)


@bound.mistake("KL sign")
def _(prior, likelihood, q):
    """you **add** the divergence. For `prior = [0.5, 0.5]`, `likelihood = [0.5, 0.25]`, `q = [0.75, 0.25]` you return
    `-0.7356`, which is above log p(x) = -0.98: no lower bound. The divergence is a price, (10.8)."""
    return float(np.sum(q * np.log(likelihood))) + _kl(q, prior)


@bound.mistake("KL direction")
def _(prior, likelihood, q):
    """your divergence stands the other way round, D(p ‖ q). For `prior = [0.5, 0.5]`, `likelihood = [0.5, 0.25]`,
    `q = [0.75, 0.25]` you return `-1.01`, expected `-0.9972`. The mean is over q, so q stands in front: (10.8)."""
    return float(np.sum(q * np.log(likelihood))) - _kl(prior, q)


@bound.mistake("logarithm of the mean")
def _(prior, likelihood, q):
    """you take the logarithm of the *mean* likelihood. For `prior = [0.5, 0.5]`, `likelihood = [0.5, 0.25]`,
    `q = [0.75, 0.25]` you return `-0.9575`, above the evidence. The mean is of *logarithms*: (10.8)."""
    return math.log(float(np.sum(q * likelihood))) - _kl(q, prior)


@bound.mistake("no divergence")
def _(prior, likelihood, q):
    """only the first term: what q costs is missing. For `prior = [0.5, 0.5]`, `likelihood = [0.5, 0.25]`,
    `q = [0.75, 0.25]` you return `-0.8664`. That trains an autoencoder with holes: see (10.8)."""
    return float(np.sum(q * np.log(likelihood)))


@bound.mistake("the evidence itself")
def _(prior, likelihood, q):
    """that is log p(x) itself, which does not depend on q at all. For `prior = [0.5, 0.5]`, `likelihood = [0.5, 0.25]`,
    `q = [0.75, 0.25]` you return `-0.9808`. For images it cannot be summed: (10.6)."""
    return math.log(float(np.sum(prior * likelihood)))


@bound.mistake("q's own logarithm missing")
def _(prior, likelihood, q):
    """the mean of log p(x, z) alone: q's own logarithm is missing. {example}`-1.56`, which is below the bound by the
    entropy of q. In (10.6) q stands under the fraction line."""
    return float(np.sum(q * np.log(prior * likelihood)))


@bound.mistake("likelihood averaged over the prior")
def _(prior, likelihood, q):
    """your first mean is over the *prior*. {example}`-1.171`. Both means are over q, the guess for this image:
    (10.8)."""
    return float(np.sum(prior * np.log(likelihood))) - _kl(q, prior)


@bound.mistake("not weighted with q")
def _(prior, likelihood, q):
    """you add the logarithms without weights. {example}`-1.792`. A mean over q has q in front of each of them:
    (10.6)."""
    return float(np.sum(np.log(prior * likelihood / q)))


@bound.mistake("weights all alike")
def _(prior, likelihood, q):
    """`np.mean` counts every latent alike. {example}`-0.8959`. A mean over q weighs them with q: (10.6)."""
    return float(np.mean(np.log(prior * likelihood / q)))


@bound.mistake("posterior for the joint")
def _(prior, likelihood, q):
    """that is the *gap* (with a minus), not the bound: you took the posterior where p(x, z) belongs.
    {example}`-0.01642`. Do not divide by the evidence: (10.7)."""
    return -_kl(q, prior * likelihood / np.sum(prior * likelihood))


@bound.mistake("the loss, not the bound")
def _(prior, likelihood, q):
    """that is the **loss**, the bound with its sign turned. {example}`0.9972`, expected -0.9972. The bound lies below
    log p(x), which is negative here: (10.8)."""
    return -_bound(prior, likelihood, q)


@bound.mistake("mean for sum")
def _(prior, likelihood, q):
    """`np.mean` divides by the number of latents, once too often. {example}`-0.4986`, expected -0.9972. The weights q
    sum to 1 already, so their *sum* is the mean over q: (10.8)."""
    return _bound(prior, likelihood, q) / len(q)


@bound.mistake("divergence not weighted")
def _(prior, likelihood, q):
    """in your divergence the weights are missing. {example}`-0.5788`, expected -0.9972. It is a mean over q, too, with
    q in front of each logarithm: (10.8)."""
    return float(np.sum(q * np.log(likelihood)) - np.sum(np.log(q / prior)))


def _answers(rng):
    yield np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 0.0]]), np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])
    yield np.zeros((1, 3)), np.zeros((1, 3))  # the prior itself
    yield np.array([[2.0], [-1.0], [0.0]]), np.array([[0.0], [-1.0], [1.0]])
    yield np.array([[100.0, 0.0], [0.0, -0.5]]), np.array([[-20.0, 8.0], [-8.0, -20.0]])
    for n, k in ((3, 2), (3, 4), (5, 3), (1, 4)):
        yield rng.normal(size=(n, k)), rng.uniform(-2, 1, (n, k))


def _kl_to_prior(mean, log_variance):
    nodes, weights = np.polynomial.hermite_e.hermegauss(9)
    weights = weights / weights.sum()
    sigma = np.exp(np.asarray(log_variance) / 2)[..., None]
    z = np.asarray(mean)[..., None] + sigma * nodes
    return (weights * (z**2 / 2 - nodes**2 / 2 - np.log(sigma))).sum(axis=-1).sum(axis=1)


def _half_sum(mean, variance, log_variance):
    return (variance + mean**2 - 1 - log_variance).sum(axis=1) / 2


kl_to_prior = FunctionExercise(
    "10.4",
    "The divergence of a batch",
    cases=_answers,
    oracle=_kl_to_prior,
    solution="""
    import numpy as np

    def kl_to_prior(mean, log_variance):
        return np.sum(np.exp(log_variance) + mean**2 - 1 - log_variance, axis=1) / 2
    """,
    example=(np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[0.0, math.log(4)], [0.0, 0.0]])),
    example_words="For `mean = [[1, 0], [0, 2]]`, `log_variance = [[0, 1.386], [0, 0]]` you return ",
    hints=(
        "(10.4), with the sum over the last axis only.",
        "np.exp(log_variance) is σ²; log_variance is log σ².",
        "np.sum(np.exp(log_variance) + mean**2 - 1 - log_variance, axis=1) / 2.",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-6,
    fixed=("mean.ndim", "mean.dtype", "log_variance.ndim", "log_variance.dtype"),  # what a network answers
)


@kl_to_prior.mistake("exp(log_variance) as σ")
def _(m, lv):
    """you square exp(log_variance), as if it were σ. {example}`[7.307, 2]`. exp(log_variance) *is* σ²: see (10.4)."""
    return _half_sum(m, np.exp(2 * lv), lv)


@kl_to_prior.mistake("mean over the latents")
def _(m, lv):
    """you take the **mean** over the latents. {example}`[0.6534, 1]`, expected `[1.307, 2]`. Independent components
    multiply, so their logarithms add: (10.4) has a sum."""
    return _half_sum(m, np.exp(lv), lv) / m.shape[1]


@kl_to_prior.mistake("no half")
def _(m, lv):
    """twice too much: {example}`[2.614, 4]`. The half of the Gaussian's exponent is missing, (10.4)."""
    return 2 * _half_sum(m, np.exp(lv), lv)


@kl_to_prior.mistake("the 1 forgotten")
def _(m, lv):
    """the $-1$ of each component is missing. {example}`[2.307, 3]`. Without it two equal distributions are not 0 apart:
    put mean 0 and log-variance 0 into (10.4)."""
    return _half_sum(m, np.exp(lv), lv) + m.shape[1] / 2


@kl_to_prior.mistake("the mean not squared")
def _(m, lv):
    """the mean enters without its square. {example}`[1.307, 1]`; with a negative mean you could fall below 0, and a
    divergence never does. See (10.4)."""
    return (np.exp(lv) + m - 1 - lv).sum(axis=1) / 2


@kl_to_prior.mistake("sign of the logarithm")
def _(m, lv):
    """the logarithm has the wrong sign. {example}`[2.693, 2]`. With a plus, σ → 0 would be rewarded. See (10.4)."""
    return _half_sum(m, np.exp(lv), -lv)


@kl_to_prior.mistake("KL direction")
def _(m, lv):
    """that is D(prior ‖ q), the other direction. {example}`[0.8181, 2]`. See (10.4), where q stands in front."""
    return (np.exp(-lv) * (1 + m**2) - 1 + lv).sum(axis=1) / 2


@kl_to_prior.mistake("the batch averaged, too")
def _(m, lv):
    """one number for the whole batch. {example}`1.653`. Give one for each image, shape (N,): section 5."""
    return _half_sum(m, np.exp(lv), lv).mean()


@kl_to_prior.mistake("summed over the images")
def _(m, lv):
    """you sum over the images and keep the latents apart. {example}`[0.5, 2.807]`. Axis 0 is the batch; the sum of
    (10.4) runs over the latents, axis 1."""
    return (np.exp(lv) + m**2 - 1 - lv).sum(axis=0) / 2


@kl_to_prior.mistake("not summed")
def _(m, lv):
    """the terms of each latent are right, but they are not added up. {example}`[[0.5, 0.8069], [0, 2]]`. One number an
    image is wanted: the sum in (10.4)."""
    return (np.exp(lv) + m**2 - 1 - lv) / 2


@kl_to_prior.mistake("σ for σ²")
def _(m, lv):
    """your first term is σ, where σ² belongs. {example}`[0.3069, 2]`. The half in exp(log_variance / 2) is for a
    sample; here the variance itself stands, (10.4)."""
    return _half_sum(m, np.exp(lv / 2), lv)


@kl_to_prior.mistake("log_variance read as log σ")
def _(m, lv):
    """you read `log_variance` as log σ, as some programs do. {example}`[6.614, 2]`. Here it is log σ², so nothing is
    doubled: section 5."""
    return _half_sum(m, np.exp(2 * lv), 2 * lv)


@kl_to_prior.mistake("log σ for log σ²")
def _(m, lv):
    """your last term is log σ. {example}`[1.653, 2]`. (10.4) has log σ², which is `log_variance` as it comes; the half
    stands before the whole sum."""
    return _half_sum(m, np.exp(lv), lv / 2)


@kl_to_prior.mistake("the 1 taken off once")
def _(m, lv):
    """the 1 is taken off once an image. {example}`[1.807, 2.5]`. It stands inside the sum: once for each latent,
    (10.4)."""
    return ((np.exp(lv) + m**2 - lv).sum(axis=1) - 1) / 2


@kl_to_prior.mistake("no logarithm")
def _(m, lv):
    """the logarithm is missing. {example}`[2, 2]`. Without it σ = 0 would be the cheapest of all. See (10.4)."""
    return _half_sum(m, np.exp(lv), 0)


def _draws(rng):
    yield np.array([0.0]), np.array([0.0]), np.array([1.0])
    yield np.array([3, -1]), np.array([0, 2]), np.array([1, 2])  # whole numbers
    yield np.array([0.5, 2.0, -100.0]), np.array([-30.0, 12.0, 1.0]), np.array([2.0, -1.0, 0.0])
    for shape in (2, 3, 4, 6, (2, 3), (4, 2)):  # latents of one image, and of several
        yield rng.normal(size=shape), rng.uniform(-2, 2, shape), rng.normal(size=shape)


def _sample(mean, log_variance, noise):
    triples = zip(np.ravel(mean), np.ravel(log_variance), np.ravel(noise), strict=True)
    return np.reshape([m + math.sqrt(math.exp(lv)) * e for m, lv, e in triples], np.shape(mean))


sample_latent = FunctionExercise(
    "10.1",
    "A sample that can be differentiated",
    cases=_draws,
    oracle=_sample,
    solution="""
    import numpy as np

    def sample_latent(mean, log_variance, noise):
        return mean + np.exp(log_variance / 2) * noise
    """,
    example=(np.array([1.0, 0.0]), np.array([math.log(4), 0.0]), np.array([1.0, -1.0])),
    example_words="For `mean = [1, 0]`, `log_variance = [1.386, 0]`, `noise = [1, -1]` you return ",
    hints=(
        "Noise has mean 0 and width 1. Stretch it, then move it.",
        "σ is the square root of the variance, and the variance is exp(log_variance).",
        "mean + np.exp(log_variance / 2) * noise.",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-6,
)


@sample_latent.mistake("exp(log_variance) as σ")
def _(m, lv, e):
    """you multiply with the **variance**. {example}`[5, -1]`, expected `[3, -1]`. σ is exp(log_variance / 2): the half
    is easily lost, see section 3."""
    return m + np.exp(lv) * e


@sample_latent.mistake("log_variance as σ")
def _(m, lv, e):
    """you multiply with the *logarithm*. {example}`[2.386, 0]`: where σ is 1, nothing is random. Section 4 says what
    the network gives. Look again at section 3."""
    return m + lv * e


@sample_latent.mistake("noise without its scale")
def _(m, lv, e):
    """your noise has always the width 1. {example}`[2, -1]`. Then q cannot be sure of anything: (10.12) has a σ."""
    return m + e


@sample_latent.mistake("the mean alone")
def _(m, lv, e):
    """you return the mean, without any noise: {example}`[1, 0]`. That is the plain autoencoder of section 2."""
    return m + 0 * e


@sample_latent.mistake("divided by σ")
def _(m, lv, e):
    """you *divide* by σ. {example}`[1.5, -1]`. The 1/σ belongs to the score (10.13); the path multiplies, (10.12)."""
    return m + e / np.exp(lv / 2)


@sample_latent.mistake("the half outside")
def _(m, lv, e):
    """the half stands outside of the exponential. {example}`[3, -0.5]`. Half the variance is not its root:
    `np.exp(log_variance / 2)`, section 3."""
    return m + np.exp(lv) / 2 * e


@sample_latent.mistake("root of the logarithm")
def _(mean, log_variance, noise):
    """you take the root of the *logarithm* of the variance. {example}`[2.177, 0]`, and NaN for any variance below 1.
    First the exponential, then the root: section 3."""
    with np.errstate(invalid="ignore"):
        return mean + np.sqrt(log_variance) * noise


@sample_latent.mistake("the mean stretched, too")
def _(m, lv, e):
    """you stretch the mean, too. {example}`[4, -1]`. Only the noise is multiplied with σ: (10.12)."""
    return (m + e) * np.exp(lv / 2)


@sample_latent.mistake("roles exchanged")
def _(m, lv, e):
    """mean and σ have exchanged their roles. {example}`[3, 1]`. σ multiplies the noise, the mean is added: (10.12)."""
    return m * e + np.exp(lv / 2)


@sample_latent.mistake(
    "mean forgotten", example=(np.array([1.0, 0.0]), np.array([math.log(4), 0.0]), np.array([2.0, 1.0]))
)
def _(m, lv, e):
    """the mean is missing. For `mean = [1, 0]`, `log_variance = [1.386, 0]`, `noise = [2, 1]` you return `[4, 1]`:
    every image would get its codes around the origin. See (10.12)."""
    return np.exp(lv / 2) * e


@sample_latent.mistake("half the logarithm as σ")
def _(m, lv, e):
    """the **exponential** is missing: you multiply with log σ. {example}`[1.693, 0]`, expected `[3, -1]`. σ is
    `np.exp(log_variance / 2)`, section 3."""
    return m + lv / 2 * e


@sample_latent.mistake("squared for rooted")
def _(m, lv, e):
    """you **square** the variance where its root is wanted. {example}`[17, -1]`, expected `[3, -1]`. σ is
    `np.exp(log_variance / 2)`, section 3. Look again at section 4."""
    return m + np.exp(2 * lv) * e


@sample_latent.mistake("σ added")
def _(m, lv, e):
    """you **add** σ, so the noise keeps its width of 1. {example}`[4, 0]`, expected `[3, -1]`. σ multiplies the noise:
    (10.12)."""
    return m + np.exp(lv / 2) + e


ONE_LAYER = (np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([0.0, 1.0]), 2, 0)


def _decoders(rng):
    yield ONE_LAYER
    yield np.array([[4.0, 0.0, -4.0]]), np.array([-1.0, 1.0, 0.5]), 3, 7  # one latent
    yield np.array([[1, 2], [3, -1], [0, 2]]), np.array([0, 1]), 4, 3  # whole numbers
    yield np.array([[300.0, -300.0], [100.0, 500.0]]), np.array([20.0, 0.0]), 3, 5  # sure of itself
    for seed, (n, k, pixels) in enumerate(((1, 2, 5), (6, 3, 4), (5, 2, 9), (3, 4, 3))):
        yield rng.normal(size=(k, pixels)), rng.normal(size=pixels), n, 11 + seed


def _bell(weights, n, seed):
    return np.random.default_rng(seed).normal(size=(n, len(weights)))


def _generate(weights, bias, n, seed):
    return special.expit(_bell(weights, n, seed) @ weights + bias)


generate = FunctionExercise(
    "10.2",
    "Draw new images",
    cases=_decoders,
    oracle=_generate,
    solution="""
    import numpy as np

    def generate(weights, bias, n, seed):
        z = np.random.default_rng(seed).normal(size=(n, len(weights)))
        logits = z @ weights + bias
        return 1 / (1 + np.exp(-logits))
    """,
    example=ONE_LAYER,
    example_words="For `weights = [[1, -2], [0.5, 3]]`, `bias = [0, 1]`, `n = 2`, `seed = 0` you return ",
    hints=(
        "Three steps: draw latents from the standard bell, decode them, turn logits into probabilities.",
        "One row of latents for each image, with as many numbers as `weights` has rows: shape (n, len(weights)).",
        "z = np.random.default_rng(seed).normal(size=(n, len(weights))), then 1 / (1 + np.exp(-(z @ weights + bias))).",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-6,
    fixed=("weights.ndim", "bias.ndim"),
)


@generate.mistake("logits for probabilities")
def _(weights, bias, n, seed):
    """those are **logits**. {example}`[[0.05968, 0.3522], [0.6929, 0.03386]]`. The decoder says a logit for each pixel;
    the probability of ink is its sigmoid, 1 / (1 + exp(-logit)), as in section 3."""
    return _bell(weights, n, seed) @ weights + bias


@generate.mistake("uniform noise")
def _(weights, bias, n, seed):
    """you draw the latents *evenly* from 0 to 1. {example}`[[0.6839, 0.6308], [0.5123, 0.7246]]`. The decoder was
    trained on codes that gather in the standard bell, half of them negative: draw with `normal`, (10.2)."""
    return special.expit(np.random.default_rng(seed).uniform(size=(n, len(weights))) @ weights + bias)


@generate.mistake("no noise")
def _(weights, bias, n, seed):
    """your images are all **the same**: the decoded origin. {example}`[[0.5, 0.7311], [0.5, 0.7311]]`. Each image needs
    latents of its own, drawn from the standard bell: section 3."""
    return special.expit(np.zeros((n, len(weights))) @ weights + bias)


@generate.mistake("one draw for all", example=ONE_LAYER)
def _(weights, bias, n, seed):
    """you draw latents **once**, and decode them n times. (A new generator with the same seed for each image does that,
    too.) {example}`[[0.5149, 0.5872], [0.5149, 0.5872]]`: two rows alike. Draw a row for each image: `size=(n,
    len(weights))`, as in section 3."""
    return special.expit(np.repeat(_bell(weights, 1, seed), n, axis=0) @ weights + bias)


@generate.mistake("one number for all latents")
def _(weights, bias, n, seed):
    """you draw **one** number for each image and use it for every latent. {example}`[[0.547, 0.7551], [0.4506,
    0.7043]]`. The standard bell of several latents draws each of them on its own: section 3."""
    z = np.random.default_rng(seed).normal(size=(n, 1))
    return special.expit(np.repeat(z, len(weights), axis=1) @ weights + bias)


@generate.mistake("noise on the pixels")
def _(weights, bias, n, seed):
    """you put the noise on the *pixels*, behind the decoder. {example}`[[0.5314, 0.7043], [0.6548, 0.7512]]`. That is
    one image with noise on it. The noise goes **in**, as the latents: section 3."""
    return special.expit(bias + np.random.default_rng(seed).normal(size=(n, len(bias))))


@generate.mistake("no bias")
def _(weights, bias, n, seed):
    """the bias is missing. {example}`[[0.5149, 0.3435], [0.6666, 0.2756]]`. A layer is `z @ weights + bias`, and here
    it says how much ink a pixel has on average: section 3."""
    return special.expit(_bell(weights, n, seed) @ weights)


@generate.mistake("ink or paper")
def _(weights, bias, n, seed):
    """you have rounded to ink or paper. {example}`[[1, 1], [1, 1]]`. Asked is the *probability* of ink, as the forty
    pictures of section 3 show it."""
    return (_bell(weights, n, seed) @ weights + bias > 0).astype(float)


@generate.mistake("softmax")
def _(weights, bias, n, seed):
    """your rows sum to 1: that is a **softmax**, for one choice of many. {example}`[[0.4274, 0.5726], [0.659, 0.341]]`.
    Each pixel is ink or paper on its own: the sigmoid, section 3."""
    return special.softmax(_bell(weights, n, seed) @ weights + bias, axis=1)


@generate.mistake("half the width")
def _(weights, bias, n, seed):
    """your latents are half as wide as the standard bell. {example}`[[0.5075, 0.6629], [0.5858, 0.6264]]`. Then the
    images come from the middle only, and are too much alike. Width 1, as in (10.2)."""
    return special.expit(_bell(weights, n, seed) / 2 @ weights + bias)


@generate.mistake("paper for ink")
def _(weights, bias, n, seed):
    """your sigmoid has the wrong sign: 1 / (1 + exp(+logit)) is the probability of **paper**. {example}`[[0.4851,
    0.4128], [0.3334, 0.4915]]`. Ink is 1 / (1 + exp(-logit)): section 3."""
    return special.expit(-(_bell(weights, n, seed) @ weights + bias))


@generate.mistake("tanh for the sigmoid")
def _(weights, bias, n, seed):
    """your last step is tanh, which runs from -1 to 1. {example}`[[0.05961, 0.3383], [0.5998, 0.03384]]`. A probability
    lies between 0 and 1: the sigmoid, 1 / (1 + exp(-logit)), section 3."""
    return np.tanh(_bell(weights, n, seed) @ weights + bias)


@generate.mistake("the exponential alone")
def _(weights, bias, n, seed):
    """exp(logit) is the *odds*, ink over paper. {example}`[[1.061, 1.422], [1.999, 1.034]]`, above 1. The probability
    is odds / (1 + odds), the sigmoid: section 3."""
    return np.exp(_bell(weights, n, seed) @ weights + bias)


@generate.mistake("evenly from -1 to 1")
def _(weights, bias, n, seed):
    """you draw the latents *evenly* from -1 to 1. {example}`[[0.5109, 0.2831], [0.1976, 0.4838]]`. The prior is the
    standard bell, which also reaches to 2 and beyond: draw with `normal`, (10.2)."""
    return special.expit(np.random.default_rng(seed).uniform(-1, 1, (n, len(weights))) @ weights + bias)


@generate.mistake("the old generator")
def _(weights, bias, n, seed):
    """`np.random.seed` belongs to NumPy's **old** generator, which gives other numbers for the same seed.
    {example}`[[0.877, 0.2096], [0.8908, 0.9969]]`. The images are as good, but this check compares numbers: take
    `np.random.default_rng(seed).normal(...)`, as the exercise of section 3 says."""
    # The numbers of np.random.seed and np.random.randn
    z = np.random.RandomState(seed).normal(size=(n, len(weights)))  # noqa: NPY002
    return special.expit(z @ weights + bias)


raw_sampling = ChoiceExercise(
    "10.3",
    "Raw sampling",
    options={
        "a": "the full gradient, only noisier",
        "b": "the gradient of the price only, so q becomes the standard bell",
        "c": "nothing at all, so the encoder stays at its first weights",
        "d": "the gradient of the first term only, so there will be holes",
    },
    answer="b",
    reasons={
        "a": 'not "the full gradient": a number that NumPy has drawn has forgotten which mean it was drawn with. That '
        "gradient is not noisy but 0: section 3.",
        "b": 'only "the gradient of the price" arrives, since the price is a formula of mean and variance, '
        "without a sample in it: section 3. It pulls every q to the standard bell, and the code says nothing of "
        "the image.",
        "c": 'not "nothing at all": the price is a formula of the encoder\'s answers and is differentiated, section 3.',
        "d": 'the other way round: "the gradient of the first term" is what is lost, for only the sample links it '
        "to the encoder. See section 3.",
    },
    hints=(
        "Follow each of the two terms back from the loss. Which road to the encoder is cut?",
        "The first term sees the encoder only through z.",
        "The price is a formula of mean and variance, without any sample.",
    ),
)


bits_per_number = ValueExercise(
    "10.7",
    "Bits per number",
    unit="bits",
    answer=lambda: (3072 * math.log(256) - 4000) / (3072 * math.log(2)),
    solution="import math\n\nanswer = 8 - 4000 / (3072 * math.log(2))",
    hints=(
        "First the probability of the stored values: each number takes log 256 nats off the density (10.21).",
        "Turn the sign, divide by the count of numbers, and by log 2.",
        "8 - 4000 / (3072 log 2).",
    ),
    rtol=5e-3,
)


@bits_per_number.mistake("the 256 forgotten")
def _():
    """`1.879` is the density in bits. The probability of one of 256 values is the density over 256: (10.21)."""
    return 4000 / (3072 * math.log(2))


@bits_per_number.mistake("nats")
def _():
    """`4.243` is in nats. Divide by log 2 for bits: see section 14."""
    return (3072 * math.log(256) - 4000) / 3072


@bits_per_number.mistake("per pixel")
def _():
    """`18.36` is per *pixel*, of three numbers each. Above 8 a model would be worse than none: section 14."""
    return (3072 * math.log(256) - 4000) / (1024 * math.log(2))


@bits_per_number.mistake("the sign")
def _():
    """`9.879` is more than the 8 bits without any model: a high density must make it *less*. See (10.21)."""
    return 8 + 4000 / (3072 * math.log(2))


@bits_per_number.mistake("the 256 forgotten, sign right")
def _():
    """`-1.879` is minus the density in bits. A *probability* never costs less than 0: one of 256 values has the density
    over 256, (10.21)."""
    return -4000 / (3072 * math.log(2))


@bits_per_number.mistake("nats taken from bits")
def _():
    """`6.698` takes nats away from bits: 8 is in bits, 4000/3072 in nats. Divide by log 2: section 14."""
    return 8 - 4000 / 3072


@bits_per_number.mistake("pixels for numbers in one term")
def _():
    """`2.364`: your 8 bits are for each number, the rest is for each *pixel* of three. Divide by 3,072: section 14."""
    return 8 - 4000 / (1024 * math.log(2))


@bits_per_number.mistake("not divided")
def _():
    """`1.881e+04` bits are those of the whole image. Divide by its 3,072 numbers: section 14."""
    return (3072 * math.log(256) - 4000) / math.log(2)


TINY = (np.array([[-2000.0], [-2001.0]]),)
APART = (np.array([[0.0, -2000.0], [0.0, -2000.0]]),)
THREE_WEIGHTS = (np.log(np.array([[1.0, 2.0], [2.0, 2.0], [3.0, 2.0]])),)
_THREE = "for weights of 1, 2, 3 for the first image, 2, 2, 2 for the second, you return "


def _log_weights(rng):
    yield (np.zeros((1, 1)),)
    yield (np.array([[0.0, 1.0], [1.0, -1.0]]),)
    yield (np.array([[2.0, 0.0, -1.0], [1.0, 0.0, 3.0]]),)
    yield APART
    yield (np.array([[-2000.0, 3.0], [0.0, -1500.0]]),)  # far apart for one image
    for k, n in ((2, 3), (4, 2), (5, 4)):
        yield (3 * rng.normal(size=(k, n)),)
    yield (rng.normal(size=(3, 2)) - 2000,)


def _iw_bound(log_weights):
    result = []
    for column in np.asarray(log_weights, dtype=float).T:
        top = max(column)
        result.append(top + math.log(math.fsum(math.exp(w - top) for w in column) / len(column)))
    return result


def _plain_iw(log_weights):
    with np.errstate(divide="ignore"):
        return np.log(np.mean(np.exp(log_weights), axis=0))


def _plus(log_weights, small):
    return np.log(np.mean(np.exp(log_weights), axis=0) + small)


iw_bound = FunctionExercise(
    "10.8",
    "Many samples, one bound",
    cases=_log_weights,
    oracle=_iw_bound,
    solution="""
    import numpy as np

    def iw_bound(log_weights):
        top = log_weights.max(axis=0)
        return top + np.log(np.mean(np.exp(log_weights - top), axis=0))
    """,
    example=(np.log(np.array([[1.0, 2.0], [3.0, 2.0]])),),
    example_words="For weights of 1 and 3 for the first image, 2 and 2 for the second, you return ",
    hints=(
        "A logarithm of a mean of exponentials, over the first axis.",
        "For weights like e^-2000: subtract the largest of each column before the exponential, add it afterwards.",
        "top = log_weights.max(axis=0); top + np.log(np.mean(np.exp(log_weights - top), axis=0)).",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-6,
    fixed=("log_weights.ndim", "log_weights.dtype"),
)


@iw_bound.mistake("mean of the logarithms")
def _(w):
    """the mean of the *logarithms* is the plain bound again, only with less noise. {example}`[0.5493, 0.6931]`. In
    (10.27) the mean stands inside the logarithm."""
    return np.mean(w, axis=0)


@iw_bound.mistake("sum for mean")
def _(w):
    """you forget the 1/K. {example}`[1.386, 1.386]`. Then the bound grows by log K for nothing: (10.27)."""
    return np.asarray(_iw_bound(w)) + math.log(len(w))


@iw_bound.mistake("only the best sample")
def _(w):
    """you keep the largest weight alone. {example}`[1.099, 0.6931]`. All K count, (10.27)."""
    return np.max(w, axis=0)


@iw_bound.mistake("averaged over the images")
def _(w):
    """you average over the images, not over the samples. {example}`[0.4055, 0.9163]`. The first axis is K: (10.27)."""
    return np.asarray(_iw_bound(np.asarray(w).T))


@iw_bound.mistake("underflow", example=TINY)
def _(log_weights):
    """right for large weights; but for `log_weights = [[-2000], [-2001]]` you return `[-inf]`: e^-2000 is 0 to a
    computer. Take the largest out first, as in (7.6); see section 17."""
    return _plain_iw(log_weights)


@iw_bound.mistake("sum for mean, and underflow", example=THREE_WEIGHTS, reread="(10.27)")
def _(w):
    """two things. You forget the 1/K: for weights of 1, 2, 3 for the first image, 2, 2, 2 for the second, you return
    `[1.792, 1.792]`, see (10.27). And for weights of e^-2000 you return -inf: take the largest out first, as in
    (7.6)."""
    return _plain_iw(w) + math.log(len(w))


@iw_bound.mistake("averaged over the images, and underflow", example=THREE_WEIGHTS, reread="(10.27)")
def _(w):
    """two things. You average over the images, not over the samples: for weights of 1, 2, 3 for the first image, 2, 2,
    2 for the second, you return `[0.4055, 0.6931, 0.9163]`. The first axis is K, (10.27). And for weights of e^-2000
    you return -inf: take the largest out first, as in (7.6)."""
    return _plain_iw(np.asarray(w).T)


@iw_bound.mistake("largest not put back")
def _(w):
    """you take the largest out, and do not put it back. {example}`[-0.4055, 0]`. What is divided by inside the
    logarithm is added outside: section 17."""
    return np.log(np.mean(np.exp(w - np.max(w, axis=0)), axis=0))


@iw_bound.mistake("no logarithm")
def _(w):
    """that is the mean of the weights, an estimate of p(x). {example}`[2, 2]`. The bound is its *logarithm*,
    (10.27)."""
    return np.mean(np.exp(w), axis=0)


@iw_bound.mistake("K outside the logarithm")
def _(w):
    """you divide by K *outside* of the logarithm. {example}`[0.6931, 0.6931]`. In (10.27) the 1/K stands inside: minus
    log K."""
    return (np.asarray(_iw_bound(w)) + math.log(len(w))) / len(w)


@iw_bound.mistake("divided by the images", example=(np.zeros((2, 1)),))
def _(w):
    """you divide by the number of images, N, and not of samples. For one image and two samples of weight 1 you return
    `[0.6931]`, expected `[0]`: (10.27)."""
    return np.asarray(_iw_bound(w)) + math.log(len(w)) - math.log(np.shape(w)[1])


@iw_bound.mistake("a small number added", example=TINY)
def _(w):
    """a small number inside the logarithm saves you from -inf, and gives a wrong answer instead: for
    `log_weights = [[-2000], [-2001]]` you return `[-27.63]`, expected `[-2000]`. Take the largest out: section 17."""
    return np.log(np.mean(np.exp(w), axis=0) + 1e-12)


@iw_bound.mistake("one maximum for all images", example=APART)
def _(log_weights):
    """you take out the largest weight of *all* images. For `log_weights = [[0, -2000], [0, -2000]]` you return
    `[0, -inf]`: beside an image that fits well, e^-2000 is still 0 to a computer. Take out the largest of each image,
    along axis 0: section 17."""
    with np.errstate(divide="ignore"):
        return np.max(log_weights) + np.log(np.mean(np.exp(log_weights - np.max(log_weights)), axis=0))


@iw_bound.mistake("1e-30 added", example=TINY)
def _(w):
    """you add 1e-30 inside the logarithm. That saves you from -inf, and gives a wrong answer instead: for
    `log_weights = [[-2000], [-2001]]` you return `[-69.08]`, expected `[-2000]`. A smaller number only fails a little
    later. Take the largest out: section 17."""
    return _plus(w, 1e-30)


@iw_bound.mistake("1e-8 added", example=TINY)
def _(w):
    """you add 1e-8 inside the logarithm. That saves you from -inf, and gives a wrong answer instead: for
    `log_weights = [[-2000], [-2001]]` you return `[-18.42]`, expected `[-2000]`. Take the largest out: section 17."""
    return _plus(w, 1e-8)


TWELVE = np.arange(12.0, 0, -1)
_TWELVE = "For the eigenvalues 12, 11, …, 1, "
_SPECTRUM = "For `eigenvalues = [8, 3, 1.5, 0.5]`, `sigma = 2`, `beta = 0.5` you return "


def _spectra(rng):
    yield np.array([4.0, 3.0, 1.0]), 1.0, 2.0
    yield np.array([3.0, 2.0]), 1.0, 0.5  # all in use
    yield np.array([1.0, 4.0, 2.0, 6.0]), 1.0, 3.0  # not sorted
    yield np.array([0.5, 0.25]), 1.0, 2.0  # none in use
    yield np.array([5.0, 2.0, 1.0]), 2.0, 1.0
    yield np.array([9.0, 7.0, 5.0, 3.0, 1.0]), 0.5, 16.0
    yield np.array([6, 1, 0, 9, 9]), 1.5, 2  # whole numbers, one of them 0
    for n in (5, 8, 12):
        yield np.sort(rng.uniform(0, 10, n))[::-1], float(rng.uniform(0.5, 2)), float(rng.uniform(0.3, 3))


def _until_the_first(eigenvalues, level):
    """How many come before the first that is not above the level: right where they are sorted."""
    under = np.flatnonzero(np.asarray(eigenvalues) <= level)
    return int(under[0]) if len(under) else len(eigenvalues)


latents_in_use = FunctionExercise(
    "10.9",
    "Who survives?",
    cases=_spectra,
    oracle=lambda eigenvalues, sigma, beta: sum(1 for v in eigenvalues if v / sigma / sigma > beta),
    solution="""
    import numpy as np

    def latents_in_use(eigenvalues, sigma, beta):
        return int(np.sum(eigenvalues > beta * sigma**2))
    """,
    example=(np.array([8.0, 3.0, 1.5, 0.5]), 2.0, 0.5),
    hints=(
        "Which level does the water have?",
        "Count the eigenvalues above θ = β σ².",
        "int(np.sum(eigenvalues > beta * sigma**2)).",
    ),
    fixed=("eigenvalues.ndim",),
)


@latents_in_use.mistake("σ for σ²")
def _(v, s, b):
    """you compare a variance with a standard deviation. For `eigenvalues = [8, 3, 1.5, 0.5]`, `sigma = 2`, `beta = 0.5`
    you return `3`, expected `2`: in (10.25) σ is squared."""
    return int(np.sum(v > b * s))


@latents_in_use.mistake("β left out")
def _(v, s, b):
    """β is missing: For `eigenvalues = [8, 3, 1.5, 0.5]`, `sigma = 2`, `beta = 0.5` you return `1`. A dearer nat drowns
    more latents, (10.25)."""
    return int(np.sum(v > s**2))


@latents_in_use.mistake("β on the other side", example=(TWELVE, 3.0, 1.5))
def _(v, s, b):
    """you divide by β. For the eigenvalues 12, 11, …, 1, `sigma = 3`, `beta = 1.5` you return `6`. Then a dear rate
    would *wake* latents. See (10.23)."""
    return int(np.sum(v > s**2 / b))


@latents_in_use.mistake("the drowned counted", example=(np.array([8.0, 4.0, 3.0, 0.5, 0.4]), 1.0, 1.0))
def _(v, s, b):
    """you count those *under* water. For `eigenvalues = [8, 4, 3, 0.5, 0.4]`, `sigma = 1`, `beta = 1` you return `2`,
    and three are in use, (10.25)."""
    return int(np.sum(np.asarray(v) <= b * s**2))


@latents_in_use.mistake("β squared, too", example=(TWELVE, 2.0, 0.5))
def _(v, s, b):
    """you square β, too. For the eigenvalues 12, 11, …, 1, `sigma = 2`, `beta = 0.5` you return `11`. θ = βσ²: β is a
    price, not a spread, (10.25)."""
    return int(np.sum(v > (b * s) ** 2))


@latents_in_use.mistake("σ left out", example=(TWELVE, 1.5, 2.0))
def _(v, s, b):
    """σ is missing. For the eigenvalues 12, 11, …, 1, `sigma = 1.5`, `beta = 2` you return `10`. The level is βσ²,
    (10.25)."""
    return int(np.sum(v > b))


@latents_in_use.mistake("divided by σ²", example=(TWELVE, 2.0, 2.0))
def _(v, s, b):
    """you divide by σ². For the eigenvalues 12, 11, …, 1, `sigma = 2`, `beta = 2` you return `12`. A wide pixel makes
    an error *cheap*, so the water is high: (10.25)."""
    return int(np.sum(v > b / s**2))


@latents_in_use.mistake("a factor of 2", example=(TWELVE, 1.0, 1.5))
def _(v, s, b):
    """your level is 2βσ². For the eigenvalues 12, 11, …, 1, `sigma = 1`, `beta = 1.5` you return `9`. The ½ before the
    squared error and the ½ before the divergence cancel: (10.23)."""
    return int(np.sum(v > 2 * b * s**2))


@latents_in_use.mistake("roots of the eigenvalues", example=(TWELVE, 1.0, 2.7))
def _(v, s, b):
    """you compare the *roots* of the eigenvalues with a variance. For the eigenvalues 12, 11, …, 1, `sigma = 1`,
    `beta = 2.7` you return `5`. Both sides of (10.25) are variances."""
    return int(np.sum(np.sqrt(v) > b * s**2))


@latents_in_use.mistake("the first that drowned", example=(np.array([3.0, 2.0]), 1.0, 0.5))
def _(v, s, b):
    """you look for the place of the first eigenvalue under water. For `eigenvalues = [3, 2]`, `sigma = 1`, `beta = 0.5`
    none is, and `argmax` answers `0`, expected `2`. Count those above, (10.25)."""
    return int(np.argmax(np.asarray(v) <= b * s**2))


@latents_in_use.mistake("the level counted", example=(TWELVE, 1.0, 6.0))
def _(v, s, b):
    """you count an eigenvalue that lies exactly at the level. For the eigenvalues 12, 11, …, 1, `sigma = 1`, `beta = 6`
    you return `7`. There w² = λ − θ is 0, so nothing is carried: (10.25) says above."""
    return int(np.sum(np.asarray(v) >= b * s**2))


@latents_in_use.mistake("the eigenvalues, not their number")
def _(v, s, b):
    """those are the eigenvalues above the level. For `eigenvalues = [8, 3, 1.5, 0.5]`, `sigma = 2`, `beta = 0.5` you
    return `[8, 3]`. How many are they? (10.25) counts."""
    return np.asarray(v)[np.asarray(v) > b * s**2]


@latents_in_use.mistake(
    "stopped at the first that drowned", example=(np.array([8.0, 9.0, 7.0, 8.0, 1.0, 9.0]), 1.0, 2.0)
)
def _(v, s, b):
    """you **stop** at the first eigenvalue under water, which is right only where they are sorted. For
    `eigenvalues = [8, 9, 7, 8, 1, 9]`, `sigma = 1`, `beta = 2` you return `4`, expected `5`. Look at all of them,
    (10.25)."""
    return _until_the_first(v, b * s**2)


@latents_in_use.mistake("a share")
def _(v, s, b):
    """you return the **share** of the latents. For `eigenvalues = [8, 3, 1.5, 0.5]`, `sigma = 2`, `beta = 0.5` you
    return `0.5`, expected `2`. How many are they? (10.25) counts."""
    return float(np.mean(np.asarray(v) > b * s**2))


def _batches(rng):
    yield np.array([[1.0, 1.0], [0.0, 1.0]]), np.full((2, 2), 0.5), np.eye(2), np.zeros((2, 2))
    for n, d, k in ((2, 3, 2), (3, 4, 2), (4, 6, 3), (3, 5, 4)):
        x, p = rng.integers(0, 2, (n, d)).astype(float), rng.uniform(0.1, 0.9, (n, d))
        yield x, p, rng.normal(size=(n, k)), rng.uniform(-1, 1, (n, k))
    # one image and one latent, pixels as whole numbers; then an unlikely pixel
    yield np.array([[1, 0, 0]]), np.array([[0.75, 0.5, 0.25]]), np.array([[2.0]]), np.array([[1.0]])
    unlikely = np.array([[1e-5, 0.5], [1e-5, 0.9]])
    yield np.array([[1, 0], [0, 1]]), unlikely, np.array([[-3.0], [0.0]]), np.array([[-9.0], [2.0]])


def _cross_entropy(x, p):
    return -(x * np.log(p) + (1 - x) * np.log(1 - p))


def _loss(x, p, mean, log_variance):
    given_back = sum(-math.log(b if a == 1 else 1 - b) for a, b in zip(np.ravel(x), np.ravel(p), strict=True))
    return (given_back + float(np.sum(_kl_to_prior(mean, log_variance)))) / len(x)


def _exchanged(x, p, mean, log_variance, clip):
    """The image as the prediction, and the prediction as the image."""
    with np.errstate(divide="ignore", invalid="ignore"):
        given_back = _cross_entropy(p, np.clip(x, clip, 1 - clip)).sum(1)
    return np.mean(given_back + _half_sum(mean, np.exp(log_variance), log_variance))


vae_loss = FunctionExercise(
    "10.10",
    "The loss of a VAE",
    cases=_batches,
    oracle=_loss,
    solution="""
    import numpy as np

    def vae_loss(x, p, mean, log_variance):
        cross_entropy = -np.sum(x * np.log(p) + (1 - x) * np.log(1 - p), axis=1)
        divergence = np.sum(np.exp(log_variance) + mean**2 - 1 - log_variance, axis=1) / 2
        return np.mean(cross_entropy + divergence)
    """,
    example=(
        np.array([[1.0, 0.0], [1.0, 1.0]]),
        np.array([[0.5, 0.5], [0.5, 0.25]]),
        np.array([[1.0, 0.0], [0.0, 0.0]]),
        np.array([[0.0, math.log(4)], [0.0, 0.0]]),
    ),
    example_words=(
        "For `x = [[1, 0], [1, 1]]`, `p = [[0.5, 0.5], [0.5, 0.25]]`, `mean = [[1, 0], [0, 0]]`, "
        "`log_variance = [[0, 1.386], [0, 0]]` you return "
    ),
    hints=(
        "One number for each image first: cross-entropy plus divergence. Then the mean over the images.",
        "np.sum(..., axis=1) over pixels, and over latents.",
        "np.mean(-np.sum(x * np.log(p) + (1 - x) * np.log(1 - p), axis=1) + your answer to 10.4).",
    ),
    rtol=1e-5,  # Keras's losses are float32, and clip p
    atol=1e-6,
    fixed=("x.ndim", "p.ndim", "p.dtype", "mean.ndim", "mean.dtype", "log_variance.ndim", "log_variance.dtype"),
)


@vae_loss.mistake("mean over the pixels")
def _(x, p, m, lv):
    """you take the **mean** over the pixels beside a sum over the latents. {example}`1.52`, expected `2.386`. Every
    latent will collapse: section 16. (10.3) has sums."""
    return np.mean(_cross_entropy(x, p)) + np.mean(_half_sum(m, np.exp(lv), lv))


@vae_loss.mistake("KL sign")
def _(x, p, m, lv):
    """you **subtract** the divergence. {example}`1.079`. In the bound it has a minus, so in the loss a plus: with a
    minus, q would run away from the prior. See (10.3)."""
    return np.mean(_cross_entropy(x, p).sum(1) - _half_sum(m, np.exp(lv), lv))


@vae_loss.mistake("sum over the batch")
def _(x, p, m, lv):
    """you also sum over the images. {example}`4.773`. The step would grow with the batch: (10.3) has a mean there."""
    return np.sum(_cross_entropy(x, p)) + np.sum(_half_sum(m, np.exp(lv), lv))


@vae_loss.mistake("the bound, not the loss")
def _(x, p, m, lv):
    """that is the bound, which should be *large*. {example}`-2.386`. A loss is minimized: turn the sign, (10.3)."""
    return -np.mean(_cross_entropy(x, p).sum(1) + _half_sum(m, np.exp(lv), lv))


@vae_loss.mistake("no divergence")
def _(x, p, m, lv):
    """the divergence is missing: {example}`1.733`. That is the autoencoder of section 2, with its holes."""
    return np.mean(_cross_entropy(x, p).sum(1))


@vae_loss.mistake("mean over pixels and latents")
def _(x, p, m, lv):
    """you take the **mean** over the pixels and over the latents. {example}`1.193`. Logarithms of products add up: both
    are sums in (10.3), and only the images are averaged."""
    return np.mean(_cross_entropy(x, p)) + np.mean((np.exp(lv) + m**2 - 1 - lv) / 2)


@vae_loss.mistake("mean over the latents")
def _(x, p, m, lv):
    """the pixels are summed, but you take the mean over the *latents*. {example}`2.06`. Each latent costs its full
    price, (10.3)."""
    return np.mean(_cross_entropy(x, p).sum(1) + _half_sum(m, np.exp(lv), lv) / m.shape[1])


@vae_loss.mistake("images not averaged")
def _(x, p, m, lv):
    """right for each image; the mean over the images is missing. {example}`[2.693, 2.079]`. A loss is one number: the
    1/N of (10.3)."""
    return _cross_entropy(x, p).sum(1) + _half_sum(m, np.exp(lv), lv)


@vae_loss.mistake("sign of the cross-entropy")
def _(x, p, m, lv):
    """the cross-entropy has lost its minus. {example}`-1.079`. A logarithm of a probability is below 0, and a loss is
    its opposite, (10.3)."""
    return np.mean(-_cross_entropy(x, p).sum(1) + _half_sum(m, np.exp(lv), lv))


@vae_loss.mistake("ink only")
def _(x, p, m, lv):
    """only pixels with ink count in your sum. {example}`2.04`. Then ink everywhere would be best: the term (1 − x)
    log(1 − p) is missing, see section 3."""
    return np.mean((-x * np.log(p)).sum(1) + _half_sum(m, np.exp(lv), lv))


@vae_loss.mistake("squared error")
def _(x, p, m, lv):
    """you take the squared error. {example}`1.31`. That belongs to a Gaussian, (10.20); a pixel that is ink or paper is
    a coin: section 3."""
    return np.mean(((x - p) ** 2).sum(1) + _half_sum(m, np.exp(lv), lv))


@vae_loss.mistake("no half")
def _(x, p, m, lv):
    """your divergence is twice too large: its half is missing. {example}`3.04`. See (10.4)."""
    return np.mean(_cross_entropy(x, p).sum(1) + 2 * _half_sum(m, np.exp(lv), lv))


@vae_loss.mistake("exp(log_variance) as σ")
def _(x, p, m, lv):
    """in your divergence exp(log_variance) is squared, as if it were σ. {example}`5.386`. It *is* σ²: (10.4)."""
    return np.mean(_cross_entropy(x, p).sum(1) + _half_sum(m, np.exp(2 * lv), lv))


@vae_loss.mistake("x and p exchanged")
def _(x, p, m, lv):
    """**x and p** are exchanged in your cross-entropy. {example}`inf`: the logarithm of an image that is 0 and 1. The
    logarithm is of p, what the decoder says, and x stands in front: (10.3)."""
    return _exchanged(x, p, m, lv, 0.0)


@vae_loss.mistake("x and p exchanged, with a clip")
def _(x, p, m, lv):
    """**x and p** are exchanged in your cross-entropy, and the clip hides that x is 0 and 1. {example}`18.79`, expected
    2.386. The logarithm is of p, what the decoder says, and x stands in front: (10.3)."""
    return _exchanged(x, p, m, lv, 1e-7)


@vae_loss.mistake("KL direction")
def _(x, p, m, lv):
    """your divergence is D(prior ‖ q), the other direction. {example}`2.142`, expected 2.386. See (10.4), where q
    stands in front."""
    return np.mean(_cross_entropy(x, p).sum(1) + (np.exp(-lv) * (1 + m**2) - 1 + lv).sum(1) / 2)


@vae_loss.mistake("the 1 forgotten")
def _(x, p, m, lv):
    """the −1 of each latent is missing in your divergence. {example}`3.386`, expected 2.386. It is 0 where q is the
    prior: put mean 0 and log-variance 0 into (10.4)."""
    return np.mean(_cross_entropy(x, p).sum(1) + _half_sum(m, np.exp(lv), lv) + m.shape[1] / 2)


which_pictures = ChoiceExercise(
    "10.12",
    "Does it generate?",
    options={
        "a": "training images, encoded and decoded",
        "b": "draws from q(z | x) of training images, decoded",
        "c": "draws from the prior, decoded",
        "d": "codes of test images, decoded without their noise",
    },
    answer="c",
    reasons={
        "a": '"training images, encoded and decoded" show that the autoencoder copies. One with holes does that '
        "best: section 2.",
        "b": '"draws from q(z | x) of training images" start from an image that was there. A model whose codes '
        "lie anywhere passes this test and generates nothing: section 2.",
        "c": '"draws from the prior" is what section 3 did: nothing but the model went in.',
        "d": '"codes of test images" show that new images can be given back. That is compression, not generation: '
        "section 2.",
    },
    hints=(
        "What may a generator know of any particular image?",
        "In the story, where does z come from?",
        "Nothing that was encoded may be used.",
    ),
)

which_number = ChoiceExercise(
    "10.11",
    "Which number?",
    options={
        "a": "the loss at the end of training",
        "b": "the squared error of giving back test images",
        "c": "the bound with β = 1 on images not trained on, with an interval over seeds",
        "d": "the bound with β = 1 on the training images, which are more",
    },
    answer="c",
    reasons={
        "a": '"the loss at the end of training" has another meaning for every β, and knows only training images: '
        "section 15.",
        "b": '"the squared error of giving back" leaves out what the codes cost. More rate always makes it '
        "smaller: section 15.",
        "c": '"on images not trained on": distortion plus rate, the same for both, a bound on log p(x). See '
        "section 18.",
        "d": 'on "the training images" the one that overfits wins. The gap is many nats: section 13.',
    },
    hints=(
        "It must mean the same for both models.",
        "Distortion plus rate bounds log p(x), whatever β was used in training.",
        "And it must not be measured on what was learned by heart.",
    ),
)
