"""How fast is the classical part written in NumPy? Beside scikit-image, OpenCV and SciPy, in one run.

Run it from the root of the repository, on a machine that does nothing else:

    python benchmarks/classical.py

It takes some minutes and prints the table of benchmarks/README.md. The libraries are installed with the course.

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
from scipy import ndimage
from scipy.cluster import vq
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow
from skimage import feature, filters, measure, morphology, segmentation, transform

from course_lib.classical import clustering, corners, cuts, edges, hough, regions, shape, texture, thresholds, watershed
from course_lib.classical import morphology as ours_of_masks
from course_lib.datasets import photographs

VERSIONS = ("numpy", "scipy", "scikit-image", "opencv-python-headless")
LIBRARIES = ("scikit-image", "OpenCV", "SciPy")


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


@functools.cache
def color(side):
    """A photograph in color, float64 from 0 to 1, cut or repeated to side x side, and its pixels: (side², 3)."""
    image = photographs.load("coffee")
    image = np.pad(image, [*((0, max(side - n, 0)) for n in image.shape[:2]), (0, 0)], mode="symmetric")
    return image[:side, :side].reshape(-1, 3) / 255


@functools.cache
def dark(side):
    """A mask: what is darker than its surroundings."""
    image = gray(side)
    return image < filters.gaussian(image, 15)


@functools.cache
def basins(side, levels=None):
    """Steepness, rounded to so many levels, and markers on a grid, at heights of their own."""
    landscape = filters.sobel(gray(side))
    if levels:
        landscape = np.round(landscape * levels) / levels
    markers = np.zeros(landscape.shape, int)
    places = [(i, j) for i in range(8, side, 40) for j in range(8, side, 40)]
    for number, place in enumerate(places, start=1):
        markers[place], landscape[place] = number, -number
    return landscape, markers


@functools.cache
def costs(side):
    """The squared distances of a noisy photograph from two grays, as whole numbers: (side, side, 2)."""
    noisy = gray(side) + np.random.default_rng(0).normal(0, 0.2, (side, side))
    return np.rint(100 * np.stack([(noisy - 0.2) ** 2, (noisy - 0.7) ** 2], axis=2))


@functools.cache
def pipes(side):
    """The network of `costs`, with a smoothness of 20, ready for SciPy."""
    unary = costs(side)
    n = side**2
    more = (unary[..., 0] - unary[..., 1]).ravel().astype(np.int32)
    first, second = regions.neighbors((side, side))
    ends = (
        np.concatenate([np.full(n, n), np.arange(n), first, second]),
        np.concatenate([np.arange(n), np.full(n, n + 1), second, first]),
    )
    widths = np.concatenate([np.maximum(more, 0), np.maximum(-more, 0), np.full(2 * len(first), 20)])
    return csr_array((widths.astype(np.int32), ends), shape=(n + 2, n + 2))


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

STEPS = 10
DISK = morphology.disk(3)
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


def first_centers(points):
    return points[:: max(len(points) // 8, 1)][:8]


def ours_kmeans(points):
    return clustering.kmeans(points, 8, centers=first_centers(points), steps=STEPS)[1]


def scipy_kmeans(points):
    return vq.kmeans2(points, first_centers(points), iter=STEPS, minit="matrix")[0]


def ours_watershed(prepared):
    return watershed.watershed(*prepared)


def skimage_watershed(prepared):
    return segmentation.watershed(*prepared)


def ours_cut(unary):
    cut = cuts.min_cut(unary, 20)
    return cut.flow


def scipy_flow(network):
    """The flow alone, without the network and the labels, which ours makes as well."""
    return maximum_flow(network, network.shape[0] - 2, network.shape[0] - 1).flow_value


def opencv_distance(mask):
    return cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)


def opencv_pieces(mask):
    return cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)[1]


def same_pieces(ours, theirs):
    """OpenCV numbers pieces in another order: to each number of ours belongs one of theirs."""
    pairs = np.unique(np.stack([ours.ravel(), theirs.ravel()]), axis=1)
    assert pairs.shape[1] == ours.max() + 1 == theirs.max() + 1


def close_inside(ours, theirs):
    """scikit-image mirrors at the last pixel, not behind it: half a window from the border on they are equal."""
    np.testing.assert_allclose(theirs[17:-17, 17:-17], ours[17:-17, 17:-17], rtol=1e-9, atol=1e-9)


def opencv_opening(mask):
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, DISK) > 0


def opencv_mean(image):
    return cv2.blur(image, (35, 35), borderType=cv2.BORDER_REFLECT)


def opencv_otsu(image):
    return cv2.threshold(image, 0, 255, cv2.THRESH_OTSU)[0]


def skimage_sauvola(image):
    return filters.threshold_sauvola(image, 35, k=0.2, r=0.5)


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
    Case(
        "Otsu",
        of(photograph, thresholds.otsu),
        {"scikit-image": of(photograph, filters.threshold_otsu), "OpenCV": of(photograph, opencv_otsu)},
    ),
    Case(
        "local mean, 35 x 35",
        of(gray, thresholds.local_mean, 35),
        {"scikit-image": of(gray, filters.threshold_local, 35, method="mean"), "OpenCV": of(gray, opencv_mean)},
        close(1e-9, 1e-12),
    ),
    Case(
        "Sauvola, 35 x 35",
        of(gray, thresholds.sauvola, 35),
        {"scikit-image": of(gray, skimage_sauvola)},
        close_inside,
    ),
    Case("k-means of colors, k = 8, 10 steps", of(color, ours_kmeans), {"SciPy": of(color, scipy_kmeans)}, close(1e-9)),
    Case(
        "connected components",
        of(dark, regions.label),
        {
            "scikit-image": of(dark, measure.label, connectivity=1),
            "OpenCV": of(dark, opencv_pieces),
            "SciPy": of(dark, lambda mask: ndimage.label(mask)[0]),
        },
        same_pieces,
    ),
    Case(
        "opening by a disk",
        of(dark, ours_of_masks.opening, DISK),
        {"scikit-image": of(dark, morphology.opening, DISK), "OpenCV": of(dark, opencv_opening)},
    ),
    Case(
        "distance transform",
        of(dark, watershed.distance_transform),
        {"OpenCV": of(dark, opencv_distance), "SciPy": of(dark, ndimage.distance_transform_edt)},
        close(1e-5),  # OpenCV computes in float32
    ),
    Case(
        "watershed, 256 heights",
        of(functools.partial(basins, levels=255), ours_watershed),
        {"scikit-image": of(functools.partial(basins, levels=255), skimage_watershed)},
    ),
    Case(
        "watershed, all heights different", of(basins, ours_watershed), {"scikit-image": of(basins, skimage_watershed)}
    ),
    Case("minimum cut", of(costs, ours_cut), {"SciPy": of(pipes, scipy_flow)}),
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
