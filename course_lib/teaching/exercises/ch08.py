"""Exercises of chapter 08, U-Net."""

import numpy as np

from course_lib.teaching.exercise import ChoiceExercise, FunctionExercise, Misconception, ValueExercise

# ----------------------------------------------------------------------------------------------------------------------
# 8.1 A dense layer slides

SMALL_DENSE = (np.arange(8).reshape(8, 1), 2, 2)


def _dense_weights(rng):
    for size, c_in, c_out in ((2, 2, 1), (2, 3, 2), (3, 2, 2), (1, 4, 3), (3, 5, 4)):
        yield rng.integers(-9, 10, (size * size * c_in, c_out)), size, c_in


def _by_index(weights, size, c_in):
    kernel = np.zeros((size, size, c_in, weights.shape[1]), weights.dtype)
    for u in range(size):
        for v in range(size):
            for c in range(c_in):
                kernel[u, v, c] = weights[(u * size + v) * c_in + c]
    return kernel


dense_to_conv = FunctionExercise(
    number="8.1",
    title="A dense layer slides",
    statement="Write `dense_to_conv(weights, size, c_in)`: the kernel with which a convolution computes the dense layer in every window.",
    signature="dense_to_conv(weights, size, c_in)",
    cases=_dense_weights,
    oracle=_by_index,
    solution="""
    def dense_to_conv(weights, size, c_in):
        return weights.reshape(size, size, c_in, -1)
    """,
    misconceptions=[
        Misconception(
            "channels first",
            lambda w, size, c_in: w.reshape(c_in, size, size, -1).transpose(1, 2, 0, 3),
            "you unroll the weights with the **channels first**. Keras flattens (row, column, channel), so the channel is the "
            "index that runs fastest. For the weights `0 … 7` you return `[[[[0], [4]], [[1], [5]]], [[[2], [6]], [[3], [7]]]]`: the two channels of one pixel are four apart.",
            reread="(8.2)",
            example=SMALL_DENSE,
        ),
        Misconception(
            "rows and columns swapped",
            lambda w, size, c_in: w.reshape(size, size, c_in, -1).transpose(1, 0, 2, 3),
            "**rows and columns** are swapped: for the weights `0 … 7` you return `[[[[0], [1]], [[4], [5]]], [[[2], [3]], [[6], [7]]]]`. The pixel to the right of the first comes next, not the one below.",
            reread="(8.2)",
            example=SMALL_DENSE,
        ),
        Misconception(
            "kernel turned by 180 degrees",
            lambda w, size, c_in: w.reshape(size, size, c_in, -1)[::-1, ::-1],
            "your kernel is **flipped**, as for a true convolution. Keras correlates: for the weights `0 … 7` you return "
            "`[[[[6], [7]], [[4], [5]]], [[[2], [3]], [[0], [1]]]]`.",
            reread="(8.2)",
            example=SMALL_DENSE,
        ),
    ],
    hints=(
        "Which index of (row, column, channel) runs fastest when Keras flattens a window?",
        "Weight number (u·size + v)·c_in + c belongs to row u, column v, channel c. That is how NumPy counts, too.",
        "One `reshape` to `(size, size, c_in, -1)` does it, with nothing transposed.",
    ),
)

# ----------------------------------------------------------------------------------------------------------------------
# 8.2 How much to pad


def _sizes(rng):
    yield from ((6, 1), (7, 1), (9, 2), (12, 2), (8, 3), (13, 3), (40, 3), (100, 4), (572, 4), (33, 5))


def _smallest(n, depth):
    larger = n
    while True:
        size = larger
        for _ in range(depth):
            if size % 2:
                break
            size //= 2
        else:
            return larger - n
        larger += 1


pad_amount = FunctionExercise(
    number="8.2",
    title="How much to pad",
    statement="Write `pad_amount(n, depth)`: how many pixels to add to a side of `n` so that it can be halved `depth` times.",
    signature="pad_amount(n, depth)",
    cases=_sizes,
    oracle=_smallest,
    solution="""
    def pad_amount(n, depth):
        return -n % 2**depth
    """,
    misconceptions=[
        Misconception(
            "a whole block too much",
            lambda n, depth: 2**depth - n % 2**depth,
            "when the side is divisible already, you add **a whole block**: for `n = 6`, `depth = 1` you return `2`, and nothing is needed.",
            reread="(8.10)",
            example=(6, 1),
        ),
        Misconception(
            "a multiple of 2 · depth",
            lambda n, depth: -n % (2 * depth),
            "you pad to a multiple of **2·depth**. Halving is repeated, so factors multiply: for `n = 12`, `depth = 3` you return `0`, but 12 → 6 → 3 cannot be halved again.",
            reread="(8.10)",
            example=(12, 3),
        ),
        Misconception(
            "the remainder",
            lambda n, depth: n % 2**depth,
            "that is how many pixels are **too many**, the remainder, not how many are missing: for `n = 11`, `depth = 2` you return `3`. Cutting them off would lose them.",
            reread="(8.10)",
            example=(11, 2),
        ),
        Misconception(
            "only even",
            lambda n, depth: n % 2,
            "you make the side **even**, which is good for one halving: for `n = 9`, `depth = 2` you return `1`, but 10 → 5 is odd at the second.",
            reread="(8.10)",
            example=(9, 2),
        ),
    ],
    hints=(
        "Which numbers can be halved three times? Write the first few.",
        "You need the next multiple of 2^depth that is not below n.",
        "`-n % m` is what is missing to the next multiple of m, and 0 where nothing is.",
    ),
)

# ----------------------------------------------------------------------------------------------------------------------
# 8.3 What a bridge carries

bridge = ChoiceExercise(
    number="8.3",
    title="What a bridge carries",
    statement="A U-Net without bridges finds the nuclei, but their outlines are too round and a pixel or two off. Why?",
    options={
        "a": "Without bridges it has too few parameters.",
        "b": "Pooling keeps that something was there, not where; the way up has to guess.",
        "c": "Without bridges the upper layers get no gradient and are not trained.",
        "d": "Transposed convolutions always make outlines round.",
    },
    answer="b",
    reasons={
        "a": "“too few parameters” is not it: double the width and the place is still lost in the pools. See section 2.",
        "b": "“keeps that something was there, not where”: two inputs with one pooled output cannot be told apart again, see (8.3).",
        "c": "“get no gradient” is wrong here: the gradient runs through the bottom as well, and the network does learn to find nuclei. See section 4.",
        "d": "“always make outlines round” cannot be: the full U-Net has the same transposed convolutions. See section 3.",
    },
    hints=(
        "Look again at the two rows of numbers with one and the same pooled row.",
        "Ask what the first convolution after a bridge knows that it could not know otherwise.",
        "The information that is gone after a pool is still there just before it: that is where the bridge begins.",
    ),
)

# ----------------------------------------------------------------------------------------------------------------------
# 8.4 One move for both

TINY_PAIR = (np.array([[1, 2], [3, 4]]), np.array([[5, 6], [7, 8]]), 1, True)


def _pairs(rng):
    for side in (2, 3, 5):
        for turns in (1, 2, 3):
            for flip in (False, True):
                yield rng.integers(0, 9, (side, side)), rng.integers(0, 9, (side, side)), turns, flip


def _moved(image, turns, flip):
    n = len(image)
    result = np.empty_like(image)
    for i in range(n):
        for j in range(n):
            r, c = i, j
            if flip:
                c = n - 1 - c
            for _ in range(turns):  # where a counter-clockwise turn reads
                r, c = c, n - 1 - r
            result[i, j] = image[r, c]
    return result


joint = FunctionExercise(
    number="8.4",
    title="One move for both",
    statement="Write `augment(image, mask, turns, flip)`: turn both counter-clockwise by `turns` quarter turns, then reflect them left to right if `flip`. Give both back.",
    signature="augment(image, mask, turns, flip)",
    cases=_pairs,
    oracle=lambda image, mask, turns, flip: (_moved(image, turns, flip), _moved(mask, turns, flip)),
    solution="""
    import numpy as np

    def augment(image, mask, turns, flip):
        def move(x):
            x = np.rot90(x, turns)
            return x[:, ::-1] if flip else x

        return move(image), move(mask)
    """,
    misconceptions=[
        Misconception(
            "only the image",
            lambda image, mask, turns, flip: (_moved(image, turns, flip), mask),
            "you move the image and leave the **mask where it was**. For the image `1 2 / 3 4` and the mask `5 6 / 7 8` you return `[[[4, 2], [3, 1]], [[5, 6], [7, 8]]]`: now every pixel is taught the class of another.",
            reread="(8.13)",
            example=TINY_PAIR,
        ),
        Misconception(
            "mask moved the other way",
            lambda image, mask, turns, flip: (_moved(image, turns, flip), _moved(mask, -turns % 4, flip)),
            "image and mask are turned in **opposite directions**: you return `[[[4, 2], [3, 1]], [[5, 7], [6, 8]]]`. Use one function for both.",
            reread="(8.13)",
            example=TINY_PAIR,
        ),
        Misconception(
            "only the image reflected",
            lambda image, mask, turns, flip: (_moved(image, turns, flip), _moved(mask, turns, False)),
            "you turn both, but **reflect only the image**: you return `[[[4, 2], [3, 1]], [[6, 8], [5, 7]]]`. Image and mask are augmented apart.",
            reread="(8.13)",
            example=TINY_PAIR,
        ),
        Misconception(
            "reflected first",
            lambda image, mask, turns, flip: tuple(np.rot90(x[:, ::-1] if flip else x, turns) for x in (image, mask)),
            "you reflect first and turn then, which is another move: you return `[[[1, 3], [2, 4]], [[5, 7], [6, 8]]]`. Image and mask agree, but a seed would not give the announced result.",
            reread="section 6",
            example=TINY_PAIR,
        ),
    ],
    hints=(
        "Write one inner function that moves any array, and call it twice.",
        "`np.rot90(x, turns)` turns counter-clockwise; `x[:, ::-1]` reflects left to right.",
        "def move(x): turn x, then reflect it if flip. Return `move(image), move(mask)`.",
    ),
)

# ----------------------------------------------------------------------------------------------------------------------
# 8.5 Enlarge a mask

STRIPE = (np.array([[0, 4], [4, 0]]), 2)


def _masks(rng):
    for shape in ((2, 2), (2, 3), (4, 3)):
        for factor in (2, 3):
            yield rng.choice([0, 4, 7], size=shape), factor


def _smooth(mask, factor):
    at = [np.clip((np.arange(n * factor) + 0.5) / factor - 0.5, 0, n - 1) for n in mask.shape]
    rows = np.stack([np.interp(at[0], np.arange(len(mask)), column) for column in mask.T], axis=1)
    both = np.stack([np.interp(at[1], np.arange(mask.shape[1]), row) for row in rows])
    return np.floor(both + 0.5).astype(int)


enlarge_mask = FunctionExercise(
    number="8.5",
    title="Enlarge a mask",
    statement="Write `enlarge_mask(mask, factor)`: a mask of class ids, `factor` times as high and wide.",
    signature="enlarge_mask(mask, factor)",
    cases=_masks,
    oracle=lambda mask, factor: np.kron(mask, np.ones((factor, factor), int)),
    solution="""
    def enlarge_mask(mask, factor):
        return mask.repeat(factor, axis=0).repeat(factor, axis=1)
    """,
    misconceptions=[
        Misconception(
            "bilinear",
            _smooth,
            "you **interpolate between class numbers**. Between 0 and 4 that invents 1, 2 and 3, classes that are not in the mask: for `[[0, 4], [4, 0]]` you return "
            "`[[0, 1, 3, 4], [1, 2, 3, 3], [3, 3, 2, 1], [4, 3, 1, 0]]`.",
            reread="section 6",
            example=STRIPE,
        ),
        Misconception(
            "tiled",
            lambda mask, factor: np.tile(mask, (factor, factor)),
            "you lay **copies side by side** instead of enlarging each pixel: for `[[0, 4], [4, 0]]` you return "
            "`[[0, 4, 0, 4], [4, 0, 4, 0], [0, 4, 0, 4], [4, 0, 4, 0]]`.",
            reread="section 6",
            example=STRIPE,
        ),
        Misconception(
            "zeros between",
            lambda mask, factor: np.kron(mask, np.eye(1, factor * factor, dtype=int).reshape(factor, factor)),
            "you put **zeros between** the pixels, the first half of a transposed convolution: for `[[0, 4], [4, 0]]` you return "
            "`[[0, 0, 4, 0], [0, 0, 0, 0], [4, 0, 0, 0], [0, 0, 0, 0]]`. Now most of the mask is background.",
            reread="(8.5)",
            example=STRIPE,
        ),
    ],
    hints=(
        "Class numbers are names. What is half-way between 'car' and 'clock'?",
        "Every pixel becomes a block of factor × factor pixels with its own number.",
        "`repeat` along axis 0, then along axis 1.",
    ),
)

# ----------------------------------------------------------------------------------------------------------------------
# 8.6 From a logit to a mask

LOGITS = (np.array([[-2.0, 0.3], [0.7, 4.0]])[..., None],)


def _single_logits(rng):
    for shape in ((2, 2, 1), (3, 4, 1), (6, 5, 1), (2, 7, 1), (9, 9, 1)):
        yield (np.round(rng.normal(scale=2, size=shape), 2),)


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


foreground = FunctionExercise(
    number="8.6",
    title="From a logit to a mask",
    statement="Write `foreground_mask(logits)`: for one channel of logits (H, W, 1), the boolean mask (H, W) of the pixels whose foreground probability is above ½.",
    signature="foreground_mask(logits)",
    cases=_single_logits,
    oracle=lambda logits: _sigmoid(logits[..., 0]) > 0.5,
    solution="""
    def foreground_mask(logits):
        return logits[..., 0] > 0
    """,
    misconceptions=[
        Misconception(
            "threshold ½ on logits",
            lambda logits: logits[..., 0] > 0.5,
            "you compare **logits with ½**. A probability of ½ is a logit of 0; a logit of ½ is a probability of 62 %. For the logits `-2, 0.3, 0.7, 4` you return `[[False, False], [True, True]]`.",
            reread="section 14",
            example=LOGITS,
        ),
        Misconception(
            "argmax over one channel",
            lambda logits: logits.argmax(-1) > 0,
            "you take the **argmax over a single channel**, which is always number 0: you return `[[False, False], [False, False]]` whatever the network says.",
            reread="section 14",
            example=LOGITS,
        ),
        Misconception(
            "background instead of foreground",
            lambda logits: logits[..., 0] < 0,
            "you return the **background**: `[[True, False], [False, False]]`. A positive logit speaks for the foreground.",
            reread="section 6",
            example=LOGITS,
        ),
        Misconception(
            "sigmoid rounded twice",
            lambda logits: _sigmoid(_sigmoid(logits[..., 0])) > 0.5,
            "you apply the **sigmoid twice**. The second one maps [0, 1] to numbers above ½, so everything is foreground: `[[True, True], [True, True]]`.",
            reread="section 14",
            example=LOGITS,
        ),
    ],
    hints=(
        "What is the sigmoid of 0?",
        "The sigmoid rises everywhere, so a threshold on probabilities is a threshold on logits.",
        "Drop the last axis and compare with 0.",
    ),
)

# ----------------------------------------------------------------------------------------------------------------------
# 8.7 From logits to classes

PIXELS = (np.array([[[3.0, 1.0], [0.0, 2.0]], [[1.0, 5.0], [4.0, 0.0]], [[0.0, 9.0], [2.0, 1.0]]]),)


def _many_logits(rng):
    for shape in ((2, 2, 3), (4, 4, 4), (5, 3, 6), (3, 3, 3), (8, 6, 4)):
        yield (np.round(rng.normal(size=shape), 3),)


def _winner(logits):
    ids = np.zeros(logits.shape[:2], int)
    for i, j in np.ndindex(ids.shape):
        for c in range(1, logits.shape[2]):
            if logits[i, j, c] > logits[i, j, ids[i, j]]:
                ids[i, j] = c
    return ids


def _confident(logits):
    p = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    return np.where(p.max(-1) > 0.9, p.argmax(-1), 0)


classes = FunctionExercise(
    number="8.7",
    title="From logits to classes",
    statement="Write `classes(logits)`: class ids (H, W) from logits (H, W, C).",
    signature="classes(logits)",
    cases=_many_logits,
    oracle=_winner,
    solution="""
    def classes(logits):
        return logits.argmax(axis=-1)
    """,
    misconceptions=[
        Misconception(
            "argmax over columns",
            lambda logits: logits.argmax(axis=1),
            "you take the argmax along **axis 1**: which *column* is best for each class. The classes are on the last axis. For the example with 2 classes you return `[[0, 1], [1, 0], [1, 0]]`.",
            reread="section 12",
            example=PIXELS,
        ),
        Misconception(
            "argmax over rows",
            lambda logits: logits.argmax(axis=0),
            "you take the argmax along **axis 0**: which *row* is best. The result has the shape of something else: `[[0, 2], [1, 0]]` for an image of 3 × 2.",
            reread="section 12",
            example=PIXELS,
        ),
        Misconception(
            "the largest logit itself",
            lambda logits: logits.max(axis=-1),
            "you return the **largest logit**, not whose it is: `[[3, 2], [5, 4], [9, 2]]`.",
            reread="section 12",
            example=PIXELS,
        ),
        Misconception(
            "background unless sure",
            _confident,
            "you call a pixel background **unless the network is sure**: `[[0, 0], [1, 0], [1, 0]]`. That is a decision of its own, with other scores; the plain rule takes the likeliest class.",
            reread="section 12",
            example=PIXELS,
        ),
    ],
    hints=(
        "Which axis holds the classes?",
        "For each pixel: the index of the largest of its C numbers.",
        "`argmax` along the last axis.",
    ),
)

# ----------------------------------------------------------------------------------------------------------------------
# 8.8 The weight of a border

GAP = (3.0, 4.0, 10.0, 5.0)


def _gaps(rng):
    yield 1.0, 1.0, 10.0, 5.0
    for _ in range(6):
        d1 = rng.uniform(0, 8)
        yield d1, d1 + rng.uniform(0, 6), rng.uniform(1, 20), rng.uniform(2, 6)


border_weight = FunctionExercise(
    number="8.8",
    title="The weight of a border",
    statement="Write `border_weight(d1, d2, w0, sigma)`: the second term of (8.14).",
    signature="border_weight(d1, d2, w0, sigma)",
    cases=_gaps,
    oracle=lambda d1, d2, w0, sigma: w0 * np.power(np.e, -0.5 * np.square((d1 + d2) / sigma)),
    solution="""
    import numpy as np

    def border_weight(d1, d2, w0, sigma):
        return w0 * np.exp(-((d1 + d2) ** 2) / (2 * sigma**2))
    """,
    misconceptions=[
        Misconception(
            "squares summed",
            lambda d1, d2, w0, sigma: w0 * np.exp(-(d1**2 + d2**2) / (2 * sigma**2)),
            "you add the **squares**, d₁² + d₂², where the *sum* is squared: it is the width of the gap that counts. For `3, 4, 10, 5` you return `6.065`, expected 3.753.",
            reread="(8.14)",
            example=GAP,
        ),
        Misconception(
            "sigma not squared",
            lambda d1, d2, w0, sigma: w0 * np.exp(-((d1 + d2) ** 2) / (2 * sigma)),
            "**σ is not squared**, so its unit does not cancel: for `3, 4, 10, 5` you return `0.07447`, expected 3.753.",
            reread="(8.14)",
            example=GAP,
        ),
        Misconception(
            "without the 2",
            lambda d1, d2, w0, sigma: w0 * np.exp(-((d1 + d2) ** 2) / sigma**2),
            "the **2** of 2σ² is missing: for `3, 4, 10, 5` you return `1.409`, expected 3.753.",
            reread="(8.14)",
            example=GAP,
        ),
        Misconception(
            "only the nearest object",
            lambda d1, d2, w0, sigma: w0 * np.exp(-(d1**2) / (2 * sigma**2)),
            "you use the **nearest object only**: for `3, 4, 10, 5` you return `8.353`. Then every outline is heavy, also where there is no neighbour to touch.",
            reread="(8.14)",
            example=GAP,
        ),
    ],
    hints=(
        "What is the width of a gap at a pixel that is d₁ from one wall and d₂ from the other?",
        "A Gaussian of that width, times w₀.",
        "`w0 * exp(-(d1 + d2)**2 / (2 * sigma**2))`.",
    ),
)

# ----------------------------------------------------------------------------------------------------------------------
# 8.9 Do these tiles leak?

TILES = (np.array([[0, 0]]), np.array([[0, 8], [4, 4], [4, 20], [1, 3]]), 8)


def _tile_sets(rng):
    yield np.array([[0, 0]]), np.array([[8, 0], [7, 7]]), 8
    for _ in range(7):
        yield rng.integers(0, 60, (4, 2)), rng.integers(0, 60, (6, 2)), int(rng.choice([8, 12]))


def _painted(train, validation, size):
    canvas = np.zeros((100, 100), bool)
    for top, left in train:
        canvas[top : top + size, left : left + size] = True
    return np.array([canvas[t : t + size, s : s + size].any() for t, s in validation])


def _apart(train, validation):
    return np.abs(validation[:, None] - train[None])


leaks = FunctionExercise(
    number="8.9",
    title="Do these tiles leak?",
    statement="Write `leaks(train, validation, size)`: for each validation tile, whether it shares a pixel with any training tile. Tiles are given by their upper left corners (row, column).",
    signature="leaks(train, validation, size)",
    cases=_tile_sets,
    oracle=_painted,
    solution="""
    import numpy as np

    def leaks(train, validation, size):
        distance = np.abs(validation[:, None, :] - train[None, :, :])
        return (distance < size).all(axis=2).any(axis=1)
    """,
    misconceptions=[
        Misconception(
            "only the same tile",
            lambda train, validation, size: (_apart(train, validation) == 0).all(2).any(1),
            "you look for **the same tile**. Random tiles are hardly ever equal and often overlap: for the example you return `[False, False, False, False]`, and the tile at (4, 4) shares a quarter with the training tile.",
            reread="section 7",
            example=TILES,
        ),
        Misconception(
            "touching counts",
            lambda train, validation, size: (_apart(train, validation) <= size).all(2).any(1),
            "tiles that only **touch** share no pixel: you return `[True, True, False, True]`. With corners 8 apart, tiles of 8 lie side by side.",
            reread="section 7",
            example=TILES,
        ),
        Misconception(
            "one axis is enough",
            lambda train, validation, size: (_apart(train, validation) < size).any(2).any(1),
            "you call it a leak when rows **or** columns overlap: you return `[True, True, True, True]`. Two squares meet only where both do.",
            reread="section 7",
            example=TILES,
        ),
        Misconception(
            "half a tile",
            lambda train, validation, size: (_apart(train, validation) < size / 2).all(2).any(1),
            "you allow an overlap of **half a tile** on each axis: you return `[False, False, False, True]`, and the tile at (4, 4) shares 16 pixels with the training tile.",
            reread="section 7",
            example=TILES,
        ),
    ],
    hints=(
        "When do two intervals [a, a + size) and [b, b + size) share a point?",
        "Exactly when |a − b| < size. Squares need that for rows and for columns.",
        "`(abs(difference) < size).all(over the two axes).any(over the training tiles)`.",
    ),
)

# ----------------------------------------------------------------------------------------------------------------------
# 8.10 IoU of a mask, not of probabilities

SURE = (np.array([0.9, 0.6, 0.4, 0.2]), np.array([1, 1, 1, 0]))


def _maps(rng):
    for n in (4, 6, 9, 16, 30, 50):
        yield np.round(rng.random(n), 2), np.concatenate([[1], rng.integers(0, 2, n - 1)])


iou_of_mask = FunctionExercise(
    number="8.10",
    title="A metric wants decisions",
    statement="Write `iou(probability, truth)`: IoU of the mask `probability > 0.5` with the true mask (numbers 0 and 1).",
    signature="iou(probability, truth)",
    cases=_maps,
    oracle=lambda p, t: len(set(np.flatnonzero(p > 0.5)) & set(np.flatnonzero(t)))
    / len(set(np.flatnonzero(p > 0.5)) | set(np.flatnonzero(t))),
    solution="""
    def iou(probability, truth):
        found, truth = probability > 0.5, truth > 0
        return (found & truth).sum() / (found | truth).sum()
    """,
    misconceptions=[
        Misconception(
            "on probabilities",
            lambda p, t: (p * t).sum() / (p + t - p * t).sum(),
            "you compute the metric on **probabilities**. A network that is right but unsure is punished: for `0.9, 0.6, 0.4, 0.2` against `1, 1, 1, 0` you return `0.5937`, and the mask has an IoU of 0.6667.",
            reread="section 14",
            example=SURE,
        ),
        Misconception(
            "truncated to integers",
            lambda p, t: (p.astype(int) & t).sum() / (p.astype(int) | t).sum(),
            "you cut probabilities **down to whole numbers**, so that 0.9 becomes 0: you return `0`. `keras.metrics.MeanIoU` does just that.",
            reread="section 14",
            example=SURE,
        ),
        Misconception(
            "Dice",
            lambda p, t: 2 * ((p > 0.5) & (t > 0)).sum() / ((p > 0.5).sum() + t.sum()),
            "you return the **Dice** coefficient, `0.8`: the overlap counts twice in it. IoU divides by the union.",
            reread="(8.15)",
            example=SURE,
        ),
        Misconception(
            "pixel accuracy",
            lambda p, t: ((p > 0.5) == (t > 0)).mean(),
            "you return the share of **right pixels**, `0.75`. Background that is right counts in it; in IoU it does not.",
            reread="(8.15)",
            example=SURE,
        ),
    ],
    hints=(
        "First decide, then count.",
        "Both masks are boolean: `&` is the intersection, `|` the union.",
        "`(found & truth).sum() / (found | truth).sum()`.",
    ),
)

# ----------------------------------------------------------------------------------------------------------------------
# 8.11 Another image in the batch

batch_norm = ChoiceExercise(
    number="8.11",
    title="Another image in the batch",
    statement="You call `model(images, training=True)` to predict. The mask of the first image changes when the second image is exchanged. Why?",
    options={
        "a": "Convolutions look at several images at once.",
        "b": "Batch normalisation takes its mean and variance from this batch instead of the stored averages.",
        "c": "The weights have been trained a little further by the call.",
        "d": "Floating-point numbers are rounded differently.",
    },
    answer="b",
    reasons={
        "a": "convolutions never “look at several images at once”: each image of a batch is computed by itself. See section 14.",
        "b": "“from this batch”: in training mode, images normalise each other; at prediction the stored averages must be used. See section 14.",
        "c": "nothing “trained a little further”: weights change only where a gradient is applied. But the stored averages do move, see section 14.",
        "d": "“rounded differently” would change the seventh digit, not the mask. See section 14.",
    },
    hints=(
        "Which layer of a block computes something over the whole batch?",
        "Its behaviour depends on the argument `training`.",
        "Chapter 06 made this layer: mean and variance per channel, over batch, rows and columns.",
    ),
)

# ----------------------------------------------------------------------------------------------------------------------
# 8.12 Without padding

paper_size = ValueExercise(
    number="8.12",
    title="Without padding",
    statement="A U-Net of depth 3 with unpadded 3×3 convolutions, two in each block, gets an image of 188 × 188 pixels. How wide is the output?",
    answer=100,
    unit="pixels",
    solution="""
    n = 188
    for _ in range(3):
        n = (n - 4) // 2
    n = n - 4
    for _ in range(3):
        n = 2 * n - 4
    answer = n
    """,
    misconceptions=[
        Misconception(
            "as if padded",
            188,
            "`188` would be right with `padding=\"same\"`. Without padding every 3×3 convolution takes two pixels away.",
            reread="(8.11)",
        ),
        Misconception(
            "every convolution at full size",
            160,
            "`160` takes two pixels for each of the 14 convolutions, as if all worked at full size. Two pixels at the bottom are 16 pixels of the image.",
            reread="(8.11)",
        ),
        Misconception(
            "only the way down",
            128,
            "`128` counts the way down and the bottom. The blocks on the way up have unpadded convolutions, too.",
            reread="(8.11)",
        ),
        Misconception(
            "one convolution a block",
            144,
            "`144` takes one convolution for each block. There are two.",
            reread="(8.11)",
        ),
    ],
    hints=(
        "Walk down the stair: minus 4, half, minus 4, half …",
        "188 → 184 → 92 → 88 → 44 → 40 → 20 → 16 at the bottom. Now upwards: double, minus 4.",
        "Or use (8.11): 4·(3·2³ − 2) pixels are lost.",
    ),
)
