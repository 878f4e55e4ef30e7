"""The DCT against SciPy, the code against brute force, the whole codec against Pillow's JPEG."""

import io
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from scipy import fft, stats
from skimage import data

from course_lib.classical import compression as c

texts = st.lists(st.integers(0, 12), min_size=1, max_size=60)


@pytest.mark.parametrize("n", [1, 2, 8, 16])
def test_dct_matrix_equals_scipy_and_is_orthogonal(n):
    np.testing.assert_allclose(c.dct_matrix(n), fft.dct(np.eye(n), axis=0, norm="ortho"), atol=1e-12)
    np.testing.assert_allclose(c.dct_matrix(n) @ c.dct_matrix(n).T, np.eye(n), atol=1e-12)


def test_block_dct_equals_scipy_block_by_block():
    image = np.random.default_rng(0).random((24, 16))
    ours = c.block_dct(image)
    for row, column in np.ndindex(3, 2):
        block = image[8 * row : 8 * row + 8, 8 * column : 8 * column + 8]
        np.testing.assert_allclose(ours[row, column], fft.dctn(block, norm="ortho"), atol=1e-12)
    np.testing.assert_allclose(c.block_idct(ours), image, atol=1e-12)
    assert (ours**2).sum() == pytest.approx((image**2).sum())


def saved(image, quality):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=quality, optimize=True)
    return len(file.getvalue()), Image.open(file)


@pytest.mark.parametrize("quality", [1, 10, 25, 49, 50, 51, 75, 95, 100])
def test_quantization_table_is_the_one_in_pillows_files(quality):
    _, opened = saved(np.zeros((8, 8), np.uint8), quality)
    np.testing.assert_array_equal(c.quantization_table(quality).ravel(), opened.quantization[0])


@pytest.mark.parametrize("quality", [10, 50, 90])
def test_codec_equals_pillows_jpeg_in_picture_and_size(quality):
    image = data.camera()[100:357, 60:321]  # sides that are no multiples of 8
    restored, bits = c.jpeg_like(image, quality)
    size, opened = saved(image, quality)
    difference = np.abs(restored.astype(int) - np.asarray(opened))
    assert np.mean(difference <= 1) > 0.95  # coefficients on a rounding edge may fall on either side
    assert 0 < size - bits / 8 < 0.04 * size + 330  # headers, code tables, stuffed bytes


def test_zigzag_walks_the_standard_path():
    assert c.zigzag(3).tolist() == [0, 1, 3, 6, 4, 2, 5, 7, 8]
    start = [divmod(int(k), 8) for k in c.zigzag()[:10]]
    assert start == [(0, 0), (0, 1), (1, 0), (2, 0), (1, 1), (0, 2), (0, 3), (1, 2), (2, 1), (3, 0)]
    assert sorted(c.zigzag()) == list(range(64))
    steps = np.diff([divmod(int(k), 8) for k in c.zigzag()], axis=0)
    assert np.abs(steps).max() == 1


@given(texts)
def test_entropy_equals_scipy(text):
    counts = np.unique(text, return_counts=True)[1]
    assert c.entropy(text) == pytest.approx(stats.entropy(counts, base=2), abs=1e-12)
    assert c.entropy(np.array(text)) == pytest.approx(c.entropy(text))


@given(texts)
def test_huffman_is_a_complete_prefix_code_within_one_bit_of_the_entropy(text):
    code = c.huffman_code(text)
    for one, other in itertools.permutations(code.values(), 2):
        assert not other.startswith(one)
    length = c.huffman_length(text)
    if len(code) > 1:
        assert sum(2.0 ** -len(word) for word in code.values()) == 1  # Kraft's sum
        assert c.entropy(text) - 1e-12 <= length < c.entropy(text) + 1
    encoded = "".join(code[s] for s in text)
    assert length == pytest.approx(len(encoded) / len(text))


def shortest(counts):
    """Least total length over *all* prefix codes of up to 5 symbols: every choice of lengths that Kraft allows."""
    choices = itertools.product(range(1, 5), repeat=len(counts))
    return min(np.dot(counts, ls) for ls in choices if sum(2.0**-length for length in ls) <= 1)


@given(st.lists(st.integers(1, 30), min_size=2, max_size=5))
def test_no_prefix_code_is_shorter(counts):
    text = np.repeat(np.arange(len(counts)), counts)
    assert c.huffman_length(text) * len(text) == pytest.approx(shortest(counts))


def test_huffman_by_hand_and_with_one_symbol():
    assert {s: len(w) for s, w in c.huffman_code("aaaabbcd").items()} == {"a": 1, "b": 2, "c": 3, "d": 3}
    assert c.huffman_code("aaa") == {"a": "0"}


def test_run_lengths_by_hand():
    levels = np.zeros((1, 2, 8, 8), int)
    levels[0, 0, 0, 0], levels[0, 1, 0, 0] = 5, 4  # differences 5 (3 bits) and -1 (1 bit)
    levels[0, 0].ravel()[c.zigzag()[1]] = -2
    levels[0, 1].ravel()[c.zigzag()[20]] = 1  # 19 zeros first
    levels[0, 1].ravel()[c.zigzag()[63]] = 7
    dc, ac = c.run_length_symbols(levels)
    assert dc == [3, 1]
    assert ac == [(0, 2), (0, 0), (15, 0), (3, 1), (15, 0), (15, 0), (10, 3)]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: c.dct_matrix(0), ValueError, "n must be at least 1"),
        (lambda: c.block_dct(np.zeros((8, 9))), ValueError, r"multiples of 8.*\(8, 9\)"),
        (lambda: c.block_dct(np.zeros((8, 8, 3))), ValueError, "image must have 2 axes"),
        (lambda: c.block_idct(np.zeros((1, 1, 8, 4))), ValueError, "square blocks"),
        (lambda: c.quantization_table(101), ValueError, "quality must be at most 100"),
        (lambda: c.quantization_table(50.0), TypeError, "quality must be a whole number"),
        (lambda: c.entropy([]), ValueError, "symbols must not be empty"),
        (lambda: c.entropy(np.array([1.0, np.nan, np.nan])), ValueError, "got NaN among them"),
        (lambda: c.huffman_code([1.0, float("nan")]), ValueError, "got NaN among them"),
        (lambda: c.huffman_code(""), ValueError, "symbols must not be empty"),
        (lambda: c.run_length_symbols(np.zeros((1, 1, 8, 8))), TypeError, "levels must be whole numbers"),
        (lambda: c.run_length_symbols(np.zeros((1, 8, 8), int)), ValueError, "levels must have shape"),
        (lambda: c.jpeg_like(np.zeros((8, 8)), 50), TypeError, "image must be uint8"),
        (lambda: c.jpeg_like(np.zeros((8, 8, 3), np.uint8), 50), ValueError, "image must have 2 axes"),
    ],
)
def test_clear_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()
