"""Spectral normalization: a layer whose matrix is divided by its largest singular value.

W̄ = W / σ(W) makes a dense layer change distances by a factor of at most 1. The division is part of the forward pass:
the trained variable stays W, and the gradient goes through σ as well,

    ∂L/∂W = (∂L/∂W̄ − ⟨∂L/∂W̄, W̄⟩ u vᵀ) / σ,

since ∂σ/∂W = u vᵀ for the singular vectors u and v. (``keras.layers.SpectralNormalization`` assigns W / σ to the
variable instead, and so forgets that σ depends on W.)

T. Miyato, T. Kataoka, M. Koyama, Y. Yoshida: Spectral normalization for generative adversarial networks, ICLR 2018,
arXiv:1802.05957.
"""

import keras
from keras import layers, ops


def power_iteration(matrix, u, steps=1):
    """Turn a guess of the first singular vector towards it: v ← Wᵀu / ‖Wᵀu‖, u ← W v / ‖W v‖.

    Parameters
    ----------
    matrix : (rows, columns)
    u : (rows,)
        A guess of the left singular vector.
    steps : int, at least 0
        Each shrinks the angle's tangent by about (σ₂ / σ₁)².

    Returns
    -------
    u : (rows,)
        After ``steps`` steps.
    v : (columns,)
        The right vector that goes with it.

    References
    ----------
    Miyato et al. 2018, arXiv:1802.05957, algorithm 1.
    """
    for _ in range(steps):
        v = _unit(ops.matmul(ops.transpose(matrix), u))
        u = _unit(ops.matmul(matrix, v))
    return u, _unit(ops.matmul(ops.transpose(matrix), u))


def spectral_norm(matrix, u, v):
    """The largest singular value, σ = uᵀ W v, with u and v held fixed where it is differentiated.

    Parameters
    ----------
    matrix : (rows, columns)
    u, v : (rows,), (columns,)
        First singular vectors. With others of length 1, σ comes out too small.

    Returns
    -------
    ()
    """
    u, v = ops.stop_gradient(u), ops.stop_gradient(v)
    return ops.sum(u * ops.matmul(matrix, v))


class _Spectral:
    """What the two layers below share: a vector u, and a kernel divided by σ.

    ``training=True`` takes one more step of power iteration and keeps u; else u stays, and so does what the layer
    computes.
    """

    def build(self, input_shape):
        super().build(input_shape)
        self.u = self.add_weight(
            name="u",
            shape=(self.kernel.shape[-1],),
            initializer=keras.initializers.RandomNormal(stddev=1.0, seed=0),
            trainable=False,
            autocast=False,
            aggregation="only_first_replica",
        )

    def save_own_variables(self, store):
        """Save u as well: Keras's own layers know of kernel and bias only."""
        layers.Layer.save_own_variables(self, store)

    def load_own_variables(self, store):
        """Load what was saved."""
        layers.Layer.load_own_variables(self, store)

    def normalized_kernel(self, training=False):
        """Divide the kernel, read as a matrix (outputs, everything else), by its largest singular value."""
        # σ is a sum of squares, too much for half precision: it is taken in u's own type
        kernel = ops.cast(ops.convert_to_tensor(self.kernel), self.u.dtype)
        matrix = ops.transpose(ops.reshape(kernel, (-1, kernel.shape[-1])))
        fixed = ops.stop_gradient(matrix)
        u, v = power_iteration(fixed, _unit(ops.convert_to_tensor(self.u)), steps=1 if training else 0)
        if training:
            self.u.assign(u)
        return ops.cast(kernel / spectral_norm(matrix, u, v), self.compute_dtype)


@keras.saving.register_keras_serializable("course_lib")
class SpectralDense(_Spectral, layers.Dense):
    """A dense layer with the matrix W / σ(W). Arguments as for ``keras.layers.Dense``."""

    def call(self, inputs, training=False):
        """(N, ..., inputs) -> (N, ..., units)."""
        x = ops.matmul(inputs, self.normalized_kernel(training))
        x = x + self.bias if self.use_bias else x
        return self.activation(x)


@keras.saving.register_keras_serializable("course_lib")
class SpectralConv2D(_Spectral, layers.Conv2D):
    """A convolution with the kernel W / σ(W), W read as a matrix (filters, height · width · channels).

    Arguments as for ``keras.layers.Conv2D``. The convolution itself may still stretch an image by more than 1, at most
    by √(kernel height · kernel width), since the patches that it multiplies overlap.
    """

    def call(self, inputs, training=False):
        """(N, H, W, C) -> (N, H', W', filters)."""
        x = ops.conv(
            inputs,
            self.normalized_kernel(training),
            strides=self.strides,
            padding=self.padding,
            data_format=self.data_format,
            dilation_rate=self.dilation_rate,
        )
        x = x + self.bias if self.use_bias else x
        return self.activation(x)


def _unit(vector):
    return vector / (ops.sqrt(ops.sum(ops.square(vector))) + 1e-12)
