import json

import keras
import numpy as np
import pytest
from scipy import ndimage

from course_lib.training.augmentation import Crops, Parameters, apply, draw
from tests.helpers import printed

numpy = keras.ops.convert_to_numpy


def only(matrix, shift=(0, 0), brightness=0.0, contrast=1.0):
    full = np.concatenate([np.asarray(matrix, float), np.reshape(shift, (2, 1))], axis=1)[None]
    return Parameters(*(np.asarray(v, np.float32) for v in (full, [brightness], [contrast])))


def pair(n=3, side=16, channels=2, seed=0):
    rng = np.random.default_rng(seed)
    masks = rng.choice([0, 1, 3], size=(n, side, side)).astype(np.uint8)
    return rng.random((n, side, side, channels)).astype("float32"), masks


def test_the_same_pixels_move_in_image_and_mask():
    """An image that is its own mask stays its own mask, but for what interpolation does between pixels."""
    _, masks = pair(8)
    images, moved = apply(draw(8, 1), masks[..., None].astype("float32"), masks)
    np.testing.assert_allclose(numpy(images)[..., 0], numpy(moved), atol=1e-5)
    assert (numpy(moved) != masks).any(axis=(1, 2)).sum() >= 5


def test_flips_and_turns_are_the_eight_symmetries_exactly():
    images, masks = pair(1)
    seen = set()
    for seed in range(60):
        moved, moved_mask = (numpy(v)[0] for v in apply(draw(1, seed), images, masks))
        hits = [
            (turns, flip)
            for turns in range(4)
            for flip in (False, True)
            if np.array_equal(moved_mask, np.rot90(masks[0, ::-1] if flip else masks[0], turns))
        ]
        assert len(hits) == 1
        turns, flip = hits[0]
        np.testing.assert_allclose(moved, np.rot90(images[0, ::-1] if flip else images[0], turns), atol=1e-6)
        seen |= set(hits)
    assert len(seen) == 8


def test_geometry_agrees_with_scipy():
    images, masks = pair(1, side=21, channels=1)
    angle = np.deg2rad(17)
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) / 1.3
    shift = np.array([1.25, -2.5])
    moved, moved_mask = (numpy(v)[0] for v in apply(only(matrix, shift), images, masks))
    offset = 10 + shift - matrix @ (10, 10)
    options = {"offset": offset, "mode": "reflect"}
    expected = ndimage.affine_transform(images[0, ..., 0].astype(float), matrix, order=1, **options)
    np.testing.assert_allclose(moved[..., 0], expected, atol=1e-4)
    np.testing.assert_array_equal(moved_mask, ndimage.affine_transform(masks[0], matrix, order=0, **options))


def test_no_class_is_invented():
    images, masks = pair(16)
    parameters = draw(16, 3, rotation=45, scale=(0.5, 2), shift=4)
    moved = numpy(apply(parameters, images, masks)[1])
    assert set(np.unique(moved)) <= {0, 1, 3}
    assert moved.dtype == np.uint8


def test_brightness_and_contrast_are_for_images_only():
    images, masks = pair(1)
    moved, moved_mask = (numpy(v) for v in apply(only(np.eye(2), brightness=0.25, contrast=0.5), images, masks))
    np.testing.assert_allclose(moved, images.mean() + 0.5 * (images - images.mean()) + 0.25, atol=1e-5)
    np.testing.assert_array_equal(moved_mask, masks)


def test_several_maps_and_one_hot_masks_move_together():
    images, masks = pair(4)
    one_hot, weights = np.eye(4, dtype="float32")[masks], masks * 0.5
    _, ids, hot, w = apply(draw(4, 0, rotation=30), images, masks, one_hot, weights)
    np.testing.assert_array_equal(numpy(hot).argmax(-1), numpy(ids))
    np.testing.assert_array_equal(numpy(w), numpy(ids) * 0.5)


def test_a_seed_is_all_there_is_to_it():
    options = {"rotation": 20, "scale": (0.8, 1.2), "shift": 3, "brightness": 0.1, "contrast": (0.5, 2)}
    one, two, other = (draw(5, seed, **options) for seed in (7, 7, 8))
    for name in ("matrices", "brightness", "contrast"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
        assert (getattr(one, name) != getattr(other, name)).any()


def test_parameters_stay_in_their_ranges():
    p = draw(500, 0, flips=False, turns=False, rotation=10, scale=(0.5, 2), shift=3, brightness=0.2, contrast=(0.5, 3))
    size = 1 / np.sqrt(np.linalg.det(p.matrices[:, :, :2].astype(float)))
    angle = np.rad2deg(np.arctan2(p.matrices[:, 1, 0], p.matrices[:, 0, 0]))
    for values, low, high in (
        (size, 0.5, 2), (angle, -10, 10), (p.matrices[:, :, 2], -3, 3), (p.brightness, -0.2, 0.2), (p.contrast, 0.5, 3)
    ):  # fmt: skip
        assert low - 1e-4 <= values.min() < low + 0.1 * (high - low)
        assert high - 0.1 * (high - low) < values.max() <= high + 1e-4


@pytest.mark.parametrize(
    "options",
    [{"n": 0}, {"rotation": -1}, {"scale": (2, 1)}, {"scale": (0, 1)}, {"contrast": (-1, 1)}, {"shift": np.inf}],
)
def test_numbers_out_of_range_are_refused(options):
    with pytest.raises(ValueError, match=" must be "):
        draw(**{"n": 2, "seed": 0} | options)


def test_shapes_that_do_not_go_together_are_refused():
    images, masks = pair(2)
    with pytest.raises(ValueError, match="a mask must have the images' size"):
        apply(draw(2, 0), images, masks[:, :5])
    with pytest.raises(ValueError, match="parameters were drawn for 3 images, but there are 2"):
        apply(draw(3, 0), images, masks)


def test_crops_keep_image_mask_and_weights_together():
    _, masks = pair(3, side=40)
    images, weights = masks[..., None].astype("float32"), masks * 2.0
    batches = Crops(images, masks, 16, batch_size=5, steps=3, weights=weights)
    x, y, w = batches[1]
    assert (x.shape, y.shape, w.shape, len(batches)) == ((5, 16, 16, 1), (5, 16, 16), (5, 16, 16), 3)
    np.testing.assert_allclose(x[..., 0], y, atol=1e-5)
    np.testing.assert_array_equal(w, y * 2.0)


def test_crops_repeat_from_a_seed_and_change_with_batch_and_epoch():
    images, masks = pair(3, side=40)
    one, two = Crops(images, masks, 16, seed=4), Crops(images, masks, 16, seed=4)
    np.testing.assert_array_equal(one[2][0], two[2][0])
    assert (one[2][0] != one[1][0]).any()
    two.on_epoch_end()
    assert (one[2][0] != two[2][0]).any()
    with pytest.raises(ValueError, match="size must lie between 1 and 40"):
        Crops(images, masks, 41)
    with pytest.raises(ValueError, match="masks must be one for each image, got 2 for 3 images"):
        Crops(images, masks[:2], 16)


def test_one_damaged_pixel_stays_one():
    images, masks = pair(2)
    images[0, 3, 5, 1] = np.nan
    moved = numpy(apply(only_twice(), images, masks)[0])
    np.testing.assert_array_equal(np.isnan(moved), np.isnan(images))
    np.testing.assert_allclose(moved[~np.isnan(images)], images[~np.isnan(images)], atol=1e-6)
    damaged = numpy(apply(draw(2, 3, rotation=20, contrast=(0.5, 2), brightness=0.1), images, masks)[0])
    assert 1 <= np.isnan(damaged[0]).sum() <= 8 and not np.isnan(damaged[0, ..., 0]).any()
    assert np.isfinite(damaged[1]).all()


def test_the_mean_of_a_damaged_image_is_that_of_its_other_pixels():
    images, masks = pair(1)
    images[0, 0, 0] = np.inf
    moved = numpy(apply(only(np.eye(2), contrast=0.5), images, masks)[0])[0]
    sound = np.isfinite(images[0])
    mean = images[0][sound].mean()
    np.testing.assert_allclose(moved[sound], (mean + 0.5 * (images[0] - mean))[sound], atol=1e-5)


def only_twice():
    one = only(np.eye(2))
    return Parameters(*(np.repeat(v, 2, axis=0) for v in (one.matrices, one.brightness, one.contrast)))


def scenes(*sizes, seed=0):
    """Images that are their own masks, each with its own classes, so that no crop can come from another image."""
    rng = np.random.default_rng(seed)
    masks = [rng.choice([0, 3 * i + 1, 3 * i + 2], size=size) for i, size in enumerate(sizes)]
    return [mask[..., None].astype("float32") for mask in masks], masks


def test_crops_of_images_of_different_sizes():
    images, masks = scenes((20, 33), (40, 21), (16, 16))
    batches = Crops(images, masks, 16, batch_size=6, steps=20, weights=[mask / 2 for mask in masks], turns=False)
    drawn = [0, 0, 0]
    for i in range(len(batches)):
        x, y, w = batches[i]
        np.testing.assert_allclose(x[..., 0], y, atol=1e-4)
        np.testing.assert_allclose(w, y / 2)
        for crop in y:
            (source,) = {(label - 1) // 3 for label in np.unique(crop) if label}
            drawn[source] += 1
            windows = np.lib.stride_tricks.sliding_window_view(masks[source], (16, 16)).reshape(-1, 16, 16)
            assert any((windows == flipped).all(axis=(1, 2)).any() for flipped in (crop, crop[:, ::-1]))
    assert min(drawn) > 20


def test_crops_take_what_a_loss_takes():
    """No channel axis, masks with one, lists and arrays: the same crops."""
    images, masks = pair(3, side=20, channels=1)
    wanted = Crops(images, masks, 8)[0]
    for other_images in (images, images[..., 0], list(images), list(images[..., 0])):
        for other_masks in (masks, masks[..., None], list(masks), list(masks[..., None])):
            found = Crops(other_images, other_masks, 8)[0]
            assert [part.shape for part in found] == [(8, 8, 8, 1), (8, 8, 8)]
            for one, two in zip(wanted, found, strict=True):
                np.testing.assert_array_equal(one, two)


def test_what_cannot_be_cropped_is_named():
    images, masks = pair(2, side=20)
    for wrong, words in (
        ((255 * images).astype("uint8"), r"images\[0\] is uint8, \d+ to \d+: scale them first, .*/ 255"),
        (images[0, 0], r"images\[0\] must have the shape"),
        (np.where(images > 0.99, np.nan, images), "images must be finite, but images.0. holds"),
        ([images[0], images[1, ..., :1]], r"the same channels, got 2, but images\[1\] 1"),
        ([], "at least one"),
    ):
        with pytest.raises(ValueError, match=words):
            Crops(wrong, masks, 8)
    for wrong, words in (
        (masks[:, :10], r"masks must have the images' sizes, but masks\[0\] is \(10, 20\) over .*\(20, 20\)"),
        (np.eye(4)[masks], r"masks\[0\] is \(20, 20, 4\)"),
        (masks[:1], "masks must be one for each image, got 1 for 2"),
    ):
        with pytest.raises(ValueError, match=words):
            Crops(images, wrong, 8)
    for weights in (-np.ones(masks.shape), np.full(masks.shape, np.nan)):
        with pytest.raises(ValueError, match="weights must be finite and at least 0"):
            Crops(images, masks, 8, weights=weights)
    for options, words in (
        ({"size": 8.0}, "size must be a whole number"), ({"steps": 0}, "steps must be at least 1"),
        ({"batch_size": 0}, "batch_size must be at least 1"), ({"rotation": -1}, "rotation must be"),
    ):  # fmt: skip
        with pytest.raises((ValueError, TypeError), match=words):
            Crops(images, masks, **{"size": 8} | options)


@pytest.mark.parametrize(
    ("ids", "options", "words"),
    [
        ([0, 255], {}, "got 0 .* and 255 .*. A mask of 0 and 255 becomes one of 0 and 1 by masks == 255.*say classes="),
        ([0, 2], {}, "A mask of 0 and 2 becomes one of 0 and 1"),
        ([1, 2], {}, "They count from 1: subtract 1.*say classes="),
        ([1, 2, 3], {}, "They count from 1: subtract 1"),
        ([1, 2, 255], {"ignore_class": 255}, "They count from 1"),
        ([0, 1, 255], {}, "If 255 marks pixels to be left out, say ignore_class=255"),
        ([0, -1, 1], {}, "If -1 marks pixels to be left out, say ignore_class=-1"),
        ([0, 0.5, 2], {}, "Fractions and NaN are no class"),
        ([0, 1, np.nan], {}, "Fractions and NaN are no class"),
        ([0, 1, 2], {"classes": 2}, "from 0 to 1, got 0 .* and 2 "),
        ([0, 1, 0.5], {"classes": 2}, "Fractions and NaN are no class"),
    ],
)
def test_labels_that_would_train_to_nan_are_refused_before(ids, options, words):
    masks = np.array(ids)[np.arange(800).reshape(2, 20, 20) % len(ids)]
    with pytest.raises(ValueError, match=f"masks must hold class ids.*{words}"):
        Crops(np.zeros((2, 20, 20), "float32"), masks, 8, **options)


@pytest.mark.parametrize(
    ("ids", "options"),
    [
        ([0, 1], {}), ([False, True], {}), ([0, 0.3, 1], {}), ([0.0, 1.0, 2.0], {}), ([0, 1, 2, 7], {}), ([1], {}),
        ([0], {}), ([0, 1, 255], {"ignore_class": 255}), ([255], {"ignore_class": 255}), ([0, 255], {"classes": 256}),
        ([1, 2], {"classes": 3}),
    ],
)  # fmt: skip
def test_labels_that_can_be_class_ids_pass(ids, options):
    masks = np.array(ids)[np.arange(800).reshape(2, 20, 20) % len(ids)]
    x, y = Crops(np.zeros((2, 20, 20), "float32"), masks, 8, **options)[0]
    assert set(np.unique(y)) <= set(ids)


EVERYTHING = """
import json, keras, numpy as np
from course_lib.training.augmentation import apply, draw
rng = np.random.default_rng(0)
images, masks = rng.random((4, 20, 20, 2)).astype("float32"), rng.integers(0, 5, (4, 20, 20)).astype("uint8")
options = dict(rotation=20, scale=(0.7, 1.4), shift=3, brightness=0.1, contrast=(0.5, 2))
moved = [keras.ops.convert_to_numpy(v).tolist() for v in apply(draw(4, 9, **options), images, masks)]
print(json.dumps(moved))
"""


def test_both_backends_do_the_same():
    pytest.importorskip("jax")
    results = []
    for backend in ("tensorflow", "jax"):
        results.append(json.loads(printed(EVERYTHING, KERAS_BACKEND=backend)))
    np.testing.assert_allclose(results[0][0], results[1][0], atol=1e-5)
    np.testing.assert_array_equal(results[0][1], results[1][1])


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"n": 2.5}, TypeError, "n must be a whole number"),
        ({"scale": 1.2}, ValueError, r"scale must be \(smallest, largest\), finite and above 0, got 1.2"),
        ({"scale": (1, np.inf)}, ValueError, "scale must be"),
        ({"scale": (0.5, 1, 2)}, ValueError, "scale must be"),
        ({"scale": (0, 1)}, ValueError, "scale must be"),
        ({"contrast": ("a", 1)}, ValueError, "contrast must be .* at least 0"),
        ({"rotation": "a"}, TypeError, "rotation must be a number, got 'a'"),
        ({"shift": (1, 2)}, TypeError, "shift must be a number"),
        ({"brightness": np.nan}, ValueError, "brightness must be a finite number"),
    ],
)
def test_a_wrong_option_is_named(options, error, words):
    with pytest.raises(error, match=words):
        draw(**{"n": 2, "seed": 0} | options)


@pytest.mark.parametrize(
    ("images", "error", "words"),
    [
        (np.zeros((2, 8, 8, 1), "uint8"), TypeError, "images must be floating-point numbers, got uint8: scale"),
        (np.zeros((2, 8, 8), "float32"), ValueError, r"images must be \(N, H, W, C\), got \(2, 8, 8\)"),
    ],
)
def test_images_that_cannot_be_changed_are_named(images, error, words):
    with pytest.raises(error, match=words):
        apply(draw(2, 0), images)


def test_crops_name_a_wrong_seed_and_missing_masks_at_once():
    images = np.zeros((2, 16, 16), "float32")
    with pytest.raises(ValueError, match="seed must be at least 0, got -1"):
        Crops(images, images, 8, seed=-1)
    with pytest.raises(TypeError, match="masks must be an array or a list of arrays, got None"):
        Crops(images, None, 8)


@pytest.mark.parametrize("wrong", ["255", 254.5, (254, 255)])
def test_a_label_to_be_left_out_that_is_no_whole_number_is_named(wrong):
    """Nothing equals it, or everything is compared with something else: no pixel was left out."""
    with pytest.raises(TypeError, match="ignore_class must be a whole number, got "):
        Crops(np.zeros((1, 8, 8)), np.zeros((1, 8, 8), int), 4, ignore_class=wrong)


@pytest.mark.parametrize("name", ["images", "masks", "weights"])
def test_pixels_that_are_hidden_or_no_numbers_are_named(name):
    arrays = {"images": np.zeros((2, 8, 8)), "masks": np.zeros((2, 8, 8), int), "weights": np.ones((2, 8, 8))}
    hidden = np.ma.array(arrays[name], mask=np.arange(128).reshape(2, 8, 8) > 70)
    with pytest.raises(TypeError, match=rf"{name}\[1\] must not be masked"):
        Crops(**arrays | {name: hidden}, size=4)
    for wrong in (1j, "1", None):
        with pytest.raises(TypeError, match=rf"{name}\[0\] must hold real numbers, got dtype"):
            Crops(**arrays | {name: np.full((2, 8, 8), wrong)}, size=4)
