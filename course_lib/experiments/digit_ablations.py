"""What does each ingredient of a digit classifier buy? One thing is changed at a time, three seeds each.

    python -m course_lib.experiments.digit_ablations

It takes a few minutes on two idle cores and writes data/results/digit_ablations.json: how many of the 1,000 held-out
digits each network got wrong. Every network has the same budget of passes over its training digits and the same
optimizer; no setting was tuned on the held-out digits.
"""

import time

from course_lib import backend
from course_lib.datasets import digits
from course_lib.experiments import record
from course_lib.models.classifier import classifier
from course_lib.models.layers import RandomAffine

SEEDS = (0, 1, 2)
EPOCHS, BATCH, RATE = 15, 50, 2e-3
DEEP = {"convs_per_stage": 4, "filters": (8, 16, 32)}  # twelve convolutions, narrow ones, or this would take an hour
VARIANTS = {
    "plain": {},
    "average pooling": {"pooling": "average"},
    "stride 2 instead of pooling": {"pooling": "stride"},
    "batch norm": {"normalization": "batch"},
    "residual": {"residual": True},
    "dropout": {"dropout": 0.5},
    "augmentation": {"augmentation": True},
    "12 layers": DEEP,
    "12 layers, residual": {**DEEP, "residual": True},
    "12 layers, batch norm": {**DEEP, "normalization": "batch"},
}
DIGITS = 1000  # for training, so that there is room for improvement


def errors(name, n, seed, epochs=EPOCHS):
    """Train one network on the first n training digits.

    Parameters
    ----------
    name : str
        One of ``VARIANTS``.
    n : int
        Number of training digits, a multiple of 10, so that the classes are balanced.
    seed, epochs : int

    Returns
    -------
    dict
        ``train`` and ``test``: how many of the n and of the 1,000 held-out digits it gets wrong; ``parameters``;
        ``seconds`` of training.
    """
    import keras

    (x_train, y_train), (x_test, y_test) = digits.load()
    x_train, x_test = (x[..., None].astype("float32") / 255 for x in (x_train[:n], x_test))
    y_train = y_train[:n]
    backend.set_seed(seed)
    options = dict(VARIANTS[name])
    if options.get("augmentation"):
        options["augmentation"] = RandomAffine(shift=1.5, rotation=8, zoom=0.08)
    model = classifier(**options)
    rate = keras.optimizers.schedules.CosineDecay(RATE, epochs * -(-n // BATCH))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss, jit_compile=False)
    started = time.monotonic()
    model.fit(x_train, y_train, batch_size=BATCH, epochs=epochs, verbose=0)
    seconds = time.monotonic() - started
    wrong = [
        int((model.predict(x, batch_size=250, verbose=0).argmax(axis=1) != y).sum())
        for x, y in ((x_train, y_train), (x_test, y_test))
    ]
    return {
        "train": wrong[0],
        "test": wrong[1],
        "parameters": model.count_params(),
        "seconds": round(seconds, 1),
    }


def main(argv=None):
    """Train the networks that are missing, and write the table after each."""
    parser = record.parser("digit_ablations", __doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    options = record.parse(parser, argv)
    settings = {"seeds": options.seeds, "digits": DIGITS, "epochs": options.epochs, "batch": BATCH, "rate": RATE}
    question = "Errors on 1,000 held-out digits, one ingredient changed at a time"
    stored = record.Record(options.out, options.command, question, settings)
    for task in record.missing([{"variant": name} for name in options.variants], stored.rows):
        results = [errors(task["variant"], DIGITS, seed, options.epochs) for seed in options.seeds]
        stored.add(task | {key: [result[key] for result in results] for key in results[0]})
    return stored.rows


if __name__ == "__main__":
    main()
