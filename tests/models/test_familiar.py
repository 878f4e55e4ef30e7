"""What the shipped network was not trained for is told with what to do, and doing it helps."""

import re

import keras
import numpy as np
import pytest
from scipy import ndimage
from skimage.transform import rescale

from course_lib.classical.filters import median
from course_lib.datasets import files, nuclei, photographs
from course_lib.datasets.files import DataFileError
from course_lib.experiments.shipped import nuclei_unet
from course_lib.metrics import match_instances
from course_lib.models import familiar
from course_lib.models.instances import even_brightness, split_touching
from course_lib.models.weights import load_unet


@pytest.fixture(scope="module")
def film():
    return nuclei.load()


@pytest.fixture(scope="module")
def frame(film):
    """One test image and its labels."""
    images, labels = film[1]
    return images[0], labels[0]


@pytest.fixture(scope="module")
def foreground():
    network = load_unet()

    def predict(image):
        logits = network(even_brightness(image)[None, ..., None])
        return keras.ops.convert_to_numpy(keras.ops.sigmoid(logits))[0, ..., 0]

    return predict


def dice(found, truth):
    return 2 * (found & truth).sum() / (found.sum() + truth.sum())


def f1(found, truth):
    return match_instances(truth, found).f1


def enlarged(image, factor):
    return rescale(image, factor, order=1, preserve_range=True, anti_aliasing=factor < 1)


def whats(image):
    return [difference.what for difference in familiar.differences(image)]


# --- what is measured -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("radius", [8, 13, 25])
def test_the_width_of_discs_is_their_diameter(radius):
    rows, columns = np.mgrid[:240, :240]
    image = np.full((240, 240), 10)
    for r, c in ((60, 60), (60, 180), (180, 60)):
        image[(rows - r) ** 2 + (columns - c) ** 2 <= radius**2] = 200
    seen = familiar.look(image)
    assert seen["width"] == pytest.approx(2 * radius, rel=0.12)
    assert seen["share"] == pytest.approx(3 * np.pi * radius**2 / 240**2, rel=0.25)
    assert seen["levels"] == pytest.approx(190, rel=0.25)
    assert seen["polarity"] == 1 and familiar.look(255 - image)["polarity"] == -1
    assert seen["saturated"] == pytest.approx((image == 200).mean())


def test_the_width_follows_the_size_of_real_nuclei(frame):
    image, _ = frame
    widths = [familiar.look(enlarged(image, factor))["width"] / factor for factor in (0.5, 1, 1.5, 2)]
    np.testing.assert_allclose(widths, widths[1], rtol=0.1)


def test_an_image_without_anything_in_it_has_numbers_too():
    assert familiar.look(np.full((20, 30), 7)) == {
        "polarity": 0.0, "width": 0.0, "share": 0.0, "levels": 0.0, "saturated": 1.0, "noise": 0.0,
    }  # fmt: skip
    assert whats(np.zeros((20, 30), "uint8")) == ["levels"]


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (np.zeros((3, 9, 9)), r"image must be \(H, W\)"),
        (np.zeros((64, 64, 3)), "channels"),
        (-np.ones((9, 9)), "got -1"),
    ],
)
def test_what_is_no_image_is_named(image, words):
    with pytest.raises(ValueError, match=words):
        familiar.differences(image)


@pytest.mark.parametrize("sigma", [2, 10, 40])
def test_white_noise_is_measured_and_borders_are_not(sigma):
    rows, columns = np.mgrid[:300, :300]
    clean = np.where((rows % 60 - 30) ** 2 + (columns % 60 - 30) ** 2 <= 144, 600, 300)
    assert familiar.look(clean)["noise"] == 0
    noisy = clean + np.random.default_rng(0).normal(0, sigma, clean.shape)
    seen = familiar.look(noisy)
    assert seen["noise"] * seen["levels"] == pytest.approx(sigma, rel=0.03)


# --- ordinary images are not flagged ----------------------------------------------------------------------------------


def test_the_film_and_the_shifted_image_are_usual(film):
    (train, _), (test, _) = film
    for image in (*train[::3], *test, *test[:, :320], nuclei.load_shifted()[0]):
        assert familiar.differences(image) == []


def test_no_course_image_is_called_noisy(film):
    (train, _), (test, _) = film
    shifted, _ = nuclei.load_shifted()
    squares = [
        frame[i : i + 160, j : j + 160]
        for frame in (*train[::4], *test[::2])
        for i in range(0, 640, 160)
        for j in (0, 160)
    ]
    made = [enlarged(shifted, factor) for factor in (0.5, 0.7, 2)] + [test[0] // 5, test[0][::2, ::2], 255 - test[0]]
    photos = [np.atleast_3d(photographs.load(name)).mean(axis=-1) for name in photographs.NAMES]
    for image in (*squares, shifted[:256], shifted[:, 256:], *made, *photos):
        assert "noise" not in whats(image)


# --- each kind is flagged, and the advice helps -----------------------------------------------------------------------


def test_bright_grounds_are_flagged_and_inverting_brings_dice_back(film, foreground):
    (train, _), (images, labels) = film
    for image in (*train, *images):
        (difference,) = familiar.differences(255 - image)
        assert difference.what == "polarity" and "invert it, image.max() - image" in str(difference)
    bright, truth = 255 - images[0], labels[0] > 0
    assert dice(foreground(bright) > 0.5, truth) < 0.05
    assert dice(foreground(bright.max() - bright) > 0.5, truth) > 0.95
    assert whats(photographs.load("page")) == whats(np.where(bright > 200, 255, bright)) == ["polarity"]


@pytest.mark.parametrize("factor", [2, 0.5])
def test_other_widths_are_flagged_and_rescaling_brings_the_score_back(factor, frame, foreground):
    image, labels = frame
    other = enlarged(image, factor)
    truth = rescale(labels, factor, order=0, preserve_range=True, anti_aliasing=False).astype(labels.dtype)
    (difference,) = familiar.differences(other)
    assert difference.what == "width" and difference.factor == pytest.approx(1 / factor, rel=0.2)
    assert f"rescale the image by {difference.factor:.2f}" in str(difference)
    again = enlarged(other, difference.factor)
    assert familiar.differences(again) == []
    found = split_touching(foreground(again))
    there = [
        np.minimum((np.arange(n) * m / n).astype(int), m - 1) for n, m in zip(truth.shape, found.shape, strict=True)
    ]
    after = f1(found[np.ix_(*there)], truth)
    assert after > 0.85
    if factor == 2:
        assert f1(split_touching(foreground(other)), truth) < 0.65


def test_what_is_no_matter_of_size_is_not_to_be_rescaled(frame):
    image, _ = frame
    margin = np.pad(image, 200)
    slope = image + np.linspace(0, 100, image.shape[1])
    half = np.where(np.arange(image.shape[1]) < image.shape[1] // 3, 255 - image, image)
    for other in (margin, slope, half):
        (difference,) = familiar.differences(other)
        assert difference.what in ("width", "polarity") and difference.factor is None
        assert not re.search(r"rescale the image by|wider view", str(difference))
    assert familiar.differences(margin[200:-200, 200:-200]) == []
    even = slope - ndimage.gaussian_filter(ndimage.minimum_filter(slope, 61), 20)
    assert familiar.differences(even - even.min()) == []


def only(image, labels, n):
    """The first nuclei of a frame alone, on its own ground."""
    kept = np.isin(labels, np.unique(labels)[1 : n + 1])
    near = ndimage.binary_dilation(kept, iterations=6) & ~((labels > 0) & ~kept)
    ground = image[~ndimage.binary_dilation(labels > 0, iterations=8)]
    return np.where(near, image, np.random.default_rng(0).choice(ground, image.shape)), labels * kept


def test_a_sparse_field_is_flagged_and_cutting_out_brings_dice_back(frame, foreground):
    image, truth = only(*frame, 1)
    assert whats(image) == ["share"] and "cut out" in str(familiar.differences(image)[0])
    before = dice(foreground(image) > 0.5, truth > 0)
    (rows, columns) = ndimage.find_objects((truth > 0).astype(int))[0]
    place = np.s_[max(rows.start - 40, 0) : rows.stop + 40, max(columns.start - 40, 0) : columns.stop + 40]
    assert familiar.differences(image[place]) == []
    assert dice(foreground(image[place]) > 0.5, truth[place] > 0) > max(0.9, before + 0.1)
    assert whats(only(*frame, 4)[0]) == []


def test_ground_alone_is_flagged(frame):
    image, labels = frame
    assert whats(only(image, labels, 0)[0]) == ["levels"]


@pytest.mark.parametrize("factor", [6, 12, 20])
def test_over_exposure_is_flagged_even_where_the_ground_is_bright(factor, frame):
    image, _ = frame
    over = np.minimum(image.astype(int) * factor, 255)
    assert "saturated" in whats(over) and "polarity" not in whats(over)
    assert "Expose shorter" in str(familiar.differences(over)[0])


def test_noise_is_flagged_and_both_ways_to_mend_it_help(frame, foreground):
    rng = np.random.default_rng(0)
    for image, labels in (frame, nuclei.load_shifted()):
        sigma = 0.4 * familiar.look(image)["levels"]
        shots = [np.maximum(image + rng.normal(0, sigma, image.shape), 0) for _ in range(9)]
        (difference,) = familiar.differences(shots[0])
        assert difference.what == "noise" and "average several images" in str(difference)
        before, averaged, filtered = (
            f1(split_touching(foreground(other)), labels)
            for other in (shots[0], np.mean(shots, axis=0), median(shots[0], 3))
        )
        assert before < 0.5 and averaged > 0.75 and filtered > 0.75
        assert familiar.differences(np.mean(shots, axis=0)) == []
        photons = rng.poisson(image * 0.03) / 0.03
        assert whats(photons) == ["noise"] and f1(split_touching(foreground(photons)), labels) < 0.3


@pytest.mark.parametrize("divisor", [20, 50, 255])
def test_under_exposure_is_flagged(divisor, frame):
    image, _ = frame
    assert whats(image // divisor) == ["levels"]
    assert "multiply them again" in str(familiar.differences(image / 255)[0])


# --- the file beside the weights --------------------------------------------------------------------------------------


def test_the_reference_is_what_the_recipe_measures():
    measured = nuclei_unet.reference()
    shipped = familiar.reference()
    assert shipped.keys() == measured.keys() == familiar.look(np.eye(9)).keys()
    for what, usual in shipped.items():
        assert [limit is None for limit in usual] == [limit is None for limit in measured[what]]
        known = [(a, b) for a, b in zip(usual, measured[what], strict=True) if a is not None]
        np.testing.assert_allclose(*zip(*known, strict=True), rtol=0.01, atol=0.002)


def test_a_damaged_reference_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "DATA", tmp_path)
    with pytest.raises(DataFileError, match="data/weights/nuclei_unet.json is missing"):
        familiar.reference()
