"""The one set of conditions under which chapters run for the record: in `refresh` and in the tests.

A fresh kernel without the reader's own IPython and Matplotlib settings, without a network, without sliders,
and without touching the reader's progress; and what that kernel cost in time and memory.
"""

import pathlib
import time

# Runs at the kernel's start. Python's audit hooks see every connection that Python code opens; the loopback
# stays open, because the kernel talks to its client over it.
OFFLINE = '''"""Refuse every connection that leaves this machine: a chapter must run without a network."""
import sys


def _refuse(event, args, _local=("127.0.0.1", "::1", "localhost", "", None)):
    if event == "socket.getaddrinfo":
        host = args[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(args[1], tuple):
        host = args[1][0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host not in _local:
        raise OSError(f"this chapter asked the network for {host!r}, but chapters must run without one")


sys.addaudithook(_refuse)
'''


def environment(folder):
    """The environment variables of a kernel whose outputs are to be stored or compared.

    Parameters
    ----------
    folder : path
        An empty folder of its own, for IPython's profile.

    Returns
    -------
    dict
        To be added to `os.environ`.
    """
    import matplotlib

    startup = pathlib.Path(folder) / "profile_default" / "startup"
    startup.mkdir(parents=True, exist_ok=True)
    (startup / "00-offline.py").write_text(OFFLINE, encoding="utf-8")
    return {
        "COURSE_STATIC": "1",  # no sliders
        "COURSE_PROGRESS": "off",
        "IPYTHONDIR": str(folder),
        "IPYKERNEL_CELL_NAME": "<cell>",  # the same name in every run, wherever a message shows one
        "MATPLOTLIBRC": str(pathlib.Path(matplotlib.get_data_path()) / "matplotlibrc"),
        "PYTHONHASHSEED": "0",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


class Meter:
    """What a running kernel has cost since the meter was made.

    Parameters
    ----------
    pid : int
        The kernel's process.
    """

    def __init__(self, pid):
        import psutil

        self.process, self.started = psutil.Process(pid), time.monotonic()
        self.cpu_before = self._cpu()

    def _cpu(self):
        times = self.process.cpu_times()
        return times.user + times.system

    def seconds(self):
        """Seconds on the clock."""
        return time.monotonic() - self.started

    def cpu_seconds(self):
        """Seconds of computing, over all cores."""
        return self._cpu() - self.cpu_before

    def peak_megabytes(self):
        """The most memory that the kernel held at any time; where the system keeps no record, what it holds now."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status")
        if status.exists():
            line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
            return int(line.split()[1]) * 1024 / 1e6
        memory = self.process.memory_info()
        return getattr(memory, "peak_wset", memory.rss) / 1e6
