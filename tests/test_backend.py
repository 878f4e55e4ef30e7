"""course_lib.backend on the backend that Keras runs on; `test_the_other_backend` runs this file again on JAX."""

import importlib.util
import json

import keras
import numpy as np
import pytest
from keras import ops

from course_lib import backend
from course_lib.backend import input_grad, jit, value_and_grad
from tests.helpers import central_differences, python

BACKEND = keras.backend.backend()
needs_jax = pytest.mark.skipif(
    importlib.util.find_spec("jax") is None, reason="JAX is in requirements-dev.lock: run `make test-jax`"
)


# --- the network of the second-order tests, in NumPy and float64 ------------------------------------------------------


def small_network():
    rng = np.random.default_rng(3)
    weights = [rng.normal(size=shape) * 0.7 for shape in [(3, 5), (5,), (5, 1), (1,)]]
    return weights, rng.normal(size=(4, 3))


def penalty_numpy(weights, x):
    """mean (‖∇ₓ D(x)‖ − 1)² with D(x) = tanh(x W + b) v + c, whose gradient in x is W (v ⊙ (1 − h²))."""
    kernel, bias, v, _ = weights
    hidden = np.tanh(x @ kernel + bias)
    slopes = (1 - hidden**2) * v[:, 0] @ kernel.T
    return np.mean((np.sqrt(np.sum(slopes**2, axis=1)) - 1) ** 2)


def critic(weights):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(5, activation="tanh"), keras.layers.Dense(1)])
    model.set_weights([weight.astype("float32") for weight in weights])
    return model


def penalty_of(score):
    def penalty(wrt, x):
        slopes = input_grad(score)(x)
        return ops.mean((ops.sqrt(ops.sum(slopes**2, axis=1)) - 1) ** 2)

    return penalty


# --- first derivatives ------------------------------------------------------------------------------------------------


def test_gradient_of_a_cubic():
    value, gradient = value_and_grad(lambda w: ops.sum(w**3))(np.array([1.0, -2.0], "float32"))
    assert float(value) == -7
    np.testing.assert_allclose(gradient, [3, 12])


def test_gradient_keeps_the_structure_of_what_it_is_taken_of():
    wrt = {"a": np.float32(2.0), "b": [np.ones((2, 3), "float32"), (np.float32(5.0),)]}
    value, gradient = value_and_grad(lambda w, scale: scale * w["a"] * ops.sum(w["b"][0]))(wrt, 10.0)
    assert float(value) == 120
    assert float(gradient["a"]) == 60
    np.testing.assert_allclose(gradient["b"][0], np.full((2, 3), 20))
    assert isinstance(gradient["b"][1], tuple)
    assert float(gradient["b"][1][0]) == 0  # f does not depend on it: zero, not None


def test_aux_comes_back_beside_the_value():
    (value, aux), gradient = value_and_grad(lambda w: (ops.sum(w * w), {"twice": 2 * w}), has_aux=True)(
        np.array([3.0], "float32")
    )
    assert float(value) == 9
    np.testing.assert_allclose(aux["twice"], [6])
    np.testing.assert_allclose(gradient, [6])


def test_least_squares_gradient_reaches_the_variables_inside_a_layer():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(8, 3)), rng.normal(size=(8, 1))
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    kernel, bias = (np.asarray(weight, "float64") for weight in model.get_weights())
    value, gradients = value_and_grad(lambda _, x, y: ops.mean((model(x) - y) ** 2))(
        model.trainable_variables, x.astype("float32"), y.astype("float32")
    )
    residual = x @ kernel + bias - y
    assert float(value) == pytest.approx(np.mean(residual**2), rel=1e-5)
    np.testing.assert_allclose(gradients[0], 2 / 8 * x.T @ residual, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(gradients[1], 2 * residual.mean(axis=0), rtol=1e-4, atol=1e-6)


def test_gradient_of_an_embedding_is_a_plain_tensor():
    table = keras.layers.Embedding(4, 2)
    table.build()
    _, (gradient,) = value_and_grad(lambda _: ops.sum(table(np.array([1, 1, 3]))))(table.trainable_variables)
    np.testing.assert_allclose(gradient, [[0, 0], [2, 2], [0, 0], [1, 1]])


@pytest.mark.parametrize("shape", [(2,), (2, 1)])
def test_input_grad_is_per_sample(shape):
    x = np.array([[3.0, 1.0], [1.0, 5.0]], "float32")
    gradient = input_grad(lambda x: ops.reshape(x[:, 0] ** 2 * x[:, 1], shape))(x)
    np.testing.assert_allclose(gradient, [[6, 9], [10, 1]])


def test_input_grad_of_a_single_input():
    np.testing.assert_allclose(input_grad(lambda x: ops.sum(x**2))(np.ones((2, 2), "float32")), np.full((2, 2), 2))


def test_moving_averages_are_kept():
    layer = keras.layers.BatchNormalization(momentum=0.75)
    x = np.array([[1.0], [5.0]], "float32")
    layer.build(x.shape)
    value_and_grad(lambda _: ops.sum(layer(x, training=True) ** 2))(layer.trainable_variables)
    np.testing.assert_allclose(layer.moving_mean.numpy(), [0.25 * 3], rtol=1e-6)
    np.testing.assert_allclose(layer.moving_variance.numpy(), [0.75 + 0.25 * 4], rtol=1e-6)


def test_moving_averages_survive_nested_gradients():
    layer = keras.layers.BatchNormalization(momentum=0.75)
    x = np.array([[1.0], [5.0]], "float32")
    layer.build(x.shape)

    def penalty(_):
        return ops.sum(input_grad(lambda x: layer(x, training=True) ** 3)(x) ** 2)

    value_and_grad(penalty)(layer.trainable_variables)
    np.testing.assert_allclose(layer.moving_mean.numpy(), [0.75], rtol=1e-6)


# --- second derivatives -----------------------------------------------------------------------------------------------


def test_second_derivative_of_a_tensor():
    def slope(x):
        return ops.sum(input_grad(lambda x: x**4)(x))

    np.testing.assert_allclose(value_and_grad(slope)(np.array([1.0, 2.0], "float32"))[1], [12, 48])


def test_third_derivative():
    def first(x):
        return value_and_grad(lambda x: x**5)(x)[1]

    def second(x):
        return value_and_grad(first)(x)[1]

    assert float(value_and_grad(second)(np.float32(2.0))[1]) == 240


@pytest.mark.parametrize("compiled", [False, True])
def test_gradient_penalty_has_the_right_gradient_in_the_weights(compiled):
    weights, x = small_network()
    expected = central_differences(lambda *arrays: penalty_numpy(arrays, x), *weights)
    model = critic(weights)

    def both(x):
        return value_and_grad(penalty_of(model))(model.trainable_variables, x)

    value, gradients = (jit(both, state=model.variables) if compiled else both)(x.astype("float32"))
    assert float(value) == pytest.approx(penalty_numpy(weights, x), abs=1e-5)
    for gradient, oracle in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(gradient, oracle, atol=1e-5)


def test_gradient_penalty_has_the_right_gradient_in_the_input():
    weights, x = small_network()
    (expected,) = central_differences(lambda moved: penalty_numpy(weights, moved), x)
    model = critic(weights)
    _, gradient = value_and_grad(lambda x: penalty_of(model)(None, x))(x.astype("float32"))
    np.testing.assert_allclose(gradient, expected, atol=1e-5)


def test_gradient_penalty_has_the_right_gradient_in_plain_tensors():
    weights, x = small_network()
    expected = central_differences(lambda *arrays: penalty_numpy(arrays, x), *weights)

    def penalty(weights, x):
        kernel, bias, v, c = weights
        return penalty_of(lambda x: ops.tanh(x @ kernel + bias) @ v + c)(weights, x)

    _, gradients = value_and_grad(penalty)([weight.astype("float32") for weight in weights], x.astype("float32"))
    for gradient, oracle in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(gradient, oracle, atol=1e-5)


# --- compiling --------------------------------------------------------------------------------------------------------


def trainer(compiled):
    """A model with everything that a step changes: weights, moving averages, momentum and a step count."""
    keras.utils.set_random_seed(1)
    layers = keras.layers
    model = keras.Sequential([keras.Input((2,)), layers.Dense(9, "tanh"), layers.BatchNormalization(), layers.Dense(1)])
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
    optimizer.build(model.trainable_variables)

    def step(x, y):
        value, gradients = value_and_grad(lambda _: ops.mean((model(x, training=True) - y) ** 2))(
            model.trainable_variables
        )
        optimizer.apply(gradients, model.trainable_variables)
        return value

    state = [*model.variables, *optimizer.variables]
    return (jit(step, state=state) if compiled else step), state


def product_data():
    x = np.random.default_rng(0).uniform(-1, 1, size=(64, 2)).astype("float32")
    return x, x[:, :1] * x[:, 1:]


def test_a_compiled_step_does_what_the_step_does():
    x, y = product_data()
    (plain, plain_state), (compiled, compiled_state) = trainer(False), trainer(True)
    for _ in range(3):
        assert float(compiled(x, y)) == pytest.approx(float(plain(x, y)), rel=1e-4)
    for a, b in zip(plain_state, compiled_state, strict=True):
        np.testing.assert_allclose(ops.convert_to_numpy(a), ops.convert_to_numpy(b), rtol=1e-3, atol=1e-5)


def test_a_compiled_step_trains():
    x, y = product_data()
    step, _ = trainer(True)
    losses = [float(step(x, y)) for _ in range(300)]
    assert np.mean(losses[-20:]) < 0.2 * np.mean(y**2) < losses[0]


def test_jit_runs_the_python_code_once():
    calls = []

    def f(x):
        calls.append(x.shape)
        return {"sum": ops.sum(x), "pair": (x, 2 * x)}

    compiled = jit(f)
    for _ in range(3):
        result = compiled(np.array([1.0, 2.0], "float32"))
    assert len(calls) == 1
    assert float(result["sum"]) == 3
    np.testing.assert_allclose(result["pair"][1], [2, 4])


def test_jit_without_xla_gives_the_same():
    f = jit(lambda x: ops.sum(ops.exp(x)), xla=False)
    assert float(f(np.array([0.0, 1.0], "float32"))) == pytest.approx(1 + np.e, rel=1e-6)


def test_random_numbers_move_on_in_a_compiled_function_and_can_be_repeated():
    def two_draws():
        seed = keras.random.SeedGenerator(5)
        draw = jit(lambda: keras.random.normal((3,), seed=seed), state=[seed.state])
        return np.asarray(draw()), np.asarray(draw())

    first, second = two_draws()
    assert not np.allclose(first, second)
    np.testing.assert_array_equal(two_draws(), (first, second))


def test_a_loop_calls_in_order_and_sees_what_the_call_before_changed():
    total = keras.Variable(2.0)

    def double_and_add(x):
        return total.assign(2 * total + x["by"])

    loop = backend.jit_loop(double_and_add, state=[total])
    np.testing.assert_array_equal(loop({"by": np.array([1.0, 0.0, -3.0], "float32")}), [5, 10, 17])
    assert float(total) == 17
    np.testing.assert_array_equal(loop({"by": np.array([0.0], "float32")}), [34])
    unlisted = backend.jit_loop(double_and_add, state=[])
    with pytest.raises(ValueError, match="state does not list"):
        unlisted({"by": np.ones(2, "float32")})


def test_one_device_needs_no_sharing_out():
    assert backend.replicas() == 1
    assert float(backend.jit_replicas(lambda x: ops.mean(x))(np.array([1.0, 2.0, 6.0], "float32"))) == 3


# --- what cannot work says why ----------------------------------------------------------------------------------------


def test_an_unlisted_variable_is_refused():
    listed, read, changed = (keras.Variable(np.ones(2, "float32")) for _ in range(3))
    with pytest.raises(ValueError, match="state does not list"):
        jit(lambda x: x * read + listed, state=[listed])(np.ones(2, "float32"))
    with pytest.raises(ValueError, match="state does not list"):
        jit(lambda x: changed.assign(x), state=[listed])(np.ones(2, "float32"))


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        (lambda x: value_and_grad(lambda w: 2 * w)(x), ValueError, r"one number.*\(2, 3\)"),
        (lambda x: value_and_grad(lambda w: ops.sum(w))(np.arange(3)), TypeError, "floating-point.*int"),
        (lambda x: input_grad(lambda x: x)(x), ValueError, r"one score per sample.*\(2, 3\)"),
        (lambda x: jit(lambda x: x, state=[x]), TypeError, "state must hold Keras variables.*ndarray"),
        (lambda x: jit(lambda x: x)(keras.Variable(x)), TypeError, "state instead"),
        (lambda x: backend.set_seed(-1), ValueError, "seed.*-1"),
        (lambda x: backend.set_seed("one"), TypeError, "seed.*'one'"),
        (lambda x: backend.mixed_precision("half"), ValueError, "policy.*mixed_float16.*'half'"),
    ],
)
def test_errors_name_the_argument(wrong, error, words):
    with pytest.raises(error, match=words):
        wrong(np.ones((2, 3), "float32"))


# --- devices, seeds, precision ----------------------------------------------------------------------------------------


def test_device_report():
    report = backend.device_report()
    assert report["backend"] == BACKEND
    assert report["version"] == importlib.import_module(BACKEND).__version__
    assert report["keras"] == keras.__version__
    assert report["kind"] in ("cpu", "gpu", "tpu")
    assert len(report["devices"]) >= 1
    assert report["precision"] == "float32"


def test_seed_repeats_every_generator():
    def draw():
        backend.set_seed(7)
        return np.random.random(), ops.convert_to_numpy(keras.random.normal((2,)))  # noqa: NPY002

    (a, b), (c, d) = draw(), draw()
    assert a == c
    np.testing.assert_array_equal(b, d)


def test_mixed_precision_computes_in_half_and_keeps_weights_whole():
    try:
        assert backend.mixed_precision("mixed_bfloat16") == "mixed_bfloat16"
        layer = keras.layers.Dense(1)
        assert keras.backend.standardize_dtype(layer(np.ones((1, 2), "float32")).dtype) == "bfloat16"
        assert layer.kernel.dtype == "float32"
        if backend.device_report()["kind"] == "cpu":
            assert backend.mixed_precision() == "float32"
    finally:
        keras.config.set_dtype_policy("float32")


def test_one_device_needs_no_other_code():
    with backend.distribution_strategy().scope():
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        model.fit(*product_data(), epochs=1, verbose=0)
    assert np.isfinite(model.get_weights()[0]).all()


TWO_DEVICES = """
import json, sys
import numpy as np
import keras
if keras.backend.backend() == "tensorflow":
    import tensorflow as tf
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from course_lib.backend import device_report, distribution_strategy
rng = np.random.default_rng(0)
x, y = rng.normal(size=(8, 3)).astype("float32"), rng.normal(size=(8, 1)).astype("float32")
strategy = distribution_strategy()
with strategy.scope():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    model.fit(x, y, batch_size=8, epochs=1, verbose=0)
print(json.dumps({"report": device_report(), "strategy": type(strategy).__name__,
                  "weights": model.get_weights()[0].tolist()}))
"""


@pytest.mark.skipif(BACKEND != "tensorflow", reason="runs both backends in processes of their own")
@pytest.mark.parametrize(
    ("name", "strategy"),
    [("tensorflow", "MirroredStrategy"), pytest.param("jax", "DataParallel", marks=needs_jax)],
)
def test_two_devices_compute_what_one_would(name, strategy):
    flags = {"KERAS_BACKEND": name, "XLA_FLAGS": "--xla_force_host_platform_device_count=2"}
    done = python("-c", TWO_DEVICES, **flags)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert len(result["report"]["devices"]) == 2
    assert result["strategy"] == strategy
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(8, 3)), rng.normal(size=(8, 1))
    start = np.ones((3, 1))
    np.testing.assert_allclose(result["weights"], start - 0.1 * 2 / 8 * x.T @ (x @ start - y), rtol=1e-5, atol=1e-6)


def test_a_tpu_is_asked_for_by_name(monkeypatch):
    if BACKEND != "tensorflow":
        pytest.skip("JAX finds a TPU by itself")
    import tensorflow as tf

    monkeypatch.setenv("TPU_NAME", "local")
    monkeypatch.setattr(
        tf.distribute.cluster_resolver.TPUClusterResolver, "connect", lambda tpu: f"resolver of {tpu}", raising=True
    )
    monkeypatch.setattr(tf.distribute, "TPUStrategy", lambda resolver: f"strategy over {resolver}")
    assert backend.distribution_strategy() == "strategy over resolver of local"


# --- both backends ----------------------------------------------------------------------------------------------------

ON_JAX = """
import json, sys
import numpy as np, pytest
from course_lib.backend import value_and_grad
from tests.test_backend import critic, penalty_of, small_network
weights, x = small_network()
model = critic(weights)
_, gradients = value_and_grad(penalty_of(model))(model.trainable_variables, x.astype("float32"))
print(json.dumps([np.asarray(gradient).tolist() for gradient in gradients]), flush=True)
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "tests/test_backend.py"]))
"""


@pytest.fixture(scope="module")
def run_on_jax():
    """This file's tests on JAX, after one line with the gradient of the gradient penalty."""
    if BACKEND == "jax":
        pytest.skip("this is the run on JAX")
    return python("-c", ON_JAX, KERAS_BACKEND="jax")


@needs_jax
def test_the_other_backend(run_on_jax):
    assert run_on_jax.returncode == 0, run_on_jax.stdout + run_on_jax.stderr


@needs_jax
def test_both_backends_agree_on_the_gradient_of_a_gradient_penalty(run_on_jax):
    there = json.loads(run_on_jax.stdout.splitlines()[0])
    weights, x = small_network()
    model = critic(weights)
    _, gradients = value_and_grad(penalty_of(model))(model.trainable_variables, x.astype("float32"))
    for gradient, other in zip(gradients, there, strict=True):
        np.testing.assert_allclose(gradient, other, atol=1e-5)


def test_importing_the_seam_is_cheap():
    code = "import sys, course_lib.backend; sys.exit(bool({'tensorflow', 'keras', 'jax'} & set(sys.modules)))"
    assert python("-c", code).returncode == 0
