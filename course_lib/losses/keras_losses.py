"""The losses of segmentation as classes of Keras, for ``model.compile(loss=Dice(per_batch=True))``."""

import inspect

import keras
import numpy as np
from keras import ops

from course_lib._validate import one_of
from course_lib.losses._inputs import REDUCTIONS, check_values, check_weights
from course_lib.losses._paragraphs import filled_in
from course_lib.losses.boundaries import boundary
from course_lib.losses.compound import dice_cross_entropy
from course_lib.losses.lovasz_softmax import lovasz
from course_lib.losses.overlap import dice, focal_tversky, generalized_dice, jaccard, tversky
from course_lib.losses.pixelwise import cross_entropy, focal


@filled_in
class SegmentationLoss(keras.losses.Loss):
    """A loss of segmentation with its options fixed, for ``model.compile(loss=Dice(per_batch=True))``.

    ``sample_weight`` of `fit` becomes ``weights``: it stands inside the sums, and the mean is divided by the sum of
    weights. (Keras's own losses multiply it onto the finished values and divide by their number.)

    Parameters
    ----------
    %(reduction_of_class)s
    %(name_and_dtype)s
    **options
        Keyword arguments of the function, but for ``weights``.

    Raises
    ------
    %(errors_of_class)s
    """

    function = None

    def __init_subclass__(cls, **kwargs):
        """Give each class its function's options with their defaults as its signature."""
        super().__init_subclass__(**kwargs)

        def __init__(self, **options):
            SegmentationLoss.__init__(self, **options)

        options = cls._of_function()
        options += [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None) for name in ("name", "dtype")]
        itself = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
        __init__.__signature__ = inspect.Signature([itself, *options])
        cls.__init__ = vars(cls).get("__init__", __init__)

    @classmethod
    def _of_function(cls):
        """The parameters that the class shares with its function: its options, and the reduction."""
        parameters = inspect.signature(cls.function).parameters.values()
        return [p for p in parameters if p.kind is p.KEYWORD_ONLY and p.name != "weights"]

    def __init__(self, *, reduction="mean", name=None, dtype=None, **options):
        reduction = one_of("reduction", "none" if reduction is None else reduction, REDUCTIONS)
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        known = {parameter.name for parameter in self._of_function()} - {"reduction"}
        if unknown := sorted(set(options) - known):
            raise TypeError(
                f"{type(self).__name__} has no option {', '.join(unknown)}; it has {', '.join(sorted(known))}"
            )
        self.options = {
            key: np.asarray(value).tolist() if isinstance(value, (tuple, np.ndarray)) else value
            for key, value in options.items()
        }

    def __call__(self, y_true, y_pred, sample_weight=None):
        """Compute the loss of one batch.

        Parameters
        ----------
        y_true : targets as the function takes them
        y_pred : (N, ..., C)
            Logits, never probabilities.
        sample_weight : (N,), (N, ...) or (N, ..., 1), optional
            One weight for each image or each pixel, at least 0.

        Returns
        -------
        ()
            Or what ``reduction="none"`` leaves.
        """
        if "y_true" in inspect.signature(self.function).parameters:  # Keras makes tensors of arrays: look at them now
            shape = np.shape(y_pred) if isinstance(y_pred, list) else tuple(y_pred.shape)
            check_values(y_true, shape, self.options.get("ignore_class"))
        check_weights(sample_weight)
        # the weights travel with the targets, because `call` needs both
        return super().__call__(y_true if sample_weight is None else (y_true, sample_weight), y_pred)

    def call(self, y_true, y_pred):
        """Compute the loss of one batch; a number is given as (1,), which Keras divides among several devices."""
        y_true, weights = y_true if isinstance(y_true, tuple) else (y_true, None)
        values = self.function(y_true, y_pred, weights=weights, reduction=self.reduction, **self.options)
        return values if self.reduction == "none" else ops.expand_dims(values, 0)

    def get_config(self):
        """Everything that is needed to make the loss again."""
        return {"name": self.name, "reduction": self.reduction, "dtype": self.dtype, **self.options}


@keras.saving.register_keras_serializable("course_lib")
@filled_in
class CrossEntropy(SegmentationLoss):
    """Cross-entropy, -log of the probability given to the true class.

    The function `cross_entropy` for ``model.compile(loss=CrossEntropy())``. The network gives logits (N, ..., C);
    sample weights of `fit` stand inside the sums.

    Parameters
    ----------
    %(class_weights_of_pixels)s
    %(ignore_class_of_pixels)s
    %(reduction_of_pixels)s
    %(name_and_dtype)s

    Raises
    ------
    %(errors_of_class)s
    """

    function = staticmethod(cross_entropy)


@keras.saving.register_keras_serializable("course_lib")
@filled_in
class Focal(SegmentationLoss):
    """Focal loss, -(1 - p_t)^gamma log p_t: cross-entropy, turned down where the pixel is already right.

    The function `focal` for ``model.compile(loss=Focal())``. The network gives logits (N, ..., C);
    sample weights of `fit` stand inside the sums.

    Parameters
    ----------
    %(gamma_of_focal)s
    %(alpha_of_focal)s
    %(class_weights_of_pixels)s
    %(ignore_class_of_pixels)s
    %(reduction_of_pixels)s
    %(name_and_dtype)s

    Raises
    ------
    %(errors_of_class)s
    """

    function = staticmethod(focal)


@keras.saving.register_keras_serializable("course_lib")
@filled_in
class Dice(SegmentationLoss):
    """Soft Dice loss, 1 - 2 sum p g / (sum p + sum g), of each class.

    The function `dice` for ``model.compile(loss=Dice())``. The network gives logits (N, ..., C);
    sample weights of `fit` stand inside the sums.

    Parameters
    ----------
    %(form)s
    %(smooth)s
    %(empty)s
    %(per_batch)s
    %(class_weights_of_regions)s
    %(ignore_class_of_regions)s
    %(reduction_of_regions)s
    %(name_and_dtype)s

    Raises
    ------
    %(errors_of_class)s
    """

    function = staticmethod(dice)


@keras.saving.register_keras_serializable("course_lib")
@filled_in
class Jaccard(SegmentationLoss):
    """Soft Jaccard loss, 1 - I / (S - I), of each class: I the intersection, S the total size.

    The function `jaccard` for ``model.compile(loss=Jaccard())``. The network gives logits (N, ..., C);
    sample weights of `fit` stand inside the sums.

    Parameters
    ----------
    %(form)s
    %(smooth)s
    %(empty)s
    %(per_batch)s
    %(class_weights_of_regions)s
    %(ignore_class_of_regions)s
    %(reduction_of_regions)s
    %(name_and_dtype)s

    Raises
    ------
    %(errors_of_class)s
    """

    function = staticmethod(jaccard)


@keras.saving.register_keras_serializable("course_lib")
@filled_in
class Tversky(SegmentationLoss):
    """Tversky loss, 1 - sum p g / (sum p g + alpha sum p (1 - g) + beta sum (1 - p) g).

    The function `tversky` for ``model.compile(loss=Tversky())``. The network gives logits (N, ..., C);
    sample weights of `fit` stand inside the sums.

    Parameters
    ----------
    %(alpha_beta)s
    %(smooth)s
    %(empty)s
    %(per_batch)s
    %(class_weights_of_regions)s
    %(ignore_class_of_regions)s
    %(reduction_of_regions)s
    %(name_and_dtype)s

    Raises
    ------
    %(errors_of_class)s
    """

    function = staticmethod(tversky)


@keras.saving.register_keras_serializable("course_lib")
@filled_in
class FocalTversky(SegmentationLoss):
    """Focal Tversky loss, the Tversky loss of each class to the power 1 / gamma.

    The function `focal_tversky` for ``model.compile(loss=FocalTversky())``. The network gives logits (N, ..., C);
    sample weights of `fit` stand inside the sums.

    Parameters
    ----------
    %(alpha_beta)s
    %(gamma_of_tversky)s
    %(smooth)s
    %(empty)s
    %(per_batch)s
    %(class_weights_of_regions)s
    %(ignore_class_of_regions)s
    %(reduction_of_regions)s
    %(name_and_dtype)s

    Raises
    ------
    %(errors_of_class)s
    """

    function = staticmethod(focal_tversky)


@keras.saving.register_keras_serializable("course_lib")
@filled_in
class GeneralizedDice(SegmentationLoss):
    """Generalized Dice loss: one ratio for all classes, each weighted by 1 / size².

    The function `generalized_dice` for ``model.compile(loss=GeneralizedDice())``. The network gives logits (N, ..., C);
    sample weights of `fit` stand inside the sums.

    Parameters
    ----------
    %(empty_of_generalized)s
    %(per_batch)s
    %(ignore_class_of_regions)s
    %(reduction_of_regions)s
    %(name_and_dtype)s

    Raises
    ------
    %(errors_of_class)s
    """

    function = staticmethod(generalized_dice)


@keras.saving.register_keras_serializable("course_lib")
@filled_in
class Lovasz(SegmentationLoss):
    """Lovász loss: the convex extension of the Jaccard loss.

    The function `lovasz` for ``model.compile(loss=Lovasz())``. The network gives logits (N, ..., C);
    sample weights of `fit` stand inside the sums.

    Parameters
    ----------
    %(empty_of_lovasz)s
    %(per_batch)s
    %(class_weights_of_regions)s
    %(ignore_class_of_regions)s
    %(reduction_of_regions)s
    %(name_and_dtype)s

    Raises
    ------
    %(errors_of_class)s
    """

    function = staticmethod(lovasz)


@keras.saving.register_keras_serializable("course_lib")
@filled_in
class Boundary(SegmentationLoss):
    """Boundary loss: probability times signed distance; the targets of `fit` are signed distances.

    The function `boundary` for ``model.compile(loss=Boundary())``. The network gives logits (N, ..., C);
    sample weights of `fit` stand inside the sums.

    Parameters
    ----------
    %(class_weights_of_boundary)s
    %(reduction_of_pixels)s
    %(name_and_dtype)s

    Raises
    ------
    %(errors_of_class)s
    """

    function = staticmethod(boundary)


@keras.saving.register_keras_serializable("course_lib")
@filled_in
class DiceCrossEntropy(SegmentationLoss):
    """Dice loss plus cross-entropy, each with its own mean.

    The function `dice_cross_entropy` for ``model.compile(loss=DiceCrossEntropy())``. The network gives logits
    (N, ..., C); sample weights of `fit` stand inside the sums.

    Parameters
    ----------
    %(parts)s
    %(form)s
    %(smooth)s
    %(empty)s
    %(per_batch)s
    %(class_weights_of_both)s
    %(ignore_class_of_regions)s
    %(reduction_of_both)s
    %(name_and_dtype)s

    Raises
    ------
    %(errors_of_class)s
    """

    function = staticmethod(dice_cross_entropy)
