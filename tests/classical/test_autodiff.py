"""Automatic differentiation: held to TensorFlow's and JAX's gradients of random programs, and to central differences.

The tests that compare with a framework use the one that Keras runs on; `test_the_same_on_jax` runs them on JAX.
"""

import importlib.util
import itertools
import os
from decimal import Decimal, localcontext
from pathlib import Path

import numpy as np
import pytest

from course_lib.classical.autodiff import Tensor, unbroadcast, value_and_grad
from tests.helpers import loaded_by, python

# ----------------------------------------------------------------------------------------------------------------------
# random programs: lists of instructions that can be run with our tensors, with NumPy's arrays or with Keras's tensors


class Ours:
    """The functions of a program on `Tensor`."""

    exp, log, tanh, sigmoid, relu = Tensor.exp, Tensor.log, Tensor.tanh, Tensor.sigmoid, Tensor.relu
    sum, mean, reshape, matmul = Tensor.sum, Tensor.mean, Tensor.reshape, Tensor.__matmul__

    @staticmethod
    def transpose(x):
        return x.T

    @staticmethod
    def take(x, rows):
        return x[np.array(rows)]

    @staticmethod
    def last(x):
        return x[..., -1]


class Plain:
    """The same on arrays, from NumPy alone."""

    exp, log, tanh, matmul = np.exp, np.log, np.tanh, np.matmul
    sum, mean, transpose, reshape = map(staticmethod, (np.sum, np.mean, np.transpose, np.reshape))

    @staticmethod
    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    @staticmethod
    def relu(x):
        return np.where(x > 0, x, 0.0)

    @staticmethod
    def take(x, rows):
        return np.stack([x[row] for row in rows])

    @staticmethod
    def last(x):
        return x[..., -1]


def keras_functions():
    from keras import ops

    class Keras:
        exp, log, sigmoid, relu = ops.exp, ops.log, ops.sigmoid, ops.relu
        sum, reshape, transpose, matmul = ops.sum, ops.reshape, ops.transpose, ops.matmul
        # on JAX, Keras computes ops.tanh and ops.mean in float32
        tanh = staticmethod(lambda x: 2.0 * ops.sigmoid(2.0 * x) - 1.0)

        @staticmethod
        def mean(x, axis=None, keepdims=False):
            count = np.prod(x.shape) if axis is None else x.shape[axis]
            return ops.sum(x, axis=axis, keepdims=keepdims) / float(count)

        take = staticmethod(lambda x, rows: ops.take(x, rows, axis=0))
        last = staticmethod(lambda x: x[..., -1])

    return Keras


BINARY = {
    "add": lambda F, a, b: a + b,
    "subtract": lambda F, a, b: a - b,
    "multiply": lambda F, a, b: a * b,
    "divide": lambda F, a, b: a / (b * b + 1.0),
    "constant on the left": lambda F, a, b: 2.0 / (1.5 + a**2) + (1.0 - b),
    "square": lambda F, a, b: a**2 + b**3,
    "power": lambda F, a, b: (a * a + 0.5) ** F.tanh(b),
    "constant to a power": lambda F, a, b: 1.5 ** F.tanh(a) - b,
}
UNARY = {
    "exp": lambda F, x: F.exp(-x * x),
    "log": lambda F, x: F.log(x * x + 0.3),
    "tanh": lambda F, x: F.tanh(x),
    "sigmoid": lambda F, x: F.sigmoid(x),
    "relu": lambda F, x: F.relu(x),
    "negative": lambda F, x: -x,
    "sum all": lambda F, x: F.sum(x),
    "mean all": lambda F, x: F.mean(x),
}
ROWS = [0, 1, 0, 0]


def on_axes(F, name, x):
    return {
        "sum rows": lambda: F.sum(x, axis=0),
        "sum last": lambda: F.sum(x, axis=-1),
        "mean last, kept": lambda: F.mean(x, axis=-1, keepdims=True),
        "transpose": lambda: F.transpose(x),
        "flat": lambda: F.reshape(x, (-1,)),
        "rows, some twice": lambda: F.take(x, ROWS),
        "last": lambda: F.last(x),
    }[name]()


AXES = ("sum rows", "sum last", "mean last, kept", "transpose", "flat", "rows, some twice", "last")
SHAPES = [(), (3,), (2, 1), (2, 3), (4, 2, 3), (3, 3)]


def instruction(F, name, *operands):
    if name in BINARY:
        return BINARY[name](F, *operands)
    if name == "matmul":
        return F.matmul(*operands)
    return UNARY[name](F, *operands) if name in UNARY else on_axes(F, name, *operands)


def random_program(seed, length=14):
    """Leaves, and instructions (name, operand numbers) whose results are all numbered after the leaves."""
    rng = np.random.default_rng(seed)
    leaves = [rng.normal(size=shape) for shape in rng.permutation(np.array(SHAPES, dtype=object))[:4]]
    values, steps = list(leaves), []
    while len(steps) < length:
        kind, picks = rng.integers(4), [int(i) for i in rng.integers(len(values), size=2)]
        a, b = (values[i] for i in picks)
        if kind == 0:
            name = str(rng.choice(list(BINARY)))
        elif kind == 1 and a.ndim and b.ndim:
            name = "matmul"
        elif kind == 2 and a.ndim and a.shape[0] > 1:
            name, picks = str(rng.choice(AXES)), picks[:1]
        else:
            name, picks = str(rng.choice(list(UNARY))), picks[:1]
        try:
            value = np.asarray(instruction(Plain, name, *(values[i] for i in picks)))
        except ValueError:  # these shapes do not fit together
            continue
        if value.size <= 200 and np.abs(value).max() < 50:
            values.append(value)
            steps.append((name, picks))
    return leaves, steps


def results(F, leaves, steps):
    """The leaves and the result of every instruction."""
    values = list(leaves)
    for name, picks in steps:
        values.append(instruction(F, name, *(values[i] for i in picks)))
    return values


def run(F, leaves, steps):
    """One number to which every leaf and every instruction contributes."""
    total = 0.0
    for number, value in enumerate(results(F, leaves, steps)):
        total = total + F.mean(F.tanh(value)) * (1.0 + number)
    return total


PROGRAMS = range(60)


def test_the_programs_use_everything():
    used = {name for seed in PROGRAMS for name, _ in random_program(seed)[1]}
    assert used == {*BINARY, *UNARY, *AXES, "matmul"}
    ranks = set()
    for seed in PROGRAMS:
        leaves, steps = random_program(seed)
        values = results(Plain, leaves, steps)
        ranks |= {tuple(np.ndim(values[i]) for i in picks) for name, picks in steps if name == "matmul"}
    assert {(1, 1), (1, 2), (2, 1), (2, 2), (3, 2), (3, 1)} <= ranks


@pytest.mark.parametrize("seed", PROGRAMS)
def test_the_value_equals_numpys(seed):
    leaves, steps = random_program(seed)
    value, _ = value_and_grad(lambda *tensors: run(Ours, tensors, steps))(*leaves)
    assert value == pytest.approx(run(Plain, leaves, steps), rel=1e-12)


def test_the_gradients_of_random_programs_equal_the_frameworks():
    import keras

    from course_lib import backend

    F = keras_functions()
    for seed in PROGRAMS if keras.backend.backend() == "tensorflow" else PROGRAMS[:5]:  # JAX compiles each step
        leaves, steps = random_program(seed)
        value, gradients = value_and_grad(lambda *tensors, s=steps: run(Ours, tensors, s))(*leaves)
        theirs, their_gradients = backend.value_and_grad(lambda tensors, s=steps: run(F, tensors, s))(leaves)
        assert value == pytest.approx(float(theirs), rel=1e-10), seed
        for ours, other in zip(gradients, their_gradients, strict=True):
            other = keras.ops.convert_to_numpy(other)
            assert other.dtype == np.float64  # else the comparison would be a weak one
            np.testing.assert_allclose(ours, other, rtol=1e-9, atol=1e-9, err_msg=f"program {seed}")


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is in requirements-dev.lock")
@pytest.mark.skipif(os.environ.get("KERAS_BACKEND") == "jax", reason="this is JAX")
def test_the_same_on_jax():
    arguments = ["-m", "pytest", "-q", "-p", "no:cacheprovider", Path(__file__), "-k", "frameworks"]
    done = python(*arguments, KERAS_BACKEND="jax", JAX_ENABLE_X64="1")
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("seed", range(12))
def test_the_gradients_of_random_programs_equal_central_differences(seed):
    leaves, steps = random_program(seed, length=6)
    _, gradients = value_and_grad(lambda *tensors: run(Ours, tensors, steps))(*leaves)
    for leaf, gradient in zip(leaves, gradients, strict=True):
        assert gradient.shape == leaf.shape
        for index in np.ndindex(leaf.shape):
            here, sides = leaf[index], []
            for step in (1e-5, -1e-5):
                leaf[index] = here + step
                sides.append(run(Plain, leaves, steps))
            leaf[index] = here
            assert gradient[index] == pytest.approx((sides[0] - sides[1]) / 2e-5, rel=1e-5, abs=1e-6)


# ----------------------------------------------------------------------------------------------------------------------
# by hand


def test_a_node_used_twice_gets_the_sum():
    x = Tensor(3.0)
    y = x * x  # 9
    (y * x + y).backward()  # x³ + x²: 3 x² + 2 x = 33
    assert x.grad == 33
    assert y.grad == 4  # x + 1


def test_a_gradient_is_complete_before_it_is_handed_on():
    """The order of the record matters: h feeds two places, one of them through a longer way."""
    x = Tensor(2.0)
    h = x * 3.0
    longer = ((h + 1.0) * 1.0) * h  # h² + h
    (h + longer).backward()  # h² + 2 h with h = 3 x: (2 h + 2) 3 = 42
    assert x.grad == 42


def test_calling_backward_again_replaces():
    x = Tensor([1.0, 2.0])
    loss = (x * x).sum()
    loss.backward()
    loss.backward()
    np.testing.assert_array_equal(x.grad, [2, 4])
    (x * 5).sum().backward()
    np.testing.assert_array_equal(x.grad, [5, 5])


def test_value_and_grad_starts_anew_each_time():
    g = value_and_grad(lambda x: (x * x).sum())
    for _ in range(3):
        np.testing.assert_array_equal(g([1.0, 2.0])[1][0], [2, 4])


@pytest.mark.parametrize("operate", [lambda w, c: w + c, lambda w, c: c - w, lambda w, c: w * c, lambda w, c: c / w])
def test_broadcasting_is_undone_by_summing(operate):
    """A bias of shape (3,) that is used for each of five rows gets the sum over the rows."""
    constant = np.random.default_rng(0).normal(size=(5, 3))
    w = Tensor([1.0, 2.0, 3.0])
    operate(w, constant).sum().backward()
    rows = []
    for row in constant:
        single = Tensor([1.0, 2.0, 3.0])
        operate(single, row).sum().backward()
        rows.append(single.grad)
    np.testing.assert_allclose(w.grad, np.sum(rows, axis=0), rtol=1e-12)


def test_unbroadcast_on_a_kept_axis_and_on_new_ones():
    g = np.arange(24.0).reshape(2, 3, 4)
    np.testing.assert_array_equal(unbroadcast(g, (3, 1)), g.sum(axis=(0, 2))[:, None])
    np.testing.assert_array_equal(unbroadcast(g, ()), 276)
    np.testing.assert_array_equal(unbroadcast(g, (2, 3, 4)), g)


def test_an_array_on_the_left_is_a_constant():
    x = Tensor([1.0, 2.0])
    (np.array([3.0, 4.0]) * x + np.eye(2) @ x - [1, 1]).sum().backward()
    np.testing.assert_array_equal(x.grad, [4, 5])


def test_entries_taken_twice_add_up():
    x = Tensor([1.0, 2.0, 3.0])
    (x[[0, 0, 2]] * [1.0, 10.0, 100.0]).sum().backward()
    np.testing.assert_array_equal(x.grad, [11, 0, 100])


def test_relu_is_flat_at_zero_and_a_power_of_zero_is_constant():
    x = Tensor([-1.0, 0.0, 2.0])
    x.relu().sum().backward()
    np.testing.assert_array_equal(x.grad, [0, 0, 1])
    (x**0).sum().backward()
    np.testing.assert_array_equal(x.grad, [0, 0, 0])


def test_sigmoid_survives_large_arguments():
    x = Tensor([-1000.0, 0.0, 1000.0])
    y = x.sigmoid()
    y.sum().backward()
    np.testing.assert_array_equal(y.value, [0, 0.5, 1])
    np.testing.assert_array_equal(x.grad, [0, 0.25, 0])


# ----------------------------------------------------------------------------------------------------------------------
# to the last digits: compositions against fifty decimal digits


def decimal_sigmoid(x):
    return 1 / (1 + (-x).exp())


# name: the program on a Tensor, its value and its derivative on a Decimal
COMPOSED = {
    "log sigmoid": (lambda z: z.sigmoid().log(), lambda x: decimal_sigmoid(x).ln(), lambda x: decimal_sigmoid(-x)),
    "log (1 - sigmoid)": (
        lambda z: (1 - z.sigmoid()).log(),
        lambda x: decimal_sigmoid(-x).ln(),
        lambda x: -decimal_sigmoid(x),
    ),
    "sigmoid": (
        lambda z: z.sigmoid(),
        decimal_sigmoid,
        lambda x: decimal_sigmoid(x) * decimal_sigmoid(-x),
    ),
    "1 - sigmoid": (
        lambda z: np.ones(()) - z.sigmoid(),
        lambda x: decimal_sigmoid(-x),
        lambda x: -decimal_sigmoid(x) * decimal_sigmoid(-x),
    ),
    "sigmoid - 1": (
        lambda z: z.sigmoid() - 1,
        lambda x: -decimal_sigmoid(-x),
        lambda x: decimal_sigmoid(x) * decimal_sigmoid(-x),
    ),
    "exp - 1": (lambda z: z.exp() - 1.0, lambda x: x.exp() - 1, lambda x: x.exp()),
    "log (1 - exp(-x²))": (
        lambda z: (Tensor(1.0) - (-z * z).exp()).log(),
        lambda x: (1 - (-x * x).exp()).ln(),
        lambda x: 2 * x * (-x * x).exp() / (1 - (-x * x).exp()),
    ),
    "tanh": (lambda z: z.tanh(), lambda x: 2 * decimal_sigmoid(2 * x) - 1, lambda x: tanh_slope(x)),
    "1 - tanh": (lambda z: 1 - z.tanh(), lambda x: 2 * decimal_sigmoid(-2 * x), lambda x: -tanh_slope(x)),
    "1 + tanh": (lambda z: 1 + z.tanh(), lambda x: 2 * decimal_sigmoid(2 * x), lambda x: tanh_slope(x)),
    "1 - (-tanh)": (lambda z: 1 - -z.tanh(), lambda x: 2 * decimal_sigmoid(2 * x), lambda x: tanh_slope(x)),
    "1 - sum": (
        lambda z: 1 - z.reshape(1).sigmoid().sum(),
        lambda x: decimal_sigmoid(-x),
        lambda x: -decimal_sigmoid(x) * decimal_sigmoid(-x),
    ),
    "2 - sum": (
        lambda z: 2 - (z.reshape(1, 1) * np.ones((1, 2))).sigmoid().sum(axis=1, keepdims=True).mean(),
        lambda x: 2 * decimal_sigmoid(-x),
        lambda x: -2 * decimal_sigmoid(x) * decimal_sigmoid(-x),
    ),
    "1 - 1 * p.T[0]": (
        lambda z: (1 - 1 * z.reshape(1, 1).sigmoid().T[0])[0],
        lambda x: decimal_sigmoid(-x),
        lambda x: -decimal_sigmoid(x) * decimal_sigmoid(-x),
    ),
    "1 + p - 1": (lambda z: (1 + z.sigmoid()) - 1, decimal_sigmoid, lambda x: decimal_sigmoid(x) * decimal_sigmoid(-x)),
    "log (1 + exp(-x²))": (
        lambda z: (1 + (-z * z).exp()).log(),
        lambda x: (1 + (-x * x).exp()).ln(),
        lambda x: -2 * x * (-x * x).exp() / (1 + (-x * x).exp()),
    ),
    "softplus": (lambda z: z.softplus(), lambda x: (1 + x.exp()).ln(), decimal_sigmoid),
    "quotient": (lambda z: 1 / (z * 1e-100) / 1e100, lambda x: 1 / x, lambda x: -1 / x**2),
}


def tanh_slope(x):
    return 4 * decimal_sigmoid(2 * x) * decimal_sigmoid(-2 * x)


@pytest.mark.parametrize("x", [-300.0, -40.0, -20.5, -1.0, -1e-3, -1e-9, 1e-12, 0.3, 2.0, 19.0, 40.0, 300.0])
@pytest.mark.parametrize("name", COMPOSED)
def test_composed_functions_keep_their_digits(name, x):
    program, value, derivative = COMPOSED[name]
    if "exp(-x²)" in name:  # from where exp underflows, nothing is lost, and the slope is 0 in float64
        x = max(min(x, 20.0), -20.0)
    z = Tensor(x)
    y = program(z)
    y.backward()
    with localcontext() as context:
        context.prec = 300
        wanted, slope = float(value(Decimal(x))), float(derivative(Decimal(x)))
    assert float(y.value) == pytest.approx(wanted, rel=1e-12, abs=0)
    assert float(z.grad) == pytest.approx(slope, rel=1e-12, abs=0)


def test_what_lies_between_gets_its_gradient_too():
    z = Tensor([-40.0, 40.0])
    p = z.sigmoid()
    (p.log() + (1 - p).log()).sum().backward()
    with localcontext() as context:
        context.prec = 60
        p_exact = [1 / (1 + (-Decimal(t)).exp()) for t in (-40, 40)]
        np.testing.assert_allclose(p.grad, [float(1 / q - 1 / (1 - q)) for q in p_exact], rtol=1e-12)
        np.testing.assert_allclose(z.grad, [float(1 - 2 * q) for q in p_exact], rtol=1e-12)


def test_the_cross_entropy_of_labels_of_both_kinds_keeps_its_digits():
    y, z = np.array([1.0, 0.0, 1.0]), np.array([-40.0, 40.0, 40.0])

    def composed(z):
        p = z.sigmoid()
        return -(y * p.log() + (1 - y) * (1 - p).log()).sum()

    value, (gradient,) = value_and_grad(composed)(z)
    assert value == pytest.approx(80, rel=1e-15)
    np.testing.assert_allclose(gradient, [-1, 1, -np.exp(-40)], rtol=1e-12)
    _, (slopes,) = value_and_grad(lambda z: ((y - z.sigmoid()) * [0, 0, 1]).sum())(z)
    np.testing.assert_allclose(slopes, [0, 0, -np.exp(-40)], rtol=1e-12)


def test_beyond_the_range_of_float64_there_is_an_error_and_a_way_out():
    with pytest.raises(ValueError, match=r"log needs numbers above 0, got 0\..*log\(sigmoid\(z\)\) is -softplus\(-z\)"):
        Tensor(-800.0).sigmoid().log()
    for x, function in itertools.product(
        (709, 720, 740, 744.9), (Tensor.sigmoid, lambda z: 1 - (-z).sigmoid(), Tensor.exp)
    ):
        with pytest.raises(ValueError, match=r"log needs numbers above 2.2e-308, where float64 .*, got .*-softplus"):
            function(Tensor(float(-x))).log()
    z = Tensor(-708.0)
    z.sigmoid().log().backward()
    assert z.grad == pytest.approx(1, rel=1e-12)
    with pytest.raises(ValueError, match="log needs numbers above 0, got -2"):
        Tensor([3.0, -2.0]).log()
    with pytest.raises(ValueError, match="exp needs numbers up to 709, got 710"):
        Tensor([1.0, 710.0]).exp()
    z = Tensor([-800.0, 800.0])
    y = -(-z).softplus()
    y.sum().backward()
    assert y.value.tolist() == [-800, 0]
    assert z.grad.tolist() == [1, 0]


def test_the_exponent_of_a_negative_number_has_no_gradient():
    b = Tensor(2.0)
    with np.errstate(invalid="ignore"):
        (Tensor(-3.0) ** b).backward()
    assert np.isnan(b.grad)


# ----------------------------------------------------------------------------------------------------------------------
# nothing changes between the result and its gradient


def test_a_value_cannot_be_changed():
    x = Tensor([1.0, 2.0])
    for tensor in (x, x * x, x.sum(), x.reshape(2, 1), x.T, x[:1], x.relu(), x.exp(), 1 - x.sigmoid(), x @ x):
        with pytest.raises(ValueError, match="read-only"):
            tensor.value[...] = 7
        with pytest.raises(ValueError, match="read-only"):
            tensor.value += 1
        with pytest.raises(AttributeError):
            tensor.value = np.ones(tensor.shape)


@pytest.mark.parametrize(
    "use",
    [lambda x, c: x * c, lambda x, c: x + c, lambda x, c: x / c, lambda x, c: x**c, lambda x, c: x @ c],
)
def test_a_constant_may_be_changed_and_the_gradient_stays(use):
    gradients = []
    for spoil in (False, True):
        x, c = Tensor([1.0, 2.0]), np.array([3.0, 4.0])
        y = use(x, c).sum()
        c[:] = 9 if spoil else c
        y.backward()
        gradients.append(x.grad.tolist())
    assert gradients[0] == gradients[1]


def test_an_index_may_be_changed_and_the_gradient_stays():
    x, rows = Tensor([1.0, 2.0, 3.0]), [0, 1]
    arrays = np.array(rows)
    y = (x[rows] * x[arrays]).sum()
    rows[0], arrays[0] = 2, 2
    y.backward()
    assert x.grad.tolist() == [2, 4, 0]


def test_a_record_of_ten_thousand_steps():
    x = y = Tensor(1.0)
    for _ in range(10_000):
        y = y + x
    y.backward()
    assert x.grad == 10_001


def test_an_argument_that_is_not_used_has_the_gradient_zero():
    _, (a, b) = value_and_grad(lambda a, b: (a * a).sum())([1.0, 2.0], np.ones((2, 3)))
    np.testing.assert_array_equal(a, [2, 4])
    np.testing.assert_array_equal(b, np.zeros((2, 3)))


def test_the_value_is_a_copy():
    array = np.ones(2)
    x = Tensor(array)
    array[0] = 7
    assert x.value[0] == 1


def test_errors_say_what_is_wrong():
    with pytest.raises(ValueError, match=r"backward needs one number.*got shape \(2,\)"):
        Tensor([1.0, 2.0]).backward()
    with pytest.raises(ValueError, match=r"got shape \(1,\)"):
        value_and_grad(lambda x: x)([1.0])
    with pytest.raises(TypeError, match="value must hold real numbers, got dtype complex128"):
        Tensor(1j)
    with pytest.raises(TypeError, match="value must not be masked"):
        Tensor(np.ma.masked_equal([1.0, 2.0], 2))
    with pytest.raises(TypeError, match="value must hold real numbers"):
        Tensor(1.0) + "1"
    with pytest.raises(TypeError, match="must give a Tensor, got float"):
        value_and_grad(lambda x: 3.0)(1.0)
    with pytest.raises(TypeError, match="does not support ufuncs"):
        np.exp(Tensor(1.0))


def test_importing_it_loads_no_framework():
    assert not {"tensorflow", "keras", "jax"} & loaded_by("import course_lib.classical.autodiff")
