"""Train the generators of chapter 12: of digits on the 4,000 training digits, of faces on the 99 among the emoji.

    python data/weights/digit_generator.py [--steps 8000] [--checkpoint FILE]
    python data/weights/emoji_generator.py [--steps 3000] [--checkpoint FILE]

The first takes about a quarter of an hour on two quiet cores, the second ten minutes. With a checkpoint (a file .npz)
they can be ended at any time and go on where they were. The recipe is one of chapter 12, only longer: DCGAN,
non-saturating loss, R1. Another machine rounds differently, so its weights will be others; for digits the printed
Fréchet distance says whether they are as good. The file's size and checksum, printed too, belong into
course_lib/models/weights.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from course_lib import backend
from course_lib.datasets import digits, emoji
from course_lib.experiments import shipped
from course_lib.experiments.image_gans import images
from course_lib.losses.adversarial import NON_SATURATING
from course_lib.metrics.generation import frechet_distance
from course_lib.models.classifier import embedder
from course_lib.models.gan import dcgan_discriminator, dcgan_generator
from course_lib.models.weights import load_classifier, store
from course_lib.training.adversarial import AdversarialTrainer

SEED, BATCH, LATENT, WIDTH = 12, 64, 64, 32
RATE, R1, AVERAGE = 1e-3, 1.0, 0.998


def train_digits():
    """Return the 4,000 training digits, (4000, 28, 28, 1), floats in [-1, 1]."""
    return images(digits.load()[0][0])


def faces():
    """Return the 99 faces on white and their mirror images, (198, 32, 32, 3), floats in [-1, 1]."""
    pictures = emoji.load()[0][emoji.members("face")].astype("float32") / 255
    color, alpha = pictures[..., :3], pictures[..., 3:]
    on_white = 2 * (color * alpha + 1 - alpha) - 1
    return np.concatenate([on_white, on_white[:, :, ::-1]])


@dataclass(frozen=True)
class Recipe:
    """What differs between the two: the shape of an image, where the images come from, and for how many steps."""

    shape: tuple
    data: Callable
    steps: int  # the learning rate falls evenly and reaches 0 after so many


RECIPES = {
    "digit_generator": Recipe((28, 28, 1), train_digits, 8000),
    "emoji_generator": Recipe((32, 32, 3), faces, 3000),
}


def trainer(name):
    """Build both networks of a recipe and what trains them."""
    recipe = RECIPES[name]
    backend.set_seed(SEED)
    generator_adam, discriminator_adam = (
        keras.optimizers.Adam(
            keras.optimizers.schedules.PolynomialDecay(RATE, recipe.steps, 0.0), beta_1=0.5, beta_2=0.99
        )
        for _ in range(2)
    )
    return AdversarialTrainer(
        dcgan_generator(recipe.shape, LATENT, WIDTH), dcgan_discriminator(recipe.shape, WIDTH), NON_SATURATING,
        generator_optimizer=generator_adam, discriminator_optimizer=discriminator_adam, r1=R1, ema=AVERAGE, seed=SEED,
    )  # fmt: skip


def score(generated):
    """FD-digits of generated images (n, 28, 28, 1) in [-1, 1] against the 1,000 held-out digits."""
    features = embedder(load_classifier())
    real = images(digits.load()[1][0])
    return frechet_distance(*(features.predict((x + 1) / 2, verbose=0) for x in (real, generated)))


def main(name, argv=None):
    """Train by a recipe, write, and say what to record."""
    parser = shipped.parser(__doc__, f"{name}.npz")
    parser.add_argument("--steps", type=int, default=RECIPES[name].steps)
    parser.add_argument("--until", type=int, help="end after this step, to be gone on with")
    parser.add_argument("--checkpoint", type=Path)
    options = parser.parse_args(argv)
    training = trainer(name)
    if options.checkpoint and options.checkpoint.exists():
        training.restore(options.checkpoint)
    end = min(options.until or options.steps, options.steps)
    training.fit(RECIPES[name].data(), end - training.steps, BATCH, save_to=options.checkpoint)
    print(f"after {training.steps} steps")
    if name == "digit_generator":
        print(f"FD-digits {score(training.sample(1000, seed=0))}")
    if training.steps == options.steps:
        store(training.sampler(), options.out)
        shipped.show_checksum(options.out)
