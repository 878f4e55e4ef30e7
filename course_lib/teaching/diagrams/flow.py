"""Boxes and arrows on a grid: what flows where."""

from dataclasses import dataclass

import numpy as np

from course_lib.teaching.diagrams._drawing import (
    GREY,
    LINE,
    MARGIN,
    SMALL,
    Box,
    Drawing,
    Label,
    Line,
    check_fits,
    paint,
    text_size,
    tint,
)
from course_lib.teaching.figures import LINE_COLORS, MAX_WIDTH

COLORS = {
    "data": "white", "network": tint("#56B4E9", 0.5), "random": tint("#E69F00", 0.4), "loss": tint("#D55E00", 0.35),
    "fixed": "0.88",
}  # fmt: skip
STYLES = {
    "forward": {"color": GREY, "style": "solid"},
    "gradient": {"color": LINE_COLORS[1], "style": "dashed"},
}
APART = 0.13  # inches between an arrow and one that runs back beside it


@dataclass(frozen=True)
class _Place:
    box: Box
    column: int
    row: int


def draw_flow(boxes, arrows):
    """Draw named boxes on a grid, with arrows between them.

    Parameters
    ----------
    boxes : dict
        name → (column, row, text) or (column, row, text, kind). Column 0 is at the left, row 0 at the top; halves
        are allowed for rows. The text may have several lines. Kinds: "data" (white, by default), "network" (blue),
        "fixed" (a network that is held still: grey), "random" (orange), "loss" (red).
    arrows : sequence
        (start, end), (start, end, label) or (start, end, label, style), with names of boxes. Between boxes of one row
        or one column an arrow is straight, else it has a corner: along the row of its start, then along the column of
        its end, or the other way about where a box is in the way. Styles: "forward" (by default); "gradient" is
        dashed, and runs beside the forward arrow.

    Returns
    -------
    matplotlib.figure.Figure
        At most 7 inches wide; show it with `show(fig, alt=...)`.

    Raises
    ------
    TypeError, ValueError
        A box or an arrow has another form or an unknown kind, style or name, an arrow would run through a box, or the
        boxes are too wide for a page.

    Examples
    --------
    >>> fig = draw_flow({"x": (0, 0, "x"), "f": (1, 0, "network", "network")}, [("x", "f")])
    """
    return paint(flow_layout(boxes, arrows))


def flow_layout(boxes, arrows):
    """Lay out what `draw_flow` draws.

    Parameters
    ----------
    boxes, arrows
        As for `draw_flow`.

    Returns
    -------
    Drawing
        Boxes and lines in the order given; the kind of a line is "start → end".
    """
    boxes = {name: _checked_box(name, box) for name, box in boxes.items()}
    if not boxes:
        raise ValueError("boxes must hold at least one box, name → (column, row, text), got none")
    arrows = [_checked_arrow(arrow, boxes) for arrow in arrows]
    columns, rows = sorted({b[0] for b in boxes.values()}), sorted({b[1] for b in boxes.values()})
    sizes = {name: np.add(text_size(text), (0.2, 0.12)) for name, (_, _, text, _) in boxes.items()}
    wide = {c: max(sizes[name][0] for name, box in boxes.items() if box[0] == c) for c in columns}
    high = {r: max(sizes[name][1] for name, box in boxes.items() if box[1] == r) for r in rows}
    needs = _needs(boxes, arrows, columns, 0)
    for gap in (0.3, 0.24, 0.2):
        xs = _spread(columns, wide, needs, gap)
        if xs[columns[-1]] + wide[columns[-1]] / 2 + MARGIN <= MAX_WIDTH:
            break
    ys = _spread(rows, high, _needs(boxes, arrows, rows, 1), 0.26)
    right = xs[columns[-1]] + wide[columns[-1]] / 2 + MARGIN
    bottom = ys[rows[-1]] + high[rows[-1]] / 2 + MARGIN

    legend = [style for style in STYLES if any(arrow[3] == "gradient" for arrow in arrows)]
    bottom += LINE * SMALL / 72 + 0.1 if legend else 0.0
    drawing = Drawing(width=right, height=bottom)
    places = {}
    for name, (column, row, text, kind) in boxes.items():
        width, height = sizes[name]
        box = Box(xs[column], bottom - ys[row], width, height, COLORS[kind], text, shape="rounded")
        places[name] = _Place(box, column, row)
        drawing.boxes.append(box)
    for start, end, label, style in arrows:
        points = _route(places, start, end, style)
        drawing.lines.append(Line(points, **STYLES[style], kind=f"{start} → {end}"))
        if label:
            drawing.labels.append(_label_on(points, label, style))
    for number, style in enumerate(legend):
        x, y = MARGIN + number * 1.3, MARGIN + LINE * SMALL / 144
        drawing.lines.append(Line(((x, y), (x + 0.35, y)), **STYLES[style], kind="legend"))
        words = {"forward": "values"}.get(style, style)
        drawing.labels.append(Label(x + 0.42, y, words, SMALL, ha="left"))
        drawing.width = max(drawing.width, x + 0.42 + text_size(words, SMALL)[0] + MARGIN)
    tops = [label.y + text_size(label.text, label.size)[1] / 2 for label in drawing.labels]
    drawing.height = max([drawing.height, *(top + MARGIN for top in tops)])
    return check_fits(drawing, "boxes")


def _checked_box(name, box):
    if not isinstance(box, tuple) or len(box) not in (3, 4):
        raise TypeError(f"boxes[{name!r}] must be (column, row, text) or (column, row, text, kind), got {box!r}")
    column, row, text, kind = (*box, "data")[:4]
    if kind not in COLORS:
        raise ValueError(f"boxes[{name!r}] must be of a kind {', '.join(COLORS)}, got {kind!r}")
    return column, row, text, kind


def _checked_arrow(arrow, boxes):
    if not isinstance(arrow, tuple) or not 2 <= len(arrow) <= 4:
        raise TypeError(f"arrows must be (start, end), with a label, with a style, got {arrow!r}")
    start, end, label, style = (*arrow, "", "forward")[:4] if len(arrow) != 3 else (*arrow, "forward")
    for name in (start, end):
        if name not in boxes:
            raise ValueError(f"arrows must join boxes, {', '.join(boxes)}, got {name!r}")
    if start == end:
        raise ValueError(f"arrows must join two boxes, got {arrow!r}")
    if style not in STYLES:
        raise ValueError(f"arrows must have a style {', '.join(STYLES)}, got {style!r}")
    return start, end, label, style


def _needs(boxes, arrows, places, axis):
    """The least gap behind each column (axis 0) or row (axis 1), for the labels of arrows that cross it."""
    needs = {}
    for start, end, label, _ in arrows:
        first, last = sorted((boxes[start][axis], boxes[end][axis]))
        straight = boxes[start][1 - axis] == boxes[end][1 - axis]
        between = [p for p in places if first <= p < last]
        if not label or not between or (not straight and axis == 1):
            continue
        width, height = text_size(label, SMALL)
        need = (width + 0.22 if axis == 0 else height + 0.26) if len(between) == 1 else 0.0
        needs[between[0]] = max(needs.get(between[0], 0.0), need)
    return needs


def _spread(places, sizes, needs, gap):
    """Middles of columns or rows, from 0 on."""
    middles, edge = {}, MARGIN
    for place in places:
        middles[place] = edge + sizes[place] / 2
        edge += sizes[place] + max(gap, needs.get(place, 0.0))
    return middles


def _route(places, start, end, style):
    """The points of an arrow between two boxes that meets no other box."""
    others = [place.box for name, place in places.items() if name not in (start, end)]
    for points in _ways(places[start], places[end], APART if style == "gradient" else 0.0):
        if not any(_meets(points, box) for box in others):
            return points
    raise ValueError(f"arrows must not run through a box, as {start} → {end} would: move one of the boxes")


def _ways(start, end, side):
    a, b = start.box, end.box
    if start.row == end.row:
        y = a.y - side
        return [((a.right, y), (b.left, y)) if b.x > a.x else ((a.left, y), (b.right, y))]
    down = b.y < a.y
    if start.column == end.column:
        x = a.x + side
        return [((x, a.bottom), (x, b.top)) if down else ((x, a.top), (x, b.bottom))]
    x, y = b.x + side, a.y - side
    first_level = ((a.right if x > a.x else a.left, y), (x, y), (x, b.top if down else b.bottom))
    x, y = a.x + side, b.y - side
    first_upright = ((x, a.bottom if down else a.top), (x, y), (b.left if b.x > x else b.right, y))
    return [first_level, first_upright]


def _meets(points, box):
    return any(
        min(x0, x1) < box.right and max(x0, x1) > box.left and min(y0, y1) < box.top and max(y0, y1) > box.bottom
        for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False)
    )


def _label_on(points, text, style):
    """Above the longest level part of an arrow (below it for a gradient), else beside its upright part."""
    width, height = text_size(text, SMALL)
    parts = list(zip(points, points[1:], strict=False))
    level = [part for part in parts if part[0][1] == part[1][1] and abs(part[0][0] - part[1][0]) > width]
    color = STYLES[style]["color"]
    if level:
        (x0, y), (x1, _) = max(level, key=lambda part: abs(part[0][0] - part[1][0]))
        above = 1 if style == "forward" else -1
        return Label((x0 + x1) / 2, y + above * (height / 2 + 0.03), text, SMALL, color=color)
    (x, y0), (_, y1) = max(parts, key=lambda part: abs(part[0][1] - part[1][1]))
    return Label(x + 0.07, (y0 + y1) / 2, text, SMALL, ha="left", color=color)
