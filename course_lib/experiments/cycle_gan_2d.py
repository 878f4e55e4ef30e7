"""What does a cycle know? Two translators between three bells and three bells, trained without pairs.

    python -m course_lib.experiments.cycle_gan_2d

It takes some minutes on two cores and writes data/results/cycle_gan_2d.json. Both kinds of points are three small
Gaussians on a circle, the second kind turned by 60 degrees. With equal weights all six ways to send bells to bells are
perfect: no loss can tell them apart. With the weights .6, .3 and .1 only one of them gives each bell its share of the
points, and the adversarial loss could know it.

A row holds which bell goes where (``permutation``: to which bell of the second kind most points of each bell of the
first are sent), the cycle loss on new points, the shares of the points that arrive at each bell, and how far they are
from those of the second kind (``mass_error``, half the sum of absolute differences: 0 is right, .5 is a half of all
points in wrong places).

What it cannot say: how often images are sent wrong. It shows that the loss does not tell.
"""

import time

import numpy as np

from course_lib.datasets.toys import ring
from course_lib.experiments import record

X, Y = ring(3, radius=2.0, sigma=0.3), ring(3, radius=2.0, sigma=0.3)
TURN = np.deg2rad(60)
WEIGHTS = {"equal": (1 / 3, 1 / 3, 1 / 3), "unequal": (0.6, 0.3, 0.1)}
SEEDS = (0, 1, 2, 3, 4)
POINTS, TEST, STEPS, BATCH, LOOP = 20_000, 3000, 2000, 256, 200
CYCLE, R1, RATE, WIDTH, DEPTH = 10.0, 0.5, 2e-3, 128, 2


def centers():
    """The middles of the three bells of each kind, (3, 2) each."""
    turn = np.array([[np.cos(TURN), -np.sin(TURN)], [np.sin(TURN), np.cos(TURN)]])
    return X.centers, Y.centers @ turn.T


def sample(n, weights, seed):
    """Draw n points of each kind, float32 (n, 2), and from which bell each comes, (n,).

    Returns
    -------
    (x, bells of x), (y, bells of y)
    """
    kinds = []
    for number, (middles, sigma) in enumerate(zip(centers(), (X.sigma, Y.sigma), strict=True)):
        rng = np.random.default_rng((seed, number))
        bells = rng.choice(len(middles), size=n, p=weights)
        points = middles[bells] + sigma * rng.standard_normal((n, 2))
        kinds.append((points.astype(np.float32), bells))
    return kinds


def trainer(seed, steps=STEPS, xla=True):
    """Build two translators, two discriminators and what trains them; the rate falls to 0 after ``steps``."""
    import keras

    from course_lib import backend
    from course_lib.models.gan import toy_discriminator, toy_generator
    from course_lib.training.cycle import CycleTrainer

    backend.set_seed(seed)
    adams = [
        keras.optimizers.Adam(keras.optimizers.schedules.PolynomialDecay(RATE, steps, 0.0), beta_1=0.5, beta_2=0.99)
        for _ in range(2)
    ]
    return CycleTrainer(
        *(toy_generator(2, WIDTH, DEPTH) for _ in range(2)), *(toy_discriminator(WIDTH, DEPTH) for _ in range(2)),
        cycle=CYCLE, r1=R1, generator_optimizer=adams[0], discriminator_optimizer=adams[1], seed=seed, xla=xla,
    )  # fmt: skip


def judge(forward, back, weights, seed):
    """Send new points over and back, and say where they went.

    Parameters
    ----------
    forward, back : callables
        Points (n, 2) to points (n, 2).
    weights : (3,)
        Shares of the bells, of both kinds.
    seed : int

    Returns
    -------
    dict
        ``permutation``, ``purity`` (share of points that go where most of their bell go), ``cycle``, ``shares``,
        ``mass_error``, ``distance`` (mean distance of generated points to the nearest middle, in standard deviations;
        1.25 for a perfect bell).
    """
    from keras import ops

    from course_lib.losses.translation import cycle_loss

    (x, bells), (y, _) = sample(TEST, weights, (seed, 9))
    middles = centers()[1]
    generated = ops.convert_to_numpy(forward(x))
    away = np.linalg.norm(generated[:, None] - middles, axis=-1)
    arrived = away.argmin(axis=1)
    table = np.array([np.bincount(arrived[bells == bell], minlength=3) for bell in range(3)])
    shares = np.bincount(arrived, minlength=3) / len(arrived)
    return {
        "permutation": table.argmax(axis=1).tolist(),
        "purity": float(table.max(axis=1).sum() / len(x)),
        "cycle": float(cycle_loss(forward, back, x, y)),
        "shares": [round(float(share), 4) for share in shares],
        "mass_error": float(np.abs(shares - np.asarray(weights)).sum() / 2),
        "distance": float(away.min(axis=1).mean() / Y.sigma),
    }


def run(weights, seed, steps=STEPS, loop=LOOP):
    """Train once and judge the translators.

    Parameters
    ----------
    weights : {"equal", "unequal"}
    seed : int
    steps : int
    loop : int
        Steps that are compiled into one program.

    Returns
    -------
    dict
        What `judge` gives, and ``cpu_seconds``, processor time with compiling.
    """
    (x, _), (y, _) = sample(POINTS, WEIGHTS[weights], (seed, 0))
    began = time.process_time()
    training = trainer(seed, steps)
    training.fit(x, y, steps, BATCH, loop=loop)
    seconds = time.process_time() - began
    return judge(training.forward, training.back, WEIGHTS[weights], seed) | {"cpu_seconds": round(seconds, 1)}


def main(argv=None):
    """Run what is missing, seed by seed, and write after each run."""
    parser = record.parser("cycle_gan_2d", __doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    options = record.parse(parser, argv)
    settings = {
        "points": POINTS, "test": TEST, "steps": STEPS, "batch": BATCH, "lambda": CYCLE, "r1": R1, "rate": RATE,
        "width": WIDTH, "depth": DEPTH, "weights": WEIGHTS,
    }  # fmt: skip
    question = "To which bell does a CycleGAN send each bell, and what do its losses say of it?"
    kinds = list(WEIGHTS)
    stored = record.Record(
        options.out, options.command, question, settings,
        order=lambda row: (kinds.index(row["weights"]), row["seed"]),
    )  # fmt: skip
    plan = [{"weights": name, "seed": seed} for seed in options.seeds for name in WEIGHTS]
    for task in record.missing(plan, stored.rows):
        stored.add(task | run(**task))
    return stored.rows


if __name__ == "__main__":
    main()
