"""Differentiating what is written in ``keras.ops``, with one meaning on TensorFlow and JAX."""

from course_lib.backend._framework import variables_as_tensors, which_framework


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

        engine = _value_and_grad_jax if which_framework().__name__ == "jax" else _value_and_grad_tensorflow
        value, aux, gradients = engine(run, leaves)
        return (value, aux) if has_aux else value, keras.tree.pack_sequence_as(wrt, gradients)

    return g


def input_grad(f):
    """Make the function that gives the gradient of each sample's score with respect to that sample.

    Parameters
    ----------
    f : callable
        ``f(x, *args)`` gives one score per sample, shape (N,) or (N, 1), or for a single input shape (). A sample's
        score may depend on that sample only (so no batch normalization in training mode): the sum is differentiated.

    Returns
    -------
    callable
        ``g(x, *args)`` gives the gradient, of the shape and dtype of ``x`` (N, ...). Use it inside another ``f`` to
        penalize a gradient.

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
        scope = variables_as_tensors([(variable, values[i]) for i, variable in variables.items()])
        with scope:
            value, aux = run([variables.get(i, tensor) for i, tensor in enumerate(values)])
        changed[:] = scope.changed
        return value, (aux, scope.current(changed))

    values = [leaf.value if isinstance(leaf, keras.Variable) else leaf for leaf in leaves]
    (value, (aux, updates)), gradients = jax.value_and_grad(pure, has_aux=True)(values)
    for variable, update in zip(changed, updates, strict=True):
        variable.assign(update)
    return value, aux, gradients
