"""Diagrams drawn from the model or the numbers themselves, so that a picture cannot disagree with the code.

Every `draw_...` returns a figure for `show(fig, alt=...)`. Nothing here imports Keras: a model is asked for its layers.
"""

from course_lib.teaching.diagrams.convolutions import draw_channels, draw_dense_and_local, draw_receptive_field
from course_lib.teaching.diagrams.flow import draw_flow
from course_lib.teaching.diagrams.network import draw_network
from course_lib.teaching.diagrams.processes import draw_diffusion, draw_gan, draw_vae, gan_flow, vae_flow
from course_lib.teaching.diagrams.windows import draw_padding_stride, draw_windows

__all__ = [
    "draw_channels",
    "draw_dense_and_local",
    "draw_diffusion",
    "draw_flow",
    "draw_gan",
    "draw_network",
    "draw_padding_stride",
    "draw_receptive_field",
    "draw_vae",
    "draw_windows",
    "gan_flow",
    "vae_flow",
]
