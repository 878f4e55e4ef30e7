"""Which way of training makes the better digits in 20 seconds, and in 60? One network, two budgets, five seeds each.

    python -m course_lib.experiments.image_gans

It takes half an hour on two idle cores and writes data/results/image_gans.json, after every training (stop it when
you like and call it again, it goes on where it was): Fréchet and kernel distance on the features of the course's
classifier (FD-digits, KID), precision, recall and inception-type score, of 1,000 generated against the 1,000 held-out
digits. Beside the trained generators stand two that need no training: a random 1,000 of the training digits, the
best that can be had, and a Gaussian fitted to the training digits' pixels.

A budget is so many seconds of two quiet cores. It is kept in steps: a step was timed once on such a machine
(STEP_TIME), so a busy one gives the same result. The learning rate falls to 0 over the budget: the longer training is
not the shorter one gone on with. All methods have the same learning rate and batch, the adversarial ones the same
average of weights; nothing was tuned, for none of them.
"""

import time
from functools import cache

import numpy as np

from course_lib import backend
from course_lib.datasets import digits
from course_lib.experiments import record
from course_lib.metrics import generation
from course_lib.models.weights import load_classifier

SEEDS = (0, 1, 2, 3, 4)
BUDGETS = (20.0, 60.0)  # seconds of two quiet cores; chapter 12 trains with the first
LATENT, WIDTH, BATCH, RATE, AVERAGE = 32, 16, 64, 1e-3, 0.99
SAMPLES, K = 1000, 3
METHODS = {  # what differs; everything else is the same
    "DCGAN": {"loss": "NON_SATURATING"},
    "DCGAN + R1": {"loss": "NON_SATURATING", "r1": 1.0},
    "WGAN-GP": {"loss": "WASSERSTEIN", "gradient_penalty": 10.0, "critic_steps": 3},
    "VAE": {},
}
STEP_TIME = {"DCGAN": 0.032, "DCGAN + R1": 0.043, "WGAN-GP": 0.090, "VAE": 0.023}  # seconds, on two quiet cores
BASELINES = ("real digits", "Gaussian of pixels")
SCORES = ("fd", "kid", "precision", "recall", "inception")


def steps(name, budget=BUDGETS[0]):
    """How many steps of a method fit into a budget (seconds)."""
    return int(budget / STEP_TIME[name])


def images(x):
    """Return uint8 images (n, 28, 28) as floats in [-1, 1] with one channel."""
    return x[..., None].astype("float32") / 127.5 - 1


def schedule(n):
    """A learning rate that falls evenly to 0 in n steps."""
    import keras

    return keras.optimizers.schedules.PolynomialDecay(RATE, n, 0.0)


def gan(name, seed, n):
    """Build the trainer of a method for n steps.

    Parameters
    ----------
    name : str
        One of METHODS, not the VAE.
    seed, n : int

    Returns
    -------
    AdversarialTrainer
    """
    import keras

    from course_lib.losses import adversarial
    from course_lib.models.gan import dcgan_discriminator, dcgan_generator
    from course_lib.training.adversarial import AdversarialTrainer

    backend.set_seed(seed)
    options = dict(METHODS[name])
    loss = getattr(adversarial, options.pop("loss"))
    updates = n * options.get("critic_steps", 1)
    return AdversarialTrainer(
        dcgan_generator((28, 28, 1), LATENT, WIDTH), dcgan_discriminator((28, 28, 1), WIDTH), loss,
        seed=seed, ema=AVERAGE,
        generator_optimizer=keras.optimizers.Adam(schedule(n), beta_1=0.5, beta_2=0.99),
        discriminator_optimizer=keras.optimizers.Adam(schedule(updates), beta_1=0.5, beta_2=0.99),
        **options,
    )  # fmt: skip


def vae(seed, n):
    """Build a convolutional VAE with the generator's widths (its dense layers are larger), compiled for n steps."""
    import keras

    from course_lib.models.vae import conv_vae

    backend.set_seed(seed)
    model = conv_vae((28, 28, 1), LATENT, WIDTH, "bernoulli", seed=seed)
    model.compile(keras.optimizers.Adam(schedule(n)), jit_compile=False)
    return model


def generate(name, seed, n, count=SAMPLES):
    """Train a method for n steps and draw images.

    Returns
    -------
    images : (count, 28, 28, 1), floats in [-1, 1]
    seconds : float
        On the clock, of training.
    """
    x = images(digits.load()[0][0])
    model = vae(seed, n) if name == "VAE" else gan(name, seed, n)
    started = time.monotonic()
    if name == "VAE":
        model.fit(batches(x, n, seed), steps_per_epoch=n, epochs=1, shuffle=False, verbose=0)
        made = 2 * model.sample(count, seed=seed) - 1
    else:
        model.fit(x, n, BATCH)
        made = model.sample(count, seed=seed)
    return made, time.monotonic() - started


def gaussian(seed, count=SAMPLES):
    """Draw images from the Gaussian with the training digits' mean and covariance of pixels, clipped to [-1, 1]."""
    x = images(digits.load()[0][0]).reshape(-1, 784)
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=(count, len(x))) / np.sqrt(len(x))
    return np.clip(x.mean(axis=0) + weights @ (x - x.mean(axis=0)), -1, 1).reshape(-1, 28, 28, 1).astype("float32")


def batches(x, n, seed):
    """Yield n batches for the VAE, in [0, 1]: the images again and again, each time in another order."""
    rng = np.random.default_rng(seed)
    order = np.concatenate([rng.permutation(len(x)) for _ in range(-(-n * BATCH // len(x)))])
    for rows in order[: n * BATCH].reshape(n, BATCH):
        yield ((x[rows] + 1) / 2,)


@cache
def _networks():
    from course_lib.models.classifier import embedder

    model = load_classifier()
    return embedder(model), model


def features(x):
    """Embeddings (n, 64) of images in [-1, 1], by the course's classifier."""
    return _networks()[0].predict((x + 1) / 2, batch_size=250, verbose=0)


def judge(made, reference):
    """Score images against reference images, all in [-1, 1].

    Returns
    -------
    dict of str to float
        ``fd``, ``kid``, ``precision``, ``recall``, ``inception``.
    """
    from scipy.special import softmax

    real, fake = features(reference), features(made)
    found = generation.precision_recall(real, fake, K)
    logits = _networks()[1].predict((made + 1) / 2, batch_size=250, verbose=0)
    return {
        "fd": float(generation.frechet_distance(real, fake)),
        "kid": float(generation.kernel_distance(real, fake)),
        "precision": found.precision,
        "recall": found.recall,
        "inception": generation.inception_score(softmax(logits.astype("float64"), axis=1)),
    }


def run(name, seed, budget=0.0):
    """Train a method, or ask a baseline (budget 0), and judge it against the held-out digits: one row of the table."""
    (x_train, _), (x_test, _) = digits.load()
    seconds, n = 0.0, 0
    if name == "real digits":
        made = images(np.random.default_rng(seed).choice(x_train, SAMPLES, replace=False))
    elif name == "Gaussian of pixels":
        made = gaussian(seed)
    else:
        n = steps(name, budget)
        made, seconds = generate(name, seed, n)
    scores = record.rounded(judge(made, images(x_test)))
    return {"method": name, "budget": budget, "seed": seed, "steps": n, "seconds": round(seconds, 1), **scores}


def table(rows, score):
    """(method, budget) -> mean of a score over the seeds, and half its 95 % interval by Student's t."""
    values = {}
    for row in rows:
        values.setdefault((row["method"], row["budget"]), []).append(row[score])
    return {key: record.interval(v) for key, v in values.items()}


def main(argv=None):
    """Do what is not done yet, and write after each training."""
    parser = record.parser("image_gans", __doc__)
    parser.add_argument("--only", type=int, help="end after so many trainings, to be gone on with")
    options = record.parse(parser, argv)
    settings = {
        "seeds": SEEDS,
        "budgets": BUDGETS,
        "settings": {"latent": LATENT, "width": WIDTH, "batch": BATCH, "average": AVERAGE, "rate": RATE},
        "step_time": STEP_TIME,
    }
    question = "Digits after 20 and after 60 seconds of training: 1,000 generated against 1,000 held-out ones"
    stored = record.Record(options.out, options.command, question, settings)
    kinds = [(name, 0.0) for name in BASELINES] + [(name, budget) for budget in BUDGETS for name in METHODS]
    plan = [{"method": name, "seed": seed, "budget": budget} for seed in SEEDS for name, budget in kinds]
    for task in record.missing(plan, stored.rows)[: options.only]:
        stored.add(run(task["method"], task["seed"], task["budget"]))
    return stored.rows


if __name__ == "__main__":
    main()
