"""Exercises of chapter 10, Autoencoders."""

import math

import numpy as np

from course_lib.teaching.engine import ChoiceExercise, FunctionExercise, Misconception, ValueExercise

# ----------------------------------------------------------------------------------------------------------------------
# 10.6 What PCA loses

lost_share = ValueExercise(
    number="10.6",
    title="What is lost?",
    statement="Eigenvalues 6, 3, 2, 1; two numbers are kept. Which share of the variance is lost?",
    answer=0.25,
    solution="values = [6, 3, 2, 1]\nanswer = sum(values[2:]) / sum(values)",
    misconceptions=[
        Misconception(
            "the share that is kept", 0.75, "`0.75` is the share that is *kept*: see (10.9).", reread="(10.9)"
        ),
        Misconception(
            "not a share",
            3.0,
            "`3` is the squared error itself. A share is that over the whole, 12: (10.9).",
            reread="(10.9)",
        ),
        Misconception(
            "directions counted, or one kept",
            0.5,
            "`0.5`: either you kept one number only, or you counted directions, two of four. Two are kept, the largest, and what "
            "is lost is the sum of the other *eigenvalues*, (10.9).",
            reread="(10.9)",
        ),
        Misconception(
            "eigenvalues squared",
            0.1,
            "`0.1`: you squared the eigenvalues. They are variances already: (10.9) adds them as they are.",
            reread="(10.9)",
        ),
        Misconception(
            "lost over kept",
            lambda: 3 / 9,
            "`0.3333` is what is lost over what is *kept*. A share is over the whole, 6 + 3 + 2 + 1: (10.9).",
            reread="(10.9)",
        ),
        Misconception(
            "per cent",
            25.0,
            "`25` is in per cent. A share is between 0 and 1, like those printed in section 9.",
            reread="section 9",
        ),
    ],
    hints=(
        "Each eigenvalue is the variance along its direction.",
        "Two directions are kept, the largest. What remains of the sum?",
        "(2 + 1) over (6 + 3 + 2 + 1).",
    ),
)

# ----------------------------------------------------------------------------------------------------------------------
# 10.5 The bound

TWO_LATENTS = (np.array([0.5, 0.5]), np.array([0.5, 0.25]), np.array([0.75, 0.25]))
_WORLD = "For `prior = [0.5, 0.5]`, `likelihood = [0.5, 0.25]`, `q = [0.75, 0.25]` you return "


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
    number="10.5",
    title="The bound, by hand",
    statement="Write `bound(prior, likelihood, q)`, the evidence lower bound of one image.",
    signature="bound(prior, likelihood, q)",
    cases=_worlds,
    oracle=_bound,
    solution="""
    import numpy as np

    def bound(prior, likelihood, q):
        return np.sum(q * np.log(likelihood)) - np.sum(q * np.log(q / prior))
    """,
    misconceptions=[
        Misconception(
            "KL sign",
            lambda prior, likelihood, q: float(np.sum(q * np.log(likelihood))) + _kl(q, prior),
            "you **add** the divergence. For `prior = [0.5, 0.5]`, `likelihood = [0.5, 0.25]`, `q = [0.75, 0.25]` you "
            "return `-0.7356`, which is above log p(x) = -0.98: no lower bound. The divergence is a price, (10.8).",
            reread="(10.8)",
            example=TWO_LATENTS,
        ),
        Misconception(
            "KL direction",
            lambda prior, likelihood, q: float(np.sum(q * np.log(likelihood))) - _kl(prior, q),
            "your divergence stands the other way round, D(p ‖ q). For `prior = [0.5, 0.5]`, `likelihood = [0.5, 0.25]`, "
            "`q = [0.75, 0.25]` you return `-1.01`, expected `-0.9972`. The mean is over q, so q stands in front: (10.8).",
            reread="(10.8)",
            example=TWO_LATENTS,
        ),
        Misconception(
            "logarithm of the mean",
            lambda prior, likelihood, q: math.log(float(np.sum(q * likelihood))) - _kl(q, prior),
            "you take the logarithm of the *mean* likelihood. For `prior = [0.5, 0.5]`, `likelihood = [0.5, 0.25]`, "
            "`q = [0.75, 0.25]` you return `-0.9575`, above the evidence. The mean is of *logarithms*: (10.8).",
            reread="(10.8)",
            example=TWO_LATENTS,
        ),
        Misconception(
            "no divergence",
            lambda prior, likelihood, q: float(np.sum(q * np.log(likelihood))),
            "only the first term: what q costs is missing. For `prior = [0.5, 0.5]`, `likelihood = [0.5, 0.25]`, "
            "`q = [0.75, 0.25]` you return `-0.8664`. That trains an autoencoder with holes: see (10.8).",
            reread="(10.8)",
            example=TWO_LATENTS,
        ),
        Misconception(
            "the evidence itself",
            lambda prior, likelihood, q: math.log(float(np.sum(prior * likelihood))),
            "that is log p(x) itself, which does not depend on q at all. For `prior = [0.5, 0.5]`, "
            "`likelihood = [0.5, 0.25]`, `q = [0.75, 0.25]` you return `-0.9808`. For images it cannot be summed: (10.6).",
            reread="(10.6)",
            example=TWO_LATENTS,
        ),
        Misconception(
            "q's own logarithm missing",
            lambda prior, likelihood, q: float(np.sum(q * np.log(prior * likelihood))),
            f"the mean of log p(x, z) alone: q's own logarithm is missing. {_WORLD}`-1.56`, which is below the bound by the "
            "entropy of q. In (10.6) q stands under the fraction line.",
            reread="(10.6)",
            example=TWO_LATENTS,
        ),
        Misconception(
            "likelihood averaged over the prior",
            lambda prior, likelihood, q: float(np.sum(prior * np.log(likelihood))) - _kl(q, prior),
            f"your first mean is over the *prior*. {_WORLD}`-1.171`. Both means are over q, the guess for this image: (10.8).",
            reread="(10.8)",
            example=TWO_LATENTS,
        ),
        Misconception(
            "not weighted with q",
            lambda prior, likelihood, q: float(np.sum(np.log(prior * likelihood / q))),
            f"you add the logarithms without weights. {_WORLD}`-1.792`. A mean over q has q in front of each of them: (10.6).",
            reread="(10.6)",
            example=TWO_LATENTS,
        ),
        Misconception(
            "weights all alike",
            lambda prior, likelihood, q: float(np.mean(np.log(prior * likelihood / q))),
            f"`np.mean` counts every latent alike. {_WORLD}`-0.8959`. A mean over q weighs them with q: (10.6).",
            reread="(10.6)",
            example=TWO_LATENTS,
        ),
        Misconception(
            "posterior for the joint",
            lambda prior, likelihood, q: -_kl(q, prior * likelihood / np.sum(prior * likelihood)),
            f"that is the *gap* (with a minus), not the bound: you took the posterior where p(x, z) belongs. {_WORLD}`-0.01642`. "
            "Do not divide by the evidence: (10.7).",
            reread="(10.7)",
            example=TWO_LATENTS,
        ),
        Misconception(
            "the loss, not the bound",
            lambda prior, likelihood, q: -_bound(prior, likelihood, q),
            f"that is the **loss**, the bound with its sign turned. {_WORLD}`0.9972`, expected -0.9972. The bound "
            "lies below log p(x), which is negative here: (10.8).",
            reread="(10.8)",
            example=TWO_LATENTS,
        ),
        Misconception(
            "mean for sum",
            lambda prior, likelihood, q: _bound(prior, likelihood, q) / len(q),
            f"`np.mean` divides by the number of latents, once too often. {_WORLD}`-0.4986`, expected -0.9972. The "
            "weights q sum to 1 already, so their *sum* is the mean over q: (10.8).",
            reread="(10.8)",
            example=TWO_LATENTS,
        ),
        Misconception(
            "divergence not weighted",
            lambda prior, likelihood, q: float(np.sum(q * np.log(likelihood)) - np.sum(np.log(q / prior))),
            f"in your divergence the weights are missing. {_WORLD}`-0.5788`, expected -0.9972. It is a mean over q, "
            "too, with q in front of each logarithm: (10.8).",
            reread="(10.8)",
            example=TWO_LATENTS,
        ),
    ],
    hints=(
        "Two terms: how well the image is given back, and what q costs.",
        "Both are means over q: sums with q in front.",
        "np.sum(q * np.log(likelihood)) - np.sum(q * np.log(q / prior)).",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-6,
    fixed=("prior.ndim", "prior.dtype", "likelihood.ndim", "q.ndim", "q.dtype"),
)

# ----------------------------------------------------------------------------------------------------------------------
# 10.4 The divergence of a batch


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


TWO_IMAGES = (np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[0.0, math.log(4)], [0.0, 0.0]]))
_SAID = "For `mean = [[1, 0], [0, 2]]`, `log_variance = [[0, 1.386], [0, 0]]` you return "

kl_to_prior = FunctionExercise(
    number="10.4",
    title="The divergence of a batch",
    statement="Write `kl_to_prior(mean, log_variance)`: D(q ‖ N(0, I)) of each image.",
    signature="kl_to_prior(mean, log_variance)",
    cases=_answers,
    oracle=_kl_to_prior,
    solution="""
    import numpy as np

    def kl_to_prior(mean, log_variance):
        return np.sum(np.exp(log_variance) + mean**2 - 1 - log_variance, axis=1) / 2
    """,
    misconceptions=[
        Misconception(
            "exp(log_variance) as σ",
            lambda m, lv: _half_sum(m, np.exp(2 * lv), lv),
            f"you square exp(log_variance), as if it were σ. {_SAID}`[7.307, 2]`. exp(log_variance) *is* σ²: see (10.4).",
            reread="(10.4)",
            example=TWO_IMAGES,
        ),
        Misconception(
            "mean over the latents",
            lambda m, lv: _half_sum(m, np.exp(lv), lv) / m.shape[1],
            f"you take the **mean** over the latents. {_SAID}`[0.6534, 1]`, expected `[1.307, 2]`. Independent components "
            "multiply, so their logarithms add: (10.4) has a sum.",
            reread="(10.4)",
            example=TWO_IMAGES,
        ),
        Misconception(
            "no half",
            lambda m, lv: 2 * _half_sum(m, np.exp(lv), lv),
            f"twice too much: {_SAID}`[2.614, 4]`. The half of the Gaussian's exponent is missing, (10.4).",
            reread="(10.4)",
            example=TWO_IMAGES,
        ),
        Misconception(
            "the 1 forgotten",
            lambda m, lv: _half_sum(m, np.exp(lv), lv) + m.shape[1] / 2,
            f"the $-1$ of each component is missing. {_SAID}`[2.307, 3]`. Without it two equal distributions are not 0 apart: put "
            "mean 0 and log-variance 0 into (10.4).",
            reread="(10.4)",
            example=TWO_IMAGES,
        ),
        Misconception(
            "the mean not squared",
            lambda m, lv: (np.exp(lv) + m - 1 - lv).sum(axis=1) / 2,
            f"the mean enters without its square. {_SAID}`[1.307, 1]`; with a negative mean you could fall below 0, and a divergence "
            "never does. See (10.4).",
            reread="(10.4)",
            example=TWO_IMAGES,
        ),
        Misconception(
            "sign of the logarithm",
            lambda m, lv: _half_sum(m, np.exp(lv), -lv),
            f"the logarithm has the wrong sign. {_SAID}`[2.693, 2]`. With a plus, σ → 0 would be rewarded. See (10.4).",
            reread="(10.4)",
            example=TWO_IMAGES,
        ),
        Misconception(
            "KL direction",
            lambda m, lv: (np.exp(-lv) * (1 + m**2) - 1 + lv).sum(axis=1) / 2,
            f"that is D(prior ‖ q), the other direction. {_SAID}`[0.8181, 2]`. See (10.4), where q stands in front.",
            reread="(10.4)",
            example=TWO_IMAGES,
        ),
        Misconception(
            "the batch averaged, too",
            lambda m, lv: _half_sum(m, np.exp(lv), lv).mean(),
            f"one number for the whole batch. {_SAID}`1.653`. Give one for each image, shape (N,): section 5.",
            reread="section 5",
            example=TWO_IMAGES,
        ),
        Misconception(
            "summed over the images",
            lambda m, lv: (np.exp(lv) + m**2 - 1 - lv).sum(axis=0) / 2,
            f"you sum over the images and keep the latents apart. {_SAID}`[0.5, 2.807]`. Axis 0 is the batch; the sum of (10.4) runs "
            "over the latents, axis 1.",
            reread="(10.4)",
            example=TWO_IMAGES,
        ),
        Misconception(
            "not summed",
            lambda m, lv: (np.exp(lv) + m**2 - 1 - lv) / 2,
            f"the terms of each latent are right, but they are not added up. {_SAID}`[[0.5, 0.8069], [0, 2]]`. One number an image is wanted: "
            "the sum in (10.4).",
            reread="(10.4)",
            example=TWO_IMAGES,
        ),
        Misconception(
            "σ for σ²",
            lambda m, lv: _half_sum(m, np.exp(lv / 2), lv),
            f"your first term is σ, where σ² belongs. {_SAID}`[0.3069, 2]`. The half in exp(log_variance / 2) is for a sample; here the "
            "variance itself stands, (10.4).",
            reread="(10.4)",
            example=TWO_IMAGES,
        ),
        Misconception(
            "log_variance read as log σ",
            lambda m, lv: _half_sum(m, np.exp(2 * lv), 2 * lv),
            f"you read `log_variance` as log σ, as some programs do. {_SAID}`[6.614, 2]`. Here it is log σ², so nothing is doubled: "
            "section 5.",
            reread="section 5",
            example=TWO_IMAGES,
        ),
        Misconception(
            "log σ for log σ²",
            lambda m, lv: _half_sum(m, np.exp(lv), lv / 2),
            f"your last term is log σ. {_SAID}`[1.653, 2]`. (10.4) has log σ², which is `log_variance` as it comes; the half stands "
            "before the whole sum.",
            reread="(10.4)",
            example=TWO_IMAGES,
        ),
        Misconception(
            "the 1 taken off once",
            lambda m, lv: ((np.exp(lv) + m**2 - lv).sum(axis=1) - 1) / 2,
            f"the 1 is taken off once an image. {_SAID}`[1.807, 2.5]`. It stands inside the sum: once for each latent, (10.4).",
            reread="(10.4)",
            example=TWO_IMAGES,
        ),
        Misconception(
            "no logarithm",
            lambda m, lv: _half_sum(m, np.exp(lv), 0),
            f"the logarithm is missing. {_SAID}`[2, 2]`. Without it σ = 0 would be the cheapest of all. See (10.4).",
            reread="(10.4)",
            example=TWO_IMAGES,
        ),
    ],
    hints=(
        "(10.4), with the sum over the last axis only.",
        "np.exp(log_variance) is σ²; log_variance is log σ².",
        "np.sum(np.exp(log_variance) + mean**2 - 1 - log_variance, axis=1) / 2.",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-6,
    fixed=("mean.ndim", "mean.dtype", "log_variance.ndim", "log_variance.dtype"),  # what a network answers
)

# ----------------------------------------------------------------------------------------------------------------------
# 10.1 A sample that can be differentiated

ONE_DRAW = (np.array([1.0, 0.0]), np.array([math.log(4), 0.0]), np.array([1.0, -1.0]))
_DRAW = "For `mean = [1, 0]`, `log_variance = [1.386, 0]`, `noise = [1, -1]` you return "


def _draws(rng):
    yield np.array([0.0]), np.array([0.0]), np.array([1.0])
    yield np.array([3, -1]), np.array([0, 2]), np.array([1, 2])  # whole numbers
    yield np.array([0.5, 2.0, -100.0]), np.array([-30.0, 12.0, 1.0]), np.array([2.0, -1.0, 0.0])
    for shape in (2, 3, 4, 6, (2, 3), (4, 2)):  # latents of one image, and of several
        yield rng.normal(size=shape), rng.uniform(-2, 2, shape), rng.normal(size=shape)


def _sample(mean, log_variance, noise):
    triples = zip(np.ravel(mean), np.ravel(log_variance), np.ravel(noise), strict=True)
    return np.reshape([m + math.sqrt(math.exp(lv)) * e for m, lv, e in triples], np.shape(mean))


def _root_of_logarithm(mean, log_variance, noise):
    with np.errstate(invalid="ignore"):
        return mean + np.sqrt(log_variance) * noise


sample_latent = FunctionExercise(
    number="10.1",
    title="A sample that can be differentiated",
    statement="Write `sample_latent(mean, log_variance, noise)`.",
    signature="sample_latent(mean, log_variance, noise)",
    cases=_draws,
    oracle=_sample,
    solution="""
    import numpy as np

    def sample_latent(mean, log_variance, noise):
        return mean + np.exp(log_variance / 2) * noise
    """,
    misconceptions=[
        Misconception(
            "exp(log_variance) as σ",
            lambda m, lv, e: m + np.exp(lv) * e,
            f"you multiply with the **variance**. {_DRAW}`[5, -1]`, expected `[3, -1]`. σ is exp(log_variance / 2): the "
            "half is easily lost, see section 3.",
            reread="section 3",
            example=ONE_DRAW,
        ),
        Misconception(
            "log_variance as σ",
            lambda m, lv, e: m + lv * e,
            f"you multiply with the *logarithm*. {_DRAW}`[2.386, 0]`: where σ is 1, nothing is random. Section 4 says what "
            "the network gives.",
            reread="section 3",
            example=ONE_DRAW,
        ),
        Misconception(
            "noise without its scale",
            lambda m, lv, e: m + e,
            f"your noise has always the width 1. {_DRAW}`[2, -1]`. Then q cannot be sure of anything: (10.12) has a σ.",
            reread="(10.12)",
            example=ONE_DRAW,
        ),
        Misconception(
            "the mean alone",
            lambda m, lv, e: m + 0 * e,
            f"you return the mean, without any noise: {_DRAW}`[1, 0]`. That is the plain autoencoder of section 2.",
            reread="section 2",
            example=ONE_DRAW,
        ),
        Misconception(
            "divided by σ",
            lambda m, lv, e: m + e / np.exp(lv / 2),
            f"you *divide* by σ. {_DRAW}`[1.5, -1]`. The 1/σ belongs to the score (10.13); the path multiplies, (10.12).",
            reread="(10.12)",
            example=ONE_DRAW,
        ),
        Misconception(
            "the half outside",
            lambda m, lv, e: m + np.exp(lv) / 2 * e,
            f"the half stands outside of the exponential. {_DRAW}`[3, -0.5]`. Half the variance is not its root: `np.exp(log_variance / 2)`, "
            "section 3.",
            reread="section 3",
            example=ONE_DRAW,
        ),
        Misconception(
            "root of the logarithm",
            _root_of_logarithm,
            f"you take the root of the *logarithm* of the variance. {_DRAW}`[2.177, 0]`, and NaN for any variance below 1. First the "
            "exponential, then the root: section 3.",
            reread="section 3",
            example=ONE_DRAW,
        ),
        Misconception(
            "the mean stretched, too",
            lambda m, lv, e: (m + e) * np.exp(lv / 2),
            f"you stretch the mean, too. {_DRAW}`[4, -1]`. Only the noise is multiplied with σ: (10.12).",
            reread="(10.12)",
            example=ONE_DRAW,
        ),
        Misconception(
            "roles exchanged",
            lambda m, lv, e: m * e + np.exp(lv / 2),
            f"mean and σ have exchanged their roles. {_DRAW}`[3, 1]`. σ multiplies the noise, the mean is added: (10.12).",
            reread="(10.12)",
            example=ONE_DRAW,
        ),
        Misconception(
            "mean forgotten",
            lambda m, lv, e: np.exp(lv / 2) * e,
            "the mean is missing. For `mean = [1, 0]`, `log_variance = [1.386, 0]`, `noise = [2, 1]` you return `[4, 1]`: every image "
            "would get its codes around the origin. See (10.12).",
            reread="(10.12)",
            example=(np.array([1.0, 0.0]), np.array([math.log(4), 0.0]), np.array([2.0, 1.0])),
        ),
        Misconception(
            "half the logarithm as σ",
            lambda m, lv, e: m + lv / 2 * e,
            f"the **exponential** is missing: you multiply with log σ. {_DRAW}`[1.693, 0]`, expected `[3, -1]`. σ is "
            "`np.exp(log_variance / 2)`, section 3.",
            reread="section 3",
            example=ONE_DRAW,
        ),
        Misconception(
            "squared for rooted",
            lambda m, lv, e: m + np.exp(2 * lv) * e,
            f"you **square** the variance where its root is wanted. {_DRAW}`[17, -1]`, expected `[3, -1]`. σ is "
            "`np.exp(log_variance / 2)`, section 3.",
            reread="section 4",
            example=ONE_DRAW,
        ),
        Misconception(
            "σ added",
            lambda m, lv, e: m + np.exp(lv / 2) + e,
            f"you **add** σ, so the noise keeps its width of 1. {_DRAW}`[4, 0]`, expected `[3, -1]`. σ multiplies the "
            "noise: (10.12).",
            reread="(10.12)",
            example=ONE_DRAW,
        ),
    ],
    hints=(
        "Noise has mean 0 and width 1. Stretch it, then move it.",
        "σ is the square root of the variance, and the variance is exp(log_variance).",
        "mean + np.exp(log_variance / 2) * noise.",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-6,
)

# ----------------------------------------------------------------------------------------------------------------------
# 10.2 Raw sampling

raw_sampling = ChoiceExercise(
    number="10.2",
    title="Raw sampling",
    statement="z is drawn by NumPy with the encoder's mean and σ. What reaches the encoder's weights?",
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
        "b": 'only "the gradient of the price" arrives, since the price is a formula of mean and variance, without a sample in '
        "it: section 3. It pulls every q to the standard bell, and the code says nothing of the image.",
        "c": 'not "nothing at all": the price is a formula of the encoder\'s answers and is differentiated, section 3.',
        "d": 'the other way round: "the gradient of the first term" is what is lost, for only the sample links it to the '
        "encoder. See section 3.",
    },
    hints=(
        "Follow each of the two terms back from the loss. Which road to the encoder is cut?",
        "The first term sees the encoder only through z.",
        "The price is a formula of mean and variance, without any sample.",
    ),
)

# ----------------------------------------------------------------------------------------------------------------------
# 10.7 Bits per number

bits_per_number = ValueExercise(
    number="10.7",
    title="Bits per number",
    statement="Log-density 4,000 nats of 3,072 numbers of 8 bits, dequantised to [0, 1]. Bits per number?",
    unit="bits",
    answer=lambda: (3072 * math.log(256) - 4000) / (3072 * math.log(2)),
    solution="import math\n\nanswer = 8 - 4000 / (3072 * math.log(2))",
    misconceptions=[
        Misconception(
            "the 256 forgotten",
            lambda: 4000 / (3072 * math.log(2)),
            "`1.879` is the density in bits. The probability of one of 256 values is the density over 256: (10.21).",
            reread="(10.21)",
        ),
        Misconception(
            "nats",
            lambda: (3072 * math.log(256) - 4000) / 3072,
            "`4.243` is in nats. Divide by log 2 for bits: see section 14.",
            reread="section 14",
        ),
        Misconception(
            "per pixel",
            lambda: (3072 * math.log(256) - 4000) / (1024 * math.log(2)),
            "`18.36` is per *pixel*, of three numbers each. Above 8 a model would be worse than none: section 14.",
            reread="section 14",
        ),
        Misconception(
            "the sign",
            lambda: 8 + 4000 / (3072 * math.log(2)),
            "`9.879` is more than the 8 bits without any model: a high density must make it *less*. See (10.21).",
            reread="(10.21)",
        ),
        Misconception(
            "the 256 forgotten, sign right",
            lambda: -4000 / (3072 * math.log(2)),
            "`-1.879` is minus the density in bits. A *probability* never costs less than 0: one of 256 values has the density over "
            "256, (10.21).",
            reread="(10.21)",
        ),
        Misconception(
            "nats taken from bits",
            lambda: 8 - 4000 / 3072,
            "`6.698` takes nats away from bits: 8 is in bits, 4000/3072 in nats. Divide by log 2: section 14.",
            reread="section 14",
        ),
        Misconception(
            "pixels for numbers in one term",
            lambda: 8 - 4000 / (1024 * math.log(2)),
            "`2.364`: your 8 bits are for each number, the rest is for each *pixel* of three. Divide by 3,072: section 14.",
            reread="section 14",
        ),
        Misconception(
            "not divided",
            lambda: (3072 * math.log(256) - 4000) / math.log(2),
            "`1.881e+04` bits are those of the whole image. Divide by its 3,072 numbers: section 14.",
            reread="section 14",
        ),
    ],
    hints=(
        "First the probability of the stored values: each number takes log 256 nats off the density (10.21).",
        "Turn the sign, divide by the count of numbers, and by log 2.",
        "8 - 4000 / (3072 log 2).",
    ),
    rtol=5e-3,
)

# ----------------------------------------------------------------------------------------------------------------------
# 10.8 The importance-weighted bound

WEIGHTS = (np.log(np.array([[1.0, 2.0], [3.0, 2.0]])),)
TINY = (np.array([[-2000.0], [-2001.0]]),)
APART = (np.array([[0.0, -2000.0], [0.0, -2000.0]]),)
THREE_WEIGHTS = (np.log(np.array([[1.0, 2.0], [2.0, 2.0], [3.0, 2.0]])),)
_THREE = "for weights of 1, 2, 3 for the first image, 2, 2, 2 for the second, you return "
_WEIGHED = "For weights of 1 and 3 for the first image, 2 and 2 for the second, you return "


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


def _one_maximum(log_weights):
    with np.errstate(divide="ignore"):
        return np.max(log_weights) + np.log(np.mean(np.exp(log_weights - np.max(log_weights)), axis=0))


def _plain_iw(log_weights):
    with np.errstate(divide="ignore"):
        return np.log(np.mean(np.exp(log_weights), axis=0))


def _plus(log_weights, small):
    return np.log(np.mean(np.exp(log_weights), axis=0) + small)


iw_bound = FunctionExercise(
    number="10.8",
    title="Many samples, one bound",
    statement="Write `iw_bound(log_weights)`: (K, N) in, the importance-weighted bound of each image out.",
    signature="iw_bound(log_weights)",
    cases=_log_weights,
    oracle=_iw_bound,
    solution="""
    import numpy as np

    def iw_bound(log_weights):
        top = log_weights.max(axis=0)
        return top + np.log(np.mean(np.exp(log_weights - top), axis=0))
    """,
    misconceptions=[
        Misconception(
            "mean of the logarithms",
            lambda w: np.mean(w, axis=0),
            f"the mean of the *logarithms* is the plain bound again, only with less noise. {_WEIGHED}`[0.5493, 0.6931]`. In "
            "(10.27) the mean stands inside the logarithm.",
            reread="(10.27)",
            example=WEIGHTS,
        ),
        Misconception(
            "sum for mean",
            lambda w: np.asarray(_iw_bound(w)) + math.log(len(w)),
            f"you forget the 1/K. {_WEIGHED}`[1.386, 1.386]`. Then the bound grows by log K for nothing: (10.27).",
            reread="(10.27)",
            example=WEIGHTS,
        ),
        Misconception(
            "only the best sample",
            lambda w: np.max(w, axis=0),
            f"you keep the largest weight alone. {_WEIGHED}`[1.099, 0.6931]`. All K count, (10.27).",
            reread="(10.27)",
            example=WEIGHTS,
        ),
        Misconception(
            "averaged over the images",
            lambda w: np.asarray(_iw_bound(np.asarray(w).T)),
            f"you average over the images, not over the samples. {_WEIGHED}`[0.4055, 0.9163]`. The first axis is K: (10.27).",
            reread="(10.27)",
            example=WEIGHTS,
        ),
        Misconception(
            "underflow",
            _plain_iw,
            "right for large weights; but for `log_weights = [[-2000], [-2001]]` you return `[-inf]`: e^-2000 is 0 to a "
            "computer. Take the largest out first, as in (7.6); see section 17.",
            reread="section 17",
            example=TINY,
        ),
        Misconception(
            "sum for mean, and underflow",
            lambda w: _plain_iw(w) + math.log(len(w)),
            f"two things. You forget the 1/K: {_THREE}`[1.792, 1.792]`, see (10.27). And for weights of e^-2000 you return -inf: take the "
            "largest out first, as in (7.6).",
            reread="(10.27)",
            example=THREE_WEIGHTS,
        ),
        Misconception(
            "averaged over the images, and underflow",
            lambda w: _plain_iw(np.asarray(w).T),
            f"two things. You average over the images, not over the samples: {_THREE}`[0.4055, 0.6931, 0.9163]`. The first axis is K, (10.27). "
            "And for weights of e^-2000 you return -inf: take the largest out first, as in (7.6).",
            reread="(10.27)",
            example=THREE_WEIGHTS,
        ),
        Misconception(
            "largest not put back",
            lambda w: np.log(np.mean(np.exp(w - np.max(w, axis=0)), axis=0)),
            f"you take the largest out, and do not put it back. {_WEIGHED}`[-0.4055, 0]`. What is divided by inside the logarithm is "
            "added outside: section 17.",
            reread="section 17",
            example=WEIGHTS,
        ),
        Misconception(
            "no logarithm",
            lambda w: np.mean(np.exp(w), axis=0),
            f"that is the mean of the weights, an estimate of p(x). {_WEIGHED}`[2, 2]`. The bound is its *logarithm*, (10.27).",
            reread="(10.27)",
            example=WEIGHTS,
        ),
        Misconception(
            "K outside the logarithm",
            lambda w: (np.asarray(_iw_bound(w)) + math.log(len(w))) / len(w),
            f"you divide by K *outside* of the logarithm. {_WEIGHED}`[0.6931, 0.6931]`. In (10.27) the 1/K stands inside: minus log K.",
            reread="(10.27)",
            example=WEIGHTS,
        ),
        Misconception(
            "divided by the images",
            lambda w: np.asarray(_iw_bound(w)) + math.log(len(w)) - math.log(np.shape(w)[1]),
            "you divide by the number of images, N, and not of samples. For one image and two samples of weight 1 you return `[0.6931]`, "
            "expected `[0]`: (10.27).",
            reread="(10.27)",
            example=(np.zeros((2, 1)),),
        ),
        Misconception(
            "a small number added",
            lambda w: np.log(np.mean(np.exp(w), axis=0) + 1e-12),
            "a small number inside the logarithm saves you from -inf, and gives a wrong answer instead: for `log_weights = [[-2000], "
            "[-2001]]` you return `[-27.63]`, expected `[-2000]`. Take the largest out: section 17.",
            reread="section 17",
            example=TINY,
        ),
        Misconception(
            "one maximum for all images",
            _one_maximum,
            "you take out the largest weight of *all* images. For `log_weights = [[0, -2000], [0, -2000]]` you return `[0, -inf]`: beside an "
            "image that fits well, e^-2000 is still 0 to a computer. Take out the largest of each image, along axis 0: section 17.",
            reread="section 17",
            example=APART,
        ),
        Misconception(
            "1e-30 added",
            lambda w: _plus(w, 1e-30),
            "you add 1e-30 inside the logarithm. That saves you from -inf, and gives a wrong answer instead: for "
            "`log_weights = [[-2000], [-2001]]` you return `[-69.08]`, expected `[-2000]`. A smaller number only "
            "fails a little later. Take the largest out: section 17.",
            reread="section 17",
            example=TINY,
        ),
        Misconception(
            "1e-8 added",
            lambda w: _plus(w, 1e-8),
            "you add 1e-8 inside the logarithm. That saves you from -inf, and gives a wrong answer instead: for "
            "`log_weights = [[-2000], [-2001]]` you return `[-18.42]`, expected `[-2000]`. Take the largest out: "
            "section 17.",
            reread="section 17",
            example=TINY,
        ),
    ],
    hints=(
        "A logarithm of a mean of exponentials, over the first axis.",
        "For weights like e^-2000: subtract the largest of each column before the exponential, add it afterwards.",
        "top = log_weights.max(axis=0); top + np.log(np.mean(np.exp(log_weights - top), axis=0)).",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-6,
    fixed=("log_weights.ndim", "log_weights.dtype"),
)

# ----------------------------------------------------------------------------------------------------------------------
# 10.9 Who survives?

SPECTRUM = (np.array([8.0, 3.0, 1.5, 0.5]), 2.0, 0.5)
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
    number="10.9",
    title="Who survives?",
    statement="Write `latents_in_use(eigenvalues, sigma, beta)` for a linear VAE with a latent for every eigenvalue.",
    signature="latents_in_use(eigenvalues, sigma, beta)",
    cases=_spectra,
    oracle=lambda eigenvalues, sigma, beta: sum(1 for v in eigenvalues if v / sigma / sigma > beta),
    solution="""
    import numpy as np

    def latents_in_use(eigenvalues, sigma, beta):
        return int(np.sum(eigenvalues > beta * sigma**2))
    """,
    misconceptions=[
        Misconception(
            "σ for σ²",
            lambda v, s, b: int(np.sum(v > b * s)),
            f"you compare a variance with a standard deviation. {_SPECTRUM}`3`, expected `2`: in (10.25) σ is squared.",
            reread="(10.25)",
            example=SPECTRUM,
        ),
        Misconception(
            "β left out",
            lambda v, s, b: int(np.sum(v > s**2)),
            f"β is missing: {_SPECTRUM}`1`. A dearer nat drowns more latents, (10.25).",
            reread="(10.25)",
            example=SPECTRUM,
        ),
        Misconception(
            "β on the other side",
            lambda v, s, b: int(np.sum(v > s**2 / b)),
            f"you divide by β. {_TWELVE}`sigma = 3`, `beta = 1.5` you return `6`. Then a dear rate would *wake* latents. See (10.23).",
            reread="(10.23)",
            example=(TWELVE, 3.0, 1.5),
        ),
        Misconception(
            "the drowned counted",
            lambda v, s, b: int(np.sum(np.asarray(v) <= b * s**2)),
            "you count those *under* water. For `eigenvalues = [8, 4, 3, 0.5, 0.4]`, `sigma = 1`, `beta = 1` you return `2`, and "
            "three are in use, (10.25).",
            reread="(10.25)",
            example=(np.array([8.0, 4.0, 3.0, 0.5, 0.4]), 1.0, 1.0),
        ),
        Misconception(
            "β squared, too",
            lambda v, s, b: int(np.sum(v > (b * s) ** 2)),
            f"you square β, too. {_TWELVE}`sigma = 2`, `beta = 0.5` you return `11`. θ = βσ²: β is a price, not a spread, (10.25).",
            reread="(10.25)",
            example=(TWELVE, 2.0, 0.5),
        ),
        Misconception(
            "σ left out",
            lambda v, s, b: int(np.sum(v > b)),
            f"σ is missing. {_TWELVE}`sigma = 1.5`, `beta = 2` you return `10`. The level is βσ², (10.25).",
            reread="(10.25)",
            example=(TWELVE, 1.5, 2.0),
        ),
        Misconception(
            "divided by σ²",
            lambda v, s, b: int(np.sum(v > b / s**2)),
            f"you divide by σ². {_TWELVE}`sigma = 2`, `beta = 2` you return `12`. A wide pixel makes an "
            "error *cheap*, so the water is high: (10.25).",
            reread="(10.25)",
            example=(TWELVE, 2.0, 2.0),
        ),
        Misconception(
            "a factor of 2",
            lambda v, s, b: int(np.sum(v > 2 * b * s**2)),
            f"your level is 2βσ². {_TWELVE}`sigma = 1`, `beta = 1.5` you return `9`. "
            "The ½ before the squared error and the ½ before the divergence cancel: (10.23).",
            reread="(10.23)",
            example=(TWELVE, 1.0, 1.5),
        ),
        Misconception(
            "roots of the eigenvalues",
            lambda v, s, b: int(np.sum(np.sqrt(v) > b * s**2)),
            f"you compare the *roots* of the eigenvalues with a variance. {_TWELVE}`sigma = 1`, `beta = 2.7` "
            "you return `5`. Both sides of (10.25) are variances.",
            reread="(10.25)",
            example=(TWELVE, 1.0, 2.7),
        ),
        Misconception(
            "the first that drowned",
            lambda v, s, b: int(np.argmax(np.asarray(v) <= b * s**2)),
            "you look for the place of the first eigenvalue under water. For `eigenvalues = [3, 2]`, `sigma = 1`, `beta = 0.5` none is, "
            "and `argmax` answers `0`, expected `2`. Count those above, (10.25).",
            reread="(10.25)",
            example=(np.array([3.0, 2.0]), 1.0, 0.5),
        ),
        Misconception(
            "the level counted",
            lambda v, s, b: int(np.sum(np.asarray(v) >= b * s**2)),
            f"you count an eigenvalue that lies exactly at the level. {_TWELVE}`sigma = 1`, `beta = 6` you "
            "return `7`. There w² = λ − θ is 0, so nothing is carried: (10.25) says above.",
            reread="(10.25)",
            example=(TWELVE, 1.0, 6.0),
        ),
        Misconception(
            "the eigenvalues, not their number",
            lambda v, s, b: np.asarray(v)[np.asarray(v) > b * s**2],
            f"those are the eigenvalues above the level. {_SPECTRUM}`[8, 3]`. How many are they? (10.25) counts.",
            reread="(10.25)",
            example=SPECTRUM,
        ),
        Misconception(
            "stopped at the first that drowned",
            lambda v, s, b: _until_the_first(v, b * s**2),
            "you **stop** at the first eigenvalue under water, which is right only where they are sorted. For "
            "`eigenvalues = [8, 9, 7, 8, 1, 9]`, `sigma = 1`, `beta = 2` you return `4`, expected `5`. Look at all of "
            "them, (10.25).",
            reread="(10.25)",
            example=(np.array([8.0, 9.0, 7.0, 8.0, 1.0, 9.0]), 1.0, 2.0),
        ),
        Misconception(
            "a share",
            lambda v, s, b: float(np.mean(np.asarray(v) > b * s**2)),
            f"you return the **share** of the latents. {_SPECTRUM}`0.5`, expected `2`. How many are they? (10.25) "
            "counts.",
            reread="(10.25)",
            example=SPECTRUM,
        ),
    ],
    hints=(
        "Which level does the water have?",
        "Count the eigenvalues above θ = β σ².",
        "int(np.sum(eigenvalues > beta * sigma**2)).",
    ),
    fixed=("eigenvalues.ndim",),
)

# ----------------------------------------------------------------------------------------------------------------------
# 10.10 The loss

TWO_PICTURES = (
    np.array([[1.0, 0.0], [1.0, 1.0]]),
    np.array([[0.5, 0.5], [0.5, 0.25]]),
    np.array([[1.0, 0.0], [0.0, 0.0]]),
    np.array([[0.0, math.log(4)], [0.0, 0.0]]),
)
_LOSS = (
    "For `x = [[1, 0], [1, 1]]`, `p = [[0.5, 0.5], [0.5, 0.25]]`, `mean = [[1, 0], [0, 0]]`, `log_variance = [[0, 1.386], [0, 0]]` "
    "you return "
)


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
    number="10.10",
    title="The loss of a VAE",
    statement="Write `vae_loss(x, p, mean, log_variance)` for binary images (N, d) and latents (N, k).",
    signature="vae_loss(x, p, mean, log_variance)",
    cases=_batches,
    oracle=_loss,
    solution="""
    import numpy as np

    def vae_loss(x, p, mean, log_variance):
        cross_entropy = -np.sum(x * np.log(p) + (1 - x) * np.log(1 - p), axis=1)
        divergence = np.sum(np.exp(log_variance) + mean**2 - 1 - log_variance, axis=1) / 2
        return np.mean(cross_entropy + divergence)
    """,
    misconceptions=[
        Misconception(
            "mean over the pixels",  # also Keras's BinaryCrossentropy, beside a sum over the latents
            lambda x, p, m, lv: np.mean(_cross_entropy(x, p)) + np.mean(_half_sum(m, np.exp(lv), lv)),
            f"you take the **mean** over the pixels beside a sum over the latents. {_LOSS}`1.52`, expected `2.386`. Every "
            "latent will collapse: section 16. (10.3) has sums.",
            reread="(10.3)",
            example=TWO_PICTURES,
        ),
        Misconception(
            "KL sign",
            lambda x, p, m, lv: np.mean(_cross_entropy(x, p).sum(1) - _half_sum(m, np.exp(lv), lv)),
            f"you **subtract** the divergence. {_LOSS}`1.079`. In the bound it has a minus, so in the loss a plus: with a "
            "minus, q would run away from the prior. See (10.3).",
            reread="(10.3)",
            example=TWO_PICTURES,
        ),
        Misconception(
            "sum over the batch",
            lambda x, p, m, lv: np.sum(_cross_entropy(x, p)) + np.sum(_half_sum(m, np.exp(lv), lv)),
            f"you also sum over the images. {_LOSS}`4.773`. The step would grow with the batch: (10.3) has a mean there.",
            reread="(10.3)",
            example=TWO_PICTURES,
        ),
        Misconception(
            "the bound, not the loss",
            lambda x, p, m, lv: -np.mean(_cross_entropy(x, p).sum(1) + _half_sum(m, np.exp(lv), lv)),
            f"that is the bound, which should be *large*. {_LOSS}`-2.386`. A loss is minimised: turn the sign, (10.3).",
            reread="(10.3)",
            example=TWO_PICTURES,
        ),
        Misconception(
            "no divergence",
            lambda x, p, m, lv: np.mean(_cross_entropy(x, p).sum(1)),
            f"the divergence is missing: {_LOSS}`1.733`. That is the autoencoder of section 2, with its holes.",
            reread="section 2",
            example=TWO_PICTURES,
        ),
        Misconception(
            "mean over pixels and latents",
            lambda x, p, m, lv: np.mean(_cross_entropy(x, p)) + np.mean((np.exp(lv) + m**2 - 1 - lv) / 2),
            f"you take the **mean** over the pixels and over the latents. {_LOSS}`1.193`. Logarithms of products add up: both are sums in "
            "(10.3), and only the images are averaged.",
            reread="(10.3)",
            example=TWO_PICTURES,
        ),
        Misconception(
            "mean over the latents",
            lambda x, p, m, lv: np.mean(_cross_entropy(x, p).sum(1) + _half_sum(m, np.exp(lv), lv) / m.shape[1]),
            f"the pixels are summed, but you take the mean over the *latents*. {_LOSS}`2.06`. Each latent costs its full price, (10.3).",
            reread="(10.3)",
            example=TWO_PICTURES,
        ),
        Misconception(
            "images not averaged",
            lambda x, p, m, lv: _cross_entropy(x, p).sum(1) + _half_sum(m, np.exp(lv), lv),
            f"right for each image; the mean over the images is missing. {_LOSS}`[2.693, 2.079]`. A loss is one number: the 1/N of (10.3).",
            reread="(10.3)",
            example=TWO_PICTURES,
        ),
        Misconception(
            "sign of the cross-entropy",
            lambda x, p, m, lv: np.mean(-_cross_entropy(x, p).sum(1) + _half_sum(m, np.exp(lv), lv)),
            f"the cross-entropy has lost its minus. {_LOSS}`-1.079`. A logarithm of a probability is below 0, and a loss is its opposite, "
            "(10.3).",
            reread="(10.3)",
            example=TWO_PICTURES,
        ),
        Misconception(
            "ink only",
            lambda x, p, m, lv: np.mean((-x * np.log(p)).sum(1) + _half_sum(m, np.exp(lv), lv)),
            f"only pixels with ink count in your sum. {_LOSS}`2.04`. Then ink everywhere would be best: the term (1 − x) log(1 − p) is "
            "missing, see section 3.",
            reread="section 3",
            example=TWO_PICTURES,
        ),
        Misconception(
            "squared error",
            lambda x, p, m, lv: np.mean(((x - p) ** 2).sum(1) + _half_sum(m, np.exp(lv), lv)),
            f"you take the squared error. {_LOSS}`1.31`. That belongs to a Gaussian, (10.20); a pixel that is ink or paper is a coin: "
            "section 3.",
            reread="section 3",
            example=TWO_PICTURES,
        ),
        Misconception(
            "no half",
            lambda x, p, m, lv: np.mean(_cross_entropy(x, p).sum(1) + 2 * _half_sum(m, np.exp(lv), lv)),
            f"your divergence is twice too large: its half is missing. {_LOSS}`3.04`. See (10.4).",
            reread="(10.4)",
            example=TWO_PICTURES,
        ),
        Misconception(
            "exp(log_variance) as σ",
            lambda x, p, m, lv: np.mean(_cross_entropy(x, p).sum(1) + _half_sum(m, np.exp(2 * lv), lv)),
            f"in your divergence exp(log_variance) is squared, as if it were σ. {_LOSS}`5.386`. It *is* σ²: (10.4).",
            reread="(10.4)",
            example=TWO_PICTURES,
        ),
        Misconception(
            "x and p exchanged",
            lambda x, p, m, lv: _exchanged(x, p, m, lv, 0.0),
            f"**x and p** are exchanged in your cross-entropy. {_LOSS}`inf`: the logarithm of an image that is 0 and "
            "1. The logarithm is of p, what the decoder says, and x stands in front: (10.3).",
            reread="(10.3)",
            example=TWO_PICTURES,
        ),
        Misconception(
            "x and p exchanged, with a clip",
            lambda x, p, m, lv: _exchanged(x, p, m, lv, 1e-7),
            f"**x and p** are exchanged in your cross-entropy, and the clip hides that x is 0 and 1. {_LOSS}`18.79`, "
            "expected 2.386. The logarithm is of p, what the decoder says, and x stands in front: (10.3).",
            reread="(10.3)",
            example=TWO_PICTURES,
        ),
        Misconception(
            "KL direction",
            lambda x, p, m, lv: np.mean(_cross_entropy(x, p).sum(1) + (np.exp(-lv) * (1 + m**2) - 1 + lv).sum(1) / 2),
            f"your divergence is D(prior ‖ q), the other direction. {_LOSS}`2.142`, expected 2.386. See (10.4), where "
            "q stands in front.",
            reread="(10.4)",
            example=TWO_PICTURES,
        ),
        Misconception(
            "the 1 forgotten",
            lambda x, p, m, lv: np.mean(_cross_entropy(x, p).sum(1) + _half_sum(m, np.exp(lv), lv) + m.shape[1] / 2),
            f"the −1 of each latent is missing in your divergence. {_LOSS}`3.386`, expected 2.386. It is 0 where q is "
            "the prior: put mean 0 and log-variance 0 into (10.4).",
            reread="(10.4)",
            example=TWO_PICTURES,
        ),
    ],
    hints=(
        "One number for each image first: cross-entropy plus divergence. Then the mean over the images.",
        "np.sum(..., axis=1) over pixels, and over latents.",
        "np.mean(-np.sum(x * np.log(p) + (1 - x) * np.log(1 - p), axis=1) + your answer to 10.4).",
    ),
    rtol=1e-5,  # Keras's losses are float32, and clip p
    atol=1e-6,
    fixed=("x.ndim", "p.ndim", "p.dtype", "mean.ndim", "mean.dtype", "log_variance.ndim", "log_variance.dtype"),
)

# ----------------------------------------------------------------------------------------------------------------------
# 10.3 and 10.11 What to show, what to report

which_pictures = ChoiceExercise(
    number="10.3",
    title="Does it generate?",
    statement="You want to show that a VAE generates images. Which pictures show it?",
    options={
        "a": "training images, encoded and decoded",
        "b": "draws from q(z | x) of training images, decoded",
        "c": "draws from the prior, decoded",
        "d": "codes of test images, decoded without their noise",
    },
    answer="c",
    reasons={
        "a": '"training images, encoded and decoded" show that the autoencoder copies. One with holes does that best: section 2.',
        "b": '"draws from q(z | x) of training images" start from an image that was there. A model whose codes lie anywhere '
        "passes this test and generates nothing: section 2.",
        "c": '"draws from the prior" is what section 3 did: nothing but the model went in.',
        "d": '"codes of test images" show that new images can be given back. That is compression, not generation: section 2.',
    },
    hints=(
        "What may a generator know of any particular image?",
        "In the story, where does z come from?",
        "Nothing that was encoded may be used.",
    ),
)

which_number = ChoiceExercise(
    number="10.11",
    title="Which number?",
    statement="You compare a VAE trained with β = 0.1 with one trained with β = 1. Which number do you report?",
    options={
        "a": "the loss at the end of training",
        "b": "the squared error of giving back test images",
        "c": "the bound with β = 1 on images not trained on, with an interval over seeds",
        "d": "the bound with β = 1 on the training images, which are more",
    },
    answer="c",
    reasons={
        "a": '"the loss at the end of training" has another meaning for every β, and knows only training images: section 15.',
        "b": '"the squared error of giving back" leaves out what the codes cost. More rate always makes it smaller: section 15.',
        "c": '"on images not trained on": distortion plus rate, the same for both, a bound on log p(x). See section 18.',
        "d": 'on "the training images" the one that overfits wins. The gap is many nats: section 13.',
    },
    hints=(
        "It must mean the same for both models.",
        "Distortion plus rate bounds log p(x), whatever β was used in training.",
        "And it must not be measured on what was learned by heart.",
    ),
)
