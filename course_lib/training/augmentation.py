"""Augmentation of images and masks together: one draw of parameters moves both.

Parameters are drawn from a NumPy seed, so that a training can be repeated on any backend; they are applied with
``keras.ops``. Images are read between pixels by bilinear interpolation, masks always by the nearest pixel: between
class 1 and class 3 there is no class 2. What is not geometry, brightness and contrast, is done to the images only.
"""

from dataclasses import dataclass

import keras
import numpy as np
from keras import ops

from course_lib.backend import jit

# the eight symmetries of the square, as matrices on (row, column)
TURN = np.array([[0, 1], [-1, 0]])
FLIP = np.array([[1, 0], [0, -1]])


@dataclass(frozen=True)
class Parameters:
    """What happens to each image of a batch.

    ``matrices`` (N, 2, 3), float32: where an output pixel is read, (row, column, 1) -> (row, column), both counted from
    the middle of the image, in pixels. ``brightness`` (N,) is added; ``contrast`` (N,) multiplies the distance to the
    image's mean.
    """

    matrices: np.ndarray
    brightness: np.ndarray
    contrast: np.ndarray


def draw(
    n, seed, *, flips=True, turns=True, rotation=0.0, scale=(1.0, 1.0), shift=0.0, brightness=0.0, contrast=(1.0, 1.0)
):
    """Draw parameters for ``n`` images.

    Parameters
    ----------
    n : int, at least 1
    seed : int, sequence of int, or numpy.random.Generator
        ``(seed, epoch, step)`` gives every batch its own.
    flips, turns : bool
        Reflect every second image; turn by 0, 90, 180 or 270 degrees. Turns are meant for square images: of others the
        missing corners are filled by reflection.
    rotation : float
        Largest turn either way beyond that, in degrees.
    scale : (float, float)
        Smallest and largest enlargement, above 0; drawn evenly in the logarithm.
    shift : float
        Largest shift along each axis, in pixels.
    brightness : float
        Largest amount added or taken away, in the unit of the images.
    contrast : (float, float)
        Smallest and largest factor, at least 0.

    Returns
    -------
    Parameters

    Raises
    ------
    ValueError
        An argument is out of its range; the message names it.
    """
    if n < 1:
        raise ValueError(f"n must be at least 1, got {n}")
    for argument, value in (("rotation", rotation), ("shift", shift), ("brightness", brightness)):
        if not 0 <= value < np.inf:
            raise ValueError(f"{argument} must be a number, at least 0, got {value!r}")
    if not 0 < scale[0] <= scale[1] or not 0 <= contrast[0] <= contrast[1]:
        raise ValueError(f"scale and contrast must be (smallest, largest), got {scale!r} and {contrast!r}")
    rng = np.random.default_rng(seed)
    flipped, turned = rng.integers(2, size=n) * bool(flips), rng.integers(4, size=n) * bool(turns)
    angle = np.deg2rad(rng.uniform(-1, 1, n) * rotation)
    size = np.exp(rng.uniform(*np.log(scale), n))
    moved = rng.uniform(-1, 1, (n, 2)) * shift
    lifted, stretched = rng.uniform(-1, 1, n) * brightness, rng.uniform(*contrast, n)
    matrices = np.empty((n, 2, 3), np.float32)
    for i in range(n):
        exact = np.linalg.matrix_power(TURN, turned[i]) @ np.linalg.matrix_power(FLIP, flipped[i])
        cos, sin = np.cos(angle[i]), np.sin(angle[i])
        matrices[i, :, :2] = exact @ np.array([[cos, -sin], [sin, cos]]) / size[i]
        matrices[i, :, 2] = moved[i]
    return Parameters(matrices, lifted.astype(np.float32), stretched.astype(np.float32))


def apply(parameters, images, *masks):
    """Change a batch of images, and whatever lies over them, by one set of parameters.

    Parameters
    ----------
    parameters : Parameters
        For N images.
    images : (N, H, W, C), floating-point
    masks : (N, H, W) or (N, H, W, K), any number of arrays of any dtype
        Class ids, labels, one-hot masks, maps of weights: read at the nearest pixel.

    Returns
    -------
    images, *masks : tuple of tensors
        Shapes and dtypes as given. Beyond the border everything is continued by reflection.

    Raises
    ------
    ValueError
        Shapes that do not go together.
    """
    images = ops.convert_to_tensor(images)
    n, height, width, _ = images.shape
    if parameters.matrices.shape[0] != n:
        raise ValueError(f"parameters were drawn for {parameters.matrices.shape[0]} images, but there are {n}")
    for mask in masks:
        if tuple(mask.shape[:3]) != (n, height, width):
            raise ValueError(f"a mask must have the images' size {(n, height, width)}, got {tuple(mask.shape)}")
    rows, columns = _read_places(ops.convert_to_tensor(parameters.matrices), height, width)
    contrast, brightness = (ops.reshape(v, (-1, 1, 1, 1)) for v in (parameters.contrast, parameters.brightness))
    moved = _bilinear(images, rows, columns)
    mean = ops.mean(moved, axis=(1, 2, 3), keepdims=True)
    moved = mean + ops.cast(contrast, images.dtype) * (moved - mean) + ops.cast(brightness, images.dtype)
    return (moved, *(_nearest(ops.convert_to_tensor(mask), rows, columns) for mask in masks))


def _read_places(matrices, height, width):
    """Rows and columns at which the output pixels are read, (N, H, W) each."""
    down = ops.reshape(ops.arange(height, dtype="float32") - (height - 1) / 2, (1, -1, 1))
    right = ops.reshape(ops.arange(width, dtype="float32") - (width - 1) / 2, (1, 1, -1))
    m = ops.reshape(matrices, (-1, 2, 3, 1, 1))
    rows = m[:, 0, 0] * down + m[:, 0, 1] * right + m[:, 0, 2] + (height - 1) / 2
    columns = m[:, 1, 0] * down + m[:, 1, 1] * right + m[:, 1, 2] + (width - 1) / 2
    return rows, columns


def _reflected(index, size):
    """Fold whole numbers back into 0 ... size - 1, as a mirror at the edge of the last pixel: 2 1 0 | 0 1 2."""
    index = ops.mod(ops.cast(index, "int32"), 2 * size)
    return ops.minimum(index, 2 * size - 1 - index)


def _gather(values, rows, columns):
    """values[n, rows, columns] for every n: (N, H, W, C) read at (N, H, W) whole numbers, reflected."""
    n, height, width, c = values.shape
    first = ops.reshape(ops.arange(n, dtype="int32") * (height * width), (n, 1, 1))
    place = first + _reflected(rows, height) * width + _reflected(columns, width)
    return ops.take(ops.reshape(values, (n * height * width, c)), place, axis=0)


def _nearest(values, rows, columns):
    flat = len(values.shape) == 3
    values = ops.expand_dims(values, -1) if flat else values
    picked = _gather(values, ops.floor(rows + 0.5), ops.floor(columns + 0.5))
    return picked[..., 0] if flat else picked


def _bilinear(values, rows, columns):
    top, left = ops.floor(rows), ops.floor(columns)
    down = ops.cast(ops.expand_dims(rows - top, -1), values.dtype)
    right = ops.cast(ops.expand_dims(columns - left, -1), values.dtype)
    upper = (1 - right) * _gather(values, top, left) + right * _gather(values, top, left + 1)
    lower = (1 - right) * _gather(values, top + 1, left) + right * _gather(values, top + 1, left + 1)
    return (1 - down) * upper + down * lower


class Crops(keras.utils.PyDataset):
    """Batches of random crops of images and masks, augmented together, for ``model.fit``.

    Batch i of epoch e depends on ``seed``, e, i and the data alone.

    Parameters
    ----------
    images : (M, H, W, C), floating-point
    masks : (M, H, W), class ids
    size : int
        Side of a crop, at most H and W.
    batch_size, steps : int
        Crops in a batch, batches in an epoch.
    seed : int
    weights : (M, H, W), optional
        A weight for every pixel, given to the loss as ``sample_weight``.
    **options
        For `draw`.
    """

    def __init__(self, images, masks, size, batch_size=8, steps=50, seed=0, weights=None, **options):
        super().__init__()
        if masks.shape != images.shape[:3] or (weights is not None and weights.shape != masks.shape):
            raise ValueError(f"masks and weights must have the shape {images.shape[:3]} of the images")
        if not 1 <= size <= min(images.shape[1:3]):
            raise ValueError(f"size must lie between 1 and {min(images.shape[1:3])}, the images' side, got {size}")
        self.layers = (images, masks) if weights is None else (images, masks, weights)
        self.size, self.batch_size, self.steps, self.seed, self.options = size, batch_size, steps, seed, options
        self.epoch = 0
        # some 160 small operations: compiled, they take a tenth of the time
        self.change = jit(lambda parameters, *layers: apply(Parameters(**parameters), *layers), xla=False)

    def __len__(self):
        return self.steps

    def __getitem__(self, index):
        rng = np.random.default_rng((self.seed, self.epoch, index))
        count, height, width = self.layers[1].shape
        which = rng.integers(count, size=self.batch_size)
        top, left = (rng.integers(side - self.size + 1, size=self.batch_size) for side in (height, width))
        cut = [
            np.stack([layer[i, t : t + self.size, s : s + self.size] for i, t, s in zip(which, top, left, strict=True)])
            for layer in self.layers
        ]
        drawn = draw(self.batch_size, rng, **self.options)
        return tuple(ops.convert_to_numpy(layer) for layer in self.change(vars(drawn), *cut))

    def on_epoch_end(self):
        self.epoch += 1
