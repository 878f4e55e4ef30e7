"""The one file that knows TensorFlow and JAX; everything else is written in ``keras.ops``.

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

import os
import sys
from contextlib import contextmanager

from course_lib import quiet

# --- the reader's own settings ----------------------------------------------------------------------------------------


def install():
    """Let Keras and TensorFlow do what the course relies on, whatever the reader's settings or TensorFlow's defaults.

    ``import course_lib`` calls it. It sets two things, as soon as Keras has been imported:

    * Images are kept as (N, H, W, C), whatever ``keras.json`` says. With channels first, layers would take the height
      of an image for its channels.
    * TensorFlow's graphs keep the order of reading and assigning a variable. A pass of its graph optimiser,
      "dependency_optimization", loses it where a part of a gradient is known to be zero: of the slope of a piecewise
      linear discriminator, which R1, R2 and WGAN-GP penalise, in its biases. The penalty was then computed, now and
      then, with a bias that this very step had already changed. (Seen with TensorFlow 2.21 in 1 of 15 first steps.)
    """
    if "keras" in sys.modules:
        _set_what_the_course_relies_on()
    else:
        quiet.around_import("keras", _then_set_what_the_course_relies_on)


@contextmanager
def _then_set_what_the_course_relies_on():
    yield
    _set_what_the_course_relies_on()


def _set_what_the_course_relies_on():
    import keras

    keras.config.set_image_data_format("channels_last")
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.optimizer.set_experimental_options({"dependency_optimization": False})


# --- devices ----------------------------------------------------------------------------------------------------------


def device_report():
    """Say what Keras computes on.

    Returns
    -------
    dict
        ``backend`` ("tensorflow" or "jax"), ``version`` (of that framework), ``keras`` (version), ``kind`` ("tpu",
        "gpu" or "cpu": the fastest there is), ``devices`` (names of the devices of that kind) and ``precision`` (the
        name of Keras's dtype policy).

    Raises
    ------
    ImportError
        The framework is missing or broken; the message is its own.
    """
    import keras

    framework, devices = _framework(), _devices()
    return {
        "backend": keras.backend.backend(),
        "version": framework.__version__,
        "keras": keras.__version__,
        "kind": devices[0][0],
        "devices": [name for _, name in devices],
        "precision": keras.config.dtype_policy().name,
    }


def distribution_strategy():
    """Choose how to spread training: over a TPU, over several devices of one kind, or on the one device there is.

    Build, compile and fit inside its scope, whichever it is::

        with distribution_strategy().scope():
            model = build_model()
            model.compile("adam", "mse")
            model.fit(x, y)

    Each device gets an equal share of a batch and the gradients are averaged: N devices compute what one device would
    compute on the whole batch.

    Returns
    -------
    tf.distribute.Strategy or keras.distribution.DataParallel
        For TensorFlow and JAX respectively. With one device, TensorFlow's default strategy, or DataParallel over one.

    Notes
    -----
    TensorFlow looks for a TPU only when the environment variable ``TPU_NAME`` says where it is ("local" on a TPU
    machine). JAX finds a TPU by itself.
    """
    framework = _framework()
    if framework.__name__ == "jax":
        import keras

        return keras.distribution.DataParallel(devices=keras.distribution.list_devices())
    if os.environ.get("TPU_NAME"):
        resolver = framework.distribute.cluster_resolver.TPUClusterResolver.connect(tpu=os.environ["TPU_NAME"])
        return framework.distribute.TPUStrategy(resolver)
    names = [name for _, name in _devices()]
    return framework.distribute.MirroredStrategy(names) if len(names) > 1 else framework.distribute.get_strategy()


def set_seed(seed):
    """Seed Python's, NumPy's, Keras's and the framework's random numbers, so that a run can be repeated.

    Parameters
    ----------
    seed : int
        From 0 to 2**32 - 1.

    Raises
    ------
    ValueError, TypeError
        ``seed`` is out of range or not an integer.
    """
    if isinstance(seed, bool) or not hasattr(seed, "__index__"):
        raise TypeError(f"seed must be an integer, got {seed!r}")
    if not 0 <= seed < 2**32:
        raise ValueError(f"seed must be from 0 to 2**32 - 1, got {seed}")
    import keras

    keras.utils.set_random_seed(int(seed))


def mixed_precision(policy="auto"):
    """Set the number format in which Keras layers compute from now on; their weights stay in float32.

    Parameters
    ----------
    policy : {"auto", "float32", "mixed_float16", "mixed_bfloat16"}
        "auto" takes mixed_bfloat16 on a TPU, mixed_float16 on a GPU and float32 on a CPU, where half precision is slow.

    Returns
    -------
    str
        The policy that was set.

    Raises
    ------
    ValueError
        Another policy.

    Notes
    -----
    float16 cannot hold numbers below 6e-8: a step written by hand needs ``keras.optimizers.LossScaleOptimizer`` and the
    gradients of ``optimizer.scale_loss(loss)``. ``compile`` and ``fit`` do both.
    """
    choices = {"tpu": "mixed_bfloat16", "gpu": "mixed_float16", "cpu": "float32"}
    if policy != "auto" and policy not in choices.values():
        raise ValueError(f"policy must be 'auto' or one of {', '.join(sorted(choices.values()))}, got {policy!r}")
    import keras

    policy = choices[_devices()[0][0]] if policy == "auto" else policy
    keras.config.set_dtype_policy(policy)
    return policy


# --- gradients --------------------------------------------------------------------------------------------------------


def value_and_grad(f, has_aux=False):
    """Make the function that gives ``f`` and its gradient.

    Parameters
    ----------
    f : callable
        ``f(wrt, *args)`` gives one number, a tensor of shape (); with ``has_aux``, a pair of that and anything else
        that you want to see. It is written in ``keras.ops`` and may call models.
    has_aux : bool
        Whether ``f`` gives such a pair.

    Returns
    -------
    callable
        ``g(wrt, *args)`` gives ``(value, gradient)``, or ``((value, aux), gradient)``. ``wrt`` is a floating-point
        tensor or array, a Keras variable, or a list, tuple or dict of them; ``gradient`` has the same structure, shapes
        and dtypes, and is zero where ``f`` does not depend on ``wrt``. A Keras variable is differentiated wherever
        ``f`` uses it. What ``f`` does to other variables (moving averages, seeds) stays done.

    Raises
    ------
    TypeError
        By ``g``: something in ``wrt`` is not floating-point.
    ValueError
        By ``g``: ``f`` does not give one number.

    Examples
    --------
    >>> value, gradient = value_and_grad(lambda w: keras.ops.sum(w**3))(np.array([1.0, 2.0], "float32"))
    >>> float(value), np.asarray(gradient)
    (9.0, array([ 3., 12.], dtype=float32))
    """

    def g(wrt, *args):
        import keras

        leaves = [_differentiable(leaf) for leaf in keras.tree.flatten(wrt)]

        def run(current_leaves):
            result = f(keras.tree.pack_sequence_as(wrt, current_leaves), *args)
            value, aux = result if has_aux else (result, ())
            if tuple(value.shape) != ():
                raise ValueError(f"f must give one number, a tensor of shape (), got shape {tuple(value.shape)}")
            return value, aux

        engine = _value_and_grad_jax if _framework().__name__ == "jax" else _value_and_grad_tensorflow
        value, aux, gradients = engine(run, leaves)
        return (value, aux) if has_aux else value, keras.tree.pack_sequence_as(wrt, gradients)

    return g


def input_grad(f):
    """Make the function that gives the gradient of each sample's score with respect to that sample.

    Parameters
    ----------
    f : callable
        ``f(x, *args)`` gives one score per sample, shape (N,) or (N, 1), or for a single input shape (). A sample's
        score may depend on that sample only (so no batch normalisation in training mode): the sum is differentiated.

    Returns
    -------
    callable
        ``g(x, *args)`` gives the gradient, of the shape and dtype of ``x`` (N, ...). Use it inside another ``f`` to
        penalise a gradient.

    Raises
    ------
    ValueError
        By ``g``: ``f`` does not give one score per sample.

    Examples
    --------
    >>> np.asarray(input_grad(lambda x: x[:, 0] ** 2 * x[:, 1])(np.array([[3.0, 1.0], [1.0, 5.0]], "float32")))
    array([[ 6.,  9.],
           [10.,  1.]], dtype=float32)
    """

    def total(x, *args):
        import keras

        scores = f(x, *args)
        shape, n = tuple(scores.shape), x.shape[0] if x.shape else None
        if shape not in ((), (n,), (n, 1)):
            raise ValueError(f"f must give one score per sample, shape ({n},) or ({n}, 1), got shape {shape}")
        return keras.ops.sum(scores)

    return lambda x, *args: value_and_grad(total)(x, *args)[1]


def _differentiable(leaf):
    """The Keras variable itself, or ``leaf`` as a tensor; TypeError when it has no derivative."""
    import keras

    tensor = leaf if isinstance(leaf, keras.Variable) else keras.ops.convert_to_tensor(leaf)
    if not keras.backend.is_float_dtype(keras.backend.standardize_dtype(tensor.dtype)):
        raise TypeError(f"wrt must hold floating-point tensors, got one of dtype {tensor.dtype}")
    return tensor


def _value_and_grad_tensorflow(run, leaves):
    import keras
    import tensorflow as tf

    sources = [leaf.value if isinstance(leaf, keras.Variable) else leaf for leaf in leaves]
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(sources)
        value, aux = run(leaves)
    gradients = tape.gradient(value, sources, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return value, aux, [tf.convert_to_tensor(gradient) for gradient in gradients]  # an embedding's is a sparse one


def _value_and_grad_jax(run, leaves):
    import jax
    import keras

    variables = {i: leaf for i, leaf in enumerate(leaves) if isinstance(leaf, keras.Variable)}
    changed = []

    def pure(values):
        scope = _variables_as_tensors([(variable, values[i]) for i, variable in variables.items()])
        with scope:
            value, aux = run([variables.get(i, tensor) for i, tensor in enumerate(values)])
        changed[:] = scope.changed
        return value, (aux, scope.current(changed))

    values = [leaf.value if isinstance(leaf, keras.Variable) else leaf for leaf in leaves]
    (value, (aux, updates)), gradients = jax.value_and_grad(pure, has_aux=True)(values)
    for variable, update in zip(changed, updates, strict=True):
        variable.assign(update)
    return value, aux, gradients


# --- compiling --------------------------------------------------------------------------------------------------------


def jit(f, state=(), xla=True):
    """Compile ``f``: its operations are recorded once per shape and dtype of the arguments and then run as one program.

    Parameters
    ----------
    f : callable
        ``f(*args)`` of tensors, or of lists, tuples and dicts of them, written in ``keras.ops``; it may call models and
        optimizers that have been built. Shapes are fixed, and ``if`` and ``for`` may not depend on a tensor's values
        (``keras.ops.where``, ``cond`` and ``fori_loop`` do). What is to stay a Python value, ``f`` takes from outside.
    state : sequence of keras.Variable
        Every variable that ``f`` reads or changes: ``model.variables``, ``optimizer.variables``,
        ``seed_generator.state``.
    xla : bool
        Compile with XLA, as a TPU needs. Without it, TensorFlow runs a plain graph, which is many times faster for
        convolutions inside a loop on a CPU. JAX always uses XLA.

    Returns
    -------
    callable
        Takes and gives what ``f`` does; every argument becomes a tensor.

    Raises
    ------
    TypeError
        ``state`` holds something else than Keras variables, or the compiled function is given a Keras variable.
    ValueError
        By the compiled function: ``f`` uses a variable that ``state`` does not list.

    Notes
    -----
    The same seed gives the same random numbers every time, but with TensorFlow other ones compiled by XLA than not.
    """
    import keras

    state = list(state)
    for variable in state:
        if not isinstance(variable, keras.Variable):
            raise TypeError(f"state must hold Keras variables, got {type(variable).__name__}")

    def tensor(argument):
        if isinstance(argument, keras.Variable):
            raise TypeError(f"a compiled function takes tensors: list the variable {argument.path!r} in state instead")
        return keras.ops.convert_to_tensor(argument)

    compiled = (_jit_jax if _framework().__name__ == "jax" else _jit_tensorflow)(f, state, xla)
    return lambda *args: compiled(*keras.tree.map_structure(tensor, args))


def _jit_tensorflow(f, state, xla):
    import tensorflow as tf

    # autograph would let `if` and `for` depend on tensors here, and then fail on JAX
    @tf.function(jit_compile=xla, autograph=False)
    def compiled(*args):
        result = f(*args)
        if not tf.distribute.has_strategy():  # a distributed variable stands for several: TensorFlow looks after those
            listed = {id(variable.value.handle) for variable in state}
            captures = tf.compat.v1.get_default_graph().captures
            unlisted = [c for c, _ in captures if c.dtype == tf.resource and id(c) not in listed]
            if unlisted:
                raise ValueError(f"f uses {len(unlisted)} variable(s) that state does not list")
        return result

    return compiled


def _jit_jax(f, state, xla):
    import jax

    @jax.jit
    def pure(values, *args):
        scope = _variables_as_tensors(zip(state, values, strict=True), only=True)
        with scope:
            result = f(*args)
        return result, scope.current(state)

    def compiled(*args):
        result, values = pure([variable.value for variable in state], *args)
        for variable, value in zip(state, values, strict=True):
            variable.assign(value)
        return result

    return compiled


def jit_loop(f, state=(), xla=True):
    """Compile many calls of ``f``, one after the other, into one program: for small networks far faster than calling.

    Parameters
    ----------
    f : callable
        As for `jit`. It gives one tensor of float32.
    state, xla
        As for `jit`.

    Returns
    -------
    callable
        ``g(*args)`` calls ``f`` with every slice of the arguments along their first axis, in order, and gives the
        results stacked. Variables that ``f`` changes are seen changed by the next call. Each number of calls is
        compiled anew.

    Examples
    --------
    >>> total = keras.Variable(0.0)
    >>> g = jit_loop(lambda x: total.assign(total + x), state=[total])
    >>> np.asarray(g(np.array([1.0, 2.0, 3.0], "float32")))
    array([1., 3., 6.], dtype=float32)
    """
    state = list(state)
    loop = _loop_jax if _framework().__name__ == "jax" else _loop_tensorflow
    return jit(lambda *args: loop(f, state, args), state, xla)


def _loop_tensorflow(f, state, args):
    import tensorflow as tf

    # parallel_iterations=1: every call finds the variables as the one before left them
    return tf.map_fn(lambda slices: f(*slices), args, fn_output_signature=tf.float32, parallel_iterations=1)


def _loop_jax(f, state, args):
    import jax

    def body(values, slices):
        scope = _variables_as_tensors(zip(state, values, strict=True), only=True)
        with scope:
            result = f(*slices)
        return scope.current(state), result

    values, results = jax.lax.scan(body, [variable.value for variable in state], args)
    for variable, value in zip(state, values, strict=True):
        variable.assign(value)
    return results


def replicas():
    """How many copies of a step TensorFlow runs on the shares of a batch, in the scope of a strategy; 1 on JAX.

    Optimizers add up the gradients of all copies, so a step written by hand divides its gradients by this number: the
    mean over the batch is the mean of the shares' means. On JAX there is one step, of the whole batch, and XLA divides
    the work.

    Returns
    -------
    int
    """
    framework = _framework()
    return 1 if framework.__name__ == "jax" else framework.distribute.get_strategy().num_replicas_in_sync


def jit_replicas(f, state=(), xla=True):
    """Compile ``f`` for all devices of the `distribution_strategy` in whose scope this is called.

    Parameters
    ----------
    f : callable
        As for `jit`, but every argument has the batch as its first axis, and the result is one tensor, a mean over the
        batch. Gradients are divided by `replicas`.
    state, xla
        As for `jit`. TensorFlow's MirroredStrategy runs a plain graph whatever ``xla`` says.

    Returns
    -------
    callable
        Gives each device an equal share of the batch and the mean of what they give back. With one device, what `jit`
        gives.

    Raises
    ------
    ValueError
        By the compiled function: a batch that cannot be shared out equally.
    """
    share_out = _replicate_jax if _framework().__name__ == "jax" else _replicate_tensorflow
    return share_out(f, list(state), xla)


def _replicate_tensorflow(f, state, xla):
    import keras
    import tensorflow as tf

    strategy, n = tf.distribute.get_strategy(), replicas()
    if n == 1:
        return jit(f, state, xla)

    def shares(batch):
        parts = tf.split(batch, _divisor_of(len(batch), n))
        return strategy.experimental_distribute_values_from_function(lambda at: parts[at.replica_id_in_sync_group])

    @tf.function(autograph=False)
    def compiled(*args):
        return strategy.reduce(tf.distribute.ReduceOp.MEAN, strategy.run(f, args), axis=None)

    return lambda *args: compiled(*keras.tree.map_structure(shares, args))


def _replicate_jax(f, state, xla):
    import keras

    compiled, distribution = jit(f, state, xla), keras.distribution.distribution()
    if distribution is None:
        return compiled

    def shares(batch):
        _divisor_of(len(batch), len(distribution.device_mesh.devices.flatten()))
        return keras.distribution.distribute_tensor(batch, distribution.get_data_layout(batch.shape))

    return lambda *args: compiled(*keras.tree.map_structure(shares, args))


def _divisor_of(samples, devices):
    if samples % devices:
        raise ValueError(f"a batch of {samples} cannot be shared out equally among {devices} devices")
    return devices


def _variables_as_tensors(pairs, only=False):
    """A scope in which each variable of ``pairs`` stands for the tensor beside it, and assignments go to that tensor.

    JAX functions must be pure: this is how a function that reads and assigns Keras variables becomes one. Other
    variables are looked up in the scope around this one; with ``only`` there may be none.
    """
    import keras

    class Scope(keras.StatelessScope):
        def __init__(self):
            super().__init__(state_mapping=list(pairs))
            self.changed = []

        def get_current_value(self, variable):
            if id(variable) in self.state_mapping:
                return self.state_mapping[id(variable)]
            if only:
                raise ValueError(f"f uses the variable {variable.path!r} that state does not list")
            return self.original_scope.get_current_value(variable) if self.original_scope else None

        def add_update(self, update):
            variable = update[0]
            self.get_current_value(variable)  # complains of a variable that is not listed
            if not any(variable is seen for seen in self.changed):
                self.changed.append(variable)
            super().add_update(update)

        def current(self, variables):
            return [self.state_mapping[id(variable)] for variable in variables]

    return Scope()


# --- the framework ----------------------------------------------------------------------------------------------------


def _framework():
    """The module tensorflow or jax, whichever Keras runs on."""
    import keras

    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as framework
    elif backend == "jax":
        import jax as framework
    else:
        raise ValueError(f"the Keras backend must be 'tensorflow' or 'jax', got {backend!r}: set KERAS_BACKEND")
    return framework


def _devices():
    """(kind, name) of each device of the fastest kind there is: kind is "tpu", "gpu" or "cpu"."""
    framework = _framework()
    if framework.__name__ == "jax":
        found = [(device.platform, f"{device.device_kind} {device.id}") for device in framework.devices()]
    else:
        devices = framework.config.list_logical_devices()
        found = [(device.device_type.lower(), device.name.removeprefix("/device:")) for device in devices]
    for kind in ("tpu", "gpu", "cpu"):
        names = [name for platform, name in found if platform == kind]
        if names:
            return [(kind, name) for name in names]
    raise RuntimeError(f"{framework.__name__} offers neither a TPU, a GPU nor a CPU: {found}")
