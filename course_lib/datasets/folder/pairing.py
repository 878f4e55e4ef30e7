"""Which image belongs to which mask: by their names, or by patterns of their names.

A pattern is a path in which ``{name}`` stands for what an image and its mask have in common and ``*`` for anything,
neither for a slash: ``plate7/{name}/masks/*.png``. Where there is only one star and no ``{name}``, the star is the
name: ``img_*.tif`` with ``seg_*.tif``. A folder alone stands for all pictures in it, by their names up to the
extension.
"""

import os
import re
import unicodedata
from pathlib import Path

from course_lib.datasets.folder.reading import SUFFIXES

SHOWN = 5


def pair_files(images, masks, mask_suffix="", *, skip_unlabeled=False):
    """Find the images, and for each the files of its mask.

    Parameters
    ----------
    images, masks : path
        Folders or patterns.
    mask_suffix : str
        Where ``masks`` is a folder: what a mask's name has more than its image's.
    skip_unlabeled : bool
        Leave out images without a mask, as long as one has a mask.

    Returns
    -------
    list of (str, Path, list of Path)
        The name, the image and its masks: one file, or with a star beside ``{name}`` any number of them. Names, and the
        masks of one image, are in natural order.

    Raises
    ------
    FileNotFoundError
        A folder is missing or holds no such pictures.
    ValueError
        An image without a mask or a mask without an image; two files of one name. The message names them.
    TypeError
        An argument is no path, or mask_suffix no string.
    """
    image_of, masks_of, sources, targets = _found(images, masks, mask_suffix)
    if skip_unlabeled and set(image_of) & set(masks_of):
        image_of = {name: path for name, path in image_of.items() if name in masks_of}
    _check_pairs(image_of, masks_of, sources, targets, mask_suffix)
    return [(name, image_of[name], masks_of[name]) for name in sorted(image_of, key=natural)]


def partners(images, masks, mask_suffix=""):
    """Find which images have masks, and which files have no partner.

    Parameters
    ----------
    images, masks, mask_suffix
        As for `pair_files`.

    Returns
    -------
    pairs : list of (str, Path, list of Path)
        As of `pair_files`, of the images that have a mask.
    without_mask, without_image : list of str
        What is in a name, in natural order.

    Raises
    ------
    FileNotFoundError, ValueError, TypeError
        As `pair_files`, but not for files without a partner.
    """
    image_of, masks_of, _, _ = _found(images, masks, mask_suffix)
    both = sorted(set(image_of) & set(masks_of), key=natural)
    pairs = [(name, image_of[name], masks_of[name]) for name in both]
    return pairs, *(sorted(set(a) - set(both), key=natural) for a in (image_of, masks_of))


def _found(images, masks, mask_suffix):
    """Name -> image, name -> masks, and the two `Files`."""
    if not isinstance(mask_suffix, str):
        raise TypeError(f"mask_suffix must be a string such as '_mask', got {mask_suffix!r}")
    sources, targets = Files(images, "images"), Files(masks, "masks", mask_suffix)
    claimed = {path for _, path in targets.found}
    if claimed >= {path for _, path in sources.found}:
        raise ValueError(f"images and masks are the same files, those of {images}: tell them apart by patterns")
    sources.found = [(name, path) for name, path in sources.found if path not in claimed]
    image_of = {name: paths[0] for name, paths in sources.single().items()}
    if targets.several:
        targets.assign(image_of)
    return image_of, targets.grouped() if targets.several else targets.single(), sources, targets


def list_images(images):
    """List the images of a folder or a pattern in natural order: [(name, path)].

    Raises
    ------
    FileNotFoundError, ValueError, TypeError
        As `pair_files`.
    """
    files = Files(images, "images").single()
    return [(name, files[name][0]) for name in sorted(files, key=natural)]


def fixed_parts(names, others):
    """Find what two lists of names have around the parts that they share.

    For ``["t1_3", "t1_8"]`` and ``["gm_3", "gm_8"]`` these are ``("t1_*", "gm_*")``.

    Returns
    -------
    (str, str) or None
        A star stands for what is shared. None where no fixed beginnings and endings make the names agree.
    """
    stars, middles = [], []
    for group in (names, others):
        start = os.path.commonprefix(group).rstrip("0123456789")  # no number is cut in two
        end = os.path.commonprefix([name[len(start) :][::-1] for name in group])[::-1].lstrip("0123456789")
        stars.append(f"{start}*{end}")
        middles.append({name[len(start) : len(name) - len(end)] for name in group})
    return tuple(stars) if middles[0] == middles[1] and "" not in middles[0] else None


def several_for_one(pattern):
    """Whether files of a pattern may share a name: there is a star beside ``{name}``, and not for the extension."""
    text = Path(pattern).as_posix()
    return "{name}" in text and "*" in text.removesuffix(".*")


def natural(name):
    """Sort key by which a person orders names: 2 before 10, upper and lower case together."""
    parts = re.split(r"(\d+)", name)
    return [(int(part) if i % 2 else part.casefold()) for i, part in enumerate(parts)], name


class Files:
    """The picture files of a folder or a pattern: ``found`` is [(name, path)]; ``several`` may share a name."""

    def __init__(self, where, argument, suffix=""):
        try:
            self.where, self.argument = Path(where), argument
        except TypeError:
            raise TypeError(f"{argument} must be a folder or a pattern of paths, got {where!r}") from None
        text = self.where.as_posix()
        self.several, self.found, self.passed_over = False, [], set()
        if self.where.is_dir():
            root, parts = self.where, ["*"]
            self.shape = rf"(?P<name>[^/]+){re.escape(_plain(suffix))}[.][^.]+"  # names may hold line feeds
        elif "*" not in text and "{name}" not in text:
            raise FileNotFoundError(f"{argument} must be a folder, but there is none at {self.where}")
        elif suffix:
            raise ValueError(f"mask_suffix is for a folder of masks; in a pattern write it out, got {text!r}")
        else:
            root, parts = self._read(text)
        for path in _matches(root, parts):
            if not path.is_file() or path.suffix.lower() not in SUFFIXES:
                self.passed_over.add(path.suffix.lower() if path.is_file() else "folders")
                continue
            match = re.fullmatch(self.shape, _plain(path.relative_to(root).as_posix()))
            if match:
                self.found.append((match["name"], path))
        self.root = root
        if not self.found:
            self._nothing(text, suffix)

    def _read(self, text):
        """Split a pattern into the folder before it and its varying parts."""
        start, extension = (text[:-2], ".*") if text.endswith(".*") else (text, "")  # a star for the extension only
        if "{name}" not in text:
            if start.count("*") != 1:
                raise ValueError(
                    f"{self.argument} must say which part of its pattern is the name that image and mask share, by "
                    f"{{name}} or by a single star, got {text!r}"
                )
            start = start.replace("*", "{name}")
        self.several = several_for_one(text)
        text = start + (extension or ".*" * start.endswith("{name}"))
        parts = text.split("/")
        fixed = next(i for i, part in enumerate(parts) if "*" in part or "{name}" in part)
        self.shape = _expression("/".join(parts[fixed:]))
        return Path("/".join(parts[:fixed]) or ("/" if text.startswith("/") else ".")), parts[fixed:]

    def _nothing(self, text, suffix):
        others = sorted(self.passed_over - {""})
        seen = f"; there are {', '.join(others[:SHOWN])}" if others else ""
        ending = f" a name that ends in {suffix!r} and" if suffix else ""
        if self.where.is_dir():
            what = f"no file in {self.where} has{ending} an extension of {', '.join(SUFFIXES)}{seen}"
            if "folders" in others:
                what += f", into which a pattern such as '{text}/train/*.png' reaches"
        else:
            what = f"no picture matches {text!r}{seen}"
        raise FileNotFoundError(f"{self.argument}: {what}")

    def assign(self, names):
        """Give every file the name of an image where a star beside ``{name}`` leaves more than one way to read it."""
        self.found = [(self._assigned(name, path, names), path) for name, path in self.found]

    def _assigned(self, longest, path, names):
        text = _plain(path.relative_to(self.root).as_posix())
        if re.fullmatch(self.shape.replace("[^/]+", "[^/]+?", 1), text)["name"] == longest:
            return longest  # the shortest way is the longest: there is only one
        lengths = (self.shape.replace("[^/]+", f"[^/]{{{n}}}", 1) for n in range(1, len(longest) + 1))
        ways = {match["name"] for match in (re.fullmatch(shape, text) for shape in lengths) if match} & set(names)
        if len(ways) > 1:
            both = " and ".join(map(repr, sorted(ways, key=natural)))
            raise ValueError(f"{self.argument}: {text} belongs to {both}, to judge by {self.where.as_posix()!r}")
        return ways.pop() if ways else longest

    def grouped(self):
        """Name -> paths, in natural order."""
        groups = {}
        for name, path in sorted(self.found, key=lambda pair: natural(pair[1].as_posix())):
            groups.setdefault(name, []).append(path)
        return groups

    def single(self):
        """Name -> [path], after making sure that no two files have one name."""
        groups = self.grouped()
        for name, paths in groups.items():
            if len(paths) > 1:
                both = " and ".join(path.relative_to(self.root).as_posix() for path in paths[:2])
                raise ValueError(f"{self.argument}: {both} in {self.root} have the same name, {name!r}")
        return groups


def _matches(root, parts):
    """The paths below a folder that fit a pattern, part by part; nothing hidden."""
    found = [root]
    for part in parts:
        fits = re.compile(_expression(part.replace("{name}", "*")), re.I).fullmatch
        found = [
            child
            for folder in found
            if folder.is_dir()
            for child in sorted(folder.iterdir())
            if not child.name.startswith(".") and fits(_plain(child.name))
        ]
    return found


def _plain(text):
    """One spelling for letters with marks, which may be one sign or two: the same name on every disk."""
    return unicodedata.normalize("NFC", text)


def _expression(pattern):
    """A regular expression for a pattern; an extension may be in upper or lower case."""
    written, first = "", True
    for piece in re.split(r"(\{name\}|\*)", _plain(pattern)):
        if piece == "{name}":
            written += "(?P<name>[^/]+)" if first else "(?P=name)"
            first = False
        else:
            written += "[^/]*" if piece == "*" else re.escape(piece)
    stem, dot, extension = written.rpartition(r"\.")
    return f"{stem}{dot}(?i:{extension})" if dot and "/" not in extension and "(" not in extension else written


def _check_pairs(image_of, masks_of, sources, targets, suffix):
    lonely = [sorted(set(a) - set(b), key=natural) for a, b in ((image_of, masks_of), (masks_of, image_of))]
    if not any(lonely):
        return
    parts = []
    if lonely[0]:
        wanted = f"NAME{suffix}.* in {targets.where}" if targets.where.is_dir() else f"{targets.where}"
        parts.append(f"{_some(lonely[0])} in {sources.where} without a mask {wanted}")
    if lonely[1]:
        parts.append(f"{_some([name + suffix for name in lonely[1]])} in {targets.where} without an image")
    folded = {name.casefold() for name in lonely[0]} & {name.casefold() for name in lonely[1]}
    others = sorted((sources.passed_over | targets.passed_over) - {"", "folders"})
    if folded:
        parts.append(f"{_some(sorted(folded))} differ in upper and lower case only")
    if others:
        parts.append(f"files passed over: {', '.join(others[:SHOWN])}")
    stars = fixed_parts(list(image_of), list(masks_of)) if lonely[0] and lonely[1] else None
    if stars and stars[0] == "*" and stars[1].startswith("*"):
        parts.append(f"the masks' names end in something more: give mask_suffix={stars[1][1:]!r}")
    elif stars and sources.where.is_dir() and targets.where.is_dir():
        parts.append("their names agree but for a fixed part: " + in_words(sources.where, targets.where, stars))
    elif targets.where.is_dir() and not suffix:
        parts.append("do the masks' names end in something more, such as mask_suffix='_mask'?")
    raise ValueError("; ".join(parts))


def in_words(images, masks, stars):
    """The patterns that would pair two folders."""
    pairs = zip((images, masks), stars, strict=True)
    return " with ".join(f"'{Path(where).as_posix()}/{star}.*'" for where, star in pairs)


def _some(names):
    return ", ".join(map(repr, names[:SHOWN])) + (f" and {len(names) - SHOWN} others" if len(names) > SHOWN else "")
