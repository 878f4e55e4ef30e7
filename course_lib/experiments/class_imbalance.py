"""Which loss for a rare class? Six losses, foreground 20 %, 5 % and 1 %, five seeds: 90 small trainings.

    python -m course_lib.experiments.class_imbalance

It takes about five minutes on two cores and writes data/results/class_imbalance.json.

The images are made here: one bright ellipse on a noisy, cloudy ground; its size changes, so that it covers 20 %, 5 % or
1 % of the 32 x 32 pixels. Its edge is blurred, so that the smallest is also fainter: it is brighter than the ground by
.93, .89 and .73 on average, where clouds and noise vary by .3 each. Everything else is the same for all losses: the
network (four convolutions), its first weights, the images, their order, Adam and its learning rate, which falls to 0
along a cosine. Each trained network is judged on images that it has not seen, by

* dice: the mean Dice score of the images, where p > .5 counts as foreground;
* dice_tuned: the same with the threshold that is best on other images, set aside for that;
* ece: the expected calibration error of p over all pixels (15 bins of equal width);
* area: the sum of p over the true area: 1 if the network expects as much foreground as there is.
"""

import itertools

import keras
import numpy as np

from course_lib import backend, losses
from course_lib.experiments import record
from course_lib.metrics import expected_calibration_error

SIDE, TRAIN, TUNE, TEST = 32, 128, 64, 128
CLOUDS, NOISE = 0.3, 0.3  # standard deviations; the object is brighter by 1
STEPS, BATCH, RATE = 250, 8, 1e-2
FRACTIONS = (0.20, 0.05, 0.01)
SEEDS = (0, 1, 2, 3, 4)
NAMES = ("cross-entropy", "weighted cross-entropy", "focal", "Dice", "Tversky", "Dice + cross-entropy")
SCORES = ("dice", "dice_tuned", "ece", "area")


def loss_function(name):
    """Return a loss of (y, logits, weights) by its name."""
    return {
        "cross-entropy": lambda y, z, w: losses.cross_entropy(y, z),
        "weighted cross-entropy": lambda y, z, w: losses.cross_entropy(y, z, weights=w),
        "focal": lambda y, z, w: losses.focal(y, z, gamma=2),
        "Dice": lambda y, z, w: losses.dice(y, z),
        "Tversky": lambda y, z, w: losses.tversky(y, z, alpha=0.3, beta=0.7),
        "Dice + cross-entropy": lambda y, z, w: losses.dice_cross_entropy(y, z),
    }[name]


def blur(images, passes):
    """Average with the neighbours, round the edges, several times: a Gaussian with sigma = sqrt(passes / 2)."""
    for _ in range(passes):
        for axis in (1, 2):
            images = images / 2 + (np.roll(images, 1, axis) + np.roll(images, -1, axis)) / 4
    return images


def make_images(n, fraction, seed):
    """Return images (n, 32, 32, 1) float32 and masks (n, 32, 32) uint8 with one ellipse of the given area each."""
    rng = np.random.default_rng(seed)
    row, column = np.mgrid[:SIDE, :SIDE]
    stretch, angle = rng.uniform(1, 2, (n, 1, 1)), rng.uniform(0, np.pi, (n, 1, 1))
    radius = np.sqrt(fraction * SIDE**2 / np.pi)
    reach = 0.7 * radius * np.sqrt(stretch) + 1
    y, x = (axis - rng.uniform(reach, SIDE - 1 - reach, (n, 1, 1)) for axis in (row, column))
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    distance = along**2 / stretch + across**2 * stretch
    mask = np.zeros((n, SIDE * SIDE), dtype=np.uint8)
    inside = np.argsort(distance.reshape(n, -1), axis=1)[:, : round(fraction * SIDE**2)]  # exactly that many pixels
    np.put_along_axis(mask, inside, 1, axis=1)
    mask = mask.reshape(n, SIDE, SIDE)
    clouds = blur(rng.normal(size=mask.shape), 8)
    noise = rng.normal(size=mask.shape)
    image = blur(mask.astype(float), 1) + CLOUDS * clouds / clouds.std() + NOISE * noise
    return image[..., None].astype("float32"), mask


def build_network(seed):
    """Four convolutions, 1 -> 8 -> 8 -> 8 -> 1: each pixel is judged by the 9 x 9 pixels around it."""
    keras.utils.set_random_seed(seed)
    layers = [keras.layers.Conv2D(8, 3, padding="same", activation="relu") for _ in range(3)]
    model = keras.Sequential([keras.Input((SIDE, SIDE, 1)), *layers, keras.layers.Conv2D(1, 3, padding="same")])
    return model


class Trainer:
    """Trains the same network with one loss again and again; the step is compiled once."""

    def __init__(self, loss, steps):
        self.model, self.steps = build_network(0), steps
        self.optimizer = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(RATE, steps))
        self.optimizer.build(self.model.trainable_variables)
        gradients = backend.value_and_grad(lambda variables, x, y, w: loss(y, self.model(x, training=True), w))

        def step(x, y, w):
            value, slopes = gradients(self.model.trainable_variables, x, y, w)
            self.optimizer.apply(slopes, self.model.trainable_variables)
            return value

        self.step = backend.jit(step, state=[*self.model.variables, *self.optimizer.variables], xla=False)
        self.predict = backend.jit(
            lambda x: losses.probabilities(self.model(x)), state=list(self.model.variables), xla=False
        )
        self.start = [np.array(variable) for variable in self.optimizer.variables]

    def run(self, images, masks, seed):
        """Train from fresh weights; the seed says which, and the order of the images."""
        self.model.set_weights(build_network(seed).get_weights())
        for variable, value in zip(self.optimizer.variables, self.start, strict=True):
            variable.assign(value)
        share = masks.mean()
        weights = np.where(masks == 1, 0.5 / share, 0.5 / (1 - share)).astype("float32")  # half for each class
        rng = np.random.default_rng(seed)
        for _ in range(self.steps):
            chosen = rng.choice(len(images), BATCH, replace=False)
            self.step(images[chosen], masks[chosen], weights[chosen])
        return lambda x: np.asarray(self.predict(x))[..., 0]


def dice_score(masks, predicted):
    """Mean Dice score of the images."""
    both, sizes = (masks & predicted).sum((1, 2)), masks.sum((1, 2)) + predicted.sum((1, 2))
    return float(np.mean(2 * both / sizes))


def judge(predict, tune, test):
    """Return the four scores of a trained network."""
    p_tune, p = predict(tune[0]), predict(test[0])
    thresholds = np.quantile(p_tune, 1 - np.geomspace(0.002, 0.5, 80))  # candidates: "the upper .2 % ... 50 %"
    best = max(thresholds, key=lambda t: dice_score(tune[1], (p_tune > t).astype(np.uint8)))
    return {
        "dice": dice_score(test[1], (p > 0.5).astype(np.uint8)),
        "dice_tuned": dice_score(test[1], (p > best).astype(np.uint8)),
        "ece": expected_calibration_error(test[1], p),
        "area": float(p.sum() / test[1].sum()),
    }


def data(fraction, seed):
    """Return the images to train, to tune the threshold and to test on; they share nothing."""
    base = 1000 * seed + round(10_000 * fraction)
    return [make_images(n, fraction, (base, part)) for part, n in enumerate((TRAIN, TUNE, TEST))]


def run(names, fractions, seeds, steps=STEPS, rows=(), report=lambda row: None):
    """Train what the given rows do not hold: name, fraction, seed and the four scores of each; `report` gets each."""
    found = []
    for name in names:
        plan = [{"loss": name, "fraction": f, "seed": seed} for f, seed in itertools.product(fractions, seeds)]
        todo = record.missing(plan, rows)
        trainer = Trainer(loss_function(name), steps) if todo else None
        for task in todo:
            train, tune, test = data(task["fraction"], task["seed"])
            found.append(task | judge(trainer.run(*train, task["seed"]), tune, test))
            report(found[-1])
    return found


def paired(rows, score, name, other, fraction):
    """Compare two losses seed by seed: they saw the same images, in the same order, from the same first weights.

    Returns
    -------
    mean, half, better
        The mean of the differences, half the width of its 95 % interval, and in how many seeds `name` scores higher.
    """
    first, second = (
        {row["seed"]: row[score] for row in rows if (row["loss"], row["fraction"]) == (loss, fraction)}
        for loss in (name, other)
    )
    differences = np.array([first[seed] - second[seed] for seed in sorted(first)])
    return *record.interval(differences), int((differences > 0).sum())


def table(rows, score):
    """Return {loss: {fraction: (mean, half width)}} of one score."""
    cells = {}
    for name in dict.fromkeys(row["loss"] for row in rows):
        for fraction in dict.fromkeys(row["fraction"] for row in rows):
            chosen = [row[score] for row in rows if (row["loss"], row["fraction"]) == (name, fraction)]
            cells.setdefault(name, {})[fraction] = record.interval(chosen)
    return cells


def main(argv=None):
    """Train what is missing in the grid, and write each row."""
    parser = record.parser("class_imbalance", __doc__)
    parser.add_argument("--losses", nargs="+", choices=NAMES, default=list(NAMES))
    parser.add_argument("--fractions", type=float, nargs="+", default=list(FRACTIONS))
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--steps", type=int, default=STEPS)
    options = record.parse(parser, argv)
    settings = {
        "steps": options.steps,
        "batch": BATCH,
        "learning_rate": RATE,
        "images": {"train": TRAIN, "tune": TUNE, "test": TEST, "side": SIDE},
    }
    question = "Which loss for a rare class? Dice score and calibration error of a small network"
    stored = record.Record(options.out, options.command, question, settings)
    run(options.losses, options.fractions, options.seeds, options.steps, list(stored.rows), stored.add)
    return stored.rows


if __name__ == "__main__":
    main()
