"""Train the nuclei translator of chapter 13, from masks to images, on the training part of the film.

    python data/weights/nuclei_translator.py [--steps 1200] [--checkpoint FILE]

It takes some five minutes on two quiet cores. With a checkpoint (a file .npz) it can be ended at any time and goes on
where it was. Another machine rounds differently, so its weights will be others; the printed scores say whether they are
as good. The file's size and checksum, printed too, belong into course_lib/models/weights.py.
"""

from pathlib import Path

import keras
import numpy as np

from course_lib import backend
from course_lib.datasets import nuclei
from course_lib.experiments import shipped
from course_lib.models.instances import even_brightness
from course_lib.models.translation import patch_discriminator, pix2pix_generator
from course_lib.models.weights import load_unet, store
from course_lib.training.augmentation import Crops
from course_lib.training.translation import PairTrainer

SEED, STEPS, SIZE, BATCH, L1, AVERAGE = 13, 1200, 64, 8, 5.0, 0.98
RATES = 1e-3, 2e-3  # of the generator and of the discriminator


def trainer(steps=STEPS):
    """Build both networks and what trains them; the rates fall evenly and reach 0 after ``steps``."""
    backend.set_seed(SEED)
    adams = [
        keras.optimizers.Adam(keras.optimizers.schedules.PolynomialDecay(rate, steps, 0.0), beta_1=0.5)
        for rate in RATES
    ]
    return PairTrainer(
        pix2pix_generator(), patch_discriminator(), l1=L1, ema=AVERAGE, seed=SEED,
        generator_optimizer=adams[0], discriminator_optimizer=adams[1],
    )  # fmt: skip


def batches():
    """Make the function that gives the pairs of a step: random crops of the twelve training frames, turned, reflected.

    A mask is 1 on all nuclei, 0 elsewhere; an image is that of `even_brightness`.
    """
    (frames, labels), _ = nuclei.load()
    crops = Crops(even_brightness(frames), (labels > 0).astype(np.uint8), SIZE, BATCH, seed=SEED)

    def batch(step):
        images, masks = crops[step]
        return masks[..., None].astype("float32"), images

    return batch


def scores(generator):
    """Paint the masks of the test frames and look at what came out.

    Parameters
    ----------
    generator : keras.Model
        From (N, H, W, mask and noise) to images (N, H, W, 1).

    Returns
    -------
    dict
        ``dice``: does the mask come back, when the course's U-Net segments the painted image? ``real``: the same of
        the photographs. ``l1``: mean absolute distance to the photograph. ``noise``: standard deviation over eight
        draws of noise at a nucleus's pixel, beside ``spread``, that of the photographs' nuclei.
    """
    _, (frames, labels) = nuclei.load()
    masks, photographs = labels > 0, even_brightness(frames)
    unet = load_unet()

    def paint(seed):
        noise = np.random.default_rng(seed).standard_normal((*masks.shape, 1), dtype="float32")
        inputs = np.concatenate([masks[..., None].astype("float32"), noise], axis=-1)
        return generator.predict(inputs, batch_size=1, verbose=0)

    def dice(images):
        found = unet.predict(images, batch_size=1, verbose=0)[..., 0] > 0
        both = (found & masks).sum(axis=(1, 2))
        return float(np.mean(2 * both / (found.sum(axis=(1, 2)) + masks.sum(axis=(1, 2)))))

    painted = [paint(seed) for seed in range(8)]
    return {
        "dice": dice(painted[0]),
        "real": dice(photographs[..., None]),
        "l1": float(np.abs(painted[0][..., 0] - photographs).mean()),
        "noise": float(np.std(painted, axis=0)[masks].mean()),
        "spread": float(photographs[masks].std()),
    }


def main(argv=None):
    """Train, write, and say what to record."""
    parser = shipped.parser(__doc__, "nuclei_translator.npz")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--until", type=int, help="end after this step, to be gone on with")
    parser.add_argument("--checkpoint", type=Path)
    options = parser.parse_args(argv)
    training = trainer(options.steps)
    if options.checkpoint and options.checkpoint.exists():
        training.restore(options.checkpoint)
    end = min(options.until or options.steps, options.steps)
    training.fit_batches(batches(), end - training.steps, save_to=options.checkpoint)
    print(f"after {training.steps} steps")
    if training.steps == options.steps:
        print({name: round(score, 3) for name, score in scores(training.sampler()).items()})
        store(training.sampler(), options.out)
        shipped.show_checksum(options.out)
