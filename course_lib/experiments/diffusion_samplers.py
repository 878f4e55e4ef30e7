"""How good are digits from noise, after how many steps? Flow matching and DDPM on the time that the GANs had.

    python -m course_lib.experiments.diffusion_samplers

It takes about half an hour on two idle cores and writes data/results/diffusion_samplers.json, after every training
(stop it when you like and call it again, it goes on where it was). Each training has as much processor time as the
generators and the VAE of `image_gans` had with the larger budget, 60 seconds there: those rows are to be read beside
these. The budget is kept in steps: a step takes six times the processor time of one of the DCGAN there, measured by
turns in one process. One network, one batch, one optimizer, one average of weights for all. The recipe of flow matching
was found by trials (data/weights/README.md says how); for noise prediction nothing but its own schedule was chosen.

- "flow matching": the network answers the clean digit, the loss compares velocities, the times are those of chapter 14.
- "flow matching, no classes": the same, and no label is ever shown, as to the GANs and the VAE.
- "noise prediction": the network answers the noise, T = 1000, cosine schedule (Nichol & Dhariwal 2021); DDIM and DDPM.
- "perfect denoiser": nothing is trained; the clean digit's mean given the noisy one, over the training digits.

Rows of three kinds: "steps" (quality after so many looks at the network), "guidance" (quality and variety), "memory"
(the error of the clean digit, on training digits and on others).
"""

import numpy as np

from course_lib import backend
from course_lib.classical.diffusion import empirical, forward, ode, predictions, samplers, schedules
from course_lib.classical.diffusion.flow import point, velocity_from_clean
from course_lib.datasets import digits
from course_lib.experiments import record
from course_lib.experiments.image_gans import images, judge
from course_lib.losses.diffusion import prediction_loss
from course_lib.metrics.generation import nearest_neighbors
from course_lib.models.denoiser import denoiser, estimate, sample
from course_lib.models.weights import load_classifier
from course_lib.training.diffusion import FlowBatches, FlowMatching, FlowTrainer, adam, drop_labels

SEEDS = (0, 1, 2, 3, 4)
BUDGET, STEP_TIME = 60.0, 6 * 0.032  # of a training and of a step, in the seconds of `image_gans`
BATCH, CLASSES, SAMPLES = 64, 10, 1000
METHODS = ("flow matching", "flow matching, no classes", "noise prediction", "perfect denoiser")
LOOKS = (1, 2, 5, 10, 25)  # at the network, for a sample
SCALES = (0.0, 1.5, 3.0)  # of guidance, with 10 steps; 1.0 is among the rows of the other kind
TIMES = (0.1, 0.2, 0.3, 0.5, 0.7, 0.9)  # at which memory is looked at
TRAINED_TIMES = 1000  # T of noise prediction
ALPHA_BARS = schedules.alpha_bars_of(schedules.cosine(TRAINED_TIMES))


def steps(budget=BUDGET):
    """How many steps of training fit into a budget (seconds)."""
    return int(budget / STEP_TIME)


# --- noise prediction -------------------------------------------------------------------------------------------------


class NoiseBatches(FlowBatches):
    """Noise by a schedule of T times, all equally often; the network is told 1 - time / T."""

    def mixed(self, clean, labels, rng):
        """Add noise to clean images at random times of the schedule, and drop some of the labels."""
        noise = rng.standard_normal(clean.shape, dtype="float32")
        time = rng.integers(1, TRAINED_TIMES + 1, len(clean))
        label = drop_labels(labels, rng, self.classes, self.dropout)
        noisy = forward.add_noise(clean, noise, ALPHA_BARS[time]).astype("float32")
        return (noisy, (1 - time / TRAINED_TIMES).astype("float32"), label), (clean, noise)


class NoisePrediction(FlowMatching):
    """The same network and the same training, but the answer is the noise (Ho et al. 2020)."""

    def errors(self, estimate, clean, noise, t):
        """Return the mean squared error of the noise of each image, (N,)."""
        return prediction_loss(estimate, clean, noise, alpha_bar=1.0, kind="noise")  # ᾱ matters for the others only


def draw_by_noise(model, labels, n, sampler, seed):
    """Draw n steps of DDIM or DDPM with a network that answers noise; clean digits are taken to lie in [-1, 1]."""

    def predict(x, time):
        noise = estimate(model, x, 1 - time / TRAINED_TIMES, labels)
        return np.clip(predictions.convert(noise, x, ALPHA_BARS[time], "noise", "clean"), -1, 1)

    start = np.random.default_rng(seed).standard_normal((len(labels), *model.inputs[0].shape[1:]))
    times = schedules.times(TRAINED_TIMES, n, "trailing")
    if sampler == "DDIM":
        return samplers.ddim(predict, start, ALPHA_BARS, times)
    return samplers.ddpm(predict, start, ALPHA_BARS, (seed, 1), "posterior", times)


# --- the perfect denoiser of the training digits ----------------------------------------------------------------------


def perfect(x, t, data):
    """The mean of the training digits that could have become x at time t, weighted; float64, like x."""
    return empirical.empirical_denoise(x, t, 1 - t, data)


def draw_perfect(data, n, seed, count=SAMPLES):
    """Draw by n Euler steps with the perfect denoiser."""
    start = np.random.default_rng(seed).standard_normal((count, *data.shape[1:]))
    return ode.integrate(lambda x, t: velocity_from_clean(x, perfect(x, t, data), t), start, n)


# --- scores -----------------------------------------------------------------------------------------------------------


def distances(made, data):
    """Root mean square difference of each image to the nearest training digit, in pixels' units."""
    made, data = (x.reshape(len(x), -1) for x in (made, data))
    return nearest_neighbors(made, data).distances[:, 0] / np.sqrt(made.shape[1])


def scores(made, labels=None):
    """Score images in [-1, 1] against the held-out digits; with labels also how many are read as they were asked for.

    Returns
    -------
    dict of str to float
        The scores of `image_gans.judge`; ``accuracy`` (None without labels); ``nearest`` and ``copies``: the mean
        distance to the nearest training digit, and the share of images that are nearer than 0.05 to one.
    """
    (x_train, _), (x_test, _) = digits.load()
    made = np.clip(made, -1, 1).astype("float32")
    nearest = distances(made, images(x_train))
    read = None
    if labels is not None:
        logits = load_classifier().predict((made + 1) / 2, batch_size=250, verbose=0)
        read = float(np.mean(logits.argmax(axis=1) == labels))
    return {
        **judge(made, images(x_test)),
        "accuracy": read, "nearest": float(nearest.mean()), "copies": float(np.mean(nearest < 0.05)),
    }  # fmt: skip


def memory(model, t, seed, count=SAMPLES):
    """Error of the clean digit at time t on training and on held-out digits: of the network, of the perfect denoiser.

    Returns
    -------
    dict of str to float
        ``train``, ``held_out``, ``perfect_train``, ``perfect_held_out``: means over images and pixels; ``neighbors``:
        over how many training digits the perfect denoiser averages, the mean for held-out digits.
    """
    (x_train, y_train), (x_test, y_test) = digits.load()
    data, found = images(x_train), {}
    for name, clean, y in (("train", data[:count], y_train), ("held_out", images(x_test)[:count], y_test)):
        noise = np.random.default_rng((seed, 2)).standard_normal(clean.shape)
        x = point(clean, noise, t)
        answer = estimate(model, x, t, y[: len(clean)].astype("int32"))
        found[name] = float(np.mean((answer - clean) ** 2))
        weights = empirical.empirical_weights(x, t, 1 - t, data)
        best = (weights @ data.reshape(len(data), -1)).reshape(clean.shape)
        found[f"perfect_{name}"] = float(np.mean((best - clean) ** 2))
    return {**found, "neighbors": float(empirical.effective_neighbors(weights).mean())}


# --- one training, and all its rows -----------------------------------------------------------------------------------


def train(method, seed, n):
    """Train for n steps on the 4,000 training digits; the denoiser with the averaged weights."""
    x, y = digits.load()[0]
    backend.set_seed(seed)
    kind, batches = (NoisePrediction, NoiseBatches) if method == "noise prediction" else (FlowMatching, FlowBatches)
    trainer = FlowTrainer(kind(denoiser((28, 28, 1), CLASSES)), adam(n), seed)
    dropout = 1.0 if method == "flow matching, no classes" else 0.1
    trainer.fit(images(x), y, n, BATCH, batches=batches, classes=CLASSES, dropout=dropout)
    return trainer.model.averaged()


def run(method, seed, n=None, count=SAMPLES):
    """Train a method for n steps and judge it in every way: its rows of the table."""
    data = images(digits.load()[0][0])
    head = {"method": method, "seed": seed}
    if method == "perfect denoiser":
        for looks in LOOKS:
            made = scores(draw_perfect(data, looks, seed, count))
            yield {**head, "kind": "steps", "sampler": "Euler", "looks": looks, "guidance": 0.0, **made}
        return
    model, labels = train(method, seed, steps() if n is None else n), np.arange(count, dtype="int32") % CLASSES
    if method == "noise prediction":
        for sampler, looks in [("DDIM", looks) for looks in LOOKS] + [("DDPM", looks) for looks in LOOKS[3:]]:
            made = scores(draw_by_noise(model, labels, looks, sampler, seed), labels)
            yield {**head, "kind": "steps", "sampler": sampler, "looks": looks, "guidance": 1.0, **made}
        return
    classes = method == "flow matching"
    asked = labels if classes else np.full(count, CLASSES)
    for looks in LOOKS:
        made = scores(sample(model, asked, looks, seed=seed), labels if classes else None)
        yield {**head, "kind": "steps", "sampler": "Euler", "looks": looks, "guidance": float(classes), **made}
    for scale in SCALES if classes else ():
        made = scores(sample(model, labels, 10, scale, seed=seed), labels)
        yield {
            **head,
            "kind": "guidance",
            "sampler": "Euler",
            "looks": 10 * (1 + (scale != 0)),
            "guidance": scale,
            **made,
        }
    for t in TIMES if classes else ():
        yield {**head, "kind": "memory", "t": t, **memory(model, t, seed, count)}


def table(rows, score, **where):
    """(method, sampler, looks, guidance) -> mean of a score over the seeds, and half its 95 % interval by Student's t.

    Parameters
    ----------
    rows : list of dict
        As stored.
    score : str
        Such as "fd".
    **where
        What rows must have, such as ``kind="steps"``.

    Returns
    -------
    dict
    """
    values = {}
    for row in rows:
        if all(row.get(name) == value for name, value in where.items()) and score in row:
            key = tuple(row[name] for name in ("method", "sampler", "looks", "guidance"))
            values.setdefault(key, []).append(row[score])
    return {key: record.interval(v) for key, v in values.items()}


def main(argv=None):
    """Do what is not done yet, and write after each training."""
    parser = record.parser("diffusion_samplers", __doc__)
    parser.add_argument("--only", type=int, help="end after so many trainings, to be gone on with")
    options = record.parse(parser, argv)
    settings = {
        "seeds": SEEDS,
        "budget": BUDGET,
        "step_time": STEP_TIME,
        "settings": {"steps": steps(), "batch": BATCH, "samples": SAMPLES, "times": TRAINED_TIMES},
    }
    question = (
        "Digits from noise: how good after how many looks at the network, with how much guidance, and are they new?"
    )
    stored = record.Record(options.out, options.command, question, settings)
    plan = [{"method": method, "seed": seed} for seed in SEEDS for method in METHODS]
    for task in record.missing(plan, stored.rows)[: options.only]:
        for row in list(run(**task)):  # all rows of a training, or none: a row says that it is done
            stored.rows.append(record.rounded(row))
            record.show(stored.rows[-1])
        stored.write()
    return stored.rows


if __name__ == "__main__":
    main()
