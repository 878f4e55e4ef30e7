"""Masks as people store them: whatever the dress, the same class ids, or an error that says what helps."""

import itertools

import numpy as np
import pytest
import tifffile
from PIL import Image

from course_lib.datasets.folder import load_folder
from course_lib.datasets.folder.classes import MaskReader

SHAPE = (6, 8)
CLASSES = np.random.default_rng(0).integers(0, 3, SHAPE)
BINARY = CLASSES > 0
BLACK_WHITE = (255 * BINARY).astype(np.uint8)
VOC = [(0, 0, 0), (128, 0, 0), (0, 128, 0)]


def in_mode(mode):
    gray = Image.fromarray(BLACK_WHITE)
    if mode == "web palette":
        return gray.convert("RGB").convert("P")
    if mode == "two colours":
        return indexed(BINARY, [(0, 0, 0), (255, 255, 255)])
    if mode == "two colours, white first":
        return indexed(~BINARY, [(255, 255, 255), (0, 0, 0)])
    if mode == "transparent black":
        alpha = Image.fromarray(BLACK_WHITE)
        return Image.merge("RGBA", [gray, gray, gray, alpha])
    return gray.convert(mode)


def indexed(indices, colours):
    picture = Image.fromarray(np.asarray(indices).astype(np.uint8), mode="P")
    picture.putpalette([c for colour in colours for c in colour])
    return picture


MODES = ["1", "L", "LA", "RGB", "RGBA", "P", "web palette"]
MODES += ["two colours", "two colours, white first", "transparent black"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_black_and_white_however_it_was_saved(tmp_path, mode, suffix):
    path = tmp_path / f"m{suffix}"
    in_mode(mode).save(path)
    mask = MaskReader((0, 255)).read(path)
    np.testing.assert_array_equal(mask, BINARY)
    assert mask.dtype == np.uint8
    np.testing.assert_array_equal(MaskReader([(0, 0, 0), (255, 255, 255)]).read(path), BINARY)


def test_other_formats(tmp_path):
    for name in ("m.gif", "m.bmp", "m.webp"):
        Image.fromarray(BLACK_WHITE).save(tmp_path / name, **({"lossless": True} if name == "m.webp" else {}))
        np.testing.assert_array_equal(MaskReader().read(tmp_path / name), BINARY)


@pytest.mark.parametrize("dtype", ["u1", "u2", "u4", "i2", "i4", "i8", "f2", "f4", "f8"])
def test_numbers_of_every_format(tmp_path, dtype):
    tifffile.imwrite(tmp_path / "m.tif", CLASSES.astype(dtype) * 2)
    np.testing.assert_array_equal(MaskReader([0, 2, 4]).read(tmp_path / "m.tif"), CLASSES)
    np.testing.assert_array_equal(MaskReader([4, 0], void=2).read(tmp_path / "m.tif"), np.array([1, 255, 0])[CLASSES])
    numbers = MaskReader(None).read(tmp_path / "m.tif")
    np.testing.assert_array_equal(numbers, CLASSES * 2)
    assert numbers.dtype == np.int32


def test_fractions_are_numbers_like_others(tmp_path):
    tifffile.imwrite(tmp_path / "m.tif", np.array([0, 0.1, 0.9], "f4")[CLASSES])
    np.testing.assert_array_equal(MaskReader([0, 0.1, 0.9]).read(tmp_path / "m.tif"), CLASSES)
    with pytest.raises(ValueError, match=r"m.tif holds 0.1 \(16 pixels\), 0.9 .*values=\[0, 0.1, 0.9\]$"):
        MaskReader(paths=[tmp_path / "m.tif"]).read(tmp_path / "m.tif")
    with pytest.raises(ValueError, match="m.tif holds fractions, 0, 0.1, 0.9: they number no objects"):
        MaskReader(None).read(tmp_path / "m.tif")
    tifffile.imwrite(tmp_path / "m.tif", np.array([0, 1, np.nan], "f4")[CLASSES])
    for values in (None, (0, 1)):
        with pytest.raises(ValueError, match="m.tif holds .*nan"):
            MaskReader(values).read(tmp_path / "m.tif")


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("suffix", [".png", ".tif", ".gif"])
def test_the_order_of_a_palette_changes_no_class(tmp_path, order, suffix):
    """By colours the classes stay; by indices a second order is refused, since one file must be wrong."""
    first, second = tmp_path / f"1{suffix}", tmp_path / f"2{suffix}"
    indexed(CLASSES, VOC).save(first)
    indexed(np.argsort(order)[CLASSES], [VOC[k] for k in order]).save(second)
    reader = MaskReader(VOC)
    for path in (first, second):
        np.testing.assert_array_equal(reader.read(path), CLASSES)
    if suffix == ".gif":
        return  # Pillow sorts the palette of a GIF file
    reader = MaskReader(range(3), paths=[first, second])
    np.testing.assert_array_equal(reader.read(first), CLASSES)
    if order == (0, 1, 2):
        np.testing.assert_array_equal(reader.read(second), CLASSES)
    else:
        with pytest.raises(ValueError, match=rf"2{suffix} has the colour .* at index . of .*, but 1{suffix} has"):
            reader.read(second)


def test_pascal_voc(tmp_path):
    """Indices are classes; some classes have gray colours, and a file may show only those."""
    colours = np.zeros((256, 3), np.uint8)
    for k in range(256):  # the palette of the VOC development kit
        for bit in range(8):
            colours[k] |= np.array([k >> (3 * bit + c) & 1 for c in range(3)], np.uint8) << (7 - bit)
    assert colours[7].tolist() == [128, 128, 128] and colours[255].tolist() == [224, 224, 192]
    kinds = np.array([[0, 7, 7], [7, 0, 0]]), np.array([[0, 15, 255], [1, 20, 0]])
    for k, kind in enumerate(kinds):
        indexed(kind, colours.tolist()).save(tmp_path / f"{k}.png")
    reader = MaskReader(range(21), void=255)
    for k, kind in enumerate(kinds):
        np.testing.assert_array_equal(reader.read(tmp_path / f"{k}.png"), kind)
    np.testing.assert_array_equal(MaskReader(None, void=255).read(tmp_path / "1.png"), [[0, 15, -1], [1, 20, 0]])


def test_a_palette_that_can_be_read_in_two_ways(tmp_path):
    indexed(BINARY, [(1, 1, 1), (0, 0, 0)]).save(tmp_path / "m.png")
    with pytest.raises(ValueError, match=r"m.png has a palette whose indices .* values=\[\(0, 0, 0\), \(1, 1, 1\)\]"):
        MaskReader((0, 1)).read(tmp_path / "m.png")
    np.testing.assert_array_equal(MaskReader([(0, 0, 0), (1, 1, 1)]).read(tmp_path / "m.png"), ~BINARY)


def test_a_palette_is_named(tmp_path):
    indexed(CLASSES, VOC).save(tmp_path / "m.png")
    with pytest.raises(ValueError) as caught:
        MaskReader(paths=[tmp_path / "m.png"]).read(tmp_path / "m.png")
    message = str(caught.value)
    assert message.startswith("m.png has a palette, and holds its indices")
    assert "values=[0, 1, 2] or, by their colours, values=[(0, 0, 0), (0, 128, 0), (128, 0, 0)]" in message


def test_objects_of_a_palette_whose_background_is_not_clear(tmp_path):
    indexed(CLASSES, VOC).save(tmp_path / "m.png")
    np.testing.assert_array_equal(MaskReader(None).read(tmp_path / "m.png"), CLASSES)
    indexed(CLASSES, VOC[::-1]).save(tmp_path / "m.png")
    with pytest.raises(ValueError, match="m.png has a palette in which black is not index 0"):
        MaskReader(None).read(tmp_path / "m.png")


def test_values_are_suggested_from_all_masks(tmp_path):
    paths = [tmp_path / f"{k}.png" for k in range(3)]
    for path, values in zip(paths, ([0, 0, 7], [0, 9, 7], [0, 255, 0]), strict=True):
        Image.fromarray(np.array(values, np.uint8)[CLASSES]).save(path)
    with pytest.raises(ValueError, match=r"0.png holds 7 .*Found in all .*: values=\[0, 7, 9, 255\], or.*None"):
        MaskReader(paths=paths).read(paths[0])
    Image.fromarray(np.arange(48, dtype=np.uint8).reshape(SHAPE)).save(paths[1])
    with pytest.raises(ValueError, match="49 different numbers, which values=None takes as the numbers of objects"):
        MaskReader(paths=paths).read(paths[0])
    Image.fromarray(np.array(VOC, np.uint8)[CLASSES]).save(paths[0])
    paths = paths[:1]
    with pytest.raises(ValueError, match=r"must list colours .*values=\[\(0, 0, 0\), \(0, 128, 0\), \(128, 0, 0\)\]"):
        MaskReader(paths=paths).read(paths[0])


def test_soft_edges_are_recognized(tmp_path):
    mask = Image.fromarray(np.kron(BLACK_WHITE, np.ones((8, 8), np.uint8))).resize((60, 45), Image.Resampling.BILINEAR)
    mask.save(tmp_path / "m.png")
    with pytest.raises(ValueError, match="most pixels are right: was it resized, or drawn softly"):
        MaskReader().read(tmp_path / "m.png")
    mask.save(tmp_path / "m.webp", quality=50)
    with pytest.raises(ValueError, match="WebP changes values, save masks as PNG"):
        MaskReader().read(tmp_path / "m.webp")


def test_transparent_pixels_that_are_not_black_are_refused(tmp_path):
    colours = np.full((*SHAPE, 4), 255, np.uint8)
    for alpha, colour in ((0, 255), (100, 0)):
        colours[0, 0] = colour, colour, colour, alpha
        Image.fromarray(colours).save(tmp_path / "m.png")
        with pytest.raises(ValueError, match="m.png has transparent pixels"):
            MaskReader().read(tmp_path / "m.png")


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_a_foreground_that_transparency_alone_tells_is_refused(tmp_path, mode, suffix):
    black = Image.new(mode, SHAPE[::-1])
    black.putalpha(Image.fromarray(BLACK_WHITE))
    black.save(tmp_path / f"m{suffix}")
    with pytest.raises(ValueError, match=f"m{suffix} has only black, and says by transparency alone what is foregr"):
        MaskReader().read(tmp_path / f"m{suffix}")
    Image.open(tmp_path / f"m{suffix}").convert("RGBA").getchannel("A").save(tmp_path / "a.png")  # as it advises
    np.testing.assert_array_equal(MaskReader().read(tmp_path / "a.png"), BINARY)
    black.putalpha(0)  # nothing in it
    black.save(tmp_path / f"m{suffix}")
    assert not MaskReader().read(tmp_path / f"m{suffix}").any()


def test_channels_that_are_no_colour(tmp_path):
    tifffile.imwrite(tmp_path / "m.tif", np.zeros((5, 6, 8), np.uint8)[:2].transpose(1, 2, 0), photometric="minisblack", planarconfig="contig")  # noqa: E501 # fmt: skip
    with pytest.raises(ValueError, match="m.tif has 2 channels: a mask has one number or one colour"):
        MaskReader().read(tmp_path / "m.tif")


def test_numbers_of_objects_above_the_range(tmp_path):
    tifffile.imwrite(tmp_path / "m.tif", np.array([[2**31, 0]], np.uint32))
    with pytest.raises(ValueError, match="m.tif holds 2147483648, 0: numbers of objects go to"):
        MaskReader(None).read(tmp_path / "m.tif")
    tifffile.imwrite(tmp_path / "m.tif", np.array([[70000, -1]], np.int32))
    np.testing.assert_array_equal(MaskReader(None).read(tmp_path / "m.tif"), [[70000, -1]])


@pytest.mark.parametrize(
    ("values", "void", "error", "words"),
    [
        (2, None, TypeError, "values must list how each class is stored, such as .0, 255., got 2"),
        ("black", None, TypeError, "values must list numbers, or colours"),
        ([], None, ValueError, "values must list at least one value"),
        ([0, 0], None, ValueError, "values and void must differ from each other, but 0 is there twice"),
        ([0, 1], 1, ValueError, "but 1 is there twice"),
        ([0, (1, 2, 3)], None, ValueError, "must be all numbers or all colours"),
        ([(0, 0, 0)], 5, ValueError, "must be all numbers or all colours"),
        ([(0, 0)], None, TypeError, "colours of three numbers, got .0, 0. in it"),
        ([None], None, TypeError, "values must list numbers"),
        (range(256), 300, ValueError, "values may list at most 255 classes beside void"),
        (None, (1, (2, 3)), TypeError, "void must list numbers, or colours of three numbers, got .2, 3. in it"),
        (None, [(1, 2, 3)], ValueError, "void must be a number or a list of numbers where values is None"),
        (None, "white", TypeError, "void must list numbers"),
    ],
)
def test_arguments_are_named(values, void, error, words):
    with pytest.raises(error, match=words):
        MaskReader(values, void)


def test_arguments_in_other_forms():
    assert MaskReader(np.array([0, 255])).values == [0, 255]
    assert MaskReader(np.array([[0, 0, 0], [9, 9, 9]]), void=np.array([1, 2, 3])).void == [(1, 2, 3)]
    assert MaskReader(range(3), void=[7, 8]).void == [7, 8]
    assert MaskReader((v for v in (0, 1)), void=np.uint8(9)).void == [9]


# --- one file for each object -----------------------------------------------------------------------------------------


def objects(folder, *masks):
    paths = []
    for k, mask in enumerate(masks, start=1):
        paths.append(folder / f"{k}.png")
        Image.fromarray(np.asarray(mask)).save(paths[-1])
    return paths


def test_objects_are_numbered_and_the_smallest_lies_on_top(tmp_path):
    large, small, apart, nothing = np.zeros((4, *SHAPE), np.uint8)
    large[:4, :4], small[1:3, 1:3], apart[5, 5:] = 255, 255, 1
    labels = MaskReader(None).read_objects(objects(tmp_path, small, nothing, large, apart))
    wanted = np.where(small > 0, 1, np.where(large > 0, 3, np.where(apart > 0, 4, 0)))
    np.testing.assert_array_equal(labels, wanted)
    binary = MaskReader((0, 255)).read_objects(objects(tmp_path, small, nothing, large))
    np.testing.assert_array_equal(binary, large > 0)


def test_objects_with_classes(tmp_path):
    one, two = np.zeros((2, *SHAPE), np.uint8)
    one[0], two[2], two[4] = 1, 2, 9
    found = MaskReader((0, 1, 2), void=9).read_objects(objects(tmp_path, one, two))
    np.testing.assert_array_equal(found[:, 0], [1, 0, 2, 0, 255, 0])
    two[0] = 2
    with pytest.raises(ValueError, match="2.png gives a class to pixels that another file"):
        MaskReader((0, 1, 2), void=9).read_objects(objects(tmp_path, one, two))


def test_objects_that_are_none(tmp_path):
    with pytest.raises(ValueError, match="1.png holds 0, 1, 2: of one file for each object it must hold 0"):
        MaskReader(None).read_objects(objects(tmp_path, CLASSES.astype(np.uint8), BLACK_WHITE))
    with pytest.raises(ValueError, match="2.png is 6 x 7, but 1.png of the same image is 6 x 8"):
        MaskReader(None).read_objects(objects(tmp_path, BLACK_WHITE, BLACK_WHITE[:, 1:]))


def test_load_folder_takes_one_file_for_each_object(tmp_path):
    wanted = []
    for name, count in (("a", 3), ("b", 1), ("c", 12)):
        (tmp_path / name / "masks").mkdir(parents=True)
        Image.fromarray(BLACK_WHITE).save(tmp_path / name / "image.png")
        labels = np.zeros(SHAPE, int)
        for k in range(1, count + 1):
            labels.flat[3 * k] = k
            Image.fromarray(labels == k).save(tmp_path / name / "masks" / f"{k}.png")
        wanted.append(labels)
    _, labels, names = load_folder(tmp_path / "{name}/image.png", tmp_path / "{name}/masks/*.png", values=None)
    np.testing.assert_array_equal(labels, wanted)
    assert names == ["a", "b", "c"]


def test_one_object_in_every_image(tmp_path):
    """Black and white in one file for each image: the pattern says that files are objects, however many there are."""
    for name in "ab":
        (tmp_path / name / "masks").mkdir(parents=True)
        for path in ("image.png", "masks/any.png"):
            Image.fromarray(BLACK_WHITE).save(tmp_path / name / path)
    _, labels, _ = load_folder(tmp_path / "{name}/image.png", tmp_path / "{name}/masks/*.png", values=None)
    np.testing.assert_array_equal(labels, [BINARY, BINARY])
    for name in "ab":
        Image.fromarray(CLASSES.astype(np.uint8)).save(tmp_path / name / "masks" / "any.png")
    _, labels, _ = load_folder(tmp_path / "{name}/image.png", tmp_path / "{name}/masks/*.png", values=None)
    np.testing.assert_array_equal(labels, [CLASSES, CLASSES])  # a star for the rest of the name: labels as they are
