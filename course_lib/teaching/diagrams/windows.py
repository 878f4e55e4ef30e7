"""A window that slides over numbers: what it touches, what is multiplied, what comes out."""

import numpy as np

from course_lib._validate import real_array, whole_number
from course_lib.classical.arithmetic import conv_output_size, padding_pair
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
from course_lib.teaching.figures import HIGHLIGHT, LINE_COLORS, number_text

CELL = 0.34  # inches, at least
WINDOW, WEIGHT, OUTPUT = tint("#E69F00", 0.35), tint("#56B4E9", 0.45), tint("#009E73", 0.3)
FRAMES = (HIGHLIGHT, LINE_COLORS[0], LINE_COLORS[2])


def draw_windows(x, kernel, positions=None, padding=0, stride=1, dilation=1, *, flip=False):
    """Draw a window at several places of a small array: what it touches, the products and their sum.

    One axis: the signal, below it the kernel under the samples that it touches, then the products and the sum. Two
    axes: the image with the window, the kernel, the products, the sum. Cells of the padding are pale and dashed.

    Parameters
    ----------
    x : array, (n,) or (H, W)
        The numbers.
    kernel : array, (k,) or (k_h, k_w), as many axes as `x`
    positions : sequence, optional
        Which outputs to draw, as indices of the result: whole numbers for one axis, (row, column) for two. By default
        the first, the second and the last; with `flip` and one axis the three in the middle of the result.
    padding : int, (int, int), "same" or "valid"
        Zeros before and after, as in `course_lib.classical.arithmetic.conv_output_size`; the same for both axes.
    stride, dilation : int
        At least 1; the same for both axes.
    flip : bool
        False slides the kernel as it is: correlation, which networks call convolution. True turns it round first, along
        every axis: convolution.

    Returns
    -------
    matplotlib.figure.Figure
        At most 7 inches wide; show it with `show(fig, alt=...)`.

    Raises
    ------
    TypeError, ValueError
        An argument is out of its range, or the numbers are too many for the width of a page; the message names it.

    Examples
    --------
    >>> fig = draw_windows([0, 0, 1, 0, 0], [1, 2, 3], padding=1, flip=True)
    """
    return paint(windows_layout(windows(x, kernel, positions, padding, stride, dilation, flip=flip)))


def windows(x, kernel, positions=None, padding=0, stride=1, dilation=1, *, flip=False):
    """Compute what `draw_windows` draws.

    Parameters
    ----------
    x, kernel, positions, padding, stride, dilation, flip
        As for `draw_windows`.

    Returns
    -------
    dict
        padded: the array with its zeros; pad: ((before, after), ...) for each axis; given: the kernel as given;
        kernel: as it slides; flip: bool; panels: a list of dicts with position, touched (one tuple of indices of
        `padded` for each weight, in the kernel's order), products (the kernel's shape) and total.
    """
    x, kernel = real_array("x", x, (1, 2)), real_array("kernel", kernel, (1, 2))
    if kernel.ndim != x.ndim:
        raise ValueError(f"kernel must have as many axes as x, {x.ndim}, got shape {kernel.shape}")
    stride, dilation = whole_number("stride", stride, 1), whole_number("dilation", dilation, 1)
    pads = tuple(padding_pair(padding, n, k, stride, dilation) for n, k in zip(x.shape, kernel.shape, strict=True))
    sizes = tuple(
        conv_output_size(n, k, stride, pad, dilation) for n, k, pad in zip(x.shape, kernel.shape, pads, strict=True)
    )
    padded, sliding = np.pad(x, pads), np.flip(kernel) if flip else kernel
    panels = []
    for position in _positions(positions, sizes, flip):
        start = np.array(position) * stride
        touched = [tuple(int(i) for i in start + dilation * np.array(offset)) for offset in np.ndindex(kernel.shape)]
        products = np.array([padded[place] for place in touched]).reshape(kernel.shape) * sliding
        panels.append({"position": position, "touched": touched, "products": products, "total": products.sum()})
    return {"padded": padded, "pad": pads, "given": kernel, "kernel": sliding, "flip": bool(flip), "panels": panels}


def _positions(positions, sizes, flip):
    every = list(np.ndindex(sizes))
    if positions is None:
        if flip and len(sizes) == 1 and len(every) > 3:
            middle = len(every) // 2
            return every[middle - 1 : middle + 2]
        return list(dict.fromkeys([every[0], every[min(1, len(every) - 1)], every[-1]]))
    chosen = [tuple(int(i) for i in np.atleast_1d(position)) for position in positions]
    for position in chosen:
        if position not in every:
            last = every[-1] if len(sizes) > 1 else every[-1][0]
            raise ValueError(f"positions must be places of the result, up to {last}, got {position}")
    if not chosen:
        raise ValueError("positions must hold at least one place of the result")
    return chosen


def windows_layout(data):
    """Lay out what `windows` has computed.

    Parameters
    ----------
    data : dict

    Returns
    -------
    Drawing
    """
    numbers = [number_text(v) for v in (*data["padded"].flat, *data["given"].flat)]
    numbers += [number_text(v) for panel in data["panels"] for v in (*panel["products"].flat, panel["total"])]
    cell = max(CELL, *(text_size(text)[0] + 0.1 for text in numbers))
    layout = _signal_panels if data["padded"].ndim == 1 else _image_panels
    drawing = layout(data, cell)
    return check_fits(drawing, "x")


def _signal_panels(data, cell):
    drawing, y = Drawing(), -MARGIN
    line = LINE * NORMAL / 72
    if data["flip"]:
        y -= cell / 2
        x = _words(drawing, "kernel", MARGIN, y)
        x = _grid(drawing, data["given"][None], x, y + cell / 2, cell, lambda i, j: WEIGHT)
        x = _words(drawing, "turned round", x + 0.15, y)
        drawing.width = _grid(drawing, data["kernel"][None], x, y + cell / 2, cell, lambda i, j: WEIGHT) + MARGIN
        y -= cell / 2 + 0.16
    for panel in data["panels"]:
        title = f"y[{panel['position'][0]}]"
        touched = [place[0] for place in panel["touched"]]
        left = MARGIN + text_size("y[00]")[0] + 0.1
        top = y
        drawing.labels.append(Label(MARGIN, top - cell / 2, title, ha="left", weight="bold"))
        right = _signal(drawing, data, touched, left, top, cell)
        for place, weight in zip(touched, data["kernel"], strict=True):
            box = Box(left + (place + 0.5) * cell, top - 1.5 * cell - 0.05, cell, cell, WEIGHT, number_text(weight))
            drawing.boxes.append(box)
        terms = [_product(data["padded"][place], weight) for place, weight in zip(touched, data["kernel"], strict=True)]
        words, total = " + ".join(terms) + "  =", number_text(panel["total"])
        middle = top - cell - 0.025
        x = right + 0.15
        if x + text_size(words)[0] + cell + 0.2 > 7:  # below the signal where there is no room beside it
            x, middle = left, top - 2.5 * cell - 0.15
            y -= cell + 0.1
        x = _words(drawing, words, x, middle)
        drawing.boxes.append(Box(x + cell / 2, middle, cell, cell, OUTPUT, total))
        drawing.width = max(drawing.width, right + MARGIN, x + cell + MARGIN)
        y -= 2 * cell + 0.05 + line
    return raised(drawing, MARGIN - (y + line))


def _signal(drawing, data, touched, left, top, cell):
    before, _ = data["pad"][0]
    inside = range(before, len(data["padded"]) - data["pad"][0][1])
    right = _grid(
        drawing, data["padded"][None], left, top, cell,
        lambda i, j: WINDOW if j in touched else "white" if j in inside else PALE, lambda i, j: j in inside,
    )  # fmt: skip
    first, last = min(touched), max(touched)
    _frame(drawing, left + first * cell, top, (last - first + 1) * cell, cell, HIGHLIGHT)
    return right


def _image_panels(data, cell):
    rows, columns = data["padded"].shape
    k_rows, k_columns = data["given"].shape
    (up, down), (before, after) = data["pad"]
    drawing, y = Drawing(), -MARGIN
    line = LINE * NORMAL / 72
    for panel in data["panels"]:
        row, column = panel["position"]
        drawing.labels.append(Label(MARGIN, y, f"y[{row}, {column}]", ha="left", va="top", weight="bold"))
        y -= line + 0.02
        middle, height = y - max(rows, k_rows + 1) * cell / 2, rows * cell
        inside = {(i, j) for i in range(up, rows - down) for j in range(before, columns - after)}
        touched = set(panel["touched"])

        def color(i, j, touched=touched, inside=inside):
            return WINDOW if (i, j) in touched else "white" if (i, j) in inside else PALE

        top = middle + height / 2
        x = _grid(
            drawing, data["padded"], MARGIN, top, cell, color, lambda i, j, inside=inside: (i, j) in inside
        )  # fmt: skip
        (first_row, first_column), (last_row, last_column) = min(touched), max(touched)
        _frame(
            drawing, MARGIN + first_column * cell, top - first_row * cell, (last_column - first_column + 1) * cell,
            (last_row - first_row + 1) * cell, HIGHLIGHT,
        )  # fmt: skip
        k_top = middle + k_rows * cell / 2
        for symbol, values, shade, name in (
            ("×", data["kernel"], WEIGHT, "kernel turned round" if data["flip"] else "kernel"),
            ("=", panel["products"], WINDOW, "products"),
        ):
            name = name if text_size(name, SMALL)[0] <= k_columns * cell + 0.2 else name.replace(" ", "\n", 1)
            x = _words(drawing, symbol, x + 0.12, middle)
            drawing.labels.append(Label(x + k_columns * cell / 2, k_top + 0.03, name, SMALL, va="bottom", color=GREY))
            x = _grid(drawing, values, x, k_top, cell, lambda i, j, shade=shade: shade)
        x = _words(drawing, "sum", x + 0.12, middle)
        drawing.boxes.append(Box(x + cell / 2, middle, cell, cell, OUTPUT, number_text(panel["total"])))
        drawing.width = max(drawing.width, x + cell + MARGIN)
        y = middle - max(rows, k_rows + 1) * cell / 2 - 0.14
    return raised(drawing, MARGIN - y - 0.14)


def _words(drawing, text, x, y):
    """Write a text that begins at x; return where what follows may begin."""
    drawing.labels.append(Label(x, y, text, ha="left"))
    return x + text_size(text)[0] + 0.1


def _grid(drawing, values, left, top, cell, color, inside=lambda i, j: True):
    """Draw numbers in cells; return the right edge."""
    for (i, j), value in np.ndenumerate(values):
        solid = inside(i, j)
        drawing.boxes.append(
            Box(left + (j + 0.5) * cell, top - (i + 0.5) * cell, cell, cell, color(i, j), number_text(value),
                edge="0.6", style="solid" if solid else "dashed", text_color="black" if solid else GREY)
        )  # fmt: skip
    return left + values.shape[1] * cell


def _frame(drawing, left, top, width, height, color, inset=0.0):
    drawing.boxes.append(
        Box(left + width / 2, top - height / 2, width - 2 * inset, height - 2 * inset, "none", edge=color,
            linewidth=2.4)
    )  # fmt: skip


def _product(value, weight):
    a, b = number_text(value), number_text(weight)
    return f"{a}·{b if weight >= 0 else f'({b})'}"


# --- padding, stride, dilation ----------------------------------------------------------------------------------------


def draw_padding_stride(n, kernel_size=3, stride=1, padding=0, dilation=1):
    """Draw which cells of an n × n input three cells of the output see, and the formula for the output's size.

    The first output, its neighbour to the right and the last one have a colour each; dots of that colour, with a frame
    around them, are the input cells that it sees. Zeros of the padding are pale and dashed.

    Parameters
    ----------
    n : int
        Cells of the input along each axis.
    kernel_size, stride, dilation : int
        At least 1.
    padding : int, (int, int), "same" or "valid"
        Zeros before and after.

    Returns
    -------
    matplotlib.figure.Figure
        At most 7 inches wide; show it with `show(fig, alt=...)`.

    Raises
    ------
    TypeError, ValueError
        An argument is out of its range, the kernel is longer than the padded input, or there are too many cells for
        the width of a page.

    References
    ----------
    V. Dumoulin, F. Visin, A guide to convolution arithmetic for deep learning, 2016, arXiv:1603.07285, relationships 6
    and 15.
    """
    return paint(padding_stride_layout(windows_seen(n, kernel_size, stride, padding, dilation)))


def windows_seen(n, kernel_size=3, stride=1, padding=0, dilation=1):
    """Find, along one axis, the padded input cells that each output sees, by sliding until the kernel does not fit.

    Parameters
    ----------
    n, kernel_size, stride, padding, dilation
        As for `draw_padding_stride`.

    Returns
    -------
    dict
        pad: (before, after); cells: for every output the cells of the padded axis that it sees; and n, kernel_size,
        stride, dilation as they were given.
    """
    n, kernel_size = whole_number("n", n, 1), whole_number("kernel_size", kernel_size, 1)
    stride, dilation = whole_number("stride", stride, 1), whole_number("dilation", dilation, 1)
    pad = padding_pair(padding, n, kernel_size, stride, dilation)
    length, cells, start = n + sum(pad), [], 0
    while start + dilation * (kernel_size - 1) < length:
        cells.append([start + dilation * tap for tap in range(kernel_size)])
        start += stride
    size = conv_output_size(n, kernel_size, stride, pad, dilation)  # raises where the kernel does not fit
    if size != len(cells):
        raise AssertionError(f"the formula says {size} outputs, and {len(cells)} windows fit")
    return {"n": n, "kernel_size": kernel_size, "stride": stride, "dilation": dilation, "pad": pad, "cells": cells}


def padding_stride_layout(seen):
    """Lay out what `windows_seen` has found.

    Parameters
    ----------
    seen : dict

    Returns
    -------
    Drawing
    """
    n, (before, after), cells = seen["n"], seen["pad"], seen["cells"]
    length, size = n + before + after, len(cells)
    cell = min(0.36, 3.6 / length)
    if cell < 0.15:
        raise ValueError(f"n must be smaller: {length} cells with the padding are too many to draw, got {n}")
    drawing, line = Drawing(), LINE * NORMAL / 72
    top, left = -MARGIN - line, MARGIN
    for i, j in np.ndindex(length, length):
        inside = all(before <= index < before + n for index in (i, j))
        drawing.boxes.append(
            Box(left + (j + 0.5) * cell, top - (i + 0.5) * cell, cell, cell, "white" if inside else PALE, edge="0.6",
                style="solid" if inside else "dashed")
        )  # fmt: skip
    outputs = list(dict.fromkeys([(0, 0), (0, min(1, size - 1)), (size - 1, size - 1)]))
    right = left + length * cell
    out_left = right + 0.75
    out_top = top - (length - size) * cell / 2
    for i, j in np.ndindex(size, size):
        color = FRAMES[outputs.index((i, j))] if (i, j) in outputs else "white"
        drawing.boxes.append(
            Box(out_left + (j + 0.5) * cell, out_top - (i + 0.5) * cell, cell, cell, color, edge="0.6")
        )
    for number, (i, j) in enumerate(outputs):
        rows, columns = cells[i], cells[j]
        _frame(
            drawing, left + columns[0] * cell, top - rows[0] * cell, (columns[-1] - columns[0] + 1) * cell,
            (rows[-1] - rows[0] + 1) * cell, FRAMES[number], inset=0.02 * number + 0.01,
        )  # fmt: skip
        shift = (number - 1) * cell / 4  # dots of two outputs in one cell stand side by side
        for row in rows:
            for column in columns:
                place = left + (column + 0.5) * cell + shift, top - (row + 0.5) * cell
                drawing.boxes.append(
                    Box(*place, cell / 5, cell / 5, FRAMES[number], edge=FRAMES[number], shape="circle")
                )
    middle = top - length * cell / 2
    drawing.lines.append(Line(((right + 0.15, middle), (out_left - 0.15, middle))))
    out_right = out_left + size * cell
    zeros = f", {before} + {after} zeros" if before + after else ""
    words = [f"input {n} × {n}{zeros}", f"output {size} × {size}"]
    drawing.labels.append(Label(left, -MARGIN, words[0], ha="left", va="top"))
    out_middle = max(out_left + size * cell / 2, left + text_size(words[0])[0] + 0.15 + text_size(words[1])[0] / 2)
    drawing.labels.append(Label(out_middle, out_top + 0.04, words[1], va="bottom"))
    k, s, d = seen["kernel_size"], seen["stride"], seen["dilation"]
    formula = f"⌊({n} + {before + after} − {d}·({k} − 1) − 1) / {s}⌋ + 1 = {size}"
    low = top - length * cell - 0.08
    names = f"kernel {k} × {k}, stride {s}, dilation {d}, padding {before} + {after}"
    for text in (names, formula):
        low -= line
        drawing.labels.append(Label(left, low, text, ha="left", va="bottom"))
    half = text_size(words[1])[0] / 2
    widths = [out_right, out_middle + half] + [left + text_size(text)[0] for text in (names, formula)]
    drawing.width = max(widths) + MARGIN
    return check_fits(raised(drawing, MARGIN - low), "n")
