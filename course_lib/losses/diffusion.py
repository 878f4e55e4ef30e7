"""What a denoiser is trained with: noisy images in closed form, and squared errors of clean image, noise or velocity.

Two clocks. In diffusion ᾱ says how much of the image is left, from 1 to 0, and the noise gets √(1 - ᾱ). In flow
matching t runs from 0, the noise, to 1, the image. Losses give one number for each sample, (N,): the **mean** over
pixels and channels, so that a loss of 1 is the error of a network that says 0 of standard normal noise.

Arguments are tensors or arrays. float64 is computed in float64, everything else in float32. The same formulas stand in
NumPy in `course_lib.classical.diffusion`, which also checks ranges: here values are not looked at, so that steps can be
compiled.
"""

import keras
from keras import ops

from course_lib._docs import filled
from course_lib._validate import fits, one_of, real_number, refuse_masked, same_shape

KINDS = ("clean", "noise", "velocity")
FLOOR = 0.05

filled_in = filled(
    pair="""
        clean, noise : (N, ...)
            Images, and draws from the standard normal distribution.""",
    alpha_bar="""
        alpha_bar : number, or (N,)
            From 1, the image, to 0, the noise; not its root.""",
    t="""
        t : number, or (N,)
            From 0, the noise, to 1, the image.""",
    floor="""
        floor : float, above 0
            The time that is left, 1 - t, is not taken smaller than this, or the last moments would count without
            limit.""",
    errors="""
        ValueError
            Shapes that do not go together.""",
)


@filled_in
def add_noise(clean, noise, alpha_bar):
    """A noisy image of diffusion: √ᾱ clean + √(1 - ᾱ) noise.

    Parameters
    ----------
    %(pair)s
    %(alpha_bar)s

    Returns
    -------
    (N, ...)

    Raises
    ------
    %(errors)s

    References
    ----------
    J. Ho, A. Jain, P. Abbeel: Denoising diffusion probabilistic models, 2020, arXiv:2006.11239, equation 4.
    """
    clean, noise = _alike(clean=clean, noise=noise)
    alpha_bar = _each("alpha_bar", alpha_bar, clean)
    return ops.sqrt(alpha_bar) * clean + ops.sqrt(1 - alpha_bar) * noise


@filled_in
def flow_point(clean, noise, t):
    """A noisy image of flow matching, on the straight line from noise to image: t · clean + (1 - t) · noise.

    Parameters
    ----------
    %(pair)s
    %(t)s

    Returns
    -------
    (N, ...)

    Raises
    ------
    %(errors)s

    References
    ----------
    Y. Lipman et al.: Flow matching for generative modeling, 2022, arXiv:2210.02747.
    """
    clean, noise = _alike(clean=clean, noise=noise)
    t = _each("t", t, clean)
    return t * clean + (1 - t) * noise


@filled_in
def velocity_from_clean(x, clean, t, floor=FLOOR):
    """The velocity from x to an estimate of the clean image in the time that is left: (clean - x) / max(1 - t, floor).

    Parameters
    ----------
    x, clean : (N, ...)
        Noisy images, and what the network takes for the clean ones.
    %(t)s
    %(floor)s

    Returns
    -------
    (N, ...)

    Raises
    ------
    %(errors)s
    """
    x, clean = _alike(x=x, clean=clean)
    floor = real_number("floor", floor, above=0)
    return (clean - x) / ops.maximum(1 - _each("t", t, x), floor)


@filled_in
def prediction_loss(prediction, clean, noise, alpha_bar, kind="noise"):
    """Mean squared error of a network of diffusion that answers noise, clean image or v.

    Parameters
    ----------
    prediction : (N, ...)
        The network's answer to ``add_noise(clean, noise, alpha_bar)``.
    %(pair)s
    %(alpha_bar)s
    kind : str
        What it answers: "noise", "clean", or "velocity", which is v = √ᾱ noise - √(1 - ᾱ) clean.

    Returns
    -------
    (N,)
        At least 0. Squared, not absolute: absolute errors lead to a median, which leaves out what is rare.

    Raises
    ------
    %(errors)s

    References
    ----------
    T. Salimans, J. Ho: Progressive distillation for fast sampling of diffusion models, 2022, arXiv:2202.00512.
    """
    one_of("kind", kind, KINDS)
    clean, noise = _alike(clean=clean, noise=noise)
    alpha_bar = _each("alpha_bar", alpha_bar, clean)
    velocity = ops.sqrt(alpha_bar) * noise - ops.sqrt(1 - alpha_bar) * clean
    return _squared_error(prediction, {"clean": clean, "noise": noise, "velocity": velocity}[kind])


@filled_in
def flow_loss(prediction, clean, noise, t, kind="velocity", floor=FLOOR):
    """Mean squared error of the velocity, for a network of flow matching that answers the velocity or the clean image.

    Parameters
    ----------
    prediction : (N, ...)
        The network's answer to ``flow_point(clean, noise, t)``.
    %(pair)s
    %(t)s
    kind : str
        What it answers: "velocity", clean - noise, or "clean", which `velocity_from_clean` turns into a velocity.
    %(floor)s

    Returns
    -------
    (N,)
        At least 0.

    Raises
    ------
    %(errors)s
    """
    one_of("kind", kind, ("velocity", "clean"))
    clean, noise = _alike(clean=clean, noise=noise)
    if kind == "clean":
        prediction = velocity_from_clean(flow_point(clean, noise, t), prediction, t, floor)
    return _squared_error(prediction, clean - noise)


def _squared_error(prediction, target):
    prediction, target = _alike(prediction=prediction, target=target)
    return ops.mean(ops.square(prediction - target), axis=tuple(range(1, len(target.shape))))


def _alike(**arrays):
    """Two arguments as tensors of one floating type and one shape: broadcasting would make a wrong number."""
    for name, value in arrays.items():
        refuse_masked(name, value)
    tensors = {name: ops.convert_to_tensor(value) for name, value in arrays.items()}
    for name, tensor in tensors.items():
        if len(tensor.shape) < 2:
            raise ValueError(f"{name} must have the shape (N, ...) with an axis beside N, got {tuple(tensor.shape)}")
    same_shape(**tensors)
    wide = any(keras.backend.standardize_dtype(tensor.dtype) == "float64" for tensor in tensors.values())
    return [ops.cast(tensor, "float64" if wide else "float32") for tensor in tensors.values()]


def _each(name, value, like):
    """A number, or one for each sample, in a shape that goes with the samples."""
    value = ops.convert_to_tensor(value, like.dtype)  # a plain number loses no digits on the way
    if len(value.shape) == 0:
        return value
    if not fits(value.shape, like.shape[:1]):
        raise ValueError(f"{name} must be a number or have the shape (N,) = {like.shape[:1]}, got {tuple(value.shape)}")
    return ops.reshape(value, (-1,) + (1,) * (len(like.shape) - 1))
