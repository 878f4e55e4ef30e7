"""A network that makes its images smaller and then larger again: a U with its bridges."""

from course_lib.teaching.diagrams._blocks import BRIDGE, FEATURES, INPUT, boxes_of, channels_text, sentence, times_text
from course_lib.teaching.diagrams._drawing import (
    GREY,
    LINE,
    MARGIN,
    NORMAL,
    Box,
    Drawing,
    Label,
    Line,
    check_fits,
    raised,
    text_size,
)
from course_lib.teaching.figures import LINE_COLORS, MAX_WIDTH


def u_layout(network, scale):
    """One row for each size of image, steps along a row to the right, changes of size straight down or up."""
    blocks = network.blocks
    levels = _levels(blocks)
    sizes = [_commonest([b.shape[:2] for b, at in zip(blocks, levels, strict=True) if at == level])
             for level in range(max(levels) + 1)]  # fmt: skip
    columns = [0]
    for before, after in zip(levels, levels[1:], strict=False):
        columns.append(columns[-1] + (before == after))
    texts = [channels_text(b) if b.shape[:2] == sizes[at] else f"{times_text(b.shape[:2])}\n× {channels_text(b)}"
             for b, at in zip(blocks, levels, strict=True)]  # fmt: skip
    below = [_comes_from_above(columns, levels, index) for index in range(len(blocks))]
    names = [block.name if index in (0, len(blocks) - 1) else "" for index, block in enumerate(blocks)]
    margin = max(text_size(times_text(size))[0] for size in sizes) + 3 * MARGIN
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
        drawing.labels.append(Label(MARGIN, middle, times_text(size), ha="left", color=GREY))
    spans = []
    for index, block in enumerate(blocks):
        width, height = sum(scale.widths(block)), scale.height(block)
        center, middle = centers[columns[index]], middles[levels[index]]
        drawing.boxes += boxes_of(block, scale, center - width / 2, middle, FEATURES if index else INPUT)
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
        drawing.lines.append(Line(points, **looks[sentence(blocks[index].steps)], kind="step"))
    detours = {}  # how many bridges already run over the blocks of a row
    for bridge in network.bridges:
        rank = detours.get(spans[bridge.target].y, 0)
        points = _u_bridge(spans, bridge, rank)
        detours[spans[bridge.target].y] = rank + (len(points) > 2)
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


def _u_bridge(spans, bridge, rank):
    """Straight from block to block, or over the blocks of the same row that stand between; `rank` sets it apart."""
    start, end = spans[bridge.source], spans[bridge.target]
    left, right = start.right + 0.02, end.left - 0.02
    between = [span for span in spans if span.y == start.y and start.x < span.x < end.x]
    if start.y == end.y and not between:
        return ((left, start.y), (right, end.y))
    over = max([span.top for span in between] + [start.top, end.top]) + LINE * NORMAL / 72 + 0.08 + 0.06 * rank
    high, low = start.y + start.height / 3, end.y + end.height / 3 - 0.1 * rank
    turn = right - 0.08 - 0.05 * rank
    return ((left, high), (left + 0.06, high), (left + 0.06, over), (turn, over), (turn, low), (right, low))


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
    steps = list(dict.fromkeys(sentence(block.steps) for block in network.blocks[1:]))
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
