"""Make emoji.png and emoji.csv from the npm package emoji-datasource-google 16.0.0 (Noto Emoji 2.048).

    python data/emoji/build.py [--emoji-datasource-google FILE.tgz] [--out FOLDER]

Flags and the five bare skin-tone patches are left out, and so are variants by skin tone and gender. Each picture is
halved from 64 x 64 to 32 x 32 by averaging 2 x 2 pixels of *light* (sRGB undone) weighted by alpha, which leaves no
dark fringe; where alpha is 0 the colour is set to 0.
"""

import hashlib
import io
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from sources import Package, arguments, fetch, write_csv, write_png

TABLE = "package/emoji.json"
TABLE_SHA256 = "1d602e65be88772bf8cc368ce16b855d719eeddbafe128d471b80203f494d29f"
PICTURES = "package/img/google/64"
PICTURES_SHA256 = "60b3e2a2609c13b7ca8feb5292f16cd60b853d0854a1350ee5fa5bd0eda38be8"
COLUMNS = 40


def halve(rgba):
    """Average 2 x 2 pixels of straight 8-bit RGBA in premultiplied linear light; return straight 8-bit RGBA."""
    coded, alpha = rgba[..., :3] / 255, rgba[..., 3:] / 255
    light = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    blocks = np.concatenate([light * alpha, alpha], axis=-1).reshape(32, 2, 32, 2, 4).mean(axis=(1, 3))
    light = blocks[..., :3] / np.where(blocks[..., 3:] > 0, blocks[..., 3:], 1)
    coded = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    small = np.rint(np.concatenate([coded, blocks[..., 3:]], axis=-1) * 255).astype(np.uint8)
    small[small[..., 3] == 0] = 0
    return small


def main():
    options = arguments(__doc__, "emoji-datasource-google")
    out = options.out or Path(__file__).parent
    package = Package(fetch("emoji-datasource-google@16.0.0", options.emoji_datasource_google))
    entries = json.loads(package.read(TABLE, TABLE_SHA256))
    entries = [e for e in entries if e["category"] not in ("Flags", "Component")]
    entries.sort(key=lambda e: e["sort_order"])

    pictures = [package.members[f"{PICTURES}/{e['image']}"] for e in entries]
    found = hashlib.sha256(b"".join(pictures)).hexdigest()
    if found != PICTURES_SHA256:
        sys.exit(f"the {len(pictures)} pictures have SHA-256 {found}, expected {PICTURES_SHA256}")
    small = [halve(np.asarray(Image.open(io.BytesIO(p)).convert("RGBA"))) for p in pictures]
    small += [np.zeros((32, 32, 4), np.uint8)] * (-len(small) % COLUMNS)
    sheet = np.stack(small).reshape(-1, COLUMNS, 32, 32, 4).swapaxes(1, 2).reshape(-1, COLUMNS * 32, 4)
    write_png(out / "emoji.png", sheet)

    columns = ("short_name", "name", "category", "subcategory", "unified")
    write_csv(out / "emoji.csv", [columns] + [[e[c] for c in columns] for e in entries])


if __name__ == "__main__":
    main()
