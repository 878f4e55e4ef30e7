"""Exercises of chapter 08, U-Net."""

import math

import numpy as np

from course_lib.teaching.engine import ChoiceExercise, FunctionExercise, ValueExercise


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
    "8.5",
    "A dense layer slides",
    cases=_dense_weights,
    oracle=_by_index,
    solution="""
    def dense_to_conv(weights, size, c_in):
        return weights.reshape(size, size, c_in, -1)
    """,
    example=(np.arange(8).reshape(8, 1), 2, 2),
    hints=(
        "Which index of (row, column, channel) runs fastest when Keras flattens a window?",
        "Weight number (u·size + v)·c_in + c belongs to row u, column v, channel c. That is how NumPy counts, too.",
        "One `reshape` to `(size, size, c_in, -1)` does it, with nothing transposed.",
    ),
    fixed=("weights.ndim",),
)


@dense_to_conv.mistake("channels first")
def _(w, size, c_in):
    """you unroll the weights with the **channels first**. Keras flattens (row, column, channel), so the channel is the
    index that runs fastest. For the weights `0 … 7` you return `[[[[0], [4]], [[1], [5]]], [[[2], [6]], [[3], [7]]]]`:
    the two channels of one pixel are four apart. Look again at (8.5)."""
    return w.reshape(c_in, size, size, -1).transpose(1, 2, 0, 3)


@dense_to_conv.mistake("rows and columns swapped")
def _(w, size, c_in):
    """**rows and columns** are swapped: for the weights `0 … 7` you return
    `[[[[0], [1]], [[4], [5]]], [[[2], [3]], [[6], [7]]]]`. The pixel to the right of the first comes next, not the one
    below. Look again at (8.5)."""
    return w.reshape(size, size, c_in, -1).transpose(1, 0, 2, 3)


@dense_to_conv.mistake("kernel turned by 180 degrees")
def _(w, size, c_in):
    """your kernel is **flipped**, as for a true convolution. Keras correlates: for the weights `0 … 7` you return
    `[[[[6], [7]], [[4], [5]]], [[[2], [3]], [[0], [1]]]]`. Look again at (8.5)."""
    return w.reshape(size, size, c_in, -1)[::-1, ::-1]


@dense_to_conv.mistake("the number of channels left out")
def _(w, size, c_in):
    """the step from pixel to pixel is missing: (u q + v) C + c, and yours is u q + v + c. For the weights `0 … 7` you
    return `[[[[0], [1]], [[1], [2]]], [[[2], [3]], [[3], [4]]]]`, so that neighbours share weights. Look again at
    (8.5)."""
    return np.array([[[w[u * size + v + c] for c in range(c_in)] for v in range(size)] for u in range(size)])


@dense_to_conv.mistake("Fortran's order")
def _(w, size, c_in):
    """with `order="F"` the *first* index runs fastest: for the weights `0 … 7` you return
    `[[[[0], [4]], [[2], [6]]], [[[1], [5]], [[3], [7]]]]`. In (8.5) the channel runs fastest, NumPy's own order."""
    return w.reshape(size, size, c_in, -1, order="F")


@dense_to_conv.mistake("output channels before input channels")
def _(w, size, c_in):
    """your last two axes stand in the other order, **output channels before input channels**: for the weights `0 … 7`
    you return `[[[[0, 1]], [[2, 3]]], [[[4, 5]], [[6, 7]]]]`. A kernel of Keras is (row, column, in, out), as in
    (8.5)."""
    return w.reshape(size, size, -1, c_in)


@dense_to_conv.mistake("reshaped as for PyTorch")
def _(w, size, c_in):
    """you shape the kernel as for **PyTorch**, (out, in, row, column): for the weights `0 … 7` you return
    `[[[[0, 1], [2, 3]], [[4, 5], [6, 7]]]]`. Here it is (row, column, in, out), and the rows of the weights stand in
    that order already, (8.5)."""
    return w.T.reshape(-1, c_in, size, size)


@dense_to_conv.mistake("the right kernel, with PyTorch's axes")
def _(w, size, c_in):
    """the right numbers, but with the axes of **PyTorch**, (out, in, row, column): for the weights `0 … 7` you return
    `[[[[0, 2], [4, 6]], [[1, 3], [5, 7]]]]`. In Keras a kernel is (row, column, in, out), (8.5)."""
    return w.reshape(size, size, c_in, -1).transpose(3, 2, 0, 1)


@dense_to_conv.mistake("output channels first", example=(np.arange(8).reshape(4, 2), 2, 1))
def _(w, size, c_in):
    """you put the **output channels first**: for the weights `0 1`, `2 3`, `4 5`, `6 7`, size 2 and one channel, you
    return `[[[[0], [2]], [[4], [6]]], [[[1], [3]], [[5], [7]]]]`. In Keras a kernel is (row, column, in, out),
    (8.5)."""
    return w.T.reshape(-1, size, size, c_in)


bridge = ChoiceExercise(
    "8.6",
    "What a bridge carries",
    options={
        "a": "Without bridges it has too few parameters.",
        "b": "Pooling keeps that something was there, not where; the way up has to guess.",
        "c": "Without bridges the upper layers get no gradient and are not trained.",
        "d": "Transposed convolutions always make outlines round.",
    },
    answer="b",
    reasons={
        "a": "“too few parameters” is not it: with two bridges the same FCN has *fewer* (76,746 for 83,934) and "
        "is better near edges, section 19. More channels can carry some of the place, if they learn to "
        "(section 10); a bridge hands it over for nothing.",
        "b": "“keeps that something was there, not where”: in section 10 two places gave one and the same pooled "
        "row. Away from edges that costs nothing.",
        "c": "“get no gradient” cannot be: the upper layers stand next to the loss and get *theirs* first. See "
        "the stair in section 4.",
        "d": "“always make outlines round” cannot be: the FCN with two bridges enlarges by transposed "
        "convolutions, too, and is better near edges. See section 19.",
    },
    hints=(
        "Look again at the two rows of numbers with one and the same pooled row.",
        "Ask what the first convolution after a bridge knows that it could not know otherwise.",
        "The information that is gone after a pool is still there just before it: that is where the bridge begins.",
    ),
)


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


pad_amount = FunctionExercise(
    "8.7",
    "How much to pad",
    cases=_sizes,
    oracle=_smallest,
    solution="""
    def pad_amount(n, depth):
        return -n % 2**depth
    """,
    example=(6, 1),
    hints=(
        "Which numbers can be halved three times? Write the first few.",
        "You need the next multiple of 2^depth that is not below n.",
        "`-n % m` is what is missing to the next multiple of m, and 0 where nothing is.",
    ),
)


@pad_amount.mistake("a whole block too much")
def _(n, depth):
    """when the side is divisible already, you add **a whole block**: for `n = 6`, `depth = 1` you return `2`, and
    nothing is needed. Look again at (8.13)."""
    return 2**depth - n % 2**depth


@pad_amount.mistake("a multiple of 2 · depth", example=(12, 3))
def _(n, depth):
    """you pad to a multiple of **2·depth**. Halving is repeated, so factors multiply: for `n = 12`, `depth = 3` you
    return `0`, but 12 → 6 → 3 cannot be halved again. Look again at (8.13)."""
    return -n % (2 * depth)


@pad_amount.mistake("the remainder", example=(11, 2))
def _(n, depth):
    """that is how many pixels are **too many**, the remainder, not how many are missing: for `n = 11`, `depth = 2` you
    return `3`. Cutting them off would lose them. Look again at (8.13)."""
    return n % 2**depth


@pad_amount.mistake("only even", example=(9, 2))
def _(n, depth):
    """you make the side **even**, which is good for one halving: for `n = 9`, `depth = 2` you return `1`, but 10 → 5 is
    odd at the second. Look again at (8.13)."""
    return n % 2


@pad_amount.mistake("the new size")
def _(n, depth):
    """you return the **new size**: for `n = 6`, `depth = 1` `6`. How many pixels were *added*? Subtract n. Look again
    at (8.13)."""
    return 2**depth * -(-n // 2**depth)


@pad_amount.mistake("half for each end", example=(100, 5))
def _(n, depth):
    """that is what belongs on **each end**: for `n = 100`, `depth = 5` you return `14`. We ask for both ends together.
    Look again at (8.13)."""
    return (-n % 2**depth) // 2


@pad_amount.mistake("depth squared", example=(13, 3))
def _(n, depth):
    """you pad to a multiple of **depth²**: for `n = 13`, `depth = 3` you return `5`, and 18 cannot be halved three
    times. Halvings multiply: 2·2·2. Look again at (8.13)."""
    return -n % depth**2


@pad_amount.mistake("^ for **", example=(13, 8))
def _(n, depth):
    """in Python `^` is not a power but *exclusive or*: for `n = 13`, `depth = 8` you return `7`. A power is `2**depth`.
    Look again at (8.13)."""
    return -n % (2 ^ depth)


@pad_amount.mistake("one halving too few", example=(33, 5))
def _(n, depth):
    """you prepare for **one halving too few**: for `n = 33`, `depth = 5` you return `15`, but 48 → 24 → 12 → 6 → 3 is
    odd. Look again at (8.13)."""
    return -n % 2 ** (depth - 1)


@pad_amount.mistake("the next power of two", example=(12, 2))
def _(n, depth):
    """you go up to the next **power of two**: for `n = 12`, `depth = 2` you return `4`. 12 → 6 → 3 works as it is; a
    *multiple* of 2^depth is enough. Look again at (8.13)."""
    return 2 ** int(np.ceil(np.log2(n))) - n


@pad_amount.mistake("a pixel for each odd halving", example=(257, 9))
def _(n, depth):
    """you add **one pixel** wherever a halving meets an odd length: for `n = 257`, `depth = 9` you return `8`, and 265
    cannot be halved at all. A pixel that is added after d halvings stands for 2^d pixels of the input. Look again at
    (8.13)."""
    # How many of the halvings meet an odd length, where 1 is added at once
    odd = 0
    for _ in range(depth):
        odd, n = odd + n % 2, (n + 1) // 2
    return odd


@pad_amount.mistake("one halving too many", example=(40, 4))
def _(n, depth):
    """you prepare for **one halving too many**: for `n = 40`, `depth = 4` you return `24`, expected 8: 48 → 24 → 12 → 6
    → 3 is enough. Look again at (8.13)."""
    return -n % 2 ** (depth + 1)


paper_size = ValueExercise(
    "8.8",
    "Without padding",
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
    hints=(
        "Walk down the stair: minus 4, half, minus 4, half …",
        "188 → 184 → 92 → 88 → 44 → 40 → 20 → 16 at the bottom. Now upwards: double, minus 4.",
        "Or use (8.14): 4·(3·2³ − 2) pixels are lost.",
    ),
)


@paper_size.mistake("as if padded")
def _():
    """`188` would be right with `padding="same"`. Without padding every 3×3 convolution takes two pixels away. Look
    again at (8.14)."""
    return 188


@paper_size.mistake("every convolution at full size")
def _():
    """`160` takes two pixels for each of the 14 convolutions, as if all worked at full size. Two pixels at the bottom
    are 16 pixels of the image. Look again at (8.14)."""
    return 160


@paper_size.mistake("only the way down")
def _():
    """`128` counts the way down and the bottom. The blocks on the way up have unpadded convolutions, too. Look again at
    (8.14)."""
    return 128


@paper_size.mistake("one convolution a block")
def _():
    """`144` takes one convolution for each block. There are two. Look again at (8.14)."""
    return 144


@paper_size.mistake("what is lost")
def _():
    """`88` is what is **lost**, by (8.14). The output is 188 less that."""
    return 88


@paper_size.mistake("the width at the bottom")
def _():
    """`16` is the width at the **bottom**. Now up again: double, minus 4, three times. Look again at (8.14)."""
    return 16


@paper_size.mistake("the block at the bottom forgotten")
def _():
    """`132` leaves out the block at the **bottom**, which takes 4 as well, and they are 32 pixels of the image. Look
    again at (8.14)."""
    return 132


@paper_size.mistake("the last block forgotten")
def _():
    """`104` leaves out the **last** block on the way up. It takes 4 more. Look again at (8.14)."""
    return 104


@paper_size.mistake("one convolution a block, halves cut off")
def _():
    """`138` takes 2 pixels in each block, for one convolution, and cuts off a half where a width is odd. There are
    **two** convolutions in a block: minus 4, and every width on the way down is even. Look again at (8.14)."""
    return 138


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
    "8.3",
    "Build a bridge",
    cases=_maps,
    oracle=_pixel_by_pixel,
    solution="""
    from keras import ops

    def bridge(kept, below):
        return ops.concatenate([kept, below], axis=-1)
    """,
    example=(np.array([[[[1], [2]]]]), np.array([[[[5], [6]]]])),
    hints=(
        "Compare the shapes before and after: which of the four axes has grown?",
        "The last axis holds the channels. `ops.concatenate` joins a list of arrays along the axis that you name.",
        "`ops.concatenate([kept, below], axis=-1)`: in the list first what shall come first.",
    ),
    fixed=("kept.ndim", "below.ndim"),
)


@build_bridge.mistake("added")
def _(kept, below):
    """you **add** the two maps, as an FCN does with its scores: for one row of two pixels, `1 2` and `5 6`, you return
    `[[[[6], [8]]]]`. A bridge keeps both numbers at each pixel, side by side. Look again at section 3."""
    return kept + below


@build_bridge.mistake("from below first")
def _(kept, below):
    """both are there, but **what came from below stands first**: for `1 2` and `5 6` you return `[[[[5, 1], [6, 2]]]]`.
    First the kept channels, then those from below. Look again at section 3."""
    return np.concatenate([below, kept], axis=-1)


@build_bridge.mistake("side by side")
def _(kept, below):
    """you put the maps **side by side**, as one image of twice the width: for `1 2` and `5 6` you return
    `[[[[1], [2], [5], [6]]]]`. The channels are the last axis, `axis=-1`. Look again at section 3."""
    return np.concatenate([kept, below], axis=2)


@build_bridge.mistake("one above the other")
def _(kept, below):
    """you put one map **above the other**, as one image of twice the height: for `1 2` and `5 6` you return
    `[[[[1], [2]], [[5], [6]]]]`. The channels are the last axis, `axis=-1`. Look again at section 3."""
    return np.concatenate([kept, below], axis=1)


@build_bridge.mistake("a longer batch")
def _(kept, below):
    """you make a **longer batch**, as if they were two images: for `1 2` and `5 6` you return
    `[[[[1], [2]]], [[[5], [6]]]]`. `concatenate` joins along axis 0 unless it is told otherwise; the channels are the
    last axis. Look again at section 3."""
    return np.concatenate([kept, below], axis=0)


@build_bridge.mistake("stacked on a new axis")
def _(kept, below):
    """`stack` makes a **new axis**: for `1 2` and `5 6` you return `[[[[[1, 5]], [[2, 6]]]]]`, with five axes. A bridge
    makes the channels' axis longer: `concatenate`. Look again at section 3."""
    return np.stack([kept, below], axis=-1)


@build_bridge.mistake("only what was kept")
def _(kept, below):
    """you return **only what was kept**: for `1 2` and `5 6` `[[[[1], [2]]]]`. What came from below has seen far, and
    is lost. Look again at section 3."""
    return kept


@build_bridge.mistake("only what came from below")
def _(kept, below):
    """you return **only what came from below**: for `1 2` and `5 6` `[[[[5], [6]]]]`. That is a network without a
    bridge: the place stays lost. Look again at section 3."""
    return below


@build_bridge.mistake("the larger of the two", example=(np.array([[[[1], [9]]]]), np.array([[[[5], [2]]]])))
def _(kept, below):
    """you keep the **larger** of the two numbers at each pixel: for `1 9` and `5 2` you return `[[[[5], [9]]]]`. A
    bridge keeps both. Look again at section 3."""
    return np.maximum(kept, below)


@build_bridge.mistake("the mean of the two")
def _(kept, below):
    """you take the **mean** of the two: for `1 2` and `5 6` you return `[[[[3], [4]]]]`. A bridge keeps both numbers at
    each pixel. Look again at section 3."""
    return (kept + below) / 2


@build_bridge.mistake("channel by channel in turn", example=(np.array([[[[1, 2]]]]), np.array([[[[5, 6]]]])))
def _(kept, below):
    """you take the channels **in turn**, one of each: for one pixel with `1 2` kept and `5 6` from below you return
    `[[[[1, 5, 2, 6]]]]`. All kept channels come first, then all from below. Look again at section 3."""
    return np.stack([kept, below], axis=-1).reshape(*kept.shape[:3], -1)


@build_bridge.mistake("multiplied")
def _(kept, below):
    """you **multiply** the two maps: for `1 2` and `5 6` you return `[[[[5], [12]]]]`. A bridge keeps both numbers at
    each pixel, side by side. Look again at section 3."""
    return kept * below


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
    "8.2",
    "One move for both",
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
    example=TINY_PAIR,
    hints=(
        "Write one inner function that moves any array, and call it twice.",
        "`np.rot90(x, turns)` turns counter-clockwise; `x[:, ::-1]` reflects left to right.",
        "def move(x): turn x, then reflect it if flip. Return `move(image), move(mask)`.",
    ),
    fixed=("mask.ndim",),
)


@joint.mistake("only the image")
def _(image, mask, turns, flip):
    """you move the image and leave the **mask where it was**. For the image `1 2 / 3 4` and the mask `5 6 / 7 8` you
    return `[[[4, 2], [3, 1]], [[5, 6], [7, 8]]]`: now every pixel is taught the class of another. Look again at
    section 2."""
    return (_moved(image, turns, flip), mask)


@joint.mistake("mask moved the other way")
def _(image, mask, turns, flip):
    """image and mask are turned in **opposite directions**: you return `[[[4, 2], [3, 1]], [[5, 7], [6, 8]]]`. Use one
    function for both. Look again at section 2."""
    return (_moved(image, turns, flip), _moved(mask, -turns % 4, flip))


@joint.mistake("only the image reflected")
def _(image, mask, turns, flip):
    """you turn both, but **reflect only the image**: you return `[[[4, 2], [3, 1]], [[6, 8], [5, 7]]]`. Image and mask
    are augmented apart. Look again at section 2."""
    return (_moved(image, turns, flip), _moved(mask, turns, False))


@joint.mistake("reflected first")
def _(image, mask, turns, flip):
    """you reflect first and turn then, which is another move: you return `[[[1, 3], [2, 4]], [[5, 7], [6, 8]]]`. Image
    and mask agree, but we asked for the turn first. Look again at section 2."""
    return tuple(np.rot90(x[:, ::-1] if flip else x, turns) for x in (image, mask))


@joint.mistake("both turned clockwise", example=(*TINY_PAIR[:3], False))
def _(image, mask, turns, flip):
    """image and mask agree, but both are turned **clockwise**: for one turn of the image `1 2 / 3 4` and the mask
    `5 6 / 7 8`, and no flip, you return `[[[3, 1], [4, 2]], [[7, 5], [8, 6]]]`. `np.rot90(x, k)` turns
    counter-clockwise, as we ask. Look again at section 2."""
    return (_moved(image, -turns % 4, flip), _moved(mask, -turns % 4, flip))


@joint.mistake("reflected top to bottom", example=(*TINY_PAIR[:2], 2, True))
def _(image, mask, turns, flip):
    """you reflect **top to bottom**: `x[::-1]` turns the rows round. Left to right is `x[:, ::-1]`. For two turns and a
    flip of the image `1 2 / 3 4` and the mask `5 6 / 7 8` you return `[[[2, 1], [4, 3]], [[6, 5], [8, 7]]]`. Look again
    at section 2."""
    return tuple(np.rot90(x, turns)[::-1] if flip else np.rot90(x, turns) for x in (image, mask))


@joint.mistake("never reflected")
def _(image, mask, turns, flip):
    """`flip` is not used: with `flip = True` you return `[[[2, 4], [1, 3]], [[6, 8], [5, 7]]]`, which is turned but not
    reflected. Look again at section 2."""
    return (_moved(image, turns, False), _moved(mask, turns, False))


@joint.mistake("always reflected", example=(*TINY_PAIR[:3], False))
def _(image, mask, turns, flip):
    """you reflect **always**, also where `flip` is `False`: for the image `1 2 / 3 4` and the mask `5 6 / 7 8`, one
    turn and no flip, you return `[[[4, 2], [3, 1]], [[8, 6], [7, 5]]]`. Look again at section 2."""
    return (_moved(image, turns, True), _moved(mask, turns, True))


@joint.mistake(
    "turned once, whatever was asked", example=(np.array([[0, 1], [2, 3]]), np.array([[4, 5], [6, 7]]), 2, False)
)
def _(image, mask, turns, flip):
    """you turn **once**, whatever `turns` is: for two turns of the image `0 1 / 2 3` and the mask `4 5 / 6 7`, and no
    flip, you return `[[[1, 3], [0, 2]], [[5, 7], [4, 6]]]`. Look again at section 2."""
    return (_moved(image, 1, flip), _moved(mask, 1, flip))


@joint.mistake("mask not turned")
def _(image, mask, turns, flip):
    """you reflect both, but **turn only the image**: you return `[[[4, 2], [3, 1]], [[6, 5], [8, 7]]]`. Image and mask
    are augmented apart. Look again at section 2."""
    return (_moved(image, turns, flip), _moved(mask, 0, flip))


@joint.mistake("the mask handed back first")
def _(image, mask, turns, flip):
    """the moves are right, but the **mask comes first**: you return `[[[8, 6], [7, 5]], [[4, 2], [3, 1]]]`. Image
    first, then mask. Look again at section 2."""
    return (_moved(mask, turns, flip), _moved(image, turns, flip))


@joint.mistake("mask reflected first", example=(np.array([[0, 1], [2, 3]]), np.array([[4, 5], [6, 7]]), 1, True))
def _(image, mask, turns, flip):
    """the image is turned and then reflected, the mask **the other way round**: for one turn and a flip of the image
    `0 1 / 2 3` and the mask `4 5 / 6 7` you return `[[[3, 1], [2, 0]], [[4, 6], [5, 7]]]`. The two orders are different
    moves. Use one function for both. Look again at section 2."""
    return (
        _moved(image, turns, flip),
        np.rot90(mask[:, ::-1] if flip else mask, turns),
    )


@joint.mistake("image moved the other way")
def _(image, mask, turns, flip):
    """the mask is turned counter-clockwise and the image **clockwise**: for one turn and a flip of the image
    `1 2 / 3 4` and the mask `5 6 / 7 8` you return `[[[1, 3], [2, 4]], [[8, 6], [7, 5]]]`. Use one function for both.
    Look again at section 2."""
    return (_moved(image, -turns % 4, flip), _moved(mask, turns, flip))


@joint.mistake("transposed for turned", example=(np.array([[0, 1], [2, 3]]), np.array([[4, 5], [6, 7]]), 1, False))
def _(image, mask, turns, flip):
    """you **transpose** instead of turning: rows become columns, but none is reversed. For one turn of the image
    `0 1 / 2 3` and the mask `4 5 / 6 7`, and no flip, you return `[[[0, 2], [1, 3]], [[4, 6], [5, 7]]]`. A turn is a
    transposition and a reflection: `np.rot90`. Look again at section 2."""
    return (_transposed(image, turns, flip), _transposed(mask, turns, flip))


@joint.mistake("the last axis reversed", example=(np.array([[[1, 2, 3], [4, 5, 6]]]), np.array([[7, 8]]), 0, True))
def _(image, mask, turns, flip):
    """`x[..., ::-1]` reverses the **last** axis, which in a colour image holds the colours. For an image of one row and
    two pixels, `1 2 3` and `4 5 6`, the mask `7 8`, no turn and a flip you return
    `([[[3, 2, 1], [6, 5, 4]]], [[8, 7]])`. Left to right is axis 1: `x[:, ::-1]`. Look again at section 2."""
    return (_reversed(image, turns, flip, -1), _reversed(mask, turns, flip, -1))


@joint.mistake("all axes reversed", example=(*TINY_PAIR[:2], 2, True))
def _(image, mask, turns, flip):
    """`np.flip` without an axis reverses **all** of them, rows, columns and colours: for the image `1 2 / 3 4` and the
    mask `5 6 / 7 8`, two turns and a flip you return `[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]`, the first picture again.
    Left to right is axis 1: `x[:, ::-1]`. Look again at section 2."""
    return (
        _reversed(image, turns, flip, None),
        _reversed(mask, turns, flip, None),
    )


def _masks(rng):
    for shape in ((2, 2), (2, 3), (4, 3)):
        for factor in (2, 3):
            yield rng.choice([0, 4, 7], size=shape), factor
    yield np.array([[3]]), 4
    yield np.array([[300, 0, 300]]), 1  # more classes than a byte holds
    yield np.array([[1], [1000], [2]]), 5


def _zoomed(mask, factor, order, grid):
    from scipy import ndimage

    options = {"grid_mode": True, "mode": "nearest"} if grid else {}
    return ndimage.zoom(mask, factor, order=order, **options)


enlarge_mask = FunctionExercise(
    "8.9",
    "Enlarge a mask",
    cases=_masks,
    oracle=lambda mask, factor: np.kron(mask, np.ones((factor, factor), int)),
    same_dtype=True,  # class ids stay whole numbers
    solution="""
    def enlarge_mask(mask, factor):
        return mask.repeat(factor, axis=0).repeat(factor, axis=1)
    """,
    example=(np.array([[0, 4], [4, 0]]), 2),
    hints=(
        "Class numbers are names. What is half-way between 'car' and 'clock'?",
        "Every pixel becomes a block of factor × factor pixels with its own number.",
        "`repeat` along axis 0, then along axis 1.",
    ),
    fixed=("mask.ndim", "mask.dtype"),
)


@enlarge_mask.mistake("bilinear")
def _(mask, factor):
    """you **interpolate between class numbers**. Between 0 and 4 that invents 1, 2 and 3, classes that are not in the
    mask: for `[[0, 4], [4, 0]]` you return `[[0, 1, 3, 4], [1, 2, 3, 3], [3, 3, 2, 1], [4, 3, 1, 0]]`. Look again at
    section 2."""
    at = [np.clip((np.arange(n * factor) + 0.5) / factor - 0.5, 0, n - 1) for n in mask.shape]
    rows = np.stack([np.interp(at[0], np.arange(len(mask)), column) for column in mask.T], axis=1)
    both = np.stack([np.interp(at[1], np.arange(mask.shape[1]), row) for row in rows])
    return np.floor(both + 0.5).astype(int)


@enlarge_mask.mistake("tiled")
def _(mask, factor):
    """you lay **copies side by side** instead of enlarging each pixel: for `[[0, 4], [4, 0]]` you return
    `[[0, 4, 0, 4], [4, 0, 4, 0], [0, 4, 0, 4], [4, 0, 4, 0]]`. Look again at section 2."""
    return np.tile(mask, (factor, factor))


@enlarge_mask.mistake("zeros between")
def _(mask, factor):
    """you put **zeros between** the pixels, the first half of a transposed convolution: for `[[0, 4], [4, 0]]` you
    return `[[0, 0, 4, 0], [0, 0, 0, 0], [4, 0, 0, 0], [0, 0, 0, 0]]`. Now most of the mask is background. Look again at
    (8.8)."""
    return np.kron(mask, np.eye(1, factor * factor, dtype=int).reshape(factor, factor))


@enlarge_mask.mistake("bilinear, rounded by NumPy")
def _(mask, factor):
    """you **interpolate between class numbers** and round. Between 0 and 4 that invents 1, 2 and 3, classes that are
    not in the mask: for `[[0, 4], [4, 0]]` you return `[[0, 1, 3, 4], [1, 2, 2, 3], [3, 2, 2, 1], [4, 3, 1, 0]]`. Look
    again at section 2."""
    return np.round(_zoomed(mask.astype(float), factor, 1, True)).astype(int)


@enlarge_mask.mistake("bilinear between the middles", example=(np.array([[0, 7]]), 3))
def _(mask, factor):
    """`ndimage.zoom` with `order=1` **interpolates between class numbers**: for `[[0, 7]]`, three times as large, you
    return `[[0, 1, 3, 4, 6, 7], [0, 1, 3, 4, 6, 7], [0, 1, 3, 4, 6, 7]]`. Between classes 0 and 7 there is no class 1.
    Look again at section 2."""
    return _zoomed(mask, factor, 1, False)


@enlarge_mask.mistake("a cubic spline", example=(np.array([[0, 7], [7, 0]]), 2))
def _(mask, factor):
    """`ndimage.zoom` takes a **cubic spline** unless told otherwise (`order=3`): for `[[0, 7], [7, 0]]` you return
    `[[0, 2, 5, 7], [2, 3, 4, 5], [5, 4, 3, 2], [7, 5, 2, 0]]`, numbers that are no classes of the mask. Look again at
    section 2."""
    return _zoomed(mask, factor, 3, False)


@enlarge_mask.mistake("nearest, on another grid", example=(np.array([[0, 4, 7]]), 2))
def _(mask, factor):
    """nearest is right, but SciPy's default lines up the **middles of the corner pixels**, and the blocks become
    unequal: for `[[0, 4, 7]]`, doubled, you return `[[0, 0, 4, 4, 7, 7], [0, 0, 4, 4, 7, 7]]`. With
    `grid_mode=True, mode="nearest"` they are equal. Look again at section 2."""
    return _zoomed(mask, factor, 0, False)


@enlarge_mask.mistake("enlarged along one axis")
def _(mask, factor):
    """you enlarge along **one axis** only: for `[[0, 4], [4, 0]]` you return `[[0, 4], [0, 4], [4, 0], [4, 0]]`. Look
    again at section 2."""
    return mask.repeat(factor, axis=0)


@enlarge_mask.mistake("the class numbers multiplied")
def _(mask, factor):
    """the shape is right, but the **class numbers** are multiplied by the factor: for `[[0, 4], [4, 0]]` you return
    `[[0, 0, 8, 8], [0, 0, 8, 8], [8, 8, 0, 0], [8, 8, 0, 0]]`. Class 4 is a name. Look again at section 2."""
    return np.kron(mask, np.full((factor, factor), factor))


@enlarge_mask.mistake("repeated without an axis")
def _(mask, factor):
    """`np.repeat` without an **axis** makes one long row, and `reshape` breaks it at other places: for
    `[[0, 4], [4, 0]]` you return `[[0, 0, 0, 0], [4, 4, 4, 4], [4, 4, 4, 4], [0, 0, 0, 0]]`, where each pixel is a
    stripe. Repeat along axis 0, then along axis 1. Look again at section 2."""
    return np.repeat(mask, factor**2).reshape(np.multiply(mask.shape, factor))


@enlarge_mask.mistake("filled up row by row", example=(np.array([[0, 4], [4, 7]]), 2))
def _(mask, factor):
    """`np.resize` fills the larger mask with the pixels one after the other, **row by row**, again and again: for
    `[[0, 4], [4, 7]]` you return `[[0, 4, 4, 7], [0, 4, 4, 7], [0, 4, 4, 7], [0, 4, 4, 7]]`. Each pixel must become a
    block of its own. Look again at section 2."""
    return np.resize(mask, np.multiply(mask.shape, factor))


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
    "8.1",
    "From a logit to a mask",
    cases=_single_logits,
    oracle=lambda logits: _sigmoid(logits[..., 0]) > 0.5,
    solution="""
    def foreground_mask(logits):
        return logits[..., 0] > 0
    """,
    example=(np.array([[-2.0, 0.3], [0.7, 4.0]])[..., None],),
    hints=(
        "What is the sigmoid of 0?",
        "The sigmoid rises everywhere, so a threshold on probabilities is a threshold on logits.",
        "Drop the last axis and compare with 0.",
    ),
    fixed=("logits.ndim", "logits.dtype"),  # Keras takes the sigmoid of fractions only
)


@foreground.mistake("threshold ½ on logits")
def _(logits):
    """you compare **logits with ½**. A probability of ½ is a logit of 0; a logit of ½ is a probability of 62 %. For the
    logits `-2, 0.3, 0.7, 4` you return `[[False, False], [True, True]]`. Look again at section 1."""
    return logits[..., 0] > 0.5


@foreground.mistake("argmax over one channel")
def _(logits):
    """you take the **argmax over a single channel**, which is always number 0: you return
    `[[False, False], [False, False]]` whatever the network says. Look again at section 1."""
    return logits.argmax(-1) > 0


@foreground.mistake("background instead of foreground")
def _(logits):
    """you return the **background**: `[[True, False], [False, False]]`. A positive logit speaks for the foreground.
    Look again at section 1."""
    return logits[..., 0] < 0


@foreground.mistake("everything is foreground")
def _(logits):
    """**everything** is foreground: `[[True, True], [True, True]]`. Four ways lead there: a softmax over one channel is
    always 1; its argmax is always 0; the sigmoid of a sigmoid is always above ½; and a sigmoid is always above 0.
    Compare the logit itself with 0. Look again at section 1."""
    return _sigmoid(_sigmoid(logits[..., 0])) > 0.5


@foreground.mistake("0 belongs to the foreground", example=(np.array([[0.0, 1.0]])[..., None],))
def _(logits):
    """right but for a logit of exactly 0, a probability of exactly ½: for the logits `0, 1` you return
    `[[True, True]]`. We ask for *above* ½. Look again at section 1."""
    return logits[..., 0] >= 0


@foreground.mistake("probabilities")
def _(logits):
    """you return the **probabilities**; for the logits `-2, 0.3, 0.7, 4` `[[0.1192, 0.5744], [0.6682, 0.982]]`. A mask
    needs a decision: is it above ½? Look again at section 1."""
    return _sigmoid(logits[..., 0])


@foreground.mistake("the last axis kept")
def _(logits):
    """the last axis is still there: for the logits `-2, 0.3, 0.7, 4` you return
    `[[[False], [True]], [[True], [True]]]`. A mask is (H, W): take `[..., 0]`. Look again at section 1."""
    return logits > 0


@foreground.mistake("above the mean")
def _(logits):
    """you compare with the **mean** logit of the image: for the logits `-2, 0.3, 0.7, 4` you return
    `[[False, False], [False, True]]`. Then an empty image would have foreground, too. Look again at section 1."""
    return logits[..., 0] > logits.mean()


@foreground.mistake("tanh for sigmoid", example=(np.array([[0.52, 0.6]])[..., None],))
def _(logits):
    """you squash with **tanh**, which is 0 at a logit of 0, and compare with ½: for the logits `0.52, 0.6` you return
    `[[False, True]]`. The sigmoid is ½ at 0. Look again at section 1."""
    return np.tanh(logits[..., 0]) > 0.5


@foreground.mistake("log ½", example=(np.array([[-0.5, 1.0, -2.0]])[..., None],))
def _(logits):
    """you compare with log ½ = −0.69. A probability of ½ has the *odds* 1, and log 1 = 0: for the logits `-0.5, 1, -2`
    you return `[[True, True, False]]`. Look again at section 1."""
    return logits[..., 0] > np.log(0.5)


CROSS_TILES = (np.array([[0, 0]]), np.array([[0, 20], [20, 0], [4, 4], [20, 20]]), 8)


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
    "8.10",
    "Do these tiles leak?",
    cases=_tile_sets,
    oracle=_painted,
    solution="""
    import numpy as np

    def leaks(train, validation, size):
        distance = np.abs(validation[:, None, :] - train[None, :, :])
        return (distance < size).all(axis=2).any(axis=1)
    """,
    example=(np.array([[0, 0]]), np.array([[0, 8], [4, 4], [4, 20], [1, 3]]), 8),
    hints=(
        "When do two intervals [a, a + size) and [b, b + size) share a point?",
        "Exactly when |a − b| < size. Squares need that for rows and for columns.",
        "`(abs(difference) < size).all(over the two axes).any(over the training tiles)`.",
    ),
    fixed=("train.ndim", "train.dtype", "validation.ndim", "validation.dtype"),
)


@leaks.mistake("only the same tile")
def _(train, validation, size):
    """you look for **the same tile**. Random tiles are hardly ever equal and often overlap: for a training tile at (0,
    0) and validation tiles at (0, 8), (4, 4), (4, 20), (1, 3), size 8, you return `[False, False, False, False]`, and
    the tile at (4, 4) shares a quarter with the training tile. Look again at section 15."""
    return (_apart(train, validation) == 0).all(2).any(1)


@leaks.mistake("touching counts")
def _(train, validation, size):
    """tiles that only **touch** share no pixel: for a training tile at (0, 0) and validation tiles at (0, 8), (4, 4),
    (4, 20), (1, 3), size 8, you return `[True, True, False, True]`. With corners 8 apart, tiles of 8 lie side by side.
    Look again at section 15."""
    return (_apart(train, validation) <= size).all(2).any(1)


@leaks.mistake("one axis is enough")
def _(train, validation, size):
    """you call it a leak when rows **or** columns overlap: for a training tile at (0, 0) and validation tiles at (0,
    8), (4, 4), (4, 20), (1, 3), size 8, you return `[True, True, True, True]`. Two squares meet only where both do.
    Look again at section 15."""
    return (_apart(train, validation) < size).any(2).any(1)


@leaks.mistake("half a tile")
def _(train, validation, size):
    """you allow an overlap of **half a tile** on each axis: for a training tile at (0, 0) and validation tiles at (0,
    8), (4, 4), (4, 20), (1, 3), size 8, you return `[False, False, False, True]`, and the tile at (4, 4) shares 16
    pixels with the training tile. Look again at section 15."""
    return (_apart(train, validation) < size / 2).all(2).any(1)


@leaks.mistake("no absolute value", example=(np.array([[20, 20]]), np.array([[0, 0], [40, 0]]), 8))
def _(train, validation, size):
    """the **absolute value** is missing: a tile above or left of the training tile has a negative difference, however
    far it is. For a training tile at (20, 20) and validation tiles at (0, 0) and (40, 0), size 8, you return
    `[True, False]`. Look again at section 15."""
    return ((validation[:, None] - train[None]) < size).all(2).any(1)


@leaks.mistake("circles for squares", example=(np.array([[0, 0]]), np.array([[7, 7], [8, 0]]), 8))
def _(train, validation, size):
    """you compare a **distance** with the size, as if tiles were discs: for a training tile at (0, 0) and validation
    tiles at (7, 7) and (8, 0), size 8, you return `[False, False]`. Squares overlap when rows *and* columns do. Look
    again at section 15."""
    return (np.sqrt((_apart(train, validation) ** 2).sum(2)) < size).any(1)


@leaks.mistake("only the corner", example=(np.array([[4, 4]]), np.array([[0, 0], [5, 5]]), 8))
def _(train, validation, size):
    """you ask whether the validation tile's **upper left corner** lies in a training tile. A tile that begins above it
    can still reach in: for a training tile at (4, 4) and validation tiles at (0, 0) and (5, 5), size 8, you return
    `[False, True]`. Look again at section 15."""
    return np.array([any(((t <= v) & (v < t + size)).all() for t in train) for v in validation])


@leaks.mistake(
    "rows and columns of different tiles", example=(np.array([[0, 0], [20, 20]]), np.array([[0, 20], [20, 24]]), 8)
)
def _(train, validation, size):
    """rows that overlap with *one* training tile and columns with *another* are no leak: for training tiles at (0, 0)
    and (20, 20) and validation tiles at (0, 20) and (20, 24), size 8, you return `[True, True]`. First `all` over the
    two axes, then `any` over the training tiles. Look again at section 15."""
    return (_apart(train, validation) < size).any(1).all(1)


@leaks.mistake("all training tiles", example=(np.array([[0, 0], [20, 20]]), np.array([[4, 4], [10, 10], [40, 40]]), 12))
def _(train, validation, size):
    """you ask for an overlap with **every** training tile; one is enough: for training tiles at (0, 0) and (20, 20) and
    validation tiles at (4, 4), (10, 10) and (40, 40), size 12, you return `[False, True, False]`. Look again at
    section 15."""
    return (_apart(train, validation) < size).all(2).all(1)


@leaks.mistake("turned round", example=(np.array([[0, 0]]), np.array([[7, 7], [8, 0], [9, 9]]), 8))
def _(train, validation, size):
    """the answer is **turned round**, `True` where a tile is clean: for a training tile at (0, 0) and validation tiles
    at (7, 7), (8, 0) and (9, 9), size 8, you return `[False, True, True]`. Look again at section 15."""
    return ~(_apart(train, validation) < size).all(2).any(1)


@leaks.mistake("for each training tile", example=(np.array([[0, 0], [20, 20], [40, 0]]), np.array([[4, 4]]), 8))
def _(train, validation, size):
    """you answer for each **training** tile: for training tiles at (0, 0), (20, 20) and (40, 0) and a validation tile
    at (4, 4), size 8, you return `[True, False, False]`. Axis 0 is the validation tiles here; `any` goes over the
    training tiles, axis 1. Look again at section 15."""
    return (_apart(train, validation) < size).all(2).any(0)


@leaks.mistake("only the rows", example=CROSS_TILES)
def _(train, validation, size):
    """you compare the **rows** only: for a training tile at (0, 0) and validation tiles at (0, 20), (20, 0), (4, 4) and
    (20, 20), size 8, you return `[True, False, True, False]`. Two squares meet only where their columns do as well.
    Look again at section 15."""
    return (_apart(train, validation)[..., 0] < size).any(1)


@leaks.mistake("only the columns", example=CROSS_TILES)
def _(train, validation, size):
    """you compare the **columns** only: for a training tile at (0, 0) and validation tiles at (0, 20), (20, 0), (4, 4)
    and (20, 20), size 8, you return `[False, True, True, False]`. Two squares meet only where their rows do as well.
    Look again at section 15."""
    return (_apart(train, validation)[..., 1] < size).any(1)


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
    "8.11",
    "The weight of a border",
    cases=_gaps,
    oracle=lambda d1, d2, w0, sigma: w0 * np.power(np.e, -0.5 * np.square((d1 + d2) / sigma)),
    solution="""
    import numpy as np

    def border_weight(d1, d2, w0, sigma):
        return w0 * np.exp(-((d1 + d2) ** 2) / (2 * sigma**2))
    """,
    example=(3.0, 4.0, 10.0, 5.0),
    hints=(
        "What is the width of a gap at a pixel that is d₁ from one wall and d₂ from the other?",
        "A Gaussian of that width, times w₀.",
        "`w0 * exp(-(d1 + d2)**2 / (2 * sigma**2))`.",
    ),
    rtol=1e-5,  # Keras computes in float32
    atol=1e-9,
)


@border_weight.mistake("squares summed")
def _(d1, d2, w0, sigma):
    """you add the **squares**, d₁² + d₂², where the *sum* is squared: it is the width of the gap that counts. For
    `3, 4, 10, 5` you return `6.065`, expected 3.753. Look again at (8.17)."""
    return w0 * np.exp(-(d1**2 + d2**2) / (2 * sigma**2))


@border_weight.mistake("sigma not squared")
def _(d1, d2, w0, sigma):
    """**σ is not squared**, so its unit does not cancel: for `3, 4, 10, 5` you return `0.07447`, expected 3.753. Look
    again at (8.17)."""
    return w0 * np.exp(-((d1 + d2) ** 2) / (2 * sigma))


@border_weight.mistake("without the 2")
def _(d1, d2, w0, sigma):
    """the **2** of 2σ² is missing: for `3, 4, 10, 5` you return `1.409`, expected 3.753. Look again at (8.17)."""
    return w0 * np.exp(-((d1 + d2) ** 2) / sigma**2)


@border_weight.mistake("only the nearest object")
def _(d1, d2, w0, sigma):
    """you use the **nearest object only**: for `3, 4, 10, 5` you return `8.353`. Then every outline is heavy, also
    where there is no neighbour to touch. Look again at (8.17)."""
    return w0 * np.exp(-(d1**2) / (2 * sigma**2))


@border_weight.mistake("brackets around 2σ² forgotten", example=(1.0, 1.0, 10.0, 1.5))
def _(d1, d2, w0, sigma):
    """without **brackets** around `2 * sigma**2`, Python divides by 2 and *multiplies* by σ²: for `1, 1, 10, 1.5` you
    return `0.1111`, expected 4.111. Look again at (8.17)."""
    return w0 * np.exp(-((d1 + d2) ** 2) / 2 * sigma**2)


@border_weight.mistake("the class weight added")
def _(d1, d2, w0, sigma):
    """you add w_c = 1: that is all of (8.17), and the *second* term is asked for. For `3, 4, 10, 5` you return `4.753`,
    expected 3.753."""
    return 1 + w0 * np.exp(-((d1 + d2) ** 2) / (2 * sigma**2))


@border_weight.mistake("no minus")
def _(d1, d2, w0, sigma):
    """the **minus** in the exponent is missing: for `3, 4, 10, 5` you return `26.64`, and wide gaps weigh most. Look
    again at (8.17)."""
    return w0 * np.exp((d1 + d2) ** 2 / (2 * sigma**2))


@border_weight.mistake("no w0")
def _(d1, d2, w0, sigma):
    """**w₀** is not used: for `3, 4, 10, 5` you return `0.3753`, expected 3.753. Look again at (8.17)."""
    return np.exp(-((d1 + d2) ** 2) / (2 * sigma**2))


@border_weight.mistake("the sum not squared")
def _(d1, d2, w0, sigma):
    """the sum is **not squared**: for `3, 4, 10, 5` you return `8.694`, expected 3.753. Look again at (8.17)."""
    return w0 * np.exp(-(d1 + d2) / (2 * sigma**2))


@border_weight.mistake("the difference for the sum")
def _(d1, d2, w0, sigma):
    """you take the **difference** of the distances, which is 0 in the middle of every gap, wide or narrow: for
    `3, 4, 10, 5` you return `9.802`, expected 3.753. Look again at (8.17)."""
    return w0 * np.exp(-((d2 - d1) ** 2) / (2 * sigma**2))


@border_weight.mistake("(2σ)²")
def _(d1, d2, w0, sigma):
    """you square the **2** as well: 4σ² for 2σ². For `3, 4, 10, 5` you return `6.126`, expected 3.753. Look again at
    (8.17)."""
    return w0 * np.exp(-((d1 + d2) ** 2) / (2 * sigma) ** 2)


@border_weight.mistake("for a single pixel only", example=(np.array([3.0, 1.0]), np.array([4.0, 2.0]), 10.0, 5.0))
def _(d1, d2, w0, sigma):
    """right for a single pixel. But d₁ and d₂ are maps of distances, of the shape (H, W), as the notation says, and
    `math.exp` takes one number only: for two pixels with `d1 = [3, 1]` and `d2 = [4, 2]` you get a `TypeError`.
    `np.exp` takes whole arrays, see (8.17)."""
    return w0 * math.exp(-((d1 + d2) ** 2) / (2 * sigma**2))


@border_weight.mistake("a normalized Gaussian")
def _(d1, d2, w0, sigma):
    """you **normalize** the Gaussian, as a density is: divided by σ√(2π). For `3, 4, 10, 5` you return `0.2995`,
    expected 3.753. The weight of a border is w₀ where the gap is 0, whatever σ is. Look again at (8.17)."""
    return w0 * np.exp(-((d1 + d2) ** 2) / (2 * sigma**2)) / (sigma * math.sqrt(2 * math.pi))


@border_weight.mistake("w0 added")
def _(d1, d2, w0, sigma):
    """you **add** w₀ where it multiplies: for `3, 4, 10, 5` you return `10.38`, expected 3.753. Then every pixel would
    be heavy, however far from a border. Look again at (8.17)."""
    return w0 + np.exp(-((d1 + d2) ** 2) / (2 * sigma**2))


def _mean_of_both(found, truth):
    return np.mean(
        [(a & b).sum() / (a | b).sum() if (a | b).any() else 1.0 for a, b in ((found, truth), (~found, ~truth))]
    )


def _maps(rng):
    yield np.array([[0.25, 0.75, 0.5]]), np.array([[1, 0, 0]])  # no overlap
    yield np.array([[1, 0], [0, 0], [0, 1]]), np.array([[1, 0], [0, 0], [0, 1]], np.uint8)  # all right
    yield np.array([[0.25, 0.5], [0.125, 0.0]]), np.array([[0, 1], [1, 0]])  # nothing found
    yield np.array([[0.25, 0.5, 0.125]]), np.array([[0, 0, 0]])  # nothing there, nothing found
    yield np.array([0.25, 0.75]), np.array([0, 0])  # nothing there, something found
    yield np.full((2, 3, 2), 0.375), np.zeros((2, 3, 2), int)
    for shape in (4, 6, 9, 16, 30, 50, (3, 4), (5, 2), (2, 3, 4)):
        truth = rng.integers(0, 2, shape)
        truth.flat[0] = 1
        yield np.round(rng.random(shape), 2), truth


def _by_sets(probability, truth):
    found, there = set(np.flatnonzero(probability > 0.5)), set(np.flatnonzero(truth))
    return 1.0 if found == there else len(found & there) / len(found | there)


def _share(part, whole, empty=1.0):
    """part / whole, and `empty` where the whole is 0."""
    return part / whole if whole else empty


iou_of_mask = FunctionExercise(
    "8.4",
    "A metric wants decisions",
    cases=_maps,
    oracle=_by_sets,
    solution="""
    def iou(probability, truth):
        found, truth = probability > 0.5, truth > 0
        union = (found | truth).sum()
        return (found & truth).sum() / union if union else 1.0
    """,
    example=(np.array([0.9, 0.6, 0.4, 0.2]), np.array([1, 1, 1, 0])),
    hints=(
        "First decide, then count.",
        "Both masks are boolean: `&` is the intersection, `|` the union.",
        "`(found & truth).sum() / (found | truth).sum()`, and 1 where the number below is 0.",
    ),
    rtol=1e-6,  # Keras's metrics are float32
    atol=1e-7,
    fixed=("truth.dtype",),
)


@iou_of_mask.mistake("on probabilities")
def _(p, t):
    """you compute the metric on **probabilities**. A network that is right but unsure is punished: for
    `0.9, 0.6, 0.4, 0.2` against `1, 1, 1, 0` you return `0.5937`, and the mask has an IoU of 0.6667. Look again at
    section 1."""
    return _share((p * t).sum(), (p + t - p * t).sum())


@iou_of_mask.mistake("truncated to integers", example=(np.array([1.0, 0.9, 0.9, 0.8, 0.7, 0.6]), np.ones(6, int)))
def _(p, t):
    """you cut probabilities **down to whole numbers**, so that 0.9 becomes 0: for `1, 0.9, 0.9, 0.8, 0.7, 0.6`
    against six ones you return `0.1667`, expected 1. `keras.metrics.MeanIoU` does just that.
    Look again at section 1."""
    return _share((p.astype(int) & t).sum(), (p.astype(int) | t).sum())


@iou_of_mask.mistake("Dice")
def _(p, t):
    """you return the **Dice** coefficient, `0.8`: the overlap counts twice in it. IoU divides by the union. Look again
    at (8.2)."""
    return _share(2 * ((p > 0.5) & (t > 0)).sum(), (p > 0.5).sum() + t.sum())


@iou_of_mask.mistake("pixel accuracy")
def _(p, t):
    """you return the share of **right pixels**, `0.75`. Background that is right counts in it; in IoU it does not. Look
    again at (8.2)."""
    return ((p > 0.5) == (t > 0)).mean()


@iou_of_mask.mistake("½ belongs to the foreground", example=(np.array([0.5, 0.6, 0.2, 0.9]), np.array([0, 1, 1, 1])))
def _(p, t):
    """`>=` takes a probability of exactly ½ in, and `probability > 0.5` is asked for: for `0.5, 0.6, 0.2, 0.9` against
    `0, 1, 1, 1` you return `0.5`, expected 0.6667. Look again at section 1."""
    return _share(((p >= 0.5) & (t > 0)).sum(), ((p >= 0.5) | (t > 0)).sum())


@iou_of_mask.mistake("precision", example=(np.array([0.9, 0.6, 0.7, 0.2]), np.array([1, 0, 1, 1])))
def _(p, t):
    """you divide by what was **found**; that is the precision, `0.6667` for `0.9, 0.6, 0.7, 0.2` against `1, 0, 1, 1`.
    What was missed must count, too: divide by the union. Look again at (8.2)."""
    return _share(((p > 0.5) & (t > 0)).sum(), (p > 0.5).sum())


@iou_of_mask.mistake("recall", example=(np.array([0.9, 0.6, 0.1, 0.1, 0.2, 0.3]), np.array([1, 0, 1, 1, 1, 1])))
def _(p, t):
    """you divide by the **truth** alone; that is the recall. False alarms must count, too: for
    `0.9, 0.6, 0.1, 0.1, 0.2, 0.3` against `1, 0, 1, 1, 1, 1` you return `0.2`, expected 0.1667. Look again at (8.2)."""
    return _share(((p > 0.5) & (t > 0)).sum(), (t > 0).sum())


@iou_of_mask.mistake("the overlap twice below")
def _(p, t):
    """in the sum of both areas the overlap counts **twice**: for `0.9, 0.6, 0.4, 0.2` against `1, 1, 1, 0` you return
    `0.4`. Subtract it once, or use `|`. Look again at (8.2)."""
    return _share(((p > 0.5) & (t > 0)).sum(), (p > 0.5).sum() + (t > 0).sum())


@iou_of_mask.mistake("the loss")
def _(p, t):
    """you return **1 − IoU**, a loss: `0.3333` for `0.9, 0.6, 0.4, 0.2` against `1, 1, 1, 0`. A score is asked for.
    Look again at (8.2)."""
    return 1 - _by_sets(p, t)


@iou_of_mask.mistake("the mean of both classes", example=(np.array([0.9, 0.6, 0.2, 0.1]), np.array([1, 0, 0, 0])))
def _(p, t):
    """you average the IoU of **foreground and background**: for `0.9, 0.6, 0.2, 0.1` against `1, 0, 0, 0` you return
    `0.5833`, expected 0.5. Here the foreground's is asked for. Look again at (8.2)."""
    return _mean_of_both(p > 0.5, t > 0)


@iou_of_mask.mistake("above 0", example=(np.array([0.9, 0.6, 0.4, 0.2]), np.array([1, 0, 0, 0])))
def _(p, t):
    """you compare the probabilities with **0**: for `0.9, 0.6, 0.4, 0.2` against `1, 0, 0, 0` you return `0.25`,
    expected 0.5. 0 is the threshold for *logits*; for probabilities it is ½. Look again at section 1."""
    return _share(((p > 0) & (t > 0)).sum(), ((p > 0) | (t > 0)).sum())


@iou_of_mask.mistake("1 added above and below", example=(np.array([0.9, 0.6, 0.7, 0.2]), np.array([1, 0, 1, 1])))
def _(p, t):
    """you add **1** above and below, as in a smoothed loss: for `0.9, 0.6, 0.7, 0.2` against `1, 0, 1, 1` you return
    `0.6`, expected 0.5. A score counts pixels as they are, (8.2)."""
    return (((p > 0.5) & (t > 0)).sum() + 1) / (((p > 0.5) | (t > 0)).sum() + 1)


EMPTY = (np.array([0.1, 0.2]), np.array([0, 0]))


@iou_of_mask.mistake("0 divided by 0", example=EMPTY)
def _(p, t):
    """right, but for the empty case. With nothing there and nothing found, `0.1, 0.2` against `0, 0`, you divide 0 by 0
    and return `nan`. A single NaN makes the mean over all images NaN. The answer was right: return 1. Look again at
    (8.2)."""
    with np.errstate(invalid="ignore"):
        return ((p > 0.5) & (t > 0)).sum() / ((p > 0.5) | (t > 0)).sum()


@iou_of_mask.mistake("0 for two empty masks", example=EMPTY)
def _(p, t):
    """right, but for the empty case. With nothing there and nothing found, `0.1, 0.2` against `0, 0`, you return `0`.
    Then a network is punished for each empty image that it leaves empty. The answer was right: return 1. Look again at
    (8.2)."""
    return _share(((p > 0.5) & (t > 0)).sum(), ((p > 0.5) | (t > 0)).sum(), empty=0.0)


@iou_of_mask.mistake("1 wherever nothing is there", example=(np.array([0.1, 0.9]), np.array([0, 0])))
def _(p, t):
    """you return 1 wherever the **true** mask is empty: for `0.1, 0.9` against `0, 0` you return `1`, expected 0. A
    pixel was found that is not there. Only where *both* masks are empty the answer is right. Look again at (8.2)."""
    return _by_sets(p, t) if t.any() else 1.0


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


classes = FunctionExercise(
    "8.12",
    "From logits to classes",
    cases=_many_logits,
    oracle=_winner,
    solution="""
    def classes(logits):
        return logits.argmax(axis=-1)
    """,
    example=(np.array([[[3.0, 1.0], [0.0, 2.0]], [[1.0, 5.0], [4.0, 0.0]], [[0.0, 9.0], [2.0, 1.0]]]),),
    hints=(
        "Which axis holds the classes?",
        "For each pixel: the index of the largest of its C numbers.",
        "`argmax` along the last axis.",
    ),
    fixed=("logits.ndim", "logits.dtype"),  # Keras takes the softmax of fractions only
)


@classes.mistake("argmax over columns")
def _(logits):
    """you take the argmax along **axis 1**: which *column* is best for each class. The classes are on the last axis.
    For 3 × 2 pixels with the logits `3 1`, `0 2` / `1 5`, `4 0` / `0 9`, `2 1` you return `[[0, 1], [1, 0], [1, 0]]`.
    Look again at section 18."""
    return logits.argmax(axis=1)


@classes.mistake("argmax over rows")
def _(logits):
    """you take the argmax along **axis 0**: which *row* is best. The result has the shape of something else:
    `[[0, 2], [1, 0]]` for an image of 3 × 2. Look again at section 18."""
    return logits.argmax(axis=0)


@classes.mistake("the largest logit itself")
def _(logits):
    """you return the **largest logit**, not whose it is: `[[3, 2], [5, 4], [9, 2]]`. Look again at section 18."""
    return logits.max(axis=-1)


@classes.mistake("background unless sure")
def _(logits):
    """you call a pixel background **unless the network is sure**: `[[0, 0], [1, 0], [1, 0]]`. That is a decision of its
    own, with other scores; the plain rule takes the likeliest class. Look again at section 18."""
    p = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    return np.where(p.max(-1) > 0.9, p.argmax(-1), 0)


@classes.mistake("background left out", example=(np.array([[[5.0, 1, 2]]]),))
def _(logits):
    """you leave class 0 out, so nothing can be **background**: for one pixel with logits `5 1 2` you return `[[2]]`.
    Look again at section 18."""
    return logits[..., 1:].argmax(axis=-1) + 1


@classes.mistake("each class thresholded first", example=(np.array([[[1.0, 4, 2]]]),))
def _(logits):
    """you threshold each class at ½ **before** the argmax, which then takes the first that passes: for one pixel with
    logits `1 4 2` you return `[[0]]`. Compare the logits themselves. Look again at section 18."""
    return (_sigmoid(logits) > 0.5).argmax(axis=-1)


@classes.mistake("counted from 1", example=(np.array([[[4.0, 1, 2]]]),))
def _(logits):
    """you count classes from **1**: for one pixel with logits `4 1 2` you return `[[1]]`. Class 0 is the background.
    Look again at section 18."""
    return logits.argmax(axis=-1) + 1


@classes.mistake("softmax over the image", example=(np.array([[[3.0, 0], [5, 1]]]),))
def _(logits):
    """your softmax runs over the **pixels**, so that every class gets its share of the image: for two pixels with
    logits `3 0` and `5 1` you return `[[1, 0]]`. A softmax over the classes of a pixel changes no argmax; you need
    none. Look again at section 18."""
    return (np.exp(logits) / np.exp(logits).sum(axis=(0, 1), keepdims=True)).argmax(axis=-1)


@classes.mistake("marked, not numbered", example=(np.array([[[5.0, 1, 2]]]),))
def _(logits):
    """you **mark** the largest logit of each pixel, one `True` for every pixel: for one pixel with logits `5 1 2` you
    return `[[[True, False, False]]]`. A class id is its *number*: argmax. Look again at section 18."""
    return logits == logits.max(axis=-1, keepdims=True)


@classes.mistake("the least likely class", example=(np.array([[[1.0, 4, 2], [3, 0, 5]]]),))
def _(logits):
    """you take the **smallest** logit: for two pixels with logits `1 4 2` and `3 0 5` you return `[[0, 1]]`, the class
    that is least likely. The largest one wins. Look again at section 18."""
    return logits.argmin(axis=-1)


@classes.mistake("signs lost", example=(np.array([[[-5.0, 1, 2], [1, 2, -9]]]),))
def _(logits):
    """you compare the logits **without their signs**: for two pixels with logits `-5 1 2` and `1 2 -9` you return
    `[[0, 2]]`. A logit far below 0 speaks against a class. Look again at section 18."""
    return np.abs(logits).argmax(axis=-1)


batch_norm = ChoiceExercise(
    "8.13",
    "Another image in the batch",
    options={
        "a": "Convolutions look at several images at once.",
        "b": "Batch normalization takes its mean and variance from this batch instead of the stored averages.",
        "c": "The weights have been trained a little further by the call.",
        "d": "Floating-point numbers are rounded differently.",
    },
    answer="b",
    reasons={
        "a": "convolutions never “look at several images at once”: each image of a batch is computed by itself. "
        "See section 20.",
        "b": "“from this batch”: in training mode, images normalize each other; at prediction the stored averages "
        "must be used. See section 20.",
        "c": "nothing “trained a little further”: weights change only where a gradient is applied. But the stored "
        "averages do move, see section 20.",
        "d": "“rounded differently” would change the seventh digit, not the mask. See section 20.",
    },
    hints=(
        "Which layer of a block computes something over the whole batch?",
        "Its behaviour depends on the argument `training`.",
        "Chapter 06 made this layer: mean and variance per channel, over batch, rows and columns.",
    ),
)
