"""The translator's two networks: how far a logit sees, computed and measured; how many logits; sizes; errors."""

import numpy as np
import pytest
from keras import ops

from course_lib import backend
from course_lib.classical import arithmetic
from course_lib.models.translation import patch_discriminator, pix2pix_generator
from course_lib.models.unet import unet

PAPER = {16: (2, 1, 1), 34: (2, 2, 1, 1), 70: (2, 2, 2, 1, 1)}


def numbers(tensor):
    return np.asarray(ops.convert_to_numpy(tensor))


def field(strides):
    """Pixels that one logit sees, by the recursion of chapter 02."""
    return arithmetic.receptive_field([(4, stride) for stride in strides])[-1][0]


def test_the_fields_of_the_paper():
    assert {pixels: field(strides) for pixels, strides in PAPER.items()} == {16: 16, 34: 34, 70: 70}
    assert field((2, 2, 1)) == 22


def seen(strides, padding, size):
    """The rows of the image that the middle logit depends on, by its gradient: kernels and weights all positive."""
    model = patch_discriminator(1, (1,) * (len(strides) - 1), strides, padding=padding)
    model.set_weights([np.ones_like(w) if w.ndim == 4 else w for w in model.get_weights()])
    image = np.ones((1, size, size, 1), "float32")
    middle = model.compute_output_shape(image.shape)[1] // 2
    slope = numbers(backend.value_and_grad(lambda x: model(x)[0, middle, middle, 0])(ops.convert_to_tensor(image))[1])
    return np.flatnonzero(slope[0, ..., 0].any(axis=1))


@pytest.mark.parametrize("padding", ["same", 1])
@pytest.mark.parametrize(("strides", "size"), [((2, 2, 1), 64), ((2, 1, 1), 48), ((2, 2, 1, 1), 96), (PAPER[70], 160)])
def test_a_logit_sees_what_the_formula_says(strides, size, padding):
    rows = seen(strides, padding, size)
    assert len(rows) == field(strides)
    assert rows[0] > 0 and rows[-1] < size - 1  # nothing is cut off by the border
    np.testing.assert_array_equal(np.diff(rows), 1)


def test_the_papers_discriminator_gives_30_by_30_logits():
    model = patch_discriminator(6, (2, 2, 2, 2), PAPER[70], padding=1)
    assert model.compute_output_shape((1, 256, 256, 6)) == (1, 30, 30, 1)
    assert patch_discriminator().compute_output_shape((2, 64, 64, 2)) == (2, 16, 16, 1)
    assert patch_discriminator(padding=1).compute_output_shape((2, 64, 64, 2)) == (2, 15, 15, 1)


def test_a_discriminator_sees_the_condition_and_any_size():
    model = patch_discriminator()
    rng = np.random.default_rng(0)
    pair = rng.normal(size=(1, 20, 28, 2)).astype("float32")
    logits = numbers(model(pair))
    assert logits.shape == (1, 5, 7, 1)
    pair[..., 0] = 0
    assert np.abs(numbers(model(pair)) - logits).max() > 1e-3
    assert model.count_params() == 4 * 4 * 2 * 24 + 24 + 4 * 4 * 24 * 48 + 48 + 4 * 4 * 48 + 1
    assert patch_discriminator(3, (), (1,)).compute_output_shape((1, 8, 8, 3)) == (1, 8, 8, 1)


def test_the_generator_is_the_unet_of_chapter_08():
    generator, known = pix2pix_generator(2, 1, 3, width=4, depth=2), unet(3, 4, 2, channels=3)
    assert [w.path for w in generator.weights] == [w.path for w in known.weights]
    known.set_weights(generator.get_weights())
    inputs = np.random.default_rng(1).normal(size=(1, 9, 13, 3)).astype("float32")
    np.testing.assert_array_equal(numbers(generator(inputs)), numbers(known(inputs)))
    assert generator(inputs).shape == (1, 9, 13, 3)
    assert pix2pix_generator(noise_channels=0).input_shape[-1] == 1


def test_noise_reaches_the_image():
    generator = pix2pix_generator(width=4, depth=2)
    one, two = np.random.default_rng(2).normal(size=(2, 1, 16, 16, 2)).astype("float32")
    one[..., 0] = two[..., 0] = 1
    assert np.abs(numbers(generator(one)) - numbers(generator(two))).max() > 1e-4


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: pix2pix_generator(0), ValueError, "condition_channels must be at least 1"),
        (lambda: pix2pix_generator(noise_channels=-1), ValueError, "noise_channels must be at least 0"),
        (lambda: pix2pix_generator(image_channels=1.5), TypeError, "image_channels must be a whole number"),
        (lambda: patch_discriminator(0), ValueError, "channels must be at least 1"),
        (lambda: patch_discriminator(widths=(8,)), ValueError, "strides must be one more than widths, got 3 strides"),
        (lambda: patch_discriminator(strides=(2, 0, 1)), ValueError, r"strides must be at least 1, got 0"),
        (lambda: patch_discriminator(padding="valid"), TypeError, "padding must be a whole number"),
    ],
)  # fmt: skip
def test_errors_name_the_argument(call, error, words):
    with pytest.raises(error, match=words):
        call()
