"""The mean IoU as a metric of `fit`: `confusion.ConfusionMatrix` inside a compiled step, on logits."""

import keras
import numpy as np
from keras import ops

from course_lib._validate import whole_number
from course_lib.losses import _inputs

CARRY = 2**30  # counts are kept as high * CARRY + low, because JAX and many accelerators have no 64-bit numbers


@keras.saving.register_keras_serializable("course_lib")
class MeanIoU(keras.metrics.Metric):
    """Mean intersection over union of the classes that appear, over all pixels since the last reset.

    For ``model.compile(metrics=[MeanIoU(n_classes)])``. It takes what the losses in `course_lib.losses` take: logits
    (N, ..., C), the decision being the largest, or with one channel above 0; and class ids or one-hot targets.
    (``keras.metrics.MeanIoU`` cuts whatever it gets down to whole numbers, so that logits and probabilities
    become class 0 and worse, and leaves out labels that are no class without a word: here the result is then NaN, and
    also where a pixel that counts has a logit that is NaN.)

    Parameters
    ----------
    n_classes : int
        2 for logits with one channel.
    ignore_class : int, optional
        Pixels with this label are not counted. If it is a class, that class is left out of the mean.
    name : str
        What the history of `fit` calls it.
    dtype : str, optional
        Of the result; by default Keras's float type.

    Raises
    ------
    TypeError
        n_classes or ignore_class is no whole number. By `update_state`: logits that are no floating-point numbers.
    ValueError
        n_classes is below 2. By `update_state`: logits with another number of channels; sample weights.

    Notes
    -----
    Counts are whole numbers throughout: exact for up to 2⁶⁰ pixels, with up to 2²⁴ in an image and 2³⁰ in a batch.
    """

    def __init__(self, n_classes, ignore_class=None, name="mean_iou", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.n_classes = whole_number("n_classes", n_classes, 2)
        self.ignore_class = None if ignore_class is None else whole_number("ignore_class", ignore_class)
        shape = (self.n_classes, self.n_classes)
        self.low = self.add_variable(shape, "zeros", dtype="int32", name="low")
        self.high = self.add_variable(shape, "zeros", dtype="int32", name="high")
        self.unknown = self.add_variable((), "zeros", dtype="float32", name="unknown")

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Count the pixels of one batch.

        Parameters
        ----------
        y_true : class ids (N, ...) or (N, ..., 1), or one-hot (N, ..., n_classes)
        y_pred : (N, ..., n_classes), or (N, ..., 1) for two classes
            Logits.
        sample_weight : None
            Pixels are counted, not weighed: leave some out with ``ignore_class``.
        """
        if sample_weight is not None:
            raise ValueError("sample_weight must be None: pixels are counted; leave some out with ignore_class")
        y_pred = _inputs.read_logits(y_pred)
        channels = y_pred.shape[-1]
        if channels != self.n_classes and not (channels == 1 and self.n_classes == 2):
            raise ValueError(f"y_pred must have {self.n_classes} channels of logits, got the shape {y_pred.shape}")
        target, logits, weight = _inputs.read(y_true, y_pred, ignore_class=self.ignore_class)
        # NaN marks a label that is no class; and a NaN among the logits is no decision
        known = (weight == weight) & ops.all(logits == logits, axis=-1, keepdims=True)
        keep = ops.cast(known & (weight > 0), "float32")
        keep = ops.reshape(keep, (ops.shape(keep)[0], -1, 1))
        true, predicted = keep * self._one_hot(target, 0.5), self._one_hot(logits, 0.0)
        # a product of matrices counts pairs, for each image by itself: below 2^24 float32 counts exactly
        counts = ops.matmul(ops.transpose(true, (0, 2, 1)), predicted)
        low = self.low + ops.sum(ops.cast(counts, "int32"), axis=0)
        self.low.assign(low % CARRY)
        self.high.assign(self.high + low // CARRY)
        self.unknown.assign(self.unknown + ops.sum(ops.cast(~known, "float32")))

    def _one_hot(self, values, threshold):
        """The decision for each pixel, (N, pixels, n_classes), float32."""
        values = ops.reshape(values, (ops.shape(values)[0], -1, values.shape[-1]))
        foreground = values[..., 0] > threshold
        ids = foreground if values.shape[-1] == 1 else ops.argmax(values, axis=-1)
        return ops.one_hot(ops.cast(ids, "int32"), self.n_classes, dtype="float32")

    def result(self):
        """The mean IoU so far; NaN if nothing was counted, a label was no class, or a logit was NaN."""
        counts = ops.cast(self.high, "float32") * CARRY + ops.cast(self.low, "float32")
        hits = ops.diagonal(counts)
        union = ops.sum(counts, axis=0) + ops.sum(counts, axis=1) - hits
        shares = ops.cast(union > 0, "float32")
        if self.ignore_class is not None:
            shares = shares * ops.cast(ops.arange(self.n_classes) != self.ignore_class, "float32")
        mean = ops.sum(shares * _inputs.ratio(hits, union)) / ops.sum(shares)
        return ops.where(self.unknown > 0, np.nan, mean)

    def confusion_matrix(self):
        """Return the counts so far as `metrics.confusion_matrix` gives them: int64 (n_classes, n_classes)."""
        low, high = (np.asarray(ops.convert_to_numpy(v), dtype=np.int64) for v in (self.low, self.high))
        return high * CARRY + low

    def get_config(self):
        """Everything that is needed to make the metric again."""
        return {"n_classes": self.n_classes, "ignore_class": self.ignore_class, "name": self.name, "dtype": self.dtype}
