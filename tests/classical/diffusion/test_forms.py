"""Values as strangers hold them: another type, order or container gives the same numbers, or a clear error."""

import numpy as np
import pytest

from course_lib.classical.diffusion import (
    bounds,
    empirical,
    flow,
    forward,
    gaussian,
    guidance,
    inpainting,
    langevin,
    mixture,
    ode,
    predictions,
    samplers,
    schedules,
)

BARS = schedules.alpha_bars_of(schedules.linear(20, 5e-3, 0.5))
DATA = np.random.default_rng(0).standard_normal((5, 4))
PLAIN = np.random.default_rng(1).integers(-3, 4, (6, 4)).astype(float)


def towards_zero(x, t):
    return 0.5 * np.asarray(x, float)


FUNCTIONS = {
    "add_noise": lambda x: forward.add_noise(x, PLAIN, 0.5),
    "add_noise, the noise": lambda x: forward.add_noise(PLAIN, x, 0.5),
    "one_step": lambda x: forward.one_step(x, PLAIN, 0.5),
    "posterior": lambda x: forward.posterior(x, PLAIN, 0.5, 0.7)[0],
    "convert": lambda x: predictions.convert(x, PLAIN, 0.5, "velocity", "clean"),
    "gaussian_denoise": lambda x: gaussian.gaussian_denoise(x, 0.6, 0.8, 0.3, 0.5),
    "correlated_denoise": lambda x: gaussian.correlated_denoise(x, 0.6, 0.8, np.zeros(4), np.eye(4)),
    "mixture_denoise": lambda x: mixture.mixture_denoise(x, 0.6, 0.8, [0.5, 0.5], [-1, 1], 0.1),
    "mixture_denoise, points": lambda x: mixture.mixture_denoise(x, 0.6, 0.8, np.full(5, 0.2), DATA, 0.1),
    "mixture_score": lambda x: mixture.mixture_score(x, 0.6, 0.8, [0.5, 0.5], [-1, 1], 0.1),
    "mixture_log_density": lambda x: mixture.mixture_log_density(x, 0.6, 0.8, np.full(5, 0.2), DATA, 0.1),
    "mixture_flow": lambda x: mixture.mixture_flow(x, 0.6, [0.5, 0.5], [-1, 1], 0.1),
    "empirical_denoise": lambda x: empirical.empirical_denoise(x, 0.6, 0.8, DATA),
    "empirical_weights, the set": lambda x: empirical.empirical_weights(DATA, 0.6, 0.8, x),
    "ddpm": lambda x: samplers.ddpm(towards_zero, x, BARS, 0),
    "ddim": lambda x: samplers.ddim(towards_zero, x, BARS, [20, 7], 0.5, 0),
    "ddim_encode": lambda x: samplers.ddim_encode(towards_zero, x, BARS),
    "ddpm_step": lambda x: samplers.ddpm_step(x, PLAIN, 0.5, 0.7, PLAIN),
    "ddim_step": lambda x: samplers.ddim_step(PLAIN, x, 0.5, 0.7),
    "langevin": lambda x: langevin.langevin(lambda x: -x, x, 0.1, 3, 0),
    "point": lambda x: flow.point(x, PLAIN, 0.3),
    "velocity": lambda x: flow.velocity(PLAIN, x),
    "velocity_from_clean": lambda x: flow.velocity_from_clean(x, PLAIN, 0.3),
    "clean_from_velocity": lambda x: flow.clean_from_velocity(PLAIN, x, 0.3),
    "integrate": lambda x: ode.integrate(towards_zero, x, 5, "heun"),
    "log_likelihood": lambda x: ode.log_likelihood(towards_zero, x, 5),
    "diffusion_velocity": lambda x: ode.diffusion_velocity(x, PLAIN, 0.1),
    "guided": lambda x: guidance.guided(x, PLAIN, 2.0),
    "inpaint": lambda x: inpainting.inpaint(towards_zero, x, PLAIN, PLAIN > 0, BARS, 0, repeats=2),
    "inpaint, known": lambda x: inpainting.inpaint(towards_zero, PLAIN, x, PLAIN > 0, BARS, 0),
}

read_only = PLAIN.copy()
read_only.flags.writeable = False
FORMS = {
    "read-only": read_only,
    "float32": PLAIN.astype(np.float32),
    "float16": PLAIN.astype(np.float16),
    "small whole numbers": PLAIN.astype(np.int8),
    "big-endian": PLAIN.astype(">f8"),
    "Fortran order": np.asfortranarray(PLAIN),
    "negative strides": PLAIN[::-1, ::-1].copy()[::-1, ::-1],
    "every second": np.repeat(PLAIN, 2, axis=1)[:, ::2],
    "lists": PLAIN.tolist(),
    "nothing masked": np.ma.masked_array(PLAIN, mask=np.zeros_like(PLAIN, bool)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_form_does_not_matter(name):
    function = FUNCTIONS[name]
    expected = function(PLAIN.copy())
    for form, values in FORMS.items():
        before = np.array(values)
        np.testing.assert_allclose(function(values), expected, rtol=1e-12, atol=1e-13, err_msg=form)
        np.testing.assert_array_equal(values, before, err_msg=f"{form} was changed")
    assert expected.dtype == np.float64


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_has_no_value_is_refused(name):
    function = FUNCTIONS[name]
    for broken in (np.nan, np.inf):
        values = PLAIN.copy()
        values[2, 1] = broken
        with pytest.raises(ValueError, match="must be finite"):
            function(values)
    with pytest.raises(TypeError, match="must not be masked"):
        function(np.ma.masked_less(PLAIN, 0))
    with pytest.raises(TypeError, match="must hold real numbers"):
        function(PLAIN.astype(complex))
    with pytest.raises(TypeError, match="must hold real numbers"):
        function(PLAIN.astype(str))
    with pytest.raises(ValueError, match="must not be empty"):
        function(np.zeros((0, 4)))
    with pytest.raises(ValueError, match="must be a rectangular array"):
        function([[1.0, 2.0], [1.0]])


@pytest.mark.parametrize("small", [np.uint8, np.int16])
def test_a_small_type_does_not_overflow(small):
    assert schedules.times(small(200), small(100)).tolist() == list(range(200, 0, -2))
    assert schedules.times(small(200), small(100), "leading")[0] == 199
    assert len(schedules.linear(small(200))) == len(schedules.cosine(small(200))) == 200
    bars = schedules.alpha_bars_of(schedules.linear(250))
    np.testing.assert_array_equal(forward.levels(bars, small(200)), forward.levels(bars, 200))


def test_a_number_alone_is_a_value():
    assert np.shape(forward.add_noise(1, 0, 0.64)) == ()
    assert np.shape(samplers.ddim(towards_zero, 1.0, BARS)) == ()
    assert np.shape(mixture.mixture_log_density(0.0, 1, 1, [1.0], [0.0], 1.0)) == ()
    assert bounds.posterior_variances([1, 0.5]).tolist() == [0]
