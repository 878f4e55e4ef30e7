"""A look at a folder of images and masks before anything is trained on it: what is in the files, and what is odd.

Nothing here changes a file, and no file stops the audit: what cannot be read is listed.
"""

import hashlib
import os
from collections import Counter
from dataclasses import dataclass

import numpy as np

from course_lib._validate import whole_number
from course_lib.datasets.folder.classes import MaskReader, entry_words, kind, read_stored, size
from course_lib.datasets.folder.meaning import Meaning, propose
from course_lib.datasets.folder.pairing import fixed_parts, in_words, partners
from course_lib.datasets.folder.reading import read_image

LISTED = 3  # names in one line
SATURATED = 0.01  # share of pixels at the largest value of all
POLARITY = 0.65  # how often a pixel of an object is the brighter one, from which on that is said of the image


@dataclass(frozen=True)
class Row:
    """What one image and its mask are like.

    ``kind`` and ``size`` are in words; ``low`` and ``high`` the smallest and largest number, ``saturated`` the share of
    the pixels that have the largest, ``digest`` the same for equal pixels. ``foreground`` (share of the pixels),
    ``diameters`` (of the objects, as of discs of their areas, in pixels) and ``brighter`` (as the function `brighter`
    says) are None where nothing is known of the mask.
    """

    name: str
    kind: str
    size: str
    dtype: np.dtype
    low: float
    high: float
    saturated: float
    digest: str
    foreground: float | None = None
    diameters: tuple | None = None
    brighter: float | None = None


@dataclass(frozen=True)
class Audit:
    """What `audit` found. ``print`` it to read it.

    ``rows`` has a `Row` for each pair that can be read, ``pairs`` counts them all. ``problems`` are sentences about
    what `load_folder` would refuse, ``notes`` about what it would not notice. ``meaning`` says how the masks are to be
    read, ``how`` the same as arguments of `load_folder`.
    """

    rows: list
    pairs: int
    problems: list
    notes: list
    meaning: Meaning

    @property
    def how(self):
        return dict(self.meaning.how)

    @property
    def diameters(self):
        """Of all objects, in pixels: a float array."""
        return np.array([d for row in self.rows for d in row.diameters or ()])

    def __str__(self):
        lines = [("pairs", _of(self.pairs, len(self.rows)))]
        if self.rows:
            lines += [("images", _images(self.rows)), ("", f"of {_counted(row.size for row in self.rows)} pixels")]
        lines += [("masks", self.meaning.words), *(("", line) for line in _roles(self.meaning.roles))]
        measured = [row for row in self.rows if row.diameters is not None]
        if len(self.diameters):
            lines += [("objects", _objects(measured, self.diameters)), ("polarity", _polarity(measured))]
        lines += [("mend", problem) for problem in self.problems]
        lines += [("note", note) for note in self.notes]
        if self.how:
            given = "".join(f", {argument}={value!r}" for argument, value in self.how.items())
            lines += [("the line", f"load_folder(IMAGES, MASKS{given})")]
        return "\n".join(f"{head:<9} {line}" for head, line in lines)


def audit(images, masks, values=(), *, void=None, mask_suffix="", page=None, at_most=200):
    """Look at images and masks before they are loaded: what kind of files, which sizes and values, what is odd.

    Parameters
    ----------
    images, masks : path
        Folders or patterns, as for `course_lib.datasets.folder.load_folder`.
    values : sequence of numbers or colours, or None
        How the classes are stored in the masks, as for `load_folder`. Where it is empty, this is proposed.
    void : number or colour, or a list of them, optional
        Given with ``values``: how pixels of no class are stored.
    mask_suffix : str
    page : int, optional
        As for `load_folder`.
    at_most : int, at least 1
        So many pairs are looked into, evenly spread over all of them.

    Returns
    -------
    Audit

    Raises
    ------
    FileNotFoundError
        A folder is missing or holds no pictures.
    ValueError, TypeError
        Two images of one name; arguments that `load_folder` refuses.
    """
    at_most = whole_number("at_most", at_most, 1)
    pairs, without_mask, without_image = partners(images, masks, mask_suffix)
    lonely = {"a mask": without_mask, "an image": without_image}
    problems = [f"{_names(names)} without {what}" for what, names in lonely.items() if names]
    if not pairs and (stars := fixed_parts(without_mask, without_image)) and all(map(os.path.isdir, (images, masks))):
        problems.append(f"the names agree but for a fixed part: give {in_words(images, masks, stars)}")
    step = max(1, -(-len(pairs) // at_most))
    looked_into = pairs[::step]
    readable = [pair for pair in looked_into if _opens(pair, page, problems)]
    meaning = _meaning(readable, values, void, page)
    reader = MaskReader(**({"values": (0, 255)} | meaning.how), page=page) if meaning.how else None
    rows = [_row(pair, reader, page, problems) for pair in readable]
    notes = [*meaning.notes, *_oddities(rows)]
    if step > 1:
        notes.append(f"looked into {len(looked_into)} of {len(pairs)} pairs, every {step}th")
    return Audit(rows, len(pairs), problems, notes, meaning)


def brighter(image, mask):
    """How often a pixel of an object is brighter than one of the ground, over all pairs of such pixels.

    The area under the ROC curve of brightness: A = P(object > ground) + P(object = ground) / 2, by the ranks of the
    pixels (Mann and Whitney).

    Parameters
    ----------
    image : (H, W) or (H, W, C)
        Of colours the mean is taken.
    mask : (H, W)
        1 at objects, 0 at the ground; anything else is left out.

    Returns
    -------
    float
        1 where every object pixel is brighter than every ground pixel, 0 where it is darker, .5 where brightness says
        nothing; NaN without objects or without ground.

    Examples
    --------
    >>> brighter(np.array([[3, 5, 5, 9]]), np.array([[0, 0, 1, 1]]))
    0.875
    """
    gray = np.asarray(image, np.float64)
    gray = gray.mean(axis=2) if gray.ndim == 3 else gray
    mask = np.asarray(mask)
    objects, ground = gray[mask == 1], np.sort(gray[mask == 0])
    if not objects.size or not ground.size:
        return float("nan")
    below = np.searchsorted(ground, objects, "left") + np.searchsorted(ground, objects, "right")
    return float(below.mean() / (2 * ground.size))


def examples(images, masks, n=4, *, page=None, mask_suffix="", **how):
    """Pictures for a sheet: a few images and their masks, spread over the folder, ready to be drawn.

    Parameters
    ----------
    images, masks : path
        As for `audit`.
    n : int, at least 1
    page, mask_suffix
        As for `load_folder`.
    **how
        ``values`` and ``void``, as `Audit.how` has them.

    Returns
    -------
    list of (name, picture, mask)
        The picture is float32 (H, W) or (H, W, 3) in [0, 1]: from the 0.5th to the 99.5th percentile of the image. The
        mask holds class ids or numbers of objects.
    """
    pairs, _, _ = partners(images, masks, mask_suffix)
    reader = MaskReader(**({"values": (0, 255)} | how), page=page)
    chosen = np.unique(np.linspace(0, len(pairs) - 1, whole_number("n", n, 1)).round().astype(int))
    sheet = []
    for name, path, files in (pairs[k] for k in chosen):
        mask = reader.read_objects(files) if len(files) > 1 else reader.read(files[0])
        sheet.append((name, stretched(read_image(path, page)), mask))
    return sheet


def stretched(image, like=None):
    """An image of any number format for the eye: its 0.5th to 99.5th percentile as 0 to 1.

    Parameters
    ----------
    image : (H, W) or (H, W, C), real numbers
    like : sequence of images, optional
        Whose percentiles are taken, all pixels together, so that several images share one scale. By default ``image``.

    Returns
    -------
    float32, (H, W) or (H, W, 3)
        Of more than three channels the first three, of fewer the first.
    """
    low, high = np.percentile(np.concatenate([np.ravel(x) for x in ([image] if like is None else like)]), (0.5, 99.5))
    scaled = (np.asarray(image, np.float32) - np.float32(low)) / np.float32(high - low if high > low else 1)
    scaled = np.clip(scaled, 0, 1)
    if scaled.ndim == 3:
        return scaled[..., :3] if scaled.shape[2] >= 3 else scaled[..., 0]
    return scaled


# --- what there is ----------------------------------------------------------------------------------------------------


def _opens(pair, page, problems):
    """Whether an image and its masks can be read; if not, why, is added to the problems."""
    _, path, files = pair
    try:
        read_image(path, page)
        for file in files:
            read_stored(file, page)
    except ValueError as error:
        problems.append(
            str(error).replace(str(path.parent), path.parent.name).replace(str(files[0].parent), files[0].parent.name)
        )
        return False
    return True


def _meaning(pairs, values, void, page):
    by_objects = any(len(files) > 1 for _, _, files in pairs)
    stored = (read_stored(file, page) for _, _, files in pairs for file in files)
    if not pairs:
        return Meaning("none that can be read", {}, [], [])
    proposed = propose(stored, by_objects)
    if values is not None and len(values) == 0:
        return proposed
    how = {"values": values} | ({} if void is None else {"void": void})
    roles = {}
    if values is not None:
        roles = {entry if np.ndim(entry) == 0 else tuple(entry): f"class {k}" for k, entry in enumerate(values)}
    return Meaning("as you say", how, [(entry, share, roles.get(entry, "")) for entry, share, _ in proposed.roles], [])


def _row(pair, reader, page, problems):
    name, path, files = pair
    image = read_image(path, page)
    largest = image.max()
    facts = dict(
        name=name,
        kind=kind(image),
        size=size(image),
        dtype=image.dtype,
        low=image.min().item(),
        high=largest.item(),
        saturated=float(np.mean(image == largest)),
        digest=hashlib.sha256(np.ascontiguousarray(image)).hexdigest(),
    )
    if reader is None:
        return Row(**facts)
    try:
        mask = reader.read_objects(files) if len(files) > 1 else reader.read(files[0])
    except ValueError as error:
        problems.append(str(error).replace(str(files[0].parent), files[0].parent.name))
        return Row(**facts)
    if mask.shape != image.shape[:2]:
        problems.append(f"{path.name} is {size(image)}, but its mask {files[0].name} is {size(mask)}")
        return Row(**facts)
    numbered = reader.values is None
    objects = (mask > 0) & (mask != reader.void_id)
    seen = np.where(mask == reader.void_id, -1, objects)
    return Row(
        **facts,
        foreground=float(objects.mean()),
        diameters=tuple(diameters(np.where(objects, mask, 0) if numbered else objects)),
        brighter=brighter(image, seen),
    )


def diameters(mask):
    """How wide the objects of a mask are, as discs of the same area would be: d = 2 √(area / π).

    Parameters
    ----------
    mask : (H, W), bool or int
        Numbers of objects; of a bool mask the connected pieces, corners included, of at least 4 pixels.

    Returns
    -------
    float64, (n,)
        In pixels.

    Examples
    --------
    >>> diameters(np.array([[0, 1, 1, 1, 0, 2]])).round(2).tolist()
    [1.95, 1.13]
    """
    from skimage.measure import label

    mask = np.asarray(mask)
    pieces = mask.dtype == bool
    areas = np.bincount((label(mask, connectivity=2) if pieces else mask).ravel())[1:]
    areas = areas[areas >= (4 if pieces else 1)]
    return 2 * np.sqrt(areas / np.pi)


def _oddities(rows):
    """Sentences about what is read without complaint and may still be a mistake."""
    notes = []
    kinds = Counter(row.kind for row in rows)
    if len(kinds) > 1:
        notes.append(f"images of different kinds, {_counted(row.kind for row in rows)}: convert them to one")
    same = {}
    for row in rows:
        same.setdefault(row.digest, []).append(row.name)
    for names in same.values():
        if len(names) > 1:
            notes.append(f"{' and '.join(names[:LISTED])} hold the same pixels: keep them on one side of the split")
    flat = [row.name for row in rows if row.low == row.high]
    if flat:
        notes.append(f"nothing to see in {_names(flat)}: one value only")
    cut = [row.name for row in rows if row.saturated > SATURATED and row.low < row.high]
    if cut:
        notes.append(f"over-exposed, more than 1 % of the pixels at the largest value: {_names(cut)}")
    narrow = [row for row in rows if row.dtype.kind == "u" and row.dtype.itemsize == 2]
    if narrow and max(row.high for row in narrow) < 4096:
        top = max(row.high for row in narrow)
        notes.append(
            f"16-bit files, but nothing above {top}: a viewer shows them black, dividing by 65,535 leaves nothing"
        )
    empty = [row.name for row in rows if row.foreground == 0]
    if empty:
        notes.append(f"no object in {_names(empty)}")
    full = [row.name for row in rows if row.foreground is not None and row.foreground > 0.95]
    if full:
        notes.append(f"nothing but object in {_names(full)}")
    unlike = [row.name for row in rows if row.brighter is not None and row.brighter < 1 - POLARITY]
    other = [row.name for row in rows if row.brighter is not None and row.brighter > POLARITY]
    if unlike and other:
        fewer = min(unlike, other, key=len)
        notes.append(f"objects are bright in {len(other)} images and dark in {len(unlike)}, such as {_names(fewer)}")
    return notes


# --- in words ---------------------------------------------------------------------------------------------------------


def _of(pairs, readable):
    return f"{pairs}" if readable == pairs else f"{pairs}, of which {readable} were read"


def _counted(words):
    """ "gray, uint8 (5), colour, uint8 (1)", the most frequent first."""
    counts = Counter(words).most_common()
    more = f" and {len(counts) - LISTED} others" if len(counts) > LISTED else ""
    if len(counts) == 1:
        return counts[0][0]
    return "; ".join(f"{word} ({n})" for word, n in counts[:LISTED]) + more


def _images(rows):
    low, high = min(row.low for row in rows), max(row.high for row in rows)
    return f"{_counted(row.kind for row in rows)}; values {low:,.6g} to {high:,.6g}"


def _roles(roles):
    shown = roles if len(roles) <= 8 else [*roles[:3], *roles[-1:]]
    lines = [
        f"{entry_words(entry)}: {share:.1%} of the pixels{f', {what}' if what else ''}" for entry, share, what in shown
    ]
    if len(shown) < len(roles):
        lines.insert(3, f"... {len(roles) - 4} others ...")
    return lines


def _objects(rows, widths):
    counts = [len(row.diameters) for row in rows]
    low, middle, high = np.percentile(widths, (5, 50, 95))
    share = np.mean([row.foreground for row in rows])
    each = f"{min(counts)}" if min(counts) == max(counts) else f"{min(counts)} to {max(counts)}"
    return f"{each} an image, {middle:.0f} pixels wide ({low:.0f} to {high:.0f}), {share:.0%} of the pixels"


def _polarity(rows):
    seen = np.array([row.brighter for row in rows if row.brighter == row.brighter])
    bright, dark = int(np.sum(seen > POLARITY)), int(np.sum(seen < 1 - POLARITY))
    unclear = len(seen) - bright - dark
    said = [(bright, "bright on dark"), (dark, "dark on bright"), (unclear, "neither")]
    words = "; ".join(f"{what} in {n}" for n, what in said if n)
    return f"{words}; an object pixel is the brighter one in {np.mean(seen):.0%} of all cases"


def _names(names):
    return ", ".join(names[:LISTED]) + (f" and {len(names) - LISTED} others" if len(names) > LISTED else "")
