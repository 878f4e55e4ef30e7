"""Train the digit classifier and write its weights to digit_classifier.npz.

    python data/weights/digit_classifier.py [--epochs 40] [--out FILE]

It takes one to two minutes on two cores and prints the accuracy on the 1,000 held-out digits. The recipe is the one of
chapter 06, only longer. Another machine rounds differently, so its weights, and with them the checksum in
course_lib/models/weights.py, will be others; the accuracy will be within half a percentage point.
"""

import time

import numpy as np

from course_lib import backend
from course_lib.datasets import digits
from course_lib.experiments import shipped
from course_lib.models.classifier import classifier
from course_lib.models.layers import RandomAffine
from course_lib.models.weights import store

SEED = 6
BATCH = 100


def images(x):
    """Return uint8 images (n, 28, 28) as the network takes them: floats in [0, 1] with one channel."""
    return x[..., None].astype("float32") / 255


def train(x, y, epochs, seed=SEED):
    """Return a classifier trained on all of x (floats) with augmentation and a learning rate that falls to 0."""
    import keras

    backend.set_seed(seed)
    model = classifier(augmentation=RandomAffine(shift=1.5, rotation=8, zoom=0.08))
    rate = keras.optimizers.schedules.CosineDecay(4e-3, epochs * -(-len(x) // BATCH))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"], jit_compile=False)
    model.fit(x, y, batch_size=BATCH, epochs=epochs, verbose=0)
    return model


def main(argv=None):
    """Train, judge and store."""
    parser = shipped.parser(__doc__, "digit_classifier.npz")
    parser.add_argument("--epochs", type=int, default=40)
    options = parser.parse_args(argv)
    (x_train, y_train), (x_test, y_test) = digits.load()
    started = time.monotonic()
    model = train(images(x_train), y_train, options.epochs)
    seconds = time.monotonic() - started
    for name, x, y in (("training", x_train, y_train), ("held-out", x_test, y_test)):
        right = model.predict(images(x), verbose=0).argmax(axis=1) == y
        print(f"{name} digits: {right.sum()} of {len(y)} right ({np.mean(right):.1%})")
    store(model, options.out)
    print(f"trained in {seconds:.0f} s")
    shipped.show_checksum(options.out)
