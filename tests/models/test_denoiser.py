"""The denoiser: its pieces in NumPy, the whole once more without names, and drawing where the answer is known."""

import json

import keras
import numpy as np
import pytest
from keras import layers, ops
from scipy.signal import correlate2d

from course_lib import backend
from course_lib.models import weights
from course_lib.models.denoiser import (
    Waves,
    condition,
    denoiser,
    estimate,
    mix_places,
    modulate,
    residual,
    sample,
    velocity,
)
from tests.helpers import printed


def numbers(tensor):
    return np.asarray(ops.convert_to_numpy(ops.cast(tensor, "float32")), dtype=np.float64)


def draws(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype("float32")


def shaken(model, seed=1, size=0.3):
    """The same network, with weights that are all different from 0."""
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        weight.assign(rng.normal(scale=size, size=weight.shape))
    return model


def small(**options):
    return shaken(denoiser((8, 12, 2), 3, 4, **options))


def asked(n, seed=2):
    """Images, times and labels for `small`."""
    rng = np.random.default_rng(seed)
    return [draws(n, 8, 12, 2, seed=seed), rng.random(n).astype("float32"), rng.integers(0, 4, n).astype("int32")]


def silu(x):
    return x / (1 + np.exp(-x))


# --- the pieces, in NumPy ---------------------------------------------------------------------------------------------


def test_waves_are_sines_and_cosines_from_slow_to_fast():
    t = np.array([0.0, 0.25, 1.0], "float32")
    waves = numbers(Waves(3)(t))
    fastest = 1000.0
    for row, time in zip(waves, t, strict=True):
        angles = time * np.array([1, fastest**0.5, fastest])
        np.testing.assert_allclose(row, [*np.sin(angles), *np.cos(angles)], atol=1e-4)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_waves_tell_near_times_apart_in_half_precision(policy):
    old = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        t = np.array([0.9, 0.9005], "float32")
        waves = Waves()(t)
        expected = np.sin(t.astype(float)[:, None] * np.geomspace(1, 1000, 32))
        np.testing.assert_allclose(numbers(waves)[:, :32], expected, atol=1e-3)
        model = denoiser((8, 8, 1), 2, 2)  # and in the network they come in unrounded
        inside = keras.Model(model.inputs, model.get_layer("condition_waves").output)
        got = numbers(inside([draws(2, 8, 8, 1), t, np.zeros(2, "int32")]))
        np.testing.assert_allclose(got[:, :32], expected, atol=1e-3)
    finally:
        keras.config.set_dtype_policy(old)


def piece(f, *shapes):
    """A piece as a network of its own, with weights that are not 0; and its weights by the end of their names."""
    inputs = [keras.Input(shape) for shape in shapes]
    model = shaken(keras.Model(inputs, f(*inputs)))
    return model, {weight.path: numbers(weight) for weight in model.weights}


def test_modulating_stretches_and_shifts_each_channel_by_the_condition():
    model, w = piece(lambda x, e: modulate(x, e, "m"), (2, 3, 4), (5,))
    x, e = draws(3, 2, 3, 4), draws(3, 5, seed=1)
    scale, shift = np.split(e @ w["m/kernel"] + w["m/bias"], 2, axis=1)
    expected = x * (1 + scale[:, None, None]) + shift[:, None, None]
    np.testing.assert_allclose(numbers(model([x, e])), expected, rtol=1e-4, atol=1e-5)


def convolved(x, kernel, bias):
    """Cross-correlation with zeros outside, channel by channel."""
    result = np.zeros((*x.shape[:3], kernel.shape[3]))
    for n in range(len(x)):
        for i in range(kernel.shape[2]):
            for o in range(kernel.shape[3]):
                result[n, :, :, o] += correlate2d(x[n, :, :, i], kernel[:, :, i, o], mode="same")
    return result + bias


def test_a_residual_block_adds_two_convolutions_with_the_condition_between_them():
    model, w = piece(lambda x, e: residual(x, e, "r"), (5, 6, 2), (3,))
    x, e = draws(2, 5, 6, 2).astype(float), draws(2, 3, seed=1)
    scale, shift = np.split(e @ w["r_modulate/kernel"] + w["r_modulate/bias"], 2, axis=1)
    h = convolved(silu(x), w["r_conv1/kernel"], w["r_conv1/bias"])
    h = silu(h * (1 + scale[:, None, None]) + shift[:, None, None])
    expected = x + convolved(h, w["r_conv2/kernel"], w["r_conv2/bias"])
    np.testing.assert_allclose(numbers(model([x, e])), expected, rtol=1e-4, atol=1e-4)


def test_mixing_goes_across_places_and_not_across_channels():
    model, w = piece(lambda x, e: mix_places(x, e, "p"), (2, 3, 4), (5,))
    x, e = draws(3, 2, 3, 4).astype(float), draws(3, 5, seed=1)
    h = (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(x.var(axis=-1, keepdims=True) + 1e-3)
    scale, shift = np.split(e @ w["p_modulate/kernel"] + w["p_modulate/bias"], 2, axis=1)
    h = (h * (1 + scale[:, None, None]) + shift[:, None, None]).reshape(3, 6, 4)
    hidden = silu(np.einsum("npc,ph->nch", h, w["p_dense1/kernel"]) + w["p_dense1/bias"])
    h = np.einsum("nch,hp->npc", hidden, w["p_dense2/kernel"]) + w["p_dense2/bias"][None, :, None]
    np.testing.assert_allclose(numbers(model([x, e])), x + h.reshape(x.shape), rtol=1e-4, atol=1e-4)


def test_the_condition_hears_time_and_class():
    time, label = keras.Input(()), keras.Input((), dtype="int32")
    model = keras.Model([time, label], condition(time, label, 3))
    w = {weight.path: numbers(weight) for weight in model.weights}
    assert w["condition_class/embeddings"].std() == pytest.approx(0.5, abs=0.08)  # Keras's own would be .029
    t, y = np.array([0.2, 0.2, 0.7], "float32"), np.array([0, 3, 3])
    waves = numbers(Waves()(t))
    hidden = silu(waves @ w["condition_time1/kernel"] + w["condition_time1/bias"])
    e = hidden @ w["condition_time2/kernel"] + w["condition_time2/bias"] + w["condition_class/embeddings"][y]
    np.testing.assert_allclose(numbers(model([t, y])), silu(e), rtol=1e-3, atol=1e-4)


# --- the network ------------------------------------------------------------------------------------------------------


def in_a_notebook(shape=(28, 28, 1), classes=10, width=40):
    """The network as a reader would write it: no names, no helper of the library."""

    def stretch(h, e):
        scale, shift = ops.split(layers.Dense(2 * h.shape[-1], kernel_initializer="zeros")(e), 2, -1)
        return h * (1 + scale[:, None, None]) + shift[:, None, None]

    def norm(x):
        return layers.LayerNormalization(center=False, scale=False)(x)

    def block(x, e):
        h = layers.Conv2D(x.shape[-1], 3, padding="same")(ops.silu(x))
        h = ops.silu(stretch(h, e))
        return x + layers.Conv2D(x.shape[-1], 3, padding="same", kernel_initializer="zeros")(h)

    def mix(x, e):
        rows, columns, channels = x.shape[1:]
        h = layers.Permute((2, 1))(layers.Reshape((rows * columns, channels))(stretch(norm(x), e)))
        h = layers.Dense(rows * columns, kernel_initializer="zeros")(layers.Dense(96, "silu")(h))
        return x + layers.Reshape((rows, columns, channels))(layers.Permute((2, 1))(h))

    x, t, label = keras.Input(shape), keras.Input(()), keras.Input((), dtype="int32")
    angles = ops.expand_dims(t, -1) * np.geomspace(1, 1000, 32).astype("float32")
    e = ops.concatenate([ops.sin(angles), ops.cos(angles)], -1)
    e = layers.Dense(128)(layers.Dense(128, "silu")(e))
    e = ops.silu(e + layers.Embedding(classes + 1, 128, keras.initializers.RandomNormal(stddev=0.5))(label))
    a = block(layers.Conv2D(width, 4, 2, "same")(x), e)
    b = layers.Conv2D(2 * width, 2, 2)(a)
    for _ in range(2):
        b = mix(block(b, e), e)
    c = layers.Concatenate()([layers.Conv2DTranspose(width, 2, 2)(b), a])
    c = block(layers.Conv2D(width, 1)(c), e)
    guess = layers.Conv2DTranspose(shape[2], 4, 2, "same", kernel_initializer="zeros")(ops.silu(norm(c)))
    return keras.Model([x, t, label], guess)


def test_written_out_in_a_notebook_it_is_the_same_network():
    mine, library = shaken(in_a_notebook((8, 12, 2), 3, 4)), denoiser((8, 12, 2), 3, 4)
    library.set_weights(mine.get_weights())
    x = asked(5)
    np.testing.assert_allclose(numbers(library(x)), numbers(mine(x)), rtol=1e-5, atol=1e-5)
    assert np.abs(numbers(mine(x))).mean() > 0.1


@pytest.mark.parametrize(
    ("shape", "classes", "width"), [((28, 28, 1), 10, 40), ((32, 32, 3), 7, 40), ((8, 12, 2), 0, 4)]
)
def test_parameters_by_hand(shape, classes, width):
    wide, places = 2 * width, shape[0] * shape[1] // 16

    def dense(a, b):
        return a * b + b

    def block(c):
        return 2 * (9 * c * c + c) + dense(128, 2 * c)

    expected = dense(64, 128) + dense(128, 128) + 128 * (classes + 1)
    expected += dense(16 * shape[2], width) + dense(4 * width, wide) + dense(4 * wide, width) + dense(2 * width, width)
    expected += 2 * block(width) + 2 * block(wide)
    expected += 2 * (dense(128, 2 * wide) + dense(places, 96) + dense(96, places))
    expected += 16 * width * shape[2] + shape[2]
    assert denoiser(shape, classes, width).count_params() == expected


def test_at_the_start_it_answers_0_and_blocks_pass_things_on():
    backend.set_seed(0)
    model = denoiser((8, 8, 1), 2, 4)
    x = [draws(3, 8, 8, 1), np.array([0.1, 0.5, 0.9], "float32"), np.array([0, 1, 2])]
    assert np.abs(numbers(model(x))).max() == 0
    stem, inside = (keras.Model(model.inputs, model.get_layer(name).output) for name in ("stem", "down"))
    down = model.get_layer("down")
    np.testing.assert_allclose(numbers(inside(x)), numbers(down(stem(x))), atol=1e-5)


def test_image_time_and_class_all_matter_and_each_image_is_by_itself():
    model, (x, t, y) = small(), asked(4)
    base = numbers(model([x, t, y]))
    for changed in ([x + 0.1, t, y], [x, t + 0.1, y], [x, t, (y + 1) % 4]):
        assert (np.abs(numbers(model(changed)) - base).max(axis=(1, 2, 3)) > 1e-3).all()
    alone = numbers(model([x[2:3], t[2:3], y[2:3]]))
    np.testing.assert_allclose(alone, base[2:3], rtol=1e-4, atol=1e-4)


def test_its_weights_can_be_stored_by_name_and_read_back(tmp_path):
    first, second = small(), denoiser((8, 12, 2), 3, 4)
    weights.store(first, tmp_path / "a.npz")
    weights.fill(second, tmp_path / "a.npz")
    x = asked(3)
    np.testing.assert_array_equal(numbers(second(x)), numbers(first(x)))


def test_it_is_made_again_from_its_configuration():
    first = small()
    again = keras.models.clone_model(first)
    again.set_weights(first.get_weights())
    x = asked(3)
    np.testing.assert_allclose(numbers(again(x)), numbers(first(x)), rtol=1e-5)


ROUGH = {"mixed_float16": 0.01, "mixed_bfloat16": 0.08, "float64": 1e-4}
if keras.backend.backend() == "jax":
    del ROUGH["float64"]  # JAX has it only where it was switched on before anything else


@pytest.mark.parametrize("policy", ROUGH)
def test_in_other_precisions_it_computes_nearly_the_same(policy):
    usual, old = small(), keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        model = denoiser((8, 12, 2), 3, 4)
    finally:
        keras.config.set_dtype_policy(old)
    assert model.compute_dtype == policy.removeprefix("mixed_")
    model.set_weights(usual.get_weights())
    expected = numbers(usual(asked(4)))
    error = np.abs(numbers(model(asked(4))) - expected).max() / np.abs(expected).max()
    assert error < ROUGH[policy]


def test_it_compiles_with_xla():
    model, x = small(), asked(3)
    compiled = backend.jit(lambda *inputs: model(list(inputs)), state=model.variables, xla=True)
    np.testing.assert_allclose(numbers(compiled(*x)), numbers(model(x)), rtol=1e-3, atol=1e-4)


ON_JAX = """
import json
from course_lib.models.denoiser import sample
from tests.models.test_denoiser import asked, numbers, small
model = small()
print(json.dumps([numbers(model(asked(3))).tolist(), sample(model, [0, 1, 3], 3, 2.0, seed=1).tolist()]))
"""


def test_both_backends_answer_and_draw_the_same():
    if keras.backend.backend() != "tensorflow":
        pytest.skip("runs JAX in a process of its own")
    pytest.importorskip("jax", reason="JAX is in requirements-dev.lock")
    answers, drawn = json.loads(printed(ON_JAX, KERAS_BACKEND="jax").splitlines()[-1])
    model = small()
    np.testing.assert_allclose(answers, numbers(model(asked(3))), rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(drawn, sample(model, [0, 1, 3], 3, 2.0, seed=1), rtol=1e-3, atol=1e-2)


# --- drawing ----------------------------------------------------------------------------------------------------------

PICTURES = draws(3, 4 * 4, seed=5).astype("float64")  # of two classes, and of "any"


def sure():
    """A network that is sure: whatever it sees, it answers the picture of the class."""
    x, t, label = keras.Input((4, 4, 1)), keras.Input(()), keras.Input((), dtype="int32")
    picture = layers.Reshape((4, 4, 1))(layers.Embedding(3, 16)(label))
    model = keras.Model([x, t, label], picture + 0 * x)
    model.set_weights([PICTURES])
    return model


def test_velocities_lead_to_the_estimate_in_the_time_that_is_left():
    model, (x, _, y) = small(), asked(5)
    for t in (0.0, 0.4, 0.97):
        clean = numbers(model([x, np.full(5, t, "float32"), y]))
        np.testing.assert_allclose(velocity(model, x, t, y), (clean - x) / max(1 - t, 0.05), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(
        estimate(model, x, 0.4, y), numbers(model([x, np.full(5, 0.4, "float32"), y])), rtol=1e-5
    )


@pytest.mark.parametrize("scale", [0.0, 1.0, 1.5, 3.0])
def test_guidance_goes_on_from_any_to_the_class(scale):
    x, y = draws(4, 4, 4, 1, seed=7), np.array([0, 1, 1, 2])
    wanted = PICTURES[2] + scale * (PICTURES[y] - PICTURES[2])
    found = velocity(sure(), x, 0.5, y, scale)
    np.testing.assert_allclose(found, (wanted.reshape(x.shape) - x) / 0.5, rtol=1e-4, atol=1e-5)
    drawn = sample(sure(), y, 8, scale, seed=1)
    assert drawn.dtype == "float32"
    np.testing.assert_allclose(drawn, wanted.reshape(x.shape), rtol=1e-4, atol=1e-5)


def test_the_looks_at_the_network_are_where_the_method_says():
    """A network that answers t · 1: Euler from 0 by hand, in three steps."""
    x, t, label = keras.Input((4, 4, 1)), keras.Input(()), keras.Input((), dtype="int32")
    still = 0 * layers.Reshape((1, 1, 1))(layers.Embedding(2, 1)(label))
    model = keras.Model([x, t, label], 0 * x + t[:, None, None, None] + still)
    start = np.zeros((1, 4, 4, 1))
    value, seen = 0.0, [0.0]
    for time in (0, 1 / 3, 2 / 3):
        value += (time - value) / (1 - time) / 3
        seen.append(value)
    film = sample(model, [0], 3, start=start, record=True)
    np.testing.assert_allclose(film[:, 0, 0, 0, 0], seen, atol=1e-6)
    middle = sample(model, [0], 1, start=start, method="midpoint")
    np.testing.assert_allclose(middle, 1.0 * 0.5 / 0.5, atol=1e-6)  # at t = ½ from x = 0: velocity 1


def test_the_last_moments_are_not_divided_by_less_than_a_twentieth():
    start = draws(1, 4, 4, 1, seed=9)
    x = start.reshape(-1).astype(float)
    for i in range(40):
        x = x + (PICTURES[0] - x) / max(1 - i / 40, 0.05) / 40
    drawn = sample(sure(), [0], 40, start=start)
    np.testing.assert_allclose(drawn.ravel(), x, rtol=1e-4, atol=1e-5)
    assert np.abs(drawn.ravel() - PICTURES[0]).max() > 1e-3


def test_a_seed_decides_everything_and_images_do_not_depend_on_their_neighbours():
    model = small()
    first, again, other = (sample(model, [0, 1, 2], 3, 2.0, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).min(axis=(1, 2, 3)).max() > 0 and np.abs(first - other).mean() > 0.1
    start = np.random.default_rng(1).standard_normal((3, 8, 12, 2), dtype="float32")
    np.testing.assert_array_equal(sample(model, [0, 1, 2], 3, 2.0, start=start), first)
    np.testing.assert_allclose(sample(model, [2], 3, 2.0, start=start[2:]), first[2:], rtol=1e-3, atol=1e-3)
    film = sample(model, [0, 1, 2], 3, 2.0, seed=1, record=True)
    assert film.shape == (4, 3, 8, 12, 2)
    np.testing.assert_array_equal(film[0], start)
    np.testing.assert_array_equal(film[-1], first)


def test_many_images_are_drawn_piece_by_piece():
    y = np.arange(503) % 3
    np.testing.assert_allclose(sample(sure(), y, 2).reshape(503, 16), PICTURES[y], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        (lambda: denoiser((30, 28, 1)), ValueError, r"divisible by 4, got \(30, 28, 1\)"),
        (lambda: denoiser((28, 28)), ValueError, r"shape must be \(height, width, channels\)"),
        (lambda: denoiser(classes=-1), ValueError, "classes must be at least 0, got -1"),
        (lambda: denoiser(width=0), ValueError, "width must be at least 1, got 0"),
        (lambda: denoiser(width=8.0), TypeError, "width must be a whole number, got 8.0"),
        (lambda: Waves(1), ValueError, "count must be at least 2, got 1"),
        (lambda: sample(sure(), [0, 3]), ValueError, "labels must be at most 2, got 3"),
        (lambda: sample(sure(), [-1]), ValueError, "labels must be at least 0, got -1"),
        (lambda: sample(sure(), [0.5]), TypeError, "labels must hold class ids or labels, whole numbers"),
        (lambda: sample(sure(), []), (TypeError, ValueError), "labels must"),
        (lambda: sample(sure(), 3), ValueError, r"labels must have the shape \(N,\), one for each image, got \(\)"),
        (lambda: sample(sure(), [0], steps=0), ValueError, "steps must be at least 1, got 0"),
        (lambda: sample(sure(), [0], guidance="2"), TypeError, "guidance must be a number, got '2'"),
        (lambda: sample(sure(), [0], method="ddim"), ValueError, "method must be one of 'euler', 'midpoint'"),
        (lambda: sample(sure(), [0], start=np.zeros((2, 4, 4, 1))), ValueError, r"start must be .*\(1, 4, 4, 1\), got"),
        (lambda: velocity(sure(), np.zeros((2, 4, 4, 1)), 0.5, [0]), ValueError, "each of the 2 images, got 1"),
        (lambda: velocity(sure(), np.zeros((1, 4, 4, 1)), 1.5, [0]), ValueError, "t must be from 0 to 1, got 1.5"),
        (lambda: velocity(sure(), np.full((1, 4, 4, 1), np.nan), 0.5, [0]), ValueError, "x must be finite"),
    ],
)
def test_errors_name_the_argument(wrong, error, words):
    with pytest.raises(error, match=words):
        wrong()
