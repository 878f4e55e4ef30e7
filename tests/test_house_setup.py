"""What installs the course agrees with itself: the locks, pyproject.toml, environment.yml and the Makefile."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parent.parent
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
    for name in ["make", "sh", "awk", "sed", "cat", "rm", "touch", "uname", "id"]:
        (tools / name).symlink_to(shutil.which(name))

    def run(*arguments, **programs):
        for name, script in programs.items():
            program = tools / name.replace("_", ".")
            program.write_text(f"#!{shutil.which('sh')}\n{script}\n")
            program.chmod(0o755)
        environment = {"PATH": str(tools), "HOME": os.environ.get("HOME", "")}
        return subprocess.run(
            ["make", *arguments], cwd=course, env=environment, capture_output=True, text=True, timeout=60
        )

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
