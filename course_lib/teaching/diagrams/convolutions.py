"""What a convolution is beside a dense layer: channels and kernels, the cone that an output sees, shared wires."""

import matplotlib
import numpy as np

from course_lib._validate import whole_number
from course_lib.classical.arithmetic import conv_output_size, conv_parameters, receptive_field
from course_lib.teaching.diagrams._drawing import (
    GREY,
    LINE,
    MARGIN,
    NORMAL,
    PALE,
    SMALL,
    Box,
    Drawing,
    Label,
    Line,
    check_fits,
    paint,
    raised,
    text_size,
    tint,
)
from course_lib.teaching.figures import HIGHLIGHT, LINE_COLORS

MOST = 5  # planes and kernels that are drawn one by one; of more, the first ones and the last

# --- channels ---------------------------------------------------------------------------------------------------------


def draw_channels(c_in, c_out, kernel_size=3):
    """Draw a convolution from c_in to c_out channels: one kernel for each output channel, as deep as the input.

    A kernel and the channel that it makes have one colour. The weights are counted below. Of more than five channels
    the first four and the last are drawn, with dots between them.

    Parameters
    ----------
    c_in, c_out : int
        Channels, at least 1.
    kernel_size : int
        At least 1.

    Returns
    -------
    matplotlib.figure.Figure
        At most 7 inches wide; show it with `show(fig, alt=...)`.

    Raises
    ------
    TypeError, ValueError
        A number is not whole, or below 1; the message names it.
    """
    return paint(channels_layout(c_in, c_out, kernel_size))


def channels_layout(c_in, c_out, kernel_size=3):
    """Lay out what `draw_channels` draws.

    Parameters
    ----------
    c_in, c_out, kernel_size : int
        As for `draw_channels`.

    Returns
    -------
    Drawing
    """
    c_in, c_out = whole_number("c_in", c_in, 1), whole_number("c_out", c_out, 1)
    k = whole_number("kernel_size", kernel_size, 1)
    drawing, line = Drawing(), LINE * NORMAL / 72
    inputs, outputs = shown(c_in), shown(c_out)
    side, small, shift = 1.1, 0.34, 0.1  # inches: a channel, a kernel, the step from a plane to the one behind it
    deep = shift * (len(inputs) - 1)
    pitch = small + deep + 0.22
    tall = max(pitch * len(outputs), side + deep, side + shift * (len(outputs) - 1)) + 0.1
    middle, top = -MARGIN - 2 * line - tall / 2, -MARGIN - 2 * line

    x = MARGIN + 0.05
    _planes(drawing, x, middle, side, shift, [tint("black", 0.2)] * len(inputs))
    window = Box(x + 0.35, middle - deep / 2 - 0.12, small, small, tint(HIGHLIGHT, 0.35), edge=HIGHLIGHT, linewidth=2)
    drawing.boxes.append(window)
    drawing.labels.append(Label(x + (side + deep) / 2, -MARGIN, f"input\n{c_in} {_plural(c_in, 'channel')}", va="top"))
    kernels_at = x + side + deep + 0.75
    count = text_size(f"{c_out} {_plural(c_out, 'kernel')}")[0]
    kernel_words = f"{c_out} {_plural(c_out, 'kernel')}\n{k} × {k} × {c_in} each"
    words_width = text_size(kernel_words)[0]
    outputs_at = kernels_at + max(small + deep, (words_width + small + deep) / 2 - 0.1) + 0.95
    drawing.labels.append(Label(kernels_at + (small + deep) / 2, -MARGIN, kernel_words, va="top"))

    out_deep = shift * (len(outputs) - 1)
    colors = [None if channel is None else color for channel, color in zip(outputs, LINE_COLORS, strict=False)]
    fills = [tint(color, 0.55) if color else None for color in colors]
    out_planes = _planes(drawing, outputs_at, middle, side, shift, fills[::-1])[::-1]  # the first one at the back
    for row, (channel, color) in enumerate(zip(outputs, colors, strict=True)):
        y = top - 0.1 - tall / 2 + pitch * ((len(outputs) - 1) / 2 - row) + 0.05
        if channel is None:
            _dots(drawing, kernels_at + (small + deep) / 2, y)
            continue
        _planes(drawing, kernels_at, y, small, shift, [tint(color, 0.55)] * len(inputs))
        start = window.right + 0.03, window.y
        end = kernels_at - 0.06, y
        drawing.lines.append(Line((start, end), "0.45", arrow=False, width=0.8, kind="window", above=True))
        start, end = (kernels_at + small + deep + 0.05, y), (out_planes[row].left, out_planes[row].top - shift / 2)
        drawing.lines.append(Line((start, end), color, kind="kernel", above=True))
    drawing.labels.append(
        Label(outputs_at + (side + out_deep) / 2, -MARGIN, f"output\n{c_out} {_plural(c_out, 'channel')}", va="top")
    )
    weights, total = (conv_parameters(k, c_in, c_out, bias=bias) for bias in (False, True))
    low = top - tall - 0.12 - line
    words = f"{k}·{k}·{c_in}·{c_out} = {weights} {_plural(weights, 'weight')}"
    words += f", {c_out} {_plural(c_out, 'bias', 'biases')}: {total} parameters"
    drawing.labels.append(Label(MARGIN, low, words, ha="left", va="bottom"))
    drawing.width = max(outputs_at + side + out_deep, MARGIN + text_size(words)[0], kernels_at + count) + MARGIN
    return check_fits(raised(drawing, MARGIN - low), "c_in")


def shown(count):
    """Numbers of the planes that are drawn, with None for those left out: [0, 1, 2, None, 63] for 64."""
    return list(range(count)) if count <= MOST else [*range(MOST - 2), None, count - 1]


def _planes(drawing, left, y, side, shift, colors):
    """Planes behind each other, the first one in front at the lower left; return their boxes in this order."""
    deep = shift * (len(colors) - 1)
    boxes = [
        Box(left + side / 2 + shift * i, y - deep / 2 + shift * i, side, side, color or "white",
            style="solid" if color else "dotted")
        for i, color in enumerate(colors)
    ]  # fmt: skip
    drawing.boxes += boxes[::-1]
    return boxes


def _dots(drawing, x, y):
    for step in (-0.09, 0.0, 0.09):
        drawing.boxes.append(Box(x, y + step, 0.04, 0.04, GREY, shape="circle"))


def _plural(count, word, more=None):
    return word if count == 1 else more or f"{word}s"


# --- the receptive field ----------------------------------------------------------------------------------------------


def draw_receptive_field(layers):
    """Draw the cone of input samples that one output sees, along one axis, layer by layer.

    The output stands at the top, the input at the bottom; a line joins every cell to those that it is computed from.
    Cells with a colour belong to the cone. Beside each row stand the layer and its receptive field.

    Parameters
    ----------
    layers : sequence of (kernel_size, stride) or (kernel_size, stride, dilation)
        From the input upwards; whole numbers, each at least 1.

    Returns
    -------
    matplotlib.figure.Figure
        At most 7 inches wide; show it with `show(fig, alt=...)`.

    Raises
    ------
    TypeError, ValueError
        A layer has another form, there is none, or the cone is wider than 48 samples.
    """
    return paint(receptive_field_layout(cone(layers)))


def cone(layers):
    """Find the cells of every layer on which output 0 depends, by following the taps backwards.

    Parameters
    ----------
    layers
        As for `draw_receptive_field`.

    Returns
    -------
    dict
        layers: (kernel_size, stride, dilation) each; cells: for the input and then every layer, the sorted
        numbers of its cells in the cone; places: for each row the input coordinate of the middle of cell i as
        (first, step), so that it is first + step · i; fields: receptive field of each layer in input samples.
    """
    layers = [tuple(layer) for layer in layers]
    fields = [field for field, _ in receptive_field(layers)]  # refuses layers of another form
    if not layers:
        raise ValueError("layers must hold at least one layer, such as (3, 1)")
    if fields[-1] > 48:
        raise ValueError(f"layers must have a receptive field of at most 48 samples to be drawn, got {fields[-1]}")
    layers = [(*layer, 1)[:3] for layer in layers]
    cells = [{0}]
    for kernel_size, stride, dilation in reversed(layers):
        cells.insert(0, {i * stride + dilation * tap for i in cells[0] for tap in range(kernel_size)})
    places = [(0.0, 1)]
    for kernel_size, stride, dilation in layers:
        first, step = places[-1]
        places.append((first + step * dilation * (kernel_size - 1) / 2, step * stride))
    return {"layers": layers, "cells": [sorted(row) for row in cells], "places": places, "fields": fields}


def receptive_field_layout(found):
    """Lay out what `cone` has found.

    Parameters
    ----------
    found : dict

    Returns
    -------
    Drawing
    """
    layers, cells, places = found["layers"], found["cells"], found["places"]
    texts = ["input"] + [
        f"kernel {k}, stride {s}" + (f", dilation {d}" if d > 1 else "") + f"\nsees {field} {_plural(field, 'sample')}"
        for (k, s, d), field in zip(layers, found["fields"], strict=True)
    ]
    words = max(text_size(text)[0] for text in texts) + 0.2
    field = found["fields"][-1]
    unit = min((7 - words - 2 * MARGIN) / (field + 2), 0.36)
    side = min(0.8 * unit, 0.26)
    drawing, left, pitch = Drawing(), MARGIN + words + 1.5 * unit, 0.62

    def middle(row, cell):
        first, step = places[row]
        return left + unit * (first + step * cell)

    for row, text in enumerate(texts):
        y = pitch * row
        drawing.labels.append(Label(MARGIN, y, text, ha="left"))
        first, step = places[row]
        for cell in range(int(-(first + 1) // step), int((field - first) // step) + 1):  # also neighbours outside
            inside = cell in cells[row]
            x = middle(row, cell)
            if left - 1.2 * unit <= x <= left + (field + 0.2) * unit:
                fill = tint("#56B4E9", 0.6) if inside else PALE
                drawing.boxes.append(Box(x, y, side, side, fill, edge=GREY if inside else "0.75"))
        if row:
            k, stride, dilation = layers[row - 1]
            for cell in cells[row]:
                for tap in range(k):
                    below = middle(row - 1, cell * stride + dilation * tap), y - pitch + side / 2
                    top = middle(row, cell), y - side / 2
                    drawing.lines.append(Line((top, below), "0.55", arrow=False, width=0.8, kind="tap"))
    drawing.width = left + (field + 0.5) * unit + MARGIN
    raised(drawing, MARGIN + 0.2)
    drawing.height += pitch * (len(texts) - 1) + MARGIN + 0.2
    return check_fits(drawing, "layers")


# --- dense and local --------------------------------------------------------------------------------------------------


def draw_dense_and_local(n=7, k=3):
    """Draw two layers from n numbers to n − k + 1: every wire with a weight of its own; few wires that share k weights.

    On the left a dense layer. On the right a convolution without padding: each output has k wires, and wires of one
    colour have one weight.

    Parameters
    ----------
    n : int
        Inputs, 2 to 12.
    k : int
        Kernel size, from 1 to n, at most 7.

    Returns
    -------
    matplotlib.figure.Figure
        7 inches wide at most; show it with `show(fig, alt=...)`.

    Raises
    ------
    TypeError, ValueError
        A number is not whole or out of its range; the message names it.
    """
    return paint(dense_and_local_layout(n, k))


def dense_and_local_layout(n=7, k=3):
    """Lay out what `draw_dense_and_local` draws.

    Parameters
    ----------
    n, k : int
        As for `draw_dense_and_local`.

    Returns
    -------
    Drawing
        Lines of kind "dense" and "local" are the wires.
    """
    n, k = whole_number("n", n, 2), whole_number("k", k, 1)
    if n > 12:
        raise ValueError(f"n must be at most 12 to be drawn, got {n}")
    if k > min(n, 7):
        raise ValueError(f"k must be at most {min(n, 7)}, got {k}")
    outputs = conv_output_size(n, k)
    line = LINE * NORMAL / 72
    drawing, pitch, radius, across, gap = Drawing(), 0.32, 0.11, 1.9, 1.1
    left, right = MARGIN + radius + 0.25, 0.0
    low = -MARGIN - 2.4 * line - pitch * n
    wires = matplotlib.colormaps["viridis"](np.linspace(0, 0.95, n * outputs))
    shuffled = wires[np.argsort(np.arange(n * outputs) * 7919 % (n * outputs))]  # neighbours differ
    for kind, count in (("dense", n * outputs), ("local", k)):
        top = -MARGIN - 2.4 * line - radius
        ends = [left + 0.0, left + across]
        inputs = [(ends[0], top - pitch * i) for i in range(n)]
        results = [(ends[1], top - pitch * (i + (n - outputs) / 2)) for i in range(outputs)]
        for o, end in enumerate(results):
            for i, start in enumerate(inputs):
                if kind == "dense":
                    drawing.lines.append(Line((start, end), tuple(shuffled[o * n + i]), False, width=1, kind=kind))
                elif o <= i < o + k:
                    drawing.lines.append(Line((start, end), LINE_COLORS[i - o], False, width=1.8, kind=kind))
        for place in inputs + results:
            drawing.boxes.append(Box(*place, 2 * radius, 2 * radius, shape="circle"))
        wires_here = sum(wire.kind == kind for wire in drawing.lines)
        names = {"dense": "dense: every output sees every input", "local": "convolution: local, and shared"}
        texts = names[kind], f"{wires_here} wires, {count} {_plural(count, 'weight')}"
        for row, text in enumerate(texts):
            drawing.labels.append(Label(left - radius, -MARGIN - row * line, text, ha="left", va="top"))
        right = max(left + across + radius, *(left - radius + text_size(text)[0] for text in texts))
        if kind == "local":
            for tap in range(k):
                y = top - pitch * (tap + (n - k) / 2)
                x = left + across + radius + 0.25
                drawing.lines.append(Line(((x, y), (x + 0.3, y)), LINE_COLORS[tap], False, width=1.8, kind="key"))
                drawing.labels.append(Label(x + 0.38, y, f"k[{tap}]", SMALL, ha="left"))
            right = max(right, left + across + radius + 0.7 + text_size("k[0]", SMALL)[0])
        left = right + gap / 2 + radius
    drawing.width = right + MARGIN
    return check_fits(raised(drawing, MARGIN - low), "n")
