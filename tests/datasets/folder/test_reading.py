"""One picture file: what went in comes out, or the error names the file. The oracle is the array that was written."""

import struct
import zlib

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from course_lib.datasets.folder import reading
from course_lib.datasets.folder.reading import read_image, read_picture


def numbers(dtype, shape=(6, 8), seed=0):
    rng = np.random.default_rng(seed)
    if np.dtype(dtype).kind == "f":
        return rng.normal(size=shape).astype(dtype)
    limits = np.iinfo(dtype)
    return rng.integers(limits.min, limits.max, shape, dtype=dtype, endpoint=True)


def same(found, wanted):
    np.testing.assert_array_equal(found, wanted)
    assert found.dtype == wanted.dtype


TIFF_DTYPES = ["u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8"]


@pytest.mark.parametrize("dtype", TIFF_DTYPES)
@pytest.mark.parametrize("channels", [(), (3,), (5,)])
@pytest.mark.parametrize("options", [{}, {"bigtiff": True}, {"compression": "zlib"}, {"byteorder": ">"}])
def test_tiff_files_keep_every_number(tmp_path, dtype, channels, options):
    array = numbers(dtype, (6, 8, *channels))
    kind = "rgb" if channels == (3,) else "minisblack"
    layout = {"planarconfig": "contig"} if channels else {}
    tifffile.imwrite(tmp_path / "a.tif", array, photometric=kind, **layout, **options)
    same(read_image(tmp_path / "a.tif"), array)


def test_the_examples_that_were_lost_before(tmp_path):
    for array in (np.linspace(0, 1, 48, dtype="f4").reshape(6, 8), np.array([[70000, -3]], np.int32)):
        tifffile.imwrite(tmp_path / "a.tif", array)
        same(read_image(tmp_path / "a.tif"), array)


def test_planes_of_colour_apart(tmp_path):
    array = numbers("u2", (3, 6, 8))
    tifffile.imwrite(tmp_path / "a.tif", array, photometric="rgb", planarconfig="separate")
    same(read_image(tmp_path / "a.tif"), np.moveaxis(array, 0, -1))


@pytest.mark.parametrize("dtype", ["u1", "u2", "f4"])
@pytest.mark.parametrize("channels", [(), (3,)])
def test_compression_that_needs_another_reader(tmp_path, dtype, channels):
    array = numbers(dtype, (6, 8, *channels))
    stored = array[..., ::-1] if channels else array
    assert cv2.imwrite(str(tmp_path / "a.tif"), stored, [cv2.IMWRITE_TIFF_COMPRESSION, 5])  # LZW
    same(read_image(tmp_path / "a.tif"), array)


def test_compression_that_nobody_here_reads(tmp_path, monkeypatch):
    Image.fromarray(numbers("i4")).save(tmp_path / "a.tif", compression="tiff_lzw")
    same(read_image(tmp_path / "a.tif"), numbers("i4"))
    monkeypatch.setattr(reading, "_opencv", lambda path, page: numbers("i4").astype(np.uint8))  # as some versions do
    with pytest.raises(ValueError, match=r"a.tif is compressed \(LZW, int32\) in a way that needs .*imagecodecs"):
        read_image(tmp_path / "a.tif")


@pytest.mark.parametrize("options", [{}, {"compression": "group4"}, {"compression": "tiff_lzw"}])
def test_one_bit_a_pixel(tmp_path, options):
    array = numbers("u1") > 99
    Image.fromarray(array).save(tmp_path / "a.tif", **options)
    same(read_image(tmp_path / "a.tif"), array * np.uint8(255))
    Image.fromarray(array).save(tmp_path / "a.png")
    same(read_image(tmp_path / "a.png"), array * np.uint8(255))


@pytest.mark.parametrize("dtype", ["u1", "u2"])
def test_zero_is_white(tmp_path, dtype):
    array = numbers(dtype)
    tifffile.imwrite(tmp_path / "a.tif", array, photometric="miniswhite")
    same(read_image(tmp_path / "a.tif"), np.iinfo(dtype).max - array)


def test_true_and_false_of_tifffile_are_not_guessed(tmp_path):
    """It notes that 0 is white, without turning them round: who reads the note sees the mask inverted."""
    mask = numbers("u1") > 99
    tifffile.imwrite(tmp_path / "a.tif", mask)
    with pytest.raises(
        ValueError, match=r"a.tif was written by tifffile from True and False.*astype\('uint8'\) \* 255"
    ):
        read_image(tmp_path / "a.tif")
    tifffile.imwrite(tmp_path / "a.tif", mask, photometric="minisblack")
    same(read_image(tmp_path / "a.tif"), mask * np.uint8(255))
    tifffile.imwrite(tmp_path / "a.tif", mask, photometric="miniswhite", software="scanner")
    same(read_image(tmp_path / "a.tif"), ~mask * np.uint8(255))


def png(path, array, colour_type, bits=16, clear=None):
    """Write a PNG file of 1, 2, 4, 8 or 16 bits by hand, after the standard, since Pillow does not."""
    height, width = array.shape[:2]
    if bits == 16:
        rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in array)
    else:
        digits = (array[..., None] >> np.arange(bits)[::-1]) & 1
        rows = b"".join(b"\0" + np.packbits(row.ravel().astype(np.uint8)).tobytes() for row in digits)

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0)
    note = b"" if clear is None else chunk(b"tRNS", struct.pack(">H", clear))
    content = chunk(b"IHDR", head) + note + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + content)


def test_sixteen_bit_png_files(tmp_path):
    for colour_type, channels in ((0, ()), (2, (3,))):
        array = numbers("u2", (6, 8, *channels))
        png(tmp_path / "a.png", array, colour_type)
        same(read_image(tmp_path / "a.png"), array)
    for colour_type, channels in ((4, 2), (6, 4)):
        array = numbers("u2", (6, 8, channels))
        png(tmp_path / "a.png", array, colour_type)
        picture = read_picture(tmp_path / "a.png")
        same(picture.array, array[..., 0] if channels == 2 else array[..., :3])
        same(picture.alpha, array[..., -1])
        array[..., -1] = 65535
        png(tmp_path / "a.png", array, colour_type)
        assert read_picture(tmp_path / "a.png").alpha is None


@pytest.mark.parametrize("suffix", [".tif", ".gif", ".png", ".webp"])
def test_several_pages_are_refused_until_one_is_chosen(tmp_path, suffix):
    pages = [np.full((40, 40), level, np.uint8) for level in (0, 128, 255)]
    path = tmp_path / f"a{suffix}"
    pictures = [Image.fromarray(page).convert("RGB" if suffix == ".webp" else "L") for page in pages]
    options = {"lossless": True} if suffix == ".webp" else {}
    pictures[0].save(path, save_all=True, append_images=pictures[1:], **options)
    with pytest.raises(ValueError, match=rf"a{suffix} holds 3 pages, .* page=0 ... 2"):
        read_image(path)
    for k in (0, 1, 2):
        found = read_image(path, page=k)
        np.testing.assert_array_equal(found, np.full(found.shape, pages[k][0, 0]))
    with pytest.raises(ValueError, match=f"page must be from 0 to 2 for .*a{suffix}"):
        read_image(path, page=3)
    for wrong in (-1, 1.0, True, "0"):
        with pytest.raises(ValueError, match="page must be a whole number, at least 0, or None"):
            read_image(path, page=wrong)


def test_a_single_page_is_read_whatever_page_is_asked_for(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", numbers("u2"))
    same(read_image(tmp_path / "a.tif", page=2), numbers("u2"))


def test_a_thumbnail_is_no_page(tmp_path):
    array = numbers("u2", (64, 64))
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        file.write(array)
        file.write(array[::8, ::8], subfiletype=1)
    same(read_image(tmp_path / "a.tif"), array)


def test_stacks_of_imagej_are_pages(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", numbers("u2", (4, 6, 8)), imagej=True)
    with pytest.raises(ValueError, match="a.tif holds 4 pages"):
        read_image(tmp_path / "a.tif")
    same(read_image(tmp_path / "a.tif", page=3), numbers("u2", (4, 6, 8))[3])
    tifffile.imwrite(tmp_path / "b.tif", numbers("u2", (4, 6, 8)), contiguous=True, metadata={"axes": "ZYX"},
        photometric="minisblack", volumetric=True)  # fmt: skip
    with pytest.raises(ValueError, match="b.tif has the axes ZYX"):
        read_image(tmp_path / "b.tif")


def test_a_telephones_second_shot_is_no_page(tmp_path):
    first, second = (Image.fromarray(np.full((32, 32, 3), level, np.uint8)) for level in (50, 200))
    first.save(tmp_path / "a.jpg", format="MPO", save_all=True, append_images=[second])
    with Image.open(tmp_path / "a.jpg") as picture:
        assert (picture.format, picture.n_frames) == ("MPO", 2)
    assert read_image(tmp_path / "a.jpg").max() < 60


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_turned_upright(tmp_path, orientation):
    """Pillow's own turning is the oracle."""
    from PIL import ImageOps

    array = numbers("u1", (5, 7, 3))
    note = Image.Exif()
    note[0x0112] = orientation
    for name in ("a.png", "a.tif"):
        Image.fromarray(array).save(tmp_path / name, exif=note)
        with Image.open(tmp_path / name) as picture:
            same(read_image(tmp_path / name), np.array(ImageOps.exif_transpose(picture)))
        assert read_picture(tmp_path / name).orientation == orientation


def test_palettes_are_indices_and_colours(tmp_path):
    indices = numbers("u1") % 3
    picture = Image.fromarray(indices, mode="P")
    colours = np.array([(0, 0, 0), (128, 0, 0), (224, 224, 192)], np.uint8)
    picture.putpalette(colours.ravel().tolist())
    for name in ("a.png", "a.tif", "a.gif", "a.bmp"):
        picture.save(tmp_path / name)
        found = read_picture(tmp_path / name)
        np.testing.assert_array_equal(found.palette[found.array], colours[indices])
        np.testing.assert_array_equal(read_image(tmp_path / name), colours[indices])
    same(read_picture(tmp_path / "a.png").array, indices)
    same(read_picture(tmp_path / "a.tif").array, indices)


def test_transparent_images_are_refused_and_opaque_ones_not(tmp_path):
    array = numbers("u1", (6, 8, 4))
    array[..., 3] = 255
    for name in ("a.png", "a.tif"):
        Image.fromarray(array).save(tmp_path / name)
        same(read_image(tmp_path / name), array[..., :3])
    Image.fromarray(array[..., [0, 3]]).save(tmp_path / "a.png")
    same(read_image(tmp_path / "a.png"), array[..., 0])
    array[0, 0, 3] = 254
    for name in ("a.png", "a.tif"):
        Image.fromarray(array).save(tmp_path / name)
        with pytest.raises(ValueError, match=f"{name} has transparent pixels"):
            read_image(tmp_path / name)


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
def test_a_gray_level_that_is_transparent(tmp_path, bits):
    """tRNS of gray PNG holds one level in the bits of the samples; Pillow stretches those to 8."""
    most = 2**bits - 1
    array = np.random.default_rng(0).integers(0, most + 1, (6, 8)).astype("u2")
    array[0, :3] = 0, most, most * 3 // 5
    for clear in {0, most, most * 3 // 5}:
        png(tmp_path / "a.png", array, 0, bits, clear)
        picture = read_picture(tmp_path / "a.png")
        np.testing.assert_array_equal(picture.array, array.astype(int) * (255 // most if bits < 8 else 1))
        np.testing.assert_array_equal(picture.alpha == 0, array == clear)
        with pytest.raises(ValueError, match="a.png has transparent pixels"):
            read_image(tmp_path / "a.png")


def test_a_fourth_channel_that_is_not_transparency_is_kept(tmp_path):
    array = numbers("u2", (6, 8, 4))
    tifffile.imwrite(tmp_path / "a.tif", array, photometric="rgb", extrasamples=["unspecified"])
    same(read_image(tmp_path / "a.tif"), array)


@pytest.mark.parametrize(("mode", "name"), [("CMYK", "a.jpg"), ("CMYK", "a.tif"), ("LAB", "a.tif"), ("YCbCr", "a.tif")])
def test_other_colours_are_refused_by_name(tmp_path, mode, name):
    Image.fromarray(numbers("u1", (8, 8, 4 if mode == "CMYK" else 3)), mode=mode).save(tmp_path / name)
    with pytest.raises(ValueError, match=rf"{name} keeps its colours as \w+, .*convert"):
        read_image(tmp_path / name)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif", "a.gif", "a.bmp", "a.webp"])
@pytest.mark.parametrize("kept", [0, 0.02, 0.5])
def test_damaged_files_are_named(tmp_path, name, kept):
    Image.fromarray(numbers("u1", (200, 200, 3))).save(tmp_path / name)
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[: int(kept * len(content))])
    with pytest.raises(ValueError, match=rf"{name} cannot be read: .*Is it cut short, or no picture"):
        read_image(tmp_path / name)


@pytest.mark.parametrize("name", ["a.tif", "a.png"])
def test_a_text_with_a_pictures_name(tmp_path, name):
    (tmp_path / name).write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")
    with pytest.raises(ValueError, match=f"{name} cannot be read"):
        read_image(tmp_path / name)


def test_the_content_counts_and_not_the_extension(tmp_path):
    tifffile.imwrite(tmp_path / "a.png", numbers("f4"))
    same(read_image(tmp_path / "a.png"), numbers("f4"))
