"""The temperature against a direct search for the smallest cross-entropy, and against closed forms."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import expit, log_softmax

from course_lib.metrics import expected_calibration_error
from course_lib.metrics.temperature import fit_temperature


def cross_entropy(labels, z, temperature):
    z = np.asarray(z, float) / temperature
    if z.ndim == 1:
        return np.mean(np.logaddexp(0, z) - labels * z)
    return -np.mean(log_softmax(z, axis=1)[np.arange(len(z)), labels])


def searched(labels, z):
    found = minimize_scalar(lambda b: cross_entropy(labels, z, np.exp(-b)), bounds=(-8, 8), options={"xatol": 1e-10})
    return np.exp(-found.x)


@pytest.mark.parametrize("true", [0.4, 1.0, 3.0])
@pytest.mark.parametrize("classes", [1, 2, 5])
def test_it_is_where_a_direct_search_finds_the_smallest_cross_entropy(true, classes):
    rng = np.random.default_rng(classes)
    z = rng.normal(0, 2, (4000, classes)) if classes > 1 else rng.normal(0, 2, 4000)
    noise = rng.gumbel(size=z.shape) if classes > 1 else rng.logistic(size=z.shape)
    labels = (z + noise).argmax(axis=1) if classes > 1 else (z + noise > 0).astype(int)
    found = fit_temperature(labels, true * z)
    assert found == pytest.approx(searched(labels, true * z), rel=1e-5)
    assert found == pytest.approx(true, rel=0.08)  # labels were drawn with temperature 1


def test_three_of_four_right_get_the_logit_of_three_quarters():
    labels, z = [1, 1, 1, 0, 0, 0, 0, 1], np.array([2.0] * 4 + [-2.0] * 4)
    assert fit_temperature(labels, z) == pytest.approx(2 / np.log(3), rel=1e-12)
    assert expected_calibration_error(labels, expit(z * np.log(3) / 2)) == pytest.approx(0, abs=1e-12)


def test_one_logit_and_two_of_which_one_is_0_are_the_same():
    rng = np.random.default_rng(0)
    z = rng.normal(size=(20, 30)) * 3
    labels = (z + rng.logistic(size=z.shape) > 0).astype(int)
    two = np.stack([np.zeros_like(z), z], axis=-1)
    assert fit_temperature(labels, two) == pytest.approx(fit_temperature(labels, z), rel=1e-9)
    assert fit_temperature(labels, z[..., None]) == fit_temperature(labels, z)


@pytest.mark.parametrize("scale", [1e-200, 1e-3, 1e6, 1e300])
def test_the_size_of_the_logits_is_the_size_of_the_temperature(scale):
    rng = np.random.default_rng(1)
    z = rng.normal(size=500)
    labels = (z + rng.logistic(size=500) > 0).astype(int)
    assert fit_temperature(labels, scale * z) == pytest.approx(scale * fit_temperature(labels, z), rel=1e-9)


def test_what_is_ignored_does_not_count_and_any_honest_form_is_read():
    rng = np.random.default_rng(2)
    z = rng.normal(size=300)
    labels = (z + rng.logistic(size=300) > 0).astype(int)
    wanted = fit_temperature(labels, z)
    more = np.append(labels, [255, 255]), np.append(z, [50.0, -50.0])
    assert fit_temperature(*more, ignore_class=255) == pytest.approx(wanted, rel=1e-12)
    assert fit_temperature(labels.astype(bool).tolist(), z.tolist()) == pytest.approx(wanted, rel=1e-12)
    assert fit_temperature(labels.astype(np.uint8), z.astype(np.float32)) == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize(
    ("labels", "logits", "error", "words"),
    [
        ([1, 0], [2.0, -1.0], ValueError, "the surer the better"),
        ([0, 1], [2.0, -1.0], ValueError, "better than chance"),
        ([0, 1], [0.0, 0.0], ValueError, "better than chance"),
        ([0, 1], [[3.0, 3.0], [1.0, 1.0]], ValueError, "better than chance"),
        ([0, 1, 1], [1.0, 2.0], ValueError, r"shape \(3,\)"),
        ([0, 2], [1.0, 2.0], ValueError, "y_true"),
        ([0, 1], [np.nan, 2.0], ValueError, "logits"),
        ([0, 1], [np.inf, 2.0], ValueError, "logits"),
        ([0.5, 1], [1.0, 2.0], TypeError, "y_true"),
        ([0, 1], ["a", "b"], TypeError, "logits"),
        (np.zeros(0, int), [], ValueError, "y_true|logits"),
        (np.eye(3, dtype=int)[[0, 1, 2, 0] * 30], np.ones((120, 3)), ValueError, "argmax"),
    ],
)
def test_what_has_no_answer_is_said(labels, logits, error, words):
    with pytest.raises(error, match=words):
        fit_temperature(labels, logits)


def test_only_ignored_pixels_are_no_pixels():
    with pytest.raises(ValueError, match="y_true"):
        fit_temperature([255, 255], [1.0, 2.0], ignore_class=255)
