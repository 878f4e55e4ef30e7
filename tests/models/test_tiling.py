import keras
import numpy as np
import pytest

from course_lib.models.tiling import predict_symmetric, predict_tiled
from course_lib.models.unet import unet, unet_reach


def noise(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def image_of(shape):
    return noise(*shape)


@pytest.mark.parametrize("shape", [(96, 64, 1), (83, 71, 1), (40, 150, 1), (9, 7, 1)])
@pytest.mark.parametrize("upsampling", ["transposed", "bilinear"])
def test_tiles_with_the_reach_around_them_give_the_whole_image(shape, upsampling):
    model, image = unet(2, 2, 2, upsampling=upsampling), image_of(shape)
    whole = model.predict_on_batch(image[None])[0]
    tiled = predict_tiled(model.predict_on_batch, image, 16, unet_reach(2, upsampling), 4)
    np.testing.assert_allclose(tiled, whole, atol=1e-5)


def test_without_enough_around_them_they_do_not():
    model, image = unet(2, 2, 2, normalization=None), image_of((96, 96, 1))
    whole = model.predict_on_batch(image[None])[0]
    assert np.abs(predict_tiled(model.predict_on_batch, image, 16, 0, 4) - whole).max() > 0.01
    assert np.abs(predict_tiled(model.predict_on_batch, image, 16, 8, 4) - whole).max() > 1e-4


def test_off_the_grid_they_do_not():
    """Windows that begin at odd places give other pools: the multiple is not optional."""
    model, image = unet(2, 2, 2, normalization=None), image_of((96, 96, 1))
    whole = model.predict_on_batch(image[None])[0]
    assert np.abs(predict_tiled(model.predict_on_batch, image, 13, 31, 1) - whole).max() > 0.01


def test_windows_are_small_and_of_one_size():
    seen = []

    def predict(windows):
        seen.append(windows.shape)
        return windows

    image = np.arange(50 * 70).reshape(50, 70)
    np.testing.assert_array_equal(predict_tiled(predict, image, 8, 3, 4, batch_size=5)[..., 0], image)
    assert {shape[1:] for shape in seen} == {(16, 16, 1)}
    assert {shape[0] for shape in seen[:-1]} == {5}
    assert sum(shape[0] for shape in seen) == 7 * 9


def test_an_image_on_disk_is_read_piece_by_piece(tmp_path):
    image = np.lib.format.open_memmap(tmp_path / "image.npy", "w+", np.float32, (60, 44))
    image[:] = noise(60, 44)
    np.testing.assert_array_equal(predict_tiled(lambda x: 2 * x, image, 16, 4)[..., 0], 2 * np.asarray(image))


def test_a_predictor_without_channels_gives_an_image_without_channels():
    image = noise(37, 29)
    tiled = predict_tiled(lambda x: 2 * x[..., 0], image, 8, 2, 2)
    np.testing.assert_array_equal(tiled, 2 * image)
    mean = predict_symmetric(lambda x: x.sum(axis=-1), x := noise(2, 5, 6, 3))
    np.testing.assert_allclose(mean, x.sum(axis=-1), atol=1e-5)


@pytest.mark.parametrize(
    "predict", [lambda x: x[:, 0], lambda x: x[:1], lambda x: x[:, 1:], lambda x: x[..., None], lambda x: x.sum()]
)
def test_a_predictor_of_another_shape_is_named(predict):
    with pytest.raises(ValueError, match=r"predict must give \(N, h, w, K\) or \(N, h, w\) for images \(4, .* got the"):
        predict_tiled(predict, np.zeros((40, 30)), 8, 0)
    with pytest.raises(ValueError, match=r"predict must give \(N, h, w, K\) or"):
        predict_symmetric(predict, np.zeros((4, 8, 8, 1)))


@pytest.mark.parametrize("name", ["tile", "halo", "multiple", "batch_size"])
def test_numbers_that_are_not_whole_are_named(name):
    options = {"tile": 4, "halo": 0, "multiple": 2, "batch_size": 1}
    same = predict_tiled(lambda x: x, noise(9, 7), **{k: np.int32(v) for k, v in options.items()})
    np.testing.assert_array_equal(same[..., 0], noise(9, 7))
    for wrong in (2.0, True, "2"):
        with pytest.raises(TypeError, match=f"{name} must be a whole number, got"):
            predict_tiled(lambda x: x, np.zeros((5, 5)), **options | {name: wrong})


@pytest.mark.parametrize(
    ("image", "options", "message"),
    [
        (np.zeros((5, 5)), {"batch_size": 0}, "batch_size must be at least 1, got 0"),
        (np.zeros(5), {}, "image must have the shape"),
        (np.zeros((5, 5)), {"tile": 6, "multiple": 4}, "tile must be a multiple of 4, got 6"),
        (np.zeros((5, 5)), {"halo": -1}, "halo must be at least 0"),
        (np.zeros((5, 5)), {"tile": 0}, "tile must be at least 1"),
    ],
)
def test_arguments_out_of_range_are_named(image, options, message):
    with pytest.raises(ValueError, match=message):
        predict_tiled(lambda x: x, image, **{"tile": 4, "halo": 0} | options)


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("flip", [False, True])
def test_the_symmetric_prediction_turns_with_the_image(turns, flip):
    model = unet(2, 2, 1, normalization=None)
    predict = lambda x: keras.ops.convert_to_numpy(model(np.ascontiguousarray(x)))  # noqa: E731

    def move(x):
        x = np.rot90(x, turns, axes=(1, 2))
        return x[:, ::-1] if flip else x

    x = noise(2, 12, 8, 1)
    np.testing.assert_allclose(predict_symmetric(predict, move(x)), move(predict_symmetric(predict, x)), atol=1e-5)
    assert np.abs(predict(np.ascontiguousarray(x[:, ::-1])) - predict(x)[:, ::-1]).max() > 1e-3


def test_the_symmetric_prediction_is_the_mean_of_eight():
    calls = []
    predict_symmetric(lambda x: calls.append(x.copy()) or x, noise(1, 4, 4, 1))
    assert len({call.tobytes() for call in calls}) == 8
    x = noise(1, 5, 6, 2)
    np.testing.assert_allclose(predict_symmetric(lambda x: x, x), x, atol=1e-6)
    with pytest.raises(ValueError, match=r"images must have the shape \(N, H, W, C\)"):
        predict_symmetric(lambda x: x, x[0])


def test_lists_are_images_too():
    image = noise(5, 6)
    of_list, of_array = (predict_tiled(lambda x: 2 * x, given, 4, 0) for given in (image.tolist(), image))
    np.testing.assert_array_equal(of_list, of_array)
    with pytest.raises(ValueError, match="image must be a rectangular array"):
        predict_tiled(lambda x: x, [[1.0], [1.0, 2.0]], 4, 0)


def test_hidden_pixels_are_not_predicted():
    hidden = np.ma.array(np.ones((4, 5)), mask=np.eye(4, 5) > 0)
    with pytest.raises(TypeError, match="image must not be masked"):
        predict_tiled(lambda images: images, hidden, 2, 0)
    with pytest.raises(TypeError, match="images must not be masked"):
        predict_symmetric(lambda images: images, hidden[None, ..., None])
