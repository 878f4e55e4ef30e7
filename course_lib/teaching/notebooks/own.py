"""A notebook for a reader's own images: `python -m course_lib own IMAGES MASKS`.

Its code is the chapter's: the cells of chapter 15 that are tagged ``own:NAME``, word for word. Two of them say which
folders and how masks are stored; these are written anew. What stands between the cells is here, since the chapter's own
text speaks of the chapter's images.
"""

import argparse
import os
import sys
from collections import Counter
from pathlib import Path

from course_lib.datasets.folder.audit import audit
from course_lib.datasets.folder.pairing import list_images, partners
from course_lib.datasets.folder.splitting import likely_pattern
from course_lib.teaching.notebooks.refresh import find, tidy

CHAPTER = "15"
TAG = "own:"
BEFORE = {
    "imports": """# Your own images

These are the cells of chapter 15, filled in for your folders. What each step is for, and what to do when it goes wrong,
stands there. Run them one after the other, and look at every picture.""",
    "folder": """## 1 · Look before you train

Only this cell and the one below the audit are to be changed. Nothing in this notebook changes or deletes your images or
your masks. It writes one folder, `MODEL`, beside this notebook, and replaces what an earlier run has put into it.

`GROUP` is a regular expression: its parentheses hold what in a name says which images belong together (one patient, one
slide, one film). `r"dish_(\\d+)"` is the number behind `dish_`, `r"^([^_]+)"` all before the first `_`, and `None` says
that each image stands alone. Three groups are needed, and two of them in the test for an interval: six or more are
better.""",
    "audit": """What is in the files? Lines that begin with *mend* would stop the loading, but for images without a
mask: they are left out of the training, and get a mask in section 8. Lines that begin with *note* would stop nothing,
and that is why they are here.""",
    "how": """How the masks are stored: the class that is the ground comes first. The audit proposes, you decide. The
table "My masks are ..." of chapter 15 has a line for every kind.""",
    "load": """Everything is read, or an error names the file. Objects of all classes count as one kind here.

**Look:** the colours must lie on the objects.""",
    "split": """## 2 · Split by what belongs together

Whole groups go to one side. The last ones, in natural order, are for the test.""",
    "baseline": """## 3 · The number to beat

The best threshold rule, chosen on the training images.""",
    "normalization": """## 4 · One scale for brightness, one for size

Can one threshold serve all images? It is chosen on all training images but one, and tried on the one.

**Look:** in the lower row objects should be equally bright everywhere.""",
    "scale": "The network is made for objects about 25 pixels wide.",
    "model": """## 5 · Train, within your time

The U-Net of chapter 08, written out so that you can change it.""",
    "pairs": "**Look:** what the network will see. The colours must lie on the objects here too.",
    "pace": "How long does a step take on this machine?",
    "train": """`MINUTES` and `MOST_STEPS` in the first section say for how long.

**Look:** one validation image, on the way.""",
    "compare": "Does the network beat the threshold? If not: chapter 15, section 5, has a list to go through.",
    "choose": "## 6 · Choose on the validation part",
    "score": """## 7 · The score, once

The test part is opened here, and should not be used for any choice afterwards. If the interval of the difference holds
0, the network may be no better than the threshold.""",
    "worst": "**Look:** the two worst images. Would you have known better?",
    "write": """## 8 · Use it

The network with everything that belongs to it is saved as one folder. Then a new process writes a mask for every image.
They lie in `MODEL`, in the folder `masks_found`: PNG files, 0 for the ground and 255 for an object. Images that had no
mask have one now. For other images type it in a terminal, with the name of your model:
`python -m course_lib segment my_model "FOLDER" "masks_found"`. With `--objects` it writes numbers of objects, 16-bit
PNG, which a viewer shows nearly black.""",
}


def cells(path=None):
    """The tagged code cells of the chapter.

    Parameters
    ----------
    path : path, optional
        Of a notebook; by default chapter 15.

    Returns
    -------
    dict of str to str
        The source, by what stands behind the tag's colon, in the chapter's order.
    """
    import nbformat

    notebook = nbformat.read(path or find(CHAPTER)[0], as_version=4)
    found = {}
    for cell in notebook.cells:
        for tag in cell.metadata.get("tags", []):
            if tag.startswith(TAG):
                found[tag.removeprefix(TAG)] = cell.source
    return found


def written(images, masks, how, group=None, minutes=5, most_steps=3000, model="my_model"):
    """The notebook for two folders.

    Parameters
    ----------
    images, masks : str
        Paths or patterns, as the notebook is to have them.
    how : dict
        Arguments of `load_folder`.
    group : str, optional
        A regular expression for `course_lib.datasets.folder.splitting.groups_of`.
    minutes : float
        For the training.
    most_steps : int
    model : str
        The folder for the trained network, seen from the notebook.

    Returns
    -------
    nbformat.NotebookNode
        Not executed.
    """
    import nbformat

    pattern = "None" if group is None else _raw(group)
    filled = {
        "folder": f"IMAGES, MASKS = {images!r}, {masks!r}\n"
        f"GROUP = {pattern}          # what in a name says which images belong together; None: each alone\n"
        f"MINUTES, MOST_STEPS = {minutes}, {most_steps}   # time for the training, and no more steps than that\n"
        f"MODEL = {model!r}    # where the trained network goes",
        "how": f"HOW = {how!r}   # the ground first",
    }
    notebook = nbformat.v4.new_notebook()
    for name, source in cells().items():
        notebook.cells.append(nbformat.v4.new_markdown_cell(BEFORE[name]))
        notebook.cells.append(nbformat.v4.new_code_cell(filled.get(name, source)))
    tidy(notebook)
    return notebook


def likely_suffix(images, masks):
    """What most masks have more in their names than an image: "_mask" for "a.png" and "a_mask.png"; "" for nothing.

    Parameters
    ----------
    images, masks : list of str
        Names without extensions.

    Returns
    -------
    str
    """
    more = Counter()
    for mask in masks:
        starts = [name for name in images if mask.startswith(name)]
        if starts:
            more[mask.removeprefix(max(starts, key=len))] += 1
    best = more.most_common(1)
    return best[0][0] if best and 2 * best[0][1] > len(masks) else ""


def main(arguments):
    """Audit two folders and write a notebook for them: ``python -m course_lib own IMAGES MASKS``.

    Parameters
    ----------
    arguments : list of str

    Returns
    -------
    int
        The exit status.
    """
    parser = argparse.ArgumentParser(
        prog="python -m course_lib own", description="Write the notebook of chapter 15 for your own images and masks."
    )
    parser.add_argument("images", metavar="IMAGES", help="a folder, or a pattern in quotes such as 'data/img_*.tif'")
    parser.add_argument("masks", metavar="MASKS", help="a folder, or a pattern; files named like the images")
    parser.add_argument("--to", default="my_images.ipynb", help="the notebook to write (default: %(default)s)")
    parser.add_argument("--group", help="a regular expression: what in a name says which images belong together")
    parser.add_argument("--minutes", type=float, default=5, help="time for the training (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=3000, help="no more steps than that (default: %(default)s)")
    parser.add_argument("--overwrite", action="store_true", help="replace the notebook")
    given = parser.parse_args(arguments)
    to = Path(given.to)
    if to.suffix != ".ipynb":
        print(f"--to must end with .ipynb, got {given.to!r}", file=sys.stderr)
        return 2
    model = f"{to.stem.removesuffix('_images')}_model"
    if (to.parent / model).exists() and not given.overwrite:
        print(
            f"{to.parent / model} exists, and the notebook would write into it: say --overwrite or --to",
            file=sys.stderr,
        )
        return 2
    if to.exists() and not given.overwrite:
        print(f"{to} exists: say --overwrite to replace it, or --to for another name", file=sys.stderr)
        return 2
    try:
        images, masks = _by_suffix(given.images, given.masks)
        found = audit(images, masks)
    except (OSError, ValueError, TypeError) as error:
        print(error, file=sys.stderr)
        return 2
    print(found)
    if not found.rows:
        print("\nNo pair of an image and a mask could be read: nothing is written.", file=sys.stderr)
        return 1
    import nbformat

    group = given.group or likely_pattern([row.name for row in found.rows])
    how = found.how or {"values": (0, 255)}
    to.parent.mkdir(parents=True, exist_ok=True)
    places = [_seen_from(to.parent, where) for where in (images, masks)]
    nbformat.write(written(*places, how, group, given.minutes, given.steps, model), to)
    print(f"\nwritten: {to}")
    print("It changes none of your files. It will write a folder beside it: " + model)
    if not found.how:
        print("How the masks are stored could not be told: fill in HOW in section 1.")
    if group and not given.group:
        print(f"Images whose names agree up to their last number were taken for one group: {group}. Is that so?")
    return 0


def _by_suffix(images, masks):
    """The two as they are; as patterns where the names of the masks end in something more."""
    if not (Path(images).is_dir() and Path(masks).is_dir()):
        return images, masks
    if partners(images, masks)[0]:
        return images, masks
    suffix = likely_suffix(*([name for name, _ in list_images(where)] for where in (images, masks)))
    if not suffix:
        return images, masks
    return f"{Path(images).as_posix()}/{{name}}.*", f"{Path(masks).as_posix()}/{{name}}{suffix}.*"


def _seen_from(folder, where):
    """A path or pattern as a notebook in that folder has to write it: absolute ones stay so."""
    if Path(where).is_absolute():
        return where
    return Path(os.path.relpath(where, folder)).as_posix()


def _raw(pattern):
    return f'r"{pattern}"' if '"' not in pattern and not pattern.endswith("\\") else repr(pattern)
