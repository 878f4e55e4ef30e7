"""A trained network that answers over HTTP: an image is sent, a mask comes back. ``python -m course_lib serve FOLDER``.

The server is for programs on this machine: it listens to 127.0.0.1 only. It has what a server of any size must have:
it refuses what is too large before it reads it, says in words what was wrong, goes on after an error, works through
one image at a time, sends callers away when too many wait, and finishes what it has begun before it stops.

====== ============ ======================================================================================
GET    /            what is served: the network's channels and settings, the limits
POST   /mask        the body is an image file; the answer a PNG file of the same size, 255 for objects, else 0
POST   /objects     the same, with the objects numbered: 16-bit PNG
====== ============ ======================================================================================

An error is JSON, ``{"error": "..."}``, with a status: 400 no image, 404 no such address, 405 another method, 411 no
length, 413 too large, 422 an image that this network cannot take, 503 too many callers.
"""

import argparse
import io
import json
import math
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
from PIL import Image

from course_lib._validate import real_number
from course_lib.datasets.folder.reading import TIFF, read_image
from course_lib.inference.export import save_labels, save_mask
from course_lib.inference.segmenter import Segmenter

HOST = "127.0.0.1"  # nobody outside this machine can reach it
MOST_BYTES = 20_000_000  # of a body
MOST_PIXELS = 16_000_000  # of an image: a small file may unfold into a very large one
MOST_DRAINED = 100_000_000  # of a body that was refused, read so that its sender comes to hear why
MOST_WAITING = 8  # callers at a time
PATIENCE = 10  # seconds without a byte from a caller
WAYS = {"/": "GET", "/mask": "POST", "/objects": "POST"}


class Refused(Exception):
    """A request that cannot be answered: the status of HTTP, and words for the caller."""

    def __init__(self, status, words):
        super().__init__(words)
        self.status = status


class MaskServer(ThreadingHTTPServer):
    """Answer with the masks of one segmenter: a thread for each caller, one image at a time.

    Parameters
    ----------
    segmenter : Segmenter
        It is tried once on noise, so that what cannot work fails here, and the first caller waits no longer than
        others.
    port : int
        0 takes one that is free; `address` says which.

    Raises
    ------
    OSError
        The port is taken.
    """

    daemon_threads = False  # an answer that has begun is finished before the process ends

    def __init__(self, segmenter, port=0):
        self.segmenter, self.one_at_a_time = segmenter, threading.Lock()
        self.places = threading.BoundedSemaphore(MOST_WAITING)
        channels = segmenter.model.input_shape[-1]
        segmenter.mask(np.random.default_rng(0).integers(0, 256, (64, 64, channels), dtype=np.uint8))
        super().__init__((HOST, port), _Handler)

    @property
    def address(self):
        """Where it answers, such as "http://127.0.0.1:8000"."""
        return f"http://{HOST}:{self.server_address[1]}"

    def description(self):
        """What a caller may want to know, as JSON can hold it."""
        mine = self.segmenter
        return {
            "status": "ready",
            "channels": mine.model.input_shape[-1],
            "normalize": mine.normalize.__name__,
            "scale": mine.scale,
            "threshold": mine.threshold,
            "most_bytes": MOST_BYTES,
            "most_pixels": MOST_PIXELS,
        }

    def answer(self, body, objects=False):
        """Segment an image file.

        Parameters
        ----------
        body : bytes
            What the file holds.
        objects : bool
            Number the objects.

        Returns
        -------
        bytes
            A PNG file.

        Raises
        ------
        Refused
            It is no image, too large, or not for this network.
        """
        with tempfile.TemporaryDirectory() as folder:
            sent = Path(folder) / "image"
            sent.write_bytes(body)
            try:
                pixels = _pixels(body)
                if pixels > MOST_PIXELS:
                    raise Refused(413, f"the image has {pixels} pixels, and at most {MOST_PIXELS} are taken")
                image = read_image(sent)
            except Refused:
                raise
            except Exception as error:  # what a damaged file raises differs from format to format
                raise Refused(400, _without(sent, f"the body must be an image file: {error}")) from None
            try:
                with self.one_at_a_time:
                    found = self.segmenter.objects(image) if objects else self.segmenter.mask(image)
                to = Path(folder) / "mask.png"
                return (save_labels(to, found) if objects else save_mask(to, found, (0, 255))).read_bytes()
            except ValueError as error:
                raise Refused(422, _without(sent, str(error))) from None


def _pixels(body):
    """How many pixels a file says it holds. They are not unpacked for that."""
    if body[:4] in TIFF:
        import tifffile

        with tifffile.TiffFile(io.BytesIO(body)) as file:
            return max(math.prod(page.shape[:2]) for page in file.pages)
    with Image.open(io.BytesIO(body)) as picture:
        return math.prod(picture.size)


def _without(path, words):
    """Words for a caller, who knows nothing of where the image lay meanwhile."""
    return words.replace(str(path), "the image").replace(repr(str(path)), "the image")


class _Handler(BaseHTTPRequestHandler):
    """One request. Its protocol is HTTP/1.0: a connection for each."""

    timeout = PATIENCE
    server_version = "course_lib"

    def do_GET(self):
        self._reply(lambda: ("application/json", _as_json(self.server.description())))

    def do_POST(self):
        self._reply(lambda: ("image/png", self.server.answer(self._body(), self.path == "/objects")))

    def _reply(self, answer):
        """Send what ``answer()`` gives, or what was wrong. No request ends the server."""
        place = self.server.places.acquire(blocking=False)
        try:
            if not place:
                raise Refused(503, f"{MOST_WAITING} callers are waiting already: ask again in a while")
            self._check_address()
            kind, content = answer()
            self._send(200, kind, content)
        except Refused as error:
            self.send_error(error.status, str(error))
            self._drain()
        except (TimeoutError, ConnectionError):
            pass  # the caller has gone
        except Exception:
            traceback.print_exc()
            self.send_error(500, "an error of the server; its own words are where it was started")
        finally:
            if place:
                self.server.places.release()

    def _check_address(self):
        if self.path not in WAYS:
            raise Refused(404, f"there is no {self.path[:80]!r} here: ask for one of {', '.join(WAYS)}")
        if self.command != WAYS[self.path]:
            raise Refused(405, f"{self.path} is asked for by {WAYS[self.path]}, not by {self.command}")

    def _body(self):
        length = self._length()
        if length is None:
            raise Refused(411, "the header Content-Length must say how many bytes follow")
        if length > MOST_BYTES:
            raise Refused(413, f"the body has {length} bytes, and at most {MOST_BYTES} are taken")
        body = self.rfile.read(length)
        self.left = 0
        if len(body) < length:
            raise Refused(400, f"the body ended after {len(body)} of {length} bytes")
        return body

    def _length(self):
        text = self.headers.get("Content-Length", "")
        return int(text) if text.isascii() and text.isdigit() else None

    left = None  # bytes of the body that were not read; None: all of them

    def _drain(self):
        """Read what was refused and forget it: a caller that is still sending would not hear why. Not for ever."""
        left = min(self._length() or 0, MOST_DRAINED) if self.left is None else self.left
        try:
            while left > 0 and (piece := self.rfile.read(min(left, 1 << 16))):
                left -= len(piece)
        except OSError:
            pass

    def send_error(self, code, message=None, explain=None):
        """Send an error as JSON: also those that the base class finds, such as a request that is no HTTP."""
        words = message or self.responses.get(code, ("error",))[0]
        try:
            self._send(code, "application/json", _as_json({"error": words}))
        except ConnectionError:
            pass  # the caller has gone

    def _send(self, status, kind, content):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        if status == 405:
            self.send_header("Allow", WAYS[self.path])
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def log_message(self, format, *args):
        """Say nothing of requests that went as they should."""


def _as_json(value):
    return (json.dumps(value) + "\n").encode("utf-8")


# --- the other side, and a process of its own -------------------------------------------------------------------------


def ask(address, image, objects=False, timeout=60):
    """Send an image to a server, and get its mask.

    Parameters
    ----------
    address : str
        Such as "http://127.0.0.1:8000".
    image : (H, W) or (H, W, C), or path
        Numbers as an image file holds them, or such a file.
    objects : bool
        Ask for numbered objects.
    timeout : float, above 0
        Seconds.

    Returns
    -------
    bool, (H, W); or int32 with ``objects``

    Raises
    ------
    ValueError
        The server refuses; its own words.
    OSError
        It does not answer.
    """
    timeout = real_number("timeout", timeout, above=0)
    if isinstance(image, (str, os.PathLike)):
        body = Path(image).read_bytes()
    else:
        import tifffile

        file = io.BytesIO()
        tifffile.imwrite(file, np.asarray(image))  # TIFF holds every number format
        body = file.getvalue()
    request = urllib.request.Request(f"{address}/{'objects' if objects else 'mask'}", body)
    request.add_header("Content-Type", "application/octet-stream")
    straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy elsewhere does not know 127.0.0.1
    try:
        with straight.open(request, timeout=timeout) as reply, Image.open(io.BytesIO(reply.read())) as picture:
            found = np.array(picture)
    except urllib.error.HTTPError as error:
        with error:
            raise ValueError(f"{error.code}: {json.loads(error.read())['error']}") from None
    return found.astype(np.int32) if objects else found > 0


@contextmanager
def serving(folder, timeout=180):
    """Start a server in a process of its own, and stop it when the block is left.

    ::

        with serving("mine") as address:
            mask = ask(address, image)

    Parameters
    ----------
    folder : path
        What `Segmenter.save` wrote.
    timeout : float, above 0
        Seconds to wait until it answers.

    Yields
    ------
    str
        Its address.

    Raises
    ------
    RuntimeError
        It ended instead; its own words.
    TimeoutError
        It does not answer in time.
    """
    deadline = time.monotonic() + real_number("timeout", timeout, above=0)
    path = os.pathsep.join(dict.fromkeys(filter(None, sys.path)))  # so that it finds the same course
    command = [sys.executable, "-m", "course_lib", "serve", os.fspath(folder), "--port", "0"]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, env=os.environ | {"PYTHONPATH": path}, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )

        def words():
            said.seek(0)
            return said.read().decode("utf-8", "replace")

        try:
            while not (ready := re.search(r" answers at (http://\S+) .*\n", words())):
                if process.poll() is not None:
                    raise RuntimeError(f"the server ended with status {process.returncode}: {words().strip()[-2000:]}")
                if time.monotonic() > deadline:
                    raise TimeoutError(f"no server after {timeout} seconds: {words().strip()[-2000:]}")
                time.sleep(0.05)
            yield ready[1]
        finally:
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(2 * PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def main(arguments):
    """``python -m course_lib serve FOLDER``: masks of images that are sent, by a network that was saved.

    Parameters
    ----------
    arguments : list of str

    Returns
    -------
    int
        The exit status.
    """
    parser = argparse.ArgumentParser(prog="python -m course_lib serve")
    parser.add_argument("folder", metavar="FOLDER", help="the folder that Segmenter.save wrote")
    parser.add_argument("--port", type=int, default=8000, help="0 takes one that is free; default: %(default)s")
    given = parser.parse_args(arguments)
    if not 0 <= given.port < 65536:
        print(f"--port must be from 0 to 65535, got {given.port}")
        return 1
    try:
        server = MaskServer(Segmenter.load(given.folder), given.port)
    except (OSError, ValueError) as error:
        print(error)
        return 1
    signal.signal(signal.SIGTERM, _stop)
    with server:
        print(f"{Path(given.folder).name} answers at {server.address} until you stop it with Ctrl+C", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass
    return 0


def _stop(number, frame):
    raise KeyboardInterrupt
