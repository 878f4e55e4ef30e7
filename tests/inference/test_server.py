"""The server with real requests: right ones, wrong ones, many at once, and its end."""

import http.client
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest
from PIL import Image

from course_lib.inference import brightness, server
from course_lib.inference.segmenter import Segmenter
from course_lib.inference.server import MaskServer, ask, main, serving
from tests.helpers import ROOT


def file_of(image, kind="PNG"):
    file = io.BytesIO()
    Image.fromarray(image).save(file, kind)
    return file.getvalue()


@pytest.fixture(scope="module")
def segmenter():
    """A network whose logit is the gray level, standardized."""
    image = keras.Input((None, None, 1))
    made = keras.Model(image, keras.layers.Conv2D(1, 1, use_bias=False, kernel_initializer="ones")(image))
    return Segmenter(made, brightness.standardized, 1.0)


@pytest.fixture(scope="module")
def picture():
    rows, columns = np.mgrid[:40, :52]
    disc = (np.hypot(rows - 12, columns - 15) <= 8) | (np.hypot(rows - 28, columns - 40) <= 7)
    return (40 + 150 * disc + np.random.default_rng(0).integers(0, 9, disc.shape)).astype(np.uint8)


@pytest.fixture
def running(segmenter):
    with MaskServer(segmenter) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield made
        made.shutdown()
        thread.join(10)
    assert not thread.is_alive()


def send(made, way, path, body=None, headers=None):
    """(status, headers, body) of one request, by a client that knows nothing of the course."""
    line = http.client.HTTPConnection(*made.server_address, timeout=20)
    try:
        line.request(way, path, body, headers or {})
        reply = line.getresponse()
        return reply.status, dict(reply.getheaders()), reply.read()
    finally:
        line.close()


def test_a_mask_over_http_is_the_mask_of_the_segmenter(running, segmenter, picture):
    for kind in ("PNG", "TIFF", "BMP"):
        status, headers, body = send(running, "POST", "/mask", file_of(picture, kind))
        assert (status, headers["Content-Type"], headers["Content-Length"]) == (200, "image/png", str(len(body)))
        found = np.array(Image.open(io.BytesIO(body)))
        np.testing.assert_array_equal(found, 255 * segmenter.mask(picture).astype(np.uint8))
    assert 0 < found.mean() < 255


def test_the_client_sends_numbers_or_a_file(running, segmenter, picture, tmp_path):
    deep = picture.astype(np.uint16) * 200
    (tmp_path / "a.png").write_bytes(file_of(picture))
    for image in (picture, deep, picture / 255.0, picture.astype(np.float32)):
        mask = ask(running.address, image)
        assert mask.dtype == bool
        np.testing.assert_array_equal(mask, segmenter.mask(image))
    np.testing.assert_array_equal(ask(running.address, tmp_path / "a.png"), segmenter.mask(picture))
    objects = ask(running.address, picture, objects=True)
    assert objects.dtype == np.int32 and objects.max() == 2
    np.testing.assert_array_equal(objects, segmenter.objects(picture))


def test_what_is_served_is_described(running):
    status, headers, body = send(running, "GET", "/")
    assert (status, headers["Content-Type"]) == (200, "application/json")
    said = json.loads(body)
    assert (said["status"], said["channels"], said["normalize"], said["threshold"]) == (
        "ready", 1, "standardized", 0.5,
    )  # fmt: skip


GRAY = np.zeros((5, 6), np.uint8)
BAD = {
    "nothing": (400, "POST", "/mask", b"", "must be an image file"),
    "text": (400, "POST", "/mask", b"hello", "must be an image file"),
    "cut": (400, "POST", "/mask", file_of(np.arange(4096, dtype=np.uint8).reshape(64, 64))[:-30], "must be an image"),
    "cut tiff": (400, "POST", "/mask", file_of(np.zeros((64, 64), np.uint8), "TIFF")[:60], "must be an image file"),
    "no address": (404, "POST", "/masks", file_of(GRAY), "'/masks'"),
    "no address either": (404, "GET", "/../etc", None, "ask for one of /, /mask, /objects"),
    "asked for": (405, "GET", "/mask", None, "by POST"),
    "sent": (405, "POST", "/", file_of(GRAY), "by GET"),
    "colours": (422, "POST", "/mask", file_of(np.zeros((5, 6, 3), np.uint8)), "channel"),
    "method": (501, "PUT", "/mask", file_of(GRAY), "PUT"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_request_is_answered_in_words_and_the_server_goes_on(running, picture, name):
    status, way, path, body, words = BAD[name]
    found, headers, said = send(running, way, path, body)
    assert (found, headers["Content-Type"]) == (status, "application/json")
    error = json.loads(said)["error"]
    assert words in error and "tmp" not in error.replace("/tmp", "tmp"), error
    assert headers.get("Allow") == ({"/mask": "POST", "/": "GET"}[path] if status == 405 else None)
    assert ask(running.address, picture).any()


def test_the_client_passes_the_servers_words_on(running):
    with pytest.raises(ValueError, match="422: .*channel"):
        ask(running.address, np.zeros((5, 6, 3), np.uint8))


def test_what_is_too_large_is_refused_before_it_is_read(running, picture, monkeypatch):
    monkeypatch.setattr(server, "MOST_BYTES", 1000)
    status, _, said = send(running, "POST", "/mask", bytes(4900))
    assert (status, "4900 bytes, and at most 1000" in said.decode()) == (413, True)
    with pytest.raises(ValueError, match="413: the body has .* bytes, and at most 1000"):
        ask(running.address, np.zeros((3000, 3000), np.uint8))  # is still sending when it is refused
    with socket.create_connection(running.server_address, timeout=20) as line:  # says it will send a terabyte
        line.sendall(b"POST /mask HTTP/1.0\r\nContent-Length: 1000000000000\r\n\r\n")
        assert b" 413 " in line.recv(100)
    monkeypatch.setattr(server, "MOST_BYTES", 20_000_000)
    monkeypatch.setattr(server, "MOST_PIXELS", 40 * 52 - 1)
    for kind in ("PNG", "TIFF"):
        status, _, said = send(running, "POST", "/mask", file_of(picture, kind))
        assert (status, "2080 pixels, and at most 2079" in said.decode()) == (413, True)
    monkeypatch.setattr(server, "MOST_PIXELS", 40 * 52)
    assert ask(running.address, picture).any()


def test_a_length_must_be_given_and_kept(running, monkeypatch):
    for length in (b"", b"Content-Length: -4\r\n", b"Content-Length: many\r\n"):
        with socket.create_connection(running.server_address, timeout=20) as line:
            line.sendall(b"POST /mask HTTP/1.0\r\n" + length + b"\r\n")
            assert b" 411 " in line.recv(100)
    with socket.create_connection(running.server_address, timeout=20) as line:
        line.sendall(b"POST /mask HTTP/1.0\r\nContent-Length: 9\r\n\r\nabc")
        line.shutdown(socket.SHUT_WR)
        assert line.makefile("rb").read().endswith(b'{"error": "the body ended after 3 of 9 bytes"}\n')


def test_a_caller_that_is_no_http_or_says_nothing_holds_nobody_up(running, picture, monkeypatch):
    monkeypatch.setattr(server._Handler, "timeout", 0.2)
    with socket.create_connection(running.server_address, timeout=20) as silent:
        with socket.create_connection(running.server_address, timeout=20) as line:
            line.sendall(b"what is this\r\n\r\n")
            assert b'"error"' in line.makefile("rb").read()
        assert ask(running.address, picture).any()
        assert silent.recv(10) == b""  # the server hung up


def test_many_at_once_get_each_their_own_mask(running, segmenter):
    rng = np.random.default_rng(1)
    images = [rng.integers(0, 256, (20 + n, 30), dtype=np.uint8) for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        masks = list(pool.map(lambda image: ask(running.address, image), images))
    for image, mask in zip(images, masks, strict=True):
        np.testing.assert_array_equal(mask, segmenter.mask(image))


class Waits:
    """A segmenter that waits for a sign, and counts who is inside."""

    def __init__(self, segmenter):
        self.model, self.normalize, self.scale, self.threshold = segmenter.model, segmenter.normalize, 1.0, 0.5
        self.go, self.inside, self.most = threading.Event(), 0, 0
        self.go.set()

    def mask(self, image):
        self.inside += 1
        self.most = max(self.most, self.inside)
        assert self.go.wait(20)
        time.sleep(0.01)
        self.inside -= 1
        return np.ones(np.shape(image)[:2], bool)


def test_one_image_at_a_time_and_too_many_callers_are_sent_away(segmenter, picture):
    waits = Waits(segmenter)
    with MaskServer(waits) as made, ThreadPoolExecutor(server.MOST_WAITING + 1) as pool:
        pool.submit(made.serve_forever, 0.02)
        try:
            waits.go.clear()
            callers = [pool.submit(ask, made.address, picture) for _ in range(server.MOST_WAITING)]
            deadline = time.monotonic() + 20
            while made.places._value and time.monotonic() < deadline:
                time.sleep(0.01)
            assert send(made, "GET", "/")[0] == 503
            with pytest.raises(ValueError, match="503: 8 callers are waiting"):
                ask(made.address, picture)
            waits.go.set()
            assert all(caller.result().all() for caller in callers)
            assert waits.most == 1
            assert send(made, "GET", "/")[0] == 200
        finally:
            waits.go.set()
            made.shutdown()


def test_an_error_of_the_server_is_no_end_and_is_told_where_it_was_started(running, picture, monkeypatch, capsys):
    monkeypatch.setattr(running.segmenter, "mask", lambda image: 1 / 0)
    status, _, said = send(running, "POST", "/mask", file_of(picture))
    assert status == 500 and "ZeroDivisionError" not in said.decode()
    assert "ZeroDivisionError" in capsys.readouterr().err
    monkeypatch.undo()
    assert ask(running.address, picture).any()


# --- a process of its own ---------------------------------------------------------------------------------------------


def test_only_this_machine_can_reach_it(running):
    assert running.server_address[0] == "127.0.0.1"


def test_a_process_answers_from_the_saved_file_and_is_gone_afterwards(segmenter, picture, tmp_path):
    segmenter.save(tmp_path / "mine")
    with serving(tmp_path / "mine") as address:
        np.testing.assert_array_equal(ask(address, picture), segmenter.mask(picture))
        with pytest.raises(ValueError, match="400"):
            ask(address, tmp_path / "mine" / "settings.json")
    with pytest.raises(OSError):
        ask(address, picture, timeout=5)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_has_begun_is_finished_before_the_end(number, tmp_path):
    code = """
import time, threading
import keras, numpy as np
from course_lib.inference import brightness, server
from course_lib.inference.segmenter import Segmenter
class Slow(Segmenter):
    def mask(self, image):
        time.sleep(1.0)
        return np.ones(np.shape(image)[:2], bool)
model = keras.Sequential([keras.Input((None, None, 1)), keras.layers.Conv2D(1, 1)])
server.Segmenter.load = lambda folder: Slow(model)
raise SystemExit(server.main(["mine", "--port", "0"]))
"""
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": path}, stdout=subprocess.PIPE, text=True
    )
    try:
        line = process.stdout.readline()
        assert line.startswith("mine answers at http://127.0.0.1:")
        with ThreadPoolExecutor(1) as pool:
            caller = pool.submit(ask, line.split()[3], GRAY)
            time.sleep(0.4)
            process.send_signal(number)
            assert caller.result().all()
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_what_cannot_be_served_is_said(tmp_path, capsys):
    assert main([str(tmp_path / "none")]) == 1
    assert "settings.json" in capsys.readouterr().out
    assert main([str(tmp_path), "--port", "70000"]) == 1
    assert "--port must be from 0 to 65535, got 70000" in capsys.readouterr().out
    with pytest.raises(RuntimeError, match=r"ended with status 1: .*settings.json"):
        with serving(tmp_path / "none"):
            pass


def test_a_port_that_is_taken_is_said(segmenter, running):
    with pytest.raises(OSError):
        MaskServer(segmenter, running.server_address[1])
