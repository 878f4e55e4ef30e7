"""Your own images and masks, from folders on your disk.

Two lines take them to where the chapters begin::

    from course_lib.datasets.folder import load_folder
    images, masks, names = load_folder("my_images", "my_masks", values=(0, 255))

``reading`` opens one file without loss, ``pairing`` finds the mask that belongs to an image, ``classes`` turns what a
mask holds into class ids, ``sizes`` makes sizes equal.
"""

import numpy as np

from course_lib._validate import pair
from course_lib.datasets.folder.classes import VOID, MaskReader, kind, size
from course_lib.datasets.folder.pairing import pair_files, several_for_one
from course_lib.datasets.folder.reading import read_image
from course_lib.datasets.folder.sizes import crop_middle, resize_image, resize_mask
from course_lib.datasets.folder.sizes import pad as pad_to

__all__ = ["VOID", "load_folder"]


def load_folder(
    images,
    masks,
    values=(0, 255),
    *,
    void=None,
    mask_suffix="",
    page=None,
    crop=None,
    resize=None,
    pad=None,
    skip_unlabeled=False,
):
    """Load all images of a folder with their masks.

    An image and a mask belong together when their names agree up to the extension: ``a.jpg`` and ``a.png``, or with
    ``mask_suffix="_mask"``, ``a.jpg`` and ``a_mask.png``. Both may lie in one folder then. Other names are described by
    patterns: ``"img_*.tif"`` with ``"seg_*.tif"``, where the star is what the two share; or, with that part
    written ``{name}`` and a star for anything else, ``"train/{name}/images/*.png"`` with
    ``"train/{name}/masks/*.png"``. Several masks may belong to an image then, one file for each object.

    Parameters
    ----------
    images, masks : path
        Folders, or patterns of paths. Files that begin with a dot, and files that are no pictures by their extension,
        are passed over.
    values : sequence of numbers or of colours (r, g, b), or None
        ``values[k]`` is how class k is stored in the masks: (0, 255) for black and white, ``range(21)`` for class ids.
        Any other value in a mask is an error, which lists what the masks hold. Black and white may be stored as gray,
        as colours, with an opaque alpha channel or with a palette. Otherwise numbers are the indices of a
        palette, and colours may be given instead. None takes the numbers as they are, for labels of objects; with one
        file for each object it numbers them from 1, and where they overlap the smallest has the pixel.
    void : number or colour, or a list of them, optional
        How pixels are stored that belong to no class. They become 255, for ``ignore_class=255`` of a loss; -1 where
        ``values`` is None.
    mask_suffix : str
        What a mask's name has more than its image's, where ``masks`` is a folder.
    page : int, optional
        Which page to take of files that hold several, from 0. Without it such files are refused.
    crop : int or (int, int), optional
        Height and width to cut from the middle of every image and mask.
    resize : int or (int, int), optional
        Height and width to stretch everything to: images averaged, masks by the nearest pixel.
    pad : int or (int, int), optional
        Height and width to continue everything to, below and on the right: images by their last row and column, masks
        by 255 (-1 where ``values`` is None).
    skip_unlabeled : bool
        Leave out images that have no mask, such as those that a network is to segment later. A mask without an image
        is still an error.

    Returns
    -------
    images : ndarray (n, H, W) or (n, H, W, C), or a list of n arrays (H, W) or (H, W, C)
        In the number format of the files: nothing is rounded or rescaled. A list where sizes differ and none of
        ``crop``, ``resize`` and ``pad`` is given. Turned upright where a camera noted how it was held.
    masks : ndarray of uint8, shape (n, H, W), or a list of n arrays (H, W)
        Class ids 0, 1, ...; with ``values=None`` the stored numbers, int32.
    names : list of str
        What an image and its mask have in common, in natural order: "2" before "10".

    Raises
    ------
    FileNotFoundError
        A folder is missing or holds no pictures.
    ValueError
        An image without a mask (but see ``skip_unlabeled``) or a mask without an image; two images for one mask; an
        image and a mask of different size; images of different kinds; a mask with values that were not announced; a
        file that is damaged, has several pages, or cannot be read without loss. The message names the files.
    TypeError
        An argument of the wrong kind.
    """
    given = {argument: v for argument, v in (("crop", crop), ("resize", resize), ("pad", pad)) if v is not None}
    if len(given) > 1:
        raise ValueError(f"only one of crop, resize and pad can be given, got {' and '.join(given)}")
    target = {argument: pair(argument, v, 1) for argument, v in given.items()}
    pairs = pair_files(images, masks, mask_suffix, skip_unlabeled=skip_unlabeled)
    reader = MaskReader(values, void, page, [path for _, _, files in pairs for path in files])
    if pad is not None and reader.values is not None and len(reader.values) > VOID:
        raise ValueError(
            f"pad marks pixels by {VOID}: values may list at most {VOID} classes, got {len(reader.values)}"
        )
    by_objects = any(len(files) > 1 for _, _, files in pairs)
    loaded, ids, names = [], [], []
    for name, path, files in pairs:
        image = read_image(path, page)
        mask = reader.read_objects(files) if by_objects else reader.read(files[0])
        _check_sizes(path, image, files[0], mask)
        try:
            image, mask = _fit(image, mask, reader.void_id, **target)
        except ValueError as error:
            raise ValueError(f"{error}, but {path.name} is {size(image)}") from None
        if loaded and (image.dtype, image.shape[2:]) != (loaded[0].dtype, loaded[0].shape[2:]):
            raise ValueError(
                f"{path.name} is {kind(image)} but {pairs[0][1].name} is {kind(loaded[0])}: convert them to one kind "
                "first"
            )
        loaded.append(image)
        ids.append(mask)
        names.append(name)
    if (
        reader.values is None
        and not by_objects
        and several_for_one(masks)
        and all(len(np.unique(m[m > 0])) <= 1 for m in ids)
    ):
        ids = [np.where(mask > 0, 1, mask).astype(mask.dtype) for mask in ids]  # one object in every image
    if any(image.shape != loaded[0].shape for image in loaded):
        return loaded, ids, names
    return np.stack(loaded), np.stack(ids), names


def _fit(image, mask, void, crop=None, resize=None, pad=None):
    if crop is not None:
        return crop_middle(image, crop), crop_middle(mask, crop)
    if resize is not None:
        return resize_image(image, resize), resize_mask(mask, resize)
    if pad is not None:
        return pad_to(image, pad), pad_to(mask, pad, void)
    return image, mask


def _check_sizes(path, image, mask_path, mask):
    if image.shape[:2] == mask.shape:
        return
    turned = image.shape[:2] == mask.shape[::-1]
    raise ValueError(
        f"{path.name} is {size(image)} but its mask {mask_path.name} is {size(mask)} (height x width). "
        + (
            "One of them is turned: was the mask drawn without the camera's note of how it was held (EXIF "
            "orientation)? Turn the mask, then"
            if turned
            else "A mask needs one value for every pixel of its image; resize masks by nearest neighbour only"
        )
    )
