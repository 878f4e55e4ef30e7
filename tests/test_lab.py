"""`python -m course_lib lab` finds the chapters and says its address, whatever the reader has set up for Jupyter."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from course_lib import __main__ as command_line
from course_lib import lab
from tests.helpers import ROOT

ELSEWHERE = "c.ServerApp.root_dir = c.FileContentsManager.preferred_dir = {folder!r}\n"


@pytest.fixture
def start(tmp_path):
    """Start it from another folder with a Jupyter configuration and an environment; give what it says, and its port."""
    pytest.importorskip("jupyterlab")
    started = []

    def run(config, **environment):
        (tmp_path / "jupyter_server_config.py").write_text(config.format(folder=str(tmp_path)))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        own = {"JUPYTER_CONFIG_DIR": str(tmp_path), "JUPYTER_RUNTIME_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
        hidden = {"DISPLAY", "WAYLAND_DISPLAY", "JUPYTER_TOKEN"}
        process = subprocess.Popen(
            [sys.executable, "-m", "course_lib", "lab", f"--port={port}", "--ServerApp.port_retries=0"],
            cwd=tmp_path,
            env={name: value for name, value in os.environ.items() if name not in hidden} | own | environment,
            stdout=(log := open(tmp_path / "log", "w+")),
            stderr=subprocess.STDOUT,
        )
        started.append((process, log))
        for _ in range(240):
            if process.poll() is not None or (tmp_path / f"jpserver-{process.pid}.json").exists():
                break
            time.sleep(0.5)
        time.sleep(1)
        return (tmp_path / "log").read_text(), port

    yield run
    for process, log in started:
        process.kill()
        process.wait()
        log.close()


def status(url):
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, None


def test_the_chapters_are_found_and_the_address_is_said_with_a_folder_and_a_token_of_the_readers_own(start):
    said, port = start(ELSEWHERE, JUPYTER_TOKEN="mine", JUPYTERLAB_DIR="/no/such/folder")
    address = f"http://127.0.0.1:{port}/lab/tree/{lab.FIRST}"
    assert f"    {address}\n" in said, said
    assert "the token or the password that you have set" in said
    assert "mine" not in said
    code, found = status(f"http://127.0.0.1:{port}/api/contents/{lab.FIRST}?token=mine&content=0")
    assert (code, found["name"]) == (200, "00_start_here.ipynb")
    assert status(f"http://127.0.0.1:{port}/api/contents/{lab.FIRST}?content=0")[0] == 403


def test_the_address_is_said_with_a_password_and_a_base_url_of_the_readers_own(start):
    from jupyter_server.auth import passwd

    config = f"c.PasswordIdentityProvider.hashed_password = {passwd('mine')!r}\nc.ServerApp.base_url = '/my/'\n"
    said, port = start(config.replace("{", "{{").replace("}", "}}"))
    assert f"    http://127.0.0.1:{port}/my/lab/tree/{lab.FIRST}\n" in said, said
    assert "the token or the password that you have set" in said


def test_without_settings_the_address_comes_once_with_its_token(start):
    said, port = start("")
    (token,) = set(re.findall(r"token=(\w+)", said)) or {None}
    assert token, said
    assert "that you have set" not in said
    assert len(re.findall(rf"http://127\.0\.0\.1:{port}/", said)) == 1
    assert status(f"http://127.0.0.1:{port}/api/contents/{lab.FIRST}?token={token}&content=0")[0] == 200


@pytest.mark.parametrize(
    ("system", "display", "opens"), [("linux", {}, False), ("linux", {"DISPLAY": ":0"}, True), ("darwin", {}, True)]
)
def test_a_browser_is_opened_where_there_is_a_display(monkeypatch, capsys, system, display, opens):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in display.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", system)
    assert ("--no-browser" not in lab.options()) == opens
    assert ("no display here" not in capsys.readouterr().out) == opens


def test_root_is_allowed_and_nobody_else_needs_it(monkeypatch):
    for user, allowed in ((0, True), (1000, False)):
        monkeypatch.setattr(os, "geteuid", lambda user=user: user, raising=False)
        assert ("--allow-root" in lab.options()) == allowed


def test_without_jupyterlab_it_says_what_to_do(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "jupyterlab.labapp", None)
    for name in ("JUPYTERLAB_DIR", "JUPYTER_PREFER_ENV_PATH"):
        monkeypatch.setenv(name, "0")
    assert command_line.main(["lab"]) == 2
    assert "doctor" in capsys.readouterr().err
