"""What installs the course agrees with itself: the locks, pyproject.toml, environment.yml and the Makefile."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from tests.helpers import ROOT

LOCKS = ["requirements.lock", "requirements-dev.lock"]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
VERSIONS = ["3.11", "3.12", "3.13"]
SYSTEMS = {
    "Linux on a PC": {"sys_platform": "linux", "platform_machine": "x86_64", "os_name": "posix"},
    "Linux on ARM": {"sys_platform": "linux", "platform_machine": "aarch64", "os_name": "posix"},
    "Mac": {"sys_platform": "darwin", "platform_machine": "arm64", "os_name": "posix"},
    "Windows": {"sys_platform": "win32", "platform_machine": "AMD64", "os_name": "nt"},
}


def requirements(name):
    """The lines of a requirements file that name a package, without hashes and options."""
    lines = (ROOT / name).read_text("utf-8").splitlines()
    return [Requirement(line.rstrip(" \\")) for line in lines if re.match(r"[\w]", line)]


def wanted_on(system, python, name):
    environment = SYSTEMS[system] | {"python_version": python, "python_full_version": f"{python}.1"}
    return [r for r in requirements(name) if r.marker is None or r.marker.evaluate(environment)]


# --- the locks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_every_package_with_a_hash_and_says_nothing_of_where_from(lock):
    text = (ROOT / lock).read_text("utf-8")
    assert not re.search(r"://|index-url|find-links|trusted-host| @ ", text)
    blocks = re.split(r"\n(?=\S)", text.strip())
    for block in blocks:
        assert re.match(r"[\w.-]+==[^\s;]+( ; [^\\]+)? \\\n", block), block
        assert re.findall(r"--hash=sha256:[0-9a-f]{64}\b", block), block
        assert len(block.splitlines()) - 1 == block.count("--hash=sha256:"), block
    assert len(blocks) == len(requirements(lock)) > 10


@pytest.mark.parametrize("python", VERSIONS)
@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_the_lock_has_what_was_asked_for_on_every_system(name, system, python):
    pinned = {}
    for requirement in wanted_on(system, python, f"{name}.lock"):
        assert requirement.name not in pinned, "pinned twice"
        pinned[requirement.name] = str(requirement.specifier).removeprefix("==")
    for requirement in wanted_on(system, python, f"{name}.in"):
        locked = pinned.get(requirement.name.lower().replace("_", "-"))
        assert locked, f"{requirement.name} is not in {name}.lock: run `make lock`"
        assert requirement.specifier.contains(locked), f"{requirement} against {locked}: run `make lock`"


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_system_gets_one_tensorflow(system):
    names = [r.name for r in wanted_on(system, "3.12", "requirements.lock") if r.name.startswith("tensorflow")]
    assert names == [{"Linux on a PC": "tensorflow-cpu", "Windows": "tensorflow-cpu"}.get(system, "tensorflow")]


def test_the_two_locks_agree():
    main, dev = ({r.name: str(r.specifier) for r in requirements(lock)} for lock in LOCKS)
    shared = main.keys() & dev.keys()
    assert "numpy" in shared
    assert {name: main[name] for name in shared} == {name: dev[name] for name in shared}


def test_the_gpu_extra_is_the_locked_tensorflow():
    (gpu,) = map(Requirement, PYPROJECT["project"]["optional-dependencies"]["gpu"])
    (locked,) = [r for r in requirements("requirements.lock") if r.name == "tensorflow"]
    assert (gpu.name, gpu.extras) == ("tensorflow", {"and-cuda"})
    assert gpu.specifier.contains(str(locked.specifier).removeprefix("=="))


def test_what_builds_the_package_is_locked():
    (build,) = map(Requirement, PYPROJECT["build-system"]["requires"])
    (locked,) = [r for r in requirements("requirements.lock") if r.name == build.name.replace("_", "-")]
    assert build.specifier.contains(str(locked.specifier).removeprefix("=="))


# --- one range of Pythons ---------------------------------------------------------------------------------------------


def test_one_range_of_pythons_everywhere():
    wanted = SpecifierSet(PYPROJECT["project"]["requires-python"])
    assert [f"3.{n}" for n in range(5, 30) if wanted.contains(f"3.{n}.0")] == VERSIONS
    assert "(3, 11) <= sys.version_info[:2] < (3, 14)" in MAKEFILE
    assert re.findall(r"python(3\.\d+)", re.search(r"^PYTHONS := (.*)$", MAKEFILE, re.M)[1]) == VERSIONS[::-1]
    assert "Python 3.11, 3.12 or 3.13" in (ROOT / "README.md").read_text("utf-8")
    doctor = (ROOT / "course_lib/doctor.py").read_text("utf-8")
    assert "OLDEST, NEWEST = (3, 11), (3, 13)" in doctor


def test_conda_gets_the_same_python_and_the_same_lock():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    python, pip, packages = environment["dependencies"]
    assert SpecifierSet(python.removeprefix("python ")) == SpecifierSet(PYPROJECT["project"]["requires-python"])
    assert pip == "pip"
    assert packages == {"pip": ["--require-hashes", "-r requirements.lock"]}


# --- make -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def make(tmp_path):
    """Run make in a copy of the files that it reads, with nothing in PATH but a few tools and what a test adds."""
    if not shutil.which("make"):
        pytest.skip("make is not installed")
    course, tools = tmp_path / "a course", tmp_path / "bin"
    course.mkdir()
    tools.mkdir()
    for name in ["Makefile", "pyproject.toml", *LOCKS]:
        shutil.copy(ROOT / name, course)
    for name in ["make", "sh", "awk", "sed", "cat", "rm", "touch", "cp", "mkdir", "env", "chmod"]:
        (tools / name).symlink_to(shutil.which(name))

    def run(*arguments, environment=(), **programs):
        for name, script in programs.items():
            program = tools / name.replace("_", ".")
            program.write_text(f"#!{shutil.which('sh')}\n{script}\n")
            program.chmod(0o755)
        environment = {"PATH": str(tools), "HOME": os.environ.get("HOME", ""), **dict(environment)}
        return subprocess.run(
            ["make", *arguments], cwd=run.course, env=environment, capture_output=True, text=True, timeout=60
        )

    run.course = course

    return run


UNFIT = "exit 1"  # what the question "does this Python fit?" gets from another Python, and from an empty shim
FIT = """
case "$1 $2" in
    "-c "*) exit 0 ;;
    --version*) echo Python of the test ;;
    "-m venv") echo "a venv by $0"; exit 7 ;;
esac
"""


def test_make_says_what_to_do_without_a_fitting_python(make):
    done = make("test", python3=UNFIT, python3_12=UNFIT)
    assert done.returncode != 0
    assert "needs Python 3.11, 3.12 or 3.13" in done.stdout
    assert "make test PYTHON=" in done.stdout


def test_make_passes_over_a_python_that_does_not_run(make):
    done = make("install", python3_13=UNFIT, python3_12=FIT, python3=UNFIT)
    assert "Making .venv with Python of the test." in done.stdout
    assert re.search(r"a venv by .*python3\.12$", done.stdout, re.M)


def test_make_takes_the_python_that_it_is_given(make):
    done = make("install", "PYTHON=mine", python3_12=FIT, mine=FIT)
    assert re.search(r"a venv by .*mine$", done.stdout, re.M)


def test_make_says_what_to_do_without_venv(make):
    done = make("install", python3=FIT)
    assert done.returncode != 0
    assert "apt install python3-venv" in done.stdout


# --- set-up under the reader's own settings ---------------------------------------------------------------------------

# It makes a .venv whose Python and uv are scripts like itself, which write down how they were called. uv, its index
# being dead, fails; and so does pip where the reader's settings would lead it out of .venv.
INSTALLS = """
case "$1 $2" in
    "-I "*) exit 0 ;;
    "-c "*) [ -z "$PYTHONHOME" ]; exit $? ;;
    --version*) echo Python of the test; exit 0 ;;
    "-m venv") mkdir -p .venv/bin; cp "$0" .venv/bin/python; exit 0 ;;
    "-m pip"|"pip install")
        echo "${0##*/} $*" >> called; env >> called
        [ -z "$PIP_TARGET$PIP_REQUIRE_VIRTUALENV$UV_SYSTEM_PYTHON$PYTHONPATH$VIRTUAL_ENV" ] || exit 3
        [ "$PIP_USER" = 0 ] || exit 4
        case "$*" in
            *uv.txt*) cp "$0" .venv/bin/uv ;;
            "pip install --python .venv/bin/python "*) exit $UV_OFFLINE ;;
            "pip "*) exit 5 ;;
        esac ;;
esac
"""
OWN_SETTINGS = {
    "PIP_USER": "1",
    "PIP_TARGET": "/elsewhere",
    "PIP_REQUIRE_VIRTUALENV": "1",
    "PIP_CONSTRAINT": "/no/such/file",
    "UV_SYSTEM_PYTHON": "1",
    "UV_PYTHON": "3.9",
    "VIRTUAL_ENV": "/another",
    "CONDA_PREFIX": "/a/conda",
    "PYTHONHOME": "/no/such/python",
    "PYTHONPATH": "/elsewhere",
    "PYTHONOPTIMIZE": "2",
}
SOURCES = {"PIP_INDEX_URL": "https://pip.example", "PIP_CERT": "/cert", "UV_DEFAULT_INDEX": "https://uv.example"}


@pytest.mark.parametrize(("uv_fails", "installer"), [("0", "uv"), ("1", "python")])
def test_own_settings_lead_nowhere_else_and_sources_hold(make, uv_fails, installer):
    environment = OWN_SETTINGS | SOURCES | {"UV_OFFLINE": uv_fails}
    done = make("install", environment=environment, python3=INSTALLS)
    assert done.returncode == 0, done.stdout + done.stderr
    called = (make.course / "called").read_text()
    calls = re.findall(r"^(uv|python3?) (.*)$", called, re.M)
    last = [name for name, arguments in calls if "-r requirements.lock" in arguments]
    assert last == (["uv"] if installer == "uv" else ["uv", "python"])
    assert ("pip tries the same" in done.stdout) == (installer == "python")
    assert {line for line in called.splitlines() if line.partition("=")[0] in SOURCES} == {
        f"{name}={value}" for name, value in SOURCES.items()
    }
    left = {line.partition("=")[0] for line in called.splitlines()} & OWN_SETTINGS.keys()
    assert left == {"PIP_USER"}
    again = make("install", environment=environment)
    assert "Making .venv" not in again.stdout and "Nothing to be done" in again.stdout


def test_where_nothing_can_be_installed_the_reason_stays_in_sight(make):
    fails = INSTALLS.replace('*uv.txt*) cp "$0" .venv/bin/uv ;;', "*requirements.lock*) echo no network >&2; exit 1 ;;")
    done = make("install", python3=fails)
    assert done.returncode != 0
    assert "no network" in done.stderr
    assert "could not be installed; the lines above say why" in done.stdout
    assert not (make.course / ".venv/installed").exists()


@pytest.mark.parametrize("name", ["my: course", 'it\'s $HOME `x` "course"', "Kurs über Bilder"])
def test_a_folder_of_any_name(make, name):
    make.course = make.course.rename(make.course.with_name(name))
    done = make("install", environment={"UV_OFFLINE": "0"}, python3=INSTALLS)
    if ":" in name:
        assert done.returncode != 0
        assert "holds a colon" in done.stdout and "apt" not in done.stdout
    else:
        assert done.returncode == 0, done.stdout + done.stderr
        assert (make.course / ".venv/installed").read_text().strip() == str(make.course)
        assert "Nothing to be done" in make("install").stdout
        make.course = make.course.rename(make.course.with_name("moved"))
        assert "Installing the packages" in make("install", environment={"UV_OFFLINE": "0"}).stdout


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_to(make):
    make.course.chmod(0o555)
    try:
        done = make("install", python3=INSTALLS)
    finally:
        make.course.chmod(0o755)
    assert done.returncode != 0
    assert "cannot be written to" in done.stdout and "apt" not in done.stdout


def test_what_lab_and_tests_mean_elsewhere_is_not_meant_here():
    assert re.search(r"^LAB :=$", MAKEFILE, re.M) and re.search(r"^TESTS :=$", MAKEFILE, re.M)


# --- what is installed beside the packages ----------------------------------------------------------------------------


def test_jupyterlab_asks_nothing_and_knows_what_it_is_told():
    assert PYPROJECT["tool"]["flit"]["external-data"] == {"directory": "jupyter"}
    settings = json.loads((ROOT / "jupyter/share/jupyter/lab/settings/overrides.json").read_text("utf-8"))
    assert settings == {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
    pytest.importorskip("jupyterlab")
    for extension, values in settings.items():
        package, _, plugin = extension.partition(":")
        schema = Path(sys.prefix, "share/jupyter/lab/schemas", package, f"{plugin}.json")
        known = json.loads(schema.read_text("utf-8"))["properties"]
        for name, value in values.items():
            assert value in known[name].get("enum", [c["const"] for c in known[name].get("oneOf", [])] or [True, False])


def test_all_that_is_installed_beside_the_packages_makes_a_set_up_anew():
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "jupyter").rglob("*") if path.is_file()}
    patterns = re.search(r"^\.venv/installed:.*\$\(wildcard (.*)\)$", MAKEFILE, re.M)[1].split()
    assert files == {path.relative_to(ROOT).as_posix() for pattern in patterns for path in ROOT.glob(pattern)}
    assert len(files) == 2


def test_make_alone_lists_what_can_be_asked_for(make):
    done = make()
    assert done.returncode == 0
    listed = re.findall(r"^  ([a-z-]+) ", done.stdout, re.M)
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.M)[1].split()
    assert sorted(listed) == sorted(phony)


def test_every_file_that_make_tests_on_jax_exists():
    names = re.search(r"^JAX_TESTS := (.*)$", MAKEFILE, re.M)[1].split()
    assert names
    assert all((ROOT / name).exists() for name in names)
