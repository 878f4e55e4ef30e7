"""What every diagram must be: readable at 700 pixels, no word on another, nothing cut off."""

import itertools

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from course_lib.teaching.diagrams._drawing import paint


def places_of_texts(fig):
    """(left, bottom, right, top) of every text in inches, as the renderer that draws the pixels measures it."""
    renderer, (axes,) = FigureCanvasAgg(fig).get_renderer(), fig.axes
    boxes = [text.get_window_extent(renderer) for text in axes.texts]
    return [np.array([box.x0, box.y0, box.x1, box.y1]) / fig.dpi for box in boxes]


def apart(a, b):
    """Whether two rectangles (left, bottom, right, top) have nothing in common but an edge."""
    return a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def crosses(segment, box):
    """Whether a segment runs through a rectangle (left, bottom, right, top), after Liang and Barsky."""
    (x0, y0), (x1, y1) = segment
    left, bottom, right, top = box
    low, high = 0.0, 1.0
    for p, q in ((x0 - x1, x0 - left), (x1 - x0, right - x0), (y0 - y1, y0 - bottom), (y1 - y0, top - y0)):
        if p == 0 and q < 0:
            return False
        if p < 0:
            low = max(low, q / p)
        elif p > 0:
            high = min(high, q / p)
    return low < high


@pytest.fixture
def check_readable():
    def check(drawing):
        fig = paint(drawing)
        assert fig.get_figwidth() <= 7 + 1e-9
        assert np.allclose(fig.get_size_inches(), (drawing.width, drawing.height))
        written = [box for box in drawing.boxes if box.text] + drawing.labels
        assert [text.get_text() for text in fig.axes[0].texts] == [item.text for item in written]
        assert min(text.get_fontsize() for text in fig.axes[0].texts) >= 8
        places = places_of_texts(fig)
        for item, place in zip(written, places, strict=True):
            assert (place[:2] >= -0.01).all(), f"{item.text!r} is cut off"
            assert place[2] <= drawing.width + 0.01 and place[3] <= drawing.height + 0.01, f"{item.text!r} is cut off"
        for (a, first), (b, second) in itertools.combinations(zip(written, places, strict=True), 2):
            assert apart(first, second), f"{a.text!r} lies on {b.text!r}"
        for item, place in zip(written, places, strict=True):
            if item not in drawing.labels:
                inside = (place[:2] >= (item.left, item.bottom)).all() and (place[2:] <= (item.right, item.top)).all()
                assert inside, f"{item.text!r} leaves its box"
                continue
            for box in drawing.boxes:
                assert apart(place, (box.left, box.bottom, box.right, box.top)), f"{item.text!r} lies on a box"
            for line in drawing.lines:
                for segment in itertools.pairwise(line.points):
                    assert not crosses(segment, place), f"a line runs through {item.text!r}"
        for box in drawing.boxes:
            assert box.left >= 0 and box.bottom >= 0 and box.right <= drawing.width and box.top <= drawing.height

    return check
