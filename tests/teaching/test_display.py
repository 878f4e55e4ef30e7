"""Pictures: words are required, the pixels are small and repeatable, sliders never replace the picture."""

import base64
import io
import os

import nbformat
import numpy as np
import pytest
from matplotlib.figure import Figure
from nbclient import NotebookClient
from PIL import Image

from course_lib.teaching import explore, panels, show, show_animation
from course_lib.teaching.display import figure_png
from tests.helpers import loaded_by

ALT = "A straight line that rises from the lower left"


def line(width=4.0, slope=1.0):
    fig, ax = panels(width=width, height=2)
    ax.plot([0, 1], [0, slope])
    return fig


def test_the_picture_has_the_figure_size_and_few_colours_and_repeats_exactly():
    png = figure_png(line())
    with Image.open(io.BytesIO(png)) as image:
        assert image.size == (400, 200)
        assert image.mode == "P"
        assert len(image.getcolors()) <= 128
    assert png == figure_png(line())
    assert png != figure_png(line(slope=2.0))


@pytest.mark.parametrize("alt", ["", "a plot", "   a short one       ", "x" * 19])
def test_a_short_alternative_text_is_refused(alt):
    with pytest.raises(ValueError, match="alt must say"):
        show(line(), alt)


def test_a_missing_alternative_text_is_refused():
    with pytest.raises(TypeError):
        show(line())
    with pytest.raises(TypeError, match="alt"):
        show(line(), None)


def test_what_is_no_figure_or_too_wide_is_refused():
    with pytest.raises(TypeError, match="fig must be a matplotlib Figure"):
        show(np.zeros((3, 3)), ALT)
    with pytest.raises(ValueError, match="7 inches wide, not 8"):
        show(Figure(figsize=(8, 2)), ALT)


def test_a_reader_sees_their_own_pictures_however_full_of_detail(capsys):
    """How heavy the pictures of the course may be is said by the rules for its chapters, not to a reader."""
    fig = Figure(figsize=(7, 7))
    fig.figimage(np.random.default_rng(0).random((700, 700, 3)))
    assert len(figure_png(fig)) > 120_000
    show(fig, ALT)
    assert capsys.readouterr().out == ALT + "\n"


def test_show_prints_the_words_where_there_is_no_notebook(capsys):
    show(line(), "  A straight line\n that rises from the lower left ")
    assert capsys.readouterr().out == ALT + "\n"


def test_show_closes_pyplot_figures():
    import matplotlib.pyplot as plt

    fig, _ = plt.subplots(figsize=(3, 2))
    show(fig, ALT)
    assert not plt.fignum_exists(fig.number)


def test_bad_animations_are_refused():
    with pytest.raises(ValueError, match="at least two"):
        show_animation([np.zeros((8, 8))], ALT)
    with pytest.raises(ValueError, match="one size"):
        show_animation([np.zeros((8, 8)), np.zeros((8, 9))], ALT)
    with pytest.raises(ValueError, match="fps"):
        show_animation([np.zeros((8, 8))] * 2, ALT, fps=0)
    with pytest.raises(ValueError, match="frames must be"):
        show_animation([np.zeros(8)] * 2, ALT)


def test_explore_refuses_ranges_that_are_none():
    with pytest.raises(TypeError, match="slope must be"):
        explore(lambda slope: line(slope=slope), ALT, slope=3)
    with pytest.raises(ValueError, match="at least one parameter"):
        explore(line, ALT)


CELLS = [
    "from course_lib.teaching import explore, panels, show, show_animation\nimport numpy as np",
    "fig, ax = panels(width=3, height=2)\nax.plot([0, 1])\nshow(fig, 'A straight line that rises from the lower left')",
    "red, blue = np.zeros((20, 30, 3)), np.zeros((20, 30, 3))\nred[..., 0] = 1\nblue[..., 2] = 1\n"
    "show_animation([red, blue, red], 'A picture that is red, then blue, then red', fps=5)",
    "drawn = []\ndef draw(n, slope=2.0):\n    drawn.append((n, slope))\n    fig, ax = panels(width=3, height=2)\n"
    "    ax.plot([0, slope])\n    return fig\n"
    "explore(draw, 'A straight line of the slope two.', n=(1, 9), slope=(0.0, 5.0))\nprint(drawn)",
    "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(figsize=(3, 2))\n"
    "show(fig, 'Empty axes, made with pyplot itself')",
]


def run_cells(static, sources=CELLS):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    client = NotebookClient(notebook, timeout=60, kernel_name="python3", store_widget_state=False)
    with client.setup_kernel(env={**os.environ, "COURSE_STATIC": static}):
        for index, cell in enumerate(notebook.cells):
            client.execute_cell(cell, index)
    return [cell.outputs for cell in notebook.cells]


@pytest.fixture(scope="module")
def static():
    return run_cells("1")


def test_the_notebook_stores_the_picture_with_its_words(static):
    (output,) = static[1]
    alt = "A straight line that rises from the lower left"
    assert output.data["text/plain"] == alt
    assert output.metadata["image/png"]["alt"] == alt
    assert base64.b64decode(output.data["image/png"]).startswith(b"\x89PNG")


def test_every_frame_of_an_animation_keeps_its_colours(static):
    (output,) = static[2]
    with Image.open(io.BytesIO(base64.b64decode(output.data["image/png"]))) as image:
        assert image.n_frames == 3
        assert image.info["duration"] == 200
        for number, colour in enumerate([(255, 0, 0), (0, 0, 255), (255, 0, 0)]):
            image.seek(number)
            assert image.convert("RGB").getpixel((15, 10)) == colour


def test_without_sliders_explore_leaves_one_picture_of_the_defaults(static):
    picture, printed = static[3]
    assert "image/png" in picture.data
    assert printed.text == "[(5, 2.0)]\n"


def test_a_pyplot_figure_is_shown_once(static):
    assert len(static[4]) == 1


def test_in_a_live_notebook_a_slider_draws_the_same_picture_anew():
    move = (
        "from ipywidgets.widgets import IntSlider, widget\n"
        "slider = next(w for w in widget._instances.values() if isinstance(w, IntSlider))\n"
        "slider.value = 7\nprint(drawn)"
    )
    outputs = run_cells("", [*CELLS[:4], move])
    picture = outputs[3][0]
    assert picture.metadata["image/png"]["alt"] == "A straight line of the slope two. Now with n = 7, slope = 2.0."
    assert any("application/vnd.jupyter.widget-view+json" in output.get("data", {}) for output in outputs[3])
    assert outputs[4][0].text == "[(5, 2.0), (7, 2.0)]\n"


def test_importing_the_teaching_package_loads_no_framework_and_no_pyplot():
    heavy = {"tensorflow", "keras", "jax", "scipy", "matplotlib.pyplot", "IPython"}
    assert not heavy & loaded_by("import course_lib.teaching")
