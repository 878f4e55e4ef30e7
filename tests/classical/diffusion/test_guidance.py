"""What guidance makes of normal distributions, three formulas and three samplers; and of a mixture."""

import numpy as np
import pytest
from scipy.special import ndtri

from course_lib.classical.diffusion import gaussian, guidance, mixture, ode, samplers, schedules
from course_lib.classical.diffusion.forward import levels
from tests.classical.diffusion.oracles import GRID, moments, normal

STEPS = 1500
LINEAR = schedules.alpha_bars_of(schedules.linear(STEPS, 0.1 / STEPS, 20 / STEPS))


def test_by_hand():
    assert guidance.guided(3.0, 1.0, 0.0) == 1
    assert guidance.guided(3.0, 1.0, 1.0) == 3
    assert guidance.guided(3.0, 1.0, 2.0) == 5
    conditional, unconditional = np.array([3.0, -1.0]), np.array([1.0, 0.5])
    w = 1.5  # as the paper counts
    np.testing.assert_allclose(
        guidance.guided(conditional, unconditional, 1 + w), (1 + w) * conditional - w * unconditional, atol=1e-14
    )


@pytest.mark.parametrize("scale", [1, 2, 3, 5])
def test_the_three_variances(scale):
    """p(x) = N(0, 2), p(x given c) = N(0, 1)."""
    known = {
        1: (1, 1, 1),
        2: (0.6667, 0.5, 0.583333),
        3: (0.5, 0.25, 0.3875),
        5: (0.3333, 0.0625, 0.221788),
    }
    found = guidance.gaussian_variances(scale, 1.0, 2.0)
    assert found == pytest.approx(known[scale], abs=5e-5)
    assert found.ode == pytest.approx(2.0 ** (1 - scale), rel=1e-12)
    assert found.sde == pytest.approx(known[scale][2], abs=6e-7)


def test_the_sharpened_one_is_what_its_density_says():
    for scale, conditional, unconditional in ((3, 1.0, 2.0), (1.5, 0.3, 0.7), (0.5, 2.0, 1.0)):
        weight = normal(GRID, 0, conditional) ** scale * normal(GRID, 0, unconditional) ** (1 - scale)
        expected = (weight * GRID**2).sum() / weight.sum()
        assert guidance.gaussian_variances(scale, conditional, unconditional).sharpened == pytest.approx(expected)
    assert guidance.gaussian_variances(3, 4.0, 1.0).sharpened == np.inf


@pytest.mark.parametrize(("scale", "conditional", "unconditional"), [(3.0, 1.0, 2.0), (2.0, 0.25, 0.6)])
def test_the_samplers_draw_the_other_two(scale, conditional, unconditional):
    def predict(x, t):
        answers = [
            gaussian.gaussian_denoise(x, *levels(LINEAR, t), 0, np.sqrt(v)) for v in (conditional, unconditional)
        ]
        return guidance.guided(*answers, scale)

    expected = guidance.gaussian_variances(scale, conditional, unconditional)
    assert moments(lambda x, rng: samplers.ddim(predict, x, LINEAR))[1] ** 2 == pytest.approx(expected.ode, rel=1e-2)
    # of DDPM by its recursion: mean and slope from the steps of the library, without a draw
    variance = 1.0
    for t in range(STEPS, 0, -1):
        now, before = LINEAR[t], LINEAR[t - 1]
        ends = np.array([0.0, 1.0])
        zero, one = samplers.ddpm_step(ends, predict(ends, t), now, before, np.zeros(2))
        fresh = samplers.ddpm_step(0.0, 0.0, now, before, 1.0)
        variance = (one - zero) ** 2 * variance + fresh**2
    assert variance == pytest.approx(expected.sde, rel=1e-2)


def test_the_flow_draws_the_same_as_ddim():
    def field(x, t):
        return guidance.guided(
            mixture.mixture_flow(x, t, [1.0], [0], 1.0), mixture.mixture_flow(x, t, [1.0], [0], np.sqrt(2)), 3.0
        )

    assert moments(lambda x, rng: ode.integrate(field, x, 100, "rk4"))[1] ** 2 == pytest.approx(0.25, rel=1e-5)


@pytest.mark.parametrize(
    ("scale", "drawn", "sharpened"),
    [
        (1, (1.0, 0.5), (1.0, 0.5)),
        (2, (1.3245, 0.3597), (1.0355, 0.4683)),
        (4, (1.6816, 0.2912), (1.0616, 0.4496)),
        (8, (2.1321, 0.2498), (1.0869, 0.4341)),
    ],
)
def test_two_peaks(scale, drawn, sharpened):
    """Peaks at ±1 of deviation .5, and the right one asked for: guidance draws beyond it, where no data are."""
    one, both = ([1.0], [1.0], 0.5), ([0.5, 0.5], [-1.0, 1.0], 0.5)

    def field(x, t):
        return guidance.guided(mixture.mixture_flow(x, t, *one), mixture.mixture_flow(x, t, *both), scale)

    start = ndtri((np.arange(2000) + 0.5) / 2000)
    ends = ode.integrate(field, start, 100, "rk4")
    assert (ends.mean(), ends.std()) == pytest.approx(drawn, abs=6e-4)
    # DDIM with many steps, from where the linear schedule ends, comes near to it
    drawn_by_ddim = samplers.ddim(
        lambda x, t: guidance.guided(
            mixture.mixture_denoise(x, *levels(LINEAR, t), *one),
            mixture.mixture_denoise(x, *levels(LINEAR, t), *both),
            scale,
        ),
        start,
        LINEAR,
        schedules.times(STEPS, 400),
    )
    assert (drawn_by_ddim.mean(), drawn_by_ddim.std()) == pytest.approx(drawn, rel=0.035)
    log_density = [mixture.mixture_log_density(GRID, 1.0, 0.0, *form) for form in (one, both)]
    weight = np.exp(guidance.guided(*log_density, scale))
    weight /= weight.sum()
    mean = (weight * GRID).sum()
    assert (mean, np.sqrt((weight * (GRID - mean) ** 2).sum())) == pytest.approx(sharpened, abs=6e-5)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (
            lambda: guidance.guided([1.0], [1.0, 2.0], 2),
            ValueError,
            "conditional and unconditional must have one shape",
        ),
        (lambda: guidance.guided(1.0, np.nan, 2), ValueError, "unconditional must be finite"),
        (lambda: guidance.guided(1.0, 1.0, "2"), TypeError, "scale must be a number"),
        (lambda: guidance.gaussian_variances(2, 0, 1), ValueError, "conditional must be"),
        (lambda: guidance.gaussian_variances(2, 1, -1), ValueError, "unconditional must be"),
    ],
)
def test_clear_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()
