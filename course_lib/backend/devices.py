"""What Keras computes on, and how: devices, seeds of random numbers, number formats."""

import os

from course_lib.backend._framework import which_framework


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

    framework, devices = which_framework(), _devices()
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
    framework = which_framework()
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


def _devices():
    """(kind, name) of each device of the fastest kind there is: kind is "tpu", "gpu" or "cpu"."""
    framework = which_framework()
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
