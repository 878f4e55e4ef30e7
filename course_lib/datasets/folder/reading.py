"""Reading one picture file without losing anything: the array holds what the file holds, or an error names the file.

Pillow cuts 16-bit colour to 8 bits, has no unsigned 32-bit and no half-precision mode, and opens the first of several
pages. TIFF files are therefore read by tifffile and 16-bit colour PNG files by OpenCV; Pillow reads the rest.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif", ".webp")
TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
PNG = b"\x89PNG\r\n\x1a\n"
ORIENTATION = 0x0112  # how a camera was held, in EXIF and in TIFF alike


@dataclass(frozen=True)
class Picture:
    """What a file holds, upright.

    ``array`` (H, W) or (H, W, C): gray levels, colours, or the indices into ``palette`` (K, 3), uint8, where that is
    not None. ``alpha`` (H, W) is how opaque each pixel is, None where all of them are. ``orientation`` is the camera's
    note by which the picture was turned: 1 for "as it is stored".
    """

    array: np.ndarray
    palette: np.ndarray | None = None
    alpha: np.ndarray | None = None
    orientation: int = 1


def read_picture(path, page=None):
    """Read one picture file as it is stored: every number format, palettes as indices, transparency apart.

    Parameters
    ----------
    path : path
    page : int, optional
        Which one of several pages or frames, counted from 0. A file that holds only one is read in any case.

    Returns
    -------
    Picture
        Of 1-bit pictures the numbers are 0 and 255, and in TIFF files whose 0 is white they are turned round: black
        is always the smallest.

    Raises
    ------
    ValueError
        The file is damaged or no picture; it holds several pages and ``page`` is None, or fewer than ``page`` + 1; its
        colours are kept in a way that cannot be read without loss, or which of two is black is uncertain. The message
        names the file and what helps.
    """
    path = Path(path)
    try:
        with open(path, "rb") as file:
            head = file.read(26)
        if head[:4] in TIFF:
            picture = _tiff(path, page)
        elif head[:8] == PNG and head[24] == 16 and head[25] != 0:
            picture = _deep_png(path)
        else:
            picture = _pillow(path, page)
    except Refusal as error:
        raise ValueError(str(error)) from None
    except Exception as error:  # what a damaged file raises differs from format to format
        raise ValueError(f"{path} cannot be read: {error}. Is it cut short, or no picture?") from error
    turned = [None if a is None else _upright(a, picture.orientation) for a in (picture.array, picture.alpha)]
    opaque = turned[1] is None or (turned[1] == _full(turned[1])).all()
    return Picture(turned[0], picture.palette, None if opaque else turned[1], picture.orientation)


def read_image(path, page=None):
    """Read an image as it looks: palettes as colours, nothing transparent.

    Parameters
    ----------
    path, page
        As in `read_picture`.

    Returns
    -------
    (H, W) or (H, W, C), of the file's own dtype

    Raises
    ------
    ValueError
        As `read_picture`; and for transparent pixels, since the file does not say what is behind them.
    """
    picture = read_picture(path, page)
    if picture.alpha is not None:
        raise ValueError(
            f"{path} has transparent pixels: what is behind them is not in the file. Lay it on a ground first, such as "
            "Image.alpha_composite(Image.new('RGBA', picture.size, 'white'), picture.convert('RGBA')).convert('RGB') "
            "of Pillow"
        )
    return picture.array if picture.palette is None else picture.palette[picture.array]


class Refusal(Exception):
    """A file that is whole, but cannot be taken; the message names it."""


def _chosen(path, count, page):
    """The page to read, or a refusal that says how many there are."""
    if page is not None and (isinstance(page, bool) or not hasattr(page, "__index__") or page < 0):
        raise Refusal(f"page must be a whole number, at least 0, or None, got {page!r}")
    if count == 1:
        return 0
    if page is None:
        raise Refusal(
            f"{path} holds {count} pages, and an image is one of them: say which with page=0 ... {count - 1}, or write "
            "each page to a file of its own"
        )
    if page >= count:
        raise Refusal(f"page must be from 0 to {count - 1} for {path}, which holds {count} pages, got {page}")
    return int(page)


def _pillow(path, page):
    from PIL import Image

    with Image.open(path) as picture:
        # a telephone's JPEG may bring further shots of the same scene along (MPO): the first is the photograph
        frames = 1 if picture.format == "MPO" else getattr(picture, "n_frames", 1)
        chosen = _chosen(path, frames, page)
        if chosen:
            picture.seek(chosen)
        orientation = picture.getexif().get(ORIENTATION, 1)
        alpha = palette = None
        clear = picture.info.get("transparency")
        if picture.format == "PNG" and picture.mode in ("L", "I", "I;16") and clear is not None:
            alpha = _not_clear(path, picture, clear)
        elif picture.mode in ("LA", "PA", "RGBA") or clear is not None:
            alpha = np.array(picture.convert("RGBA").getchannel("A"))
        if picture.mode in ("P", "PA"):
            palette = np.array(picture.getpalette("RGB"), np.uint8).reshape(-1, 3)
            picture = picture.getchannel(0) if picture.mode == "PA" else picture
        elif picture.mode in ("1", "LA"):
            picture = picture.convert("L")
        elif picture.mode == "RGBA":
            picture = picture.convert("RGB")
        elif picture.mode not in ("L", "RGB", "I", "F") and not picture.mode.startswith("I;16"):
            raise Refusal(_unfit(path, picture.mode))
        return Picture(np.array(picture), palette, alpha, orientation)


def _not_clear(path, picture, clear):
    """Alpha of gray PNG of which one level is transparent: Pillow stretches levels of 2 and 4 bits, but not that one.

    The level has as many bits as the samples (PNG specification, chunk tRNS).
    """
    with open(path, "rb") as file:
        bits = file.read(25)[24]
    level = clear * 255 // (2**bits - 1) if bits < 8 else clear
    return np.where(np.array(picture) == level, 0, 255).astype(np.uint8)


def _unfit(path, colours):
    return (
        f"{path} keeps its colours as {colours}, from which there is more than one way to RGB: convert it first, such "
        "as with Image.open(path).convert('RGB').save(...) of Pillow"
    )


def _deep_png(path):
    """A PNG file of 16-bit colours, or of 16-bit gray with transparency."""
    from PIL import Image

    with Image.open(path) as picture:
        orientation = picture.getexif().get(ORIENTATION, 1)
        gray = picture.mode == "LA" or (path.read_bytes()[25] == 4)
    array = _opencv(path)
    alpha = array[..., 3] if array.shape[2] == 4 else None
    return Picture(array[..., 0] if gray else array[..., :3], None, alpha, orientation)


def _opencv(path, page=0):
    import cv2

    read, pages = cv2.imdecodemulti(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED, range=(page, page + 1))
    if not read:
        raise ValueError("OpenCV finds no picture in it")
    array = pages[0]
    return array if array.ndim == 2 else array[..., [2, 1, 0, *range(3, array.shape[2])]]  # it has blue first


def _tiff(path, page):
    import tifffile

    with tifffile.TiffFile(path) as file:
        pages = [p for p in file.pages if not p.is_reduced]  # no thumbnails
        described = 0  # a long stack of ImageJ has one page in the file, and says elsewhere how many follow it
        if file.is_imagej:
            described = file.imagej_metadata.get("images", 1)
        elif file.is_shaped and file.shaped_metadata:
            described = np.prod(file.shaped_metadata[0]["shape"]) // pages[0].size
        if described > len(pages):
            raise Refusal(f"{path} is a stack of {described} pages: write each page to a file of its own")
        chosen = pages[_chosen(path, len(pages), page)]
        if len(chosen.axes) > 2 and set(chosen.axes) != set("YXS"):
            raise Refusal(f"{path} has the axes {chosen.axes}, {chosen.shape}: write its planes to files of their own")
        try:
            array = chosen.asarray()
        except ValueError as error:
            if "imagecodecs" not in str(error):
                raise
            return _packed_tiff(path, chosen)
        if "S" in chosen.axes:
            array = np.moveaxis(array, chosen.axes.index("S"), -1)
        return _from_tiff(path, array, chosen)


def _from_tiff(path, array, page):
    """Give the numbers of a TIFF page their meaning: what is black, which channel is transparency, which palette."""
    tag = page.tags.get(ORIENTATION)
    orientation = 1 if tag is None else int(tag.value)
    kind = page.photometric.name
    if kind not in ("MINISBLACK", "MINISWHITE", "RGB", "PALETTE", "MASK"):
        raise Refusal(_unfit(path, kind))
    if array.dtype.kind == "c":
        raise Refusal(f"{path} holds complex numbers: write their magnitude or their parts first")
    if kind == "MINISWHITE" and array.dtype == bool and page.software.startswith("tifffile"):
        raise Refusal(
            f"{path} was written by tifffile from True and False, and it then notes that 0 is white: whether True was "
            "meant as white or as black is not in the file. Read it with tifffile and save "
            "array.astype('uint8') * 255"
        )
    if kind == "MINISWHITE":
        if array.dtype.kind not in "bu":
            raise Refusal(f"{path} says that 0 is white, but holds {array.dtype}: save it with 0 for black first")
        array = ~array if array.dtype == bool else array.dtype.type(2 ** int(np.max(page.bitspersample)) - 1) - array
    if array.dtype == bool:
        array = array * np.uint8(255)
    palette = None
    if kind == "PALETTE":
        palette = (page.colormap.T >> 8).astype(np.uint8)  # of 16 bits
    alpha = None
    extra = [getattr(sample, "name", str(sample)) for sample in page.extrasamples]
    if array.ndim == 3 and extra and extra[-1] in ("ASSOCALPHA", "UNASSALPHA"):
        array, alpha = array[..., :-1], array[..., -1]
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    return Picture(array, palette, alpha, orientation)


def _packed_tiff(path, page):
    """A page whose compression tifffile cannot undo alone: by Pillow with 8 bits a number, by OpenCV with more.

    Neither may change the size or the number format that the file states.
    """
    from PIL import Image

    bits = np.max(page.bitspersample)
    if bits in (1, 8) and page.dtype.kind in "bu":
        with Image.open(path) as picture:
            picture.seek(page.index)
            kind = picture.mode
        if kind in ("1", "L", "LA", "P", "RGB", "RGBA"):
            return _pillow(path, page.index)
    elif bits >= 16:
        array = _opencv(path, page.index)
        if array.dtype == page.dtype and array.size == page.size:
            return _from_tiff(path, array, page)
    raise Refusal(
        f"{path} is compressed ({page.compression.name}, {page.dtype}) in a way that needs the package imagecodecs: "
        "save it without compression, or with 'deflate'"
    )


def _upright(array, orientation):
    """Turn a picture as the camera's note says: values 1 to 8 of the tag "Orientation" of EXIF and of TIFF 6.0."""
    if orientation in (5, 6, 7, 8):
        array = np.swapaxes(array, 0, 1)
    if orientation in (3, 4, 7, 8):
        array = array[::-1]
    if orientation in (2, 3, 6, 7):
        array = array[:, ::-1]
    return np.ascontiguousarray(array)


def _full(alpha):
    return np.iinfo(alpha.dtype).max if alpha.dtype.kind in "ui" else 1
