"""Scores of generated sets: held to closed forms, to SciPy's matrix square root, to loops, and to sets made by hand."""

import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
from scipy.linalg import sqrtm
from scipy.spatial import cKDTree
from scipy.special import softmax
from scipy.stats import entropy, ortho_group

from course_lib.metrics import generation as metrics


def covariance(rng, d):
    a = rng.normal(size=(d, 2 * d))
    return a @ a.T / (2 * d)


# --- the Fréchet distance ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("d", [1, 2, 5, 20])
def test_gaussians_agree_with_the_matrix_square_root(d):
    rng = np.random.default_rng(d)
    for _ in range(5):
        m1, m2, c1, c2 = rng.normal(size=d), rng.normal(size=d), covariance(rng, d), covariance(rng, d)
        expected = ((m1 - m2) ** 2).sum() + np.trace(c1 + c2 - 2 * np.real(sqrtm(c1 @ c2)))
        np.testing.assert_allclose(metrics.gaussian_frechet_distance(m1, c1, m2, c2), expected, rtol=1e-9)


def test_in_one_dimension_it_is_the_distance_of_means_and_deviations():
    for m1, s1, m2, s2 in [(0, 1, 0, 1), (0, 1, 3, 1), (1, 2, -1, 5), (0, 0, 0, 3)]:
        got = metrics.gaussian_frechet_distance(m1, s1**2, m2, s2**2)
        assert got == pytest.approx((m1 - m2) ** 2 + (s1 - s2) ** 2, abs=1e-12)


def test_where_the_covariances_share_their_axes_each_axis_counts_for_itself():
    rng = np.random.default_rng(1)
    axes = ortho_group.rvs(6, random_state=1)
    a, b = rng.uniform(0.1, 3, (2, 6))
    got = metrics.gaussian_frechet_distance(np.zeros(6), (axes * a**2) @ axes.T, np.zeros(6), (axes * b**2) @ axes.T)
    assert got == pytest.approx(((a - b) ** 2).sum(), rel=1e-10)


def test_it_is_symmetric_and_does_not_change_when_both_are_moved_and_turned_alike():
    rng = np.random.default_rng(2)
    m1, m2, c1, c2 = rng.normal(size=4), rng.normal(size=4), covariance(rng, 4), covariance(rng, 4)
    turn = ortho_group.rvs(4, random_state=2)
    expected = metrics.gaussian_frechet_distance(m1, c1, m2, c2)
    assert metrics.gaussian_frechet_distance(m2, c2, m1, c1) == pytest.approx(expected, rel=1e-12)
    moved = metrics.gaussian_frechet_distance(turn @ m1 + 5, turn @ c1 @ turn.T, turn @ m2 + 5, turn @ c2 @ turn.T)
    assert moved == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(("n", "m", "d"), [(50, 80, 6), (5, 7, 30), (3, 200, 20), (2, 2, 100)])
def test_of_samples_it_is_the_closed_form_of_their_moments_even_with_fewer_samples_than_features(n, m, d):
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(n, d)), rng.normal(0.5, 2, size=(m, d))
    c1, c2 = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    eigenvalues = np.linalg.eigvals(c1 @ c2).real  # another way: the product itself
    large = eigenvalues[eigenvalues > 1e-10 * eigenvalues.max()]
    expected = ((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(c1) + np.trace(c2) - 2 * np.sqrt(large).sum()
    got = metrics.frechet_distance(x, y)
    assert got.value == pytest.approx(expected, rel=1e-6)
    assert (got.n_real, got.n_generated) == (n, m)


@pytest.mark.parametrize(("n", "d"), [(100, 4), (4, 100)])
def test_a_set_has_no_distance_from_itself_and_exactly_its_shift_from_itself_moved(n, d):
    x = np.random.default_rng(4).normal(size=(n, d))
    assert metrics.frechet_distance(x, x[::-1]).value == pytest.approx(0, abs=1e-11)
    assert metrics.frechet_distance(x, x + 2).value == pytest.approx(4 * d, rel=1e-10)
    scaled = metrics.frechet_distance(x - x.mean(0), 3 * (x - x.mean(0))).value  # (3 - 1)² of every variance
    assert scaled == pytest.approx(4 * x.var(axis=0, ddof=1).sum(), rel=1e-10)


def test_a_large_offset_of_both_sets_costs_no_accuracy():
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(40, 3)), rng.normal(size=(50, 3))
    near, far = metrics.frechet_distance(x, y), metrics.frechet_distance(x + 1e6, y + 1e6)
    assert far.value == pytest.approx(near.value, rel=1e-6)


def test_the_bias_of_finite_samples_is_the_one_predicted():
    """d = 8, n = 200: .261 for the unit covariance; and for one with unequal variances, and for unequal sizes."""
    assert metrics.frechet_bias(np.eye(8), 200, 200) == pytest.approx(16 / 200 + 72 / (2 * 199), rel=1e-12)
    rng = np.random.default_rng(6)
    for deviations, n, m, repeats in [(np.ones(8), 200, 200, 400), (np.array([3.0, 1, 1, 0.2]), 150, 600, 3000)]:
        d = len(deviations)
        draws = [
            metrics.frechet_distance(rng.normal(size=(n, d)) * deviations, rng.normal(size=(m, d)) * deviations).value
            for _ in range(repeats)
        ]
        error = np.std(draws) / np.sqrt(len(draws))
        predicted = metrics.frechet_bias(np.diag(deviations**2), n, m)
        assert abs(np.mean(draws) - predicted) < 4 * error + 0.02 * predicted
        assert error < 0.02 * predicted  # or the comparison above would say nothing


def test_distances_of_other_sample_sizes_are_not_compared():
    a, b, c = metrics.Distance(1.0, 10, 20), metrics.Distance(2.0, 10, 20), metrics.Distance(0.5, 10, 30)
    assert a < b
    assert b > a
    assert a == metrics.Distance(1.0, 10, 20)
    assert min([b, a], key=float) is a
    for compare in (lambda: a < c, lambda: c > b, lambda: a == c, lambda: sorted([a, c])):
        with pytest.raises(ValueError, match=r"\(10, 20\).*\(10, 30\)|\(10, 30\).*\(10, 20\)"):
            compare()
    with pytest.raises(TypeError, match="not with float"):
        _ = a < 3.0
    with pytest.raises(TypeError, match="not with NoneType"):
        _ = a == None  # noqa: E711
    assert str(a) == "1 (10 real, 20 generated)"


def test_distances_of_another_kind_are_not_compared():
    x = np.random.default_rng(16).normal(size=(6, 3))
    for compare in (lambda a, b: a < b, lambda a, b: b > a, lambda a, b: a == b):
        with pytest.raises(ValueError, match="(Fréchet|kernel) distance does not compare"):
            compare(metrics.frechet_distance(x, x), metrics.kernel_distance(x, x + 1))
    assert metrics.kernel_distance(x, x) < metrics.kernel_distance(x, x + 1)


# --- the kernel distance ----------------------------------------------------------------------------------------------


def test_the_kernel_distance_by_loops():
    rng = np.random.default_rng(7)
    x, y = rng.normal(size=(5, 3)), rng.normal(0.5, 1, size=(4, 3))
    k = lambda a, b: (sum(p * q for p, q in zip(a, b, strict=True)) / 3 + 1) ** 3  # noqa: E731
    within = lambda s: np.mean([k(s[i], s[j]) for i in range(len(s)) for j in range(len(s)) if i != j])  # noqa: E731
    expected = within(x) + within(y) - 2 * np.mean([k(a, b) for a in x for b in y])
    got = metrics.kernel_distance(x, y)
    assert got.value == pytest.approx(expected, rel=1e-10)
    assert (got.n_real, got.n_generated) == (5, 4)


def test_the_kernel_distance_is_computed_in_blocks(monkeypatch):
    """Of 5,000 samples each the whole tables would hold 600 MB; and blocks of any size give the same."""
    rng = np.random.default_rng(0)
    few = rng.normal(size=(23, 4)), rng.normal(size=(31, 4))
    whole = float(metrics.kernel_distance(*few))
    for chunk in (1, 70, 300):
        monkeypatch.setattr(metrics, "CHUNK", chunk)
        assert float(metrics.kernel_distance(*few)) == pytest.approx(whole, rel=1e-10)
    monkeypatch.undo()
    monkeypatch.setattr(metrics, "CHUNK", 1 << 18)
    many = rng.normal(size=(2, 5000, 4))
    tracemalloc.start()
    metrics.kernel_distance(*many)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6


class Recorder(np.ndarray):
    """An array that notes which functions of NumPy were applied to it."""

    seen = set()

    def __array_ufunc__(self, function, method, *inputs, out=(), **options):
        self.seen.add(function)
        plain = [np.asarray(i) for i in inputs]
        result = getattr(function, method)(*plain, out=tuple(map(np.asarray, out)) or None, **options)
        return out[0] if out else result.view(Recorder)


def test_the_kernel_takes_no_power():
    """A general power takes a logarithm and an exponential for each of the 3 n² kernels: 16 s instead of 1."""
    x = np.random.default_rng(0).normal(size=(5, 3)).view(Recorder)
    ((_, k),) = metrics._kernels(x, x)
    np.testing.assert_allclose(k, (np.asarray(x) @ np.asarray(x).T / 3 + 1) ** 3)
    assert np.matmul in Recorder.seen and np.power not in Recorder.seen


def test_the_kernel_distance_is_0_on_average_for_equal_distributions_at_any_size():
    rng = np.random.default_rng(8)
    for n in (5, 40):
        draws = [metrics.kernel_distance(*rng.normal(size=(2, n, 4))).value for _ in range(800)]
        assert abs(np.mean(draws)) < 4 * np.std(draws) / np.sqrt(len(draws))
        assert min(draws) < 0 < max(draws)


def test_the_kernel_distance_finds_the_population_value_of_two_points():
    """Real: all at 0. Generated: all at c. Then it is k(0,0) + k(c,c) - 2 k(0,c) at every size."""
    for c in (0.5, 2.0):
        got = metrics.kernel_distance(np.zeros((3, 1)), np.full((7, 1), c)).value
        assert got == pytest.approx((c * c + 1) ** 3 - 1, rel=1e-12)


# --- a classifier's opinion -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("classes", [2, 10])
def test_the_score_is_1_for_undecided_and_the_number_of_classes_for_certain_and_balanced(classes):
    assert metrics.inception_score(np.full((7, classes), 1 / classes)) == pytest.approx(1, abs=1e-12)
    assert metrics.inception_score(np.tile(np.eye(classes), (3, 1))) == pytest.approx(classes, rel=1e-12)
    assert metrics.inception_score(np.eye(classes)[[1, 1, 1]]) == pytest.approx(1, abs=1e-12)  # certain, all alike


def test_the_score_is_the_exponential_of_the_mutual_information():
    """exp(H(mean) - mean H): SciPy's entropies do not know our formula."""
    p = softmax(np.random.default_rng(9).normal(size=(50, 6), scale=3), axis=1)
    expected = np.exp(entropy(p.mean(axis=0)) - entropy(p, axis=1).mean())
    assert metrics.inception_score(p) == pytest.approx(expected, rel=1e-10)


def test_logits_are_refused():
    with pytest.raises(ValueError, match="softmax"):
        metrics.inception_score([[2.0, -1.0]])
    with pytest.raises(ValueError, match="sum to 1"):
        metrics.inception_score([[0.5, 0.4]])


# --- neighbours -------------------------------------------------------------------------------------------------------


def test_a_set_has_perfect_precision_and_recall_of_itself():
    x = np.random.default_rng(10).normal(size=(30, 5))
    got = metrics.precision_recall(x, x.copy())
    assert got == (1.0, 1.0, 30, 30, 3)
    assert metrics.precision_recall(np.ones((6, 2)), np.ones((9, 2)))[:2] == (1, 1)  # balls without any size


def test_precision_and_recall_by_loops():
    rng = np.random.default_rng(11)
    real, generated, k = rng.normal(size=(25, 2)), rng.normal(0.8, 0.7, size=(30, 2)), 2

    def covered(points, centers):
        count = 0
        for p in points:
            for c in centers:
                radius = sorted(np.linalg.norm(c - other) for other in centers)[k]  # entry 0 is c itself
                if np.linalg.norm(p - c) <= radius:
                    count += 1
                    break
        return count / len(points)

    got = metrics.precision_recall(real, generated, k)
    assert got.precision == covered(generated, real)
    assert got.recall == covered(real, generated)
    assert 0 < got.recall < 1
    assert 0 < got.precision <= 1


def test_a_sample_on_the_edge_of_a_ball_is_in_it_however_it_is_rounded():
    """On a lattice of .1 as on one of whole numbers, where nothing is rounded."""
    rng = np.random.default_rng(3)
    for _ in range(50):
        real, generated = rng.integers(0, 40, (2, 8, 1))
        assert metrics.precision_recall(real / 10, generated / 10, 1) == metrics.precision_recall(real, generated, 1)


def test_a_collapsed_generator_is_precise_without_recall_and_a_scattered_one_the_reverse():
    rng = np.random.default_rng(12)
    real = rng.normal(size=(300, 4))
    collapsed = real[0] + 0.001 * rng.normal(size=(300, 4))
    precision, recall, *_ = metrics.precision_recall(real, collapsed)
    assert precision > 0.99
    assert recall < 0.02
    precision, recall, *_ = metrics.precision_recall(real, 4 * rng.normal(size=(300, 4)))
    assert precision < 0.4
    assert recall > 0.8
    assert metrics.precision_recall(real, real + 100)[:2] == (0, 0)


def test_the_order_real_good_bad_is_the_order_of_every_score():
    rng = np.random.default_rng(13)
    reference, real, good, bad = (rng.normal(shift, 1, size=(400, 5)) for shift in (0, 0, 0.3, 2))
    for score in (metrics.frechet_distance, metrics.kernel_distance):
        assert score(reference, real) < score(reference, good) < score(reference, bad)
    precisions = [metrics.precision_recall(reference, x).precision for x in (real, bad, bad + 3)]
    assert precisions == sorted(precisions, reverse=True)


@pytest.mark.parametrize("chunk", [1, 50, 1 << 22])
def test_neighbours_are_those_of_a_tree_however_the_work_is_cut(monkeypatch, chunk):
    monkeypatch.setattr(metrics, "CHUNK", chunk)
    rng = np.random.default_rng(14)
    queries, references = rng.normal(size=(23, 3)), rng.normal(size=(40, 3))
    distances, indices = cKDTree(references).query(queries, k=4)
    got = metrics.nearest_neighbors(queries, references, 4)
    np.testing.assert_allclose(got.distances, distances, rtol=1e-12)
    np.testing.assert_array_equal(got.indices, indices)


def test_a_copy_is_found_at_distance_0():
    x = np.random.default_rng(15).random((50, 784)) * 1000
    got = metrics.nearest_neighbors(x[[3, 7]], x)
    assert got.indices.ravel().tolist() == [3, 7]
    assert got.distances.ravel().tolist() == [0, 0]


# --- what comes in ----------------------------------------------------------------------------------------------------

GOOD = np.zeros((3, 2))
BAD = {
    "the shape": np.zeros((3, 2, 2)),
    "one length": np.zeros((3, 5)),
    "at least 2": np.zeros((1, 2)),
    "finite": np.full((3, 2), np.nan),
}


@pytest.mark.parametrize("score", [metrics.frechet_distance, metrics.kernel_distance, metrics.precision_recall])
@pytest.mark.parametrize("problem", BAD)
def test_what_cannot_be_scored_is_named(score, problem):
    with pytest.raises(ValueError, match=f"generated.*{problem}"):
        score(GOOD, BAD[problem])
    if problem != "one length":
        with pytest.raises(ValueError, match=f"real.*{problem}"):
            score(BAD[problem], GOOD)


@pytest.mark.parametrize(
    "score",
    [metrics.frechet_distance, metrics.kernel_distance, metrics.nearest_neighbors]
    + [lambda a, b: metrics.precision_recall(a, b, k=1), lambda a, b: metrics.inception_score(b)]
    + [lambda a, b: metrics.gaussian_frechet_distance(a[0], np.eye(2), b[0], np.eye(2))]
    + [lambda a, b: metrics.frechet_bias(b[:2], 10, 10)],
)
def test_hidden_values_are_not_used(score):
    points = np.full((3, 2), 0.5)
    with pytest.raises(TypeError, match=r"must not be masked: say .* as \w+\.filled"):
        score(points, np.ma.array(points, mask=[[True] * 2, [False] * 2, [False] * 2]))


def test_bad_gaussians_neighbours_and_sizes_are_named():
    with pytest.raises(ValueError, match="covariance2 must be symmetric"):
        metrics.gaussian_frechet_distance([0, 0], np.eye(2), [0, 0], [[1, 2], [0, 1]])
    with pytest.raises(ValueError, match="covariance1 must have no negative eigenvalue"):
        metrics.gaussian_frechet_distance([0, 0], [[1, 0], [0, -1]], [0, 0], np.eye(2))
    with pytest.raises(ValueError, match=r"mean2 and covariance2 .* \(3,\), \(2, 2\)"):
        metrics.gaussian_frechet_distance([0, 0], np.eye(2), [0, 0, 0], np.eye(2))
    with pytest.raises(ValueError, match="one length, got 2 and 3"):
        metrics.gaussian_frechet_distance([0, 0], np.eye(2), [0, 0, 0], np.eye(3))
    with pytest.raises(ValueError, match="k must be at least 1 and below"):
        metrics.precision_recall(GOOD, GOOD, k=3)
    with pytest.raises(ValueError, match="k must lie between 1 and the 3 references, got 4"):
        metrics.nearest_neighbors(GOOD, GOOD, 4)
    with pytest.raises(ValueError, match="n_generated must be at least 2, got 1"):
        metrics.frechet_bias(np.eye(2), 10, 1)
    for wrong in (np.nan, "10", None):
        with pytest.raises(TypeError, match="n_real must be a whole number, got "):
            metrics.frechet_bias(np.eye(2), wrong, 10)
    with pytest.raises(ValueError, match=r"covariance must be square, got \(2, 3\)"):
        metrics.frechet_bias(np.zeros((2, 3)), 10, 10)
    with pytest.raises(ValueError, match="mean1 must be finite"):
        metrics.gaussian_frechet_distance([np.nan], [[1.0]], [0.0], [[1.0]])
    with pytest.raises(ValueError, match="a single feature a column"):
        metrics.frechet_distance(np.zeros(5), np.zeros(5))
    for search in (metrics.precision_recall, metrics.nearest_neighbors):
        with pytest.raises(TypeError, match="k must be a whole number, got 1.5"):
            search(GOOD, GOOD, 1.5)


def test_samples_of_one_distribution_lie_in_k_balls_on_average_and_do_not_reach_1():
    rng = np.random.default_rng(17)
    for n in (50, 200, 800):
        pairs = [rng.normal(size=(2, n, 8)) for _ in range(1600 // n)]
        distances = [metrics.nearest_neighbors(real, real, 4).distances[:, 3] for real, _ in pairs]
        inside = [
            (np.linalg.norm(generated[:, None] - real, axis=-1) <= radii).sum(axis=1)
            for (real, generated), radii in zip(pairs, distances, strict=True)
        ]
        assert np.mean(inside) == pytest.approx(3, rel=0.1)
        precision = np.mean([metrics.precision_recall(*pair).precision for pair in pairs])
        assert precision == pytest.approx(np.mean([(row > 0).mean() for row in inside]), abs=1e-12)
        assert 0.8 < precision < 0.95


def test_it_needs_no_framework():
    code = (
        "import sys; from course_lib.metrics import generation as g; import numpy as np;"
        "g.precision_recall(*np.random.default_rng(0).normal(size=(2, 9, 3)));"
        "assert not {'keras', 'tensorflow', 'jax'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_the_inception_score_takes_rounded_probabilities(dtype):
    p = np.random.default_rng(0).dirichlet(np.ones(10), 500)
    assert metrics.inception_score(p.astype(dtype)) == pytest.approx(metrics.inception_score(p), rel=1e-3)
    with pytest.raises(ValueError, match="sum to 1"):
        metrics.inception_score((p * 1.01).astype(dtype))


@pytest.mark.parametrize("wrong", [1j, "1", None, np.datetime64("2026-01-01")])
@pytest.mark.parametrize("name", ["frechet_distance", "kernel_distance", "precision_recall", "nearest_neighbors"])
def test_features_that_are_no_real_numbers_are_named(name, wrong):
    """Of complex features the real parts were compared, of dates the days."""
    good = np.random.default_rng(0).random((9, 3))
    with pytest.raises(TypeError, match="(generated|references) must hold real numbers, got dtype"):
        getattr(metrics, name)(good, np.full((9, 3), wrong))
    with pytest.raises(TypeError, match="covariance must hold real numbers"):
        metrics.frechet_bias(np.full((2, 2), wrong), 10, 10)
