"""Augmentation of images and masks together: one draw of parameters moves both.

Parameters are drawn from a NumPy seed, so that a training can be repeated on any backend; they are applied with
``keras.ops``. Images are read between pixels by bilinear interpolation, masks always by the nearest pixel: between
class 1 and class 3 there is no class 2. What is not geometry, brightness and contrast, is done to the images only.
"""

from dataclasses import dataclass

import keras
import numpy as np
from keras import ops

from course_lib._labels import check_labels
from course_lib._validate import real_number, real_numbers, whole_number
from course_lib.backend import give_freed_memory_back, jit, keep_freed_memory

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
    TypeError, ValueError
        An argument is no number or out of its range; the message names it.
    """
    n = whole_number("n", n, 1)
    rotation, shift = real_number("rotation", rotation, 0), real_number("shift", shift, 0)
    brightness = real_number("brightness", brightness, 0)
    scale, contrast = _range("scale", scale, zero=False), _range("contrast", contrast, zero=True)
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


def _range(name, value, zero):
    """Return (smallest, largest) as two floats, above 0 or from it on."""
    least = {"low": 0} if zero else {"above": 0}
    try:
        low, high = (real_number(name, end, **least) for end in value)
    except (TypeError, ValueError):
        low, high = 1.0, 0.0
    if low > high:
        least = "at least" if zero else "above"
        raise ValueError(f"{name} must be (smallest, largest), finite and {least} 0, got {value!r}")
    return low, high


def apply(parameters, images, *masks):
    """Change a batch of images, and whatever lies over them, by one set of parameters.

    Parameters
    ----------
    parameters : Parameters
        For N images.
    images : (N, H, W, C), floating-point
        A pixel that is NaN or infinite stays so where it is read, and changes no other.
    masks : (N, H, W) or (N, H, W, K), any number of arrays of any dtype
        Class ids, labels, one-hot masks, maps of weights: read at the nearest pixel.

    Returns
    -------
    images, *masks : tuple of tensors
        Shapes and dtypes as given. Beyond the border everything is continued by reflection.

    Raises
    ------
    TypeError
        Images that are not floating-point.
    ValueError
        Images without an axis of channels; shapes that do not go together.
    """
    images = ops.convert_to_tensor(images)
    if len(images.shape) != 4:
        raise ValueError(
            f"images must be (N, H, W, C), got {tuple(images.shape)}: of one channel give images[..., None]"
        )
    dtype = keras.backend.standardize_dtype(images.dtype)
    if not keras.backend.is_float_dtype(dtype):
        raise TypeError(
            f"images must be floating-point numbers, got {dtype}: scale them first, such as by "
            "images.astype('float32') / 255"
        )
    n, height, width, _ = images.shape
    if parameters.matrices.shape[0] != n:
        raise ValueError(f"parameters were drawn for {parameters.matrices.shape[0]} images, but there are {n}")
    for mask in masks:
        if tuple(mask.shape[:3]) != (n, height, width):
            raise ValueError(f"a mask must have the images' size {(n, height, width)}, got {tuple(mask.shape)}")
    rows, columns = _read_places(ops.convert_to_tensor(parameters.matrices), height, width)
    contrast, brightness = (ops.reshape(v, (-1, 1, 1, 1)) for v in (parameters.contrast, parameters.brightness))
    moved = _bilinear(images, rows, columns)
    mean = _finite_mean(moved)
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
    upper = _between(_gather(values, top, left), _gather(values, top, left + 1), right)
    lower = _between(_gather(values, top + 1, left), _gather(values, top + 1, left + 1), right)
    return _between(upper, lower, down)


def _between(near, far, share):
    """(1 - share) near + share far; ``far`` is not read at all where its share is 0, since 0 times NaN is NaN."""
    return ops.where(share == 0, near, (1 - share) * near + share * far)


def _finite_mean(images):
    """Mean of each image over its finite values, (N, 1, 1, 1)."""
    axes = (1, 2, 3)
    finite = ops.isfinite(images)
    count = ops.sum(ops.cast(finite, "int32"), axis=axes, keepdims=True)
    every = ops.sum(ops.ones_like(images, dtype="int32"), axis=axes, keepdims=True)
    more = ops.cast(every, "float32") / ops.cast(ops.maximum(count, 1), "float32")  # exactly 1 where all are finite
    return ops.mean(ops.where(finite, images, 0), axis=axes, keepdims=True) * ops.cast(more, images.dtype)


class Crops(keras.utils.PyDataset):
    """Batches of random crops of images and masks, augmented together, for ``model.fit``.

    Batch i of epoch e depends on ``seed``, e, i and the data alone. All images are drawn equally often, small ones too.

    Parameters
    ----------
    images : (M, H, W), (M, H, W, C), or a list of M arrays (H, W) or (H, W, C), floating-point
        In a list each may have its own size. A batch always has the channel axis.
    masks : (M, H, W), (M, H, W, 1), or a list of M arrays (H, W) or (H, W, 1)
        Class ids.
    size : int
        Side of a crop, at most the smallest H and W.
    batch_size, steps : int, at least 1
        Crops in a batch, batches in an epoch.
    seed : int
    weights : as masks, optional
        A weight for every pixel, at least 0, given to the loss as ``sample_weight``.
    classes : int, optional
        How many classes there are, to refuse any other label; a network with one channel has two. Without it only what
        cannot be class ids is refused: labels below 0, fractions above 1, masks of 0 and 255, labels that count from 1.
    ignore_class : int, optional
        The label of pixels that belong to no class, such as 255. Tell it to the loss as well.
    **options
        How crops are changed, as in `draw`: ``flips`` and ``turns``, bool, by default True; ``rotation``, the largest
        turn in degrees; ``scale``, smallest and largest enlargement; ``shift``, the largest, in pixels; ``brightness``,
        the largest amount added; ``contrast``, smallest and largest factor.

    Raises
    ------
    ValueError
        Images that are not floating-point or hold NaN; arrays that do not go together; labels that are no class ids. A
        loss in a compiled step could no longer say so and would become NaN.
    """

    def __init__(
        self, images, masks, size, batch_size=8, steps=50, seed=0, weights=None, *, classes=None, ignore_class=None,
        **options,
    ):  # fmt: skip
        super().__init__()
        images = _images(images)
        self.layers = [images, _maps("masks", masks, images)]
        _check_classes(self.layers[1], classes, ignore_class)
        if weights is not None:
            self.layers.append(_maps("weights", weights, images))
            if not all(np.isfinite(weight).all() and weight.min() >= 0 for weight in self.layers[2]):
                raise ValueError("weights must be finite and at least 0")
        self.sides = np.array([image.shape[:2] for image in images])
        if not 1 <= whole_number("size", size, 1) <= self.sides.min():
            raise ValueError(f"size must lie between 1 and {self.sides.min()}, the images' smallest side, got {size}")
        for argument, value in (("batch_size", batch_size), ("steps", steps)):
            whole_number(argument, value, 1)
        seed = whole_number("seed", seed, 0)
        draw(1, 0, **options)  # refuses a wrong option now, not in the first batch
        self.size, self.batch_size, self.steps, self.seed, self.options = size, batch_size, steps, seed, options
        self.epoch = 0
        # some 160 small operations: compiled, they take a tenth of the time
        self.change = jit(lambda parameters, *layers: apply(Parameters(**parameters), *layers), xla=False)

    def __len__(self):
        return self.steps

    def __getitem__(self, index):
        rng = np.random.default_rng((self.seed, self.epoch, index))
        which = rng.integers(len(self.sides), size=self.batch_size)
        top, left = (rng.integers(side - self.size + 1) for side in self.sides[which].T)
        cut = [
            np.stack([layer[i][t : t + self.size, s : s + self.size] for i, t, s in zip(which, top, left, strict=True)])
            for layer in self.layers
        ]
        drawn = draw(self.batch_size, rng, **self.options)
        return tuple(ops.convert_to_numpy(layer) for layer in self.change(vars(drawn), *cut))

    def on_epoch_begin(self):
        keep_freed_memory()  # `fit` would give it back after each step

    def on_epoch_end(self):
        self.epoch += 1
        give_freed_memory_back()


def _images(given):
    """Images as a list of arrays (H, W, C), checked to be ready for a network."""
    images = _list("images", given)
    if not images:
        raise ValueError("images must be at least one, got none")
    for i, image in enumerate(images):
        if image.ndim not in (2, 3) or 0 in image.shape:
            raise ValueError(f"images[{i}] must have the shape (H, W) or (H, W, C), got {image.shape}")
        if image.dtype.kind != "f":
            raise ValueError(
                f"images must be floating-point numbers, but images[{i}] is {image.dtype}, {image.min()} to "
                f"{image.max()}: scale them first, such as by image.astype('float32') / 255, and later what is to be "
                "predicted in the same way"
            )
        if not np.isfinite(image).all():
            raise ValueError(f"images must be finite, but images[{i}] holds {np.sum(~np.isfinite(image))} NaN or inf")
    images = [image[..., None] if image.ndim == 2 else image for image in images]
    channels = [image.shape[2] for image in images]
    if len(set(channels)) > 1:
        other = next(i for i, c in enumerate(channels) if c != channels[0])
        raise ValueError(
            f"images must have the same channels, got {channels[0]}, but images[{other}] {channels[other]}"
        )
    return images


def _list(argument, given):
    """A stack or a list of arrays as a list."""
    try:
        arrays = list(given)
    except TypeError:
        raise TypeError(f"{argument} must be an array or a list of arrays, got {given!r}") from None
    return [real_numbers(f"{argument}[{i}]", array) for i, array in enumerate(arrays)]


def _maps(argument, given, images):
    """Masks or weights as a list of arrays (H, W), checked to lie over the images."""
    maps = _list(argument, given)
    maps = [layer[..., 0] if layer.ndim == 3 and layer.shape[2] == 1 else layer for layer in maps]
    if len(maps) != len(images):
        raise ValueError(f"{argument} must be one for each image, got {len(maps)} for {len(images)} images")
    for i, (layer, image) in enumerate(zip(maps, images, strict=True)):
        if layer.shape != image.shape[:2]:
            raise ValueError(
                f"{argument} must have the images' sizes, but {argument}[{i}] is {layer.shape} over an image of "
                f"{image.shape[:2]}"
            )
    return maps


def _check_classes(masks, classes, ignore_class):
    """Refuse labels that cannot be class ids; without ``classes``, only those that certainly are none."""
    if ignore_class is not None:
        whole_number("ignore_class", ignore_class)
    found = np.unique(np.concatenate([np.unique(mask) for mask in masks]))
    ids = found if ignore_class is None else found[found != ignore_class]
    if len(ids) == 0:
        return
    guessed = classes is None
    if guessed:
        if ids.dtype.kind in "bf" and 0 <= ids.min() <= ids.max() <= 1:
            return  # shares of foreground
        whole = ids.dtype.kind in "ui" or (ids == np.floor(ids)).all()
        highest = int(ids.max()) if whole else 1
        if len(ids) == 2 and ids[0] == 0:
            classes = 2  # 0 and 255
        elif highest == 255:
            classes = 255  # the label that means "none of them" almost everywhere
        else:
            classes = highest + (ids[0] <= 0)  # without a 0 they count from 1
        classes = max(2, int(classes))
    try:
        check_labels(ids, classes)
    except ValueError:
        everything = np.concatenate([mask.ravel() for mask in masks])
        try:
            check_labels(everything, classes, ignore_class, "masks")
        except ValueError as error:
            raise ValueError(f"{error}{'. If they are class ids, say classes=' if guessed else ''}") from None
