"""Four names for one thing: by hand, there and back, and how errors are weighed."""

import numpy as np
import pytest

from course_lib.classical.diffusion import predictions
from course_lib.classical.diffusion.forward import add_noise

KINDS = predictions.KINDS


def all_kinds(clean, noise, alpha_bar):
    """By their definitions."""
    a, s = np.sqrt(alpha_bar), np.sqrt(1 - alpha_bar)
    return {"clean": clean, "noise": noise, "velocity": a * noise - s * clean, "score": -noise / s}


def test_by_hand():
    """ᾱ = .64, clean 1, noise .5: x 1.1, v -.2, score -.8333."""
    assert add_noise(1.0, 0.5, 0.64) == pytest.approx(1.1)
    known = {"clean": 1.0, "noise": 0.5, "velocity": -0.2, "score": -0.5 / 0.6}
    for source in KINDS:
        for target in KINDS:
            assert predictions.convert(known[source], 1.1, 0.64, source, target) == pytest.approx(known[target])


@pytest.mark.parametrize("source", KINDS)
@pytest.mark.parametrize("target", KINDS)
def test_any_becomes_any(source, target):
    rng = np.random.default_rng(0)
    clean, noise, alpha_bar = rng.standard_normal((5, 3, 2)), rng.standard_normal((5, 3, 2)), rng.uniform(0.05, 0.95, 5)
    known = all_kinds(clean, noise, alpha_bar[:, None, None])
    x = add_noise(clean, noise, alpha_bar)
    np.testing.assert_allclose(
        predictions.convert(known[source], x, alpha_bar, source, target), known[target], atol=1e-12
    )


def test_the_score_is_the_slope_of_the_log_density():
    """Of one clean value: N(√ᾱ clean, 1 - ᾱ), by central differences."""

    def log_density(x):
        return -((x - 0.8 * 0.7) ** 2) / (2 * 0.36)

    x = np.array([-1.0, 0.2, 1.3])
    slope = (log_density(x + 1e-5) - log_density(x - 1e-5)) / 2e-5
    np.testing.assert_allclose(predictions.convert(np.full(3, 0.7), x, 0.64, "clean", "score"), slope, rtol=1e-8)


def test_v_is_how_the_value_moves_with_the_angle():
    """x(φ) = cos φ clean + sin φ noise: v = dx/dφ, with ᾱ = cos² φ."""
    clean, noise, angle = 0.7, -1.2, 0.6

    def at(phi):
        return np.cos(phi) * clean + np.sin(phi) * noise

    v = predictions.convert(clean, at(angle), np.cos(angle) ** 2, "clean", "velocity")
    assert v == pytest.approx((at(angle + 1e-6) - at(angle - 1e-6)) / 2e-6, rel=1e-8)


@pytest.mark.parametrize("kind", KINDS)
def test_what_an_error_weighs(kind):
    rng = np.random.default_rng(1)
    alpha_bar = np.array([0.1, 0.5, 0.9])
    x, right, wrong = rng.standard_normal((3, 3))
    error = [predictions.convert(clean, x, alpha_bar, "clean", kind) for clean in (right, wrong)]
    ratio = (error[0] - error[1]) ** 2 / (right - wrong) ** 2
    np.testing.assert_allclose(predictions.loss_weight(alpha_bar, kind), ratio, rtol=1e-10)
    snr = alpha_bar / (1 - alpha_bar)
    named = {"clean": np.ones(3), "noise": snr, "velocity": snr + 1, "score": snr / (1 - alpha_bar)}
    np.testing.assert_allclose(ratio, named[kind], rtol=1e-10)


def test_v_is_there_at_both_ends():
    assert predictions.convert([2.0], [0.7], 0.0, "velocity", "clean") == [-2]
    assert predictions.convert([2.0], [0.7], 0.0, "velocity", "noise") == [0.7]
    assert predictions.convert([2.0], [0.7], 1.0, "velocity", "clean") == [0.7]
    assert predictions.convert([2.0], [0.7], 1.0, "velocity", "noise") == [2]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: predictions.convert(1.0, 1.0, 0.0, "noise", "clean"), "at alpha_bar = 0 the noise does not tell"),
        (lambda: predictions.convert(1.0, 1.0, 0.0, "score", "clean"), "at alpha_bar = 0 the score does not tell"),
        (lambda: predictions.convert(1.0, 1.0, 1.0, "clean", "noise"), "at alpha_bar = 1 there is no noise"),
        (lambda: predictions.convert(1.0, 1.0, 1.0, "velocity", "score"), "the score at alpha_bar = 1"),
        (lambda: predictions.convert(1.0, 1.0, 0.5, "v", "clean"), "source must be one of 'clean', 'noise'"),
        (lambda: predictions.convert(1.0, 1.0, 0.5, "clean", "epsilon"), "target must be one of 'clean', 'noise'"),
        (lambda: predictions.convert([1.0], [1.0, 2.0], 0.5, "clean", "noise"), "value and x must have one shape"),
        (lambda: predictions.convert(1.0, 1.0, -0.1, "clean", "noise"), "alpha_bar must be at least 0"),
        (lambda: predictions.loss_weight(1.0, "noise"), "alpha_bar must be at least 0 and below 1"),
        (lambda: predictions.loss_weight(0.5, "v"), "kind must be one of"),
    ],
)
def test_clear_errors(call, words):
    with pytest.raises(ValueError, match=words):
        call()
