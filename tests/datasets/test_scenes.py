"""Scenes are reproducible, and their masks agree with an independent reconstruction by Pillow and scikit-image."""

import numpy as np
import pytest
from PIL import Image
from skimage.transform import AffineTransform, warp

from course_lib.datasets import emoji, scenes


def test_shapes_types_and_ranges():
    images, masks, numbers = emoji.scenes(12, size=48, seed=5, instances=True)
    assert images.shape == (12, 48, 48, 3)
    assert images.dtype == np.float32
    assert images.min() >= 0
    assert images.max() <= 1
    assert masks.shape == numbers.shape == (12, 48, 48)
    assert masks.dtype == numbers.dtype == np.uint8
    assert set(np.unique(masks)) <= set(range(6))
    np.testing.assert_array_equal(masks > 0, numbers > 0)
    for mask, number in zip(masks, numbers, strict=True):
        for k in np.unique(number):
            assert len(np.unique(mask[number == k])) == 1


def test_same_seed_same_scenes_and_a_prefix_is_a_prefix():
    images, masks = emoji.scenes(6, size=32, seed=7)
    again, masks_again = emoji.scenes(3, size=32, seed=7)
    np.testing.assert_array_equal(images[:3], again)
    np.testing.assert_array_equal(masks[:3], masks_again)
    other, _ = emoji.scenes(3, size=32, seed=8)
    assert np.abs(images[:3] - other).mean() > 0.05
    assert len({image.tobytes() for image in images}) == 6


def by_scikit_image(sprite, size, center, scale, angle):
    """The same placement by another library, from the sprite's middle outwards."""
    middle = (np.array(sprite.shape[1::-1]) - 1) / 2
    move = AffineTransform(translation=-middle)
    move = move + AffineTransform(scale=scale, rotation=angle) + AffineTransform(translation=center)
    return warp(sprite, move.inverse, output_shape=(size, size), order=1, mode="constant", preserve_range=True)


def test_place_agrees_with_scikit_image():
    rng = np.random.default_rng(0)
    for _ in range(20):
        sprite = rng.random((9, 12, 4))
        size = int(rng.integers(16, 70))
        center, scale, angle = size * rng.random(2) - 0.5, rng.uniform(0.5, 3), rng.uniform(-np.pi, np.pi)
        ours = scenes.place(sprite, size, center, scale, angle)
        theirs = by_scikit_image(sprite, size, center, scale, angle)
        # at the very border of the sprite the two handle "outside" differently by rounding only
        np.testing.assert_allclose(ours, theirs, atol=1e-9)


def test_masks_are_exact_when_recomputed_pixel_by_pixel():
    rng = np.random.default_rng(1)
    background = rng.random((10, 11, 3))
    layers = rng.random((4, 10, 11, 4))
    layers[..., :3] *= layers[..., 3:]
    image, mask, numbers = scenes.compose(background, layers, [3, 1, 3, 2])
    for y in range(10):
        for x in range(11):
            color, seen = background[y, x], 0
            for k in range(4):
                alpha = layers[k, y, x, 3]
                color = layers[k, y, x, :3] + (1 - alpha) * color
                seen = k + 1 if alpha > 0.5 else seen
            np.testing.assert_allclose(image[y, x], color, atol=1e-12)
            assert numbers[y, x] == seen
            assert mask[y, x] == [0, 3, 1, 3, 2][seen]


def test_picture_agrees_with_pillow_alpha_composite():
    rng = np.random.default_rng(2)
    background = rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)
    front = rng.integers(0, 256, (16, 16, 4), dtype=np.uint8)
    theirs = Image.alpha_composite(Image.fromarray(background).convert("RGBA"), Image.fromarray(front)).convert("RGB")
    layer = front / 255
    layer[..., :3] *= layer[..., 3:]
    image, _, _ = scenes.compose(background / 255, [layer], [1])
    np.testing.assert_allclose(255 * image, np.asarray(theirs, dtype=float), atol=1.01)


def test_an_object_is_where_its_mask_says():
    """With and without the objects: pixels differ inside the mask, and hardly outside it."""
    options = {"size": 64, "seed": 3, "backgrounds": ("gradient",), "classes": ("face",), "scale": (1, 1)}
    images, masks = emoji.scenes(10, objects=(1, 1), **options)
    empty, none = emoji.scenes(10, objects=(0, 0), **options)
    assert not none.any()
    difference = np.abs(images - empty).max(axis=-1)
    assert (difference[masks == 1] > 0.05).mean() > 0.95
    assert (difference[masks == 0] < 1e-6).mean() > 0.9


def test_class_ids_follow_the_order_that_was_asked_for():
    _, masks = emoji.scenes(8, size=32, seed=1, classes=("heart", "car"), weights=(1, 0))
    assert set(np.unique(masks)) == {0, 1}
    _, masks = emoji.scenes(8, size=32, seed=1, classes=("heart", "car"), weights=(0, 1))
    assert set(np.unique(masks)) == {0, 2}


def test_a_single_emoji_can_be_a_class():
    (index,) = emoji.members("taxi", "test")
    pictures, names, _ = emoji.load()
    assert names[index] == "taxi"
    options = {"classes": ("grinning", "taxi"), "objects": (1, 1), "scale": (1, 1), "rotation": 0}
    images, masks = emoji.scenes(12, size=64, seed=2, **options)
    assert set(np.unique(masks)) == {0, 1, 2}
    # unturned and unscaled, the taxi's alpha is the mask, up to a shift by a fraction of a pixel
    areas = (masks == 2).sum(axis=(1, 2))
    assert areas.max() <= (pictures[index][..., 3] > 127).sum() * 1.05


def test_classes_are_unbalanced_as_the_weights_say():
    _, masks, numbers = emoji.scenes(120, size=32, seed=4, scale=(0.5, 0.6), objects=(3, 3), instances=True)
    objects = np.zeros(6)
    for mask, number in zip(masks, numbers, strict=True):
        for k in np.unique(number)[np.unique(number) > 0]:
            objects[mask[number == k][0]] += 1
    shares = objects[1:] / objects.sum()
    np.testing.assert_allclose(shares, [emoji.WEIGHTS[c] for c in emoji.CLASSES], atol=0.08)


def test_small_on_top_leaves_small_objects_whole():
    """Fully covered by larger ones in one order, never covered by them in the other."""
    options = {"size": 48, "seed": 9, "objects": (6, 6), "scale": (0.5, 2.5), "instances": True}
    visible = {}
    for order in ("random", "small on top"):
        _, _, numbers = emoji.scenes(8, order=order, **options)
        visible[order] = sum(len(np.unique(number)) - 1 for number in numbers)
    assert visible["small on top"] > visible["random"]


def test_train_and_test_share_no_picture():
    for kind in ("photograph", "texture"):
        assert not set(emoji.PICTURES["train"][kind]) & set(emoji.PICTURES["test"][kind])
    train, _ = emoji.scenes(4, seed=0, split="train")
    test, _ = emoji.scenes(4, seed=0, split="test")
    assert np.abs(train - test).mean() > 0.01


def test_largest_size_and_widest_scale_work():
    images, masks = emoji.scenes(3, size=300, scale=(0.5, 8), rotation=180, objects=(2, 2))
    assert np.isfinite(images).all()
    assert masks.any()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"n": 0}, "n must be at least 1, got 0"),
        ({"size": 8}, "size must be at least 16, got 8"),
        ({"size": 400}, "size must be at most 300, got 400"),
        ({"seed": -1}, "seed must be at least 0, got -1"),
        ({"objects": (3, 1)}, r"objects must lie in .* not fall, got \(3, 1\)"),
        ({"scale": (0.1, 1)}, "scale must lie in 0.5"),
        ({"rotation": 200}, "rotation must be from 0 to 180, got 200"),
        ({"order": "largest"}, "order must be one of 'random', 'small on top', got 'largest'"),
        (
            {"classes": ("face", "kitten")},
            "a class must be one of 'face', .*'fruit' or the short name .* got 'kitten'",
        ),
        ({"classes": ("face", "face")}, "classes must be 1 ... 255 different names"),
        ({"classes": ()}, "classes must be 1 ... 255 different names"),
        ({"classes": "face"}, "classes must be 1 ... 255 different names"),
        ({"backgrounds": ("sky",)}, "backgrounds must be some of"),
        ({"weights": (1, 2)}, "weights must be a number >= 0 for each of face, car"),
        ({"weights": (0, 0, 0, 0, 0)}, "weights must be"),
        ({"split": "validation"}, "split must be one of"),
    ],
)
def test_bad_arguments_are_named(options, words):
    with pytest.raises(ValueError, match=words):
        emoji.scenes(**{"n": 2, **options})


@pytest.mark.parametrize("wrong", ["16", None, 1j])
@pytest.mark.parametrize("name", ["n", "size", "seed", "objects", "scale", "rotation"])
def test_what_is_no_number_is_named(name, wrong):
    with pytest.raises(TypeError, match=f"^{name} must (be a (whole )?number|lie in .*), got "):
        emoji.scenes(**{"n": 1, name: wrong})
