"""Transform coding in the manner of JPEG: block DCT, quantization, run lengths, Huffman codes.

References
----------
N. Ahmed, T. Natarajan, K. R. Rao, Discrete cosine transform, 1974. doi:10.1109/T-C.1974.223784
G. K. Wallace, The JPEG still picture compression standard, 1992. doi:10.1109/30.125072
D. A. Huffman, A method for the construction of minimum-redundancy codes, 1952. doi:10.1109/JRPROC.1952.273898
C. E. Shannon, A mathematical theory of communication, 1948. doi:10.1002/j.1538-7305.1948.tb01338.x
ITU-T T.81 (JPEG), annexes A, F and K.
"""

import heapq
from collections import Counter

import numpy as np

from course_lib._validate import byte_array, float_array, plain_array, whole_number

# ITU-T T.81, table K.1: the luminance table at quality 50.
LUMINANCE_TABLE = np.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ]
)
LUMINANCE_TABLE.setflags(write=False)


def dct_matrix(n=8):
    """The orthonormal DCT-II as a matrix: row u is the cosine of frequency u.

    Parameters
    ----------
    n : positive int

    Returns
    -------
    ndarray of float64, shape (n, n), orthogonal

    Raises
    ------
    ValueError, TypeError
        If n is not a positive whole number.

    Notes
    -----
    a_u cos(π (2j + 1) u / 2n), a_0 = √(1/n), else √(2/n): Ahmed, Natarajan & Rao (1974).
    """
    n = whole_number("n", n, 1)
    u, j = np.arange(n)[:, np.newaxis], np.arange(n)
    matrix = np.sqrt(2 / n) * np.cos(np.pi * (2 * j + 1) * u / (2 * n))
    matrix[0] /= np.sqrt(2)
    return matrix


def block_dct(image, size=8):
    """Cut an image into square blocks and transform each: C B Cᵀ.

    Parameters
    ----------
    image : array_like, shape (H, W)
        Both sides multiples of ``size``.
    size : positive int

    Returns
    -------
    ndarray of float64, shape (H // size, W // size, size, size)
        Coefficient (u, v) of each block: u counts waves down, v across.

    Raises
    ------
    ValueError, TypeError
        If the image is not 2-D or a side is no multiple of size.
    """
    image = float_array("image", image, ndim=2)
    size = whole_number("size", size, 1)
    matrix = dct_matrix(size)
    height, width = image.shape
    if height % size or width % size:
        raise ValueError(f"image must have sides that are multiples of {size}, got shape {image.shape}")
    blocks = image.reshape(height // size, size, width // size, size).swapaxes(1, 2)
    return matrix @ blocks @ matrix.T


def block_idct(coefficients):
    """Undo `block_dct`: Cᵀ F C for each block, and the blocks put back in place.

    Parameters
    ----------
    coefficients : array_like, shape (rows, columns, size, size)

    Returns
    -------
    ndarray of float64, shape (rows * size, columns * size)

    Raises
    ------
    ValueError
        If the array does not have 4 axes or the blocks are not square.
    """
    coefficients = float_array("coefficients", coefficients, ndim=4)
    rows, columns, size, other = coefficients.shape
    if size != other:
        raise ValueError(f"coefficients must hold square blocks, got shape {size} × {other}")
    matrix = dct_matrix(size)
    return (matrix.T @ coefficients @ matrix).swapaxes(1, 2).reshape(rows * size, columns * size)


def quantization_table(quality):
    """Step sizes of the luminance coefficients for a JPEG "quality".

    Parameters
    ----------
    quality : int, 1 to 100
        50 is the table of the standard's annex K; 100 makes every step 1.

    Returns
    -------
    ndarray of int64, shape (8, 8), values 1 to 255

    Raises
    ------
    ValueError, TypeError
        If quality is not a whole number from 1 to 100.

    Notes
    -----
    The standard defines no quality. This is the rule of the Independent JPEG Group's library, which Pillow and OpenCV
    use: scale = 5000 / q below 50 and 200 - 2 q from there on, in percent.
    """
    quality = whole_number("quality", quality, 1, 100)
    percent = 5000 // quality if quality < 50 else 200 - 2 * quality
    return np.clip((LUMINANCE_TABLE * percent + 50) // 100, 1, 255)


def zigzag(n=8):
    """Order in which a block is read: along the anti-diagonals, from low to high frequencies.

    Parameters
    ----------
    n : positive int

    Returns
    -------
    ndarray of int64, shape (n * n,)
        Flat indices into an n × n block.

    Raises
    ------
    ValueError, TypeError
        If n is not a positive whole number.

    Notes
    -----
    ITU-T T.81, figure A.6: even diagonals run upwards, odd ones downwards.
    """
    n = whole_number("n", n, 1)
    cells = [(row, column) for row in range(n) for column in range(n)]
    cells.sort(key=lambda cell: (sum(cell), cell[0] if sum(cell) % 2 else cell[1]))
    return np.array([row * n + column for row, column in cells])


def _counts(symbols):
    if isinstance(symbols, np.ndarray):
        symbols = plain_array("symbols", symbols).ravel().tolist()
    counts = Counter(symbols)
    if not counts:
        raise ValueError("symbols must not be empty")
    if any(symbol != symbol for symbol in counts):
        raise ValueError("symbols must be equal to themselves, got NaN among them")
    return counts


def entropy(symbols):
    """Shannon entropy of the observed frequencies: no code for single symbols needs fewer bits on average.

    Parameters
    ----------
    symbols : ndarray, or iterable of hashable objects

    Returns
    -------
    float, bits per symbol

    Raises
    ------
    ValueError
        If there are no symbols.

    Notes
    -----
    H = -Σ p log2 p, Shannon (1948), theorem 2.
    """
    counts = np.array(list(_counts(symbols).values()))
    p = counts / counts.sum()
    return float(np.maximum(-(p * np.log2(p)).sum(), 0.0))


def huffman_code(symbols):
    """The prefix code with the shortest average length for the observed frequencies.

    Parameters
    ----------
    symbols : ndarray, or iterable of hashable objects

    Returns
    -------
    dict
        Symbol to a string of "0" and "1". A single kind of symbol gets "0".

    Raises
    ------
    ValueError
        If there are no symbols.

    Notes
    -----
    Huffman (1952): merge the two rarest groups until one is left; each merge puts a bit in front of their codes.
    """
    counts = _counts(symbols)
    if len(counts) == 1:
        return {next(iter(counts)): "0"}
    # The number in the middle breaks ties by age, so that groups themselves are never compared.
    heap = [(count, age, [symbol]) for age, (symbol, count) in enumerate(counts.items())]
    heapq.heapify(heap)
    code = dict.fromkeys(counts, "")
    age = len(heap)
    while len(heap) > 1:
        (count_0, _, group_0), (count_1, _, group_1) = heapq.heappop(heap), heapq.heappop(heap)
        for bit, group in (("0", group_0), ("1", group_1)):
            for symbol in group:
                code[symbol] = bit + code[symbol]
        heapq.heappush(heap, (count_0 + count_1, age, group_0 + group_1))
        age += 1
    return code


def huffman_length(symbols):
    """Average length of the Huffman code, weighted by the observed frequencies.

    Parameters
    ----------
    symbols : ndarray, or iterable of hashable objects

    Returns
    -------
    float, bits per symbol
        At least the entropy H and below H + 1 (two kinds of symbols or more).

    Raises
    ------
    ValueError
        If there are no symbols.
    """
    counts = _counts(symbols)
    code = huffman_code(counts.elements())
    return sum(counts[symbol] * len(code[symbol]) for symbol in counts) / sum(counts.values())


def run_length_symbols(levels):
    """Turn quantized blocks into the symbols that baseline JPEG gives to its Huffman coder.

    Parameters
    ----------
    levels : array_like of int, shape (rows, columns, 8, 8)

    Returns
    -------
    dc : list of int
        Number of bits of each block's first coefficient minus that of the block before.
    ac : list of (int, int)
        Zeros skipped and number of bits of the next non-zero coefficient; (15, 0) skips 16 zeros, (0, 0) ends a block.

    Raises
    ------
    ValueError, TypeError
        If the levels are not whole numbers in 8 × 8 blocks.

    Notes
    -----
    ITU-T T.81, sections F.1.2.1 and F.1.2.2. The magnitudes themselves follow uncoded, as many bits as the symbol says.
    """
    levels = plain_array("levels", levels)
    if levels.dtype.kind not in "ui":
        raise TypeError(f"levels must be whole numbers, got dtype {levels.dtype}")
    if levels.ndim != 4 or levels.shape[2:] != (8, 8):
        raise ValueError(f"levels must have shape (rows, columns, 8, 8), got shape {levels.shape}")
    scanned = levels.astype(np.int64).reshape(-1, 64)[:, zigzag(8)]
    dc = [int(d).bit_length() for d in np.abs(np.diff(scanned[:, 0], prepend=0))]
    ac = []
    for block in scanned:
        places = np.flatnonzero(block[1:])
        before = -1
        for place in places:
            zeros = int(place - before - 1)
            ac += [(15, 0)] * (zeros // 16) + [(zeros % 16, int(abs(block[place + 1])).bit_length())]
            before = place
        if before < 62:
            ac.append((0, 0))
    return dc, ac


def jpeg_like(image, quality):
    """Compress and restore a gray image as baseline JPEG does, and count the bits.

    Parameters
    ----------
    image : array_like of uint8, shape (H, W)
        Sides that are no multiples of 8 are filled up by repeating the last row and column.
    quality : int, 1 to 100

    Returns
    -------
    restored : ndarray of uint8, shape (H, W)
    bits : int
        Huffman-coded symbols and magnitudes, with codes made for this image; headers and code tables left out.

    Raises
    ------
    TypeError, ValueError
        If the image is not 2-D uint8 or quality is not a whole number from 1 to 100.
    """
    image = byte_array("image", image)
    table = quantization_table(quality)
    values = float_array("image", image, ndim=2)
    height, width = image.shape
    filled = np.pad(values, ((0, -height % 8), (0, -width % 8)), mode="edge")
    levels = np.rint(block_dct(filled - 128) / table).astype(np.int64)
    restored = np.clip(np.rint(block_idct(levels * table) + 128), 0, 255).astype(np.uint8)
    dc, ac = run_length_symbols(levels)
    coded = len(dc) * huffman_length(dc) + len(ac) * huffman_length(ac)
    magnitudes = sum(dc) + sum(size for _, size in ac)
    return restored[:height, :width], round(coded) + magnitudes
