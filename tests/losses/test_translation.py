"""Losses of translation against loops, closed forms and quadrature; what they cannot see; both backends."""

import itertools

import keras
import numpy as np
import pytest
from keras import ops
from scipy import stats

from course_lib import backend
from course_lib.losses import adversarial
from course_lib.losses import translation as losses
from tests.helpers import central_differences, printed


def number(tensor):
    return float(ops.convert_to_numpy(tensor))


def numpy(tensor):
    return ops.convert_to_numpy(tensor)


def softplus(x):
    return np.logaddexp(0, x)


# --- with pairs -------------------------------------------------------------------------------------------------------


def test_the_best_answer_to_two_truths():
    """Pixels are 1 in seven of ten images and -1 in three: squares have their least at .4, absolute values at 1."""
    truths, answers = np.repeat([1.0, -1.0], [7, 3]), np.linspace(-1.5, 1.5, 301)
    absolute = [number(losses.l1_loss(truths, np.full(10, answer))) for answer in answers]
    squared = [np.mean((truths - answer) ** 2) for answer in answers]
    assert answers[np.argmin(absolute)] == pytest.approx(1)
    assert answers[np.argmin(squared)] == pytest.approx(0.4)
    assert min(absolute) == pytest.approx(0.6)  # 2 · 3 / 10


def test_the_generators_loss_by_hand_and_by_formula():
    image, generated = np.zeros((1, 2, 2, 1)), np.array([1.0, -1, 2, 0]).reshape(1, 2, 2, 1)
    assert number(losses.pix2pix_generator_loss(np.zeros((1, 1)), image, generated, 10)) == pytest.approx(
        np.log(2) + 10
    )
    rng = np.random.default_rng(0)
    logits, image, generated = rng.normal(size=(3, 4, 4, 1)), *rng.normal(size=(2, 3, 8, 8, 2))
    expected = softplus(-logits).mean() + 7.5 * np.abs(image - generated).mean()
    assert number(losses.pix2pix_generator_loss(logits, image, generated, 7.5)) == pytest.approx(expected, rel=1e-12)
    slope = backend.value_and_grad(lambda z: losses.pix2pix_generator_loss(z, image, generated))(
        ops.convert_to_tensor(logits)
    )[1]
    (oracle,) = central_differences(lambda z: softplus(-z).mean(), logits)
    np.testing.assert_allclose(numpy(slope), oracle, atol=1e-8)


def test_more_patches_weigh_no_more():
    """A mean over patches: 900 equal logits give what one gives, or λ would mean something else."""
    image = np.ones((1, 8, 8, 1))
    values = [
        number(losses.pix2pix_generator_loss(np.full((1, side, side, 1), 0.3), image, 0 * image)) for side in (1, 30)
    ]
    assert values[0] == pytest.approx(values[1], rel=1e-12)


def test_a_generator_that_swaps_conditions():
    """Condition and image are one bit each; real images equal the condition, generated ones are its opposite.

    Without the condition the best discriminator's loss stays at log 4: JSD 0. With it, it falls to 0: JSD log 2.
    """
    real, fake = [(0, 0), (1, 1)], [(0, 1), (1, 0)]  # (condition, image), equally often

    def divergence(seen):
        """JSD = log 2 - half the least loss, reached by the logits log p / q of what is seen."""
        counts = [
            {key: sum(seen(pair) == key for pair in pairs) for key in map(seen, real + fake)} for pairs in (real, fake)
        ]
        logit = {key: np.log((counts[0][key] + 1e-12) / (counts[1][key] + 1e-12)) for key in counts[0]}
        of = [np.array([logit[seen(pair)] for pair in pairs]) for pairs in (real, fake)]
        return np.log(2) - number(adversarial.minimax_discriminator(*of)) / 2

    assert divergence(lambda pair: pair[1]) == pytest.approx(0, abs=1e-9)
    assert divergence(lambda pair: pair) == pytest.approx(np.log(2), abs=1e-9)


# --- two sets, no pairs -----------------------------------------------------------------------------------------------

LEVELS = (np.arange(200_000) + 0.5) / 200_000
X, Y = stats.norm.ppf(LEVELS)[:, None], stats.norm.ppf(LEVELS, 3, 0.5)[:, None]


@pytest.mark.parametrize(("sign", "of_y", "of_x"), [(1, 1.500, 6.0), (-1, 1.5127, 6.0508)])
def test_both_ways_from_one_bell_to_another_are_exact(sign, of_y, of_x):
    """N(0, 1) to N(3, .5²): x -> 3 ± x / 2. The cycle is closed both times; the identity loss hardly differs."""
    forward, back = (lambda x: 3 + sign * x / 2), (lambda y: sign * 2 * (y - 3))
    np.testing.assert_allclose(np.sort(forward(X), axis=0), Y, atol=1e-9)
    assert number(losses.cycle_loss(forward, back, X, Y)) == pytest.approx(0, abs=1e-12)
    assert number(losses.l1_loss(Y, forward(Y))) == pytest.approx(of_y, abs=1e-4)
    assert number(losses.l1_loss(X, back(X))) == pytest.approx(of_x, abs=4e-4)
    assert number(losses.identity_loss(forward, back, X, Y)) == pytest.approx(of_y + of_x, abs=5e-4)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_every_permutation_closes_the_cycle(order):
    """Three points to three points: all six ways have the cycle loss 0 and the same points on the other side."""
    x, y = np.eye(3)[[0, 1, 2, 0]], np.eye(3)[[0, 1, 2, 2]]
    there = np.eye(3)[list(order)]
    assert number(losses.cycle_loss(lambda a: a @ there, lambda b: b @ there.T, x, y)) == 0


def test_the_cycle_goes_home_and_the_identity_stays():
    """x has 2 numbers, y has 3: a cycle the wrong way round does not even fit."""
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 3)), rng.normal(size=(3, 2))
    x, y = rng.normal(size=(5, 2)), rng.normal(size=(4, 3))
    expected = np.abs(x @ a @ b - x).mean() + np.abs(y @ b @ a - y).mean()
    assert number(losses.cycle_loss(lambda v: v @ a, lambda v: v @ b, x, y)) == pytest.approx(expected, rel=1e-12)
    c, d, y = rng.normal(size=(2, 2)), rng.normal(size=(2, 2)), rng.normal(size=(4, 2))
    expected = np.abs(y @ c - y).mean() + np.abs(x @ d - x).mean()
    assert number(losses.identity_loss(lambda v: v @ c, lambda v: v @ d, x, y)) == pytest.approx(expected, rel=1e-12)


# --- style ------------------------------------------------------------------------------------------------------------


def features(seed=0, shape=(2, 4, 5, 3)):
    return np.random.default_rng(seed).normal(size=shape)


def test_gram_matrices_are_means_of_products():
    f = features()
    expected = np.zeros((2, 3, 3))
    for n, i, j, a, b in np.ndindex(2, 4, 5, 3, 3):
        expected[n, a, b] += f[n, i, j, a] * f[n, i, j, b] / 20
    np.testing.assert_allclose(numpy(losses.gram_matrix(f)), expected, rtol=1e-13)


def test_the_distance_of_gram_matrices_is_a_discrepancy_of_sets():
    """MMD² with the kernel (a · b)², written out over all pairs; the images may differ in size."""
    one, two = features(1), features(2, (2, 3, 6, 3))

    def kernel_mean(a, b):
        return np.mean((a.reshape(-1, 3) @ b.reshape(-1, 3).T) ** 2)

    expected = np.mean(
        [kernel_mean(a, a) - 2 * kernel_mean(a, b) + kernel_mean(b, b) for a, b in zip(one, two, strict=True)]
    )
    assert number(losses.style_loss(one, two)) == pytest.approx(expected, rel=1e-13)


def test_features_may_be_shuffled_pixels_may_not():
    rng, f = np.random.default_rng(3), features(3, (1, 8, 8, 4))
    shuffled = f.reshape(1, 64, 4)[:, rng.permutation(64)].reshape(f.shape)
    assert number(losses.style_loss(f, shuffled)) < 1e-28
    image = np.add.outer(np.arange(8.0), np.arange(8.0))[None, ..., None]
    mixed = image.reshape(1, 64, 1)[:, rng.permutation(64)].reshape(image.shape)
    kernel = ops.convert_to_tensor(rng.normal(size=(3, 3, 1, 4)))
    of = [ops.conv(ops.convert_to_tensor(picture), kernel, padding="valid") for picture in (image, mixed)]
    assert number(losses.style_loss(*of)) > 1
    assert number(losses.style_loss(image, mixed)) < 1e-20  # the pixels themselves are features without neighbours


def test_total_variation_by_loops_and_along_an_edge():
    f, expected = features(4), 0.0
    for n, i, j, c in np.ndindex(*f.shape):
        expected += abs(f[n, i + 1, j, c] - f[n, i, j, c]) if i < 3 else 0
        expected += abs(f[n, i, j + 1, c] - f[n, i, j, c]) if j < 4 else 0
    assert number(losses.total_variation(f)) == pytest.approx(expected / 2, rel=1e-13)
    step = np.zeros((1, 10, 10, 1))
    step[:, :, 5:] = 2
    assert number(losses.total_variation(step)) == 20
    assert number(losses.total_variation(np.full((3, 1, 1, 2), 0.5))) == 0


# --- what holds for all -----------------------------------------------------------------------------------------------

CALLS = {
    "l1_loss": lambda a, b: losses.l1_loss(a, b),
    "pix2pix_generator_loss": lambda a, b: losses.pix2pix_generator_loss(a, a, b, 2.0),
    "cycle_loss": lambda a, b: losses.cycle_loss(lambda v: v * 0.5, lambda v: v + 1, a, b),
    "identity_loss": lambda a, b: losses.identity_loss(lambda v: v * 0.5, lambda v: v + 1, a, b),
    "style_loss": losses.style_loss,
    "total_variation": lambda a, b: losses.total_variation(a - b),
}


@pytest.mark.parametrize("name", CALLS)
def test_one_number_in_its_type_and_compiled(name):
    call = CALLS[name]
    for dtype, wanted in (("float64", "float64"), ("float32", "float32"), ("float16", "float32")):
        value = call(*(ops.convert_to_tensor(features(seed).astype(dtype)) for seed in (5, 6)))
        assert tuple(value.shape) == () and keras.backend.standardize_dtype(value.dtype) == wanted
    narrow = [ops.convert_to_tensor(features(seed).astype("float32")) for seed in (5, 6)]
    for xla in (False, True):
        assert number(backend.jit(call, xla=xla)(*narrow)) == pytest.approx(number(call(*narrow)), rel=1e-5)


@pytest.mark.parametrize("name", CALLS)
def test_gradients_are_those_of_central_differences(name):
    a, b = features(7, (1, 2, 3, 2)), features(8, (1, 2, 3, 2))
    slope = backend.value_and_grad(lambda v: CALLS[name](ops.convert_to_tensor(a), v))(ops.convert_to_tensor(b))[1]
    (oracle,) = central_differences(lambda v: number(CALLS[name](a, v)), b)
    np.testing.assert_allclose(numpy(slope), oracle, atol=1e-7)


def test_the_backends_agree():
    pytest.importorskip("jax", reason="JAX is in requirements-dev.lock")
    code = """
import numpy as np
from tests.losses.test_translation import CALLS, features, number
for call in CALLS.values():
    print(number(call(*(features(seed).astype("float32") for seed in (5, 6)))))
"""
    both = [np.array(printed(code, KERAS_BACKEND=name).split(), float) for name in ("tensorflow", "jax")]
    assert both[0].size == len(CALLS)
    np.testing.assert_allclose(*both, rtol=1e-5)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: losses.l1_loss(np.zeros((2, 3)), np.zeros((2, 1))), ValueError, "image and generated must have one"),
        (lambda: losses.l1_loss(np.zeros(2, int), np.zeros(2)), TypeError, "image must hold floating-point"),
        (lambda: losses.l1_loss(np.ma.masked_less([0.0, 1.0], 0.5), np.zeros(2)), TypeError, "must not be masked"),
        (
            lambda: losses.pix2pix_generator_loss(np.zeros(1), np.zeros(1), np.zeros(1), -1),
            ValueError,
            "l1 must be a finite number of at least 0",
        ),
        (
            lambda: losses.cycle_loss(lambda x: x[:1], lambda y: y, np.zeros((2, 2)), np.zeros((2, 2))),
            ValueError,
            "must have one shape",
        ),
        (lambda: losses.gram_matrix(np.zeros((4, 4, 3))), ValueError, r"features must be \(N, H, W, C\)"),
        (
            lambda: losses.style_loss(np.zeros((1, 4, 4, 3)), np.zeros((1, 4, 4, 2))),
            ValueError,
            "features and style must have one shape",
        ),
        (lambda: losses.total_variation(np.zeros((4, 4))), ValueError, r"images must be \(N, H, W, C\)"),
    ],
)  # fmt: skip
def test_errors_name_the_argument(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_what_is_no_number_stays_none():
    broken = np.array([[np.nan, 1.0]])
    assert np.isnan(number(losses.l1_loss(broken, np.zeros((1, 2)))))
