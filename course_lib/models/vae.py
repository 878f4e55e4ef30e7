"""The variational autoencoder: an encoder that answers with a distribution, a decoder, and the bound that trains both.

`dense_vae` and `conv_vae` build one; `VAE` joins any encoder and decoder. It trains with ``compile`` and ``fit``::

    vae = dense_vae((28, 28, 1), latent_dim=8)
    vae.compile(keras.optimizers.Adam(1e-3))
    vae.fit(images, epochs=20, batch_size=128)
    vae.sample(16)

The loss is the negative evidence lower bound in nats, **summed over pixels and latents and averaged over images**:
``E_q[-log p(x | z)] + beta * D(q(z | x) ‖ p(z))``. With `free_nats` a cheap divergence costs more than it is, and with
several `samples` the loss is minus the importance-weighted bound. D. P. Kingma, M. Welling: Auto-encoding variational
Bayes, 2013, arXiv:1312.6114.

Under a mixed policy the networks compute in half precision, but densities, divergences and sums over pixels are taken
in float32: float16 ends at 65,504, and a sum over pixels has three digits in it.
"""

import itertools
import math

import keras
import numpy as np
from keras import Input, Model, layers, ops

from course_lib._validate import one_of, real_number, sides, whole_number
from course_lib.losses.divergence import (
    bernoulli_log_likelihood,
    check_coins,
    gaussian_kl,
    gaussian_kl_terms,
    gaussian_log_density,
    importance_weighted_bound,
)
from course_lib.models._arguments import image_shape
from course_lib.models.network import ImageNetwork

LIKELIHOODS = ("bernoulli", "gaussian")
CHUNK = 500  # images at a time where all of a set are asked for


@keras.saving.register_keras_serializable("course_lib")
class VAE(keras.Model):
    """A variational autoencoder with a standard normal prior and a Gaussian q(z | x) of independent components.

    Parameters
    ----------
    encoder : keras.Model
        From images (N, ...) to two tensors (N, latent_dim): mean and logarithm of the variance of q(z | x).
    decoder : keras.Model
        From latents (N, latent_dim) to (N, ...): logits of the pixels for "bernoulli", their means for "gaussian".
    likelihood : {"bernoulli", "gaussian"}
        Pixels that are 0 or 1, or real numbers.
    sigma : float, optional
        Standard deviation of a pixel around its mean, for "gaussian". By default one number for all pixels is learned
        with the network, and starts at 1.
    beta : float
        Weight of the divergence in the loss. `beta` is a variable: assign another value to it at any time. It is not
        used where `samples` is above 1.
    free_nats : float
        The divergence of each latent, averaged over the batch, enters the loss as max(free_nats, divergence). Below
        free_nats it pays nothing to make it smaller; and the loss is no longer minus the bound.
    samples : int
        Above 1, the loss is the importance-weighted bound with that many samples an image (beta must be 1).
    seed : int, optional
        Of the noise in training; by default drawn from Keras's.

    Raises
    ------
    ValueError
        An argument is out of its range, or encoder and decoder do not fit together.
    """

    def __init__(self, encoder, decoder, likelihood="bernoulli", *, sigma=None, beta=1.0, free_nats=0.0, samples=1,
                 seed=None, **kwargs):  # fmt: skip
        super().__init__(**kwargs)
        one_of("likelihood", likelihood, LIKELIHOODS)
        samples = whole_number("samples", samples, 1)
        if sigma is not None:
            sigma = real_number("sigma", sigma, above=0)
            if likelihood == "bernoulli":
                raise ValueError(f"sigma belongs to a Gaussian likelihood, got {sigma!r} for 'bernoulli'")
        beta, free_nats = real_number("beta", beta, 0), real_number("free_nats", free_nats, 0)
        if samples > 1 and (beta != 1 or free_nats):
            raise ValueError(f"samples must be 1 with beta or free_nats, got {samples}")
        if [tuple(t.shape[1:]) for t in encoder.outputs] != [tuple(decoder.inputs[0].shape[1:])] * 2:
            raise ValueError("encoder must give two tensors of the shape that decoder takes: mean and log-variance")
        if decoder.output_shape[1:] != encoder.input_shape[1:]:
            raise ValueError(
                f"decoder must give {encoder.input_shape[1:]}, as encoder takes, not {decoder.output_shape[1:]}"
            )
        self.encoder, self.decoder = encoder, decoder
        self.wide = "float64" if encoder.outputs[0].dtype == "float64" else "float32"  # what sums are taken in
        self.latent_dim = int(decoder.inputs[0].shape[-1])
        self.options = {
            "likelihood": likelihood,
            "sigma": sigma,
            "free_nats": free_nats,
            "samples": samples,
            "seed": seed,
        }
        self.random = keras.random.SeedGenerator(seed)
        constant = keras.initializers.Constant
        self.beta = self.add_weight(shape=(), initializer=constant(beta), trainable=False, name="beta")
        if likelihood == "gaussian":
            start = 0.0 if sigma is None else 2 * math.log(sigma)
            self.log_variance = self.add_weight(
                shape=(), initializer=constant(start), trainable=sigma is None, name="log_variance"
            )
        names = ("reconstruction", "kl") if samples == 1 else ()
        self.trackers = {name: keras.metrics.Mean(name=name) for name in names}  # beside the loss, in fit's history
        self.built = True

    # --- the model ----------------------------------------------------------------------------------------------------

    def encode(self, images, training=False):
        """Return mean and log-variance of q(z | x), each (N, latent_dim)."""
        return [ops.cast(part, self.wide) for part in self.encoder(images, training=training)]

    def decode(self, latents):
        """Return the mean of the pixels given latents (N, latent_dim): for coins, the probabilities of a 1."""
        pixels = ops.cast(self.decoder(latents), self.wide)
        return ops.sigmoid(pixels) if self.options["likelihood"] == "bernoulli" else pixels

    def log_likelihood(self, images, latents, training=False):
        """Return log p(x | z), summed over the pixels, (N,)."""
        images, pixels = (ops.cast(a, self.wide) for a in (images, self.decoder(latents, training=training)))
        if self.options["likelihood"] == "bernoulli":
            return bernoulli_log_likelihood(images, pixels)
        return gaussian_log_density(images, pixels, self.log_variance)

    def log_weight(self, images, noise, training=False):
        """Return log p(x | z) + log p(z) - log q(z | x) at z = mean + exp(log_variance / 2) * noise, (N,)."""
        mean, log_variance = self.encode(images, training)
        latents = reparameterize(mean, log_variance, noise)
        prior = gaussian_log_density(latents, ops.zeros_like(latents))
        return (
            self.log_likelihood(images, latents, training) + prior - gaussian_log_density(latents, mean, log_variance)
        )

    def call(self, images, training=False):
        """Encode images, decode the mean of q(z | x): the reconstruction, (N, ...)."""
        return self.decode(self.encode(images, training)[0])

    # --- training -----------------------------------------------------------------------------------------------------

    def fit(self, x=None, *args, validation_data=None, **options):
        """Train, as every Keras model does; but Bernoulli pixels outside [0, 1] are refused where they are arrays.

        Raises
        ------
        ValueError
            x or validation_data holds pixels outside [0, 1]. In a stream of batches they make the loss NaN.
        """
        for name, images in (("x", x), ("validation_data", validation_data)):
            self._check_range(images[0] if isinstance(images, (tuple, list)) else images, name)
        return super().fit(x, *args, validation_data=validation_data, **options)

    def evaluate(self, x=None, *args, **options):
        """Compute the loss, as every Keras model does, after the same look at x as `fit`."""
        self._check_range(x, "x")
        return super().evaluate(x, *args, **options)

    def _check_range(self, images, name):
        if self.options["likelihood"] == "bernoulli":
            check_coins(images, name)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the negative bound, averaged over the images x (N, ...); targets and weights are not used."""
        if self.options["samples"] > 1:
            repeated = ops.repeat(x, self.options["samples"], axis=0)  # every image K times in a row
            weights = self.log_weight(repeated, self._noise(repeated), training)
            return -ops.mean(
                importance_weighted_bound(ops.transpose(ops.reshape(weights, (-1, self.options["samples"]))))
            )
        mean, log_variance = self.encode(x, training)
        latents = reparameterize(mean, log_variance, self._noise(x))
        reconstruction = ops.mean(self.log_likelihood(x, latents, training))
        kl = ops.mean(gaussian_kl_terms(mean, log_variance), axis=0)
        self.trackers["reconstruction"].update_state(-reconstruction)
        self.trackers["kl"].update_state(ops.sum(kl))
        return ops.multiply(ops.sum(ops.maximum(kl, self.options["free_nats"])), self.beta) - reconstruction

    def _noise(self, images):
        return keras.random.normal((ops.shape(images)[0], self.latent_dim), dtype=self.wide, seed=self.random)

    # --- what a trained model is asked --------------------------------------------------------------------------------

    def sample(self, n, seed=0):
        """Draw n images: latents from the prior, decoded.

        Parameters
        ----------
        n : int
        seed : int
            Of the latents; the same seed gives the same latents for every model with as many of them.

        Returns
        -------
        ndarray of float32, (n, ...)
            The mean of each pixel (for coins, the probability of a 1): no noise of the pixels is added.
        """
        n = whole_number("n", n, 1)
        latents = np.random.default_rng(seed).standard_normal((n, self.latent_dim)).astype("float32")
        return self._in_chunks(self.decode, latents)

    def reconstruct(self, images):
        """Return the mean of the pixels at the mean of q(z | x), as an ndarray (N, ...)."""
        return self._in_chunks(self.call, images)

    def posterior(self, images):
        """Return mean and log-variance of q(z | x) as ndarrays, each (N, latent_dim)."""
        both = self._in_chunks(lambda chunk: ops.stack(self.encode(chunk), axis=1), images)
        return both[:, 0], both[:, 1]

    def terms(self, images, samples=1, seed=0):
        """Return the two terms of the bound for each image: E_q[log p(x | z)] and D(q(z | x) ‖ p(z)), in nats.

        Parameters
        ----------
        images : (N, ...)
        samples : int
            Over which the expectation is averaged; the divergence is exact.
        seed : int

        Returns
        -------
        reconstruction, kl : ndarrays of float64, each (N,)
            Their difference is the evidence lower bound.
        """
        mean, log_variance = (a.astype("float64") for a in self.posterior(images))

        def log_likelihood(chunk, noise):
            return self.log_likelihood(chunk, reparameterize(*self.encode(chunk), noise))

        draws = [self._in_chunks(log_likelihood, images, noise) for noise in self._noises(len(images), samples, seed)]
        return np.mean(draws, axis=0, dtype="float64"), ops.convert_to_numpy(gaussian_kl(mean, log_variance))

    def elbo(self, images, samples=1, seed=0):
        """Return the evidence lower bound of each image in nats, (N,): the difference of `terms`."""
        reconstruction, kl = self.terms(images, samples, seed)
        return reconstruction - kl

    def bound(self, images, samples=100, seed=0):
        """Estimate the importance-weighted bound of each image in nats, (N,): in the mean, tighter than the ELBO.

        Parameters
        ----------
        images : (N, ...)
        samples : int
            K in `importance_weighted_bound`.
        seed : int

        Returns
        -------
        ndarray of float64, (N,)
        """
        samples = whole_number("samples", samples, 1)
        n, together = len(images), max(1, CHUNK // max(1, len(images)))  # a few images: many samples of each at a time
        noises, weights = self._noises(n, samples, seed), []
        while block := list(itertools.islice(noises, together)):
            repeated = np.concatenate([images] * len(block))
            weights.append(self._in_chunks(self.log_weight, repeated, np.concatenate(block)).reshape(-1, n))
        return ops.convert_to_numpy(importance_weighted_bound(np.concatenate(weights).astype("float64")))

    def _noises(self, n, samples, seed):
        rng = np.random.default_rng(seed)
        return (rng.standard_normal((n, self.latent_dim)).astype("float32") for _ in range(samples))

    def _in_chunks(self, f, *arrays):
        """Compute f of long arrays piece by piece, so that memory stays small."""
        if not len(arrays[0]):
            raise ValueError(f"images must be at least one, got the shape {np.shape(arrays[0])}")
        starts = range(0, len(arrays[0]), CHUNK)
        pieces = [[np.asarray(a[i : i + CHUNK], self.wide) for a in arrays] for i in starts]
        return np.concatenate([ops.convert_to_numpy(f(*piece)) for piece in pieces])

    def get_config(self):
        """Give the arguments from which the model is made again."""
        parts = {name: keras.saving.serialize_keras_object(getattr(self, name)) for name in ("encoder", "decoder")}
        return {"name": self.name, **parts, **self.options}

    @classmethod
    def from_config(cls, config):
        """Make a model again; its weights, beta among them, are loaded separately."""
        parts = {name: keras.saving.deserialize_keras_object(config[name]) for name in ("encoder", "decoder")}
        return cls(**config | parts)


def reparameterize(mean, log_variance, noise):
    """Turn standard normal noise into a sample of N(mean, exp(log_variance)): mean + exp(log_variance / 2) * noise.

    The sample is a differentiable function of mean and log-variance, which a plain draw is not.

    Parameters
    ----------
    mean, log_variance, noise : (N, D)

    Returns
    -------
    (N, D)
    """
    return mean + ops.exp(log_variance / 2) * noise


# --- builders --------------------------------------------------------------------------------------------------------


def dense_vae(shape=(28, 28, 1), latent_dim=8, hidden=(256,), likelihood="bernoulli", **options):
    """Build a VAE of dense layers.

    Parameters
    ----------
    shape : tuple of int
        Of an image, such as (28, 28, 1); also of a point, (2,).
    latent_dim : int, at least 1
    hidden : sequence of int
        Units of the encoder's hidden layers; the decoder has them in reverse. Empty: a linear VAE.
    likelihood : {"bernoulli", "gaussian"}
        Pixels that are 0 or 1, or real numbers.
    **options
        Of `VAE`: ``sigma``, standard deviation of a pixel for "gaussian", by default learned; ``beta``, weight of the
        divergence in the loss; ``free_nats``, below which a latent pays nothing; ``samples``, above 1 for the
        importance-weighted bound; ``seed`` of the noise in training; ``name``.

    Returns
    -------
    VAE
    """
    shape, latent_dim = sides("shape", shape), whole_number("latent_dim", latent_dim, 1)
    hidden = sides("hidden", hidden) if np.size(hidden) else ()
    x = inputs = Input(shape, name="image")
    x = layers.Flatten(name="flatten")(x)
    for i, units in enumerate(hidden):
        x = layers.Dense(units, "relu", kernel_initializer="he_normal", name=f"encoder{i}")(x)
    encoder = ImageNetwork(inputs, _heads(x, latent_dim), name="encoder")

    x = latents = Input((latent_dim,), name="latent")
    for i, units in enumerate(reversed(hidden)):
        x = layers.Dense(units, "relu", kernel_initializer="he_normal", name=f"decoder{i}")(x)
    x = layers.Dense(math.prod(shape), name="pixels")(x)
    decoder = Model(latents, layers.Reshape(shape, name="image")(x), name="decoder")
    return VAE(encoder, decoder, likelihood, **options)


def conv_vae(shape=(32, 32, 3), latent_dim=16, width=16, likelihood="gaussian", **options):
    """Build a VAE of strided and transposed convolutions: halved twice on the way in, doubled twice on the way out.

    Parameters
    ----------
    shape : (int, int, int)
        Height, width and channels; height and width divisible by 4.
    latent_dim : int, at least 1
    width : int, at least 1
        Channels of the first convolution; the second has twice as many.
    likelihood : {"bernoulli", "gaussian"}
        Pixels that are 0 or 1, or real numbers.
    **options
        Of `VAE`: ``sigma``, standard deviation of a pixel for "gaussian", by default learned; ``beta``, weight of the
        divergence in the loss; ``free_nats``, below which a latent pays nothing; ``samples``, above 1 for the
        importance-weighted bound; ``seed`` of the noise in training; ``name``.

    Returns
    -------
    VAE

    Raises
    ------
    ValueError
        If height or width is not divisible by 4.
    """
    height, breadth, channels = shape = image_shape("shape", shape)
    latent_dim, width = whole_number("latent_dim", latent_dim, 1), whole_number("width", width, 1)
    if height % 4 or breadth % 4:
        raise ValueError(f"shape must have a height and a width divisible by 4, got {shape}")
    halve = {"strides": 2, "padding": "same", "activation": "relu", "kernel_initializer": "he_normal"}
    x = inputs = Input(shape, name="image")
    x = layers.Conv2D(width, 4, **halve, name="encoder_half")(x)
    x = layers.Conv2D(2 * width, 4, **halve, name="encoder_quarter")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(8 * width, "relu", kernel_initializer="he_normal", name="encoder_dense")(x)
    encoder = ImageNetwork(inputs, _heads(x, latent_dim), name="encoder")

    x = latents = Input((latent_dim,), name="latent")
    small = (height // 4, breadth // 4, 2 * width)
    x = layers.Dense(8 * width, "relu", kernel_initializer="he_normal", name="decoder_dense")(x)
    x = layers.Dense(math.prod(small), "relu", kernel_initializer="he_normal", name="decoder_quarter")(x)
    x = layers.Reshape(small, name="grid")(x)
    x = layers.Conv2DTranspose(width, 4, **halve, name="decoder_half")(x)
    x = layers.Conv2DTranspose(channels, 4, strides=2, padding="same", name="image")(x)
    return VAE(encoder, Model(latents, x, name="decoder"), likelihood, **options)


def _heads(x, latent_dim):
    """Mean and log-variance of q(z | x). The log-variance starts near 0: q starts as wide as the prior."""
    small = keras.initializers.RandomNormal(stddev=0.01)
    mean = layers.Dense(latent_dim, name="mean")(x)
    return [mean, layers.Dense(latent_dim, kernel_initializer=small, name="log_variance")(x)]
