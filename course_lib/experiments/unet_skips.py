"""What do bridges (skip connections) buy? U-Nets with 0 to 3 of them, FCNs with 0 and 2, on one budget.

    python -m course_lib.experiments.unet_skips

It took 26 minutes on two busy cores and writes data/results/unet_skips.json. All networks have three
halvings and 8 channels at the start, see the same training scenes in the same order and take the same number of steps;
a seed changes the initial weights and the order. The scores are of test scenes, which have other backgrounds.

What it cannot say: how much of a U-Net's gain is the place that bridges hand over, and how much a quicker training. And
bridges are added in one order only. With 160 steps of 8 scenes no U-Net is better than a table of colours (chapter 08),
and then the comparison says nothing about bridges.
"""

import numpy as np

from course_lib.datasets import emoji
from course_lib.experiments import record

TRAIN, TEST, SIZE, BATCH, STEPS, RATE = 1000, 200, 48, 16, 400, 4e-3
SEEDS = (0, 1, 2)
NETWORKS = (
    "U-Net, 0 bridges", "U-Net, 1 bridge", "U-Net, 2 bridges", "U-Net, 3 bridges", "FCN, 0 bridges", "FCN, 2 bridges",
)  # fmt: skip


def network(name, classes):
    """Build one of `NETWORKS`. Each bridge halves the stride of an FCN's finest scores: 8 without, 2 with two."""
    from course_lib.models.fcn import fcn
    from course_lib.models.unet import unet

    number = int("".join(c for c in name if c.isdigit()))
    if name.startswith("FCN"):
        return fcn(classes, stride=2 ** (3 - number), width=8, depth=3, channels=3)
    return unet(classes, width=8, depth=3, skips=number, channels=3)


def scenes(train=TRAIN, test=TEST, size=SIZE):
    """Compose training and test scenes: images, class ids."""
    options = {"size": size, "classes": emoji.SINGLES}
    return emoji.scenes(train, seed=1, split="train", **options), emoji.scenes(test, seed=2, split="test", **options)


def run(name, seed, data, steps=STEPS):
    """Train one network and score it on the test scenes.

    Returns
    -------
    dict
        ``miou`` (mean over the classes, one confusion matrix over all test pixels), ``edge`` (share of right pixels
        among those within two pixels of a boundary), ``inside`` (the same for all others), ``parameters``.
    """
    import keras

    (x, y), (x_test, y_test) = data
    keras.utils.set_random_seed(seed)
    model = network(name, len(emoji.SINGLES) + 1)
    train(model, x, y, seed, steps)
    found = model.predict(x_test, batch_size=20, verbose=0).argmax(-1)
    return {**scores(found, y_test), "parameters": model.count_params()}


def train(model, x, y, seed, steps, each_step=None):
    """Train on batches that the seed draws, with Adam and a rate that falls to 0; call each_step after every step."""
    import keras

    from course_lib.losses import CrossEntropy

    schedule = keras.optimizers.schedules.CosineDecay(RATE, steps)
    model.compile(keras.optimizers.Adam(schedule), CrossEntropy(), jit_compile=False)
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        batch = rng.integers(len(x), size=BATCH)
        model.train_on_batch(x[batch], y[batch])
        if each_step is not None:
            each_step()


def scores(found, truth):
    """Mean IoU, and the share of right pixels near and away from boundaries between classes."""
    from scipy import ndimage

    classes = len(emoji.SINGLES) + 1
    matrix = np.bincount(classes * truth.ravel().astype(int) + found.ravel(), minlength=classes**2)
    matrix = matrix.reshape(classes, classes)
    hit = np.diag(matrix)
    iou = hit / (matrix.sum(0) + matrix.sum(1) - hit)
    high, low = (f(truth, size=(1, 5, 5)) for f in (ndimage.maximum_filter, ndimage.minimum_filter))
    edge, right = high != low, found == truth
    return {"miou": float(iou.mean()), "edge": float(right[edge].mean()), "inside": float(right[~edge].mean())}


def main(argv=None):
    """Train the networks that are missing, and write the table after each."""
    parser = record.parser("unet_skips", __doc__)
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=list(NETWORKS))
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    options = record.parse(parser, argv)
    settings = {
        "seeds": options.seeds,
        "budget": {"scenes": TRAIN, "test": TEST, "size": SIZE, "batch": BATCH, "steps": STEPS, "rate": RATE},
    }
    question = "Mean IoU of six classes on test scenes, by network"
    stored = record.Record(options.out, options.command, question, settings, table="results", empty=dict)
    todo = [name for name in options.networks if name not in stored.rows]
    data = scenes() if todo else None
    for name in todo:
        stored.rows[name] = [run(name, seed, data) for seed in options.seeds]
        record.show({"network": name, "miou": [round(each["miou"], 3) for each in stored.rows[name]]})
        stored.write()
    return stored.rows


if __name__ == "__main__":
    main()
