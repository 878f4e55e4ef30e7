import numpy as np
import pytest
import tifffile
from PIL import Image

from course_lib.datasets import nuclei
from course_lib.datasets.folder import load_folder
from course_lib.datasets.folder.audit import audit, brighter, diameters, examples, stretched
from tests.dresses import DRESS, folder_of

SHAPES = {
    "16-bit TIFF, `img_1.tif` beside `seg_1.tif`": ("my_images/img_*.tif", "my_images/seg_*.tif"),
    "one file for each object": ("my_images/{name}/image.png", "my_images/{name}/masks/*.png"),
}


@pytest.mark.parametrize("dress", DRESS)
def test_what_the_audit_proposes_is_read_to_the_true_masks(dress, tmp_path):
    truths = folder_of(dress, tmp_path)
    where = [tmp_path / part for part in SHAPES.get(dress, ("my_images", "my_masks"))]
    found = audit(*where)
    assert found.pairs == len(found.rows) == 10 and not found.problems
    images, masks, _ = load_folder(*where, **found.how)
    for k, mask in enumerate(masks, start=1):
        truth = truths[k][: mask.shape[0], : mask.shape[1]]
        seen = (mask != 255) & (mask != -1)
        np.testing.assert_array_equal((mask > 0)[seen], truth[seen])
        assert seen.mean() > 0.85
    assert all(len(row.diameters) == 5 for row in found.rows) or DRESS[dress].__name__ == "unlike_sizes"
    dark = DRESS[dress].__name__ == "bright_ground"
    assert all((row.brighter < 0.05) if dark else (row.brighter > 0.95) for row in found.rows)
    text = str(found)
    assert ("dark on bright in 10" if dark else "bright on dark in 10") in text
    assert "load_folder(IMAGES, MASKS, values=" in text
    assert str(tmp_path) not in text


def test_the_folder_of_the_chapter(tmp_path):
    nuclei.write_folder(tmp_path)
    found = audit(tmp_path / "images", tmp_path / "masks")
    assert found.how == {"values": (2, 1), "void": 3} and found.pairs == 37
    assert found.problems == ["focus_test without a mask"]
    assert any("well_2_t2 and well_12_t3 hold the same pixels" in note for note in found.notes)
    assert 40 < np.median(found.diameters) < 65
    assert {row.dtype for row in found.rows} == {np.dtype(np.uint16)}


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    for kind in ("images", "masks"):
        (tmp_path / kind).mkdir()
    for k in range(4):
        mask = np.zeros((20, 24), np.uint8)
        mask[3:9, 4 + k : 12 + k] = 255
        image = (rng.integers(10, 40, (20, 24)) + 150 * (mask > 0)).astype(np.uint8)
        Image.fromarray(image).save(tmp_path / "images" / f"{k}.png")
        Image.fromarray(mask).save(tmp_path / "masks" / f"{k}.png")
    return tmp_path


def looked(folder, *args, **options):
    return audit(folder / "images", folder / "masks", *args, **options)


def image_of(folder, k):
    return np.array(Image.open(folder / "images" / f"{k}.png"))


def test_nothing_odd_is_nothing_said(folder):
    found = looked(folder)
    assert (found.problems, found.notes, found.how) == ([], [], {"values": (0, 255)})
    assert found.rows[0].foreground == pytest.approx(48 / 480)
    assert found.rows[0].diameters == pytest.approx([2 * np.sqrt(48 / np.pi)])
    assert found.rows[1].low >= 10 and found.rows[1].size == "20 x 24"


def test_files_without_a_partner_and_damaged_ones_are_listed_and_stop_nothing(folder):
    (folder / "masks" / "1.png").unlink()
    Image.fromarray(np.zeros((20, 24), np.uint8)).save(folder / "masks" / "9.png")
    (folder / "images" / "2.png").write_bytes(b"\x89PNG\r\n\x1a\n cut short")
    found = looked(folder)
    assert [row.name for row in found.rows] == ["0", "3"] and found.pairs == 3
    text = "\n".join(found.problems)
    assert "1 without a mask" in text and "9 without an image" in text and "2.png cannot be read" in text
    assert str(folder) not in text and "3, of which 2 were read" in str(found)


def test_sizes_that_do_not_fit_and_values_that_were_not_announced(folder):
    Image.fromarray(np.zeros((24, 20), np.uint8)).save(folder / "masks" / "0.png")
    assert "0.png is 20 x 24, but its mask 0.png is 24 x 20" in looked(folder).problems
    found = looked(folder, values=(0, 1))
    assert found.how == {"values": (0, 1)} and len(found.problems) == 4  # three hold 255; one is turned
    assert looked(folder, values=(0, 255), void=7).how == {"values": (0, 255), "void": 7}


def test_copies_are_found_under_other_names(folder):
    Image.fromarray(image_of(folder, 3)).save(folder / "images" / "0.png")
    assert any("0 and 3 hold the same pixels" in note for note in looked(folder).notes)


def test_flat_over_exposed_empty_and_full_images(folder):
    Image.fromarray(np.full((20, 24), 7, np.uint8)).save(folder / "images" / "0.png")
    image = image_of(folder, 1)
    image[:4] = 255
    Image.fromarray(image).save(folder / "images" / "1.png")
    Image.fromarray(np.zeros((20, 24), np.uint8)).save(folder / "masks" / "2.png")
    Image.fromarray(np.full((20, 24), 255, np.uint8)).save(folder / "masks" / "3.png")
    notes = "\n".join(looked(folder).notes)
    assert "nothing to see in 0" in notes and "over-exposed" in notes and ": 1" in notes
    assert "no object in 2" in notes and "nothing but object in 3" in notes


def test_mixed_polarity_and_mixed_kinds(folder):
    Image.fromarray(255 - image_of(folder, 2)).save(folder / "images" / "2.png")
    Image.fromarray(image_of(folder, 3)).convert("RGB").save(folder / "images" / "3.png")
    notes = "\n".join(looked(folder).notes)
    assert "bright in 3 images and dark in 1, such as 2" in notes and "different kinds" in notes


def test_16_bits_of_which_few_are_used(folder):
    for k in range(4):
        tifffile.imwrite(folder / "images" / f"{k}.tif", image_of(folder, k).astype(np.uint16) * 4)
        (folder / "images" / f"{k}.png").unlink()
    assert any("nothing above" in note for note in looked(folder).notes)


def test_a_large_folder_is_looked_into_here_and_there(folder):
    found = looked(folder, at_most=2)
    assert [row.name for row in found.rows] == ["0", "2"] and "looked into 2 of 4" in found.notes[-1]


def test_stacks_are_listed(folder):
    tifffile.imwrite(folder / "images" / "0.tif", np.zeros((3, 20, 24), np.uint8), photometric="minisblack")
    (folder / "images" / "0.png").unlink()
    assert "3 pages" in looked(folder).problems[0]


def test_nothing_readable(folder):
    for k in range(4):
        (folder / "masks" / f"{k}.png").write_bytes(b"no picture")
    found = looked(folder)
    assert found.rows == [] and found.how == {} and len(found.problems) == 4
    assert "none that can be read" in str(found)


def test_brighter_is_the_share_of_pairs():
    rng = np.random.default_rng(0)
    for _ in range(10):
        image, mask = rng.integers(0, 9, (7, 8)), rng.choice([0, 1, 255], (7, 8))
        pairs = image[mask == 1][:, None] - image[mask == 0][None]
        assert brighter(image, mask) == pytest.approx(np.mean((pairs > 0) + 0.5 * (pairs == 0)))
        assert brighter(-image, mask) == pytest.approx(1 - brighter(image, mask))
    assert brighter(np.uint8([[250, 3]]), [[1, 0]]) == 1
    assert np.isnan(brighter(np.ones((2, 2)), np.zeros((2, 2))))
    assert brighter(np.dstack([image, image]), mask) == brighter(image, mask)


def test_diameters_of_discs():
    rows, columns = np.mgrid[-30:31, -30:31]
    for radius in (5, 12, 25):
        disc = np.hypot(rows, columns) <= radius
        assert diameters(disc) == pytest.approx([2 * radius], rel=0.03)
    assert len(diameters(np.zeros((4, 4), bool))) == 0
    assert len(diameters(np.eye(6, dtype=bool))) == 1  # corners connect


def test_examples_are_spread_and_ready_to_be_drawn(folder):
    sheet = examples(folder / "images", folder / "masks", n=3, values=(0, 255))
    assert [name for name, _, _ in sheet] == ["0", "2", "3"]
    for _, picture, mask in sheet:
        assert (picture.shape, picture.dtype, mask.shape) == ((20, 24), np.float32, (20, 24))
        assert (picture.min(), picture.max()) == (0, 1) and set(np.unique(mask)) == {0, 1}
    assert len(examples(folder / "images", folder / "masks", n=99, values=(0, 255))) == 4


def test_stretched_takes_any_number_format():
    for dtype in (np.uint8, np.uint16, np.int16, np.float64):
        ramp = np.arange(200, dtype=dtype).reshape(10, 20)
        assert stretched(ramp)[0, 0] == 0 and stretched(ramp)[-1, -1] == 1
    assert stretched(np.ones((4, 4, 4))).shape == (4, 4, 3) and stretched(np.ones((4, 4, 2))).shape == (4, 4)
    assert not stretched(np.full((3, 3), 7)).any()
    ramp = np.arange(200.0).reshape(10, 20)
    np.testing.assert_allclose(stretched(ramp / 2, like=[ramp]).max(), 99.5 / 198, rtol=0.02)
