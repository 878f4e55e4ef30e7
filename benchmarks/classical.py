"""How fast is the classical part written in NumPy? Beside scikit-image and OpenCV, in one run.

Run it from the root of the repository, on a machine that does nothing else:

    python benchmarks/classical.py

It takes about a minute and prints the table of benchmarks/README.md. scikit-image and OpenCV are installed with the
course.

All get the same photograph of 512 x 512 pixels, and what they give is compared before they are timed. In each row
everybody takes turns, call by call, in an order that rotates. The first column is the median time of one call of ours.
The columns of the others are *paired* ratios to ours, the median over the rounds of their time divided by ours in the
same round: above 1, ours is faster.
"""

import argparse
import datetime
import functools
import importlib.metadata
import os
import platform
import time
from typing import NamedTuple

import cv2
import numpy as np
from skimage import feature, measure, transform

from course_lib.classical import corners, edges, hough, shape, texture
from course_lib.datasets import photographs

VERSIONS = ("numpy", "scipy", "scikit-image", "opencv-python-headless")
LIBRARIES = ("scikit-image", "OpenCV")


# --- what is worked on ------------------------------------------------------------------------------------------------


@functools.cache
def photograph(side):
    """The photograph with the camera, uint8, cut or repeated to side x side."""
    image = photographs.load("camera")
    return np.pad(image, [(0, max(side - n, 0)) for n in image.shape], mode="symmetric")[:side, :side].copy()


@functools.cache
def gray(side):
    return photograph(side) / 255


@functools.cache
def outlines(side):
    """A mask of edges."""
    return feature.canny(gray(side), 2.0)


# --- whether two results are the same ---------------------------------------------------------------------------------


def equal(ours, theirs):
    np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))


def close(rtol, atol=0.0):
    return lambda ours, theirs: np.testing.assert_allclose(theirs, ours, rtol=rtol, atol=atol)


def equal_lines(ours, theirs):
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        equal(a, b)


class Case(NamedTuple):
    """One row: what it is called, what is done (all take the side of the photograph), and what "the same" means.

    `ours` and the functions in `others` may cost something to prepare: they are called once with the side and give a
    function without arguments, which is what is timed.
    """

    name: str
    ours: object
    others: dict
    same: object = equal


def of(prepare, function, *args, **kwargs):
    """A method for a `Case`: `function(prepare(side), *args, **kwargs)`."""

    def method(side):
        prepared = prepare(side)
        return lambda: function(prepared, *args, **kwargs)

    return method


# --- what is timed: one row a line ------------------------------------------------------------------------------------

RADII = np.arange(20, 40, 4)
ANGLES = np.linspace(-np.pi / 2, np.pi / 2, 180, endpoint=False)


def opencv_canny(image):
    return cv2.Canny(image, 100, 200) > 0


def opencv_hu(image):
    """OpenCV counts x first, which turns the sign of the last invariant."""
    return cv2.HuMoments(cv2.moments(image))[:, 0] * [1, 1, 1, 1, 1, 1, -1]


def skimage_hu(image):
    return measure.moments_hu(measure.moments_normalized(measure.moments_central(image)))


def skimage_shares(image):
    return feature.graycomatrix(image, [1], [0], 256, normed=True)[:, :, 0, 0]


def skimage_harris(image):
    """With Sobel's sums, which are eight times the slopes of ours: 8 to the power 4 = 4096."""
    return feature.corner_harris(image, sigma=1.0, k=0.05) / 4096


CASES = [
    Case("Canny, as scikit-image", of(gray, edges.canny), {"scikit-image": of(gray, feature.canny)}),
    Case("Canny, as OpenCV", of(photograph, edges.canny_opencv, 100, 200), {"OpenCV": of(photograph, opencv_canny)}),
    Case(
        "Hough, lines",
        of(outlines, lambda mask: hough.hough_lines(mask, ANGLES)[0]),
        {"scikit-image": of(outlines, lambda mask: transform.hough_line(mask, ANGLES)[0])},
    ),
    Case(
        "Hough, circles of 5 radii",
        of(outlines, hough.hough_circles, RADII),
        {"scikit-image": of(outlines, transform.hough_circle, RADII)},
        close(0, 0.05),  # scikit-image counts some pixels of a ring twice
    ),
    Case(
        "Harris",
        of(gray, corners.harris, mode="constant"),
        {"scikit-image": of(gray, skimage_harris)},
        close(1e-9, 1e-12),
    ),
    Case(
        "local binary pattern, 4 points",
        of(photograph, texture.local_binary_pattern, 4),
        {"scikit-image": of(photograph, feature.local_binary_pattern, 4, 1)},
    ),
    Case(
        "co-occurrence, 256 levels",
        of(photograph, texture.cooccurrence, (0, 1), 256),
        {"scikit-image": of(photograph, skimage_shares)},
        close(1e-12),
    ),
    Case(
        "contours at 127.5",
        of(gray, shape.contours, 0.5),
        {"scikit-image": of(gray, measure.find_contours, 0.5)},
        equal_lines,
    ),
    Case(
        "Hu's moments",
        of(photograph, shape.hu_moments),
        {"scikit-image": of(gray, lambda image: skimage_hu(255 * image)), "OpenCV": of(photograph, opencv_hu)},
        close(1e-6, 1e-20),
    ),
]


# --- the race ---------------------------------------------------------------------------------------------------------


def check_agreement(case, side):
    """Raise if others give another result than ours: a race between unequal results means nothing."""
    ours = case.ours(side)()
    for who, method in case.others.items():
        try:
            case.same(ours, method(side)())
        except AssertionError as error:
            raise AssertionError(f"{case.name}: {who} gives another result. {error}") from None


def race(case, side, repeats):
    """Seconds of every call, {who: array of shape (repeats,)}: in each round all take turns, another one first."""
    check_agreement(case, side)
    calls = {"ours": case.ours(side)} | {who: method(side) for who, method in case.others.items()}
    for call in calls.values():
        call()
    seconds = {who: [] for who in calls}
    names = list(calls)
    for turn in range(repeats):
        first = turn % len(names)
        for who in names[first:] + names[:first]:
            start = time.perf_counter()
            calls[who]()
            seconds[who].append(time.perf_counter() - start)
    return {who: np.array(found) for who, found in seconds.items()}


def row(case, seconds):
    """One line of the table: our time in milliseconds, and how many times as long the others take, round by round."""
    cells = [case.name, f"{1e3 * np.median(seconds['ours']):.1f}"]
    for library in LIBRARIES:
        ratio = np.median(seconds[library] / seconds["ours"]) if library in seconds else None
        cells.append("–" if ratio is None else f"{ratio:.2f}" if ratio > 0.1 else f"{ratio:.1g}")
    return f"| {' | '.join(cells)} |"


def main(argv=None):
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--side", type=int, default=512, help="rows and columns of the photograph")
    parser.add_argument("--repeats", type=int, default=15, help="rounds")
    parser.add_argument("--names", nargs="+", default=[case.name for case in CASES], help="which rows")
    options = parser.parse_args(argv)
    if unknown := set(options.names) - {case.name for case in CASES}:
        parser.error(f"nothing is called {', '.join(sorted(unknown))}; there are {', '.join(c.name for c in CASES)}")
    versions = ", ".join(f"{package} {importlib.metadata.version(package)}" for package in VERSIONS)
    print(f"{options.side} x {options.side}, {os.cpu_count()} cores, {platform.machine()}, "
          f"{datetime.datetime.now(tz=datetime.UTC).date().isoformat()}.")  # fmt: skip
    print(f"Python {platform.python_version()}, {versions}.\n")
    print(f"| what | ours, ms | {' | '.join(LIBRARIES)} |\n|{'---|' * (2 + len(LIBRARIES))}")
    for case in CASES:
        if case.name in options.names:
            print(row(case, race(case, options.side, options.repeats)), flush=True)


if __name__ == "__main__":
    main()
