import numpy as np
import pytest
from PIL import Image

from course_lib.datasets import emoji, files


def test_shapes_types_and_counts():
    images, names, categories = emoji.load()
    assert images.shape == (1636, 32, 32, 4)
    assert images.dtype == np.uint8
    assert names.shape == categories.shape == (1636,)
    assert len(set(names)) == 1636
    assert dict(zip(*np.unique(categories, return_counts=True), strict=True)) == {
        "Activities": 85,
        "Animals & Nature": 159,
        "Food & Drink": 131,
        "Objects": 264,
        "People & Body": 386,
        "Smileys & Emotion": 169,
        "Symbols": 224,
        "Travel & Places": 218,
    }
    assert (images[..., 3] == 255).any(axis=(1, 2)).mean() > 0.99
    assert not images[images[..., 3] == 0].any()


def test_names_belong_to_their_pictures():
    images, names, _ = emoji.load()

    def mean_color(name):
        picture = images[names == name][0].astype(float)
        return np.average(picture[..., :3].reshape(-1, 3), axis=0, weights=picture[..., 3].ravel())

    for name, strongest in (("apple", 0), ("green_heart", 1), ("blue_heart", 2), ("red_circle", 0), ("broccoli", 1)):
        assert mean_color(name).argmax() == strongest, name
    assert mean_color("black_heart").max() < 90
    assert mean_color("white_heart").min() > 180
    # upright: an arrow is heaviest at its head
    for name, is_up in (("arrow_up", True), ("arrow_down", False)):
        white = (images[names == name][0] > 235).all(axis=-1)
        assert (white.nonzero()[0].mean() < 15.5) == is_up


def test_edges_have_no_dark_fringe():
    """Along the edge of the yellow circle colour must not sink towards black as alpha falls."""
    images, names, _ = emoji.load()
    circle = images[names == "large_yellow_circle"][0].astype(float)
    edge = circle[(circle[..., 3] > 20) & (circle[..., 3] < 200)]
    middle = circle[circle[..., 3] == 255]
    assert edge[:, 0].min() > 0.75 * np.median(middle[:, 0])


def test_members_are_disjoint_between_classes_and_splits():
    seen = []
    for name in emoji.GROUPS:
        everything = set(emoji.members(name))
        train, test = set(emoji.members(name, "train")), set(emoji.members(name, "test"))
        assert train | test == everything
        assert not train & test
        assert len(test) == len(everything) // 4
        seen += everything
    assert len(seen) == len(set(seen)) == 306
    names = emoji.load()[1]
    assert "feather" not in names[emoji.members("animal")]
    assert "taxi" in names[emoji.members("car")]
    assert set(emoji.WEIGHTS) == {*emoji.CLASSES, *emoji.SINGLES}
    assert [list(names[emoji.members(name)]) for name in emoji.SINGLES] == [[name] for name in emoji.SINGLES]


def test_sheet_shows_the_emoji_in_reading_order():
    sheet = Image.open(files.DATA / "emoji" / "emoji.png")
    images, _, _ = emoji.load()
    for number in (0, 1, 39, 40, 1635):
        row, column = divmod(number, 40)
        box = (32 * column, 32 * row, 32 * column + 32, 32 * row + 32)
        np.testing.assert_array_equal(np.asarray(sheet.crop(box)), images[number])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: emoji.members("cats"), "a class must be one of 'face', .*, got 'cats'"),
        (lambda: emoji.members("face", "validation"), "split must be one of .*'validation'"),
    ],
)
def test_bad_arguments_are_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
