"""Open JupyterLab on chapter 00, whatever the reader's own Jupyter settings are: ``python -m course_lib lab``.

The reader's settings hold (port, password, certificate, colours), but for the folder: with a ``root_dir`` of theirs the
chapters would not be found. And the address is always printed: Jupyter prints none where a token or a password is set.
"""

import os
import sys
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIRST = "chapters/00_start_here.ipynb"


def main(arguments):
    """Start JupyterLab with ``arguments`` beside the course's, and stay until it ends; return 0, or 2 without it."""
    # another installation's files, or another's kernel, are not what was tested
    os.environ.pop("JUPYTERLAB_DIR", None)
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    try:
        from jupyterlab.labapp import LabApp
    except ImportError as error:
        print(f"{error}. `python -m course_lib doctor` says what is missing and what to do.", file=sys.stderr)
        return 2
    print(f"Opening JupyterLab on {FIRST}. Ctrl+C twice ends it.", flush=True)
    server = LabApp.initialize_server([*options(), *arguments])
    if not server.identity_provider.token_generated:  # else Jupyter prints the address, with the token
        print(f"\n    {address(server)}\n", flush=True)
        if server.identity_provider.auth_enabled:
            print("It asks for the token or the password that you have set for Jupyter.", flush=True)
    server.start()
    return 0


def options():
    """The command line that makes it the course's JupyterLab."""
    found = [
        "--log-level=WARN",
        f"--ServerApp.root_dir={ROOT}",
        f"--FileContentsManager.preferred_dir={ROOT}",
        f"--LabApp.default_url=/lab/tree/{FIRST}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        found.append("--allow-root")
    if not _has_display():
        print("There is no display here: open the address below, with its token, in a browser.", flush=True)
        found.append("--no-browser")
    return found


def address(server):
    """Where a browser on this machine finds the first chapter, without a token."""
    parts = urllib.parse.urlparse(server.local_url)
    return parts._replace(path=server.base_url.rstrip("/") + f"/lab/tree/{FIRST}", query="").geturl()


def _has_display():
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
