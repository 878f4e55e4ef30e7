"""What the choices of chapter 14 call right is what the library computes."""

import numpy as np

from course_lib.classical.diffusion import empirical, guidance, mixture, ode
from course_lib.exercises import ch14


def right_option(exercise):
    return exercise.options[exercise.answer]


def test_with_the_sign_turned_round_hardly_a_walker_ends_at_a_heap():
    angles = np.arange(8) * np.pi / 4
    heaps = 2 * np.stack([np.cos(angles), np.sin(angles)], axis=1)

    def arrows(x, t):
        return mixture.mixture_flow(x, t, np.full(8, 1 / 8), heaps, 0.15)

    def at_a_heap(x):
        return np.mean(np.linalg.norm(x[:, None] - heaps, axis=-1).min(axis=1) < 0.45)

    start = np.random.default_rng(4).standard_normal((400, 2))
    walked = ode.integrate(lambda x, t: -arrows(x, t), start, 16, record=True)
    away = np.linalg.norm(walked, axis=-1)
    assert (away[1] > away[0]).all()  # the first step leaves the mean
    assert np.median(away[-1]) < 0.5 < 4 < np.quantile(away[-1], 0.9)  # inside: back to it, outside: far out
    assert at_a_heap(walked[-1]) < 0.05 < 0.95 < at_a_heap(ode.integrate(arrows, start, 16))
    assert "away from the best guess" in right_option(ch14.which_way)


def test_the_lowest_loss_on_a_set_belongs_to_what_copies_it():
    rng = np.random.default_rng(0)
    seen, unseen = rng.standard_normal((2, 40, 30))
    noise = rng.standard_normal((40, 30))

    def error(clean):
        guess = empirical.empirical_denoise(0.7 * clean + 0.3 * noise, 0.7, 0.3, seen)
        return np.mean((guess - clean) ** 2)

    assert error(seen) < 1e-6 < 0.5 < error(unseen)

    def velocity(x, t):
        return (empirical.empirical_denoise(x, t, 1 - t, seen) - x) / (1 - t)

    drawn = ode.integrate(velocity, rng.standard_normal((50, 30)), 20)
    nearest = np.abs(drawn[:, None] - seen).max(axis=-1).min(axis=1)
    assert nearest.max() < 1e-6
    assert "only copies the training digits has the lowest loss" in right_option(ch14.lower_loss)


def test_guidance_draws_a_quarter_and_not_the_sharpened_half():
    def guided(x, t):
        free = mixture.mixture_flow(x, t, [1.0], [0.0], np.sqrt(2))
        return guidance.guided(mixture.mixture_flow(x, t, [1.0], [0.0], 1.0), free, 3)

    variance = ode.integrate(guided, np.array([1.0]), 400, "rk4")[0] ** 2  # all is a straight line through 0
    assert abs(variance - 0.25) < 1e-6
    assert abs(guidance.gaussian_variances(3.0, 1.0, 2.0).sharpened - 0.5) < 1e-12
    assert right_option(ch14.what_guidance_draws).startswith("0.25")
    assert ch14.what_guidance_draws.options["b"].startswith("0.5")
