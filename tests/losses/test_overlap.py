"""Losses by regions: their identities, cases worked by hand, masks that are empty, and the batch as one image."""

import numpy as np
import pytest

from course_lib import losses
from tests.losses import reference
from tests.losses.samples import REGIONS, each_region, gradient, numbers, sample


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


@pytest.mark.parametrize("name", REGIONS)
def test_region_losses_keep_a_finite_gradient_where_nothing_can_be_better_or_worse(name):
    y = np.ones((1, 2, 2))
    for z in (np.full((1, 2, 2, 1), 1000.0), np.full((1, 2, 2, 1), -1000.0), np.full((1, 2, 2, 1), 0.0)):
        for truth in (y, 0 * y):
            value, slope = gradient(REGIONS[name], truth, z.astype("float32"))
            assert np.isfinite(value) and np.isfinite(slope).all()


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
    assert numbers(losses.generalized_dice(y, z, reduction="none"))[0] == pytest.approx(0, abs=1e-6)


@each_region
def test_on_an_empty_mask_the_gradient_points_to_silence_unless_it_is_skipped(name):
    y, z = np.zeros((1, 3, 4)), np.zeros((1, 3, 4, 1))
    _, slope = gradient(REGIONS[name], y, z)
    assert (slope >= 0).all() and slope.max() > 1e-4
    if name != "generalized_dice":  # there the background is a class, too, and it is present
        value, slope = gradient(REGIONS[name], y, z, empty="skip")
        assert value == 0 and (slope == 0).all()


@pytest.mark.parametrize("name", [n for n in REGIONS if n != "generalized_dice"])  # it leaves out no image
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


@each_region
def test_per_batch_is_one_large_image(name):
    y, z, w = sample(3, seed=8)
    wide = [np.concatenate(list(a), axis=0)[None] for a in (y, z, w)]
    batch = REGIONS[name](y, z, weights=w, per_batch=True)
    np.testing.assert_allclose(numbers(batch), numbers(REGIONS[name](*wide[:2], weights=wide[2])), rtol=1e-6)
    assert abs(float(numbers(batch) - numbers(REGIONS[name](y, z, weights=w)))) > 1e-5
    assert REGIONS[name](y, z, per_batch=True, reduction="none").shape == (1,)


@pytest.mark.parametrize("name", [n for n in REGIONS if n != "generalized_dice"])
def test_class_weights_of_regions_weigh_the_mean_over_classes(name):
    y, z, _ = sample(3, seed=14)
    single = [numbers(REGIONS[name](y, z, class_weights=row)) for row in np.eye(3)]
    expected = (1 * single[0] + 2 * single[1] + 5 * single[2]) / 8
    np.testing.assert_allclose(numbers(REGIONS[name](y, z, class_weights=(10, 20, 50))), expected, rtol=1e-6)
