"""What every diagram is made of: boxes, lines and words at places in inches, and one function that paints them.

A layout is data: a test reads the numbers that are to be drawn without looking at pixels. One unit is an inch, x runs
to the right and y upwards, so a font of 9 points is as large on every diagram.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.textpath import text_to_path

from course_lib.teaching.figures import MAX_WIDTH

SMALL, NORMAL = 8, 9  # points; nothing is written smaller
LINE = 1.3  # height of a line of text, in font sizes
MARGIN = 0.08  # inches around a drawing
GREY, PALE = "0.35", "0.92"
DASHES = {"solid": "-", "dashed": (0, (4, 2)), "dotted": (0, (1, 1.5))}


@dataclass(frozen=True)
class Box:
    """A rectangle, or a circle, about (x, y), with a text in its middle that fits."""

    x: float
    y: float
    width: float
    height: float
    color: object = "white"
    text: str = ""
    size: float = NORMAL
    edge: object = GREY
    style: str = "solid"  # or "dashed"
    shape: str = "square"  # or "rounded", "circle"
    linewidth: float = 0.9
    text_color: object = "black"

    @property
    def left(self):
        return self.x - self.width / 2

    @property
    def right(self):
        return self.x + self.width / 2

    @property
    def bottom(self):
        return self.y - self.height / 2

    @property
    def top(self):
        return self.y + self.height / 2


@dataclass(frozen=True)
class Label:
    """Words at (x, y)."""

    x: float
    y: float
    text: str
    size: float = NORMAL
    ha: str = "center"
    va: str = "center"
    color: object = "black"
    weight: str = "normal"


@dataclass(frozen=True)
class Line:
    """A line through points (x, y), with a head at its end where it is an arrow."""

    points: tuple
    color: object = GREY
    arrow: bool = True
    style: str = "solid"
    width: float = 1.3
    kind: str = ""  # what it stands for; not drawn
    above: bool = False  # whether it runs over boxes rather than behind them


@dataclass(frozen=True)
class Picture:
    """An image (H, W) or (H, W, 3) in a rectangle about (x, y)."""

    x: float
    y: float
    width: float
    height: float
    image: object
    limits: tuple = (0, 1)


@dataclass
class Drawing:
    """A layout: what is drawn, and the inches it takes."""

    width: float = 0.0
    height: float = 0.0
    boxes: list = field(default_factory=list)
    labels: list = field(default_factory=list)
    lines: list = field(default_factory=list)
    pictures: list = field(default_factory=list)

    @property
    def texts(self):
        """Every text that is written, those in boxes first."""
        return [box.text for box in self.boxes if box.text] + [label.text for label in self.labels]


def text_size(text, size=NORMAL, weight="normal"):
    """Width and height of a text of one or more lines, in inches."""
    font = FontProperties(size=size, weight=weight)
    lines = text.split("\n")
    width = max(text_to_path.get_text_width_height_descent(line, font, ismath=False)[0] for line in lines)
    return width / 72, len(lines) * LINE * size / 72


def tint(color, amount=0.3):
    """Mix a colour with white: amount 1 is the colour, 0 is white."""
    return tuple(1 - amount * (1 - np.array(to_rgb(color))))


def wrap(text, characters=11):
    """Break a text at its spaces into lines of at most so many characters, where its words allow."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= characters:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(line for line in lines if line)


def check_fits(drawing, argument):
    """Refuse a drawing that is wider than a column of text; `argument` is what to make smaller."""
    if drawing.width > MAX_WIDTH + 1e-9:
        raise ValueError(
            f"{argument} must be smaller: the diagram would be {drawing.width:.1f} inches wide, "
            f"and a column of text has {MAX_WIDTH:g}"
        )
    return drawing


def raised(drawing, height):
    """Move everything up by `height`, which is then the drawing's height: for a layout made downwards from 0."""
    for items in (drawing.boxes, drawing.labels, drawing.pictures):
        items[:] = [replace(item, y=item.y + height) for item in items]
    drawing.lines[:] = [replace(line, points=tuple((x, y + height) for x, y in line.points)) for line in drawing.lines]
    drawing.height = height
    return drawing


def paint(drawing):
    """Paint a layout: a figure of its size."""
    fig = Figure(figsize=(drawing.width, drawing.height), layout="none")
    ax = fig.add_axes((0, 0, 1, 1))
    for picture in drawing.pictures:
        x, y, w, h = picture.x, picture.y, picture.width / 2, picture.height / 2
        low, high = picture.limits
        ax.imshow(picture.image, cmap="gray", vmin=low, vmax=high, extent=(x - w, x + w, y - h, y + h), zorder=1)
    for line in drawing.lines:
        _paint_line(ax, line)
    for box in drawing.boxes:
        ax.add_patch(_patch(box))
        if box.text:
            ax.text(
                box.x, box.y, box.text, size=box.size, ha="center", va="center_baseline" if "\n" not in box.text
                else "center", color=box.text_color, linespacing=1.15, zorder=4,
            )  # fmt: skip
    for label in drawing.labels:
        ax.text(
            label.x, label.y, label.text, size=label.size, ha=label.ha, va=label.va, color=label.color,
            weight=label.weight, linespacing=1.15, zorder=4,
        )  # fmt: skip
    ax.set_aspect("auto")
    ax.set_xlim(0, drawing.width)
    ax.set_ylim(0, drawing.height)
    ax.set_axis_off()
    return fig


def _patch(box):
    look = {"facecolor": box.color, "edgecolor": box.edge, "linewidth": box.linewidth, "linestyle": box.style}
    if box.shape == "circle":
        return Circle((box.x, box.y), box.width / 2, zorder=3, **look)
    if box.shape == "rounded":
        pad = min(0.06, box.width / 3, box.height / 3)
        inner = (box.left + pad, box.bottom + pad), box.width - 2 * pad, box.height - 2 * pad
        return FancyBboxPatch(*inner, boxstyle=f"round,pad={pad}", zorder=3, **look)
    return Rectangle((box.left, box.bottom), box.width, box.height, zorder=3, **look)


def _paint_line(ax, line):
    points = np.array(line.points, dtype=float)
    style = {"color": line.color, "linewidth": line.width, "linestyle": DASHES[line.style]}
    depth = 3.5 if line.above else 2
    if not line.arrow:
        ax.plot(*points.T, **style, zorder=depth, solid_capstyle="round")
        return
    end, before = points[-1], points[-2]
    back = (before - end) / np.hypot(*(before - end)) * 0.08  # the head covers the last bit of the line
    ax.plot(*np.vstack([points[:-1], end + back]).T, **style, zorder=depth, solid_capstyle="butt")
    head = FancyArrowPatch(
        end + back, end, arrowstyle="-|>,head_length=0.45,head_width=0.25", mutation_scale=12, linewidth=0,
        facecolor=line.color, shrinkA=0, shrinkB=0, zorder=depth,
    )  # fmt: skip
    ax.add_patch(head)
