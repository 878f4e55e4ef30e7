"""How a picture gets into a notebook: always with words for readers who cannot see it.

`show` renders a Matplotlib figure to a small PNG and displays it together with its alternative text;
`show_animation` does the same for a sequence of frames, as an animated PNG; `explore` adds sliders.
The pixels depend only on the figure, so a stored notebook and a fresh run hold the same picture.
"""

import inspect
import io
import os
import sys

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

DPI = 100
COLORS = 128
MAX_WIDTH = 7.0  # inches: 700 pixels, the width of a column of text
MIN_ALT = 20


def show(fig, alt):
    """Display a figure with its alternative text, then close it.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        At most 7 inches wide.
    alt : str
        What is to be seen, in at least 20 characters: what a reader who cannot see the picture would miss.

    Raises
    ------
    TypeError, ValueError
        If `fig` is no figure or too wide, or `alt` is missing or too short.
    """
    alt = _checked_alt(alt)
    try:
        png = figure_png(fig)
    finally:
        if isinstance(fig, Figure):
            _close(fig)
    _publish(png, alt)


def show_animation(frames, alt, fps=10):
    """Display frames one after the other, as an animated PNG that repeats for ever.

    Parameters
    ----------
    frames : iterable of matplotlib.figure.Figure or of arrays
        Figures are closed as they are drawn. Arrays are images of one size: (H, W) or (H, W, 3), uint8, or
        floats in [0, 1].
    alt : str
        What changes from the first frame to the last, in at least 20 characters.
    fps : float
        Frames per second, above 0 and at most 50.

    Raises
    ------
    TypeError, ValueError
        If there are fewer than two frames, or their sizes differ.
    """
    alt = _checked_alt(alt)
    if not 0 < fps <= 50:
        raise ValueError(f"fps must be above 0 and at most 50 frames per second, not {fps!r}")
    images = [_frame_image(frame) for frame in frames]
    if len(images) < 2:
        raise ValueError(f"frames must hold at least two pictures, not {len(images)}")
    sizes = {image.size for image in images}
    if len(sizes) > 1:
        raise ValueError(f"frames must all have one size, not {sorted(sizes)} (width, height)")
    palette = _palette(images)
    images = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
    buffer = io.BytesIO()
    images[0].save(buffer, format="PNG", save_all=True, append_images=images[1:], duration=1000 / fps, loop=0)
    _publish(buffer.getvalue(), alt)


def explore(draw, alt, **ranges):
    """Display the figure that `draw` makes and, in a live notebook, sliders that draw it anew.

    Parameters
    ----------
    draw : callable
        `draw(**parameters)` returns a figure. Its defaults, where it has any, give the first picture.
    alt : str
        What the first picture shows, in at least 20 characters.
    **ranges
        For each parameter what it may be: a `range`, a (low, high) or (low, high, step) tuple of numbers,
        or a list of choices. Without a default in `draw` the first picture takes the middle of a range and
        the first of the choices.

    Notes
    -----
    A reader on the web, and a test, see the first picture only: sliders need a running kernel, so they are
    left out where the environment variable COURSE_STATIC is set.
    """
    alt = _checked_alt(alt)
    if not ranges:
        raise ValueError("explore needs at least one parameter with its range, such as sigma=(0.5, 4.0)")
    defaults = inspect.signature(draw).parameters
    start = {name: _start(name, choices, defaults) for name, choices in ranges.items()}
    if os.environ.get("COURSE_STATIC") or not _in_notebook():
        show(draw(**start), alt)
        return
    import ipywidgets
    from IPython.display import display

    first = _bundle(_drawn(draw, start), alt)
    picture = display(first[0], metadata=first[1], raw=True, display_id=True)
    controls = {name: _control(ipywidgets, name, choices, start[name]) for name, choices in ranges.items()}

    def redraw(_):
        values = {name: control.value for name, control in controls.items()}
        words = ", ".join(f"{name} = {value}" for name, value in values.items())
        data, metadata = _bundle(_drawn(draw, values), f"{alt} Now with {words}.")
        picture.update(data, metadata=metadata, raw=True)

    for control in controls.values():
        control.observe(redraw, names="value")
    display(ipywidgets.VBox(list(controls.values())))


def say(markdown):
    """Display a text with its markup in a notebook, and print it as it is elsewhere."""
    if not _in_notebook():
        print(markdown)
        return
    from IPython.display import display

    display({"text/markdown": markdown, "text/plain": markdown}, raw=True)


def figure_png(fig):
    """Render a figure as the PNG that `show` displays: 100 dpi, 128 colours, no metadata.

    Returns
    -------
    bytes
        The same for the same figure, fonts and Matplotlib version.
    """
    image = _figure_image(fig)
    if image.size[0] > MAX_WIDTH * DPI + 0.5:
        raise ValueError(f"fig must be at most {MAX_WIDTH:g} inches wide, not {fig.get_figwidth():g}")
    buffer = io.BytesIO()
    quantized = image.quantize(COLORS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    quantized.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def _figure_image(fig):
    if not isinstance(fig, Figure):
        raise TypeError(f"fig must be a matplotlib Figure, not {type(fig).__name__}")
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=DPI, facecolor="white", bbox_inches=None)
    buffer.seek(0)
    return Image.open(buffer).convert("RGB")


def _frame_image(frame):
    if isinstance(frame, Figure):
        try:
            return _figure_image(frame)
        finally:
            _close(frame)
    pixels = np.asarray(frame)
    if pixels.dtype != np.uint8:
        pixels = np.round(255 * np.clip(pixels, 0, 1)).astype(np.uint8)
    if pixels.ndim not in (2, 3):
        raise ValueError(f"frames must be figures or images (H, W) or (H, W, 3), not arrays of shape {pixels.shape}")
    return Image.fromarray(pixels).convert("RGB")


def _palette(images):
    """One palette for all frames: an animated PNG has only one, so frames must not choose their own."""
    width, height = images[0].size
    sheet = Image.new("RGB", (width, height * len(images)))
    for row, image in enumerate(images):
        sheet.paste(image, (0, row * height))
    return sheet.quantize(COLORS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def _checked_alt(alt):
    if not isinstance(alt, str):
        raise TypeError(f"alt must be a string that says what is to be seen, not {type(alt).__name__}")
    alt = " ".join(alt.split())
    if len(alt) < MIN_ALT:
        raise ValueError(f"alt must say in at least {MIN_ALT} characters what is to be seen; {alt!r} has {len(alt)}")
    return alt


def _bundle(png, alt):
    """The data and the metadata under which Jupyter stores a picture with its alternative text."""
    return {"image/png": png, "text/plain": alt}, {"image/png": {"alt": alt}}


def _publish(png, alt):
    if not _in_notebook():
        print(alt)
        return
    from IPython.display import display

    data, metadata = _bundle(png, alt)
    display(data, metadata=metadata, raw=True)


def _close(fig):
    """Take a figure off pyplot's list of open figures, if pyplot is in use at all."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close(fig)


def _in_notebook():
    """Whether IPython runs this code. Asked without importing IPython, which a plain script need not load."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and ipython.get_ipython() is not None


def _drawn(draw, values):
    fig = draw(**values)
    try:
        return figure_png(fig)
    finally:
        _close(fig)


def _start(name, choices, defaults):
    if name in defaults and defaults[name].default is not inspect.Parameter.empty:
        return defaults[name].default
    if isinstance(choices, list):
        return choices[0]
    if isinstance(choices, range):
        return choices[len(choices) // 2]
    low, high, _ = _limits(name, choices)
    middle = (low + high) / 2
    return int(middle) if isinstance(low, int) and isinstance(high, int) else middle


def _limits(name, choices):
    if not isinstance(choices, tuple) or len(choices) not in (2, 3):
        raise TypeError(f"{name} must be a range, a (low, high) or (low, high, step) tuple, or a list, not {choices!r}")
    low, high = choices[:2]
    step = choices[2] if len(choices) == 3 else 1 if all(isinstance(c, int) for c in choices) else (high - low) / 50
    return low, high, step


def _control(ipywidgets, name, choices, value):
    """The slider or menu for one parameter. It reports when the hand lets go, because drawing takes a while."""
    style = {"description": name, "value": value, "continuous_update": False}
    if isinstance(choices, range):
        return ipywidgets.SelectionSlider(options=list(choices), **style)
    if isinstance(choices, list):
        return ipywidgets.Dropdown(options=choices, description=name, value=value)
    low, high, step = _limits(name, choices)
    whole = all(isinstance(number, int) for number in (low, high, step, value))
    slider = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
    return slider(min=low, max=high, step=step, **style)
