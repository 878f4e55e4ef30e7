import keras
import numpy as np
import pytest

from course_lib.models.fcn import bilinear_kernel, enlarge, fcn
from course_lib.models.unet import unet, unet_reach

numpy = keras.ops.convert_to_numpy


def noise(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


@pytest.mark.parametrize("upsampling", ["transposed", "bilinear", "nearest"])
@pytest.mark.parametrize("normalization", ["batch", "group", None])
def test_any_size_goes_in_and_comes_out(upsampling, normalization):
    model = unet(3, 2, 2, upsampling=upsampling, normalization=normalization, channels=2)
    for shape in ((8, 8), (7, 13), (1, 1), (30, 5)):
        assert model.predict_on_batch(noise(1, *shape, 2)).shape == (1, *shape, 3)


def test_an_odd_size_is_what_padding_by_hand_and_cutting_back_gives():
    model, x = unet(2, 2, 3), noise(1, 21, 37, 1)
    padded = np.pad(x, [(0, 0), (0, 3), (0, 3), (0, 0)], mode="edge")
    np.testing.assert_allclose(numpy(model(x)), numpy(model(padded))[:, :21, :37], atol=1e-5)


def parameters(classes, width, depth, skips, channels):
    """Counted by hand: convolutions without bias, two numbers a channel to train in each normalization."""
    c = [width * 2**level for level in range(depth + 1)]
    block = lambda a, b: 9 * a * b + 9 * b * b + 4 * b  # noqa: E731
    down = sum(block(a, b) for a, b in zip([channels, *c[:-1]], c, strict=True))
    up = 0
    for level in range(depth):
        up += 4 * c[level + 1] * c[level] + c[level]
        up += block(c[level] * (1 + (level >= depth - skips)), c[level])
    return down + up + c[0] * classes + classes


@pytest.mark.parametrize("skips", [0, 1, 2, 3])
def test_parameters_are_those_of_the_figure(skips):
    model = unet(5, 4, 3, skips=skips, channels=3)
    trainable = sum(int(np.prod(v.shape)) for v in model.trainable_variables)
    assert trainable == parameters(5, 4, 3, skips, 3)
    assert sum(isinstance(layer, keras.layers.Concatenate) for layer in model.layers) == skips


def test_all_skips_is_as_many_as_steps():
    assert unet(1, 2, 2, skips=True).count_params() == unet(1, 2, 2, skips=2).count_params()
    assert unet(1, 2, 2, skips=False).count_params() == unet(1, 2, 2, skips=0).count_params()


def test_bridges_are_built_from_the_lowest_upwards():
    names = [layer.name for layer in unet(1, 2, 3, skips=2).layers if layer.name.endswith("bridge")]
    assert names == ["up2_bridge", "up1_bridge"]


@pytest.mark.parametrize("upsampling", ["transposed", "bilinear", "nearest"])
def test_a_pixel_beyond_the_reach_changes_nothing_and_one_at_it_does(upsampling):
    """Positive weights and pixels: nothing cancels, and no ReLU hides a change."""
    depth, side = 2, 96
    model = unet(1, 1, depth, upsampling=upsampling, normalization=None)
    for variable in model.trainable_variables:
        variable.assign(np.full(variable.shape, 0.2 if len(variable.shape) == 4 else 0.0))
    reach = unet_reach(depth, upsampling)
    flat = np.zeros((1, side, side, 1), "float32")
    base = numpy(model(flat))[0, :, :, 0]
    farthest = 0
    for place in range(40, 40 + 2**depth):
        lit = flat.copy()
        lit[0, place, :, 0] = 1.0
        changed = np.flatnonzero(numpy(model(lit))[0, :, side // 2, 0] != base[:, side // 2])
        farthest = max(farthest, np.abs(changed - place).max())
    assert farthest == reach


def test_it_can_be_saved_and_read_again(tmp_path):
    model, x = unet(2, 2, 2, upsampling="bilinear"), noise(1, 9, 11, 1)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(numpy(again(x)), numpy(model(x)), atol=1e-6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"classes": 0}, "classes must be at least 1"),
        ({"classes": 2, "skips": 4}, "skips must be at most the depth, 3"),
        ({"classes": 2, "depth": -1}, "depth must be at least 0"),
        ({"classes": 2, "upsampling": "cubic"}, "upsampling must be one of 'transposed'"),
        ({"classes": 2, "normalization": "layer"}, "normalization must be one of"),
    ],
)
def test_arguments_out_of_range_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        unet(**options)


# --- FCN --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("factor", [1, 2, 3, 4, 8])
def test_the_bilinear_kernel_interpolates(factor):
    kernel = bilinear_kernel(factor)
    x = np.random.default_rng(0).normal(size=9)
    stuffed = np.zeros(9 * factor)
    stuffed[::factor] = x
    out = np.convolve(stuffed, kernel)
    start = (len(kernel) - factor) // 2  # "same" of a transposed convolution cuts k - s, the smaller half in front
    out = out[start : start + 9 * factor]
    at = (np.arange(9 * factor) + 0.5) / factor - 0.5
    inside = (at >= 0) & (at <= 8)
    np.testing.assert_allclose(out[inside], np.interp(at[inside], np.arange(9), x), atol=1e-12)


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_enlarging_starts_as_interpolation_of_each_class(factor):
    x = noise(1, 6, 6, 3)
    inputs = keras.Input((None, None, 3))
    model = keras.Model(inputs, enlarge(inputs, 3, factor, "enlarge"))
    at = (np.arange(6 * factor) + 0.5) / factor - 0.5
    rows = np.apply_along_axis(lambda v: np.interp(at, np.arange(6), v), 1, x)
    expected = np.apply_along_axis(lambda v: np.interp(at, np.arange(6), v), 2, rows)
    inner = slice(factor, -factor)
    np.testing.assert_allclose(numpy(model(x))[:, inner, inner], expected[:, inner, inner], atol=1e-5)


@pytest.mark.parametrize("stride", [1, 2, 4, 8])
def test_an_fcn_scores_from_the_coarsest_grid_to_its_stride(stride):
    model = fcn(4, stride=stride, width=2, depth=3, channels=3)
    grids = [layer for layer in model.layers if layer.name.startswith("score")]
    assert len(grids) == 1 + {8: 0, 4: 1, 2: 2, 1: 3}[stride]
    assert model.predict_on_batch(noise(2, 19, 26, 3)).shape == (2, 19, 26, 4)


def test_a_stride_that_is_no_grid_is_refused():
    with pytest.raises(ValueError, match=r"stride must be 1, 2, 4, ... or 2\*\*depth = 8, got 16"):
        fcn(2, stride=16, depth=3)
