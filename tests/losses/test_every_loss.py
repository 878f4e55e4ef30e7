"""What holds for every loss of segmentation: the formula written differently, weights, shapes, compiling, errors."""

import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import ops

from course_lib import backend, losses
from tests.losses import reference
from tests.losses.samples import ALL, PIXELS, REGIONS, boundary_of_labels, each, gradient, numbers, sample

HERE = Path(__file__).parents[2]
ON_TENSORFLOW = keras.backend.backend() == "tensorflow"


# name -> (the library's loss of labels and logits, the reference of labels, logits and weights)
PAIRS = {
    "cross_entropy": (losses.cross_entropy, reference.cross_entropy),
    "focal": (losses.focal, lambda y, z, w: reference.focal(y, z, w, 2)),
    "focal .5": (lambda y, z, **k: losses.focal(y, z, gamma=0.5, **k), lambda y, z, w: reference.focal(y, z, w, 0.5)),
    "dice": (losses.dice, lambda y, z, w: reference.by_regions(y, z, w, reference.dice_index("product"))),
    "dice squared": (
        lambda y, z, **k: losses.dice(y, z, form="squared", **k),
        lambda y, z, w: reference.by_regions(y, z, w, reference.dice_index("squared")),
    ),
    "dice l1": (
        lambda y, z, **k: losses.dice(y, z, form="l1", **k),
        lambda y, z, w: reference.by_regions(y, z, w, reference.dice_index("l1")),
    ),
    "dice of the batch": (
        lambda y, z, **k: losses.dice(y, z, per_batch=True, **k),
        lambda y, z, w: reference.by_regions(y, z, w, reference.dice_index("product"), per_batch=True),
    ),
    "jaccard": (losses.jaccard, lambda y, z, w: reference.by_regions(y, z, w, reference.jaccard_index("product"))),
    "jaccard squared": (
        lambda y, z, **k: losses.jaccard(y, z, form="squared", **k),
        lambda y, z, w: reference.by_regions(y, z, w, reference.jaccard_index("squared")),
    ),
    "tversky": (
        lambda y, z, **k: losses.tversky(y, z, alpha=0.3, beta=0.7, **k),
        lambda y, z, w: reference.by_regions(y, z, w, reference.tversky_index(0.3, 0.7)),
    ),
    "focal_tversky": (losses.focal_tversky, lambda y, z, w: reference.focal_tversky(y, z, w, 0.3, 0.7, 4 / 3)),
    "generalized_dice": (losses.generalized_dice, reference.generalized_dice),
    "lovasz": (losses.lovasz, reference.lovasz),
    "boundary": (boundary_of_labels, reference.boundary),
    "dice_cross_entropy": (
        lambda y, z, **k: losses.dice_cross_entropy(y, z, dice_weight=2, cross_entropy_weight=0.5, **k),
        lambda y, z, w: (
            2 * reference.by_regions(y, z, w, reference.dice_index("product")) + 0.5 * reference.cross_entropy(y, z, w)
        ),
    ),
}
each_pair = pytest.mark.parametrize("name", PAIRS)


# --- the formulas -----------------------------------------------------------------------------------------------------


@each_pair
@pytest.mark.parametrize("classes", [1, 3])
def test_each_loss_agrees_with_the_formula_written_differently(name, classes):
    loss, formula = PAIRS[name]
    rtol = 1e-6 if name == "boundary" or not ON_TENSORFLOW else 1e-10  # distances are float32
    for seed in range(2):
        y, z, w = sample(classes, seed)
        np.testing.assert_allclose(numbers(loss(y, z)), formula(y, z, np.ones_like(w)), rtol=rtol)
        np.testing.assert_allclose(numbers(loss(y, z, weights=w)), formula(y, z, w), rtol=rtol)


@each_pair
@pytest.mark.parametrize("classes", [1, 3])
def test_each_gradient_agrees_with_central_differences_of_the_formula(name, classes):
    """The difference is taken of the reference in float64, so the check also holds where Keras computes in float32."""
    loss, formula = PAIRS[name]
    y, z, w = sample(classes, seed=5, shape=(2, 3, 3))
    _, slope = gradient(loss, y, z, weights=w)
    expected = np.zeros_like(z)
    for place in np.ndindex(z.shape):
        step = np.zeros_like(z)
        step[place] = 1e-5
        expected[place] = (formula(y, z + step, w) - formula(y, z - step, w)) / 2e-5
    atol = 1e-9 if ON_TENSORFLOW and name != "boundary" else 1e-6
    np.testing.assert_allclose(slope, expected, rtol=1e-6, atol=atol)
    assert np.abs(expected).max() > 1e-3


@each
@pytest.mark.parametrize("classes", [1, 3])
@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_logits_of_a_thousand(name, classes, dtype):
    y, z, _ = sample(classes, seed=1)
    for right in (1, -1):
        hot = (y[..., None] == (1 if classes == 1 else np.arange(classes))).astype("float32")
        logits = ops.cast(right * 1000.0 * (2 * hot - 1), dtype)
        value, slope = backend.value_and_grad(lambda t: ALL[name](y, t))(logits)
        assert keras.backend.standardize_dtype(value.dtype) == "float32"
        assert keras.backend.standardize_dtype(slope.dtype) == dtype
        assert np.isfinite(numbers(value)) and np.isfinite(numbers(ops.cast(slope, "float32"))).all()
        if right == 1:  # a softmax may give 1 - 6e-8 to a certain class; the root in the Tversky loss makes that 3e-6
            assert numbers(value) == pytest.approx(0, abs=1e-5 if name == "focal_tversky" else 1e-6)
        elif name in REGIONS:
            assert 0.6 < numbers(value) <= 1 + 1e-6


# --- weights, ignored pixels, reductions ------------------------------------------------------------------------------


@each
@pytest.mark.parametrize("classes", [1, 3])
def test_ignored_pixels_are_as_if_they_were_not_there(name, classes):
    y, z, w = sample(classes, seed=9)
    cut = np.concatenate([y, np.full_like(y[:, :1], 255)], axis=1)
    wild = np.concatenate([z, 50 * np.ones_like(z[:, :1])], axis=1)
    weights = np.concatenate([w, w[:, :1]], axis=1)
    expected, slope = gradient(ALL[name], y, z, weights=w)
    value, padded = gradient(ALL[name], cut, wild, weights=weights, ignore_class=255)
    np.testing.assert_allclose(value, expected, rtol=1e-6)
    np.testing.assert_allclose(padded[:, :-1], slope, rtol=1e-5, atol=1e-8)
    assert (padded[:, -1] == 0).all()


@each
def test_an_ignored_class_may_be_one_of_the_classes(name):
    y, z, _ = sample(3, seed=10)
    one_hot = np.eye(3)[y]
    by_label = ALL[name](y, z, ignore_class=0)
    np.testing.assert_allclose(numbers(by_label), numbers(ALL[name](one_hot, z, ignore_class=0)), rtol=1e-6)
    kept = (y != 0).astype(float)
    if name in PIXELS:
        np.testing.assert_allclose(numbers(by_label), numbers(ALL[name](y, z, weights=kept)), rtol=1e-6)
    elif name in REGIONS and name != "generalized_dice":
        expected = ALL[name](y, z, weights=kept, class_weights=(0, 1, 1))
        np.testing.assert_allclose(numbers(by_label), numbers(expected), rtol=1e-6)


@each
def test_everything_ignored_costs_nothing(name):
    y, z, _ = sample(3)
    value, slope = gradient(ALL[name], np.full_like(y, 9), z, ignore_class=9)
    assert value == 0 and (slope == 0).all()


@each
@pytest.mark.parametrize("classes", [1, 3])
def test_a_weight_of_two_is_the_pixel_twice(name, classes):
    y, z, _ = sample(classes, seed=11)
    w = np.ones(y.shape)
    w[:, :, -1] = 2
    twice = np.concatenate([y, y[:, :, -1:]], axis=2), np.concatenate([z, z[:, :, -1:]], axis=2)
    np.testing.assert_allclose(numbers(ALL[name](y, z, weights=w)), numbers(ALL[name](*twice)), rtol=1e-6)


@pytest.mark.parametrize("name", [*ALL, "boundary"])
def test_weights_are_normalized_and_may_have_any_of_three_shapes(name):
    loss = ALL.get(name, boundary_of_labels)
    y, z, w = sample(3, seed=12)
    once = numbers(loss(y, z, weights=w))
    np.testing.assert_allclose(numbers(loss(y, z, weights=w[..., None])), once, rtol=1e-6)
    if name not in ("dice_cross_entropy",):
        np.testing.assert_allclose(numbers(loss(y, z, weights=7 * w)), once, rtol=1e-5)
    by_image = numbers(loss(y, z, weights=np.array([1.0, 3.0])))
    np.testing.assert_allclose(
        by_image, numbers(loss(y, z, weights=np.array([1.0, 3.0])[:, None, None] * np.ones_like(w)))
    )


@pytest.mark.parametrize("name", [*PIXELS, *REGIONS])
def test_reductions(name):
    loss, (y, z, w) = ALL[name], sample(3, seed=15)
    apart = numbers(loss(y, z, weights=w, reduction="none"))
    assert apart.shape == (y.shape if name in PIXELS else (2,))
    np.testing.assert_allclose(numbers(loss(y, z, weights=w, reduction="sum")), apart.sum(), rtol=1e-6)
    expected = apart.sum() / (w.sum() if name in PIXELS else w.mean(axis=(1, 2)).sum())
    np.testing.assert_allclose(numbers(loss(y, z, weights=w)), expected, rtol=1e-6)
    if name in PIXELS:
        plain = numbers(loss(y, z, reduction="none"))
        np.testing.assert_allclose(apart, w * plain, rtol=1e-6)
    else:
        alone = [numbers(loss(*(a[n : n + 1] for a in (y, z)), weights=w[n : n + 1])) for n in range(2)]
        np.testing.assert_allclose(apart, w.mean(axis=(1, 2)) * alone, rtol=1e-6)


# --- shapes and dtypes of the inputs ----------------------------------------------------------------------------------


@each
@pytest.mark.parametrize("classes", [1, 3])
def test_targets_may_be_ids_or_one_hot_of_any_dtype(name, classes):
    y, z, _ = sample(classes, seed=16)
    once = numbers(ALL[name](y, z))
    variants = [y[..., None], y.astype("uint8"), y.astype("float32"), ops.convert_to_tensor(y.astype("int32"))]
    variants.append(y.astype(bool) if classes == 1 else np.eye(classes)[y])
    for variant in variants:
        np.testing.assert_allclose(numbers(ALL[name](variant, z)), once, rtol=1e-6)


@each
def test_volumes_and_lines_of_pixels(name):
    """Any number of axes of pixels: (2, 4, 5) as a line of 20, or as 4 x 5 x 1."""
    y, z, _ = sample(3, seed=17)
    once = numbers(ALL[name](y, z))
    np.testing.assert_allclose(numbers(ALL[name](y.reshape(2, 20), z.reshape(2, 20, 3))), once, rtol=1e-6)
    np.testing.assert_allclose(numbers(ALL[name](y.reshape(2, 4, 5, 1, 1), z.reshape(2, 4, 5, 1, 3))), once, rtol=1e-6)


def test_two_classes_by_softmax_are_one_by_sigmoid():
    y, z, _ = sample(1, seed=18)
    two = np.concatenate([np.zeros_like(z), z], axis=-1)
    for loss in (losses.cross_entropy, losses.focal, losses.generalized_dice):
        np.testing.assert_allclose(numbers(loss(y, z)), numbers(loss(y, two)), rtol=1e-5)
    for loss in (losses.dice, losses.lovasz):
        np.testing.assert_allclose(numbers(loss(y, z)), numbers(loss(y, two, class_weights=(0, 1))), rtol=1e-5)


# --- compiled, in half precision, on JAX ------------------------------------------------------------------------------


def all_at_once(classes):
    """A function of labels, logits, weights and distances: value and gradient of every loss."""

    def steps(y, z, w, phi):
        results = {n: backend.value_and_grad(lambda t, f=f: f(y, t, weights=w))(z) for n, f in ALL.items()}
        results["boundary"] = backend.value_and_grad(lambda t: losses.boundary(phi, t, weights=w))(z)
        return results

    y, z, w = sample(classes, seed=20)
    phi = losses.signed_distance(y, classes)
    return steps, (y.astype("int32"), z.astype("float32"), w.astype("float32"), phi)


@pytest.mark.parametrize("classes", [1, 3])
def test_every_loss_compiles_with_its_gradient(classes):
    steps, arguments = all_at_once(classes)
    compiled = backend.jit(steps)(*arguments)
    for name, (expected, expected_slope) in steps(*map(ops.convert_to_tensor, arguments)).items():
        value, slope = compiled[name]
        np.testing.assert_allclose(numbers(value), numbers(expected), rtol=1e-5, err_msg=name)
        np.testing.assert_allclose(numbers(slope), numbers(expected_slope), rtol=1e-4, atol=1e-7, err_msg=name)


def test_a_compiled_step_is_warned_of_wrong_labels_by_nan():
    z = np.zeros((1, 2, 2, 3), "float32")
    dice = backend.jit(losses.dice)
    assert np.isfinite(numbers(dice(np.array([[[0, 1], [2, 2]]], "float32"), z)))
    for bad in (np.array([[[0, 1], [2, 3]]], "float32"), np.array([[[0, 1], [2, -1]]], "float32")):
        assert np.isnan(numbers(dice(bad, z)))
        assert np.isnan(numbers(losses.cross_entropy(ops.convert_to_tensor(bad), z)))
    assert np.isnan(numbers(losses.dice(ops.convert_to_tensor(np.full((1, 2, 2), 255.0)), z[..., :1])))
    assert np.isnan(numbers(losses.lovasz(ops.zeros((1, 2, 2, 3)), z)))


def test_training_in_half_precision():
    before = keras.config.dtype_policy()
    backend.mixed_precision("mixed_float16")
    try:
        model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(1, 3, padding="same")])
        model.compile(keras.optimizers.SGD(0.5), losses.DiceCrossEntropy())
        x = np.random.default_rng(0).normal(size=(8, 8, 8, 1)).astype("float32")
        history = model.fit(60 * x, (x > 0).astype("float32"), epochs=8, verbose=0).history["loss"]
    finally:
        keras.config.set_dtype_policy(before)
    assert np.isfinite(history).all() and history[-1] < 0.5 * history[0]


SCRIPT = """
import json
import numpy as np
from course_lib import backend
from tests.losses.test_every_loss import all_at_once
from tests.losses.samples import numbers
steps, arguments = all_at_once(3)
results = backend.jit(steps)(*arguments)
print(json.dumps({name: [float(value), *numbers(slope).ravel().tolist()] for name, (value, slope) in results.items()}))
"""


def test_jax_computes_the_same():
    pytest.importorskip("jax")
    env = {**os.environ, "KERAS_BACKEND": "jax", "PYTHONPATH": str(HERE)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=HERE, env=env, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    on_jax = json.loads(done.stdout.splitlines()[-1])
    steps, arguments = all_at_once(3)
    here = steps(*map(ops.convert_to_tensor, arguments))
    assert on_jax.keys() == here.keys() == {*ALL, "boundary"}
    for name, (value, slope) in here.items():
        expected = [float(value), *numbers(slope).ravel()]
        np.testing.assert_allclose(on_jax[name], expected, rtol=2e-4, atol=1e-6, err_msg=name)


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "options", "error", "words"),
    [
        ((np.zeros((1, 2, 2)), np.zeros((1, 2, 2, 1), int)), {}, TypeError, "logits must hold floating-point"),
        ((np.zeros((1, 2)), np.zeros((1, 2))), {}, ValueError, r"logits must have the shape \(N, ..., C\)"),
        ((np.zeros((1, 3, 2)), np.zeros((1, 2, 2, 3))), {}, ValueError, r"y_true must have the shape \(1, 2, 2\)"),
        ((np.full((1, 2, 2), 255), np.zeros((1, 2, 2, 1))), {}, ValueError, "255 by 255"),
        ((np.full((1, 2, 2), 3), np.zeros((1, 2, 2, 3))), {}, ValueError, "class ids from 0 to 2"),
        ((np.full((1, 2, 2), 0.5), np.zeros((1, 2, 2, 3))), {}, ValueError, "0.5 .4 pixels.*take the argmax"),
        ((np.ones((1, 2, 2, 3)), np.zeros((1, 2, 2, 3))), {}, ValueError, "one-hot"),
        (
            (np.eye(3)[None, None, :2], np.zeros((1, 1, 2, 3))),
            {"ignore_class": 7},
            ValueError,
            "ignore_class must be one",
        ),
        (
            (np.zeros((1, 2, 2)), np.zeros((1, 2, 2, 1))),
            {"ignore_class": 0.5},
            TypeError,
            "ignore_class must be a whole",
        ),
        (
            (np.zeros((1, 2, 2)), np.zeros((1, 2, 2, 1))),
            {"weights": np.ones((1, 3, 2))},
            ValueError,
            "weights must have",
        ),
        (
            (np.zeros((1, 2, 2)), np.zeros((1, 2, 2, 1))),
            {"weights": -np.ones((1, 2, 2))},
            ValueError,
            "weights must be",
        ),
        ((np.zeros((1, 2, 2)), np.zeros((1, 2, 2, 3))), {"class_weights": (1, 2)}, ValueError, "must hold 3 numbers"),
        ((np.zeros((1, 2, 2)), np.zeros((1, 2, 2, 3))), {"class_weights": (0, 0, 0)}, ValueError, "not all 0"),
        (
            (np.zeros((1, 2, 2)), np.zeros((1, 2, 2, 3))),
            {"reduction": "average"},
            ValueError,
            "reduction must be one of",
        ),
    ],
)
def test_bad_arguments_of_all(arguments, options, error, words):
    for loss in (losses.cross_entropy, losses.dice, losses.lovasz):
        with pytest.raises(error, match=words):
            loss(*arguments, **options)


@pytest.mark.parametrize(
    ("loss", "options", "error", "words"),
    [
        (losses.dice, {"form": "cubic"}, ValueError, "form must be one of 'product', 'squared', 'l1'"),
        (losses.dice, {"empty": "ignore"}, ValueError, "empty must be one of 'penalize', 'skip'"),
        (losses.dice, {"smooth": -1}, ValueError, "smooth must be a finite number of at least 0, got -1"),
        (losses.tversky, {"alpha": -0.1}, ValueError, "alpha must be a finite number of at least 0"),
        (losses.tversky, {"beta": "b"}, TypeError, "beta must be a number"),
        (losses.focal, {"gamma": -1}, ValueError, "gamma must be a finite number of at least 0"),
        (losses.focal, {"alpha": 1.5}, ValueError, "alpha must be from 0 to 1"),
        (losses.focal_tversky, {"gamma": 0.5}, ValueError, "gamma must be from 1 to 3"),
        (losses.dice_cross_entropy, {"reduction": "none"}, ValueError, "reduction must be one of 'mean', 'sum'"),
        (losses.generalized_dice, {"reduction": "x"}, ValueError, "reduction must be one of"),
    ],
)
def test_bad_options(loss, options, error, words):
    with pytest.raises(error, match=words):
        loss(np.zeros((1, 2, 2)), np.zeros((1, 2, 2, 1)), **options)
