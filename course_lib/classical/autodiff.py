"""Reverse-mode automatic differentiation, in about a hundred lines of code.

A ``Tensor`` holds an array, and remembers from which tensors it was computed and how a gradient is handed back to each
of them. ``backward`` walks that record once, from the result to the inputs. Every operation below is one line of
calculus: its value, and for each operand a function that turns the gradient g of the result into the operand's::

    w = Tensor([1.0, 2.0])
    loss = ((w * 3 - 1) ** 2).mean()
    loss.backward()
    w.grad                                  # array([ 6., 15.])
"""

import numpy as np

from course_lib._validate import plain_array

LARGEST_EXPONENT = np.log(np.finfo(np.float64).max)  # 709.78
SMALLEST = np.finfo(np.float64).tiny  # 2.2e-308; numbers below it have fewer digits, down to none at 4.9e-324


class Tensor:
    """A float64 array that can be differentiated with respect to.

    Parameters
    ----------
    value : array_like of real numbers, any shape
        Copied. Integers and booleans become floats.
    parents : tuple of (operand, function) pairs
        Filled in by the operations: the function takes the gradient of this tensor's value to the operand's.
    rest : ndarray, optional
        near - value, filled in by the operations that know it better than a subtraction would.
    near : array_like, optional
        The whole number beside which the value may lie: 1, where ``rest`` is given without it.

    Attributes
    ----------
    value : ndarray of float64
        Read-only: a gradient belongs to the values that were there when the result was computed.
    grad : ndarray of the shape of ``value``, or None
        The derivative of the number on which ``backward`` was called last, among those that depend on this tensor.

    Raises
    ------
    TypeError
        ``value`` does not hold real numbers, or some of them are masked.

    Notes
    -----
    Supported are + - * / ** and @, also with numbers and arrays, which count as constants; broadcasting as in NumPy;
    indexing; and the methods below. ``relu`` has the derivative 0 at 0, as in TensorFlow and JAX: a smooth function
    that is put together from several ``relu`` gets a wrong gradient where they have their kinks.

    In float64 ``sigmoid(40)`` is 1, and 1 - 1 is 0, though the truth is 4e-18. So ``exp``, ``sigmoid`` and ``tanh``
    also keep their ``rest``, what is missing to the number that they come ``near``, 1 or -1; sums, differences and
    ``log`` look there first, so that ``(1 - z.sigmoid()).log()`` is right to the last digits. A tensor with 1 or -1
    added to it has a rest too, and it is kept by the change of a sign, by ``sum`` and by what only moves entries: an
    index, ``reshape`` and ``T``. Other operations drop it: write ``(1 - p).mean()``, not ``1 - p.mean()``. Beyond 708
    the rest itself is lost; ``exp`` and ``log`` then say so, and ``softplus`` is the way out.
    """

    __array_ufunc__ = None  # so that NumPy leaves `array + tensor` to this class

    def __init__(self, value, parents=(), rest=None, near=1.0):
        value = plain_array("value", value)
        if value.dtype.kind not in "buif":
            raise TypeError(f"value must hold real numbers, got dtype {value.dtype}")
        self._value = value.astype(np.float64)
        self._value.setflags(write=False)
        self.parents = [(operand, pull) for operand, pull in parents if isinstance(operand, Tensor)]
        self.rest = None if rest is None else np.broadcast_to(rest, self.shape)
        self.near = None if rest is None else np.broadcast_to(near, self.shape)
        self.grad = None

    @property
    def value(self):
        """The array."""
        return self._value

    def __repr__(self):
        return f"Tensor({self.value})"

    @property
    def shape(self):
        """The shape of the value."""
        return self.value.shape

    # --- the chain rule -----------------------------------------------------------------------------------------------

    def backward(self):
        """Give every tensor that this number was computed from its gradient, in ``grad``.

        What an earlier call left in their ``grad`` is replaced, not added to.

        Raises
        ------
        ValueError
            This tensor is not one number, of shape (): the gradient of several numbers is not defined.
        """
        if self.shape != ():
            raise ValueError(f"backward needs one number, of shape (), got shape {self.shape}: use sum() or mean()")
        order = self._inputs_first()
        for tensor in order:
            tensor.grad = np.zeros(tensor.shape)
        self.grad = np.ones(())
        for tensor in reversed(order):  # a tensor's own gradient is complete before it is handed on
            for operand, pull in tensor.parents:
                operand.grad += unbroadcast(pull(tensor.grad), operand.shape)

    def _inputs_first(self):
        """All tensors behind this one, each after those that it was computed from (a topological order)."""
        order, seen, stack = [], set(), [(self, False)]
        while stack:  # not by recursion, which Python stops at a depth of about a thousand
            tensor, operands_done = stack.pop()
            if operands_done:
                order.append(tensor)
            elif tensor not in seen:
                seen.add(tensor)
                stack.append((tensor, True))
                stack.extend((operand, False) for operand, _ in tensor.parents)
        return order

    # --- arithmetic: where shapes differ, backward undoes the broadcasting --------------------------------------------

    def __add__(self, other):
        a, b = self.value, value_of(other)
        y, kept = a + b, {}
        if self.rest is not None:
            y = np.where(b == -self.near, -self.rest, y)
        if isinstance(other, Tensor) and other.rest is not None:
            y = np.where(a == -other.near, -other.rest, y)
        for one, more in ((b, a), (a, b)):
            if (np.abs(one) == 1).all():
                kept = {"near": one, "rest": -more}
        return Tensor(y, [(self, lambda g: g), (other, lambda g: g)], **kept)

    def __mul__(self, other):
        a, b = self.value, value_of(other)
        kept = self._kept(lambda v: v * b) if (np.abs(b) == 1).all() else {}
        return Tensor(a * b, [(self, lambda g: g * b), (other, lambda g: g * a)], **kept)

    def _kept(self, move):
        """``near`` and ``rest`` of a result, after an operation that does to them what it does to the value."""
        return {} if self.rest is None else {"near": move(self.near), "rest": move(self.rest)}

    def __truediv__(self, other):
        a, b = self.value, value_of(other)
        return Tensor(a / b, [(self, lambda g: g / b), (other, lambda g: -(g / b) * (a / b))])

    def __pow__(self, other):
        a, b = self.value, value_of(other)
        y, lower = a**b, np.where(b == 0, 1.0, b - 1)  # a ** 0 is constant, also at a = 0, where a ** -1 is infinite

        def pull_exponent(g):  # NaN for a < 0, where a ** b is no smooth function of b
            return g * y * np.log(np.where(a == 0, 1.0, a))

        return Tensor(y, [(self, lambda g: g * b * a**lower), (other, pull_exponent)])

    def __matmul__(self, other):
        a, b = self.value, value_of(other)
        if b.ndim == 1:  # a vector stands for a column on the right, for a row on the left
            other = other if isinstance(other, Tensor) else b
            return (self @ other[:, None])[..., 0]
        if a.ndim == 1:
            return (self[None, :] @ other)[..., 0, :]
        return Tensor(a @ b, [(self, lambda g: g @ b.swapaxes(-1, -2)), (other, lambda g: a.swapaxes(-1, -2) @ g)])

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + (-other if isinstance(other, Tensor) else -value_of(other))

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return Tensor(other) - self

    def __rtruediv__(self, other):
        return Tensor(other) / self

    def __rpow__(self, other):
        return Tensor(other) ** self

    def __rmatmul__(self, other):
        return Tensor(other) @ self

    # --- functions of each entry --------------------------------------------------------------------------------------

    def exp(self):
        """e to the power of each entry; ValueError where that is beyond float64, above 709."""
        x = self.value
        if (x > LARGEST_EXPONENT).any():
            raise ValueError(
                f"exp needs numbers up to 709, got {x.max():g}: take the largest out first, or use softplus"
            )
        y = np.exp(x)
        return Tensor(y, [(self, lambda g: g * y)], rest=-np.expm1(x))

    def log(self):
        """Natural logarithm of each entry; ValueError where one is below 2.2e-308, as 0 is."""
        x = self.value
        if (x < SMALLEST).any():
            least = "0" if (x <= 0).any() else f"{SMALLEST:.2g}, where float64 begins to lose digits"
            raise ValueError(
                f"log needs numbers above {least}, got {np.nanmin(x):g}. If it is a probability that was rounded, "
                "put the logarithm into its formula: log(sigmoid(z)) is -softplus(-z)"
            )
        y = np.log(x)
        if self.rest is not None:  # beside 1, log(1 - rest) has digits that the value has lost
            y = np.where((self.near == 1) & (x > 0.5), np.log1p(-np.minimum(self.rest, 0.5)), y)
        return Tensor(y, [(self, lambda g: g / x)])

    def softplus(self):
        """log(1 + exp(x)) of each entry, without overflow: -log(1 - sigmoid(x)), and -log(sigmoid(-x))."""
        x = self.value
        return Tensor(np.logaddexp(0, x), [(self, lambda g: g * sigmoid(x))])

    def tanh(self):
        """Hyperbolic tangent of each entry."""
        x, p, q = self.value, sigmoid(2 * self.value), sigmoid(-2 * self.value)  # tanh(x) = 2 p - 1 = 1 - 2 q
        kept = {"near": np.where(x < 0, -1.0, 1.0), "rest": np.where(x < 0, -2 * p, 2 * q)}
        return Tensor(np.tanh(x), [(self, lambda g: g * 4 * p * q)], **kept)

    def sigmoid(self):
        """1 / (1 + exp(-x)) of each entry, without overflow."""
        y, rest = sigmoid(self.value), sigmoid(-self.value)
        return Tensor(y, [(self, lambda g: g * y * rest)], rest=rest)

    def relu(self):
        """max(x, 0) of each entry."""
        x = self.value
        return Tensor(np.maximum(x, 0), [(self, lambda g: g * (x > 0))])

    # --- shapes -------------------------------------------------------------------------------------------------------

    def sum(self, axis=None, keepdims=False):
        """Sum over ``axis`` (an int, a tuple of them, or None for all)."""
        shape = self.value.sum(axis=axis, keepdims=True).shape

        def total(v):
            return v.sum(axis=axis, keepdims=keepdims)

        parents = [(self, lambda g: np.broadcast_to(g.reshape(shape), self.shape))]
        return Tensor(total(self.value), parents, **self._kept(total))

    def mean(self, axis=None, keepdims=False):
        """Mean over ``axis``: the sum divided by the number of entries that went into each result."""
        total = self.sum(axis, keepdims)
        return total * (total.value.size / self.value.size)

    def reshape(self, *shape):
        """The same entries in another shape."""
        kept = self._kept(lambda v: v.reshape(*shape))
        return Tensor(self.value.reshape(*shape), [(self, lambda g: g.reshape(self.shape))], **kept)

    @property
    def T(self):
        """The axes in reverse order."""
        return Tensor(self.value.T, [(self, lambda g: g.T)], **self._kept(lambda v: v.T))

    def __getitem__(self, index):
        taken = np.arange(self.value.size).reshape(self.shape)[index]

        def pull(g):
            gradient = np.zeros(self.value.size)
            np.add.at(gradient, taken, g)  # adds, where an entry was taken twice
            return gradient.reshape(self.shape)

        return Tensor(self.value[index], [(self, pull)], **self._kept(lambda v: v[index]))


def sigmoid(x):
    """1 / (1 + exp(-x)) of an array, right to the last digits on both sides: only small powers of e are taken."""
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))


def value_of(operand):
    """The array of an operand: a tensor's value, or the number or array itself as float64."""
    return operand.value if isinstance(operand, Tensor) else Tensor(operand).value


def unbroadcast(g, shape):
    """Sum a gradient over the axes along which an operand of ``shape`` was repeated by broadcasting.

    An entry that was used many times gets the sum of the gradients of all its uses.

    Parameters
    ----------
    g : ndarray
        Of a shape that ``shape`` broadcasts to.
    shape : tuple of int

    Returns
    -------
    ndarray of shape ``shape``

    Examples
    --------
    >>> unbroadcast(np.ones((4, 3)), (3,))
    array([4., 4., 4.])
    """
    new = g.ndim - len(shape)
    stretched = [i for i, n in enumerate(shape) if n == 1 and g.shape[new + i] != 1]
    return g.sum(axis=(*range(new), *(new + i for i in stretched))).reshape(shape)


def value_and_grad(f):
    """Make the function that gives ``f`` and its gradients.

    Parameters
    ----------
    f : callable
        ``f(*tensors)`` gives one number, a Tensor of shape ().

    Returns
    -------
    callable
        ``g(*arrays)`` gives ``(value, gradients)``: a float and a list with an array for each argument, zero where
        ``f`` does not depend on it.

    Raises
    ------
    TypeError, ValueError
        By ``g``: ``f`` does not give a Tensor, or not one number.

    Examples
    --------
    >>> value_and_grad(lambda a, b: (a * b).sum())([1.0, 2.0], 10.0)
    (30.0, [array([10., 10.]), array(3.)])
    """

    def g(*arrays):
        tensors = [Tensor(array) for array in arrays]
        result = f(*tensors)
        if not isinstance(result, Tensor):
            raise TypeError(f"f must give a Tensor, got {type(result).__name__}, not made by its methods")
        result.backward()
        return float(result.value), [np.zeros(t.shape) if t.grad is None else t.grad for t in tensors]

    return g
