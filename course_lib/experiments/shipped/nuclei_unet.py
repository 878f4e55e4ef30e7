"""Train the nuclei U-Net of chapter 08 on the training part of the film: writes nuclei_unet.npz and nuclei_unet.json.

Run it from the root of the repository:

    python data/weights/nuclei_unet.py

The second file says what the training images are like (course_lib.models.familiar); with --reference it alone is made,
in seconds. Training takes two minutes on two quiet cores. The same seed on another machine may give slightly other
weights; the printed scores say whether they are as good. The files' sizes and checksums, which it prints too, belong
into course_lib/models/weights.py.
"""

import json

import keras
import numpy as np

from course_lib.backend import set_seed
from course_lib.datasets import nuclei
from course_lib.experiments import shipped
from course_lib.losses import CrossEntropy
from course_lib.models import familiar, weights
from course_lib.models.instances import even_brightness
from course_lib.models.unet import unet
from course_lib.training.augmentation import Crops
from course_lib.training.border import border_weights, open_borders

SEED, STEPS, SIZE, BATCH, RATE = 8, 700, 96, 8, 4e-3
NOISIEST = 0.2  # of the objects' height, white: beyond it F1 is below .8 at home and on the shifted image
AUGMENTATION = {"rotation": 15.0, "scale": (0.7, 1.4), "brightness": 0.15, "contrast": (0.6, 1.5)}


def train(steps=STEPS):
    """Train on random crops of the twelve training frames; heavy weights between neighbouring nuclei.

    All twelve frames and all their columns: also those that chapter 08 sets aside for validation. A score on these
    would mean nothing.
    """
    (images, labels), _ = nuclei.load()
    set_seed(SEED)
    model = unet(1)
    schedule = keras.optimizers.schedules.CosineDecay(RATE, steps)
    model.compile(keras.optimizers.Adam(schedule), CrossEntropy(), jit_compile=False)
    batches = Crops(
        even_brightness(images)[..., None], open_borders(labels).astype(np.uint8), SIZE, BATCH, steps, SEED,
        weights=np.stack([border_weights(frame) for frame in labels]), **AUGMENTATION,
    )  # fmt: skip
    model.fit(batches, verbose=0)
    return model


def scores(model):
    """Dice on the test part (mean over frames) and on the shifted image: foreground against labels > 0.

    To report a training whose recipe is settled, and to see whether another machine's weights are as good; who
    changes the recipe to raise these numbers has no test left.
    """
    _, (images, labels) = nuclei.load()
    shifted = nuclei.load_shifted()
    results = {}
    for name, frames, truth in (("test", images, labels), ("shifted", shifted[0][None], shifted[1][None])):
        found = model.predict(even_brightness(frames)[..., None], batch_size=1, verbose=0)[..., 0] > 0
        both = (found & (truth > 0)).sum(axis=(1, 2))
        results[name] = float(np.mean(2 * both / (found.sum(axis=(1, 2)) + (truth > 0).sum(axis=(1, 2)))))
    return results


def reference():
    """What is usual: (low, middle, high) of each number of `familiar.look`, the middle over the training frames.

    Limits of the width are those of the augmentation, of the share those of `even_brightness`. Half of the objects
    may be cut off at the largest count; a quarter of the levels in the faintest square of 160 pixels must be there.
    """
    (images, _), _ = nuclei.load()
    frames = [familiar.look(image) for image in images]
    middle = {what: round(float(np.median([frame[what] for frame in frames])), 3) for what in frames[0]}
    squares = [
        image[i : i + 160, j : j + 160] for image in images for i in range(0, 640, 160) for j in range(0, 640, 160)
    ]
    faintest = min(familiar.look(square)["levels"] for square in squares)
    limits = {
        "polarity": (0.0, None),
        "width": [round(factor * middle["width"], 1) for factor in AUGMENTATION["scale"]],
        "share": (0.005, 0.5),
        "levels": (round(faintest / 4, 1), None),
        "saturated": (None, round(middle["share"] / 2, 3)),
        "noise": (None, NOISIEST),
    }
    return {what: [low, middle[what], high] for what, (low, high) in limits.items()}


def main(argv=None):
    """Train, write, and say what to record."""
    parser = shipped.parser(__doc__, "nuclei_unet.npz")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--reference", action="store_true", help="write nuclei_unet.json alone, train nothing")
    options = parser.parse_args(argv)
    written = [options.out.with_suffix(".json")]
    written[0].write_text(json.dumps(reference(), indent=1) + "\n", encoding="utf-8", newline="\n")
    if not options.reference:
        model = train(options.steps)
        weights.store(model, options.out)
        written.append(options.out)
        print({name: round(score, 3) for name, score in scores(model).items()})
    for path in written:
        shipped.show_checksum(path)
