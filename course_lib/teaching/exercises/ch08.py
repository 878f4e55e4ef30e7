"""Exercises of chapter 08, U-Net."""

import math

import numpy as np

from course_lib.teaching.engine import ChoiceExercise, FunctionExercise, Misconception, ValueExercise

# ----------------------------------------------------------------------------------------------------------------------
# 8.5 A dense layer slides

SMALL_DENSE = (np.arange(8).reshape(8, 1), 2, 2)


def _dense_weights(rng):
    for size, c_in, c_out in ((2, 2, 1), (2, 3, 2), (3, 2, 2), (1, 4, 3), (3, 5, 4)):
        yield rng.integers(-9, 10, (size * size * c_in, c_out)), size, c_in
    for size, c_in, c_out in ((2, 1, 1), (2, 2, 8), (4, 3, 2)):
        yield rng.normal(size=(size * size * c_in, c_out)).round(2), size, c_in


def _by_index(weights, size, c_in):
    kernel = np.zeros((size, size, c_in, weights.shape[1]), weights.dtype)
    for u in range(size):
        for v in range(size):
            for c in range(c_in):
                kernel[u, v, c] = weights[(u * size + v) * c_in + c]
    return kernel


dense_to_conv = FunctionExercise(
    number="8.5",
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
            reread="(8.5)",
            example=SMALL_DENSE,
        ),
        Misconception(
            "rows and columns swapped",
            lambda w, size, c_in: w.reshape(size, size, c_in, -1).transpose(1, 0, 2, 3),
            "**rows and columns** are swapped: for the weights `0 … 7` you return `[[[[0], [1]], [[4], [5]]], [[[2], [3]], [[6], [7]]]]`. The pixel to the right of the first comes next, not the one below.",
            reread="(8.5)",
            example=SMALL_DENSE,
        ),
        Misconception(
            "kernel turned by 180 degrees",
            lambda w, size, c_in: w.reshape(size, size, c_in, -1)[::-1, ::-1],
            "your kernel is **flipped**, as for a true convolution. Keras correlates: for the weights `0 … 7` you return "
            "`[[[[6], [7]], [[4], [5]]], [[[2], [3]], [[0], [1]]]]`.",
            reread="(8.5)",
            example=SMALL_DENSE,
        ),
        Misconception(
            "the number of channels left out",
            lambda w, size, c_in: np.array(
                [[[w[u * size + v + c] for c in range(c_in)] for v in range(size)] for u in range(size)]
            ),
            "the step from pixel to pixel is missing: (u q + v) C + c, and yours is u q + v + c. For the weights `0 … 7` you return `[[[[0], [1]], [[1], [2]]], [[[2], [3]], [[3], [4]]]]`, so that neighbours share weights.",
            reread="(8.5)",
            example=SMALL_DENSE,
        ),
        Misconception(
            "Fortran's order",
            lambda w, size, c_in: w.reshape(size, size, c_in, -1, order="F"),
            'with `order="F"` the *first* index runs fastest: for the weights `0 … 7` you return `[[[[0], [4]], [[2], [6]]], [[[1], [5]], [[3], [7]]]]`. In (8.5) the channel runs fastest, NumPy\'s own order.',
            reread="(8.5)",
            example=SMALL_DENSE,
        ),
        Misconception(
            "output channels before input channels",
            lambda w, size, c_in: w.reshape(size, size, -1, c_in),
            "your last two axes stand in the other order, **output channels before input channels**: for the weights "
            "`0 … 7` you return `[[[[0, 1]], [[2, 3]]], [[[4, 5]], [[6, 7]]]]`. A kernel of Keras is (row, column, "
            "in, out), as in (8.5).",
            reread="(8.5)",
            example=SMALL_DENSE,
        ),
        Misconception(
            "reshaped as for PyTorch",
            lambda w, size, c_in: w.T.reshape(-1, c_in, size, size),
            "you shape the kernel as for **PyTorch**, (out, in, row, column): for the weights `0 … 7` you return "
            "`[[[[0, 1], [2, 3]], [[4, 5], [6, 7]]]]`. Here it is (row, column, in, out), and the rows of the weights "
            "stand in that order already, (8.5).",
            reread="(8.5)",
            example=SMALL_DENSE,
        ),
        Misconception(
            "the right kernel, with PyTorch's axes",
            lambda w, size, c_in: w.reshape(size, size, c_in, -1).transpose(3, 2, 0, 1),
            "the right numbers, but with the axes of **PyTorch**, (out, in, row, column): for the weights `0 … 7` you "
            "return `[[[[0, 2], [4, 6]], [[1, 3], [5, 7]]]]`. In Keras a kernel is (row, column, in, out), (8.5).",
            reread="(8.5)",
            example=SMALL_DENSE,
        ),
        Misconception(
            "output channels first",
            lambda w, size, c_in: w.T.reshape(-1, size, size, c_in),
            "you put the **output channels first**: for the weights `0 1`, `2 3`, `4 5`, `6 7`, size 2 and one "
            "channel, you return `[[[[0], [2]], [[4], [6]]], [[[1], [3]], [[5], [7]]]]`. In Keras a kernel is (row, "
            "column, in, out), (8.5).",
            reread="(8.5)",
            example=(np.arange(8).reshape(4, 2), 2, 1),
        ),
    ],
    hints=(
        "Which index of (row, column, channel) runs fastest when Keras flattens a window?",
        "Weight number (u·size + v)·c_in + c belongs to row u, column v, channel c. That is how NumPy counts, too.",
        "One `reshape` to `(size, size, c_in, -1)` does it, with nothing transposed.",
    ),
    fixed=("weights.ndim",),
)

# ----------------------------------------------------------------------------------------------------------------------
# 8.6 What a bridge carries

bridge = ChoiceExercise(
    number="8.6",
    title="What a bridge carries",
    statement="An FCN whose scores are made on stride 8 only gets 99 % of the pixels right away from edges, and 76 % near them. Why?",
    options={
        "a": "Without bridges it has too few parameters.",
        "b": "Pooling keeps that something was there, not where; the way up has to guess.",
        "c": "Without bridges the upper layers get no gradient and are not trained.",
        "d": "Transposed convolutions always make outlines round.",
    },
    answer="b",
    reasons={
        "a": "“too few parameters” is not it: with two bridges the same FCN has *fewer* (76,746 for 83,934) and is better near edges, section 19. More channels can carry some of the place, if they learn to (section 10); a bridge hands it over for nothing.",
        "b": "“keeps that something was there, not where”: in section 10 two places gave one and the same pooled row. Away from edges that costs nothing.",
        "c": "“get no gradient” cannot be: the upper layers stand next to the loss and get *theirs* first. See the stair in section 4.",
        "d": "“always make outlines round” cannot be: the FCN with two bridges enlarges by transposed convolutions, too, and is better near edges. See section 19.",
    },
    hints=(
        "Look again at the two rows of numbers with one and the same pooled row.",
        "Ask what the first convolution after a bridge knows that it could not know otherwise.",
        "The information that is gone after a pool is still there just before it: that is where the bridge begins.",
    ),
)

# ----------------------------------------------------------------------------------------------------------------------
# 8.7 How much to pad


def _sizes(rng):
    yield from ((6, 1), (7, 1), (9, 2), (12, 2), (8, 3), (13, 3), (40, 3), (100, 4), (572, 4), (33, 5))
    yield from ((1, 3), (3, 2), (64, 6), (1000, 7), (4097, 12))


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


def _odd_halvings(n, depth):
    """How many of the halvings meet an odd length, where 1 is added at once."""
    odd = 0
    for _ in range(depth):
        odd, n = odd + n % 2, (n + 1) // 2
    return odd


pad_amount = FunctionExercise(
    number="8.7",
    title="How much to pad",
    statement="Write `pad_amount(n, depth)`: how many pixels to add in all to a length of `n`, so that it can be halved `depth` times.",
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
            reread="(8.13)",
            example=(6, 1),
        ),
        Misconception(
            "a multiple of 2 · depth",
            lambda n, depth: -n % (2 * depth),
            "you pad to a multiple of **2·depth**. Halving is repeated, so factors multiply: for `n = 12`, `depth = 3` you return `0`, but 12 → 6 → 3 cannot be halved again.",
            reread="(8.13)",
            example=(12, 3),
        ),
        Misconception(
            "the remainder",
            lambda n, depth: n % 2**depth,
            "that is how many pixels are **too many**, the remainder, not how many are missing: for `n = 11`, `depth = 2` you return `3`. Cutting them off would lose them.",
            reread="(8.13)",
            example=(11, 2),
        ),
        Misconception(
            "only even",
            lambda n, depth: n % 2,
            "you make the side **even**, which is good for one halving: for `n = 9`, `depth = 2` you return `1`, but 10 → 5 is odd at the second.",
            reread="(8.13)",
            example=(9, 2),
        ),
        Misconception(
            "the new size",
            lambda n, depth: 2**depth * -(-n // 2**depth),
            "you return the **new size**: for `n = 6`, `depth = 1` `6`. How many pixels were *added*? Subtract n.",
            reread="(8.13)",
            example=(6, 1),
        ),
        Misconception(
            "half for each end",
            lambda n, depth: (-n % 2**depth) // 2,
            "that is what belongs on **each end**: for `n = 100`, `depth = 5` you return `14`. We ask for both ends together.",
            reread="(8.13)",
            example=(100, 5),
        ),
        Misconception(
            "depth squared",
            lambda n, depth: -n % depth**2,
            "you pad to a multiple of **depth²**: for `n = 13`, `depth = 3` you return `5`, and 18 cannot be halved three times. Halvings multiply: 2·2·2.",
            reread="(8.13)",
            example=(13, 3),
        ),
        Misconception(
            "^ for **",
            lambda n, depth: -n % (2 ^ depth),
            "in Python `^` is not a power but *exclusive or*: for `n = 13`, `depth = 8` you return `7`. A power is `2**depth`.",
            reread="(8.13)",
            example=(13, 8),
        ),
        Misconception(
            "one halving too few",
            lambda n, depth: -n % 2 ** (depth - 1),
            "you prepare for **one halving too few**: for `n = 33`, `depth = 5` you return `15`, but 48 → 24 → 12 → 6 → 3 is odd.",
            reread="(8.13)",
            example=(33, 5),
        ),
        Misconception(
            "the next power of two",
            lambda n, depth: 2 ** int(np.ceil(np.log2(n))) - n,
            "you go up to the next **power of two**: for `n = 12`, `depth = 2` you return `4`. 12 → 6 → 3 works as it is; a *multiple* of 2^depth is enough.",
            reread="(8.13)",
            example=(12, 2),
        ),
        Misconception(
            "a pixel for each odd halving",
            _odd_halvings,
            "you add **one pixel** wherever a halving meets an odd length: for `n = 257`, `depth = 9` you return `8`, "
            "and 265 cannot be halved at all. A pixel that is added after d halvings stands for 2^d pixels of the "
            "input.",
            reread="(8.13)",
            example=(257, 9),
        ),
        Misconception(
            "one halving too many",
            lambda n, depth: -n % 2 ** (depth + 1),
            "you prepare for **one halving too many**: for `n = 40`, `depth = 4` you return `24`, expected 8: 48 → 24 "
            "→ 12 → 6 → 3 is enough.",
            reread="(8.13)",
            example=(40, 4),
        ),
    ],
    hints=(
        "Which numbers can be halved three times? Write the first few.",
        "You need the next multiple of 2^depth that is not below n.",
        "`-n % m` is what is missing to the next multiple of m, and 0 where nothing is.",
    ),
)

# ----------------------------------------------------------------------------------------------------------------------
# 8.8 Without padding

paper_size = ValueExercise(
    number="8.8",
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
            '`188` would be right with `padding="same"`. Without padding every 3×3 convolution takes two pixels away.',
            reread="(8.14)",
        ),
        Misconception(
            "every convolution at full size",
            160,
            "`160` takes two pixels for each of the 14 convolutions, as if all worked at full size. Two pixels at the bottom are 16 pixels of the image.",
            reread="(8.14)",
        ),
        Misconception(
            "only the way down",
            128,
            "`128` counts the way down and the bottom. The blocks on the way up have unpadded convolutions, too.",
            reread="(8.14)",
        ),
        Misconception(
            "one convolution a block",
            144,
            "`144` takes one convolution for each block. There are two.",
            reread="(8.14)",
        ),
        Misconception(
            "what is lost",
            88,
            "`88` is what is **lost**, by (8.14). The output is 188 less that.",
            reread="(8.14)",
        ),
        Misconception(
            "the width at the bottom",
            16,
            "`16` is the width at the **bottom**. Now up again: double, minus 4, three times.",
            reread="(8.14)",
        ),
        Misconception(
            "the block at the bottom forgotten",
            132,
            "`132` leaves out the block at the **bottom**, which takes 4 as well, and they are 32 pixels of the image.",
            reread="(8.14)",
        ),
        Misconception(
            "the last block forgotten",
            104,
            "`104` leaves out the **last** block on the way up. It takes 4 more.",
            reread="(8.14)",
        ),
        Misconception(
            "one convolution a block, halves cut off",
            138,
            "`138` takes 2 pixels in each block, for one convolution, and cuts off a half where a width is odd. There "
            "are **two** convolutions in a block: minus 4, and every width on the way down is even.",
            reread="(8.14)",
        ),
    ],
    hints=(
        "Walk down the stair: minus 4, half, minus 4, half …",
        "188 → 184 → 92 → 88 → 44 → 40 → 20 → 16 at the bottom. Now upwards: double, minus 4.",
        "Or use (8.14): 4·(3·2³ − 2) pixels are lost.",
    ),
)

# ----------------------------------------------------------------------------------------------------------------------
# 8.3 Build a bridge

MAPS = (np.array([[[[1], [2]]]]), np.array([[[[5], [6]]]]))


def _maps(rng):
    """As many channels from below as were kept, as in a U-Net: so a wrong axis gives a result and no error."""
    for batch, height, width, channels in ((1, 2, 2, 1), (1, 2, 3, 2), (2, 3, 2, 2), (2, 4, 4, 1), (3, 2, 5, 4)):
        yield tuple(rng.integers(-9, 10, (batch, height, width, channels)) for _ in range(2))
    yield tuple(rng.normal(size=(2, 4, 2, 3)).round(2) for _ in range(2))
    yield tuple(rng.normal(size=(4, 4, 4, 4)).round(2) for _ in range(2))


def _pixel_by_pixel(kept, below):
    channels = kept.shape[-1] + below.shape[-1]
    joined = np.zeros((*kept.shape[:3], channels), np.result_type(kept, below))
    for place in np.ndindex(kept.shape[:3]):
        joined[place] = [*kept[place], *below[place]]
    return joined


build_bridge = FunctionExercise(
    number="8.3",
    title="Build a bridge",
    statement="Write `bridge(kept, below)`: at every pixel first the channels of `kept` (N, H, W, C), then those of `below` (N, H, W, D).",
    signature="bridge(kept, below)",
    cases=_maps,
    oracle=_pixel_by_pixel,
    solution="""
    from keras import ops

    def bridge(kept, below):
        return ops.concatenate([kept, below], axis=-1)
    """,
    misconceptions=[
        Misconception(
            "added",
            lambda kept, below: kept + below,
            "you **add** the two maps, as an FCN does with its scores: for one row of two pixels, `1 2` and `5 6`, you return `[[[[6], [8]]]]`. A bridge keeps both numbers at each pixel, side by side.",
            reread="section 3",
            example=MAPS,
        ),
        Misconception(
            "from below first",
            lambda kept, below: np.concatenate([below, kept], axis=-1),
            "both are there, but **what came from below stands first**: for `1 2` and `5 6` you return `[[[[5, 1], [6, 2]]]]`. First the kept channels, then those from below.",
            reread="section 3",
            example=MAPS,
        ),
        Misconception(
            "side by side",
            lambda kept, below: np.concatenate([kept, below], axis=2),
            "you put the maps **side by side**, as one image of twice the width: for `1 2` and `5 6` you return `[[[[1], [2], [5], [6]]]]`. The channels are the last axis, `axis=-1`.",
            reread="section 3",
            example=MAPS,
        ),
        Misconception(
            "one above the other",
            lambda kept, below: np.concatenate([kept, below], axis=1),
            "you put one map **above the other**, as one image of twice the height: for `1 2` and `5 6` you return `[[[[1], [2]], [[5], [6]]]]`. The channels are the last axis, `axis=-1`.",
            reread="section 3",
            example=MAPS,
        ),
        Misconception(
            "a longer batch",
            lambda kept, below: np.concatenate([kept, below], axis=0),
            "you make a **longer batch**, as if they were two images: for `1 2` and `5 6` you return `[[[[1], [2]]], [[[5], [6]]]]`. `concatenate` joins along axis 0 unless it is told otherwise; the channels are the last axis.",
            reread="section 3",
            example=MAPS,
        ),
        Misconception(
            "stacked on a new axis",
            lambda kept, below: np.stack([kept, below], axis=-1),
            "`stack` makes a **new axis**: for `1 2` and `5 6` you return `[[[[[1, 5]], [[2, 6]]]]]`, with five axes. A bridge makes the channels' axis longer: `concatenate`.",
            reread="section 3",
            example=MAPS,
        ),
        Misconception(
            "only what was kept",
            lambda kept, below: kept,
            "you return **only what was kept**: for `1 2` and `5 6` `[[[[1], [2]]]]`. What came from below has seen far, and is lost.",
            reread="section 3",
            example=MAPS,
        ),
        Misconception(
            "only what came from below",
            lambda kept, below: below,
            "you return **only what came from below**: for `1 2` and `5 6` `[[[[5], [6]]]]`. That is a network without a bridge: the place stays lost.",
            reread="section 3",
            example=MAPS,
        ),
        Misconception(
            "the larger of the two",
            lambda kept, below: np.maximum(kept, below),
            "you keep the **larger** of the two numbers at each pixel: for `1 9` and `5 2` you return `[[[[5], [9]]]]`. A bridge keeps both.",
            reread="section 3",
            example=(np.array([[[[1], [9]]]]), np.array([[[[5], [2]]]])),
        ),
        Misconception(
            "the mean of the two",
            lambda kept, below: (kept + below) / 2,
            "you take the **mean** of the two: for `1 2` and `5 6` you return `[[[[3], [4]]]]`. A bridge keeps both numbers at each pixel.",
            reread="section 3",
            example=MAPS,
        ),
        Misconception(
            "channel by channel in turn",
            lambda kept, below: np.stack([kept, below], axis=-1).reshape(*kept.shape[:3], -1),
            "you take the channels **in turn**, one of each: for one pixel with `1 2` kept and `5 6` from below you return `[[[[1, 5, 2, 6]]]]`. All kept channels come first, then all from below.",
            reread="section 3",
            example=(np.array([[[[1, 2]]]]), np.array([[[[5, 6]]]])),
        ),
        Misconception(
            "multiplied",
            lambda kept, below: kept * below,
            "you **multiply** the two maps: for `1 2` and `5 6` you return `[[[[5], [12]]]]`. A bridge keeps both numbers at each pixel, side by side.",
            reread="section 3",
            example=MAPS,
        ),
    ],
    hints=(
        "Compare the shapes before and after: which of the four axes has grown?",
        "The last axis holds the channels. `ops.concatenate` joins a list of arrays along the axis that you name.",
        "`ops.concatenate([kept, below], axis=-1)`: in the list first what shall come first.",
    ),
    fixed=("kept.ndim", "below.ndim"),
)

# ----------------------------------------------------------------------------------------------------------------------
# 8.2 One move for both

TINY_PAIR = (np.array([[1, 2], [3, 4]]), np.array([[5, 6], [7, 8]]), 1, True)


def _pairs(rng):
    for side in (2, 3, 5):
        for turns in (1, 2, 3):
            for flip in (False, True):
                yield rng.integers(0, 9, (side, side)), rng.integers(0, 9, (side, side)), turns, flip
    for shape, turns, flip in (((2, 3), 1, False), ((3, 2), 0, True), ((2, 4), 3, True)):
        yield rng.random(shape).round(2), rng.integers(0, 2, shape).astype(bool), turns, flip
    for turns, flip in ((1, True), (2, True), (3, False)):  # a colour image, with a mask of its height and width
        yield rng.random((2, 3, 3)).round(2), rng.integers(0, 9, (2, 3)), turns, flip


def _moved(image, turns, flip):
    for _ in range(turns):  # counter-clockwise: the last column becomes the first row
        image = np.stack([image[:, j] for j in reversed(range(image.shape[1]))])
    return np.stack([image[:, j] for j in reversed(range(image.shape[1]))], axis=1) if flip else image


def _transposed(image, turns, flip):
    for _ in range(turns):
        image = np.swapaxes(image, 0, 1)
    return image[:, ::-1] if flip else image


def _reversed(image, turns, flip, axes):
    image = np.rot90(image, turns)
    return np.flip(image, axes) if flip else image


joint = FunctionExercise(
    number="8.2",
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
            reread="section 2",
            example=TINY_PAIR,
        ),
        Misconception(
            "mask moved the other way",
            lambda image, mask, turns, flip: (_moved(image, turns, flip), _moved(mask, -turns % 4, flip)),
            "image and mask are turned in **opposite directions**: you return `[[[4, 2], [3, 1]], [[5, 7], [6, 8]]]`. Use one function for both.",
            reread="section 2",
            example=TINY_PAIR,
        ),
        Misconception(
            "only the image reflected",
            lambda image, mask, turns, flip: (_moved(image, turns, flip), _moved(mask, turns, False)),
            "you turn both, but **reflect only the image**: you return `[[[4, 2], [3, 1]], [[6, 8], [5, 7]]]`. Image and mask are augmented apart.",
            reread="section 2",
            example=TINY_PAIR,
        ),
        Misconception(
            "reflected first",
            lambda image, mask, turns, flip: tuple(np.rot90(x[:, ::-1] if flip else x, turns) for x in (image, mask)),
            "you reflect first and turn then, which is another move: you return `[[[1, 3], [2, 4]], [[5, 7], [6, 8]]]`. Image and mask agree, but we asked for the turn first.",
            reread="section 2",
            example=TINY_PAIR,
        ),
        Misconception(
            "both turned clockwise",
            lambda image, mask, turns, flip: (_moved(image, -turns % 4, flip), _moved(mask, -turns % 4, flip)),
            "image and mask agree, but both are turned **clockwise**: for one turn of the image `1 2 / 3 4` and the mask `5 6 / 7 8`, and no flip, you return `[[[3, 1], [4, 2]], [[7, 5], [8, 6]]]`. `np.rot90(x, k)` turns counter-clockwise, as we ask.",
            reread="section 2",
            example=(*TINY_PAIR[:3], False),
        ),
        Misconception(
            "reflected top to bottom",
            lambda image, mask, turns, flip: tuple(
                np.rot90(x, turns)[::-1] if flip else np.rot90(x, turns) for x in (image, mask)
            ),
            "you reflect **top to bottom**: `x[::-1]` turns the rows round. Left to right is `x[:, ::-1]`. For two turns and a flip of the image `1 2 / 3 4` and the mask `5 6 / 7 8` you return `[[[2, 1], [4, 3]], [[6, 5], [8, 7]]]`.",
            reread="section 2",
            example=(*TINY_PAIR[:2], 2, True),
        ),
        Misconception(
            "never reflected",
            lambda image, mask, turns, flip: (_moved(image, turns, False), _moved(mask, turns, False)),
            "`flip` is not used: with `flip = True` you return `[[[2, 4], [1, 3]], [[6, 8], [5, 7]]]`, which is turned but not reflected.",
            reread="section 2",
            example=TINY_PAIR,
        ),
        Misconception(
            "always reflected",
            lambda image, mask, turns, flip: (_moved(image, turns, True), _moved(mask, turns, True)),
            "you reflect **always**, also where `flip` is `False`: for the image `1 2 / 3 4` and the mask `5 6 / 7 8`, one turn and no flip, you return `[[[4, 2], [3, 1]], [[8, 6], [7, 5]]]`.",
            reread="section 2",
            example=(*TINY_PAIR[:3], False),
        ),
        Misconception(
            "turned once, whatever was asked",
            lambda image, mask, turns, flip: (_moved(image, 1, flip), _moved(mask, 1, flip)),
            "you turn **once**, whatever `turns` is: for two turns of the image `0 1 / 2 3` and the mask `4 5 / 6 7`, and no flip, you return `[[[1, 3], [0, 2]], [[5, 7], [4, 6]]]`.",
            reread="section 2",
            example=(np.array([[0, 1], [2, 3]]), np.array([[4, 5], [6, 7]]), 2, False),
        ),
        Misconception(
            "mask not turned",
            lambda image, mask, turns, flip: (_moved(image, turns, flip), _moved(mask, 0, flip)),
            "you reflect both, but **turn only the image**: you return `[[[4, 2], [3, 1]], [[6, 5], [8, 7]]]`. Image and mask are augmented apart.",
            reread="section 2",
            example=TINY_PAIR,
        ),
        Misconception(
            "the mask handed back first",
            lambda image, mask, turns, flip: (_moved(mask, turns, flip), _moved(image, turns, flip)),
            "the moves are right, but the **mask comes first**: you return `[[[8, 6], [7, 5]], [[4, 2], [3, 1]]]`. Image first, then mask.",
            reread="section 2",
            example=TINY_PAIR,
        ),
        Misconception(
            "mask reflected first",
            lambda image, mask, turns, flip: (
                _moved(image, turns, flip),
                np.rot90(mask[:, ::-1] if flip else mask, turns),
            ),
            "the image is turned and then reflected, the mask **the other way round**: for one turn and a flip of the image `0 1 / 2 3` and the mask `4 5 / 6 7` you return `[[[3, 1], [2, 0]], [[4, 6], [5, 7]]]`. The two orders are different moves. Use one function for both.",
            reread="section 2",
            example=(np.array([[0, 1], [2, 3]]), np.array([[4, 5], [6, 7]]), 1, True),
        ),
        Misconception(
            "image moved the other way",
            lambda image, mask, turns, flip: (_moved(image, -turns % 4, flip), _moved(mask, turns, flip)),
            "the mask is turned counter-clockwise and the image **clockwise**: for one turn and a flip of the image "
            "`1 2 / 3 4` and the mask `5 6 / 7 8` you return `[[[1, 3], [2, 4]], [[8, 6], [7, 5]]]`. Use one function "
            "for both.",
            reread="section 2",
            example=TINY_PAIR,
        ),
        Misconception(
            "transposed for turned",
            lambda image, mask, turns, flip: (_transposed(image, turns, flip), _transposed(mask, turns, flip)),
            "you **transpose** instead of turning: rows become columns, but none is reversed. For one turn of the "
            "image `0 1 / 2 3` and the mask `4 5 / 6 7`, and no flip, you return `[[[0, 2], [1, 3]], [[4, 6], [5, "
            "7]]]`. A turn is a transposition and a reflection: `np.rot90`.",
            reread="section 2",
            example=(np.array([[0, 1], [2, 3]]), np.array([[4, 5], [6, 7]]), 1, False),
        ),
        Misconception(
            "the last axis reversed",
            lambda image, mask, turns, flip: (_reversed(image, turns, flip, -1), _reversed(mask, turns, flip, -1)),
            "`x[..., ::-1]` reverses the **last** axis, which in a colour image holds the colours. For an image of "
            "one row and two pixels, `1 2 3` and `4 5 6`, the mask `7 8`, no turn and a flip you return `([[[3, 2, "
            "1], [6, 5, 4]]], [[8, 7]])`. Left to right is axis 1: `x[:, ::-1]`.",
            reread="section 2",
            example=(np.array([[[1, 2, 3], [4, 5, 6]]]), np.array([[7, 8]]), 0, True),
        ),
        Misconception(
            "all axes reversed",
            lambda image, mask, turns, flip: (
                _reversed(image, turns, flip, None),
                _reversed(mask, turns, flip, None),
            ),
            "`np.flip` without an axis reverses **all** of them, rows, columns and colours: for the image `1 2 / 3 4` "
            "and the mask `5 6 / 7 8`, two turns and a flip you return `[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]`, the "
            "first picture again. Left to right is axis 1: `x[:, ::-1]`.",
            reread="section 2",
            example=(*TINY_PAIR[:2], 2, True),
        ),
    ],
    hints=(
        "Write one inner function that moves any array, and call it twice.",
        "`np.rot90(x, turns)` turns counter-clockwise; `x[:, ::-1]` reflects left to right.",
        "def move(x): turn x, then reflect it if flip. Return `move(image), move(mask)`.",
    ),
    fixed=("mask.ndim",),
)

# ----------------------------------------------------------------------------------------------------------------------
# 8.9 Enlarge a mask

STRIPE = (np.array([[0, 4], [4, 0]]), 2)


def _masks(rng):
    for shape in ((2, 2), (2, 3), (4, 3)):
        for factor in (2, 3):
            yield rng.choice([0, 4, 7], size=shape), factor
    yield np.array([[3]]), 4
    yield np.array([[300, 0, 300]]), 1  # more classes than a byte holds
    yield np.array([[1], [1000], [2]]), 5


def _smooth(mask, factor):
    at = [np.clip((np.arange(n * factor) + 0.5) / factor - 0.5, 0, n - 1) for n in mask.shape]
    rows = np.stack([np.interp(at[0], np.arange(len(mask)), column) for column in mask.T], axis=1)
    both = np.stack([np.interp(at[1], np.arange(mask.shape[1]), row) for row in rows])
    return np.floor(both + 0.5).astype(int)


def _zoomed(mask, factor, order, grid):
    from scipy import ndimage

    options = {"grid_mode": True, "mode": "nearest"} if grid else {}
    return ndimage.zoom(mask, factor, order=order, **options)


enlarge_mask = FunctionExercise(
    number="8.9",
    title="Enlarge a mask",
    statement="Write `enlarge_mask(mask, factor)`: a mask of class ids, `factor` times as high and wide.",
    signature="enlarge_mask(mask, factor)",
    cases=_masks,
    oracle=lambda mask, factor: np.kron(mask, np.ones((factor, factor), int)),
    same_dtype=True,  # class ids stay whole numbers
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
            reread="section 2",
            example=STRIPE,
        ),
        Misconception(
            "tiled",
            lambda mask, factor: np.tile(mask, (factor, factor)),
            "you lay **copies side by side** instead of enlarging each pixel: for `[[0, 4], [4, 0]]` you return "
            "`[[0, 4, 0, 4], [4, 0, 4, 0], [0, 4, 0, 4], [4, 0, 4, 0]]`.",
            reread="section 2",
            example=STRIPE,
        ),
        Misconception(
            "zeros between",
            lambda mask, factor: np.kron(mask, np.eye(1, factor * factor, dtype=int).reshape(factor, factor)),
            "you put **zeros between** the pixels, the first half of a transposed convolution: for `[[0, 4], [4, 0]]` you return "
            "`[[0, 0, 4, 0], [0, 0, 0, 0], [4, 0, 0, 0], [0, 0, 0, 0]]`. Now most of the mask is background.",
            reread="(8.8)",
            example=STRIPE,
        ),
        Misconception(
            "bilinear, rounded by NumPy",
            lambda mask, factor: np.round(_zoomed(mask.astype(float), factor, 1, True)).astype(int),
            "you **interpolate between class numbers** and round. Between 0 and 4 that invents 1, 2 and 3, classes that are not in the mask: for `[[0, 4], [4, 0]]` you return `[[0, 1, 3, 4], [1, 2, 2, 3], [3, 2, 2, 1], [4, 3, 1, 0]]`.",
            reread="section 2",
            example=STRIPE,
        ),
        Misconception(
            "bilinear between the middles",
            lambda mask, factor: _zoomed(mask, factor, 1, False),
            "`ndimage.zoom` with `order=1` **interpolates between class numbers**: for `[[0, 7]]`, three times as large, you return `[[0, 1, 3, 4, 6, 7], [0, 1, 3, 4, 6, 7], [0, 1, 3, 4, 6, 7]]`. Between classes 0 and 7 there is no class 1.",
            reread="section 2",
            example=(np.array([[0, 7]]), 3),
        ),
        Misconception(
            "a cubic spline",
            lambda mask, factor: _zoomed(mask, factor, 3, False),
            "`ndimage.zoom` takes a **cubic spline** unless told otherwise (`order=3`): for `[[0, 7], [7, 0]]` you return `[[0, 2, 5, 7], [2, 3, 4, 5], [5, 4, 3, 2], [7, 5, 2, 0]]`, numbers that are no classes of the mask.",
            reread="section 2",
            example=(np.array([[0, 7], [7, 0]]), 2),
        ),
        Misconception(
            "nearest, on another grid",
            lambda mask, factor: _zoomed(mask, factor, 0, False),
            'nearest is right, but SciPy\'s default lines up the **middles of the corner pixels**, and the blocks become unequal: for `[[0, 4, 7]]`, doubled, you return `[[0, 0, 4, 4, 7, 7], [0, 0, 4, 4, 7, 7]]`. With `grid_mode=True, mode="nearest"` they are equal.',
            reread="section 2",
            example=(np.array([[0, 4, 7]]), 2),
        ),
        Misconception(
            "enlarged along one axis",
            lambda mask, factor: mask.repeat(factor, axis=0),
            "you enlarge along **one axis** only: for `[[0, 4], [4, 0]]` you return `[[0, 4], [0, 4], [4, 0], [4, 0]]`.",
            reread="section 2",
            example=STRIPE,
        ),
        Misconception(
            "the class numbers multiplied",
            lambda mask, factor: np.kron(mask, np.full((factor, factor), factor)),
            "the shape is right, but the **class numbers** are multiplied by the factor: for `[[0, 4], [4, 0]]` you return `[[0, 0, 8, 8], [0, 0, 8, 8], [8, 8, 0, 0], [8, 8, 0, 0]]`. Class 4 is a name.",
            reread="section 2",
            example=STRIPE,
        ),
        Misconception(
            "repeated without an axis",
            lambda mask, factor: np.repeat(mask, factor**2).reshape(np.multiply(mask.shape, factor)),
            "`np.repeat` without an **axis** makes one long row, and `reshape` breaks it at other places: for `[[0, "
            "4], [4, 0]]` you return `[[0, 0, 0, 0], [4, 4, 4, 4], [4, 4, 4, 4], [0, 0, 0, 0]]`, where each pixel is "
            "a stripe. Repeat along axis 0, then along axis 1.",
            reread="section 2",
            example=STRIPE,
        ),
        Misconception(
            "filled up row by row",
            lambda mask, factor: np.resize(mask, np.multiply(mask.shape, factor)),
            "`np.resize` fills the larger mask with the pixels one after the other, **row by row**, again and again: "
            "for `[[0, 4], [4, 7]]` you return `[[0, 4, 4, 7], [0, 4, 4, 7], [0, 4, 4, 7], [0, 4, 4, 7]]`. Each pixel "
            "must become a block of its own.",
            reread="section 2",
            example=(np.array([[0, 4], [4, 7]]), 2),
        ),
    ],
    hints=(
        "Class numbers are names. What is half-way between 'car' and 'clock'?",
        "Every pixel becomes a block of factor × factor pixels with its own number.",
        "`repeat` along axis 0, then along axis 1.",
    ),
    fixed=("mask.ndim", "mask.dtype"),
)

# ----------------------------------------------------------------------------------------------------------------------
# 8.1 From a logit to a mask

LOGITS = (np.array([[-2.0, 0.3], [0.7, 4.0]])[..., None],)


def _single_logits(rng):
    for shape in ((2, 2, 1), (3, 4, 1), (6, 5, 1), (2, 7, 1), (9, 9, 1)):
        yield (np.round(rng.normal(scale=2, size=shape), 2),)
    yield (rng.integers(-3, 4, (4, 3, 1)).astype(float),)  # some are 0
    yield (np.array([[[-1000.0], [1000.0], [-1e-3], [1e-3]]]),)
    yield (np.array([[[-3.0], [-1.0]], [[-2.0], [-1.0]]]),)  # no foreground
    yield (np.array([[[3.0], [1.0], [0.25]]]),)  # nothing else


def _sigmoid(z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-z))


foreground = FunctionExercise(
    number="8.1",
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
            reread="section 1",
            example=LOGITS,
        ),
        Misconception(
            "argmax over one channel",
            lambda logits: logits.argmax(-1) > 0,
            "you take the **argmax over a single channel**, which is always number 0: you return `[[False, False], [False, False]]` whatever the network says.",
            reread="section 1",
            example=LOGITS,
        ),
        Misconception(
            "background instead of foreground",
            lambda logits: logits[..., 0] < 0,
            "you return the **background**: `[[True, False], [False, False]]`. A positive logit speaks for the foreground.",
            reread="section 1",
            example=LOGITS,
        ),
        Misconception(
            "everything is foreground",
            lambda logits: _sigmoid(_sigmoid(logits[..., 0])) > 0.5,
            "**everything** is foreground: `[[True, True], [True, True]]`. Four ways lead there: a softmax over one channel is always 1; its argmax is always 0; the sigmoid of a sigmoid is always above ½; and a sigmoid is always above 0. Compare the logit itself with 0.",
            reread="section 1",
            example=LOGITS,
        ),
        Misconception(
            "0 belongs to the foreground",
            lambda logits: logits[..., 0] >= 0,
            "right but for a logit of exactly 0, a probability of exactly ½: for the logits `0, 1` you return `[[True, True]]`. We ask for *above* ½.",
            reread="section 1",
            example=(np.array([[0.0, 1.0]])[..., None],),
        ),
        Misconception(
            "probabilities",
            lambda logits: _sigmoid(logits[..., 0]),
            "you return the **probabilities**; for the logits `-2, 0.3, 0.7, 4` `[[0.1192, 0.5744], [0.6682, 0.982]]`. A mask needs a decision: is it above ½?",
            reread="section 1",
            example=LOGITS,
        ),
        Misconception(
            "the last axis kept",
            lambda logits: logits > 0,
            "the last axis is still there: for the logits `-2, 0.3, 0.7, 4` you return `[[[False], [True]], [[True], [True]]]`. A mask is (H, W): take `[..., 0]`.",
            reread="section 1",
            example=LOGITS,
        ),
        Misconception(
            "above the mean",
            lambda logits: logits[..., 0] > logits.mean(),
            "you compare with the **mean** logit of the image: for the logits `-2, 0.3, 0.7, 4` you return `[[False, False], [False, True]]`. Then an empty image would have foreground, too.",
            reread="section 1",
            example=LOGITS,
        ),
        Misconception(
            "tanh for sigmoid",
            lambda logits: np.tanh(logits[..., 0]) > 0.5,
            "you squash with **tanh**, which is 0 at a logit of 0, and compare with ½: for the logits `0.52, 0.6` you return `[[False, True]]`. The sigmoid is ½ at 0.",
            reread="section 1",
            example=(np.array([[0.52, 0.6]])[..., None],),
        ),
        Misconception(
            "log ½",
            lambda logits: logits[..., 0] > np.log(0.5),
            "you compare with log ½ = −0.69. A probability of ½ has the *odds* 1, and log 1 = 0: for the logits `-0.5, 1, -2` you return `[[True, True, False]]`.",
            reread="section 1",
            example=(np.array([[-0.5, 1.0, -2.0]])[..., None],),
        ),
    ],
    hints=(
        "What is the sigmoid of 0?",
        "The sigmoid rises everywhere, so a threshold on probabilities is a threshold on logits.",
        "Drop the last axis and compare with 0.",
    ),
    fixed=("logits.ndim", "logits.dtype"),  # Keras takes the sigmoid of fractions only
)

# ----------------------------------------------------------------------------------------------------------------------
# 8.10 Do these tiles leak?

TILES = (np.array([[0, 0]]), np.array([[0, 8], [4, 4], [4, 20], [1, 3]]), 8)


FAR_TILES = (np.array([[20, 20]]), np.array([[0, 0], [40, 0]]), 8)
CROSS_TILES = (np.array([[0, 0]]), np.array([[0, 20], [20, 0], [4, 4], [20, 20]]), 8)
CORNER_TILES = (np.array([[0, 0]]), np.array([[7, 7], [8, 0]]), 8)


def _tile_sets(rng):
    yield np.array([[0, 0]]), np.array([[8, 0], [7, 7]]), 8
    for _ in range(5):
        yield rng.integers(0, 60, (4, 2)), rng.integers(0, 60, (6, 2)), int(rng.choice([8, 12]))
    for n, m, size in ((3, 2, 5), (1, 7, 16), (7, 5, 9), (6, 6, 1)):
        yield rng.integers(0, 5 * size, (n, 2)), rng.integers(0, 5 * size, (m, 2)), size
    yield np.array([[10, 30]]), np.array([[30, 10], [10, 33], [13, 26], [14, 30], [6, 30], [10, 25]]), 4


def _painted(train, validation, size):
    canvas = np.zeros((100, 100), bool)
    for top, left in train:
        canvas[top : top + size, left : left + size] = True
    return np.array([canvas[t : t + size, s : s + size].any() for t, s in validation])


def _apart(train, validation):
    return np.abs(validation[:, None] - train[None])


leaks = FunctionExercise(
    number="8.10",
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
            "you look for **the same tile**. Random tiles are hardly ever equal and often overlap: for a training tile at (0, 0) and validation tiles at (0, 8), (4, 4), (4, 20), (1, 3), size 8, you return `[False, False, False, False]`, and the tile at (4, 4) shares a quarter with the training tile.",
            reread="section 15",
            example=TILES,
        ),
        Misconception(
            "touching counts",
            lambda train, validation, size: (_apart(train, validation) <= size).all(2).any(1),
            "tiles that only **touch** share no pixel: for a training tile at (0, 0) and validation tiles at (0, 8), (4, 4), (4, 20), (1, 3), size 8, you return `[True, True, False, True]`. With corners 8 apart, tiles of 8 lie side by side.",
            reread="section 15",
            example=TILES,
        ),
        Misconception(
            "one axis is enough",
            lambda train, validation, size: (_apart(train, validation) < size).any(2).any(1),
            "you call it a leak when rows **or** columns overlap: for a training tile at (0, 0) and validation tiles at (0, 8), (4, 4), (4, 20), (1, 3), size 8, you return `[True, True, True, True]`. Two squares meet only where both do.",
            reread="section 15",
            example=TILES,
        ),
        Misconception(
            "half a tile",
            lambda train, validation, size: (_apart(train, validation) < size / 2).all(2).any(1),
            "you allow an overlap of **half a tile** on each axis: for a training tile at (0, 0) and validation tiles at (0, 8), (4, 4), (4, 20), (1, 3), size 8, you return `[False, False, False, True]`, and the tile at (4, 4) shares 16 pixels with the training tile.",
            reread="section 15",
            example=TILES,
        ),
        Misconception(
            "no absolute value",
            lambda train, validation, size: ((validation[:, None] - train[None]) < size).all(2).any(1),
            "the **absolute value** is missing: a tile above or left of the training tile has a negative difference, however far it is. For a training tile at (20, 20) and validation tiles at (0, 0) and (40, 0), size 8, you return `[True, False]`.",
            reread="section 15",
            example=FAR_TILES,
        ),
        Misconception(
            "circles for squares",
            lambda train, validation, size: (np.sqrt((_apart(train, validation) ** 2).sum(2)) < size).any(1),
            "you compare a **distance** with the size, as if tiles were discs: for a training tile at (0, 0) and validation tiles at (7, 7) and (8, 0), size 8, you return `[False, False]`. Squares overlap when rows *and* columns do.",
            reread="section 15",
            example=CORNER_TILES,
        ),
        Misconception(
            "only the corner",
            lambda train, validation, size: np.array(
                [any(((t <= v) & (v < t + size)).all() for t in train) for v in validation]
            ),
            "you ask whether the validation tile's **upper left corner** lies in a training tile. A tile that begins above it can still reach in: for a training tile at (4, 4) and validation tiles at (0, 0) and (5, 5), size 8, you return `[False, True]`.",
            reread="section 15",
            example=(np.array([[4, 4]]), np.array([[0, 0], [5, 5]]), 8),
        ),
        Misconception(
            "rows and columns of different tiles",
            lambda train, validation, size: (_apart(train, validation) < size).any(1).all(1),
            "rows that overlap with *one* training tile and columns with *another* are no leak: for training tiles at (0, 0) and (20, 20) and validation tiles at (0, 20) and (20, 24), size 8, you return `[True, True]`. First `all` over the two axes, then `any` over the training tiles.",
            reread="section 15",
            example=(np.array([[0, 0], [20, 20]]), np.array([[0, 20], [20, 24]]), 8),
        ),
        Misconception(
            "all training tiles",
            lambda train, validation, size: (_apart(train, validation) < size).all(2).all(1),
            "you ask for an overlap with **every** training tile; one is enough: for training tiles at (0, 0) and (20, 20) and validation tiles at (4, 4), (10, 10) and (40, 40), size 12, you return `[False, True, False]`.",
            reread="section 15",
            example=(np.array([[0, 0], [20, 20]]), np.array([[4, 4], [10, 10], [40, 40]]), 12),
        ),
        Misconception(
            "turned round",
            lambda train, validation, size: ~(_apart(train, validation) < size).all(2).any(1),
            "the answer is **turned round**, `True` where a tile is clean: for a training tile at (0, 0) and validation tiles at (7, 7), (8, 0) and (9, 9), size 8, you return `[False, True, True]`.",
            reread="section 15",
            example=(np.array([[0, 0]]), np.array([[7, 7], [8, 0], [9, 9]]), 8),
        ),
        Misconception(
            "for each training tile",
            lambda train, validation, size: (_apart(train, validation) < size).all(2).any(0),
            "you answer for each **training** tile: for training tiles at (0, 0), (20, 20) and (40, 0) and a "
            "validation tile at (4, 4), size 8, you return `[True, False, False]`. Axis 0 is the validation tiles "
            "here; `any` goes over the training tiles, axis 1.",
            reread="section 15",
            example=(np.array([[0, 0], [20, 20], [40, 0]]), np.array([[4, 4]]), 8),
        ),
        Misconception(
            "only the rows",
            lambda train, validation, size: (_apart(train, validation)[..., 0] < size).any(1),
            "you compare the **rows** only: for a training tile at (0, 0) and validation tiles at (0, 20), (20, 0), "
            "(4, 4) and (20, 20), size 8, you return `[True, False, True, False]`. Two squares meet only where their "
            "columns do as well.",
            reread="section 15",
            example=CROSS_TILES,
        ),
        Misconception(
            "only the columns",
            lambda train, validation, size: (_apart(train, validation)[..., 1] < size).any(1),
            "you compare the **columns** only: for a training tile at (0, 0) and validation tiles at (0, 20), (20, "
            "0), (4, 4) and (20, 20), size 8, you return `[False, True, True, False]`. Two squares meet only where "
            "their rows do as well.",
            reread="section 15",
            example=CROSS_TILES,
        ),
    ],
    hints=(
        "When do two intervals [a, a + size) and [b, b + size) share a point?",
        "Exactly when |a − b| < size. Squares need that for rows and for columns.",
        "`(abs(difference) < size).all(over the two axes).any(over the training tiles)`.",
    ),
    fixed=("train.ndim", "train.dtype", "validation.ndim", "validation.dtype"),
)

# ----------------------------------------------------------------------------------------------------------------------
# 8.11 The weight of a border

GAP = (3.0, 4.0, 10.0, 5.0)


def _gaps(rng):
    yield 1.0, 1.0, 10.0, 5.0
    for _ in range(6):
        d1 = rng.uniform(0, 8)
        yield d1, d1 + rng.uniform(0, 6), rng.uniform(1, 20), rng.uniform(2, 6)
    yield 2, 3, 4, 3  # whole numbers
    yield 0.0, 0.0, 7.0, 0.5
    yield 30.0, 40.0, 10.0, 2.0  # hardly anything
    yield np.array([1, 2, 5]), np.array([3, 2, 6]), 10, 5  # distances of several pixels
    for shape in ((2, 3), (4, 2)):
        d1 = rng.uniform(0, 8, shape)
        yield d1, d1 + rng.uniform(0, 6, shape), float(rng.uniform(1, 20)), float(rng.uniform(2, 6))


border_weight = FunctionExercise(
    number="8.11",
    title="The weight of a border",
    statement="Write `border_weight(d1, d2, w0, sigma)`: the second term of (8.17).",
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
            reread="(8.17)",
            example=GAP,
        ),
        Misconception(
            "sigma not squared",
            lambda d1, d2, w0, sigma: w0 * np.exp(-((d1 + d2) ** 2) / (2 * sigma)),
            "**σ is not squared**, so its unit does not cancel: for `3, 4, 10, 5` you return `0.07447`, expected 3.753.",
            reread="(8.17)",
            example=GAP,
        ),
        Misconception(
            "without the 2",
            lambda d1, d2, w0, sigma: w0 * np.exp(-((d1 + d2) ** 2) / sigma**2),
            "the **2** of 2σ² is missing: for `3, 4, 10, 5` you return `1.409`, expected 3.753.",
            reread="(8.17)",
            example=GAP,
        ),
        Misconception(
            "only the nearest object",
            lambda d1, d2, w0, sigma: w0 * np.exp(-(d1**2) / (2 * sigma**2)),
            "you use the **nearest object only**: for `3, 4, 10, 5` you return `8.353`. Then every outline is heavy, also where there is no neighbour to touch.",
            reread="(8.17)",
            example=GAP,
        ),
        Misconception(
            "brackets around 2σ² forgotten",
            lambda d1, d2, w0, sigma: w0 * np.exp(-((d1 + d2) ** 2) / 2 * sigma**2),
            "without **brackets** around `2 * sigma**2`, Python divides by 2 and *multiplies* by σ²: for `1, 1, 10, 1.5` you return `0.1111`, expected 4.111.",
            reread="(8.17)",
            example=(1.0, 1.0, 10.0, 1.5),
        ),
        Misconception(
            "the class weight added",
            lambda d1, d2, w0, sigma: 1 + w0 * np.exp(-((d1 + d2) ** 2) / (2 * sigma**2)),
            "you add w_c = 1: that is all of (8.17), and the *second* term is asked for. For `3, 4, 10, 5` you return `4.753`, expected 3.753.",
            reread="(8.17)",
            example=GAP,
        ),
        Misconception(
            "no minus",
            lambda d1, d2, w0, sigma: w0 * np.exp((d1 + d2) ** 2 / (2 * sigma**2)),
            "the **minus** in the exponent is missing: for `3, 4, 10, 5` you return `26.64`, and wide gaps weigh most.",
            reread="(8.17)",
            example=GAP,
        ),
        Misconception(
            "no w0",
            lambda d1, d2, w0, sigma: np.exp(-((d1 + d2) ** 2) / (2 * sigma**2)),
            "**w₀** is not used: for `3, 4, 10, 5` you return `0.3753`, expected 3.753.",
            reread="(8.17)",
            example=GAP,
        ),
        Misconception(
            "the sum not squared",
            lambda d1, d2, w0, sigma: w0 * np.exp(-(d1 + d2) / (2 * sigma**2)),
            "the sum is **not squared**: for `3, 4, 10, 5` you return `8.694`, expected 3.753.",
            reread="(8.17)",
            example=GAP,
        ),
        Misconception(
            "the difference for the sum",
            lambda d1, d2, w0, sigma: w0 * np.exp(-((d2 - d1) ** 2) / (2 * sigma**2)),
            "you take the **difference** of the distances, which is 0 in the middle of every gap, wide or narrow: for `3, 4, 10, 5` you return `9.802`, expected 3.753.",
            reread="(8.17)",
            example=GAP,
        ),
        Misconception(
            "(2σ)²",
            lambda d1, d2, w0, sigma: w0 * np.exp(-((d1 + d2) ** 2) / (2 * sigma) ** 2),
            "you square the **2** as well: 4σ² for 2σ². For `3, 4, 10, 5` you return `6.126`, expected 3.753.",
            reread="(8.17)",
            example=GAP,
        ),
        Misconception(
            "for a single pixel only",
            lambda d1, d2, w0, sigma: w0 * math.exp(-((d1 + d2) ** 2) / (2 * sigma**2)),
            "right for a single pixel. But d₁ and d₂ are maps of distances, of the shape (H, W), as the notation says, and `math.exp` takes one number only: for two pixels with `d1 = [3, 1]` and `d2 = [4, 2]` you get a `TypeError`. `np.exp` takes whole arrays, see (8.17).",
            reread="(8.17)",
            example=(np.array([3.0, 1.0]), np.array([4.0, 2.0]), 10.0, 5.0),
        ),
        Misconception(
            "a normalised Gaussian",
            lambda d1, d2, w0, sigma: (
                w0 * np.exp(-((d1 + d2) ** 2) / (2 * sigma**2)) / (sigma * math.sqrt(2 * math.pi))
            ),
            "you **normalise** the Gaussian, as a density is: divided by σ√(2π). For `3, 4, 10, 5` you return "
            "`0.2995`, expected 3.753. The weight of a border is w₀ where the gap is 0, whatever σ is.",
            reread="(8.17)",
            example=GAP,
        ),
        Misconception(
            "w0 added",
            lambda d1, d2, w0, sigma: w0 + np.exp(-((d1 + d2) ** 2) / (2 * sigma**2)),
            "you **add** w₀ where it multiplies: for `3, 4, 10, 5` you return `10.38`, expected 3.753. Then every "
            "pixel would be heavy, however far from a border.",
            reread="(8.17)",
            example=GAP,
        ),
    ],
    hints=(
        "What is the width of a gap at a pixel that is d₁ from one wall and d₂ from the other?",
        "A Gaussian of that width, times w₀.",
        "`w0 * exp(-(d1 + d2)**2 / (2 * sigma**2))`.",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-9,
)

# ----------------------------------------------------------------------------------------------------------------------
# 8.4 IoU of a mask, not of probabilities

SURE = (np.array([0.9, 0.6, 0.4, 0.2]), np.array([1, 1, 1, 0]))


def _mean_of_both(found, truth):
    return np.mean(
        [(a & b).sum() / (a | b).sum() if (a | b).any() else 1.0 for a, b in ((found, truth), (~found, ~truth))]
    )


def _maps(rng):
    yield np.array([[0.25, 0.75, 0.5]]), np.array([[1, 0, 0]])  # no overlap
    yield np.array([[1, 0], [0, 0], [0, 1]]), np.array([[1, 0], [0, 0], [0, 1]], np.uint8)  # all right
    yield np.array([[0.25, 0.5], [0.125, 0.0]]), np.array([[0, 1], [1, 0]])  # nothing found
    for shape in (4, 6, 9, 16, 30, 50, (3, 4), (5, 2), (2, 3, 4)):
        truth = rng.integers(0, 2, shape)
        truth.flat[0] = 1
        yield np.round(rng.random(shape), 2), truth


iou_of_mask = FunctionExercise(
    number="8.4",
    title="A metric wants decisions",
    statement="Write `iou(probability, truth)`: IoU of the mask `probability > 0.5` with the true mask (numbers 0 and 1).",
    signature="iou(probability, truth)",
    cases=_maps,
    oracle=lambda p, t: (
        len(set(np.flatnonzero(p > 0.5)) & set(np.flatnonzero(t)))
        / len(set(np.flatnonzero(p > 0.5)) | set(np.flatnonzero(t)))
    ),
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
            reread="section 1",
            example=SURE,
        ),
        Misconception(
            "truncated to integers",
            lambda p, t: (p.astype(int) & t).sum() / (p.astype(int) | t).sum(),
            "you cut probabilities **down to whole numbers**, so that 0.9 becomes 0: you return `0`. `keras.metrics.MeanIoU` does just that.",
            reread="section 1",
            example=SURE,
        ),
        Misconception(
            "Dice",
            lambda p, t: 2 * ((p > 0.5) & (t > 0)).sum() / ((p > 0.5).sum() + t.sum()),
            "you return the **Dice** coefficient, `0.8`: the overlap counts twice in it. IoU divides by the union.",
            reread="(8.2)",
            example=SURE,
        ),
        Misconception(
            "pixel accuracy",
            lambda p, t: ((p > 0.5) == (t > 0)).mean(),
            "you return the share of **right pixels**, `0.75`. Background that is right counts in it; in IoU it does not.",
            reread="(8.2)",
            example=SURE,
        ),
        Misconception(
            "½ belongs to the foreground",
            lambda p, t: ((p >= 0.5) & (t > 0)).sum() / ((p >= 0.5) | (t > 0)).sum(),
            "`>=` takes a probability of exactly ½ in, and `probability > 0.5` is asked for: for `0.5, 0.6, 0.2, 0.9` against `0, 1, 1, 1` you return `0.5`, expected 0.6667.",
            reread="section 1",
            example=(np.array([0.5, 0.6, 0.2, 0.9]), np.array([0, 1, 1, 1])),
        ),
        Misconception(
            "precision",
            np.errstate(invalid="ignore")(lambda p, t: ((p > 0.5) & (t > 0)).sum() / (p > 0.5).sum()),
            "you divide by what was **found**; that is the precision, `0.6667` for `0.9, 0.6, 0.7, 0.2` against `1, 0, 1, 1`. What was missed must count, too: divide by the union.",
            reread="(8.2)",
            example=(np.array([0.9, 0.6, 0.7, 0.2]), np.array([1, 0, 1, 1])),
        ),
        Misconception(
            "recall",
            lambda p, t: ((p > 0.5) & (t > 0)).sum() / (t > 0).sum(),
            "you divide by the **truth** alone; that is the recall. False alarms must count, too: for `0.9, 0.6` against `1, 0` you return `1`, expected 0.5.",
            reread="(8.2)",
            example=(np.array([0.9, 0.6]), np.array([1, 0])),
        ),
        Misconception(
            "the overlap twice below",
            lambda p, t: ((p > 0.5) & (t > 0)).sum() / ((p > 0.5).sum() + (t > 0).sum()),
            "in the sum of both areas the overlap counts **twice**: for `0.9, 0.6, 0.4, 0.2` against `1, 1, 1, 0` you return `0.4`. Subtract it once, or use `|`.",
            reread="(8.2)",
            example=SURE,
        ),
        Misconception(
            "the loss",
            lambda p, t: 1 - ((p > 0.5) & (t > 0)).sum() / ((p > 0.5) | (t > 0)).sum(),
            "you return **1 − IoU**, a loss: `0.3333` for `0.9, 0.6, 0.4, 0.2` against `1, 1, 1, 0`. A score is asked for.",
            reread="(8.2)",
            example=SURE,
        ),
        Misconception(
            "the mean of both classes",
            lambda p, t: _mean_of_both(p > 0.5, t > 0),
            "you average the IoU of **foreground and background**: for `0.9, 0.6, 0.2, 0.1` against `1, 0, 0, 0` you return `0.5833`, expected 0.5. Here the foreground's is asked for.",
            reread="(8.2)",
            example=(np.array([0.9, 0.6, 0.2, 0.1]), np.array([1, 0, 0, 0])),
        ),
        Misconception(
            "above 0",
            lambda p, t: ((p > 0) & (t > 0)).sum() / ((p > 0) | (t > 0)).sum(),
            "you compare the probabilities with **0**: for `0.9, 0.6, 0.4, 0.2` against `1, 0, 0, 0` you return `0.25`, expected 0.5. 0 is the threshold for *logits*; for probabilities it is ½.",
            reread="section 1",
            example=(np.array([0.9, 0.6, 0.4, 0.2]), np.array([1, 0, 0, 0])),
        ),
        Misconception(
            "1 added above and below",
            lambda p, t: (((p > 0.5) & (t > 0)).sum() + 1) / (((p > 0.5) | (t > 0)).sum() + 1),
            "you add **1** above and below, as in a smoothed loss: for `0.9, 0.6, 0.7, 0.2` against `1, 0, 1, 1` you "
            "return `0.6`, expected 0.5. A score counts pixels as they are, (8.2).",
            reread="(8.2)",
            example=(np.array([0.9, 0.6, 0.7, 0.2]), np.array([1, 0, 1, 1])),
        ),
    ],
    hints=(
        "First decide, then count.",
        "Both masks are boolean: `&` is the intersection, `|` the union.",
        "`(found & truth).sum() / (found | truth).sum()`.",
    ),
    rtol=1e-6,  # Keras's metrics are float32
    atol=1e-7,
    fixed=("truth.dtype",),
)

# ----------------------------------------------------------------------------------------------------------------------
# 8.12 From logits to classes

PIXELS = (np.array([[[3.0, 1.0], [0.0, 2.0]], [[1.0, 5.0], [4.0, 0.0]], [[0.0, 9.0], [2.0, 1.0]]]),)


def _many_logits(rng):
    for shape in ((2, 2, 3), (4, 4, 4), (5, 3, 6), (3, 3, 3), (8, 6, 4)):
        yield (np.round(rng.normal(size=shape), 3),)
    yield (np.array([[[-5.0, -2.0, -9.0], [-1.0, -3.0, -2.0]]]),)  # all below 0
    yield (rng.permuted(np.tile(np.arange(-2.0, 3.0), (3, 4, 1)), axis=-1),)
    yield (np.round(20 * rng.normal(size=(4, 3, 2)), 3),)


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
    number="8.12",
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
            "you take the argmax along **axis 1**: which *column* is best for each class. The classes are on the last axis. For 3 × 2 pixels with the logits `3 1`, `0 2` / `1 5`, `4 0` / `0 9`, `2 1` you return `[[0, 1], [1, 0], [1, 0]]`.",
            reread="section 18",
            example=PIXELS,
        ),
        Misconception(
            "argmax over rows",
            lambda logits: logits.argmax(axis=0),
            "you take the argmax along **axis 0**: which *row* is best. The result has the shape of something else: `[[0, 2], [1, 0]]` for an image of 3 × 2.",
            reread="section 18",
            example=PIXELS,
        ),
        Misconception(
            "the largest logit itself",
            lambda logits: logits.max(axis=-1),
            "you return the **largest logit**, not whose it is: `[[3, 2], [5, 4], [9, 2]]`.",
            reread="section 18",
            example=PIXELS,
        ),
        Misconception(
            "background unless sure",
            _confident,
            "you call a pixel background **unless the network is sure**: `[[0, 0], [1, 0], [1, 0]]`. That is a decision of its own, with other scores; the plain rule takes the likeliest class.",
            reread="section 18",
            example=PIXELS,
        ),
        Misconception(
            "background left out",
            lambda logits: logits[..., 1:].argmax(axis=-1) + 1,
            "you leave class 0 out, so nothing can be **background**: for one pixel with logits `5 1 2` you return `[[2]]`.",
            reread="section 18",
            example=(np.array([[[5.0, 1, 2]]]),),
        ),
        Misconception(
            "each class thresholded first",
            lambda logits: (_sigmoid(logits) > 0.5).argmax(axis=-1),
            "you threshold each class at ½ **before** the argmax, which then takes the first that passes: for one pixel with logits `1 4 2` you return `[[0]]`. Compare the logits themselves.",
            reread="section 18",
            example=(np.array([[[1.0, 4, 2]]]),),
        ),
        Misconception(
            "counted from 1",
            lambda logits: logits.argmax(axis=-1) + 1,
            "you count classes from **1**: for one pixel with logits `4 1 2` you return `[[1]]`. Class 0 is the background.",
            reread="section 18",
            example=(np.array([[[4.0, 1, 2]]]),),
        ),
        Misconception(
            "softmax over the image",
            lambda logits: (np.exp(logits) / np.exp(logits).sum(axis=(0, 1), keepdims=True)).argmax(axis=-1),
            "your softmax runs over the **pixels**, so that every class gets its share of the image: for two pixels with logits `3 0` and `5 1` you return `[[1, 0]]`. A softmax over the classes of a pixel changes no argmax; you need none.",
            reread="section 18",
            example=(np.array([[[3.0, 0], [5, 1]]]),),
        ),
        Misconception(
            "marked, not numbered",
            lambda logits: logits == logits.max(axis=-1, keepdims=True),
            "you **mark** the largest logit of each pixel, one `True` for every pixel: for one pixel with logits `5 1 "
            "2` you return `[[[True, False, False]]]`. A class id is its *number*: argmax.",
            reread="section 18",
            example=(np.array([[[5.0, 1, 2]]]),),
        ),
        Misconception(
            "the least likely class",
            lambda logits: logits.argmin(axis=-1),
            "you take the **smallest** logit: for two pixels with logits `1 4 2` and `3 0 5` you return `[[0, 1]]`, "
            "the class that is least likely. The largest one wins.",
            reread="section 18",
            example=(np.array([[[1.0, 4, 2], [3, 0, 5]]]),),
        ),
        Misconception(
            "signs lost",
            lambda logits: np.abs(logits).argmax(axis=-1),
            "you compare the logits **without their signs**: for two pixels with logits `-5 1 2` and `1 2 -9` you "
            "return `[[0, 2]]`. A logit far below 0 speaks against a class.",
            reread="section 18",
            example=(np.array([[[-5.0, 1, 2], [1, 2, -9]]]),),
        ),
    ],
    hints=(
        "Which axis holds the classes?",
        "For each pixel: the index of the largest of its C numbers.",
        "`argmax` along the last axis.",
    ),
    fixed=("logits.ndim", "logits.dtype"),  # Keras takes the softmax of fractions only
)

# ----------------------------------------------------------------------------------------------------------------------
# 8.13 Another image in the batch

batch_norm = ChoiceExercise(
    number="8.13",
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
        "a": "convolutions never “look at several images at once”: each image of a batch is computed by itself. See section 20.",
        "b": "“from this batch”: in training mode, images normalise each other; at prediction the stored averages must be used. See section 20.",
        "c": "nothing “trained a little further”: weights change only where a gradient is applied. But the stored averages do move, see section 20.",
        "d": "“rounded differently” would change the seventh digit, not the mask. See section 20.",
    },
    hints=(
        "Which layer of a block computes something over the whole batch?",
        "Its behaviour depends on the argument `training`.",
        "Chapter 06 made this layer: mean and variance per channel, over batch, rows and columns.",
    ),
)
