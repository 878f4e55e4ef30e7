import keras
import numpy as np
import pytest

from course_lib.models.fcn import fcn
from course_lib.models.sizes import CropLike, DoubleBilinear, PadToMultiple
from course_lib.models.unet import unet

numpy = keras.ops.convert_to_numpy


@pytest.mark.parametrize("shape", [(1, 1), (8, 8), (7, 9), (16, 3)])
def test_padding_repeats_the_last_row_and_column(shape):
    x = np.random.default_rng(0).normal(size=(2, *shape, 3)).astype("float32")
    sides = [(0, -side % 8) for side in shape]
    np.testing.assert_array_equal(numpy(PadToMultiple(8)(x)), np.pad(x, [(0, 0), *sides, (0, 0)], mode="edge"))


def test_cropping_undoes_padding():
    x = np.random.default_rng(0).normal(size=(2, 13, 6, 3)).astype("float32")
    np.testing.assert_array_equal(numpy(CropLike()(PadToMultiple(8)(x), x)), x)


@pytest.mark.parametrize(
    ("multiple", "error"), [(0, ValueError), (-2, ValueError), (2.0, TypeError), (True, TypeError)]
)
def test_a_multiple_that_is_none_is_refused(multiple, error):
    with pytest.raises(error, match="multiple must be (a whole number|at least 1)"):
        PadToMultiple(multiple)


def test_one_image_without_its_batch_axis_is_refused_and_not_taken_for_many():
    """Keras adds a channel to what lacks one: an image (H, W, 1) would be H images of W x 1 pixels."""
    image = np.zeros((12, 10, 1), "float32")
    for build in (lambda: unet(1, 2, 1), lambda: fcn(1, stride=2, width=2, depth=1)):
        for predict in (keras.Model.predict, keras.Model.__call__, keras.Model.predict_on_batch):
            with pytest.raises(ValueError, match=r"images must be \(N, H, W, C\).*Give image\[None\]"):
                predict(build(), image)
        model = build()
        assert model.predict(image[None], verbose=0).shape == (1, 12, 10, 1)
        assert model(image[None, :, :, 0]).shape == (1, 12, 10, 1)  # Keras adds the only channel


def test_an_image_one_pixel_wide_is_taken():
    image = np.random.default_rng(0).random((1, 20, 1, 1)).astype("float32")
    padded = numpy(PadToMultiple(8)(image))
    np.testing.assert_array_equal(padded, np.pad(image, [(0, 0), (0, 4), (0, 7), (0, 0)], mode="edge"))
    model = unet(1, 2, 1)
    assert model(image).shape == model.predict(image, verbose=0).shape == image.shape
    assert model(image.swapaxes(1, 2).repeat(3, axis=0)).shape == (3, 1, 20, 1)


def test_doubling_interpolates_between_the_middles_of_pixels():
    x = np.random.default_rng(0).normal(size=(2, 5, 7, 3)).astype("float32")
    at = [np.clip((np.arange(2 * n) + 0.5) / 2 - 0.5, 0, n - 1) for n in x.shape[1:3]]
    rows = np.apply_along_axis(lambda v: np.interp(at[0], np.arange(5), v), 1, x)
    expected = np.apply_along_axis(lambda v: np.interp(at[1], np.arange(7), v), 2, rows)
    np.testing.assert_allclose(numpy(DoubleBilinear()(x)), expected, atol=1e-6)
    keras_layer = keras.layers.UpSampling2D(2, interpolation="bilinear")
    np.testing.assert_allclose(numpy(keras_layer(x)), expected, atol=1e-6)


@pytest.mark.parametrize("layer", [PadToMultiple(4), DoubleBilinear()])
def test_shapes_are_known_before_the_first_image(layer):
    for sides in ((6, 9), (None, 9)):
        known = layer.compute_output_shape((2, *sides, 3))
        real = layer(np.zeros((2, 6, 9, 3), "float32")).shape
        assert [a for a, s in zip(known[1:3], sides, strict=True) if s] == [
            b for b, s in zip(real[1:3], sides, strict=True) if s
        ]
