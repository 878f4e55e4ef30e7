"""Train the emoji generator of chapter 12 on the 99 faces among the emoji, and write emoji_generator.npz.

    python data/weights/emoji_generator.py [--steps 3000] [--checkpoint FILE]

It takes about ten minutes on two quiet cores. With a checkpoint (a file .npz) it can be ended at any time and goes on
where it was. Faces are laid on white, and half of them are reflected. Another machine rounds differently, so its
weights will be others. The file's size and checksum, which it prints, belong into course_lib/models/weights.py.
"""

import argparse
import hashlib
from pathlib import Path

import keras
import numpy as np

from course_lib import backend
from course_lib.datasets import emoji
from course_lib.losses.adversarial import NON_SATURATING
from course_lib.models.gan import dcgan_discriminator, dcgan_generator
from course_lib.models.weights import store
from course_lib.training.adversarial import AdversarialTrainer

SEED, STEPS, BATCH, LATENT, WIDTH = 12, 3000, 64, 64, 32
RATE, HORIZON = 1e-3, 3000  # the learning rate falls evenly and reaches 0 after so many steps
R1, AVERAGE = 1.0, 0.998
SHAPE = (32, 32, 3)


def faces():
    """Return the 99 faces on white and their mirror images, (198, 32, 32, 3), floats in [-1, 1]."""
    pictures = emoji.load()[0][emoji.members("face")].astype("float32") / 255
    color, alpha = pictures[..., :3], pictures[..., 3:]
    on_white = 2 * (color * alpha + 1 - alpha) - 1
    return np.concatenate([on_white, on_white[:, :, ::-1]])


def trainer():
    """Build both networks and what trains them."""
    backend.set_seed(SEED)
    optimizers = [
        keras.optimizers.Adam(keras.optimizers.schedules.PolynomialDecay(RATE, HORIZON, 0.0), beta_1=0.5, beta_2=0.99)
        for _ in range(2)
    ]
    return AdversarialTrainer(
        dcgan_generator(SHAPE, LATENT, WIDTH), dcgan_discriminator(SHAPE, WIDTH), NON_SATURATING,
        generator_optimizer=optimizers[0], discriminator_optimizer=optimizers[1], r1=R1, ema=AVERAGE, seed=SEED,
    )  # fmt: skip


def main(argv=None):
    """Train, write, and say what to record."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--until", type=int, help="end after this step, to be gone on with")
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".npz"))
    options = parser.parse_args(argv)
    training = trainer()
    if options.checkpoint and options.checkpoint.exists():
        training.restore(options.checkpoint)
    end = min(options.until or options.steps, options.steps)
    training.fit(faces(), end - training.steps, BATCH, save_to=options.checkpoint)
    print(f"after {training.steps} steps")
    if training.steps == options.steps:
        store(training.sampler(), options.out)
        content = options.out.read_bytes()
        print(f'"{options.out.name}": ({len(content)}, "{hashlib.sha256(content).hexdigest()}"),')


if __name__ == "__main__":
    main()
