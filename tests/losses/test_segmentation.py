"""Every segmentation loss against formulas written differently, against its identities, and at its edges."""

import importlib.util
import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import ops

from course_lib import backend
from course_lib.losses import segmentation as losses

HERE = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location("losses_reference", Path(__file__).with_name("reference.py"))
reference = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reference)
ON_TENSORFLOW = keras.backend.backend() == "tensorflow"


def numbers(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), dtype=np.float64)


def sample(classes, seed=0, shape=(2, 4, 5), scale=1.5):
    """Labels with every class in every image, logits, weights."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, max(classes, 2), shape)
    y.reshape(shape[0], -1)[:, : max(classes, 2)] = np.arange(max(classes, 2))
    return y, rng.normal(scale=scale, size=(*shape, classes)), rng.uniform(0.2, 2, shape)


def boundary_of_labels(y, z, **options):
    return losses.boundary(losses.signed_distance(y, z.shape[-1]), z, **options)


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
    "generalised_dice": (losses.generalised_dice, reference.generalised_dice),
    "lovasz": (losses.lovasz, reference.lovasz),
    "boundary": (boundary_of_labels, reference.boundary),
    "dice_cross_entropy": (
        lambda y, z, **k: losses.dice_cross_entropy(y, z, dice_weight=2, cross_entropy_weight=0.5, **k),
        lambda y, z, w: (
            2 * reference.by_regions(y, z, w, reference.dice_index("product")) + 0.5 * reference.cross_entropy(y, z, w)
        ),
    ),
}
REGIONS = {
    "dice": losses.dice,
    "jaccard": losses.jaccard,
    "tversky": losses.tversky,
    "focal_tversky": losses.focal_tversky,
    "lovasz": losses.lovasz,
    "generalised_dice": losses.generalised_dice,
}
PIXELS = {"cross_entropy": losses.cross_entropy, "focal": losses.focal}
ALL = {**PIXELS, **REGIONS, "dice_cross_entropy": losses.dice_cross_entropy}
each_pair = pytest.mark.parametrize("name", PAIRS)
each = pytest.mark.parametrize("name", ALL)
each_region = pytest.mark.parametrize("name", REGIONS)


def gradient(loss, y, z, **options):
    """Value and gradient by the logits, as float64 arrays."""
    value, slope = backend.value_and_grad(lambda t: loss(y, t, **options))(ops.convert_to_tensor(z))
    return float(numbers(value)), numbers(slope)


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


def test_the_gradient_of_cross_entropy_is_p_minus_y():
    y, z, _ = sample(4)
    _, slope = gradient(losses.cross_entropy, y, z, reduction="sum")
    np.testing.assert_allclose(slope, numbers(losses.probabilities(z)) - np.eye(4)[y], atol=1e-6)


def test_alpha_of_the_focal_loss_weighs_the_foreground():
    """Lin et al., eq. 5, for one pixel each, worked by hand at p = 1/2: alpha_t (1/2)² log 2."""
    z = np.zeros((1, 1, 1, 1))
    quarter = 0.25 * np.log(2)
    assert float(losses.focal(np.ones((1, 1, 1)), z, alpha=0.9)) == pytest.approx(0.9 * quarter)
    assert float(losses.focal(np.zeros((1, 1, 1)), z, alpha=0.9)) == pytest.approx(0.1 * quarter)
    y3, z3 = np.array([[[2]]]), np.zeros((1, 1, 1, 3))
    assert float(losses.focal(y3, z3, alpha=(0.2, 0.3, 0.5))) == pytest.approx(0.5 * (4 / 9) * np.log(3))


def test_tversky_as_in_the_paper():
    """1 hit, 3 misses, no false alarm, alpha .3, beta .7: 1 - 1 / (1 + .7 * 3). With alpha and beta swapped: .4737."""
    y = np.ones((1, 1, 4))
    z = np.array([1000.0, -1000, -1000, -1000]).reshape(1, 1, 4, 1)
    assert float(losses.tversky(y, z, alpha=0.3, beta=0.7)) == pytest.approx(2.1 / 3.1)
    false_alarms = np.array([[[1.0, 0, 0, 0]]])
    z = np.full((1, 1, 4, 1), 1000.0)
    assert float(losses.tversky(false_alarms, z, alpha=0.3, beta=0.7)) == pytest.approx(0.9 / 1.9)


def test_smoothing_stands_above_and_below():
    """(2 I + s) / (S + s) for Dice, (I + s) / (U + s) for Jaccard and Tversky; the loss is 1 minus that."""
    y, z, _ = sample(1, seed=3)
    tp, fp, fn, *_ = reference.counts(y[:1], z[:1], np.ones((1, 4, 5)), 0, 1)
    s = 0.7
    computed = [numbers(f(y[:1], z[:1], smooth=s)) for f in (losses.dice, losses.jaccard, losses.tversky)]
    expected = [
        1 - (2 * tp + s) / (2 * tp + fp + fn + s),
        1 - (tp + s) / (tp + fp + fn + s),
        1 - (tp + s) / (tp + 0.5 * fp + 0.5 * fn + s),
    ]
    np.testing.assert_allclose(computed, expected, rtol=1e-6)


def test_soft_targets():
    """A target of .7: only the product form prefers p = 1 to p = .7."""
    y = np.full((1, 1, 1), 0.7)
    p = np.linspace(0.01, 0.99, 99)
    z = np.log(p / (1 - p)).reshape(-1, 1, 1, 1)
    least = {
        form: p[np.argmin(numbers(losses.dice(np.repeat(y, 99, 0), z, form=form, reduction="none")))]
        for form in ("product", "squared", "l1")
    }
    assert least == {"product": pytest.approx(0.99), "squared": pytest.approx(0.7), "l1": pytest.approx(0.7)}
    at = p[np.argmin(numbers(losses.cross_entropy(np.repeat(y, 99, 0), z, reduction="none"))[:, 0, 0])]
    assert at == pytest.approx(0.7)


# --- identities -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("classes", [1, 4])
def test_identities(classes):
    y, z, w = sample(classes, seed=7)

    def same(a, b):
        np.testing.assert_allclose(numbers(a), numbers(b), rtol=2e-6)

    options = {"weights": w, "reduction": "none"}
    same(losses.focal(y, z, gamma=0, **options), losses.cross_entropy(y, z, **options))
    same(losses.tversky(y, z, alpha=0.5, beta=0.5, **options), losses.dice(y, z, **options))
    same(losses.tversky(y, z, alpha=1, beta=1, **options), losses.jaccard(y, z, **options))
    same(losses.focal_tversky(y, z, gamma=1, **options), losses.tversky(y, z, alpha=0.3, beta=0.7, **options))
    same(losses.dice(y, z, form="l1", **options), losses.dice(y, z, form="product", **options))
    one_class = z[..., :1]
    hot = (y == 1).astype(int)
    options["weights"] = w / w.mean(axis=(1, 2), keepdims=True)  # every image weighs 1
    for form in ("product", "squared", "l1"):
        index = 1 - numbers(losses.dice(hot, one_class, form=form, **options))
        same(1 - losses.jaccard(hot, one_class, form=form, **options), index / (2 - index))


@pytest.mark.parametrize("n", [1, 3, 8])
def test_lovasz_is_the_jaccard_loss_at_every_vertex(n):
    """All 2^n predictions of all-or-nothing, for a target with objects and for an empty one."""
    z = 1000.0 * (2 * np.array(list(itertools.product((0, 1), repeat=n))) - 1).reshape(-1, 1, n, 1)
    for truth in (np.arange(n) % 2 == 0, np.arange(n) < 1):
        y = np.broadcast_to(truth.astype(int), (2**n, 1, n))
        jaccard = losses.jaccard(y, z, reduction="none")
        np.testing.assert_allclose(numbers(losses.lovasz(y, z, reduction="none")), numbers(jaccard), atol=1e-7)
    empty = numbers(losses.lovasz(np.zeros((2**n, 1, n)), z, reduction="none"))
    np.testing.assert_array_equal(empty, (z > 0).any(axis=(1, 2, 3)))


def test_lovasz_is_convex_in_the_errors_and_does_not_depend_on_the_order_of_ties():
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, (1, 3, 4))

    def value(p):
        return float(losses.lovasz(y, np.log(p / (1 - p))[None, ..., None]))

    for _ in range(20):
        p, q = rng.uniform(0.01, 0.99, (2, 3, 4))
        assert value((p + q) / 2) <= (value(p) + value(q)) / 2 + 1e-6
    p = np.full((3, 4), 0.3)
    shuffled = rng.permutation(12)
    again = losses.lovasz(y.reshape(1, 12)[:, shuffled].reshape(1, 3, 4), np.full((1, 3, 4, 1), np.log(3 / 7)))
    assert value(p) == pytest.approx(float(again), abs=1e-6)


def test_the_boundary_loss_is_least_at_the_truth():
    rng = np.random.default_rng(2)
    y = np.zeros((1, 9, 9), dtype=int)
    y[0, 2:6, 3:8] = 1
    phi = losses.signed_distance(y)

    def value(mask):
        return float(losses.boundary(phi, 1000.0 * (2 * mask[..., None] - 1)))

    best = value(y)
    for _ in range(30):
        other = y ^ (rng.random(y.shape) < 0.1)
        assert value(other) > best or (other == y).all()
    # half the sum of squared distances would need the borders; up to a constant it is the distance over the difference
    shifted = np.roll(y, 1, axis=2)
    assert value(shifted) - best == pytest.approx(np.abs(phi[..., 0])[shifted != y].sum() / y.size, rel=1e-5)


# --- large logits -----------------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("classes", [1, 2, 5])
@pytest.mark.parametrize("size", [30, 100, 1000, 30000])
@pytest.mark.parametrize("gamma", [0, 0.5, 2, 5])
def test_where_a_confident_pixel_is_wrong_the_loss_is_linear_and_its_gradient_alive(classes, size, gamma):
    """Clipped probabilities stop at 16.1 with gradient 0."""
    z = np.zeros((1, 1, 1, classes), dtype="float32")
    z[..., 0] = size
    y = np.array([[[0 if classes == 1 else 1]]])
    value, slope = gradient(losses.focal, y, z, gamma=gamma)
    assert value == pytest.approx(size, rel=1e-5)
    assert slope[0, 0, 0, 0] == pytest.approx(1, rel=1e-4)


def test_where_a_confident_pixel_is_right_the_focal_loss_is_exact():
    """p_t = sigmoid(20) rounds to 1 in float32; the loss is e^-20 to the power gamma + 1."""
    for classes, y in ((1, 1), (2, 1)):
        z = np.zeros((1, 1, 1, classes), dtype="float32")
        z[..., -1] = 20
        value, slope = gradient(losses.focal, np.array([[[y]]]), z, gamma=0.5, reduction="sum")
        assert np.isfinite(slope).all()
        assert value == pytest.approx(np.exp(-20) ** 1.5, rel=1e-4 if classes == 1 else 1e-3)


@pytest.mark.parametrize("name", REGIONS)
def test_region_losses_keep_a_finite_gradient_where_nothing_can_be_better_or_worse(name):
    y = np.ones((1, 2, 2))
    for z in (np.full((1, 2, 2, 1), 1000.0), np.full((1, 2, 2, 1), -1000.0), np.full((1, 2, 2, 1), 0.0)):
        for truth in (y, 0 * y):
            value, slope = gradient(REGIONS[name], truth, z.astype("float32"))
            assert np.isfinite(value) and np.isfinite(slope).all()


# --- empty masks ------------------------------------------------------------------------------------------------------


def silent_and_loud():
    """One image predicted empty, one predicted full; both masks are empty."""
    z = np.full((2, 3, 4, 1), -1000.0, dtype="float32")
    z[1] = 1000.0
    return np.zeros((2, 3, 4), dtype=int), z


def test_an_empty_mask_is_best_answered_by_silence():
    y, z = silent_and_loud()
    expected = {
        "dice": 12 / 13,
        "jaccard": 12 / 13,
        "tversky": 6 / 7,
        "lovasz": 1,
        "focal_tversky": (3.6 / 4.6) ** 0.75,
    }
    for name, loud in expected.items():
        np.testing.assert_allclose(numbers(REGIONS[name](y, z, reduction="none")), [0, loud], rtol=1e-6)
    assert numbers(losses.generalised_dice(y, z, reduction="none"))[0] == pytest.approx(0, abs=1e-6)


@each_region
def test_on_an_empty_mask_the_gradient_points_to_silence_unless_it_is_skipped(name):
    y, z = np.zeros((1, 3, 4)), np.zeros((1, 3, 4, 1))
    _, slope = gradient(REGIONS[name], y, z)
    assert (slope >= 0).all() and slope.max() > 1e-4
    if name != "generalised_dice":  # there the background is a class, too, and it is present
        value, slope = gradient(REGIONS[name], y, z, empty="skip")
        assert value == 0 and (slope == 0).all()


@pytest.mark.parametrize("name", [n for n in REGIONS if n != "generalised_dice"])  # it leaves out no image
def test_skipped_masks_do_not_dilute_the_mean(name):
    y, z, _ = sample(1, seed=4)
    with_empty = np.concatenate([y, np.zeros_like(y[:1])]), np.concatenate([z, z[:1]])
    alone = numbers(REGIONS[name](y, z))
    np.testing.assert_allclose(numbers(REGIONS[name](*with_empty, empty="skip")), alone, rtol=1e-6)
    assert abs(float(numbers(REGIONS[name](*with_empty))) - alone) > 1e-3
    y3, z3, _ = sample(3, seed=4)
    y3[0][y3[0] == 2] = 0  # class 2 is absent from the first image
    present = numbers(REGIONS[name](y3, z3, class_weights=(1, 1, 0), reduction="none"))[0]
    assert numbers(REGIONS[name](y3, z3, empty="skip", reduction="none"))[0] == pytest.approx(present, rel=1e-6)


def test_smoothing_does_not_hide_an_empty_mask():
    """Tiny or none, the smoothing changes nothing about it; and it is the default, so a missed pixel costs all."""
    y, z = silent_and_loud()
    for smooth in (0, 1e-7, 1):
        np.testing.assert_allclose(numbers(losses.dice(y, z, smooth=smooth, reduction="none")), [0, 12 / 13], rtol=1e-5)
    y[0, 0, 0] = 1
    assert float(losses.dice(y[:1], z[:1])) == pytest.approx(1)
    assert float(losses.dice(y[:1], z[:1], smooth=1)) == pytest.approx(0.5)


# --- one ratio for the batch, or one for each image -------------------------------------------------------------------


@each_region
def test_per_batch_is_one_large_image(name):
    y, z, w = sample(3, seed=8)
    wide = [np.concatenate(list(a), axis=0)[None] for a in (y, z, w)]
    batch = REGIONS[name](y, z, weights=w, per_batch=True)
    np.testing.assert_allclose(numbers(batch), numbers(REGIONS[name](*wide[:2], weights=wide[2])), rtol=1e-6)
    assert abs(float(numbers(batch) - numbers(REGIONS[name](y, z, weights=w)))) > 1e-5
    assert REGIONS[name](y, z, per_batch=True, reduction="none").shape == (1,)


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
    elif name in REGIONS and name != "generalised_dice":
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
def test_weights_are_normalised_and_may_have_any_of_three_shapes(name):
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


@pytest.mark.parametrize("name", PIXELS)
def test_class_weights_of_pixels_are_divided_by_their_sum(name):
    y, z, _ = sample(3, seed=13)
    shares = np.array([0.5, 2.0, 7.0])
    expected = PIXELS[name](y, z, weights=shares[y])
    for weights in (shares, 10 * shares):
        np.testing.assert_allclose(numbers(PIXELS[name](y, z, class_weights=weights)), numbers(expected), rtol=1e-6)
    y1, z1, _ = sample(1, seed=13)
    expected = PIXELS[name](y1, z1, weights=np.where(y1 == 1, 4.0, 1.0))
    np.testing.assert_allclose(numbers(PIXELS[name](y1, z1, class_weights=(1, 4))), numbers(expected), rtol=1e-6)


@pytest.mark.parametrize("name", [n for n in REGIONS if n != "generalised_dice"])
def test_class_weights_of_regions_weigh_the_mean_over_classes(name):
    y, z, _ = sample(3, seed=14)
    single = [numbers(REGIONS[name](y, z, class_weights=row)) for row in np.eye(3)]
    expected = (1 * single[0] + 2 * single[1] + 5 * single[2]) / 8
    np.testing.assert_allclose(numbers(REGIONS[name](y, z, class_weights=(10, 20, 50))), expected, rtol=1e-6)


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
    for loss in (losses.cross_entropy, losses.focal, losses.generalised_dice):
        np.testing.assert_allclose(numbers(loss(y, z)), numbers(loss(y, two)), rtol=1e-5)
    for loss in (losses.dice, losses.lovasz):
        np.testing.assert_allclose(numbers(loss(y, z)), numbers(loss(y, two, class_weights=(0, 1))), rtol=1e-5)


def test_signed_distance():
    y, _, _ = sample(3, seed=19, shape=(2, 6, 7))
    phi = losses.signed_distance(y, 3)
    assert phi.shape == (2, 6, 7, 3) and phi.dtype == np.float32
    for c in range(3):
        np.testing.assert_allclose(phi[1, ..., c], reference.signed_distance(y[1] == c), rtol=1e-6)
    assert (losses.signed_distance(np.zeros((1, 4, 4), int)) == 0).all()
    assert (losses.signed_distance(np.ones((1, 4, 4), bool)) == 0).all()
    np.testing.assert_array_equal(
        losses.signed_distance(np.array([[0, 1, 1, 1, 0]]))[0, :, 0], [0.5, -0.5, -1.5, -0.5, 0.5]
    )


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
from tests.losses.test_segmentation import all_at_once, numbers
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
        (losses.dice, {"empty": "ignore"}, ValueError, "empty must be one of 'penalise', 'skip'"),
        (losses.dice, {"smooth": -1}, ValueError, "smooth must be a number from 0"),
        (losses.tversky, {"alpha": -0.1}, ValueError, "alpha must be a number from 0"),
        (losses.tversky, {"beta": "b"}, TypeError, "beta must be a number"),
        (losses.focal, {"gamma": -1}, ValueError, "gamma must be a number from 0"),
        (losses.focal, {"alpha": 1.5}, ValueError, "alpha must be a number from 0 to 1"),
        (losses.focal_tversky, {"gamma": 0.5}, ValueError, "gamma must be a number from 1 to 3"),
        (losses.dice_cross_entropy, {"reduction": "none"}, ValueError, "reduction must be one of 'mean', 'sum'"),
        (losses.generalised_dice, {"reduction": "x"}, ValueError, "reduction must be one of"),
    ],
)
def test_bad_options(loss, options, error, words):
    with pytest.raises(error, match=words):
        loss(np.zeros((1, 2, 2)), np.zeros((1, 2, 2, 1)), **options)


def test_bad_distances_and_masks():
    with pytest.raises(ValueError, match="signed_distance"):
        losses.boundary(np.zeros((1, 2, 2)), np.zeros((1, 2, 2, 1)))
    with pytest.raises(TypeError, match="masks must hold class ids"):
        losses.signed_distance(np.zeros((1, 2, 2)))
    with pytest.raises(ValueError, match="ids from 0 to 1"):
        losses.signed_distance(np.full((1, 2, 2), 255))
    with pytest.raises(ValueError, match="shape"):
        losses.signed_distance(np.zeros(4, int))
