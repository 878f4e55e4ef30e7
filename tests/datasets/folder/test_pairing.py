"""Which image belongs to which mask, for names as people give them."""

import re
import unicodedata

import pytest

from course_lib.datasets.folder.audit import audit
from course_lib.datasets.folder.pairing import fixed_parts, list_images, natural, pair_files


def make(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"")


def pairs(root, images, masks, **options):
    return [
        (name, image.relative_to(root).as_posix(), [mask.relative_to(root).as_posix() for mask in files])
        for name, image, files in pair_files(root / images, root / masks, **options)
    ]


def test_natural_order():
    names = ["10", "1", "2", "a10", "A9", "a", "01", "b2c10", "b2c9", "²"]
    assert sorted(names, key=natural) == ["01", "1", "2", "10", "a", "A9", "a10", "b2c9", "b2c10", "²"]


def test_folders_pair_by_name_in_natural_order(tmp_path):
    make(tmp_path, *(f"images/{k}.jpg" for k in (10, 9, 1)), *(f"masks/{k}.PNG" for k in (1, 9, 10)))
    assert pairs(tmp_path, "images", "masks") == [(k, f"images/{k}.jpg", [f"masks/{k}.PNG"]) for k in ("1", "9", "10")]
    assert [name for name, _ in list_images(tmp_path / "images")] == ["1", "9", "10"]


def test_a_star_on_both_sides_is_the_name(tmp_path):
    make(tmp_path, "img_1.tif", "img_2.TIF", "seg_1.tif", "seg_2.tif", "notes.txt", "other_1.tif")
    assert pairs(tmp_path, "img_*.tif", "seg_*.tif") == [
        ("1", "img_1.tif", ["seg_1.tif"]), ("2", "img_2.TIF", ["seg_2.tif"])
    ]  # fmt: skip


def test_a_star_for_the_extension_is_no_name(tmp_path):
    make(tmp_path, "i/a.b.jpg", "i/c.tif", "m/a.b.png", "m/c.gif", "n/a.b_seg.png", "n/c_seg.png")
    wanted = [("a.b", "i/a.b.jpg", ["m/a.b.png"]), ("c", "i/c.tif", ["m/c.gif"])]
    for masks in ("m", "m/*", "m/*.*", "m/{name}.*", "m/{name}"):
        assert pairs(tmp_path, "i/*.*", masks) == pairs(tmp_path, "i/*", masks) == wanted
    assert [name for name, _, _ in pairs(tmp_path, "i", "n/*_seg.*")] == ["a.b", "c"]


def test_one_pattern_may_hold_the_other(tmp_path):
    make(tmp_path, "a.png", "a_mask.png", "b.png", "b_mask.png")
    assert pairs(tmp_path, "*.png", "*_mask.png") == [("a", "a.png", ["a_mask.png"]), ("b", "b.png", ["b_mask.png"])]
    assert pairs(tmp_path, ".", ".", mask_suffix="_mask") == pairs(tmp_path, "*.png", "*_mask.png")


def test_one_file_for_each_object(tmp_path):
    make(tmp_path, "s/a/images/a.png", "s/b/images/b.png")
    make(tmp_path, "s/a/masks/2.png", "s/a/masks/10.png", "s/b/masks/x.png", "s/b/masks/.DS_Store", "s/b/masks/._x.png")
    wanted = [("a", "s/a/images/a.png", ["s/a/masks/2.png", "s/a/masks/10.png"]), ("b", "s/b/images/b.png", ["s/b/masks/x.png"])]  # noqa: E501 # fmt: skip
    assert pairs(tmp_path, "s/{name}/images/{name}.png", "s/{name}/masks/*.png") == wanted
    assert pairs(tmp_path, "s/{name}/images/*.png", "s/{name}/masks/*.png") == wanted


def test_objects_by_the_beginning_of_their_names(tmp_path):
    make(tmp_path, "i/a.png", "i/a_1.png", "m/a_cell3.png", "m/a_1_cell1.png", "m/a_1_cell2.png")
    assert [masks for _, _, masks in pairs(tmp_path, "i", "m/{name}_cell*.png")] == [
        ["m/a_cell3.png"], ["m/a_1_cell1.png", "m/a_1_cell2.png"]
    ]  # fmt: skip
    make(tmp_path, "m/a_1_cell1.png")
    with pytest.raises(ValueError, match="masks: a_1_cell1.png belongs to 'a' and 'a_1', to judge by"):
        pairs(tmp_path, "i", "m/{name}_*.png")


def test_names_that_look_like_patterns(tmp_path):
    make(tmp_path, "my [best] pictures/a+(1).png", "masks?/a+(1)_m.png", "my [best] pictures/$x.png", "masks?/$x_m.png")
    found = pairs(tmp_path, "my [best] pictures", "masks?/*_m.png")
    assert [name for name, _, _ in found] == ["$x", "a+(1)"]


def test_names_with_a_line_feed(tmp_path):
    make(tmp_path, "i/c\nd.png", "i/e.png", "m/c\nd_mask.png", "m/e_mask.png")
    wanted = [("c\nd", "i/c\nd.png", ["m/c\nd_mask.png"]), ("e", "i/e.png", ["m/e_mask.png"])]
    assert [name for name, _, _ in pairs(tmp_path, "i", "m", mask_suffix="_mask")] == ["c\nd", "e"]
    assert pairs(tmp_path, "i", "m/*_mask.png") == pairs(tmp_path, "i", "m", mask_suffix="_mask") == wanted


def test_the_same_name_in_two_spellings(tmp_path):
    one, two = (unicodedata.normalize(form, "Käfer") for form in ("NFC", "NFD"))
    assert one != two
    make(tmp_path, f"images/{two}.jpg", f"masks/{one}.png", f"more/{one}.jpg", f"more/{two}.jpg")
    assert [name for name, _, _ in pairs(tmp_path, "images", "masks")] == [one]
    with pytest.raises(ValueError, match="have the same name, 'Käfer'"):
        pairs(tmp_path, "more", "masks")


def test_both_sides_of_what_does_not_match_are_listed(tmp_path):
    make(tmp_path, "i/img_1.tif", "i/img_2.tif", "i/img_10.tif", "m/seg_2.tif", "m/seg_3.tif", "m/seg_4.npy")
    with pytest.raises(ValueError) as caught:
        pairs(tmp_path, "i/img_*.tif", "m/seg_*.*")
    message = str(caught.value)
    assert "'1', '10' in " in message and "without a mask" in message
    assert "'3' in " in message and "without an image" in message and "files passed over: .npy" in message


def test_upper_and_lower_case_are_told_apart_and_named(tmp_path):
    make(tmp_path, "i/A.png", "m/a.png")
    with pytest.raises(ValueError, match="'a' differ in upper and lower case only"):
        pairs(tmp_path, "i", "m")


def test_what_there_is_in_place_of_pictures(tmp_path):
    make(tmp_path, "i/a.png", "m/a.npy", "n/train/a.png", "n/.DS_Store")
    with pytest.raises(FileNotFoundError, match="masks: no file in .*m has an extension of .*; there are .npy"):
        pairs(tmp_path, "i", "m")
    with pytest.raises(FileNotFoundError, match="masks: no file in .*; there are folders, into which a pattern"):
        pairs(tmp_path, "i", "n")
    with pytest.raises(FileNotFoundError, match=r"masks: no picture matches '.*m/\*'; there are .npy"):
        pairs(tmp_path, "i", "m/*")
    with pytest.raises(FileNotFoundError, match="images must be a folder, but there is none at"):
        pairs(tmp_path, "nowhere", "m")
    with pytest.raises(FileNotFoundError, match="images: no picture matches"):
        pairs(tmp_path, "nowhere/*.png", "i")


def test_the_same_files_for_both_are_refused(tmp_path):
    make(tmp_path, "a.png")
    with pytest.raises(ValueError, match="images and masks are the same files"):
        pairs(tmp_path, ".", ".")


def test_arguments_of_the_wrong_kind(tmp_path):
    make(tmp_path, "i/a.png", "m/a.png")
    for wrong in (None, 3, ["a.png"]):
        with pytest.raises(TypeError, match="masks must be a folder or a pattern of paths, got"):
            pair_files(tmp_path / "i", wrong)
    with pytest.raises(TypeError, match="mask_suffix must be a string"):
        pair_files(tmp_path / "i", tmp_path / "m", 5)
    with pytest.raises(ValueError, match="mask_suffix is for a folder of masks"):
        pair_files(tmp_path / "i", tmp_path / "m/*.png", "_mask")
    with pytest.raises(ValueError, match="masks must say which part of its pattern is the name"):
        pair_files(tmp_path / "i", tmp_path / "*/*.png")


@pytest.mark.parametrize(
    ("names", "others", "stars"),
    [
        (["t1_slice40", "t1_slice45"], ["gm_slice45", "gm_slice40"], ("t1_slice*", "gm_slice*")),
        (["a_10_img", "a_20_img"], ["b_10", "b_20"], ("a_*_img", "b_*")),
        (["10", "110"], ["m10", "m110"], ("*", "m*")),
        (["1", "2"], ["m1", "m3"], None),
        (["1"], ["m1"], ("*", "m*")),
        (["cat"], ["dog"], None),
    ],
)
def test_fixed_parts_of_names(names, others, stars):
    assert fixed_parts(names, others) == stars


def test_the_message_offers_the_patterns_that_work(tmp_path):
    make(tmp_path, *(f"t1/t1_{k}.png" for k in (5, 10)), *(f"gray/gm_{k}.png" for k in (5, 10)))
    with pytest.raises(ValueError, match="agree but for a fixed part") as error:
        pair_files(tmp_path / "t1", tmp_path / "gray")
    offered = re.findall(r"'([^']*[*][^']*)'", str(error.value))[-2:]
    assert [name for name, *_ in pair_files(*offered)] == ["5", "10"]
    (problem,) = [line for line in audit(tmp_path / "t1", tmp_path / "gray").problems if "fixed part" in line]
    assert all(pattern in problem for pattern in offered)
