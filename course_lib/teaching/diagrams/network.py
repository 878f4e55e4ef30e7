"""A network drawn from the model itself, so that the picture cannot disagree with the code."""

from course_lib.teaching.diagrams._blocks import Scale
from course_lib.teaching.diagrams._drawing import paint
from course_lib.teaching.diagrams._graph import read_network
from course_lib.teaching.diagrams._row_layout import row_layout
from course_lib.teaching.diagrams._u_layout import u_layout


def draw_network(model, size=None):
    """Draw a network as blocks: the higher, the more pixels; the wider, the more channels.

    Shapes, layers and bridges are read from the model. Layers that keep the shape, such as a normalization and an
    activation, belong to the block that they work on. A network that makes its images smaller and then larger again
    is drawn as a U, one row for each size, channels written above the blocks; where a concatenation joins two
    tensors, what came over the bridge and what came from below have two colours. Any other network is drawn
    as a row; vectors are thin bars.

    Parameters
    ----------
    model : keras.Model
        Functional or Sequential, built. Of a model with parts, such as a VAE, draw the parts.
    size : int or (int, int), optional
        Height and width of the images in pixels: needed, and allowed, where the model leaves them open.

    Returns
    -------
    matplotlib.figure.Figure
        At most 7 inches wide; show it with `show(fig, alt=...)`.

    Raises
    ------
    TypeError
        `model` has no graph of layers.
    ValueError
        `size` is missing or not allowed, or the network is a U too wide for a page.

    Notes
    -----
    Sides of blocks grow with the square root of pixels and channels, so that small ones can be seen beside large ones.

    Examples
    --------
    >>> from course_lib.models.unet import unet
    >>> fig = draw_network(unet(classes=2, depth=3), size=64)
    """
    return paint(network_layout(read_network(model, size)))


def network_layout(network):
    """Lay out a network that `read_network` has read.

    Parameters
    ----------
    network : Network

    Returns
    -------
    Drawing
    """
    scale = Scale.of(network)
    heights = [block.size for block in network.blocks]
    lowest = heights.index(min(heights))
    returns = max(heights[:lowest], default=0) > min(heights) < max(heights[lowest + 1 :], default=0)
    if returns and all(block.is_image for block in network.blocks) and not network.branches:
        return u_layout(network, scale)
    return row_layout(network, scale)
