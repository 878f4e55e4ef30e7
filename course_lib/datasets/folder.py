"""Your own images and masks, from two folders on your disk.

Three lines take them to where the chapters begin::

    from course_lib.datasets.folder import load_folder
    images, masks, names = load_folder("my_images", "my_masks", values=(0, 255))
    images = images[..., None] / 255.0  # gray images; leave out [..., None] for colour
"""

from pathlib import Path

import numpy as np

SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif", ".webp")
SHOWN = 5


def load_folder(images, masks, values=(0, 255), *, mask_suffix="", crop=None):
    """Load all images of a folder with their masks.

    An image and a mask belong together when their names agree up to the extension: ``a.jpg`` and ``a.png``, or with
    ``mask_suffix="_mask"``, ``a.jpg`` and ``a_mask.png``. Both may lie in one folder then.

    Parameters
    ----------
    images, masks : path
        Folders. Files that begin with a dot, and files that are no pictures by their extension, are passed over.
    values : sequence of numbers or of colours (r, g, b), or None
        ``values[k]`` is how class k is stored in the masks: (0, 255) for black and white, ``range(21)`` for class ids.
        Any other value in a mask is an error. None takes the numbers as they are, for labels of instances.
    mask_suffix : str
        What a mask's name has more than its image's.
    crop : (int, int), optional
        Height and width to cut from the middle of every image and mask, for images of different sizes.

    Returns
    -------
    images : ndarray of uint8 (or uint16), shape (n, H, W) or (n, H, W, 3)
        Turned upright where a camera noted how it was held.
    masks : ndarray of uint8, shape (n, H, W)
        Class ids 0, 1, ...; with ``values=None`` the stored numbers, int32.
    names : list of str
        The names, without extension, in alphabetical order.

    Raises
    ------
    FileNotFoundError
        A folder is missing or holds no pictures.
    ValueError
        An image without a mask or a mask without an image; two images for one mask; sizes that differ; a mask with
        values that were not announced. The message names the files.
    """
    stems = _pictures(Path(images), "images", "", mask_suffix if Path(images) == Path(masks) else None)
    mask_stems = _pictures(Path(masks), "masks", mask_suffix, None)
    _check_pairs(stems, mask_stems, images, masks, mask_suffix)
    names = sorted(stems)
    loaded = [_image(stems[name]) for name in names]
    stored = [_stored_mask(mask_stems[name]) for name in names]
    for name, image, mask in zip(names, loaded, stored, strict=True):
        if image.shape[:2] != mask.shape[:2]:
            raise ValueError(
                f"{stems[name].name} is {_size(image)} but its mask {mask_stems[name].name} is {_size(mask)} (height x "
                "width). A mask needs one value for every pixel of its image; resize masks by nearest neighbour only"
            )
    ids = [_class_ids(mask, values, mask_stems[name]) for name, mask in zip(names, stored, strict=True)]
    if crop is not None:
        loaded = [_middle(image, crop, stems[name]) for name, image in zip(names, loaded, strict=True)]
        ids = [_middle(mask, crop, mask_stems[name]) for name, mask in zip(names, ids, strict=True)]
    for name, image in zip(names, loaded, strict=True):
        if image.shape[:2] != loaded[0].shape[:2]:
            raise ValueError(
                f"{stems[name].name} is {_size(image)} but {stems[names[0]].name} is {_size(loaded[0])}: one array "
                "holds images of one size. Give crop=(height, width) to cut the middle out of each"
            )
        if image.shape != loaded[0].shape or image.dtype != loaded[0].dtype:
            raise ValueError(
                f"{stems[name].name} is {_kind(image)} but {stems[names[0]].name} is {_kind(loaded[0])}: convert them "
                "to one kind first"
            )
    return np.stack(loaded), np.stack(ids), names


def _pictures(folder, argument, suffix, not_suffix):
    """Name without suffix -> path, of all pictures in a folder."""
    if not folder.is_dir():
        raise FileNotFoundError(f"{argument} must be a folder, but there is none at {folder}")
    found = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.suffix.lower() not in SUFFIXES or not path.stem.endswith(suffix):
            continue
        if not_suffix and path.stem.endswith(not_suffix):
            continue
        name = path.stem[: len(path.stem) - len(suffix)]
        if name in found:
            raise ValueError(f"{argument}: {found[name].name} and {path.name} in {folder} have the same name")
        found[name] = path
    if not found:
        ending = f"a name that ends in {suffix!r} and " if suffix else ""
        raise FileNotFoundError(f"{argument}: no file in {folder} has {ending}an extension of {', '.join(SUFFIXES)}")
    return found


def _check_pairs(images, masks, image_folder, mask_folder, suffix):
    lonely = sorted(set(images) - set(masks)), sorted(set(masks) - set(images))
    if not any(lonely):
        return
    parts = []
    if lonely[0]:
        parts.append(f"{_some(lonely[0])} in {image_folder} without a mask NAME{suffix}.* in {mask_folder}")
    if lonely[1]:
        parts.append(f"{_some([name + suffix for name in lonely[1]])} in {mask_folder} without an image")
    hint = "" if suffix else "; do the masks' names end in something more, such as mask_suffix='_mask'?"
    raise ValueError("; ".join(parts) + hint)


def _image(path):
    from PIL import Image, ImageOps

    with Image.open(path) as picture:
        picture = ImageOps.exif_transpose(picture)
        if picture.mode in ("1", "LA"):
            picture = picture.convert("L")
        elif picture.mode not in ("L", "RGB") and not picture.mode.startswith("I"):
            picture = picture.convert("RGB")
        array = np.array(picture)
    return array.astype(np.uint16) if array.dtype.kind == "i" else array


def _stored_mask(path):
    """The numbers in a mask file: of a picture with a palette the palette's indices, as Pascal VOC stores classes."""
    from PIL import Image, ImageOps

    with Image.open(path) as picture:
        picture = ImageOps.exif_transpose(picture)
        if picture.mode == "1":
            picture = picture.convert("L")
        return np.array(picture)


def _class_ids(mask, values, path):
    if values is None:
        if mask.ndim != 2:
            raise ValueError(f"{path.name} is a colour picture: say in values which colour is which class")
        return mask.astype(np.int32)
    colours = np.ndim(values[0]) == 1
    if colours != (mask.ndim == 3):
        wanted = "colours (r, g, b)" if mask.ndim == 3 else "numbers"
        raise ValueError(f"{path.name} is {_kind(mask)}: values must list {wanted}, got {list(values)[:SHOWN]}")
    ids = np.full(mask.shape[:2], -1, np.int32)
    for k, value in enumerate(values):
        same = (mask[..., :3] == np.asarray(value)).all(axis=-1) if colours else mask == value
        ids[same] = k
    if (ids < 0).any():
        found, counts = np.unique(mask[ids < 0].reshape((ids < 0).sum(), -1)[:, :3], axis=0, return_counts=True)
        order = np.argsort(-counts)[:SHOWN]
        shown = ", ".join(f"{_value(found[i])} ({counts[i]} pixels)" for i in order)
        lossy = "; JPEG changes values, save masks as PNG" if path.suffix.lower() in (".jpg", ".jpeg") else ""
        more = f" and {len(found) - SHOWN} others" if len(found) > SHOWN else ""
        raise ValueError(
            f"{path.name} holds {shown}{more}, but values announces only {[_plain(v) for v in values][:12]}{lossy}"
        )
    return ids.astype(np.uint8 if len(values) <= 256 else np.int32)


def _middle(array, crop, path):
    height, width = crop
    top, left = (array.shape[0] - height) // 2, (array.shape[1] - width) // 2
    if height < 1 or width < 1 or top < 0 or left < 0:
        raise ValueError(f"crop must fit into every image, but {path.name} is {_size(array)} and crop is {tuple(crop)}")
    return array[top : top + height, left : left + width]


def _value(row):
    return str(int(row[0])) if len(row) == 1 else str(tuple(int(v) for v in row))


def _plain(value):
    return int(value) if np.ndim(value) == 0 else tuple(int(v) for v in value)


def _size(array):
    return f"{array.shape[0]} x {array.shape[1]}"


def _kind(array):
    return f"{'colour' if array.ndim == 3 else 'gray'}, {array.dtype}"


def _some(names):
    return ", ".join(map(repr, names[:SHOWN])) + (f" and {len(names) - SHOWN} others" if len(names) > SHOWN else "")
