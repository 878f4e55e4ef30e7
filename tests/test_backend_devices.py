"""Several devices out of one processor, and what training on them gives: each in a process of its own."""

import importlib.util
import json
import os

import numpy as np
import pytest

from course_lib.backend import devices
from tests.helpers import printed, python

needs_jax = pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is in requirements-dev.lock")

# Adam's first step is the same for gradients of any size; plain descent is not deceived.
STEPS = """
import json
import numpy as np
from course_lib.backend import distribution_strategy, jit_replicas, logical_cpus, replicas, set_seed, value_and_grad
logical_cpus(2)
logical_cpus(2)  # a cell that is run again
import keras
from keras import ops
logical_cpus(2)
errors = []
for wrong in (lambda: logical_cpus(3), lambda: distribution_strategy(["CPU:7"]), lambda: distribution_strategy([])):
    try:
        distribution_strategy(["CPU:0", "CPU:1"])  # by now it has started
        wrong()
    except Exception as error:
        errors.append(f"{type(error).__name__}: {error}")
rng = np.random.default_rng(0)
x, y = rng.normal(size=(8, 6, 6, 1)).astype("float32"), rng.normal(size=(8, 1)).astype("float32")

def trained(make, names, width=3, steps=4):
    with distribution_strategy(names).scope():
        set_seed(0)
        optimizer = make()
        layers = [keras.layers.Conv2D(width, 3, activation="relu"), keras.layers.Flatten(), keras.layers.Dense(1)]
        model = keras.Sequential([keras.Input((6, 6, 1)), *layers])
        optimizer.build(model.trainable_variables)

        def loss(weights, x, y):
            return ops.mean((model(x) - y) ** 2)

        def step(x, y):
            value, gradients = value_and_grad(loss)(model.trainable_variables, x, y)
            optimizer.apply([g / replicas() for g in gradients], model.trainable_variables)
            return value

        step = jit_replicas(step, [*model.variables, *optimizer.variables], xla=False)
        losses = [float(step(x, y)) for _ in range(steps)]
    return {"losses": losses, "weights": np.concatenate([np.ravel(w) for w in model.get_weights()]).tolist()}

runs = {}
for name, make in (("sgd", lambda: keras.optimizers.SGD(0.1)), ("adam", lambda: keras.optimizers.Adam(0.01))):
    runs[name] = [trained(make, names) for names in (["CPU:0"], ["CPU:0", "CPU:1"], None)]
trained(lambda: keras.optimizers.SGD(0.1), ["CPU:0", "CPU:1"], width=5)  # another network, the same strategy
print(json.dumps({"errors": errors, "runs": runs}))
"""


@pytest.mark.parametrize("backend", ["tensorflow", pytest.param("jax", marks=needs_jax)])
def test_two_logical_devices_train_as_one(backend):
    found = json.loads(printed(STEPS, KERAS_BACKEND=backend).splitlines()[-1])
    for one, *others in found["runs"].values():
        assert one["losses"][-1] < one["losses"][0]
        for other in others:
            np.testing.assert_allclose(other["losses"], one["losses"], rtol=1e-5)
            np.testing.assert_allclose(other["weights"], one["weights"], atol=2e-6)
    late, unknown, none = found["errors"]
    assert late.startswith(f"RuntimeError: {backend} has started with 2 logical CPU(s), not 3: call logical_cpus first")
    assert unknown.lower().startswith("valueerror: devices must name some of cpu:0, cpu:1, got")
    assert none.startswith("ValueError: devices must name some of")


def test_nothing_is_said_of_strategies():
    """Notebooks keep what is written to standard error; TensorFlow names its devices at every recorded step."""
    code = """
from course_lib.backend import distribution_strategy, jit, logical_cpus
logical_cpus(2)
import keras, tensorflow as tf
with distribution_strategy(["CPU:0", "CPU:1"]).scope():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(keras.ops.ones((4, 3)), keras.ops.ones((4, 1)), verbose=0)
for n in range(1, 12):
    jit(lambda x: x + 1)(keras.ops.ones((n,)))  # each a function of its own, all of one name
tf.get_logger().warning("this is heard")
"""
    said = [
        line for line in python("-c", code, KERAS_BACKEND="tensorflow").stderr.splitlines() if "tensorflow:" in line
    ]
    assert said == ["WARNING:tensorflow:this is heard"]


@pytest.mark.parametrize(("n", "error"), [(0, ValueError), (True, TypeError), (1.5, TypeError)])
def test_a_number_of_devices_is_a_count(n, error):
    with pytest.raises(error, match="n must be"):
        devices.logical_cpus(n)


@pytest.mark.parametrize("text", ["{", "[1]", '{"cluster": 3}'])
def test_a_cluster_that_cannot_be_read_is_named(monkeypatch, text):
    monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(ValueError, match="the variable TF_CONFIG must be JSON that names a cluster"):
        devices._workers_in_the_environment()


def test_one_worker_is_no_cluster(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    assert devices._workers_in_the_environment() == 0
    monkeypatch.setitem(os.environ, "TF_CONFIG", '{"cluster": {"worker": ["a:1"]}}')
    assert devices._workers_in_the_environment() == 1
