"""Every builder takes NumPy's integers, and names what is no whole number, too small, or of another layout."""

import keras
import numpy as np
import pytest

from course_lib.models.classifier import classifier
from course_lib.models.fcn import bilinear_kernel, fcn
from course_lib.models.gan import dcgan_discriminator, dcgan_generator, toy_discriminator, toy_generator
from course_lib.models.layers import RandomAffine, conv_block, halve
from course_lib.models.sizes import PadToMultiple
from course_lib.models.unet import unet, unet_reach
from course_lib.models.vae import conv_vae, dense_vae

# builder -> its whole numbers, each with the least that it may be
BUILDERS = {
    unet: ({"classes": 2, "width": 2, "depth": 2, "skips": 1, "channels": 3}, {"depth": 0, "skips": 0}),
    fcn: ({"classes": 2, "stride": 2, "width": 2, "depth": 2, "channels": 3}, {}),
    classifier: ({"classes": 3, "convs_per_stage": 1, "embedding": 4}, {"classes": 2}),
    toy_generator: ({"latent_dim": 2, "width": 3, "depth": 1, "dimensions": 2}, {"depth": 0}),
    toy_discriminator: ({"width": 3, "depth": 1, "dimensions": 2, "pack": 2}, {"depth": 0}),
    dcgan_generator: ({"latent_dim": 3, "width": 2}, {}),
    dcgan_discriminator: ({"width": 2, "pack": 2}, {}),
    dense_vae: ({"latent_dim": 2, "samples": 1}, {}),
    conv_vae: ({"latent_dim": 2, "width": 2}, {}),
}
NUMBERS = [(build, name) for build, (arguments, _) in BUILDERS.items() for name in arguments]
SHAPES = {classifier: "shape", dcgan_generator: "shape", dcgan_discriminator: "shape", conv_vae: "shape"}


@pytest.mark.parametrize("build", BUILDERS, ids=lambda build: build.__name__)
def test_integers_of_numpy_build_the_same_network(build):
    arguments = BUILDERS[build][0]
    shape = {SHAPES[build]: (8, 8, 1)} if build in SHAPES else {}
    plain = build(**arguments, **shape)
    other = build(
        **{name: np.int64(number) for name, number in arguments.items()},
        **{name: np.array(sides) for name, sides in shape.items()},
    )
    assert [weight.shape for weight in other.weights] == [weight.shape for weight in plain.weights]
    assert other.count_params() == plain.count_params() > 0


@pytest.mark.parametrize(("build", "name"), NUMBERS, ids=lambda value: getattr(value, "__name__", value))
def test_what_is_no_whole_number_or_too_small_is_named(build, name):
    arguments, least = BUILDERS[build]
    for wrong in (2.0, np.float64(2), "2", None, *([] if name == "skips" else [True, np.True_])):
        with pytest.raises(TypeError, match=f"^{name} must be a whole number, got "):
            build(**arguments | {name: wrong})
    number = least.get(name, 1) - 1
    with pytest.raises(ValueError, match=f"^{name} must be at least {number + 1}, got {number}"):
        build(**arguments | {name: np.int32(number)})


@pytest.mark.parametrize("build", SHAPES, ids=lambda build: build.__name__)
@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 0), (8, -8, 1), (8, 8, 1, 1)])
def test_a_shape_that_is_no_images_is_named(build, shape):
    with pytest.raises(ValueError, match=rf"{SHAPES[build]} must be \(height, width, channels\), each at least 1, got"):
        build(**{SHAPES[build]: shape})
    with pytest.raises(TypeError, match=f"{SHAPES[build]} must be a"):
        build(**{SHAPES[build]: 8})
    with pytest.raises(TypeError, match=f"{SHAPES[build]} must be a whole number, got 8.0"):
        build(**{SHAPES[build]: (8.0, 8, 1)})


def test_the_smaller_pieces_ask_the_same():
    x = keras.Input((8, 8, 2))
    assert conv_block(x, np.int64(3), kernel_size=np.int64(3), stride=np.int64(2)).shape == (None, 4, 4, 3)
    assert unet_reach(np.int64(2)) == unet_reach(2) and PadToMultiple(np.int64(4)).get_config()["multiple"] == 4
    np.testing.assert_array_equal(bilinear_kernel(np.int64(2)), bilinear_kernel(2))
    for wrong in (
        lambda: conv_block(x, 0),
        lambda: conv_block(x, 2, kernel_size=-1),
        lambda: dense_vae(hidden=(4, 0)),
        lambda: dense_vae(shape=()),
        lambda: classifier(filters=()),
        lambda: bilinear_kernel(0),
    ):
        with pytest.raises(ValueError, match="must be at least|must be .*least one"):
            wrong()
    for choice in (["batch"], True, 1):
        with pytest.raises(ValueError, match="normalization must be one of None, 'batch', 'group', got"):
            unet(1, normalization=choice)


@pytest.fixture
def channels_first():
    keras.config.set_image_data_format("channels_first")
    yield
    keras.config.set_image_data_format("channels_last")


def test_channels_first_is_refused_before_anything_is_built(channels_first):
    x = keras.Input((8, 8, 2))
    for build in (
        lambda: unet(1),
        lambda: fcn(2),
        classifier,
        dcgan_generator,
        dcgan_discriminator,
        conv_vae,
        lambda: conv_block(x, 2),
        lambda: halve(x),
    ):
        with pytest.raises(ValueError, match=r"Keras is set to 'channels_first'.*set_image_data_format"):
            build()
    assert toy_generator().output_shape == (None, 2)  # points have no channels


@pytest.mark.parametrize("wrong", ["0.1", None, (0.1, 0.2)])
@pytest.mark.parametrize(
    ("build", "name"),
    [
        (classifier, "dropout"), (dense_vae, "beta"), (conv_vae, "free_nats"),
        (RandomAffine, "shift"), (RandomAffine, "rotation"), (RandomAffine, "zoom"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)  # fmt: skip
def test_what_is_no_number_is_named(build, name, wrong):
    with pytest.raises(TypeError, match=f"^{name} must be a number, got "):
        build(**{name: wrong})


@pytest.mark.parametrize("wrong", [None, np.nan, 3])
def test_hidden_layers_that_are_no_sequence_are_named(wrong):
    with pytest.raises(TypeError, match="hidden must be a tuple of whole numbers, got "):
        dense_vae(hidden=wrong)
    assert dense_vae(hidden=()).count_params() > 0
