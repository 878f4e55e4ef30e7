"""What Keras computes on, and how: devices, seeds of random numbers, number formats."""

import functools
import json
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


def logical_cpus(n):
    """Let the framework see the processor as several devices, to try here what is meant for several accelerators.

    They share the cores, so nothing becomes faster. Call it before anything is computed: a framework looks for its
    devices once.

    Parameters
    ----------
    n : int, at least 1

    Raises
    ------
    ValueError, TypeError
        ``n`` is no count.
    RuntimeError
        The framework has started with another number.

    Notes
    -----
    With TensorFlow they are called "CPU:0", "CPU:1", ..., with JAX the same in small letters.
    """
    from course_lib._validate import whole_number  # NumPy may be missing: the doctor then still speaks

    n, framework = whole_number("n", n, 1), which_framework()
    try:
        if framework.__name__ == "jax":
            framework.config.update("jax_num_cpu_devices", n)
        else:
            cpu = framework.config.list_physical_devices("CPU")[0]
            parts = [framework.config.LogicalDeviceConfiguration() for _ in range(n)]
            framework.config.set_logical_device_configuration(cpu, parts)
    except RuntimeError:  # it has started; a cell that is run again asks for what there is
        found = _cpus(framework)
        if found != n:
            raise RuntimeError(
                f"{framework.__name__} has started with {found} logical CPU(s), not {n}: call logical_cpus first of "
                "all, in a new process or kernel"
            ) from None


def _cpus(framework):
    if framework.__name__ == "jax":
        return len(framework.devices("cpu"))
    return len(framework.config.list_logical_devices("CPU"))


def distribution_strategy(devices=None):
    """Choose how to spread training: over a TPU, several processes, several devices of one kind, or the one there is.

    Build, compile and fit inside its scope, whichever it is::

        with distribution_strategy().scope():
            model = build_model()
            model.compile("adam", "mse")
            model.fit(x, y)

    Each device gets an equal share of a batch and the gradients are averaged: N devices compute what one device would
    compute on the whole batch.

    Parameters
    ----------
    devices : sequence of str, optional
        Just these, such as ``["CPU:0", "CPU:1"]`` after ``logical_cpus(2)``. Without it, all of the fastest kind.

    Returns
    -------
    tf.distribute.Strategy or keras.distribution.DataParallel
        For TensorFlow and JAX respectively. With one device, TensorFlow's default strategy (or, where it was named, the
        one that puts all on it), or DataParallel over one.

    Raises
    ------
    ValueError
        There is no such device; or the variable ``TF_CONFIG`` cannot be read.

    Notes
    -----
    TensorFlow looks for a TPU only when the environment variable ``TPU_NAME`` says where it is ("local" on a TPU
    machine). JAX finds a TPU by itself. Where the variable ``TF_CONFIG`` names several workers, TensorFlow waits for
    them all: each is a process that runs the same program, see `course_lib.backend.workers`. Keras's ``fit`` does not
    work there (keras-team/keras, issue 20585); a step compiled by `jit_replicas` does.
    """
    framework = which_framework()
    if devices is not None:
        devices = _named(devices, framework)
    if framework.__name__ == "jax":
        import keras

        return keras.distribution.DataParallel(devices=devices or keras.distribution.list_devices())
    if devices is not None:
        return _mirrored(tuple(devices))
    if os.environ.get("TPU_NAME"):
        resolver = framework.distribute.cluster_resolver.TPUClusterResolver.connect(tpu=os.environ["TPU_NAME"])
        return framework.distribute.TPUStrategy(resolver)
    if _workers_in_the_environment() > 1:
        return framework.distribute.MultiWorkerMirroredStrategy()
    names = [name for _, name in _devices()]
    return _mirrored(tuple(names)) if len(names) > 1 else framework.distribute.get_strategy()


@functools.cache  # a second one over the same devices would take the first one's exchanges of gradients for its own
def _mirrored(names):
    distribute = which_framework().distribute
    return distribute.MirroredStrategy(list(names)) if len(names) > 1 else distribute.OneDeviceStrategy(names[0])


def _named(devices, framework):
    """The devices of these names, as the framework spells them."""
    if framework.__name__ == "jax":
        found = [f"{device.platform}:{device.id}" for kind in ("cpu", "gpu", "tpu") for device in _of(framework, kind)]
        devices = [str(name).lower() for name in devices]
    else:
        found = [device.name.removeprefix("/device:") for device in framework.config.list_logical_devices()]
        devices = [str(name) for name in devices]
    if not devices or not set(devices) <= set(found):
        raise ValueError(f"devices must name some of {', '.join(found)}, got {devices}")
    return devices


def _of(jax, kind):
    try:
        return jax.devices(kind)
    except RuntimeError:  # there is none of this kind
        return []


def _workers_in_the_environment():
    """How many workers the variable TF_CONFIG names."""
    text = os.environ.get("TF_CONFIG", "{}")
    try:
        return len(json.loads(text).get("cluster", {}).get("worker", []))
    except (ValueError, AttributeError, TypeError):
        raise ValueError(f"the variable TF_CONFIG must be JSON that names a cluster, got {text[:80]!r}") from None


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
