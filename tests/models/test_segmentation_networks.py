"""What holds for every network of chapter 09: any size, every weight learns, saved and read again, clear refusals."""

import keras
import numpy as np
import pytest
from keras import ops

from course_lib.losses import CrossEntropy
from course_lib.models.aspp import deeplab, dilated_network
from course_lib.models.attention_gate import attention_unet
from course_lib.models.segformer import segformer

SMALL = {
    "dilated_network": lambda **options: dilated_network(3, 4, (1, 2), channels=2, **options),
    "deeplab": lambda **options: deeplab(3, 4, (1, 2), channels=2, **options),
    "attention_unet": lambda **options: attention_unet(3, 4, 2, channels=2, **options),
    "segformer": lambda **options: segformer(3, (8, 8), (2, 2), (2, 1), 2, channels=2, **options),
}
BUILDERS = {
    "dilated_network": dilated_network,
    "deeplab": deeplab,
    "attention_unet": attention_unet,
    "segformer": segformer,
}


def noise(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


@pytest.fixture(params=SMALL)
def name(request):
    return request.param


def test_any_size_goes_in_and_comes_out(name):
    model = SMALL[name]()
    for shape in ((16, 16), (7, 13), (1, 1), (30, 5)):
        found = model.predict_on_batch(noise(1, *shape, 2))
        assert found.shape == (1, *shape, 3) and np.isfinite(found).all()
    assert model.output_shape == (None, None, None, 3) and model.name == name


def test_every_weight_learns(name):
    """One step of plain descent moves every weight but two kinds: softmax cancels the bias of the keys, and a constant
    behind the last stage of a SegFormer is taken off by the batch normalization of its decoder."""
    keras.utils.set_random_seed(0)
    model = SMALL[name]()
    x = noise(4, 16, 16, 2)
    model.compile(keras.optimizers.SGD(1.0), CrossEntropy(), jit_compile=False)
    before = [ops.convert_to_numpy(v).copy() for v in model.trainable_variables]
    model.train_on_batch(x, (x[..., 0] > 0).astype("int32") + (x[..., 1] > 1))
    moved = {v.path: np.abs(ops.convert_to_numpy(v) - b).max() for v, b in zip(model.trainable_variables, before)}  # noqa: B905
    still = {path for path, amount in moved.items() if amount < 1e-7}
    cancelled = {"stage0_attention/key/bias", "stage1_attention/key/bias", "stage1_norm/beta"}
    assert still == (cancelled if name == "segformer" else set())


def test_it_learns_a_rule_that_needs_the_neighborhood(name):
    """Class 1 where the mean of 9 x 9 pixels is above 0, which one pixel does not tell."""
    from scipy.ndimage import uniform_filter

    keras.utils.set_random_seed(1)
    x = noise(16, 24, 24, 2, seed=3)
    y = (uniform_filter(x[..., 0], (0, 9, 9)) > 0).astype("int32")
    model = SMALL[name]()
    model.compile(keras.optimizers.Adam(1e-2), CrossEntropy(), jit_compile=False)
    values = model.fit(x, y, epochs=12, batch_size=8, verbose=0).history["loss"]
    assert np.isfinite(values).all() and values[-1] < 0.75 * values[0]


def test_it_can_be_saved_and_read_again(name, tmp_path):
    model, x = SMALL[name](), noise(1, 9, 11, 2)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(again.predict_on_batch(x), model.predict_on_batch(x), atol=1e-6)


def test_an_odd_size_is_what_padding_by_hand_and_cutting_back_gives(name):
    model, x = SMALL[name](), noise(1, 21, 13, 2)
    padded = np.pad(x, [(0, 0), (0, 3), (0, 3), (0, 0)], mode="edge")
    if name == "dilated_network":  # it halves once only
        padded = padded[:, :22, :14]
    elif name == "deeplab":
        padded = padded[:, :24, :16]
    elif name == "attention_unet":
        padded = padded[:, :24, :16]
    expected = model.predict_on_batch(padded)[:, :21, :13]
    np.testing.assert_allclose(model.predict_on_batch(x), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"classes": 0}, "classes must be at least 1, got 0"),
        ({"classes": 2, "channels": 0}, "channels must be at least 1, got 0"),
        ({"classes": 2.5}, "classes must be a whole number"),
    ],
)
def test_arguments_out_of_range_are_named(name, options, message):
    with pytest.raises((TypeError, ValueError), match=message):
        BUILDERS[name](**options)


def test_channels_first_is_refused(name, monkeypatch):
    monkeypatch.setattr(keras.config, "image_data_format", lambda: "channels_first")
    with pytest.raises(ValueError, match="channels_first"):
        BUILDERS[name](2)
