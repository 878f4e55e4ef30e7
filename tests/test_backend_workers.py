"""Real processes on this machine that train one network; and what happens when one of them fails."""

import json
import os
import time

import keras
import numpy as np
import psutil
import pytest

from course_lib.backend.workers import cluster, run_workers

tensorflow_only = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="workers are TensorFlow's")

TRAIN = """
import json, os
import numpy as np
import keras
from keras import ops
from course_lib.backend import distribution_strategy, jit_replicas, replicas, set_seed, value_and_grad
strategy = distribution_strategy()
set_seed(0)
rng = np.random.default_rng(0)
x, y = rng.normal(size=(8, 6, 6, 1)).astype("float32"), rng.normal(size=(8, 1)).astype("float32")
with strategy.scope():
    layers = [keras.layers.Conv2D(3, 3, activation="relu"), keras.layers.Flatten(), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((6, 6, 1)), *layers])
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
    optimizer.build(model.trainable_variables)

    def loss(weights, x, y):
        return ops.mean((model(x) - y) ** 2)

    def step(x, y):
        value, gradients = value_and_grad(loss)(model.trainable_variables, x, y)
        optimizer.apply([g / replicas() for g in gradients], model.trainable_variables)
        return value

    step = jit_replicas(step, [*model.variables, *optimizer.variables], xla=False)
    losses = [float(step(x, y)) for _ in range(4)]
n, fit = strategy.num_replicas_in_sync, "works"
if n > 1:
    try:
        with strategy.scope():
            model.compile("sgd", "mse")
        model.fit(x, y, batch_size=8, verbose=0)
    except Exception as error:
        fit = f"{type(error).__name__}: {error}"
weights = np.concatenate([np.ravel(w) for w in model.get_weights()]).tolist()
print(json.dumps({"replicas": n, "losses": losses, "weights": weights, "fit": fit}))
"""


@tensorflow_only
def test_two_processes_train_as_one_and_fit_does_not_work_there():
    """keras-team/keras, issue 20585: `fit` of Keras 3 fails with several workers. A step of one's own does not."""
    (alone,), both = run_workers(TRAIN, 1), run_workers(TRAIN, 2)
    assert (alone["replicas"], [each["replicas"] for each in both]) == (1, [2, 2])
    for each in both:
        np.testing.assert_allclose(each["losses"], alone["losses"], rtol=1e-5)
        np.testing.assert_allclose(each["weights"], alone["weights"], atol=2e-6)
        assert each["fit"] != "works", "mended: say so in chapter 16"
    assert alone["losses"][-1] < alone["losses"][0]


def children():
    return psutil.Process().children(recursive=True)


def test_each_knows_all_and_its_place():
    found = run_workers("import os; print('hello'); print(os.environ['TF_CONFIG'])", 3)
    workers = [each["cluster"]["worker"] for each in found]
    assert workers[0] == workers[1] == workers[2] and len(set(workers[0])) == 3
    assert all(address.startswith("127.0.0.1:") for address in workers[0])
    assert [each["task"] for each in found] == [{"type": "worker", "index": index} for index in range(3)]


def test_the_error_of_one_ends_all():
    script = """
import json, os, time
if json.loads(os.environ["TF_CONFIG"])["task"]["index"] == 1:
    raise KeyError("no such image")
time.sleep(300)
"""
    before, began = children(), time.monotonic()
    with pytest.raises(RuntimeError, match="worker 1 of 3 ended with status 1(.|\n)*KeyError: 'no such image'"):
        run_workers(script, 3)
    assert time.monotonic() - began < 100
    assert children() == before


def test_workers_that_wait_for_ever_are_ended():
    before = children()
    with pytest.raises(TimeoutError, match="worker 0, 1 of 2 did not end in time"):
        run_workers("import time; time.sleep(300)", 2, timeout=0.5)
    assert children() == before


def test_what_is_printed_last_must_be_json():
    with pytest.raises(RuntimeError, match="worker 0 must print JSON on its last line, got 'done'"):
        run_workers("print('done')", 1)
    with pytest.raises(RuntimeError, match="worker 0 must print JSON on its last line, got ''"):
        run_workers("", 1)


def test_a_port_that_was_taken_meanwhile_is_no_end(tmp_path):
    script = f"""
import os, pathlib
tried = pathlib.Path({str(tmp_path)!r}) / "tried"
if not tried.exists():
    tried.touch()
    raise OSError("Address already in use")
print(1)
"""
    assert run_workers(script, 1) == [1]


def test_a_worker_of_a_cluster_is_told_by_one_variable():
    found = json.loads(cluster(["a:1", "b:2"], 1))
    assert found == {"cluster": {"worker": ["a:1", "b:2"]}, "task": {"type": "worker", "index": 1}}
    with pytest.raises(ValueError, match="index must be at most 1, got 2"):
        cluster(["a:1", "b:2"], 2)


@pytest.mark.parametrize(("options", "error"), [({"n": 0}, ValueError), ({"timeout": 0}, ValueError)])
def test_errors_name_the_argument(options, error):
    with pytest.raises(error, match=next(iter(options))):
        run_workers("print(1)", **options)


def test_the_callers_variables_stay(monkeypatch):
    monkeypatch.setenv("MINE", "7")
    run_workers("import os; print(os.environ['MINE'])", 1)
    assert "TF_CONFIG" not in os.environ
