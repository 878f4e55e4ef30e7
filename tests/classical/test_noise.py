"""Noise has the moments that its definition says, and is reproducible."""

import numpy as np
import pytest

from course_lib.classical import noise as n


def test_gaussian_noise_has_its_moments_and_is_not_clipped():
    residual = n.add_gaussian_noise(np.full((400, 400), 0.1), 0.2, 0) - 0.1
    assert abs(residual.mean()) < 4 * 0.2 / 400
    assert residual.std() == pytest.approx(0.2, rel=0.01)
    assert (residual < -0.1).any()
    assert np.corrcoef(residual[:, 1:].ravel(), residual[:, :-1].ravel())[0, 1] == pytest.approx(0, abs=0.01)


def test_salt_and_pepper_hits_the_share_half_and_half():
    noisy = n.add_salt_and_pepper(np.full((400, 400), 0.5), 0.1, 0)
    assert (noisy == 0).mean() == pytest.approx(0.05, abs=0.003)
    assert (noisy == 1).mean() == pytest.approx(0.05, abs=0.003)
    assert set(np.unique(noisy)) == {0, 0.5, 1}


def test_salt_and_pepper_hits_all_channels_of_a_pixel():
    noisy = n.add_salt_and_pepper(np.full((50, 50, 3), 0.5), 0.3, 0)
    assert (noisy == noisy[..., :1]).all()


def test_extreme_shares():
    image = np.random.default_rng(0).uniform(0.1, 0.9, (9, 9))
    np.testing.assert_array_equal(n.add_salt_and_pepper(image, 0, 1), image)
    assert set(np.unique(n.add_salt_and_pepper(image, 1, 1))) == {0, 1}


def test_poisson_noise_has_variance_proportional_to_the_light():
    for light in (0.1, 0.8):
        noisy = n.add_poisson_noise(np.full((400, 400), light), 50, 0)
        assert noisy.mean() == pytest.approx(light, rel=0.01)
        assert noisy.var() == pytest.approx(light / 50, rel=0.02)


def test_same_seed_same_noise_and_the_input_is_kept():
    image = np.full((5, 5), 0.5)
    for f, amount in ((n.add_gaussian_noise, 0.1), (n.add_salt_and_pepper, 0.5), (n.add_poisson_noise, 10)):
        np.testing.assert_array_equal(f(image, amount, 3), f(image, amount, np.random.default_rng(3)))
        assert (f(image, amount, 3) != f(image, amount, 4)).any()
        assert (image == 0.5).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: n.add_gaussian_noise([0.5], -1, 0), "sigma must be a finite number of at least 0"),
        (lambda: n.add_salt_and_pepper(np.zeros((2, 2)), 1.5, 0), r"fraction must lie in \[0, 1\]"),
        (lambda: n.add_salt_and_pepper(np.zeros(4), 0.5, 0), "image must have 2 or 3 axes"),
        (lambda: n.add_poisson_noise([0.5], 0, 0), r"photons must be above 0 and at most 1e\+18, got 0"),
        (lambda: n.add_poisson_noise([0.5], 1e20, 0), r"photons must be above 0 and at most 1e\+18, got 1e\+20"),
        (lambda: n.add_poisson_noise([-0.5], 5, 0), r"image must lie in \[0, 1\]"),
    ],
)
def test_clear_errors(call, words):
    with pytest.raises(ValueError, match=words):
        call()
