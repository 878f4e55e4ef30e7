"""Train the denoiser of chapter 14 on the 4,000 training digits and write its weights to digit_denoiser.npz.

    python data/weights/digit_denoiser.py [--steps 1400] [--checkpoint FILE]

It takes about three minutes on two quiet cores. With a checkpoint (a file .npz) it can be ended at any time and goes on
where it was. The recipe is that of chapter 14, only longer. Another machine rounds differently, so its weights will be
others; the printed Fréchet distances say whether they are as good. The file's size and checksum, printed too, belong
into course_lib/models/weights.py.
"""

from pathlib import Path

import numpy as np

from course_lib import backend
from course_lib.datasets import digits
from course_lib.experiments import shipped
from course_lib.experiments.image_gans import images
from course_lib.experiments.shipped.generators import score
from course_lib.models.denoiser import denoiser, sample
from course_lib.models.weights import store
from course_lib.training.diffusion import FlowMatching, FlowTrainer, adam

SEED, STEPS, BATCH = 14, 1400, 64


def trainer(steps=STEPS):
    """Build the network and what trains it; the learning rate falls to 0 over so many steps."""
    backend.set_seed(SEED)
    return FlowTrainer(FlowMatching(denoiser()), adam(steps), seed=SEED)


def report(model):
    """Print FD-digits for a few numbers of steps and scales of guidance: 1,000 digits against the 1,000 held-out."""
    labels = np.arange(1000) % 10
    for steps, guidance in ((5, 1.0), (10, 1.0), (25, 1.0), (10, 1.5)):
        drawn = np.clip(sample(model, labels, steps, guidance, seed=0), -1, 1)
        print(f"{steps} steps, guidance {guidance}: FD-digits {score(drawn)}", flush=True)


def main(argv=None):
    """Train, write, and say what to record."""
    parser = shipped.parser(__doc__, "digit_denoiser.npz")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--until", type=int, help="end after this step, to be gone on with")
    parser.add_argument("--checkpoint", type=Path)
    options = parser.parse_args(argv)
    training = trainer(options.steps)
    if options.checkpoint and options.checkpoint.exists():
        training.restore(options.checkpoint)
    end = min(options.until or options.steps, options.steps)
    x, y = digits.load()[0]
    training.fit(images(x), y, end - training.steps, BATCH, save_to=options.checkpoint)
    print(f"after {training.steps} steps: loss {training.history['loss'][-100:].mean():.3f}", flush=True)
    if training.steps == options.steps:
        model = training.model.averaged()
        store(model, options.out)
        shipped.show_checksum(options.out)
        if options.steps == STEPS:
            report(model)
