"""A network read as a picture needs it: one row of feature maps, what turns each into the next, and bridges.

Only the model is asked: nothing here imports Keras. A model has `inputs`, `outputs` and `layers` (or `operations`,
which also holds what was written as `a + b`); every one of them remembers the calls that made its symbolic tensors.
"""

import itertools
import re
from dataclasses import dataclass, field

from course_lib._validate import pair

MERGES = {"Add": "+", "Subtract": "−", "Multiply": "×", "Average": "mean", "Maximum": "max", "Minimum": "min"}
SHAPE_ONLY = ("CropLike",)  # of their second input only the shape is used: nothing flows from there
WORDS = {
    "ReLU": "ReLU", "Relu": "ReLU", "relu": "ReLU", "LeakyReLU": "leaky ReLU", "leaky_relu": "leaky ReLU",
    "ELU": "ELU", "elu": "ELU", "gelu": "GELU", "silu": "SiLU", "BatchNormalization": "batch norm",
    "GroupNormalization": "group norm", "LayerNormalization": "layer norm", "MultiHeadAttention": "attention",
    "ZeroPadding2D": "pad", "ZeroPadding1D": "pad", "PadToMultiple": "pad", "CropLike": "crop", "GetItem": "slice",
}  # fmt: skip
ACTIVATIONS = ("ReLU", "leaky ReLU", "ELU", "GELU", "SiLU", "softmax")


@dataclass
class Block:
    """A feature map: its shape without the batch, and what made it of the block before."""

    shape: tuple
    steps: list = field(default_factory=list)
    parts: tuple = ()  # channels of each part of a concatenation
    copied: tuple = ()  # which of the parts came over a bridge
    name: str = ""

    @property
    def is_image(self):
        return len(self.shape) == 3

    @property
    def size(self):
        return self.shape[0] if len(self.shape) > 1 else 1

    @property
    def channels(self):
        return self.shape[-1]


@dataclass
class Bridge:
    """A way from a block to a later one beside the row; `steps` happen on it."""

    source: int
    target: int
    steps: list
    merge: str  # the class of the layer that it ends in


@dataclass
class Network:
    """Blocks in a row, bridges over them, other outputs {block they leave from: their blocks}, and remarks."""

    blocks: list
    bridges: list
    branches: list
    notes: list


@dataclass(eq=False)
class _Call:
    operation: object
    node: object
    inputs: list
    outputs: list


def read_network(model, size=None):
    """Read a model as blocks and bridges.

    The row is the longest way from an input to the first output, counted in layers with a size of their own. Layers
    that leave the shape as it is join the block before them.

    Parameters
    ----------
    model : keras.Model
        Functional or Sequential, built.
    size : int or (int, int), optional
        Height and width of the images, for a model that leaves them open.

    Returns
    -------
    Network

    Raises
    ------
    TypeError, ValueError
        `model` has no graph of layers, or `size` is missing, or given to a model that has its own.
    """
    calls = _calls_of(model)
    shapes, consumers = _shapes(model, calls, size), _consumers(model, calls)
    row = _longest(model, calls)
    place = {}  # the block that a call of the row belongs to
    network = Network([], [], [], [])
    pending = []
    for index, call in enumerate(row):
        kind, output = type(call.operation).__name__, call.outputs[0]
        steps, shape = describe(call.operation), shapes[id(output)]
        before = row[index - 1] if index else None
        if before is None:
            network.blocks.append(Block(shape, name=_name(call.operation)))
        elif _joins_next(call, row[index + 1 :]) and consumers[id(output)] == 1:
            if shapes[id(before.outputs[0])] != shape:
                pending = pending + steps
        else:
            shared = consumers[id(before.outputs[0])] > 1
            unchanged = kind in SHAPE_ONLY and shapes[id(call.inputs[0])] == shape
            block = _block_for(network, kind, call, before, shapes, shared)
            block.steps += pending + ([] if kind == "Concatenate" or unchanged else steps)
            pending = []
        place[call] = len(network.blocks) - 1
        if before is not None and kind not in SHAPE_ONLY:
            _add_bridges(network, call, before, calls, place)
    _name_output(network.blocks[-1], row)
    for output in model.outputs[1:]:
        _add_branch(network, output, calls, place, shapes)
    return network


def describe(operation):
    """Say in a few words what a layer does: ["max pool 2×2"], ["conv 3×3, stride 2", "ReLU"] with its activation."""
    kind = type(operation).__name__
    if kind in MERGES:
        return [MERGES[kind]]
    kernel = getattr(operation, "kernel_size", None)
    pool = getattr(operation, "pool_size", None)
    if kernel is not None:
        special = (("Transpose", "transposed "), ("Depthwise", "depthwise "), ("Separable", "separable "),
                   ("Spectral", "spectral "))  # fmt: skip
        words = "".join(word for part, word in special if part in kind)
        text = f"{words}conv {_times(kernel)}"
        for name, value in (("stride", operation.strides), ("dilation", getattr(operation, "dilation_rate", 1))):
            if set(_tuple(value)) != {1}:
                text += f", {name} {_tuple(value)[0]}"
    elif pool is not None:
        text = f"{'average' if 'Average' in kind else 'max'} pool {_times(pool)}"
    elif kind.startswith("UpSampling"):
        text = f"upsample ×{_tuple(operation.size)[0]}"
    elif kind == "Activation":
        return [_activation(operation.activation) or "linear"]
    elif hasattr(operation, "layers"):
        text = operation.name.replace("_", " ")
    else:
        text = WORDS.get(kind) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).replace("2D", "").lower().strip()
    activation = "" if text in ACTIVATIONS else _activation(getattr(operation, "activation", None))
    return [text, activation] if activation else [text]


# --- the graph --------------------------------------------------------------------------------------------------------


def _calls_of(model):
    """The call that made each symbolic tensor: {id(tensor): call}, for all that the outputs depend on."""
    operations = getattr(model, "operations", None) or getattr(model, "layers", None)
    if operations is None or not getattr(model, "outputs", None) or not getattr(model, "inputs", None):
        parts = [name for name in ("encoder", "decoder", "generator", "discriminator") if hasattr(model, name)]
        hint = f"; draw its parts: {', '.join(parts)}" if parts else ""
        raise TypeError(
            f"model must be a functional or Sequential model with an Input, got {type(model).__name__}{hint}"
        )
    made = {}
    for operation in operations:
        for node in operation._inbound_nodes:
            call = _Call(operation, node, list(node.input_tensors), list(node.output_tensors))
            made |= {id(tensor): call for tensor in call.outputs}
    for tensor in model.inputs:  # a Sequential does not list its input among its layers
        made.setdefault(id(tensor), _Call(_Input("input"), None, [], [tensor]))
    reached, todo = {}, list(model.outputs)
    while todo:
        tensor = todo.pop()
        if id(tensor) not in reached:
            reached[id(tensor)] = made[id(tensor)]
            todo += made[id(tensor)].inputs
    return reached


@dataclass(eq=False)
class _Input:
    name: str


def _in_order(model, calls):
    """Every call after those it depends on."""
    order, done = [], set()

    def visit(call):
        stack = [(call, iter(call.inputs))]
        while stack:
            current, rest = stack[-1]
            parent = next((calls[id(t)] for t in rest if calls[id(t)] not in done), None)
            if parent is not None:
                stack.append((parent, iter(parent.inputs)))
            else:
                stack.pop()
                if current not in done:
                    done.add(current)
                    order.append(current)

    for tensor in model.outputs:
        visit(calls[id(tensor)])
    return order


def _consumers(model, calls):
    counts = {}
    for call in set(calls.values()):
        flowing = call.inputs[:1] if type(call.operation).__name__ in SHAPE_ONLY else call.inputs
        for tensor in {id(t): t for t in flowing}.values():
            counts[id(tensor)] = counts.get(id(tensor), 0) + 1
    for tensor in model.outputs:
        counts[id(tensor)] = counts.get(id(tensor), 0) + 1
    return counts


def _longest(model, calls):
    length, previous = {}, {}
    for call in _in_order(model, calls):
        parents = [calls[id(t)] for t in call.inputs]
        if type(call.operation).__name__ in SHAPE_ONLY:
            parents = parents[:1]
        best = max(parents, key=length.__getitem__, default=None)
        kind = type(call.operation).__name__
        heavy = re.search("Conv|Dense|Pool|UpSampling|Attention|Double", kind)
        length[call] = (length[best] if best else 0) + (1 if heavy else 0.001)
        previous[call] = best
    row = [calls[id(model.outputs[0])]]
    while previous[row[-1]] is not None:
        row.append(previous[row[-1]])
    return row[::-1]


def _shapes(model, calls, size):
    """The shape of every tensor without the batch: {id(tensor): tuple}; open sizes are computed from `size`."""
    tensors = {id(t): t for call in set(calls.values()) for t in call.outputs}
    open_inputs = any(side is None for tensor in model.inputs for side in tensor.shape[1:])
    if not open_inputs:
        if size is not None:
            raise ValueError(
                f"size must be left out: model takes the shape {tuple(model.inputs[0].shape[1:])}, got {size!r}"
            )
        return {key: tuple(tensor.shape[1:]) for key, tensor in tensors.items()}
    if size is None:
        raise ValueError(
            "size must be given, such as size=(64, 64): model takes images of any height and width, "
            f"{tuple(model.inputs[0].shape[1:])}"
        )
    sides = pair("size", size, 1)
    specs = {}
    for call in _in_order(model, calls):
        if not call.inputs:
            (tensor,) = call.outputs
            rest = iter(sides)
            shape = [None, *(next(rest, None) if side is None else side for side in tensor.shape[1:])]
            specs[id(tensor)] = type(tensor)(tuple(shape), dtype=tensor.dtype)
            continue
        args, kwargs = call.node.arguments.fill_in(specs)
        results = call.operation.compute_output_spec(*args, **kwargs)
        results = results if isinstance(results, (list, tuple)) else [results]
        specs |= {id(tensor): result for tensor, result in zip(call.outputs, results, strict=True)}
    return {key: tuple(spec.shape[1:]) for key, spec in specs.items()}


def _joins_next(call, rest):
    """Whether a layer without weights is drawn as one step with the next: padding, enlarging before a convolution."""
    enlarges = re.search("UpSampling|DoubleBilinear", type(call.operation).__name__)
    convolved = bool(rest) and "Conv" in type(rest[0].operation).__name__
    return bool(rest) and (describe(call.operation) == ["pad"] or (enlarges is not None and convolved))


# --- blocks and bridges -----------------------------------------------------------------------------------------------


def _block_for(network, kind, call, before, shapes, shared):
    """The block that a call of the row belongs to: the last one, or a new one behind it."""
    shape, last = shapes[id(call.outputs[0])], network.blocks[-1]
    if kind == "Concatenate":
        parts = [shapes[id(tensor)][-1] for tensor in call.inputs]
        own = {id(tensor) for tensor in before.outputs}
        copied = tuple(id(tensor) not in own for tensor in call.inputs)
        if shared or len(network.blocks) == 1 or last.parts:
            network.blocks.append(Block(shape, [], tuple(parts), copied))
        else:  # what came from the row is one of the parts: it is not drawn twice
            last.shape, last.parts, last.copied = shape, tuple(parts), copied
        return network.blocks[-1]
    closed = len(network.blocks) == 1 or shared or last.parts  # such a block stays as it is
    resized = len(network.blocks) > 1 and not 2 / 3 < last.size / network.blocks[-2].size < 3 / 2
    starts = shape != last.shape or closed or "Dense" in kind or ("Conv" in kind and resized)
    if starts and not (kind in SHAPE_ONLY and shape == last.shape):
        network.blocks.append(Block(shape))
    return network.blocks[-1]


def _add_bridges(network, call, before, calls, place):
    own = {id(tensor) for tensor in before.outputs}
    for tensor in {id(t): t for t in call.inputs if id(t) not in own}.values():
        for source, steps in _trace(tensor, calls, place):
            if isinstance(source, str):
                network.blocks[-1].steps[-1:] = [f"{network.blocks[-1].steps[-1]} {source}".strip()]
                note = f"{source}: " + (", ".join(steps) or "as it is")
                if note not in network.notes:
                    network.notes.append(note)
            else:
                bridge = Bridge(source, place[call], steps, type(call.operation).__name__)
                network.bridges.append(bridge)


def _trace(tensor, calls, place):
    """Where a tensor beside the row comes from: [(block, or name of an input, steps on the way)]."""
    call = calls[id(tensor)]
    if call in place:
        return [(place[call], [])]
    if not call.inputs:
        return [(_name(call.operation), [])]
    found = list(itertools.chain.from_iterable(_trace(parent, calls, place) for parent in call.inputs))
    unique = {source: steps for source, steps in reversed(found)}
    return [(source, [*steps, *describe(call.operation)]) for source, steps in unique.items()]


def _add_branch(network, output, calls, place, shapes):
    chain, call = [], calls[id(output)]
    while call not in place and call.inputs:
        chain.append(call)
        call = calls[id(call.inputs[0])]
    if call not in place or not chain:
        return
    blocks = [Block(shapes[id(c.outputs[0])], describe(c.operation)) for c in reversed(chain)]
    blocks[-1].name = _name(chain[0].operation)
    network.branches.append((place[call], blocks))


def _name_output(block, row):
    """An output is called after the last layer that makes something, not after an activation or a crop."""
    for call in reversed(row):
        if re.search("Conv|Dense|Pool|Reshape", type(call.operation).__name__):
            block.name = _name(call.operation)
            return


def _name(operation):
    return re.sub(r"^input layer.*", "input", operation.name.replace("_", " "))


def _tuple(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def _times(value):
    return "×".join(str(side) for side in _tuple(value))


def _activation(function):
    name = getattr(function, "__name__", "") if function is not None else ""
    return "" if name == "linear" else WORDS.get(name, name.replace("_", " "))
