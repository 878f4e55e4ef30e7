"""Is this machine ready for the course? ``python -m course_lib doctor`` says so, line by line, and what to do if not.

It needs nothing but Python: a package that is missing or broken is what it is there to find. TensorFlow and the
notebook kernel are tried in processes of their own, so that one that crashes takes nothing with it.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
OLDEST, NEWEST = (3, 11), (3, 13)
MARKS = {"ok": "✓", "warning": "!", "problem": "✗"}
GIGABYTE = 10**9
BACKENDS = ("tensorflow", "jax")
KERAS_SETTINGS = {  # of keras.json: with other values Keras, or the course, does not start
    "backend": BACKENDS,
    "floatx": ("float32", "float16", "float64"),
    "image_data_format": ("channels_last", "channels_first"),
}

if (ROOT / ".venv").is_dir() and Path(sys.prefix).resolve() != ROOT / ".venv":
    SET_UP = "this is not the course's own Python: use `.venv/bin/python -m course_lib doctor`, or `make doctor`"
else:
    SET_UP = "`make clean install`, in the course's folder, sets everything up anew"
NO_AVX = (
    "TensorFlow needs a processor with AVX, as most have since 2011; a virtual machine may hide it. Chapters without "
    "networks run here all the same; for the others take another machine"
)


class Line(NamedTuple):
    """One thing that was looked at: ``status`` is "ok", "warning" or "problem"; ``remedy`` is empty when it is ok."""

    status: str
    name: str
    found: str
    remedy: str = ""

    def __str__(self):
        line = f"{MARKS[self.status]} {self.status:8} {self.name:9} {self.found}"
        return f"{line}\n{'':21}→ {self.remedy}" if self.remedy else line


def report(framework=True, kernel=True):
    """Look at everything the course needs.

    Parameters
    ----------
    framework : bool
        Try TensorFlow (or JAX, where ``KERAS_BACKEND`` says so) and a few steps of a training, which takes about ten
        seconds.
    kernel : bool
        Start a notebook kernel, which takes about two seconds. Inside a notebook one is obviously running.

    Returns
    -------
    list of Line
        Python, the packages, cores, memory, disk, the data, and what was asked for, in this order: the framework, a
        step of a training where it starts, the kernel; and the reader's own settings of Keras, where they differ from
        the course's.
    """
    lines = [_python(), _packages(), _cores(), _memory(), _disk(), _data()]
    if framework:
        lines += [*_framework_and_step(), *_keras_settings()]
    if kernel:
        lines.append(_kernel())
    return lines


def verdict(lines):
    """Sum ``lines`` up in one sentence, the same on every machine that is ready."""
    problems = [line.name for line in lines if line.status == "problem"]
    warnings = dict.fromkeys(line.name for line in lines if line.status == "warning")  # each name once
    if problems:
        return f"✗ Not ready: {', '.join(problems)}. Do what stands beside the arrow, then ask again."
    if warnings:
        return f"✓ Ready, with a reservation: {', '.join(warnings)}."
    return "✓ Everything is in place."


def main(arguments):
    """Print the report; return 1 if there is a problem, 2 if there are ``arguments`` (it takes none), else 0."""
    if arguments:
        print("usage: python -m course_lib doctor", file=sys.stderr)
        return 2
    lines = report()
    print(*lines, sep="\n")
    print(f"\n{verdict(lines)}")
    return int(any(line.status == "problem" for line in lines))


# --- what it looks at -------------------------------------------------------------------------------------------------


def _python():
    place = Path(sys.prefix).resolve()
    found = f"{sys.version.split()[0]} in {place.relative_to(ROOT) if place.is_relative_to(ROOT) else place}"
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return Line("ok", "Python", found)
    versions = " to ".join(".".join(map(str, version)) for version in (OLDEST, NEWEST))
    return Line("problem", "Python", found, f"install Python {versions}, then run `make clean install`")


def _packages():
    try:
        wanted = _locked(ROOT / "requirements.lock")
    except OSError as error:
        return Line("problem", "packages", f"cannot read requirements.lock: {error}", "get a fresh copy of the course")
    except ImportError:
        return Line("problem", "packages", "none of the course's packages is installed for this Python", SET_UP)
    missing, different = [], []
    for name, version in wanted.items():
        installed = _version(name)
        if installed is None and name == "tensorflow-cpu":
            installed = _version("tensorflow")  # what `make gpu` puts in its place
        if installed is None:
            missing.append(f"{name} {version}")
        elif installed != version:
            different.append(f"{name} {installed} (tested: {version})")
    if missing:
        return Line("problem", "packages", f"missing: {_some(missing)}", SET_UP)
    if different:
        return Line("warning", "packages", f"other versions: {_some(different)}", SET_UP)
    return Line("ok", "packages", f"all {len(wanted)} in the versions of requirements.lock")


def _cores():
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if cores >= 2:
        return Line("ok", "cores", str(cores))
    return Line("warning", "cores", "1", "chapters that train a network take about twice the minutes they state")


def _memory():
    try:
        import psutil
    except ImportError:
        return Line("warning", "memory", "cannot be measured without psutil", SET_UP)
    free = psutil.virtual_memory().available / GIGABYTE
    found = f"{free:.1f} GB free"
    if free < 0.5:
        return Line("problem", "memory", found, "close other programs: a chapter without a network needs 0.5 GB")
    if free < 1.5:
        return Line("warning", "memory", found, "close other programs: a chapter with a network needs 1.5 GB")
    return Line("ok", "memory", found)


def _disk():
    free = shutil.disk_usage(ROOT).free / GIGABYTE
    found = f"{free:.1f} GB free"
    if free < 0.1:
        return Line("problem", "disk", found, "make room: a notebook that cannot be saved is lost")
    if free < 1:
        return Line("warning", "disk", found, "make room: 1 GB is comfortable")
    return Line("ok", "disk", found)


def _data():
    try:
        from course_lib import datasets
        from course_lib.models import weights

        files = datasets.check() + datasets.files.check(weights)
    except ImportError as error:
        return Line("problem", "data", f"cannot be read: {error}", SET_UP)
    damaged = [message for _, intact, message in files if not intact]
    if damaged:
        return Line("problem", "data", _some(damaged), "`git checkout -- data` brings the files back")
    return Line("ok", "data", f"{len(files)} files, checksums agree")


# What was found is printed in any case; a step that fails is no reason to say that the framework does not start.
TRY_STEP = """
import json
from course_lib.backend import device_report
found = device_report()
try:
    from course_lib.training.pace import seconds_of_a_unet
    found["step"] = seconds_of_a_unet()
except Exception as error:
    found["step"] = f"{type(error).__name__}: {error}"
print(json.dumps(found))
"""


def _framework_and_step():
    """The line of the framework; and, where it starts, one that says how fast it trains."""
    done, words = _try(["-c", TRY_STEP])
    if done:
        found = json.loads(words)
        return [_framework_line(found), _step_line(found["step"], found["kind"])]
    alone = _framework()
    return [alone] if alone.status == "problem" else [alone, _step_line(words, "")]


def _step_line(step, kind):
    """How long a step of a training took in seconds; or, where it is a text, why there was none."""
    if isinstance(step, float) and step > 0:
        return Line("ok", "step", f"{1e3 * step:.3g} ms a training step of a U-Net (16 images of 64 × 64) on {kind}")
    why = " ".join(str(step).split())[:200]
    return Line("warning", "step", f"no training step: {why}", "chapters without a network run all the same")


def _framework():
    code = "import json; from course_lib.backend import device_report; print(json.dumps(device_report()))"
    done, words = _try(["-c", code])
    if not done:
        setting = _wrong_setting(words)
        if setting is not None:
            return setting
        illegal = "AVX" in words or f"signal {signal.SIGILL.value})" in words or "0xc000001d" in words
        return Line("problem", "framework", f"does not start: {words}", NO_AVX if illegal else SET_UP)
    return _framework_line(json.loads(words))


def _framework_line(found):
    devices = f"{len(found['devices'])} × {found['kind']}" if len(found["devices"]) > 1 else found["kind"]
    versions = f"{found['backend']} {found['version']}, Keras {found['keras']}"
    return Line("ok", "framework", f"{versions}, computes on {devices}")


def _wrong_setting(words):
    """The line for a framework that does not start because of the reader's own variables or files; else None."""

    def line(what, remedy):
        return Line("problem", "framework", f"does not start: {what}", remedy)

    backend, path, settings = os.environ.get("KERAS_BACKEND"), *_keras_json()
    if backend and backend not in BACKENDS:
        return line(f"the variable KERAS_BACKEND is {backend!r}", f"set it to {' or '.join(BACKENDS)}, or remove it")
    for name in ("KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH"):
        if not re.fullmatch(r"\s*[+-]?\d+\s*", os.environ.get(name, "0")):
            return line(f"the variable {name} is {os.environ[name]!r}", "set it to a whole number, or remove it")
    if not isinstance(settings, dict):
        shown = json.dumps(settings)
        return line(f"{path} holds {shown[:40]} and no settings in braces", "write {} into that file, or remove it")
    for name, allowed in KERAS_SETTINGS.items():
        value = settings.get(name, allowed[0])
        if value not in allowed and not (name == "backend" and backend):
            wanted = " or ".join(json.dumps(v) for v in allowed)
            return line(f"{path} says {name} {json.dumps(value)}", f"write {wanted} there, or remove the file")
    if not isinstance(settings.get("epsilon", 1e-7), float):
        return line(f"{path} says epsilon {json.dumps(settings['epsilon'])}", "write 1e-07 there, or remove the file")
    if "valid value for backend" in words and "MPLBACKEND" in os.environ:  # Matplotlib's words
        remedy = "remove it, or set it to agg or to another that Matplotlib knows"
        return line(f"the variable MPLBACKEND is {os.environ['MPLBACKEND']!r}", remedy)
    return None


def _keras_json():
    """Where the reader's keras.json is or would be, and what it holds: {} where there is none that can be read."""
    path = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")).expanduser() / "keras.json"
    try:
        return path, json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):  # no such file; and one that is damaged, Keras passes over
        return path, {}


def _keras_settings():
    """A line for each setting in the reader's keras.json with which Keras starts, but the course was not tried."""
    path, settings = _keras_json()
    if not isinstance(settings, dict):
        return
    floatx, order = settings.get("floatx"), settings.get("image_data_format")
    if order == "channels_first":
        remedy = "nothing has to be done: the course keeps channels last; your other programs still follow the file"
        yield Line("warning", "keras", f"{path} says image_data_format {order}", remedy)
    if floatx in ("float16", "float64"):
        remedy = 'write "floatx": "float32" there: times and results of the chapters are those of float32'
        yield Line("warning", "keras", f"{path} says floatx {floatx}", remedy)


# Away from the course's folder: `import course_lib` must work because it is installed, as it must in chapters/.
TRY_KERNEL = """
import sys
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(cwd=sys.prefix)
reply = client.execute("import course_lib", reply=True, timeout=60)["content"]
client.stop_channels()
manager.shutdown_kernel(now=True)
sys.exit(0 if reply["status"] == "ok" else f"{reply['ename']}: {reply['evalue']}")
"""


def _kernel():
    done, words = _try(["-c", TRY_KERNEL])
    if not done:
        return Line("problem", "kernel", f"no notebook can run: {words}", SET_UP)
    if _version("jupyterlab") is None:
        return Line("problem", "kernel", "runs, but JupyterLab is not installed", SET_UP)
    return Line("ok", "kernel", f"starts and finds the course; JupyterLab {_version('jupyterlab')}")


# --- how it looks -----------------------------------------------------------------------------------------------------


def _locked(path):
    """{name: version} of the packages that the lock names for this system and this Python."""
    try:
        from packaging.markers import Marker
    except ImportError:
        from pip._vendor.packaging.markers import Marker
    wanted = {}
    for name, version, marker in re.findall(r"^([\w.-]+)==([^\s;]+)(?: ; (.+?))? \\$", path.read_text("utf-8"), re.M):
        if not marker or Marker(marker).evaluate():
            wanted[name] = version
    return wanted


def _version(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _try(arguments):
    """Run Python with ``arguments``: (True, its last line), or (False, the last words of what went wrong)."""
    try:
        command, environment = [sys.executable, *arguments], os.environ | {"PYTHONIOENCODING": "utf-8"}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, timeout=180, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        return False, "no answer within three minutes"
    said = (done.stdout if done.returncode == 0 else done.stderr).decode("utf-8", "replace").strip().splitlines()
    if 0 <= done.returncode < 256:
        return done.returncode == 0, said[-1] if said else f"exit status {done.returncode}"
    # a crash: by a signal, or on Windows by a number such as 0xc000001d. What follows the reason is a list of addresses
    crash = f"signal {-done.returncode}" if done.returncode < 0 else f"exit status {done.returncode:#x}"
    said = [line for line in said if line.strip() and not re.match(r"\s*(@|\*\*\*) ", line)]
    words = re.sub(r"^[EF]\d{4} .*?\] ", "", said[-1]) if said else ""
    return False, f"it crashed ({crash}){': ' if words else ''}{words}"


def _some(items):
    """The first few, and how many more there are."""
    return "; ".join(items[:4]) + (f"; and {len(items) - 4} more" if len(items) > 4 else "")
