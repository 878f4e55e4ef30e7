"""The classifier is as large as arithmetic says, sees as far as arithmetic says, and survives being saved."""

import keras
import numpy as np
import pytest
from keras import ops

from course_lib import backend
from course_lib.classical import arithmetic
from course_lib.models.classifier import classifier, embedder
from course_lib.models.layers import RandomAffine


def predicted_parameters(shape, classes, filters, convs_per_stage, embedding, batch_norm):
    """From the formulas of chapter 02, without Keras."""
    *size, channels = shape
    total = 0
    for f in filters:
        for _ in range(convs_per_stage):
            total += arithmetic.conv_parameters(3, channels, f, bias=not batch_norm) + 4 * f * batch_norm
            channels = f
        size = [arithmetic.conv_output_size(n, 2, stride=2) for n in size]
    features = size[0] * size[1] * channels
    return (
        total + arithmetic.conv_parameters(1, features, embedding) + arithmetic.conv_parameters(1, embedding, classes)
    )


@pytest.mark.parametrize("pooling", ["max", "average", "stride"])
@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize(
    ("shape", "classes", "filters", "convs_per_stage", "embedding"),
    [((28, 28, 1), 10, (16, 32, 64), 1, 64), ((32, 20, 3), 4, (4, 6), 2, 10), ((9, 9, 1), 2, (3,), 3, 1)],
)
def test_parameters_are_those_of_the_arithmetic(
    shape, classes, filters, convs_per_stage, embedding, batch_norm, pooling
):
    expected = predicted_parameters(shape, classes, filters, convs_per_stage, embedding, batch_norm)
    for residual in (False, True):
        model = classifier(
            shape, classes, filters, convs_per_stage=convs_per_stage, embedding=embedding, pooling=pooling,
            normalization="batch" if batch_norm else None, residual=residual, dropout=0.5,
        )  # fmt: skip
        assert model.count_params() == expected
        assert model.output_shape == (None, classes)
        assert embedder(model).output_shape == (None, embedding)


def test_the_default_has_about_61_thousand_parameters():
    assert classifier().count_params() == 60_874


@pytest.mark.parametrize("pooling", ["max", "average", "stride"])
def test_receptive_field_is_the_predicted_one(pooling):
    """Of all pixels whose change changes the middle of the last convolution, in some random image, the outermost."""
    model = classifier((60, 60, 1), filters=(4, 4, 4), pooling=pooling)
    features = keras.Model(model.input, model.get_layer("conv3_relu").output)
    middle = features.output_shape[1] // 2
    x = np.random.default_rng(0).random((64, 60, 60, 1)).astype("float32")
    score = lambda images: ops.sum(features(images)[:, middle, middle], axis=-1)  # noqa: E731
    seen = np.flatnonzero(np.abs(ops.convert_to_numpy(backend.input_grad(score)(x))).sum(axis=(0, 2, 3)))
    chain = [(3, 2)] * 3 if pooling == "stride" else [(3, 1), (2, 2), (3, 1), (2, 2), (3, 1)]
    assert seen[-1] - seen[0] + 1 == arithmetic.receptive_field(chain)[-1][0] == {"stride": 15}.get(pooling, 18)


def test_layers_read_in_the_order_of_the_figure():
    names = [layer.name for layer in classifier(dropout=0.5, augmentation=RandomAffine(name="augment")).layers]
    stages = [name for i in (1, 2, 3) for name in (f"conv{i}", f"conv{i}_relu", f"pool{i}")]
    assert names == ["image", "augment", *stages, "flatten", "embedding", "dropout", "logits"]


def test_embedding_and_logits_fit_together():
    model = classifier()
    x = np.random.default_rng(0).random((3, 28, 28, 1)).astype("float32")
    features = ops.convert_to_numpy(embedder(model)(x))
    kernel, bias = model.get_layer("logits").get_weights()
    assert features.min() >= 0
    np.testing.assert_allclose(features @ kernel + bias, ops.convert_to_numpy(model(x)), rtol=1e-4, atol=1e-5)


def test_a_residual_network_passes_its_input_on():
    """With all convolutions 0 the embedding sees the pooled image itself, in channel 0; without shortcuts it sees 0."""
    x = np.random.default_rng(0).random((2, 16, 16, 1)).astype("float32")
    for residual in (True, False):
        model = classifier((16, 16, 1), filters=(2, 3), convs_per_stage=2, residual=residual)
        for layer in model.layers:
            if isinstance(layer, keras.layers.Conv2D):
                layer.set_weights([np.zeros_like(w) for w in layer.get_weights()])
        features = ops.convert_to_numpy(keras.Model(model.input, model.get_layer("pool2").output)(x))
        expected = np.zeros((2, 4, 4, 3))
        expected[..., 0] = residual * x[..., 0].reshape(2, 4, 4, 4, 4).max(axis=(2, 4))
        np.testing.assert_array_equal(features, expected)


@pytest.mark.parametrize(
    "options",
    [{}, {"pooling": "stride", "residual": True, "normalization": "batch", "convs_per_stage": 2,
          "dropout": 0.3, "augmentation": RandomAffine(shift=1.5)}],
    ids=["plain", "everything"],
)  # fmt: skip
def test_a_saved_model_computes_the_same(tmp_path, options):
    model = classifier((12, 12, 1), filters=(3, 4), embedding=5, **options)
    x = np.random.default_rng(0).random((3, 12, 12, 1)).astype("float32")
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(ops.convert_to_numpy(again(x)), ops.convert_to_numpy(model(x)), rtol=1e-6)
    assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]


def test_it_learns_in_a_compiled_step():
    """Bright left or bright right: a step compiled by XLA, as a TPU needs it."""
    backend.set_seed(0)
    rng = np.random.default_rng(0)
    y = np.tile([0, 1], 32)
    x = rng.random((64, 8, 8, 1)).astype("float32")
    x[y == 0, :, :4] += 1
    x[y == 1, :, 4:] += 1
    model = classifier((8, 8, 1), 2, (4,), embedding=8, normalization="batch", residual=True)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"], jit_compile=True)
    history = model.fit(x, y, batch_size=16, epochs=8, verbose=0).history
    assert history["accuracy"][-1] > 0.95


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"pooling": "sum"}, "pooling must be one of 'max', 'average', 'stride', got 'sum'"),
        ({"normalization": "instance"}, "normalization must be one of None, 'batch', 'group', 'layer', got 'instance'"),
        ({"normalization": True}, "normalization must be one of None, .* got True"),
        ({"dropout": 1.0}, "dropout must be at least 0 and below 1, got 1.0"),
        ({"classes": 1}, "classes must be at least 2, got 1"),
        ({"convs_per_stage": 0}, "convs_per_stage must be at least 1, got 0"),
        ({"embedding": 0}, "embedding must be at least 1, got 0"),
        ({"shape": (28, 7, 1)}, "shape must be at least 8 pixels"),
    ],
)
def test_refusals_name_the_argument(options, words):
    with pytest.raises(ValueError, match=words):
        classifier(**options)
