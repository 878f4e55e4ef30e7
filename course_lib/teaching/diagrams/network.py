"""A network drawn from the model itself, so that the picture cannot disagree with the code."""

import math
from dataclasses import dataclass

from course_lib.teaching.diagrams._drawing import (
    GREY,
    LINE,
    MARGIN,
    NORMAL,
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
    wrap,
)
from course_lib.teaching.diagrams._graph import read_network
from course_lib.teaching.figures import LINE_COLORS, MAX_WIDTH

INPUT, FEATURES, COPIED, VECTOR = tint("black", 0.15), tint("#56B4E9", 0.55), tint("#E69F00", 0.6), tint("#CC79A7", 0.5)
BRIDGE = "#B87800"
TALLEST, WIDEST, LEAST = 1.0, 0.42, 0.09  # inches of a block's side


def draw_network(model, size=None):
    """Draw a network as blocks: the higher, the more pixels; the wider, the more channels.

    Shapes, layers and bridges are read from the model. Layers that keep the shape, such as a normalisation and an
    activation, belong to the block that they work on. A network that makes its images smaller and then larger again
    is drawn as a U, one row for each size, channels written above the blocks; where a concatenation joins two
    tensors, what came over the bridge and what came from below have two colours. Any other network is drawn
    as a row; vectors are thin bars.

    Parameters
    ----------
    model : keras.Model
        Functional or Sequential, built. Of a model with parts, such as a VAE, draw the parts.
    size : int or (int, int), optional
        Height and width of the images in pixels: needed, and allowed, where the model leaves them open.

    Returns
    -------
    matplotlib.figure.Figure
        At most 7 inches wide; show it with `show(fig, alt=...)`.

    Raises
    ------
    TypeError
        `model` has no graph of layers.
    ValueError
        `size` is missing or not allowed, or the network is a U too wide for a page.

    Notes
    -----
    Sides of blocks grow with the square root of pixels and channels, so that small ones can be seen beside large ones.

    Examples
    --------
    >>> draw_network(unet(classes=2, depth=3), size=64)  # doctest: +SKIP
    """
    return paint(network_layout(read_network(model, size)))


def network_layout(network):
    """Lay out a network that `read_network` has read.

    Parameters
    ----------
    network : Network

    Returns
    -------
    Drawing
    """
    scale = _Scale.of(network)
    heights = [block.size for block in network.blocks]
    lowest = heights.index(min(heights))
    returns = max(heights[:lowest], default=0) > min(heights) < max(heights[lowest + 1 :], default=0)
    if returns and all(block.is_image for block in network.blocks) and not network.branches:
        return _u_layout(network, scale)
    return _row_layout(network, scale)


@dataclass(frozen=True)
class _Scale:
    """Inches of a block."""

    size: int
    channels: int
    vector: int

    @classmethod
    def of(cls, network):
        blocks = network.blocks + [block for _, branch in network.branches for block in branch]
        images = [block for block in blocks if len(block.shape) > 1]
        vectors = [block.channels for block in blocks if len(block.shape) == 1]
        sizes, channels = [b.size for b in images], [b.channels for b in images]
        return cls(max(sizes, default=1), max(channels, default=1), max(vectors, default=1))

    def height(self, block):
        if len(block.shape) == 1:
            return max(TALLEST * math.sqrt(block.channels / self.vector), LEAST)
        return max(TALLEST * math.sqrt(block.size / self.size), LEAST)

    def width(self, channels):
        return max(WIDEST * math.sqrt(channels / self.channels), LEAST)

    def widths(self, block):
        """Of the parts of a block, from left to right."""
        return [LEAST] if len(block.shape) == 1 else [self.width(c) for c in block.parts or (block.channels,)]


def _boxes_of(block, scale, left, y, color):
    boxes = []
    for width, copied in zip(scale.widths(block), block.copied or (False,) * 9, strict=False):
        boxes.append(Box(left + width / 2, y, width, scale.height(block), COPIED if copied else color))
        left += width
    return boxes


def _repeated(steps):
    """("conv", "ReLU", "conv", "ReLU") -> (("conv", "ReLU"), 2)."""
    for period in range(1, len(steps) + 1):
        if len(steps) % period == 0 and steps == steps[:period] * (len(steps) // period):
            return steps[:period], len(steps) // period
    return steps, 1


def _sentence(steps):
    if steps[:1] == ["pad"] and len(steps) > 1:
        return "pad, then " + _sentence(steps[1:])
    unit, times = _repeated(steps)
    return ", ".join(unit) + (f" (×{times})" if times > 1 else "")


def _channels_text(block):
    return " + ".join(map(str, block.parts)) if block.parts else str(block.channels)


def _times(shape):
    return " × ".join(map(str, shape))


# --- a U --------------------------------------------------------------------------------------------------------------


def _u_layout(network, scale):
    """One row for each size of image, steps along a row to the right, changes of size straight down or up."""
    blocks = network.blocks
    levels = _levels(blocks)
    sizes = [_commonest([b.shape[:2] for b, at in zip(blocks, levels, strict=True) if at == level])
             for level in range(max(levels) + 1)]  # fmt: skip
    columns = [0]
    for before, after in zip(levels, levels[1:], strict=False):
        columns.append(columns[-1] + (before == after))
    texts = [_channels_text(b) if b.shape[:2] == sizes[at] else f"{_times(b.shape[:2])}\n× {_channels_text(b)}"
             for b, at in zip(blocks, levels, strict=True)]  # fmt: skip
    below = [_comes_from_above(columns, levels, index) for index in range(len(blocks))]
    names = [block.name if index in (0, len(blocks) - 1) else "" for index, block in enumerate(blocks)]
    margin = max(text_size(_times(size))[0] for size in sizes) + 3 * MARGIN
    words = [text_size(text)[0] for text in texts]
    lefts = [max(sum(scale.widths(block)), words[i] * (not below[i]), text_size(names[i], weight="bold")[0]) / 2
             for i, block in enumerate(blocks)]  # fmt: skip
    rights = [max(lefts[i], (words[i] + 0.08) * below[i]) for i in range(len(blocks))]
    for gap in (0.42, 0.36, 0.3, 0.24, 0.18):
        centers = [0.0] * (columns[-1] + 1)
        for j, block in enumerate(blocks):
            least = [margin + lefts[j]]
            for i in range(j):
                if levels[i] == levels[j] and columns[i] < columns[j]:
                    half_widths = (sum(scale.widths(blocks[i])) + sum(scale.widths(block))) / 2
                    least.append(centers[columns[i]] + max(half_widths + gap, rights[i] + lefts[j] + 0.08))
            centers[columns[j]] = max(centers[columns[j]], *least)
        width = max(centers[column] + right for column, right in zip(columns, rights, strict=True)) + MARGIN
        if width <= MAX_WIDTH:
            break

    line, y, middles = LINE * NORMAL / 72, -MARGIN, []
    for level in range(len(sizes)):  # downwards from 0; moved up at the end
        here = [index for index, at in enumerate(levels) if at == level]
        above = max(text_size(texts[index])[1] + line * bool(names[index]) for index in here)
        tall = max(scale.height(blocks[index]) for index in here)
        y -= above + 0.03 + (0.2 if level else 0) + tall / 2
        middles.append(y)
        y -= tall / 2
    drawing = Drawing(width=width)
    for size, middle in zip(sizes, middles, strict=True):
        drawing.labels.append(Label(MARGIN, middle, _times(size), ha="left", color=GREY))
    spans = []
    for index, block in enumerate(blocks):
        width, height = sum(scale.widths(block)), scale.height(block)
        center, middle = centers[columns[index]], middles[levels[index]]
        drawing.boxes += _boxes_of(block, scale, center - width / 2, middle, FEATURES if index else INPUT)
        spans.append(Box(center, middle, width, height))
        top = spans[index].top + 0.03
        x, ha = (center + 0.08, "left") if below[index] else (center, "center")
        drawing.labels.append(Label(x, top, texts[index], ha=ha, va="bottom"))
        if names[index]:
            above = top + text_size(texts[index])[1]
            drawing.labels.append(Label(center, above, names[index], va="bottom", weight="bold"))
    legend = _legend(network)
    looks = {text: {"color": color, "style": style} for text, color, style in legend}
    for index in range(1, len(blocks)):
        points = _u_step(spans[index - 1], spans[index])
        drawing.lines.append(Line(points, **looks[_sentence(blocks[index].steps)], kind="step"))
    for bridge in network.bridges:
        points = _u_bridge(spans, bridge)
        drawing.lines.append(Line(points, **looks[_bridge_sentence(bridge)], kind="bridge"))
    y = _draw_legend(drawing, legend, y - 0.15)
    return check_fits(raised(drawing, MARGIN - y), "model")


def _levels(blocks):
    """A number for each block, 0 for the largest images: sizes that differ by less than a third share one."""
    areas = sorted({block.shape[0] * block.shape[1] for block in blocks}, reverse=True)
    tops, level_of = [], {}
    for area in areas:
        if not tops or area < tops[-1] * (2 / 3) ** 2:
            tops.append(area)
        level_of[area] = len(tops) - 1
    return [level_of[block.shape[0] * block.shape[1]] for block in blocks]


def _commonest(values):
    return max(dict.fromkeys(values), key=values.count)


def _comes_from_above(columns, levels, index):
    """Whether an arrow touches the top of a block, so that its label must stand beside it."""
    neighbours = [other for other in (index - 1, index + 1) if 0 <= other < len(columns)]
    return any(columns[other] == columns[index] and levels[other] < levels[index] for other in neighbours)


def _u_bridge(spans, bridge):
    """Straight from block to block, or over the blocks of the same row that stand between."""
    start, end = spans[bridge.source], spans[bridge.target]
    left, right = start.right + 0.02, end.left - 0.02
    between = [span for span in spans if span.y == start.y and start.x < span.x < end.x]
    if start.y == end.y and not between:
        return ((left, start.y), (right, end.y))
    over = max([span.top for span in between] + [start.top, end.top]) + LINE * NORMAL / 72 + 0.09
    high, low = start.y + start.height / 3, end.y + end.height / 3
    return ((left, high), (left + 0.06, high), (left + 0.06, over), (right - 0.08, over), (right - 0.08, low),
            (right, low))  # fmt: skip


def _u_step(start, end):
    if start.x != end.x:
        return ((start.right + 0.02, start.y), (end.left - 0.02, end.y))
    if end.y > start.y:
        return ((start.x, start.top + 0.02), (end.x, end.bottom - 0.02))
    return ((start.x, start.bottom - 0.02), (end.x, end.top + 0.02))


def _bridge_sentence(bridge):
    ending = "concatenated" if bridge.merge == "Concatenate" else "added" if bridge.merge == "Add" else bridge.merge
    return "bridge: " + ", ".join([*bridge.steps, ending])


def _legend(network):
    """What each kind of arrow means, in the order of the network, bridges last: [(text, colour, style)]."""
    colors = [LINE_COLORS[i] for i in (0, 1, 2, 3, 6, 5)]
    steps = list(dict.fromkeys(_sentence(block.steps) for block in network.blocks[1:]))
    entries = [(text, colors[i % 6], "solid" if i < 6 else "dotted") for i, text in enumerate(steps)]
    entries += [(text, BRIDGE, "dashed") for text in dict.fromkeys(map(_bridge_sentence, network.bridges))]
    return entries + [(note, None, "") for note in network.notes]


def _draw_legend(drawing, legend, y):
    """Write the legend below y, in two columns where it fits; return how far down it reaches."""
    wide = max(text_size(text)[0] for text, *_ in legend) + 0.6
    across = 2 if 2 * wide + MARGIN <= max(drawing.width, 5.0) else 1
    drawing.width = max(drawing.width, across * wide + MARGIN)
    for number, (text, color, style) in enumerate(legend):
        if number % across == 0:
            y -= LINE * NORMAL / 72 + 0.03
        x, middle = MARGIN + number % across * wide, y + LINE * NORMAL / 144
        if color is not None:
            drawing.lines.append(Line(((x, middle), (x + 0.32, middle)), color, style=style, kind="legend"))
            x += 0.4
        drawing.labels.append(Label(x, middle, text, ha="left"))
    return y


# --- a row ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Column:
    """A block in a row with the words below it."""

    block: object
    words: tuple  # (text, size, weight, colour)
    width: float
    depth: float  # inches of the words

    @classmethod
    def of(cls, block, scale):
        sides = "×".join(map(str, block.shape[:-1]))
        shape = f"{sides}\n× {_channels_text(block)}" if sides else str(block.channels)
        words = [(wrap(block.name, 10), NORMAL, "bold", "black")] if block.name else []
        words.append((shape, NORMAL, "normal", "black"))
        if block.steps:
            unit, times = _repeated(block.steps)
            lines = [wrap(step, 10) for step in unit] + ([f"(×{times})"] if times > 1 else [])
            words.append(("\n".join(lines), SMALL, "normal", GREY))
        sizes = [text_size(text, size, weight) for text, size, weight, _ in words]
        width = max([w for w, _ in sizes] + [sum(scale.widths(block))])
        return cls(block, tuple(words), width, sum(h for _, h in sizes) + 0.03 * len(words))


GAP, ARC = 0.17, 0.23  # inches between columns; between bridges one above the other


def _row_layout(network, scale):
    """Blocks from left to right, in as many rows as the page needs; bridges as arcs above, more outputs below."""
    columns = [_Column.of(block, scale) for block in network.blocks]
    rows, lefts = _broken_into_rows(columns)
    centers = [left + column.width / 2 for left, column in zip(lefts, columns, strict=True)]
    width = max(left + column.width for left, column in zip(lefts, columns, strict=True)) + MARGIN
    width += GAP if len(rows) > 1 else 0
    keys = {}  # texts too long for their bridge: a letter stands there, and the text below the drawing

    drawing, y = Drawing(width=width), -MARGIN
    for number, row in enumerate(rows):
        arcs = _arcs(network.bridges, row, centers, width, keys)
        tall = max(scale.height(network.blocks[i]) for i in row)
        y -= (ARC * (1 + max(arc.level for arc in arcs)) + 0.08 if arcs else 0) + tall / 2
        spans = {}
        for i in row:
            spans[i] = _place_column(drawing, columns[i], scale, centers[i], y, INPUT if i == 0 else None)
            if i != row[0]:
                _step(drawing, spans[i - 1].right, spans[i].left, y)
        if number + 1 < len(rows):
            _step(drawing, spans[row[-1]].right, spans[row[-1]].right + 0.3, y)
        if number:
            _step(drawing, 0.0, spans[row[0]].left, y)
        for arc in arcs:
            _draw_arc(drawing, arc, spans, y + tall / 2 + 0.1)
        below = {i: spans[i].bottom - columns[i].depth - 0.08 for i in row}
        for source, branch in network.branches:
            if source in row:
                _draw_branch(drawing, branch, spans[source], lefts, source, scale, below)
        y = min(below.values())
    for note in [*network.notes, *(f"{letter}: {text}" for text, letter in keys.items())]:
        y -= LINE * NORMAL / 72
        drawing.labels.append(Label(MARGIN, y, note, ha="left", va="bottom"))
        drawing.width = max(drawing.width, text_size(note)[0] + 2 * MARGIN)
    return check_fits(raised(drawing, MARGIN - y), "model")


def _broken_into_rows(columns):
    """The columns of each row, about as long as each other, and the left edge of every column."""

    def broken(limit):
        rows, lefts, x = [[]], [], MARGIN
        for index, column in enumerate(columns):
            if rows[-1] and x + column.width + MARGIN + GAP > limit:
                rows.append([])
                x = MARGIN + GAP
            rows[-1].append(index)
            lefts.append(x)
            x += column.width + GAP
        return rows, lefts

    best = broken(MAX_WIDTH)
    for tenths in range(10, int(10 * MAX_WIDTH)):
        rows, lefts = broken(tenths / 10)
        if len(rows) == len(best[0]):
            return rows, lefts
    return best


def _place_column(drawing, column, scale, center, y, color):
    """Draw a block and the words below it; return the box around its parts."""
    block = column.block
    color = color or (VECTOR if len(block.shape) == 1 else FEATURES)
    width, height = sum(scale.widths(block)), scale.height(block)
    drawing.boxes += _boxes_of(block, scale, center - width / 2, y, color)
    below = y - height / 2 - 0.04
    for text, size, weight, ink in column.words:
        drawing.labels.append(Label(center, below, text, size, va="top", weight=weight, color=ink))
        below -= text_size(text, size, weight)[1] + 0.03
    return Box(center, y, width, height)


def _step(drawing, start, end, y):
    drawing.lines.append(Line(((start + 0.02, y), (end - 0.02, y)), kind="step"))


@dataclass(frozen=True)
class _Arc:
    bridge: object
    start: float
    end: float
    text: str
    level: int


def _arcs(bridges, row, centers, width, keys):
    """The bridges over a row, each on a level on which none lies upon another, short ones lowest.

    A bridge between two rows leaves the first at the right and comes into the other from the left.
    """
    found = []
    for bridge in sorted(bridges, key=lambda bridge: bridge.target - bridge.source):
        if bridge.source > row[-1] or bridge.target < row[0]:
            continue
        start = centers[bridge.source] + 0.03 if bridge.source >= row[0] else 0.0
        end = centers[bridge.target] - 0.03 if bridge.target <= row[-1] else width
        text = _sentence(bridge.steps) if bridge.steps else ""
        if text_size(text, SMALL)[0] > end - start - 0.04:
            text = keys.setdefault(text, chr(ord("a") + len(keys)))
        taken = {arc.level for arc in found if arc.start < end and start < arc.end}
        level = next(level for level in range(len(found) + 1) if level not in taken)
        found.append(_Arc(bridge, start, end, text, level))
    return found


def _draw_arc(drawing, arc, spans, base):
    y = base + arc.level * ARC
    points, bridge = [(arc.start, y), (arc.end, y)], arc.bridge
    if bridge.source in spans:
        points.insert(0, (arc.start, spans[bridge.source].top + 0.02))
    if bridge.target in spans:
        points.append((arc.end, spans[bridge.target].top + 0.02))
    arrow = bridge.target in spans
    drawing.lines.append(Line(tuple(points), BRIDGE, arrow=arrow, style="dashed", kind="bridge"))
    if arc.text:
        drawing.labels.append(Label((arc.start + arc.end) / 2, y + 0.02, arc.text, SMALL, va="bottom", color=GREY))


def _draw_branch(drawing, branch, source, lefts, index, scale, below):
    """Draw the blocks to another output under those of the row, where `below` says how far down each column reaches."""
    columns = [_Column.of(block, scale) for block in branch]
    tall = max(scale.height(block) for block in branch)
    places = [place for place in below if place > index][: len(branch)]
    start = min([below[place] for place in places], default=source.bottom)
    middle, left = start - 0.08 - tall / 2, lefts[index + 1] if places else source.right + GAP
    before = None
    for column in columns:
        span = _place_column(drawing, column, scale, left + column.width / 2, middle, None)
        if before is None:
            corner = left - GAP / 2
            points = ((source.right + 0.02, source.y), (corner, source.y), (corner, middle), (span.left - 0.02, middle))
            drawing.lines.append(Line(points, kind="branch"))
        else:
            _step(drawing, before.right, span.left, middle)
        before, left = span, left + column.width + GAP
    drawing.width = max(drawing.width, left - GAP + MARGIN)
    reach = middle - tall / 2 - max(column.depth for column in columns) - 0.08
    below |= {place: reach for place in places or [index]}
