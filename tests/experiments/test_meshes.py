"""The stored meshes: they say how they were made, agree with one device, and a slice comes out again."""

import json

import numpy as np
import pytest

from course_lib.experiments import meshes
from course_lib.experiments.record import results


@pytest.fixture(scope="module")
def rows():
    return {(row["batch"], row["model"]): row for row in results("meshes")["rows"]}


def test_the_table_says_how_it_was_made_and_holds_every_mesh(rows):
    stored = results("meshes")
    assert stored["command"].startswith("python -m course_lib.experiments.meshes")
    assert stored["training"] == {
        "width": meshes.WIDTH, "batch": meshes.BATCH, "steps": meshes.STEPS, "rate": meshes.RATE,
        "keras_backend": "jax",
    }  # fmt: skip
    assert {"keras", "jax"} <= stored["packages"].keys()
    assert tuple(rows) == meshes.MESHES


def test_every_mesh_computes_what_one_device_does(rows):
    for row in rows.values():
        assert row["loss"] == pytest.approx(rows[1, 1]["loss"], abs=1e-4)
        assert float(row["loss_difference"]) < 1e-4 and float(row["weight_difference"]) < 1e-4
    assert rows[1, 1]["loss"] < 1.0 < np.log(10)  # it learned


def test_each_device_has_its_part_of_the_images_and_of_the_weights(rows):
    """Weights and two moments, 4 bytes each: what is divided, and what all keep."""
    hidden, last = 784 * meshes.WIDTH + meshes.WIDTH, meshes.WIDTH * 10
    for (batch, model), row in rows.items():
        assert (row["devices"], row["images"]) == (batch * model, meshes.BATCH // batch)
        assert row["kernel"] == [784, meshes.WIDTH] and row["part"] == [784, meshes.WIDTH // model]
        assert row["bytes"] == 3 * 4 * ((hidden + last) // model + 10)


def test_a_slice_run_again_finds_the_same(rows):
    pytest.importorskip("jax", reason="JAX is in requirements-dev.lock")
    alone, both = meshes.run(1, 1), meshes.run(2, 2)
    assert alone["losses"][-1] == pytest.approx(rows[1, 1]["loss"], rel=0.05)  # another processor rounds otherwise
    again = meshes.compared(both, alone)
    assert {key: again[key] for key in ("kernel", "part", "images", "bytes")} == {
        key: rows[2, 2][key] for key in ("kernel", "part", "images", "bytes")
    }
    assert float(again["loss_difference"]) < 1e-4 and float(again["weight_difference"]) < 1e-4


def test_an_error_in_the_other_process_is_passed_on():
    pytest.importorskip("jax", reason="JAX is in requirements-dev.lock")
    with pytest.raises(RuntimeError, match="the mesh 0 × 1 failed"):
        meshes.run(0, 1)


def test_meshes_that_the_file_holds_are_not_run_again(monkeypatch, tmp_path):
    trained = []

    def run(batch, model):
        trained.append((batch, model))
        return {"kernel": [1], "part": [1], "images": 1, "bytes": 4, "losses": [1.0, batch], "weights": [0.0, model]}

    monkeypatch.setattr(meshes, "run", run)
    monkeypatch.setattr(meshes, "MESHES", ((1, 1), (2, 1)))
    options = ["--out", str(tmp_path / "again.json")]
    meshes.main(options)
    monkeypatch.setattr(meshes, "MESHES", ((1, 1), (2, 1), (1, 2)))
    meshes.main(options)
    assert trained == [(1, 1), (2, 1), (1, 1), (1, 2)]
    rows = json.loads((tmp_path / "again.json").read_text("utf-8"))["rows"]
    assert [(row["loss_difference"], row["weight_difference"]) for row in rows] == [
        ("0.0e+00", "0.0e+00"), ("1.0e+00", "0.0e+00"), ("0.0e+00", "1.0e+00"),
    ]  # fmt: skip
