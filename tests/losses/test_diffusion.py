"""Losses of diffusion and flow matching: the same as in NumPy, compiled, on both backends, and smallest at the mean."""

import keras
import numpy as np
import pytest
from keras import ops

from course_lib import backend
from course_lib.classical.diffusion import flow, forward, predictions
from course_lib.losses import diffusion
from tests.helpers import printed


def numpy(x):
    return ops.convert_to_numpy(x)


def batch(seed=0):
    rng = np.random.default_rng(seed)
    clean, noise, answer = rng.standard_normal((3, 4, 5, 5, 2))
    return clean, noise, answer, rng.uniform(0.05, 0.9, 4)


def test_noisy_images_are_those_of_numpy():
    clean, noise, _, level = batch()
    for amount in (level, 0.3):
        np.testing.assert_allclose(
            numpy(diffusion.add_noise(clean, noise, amount)), forward.add_noise(clean, noise, amount), rtol=1e-12
        )
        x = flow.point(clean, noise, amount)
        np.testing.assert_allclose(numpy(diffusion.flow_point(clean, noise, amount)), x, rtol=1e-12)
        np.testing.assert_allclose(
            numpy(diffusion.velocity_from_clean(x, clean, amount)), flow.velocity(clean, noise), atol=1e-12
        )


def test_by_hand():
    one = np.ones((1, 1))
    assert numpy(diffusion.add_noise(one, 0.5 * one, 0.64)) == pytest.approx(1.1)
    assert numpy(diffusion.prediction_loss(-0.2 * one, one, 0.5 * one, 0.64, "velocity")) == pytest.approx(0, abs=1e-12)
    assert numpy(diffusion.prediction_loss(0 * one, one, 0.5 * one, 0.64)) == pytest.approx(0.25)
    assert numpy(diffusion.flow_loss(0 * one, one, -one, 0.25)) == pytest.approx(4)  # the velocity is 2
    assert numpy(diffusion.velocity_from_clean(0 * one, one, 1.0)) == pytest.approx(20)  # 1 / .05


@pytest.mark.parametrize("kind", ["clean", "noise", "velocity"])
def test_an_error_of_one_kind_is_a_weighted_error_of_the_clean_image(kind):
    clean, noise, answer, level = batch(1)
    x = forward.add_noise(clean, noise, level)
    prediction = predictions.convert(answer, x, level, "clean", kind)
    found = numpy(diffusion.prediction_loss(prediction, clean, noise, level, kind))
    error = ((answer - clean) ** 2).mean(axis=(1, 2, 3))
    np.testing.assert_allclose(found, predictions.loss_weight(level, kind) * error, rtol=1e-9)


def test_a_network_that_answers_the_clean_image_is_judged_by_its_velocity():
    clean, noise, answer, t = batch(2)
    found = numpy(diffusion.flow_loss(answer, clean, noise, t, "clean"))
    np.testing.assert_allclose(found, ((answer - clean) ** 2).mean(axis=(1, 2, 3)) / (1 - t) ** 2, rtol=1e-9)
    velocity = flow.velocity_from_clean(flow.point(clean, noise, t), answer, t)
    np.testing.assert_allclose(found, numpy(diffusion.flow_loss(velocity, clean, noise, t)), rtol=1e-9)


def test_at_the_end_the_floor_holds():
    clean, noise, answer, _ = batch(3)
    found = numpy(diffusion.flow_loss(answer, clean, noise, np.ones(4), "clean", floor=0.1))
    expected = (((answer - clean) / 0.1 - (clean - noise)) ** 2).mean(axis=(1, 2, 3))
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_the_best_constant_is_the_mean():
    """Squared errors: with images 0, 0, 1 the best answer is 1/3; absolute ones would say 0, the median."""
    clean = np.array([[0.0], [0.0], [1.0]])
    losses = [
        numpy(diffusion.prediction_loss(np.full((3, 1), a), clean, clean, 0.5, "clean")).mean()
        for a in (0.0, 1 / 3, 0.5)
    ]
    assert losses[1] < min(losses[0], losses[2])


def test_one_number_a_sample_in_its_type_and_compiled():
    clean, noise, answer, level = batch(4)
    loss = diffusion.flow_loss(answer, clean, noise, level)
    assert tuple(loss.shape) == (4,) and keras.backend.standardize_dtype(loss.dtype) == "float64"
    narrow = [x.astype(np.float32) for x in (answer, clean, noise, level)]
    assert keras.backend.standardize_dtype(diffusion.flow_loss(*narrow).dtype) == "float32"
    for function in (diffusion.flow_loss, diffusion.prediction_loss):
        compiled = backend.jit(function)
        np.testing.assert_allclose(
            numpy(compiled(*map(ops.convert_to_tensor, narrow))), numpy(function(*narrow)), rtol=1e-5
        )


def test_the_backends_agree():
    pytest.importorskip("jax", reason="JAX is in requirements-dev.lock")
    code = """
import numpy as np
from keras import ops
from course_lib.losses import diffusion
rng = np.random.default_rng(5)
clean, noise, answer = rng.standard_normal((3, 4, 5, 5, 2)).astype("float32")
t = rng.uniform(0.05, 0.9, 4).astype("float32")
for loss in (diffusion.flow_loss(answer, clean, noise, t, "clean"), diffusion.prediction_loss(answer, clean, noise, t)):
    print(*np.asarray(loss).tolist())
"""
    both = [np.array(printed(code, KERAS_BACKEND=name).split(), float) for name in ("tensorflow", "jax")]
    assert both[0].size == 8
    np.testing.assert_allclose(*both, rtol=1e-5)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda a, b: diffusion.add_noise(a, b[:2], 0.5), ValueError, "clean and noise must have one shape"),
        (
            lambda a, b: diffusion.add_noise(a, b, [0.5] * 3),
            ValueError,
            r"alpha_bar must be a number or have the shape \(N,\)",
        ),
        (
            lambda a, b: diffusion.flow_point(a, b, [[0.5]] * 4),
            ValueError,
            r"t must be a number or have the shape \(N,\)",
        ),
        (lambda a, b: diffusion.add_noise([1.0], [1.0], 0.5), ValueError, r"clean must have the shape \(N, ...\)"),
        (
            lambda a, b: diffusion.prediction_loss(a[..., :1], a, b, 0.5),
            ValueError,
            "prediction and target must have one",
        ),
        (
            lambda a, b: diffusion.prediction_loss(a, a, b, 0.5, "score"),
            ValueError,
            "kind must be one of 'clean', 'noise'",
        ),
        (
            lambda a, b: diffusion.flow_loss(a, a, b, 0.5, "noise"),
            ValueError,
            "kind must be one of 'velocity', 'clean'",
        ),
        (lambda a, b: diffusion.velocity_from_clean(a, b, 0.5, 0), ValueError, "floor must be"),
        (lambda a, b: diffusion.add_noise(np.ma.masked_less(a, 0), b, 0.5), TypeError, "clean must not be masked"),
    ],
)
def test_clear_errors(call, error, words):
    clean, noise, *_ = batch()
    with pytest.raises(error, match=words):
        call(clean, noise)
