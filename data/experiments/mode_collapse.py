"""Which remedy keeps a generator from leaving modes out? Five methods, two toys, ten seeds; and longer runs.

Run it from the root of the repository:

    python data/experiments/mode_collapse.py

It takes about an hour and a half on one quiet core, and writes mode_collapse.json beside itself after every run: stop
it when you like and call it again, it goes on where it was.

The protocol is that of Srivastava et al. 2017 (arXiv:1705.07761) and Lin et al. 2018 (arXiv:1712.04086): a ring of
8 Gaussians on a circle of radius 1, sigma .01, and a grid of 25 on {-4, -2, 0, 2, 4}², sigma .05; 100,000 training
points; 2,500 samples are judged by `course_lib.metrics.modes`. The networks are this course's, not theirs, and the
training is much shorter: theirs takes 400,000 steps.

The number of steps on the long ring was chosen with seeds 0 to 4 (8,000, 12,000 and 14,000 were tried, with a few
other settings); seeds 5 to 9 were run afterwards, once.

A row holds the scores, and the seconds of processor time of one core that training took, without compiling.
"""

import argparse
import datetime
import importlib.metadata
import itertools
import json
import platform
import time
import warnings
from pathlib import Path

import keras
import numpy as np

from course_lib import backend
from course_lib.datasets import toys
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
PACKAGES = ("numpy", "keras", "tensorflow-cpu", "tensorflow", "jax")


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


def versions():
    """Return the versions of the packages that are installed among those that matter here."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def run(plan, rows=(), report=lambda rows: None):
    """Return the given rows and one more for each run of a plan that is missing; `report` is called after each."""
    rows = list(rows)
    for toy, (methods, seeds) in plan.items():
        runners = {}
        for seed, method in itertools.product(seeds, methods):  # all methods of a seed, then the next seed
            if any((row["toy"], row["method"], row["seed"]) == (toy, method, seed) for row in rows):
                continue
            if method not in runners:
                runners[method] = Runner(toy, method)
            rows.append({"toy": toy, "method": method, "seed": seed} | runners[method].run(seed))
            report(rows)
    return rows


def main(argv=None):
    """Run what is missing and write everything."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--toys", nargs="+", choices=TOYS, default=list(TOYS))
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(10)))
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".json"))
    options = parser.parse_args(argv)
    plan = {
        toy: ([m for m in PLAN[toy][0] if m in options.methods], [s for s in PLAN[toy][1] if s in options.seeds])
        for toy in options.toys
    }
    order = [(toy, method) for toy in TOYS for method in METHODS]

    def write(rows):
        print(" ".join(f"{v:.3f}" if isinstance(v, float) else str(v) for v in rows[-1].values()), flush=True)
        rows = sorted(rows, key=lambda row: (order.index((row["toy"], row["method"])), row["seed"]))
        record = {
            "question": "Which remedy keeps a generator from leaving modes out?",
            "command": "python data/experiments/mode_collapse.py",
            "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
            "points": POINTS,
            "samples": SAMPLES,
            "settings": SETTINGS,
            "backend": keras.backend.backend(),
            "machine": platform.machine(),
            "python": platform.python_version(),
            "packages": versions(),
            "rows": [{k: round(v, 5) if isinstance(v, float) else v for k, v in row.items()} for row in rows],
        }
        options.out.write_text(json.dumps(record, indent=1) + "\n")

    rows = json.loads(options.out.read_text())["rows"] if options.out.exists() else []
    return run(plan, rows, report=write)


if __name__ == "__main__":
    main()
