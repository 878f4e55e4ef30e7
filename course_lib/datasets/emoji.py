"""Emoji: 1,636 small pictures with alpha, and scenes composed of them with exact masks. See data/emoji/README.md."""

import csv
import io
import sys

import numpy as np

from course_lib._validate import one_of, real_number, whole_number
from course_lib.classical.compositing import premultiply
from course_lib.datasets import files, photographs
from course_lib.datasets.scenes import compose, crop, gradient, place

FILES = {
    "emoji.png": (1983031, "5aeb7a1d3398786e9beed2175b48f5b0e1a384e97a2f8aeea4798ac49443d247"),
    "emoji.csv": (99662, "9bf930b87f72aa6ada3f1ccdd0372afc6c4adbecae937d9a0e5cfa0c1bff3992"),
}
SIZE = 32

# what belongs to a class: whole subcategories of Unicode, or single short names
GROUPS = {
    "face": ("face-smiling", "face-affection", "face-tongue", "face-hand", "face-neutral-skeptical", "face-sleepy")
    + ("face-unwell", "face-concerned", "face-glasses", "face-hat"),
    "car": ("car", "blue_car", "taxi", "police_car", "oncoming_automobile", "oncoming_taxi", "oncoming_police_car")
    + ("pickup_truck", "minibus", "ambulance", "fire_engine", "truck", "articulated_lorry", "bus", "oncoming_bus"),
    "plant": ("seedling", "evergreen_tree", "deciduous_tree", "palm_tree", "cactus", "herb", "shamrock")
    + ("four_leaf_clover", "leaves", "leafy_green", "broccoli"),
    "clock": ("time",),
    "heart": ("heart",),
    "animal": ("animal-mammal", "animal-bird", "animal-amphibian", "animal-reptile", "animal-marine", "animal-bug"),
    "fruit": ("food-fruit",),
}
LEFT_OUT = (  # what Unicode files under a subcategory without looking like the rest
    *("melting_face", "dotted_line_face", "face_in_clouds"),
    *("hourglass", "hourglass_flowing_sand", "watch", "alarm_clock", "stopwatch", "timer_clock", "mantelpiece_clock"),
    *("love_letter", "cupid", "gift_heart", "heart_decoration", "heavy_heart_exclamation_mark_ornament", "heartbeat"),
    *("heart_on_fire", "mending_heart", "revolving_hearts", "two_hearts"),
    *("pig_nose", "feet", "feather", "wing", "shell", "coral", "spider_web", "microbe"),
)
CLASSES = ("face", "car", "plant", "clock", "heart")
SINGLES = ("grinning", "taxi", "evergreen_tree", "clock3", "heart_eyes_cat")
WEIGHTS = dict(zip(CLASSES + SINGLES, (0.3, 0.25, 0.2, 0.15, 0.1) * 2, strict=True))
BACKGROUNDS = ("photograph", "texture", "gradient")
PICTURES = {
    "train": {"photograph": ("china", "flower", "ihc"), "texture": ("brick", "grass")},
    "test": {"photograph": ("coffee", "camera"), "texture": ("gravel",)},
}


def load():
    """Load all emoji with their names and categories.

    Returns
    -------
    images : ndarray of uint8, shape (1636, 32, 32, 4)
        Straight RGBA (sRGB colour, alpha 0 ... 255); where alpha is 0 the colour is 0.
    names : ndarray of str, shape (1636,)
        Short names, each once: ``"grinning"``, ``"taxi"``.
    categories : ndarray of str, shape (1636,)
        Unicode's: ``"Animals & Nature"``, ``"Food & Drink"`` and six more.

    Raises
    ------
    DataFileError
        If a file is missing, cut short or altered.
    """
    columns = table()
    sheet = files.image(sys.modules[__name__], "emoji.png")
    images = sheet.reshape(-1, SIZE, sheet.shape[1] // SIZE, SIZE, 4).swapaxes(1, 2).reshape(-1, SIZE, SIZE, 4)
    names = columns["short_name"]
    return images[: len(names)], names, columns["category"]


def table():
    """Load what is known about each emoji, in the order of the images.

    Returns
    -------
    dict of str to ndarray of str, each of shape (1636,)
        ``short_name``, ``name`` (Unicode's), ``category``, ``subcategory``, ``unified`` (code points, hexadecimal).

    Raises
    ------
    DataFileError
        If the file is missing, cut short or altered.
    """
    text = files.read(sys.modules[__name__], "emoji.csv").decode()
    header, *rows = csv.reader(io.StringIO(text))
    return {name: np.array(column) for name, column in zip(header, zip(*rows, strict=True), strict=True)}


def members(class_name, split="all"):
    """Return the indices of the emoji that belong to a class.

    Parameters
    ----------
    class_name : str
        One of `GROUPS`, or the short name of one emoji, which is then a class of its own.
    split : {"all", "train", "test"}
        Every fourth emoji of a group is for "test"; a single emoji is in every split.

    Returns
    -------
    ndarray of int
        Positions in the arrays of `load`, ascending.

    Raises
    ------
    ValueError
        If there is no such class or split.
    """
    one_of("split", split, ("all", "train", "test"))
    columns = table()
    if class_name in columns["short_name"] and class_name not in GROUPS:
        return np.flatnonzero(columns["short_name"] == class_name)
    if class_name not in GROUPS:
        groups = ", ".join(map(repr, GROUPS))
        raise ValueError(f"a class must be one of {groups} or the short name of an emoji, got {class_name!r}")
    listed = np.isin(columns["subcategory"], GROUPS[class_name]) | np.isin(columns["short_name"], GROUPS[class_name])
    indices = np.flatnonzero(listed & ~np.isin(columns["short_name"], LEFT_OUT))
    is_test = np.arange(len(indices)) % 4 == 3
    return {"all": indices, "train": indices[~is_test], "test": indices[is_test]}[split]


def scenes(
    n,
    size=64,
    seed=0,
    classes=CLASSES,
    *,
    weights=None,
    objects=(2, 5),
    scale=(0.8, 1.3),
    rotation=20.0,
    order="random",
    backgrounds=BACKGROUNDS,
    split="all",
    instances=False,
):
    """Compose emoji on backgrounds and return the pictures with the exact class of every pixel.

    Scene i depends on ``seed``, i and the options alone: ``scenes(5)`` gives the first five of ``scenes(100)``.

    Parameters
    ----------
    n : int, at least 1
        How many scenes.
    size : int, 16 ... 300
        Side of each in pixels.
    seed : int, at least 0
    classes : sequence of str
        `GROUPS` or short names of single emoji; their ids are 1, 2, ... in this order, 0 is background. The five of
        `CLASSES` differ in colour, shape or texture; those of `SINGLES` are one emoji each and far easier to learn;
        "animal" and "fruit" are the hardest.
    weights : sequence of float, optional
        How often each class is drawn, in the order of ``classes``; by default `WEIGHTS`, unbalanced, and 0.2
        for what is not listed there.
    objects : (int, int)
        Fewest and most objects in a scene, within 0 ... 255. Some may be hidden or stick out.
    scale : (float, float)
        Smallest and largest stretch of an emoji (32 pixels), within 0.5 ... 8.
    rotation : float, 0 ... 180
        Largest turn either way, in degrees.
    order : {"random", "small on top"}
        What hides what: objects are laid down in random order, or from the largest to the smallest.
    backgrounds : sequence of str
        Some of `BACKGROUNDS`, drawn with equal chances.
    split : {"all", "train", "test"}
        "train" and "test" share no background picture and no emoji (but for classes of a single emoji); "all" uses
        everything.
    instances : bool
        Also return which object is seen where.

    Returns
    -------
    images : ndarray of float32, shape (n, size, size, 3)
        sRGB in [0, 1], blended in stored values as browsers and Pillow do.
    masks : ndarray of uint8, shape (n, size, size)
        Class ids. A pixel belongs to the topmost object that covers more than half of it.
    numbers : ndarray of uint8, shape (n, size, size)
        Only with ``instances``: 0 is background, 1, 2, ... count the objects of a scene, the lowest first.

    Raises
    ------
    ValueError
        If an argument is out of its range; the message names it.
    DataFileError
        If a data file is missing, cut short or altered.
    """
    whole_number("n", n, 1)
    whole_number("size", size, 16, 300)
    whole_number("seed", seed, 0)
    _in_range("objects", objects, 0, 255)
    _in_range("scale", scale, 0.5, 8)
    real_number("rotation", rotation, 0, 180)
    one_of("order", order, ("random", "small on top"))
    _some_of("backgrounds", backgrounds, BACKGROUNDS)
    if isinstance(classes, str) or not 1 <= len(classes) == len(set(classes)) <= 255:
        raise ValueError(f"classes must be 1 ... 255 different names in a sequence, got {classes!r}")
    weights = [WEIGHTS.get(name, 0.2) for name in classes] if weights is None else list(weights)
    if len(weights) != len(classes) or min(weights) < 0 or sum(weights) <= 0:
        raise ValueError(f"weights must be a number >= 0 for each of {', '.join(classes)}, got {weights}")

    emoji = load()[0]
    sprites = [premultiply(emoji[members(name, split)] / 255) for name in classes]
    splits = ("train", "test") if split == "all" else (split,)
    pictures = {
        kind: [photographs.load(name) for part in splits for name in PICTURES[part][kind]]
        for kind in ("photograph", "texture")
    }
    images = np.empty((n, size, size, 3), np.float32)
    masks, numbers = np.empty((2, n, size, size), np.uint8)
    for i in range(n):
        # only random() is used: its stream is fixed for good, those of integers() and choice() may change with NumPy
        random = np.random.Generator(np.random.PCG64([seed, i])).random
        kind = _pick(backgrounds, random)
        background = gradient(size, random) if kind == "gradient" else crop(_pick(pictures[kind], random), size, random)
        count = _pick(range(objects[0], objects[1] + 1), random)
        things = [_thing(sprites, weights, size, scale, rotation, random) for _ in range(count)]
        if order == "small on top":
            things.sort(key=lambda thing: -thing[0])
        _, class_ids, layers = zip(*things, strict=True) if things else ((), (), ())
        images[i], masks[i], numbers[i] = compose(background, layers, class_ids)
    return (images, masks, numbers) if instances else (images, masks)


def _thing(sprites, weights, size, scale, rotation, random):
    """Draw one object: return its stretch, its class id and its layer. Its middle lies inside the scene."""
    shares = np.cumsum(weights) / np.sum(weights)
    class_index = int(np.sum(random() >= shares[:-1]))
    sprite = _pick(sprites[class_index], random)
    center = size * np.array([random(), random()]) - 0.5
    stretch = scale[0] + (scale[1] - scale[0]) * random()
    angle = np.deg2rad(rotation) * (2 * random() - 1)
    return stretch, class_index + 1, place(sprite, size, center, stretch, angle)


def _pick(things, random):
    return things[int(len(things) * random())]


def _some_of(argument, values, allowed):
    if isinstance(values, str) or not values or len(set(values)) < len(values) or not set(values) <= set(allowed):
        raise ValueError(f"{argument} must be some of {', '.join(map(repr, allowed))}, each once, got {values!r}")


def _in_range(argument, values, low, high):
    try:
        values = tuple(values)
        for value in values:
            real_number(argument, value)
    except TypeError:
        raise TypeError(f"{argument} must lie in {low} ... {high}, got {values!r}") from None
    if not all(low <= value <= high for value in values) or list(values) != sorted(values):
        raise ValueError(f"{argument} must lie in {low} ... {high} and not fall, got {values}")
