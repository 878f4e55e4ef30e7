"""Does a small autoencoder compress better than JPEG? Bits counted, on photographs and on digits, beside transforms.

    python -m course_lib.experiments.compression

It takes a few minutes on two cores and writes data/results/compression.json. Photographs are grey and cut into blocks
of 8 x 8 pixels; every codec but JPEG treats each block by itself. Training and test photographs are different ones.

What is counted: for the autoencoder, the KLT (the main directions of the training blocks) and the DCT, each rounded
number of a block has a code of its own of the ideal length, the entropy of what the test pictures hold at this place.
The tables of these codes are not counted, which flatters the three. JPEG is counted in whole files of Pillow's, with
headers and tables. PSNR is that of the mean squared error over all test pixels together.

What it cannot say: how good learned codecs are that see more than 8 x 8 pixels, that have a million weights or more,
and entropy models that look at what was sent before. Those beat JPEG (Balle et al., 2017, arXiv:1611.01704).
"""

import io

import keras
import numpy as np
from keras import layers, ops
from PIL import Image

from course_lib.classical.color import luma
from course_lib.classical.compression import dct_matrix, entropy
from course_lib.classical.eigenfaces import principal_axes
from course_lib.datasets import digits, photographs
from course_lib.experiments import record

TRAIN = ("astronaut", "china", "coffee", "grass", "ihc", "brick", "retina")
TEST = ("camera", "chelsea", "flower", "gravel")
SEEDS = (0, 1, 2)
TARGETS = (0.25, 0.5, 1.0)  # bits a pixel
SIDE, LATENTS, HIDDEN = 8, 32, 256
STEPS, BATCH, RATE = 2000, 256, 3e-3
LEARNED_AT, PRICE = 0.5, 900.0  # the rate of the autoencoder, and the price of an error of 1, in bits a pixel
DIGIT_LATENTS, DIGIT_STEPS, DIGIT_BATCH, DIGIT_PRICE = 24, 2000, 128, 1.8


# --- pictures ---------------------------------------------------------------------------------------------------------


def grey(name):
    """A photograph as 8-bit grey, cut to sides that are multiples of 8."""
    image = photographs.load(name)
    image = np.rint(luma(image)).astype(np.uint8) if image.ndim == 3 else image
    return image[: image.shape[0] // SIDE * SIDE, : image.shape[1] // SIDE * SIDE]


def blocks(image):
    """The 8 x 8 blocks of a grey image, in reading order: float32 (n, 64) in [0, 1]."""
    height, width = image.shape
    cut = image.reshape(height // SIDE, SIDE, width // SIDE, SIDE).swapaxes(1, 2)
    return (cut.reshape(-1, SIDE * SIDE) / 255).astype(np.float32)


def joined(rows, shape):
    """The image that blocks were cut from: undoes `blocks`, in [0, 1]."""
    cut = np.reshape(rows, (shape[0] // SIDE, shape[1] // SIDE, SIDE, SIDE))
    return cut.swapaxes(1, 2).reshape(shape)


def psnr(x, restored):
    """Peak signal-to-noise ratio in dB of values in [0, 1], after rounding to 8 bits as a file stores them."""
    stored = np.rint(255 * np.clip(restored, 0, 1)) / 255
    return float(-10 * np.log10(np.mean((np.asarray(x, float) - stored) ** 2)))


# --- codecs: from rows of pixels to whole numbers and back ------------------------------------------------------------


class Transform:
    """A linear codec: directions, and one step of rounding for all of them."""

    def __init__(self, mean, axes):
        self.mean, self.axes = mean, axes

    def encode(self, x, step):
        """Whole numbers (n, k)."""
        return np.rint((x - self.mean) @ self.axes.T / step).astype(int)

    def decode(self, levels, step):
        """Rows of pixels."""
        return self.mean + step * levels @ self.axes


def klt(x, k=SIDE * SIDE):
    """The transform whose numbers are uncorrelated on these rows (Karhunen, Loève): their k main directions."""
    return Transform(*principal_axes(x, k)[:2])


def dct():
    """The cosines of JPEG, for blocks of 8 x 8."""
    matrix = dct_matrix(SIDE)
    return Transform(0.5, np.kron(matrix, matrix))


class Codec(keras.Model):
    """An autoencoder whose latents are to be rounded, and which pays for the bits that they take.

    Rounding has the slope 0. In training, noise from -1/2 to 1/2 takes its place: it does as much harm, and has a
    slope (Ballé et al., 2017). Each latent has a bell (the logistic distribution) of its own middle and width; the
    price of a latent is minus the binary logarithm of the probability of the interval of length 1 around it.

    Parameters
    ----------
    pixels, latents : int
    price : float
        Of a squared error of 1, in bits a pixel. Higher: better pictures, more bits.
    seed : int
    """

    def __init__(self, pixels, latents, price, seed=0):
        super().__init__()
        keras.utils.set_random_seed(seed)

        def hidden():
            return layers.Dense(HIDDEN, "relu", kernel_initializer="he_normal")

        self.encoder = keras.Sequential(
            [keras.Input((pixels,)), layers.Rescaling(4, offset=-2), hidden(), hidden(), layers.Dense(latents)]
        )
        self.decoder = keras.Sequential(
            [keras.Input((latents,)), layers.Rescaling(0.2), hidden(), hidden(), layers.Dense(pixels)]
        )
        self.middle = self.add_weight(shape=(latents,), initializer="zeros", name="middle")
        self.log_width = self.add_weight(shape=(latents,), initializer="zeros", name="log_width")
        self.pixels, self.price, self.random = pixels, price, keras.random.SeedGenerator(seed)

    def call(self, x):
        """Rows as they come back, rounded."""
        return self.decoder(ops.round(self.encoder(x)))

    def bits(self, latents):
        """Bits of each latent (n, k) under its bell."""
        away = ops.abs(latents - self.middle)  # from this side both probabilities are small, and exact
        width = ops.exp(self.log_width)
        probability = ops.sigmoid((0.5 - away) / width) - ops.sigmoid((-0.5 - away) / width)
        return -ops.log(ops.maximum(probability, 1e-12)) / np.log(2)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Bits a pixel plus the price of the squared error, with noise in the place of rounding."""
        latents = self.encoder(x)
        noisy = latents + keras.random.uniform(ops.shape(latents), -0.5, 0.5, seed=self.random)
        error = ops.mean((x - self.decoder(noisy)) ** 2)
        return ops.mean(ops.sum(self.bits(noisy), axis=1)) / self.pixels + self.price * error


class Rounded:
    """Two networks as a codec: their latents, rounded to multiples of a step."""

    def __init__(self, encoder, decoder):
        self.encoder, self.decoder = encoder, decoder

    def encode(self, x, step=1.0):
        """Whole numbers (n, k)."""
        return np.rint(ops.convert_to_numpy(self.encoder(x)) / step).astype(int)

    def decode(self, levels, step=1.0):
        """Rows of pixels."""
        return ops.convert_to_numpy(self.decoder((step * levels).astype(np.float32)))


def train(x, latents, price, seed=0, steps=STEPS, batch=BATCH):
    """Train a `Codec` with Adam and a learning rate that falls to 0, and return its networks as a codec."""
    codec = Codec(x.shape[1], latents, price, seed)
    codec.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(RATE, steps)), jit_compile=False)
    rows = np.random.default_rng(seed).integers(len(x), size=(steps, batch))
    for part in np.array_split(rows, 10):  # not all at once: that would be half a gigabyte
        codec.fit(x[part.ravel()], batch_size=batch, shuffle=False, verbose=0)
    return Rounded(codec.encoder, codec.decoder)


def code_length(levels):
    """Bits of a row of levels (n, k), on average: an ideal code for every column."""
    return sum(entropy(column) for column in np.transpose(levels))


def at_rate(codec, x, bits, tries=11):
    """Code rows with the step at which they take so many bits a row: bits a row, and the rows as they come back."""
    low, high = 1e-3, 50.0  # more bits than wanted, fewer
    for _ in range(tries):
        step = np.sqrt(low * high)
        low, high = (step, high) if code_length(codec.encode(x, step)) > bits else (low, step)
    levels = codec.encode(x, high)
    return code_length(levels), codec.decode(levels, high)


def jpeg(images, quality):
    """Bits a pixel of JPEG files of Pillow's, headers and all, and what they hold, as rows of blocks."""
    files, back = 0, []
    for image in images:
        buffer = io.BytesIO()
        Image.fromarray(image).save(buffer, "JPEG", quality=quality, optimize=True)
        files += 8 * len(buffer.getvalue())
        back.append(blocks(np.asarray(Image.open(buffer))))
    return files / sum(image.size for image in images), np.concatenate(back)


def jpeg_at(images, bits):
    """PSNR of JPEG at so many bits a pixel, on the line between the two qualities beside it."""
    x = np.concatenate([blocks(image) for image in images])
    points = sorted((rate, psnr(x, back)) for rate, back in (jpeg(images, quality) for quality in range(2, 96, 3)))
    return float(np.interp(bits, *np.transpose(points)))


# --- the two tables ---------------------------------------------------------------------------------------------------


def run_photographs(seeds):
    """Yield a row for every codec, rate and seed: bits a pixel and PSNR on the test photographs."""
    x = np.concatenate([blocks(grey(name)) for name in TRAIN])
    images = [grey(name) for name in TEST]
    test = np.concatenate([blocks(image) for image in images])
    for target in TARGETS:
        yield {"data": "photographs", "codec": "JPEG", "target": target, "seed": seeds[0], "bits": target,
               "psnr": jpeg_at(images, target)}  # fmt: skip
        for name, codec in (("KLT", klt(x)), ("DCT", dct())):
            bits, back = at_rate(codec, test, 64 * target)
            yield {"data": "photographs", "codec": name, "target": target, "seed": seeds[0], "bits": bits / 64,
                   "psnr": psnr(test, back)}  # fmt: skip
    for seed in seeds:
        codec = train(x, LATENTS, PRICE, seed)
        own = code_length(codec.encode(test)) / 64
        bits, back = at_rate(codec, test, 64 * LEARNED_AT)
        yield {"data": "photographs", "codec": "autoencoder", "target": LEARNED_AT, "seed": seed, "bits": bits / 64,
               "psnr": psnr(test, back), "own_bits": own}  # fmt: skip


def digit_rows():
    """Training and test digits as rows, float32 in [0, 1]."""
    (x, _), (test, _) = digits.load()
    return tuple((part.reshape(len(part), -1) / 255).astype(np.float32) for part in (x, test))


def run_digits(seeds):
    """Yield bits an image and PSNR of the autoencoder on test digits, and the bits that PCA takes for the same PSNR."""
    x, test = digit_rows()
    for seed in seeds:
        codec = train(x, DIGIT_LATENTS, DIGIT_PRICE, seed, DIGIT_STEPS, DIGIT_BATCH)
        levels = codec.encode(test)
        row = {"data": "digits", "codec": "autoencoder", "target": 0, "seed": seed, "bits": code_length(levels)}
        yield row | {"psnr": psnr(test, codec.decode(levels)), "pca_bits": bits_of_pca(x, test, codec.decode(levels))}


def bits_of_pca(x, test, restored):
    """Bits a row that rounded PCA takes to give the test rows back as well as they were given back here."""
    wanted, transform = psnr(test, restored), klt(x, 200)
    low, high = 1.0, 300.0
    for _ in range(11):
        bits = (low + high) / 2
        low, high = (bits, high) if psnr(test, at_rate(transform, test, bits)[1]) < wanted else (low, bits)
    return high


def main(argv=None):
    """Run what is missing, and write the table after each row."""
    parser = record.parser("compression", __doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    options = record.parse(parser, argv)
    settings = {
        "seeds": options.seeds, "train": TRAIN, "test": TEST, "steps": STEPS, "batch": BATCH, "rate": RATE,
        "latents": LATENTS, "price": PRICE,
        "digits": {"latents": DIGIT_LATENTS, "steps": DIGIT_STEPS, "batch": DIGIT_BATCH, "price": DIGIT_PRICE},
    }  # fmt: skip
    question = "PSNR of test photographs at a rate in bits a pixel, and bits of test digits, by codec"
    stored = record.Record(options.out, options.command, question, settings)
    if not stored.rows:
        for part in (run_photographs, run_digits):
            for row in part(options.seeds):
                stored.add(row)
    return stored.rows


if __name__ == "__main__":
    main()
