"""The experiment on drawing digits from noise: what needs no training comes out again, and the table is whole."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from course_lib.classical.diffusion import gaussian
from course_lib.datasets import digits
from course_lib.experiments import diffusion_samplers as experiment
from course_lib.experiments import image_gans
from course_lib.experiments.record import results

STORED = results("diffusion_samplers")
ROWS = STORED["rows"]
SCORES = ("fd", "kid", "precision", "recall", "inception", "nearest", "copies")
KINDS = {
    "flow matching": {
        "steps": len(experiment.LOOKS),
        "guidance": len(experiment.SCALES),
        "memory": len(experiment.TIMES),
    },
    "flow matching, no classes": {"steps": len(experiment.LOOKS)},
    "noise prediction": {"steps": len(experiment.LOOKS) + 2},
    "perfect denoiser": {"steps": len(experiment.LOOKS)},
}


def train_digits(n=None):
    return image_gans.images(digits.load()[0][0][:n])


# --- noise prediction -------------------------------------------------------------------------------------------------


def test_a_batch_of_noise_prediction_is_what_its_formula_says():
    x, y = train_digits(20), np.arange(20) % 10
    (noisy, t, label), (clean, noise) = experiment.NoiseBatches(x, y, 8, seed=3, dropout=0.0)[2]
    alpha_bar = experiment.ALPHA_BARS[np.rint(1000 * (1 - t.astype(float))).astype(int)][:, None, None, None]
    np.testing.assert_allclose(noisy, np.sqrt(alpha_bar) * clean + np.sqrt(1 - alpha_bar) * noise, rtol=1e-4, atol=1e-5)
    assert noisy.dtype == t.dtype == np.float32 and label.dtype == np.int32
    times = np.concatenate([experiment.NoiseBatches(x, y, 8, seed=3)[i][0][1] for i in range(60)])
    assert 0 <= times.min() < 0.02 and 0.98 < times.max() < 1
    assert abs(times.mean() - 0.5) < 0.05


def test_its_loss_is_that_of_the_noise():
    model = experiment.NoisePrediction(experiment.denoiser((8, 8, 1), 3, 2))
    clean, noise = (
        np.zeros((2, 8, 8, 1), "float32"),
        np.random.default_rng(0).standard_normal((2, 8, 8, 1), dtype="float32"),
    )
    x = [noise, np.array([0.2, 0.7], "float32"), np.zeros(2, "int32")]
    value = float(ops.convert_to_numpy(model.compute_loss(x, [clean, noise], model(x), training=False)))
    assert value == pytest.approx(np.mean(noise.astype(float) ** 2), rel=1e-5)  # it starts by answering 0


def bell(mean=0.3, std=0.5):
    """The best answer of noise there is, where all pixels are drawn from a bell: E[noise | x], as a network."""
    x, t, label = keras.Input((4, 4, 1)), keras.Input(()), keras.Input((), dtype="int32")
    still = 0 * layers.Reshape((1, 1, 1))(layers.Embedding(11, 1)(label))
    table = np.stack([experiment.ALPHA_BARS]).astype("float32")[0]
    time = ops.cast(ops.round(experiment.TRAINED_TIMES * (1 - t)), "int32")
    alpha_bar = layers.Embedding(len(table), 1, name="schedule")
    share = layers.Reshape((1, 1, 1))(alpha_bar(time))
    noise = ops.sqrt(1 - share) * (x - ops.sqrt(share) * mean) / (share * std**2 + 1 - share)
    model = keras.Model([x, t, label], noise + still)
    alpha_bar.set_weights([table[:, None]])
    return model


@pytest.mark.parametrize("sampler", ["DDIM", "DDPM"])
def test_with_the_best_answer_it_draws_the_bell(sampler):
    """Of 16 · 300 pixels: DDIM with 25 trailing steps nearly, DDPM with the variance of the posterior as well."""
    made = experiment.draw_by_noise(bell(), np.zeros(300, "int32"), 25, sampler, seed=1)
    assert made.mean() == pytest.approx(0.3, abs=0.03)
    assert made.std() == pytest.approx(0.45, abs=0.04)  # a little narrow, and cut at -1 and 1
    assert made.min() > -1.3 and made.max() < 1.3


# --- the perfect denoiser ---------------------------------------------------------------------------------------------


def test_the_perfect_denoiser_of_one_digit_is_that_digit_and_of_many_draws_copies():
    data = train_digits(300)
    np.testing.assert_allclose(experiment.draw_perfect(data[:1], 3, 0, 2), data[[0, 0]], atol=1e-6)
    made = experiment.draw_perfect(data, 12, seed=1, count=20)
    assert experiment.distances(made, data).max() < 0.02
    assert len({int(np.abs(data - image).mean(axis=(1, 2, 3)).argmin()) for image in made}) > 12


def test_in_one_dimension_it_tends_to_the_best_guess_of_a_bell():
    values = np.random.default_rng(0).normal(0.3, 0.5, (20000, 1))
    x = np.array([[-0.5], [0.2], [0.8]])
    expected = gaussian.gaussian_denoise(x, 0.5, 0.5, 0.3, 0.5)
    np.testing.assert_allclose(experiment.perfect(x, 0.5, values), expected, atol=0.03)


# --- scores -----------------------------------------------------------------------------------------------------------


def test_training_digits_are_copies_and_held_out_ones_are_not():
    (x_train, _), (x_test, y_test) = digits.load()
    copies = experiment.scores(image_gans.images(x_train[:200]))
    assert copies["copies"] == 1 and copies["nearest"] == pytest.approx(0, abs=1e-6) and copies["accuracy"] is None
    new = experiment.scores(image_gans.images(x_test[:200]), y_test[:200])
    assert new["copies"] == 0 and 0.3 < new["nearest"] < 0.42 and new["accuracy"] > 0.95


def test_distances_are_root_mean_squares_of_pixels():
    data = np.stack([np.zeros((2, 2, 1)), np.ones((2, 2, 1))])
    made = np.full((1, 2, 2, 1), 0.75)
    made[0, 0, 0, 0] = 1.75
    expected = np.sqrt((3 * 0.25**2 + 0.75**2) / 4)
    np.testing.assert_allclose(experiment.distances(made, data), [expected])


def test_memory_by_hand():
    """A network that answers 0 errs by the digits' mean square; the perfect denoiser knows its training digits."""
    model, t = experiment.denoiser((28, 28, 1), 10, 2), 0.5
    found = experiment.memory(model, t, seed=0, count=50)
    (x_train, _), (x_test, _) = digits.load()
    for name, x in (("train", x_train), ("held_out", x_test)):
        assert found[name] == pytest.approx(np.mean(image_gans.images(x[:50]).astype(float) ** 2), rel=1e-4)
    assert found["perfect_train"] < 0.01 < 0.1 < found["perfect_held_out"] < 0.2
    assert 1 <= found["neighbors"] < 1.5


# --- what is stored ---------------------------------------------------------------------------------------------------


def test_every_training_of_a_seed_has_all_its_rows():
    seeds = sorted({row["seed"] for row in ROWS})
    assert seeds == list(range(len(seeds))) and len(seeds) >= 1
    for seed in seeds:
        for method, kinds in KINDS.items():
            rows = [row for row in ROWS if row["seed"] == seed and row["method"] == method]
            assert {kind: sum(row["kind"] == kind for row in rows) for kind in kinds} == kinds
            assert len(rows) == sum(kinds.values())
    assert STORED["settings"]["steps"] == experiment.steps() == int(60 / (6 * 0.032))
    assert STORED["budget"] == experiment.BUDGET == image_gans.BUDGETS[1]


def test_all_scores_are_possible_and_no_row_is_a_copy_of_another():
    rows = [row for row in ROWS if row["kind"] != "memory"]
    means = [
        row for row in rows if (row["method"], row["looks"]) == ("perfect denoiser", 1)
    ]  # one look: the mean digit
    assert {row["recall"] for row in means} == {0} and len({row["fd"] for row in means}) == 1
    rows = [row for row in rows if row not in means]
    assert len({tuple(row[score] for score in SCORES) for row in rows}) == len(rows)
    for row in rows:
        assert row["fd"] > 0 and row["nearest"] >= 0 and 1 <= row["inception"] <= 10
        assert all(0 <= row[score] <= 1 for score in ("precision", "recall", "copies"))
        assert (row["accuracy"] is None) == (row["method"] in ("flow matching, no classes", "perfect denoiser"))


def test_the_perfect_denoiser_comes_out_again():
    """It needs no training, so it shows that the scores are still those of the table."""
    (stored,) = [row for row in ROWS if (row["method"], row["seed"], row.get("looks")) == ("perfect denoiser", 0, 10)]
    again = experiment.scores(experiment.draw_perfect(train_digits(), 10, 0))
    for score in SCORES:
        assert again[score] == pytest.approx(stored[score], rel=0.03, abs=3.0 if score == "kid" else 0.01)


def test_a_slice_trains(monkeypatch):
    monkeypatch.setattr(experiment, "LOOKS", (1, 2, 3, 4))
    rows = list(experiment.run("noise prediction", 0, n=1, count=20))
    assert [(row["sampler"], row["looks"]) for row in rows] == [*(("DDIM", n) for n in (1, 2, 3, 4)), ("DDPM", 4)]
    assert {(row["method"], row["seed"], row["kind"], row["guidance"]) for row in rows} == {
        ("noise prediction", 0, "steps", 1.0)
    }
    assert all(np.isfinite(row["fd"]) and 0 <= row["accuracy"] <= 1 for row in rows)


def test_the_table_gives_means_and_intervals_by_hand():
    rows = [
        {"method": "m", "sampler": "s", "looks": 5, "guidance": 1.0, "kind": "steps", "fd": value}
        for value in (10.0, 12.0, 14.0)
    ]
    mean, half = experiment.table([*rows, rows[0] | {"kind": "guidance", "fd": 99.0}], "fd", kind="steps")[
        "m", "s", 5, 1.0
    ]
    assert mean == 12 and half == pytest.approx(4.302652729911275 * 2 / np.sqrt(3))
