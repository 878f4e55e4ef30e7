"""Weights of images, void images and damaged pixels in every loss: held to leaving out, repeating and averaging."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from course_lib import backend, losses
from course_lib.losses import _inputs
from course_lib.losses.adversarial import hinge_discriminator
from course_lib.losses.divergence import bernoulli_log_likelihood, gaussian_kl
from tests.losses.samples import gradient, numbers

REGIONS = {
    "dice": losses.dice,
    "dice smooth": lambda y, z, **k: losses.dice(y, z, smooth=1, **k),
    "dice skip": lambda y, z, **k: losses.dice(y, z, empty="skip", **k),
    "jaccard": losses.jaccard,
    "tversky": losses.tversky,
    "focal_tversky": losses.focal_tversky,
    "lovasz": losses.lovasz,
    "generalized_dice": losses.generalized_dice,
    "generalized_dice skip": lambda y, z, **k: losses.generalized_dice(y, z, empty="skip", **k),
}
ALL = {
    **REGIONS,
    "cross_entropy": losses.cross_entropy,
    "focal": losses.focal,
    "dice_cross_entropy": losses.dice_cross_entropy,
}
each, each_region = pytest.mark.parametrize("name", ALL), pytest.mark.parametrize("name", REGIONS)
channels = pytest.mark.parametrize("classes", [1, 3])


def sample(classes, n=3, seed=0, shape=(4, 5)):
    """Labels, some of them absent from some images, and logits."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, max(classes, 2), (n, *shape))
    y[0] = np.minimum(y[0], max(classes, 2) - 2)
    return y, rng.normal(size=(n, *shape, classes))


def apart(loss, y, z):
    """The loss of each image, computed without the others."""
    return np.array([float(numbers(loss(y[n : n + 1], z[n : n + 1]))) for n in range(len(y))])


# --- weights of images ------------------------------------------------------------------------------------------------


@each_region
@channels
def test_weights_of_images_weigh_the_mean_of_their_losses(name, classes):
    y, z = sample(classes)
    w = np.array([3.0, 1.0, 0.5])
    full = w[:, None, None] * np.ones(y.shape)
    each_image = apart(REGIONS[name], y, z)
    counted = np.array([(image == 1).any() or classes > 1 or name != "dice skip" for image in y])  # skipped: no image
    expected = np.average(each_image, weights=w * counted)
    for weights in (w, w.tolist(), w[:, None, None], full, full[..., None]):
        np.testing.assert_allclose(numbers(REGIONS[name](y, z, weights=weights)), expected, rtol=2e-6)
    assert abs(expected - each_image[counted].mean()) > 1e-3
    total = REGIONS[name](y, z, weights=w, reduction="sum")
    np.testing.assert_allclose(numbers(total), (w * counted * each_image).sum(), rtol=2e-6)
    by_image = REGIONS[name](y, z, weights=w, reduction="none")
    np.testing.assert_allclose(numbers(by_image), w * counted * each_image, rtol=2e-6, atol=1e-12)


@each
@channels
def test_an_image_of_weight_0_is_as_if_it_were_not_there(name, classes):
    y, z = sample(classes)
    expected, slope = gradient(ALL[name], y[1:], z[1:], weights=np.array([1.0, 2.0]))
    value, wider = gradient(ALL[name], y, z, weights=np.array([0.0, 1.0, 2.0]))
    np.testing.assert_allclose(value, expected, rtol=1e-6)
    np.testing.assert_allclose(wider[1:], slope, rtol=1e-5, atol=1e-8)
    assert (wider[0] == 0).all()


@each
@channels
def test_an_image_of_weight_2_is_the_image_twice(name, classes):
    y, z = sample(classes)
    value = ALL[name](y, z, weights=np.array([2.0, 1.0, 1.0]))
    twice = ALL[name](np.concatenate([y[:1], y]), np.concatenate([z[:1], z]))
    np.testing.assert_allclose(numbers(value), numbers(twice), rtol=2e-6)


@each
@given(st.data())
@settings(max_examples=5)
def test_weights_of_pixels_and_of_images_together(name, data):
    """Their product, where each image's weights of pixels have the mean 1; and a common factor changes nothing."""
    y, z = sample(data.draw(st.sampled_from([1, 3])), seed=data.draw(st.integers(0, 99)))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    pixels = rng.uniform(0.1, 3, y.shape)
    pixels /= pixels.mean(axis=(1, 2), keepdims=True)
    images = rng.uniform(0.1, 3, 3)
    product = pixels * images[:, None, None]
    value = numbers(ALL[name](y, z, weights=product))
    if name in REGIONS:
        by_image = [float(numbers(ALL[name](y[n : n + 1], z[n : n + 1], weights=pixels[n : n + 1]))) for n in range(3)]
        counted = np.array([name != "dice skip" or z.shape[-1] > 1 or (image == 1).any() for image in y])
        np.testing.assert_allclose(value, np.average(by_image, weights=images * counted), rtol=1e-5)
    factor = data.draw(st.sampled_from([1e-3, 7.0, 1e4]))
    np.testing.assert_allclose(numbers(ALL[name](y, z, weights=factor * product)), value, rtol=1e-5)


@each_region
def test_in_a_batch_taken_as_one_image_weights_stand_inside_the_sums(name):
    y, z = sample(3)
    w = np.array([3.0, 1.0, 0.0])
    value = REGIONS[name](y, z, weights=w, per_batch=True)
    thrice = [np.concatenate([a[0], a[0], a[0], a[1]])[None] for a in (y, z)]
    if name != "dice smooth":  # smoothing is a number of pixels, of which there are more now
        np.testing.assert_allclose(numbers(value), numbers(REGIONS[name](*thrice)), rtol=2e-6)
    np.testing.assert_allclose(numbers(REGIONS[name](y, z, weights=5 * w, per_batch=True)), numbers(value), rtol=2e-6)


@pytest.mark.parametrize(("loss", "jit_compile"), [(losses.Dice, True), (losses.GeneralizedDice, False)])
def test_weights_of_images_in_fit(loss, jit_compile):
    keras.utils.set_random_seed(0)
    x = np.random.default_rng(0).normal(size=(4, 8, 8, 1)).astype("float32")
    y, w = (x > 0.5).astype("uint8"), np.array([3, 1, 0, 2], "float32")
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(1, 3, padding="same")])
    model.compile("sgd", loss(), jit_compile=jit_compile)
    each_image = apart(loss.function, y, model.predict(x, verbose=0))
    seen = model.evaluate(x, y, sample_weight=w, verbose=0)
    assert seen == pytest.approx(np.average(each_image, weights=w), rel=1e-5)
    assert abs(seen - each_image.mean()) > 1e-4


# --- void images and damaged pixels -----------------------------------------------------------------------------------


@each
@channels
def test_a_void_image_is_as_if_it_were_not_there(name, classes):
    y, z = sample(classes)
    y[1] = 255
    value, slope = gradient(ALL[name], y, z, ignore_class=255)
    expected, narrow = gradient(ALL[name], y[::2], z[::2])
    np.testing.assert_allclose(value, expected, rtol=1e-6)
    np.testing.assert_allclose(slope[::2], narrow, rtol=1e-5, atol=1e-8)
    assert (slope[1] == 0).all()


@each
def test_a_void_image_in_one_hot_form(name):
    y, z = sample(3)
    y[y == 0], y[1] = 1, 0  # class 0 is the void: all of image 1, nothing elsewhere
    value = ALL[name](np.eye(3)[y], z, ignore_class=0)
    np.testing.assert_allclose(numbers(value), numbers(ALL[name](y[::2], z[::2], ignore_class=0)), rtol=1e-6)


@each
@channels
@pytest.mark.parametrize("how", ["ignored", "weight of a pixel", "weight of an image"])
def test_what_stands_in_a_pixel_that_weighs_nothing_does_no_harm(name, classes, how):
    y, z = sample(classes)
    z = z.astype("float32")
    harmless, options = z.copy(), {"weights": np.ones(y.shape, "float32"), "ignore_class": 255}
    place = (1,) if how == "weight of an image" else (1, 2)
    harmless[place] = 0
    if how == "ignored":
        y[place] = 255
    else:
        options["weights"][place] = 0
    expected, slope = gradient(ALL[name], y, harmless, **options)
    for wild in (np.nan, -np.inf):
        z[place] = wild
        value, damaged = gradient(ALL[name], y, z, **options)
        np.testing.assert_allclose(value, expected, rtol=1e-6)
        np.testing.assert_allclose(damaged, slope, rtol=1e-5, atol=1e-8)


def test_nor_in_a_compiled_step():
    y, z = sample(3)
    z = z.astype("float32")
    y[1, 2], z[1, 2] = 255, np.nan
    y, options = y.astype("int32"), {"ignore_class": 255, "weights": np.array([1, 2, 0], "float32")}
    slopes = {name: lambda t, f=f: backend.value_and_grad(lambda t: f(y, t, **options))(t) for name, f in ALL.items()}
    compiled = backend.jit(lambda t: {name: f(t) for name, f in slopes.items()})(z)
    for name, f in slopes.items():
        value, slope = (numbers(a) for a in f(ops.convert_to_tensor(z)))
        assert np.isfinite(value) and np.isfinite(slope).all()
        np.testing.assert_allclose(numbers(compiled[name][0]), value, rtol=1e-5, err_msg=name)
        np.testing.assert_allclose(numbers(compiled[name][1]), slope, rtol=1e-4, atol=1e-7, err_msg=name)


@pytest.mark.parametrize("loss", [losses.cross_entropy, losses.focal])
def test_a_class_of_weight_0_takes_its_damaged_pixels_along(loss):
    y, z = sample(3)
    z[y == 2] = np.nan
    value, slope = gradient(loss, y, z, class_weights=(1, 2, 0))
    expected, kept = gradient(loss, y, np.where(np.isnan(z), 0.0, z), class_weights=(1, 2, 0))
    assert value == pytest.approx(expected) and np.isfinite(value)
    np.testing.assert_allclose(slope, kept, rtol=1e-6)


def test_damaged_pixels_and_the_boundary_loss():
    y, z = sample(1)
    w = np.ones(y.shape)
    z[0, 0, 0], w[0, 0, 0] = np.nan, 0
    distances = losses.signed_distance(y)
    value, slope = gradient(losses.boundary, distances, z, weights=w)
    assert np.isfinite(value) and np.isfinite(slope).all()
    assert value == pytest.approx(float(losses.boundary(distances, np.where(np.isnan(z), 5.0, z), weights=w)))


@each
@channels
def test_a_damaged_pixel_that_counts_makes_nan(name, classes):
    y, z = sample(classes)
    z[2, 1, 1] = np.nan
    assert np.isnan(numbers(ALL[name](y, z)))


@each
@channels
def test_nothing_to_judge_costs_nothing(name, classes):
    y, z = sample(classes)
    for shape in ((0, 4, 5), (2, 0, 5)):
        assert numbers(ALL[name](np.zeros(shape, int), np.zeros((*shape, classes)))) == 0
    for options in ({"weights": np.zeros(3)}, {"weights": 0 * y}):
        value, slope = gradient(ALL[name], y, z, **options)
        assert value == 0 and (slope == 0).all()


@each
@channels
def test_one_pixel(name, classes):
    y, z = np.ones((1, 1, 1), int), np.full((1, 1, 1, classes), 0.3)
    for shape in ((1,), (1, 1, 1), (1, 1, 1, 1)):
        value, slope = gradient(ALL[name], y, z, weights=np.full(shape, 5.0))
        assert value == pytest.approx(float(numbers(ALL[name](y, z))), rel=1e-6) and np.isfinite(slope).all()


# --- what is said, and what is NaN where nothing can be said ----------------------------------------------------------


def message(call):
    with pytest.raises(ValueError) as caught:
        call()
    return str(caught.value)


@pytest.mark.parametrize("loss", [losses.CrossEntropy, losses.Dice, losses.DiceCrossEntropy])
def test_the_classes_look_at_arrays_before_keras_makes_tensors_of_them(loss):
    z = np.zeros((1, 2, 2, 3), "float32")
    one = z[..., :1]
    assert "got 0 to 255. Divide" in message(lambda: loss()(np.array([[[0, 255], [0, 0]]], np.uint8), one))
    assert "They count from 1: subtract 1" in message(lambda: loss()(np.array([[[1, 2], [3, 3]]]), z))
    assert "They count from 1: subtract 1" in message(lambda: loss()([[[1, 2], [3, 3]]], z))
    assert "weights must be" in message(lambda: loss()(np.zeros((1, 2, 2)), one, sample_weight=np.array([-1.0])))
    marked = np.array([[[0, 1], [2, 255]]], np.uint8)
    assert "or ignore_class, which is 7" in message(lambda: loss(ignore_class=7)(marked, z))
    assert np.isfinite(numbers(loss(ignore_class=255)(marked, z))).all()


def test_lists_are_looked_at_like_arrays():
    z = np.zeros((1, 2, 2, 1))
    assert "Divide a mask" in message(lambda: losses.dice([[[0, 255], [0, 0]]], z))
    assert "got -1 to 2" in message(lambda: losses.dice(np.zeros((2, 2, 2)), np.zeros((2, 2, 2, 1)), weights=[-1, 2]))
    for wrong in (np.nan, np.inf):
        assert "finite and at least 0" in message(
            lambda wrong=wrong: losses.dice(np.zeros((1, 2, 2)), z, weights=[wrong])
        )


def test_logits_without_channels_are_guessed():
    words = message(lambda: losses.cross_entropy(np.zeros((2, 4, 5)), np.zeros((2, 4, 5))))
    assert "no axis of channels? Add it by [..., None]" in words


@each
def test_wrong_weights_make_nan_where_they_are_tensors(name):
    y, z = sample(3)
    for wrong in (-1.0, np.nan, np.inf):
        w = ops.convert_to_tensor(np.array([1.0, wrong, 1.0]))
        assert np.isnan(numbers(ALL[name](y, z, weights=w)))


@each
def test_a_wrong_label_in_one_image_makes_nan_of_value_and_gradient(name):
    y, z = sample(3)
    y = y.astype("float64")
    for wrong in (255, -1, 0.5, np.nan):
        y[1, 0, 0] = wrong
        value, slope = gradient(ALL[name], ops.convert_to_tensor(y), z)
        assert np.isnan(value) and np.isnan(slope).any()


@each
def test_bytes_do_not_wrap_and_rounding_is_no_fault(name):
    y, z = sample(1)
    expected = numbers(ALL[name](y, z))
    for dtype in ("uint8", "bool", "int8", "uint64", "float16"):
        np.testing.assert_allclose(numbers(ALL[name](y.astype(dtype), z)), expected, rtol=1e-6)
    marked = y.astype("uint8")
    marked[0, 0, 0] = 255
    as_signed = np.where(marked == 255, -1, y)
    np.testing.assert_allclose(
        numbers(ALL[name](marked, z, ignore_class=255)), numbers(ALL[name](as_signed, z, ignore_class=-1)), rtol=1e-6
    )
    blurred = y + np.where(y == 1, 1, -1) * 2e-7  # as a filter in float32 leaves it
    np.testing.assert_allclose(numbers(ALL[name](blurred, z)), expected, rtol=1e-5)
    np.testing.assert_allclose(numbers(ALL[name](ops.convert_to_tensor(blurred), z)), expected, rtol=1e-5)


@each
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("size", [6e4, np.inf])
def test_half_precision_at_its_end(name, dtype, size):
    y, _ = sample(3)
    z = np.where(np.eye(3)[(y + 1) % 3] > 0, size, -size)  # confidently wrong everywhere
    value, slope = backend.value_and_grad(lambda t: ALL[name](y, t))(ops.cast(z, dtype))
    assert np.isfinite(numbers(value)) if size < np.inf else not np.isnan(numbers(value))
    assert np.isfinite(numbers(ops.cast(slope, "float32"))).all()


def test_the_split_of_weights():
    w = np.array([[1.0, 3.0, 0.0], [0.0, 0.0, 0.0], [5.0, 5.0, 5.0]])[..., None]
    within, of_images = (numbers(a) for a in _inputs.share_out(ops.convert_to_tensor(w), per_batch=False))
    np.testing.assert_allclose(within[..., 0], [[0.5, 1.5, 0], [0, 0, 0], [1, 1, 1]])
    np.testing.assert_allclose(of_images, [2, 0, 5])
    within, of_images = (numbers(a) for a in _inputs.share_out(ops.convert_to_tensor(w), per_batch=True))
    np.testing.assert_allclose(of_images, [19 / 5])
    np.testing.assert_allclose(within, w / (19 / 5), rtol=1e-6)


# --- hidden entries, and what is no number ----------------------------------------------------------------------------

HIDDEN = np.ma.array(np.ones((2, 3, 4)), mask=np.eye(3, 4) * np.ones((2, 1, 1)) > 0)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("y_true", lambda a: losses.dice(a, np.zeros((2, 3, 4, 1), "float32"))),
        ("logits", lambda a: losses.cross_entropy(np.ones((2, 3, 4)), a[..., None])),
        ("weights", lambda a: losses.lovasz(np.ones((2, 3, 4)), np.zeros((2, 3, 4, 1), "float32"), weights=a)),
        (
            "class_weights",
            lambda a: losses.focal(np.ones((2, 3, 4)), np.zeros((2, 3, 4, 4), "float32"), class_weights=a[0, 0]),
        ),
        ("distances", lambda a: losses.boundary(a[..., None], np.zeros((2, 3, 4, 1), "float32"))),
        ("logits", lambda a: bernoulli_log_likelihood(np.ones((2, 3, 4)), a)),
        ("mean", lambda a: gaussian_kl(a, np.ones((2, 3, 4)))),
        ("fake", lambda a: hinge_discriminator(np.ones((2, 1)), a[:, 0, :1])),
    ],
)
def test_hidden_entries_are_not_used(name, call):
    """A tensor is made of what lies under a mask."""
    with pytest.raises(TypeError, match=f"^{name} must not be masked"):
        call(HIDDEN)
    call(np.ma.array(HIDDEN.data))  # a masked array that hides nothing


@pytest.mark.parametrize("wrong", [1j, "1", None])
@pytest.mark.parametrize("name", ["y_true", "weights"])
def test_what_is_no_real_number_is_named(name, wrong):
    arguments = {"y_true": np.ones((2, 3, 4)), "weights": np.ones(2)}
    arguments[name] = np.full(arguments[name].shape, wrong)
    with pytest.raises(TypeError, match=f"^{name} must hold real numbers, got dtype"):
        losses.cross_entropy(logits=np.zeros((2, 3, 4, 1), "float32"), **arguments)
    with pytest.raises(TypeError, match="^class_weights must hold real numbers"):
        losses.cross_entropy(np.ones((2, 3, 4)), np.zeros((2, 3, 4, 1)), class_weights=[wrong, wrong])
