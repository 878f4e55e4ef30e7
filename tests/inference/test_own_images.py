"""The README's page "Your own images", executed as it is printed there, on folders as strangers have them."""

import ast
import re

import numpy as np
import pytest
import tifffile
from PIL import Image

from course_lib.datasets.folder.reading import read_image
from tests.helpers import ROOT

PAGE = (ROOT / "README.md").read_text("utf-8").split("## Your own images")[1].split("\n## ")[0]
CODE = re.search(r"```python\n(.*?)```", PAGE, re.S)[1]
FIRST_LINE = 'load_folder("my_images", "my_masks", values=(0, 255))'
LINES = dict(re.findall(r"^\| (.*?) \| `(load_folder\(.*?\))`", PAGE, re.M))


def scene(rng, height=80, width=88):
    """Bright discs on a dark ground, none touching another: gray levels in [0, 1], and each disc's mask."""
    rows, columns = np.mgrid[:height, :width]
    discs, free = [], np.ones((height, width), bool)
    while len(discs) < 5:
        radius = rng.integers(6, 10)
        place = rng.integers(radius + 1, height - radius - 1), rng.integers(radius + 1, width - radius - 1)
        distance = np.hypot(rows - place[0], columns - place[1])
        if free[distance <= radius + 3].all():
            discs.append(distance <= radius)
            free &= distance > radius + 3
    image = 0.25 + 0.4 * np.any(discs, axis=0) + rng.normal(0, 0.06, (height, width))
    return image.clip(0, 1), discs


def sixteen_bit(folder, k, image, discs, rng):
    tifffile.imwrite(folder / f"my_images/img_{k}.tif", (1000 + 3000 * image).astype(np.uint16))
    tifffile.imwrite(folder / f"my_images/seg_{k}.tif", 255 * np.any(discs, axis=0).astype(np.uint8))


def bright_ground(folder, k, image, discs, rng):
    colours = 255 * (1 - image[..., None] * np.array([0.5, 0.9, 0.7]))
    Image.fromarray(colours.astype(np.uint8)).save(folder / f"my_images/{k}.jpg", quality=95)
    mask = 255 * np.any(discs, axis=0).astype(np.uint8)
    Image.fromarray(mask).convert("RGB").save(folder / f"my_masks/{k}.png")


def palette(folder, k, image, discs, rng):
    mask = np.any(discs, axis=0)
    grown = np.lib.stride_tricks.sliding_window_view(np.pad(mask, 1), (3, 3)).any(axis=(2, 3))
    kinds = [np.where(mask, 1, np.where(grown, 2, 0)), [(0, 0, 0), (128, 0, 0), (224, 224, 192)]]
    order = rng.permutation(3)  # every file has its palette in another order
    picture = Image.fromarray(np.argsort(order)[kinds[0]].astype(np.uint8), mode="P")
    picture.putpalette([c for entry in order for c in kinds[1][entry]])
    picture.save(folder / f"my_masks/{k}.png")
    Image.fromarray((255 * image).astype(np.uint8)).save(folder / f"my_images/{k}.png")


def trimap(folder, k, image, discs, rng):
    mask = np.any(discs, axis=0)
    grown = np.lib.stride_tricks.sliding_window_view(np.pad(mask, 1), (3, 3)).any(axis=(2, 3))
    stored = np.where(mask, 1, np.where(grown, 3, 2)).astype(np.uint8)
    Image.fromarray(stored).save(folder / f"my_masks/{k}.png")
    Image.fromarray((255 * image).astype(np.uint8)).save(folder / f"my_images/{k}.bmp")


def file_per_object(folder, k, image, discs, rng):
    (folder / f"my_images/{k}/masks").mkdir(parents=True)
    Image.fromarray((255 * image).astype(np.uint8)).save(folder / f"my_images/{k}/image.png")
    for i, disc in enumerate(discs):
        Image.fromarray(disc).save(folder / f"my_images/{k}/masks/{i}.png")  # 1 bit a pixel


def unlike_sizes(folder, k, image, discs, rng):
    cut = np.s_[: 80 - k, : 70 + k]
    tifffile.imwrite(folder / f"my_images/{k}.tif", image[cut].astype(np.float32))
    mask = 255 * np.any(discs, axis=0)[cut].astype(np.uint8)
    Image.merge("LA", [Image.fromarray(mask), Image.new("L", mask.shape[::-1], 255)]).save(folder / f"my_masks/{k}.png")


DRESS = {
    "16-bit TIFF, `img_1.tif` beside `seg_1.tif`": sixteen_bit,
    "photographs on a bright ground, masks saved as RGB": bright_ground,
    "masks with a palette, white borders left out": palette,
    "trimaps: 1 object, 2 ground, 3 unclear": trimap,
    "one file for each object": file_per_object,
    "sizes that differ": unlike_sizes,
}


def test_the_page_has_a_line_for_every_dress():
    assert list(LINES) == list(DRESS)
    assert CODE.count(FIRST_LINE) == 1 and CODE.count('predict_folder(model, "my_images"') == 1


@pytest.mark.parametrize("dress", DRESS)
def test_the_readme_leads_from_a_folder_to_masks_on_disk(dress, tmp_path, monkeypatch, capsys):
    rng = np.random.default_rng(5)
    for name in ("my_images", "my_masks"):
        (tmp_path / name).mkdir()
    truths = {}
    for k in range(1, 11):
        image, discs = scene(rng)
        DRESS[dress](tmp_path, k, image, discs, rng)
        truths[k] = np.any(discs, axis=0)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    line = LINES[dress]
    source = ast.literal_eval(ast.parse(line, mode="eval").body.args[0])
    code = CODE.replace(FIRST_LINE, line).replace(
        'predict_folder(model, "my_images"', f"predict_folder(model, {source!r}"
    )
    monkeypatch.chdir(tmp_path)
    if dress != "one file for each object":  # one as it stands, the others with a quarter of the steps
        code = code.replace("steps=25", "steps=6")
    names = {}
    exec(compile(code, "README.md", "exec"), names)

    written = names["written"]
    assert [int(re.search(r"\d+", path.stem)[0]) for path in written] == list(range(1, 11))
    scores = []
    for k, path in enumerate(written, start=1):
        found = read_image(path)
        truth = truths[k][: 80 - k, : 70 + k] if DRESS[dress] is unlike_sizes else truths[k]
        assert (found.shape, found.dtype) == (truth.shape, np.uint8) and set(np.unique(found)) <= {0, 255}
        scores.append(2 * np.sum(truth & (found > 0)) / (truth.sum() + (found > 0).sum()))
    assert min(scores[-2:]) > 0.85, scores
    said = float(re.search(r"Dice of the foreground on 2 images not trained on: (\S+)", capsys.readouterr().out)[1])
    assert said > 0.85
    assert all(path.read_bytes() == content for path, content in before.items())
