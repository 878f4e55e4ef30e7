"""What the chapters teach with: pictures with words, checked equations, exercises that explain mistakes.

A chapter begins with `from course_lib.teaching import image_grid, panels, show, verify` and
`from course_lib.exercises import ch02 as ex`.
"""

from course_lib.teaching.diagrams import (
    draw_channels,
    draw_dense_and_local,
    draw_diffusion,
    draw_flow,
    draw_gan,
    draw_network,
    draw_padding_stride,
    draw_receptive_field,
    draw_vae,
    draw_windows,
)
from course_lib.teaching.display import explore, show, show_animation
from course_lib.teaching.figures import (
    CLASS_COLORS,
    LINE_COLORS,
    class_colormap,
    draw_array,
    draw_classes,
    draw_image,
    draw_line,
    image_grid,
    overlay_mask,
    panels,
)
from course_lib.teaching.verify import VerificationError, verify

__all__ = [
    "CLASS_COLORS",
    "LINE_COLORS",
    "VerificationError",
    "class_colormap",
    "draw_array",
    "draw_channels",
    "draw_classes",
    "draw_dense_and_local",
    "draw_diffusion",
    "draw_flow",
    "draw_gan",
    "draw_image",
    "draw_line",
    "draw_network",
    "draw_padding_stride",
    "draw_receptive_field",
    "draw_vae",
    "draw_windows",
    "explore",
    "image_grid",
    "overlay_mask",
    "panels",
    "show",
    "show_animation",
    "verify",
]
