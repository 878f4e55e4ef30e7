"""Every adversarial loss against its formula in NumPy, its closed forms and its slopes; penalties on known slopes."""

import json

import keras
import numpy as np
import pytest
from keras import ops
from scipy import integrate, stats

from course_lib import backend
from course_lib.losses import adversarial as losses
from tests.helpers import central_differences, printed

ON_TENSORFLOW = keras.backend.backend() == "tensorflow"
TIGHT = 1e-12 if ON_TENSORFLOW else 1e-6  # JAX computes in float32 here


def numbers(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), dtype=np.float64)


def scores(seed=0, shape=(7, 1), scale=2.0):
    rng = np.random.default_rng(seed)
    return rng.normal(0.5, scale, shape), rng.normal(-0.5, scale, shape)


def log_d(z):
    return np.log(1 / (1 + np.exp(-z)))


# name -> (the library's loss of real and fake, the papers' formula, written with probabilities where they do)
PAIRS = {
    "minimax D": (
        losses.MINIMAX.discriminator,
        lambda r, f: -np.mean(log_d(r)) - np.mean(np.log(1 - np.exp(log_d(f)))),
    ),
    "minimax G": (losses.MINIMAX.generator, lambda r, f: np.mean(np.log(1 - np.exp(log_d(f))))),
    "smooth D": (
        lambda r, f: losses.minimax_discriminator(r, f, real_label=0.9),
        lambda r, f: -np.mean(0.9 * log_d(r) + 0.1 * np.log(1 - np.exp(log_d(r)))) - np.mean(log_d(-f)),
    ),
    "non-saturating D": (losses.NON_SATURATING.discriminator, lambda r, f: -np.mean(log_d(r)) - np.mean(log_d(-f))),
    "non-saturating G": (losses.NON_SATURATING.generator, lambda r, f: -np.mean(log_d(f))),
    "least squares D": (
        losses.LEAST_SQUARES.discriminator,
        lambda r, f: np.mean((r - 1) ** 2) / 2 + np.mean(f**2) / 2,
    ),
    "least squares G": (losses.LEAST_SQUARES.generator, lambda r, f: np.mean((f - 1) ** 2) / 2),
    "hinge D": (
        losses.HINGE.discriminator,
        lambda r, f: -np.mean(np.minimum(0, r - 1)) - np.mean(np.minimum(0, -f - 1)),
    ),
    "hinge G": (losses.HINGE.generator, lambda r, f: -np.mean(f)),
    "Wasserstein D": (losses.WASSERSTEIN.discriminator, lambda r, f: -(np.mean(r) - np.mean(f))),
    "Wasserstein G": (losses.WASSERSTEIN.generator, lambda r, f: -np.mean(f)),
    "relativistic D": (losses.RELATIVISTIC.discriminator, lambda r, f: -np.mean(log_d(r - f))),
    "relativistic G": (losses.RELATIVISTIC.generator, lambda r, f: -np.mean(log_d(f - r))),
}
each = pytest.mark.parametrize("name", PAIRS)
LOSSES = [
    losses.MINIMAX,
    losses.NON_SATURATING,
    losses.LEAST_SQUARES,
    losses.HINGE,
    losses.WASSERSTEIN,
    losses.RELATIVISTIC,
]
each_loss = pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)


def slopes(f, *arrays):
    """Value of f and its gradient by every array, by the backend."""
    value, gradients = backend.value_and_grad(lambda tensors: f(*tensors))([ops.convert_to_tensor(a) for a in arrays])
    return float(numbers(value)), [numbers(gradient) for gradient in gradients]


# --- the formulas -----------------------------------------------------------------------------------------------------


@each
@pytest.mark.parametrize("shape", [(7, 1), (5,), (2, 3, 3, 1)])
def test_value_and_gradient_are_those_of_the_formula(name, shape):
    loss, formula = PAIRS[name]
    real, fake = scores(1, shape)
    value, gradients = slopes(loss, real, fake)
    assert value == pytest.approx(formula(real, fake), rel=TIGHT)
    for gradient, expected in zip(gradients, central_differences(formula, real, fake), strict=True):
        np.testing.assert_allclose(gradient, expected, rtol=1e-6, atol=1e-9 if ON_TENSORFLOW else 1e-7)


@each
def test_logits_of_any_size_stay_exact(name):
    """At ±200 a probability would be 0 or 1 in float64; the losses are then straight lines or parabolas."""
    loss, _ = PAIRS[name]
    for size in (200.0, -200.0):
        value, gradients = slopes(loss, np.array([size], "float32"), np.array([-size], "float32"))
        assert np.isfinite(value) and np.isfinite(gradients).all()
    if "smooth" not in name and "relativistic" not in name and "G" not in name:
        wrong = slopes(loss, np.array([-200.0]), np.array([200.0]))
        assert np.abs(wrong[1]).min() > 0.9  # who is wrong hears of it


def test_a_discriminator_that_is_certain():
    """In the right it pays nothing, in the wrong everything; the slope is D - 1 for real and D for fake."""
    ends = np.array([np.inf]), np.array([-np.inf])
    for loss in (losses.minimax_discriminator, losses.relativistic_discriminator):
        value, gradients = slopes(loss, *ends)
        assert value == 0 and not np.any(gradients)
        value, gradients = slopes(loss, *ends[::-1])
        assert value == np.inf and np.isfinite(gradients).all() and np.any(gradients)
    smooth = slopes(lambda a, b: losses.minimax_discriminator(a, b, 0.9), *ends)
    assert smooth[0] == np.inf and np.ravel(smooth[1])[0] == pytest.approx(0.1)


def test_an_undecided_discriminator():
    """All logits 0: D = 1/2. V = −log 4 (Goodfellow et al., theorem 1), so the loss is log 4, not 0."""
    zero = np.zeros((4, 1))
    expected = {"minimax": np.log(4), "non-saturating": np.log(4), "least squares": 0.5, "hinge": 2, "Wasserstein": 0}
    for loss in LOSSES:
        value = float(loss.discriminator(zero, zero))
        assert value == pytest.approx(expected.get(loss.name, np.log(2)), rel=1e-6), loss.name
    generators = [float(loss.generator(zero, zero)) for loss in LOSSES]
    np.testing.assert_allclose(generators, [-np.log(2), np.log(2), 0.5, 0, 0, np.log(2)], rtol=1e-6, atol=1e-12)


@each_loss
def test_the_players_pull_in_opposite_directions(loss):
    """The discriminator wants real logits up and fake ones down, the generator fake ones up."""
    real, fake = np.linspace(-0.5, 0.8, 6), np.linspace(0.1, 0.9, 6)  # between the labels of least squares, or near
    _, (by_real, by_fake) = slopes(loss.discriminator, real, fake)
    assert (by_real < 0).all()
    assert (by_fake > 0).all()
    _, (_, by_fake) = slopes(loss.generator, real, fake)
    assert (by_fake < 0).all()


def test_saturating_and_not():
    """Where D has won, at logit −12, one generator hears nothing and the other all: slopes −D and −(1 − D)."""
    fake = np.full((1,), -12.0)
    _, (saturating,) = slopes(losses.minimax_generator, fake)
    _, (alive,) = slopes(losses.non_saturating_generator, fake)
    d = 1 / (1 + np.exp(12))
    np.testing.assert_allclose([saturating[0], alive[0]], [-d, -(1 - d)], rtol=1e-5)


def test_the_best_discriminator_gives_the_jensen_shannon_divergence():
    """N(0, 1) against N(2, 1): V(D*) = 2 JSD − log 4 = −.712633, by quadrature over D* = p / (p + q), logit log p/q."""
    p, q = stats.norm(0, 1), stats.norm(2, 1)

    def value(x):
        logit = np.array([p.logpdf(x) - q.logpdf(x)])
        far = np.array([-1e3]), np.array([1e3])  # leaves one of the two terms alone
        of_real = float(losses.minimax_discriminator(logit, far[0]))
        of_fake = float(losses.minimax_discriminator(far[1], logit))
        return -(p.pdf(x) * of_real + q.pdf(x) * of_fake)

    total, _ = integrate.fixed_quad(np.vectorize(value), -6, 8, n=60)
    assert total == pytest.approx(-0.712633, abs=2e-6)


def test_smoothing_moves_the_best_answer_to_real_only():
    """Real samples ask for D = .9, logit log 9; fakes still for none at all."""
    _, (by_real, by_fake) = slopes(
        lambda r, f: losses.minimax_discriminator(r, f, 0.9), np.array([np.log(9)]), np.array([-3.0])
    )
    assert abs(by_real[0]) < 1e-6
    assert by_fake[0] == pytest.approx(1 / (1 + np.exp(3)), rel=1e-5)
    smooth = losses.smoothed(losses.NON_SATURATING, 0.9)
    real, fake = scores(3)
    assert float(smooth.discriminator(real, fake)) == float(losses.minimax_discriminator(real, fake, 0.9))
    assert float(smooth.generator(real, fake)) == float(losses.non_saturating_generator(fake))


def test_least_squares_with_pearsons_labels():
    """a −1, b 1, c 0 on a two-point space: 2 C(G) = χ²(p + q ‖ 2 q) (Mao et al., eq. 6 to 8), at the best D by hand."""
    p, q = np.array([0.3, 0.7]), np.array([0.6, 0.4])
    best = (p - q) / (p + q)  # minimizes ½ p (D − 1)² + ½ q (D + 1)²

    def by_density(loss, scores, density):
        return sum(w * float(loss(np.array([s]))) for s, w in zip(scores, density, strict=True))

    def of_d(s):
        of_real = by_density(lambda r: losses.least_squares_discriminator(r, r * 0 - 1, 1, -1), s, p)
        return of_real + by_density(lambda f: losses.least_squares_discriminator(f * 0 + 1, f, 1, -1), s, q)

    around = [of_d(best + step) for step in (np.array([0, 0.1]), np.array([0.1, 0]), np.array([-0.1, -0.1]))]
    assert of_d(best) < min(around)
    c_of_g = by_density(lambda s: losses.least_squares_generator(s, 0), best, p + q)
    chi_squared = np.sum((2 * q - (p + q)) ** 2 / (p + q))
    assert 2 * c_of_g == pytest.approx(chi_squared, rel=1e-6)


def test_the_hinge_forgets_what_is_right_by_a_margin():
    real, fake = np.array([1.5, 0.5, -2.0]), np.array([-1.5, -0.5, 2.0])
    _, (by_real, by_fake) = slopes(losses.hinge_discriminator, real, fake)
    np.testing.assert_allclose(by_real, [0, -1 / 3, -1 / 3], rtol=1e-6)
    np.testing.assert_allclose(by_fake, [0, 1 / 3, 1 / 3], rtol=1e-6)


def test_relativistic_scores_count_only_against_each_other():
    real, fake = scores(4)
    for loss in (losses.relativistic_discriminator, losses.relativistic_generator):
        assert float(loss(real + 5, fake + 5)) == pytest.approx(float(loss(real, fake)), rel=1e-6)
        assert abs(float(loss(real, fake)) - float(loss(real, fake[::-1]))) > 1e-3  # paired by position


def test_a_flag_says_whose_generator_looks_at_real_samples():
    real, fake = scores(5)
    for loss in LOSSES:
        moved = abs(float(loss.generator(real + 1, fake)) - float(loss.generator(real, fake))) > 1e-3
        assert moved == loss.relativistic
        if not loss.relativistic:
            assert float(loss.generator(None, fake)) == float(loss.generator(real, fake))


def test_half_precision_is_computed_in_float32():
    real, fake = scores(6)
    half = losses.minimax_discriminator(real.astype("float16"), fake.astype("float16"))
    assert keras.backend.standardize_dtype(half.dtype) == "float32"
    expected = losses.minimax_discriminator(real.astype("float16").astype("float32"), fake.astype("float16"))
    assert float(half) == float(expected)


# --- interpolation and penalties --------------------------------------------------------------------------------------


def test_interpolation_has_one_alpha_a_sample():
    real, fake = np.ones((3, 2, 2, 1)), np.zeros((3, 2, 2, 1))
    between = numbers(losses.interpolate(real, fake, np.array([1.0, 0.25, 0.0])))
    np.testing.assert_allclose(between, np.array([1, 0.25, 0]).reshape(3, 1, 1, 1) * np.ones((3, 2, 2, 1)))
    np.testing.assert_allclose(numbers(losses.interpolate(real * 3, fake + 1, np.array([0.75] * 3))), 2.5)


@pytest.mark.parametrize("a", [1.0, 3.0])
def test_the_penalty_of_an_even_alpha_has_its_closed_form(a):
    """D(x) = a x² / 2 in one dimension, real 1, fake 0: the slope is a α, and the mean (a α − 1)² = a²/3 − a + 1.

    Two values of a fix the mean of α and of α². One α for the whole batch would give (a α − 1)² of that one.
    """
    n, alpha = 40000, np.linspace(0, 1, 10001)
    real = np.ones((n, 1), "float32")
    penalty = float(losses.gradient_penalty(lambda x: a * x**2 / 2, real, 0 * real, seed=1))
    spread = np.std((a * alpha - 1) ** 2) / np.sqrt(n)
    assert penalty == pytest.approx(a**2 / 3 - a + 1, abs=5 * spread)


def test_alpha_never_leaves_the_line_between():
    """A critic that is flat between real and fake and steep beyond: any α outside [0, 1] would show."""
    real = np.ones((5000, 1), "float32")
    steep = lambda x: 100 * ops.sum(ops.square(ops.relu(x - 1)) + ops.square(ops.relu(-x)), axis=1)  # noqa: E731
    assert float(losses.gradient_penalty(steep, real, 0 * real, seed=0)) == 1


def test_all_pixels_of_a_sample_share_their_alpha():
    """D(x) = (x₁ − x₂)² has the slope 0 where both pixels are the same mixture, and the penalty 1."""
    real = np.ones((50, 2), "float32")
    difference = lambda x: 10 * ops.square(x[:, 0] - x[:, 1])  # noqa: E731
    assert float(losses.gradient_penalty(difference, real, 0 * real, seed=0)) == 1


def test_a_seed_generator_moves_on_and_an_int_does_not():
    real = np.ones((5, 1), "float32")
    generator = keras.random.SeedGenerator(3)
    draw = lambda seed: float(losses.gradient_penalty(lambda x: x**2, real, 0 * real, seed))  # noqa: E731
    assert draw(generator) != draw(generator)
    assert draw(3) == draw(3) != draw(4)


@pytest.mark.parametrize("shape", [(4, 3), (4, 2, 2, 3)])
def test_penalties_of_a_linear_critic(shape):
    """D(x) = w·x + b has the slope w everywhere: (‖w‖ − 1)², and ‖w‖² for R1 and R2, whatever the samples are."""
    rng = np.random.default_rng(0)
    w, x, y = rng.normal(size=shape[1:]), rng.normal(size=shape), rng.normal(size=shape)
    kernel = ops.convert_to_tensor(w.astype("float32"))
    linear = lambda x: ops.sum(ops.reshape(x * kernel, (4, -1)), axis=1, keepdims=True) + 2.0  # noqa: E731
    norm = np.linalg.norm(w)
    x, y = x.astype("float32"), y.astype("float32")
    assert float(losses.gradient_penalty(linear, x, y, 0)) == pytest.approx((norm - 1) ** 2, rel=1e-5)
    assert float(losses.r1_penalty(linear, x)) == pytest.approx(norm**2, rel=1e-5)
    assert float(losses.r2_penalty(linear, y)) == pytest.approx(norm**2, rel=1e-5)


def test_penalties_take_the_norm_of_each_sample_and_then_the_mean():
    """D(x) = ½ s ‖x‖² has the slope s x: samples of norm 1 and 3. A norm over the batch would be √10."""
    x = np.array([[0.6, 0.8], [3.0, 0.0]], "float32")
    bowl = lambda x: ops.sum(x * x, axis=1) / 2  # noqa: E731
    assert float(losses.r1_penalty(bowl, x)) == pytest.approx((1 + 9) / 2)
    assert float(losses.r2_penalty(bowl, 2 * x)) == pytest.approx((4 + 36) / 2)
    assert float(losses.gradient_penalty(bowl, x, x, 0)) == pytest.approx((0 + 4) / 2)


def penalty_network():
    rng = np.random.default_rng(4)
    weights = [rng.normal(size=shape) * 0.8 for shape in [(3, 5), (5,), (5, 1)]]
    return weights, rng.normal(size=(6, 3)), rng.normal(size=(6, 3)), rng.random(6)


def slopes_numpy(weights, x):
    """∇ₓ of tanh(x W + b) v."""
    kernel, bias, v = weights
    return ((1 - np.tanh(x @ kernel + bias) ** 2) * v[:, 0]) @ kernel.T


PENALTIES_NUMPY = {
    "gradient_penalty": lambda w, real, fake, a: np.mean(
        (np.linalg.norm(slopes_numpy(w, a[:, None] * real + (1 - a[:, None]) * fake), axis=1) - 1) ** 2
    ),
    "r1_penalty": lambda w, real, fake, a: np.mean(np.sum(slopes_numpy(w, real) ** 2, axis=1)),
    "r2_penalty": lambda w, real, fake, a: np.mean(np.sum(slopes_numpy(w, fake) ** 2, axis=1)),
}


def penalty_of(name, weights, real, fake, alpha):
    """The library's penalty of the same network, as a function of its weights."""
    kernel, bias, v = weights
    network = lambda x: ops.matmul(ops.tanh(ops.matmul(x, kernel) + bias), v)  # noqa: E731
    if name == "gradient_penalty":
        return losses.gradient_penalty(network, real, fake, alpha=alpha)
    return losses.r1_penalty(network, real) if name == "r1_penalty" else losses.r2_penalty(network, fake)


@pytest.mark.parametrize("compiled", [False, True], ids=["eager", "XLA"])
@pytest.mark.parametrize("name", PENALTIES_NUMPY)
def test_penalties_can_be_trained_through(name, compiled):
    """A second derivative: the penalty's gradient by the critic's weights, against differences of the formula."""
    weights, real, fake, alpha = penalty_network()
    formula = PENALTIES_NUMPY[name]
    expected = central_differences(lambda *w: formula(w, real, fake, alpha), *weights)

    def both(w, real, fake, alpha):
        return backend.value_and_grad(lambda w: penalty_of(name, w, real, fake, alpha))(w)

    arguments = [[ops.convert_to_tensor(w) for w in weights], *map(ops.convert_to_tensor, (real, fake, alpha))]
    value, gradients = (backend.jit(both) if compiled else both)(*arguments)
    assert float(numbers(value)) == pytest.approx(formula(weights, real, fake, alpha), rel=1e-5)
    for gradient, oracle in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(numbers(gradient), oracle, rtol=1e-6, atol=1e-8 if ON_TENSORFLOW else 1e-5)
        assert np.abs(oracle).max() > 1e-3


def test_a_flat_critic_is_penalized_and_not_lost():
    """At slope 0 the norm has no derivative; NaN there would end a training."""
    real = np.ones((3, 2), "float32")
    value, gradient = backend.value_and_grad(
        lambda w: losses.gradient_penalty(lambda x: ops.sum(w * x, axis=1), real, 0 * real, 0)
    )(np.zeros(2, "float32"))
    assert float(value) == 1
    np.testing.assert_array_equal(numbers(gradient), 0)


# --- compiled, and on JAX ---------------------------------------------------------------------------------------------


def all_at_once():
    """A function that gives value and gradients of every loss and penalty, and its arguments."""
    weights, x, y, alpha = penalty_network()
    real, fake = scores(8)

    def everything(weights, x, y, alpha, real, fake):
        result = {n: backend.value_and_grad(lambda t, f=f: f(*t))([real, fake]) for n, (f, _) in PAIRS.items()}
        for name in PENALTIES_NUMPY:
            result[name] = backend.value_and_grad(lambda w, n=name: penalty_of(n, w, x, y, alpha))(weights)
        return result

    arguments = keras.tree.map_structure(lambda a: a.astype("float32"), (weights, x, y, alpha, real, fake))
    return everything, arguments


def flat(results):
    return {
        name: np.concatenate([numbers(value).ravel(), *(numbers(slope).ravel() for slope in gradients)])
        for name, (value, gradients) in results.items()
    }


def test_every_loss_and_penalty_compiles_with_its_gradient():
    everything, arguments = all_at_once()
    plain = flat(everything(*keras.tree.map_structure(ops.convert_to_tensor, arguments)))
    compiled = flat(backend.jit(everything)(*arguments))
    assert plain.keys() == compiled.keys() == {*PAIRS, *PENALTIES_NUMPY}
    for name, expected in plain.items():
        np.testing.assert_allclose(compiled[name], expected, rtol=1e-4, atol=1e-6, err_msg=name)


SCRIPT = """
import json
from course_lib import backend
from tests.losses.test_adversarial import all_at_once, flat
everything, arguments = all_at_once()
print(json.dumps({name: values.tolist() for name, values in flat(backend.jit(everything)(*arguments)).items()}))
"""


@pytest.mark.skipif(not ON_TENSORFLOW, reason="this is the other backend")
def test_jax_computes_the_same():
    pytest.importorskip("jax", reason="JAX is in requirements-dev.lock")
    on_jax = json.loads(printed(SCRIPT, KERAS_BACKEND="jax").splitlines()[-1])
    everything, arguments = all_at_once()
    here = flat(everything(*keras.tree.map_structure(ops.convert_to_tensor, arguments)))
    assert on_jax.keys() == here.keys() == {*PAIRS, *PENALTIES_NUMPY}
    for name, expected in here.items():
        np.testing.assert_allclose(on_jax[name], expected, rtol=1e-4, atol=1e-6, err_msg=name)


# --- errors -----------------------------------------------------------------------------------------------------------

POINTS = np.zeros((3, 2), "float32")


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        (lambda: losses.minimax_generator(np.arange(3)), TypeError, "fake must hold floating-point logits.*int"),
        (lambda: losses.wasserstein_critic(np.ones(2, bool), np.ones(2)), TypeError, "real must hold.*bool"),
        (lambda: losses.minimax_discriminator(POINTS, POINTS, 1.1), ValueError, "real_label.*1.1"),
        (lambda: losses.smoothed(losses.MINIMAX, 0.5), ValueError, "real_label.*0.5"),
        (lambda: losses.smoothed(losses.HINGE, 0.9), ValueError, "not those of hinge"),
        (lambda: losses.relativistic_generator(POINTS, POINTS[:2]), ValueError, r"one shape, got \(3, 2\) and \(2, 2"),
        (lambda: losses.interpolate(POINTS, POINTS[:2], np.ones(3)), ValueError, "one shape"),
        (lambda: losses.interpolate(POINTS, POINTS, np.ones((3, 2))), ValueError, r"alpha.*\(3,\).*\(3, 2\)"),
        (lambda: losses.gradient_penalty(lambda x: x[:, 0], POINTS, POINTS), ValueError, "either seed or alpha"),
        (lambda: losses.r1_penalty(lambda x: x, POINTS), ValueError, "one score per sample"),
    ],
)
def test_errors_name_the_argument(wrong, error, words):
    with pytest.raises(error, match=words):
        wrong()
