"""The README's page "Your own images", executed as it is printed there, on folders as strangers have them."""

import ast
import re

import numpy as np
import pytest

from course_lib.datasets.folder.reading import read_image
from tests.dresses import DRESS, folder_of, unlike_sizes
from tests.helpers import ROOT

PAGE = (ROOT / "README.md").read_text("utf-8").split("## Your own images")[1].split("\n## ")[0]
CODE = re.search(r"```python\n(.*?)```", PAGE, re.S)[1]
FIRST_LINE = 'load_folder("my_images", "my_masks", values=(0, 255))'
LINES = dict(re.findall(r"^\| (.*?) \| `(load_folder\(.*?\))`", PAGE, re.M))


def test_the_page_has_a_line_for_every_dress():
    assert list(LINES) == list(DRESS)
    assert CODE.count(FIRST_LINE) == 1 and CODE.count('predict_folder(model, "my_images"') == 1


@pytest.mark.parametrize("dress", DRESS)
def test_the_readme_leads_from_a_folder_to_masks_on_disk(dress, tmp_path, monkeypatch, capsys):
    truths = folder_of(dress, tmp_path)
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
