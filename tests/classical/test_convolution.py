"""One-channel convolution in all its forms: held to NumPy, SciPy and the algebra that defines it."""

import numpy as np
import pytest
import scipy.linalg
import scipy.ndimage
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.classical.convolution import (
    circulant_matrix,
    convolution_matrix,
    convolve,
    convolve_circular,
    convolve_fft,
    convolve_im2col,
    convolve_loops,
    convolve_separable,
    correlate,
    correlate_loops,
    separable_factors,
    separable_rank,
    toeplitz_matrix,
)

CONVOLVE = [convolve_loops, convolve, convolve_im2col, convolve_fft]
CORRELATE = [correlate_loops, correlate]
MODES = ["full", "same", "valid"]
side, seeds = st.integers(1, 8), st.integers(0, 2**32 - 1)


def arrays(seed, x_shape, k_shape):
    rng = np.random.default_rng(seed)
    return rng.normal(size=x_shape), rng.normal(size=k_shape)


def modes_for(x, k):
    return MODES if all(a >= b for a, b in zip(x.shape, k.shape, strict=True)) else MODES[:2]


@pytest.mark.parametrize("function", CONVOLVE)
@given(side, side, side, side, seeds)
@settings(deadline=None, max_examples=60)
def test_convolution_is_that_of_scipy(function, h, w, kh, kw, seed):
    x, k = arrays(seed, (h, w), (kh, kw))
    for mode in modes_for(x, k):
        expected = scipy.signal.convolve2d(x, k, mode)
        np.testing.assert_allclose(function(x, k, mode), expected, rtol=1e-11, atol=1e-11)
        if kh <= h:  # NumPy's and SciPy's 1-D "same" and "valid" exchange a long kernel with the signal
            rows = scipy.signal.convolve(x[:, 0], k[:, 0], mode, method="direct")
            np.testing.assert_allclose(function(x[:, 0], k[:, 0], mode), rows, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("function", CORRELATE)
@given(side, side, side, side, seeds)
@settings(deadline=None, max_examples=60)
def test_correlation_is_that_of_scipy(function, h, w, kh, kw, seed):
    x, k = arrays(seed, (h, w), (kh, kw))
    for mode in modes_for(x, k):
        expected = scipy.signal.correlate(x, k, mode, method="direct")
        np.testing.assert_allclose(function(x, k, mode), expected, rtol=1e-11, atol=1e-11)
        if mode != "same" or (kh % 2 and kw % 2):
            expected = scipy.signal.correlate2d(x, k, mode)
            np.testing.assert_allclose(function(x, k, mode), expected, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("kh", [1, 3, 5])
@pytest.mark.parametrize("kw", [1, 3, 7])
def test_odd_kernels_agree_with_ndimage(kh, kw):
    x, k = arrays(kh * 10 + kw, (9, 11), (kh, kw))
    np.testing.assert_allclose(convolve(x, k, "same"), scipy.ndimage.convolve(x, k, mode="constant"), atol=1e-12)
    np.testing.assert_allclose(correlate(x, k, "same"), scipy.ndimage.correlate(x, k, mode="constant"), atol=1e-12)


def test_by_hand_in_one_dimension():
    x, k = [1, 2, 3], [1, 10, 100]
    for function in CONVOLVE:
        np.testing.assert_allclose(function(x, k), [1, 12, 123, 230, 300], atol=1e-12)
        np.testing.assert_allclose(function(x, k, "same"), [12, 123, 230], atol=1e-12)
        np.testing.assert_allclose(function(x, k, "valid"), [123], atol=1e-12)
    for function in CORRELATE:
        np.testing.assert_allclose(function(x, k), [100, 210, 321, 32, 3], atol=1e-12)
        np.testing.assert_allclose(function(x, k, "same"), [210, 321, 32], atol=1e-12)
        np.testing.assert_allclose(function(x, k, "valid"), [321], atol=1e-12)


def test_by_hand_in_two_dimensions():
    x = np.array([[1, 2], [3, 4]])
    k = np.array([[1, 10], [100, 1000]])
    for function in CONVOLVE:
        np.testing.assert_allclose(function(x, k), [[1, 12, 20], [103, 1234, 2040], [300, 3400, 4000]], atol=1e-9)
    for function in CORRELATE:
        np.testing.assert_allclose(function(x, k, "valid"), [[4321]], atol=1e-9)


@pytest.mark.parametrize("function", CONVOLVE)
def test_an_impulse_is_replaced_by_the_kernel(function):
    k = np.arange(1.0, 7).reshape(2, 3)
    x = np.zeros((6, 7))
    x[3, 2] = 1
    expected = np.zeros((7, 9))
    expected[3:5, 2:5] = k
    np.testing.assert_allclose(function(x, k), expected, atol=1e-12)


@given(side, side, side, seeds)
@settings(deadline=None, max_examples=60)
def test_the_algebra_of_full_convolution(n, m, p, seed):
    rng = np.random.default_rng(seed)
    a, b, c = rng.normal(size=n), rng.normal(size=m), rng.normal(size=p)
    np.testing.assert_allclose(convolve(a, b), convolve(b, a), atol=1e-12)
    np.testing.assert_allclose(convolve(convolve(a, b), c), convolve(a, convolve(b, c)), atol=1e-11)
    np.testing.assert_allclose(convolve(2 * a - 3, b), 2 * convolve(a, b) - 3 * convolve(np.ones(n), b), atol=1e-11)
    np.testing.assert_allclose(np.polymul(a, b), convolve(a, b)[-len(np.polymul(a, b)) :], atol=1e-11)


@given(st.integers(1, 12), side, seeds, st.sampled_from(MODES))
@settings(deadline=None, max_examples=60)
def test_toeplitz_matrix_against_scipy_linalg(n, m, seed, mode):
    k, x = arrays(seed, m, n)
    if mode == "valid" and m > n:
        with pytest.raises(ValueError, match="kernel that fits"):
            toeplitz_matrix(k, n, mode)
        return
    full = scipy.linalg.convolution_matrix(k, n, "full")
    rows = {"full": slice(None), "same": slice((m - 1) // 2, (m - 1) // 2 + n), "valid": slice(m - 1, n)}[mode]
    np.testing.assert_array_equal(toeplitz_matrix(k, n, mode), full[rows])
    expected = scipy.signal.convolve(x, k, "full", method="direct")[rows]
    np.testing.assert_allclose(toeplitz_matrix(k, n, mode) @ x, expected, atol=1e-12)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 4), st.integers(1, 4), seeds)
@settings(deadline=None, max_examples=60)
def test_convolution_matrix_acts_as_the_convolution(h, w, kh, kw, seed):
    x, k = arrays(seed, (h, w), (kh, kw))
    for mode in modes_for(x, k):
        expected = scipy.signal.convolve2d(x, k, mode).ravel()
        np.testing.assert_allclose(convolution_matrix(k, (h, w), mode) @ x.ravel(), expected, atol=1e-12)


def test_convolution_matrix_is_doubly_block_toeplitz():
    k = np.random.default_rng(5).normal(size=(2, 3))
    matrix = convolution_matrix(k, (3, 4)).reshape(4, 6, 3, 4)
    for i, r in [(0, 0), (1, 0), (2, 1), (3, 2)]:
        np.testing.assert_array_equal(matrix[i, :, r], scipy.linalg.convolution_matrix(k[i - r], 4, "full"))
    assert not matrix[0, :, 1].any()


@given(st.integers(1, 7), st.integers(1, 7), st.data(), seeds)
@settings(deadline=None, max_examples=60)
def test_circular_convolution_is_a_product_of_spectra(h, w, data, seed):
    kh, kw = data.draw(st.integers(1, h)), data.draw(st.integers(1, w))
    x, k = arrays(seed, (h, w), (kh, kw))
    expected = np.fft.ifft2(np.fft.fft2(x) * np.fft.fft2(k, (h, w))).real
    np.testing.assert_allclose(convolve_circular(x, k), expected, atol=1e-12)
    expected = np.fft.ifft(np.fft.fft(x[:, 0]) * np.fft.fft(k[:, 0], h)).real
    np.testing.assert_allclose(convolve_circular(x[:, 0], k[:, 0]), expected, atol=1e-12)


def test_circular_convolution_wraps_where_linear_convolution_does_not():
    x, k = np.array([0, 0, 0, 1.0]), np.array([1, 2, 3.0])
    np.testing.assert_array_equal(convolve_circular(x, k), [2, 3, 0, 1])
    np.testing.assert_allclose(convolve_fft(x, k), [0, 0, 0, 1, 2, 3], atol=1e-15)
    wrapped = scipy.ndimage.convolve(np.eye(6)[2:3], k[None], mode="wrap")
    np.testing.assert_array_equal(np.roll(convolve_circular(np.eye(6)[2], k), -1), wrapped[0])


@given(st.integers(1, 12), st.data(), seeds)
@settings(deadline=None, max_examples=60)
def test_circulant_matrix_is_diagonalized_by_the_dft(n, data, seed):
    k, x = arrays(seed, data.draw(st.integers(1, n)), n)
    matrix = circulant_matrix(k, n)
    np.testing.assert_array_equal(matrix, scipy.linalg.circulant(np.pad(k, (0, n - len(k)))))
    fourier = np.exp(-2j * np.pi * np.outer(np.arange(n), np.arange(n)) / n)
    diagonal = fourier @ matrix @ np.linalg.inv(fourier)
    np.testing.assert_allclose(diagonal, np.diag(np.fft.fft(k, n)), atol=1e-10)
    np.testing.assert_allclose(matrix @ x, convolve_circular(x, k), atol=1e-12)


@given(side, side, seeds)
@settings(deadline=None, max_examples=60)
def test_separable_factors_give_the_kernel_back(kh, kw, seed):
    column, row = arrays(seed, kh, kw)
    k = np.outer(column, row)
    a, b = separable_factors(k)
    assert (a.shape, b.shape) == ((kh,), (kw,))
    np.testing.assert_allclose(np.outer(a, b), k, atol=1e-12)
    assert a[np.argmax(np.abs(a))] > 0
    assert np.linalg.norm(a) == pytest.approx(np.linalg.norm(b), rel=1e-9)


@given(side, side, side, side, seeds, st.sampled_from(MODES))
@settings(deadline=None, max_examples=60)
def test_two_passes_equal_one_with_the_outer_product(h, w, kh, kw, seed, mode):
    x, column = arrays(seed, (h, w), kh)
    row = np.random.default_rng(seed + 1).normal(size=kw)
    if mode == "valid" and (kh > h or kw > w):
        with pytest.raises(ValueError, match="kernel that fits"):
            convolve_separable(x, column, row, mode)
        return
    expected = scipy.signal.convolve2d(x, np.outer(column, row), mode)
    np.testing.assert_allclose(convolve_separable(x, column, row, mode), expected, atol=1e-11)


def test_rank_counts_the_separable_terms():
    rng = np.random.default_rng(2)
    assert separable_rank(np.zeros((3, 4))) == 0
    assert separable_rank([[1, 0, -1], [2, 0, -2], [1, 0, -1]]) == 1
    assert separable_rank([[0, 1, 0], [1, -4, 1], [0, 1, 0]]) == 2
    for rank in (1, 2, 3, 4):
        k = rng.normal(size=(6, rank)) @ rng.normal(size=(rank, 5))
        assert separable_rank(k) == np.linalg.matrix_rank(k) == rank
        assert separable_rank(1e-200 * k) == rank
    assert separable_rank(np.diag([1, 1e-3]), rtol=1e-2) == 1
    with pytest.raises(ValueError, match="not separable: its rank is 2"):
        separable_factors([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
    column, row = separable_factors(np.zeros((3, 2)))
    assert not np.outer(column, row).any()


@pytest.mark.parametrize("function", [*CONVOLVE[:3], *CORRELATE])
def test_nan_reaches_exactly_the_outputs_that_see_it(function):
    x = np.ones((7, 7))
    x[3, 3] = np.nan
    bad = np.isnan(function(x, np.ones((3, 3)), "same"))
    assert bad[2:5, 2:5].all()
    assert bad.sum() == 9


def test_nan_spoils_everything_in_the_fft():
    assert np.isnan(convolve_fft([1, np.nan, 2, 3, 4, 5, 6, 7], [1, 1])).all()


@pytest.mark.parametrize("function", [*CONVOLVE, *CORRELATE, convolve_circular])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_the_result_is_float64_and_the_arguments_stay_as_they_were(function, dtype):
    x, k = np.full((5, 5), 200, dtype), np.full((3, 3), 2, dtype)
    y = function(x, k)
    assert y.dtype == np.float64
    assert y.max() == pytest.approx(3600)
    y[:] = -1
    assert (x == 200).all()
    assert (k == 2).all()


@pytest.mark.parametrize("function", [*CONVOLVE, *CORRELATE])
@pytest.mark.parametrize(("x", "k", "mode", "error", "message"), [
    ([], [1], "full", ValueError, r"x must not be empty, got shape \(0,\)"),
    ([1], [], "full", ValueError, "k must not be empty"),
    (["a"], [1], "full", TypeError, "x must hold real numbers"),
    ([1j], [1], "full", TypeError, "x must hold real numbers, got dtype complex128"),
    ([None], [1], "full", TypeError, "x must hold real numbers"),
    ([[1, 2], [3]], [1], "full", ValueError, "x must be a rectangular array"),
    (3.0, [1], "full", ValueError, r"x must have 1 or 2 axes, got shape \(\)"),
    (np.ones((2, 2, 2)), [1], "full", ValueError, r"x must have 1 or 2 axes, got shape \(2, 2, 2\)"),
    ([[1, 2]], [1], "full", ValueError, r"equally many axes, got shapes \(1, 2\) and \(1,\)"),
    ([1, 2], [1, 2, 3], "valid", ValueError, 'mode "valid" needs a kernel that fits into x: x has 2 samples, k has 3'),
    ([1, 2], [1], "Same", ValueError, 'mode must be "full", "same" or "valid", got \'Same\''),
])  # fmt: skip
def test_bad_arguments_are_named(function, x, k, mode, error, message):
    with pytest.raises(error, match=message):
        function(x, k, mode)


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: convolve_circular([1, 2], [1, 2, 3]), ValueError, "k must not be larger than x"),
    (lambda: circulant_matrix([1, 2, 3], 2), ValueError, "k must not be longer than n = 2"),
    (lambda: circulant_matrix([1], 2.0), TypeError, "n must be a whole number"),
    (lambda: toeplitz_matrix([1], 0), ValueError, "n must be at least 1"),
    (lambda: toeplitz_matrix([1], 10**5), ValueError, "100000 x 100000 entries"),
    (lambda: convolution_matrix(np.ones((3, 3)), (256, 256), "same"), ValueError, "65536 x 65536 entries"),
    (lambda: convolution_matrix(np.ones((3, 3)), 8), ValueError, r"shape must be \(rows, columns\), got 8"),
    (lambda: convolution_matrix(np.ones(3), (8, 8)), ValueError, "k must have 2 axes"),
    (lambda: separable_factors([[1, np.nan]]), ValueError, "k must be finite"),
    (lambda: separable_rank(np.ones((2, 2)), rtol=-1), ValueError, "rtol must be at least 0 and below 1"),
    (lambda: convolve_separable(np.ones((3, 3)), [[1]], [1]), ValueError, "column must have 1 axes"),
])  # fmt: skip
def test_bad_arguments_of_the_other_functions_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
