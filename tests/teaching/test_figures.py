"""What is drawn: numbers in their cells, colours that say the same everywhere, honest limits."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection

from course_lib.teaching import (
    CLASS_COLORS,
    class_colormap,
    draw_array,
    draw_classes,
    draw_image,
    draw_line,
    image_grid,
    overlay_mask,
    panels,
)


def test_panels_come_in_reading_order_with_their_titles():
    fig, axes = panels(2, 2, titles=["a", "b", "c", "d"])
    assert [ax.get_title() for ax in axes] == ["a", "b", "c", "d"]
    boxes = [ax.get_subplotspec() for ax in axes]
    assert [(box.rowspan.start, box.colspan.start) for box in boxes] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert fig.get_figwidth() == 7
    _, ax = panels()
    assert ax.get_title() == ""
    with pytest.raises(ValueError, match="titles"):
        panels(2, titles=["one"])
    with pytest.raises(ValueError, match="width"):
        panels(2, width=7.5)


def test_an_array_is_drawn_with_every_number_in_its_cell():
    _, ax = panels(width=3)
    draw_array(ax, [[1, -2], [0.5, -0.0]])
    assert {t.get_position(): t.get_text() for t in ax.texts} == {
        (0, 0): "1",
        (1, 0): "-2",
        (0, 1): "0.50",
        (1, 1): "0",
    }


def test_numbers_can_be_read_on_dark_and_on_light_cells():
    _, ax = panels(width=3)
    draw_array(ax, [0, 100], limits=(0, 100), fmt=".1f")
    assert [t.get_color() for t in ax.texts] == ["black", "white"]
    assert [t.get_text() for t in ax.texts] == ["0.0", "100.0"]


@pytest.mark.parametrize("highlight", [(slice(0, 2), slice(1, 3)), "mask"])
def test_the_frame_runs_around_the_highlighted_cells(highlight):
    if highlight == "mask":
        highlight = np.zeros((3, 3), dtype=bool)
        highlight[0:2, 1:3] = True
    _, ax = panels(width=3)
    draw_array(ax, np.arange(9).reshape(3, 3), highlight=highlight)
    (frame,) = [c for c in ax.collections if isinstance(c, LineCollection) and len(c.get_segments()) == 8]
    points = np.concatenate(frame.get_segments())
    assert points.min(axis=0).tolist() == [0.5, -0.5]  # x from column 1, y from row 0
    assert points.max(axis=0).tolist() == [2.5, 1.5]


@pytest.mark.parametrize("array", [np.zeros((2, 2, 2)), np.zeros(25), [], 3])
def test_arrays_that_cannot_be_read_are_refused(array):
    _, ax = panels(width=3)
    with pytest.raises(ValueError, match="array must have"):
        draw_array(ax, array)


def test_images_of_a_grid_share_their_limits_and_empty_places_stay_empty():
    images = [np.full((4, 4), value) for value in (-1.0, 0.0, 3.0)]
    fig = image_grid(images, ["a", "b", "c"], columns=2)
    shown = [ax.images[0].get_clim() for ax in fig.axes if ax.images]
    assert shown == [(-1.0, 3.0)] * 3
    assert len(fig.axes) == 4
    assert fig.get_figwidth() == pytest.approx(3.2)
    assert not fig.axes[3].axison


@pytest.mark.parametrize(
    ("image", "limits"),
    [
        (np.full((3, 3), 7, np.uint8), (0, 255)),
        (np.full((3, 3), 0.25), (0, 1)),
        (np.eye(3, dtype=bool), (0, 1)),
        (np.arange(9).reshape(3, 3), (0, 8)),
        (np.arange(9.0).reshape(3, 3) - 4, (-4, 4)),
    ],
)
def test_default_limits_follow_from_the_type(image, limits):
    _, ax = panels(width=3)
    assert draw_image(ax, image).get_clim() == limits


def test_bad_images_are_refused():
    with pytest.raises(ValueError, match="must have the shape"):
        image_grid([np.zeros((4, 4, 2))])
    with pytest.raises(ValueError, match="at least one"):
        image_grid([])
    with pytest.raises(ValueError, match="titles"):
        image_grid([np.zeros((4, 4))], ["a", "b"])


def test_a_mask_is_blended_over_the_image_by_the_stated_formula():
    image = np.full((2, 3), 0.5)
    mask = np.array([[0, 1, 2], [7, 8, 0]])
    rgb = overlay_mask(image, mask, alpha=0.25)
    for row, column in np.ndindex(2, 3):
        label = mask[row, column]
        colour = CLASS_COLORS[label if label <= 7 else label - 7]
        expected = np.full(3, 0.5) if label == 0 else 0.75 * 0.5 + 0.25 * colour
        np.testing.assert_allclose(rgb[row, column], expected, atol=1e-12)
    np.testing.assert_allclose(overlay_mask(np.full((1, 1), 51, np.uint8), [[False]]), 0.2)


def test_overlays_leave_their_input_alone_and_refuse_bad_masks():
    image = np.zeros((2, 2, 3))
    overlay_mask(image, np.ones((2, 2), dtype=int))
    assert not image.any()
    with pytest.raises(ValueError, match="mask must have the image's shape"):
        overlay_mask(image, np.ones((3, 2), dtype=int))
    with pytest.raises(TypeError, match="booleans or integers"):
        overlay_mask(image, np.ones((2, 2)))
    with pytest.raises(ValueError, match="from 0 on"):
        overlay_mask(image, -np.ones((2, 2), dtype=int))
    with pytest.raises(ValueError, match="alpha"):
        overlay_mask(image, np.ones((2, 2), dtype=int), alpha=2)


def test_class_k_has_the_colour_k_in_every_drawing():
    mask = np.array([[0, 1], [2, 2]])
    _, ax = panels(width=4)
    draw_classes(ax, mask, ["background", "cell", "border"])
    drawn = ax.images[0].to_rgba(mask)[..., :3]
    np.testing.assert_allclose(drawn, CLASS_COLORS[mask], atol=1e-12)
    legend = ax.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["background", "cell", "border"]
    np.testing.assert_allclose([patch.get_facecolor()[:3] for patch in legend.get_patches()], CLASS_COLORS[:3])
    with pytest.raises(ValueError, match="ids 0 to 1"):
        draw_classes(ax, mask, ["background", "cell"])
    with pytest.raises(ValueError, match="n must lie"):
        class_colormap(9)


def test_classes_stay_apart_for_colour_blind_readers():
    """Viénot, Brettel & Mollon (1999), dichromats in linear RGB: any two classes differ by a tenth somewhere."""
    linear = np.where(CLASS_COLORS <= 0.04045, CLASS_COLORS / 12.92, ((CLASS_COLORS + 0.055) / 1.055) ** 2.4)
    protan = np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]])
    deutan = np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]])
    for simulate in (protan, deutan):
        seen = np.clip(linear @ simulate.T, 0, 1) ** (1 / 2.2)
        gaps = np.linalg.norm(seen[:, None] - seen[None], axis=2)[np.triu_indices(len(seen), 1)]
        assert gaps.min() > 0.1


@pytest.mark.parametrize("angle, distance", [(0.0, 3.0), (-np.pi / 2, -5.0), (np.arctan2(0.8, 0.6), 6.0)])
def test_a_line_is_drawn_where_its_normal_says(angle, distance):
    _, ax = panels(width=3)
    draw_image(ax, np.zeros((12, 20)))
    line = draw_line(ax, angle, distance, linewidth=0.5)
    for x, y in (line.get_xy1(), line.get_xy2()):
        assert x * np.cos(angle) + y * np.sin(angle) == pytest.approx(distance)
    assert tuple(line.get_xy1()) != tuple(line.get_xy2())
    assert line.get_linewidth() == 0.5 and line.get_color() == "#D55E00"


def test_a_line_leaves_the_limits_of_the_axes_alone():
    fig, ax = panels(width=3)
    draw_image(ax, np.zeros((12, 20)))
    draw_line(ax, 0.1, 400.0)  # far outside of the image
    fig.draw_without_rendering()
    assert ax.get_xlim() == (-0.5, 19.5) and ax.get_ylim() == (11.5, -0.5)


def test_a_line_reaches_from_one_side_of_the_axes_to_the_other():
    fig, ax = panels(width=2, height=2)
    draw_image(ax, np.ones((40, 40)))
    ax.set(xlim=(9.5, 29.5))
    draw_line(ax, 0.0, 20.0, color="black", linewidth=2)
    fig.canvas = FigureCanvasAgg(fig)
    fig.canvas.draw()
    dark = np.asarray(fig.canvas.buffer_rgba())[..., 0] < 100
    box = ax.get_window_extent()
    assert dark.any(axis=1).sum() == pytest.approx(box.height, abs=2)
    assert np.nonzero(dark)[1].mean() == pytest.approx(box.x0 + box.width * 10.5 / 20, abs=1.5)
