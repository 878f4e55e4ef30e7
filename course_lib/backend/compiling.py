"""Compiling what is written in ``keras.ops``: one call, many in a row, or a batch spread over several devices."""

from course_lib.backend._framework import variables_as_tensors, which_framework


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

    compiled = (_jit_jax if which_framework().__name__ == "jax" else _jit_tensorflow)(f, state, xla)
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
        scope = variables_as_tensors(zip(state, values, strict=True), only=True)
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
    loop = _loop_jax if which_framework().__name__ == "jax" else _loop_tensorflow
    return jit(lambda *args: loop(f, state, args), state, xla)


def _loop_tensorflow(f, state, args):
    import tensorflow as tf

    # parallel_iterations=1: every call finds the variables as the one before left them
    return tf.map_fn(lambda slices: f(*slices), args, fn_output_signature=tf.float32, parallel_iterations=1)


def _loop_jax(f, state, args):
    import jax

    def body(values, slices):
        scope = variables_as_tensors(zip(state, values, strict=True), only=True)
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
    framework = which_framework()
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
        Gives each device an equal share of the batch and the mean of what they give back. Without a strategy, what
        `jit` gives. Of several processes each is called with the whole batch and takes its own share.

    Raises
    ------
    ValueError
        By the compiled function: a batch that cannot be shared out equally.
    """
    share_out = _replicate_jax if which_framework().__name__ == "jax" else _replicate_tensorflow
    return share_out(f, list(state), xla)


def _replicate_tensorflow(f, state, xla):
    import keras
    import tensorflow as tf

    if not tf.distribute.has_strategy():
        return jit(f, state, xla)
    strategy, n = tf.distribute.get_strategy(), replicas()

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
