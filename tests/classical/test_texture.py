"""Texture features against scikit-image, counting in loops, and what must not change them."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from skimage import data
from skimage.feature import graycomatrix, graycoprops
from skimage.feature import local_binary_pattern as their_pattern
from skimage.filters import gabor_kernel

from course_lib.classical import texture as t

bytes_2d = hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, min_side=3, max_side=9))
levels_2d = hnp.arrays(np.int64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=7), elements=st.integers(0, 4))


# --- Gabor ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wavelength", [3.0, 4.5, 8.0])
@pytest.mark.parametrize("bandwidth", [0.7, 1.0, 1.5])
def test_a_filter_is_that_of_scikit_image_less_what_a_constant_gives(wavelength, bandwidth):
    for _, theta, kernel in t.gabor_bank([wavelength], 3, bandwidth):
        theirs = gabor_kernel(1 / wavelength, theta, bandwidth=bandwidth, n_stds=4)
        radius = min(len(kernel), *theirs.shape) // 2
        cut = [k[tuple(slice(n // 2 - radius, n // 2 + radius + 1) for n in k.shape)] for k in (kernel, theirs)]
        size = np.abs(theirs).max()  # scikit-image divides by the integral of the window, not by the sum of samples
        np.testing.assert_allclose(cut[0].imag, cut[1].imag, atol=1e-4 * size)
        constant = np.exp(-2 * (np.pi * _sigma(wavelength, bandwidth) / wavelength) ** 2)
        assert np.abs(cut[1].real - cut[0].real).max() <= (1.1 * constant + 1e-4) * size
        assert abs(kernel.sum()) < 1e-15


def _sigma(wavelength, bandwidth):
    return wavelength / np.pi * np.sqrt(np.log(2) / 2) * (2**bandwidth + 1) / (2**bandwidth - 1)


def test_a_bank_has_every_wavelength_in_every_direction():
    bank = t.gabor_bank([4, 6, 9], directions=6)
    assert [(f.wavelength, round(f.theta / np.pi * 6)) for f in bank] == [(w, d) for w in (4, 6, 9) for d in range(6)]


@pytest.mark.parametrize("theta", [0, np.pi / 4, np.pi / 2])
@pytest.mark.parametrize("phase", [0, 1, 2.5])
def test_a_wave_is_answered_by_its_own_filter_whatever_its_phase(theta, phase):
    y, x = np.mgrid[:64, :64]
    wave = 0.8 * np.cos(2 * np.pi * (x * np.cos(theta) + y * np.sin(theta)) / 8 + phase) + 5
    bank = t.gabor_bank([4, 8, 16], directions=4)
    answers = t.gabor_energy(wave, bank)[:, 32, 32]
    best = bank[int(answers.argmax())]
    assert (best.wavelength, best.theta) == (8, theta)
    assert answers.max() == pytest.approx(0.4, rel=0.01)


def test_gabor_energy_by_its_formula_and_of_a_constant():
    image = np.random.default_rng(0).random((12, 15))
    (filter_,) = t.gabor_bank([3.0], directions=1)
    r = len(filter_.kernel) // 2
    padded = np.pad(image, r, mode="symmetric")
    expected = [
        [abs((padded[i : i + 2 * r + 1, j : j + 2 * r + 1] * filter_.kernel).sum()) for j in range(15)]
        for i in range(12)
    ]
    np.testing.assert_allclose(t.gabor_energy(image, [filter_])[0], expected, atol=1e-14)
    assert t.gabor_energy(np.full((9, 9), 7.0), t.gabor_bank()).max() < 1e-13


# --- local binary patterns --------------------------------------------------------------------------------------------


@given(bytes_2d)
def test_four_points_equal_scikit_image(image):
    np.testing.assert_array_equal(t.local_binary_pattern(image, 4), their_pattern(image, 4, 1))
    np.testing.assert_array_equal(t.local_binary_pattern(image, 4, uniform=True), their_pattern(image, 4, 1, "uniform"))


@pytest.mark.parametrize("name", ["camera", "coins", "brick", "grass", "gravel"])
def test_four_points_equal_scikit_image_on_photographs(name):
    image = getattr(data, name)()
    np.testing.assert_array_equal(t.local_binary_pattern(image, 4), their_pattern(image, 4, 1))


@given(bytes_2d)
def test_eight_points_by_looking_at_every_neighbor(image):
    codes, uniform = t.local_binary_pattern(image), t.local_binary_pattern(image, uniform=True)
    for i in range(1, image.shape[0] - 1):
        for j in range(1, image.shape[1] - 1):
            around = [
                *(image[i, j + 1], image[i - 1, j + 1], image[i - 1, j], image[i - 1, j - 1]),
                *(image[i, j - 1], image[i + 1, j - 1], image[i + 1, j], image[i + 1, j + 1]),
            ]
            bits = [int(value >= image[i, j]) for value in around]
            assert codes[i, j] == int("".join(map(str, bits[::-1])), 2)
            changes = sum(bits[p] != bits[p - 1] for p in range(8))
            assert uniform[i, j] == (sum(bits) if changes <= 2 else 9)
    np.testing.assert_array_equal(codes & 1, t.local_binary_pattern(image, 4) & 1)


@given(bytes_2d, st.integers(1, 9), st.integers(-50, 50))
def test_light_and_contrast_change_no_code(image, gain, bias):
    inside = np.s_[1:-1, 1:-1]  # outside is 0, whatever the light
    before, after = t.local_binary_pattern(image), t.local_binary_pattern(gain * image.astype(int) + bias)
    np.testing.assert_array_equal(before[inside], after[inside])
    np.testing.assert_array_equal(t.local_binary_pattern(image.astype(float) ** 3)[inside], before[inside])


@given(bytes_2d)
def test_a_quarter_turn_turns_uniform_codes_with_the_image_and_keeps_their_histogram(image):
    turned = t.local_binary_pattern(np.rot90(image), uniform=True)
    np.testing.assert_array_equal(turned, np.rot90(t.local_binary_pattern(image, uniform=True)))
    np.testing.assert_array_equal(t.lbp_histogram(np.rot90(image), uniform=True), t.lbp_histogram(image, uniform=True))


@given(bytes_2d, st.sampled_from([4, 8]), st.booleans())
def test_a_histogram_holds_shares_of_what_is_inside(image, points, uniform):
    shares = t.lbp_histogram(image, points, uniform)
    inside = t.local_binary_pattern(image, points, uniform)[1:-1, 1:-1].ravel().tolist()
    assert len(shares) == (points + 2 if uniform else 2**points)
    np.testing.assert_allclose(shares, [inside.count(code) / len(inside) for code in range(len(shares))])


def _corner(tl, tr, bl, br, multiply_add):
    """The value between four pixels as scikit-image's formula has it; its weights come from sin 45° = 0.70711."""
    across, down = 0.70711, 1 - 0.70711
    top = multiply_add(1 - across, tl, across * tr)
    bottom = multiply_add(1 - across, bl, across * br)
    return multiply_add(1 - down, top, down * bottom)


def test_why_eight_points_on_a_circle_depend_on_the_processor():
    """A processor that multiplies and adds in one step rounds once, others twice: exact ties go one way or the other.

    On an even ramp the value up and to the right, at sin 45°, equals the centre exactly.
    """

    def fused(a, b, c):
        return float(Fraction(a) * Fraction(b) + Fraction(c))

    def twice(a, b, c):
        return a * b + c

    differ = 0
    for value in range(256):
        for step in range(-20, 21):
            if 0 <= value - step <= 255:
                corner = [_corner(value + step, value, value, value - step, way) >= value for way in (fused, twice)]
                differ += corner[0] != corner[1]
    assert differ > 0
    camera = data.camera().astype(int)
    c, up, right, corner = camera[1:-1, 1:-1], camera[:-2, 1:-1], camera[1:-1, 2:], camera[:-2, 2:]
    weighted = 70711 * 29289 * (up + right) + 70711**2 * corner + 29289**2 * c
    assert 0.08 < (weighted == c * 10**10).mean() < 0.09  # ties are no rarity


def test_flat_regions_have_one_code_whatever_their_grey():
    for value in range(256):
        assert (t.local_binary_pattern(np.full((3, 3), value / 255))[1:-1, 1:-1] == 255).all()


# --- co-occurrence ----------------------------------------------------------------------------------------------------

OFFSETS = {
    (0, 1): (1, 0),
    (1, 1): (np.sqrt(2), np.pi / 4),
    (1, 0): (1, np.pi / 2),
    (1, -1): (np.sqrt(2), 3 * np.pi / 4),
}


@given(levels_2d, st.tuples(st.integers(-2, 2), st.integers(-2, 2)), st.booleans())
def test_cooccurrence_by_counting_pairs(image, offset, symmetric):
    r, c = offset
    rows, columns = image.shape
    if abs(r) >= rows or abs(c) >= columns:
        with pytest.raises(ValueError, match="offset must leave pairs of pixels"):
            t.cooccurrence(image, offset, 5)
        return
    counts = np.zeros((5, 5))
    for i in range(rows):
        for j in range(columns):
            if 0 <= i + r < rows and 0 <= j + c < columns:
                counts[image[i, j], image[i + r, j + c]] += 1
                if symmetric:
                    counts[image[i + r, j + c], image[i, j]] += 1
    np.testing.assert_array_equal(t.cooccurrence(image, offset, 5, symmetric), counts / counts.sum())


@pytest.mark.parametrize("offset", OFFSETS)
@pytest.mark.parametrize("symmetric", [False, True])
def test_cooccurrence_and_its_properties_equal_scikit_image(offset, symmetric):
    distance, angle = OFFSETS[offset]
    for seed in range(20):
        image = np.random.default_rng(seed).integers(0, 8, (25, 31)).astype(np.uint8)
        theirs = graycomatrix(image, [distance], [angle], 8, symmetric, normed=True)
        np.testing.assert_allclose(t.cooccurrence(image, offset, 8, symmetric), theirs[:, :, 0, 0], atol=1e-18)
        for name, value in t.cooccurrence_properties(image, offset, 8, symmetric).items():
            assert value == pytest.approx(graycoprops(theirs, name)[0, 0], rel=4e-16, abs=4e-16)


@given(levels_2d)
def test_a_pair_taken_backwards_is_the_transpose(image):
    if image.shape[1] > 1:
        forwards, backwards = t.cooccurrence(image, (0, 1), 5), t.cooccurrence(image, (0, -1), 5)
        np.testing.assert_array_equal(forwards, backwards.T)
        np.testing.assert_allclose(t.cooccurrence(image, (0, 1), 5, symmetric=True), (forwards + backwards) / 2)


def test_properties_at_their_ends():
    flat = t.cooccurrence_properties(np.full((4, 4), 2), (0, 1), 4)
    assert flat == {"contrast": 0, "homogeneity": 1, "energy": 1, "correlation": 1}
    board = t.cooccurrence_properties(np.indices((8, 9)).sum(axis=0) % 2, (0, 1), 2)
    assert board["contrast"] == 1 and board["correlation"] == pytest.approx(-1)
    assert t.energy(np.full((4, 4), 1 / 16)) == 0.25
    assert t.correlation(np.full((4, 4), 1 / 16)) == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: t.gabor_bank([0.0]), ValueError, "wavelengths must be above 0, got 0"),
        (lambda: t.gabor_bank(directions=0), ValueError, "directions must be at least 1"),
        (lambda: t.gabor_bank(bandwidth=-1), ValueError, "bandwidth must be a finite number above 0"),
        (lambda: t.gabor_bank([]), ValueError, "wavelengths must not be empty"),
        (lambda: t.gabor_energy(np.ones((3, 3)), []), ValueError, "bank must hold at least one filter"),
        (lambda: t.local_binary_pattern(np.ones((3, 3)), 6), ValueError, "points must be 8 or 4, got 6"),
        (lambda: t.local_binary_pattern(np.ones((3, 3)), "8"), TypeError, "points must be a whole number"),
        (lambda: t.local_binary_pattern(np.ones((3, 3, 3))), ValueError, "image must have 2 axes"),
        (lambda: t.lbp_histogram(np.ones((2, 9))), ValueError, r"at least 3 rows and 3 columns.*\(2, 9\)"),
        (lambda: t.cooccurrence([[0.5]], (0, 1), 2), TypeError, "image must hold levels, whole numbers.*float64"),
        (lambda: t.cooccurrence([[0, 2]], (0, 1), 2), ValueError, "levels from 0 to 1, got 0 to 2"),
        (lambda: t.cooccurrence([[0, -2]], (0, 1), 2), ValueError, "levels from 0 to 1, got -2 to 0"),
        (lambda: t.cooccurrence([[0, 1]], 1, 2), ValueError, r"offset must be \(rows, columns\), got 1"),
        (lambda: t.cooccurrence([[0, 1]], (0, 1.0), 2), TypeError, r"offset\[1\] must be a whole number"),
        (lambda: t.cooccurrence([[0, 1]], (0, 2), 2), ValueError, r"offset must leave pairs.*\(1, 2\), got \(0, 2\)"),
        (lambda: t.contrast([[3, 1], [0, 2]]), ValueError, "sum 6: divide counts by their sum"),
        (lambda: t.energy([[1.5, -0.5], [0, 0]]), ValueError, "at least 0 and of sum 1"),
        (lambda: t.homogeneity([[0.5, 0.5]]), ValueError, "matrix must be square"),
    ],
)
def test_clear_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_levels_in_small_types_and_as_truth_do_not_wrap():
    image = np.random.default_rng(0).integers(0, 200, (20, 20))
    expected = t.cooccurrence(image, (1, 0), 256)
    np.testing.assert_array_equal(
        t.cooccurrence(image.astype(np.uint8), (np.int8(1), np.int8(0)), np.int16(256)), expected
    )
    np.testing.assert_array_equal(t.cooccurrence(image > 99, (0, 1), 2), t.cooccurrence((image > 99) * 1, (0, 1), 2))
