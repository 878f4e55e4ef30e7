"""The convolution layer: held to its loops, to SciPy, to Keras, to central differences and to the adjoint identity."""

import time

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.classical.conv2d import (
    conv2d,
    conv2d_input_grad,
    conv2d_kernel_grad,
    conv2d_loops,
    conv2d_transpose,
    conv2d_transpose_loops,
    depthwise_conv2d,
)
from tests.helpers import central_differences


@st.composite
def layers(draw):
    """A random layer that fits its input: x, kernel and options."""
    number = st.integers
    groups = draw(number(1, 3))
    c_in, c_out = groups * draw(number(1, 2)), groups * draw(number(1, 2))
    kernel_size = draw(st.tuples(number(1, 3), number(1, 3)))
    options = {
        "stride": draw(st.one_of(number(1, 3), st.tuples(number(1, 3), number(1, 3)))),
        "dilation": draw(st.one_of(number(1, 2), st.tuples(number(1, 2), number(1, 2)))),
        "groups": groups,
        "padding": draw(
            st.one_of(
                st.sampled_from(["valid", "same"]),
                number(0, 2),
                st.tuples(st.tuples(number(0, 2), number(0, 2)), st.tuples(number(0, 2), number(0, 2))),
            )
        ),
    }
    size = [draw(number(2 * (k - 1) + 1, 2 * (k - 1) + 4)) for k in kernel_size]
    rng = np.random.default_rng(draw(number(0, 2**32 - 1)))
    x = rng.normal(size=(draw(number(1, 2)), *size, c_in))
    return x, rng.normal(size=(*kernel_size, c_in // groups, c_out)), options, rng


def inner(a, b):
    return float(np.sum(a * b))


@given(layers())
@settings(deadline=None, max_examples=100)
def test_the_matrix_product_equals_the_loops(layer):
    x, kernel, options, _ = layer
    np.testing.assert_allclose(conv2d(x, kernel, **options), conv2d_loops(x, kernel, **options), rtol=0, atol=1e-12)


@given(layers())
@settings(deadline=None, max_examples=100)
def test_loops_equal_scipy_channel_by_channel(layer):
    """SciPy knows one channel, no stride, no dilation, no padding: build the rest from it."""
    x, kernel, options, _ = layer
    (s0, s1), (d0, d1) = (np.broadcast_to(options[name], 2) for name in ("stride", "dilation"))
    kh, kw, c_kernel, c_out = kernel.shape
    spread = np.zeros((d0 * (kh - 1) + 1, d1 * (kw - 1) + 1, c_kernel, c_out))
    spread[::d0, ::d1] = kernel
    padding = options["padding"]
    if padding == "same":
        sizes = zip(x.shape[1:3], (s0, s1), spread.shape[:2], strict=True)
        total = [max((-(-n // s) - 1) * s + k - n, 0) for n, s, k in sizes]
        padding = [(t // 2, (t + 1) // 2) for t in total]
    padding = np.broadcast_to(0 if padding == "valid" else padding, (2, 2))
    padded = np.pad(x, [(0, 0), *padding, (0, 0)])
    per_group = c_out // options["groups"]
    expected = np.stack(
        [
            sum(
                scipy.signal.correlate2d(image[..., o // per_group * c_kernel + c], spread[..., c, o], "valid")
                for c in range(c_kernel)
            )[::s0, ::s1]
            for image in padded
            for o in range(c_out)
        ]
    )
    expected = np.moveaxis(expected.reshape(len(x), c_out, *expected.shape[1:]), 1, -1)
    np.testing.assert_allclose(conv2d_loops(x, kernel, **options), expected, rtol=0, atol=1e-12)


@given(layers())
@settings(deadline=None, max_examples=100)
def test_adjoint_identity(layer):
    """<A x, y> = <x, A^T y> = <w, gradient>: with the linearity of all three in y, the adjoints are right."""
    x, kernel, options, rng = layer
    ax = conv2d_loops(x, kernel, **options)
    y = rng.normal(size=ax.shape)
    transposed = conv2d_transpose(y, kernel, x.shape[1:3], **options)
    tolerance = 1e-11 * (1 + np.abs(ax).sum() * np.abs(y).max())
    assert inner(ax, y) == pytest.approx(inner(x, transposed), abs=tolerance)
    gradient = conv2d_kernel_grad(x, y, kernel.shape, **options)
    assert inner(ax, y) == pytest.approx(inner(kernel, gradient), abs=tolerance)
    np.testing.assert_array_equal(transposed, conv2d_input_grad(y, kernel, x.shape, **options))


@given(layers())
@settings(deadline=None, max_examples=60)
def test_transposed_convolution_equals_its_stamps(layer):
    y, kernel, options, rng = layer
    kernel = rng.normal(size=(*kernel.shape[:2], 2, y.shape[3]))
    try:
        expected = conv2d_transpose_loops(y, kernel, **options)
    except ValueError as error:
        assert "cuts off the whole output" in str(error)
        with pytest.raises(ValueError, match="cuts off the whole output"):
            conv2d_transpose(y, kernel, **options)
        return
    assert expected.shape[3] == 2 * options["groups"]
    np.testing.assert_allclose(conv2d_transpose(y, kernel, **options), expected, rtol=0, atol=1e-12)


@given(layers())
@settings(deadline=None, max_examples=15)
def test_gradients_equal_central_differences(layer):
    x, kernel, options, rng = layer
    dy = rng.normal(size=conv2d_loops(x, kernel, **options).shape)
    np.testing.assert_allclose(
        conv2d_input_grad(dy, kernel, x.shape, **options),
        central_differences(lambda z: inner(conv2d(z, kernel, **options), dy), x)[0],
        rtol=0, atol=1e-8,
    )  # fmt: skip
    np.testing.assert_allclose(
        conv2d_kernel_grad(x, dy, kernel.shape, **options),
        central_differences(lambda w: inner(conv2d(x, w, **options), dy), kernel)[0],
        rtol=0, atol=1e-8,
    )  # fmt: skip


OPTIONS = [
    {},
    {"padding": "same"},
    {"padding": ((0, 1), (2, 0)), "stride": (2, 1)},
    {"padding": "same", "stride": 2},
    {"padding": 1, "dilation": (1, 2), "groups": 2},
    {"stride": 3, "groups": 2},
]


@pytest.mark.parametrize("options", OPTIONS)
def test_adjoints_entry_by_entry_are_the_transposed_matrix(options):
    """Column e of A is the layer's answer to the unit image e; the transpose must be that matrix's transpose."""
    rng = np.random.default_rng(3)
    groups = options.get("groups", 1)
    shape, kernel = (1, 5, 6, 2), rng.normal(size=(3, 2, 2 // groups, 4))
    units = np.eye(60).reshape(60, *shape[1:])
    matrix = conv2d_loops(units, kernel, **options).reshape(60, -1).T
    out = conv2d_loops(np.zeros(shape), kernel, **options).shape
    outputs = np.eye(len(matrix)).reshape(-1, *out[1:])
    transposed = conv2d_transpose(outputs, kernel, shape[1:3], **options).reshape(len(matrix), -1).T
    np.testing.assert_allclose(transposed, matrix.T, rtol=0, atol=1e-14)


def test_stride_one_gradients_are_the_correlations_of_the_textbook():
    rng = np.random.default_rng(4)
    x, k = rng.normal(size=(7, 8)), rng.normal(size=(3, 2))
    dy = rng.normal(size=(5, 7))
    dx = conv2d_input_grad(dy[None, ..., None], k[..., None, None], (1, 7, 8, 1))
    np.testing.assert_allclose(dx[0, ..., 0], scipy.signal.correlate2d(dy, k[::-1, ::-1], "full"), atol=1e-13)
    dk = conv2d_kernel_grad(x[None, ..., None], dy[None, ..., None], (3, 2, 1, 1))
    np.testing.assert_allclose(dk[..., 0, 0], scipy.signal.correlate2d(x, dy, "valid"), atol=1e-13)


def test_transposed_convolution_is_not_the_inverse():
    rng = np.random.default_rng(6)
    x, kernel = rng.normal(size=(1, 6, 6, 1)), rng.normal(size=(3, 3, 1, 1))
    back = conv2d_transpose(conv2d(x, kernel), kernel)
    assert back.shape == x.shape
    assert np.abs(back - x).max() > 0.1


def test_checkerboard_counts_one_two_four():
    y = conv2d_transpose(np.ones((1, 4, 4, 1)), np.ones((3, 3, 1, 1)), stride=2)[0, ..., 0]
    along = [1, 1, 2, 1, 2, 1, 2, 1, 1]
    np.testing.assert_array_equal(y, np.outer(along, along))
    even = conv2d_transpose(np.ones((1, 4, 4, 1)), np.ones((4, 4, 1, 1)), stride=2)[0, 2:-2, 2:-2, 0]
    np.testing.assert_array_equal(even, np.full((6, 6), 4))


def test_by_hand_with_two_channels():
    x = np.array([[1, 2], [3, 4]])[None, ..., None] * np.array([1, 10])
    kernel = np.array([[1, 0], [0, 1]])[..., None, None] * np.array([1, 100])[:, None]
    np.testing.assert_array_equal(conv2d(x, kernel), [[[[5 * 1 + 50 * 100]]]])
    np.testing.assert_array_equal(conv2d_loops(x, kernel), [[[[5005]]]])


@pytest.mark.parametrize(("k", "s", "d", "padding"), [
    (3, 1, 1, "valid"), (3, 1, 1, "same"), (3, 2, 1, "same"), (2, 2, 1, "same"), (5, 3, 1, "same"), (4, 2, 1, "valid"),
    (3, 1, 2, "same"), (3, 1, 3, "valid"), (1, 2, 1, "same"),
])  # fmt: skip
@pytest.mark.parametrize("size", [(8, 9), (11, 10)])
def test_keras_computes_the_same_convolution(k, s, d, padding, size):
    import keras

    rng = np.random.default_rng(k * 100 + s * 10 + d)
    x, kernel = rng.normal(size=(2, *size, 3)), rng.normal(size=(k, k, 3, 4))
    expected = keras.ops.conv(x.astype("float32"), kernel.astype("float32"), s, padding, "channels_last", d)
    computed = conv2d(x, kernel, stride=s, padding=padding, dilation=d)
    np.testing.assert_allclose(computed, keras.ops.convert_to_numpy(expected), rtol=0, atol=3e-5)


@pytest.mark.parametrize("padding", ["same", "valid"])
def test_keras_computes_the_same_groups(padding):
    import keras

    rng = np.random.default_rng(8)
    x, kernel = rng.normal(size=(2, 7, 6, 4)), rng.normal(size=(3, 3, 2, 6))
    layer = keras.layers.Conv2D(6, 3, padding=padding, groups=2, use_bias=False)
    layer.build(x.shape)
    layer.set_weights([kernel])
    expected = keras.ops.convert_to_numpy(layer(x.astype("float32")))
    np.testing.assert_allclose(conv2d(x, kernel, padding=padding, groups=2), expected, rtol=0, atol=3e-5)


@pytest.mark.parametrize(("k", "s", "padding"), [
    (3, 1, "valid"), (3, 1, "same"), (3, 2, "same"), (4, 2, "same"), (5, 2, "same"), (3, 2, "valid"), (2, 2, "valid"),
    (5, 3, "valid"), (5, 3, "same"),
])  # fmt: skip
def test_keras_computes_the_same_transposed_convolution(k, s, padding):
    import keras

    rng = np.random.default_rng(k * 10 + s)
    y, kernel = rng.normal(size=(2, 4, 5, 3)), rng.normal(size=(k, k, 2, 3))
    y32, kernel32 = y.astype("float32"), kernel.astype("float32")
    expected = keras.ops.conv_transpose(y32, kernel32, s, padding, None, "channels_last")
    computed = conv2d_transpose(y, kernel, stride=s, padding=padding)
    np.testing.assert_allclose(computed, keras.ops.convert_to_numpy(expected), rtol=0, atol=3e-5)


@pytest.mark.parametrize(("s", "d", "padding"), [(1, 1, "same"), (2, 1, "same"), (2, 1, "valid"), (1, 2, "same")])
def test_keras_computes_the_same_depthwise_convolution(s, d, padding):
    import keras

    rng = np.random.default_rng(9)
    x, kernel = rng.normal(size=(2, 8, 7, 3)), rng.normal(size=(3, 3, 3, 2))
    expected = keras.ops.depthwise_conv(x.astype("float32"), kernel.astype("float32"), s, padding, "channels_last", d)
    computed = depthwise_conv2d(x, kernel, stride=s, padding=padding, dilation=d)
    np.testing.assert_allclose(computed, keras.ops.convert_to_numpy(expected), rtol=0, atol=3e-5)


@given(layers(), st.integers(1, 3))
@settings(deadline=None, max_examples=60)
def test_depthwise_is_a_convolution_with_as_many_groups_as_channels(layer, multiplier):
    x, kernel, options, rng = layer
    c, size = x.shape[3], kernel.shape[:2]
    kernel = rng.normal(size=(*size, c, multiplier))
    options["groups"] = c
    expected = conv2d_loops(x, kernel.reshape(*size, 1, c * multiplier), **options)
    del options["groups"]
    np.testing.assert_allclose(depthwise_conv2d(x, kernel, **options), expected, rtol=0, atol=1e-12)


def test_each_size_that_maps_to_y_can_be_asked_for():
    y, kernel = np.ones((1, 2, 2, 1)), np.ones((3, 3, 1, 1))
    for size in (3, 4):
        assert conv2d_transpose(y, kernel, (size, 3), stride=2, padding=1).shape == (1, size, 3, 1)
    assert conv2d_transpose(y, kernel, stride=2, padding=1).shape == (1, 3, 3, 1)
    assert conv2d_transpose(y, kernel, stride=2, padding="same").shape == (1, 4, 4, 1)
    for size in (2, 5):
        with pytest.raises(ValueError, match=f"output_shape must be from 3 to 4 .* got {size}"):
            conv2d_transpose(y, kernel, (size, 4), stride=2, padding=1)


def test_nan_reaches_exactly_the_outputs_that_see_it():
    x = np.ones((2, 7, 7, 2))
    x[1, 3, 3, 0] = np.nan
    bad = np.isnan(conv2d(x, np.ones((3, 3, 2, 4)), padding="same"))
    assert not bad[0].any()
    assert bad[1, 2:5, 2:5].all()
    assert bad.sum() == 9 * 4
    grouped = np.isnan(conv2d(x, np.ones((3, 3, 1, 4)), padding="same", groups=2))
    assert not grouped[..., 2:].any()


def test_the_result_is_float64_and_the_arguments_stay_as_they_were():
    x, kernel = np.full((1, 5, 5, 1), 200, np.uint8), np.full((3, 3, 1, 1), 2.0)
    for function in (conv2d, conv2d_loops, depthwise_conv2d, conv2d_transpose, conv2d_transpose_loops):
        y = function(x, kernel, padding=0)
        assert y.dtype == np.float64
        assert y.max() == 3600
        y[:] = -1
        assert (x == 200).all()
        assert (kernel == 2).all()


ONES = np.ones((1, 5, 5, 4))
KERNEL = np.ones((3, 3, 4, 6))


@pytest.mark.parametrize("function", [conv2d, conv2d_loops])
@pytest.mark.parametrize(("x", "kernel", "options", "error", "message"), [
    (ONES[0], KERNEL, {}, ValueError, r"x must have 4 axes, got shape \(5, 5, 4\)"),
    (ONES, KERNEL[0], {}, ValueError, "kernel must have 4 axes"),
    (ONES[:0], KERNEL, {}, ValueError, "x must not be empty"),
    (ONES, KERNEL[..., :0], {}, ValueError, "kernel must not be empty"),
    (ONES.astype(str), KERNEL, {}, TypeError, "x must hold real numbers"),
    (ONES, KERNEL * 1j, {}, TypeError, "kernel must hold real numbers"),
    (ONES[..., :3], KERNEL, {}, ValueError, "so x must have 4 channels, got 3"),
    (ONES, KERNEL, {"groups": 2}, ValueError, "sees 4 channels in each of 2 .* must have 8 channels, got 4"),
    (ONES, KERNEL, {"groups": 4}, ValueError, r"groups must divide C_in \(4\) and C_out \(6\), got 4"),
    (ONES, KERNEL, {"groups": 3}, ValueError, "groups must divide"),
    (ONES, KERNEL, {"groups": 0}, ValueError, "groups must be at least 1"),
    (ONES, KERNEL, {"stride": -1}, ValueError, "stride must be at least 1, got -1"),
    (ONES, KERNEL, {"stride": (1, 0)}, ValueError, "stride must be at least 1, got 0"),
    (ONES, KERNEL, {"stride": (1, 1, 1)}, ValueError, r"stride must be a whole number or a pair"),
    (ONES, KERNEL, {"stride": 1.5}, TypeError, r"stride must be a whole number, got 1\.5"),
    (ONES, KERNEL, {"dilation": 0}, ValueError, "dilation must be at least 1"),
    (ONES, KERNEL, {"dilation": 3}, ValueError, "the kernel spans 7 samples .* has only 5"),
    (ONES, KERNEL, {"padding": "full"}, ValueError, 'padding must be "same", "valid"'),
    (ONES, KERNEL, {"padding": -1}, ValueError, "padding must be at least 0, got -1"),
    (ONES, KERNEL, {"padding": (1, 1)}, ValueError, r"\(\(top, bottom\), \(left, right\)\), got \(1, 1\)"),
    (ONES, KERNEL, {"padding": None}, TypeError, "padding must be a whole number, got None"),
    (ONES, np.ones((6, 1, 4, 1)), {}, ValueError, "the kernel spans 6 samples"),
])  # fmt: skip
def test_bad_arguments_are_named(function, x, kernel, options, error, message):
    with pytest.raises(error, match=message):
        function(x, kernel, **options)


DY = np.ones((1, 3, 3, 6))


@pytest.mark.parametrize(("call", "message"), [
    (lambda: conv2d_input_grad(DY, KERNEL, (1, 6, 5, 4)), r"dy must have .* \(1, 4, 3, 6\), got \(1, 3, 3, 6\)"),
    (lambda: conv2d_input_grad(DY, KERNEL, (2, 5, 5, 4)), r"dy must have the shape of the layer's output, \(2,"),
    (lambda: conv2d_input_grad(DY, KERNEL, (1, 5, 5, 3)), "so x must have 4 channels, got 3"),
    (lambda: conv2d_input_grad(DY, KERNEL, (5, 5)), "input_shape must have 4 entries"),
    (lambda: conv2d_kernel_grad(ONES, DY, (2, 3, 4, 6)), r"dy must have .* \(1, 4, 3, 6\), got \(1, 3, 3, 6\)"),
    (lambda: conv2d_kernel_grad(ONES, DY, (3, 3)), "kernel_shape must have 4 entries"),
    (lambda: conv2d_transpose(DY[..., :5], KERNEL), "y must have 6 channels, the last axis of kernel, got 5"),
    (lambda: conv2d_transpose(DY, KERNEL, groups=4), r"groups must divide the channels of y \(6\), got 4"),
    (lambda: conv2d_transpose(DY, KERNEL, padding=3), "cuts off the whole output"),
    (lambda: conv2d_transpose_loops(DY[..., :5], KERNEL), "y must have 6 channels"),
    (lambda: depthwise_conv2d(ONES[..., :3], KERNEL), "one slice for each of the 3 channels"),
    (lambda: depthwise_conv2d(ONES, KERNEL, stride=0), "stride must be at least 1"),
])  # fmt: skip
def test_bad_arguments_of_the_other_functions_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("n", "size", "c_in", "c_out", "k"), [(4, 64, 32, 64, 3), (4, 64, 64, 64, 3), (2, 64, 32, 64, 5)]
)
def test_im2col_costs_less_than_three_matrix_products_of_its_size(n, size, c_in, c_out, k):
    """They take turns and the best time of each counts: a busy machine needs more rounds, a loop would never pass."""
    rng = np.random.default_rng(0)
    x, kernel = rng.normal(size=(n, size + k - 1, size + k - 1, c_in)), rng.normal(size=(k, k, c_in, c_out))
    rows, columns = rng.normal(size=(n * size * size, k * k * c_in)), kernel.reshape(-1, c_out)
    best = {"convolution": np.inf, "product": np.inf}
    for turn in range(100):
        for name, call in [("convolution", lambda: conv2d(x, kernel)), ("product", lambda: rows @ columns)]:
            start = time.perf_counter()
            call()
            best[name] = min(best[name], time.perf_counter() - start)
        if turn >= 5 and best["convolution"] < 3 * best["product"]:
            return
    pytest.fail(f"conv2d took {best['convolution'] / best['product']:.1f} times as long as the matrix product")
