import numpy as np
import pytest
from scipy import ndimage
from skimage.feature import peak_local_max
from skimage.filters import threshold_otsu
from skimage.segmentation import relabel_sequential, watershed

from course_lib.datasets import nuclei
from course_lib.models.instances import even_brightness, split_touching


def discs(*circles, shape=(60, 80)):
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    return [(rows - r) ** 2 + (columns - c) ** 2 <= radius**2 for r, c, radius in circles]


def test_touching_discs_are_cut_at_their_waist():
    left, right, alone = discs((20, 20, 10), (20, 37, 10), (45, 60, 6))
    labels = split_touching((left | right | alone).astype(float))
    assert labels.max() == 3
    assert len({labels[20, 20], labels[20, 37], labels[45, 60]} - {0}) == 3
    owner = labels == labels[20, 20]
    assert (owner & left).sum() > 0.95 * owner.sum()


def test_everything_above_the_threshold_belongs_to_an_object_unless_it_is_small():
    disc, crumb = discs((20, 20, 9), (50, 70, 2))
    probability = 0.2 + 0.5 * disc + 0.5 * crumb
    np.testing.assert_array_equal(split_touching(probability, smooth=0) > 0, disc)
    np.testing.assert_array_equal(split_touching(probability, smooth=0, min_area=1) > 0, disc | crumb)
    assert split_touching(probability, threshold=0.9).max() == 0


def test_a_disc_at_the_border_is_an_object_as_well():
    disc, other = discs((0, 20, 9), (14, 20, 6))
    assert split_touching((disc | other).astype(float)).max() == 2


def test_logits_are_refused():
    for wrong, got in (
        ([[-3.0, 4.0]], "got -3 to 4: of logits"),
        ([[0.5, np.nan]], "got 1 NaN"),
        ([[0, 255]], "got 0 to 255"),
        (np.zeros((2, 2, 1)), "got the shape"),
        (np.zeros((0, 3)), "got the shape"),
    ):
        with pytest.raises(ValueError, match=f"numbers in \\[0, 1\\], {got}"):
            split_touching(np.array(wrong))
    with pytest.raises(TypeError, match="probability must hold numbers"):
        split_touching(np.array([["a"]]))


def rectangle(height, width, margin=8):
    return np.pad(np.ones((height, width), bool), margin)


def ellipse(length, breadth, angle=0.0):
    rows, columns = np.mgrid[-70:71, -70:71]
    along = rows * np.cos(angle) + columns * np.sin(angle)
    across = columns * np.cos(angle) - rows * np.sin(angle)
    return (2 * along / length) ** 2 + (2 * across / breadth) ** 2 <= 1


@pytest.mark.parametrize("smooth", [0, 1, 2.5])
@pytest.mark.parametrize(
    "mask",
    [rectangle(10, 60), rectangle(2, 120), rectangle(1, 40), rectangle(64, 200, 0), rectangle(9, 70, 0),
     ellipse(120, 20), ellipse(120, 20, 0.4), ellipse(130, 14, np.pi / 4)],
    ids=["10x60", "2x120", "1x40", "everything", "everything, odd", "ellipse", "turned", "diagonal"],
)  # fmt: skip
def test_a_long_object_is_one(mask, smooth):
    labels = split_touching(mask.astype(float), smooth=smooth)
    np.testing.assert_array_equal(labels, mask)


def convex(seed):
    """An intersection of half-planes or a turned rectangle or ellipse, some of them cut by the border."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:80, :100] - rng.uniform(20, 60, (2, 1, 1))
    angle = rng.choice([rng.uniform(0, np.pi), 0, np.pi / 4, np.arctan(0.5)])
    along = (rows * np.cos(angle) + columns * np.sin(angle)) / rng.uniform(3, 50)
    across = (columns * np.cos(angle) - rows * np.sin(angle)) / rng.uniform(3, 50)
    kind = seed % 3
    if kind < 2:
        return along**2 + across**2 <= 1 if kind else np.maximum(np.abs(along), np.abs(across)) <= 1
    inside = np.ones(rows.shape, bool)
    for turn in rng.uniform(0, 2 * np.pi, rng.integers(3, 8)):
        inside &= rows * np.cos(turn) + columns * np.sin(turn) <= rng.uniform(3, 45)
    return inside


def test_every_convex_object_is_one():
    for seed in range(60):
        mask = convex(seed)
        assert split_touching(mask.astype(float), min_area=1).max() == 1, seed


def test_rods_that_touch_are_cut_once_where_the_grid_is_told_from_a_waist():
    rods = np.zeros((90, 100), bool)
    rods[20:32, 10:90] = True
    rods[32:80, 44:56] = True  # a T: no convex piece, and ridges made of many peaks
    assert split_touching(rods.astype(float), min_depth=0.5).max() <= 2
    assert (split_touching(rods.astype(float)) > 0).sum() == rods.sum()


ROWS, COLUMNS = np.mgrid[:200, :200] - 100.0
RADIUS = np.hypot(ROWS, COLUMNS)


def band(along, radius):
    """All pixels within a distance of a curve."""
    points = np.stack(along, -1)[:, None, None]
    return ((np.stack([ROWS, COLUMNS], -1) - points) ** 2).sum(-1).min(0) <= radius**2


def ragged_rod(seed, breadth=18, length=180):
    rows = np.random.default_rng(seed).integers(0, 2, (2, length))
    return np.pad(np.vstack([rows[:1], np.ones((breadth, length)), rows[1:]]) > 0, 10)


def whole_and_bent():
    turn = np.linspace(-95, 95, 300)
    yield "ring", (RADIUS < 60) & (RADIUS > 40)
    yield "half ring", (RADIUS < 60) & (RADIUS > 45) & (ROWS < 0)
    yield "worm", band((30 * np.sin(turn / 25), 0.8 * turn), 7)
    for seed in range(4):
        yield f"rod {seed}", ragged_rod(seed)
        yield f"thin rod {seed}", ragged_rod(seed, 10, 100)


@pytest.mark.parametrize(("name", "mask"), list(whole_and_bent()))
def test_a_long_object_of_one_width_is_one_however_bent_or_ragged(name, mask):
    assert split_touching(mask.astype(float)).max() == 1


@pytest.mark.parametrize("count", [2, 5, 9])
@pytest.mark.parametrize("apart", [15, 18])
def test_a_row_of_discs_is_cut_at_every_neck(count, apart):
    """Radius 10, so at a neck by 34 and 56 % narrower; from five discs on the piece is long."""
    row = np.any(discs(*((20, 20 + apart * i, 10) for i in range(count)), shape=(40, 200)), axis=0)
    assert split_touching(row.astype(float)).max() == count


def test_a_band_that_is_narrower_somewhere_is_cut_there_only():
    """Of one height along the columns: 7.6 pixels to the border in its bends, 4.5 between them."""
    band_of_one_height = np.abs(ROWS - 30 * np.sin(COLUMNS / 25)) < 8
    assert split_touching(band_of_one_height.astype(float)).max() == 2


def test_a_depth_reaches_objects_that_are_not_long():
    short = ragged_rod(1, 18, 60)
    assert split_touching(short.astype(float), min_depth=1).max() == 1
    left, right = discs((20, 20, 10), (20, 37, 10))
    assert split_touching((left | right).astype(float), min_depth=1).max() == 2


def test_a_piece_without_a_peak_of_its_own_is_not_lost():
    """scikit-image finds no peak where all distances are equal."""
    strips = np.zeros((40, 60), bool)
    strips[5:7, 5:55], strips[20:22, 5:55], strips[30:34, 10:50] = True, True, True
    assert split_touching(strips.astype(float), smooth=0).max() == 3


def test_real_nuclei_are_cut_as_before():
    """Only plateaus were to change: on the test frames, object for object the plain peaks and watershed."""
    _, (images, _) = nuclei.load()
    for logs in np.log1p(images[:2]):
        frame = logs > threshold_otsu(logs)
        distance = ndimage.gaussian_filter(ndimage.distance_transform_edt(np.pad(frame, 1))[1:-1, 1:-1], 1.0)
        peaks = peak_local_max(distance, min_distance=5, labels=ndimage.label(frame)[0], exclude_border=False)
        markers = np.zeros(frame.shape, int)
        markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
        plain = watershed(-distance, markers, mask=frame)
        plain[np.isin(plain, np.flatnonzero(np.bincount(plain.ravel()) < 30))] = 0
        found = split_touching(frame.astype(float))
        assert found.max() > 40
        np.testing.assert_array_equal(found, relabel_sequential(plain)[0])


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"min_distance": 0}, ValueError, "min_distance must be at least 1, got 0"),
        ({"min_distance": 2.5}, TypeError, "min_distance must be a whole number, got 2.5"),
        ({"smooth": -1}, ValueError, "smooth must be a finite number of at least 0, got -1"),
        ({"min_depth": np.nan}, ValueError, "min_depth must be a finite number"),
        ({"min_area": -1}, ValueError, "min_area must be"),
        ({"threshold": "half"}, TypeError, "threshold must be a number, got 'half'"),
        ({"threshold": np.nan}, ValueError, "threshold must be a finite number"),
    ],
)
def test_numbers_out_of_range_are_named(options, error, words):
    with pytest.raises(error, match=words):
        split_touching(np.zeros((5, 5)), **options)


def test_exposure_is_taken_away():
    image = np.random.default_rng(0).integers(20, 200, (40, 50))
    once = even_brightness(image)
    assert once.dtype == np.float32 and once.shape == image.shape
    np.testing.assert_allclose([np.median(once), np.percentile(once, 99.5)], [0, 1], atol=1e-6)
    np.testing.assert_allclose(even_brightness(3.5 * image + 2.5), once, atol=1e-5)  # log(1 + c) + log 3.5


def test_every_image_of_a_stack_by_itself_and_a_flat_one_is_zero():
    rng = np.random.default_rng(0)
    stack = np.stack([rng.integers(0, 50, (20, 20)), rng.integers(0, 255, (20, 20)), np.full((20, 20), 7)])
    np.testing.assert_array_equal(even_brightness(stack), [even_brightness(image) for image in stack])
    assert (even_brightness(stack[2]) == 0).all()
    with pytest.raises(ValueError, match="images must be counts, at least 0, got -254"):
        even_brightness(-stack.astype(int))


@pytest.mark.parametrize("ground", [0, 7])
def test_a_spot_in_a_nearly_empty_image_is_at_1(ground):
    image = np.full((64, 64), ground)
    image[30:32, 40:42] = 200
    even = even_brightness(image)
    assert even[30, 40] == 1 and even[0, 0] == 0
    assert even_brightness(np.stack([image, image + 5]))[1, 31, 41] == 1


@pytest.mark.parametrize(
    ("images", "error", "words"),
    [
        (np.where(np.arange(100.0).reshape(10, 10) == 5, np.nan, 1), ValueError, "got 1 that are NaN or infinite"),
        (np.full((10, 10), np.inf), ValueError, "got 100 that are NaN or infinite"),
        (np.zeros((64, 64, 3), "uint8"), ValueError, r"got the shape \(64, 64, 3\): the last axis looks like channels"),
        (np.zeros((64, 64, 1), "uint8"), ValueError, "the last axis looks like channels"),
        (np.zeros((2, 9, 9, 1)), ValueError, r"\(H, W\) or \(n, H, W\), got the shape \(2, 9, 9, 1\)"),
        (np.zeros((0, 9)), ValueError, "not be empty"),
        (np.zeros((9, 9), complex), TypeError, "hold real numbers"),
    ],
)
def test_what_holds_no_counts_is_named(images, error, words):
    with pytest.raises(error, match="images must .*" + words):
        even_brightness(images)


@pytest.mark.parametrize(("dtype", "off"), [(np.float64, 1e-15), (np.float32, 2e-7), (np.float16, 1e-3)])
def test_probabilities_off_the_range_by_rounding_are_taken(dtype, off):
    probability = np.full((20, 20), -off, dtype)
    probability[4:15, 4:15] = 1 + off
    assert probability.max() > 1 and probability.min() < 0
    np.testing.assert_array_equal(split_touching(probability), probability > 0.5)
    with pytest.raises(ValueError, match="of logits take the sigmoid"):
        split_touching(probability * dtype(1.05))


def test_hidden_probabilities_are_not_used():
    with pytest.raises(TypeError, match="probability must not be masked"):
        split_touching(np.ma.array(np.ones((9, 9)), mask=np.eye(9) > 0))
