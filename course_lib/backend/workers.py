"""Several processes that train one network together: on this machine, as they would on several.

TensorFlow's rule is that every machine runs the same program, and that one environment variable, ``TF_CONFIG``, tells
each where all are and which of them it is. A cluster's scheduler sets it; `run_workers` does here, with addresses of
this machine.

The workers talk without encryption and without a password, and TensorFlow lets them listen to every network that the
machine is in, whatever their addresses say (seen with 2.21). Several workers belong in a network that you trust.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from course_lib._validate import real_number, whole_number

HOST = "127.0.0.1"
LAST_WORDS = 2000  # characters of an error that are passed on
PATIENCE = 0.05  # seconds between two looks at the processes
NEVER_TWO = 5  # tries with other ports, where another program takes one in between


def run_workers(script, n=2, timeout=180):
    """Run one Python program in several processes that know of each other, and collect what they found.

    Parameters
    ----------
    script : str
        The program. It finds its place in ``TF_CONFIG``, as `course_lib.backend.distribution_strategy` does. The last
        line that it prints is JSON.
    n : int, at least 1
        Processes. Each computes with one thread.
    timeout : float, above 0
        Seconds for all together.

    Returns
    -------
    list
        What each printed last, in the order of the workers.

    Raises
    ------
    RuntimeError
        One of them failed or printed no JSON; its last words are given, and the others are ended.
    TimeoutError
        They did not end in time, and are ended.

    Examples
    --------
    >>> script = "import json, os; print(json.dumps(json.loads(os.environ['TF_CONFIG'])['task']['index']))"
    >>> run_workers(script, 3)
    [0, 1, 2]
    """
    n, timeout = whole_number("n", n, 1), real_number("timeout", timeout, above=0)
    for left in reversed(range(NEVER_TWO)):
        try:
            return _run(script, _free_addresses(n), time.monotonic() + timeout)
        except RuntimeError as error:
            if not left or not any(words in str(error) for words in ("Address already in use", "Could not start gRPC")):
                raise


def cluster(addresses, index):
    """Write the variable ``TF_CONFIG`` of one worker.

    Parameters
    ----------
    addresses : sequence of str
        "host:port" of every worker, in the same order for all of them.
    index : int
        Which of them this one is, from 0. The first also does what is done once, such as saving.

    Returns
    -------
    str
        JSON.

    Examples
    --------
    >>> cluster(["10.0.0.1:2222", "10.0.0.2:2222"], 1)
    '{"cluster": {"worker": ["10.0.0.1:2222", "10.0.0.2:2222"]}, "task": {"type": "worker", "index": 1}}'
    """
    index = whole_number("index", index, 0, len(addresses) - 1)
    return json.dumps({"cluster": {"worker": list(addresses)}, "task": {"type": "worker", "index": index}})


def _free_addresses(n):
    """Addresses of this machine on ports that no program listens to: all held at once, so that none comes twice."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(n)]
        for each in sockets:
            each.bind((HOST, 0))
        return [f"{HOST}:{each.getsockname()[1]}" for each in sockets]


def _run(script, addresses, deadline):
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        program = Path(folder) / "worker.py"
        program.write_text(script, encoding="utf-8")
        workers = [
            running.enter_context(_Worker(program, cluster(addresses, i), Path(folder) / f"{i}"))
            for i in range(len(addresses))
        ]
        while True:
            codes = [worker.process.poll() for worker in workers]
            for i, code in enumerate(codes):
                if code:
                    words = workers[i].said("err")[-LAST_WORDS:]
                    raise RuntimeError(f"worker {i} of {len(workers)} ended with status {code}: {words}")
            if None not in codes:
                return [worker.result(i) for i, worker in enumerate(workers)]
            if time.monotonic() > deadline:
                waiting = ", ".join(str(i) for i, code in enumerate(codes) if code is None)
                raise TimeoutError(f"worker {waiting} of {len(workers)} did not end in time")
            time.sleep(PATIENCE)


class _Worker:
    """One process, and the files that it prints to; it is ended when the block is left."""

    def __init__(self, program, config, files):
        self.files = files
        threads = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "2"}
        with self._file("out", "wb") as out, self._file("err", "wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, str(program)],
                env=os.environ | threads | {"TF_CONFIG": config, "PYTHONPATH": _path(), "PYTHONIOENCODING": "utf-8"},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )

    def _file(self, kind, mode):
        return open(self.files.with_suffix(f".{kind}"), mode)

    def said(self, kind):
        with self._file(kind, "rb") as file:
            return file.read().decode("utf-8", "replace").strip()

    def result(self, index):
        last = (self.said("out").splitlines() or [""])[-1]
        try:
            return json.loads(last)
        except ValueError:
            raise RuntimeError(f"worker {index} must print JSON on its last line, got {last[:200]!r}") from None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def _path():
    """Where Python looks for modules: as in this process, so that the program finds the same course."""
    return os.pathsep.join(dict.fromkeys(filter(None, sys.path)))
