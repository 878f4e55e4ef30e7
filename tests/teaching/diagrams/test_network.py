"""A drawn network says what the model says: shapes, layers, bridges; and it can be read."""

from itertools import combinations, pairwise
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from keras import layers

from course_lib.models.classifier import classifier
from course_lib.models.fcn import fcn
from course_lib.models.gan import dcgan_discriminator, dcgan_generator, toy_discriminator, toy_generator
from course_lib.models.unet import unet
from course_lib.models.vae import conv_vae, dense_vae
from course_lib.teaching import draw_network
from course_lib.teaching.diagrams._graph import describe, read_network
from course_lib.teaching.diagrams.network import network_layout


def aspp():
    """Parallel branches that meet in a concatenation, then a second input that is added."""
    image, time = keras.Input((16, 16, 3), name="image"), keras.Input((4,), name="time")
    x = layers.Conv2D(8, 3, padding="same", activation="relu")(image)
    x = layers.Concatenate()([layers.Conv2D(4, 3, padding="same", dilation_rate=rate)(x) for rate in (1, 2, 4)])
    x = layers.Conv2D(8, 1)(x)
    x = layers.Add()([x, layers.Reshape((1, 1, 8))(layers.Dense(8)(time))])
    return keras.Model([image, time], layers.Conv2D(1, 1, name="noise")(layers.ReLU()(x)))


def many():
    """A row that needs several lines of the page."""
    x = inputs = keras.Input((64, 64, 3))
    for stage in range(5):
        for _ in range(2):
            shortcut = layers.Conv2D(8 + 8 * stage, 1)(x)
            x = layers.Conv2D(8 + 8 * stage, 3, padding="same")(x)
            x = layers.ReLU()(layers.Add()([x, shortcut]))
        x = layers.MaxPooling2D()(x)
    return keras.Model(inputs, layers.Dense(10, name="logits")(layers.GlobalAveragePooling2D()(x)))


def over_a_block():
    """A U in which a bridge must pass a block of its own row, and an enlarged tensor has two consumers."""
    inputs = keras.Input((32, 32, 1))
    down = layers.Conv2D(8, 3, padding="same")(inputs)
    x = layers.Conv2D(16, 3, padding="same")(layers.MaxPooling2D()(down))
    up = layers.UpSampling2D()(x)
    x = layers.Conv2D(8, 3, padding="same")(layers.Conv2D(12, 3, padding="same")(up))
    x = layers.Concatenate()([down, x, up])
    return keras.Model(inputs, layers.Conv2D(1, 1, name="logits")(x))


def sequential():
    convolution = layers.Conv2D(4, 3, strides=2, activation="relu")
    return keras.Sequential([keras.Input((9, 9, 1)), convolution, layers.Flatten(), layers.Dense(3)])


MODELS = {
    "unet": lambda: (unet(2), 64),
    "unet of the paper": lambda: (unet(2, width=64, depth=4, channels=3), (512, 512)),
    "unet padded": lambda: (unet(6, upsampling="bilinear", skips=1, channels=3), (50, 61)),
    "unet without bridges": lambda: (unet(1, skips=False, normalization="group", upsampling="nearest"), 64),
    "unet without steps": lambda: (unet(2, depth=0), 16),
    "fcn": lambda: (fcn(2, depth=3, stride=2), 32),
    "fcn of depth 5": lambda: (fcn(6, channels=3), 96),
    "classifier": lambda: (classifier(), None),
    "residual classifier": lambda: (
        classifier(pooling="stride", residual=True, normalization="batch", convs_per_stage=2),
        None,
    ),
    "generator": lambda: (dcgan_generator((32, 32, 3)), None),
    "discriminator": lambda: (dcgan_discriminator(spectral=True, normalization="layer"), None),
    "toy generator": lambda: (toy_generator(), None),
    "toy discriminator": lambda: (toy_discriminator(spectral=True), None),
    "encoder": lambda: (conv_vae((28, 28, 1), latent_dim=8).encoder, None),
    "decoder": lambda: (conv_vae((28, 28, 1), latent_dim=8).decoder, None),
    "dense encoder": lambda: (dense_vae().encoder, None),
    "parallel branches": lambda: (aspp(), None),
    "sequential": lambda: (sequential(), None),
    "over a block": lambda: (over_a_block(), None),
    "many": lambda: (many(), None),
}


@pytest.fixture(params=MODELS, scope="module")
def drawn(request):
    model, size = MODELS[request.param]()
    network = read_network(model, size)
    return model, size, network, network_layout(network)


def concatenations(model):
    return [layer for layer in model.layers if isinstance(layer, layers.Concatenate)]


def values_in(model, size):
    """Shapes of all tensors, without the batch, as the network computes them from real arrays."""
    shapes = [tensor.shape[1:] for tensor in model.inputs]
    sides = (size, size) if isinstance(size, int) else size
    shapes = [(*sides, shape[-1]) if None in shape else shape for shape in shapes]
    outputs = [layer.output for layer in model.layers if not isinstance(layer, layers.InputLayer)]
    probe = keras.Model(model.inputs, outputs)
    arrays = [np.zeros((1, *shape), "float32") for shape in shapes]
    results = probe(arrays)
    return {tuple(array.shape[1:]) for array in [*arrays, *(results if isinstance(results, list) else [results])]}


def test_every_diagram_of_a_network_can_be_read(drawn, check_readable):
    *_, layout = drawn
    check_readable(layout)


def test_the_shapes_are_those_of_the_arrays(drawn):
    model, size, network, _ = drawn
    if size == (512, 512):
        pytest.skip("a network of 31 million weights: a minute for what the smaller ones show")
    computed = values_in(model, size)
    assert {block.shape for block in network.blocks} <= computed
    sides = (size, size) if isinstance(size, int) else size
    first, last = model.inputs[0].shape[1:], model.outputs[0].shape[1:]
    assert network.blocks[0].shape == ((*sides, first[-1]) if None in first else first)
    assert network.blocks[-1].shape == ((*sides, last[-1]) if None in last else last)


def test_shapes_are_written_beside_the_blocks(drawn):
    _, _, network, layout = drawn
    written = "\n".join(layout.texts).replace(" ", "")
    for block in network.blocks:
        channels = "+".join(map(str, block.parts)) if block.parts else str(block.channels)
        assert channels in written
        if block.is_image:
            assert f"{block.shape[0]}×{block.shape[1]}" in written


def test_every_concatenation_and_sum_has_its_bridges(drawn):
    model, _, network, layout = drawn
    joined = sum(len(layer.input) - 1 for layer in concatenations(model))
    assert sum(bridge.merge == "Concatenate" for bridge in network.bridges) == joined
    assert sum(sum(block.copied) for block in network.blocks) == joined
    operations = getattr(model, "operations", model.layers)
    added = [operation for operation in operations if type(operation).__name__ == "Add"]
    over_bridges = sum(bridge.merge == "Add" for bridge in network.bridges)
    assert over_bridges + len(network.notes) == sum(len(layer.input) - 1 for layer in added)
    drawn_ends = [line for line in layout.lines if line.kind == "bridge" and line.arrow]
    assert len(drawn_ends) == len(network.bridges)


def test_no_bridge_is_hidden_behind_a_block_or_runs_along_another(drawn):
    *_, layout = drawn
    parts = [sorted(part) for line in layout.lines if line.kind == "bridge" for part in pairwise(line.points)]
    level = [(y0, x0, x1) for (x0, y0), (x1, y1) in parts if y0 == y1]
    for (y, start, end), (other, begin, stop) in combinations(level, 2):
        assert y != other or end <= begin or stop <= start
    for line in layout.lines:
        for (x0, y0), (x1, y1) in zip(line.points, line.points[1:], strict=False):
            for box in layout.boxes:
                beside = max(x0, x1) <= box.left or box.right <= min(x0, x1)
                assert beside or max(y0, y1) <= box.bottom or box.top <= min(y0, y1)


@pytest.mark.parametrize(("depth", "skips"), [(1, True), (3, True), (3, False), (4, 2)])
def test_bridges_of_a_unet_join_blocks_of_one_size(depth, skips):
    network = read_network(unet(3, depth=depth, skips=skips), 64)
    assert len(network.bridges) == int(depth * skips if isinstance(skips, bool) else skips)
    for bridge in network.bridges:
        source, target = network.blocks[bridge.source], network.blocks[bridge.target]
        assert source.shape[:2] == target.shape[:2]
        assert target.parts[target.copied.index(True)] == source.channels
        assert sum(target.parts) == target.channels


def test_blocks_grow_with_pixels_and_channels():
    network = read_network(unet(2), 64)
    boxes = network_layout(network).boxes
    parts = [(block.size, c) for block in network.blocks for c in block.parts or (block.channels,)]
    assert len(boxes) == len(parts)
    heights = [box.height for box in boxes]
    assert np.allclose(np.array(heights) ** 2 / heights[0] ** 2, [size / 64 for size, _ in parts])
    for (_, channels), box in zip(parts, boxes, strict=True):
        for (_, more), other in zip(parts, boxes, strict=True):
            assert channels >= more or box.width <= other.width


def test_a_unet_is_a_u_and_a_classifier_a_row():
    network = read_network(unet(2), 64)
    boxes = network_layout(network).boxes
    middles = {}
    sizes = [block.size for block in network.blocks for _ in block.parts or (1,)]
    for size, box in zip(sizes, boxes, strict=True):
        middles.setdefault(size, set()).add(round(box.y, 6))
    assert all(len(ys) == 1 for ys in middles.values())
    ordered = [min(middles[size]) for size in sorted(middles)]
    assert ordered == sorted(ordered)  # the smallest images at the bottom
    row = network_layout(read_network(classifier())).boxes
    assert len({round(box.y, 6) for box in row}) == 1
    assert [box.x for box in row] == sorted(box.x for box in row)


def test_layers_that_keep_the_shape_join_their_block():
    steps = [block.steps for block in read_network(classifier(normalization="batch")).blocks]
    assert steps[:3] == [[], ["conv 3×3", "batch norm", "ReLU"], ["max pool 2×2"]]
    assert steps[-3:] == [["flatten"], ["dense", "ReLU"], ["dense"]]
    text = network_layout(read_network(unet(2), 64)).texts
    assert "conv 3×3, batch norm, ReLU (×2)" in text and "bridge: concatenated" in text
    assert "pad, then conv 3×3, batch norm, ReLU (×2)" in network_layout(read_network(unet(2), 50)).texts


@pytest.mark.parametrize(
    ("layer", "steps"),
    [
        (layers.Conv2D(4, 3, strides=2, dilation_rate=1, activation="relu"), ["conv 3×3, stride 2", "ReLU"]),
        (layers.Conv2D(4, (3, 5), dilation_rate=2), ["conv 3×5, dilation 2"]),
        (layers.Conv2DTranspose(4, 4, strides=2, activation="tanh"), ["transposed conv 4×4, stride 2", "tanh"]),
        (layers.DepthwiseConv2D(3), ["depthwise conv 3×3"]),
        (layers.AveragePooling2D(2), ["average pool 2×2"]),
        (layers.GlobalAveragePooling2D(), ["global average pooling"]),
        (layers.UpSampling2D(2), ["upsample ×2"]),
        (layers.Activation("gelu"), ["GELU"]),
        (layers.LeakyReLU(), ["leaky ReLU"]),
        (layers.GroupNormalization(2), ["group norm"]),
        (layers.Dropout(0.5), ["dropout"]),
        (layers.Dense(3, activation="softmax"), ["dense", "softmax"]),
    ],
)
def test_a_layer_in_words(layer, steps):
    assert describe(layer) == steps


def test_another_input_is_named_where_it_comes_in_and_explained_below():
    network = read_network(aspp())
    assert network.notes == ["time: dense, reshape"]
    assert any("+ time" in block.steps for block in network.blocks)
    assert [bridge.steps for bridge in network.bridges] == [["conv 3×3, dilation 2"], ["conv 3×3, dilation 4"]]
    texts = network_layout(network).texts
    assert {"time: dense, reshape", "a: conv 3×3, dilation 2", "b: conv 3×3, dilation 4"} <= set(texts)


def test_other_outputs_are_branches():
    ((source, blocks),) = read_network(dense_vae(latent_dim=3).encoder).branches
    assert [(block.name, block.shape) for block in blocks] == [("log variance", (3,))]
    assert source == 2  # image, flattened, hidden: from there both heads leave
    layout = network_layout(read_network(dense_vae(latent_dim=3).encoder))
    assert sum(line.kind == "branch" for line in layout.lines) == 1


def test_an_enlarged_tensor_that_is_used_twice_is_a_block_of_its_own():
    network = read_network(over_a_block())
    sources = {network.blocks[bridge.source].shape for bridge in network.bridges}
    assert sources == {(32, 32, 8), (32, 32, 16)}
    assert network.blocks[-2].parts == (8, 8, 16) and network.blocks[-2].copied == (True, False, True)


def test_nested_models_and_shared_layers_are_read():
    small = keras.Sequential([keras.Input((8, 8, 1)), layers.RandomFlip()], name="augment")
    shared, image = layers.Conv2D(4, 3, padding="same"), keras.Input((8, 8, 1), name="photo")
    x = shared(layers.Conv2D(4, 1)(small(image)))
    model = keras.Model(image, layers.Concatenate()([shared(x), x]))
    network = read_network(model)
    assert ["augment"] in [block.steps for block in network.blocks]
    assert len(network.bridges) == 1 and network.blocks[-1].parts == (4, 4)


def test_reading_a_model_leaves_it_as_it_was():
    model = unet(2, depth=1)
    calls = {layer.name: len(layer._inbound_nodes) for layer in model.layers}
    read_network(model, 30)
    assert {layer.name: len(layer._inbound_nodes) for layer in model.layers} == calls


@pytest.mark.parametrize(
    ("model", "size", "error", "message"),
    [
        (lambda: unet(2), None, ValueError, "size must be given"),
        (lambda: unet(2), (64,), ValueError, "size must be a whole number"),
        (lambda: unet(2), 0, ValueError, "size must be at least 1"),
        (lambda: unet(2), 64.0, TypeError, "size must be a whole number"),
        (classifier, 28, ValueError, "size must be left out"),
        (dense_vae, None, TypeError, "draw its parts: encoder, decoder"),
        (lambda: keras.Sequential([layers.Dense(2)]), None, TypeError, "model must be a functional or Sequential"),
        (lambda: SimpleNamespace(), None, TypeError, "model must be a functional or Sequential"),
        (lambda: unet(2, depth=9, width=1), 512, ValueError, "model must be smaller"),
    ],
)
def test_what_cannot_be_drawn_is_said(model, size, error, message):
    with pytest.raises(error, match=message):
        draw_network(model(), size)
