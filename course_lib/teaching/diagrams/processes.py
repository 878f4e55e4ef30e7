"""What flows where in a VAE, in the game of a GAN, and in diffusion."""

import numpy as np

from course_lib.teaching.diagrams._drawing import (
    GREY,
    LINE,
    MARGIN,
    NORMAL,
    Drawing,
    Label,
    Line,
    Picture,
    paint,
    text_size,
)
from course_lib.teaching.diagrams.flow import flow_layout
from course_lib.teaching.figures import LINE_COLORS, MAX_WIDTH

# --- a VAE ------------------------------------------------------------------------------------------------------------


def draw_vae(vae=None):
    """Draw a variational autoencoder: encoder, sampler with noise, decoder, and the two terms of its loss.

    Parameters
    ----------
    vae : model with `encoder` and `decoder`, optional
        Shapes are read from it and written into the picture.

    Returns
    -------
    matplotlib.figure.Figure
        At most 7 inches wide; show it with `show(fig, alt=...)`.

    Raises
    ------
    TypeError
        `vae` has no encoder or no decoder.
    """
    return paint(flow_layout(*vae_flow(vae)))


def vae_flow(vae=None):
    """Boxes and arrows of `draw_vae`, for `draw_flow`; change them to draw a variant.

    Parameters
    ----------
    vae : model with `encoder` and `decoder`, optional

    Returns
    -------
    (dict, list)
    """
    image = latent = result = ""
    if vae is not None:
        for name in ("encoder", "decoder"):
            if not hasattr(vae, name):
                raise TypeError(f"vae must have an encoder and a decoder, got {type(vae).__name__} without {name}")
        image, latent = _shape_line(vae.encoder.inputs[0]), _shape_line(vae.decoder.inputs[0])
        result = _shape_line(vae.decoder.outputs[0])
    boxes = {
        "x": (0, 0, f"x{image}"),
        "encoder": (1, 0, "encoder", "network"),
        "code": (2, 0, f"μ, log σ²{latent}"),
        "noise": (3, -1, "ε ~ N(0, 1)", "random"),
        "sampler": (3, 0, "z = μ + σ ε", "random"),
        "decoder": (4, 0, "decoder", "network"),
        "result": (5, 0, f"x̂{result}"),
        "kl": (2, 1, "divergence of\nq(z | x) from\nN(0, 1)", "loss"),
        "reconstruction": (5, 2, "reconstruction\n−log p(x | z)", "loss"),
    }
    arrows = [("x", "encoder"), ("encoder", "code"), ("code", "sampler"), ("noise", "sampler"), ("sampler", "decoder"),
              ("decoder", "result"), ("code", "kl"), ("result", "reconstruction"),
              ("x", "reconstruction", "compared with the image itself")]  # fmt: skip
    return boxes, arrows


def _shape_line(tensor):
    return "\n" + " × ".join("?" if side is None else str(side) for side in tensor.shape[1:])


# --- a GAN ------------------------------------------------------------------------------------------------------------


def draw_gan(step=None, generator=None, discriminator=None):
    """Draw the two steps of a GAN's training: what flows forwards, and how far each gradient runs back.

    In the discriminator's step the fake samples are cut off from the generator (`stop_gradient`); in the
    generator's step the gradient runs through the discriminator, whose weights are held still.

    Parameters
    ----------
    step : {None, "discriminator", "generator"}
        Which step to draw; None draws both, one above the other.
    generator, discriminator : models, optional
        Shapes of noise and samples are read from them and written into the picture.

    Returns
    -------
    matplotlib.figure.Figure
        At most 7 inches wide; show it with `show(fig, alt=...)`.

    Raises
    ------
    ValueError
        For another step, or a discriminator that does not take what the generator makes.
    """
    return paint(flow_layout(*gan_flow(step, generator, discriminator)))


def gan_flow(step=None, generator=None, discriminator=None):
    """Boxes and arrows of `draw_gan`, for `draw_flow`.

    Parameters
    ----------
    step, generator, discriminator
        As for `draw_gan`.

    Returns
    -------
    (dict, list)
    """
    if step not in (None, "discriminator", "generator"):
        raise ValueError(f'step must be "discriminator", "generator" or None for both, got {step!r}')
    noise = _shape_line(generator.inputs[0]) if generator is not None else ""
    samples = [_shape_line(model) for model in
               ([generator.outputs[0]] if generator is not None else [])
               + ([discriminator.inputs[0]] if discriminator is not None else [])]  # fmt: skip
    if len(set(samples)) > 1:
        raise ValueError(
            f"discriminator must take what generator makes,{samples[0].replace(chr(10), ' ')}, "
            f"not{samples[1].replace(chr(10), ' ')}"
        )
    sample = samples[0] if samples else ""
    boxes, arrows = {}, []
    if step != "generator":
        boxes |= {
            "z": (0, 0, f"noise z{noise}", "random"),
            "G": (1, 0, "generator G\nheld still", "fixed"),
            "fake": (2, 0, f"fake{sample}"),
            "D": (3, 0, "discriminator\nD learns", "network"),
            "logit": (4, 0, "logits"),
            "loss D": (5, 0, "loss of D", "loss"),
            "real": (2, 1, f"real{sample}"),
        }
        arrows += [("z", "G"), ("G", "fake"), ("fake", "D", "stop\ngradient"), ("real", "D"), ("D", "logit"),
                   ("logit", "loss D"), ("loss D", "logit", "", "gradient"),
                   ("logit", "D", "", "gradient")]  # fmt: skip
    if step != "discriminator":
        boxes |= {
            "z ": (0, 3, f"noise z{noise}", "random"),
            "G ": (1, 3, "generator G\nlearns", "network"),
            "fake ": (2, 3, f"fake{sample}"),
            "D ": (3, 3, "discriminator\nD held still", "fixed"),
            "logit ": (4, 3, "logits"),
            "loss G": (5, 3, "loss of G", "loss"),
        }
        path = ["z ", "G ", "fake ", "D ", "logit ", "loss G"]
        arrows += list(zip(path, path[1:], strict=False))
        back = path[:0:-1]
        arrows += [(a, b, "", "gradient") for a, b in zip(back, back[1:], strict=False)]
    return boxes, arrows


# --- diffusion --------------------------------------------------------------------------------------------------------


def draw_diffusion(images, labels=None):
    """Draw the forward and the backward process of diffusion: noise added to the right, taken away to the left.

    Parameters
    ----------
    images : sequence of arrays (H, W) or (H, W, 3), or an array (n, H, W) or (n, H, W, C)
        From the clean image to noise, 2 to 8 of them. All are drawn with one range of grey values, the first image's;
        colours are cut to [0, 1].
    labels : sequence of str, optional
        One below each image. By default x₀, x₁, ..., the last x_T.

    Returns
    -------
    matplotlib.figure.Figure
        At most 7 inches wide; show it with `show(fig, alt=...)`.

    Raises
    ------
    ValueError
        There are too few or too many images, their shapes differ, or there is not one label for each.
    """
    return paint(diffusion_layout(images, labels))


def diffusion_layout(images, labels=None):
    """Lay out what `draw_diffusion` draws.

    Parameters
    ----------
    images, labels
        As for `draw_diffusion`.

    Returns
    -------
    Drawing
    """
    images = [np.asarray(image, dtype=float) for image in images]
    if not 2 <= len(images) <= 8:
        raise ValueError(f"images must hold 2 to 8 images, got {len(images)}")
    if len({image.shape for image in images}) > 1:
        raise ValueError(f"images must all have one shape, got {[image.shape for image in images]}")
    images = [image[..., 0] if image.ndim == 3 and image.shape[2] == 1 else image for image in images]
    if images[0].ndim != 2 and images[0].shape[2:] != (3,):
        raise ValueError(f"images must have the shape (H, W), (H, W, 1) or (H, W, 3), got {images[0].shape}")
    if labels is None:
        labels = [f"$x_{{{i}}}$" for i in range(len(images) - 1)] + ["$x_T$"]
    if len(labels) != len(images):
        raise ValueError(f"labels must hold one text for each of the {len(images)} images, got {len(labels)}")
    if images[0].ndim == 3:
        images = [np.clip(image, 0, 1) for image in images]
    n, line = len(images), LINE * NORMAL / 72
    gap = 0.42 if n <= 6 else 0.34
    width = min((MAX_WIDTH - 2 * MARGIN - gap * (n - 1)) / n, 1.1)
    height = width * images[0].shape[0] / images[0].shape[1]
    low, high = images[0].min(), max(images[0].max(), images[0].min() + 1e-9)
    middle = MARGIN + 2 * line + 0.06 + height / 2
    forward, backward = "forward: add a little noise →", "← backward: the network takes a little noise away"
    row = n * width + gap * (n - 1)
    drawing = Drawing(width=2 * MARGIN + max(row, text_size(backward)[0]))
    drawing.height = middle + height / 2 + line + 0.1 + MARGIN
    for i, (image, label) in enumerate(zip(images, labels, strict=True)):
        x = (drawing.width - row + width) / 2 + i * (width + gap)
        drawing.pictures.append(Picture(x, middle, width, height, image, (float(low), float(high))))
        drawing.labels.append(Label(x, middle - height / 2 - 0.03, label, va="top"))
        if i:
            left, right = x - width / 2 - gap + 0.04, x - width / 2 - 0.04
            drawing.lines.append(Line(((left, middle + 0.1), (right, middle + 0.1)), kind="forward"))
            drawing.lines.append(
                Line(((right, middle - 0.1), (left, middle - 0.1)), LINE_COLORS[0], style="dashed", kind="backward")
            )
    center = drawing.width / 2
    drawing.labels.append(Label(center, drawing.height - MARGIN, forward, va="top", color=GREY))
    drawing.labels.append(Label(center, MARGIN, backward, va="bottom", color=LINE_COLORS[0]))
    return drawing
