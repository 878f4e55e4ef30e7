"""Channels, cones and wires: as many as a Keras layer has, where a gradient says that they are."""

import keras
import numpy as np
import pytest

from course_lib.teaching import draw_channels, draw_dense_and_local, draw_receptive_field
from course_lib.teaching.diagrams.convolutions import (
    channels_layout,
    cone,
    dense_and_local_layout,
    receptive_field_layout,
    shown,
)

CONES = [[(3, 1)], [(3, 1), (3, 2), (3, 1, 2)], [(2, 2)] * 4, [(3, 1), (2, 2)] * 3, [(5, 3), (3, 2)], [(1, 1)] * 2]


@pytest.mark.parametrize("sizes", [(1, 1, 1), (3, 4, 3), (64, 128, 3), (6, 5, 1), (3, 1000, 7)])
def test_channels_can_be_read_and_count_as_keras_does(sizes, check_readable):
    layout = channels_layout(*sizes)
    check_readable(layout)
    c_in, c_out, k = sizes
    layer = keras.layers.Conv2D(c_out, k)
    layer.build((None, 9, 9, c_in))
    assert layout.labels[-1].text.endswith(f" {layer.count_params()} parameters")
    kernels = sum(line.kind == "kernel" for line in layout.lines)
    assert kernels == sum(channel is not None for channel in shown(c_out)) == min(c_out, 4 if c_out > 5 else 5)


def test_a_kernel_and_its_channel_have_one_colour():
    layout = channels_layout(2, 3)
    wires = [line for line in layout.lines if line.kind == "kernel"]
    assert len({line.color for line in wires}) == 3
    fills = {box.color for box in layout.boxes if box.width == pytest.approx(0.34)} - {layout.boxes[2].color}
    planes = {box.color for box in layout.boxes if box.width == pytest.approx(1.1)}
    assert len(fills & planes) == 3
    assert shown(5) == [0, 1, 2, 3, 4] and shown(64) == [0, 1, 2, None, 63]


@pytest.mark.parametrize("layers", CONES)
def test_every_cone_can_be_read(layers, check_readable):
    check_readable(receptive_field_layout(cone(layers)))


@pytest.mark.parametrize("layers", CONES)
def test_a_cone_holds_what_one_output_depends_on(layers):
    found = cone(layers)
    length = 2 * found["fields"][-1] + 3
    jacobian = np.eye(length)
    for kernel_size, stride, dilation in found["layers"]:  # ones, so that nothing cancels
        spread = np.zeros(dilation * (kernel_size - 1) + 1)
        spread[::dilation] = 1
        jacobian = np.array([np.correlate(row, spread, "valid")[::stride] for row in jacobian])
    assert found["cells"][0] == np.flatnonzero(jacobian[:, 0]).tolist()
    assert found["cells"][-1] == [0]
    assert found["fields"][-1] == found["cells"][0][-1] - found["cells"][0][0] + 1


def test_a_cone_draws_a_line_for_every_tap_and_its_cells_above_their_taps():
    found = cone([(3, 2), (3, 1)])
    layout = receptive_field_layout(found)
    assert sum(line.kind == "tap" for line in layout.lines) == 3 * 3 + 3
    assert found["places"] == [(0.0, 1), (1.0, 2), (3.0, 2)]
    assert {"input", "kernel 3, stride 2\nsees 3 samples", "kernel 3, stride 1\nsees 7 samples"} == set(layout.texts)


@pytest.mark.parametrize(("n", "k"), [(7, 3), (2, 2), (12, 7), (5, 1)])
def test_wires_can_be_read_and_counted(n, k, check_readable):
    layout = dense_and_local_layout(n, k)
    check_readable(layout)
    convolution = keras.layers.Conv1D(1, k, use_bias=False)
    outputs = convolution(np.zeros((1, n, 1))).shape[1]
    dense = keras.layers.Dense(outputs, use_bias=False)
    dense.build((None, n))
    for kind, wires, layer in (("dense", n * outputs, dense), ("local", k * outputs, convolution)):
        drawn = [line for line in layout.lines if line.kind == kind]
        assert len(drawn) == wires
        assert len({tuple(np.atleast_1d(line.color)) for line in drawn}) == layer.count_params()  # a colour, a weight
        assert len({line.points for line in drawn}) == wires


@pytest.mark.parametrize(
    ("draw", "arguments", "error", "message"),
    [
        (draw_channels, (0, 1), ValueError, "c_in must be at least 1"),
        (draw_channels, (1, 1.5), TypeError, "c_out must be a whole number"),
        (draw_channels, (1, 1, 0), ValueError, "kernel_size must be at least 1"),
        (draw_receptive_field, ([],), ValueError, "layers must hold at least one"),
        (draw_receptive_field, ([(3,)],), ValueError, "a layer must be"),
        (draw_receptive_field, ([(3, 2)] * 6,), ValueError, "at most 48 samples to be drawn, got 127"),
        (draw_dense_and_local, (13, 3), ValueError, "n must be at most 12"),
        (draw_dense_and_local, (4, 5), ValueError, "k must be at most 4"),
        (draw_dense_and_local, (12, 8), ValueError, "k must be at most 7"),
    ],
)
def test_wrong_arguments_are_named(draw, arguments, error, message):
    with pytest.raises(error, match=message):
        draw(*arguments)
