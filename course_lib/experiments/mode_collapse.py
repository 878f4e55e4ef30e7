"""Which remedy keeps a generator from leaving modes out? Five methods, two toys, ten seeds; and longer runs.

    python -m course_lib.experiments.mode_collapse

It takes about an hour and a half on one quiet core, and writes data/results/mode_collapse.json after every run: stop
it when you like and call it again, it goes on where it was.

The protocol is that of Srivastava et al. 2017 (arXiv:1705.07761) and Lin et al. 2018 (arXiv:1712.04086): a ring of
8 Gaussians on a circle of radius 1, sigma .01, and a grid of 25 on {-4, -2, 0, 2, 4}², sigma .05; 100,000 training
points; 2,500 samples are judged by `course_lib.metrics.modes`. The networks are this course's, not theirs, and the
training is much shorter: theirs takes 400,000 steps.

The number of steps on the long ring was chosen with seeds 0 to 4 (8,000, 12,000 and 14,000 were tried, with a few
other settings); seeds 5 to 9 were run afterwards, once.

A row holds the scores, and the seconds of processor time of one core that training took, without compiling.
"""

import itertools
import time
import warnings

import keras
import numpy as np

from course_lib import backend
from course_lib.datasets import toys
from course_lib.experiments import record
from course_lib.losses import adversarial as losses
from course_lib.metrics.modes import mode_coverage
from course_lib.models.gan import toy_discriminator, toy_generator
from course_lib.training.adversarial import AdversarialTrainer

POINTS, SAMPLES = 100_000, 2500
TOYS = {"ring": toys.ring(), "grid": toys.grid(), "long ring": toys.ring(), "long grid": toys.grid()}
SETTINGS = {  # as `train_toy` takes them; r1 only where the method has it
    "ring": {"steps": 8000, "batch_size": 128, "learning_rate": 1e-3, "width": 128, "depth": 2, "r1": 0.1},
    "grid": {"steps": 6000, "batch_size": 128, "learning_rate": 2e-3, "width": 128, "depth": 3, "r1": 1.0},
    "long ring": {"steps": 14_000, "batch_size": 128, "learning_rate": 1e-3, "width": 128, "depth": 2, "r1": 0.1},
    "long grid": {"steps": 18_000, "batch_size": 128, "learning_rate": 2e-3, "width": 128, "depth": 3, "r1": 1.0},
}
METHODS = {
    "plain": {"loss": losses.NON_SATURATING},
    "packed": {"loss": losses.NON_SATURATING, "pack": 2},
    "WGAN-GP": {"loss": losses.WASSERSTEIN, "gradient_penalty": 1.0, "critic_steps": 2},
    "R1": {"loss": losses.NON_SATURATING, "r1": None},
    "relativistic + R1": {"loss": losses.RELATIVISTIC, "r1": None},
}
PLAN = {  # methods and seeds of each toy
    "ring": (tuple(METHODS), tuple(range(10))),
    "grid": (tuple(METHODS), tuple(range(10))),
    "long ring": (("plain", "relativistic + R1"), tuple(range(10))),
    "long grid": (("plain", "packed", "relativistic + R1"), tuple(range(5))),
}
SCORES = ("covered", "high_quality", "reverse_kl")
PUBLISHED = {  # modes covered, mean and standard error of ten runs: Lin et al. 2018, table 1; quoted, not run here
    "ring": {"plain": (6.3, 0.5), "packed": (7.9, 0.1)},
    "grid": {"plain": (17.3, 0.8), "packed": (23.8, 0.7)},
}


def falling_adam(settings, updates):
    """Adam whose learning rate falls to 0 in a straight line, as in `train_toy`."""
    rate = keras.optimizers.schedules.PolynomialDecay(settings["learning_rate"], updates, end_learning_rate=0.0)
    return keras.optimizers.Adam(rate, beta_1=0.5, beta_2=0.99)


class Runner:
    """One method on one toy, compiled once and run with several seeds."""

    def __init__(self, toy, method, settings=None):
        self.mixture, self.settings = TOYS[toy], SETTINGS[toy] | (settings or {})
        self.method = METHODS[method] | ({"r1": self.settings["r1"]} if "r1" in METHODS[method] else {})
        self.loop = max(d for d in range(1, 501) if self.settings["steps"] % d == 0)
        steps, critic_steps = self.settings["steps"], self.method.get("critic_steps", 1)
        self.trainer = AdversarialTrainer(
            *self.fresh(0),
            generator_optimizer=falling_adam(self.settings, steps),
            discriminator_optimizer=falling_adam(self.settings, steps * critic_steps),
            xla=True,
            **self.method,
        )
        few = self.mixture.sample(2000, 0)
        self.trainer.fit(few, self.loop, self.settings["batch_size"], loop=self.loop)  # compiles

    def fresh(self, seed):
        """New networks."""
        backend.set_seed(seed)
        shape = {key: self.settings[key] for key in ("width", "depth")}
        return toy_generator(**shape), toy_discriminator(**shape, pack=self.method.get("pack", 1))

    def run(self, seed):
        """Train as `train_toy` does, sample, and give the scores with the seconds of processor time."""
        data = self.mixture.sample(POINTS, (seed, 0))
        self.trainer.restart(*self.fresh(seed), seed)
        began = time.process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a training that ends in NaN is a result here
            self.trainer.fit(data, self.settings["steps"], self.settings["batch_size"], loop=self.loop)
        seconds = time.process_time() - began
        if self.trainer.stopped:
            worst = {"covered": 0, "high_quality": 0.0, "reverse_kl": float(np.log(len(self.mixture.centers)))}
            return worst | {"cpu_seconds": seconds}
        samples = self.trainer.sample(SAMPLES, seed=(seed, 1))
        result = mode_coverage(samples, self.mixture.centers, self.mixture.sigma)
        return {score: getattr(result, score) for score in SCORES} | {"cpu_seconds": seconds}


def summary(rows, toy, method):
    """Mean and standard error of each score over the seeds, as in the published table."""
    chosen = [row for row in rows if (row["toy"], row["method"]) == (toy, method)]
    table = np.array([[row[score] for score in SCORES] for row in chosen], dtype=float)
    return list(zip(table.mean(axis=0), table.std(axis=0, ddof=1) / np.sqrt(len(table)), strict=True))


def run(plan, rows=(), report=lambda row: None):
    """Return the given rows and one more for each run of a plan that is missing; `report` gets each new one."""
    rows = list(rows)
    for toy, (methods, seeds) in plan.items():
        runners = {}
        tasks = [{"toy": toy, "method": method, "seed": seed} for seed in seeds for method in methods]
        for task in record.missing(tasks, rows):  # all methods of a seed, then the next seed
            method = task["method"]
            if method not in runners:
                runners[method] = Runner(toy, method)
            rows.append(task | runners[method].run(task["seed"]))
            report(rows[-1])
    return rows


def main(argv=None):
    """Run what is missing, and write after each run."""
    parser = record.parser("mode_collapse", __doc__)
    parser.add_argument("--toys", nargs="+", choices=TOYS, default=list(TOYS))
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(10)))
    options = record.parse(parser, argv)
    plan = {
        toy: ([m for m in PLAN[toy][0] if m in options.methods], [s for s in PLAN[toy][1] if s in options.seeds])
        for toy in options.toys
    }
    settings = {"points": POINTS, "samples": SAMPLES, "settings": SETTINGS}
    question = "Which remedy keeps a generator from leaving modes out?"
    place = {key: k for k, key in enumerate(itertools.product(TOYS, METHODS))}
    by_toy = lambda row: (place[row["toy"], row["method"]], row["seed"])  # noqa: E731
    stored = record.Record(options.out, options.command, question, settings, order=by_toy)
    run(plan, stored.rows, stored.add)
    return stored.rows


if __name__ == "__main__":
    main()
