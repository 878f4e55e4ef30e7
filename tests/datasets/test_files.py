"""Damaged data are noticed, named and never half-loaded."""

import hashlib

import numpy as np
import pytest

from course_lib import datasets
from course_lib.datasets import digits, emoji, files, nuclei, photographs
from course_lib.datasets.files import DataFileError
from tests.helpers import loaded_by

MODULES = (digits, emoji, nuclei, photographs)
EVERY_FILE = [(module, name) for module in MODULES for name in module.FILES]
LOADERS = {
    "digits/digits.png": digits.load,
    "emoji/emoji.png": emoji.load,
    "emoji/emoji.csv": emoji.table,
    "nuclei/train_images.png": nuclei.load,
    "nuclei/test_labels.png": nuclei.load,
    "nuclei/shifted_labels.png": nuclei.load_shifted,
    "photographs/coins.png": lambda: photographs.load("coins"),
    "photographs/china.jpg": lambda: photographs.load("china"),
}


def flip_a_byte(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(path):
    path.write_bytes(path.read_bytes()[:-10])


def lengthen(path):
    path.write_bytes(path.read_bytes() + b"\n")


DAMAGE = {
    "missing": (lambda path: path.unlink(), "is missing"),
    "cut": (cut, "is cut short"),
    "longer": (lengthen, "is too long"),
    "altered": (flip_a_byte, "was altered"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "cannot be read"),
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("name", LOADERS)
def test_damage_is_named_with_its_remedy(copied_data, name, damage):
    action, words = DAMAGE[damage]
    action(copied_data / name)
    with pytest.raises(DataFileError) as caught:
        LOADERS[name]()
    message = str(caught.value)
    assert message.startswith(f"data/{name} {words}")
    assert f"git checkout -- data/{name}" in message
    assert f"python data/{name.split('/')[0]}/build.py" in message
    assert (files.DATA.parent / "data" / name.split("/")[0] / "build.py").is_file()


def test_missing_data_folder_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "DATA", tmp_path / "nowhere")
    with pytest.raises(DataFileError, match="is missing .looked in .*nowhere"):
        digits.load()


def test_check_reports_every_file_and_names_the_damaged_one(copied_data):
    report = datasets.check()
    assert [name for name, _, _ in report] == [f"data/{files.folder(m)}/{n}" for m, n in EVERY_FILE]
    assert all(ok for _, ok, _ in report)
    flip_a_byte(copied_data / "photographs" / "moon.png")
    (copied_data / "nuclei" / "test_images.png").unlink()
    bad = {name: message for name, ok, message in datasets.check() if not ok}
    assert set(bad) == {"data/photographs/moon.png", "data/nuclei/test_images.png"}
    assert "was altered" in bad["data/photographs/moon.png"]


@pytest.mark.parametrize(("module", "name"), EVERY_FILE, ids=lambda v: v if isinstance(v, str) else "")
def test_card_states_the_checksum_of_every_file(module, name):
    card = (files.DATA / files.folder(module) / "README.md").read_text()
    content = (files.DATA / files.folder(module) / name).read_bytes()
    assert f"`{hashlib.sha256(content).hexdigest()}`" in card
    assert f"{len(content):,}" in card


@pytest.mark.parametrize("module", MODULES, ids=files.folder)
def test_card_says_what_a_card_must_say(module):
    folder = files.DATA / files.folder(module)
    card = (folder / "README.md").read_text()
    for heading in ("Origin", "What was changed", "Licence", "Counts", "Split", "Known flaws", "Files"):
        assert f"## {heading}" in card, heading
    assert "![" in card
    linked = [part.split(")")[0] for part in card.split("](")[1:]]
    assert linked
    assert all((folder / path).is_file() for path in linked if "://" not in path), linked
    assert any(path.startswith("LICENSE") for path in linked)


def test_data_folder_stays_small():
    total = sum(path.stat().st_size for path in files.DATA.rglob("*") if path.is_file())
    assert total < 20e6


@pytest.mark.parametrize("load", [digits.load, emoji.load, nuclei.load, nuclei.load_shifted])
def test_arrays_are_fresh_and_writable(load):
    def arrays(value):
        return [value] if isinstance(value, np.ndarray) else [a for part in value for a in arrays(part)]

    first, kept = arrays(load()), [a.copy() for a in arrays(load())]
    for array in first:
        array[...] = array.ravel()[-1]
    for again, expected in zip(arrays(load()), kept, strict=True):
        np.testing.assert_array_equal(again, expected)


def test_loading_writes_nothing(copied_data):
    def state():
        return {path: path.stat().st_mtime_ns for path in copied_data.rglob("*")}

    before = state()
    digits.load(), nuclei.load(), nuclei.load_shifted(), photographs.load("camera"), emoji.scenes(1)
    assert state() == before


def test_import_is_light():
    heavy = {"scipy", "skimage", "matplotlib", "keras", "tensorflow", "cv2", "PIL"}
    assert not heavy & loaded_by("import course_lib.datasets, course_lib.datasets.official")
