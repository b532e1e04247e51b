"""Real servers on loopback, each in a process of its own, the applications they run, and the processor time they use.

The applications are our endpoints, bare ones that give the same answer to anything, some that do one thing more, and a
gateway to fetch MMS from.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib import util
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl

from attrs import frozen

from benchmarks import payloads
from mxinbound import InboundMessage, Receiver, Reply
from mxinbound.adapters import asgi, wsgi

_UVICORN = ("uvicorn", "--no-access-log", "--no-proxy-headers", "--log-level=error")
#: How each is started, but for the application and the port: one worker, and the server's defaults.
COMMANDS = {
    "uvicorn (h11)": (*_UVICORN, "--http=h11", "--loop=asyncio"),
    "uvicorn (httptools, uvloop)": (*_UVICORN, "--http=httptools", "--loop=uvloop"),
    "granian": ("granian", "--interface=asgi", "--workers=1", "--no-access-log", "--log-level=error"),
    "gunicorn": ("gunicorn", "--workers=1", "--log-level=error"),
}
_PATIENCE_SECONDS = 20
_OK = Reply.accepted()
_HEADERS = [(name.lower().encode(), value.encode()) for name, value in _OK.headers]


def handle(message: InboundMessage) -> None:
    assert message.id


async def handle_async(message: InboundMessage) -> None:
    assert message.id


receiver = Receiver(networks=["127.0.0.1"])
endpoint, wsgi_endpoint = asgi.endpoint(receiver, handle_async), wsgi.endpoint(receiver, handle)


async def bare(scope: Any, receive: Any, send: Any, headers: Any = _HEADERS, body: bytes = _OK.body) -> None:
    if scope["type"] == "lifespan":
        await endpoint(scope, receive, send)
        return
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def splitting(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await endpoint(scope, receive, send)
        return
    parse_qsl(scope["query_string"].decode(), keep_blank_values=True)
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": _OK.body})


async def draining(scope: Any, receive: Any, send: Any) -> None:
    while scope["type"] == "http" and (await receive()).get("more_body"):
        pass
    await bare(scope, receive, send)


async def gateway(scope: Any, receive: Any, send: Any) -> None:
    """RetrieveMMS, with the size and the number of the archive in its id: `300000-7`."""
    asked = parse_qs(scope.get("query_string", b"").decode()).get("id", ["0-0"])[0]
    if asked not in _ARCHIVES:
        size, number = map(int, asked.split("-"))
        _ARCHIVES[asked] = payloads.zip_of(number, size, stored=True)
    archive = _ARCHIVES[asked]
    await bare(scope, receive, send, [(b"content-length", str(len(archive)).encode())], archive)


_ARCHIVES: dict[str, bytes] = {}


def wsgi_bare(_: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", list(_OK.headers))
    return [_OK.body]


def wsgi_splitting(environ: Any, start_response: Any) -> list[bytes]:
    parse_qsl(environ["QUERY_STRING"], keep_blank_values=True)
    start_response("200 OK", list(_OK.headers))
    return [_OK.body]


def missing(server: str) -> list[str]:
    """What it would take to load and to measure a server, and is not there."""
    names = (server.partition(" ")[0], *(name for name in ("httptools", "uvloop") if name in server))
    found = {name: util.find_spec(name) for name in names}
    found |= {"wrk": shutil.which("wrk"), "/proc": Path("/proc/self/stat").exists()}
    return [name for name in found if not found[name]]


@frozen
class Server:
    """A running server: where it listens, and its first process."""

    url: str
    pid: int

    def cpu_seconds(self) -> float:
        """What its processes have used so far, in user and system mode."""
        fields = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in _family(self.pid))
        return sum(int(each[11]) + int(each[12]) for each in fields) / os.sysconf("SC_CLK_TCK")


def _family(pid: int) -> Iterator[int]:
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            yield from _family(int(child))


@contextmanager
def serving(server: str, application: str) -> Iterator[Server]:
    """Run one of the applications on a server while the block lasts."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    bound = [f"--bind=127.0.0.1:{port}"] if server == "gunicorn" else ["--host=127.0.0.1", f"--port={port}"]
    command = [sys.executable, "-m", *COMMANDS[server], *bound, f"{__name__}:{application}"]
    with subprocess.Popen(command) as process:
        try:
            _wait_for(port, process)
            yield Server(f"http://127.0.0.1:{port}/", process.pid)
        finally:
            process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > end:
                raise
            time.sleep(0.02)
