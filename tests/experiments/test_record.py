"""What all experiments share: options, where they go on, how they say what was done; and the card of the results."""

import importlib
import json
import pkgutil

import numpy as np
import pytest
from scipy import stats

from course_lib import experiments
from course_lib.experiments import record
from tests.helpers import loaded_by

NO_EXPERIMENTS = {"record", "shipped"}  # the recipes of the shipped weights have a card of their own
EXPERIMENTS = sorted(
    module.name for module in pkgutil.iter_modules(experiments.__path__) if module.name not in NO_EXPERIMENTS
)


def test_every_experiment_has_its_results_and_every_result_its_experiment():
    assert sorted(path.stem for path in record.RESULTS.glob("*.json")) == EXPERIMENTS
    assert len(EXPERIMENTS) >= 7


def test_the_card_names_every_file_with_the_question_of_its_module():
    card = (record.RESULTS / "README.md").read_text("utf-8")
    rows = [line.split(" | ") for line in card.splitlines() if line.startswith("| `")]
    assert [row[0].strip("| `") for row in rows] == [f"{name}.json" for name in EXPERIMENTS]
    for row, name in zip(rows, EXPERIMENTS, strict=True):
        first = importlib.import_module(f"course_lib.experiments.{name}").__doc__.partition("\n")[0]
        assert first.startswith(row[2]), name


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_stored_command_runs_the_experiment_and_help_says_where_the_results_go(name, capsys):
    stored = record.results(name)
    commands = [stored["command"]] if "command" in stored else [part["command"] for part in stored.values()]
    assert all(command.split()[:3] == ["python", "-m", f"course_lib.experiments.{name}"] for command in commands)
    module = importlib.import_module(f"course_lib.experiments.{name}")
    with pytest.raises(SystemExit) as end:
        module.main(["--help"])
    printed = " ".join(capsys.readouterr().out.split())
    assert end.value.code == 0
    assert f"python -m course_lib.experiments.{name}" in printed
    assert f"{name}.json" in printed.replace(" ", "")


def test_results_need_no_framework_and_no_plots():
    loaded = loaded_by("from course_lib.experiments.record import results; results('unet_skips')")
    assert "course_lib.experiments.record" in loaded
    assert not {"keras", "tensorflow", "jax", "scipy", "matplotlib"} & loaded


def test_a_name_without_results_is_told_which_there_are():
    with pytest.raises(ValueError, match="name must be one of autoencoders, .*unet_skips; got 'unet'"):
        record.results("unet")
    with pytest.raises(ValueError, match="got '../digits"):
        record.results("../digits/README")


def test_the_command_is_what_was_typed(tmp_path):
    options = record.parser("unet_skips", "One line.\nAnother.")
    found = record.parse(options, ["--out", str(tmp_path / "x.json")])
    assert found.command == f"python -m course_lib.experiments.unet_skips --out {tmp_path / 'x.json'}"
    assert record.parse(options, []).out == record.RESULTS / "unet_skips.json"


def test_only_what_is_missing_is_left():
    plan = [{"loss": loss, "seed": seed} for loss in "ab" for seed in (0, 1)]
    rows = [{"seed": 1, "loss": "a", "dice": 0.5}, {"loss": "c", "seed": 0, "dice": 0.1}]
    assert record.missing(plan, rows) == [plan[0], plan[2], plan[3]]
    assert record.missing(plan, []) == plan
    assert record.missing(plan, plan) == []


@pytest.mark.parametrize("values", [[1.0, 2, 3, 4, 5], [0.3, 0.1], [7.0, 7, 7]])
def test_the_interval_is_that_of_scipy(values):
    mean, half = record.interval(values)
    assert mean == pytest.approx(np.mean(values))
    if np.ptp(values):
        low, high = stats.t(len(values) - 1, np.mean(values), stats.sem(values)).interval(0.95)
        assert half == pytest.approx((high - low) / 2)
    else:
        assert half == 0


def test_a_single_value_has_no_interval():
    assert record.interval([2.5]) == (2.5, 0.0)


# --- one run ----------------------------------------------------------------------------------------------------------


def begin(path, **more):
    settings = {"steps": 3, "seeds": (0, 1)} | more
    return record.Record(path, "python -m x", "Which?", settings, order=lambda row: row["seed"])


def test_a_run_that_was_stopped_goes_on_where_it_was(tmp_path, capsys):
    path = tmp_path / "x.json"
    first = begin(path)
    assert first.rows == []
    first.add({"name": "é", "seed": 1, "dice": 0.1234567})
    assert capsys.readouterr().out == "é 1 0.1235\n"
    second = begin(path)
    assert second.rows == [{"name": "é", "seed": 1, "dice": 0.12346}]
    second.add({"name": "é", "seed": 0, "dice": 0.5})
    written = json.loads(path.read_text("utf-8"))
    assert [row["seed"] for row in written["rows"]] == [0, 1]
    assert (written["question"], written["command"]) == ("Which?", "python -m x")
    assert (written["steps"], written["seeds"]) == (3, [0, 1])
    assert written["date"] == record.today()
    assert written["packages"]["numpy"] == np.__version__
    assert list(tmp_path.iterdir()) == [path]


def test_seconds_are_those_of_all_parts_of_a_run(tmp_path, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(record.time, "monotonic", lambda: now[0])
    for part in (5, 7):
        run = begin(tmp_path / "x.json")
        now[0] += part
        run.add({"seed": part})
    assert json.loads((tmp_path / "x.json").read_text("utf-8"))["seconds"] == 12


def test_rows_of_other_settings_are_not_mixed(tmp_path):
    begin(tmp_path / "x.json").add({"seed": 0})
    before = (tmp_path / "x.json").read_bytes()
    with pytest.raises(ValueError, match=r"x.json was made with other settings: steps = 3 there, 4 now.*--out"):
        begin(tmp_path / "x.json", steps=4)
    assert (tmp_path / "x.json").read_bytes() == before


def test_a_crash_while_writing_leaves_the_old_file_whole(tmp_path, monkeypatch):
    path = tmp_path / "x.json"
    record.write(path, {"rows": [1]})

    def full(part, text, encoding):
        part.write_bytes(text.encode()[:3])
        raise OSError("no space left on device")

    monkeypatch.setattr(type(path), "write_text", full)
    with pytest.raises(OSError, match="no space"):
        record.write(path, {"rows": [1, 2]})
    assert json.loads(path.read_bytes()) == {"rows": [1]}


COMPLETE = ["class_imbalance", "digit_ablations", "image_gans", "mode_collapse", "unet_skips"]


@pytest.mark.parametrize("name", COMPLETE)
def test_a_complete_table_is_left_as_it_is(name):
    """Its settings are those of the module, nothing is missing, so nothing is trained and nothing written."""
    path = record.RESULTS / f"{name}.json"
    before = path.read_bytes()
    importlib.import_module(f"course_lib.experiments.{name}").main([])
    assert path.read_bytes() == before
