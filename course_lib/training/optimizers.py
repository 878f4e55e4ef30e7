"""What a step written by hand asks of an optimizer: variables made before it, gradients that float16 can hold."""

import keras

from course_lib.backend import replicas, value_and_grad

LOSS_SCALE = 256.0  # lifts gradients of 3e-10 above the 6e-8 where float16 ends, and leaves room for sums of 256


def adam(learning_rate):
    """Adam as for players of a game: a short memory, beta_1 = 0.5, since the other one moves too."""
    return keras.optimizers.Adam(learning_rate, beta_1=0.5)


def built(optimizer, *models):
    """Make an optimizer's variables, for all weights of some networks: a compiled step may not make any.

    Parameters
    ----------
    optimizer : keras.optimizers.Optimizer
        For networks that compute in float16 one without a ``loss_scale_factor`` is given one.
    *models : keras.Model

    Returns
    -------
    keras.optimizers.Optimizer
        The same.
    """
    half = any(layer.compute_dtype == "float16" for model in models for layer in model._flatten_layers())
    if half and not isinstance(optimizer, keras.optimizers.LossScaleOptimizer) and not optimizer.loss_scale_factor:
        optimizer.loss_scale_factor = LOSS_SCALE
    optimizer.build([weight for model in models for weight in model.trainable_variables])
    return optimizer


def minimize(optimizer, models, objective):
    """One step of an optimizer down the gradient of an objective, by all trainable weights of some networks.

    Parameters
    ----------
    optimizer : keras.optimizers.Optimizer
        That `built` has made ready for these networks, in this order.
    models : sequence of keras.Model
    objective : callable
        ``objective()`` gives what is minimized, a tensor of shape (), and anything else that is to be kept.

    Returns
    -------
    The second that ``objective`` gives.
    """
    weights = [weight for model in models for weight in model.trainable_variables]

    def scaled(_):
        value, kept = objective()
        return optimizer.scale_loss(value), kept

    (_, kept), gradients = value_and_grad(scaled, has_aux=True)(weights)
    # the mean gradient: an optimizer adds up what all replicas bring
    optimizer.apply([gradient / replicas() for gradient in gradients], weights)
    return kept
