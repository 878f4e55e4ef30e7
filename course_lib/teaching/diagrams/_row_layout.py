"""Any other network: blocks from left to right, with as many rows as the page needs."""

from dataclasses import dataclass

from course_lib.teaching.diagrams._blocks import (
    BRIDGE,
    FEATURES,
    INPUT,
    VECTOR,
    boxes_of,
    channels_text,
    repeated,
    sentence,
)
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
    raised,
    text_size,
    wrap,
)
from course_lib.teaching.figures import MAX_WIDTH


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
        shape = f"{sides}\n× {channels_text(block)}" if sides else str(block.channels)
        words = [(wrap(block.name, 10), NORMAL, "bold", "black")] if block.name else []
        words.append((shape, NORMAL, "normal", "black"))
        if block.steps:
            unit, times = repeated(block.steps)
            lines = [wrap(step, 10) for step in unit] + ([f"(×{times})"] if times > 1 else [])
            words.append(("\n".join(lines), SMALL, "normal", GREY))
        sizes = [text_size(text, size, weight) for text, size, weight, _ in words]
        width = max([w for w, _ in sizes] + [sum(scale.widths(block))])
        return cls(block, tuple(words), width, sum(h for _, h in sizes) + 0.03 * len(words))


GAP, ARC = 0.17, 0.23  # inches between columns; between bridges one above the other


def row_layout(network, scale):
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
    drawing.boxes += boxes_of(block, scale, center - width / 2, y, color)
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
        text = sentence(bridge.steps) if bridge.steps else ""
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
