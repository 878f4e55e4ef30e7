"""What the numbers or colours of a folder's masks probably mean, as arguments of `load_folder`.

A proposal, made of counts that anybody can check: which values occur, where they lie, how thick they are. Whoever drew
the masks decides.
"""

from dataclasses import dataclass, field

import numpy as np

from course_lib.datasets.folder.classes import SUGGESTED, colour_codes, entry_words

SOFT = 32  # gray levels by which a mask that was saved as JPEG leaves 0 and 255
THIN = 0.5  # of the next thickness: a rim
BLACK = (0, 0, 0)


@dataclass
class Value:
    """One stored value, in all masks together.

    ``entry`` is a number or a colour (r, g, b); ``pixels`` and ``border`` count its pixels, and those on the images'
    border; ``masks`` counts the masks in which it occurs; ``thickness`` lists, for each of these, how thick it is there
    in pixels.
    """

    entry: object
    pixels: int = 0
    border: int = 0
    masks: int = 0
    thickness: list = field(default_factory=list)


@dataclass(frozen=True)
class Meaning:
    """What the values of masks probably mean.

    ``words`` says what kind of masks these are. ``how`` holds the arguments of `load_folder`, ``values`` and where
    there is one ``void``; it is empty where nothing can be proposed. ``roles`` is [(entry, share of the pixels, what it
    is)]. ``notes`` are sentences.
    """

    words: str
    how: dict
    roles: list
    notes: list


def propose(masks, one_file_per_object=False):
    """Propose how masks are to be read.

    Parameters
    ----------
    masks : iterable of (array, palette)
        As `course_lib.datasets.folder.classes.read_stored` gives them.
    one_file_per_object : bool
        Whether several of them belong to one image.

    Returns
    -------
    Meaning
    """
    values, connected, gray, count = {}, [], True, 0
    for array, palette in masks:
        entries, places = _entries(array, palette)
        gray = gray and not isinstance(entries[0], tuple)
        count += 1
        connected.append(_each_in_one_piece(entries, places))
        for k, entry in enumerate(entries):
            _look(values.setdefault(entry, Value(entry)), places == k, measured=len(entries) <= SUGGESTED)
    found = sorted((values if gray else _as_colours(values)).values(), key=lambda value: value.entry)
    if one_file_per_object:
        return _meaning("one file for each object", {"values": None}, found, {found[0].entry: "ground"}, rest="object")
    if gray and any(entry != np.floor(entry) for entry in values):
        return _meaning("fractions, perhaps probabilities", {}, found, {}, ["save mask > 0.5 in place of them"])
    if gray and (_two_whites(found) or len(found) > SUGGESTED and not all(connected) and _soft(found)):
        advice = "most values lie near 0 and 255: saved as JPEG, or resized? Save mask > 127 as PNG in place of them"
        return _meaning("black and white, blurred", {}, found, {}, [advice])
    numbered = gray and all(connected) and len(found) > 2 and _numbered(found, count)
    if numbered or len(found) > SUGGESTED:
        notes = [] if gray else ["so many colours are no classes: write the numbers of the objects in place of them"]
        if len(found) <= SUGGESTED:
            notes.append(f"if they are classes: values={tuple(value.entry for value in found)}")
        how = {"values": None} if gray else {}
        return _meaning("numbers of objects", how, found, {0: "ground"}, notes, rest="object")
    return _classes(found, gray)


def _classes(found, gray):
    """The meaning of a few values: which is the ground, which is left out, and the classes in their order."""
    if len(found) == 1:
        return _meaning("one value only", {}, found, {}, ["nothing is marked in any mask"])
    void, rest = _void(found)
    ground = next((v for v in rest if v.entry in (0, BLACK)), max(rest, key=lambda v: (v.border, v.pixels)))
    classes = [ground.entry, *(v.entry for v in rest if v is not ground)]
    how = {"values": tuple(classes) if gray else classes}
    notes, roles = [], {ground.entry: "ground"}
    if void is not None:
        how["void"] = void.entry
        roles[void.entry] = "left out"
        if void.entry != 255:
            shown = entry_words(void.entry)
            notes.append(f"{shown} is a thin rim between the others: unclear? If it is a class, add it to values")
    roles |= {entry: "object" if len(classes) == 2 else f"class {k}" for k, entry in enumerate(classes) if k}
    if ground.pixels < 0.5 * sum(v.pixels for v in rest):
        notes.append(
            f"{entry_words(ground.entry)} was taken for the ground, and covers less than half: is it the object?"
        )
    if not gray:
        words = "colours"
    elif classes == [0, 255]:
        words = "black and white"
    elif 0 not in classes:
        words = "class ids that count from 1"
    else:
        words = "class ids"
    return _meaning(words, how, found, roles, notes)


def _void(found):
    """The value that seems to be left out, or None, and the other values."""
    last = found[-1]
    if last.entry == 255 and len(found) > 2 and found[-2].entry < 32:
        return last, found[:-1]
    if len(found) > 2:
        by_thickness = sorted(found, key=lambda v: np.median(v.thickness))
        thinnest, next_one = (np.median(v.thickness) for v in by_thickness[:2])
        if thinnest < THIN * next_one and by_thickness[0].entry not in (0, BLACK):
            return by_thickness[0], [v for v in found if v is not by_thickness[0]]
    return None, found


def _meaning(words, how, found, roles, notes=(), rest=""):
    total = sum(value.pixels for value in found)
    listed = [(value.entry, value.pixels / total, roles.get(value.entry, rest)) for value in found]
    return Meaning(words, how, listed, list(notes))


def _as_colours(values):
    """The same where some masks hold gray levels and others colours: an all black mask is read as 0."""
    merged = {}
    for entry, value in values.items():
        colour = entry if isinstance(entry, tuple) else (entry,) * 3
        into = merged.setdefault(colour, Value(colour))
        into.pixels, into.border, into.masks = (
            into.pixels + value.pixels, into.border + value.border, into.masks + value.masks,
        )  # fmt: skip
        into.thickness += value.thickness
    return merged


def _entries(array, palette):
    """The different values of a mask, as numbers or colours, and for each pixel the place of its own in that list."""
    if palette is not None:
        used, places = np.unique(array, return_inverse=True)
        colours = [tuple(palette[k].tolist()) for k in used]
        if all(len(set(colour)) == 1 for colour in colours):
            return [colour[0] for colour in colours], places.reshape(array.shape)
        return colours, places.reshape(array.shape)
    if array.ndim == 3:
        _, first, places = np.unique(colour_codes(array), return_index=True, return_inverse=True)
        colours = [tuple(row) for row in array.reshape(-1, 3)[first].tolist()]
        return colours, places.reshape(array.shape[:2])
    numbers, places = np.unique(array, return_inverse=True)
    return numbers.tolist(), places.reshape(array.shape)


def _look(value, mask, measured):
    """Add what one mask shows of a value."""
    from scipy import ndimage

    value.pixels += int(mask.sum())
    value.border += int(mask[[0, -1]].sum() + mask[:, [0, -1]].sum())
    value.masks += 1
    if measured:
        inside = ndimage.distance_transform_edt(mask)[mask] if not mask.all() else np.array([min(mask.shape) / 2])
        value.thickness.append(2 * float(np.percentile(inside, 90)))


def _each_in_one_piece(entries, places):
    """Whether every value but the first covers one connected piece."""
    from skimage.measure import label

    return label(places, background=0, connectivity=2).max() == len(entries) - 1


def _numbered(found, count):
    """Whether values seem to number objects: 0, 1, 2 ... of which the higher ones occur in fewer masks."""
    others = [value.entry for value in found if value.entry != 0]
    seldom = min(value.masks for value in found)
    return found[0].entry == 0 and (seldom < count or len(others) > SUGGESTED or others != list(range(1, len(found))))


def _two_whites(found):
    """Whether there is 0, and all other values are nearly 255: 254 beside 255 is no class, and no second object."""
    dark, *bright = [value.entry for value in found]
    return dark == 0 and len(bright) > 1 and 255 - SOFT <= bright[0] and bright[-1] <= 255


def _soft(found):
    """Whether nearly all pixels are near to 0 or to 255, and there are both."""
    dark, bright = (sum(v.pixels for v in found if abs(v.entry - end) <= SOFT) for end in (0, 255))
    among_bytes = found[0].entry >= 0 and found[-1].entry <= 255
    return among_bytes and bright > 0 and dark + bright > 0.95 * sum(v.pixels for v in found)
