"""From what a mask file holds to class ids: by announced numbers or colours, never by a guess.

A mask may be stored as gray levels, as colours, or as indices into a palette. Colours in ``values`` are looked up as
colours in all three. Numbers are gray levels; of a file with a palette they are its indices, as Pascal VOC stores
classes, or the gray levels of its palette, whichever of the two ``values`` announces.
"""

import numpy as np

from course_lib.datasets.folder.reading import read_picture

VOID = 255
SHOWN = 5
SUGGESTED = 12  # more different values than that are no classes


class MaskReader:
    """Reads mask files, one after another, and remembers which colours the indices of their palettes had.

    Parameters
    ----------
    values : sequence of numbers or of colours (r, g, b), or None
        ``values[k]`` is how class k is stored; None for numbers of objects, taken as they are.
    void : number or colour, or a list of them, optional
        Stored values of pixels that belong to no class.
    page : int, optional
        Of files with several pages.
    paths : sequence of Path
        All masks: looked through when an error message has to say what they hold.
    """

    def __init__(self, values=(0, 255), void=None, page=None, paths=()):
        self.values, self.void, self.colours = _announced(values, void)
        self.page, self.paths = page, paths
        self.colour_of = {}  # index -> its colour, and the file in which it had it

    @property
    def void_id(self):
        """How pixels of no class are marked: -1 among objects, else 255."""
        return -1 if self.values is None else VOID

    @property
    def dtype(self):
        return np.dtype(np.uint8 if self.values is not None and len(self.values) <= 256 else np.int32)

    def read(self, path):
        """Read one mask.

        Parameters
        ----------
        path : Path

        Returns
        -------
        (H, W), uint8 or int32
            Class ids, 255 for void; with ``values=None`` the numbers of objects, -1 for void.

        Raises
        ------
        ValueError
            A value that was not announced, transparent pixels, a palette in another order than in an earlier file, or a
            damaged file. The message names it.
        """
        array, palette = read_stored(path, self.page)
        if self.values is None:
            ids = self._numbers(path, array, palette)
        else:
            places = self._places(path, array, palette)
            ids = np.where(places < len(self.values), places, VOID)
        return ids.astype(self.dtype)

    def read_objects(self, paths):
        """Read the masks of one image, one file for each object.

        Parameters
        ----------
        paths : sequence of Path

        Returns
        -------
        (H, W), uint8 or int32
            With ``values=None``: k at the pixels of the k-th file, counted from 1; where objects overlap the smallest
            of them. Else class ids: 0 where every file says 0, otherwise what the others say.

        Raises
        ------
        ValueError
            As `read`; sizes that differ; two classes at one pixel; with ``values=None`` a file with more than one
            number beside 0.
        """
        masks = [self.read(path) for path in paths]
        for path, mask in zip(paths, masks, strict=True):
            if mask.shape != masks[0].shape:
                raise ValueError(f"{path} is {size(mask)}, but {paths[0].name} of the same image is {size(masks[0])}")
        result = np.zeros(masks[0].shape, self.dtype)
        if self.values is None:
            areas = [self._area(path, mask) for path, mask in zip(paths, masks, strict=True)]
            for k in np.argsort(areas, kind="stable")[::-1]:
                result[masks[k] > 0] = k + 1
            return result
        for path, mask in zip(paths, masks, strict=True):
            said = (mask > 0) & (mask != VOID)
            if ((result > 0) & (result != VOID) & said & (result != mask)).any():
                raise ValueError(f"{path} gives a class to pixels that another file of the same image gives another")
            result[(mask == VOID) & (result == 0)] = VOID
            result[said] = mask[said]
        return result

    def _area(self, path, mask):
        found = np.unique(mask)
        if len(found[found != 0]) > 1:
            raise ValueError(
                f"{path} holds {_listed(found)}: of one file for each object it must hold 0 and one other number"
            )
        return np.count_nonzero(mask)

    def _numbers(self, path, array, palette):
        """The numbers of objects as they are stored, checked to be such."""
        if array.ndim == 3:
            raise ValueError(
                f"{path.name} is a colour picture: say in values which colour is which class{self._hint()}"
            )
        if palette is not None:
            used = np.unique(array)
            black = ~palette[used].any(axis=1)
            if (black != (used == 0)).any():
                raise ValueError(
                    f"{path.name} has a palette in which black is not index 0, or not the only one: it does not say "
                    "which index is the background. Give the colours in values"
                )
        if array.dtype.kind == "f" and not (np.isfinite(array) & (array == np.floor(array))).all():
            raise ValueError(f"{path.name} holds fractions, {_listed(np.unique(array))}: they number no objects")
        if array.min().item() < -(2**31) or array.max().item() >= 2**31:
            raise ValueError(f"{path.name} holds {_listed(np.unique(array)[::-1])}: numbers of objects go to 2**31 - 1")
        numbers = array.astype(np.int32)
        return np.where(np.isin(numbers, self.void), -1, numbers) if self.void else numbers

    def _places(self, path, array, palette):
        """Where in ``values`` and then ``void`` each pixel's value stands."""
        wanted = [*self.values, *self.void]
        if self.colours:
            return self._known(
                path, _look_up(colour_codes(seen_colours(array, palette)), colour_codes(np.array(wanted)))
            )
        if array.ndim == 3:
            raise ValueError(
                f"{path.name} is {kind(array)}: values must list colours (r, g, b), got {list(self.values)[:SHOWN]}"
                f"{self._advice(path)}"
            )
        if palette is None:
            return self._known(path, _look_up(array, wanted))
        used = np.unique(array)
        gray = (palette[used] == palette[used][:, :1]).all()
        by_level = _look_up(palette[array][..., 0], wanted) if gray else np.full(array.shape, -1)
        by_index = _look_up(array, wanted)
        if (by_level >= 0).all():
            if (by_index >= 0).all() and (by_index != by_level).any():
                raise ValueError(
                    f"{path.name} has a palette whose indices {_listed(used)} and gray levels both are in values, but "
                    f"mean other classes. Give colours: values={_as_colours(self.values)}"
                )
            return by_level
        for index in used:
            seen = tuple(palette[index].tolist())
            colour, where = self.colour_of.setdefault(int(index), (seen, path.name))
            if colour != seen:
                raise ValueError(
                    f"{path.name} has the colour {seen} at index {index} of its palette, but {where} has {colour}: the "
                    f"same number would be two things. Give the colours in values{self._hint()}"
                )
        return self._known(path, by_index)

    def _known(self, path, places):
        if (places >= 0).all():
            return places
        array, palette = read_stored(path, self.page)
        rows = seen_colours(array, palette) if self.colours else array
        found, counts = np.unique(rows[places < 0].reshape((places < 0).sum(), -1), axis=0, return_counts=True)
        order = np.argsort(-counts, kind="stable")[:SHOWN]
        shown = ", ".join(f"{entry_words(found[i])} ({counts[i]} pixel{'s' * int(counts[i] > 1)})" for i in order)
        more = f" and {len(found) - SHOWN} others" if len(found) > SHOWN else ""
        what = "holds" if palette is None or self.colours else "has a palette, and holds its indices"
        if len(found) > SUGGESTED and np.mean(places < 0) < 0.5 and not _lossy(path):
            advice = "; most pixels are right: was it resized, or drawn softly? Compare it with a threshold first"
        else:
            advice = self._advice(path)
        announced = ", ".join(map(entry_words, self.values[:SUGGESTED])) + ", ..." * (len(self.values) > SUGGESTED)
        raise ValueError(f"{path.name} {what} {shown}{more}, but values announces only [{announced}]{advice}")

    def _advice(self, path):
        """What to do about values that were not announced."""
        return f"; {_lossy(path)} changes values, save masks as PNG" if _lossy(path) else self._hint()

    def _hint(self):
        """All values of all masks as arguments, or nothing where they are too many to be classes."""
        numbers, colours, coloured, indexed = set(), set(), False, False
        for path in self.paths:
            array, palette = read_stored(path, self.page)
            coloured, indexed = coloured or array.ndim == 3, indexed or palette is not None
            if array.ndim == 2:
                numbers |= set(np.unique(array).tolist())
            if len(colours) <= SUGGESTED:
                rows = np.unique(seen_colours(array, palette).reshape(-1, 3), axis=0)
                colours |= set(map(tuple, rows.tolist()))
        ways = []
        if not coloured:
            if 0 < len(numbers) <= SUGGESTED:
                ways.append(f"values=[{', '.join(entry_words(v) for v in sorted(numbers))}]")
            elif numbers and all(v == v // 1 for v in numbers):
                ways.append(f"{len(numbers)} different numbers, which values=None takes as the numbers of objects")
        if (coloured or indexed) and 0 < len(colours) <= SUGGESTED:
            ways.append(f"values=[{', '.join(entry_words(c) for c in sorted(colours))}]")
        if not ways:
            return ""
        ids = len(numbers) > 2 and self.values is not None and all(v == v // 1 for v in numbers)
        none = ", or values=None where they number objects" if ids and "None" not in ways[0] else ""
        return f". Found in all masks together: {' or, by their colours, '.join(ways)}{none}"


def _announced(values, void):
    """Values and void as lists of numbers or of colours, checked; and whether they are colours."""
    if values is None:
        void = _void(void, False)
        if any(isinstance(entry, tuple) for entry in void):
            raise ValueError(f"void must be a number or a list of numbers where values is None, got {void}")
        return None, void, False
    values = _entries("values", values)
    colours = isinstance(values[0], tuple)
    void = _void(void, colours)
    for entry in [*values, *void]:
        if isinstance(entry, tuple) != colours:
            raise ValueError(f"values and void must be all numbers or all colours, got {entry!r} beside {values[0]!r}")
    twice = {entry for entry in [*values, *void] if [*values, *void].count(entry) > 1}
    if twice:
        raise ValueError(f"values and void must differ from each other, but {_listed(sorted(twice))} is there twice")
    if void and len(values) > VOID:
        raise ValueError(
            f"values may list at most {VOID} classes beside void, which gets the id {VOID}, got {len(values)}"
        )
    return values, void, colours


def _void(given, colours):
    """Void as a list: nothing, one number or one colour, or several of them."""
    if given is None:
        return []
    several = hasattr(given, "__iter__") and not (isinstance(given, np.ndarray) and given.ndim == 0)
    if several and colours:
        given = list(given)
        several = bool(given) and hasattr(given[0], "__iter__")
    return _entries("void", given if several else [given])


def _entries(argument, given):
    try:
        entries = list(given)
    except TypeError:
        raise TypeError(f"{argument} must list how each class is stored, such as (0, 255), got {given!r}") from None
    entries = [tuple(np.asarray(v).tolist()) if np.ndim(v) == 1 else v for v in entries]
    for entry in entries:
        parts = entry if isinstance(entry, tuple) else (entry,)
        if len(parts) not in (1, 3) or not all(isinstance(p, (int, float, np.integer, np.floating)) for p in parts):
            raise TypeError(f"{argument} must list numbers, or colours of three numbers, got {entry!r} in it")
    if not entries:
        raise ValueError(f"{argument} must list at least one value, got {given!r}")
    return [entry if isinstance(entry, tuple) else np.asarray(entry).item() for entry in entries]


def read_stored(path, page=None):
    """Read a mask file as it is stored, before its values mean anything.

    Parameters
    ----------
    path : Path
    page : int, optional
        Of a file with several pages.

    Returns
    -------
    array : (H, W) or (H, W, 3)
        Numbers, or colours where they are not all gray.
    palette : (K, 3), uint8, or None
        The colours of which the numbers are indices.

    Raises
    ------
    ValueError
        A damaged file, transparent pixels, or another number of channels. The message names the file.
    """
    picture = read_picture(path, page)
    array, palette, alpha = picture.array, picture.palette, picture.alpha
    if alpha is not None:
        shown = array if palette is None else palette[array]
        if len(np.unique(alpha)) > 2 or alpha.min() != 0 or shown[alpha == 0].any():
            raise ValueError(
                f"{path} has transparent pixels: taken for a mask are only those that are wholly transparent and "
                "black. Save it without transparency"
            )
        if alpha.any() and not shown[alpha > 0].any():
            raise ValueError(
                f"{path} has only black, and says by transparency alone what is foreground: save the alpha channel as "
                "the mask, such as with Image.open(path).convert('RGBA').getchannel('A').save(...) of Pillow"
            )
    if array.ndim == 3 and array.shape[2] != 3:
        raise ValueError(f"{path} has {array.shape[2]} channels: a mask has one number or one colour (r, g, b) a pixel")
    if array.ndim == 3 and (array == array[..., :1]).all():
        array = array[..., 0]
    return array, palette


def _lossy(path):
    """The name of a file's format if that changes values, else nothing."""
    return {".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WebP"}.get(path.suffix.lower(), "")


def seen_colours(array, palette):
    """The colours (H, W, 3) that are seen, whatever the file holds."""
    if palette is not None:
        return palette[array]
    return array if array.ndim == 3 else np.repeat(array[..., None], 3, axis=2)


def colour_codes(colours):
    """One number for each colour (..., 3) -> (...)."""
    colours = colours.astype(np.float64)  # exact: three numbers of 16 bits are 48
    return (colours[..., 0] * 65536 + colours[..., 1]) * 65536 + colours[..., 2]


def _look_up(numbers, wanted):
    """The place in a list at which each number stands, -1 for those that are not there."""
    wanted = np.asarray(wanted)
    if numbers.dtype.kind == "f":
        wanted = wanted.astype(numbers.dtype)  # 0.1 of a float32 file is the 0.1 that was announced
    elif wanted.dtype.kind == "f":
        numbers = numbers.astype(np.float64)
    order = np.argsort(wanted, kind="stable")
    place = order[np.minimum(np.searchsorted(wanted[order], numbers), len(order) - 1)]
    return np.where(wanted[place] == numbers, place, -1)


def entry_words(value):
    """A stored value in words: 7, 0.5 or (255, 0, 0)."""
    parts = [f"{v:.0f}" if v == np.round(v) else f"{v:.6g}" for v in np.atleast_1d(value)]
    return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"


def _as_colours(values):
    return [(v, v, v) for v in values[:SHOWN]]


def _listed(values):
    return ", ".join(entry_words(v) for v in values[:SHOWN]) + (" ..." if len(values) > SHOWN else "")


def size(array):
    """Height and width in words."""
    return f"{array.shape[0]} x {array.shape[1]}"


def kind(array):
    """Number of channels and number format in words."""
    colours = "gray" if array.ndim == 2 else "colour" if array.shape[2] == 3 else f"{array.shape[2]} channels"
    return f"{colours}, {array.dtype}"
