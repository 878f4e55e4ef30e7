"""Densities, the divergence of Gaussians and the importance-weighted bound, against SciPy's integrals and sums."""

import keras
import numpy as np
import pytest
from keras import ops
from scipy import integrate, stats
from scipy.special import logsumexp

from course_lib import backend
from course_lib.losses import divergence


def numpy(x):
    return keras.ops.convert_to_numpy(x)


def gaussians(n=6, d=3, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)), rng.uniform(-2, 1, (n, d)), rng.normal(size=(n, d)), rng.uniform(-1, 2, (n, d))


def kl_by_integral(m, lv, pm, plv):
    q, p = stats.norm(m, np.exp(lv / 2)), stats.norm(pm, np.exp(plv / 2))
    width = 12 * np.exp(lv / 2)
    return integrate.quad(lambda z: q.pdf(z) * (q.logpdf(z) - p.logpdf(z)), m - width, m + width, epsabs=1e-12)[0]


def test_the_divergence_is_the_integral():
    arguments = gaussians()
    by_integral = np.vectorize(kl_by_integral)(*arguments)
    np.testing.assert_allclose(numpy(divergence.gaussian_kl_terms(*arguments)), by_integral, rtol=1e-8)
    np.testing.assert_allclose(numpy(divergence.gaussian_kl(*arguments)), by_integral.sum(axis=1), rtol=1e-8)
    standard = np.vectorize(kl_by_integral)(*arguments[:2], 0.0, 0.0).sum(axis=1)
    np.testing.assert_allclose(numpy(divergence.gaussian_kl(*arguments[:2])), standard, rtol=1e-8)


def test_the_divergence_has_a_direction_and_is_zero_only_for_equals():
    m, lv, pm, plv = gaussians()
    there, back = divergence.gaussian_kl(m, lv, pm, plv), divergence.gaussian_kl(pm, plv, m, lv)
    assert (numpy(there) > 0).all() and not np.allclose(numpy(there), numpy(back), rtol=0.05)
    assert (numpy(divergence.gaussian_kl(m, lv, m, lv)) == 0).all()
    near = numpy(divergence.gaussian_kl(np.zeros((1, 1)), np.full((1, 1), 1e-6)))
    np.testing.assert_allclose(near, 0.25e-12, rtol=1e-5)  # r²/4: lost to rounding if written e^r - 1 - r


def test_log_densities_are_those_of_scipy():
    x, lv, m, _ = gaussians()
    expected = stats.norm(m, np.exp(lv / 2)).logpdf(x).sum(axis=1)
    np.testing.assert_allclose(numpy(divergence.gaussian_log_density(x, m, lv)), expected, rtol=1e-12)
    image, mean = np.random.default_rng(1).normal(size=(2, 2, 4, 5, 3))
    expected = stats.norm(mean, np.exp(-0.35)).logpdf(image).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(numpy(divergence.gaussian_log_density(image, mean, -0.7)), expected, rtol=1e-12)


def test_coins_are_those_of_scipy_and_survive_large_logits():
    rng = np.random.default_rng(2)
    x, z = rng.integers(0, 2, (5, 3, 4, 1)), rng.normal(size=(5, 3, 4, 1))
    expected = stats.bernoulli(1 / (1 + np.exp(-z))).logpmf(x).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(numpy(divergence.bernoulli_log_likelihood(x, z)), expected, rtol=1e-10)
    f = lambda z: ops.sum(divergence.bernoulli_log_likelihood(np.array([[1.0, 0.0]]), z))  # noqa: E731
    value, slope = backend.value_and_grad(f)(ops.convert_to_tensor(np.array([[-1000.0, 1000.0]])))
    assert float(value) == -2000 and numpy(slope).tolist() == [[1, -1]]


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_coin_that_is_certain_costs_nothing_or_everything(dtype, compiled):
    """Against SciPy's Bernoulli of p = 0 and 1, and the slope x - p; a pixel beside it counts as ever."""
    x = np.array([[0, 1, 1], [1, 0, 1], [0, 0, 1], [0, 0.25, 1]], dtype)
    z = np.array([[-np.inf, np.inf, 0.5], [-np.inf, 0, 0], [0.5, np.inf, 0], [-np.inf, -np.inf, 0]], dtype)
    p = 1 / (1 + np.exp(-z))
    f = backend.value_and_grad(lambda z: ops.sum(divergence.bernoulli_log_likelihood(x, z)))
    slope = numpy((backend.jit(f) if compiled else f)(ops.convert_to_tensor(z))[1])
    np.testing.assert_allclose(slope, x - p, rtol=1e-6)
    expected = stats.bernoulli(p[:3]).logpmf(x[:3].astype(int)).sum(axis=1)
    assert np.isfinite(expected).tolist() == [True, False, False]
    np.testing.assert_allclose(numpy(divergence.bernoulli_log_likelihood(x, z)), [*expected, -np.inf], rtol=1e-6)


@pytest.mark.parametrize("wrong", [255.0, -1.0, -0.01, np.nan, np.inf])
def test_coins_that_are_none_make_nan_where_their_values_cannot_be_seen(wrong):
    """Of that sample only, and of its gradient: summed in, they would be a large and senseless number."""
    x, z = np.full((2, 3), 0.5), np.full((2, 3), 0.1)
    x[1, 2] = wrong

    def total(x, z):
        return backend.value_and_grad(lambda z: ops.sum(divergence.bernoulli_log_likelihood(x, z)))(z)[1]

    for step in (total, backend.jit(total)):
        slope = numpy(step(ops.convert_to_tensor(x), ops.convert_to_tensor(z)))
        np.testing.assert_allclose(slope[0], 0.5 - 1 / (1 + np.exp(-0.1)), rtol=1e-6)
        assert np.isnan(slope[1]).all()
    values = numpy(divergence.bernoulli_log_likelihood(ops.convert_to_tensor(x), z))
    assert np.isfinite(values[0]) and np.isnan(values[1])


def test_coins_off_the_range_by_rounding_are_coins():
    x, z = np.array([[1.0, 0.0]], "float32"), np.array([[2.0, -1.0]], "float32")
    expected = numpy(divergence.bernoulli_log_likelihood(x, z))
    blurred = x + np.array([[2e-7, -2e-7]], "float32")
    for x in (blurred, ops.convert_to_tensor(blurred)):
        np.testing.assert_allclose(numpy(divergence.bernoulli_log_likelihood(x, z)), expected, rtol=1e-5)


def test_the_bound_is_the_log_of_the_mean_weight():
    w = np.random.default_rng(3).normal(size=(7, 4)) * 3
    np.testing.assert_allclose(
        numpy(divergence.importance_weighted_bound(w)), np.log(np.exp(w).mean(axis=0)), rtol=1e-12
    )
    np.testing.assert_allclose(numpy(divergence.importance_weighted_bound(w[:1])), w[0], rtol=1e-12)
    far = w - 2000  # exp would be 0
    np.testing.assert_allclose(
        numpy(divergence.importance_weighted_bound(far)), logsumexp(far, axis=0) - np.log(7), rtol=1e-12
    )


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_precision_is_kept_where_there_is_some(dtype):
    m, lv, *_ = (a.astype(dtype) for a in gaussians())
    wanted = "float64" if dtype == "float64" else "float32"
    assert keras.backend.standardize_dtype(divergence.gaussian_kl(m, lv).dtype) == wanted


def test_gradients_agree_with_differences():
    m, lv, pm, plv = gaussians(n=2, d=2)

    def total(pair):
        return ops.sum(divergence.gaussian_kl(pair[0], pair[1], pm, plv) * np.array([1.0, 3.0]))

    slopes = backend.value_and_grad(total)([m, lv])[1]
    for which in (0, 1):
        for place in np.ndindex(2, 2):
            ends = []
            for sign in (1, -1):
                pair = [m.copy(), lv.copy()]
                pair[which][place] += sign * 1e-5
                ends.append(float(total(pair)))
            np.testing.assert_allclose(numpy(slopes[which])[place], (ends[0] - ends[1]) / 2e-5, atol=1e-8)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: divergence.gaussian_kl(np.zeros((4, 1)), np.zeros((4, 3))),
            "mean and log_variance must have one shape",
        ),
        (lambda: divergence.gaussian_kl(np.zeros(4), np.zeros(4)), r"mean must have the shape \(N, ...\)"),
        (lambda: divergence.bernoulli_log_likelihood(np.zeros((4, 9)), np.zeros((4, 9, 1))), "x and logits must have"),
        (lambda: divergence.bernoulli_log_likelihood(np.full((1, 2), 255), np.zeros((1, 2))), "Divide 8-bit images"),
        (lambda: divergence.bernoulli_log_likelihood(np.array([[-1.0, 1]]), np.zeros((1, 2))), r"by \(x \+ 1\) / 2"),
        (lambda: divergence.bernoulli_log_likelihood(np.array([[np.nan, 1]]), np.zeros((1, 2))), "got nan to nan"),
        (lambda: divergence.gaussian_log_density(np.zeros((4, 1)), np.zeros((1, 4))), "x and mean must have one shape"),
        (
            lambda: divergence.importance_weighted_bound(np.zeros((2, 3, 4))),
            r"log_weights must have the shape \(K, N\)",
        ),
    ],
)
def test_shapes_that_do_not_fit_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
