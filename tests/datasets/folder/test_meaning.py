import numpy as np
import pytest
from skimage.measure import label

from course_lib.datasets.folder.meaning import propose


def discs(n=3, size=64, seed=0):
    """Discs that do not touch: bool (size, size) and their numbers."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:size, :size]
    mask = np.zeros((size, size), bool)
    while label(mask).max() < n:
        centre, radius = rng.integers(10, size - 10, 2), rng.integers(5, 8)
        disc = np.hypot(rows - centre[0], columns - centre[1]) <= radius
        near = np.hypot(rows - centre[0], columns - centre[1]) <= radius + 4
        mask = mask | disc if not (near & mask).any() else mask
    return mask, label(mask)


def gray(*arrays):
    return [(np.asarray(a), None) for a in arrays]


def how(masks, **options):
    return propose(masks, **options).how


@pytest.mark.parametrize(("ground", "object_"), [(0, 255), (0, 1), (1, 2), (0, 7), (0, 65535)])
def test_two_values(ground, object_):
    masks = [np.where(discs(seed=k)[0], object_, ground).astype(np.uint16) for k in range(3)]
    assert how(gray(*masks)) == {"values": (ground, object_)}


def test_the_ground_is_what_covers_the_border_where_no_value_is_0():
    masks = [np.where(discs(seed=k)[0], 1, 2).astype(np.uint8) for k in range(3)]
    assert how(gray(*masks)) == {"values": (2, 1)}


def rimmed(k, inside, ground, rim):
    from scipy import ndimage

    mask = discs(seed=k)[0]
    grown = ndimage.binary_dilation(mask, iterations=2)
    return np.where(mask, inside, np.where(grown, rim, ground)).astype(np.uint8)


def test_a_thin_value_between_the_others_is_left_out():
    meaning = propose(gray(*(rimmed(k, 1, 2, 3) for k in range(3))))
    assert meaning.how == {"values": (2, 1), "void": 3}
    assert "thin rim" in meaning.notes[0] and meaning.words == "class ids that count from 1"
    assert [role for _, _, role in meaning.roles] == ["object", "ground", "left out"]
    assert sum(share for _, share, _ in meaning.roles) == pytest.approx(1)


def test_255_beside_small_ids_is_left_out_even_where_it_is_thick():
    masks = [np.where(discs(seed=k)[0], 1, 0).astype(np.uint8) for k in range(3)]
    for mask in masks:
        mask[:20] = 255
    assert how(gray(*masks)) == {"values": (0, 1), "void": 255}


def test_a_third_class_as_thick_as_the_others_is_a_class():
    masks = []
    for k in range(4):
        first, second = (discs(2, seed=2 * k + i)[0] for i in range(2))
        masks.append(np.where(second, 2, np.where(first, 1, 0)).astype(np.uint8))
    assert how(gray(*masks)) == {"values": (0, 1, 2)}


def test_numbers_of_objects():
    masks = [discs(n, size=128, seed=n)[1].astype(np.uint16) for n in (3, 8, 15)]
    assert how(gray(*masks)) == {"values": None}
    few = propose(gray(*(discs(n, seed=n)[1].astype(np.uint8) for n in (1, 2, 4))))
    assert few.how == {"values": None} and "if they are classes" in few.notes[0]


def test_one_file_for_each_object():
    masks = [np.where(discs(1, seed=k)[0], 255, 0).astype(np.uint8) for k in range(4)]
    assert how(gray(*masks), one_file_per_object=True) == {"values": None}


def test_a_palette_is_read_as_its_colours_in_whatever_order():
    colours = np.array([(0, 0, 0), (128, 0, 0), (224, 224, 192)], np.uint8)
    masks = []
    for k in range(3):
        order = np.random.default_rng(k).permutation(3)
        masks.append((np.argsort(order)[rimmed(k, 1, 0, 2)].astype(np.uint8), colours[order]))
    assert how(masks) == {"values": [(0, 0, 0), (128, 0, 0)], "void": (224, 224, 192)}
    asked = [(m[..., None] == 1) * np.array([128, 0, 0]) for m in (discs(seed=1)[0], np.zeros((64, 64)))]
    assert how([(asked[0].astype(np.uint8), None), (np.zeros((64, 64), np.uint8), None)]) == {
        "values": [(0, 0, 0), (128, 0, 0)]
    }


def test_a_gray_palette_is_read_as_its_levels():
    palette = np.array([(255, 255, 255), (0, 0, 0)], np.uint8)
    masks = [((~discs(seed=k)[0]).astype(np.uint8), palette) for k in range(2)]
    assert how(masks) == {"values": (0, 255)}


def test_what_cannot_be_proposed_says_why():
    rng = np.random.default_rng(0)
    soft = np.clip(255.0 * discs()[0] + rng.normal(0, 6, (64, 64)), 0, 255).round().astype(np.uint8)
    meaning = propose(gray(soft))
    assert meaning.how == {} and "JPEG" in meaning.notes[0]
    assert "mask > 0.5" in propose(gray(rng.random((8, 8)))).notes[0]
    assert propose(gray(np.zeros((8, 8), np.uint8))).how == {}
    paint = rng.integers(0, 255, (16, 16, 3), dtype=np.uint8)
    assert propose([(paint, None)]).how == {}


@pytest.mark.parametrize(("stored", "blurred"), [
    ((0, 254, 255), True), ((0, 250, 253, 255), True), ((0, 255), False), ((0, 1, 255), False),
    ((0, 1, 254, 255), False), ((0, 1, 2), False),
])  # fmt: skip
def test_two_whites_are_one(stored, blurred):
    """254 beside 255 was read as a second object, and the smaller one at that."""
    mask = np.zeros((40, 50), np.uint8)
    for k, value in enumerate(stored[1:]):
        mask[5 + 12 * k : 15 + 12 * k, 5:30] = value
    assert (propose(gray(mask, mask)).words == "black and white, blurred") == blurred


def test_a_ground_that_covers_little_is_doubted():
    masks = [np.where(discs(seed=k)[0], 0, 255).astype(np.uint8) for k in range(3)]
    meaning = propose(gray(*masks))
    assert meaning.how == {"values": (0, 255)} and "is it the object?" in meaning.notes[0]
