import numpy as np
import pytest
from PIL import Image

from course_lib.datasets.folder import load_folder


@pytest.fixture
def folder(tmp_path):
    """Three gray images of 6 x 8 with black and white masks, as a reader may have them."""
    rng = np.random.default_rng(0)
    for kind in ("images", "masks"):
        (tmp_path / kind).mkdir()
    for name in ("b", "a", "c"):
        save(tmp_path / "images" / f"{name}.png", rng.integers(0, 255, (6, 8), dtype=np.uint8))
        save(tmp_path / "masks" / f"{name}.png", 255 * rng.integers(0, 2, (6, 8), dtype=np.uint8))
    (tmp_path / "images" / "notes.txt").write_text("no picture")
    (tmp_path / "images" / ".hidden.png").write_bytes(b"")
    return tmp_path


def save(path, array, **options):
    Image.fromarray(array).save(path, **options)


def load(folder, *args, **options):
    return load_folder(folder / "images", folder / "masks", *args, **options)


def test_three_lines_are_enough(folder):
    images, masks, names = load(folder)
    assert names == ["a", "b", "c"]
    assert (images.shape, images.dtype, masks.shape, masks.dtype) == ((3, 6, 8), np.uint8, (3, 6, 8), np.uint8)
    for i, name in enumerate(names):
        np.testing.assert_array_equal(images[i], np.array(Image.open(folder / "images" / f"{name}.png")))
        stored = np.array(Image.open(folder / "masks" / f"{name}.png"))
        np.testing.assert_array_equal(masks[i], stored == 255)


def test_other_extensions_suffixes_and_one_folder_for_both(tmp_path):
    colour, mask = np.full((5, 4, 3), 90, np.uint8), np.eye(5, 4, dtype=np.uint8)
    save(tmp_path / "x.JPG", colour)
    save(tmp_path / "x_mask.png", mask)
    images, masks, names = load_folder(tmp_path, tmp_path, values=(0, 1), mask_suffix="_mask")
    assert names == ["x"] and images.shape == (1, 5, 4, 3)
    np.testing.assert_array_equal(masks[0], mask)


def test_colours_palettes_and_labels(folder):
    colours = np.zeros((6, 8, 3), np.uint8)
    colours[2:, 3:] = 255, 0, 0
    for name in "abc":
        save(folder / "masks" / f"{name}.png", colours)
    np.testing.assert_array_equal(load(folder, [(0, 0, 0), (255, 0, 0)])[1][0], colours[..., 0] > 0)
    for name in "abc":
        indices = Image.fromarray(np.arange(48, dtype=np.uint8).reshape(6, 8) % 3, mode="P")
        indices.putpalette([0, 0, 0, 9, 9, 9, 200, 0, 0])
        indices.save(folder / "masks" / f"{name}.png")
    np.testing.assert_array_equal(load(folder, range(3))[1][0], np.arange(48).reshape(6, 8) % 3)
    for name in "abc":
        save(folder / "masks" / f"{name}.png", np.arange(1000, 1048, dtype=np.uint16).reshape(6, 8))
    labels = load(folder, None)[1][0]
    assert labels.dtype == np.int32 and labels.max() == 1047


def test_a_camera_held_sideways(folder):
    sideways, turned = np.zeros((6, 8, 3), np.uint8), Image.Exif()
    turned[0x0112] = 6  # turn by 90 degrees to see it upright
    for name in "abc":
        (folder / "images" / f"{name}.png").unlink()
        save(folder / "images" / f"{name}.jpg", sideways, exif=turned)
        save(folder / "masks" / f"{name}.png", np.zeros((8, 6), np.uint8))
    assert load(folder)[0].shape == (3, 8, 6, 3)


def test_unpaired_files_are_named(folder):
    (folder / "masks" / "b.png").unlink()
    save(folder / "masks" / "z.png", np.zeros((6, 8), np.uint8))
    with pytest.raises(ValueError, match="'b' in .*images without a mask .*'z' in .*masks without an image"):
        load(folder)


def test_images_without_a_mask_are_left_out_only_when_asked(folder):
    (folder / "masks" / "b.png").unlink()
    with pytest.raises(ValueError, match="'b' in .*without a mask"):
        load(folder)
    images, masks, names = load(folder, skip_unlabeled=True)
    assert names == ["a", "c"] and len(images) == len(masks) == 2
    assert (folder / "images" / "b.png").exists()
    save(folder / "masks" / "z.png", np.zeros((6, 8), np.uint8))
    with pytest.raises(ValueError, match="'z' in .*without an image"):
        load(folder, skip_unlabeled=True)


def test_where_no_image_has_a_mask_there_is_nothing_to_skip_to(folder):
    for name in "abc":
        (folder / "masks" / f"{name}.png").rename(folder / "masks" / f"{name}_mask.png")
    with pytest.raises(ValueError, match="mask_suffix='_mask'"):
        load(folder, skip_unlabeled=True)


def test_one_mask_for_each_object_in_two_plain_folders(folder):
    for k, name in enumerate("abc", start=1):
        (folder / "masks" / f"{name}.png").unlink()
        for i in range(k):
            mask = np.zeros((6, 8), np.uint8)
            mask[2 * i : 2 * i + 1] = 255
            save(folder / "masks" / f"{name}_{i}.png", mask)
    masks = load_folder(folder / "images", folder / "masks" / "{name}_*.png", values=None)[1]
    assert [mask.max() for mask in masks] == [1, 2, 3]


def test_a_forgotten_suffix_is_guessed(folder):
    for name in "abc":
        (folder / "masks" / f"{name}.png").rename(folder / "masks" / f"{name}_mask.png")
    with pytest.raises(ValueError, match="mask_suffix='_mask'"):
        load(folder)
    assert load(folder, mask_suffix="_mask")[2] == ["a", "b", "c"]


def test_two_images_of_one_name_are_named(folder):
    save(folder / "images" / "a.bmp", np.zeros((6, 8), np.uint8))
    with pytest.raises(ValueError, match="a.bmp and a.png .* have the same name"):
        load(folder)


def test_a_mask_of_another_size_is_named(folder):
    save(folder / "masks" / "b.png", np.zeros((8, 6), np.uint8))
    with pytest.raises(ValueError, match="b.png is 6 x 8 but its mask b.png is 8 x 6 .*One of them is turned"):
        load(folder)


@pytest.fixture
def unlike(folder):
    """One of the three pairs is larger than the others."""
    save(folder / "images" / "b.png", np.arange(90, dtype=np.uint8).reshape(10, 9))
    save(folder / "masks" / "b.png", np.where(np.arange(90) % 4 == 0, 255, 0).astype(np.uint8).reshape(10, 9))
    return folder


def test_images_of_different_sizes_are_lists(unlike):
    images, masks, names = load(unlike)
    assert isinstance(images, list) and isinstance(masks, list)
    assert [image.shape for image in images] == [mask.shape for mask in masks] == [(6, 8), (10, 9), (6, 8)]
    np.testing.assert_array_equal(images[1], np.arange(90).reshape(10, 9))
    np.testing.assert_array_equal(masks[1], np.arange(90).reshape(10, 9) % 4 == 0)


def test_images_of_different_sizes_can_be_cropped(unlike):
    whole = np.array(Image.open(unlike / "images" / "a.png"))
    images, masks, _ = load(unlike, crop=(4, 6))
    np.testing.assert_array_equal(images[0], whole[1:5, 1:7])
    assert masks.shape == (3, 4, 6)
    with pytest.raises(ValueError, match=r"crop must fit into every image, got \(7, 7\), but a.png is 6 x 8"):
        load(unlike, crop=(7, 7))
    assert load(unlike, crop=4)[0].shape == (3, 4, 4)


def test_images_of_different_sizes_can_be_padded(unlike):
    images, masks, _ = load(unlike, pad=(10, 9))
    whole = np.array(Image.open(unlike / "images" / "a.png"))
    np.testing.assert_array_equal(images[0], np.pad(whole, [(0, 4), (0, 1)], mode="edge"))
    assert (masks[0, 6:] == 255).all() and (masks[0, :, 8] == 255).all() and masks[0, :6, :8].max() == 1
    assert (load(unlike, None, pad=(10, 9))[1][0, 6:] == -1).all()
    with pytest.raises(ValueError, match=r"pad must be at least .* every image, got \(9, 9\), but b.png is 10 x 9"):
        load(unlike, pad=9)


def test_images_of_different_sizes_can_be_resized(unlike):
    images, masks, _ = load(unlike, resize=(12, 16))
    mask = np.array(Image.open(unlike / "masks" / "a.png"))
    assert images.shape == masks.shape == (3, 12, 16) and images.dtype == np.uint8
    np.testing.assert_array_equal(masks[0], np.kron(mask // 255, np.ones((2, 2), int)))


def test_only_one_way_to_a_size(unlike):
    with pytest.raises(ValueError, match="only one of crop, resize and pad can be given, got crop and pad"):
        load(unlike, crop=(2, 2), pad=(20, 20))
    for argument in ("crop", "resize", "pad"):
        for wrong in ("large", (2.5, 3), True):
            with pytest.raises(TypeError, match=f"{argument} must be a whole number"):
                load(unlike, **{argument: wrong})
        with pytest.raises(ValueError, match=f"{argument} must be"):
            load(unlike, **{argument: (1, 2, 3)})


def test_gray_and_colour_are_not_mixed(folder):
    save(folder / "images" / "c.png", np.zeros((6, 8, 3), np.uint8))
    with pytest.raises(ValueError, match="c.png is colour, uint8 but a.png is gray, uint8"):
        load(folder)


def test_unexpected_values_are_listed(folder):
    mask = np.zeros((6, 8), np.uint8)
    mask[0, :3], mask[1, 0] = 7, 255
    save(folder / "masks" / "b.png", mask)
    with pytest.raises(ValueError, match=r"b.png holds 7 \(3 pixels\), but values announces only \[0, 255\]"):
        load(folder)


def test_masks_spoilt_by_jpeg_are_recognized(folder):
    mask = np.zeros((32, 32), np.uint8)
    mask[5:14, 3:20] = 255
    for name in "abc":
        save(folder / "images" / f"{name}.png", mask)
        (folder / "masks" / f"{name}.png").unlink()
        save(folder / "masks" / f"{name}.jpg", mask, quality=60)
    with pytest.raises(ValueError, match="JPEG changes values, save masks as PNG"):
        load(folder)


def test_colour_masks_need_colours(folder):
    colours = np.zeros((6, 8, 3), np.uint8)
    colours[1, 2] = 255, 0, 0
    save(folder / "masks" / "a.png", colours)
    with pytest.raises(ValueError, match=r"a.png is colour, uint8: values must list colours .*\(255, 0, 0\)"):
        load(folder)
    with pytest.raises(ValueError, match="a.png is a colour picture: say in values which colour"):
        load(folder, None)


def test_missing_and_empty_folders_are_named(folder):
    with pytest.raises(FileNotFoundError, match="images must be a folder, but there is none at"):
        load_folder(folder / "imges", folder / "masks")
    (folder / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match="masks: no file in .*empty has an extension of .png"):
        load_folder(folder / "images", folder / "empty")
