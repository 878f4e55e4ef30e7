"""Train the digit generator of chapter 12 on the 4,000 training digits, and write digit_generator.npz.

    python data/weights/digit_generator.py [--steps 8000] [--checkpoint FILE]

It takes about a quarter of an hour on two quiet cores. With a checkpoint (a file .npz) it can be ended at any time and
goes on where it was. The recipe is one of chapter 12, only longer: DCGAN, non-saturating loss, R1. Another machine
rounds differently, so its weights will be others; the printed Fréchet distance says whether they are as good. The
file's size and checksum, printed too, belong into course_lib/models/weights.py.
"""

import argparse
import hashlib
from pathlib import Path

import keras

from course_lib import backend
from course_lib.datasets import digits
from course_lib.losses.adversarial import NON_SATURATING
from course_lib.metrics.generation import frechet_distance
from course_lib.models.classifier import embedder
from course_lib.models.gan import dcgan_discriminator, dcgan_generator
from course_lib.models.weights import load_classifier, store
from course_lib.training.adversarial import AdversarialTrainer

SEED, STEPS, BATCH, LATENT, WIDTH = 12, 8000, 64, 64, 32
RATE, HORIZON = 1e-3, 8000  # the learning rate falls evenly and reaches 0 after so many steps
R1, AVERAGE = 1.0, 0.998


def images(x):
    """Return uint8 images (n, 28, 28) as the networks take them: floats in [-1, 1] with one channel."""
    return x[..., None].astype("float32") / 127.5 - 1


def trainer():
    """Build both networks and what trains them."""
    backend.set_seed(SEED)
    optimizers = [
        keras.optimizers.Adam(keras.optimizers.schedules.PolynomialDecay(RATE, HORIZON, 0.0), beta_1=0.5, beta_2=0.99)
        for _ in range(2)
    ]
    return AdversarialTrainer(
        dcgan_generator((28, 28, 1), LATENT, WIDTH), dcgan_discriminator((28, 28, 1), WIDTH), NON_SATURATING,
        generator_optimizer=optimizers[0], discriminator_optimizer=optimizers[1], r1=R1, ema=AVERAGE, seed=SEED,
    )  # fmt: skip


def score(generated):
    """FD-digits of 1,000 generated images in [-1, 1] against the 1,000 held-out digits."""
    features = embedder(load_classifier())
    real = images(digits.load()[1][0])
    return frechet_distance(*(features.predict((x + 1) / 2, verbose=0) for x in (real, generated)))


def main(argv=None):
    """Train, write, and say what to record."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--until", type=int, help="end after this step, to be gone on with")
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".npz"))
    options = parser.parse_args(argv)
    (x_train, _), _ = digits.load()
    training = trainer()
    if options.checkpoint and options.checkpoint.exists():
        training.restore(options.checkpoint)
    end = min(options.until or options.steps, options.steps)
    training.fit(images(x_train), end - training.steps, BATCH, save_to=options.checkpoint)
    print(f"after {training.steps} steps: FD-digits {score(training.sample(1000, seed=0))}")
    if training.steps == options.steps:
        store(training.sampler(), options.out)
        content = options.out.read_bytes()
        print(f'"{options.out.name}": ({len(content)}, "{hashlib.sha256(content).hexdigest()}"),')


if __name__ == "__main__":
    main()
