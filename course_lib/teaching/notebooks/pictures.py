"""Whether two stored pictures show the same thing: decoded, pixel by pixel, with room for rounding only.

Fonts, rasterizer and palette are pinned, so a fresh run gives the same pixels; another processor may round
some of them differently. A curve that moved by a pixel, a missing legend entry, another colormap are differences.
"""

import base64
import io

import numpy as np
from PIL import Image, ImageSequence

NOTICED = 24  # grey levels, of 255: smaller differences are rounding
FEW = 10  # pixels that may differ by more, at least
SHARE = 2e-5  # of all pixels
MEAN = 1.5  # grey levels, on average


def frames(png):
    """Decode a PNG, animated or not.

    Parameters
    ----------
    png : bytes or str
        The file, or its base64 text as notebooks store it.

    Returns
    -------
    list of int16 arrays, (H, W, 3)
    """
    raw = base64.b64decode(png) if isinstance(png, str) else png
    with Image.open(io.BytesIO(raw)) as image:
        return [np.asarray(frame.convert("RGB"), dtype=np.int16) for frame in ImageSequence.Iterator(image)]


def difference(stored, fresh):
    """Say how two pictures differ; None where they show the same.

    Parameters
    ----------
    stored, fresh : bytes or str
        As for `frames`.
    """
    if stored == fresh:
        return None
    before, after = frames(stored), frames(fresh)
    if len(before) != len(after):
        return f"{len(before)} frames are stored, the fresh picture has {len(after)}"
    for number, (a, b) in enumerate(zip(before, after, strict=True)):
        which = f"frame {number}: " if len(before) > 1 else ""
        if a.shape != b.shape:
            return (
                f"{which}{a.shape[1]}×{a.shape[0]} pixels are stored, the fresh picture has {b.shape[1]}×{b.shape[0]}"
            )
        gap = np.abs(a - b).max(axis=2)
        noticed = int((gap > NOTICED).sum())
        if noticed > max(FEW, SHARE * gap.size):
            rows, columns = np.nonzero(gap > NOTICED)
            box = f"rows {rows.min()}–{rows.max()}, columns {columns.min()}–{columns.max()}"
            return f"{which}{noticed} of {gap.size} pixels differ by more than {NOTICED} grey levels, in {box}"
        if gap.mean() > MEAN:
            return f"{which}the pixels differ by {gap.mean():.1f} grey levels on average"
    return None


def of_outputs(outputs):
    """The pictures among a cell's outputs, each with its alternative text.

    Returns
    -------
    list of (png as base64 text, alt)
    """
    found = []
    for output in outputs:
        for mime, value in output.get("data", {}).items():
            if mime.startswith("image/"):
                text = "".join(value) if isinstance(value, list) else value
                alt = (output.get("metadata", {}).get(mime) or {}).get("alt", "")
                found.append((text.replace("\n", ""), alt))
    return found


def outputs_differ(stored, fresh):
    """Say how the pictures of two runs of a cell differ; None where they do not.

    Parameters
    ----------
    stored, fresh : list of notebook outputs
    """
    before, after = of_outputs(stored), of_outputs(fresh)
    if len(before) != len(after):
        return f"{len(before)} pictures are stored, the fresh run shows {len(after)}"
    for number, ((png, alt), (new_png, new_alt)) in enumerate(zip(before, after, strict=True), start=1):
        what = f"picture {number}: " if len(before) > 1 else ""
        if alt != new_alt:
            return f"{what}the alternative text is stored as {alt!r}, the fresh one is {new_alt!r}"
        text = difference(png, new_png)
        if text:
            return what + text
    return None
