"""Straight lines, the field they make for normal data, and how far from straight its own paths are."""

import numpy as np
import pytest

from course_lib.classical.diffusion import flow, mixture, ode
from tests.classical.diffusion.oracles import moments


def field(x, t):
    """Of N(.3, .5²)."""
    return mixture.mixture_flow(x, t, [1.0], [0.3], 0.5)


def test_by_hand():
    assert flow.point(1.0, -1.0, 0.25) == -0.5
    assert flow.velocity(1.0, -1.0) == 2  # towards the data
    assert flow.velocity_from_clean(-0.5, 1.0, 0.25) == pytest.approx(2)
    assert flow.clean_from_velocity(-0.5, 2.0, 0.25) == pytest.approx(1)


def test_time_zero_is_the_noise():
    rng = np.random.default_rng(0)
    clean, noise = rng.standard_normal((2, 3, 4))
    np.testing.assert_array_equal(flow.point(clean, noise, 0.0), noise)
    np.testing.assert_array_equal(flow.point(clean, noise, 1.0), clean)


def test_the_velocity_is_the_slope_of_the_line():
    rng = np.random.default_rng(1)
    clean, noise = rng.standard_normal((2, 3, 4))
    slope = (flow.point(clean, noise, 0.6) - flow.point(clean, noise, 0.4)) / 0.2
    np.testing.assert_allclose(flow.velocity(clean, noise), slope, atol=1e-12)
    t = np.array([0.0, 0.5, 0.9])
    x = flow.point(clean, noise, t)
    np.testing.assert_allclose(flow.velocity_from_clean(x, clean, t), clean - noise, atol=1e-12)
    np.testing.assert_allclose(flow.clean_from_velocity(x, clean - noise, t), clean, atol=1e-12)


def test_a_floor_under_the_time_that_is_left():
    assert flow.velocity_from_clean(0.0, 1.0, 1.0, floor=0.05) == pytest.approx(20)
    assert flow.velocity_from_clean(0.0, 1.0, 0.5, floor=0.05) == pytest.approx(2)


def test_euler_on_normal_data():
    steps = (1, 2, 5, 10, 20, 50, 100, 1000)
    for n, std in zip(steps, (0, 0.2, 0.36923, 0.43078, 0.46425, 0.48540, 0.49265, 0.49926), strict=True):
        found = moments(lambda x, rng, n=n: ode.integrate(field, x, n))
        assert found == pytest.approx((0.3, std), abs=6e-6), n


def test_how_far_from_straight():
    """From z to t · .3 + s_t z, with s_t² = t² std² + (1 - t)²; a straight way would have the slope std - 1."""
    times = np.linspace(0, 1, 401)
    paths = ode.integrate(field, [1.0], times, "rk4", record=True)[:, 0] - times * 0.3
    np.testing.assert_allclose(paths, np.sqrt(0.25 * times**2 + (1 - times) ** 2), atol=1e-8)
    slope = np.array([field(np.array([x + t * 0.3]), t)[0] - 0.3 for x, t in zip(paths, times, strict=True)])
    assert np.trapezoid((slope - (0.5 - 1)) ** 2, times) == pytest.approx(0.214602, abs=5e-6)


def test_what_the_loss_cannot_go_below():
    """∫ E(clean - noise - field)² dt = ½ π std: lines that cross cannot all be followed."""
    times = (np.arange(400) + 0.5) / 400
    rest = []
    for t in times:
        slope = field(np.array([1.0]), t)[0] - field(np.array([0.0]), t)[0]  # the field is a straight line in x
        rest.append(
            0.25 + 1 - slope**2 * (0.25 * t**2 + (1 - t) ** 2)
        )  # variance of the velocities, less that of the field
    assert np.mean(rest) == pytest.approx(np.pi / 2 * 0.5, abs=1e-5)


def test_after_reflow_one_step_is_enough():
    """Start and end of each path joined by a new straight line: lines no longer cross, and the field is theirs."""
    rng = np.random.default_rng(2)
    noise = rng.standard_normal(200)
    ends = ode.integrate(field, noise, 200, "rk4")
    for t in (0.0, 0.3, 0.9):
        x, velocity = flow.point(ends, noise, t), flow.velocity(ends, noise)
        line = np.polyfit(x, velocity, 1)
        np.testing.assert_allclose(np.polyval(line, x), velocity, atol=1e-6)  # one velocity at each place
    np.testing.assert_allclose(noise + flow.velocity(ends, noise), ends, atol=1e-12)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: flow.point([1.0], [1.0, 2.0], 0.5), "clean and noise must have one shape"),
        (lambda: flow.point(1.0, 1.0, 1.5), "t must be at most 1, got 1.5"),
        (lambda: flow.point([1.0, 2.0], [1.0, 2.0], [0.5] * 3), "t must be a number, or one for each"),
        (lambda: flow.velocity([1.0], 1.0), "clean and noise must have one shape"),
        (lambda: flow.velocity_from_clean(1.0, 1.0, 1.0), "t must be below 1 if floor is 0"),
        (lambda: flow.velocity_from_clean(1.0, 1.0, 0.5, -1), "floor must be a finite number of at least 0"),
        (lambda: flow.clean_from_velocity(1.0, np.inf, 0.5), "velocity must be finite"),
        (lambda: flow.clean_from_velocity(1.0, 1.0, -0.5), "t must be at least 0"),
    ],
)
def test_clear_errors(call, words):
    with pytest.raises(ValueError, match=words):
        call()
