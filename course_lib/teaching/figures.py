"""What the chapters draw with: panels, grids of images, arrays with their numbers, masks over images.

Every function returns a figure, or draws into axes that you give it; none displays anything. Hand the figure
to `show`, which asks for words. Importing this file sets the course's style for Matplotlib. Figures are made
without pyplot, which loads faster and keeps no list of open figures.
"""

import matplotlib
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch

MAX_WIDTH = 7.0

# Okabe & Ito's colours, which stay apart for colour-blind readers. Class 0, the background, is a dark grey.
CLASS_COLORS = np.array(
    [to_rgb(c) for c in ("#333333", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7")]
)
LINE_COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
HIGHLIGHT = "#D55E00"

matplotlib.rcParams.update(
    {
        "figure.dpi": 100,
        "figure.figsize": (6.0, 3.5),
        "figure.constrained_layout.use": True,
        "font.size": 10,
        "axes.titlesize": 10,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.prop_cycle": matplotlib.cycler(color=LINE_COLORS),
        "image.cmap": "viridis",
        "image.interpolation": "nearest",
        "legend.frameon": False,
    }
)


def panels(columns=1, rows=1, *, width=MAX_WIDTH, height=None, titles=None, share=False):
    """A figure with axes side by side.

    Parameters
    ----------
    columns, rows : int
    width : float
        Inches, at most 7.
    height : float, optional
        Inches. By default each panel is three quarters as high as wide, and at most 3.5 inches high.
    titles : sequence of str, optional
        One for each panel, in reading order.
    share : bool
        Whether all panels have the same axis limits.

    Returns
    -------
    fig : matplotlib.figure.Figure
    axes : matplotlib.axes.Axes, or a 1-D array of them in reading order
    """
    _check_width(width)
    if height is None:
        height = rows * min(0.75 * width / columns, 3.5)
    fig = Figure(figsize=(width, height))
    axes = fig.subplots(rows, columns, squeeze=False, sharex=share, sharey=share).ravel()
    if titles is not None:
        if len(titles) != len(axes):
            raise ValueError(f"titles must hold one title for each of the {len(axes)} panels, not {len(titles)}")
        for ax, title in zip(axes, titles, strict=True):
            ax.set_title(title)
    return fig, axes if len(axes) > 1 else axes[0]


def draw_image(ax, image, title=None, *, cmap="gray", limits=None):
    """Draw one image into axes, without ticks.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    image : array, (H, W), (H, W, 1), (H, W, 3) or (H, W, 4)
        uint8, bool, or floats; floats with colour are clipped to [0, 1].
    title : str, optional
    cmap : str
        For images of one channel.
    limits : (float, float), optional
        The values drawn as the first and the last colour of `cmap`. By default (0, 255) for uint8, (0, 1)
        for booleans and for floats that lie in [0, 1], else the least and the greatest value.

    Returns
    -------
    matplotlib.image.AxesImage
    """
    image = _as_image(image)
    if image.ndim == 3:
        artist = ax.imshow(np.clip(image, 0, 1) if image.dtype.kind == "f" else image)
    else:
        low, high = _limits([image]) if limits is None else limits
        artist = ax.imshow(image, cmap=cmap, vmin=low, vmax=high)
    _bare(ax, title)
    return artist


def image_grid(images, titles=None, columns=None, *, width=None, cmap="gray", limits=None):
    """A figure with images in rows and columns, all in one range of grey values so that they can be compared.

    Parameters
    ----------
    images : sequence of arrays, or an array (n, H, W) or (n, H, W, C)
        As for `draw_image`. An array (H, W, 3) would be read as H images: wrap a single image in a list.
    titles : sequence of str, optional
    columns : int, optional
        By default all in one row up to six images, else as near to a square as possible.
    width : float, optional
        Inches, at most 7. By default 1.6 inches an image.
    cmap, limits
        As for `draw_image`; the default limits are common to all images.

    Returns
    -------
    matplotlib.figure.Figure
    """
    images = [_as_image(image) for image in images]
    if not images:
        raise ValueError("images must hold at least one image")
    if titles is not None and len(titles) != len(images):
        raise ValueError(f"titles must hold one title for each of the {len(images)} images, not {len(titles)}")
    if columns is None:
        columns = len(images) if len(images) <= 6 else int(np.ceil(np.sqrt(len(images))))
    rows = -(-len(images) // columns)
    width = min(MAX_WIDTH, 1.6 * columns) if width is None else width
    _check_width(width)
    shape = max(image.shape[0] / image.shape[1] for image in images)
    lines = max((title.count("\n") + 1 for title in titles or [] if title), default=0)
    height = rows * (width / columns * shape + 0.2 * lines + 0.05)
    fig = Figure(figsize=(width, height))
    axes = fig.subplots(rows, columns, squeeze=False)
    grey = [image for image in images if image.ndim == 2]
    limits = _limits(grey) if limits is None and grey else limits
    for index, ax in enumerate(axes.ravel()):
        if index < len(images):
            draw_image(ax, images[index], titles[index] if titles else None, cmap=cmap, limits=limits)
        else:
            ax.set_axis_off()
    return fig


def draw_array(ax, array, title=None, *, highlight=None, cmap=None, limits=None, fmt=None, fontsize=10):
    """Draw a small array as cells with their numbers: kernels, signals, images of a few pixels.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    array : array, (n,) or (rows, columns)
        At most 24 cells a side. A 1-D array is drawn as one row.
    title : str, optional
    highlight : boolean array of the array's shape, or an index such as `(slice(0, 3), slice(1, 4))`
        The cells to put a frame around.
    cmap : str, optional
        By default blue to red with white at 0 where there are negative numbers, else white to grey.
    limits : (float, float), optional
        The values drawn as the first and the last colour.
    fmt : str, optional
        Format of a number, such as ".2f". By default whole numbers as such and others with two digits.
    fontsize : float
        Points.
    """
    array = np.asarray(array)
    if array.ndim not in (1, 2) or array.size == 0 or max(array.shape) > 24:
        raise ValueError(f"array must have one or two axes of 1 to 24 cells, not the shape {array.shape}")
    cells = np.atleast_2d(array).astype(float)
    top = max(np.abs(cells[np.isfinite(cells)]).max(initial=0), 1e-300)
    if cmap is None:
        cmap, default = ("RdBu_r", (-1.6 * top, 1.6 * top)) if (cells < 0).any() else ("Greys", (0, 2.2 * top))
    else:
        default = (cells.min(), cells.max())
    low, high = default if limits is None else limits
    artist = ax.imshow(cells, cmap=cmap, vmin=low, vmax=high)
    ax.set_aspect("equal")
    for (row, column), value in np.ndenumerate(cells):
        red, green, blue, _ = artist.to_rgba(value)
        dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.5
        text = number_text(value, fmt)
        ax.text(column, row, text, ha="center", va="center", fontsize=fontsize, color="white" if dark else "black")
    rows, columns = cells.shape
    ax.hlines(np.arange(rows + 1) - 0.5, -0.5, columns - 0.5, color="0.6", linewidth=0.6, clip_on=False)
    ax.vlines(np.arange(columns + 1) - 0.5, -0.5, rows - 0.5, color="0.6", linewidth=0.6, clip_on=False)
    if highlight is not None:
        _frame(ax, np.atleast_2d(_mask_of(array, highlight)))
    _bare(ax, title)


def overlay_mask(image, mask, alpha=0.5, colors=CLASS_COLORS):
    """Lay the colours of a mask over an image; the background, 0, leaves the image as it is.

    Parameters
    ----------
    image : array, (H, W), (H, W, 1) or (H, W, 3), uint8 or floats in [0, 1]
    mask : array, (H, W), bool or int
        Class ids or instance labels, 0 for the background. Labels above the palette's last start again at 1.
    alpha : float in [0, 1]
        Opacity of the colours.
    colors : array, (n, 3), n > 1
        Row k is the colour of class k. By default `CLASS_COLORS`.

    Returns
    -------
    array, (H, W, 3), float64 in [0, 1]
        (1 - alpha) * image + alpha * colour where the mask is not 0.
    """
    image = _as_image(image)
    mask = np.asarray(mask)
    if mask.dtype.kind not in "bui":
        raise TypeError(f"mask must hold booleans or integers, not {mask.dtype}")
    if mask.shape != image.shape[:2]:
        raise ValueError(f"mask must have the image's shape {image.shape[:2]}, not {mask.shape}")
    if (mask < 0).any():
        raise ValueError(f"mask must hold ids from 0 on, but its least is {mask.min()}")
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha must lie in [0, 1], not {alpha!r}")
    rgb = image / 255 if image.dtype == np.uint8 else image.astype(float)
    rgb = np.repeat(rgb[..., None], 3, axis=2) if rgb.ndim == 2 else rgb[..., :3].copy()
    ids = mask.astype(np.int64)
    colored = np.asarray(colors)[np.where(ids > 0, (ids - 1) % (len(colors) - 1) + 1, 0)]
    inside = ids > 0
    rgb[inside] = (1 - alpha) * rgb[inside] + alpha * colored[inside]
    return np.clip(rgb, 0, 1)


def draw_line(ax, angle, distance, *, color=HIGHLIGHT, linewidth=1.5, **style):
    """Draw the straight line x cos(angle) + y sin(angle) = distance, as far as the axes reach.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Its limits stay as they are: draw the image first.
    angle : float
        Direction of the line's normal, in radians, from the x axis towards the y axis: with y pointing down, as over an
        image, that is clockwise.
    distance : float
        From the origin, the centre of an image's first pixel, along the normal; negative for the other way.
    color, linewidth, **style
        As for `matplotlib.axes.Axes.plot`.

    Returns
    -------
    matplotlib.lines.AxLine
    """
    limits = ax.get_xlim(), ax.get_ylim()
    foot, along = distance * np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    line = ax.axline(foot, foot + along, color=color, linewidth=linewidth, **style)
    ax.set(xlim=limits[0], ylim=limits[1])
    return line


def class_colormap(n=8):
    """A colormap with the course's colour of class k at k, for `imshow(mask, cmap=..., vmin=0, vmax=n - 1)`.

    Parameters
    ----------
    n : int
        Number of classes with the background, 1 to 8.
    """
    if not 1 <= n <= len(CLASS_COLORS):
        raise ValueError(f"n must lie between 1 and {len(CLASS_COLORS)} classes, not {n!r}")
    return ListedColormap(CLASS_COLORS[:n])


def draw_classes(ax, mask, names, title=None, *, legend=True):
    """Draw a mask of class ids in the course's colours, with a legend of the classes' names.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    mask : int array, (H, W)
        Ids from 0 to len(names) - 1.
    names : sequence of str
        `names[k]` is the name of class k.
    title : str, optional
    legend : bool
    """
    mask = np.asarray(mask)
    if mask.min() < 0 or mask.max() >= len(names):
        raise ValueError(
            f"mask must hold ids 0 to {len(names) - 1}, one for each name, not {mask.min()} to {mask.max()}"
        )
    ax.imshow(mask, cmap=class_colormap(len(names)), vmin=-0.5, vmax=len(names) - 0.5)
    _bare(ax, title)
    if legend:
        patches = [Patch(color=CLASS_COLORS[k], label=name) for k, name in enumerate(names)]
        ax.legend(handles=patches, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _as_image(image):
    image = np.asarray(image)
    if image.ndim == 3 and image.shape[2] == 1:
        image = image[..., 0]
    if not (image.ndim == 2 or (image.ndim == 3 and image.shape[2] in (3, 4))) or image.size == 0:
        raise ValueError(f"an image must have the shape (H, W), (H, W, 1), (H, W, 3) or (H, W, 4), not {image.shape}")
    return image.astype(float) if image.dtype.kind == "f" else image


def _limits(images):
    if all(image.dtype == np.uint8 for image in images):
        return 0, 255
    low, high = min(image.min() for image in images), max(image.max() for image in images)
    whole = all(image.dtype.kind in "ui" for image in images)
    return (0, 1) if low >= 0 and high <= 1 and not whole else (low, high)


def _check_width(width):
    if not 0 < width <= MAX_WIDTH:
        raise ValueError(f"width must be above 0 and at most {MAX_WIDTH:g} inches, not {width!r}")


def _bare(ax, title):
    ax.set_xticks([])
    ax.set_yticks([])
    if title:
        ax.set_title(title)
    for spine in ax.spines.values():
        spine.set_visible(False)


def number_text(value, fmt=None):
    """Write a number as the chapters do: whole ones as such, others with two digits, or as `fmt` says."""
    if fmt is not None:
        return format(value, fmt)
    return f"{value + 0.0:.0f}" if np.isfinite(value) and value == round(value) else f"{value:.2f}"


def _mask_of(array, highlight):
    mask = np.zeros(array.shape, dtype=bool)
    mask[highlight] = True
    return mask


def _frame(ax, mask):
    """Draw the outline of the true cells: an edge wherever a cell differs from its neighbour."""
    padded = np.pad(mask, 1)
    lines = [[(c - 1.5, r - 0.5), (c - 0.5, r - 0.5)] for r, c in np.argwhere(padded[1:] != padded[:-1])]
    lines += [[(c - 0.5, r - 1.5), (c - 0.5, r - 0.5)] for r, c in np.argwhere(padded[:, 1:] != padded[:, :-1])]
    ax.add_collection(
        LineCollection(lines, colors=HIGHLIGHT, linewidths=2.5, capstyle="round", clip_on=False, zorder=3)
    )
