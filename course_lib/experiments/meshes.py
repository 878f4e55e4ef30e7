"""Does a mesh of devices compute what one device would, and what does each of them hold?

    python -m course_lib.experiments.meshes

It writes data/results/meshes.json. Keras runs on JAX here, and JAX sees the processor as 1 to 8 devices. They are
arranged as a grid, the *mesh*, with two axes. Along "batch" each device takes other images (data parallelism); along
"model" each keeps another part of the weights (model parallelism). A network of two dense layers is trained on digits,
each time with the same first weights and the same batches. Every mesh has a process of its own, since JAX looks for
its devices once.

What it cannot say: how fast that is. The devices share the cores of one processor.
"""

import json
import os
import subprocess
import sys

import numpy as np

from course_lib.experiments import record

MESHES = ((1, 1), (2, 1), (4, 1), (8, 1), (1, 2), (1, 4), (2, 2), (2, 4))  # (batch, model)
WIDTH, BATCH, STEPS, RATE = 256, 64, 20, 1e-3


def distribution(batch, model):
    """Arrange batch × model devices as a mesh, and say which weights are divided along its axis "model".

    Of the hidden layer each device keeps some of the columns: it computes its share of the hidden units. Of the last
    layer it keeps the rows that belong to these units. The sums over them are added up between the devices.

    A key must match the *whole* path of a variable, as a regular expression: "hidden/kernel" alone fits none, Keras
    says nothing, and every device keeps all of it (3.15).
    """
    import keras

    devices = keras.distribution.list_devices("cpu")[: batch * model]
    mesh = keras.distribution.DeviceMesh((batch, model), ("batch", "model"), devices)
    layouts = keras.distribution.LayoutMap(mesh)
    layouts[".*hidden/kernel"] = (None, "model")
    layouts[".*hidden/bias"] = ("model",)
    layouts[".*last/kernel"] = ("model", None)
    return keras.distribution.ModelParallel(layout_map=layouts, batch_dim_name="batch")


def network():
    """Build the network: 784 pixels, a hidden layer, ten logits."""
    import keras

    return keras.Sequential(
        [
            keras.Input((784,)),
            keras.layers.Dense(WIDTH, activation="relu", name="hidden"),
            keras.layers.Dense(10, name="last"),
        ]
    )


def held_by_one(variable):
    """Give the shape of the part of a variable that one device holds (on JAX)."""
    return list(variable.value.sharding.shard_shape(tuple(variable.shape)))


def train(batch, model, steps=STEPS):
    """Train on a mesh, in this process, in which JAX has not started.

    Returns
    -------
    dict
        ``kernel`` and ``part``, the shapes of the hidden layer's weights and of what one device holds of them;
        ``images``, of a batch for each device; ``bytes``, of weights and moments on one device; ``losses``, one a
        step; ``weights``, all in one list.
    """
    import keras

    from course_lib.backend import logical_cpus, set_seed
    from course_lib.datasets import digits

    logical_cpus(batch * model)
    keras.distribution.set_distribution(distribution(batch, model))
    set_seed(0)
    made, adam = network(), keras.optimizers.Adam(RATE)
    made.compile(adam, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    (x, y), _ = digits.load()
    x = x.reshape(len(x), -1).astype("float32") / 255
    chosen = np.random.default_rng(0).permutation(len(x))[: steps * BATCH].reshape(steps, BATCH)
    losses = [float(made.train_on_batch(x[of_step], y[of_step])) for of_step in chosen]
    kernel = made.get_layer("hidden").kernel
    return {
        "kernel": list(kernel.shape),
        "part": held_by_one(kernel),
        "images": BATCH // batch,
        "bytes": sum(4 * int(np.prod(held_by_one(v))) for v in [*made.variables, *adam.variables] if v.ndim),
        "losses": losses,
        "weights": np.concatenate([np.ravel(w) for w in made.get_weights()]).tolist(),
    }


def run(batch, model, steps=STEPS):
    """Train on a mesh in a process of its own, with Keras on JAX: what `train` gives."""
    code = (
        f"import json; from course_lib.experiments.meshes import train; print(json.dumps(train{batch, model, steps}))"
    )
    path = os.pathsep.join(dict.fromkeys(filter(None, sys.path)))
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu", "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=600,
    )
    if done.returncode:
        raise RuntimeError(f"the mesh {batch} × {model} failed: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def compared(found, alone):
    """Make a row: what was found on a mesh, and how far it is from what one device gives.

    Returns
    -------
    dict
        ``kernel``, ``part``, ``images``, ``bytes`` as they were; ``loss``, the last; ``loss_difference`` and
        ``weight_difference``, the largest there are.
    """
    row = {key: found[key] for key in ("kernel", "part", "images", "bytes")}
    differences = [np.abs(np.subtract(found[key], alone[key])).max() for key in ("losses", "weights")]
    return {
        **row, "loss": found["losses"][-1],
        # of the size of roundings: digits behind the point would hide them
        "loss_difference": f"{differences[0]:.1e}", "weight_difference": f"{differences[1]:.1e}",
    }  # fmt: skip


def main(argv=None):
    """Train on the meshes that are missing, and write the table after each."""
    options = record.parse(record.parser("meshes", __doc__), argv)
    settings = {"training": {"width": WIDTH, "batch": BATCH, "steps": STEPS, "rate": RATE, "keras_backend": "jax"}}
    question = "Weights and losses on a mesh of devices, beside those on one"
    stored = record.Record(options.out, options.command, question, settings)
    todo = record.missing([{"batch": batch, "model": model} for batch, model in MESHES], stored.rows)
    alone = run(1, 1) if todo else None
    for task in todo:
        found = alone if task == {"batch": 1, "model": 1} else run(task["batch"], task["model"])
        stored.add({**task, "devices": task["batch"] * task["model"], **compared(found, alone)})
    return stored.rows


if __name__ == "__main__":
    main()
