"""Are newer networks better than a U-Net? Five of them on scenes of emoji, on one budget.

    python -m course_lib.experiments.modern_networks

It writes data/results/modern_networks.json. All see the same training scenes in an order that the seed draws, take
the same number of steps with the same rate, and are scored on test scenes with other backgrounds. A row more asks what
batch normalization with a long memory (momentum .99, Keras's default) does to the U-Net in such a short training.

What it cannot say: which is best when each has the rate and the time that suit it. Nobody tuned them, transformers are
known to want more images and steps, and a few seeds show large differences only.
"""

import time

import numpy as np

from course_lib.datasets import emoji
from course_lib.experiments import record, unet_skips

SIZE, STEPS, FEW, SEEDS = 64, 300, 150, (0, 1, 2)
CLASSES = len(emoji.SINGLES) + 1
NETWORKS = ("U-Net", "dilated", "ASPP", "attention-gated U-Net", "SegFormer-like")
MOMENTA = (0.9, 0.99)  # of the U-Net's batch normalization, in the short training


def network(name):
    """Build one of `NETWORKS`, with its default sizes."""
    from course_lib.models.aspp import deeplab, dilated_network
    from course_lib.models.attention_gate import attention_unet
    from course_lib.models.segformer import segformer
    from course_lib.models.unet import unet

    builders = dict(zip(NETWORKS, (unet, dilated_network, deeplab, attention_unet, segformer), strict=True))
    return builders[name](CLASSES, channels=3)


def set_momentum(model, momentum):
    """Change how much of its old averages each batch normalization keeps in a step: all of its layers, in place."""
    import keras

    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = momentum


def scenes(train=unet_skips.TRAIN, test=unet_skips.TEST):
    """Compose training and test scenes of 64 × 64 pixels: images, class ids."""
    return unet_skips.scenes(train, test, SIZE)


def run(name, seed, data, steps=STEPS, momentum=0.9):
    """Train one network and score it on the test scenes.

    Returns
    -------
    dict
        ``network``, ``seed``, ``steps``, ``momentum``; ``miou``, ``edge`` and ``inside`` as
        `course_lib.experiments.unet_skips.scores` gives them; ``parameters``; ``cpu_ms``, the processor time of a step
        in milliseconds, all cores together, without what the first step takes for compiling.
    """
    import keras

    (x, y), (x_test, y_test) = data
    keras.utils.set_random_seed(seed)
    model = network(name)
    set_momentum(model, momentum)
    clock = []
    unet_skips.train(model, x, y, seed, steps, each_step=lambda: clock.append(time.process_time()))
    found = model.predict(x_test, batch_size=20, verbose=0).argmax(-1)
    return {
        "network": name, "seed": seed, "steps": steps, "momentum": momentum,
        **unet_skips.scores(found, y_test),
        "parameters": model.count_params(), "cpu_ms": 1e3 * float(np.median(np.diff(clock))),
    }  # fmt: skip


def plan(seeds=SEEDS, networks=NETWORKS):
    """Name all trainings: the short ones first, seed by seed, with the U-Net of a long memory, then the long ones."""
    short = [(name, FEW, 0.9) for name in networks] + [("U-Net", FEW, 0.99)] * ("U-Net" in networks)
    long = [(name, STEPS, 0.9) for name in networks]
    todo = [(*setting, seed) for part in (short, long) for seed in seeds for setting in part]
    return [dict(zip(("network", "steps", "momentum", "seed"), task, strict=True)) for task in todo]


def table(rows, score="miou", steps=STEPS, momentum=0.9):
    """Give {network: its scores, one a seed} of the rows with these steps and this momentum."""
    chosen = [row for row in rows if row["steps"] == steps and row["momentum"] == momentum]
    names = [name for name in NETWORKS if any(row["network"] == name for row in chosen)]
    return {name: [row[score] for row in chosen if row["network"] == name] for name in names}


def main(argv=None):
    """Run the trainings that are missing, and write the table after each."""
    parser = record.parser("modern_networks", __doc__)
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=list(NETWORKS))
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    options = record.parse(parser, argv)
    settings = {
        "budget": {
            "scenes": unet_skips.TRAIN, "test": unet_skips.TEST, "size": SIZE, "batch": unet_skips.BATCH,
            "rate": unet_skips.RATE,
        },
    }  # fmt: skip
    question = "Mean IoU of six classes on test scenes, by network"
    order = [(name, steps, momentum) for name in NETWORKS for steps in (STEPS, FEW) for momentum in MOMENTA]
    stored = record.Record(
        options.out, options.command, question, settings,
        order=lambda row: (order.index((row["network"], row["steps"], row["momentum"])), row["seed"]),
    )  # fmt: skip
    todo = record.missing(plan(options.seeds, options.networks), stored.rows)
    data = scenes() if todo else None
    for task in todo:
        stored.add(run(task["network"], task["seed"], data, task["steps"], task["momentum"]))
    return stored.rows


if __name__ == "__main__":
    main()
