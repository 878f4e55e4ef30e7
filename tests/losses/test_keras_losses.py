"""The Keras classes: they do what the functions do, inside `fit`, with weights, and survive saving."""

import inspect

import keras
import numpy as np
import pytest
from keras import ops

from course_lib import backend, losses

CLASSES = {
    losses.CrossEntropy: ({"class_weights": (1, 2, 3), "ignore_class": 0}, losses.cross_entropy),
    losses.Focal: ({"gamma": 1.5, "alpha": (0.2, 0.3, 0.5)}, losses.focal),
    losses.Dice: ({"form": "squared", "per_batch": True, "smooth": 0.5}, losses.dice),
    losses.Jaccard: ({"empty": "skip", "smooth": 2}, losses.jaccard),
    losses.Tversky: ({"alpha": 0.3, "beta": 0.7}, losses.tversky),
    losses.FocalTversky: ({"gamma": 2.0, "alpha": 0.1}, losses.focal_tversky),
    losses.GeneralizedDice: ({"per_batch": True}, losses.generalized_dice),
    losses.Lovasz: ({"class_weights": np.array([1, 0, 1])}, losses.lovasz),
    losses.Boundary: ({"class_weights": (1, 0, 1)}, losses.boundary),
    losses.DiceCrossEntropy: ({"dice_weight": 0.3}, losses.dice_cross_entropy),
}


def batch(loss):
    rng = np.random.default_rng(3)
    y, z = rng.integers(0, 3, (2, 4, 5)), rng.normal(size=(2, 4, 5, 3)).astype("float32")
    return (losses.signed_distance(y, 3) if loss is losses.Boundary else y), z, rng.random((2, 4, 5))


def test_every_function_has_its_class():
    public = [getattr(losses, name) for name in losses.__all__]
    functions = {f for f in public if inspect.isfunction(f) and "reduction" in inspect.signature(f).parameters}
    assert {function for _, function in CLASSES.values()} == functions
    classes = {c for c in public if inspect.isclass(c)} - {losses.SegmentationLoss}
    assert set(CLASSES) == classes


@pytest.mark.parametrize("loss", CLASSES)
def test_its_signature_shows_the_options_of_its_function_with_their_defaults(loss):
    """What Shift-Tab shows: no *args, no **options."""
    shown, function = inspect.signature(loss).parameters, inspect.signature(CLASSES[loss][1]).parameters
    assert all(p.kind is p.KEYWORD_ONLY for p in shown.values())
    assert [*shown][-2:] == ["name", "dtype"]
    options = {name: p.default for name, p in shown.items() if name not in ("name", "dtype")}
    assert options == {n: p.default for n, p in function.items() if p.kind is p.KEYWORD_ONLY and n != "weights"}
    written_out = loss(**{name: value for name, value in options.items() if name != "reduction"})
    y, z, _ = batch(loss)
    assert float(written_out(y, z)) == float(loss()(y, z))


def test_a_class_of_ones_own_may_have_an_init_of_its_own():
    class HalfTversky(losses.Tversky):
        def __init__(self, weight=0.5):
            super().__init__(alpha=weight, beta=1 - weight)

    assert HalfTversky(0.3).options == {"alpha": 0.3, "beta": 0.7}


@pytest.mark.parametrize("loss", CLASSES)
def test_it_computes_what_the_function_computes(loss):
    options, function = CLASSES[loss]
    y, z, w = batch(loss)
    for reduction in ("mean", "sum") + (("none",) if loss is not losses.DiceCrossEntropy else ()):
        made = loss(reduction=reduction, **options)
        for weights in (None, w):
            expected = function(y, z, weights=weights, reduction=reduction, **options)
            value = made(y, z, sample_weight=weights)
            assert value.shape == expected.shape
            np.testing.assert_allclose(np.asarray(value), np.asarray(expected), rtol=1e-6)


@pytest.mark.parametrize("loss", CLASSES)
def test_it_comes_back_from_its_config(loss):
    options, _ = CLASSES[loss]
    y, z, _ = batch(loss)
    made = loss(name="mine", reduction="sum", **options)
    for again in (
        loss.from_config(made.get_config()),
        keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(made)),
    ):
        assert type(again) is loss and again.name == "mine" and again.reduction == "sum"
        assert again.options.keys() == options.keys()
        assert float(again(y, z)) == float(made(y, z))
    assert float(made(y, z)) != float(loss(reduction="sum")(y, z))


def small_model():
    keras.utils.set_random_seed(4)
    return keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(1, 3, padding="same")])


def test_a_compiled_model_is_saved_with_its_loss(tmp_path):
    model = small_model()
    model.compile("sgd", losses.Tversky(alpha=0.3, beta=0.7))
    x = np.random.default_rng(0).normal(size=(4, 8, 8, 1)).astype("float32")
    y = (x > 0).astype("uint8")
    model.fit(x, y, verbose=0)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert again.loss.options == {"alpha": 0.3, "beta": 0.7}
    assert again.evaluate(x, y, verbose=0) == pytest.approx(model.evaluate(x, y, verbose=0), rel=1e-5)


@pytest.mark.parametrize("loss", [losses.CrossEntropy(), losses.Dice(), losses.Lovasz()])
def test_weights_of_fit_stand_inside_the_sums(loss):
    """Pixels that weigh 0 may say what they like, and a common factor of all weights changes nothing."""
    x = np.random.default_rng(1).normal(size=(4, 8, 8, 1)).astype("float32")
    y = (x > 0).astype("float32")
    w = np.ones((4, 8, 8), "float32")
    w[:, :4] = 0
    wrong = y.copy()
    wrong[:, :4] = 1 - wrong[:, :4]
    model = small_model()
    model.set_weights([np.eye(9)[4].reshape(3, 3, 1, 1), np.zeros(1)])  # the logit is the pixel: right on the whole
    model.compile("sgd", loss)
    expected = float(loss(y, model.predict(x, verbose=0), sample_weight=w))
    assert model.evaluate(x, wrong, sample_weight=w, verbose=0) == pytest.approx(expected, rel=1e-5)
    assert model.evaluate(x, y, sample_weight=5 * w, verbose=0) == pytest.approx(expected, rel=1e-5)
    assert model.evaluate(x, wrong, verbose=0) > expected + 0.1


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="Keras shares losses among devices with TensorFlow")
def test_on_several_devices_the_loss_is_divided_among_them(monkeypatch):
    """Keras adds up what the devices give, so each gives its share: the step must see the scaled value."""
    seen = []
    monkeypatch.setattr(
        "keras.src.losses.loss.scale_loss_for_distribution", lambda value: seen.append(value) or value / 2
    )
    y, z, _ = batch(losses.Dice)
    whole = float(losses.dice(y, z))
    assert float(losses.Dice()(y, z)) == pytest.approx(whole / 2)
    assert len(seen) == 1


def test_the_dtype_is_kept():
    y, z, _ = batch(losses.Dice)
    made = losses.Dice.from_config(losses.Dice(dtype="float64").get_config())
    value = made(y, z.astype("float64"))
    wanted = "float64" if keras.backend.backend() == "tensorflow" else "float32"
    assert keras.backend.standardize_dtype(value.dtype) == wanted
    half = losses.Dice(dtype="float16")(y, ops.cast(z, "float16"))
    assert float(half) == pytest.approx(float(losses.dice(y, z)), rel=1e-2)


def test_unknown_options_are_named():
    with pytest.raises(TypeError, match="Dice has no option gamma; it has class_weights, empty, form"):
        losses.Dice(gamma=2)
    with pytest.raises(TypeError, match="Focal has no option weights"):
        losses.Focal(weights=[1])
    with pytest.raises(ValueError, match="reduction must be one of 'mean', 'sum', 'none', got 'sum_over_batch_size'"):
        losses.Dice(reduction="sum_over_batch_size")


def test_a_strategy_of_two_devices_trains_as_one_device_does():
    """A loss by pixels, whose mean over the batch is the mean of the halves' means."""
    x = np.random.default_rng(2).normal(size=(8, 8, 8, 1)).astype("float32")
    y = (x > 0.3).astype("float32")
    with backend.distribution_strategy().scope():
        model = small_model()
        model.compile(keras.optimizers.SGD(1.0), losses.CrossEntropy())
    start = [np.asarray(w) for w in model.get_weights()]
    model.fit(x, y, batch_size=8, epochs=1, shuffle=False, verbose=0)
    other = small_model()
    other.set_weights(start)
    _, slopes = backend.value_and_grad(lambda w: losses.cross_entropy(y, other(x)))(other.trainable_variables)
    for before, after, slope in zip(start, model.get_weights(), slopes, strict=True):
        np.testing.assert_allclose(after, before - np.asarray(slope), rtol=1e-4, atol=1e-6)
