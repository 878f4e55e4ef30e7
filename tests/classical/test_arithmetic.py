"""Sizes, padding, parameters, cost and receptive fields: held to counting, to Keras and to SciPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.classical.arithmetic import (
    conv_flops,
    conv_output_size,
    conv_parameters,
    conv_transpose_output_size,
    overlap_counts,
    receptive_field,
    same_padding,
)

sizes, kernels, strides, dilations = st.integers(1, 40), st.integers(1, 7), st.integers(1, 5), st.integers(1, 4)
paddings = st.one_of(st.integers(0, 4), st.tuples(st.integers(0, 4), st.integers(0, 4)))


def count_positions(n, kernel_size, stride, before, after, dilation):
    """Count, one by one, the places where every tap of the kernel lies inside the padded input."""
    places, start = 0, -before
    while start + dilation * (kernel_size - 1) <= n - 1 + after:
        places, start = places + 1, start + stride
    return places


@given(sizes, kernels, strides, paddings, dilations)
@settings(deadline=None, max_examples=200)
def test_output_size_counts_the_positions(n, k, s, p, d):
    before, after = (p, p) if isinstance(p, int) else p
    expected = count_positions(n, k, s, before, after, d)
    if expected:
        assert conv_output_size(n, k, s, p, d) == expected
    else:
        with pytest.raises(ValueError, match="padded input has only"):
            conv_output_size(n, k, s, p, d)


@given(sizes, kernels, strides, dilations)
@settings(deadline=None, max_examples=200)
def test_same_padding_is_the_least_that_gives_ceil_n_over_s(n, k, s, d):
    before, after = same_padding(n, k, s, d)
    target = int(np.ceil(n / s))
    assert conv_output_size(n, k, s, "same", d) == target
    assert count_positions(n, k, s, before, after, d) == target
    assert after - before in (0, 1)
    if before + after:
        assert count_positions(n, k, s, before, after - 1, d) < target


@pytest.mark.parametrize(
    ("n", "k", "s", "d", "expected"),
    [(5, 3, 1, 1, (1, 1)), (6, 3, 2, 1, (0, 1)), (7, 3, 2, 1, (1, 1)), (8, 4, 1, 1, (1, 2)), (5, 1, 3, 1, (0, 0)),
     (10, 3, 1, 2, (2, 2)), (10, 5, 3, 1, (2, 2)), (224, 7, 2, 1, (2, 3))],
)  # fmt: skip
def test_same_padding_by_hand(n, k, s, d, expected):
    assert same_padding(n, k, s, d) == expected


@pytest.mark.parametrize("k", [1, 2, 3, 5])
@pytest.mark.parametrize(("s", "d"), [(1, 1), (2, 1), (3, 1), (1, 2), (1, 3)])
@pytest.mark.parametrize("padding", ["same", "valid"])
def test_output_size_agrees_with_keras(k, s, d, padding):
    import keras

    layer = keras.layers.Conv1D(1, k, strides=s, padding=padding, dilation_rate=d)
    for n in range(13, 19):
        assert conv_output_size(n, k, s, padding, d) == layer.compute_output_shape((1, n, 1))[1]


@given(sizes, kernels, strides, st.integers(0, 3), dilations)
@settings(deadline=None, max_examples=200)
def test_transposed_size_gives_every_size_that_the_convolution_maps_to_n(n, k, s, p, d):
    def try_size(m):
        return count_positions(m, k, s, p, p, d)

    preimages = [m for m in range(1, n * s + d * k + 8) if try_size(m) == n]
    computed = []
    for extra in range(s):
        try:
            computed.append(conv_transpose_output_size(n, k, s, p, extra, d))
        except ValueError as error:
            assert "cuts off the whole output" in str(error)
    assert computed == preimages


def test_three_and_four_both_map_to_two():
    assert [conv_output_size(n, 3, stride=2, padding=1) for n in (3, 4)] == [2, 2]
    assert [conv_transpose_output_size(2, 3, 2, 1, extra) for extra in (0, 1)] == [3, 4]


@given(sizes, kernels, strides, dilations)
@settings(deadline=None, max_examples=100)
def test_transposed_same_is_the_largest_size_that_same_maps_to_n(n, k, s, d):
    size = conv_transpose_output_size(n, k, s, "same", dilation=d)
    assert conv_output_size(size, k, s, "same", d) == n
    assert conv_output_size(size + 1, k, s, "same", d) == n + 1


def test_asymmetric_padding_is_summed():
    assert conv_output_size(10, 4, 3, (2, 1)) == count_positions(10, 4, 3, 2, 1, 1) == 4
    assert conv_transpose_output_size(4, 4, 3, (2, 1)) == 10


@pytest.mark.parametrize(("k", "c_in", "c_out", "bias", "groups"), [
    (3, 3, 16, True, 1), (1, 8, 4, True, 1), (5, 4, 6, False, 2), ((1, 7), 2, 2, True, 1), (3, 6, 6, True, 6),
])  # fmt: skip
def test_parameters_are_those_of_a_keras_layer(k, c_in, c_out, bias, groups):
    import keras

    layer = keras.layers.Conv2D(c_out, k, use_bias=bias, groups=groups)
    layer.build((None, 16, 16, c_in))
    assert conv_parameters(k, c_in, c_out, bias=bias, groups=groups) == layer.count_params()


def test_parameters_by_hand():
    assert conv_parameters(3, c_in=3, c_out=16) == 9 * 3 * 16 + 16
    assert conv_parameters((5,), c_in=2, c_out=4, bias=False) == 5 * 2 * 4


def test_flops_count_the_multiplications_of_the_loops():
    h, w, kh, kw, c_in, c_out, groups = 4, 5, 3, 2, 4, 6, 2
    count = 0
    for _ in np.ndindex(h, w, c_out):
        for _ in np.ndindex(kh, kw, c_in // groups):
            count += 1
    assert conv_flops((h, w), (kh, kw), c_in, c_out, groups) == count
    assert conv_flops(4, 3, 2, 5) == conv_flops((4, 4), (3, 3), 2, 5) == 4 * 4 * 9 * 2 * 5


def test_depthwise_separable_costs_one_over_c_out_plus_one_over_k_squared():
    k, c_in, c_out, n = 3, 32, 64, 56
    separable = conv_flops(n, k, c_in, c_in, groups=c_in) + conv_flops(n, 1, c_in, c_out)
    assert separable / conv_flops(n, k, c_in, c_out) == pytest.approx(1 / c_out + 1 / k**2, rel=1e-12)


layers = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=4)


@given(layers)
@settings(deadline=None, max_examples=100)
def test_receptive_field_is_the_set_of_inputs_that_one_output_uses(chain):
    """Trace the first two outputs down to the input, as sets: the oracle knows no recurrence."""

    def inputs_of(position):
        used = {position}
        for kernel_size, stride, dilation in reversed(chain):
            used = {p * stride + u * dilation for p in used for u in range(kernel_size)}
        return used

    field, jump = receptive_field(chain)[-1]
    assert max(inputs_of(0)) - min(inputs_of(0)) + 1 == field
    assert min(inputs_of(1)) - min(inputs_of(0)) == jump


def test_receptive_field_by_hand():
    assert receptive_field([]) == []
    assert receptive_field([(3, 1, 1)] * 3) == [(3, 1), (5, 1), (7, 1)]
    assert receptive_field([(3, 2), (3, 2), (3, 2)]) == [(3, 2), (7, 4), (15, 8)]
    assert receptive_field([(3, 1, 1), (3, 1, 2), (3, 1, 4)])[-1] == (15, 1)
    patch_gan = [(4, 2, 1)] * 3 + [(4, 1, 1)] * 2
    assert receptive_field(patch_gan)[-1] == (70, 8)  # Isola et al. 2017: "70 x 70 PatchGAN"


@given(st.integers(1, 9), st.integers(1, 9), strides)
@settings(deadline=None, max_examples=100)
def test_overlap_counts_are_a_convolution_of_ones(n, k, s):
    spread = np.zeros((n - 1) * s + 1)
    spread[::s] = 1
    np.testing.assert_array_equal(overlap_counts(n, k, s), np.convolve(spread, np.ones(k)))


@pytest.mark.parametrize(("k", "s"), [(k, s) for k in range(1, 8) for s in range(1, 5)])
def test_overlap_is_even_in_the_interior_iff_the_stride_divides_the_kernel(k, s):
    interior = overlap_counts(20, k, s)[k : -k or None]
    assert (len(set(interior.tolist())) == 1) == (k % s == 0)


def test_overlap_of_kernel_3_stride_2_alternates():
    np.testing.assert_array_equal(overlap_counts(4, 3, 2), [1, 1, 2, 1, 2, 1, 2, 1, 1])


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: conv_output_size(0, 3), ValueError, "n must be at least 1, got 0"),
    (lambda: conv_output_size(5.0, 3), TypeError, r"n must be a whole number, got 5\.0"),
    (lambda: conv_output_size("5", 3), TypeError, "n must be a whole number, got '5'"),
    (lambda: conv_output_size(True, 3), TypeError, "n must be a whole number, got True"),
    (lambda: conv_output_size(5, 0), ValueError, "kernel_size must be at least 1"),
    (lambda: conv_output_size(5, 2.5), TypeError, "kernel_size must be a whole number"),
    (lambda: conv_output_size(5, 3, stride=-1), ValueError, "stride must be at least 1, got -1"),
    (lambda: conv_output_size(5, 3, stride=0), ValueError, "stride must be at least 1, got 0"),
    (lambda: conv_output_size(5, 3, padding=-1), ValueError, "padding must be at least 0, got -1"),
    (lambda: conv_output_size(5, 3, padding=(1, 2, 3)), ValueError, r"pair \(before, after\)"),
    (lambda: conv_output_size(5, 3, padding="full"), ValueError, 'padding must be "same", "valid"'),
    (lambda: conv_output_size(5, 3, dilation=0), ValueError, "dilation must be at least 1"),
    (lambda: conv_output_size(5, 6), ValueError, "the kernel spans 6 samples .* has only 5"),
    (lambda: conv_output_size(5, 3, dilation=3), ValueError, "the kernel spans 7 samples"),
    (lambda: same_padding(5, 3, stride=0), ValueError, "stride must be at least 1"),
    (lambda: conv_transpose_output_size(3, 3, 2, output_padding=2), ValueError, r"below the stride \(2\), got 2"),
    (lambda: conv_transpose_output_size(3, 3, 2, "same", 1), ValueError, 'must be 0 with padding "same"'),
    (lambda: conv_transpose_output_size(1, 3, 1, 2), ValueError, "cuts off the whole output"),
    (lambda: conv_parameters(3, 4, 6, groups=3), ValueError, r"groups must divide c_in \(4\) and c_out \(6\), got 3"),
    (lambda: conv_parameters(3, 4, 6, groups=4), ValueError, "groups must divide"),
    (lambda: conv_parameters(3, 0, 6), ValueError, "c_in must be at least 1"),
    (lambda: conv_flops((4, 0), 3, 1, 1), ValueError, "output_size must be at least 1"),
    (lambda: receptive_field([3, 1]), ValueError, "a layer must be"),
    (lambda: receptive_field([(3,)]), ValueError, "a layer must be"),
    (lambda: receptive_field([(3, 0, 1)]), ValueError, "stride must be at least 1"),
    (lambda: overlap_counts(3, 2, 0), ValueError, "stride must be at least 1"),
])  # fmt: skip
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_numpy_integers_are_welcome():
    assert conv_output_size(np.int64(7), np.int32(3), np.uint8(2), np.int16(1)) == 4
