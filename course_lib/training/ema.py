"""A moving average of a network's weights. GANs circle around their goal; the middle of the circle is nearer to it."""

import keras
from keras import ops

from course_lib._validate import real_number


class WeightAverage:
    """The average θ̄ ← d θ̄ + (1 − d) θ over the steps of training, of all floating-point weights of a model.

    The decay d grows from 0.1 with the steps t that lie behind, d = min(decay, (1 + t) / (10 + t)): early weights are
    forgotten soon. Weights in half precision are averaged in float32: most of (1 − d) (θ − θ̄) would be rounded away.

    Parameters
    ----------
    model : keras.Model
    decay : float, above 0 and below 1
        Weights of about 1 / (1 − decay) steps take part.

    References
    ----------
    Y. Yazıcı et al.: The unusual effectiveness of averaging in GAN training, ICLR 2019, arXiv:1806.04498, eq. (5).
    """

    def __init__(self, model, decay):
        self.model, self.decay = model, real_number("decay", decay, above=0, below=1)
        self.followed = [weight for weight in model.variables if keras.backend.is_float_dtype(weight.dtype)]
        self.variables = [
            keras.Variable(
                ops.convert_to_numpy(weight).astype(dtype := "float64" if weight.dtype == "float64" else "float32"),
                trainable=False, dtype=dtype, aggregation="mean",
            )
            for weight in self.followed
        ]  # fmt: skip

    def restart(self):
        """Let the average be the weights as they are now."""
        for average, weight in zip(self.variables, self.followed, strict=True):
            average.assign(weight)

    def update(self, step):
        """Move the average towards the weights as they are after step number ``step`` (from 0; may be a tensor)."""
        for average, weight in zip(self.variables, self.followed, strict=True):
            count = ops.cast(step, average.dtype)
            decay = ops.minimum(self.decay, (1 + count) / (10 + count))
            average.assign(decay * average + (1 - decay) * ops.cast(weight, average.dtype))

    def as_model(self):
        """Build a copy of the model with the averaged weights.

        Returns
        -------
        keras.Model
        """
        copy = keras.models.clone_model(self.model)
        targets = [weight for weight in copy.variables if keras.backend.is_float_dtype(weight.dtype)]
        for target, average in zip(targets, self.variables, strict=True):
            target.assign(average)
        return copy
