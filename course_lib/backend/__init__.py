"""The one place that knows TensorFlow and JAX; everything else is written in ``keras.ops``.

Keras runs the same layers on either framework, but leaves three things to the framework itself: differentiating,
compiling, and asking which devices there are. They live here, with one meaning on both backends:

* ``value_and_grad(f)(wrt, *args)`` differentiates ``f(wrt, *args)`` with respect to ``wrt``: a tensor, a Keras
  variable, or lists, tuples and dicts of them. A variable counts wherever ``f`` uses it, also inside a layer, so ``f``
  may simply call the model. Calls may be nested: the gradient of a gradient penalty is a gradient like any other.
* ``input_grad(f)(x, *args)`` is the gradient of each sample's score with respect to that sample.
* ``jit(f, state=variables)`` compiles ``f``. Its arguments are tensors; the Keras variables that ``f`` reads or changes
  are listed in ``state``. ``jit_loop`` compiles many calls in a row into one program, ``jit_replicas`` spreads a batch
  over several devices.

A tiny model, trained by hand, on whichever backend Keras runs::

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    optimizer = keras.optimizers.Adam(0.1)
    optimizer.build(model.trainable_variables)

    def loss(weights, x, y):
        return keras.ops.mean((model(x, training=True) - y) ** 2)

    def step(x, y):
        value, gradients = value_and_grad(loss)(model.trainable_variables, x, y)
        optimizer.apply(gradients, model.trainable_variables)
        return value

    step = jit(step, state=[*model.variables, *optimizer.variables])
    for _ in range(100):
        value = step(x, y)

Keras and its framework are imported by the first call that needs them, never by ``import course_lib.backend``.
"""

from course_lib.backend.compiling import jit, jit_loop, jit_replicas, replicas
from course_lib.backend.devices import device_report, distribution_strategy, logical_cpus, mixed_precision, set_seed
from course_lib.backend.exporting import run_saved_model, run_tflite, to_saved_model, to_tflite
from course_lib.backend.gradients import input_grad, value_and_grad
from course_lib.backend.memory import give_freed_memory_back, keep_freed_memory, keep_much_memory
from course_lib.backend.settings import install

__all__ = [
    "device_report",
    "distribution_strategy",
    "give_freed_memory_back",
    "input_grad",
    "install",
    "jit",
    "jit_loop",
    "jit_replicas",
    "keep_freed_memory",
    "keep_much_memory",
    "logical_cpus",
    "mixed_precision",
    "replicas",
    "run_saved_model",
    "run_tflite",
    "set_seed",
    "to_saved_model",
    "to_tflite",
    "value_and_grad",
]
