"""The comparison of pictures: blind to rounding, and to nothing that a reader would see."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from course_lib.teaching import draw_array, image_grid, panels
from course_lib.teaching.display import figure_png
from course_lib.teaching.notebooks.pictures import difference, frames, of_outputs, outputs_differ


def curves(amplitude=1.0, names=("sine", "cosine"), linewidth=1.5, label="time (s)", width=6.0):
    fig, ax = panels(width=width, height=3)
    x = np.linspace(0, 6, 200)
    ax.plot(x, amplitude * np.sin(x), label=names[0], linewidth=linewidth)
    ax.plot(x, np.cos(x), label=names[1] if len(names) > 1 else None)
    ax.set_xlabel(label)
    ax.set_ylim(-1.2, 1.2)
    ax.legend(loc="upper right")
    return fig


def heat(cmap="viridis", noise=0.0):
    rng = np.random.default_rng(3)
    image = np.add.outer(np.sin(np.arange(64) / 9), np.cos(np.arange(64) / 7))
    return image_grid([image + noise * rng.standard_normal(image.shape)], ["field"], width=3, cmap=cmap, limits=(-2, 2))


def kernel(middle=4):
    fig, ax = panels(width=3)
    draw_array(ax, [[0, -1, 0], [-1, middle, -1], [0, -1, 0]])
    return fig


def encoded(pixels):
    buffer = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(buffer, format="PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("draw", [curves, heat, kernel])
def test_the_same_drawing_is_the_same_picture(draw):
    first, second = figure_png(draw()), figure_png(draw())
    assert first == second
    assert difference(first, second) is None
    assert difference(base64.b64encode(first).decode(), second) is None


@pytest.mark.parametrize("draw", [curves, heat, kernel])
def test_one_grey_level_of_noise_is_no_difference(draw):
    png = figure_png(draw())
    pixels = frames(png)[0]
    noise = np.random.default_rng(0).integers(-1, 2, pixels.shape)
    noisy = np.clip(pixels + noise, 0, 255)
    assert (noisy != pixels).mean() > 0.3
    assert difference(png, encoded(noisy)) is None


def test_rounding_of_the_data_is_no_difference():
    assert difference(figure_png(heat()), figure_png(heat(noise=1e-12))) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (curves(), curves(amplitude=1.02)),
        (curves(), curves(amplitude=0.99)),
        (curves(), curves(names=("sine",))),
        (curves(), curves(names=("sine", "cosinus"))),
        (curves(), curves(linewidth=1.8)),
        (curves(), curves(label="time (h)")),
        (heat(), heat(cmap="cividis")),
        (heat(), heat(cmap="plasma")),
        (heat(), heat(noise=0.3)),
        (kernel(), kernel(middle=5)),
        (kernel(), kernel(middle=-4)),
    ],
)
def test_what_a_reader_would_see_is_a_difference(before, after):
    text = difference(figure_png(before), figure_png(after))
    assert text is not None
    assert "grey levels" in text


def test_a_slightly_darker_picture_is_a_difference():
    pixels = np.full((50, 80, 3), 128)
    assert difference(encoded(pixels), encoded(pixels + 1)) is None
    assert "2.0 grey levels on average" in difference(encoded(pixels), encoded(pixels + 2))


def test_the_place_of_the_difference_is_told():
    pixels = np.full((50, 80, 3), 255)
    changed = pixels.copy()
    changed[10:14, 20:25] = 0
    text = difference(encoded(pixels), encoded(changed))
    assert text.startswith("20 of 4000 pixels differ")
    assert text.endswith("rows 10–13, columns 20–24")


def animation(*shades):
    images = [Image.fromarray(np.full((20, 20, 3), shade, np.uint8)) for shade in shades]
    buffer = io.BytesIO()
    images[0].save(buffer, format="PNG", save_all=True, append_images=images[1:], duration=100)
    return buffer.getvalue()


def test_another_size_or_number_of_frames_is_a_difference():
    assert "600×300 pixels are stored" in difference(figure_png(curves()), figure_png(curves(width=5)))
    assert len(frames(animation(0, 40, 80, 120))) == 4
    text = difference(animation(0, 40, 80, 120), animation(0, 40, 80))
    assert text == "4 frames are stored, the fresh picture has 3"


def test_a_difference_in_a_later_frame_is_found():
    assert difference(animation(0, 100, 200), animation(0, 100, 200)) is None
    assert difference(animation(0, 100, 200), animation(0, 100, 255)).startswith("frame 2: ")


def output(png, alt="A sine and a cosine over one period"):
    return {
        "output_type": "display_data",
        "data": {"image/png": base64.b64encode(png).decode() + "\n", "text/plain": alt},
        "metadata": {"image/png": {"alt": alt}},
    }


def test_outputs_are_compared_picture_by_picture_with_their_words():
    one, other = figure_png(curves()), figure_png(curves(amplitude=0.9))
    text = {"output_type": "stream", "name": "stdout", "text": "hello"}
    assert outputs_differ([output(one), text], [text, output(one)]) is None
    assert "pixels differ" in outputs_differ([output(one)], [output(other)])
    assert outputs_differ([output(one), output(one)], [output(one), output(other)]).startswith("picture 2: ")
    assert "2 pictures are stored" in outputs_differ([output(one), output(one)], [output(one)])
    assert "0 pictures are stored" in outputs_differ([text], [output(one)])
    assert "alternative text" in outputs_differ([output(one)], [output(one, "Something else is to be seen here")])


def test_pictures_are_found_among_the_outputs():
    png = figure_png(curves())
    ((found, alt),) = of_outputs([output(png, "The words"), {"output_type": "stream", "text": "x"}])
    assert base64.b64decode(found) == png
    assert alt == "The words"
