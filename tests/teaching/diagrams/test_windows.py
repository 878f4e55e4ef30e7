"""Sliding windows: the numbers in the cells are those that SciPy computes, and the words can be read."""

import itertools

import numpy as np
import pytest
from scipy import signal

from course_lib.teaching import draw_padding_stride, draw_windows
from course_lib.teaching.diagrams.windows import padding_stride_layout, windows, windows_layout, windows_seen
from course_lib.teaching.figures import HIGHLIGHT

IMAGE = np.array([[1, 0, 2, 0, 1], [0, 3, 0, 1, 0], [2, 0, 1, 0, 2], [0, 1, 0, 4, 0], [1, 0, 2, 0, 1]])
SOBEL = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
CASES = [
    (([0, 0, 1, 0, 0], [1, 2, 3]), {"padding": 1, "flip": True}),
    (([1, 2, 3, 4, 5, 6, 7], [1, -0.5, 0.25]), {"padding": "same", "stride": 2, "dilation": 2}),
    (([3], [2]), {}),
    (([-10, 20.25, 7, 100, 3, 3, 3, 3, 3, 3], [0.5, -12.5, 1, 3, 2]), {}),
    ((IMAGE, SOBEL), {}),
    ((IMAGE, SOBEL), {"flip": True, "padding": 1, "positions": [(0, 0), (4, 2)]}),
    ((IMAGE, [[1, -2.5], [3, 4]]), {"stride": 2, "dilation": 2, "padding": (1, 0)}),
    (([[1, 2, 3]], [[1, 1]]), {}),
]


@pytest.mark.parametrize(("arrays", "options"), CASES)
def test_every_window_can_be_read(arrays, options, check_readable):
    check_readable(windows_layout(windows(*arrays, **options)))


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize(("stride", "dilation", "padding"), [(1, 1, 0), (2, 1, 1), (1, 2, (1, 2)), (3, 2, 2)])
def test_sums_are_those_of_scipy(flip, stride, dilation, padding):
    rng = np.random.default_rng(3)
    before, after = padding if isinstance(padding, tuple) else (padding, padding)
    for shape, k_shape in (((9,), (3,)), ((7, 8), (3, 2))):
        x, kernel = rng.integers(-5, 6, shape), rng.integers(-3, 4, k_shape)
        spread = np.zeros([dilation * (k - 1) + 1 for k in k_shape])
        spread[(slice(None, None, dilation),) * kernel.ndim] = kernel
        slide = signal.convolve if flip else signal.correlate
        expected = slide(np.pad(x, (before, after)), spread, "valid")[(slice(None, None, stride),) * x.ndim]
        every = list(np.ndindex(expected.shape))
        positions = [p[0] for p in every] if x.ndim == 1 else every
        panels = windows(x, kernel, positions, padding, stride, dilation, flip=flip)["panels"]
        assert [panel["position"] for panel in panels] == every
        np.testing.assert_allclose([panel["total"] for panel in panels], expected.ravel())


def test_the_numbers_of_the_flip_stand_in_the_cells():
    data = windows([0, 0, 1, 0, 0], [1, 2, 3], padding=1, flip=True)
    layout = windows_layout(data)
    assert [panel["position"] for panel in data["panels"]] == [(1,), (2,), (3,)]
    rows = {}
    for box in layout.boxes:
        rows.setdefault(round(box.y, 6), []).append((box.x, box.text))
    rows = [" ".join(text for _, text in sorted(row)) for _, row in sorted(rows.items(), reverse=True)]
    assert rows[0] == "1 2 3 3 2 1"  # as given, then turned round
    assert rows.count("3 2 1") == 3  # below each of the three windows
    sums = [label.text for label in layout.labels if "=" in label.text]
    assert sums == ["0·3 + 0·2 + 1·1  =", "0·3 + 1·2 + 0·1  =", "1·3 + 0·2 + 0·1  ="]
    assert [row for row in rows if row in ("1", "2", "3")] == ["1", "2", "3"]


def test_the_frame_surrounds_what_the_window_touches():
    layout = windows_layout(windows(IMAGE, SOBEL, [(1, 2)]))
    (frame,) = [box for box in layout.boxes if box.edge == HIGHLIGHT]
    inside = [box.text for box in layout.boxes[: IMAGE.size] if abs(box.x - frame.x) < frame.width / 2
              and abs(box.y - frame.y) < frame.height / 2]  # fmt: skip
    assert inside == [str(v) for v in IMAGE[1:4, 2:5].ravel()]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([1, 2, 3], [[1]]), ValueError, "kernel must have as many axes as x"),
        (([1, 2], [1, 2, 3]), ValueError, "the kernel spans 3"),
        (([1, 2, 3], [1, 2], [2]), ValueError, "positions must be places of the result"),
        (([1, 2, 3], [1, 2], []), ValueError, "positions must hold at least one"),
        (([1, 2, 3], [1, 2], [(0, 0)]), ValueError, "positions must be places"),
        ((["a"], [1]), TypeError, "x must hold real numbers"),
        (([1, 2, 3], [1], None, -1), ValueError, "padding must be at least 0"),
        (([1, 2, 3], [1], None, 0, 0), ValueError, "stride must be at least 1"),
        (([1, 2, 3], [1], None, 0, 1, 1.5), TypeError, "dilation must be a whole number"),
        ((range(40), [1, 2]), ValueError, "x must be smaller"),
    ],
)
def test_wrong_arguments_of_a_window_are_named(arguments, error, message):
    with pytest.raises(error, match=message):
        draw_windows(*arguments)


GRIDS = [(5, 3, 2, 1, 1), (7, 3, 1, 0, 2), (4, 3, 2, "same", 1), (5, 3, 1, 1, 1), (3, 3, 1, 0, 1), (1, 1, 1, 0, 1),
         (8, 2, 2, (1, 0), 3), (20, 5, 4, 2, 1)]  # fmt: skip


@pytest.mark.parametrize("grid", GRIDS)
def test_every_grid_can_be_read(grid, check_readable):
    check_readable(padding_stride_layout(windows_seen(*grid)))


@pytest.mark.parametrize(
    ("n", "k", "stride", "padding", "dilation"),
    list(itertools.product((5, 8), (1, 3), (1, 2, 3), (0, 1, (0, 2)), (1, 2))),
)
def test_the_cells_seen_are_those_that_change_the_output(n, k, stride, padding, dilation):
    seen = windows_seen(n, k, stride, padding, dilation)
    before, after = seen["pad"]
    spread = np.zeros(dilation * (k - 1) + 1)
    spread[::dilation] = 1
    impulses = np.eye(n + before + after)
    touched = np.array([np.correlate(impulse, spread, "valid")[::stride] for impulse in impulses])
    assert seen["cells"] == [np.flatnonzero(column).tolist() for column in touched.T]


def test_a_grid_draws_its_outputs_and_dots():
    layout = padding_stride_layout(windows_seen(5, 3, 2, 1))
    dots = [box for box in layout.boxes if box.shape == "circle"]
    assert len(dots) == 3 * 9
    cells = [box for box in layout.boxes if box.shape == "square" and box.color != "none"]
    assert len(cells) == 7 * 7 + 3 * 3
    assert sum(box.style == "dashed" for box in cells) == 7 * 7 - 5 * 5
    assert "⌊(5 + 2 − 1·(3 − 1) − 1) / 2⌋ + 1 = 3" in layout.texts
    assert {"input 5 × 5, 1 + 1 zeros", "output 3 × 3"} <= set(layout.texts)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((0,), ValueError, "n must be at least 1"),
        ((5, 2.0), TypeError, "kernel_size must be a whole number"),
        ((2, 3), ValueError, "the kernel spans 3"),
        ((5, 3, 1, "full"), ValueError, "padding must be"),
        ((60, 3), ValueError, "n must be smaller"),
    ],
)
def test_wrong_arguments_of_a_grid_are_named(arguments, error, message):
    with pytest.raises(error, match=message):
        draw_padding_stride(*arguments)
