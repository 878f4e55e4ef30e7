"""The cells of chapter 15 on a stranger's folder: six dresses in this process, and one as a notebook of its own."""

import re

import keras
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest

from course_lib.datasets.folder.reading import read_image
from course_lib.inference import segmenter
from course_lib.teaching.notebooks import own, refresh
from tests.dresses import DRESS, folder_of, unlike_sizes
from tests.helpers import python

PATTERNS = {
    "16-bit TIFF, `img_1.tif` beside `seg_1.tif`": ("my_images/img_*.tif", "my_images/seg_*.tif"),
    "one file for each object": ("my_images/{name}/image.png", "my_images/{name}/masks/*.png"),
}


def folders(dress):
    return PATTERNS.get(dress, ("my_images", "my_masks"))


def test_every_cell_has_its_words_and_stands_where_they_do():
    assert list(own.cells()) == list(own.BEFORE)


def test_the_filled_cells_are_the_chapters_but_for_what_is_filled_in():
    notebook = own.written("a", "b", {"values": (0, 255)}, r"(\d+)")
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    of_chapter = own.cells()
    names = list(of_chapter)
    for name, source in zip(names, code, strict=True):
        if name in ("folder", "how"):
            assigned = re.findall(r"^([A-Z_, ]+?) =", of_chapter[name], re.M)
            assert assigned == re.findall(r"^([A-Z_, ]+?) =", source, re.M)
        else:
            assert source == of_chapter[name]
    assert 'GROUP = r"(\\d+)"' in code[names.index("folder")]


@pytest.mark.parametrize("dress", DRESS)
def test_the_cells_lead_from_a_strangers_folder_to_masks(dress, tmp_path, monkeypatch, capsys):
    truths = folder_of(dress, tmp_path, images=12)
    monkeypatch.chdir(tmp_path)
    assert own.main([*folders(dress), "--steps", "40"]) == 0
    notebook = nbformat.read("my_images.ipynb", as_version=4)
    monkeypatch.setattr("subprocess.run", in_this_process)
    names = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, cell.id, "exec"), names)
    plt.close("all")
    said = capsys.readouterr().out
    score, low, high = map(float, re.search(r"Dice, network:  (\S+), 95 % interval (\S+) to (\S+) \(", said).groups())
    assert score > 0.85 and low <= score <= high
    written = sorted(
        (tmp_path / "my_model/masks_found").iterdir(), key=lambda path: int(re.search(r"\d+", path.stem)[0])
    )
    assert len(written) == 12
    dice = []
    for k, path in enumerate(written, start=1):
        truth, found = truths[k], read_image(path) > 0
        truth = truth[: 80 - k, : 70 + k] if DRESS[dress] is unlike_sizes else truth
        dice.append(2 * (truth & found).sum() / (truth.sum() + found.sum()))
    assert np.mean(dice[-4:]) > 0.8, dice
    keras.backend.clear_session()


class Done:
    returncode, stderr = 0, ""
    stdout = "done"


def in_this_process(command, **options):
    """`python -m course_lib segment ...` without a new process, which takes seconds to load Keras."""
    assert command[1:4] == ["-m", "course_lib", "segment"]
    assert segmenter.main([str(part) for part in command[4:]]) == 0
    return Done


def test_a_written_notebook_executes(tmp_path):
    folder_of("trimaps: 1 object, 2 ground, 3 unclear", tmp_path, images=11)
    (tmp_path / "my_masks/1.png").unlink()  # an image without a mask gets one
    done = python("-m", "course_lib", "own", "my_images", "my_masks", "--steps", "40", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "values=(2, 1), void=3" in done.stdout and "written: my_images.ipynb" in done.stdout
    notebook = nbformat.read(tmp_path / "my_images.ipynb", as_version=4)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    refresh.execute(notebook, tmp_path)
    assert all(path.read_bytes() == content for path, content in before.items())
    new = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*") if path not in before and path.is_file()}
    assert new == {"my_model"}
    assert len(list((tmp_path / "my_model/masks_found").glob("*.png"))) == 11
    printed = "".join(out.get("text", "") for cell in notebook.cells for out in cell.get("outputs", []))
    assert "Dice, network:" in printed and "11 files in masks_found" in printed


def test_nothing_is_written_over_and_other_places_are_seen_from_there(tmp_path, monkeypatch, capsys):
    folder_of("sizes that differ", tmp_path)
    monkeypatch.chdir(tmp_path)
    assert own.main(["my_images", "my_masks"]) == 0
    assert own.main(["my_images", "my_masks"]) == 2 and "exists" in capsys.readouterr().err
    assert own.main(["my_images", "my_masks", "--to", "notes/mine.ipynb"]) == 0
    assert "'../my_images', '../my_masks'" in nbformat.read("notes/mine.ipynb", as_version=4).cells[3].source
    assert own.main([str(tmp_path / "my_images"), "my_masks", "--overwrite"]) == 0
    assert repr(str(tmp_path / "my_images")) in nbformat.read("my_images.ipynb", as_version=4).cells[3].source


def test_what_cannot_be_done_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert own.main(["nothing", "here"]) == 2 and "images" in capsys.readouterr().err
    assert own.main(["nothing", "here", "--to", "a.txt"]) == 2 and ".ipynb" in capsys.readouterr().err
    folder_of("sizes that differ", tmp_path, images=2)
    for path in (tmp_path / "my_masks").iterdir():
        path.write_bytes(b"no picture")
    assert own.main(["my_images", "my_masks"]) == 1 and "nothing is written" in capsys.readouterr().err


def test_masks_whose_names_end_in_something_more_and_groups_in_names(tmp_path, monkeypatch, capsys):
    folder_of("trimaps: 1 object, 2 ground, 3 unclear", tmp_path, images=9)
    for k in range(1, 10):
        name = f"slide{(k - 1) // 3}_{k}"
        (tmp_path / f"my_images/{k}.bmp").rename(tmp_path / f"my_images/{name}.bmp")
        (tmp_path / f"my_masks/{k}.png").rename(tmp_path / f"my_masks/{name}_mask.png")
    monkeypatch.chdir(tmp_path)
    assert own.main(["my_images", "my_masks"]) == 0
    source = nbformat.read("my_images.ipynb", as_version=4).cells[3].source
    assert "'my_images/{name}.*', 'my_masks/{name}_mask.*'" in source
    assert r'GROUP = r"^(.*?)\d+\D*$"' in source and "one group" in capsys.readouterr().out


def test_no_cell_deletes_or_moves_anything():
    code = "\n".join(own.cells().values())
    for word in ("rmtree", "unlink", "remove", "rename", "rmdir", "tempfile", "move("):
        assert word not in code, word


def test_a_model_that_is_there_is_not_written_over(tmp_path, monkeypatch, capsys):
    folder_of("sizes that differ", tmp_path, images=3)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_model").mkdir()
    assert own.main(["my_images", "my_masks"]) == 2 and "my_model exists" in capsys.readouterr().err
    assert own.main(["my_images", "my_masks", "--to", "cells.ipynb"]) == 0
    assert "MODEL = 'cells_model'" in nbformat.read("cells.ipynb", as_version=4).cells[3].source


def test_the_likely_suffix():
    assert own.likely_suffix(["a", "ab"], ["a_seg", "ab_seg"]) == "_seg"
    assert own.likely_suffix(["a", "b"], ["x", "y"]) == "" and own.likely_suffix([], []) == ""
