"""The doctor must find what is wrong, say what to do, and survive everything that it finds."""

import json
import os
import re
import shutil
import subprocess
import time
from collections import namedtuple
from importlib import metadata

import psutil
import pytest
from packaging.requirements import Requirement

from course_lib import __main__ as command_line
from course_lib import datasets, doctor
from tests.helpers import ROOT, python


def lines_with(tmp_path, package, source, call="report(kernel=False)"):
    """{name: Line} of a report by a Python that finds ``source`` in the place of ``package``."""
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text(source)
    code = f"import json; from course_lib.doctor import report; print(json.dumps({call}))"
    done = python("-c", code, PYTHONPATH=str(tmp_path), KERAS_BACKEND="tensorflow")
    assert done.returncode == 0, done.stderr
    return {line[1]: doctor.Line(*line) for line in json.loads(done.stdout)}


# --- frameworks -------------------------------------------------------------------------------------------------------


def test_a_broken_tensorflow_is_reported_and_nothing_else_is(tmp_path):
    lines = lines_with(tmp_path, "tensorflow", "raise ImportError('libtensorflow_cc.so.2: cannot open shared object')")
    assert lines["framework"].status == "problem"
    assert "libtensorflow_cc.so.2" in lines["framework"].found
    assert lines["framework"].remedy
    assert {line.status for name, line in lines.items() if name not in ("framework", "memory", "disk", "cores")} == {
        "ok"
    }


def test_a_tensorflow_that_crashes_the_process_is_survived(tmp_path):
    source = "import os, signal; os.kill(os.getpid(), signal.SIGILL)"
    line = lines_with(tmp_path, "tensorflow", source)["framework"]
    assert (line.status, line.found) == ("problem", "does not start: it crashed (signal 4)")
    assert "AVX" in line.remedy


def test_a_tensorflow_that_aborts_is_heard_to_the_end(tmp_path):
    """What TensorFlow 2.21 does on a processor without AVX: the reason, then a list of addresses, then SIGABRT."""
    reason = "The TensorFlow library was compiled to use AVX instructions, but these aren't available on your machine."
    said = ["I0000 a note", f"F0000 00:00:17 1 cpu_feature_guard.cc:33] {reason}"]
    said += [
        "*** Check failure stack trace: ***",
        "    @     0x7f8  (unknown)",
        "    @     0x7f9  tsl::port::Init()",
        "",
    ]
    source = f"import os; os.write(2, {chr(10).join(said).encode()!r}); os.abort()"
    line = lines_with(tmp_path, "tensorflow", source)["framework"]
    assert (line.status, line.found) == ("problem", f"does not start: it crashed (signal 6): {reason}")
    assert "processor with AVX" in line.remedy


def test_a_crash_on_windows_is_one(monkeypatch):
    """There is no signal there, but a large number."""
    done = subprocess.CompletedProcess([], 0xC000001D, b"", b"\xff last words\r\n")
    monkeypatch.setattr(doctor.subprocess, "run", lambda *_, **__: done)
    assert doctor._try([]) == (False, "it crashed (exit status 0xc000001d): \ufffd last words")
    assert "AVX" in doctor._framework().remedy


def test_without_numpy_it_still_speaks(tmp_path):
    lines = lines_with(tmp_path, "numpy", "raise ModuleNotFoundError(\"No module named 'numpy'\")")
    assert lines["data"].status == "problem"
    assert "numpy" in lines["data"].found
    assert lines["framework"].status == "problem"
    assert lines["Python"].status == "ok"


def test_the_command_says_what_is_broken_and_exits_with_1(tmp_path):
    (tmp_path / "tensorflow.py").write_text("raise ImportError('no AVX here')")
    done = python("-m", "course_lib", "doctor", PYTHONPATH=str(tmp_path), KERAS_BACKEND="tensorflow")
    assert done.returncode == 1
    assert "✗ problem  framework does not start: ImportError: no AVX here" in done.stdout
    assert "✓ ok       kernel    starts and finds the course" in done.stdout
    assert "Not ready: framework." in done.stdout
    assert done.stderr == ""


def test_the_quick_report_loads_no_framework_and_takes_no_six_seconds():
    code = "import sys; from course_lib.doctor import report; report(framework=False, kernel=False); "
    code += "sys.exit(bool({'tensorflow', 'keras', 'jax'} & set(sys.modules)))"
    seconds = []
    for _ in range(3):  # other programs may be busy
        start = time.perf_counter()
        assert python("-c", code).returncode == 0
        seconds.append(time.perf_counter() - start)
        if seconds[-1] < 6:
            return
    pytest.fail(f"took {min(seconds):.1f} s at best")


# --- settings of Keras ------------------------------------------------------------------------------------------------


def with_keras_json(tmp_path, **settings):
    (tmp_path / "keras.json").write_text(json.dumps(settings))
    return {"KERAS_HOME": str(tmp_path), "KERAS_BACKEND": "tensorflow"}


def test_channels_first_is_said_and_the_network_computes_all_the_same(tmp_path):
    environment = with_keras_json(tmp_path, image_data_format="channels_first")
    done = python("-m", "course_lib", "doctor", **environment)
    assert done.returncode == 0
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("! warning  keras ")]
    assert "keras.json says image_data_format channels_first" in line
    assert "the course keeps channels last" in done.stdout
    assert "Ready, with a reservation" in done.stdout
    for first in ("", "import keras; assert keras.config.image_data_format() == 'channels_first'; "):
        code = f"{first}from course_lib.models.unet import unet; print(unet(1).output_shape)"
        done = python("-c", code, **environment)
        assert done.stdout == "(None, None, None, 1)\n", done.stderr


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"floatx": "float16", "image_data_format": "channels_last"}', ["floatx float16"]),
        (
            '{"floatx": "float64", "image_data_format": "channels_first"}',
            ["image_data_format channels_first", "floatx"],
        ),
        ('{"floatx": "float32"}', []),
        ("{", []),
        ("[]", []),
        (None, []),
    ],
)
def test_settings_of_keras(tmp_path, monkeypatch, text, found):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    if text is not None:
        (tmp_path / "keras.json").write_text(text)
    lines = list(doctor._keras_settings())
    assert [line.status for line in lines] == ["warning"] * len(found)
    assert all(words in line.found and line.remedy for words, line in zip(found, lines, strict=True))


@pytest.mark.parametrize(
    ("variables", "text", "found", "remedy"),
    [
        ({"KERAS_BACKEND": "torch"}, None, "the variable KERAS_BACKEND is 'torch'", "tensorflow or jax, or remove it"),
        ({"KERAS_BACKEND": "nonsense"}, "{}", "the variable KERAS_BACKEND is 'nonsense'", "tensorflow or jax"),
        ({"MPLBACKEND": "nonsense"}, None, "the variable MPLBACKEND is 'nonsense'", "set it to agg"),
        ({"KERAS_MAX_EPOCHS": "few"}, None, "the variable KERAS_MAX_EPOCHS is 'few'", "set it to a whole number"),
        ({}, '{"backend": "torch"}', 'keras.json says backend "torch"', 'write "tensorflow" or "jax" there'),
        ({}, "[1, 2]", "keras.json holds [1, 2] and no settings in braces", "write {} into that file"),
        ({}, '{"floatx": "bfloat16"}', 'keras.json says floatx "bfloat16"', 'write "float32" or'),
        ({}, '{"floatx": null}', "keras.json says floatx null", 'write "float32" or'),
        ({}, '{"floatx": [1]}', "keras.json says floatx [1]", 'write "float32" or'),
        ({}, '{"image_data_format": "NHWC"}', 'keras.json says image_data_format "NHWC"', 'write "channels_last" or'),
        ({}, '{"epsilon": 1}', "keras.json says epsilon 1", "write 1e-07 there"),
    ],
)
def test_a_framework_that_a_setting_stops_names_it(tmp_path, monkeypatch, variables, text, found, remedy):
    """`make clean install` changes no variable and no file of the reader's."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    if text is not None:
        (tmp_path / "keras.json").write_text(text)
    line = doctor._framework()
    assert (line.status, line.name) == ("problem", "framework")
    assert found in line.found and remedy in line.remedy and "make" not in line.remedy
    assert list(doctor._keras_settings()) == []  # said once


def test_a_variable_stands_above_the_file(tmp_path, monkeypatch):
    """Keras passes over the backend of keras.json then; what goes wrong has another cause."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    (tmp_path / "keras.json").write_text('{"backend": "torch"}')
    assert doctor._wrong_setting("another cause") is None


# --- packages ---------------------------------------------------------------------------------------------------------


def test_the_lock_is_read_as_packaging_reads_it():
    text = (ROOT / "requirements.lock").read_text("utf-8")
    requirements = [Requirement(line.rstrip(" \\")) for line in text.splitlines() if not line.startswith((" ", "#"))]
    here = {r.name: str(r.specifier)[2:] for r in requirements if r.marker is None or r.marker.evaluate()}
    assert doctor._locked(ROOT / "requirements.lock") == here
    assert len(requirements) > len(here) > 100


def packages_with(monkeypatch, **versions):
    """The packages' line where some have other versions; None is a missing one."""
    names = {name.replace("_", "-"): version for name, version in versions.items()}
    monkeypatch.setattr(doctor, "_version", lambda name: names.get(name, LOCKED.get(name)))
    return doctor._packages()


LOCKED = doctor._locked(ROOT / "requirements.lock")


def test_packages_as_locked_are_ok(monkeypatch):
    assert packages_with(monkeypatch).status == "ok"


def test_another_version_is_a_warning(monkeypatch):
    line = packages_with(monkeypatch, keras="3.14.0")
    assert line.status == "warning"
    assert f"keras 3.14.0 (tested: {LOCKED['keras']})" in line.found


def test_a_missing_package_is_a_problem(monkeypatch):
    line = packages_with(monkeypatch, scipy=None, keras="3.14.0")
    assert line.status == "problem"
    assert f"missing: scipy {LOCKED['scipy']}" == line.found


@pytest.mark.skipif("tensorflow-cpu" not in LOCKED, reason="this system's TensorFlow has no smaller variant")
def test_tensorflow_may_stand_in_the_place_of_tensorflow_cpu(monkeypatch):
    wanted = LOCKED["tensorflow-cpu"]
    assert packages_with(monkeypatch, tensorflow_cpu=None, tensorflow=wanted).status == "ok"
    assert packages_with(monkeypatch, tensorflow_cpu=None, tensorflow="2.20.0").status == "warning"
    assert packages_with(monkeypatch, tensorflow_cpu=None, tensorflow=None).status == "problem"


def test_versions_come_from_what_is_installed():
    assert doctor._version("numpy") == metadata.version("numpy")
    assert doctor._version("no-such-package") is None


# --- the machine ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("free", "status"), [(0.4e9, "problem"), (1.4e9, "warning"), (1.6e9, "ok")])
def test_memory(monkeypatch, free, status):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: namedtuple("Memory", "available")(free))
    line = doctor._memory()
    assert (line.status, line.found) == (status, f"{free / 1e9:.1f} GB free")
    assert bool(line.remedy) == (status != "ok")


@pytest.mark.parametrize(("free", "status"), [(0.09e9, "problem"), (0.9e9, "warning"), (1.1e9, "ok")])
def test_disk(monkeypatch, free, status):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: namedtuple("Usage", "free")(free))
    assert doctor._disk().status == status


@pytest.mark.parametrize(("cores", "status"), [({0}, "warning"), ({0, 3}, "ok")])
def test_cores(monkeypatch, cores, status):
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: cores, raising=False)
    line = doctor._cores()
    assert (line.status, line.found) == (status, str(len(cores)))


@pytest.mark.parametrize(
    ("version", "status"), [((3, 10), "problem"), ((3, 11), "ok"), ((3, 13), "ok"), ((3, 14), "problem")]
)
def test_python(monkeypatch, version, status):
    monkeypatch.setattr(doctor.sys, "version_info", (*version, 0))
    line = doctor._python()
    assert line.status == status
    assert (line.remedy == "") == (status == "ok")


@pytest.mark.parametrize("name", ["digits/digits.png", "weights/nuclei_unet.npz"])
def test_damaged_data_are_a_problem(monkeypatch, tmp_path, name):
    assert doctor._data().status == "ok"
    shutil.copytree(datasets.files.DATA, tmp_path / "data")
    damaged = tmp_path / "data" / name
    damaged.write_bytes(damaged.read_bytes()[:-1])
    monkeypatch.setattr(datasets.files, "DATA", tmp_path / "data")
    line = doctor._data()
    assert line.status == "problem"
    assert line.found.startswith(f"data/{name} is cut short")
    assert "more" not in line.found  # and no other file is blamed


# --- the sum ----------------------------------------------------------------------------------------------------------


def test_verdict():
    ok, warning, problem = (doctor.Line(status, name, "") for status, name in zip(doctor.MARKS, "abc", strict=True))
    assert doctor.verdict([ok, ok]) == "✓ Everything is in place."
    assert doctor.verdict([ok, warning]) == "✓ Ready, with a reservation: b."
    assert doctor.verdict([warning, ok, warning]) == "✓ Ready, with a reservation: b."
    assert doctor.verdict([ok, warning, problem]).startswith("✗ Not ready: c.")


def test_a_line_shows_its_remedy_below():
    assert str(doctor.Line("warning", "disk", "0.9 GB free", "make room")).splitlines() == [
        "! warning  disk      0.9 GB free",
        "                     → make room",
    ]


@pytest.mark.parametrize(("status", "exit_status"), [("ok", 0), ("warning", 0), ("problem", 1)])
def test_exit_status(monkeypatch, capsys, status, exit_status):
    monkeypatch.setattr(doctor, "report", lambda: [doctor.Line(status, "disk", "found")])
    assert command_line.main(["doctor"]) == exit_status
    assert f"{status:8} disk" in capsys.readouterr().out


# --- python -m course_lib ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("arguments", "exit_status"), [([], 2), (["--help"], 0)])
def test_help_lists_the_commands(capsys, arguments, exit_status):
    assert command_line.main(arguments) == exit_status
    printed = capsys.readouterr().out
    assert all(f"\n  {command}" in printed for command in ("doctor", "check", "refresh", "progress"))


def test_an_unknown_command_is_named_and_the_known_ones_are_listed(capsys):
    assert command_line.main(["docter"]) == 2
    printed = capsys.readouterr().err
    assert "'docter'" in printed
    assert "doctor" in printed


def test_arguments_reach_the_command(capsys):
    assert command_line.main(["doctor", "now"]) == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize("command", command_line.COMMANDS)
def test_every_command_has_a_module_with_a_main(command):
    module = __import__(command_line.COMMANDS[command][0], fromlist=["main"])
    assert callable(module.main)


def test_a_missing_package_is_no_traceback(monkeypatch, capsys):
    monkeypatch.setitem(command_line.COMMANDS, "check", ("no_such_package.check", "", ""))
    assert command_line.main(["check"]) == 2
    assert "doctor" in capsys.readouterr().err


# --- a step of a training ---------------------------------------------------------------------------------------------


def test_a_step_is_timed_on_the_device_that_was_found():
    framework, step = doctor._framework_and_step()
    assert (framework.name, framework.status, step.name, step.status) == ("framework", "ok", "step", "ok")
    milliseconds, words = re.fullmatch(r"([\d.e+]+) ms (a training step of a U-Net .*)", step.found).groups()
    assert 0.1 < float(milliseconds) < 60_000
    assert words.rpartition(" on ")[2] in framework.found


@pytest.mark.parametrize(("step", "shown"), [(0.08812, "88.1 ms"), (0.00031, "0.31 ms"), (12.0, "1.2e+04 ms")])
def test_how_a_step_is_said(step, shown):
    line = doctor._step_line(step, "gpu")
    assert line.status == "ok" and line.found.startswith(f"{shown} a training step") and line.found.endswith("on gpu")


def test_a_step_that_fails_is_a_warning_and_the_framework_still_starts(monkeypatch):
    monkeypatch.setattr(doctor, "TRY_STEP", doctor.TRY_STEP.replace("seconds_of_a_unet()", "1 / 0"))
    framework, step = doctor._framework_and_step()
    assert framework.status == "ok"
    assert (step.status, step.found) == ("warning", "no training step: ZeroDivisionError: division by zero")
    assert step.remedy


def test_a_step_that_crashes_is_a_warning_too(monkeypatch):
    crash = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    monkeypatch.setattr(doctor, "TRY_STEP", crash)
    monkeypatch.setattr(doctor, "_framework", lambda: doctor.Line("ok", "framework", "tensorflow"))
    framework, step = doctor._framework_and_step()
    assert framework.status == "ok"
    assert step.status == "warning" and "it crashed (signal 9)" in step.found


def test_where_the_framework_does_not_start_there_is_no_second_complaint(monkeypatch):
    monkeypatch.setattr(doctor, "_try", lambda arguments: (False, "ImportError: broken"))
    (line,) = doctor._framework_and_step()
    assert (line.name, line.status) == ("framework", "problem")
