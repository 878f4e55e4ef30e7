"""Train the denoisers of chapter 14: of the 4,000 training digits, and of the training emoji of seven groups.

    python data/weights/digit_denoiser.py [--steps 1400] [--checkpoint FILE]
    python data/weights/emoji_denoiser.py [--steps 3000] [--checkpoint FILE]

The first takes about two minutes on two quiet cores, the second ten. With a checkpoint (a file .npz) they can be ended
at any time and go on where they were. The recipe is that of chapter 14, only longer. Another machine rounds
differently, so its weights will be others; for digits the printed Fréchet distances say whether they are as good. The
file's size and checksum, printed too, belong into course_lib/models/weights.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from course_lib import backend
from course_lib.datasets import digits, emoji
from course_lib.experiments import shipped
from course_lib.experiments.image_gans import images
from course_lib.experiments.shipped.generators import score
from course_lib.models.denoiser import denoiser, sample
from course_lib.models.weights import store
from course_lib.training.diffusion import FlowMatching, FlowTrainer, adam

SEED, BATCH = 14, 64


def train_digits():
    """Return the 4,000 training digits, (4000, 28, 28, 1), floats in [-1, 1], and their classes."""
    x, y = digits.load()[0]
    return images(x), y


def groups(split="train"):
    """Return the emoji of all groups on white and their mirror images, (n, 32, 32, 3) in [-1, 1], and their groups."""
    members = [emoji.members(name, split) for name in emoji.GROUPS]
    labels = np.repeat(np.arange(len(members)), [len(group) for group in members])
    pictures = emoji.load()[0][np.concatenate(members)].astype("float32") / 255
    color, alpha = pictures[..., :3], pictures[..., 3:]
    on_white = 2 * (color * alpha + 1 - alpha) - 1
    return np.concatenate([on_white, on_white[:, :, ::-1]]), np.tile(labels, 2)


@dataclass(frozen=True)
class Recipe:
    """What differs between the two."""

    shape: tuple
    classes: int
    data: Callable
    steps: int  # the learning rate rises, falls evenly and reaches 0 after so many
    average: float = 0.995


RECIPES = {
    "digit_denoiser": Recipe((28, 28, 1), 10, train_digits, 1400),
    "emoji_denoiser": Recipe((32, 32, 3), len(emoji.GROUPS), groups, 3000, average=0.998),
}


def trainer(name, steps=None):
    """Build the network of a recipe and what trains it; for another number of steps the rate falls as fast."""
    recipe = RECIPES[name]
    backend.set_seed(SEED)
    model = FlowMatching(denoiser(recipe.shape, recipe.classes), recipe.average)
    return FlowTrainer(model, adam(steps or recipe.steps), seed=SEED)


def report(model):
    """Print FD-digits for a few numbers of steps and scales of guidance: 1,000 digits against the 1,000 held-out."""
    labels = np.arange(1000) % 10
    for steps, guidance in ((5, 1.0), (10, 1.0), (25, 1.0), (10, 1.5)):
        drawn = np.clip(sample(model, labels, steps, guidance, seed=0), -1, 1)
        print(f"{steps} steps, guidance {guidance}: FD-digits {score(drawn)}", flush=True)


def main(name, argv=None):
    """Train by a recipe, write, and say what to record."""
    parser = shipped.parser(__doc__, f"{name}.npz")
    parser.add_argument("--steps", type=int, default=RECIPES[name].steps)
    parser.add_argument("--until", type=int, help="end after this step, to be gone on with")
    parser.add_argument("--checkpoint", type=Path)
    options = parser.parse_args(argv)
    training = trainer(name, options.steps)
    if options.checkpoint and options.checkpoint.exists():
        training.restore(options.checkpoint)
    end = min(options.until or options.steps, options.steps)
    x, y = RECIPES[name].data()
    training.fit(x, y, end - training.steps, BATCH, classes=RECIPES[name].classes, save_to=options.checkpoint)
    print(f"after {training.steps} steps: loss {training.history['loss'][-100:].mean():.3f}", flush=True)
    if training.steps == options.steps:
        model = training.model.averaged()
        store(model, options.out)
        shipped.show_checksum(options.out)
        if name == "digit_denoiser" and options.steps == RECIPES[name].steps:
            report(model)
