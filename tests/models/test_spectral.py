"""Spectral normalization against singular values by numpy.linalg.svd, and its gradient against differences."""

import keras
import numpy as np
import pytest
from keras import ops

from course_lib import backend
from course_lib.models.spectral import SpectralConv2D, SpectralDense, power_iteration, spectral_norm

LAYERS = {
    "dense": (lambda: SpectralDense(5), (4, 7)),
    "convolution": (lambda: SpectralConv2D(6, 3, strides=2, padding="same", dilation_rate=1), (2, 8, 8, 3)),
}
each = pytest.mark.parametrize("name", LAYERS)


def numbers(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), dtype=np.float64)


def built(name, converged=True):
    """A layer with a fixed kernel that is far from normalized; converged, u is the first singular vector."""
    make, shape = LAYERS[name]
    layer, rng = make(), np.random.default_rng(2)
    layer.build(shape)
    layer.kernel.assign(rng.normal(scale=2, size=layer.kernel.shape))
    layer.bias.assign(rng.normal(size=layer.bias.shape))
    if converged:
        layer.u.assign(np.linalg.svd(as_matrix(layer.kernel))[0][:, 0])
    return layer, rng.normal(size=shape).astype("float32")


def as_matrix(kernel):
    return numbers(kernel).reshape(-1, kernel.shape[-1]).T


def test_power_iteration_finds_the_first_singular_vectors():
    matrix = np.random.default_rng(0).normal(size=(4, 6))
    left, values, right = np.linalg.svd(matrix)
    u, v = power_iteration(ops.convert_to_tensor(matrix), ops.convert_to_tensor(np.ones(4) / 2), steps=200)
    sign = np.sign(numbers(u) @ left[:, 0])
    np.testing.assert_allclose(sign * numbers(u), left[:, 0], atol=1e-5)
    np.testing.assert_allclose(sign * numbers(v), right[0], atol=1e-5)
    assert float(spectral_norm(ops.convert_to_tensor(matrix), u, v)) == pytest.approx(values[0], rel=1e-6)


def test_one_step_by_hand():
    """W = diag(3, 1), u = (1, 1) / √2: v ∝ (3, 1), u ∝ (9, 1), then v ∝ (27, 1)."""
    u, v = power_iteration(ops.convert_to_tensor(np.diag([3.0, 1.0])), ops.convert_to_tensor(np.ones(2) / 2**0.5))
    np.testing.assert_allclose(numbers(u), np.array([9, 1]) / np.sqrt(82), rtol=1e-6)
    np.testing.assert_allclose(numbers(v), np.array([27, 1]) / np.sqrt(730), rtol=1e-6)


@each
def test_the_kernel_comes_to_a_spectral_norm_of_one(name):
    layer, _ = built(name, converged=False)
    train = backend.jit(lambda: ops.sum(layer.normalized_kernel(training=True)), state=layer.variables, xla=False)
    for _ in range(200):
        train()
    before = np.linalg.svd(as_matrix(layer.kernel), compute_uv=False)[0]
    assert before > 4
    after = np.linalg.svd(as_matrix(layer.normalized_kernel()), compute_uv=False)[0]
    assert after == pytest.approx(1, rel=1e-5)
    np.testing.assert_allclose(numbers(layer.normalized_kernel()) * before, numbers(layer.kernel), rtol=1e-4, atol=1e-5)


@each
def test_the_layer_computes_with_that_kernel(name):
    layer, x = built(name)
    plain = keras.layers.Dense(5) if name == "dense" else keras.layers.Conv2D(6, 3, strides=2, padding="same")
    plain.build(x.shape)
    sigma = np.linalg.svd(as_matrix(layer.kernel), compute_uv=False)[0]
    plain.set_weights([numbers(layer.kernel) / sigma, numbers(layer.bias)])
    np.testing.assert_allclose(numbers(layer(x)), numbers(plain(x)), rtol=1e-3, atol=1e-4)


@each
def test_the_gradient_goes_through_the_singular_value(name):
    """Against differences of W / σ(W) with σ from the SVD. Without ∂σ/∂W the gradient is another one."""
    layer, _ = built(name)
    kernel, rng = numbers(layer.kernel), np.random.default_rng(1)
    pull = rng.normal(size=kernel.shape)

    def normalized(kernel):
        return np.sum(pull * kernel) / np.linalg.svd(kernel.reshape(-1, kernel.shape[-1]), compute_uv=False)[0]

    _, (slope,) = backend.value_and_grad(lambda _: ops.sum(pull.astype("float32") * layer.normalized_kernel()))(
        [layer.kernel]
    )
    sigma = np.linalg.svd(kernel.reshape(-1, kernel.shape[-1]), compute_uv=False)[0]
    for place in list(np.ndindex(kernel.shape))[:: max(1, kernel.size // 20)]:
        step = np.zeros_like(kernel)
        step[place] = 1e-5
        expected = (normalized(kernel + step) - normalized(kernel - step)) / 2e-5
        assert numbers(slope)[place] == pytest.approx(expected, rel=1e-3, abs=1e-4)
    assert np.abs(numbers(slope) - pull / sigma).max() > 1e-2


def test_a_discriminator_of_such_layers_is_lipschitz():
    """Dense layers with σ = 1 and leaky ReLU between: no two scores differ by more than their points."""
    from course_lib.models.gan import toy_discriminator

    backend.set_seed(0)
    model = toy_discriminator(width=16, depth=2, spectral=True)
    x = np.random.default_rng(0).normal(scale=3, size=(200, 2)).astype("float32")
    train = backend.jit(lambda x: model(x, training=True), state=model.variables, xla=False)
    for _ in range(300):
        train(x)
    scores = numbers(model(x))[:, 0]
    gaps = np.abs(scores[:, None] - scores) / (np.linalg.norm(x[:, None] - x, axis=-1) + 1e-9)
    assert 0.05 < gaps.max() <= 1 + 1e-4


@each
def test_prediction_changes_nothing_and_training_moves_u(name):
    layer, x = built(name, converged=False)
    u = numbers(layer.u)
    first = numbers(layer(x))
    np.testing.assert_array_equal(numbers(layer(x)), first)
    np.testing.assert_array_equal(numbers(layer.u), u)
    layer(x, training=True)
    assert np.abs(numbers(layer.u) - u).max() > 1e-2
    assert [w.path for w in layer.trainable_variables] == [layer.kernel.path, layer.bias.path]


@each
def test_it_trains_compiled_and_comes_back_from_a_file(name, tmp_path):
    make, shape = LAYERS[name]
    model = keras.Sequential([keras.Input(shape[1:]), make()])
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.build(model.trainable_variables)
    x = np.random.default_rng(0).normal(size=shape).astype("float32")
    for _ in range(30):  # or what changes is σ
        model(x, training=True)

    def step(x):
        value, slopes = backend.value_and_grad(lambda _: -ops.mean(model(x, training=True) ** 2))(
            model.trainable_variables
        )
        optimizer.apply(slopes, model.trainable_variables)
        return value

    start, compiled = numbers(model.layers[-1].u), backend.jit(step, [*model.variables, *optimizer.variables])
    values = [float(compiled(x)) for _ in range(5)]
    assert values[-1] < values[0]
    assert np.abs(numbers(model.layers[-1].u) - start).max() > 1e-3
    model.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(numbers(keras.saving.load_model(tmp_path / "model.keras")(x)), numbers(model(x)))
