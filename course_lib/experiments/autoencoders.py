"""How good are autoencoders on images that they have not seen? Four experiments of chapter 10, and a choice for one.

Each part takes five to twenty minutes on two cores and fills its rows of data/results/autoencoders.json:

    python -m course_lib.experiments.autoencoders digits
    python -m course_lib.experiments.autoencoders choice --seeds 0
    python -m course_lib.experiments.autoencoders emoji
    python -m course_lib.experiments.autoencoders beta
    python -m course_lib.experiments.autoencoders peeking

digits   Log-likelihood of 1,000 binary digits, in nats an image. Exact: separate coins, mixtures of coins (by EM).
         Bounds: VAEs; the evidence lower bound, and the importance-weighted bound with 100 samples. With two latents
         the log-likelihood itself, too, as a sum over a grid of latents.
choice   Number of epochs of the emoji VAEs, and how the spread is found: judged on every fifth *training* emoji.
emoji    The same for 32 x 32 colour emoji on white, in bits a number (3,072 numbers of 8 bits an image). Files: PNG
         and zlib, which know nothing of emoji. Exact: Gaussians, probabilistic PCA. Bounds: VAEs with a Gaussian
         decoder, whose spread is set to the root mean squared error of the training images before every epoch, the
         best one by formula.
beta     Rate and distortion of a VAE of digits for several weights of the divergence.
peeking  A decoder that sees the pixels before the one that it predicts can do without its latents. Plain training, two
         cures, and a decoder that does not peek.

All networks train with Adam and a learning rate that falls to 0 along a cosine, for a number of epochs that was fixed
beforehand. The images to be judged are touched once, at the end. The exception are the emoji VAEs. Two earlier versions
were judged on the same held-out emoji (7.85 and 7.66 bits a number): after the first their start and their number of
epochs changed, after the second the way in which the spread is found, and since then `choice` decides on training emoji
alone. So this is their third try. Probabilistic PCA got one.
"""

import io
import json
import math
import time
import zlib

import keras
import numpy as np
from keras import layers, ops
from PIL import Image
from scipy import special

from course_lib.datasets import digits, emoji
from course_lib.experiments import record
from course_lib.losses.divergence import bernoulli_log_likelihood
from course_lib.models.vae import VAE, conv_vae, dense_vae

SEEDS = (0, 1, 2, 3, 4)
MIXTURES = (50, 200)
BETAS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
PEEKING = ("no peeking", "peeking", "peeking, warm-up", "peeking, free nats")
DIGIT_EPOCHS, BETA_EPOCHS, PEEKING_EPOCHS = 30, 20, 15
EPOCH_CHOICES = (60, 120)
EMOJI_EPOCHS = 60  # by `choice`, where twice as many gain less than a hundredth of a bit
IN_USE = 0.01  # nats of divergence on average: a latent with less carries nothing
RATE, BATCH = 2e-3, 100


# --- images -----------------------------------------------------------------------------------------------------------


def binary_digits():
    """Digits cut at half ink: arrays (4000, 28, 28, 1) and (1000, 28, 28, 1) of 0. and 1."""
    (train, _), (test, _) = digits.load()
    return [(part[..., None] > 127).astype("float32") for part in (train, test)]


def small_emoji(seed=0):
    """Emoji on white as uint8, every fifth for judging: (1309, 32, 32, 3) and (327, 32, 32, 3)."""
    rgba = emoji.load()[0] / 255
    images = np.round(255 * (rgba[..., :3] * rgba[..., 3:] + 1 - rgba[..., 3:])).astype("uint8")
    judged = np.arange(len(images)) % 5 == 4
    return images[~judged], images[judged]


def dequantize(images, rng):
    """Turn 8-bit numbers into real ones in [0, 1] by adding the uniform noise that rounding took away."""
    return ((images + rng.random(images.shape)) / 256).astype("float32")


def bits_per_number(nats, numbers=3072):
    """Bits for each 8-bit number from the log-density of an image in [0, 1] coordinates."""
    return (numbers * math.log(256) - nats) / (numbers * math.log(2))


# --- models with an exact likelihood ----------------------------------------------------------------------------------


def coins(train, test):
    """Log-likelihood of every test image when each pixel is a coin of its own, with one more of each side counted."""
    p = (train.sum(axis=0) + 1) / (len(train) + 2)
    return np.sum(test * np.log(p) + (1 - test) * np.log(1 - p), axis=(1, 2, 3))


def mixture_of_coins(train, test, components=50, rounds=60, seed=0):
    """The same for a mixture: each component is a set of coins, and has a share of the images.

    Fitted by expectation-maximization. In turn: with which probability does each image belong to each component? Then
    each component becomes the mean of the images, weighted with these probabilities.
    """
    x, y = (part.reshape(len(part), -1).astype(float) for part in (train, test))
    rng = np.random.default_rng(seed)
    p = 0.25 + 0.5 * x[rng.choice(len(x), components, replace=False)]
    share = np.full(components, 1 / components)

    def joint(images):
        return images @ np.log(p).T + (1 - images) @ np.log(1 - p).T + np.log(share)

    for _ in range(rounds):
        posterior = special.softmax(joint(x), axis=1)
        counts = posterior.sum(axis=0)
        p = (posterior.T @ x + 0.5) / (counts[:, None] + 1)  # half an image of each side: no probability is 0
        share = (counts + 1) / (len(x) + components)
    return special.logsumexp(joint(y), axis=1)


def probabilistic_pca(train, test, latent_dim):
    """Log-density of every test image under probabilistic PCA fitted to the train images, both (N, D) float64."""
    mean = train.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(train.T, bias=True))
    values, vectors = values[::-1], vectors[:, ::-1]
    noise = values[latent_dim:].mean()
    centred = test - mean
    along = centred @ vectors[:, :latent_dim]
    across = (centred**2).sum(axis=1) - (along**2).sum(axis=1)
    squares = (along**2 / values[:latent_dim]).sum(axis=1) + across / noise
    log_determinant = np.log(values[:latent_dim]).sum() + (train.shape[1] - latent_dim) * np.log(noise)
    return -(squares + log_determinant + train.shape[1] * np.log(2 * np.pi)) / 2


def squares_left(train, test, latent_dim):
    """Squared error of the test images when they are given back from the first directions of the train images."""
    vectors = np.linalg.eigh(np.cov(train.T, bias=True))[1][:, ::-1][:, :latent_dim]
    centred = test - train.mean(axis=0)
    return float(((centred - centred @ vectors @ vectors.T) ** 2).sum(axis=1).mean())


def by_grid(vae, images, points=120, reach=6.0):
    """Log-likelihood of binary images under a VAE of two latents: the sum over a grid of latents, not a bound."""
    ticks = (np.arange(points) + 0.5) / points * 2 * reach - reach
    grid = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2).astype("float32")
    logits = ops.convert_to_numpy(vae.decoder(grid)).reshape(len(grid), -1).astype("float64")
    log_prior = -(grid.astype(float) ** 2).sum(axis=1) / 2
    each = images.reshape(len(images), -1) @ logits.T - np.logaddexp(0, logits).sum(axis=1)
    return special.logsumexp(each + log_prior - special.logsumexp(log_prior), axis=1)


def file_bits(images, write):
    """Mean bits a number of 8-bit images when each is written to a file of its own, header included."""
    return float(np.mean([8 * len(write(image)) / image.size for image in images]))


def as_png(image):
    """One image as the bytes of a PNG file."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG", optimize=True)
    return file.getvalue()


# --- training ---------------------------------------------------------------------------------------------------------


class Trainer:
    """Trains one network again and again from fresh weights; its step is compiled once.

    Parameters
    ----------
    build : callable
        Gives an untrained VAE.
    epochs, size : int
        How often the images are seen, and how many there are.
    """

    def __init__(self, build, epochs, size):
        self.build, self.epochs, self.batches = build, epochs, size // BATCH
        self.vae = build()
        rate = keras.optimizers.schedules.CosineDecay(RATE, epochs * self.batches)
        self.vae.compile(keras.optimizers.Adam(rate), steps_per_execution=math.gcd(self.batches, 20))
        self.vae.optimizer.build(self.vae.trainable_variables)
        self.start = [ops.convert_to_numpy(variable) for variable in self.vae.optimizer.variables]

    def run(self, images, seed, each_epoch=lambda vae, progress: None):
        """Train on images, or on what images(epoch) gives, from the weights and in the order that the seed says."""
        keras.utils.set_random_seed(seed)
        self.vae.set_weights(self.build().get_weights())
        for variable, value in zip(self.vae.optimizer.variables, self.start, strict=True):
            variable.assign(value)
        for epoch in range(self.epochs):
            each_epoch(self.vae, epoch / self.epochs)
            x = images(epoch) if callable(images) else images
            order = np.random.default_rng([seed, epoch]).permutation(len(x))[: self.batches * BATCH]
            self.vae.fit(x[order], batch_size=BATCH, shuffle=False, verbose=0)
        return self.vae


def judge(vae, images, samples=0):
    """Return means over images of the bound, its terms and the latents in use; with samples, a tighter bound."""
    reconstruction, kl = vae.terms(images, samples=10)
    mean, log_variance = vae.posterior(images)
    each = (np.exp(log_variance) + mean**2 - 1 - log_variance).mean(axis=0) / 2
    result = {"elbo": reconstruction - kl, "distortion": -reconstruction, "rate": kl}
    if samples:
        result["bound"] = vae.bound(images, samples=samples)
    result = {name: float(np.mean(value)) for name, value in result.items()}
    return result | {"active": int((each > IN_USE).sum())}


# --- the four parts ---------------------------------------------------------------------------------------------------

DIGIT_MODELS = {
    "dense, 2 latents": lambda: dense_vae(latent_dim=2, hidden=(256, 128)),
    "dense, 16 latents": lambda: dense_vae(latent_dim=16, hidden=(256, 128)),
    "convolutional, 16 latents": lambda: conv_vae((28, 28, 1), 16, 16, "bernoulli"),
}


def run_digits(seeds):
    """Yield a row for every model of digits and seed."""
    train, test = binary_digits()
    own = float(coins(train, train).mean())
    yield {"model": "separate coins", "seed": seeds[0], "elbo": float(coins(train, test).mean()), "train_elbo": own}
    for components in MIXTURES:
        for seed in seeds:
            scores = mixture_of_coins(train, np.concatenate([test, train]), components, seed=seed)
            row = {"model": f"mixture of {components}", "seed": seed, "elbo": float(scores[: len(test)].mean())}
            yield row | {"train_elbo": float(scores[len(test) :].mean())}
    for name, build in DIGIT_MODELS.items():
        trainer = Trainer(build, DIGIT_EPOCHS, len(train))
        for seed in seeds:
            vae = trainer.run(train, seed)
            own = float(vae.elbo(train[:1000], samples=10).mean())
            row = {"model": name, "seed": seed, **judge(vae, test, samples=100), "train_elbo": own}
            yield row | ({"exact": float(by_grid(vae, test).mean())} if vae.latent_dim == 2 else {})


EMOJI_MODELS = {
    "dense, 32 latents": lambda: dense_vae((32, 32, 3), 32, (256,), "gaussian", sigma=0.2),
}


def best_log_variance(vae, images):
    """Logarithm of the mean squared error of images given back from samples of q(z | x): the best spread, squared."""
    mean, log_variance = vae.posterior(images)
    latents = mean + np.exp(log_variance / 2) * np.random.default_rng(0).standard_normal(mean.shape)
    return math.log(np.mean((images - ops.convert_to_numpy(vae.decode(latents.astype("float32")))) ** 2))


def train_emoji(trainer, train8, seed):
    """Train on emoji with fresh noise in every epoch; a spread that is not learned is set by formula."""
    images = dequantize(train8, np.random.default_rng(98))
    by_formula = trainer.vae.options["sigma"] is not None

    def each_epoch(vae, progress):
        if progress == 0:  # begin at the mean image, and with a spread that is not far off
            vae.decoder.get_layer("pixels").bias.assign(images.mean(axis=0).ravel())
            vae.log_variance.assign(-4.0)
        if by_formula:
            vae.log_variance.assign(best_log_variance(vae, images[::3]))

    vae = trainer.run(lambda epoch: dequantize(train8, np.random.default_rng([seed, epoch])), seed, each_epoch)
    if by_formula:
        vae.log_variance.assign(best_log_variance(vae, images))
    return vae


def run_choice(seeds):
    """Yield bits a number on every fifth training emoji, for numbers of epochs and two ways to find the spread."""
    train8, _ = small_emoji()
    apart = np.arange(len(train8)) % 5 == 4
    judged = dequantize(train8[apart], np.random.default_rng(99))
    learned = lambda: dense_vae((32, 32, 3), 32, (256,), "gaussian")  # noqa: E731
    settings = [("dense, 32 latents, spread by Adam", learned, 60)]
    settings += [("dense, 32 latents", EMOJI_MODELS["dense, 32 latents"], epochs) for epochs in EPOCH_CHOICES]
    for name, build, epochs in settings:
        trainer = Trainer(build, epochs, int((~apart).sum()))
        for seed in seeds:
            vae = train_emoji(trainer, train8[~apart], seed)
            row = {"model": f"{name}, {epochs} epochs", "seed": seed}
            row["bits"] = float(bits_per_number(vae.elbo(judged, samples=10).mean()))
            best = math.exp(best_log_variance(vae, dequantize(train8[~apart], np.random.default_rng(98))) / 2)
            yield row | {"sigma": float(np.exp(ops.convert_to_numpy(vae.log_variance) / 2)), "best_sigma": best}


def run_emoji(seeds):
    """Yield a row for every model of emoji and seed, in bits a number."""
    train8, test8 = small_emoji()
    flat = lambda images: images.reshape(len(images), -1).astype("float64")  # noqa: E731
    own4, judged4 = (dequantize(part, np.random.default_rng(r)) for part, r in ((train8, 98), (test8, 99)))
    own, judged = flat(own4), flat(judged4)
    yield {"model": "zlib", "seed": seeds[0], "bits": file_bits(test8, lambda image: zlib.compress(image.tobytes(), 9))}
    yield {"model": "PNG", "seed": seeds[0], "bits": file_bits(test8, as_png)}

    def exact(model, nats, **more):
        bits, train_bits = (float(bits_per_number(nats(x).mean())) for x in (judged, own))
        return {"model": model, "seed": seeds[0], "bits": bits, "train_bits": train_bits} | more

    variances = own.var(axis=0)
    for name, v in (("mean picture, one spread", variances.mean()), ("mean picture, 3,072 spreads", variances)):
        yield exact(name, lambda x, v=v: -((x - own.mean(axis=0)) ** 2 / v + np.log(2 * np.pi * v)).sum(axis=1) / 2)
    whole = squares_left(own, judged, 0)
    for k in (32, 128):
        explained = 1 - squares_left(own, judged, k) / whole
        nats = lambda x, k=k: probabilistic_pca(own, x, k)  # noqa: E731
        yield exact(f"probabilistic PCA, {k}", nats, explained=explained)
    for name, build in EMOJI_MODELS.items():
        trainer = Trainer(build, EMOJI_EPOCHS, len(train8))
        for seed in seeds:
            vae = train_emoji(trainer, train8, seed)
            row = judge(vae, judged4, samples=100)
            left = ((vae.reconstruct(judged4) - judged4) ** 2).sum(axis=(1, 2, 3)).mean()
            yield {
                "model": name, "seed": seed, "bits": bits_per_number(row["elbo"]), "rate": row["rate"],
                "bits_bound": bits_per_number(row["bound"]), "active": row["active"],
                "train_bits": float(bits_per_number(vae.elbo(own4, samples=5).mean())),
                "sigma": float(np.exp(ops.convert_to_numpy(vae.log_variance) / 2)),
                "explained": float(1 - left / whole),
            }  # fmt: skip


def run_beta(seeds, betas=BETAS):
    """Yield rate and distortion on images not seen, for every beta and seed."""
    train, test = binary_digits()
    trainer = Trainer(lambda: dense_vae(latent_dim=16, hidden=(256, 128)), BETA_EPOCHS, len(train))
    for seed in seeds:
        for beta in betas:
            vae = trainer.run(train, seed, lambda vae, progress, beta=beta: vae.beta.assign(beta))
            yield {"beta": beta, "seed": seed, **judge(vae, test)}


@keras.saving.register_keras_serializable("course_lib.experiments")
class Peeking(VAE):
    """A VAE of digits whose decoder also sees, for each pixel, 24 pixels that are read before it.

    These are the pixels of a 7 x 7 window above it, and to its left in its own row. What is generated must be generated
    pixel after pixel.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.mask = np.zeros((7, 7, 1, 1), "float32")
        self.mask[:3], self.mask[3, :3] = 1, 1
        self.window = layers.Conv2D(16, 7, padding="same", activation="relu", name="window")
        self.mix = layers.Conv2D(1, 1, name="mix")
        self.window.build((None, 28, 28, 1))
        self.mix.build((None, 28, 28, 16))

    def log_likelihood(self, images, latents, training=False):
        """Return log p(x | z): a product over pixels of coins, each given the pixels before it."""
        seen = ops.relu(ops.conv(images, self.window.kernel * self.mask, padding="same") + self.window.bias)
        return bernoulli_log_likelihood(images, self.decoder(latents, training=training) + self.mix(seen))


def peeking_vae(name):
    """Build the VAE of a row of the last part: `plain`, or with a cure."""
    base = dense_vae(latent_dim=16, hidden=(256, 128))
    cls, free = (VAE if name == "no peeking" else Peeking), (0.5 if name == "peeking, free nats" else 0.0)
    return cls(base.encoder, base.decoder, free_nats=free)


def warm_up(vae, progress):
    """Let the divergence cost nothing at first, and its full price in the second half of training."""
    vae.beta.assign(min(1.0, 2 * progress))


def run_peeking(seeds, names=PEEKING):
    """Yield bound, rate and latents in use of a decoder that can do without its latents, with and without a cure."""
    train, test = binary_digits()
    for name in names:
        trainer = Trainer(lambda name=name: peeking_vae(name), PEEKING_EPOCHS, len(train))
        for seed in seeds:
            act = warm_up if name == "peeking, warm-up" else lambda vae, progress: None
            yield {"model": name, "seed": seed, **judge(trainer.run(train, seed, act), test)}


PARTS = {"digits": run_digits, "choice": run_choice, "emoji": run_emoji, "beta": run_beta, "peeking": run_peeking}


# --- tables -----------------------------------------------------------------------------------------------------------


def table(rows, key, score):
    """Return {value of the key: (mean, half interval)} of a score over the seeds, where it was taken."""
    names = list(dict.fromkeys(row[key] for row in rows if score in row))
    return {name: record.interval([row[score] for row in rows if row[key] == name and score in row]) for name in names}


def main(argv=None):
    """Run one part, and store its rows beside those of the others."""
    parser = record.parser("autoencoders", __doc__)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--seeds", nargs="+", type=int, default=SEEDS)
    options = record.parse(parser, argv)
    start, rows = time.monotonic(), []
    parts = json.loads(options.out.read_text("utf-8")) if options.out.exists() else {}
    before = parts.get(options.part, {"rows": [], "seconds": 0})
    for row in PARTS[options.part](options.seeds):
        rows.append(record.rounded(row, 4))
        record.show(rows[-1])
        new = {_setting(row) for row in rows}
        parts[options.part] = {
            "command": f"{parser.prog} {options.part}",  # the rows of other seeds stay, whoever made them
            "date": record.today(),
            "seconds": round(before["seconds"] + time.monotonic() - start),
            **record.system(),
            "rows": [*(row for row in before["rows"] if _setting(row) not in new), *rows],
        }
        record.write(options.out, parts)  # after every row: a long run may be cut short
    return rows


def _setting(row):
    return row.get("model", row.get("beta")), row["seed"]


if __name__ == "__main__":
    main()
